"""Drafts of reports: a predicate with its sides, what a document remembers, and which drafts are one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.code.chain import Chain
from detente.code.slots import Slots
from detente.code.tree import Tree
from detente.lang.lexicon import Entry
from detente.model import Status
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity


@dataclass(slots=True)
class Draft:
    """A predicate with the sides found for it, before date, place and speaker are attached."""

    index: int
    entry: Entry
    type: str
    mode: str | None
    status: Status
    actors: list[Entity]
    recipients: list[Entity]
    chain: Chain
    slots: Slots
    score: float
    planned_type: str | None = None


@dataclass(slots=True)
class Memory:
    """The last visit that a document told of: later sentences name only one of its sides."""

    visitor: Entity | None = None
    host: Entity | None = None
    sentence: int = -10

    def other(self, sentence: int, code: str | None) -> Entity | None:
        """The side opposite to ``code``, while the visit is at most three sentences back."""
        if self.visitor is None or self.host is None or not 0 <= sentence - self.sentence <= 3:
            return None
        if self.visitor.mention.actor == code:
            return self.host
        return self.visitor if self.host.mention.actor == code else None


def codes(entities: Sequence[Entity]) -> set[str]:
    """Codes of the sides that entities name."""
    return {entity.mention.actor for entity in entities if entity.mention.actor}


def remember(memory: Memory, drafts: Sequence[Draft], sentence: int) -> None:
    """Keep the last visit that the drafts tell of; talks keep its account going."""
    for draft in drafts:
        if draft.mode == "visit" and draft.recipients and draft.status in {"occurred", "planned"}:
            memory.visitor, memory.host, memory.sentence = draft.actors[0], draft.recipients[0], sentence
        elif draft.type == "CONSULT" and sentence - memory.sentence <= 3:
            memory.sentence = sentence  # the account of the visit goes on


LAST_RESORT = 0.35
"""Score of drafts whose sides were found by their being the only two in the sentence."""


def distinct(tree: Tree, drafts: list[Draft]) -> list[Draft]:
    """One draft an act: several words for one act are one, and what an act is about is not coded beside it.

    A draft of last resort stands only where nothing else joins its sides, the uppermost one in the tree.
    """
    kept: list[Draft] = []
    order = {draft.index: len(list(tree.ancestors(draft.index))) for draft in drafts}
    for draft in sorted(drafts, key=lambda each: (-each.score, each.mode == "meet", order[each.index], each.index)):
        if draft.score <= LAST_RESORT and any(_pairs(draft) == _pairs(other) for other in kept):
            continue
        if not any(_same(draft, other) for other in kept):
            kept.append(draft)
    own = [draft for draft in kept if not any(_about(tree, draft, other) for other in kept if other is not draft)]
    return sorted(own, key=lambda each: each.index)


def _pairs(draft: Draft) -> frozenset[str]:
    return frozenset(codes(draft.actors) | codes(draft.recipients))


def _same(draft: Draft, other: Draft) -> bool:
    if draft.type != other.type or not (_pairs(draft) <= _pairs(other)):
        return False
    light = draft.index in other.chain.supports or other.index in draft.chain.supports  # «провёл разговор»
    return light or draft.mode == other.mode or draft.mode is None or other.mode is None


def _governors(tree: Tree, index: int) -> set[int]:
    """What a predicate hangs on; from a conjoined verb the way goes on above the first one."""
    found = set()
    at = index
    while (head := tree.tokens[at].head) >= 0 and tree.tokens[at].rel != "acl:relcl":
        if tree.tokens[at].rel != "conj":
            found.add(head)
        at = head
    return found


def _about(tree: Tree, draft: Draft, other: Draft) -> bool:
    """Whether a draft hangs below another as its content, subject matter or purpose."""
    if draft.chain.top == other.index or other.index not in _governors(tree, draft.index):
        return False
    if other.type in {"ACCUSE", "REQUEST", "REJECT", "THREATEN"} and draft.type not in {"CONSULT"}:
        if other.mode == "disapprove" and draft.score >= 0.85:
            return False  # who deplores an act takes it for a fact
        return tree.tokens[draft.index].rel not in {"conj", "acl:relcl"}
    return _pairs(draft) == _pairs(other) and TYPES[other.type].verbal and other.type not in {"SUPPORT", "CONCEDE"}
