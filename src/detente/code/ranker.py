"""The ranker: which candidates a sentence reports, learned from coded sentences on top of the rules.

Three parts, in the order in which they look: what a word tells by its meaning and its neighbours' (multinomial
logistic regression over word vectors), what two sides have to do with each other by the words on the way
between them (logistic regressions), and what all features of a candidate tell together (gradient-boosted
trees, after Friedman 2001, trained with LightGBM). The weights are data of the language, written by
``benchmarks/train_ranker.py``; they are read with NumPy alone, so that a reading is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from io import BytesIO
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.code.allegation import OFFICIAL
from detente.code.candidate import (
    CASES,
    FEATURES,
    KINDS,
    STATUSES,
    TYPE_NAMES,
    Candidate,
    Candidates,
    preposition_class,
    types_of,
)  # fmt: skip
from detente.code.draft import Draft, codes
from detente.code.frame import Frame
from detente.code.tree import Tree
from detente.errors import DataError
from detente.model import DOMAINS

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

Vectors = Callable[[str], np.ndarray]
"""A word's vector by its lemma: (DIMENSIONS,), zeros for an unknown word."""
DIMENSIONS = 300
_UNKNOWN = np.zeros(DIMENSIONS, np.float32)
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
LEXICAL = 8.0
"""Weight of lexicon features beside standardised vectors."""
MENTION = 4.0
"""Weight of mention features beside standardised vectors."""
_SURE = 0.85
LEAD = 0.5
"""By how much (log odds) another status must be likelier than the rules' own to replace it."""
WORD_FEATURES = ("word", "word is none", "word against others", "sentence", "sentence at most")
PAIR_FEATURES = ("pair", "pair at all", "pair against others", "pair at most")
ALL_FEATURES = (*FEATURES, *WORD_FEATURES, *PAIR_FEATURES)
_KIND = {name: number for number, name in enumerate(TYPE_NAMES)}
_WORD_EXTRA = 2 * len(TYPE_NAMES) + 3
_MENTION_EXTRA = len(KINDS) + len(CASES) + 7 + 2


@dataclass(frozen=True, slots=True)
class Linear:
    """Logistic regressions: ``weights`` (classes, features), ``bias`` (classes,)."""

    weights: np.ndarray
    bias: np.ndarray

    def softmax(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of exclusive classes, (rows, classes)."""
        values = rows @ self.weights.T + self.bias
        values = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(values / values.sum(axis=1, keepdims=True))

    def sigmoid(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of independent classes, (rows, classes)."""
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights.T + self.bias))))


@dataclass(frozen=True)
class Forest:
    """Boosted trees as flat arrays over nodes; a leaf points to itself. ``roots`` is (classes, trees)."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    roots: np.ndarray
    depth: int

    def margins(self, rows: np.ndarray) -> np.ndarray:
        """Summed leaf values, (rows, classes); ``rows`` are of float32."""
        nodes = self._nodes
        width, trees = rows.shape[1], self.roots.size
        values = np.ascontiguousarray(rows, np.float32).ravel()
        start = (np.arange(len(rows)) * width)[:, None]
        # all roots come first: their features are the same in every row
        at = nodes.below[:trees] + (values.take(start + nodes.feature[:trees]) > nodes.bar[:trees])
        for _ in range(self.depth - 1):
            # no index is out of range: "wrap" spares the look whether it is
            place = nodes.feature.take(at, mode="wrap")
            place += start
            above = values.take(place, mode="wrap") > nodes.bar.take(at, mode="wrap")
            at = nodes.below.take(at, mode="wrap")
            at += above
        return np.asarray(nodes.value.take(at).reshape(len(rows), *self.roots.shape).sum(axis=2))

    @cached_property
    def _nodes(self) -> _Nodes:
        return _beside_each_other(self)


class _Nodes(NamedTuple):
    """A forest's nodes anew, roots first, then siblings side by side: one step is ``below`` or one further."""

    feature: np.ndarray
    bar: np.ndarray
    below: np.ndarray
    value: np.ndarray


