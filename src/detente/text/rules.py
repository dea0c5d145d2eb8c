"""The masking rules of a language, loaded from ``text/data/mask_<language>.toml`` and compiled once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from detente.errors import DataError

_LATIN = r"[A-Z][A-Za-z.&-]*(?:\s[A-Z][A-Za-z.-]+){0,3}"
_DOMAIN = r"(?:www\s?\.\s?)?[a-z0-9-]+(?:\s?\.\s?[a-z0-9-]+){0,2}\s?\.\s?[a-z]{2,6}\b"
_NAME = r"[А-ЯЁ][а-яё]+\s[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
CLOCK = r"[0-2]?\d\s?:\s?[0-5]\d(?:\s?:\s?[0-5]\d)?"


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """One kind of noise: tried where a word of ``when`` stands, blanked by ``pattern``, maybe a sentence break."""

    kind: str
    when: tuple[str, ...]
    pattern: re.Pattern[str]
    cut: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one language, compiled; ``gates`` pairs each word of a ``when`` with its rules' indices."""

    noise: tuple[NoiseRule, ...]
    gates: tuple[tuple[str, tuple[int, ...]], ...]
    stamp: re.Pattern[str]
    dateline: re.Pattern[str]
    opener: re.Pattern[str]
    offices: frozenset[str]


@lru_cache(maxsize=8)
def rules(language: str = "ru") -> Rules:
    """The compiled rules of ``language``. Raises DataError for a missing file or a bad entry."""
    name = f"mask_{language}.toml"
    try:
        source = (resources.files("detente.text") / "data" / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"text/data/{name} is missing: there are no masking rules for '{language}'") from error
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"text/data/{name}: {error}") from error
    try:
        return _compile(table, name, source)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"text/data/{name}: a table or a key is missing or of the wrong kind: {error}") from error


def _compile(table: dict[str, Any], name: str, source: str) -> Rules:
    agency = _alternation(table["agencies"]["names"])
    offices = table["offices"]["words"].split()
    capital = "|".join(word.capitalize() for word in offices)
    person = rf"(?!(?:{capital})\b){_NAME}"
    first = rf"(?:{agency}(?:\s20\d\d)?\b|{_DOMAIN}|{_LATIN}(?:\s20\d\d)?|{_NAME}(?=\s?/)|20\d\d)"
    rest = rf"(?:{agency}|{_DOMAIN}|{_LATIN}|{person}|20\d\d)"
    credit = rf"(?:{first}(?:\s?[/,]\s?{rest})*/?(?:\.\s{person}(?=\s+[А-ЯЁ]|\s*$|\s*\n))?)"
    openers = "|".join(sorted(table["openers"]["words"].split()))
    parts = {"{agency}": agency, "{credit}": credit, "{land}": table["parts"]["land"], "{openers}": openers}
    noise = tuple(_noise(kind, entry, parts, name, source) for kind, entry in sorted(table["noise"].items()))
    months = "(?:" + "|".join(table["months"]["words"].split()) + ")"
    return Rules(
        noise=noise,
        gates=_gates(noise),
        stamp=re.compile(_stamp(months)),
        dateline=re.compile(_dateline(months, agency), re.MULTILINE),
        # A literal blank first, and the look back last: several times faster over a text.
        opener=re.compile(rf" (?=[А-ЯЁ])(?=(?:{openers})\s+[а-яёА-ЯЁ«\d])(?<=[а-яёА-ЯЁA-Za-z»)] )"),
        offices=frozenset(offices),
    )


