"""Holders of offices by their Latin-script names, in whatever spelling a dataset uses.

The tables give each tenure with the person's usual English name. Datasets write the same person with a middle name,
a patronymic, a second family name, a title, without diacritics or in another romanisation («Sergey Kuzhugetovich
Shoygu»). A name means a holder when, from the strictest to the loosest reading, (1) the words are the same in any
order or run together, (2) the shorter name stands in the longer, in order and with the same last word, (3) one name
begins the other, (4) the consonants of first and last word are the same and nothing between them disagrees. The first
reading that finds anybody whose tenure fits the day decides; where it finds holders of different states, nobody is
meant.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from detente.actor.tables import GRACE, Holder, actors, closed, day, holders
from detente.errors import DataError

COLUMNS = ("code", "office", "person", "start", "stop", "source")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ə": "a", "ß": "ss", "æ": "ae", "þ": "th", "ð": "d",
                          "œ": "oe", "ħ": "h", "&": " and "})  # fmt: skip
_TITLES = frozenset({"gen", "general", "sheikh", "sheik", "shaikh", "sayyed", "seyyed", "sayyid", "minister", "prime",
                     "president", "king", "queen", "emperor", "dr", "sir", "alhaji", "haji", "emir"})  # fmt: skip
_SHIPS = frozenset({"uss", "hms", "ins"})
_ARTICLES = frozenset({"al", "el", "as", "ul"})
_DYNASTY = frozenset({"saud", "thani", "nahyan", "maktoum", "maktum", "jr", "ii", "iii"})
_DIGRAPHS = (("kh", "h"), ("gh", "g"), ("sh", "s"), ("ch", "c"), ("zh", "z"), ("ph", "f"), ("th", "t"), ("dh", "d"),
             ("ck", "k"), ("q", "k"), ("w", "v"), ("x", "ks"), ("dj", "j"), ("dzh", "j"))  # fmt: skip
_VOWELS = re.compile(r"[aeiouy]+")
_OPEN = frozenset("aeiou")
_DOUBLE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[a-z0-9]+")
_LEAST = 5  # consonants that a name must have to be known by them alone,
_LAST = 2  # and those of its last word
_COMMON = 4  # a word in so many holders' names tells nobody apart at the end of a shortened name
_LONG = 4  # letters of each word of a name that may begin a longer one

Words = tuple[str, ...]


def fold(name: str) -> Words:
    """The words of a name in lower-case ASCII, without diacritics, apostrophes and full stops."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    plain = "".join(c for c in text if not unicodedata.combining(c) and c not in "'’‘ʻʼ`.")
    return tuple(_WORD.findall(plain))


def _person(name: str) -> Words:
    words = tuple("bin" if word == "ibn" else word for word in fold(name))
    bare = tuple(word for word in words if word not in _TITLES)
    words = bare if len(bare) > 1 else words
    plain = tuple(w for i, w in enumerate(words) if not i or w not in _ARTICLES)
    while len(plain) > 2 and plain[-1] in _DYNASTY:
        plain = plain[:-1]
    return plain if len(plain) > 1 else words


@lru_cache(maxsize=65536)
def _skeleton(word: str) -> str:
    for written, read in _DIGRAPHS:
        word = word.replace(written, read)
    word = _DOUBLE.sub(r"\1", word)
    return ("a" if word[:1] in _OPEN else "") + _VOWELS.sub("", word)


@dataclass(frozen=True, slots=True)
class Tenure:
    """Whom a name means on a day: the person's usual name, the state or bloc, and the office held then, if any."""

    person: str
    code: str
    office: str | None