def _beside_each_other(forest: Forest) -> _Nodes:
    """Order a forest's nodes for ``margins``; a leaf is its own ``below``, with a bar that no value is above."""
    inner = np.flatnonzero(forest.left != np.arange(len(forest.left)))
    below = forest.roots.size + 2 * np.arange(len(inner))
    order = np.empty(forest.roots.size + 2 * len(inner), np.intp)
    order[: forest.roots.size] = forest.roots.ravel()
    order[below], order[below + 1] = forest.left[inner], forest.right[inner]
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    # the greatest float32 that is not above the threshold parts values of float32 just as the threshold does
    near = forest.threshold.astype(np.float32)
    near = np.where(near > forest.threshold, np.nextafter(near, np.float32(-np.inf)), near)
    bars, steps = np.full(len(order), np.inf, np.float32), np.arange(len(order))
    bars[place[inner]], steps[place[inner]] = near[inner], below
    return _Nodes(forest.feature[order].astype(np.intp), bars, steps, forest.value[order])


class Bars(NamedTuple):
    """Chances from which an act is reported: a pair's first act, its further ones, and first ones the rules trust."""

    first: float
    further: float
    trusted: float


@dataclass(frozen=True, slots=True)
class Model:
    """All weights of a language's ranker, and its bars.

    ``acts`` tells whether a candidate's type and sides are reported, wherever; ``places`` whether just this
    predicate, read just so, reports them; ``statuses`` with what status.
    """

    words: Linear
    pairs: Linear
    acts: Forest
    places: Forest
    statuses: Forest
    domains: Linear
    bars: Bars


def _forest(table: dict[str, np.ndarray], name: str) -> Forest:
    parts = {key: table[f"{name}_{key}"] for key in ("feature", "threshold", "left", "right", "value", "roots")}
    return Forest(**parts, depth=int(table[f"{name}_depth"]))


@cache
def load_model(language: str) -> Model | None:
    """The weights of a language, or None where it has none. Raises DataError where they are of another coder."""
    path = resources.files(f"detente.lang.{language}") / "data" / "ranker.npz"
    if not path.is_file():
        return None
    with np.load(BytesIO(path.read_bytes())) as stored:
        table = {name: stored[name] for name in stored.files}
    if tuple(str(table.get("features")).split("\n")) != ALL_FEATURES or "bars" not in table:
        raise DataError(f"ranker.npz of {language} was trained on other features: run benchmarks/train_ranker.py")
    return Model(
        Linear(table["words_weights"], table["words_bias"]),
        Linear(table["pairs_weights"], table["pairs_bias"]),
        _forest(table, "acts"),
        _forest(table, "places"),
        _forest(table, "statuses"),
        Linear(table["domains_weights"], table["domains_bias"]),
        Bars(*(float(each) for each in table["bars"])),
    )


def _mean(found: Sequence[np.ndarray]) -> np.ndarray:
    if len(found) < 2:
        return found[0] if found else _UNKNOWN
    total = found[0] + found[1]
    for each in found[2:]:
        total += each
    return np.asarray(total / np.float32(len(found)))


@dataclass(slots=True)
class Meaning:
    """The vectors of a sentence's content words outside its names."""

    tree: Tree
    vectors: list[np.ndarray | None]
    lemmas: list[np.ndarray | None]
    whole: np.ndarray


def meaning(tree: Tree, entities: Sequence[Entity], vectors: Vectors) -> Meaning:
    """Look up a sentence's words."""
    named = {index for entity in entities if entity.mention.actor for index in range(entity.start, entity.stop)}
    every = [vectors(token.lemma) if token.pos in CONTENT else None for token in tree.tokens]
    kept = [None if index in named else vector for index, vector in enumerate(every)]
    return Meaning(tree, kept, every, _mean([vector for vector in kept if vector is not None]))


