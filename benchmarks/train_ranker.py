"""Train the ranker of Russian on the coded sentences, and write its weights into the package.

    python benchmarks/train_ranker.py [--dry] [--cache FILE]

Wants JAX, LightGBM and scikit-learn (``pip install --group train``) and ``../shared``; half an hour on two
cores. Prints what the ranker does on sentences left out of its training (four folds, by document), beside the
rules alone; ``--dry`` writes nothing. The sets that measure the coder (``ru_dev``, ``ru_news_2017``, ``small_ru``) are
no part of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import events as bench
import numpy as np
import train_encoder as encoding
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression

from detente.code import ranker
from detente.code.candidate import STATUSES, Candidate
from detente.code.draft import Draft
from detente.code.encoder import LAYOUT, Told, graph
from detente.code.learned import Forest, Linear
from detente.code.meaning import DIMENSIONS, LEXICAL, domain_row, meaning
from detente.model import DOMAINS, Document
from detente.reading import Reader

SETS = ("ru_development.jsonl", "ru_training.jsonl")
WRITTEN = "ru_written.jsonl"
OUT = Path(ranker.__file__).parents[1] / "lang" / "ru" / "data" / "ranker.npz"
GROUPS = {"mined": 1.0, "fresh": 1.5, "slavic": 5.0, "later": 1.5, "written": 5.0}
"""The groups of the sets and how much a sentence of each counts: those that the lexicon was made with least (there
the rules are better than elsewhere), the few that are no news of 2017 most."""
FOLDS = 4
TREES = {
    "n_estimators": 220, "learning_rate": 0.05, "num_leaves": 24, "max_depth": 6, "min_child_samples": 25,
    "subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.35, "reg_lambda": 5.0, "random_state": 1,
    "n_jobs": 2, "verbose": -1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
PLACE_TREES = TREES | {"n_estimators": 150}
STATUS_TREES = TREES | {"n_estimators": 120, "num_leaves": 10, "max_depth": 5, "min_child_samples": 12}
BARS = tuple(
    ranker.Bars(first, first + 0.14, trusted)
    for first in (0.22, 0.25, 0.28, 0.31, 0.34)
    for trusted in (first, 0.2, 0.1)
)
Row = dict[str, Any]


class Sample:
    """The coded sentences with what the rules say of them, as the ranker and the encoder see them."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.made: list[list[Candidate]] = []
        self.examples: list[encoding.Example] = []
        self.number: list[int] = []
        self.rules: dict[str, list[Row]] = {}
        self.heard: list[tuple[int, int, Draft, np.ndarray, int, int]] = []
        acts: list[np.ndarray] = []
        starts: list[list[int]] = []
        vocabulary: dict[str, int] = {}
        reader = Reader("ru", ranks=False)
        coder = reader._coder
        coder.ranks = True
        gold = [_gold(row) for row in rows]
        for number, row in enumerate(rows):
            kept: list[Draft] = []

            def drafts(tree, sides, own, attributions, memory, sentence):  # type: ignore[no-untyped-def]
                seen = coder.weigh(tree, sides, own, attributions, memory, sentence)
                kept.extend(seen.kept)  # noqa: B023
                piece = len(self.made) if seen.candidates is not None else -1
                if seen.kept:
                    self._hear(coder, tree, sides, reader._parser.vector, seen.kept, number, piece)  # noqa: B023
                if seen.candidates is not None:
                    found = graph(tree, seen.candidates.by_code, seen.frames, seen.drafts, seen.kept, seen.over)
                    at = [token.start for token in tree.tokens]
                    self.examples.append(encoding.example(found, at, gold[number], vocabulary))  # noqa: B023
                    self.made.append(seen.candidates.made)
                    self.number.append(number)  # noqa: B023
                    acts.append(seen.candidates.rows)
                    starts.append([at[each.frame.index] for each in seen.candidates.made])
                return seen.kept

            coder.drafts = drafts  # type: ignore[method-assign]
            reader.read(Document(row["text"], published=_day(row), language="ru"))
            self.rules[row["id"]] = [_event(draft) for draft in kept]
        self.vectors = np.array([reader._parser.vector(lemma) for lemma in vocabulary])
        self.acts = np.vstack(acts)
        self.sure = ranker.trusted(self.acts)
        self.row_of = np.repeat(self.number, [len(each) for each in self.made])
        flat = [(number, each) for number, made in zip(self.number, self.made, strict=True) for each in made]
        self.told = np.array([_told(each, gold[number]) for number, each in flat])
        self.here, self.status = _labels(flat, [start for each in starts for start in each], gold)
        self.by_rule = np.array([STATUSES.index(each.frame.draft.status) for _, each in flat])
        documents = [str(row.get("document", row["id"])) for row in rows]
        self.fold = np.array([int(hashlib.sha256(each.encode()).hexdigest(), 16) % FOLDS for each in documents])

    def _hear(
        self, coder: Any, tree: Any, sides: Any, vectors: Any, kept: list[Draft], number: int, piece: int
    ) -> None:
        """Keep what tells the domain of the drafts that a row's events bear out."""
        told = {
            (frozenset((a, b)), event["type"]): event["domain"]
            for event in self.rows[number]["events"]
            for _, a, b in _pairs(event)
        }
        heard = coder._topics.scan(tree)
        words = meaning(tree, sides.actors(), vectors)
        nothing = np.zeros(len(DOMAINS), np.float32)
        for draft in kept:
            parties = draft.actors + draft.recipients
            names = [entity.mention.actor for entity in parties]
            wanted = [told.get((frozenset((a, b)), draft.type)) for a in names for b in names if a < b]
            domain = next((each for each in wanted if each), None)
            if domain is None:
                continue

            def decide(scores: dict[str, float], by_rule: str) -> str:
                row = domain_row(words, draft, scores, by_rule, nothing)  # noqa: B023
                rule, label = DOMAINS.index(by_rule), DOMAINS.index(domain)  # noqa: B023
                self.heard.append((number, piece, draft, row, rule, label))  # noqa: B023
                return by_rule

            coder._topics.judge(
                tree, heard, draft.index, draft.type, draft.mode, draft.entry.domain, draft.entry.aspect,
                [entity.mention.sector for entity in parties], [entity.mention.office for entity in parties], decide,
            )  # fmt: skip

    def features(self, told: list[Told]) -> np.ndarray:
        """All features of the candidates, given what the encoder tells of each sentence."""
        seen = [ranker.told_features(made, each) for made, each in zip(self.made, told, strict=True)]
        return np.hstack([self.acts, np.vstack(seen)])

    def domains(self, told: list[Told]) -> np.ndarray:
        """What tells the domains of ``heard``."""
        rows = np.array([row for *_, row, _, _ in self.heard])
        for place, (_, piece, draft, *_) in enumerate(self.heard):
            rows[place, -len(DOMAINS) :] = LEXICAL * ranker.told_domains(draft, told[piece] if piece >= 0 else None)
        return rows

    def read_left_out(self, cache: Path | None) -> list[Told]:
        """What encoders that have not seen a sentence tell of it; kept in ``cache`` where one is given."""
        if cache is not None and cache.is_file():
            return list(pickle.loads(cache.read_bytes()))
        found: list[Any] = [None] * len(self.examples)
        fold = self.fold[self.number]
        for out in range(FOLDS):
            fitted = encoding.fit(
                [each for each, own in zip(self.examples, fold, strict=True) if own != out], self.vectors
            )
            places = np.flatnonzero(fold == out)
            told = encoding.predict(fitted, [self.examples[place] for place in places], self.vectors)
            for place, each in zip(places, told, strict=True):
                found[place] = each
            print(f"encoder {out + 1} of {FOLDS}", flush=True)
        if cache is not None:
            cache.write_bytes(pickle.dumps(found))
        return found


