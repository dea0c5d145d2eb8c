"""Finds the dates of acts in a sentence and turns them into intervals.

The words and the rules are data of the language (``lang/<language>/data/dates.toml``); the calendar is
in ``text/calendar.py``, with the choices that it makes. A text becomes a row of word classes, one
character a word; the rules are one compiled alternation over that row. What they find is then joined
(ranges, weekday and date), given its role by the preposition before it, and resolved.

Roles: ``since`` and ``until`` give the period that is named («с 2014 года»: the year 2014), not all
the time after or before it; «до конца года» is the year. ``attribute`` marks a date that says which treaty
or war is meant. A date with «до», «к» or «на» («до 15 октября», «назначен на вторник») lies ahead unless the caller
says otherwise; every other open date lies behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from detente.model import Interval, Span
from detente.text.calendar import Expression, resolve
from detente.text.date_build import Found
from detente.text.date_rules import load, scan
from detente.text.date_words import Row

_JOINED = {"day", "weekday", "month", "season", "year", "quarter"}
_PREPOSITIONS = {
    "in": "at", "on": "at", "over": "at", "during": "at", "and": "at", "since": "since", "after": "since",
    "until": "until", "by": "until", "through_day": "until", "before": "until", "from": "attribute",
    "between": "between",
}  # fmt: skip
_AHEAD = {"until", "by", "on", "through_day"}
_LOOK_BACK = 6
_NOTHING = Expression("none")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A stretch of text that dates an act.

    ``start`` and ``stop`` are offsets into the given text; ``interval`` holds inclusive days, its
    precision, and the span. ``role`` is at, since, until, between or attribute. ``habitual``: no single
    act («ежегодно»). ``deictic``: the days hang on the day of publication. ``timestamp``: a clock-stamped
    date of publication, not of an act. ``ahead``: the words themselves look forward. ``expression`` and ``published``
    are what ``resolve`` starts from.
    """

    start: int
    stop: int
    interval: Interval
    habitual: bool = False
    role: str = "at"
    deictic: bool = False
    timestamp: bool = False
    ahead: bool = False
    expression: Expression = _NOTHING
    published: date | None = None

    def resolve(self, published: date | None, future: bool | None = None) -> DateMention:
        """The same mention for another day of publication, or for an act known to be planned or past."""
        interval = _interval(self.expression, published, _direction(self.ahead, future), self.interval.span)
        return replace(self, interval=interval, published=published)

    def shift(self, offset: int) -> DateMention:
        """The same mention with all offsets moved: from a sentence to its document."""
        span = self.interval.span
        moved = replace(span, start=span.start + offset, stop=span.stop + offset) if span else None
        interval = replace(self.interval, span=moved)
        return replace(self, start=self.start + offset, stop=self.stop + offset, interval=interval)


def with_direction(mention: DateMention, future: bool | None) -> DateMention:
    """The mention read for a planned act (True), for one that happened (False), or by its words (None)."""
    return mention.resolve(mention.published, future)


def find_dates(
    text: str,
    published: date | None,
    language: str = "ru",
    future: bool | None = None,
    *,
    anchor: DateMention | None = None,
    offset: int = 0,
    nearest: bool = False,
) -> list[DateMention]:
    """Find the dates of acts in a text.

    Args:
        text: a sentence, or a whole text.
        published: day of publication; None leaves deictic dates ``relative``.
        language: language of the text; its folder holds the rules.
        future: whether the acts are planned, where that is known (see ``with_direction``).
        anchor: the date that «в этот день» leans on where the text itself gives none before it.
        offset: added to every offset, for a sentence of a longer text.
        nearest: while the direction is unknown, read a day and month without a year as the coming one
            where that lies within a month and the latest more than 300 days back. Off: always the latest.

    Returns: mentions in order of the text, without overlaps.

    Raises: DataError where the language has no date rules or they do not load.
    """
    rules = load(language)
    row, found = scan(text, rules)
    if not found:
        return []
    _join_ranges(row, found)
    _join_weekdays(row, found)
    _join_eve(text, row, found, (rules.genitive, rules.not_genitive))
    for item in found:
        _give_role(row, item, rules.attributes)
    kept = _without_echoes(row, [item for item in found if not item.bare])
    _stamps(row, kept)
    _datelines(text, row, kept, published)
    _share_years(row, kept)
    _lean(kept, anchor.expression if anchor else None)
    if nearest:
        for item in kept:
            if item.expression.kind == "day":
                item.expression = replace(item.expression, nearest=True)
    mentions = (_mention(text, row, item, published, future) for item in kept)
    return [mention.shift(offset) if offset else mention for mention in mentions if mention is not None]


