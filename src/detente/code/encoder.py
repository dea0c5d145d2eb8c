"""The encoder: what a sentence's words tell of each other and of its sides, read along the tree.

A graph convolution over the dependency tree and the order of words (after Marcheggiani & Titov 2017) turns
each token into a vector; from these come the chance that a word tells an act of each type, and the chance
that one side does such an act to another. Names of states are hidden from it: it sees what kind of mention
stands where, not whose. The weights are data of the language, written by ``benchmarks/train_ranker.py``;
they are read with NumPy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from detente.code.candidate import CASES, KINDS, STATUSES, TYPE_NAMES, preposition_class, types_of
from detente.code.draft import Draft
from detente.code.frame import Frame
from detente.code.tree import Tree
from detente.model import DOMAINS, SECTORS, Attribution

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

POS = (
    "NOUN", "VERB", "ADJ", "ADV", "PROPN", "PRON", "DET", "ADP", "CCONJ", "SCONJ", "PART", "NUM", "PUNCT", "AUX",
    "SYM", "X", "INTJ",
)  # fmt: skip
RELATIONS = (
    "root", "conj", "nsubj", "nsubj:pass", "obj", "iobj", "obl", "nmod", "xcomp", "ccomp", "csubj", "acl",
    "acl:relcl", "advcl", "amod", "parataxis", "appos", "flat:name", "case", "mark", "cc", "punct", "advmod", "det",
    "fixed", "aux", "cop", "nummod", "flat", "obl:agent", "nummod:gov", "aux:pass", "compound", "discourse",
)  # fmt: skip
_FORMS = (
    ("Tense", "Past"), ("Tense", "Pres"), ("Tense", "Fut"), ("VerbForm", "Inf"), ("VerbForm", "Part"),
    ("VerbForm", "Conv"), ("Voice", "Pass"), ("Mood", "Imp"), ("Aspect", "Perf"),
)  # fmt: skip
_POS = {name: place for place, name in enumerate(POS)}
_RELATION = {name: place for place, name in enumerate(RELATIONS)}
_SECTOR = {name: place for place, name in enumerate(SECTORS)}
_FLAGS = len(_FORMS) + 3
_LEXICAL = 2 * len(TYPE_NAMES) + 4
_MENTION = len(KINDS) + len(SECTORS) + 4
_WAYS = ("own", "governor", "dependents", "before", "after")
_HEADS = ("does", "status", "domain")
FEATURES = _FLAGS + _LEXICAL + _MENTION
"""Numbers that stand beside a token's word, part of speech, relation, case and preposition."""

LAYOUT = "\n".join(
    (
        *POS, *RELATIONS, *CASES, *KINDS, *SECTORS, *TYPE_NAMES, *(f"{name}={value}" for name, value in _FORMS),
        *STATUSES, *DOMAINS,
    )
)  # fmt: skip
"""What the rows and columns of the weights stand for, in order; stored with them and compared when they are read."""


@dataclass(slots=True)
class Graph:
    """A sentence as the encoder reads it: (tokens,) integers, (tokens, FEATURES) numbers, and its sides' mentions."""

    lemmas: list[str]
    pos: np.ndarray
    relation: np.ndarray
    head: np.ndarray
    case: np.ndarray
    preposition: np.ndarray
    named: np.ndarray
    features: np.ndarray
    sides: dict[str, list[int]]
    ways: dict[tuple[str, str], list[int]]


@dataclass(slots=True)
class Told:
    """What the encoder makes of a sentence.

    ``words`` is (tokens, 1 + types), none first; ``pairs`` (ordered pairs, types) the chances that the first
    side does it to the second or both do it; ``statuses`` and ``domains`` (ordered pairs, classes) their chances.
    """

    words: np.ndarray
    pairs: np.ndarray
    statuses: np.ndarray
    domains: np.ndarray
    order: dict[tuple[str, str], int]


def graph(
    tree: Tree,
    by_code: dict[str, list[Entity]],
    found: Sequence[Frame],
    drafts: Sequence[Draft],
    kept: Sequence[Draft],
    over: Sequence[Attribution],
) -> Graph:
    """A sentence for the encoder; ``over`` are the attributions that stand in it or reach over it."""
    tokens = tree.tokens
    features = np.zeros((len(tokens), FEATURES), np.float32)
    for token in tokens:
        row = features[token.index]
        for place, (name, value) in enumerate(_FORMS):
            row[place] = token.feats.get(name) == value
        row[len(_FORMS)] = token.text[:1].isupper()
    for each in over:
        for token in tokens:
            if each.cue.start <= token.start < each.cue.stop:
                features[token.index, _FLAGS - 2] = 1
            if each.content.start <= token.start < each.content.stop:
                features[token.index, _FLAGS - 1] = 1
    _mark_frames(features[:, _FLAGS : _FLAGS + _LEXICAL], found, drafts, kept)
    named = np.zeros(len(tokens), bool)
    sides: dict[str, list[int]] = {}
    for code, entities in by_code.items():
        for entity in entities:
            named[entity.start : entity.stop] = True
            features[entity.start : entity.stop, -1] = 1
            _mark_mention(features[entity.head, _FLAGS + _LEXICAL :], entity, over)
            sides.setdefault(code, []).append(entity.head)
    return Graph(
        [token.lemma for token in tokens],
        np.array([_POS.get(token.pos, len(POS)) for token in tokens]),
        np.array([_RELATION.get(token.rel, len(RELATIONS)) for token in tokens]),
        np.array([token.head for token in tokens]),
        np.array([CASES.index(tree.case(index)) for index in range(len(tokens))]),
        np.array([preposition_class(tree, index) for index in range(len(tokens))]),
        named,
        features,
        sides,
        _ways(tree, sides),
    )


