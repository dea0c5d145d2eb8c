"""Corrections by people: an append-only overlay, applied after merging, the same on every rerun.

A correction names an event by an id that it has or had, which leads through one of its reports to wherever
that report is now; so corrections survive new documents, new ids and rebuilds. What can no longer be applied
is told, never dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from detente.errors import InputError
from detente.event.build import Draft, event_id
from detente.event.compatible import reported
from detente.event.rows import EVENT_STATUSES, ReportRow
from detente.model import ASPECTS, DOMAINS, PRECISIONS, content_id
from detente.ontology.plover import TYPES

VERBS = ("reject", "recode", "split", "merge", "actor", "duplicate", "undo")
FIELDS = ("type", "mode", "domain", "aspect", "status", "start", "stop", "precision", "place", "habitual")


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One decision of a person. ``time`` is UTC; the id comes from the content.

    ======== ===================== ============ =========== ==========================
    verb     target                field        value       items
    ======== ===================== ============ =========== ==========================
    reject   event
    recode   event                 one of FIELDS its value
    split    event                                          reports that are another act
    merge    event                                          events that are the same act
    actor    event                 actor's code new code,
                                                '' for none
    duplicate document that repeats nothing
    undo     correction
    ======== ===================== ============ =========== ==========================
    """

    id: str
    time: datetime
    who: str
    why: str
    verb: str
    target: str
    field: str = ""
    value: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction: the event where it was applied, or why it was not."""

    correction: str
    applied: bool
    event: str = ""
    reason: str = ""


def correction(
    verb: str,
    target: str,
    *,
    who: str,
    why: str,
    time: datetime,
    field: str = "",
    value: str = "",
    items: Iterable[str] = (),
) -> CorrectionRow:
    """A checked correction. ``time`` without a zone is taken as UTC.

    Raises InputError for an unknown verb, field or value, and where who, why, the target or items are missing.
    """
    items = tuple(sorted(set(items)))
    if verb not in VERBS:
        raise InputError(f"'{verb}' is no correction; use one of {', '.join(VERBS)}")
    for name, given in (("who", who), ("why", why), ("target", target)):
        if not given.strip():
            raise InputError(f"a correction needs '{name}'")
    if verb in {"split", "merge"} and not items:
        raise InputError(f"{verb} needs the {'reports' if verb == 'split' else 'events'} that it is about")
    if verb == "actor" and not field:
        raise InputError("actor needs the code that is to be replaced")
    if verb == "recode":
        _check(field, value)
    moment = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    name = content_id("c", moment.isoformat(), who, why, verb, target, field, value, *items)
    return CorrectionRow(name, moment, who, why, verb, target, field, value, items)


def _check(field: str, value: str) -> None:
    allowed: dict[str, tuple[str, ...]] = {
        "type": tuple(TYPES),
        "mode": ("", *sorted({mode for kind in TYPES.values() for mode in kind.modes})),
        "domain": DOMAINS,
        "aspect": ("", *ASPECTS),
        "status": EVENT_STATUSES,
        "precision": PRECISIONS,
        "habitual": ("true", "false"),
    }
    if field not in FIELDS:
        raise InputError(f"'{field}' cannot be recoded; use one of {', '.join(FIELDS)}")
    if field in allowed and value not in allowed[field]:
        raise InputError(f"'{value}' is no {field}; use one of {', '.join(filter(None, allowed[field]))}")
    if field in {"start", "stop"} and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise InputError(f"'{value}' is no date; write it as YYYY-MM-DD") from None


def in_force(corrections: Iterable[CorrectionRow]) -> list[CorrectionRow]:
    """Corrections in the order in which they were made, without those undone by a later one that stands."""
    ordered = sorted({row.id: row for row in corrections}.values(), key=lambda row: (row.time, row.id))
    undone: set[str] = set()
    for row in reversed(ordered):
        if row.verb == "undo" and row.id not in undone:
            undone.add(row.target)
    return [row for row in ordered if row.id not in undone]


def undone_duplicates(corrections: Iterable[CorrectionRow]) -> frozenset[str]:
    """Documents that a person declared to repeat nothing, for grouping."""
    return frozenset(row.target for row in in_force(corrections) if row.verb == "duplicate")


class _Overlay:
    """Drafts while corrections are applied, found through the reports that they hold."""

    def __init__(self, drafts: Iterable[Draft], rows: Mapping[str, ReportRow]) -> None:
        self.rows = rows
        self.drafts: dict[str, Draft] = {}  # by the id of the first report
        self.of: dict[str, str] = {}
        for draft in drafts:
            self.put(draft)
        self.reports = {event_id(row): key for key, row in rows.items()}

    def put(self, draft: Draft) -> Draft:
        ordered = tuple(sorted(draft.reports, key=lambda key: reported(self.rows[key])))
        draft = replace(draft, reports=ordered)
        self.drafts[ordered[0]] = draft
        self.of.update(dict.fromkeys(ordered, ordered[0]))
        return draft

    def take(self, event: str) -> Draft:
        """Take out the draft to which an event's id, present or past, leads. Raises InputError where none is."""
        report = self.reports.get(event)
        if report is None:
            raise InputError(f"no report leads from {event} to an event any more")
        return self.drafts.pop(self.of[report])


