"""Frozen records that every room passes on: spans, mentions, dates, reports, readings.

All offsets are character offsets into ``Document.text`` (Python string indices, stop exclusive).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Precision = Literal[
    "day", "range", "week", "month", "season", "quarter", "half_year", "year", "years", "relative", "none"
]
Status = Literal["occurred", "planned", "denied", "conjectured"]
CueKind = Literal["report", "opinion", "distancing", "factive"]
NameType = Literal["PER", "LOC", "ORG", "MISC"]

PRECISIONS: tuple[str, ...] = (
    "day", "range", "week", "month", "season", "quarter", "half_year", "year", "years", "relative", "none",
)  # fmt: skip
STATUSES: tuple[str, ...] = ("occurred", "planned", "denied", "conjectured")
DOMAINS: tuple[str, ...] = (
    "diplomatic", "military", "economic", "energy", "legal", "culture_education", "humanitarian",
    "intelligence_cyber", "territory", "other",
)  # fmt: skip
ASPECTS: tuple[str, ...] = (
    "contact", "agreement", "exercise", "training_education", "arms_industry", "standards_science",
    "operation", "basing", "intelligence", "other",
)  # fmt: skip
SECTORS: tuple[str, ...] = (
    "government", "legislature", "military", "security", "judiciary", "party", "company", "media",
    "organisation", "citizens", "armed_group", "unspecified",
)  # fmt: skip
ROLES: tuple[str, ...] = ("party", "host", "mediator", "participant")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document: character offsets (stop exclusive) and the text between them."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, by position in it."""

    index: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that names an actor, a person, a place or an organisation.

    ``actor`` is an ISO 3166-1 alpha-3 code, a bloc code or a contested entity's code, or None where the
    span names nobody that the tables know. ``kind`` says how it names it:

    - a state or bloc: ``name``, ``state_group`` («страны Балтии», a mention for each member), ``bloc``,
      ``contested``, ``adjective``, ``demonym``, ``capital`` and ``palace`` (the government that sits there);
    - those who act for one: ``office``, ``person``, ``organ``, ``group`` (soldiers, citizens), ``equipment``
      (ships, aircraft), ``company``, ``media``, ``party``, ``organisation`` (tagged as one, in no table);
    - words that take one up: ``pronoun`` («он», «обе стороны», «ведомство», a bare «парламент»);
    - no side: ``place`` (``actor`` is the state it lies in), ``contested_place``, ``armed_group``, ``masked``
      («Голос Америки»), ``attitude`` («антироссийский»: ``actor`` is whom it is for or against).
    """

    start: int
    stop: int
    text: str
    type: NameType
    actor: str | None = None
    sector: str = "unspecified"
    person: str | None = None
    office: str | None = None
    kind: str = "name"


@dataclass(frozen=True, slots=True)
class Interval:
    """When an act took or takes place: inclusive days with the grain in which the text gives them.

    ``precision`` is ``relative`` where the text dates the act by its publication and that day is
    unknown (then ``start`` and ``stop`` are None), ``none`` where it gives no date.
    """

    start: date | None = None
    stop: date | None = None
    precision: Precision = "none"
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says so: a speaker, the cue that marks the speech and the content it reaches over.

    ``kind`` is report, opinion, distancing («якобы») or factive («признал»). ``parent`` is the index,
    among the reading's attributions, of the attribution inside whose content this one stands.
    ``actor`` is the state or bloc for which the speaker speaks, where the tables know it. ``voice`` is what
    kind of speaker it is: person, organisation, outlet, anonymous, document, pronoun, or '' where nobody is named.
    """

    cue: Span
    content: Span
    speaker: Span | None = None
    kind: CueKind = "report"
    hearsay: bool = False
    actor: str | None = None
    parent: int | None = None
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One actor of a report in its role, with the mention that names it."""

    actor: str
    role: str = "party"
    sector: str = "unspecified"
    person: str | None = None
    office: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One sentence's statement that an act happened, is planned, is denied or is conjectured.

    Symmetric acts list all parties in ``actors`` and leave ``recipients`` empty. ``others`` holds those
    who stand by without being a side: a third-party host or mediator. ``attribution`` indexes the
    reading's attributions (innermost first through ``Attribution.parent``). ``entry`` is the id of the
    lexicon entry that fired; ``score`` in (0, 1] is the coder's own confidence.
    """

    sentence: int
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    type: str
    mode: str | None
    domain: str
    aspect: str | None
    status: Status
    date: Interval
    trigger: Span
    entry: str
    score: float
    planned_type: str | None = None
    planned_date: Interval | None = None
    habitual: bool = False
    place: Span | None = None
    speaker: Span | None = None
    attribution: int | None = None
    others: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One published text with what is known of its source and time.

    ``published`` is the day and ``time`` the moment (UTC) of publication. ``outlet`` is the domain of the site
    or the handle of the channel, in lower case; ``source`` the name that it gives itself. ``kind`` is article,
    post, page or text. ``item`` is the source's own id of the text (guid, message, record), ``version`` counts
    its edits from 0, and ``origin`` names those from whom it was taken, nearest first.
    """

    text: str
    title: str | None = None
    published: date | None = None
    language: str | None = None
    source: str | None = None
    time: datetime | None = None
    url: str | None = None
    outlet: str | None = None
    author: str | None = None
    kind: str = "text"
    item: str | None = None
    version: int = 0
    origin: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Content hash: the same title, day and text, of the same outlet and item, give the same id."""
        parts = [self.title or "", str(self.published or ""), self.text]
        if self.outlet or self.item or self.url:
            parts += [self.outlet or "", self.item or self.url or ""]
        return content_id("d", *parts)


@dataclass(frozen=True, slots=True)
class Reject:
    """An item of an input that became no document, and why; ``offset`` is its place in bytes, where known."""

    name: str
    reason: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document reports: sentences, mentions, reports and who says so, each with its span."""

    document: Document
    sentences: tuple[Sentence, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reports: tuple[Report, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def _repr_html_(self) -> str:
        """Rich form for notebooks: the table of reports above the text with its spans."""
        from detente.view.page import fragment

        return fragment(self)

    def to_dict(self) -> dict[str, object]:
        """The reading as plain JSON types, in the form that ``detente annotate`` writes."""
        from detente.wire import reading_to_dict

        return reading_to_dict(self)


def content_id(prefix: str, *parts: str) -> str:
    """Stable id of content: ``prefix`` and the first 16 hex digits of SHA-256 over the parts."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return prefix + hashlib.sha256(joined).hexdigest()[:16]