def load() -> list[Row]:
    """The coded sentences: drawn ones with their text from ``../shared``, and those of our own writing."""
    rows = [row for name in SETS for row in bench.load_drawn(bench.HERE / "sets" / name)]
    with (bench.HERE / "sets" / WRITTEN).open(encoding="utf-8") as lines:
        return rows + [json.loads(line) | {"group": "written"} for line in lines]


def _day(row: Row) -> Any:
    from datetime import date

    return date.fromisoformat(row["date"]) if row.get("date") else None


def _event(draft: Any) -> Row:
    return {
        "actors": [entity.mention.actor for entity in draft.actors],
        "recipients": [entity.mention.actor for entity in draft.recipients],
        "type": draft.type,
        "status": draft.status,
        "domain": "",
    }


def _gold(row: Row) -> list[tuple[str, str, bool, str, tuple[int, int] | None, str, str]]:
    """(first, second, whether both do it, type, trigger, status, domain) for every pair of a row's events."""
    found = []
    for event in row["events"]:
        span = _span(row, event.get("trigger"))
        for mark, a, b in _pairs(event):
            found.append((a, b, mark == "~", event["type"], span, event["status"], event["domain"]))
    return found


def _span(row: Row, trigger: Any) -> tuple[int, int] | None:
    if isinstance(trigger, str):
        start = row["text"].find(trigger)
        return (start, start + len(trigger)) if trigger and start >= 0 else None
    return tuple(trigger) if trigger else None


