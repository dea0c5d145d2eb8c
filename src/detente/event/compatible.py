"""May two reports tell of one act? The rules, one by one; each is symmetric."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from detente.event.rows import ReportRow
from detente.text.signature import stem

FINE = frozenset({"day", "range"})  # what measures may count; coarser reports are kept apart
LONGEST = 45  # days: within a longer range a report of one day tells of another act, or of a part of it
NEIGHBOUR = 1  # days by which two reports of one act may differ: the night, the time zone, the agency's stamp
# An act of these types is made once; of the others the next day may bring another.
SINGLE = frozenset({"AGREE", "CONSULT", "COOPERATE", "AID", "SANCTION", "RETREAT", "CONCEDE"})
# Both sides do them together, so that a text may name either first.
MUTUAL = frozenset({"AGREE", "CONSULT", "COOPERATE"})
OPEN = frozenset({"other", ""})


@dataclass(frozen=True, slots=True)
class Face:
    """All by which a report is compared: reports with one face are one act or none."""

    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    type: str
    mode: str
    domain: str
    planned_type: str
    habitual: bool
    precision: str
    start: date | None
    stop: date | None
    place: str
    trigger: str
    document: str  # of undated reports alone: without a day, only texts that repeat one another tell of one act

    @property
    def block(self) -> tuple[object, ...]:
        """What must be equal; only reports of one block are compared."""
        sides = (self.actors, self.recipients)
        if self.type in MUTUAL:
            sides = (tuple(sorted({*self.actors, *self.recipients})), ())
        coarse = "" if self.precision in FINE else self.precision
        dates = (None, None) if not coarse else (self.start, self.stop)
        return (*sides, self.type, self.planned_type, self.habitual, coarse, *dates, self.document)


def face(report: ReportRow) -> Face:
    """The face of a report."""
    actors = tuple(sorted({p.actor for p in report.parties if p.side == "actor"}))
    recipients = tuple(sorted({p.actor for p in report.parties if p.side == "recipient"}))
    dated = report.start is not None and report.stop is not None
    return Face(
        actors, recipients, report.type, report.mode or "", report.domain, report.planned_type or "", report.habitual,
        report.precision if dated else "none", report.start, report.stop, place_key(report.place),
        stem(report.trigger.casefold()) if report.trigger else "", "" if dated else report.duplicate or report.document,
    )  # fmt: skip


def faces(reports: Iterable[ReportRow]) -> dict[str, Face]:
    """The face of each report by its id.

    A reprint adds an outlet, never an event: where it says «yesterday» two days later than its original, or has
    lost the day, its report takes the original's face. What it dates otherwise in so many words stays its own.
    """
    found: dict[str, Face] = {}
    copies: dict[tuple[object, ...], list[ReportRow]] = {}
    for row in reports:
        found[row.id] = look = face(row)
        if row.duplicate:
            act = (row.duplicate, look.actors, look.recipients, look.type, look.mode, look.planned_type, look.trigger)
            copies.setdefault(act, []).append(row)
    for rows in copies.values():
        first = min(rows, key=reported).document
        originals = sorted((row for row in rows if row.document == first), key=reported)
        days = {(row.start, row.stop) for row in originals}
        for row in rows:
            if row.document != first and (row.start, row.stop) not in days:
                same = [other for other in originals if _distance(row) and _distance(other) == _distance(row)]
                if row.start is None:
                    same = originals if len(originals) == 1 else []
                if same:
                    found[row.id] = found[same[0].id]
    return found


def _distance(row: ReportRow) -> tuple[int, int] | None:
    """Days from the act's beginning and end to publication; two rows without these days have none in common."""
    if row.start is None or row.stop is None or row.published is None:
        return None
    return ((row.published - row.start).days, (row.published - row.stop).days)


def reported(row: ReportRow) -> tuple[datetime, int, str]:
    """Order of publication: the moment, or the end of the day where only that is known; unknown days last."""
    if row.time is not None:
        moment = row.time if row.time.tzinfo else row.time.replace(tzinfo=UTC)
        return (moment, row.sentence, row.id)
    day = row.published or date.max
    return (datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC), row.sentence, row.id)


@lru_cache(maxsize=1 << 14)
def place_key(place: str | None) -> str:
    """A place by the beginnings of its words, so that its case and preposition do not count."""
    found = (place or "").casefold().replace("ё", "е").split()
    return " ".join(stem(word) for word in found if len(word) > 2) or " ".join(found)


def compatible(one: Face, other: Face) -> bool:
    """Whether two faces of one block may be one act.

    The mode is the same or open; the sides do not stand the other way round; the days meet (a neighbouring day
    does for acts that are made once and agree in word or place); and neither word and domain nor word and place
    differ at once.
    """
    if one.mode and other.mode and one.mode != other.mode:
        return False
    if one.recipients and other.recipients and one.actors != other.actors:
        return False
    same_word = bool(one.trigger) and one.trigger == other.trigger
    same_place = bool(one.place) and one.place == other.place
    if not same_word:
        if one.domain != other.domain and not {one.domain, other.domain} & OPEN:
            return False
        if one.place and other.place and not same_place:
            return False
    return _days_meet(one, other, same_word or same_place)


def _days_meet(one: Face, other: Face, agree: bool) -> bool:
    if one.start is None or one.stop is None or other.start is None or other.stop is None:
        return one.start == other.start and one.stop == other.stop
    if one.precision not in FINE or other.precision not in FINE:
        return (one.start, one.stop) == (other.start, other.stop)
    longest = max(one.stop - one.start, other.stop - other.start)
    if longest > timedelta(LONGEST) and (one.start, one.stop) != (other.start, other.stop):
        return False
    gap = max(one.start, other.start) - min(one.stop, other.stop)
    if gap <= timedelta(0):
        return True
    return gap <= timedelta(NEIGHBOUR) and one.type in SINGLE and agree


def closeness(one: Face, other: Face) -> int:
    """In how many details two compatible faces agree, for joining the closest first."""
    details = (
        one.start == other.start and one.stop == other.stop,
        one.start == other.start and one.stop == other.stop and one.start is not None,
        bool(one.mode) and one.mode == other.mode,
        bool(one.trigger) and one.trigger == other.trigger,
        bool(one.place) and one.place == other.place,
        one.domain == other.domain,
        one.actors == other.actors and one.recipients == other.recipients,
    )
    return sum(details)
