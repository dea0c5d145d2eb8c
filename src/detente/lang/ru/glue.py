"""Finds where a headline is glued to the sentence behind it («… с победой на выборах Президент России …»).

Russian writes common words small inside a sentence, so a capital on one, behind a plain word without a
stop, begins a new sentence, unless it begins the name of an institution.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

_FUNCTION = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "ADVB", "PRED", "INTJ"})
_VERBS = frozenset({"VERB", "PRTS"})
_PROPER = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr"})


@cache
def _name_starts() -> frozenset[str]:
    path = resources.files("detente.lang.ru") / "data" / "glue.toml"
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["name_starts"])


def breaks(words: Sequence[str], analyze: Callable[[str], Sequence[Any]]) -> list[int]:
    """Indices of the words that begin a sentence of their own.

    ``analyze`` gives pymorphy's readings of a word. A break needs a verb on both sides, a plain word before
    it and no open quotation mark.
    """
    found: list[int] = []

    def verb(word: str) -> bool:
        return any(parse.tag.POS in _VERBS for parse in analyze(word)[:1])

    last, open_marks, brackets = 0, 0, 0
    for index, word in enumerate(words):
        open_marks += (word in {"«", "“", "„"}) - (word in {"»", "”"})
        if word == '"':
            open_marks = 1 - min(open_marks, 1)
        brackets += (word == "(") - (word == ")")
        if index - last < 3 or open_marks > 0 or brackets > 0 or not _plain_capital(word):
            continue
        before = words[index - 1]
        if not before[-1].isalnum() or not any(char.isalpha() for char in before):
            continue
        if not (any(map(verb, words[last:index])) and any(map(verb, words[index:]))):
            continue
        if _begins(word, before, words, index, analyze):
            found.append(index)
            last = index
    return found


def _plain_capital(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or word[1:].islower()) and word[0].isalpha()


def _begins(word: str, before: str, words: Sequence[str], index: int, analyze: Callable[[str], Sequence[Any]]) -> bool:
    readings = analyze(word.lower())
    if not readings or not readings[0].is_known:
        return False
    if any(_PROPER & parse.tag.grammemes for parse in readings):
        return False
    top = readings[0]
    lemma = top.normal_form.replace("ё", "е")
    if all(parse.tag.POS in _FUNCTION for parse in readings):
        # «Во Франции» behind a plain word; a one-letter capital may be an initial
        return len(word) > 1 or word in "ВКСОУИА"
    previous = analyze(before)
    if before[0].isupper() and any("Name" in parse.tag for parse in previous):
        return False  # a surname that is a common word too («Марк Тонер»)
    previous = previous[:1]
    noun_before = any(parse.tag.POS == "NOUN" for parse in previous) or before.isupper() or before[0].isupper()
    if not noun_before:
        return False
    if top.tag.POS in _VERBS:
        return True
    if lemma in _name_starts():
        return False
    after = words[index + 1] if index + 1 < len(words) else ""
    if top.tag.POS in {"ADJF", "PRTF", "NUMR"}:
        return after.islower() and after.isalpha() and "nomn" in top.tag.grammemes | _cases(readings)
    if top.tag.POS == "NOUN":
        return "nomn" in _cases(readings) and not (after[:1].isupper() and _follows_as_name(after))
    return False


def _cases(readings: Sequence[Any]) -> frozenset[str]:
    return frozenset(parse.tag.case for parse in readings if parse.tag.case)


def _follows_as_name(after: str) -> bool:
    return after[:1] in {"«", '"'}
