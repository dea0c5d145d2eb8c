"""A reading in plain English words: names of actors, dates with their grain, acts, who says so."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from detente.actor.tables import actors
from detente.model import Attribution, Interval, Party, Reading, Report
from detente.ontology.plover import TYPES

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
_GRAINS = {"half_year": "half-year"}
UNKNOWN_DAY = "unknown"
NOBODY = "the text itself"
# Anything that could move the cursor or recolour the reader's terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Row:
    """One report as the cells of a table; ``number`` ties it to its trigger in the text."""

    number: int
    when: str
    who: str
    codes: str
    others: str
    act: str
    plan: str
    topic: str
    status: str
    says: str
    report: Report


def clean(text: str) -> str:
    """The text with every control character shown as ``�``, so that it cannot steer the terminal."""
    return _CONTROL.sub("�", text)


def clipped(text: str, most: int) -> str:
    """The text cut at a word to at most ``most`` characters, with an ellipsis where something is left out."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def actor_name(code: str) -> str:
    """English name of an actor's code; a code that no table knows stands for itself."""
    known = actors().get(code)
    return known.name if known else code.removeprefix("PRE:").replace("_", " ")


def named(code: str) -> str:
    """English name and code: ``Kazakhstan (KAZ)``."""
    name = actor_name(code)
    return name if name == code else f"{name} ({code})"


