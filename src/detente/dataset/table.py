"""Tables with named columns: ICEWS (official and short form), POLECAT, and any CSV or TSV whose columns are mapped.

ICEWS's columns are those of its Dataverse files (Boschee et al. 2015), POLECAT's those of its codebook (Halterman
et al. 2023). A mapping names, for our fields, the columns of the table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from detente.dataset.common import Days, Ids, csv_rows, first_cells, number, roles
from detente.dataset.names import Names, Resolved, names
from detente.dataset.row import DatasetEvent
from detente.dataset.stream import Lines
from detente.errors import DataError, InputError
from detente.model import DOMAINS, SECTORS, Reject
from detente.ontology.cameo import find
from detente.ontology.plover import TYPES

_ORDER = (
    "id", "day", "actor", "recipient", "actor_country", "recipient_country", "actor_sector", "recipient_sector",
    "code", "text", "type", "mode", "contexts", "url", "language", "publisher", "published", "count", "mentions",
    "sources", "articles",
)  # fmt: skip
FIELDS = frozenset(_ORDER)
ICEWS = {
    "id": "Event ID", "day": "Event Date", "actor": "Source Name", "actor_sector": "Source Sectors",
    "actor_country": "Source Country", "text": "Event Text", "code": "CAMEO Code", "recipient": "Target Name",
    "recipient_sector": "Target Sectors", "recipient_country": "Target Country", "publisher": "Publisher",
}  # fmt: skip
ICEWS_SHORT = {"day": "date", "actor": "source_name", "text": "event_text", "recipient": "target_name"}
POLECAT = {
    "id": "Event ID", "day": "Event Date", "type": "Event Type", "mode": "Event Mode", "contexts": "Contexts",
    "actor": "Actor Name", "actor_country": "Actor Country", "actor_sector": "Primary Actor Sector",
    "recipient": "Recipient Name", "recipient_country": "Recipient Country",
    "recipient_sector": "Primary Recipient Sector", "publisher": "Source", "published": "Publication Date",
    "language": "Language",
}  # fmt: skip
_EMPTY = frozenset({"", "none", "null", "na", "nan"})
_SEVERAL = ";"
_COARSE = frozenset({"", "name", "place", "country"})  # found so, a side's sector is only a default
_REMEMBERED = 200_000  # sides of one day


@dataclass(frozen=True, slots=True)
class _Words:
    types: dict[str, str]
    modes: dict[str, str]
    contexts: dict[str, str]
    sectors: dict[str, str]


@cache
def _words() -> _Words:
    table = tomllib.loads((files("detente.dataset") / "data" / "polecat.toml").read_text("utf-8"))
    found = _Words(table["types"], table["modes"], table["contexts"], table["sectors"])
    modes = {mode for kind in TYPES.values() for mode in kind.modes}
    for section, known in ((found.types, TYPES.keys()), (found.modes, modes), (found.contexts, DOMAINS),
                           (found.sectors, SECTORS)):  # fmt: skip
        for word, ours in section.items():
            if ours not in known:
                raise DataError(f"polecat.toml: {word}: unknown {ours!r}")
    return found


@dataclass(frozen=True, slots=True)
class _Act:
    code: str
    type: str | None
    mode: str | None
    quad: str
    domain: str | None
    planned_type: str | None


def known_mapping(header: list[str]) -> tuple[str, dict[str, str]] | None:
    """Dataset and mapping by a table's header; None where it is neither ICEWS nor POLECAT."""
    folded = {column.strip().lower().replace(" ", "_"): column for column in header}
    for dataset, mapping, marks in (
        ("polecat", POLECAT, ("Event Type", "Actor Name", "Recipient Name")),
        ("icews", ICEWS, ("Event Text", "CAMEO Code", "Source Name", "Target Name")),
        ("icews", ICEWS_SHORT, tuple(ICEWS_SHORT.values())),
    ):
        if all(mark.lower().replace(" ", "_") in folded for mark in marks):
            names_in = {field: column.lower().replace(" ", "_") for field, column in mapping.items()}
            return dataset, {field: folded[column] for field, column in names_in.items() if column in folded}
    return None


