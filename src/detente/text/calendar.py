"""Date expressions without words, and the days that they mean on a given day of publication.

An ``Expression`` is what a phrase says («the fourth quarter», «Thursday of last week», «three days
ago»); ``resolve`` turns it into inclusive days. Where the phrase leaves a year or a week open, the
direction decides: an act that happened takes the latest period that began by the day of publication, a
planned one the earliest that has not yet ended.

Choices that the words leave open:

- Weeks run from Monday to Sunday. Parts of a week: start Monday and Tuesday, middle Wednesday and
  Thursday, end Friday to Sunday.
- Parts of a month: 1-10, 11-20, 21 to its end. Parts of a year: first quarter, May to August, last
  quarter. Parts of a season or quarter: its months. Parts of a half-year: two months each. Parts of
  a decade: its first four years, the next three, the last three.
- The winter of a year ends in its February. «Last summer» is the summer of the calendar year before;
  last winter is the latest that is over.
- A bare weekday may be the day of publication when the act happened, never when it is planned. «Last
  Thursday» is the latest before that day, «next Thursday» lies in the following week, «the coming
  Thursday» is the first after that day.
- «Three days ago» is a day, «two weeks ago» a week, «two months ago» a month, «two years ago» a year.
- «In the last three years» runs from the same day three years before up to publication.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detente.model import Precision

Kind = Literal[
    "day", "weekday", "week", "weekend", "month", "season", "quarter", "half_year", "year", "years",
    "ago", "window", "months", "vague", "none", "anaphor",
]  # fmt: skip
Relation = Literal["last", "before_last", "this", "next", "near", "same"]
Days = tuple[date, date, Precision]

_SHIFT = {"before_last": -2, "last": -1, "this": 0, "next": 1, "near": 1}
_MERGED: dict[Precision, Precision] = {"year": "years", "years": "years"}
_FREE, _LEAP = range(-3, 4), range(-9, 10)  # leap days may be eight years apart
_STALE, _SOON = 300, 31  # days


@dataclass(frozen=True, slots=True)
class Expression:
    """What a date phrase says, before the day of publication is known.

    ``index`` numbers the unit: month 1-12, season 0-3 from winter, quarter, half-year, weekday 0-6 from
    Monday. ``relation`` places the unit itself against publication, ``outer`` the unit that holds it
    (the year of a month, the week of a weekday, the month of a day). ``count`` and ``unit`` measure
    distances from publication, or from ``base`` where the phrase leans on another date of the text.
    ``until`` closes a range. ``years`` is the length of a decade. ``nearest`` lets a day of
    the coming month win over one that lies ten months back while the direction is unknown.
    """

    kind: Kind
    year: int | None = None
    index: int | None = None
    day: int | None = None
    weekday: int | None = None
    relation: Relation | None = None
    outer: Relation | None = None
    part: str | None = None
    unit: str | None = None
    count: int = 0
    years: int = 1
    nearest: bool = False
    until: Expression | None = None
    base: Expression | None = None

    @property
    def deictic(self) -> bool:
        """Whether the days depend on the day of publication."""
        if self.until is not None and self.until.deictic and self.kind != "anaphor":
            return True
        if self.kind == "anaphor" or self.outer == "same":
            return self.base is not None and self.base.deictic
        if self.kind in {"ago", "window", "vague", "weekday", "week", "weekend"}:
            return True
        return self.year is None and self.kind != "none"


def resolve(expression: Expression, published: date | None, future: bool | None = None) -> Days | None:
    """The inclusive days and precision of an expression.

    Args:
        expression: what the phrase says.
        published: the day of publication, None where it is unknown.
        future: whether the act is planned; None is unknown and reads as past (but see ``nearest``).

    Returns: None where the expression gives no days, or needs a day of publication that is unknown.
    """
    try:
        return _resolve(expression, published, future)
    except (OverflowError, ValueError):  # beyond the calendar of datetime.date
        return None


def _resolve(expression: Expression, published: date | None, future: bool | None) -> Days | None:
    first = _single(expression, published, future)
    if first is None or expression.until is None:
        return first
    last = _single(expression.until, published, future)
    if last is None:
        return None
    if last[0] < first[0]:
        last = _after(expression.until, first[0]) or last
        if last[1] < first[0] and (earlier := _before(expression, last[0])):
            first = earlier
        if last[1] < first[0]:
            return None
    same = first[2] if first[2] == last[2] else "range"
    return first[0], last[1], _MERGED.get(same, "range")


def _after(expression: Expression, day: date) -> Days | None:
    """The first period of an open expression on or after a day: closes «from December to March»."""
    return _single(expression, day, True) if expression.deictic and expression.outer is None else None


def _before(expression: Expression, day: date) -> Days | None:
    return _single(expression, day, False) if expression.deictic and expression.outer is None else None


def _single(expression: Expression, published: date | None, future: bool | None) -> Days | None:
    kind = expression.kind
    if kind in {"vague", "none"}:
        return None
    if kind == "anaphor":
        return _anaphor(expression, published, future)
    if expression.outer == "same":
        return _same_year(expression, published, future)
    if expression.year is not None:
        return _period(expression, expression.year)
    if published is None:
        return None
    if kind in {"ago", "window"}:
        return _ago(expression, published, future) if kind == "ago" else _window(expression, published, future)
    return _pick(expression, published, future)


# -- periods ---------------------------------------------------------------------------------------


def _period(expression: Expression, year: int) -> Days | None:
    """The period of a given year, cut to its part."""
    index = expression.index or 0
    match expression.kind:
        case "day":
            if expression.day is None or expression.day > monthrange(year, index)[1]:
                return None
            found = date(year, index, expression.day)
            return found, found, "day"
        case "month":
            return _part(*_months(year, index, 1), "month", expression.part)
        case "months":
            return *_months(year, 1, expression.count), _months_precision(expression.count)
        case "season":
            first = _months(year, 3 * index, 3) if index else _months(year - 1, 12, 3)
            return _part(*first, "season", expression.part)
        case "quarter":
            return _part(*_months(year, 3 * index - 2, 3), "quarter", expression.part)
        case "half_year":
            return _part(*_months(year, 6 * index - 5, 6), "half_year", expression.part)
        case "year":
            return _part(date(year, 1, 1), date(year, 12, 31), "year", expression.part)
        case "years":
            return _years(year, expression.years, expression.part)
    return None


def _months_precision(count: int) -> Precision:
    named: dict[int, Precision] = {1: "month", 3: "quarter", 6: "half_year", 12: "year"}
    return named.get(count, "range")


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """First and last day of ``count`` months from a month on, which may lie beyond December."""
    first = year * 12 + month - 1
    last = first + count - 1
    day = monthrange(last // 12, last % 12 + 1)[1]
    return date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, day)


def _years(year: int, length: int, part: str | None) -> Days:
    first, last = year, year + length - 1
    if part and length == 10:
        cut = {"start": (0, 3), "middle": (4, 6), "end": (7, 9), "first_half": (0, 4), "second_half": (5, 9)}
        low, high = cut.get(part, (0, 9))
        first, last = year + low, year + high
    return date(first, 1, 1), date(last, 12, 31), "year" if first == last else "years"


def _part(start: date, stop: date, precision: Precision, part: str | None) -> Days:
    """Cut a period to its start, middle, end or half."""
    if part is None or part == "whole":
        return start, stop, precision
    if part in {"first_day", "last_day"}:
        day = start if part == "first_day" else stop
        return day, day, "day"
    if precision == "month":
        days = {
            "start": (1, 10), "middle": (11, 20), "end": (21, 31), "first_half": (1, 15), "second_half": (16, 31),
        }  # fmt: skip
        low, high = days[part]
        return start.replace(day=low), min(start + timedelta(high - 1), stop), "range"
    if precision == "week":
        spans = {"start": (0, 1), "middle": (2, 3), "end": (4, 6), "first_half": (0, 2), "second_half": (3, 6)}
        low, high = spans[part]
        return start + timedelta(low), start + timedelta(high), "range"
    low, count, grain = _part_months(precision, part)
    return *_months(start.year, start.month + low, count), grain


def _part_months(precision: Precision, part: str) -> tuple[int, int, Precision]:
    """Offset and number of months that a part of a longer period covers, with its grain."""
    if precision == "year":
        table: dict[str, tuple[int, int, Precision]] = {
            "start": (0, 3, "quarter"), "middle": (4, 4, "range"), "end": (9, 3, "quarter"),
            "first_half": (0, 6, "half_year"), "second_half": (6, 6, "half_year"),
        }  # fmt: skip
        return table[part]
    total = 6 if precision == "half_year" else 3
    if part in {"first_half", "second_half"}:
        half = (total + 1) // 2
        return (0 if part == "first_half" else total - half), half, "quarter" if half == 3 else "range"
    size = total // 3
    step = {"start": 0, "middle": size, "end": 2 * size}[part]
    return step, size, "month" if size == 1 else "range"


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that holds a day."""
    monday = day - timedelta(day.weekday())
    return monday, monday + timedelta(6)


