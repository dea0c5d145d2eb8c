"""Names in text to entries of the tables: one trie over words, keyed by every case form of each word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from detente.actor.tables import Form, forms, masked
from detente.actor.words import words as word_lists
from detente.lang.ru.inflect import adjective_forms, demonym_forms, fold, is_adjective, name_forms

_TOKEN = re.compile(r"[^\W_]+(?:['’`-][^\W_]+)*|[^\w\s]")
_ATTITUDE = re.compile(r"(?:про|анти|контр)-?(?=.{4})")
_PRIORITY = (
    "masked", "state_group", "bloc", "name", "contested", "capital", "palace", "organ", "official", "party", "company",
    "agency", "media",
    "armed_group", "demonym", "adjective", "sector_office", "sector_organ", "sector_group",
    "sector_equipment", "place", "contested_place",
)  # fmt: skip
_UNLINKED = frozenset({"armed_group", "attitude", "state_group"})
_RANK = {kind: rank for rank, kind in enumerate(_PRIORITY)}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a matched phrase names.

    ``codes`` has several for a compound adjective or a group of states, none for a sector noun. An
    attitude («антироссийский») has the codes of those whom it is for or against.
    """

    kind: str
    codes: tuple[str, ...]
    sector: str
    office: str | None
    words: tuple[str, ...]
    capital: bool  # the first word is written with a capital
    upper: bool  # an abbreviation, all in capitals
    weak: bool = False
    proper: bool = False
    lower: bool = False  # may be written without its capital


@dataclass(frozen=True, slots=True)
class Hit:
    """A matched phrase in a sentence: token indices (stop exclusive) and its entry."""

    start: int
    stop: int
    entry: Entry


