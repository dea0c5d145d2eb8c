"""The actor tables as the files give them: each row checked, each error with file and line.

Codes and English names of states are those of ISO 3166-1 and of the Unicode CLDR (by way of Babel), as are
the plain Russian names. Every day on which a state, bloc or group began or ended stands with the public page
that gives it (``source``); where no page was at hand the day is empty, which means that it is not known
here. A state group (``state_groups.csv``) is a closed list of members with its source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from detente.errors import DataError
from detente.model import SECTORS

_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?$")
_CODE = re.compile(r"[A-Z]{3}$")
GRACE = timedelta(days=730)  # how long before and after a tenure a name still stands for the state
SINGLE = frozenset({"head_of_state", "head_of_government", "foreign_minister", "defence_minister",
                    "spokesperson_foreign", "spokesperson_head", "secretary_general"})  # fmt: skip
NAME_KINDS = frozenset({"name", "adjective", "demonym", "combining"})
ORGAN_KINDS = frozenset({"organ", "palace", "company", "media", "agency", "party", "official"})
SECTOR_KINDS = frozenset({"office", "organ", "group", "equipment"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A state, bloc, contested entity or armed group: code, English name, first and last day."""

    code: str
    name: str
    family: str  # state, bloc, contested, armed_group
    start: date | None = None
    stop: date | None = None
    acts: bool = True  # whether the codebook lets it be the actor of an event
    source: str = ""  # the public page that gives the dates
    governs: str | None = None  # the state whose government an armed group became,
    since: date | None = None  # and the first day on which it was


@dataclass(frozen=True, slots=True)
class Form:
    """One way to name an actor: its words as in a dictionary, and what kind of name it is."""

    words: str
    kind: str
    code: str | None
    sector: str = "unspecified"
    office: str | None = None
    members: tuple[str, ...] = ()  # of a group of states («страны Балтии»)
    fixed: bool = False
    weak: bool = False
    lower: bool = False  # may be written without its capital letter
    proper: bool = False  # a sector noun that with its owner is an institution's name («МИД России»)


@dataclass(frozen=True, slots=True)
class Holder:
    """One tenure of an office, with the person's Russian names; open ends are None."""

    code: str
    office: str
    person: str
    given: str
    surname: str
    others: tuple[str, ...]
    start: date
    stop: date | None
    source: str


