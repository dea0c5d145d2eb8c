"""The coder: from a parsed sentence with its sides to reports. One coder for all languages.

For every predicate of the lexicon: fill its slots, read the sides that they name, climb the governors
for status and turned type, then attach date, place and speaker. Each report keeps the entry that fired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from detente.code.allegation import OFFICIAL, allegations, hostile_words, speaker_entity
from detente.code.candidate import Candidates, candidates
from detente.code.chain import Chain, Climber
from detente.code.dating import when
from detente.code.draft import Draft, Memory, codes, distinct, remember
from detente.code.frame import Frame, frames
from detente.code.grammar import grammar
from detente.code.meaning import Meaning, Vectors
from detente.code.place import hosts, place_of
from detente.code.ranker import Ranker, load_model
from detente.code.slots import Sides
from detente.code.speaker import innermost
from detente.code.topic import Found, Topics
from detente.code.tree import Tree
from detente.lang.base import Parse
from detente.lang.lexicon import Entry, load
from detente.model import Attribution, Interval, Party, Report, Span
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity
    from detente.text.dates import DateMention

# the entry of accusations that are made by saying something hostile of another state (see allegation)
_ALLEGE = Entry(
    "hostile/ACCUSE:allege", ("hostile",), "VERB", "ACCUSE", "allege", (), (), (), None, None, (), None,
    frozenset({"speech"}), "",
)  # fmt: skip


# kinds of mention that name a state and nobody who speaks for it
_BARE = frozenset({"name", "bloc", "capital"})
# acts of which a state's own officials tell
_TOLD = frozenset({"AGREE", "CONSULT"})
# acts that are done by saying them: whoever speaks for the actor does them
_UTTERED = frozenset({"ACCUSE", "THREATEN"})


@dataclass(slots=True)
class Weighed:
    """What the rules see in a sentence: frames, their drafts, those that they report, and candidates.

    ``over`` are the attributions that stand in the sentence or reach over it.
    """

    frames: list[Frame]
    drafts: list[Draft]
    kept: list[Draft]
    candidates: Candidates | None
    over: list[Attribution] = field(default_factory=list)


class Coder:
    """Codes sentences of one language; holds its lexicon, status words and topics."""

    def __init__(self, language: str = "ru", vectors: Vectors | None = None) -> None:
        """A coder of ``language``; without ``vectors`` or a trained model the rules code alone."""
        self._language = language
        self._lexicon = load(language)
        self._words = grammar(language)
        self._topics = Topics(language)
        self._hostile = hostile_words(language)
        model = load_model(language) if vectors is not None else None
        self._ranker = Ranker(model, vectors) if model is not None and vectors is not None else None
        self.ranks = self._ranker is not None

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
        drafts = self.drafts(tree, sides, own, attributions, memory, sentence)
        remember(memory, drafts, sentence)
        found = self._topics.scan(tree) if drafts else None
        seen = self._ranker.meaning(tree, entities) if drafts and self._ranker is not None else None
        reports = []
        for draft in drafts:
            assert found is not None
            reports.append(
                self._report(text, sentence, tree, sides, found, seen, draft, dates, attributions, published)
            )
        return reports

    def drafts(
        self,
        tree: Tree,
        sides: Sides,
        own: Sequence[Attribution],
        attributions: Sequence[Attribution],
        memory: Memory,
        sentence: int,
    ) -> list[Draft]:
        """What one sentence reports: the rules' drafts, weighed by the ranker where the language has one.

        ``own`` are the attributions whose cue stands in the sentence.
        """
        weighed = self.weigh(tree, sides, own, attributions, memory, sentence)
        if self._ranker is None or weighed.candidates is None:
            return weighed.kept
        chosen = self._ranker.choose(
            tree, weighed.frames, weighed.drafts, weighed.kept, weighed.candidates, weighed.over
        )
        inside = codes(sides.actors())
        told = [draft for draft in weighed.kept if not codes(draft.actors) | codes(draft.recipients) <= inside]
        return sorted([*chosen, *told], key=lambda draft: draft.index)

    def weigh(
        self,
        tree: Tree,
        sides: Sides,
        own: Sequence[Attribution],
        attributions: Sequence[Attribution],
        memory: Memory,
        sentence: int,
    ) -> Weighed:
        """A sentence's frames, the rules' drafts of them, and the candidates for the ranker."""
        climber = Climber(tree, sides, self._lexicon, self._words)
        found: list[Frame] = []
        drafts: list[Draft] = []
        for readings in frames(tree, sides, climber, self._lexicon, own, memory, sentence):
            found += readings
            first = next((each for each in readings if each.named and not each.vetoed), None)
            if first is not None:
                drafts.append(first.draft)
        alleged = self._alleged(tree, sides, own, drafts)
        drafts += alleged
        kept = distinct(tree, drafts)
        if not self.ranks:
            return Weighed(found, drafts, kept, None)
        found += self._allegeable(tree, sides, own, alleged)
        over = [
            each
            for each in attributions
            if each.content.start < tree.parse.stop and tree.parse.start < each.content.stop
        ]
        return Weighed(found, drafts, kept, candidates(tree, sides, found, drafts, kept, over, len(own)), over)

    def _allegeable(
        self, tree: Tree, sides: Sides, own: Sequence[Attribution], alleged: Sequence[Draft]
    ) -> Iterator[Frame]:
        """A frame for each official whose words hold something hostile, of whomever it is said."""
        for attribution in own:
            speaker = speaker_entity(sides, attribution)
            if speaker is None or speaker.mention.sector not in OFFICIAL:
                continue
            index, weight, draft = -1, 0.0, None
            for token in tree.tokens:
                if not attribution.content.start <= token.start < attribution.content.stop:
                    continue
                mine = next((each for each in alleged if each.index == token.index), None)
                if mine is not None and mine.score > weight:
                    index, weight, draft = token.index, mine.score, mine
                elif not weight and (
                    token.lemma in self._hostile.verbs
                    or token.lemma in self._hostile.nouns
                    or token.lemma in self._hostile.blame
                ):
                    index, weight = token.index, 0.2
            if index < 0:
                continue
            if draft is None:
                draft = Draft(index, _ALLEGE, "ACCUSE", "allege", "occurred", [speaker], [], Chain(top=index), {}, 0.0)
            yield Frame(index, _ALLEGE, draft, speaker=speaker, alleged=weight)

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

    def _decide(self, seen: Meaning, draft: Draft, scores: dict[str, float], by_rule: str) -> str:
        assert self._ranker is not None
        return self._ranker.domain(seen, draft, scores, by_rule)

    def _report(
        self,
        text: str,
        sentence: int,
        tree: Tree,
        sides: Sides,
        found: Found,
        seen: Meaning | None,
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
            None if seen is None or self._ranker is None else partial(self._decide, seen, draft),
        )  # fmt: skip
        interval, habitual = _when(tree, draft, dates, attributions, trigger, published)
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


def _when(
    tree: Tree,
    draft: Draft,
    dates: Sequence[DateMention],
    attributions: Sequence[Attribution],
    trigger: Span,
    published: date | None,
) -> tuple[Interval, bool]:
    """The date of an act, for one that is done by saying it that of the saying («заявил в среду, что готов»)."""
    planned = draft.status == "planned"
    interval, habitual = when(tree, draft.index, draft.chain, dates, published, planned)
    alleged = draft.entry.id == _ALLEGE.id  # what is dated is what the other state is said to have done
    if (
        (interval.start is not None and not alleged)
        or not dates
        or not TYPES[draft.type].verbal
        or draft.type == "CONSULT"
    ):
        return interval, habitual
    first = innermost(attributions, trigger.start, trigger.stop)
    if first is None or _foreign(attributions, first, draft, trigger) == first:
        return interval, habitual
    cue = attributions[first].cue
    said = next((token.index for token in tree.tokens if cue.start <= token.start < cue.stop), None)
    if said is None:
        return interval, habitual
    found, often = when(tree, said, Chain(top=said), dates, published, False)
    return (found if found.start is not None or alleged else interval), habitual or often


def _party(entity: Entity, role: str) -> Party:
    mention = entity.mention
    assert mention.actor is not None
    return Party(
        mention.actor, role, mention.sector, mention.person, mention.office,
        Span(mention.start, mention.stop, mention.text),
    )  # fmt: skip


def _named(attributions: Sequence[Attribution], index: int | None, nameless: frozenset[str]) -> Span | None:
    """The innermost speaker that has a name: what a channel has from unnamed sources is the channel's."""
    last = None
    while index is not None:
        each = attributions[index]
        if each.speaker is not None:
            last = None if each.speaker.text.lower() in nameless else each.speaker
            if not each.hearsay or each.parent is None or attributions[each.parent].content != each.content:
                break
        index = each.parent
    return last


def _foreign(attributions: Sequence[Attribution], index: int | None, draft: Draft, trigger: Span) -> int | None:
    """Skip attributions whose cue is the act itself, or whose speaker is the one who acts.

    A state named bare that tells of its own act is its actor, no source. An office holder does by speaking what is
    verbal, and whoever speaks for a state does its reproaches and threats; of what it promises they tell.
    """
    own_speech = draft.type not in _TOLD and ("speech" in draft.entry.flags or TYPES[draft.type].verbal)
    sides = codes(draft.actors)
    while index is not None:
        attribution = attributions[index]
        speaker = attribution.speaker
        own = attribution.cue.start <= trigger.start < attribution.cue.stop
        if not own and speaker is not None:
            who = [e for e in draft.actors if speaker.start < e.mention.stop and e.mention.start < speaker.stop]
            own = (own_speech and bool(who)) or any(
                e.mention.kind in _BARE and e.mention.start <= speaker.start and speaker.stop <= e.mention.stop
                for e in who
            )
            own = own or (draft.type in _UTTERED and attribution.voice != "outlet" and attribution.actor in sides)
        if not own:
            return index
        index = attribution.parent
    return None