def split_header(line: str) -> tuple[list[str], str]:
    """The columns of a header line and what separates them: tab, semicolon or comma."""
    text = line.rstrip("\r\n").lstrip("#!")
    delimiter = max("\t;,", key=lambda mark: (text.count(mark), mark == "\t"))
    return first_cells(text, delimiter), delimiter


def read_table(
    lines: Lines, name: str, dataset: str, mapping: Mapping[str, str], table: Names | None = None
) -> Iterator[DatasetEvent | Reject]:
    """The rows of a table with a header, in order; a Reject for every row that is no event.

    Args:
        lines: the input, at its first line.
        name: what rejects call it.
        dataset: what its events are called.
        mapping: our field (``FIELDS``) to the column's name. ``day`` is needed, and ``code``, ``text`` or ``type``.
        table: the names to resolve by; default the package's.

    Raises InputError for a mapping with unknown fields or columns that the table lacks.
    """
    header, delimiter = split_header(lines.peek())
    at = {column.strip(): index for index, column in enumerate(header)}
    unknown = sorted(set(mapping) - FIELDS)
    lacking = sorted(column for column in mapping.values() if column not in at)
    if unknown or lacking:
        raise InputError(
            f"{name}: the mapping has unknown fields {unknown} or columns that the table lacks {lacking}; "
            f"fields are {', '.join(sorted(FIELDS))}; columns are {', '.join(at)}"
        )
    if "day" not in mapping or not {"code", "text", "type"} & set(mapping):
        raise InputError(f"{name}: map the columns of 'day' and of 'code' (CAMEO), 'text' or 'type' (PLOVER)")
    reader = _Reader(name, dataset, {field: at[column] for field, column in mapping.items()}, table or names())
    for index, row in enumerate(_split(lines, delimiter, len(header))):
        if isinstance(row, str):
            yield Reject(name, row, lines.offset)
        elif index and row:
            yield reader.row(row, len(header), lines.offset)
    if lines.damage:
        yield Reject(name, lines.damage, lines.offset)


def _split(lines: Lines, delimiter: str, size: int) -> Iterator[list[str] | str]:
    """Rows of fields. Tabs need no quotes, so quotes in tabbed tables are text, unless the count tells otherwise."""
    if delimiter != "\t":
        yield from csv_rows(lines, delimiter)
        return
    for line in lines:
        row = line.rstrip("\r\n").split("\t")
        if len(row) != size and '"' in line:
            yield next(csv_rows([line.rstrip("\r\n")], "\t"))
            continue
        yield [] if row == [""] else row