def rows(folder: Traversable, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a table, in order. Raises DataError for a wrong header or row length."""
    reader = csv.reader((folder / name).read_text("utf-8").splitlines())
    header = tuple(next(reader, ()))
    if header != columns:
        raise DataError(f"{name}:1: columns are {','.join(header)}, expected {','.join(columns)}")
    for row in reader:
        if len(row) != len(columns):
            raise DataError(f"{name}:{reader.line_num}: {len(row)} fields, expected {len(columns)}")
        yield reader.line_num, dict(zip(columns, row, strict=True))


def day(text: str, where: str, last: bool = False) -> date | None:
    """An ISO date, month or year as its first day, or its last; empty gives None. Raises DataError."""
    if not text:
        return None
    match = _ISO.match(text)
    if match is None:
        raise DataError(f"{where}: {text!r} is no ISO date")
    year, month, number = int(match[1]), match[2], match[3]
    try:
        if number:
            return date(year, int(month), int(number))
        if not last:
            return date(year, int(month or 1), 1)
        if not month:
            return date(year, 12, 31)
        following = date(year + int(month) // 12, int(month) % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    except ValueError as error:
        raise DataError(f"{where}: {text!r}: {error}") from error


def _data() -> Traversable:
    return files("detente.actor") / "data"


@cache
def actors() -> dict[str, Actor]:
    """Every actor that the tables know, by code. Raises DataError."""
    found: dict[str, Actor] = {}
    tables = (
        ("states.csv", "state", ("code", "alpha2", "name", "region", "start", "stop", "source")),
        ("blocs.csv", "bloc", ("code", "name", "start", "stop", "actor", "source")),
        ("contested.csv", "contested", ("code", "name", "start", "stop", "source")),
        ("armed_groups.csv", "armed_group", ("code", "name", "start", "stop", "governs", "since", "source")),
    )
    for name, family, columns in tables:
        for line, row in rows(_data(), name, columns):
            where, code = f"{name}:{line}", row["code"]
            if code in found:
                raise DataError(f"{where}: {code} stands twice")
            if family == "state" and not _CODE.match(code):
                raise DataError(f"{where}: {code!r} is no ISO 3166-1 alpha-3 code")
            acts = family in {"state", "contested"} or row.get("actor") == "yes"
            start, stop = day(row["start"], where), day(row["stop"], where, last=True)
            governs, since = row.get("governs") or None, day(row.get("since", ""), where)
            if (start or stop or since) and not row["source"].startswith("http"):
                raise DataError(f"{where}: a date needs a source")
            if (governs is None) != (since is None) or (governs and governs not in found):
                raise DataError(f"{where}: governs and since go together, and governs is a state's code")
            found[code] = Actor(code, row["name"], family, start, stop, acts, row["source"], governs, since)
    return found


@cache
def state_groups() -> dict[str, tuple[str, ...]]:
    """Members of every closed group of states, by the group's code. Raises DataError."""
    found: dict[str, tuple[str, ...]] = {}
    name = "state_groups.csv"
    for line, row in rows(_data(), name, ("code", "name", "members", "source")):
        where, members = f"{name}:{line}", tuple(row["members"].split())
        if row["code"] in found:
            raise DataError(f"{where}: {row['code']} stands twice")
        if len(members) < 2 or any(code not in actors() for code in members):
            raise DataError(f"{where}: the members are two or more codes of states, found {row['members']!r}")
        if not row["source"].startswith("http"):
            raise DataError(f"{where}: a group needs a source")
        found[row["code"]] = members
    return found


def holders(folder: Traversable | None = None) -> list[Holder]:
    """All tenures of every ``offices*.csv`` in ``folder`` (default: the package's). Raises DataError."""
    columns = ("code", "office", "person", "given_ru", "surname_ru", "forms_ru", "start", "stop", "source")
    folder = folder or _data()
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not (entry.name.startswith("offices") and entry.name.endswith(".csv")):
            continue
        for line, row in rows(folder, entry.name, columns):
            where = f"{entry.name}:{line}"
            start = day(row["start"], where)
            if start is None or not row["surname_ru"] or not row["source"]:
                raise DataError(f"{where}: a holder needs a start, a surname and a source")
            found.append(
                Holder(
                    code=row["code"],
                    office=row["office"],
                    person=row["person"],
                    given=row["given_ru"],
                    surname=row["surname_ru"],
                    others=tuple(form for form in row["forms_ru"].split("|") if form),
                    start=start,
                    stop=day(row["stop"], where, last=True),
                    source=row["source"],
                )
            )
    return found


def closed(tenures: Iterable[Holder]) -> list[Holder]:
    """Tenures in order, an open one ended by the day on which somebody else takes the single office."""
    ordered = sorted(tenures, key=lambda holder: (holder.code, holder.office, holder.start))
    found = []
    for index, holder in enumerate(ordered):
        if holder.stop is None and holder.office in SINGLE:
            later = (
                other.start
                for other in ordered[index + 1 :]
                if (other.code, other.office) == (holder.code, holder.office) and other.person != holder.person
            )
            stop = min((start for start in later if start > holder.start), default=None)
            holder = replace(holder, stop=stop)
        found.append(holder)
    return found


def forms(language: str) -> Iterator[Form]:
    """Every name form of a language's tables, except the masked ones. Raises DataError."""
    folder = files(f"detente.lang.{language}") / "data"
    known = actors()
    simple = (
        ("names_blocs.csv", "bloc"),
        ("names_capitals.csv", "capital"),
        ("names_groups.csv", "armed_group"),
        ("names_places.csv", "place"),
    )
    for name, kind in simple:
        for line, row in rows(folder, name, ("code", "form", "flags")):
            actual = "contested_place" if kind == "place" and not row["code"] else kind
            yield _form(row, actual, f"{name}:{line}", known, "armed_group" if kind == "armed_group" else "")
    for line, row in rows(folder, "names_state_groups.csv", ("code", "form", "flags")):
        where = f"names_state_groups.csv:{line}"
        if row["code"] not in state_groups():
            raise DataError(f"{where}: no table knows the group {row['code']!r}")
        plain = _form({**row, "code": ""}, "state_group", where, known, "government")
        yield replace(plain, members=state_groups()[row["code"]])
    for line, row in rows(folder, "names_states.csv", ("code", "kind", "form", "flags")):
        kind = row["kind"]
        if kind not in NAME_KINDS:
            raise DataError(f"names_states.csv:{line}: unknown kind {kind!r}")
        yield _form(row, kind, f"names_states.csv:{line}", known, "")
    for line, row in rows(folder, "names_organs.csv", ("code", "kind", "sector", "form", "flags")):
        where = f"names_organs.csv:{line}"
        if row["kind"] not in ORGAN_KINDS or row["sector"] not in SECTORS:
            raise DataError(f"{where}: unknown kind {row['kind']!r} or sector {row['sector']!r}")
        yield _form(row, row["kind"], where, known, row["sector"])
    for line, row in rows(folder, "names_sectors.csv", ("lemma", "kind", "sector", "office", "proper")):
        where = f"names_sectors.csv:{line}"
        if row["kind"] not in SECTOR_KINDS or row["sector"] not in SECTORS:
            raise DataError(f"{where}: unknown kind {row['kind']!r} or sector {row['sector']!r}")
        if row["proper"] not in {"", "yes"}:
            raise DataError(f"{where}: proper is {row['proper']!r}, expected yes or nothing")
        kind, office = f"sector_{row['kind']}", row["office"] or None
        yield Form(row["lemma"], kind, None, row["sector"], office, proper=row["proper"] == "yes")


def masked(language: str) -> Iterator[tuple[str, str]]:
    """Names that contain an actor's name and are not that actor, with the type of what they name."""
    folder = files(f"detente.lang.{language}") / "data"
    for line, row in rows(folder, "names_masked.csv", ("form", "type")):
        if row["type"] not in {"PER", "LOC", "ORG", "PRO", "OTHER"}:
            raise DataError(f"names_masked.csv:{line}: unknown type {row['type']!r}")
        yield row["form"], row["type"]


def _form(row: dict[str, str], kind: str, where: str, known: dict[str, Actor], sector: str) -> Form:
    code = row["code"]
    if code and code not in known:
        raise DataError(f"{where}: no table knows the code {code!r}")
    flags = set(row["flags"].split())
    if flags - {"fixed", "lower", "weak"}:
        raise DataError(f"{where}: unknown flags {row['flags']!r}")
    default = {"capital": "government", "demonym": "citizens", "bloc": "government", "name": "government"}
    return Form(
        words=row["form"],
        kind=kind,
        code=code or None,
        sector=sector or default.get(kind, "unspecified"),
        fixed="fixed" in flags,
        weak="weak" in flags,
        lower="lower" in flags,
    )
