"""Cue tables of a language: verbs, nouns, prepositions and phrases that mark who says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

from detente.errors import DataError
from detente.lang.lexicon import rows
from detente.model import CueKind

KINDS: tuple[str, ...] = get_args(CueKind)
POS = frozenset({"VERB", "ADJ", "NOUN", "PART", "LIGHT"})
CONTENT = frozenset({"clause", "quote", "obj", "о+loc", "на+acc", "в+loc"})
FLAGS = frozenset({"impersonal", "hearsay", "source", "negated", "cites"})
CLASSES = frozenset({"anonymous", "container", "document", "never", "organisation", "outlet", "person"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: its kind, its kind under negation, where its content stands, and flags.

    ``content`` holds slots: clause (a complement clause), quote (direct speech and parentheses), obj, or
    a preposition with its case. Flag ``impersonal``: the verb has no speaker as subject; ``hearsay``: it
    is hearsay where nobody is named; ``source``: it needs a «из» phrase; ``negated``: a cue only with «не»;
    ``cites``: its object is who says it, its subject passes that on.
    """

    kind: CueKind
    negated: CueKind | None = None
    content: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue tables of one language."""

    verbs: dict[str, Cue]
    adjectives: dict[str, Cue]
    nouns: dict[str, Cue]
    particles: dict[str, Cue]
    light: frozenset[str]
    prepositions: dict[tuple[str, str], Cue]
    phrases: dict[str, tuple[tuple[tuple[str, ...], Cue], ...]]
    speakers: dict[str, str]


def _kind(cell: str, where: str) -> CueKind:
    if cell not in KINDS:
        raise DataError(f"{where}: unknown kind {cell!r}; known: {', '.join(KINDS)}")
    return cell  # type: ignore[return-value]


def _set(cell: str, known: frozenset[str], what: str, where: str) -> frozenset[str]:
    found = frozenset(part for part in cell.split("|") if part)
    if found - known:
        raise DataError(f"{where}: unknown {what} {sorted(found - known)[0]!r}")
    return found


def _cue(row: dict[str, str], where: str) -> Cue:
    return Cue(
        _kind(row["kind"], where),
        _kind(row["negated"], where) if row.get("negated") else None,
        _set(row.get("content", ""), CONTENT, "content slot", where),
        _set(row["flags"], FLAGS, "flag", where),
    )


def _speech(language: str) -> dict[str, dict[str, Cue]]:
    tables: dict[str, dict[str, Cue]] = {pos: {} for pos in POS}
    for where, row in rows(language, "cues_speech"):
        if row["pos"] not in POS:
            raise DataError(f"{where}: unknown part of speech {row['pos']!r}")
        if row["lemma"] in tables[row["pos"]]:
            raise DataError(f"{where}: {row['lemma']!r} stands twice as {row['pos']}")
        tables[row["pos"]][row["lemma"]] = _cue(row, where)
    return tables


@cache
def load_cues(language: str) -> Cues:
    """The cue tables of a language. Raises DataError naming file and line of the first bad entry."""
    speech = _speech(language)
    prepositions = {
        (row["preposition"], row["noun"]): _cue(row, where) for where, row in rows(language, "cues_prepositions")
    }
    phrases: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
    for where, row in rows(language, "cues_phrases"):
        words = tuple(row["phrase"].split())
        if not words:
            raise DataError(f"{where}: an empty phrase")
        phrases.setdefault(words[0], []).append((words, _cue(row, where)))
    speakers = {}
    for where, row in rows(language, "cues_speakers"):
        _set(row["class"], CLASSES, "class", where)
        speakers[row["lemma"]] = row["class"]
    return Cues(
        verbs=speech["VERB"],
        adjectives=speech["ADJ"],
        nouns=speech["NOUN"],
        particles=speech["PART"],
        light=frozenset(speech["LIGHT"]),
        prepositions=prepositions,
        phrases={first: tuple(sorted(found, key=lambda item: -len(item[0]))) for first, found in phrases.items()},
        speakers=speakers,
    )