class _Node:
    __slots__ = ("entries", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.entries: list[Entry] = []


class Gazetteer:
    """All names of one language, ready to match. Build it once; it is never changed after."""

    def __init__(self, language: str = "ru") -> None:
        self._root = _Node()
        self._forms: dict[str, list[str]] = {}
        self._words: set[str] = set()
        self._inflected: set[tuple[str, str]] = set()
        self._combining: dict[str, str] = {}
        self._adjectives: dict[str, str] = {}
        self._stances = {form for stance in word_lists(language).stances for form in adjective_forms(stance)}
        for form in forms(language):
            self._add(form)
        for words, kind in masked(language):
            self._add(Form(words, "masked", None, kind))
        self._own(language)

    def _add(self, form: Form) -> None:
        if form.kind == "combining":
            self._combining[fold(form.words)] = form.code or ""
            return
        written = list(_TOKEN.findall(form.words))
        words = tuple(fold(word) for word in written)
        node = self._root
        for word in words:
            self._inflect(word, form, len(words))
            node = node.next.setdefault(word, _Node())
        first = written[0]
        letters = [letter for letter in form.words if letter.isalpha()]
        code = (form.code,) if form.code else form.members
        if form.kind == "adjective" and code:
            for inflected in adjective_forms(words[0]):
                self._adjectives[inflected] = code[0]
        node.entries.append(
            Entry(
                kind=form.kind,
                codes=code,
                sector=form.sector,
                office=form.office,
                words=words,
                capital=first[:1].isupper(),
                upper=len(letters) > 1 and all(letter.isupper() for letter in letters) and len(words) == 1,
                weak=form.weak,
                proper=form.proper,
                lower=form.lower,
            )
        )

    def _own(self, language: str) -> None:
        """Give a sector phrase the owner that its own words name («глава Пентагона»)."""
        for form in forms(language):
            written = _TOKEN.findall(form.words)
            if not form.kind.startswith("sector") or not any(word[0].isupper() for word in written[1:]):
                continue
            first = next(i for i, word in enumerate(written) if i and word[0].isupper())
            hits = self.match(written[first:], [fold(word) for word in written[first:]])
            codes = next((hit.entry.codes for hit in hits if hit.entry.codes), ())
            node = self._root
            for word in written:
                node = node.next[fold(word)]
            node.entries = [replace(e, codes=codes) if e.kind == form.kind else e for e in node.entries]

    def _inflect(self, word: str, form: Form, length: int) -> None:
        self._words.add(word)
        if form.fixed or len(word) < 2 or not word[0].isalpha() or (word, form.kind) in self._inflected:
            return
        self._inflected.add((word, form.kind))
        if form.kind == "adjective":
            made = adjective_forms(word)
        elif form.kind == "demonym":
            made = demonym_forms(word)
        elif form.kind.startswith("sector") and length == 1:
            return  # single common nouns are met by their lemma
        elif (form.kind == "masked" and is_adjective(word) and length > 1) or (
            form.kind.startswith("sector") and is_adjective(word)
        ):
            made = adjective_forms(word)
        else:
            made = name_forms(word)
        for inflected in made:
            if inflected != word:
                words = self._forms.setdefault(inflected, [])
                if word not in words:
                    words.append(word)

    def candidates(self, lower: str, lemma: str) -> list[str]:
        """The dictionary words that a token may be a form of."""
        found = list(self._forms.get(lower, ()))
        if lower in self._words:
            found.append(lower)
        if lemma != lower and lemma in self._words and lemma not in found:
            found.append(lemma)
        return found

    def match(self, texts: Sequence[str], lemmas: Sequence[str]) -> list[Hit]:
        """The longest entries in a sentence, left to right, none overlapping another.

        Args:
            texts: the words as written.
            lemmas: their dictionary forms (lower-cased, ё as е); the written form where unknown.
        """
        words = [self.candidates(fold(text), lemma) for text, lemma in zip(texts, lemmas, strict=True)]
        hits: list[Hit] = []
        index, size = 0, len(texts)
        root = self._root.next
        while index < size:
            best: Hit | None = None
            text = texts[index]
            if text[:1].isalpha():
                for word in words[index]:
                    node = root.get(word)
                    if node is not None:
                        exact = word in (lemmas[index], fold(text))
                        best = self._longest(node, index, index + 1, texts, words, best, exact)
                if best is None and ("-" in text or len(text) > 7):
                    best = self._derived(lemmas[index] if fold(text)[:4] == "экс-" else text, index)
            if best is None:
                index += 1
            else:
                best = self._before_group(best, texts, lemmas, words)
                hits.append(best)
                index = best.stop
        return hits

    def _before_group(self, hit: Hit, texts: Sequence[str], lemmas: Sequence[str], words: list[list[str]]) -> Hit:
        """«лидеры стран» gives its last word back where «стран Балтии» begins there."""
        last = hit.stop - 1
        if last <= hit.start or not hit.entry.kind.startswith("sector_"):
            return hit
        group: Hit | None = None
        for word in words[last]:
            node = self._root.next.get(word)
            if node is not None:
                group = self._longest(node, last, last + 1, texts, words, group, True)
        if group is None or group.entry.kind != "state_group":
            return hit
        shorter = self.match(texts[hit.start : last], lemmas[hit.start : last])
        if not shorter or shorter[0].start > 0:
            return hit
        return replace(shorter[0], start=hit.start, stop=hit.start + shorter[0].stop)

    def _longest(
        self,
        node: _Node,
        start: int,
        stop: int,
        texts: Sequence[str],
        words: list[list[str]],
        best: Hit | None,
        exact: bool,
    ) -> Hit | None:
        for entry in node.entries:
            if not _fits(entry, texts[start]) or not (exact or len(entry.words) > 1 or entry.kind[:7] != "sector_"):
                continue
            if best is None or stop > best.stop or (stop == best.stop and _rank(entry) < _rank(best.entry)):
                best = Hit(start, stop, entry)
        if node.next and stop < len(texts):
            following = words[stop] if words[stop] else (fold(texts[stop]),)
            for word in following:
                child = node.next.get(word)
                if child is not None:
                    best = self._longest(child, start, stop + 1, texts, words, best, exact)
            if "-" in node.next and fold(texts[stop]) == "-" and not words[stop]:
                best = self._longest(node.next["-"], start, stop + 1, texts, words, best, exact)
        return best

    def _derived(self, text: str, index: int) -> Hit | None:
        """Compound adjectives («ирано-турецкий») and attitudes («протурецкий»)."""
        lower = fold(text)
        codes = self.compound(lower)
        if codes:
            return Hit(index, index + 1, Entry("adjective", codes, "unspecified", None, (lower,), False, False))
        if lower.startswith("экс-"):
            node = self._root.next.get(lower[4:])
            entry = next((e for e in node.entries if e.kind == "sector_office"), None) if node else None
            if entry is not None:
                return Hit(index, index + 1, replace(entry, words=(lower,)))
        parts = text.split("-")
        if len(parts) > 1 and all(part[:1].isupper() for part in parts):
            named = [self._named(part) for part in parts]
            if all(named):
                joined = tuple(dict.fromkeys(code for code in named if code))
                return Hit(index, index + 1, Entry("name", joined, "government", None, (lower,), True, False))
        match = _ATTITUDE.match(lower)
        if match:
            rest = lower[match.end() :]
            known = self._adjectives.get(rest)
            codes = (known,) if known else self.compound(rest)
            if codes or rest in self._stances:
                return Hit(index, index + 1, Entry("attitude", codes, "unspecified", None, (lower,), False, False))
        return None

    def _named(self, part: str) -> str | None:
        """The code of one part of «Россия-НАТО», where it is a state's, bloc's or capital's name."""
        for word in self.candidates(fold(part), fold(part)):
            node = self._root.next.get(word)
            for entry in node.entries if node else ():
                if entry.kind in {"name", "bloc", "capital"} and _fits(entry, part):
                    return entry.codes[0]
        return None

    def compound(self, lower: str) -> tuple[str, ...]:
        """Codes of a compound adjective, in order; empty where a part is unknown."""
        if "-" not in lower:
            return ()
        *left, last = lower.split("-")
        codes = []
        for part in left:
            code = self._combining.get(part) or (self._adjectives.get(part[:-1] + "ий") if part[-1:] == "о" else None)
            if code is None:
                return ()
            codes.append(code)
        code = self._adjectives.get(last)
        if code is None:
            return ()
        return tuple(dict.fromkeys([*codes, code]))

    def scan(self, text: str) -> list[tuple[int, int, Entry]]:
        """Entries in a bare text, with character offsets; common nouns only where written as in a dictionary."""
        tokens = list(_TOKEN.finditer(text))
        texts = [token.group() for token in tokens]
        hits = self.match(texts, [fold(word) for word in texts])
        return [(tokens[hit.start].start(), tokens[hit.stop - 1].end(), hit.entry) for hit in hits]

    def link(self, text: str) -> str | None:
        """The actor that a mention names, given the mention's text alone; None where nobody is known.

        Capitals and other places give the state they lie in; sector nouns, attitudes, groups of states and
        unknown words nothing.
        """
        found = [entry for _, _, entry in self.scan(text) if entry.codes and entry.kind not in _UNLINKED]
        if not found and text[:1].islower():
            capital = text[:1].upper() + text[1:]
            found = [entry for _, _, entry in self.scan(capital) if entry.codes and entry.kind not in _UNLINKED]
        if not found:
            return None
        strong = [entry for entry in found if entry.kind in {"name", "contested", "bloc"}]
        return (strong or found)[-1 if strong else 0].codes[0]


def _fits(entry: Entry, text: str) -> bool:
    if entry.lower and text[:1].islower():
        return True
    if entry.upper:
        return text[:2].isupper() and (
            len(text) < 3 or text[:3].isupper() or not text[2].isalpha() or text[2:].islower()
        )
    return not entry.capital or text[:1].isupper()


def _rank(entry: Entry) -> int:
    return _RANK.get(entry.kind, 99)


@cache
def gazetteer(language: str = "ru") -> Gazetteer:
    """The gazetteer of a language, built once in a process."""
    return Gazetteer(language)
