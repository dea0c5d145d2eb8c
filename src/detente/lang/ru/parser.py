"""Russian parser: razdel's segmentation and slovnet's networks, from the weights in natasha's wheel.

The weights are loaded directly (navec, slovnet): importing natasha itself would bring in pymorphy2,
which dies with setuptools 81 and later. Lemmas come from pymorphy3, chosen by the tagger's part of
speech and features. UD by SynTagRus; LAS 83 on PUD (nsubj 87, obj 88, iobj 52, appos 37, acl 54).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import DataError
from detente.lang.base import Name, Parse, Token
from detente.lang.ru.glue import breaks
from detente.lang.ru.repair import repair

if TYPE_CHECKING:
    from detente.lang.ru.networks import Tagged

_POS = {
    "NOUN": {"NOUN"},
    "PROPN": {"NOUN"},
    "VERB": {"VERB", "INFN", "PRTF", "PRTS", "GRND"},
    "AUX": {"VERB", "INFN"},
    "ADJ": {"ADJF", "ADJS", "COMP"},
    "DET": {"ADJF", "NPRO"},
    "NUM": {"NUMR", "ADJF"},
    "PRON": {"NPRO", "ADJF"},
    "ADV": {"ADVB", "COMP", "PRED"},
}
_MISTAKEN = frozenset({"ADJ", "NOUN", "ADV", "X", "PUNCT", "PROPN"})
_VERB_FORMS = {
    "VERB": {"VerbForm": "Fin"},
    "INFN": {"VerbForm": "Inf"},
    "PRTF": {"VerbForm": "Part"},
    "PRTS": {"VerbForm": "Part", "Variant": "Short"},
    "GRND": {"VerbForm": "Conv"},
}
_CASE = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct", "Par": "gen2"}
_GENDER = {"Masc": "masc", "Fem": "femn", "Neut": "neut"}
_NUMBER = {"Sing": "sing", "Plur": "plur"}
_PROPER = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})
_INITIAL = re.compile(r"^[A-ZА-ЯЁ]$")
_SURNAME = re.compile(r"^[A-ZА-ЯЁ][a-zа-яё-]{2,}")


def weights() -> Path:
    """Folder of the weights that natasha's wheel carries. Raises DataError where it is missing."""
    spec = find_spec("natasha")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("the Russian models are missing: install the package 'natasha', which carries them")
    return Path(spec.submodule_search_locations[0]) / "data"


