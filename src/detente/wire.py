"""Readings as plain JSON types: the form that ``annotate`` writes, and the form of the gold files."""

from __future__ import annotations

from typing import Any

from detente.model import Attribution, Interval, Mention, Party, Reading, Report, Span

SURE = 0.7  # score from which the gold form calls an event sure


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"start": span.start, "stop": span.stop, "text": span.text}


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {
        "start": interval.start.isoformat() if interval.start else None,
        "stop": interval.stop.isoformat() if interval.stop else None,
        "precision": interval.precision,
        "span": _span(interval.span),
    }


def _mention(mention: Mention) -> dict[str, Any]:
    return {
        "start": mention.start, "stop": mention.stop, "text": mention.text, "type": mention.type,
        "actor": mention.actor, "sector": mention.sector, "person": mention.person, "office": mention.office,
        "kind": mention.kind,
    }  # fmt: skip


def _party(party: Party) -> dict[str, Any]:
    return {
        "actor": party.actor, "role": party.role, "sector": party.sector, "person": party.person,
        "office": party.office, "span": _span(party.span),
    }  # fmt: skip


def report_to_dict(report: Report) -> dict[str, Any]:
    """Every field of a report, spans as ``{"start", "stop", "text"}``."""
    return {
        "sentence": report.sentence,
        "actors": [_party(party) for party in report.actors],
        "recipients": [_party(party) for party in report.recipients],
        "others": [_party(party) for party in report.others],
        "type": report.type,
        "mode": report.mode,
        "domain": report.domain,
        "aspect": report.aspect,
        "status": report.status,
        "planned_type": report.planned_type,
        "planned_date": _interval(report.planned_date),
        "habitual": report.habitual,
        "date": _interval(report.date),
        "place": _span(report.place),
        "speaker": _span(report.speaker),
        "attribution": report.attribution,
        "trigger": _span(report.trigger),
        "entry": report.entry,
        "score": report.score,
    }


def _attribution(attribution: Attribution) -> dict[str, Any]:
    return {
        "speaker": _span(attribution.speaker),
        "cue": _span(attribution.cue),
        "content": {"start": attribution.content.start, "stop": attribution.content.stop},
        "kind": attribution.kind,
        "hearsay": attribution.hearsay,
        "actor": attribution.actor,
        "parent": attribution.parent,
        "voice": attribution.voice,
    }


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """A reading in the form that ``annotate`` writes (without ``id``)."""
    document = reading.document
    return {
        "language": document.language,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "source": document.source,
        "sentences": [{"index": s.index, "start": s.start, "stop": s.stop} for s in reading.sentences],
        "mentions": [_mention(mention) for mention in reading.mentions],
        "reports": [report_to_dict(report) for report in reading.reports],
        "attributions": [_attribution(each) for each in reading.attributions],
        "warnings": list(reading.warnings),
    }


def gold_form(reading: Reading) -> list[dict[str, Any]]:
    """Events in the form of the gold files: codes only, the speaker as ``source``.

    ``sure`` is 1 where the score is at least ``SURE``. In gold files people say so; here it lets a scorer
    measure apart what the coder itself trusts.
    """
    return [
        {
            "actors": sorted({party.actor for party in report.actors}),
            "recipients": sorted({party.actor for party in report.recipients}),
            "type": report.type,
            "domain": report.domain,
            "status": report.status,
            "source": report.speaker.text if report.speaker else None,
            "trigger": report.trigger.text,
            "sure": int(report.score >= SURE),
        }
        for report in reading.reports
    ]
