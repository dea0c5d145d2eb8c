"""A partition of reports to rows: details by vote, status over time, independent sources, links between events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from detente.event.compatible import FINE, place_key, reported
from detente.event.rows import (
    EventActorRow,
    EventReportRow,
    EventRow,
    EventStatus,
    Merged,
    PartyRow,
    RedirectRow,
    ReportRow,
)
from detente.event.sources import independent, source_of
from detente.model import content_id
from detente.ontology.plover import TYPES

Value = TypeVar("Value", bound=Hashable)
# What a later REJECT or RETREAT of the same parties calls off, by its type and mode.
CALLS_OFF: dict[tuple[str, str], frozenset[str]] = {
    ("REJECT", "meet"): frozenset({"CONSULT"}),
    ("RETREAT", ""): frozenset({"SANCTION", "MOBILIZE", "COERCE", "ASSAULT"}),
    ("RETREAT", "withdraw"): frozenset({"MOBILIZE", "ASSAULT", "SANCTION"}),
    ("RETREAT", "ceasefire"): frozenset({"ASSAULT"}),
    ("RETREAT", "access"): frozenset({"SANCTION", "COERCE"}),
}
AHEAD = 400  # days: how far ahead a plan may lie that a cancellation without a date calls off
FINENESS = ("day", "range", "week", "month", "season", "quarter", "half_year", "year", "years", "relative", "none")


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before its rows: the ids of its reports and what a person decided about it."""

    reports: tuple[str, ...]
    recoded: tuple[tuple[str, str | None], ...] = ()
    actors: tuple[tuple[str, str], ...] = ()  # old code, new code ('' takes it out)
    alone: frozenset[str] = frozenset()  # documents declared to repeat nothing
    corrections: tuple[str, ...] = ()
    rejected: bool = False


def event_id(first: ReportRow) -> str:
    """The id of an event whose first-published report is ``first``."""
    return content_id("e", first.id)


def build(drafts: Iterable[Draft], rows: Mapping[str, ReportRow], owners: Mapping[str, str]) -> Merged:
    """The rows of all events that no person rejected, sorted by id; redirects lead from every report's id."""
    known = {row.outlet: row.owner for row in rows.values() if row.outlet and row.owner}
    known = {**dict(sorted(known.items())), **owners}
    events: list[EventRow] = []
    actors: list[EventActorRow] = []
    reports: list[EventReportRow] = []
    redirects: list[RedirectRow] = []
    decided: set[str] = set()  # events whose status a person has set
    for draft in drafts:
        members = sorted((rows[key] for key in draft.reports), key=reported)
        name = event_id(members[0])
        redirects += [RedirectRow(event_id(row), name) for row in members]
        if draft.rejected:
            continue
        event, cited = _event(name, members, draft, known)
        events.append(event)
        if any(field == "status" for field, _ in draft.recoded):
            decided.add(name)
        reports += cited
        actors += _actors(name, members, draft)
    parties = {name: frozenset(codes) for name, codes in _by_event(actors).items()}
    return Merged(
        tuple(sorted(_linked(events, parties, reports, decided), key=lambda row: row.event)),
        tuple(sorted(actors, key=lambda row: (row.event, row.side, row.actor))),
        tuple(sorted(reports, key=lambda row: (row.event, row.position))),
        tuple(sorted(redirects, key=lambda row: row.old)),
    )


