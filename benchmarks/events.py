"""Event scores: the hand-coded sentences of ``../shared/gold`` and the project's own set.

    python benchmarks/events.py [--errors even|odd|all] [--set dev|own|small|development|training]

``dev``: ``ru_dev.jsonl`` with its own scorer's measures, both halves by id, bootstrap intervals, and
the events that two coders were sure of. ``own``: 120 sentences of ``news_ru_2017`` (see sets/README.md)
with dates, speakers, habits and aspects besides. ``small``: the gold that the project carries.
``development``: coded sentences to look at while working; ``--errors all`` lists what is wrong there.
``training``: what a report carries beside its event (speaker, dates, habits, aspect) on the ranker's training
sentences, whose events are therefore matched too well to be a measure; two thirds to look at, one third held back.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.model import Reading

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared"
DEV = SHARED / "gold" / "ru_dev.jsonl"
OWN = HERE / "sets" / "ru_news_2017.jsonl"
DEVELOPMENT = HERE / "sets" / "ru_development.jsonl"
TRAINING = HERE / "sets" / "ru_training.jsonl"
SMALL = HERE / "sets" / "small_ru.jsonl"
LEVELS = ("sentence", "dyad", "dyad+quad", "dyad+type", "directed", "full")

Row = dict[str, Any]


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tuples(events: Sequence[Row], level: str) -> dict[Any, Row]:
    """Distinct tuples of a sentence's events at a level, as the scorer beside the gold has them."""
    from itertools import combinations

    from detente.ontology.plover import TYPES

    found: dict[Any, Row] = {}
    for event in events:
        actors, recipients = sorted(set(event["actors"])), sorted(set(event.get("recipients") or []))
        if recipients:
            pairs = [(">", a, r) for a in actors for r in recipients if a != r]
        else:
            pairs = [("~", a, b) for a, b in combinations(actors, 2)]
        for mark, a, b in pairs:
            pair = tuple(sorted((a, b)))
            key: Any = {
                "sentence": "event",
                "dyad": pair,
                "dyad+quad": (pair, TYPES[event["type"]].quad),
                "dyad+type": (pair, event["type"]),
                "directed": (mark, (a, b) if mark == ">" else pair, event["type"]),
                "full": (mark, (a, b) if mark == ">" else pair, event["type"], event["status"]),
            }[level]
            found.setdefault(key, event)
    return found


def counts(gold: dict[str, list[Row]], predicted: dict[str, list[Row]], level: str) -> dict[str, tuple[int, int, int]]:
    """(right, predicted, gold) by sentence."""
    out = {}
    for key, events in gold.items():
        g, p = tuples(events, level), tuples(predicted.get(key, []), level)
        out[key] = (len(g.keys() & p.keys()), len(p), len(g))
    return out


def f1(rows: Sequence[tuple[int, int, int]]) -> float:
    """F1 over pooled counts."""
    right, predicted, gold = (sum(row[i] for row in rows) for i in range(3))
    return 2 * right / (predicted + gold) if predicted + gold else 0.0


