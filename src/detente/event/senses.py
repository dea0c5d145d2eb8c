"""The sense words of a language: negation, denial, doubt, opposites and values, from ``senses.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from detente.errors import DataError

WORD_TABLES = ("negation", "denial", "doubt", "speech", "join")


@dataclass(frozen=True, slots=True)
class Senses:
    """Sense words of one language; ``denial``, ``speech``, ``values`` and ``opposites`` hold beginnings of words."""

    negation: frozenset[str] = frozenset()
    denial: tuple[str, ...] = ()
    doubt: frozenset[str] = frozenset()
    speech: tuple[str, ...] = ()
    join: frozenset[str] = frozenset()
    values: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    opposites: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


@cache
def beginnings(language: str | None) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[str, str]]]:
    """Sides of opposites (2n and 2n + 1 are opposed), and kinds of value with the amount, by beginning of word.

    A beginning of up to three letters stands for the whole word, with a blank after it, among the opposites.
    """
    words = senses(language)
    sides: dict[str, tuple[int, ...]] = {}
    for n, pair in enumerate(words.opposites):
        for side in (0, 1):
            for start in pair[side]:
                key = start if len(start) > 3 else f"{start} "
                sides[key] = (*sides.get(key, ()), 2 * n + side)
    values = {start: (kind, entry[0]) for kind, entries in words.values for entry in entries for start in entry}
    return sides, values


@cache
def senses(language: str | None) -> Senses:
    """The sense words of ``language``; none where the language has no folder.

    Raises DataError for a folder whose ``senses.toml`` is missing or malformed.
    """
    try:
        folder = resources.files(f"detente.lang.{language}") / "data"
    except ModuleNotFoundError:
        return Senses()
    name = f"lang/{language}/data/senses.toml"
    try:
        table = tomllib.loads((folder / "senses.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{name} is missing: reprints cannot be told from texts that reverse them") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: {error}") from error
    return _compile(table, name)


def _compile(table: dict[str, Any], name: str) -> Senses:
    missing = [key for key in (*WORD_TABLES, "values", "opposites") if key not in table]
    if missing:
        raise DataError(f"{name}: the tables {', '.join(missing)} are missing")
    lists = {key: _words(table[key], f"{name}, {key}") for key in WORD_TABLES}
    values = tuple(
        (kind, tuple(tuple(_words(entry.split(), f"{name}, {kind}")) for entry in entries))
        for kind, entries in sorted(table["values"].items())
    )
    opposites = []
    for number, pair in enumerate(table["opposites"]["pairs"], 1):
        if len(pair) != 2:
            raise DataError(f"{name}: pair {number} of the opposites has {len(pair)} sides")
        one, other = (_words(side.split(), f"{name}, pair {number}") for side in pair)
        opposites.append((tuple(one), tuple(other)))
    return Senses(
        negation=frozenset(lists["negation"]),
        denial=tuple(lists["denial"]),
        doubt=frozenset(lists["doubt"]),
        speech=tuple(lists["speech"]),
        join=frozenset(lists["join"]),
        values=values,
        opposites=tuple(opposites),
    )


def _words(entries: list[str], where: str) -> list[str]:
    bad = [word for word in entries if word != word.lower() or "ё" in word or not word.isalpha()]
    if bad:
        raise DataError(f"{where}: lower-case words without ё are wanted, not {', '.join(bad)}")
    return entries
