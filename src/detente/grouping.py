"""Documents and reports of the whole record to duplicates and events: the place where merging is called from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from detente.event import duplicates
from detente.event.rows import EventActorRow, EventReportRow, EventRow, Merged, PartyRow, ReportRow
from detente.model import content_id
from detente.text.signature import Signature, signed_text

Row = dict[str, Any]
Read = Callable[[str], list[Row]]

_REPORTS = """
SELECT r.*, d.outlet, o.owner, d.published, d.time, d.origin
FROM report AS r JOIN document AS d USING (document) LEFT JOIN outlet AS o USING (outlet) ORDER BY report
"""
_SIGNED = """
SELECT s.*, d.published, d.language FROM signature AS s JOIN document AS d USING (document) ORDER BY document
"""
_PARTIES = "SELECT report, actor, side, role, sector, person, office FROM report_actor ORDER BY report, position"


def group(read: Read) -> Mapping[str, Sequence[Row]]:
    """Rows of the tables duplicate, pair, event, event_actor, event_report and redirect.

    ``read`` gives the rows of a query over the tables that shards fill. The answer does not depend on the order
    in which documents came.
    """
    found = repeats(read)
    merged = merge(report_rows(read, found.groups))
    return {
        "duplicate": [asdict(row) for row in found.documents],
        "pair": [asdict(row) for row in found.pairs],
        "event": [asdict(row) for row in merged.events],
        "event_actor": [asdict(row) for row in merged.actors],
        "event_report": [asdict(row) for row in merged.reports],
        "redirect": [asdict(row) for row in merged.redirects],
    }


def repeats(read: Read) -> duplicates.Duplicates:
    """Which documents repeat one another."""
    signed = [
        duplicates.SignedText(
            row["document"],
            Signature(row["digest"], row["minhash"], row["keys"], row["words"], row["version"]),
            row["published"],
            row["language"],
        )
        for row in read(_SIGNED)
    ]
    texts = {row["document"]: (row["text"], row["title"]) for row in read("SELECT document, text, title FROM document")}
    return duplicates.group(signed, lambda name: signed_text(*texts[name]))


def report_rows(read: Read, groups: Mapping[str, str]) -> list[ReportRow]:
    """All reports as merging takes them, in order of their ids; ``groups`` from documents to their duplicates."""
    parties: dict[str, list[PartyRow]] = {}
    for row in read(_PARTIES):
        parties.setdefault(row.pop("report"), []).append(PartyRow(**row))
    found = []
    for row in read(_REPORTS):
        found.append(
            ReportRow(
                id=row["report"],
                document=row["document"],
                sentence=row["sentence"],
                parties=tuple(parties.get(row["report"], ())),
                trigger=row["entry"],
                duplicate=groups.get(row["document"], ""),
                planned_precision=row["planned_precision"] or "none",
                origin=tuple((row["origin"] or "").split(" < ")) if row["origin"] else (),
                **{name: row[name] for name in _SAME},
            )
        )
    return found


_SAME = (
    "type", "status", "start", "stop", "precision", "mode", "domain", "aspect", "planned_type", "planned_start",
    "planned_stop", "habitual", "place", "speaker", "score", "outlet", "owner", "published", "time",
)  # fmt: skip


def merge(reports: Sequence[ReportRow]) -> Merged:
    """Every report as an event of its own."""
    events: list[EventRow] = []
    actors: dict[tuple[str, str, str, str], EventActorRow] = {}
    places: list[EventReportRow] = []
    for report in reports:
        name = content_id("e", report.id)
        counted = report.status == "occurred" and report.start is not None and not report.habitual
        events.append(
            EventRow(
                event=name, type=report.type, mode=report.mode, domain=report.domain, aspect=report.aspect,
                status=report.status, start=report.start, stop=report.stop, precision=report.precision,
                habitual=report.habitual, counted=counted, disputed=False, conflicts="", place=report.place,
                trigger=report.trigger, planned_type=report.planned_type, planned_start=report.planned_start,
                planned_stop=report.planned_stop, first=report.published, last=report.published, reports=1,
                documents=1, outlets=1 if report.outlet else 0, sources=1, score=report.score,
            )
        )  # fmt: skip
        for party in report.parties:
            key = (name, party.side, party.actor, party.role)
            actors.setdefault(
                key,
                EventActorRow(name, party.actor, party.side, party.role, party.sector, party.person, party.office, 1),
            )
        places.append(EventReportRow(name, report.id, report.document, 0, 1, "", report.status, report.status, ""))
    return Merged(tuple(events), tuple(actors.values()), tuple(places), ())
