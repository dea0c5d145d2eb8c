"""Words of a text as classes, for the date rules: what is a month, a year, a clock, a preposition.

Numbers, clocks and dates in digits are read here; every other class comes from the language's data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_TOKEN = re.compile(
    r"""
    (?P<current>(?<!\w)[ст]\.\s?г\.)
  | (?P<word>[а-я]{4,}(?=\d{1,2}\s[а-я])|[^\W\d_]\w*(?:-\w+)*)
  | (?P<stamp>\b\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)
  | (?P<full>(?<![\d.,/-])(?:\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}[-./]\d{1,2}[-./]\d{1,2})(?![\d/-]|[.,]\d))
  | (?P<clock>(?<![\d:.,])[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?![\d:]))
  | (?P<junk>№\s*\d+|\+\d[\d\s()-]{5,}\d|\d+(?:[-/.]\d+){2,}|\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)
           |\d+[.,]\d+(?!\d*:)|\d+\s?%|[$€£]\s?\d+)
  | (?P<span>(?:1[89]|20)\d\d/(?:\d{4}|\d\d)(?!\d))
  | (?P<number>\d+)(?:\s?[-‑–]\s?(?P<suffix>го|му|ом|ми|ый|ой|ое|ая|ые|ым|ых|м|й|е|я|х)(?!\w))?(?![^\W\d_])
  | (?P<mixed>\w+(?:-\w+)*)
  | (?P<mark>[^\w\s]|_)
    """,
    re.VERBOSE,
)
_MARKS = {",": "comma", ".": "dot", "(": "open", ")": "close", "-": "dash", "–": "dash", "—": "dash", "−": "dash"}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "і": 1, "іі": 2, "ііі": 3, "xix": 19, "xx": 20, "xxi": 21, "хх": 20,
          "ххi": 21, "хiх": 19, "xviii": 18, "xvii": 17, "xvi": 16}  # fmt: skip
SCANNER = (
    "word", "comma", "dot", "dash", "open", "close", "mark", "day", "day_ordinal", "year", "year_ordinal",
    "year_span", "decade", "number", "roman", "full", "stamp", "clock", "this_year", "phrase",
)  # fmt: skip
Value = int | str | date | tuple[int, int]
Words = dict[str, tuple[str, Value]]
Phrases = dict[str, tuple[tuple[tuple[str, ...], Value], ...]]


@dataclass(slots=True)
class Row:
    """The words of a text with their classes: ``names[i]`` is the class of ``words[i]``."""

    names: list[str]
    words: list[str]
    values: list[Value]
    starts: list[int]
    stops: list[int]

    def __len__(self) -> int:
        return len(self.names)

    def name(self, place: int) -> str:
        """Class at a place, empty outside the text."""
        return self.names[place] if 0 <= place < len(self.names) else ""

    def classes(self, start: int, stop: int) -> list[str]:
        """Classes from ``start`` to ``stop``."""
        return self.names[max(start, 0) : max(stop, 0)]


def read_words(text: str, words: Words, phrases: Phrases) -> Row:
    """Read a text into words with their classes; a fixed phrase becomes one word."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when lowered, which would move the offsets
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    lower = lower.replace("ё", "е")
    row = Row([], [], [], [], [])
    name_of, words_of, values, starts, stops = row.names, row.words, row.values, row.starts, row.stops
    for match in _TOKEN.finditer(lower):
        kind, word = match.lastgroup, match[0]
        start, stop = match.span()
        entry = words.get(word)
        name: str
        value: Value
        if entry is not None:
            name, value = entry
        elif kind == "mark":
            name, value = _MARKS.get(word, "mark"), 0
        elif kind != "word":
            name, value = _number(match)
        elif "-" in word:
            _compound(row, word, start, stop, words)
            continue
        elif word in _ROMAN:
            name, value = "roman", _ROMAN[word]
        else:
            name, value = "word", 0
        # written out: this is the innermost loop of the scan
        name_of.append(name)
        words_of.append(word)
        values.append(value)
        starts.append(start)
        stops.append(stop)
    if not phrases.keys().isdisjoint(row.words):
        _fold_phrases(row, phrases)
    return row


def _add(row: Row, name: str, word: str, value: Value, start: int, stop: int) -> None:
    row.names.append(name)
    row.words.append(word)
    row.values.append(value)
    row.starts.append(start)
    row.stops.append(stop)


def _compound(row: Row, word: str, start: int, stop: int, words: Words) -> None:
    """«март-апрель» is three words where both halves are known and of one class, else one."""
    left, _, right = word.partition("-")
    one, two = words.get(left), words.get(right)
    if one is None or two is None or not {one[0], two[0]} <= _HYPHENED:
        if word.partition("-")[0] in _ROMAN and word.partition("-")[2] in _ROMAN:
            one, two = ("roman", _ROMAN[left]), ("roman", _ROMAN[right])
        else:
            _add(row, "word", word, 0, start, stop)
            return
    middle = start + len(left)
    _add(row, one[0], left, one[1], start, middle)
    _add(row, "dash", "-", 0, middle, middle + 1)
    _add(row, two[0], right, two[1], middle + 1, stop)


_HYPHENED = {"month", "month_genitive", "weekday", "weekday_oblique", "season", "season_noun", "decade_word"}


def _number(match: re.Match[str]) -> tuple[str, Value]:
    """Class and value of what the scanner reads by its digits."""
    word = match[0]
    match match.lastgroup:
        case "stamp" | "full":
            found = _full(word)
            return (str(match.lastgroup), found) if found else ("number", 0)
        case "clock":
            return "clock", 0
        case "current":
            return "this_year", "this"
        case "span":
            first, last = int(word[:4]), int(word[5:])
            last = last if last > 100 else first // 100 * 100 + last
            return ("year_span", (first, last)) if last == first + 1 else ("number", 0)
        case "mixed":
            return "word", 0
        case "junk":
            return "number", 0
    digits, suffix = match["number"], match["suffix"]
    if len(digits) > 6 or (len(digits) > 2 and digits[0] == "0"):
        return "number", 0
    value = int(digits)
    if suffix in {"е", "х", "ые", "ых"} and (value % 10 == 0 and (value < 100 or 1800 <= value < 2100)):
        return "decade", value
    if 1800 <= value < 2200:
        return ("year_ordinal" if suffix else "year"), value
    if 1 <= value <= 31 and len(digits) <= 2:
        return ("day_ordinal" if suffix else "day"), value
    return "number", value


def _full(word: str) -> date | None:
    """A date in digits, day before month; None where there is no such day."""
    parts = [int(part) for part in re.split(r"[-./]", word[:10].split("t")[0])]
    year, month, day = parts if parts[0] > 31 else parts[::-1]
    if not 1800 <= year < 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fold_phrases(row: Row, phrases: Phrases) -> None:
    """Replace the words of a fixed phrase by one of class ``phrase``."""
    for place in range(len(row.words) - 1, -1, -1):  # from the end, so that places before stay put
        if row.words[place] not in phrases:
            continue
        for parts, value in phrases.get(row.words[place], ()):
            size = len(parts)
            if tuple(row.words[place : place + size]) == parts:
                stop = row.stops[place + size - 1]
                row.names[place : place + size] = ["phrase"]
                row.words[place : place + size] = [" ".join(parts)]
                row.values[place : place + size] = [value]
                row.starts[place : place + size] = [row.starts[place]]
                row.stops[place : place + size] = [stop]
                break