def word_rows(seen: Meaning, found: Sequence[Frame], drafts: Sequence[Draft], kept: Sequence[Draft]) -> tuple[
    list[int], np.ndarray
]:  # fmt: skip
    """Content words and, for each, its vector, its governor's, its dependents', theirs, the sentence's, the lexicon's.

    Returns the tokens' indices and (tokens, 5 * DIMENSIONS + 35).
    """
    tree = seen.tree
    tokens = [token.index for token in tree.tokens if token.pos in CONTENT]
    lexical: dict[int, list[float]] = {}
    for frame in found:
        if frame.alleged:
            continue
        told = lexical.setdefault(frame.index, [0.0] * _WORD_EXTRA)
        for type_, _ in types_of(frame):
            told[_KIND[type_] + len(TYPE_NAMES) * (frame.unmet > 0)] = 1
        told[-3] = max(told[-3], any(frame.draft is each for each in kept))
        told[-2] = max(told[-2], any(frame.draft is each for each in drafts))
        told[-1] = max(told[-1], frame.draft.score if frame.named else 0.0)
    rows = np.zeros((len(tokens), 5 * DIMENSIONS + _WORD_EXTRA), np.float32)
    for row, index in zip(rows, tokens, strict=True):
        _fill_word(row, seen, index)
        if index in lexical:
            row[5 * DIMENSIONS :] = lexical[index]
    rows[:, 5 * DIMENSIONS :] *= LEXICAL
    return tokens, rows


def word_row(seen: Meaning, index: int) -> np.ndarray:
    """A word's vector, its governor's, its dependents' mean, theirs, the sentence's: (5 * DIMENSIONS,)."""
    row = np.zeros(5 * DIMENSIONS, np.float32)
    _fill_word(row, seen, index)
    return row


def _fill_word(row: np.ndarray, seen: Meaning, index: int) -> None:
    """Write ``word_row`` to the head of a row of zeros."""
    tree, vectors = seen.tree, seen.vectors
    head, below = tree.tokens[index].head, tree.children(index)
    own = seen.lemmas[index]
    above = vectors[head] if head >= 0 else None
    near = [vector for child in below if (vector := vectors[child]) is not None]
    far = [
        vector for child in below for grandchild in tree.children(child) if (vector := vectors[grandchild]) is not None
    ]
    if own is not None:
        row[:DIMENSIONS] = own
    if above is not None:
        row[DIMENSIONS : 2 * DIMENSIONS] = above
    if near:
        row[2 * DIMENSIONS : 3 * DIMENSIONS] = _mean(near)
    if far:
        row[3 * DIMENSIONS : 4 * DIMENSIONS] = _mean(far)
    row[4 * DIMENSIONS : 5 * DIMENSIONS] = seen.whole


def domain_row(
    seen: Meaning, index: int, scores: dict[str, float], by_rule: str, entry_domain: str | None, type_: str
) -> np.ndarray:
    """What tells an act's domain: its words, how loud each domain speaks, what rules and lexicon say, its type."""
    told = [
        *(scores.get(each, 0.0) for each in DOMAINS), *(by_rule == each for each in DOMAINS),
        *(entry_domain == each for each in DOMAINS), *(type_ == each for each in TYPE_NAMES),
    ]  # fmt: skip
    return np.concatenate([word_row(seen, index), np.array(told, np.float32) * LEXICAL])


def pair_rows(seen: Meaning, by_code: dict[str, list[Entity]]) -> tuple[list[frozenset[str]], np.ndarray]:
    """Pairs of a sentence's sides and, for each, the vectors of the way between them and how they are named.

    Returns the pairs and (pairs, 6 * DIMENSIONS + mentions + 4).
    """
    tree, vectors = seen.tree, seen.vectors
    pairs, rows = [], []
    order = list(by_code)
    ways = {entity.head: [entity.head, *tree.ancestors(entity.head)] for found in by_code.values() for entity in found}
    nothing = np.zeros(DIMENSIONS, np.float32)
    for place, first in enumerate(order):
        for second in order[place + 1 :]:
            joined = []
            for a in by_code[first]:
                for b in by_code[second]:
                    up, down = ways[a.head], ways[b.head]
                    top = next((each for each in down if each in up), None)
                    if top is not None:
                        way = up[: up.index(top) + 1] + down[: down.index(top)]
                        far = len(way) + 3 * ("place" in (a.mention.kind, b.mention.kind))
                        joined.append((far, a.start, b.start, way, top, a, b))
            if not joined:
                continue
            _, _, _, way, top, a, b = min(joined, key=lambda each: each[:3])
            low, high = sorted((a.head, b.head))
            beside = [
                vector
                for each in way
                if each not in (a.head, b.head) or vectors[each] is not None
                for child in tree.children(each)
                if child not in way and (vector := vectors[child]) is not None
            ]
            heads = [tree.tokens[each.head].head for each in (a, b)]
            at_top = vectors[top]
            pairs.append(frozenset((first, second)))
            rows.append(
                np.concatenate(
                    [
                        _mean([vector for each in way if (vector := vectors[each]) is not None]),
                        nothing if at_top is None else at_top,
                        _mean(beside),
                        _mean([vector for each in range(low, high) if (vector := vectors[each]) is not None]),
                        _mean([vector for each in heads if each >= 0 and (vector := vectors[each]) is not None]),
                        seen.whole,
                        _mention(tree, a) * MENTION,
                        _mention(tree, b) * MENTION,
                        np.array([len(by_code) / 3, len(way) / 5, len(tree.tokens) / 20, (high - low) / 10], np.float32)
                        * MENTION,
                    ]
                )
            )
    return pairs, np.array(rows, np.float32).reshape(len(pairs), 6 * DIMENSIONS + 2 * _MENTION_EXTRA + 4)


