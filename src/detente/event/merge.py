"""Reports to events: a partition of all reports that depends on their set alone, never on their order.

Reports are compared within blocks of the same parties and type; the closest are joined first, and only where
each report of the one is compatible with each of the other (complete linkage), so that no chain of small
differences makes one event of many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.errors import InputError
from detente.event.build import Draft, build, event_id
from detente.event.compatible import Face, closeness, compatible, faces, reported
from detente.event.correct import CorrectionRow, Outcome, apply
from detente.event.rows import Merged, RedirectRow, ReportRow


def merge(
    reports: Iterable[ReportRow],
    corrections: Iterable[CorrectionRow] = (),
    owners: Mapping[str, str] | None = None,
) -> tuple[Merged, tuple[Outcome, ...]]:
    """All events of ``reports`` after ``corrections``, and what became of each correction.

    ``owners`` maps outlets to their owners, for those named as origins or speakers. The result depends on the
    set of reports alone. An event's id comes from its first-published report; every id that an event had when
    another report came first leads on through ``redirects``. Raises InputError for an id given twice with
    different content, or a report without parties.
    """
    rows = _rows(reports)
    drafts, outcomes = apply([Draft(members) for members in partition(rows.values())], rows, corrections)
    merged = build(drafts, rows, owners or {})
    return merged, outcomes


def partition(reports: Iterable[ReportRow]) -> list[tuple[str, ...]]:
    """Ids of the reports of each event, sorted by publication; the events sorted by their first report."""
    blocks: dict[tuple[object, ...], dict[Face, list[ReportRow]]] = {}
    rows = {row.id: row for row in reports}
    for key, look in faces(rows.values()).items():
        row = rows[key]
        blocks.setdefault(look.block, {}).setdefault(look, []).append(row)
    found = []
    for block in blocks.values():
        for together in _clusters(sorted(block, key=_order)):
            members = sorted((row for look in together for row in block[look]), key=reported)
            found.append(tuple(row.id for row in members))
    return sorted(found)


def resolve(event: str, redirects: Iterable[RedirectRow]) -> str | None:
    """The event to which an id, present or past, leads; None for an unknown one."""
    return next((row.event for row in redirects if row.old == event), None)


def _rows(reports: Iterable[ReportRow]) -> dict[str, ReportRow]:
    rows: dict[str, ReportRow] = {}
    for row in reports:
        if not any(party.side != "other" for party in row.parties):
            raise InputError(f"report {row.id} of document {row.document} has no parties: it can be no event")
        if rows.setdefault(row.id, row) != row:
            raise InputError(f"report {row.id} is given twice with different content")
    return {key: rows[key] for key in sorted(rows)}


def _order(look: Face) -> tuple[str, ...]:
    return tuple(str(getattr(look, name)) for name in Face.__slots__)


def _clusters(looks: Sequence[Face]) -> list[list[Face]]:
    """Complete linkage over the compatible pairs of one block, the closest first; ties by content."""
    pairs = []
    by_day = sorted(range(len(looks)), key=lambda i: (looks[i].start or date.min, i))
    for place, i in enumerate(by_day):
        reach = (looks[i].stop or date.max - timedelta(2)) + timedelta(1)
        for j in by_day[place + 1 :]:
            if (looks[j].start or date.min) > reach:
                break
            a, b = min(i, j), max(i, j)
            if compatible(looks[a], looks[b]):
                pairs.append((-closeness(looks[a], looks[b]), a, b))
    linked = {(a, b) for _, a, b in pairs}
    of = list(range(len(looks)))
    members = {i: [i] for i in range(len(looks))}
    for _, a, b in sorted(pairs):
        one, other = sorted((of[a], of[b]))
        if one == other:
            continue
        if all((min(i, j), max(i, j)) in linked for i in members[one] for j in members[other]):
            for i in members[other]:
                of[i] = one
            members[one] += members.pop(other)
    return [[looks[i] for i in sorted(group)] for _, group in sorted(members.items())]


__all__ = ["event_id", "merge", "partition", "resolve"]