def bootstrap(rows: Sequence[tuple[int, int, int]], times: int = 1000, seed: int = 1) -> tuple[float, float]:
    """90 % interval of F1, sentences resampled."""
    chance = random.Random(seed)
    values = sorted(f1(chance.choices(rows, k=len(rows))) for _ in range(times))
    return values[times // 20], values[-times // 20]


def accuracy(gold: dict[str, list[Row]], predicted: dict[str, list[Row]], field: str) -> tuple[float, int]:
    """Share of dyad+type matches whose ``field`` agrees, and the number of matches."""
    same = both = 0
    for key, events in gold.items():
        g, p = tuples(events, "dyad+type"), tuples(predicted.get(key, []), "dyad+type")
        for match in g.keys() & p.keys():
            both += 1
            same += g[match].get(field) == p[match].get(field)
    return (same / both if both else 0.0), both


def readings(rows: Sequence[Row]) -> Iterator[tuple[Row, Reading]]:
    """Every row with the reading of its text as a document of its own."""
    from datetime import date

    from detente.model import Document
    from detente.reading import read_all

    documents = [
        Document(row["text"], published=date.fromisoformat(row["date"]) if row.get("date") else None, language="ru")
        for row in rows
    ]
    return zip(rows, read_all(documents), strict=True)


def code(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Code every row's text as a document of its own; events in the gold form with dates and spans."""
    return events_of(readings(rows))


def events_of(read: Iterable[tuple[Row, Reading]]) -> dict[str, list[Row]]:
    """The reports of every row in the gold form with dates and spans."""
    out = {}
    for row, reading in read:
        events = []
        for report in reading.reports:
            interval = report.planned_date or report.date
            events.append(
                {
                    "actors": [party.actor for party in report.actors],
                    "recipients": [party.actor for party in report.recipients],
                    "type": report.type,
                    "domain": report.domain,
                    "status": report.status,
                    "aspect": report.aspect,
                    "habitual": report.habitual,
                    "start": interval.start.isoformat() if interval.start else None,
                    "stop": interval.stop.isoformat() if interval.stop else None,
                    "precision": interval.precision,
                    "source": [report.speaker.start, report.speaker.stop] if report.speaker else None,
                    "trigger": report.trigger.text,
                    "entry": report.entry,
                    "score": report.score,
                }
            )
        out[row["id"]] = events
    return out


def load_dev() -> list[Row]:
    with DEV.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load_drawn(path: Path) -> list[Row]:
    """Rows of a drawn set with their text from ``../shared``."""
    draw = _module(HERE / "draw.py", "draw")
    with path.open(encoding="utf-8") as lines:
        rows: list[Row] = draw.with_text([json.loads(line) for line in lines])
    return rows


def load_own() -> list[Row]:
    return load_drawn(OWN)


def load_small() -> list[Row]:
    with SMALL.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def speaker_counts(gold: dict[str, list[Row]], predicted: dict[str, list[Row]]) -> tuple[int, int, int]:
    """(right, predicted, gold) speakers over dyad+type matches; right where the spans overlap by half."""
    right = n_predicted = n_gold = 0
    for key, events in gold.items():
        g, p = tuples(events, "dyad+type"), tuples(predicted.get(key, []), "dyad+type")
        for match in g.keys() & p.keys():
            a, b = g[match]["source"], p[match]["source"]
            n_gold += a is not None
            n_predicted += b is not None
            if a is not None and b is not None:
                right += same_span(a, b)
    return right, n_predicted, n_gold


def same_span(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two spans overlap by half of the longer, or one lies in the other."""
    overlap = min(a[1], b[1]) - max(a[0], b[0])
    return overlap * 2 >= max(a[1] - a[0], b[1] - b[0]) or overlap == min(a[1] - a[0], b[1] - b[0])


def attribution_counts(read: Iterable[tuple[Row, Reading]]) -> tuple[int, int, int]:
    """(right, given, gold) speakers of all gold events at their triggers, whether the coder finds them or not."""
    right = given = n_gold = 0
    for row, reading in read:
        for event in row["events"]:
            found, wanted = speaker_at(reading, event), event["source"]
            n_gold += wanted is not None
            given += found is not None
            right += found is not None and wanted is not None and same_span(found, wanted)
    return right, given, n_gold


def speaker_at(reading: Reading, event: Row) -> tuple[int, int] | None:
    """The speaker that the attributions name for a gold event, as the coder chooses it for a report."""
    from detente.code.coder import _UTTERED, _named
    from detente.code.grammar import grammar
    from detente.code.speaker import innermost

    start, stop = event["trigger"]
    own = event["type"] in _UTTERED
    at = innermost(reading.attributions, start, stop)
    while at is not None:
        each = reading.attributions[at]
        said = own and each.actor in event["actors"]
        if not said and not (each.cue.start <= start < each.cue.stop):
            break
        at = each.parent
    speaker = _named(reading.attributions, at, grammar("ru").nameless)
    return (speaker.start, speaker.stop) if speaker is not None else None


def date_accuracy(gold: dict[str, list[Row]], predicted: dict[str, list[Row]]) -> tuple[float, int, float, int]:
    """Share of matches with an equal interval: over all matches, and over those that the gold dates."""
    same = both = same_dated = dated = 0
    for key, events in gold.items():
        g, p = tuples(events, "dyad+type"), tuples(predicted.get(key, []), "dyad+type")
        for match in g.keys() & p.keys():
            equal = (g[match]["start"], g[match]["stop"]) == (p[match]["start"], p[match]["stop"])
            both += 1
            same += equal
            if g[match]["start"]:
                dated += 1
                same_dated += equal
    return same / both if both else 0.0, both, same_dated / dated if dated else 0.0, dated


def scores(rows: Sequence[Row], predicted: dict[str, list[Row]]) -> dict[str, float]:
    """The measures that the tests hold: F1 by level, domain and status accuracy."""
    gold = {row["id"]: row["events"] for row in rows}
    out = {level: f1(list(counts(gold, predicted, level).values())) for level in LEVELS}
    out["domain"] = accuracy(gold, predicted, "domain")[0]
    out["status"] = accuracy(gold, predicted, "status")[0]
    return out


def own_scores(rows: Sequence[Row], predicted: dict[str, list[Row]]) -> dict[str, float]:
    """The measures of the project's own set."""
    gold = {row["id"]: row["events"] for row in rows}
    out = scores(rows, predicted)
    out["dates"] = date_accuracy(gold, predicted)[0]
    out["speaker"] = f1([speaker_counts(gold, predicted)])
    out["habitual"] = accuracy(gold, predicted, "habitual")[0]
    military = {key: [e for e in events if e["domain"] == "military"] for key, events in gold.items()}
    out["aspect"] = accuracy(military, predicted, "aspect")[0]
    return out


def report(rows: Sequence[Row], predicted: dict[str, list[Row]], out: Callable[[str], None]) -> None:
    """Print the table of a set with intervals."""
    gold = {row["id"]: row["events"] for row in rows}
    out(f"{'level':<11}{'P':>7}{'R':>7}{'F1':>7}   90 % interval")
    for level in LEVELS:
        values = list(counts(gold, predicted, level).values())
        right, n_predicted, n_gold = (sum(v[i] for v in values) for i in range(3))
        low, high = bootstrap(values)
        precision, recall = right / max(n_predicted, 1), right / max(n_gold, 1)
        out(f"{level:<11}{precision:7.3f}{recall:7.3f}{f1(values):7.3f}   {low:.3f}–{high:.3f}")
    for field in ("domain", "status"):
        value, n = accuracy(gold, predicted, field)
        out(f"{field} right {value:.3f} of {n} matches")


def dev(errors: str | None, out: Callable[[str], None]) -> None:
    rows = load_dev()
    predicted = code(rows)
    out("ru_dev, 150 sentences")
    report(rows, predicted, out)
    halves = {name: [r for r in rows if int(r["id"][1:]) % 2 == bit] for name, bit in (("even", 0), ("odd", 1))}
    for name, half in halves.items():
        values = list(counts({r["id"]: r["events"] for r in half}, predicted, "dyad+type").values())
        both = list(counts({r["id"]: r["events"] for r in half}, predicted, "dyad").values())
        low, high = bootstrap(values)
        out(f"{name:<5} ids: dyad F1 {f1(both):.3f}, dyad+type F1 {f1(values):.3f} ({low:.3f}–{high:.3f})")
    right = n = 0
    for row in rows:
        sure = tuples([e for e in row["events"] if e["sure"]], "dyad+type")
        found = tuples(predicted[row["id"]], "dyad+type")
        right, n = right + len(sure.keys() & found.keys()), n + len(sure)
    out(f"sure events found (dyad+type): {right} of {n}, recall {right / n:.3f}")
    if errors:
        for row in halves.get(errors, rows):
            _errors(row, predicted[row["id"]], out)


def _trigger(row: Row, event: Row) -> str:
    trigger = event["trigger"]
    return trigger if isinstance(trigger, str) else row["text"][trigger[0] : trigger[1]]


def _errors(row: Row, predicted: list[Row], out: Callable[[str], None]) -> None:
    g, p = tuples(row["events"], "full"), tuples(predicted, "full")
    if g.keys() != p.keys():
        out(f"\n{row['id']} {row['text']}")
        for key in sorted(g.keys() - p.keys()):
            out(f"  missed {key} «{_trigger(row, g[key])}» sure={g[key]['sure']}")
        for key in sorted(p.keys() - g.keys()):
            out(f"  extra  {key} «{p[key]['trigger']}» {p[key]['entry']} {p[key]['score']}")


def own(out: Callable[[str], None]) -> None:
    rows = load_own()
    predicted = code(rows)
    gold = {row["id"]: row["events"] for row in rows}
    out("own set, 120 sentences of news_ru_2017")
    report(rows, predicted, out)
    all_dates, n, dated, n_dated = date_accuracy(gold, predicted)
    out(f"dates (interval equal) {all_dates:.3f} of {n} matches; of the dated ones {dated:.3f} of {n_dated}")
    right, n_predicted, n_gold = speaker_counts(gold, predicted)
    out(f"speaker F1 {f1([(right, n_predicted, n_gold)]):.3f}   {right} / {n_predicted} / {n_gold}")
    figures = own_scores(rows, predicted)
    out(f"habitual right {figures['habitual']:.3f}; aspect right {figures['aspect']:.3f} of military matches")


def held_back(row: Row) -> bool:
    """Whether a training sentence is among the third that is only measured on."""
    return int(hashlib.sha256(str(row["id"]).encode()).hexdigest(), 16) % 3 == 0


def training(out: Callable[[str], None]) -> None:
    """What reports carry beside their events, on both parts of the training sentences."""
    # the rows of «later» are coded without what stands beside an event
    read = list(readings([row for row in load_drawn(TRAINING) if row.get("group") != "later"]))
    for name, part in (
        ("to look at", [each for each in read if not held_back(each[0])]),
        ("held back", [each for each in read if held_back(each[0])]),
    ):
        strict = [each for each in part if each[0].get("group")]
        for title, some in ((f"{name}, all", part), (f"{name}, coded at the stricter bar", strict)):
            out(f"training, {title}: {len(some)} sentences")
            beside([row for row, _ in some], events_of(some), out)
            counted = attribution_counts(some)
            out(f"  speaker at the gold triggers: F1 {f1([counted]):.3f}   {counted[0]} / {counted[1]} / {counted[2]}")


def beside(rows: Sequence[Row], predicted: dict[str, list[Row]], out: Callable[[str], None]) -> None:
    """Print speaker, dates, habits and aspect on matches."""
    gold = {row["id"]: row["events"] for row in rows}
    all_dates, n, dated, n_dated = date_accuracy(gold, predicted)
    counted = speaker_counts(gold, predicted)
    military = {key: [e for e in events if e["domain"] == "military"] for key, events in gold.items()}
    both = {key: [e for e in events if e["domain"] == "military"] for key, events in predicted.items()}
    aspect, n_aspect = accuracy(military, predicted, "aspect")
    inner, n_inner = accuracy(military, both, "aspect")
    out(f"  speaker F1 {f1([counted]):.3f}   {counted[0]} / {counted[1]} / {counted[2]}")
    out(f"  dates {all_dates:.3f} of {n} matches; of the dated ones {dated:.3f} of {n_dated}")
    out(f"  aspect {aspect:.3f} of {n_aspect} military matches; {inner:.3f} of the {n_inner} found military")
    habitual, domain = accuracy(gold, predicted, "habitual")[0], accuracy(gold, predicted, "domain")[0]
    out(f"  habitual {habitual:.3f}; domain {domain:.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--errors", choices=["even", "odd", "all"])
    parser.add_argument("--set", choices=["dev", "own", "small", "development", "training"], action="append")
    arguments = parser.parse_args()
    sets = arguments.set or ["small", "dev", "own"]
    if "small" in sets and SMALL.exists():
        rows = load_small()
        print(f"small gold, {len(rows)} sentences of our own")
        report(rows, code(rows), print)
    if "development" in sets:
        rows = load_drawn(DEVELOPMENT)
        predicted = code(rows)
        print(f"development set, {len(rows)} sentences: looked at, so no measure")
        report(rows, predicted, print)
        for row in rows if arguments.errors else []:
            _errors(row, predicted[row["id"]], print)
    if "training" in sets:
        training(print)
    for name, path in (("dev", DEV), ("own", SHARED / "data" / "news_ru_2017.jsonl.gz")):
        if name not in sets:
            continue
        if not path.exists():
            print(f"{name}: skipped, ../shared is missing")
        elif name == "dev":
            dev(arguments.errors, print)
        else:
            own(print)
    return 0


if __name__ == "__main__":
    sys.exit(main())