# -- open expressions ------------------------------------------------------------------------------


def _pick(expression: Expression, published: date, future: bool | None) -> Days | None:
    """Choose among the periods that an open expression may mean."""
    if expression.kind == "weekday":
        return _weekday(expression, published, future)
    relation = expression.relation
    if relation is not None and relation != "same":
        return _related(expression, relation, published)
    if expression.outer is not None:
        return _within(expression, expression.outer, published)
    found = list(_candidates(expression, published))
    if expression.weekday is not None:
        agreeing = [days for days in found if days[0].weekday() == expression.weekday]
        near = [days for days in agreeing if abs((days[0] - published).days) < 400]
        if near:
            # the weekday names the year: a date that agrees wins over the direction, the nearest first
            fitting = _by_direction(near, published, future)
            return fitting or min(near, key=lambda days: abs((days[0] - published).days))
    return _by_direction(found, published, future, expression.nearest)


def _by_direction(found: list[Days], published: date, future: bool | None, nearest: bool = False) -> Days | None:
    if future:
        return next((days for days in found if days[1] >= published), None)
    past = next((days for days in reversed(found) if days[0] <= published), None)
    if nearest and future is None and past is not None and (published - past[0]).days > _STALE:
        near = published + timedelta(min(_SOON, (date.max - published).days))
        return next((days for days in found if published < days[0] <= near), past)
    return past