def _mention(tree: Tree, entity: Entity) -> np.ndarray:
    found = np.zeros(_MENTION_EXTRA, np.float32)
    if entity.mention.kind in KINDS:
        found[KINDS.index(entity.mention.kind)] = 1
    found[len(KINDS) + CASES.index(tree.case(entity.head))] = 1
    found[len(KINDS) + len(CASES) + preposition_class(tree, entity.head)] = 1
    found[-2] = tree.tokens[entity.head].rel in {"nsubj", "nsubj:pass"}
    found[-1] = entity.mention.sector in OFFICIAL
    return found


def word_features(made: Sequence[Candidate], tokens: Sequence[int], chances: np.ndarray) -> np.ndarray:
    """What words tell of candidates: ``chances`` is (tokens, 1 + types), none first; returns (candidates, 5)."""
    found = np.full((len(made), len(WORD_FEATURES)), -1, np.float32)
    if not len(tokens) or not made:
        return found
    places = {token: number for number, token in enumerate(tokens)}
    at = np.array([places.get(each.frame.index, -1) for each in made])
    kinds = np.array([_KIND[each.type] for each in made])
    most = chances[:, 1:].max(axis=0)
    known = at >= 0
    own = chances[at[known]]
    of_type = own[np.arange(len(own)), kinds[known] + 1]
    found[known, 0] = of_type
    found[known, 1] = own[:, 0]
    found[known, 2] = np.log(of_type / np.maximum(1e-6, own[:, 1:].max(axis=1)) + 1e-6) if len(own) else 0
    found[:, 3], found[:, 4] = most[kinds], most.max()
    return found


def pair_features(made: Sequence[Candidate], pairs: Sequence[frozenset[str]], chances: np.ndarray) -> np.ndarray:
    """What the ways between sides tell: ``chances`` is (pairs, types + 1), any type last; (candidates, 4)."""
    found = np.full((len(made), len(PAIR_FEATURES)), -1, np.float32)
    if not pairs or not made:
        return found
    places = {order: number for number, pair in enumerate(pairs) for order in permutations(pair)}
    at = np.array([places.get((each.first, each.second), -1) for each in made])
    kinds = np.array([_KIND[each.type] for each in made])
    known = at >= 0
    own = chances[at[known]]
    of_type, most = own[np.arange(len(own)), kinds[known]], own[:, :-1].max(axis=1, initial=0)
    found[known, 0], found[known, 1] = of_type, own[:, -1]
    found[known, 2], found[known, 3] = of_type / np.maximum(1e-6, most), most
    return found


