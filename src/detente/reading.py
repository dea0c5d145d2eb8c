"""The way of one document: text to sentences, mentions, reports and who says so. Pure: no clock, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from detente.errors import InputError, LanguageError
from detente.model import Attribution, Document, Interval, Mention, Party, Reading, Report, Sentence, Span

if TYPE_CHECKING:
    from detente.lang.base import Parse
    from detente.text.mask import Masked

LANGUAGES = ("ru",)
BATCH = 64
_LANGUAGE_NAMES = {"ru": "Russian"}


class Reader:
    """Reads documents of one language; holds the parser, the resolver and the coder (about 250 MB).

    Without ``ranks`` the rules alone code, though the language has a trained ranker.
    """

    def __init__(self, language: str = "ru", *, ranks: bool = True) -> None:
        if language not in LANGUAGES:
            raise LanguageError(
                f"no reader for the language {language!r}; Detente reads: {', '.join(LANGUAGES)}", language
            )
        from detente.actor.resolver import Resolver
        from detente.code.coder import Coder
        from detente.lang.ru.parser import RussianParser

        self.language = language
        self._parser = RussianParser()
        self._resolver = Resolver(language)
        self._coder = Coder(language, self._parser.vector if ranks else None)

    def read(self, document: Document) -> Reading:
        """Read one document."""
        return self.read_many([document])[0]

    def read_many(self, documents: Sequence[Document]) -> list[Reading]:
        """Read several documents at once, so that the parser's batches fill up.

        Decomposed letters (NFD) are read as the letters that they are; spans are of the text as given.
        """
        from detente.text.compose import compose

        composed = [compose(document.text) for document in documents]
        readings = self._read_many(
            [
                document if each is None else replace(document, text=each.text, title=_normal(document.title))
                for document, each in zip(documents, composed, strict=True)
            ]
        )
        return [
            reading if each is None else _decomposed(reading, document, each.places)
            for reading, document, each in zip(readings, documents, composed, strict=True)
        ]

    def _read_many(self, documents: Sequence[Document]) -> list[Reading]:
        from detente.text.mask import mask

        masked = [mask(document.text, document.title, self.language) for document in documents]
        pieces: list[str] = []
        origin: list[tuple[int, int]] = []
        for number, each in enumerate(masked):
            for start, stop in each.segments:
                if each.text[start:stop].strip():
                    pieces.append(each.text[start:stop])
                    origin.append((number, start))
        parses: list[list[Parse]] = [[] for _ in documents]
        for (number, offset), found in zip(origin, self._parser.parse(pieces), strict=True):
            for parse in found:
                _shift(parse, offset)
                parses[number].append(parse)
        return [
            self._one(document, found, each) for document, found, each in zip(documents, parses, masked, strict=True)
        ]

    def _one(self, document: Document, parses: list[Parse], clean: Masked) -> Reading:
        from detente.code.draft import Memory
        from detente.code.speaker import attribute
        from detente.text.dates import find_dates

        text, masked = document.text, clean.text
        entities = self._resolver.resolve(parses, masked, document.published, document.title)
        attributions = _credited(tuple(attribute(parses, entities, masked, self.language)), clean)
        reports: list[Report] = []
        memory = Memory()
        for index, (parse, found) in enumerate(zip(parses, entities, strict=True)):
            if not any(entity.mention.actor for entity in found):
                continue
            dates = [
                each.shift(parse.start)
                for each in find_dates(
                    masked[parse.start : parse.stop], document.published, self.language, nearest=True
                )
            ]
            reports += self._coder.code(text, index, parse, found, dates, attributions, document.published, memory)
        headed = bool(document.title) and text.startswith(str(document.title))
        reports = _once(reports, parses, masked, headed)
        warnings = []

        def move(start: int, stop: int) -> tuple[int, int]:
            return clean.places.get(start, start), clean.places.get(stop - 1, stop - 1) + 1

        if document.published is None:
            warnings.append(
                "the day of publication is unknown: relative dates stay relative, and persons whom the tables know "
                "by office and date may stay unresolved"
            )
        return Reading(
            document=document,
            sentences=tuple(Sentence(i, parse.start, parse.stop) for i, parse in enumerate(parses)),
            mentions=_written(tuple(entity.mention for found in entities for entity in found), text, move),
            reports=_written(tuple(reports), text, move),
            attributions=_written(attributions, text, move),
            warnings=tuple(warnings),
        )


def _credited(attributions: tuple[Attribution, ...], clean: Masked) -> tuple[Attribution, ...]:
    """Add who is named at the end («Источник: ТАСС»): what stands before is that source's, unless it says whose."""
    from dataclasses import replace

    for tail in clean.tails[-1:]:
        before = Span(0, tail.start, clean.text[: tail.start])
        if before.text.strip():
            number = len(attributions)
            inside = (replace(each, parent=number) if each.parent is None else each for each in attributions)
            attributions = (*inside, Attribution(cue=tail, content=before, speaker=tail))
    return attributions


