"""The lexicon of predicates and the table of operators of a language, from CSV.

The format is described in docs/lexicon.md. Loading checks every line, so that a bad entry is found by
the tests and named by file and line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from detente.errors import DataError
from detente.model import ASPECTS, DOMAINS
from detente.ontology.plover import TYPES

FLAGS = frozenset({"speech", "content", "weak", "habit", "future", "conjecture", "relation"})
WORDS_OF_POS = {
    "VERB": ("VERB", "AUX"),
    "NOUN": ("NOUN", "PROPN"),
    "ADJ": ("ADJ", "DET", "VERB"),
    "ADV": ("ADV",),
}
CASES = frozenset({"gen", "dat", "acc", "ins", "loc"})
# a blank begins a new condition where the next word carries the sign; slots of two words come first
_NEXT_CONDITION = re.compile(r"(?<!\bв)(?<!\bсо)(?<!\bпри)\s+(?=(?:в |со |при )?[^\s=]+!?=)")
PLAIN_SLOTS = frozenset({"subj", "obj", "dat", "ins", "gen", "adj", "inf", "clause"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an entry: a slot (or ``has``, ``number``) and the words that fill it.

    ``marks`` are the words that stand for kinds of mention («@actor»), ``phrases`` those of several words.
    """

    slot: str
    words: frozenset[str]
    wanted: bool
    marks: frozenset[str] = field(init=False)
    phrases: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", frozenset(word for word in self.words if word.startswith("@")))
        object.__setattr__(self, "phrases", tuple(tuple(word.split()) for word in sorted(self.words) if " " in word))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon: a predicate's type and its argument pattern."""

    id: str
    lemmas: tuple[str, ...]
    pos: str
    type: str
    mode: str | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    partner: tuple[str, ...]
    domain: str | None
    aspect: str | None
    needs: tuple[Condition, ...]
    negated: str | None
    flags: frozenset[str]
    example: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A governor that lends an embedded predicate its status or turns its type."""

    lemma: str
    pos: str
    kind: str
    slots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by (lemma, coarse part of speech), in the order in which they are tried."""

    entries: dict[tuple[str, str], tuple[Entry, ...]]
    operators: dict[tuple[str, str], tuple[Operator, ...]]

    def find(self, lemma: str, pos: str) -> tuple[Entry, ...]:
        """Entries of a lemma under a Universal Dependencies part of speech."""
        return self.entries.get((lemma, pos), ())

    def operator(self, lemma: str, pos: str) -> tuple[Operator, ...]:
        """Operators of a lemma under a Universal Dependencies part of speech."""
        return self.operators.get((lemma, pos), ())


def _slots(cell: str, where: str) -> tuple[str, ...]:
    slots = tuple(slot.strip() for slot in cell.split("|") if slot.strip())
    for slot in slots:
        base = slot.rpartition("+")
        if slot not in PLAIN_SLOTS and not (base[0] and base[2] in CASES):
            raise DataError(f"{where}: unknown slot {slot!r}")
    return slots


def _conditions(cell: str, where: str) -> tuple[Condition, ...]:
    found = []
    for part in _NEXT_CONDITION.split(cell.strip()) if cell.strip() else ():
        wanted = "!=" not in part
        slot, sign, words = part.partition("=" if wanted else "!=")
        if not sign or not words:
            raise DataError(f"{where}: a condition is written slot=word|word, not {part!r}")
        if slot not in {"has", "number"}:
            _slots(slot, where)
        found.append(Condition(slot, frozenset(words.split("|")), wanted))
    return tuple(found)


def _entry(row: dict[str, str], where: str) -> Entry:
    type_ = TYPES.get(row["type"])
    if type_ is None:
        raise DataError(f"{where}: unknown type {row['type']!r}")
    mode = row["mode"] or None
    if mode is not None and mode not in type_.modes:
        raise DataError(f"{where}: {row['type']} has no mode {mode!r}")
    if row["domain"] and row["domain"] not in DOMAINS:
        raise DataError(f"{where}: unknown domain {row['domain']!r}")
    if row["aspect"] and row["aspect"] not in ASPECTS:
        raise DataError(f"{where}: unknown aspect {row['aspect']!r}")
    if row["negated"] and row["negated"] not in TYPES:
        raise DataError(f"{where}: unknown type {row['negated']!r} under negation")
    if row["pos"] not in WORDS_OF_POS:
        raise DataError(f"{where}: unknown part of speech {row['pos']!r}")
    flags = frozenset(flag for flag in row["flags"].split("|") if flag)
    if flags - FLAGS:
        raise DataError(f"{where}: unknown flag {sorted(flags - FLAGS)[0]!r}")
    lemmas = tuple(lemma.strip() for lemma in row["lemmas"].split("|") if lemma.strip())
    if not lemmas:
        raise DataError(f"{where}: no lemma")
    return Entry(
        id=f"{lemmas[0]}/{row['type']}" + (f":{mode}" if mode else ""),
        lemmas=lemmas,
        pos=row["pos"],
        type=row["type"],
        mode=mode,
        actor=_slots(row["actor"], where),
        recipient=_slots(row["recipient"], where),
        partner=_slots(row["partner"], where),
        domain=row["domain"] or None,
        aspect=row["aspect"] or None,
        needs=_conditions(row["needs"], where),
        negated=row["negated"] or None,
        flags=flags,
        example=row["example"],
    )


def rows(language: str, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (file:line, row) over the CSV files of a language whose name begins with ``prefix``."""
    folder = resources.files(f"detente.lang.{language}") / "data"
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.startswith(prefix) and path.name.endswith(".csv"):
            with path.open(encoding="utf-8") as lines:
                reader = csv.DictReader(lines)
                for row in reader:
                    where = f"{path.name}:{reader.line_num}"
                    if None in row or None in row.values():
                        raise DataError(f"{where}: {len(reader.fieldnames or ())} columns are expected")
                    yield where, row


@cache
def load(language: str) -> Lexicon:
    """The lexicon of a language. Raises DataError naming file and line of the first bad entry."""
    entries: dict[tuple[str, str], list[Entry]] = {}
    for where, row in rows(language, "lexicon_"):
        entry = _entry(row, where)
        for lemma in entry.lemmas:
            for pos in WORDS_OF_POS[entry.pos]:
                entries.setdefault((lemma, pos), []).append(entry)
    operators: dict[tuple[str, str], list[Operator]] = {}
    for _, row in rows(language, "operators"):
        slots = frozenset(slot for slot in row["slots"].split("|") if slot)
        for pos in WORDS_OF_POS[row["pos"]]:
            operator = Operator(row["lemma"], row["pos"], row["kind"], slots)
            operators.setdefault((row["lemma"], pos), []).append(operator)
    # a conditioned entry is tried before an unconditioned one of the same lemma
    return Lexicon(
        {key: tuple(sorted(found, key=lambda entry: -len(entry.needs))) for key, found in entries.items()},
        {key: tuple(found) for key, found in operators.items()},
    )