def _candidates(expression: Expression, published: date) -> Iterator[Days]:
    """The periods that an expression without a year, month or week may mean, in order."""
    step: Callable[[int], Days | None]
    if expression.kind == "day" and expression.index is None:
        step = lambda k: _day_of_month(expression, published, k)  # noqa: E731
    elif expression.kind == "week":
        step = lambda k: _part(*week_of(published + timedelta(7 * k)), "week", expression.part)  # noqa: E731
    elif expression.kind == "weekend":
        step = lambda k: _weekend(published + timedelta(7 * k))  # noqa: E731
    elif expression.kind in {"month", "quarter", "half_year"} and expression.index is None:
        step = lambda k: _shifted(expression, published, k)  # noqa: E731
    else:
        step = lambda k: _period(expression, published.year + k)  # noqa: E731
    for k in _LEAP if (expression.index, expression.day) == (2, 29) else _FREE:
        try:
            days = step(k)
        except (OverflowError, ValueError):
            continue
        if days is not None:
            yield days


def _day_of_month(expression: Expression, published: date, shift: int) -> Days | None:
    first, last = _months(published.year, published.month + shift, 1)
    if expression.day is None or expression.day > last.day:
        return None
    found = first.replace(day=expression.day)
    return found, found, "day"


def _weekend(day: date) -> Days:
    monday, sunday = week_of(day)
    return monday + timedelta(5), sunday, "range"


