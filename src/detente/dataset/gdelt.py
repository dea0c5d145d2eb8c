"""GDELT event files: 1.0 (57 or 58 columns), 2.0 (61), the reduced back file (17), and any of them with a header.

Columns are those of GDELT's codebooks (1.03 and 2.0). Actors are read from the country and group codes that GDELT
gives, which are CAMEO's, sectors from its role codes, persons from the name by office and day. Where GDELT gives no
country, the name is looked up as any other dataset's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from detente.actor.tables import Holder, actors
from detente.dataset.common import Days, Ids, csv_rows, first_cells, number, roles
from detente.dataset.latin import Tenure, choose, people
from detente.dataset.names import Names, names
from detente.dataset.row import DatasetEvent
from detente.dataset.stream import Lines
from detente.errors import DataError
from detente.model import SECTORS, Reject
from detente.ontology.cameo import codes

_SIDE = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code",
         "Type2Code", "Type3Code")  # fmt: skip
_HEAD = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor1{field}" for field in _SIDE), *(f"Actor2{field}" for field in _SIDE),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale", "NumMentions",
    "NumSources", "NumArticles", "AvgTone",
)  # fmt: skip
REDUCED = ("Date", "Source", "Target", "CAMEOCode", "NumEvents", "NumArts", "QuadClass", "Goldstein")
_QUADS = {"1": "verbal cooperation", "2": "material cooperation", "3": "verbal conflict", "4": "material conflict"}
_SIZES = {57: "gdelt1", 58: "gdelt1", 61: "gdelt2"}
_FIELDS = ("GLOBALEVENTID", "SQLDATE", "Actor1Code", "Actor1Name", "Actor1CountryCode", "Actor1KnownGroupCode",
           "Actor1Type1Code", "Actor1Type2Code", "Actor1Type3Code", "Actor2Code", "Actor2Name", "Actor2CountryCode",
           "Actor2KnownGroupCode", "Actor2Type1Code", "Actor2Type2Code", "Actor2Type3Code", "EventCode", "QuadClass",
           "NumMentions", "NumSources", "NumArticles", "DATEADDED", "SOURCEURL")  # fmt: skip
_NEEDED = ("SQLDATE", "Actor1Code", "Actor2Code", "EventCode")


@dataclass(frozen=True, slots=True)
class _Side:
    """What one of GDELT's sides is, whatever the day; ``readings`` are the tenures that its name can mean."""

    actor: str | None
    sector: str
    readings: list[list[Holder]]


@dataclass(frozen=True, slots=True)
class _Codes:
    countries: dict[str, str]
    groups: dict[str, str]
    types: dict[str, str]


@cache
def _codes() -> _Codes:
    table = tomllib.loads((files("detente.dataset") / "data" / "gdelt.toml").read_text("utf-8"))
    found = _Codes(table["countries"], table["groups"], table["types"])
    for code, actor in {**found.countries, **found.groups}.items():
        if actor not in actors():
            raise DataError(f"gdelt.toml: {code}: no table knows the code {actor!r}")
    for code, sector in found.types.items():
        if sector not in SECTORS:
            raise DataError(f"gdelt.toml: {code}: unknown sector {sector!r}")
    return found


class _Sides:
    """GDELT's sides, each resolved once by its codes and name."""

    def __init__(self, table: Names) -> None:
        self._names = table
        self._known: dict[tuple[str, ...], _Side] = {}
        self._codes = _codes()
        self._actors = actors()
        self._people = people()

    def __call__(self, key: tuple[str, str, str, str, str, str, str]) -> _Side:
        """The side of (code, name, country, group, type 1, type 2, type 3)."""
        side = self._known.get(key)
        if side is None:
            side = self._known[key] = self._side(*key)
        return side

    def _side(self, code: str, name: str, country: str, group: str, *types: str) -> _Side:
        chunks = [code[i : i + 3] for i in range(0, len(code), 3)]
        actor = self._country(country or (chunks[0] if chunks else ""))
        if actor is None:
            actor = next((self._codes.groups[c] for c in (group, *chunks) if c in self._codes.groups), None)
        sectors = [self._codes.types.get(c) for c in (*types, *chunks[1:], *(chunks[:1] if actor is None else ()))]
        sector = next((found for found in sectors if found), "unspecified")
        readings = self._people.readings(name) if len(name.split()) > 1 else []
        if actor is None and name and not country:
            found = self._names.resolve(name.title() if name.isupper() else name, date.min)
            actor = found.actor
            sector = found.sector if sector == "unspecified" else sector
        return _Side(actor, sector, readings)

    def _country(self, code: str) -> str | None:
        mapped = self._codes.countries.get(code, code)
        return mapped if len(code) == 3 and mapped in self._actors else None


def is_gdelt(line: str) -> bool:
    """Whether the first line of an input is GDELT's: by its header or by the number of its columns."""
    fields = _split(line)
    if {"globaleventid", "sqldate"} <= {field.lower() for field in fields}:
        return True
    if tuple(fields[:4]) == REDUCED[:4]:
        return True
    return len(fields) in _SIZES and fields[0].isdigit() and len(fields[1]) == 8


def _split(line: str) -> list[str]:
    if "\t" in line:
        return line.rstrip("\r\n").split("\t")
    return first_cells(line)