class LatinPeople:
    """Holders of offices, found by Latin-script names. Built once from closed tenures; it is never changed after."""

    def __init__(self, tenures: Iterable[Holder]) -> None:
        self._names: dict[Words, list[Holder]] = {}
        for holder in tenures:
            self._names.setdefault(_person(holder.person), []).append(holder)
        self._sorted = _index(self._names, lambda words: ["".join(words), " ".join(sorted(words))])
        self._last = _index(self._names, lambda words: words[-1:] if len(words) > 1 else [])
        self._first = _index(self._names, lambda words: words[:1] if len(words) > 1 else [])
        self._bones = _index(self._names, _bones)
        borne = Counter(word for words in self._names for word in set(words))
        self._common = frozenset(word for word, count in borne.items() if count >= _COMMON)

    def readings(self, name: str) -> list[list[Holder]]:
        """The tenures that a name can mean, a list for each of the four readings that finds any."""
        words = _person(name)
        if not words:
            return []
        found: list[set[Words]] = [
            {*self._sorted.get("".join(words), ()), *self._sorted.get(" ".join(sorted(words)), ())}
        ]
        if len(words) > 1:
            found.append({other for other in self._last.get(words[-1], ()) if _inside(other, words)})
            found.append({other for other in self._first.get(words[0], ()) if self._begins(other, words)})
            bones = {other for key in _bones(words) for other in self._bones.get(key, ()) if _agree(other, words)}
            found.append({other for other in bones if other[-1] not in self._common})
        return [[holder for words in sorted(reading) for holder in self._names[words]] for reading in found if reading]

    def _begins(self, one: Words, other: Words) -> bool:
        short, long = sorted((one, other), key=len)
        fits = len(short) > 1 and long[: len(short)] == short and all(len(word) >= _LONG for word in short)
        return fits and short[-1] not in self._common


def _index(names: Iterable[Words], keys: Callable[[Words], Iterable[str]]) -> dict[str, list[Words]]:
    found: dict[str, list[Words]] = {}
    for words in names:
        for key in keys(words):
            if words not in found.setdefault(key, []):
                found[key].append(words)
    return found


def _bones(words: Words) -> list[str]:
    if len(words) < 2:
        return []
    first, last = _skeleton(words[0]), _skeleton(words[-1])
    return [f"{first} {last}"] if len(first) > 1 and len(last) >= _LAST and len(first) + len(last) >= _LEAST else []


def _inside(one: Words, other: Words) -> bool:
    """Whether the shorter of two names, both with the same last word, stands in the longer in order."""
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or (short[0] != long[0] and ("bin" in long or long[0] in _SHIPS)):
        return False  # «Hamdan bin Mohammed» is the son, «USS John McCain» the ship
    rest = iter(long)
    return all(word in rest for word in short)


def _agree(one: Words, other: Words) -> bool:
    """Whether the words between first and last do not speak against each other."""
    middles = sorted((tuple(map(_skeleton, name[1:-1])) for name in (one, other)), key=len)
    rest = iter(middles[1])
    return all(word in rest for word in middles[0])


def choose(readings: list[list[Holder]], on: date) -> Tenure | None:
    """Whom the readings of a name mean on a day; None where nobody's tenure is near or the states differ.

    A name stands for the state during the tenure and two years before and after; a person in office on the day goes
    before those who only were or will be.
    """
    for reading in readings:
        near = [h for h in reading if h.start - GRACE <= on and (h.stop is None or on <= h.stop + GRACE)]
        if not near:
            continue
        now = [h for h in near if h.start <= on and (h.stop is None or on <= h.stop)]
        codes = {holder.code for holder in now or near}
        if len(codes) > 1:
            return None
        chosen = (now or near)[-1]
        return Tenure(chosen.person, chosen.code, _office(now))
    return None


def _office(now: list[Holder]) -> str | None:
    held = {holder.office for holder in now}
    ranked = ("head_of_state", "head_of_government", "foreign_minister", "defence_minister")
    return next((office for office in ranked if office in held), min(held) if held else None)


def own_holders() -> list[Holder]:
    """Tenures that only datasets need, from holders.csv: they have no Russian names. Raises DataError.

    Where the source attests an office at a date without its beginning, ``start`` is that date.
    """
    reader = csv.reader((files("detente.dataset") / "data" / "holders.csv").read_text("utf-8").splitlines())
    if tuple(next(reader, ())) != COLUMNS:
        raise DataError(f"holders.csv:1: expected the columns {','.join(COLUMNS)}")
    found = []
    for row in reader:
        where = f"holders.csv:{reader.line_num}"
        if len(row) != len(COLUMNS):
            raise DataError(f"{where}: {len(row)} fields, expected {len(COLUMNS)}")
        code, office, person, first, last, source = row
        start = day(first, where)
        if code not in actors() or start is None or not person or not source.startswith("http"):
            raise DataError(f"{where}: a holder needs a known code, a person, a start and a source")
        found.append(Holder(code, office, person, "", "", (), start, day(last, where, last=True), source))
    return found


@cache
def people() -> LatinPeople:
    """The holders of the actor tables and of holders.csv, loaded once in a process."""
    return LatinPeople([*closed(holders()), *closed(own_holders())])
