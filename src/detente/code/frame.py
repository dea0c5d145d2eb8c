"""A frame: a predicate under one entry of the lexicon, with its slots, its chain and the sides the rules find.

The rules' verdict stands beside it (``vetoed``), so that the ranker may weigh what they pass over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.code.chain import REFUSE, Chain, Climber
from detente.code.draft import Draft, Memory, codes
from detente.code.parties import find_sides, legal, remembered, turn, voice
from detente.code.slots import Sides, Slots, holds, noun_slots, verb_slots
from detente.code.tree import Tree
from detente.lang.lexicon import Entry, Lexicon
from detente.model import Attribution, Status
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

_SUBSTANTIVE = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl", "nmod"})
_FUTURE_IS_AGREE = frozenset({"COOPERATE", "AID", "SUPPORT"})


@dataclass(slots=True)
class Frame:
    """One reading of a predicate. ``draft`` has empty sides where the rules find no two.

    ``rank`` is the entry's place among ``copies`` entries of the lemma; ``unmet`` counts its conditions that
    do not hold; ``idle`` marks ties that are close or grow; ``group`` a blow at an armed group; ``alleged``
    is the weight of a hostile word (accusations without a verb of accusing), else 0.
    """

    index: int
    entry: Entry
    draft: Draft
    rank: int = 0
    copies: int = 1
    unmet: int = 0
    idle: bool = False
    group: bool = False
    vetoed: bool = False
    speaker: Entity | None = None
    alleged: float = 0.0

    @property
    def named(self) -> bool:
        """Whether the rules find two sides."""
        return bool(self.draft.actors) and (bool(self.draft.recipients) or len(self.draft.actors) > 1)


def frames(
    tree: Tree,
    sides: Sides,
    climber: Climber,
    lexicon: Lexicon,
    attributions: Sequence[Attribution],
    memory: Memory,
    sentence: int,
) -> Iterator[list[Frame]]:
    """The frames of every predicate of a sentence, by predicate, in the order of the lexicon's entries."""
    for token in tree.tokens:
        entries = lexicon.find(token.lemma, token.pos)
        if not entries or any(
            entity.head != token.index or entity.stop - entity.start > 1 for entity in sides.at(token.index)
        ):
            continue
        if token.feats.get("VerbForm") == "Part" and token.rel in _SUBSTANTIVE:
            continue  # «подозреваемый», «задержанные»: a person, not the act
        yield _readings(tree, sides, climber, token.index, entries, attributions, memory, sentence)


@dataclass(slots=True)
class _Ground:
    """What entries of one type share at a predicate: slots, chain, and who speaks."""

    slots: Slots
    chain: Chain
    said: Entity | None


def _readings(
    tree: Tree,
    sides: Sides,
    climber: Climber,
    index: int,
    entries: Sequence[Entry],
    attributions: Sequence[Attribution],
    memory: Memory,
    sentence: int,
) -> list[Frame]:
    """A frame for each entry whose conditions hold; where none does, for the best fitting one of each type."""
    grounds: dict[tuple[str, str], _Ground] = {}
    fits: list[tuple[int, int, Entry]] = []
    for rank, entry in enumerate(entries):
        key = (entry.pos, entry.type)
        if key not in grounds:
            grounds[key] = _ground(tree, sides, climber, index, entry, attributions)
        ground = grounds[key]
        unmet = sum(
            not holds(tree, sides, index, ground.slots, condition, ground.chain.supports) for condition in entry.needs
        )
        fits.append((unmet, rank, entry))
    if all(unmet for unmet, *_ in fits):
        # none holds: the best fitting of each type is left for the ranker to weigh
        best: dict[str, tuple[int, int, Entry]] = {}
        for fit in fits:
            if fit[2].type not in best or fit[:2] < best[fit[2].type][:2]:
                best[fit[2].type] = fit
        fits = list(best.values())
    else:
        fits = [fit for fit in fits if fit[0] == 0]
    return [
        _frame(tree, sides, index, entry, rank, len(entries), unmet, grounds[entry.pos, entry.type], memory, sentence)
        for unmet, rank, entry in fits
    ]


def _ground(
    tree: Tree, sides: Sides, climber: Climber, index: int, entry: Entry, attributions: Sequence[Attribution]
) -> _Ground:
    verbal = entry.pos in {"VERB", "ADJ"}
    slots = verb_slots(tree, index) if verbal else noun_slots(tree, index)
    if entry.pos == "ADJ" and not tree.is_verbal(index) and tree.tokens[index].rel in {"amod", "acl"}:
        slots["subj"] = [tree.tokens[index].head]
    chain = climber.climb(index, entry.type)
    if not verbal or chain.supports:
        _inherit(tree, slots, index, chain, verbal)
    return _Ground(slots, chain, voice(tree, sides, index, slots, attributions))