def _layout(line: str) -> tuple[str, list[str], bool]:
    """Name of the dataset, its columns, and whether the first line is a header."""
    fields = _split(line)
    if tuple(fields[:4]) == REDUCED[:4]:
        return "gdelt1_reduced", fields, True
    lowered = [field.lower() for field in fields]
    if "globaleventid" in lowered:
        known = {field.lower(): field for field in (*_HEAD, "DATEADDED", "SOURCEURL")}
        version = "gdelt2" if "actor1geo_adm2code" in lowered else "gdelt1"
        return version, [known.get(low, low) for low in lowered], True
    size = len(fields)
    geo = 8 if size == 61 else 7
    columns = [*_HEAD, *(f"geo{i}" for i in range(3 * geo)), "DATEADDED", "SOURCEURL"]
    return _SIZES.get(size, "gdelt1"), columns[:size], False


def read_gdelt(lines: Lines, name: str, table: Names | None = None) -> Iterator[DatasetEvent | Reject]:
    """The rows of a GDELT event file, in order. Yields a Reject for every line that is no event row."""
    dataset, columns, header = _layout(lines.peek())
    if dataset == "gdelt1_reduced":
        yield from _reduced(lines, name, table or names())
        return
    at = {column: index for index, column in enumerate(columns)}
    missing = [field for field in _NEEDED if field not in at]
    if missing:
        yield Reject(name, f"a GDELT file without the columns {', '.join(missing)}", 0)
        return
    size, tabbed = len(columns), "\t" in lines.peek()
    picks = [at.get(field, size) for field in _FIELDS]  # a missing column reads the empty field added below
    days, sides, events, new_id = Days(), _Sides(table or names()), codes(), Ids(dataset)
    rows: Iterator[list[str] | str] = (line.rstrip("\r\n").split("\t") for line in lines) if tabbed else csv_rows(lines)
    for row in rows:
        if header or row in ([""], []):
            header = False
            continue
        if isinstance(row, str) or len(row) != size:
            reason = row if isinstance(row, str) else f"{len(row)} columns, expected {size}"
            yield Reject(name, reason, lines.offset)
            continue
        row.append("")
        (event, sqldate, c1, n1, k1, g1, t11, t12, t13, c2, n2, k2, g2, t21, t22, t23, code, quad, mentions, sources,
         articles, added, url) = [row[i] for i in picks]  # fmt: skip
        day = days(sqldate)
        if day is None:
            yield Reject(name, f"{sqldate!r} is no date", lines.offset)
            continue
        entry = events.get(code) or events.get("0" + code)  # spreadsheets eat the leading zero
        if entry is None:
            yield Reject(name, f"{code!r} is no CAMEO event code", lines.offset)
            continue
        one, two = sides((c1, n1, k1, g1, t11, t12, t13)), sides((c2, n2, k2, g2, t21, t22, t23))
        first = choose(one.readings, day) if one.readings else None
        second = choose(two.readings, day) if two.readings else None
        actor, actor_person, actor_office = _person(one, first)
        recipient, recipient_person, recipient_office = _person(two, second)
        role = roles(entry.code)
        yield DatasetEvent(
            dataset, event or new_id(*row), day, actor, recipient, n1 or c1, n2 or c2, entry.code, entry.type,
            entry.mode, entry.quad if entry.type else _QUADS.get(quad, entry.quad), entry.domain, entry.planned_type,
            "occurred", one.sector, two.sector, actor_person, recipient_person, actor_office, recipient_office,
            role[0], role[1], url or None, None, None, days(added), 1, number(mentions), number(sources),
            number(articles),
        )  # fmt: skip
    if lines.damage:
        yield Reject(name, lines.damage, lines.offset)


def _person(side: _Side, tenure: Tenure | None) -> tuple[str | None, str | None, str | None]:
    if tenure is not None and side.actor in (None, tenure.code):
        return tenure.code, tenure.person, tenure.office
    return side.actor, None, None


def _reduced(lines: Lines, name: str, table: Names) -> Iterator[DatasetEvent | Reject]:
    """The reduced back file (GDELT.MASTERREDUCEDV2): one row for all events of a pair, code and place on a day."""
    days, sides, events, new_id = Days(), _Sides(table), codes(), Ids("gdelt1_reduced", repeats=False)
    size = len(_split(lines.peek()))
    for index, line in enumerate(lines):
        row = line.rstrip("\r\n").split("\t")
        if not index or row == [""]:
            continue
        if len(row) != size:
            yield Reject(name, f"{len(row)} columns, expected {size}", lines.offset)
            continue
        text, c1, c2, code, events_in, articles, quad = row[:7]
        day, entry = days(text), events.get(code) or events.get("0" + code)
        if day is None or entry is None:
            yield Reject(
                name, f"{text!r} is no date" if day is None else f"{code!r} is no CAMEO event code", lines.offset
            )
            continue
        one, two = sides((c1, "", "", "", "", "", "")), sides((c2, "", "", "", "", "", ""))
        role = roles(entry.code)
        yield DatasetEvent(
            "gdelt1_reduced", new_id(*row), day, one.actor, two.actor, c1, c2, entry.code, entry.type, entry.mode,
            entry.quad if entry.type else _QUADS.get(quad, entry.quad), entry.domain, entry.planned_type, "occurred",
            one.sector, two.sector, actor_role=role[0], recipient_role=role[1], count=number(events_in) or 1,
            articles=number(articles),
        )  # fmt: skip
    if lines.damage:
        yield Reject(name, lines.damage, lines.offset)