# -- joining ---------------------------------------------------------------------------------------


def _join_ranges(row: Row, found: list[Found]) -> None:
    """«с 28 февраля по 3 марта», «28 февраля – 3 марта», «в ночь со среды на четверг» become one."""
    place = 0
    while place + 1 < len(found):
        left, right = found[place], found[place + 1]
        gap = row.classes(left.stop, right.start)
        before = row.name(left.start - 1)
        closing = gap in (["through_day"], ["until"], ["on"], ["and", "until"], ["comma", "until"])
        opened = (closing and before in {"since", "from"}) or (gap == ["and"] and before == "between")
        if not (opened or (gap == ["dash"] and before not in {"until", "by", "from"})) or not _fit(left, right):
            place += 1
            continue
        kind = left.expression
        if right.expression.year is not None and kind.year is None and kind.outer is None:
            kind = replace(kind, year=right.expression.year)
        elif right.expression.outer is not None and kind.year is None and kind.outer is None:
            kind = replace(kind, outer=right.expression.outer)
        left.expression = replace(kind, until=right.expression.until or right.expression)
        left.stop, left.bare, left.ranged = right.stop, left.bare and gap == ["dash"], True
        del found[place + 1]


def _fit(left: Found, right: Found) -> bool:
    a, b = left.expression.kind, right.expression.kind
    return a == b and a in _JOINED and left.expression.until is None and not (left.habitual or right.habitual)


def _join_weekdays(row: Row, found: list[Found]) -> None:
    """«в четверг, 15 октября», «15 октября (четверг)»: one day, whose weekday helps to find the year."""
    place = 0
    while place + 1 < len(found):
        left, right = found[place], found[place + 1]
        kinds = left.expression.kind, right.expression.kind
        gap = row.classes(left.stop, right.start)
        if kinds == ("weekday", "day") and gap in ([], ["comma"], ["open"], ["dash"]) and not left.expression.until:
            day, weekday = right, left
        elif kinds == ("day", "weekday") and gap in ([], ["comma"], ["open"], ["comma", "in"], ["in"]):
            day, weekday = left, right
        else:
            place += 1
            continue
        if day.expression.until is None and day.expression.index is not None:
            day.expression = replace(day.expression, weekday=weekday.expression.index)
        day.start, day.stop = left.start, right.stop
        if gap == ["open"] and row.name(day.stop) == "close":
            day.stop += 1
        found[place : place + 2] = [day]


def _without_echoes(row: Row, found: list[Found]) -> list[Found]:
    """«сегодня, 10 марта» is one date, and «ранее» before a date adds nothing to it."""
    kept: list[Found] = []
    for item in found:
        if kept and item.expression.kind not in {"none", "vague", "ago"}:
            before, gap = kept[-1], row.classes(kept[-1].stop, item.start)
            kinds = before.expression.kind, item.expression.kind
            if kinds == ("ago", "day") and before.expression.unit == "day" and gap in (["comma"], ["open"]):
                item.start, item.ahead = before.start, before.expression.count > 0
                kept.pop()
            elif before.expression.kind == "none" and not before.habitual and gap == [] and not item.habitual:
                kept.pop()
        kept.append(item)
    return kept


