"""The rules of a language for dates: loaded, compiled to one expression, matched against a text.

Every class of word is one character, so a sentence is a short string and all rules are one regular
expression over it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from detente.errors import DataError
from detente.text.date_build import BUILDERS, Found, Parts
from detente.text.date_words import SCANNER, Phrases, Row, Value, Words, read_words

# Classes that begin or carry no date alone; a text of nothing else is left at once.
_IDLE = {
    "word", "comma", "dot", "dash", "open", "close", "mark", "number", "clock", "day", "roman", "in", "since",
    "until", "by", "through_day", "on", "over", "from", "and", "between", "after", "before", "night", "relation",
    "relation_plural", "that", "same_particle", "recent", "recent_plural", "every", "part", "half_part", "ordinal",
    "ordinal_plural", "count", "tens", "few", "times", "counted", "during", "ago", "as_of", "comparison", "later",
    "after_span", "negation",
}  # fmt: skip
# Classes with which no rule begins: skipped before any rule is tried.
_NEVER_FIRST = (
    "word", "comma", "dot", "dash", "open", "close", "mark", "clock", "in", "since", "until", "by", "on", "from",
    "and", "between", "after", "before", "night", "same_particle", "ago", "later", "half_part", "counted", "negation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """The date rules of a language, compiled."""

    words: Words
    phrases: Phrases
    pattern: re.Pattern[str]
    kinds: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    codes: dict[str, str]
    attributes: tuple[str, ...]
    genitive: tuple[str, ...]
    not_genitive: tuple[str, ...]
    groups: dict[int, int]


# -- loading ---------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def load(language: str) -> Rules:
    """Load and compile the date rules of a language. Raises DataError with the entry that is wrong."""
    place = f"lang/{language}/data/dates.toml"
    try:
        source = files("detente").joinpath(*place.split("/")).read_text("utf-8")
        data = tomllib.loads(source)
    except (OSError, ValueError) as error:
        raise DataError(f"{place}: {error}") from error
    missing = {"macros", "rules", "attributes", "phrases", "words"} - data.keys()
    if missing:
        raise DataError(f"{place}: no section {', '.join(sorted(missing))}")
    words, phrases = _words(place, source, data["words"]), _phrases(place, source, data["phrases"])
    names = [*SCANNER, *data["words"]]
    codes = {name: chr(0xE000 + number) for number, name in enumerate(names)}
    pattern, kinds, groups = _compile(place, source, data, codes)
    return Rules(
        words=words,
        phrases=phrases,
        pattern=pattern,
        kinds=kinds,
        codes=codes,
        attributes=tuple(data["attributes"]["stems"]),
        genitive=tuple(data["attributes"]["genitive"]),
        not_genitive=tuple(data["attributes"]["other"]),
        groups=groups,
    )


def _words(place: str, source: str, classes: dict[str, dict[str, Any]]) -> Words:
    """Every form with its class and value; a form has one class only."""
    words: Words = {}
    for name, entries in classes.items():
        for key, entry in entries.items():
            if not isinstance(entry, dict) or entry.keys() != {"value", "forms"}:
                raise DataError(_where(place, source, f'"{key}" =', "an entry holds value and forms"))
            for form in entry["forms"].split():
                if form in words:
                    cause = f"{form} stands in {words[form][0]} and {name}"
                    raise DataError(_where(place, source, f'"{key}" =', cause))
                words[form] = (name, entry["value"])
    return words


def _phrases(place: str, source: str, entries: dict[str, Value]) -> Phrases:
    """Fixed phrases by their first word, the longest first."""
    phrases: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
    for phrase, value in entries.items():
        if isinstance(value, str) and value not in {"habit", "vague", "none", "skip"}:
            raise DataError(_where(place, source, f'"{phrase}" =', f"no such kind of phrase: {value}"))
        parts = tuple(phrase.split())
        phrases.setdefault(parts[0], []).append((parts, value))
    return {first: tuple(sorted(found, key=lambda item: -len(item[0]))) for first, found in phrases.items()}


def _where(place: str, source: str, entry: str, cause: str) -> str:
    line = next((n for n, text in enumerate(source.splitlines(), 1) if entry in text), 0)
    return f"{place}, line {line}: {cause}"


def _compile(
    place: str, source: str, data: dict[str, dict[str, list[list[str]]]], codes: dict[str, str]
) -> tuple[re.Pattern[str], tuple[tuple[str, tuple[tuple[str, int], ...]], ...], dict[int, int]]:
    """One alternation of all rules; each named part gets the number of its rule."""
    macros = {name: str(text) for name, text in data["macros"].items()}
    names = sorted(macros, key=len, reverse=True)
    branches, kinds = [], []
    for number, (kind, text) in enumerate(data["rules"]["list"]):
        expanded = text
        for _ in range(3):
            for name in names:
                expanded = re.sub(rf"(?<![A-Z]){name}(?![A-Z])", f"(?:{macros[name]})", expanded)
        if kind not in BUILDERS:
            raise DataError(_where(place, source, text, f"no builder for {kind}"))
        try:
            coded = re.sub(r"\{([a-z_|]+)\}", lambda found: _codes(found[1], codes), expanded).replace(" ", "")
            re.compile(coded)
        except (re.error, KeyError) as error:
            raise DataError(_where(place, source, text, f"the rule does not compile: {error}")) from error
        branches.append(f"(?P<rule_{number}>" + re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{number}>", coded) + ")")
        kinds.append((kind, re.findall(r"\(\?P<(\w+)>", coded)))
    idle = "".join(codes[name] for name in _NEVER_FIRST)
    pattern = re.compile(f"(?![{idle}])(?:" + "|".join(branches) + ")")
    index = pattern.groupindex
    full = tuple((kind, tuple((name, index[f"{name}_{n}"]) for name in parts)) for n, (kind, parts) in enumerate(kinds))
    return pattern, full, {index[f"rule_{n}"]: n for n in range(len(kinds))}


def _codes(names: str, codes: dict[str, str]) -> str:
    chars = "".join(codes[name] for name in names.split("|"))
    return chars if len(chars) == 1 else f"[{chars}]"


# -- matching --------------------------------------------------------------------------------------


def scan(text: str, rules: Rules) -> tuple[Row, list[Found]]:
    """Read a text into classes and match the rules."""
    row = read_words(text, rules.words, rules.phrases)
    if _IDLE.issuperset(row.names):
        return row, []
    line = "".join([rules.codes[name] for name in row.names])
    found = []
    for match in rules.pattern.finditer(line):
        kind, parts = rules.kinds[rules.groups[match.lastindex or 0]]
        spans = {name: match.span(group) for name, group in parts if match.start(group) >= 0}
        item = BUILDERS[kind](Parts(row, match.start(), match.end(), kind, spans))
        if item is not None:
            found.append(item)
    return row, found
