"""From parsed sentences to sides: the one door through which the coder asks who is named where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.actor.coreference import Memory
from detente.actor.gazetteer import Gazetteer, gazetteer
from detente.actor.people import People, people
from detente.actor.sentence import SentenceReader
from detente.actor.side import Member, Side
from detente.actor.words import words
from detente.lang.base import Parse
from detente.model import Mention


@dataclass(frozen=True, slots=True)
class Entity:
    """A phrase that names a side, in one sentence.

    ``start`` and ``stop`` are token indices of the whole phrase (stop exclusive), ``head`` the token to
    which the rest of the sentence attaches. ``inside`` marks a part of a larger entity, which is no side
    of its own. A phrase with several owners («министры России и Турции») gives one entity for each, with
    the same span and head.
    """

    sentence: int
    start: int
    stop: int
    head: int
    mention: Mention
    inside: bool


class Resolver:
    """Finds who is named in a text. Holds only tables; one instance serves any number of texts."""

    def __init__(self, language: str = "ru", table: Gazetteer | None = None, holders: People | None = None) -> None:
        self._table = table or gazetteer(language)
        self._holders = holders or people()
        self._words = words(language)
        self._reader = SentenceReader(self._table, self._holders, self._words)

    def resolve(
        self, parses: Sequence[Parse], text: str, published: date | None = None, title: str | None = None
    ) -> list[list[Entity]]:
        """The entities of every sentence, in order of their first token.

        Args:
            parses: the sentences of one document, in order.
            text: the document's text, into which the parses' offsets point.
            published: day of publication, by which office holders are known; None if unknown.
            title: the document's title, whose states stand before the first sentence.
        """
        memory = Memory(self._holders, self._words, published)
        if title:
            memory.note_title(self._title(title))
        read = [self._reader.read(parse) for parse in parses]
        for parse, sides in zip(parses, read, strict=True):
            memory.introduce(parse, sides)
        result = []
        for number, (parse, sides) in enumerate(zip(parses, read, strict=True)):
            sides += memory.recall(number, parse, sides)
            sides = [side for side in sides if not self._idle(side)]
            entities = [entity for side in sides for entity in _entities(number, parse, side, text)]
            entities.sort(key=lambda entity: (entity.start, -entity.stop))
            result.append(entities)
        return result

    def _idle(self, side: Side) -> bool:
        """A bare «полиция» that nobody owns and no tagger marks as a name."""
        return (
            side.seeks
            and not (side.codes or side.tagged or side.core in self._words.family)
            and not any(member.person for member in side.members)
        )

    def _title(self, title: str) -> list[str]:
        kinds = {"name", "state_group", "bloc", "capital", "adjective", "demonym", "palace", "organ"}
        return list(
            dict.fromkeys(c for *_, entry in self._table.scan(title) if entry.kind in kinds for c in entry.codes)
        )


def _entities(number: int, parse: Parse, side: Side, text: str) -> list[Entity]:
    start, stop = parse.tokens[side.start].start, parse.tokens[side.stop - 1].stop
    made: list[Entity] = []
    named: set[tuple[str | None, str | None]] = set()
    for member in _distinct(side):
        key = (member.code, member.name)
        if key in named:
            continue
        named.add(key)
        mention = Mention(
            start=start,
            stop=stop,
            text=text[start:stop],
            type=side.type,
            actor=member.code,
            sector=side.sector,
            person=member.name,
            office=None if side.former else member.office or side.office,
            kind=side.kind,
        )
        made.append(Entity(number, side.start, side.stop, side.head, mention, side.inside))
    return made


def _distinct(side: Side) -> list[Member]:
    """The members that name somebody; one without a code where none has one."""
    coded = [member for member in side.members if member.code is not None]
    return coded or side.members[:1] or [Member(None)]