class _Reader:
    """Turns rows of one table into events; holds what rows share."""

    def __init__(self, name: str, dataset: str, at: Mapping[str, int], table: Names) -> None:
        self._name = name
        self._dataset = dataset
        self._picks = tuple(at.get(field, -1) for field in _ORDER)  # -1: the empty field put after the row's own
        self._names = table
        self._days = Days()
        self._ids = Ids(dataset)
        self._acts: dict[tuple[str, ...], _Act | str] = {}
        self._sectors: dict[str, str] = {}
        self._day: date | None = None
        self._sides: dict[tuple[str, str, str], tuple[Resolved, tuple[str, ...]]] = {}

    def row(self, row: list[str], size: int, offset: int) -> DatasetEvent | Reject:
        """One row as an event, or why it is none."""
        if len(row) != size:
            return Reject(self._name, f"{len(row)} columns, expected {size}", offset)
        row.append("")
        (key, when, actor_name, recipient_name, actor_country, recipient_country, actor_sector, recipient_sector, code,
         text, kind, mode, contexts, url, language, publisher, published, count, mentions, sources,
         articles) = [row[index].strip() for index in self._picks]  # fmt: skip
        day = self._days(when)
        if day is None:
            return Reject(self._name, f"{when!r} is no date", offset)
        told = (code, text, kind, mode, contexts)
        act = self._acts.get(told)
        if act is None:
            act = self._acts[told] = self._act(*told)
        if isinstance(act, str):
            return Reject(self._name, act, offset)
        actor, more_actors = self._side(actor_name, actor_country, actor_sector, day)
        recipient, more_recipients = self._side(recipient_name, recipient_country, recipient_sector, day)
        actor_role, recipient_role = roles(act.code)
        return DatasetEvent(
            self._dataset, key or self._ids(*row), day, actor.actor, recipient.actor, actor_name, recipient_name,
            act.code, act.type, act.mode, act.quad, act.domain, act.planned_type, "occurred", actor.sector,
            recipient.sector, actor.person, recipient.person, actor.office, recipient.office, actor_role,
            recipient_role, url or None, _language(language), publisher or None,
            self._days(published) if published else None, number(count) or 1, number(mentions), number(sources),
            number(articles), more_actors, more_recipients,
        )  # fmt: skip

    def _side(self, name: str, country: str, sector: str, day: date) -> tuple[Resolved, tuple[str, ...]]:
        """The main actor of a side, and the further states that the dataset gives it; remembered for the day."""
        if day != self._day or len(self._sides) > _REMEMBERED:
            self._day = day
            self._sides.clear()
        key = (name, country, sector)
        side = self._sides.get(key)
        if side is None:
            side = self._sides[key] = self._resolve(name, country, sector, day)
        return side

    def _resolve(self, name: str, country: str, sector: str, day: date) -> tuple[Resolved, tuple[str, ...]]:
        named, countries = _parts(name, _SEVERAL), _parts(country, _SEVERAL)
        first = self._names.resolve(named[0], day, countries[0] if countries else "") if named else Resolved()
        if first.actor is None and countries and (code := self._names.country(countries[0])) is not None:
            first = Resolved(code, first.sector, first.person, first.office, "country")
        coarse = first.how in _COARSE and first.sector != "armed_group"
        if sector and (coarse or first.sector == "unspecified") and (told := self._sector(sector)) != "unspecified":
            first = Resolved(first.actor, told, first.person, first.office, first.how)
        others = [self._names.resolve(part, day).actor for part in named[1:]]
        others += [self._names.country(part) for part in countries[1:]]
        more = tuple(dict.fromkeys(code for code in others if code is not None and code != first.actor))
        return first, more

    def _sector(self, text: str) -> str:
        known = self._sectors.get(text)
        if known is None:
            parts = [part.strip() for part in text.replace(_SEVERAL, ",").split(",")]
            ours = (_words().sectors.get(part) or self._names.sector(part) for part in parts)
            known = next((sector for sector in ours if sector != "unspecified"), "unspecified")
            self._sectors[text] = known
        return known

    def _act(self, code: str, text: str, kind: str, mode: str, contexts: str) -> _Act | str:
        """What was done, or why that cannot be told."""
        if kind.lower() not in _EMPTY:
            words = _words()
            ours = words.types.get(kind.upper(), kind.upper())
            if ours not in TYPES:
                return f"{kind!r} is no PLOVER event type"
            written = mode.lower() if mode.lower() not in _EMPTY else ""
            plain = words.modes.get(written, written.replace("-", "_"))
            domain = next((words.contexts[c] for c in _contexts(contexts) if c in words.contexts), None)
            kept = plain if plain in TYPES[ours].modes else None
            return _Act(f"{kind}/{written}".rstrip("/"), ours, kept, TYPES[ours].quad, domain, None)
        entry = find(code, text)
        if entry is None:
            return f"{text or code!r} is no CAMEO event"
        return _Act(entry.code, entry.type, entry.mode, entry.quad, entry.domain, entry.planned_type)


def _parts(text: str, mark: str) -> list[str]:
    if mark not in text:
        return [] if text.lower() in _EMPTY else [text]
    return [part.strip() for part in text.split(mark) if part.strip().lower() not in _EMPTY]


def _contexts(text: str) -> list[str]:
    return [part.strip().lower().replace(" ", "_").replace("-", "_") for part in text.replace(",", ";").split(";")]


def _language(text: str) -> str | None:
    return text.lower() if text.lower() not in _EMPTY else None
