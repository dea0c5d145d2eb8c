"""Accusations without a verb of accusing: an official says of another state what is held against it.

«Заявил, что Россия подрывает безопасность Европы»: the speaker's state ACCUSEs the subject of a hostile
predicate, where the content holds no coded act of that subject (then the act itself is the report).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from detente.code.slots import Sides, verb_slots
from detente.code.tree import Tree
from detente.errors import DataError
from detente.model import Attribution

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

OFFICIAL = frozenset({"government", "legislature", "military", "security", "judiciary"})
_CONTENT_PARTS = ("obj", "ins", "nmod", "obl", "xcomp")


@dataclass(frozen=True, slots=True)
class Hostile:
    """Words that accuse their subject (verbs, verbs under negation, nouns), and words of blame."""

    verbs: frozenset[str]
    denied: frozenset[str]
    nouns: frozenset[str]
    blame: frozenset[str]


@cache
def hostile_words(language: str) -> Hostile:
    """Load a language's hostile predicates. Raises DataError where a list is missing."""
    path = resources.files(f"detente.lang.{language}") / "data" / "hostile.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(table) != {"verbs", "denied", "nouns", "blame"}:
        raise DataError(f"hostile.toml of {language}: expected verbs, denied, nouns, blame; found {sorted(table)}")
    return Hostile(**{name: frozenset(words) for name, words in table.items()})


@dataclass(frozen=True, slots=True)
class Allegation:
    """A hostile predicate with who says it of whom."""

    index: int
    actor: Entity
    accused: tuple[Entity, ...]
    weak: bool = False


def allegations(tree: Tree, sides: Sides, attributions: Sequence[Attribution], words: Hostile) -> Iterator[Allegation]:
    """Allegations of one sentence by officials named in it."""
    for attribution in attributions:
        speaker = speaker_entity(sides, attribution)
        if speaker is None or speaker.mention.sector not in OFFICIAL or attribution.kind == "distancing":
            continue
        for token in tree.tokens:
            if not attribution.content.start <= token.start < attribution.content.stop:
                continue
            if token.pos != "VERB" and not tree.is_verbal(token.index):
                continue
            index = _hostile(tree, token.index, words)
            if index is None:
                continue
            subjects = verb_slots(tree, token.index)["subj"]
            accused = tuple(
                entity
                for entity in sides.resolve(subjects)
                if entity.mention.actor != attribution.actor and entity.mention.kind != "place"
            )
            if accused:
                yield Allegation(index, speaker, accused)
                break
        else:
            blamed = _blamed(tree, sides, attribution, words)
            if blamed is not None:
                yield Allegation(blamed[0], speaker, (blamed[1],), weak=True)


def _blamed(tree: Tree, sides: Sides, attribution: Attribution, words: Hostile) -> tuple[int, Entity] | None:
    """A word of blame in the content, and the only other side of which the content speaks."""
    content = attribution.content
    others = {
        entity.mention.actor: entity
        for entity in sides.actors()
        if content.start <= entity.mention.start < content.stop
        and entity.mention.actor != attribution.actor
        and entity.mention.kind != "place"
        and entity.mention.sector != "media"
    }
    if len(others) != 1:
        return None
    for token in tree.tokens:
        if content.start <= token.start < content.stop and token.lemma in words.blame:
            return token.index, next(iter(others.values()))
    return None


def speaker_entity(sides: Sides, attribution: Attribution) -> Entity | None:
    """The sentence's entity that speaks, where the speaker is named in this sentence."""
    if attribution.speaker is None or attribution.actor is None:
        return None
    for entity in sides.actors():
        mention = entity.mention
        if mention.actor == attribution.actor and (
            mention.start < attribution.speaker.stop and attribution.speaker.start < mention.stop
        ):
            return entity
    return None


def _hostile(tree: Tree, index: int, words: Hostile) -> int | None:
    """The token that makes a predicate hostile: itself, its infinitive, or the noun that it governs."""
    token = tree.tokens[index]
    denied = any(tree.tokens[child].lemma == "не" for child in tree.children(index, "advmod"))
    if token.lemma in words.denied and denied:
        return index
    for child in tree.children(index, "xcomp", "csubj"):
        if tree.tokens[child].lemma in words.verbs and not denied:
            return child
    if token.lemma in words.verbs:
        return None if denied and token.lemma not in {"сметь"} else index
    if denied:
        return None
    for child in tree.children(index, "obj", "xcomp", "obl", "nsubj:pass"):
        if tree.tokens[child].lemma in words.nouns and not (
            tree.tokens[child].rel == "obl" and tree.preposition(child)
        ):
            return child
    return None