def day_words(day: date) -> str:
    """A day as ``5 Oct 2024``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month_words(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _stretch(start: date, stop: date) -> str:
    """Two days as one phrase that repeats neither month nor year; whole months and years by name."""
    if start == stop:
        return day_words(start)
    if start.day == 1 and _month_end(stop):
        return _months(start, stop)
    if (start.year, start.month) == (stop.year, stop.month):
        return f"{start.day}–{day_words(stop)}"
    if start.year == stop.year:
        return f"{start.day} {_MONTHS[start.month - 1]} – {day_words(stop)}"
    return f"{day_words(start)} – {day_words(stop)}"


def _months(start: date, stop: date) -> str:
    if start.month == 1 and stop.month == 12:
        return str(start.year) if start.year == stop.year else f"{start.year}–{stop.year}"
    if (start.year, start.month) == (stop.year, stop.month):
        return _month_words(start)
    if start.year == stop.year:
        return f"{_MONTHS[start.month - 1]}–{_month_words(stop)}"
    return f"{_month_words(start)} – {_month_words(stop)}"


def _special(start: date, stop: date, precision: str) -> str | None:
    """The own name of a whole season or quarter, which needs no grain behind it."""
    if start.day != 1 or not _month_end(stop):
        return None
    length = (stop.year - start.year) * 12 + stop.month - start.month + 1
    if length != 3:
        return None
    if precision == "quarter" and start.month % 3 == 1:
        return f"Q{start.month // 3 + 1} {start.year}"
    if precision == "season" and start.month in _SEASONS:
        years = str(start.year) if start.year == stop.year else f"{start.year}–{stop.year % 100:02d}"
        return f"{_SEASONS[start.month]} {years}"
    return None


def when_words(interval: Interval | None) -> str:
    """An interval in words, with its grain where the words do not show it: ``7–13 Oct 2024 (week)``."""
    if interval is None or interval.precision == "none":
        return "no date"
    written = f"«{' '.join(interval.span.text.split())}»" if interval.span else "relative"
    if interval.precision == "relative":
        return f"{written} (day of publication unknown)"
    start, stop = interval.start, interval.stop
    if start is None or stop is None:
        if start is not None:
            return f"since {day_words(start)}"
        return f"until {day_words(stop)}" if stop is not None else written
    special = _special(start, stop, interval.precision)
    if special:
        return special
    words = _stretch(start, stop)
    plain = {
        "day": start == stop,
        "range": start != stop,
        "month": words == _month_words(start),
        "year": words == str(start.year),
        "years": words == f"{start.year}–{stop.year}",
    }
    if plain.get(interval.precision, False):
        return words
    return f"{words} ({_GRAINS.get(interval.precision, interval.precision)})"


def _distinct(parties: Iterable[Party]) -> list[str]:
    return list(dict.fromkeys(party.actor for party in parties))


def sides(report: Report, name: bool = True) -> str:
    """Actor → recipient, or A – B for a symmetric act; English names, or codes."""
    show = actor_name if name else str
    actors_, recipients = _distinct(report.actors), _distinct(report.recipients)
    if not recipients:
        return " – ".join(show(code) for code in actors_)
    return f"{', '.join(map(show, actors_))} → {', '.join(map(show, recipients))}"


def pair(report: Report) -> tuple[frozenset[str], frozenset[str]]:
    """The sides of a report as codes, without the order in which a text names them."""
    return frozenset(_distinct(report.actors)), frozenset(_distinct(report.recipients))


def all_sides(reports: Sequence[Report], name: bool = True) -> str:
    """The sides of several reports of one act: one actor with all its recipients, or the other way round,
    where they share it; else one pair a line.
    """
    actors_ = {pair(report)[0] for report in reports}
    recipients = {pair(report)[1] for report in reports}
    if len(reports) > 1 and frozenset() not in recipients and 1 in (len(actors_), len(recipients)):
        first = reports[0]
        whole = replace(
            first,
            actors=tuple(party for report in reports for party in report.actors),
            recipients=tuple(party for report in reports for party in report.recipients),
        )
        return sides(whole, name)
    distinct: dict[object, Report] = {}
    for report in reports:
        distinct.setdefault(pair(report), report)
    return "\n".join(sides(report, name) for report in distinct.values())


def others_words(report: Report) -> str:
    """Third parties that stand by: ``host: Kazakhstan (KAZ)``; empty where there are none."""
    found = dict.fromkeys((party.role, party.actor) for party in report.others)
    return "; ".join(f"{role}: {named(code)}" for role, code in found)


def act_words(report: Report) -> str:
    """Type and mode: ``CONSULT visit``."""
    return f"{report.type} {report.mode.replace('_', ' ')}" if report.mode else report.type


def plan_words(report: Report) -> str:
    """What a planned visit or drill coded AGREE plans, and for when; empty where nothing is planned."""
    if report.planned_type is None and report.planned_date is None:
        return ""
    what = f"planned {report.planned_type}" if report.planned_type else "planned"
    dated = report.planned_date is not None and report.planned_date.precision != "none"
    return f"{what}: {when_words(report.planned_date)}" if dated else what


def topic_words(report: Report) -> str:
    """Domain and aspect: ``military, exercise``."""
    words = report.domain if report.aspect is None else f"{report.domain}, {report.aspect}"
    return words.replace("_", " ")


def status_words(report: Report) -> str:
    """Status, with a word for what is held regularly and is no single act."""
    return f"{report.status}, habitual" if report.habitual else report.status


def meaning_words(report: Report) -> str:
    """What the act's type and mode mean in plain words: ``travels to the other, its host``."""
    known = TYPES.get(report.type)
    return known.meaning(report.mode) if known else ""


def meanings(reports: Sequence[Report]) -> dict[str, str]:
    """The acts of reports, planned types too, each with what it means; in alphabetical order."""
    found = {act_words(report): meaning_words(report) for report in reports}
    planned = {report.planned_type for report in reports if report.planned_type} & set(TYPES)
    found |= {name: TYPES[name].gloss for name in planned if name not in found}
    return {act: found[act] for act in sorted(found) if found[act]}


def quad_words(report: Report) -> str:
    """Quad class of the report's type: ``verbal cooperation``."""
    known = TYPES.get(report.type)
    return known.quad if known else ""


