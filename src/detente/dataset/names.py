"""Names of datasets to actors of our tables: states, groups of people in parentheses, persons, organisations.

English names of states are CLDR's (names_states.csv, made by benchmarks/make_names.py); spellings of datasets,
parties, organs, companies, media and armed groups stand in names_own.csv, words that tell a sector in sectors.csv,
holders of offices in the actor tables and in holders.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from detente.actor.tables import Actor, Holder, actors
from detente.dataset.latin import LatinPeople, Words, choose, fold, people
from detente.errors import DataError
from detente.model import SECTORS

KINDS = frozenset({"name", "adjective", "place", "bloc", "organ", "party", "company", "media", "armed_group", "nobody"})
_GROUP = re.compile(r"(.*\S)\s*\(([^()]*)\)$", re.DOTALL)
# An army of a state is its military, one of a movement is not.
_MOVEMENT = frozenset({"liberation", "resistance", "front", "rebel", "rebels", "jihad", "separatist", "islamic", "free",
                       "kurdish", "kurdistan", "opposition", "republican"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whom a name means: actor, sector, person and office where known, and ``how`` it was found.

    ``how`` is name, place, group (a group or organ with its state in parentheses), organisation, institution (a
    noun of state with a state's name: «Turkish Army»), person, country (the dataset's own country column), code, or
    '' where nobody is meant.
    """

    actor: str | None = None
    sector: str = "unspecified"
    person: str | None = None
    office: str | None = None
    how: str = ""


NOBODY = Resolved()


