"""Questions to a record: events by what they are, who, when, and who says so; with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from detente.store.database import rows
from detente.store.schema import EVENT
from detente.store.shards import arrow_schema

Row = dict[str, Any]


_TYPES = {"int": pa.int64(), "float": pa.float64(), "date": pa.date32()}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted; what is None does not count.

    ``actor`` is a code on any side, ``dyad`` two codes on whatever sides. ``since`` and ``until`` are inclusive days
    that the event's interval must touch. ``outlet``, ``speaker`` (a part of the name as written, or a code) and
    ``language`` ask for one report at least. ``limit`` keeps the newest.
    """

    event: str | None = None
    actor: str | None = None
    dyad: tuple[str, str] | None = None
    type: str | None = None
    domain: str | None = None
    aspect: str | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None
    outlet: str | None = None
    speaker: str | None = None
    language: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One report of an event: what is written, by whom and where. ``source`` numbers the independent sources."""

    report: str
    document: str
    source: int
    status: str
    sentence: str
    trigger: str
    speaker: str | None
    outlet: str | None
    name: str | None
    title: str | None
    url: str | None
    published: date | None
    differs: str
    score: float


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """One event: its row, the codes on its sides, and its reports where they were asked for."""

    row: Row
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    others: tuple[str, ...]
    evidence: tuple[Evidence, ...] = field(default=())

    def flat(self) -> Row:
        """The event as one row, the codes of a side parted by blanks."""
        return {
            **self.row,
            "actors": " ".join(self.actors),
            "recipients": " ".join(self.recipients),
            "others": " ".join(self.others),
        }


_SIDES = tuple((name, pa.string()) for name in ("actors", "recipients", "others"))
EVENT_COLUMNS = (*((column.name, column.type) for column in arrow_schema(EVENT)), *_SIDES)
EVIDENCE_COLUMNS = tuple(
    (f"report_{each.name}", _TYPES.get(str(each.type).split(" ")[0], pa.string())) for each in fields(Evidence)
)


def events(source: duckdb.DuckDBPyConnection, wanted: Filter, evidence: bool) -> list[FoundEvent]:
    """Events that pass a filter, newest first: by their last day, then their first, then their id."""
    where, values = _where(wanted)
    limit = f" LIMIT {int(wanted.limit)}" if wanted.limit is not None else ""
    order = 'e."stop" DESC NULLS LAST, e."start" DESC NULLS LAST, e.last DESC NULLS LAST, e.event'
    found = rows(source, f"SELECT e.* FROM event AS e{where} ORDER BY {order}{limit}", values)
    names = [row["event"] for row in found]
    sides: dict[tuple[str, str], list[str]] = {}
    for row in rows(
        source,
        "SELECT DISTINCT event, side, actor FROM event_actor WHERE list_contains(?, event) ORDER BY event, side, actor",
        [names],
    ):
        sides.setdefault((row["event"], row["side"]), []).append(row["actor"])
    proofs = _evidence(source, names) if evidence else {}
    return [
        FoundEvent(
            row,
            tuple(sides.get((row["event"], "actor"), ())),
            tuple(sides.get((row["event"], "recipient"), ())),
            tuple(sides.get((row["event"], "other"), ())),
            tuple(proofs.get(row["event"], ())),
        )
        for row in found
    ]


_ACTOR = "EXISTS (SELECT 1 FROM event_actor AS a WHERE a.event = e.event AND a.actor = ?)"
_REPORT = (
    "EXISTS (SELECT 1 FROM event_report AS p JOIN report AS r USING (report) JOIN document AS d ON d.document = "
    "r.document LEFT JOIN attribution AS s ON s.document = r.document AND s.attribution = r.attribution "
    "WHERE p.event = e.event AND {})"
)


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    tests: list[str] = []
    values: list[Any] = []

    def test(sql: str, *found: Any) -> None:
        tests.append(sql)
        values.extend(found)

    if wanted.event is not None:
        test("(e.event = ? OR e.event IN (SELECT event FROM redirect WHERE old = ?))", wanted.event, wanted.event)
    for code in (wanted.actor, *(wanted.dyad or ())):
        if code is not None:
            test(_ACTOR, code)
    for name in ("type", "domain", "aspect", "status"):
        if (value := getattr(wanted, name)) is not None:
            test(f"e.{name} = ?", value)
    if wanted.since is not None:
        test('e."stop" >= ?', wanted.since)
    if wanted.until is not None:
        test('e."start" <= ?', wanted.until)
    if wanted.outlet is not None:
        test(_REPORT.format("d.outlet = ?"), wanted.outlet.lower())
    if wanted.language is not None:
        test(_REPORT.format("d.language = ?"), wanted.language)
    if wanted.speaker is not None:
        test(_REPORT.format("(contains(lower(r.speaker), lower(?)) OR s.actor = ?)"), wanted.speaker, wanted.speaker)
    return (" WHERE " + " AND ".join(tests) if tests else ""), values


def _evidence(source: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for row in rows(
        source,
        """SELECT p.event, p.report, p.document, p.source, p.status, s.text AS sentence, r.trigger, r.speaker,
        d.outlet, coalesce(o.name, d.source) AS name, d.title, d.url, d.published, p.differs, r.score
        FROM event_report AS p JOIN report AS r USING (report) JOIN document AS d ON d.document = p.document
        JOIN sentence AS s ON s.document = r.document AND s.sentence = r.sentence LEFT JOIN outlet AS o USING (outlet)
        WHERE list_contains(?, p.event) ORDER BY p.event, p.position, p.report""",
        [names],
    ):
        found.setdefault(row.pop("event"), []).append(Evidence(**row))
    return found