def chain(reading: Reading, index: int | None) -> list[Attribution]:
    """The attribution and those around it, innermost first; a loop in the parents ends it."""
    found: list[Attribution] = []
    while index is not None and 0 <= index < len(reading.attributions):
        each = reading.attributions[index]
        if each in found:
            break
        found.append(each)
        index = each.parent
    return found


def says_words(reading: Reading, report: Report) -> str:
    """Who says so, from the inside out: ``министр, in «Перекрёсток»``; hearsay is named as such."""
    links = chain(reading, report.attribution)
    speakers = [each.speaker.text for each in links if each.speaker]
    if report.speaker:
        speakers.insert(0, report.speaker.text)
    speakers = list(dict.fromkeys(" ".join(speaker.split()) for speaker in speakers))
    words = " ← ".join(speakers) if speakers else NOBODY
    if any(each.hearsay for each in links):
        words = f"{words} (hearsay)" if speakers else "hearsay, no speaker named"
    return words


def rows(reading: Reading) -> list[Row]:
    """Every report of a reading as the cells of a table, numbered from 1."""
    return [
        Row(
            number=number,
            when=when_words(report.date),
            who=sides(report),
            codes=sides(report, name=False),
            others=others_words(report),
            act=act_words(report),
            plan=plan_words(report),
            topic=topic_words(report),
            status=status_words(report),
            says=says_words(reading, report),
            report=report,
        )
        for number, report in enumerate(reading.reports, 1)
    ]


def named_sides(reading: Reading) -> Counter[str]:
    """How often the text names each actor."""
    return Counter(mention.actor for mention in reading.mentions if mention.actor)


def sides_words(reading: Reading) -> str:
    """The actors that the text names, most frequent first: ``Turkey (TUR) 3, Kazakhstan (KAZ) 2``."""
    found = sorted(named_sides(reading).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{named(code)} {count}" for code, count in found)


def count_words(count: int, noun: str) -> str:
    """A number with its noun: ``1 event``, ``no events``, ``5 events``."""
    return f"{count or 'no'} {noun if count == 1 else noun + 's'}"


def published_words(reading: Reading) -> str:
    """Day of publication in words, or ``unknown``."""
    day = reading.document.published
    return day_words(day) if day else UNKNOWN_DAY


def nothing_words(reading: Reading) -> str:
    """What was looked at where no event came out."""
    read = f"{count_words(len(reading.sentences), 'sentence')} read"
    found = sides_words(reading)
    seen = f"sides named: {found}" if found else "no state or bloc is named"
    return f"No event between two states or blocs was found ({read}; {seen})."


def notes(reading: Reading) -> list[tuple[str, str, str]]:
    """Opinions, doubts and hearsay: what it is, whose it is, and the words, in the order of the text."""
    kinds = {"opinion": "opinion", "distancing": "doubted or denied"}
    found = []
    for each in sorted(reading.attributions, key=lambda item: (item.content.start, item.content.stop)):
        kind = "hearsay" if each.hearsay else kinds.get(each.kind)
        if kind is not None:
            unnamed = "no speaker named" if each.hearsay else NOBODY
            speaker = " ".join(each.speaker.text.split()) if each.speaker else unnamed
            found.append((kind, speaker, " ".join(each.content.text.split())))
    return list(dict.fromkeys(found))


def evidence(reading: Reading, report: Report) -> str:
    """The sentence that a report stands in, as written, on one line."""
    for sentence in reading.sentences:
        if sentence.index == report.sentence:
            return " ".join(reading.document.text[sentence.start : sentence.stop].split())
    return ""


def party_words(party: Party) -> str:
    """One party in full: name, sector, office, person, role and the words that name it."""
    parts = [party.sector.replace("_", " ")] if party.sector != "unspecified" else []
    parts += [part.replace("_", " ") for part in (party.office, party.person) if part]
    if party.role != "party":
        parts.append(party.role)
    words = f"{named(party.actor)}: {', '.join(parts)}" if parts else named(party.actor)
    return f"{words}, «{' '.join(party.span.text.split())}»" if party.span else words