class RussianParser:
    """Segments, tags and parses Russian; one instance holds the networks (about 150 MB)."""

    def __init__(self) -> None:
        from navec import Navec
        from pymorphy3 import MorphAnalyzer

        from detente.lang.ru.networks import Networks

        data = weights()
        navec = Navec.load(str(data / "emb" / "navec_news_v1_1B_250K_300d_100q.tar"))
        self._networks = Networks(data / "model", navec)
        self._navec = navec
        self._unknown = np.zeros(300, np.float32)
        self.vector = lru_cache(maxsize=50_000)(self._vector)
        self._analyzer = MorphAnalyzer()
        self._readings = lru_cache(maxsize=100_000)(self._analyze)
        self._lemma = lru_cache(maxsize=100_000)(self._find_lemma)

    def _vector(self, lemma: str) -> np.ndarray:
        """A word's vector by its lemma, (300,); zeros for an unknown word."""
        return np.asarray(self._navec[lemma], np.float32) if lemma in self._navec else self._unknown

    def parse(self, texts: Sequence[str]) -> list[list[Parse]]:
        """Parse every text into sentences with tokens, lemmas, dependencies and names."""
        from razdel import sentenize, tokenize

        sentences: list[tuple[int, int, int, list[Any]]] = []
        for number, text in enumerate(texts):
            for part in sentenize(text):
                for start, piece in _split_long(part.start, part.text):
                    tokens = _join_initials(list(tokenize(piece)))
                    for first, stop, run in self._unglue(tokens, len(piece)):
                        sentences.append((number, start + first, start + stop, run))
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i][3]))
        words = [self._small([token.text for token in sentences[i][3]]) for i in order]
        result: list[list[Parse]] = [[] for _ in texts]
        parses: list[Parse | None] = [None] * len(sentences)
        for place, tagged in zip(order, self._networks(words), strict=True):
            _, start, stop, tokens = sentences[place]
            parses[place] = self._build(start, stop, tokens, tagged)
        for (number, *_), parse in zip(sentences, parses, strict=True):
            assert parse is not None
            result[number].append(parse)
        return result

    def _analyze(self, word: str) -> Any:
        try:
            return self._analyzer.parse(word)
        except ValueError:  # pymorphy asks for names of letters that have none, and encodes lone surrogates
            return self._analyzer.parse("".join(char if unicodedata.name(char, "") else "\ufffd" for char in word))

    def _build(self, offset: int, stop: int, tokens: list[Any], tagged: Tagged) -> Parse:
        built = []
        names = _spans(tagged.names)
        told = zip(tokens, tagged.pos, tagged.feats, tagged.heads, tagged.rels, strict=True)
        for index, (token, pos, feats, head, rel) in enumerate(told):
            lemma, verbal = self._lemma(token.text, pos, feats.get("Case"), feats.get("Number"), feats.get("Gender"))
            if lemma == "быть" and feats.get("Tense") == "Pres":
                feats["Tense"] = "Fut"  # SynTagRus calls «будет» present
            if verbal is not None and pos not in {"VERB", "AUX"}:
                # the tagger takes some rare verbs and participles for adjectives or nouns
                pos = "VERB"
                feats.update(verbal)
            built.append(
                Token(
                    index=index,
                    start=offset + token.start,
                    stop=offset + token.stop,
                    text=token.text,
                    lemma=lemma,
                    pos=pos,
                    feats=feats,
                    head=head,
                    rel=rel,
                )
            )
        _break_cycles(built)
        parse = Parse(offset, stop, built, names)
        if repair(parse):
            _break_cycles(parse.tokens)
            parse = Parse(offset, stop, parse.tokens, names)
        return parse

    def _small(self, words: list[str]) -> list[str]:
        """Words of a headline in capitals as the networks know them: small, names with a capital."""
        long = [word for word in words if len(word) > 3 and word.isalpha()]
        if len(long) < 4 or sum(word.isupper() for word in long) < 0.7 * len(long):
            return words
        return [self._case(word) if word.isupper() and len(word) > 1 else word for word in words]

    def _case(self, word: str) -> str:
        tag = self._readings(word)[0].tag
        if "Abbr" in tag.grammemes or not self._readings(word)[0].is_known:
            return word
        return word.capitalize() if _PROPER & tag.grammemes else word.lower()

    def _unglue(self, tokens: list[Any], length: int) -> Iterator[tuple[int, int, list[Any]]]:
        """(start, stop, tokens) of the sentences in a stretch; token offsets stay those of the stretch."""
        if not tokens:
            return
        cuts = breaks([token.text for token in tokens], self._readings) if len(tokens) > 7 else []
        edges = [0, *cuts, len(tokens)]
        for left, right in pairwise(edges):
            start = tokens[left].start if left else 0
            stop = tokens[right].start if right < len(tokens) else length
            run = tokens[left:right]
            if start:
                run = [_Piece(token.start - start, token.stop - start, token.text) for token in run]
            yield start, stop, run

    def _find_lemma(
        self, word: str, pos: str, case: str | None, number: str | None, gender: str | None
    ) -> tuple[str, dict[str, str] | None]:
        """Dictionary form, and verbal features where every reading of the word is a verb form."""
        if pos == "PUNCT" and not word.isalpha():
            return word.lower(), None
        best, most = word.lower(), -1.0
        chosen = None
        parses = self._readings(word)
        for parse in parses:
            tag = parse.tag
            score = parse.score
            if tag.POS in _POS.get(pos, set()):
                score += 4
            if pos == "PROPN" and ({"Name", "Surn", "Patr", "Geox", "Orgn", "Abbr"} & tag.grammemes):
                score += 1
            if case and _CASE.get(case) in tag.grammemes:
                score += 1
            if number and _NUMBER.get(number) in tag.grammemes:
                score += 0.5
            if gender and _GENDER.get(gender) in tag.grammemes:
                score += 0.5
            if score > most:
                best, most, chosen = parse.normal_form, score, tag
        feats = None
        if chosen is not None and pos in _MISTAKEN and all(parse.tag.POS in _VERB_FORMS for parse in parses):
            feats = _VERB_FORMS[chosen.POS] | ({"Voice": "Pass"} if "pssv" in chosen.grammemes else {})
        return best.replace("ё", "е"), feats


def _spans(tags: Sequence[str]) -> tuple[Name, ...]:
    """BIO tags to spans; an I- after another type opens a span of its own."""
    spans: list[Name] = []
    start, kind = -1, ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, type_ = tag.partition("-")
        if start >= 0 and (prefix != "I" or type_ != kind):
            spans.append(Name(start, index, kind))
            start = -1
        if start < 0 and prefix in {"B", "I"}:
            start, kind = index, type_
    return tuple(spans)


@dataclass(slots=True)
class _Piece:
    """A token of razdel's shape whose text may be shorter than its stretch."""

    start: int
    stop: int
    text: str


def _join_initials(tokens: list[Any]) -> list[Any]:
    """«Б. Асад» is one word, the surname: the networks do not know initials, and cut the sentence at them."""
    joined: list[Any] = []
    at = 0
    while at < len(tokens):
        end = at
        while end + 1 < len(tokens) and _INITIAL.match(tokens[end].text) and tokens[end + 1].text == ".":
            end += 2
        if end > at and end < len(tokens) and _SURNAME.match(tokens[end].text):
            joined.append(_Piece(tokens[at].start, tokens[end].stop, tokens[end].text))
            at = end + 1
        else:
            joined.append(tokens[at])
            at += 1
    return joined


def _split_long(start: int, text: str, limit: int = 1500) -> list[tuple[int, str]]:
    """Cut a run without sentence ends into pieces of at most ``limit`` characters, at white space."""
    pieces = []
    while len(text) > limit:
        cut = max(text.rfind(" ", 0, limit), text.rfind("\n", 0, limit))
        cut = cut if cut > limit // 2 else limit
        pieces.append((start, text[:cut]))
        start, text = start + cut, text[cut:]
    pieces.append((start, text))
    return pieces


def _break_cycles(tokens: list[Token]) -> None:
    """Make the arcs a tree: a token on a cycle, or with an impossible head, hangs on the root."""
    root = next((token.index for token in tokens if token.head == -1), 0)
    for token in tokens:
        if not -1 <= token.head < len(tokens) or token.head == token.index:
            token.head = -1 if token.index == root else root
    for token in tokens:
        seen = set()
        at = token.index
        while at != -1 and at not in seen:
            seen.add(at)
            at = tokens[at].head
        if at != -1:
            token.head = -1 if token.index == root else root