def _pairs(event: Row) -> list[tuple[str, str, str]]:
    actors, recipients = sorted(set(event["actors"])), sorted(set(event.get("recipients") or []))
    if recipients:
        return [(">", a, b) for a in actors for b in recipients if a != b]
    return [("~", a, b) for place, a in enumerate(actors) for b in actors[place + 1 :]]


def _told(each: Candidate, gold: list[Any]) -> bool:
    """Whether a row's events hold a candidate's type, sides and direction, whatever word tells it."""
    return any(
        kind == each.type
        and {a, b} == {each.first, each.second}
        and (both or each.symmetric or (a, b) == (each.first, each.second))
        for a, b, both, kind, *_ in gold
    )


def _labels(
    made: list[tuple[int, Candidate]], starts: list[int], gold: list[list[Any]]
) -> tuple[np.ndarray, np.ndarray]:
    """Which candidates are told by just their predicate, and with what status (-1 for the others).

    Of several that say the same of a pair, those count that stand on the reader's trigger and are of two or of
    one as the reader has it; where none does, all of them.
    """
    told, status = np.zeros(len(made), bool), np.full(len(made), -1)
    by_row: dict[int, list[int]] = {}
    for place, (number, _) in enumerate(made):
        by_row.setdefault(number, []).append(place)
    for number, places in by_row.items():
        for a, b, both, kind, span, wanted, _ in gold[number]:
            same = [
                place
                for place in places
                if made[place][1].type == kind
                and {a, b} == {made[place][1].first, made[place][1].second}
                and (both or made[place][1].symmetric or (a, b) == (made[place][1].first, made[place][1].second))
            ]
            on = [place for place in same if span and span[0] <= starts[place] < span[1]]
            alike = [place for place in on or same if made[place][1].symmetric == both]
            for place in alike or on or same:
                told[place], status[place] = True, STATUSES.index(wanted)
    return told, status