def apply(
    drafts: Iterable[Draft], rows: Mapping[str, ReportRow], corrections: Iterable[CorrectionRow]
) -> tuple[list[Draft], tuple[Outcome, ...]]:
    """Drafts after all corrections, sorted by their reports, with what became of each correction."""
    given = sorted({row.id: row for row in corrections}.values(), key=lambda row: (row.time, row.id))
    standing = {row.id for row in in_force(given)}
    overlay = _Overlay(drafts, rows)
    verbs: dict[str, Callable[[_Overlay, CorrectionRow], Draft]] = {
        "reject": lambda o, c: o.put(_marked(replace(o.take(c.target), rejected=True), c)),
        "recode": _recode,
        "split": _split,
        "merge": _merge,
        "actor": _actor,
    }
    outcomes = []
    for row in given:
        if row.id not in standing:
            outcomes.append(Outcome(row.id, False, reason="undone by a later correction"))
        elif row.verb == "undo":
            known = any(other.id == row.target for other in given)
            outcomes.append(Outcome(row.id, known, reason="" if known else f"there is no correction {row.target}"))
        elif row.verb == "duplicate":
            outcomes.append(_alone(overlay, row))
        else:
            before = dict(overlay.drafts), dict(overlay.of)
            try:
                draft = verbs[row.verb](overlay, row)
            except InputError as error:
                overlay.drafts, overlay.of = before
                outcomes.append(Outcome(row.id, False, reason=str(error)))
            else:
                outcomes.append(Outcome(row.id, True, event_id(rows[draft.reports[0]])))
    return sorted(overlay.drafts.values(), key=lambda draft: draft.reports), tuple(outcomes)


def _marked(draft: Draft, row: CorrectionRow) -> Draft:
    return replace(draft, corrections=(*draft.corrections, row.id))


def _recode(overlay: _Overlay, row: CorrectionRow) -> Draft:
    draft = overlay.take(row.target)
    return overlay.put(_marked(replace(draft, recoded=(*draft.recoded, (row.field, row.value or None))), row))


def _actor(overlay: _Overlay, row: CorrectionRow) -> Draft:
    draft = overlay.take(row.target)
    present = {party.actor for key in draft.reports for party in overlay.rows[key].parties} | {
        new for _, new in draft.actors
    }
    if row.field not in present:
        raise InputError(f"{row.field} is no actor of {row.target}")
    changed = tuple((old, row.value if new == row.field else new) for old, new in draft.actors)
    return overlay.put(_marked(replace(draft, actors=(*changed, (row.field, row.value))), row))


def _split(overlay: _Overlay, row: CorrectionRow) -> Draft:
    draft = overlay.take(row.target)
    apart = tuple(key for key in draft.reports if key in row.items)
    rest = tuple(key for key in draft.reports if key not in row.items)
    if not apart or not rest:
        raise InputError(f"{row.target} holds {'none' if not apart else 'nothing but'} of the reports to be split off")
    overlay.put(_marked(replace(draft, reports=apart), row))
    return overlay.put(_marked(replace(draft, reports=rest), row))


def _merge(overlay: _Overlay, row: CorrectionRow) -> Draft:
    draft = overlay.take(row.target)
    for event in row.items:
        report = overlay.reports.get(event)
        if report is not None and report in draft.reports:
            continue
        other = overlay.take(event)
        draft = replace(
            draft,
            reports=(*draft.reports, *other.reports),
            recoded=(*other.recoded, *draft.recoded),
            actors=(*draft.actors, *other.actors),
            alone=draft.alone | other.alone,
            corrections=tuple(dict.fromkeys((*draft.corrections, *other.corrections))),
            rejected=draft.rejected and other.rejected,
        )
    return overlay.put(_marked(draft, row))


def _alone(overlay: _Overlay, row: CorrectionRow) -> Outcome:
    touched = [d for d in overlay.drafts.values() if any(overlay.rows[key].document == row.target for key in d.reports)]
    for draft in touched:
        overlay.put(_marked(replace(draft, alone=draft.alone | {row.target}), row))
    # A document without reports is still kept out of its group, so the correction has its effect.
    return Outcome(row.id, True, event_id(overlay.rows[touched[0].reports[0]]) if touched else "")


def dump(corrections: Iterable[CorrectionRow]) -> bytes:
    """Corrections as JSON lines in UTF-8, in the order in which they were made."""
    lines = []
    for row in sorted({row.id: row for row in corrections}.values(), key=lambda row: (row.time, row.id)):
        body = {**asdict(row), "time": row.time.isoformat(), "items": list(row.items)}
        lines.append(json.dumps(body, ensure_ascii=False, sort_keys=True) + "\n")
    return "".join(lines).encode("utf-8")


def load(data: bytes) -> list[CorrectionRow]:
    """Corrections from JSON lines; each is checked anew. Raises InputError with the line that is wrong."""
    found = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            body = json.loads(line)
            name = body.pop("id", None)
            row = correction(**{**body, "time": datetime.fromisoformat(body["time"])})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"line {number} is no correction: {error}") from None
        except InputError as error:
            raise InputError(f"line {number}: {error}") from None
        if name is not None and name != row.id:
            raise InputError(f"line {number}: its id {name} does not belong to its content; it was changed by hand")
        found.append(row)
    return found