def _join_eve(text: str, row: Row, found: list[Found], endings: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    """«накануне 9 мая» is the day before; «накануне саммита» leans on an event and gives no day."""
    place = 0
    while place < len(found):
        item = found[place]
        if not (item.eve and item.stop < len(row)):
            place += 1
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        if after is not None and after.start == item.stop and after.expression.kind == "day":
            item.expression = Expression("anaphor", unit="day", count=-1, base=after.expression)
            item.stop = after.stop
            del found[place + 1]
        else:
            word = row.words[item.stop]
            small = row.name(item.stop) == "word" and text[row.starts[item.stop]].islower()
            if small and len(word) > 3 and word.endswith(endings[0]) and not word.endswith(endings[1]):
                item.expression = Expression("none")
        place += 1


# -- roles -----------------------------------------------------------------------------------------


def _give_role(row: Row, item: Found, attributes: tuple[str, ...]) -> None:
    """Read the preposition before a date: role, direction, and whether a bare word is a date at all."""
    before = row.name(item.start - 1)
    night = before == "on" and row.name(item.start - 2) == "night"
    if before == "later" and row.name(item.start - 2) == "negation":  # «не позднее 1 июля»
        item.role, item.ahead, item.bare, item.start = "until", True, False, item.start - 2
        return
    role = _PREPOSITIONS.get(before)
    if item.expression.kind == "ago" and item.expression.unit == "day" and before in {"since", "until", "by", "on"}:
        item.role, item.start = _PREPOSITIONS[before], item.start - 1
        return
    if item.expression.kind in {"ago", "anaphor", "window", "vague", "none"} or item.habitual:
        if role is not None and before != "and" and (item.expression.kind == "window" or before == "in"):
            item.start -= 1
        return
    if before == "since" and row.name(item.start - 2) == "comparison":
        item.role = "attribute"
        return
    whole = {"until": "end", "by": "end", "since": "start"}.get(before)
    if item.expression.part is not None and item.expression.part == whole and before != "by":
        item.expression = replace(item.expression, part="whole")
    if role is None:
        if _attributed(row, item, attributes):
            item.role = "attribute"
        return
    if item.bare:
        item.bare = (
            before == "from" or (before == "in" and item.oblique) or (before == "and" and not _listed(row, item))
        )
    if before == "and":
        return
    if item.ranged and role in {"since", "between", "attribute"}:
        item.role = "at" if row.name(item.start - 2) == "night" else "between"
    elif role == "between":
        item.role = "between" if item.expression.until is not None else "at"
    else:
        item.role = role
        item.ahead = (
            before in _AHEAD and not night and row.name(item.start - 2) != "as_of" and item.expression.relation is None
        )
    item.start -= 1
    if before == "during" and row.name(item.start - 1) in {"in", "on"}:
        item.start -= 1


def _listed(row: Row, item: Found) -> bool:
    """Whether «и» stands between two weekdays or months rather than before a stray word."""
    return row.name(item.start - 2) in {"weekday", "month", "season", "year_ordinal"}


def _attributed(row: Row, item: Found, stems: tuple[str, ...]) -> bool:
    """Whether a date without preposition says which treaty, law, election or war is meant."""
    near = 1 if item.expression.kind == "day" else _LOOK_BACK
    for place in range(item.start - 1, max(item.start - 1 - near, -1), -1):
        name = row.name(place)
        if name in {"comma", "dot", "dash", "in"}:
            return False
        if row.words[place].startswith(stems):
            return True
    return False


def _stamps(row: Row, found: list[Found]) -> None:
    """A day with its year beside a clock is the stamp of a publication: «16 февраля 2017, 11:13», «Сегодня, 11:13»."""
    for item in found:
        kind = item.expression.kind
        if kind == "ago" and item.expression.unit == "day" and row.name(item.stop + 1) == "clock":
            item.timestamp = row.name(item.stop) == "comma"
            continue
        if kind != "day" or item.expression.year is None or item.expression.until:
            continue
        for gap in (0, 1):
            if row.name(item.stop + gap) == "clock" and row.classes(item.stop, item.stop + gap) in _STAMP_GAPS:
                item.stop, item.timestamp, item.role = item.stop + gap + 1, True, "at"
                break
            first = item.start - gap - 1
            between = row.classes(first + 1, item.start)
            if row.name(first) == "clock" and between in _STAMP_GAPS and row.name(first - 1) not in _PREPOSITIONS:
                item.start, item.timestamp, item.role = first, True, "at"
                break


def _datelines(text: str, row: Row, found: list[Found], published: date | None) -> None:
    """The day of publication between a headline and its text: «… санкции США 26 марта 2017 Решение США …»."""
    for item in found:
        expression = item.expression
        if published is None or expression.kind != "day" or expression.year is None or expression.until:
            continue
        if item.timestamp or not item.start or row.name(item.stop - 1) == "year_word" or item.role != "at":
            continue
        days = resolve(expression, published)
        late = days is not None and 0 <= (published - days[0]).days <= 1
        if (
            late
            and row.name(item.start - 1) not in _PREPOSITIONS
            and text[row.stops[item.stop - 1] :].lstrip(" .")[:1].isupper()
        ):
            item.timestamp = True


_STAMP_GAPS: tuple[list[str], ...] = ([], ["comma"], ["dash"], ["mark"])


# -- context ---------------------------------------------------------------------------------------


def _share_years(row: Row, found: list[Found]) -> None:
    """Give dates without a year the year that a date beside them names."""
    for left, right in pairwise(found):
        year = left.expression.year if left.expression.kind == "year" and not left.expression.until else None
        if year and _open(right.expression) and row.classes(left.stop, right.start) in ([], ["comma"]):
            right.expression = replace(right.expression, year=year)
    for left, right in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        gap = [name for name in row.classes(left.stop, right.start) if name != "in"]
        if gap in (["and"], ["comma"]) and left.expression.kind == right.expression.kind and _open(left.expression):
            shared = right.expression
            if shared.year is not None or shared.outer is not None:
                left.expression = replace(left.expression, year=shared.year, outer=shared.outer)
    anchor: Expression | None = None
    for item in found:
        expression = item.expression
        if anchor is not None and _open(expression) and expression.weekday is None and not item.ahead:
            item.expression = _near(expression, anchor)
        elif _dated(expression) and item.role != "attribute" and not item.timestamp:
            anchor = expression


def _open(expression: Expression) -> bool:
    """Whether a day or month lacks only its year."""
    bare = expression.year is None and expression.outer is None and expression.relation is None
    return bare and expression.kind in {"day", "month"} and expression.index is not None and expression.until is None


def _dated(expression: Expression) -> bool:
    return expression.year is not None and expression.kind in {"day", "month"}


def _near(expression: Expression, anchor: Expression) -> Expression:
    """The year that brings an open date nearest to a dated one before it."""
    year, month = anchor.year or 0, anchor.index or 1
    distance = (expression.index or 1) - month
    return replace(expression, year=year + (1 if distance < -6 else -1 if distance > 6 else 0))


def _lean(found: list[Found], anchor: Expression | None) -> None:
    """Give «в этот день», «того же года», «двумя годами ранее» the date before them to lean on."""
    for item in found:
        expression = item.expression
        if (expression.kind == "anaphor" or expression.outer == "same") and expression.base is None:
            item.expression = expression = replace(expression, base=anchor)
        if expression.kind not in {"none", "vague", "window"} and not (item.habitual or item.timestamp):
            anchor = expression


def _mention(text: str, row: Row, item: Found, published: date | None, future: bool | None) -> DateMention | None:
    """Resolve a find; a date that does not exist, like 31 February, is no mention."""
    start, stop = row.starts[item.start], row.stops[item.stop - 1]
    expression = item.expression
    span = Span(start, stop, text[start:stop])
    interval = _interval(expression, published, _direction(item.ahead, future), span)
    impossible = expression.kind == "day" and interval.start is None and interval.precision == "none"
    if impossible and expression.outer != "same":
        return None
    return DateMention(
        start, stop, interval, item.habitual, item.role, expression.deictic, item.timestamp, item.ahead,
        expression, published,
    )  # fmt: skip


def _direction(ahead: bool, future: bool | None) -> bool | None:
    """The caller's word on the direction, or else that of the text."""
    return True if future is None and ahead else future


def _interval(expression: Expression, published: date | None, future: bool | None, span: Span | None) -> Interval:
    days = resolve(expression, published, future)
    if days is not None:
        return Interval(days[0], days[1], days[2], span)
    return Interval(precision="relative" if published is None and expression.deictic else "none", span=span)