def _gates(noise: tuple[NoiseRule, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Each word once, with the rules that wait for it."""
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(noise):
        for word in entry.when:
            places.setdefault(word, []).append(place)
    return tuple((word, tuple(found)) for word, found in sorted(places.items()))


def _noise(kind: str, entry: dict[str, Any], parts: dict[str, str], name: str, source: str) -> NoiseRule:
    pattern = str(entry["pattern"])
    for placeholder, value in parts.items():
        pattern = pattern.replace(placeholder, value)
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        line = next((i for i, row in enumerate(source.splitlines(), 1) if row.startswith(f"{kind} = ")), 0)
        raise DataError(f"text/data/{name}, line {line}: the pattern of '{kind}' does not compile: {error}") from error
    when = tuple(str(word) for word in entry["when"])
    if not when or any(word != word.lower() for word in when):
        raise DataError(f"text/data/{name}: 'when' of '{kind}' must hold lower-case words")
    return NoiseRule(kind, when, compiled, bool(entry.get("cut", False)))


def _alternation(names: list[str]) -> str:
    # Longest first: an alternation takes the first branch that matches.
    ordered = sorted(names, key=lambda item: (-len(item), item))
    return "(?:" + "|".join(re.escape(item).replace(r"\ ", r"\s") for item in ordered) + ")"


def _stamp(months: str) -> str:
    """A page's time stamp: date and clock, clock and date, a bare clock, or a bare numeric date."""
    year = r"(?:20|19)\d\d"
    date = (
        rf"(?:\d{{1,2}}\s{months}\.?,?(?:\s?{year})?(?:\sг(?:\.|ода)?)?|\d{{1,2}}\s?[./]\s?\d{{1,2}}\s?[./]\s?(?:20)?\d\d"
        rf"|{year}\s?-\s?\d\d\s?-\s?\d\d|[Сс]егодня|[Вв]чера)"
    )
    full = rf"(?P<date>{date})\s{{0,2}}(?:[,|—–-]\s{{0,2}})?(?P<at>в\s)?{CLOCK}"
    turned = rf"{CLOCK}\s?[,|]\s?(?P<turned>{date})"
    numeric = r"(?P<numeric>\d{2}\.\s?\d{2}\.\s?20\d\d)"
    head = r"(?<![\d:.,/-])(?:(?:[А-ЯЁ][а-яё]+,\s)?(?=Сегодня|Вчера|\d))?"
    return (
        rf"{head}(?:{turned}|{full}|(?P<clock>{CLOCK})|{numeric}){{1}}"
        r"(?:\s?\(?(?:мск|МСК)\)?)?(?:\s?:)?(?:\s+\d{1,5}(?![\d.,:]))*(?=\s*(?:$|\n|[|©#\"«—–(]|[А-ЯЁA-Z]))"
    )


def _dateline(months: str, agency: str) -> str:
    """An agency's dateline: place, day, agency, closed by a stop, a slash or a dash."""
    place = r"(?P<place>[А-ЯЁ](?:[А-ЯЁ]+|[а-яё]+)(?:[ -](?:на-)?[А-ЯЁ](?:[А-ЯЁ]+|[а-яё]+)){0,2}(?:\s?/[А-ЯЁ][а-яё]+/)?)"
    date = rf"(?P<date>\d{{1,2}}\s{months}\.?(?:\s(?:20|19)\d\d(?:\s?г(?:\.|ода))?)?)"
    by = rf"(?:(?:Корр?\.?|корр\.)\s?)?(?P<{{}}>{agency})"
    author = r"(?:[,.]?\s(?:[Кк]орр\.\s)?[А-ЯЁ][а-яё]+\s[А-ЯЁ][а-яё]+)?"
    slashes = r"\.?\s?/\s?(?:[Кк]орр\.\s?)?(?P<a1>[^/\n.]{2,60}?)\s?/\s?\.?(?:\s?[-—–])?|\.\s?/Корр\."
    brackets = r"\s?\((?P<a2>[^()\n]{2,40})\)\s?[-—–.]+"
    dashed = rf"[.,]?\s?[-—–]\s?{by.format('a3')}{author}\s?(?:[.:]|[-—–](?=\s))"
    closed = rf"[.,]\s?{by.format('a4')}{author}\s?(?:[-—–./:]|\.\s?[-—–])(?=\s|$)"
    bare = rf"(?P<a5>{agency}),\s{date.replace('?P<date>', '?P<date2>')}\."
    dated = rf"{place}\s?[,.]\s{date}(?:{slashes}|{brackets}|{dashed}|{closed})"
    undated = (
        r"(?P<place2>[А-ЯЁ](?:[А-ЯЁ]+|[а-яё]+)(?:-[А-ЯЁ](?:[А-ЯЁ]+|[а-яё]+))?)"
        rf"(?:\.\s{by.format('a6')}\s?[-—–]|\s?/{by.format('a7')}/\s?\.?\s?[-—–]?)"
    )
    return rf"(?:(?<=[\s.!?…»\"])|^)(?:{dated}|{bare}|{undated})"
