"""Frozen rows of imported datasets: events with their own provenance, and dyad-days that are no events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from detente.model import Status


@dataclass(frozen=True, slots=True)
class DatasetEvent:
    """One row of an event dataset: who did what to whom on a day, as the dataset coded it.

    ``dataset`` and ``source_id`` are its provenance; a dataset without ids gets one from the row's content and its
    number among equal rows. ``actor`` and ``recipient`` are codes of our tables, None where those know nobody;
    the names are the dataset's own. ``more_actors`` and ``more_recipients`` hold further states of a side
    that the dataset itself gives several. ``code`` is the dataset's event code; ``type`` is None where PLOVER has no
    such event («Make statement»): such a row is kept and never counted. ``status`` is occurred, for datasets tell
    no other; ``planned_type`` says what an expressed intent is about. ``roles`` are party, host or mediator.
    ``count`` is the number of the dataset's events that an aggregated row stands for; ``mentions``, ``sources``
    and ``articles`` are its own counts of reports, None where it has none. ``published`` is the day on which the
    dataset took the event up.
    """

    dataset: str
    source_id: str
    day: date
    actor: str | None
    recipient: str | None
    actor_name: str
    recipient_name: str
    code: str
    type: str | None
    mode: str | None
    quad: str
    domain: str | None = None
    planned_type: str | None = None
    status: Status = "occurred"
    actor_sector: str = "unspecified"
    recipient_sector: str = "unspecified"
    actor_person: str | None = None
    recipient_person: str | None = None
    actor_office: str | None = None
    recipient_office: str | None = None
    actor_role: str = "party"
    recipient_role: str = "party"
    url: str | None = None
    language: str | None = None
    publisher: str | None = None
    published: date | None = None
    count: int = 1
    mentions: int | None = None
    sources: int | None = None
    articles: int | None = None
    more_actors: tuple[str, ...] = ()
    more_recipients: tuple[str, ...] = ()

    @property
    def countable(self) -> bool:
        """Whether the row is an event between two different actors of our tables."""
        return self.type is not None and bool(self.pairs())

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every ordered pair of an actor and another actor as recipient, the main one first."""
        sides = [
            tuple(dict.fromkeys(code for code in (main, *more) if code is not None))
            for main, more in ((self.actor, self.more_actors), (self.recipient, self.more_recipients))
        ]
        return tuple((a, b) for a in sides[0] for b in sides[1] if a != b)


@dataclass(frozen=True, slots=True)
class DyadDay:
    """One net value for an unordered pair of actors on one day: no event, and it says what it cannot feed.

    ``value`` is the dataset's composite, above zero for cooperation, in its own unit. Cooperation and conflict of one
    day cancel out in it, so it can stand beside a balance as a series of its own, but nothing can be counted from it.
    """

    dataset: str
    day: date
    first: str | None
    second: str | None
    first_name: str
    second_name: str
    value: float

    LACKS: ClassVar[tuple[str, ...]] = (
        "type", "mode", "domain", "aspect", "status", "role", "direction", "reports", "sources", "event",
    )  # fmt: skip
    CANNOT_FEED: ClassVar[dict[str, str]] = {
        "engagement": "needs distinct days with a cooperative event; a net value hides them",
        "parity": "needs domains and aspects",
        "portfolio": "needs counted days",
        "coverage": "needs reports and sources",
        "check": "has no event, sentence or source to show",
    }
    CAN_FEED: ClassVar[tuple[str, ...]] = ("series of net values",)
