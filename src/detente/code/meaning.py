"""The meaning of a sentence's words as vectors, and what they tell of an act's domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.code.candidate import TYPE_NAMES
from detente.code.draft import Draft
from detente.code.tree import Tree
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


def word_row(seen: Meaning, index: int) -> np.ndarray:
    """A word's vector, its governor's, its dependents' mean, theirs, the sentence's: (5 * DIMENSIONS,)."""
    tree, vectors = seen.tree, seen.vectors
    head, below = tree.tokens[index].head, tree.children(index)
    near = [vector for child in below if (vector := vectors[child]) is not None]
    far = [
        vector for child in below for grandchild in tree.children(child) if (vector := vectors[grandchild]) is not None
    ]
    own, above = seen.lemmas[index], vectors[head] if head >= 0 else None
    return np.concatenate(
        [
            _UNKNOWN if own is None else own, _UNKNOWN if above is None else above, _mean(near), _mean(far),
            seen.whole,
        ]
    )  # fmt: skip


def domain_row(seen: Meaning, draft: Draft, scores: dict[str, float], by_rule: str, told: np.ndarray) -> np.ndarray:
    """What tells an act's domain: its words, how loud each domain speaks, rules, lexicon, type and the encoder.

    Args:
        scores: how loud each domain speaks in the topic tables.
        by_rule: the domain that the rules give.
        told: the encoder's chances, (domains,).
    """
    said = [
        *(scores.get(each, 0.0) for each in DOMAINS), *(by_rule == each for each in DOMAINS),
        *(draft.entry.domain == each for each in DOMAINS), *(draft.type == each for each in TYPE_NAMES), *told,
    ]  # fmt: skip
    return np.concatenate([word_row(seen, draft.index), np.array(said, np.float32) * LEXICAL])
