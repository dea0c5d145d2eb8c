"""The word lists of a language with which the resolver reads the surroundings of a name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.errors import DataError

_LISTS = (
    "place_prepositions", "place_nouns", "place_verbs", "city_words", "speech_verbs", "posted_nouns", "posted_only_by",
    "state_words", "side_words", "both_words", "stances", "home_organs", "local_organs", "joint_bodies", "joint_nouns",
    "route_nouns", "some_of",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Lemmas by their use; ``family`` gives the family of a sector noun («посол» and «дипломат» are one)."""

    place_prepositions: frozenset[str]
    place_nouns: frozenset[str]
    place_verbs: frozenset[str]
    city_words: frozenset[str]
    speech_verbs: frozenset[str]
    posted_nouns: frozenset[str]
    posted_only_by: frozenset[str]
    state_words: frozenset[str]
    side_words: frozenset[str]
    both_words: frozenset[str]
    stances: frozenset[str]
    home_organs: frozenset[str]
    local_organs: frozenset[str]
    joint_bodies: frozenset[str]
    joint_nouns: frozenset[str]
    route_nouns: frozenset[str]
    some_of: frozenset[str]
    family: dict[str, str]


@cache
def words(language: str = "ru") -> Words:
    """The word lists of a language. Raises DataError for a missing list or a word in two families."""
    name = "names_words.toml"
    data = tomllib.loads((files(f"detente.lang.{language}") / "data" / name).read_text("utf-8"))
    missing = [key for key in (*_LISTS, "family") if key not in data]
    if missing:
        raise DataError(f"{name}: {', '.join(missing)} missing")
    family: dict[str, str] = {}
    for key, members in data["family"].items():
        for member in members:
            if member in family:
                raise DataError(f"{name}: {member!r} stands in {family[member]} and in {key}")
            family[member.lower()] = key
    return Words(**{key: frozenset(data[key]) for key in _LISTS}, family=family)