def _shifted(expression: Expression, published: date, shift: int) -> Days | None:
    """The month, quarter, half-year or year that lies ``shift`` units from the one of publication."""
    year, month = published.year, published.month
    match expression.kind:
        case "month":
            return _part(*_months(year, month + shift, 1), "month", expression.part)
        case "quarter":
            return _part(*_months(year, (month - 1) // 3 * 3 + 1 + 3 * shift, 3), "quarter", expression.part)
        case "half_year":
            return _part(*_months(year, (month - 1) // 6 * 6 + 1 + 6 * shift, 6), "half_year", expression.part)
        case "year":
            return _part(date(year + shift, 1, 1), date(year + shift, 12, 31), "year", expression.part)
        case "years":
            return _years(year // 10 * 10 + 10 * shift, 10, expression.part)
        case "week":
            return _part(*week_of(published + timedelta(7 * shift)), "week", expression.part)
    return None


def _related(expression: Expression, relation: Relation, published: date) -> Days | None:
    """A unit with «last», «this», «next», «coming»."""
    shift = _SHIFT[relation]
    kind = expression.kind
    if kind == "weekend":
        return _related_weekend(relation, published)
    if kind == "season":
        return _related_season(expression, relation, published)
    if expression.index is None:
        return _shifted(expression, published, shift)
    found = list(_candidates(expression, published))
    if relation == "this":
        return next((days for days in found if days[0].year == published.year), None)
    if shift > 0:
        return next((days for days in found if days[0] > published), None)
    earlier = [days for days in found if days[1] < published]
    return earlier[shift] if len(earlier) >= -shift else None


def _related_weekend(relation: Relation, published: date) -> Days:
    this = _weekend(published)
    if relation == "this":
        return this
    if relation in {"next", "near"}:
        return this if this[0] > published else _weekend(published + timedelta(7))
    weeks = 1 if relation == "last" else 2
    if this[1] < published:  # never in a week that ends on Sunday; kept for clarity of the rule
        weeks -= 1
    return _weekend(published - timedelta(7 * weeks))


def _related_season(expression: Expression, relation: Relation, published: date) -> Days | None:
    index = expression.index or 0
    if index:
        return _period(expression, published.year + _SHIFT[relation])
    # a winter crosses the year: «this winter» is the one under way, else by nearness
    ends = published.year + (1 if published.month >= 9 else 0)
    under_way = published.month in {12, 1, 2}
    match relation:
        case "this":
            return _period(expression, ends)
        case "next" | "near":
            return _period(expression, ends + 1 if under_way else published.year + 1)
    back = 1 if relation == "last" else 2
    over = ends - 1 if under_way or published.month >= 9 else published.year
    return _period(expression, over - back + 1)


def _within(expression: Expression, outer: Relation, published: date) -> Days | None:
    """A unit of «last year», «this month» and so on: the outer unit is placed, the inner lies in it."""
    shift = _SHIFT[outer]
    if expression.kind == "day" and expression.index is None:
        return _day_of_month(expression, published, shift)
    return _period(expression, published.year + shift)


def _weekday(expression: Expression, published: date, future: bool | None) -> Days | None:
    wanted = expression.index or 0
    ahead = (wanted - published.weekday()) % 7
    monday, _ = week_of(published)
    if expression.outer is not None and expression.outer != "same":
        day = monday + timedelta(wanted + 7 * _SHIFT[expression.outer])
        return day, day, "day"
    match expression.relation:
        case "last" | "before_last":
            day = published - timedelta((published.weekday() - wanted) % 7 or 7)
            day -= timedelta(7 if expression.relation == "before_last" else 0)
        case "this":
            day = monday + timedelta(wanted)
        case "next":
            day = monday + timedelta(wanted + 7)
        case "near":
            day = published + timedelta(ahead or 7)
        case _:
            day = published + timedelta(ahead or 7) if future else published - timedelta((7 - ahead) % 7)
    return day, day, "day"


# -- distances -------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day some months away, or the last day of that month where it is shorter."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _move(day: date, unit: str | None, count: int) -> date:
    match unit:
        case "hour":
            return day
        case "day":
            return day + timedelta(count)
        case "week":
            return day + timedelta(7 * count)
        case "month":
            return add_months(day, count)
        case "quarter":
            return add_months(day, 3 * count)
        case "half_year":
            return add_months(day, 6 * count)
        case "decade":
            return add_months(day, 120 * count)
    return add_months(day, 12 * count)


def _grain(day: date, unit: str | None) -> Days:
    """The unit that holds a day."""
    match unit:
        case "hour" | "day":
            return day, day, "day"
        case "week":
            return *week_of(day), "week"
        case "month" | "quarter" | "half_year":
            return *_months(day.year, day.month, 1), "month"
    return date(day.year, 1, 1), date(day.year, 12, 31), "year"


def _ago(expression: Expression, published: date, future: bool | None) -> Days | None:
    if expression.relation == "next" and not future:  # «через два дня» in a tale of the past counts from elsewhere
        return None
    return _grain(_move(published, expression.unit, expression.count), expression.unit)


def _window(expression: Expression, published: date, future: bool | None) -> Days | None:
    """A stretch up to publication («the last three years») or from it on («within a month», if planned)."""
    count = expression.count
    if expression.relation == "this":  # «within a month»: dates only what is still to come
        if not future:
            return None
    elif expression.relation == "last":
        count = -count
    other = _move(published, expression.unit, count)
    start, stop = min(other, published), max(other, published)
    if start == stop:
        return start, stop, "day"
    whole: dict[str | None, Precision] = {"year": "year", "month": "month", "week": "week"}
    if expression.unit in {"year", "decade"} and (abs(count) > 1 or expression.unit == "decade"):
        return start, stop, "years"
    return start, stop, whole.get(expression.unit, "range") if abs(count) == 1 else "range"


def _anaphor(expression: Expression, published: date | None, future: bool | None) -> Days | None:
    """A distance from another date of the text; a coarse date lends only units as coarse as itself."""
    base = _resolve(expression.base, published, future) if expression.base else None
    if base is None:
        return None
    rank = {"hour": 0, "day": 0, "week": 1, "month": 2, "quarter": 2, "half_year": 2, "year": 3, "decade": 3}
    held = {"day": 0, "range": 1, "week": 1, "month": 2}.get(base[2], 3)
    if expression.count == 0 and expression.unit == "day" and base[2] == "day":
        return base
    if held > rank.get(expression.unit or "year", 3):
        return None
    return _grain(_move(base[0], expression.unit, expression.count), expression.unit)


def _same_year(expression: Expression, published: date | None, future: bool | None) -> Days | None:
    """A date of «the same year» (or month, for a day alone) as another date of the text."""
    base = _resolve(expression.base, published, future) if expression.base else None
    if base is None:
        return None
    if expression.kind == "day" and expression.index is None:
        return _day_of_month(expression, base[0], 0)
    if expression.kind == "weekday":
        return None
    return _period(expression, base[0].year)
