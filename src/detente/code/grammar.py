"""The closed words of a language that frames, roles and status hang on, from its grammar.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from detente.errors import DataError


@dataclass(frozen=True, slots=True)
class Grammar:
    """Word lists of a language: what each holds stands beside it in the language's grammar.toml."""

    negation: frozenset[str]
    conjecture: frozenset[str]
    conditional: frozenset[str]
    purpose: frozenset[str]
    irrealis: frozenset[str]
    habit: frozenset[str]
    prescriptive: frozenset[str]
    case_of: frozenset[str]
    without: frozenset[str]
    fiction: frozenset[str]
    topic: frozenset[str]
    period: frozenset[str]
    against: frozenset[str]
    ground: str
    scene: list[str]
    giver: list[str]
    joining: list[str]
    first_person: frozenset[str]
    nameless: frozenset[str]
    exchange: frozenset[str]
    mutual: frozenset[str]
    waiting: frozenset[str]
    possible: frozenset[str]
    speech: frozenset[str]
    subject_control: frozenset[str]
    relative: frozenset[str]
    owner: frozenset[str]
    where: frozenset[str]
    passage: frozenset[str]
    company: frozenset[str]
    mediation: frozenset[str]
    help: frozenset[str]
    one_case: frozenset[str]
    indeclinable: frozenset[str]
    variants: dict[str, str]
    compound: dict[str, str]


_ORDERED = ("ground", "scene", "giver", "joining")


@cache
def grammar(language: str) -> Grammar:
    """Load a language's closed words. Raises DataError where a list is missing or unknown."""
    path = resources.files(f"detente.lang.{language}") / "data" / "grammar.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    names = {field.name for field in fields(Grammar)}
    if set(table) != names:
        wrong = sorted(set(table) ^ names)
        raise DataError(f"grammar.toml of {language}: missing or unknown lists: {', '.join(wrong)}")
    values: dict[str, Any] = {
        name: words if isinstance(words, dict) or name in _ORDERED else frozenset(words)
        for name, words in table.items()
    }
    return Grammar(**values)