def _once(reports: list[Report], parses: list[Parse], text: str, headed: bool) -> list[Report]:
    """An act that a headline and the text below it both tell is kept once, as the one that says more.

    ``headed``: the first sentence is the document's title; else only glued headlines are compared.
    """
    kept: list[Report] = []
    for report in reports:
        twin = next(
            (
                other
                for other in kept
                if (
                    (headed and other.sentence == 0 < report.sentence)
                    or (
                        other.sentence == report.sentence - 1
                        and _glued(parses[other.sentence], parses[report.sentence], text)
                    )
                )
                and _parties(other) == _parties(report)
                and (other.type, other.status) == (report.type, report.status)
            ),
            None,
        )
        if twin is None:
            kept.append(report)
        elif twin.sentence == 0 or _richness(report) > _richness(twin):
            kept.remove(twin)
            kept.append(report)
    return kept


def _glued(first: Parse, second: Parse, text: str) -> bool:
    """Whether no full stop parts two sentences."""
    return not any(mark in text[first.stop - 2 : second.start] for mark in ".!?…")


def _parties(report: Report) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(p.actor for p in report.actors), frozenset(p.actor for p in report.recipients)


def _richness(report: Report) -> int:
    return (report.speaker is not None) + (report.date.precision not in {"none", "relative"}) + (report.score > 0.5)


def _shift(parse: Parse, offset: int) -> None:
    parse.start += offset
    parse.stop += offset
    for token in parse.tokens:
        token.start += offset
        token.stop += offset


def _written(value: Any, text: str, move: Callable[[int, int], tuple[int, int]]) -> Any:
    """A record, or a tuple of them, with its spans moved and as the text writes them there."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return tuple(_written(each, text, move) for each in value)
    if isinstance(value, Span | Mention):
        start, stop = move(value.start, value.stop)
        if (start, stop) == (value.start, value.stop) and value.text == text[start:stop]:
            return value
        return replace(value, start=start, stop=stop, text=text[start:stop])
    if isinstance(value, Attribution | Interval | Party | Report):
        changed = {}
        for name in _FIELDS[type(value)]:
            old = getattr(value, name)
            if (new := _written(old, text, move)) is not old:
                changed[name] = new
        return replace(value, **changed) if changed else value
    return value


_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind)) for kind in (Attribution, Interval, Party, Report)
}


def _normal(title: str | None) -> str | None:
    return None if title is None else normalize("NFC", title)


def _decomposed(reading: Reading, document: Document, places: Sequence[int]) -> Reading:
    """A reading of a composed text as one of the document as given; ``places`` as in ``Composed``."""

    def move(start: int, stop: int) -> tuple[int, int]:
        return places[start], places[stop]

    return replace(
        reading,
        document=document,
        sentences=tuple(replace(s, start=places[s.start], stop=places[s.stop]) for s in reading.sentences),
        mentions=_written(reading.mentions, document.text, move),
        reports=_written(reading.reports, document.text, move),
        attributions=_written(reading.attributions, document.text, move),
    )


@cache
def reader(language: str = "ru") -> Reader:
    """The one reader of a language in this process."""
    return Reader(language)


def read(
    text: str,
    published: date | str | None = None,
    *,
    title: str | None = None,
    language: str | None = None,
    source: str | None = None,
) -> Reading:
    """Read one text: what it reports, who says so and when.

    ``published`` is the day of publication (a date or ``YYYY-MM-DD``); without it relative dates stay
    relative. Raises InputError for an empty text or an impossible date, LanguageError for a text in a
    language that is not read.
    """
    return next(read_all([make_document(text, published, title=title, language=language, source=source)]))


def make_document(
    text: str,
    published: date | str | None = None,
    *,
    title: str | None = None,
    language: str | None = None,
    source: str | None = None,
) -> Document:
    """A document from a text, checked: not empty, a real date, a language that is read."""
    from detente.text.identify import identify

    if not isinstance(text, str):
        raise InputError(f"a text is wanted, not {type(text).__name__}; decode bytes first")
    if not text.strip():
        raise InputError("the text is empty")
    if isinstance(published, str):
        try:
            published = date.fromisoformat(published[:10])
        except ValueError:
            raise InputError(f"not a date: {published!r}; write it as YYYY-MM-DD") from None
    elif isinstance(published, datetime):
        published = published.date()
    if language is None:
        language = identify(normalize("NFC", text)).language
    if language not in LANGUAGES:
        raise LanguageError(_unread(language), language)
    return Document(text=text, title=title, published=published, language=language, source=source)


def _unread(language: str | None) -> str:
    from detente.text.identify import language_name

    read_ones = ", ".join(_LANGUAGE_NAMES[code] for code in LANGUAGES)
    if language is None:
        return (
            f"the language of the text cannot be told; Detente reads {read_ones} so far (set the language to force it)"
        )
    return f"the text looks {language_name(language)}; Detente reads {read_ones} so far"


def read_all(documents: Iterable[Document]) -> Iterator[Reading]:
    """Readings of many documents, in order, read in batches."""
    stream = iter(documents)
    while batch := list(islice(stream, BATCH)):
        yield from reader(batch[0].language or "ru").read_many(batch)


__all__ = ["LANGUAGES", "Reader", "make_document", "read", "read_all", "reader"]