def _event(
    name: str, members: Sequence[ReportRow], draft: Draft, owners: Mapping[str, str]
) -> tuple[EventRow, list[EventReportRow]]:
    source = independent(members, owners, draft.alone)
    vote = partial(_vote, source)
    dates = _date(members, source)
    mode = vote([(row, row.mode) for row in members if row.mode])
    domain = vote([(row, row.domain) for row in members if row.domain != "other"]) or "other"
    aspect = vote([(row, row.aspect) for row in members if row.aspect and row.domain == domain])
    key = vote([(row, place_key(row.place)) for row in members if row.place])
    place = vote([(row, row.place) for row in members if row.place and place_key(row.place) == key])
    trigger = vote([(row, row.trigger) for row in members]) or ""
    planned = _vote_plan(members, source)
    cited, conflicts = [], set()
    for position, row in enumerate(members):
        differs = [
            what
            for what, differing in (
                ("date", (row.start, row.stop) != dates[:2]),
                ("mode", bool(row.mode) and row.mode != mode),
                ("domain", row.domain not in {"other", domain}),
                ("aspect", bool(row.aspect) and bool(aspect) and row.aspect != aspect),
                ("place", bool(row.place) and place_key(row.place) != key),
            )
            if differing
        ]
        conflicts |= set(differs)
        before, _ = _status(members[: position + 1], source)
        origin = source_of(row)
        cited.append(
            EventReportRow(
                name, row.id, row.document, position, source[row.id], origin, row.status, before, ";".join(differs)
            )
        )
    status, disputed = _status(members, source)
    if disputed:
        conflicts.add("status")
    days = [row.published for row in members if row.published]
    habitual = members[0].habitual
    event = EventRow(
        event=name,
        type=members[0].type,
        mode=mode,
        domain=domain,
        aspect=aspect,
        status=status,
        start=dates[0],
        stop=dates[1],
        precision=dates[2],
        habitual=habitual,
        counted=False,
        disputed=disputed,
        conflicts=";".join(sorted(conflicts)),
        place=place,
        trigger=trigger,
        planned_type=members[0].planned_type,
        planned_start=planned[0],
        planned_stop=planned[1],
        first=min(days, default=None),
        last=max(days, default=None),
        reports=len(members),
        documents=len({row.document for row in members}),
        outlets=len({row.outlet for row in members if row.outlet}),
        sources=len(set(source.values())),
        score=max(row.score for row in members),
        corrections=";".join(draft.corrections),
    )
    return _counted(_recoded(event, draft)), cited


def _recoded(event: EventRow, draft: Draft) -> EventRow:
    changes: dict[str, object] = {}
    for name, value in draft.recoded:
        if name in {"start", "stop"}:
            changes[name] = date.fromisoformat(value) if value else None
        elif name in {"habitual"}:
            changes[name] = value == "true"
        else:
            changes[name] = value
    event = replace(event, **changes) if changes else event  # type: ignore[arg-type]
    # A type brings its own modes: one of the old type would say nothing.
    fits = event.mode is None or event.type not in TYPES or event.mode in TYPES[event.type].modes
    return event if fits else replace(event, mode=None)


def _counted(event: EventRow) -> EventRow:
    fine = event.precision in FINE and event.start is not None
    return replace(event, counted=event.status == "occurred" and fine and not event.habitual)


def _vote(source: Mapping[str, int], pairs: Sequence[tuple[ReportRow, Value]]) -> Value | None:
    """The value that most independent sources give, then most reports, then the first-published."""
    if not pairs:
        return None
    backers: dict[Value, set[int]] = {}
    for row, value in pairs:
        backers.setdefault(value, set()).add(source[row.id])
    counts = Counter(value for _, value in pairs)
    first = {value: i for i, (_, value) in reversed(list(enumerate(pairs)))}
    return max(backers, key=lambda value: (len(backers[value]), counts[value], -first[value]))


def _date(members: Sequence[ReportRow], source: Mapping[str, int]) -> tuple[date | None, date | None, str]:
    finest = min((FINENESS.index(row.precision) for row in members if row.start), default=len(FINENESS) - 1)
    # One day within a longer act is a part of it: where reports give a range, the range is the act.
    ranges = [(row, (row.start, row.stop, row.precision)) for row in members if row.precision == "range" and row.start]
    exact = [(row, (row.start, row.stop, row.precision)) for row in members if FINENESS.index(row.precision) == finest]
    found = _vote(source, ranges or exact)
    return found or (members[0].start, members[0].stop, members[0].precision)


def _vote_plan(members: Sequence[ReportRow], source: Mapping[str, int]) -> tuple[date | None, date | None]:
    plans = [(row, (row.planned_start, row.planned_stop)) for row in members if row.planned_start]
    return _vote(source, plans) or (None, None)