def _frame(
    tree: Tree,
    sides: Sides,
    index: int,
    entry: Entry,
    rank: int,
    copies: int,
    unmet: int,
    ground: _Ground,
    memory: Memory,
    sentence: int,
) -> Frame:
    chain = ground.chain
    slots = {name: list(words) for name, words in ground.slots.items()}
    idle = "relation" in entry.flags and not (
        chain.deliberate or chain.agreed or chain.turned or chain.status == "planned"
    )
    type_, mode, status = entry.type, entry.mode, chain.status
    if chain.negated and entry.negated:
        type_, mode, status = entry.negated, None, "occurred"
    speaker = said = ground.said
    if speaker is not None and entry.pos not in {"VERB", "ADJ"} and "gen" in slots and not slots.get("subj"):
        speaker = None
    group = sides.strikes_group(index)
    vetoed = (
        chain.suppressed
        or idle  # ties that are close or grow are a state of affairs, not an act
        or unmet > 0
        or (entry.type == "ASSAULT" and group)
        or any(word in sides.groups for word in slots.get("obj", []))
    )
    actors, recipients, score = find_sides(tree, sides, index, entry, slots, chain, speaker)
    if entry.type == "CONSULT" and not (actors and recipients) and len(actors) < 2:
        actors, recipients = remembered(tree, sides, slots, entry, memory, sentence)
    vetoed = vetoed or (chain.topic and score < 0.85 and entry.pos == "NOUN")
    if chain.turned is not None:
        type_, mode = chain.turned
        actors, recipients = turn(tree, sides, chain, actors, recipients)
    actors, recipients = legal(actors, recipients, type_)
    draft = Draft(index, entry, type_, mode, _status(status), actors, recipients, chain, slots, score)
    _promise(draft)
    found = Frame(index, entry, draft, rank, copies, unmet, idle, group, vetoed, said)
    if found.named and chain.one_sided is not None and draft.type in {"AGREE", "CONCEDE"} and not draft.recipients:
        _direct(tree, sides, draft, chain.one_sided)
    return found


def _direct(tree: Tree, sides: Sides, draft: Draft, governor: int) -> None:
    """A promise, plan or consent that only some of the parties make goes from them to the others."""
    words = tree.subjects(governor) if tree.is_verbal(governor) else tree.owners(governor)
    own = codes(sides.resolve(words))
    makers = [entity for entity in draft.actors if entity.mention.actor in own]
    others = [entity for entity in draft.actors if entity.mention.actor not in own]
    if makers and others:
        draft.actors, draft.recipients = makers, others


def _status(status: str) -> Status:
    return status if status in {"planned", "denied", "conjectured"} else "occurred"  # type: ignore[return-value]


def _promise(draft: Draft) -> None:
    """Future cooperation is AGREE; what it is that is promised stays in ``planned_type``."""
    entry, chain = draft.entry, draft.chain
    if "future" in entry.flags and draft.status == "occurred" and entry.type != "CONCEDE":
        draft.status = "planned"
    if "conjecture" in entry.flags and draft.status == "occurred":
        draft.status = "conjectured"
    if draft.status == "denied" and chain.refused and TYPES[draft.type].cooperative:
        # «не намерен открывать», «не будет поставлять»: who says so of himself refuses
        (draft.type, draft.mode), draft.status = REFUSE.get(draft.type, ("REJECT", None)), "occurred"
    elif (chain.agreed and TYPES[draft.type].cooperative and draft.type not in {"CONSULT", "AGREE"}) or (
        draft.status == "planned" and draft.type in _FUTURE_IS_AGREE
    ):
        draft.planned_type, draft.type, draft.mode = draft.type, "AGREE", None
    elif draft.status == "planned" and draft.type == "RETREAT" and chain.deliberate:
        # a promise to yield is made, whenever it will be kept
        draft.planned_type, draft.type, draft.mode, draft.status = draft.type, "CONCEDE", None, "occurred"
    elif draft.status == "conjectured" and chain.deliberate and draft.type in _FUTURE_IS_AGREE:
        draft.planned_type, draft.type, draft.mode = draft.type, "AGREE", None


def _inherit(tree: Tree, slots: Slots, index: int, chain: Chain, verbal: bool) -> None:
    """Give a noun what stands on its light verbs and containers: subject, partners, times, places."""
    below = {index, *chain.supports}
    for support in chain.supports:
        upper = verb_slots(tree, support) if tree.is_verbal(support) else noun_slots(tree, support)
        for slot, words in upper.items():
            free = [word for word in words if word not in below]
            if not free or (verbal and slot not in {"subj", "с+ins"}):
                continue
            if verbal and slot == "subj" and slots.get("subj"):
                continue
            if slot == "obj" and not verbal:
                continue
            have = slots.setdefault(slot, [])
            have += [word for word in free if word not in have]
    head = tree.tokens[index].head
    if not slots.get("subj") and not verbal and head >= 0 and tree.is_verbal(head):
        # «закрыла сделку», «заморозила проект»: whoever acts on the deal is party to it
        if tree.tokens[index].rel == "obj":
            slots["subj"] = tree.subjects(head)
        elif tree.tokens[index].rel == "nsubj:pass":
            slots["subj"] = verb_slots(tree, head).get("subj", [])
    if not slots.get("subj"):
        top = tree.tokens[chain.supports[-1] if chain.supports else index]
        if top.rel in {"conj"} and top.head >= 0 and not verbal:
            slots["subj"] = tree.subjects(top.head) if tree.is_verbal(top.head) else []