class Ranker:
    """Weighs the candidates of one sentence at a time."""

    def __init__(self, model: Model, vectors: Vectors) -> None:
        self.model = model
        self.vectors = vectors
        self._last: Meaning | None = None

    def meaning(self, tree: Tree, entities: Sequence[Entity]) -> Meaning:
        """The vectors of a sentence's words; those of the last sentence are kept."""
        if self._last is None or self._last.tree is not tree:
            self._last = meaning(tree, entities, self.vectors)
        return self._last

    def choose(
        self,
        tree: Tree,
        entities: Sequence[Entity],
        found: Sequence[Frame],
        drafts: Sequence[Draft],
        kept: Sequence[Draft],
        seen: Candidates,
    ) -> list[Draft]:
        """The drafts that the sentence reports, each with its probability as score."""
        words = self.meaning(tree, entities)
        tokens, by_word = word_rows(words, found, drafts, kept)
        pairs, by_pair = pair_rows(words, seen.by_code)
        rows = np.hstack(
            [
                seen.rows,
                word_features(seen.made, tokens, self.model.words.softmax(by_word)),
                pair_features(seen.made, pairs, self.model.pairs.sigmoid(by_pair)),
            ]
        )
        chance = 1 / (1 + np.exp(-self.model.acts.margins(rows)[:, 0]))
        chosen = select(seen.made, chance, trusted(rows), self.model.bars)
        if not chosen:
            return []
        places = self.model.places
        chance, chosen = settle(seen.made, chance, lambda some: places.margins(rows[some])[:, 0], chosen)
        by_rule = np.array([STATUSES.index(seen.made[number].frame.draft.status) for number in chosen])
        statuses = judge_status(self.model.statuses.margins(rows[chosen]), by_rule)
        drafted = _drafts(
            seen, [(number, float(chance[number]), STATUSES[s]) for number, s in zip(chosen, statuses, strict=True)]
        )
        return [*drafted, *_beside(drafted, kept)]

    def domain(
        self, seen: Meaning, index: int, scores: dict[str, float], by_rule: str, entry_domain: str | None, type_: str
    ) -> str:
        """The domain of an act: see ``domain_row``."""
        row = domain_row(seen, index, scores, by_rule, entry_domain, type_)
        return DOMAINS[int(self.model.domains.softmax(row[None])[0].argmax())]


def trusted(rows: np.ndarray) -> np.ndarray:
    """Candidates that the rules report from slots of their own, by an entry that is no weak one: (rows,) of bool."""
    kept, pair, weak, score = (rows[:, FEATURES.index(name)] for name in ("kept", "pair of rules", "weak", "score"))
    return np.asarray((kept > 0) & (pair > 0) & (weak == 0) & (score >= _SURE))


def select(made: Sequence[Candidate], chance: np.ndarray, sure: np.ndarray, bars: Bars) -> list[int]:
    """The candidates to report, best first: one for each pair and type, a pair's second type only if likelier."""
    chosen: list[int] = []
    types: dict[frozenset[str], set[str]] = {}
    for number in np.argsort(-chance, kind="stable"):
        each = made[number]
        if chance[number] < min(bars):
            break
        have = types.setdefault(frozenset((each.first, each.second)), set())
        bar = bars.further if have else bars.trusted if sure[number] else bars.first
        if each.type in have or chance[number] < bar or each.frame.idle:
            continue
        have.add(each.type)
        chosen.append(int(number))
    return chosen


def judge_status(margins: np.ndarray, by_rule: np.ndarray, lead: float = LEAD) -> np.ndarray:
    """The likeliest status of each act where it leads the rules' own by ``lead`` (log odds), else the rules'.

    What the rules deny or doubt rests on a word that says so: it gives way to three times that lead only.
    """
    best = margins.argmax(axis=1)
    line = np.arange(len(margins))
    wanted = np.where(by_rule >= STATUSES.index("conjectured"), 3 * lead, lead)
    return np.where(margins[line, best] - margins[line, by_rule] > wanted, best, by_rule)


def settle(
    made: Sequence[Candidate], chance: np.ndarray, place: Callable[[list[int]], np.ndarray], chosen: Sequence[int]
) -> tuple[np.ndarray, list[int]]:
    """For each chosen act the predicate and the direction that ``place`` (margins) likes best, at the act's chance."""
    settled, chance = [], chance.copy()
    for number in chosen:
        pair = {made[number].first, made[number].second}
        same = [
            other
            for other, each in enumerate(made)
            if each.type == made[number].type and {each.first, each.second} == pair and not each.frame.idle
        ]
        best = same[int(place(same).argmax())] if len(same) > 1 else number
        chance[best] = chance[number]
        settled.append(best)
    return chance, settled