def _mark_frames(rows: np.ndarray, found: Sequence[Frame], drafts: Sequence[Draft], kept: Sequence[Draft]) -> None:
    for frame in found:
        row = rows[frame.index]
        if frame.alleged:
            row[-1] = 1
            continue
        for type_, _ in types_of(frame):
            row[TYPE_NAMES.index(type_) + len(TYPE_NAMES) * (frame.unmet > 0)] = 1
        row[-4] = max(row[-4], any(frame.draft is each for each in kept))
        row[-3] = max(row[-3], any(frame.draft is each for each in drafts))
        row[-2] = max(row[-2], frame.draft.score if frame.named else 0.0)


def _mark_mention(row: np.ndarray, entity: Entity, over: Sequence[Attribution]) -> None:
    mention = entity.mention
    if mention.kind in KINDS:
        row[KINDS.index(mention.kind)] = 1
    row[len(KINDS) + _SECTOR[mention.sector]] = 1
    row[-3] = any(each.speaker is not None and each.speaker.start <= mention.start < each.speaker.stop for each in over)
    row[-2] = mention.type == "PER"


def _ways(tree: Tree, sides: dict[str, list[int]]) -> dict[tuple[str, str], list[int]]:
    """The tokens on the shortest way between mentions of each two sides, the same in both directions."""
    up = {head: [head, *tree.ancestors(head)] for heads in sides.values() for head in heads}
    found: dict[tuple[str, str], list[int]] = {}
    order = list(sides)
    for place, first in enumerate(order):
        for second in order[place + 1 :]:
            best: list[int] = []
            for a in sides[first]:
                for b in sides[second]:
                    top = next((each for each in up[b] if each in up[a]), None)
                    if top is None:
                        continue
                    way = up[a][: up[a].index(top) + 1] + up[b][: up[b].index(top)]
                    if not best or len(way) < len(best):
                        best = way
            found[first, second] = found[second, first] = best
    return found


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of the convolution: a token's own vector, its governor's, its dependents', its neighbours'.

    The first five are (width, width); ``bias`` (width,); ``of_governor`` and ``of_dependent`` (relations, width).
    """

    own: np.ndarray
    governor: np.ndarray
    dependents: np.ndarray
    before: np.ndarray
    after: np.ndarray
    bias: np.ndarray
    of_governor: np.ndarray
    of_dependent: np.ndarray


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of the encoder; ``table`` holds those outside the layers by name."""

    layers: tuple[Layer, ...]
    table: dict[str, np.ndarray]


class Encoder:
    """Reads one sentence at a time."""

    def __init__(self, weights: Weights, vectors: Callable[[str], np.ndarray]) -> None:
        self._layers = weights.layers
        self._joined = [np.hstack([getattr(layer, way) for way in _WAYS]) for layer in weights.layers]
        self._table = weights.table
        self._vectors = vectors
        self._seen_as = lru_cache(maxsize=20_000)(self._project)

    def _project(self, lemma: str) -> np.ndarray:
        return np.asarray(self._vectors(lemma) @ self._table["word"])

    def read(self, seen: Graph) -> Told:
        """The chances that words tell acts, and that sides (two at least) do them to each other."""
        table = self._table
        states = self._states(seen)
        words = _softmax(states @ table["tells"] + table["tells_bias"])
        order = {pair: place for place, pair in enumerate(seen.ways)}
        sides = {code: states[heads].max(axis=0) for code, heads in seen.sides.items()}
        joined = np.array([np.concatenate([sides[first], sides[second]]) for first, second in order])
        nothing = np.zeros(states.shape[1], np.float32)
        ways = np.array([states[way].max(axis=0) if way else nothing for way in seen.ways.values()])
        attention = _softmax(joined @ table["query"] @ states.T / np.sqrt(states.shape[1]))
        whole = np.broadcast_to(states.mean(axis=0), ways.shape)
        hidden = np.concatenate([joined, ways, attention @ states, whole], axis=1) @ table["pair"] + table["pair_bias"]
        hidden = np.maximum(hidden, 0)
        does, status, domain = (hidden @ table[name] + table[f"{name}_bias"] for name in _HEADS)
        return Told(words, 1 / (1 + np.exp(-does)), _softmax(status), _softmax(domain), order)

    def _states(self, seen: Graph) -> np.ndarray:
        """The tokens' vectors after all layers, (tokens, width)."""
        table = self._table
        states = np.array([self._seen_as(lemma) for lemma in seen.lemmas])
        states[seen.named] = 0
        states += table["of_pos"][seen.pos] + table["of_relation"][seen.relation] + table["of_case"][seen.case]
        states += table["of_preposition"][seen.preposition] + seen.features @ table["features"] + table["bias"]
        states = np.maximum(states, 0)
        size, width = states.shape
        below = np.flatnonzero(seen.head >= 0)
        governs = np.zeros((size, size), np.float32)
        governs[below, seen.head[below]] = 1
        shared = (governs / np.sqrt(np.maximum(1, governs.sum(axis=0)))).T
        related = seen.relation[below]
        for layer, joined in zip(self._layers, self._joined, strict=True):
            own, above, under, before, after = (states @ joined).reshape(size, len(_WAYS), width).transpose(1, 0, 2)
            under[below] += layer.of_dependent[related]
            new = own + layer.bias + governs @ above + shared @ under
            new[below] += layer.of_governor[related]
            new[1:] += before[:-1]
            new[:-1] += after[1:]
            states = states + np.maximum(new, 0)
            states /= np.sqrt((states**2).mean(axis=1, keepdims=True) + 1e-3)
        return np.asarray(states)


def _softmax(values: np.ndarray) -> np.ndarray:
    values = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(values / values.sum(axis=-1, keepdims=True))
