"""Frozen rows that this room takes and gives: flat, so that the store writes them as they are.

Days are inclusive. An empty tuple, None or '' says that the text gives nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from detente.model import Status

EventStatus = Literal["planned", "occurred", "denied", "cancelled", "conjectured"]
Side = Literal["actor", "recipient", "other"]

EVENT_STATUSES: tuple[str, ...] = ("planned", "occurred", "denied", "cancelled", "conjectured")


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One actor of a report: on which side it stands (``other``: by the way, a third host or mediator) and its role."""

    actor: str
    side: Side = "actor"
    role: str = "party"
    sector: str = "unspecified"
    person: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report with what is known of its document, as merging needs it.

    ``outlet`` and ``owner`` published the document on ``published`` (at ``time``, UTC); ``origin`` names those
    from whom it was taken, nearest first; ``speaker_outlet`` is the outlet whose words the sentence gives
    («по данным Reuters»). ``duplicate`` is the group of texts that repeat one another ('' where the document
    repeats nothing). ``trigger`` is the lemma of the word that carries the act.
    """

    id: str
    document: str
    sentence: int
    parties: tuple[PartyRow, ...]
    type: str
    status: Status
    start: date | None = None
    stop: date | None = None
    precision: str = "none"
    mode: str | None = None
    domain: str = "other"
    aspect: str | None = None
    planned_type: str | None = None
    planned_start: date | None = None
    planned_stop: date | None = None
    planned_precision: str = "none"
    habitual: bool = False
    place: str | None = None
    speaker: str | None = None
    speaker_outlet: str | None = None
    trigger: str = ""
    score: float = 1.0
    outlet: str | None = None
    owner: str | None = None
    published: date | None = None
    time: datetime | None = None
    origin: tuple[str, ...] = ()
    duplicate: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One act, merged from its reports.

    ``counted`` says whether measures may count it: it occurred, is dated to days and is no habit.
    ``disputed`` says that some reports say it happened and others deny it. ``conflicts`` names the details on
    which its reports differ («date;place»); who says what stands in its EventReportRow. ``fulfilled`` is the
    event that carried out what this one planned, ``ended`` the one that called it off; '' where there is none.
    ``first`` and ``last`` are the days of its first and last report; ``sources`` counts independent ones.
    """

    event: str
    type: str
    mode: str | None
    domain: str
    aspect: str | None
    status: EventStatus
    start: date | None
    stop: date | None
    precision: str
    habitual: bool
    counted: bool
    disputed: bool
    conflicts: str
    place: str | None
    trigger: str
    planned_type: str | None
    planned_start: date | None
    planned_stop: date | None
    first: date | None
    last: date | None
    reports: int
    documents: int
    outlets: int
    sources: int
    score: float
    fulfilled: str = ""
    ended: str = ""
    corrections: str = ""


@dataclass(frozen=True, slots=True)
class EventActorRow:
    """One actor of an event; ``reports`` counts those that name it on this side."""

    event: str
    actor: str
    side: Side
    role: str
    sector: str
    person: str | None
    office: str | None
    reports: int


@dataclass(frozen=True, slots=True)
class EventReportRow:
    """A report's place in its event: from which independent ``source`` it comes and where it differs.

    ``source`` numbers the event's independent sources from 1. ``differs`` lists the details in which this
    report departs from the event («date;place»), ``before`` is the event's status when only the reports up to
    this one had been published.
    """

    event: str
    report: str
    document: str
    position: int
    source: int
    origin: str
    status: Status
    before: EventStatus
    differs: str


@dataclass(frozen=True, slots=True)
class RedirectRow:
    """An id that an event had or could have had, and the event where its report is now."""

    old: str
    event: str


@dataclass(frozen=True, slots=True)
class Merged:
    """All events of a record with their actors, their reports and the redirects of their ids, each sorted."""

    events: tuple[EventRow, ...] = ()
    actors: tuple[EventActorRow, ...] = ()
    reports: tuple[EventReportRow, ...] = ()
    redirects: tuple[RedirectRow, ...] = field(default=())
