"""Train the ranker of Russian on the coded sentences, and write its weights into the package.

    python benchmarks/train_ranker.py [--dry]

Wants LightGBM and scikit-learn (``pip install --group train``) and ``../shared``. Prints what the ranker does
on sentences left out of its training (five folds, by document), beside the rules alone; ``--dry`` writes
nothing. The sets that measure the coder (``ru_dev``, ``ru_news_2017``, ``small_ru``) are no part of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import events as bench
import numpy as np
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression

from detente.code import ranker
from detente.code.candidate import STATUSES, TYPE_NAMES, Candidate
from detente.model import DOMAINS, Document
from detente.reading import Reader

SETS = ("ru_development.jsonl", "ru_training.jsonl")
WRITTEN = "ru_written.jsonl"
OUT = Path(ranker.__file__).parents[1] / "lang" / "ru" / "data" / "ranker.npz"
FOLDS = 5
TREES = {
    "n_estimators": 220, "learning_rate": 0.05, "num_leaves": 24, "max_depth": 6, "min_child_samples": 25,
    "subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.35, "reg_lambda": 5.0, "random_state": 1,
    "n_jobs": 2, "verbose": -1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
PLACE_TREES = TREES | {"n_estimators": 150}
STATUS_TREES = TREES | {"n_estimators": 120, "num_leaves": 10, "max_depth": 5, "min_child_samples": 12}
BARS = tuple(
    ranker.Bars(first, first + 0.14, trusted) for first in (0.26, 0.29, 0.32) for trusted in (first, 0.2, 0.15, 0.1)
)
Row = dict[str, Any]


class Sample:
    """The coded sentences with what the rules, the words and the ways between sides say of them."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.made: list[tuple[int, Candidate]] = []
        self.rules: dict[str, list[Row]] = {}
        blocks: dict[str, list[np.ndarray]] = {"acts": [], "words": [], "pairs": []}
        self.word_keys: list[tuple[int, int, int]] = []
        self.pair_keys: list[tuple[int, int, frozenset[str]]] = []
        self.part: list[int] = []
        self._starts: list[int] = []
        self.word_label: list[int] = []
        self.pair_label: list[list[bool]] = []
        self.domain_rows: list[np.ndarray] = []
        self.domain_rule: list[int] = []
        self.domain_label: list[int] = []
        self.domain_of: list[int] = []
        reader = Reader("ru", ranks=False)
        self._vectors = reader._parser.vector
        coder = reader._coder
        coder.ranks = True
        gold = [_gold(row) for row in rows]
        for number, row in enumerate(rows):
            kept_drafts: list[Any] = []
            parts: list[Any] = []

            def drafts(tree, sides, entities, own, attributions, memory, sentence):  # type: ignore[no-untyped-def]
                seen = coder.weigh(tree, sides, own, attributions, memory, sentence)
                if seen.kept:
                    self._hear(coder, tree, entities, seen.kept, rows[number], number)  # noqa: B023
                parts.append((tree, entities, seen))  # noqa: B023
                kept_drafts.extend(seen.kept)  # noqa: B023
                return seen.kept

            coder.drafts = drafts  # type: ignore[method-assign]
            reader.read(Document(row["text"], published=_day(row), language="ru"))
            self.rules[row["id"]] = [_event(draft) for draft in kept_drafts]
            for piece, (tree, entities, seen) in enumerate(parts):
                if seen.candidates is None:
                    continue
                blocks["acts"].append(seen.candidates.rows)
                self.made += [(number, each) for each in seen.candidates.made]
                self._starts += [tree.tokens[each.frame.index].start for each in seen.candidates.made]
                self.part += [piece] * len(seen.candidates.made)
                words = ranker.meaning(tree, entities, reader._parser.vector)
                tokens, by_word = ranker.word_rows(words, seen.frames, seen.drafts, seen.kept)
                blocks["words"].append(by_word)
                for token in tokens:
                    start = tree.tokens[token].start
                    self.word_keys.append((number, piece, token))
                    kinds = [k for *_, k, span, _ in gold[number] if span and span[0] <= start < span[1]]
                    self.word_label.append(1 + TYPE_NAMES.index(kinds[0]) if kinds else 0)
                pairs, by_pair = ranker.pair_rows(words, seen.candidates.by_code)
                blocks["pairs"].append(by_pair)
                for pair in pairs:
                    self.pair_keys.append((number, piece, pair))
                    told = {k for a, b, _, k, *_ in gold[number] if {a, b} == pair}
                    self.pair_label.append([name in told for name in TYPE_NAMES])
        self.acts, self.words, self.pairs = (np.vstack(blocks[name]) for name in ("acts", "words", "pairs"))
        self.sure = ranker.trusted(self.acts)
        self.row_of = np.array([number for number, _ in self.made])
        starts = [self._starts[at] for at in range(len(self.made))]
        self.told = np.array([_told(each, gold[number]) for number, each in self.made])
        self.here, self.status = _labels(self.made, starts, gold)
        documents = [str(row.get("document", row["id"])) for row in rows]
        self.fold = np.array([int(hashlib.sha256(each.encode()).hexdigest(), 16) % FOLDS for each in documents])

    def _hear(self, coder: Any, tree: Any, entities: Any, kept: Any, row: Row, number: int) -> None:
        """Keep what tells the domain of the drafts that a row's events bear out."""
        told = {
            (frozenset((a, b)), event["type"]): event["domain"] for event in row["events"] for _, a, b in _pairs(event)
        }
        heard = coder._topics.scan(tree)
        words = ranker.meaning(tree, entities, self._vectors)
        for draft in kept:
            parties = draft.actors + draft.recipients
            names = [entity.mention.actor for entity in parties]
            wanted = [told.get((frozenset((a, b)), draft.type)) for a in names for b in names if a < b]
            domain = next((each for each in wanted if each), None)
            if domain is None:
                continue

            def decide(scores: dict[str, float], by_rule: str) -> str:
                self.domain_rows.append(
                    ranker.domain_row(words, draft.index, scores, by_rule, draft.entry.domain, draft.type)  # noqa: B023
                )
                self.domain_rule.append(DOMAINS.index(by_rule))
                return by_rule

            coder._topics.judge(
                tree, heard, draft.index, draft.type, draft.mode, draft.entry.domain, draft.entry.aspect,
                [entity.mention.sector for entity in parties], [entity.mention.office for entity in parties], decide,
            )  # fmt: skip
            self.domain_label.append(DOMAINS.index(domain))
            self.domain_of.append(number)

    def features(self, word_chance: np.ndarray, pair_chance: np.ndarray) -> np.ndarray:
        """All features of the candidates."""
        out = []
        words: dict[tuple[int, int], list[int]] = {}
        pairs: dict[tuple[int, int], list[int]] = {}
        for place, (number, piece, _) in enumerate(self.word_keys):
            words.setdefault((number, piece), []).append(place)
        for place, (number, piece, _) in enumerate(self.pair_keys):
            pairs.setdefault((number, piece), []).append(place)
        at = 0
        while at < len(self.made):
            key = (self.made[at][0], self.part[at])
            stop = at
            while stop < len(self.made) and (self.made[stop][0], self.part[stop]) == key:
                stop += 1
            made = [each for _, each in self.made[at:stop]]
            w, p = words.get(key, []), pairs.get(key, [])
            out.append(
                np.hstack(
                    [
                        self.acts[at:stop],
                        ranker.word_features(made, [self.word_keys[i][2] for i in w], word_chance[w]),
                        ranker.pair_features(made, [self.pair_keys[i][2] for i in p], pair_chance[p]),
                    ]
                )
            )
            at = stop
        return np.vstack(out)


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