def _standard(rows: np.ndarray, extra: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale of the vectors' columns; the last ``extra`` columns stay as they are."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    mean[rows.shape[1] - extra :] = 0
    scale[rows.shape[1] - extra :] = 1
    return mean, scale


def fit_domains(rows: np.ndarray, label: np.ndarray) -> Linear:
    mean, scale = _standard(rows, rows.shape[1] - 5 * DIMENSIONS)
    fitted = LogisticRegression(C=0.002, max_iter=120, tol=1e-3).fit((rows - mean) / scale, label)
    weights, bias = np.zeros((len(DOMAINS), rows.shape[1])), np.full(len(DOMAINS), -30.0)
    weights[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return _unscaled(weights, bias, mean, scale)


def _unscaled(weights: np.ndarray, bias: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> Linear:
    weights = weights / scale
    return Linear(weights.astype(np.float32), (bias - weights @ mean).astype(np.float32))


def grow(parameters: Row, rows: np.ndarray, label: np.ndarray, weight: np.ndarray | None = None) -> LGBMClassifier:
    return LGBMClassifier(**parameters).fit(rows, label, sample_weight=weight)


def flat(fitted: LGBMClassifier, classes: int) -> Forest:
    """The trees as arrays over nodes; leaves point to themselves."""
    table: dict[str, list[Any]] = {key: [] for key in ("feature", "threshold", "left", "right", "value")}
    roots: list[list[int]] = [[] for _ in range(classes)]
    deepest = 0

    def add(node: Row, depth: int) -> int:
        nonlocal deepest
        deepest = max(deepest, depth)
        place = len(table["feature"])
        for key in table:
            table[key].append(0)
        table["left"][place] = table["right"][place] = place
        if "split_feature" in node:
            assert node["decision_type"] == "<="
            table["feature"][place], table["threshold"][place] = node["split_feature"], node["threshold"]
            table["left"][place] = add(node["left_child"], depth + 1)
            table["right"][place] = add(node["right_child"], depth + 1)
        else:
            table["value"][place] = node["leaf_value"]
        return place

    for number, tree in enumerate(fitted.booster_.dump_model()["tree_info"]):
        roots[number % classes].append(add(tree["tree_structure"], 0))
    return Forest(
        np.array(table["feature"], np.int32), np.array(table["threshold"], np.float64),
        np.array(table["left"], np.int32), np.array(table["right"], np.int32),
        np.array(table["value"], np.float32), np.array(roots, np.int32), deepest,
    )  # fmt: skip


def decode(
    sample: Sample, chance: np.ndarray, place: np.ndarray, status: np.ndarray, bars: ranker.Bars
) -> dict[str, list[Row]]:
    """Events by row id."""
    found: dict[str, list[Row]] = {row["id"]: [] for row in sample.rows}
    at = 0
    for number, made in zip(sample.number, sample.made, strict=True):
        own = slice(at, at + len(made))
        at += len(made)
        likes = place[own] + ranker.PREFERENCE * sample.sure[own]
        first = ranker.select(made, chance[own], sample.sure[own], bars)
        _, settled = ranker.settle(made, chance[own], likes.__getitem__, first)
        for chosen in settled:
            each = made[chosen]
            found[sample.rows[number]["id"]].append(
                {
                    "actors": [each.first, each.second] if each.symmetric else [each.first],
                    "recipients": [] if each.symmetric else [each.second],
                    "type": each.type,
                    "status": STATUSES[status[own][chosen]],
                    "domain": "",
                }
            )
    return found


def forest_of(
    features: np.ndarray, told: np.ndarray, here: np.ndarray, status: np.ndarray, weight: np.ndarray, use: np.ndarray
) -> dict[str, Forest]:
    """The three forests, grown on the candidates in ``use``."""
    known = use & here
    return {
        "acts": flat(grow(TREES, features[use], told[use], weight[use]), 1),
        "places": flat(grow(PLACE_TREES, features[use], here[use], weight[use]), 1),
        "statuses": flat(grow(STATUS_TREES, features[known], status[known]), len(STATUSES)),
    }


def show(name: str, rows: list[Row], predicted: dict[str, list[Row]]) -> float:
    """Print the scores of a group; returns the sum of its F1 on dyad, dyad and type, and full."""
    gold = {row["id"]: row["events"] for row in rows}
    line = f"{name:<28}"
    value = 0.0
    for level in ("dyad", "dyad+type", "directed", "full"):
        counted = list(bench.counts(gold, predicted, level).values())
        right, n_predicted, n_gold = (sum(each[i] for each in counted) for i in range(3))
        line += f"  {level} {bench.f1(counted):.3f} ({right / max(n_predicted, 1):.2f}/{right / max(n_gold, 1):.2f})"
        value += bench.f1(counted) if level != "directed" else 0.0
    print(line, flush=True)
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--cache", type=Path, help="file for what the encoders of the folds tell")
    arguments = parser.parse_args()
    rows = [row | {"group": row.get("group", "mined")} for row in load()]
    groups = {name: [row for row in rows if row["group"] == name] for name in GROUPS}
    sample = Sample(rows)
    print(f"{len(rows)} sentences, {len(sample.told)} candidates, {sample.told.sum()} of them told")
    for group, members in groups.items():
        show(f"rules alone {group}", members, sample.rules)
    left_out = sample.read_left_out(arguments.cache)
    features = sample.features(left_out)
    told, here, status = sample.told, sample.here, sample.status
    weight = np.array([GROUPS[rows[number]["group"]] for number in sample.row_of])
    chance, place, margins = np.zeros(len(told)), np.zeros(len(told)), np.zeros((len(told), len(STATUSES)))
    for fold in range(FOLDS):
        out = sample.fold[sample.row_of] == fold
        forests = forest_of(features, told, here, status, weight, ~out)
        chance[out] = 1 / (1 + np.exp(-forests["acts"].margins(features[out])[:, 0]))
        place[out] = forests["places"].margins(features[out])[:, 0]
        margins[out] = forests["statuses"].margins(features[out])
    statuses = ranker.judge_status(margins, sample.by_rule)
    for lead in (0.0, 0.3, 0.6, 1.0, 1.5):
        found = ranker.judge_status(margins, sample.by_rule, lead)
        line = f"status, lead {lead}:"
        for group in groups:
            mine = here & np.array([rows[number]["group"] == group for number in sample.row_of])
            right = np.mean(sample.by_rule[mine] == status[mine])
            line += f" {group} {right:.3f} > {np.mean(found[mine] == status[mine]):.3f}"
        print(line)
    domain_rows = sample.domains(left_out)
    domain_label = np.array([label for *_, label in sample.heard])
    domain_fold = sample.fold[[number for number, *_ in sample.heard]]
    domain = np.zeros(len(domain_label), int)
    for fold in range(FOLDS):
        out = domain_fold == fold
        domain[out] = fit_domains(domain_rows[~out], domain_label[~out]).softmax(domain_rows[out]).argmax(axis=1)
    by_rule = np.array([rule for *_, rule, _ in sample.heard])
    print(f"domain right: rules {np.mean(by_rule == domain_label):.3f}, "
          f"ranker {np.mean(domain == domain_label):.3f} of {len(domain_label)}")  # fmt: skip
    best = (0.0, BARS[0])
    for bars in BARS:
        events = decode(sample, chance, place, statuses, bars)
        print(" / ".join(f"{bar:.2f}" for bar in bars))
        values = [show(f"  {group}", members, events) for group, members in groups.items()]
        best = max(best, (sum(values), bars))
    print(best[1])
    if arguments.dry:
        return 0
    table = {
        "features": np.array("\n".join(ranker.ALL_FEATURES)),
        "bars": np.array(best[1]),
        "layout": np.array(LAYOUT),
    }
    domains = fit_domains(domain_rows, domain_label)
    table |= {"domains_weights": domains.weights, "domains_bias": domains.bias}
    forests = forest_of(features, told, here, status, weight, np.ones(len(told), bool))
    for name, forest in forests.items():
        for key in ("feature", "threshold", "left", "right", "value", "roots"):
            table[f"{name}_{key}"] = getattr(forest, key)
        table[f"{name}_depth"] = np.array(forest.depth)
    table |= encoding.stored(encoding.fit(sample.examples, sample.vectors))
    write(OUT, table)
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} KiB")
    return 0


def write(path: Path, table: dict[str, np.ndarray]) -> None:
    """An .npz with the same bytes for the same arrays (NumPy's own stamps the time)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(table):
            stream = BytesIO()
            np.lib.format.write_array(stream, np.asarray(table[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), stream.getvalue())


if __name__ == "__main__":
    sys.exit(main())