@dataclass(frozen=True, slots=True)
class _Name:
    code: str | None
    kind: str
    sector: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a name can mean before the day is known: a fixed answer, or tenures to choose from."""

    fixed: Resolved
    readings: tuple[tuple[Holder, ...], ...] = ()


class Names:
    """The English names of all actors. Holds only tables and a cache by name; one serves any number of files."""

    def __init__(self, holders: LatinPeople | None = None) -> None:
        self._people = holders or people()
        self._actors = actors()
        self._names: dict[Words, _Name] = {}
        self._states: dict[Words, str] = {}
        self._sectors: list[tuple[str, str, bool]] = []
        self._plans: dict[str, _Plan] = {}
        self._load()
        self._longest = max(map(len, self._states))

    def _load(self) -> None:
        for _, (code, form) in _rows("names_states.csv", ("code", "form")):
            self._put(_Name(code, "name", "government"), form)
        for line, (code, kind, sector, form) in _rows("names_own.csv", ("code", "kind", "sector", "form")):
            where = f"names_own.csv:{line}"
            if kind not in KINDS or (code and code not in self._actors) or (not code) != (kind == "nobody"):
                raise DataError(f"{where}: unknown kind {kind!r} or code {code!r}")
            if sector and sector not in SECTORS:
                raise DataError(f"{where}: unknown sector {sector!r}")
            self._put(_Name(code or None, kind, sector or "government"), form)
        for code, actor in self._actors.items():
            if actor.family != "state":
                sector = "armed_group" if actor.family == "armed_group" else "government"
                kind = {"contested": "name"}.get(actor.family, actor.family)
                self._names.setdefault(fold(actor.name), _Name(code, kind, sector))
                if actor.family == "contested":
                    self._states.setdefault(fold(actor.name), code)
        for line, (phrase, sector, institution) in _rows("sectors.csv", ("words", "sector", "institution")):
            if sector not in SECTORS or institution not in {"", "yes"}:
                raise DataError(f"sectors.csv:{line}: unknown sector {sector!r} or mark {institution!r}")
            self._sectors.append((f" {' '.join(fold(phrase))} ", sector, institution == "yes"))

    def _put(self, name: _Name, form: str) -> None:
        words = fold(form)
        if name.kind in {"name", "adjective", "place"} and name.code:
            self._states.setdefault(words, name.code)
        if name.kind != "adjective":
            self._names.setdefault(words, name)

    def resolve(self, name: str, on: date, country: str = "") -> Resolved:
        """Whom a dataset's name means on a day.

        Args:
            name: as the dataset writes it («Military (Kazakhstan)», «Vladimir Putin», «NATO»).
            on: the day of the event, by which office holders are known and groups that came to govern.
            country: the country that the dataset itself gives the name, used where our tables know nobody.
        """
        plan = self._plans.get(name)
        if plan is None:
            plan = self._plans[name] = self._plan(name)
        found = plan.fixed
        if plan.readings:
            tenure = choose([list(reading) for reading in plan.readings], on)
            if tenure is not None:
                found = Resolved(tenure.code, "government", tenure.person, tenure.office, "person")
        if found.actor is None and country and (code := self.country(country)) is not None:
            found = Resolved(code, found.sector, found.person, found.office, "country")
        if found.actor is not None:
            return self._governing(found, on)
        return found

    def country(self, name: str) -> str | None:
        """The code of a state, bloc or contested entity by its English name or its own code; None if unknown."""
        known = self._names.get(fold(name))
        if known is not None and known.kind in {"name", "bloc", "place"}:
            return known.code
        return name if name in self._actors else None

    def sector(self, phrase: str) -> str:
        """The sector of a group or organ by its words («Foreign Affairs», «Citizen»)."""
        return self._noun(fold(phrase))[0]

    def _governing(self, found: Resolved, on: date) -> Resolved:
        """A group that came to govern its state is the state's government from that day."""
        actor: Actor = self._actors[found.actor or ""]
        if actor.governs and actor.since and on >= actor.since:
            sector = "government" if found.sector == "armed_group" else found.sector
            return Resolved(actor.governs, sector, found.person, found.office, found.how)
        return found

    def _plan(self, name: str) -> _Plan:
        match = _GROUP.match(name.strip())
        if match is not None:
            inside = self._exact(fold(match[2])) or self._institution(fold(match[2]))
            sector = self.sector(match[1])
            if inside is None or inside.actor is None:
                return _Plan(Resolved(sector=sector))
            if inside.sector != "armed_group" and sector != "unspecified":
                return _Plan(Resolved(inside.actor, sector, how="group"))
            plain = inside.how in {"name", "place"} and inside.sector != "armed_group"
            kept = "unspecified" if plain else inside.sector
            return _Plan(Resolved(inside.actor, kept, how="group"))
        words = fold(name)
        known = self._exact(words)
        if known is not None:
            return _Plan(known)
        institution = self._institution(words)
        if institution is not None:
            return _Plan(institution)
        return _Plan(NOBODY, tuple(tuple(reading) for reading in self._people.readings(name)))

    def _exact(self, words: Words) -> Resolved | None:
        known = self._names.get(words) or self._names.get(words[1:] if words[:1] == ("the",) else words)
        if known is None:
            return None
        if known.code is None:
            return NOBODY
        how = {"name": "name", "bloc": "name", "place": "place", "armed_group": "name"}.get(known.kind, "organisation")
        return Resolved(known.code, known.sector, how=how)

    def _institution(self, words: Words) -> Resolved | None:
        """A noun of state beside the name or adjective of exactly one state: «Armed Forces of the Philippines»."""
        if len(words) < 2:
            return None
        codes, rest, start = set(), [], 0
        while start < len(words):
            for stop in range(min(len(words), start + self._longest), start, -1):
                code = self._states.get(words[start:stop])
                if code is not None:
                    codes.add(code)
                    start = stop
                    break
            else:
                rest.append(words[start])
                start += 1
        if len(codes) != 1 or _MOVEMENT.intersection(rest):
            return None
        sector, institution = self._noun(tuple(rest))
        return Resolved(codes.pop(), sector, how="institution") if institution else None

    def _noun(self, words: Words) -> tuple[str, bool]:
        text = f" {' '.join(words)} "
        for phrase, sector, institution in self._sectors:
            if phrase in text:
                return sector, institution
        return "unspecified", False


def _rows(name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((files("detente.dataset") / "data" / name).read_text("utf-8").splitlines())
    if tuple(next(reader, ())) != columns:
        raise DataError(f"{name}:1: expected the columns {','.join(columns)}")
    for row in reader:
        if len(row) != len(columns):
            raise DataError(f"{name}:{reader.line_num}: {len(row)} fields, expected {len(columns)}")
        yield reader.line_num, row


@cache
def names() -> Names:
    """The package's names, loaded once in a process."""
    return Names()