def _drafts(seen: Candidates, chosen: Sequence[tuple[int, float, str]]) -> list[Draft]:
    """Join the chosen pairs of a frame into drafts: all parties of an act of both, all recipients of an actor."""
    groups: dict[tuple[int, str, str, str], list[tuple[Candidate, float]]] = {}
    for number, chance, status in chosen:
        each = seen.made[number]
        key = (id(each.frame), each.type, status, "" if each.symmetric else each.first)
        groups.setdefault(key, []).append((each, chance))
    found = []
    for (_, type_, status, _), members in groups.items():
        frame = members[0][0].frame
        if members[0][0].symmetric:
            for parties in _cliques([(each.first, each.second) for each, _ in members], frame):
                found.append(_draft(seen, frame, type_, status, parties, [], max(score for _, score in members)))
        else:
            recipients = [each.second for each, _ in members]
            found.append(
                _draft(
                    seen, frame, type_, status, [members[0][0].first], recipients, max(score for _, score in members)
                )
            )
    return sorted(_same_recipients(found), key=lambda draft: draft.index)


def _cliques(pairs: Sequence[tuple[str, str]], frame: Frame) -> list[list[str]]:
    """Parties of an act of all: those whom the rules join, else only those of whom each pair was chosen."""
    joined = {frozenset(pair) for pair in pairs}
    by_rule = codes(frame.draft.actors)
    found: list[list[str]] = []
    for first, second in pairs:
        for party in found:
            for new, old in ((first, second), (second, first)):
                if old in party and new not in party:
                    rest = [each for each in party if frozenset((new, each)) not in joined]
                    if not rest or {new, *party} <= by_rule:
                        party.append(new)
        if not any({first, second} <= set(party) for party in found):
            found.append([first, second])
    return found


def _beside(found: Sequence[Draft], kept: Sequence[Draft]) -> list[Draft]:
    """The rules' drafts that tell a chosen act in another mode: «прибыл в Анкару и провёл переговоры»."""
    told = {(draft.type, frozenset(codes(draft.actors) | codes(draft.recipients))) for draft in found}
    modes = {(draft.index, draft.type) for draft in found} | {(draft.type, draft.mode) for draft in found}
    more = []
    for draft in kept:
        if (draft.index, draft.type) in modes or (draft.type, draft.mode) in modes or draft.mode is None:
            continue
        if (draft.type, frozenset(codes(draft.actors) | codes(draft.recipients))) in told:
            more.append(draft)
    return more


def _draft(
    seen: Candidates, frame: Frame, type_: str, status: str, actors: list[str], recipients: list[str], score: float
) -> Draft:
    draft = frame.draft
    named = {str(entity.mention.actor): entity for entity in (*draft.actors, *draft.recipients)}

    def entities(parties: list[str]) -> list[Entity]:
        return [named.get(code) or seen.nearest[frame.index, code] for code in parties]

    planned = draft.planned_type
    if type_ == draft.type:
        mode = draft.mode
    else:
        mode = frame.entry.mode if type_ == frame.entry.type else None
        planned = draft.type if type_ == "AGREE" else None
    return Draft(
        frame.index, frame.entry, type_, mode, status,  # type: ignore[arg-type]
        entities(actors), entities(recipients), draft.chain, draft.slots, score, planned,
    )  # fmt: skip


def _same_recipients(drafts: list[Draft]) -> list[Draft]:
    """«США и ЕС ввели санкции против России»: actors with the same recipients act together."""
    found: list[Draft] = []
    for draft in drafts:
        twin = next(
            (
                other
                for other in found
                if (other.index, other.entry, other.type, other.status) == (
                    draft.index, draft.entry, draft.type, draft.status
                )
                and draft.recipients
                and codes(other.recipients) == codes(draft.recipients)
                and not codes(draft.actors) & codes(other.actors)
            ),
            None,
        )  # fmt: skip
        if twin is None:
            found.append(draft)
        else:
            twin.actors += draft.actors
            twin.score = max(twin.score, draft.score)
    return found
