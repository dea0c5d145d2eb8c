"""Marks of a reading laid over its text: what they are, and how they nest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Literal

from detente.model import Mention, Reading, Span
from detente.view.words import act_words, chain, meaning_words, named, when_words

Kind = Literal["speaker", "date", "place", "actor", "trigger"]
# Outermost first where several marks cover the same words.
_ORDER = {"speaker": 0, "date": 1, "place": 2, "actor": 3, "trigger": 4}
# These kinds of mention do not show the actor on their face, so the code is written beside them.
_OPAQUE = frozenset({"pronoun", "person", "office", "capital", "palace", "organ", "company"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch of the text.

    ``codes`` are actors that it names, ``numbers`` the rows it belongs to (1 for the first report),
    ``notes`` what to show to a reader who asks. ``opaque``: the words alone do not show the actor.
    A mark that crosses the end of another is cut there: ``first`` and ``last`` tell its outer pieces.
    """

    start: int
    stop: int
    kind: Kind
    codes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    opaque: bool = False
    first: bool = True
    last: bool = True


@dataclass(slots=True)
class Node:
    """A mark with what stands inside it: plain text and other marks, in order."""

    mark: Mark | None
    children: list[Node | str] = field(default_factory=list)


def marks(reading: Reading) -> list[Mark]:
    """All marks of a reading; those of one kind on the same words, or of one actor inside another, are merged."""
    found: dict[tuple[int, int, Kind], Mark] = {}
    length = len(reading.document.text)
    for mark in _every(reading):
        if not 0 <= mark.start < mark.stop <= length:
            continue
        key = (mark.start, mark.stop, mark.kind)
        known = found.get(key)
        found[key] = mark if known is None else _merge(known, mark)
    return _outermost(sorted(found.values(), key=_rank))


def _outermost(ordered: list[Mark]) -> list[Mark]:
    """Without the marks of an actor inside a longer mark of the same actor («посла [Казахстана]»).

    The longer mark is then no longer opaque if the inner words show the actor.
    """
    kept: list[Mark] = []
    outer: dict[tuple[str, ...], int] = {}
    for mark in ordered:
        if mark.kind == "actor":
            around = outer.get(mark.codes)
            if around is not None and kept[around].stop >= mark.stop:
                kept[around] = replace(kept[around], opaque=kept[around].opaque and mark.opaque)
                continue
            outer[mark.codes] = len(kept)
        kept.append(mark)
    return kept


def _merge(known: Mark, mark: Mark) -> Mark:
    return replace(
        known,
        codes=tuple(dict.fromkeys(known.codes + mark.codes)),
        numbers=tuple(dict.fromkeys(known.numbers + mark.numbers)),
        notes=tuple(dict.fromkeys(known.notes + mark.notes)),
        opaque=known.opaque or mark.opaque,
    )


def _every(reading: Reading) -> Iterator[Mark]:
    for mention in reading.mentions:
        if mention.actor:
            yield _actor(mention, mention.actor)
    for number, report in enumerate(reading.reports, 1):
        yield _mark(report.trigger, "trigger", number, f"event {number}: {act_words(report)}, {meaning_words(report)}")
        for interval, name in ((report.date, "date"), (report.planned_date, "planned for")):
            if interval is not None and interval.span is not None and interval.precision != "none":
                yield _mark(interval.span, "date", number, f"{name}: {when_words(interval)}")
        if report.place is not None:
            yield _mark(report.place, "place", number, f"place of event {number}")
        speakers = [each.speaker for each in chain(reading, report.attribution)]
        for speaker in (report.speaker, *speakers):
            if speaker is not None:
                yield _mark(speaker, "speaker", number, f"says so: event {number}")
    for attribution in reading.attributions:
        if attribution.speaker is not None:
            note = f"speaks for {named(attribution.actor)}" if attribution.actor else f"speaker ({attribution.kind})"
            yield Mark(attribution.speaker.start, attribution.speaker.stop, "speaker", notes=(note,))


def _mark(span: Span, kind: Kind, number: int, note: str) -> Mark:
    return Mark(span.start, span.stop, kind, numbers=(number,), notes=(note,))


def _actor(mention: Mention, code: str) -> Mark:
    parts = [mention.sector.replace("_", " ")] if mention.sector != "unspecified" else []
    parts += [part.replace("_", " ") for part in (mention.office, mention.person) if part]
    parts.append(f"named by {mention.kind.replace('_', ' ')}")
    note = f"{named(code)}: {', '.join(parts)}"
    return Mark(mention.start, mention.stop, "actor", (code,), notes=(note,), opaque=mention.kind in _OPAQUE)


def tree(reading: Reading) -> Node:
    """The text as a tree of marks; a mark that crosses the end of another is cut there."""
    text = reading.document.text
    root = Node(None)
    stack: list[tuple[Node, int]] = [(root, len(text))]
    position = 0
    queue = [(_rank(mark), number, mark) for number, mark in enumerate(marks(reading))]
    while queue:
        mark = heappop(queue)[2]
        position = _fill(stack, text, position, mark.start)
        inner, stop = stack[-1]
        if mark.stop > stop:
            rest = replace(mark, start=stop, first=False)
            heappush(queue, (_rank(rest), mark.start, rest))
            mark = replace(mark, stop=stop, last=False)
        node = Node(mark)
        inner.children.append(node)
        stack.append((node, mark.stop))
    _fill(stack, text, position, len(text))
    return root


def _rank(mark: Mark) -> tuple[int, int, int]:
    return (mark.start, -mark.stop, _ORDER[mark.kind])


def _fill(stack: list[tuple[Node, int]], text: str, position: int, until: int) -> int:
    """Put the text up to ``until`` where it belongs and close the marks that end on the way."""
    while True:
        node, stop = stack[-1]
        end = min(until, stop)
        if end > position:
            node.children.append(text[position:end])
            position = end
        if stop > until or len(stack) == 1:
            return position
        stack.pop()
