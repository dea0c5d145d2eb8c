"""Documents and reports of the whole record to duplicates and events: the place where merging is called from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from detente.event import duplicates
from detente.event.correct import CorrectionRow, Outcome, undone_duplicates
from detente.event.merge import merge
from detente.event.rows import PartyRow, ReportRow
from detente.event.stories import StoryRow, stories, story_text
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


def group(read: Read, corrections: Sequence[CorrectionRow] = ()) -> Mapping[str, Sequence[Row]]:
    """Rows of the tables duplicate, pair, story, event, event_actor, event_report, redirect and correction.

    ``read`` gives the rows of a query over the tables that shards fill. The answer does not depend on the order
    in which documents or corrections came.
    """
    found = repeats(read, undone_duplicates(corrections))
    owners = {row["outlet"]: row["owner"] for row in read("SELECT outlet, owner FROM outlet WHERE owner IS NOT NULL")}
    reports = report_rows(read, found.groups)
    merged, outcomes = merge(reports, corrections, owners)
    became = {outcome.correction: outcome for outcome in outcomes}
    return {
        "duplicate": [asdict(row) for row in found.documents],
        "pair": [asdict(row) for row in found.pairs],
        "story": [asdict(row) for row in same_stories(read, reports, found.groups)],
        "event": [{**asdict(row), "dataset": ""} for row in merged.events],
        "event_actor": [asdict(row) for row in merged.actors],
        "event_report": [asdict(row) for row in merged.reports],
        "redirect": [asdict(row) for row in merged.redirects],
        "correction": [_correction(row, became[row.id]) for row in {row.id: row for row in corrections}.values()],
    }


def _correction(row: CorrectionRow, outcome: Outcome) -> Row:
    return {
        "correction": row.id, "time": row.time.replace(tzinfo=None), "who": row.who, "why": row.why,
        "verb": row.verb, "target": row.target, "field": row.field, "value": row.value,
        "items": " ".join(row.items), "applied": outcome.applied, "event": outcome.event, "reason": outcome.reason,
    }  # fmt: skip


def repeats(read: Read, undone: Collection[str] = ()) -> duplicates.Duplicates:
    """Which documents repeat one another; ``undone`` are those that people declared to repeat nothing."""
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
    return duplicates.group(signed, lambda name: signed_text(*texts[name]), undone)


def same_stories(read: Read, reports: Sequence[ReportRow], groups: Mapping[str, str]) -> tuple[StoryRow, ...]:
    """Which documents tell of the same event in different words."""
    acts: dict[str, set[str]] = {}
    for report in reports:
        sides = sorted({party.actor for party in report.parties if party.side != "other"})
        acts.setdefault(report.document, set()).add(" ".join((report.type, *sides)))
    return stories(
        story_text(
            row["document"], row["text"], row["published"], language=row["language"],
            acts=acts.get(row["document"], ()), duplicate=groups.get(row["document"], ""),
        )
        for row in read("SELECT document, text, published, language FROM document ORDER BY document")
    )  # fmt: skip


def report_rows(read: Read, groups: Mapping[str, str]) -> list[ReportRow]:
    """All reports as merging takes them, in order of their ids; ``groups`` from documents to their duplicates.

    A report that names nobody on either side is left out: it can be no event.
    """
    parties: dict[str, list[PartyRow]] = {}
    for row in read(_PARTIES):
        parties.setdefault(row.pop("report"), []).append(PartyRow(**row))
    voices = {
        (row["document"], row["attribution"]): row
        for row in read("SELECT document, attribution, parent, voice, speaker FROM attribution")
    }
    found = []
    for row in read(_REPORTS):
        sides = tuple(parties.get(row["report"], ()))
        if not any(party.side != "other" for party in sides):
            continue
        found.append(
            ReportRow(
                id=row["report"],
                document=row["document"],
                sentence=row["sentence"],
                parties=sides,
                trigger=row["entry"].split("/")[0],  # the head word of the lexicon's entry
                planned_precision=row["planned_precision"] or "none",
                origin=tuple(row["origin"].split(" < ")) if row["origin"] else (),
                duplicate=groups.get(row["document"], ""),
                speaker_outlet=_outlet(row, voices),
                **{name: row[name] for name in _SAME},
            )
        )
    return found


def _outlet(report: Row, voices: Mapping[tuple[str, int], Row]) -> str | None:
    """The outlet whose words a report gives: the outermost one in its chain of speakers."""
    number, found = report["attribution"], None
    while number is not None:
        voice = voices[report["document"], number]
        if voice["voice"] == "outlet" and voice["speaker"]:
            found = voice["speaker"]
        number = voice["parent"]
    return found


_SAME = (
    "type", "status", "start", "stop", "precision", "mode", "domain", "aspect", "planned_type", "planned_start",
    "planned_stop", "habitual", "place", "speaker", "score", "outlet", "owner", "published", "time",
)  # fmt: skip
