"""Builders: what a date rule matched, by its named parts, to the expression that it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from detente.text.calendar import Expression, Kind, Relation
from detente.text.date_words import Row, Value


@dataclass(slots=True)
class Found:
    """One match of a rule, from word ``start`` to ``stop``.

    ``bare``: no date without a preposition before it. ``oblique``: a weekday in a case that «в» does not
    govern. ``eve``: «накануне». ``ranged``: covers several days, months or years. The rest is as in
    ``DateMention``.
    """

    start: int
    stop: int
    expression: Expression
    bare: bool = False
    oblique: bool = False
    habitual: bool = False
    eve: bool = False
    ranged: bool = False
    role: str = "at"
    ahead: bool = False
    timestamp: bool = False


@dataclass(slots=True)
class Parts:
    """A match with its named parts, as spans of words."""

    row: Row
    start: int
    stop: int
    kind: str
    spans: dict[str, tuple[int, int]]

    def has(self, name: str) -> bool:
        """Whether the match has a part."""
        return name in self.spans

    def first(self, name: str) -> Value | None:
        """Value of the first word of a part, None where the match has no such part."""
        span = self.spans.get(name)
        return self.row.values[span[0]] if span else None

    def number(self, name: str, default: int = 0) -> int:
        """Value of the first word of a part as a number."""
        value = self.first(name)
        return value if isinstance(value, int) else default

    def label(self, name: str) -> str:
        """Class of the first word of a part, empty where there is none."""
        span = self.spans.get(name)
        return self.row.names[span[0]] if span else ""

    def numbers(self, name: str, *classes: str) -> list[int]:
        """Values of the words of the given classes; «двадцать первого» counts as one."""
        found: list[int] = []
        tens = 0
        start, stop = self.spans.get(name, (0, 0))
        for place in range(start, stop):
            value = self.row.values[place]
            if self.row.names[place] == "tens" and isinstance(value, int):
                tens = value
            elif self.row.names[place] in classes and isinstance(value, int):
                found.append(tens + value)
                tens = 0
        return found

    def found(
        self,
        expression: Expression,
        *,
        bare: bool = False,
        oblique: bool = False,
        habitual: bool = False,
        eve: bool = False,
        ranged: bool = False,
        ahead: bool = False,
        timestamp: bool = False,
    ) -> Found:
        """The match as a find, with what the joins and the prepositions must know of it."""
        return Found(
            self.start, self.stop, expression, bare=bare, oblique=oblique, habitual=habitual, eve=eve,
            ranged=ranged, ahead=ahead, timestamp=timestamp,
        )  # fmt: skip


_DAY_CLASSES = ("day", "day_ordinal", "ordinal")
_UNITS = {
    "day_unit": "day", "full_day": "day", "week_unit": "week", "month_unit": "month", "quarter_unit": "quarter",
    "half_unit": "half_year", "year_word": "year", "years_word": "year", "year_short": "year",
    "decade_unit": "decade", "hour_unit": "hour",
}  # fmt: skip
_SAME_AS_UNIT: dict[str, Kind] = {
    "week": "week", "month": "month", "quarter": "quarter", "half_year": "half_year", "year": "year", "decade": "years",
}  # fmt: skip
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TERMINAL = {"", "comma", "dot", "close", "mark"}


def _relation(parts: Parts, name: str) -> Relation | None:
    if parts.label(name) == "that":
        return "same"
    value = parts.first(name)
    for known in ("last", "before_last", "this", "next", "near"):
        if value == known:
            return known
    return None


def _placed(parts: Parts, expression: Expression) -> Expression | None:
    """Add the year or the outer unit that the match names; None where two years make no sense."""
    if parts.has("current"):
        return replace(expression, outer="this")
    outer = _relation(parts, "outer")
    if outer is not None:
        return replace(expression, outer="next" if outer == "near" else outer)
    years = _years(parts)
    if len(years) > 1 and not (expression.kind == "season" and expression.index == 0):
        return None
    return replace(expression, year=years[-1]) if years else expression


def _years(parts: Parts) -> list[int]:
    value = parts.first("year")
    if isinstance(value, tuple):
        return list(value)
    return parts.numbers("year", "year", "year_ordinal")


def _part(parts: Parts) -> str | None:
    """Which part of a period is meant; «none» is a part that is not understood."""
    if parts.has("part"):
        return str(parts.first("part"))
    if parts.has("half"):
        return {1: "first_half", 2: "second_half"}.get(parts.number("half"), "none")
    for name in ("edge", "third"):
        if parts.label(name) in {"recent", "recent_plural"}:
            return "end"
    if parts.has("third"):
        ten_days = parts.row.name(parts.spans["third"][1]) == "ten_days"
        table = {1: "start", 2: "middle", 3: "end"} if ten_days else {1: "start"}
        return table.get(parts.number("third"), "none")
    if parts.has("edge"):
        return {1: "start", 20: "end", 2010: "middle"}.get(parts.number("edge"), "none")
    return None


def _count(parts: Parts) -> int | None:
    """How many units; None for «несколько»."""
    if parts.has("halfyear"):
        return 6
    if not parts.has("count"):
        return None if parts.label("unit") == "years_word" else 1
    if parts.label("count") == "few":
        return None
    values = parts.numbers("count", "count", "day", "number")
    return values[-1] if values else parts.number("count")


def _unit(parts: Parts) -> str | None:
    return "month" if parts.has("halfyear") else _UNITS.get(parts.label("unit"))


# -- dates -----------------------------------------------------------------------------------------


def _build_full(parts: Parts) -> Found | None:
    value = parts.first("full")
    if not isinstance(value, date):
        return None
    stamped = parts.label("full") == "stamp"
    return parts.found(Expression("day", value.year, value.month, value.day), timestamp=stamped)


def _build_day(parts: Parts) -> Found | None:
    days = parts.numbers("day", *_DAY_CLASSES)
    month = parts.number("month") or None
    if not days or max(days) > (_LONGEST[month - 1] if month else 31):
        return None
    if days != sorted(set(days)):
        days = days[-1:]
    first = _placed(parts, Expression("day", index=month, day=days[0]))
    if first is None:
        return None
    if len(days) > 1:
        first = replace(first, until=replace(first, day=days[-1]))
    return parts.found(first, ranged=len(days) > 1)


def _build_edge_day(parts: Parts) -> Found | None:
    edge = "last_day" if parts.label("edge") == "recent" else "first_day"
    if edge == "first_day" and parts.number("edge") != 1:
        return None
    found = _placed(parts, Expression("month", index=parts.number("month"), part=edge))
    return parts.found(found) if found else None


def _build_bare_day(parts: Parts) -> Found | None:
    """«15-го» alone is a day only at the end of a clause."""
    row = parts.row
    if not row.words[parts.start].endswith("го") or row.name(parts.stop) not in _TERMINAL:
        return None
    return parts.found(Expression("day", day=parts.number("day")))


# -- months and longer -----------------------------------------------------------------------------


def _open(expression: Expression) -> bool:
    return not (expression.year or expression.outer or expression.relation or expression.part)


def _several(parts: Parts, first: Expression, numbers: list[int]) -> Found | None:
    """One unit, or a run of two («в январе–марте»), with the year that follows."""
    part = _part(parts)
    placed = _placed(parts, replace(first, index=numbers[0], part=part, relation=_relation(parts, "relation")))
    if placed is None or part == "none":
        return None
    if len(numbers) > 1:
        last = replace(placed, index=numbers[-1])
        if placed.year is not None and numbers[-1] < numbers[0]:
            placed = replace(placed, year=placed.year - 1)
        placed = replace(placed, until=last)
    return parts.found(placed, bare=_open(placed), ranged=len(numbers) > 1)


def _build_month(parts: Parts) -> Found | None:
    return _several(parts, Expression("month"), parts.numbers("month", "month", "month_genitive", "month_short"))


def _build_season(parts: Parts) -> Found | None:
    found = _several(parts, Expression("season"), parts.numbers("season", "season", "season_noun"))
    if found is None or found.expression.relation == "same":
        return None
    found.bare = found.bare and parts.label("season") == "season_noun"
    return found


def _build_indexed(parts: Parts) -> Found | None:
    """Quarters and half-years by their number."""
    kind: Kind = "quarter" if parts.kind == "quarter" else "half_year"
    numbers = parts.numbers("index", "ordinal", "day_ordinal", "roman", "day")
    if not numbers or max(numbers) > (4 if kind == "quarter" else 2):
        return None
    found = _several(parts, Expression(kind), numbers)
    if found is not None:
        found.bare = False
    return found


def _build_months(parts: Parts) -> Found | None:
    """«первые шесть месяцев 2018 года», «девять месяцев 2017 года»."""
    count = _count(parts) or 0
    count *= 3 if parts.label("unit") == "quarter_unit" else 1
    if not 1 <= count <= 12 or (parts.has("edge") and parts.number("edge") != 1):
        return None
    found = _placed(parts, Expression("months", count=count))
    return parts.found(found) if found else None


def _build_year(parts: Parts) -> Found | None:
    part = _part(parts)
    if part == "none":
        return None
    if parts.has("outer") or parts.has("current"):
        outer = "this" if parts.has("current") else _relation(parts, "outer")
        if outer == "same":
            return parts.found(Expression("anaphor", unit="year"))
        return parts.found(Expression("year", relation=outer, part=part))
    years = _years(parts)
    if not years or years != sorted(set(years)):
        return None
    until = Expression("year", years[-1]) if len(years) > 1 else None
    return parts.found(Expression("year", years[0], part=part, until=until), ranged=until is not None)


def _build_bare_year(parts: Parts) -> Found | None:
    """A year without «год»: with an ending («в 2016-м»), a part («в начале 2016»), or before a stop."""
    row = parts.row
    found = _build_year(parts)
    if found is None or row.name(parts.stop) == "counted":
        return None
    plain = row.names[parts.stop - 1] == "year" and not parts.has("part") and not parts.has("half")
    if plain and (row.name(parts.stop) not in _TERMINAL or row.name(parts.start - 1) not in _BEFORE_YEAR):
        return None
    found.bare = not parts.has("part")
    return found


_BEFORE_YEAR = {"in", "since", "until", "by", "after", "over"}


def _build_decade(parts: Parts) -> Found | None:
    first = _decade(parts, "decade")
    if first is None:
        return None
    start = _decade(parts, "from") if parts.has("from") else first
    if start is None or start > first:
        start = first
    until = Expression("years", first, years=10) if start != first else None
    found = Expression("years", start, years=10, part=_part(parts), until=until)
    sure = parts.has("word") or parts.has("century") or parts.has("part")
    return parts.found(found, bare=not sure)


def _decade(parts: Parts, name: str) -> int | None:
    """First year of a decade: «90-х» is 1990, «20-х» 1920 unless a century says otherwise."""
    value = parts.number(name, -1)
    if value < 0 or value % 10 or (100 <= value < 1800):
        return None
    century = parts.first("century")
    if parts.has("century"):
        number = {"last": 20, "this": 21}.get(str(century), century)
        return (number - 1) * 100 + value % 100 if isinstance(number, int) and 18 < number < 22 else None
    if value >= 100:
        return value
    return 2000 + value if value in {0, 10} else 1900 + value


# -- placed against the publication, or against another date ----------------------------------------


def _build_unit(parts: Parts) -> Found | None:
    unit, part = _unit(parts), _part(parts)
    relation = _relation(parts, "relation")
    if unit is None or unit == "hour" or part == "none":
        return None
    if relation == "same":
        return parts.found(Expression("anaphor", unit=unit))
    if unit == "day":
        if relation not in {"this", "next", "last"} or part:
            return parts.found(Expression("vague"))
        return parts.found(Expression("anaphor", unit="day", count={"this": 0, "next": 1}.get(relation, -1)))
    if relation == "near" and unit in {"month", "year", "decade"}:
        return parts.found(Expression("window", unit=unit, count=1, relation="next"), ahead=True)
    years = 10 if unit == "decade" else 1
    return parts.found(Expression(_SAME_AS_UNIT[unit], relation=relation, part=part, years=years))


def _build_weekday(parts: Parts) -> Found | None:
    days = parts.numbers("index", "weekday", "weekday_oblique")
    relation, outer = _relation(parts, "relation"), _relation(parts, "outer")
    if "same" in {relation, outer}:
        return parts.found(Expression("none"))
    first = Expression("weekday", index=days[0], relation=relation, outer=outer)
    if len(days) > 1:
        first = replace(first, until=replace(first, index=days[-1]))
    oblique = parts.label("index") == "weekday_oblique"
    return parts.found(first, bare=relation is None and outer is None, oblique=oblique, ranged=len(days) > 1)


def _build_weekend(parts: Parts) -> Found | None:
    relation = _relation(parts, "relation")
    return parts.found(Expression("weekend", relation=relation), bare=relation is None)


def _build_ago(parts: Parts) -> Found | None:
    count, unit = _count(parts), _unit(parts)
    if count is None or unit is None:
        return parts.found(Expression("vague"))
    return parts.found(Expression("ago", unit=unit, count=-count))


def _build_ahead(parts: Parts) -> Found | None:
    """«через два месяца»: counted from publication only where the act is still to come."""
    count, unit = _count(parts), _unit(parts)
    if count is None or unit is None:
        return parts.found(Expression("vague"))
    return parts.found(Expression("ago", unit=unit, count=count, relation="next"), ahead=True)


def _build_anaphor(parts: Parts) -> Found | None:
    count, unit = _count(parts), _unit(parts)
    if count is None or unit is None:
        return parts.found(Expression("none"))
    sign = -1 if parts.has("back") else parts.number("way", 1)
    return parts.found(Expression("anaphor", unit=unit, count=sign * count))


def _build_window(parts: Parts) -> Found | None:
    count, unit = _count(parts), _unit(parts)
    several = not parts.has("count") and not parts.has("halfyear") and parts.label("unit") != "full_day"
    if unit == "hour" and count is not None and count > 11:  # «за последние 24 часа»
        count, unit = -(-count // 24), "day"
    if several and (parts.label("recent") == "recent_plural" or unit in {"day", "hour", None}):
        return parts.found(Expression("vague"))
    if count is None or unit is None or unit == "hour":
        return parts.found(Expression("vague"))
    ahead = _relation(parts, "relation") in {"next", "near"}
    if parts.label("unit") == "full_day" and count == 1 and parts.has("relation") and not ahead:
        return parts.found(Expression("ago", unit="day", count=-1))  # «за минувшие сутки», told the morning after
    return parts.found(Expression("window", unit=unit, count=count, relation="next" if ahead else "last"), ahead=ahead)


def _build_during(parts: Parts) -> Found | None:
    count, unit = _count(parts), _unit(parts)
    if count is None or unit is None or unit == "hour":
        return parts.found(Expression("vague"))
    return parts.found(Expression("window", unit=unit, count=count, relation="this"))


def _build_adverb(parts: Parts) -> Found | None:
    unit = "year" if parts.kind == "last_year" else "day"
    found = Expression("ago", unit=unit, count=parts.number("adverb"))
    return parts.found(found, eve=parts.label("adverb") == "eve")


def _build_habit(parts: Parts) -> Found | None:
    return parts.found(Expression("none"), habitual=True)


def _build_skip(_: Parts) -> Found | None:
    """Words that look like a date and are none: «в XX веке»."""
    return None


def _build_vague(parts: Parts) -> Found | None:
    return parts.found(Expression("vague"))


def _build_none(parts: Parts) -> Found | None:
    return parts.found(Expression("none"))


def _build_phrase(parts: Parts) -> Found | None:
    value = parts.first("phrase")
    if isinstance(value, int):
        return parts.found(Expression("anaphor", unit="day", count=value))
    if value == "skip":
        return None
    return parts.found(Expression("vague" if value == "vague" else "none"), habitual=value == "habit")


BUILDERS: dict[str, Callable[[Parts], Found | None]] = {
    "adverb": _build_adverb,
    "ago": _build_ago,
    "ahead": _build_ahead,
    "anaphor": _build_anaphor,
    "bare_day": _build_bare_day,
    "bare_year": _build_bare_year,
    "day": _build_day,
    "decade": _build_decade,
    "during": _build_during,
    "edge_day": _build_edge_day,
    "full": _build_full,
    "habit": _build_habit,
    "half_year": _build_indexed,
    "last_year": _build_adverb,
    "month": _build_month,
    "months": _build_months,
    "none": _build_none,
    "phrase": _build_phrase,
    "quarter": _build_indexed,
    "season": _build_season,
    "skip": _build_skip,
    "stamp": _build_full,
    "unit": _build_unit,
    "vague": _build_vague,
    "weekday": _build_weekday,
    "weekend": _build_weekend,
    "window": _build_window,
    "year": _build_year,
}
