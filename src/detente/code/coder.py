"""The coder: from a parsed sentence with its sides to reports. One coder for all languages.

For every predicate of the lexicon: fill its slots, read the sides that they name, climb the governors
for status and turned type, then attach date, place and speaker. Each report keeps the entry that fired.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.code.allegation import allegations, hostile_words
from detente.code.chain import REFUSE, Chain, Climber
from detente.code.dating import when
from detente.code.draft import Draft, Memory, codes, distinct, remember
from detente.code.frames import Sides, Slots, holds, noun_slots, verb_slots
from detente.code.grammar import grammar
from detente.code.parties import find_sides, legal, remembered, turn, voice
from detente.code.place import hosts, place_of
from detente.code.speaker import innermost
from detente.code.topic import Found, Topics
from detente.code.tree import Tree
from detente.lang.base import Parse
from detente.lang.lexicon import Entry, load
from detente.model import Attribution, Interval, Party, Report, Span, Status
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity
    from detente.text.dates import DateMention

_SUBSTANTIVE = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl", "nmod"})
_FUTURE_IS_AGREE = frozenset({"COOPERATE", "AID", "SUPPORT"})


# the entry of accusations that are made by saying something hostile of another state (see allegation)
_ALLEGE = Entry(
    "hostile/ACCUSE:allege", ("hostile",), "VERB", "ACCUSE", "allege", (), (), (), None, None, (), None,
    frozenset({"speech"}), "",
)  # fmt: skip


class Coder:
    """Codes sentences of one language; holds its lexicon, status words and topics."""

    def __init__(self, language: str = "ru") -> None:
        self._language = language
        self._lexicon = load(language)
        self._words = grammar(language)
        self._topics = Topics(language)
        self._hostile = hostile_words(language)

    def code(
        self,
        text: str,
        sentence: int,
        parse: Parse,
        entities: Sequence[Entity],
        dates: Sequence[DateMention] = (),
        attributions: Sequence[Attribution] = (),
        published: date | None = None,
        memory: Memory | None = None,
    ) -> list[Report]:
        """Reports of one sentence.

        ``entities`` are the sentence's resolved mentions, ``dates`` its date mentions and
        ``attributions`` the document's, all in document offsets. ``memory`` carries the visit that
        the document is telling of from sentence to sentence.
        """
        memory = memory or Memory()
        named = codes(entities)
        if len(named) < 2 and not any(memory.other(sentence, code) for code in named):
            return []
        tree = Tree(parse, self._language)
        sides = Sides(tree, entities)
        own = [each for each in attributions if parse.start <= each.cue.start < parse.stop]
        drafts = self._drafts(tree, sides, own, memory, sentence)
        drafts += self._alleged(tree, sides, own, drafts)
        drafts = distinct(tree, drafts)
        remember(memory, drafts, sentence)
        found = self._topics.scan(tree) if drafts else None
        reports = []
        for draft in drafts:
            assert found is not None
            reports.append(self._report(text, sentence, tree, sides, found, draft, dates, attributions, published))
        return reports

    def _drafts(
        self, tree: Tree, sides: Sides, attributions: Sequence[Attribution], memory: Memory, sentence: int
    ) -> list[Draft]:
        climber = Climber(tree, sides, self._lexicon, self._words)
        drafts = []
        for token in tree.tokens:
            entries = self._lexicon.find(token.lemma, token.pos)
            if not entries or any(
                entity.head != token.index or entity.stop - entity.start > 1 for entity in sides.at(token.index)
            ):
                continue
            if token.feats.get("VerbForm") == "Part" and token.rel in _SUBSTANTIVE:
                continue  # «подозреваемый», «задержанные»: a person, not the act
            for entry in entries:
                draft = _draft(tree, sides, climber, token.index, entry, attributions, memory, sentence)
                if draft is not None:
                    drafts.append(draft)
                    break
        return drafts

    def _alleged(
        self, tree: Tree, sides: Sides, attributions: Sequence[Attribution], drafts: Sequence[Draft]
    ) -> list[Draft]:
        found = []
        for each in allegations(tree, sides, attributions, self._hostile):
            accused = [
                entity
                for entity in each.accused
                if not any(
                    entity.mention.actor in codes(draft.actors if not each.weak else draft.actors + draft.recipients)
                    for draft in drafts
                )
            ]
            if accused:
                chain = Chain(top=each.index)
                found.append(
                    Draft(
                        each.index,
                        _ALLEGE,
                        "ACCUSE",
                        "allege",
                        "occurred",
                        [each.actor],
                        accused,
                        chain,
                        {},
                        0.4 if each.weak else 0.6,
                    )
                )
        return found

    def _report(
        self,
        text: str,
        sentence: int,
        tree: Tree,
        sides: Sides,
        found: Found,
        draft: Draft,
        dates: Sequence[DateMention],
        attributions: Sequence[Attribution],
        published: date | None,
    ) -> Report:
        token = tree.tokens[draft.index]
        trigger = Span(token.start, token.stop, text[token.start : token.stop])
        parties = draft.actors + draft.recipients
        domain, aspect = self._topics.judge(
            tree, found, draft.index, draft.type, draft.mode, draft.entry.domain, draft.entry.aspect,
            [entity.mention.sector for entity in parties], [entity.mention.office for entity in parties],
        )  # fmt: skip
        interval, habitual = when(tree, draft.index, draft.chain, dates, published, draft.status == "planned")
        promised = draft.planned_type is not None and draft.status in {"planned", "conjectured"}
        attribution = innermost(attributions, trigger.start, trigger.stop)
        attribution = _foreign(attributions, attribution, draft, trigger)
        visit = draft.type == "CONSULT" and draft.mode == "visit"
        many = not draft.recipients and len(draft.actors) > 3
        return Report(
            sentence=sentence,
            actors=tuple(_party(entity, "participant" if many else "party") for entity in draft.actors),
            recipients=tuple(_party(entity, "host" if visit else "party") for entity in draft.recipients),
            type=draft.type,
            mode="multilateral" if many and draft.type == "CONSULT" else draft.mode,
            domain=domain,
            aspect=aspect,
            status=draft.status,
            date=Interval() if promised else interval,
            planned_type=draft.planned_type,
            planned_date=interval if promised and interval.precision != "none" else None,
            trigger=trigger,
            entry=draft.entry.id,
            score=round(max(draft.score, 0.05), 2),
            habitual=habitual or draft.chain.habitual or "habit" in draft.entry.flags,
            place=place_of(text, tree, sides, draft.index, draft.chain),
            speaker=_named(attributions, attribution, self._words.nameless),
            attribution=attribution,
            others=tuple(hosts(tree, sides, draft.index, draft.chain, {e.mention.actor for e in parties})),
        )


def _draft(
    tree: Tree,
    sides: Sides,
    climber: Climber,
    index: int,
    entry: Entry,
    attributions: Sequence[Attribution],
    memory: Memory | None = None,
    sentence: int = 0,
) -> Draft | None:
    verbal = entry.pos in {"VERB", "ADJ"}
    slots = verb_slots(tree, index) if verbal else noun_slots(tree, index)
    if entry.pos == "ADJ" and not tree.is_verbal(index) and tree.tokens[index].rel in {"amod", "acl"}:
        slots["subj"] = [tree.tokens[index].head]
    chain = climber.climb(index, entry.type)
    if chain.suppressed:
        return None
    if "relation" in entry.flags and not (
        chain.deliberate or chain.agreed or chain.turned or chain.status == "planned"
    ):
        return None  # ties that are close or grow are a state of affairs, not an act
    if not verbal or chain.supports:
        _inherit(tree, slots, index, chain, verbal)
    if not all(holds(tree, sides, index, slots, condition, chain.supports) for condition in entry.needs):
        return None
    type_, mode, status = entry.type, entry.mode, chain.status
    if chain.negated and entry.negated:
        type_, mode, status = entry.negated, None, "occurred"
    speaker = voice(tree, sides, index, slots, attributions)
    if speaker is not None and not verbal and "gen" in slots and not slots.get("subj"):
        speaker = None
    if entry.type == "ASSAULT" and sides.strikes_group(index):
        return None
    if any(word in sides.groups for word in slots.get("obj", [])):
        return None
    actors, recipients, score = find_sides(tree, sides, index, entry, slots, chain, speaker)
    if entry.type == "CONSULT" and memory is not None and not (actors and recipients) and len(actors) < 2:
        actors, recipients = remembered(tree, sides, slots, entry, memory, sentence)
    if chain.topic and score < 0.85 and entry.pos == "NOUN":
        return None
    if chain.turned is not None:
        type_, mode = chain.turned
        actors, recipients = turn(tree, sides, chain, actors, recipients)
    actors, recipients = legal(actors, recipients, type_)
    if not actors or (not recipients and len(actors) < 2):
        return None
    draft = Draft(index, entry, type_, mode, _status(status), actors, recipients, chain, slots, score)
    _promise(draft)
    if chain.one_sided is not None and draft.type in {"AGREE", "CONCEDE"} and not draft.recipients:
        _direct(tree, sides, draft, chain.one_sided)
    return draft


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


def _party(entity: Entity, role: str) -> Party:
    mention = entity.mention
    assert mention.actor is not None
    return Party(
        mention.actor, role, mention.sector, mention.person, mention.office,
        Span(mention.start, mention.stop, mention.text),
    )  # fmt: skip


def _named(attributions: Sequence[Attribution], index: int | None, nameless: frozenset[str]) -> Span | None:
    """The innermost speaker that has a name: hearsay in a channel's text is the channel's."""
    while index is not None:
        speaker = attributions[index].speaker
        if speaker is not None:
            return None if speaker.text.lower() in nameless else speaker
        index = attributions[index].parent
    return None


def _foreign(attributions: Sequence[Attribution], index: int | None, draft: Draft, trigger: Span) -> int | None:
    """Skip attributions whose cue is the act itself, or whose speaker is the one who acts."""
    own_speech = "speech" in draft.entry.flags or (TYPES[draft.type].verbal and draft.type != "CONSULT")
    while index is not None:
        attribution = attributions[index]
        inside = attribution.cue.start <= trigger.start < attribution.cue.stop
        own = (
            own_speech
            and attribution.speaker is not None
            and any(
                attribution.speaker.start < entity.mention.stop and entity.mention.start < attribution.speaker.stop
                for entity in draft.actors
            )
        )
        if not inside and not own:
            return index
        index = attribution.parent
    return None
