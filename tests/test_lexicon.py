"""The lexicon loads, every entry is sound, and the examples are coded by their own entries."""

from __future__ import annotations

import pytest

from detente.lang.lexicon import Entry, load, rows
from detente.lang.ru.parser import RussianParser
from detente.ontology.plover import TYPES

KINDS = {
    "perform", "happen", "begin", "receive", "plan", "offer", "agree", "threaten", "ask", "refuse", "cancel", "end",
    "postpone", "consider", "suspect", "deny", "fail", "accuse", "speak", "discuss", "intend", "habit",
    "hint", "manage", "break",
}  # fmt: skip


def entries() -> list[Entry]:
    unique = {id(entry): entry for found in load("ru").entries.values() for entry in found}
    return list(unique.values())


def test_the_lexicon_has_the_reach_of_the_language() -> None:
    lemmas = {lemma for lemma, _ in load("ru").entries}
    assert len(lemmas) > 2000
    assert len(entries()) > 1000
    assert {entry.type for entry in entries()} == set(TYPES)


def test_every_mode_is_reached() -> None:
    reached = {(entry.type, entry.mode) for entry in entries()}
    missing = [(name, mode) for name, type_ in TYPES.items() for mode in type_.modes if (name, mode) not in reached]
    # a cooperation that is called off, and sides' protest forms, are reached by operators as well
    assert len(missing) <= 6, missing


def test_every_lemma_is_a_dictionary_form() -> None:
    from pymorphy3 import MorphAnalyzer

    analyzer = MorphAnalyzer()
    wrong = []
    for where, row in rows("ru", "lexicon_"):
        for lemma in row["lemmas"].split("|"):
            forms = {parse.normal_form.replace("ё", "е") for parse in analyzer.parse(lemma)}
            if lemma not in forms:
                wrong.append((where, lemma))
    assert not wrong


@pytest.mark.parametrize("prefix", ["lexicon_"])
def test_no_entry_stands_twice(prefix: str) -> None:
    seen: dict[tuple[str, str, str, str], str] = {}
    for where, row in rows("ru", prefix):
        for lemma in row["lemmas"].split("|"):
            key = (lemma, row["pos"], row["needs"], row["type"])
            assert key not in seen, f"{where} repeats {seen[key]}: {key}"
            seen[key] = where


def test_operators_are_of_known_kinds_and_stand_once() -> None:
    seen = set()
    for where, row in rows("ru", "operators"):
        assert row["kind"] in KINDS, where
        key = (row["lemma"], row["pos"], row["slots"])
        assert key not in seen, where
        seen.add(key)
    assert len(seen) > 600


def test_bad_rows_are_named_by_file_and_line() -> None:
    from detente.errors import DataError
    from detente.lang import lexicon

    row = {
        "lemmas": "посетить", "pos": "VERB", "type": "CONSULT", "mode": "walk", "actor": "subj", "recipient": "obj",
        "partner": "", "domain": "", "aspect": "", "needs": "", "negated": "", "flags": "", "example": "",
    }  # fmt: skip
    with pytest.raises(DataError, match=r"x\.csv:7.*walk"):
        lexicon._entry(row, "x.csv:7")
    with pytest.raises(DataError, match="slot"):
        lexicon._entry({**row, "mode": "visit", "actor": "subject"}, "x.csv:7")
    with pytest.raises(DataError, match="condition"):
        lexicon._entry({**row, "mode": "visit", "needs": "obj"}, "x.csv:7")


def test_examples_are_coded_by_their_entries() -> None:
    """At least nine in ten examples give the entry's type (or what status makes of it)."""
    from detente.model import Document
    from detente.reading import Reader

    found = [(entry, entry.example) for entry in entries() if entry.example]
    assert len(found) > 1000
    readings = Reader("ru", ranks=False).read_many([Document(example, language="ru") for _, example in found])
    turned = {"COOPERATE": {"AGREE"}, "AID": {"AGREE"}, "SUPPORT": {"AGREE"}, "RETREAT": {"CONCEDE"}}
    right = 0
    for (entry, _), reading in zip(found, readings, strict=True):
        types = {report.type for report in reading.reports}
        right += bool(types & ({entry.type} | turned.get(entry.type, set())))
    assert right / len(found) >= 0.85


def test_hostile_words_are_single_dictionary_forms() -> None:
    """A phrase or an inflected form would never be met: lemmas of single words are compared."""
    from pymorphy3 import MorphAnalyzer

    from detente.code.allegation import hostile_words

    analyzer = MorphAnalyzer()
    words = hostile_words("ru")
    assert len(words.verbs) > 100
    for word in words.verbs | words.denied | words.nouns | words.blame:
        assert word in {parse.normal_form.replace("ё", "е") for parse in analyzer.parse(word)}, word


def test_the_parser_gives_trees() -> None:
    parses = RussianParser().parse(["Россия и Турция провели переговоры. Министр прибыл в Баку.", ""])
    assert [len(found) for found in parses] == [2, 0]
    for parse in parses[0]:
        assert sum(token.head == -1 for token in parse.tokens) >= 1
        for token in parse.tokens:
            at, steps = token.index, 0
            while at >= 0 and steps <= len(parse.tokens):
                at, steps = parse.tokens[at].head, steps + 1
            assert at == -1