def _gold(row: Row) -> list[tuple[str, str, bool, str, tuple[int, int] | None, str]]:
    """(first, second, whether both do it, type, trigger, status) for every pair of a row's events."""
    found = []
    for event in row["events"]:
        span = _span(row, event.get("trigger"))
        for mark, a, b in _pairs(event):
            found.append((a, b, mark == "~", event["type"], span, event["status"]))
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
        for a, b, both, kind, span, wanted in gold[number]:
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


def fit_words(rows: np.ndarray, label: np.ndarray) -> ranker.Linear:
    mean, scale = _standard(rows, 35)
    fitted = LogisticRegression(C=0.002, max_iter=80, tol=1e-3).fit((rows - mean) / scale, label)
    weights, bias = np.zeros((len(TYPE_NAMES) + 1, rows.shape[1])), np.full(len(TYPE_NAMES) + 1, -30.0)
    weights[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return _unscaled(weights, bias, mean, scale)


def fit_domains(rows: np.ndarray, label: np.ndarray) -> ranker.Linear:
    mean, scale = _standard(rows, rows.shape[1] - 5 * ranker.DIMENSIONS)
    fitted = LogisticRegression(C=0.002, max_iter=120, tol=1e-3).fit((rows - mean) / scale, label)
    weights, bias = np.zeros((len(DOMAINS), rows.shape[1])), np.full(len(DOMAINS), -30.0)
    weights[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return _unscaled(weights, bias, mean, scale)


def fit_pairs(rows: np.ndarray, label: np.ndarray) -> ranker.Linear:
    mean, scale = _standard(rows, rows.shape[1] - 6 * ranker.DIMENSIONS)
    scaled = (rows - mean) / scale
    label = np.hstack([label, label.any(axis=1, keepdims=True)])
    weights, bias = np.zeros((label.shape[1], rows.shape[1])), np.full(label.shape[1], -6.0)
    for kind in range(label.shape[1]):
        if label[:, kind].sum() >= 5:
            fitted = LogisticRegression(C=0.001, max_iter=60, tol=1e-3).fit(scaled, label[:, kind])
            weights[kind], bias[kind] = fitted.coef_[0], fitted.intercept_[0]
    return _unscaled(weights, bias, mean, scale)


def _unscaled(weights: np.ndarray, bias: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> ranker.Linear:
    weights = weights / scale
    return ranker.Linear(weights.astype(np.float32), (bias - weights @ mean).astype(np.float32))


def grow(parameters: Row, rows: np.ndarray, label: np.ndarray, weight: np.ndarray | None = None) -> LGBMClassifier:
    return LGBMClassifier(**parameters).fit(rows, label, sample_weight=weight)


def flat(fitted: LGBMClassifier, classes: int) -> ranker.Forest:
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
    return ranker.Forest(
        np.array(table["feature"], np.int32), np.array(table["threshold"], np.float64),
        np.array(table["left"], np.int32), np.array(table["right"], np.int32),
        np.array(table["value"], np.float32), np.array(roots, np.int32), deepest,
    )  # fmt: skip


def decode(
    sample: Sample, chance: np.ndarray, place: np.ndarray, status: np.ndarray, bars: ranker.Bars
) -> dict[str, list[Row]]:
    """Events by row id."""
    found: dict[str, list[Row]] = {row["id"]: [] for row in sample.rows}
    places: dict[tuple[int, int], list[int]] = {}
    for at, number in enumerate(sample.row_of):
        places.setdefault((int(number), sample.part[at]), []).append(at)
    for (number, _), own in places.items():
        made = [sample.made[at][1] for at in own]
        likes = place[own]
        _, settled = ranker.settle(
            made, chance[own], likes.__getitem__, ranker.select(made, chance[own], sample.sure[own], bars)
        )
        for chosen in settled:
            each = made[chosen]
            found[sample.rows[number]["id"]].append(
                {
                    "actors": [each.first, each.second] if each.symmetric else [each.first],
                    "recipients": [] if each.symmetric else [each.second],
                    "type": each.type,
                    "status": STATUSES[status[own[chosen]]],
                    "domain": "",
                }
            )
    return found


def forest_of(
    features: np.ndarray, told: np.ndarray, here: np.ndarray, status: np.ndarray, weight: np.ndarray, use: np.ndarray
) -> dict[str, ranker.Forest]:
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
    arguments = parser.parse_args()
    rows = [row | {"group": row.get("group", "mined")} for row in load()]
    groups = {name: [row for row in rows if row["group"] == name] for name in ("mined", "fresh", "slavic", "written")}
    sample = Sample(rows)
    print(f"{len(rows)} sentences, {len(sample.made)} candidates, {sample.told.sum()} of them told")
    for group, members in groups.items():
        show(f"rules alone {group}", members, sample.rules)
    word_row, pair_row = (np.array([key[0] for key in keys]) for keys in (sample.word_keys, sample.pair_keys))
    word_label, pair_label = np.array(sample.word_label), np.array(sample.pair_label)
    word_chance = np.zeros((len(word_row), len(TYPE_NAMES) + 1))
    pair_chance = np.zeros((len(pair_row), len(TYPE_NAMES) + 1))
    for fold in range(FOLDS):
        out = sample.fold[word_row] == fold
        word_chance[out] = fit_words(sample.words[~out], word_label[~out]).softmax(sample.words[out])
        out = sample.fold[pair_row] == fold
        pair_chance[out] = fit_pairs(sample.pairs[~out], pair_label[~out]).sigmoid(sample.pairs[out])
    features = sample.features(word_chance, pair_chance)
    told, here, status = sample.told, sample.here, sample.status
    # sentences that the lexicon was not made with count double: there the rules are as good as they are elsewhere
    weight = np.where([rows[number].get("group") != "mined" for number in sample.row_of], 2.0, 1.0)
    chance, place, margins = np.zeros(len(told)), np.zeros(len(told)), np.zeros((len(told), len(STATUSES)))
    for fold in range(FOLDS):
        out = sample.fold[sample.row_of] == fold
        forests = forest_of(features, told, here, status, weight, ~out)
        chance[out] = 1 / (1 + np.exp(-forests["acts"].margins(features[out])[:, 0]))
        place[out] = forests["places"].margins(features[out])[:, 0]
        margins[out] = forests["statuses"].margins(features[out])
    by_rule = np.array([STATUSES.index(each.frame.draft.status) for _, each in sample.made])
    statuses = ranker.judge_status(margins, by_rule)
    for lead in (0.0, 0.3, 0.6, 1.0, 1.5):
        found = ranker.judge_status(margins, by_rule, lead)
        line = f"status, lead {lead}:"
        for group in groups:
            mine = here & np.array([rows[number]["group"] == group for number in sample.row_of])
            line += (
                f" {group} {np.mean(by_rule[mine] == status[mine]):.3f} > {np.mean(found[mine] == status[mine]):.3f}"
            )
        print(line)
    print(f"status right: rules {np.mean(by_rule[here] == status[here]):.3f}, "
          f"ranker {np.mean(statuses[here] == status[here]):.3f}")  # fmt: skip
    domain_rows, domain_label, domain_of = (
        np.array(each) for each in (sample.domain_rows, sample.domain_label, sample.domain_of)
    )
    domain = np.zeros(len(domain_label), int)
    for fold in range(FOLDS):
        out = sample.fold[domain_of] == fold
        domain[out] = fit_domains(domain_rows[~out], domain_label[~out]).softmax(domain_rows[out]).argmax(axis=1)
    print(f"domain right: rules {np.mean(np.array(sample.domain_rule) == domain_label):.3f}, "
          f"ranker {np.mean(domain == domain_label):.3f} of {len(domain_label)}")  # fmt: skip
    best = (0.0, BARS[0])
    for bars in BARS:
        found = decode(sample, chance, place, statuses, bars)
        print(" / ".join(f"{bar:.2f}" for bar in bars))
        values = [show(f"  {group}", members, found) for group, members in groups.items() if group != "mined"]
        best = max(best, (sum(values), bars))
    print(best[1])
    if arguments.dry:
        return 0
    words, pairs = fit_words(sample.words, word_label), fit_pairs(sample.pairs, pair_label)
    forests = forest_of(features, told, here, status, weight, np.ones(len(told), bool))
    domains = fit_domains(domain_rows, domain_label)
    table = {
        "domains_weights": domains.weights, "domains_bias": domains.bias,
        "features": np.array("\n".join(ranker.ALL_FEATURES)),
        "words_weights": words.weights, "words_bias": words.bias,
        "pairs_weights": pairs.weights, "pairs_bias": pairs.bias,
        "bars": np.array(best[1]),
    }  # fmt: skip
    for name, forest in forests.items():
        for key in ("feature", "threshold", "left", "right", "value", "roots"):
            table[f"{name}_{key}"] = getattr(forest, key)
        table[f"{name}_depth"] = np.array(forest.depth)
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