def _status(members: Sequence[ReportRow], source: Mapping[str, int]) -> tuple[EventStatus, bool]:
    """What the reports so far make of the act, and whether it is disputed.

    That it happened is believed over its denial where as many independent sources say so; a plan gives way to
    both; a conjecture to all.
    """
    backers = {
        status: {source[row.id] for row in members if row.status == status}
        for status in ("occurred", "denied", "planned", "conjectured")
    }
    said, denied = len(backers["occurred"]), len(backers["denied"])
    if said or denied:
        return ("occurred" if said and said >= denied else "denied"), bool(said and denied)
    return ("planned" if backers["planned"] else "conjectured"), False


def _actors(name: str, members: Sequence[ReportRow], draft: Draft) -> list[EventActorRow]:
    renamed = dict(draft.actors)
    found: dict[tuple[str, str], list[PartyRow]] = {}
    for row in members:
        for party in dict.fromkeys(row.parties):
            code = renamed.get(party.actor, party.actor)
            if code:
                found.setdefault((code, party.side), []).append(party)
    # A state that stands on a side is no mere bystander, and in a mutual act is named on one side only.
    taken = {code for code, side in found if side != "other"}
    sides = Counter({key: len(parties) for key, parties in found.items()})
    rows = []
    for (code, side), parties in sorted(found.items()):
        other = "recipient" if side == "actor" else "actor"
        if side == "other" and code in taken:
            continue
        if side != "other" and (sides[code, other], side == "recipient") > (sides[code, side], side != "recipient"):
            continue
        rows.append(
            EventActorRow(
                name,
                code,
                parties[0].side,
                _most(party.role for party in parties) or "party",
                _most(party.sector for party in parties if party.sector != "unspecified") or "unspecified",
                _most(party.person for party in parties if party.person),
                _most(party.office for party in parties if party.office),
                len(parties),
            )
        )
    return rows


def _most(values: Iterable[str | None]) -> str | None:
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _by_event(actors: Iterable[EventActorRow]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in actors:
        if row.side != "other":
            found.setdefault(row.event, set()).add(row.actor)
    return found


def _linked(
    events: Sequence[EventRow],
    parties: Mapping[str, frozenset[str]],
    reports: Sequence[EventReportRow],
    decided: set[str],
) -> list[EventRow]:
    """Plans with what became of them: carried out by a later event, or called off by one."""
    confirmed = {row.event for row in reports if row.status == "occurred"} | decided
    by_parties: dict[frozenset[str], list[EventRow]] = {}
    for event in sorted(events, key=lambda row: (row.start or date.max, row.event)):
        by_parties.setdefault(parties.get(event.event, frozenset()), []).append(event)
    found = []
    for event in events:
        beside = by_parties[parties.get(event.event, frozenset())]
        if event.status == "planned" and event.event not in confirmed:
            end = next((other for other in beside if _calls_off(other, event)), None)
            if end is not None:
                event = replace(event, status="cancelled", ended=end.event)
        if event.planned_type:
            done = next((other for other in beside if _fulfils(other, event)), None)
            if done is not None:
                event = replace(event, fulfilled=done.event)
        found.append(event)
    return found


def _calls_off(end: EventRow, plan: EventRow) -> bool:
    if plan.type not in CALLS_OFF.get((end.type, end.mode or ""), frozenset()) or end.status != "occurred":
        return False
    told, made = end.start or end.first, plan.first
    if told is None or (made is not None and end.last is not None and end.last < made):
        return False
    return plan.stop is None or told <= plan.stop <= told + timedelta(AHEAD)


def _fulfils(done: EventRow, plan: EventRow) -> bool:
    if done.type != plan.planned_type or done.status != "occurred" or done.start is None or done.stop is None:
        return False
    if plan.planned_start is None or plan.planned_stop is None:
        return False
    return done.event != plan.event and done.start <= plan.planned_stop and done.stop >= plan.planned_start
