"""Channel noise blanked for parsing, with offsets kept: notices, credits, stamps, emoji, links, marks.

The masked text has the length of the given one: every blanked character is a space, so spans found in
it slice the original. Forced sentence breaks come as segments, stretches to be cut into sentences each
on its own, because a sentence splitter does not stop at a line end.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import pairwise

from detente.model import Span
from detente.text import headline
from detente.text.rules import Rules, rules


@dataclass(frozen=True, slots=True)
class Noise:
    """A stretch that was blanked, and what it is."""

    start: int
    stop: int
    kind: str


@dataclass(frozen=True, slots=True)
class Dateline:
    """An agency's dateline («МОСКВА, 16 фев — РИА Новости.»): the whole and its parts."""

    start: int
    stop: int
    place: Span | None = None
    date: Span | None = None
    agency: Span | None = None


@dataclass(frozen=True, slots=True)
class Masked:
    """Masked text with its segments, and the metadata that stood in the noise.

    ``segments`` are (start, stop) pairs in order; ``tails`` are the names after «Источник:», who says
    what stands before; ``stamps`` are time stamps of the page, which date the publication, not an act.
    Words with invisible characters inside are closed up: ``places`` gives for each letter that moved
    (its offset in the masked text) where it stands in the given one.
    """

    text: str
    segments: tuple[tuple[int, int], ...]
    noise: tuple[Noise, ...] = ()
    tails: tuple[Span, ...] = ()
    datelines: tuple[Dateline, ...] = ()
    stamps: tuple[Span, ...] = ()
    places: dict[int, int] = field(default_factory=dict)

    @property
    def breaks(self) -> tuple[int, ...]:
        """Offsets at which a new segment begins, the first left out."""
        return tuple(start for start, _ in self.segments[1:])


_ODD = re.compile(
    "[#@*\\[\\]_`~|{}•▪●◦►▶·‣■□◆✓✔>&\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f\u20e3\u0301"
    "\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2b00-\u2bff\u3030\U0001f000-\U0001faff\U000e0020-\U000e007f]|://|www\\.|t\\.me/"
)
_PICTURE = (
    "(?:[\u00a9\u00ae\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2b00-\u2bff\u3030"
    "\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3)"
)
_JOINER = "[\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_EMOJI = re.compile(rf"{_PICTURE}(?:{_JOINER}|\s?{_PICTURE})*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f\u0301]")
_URL = re.compile(r"(?:https?|ftp|tg)\s?:\s?//\s?\S+|\bwww\.\S+|\bt\.me/\S+|\bpic\.\s?twitter\.\s?com/\S+")
_HANDLE = re.compile(r"\(?(?<![\w.@])@\w{3,}\)?|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.]+")
_LINK = re.compile(r"(\[)([^\[\]\n]{1,200})(\]\((?:https?:|tg:|t\.me|/|#|www)[^()\s]*\))")
_MARK = re.compile(
    r"\*+|_{2,}|~~|`+|\[/?(?:b|i|u|s|img|url|quote|center|color|size|p)(?:=[^\]\n]*)?\]|\{[^{}\n]{0,40}\}"
)
_LINE_MARK = re.compile(r"(?m)^[ \t]*(?:#{1,6}(?=[ \t])|>+(?=[ \t]))")
_BULLET = re.compile(r"(?m)^[ \t]*(?:[•▪●◦►▶·‣■□◆✓✔➤★*+\-–—]|\d{1,2}[.)](?![ \t]?\d))[ \t]+(?=\S)")
_INLINE_BULLET = re.compile(r"[•▪●◦►▶‣■□◆|]")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_HASHTAG = re.compile(r"(?<![\w&])#\w+(?:[ \t,|]+#\w+)*")
_TAIL = re.compile(
    r"(?m)(?:^|(?<=[.!?…»\"\n)])[ \t]*|(?<=\s))(?:Источник|ИСТОЧНИК|Источники|По материалам)[ \t]?[:—–-][ \t]*"
    r"(?P<who>[«\"A-ZА-ЯЁa-z][^\n]{0,60}?)[ \t]*\.?[ \t]*$"
)
_CLOCK = re.compile(r":\s?[0-5]\d")
_NUMERIC = re.compile(r"\.\s?20\d\d")
_GLUED = re.compile(r"[.!?…](?=[А-ЯЁ][а-яё ])(?<=[а-яё»)].)")
_CAPITALS = re.compile(r"[А-ЯЁ]{3}(?<![А-ЯЁа-яё-]...)")
_LINE_START = re.compile(r"\n\s*")
_LEADING = "n № без в во до за из и к ко между на не около от по после примерно с свыше со через"
_PREPOSITIONS = frozenset(_LEADING.split())


class _Sheet:
    """The text under work: characters to blank, places to cut, and the kinds of what was blanked."""

    __slots__ = ("chars", "cuts", "noise", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.chars: list[str] | None = None
        self.cuts: set[int] = set()
        self.noise: list[Noise] = []

    def blank(self, start: int, stop: int, kind: str, cut: bool = False) -> None:
        """Blank a stretch; a cut also breaks the sentence there, unless it plainly goes on."""
        if self.chars is None:
            self.chars = list(self.text)
        self.chars[start:stop] = " " * (stop - start)
        self.noise.append(Noise(start, stop, kind))
        if cut:
            self.cut_around(start, stop)

    def cut_around(self, start: int, stop: int) -> None:
        """Break before and after a stretch, unless what follows shows that the sentence goes on."""
        after = self.text[stop : stop + 40].lstrip(" \t")
        if not after or not (after[0].islower() or after[0] in ",;:)"):
            self.cuts.update((start, stop))

    def now(self) -> str:
        """The text as blanked so far."""
        return self.text if self.chars is None else "".join(self.chars)


def mask(text: str, title: str | None = None, language: str = "ru") -> Masked:
    """Blank the noise of real channel text, same length, and say where sentences must break.

    ``title`` is the document's headline where known: a copy of it glued to the first sentence is cut
    off. Never raises for any string; raises DataError only where the language has no rules.
    """
    if not text:
        return Masked("", ())
    rule = rules(language)
    sheet = _Sheet(text)
    _phrases(sheet, rule)
    datelines = _datelines(sheet, rule)
    stamps = _stamps(sheet, rule)
    tails = _tails(sheet)
    if _ODD.search(text) is not None:
        _marks(sheet)
    _bullets(sheet)
    now = sheet.now()
    sheet.cuts.update(headline.breaks(now, title, rule))
    sheet.cuts.update(match.end() for match in rule.opener.finditer(now) if headline.opens(now, match))
    sheet.cuts.update(match.end() for match in _GLUED.finditer(now))
    segments = _segments(now, sheet.cuts)
    now = _unpaired(sheet, now, segments)
    noise = tuple(sorted(set(sheet.noise), key=lambda item: (item.start, item.stop, item.kind)))
    now, places = _close_up(now)
    return Masked(now, segments, noise, tails, datelines, stamps, places)


def _phrases(sheet: _Sheet, rule: Rules) -> None:
    lower = sheet.text.lower()
    for place in sorted({place for word, places in rule.gates if word in lower for place in places}):
        entry = rule.noise[place]
        group: str | int = "x" if "x" in entry.pattern.groupindex else 0
        for match in entry.pattern.finditer(sheet.text):
            start, stop = match.span(group)
            if stop > start >= 0:
                sheet.blank(start, stop, entry.kind, entry.cut)


def _datelines(sheet: _Sheet, rule: Rules) -> tuple[Dateline, ...]:
    text = sheet.text
    found: list[Dateline] = []
    for place in _dateline_places(text):
        match = rule.dateline.match(text, place)
        if match is None or (found and match.start() < found[-1].stop):
            continue
        parts = {name: _group(match, name) for name in match.re.groupindex}
        agency = next((parts[name] for name in ("a1", "a2", "a3", "a4", "a5", "a6", "a7") if parts[name]), None)
        where = parts["place"] or parts["place2"]
        found.append(Dateline(match.start(), match.end(), where, parts["date"] or parts["date2"], agency))
        sheet.blank(match.start(), match.end(), "dateline")
        sheet.cuts.update(match.span())
    return tuple(found)


def _dateline_places(text: str) -> list[int]:
    """Where a dateline may begin: line starts, and words in capitals.

    In mid-line only capitals mark a dateline: «Москва, 5 марта» may be a sentence's own words.
    """
    places = {match.start() for match in _CAPITALS.finditer(text)}
    places.add(len(text) - len(text.lstrip()))
    if "\n" in text:
        places.update(match.end() for match in _LINE_START.finditer(text))
    return sorted(places)


def _group(match: re.Match[str], name: str) -> Span | None:
    value = (match[name] or "").rstrip(". ")
    return Span(match.start(name), match.start(name) + len(value), value) if value else None


def _stamps(sheet: _Sheet, rule: Rules) -> tuple[Span, ...]:
    text = sheet.text
    if _CLOCK.search(text) is None and _NUMERIC.search(text) is None:
        return ()
    found = []
    for match in rule.stamp.finditer(text):
        if _is_stamp(text, match):
            found.append(Span(match.start(), match.end(), match[0]))
            sheet.blank(match.start(), match.end(), "stamp")
            sheet.cuts.update(match.span())
    return tuple(found)


def _is_stamp(text: str, match: re.Match[str]) -> bool:
    """Whether a date or clock is the page's stamp: no preposition leads to it, and a sentence follows."""
    before = text[max(0, match.start() - 40) : match.start()].rstrip(" \t")
    opens = not before or before.endswith("\n")
    last = before.rsplit(None, 1)[-1].strip('(«"').lower() if before.strip() else ""
    if not opens and (last in _PREPOSITIONS or before[-1] in ",(:;№"):
        return False
    ends = not text[match.end() : match.end() + 20].split("\n", 1)[0].strip()
    if ends and not opens:
        # «Встреча пройдёт 2 марта в 15:00» ends with its own clock; a stamp there has its year.
        return match["at"] is None and re.search(r"(?:20|19)\d\d", match[0]) is not None and match["numeric"] is None
    return True


def _tails(sheet: _Sheet) -> tuple[Span, ...]:
    text = sheet.text
    if "сточник" not in text and "СТОЧНИК" not in text and "материалам" not in text:
        return ()
    found = []
    for match in _TAIL.finditer(sheet.now()):
        start, stop = match.span("who")
        found.append(Span(start, stop, text[start:stop]))
        sheet.blank(match.start(), match.end(), "tail")
        sheet.cuts.add(match.start())
    return tuple(found)


def _marks(sheet: _Sheet) -> None:
    """Links, handles, emoji, Markdown, entities and hashtags: only where an odd character stands."""
    text = sheet.text
    for match in _LINK.finditer(text):
        sheet.blank(match.start(1), match.end(1), "markdown")
        sheet.blank(match.start(3), match.end(3), "link")
    for match in _URL.finditer(sheet.now()):
        stop = match.end() - (len(match[0]) - len(match[0].rstrip(').,;:!?»"')))
        sheet.blank(match.start(), max(stop, match.start() + 1), "link", cut=True)
    if "@" in text:
        for match in _HANDLE.finditer(sheet.now()):
            sheet.blank(match.start(), match.end(), "handle")
    if "&" in text:
        _entities(sheet)
    for match in _EMOJI.finditer(sheet.now()):
        sheet.blank(match.start(), match.end(), "emoji", cut=_breaks_at(text, match))
    for pattern, kind in ((_LINE_MARK, "markdown"), (_MARK, "markdown")):
        for match in pattern.finditer(sheet.now()):
            closes = match[0].startswith("***") or (match[0] in {"**", "__"} and _bold_headline(text, match))
            sheet.blank(match.start(), match.end(), kind, cut=closes)
    for match in _INLINE_BULLET.finditer(sheet.now()):
        sheet.blank(match.start(), match.end(), "bullet", cut=True)
    if "#" in text:
        _hashtags(sheet)


def _breaks_at(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 5].lstrip(" \t")
    return not after or not (after[0].islower() or after[0] in ",.;:)")


def _bold_headline(text: str, match: re.Match[str]) -> bool:
    """Whether a closing ``**`` ends a bold opening of the line, which is then a headline."""
    line = text.rfind("\n", 0, match.start()) + 1
    after = text[match.end() : match.end() + 3].lstrip()
    opened = text[line : match.start()].lstrip().startswith(match[0])
    return opened and match.start() - line > 12 and after[:1].isupper()


def _entities(sheet: _Sheet) -> None:
    for match in _ENTITY.finditer(sheet.now()):
        value = html.unescape(match[0])
        if len(value) != 1 or value in "\n\r":
            continue
        sheet.blank(match.start(), match.end(), "entity")
        assert sheet.chars is not None
        # The character stands where it touches the word that it belongs to.
        opens = value in '«(„“"' and not sheet.text[: match.start()][-1:].isalnum()
        at = match.end() - 1 if opens else match.start()
        sheet.chars[at] = value if not value.isspace() else " "


def _hashtags(sheet: _Sheet) -> None:
    now = sheet.now()
    for match in _HASHTAG.finditer(now):
        before = now[now.rfind("\n", 0, match.start()) + 1 : match.start()].rstrip()
        end = now.find("\n", match.end())
        after = now[match.end() : end if end >= 0 else len(now)].strip(" \t|.")
        many = match[0].count("#") > 1
        ends = not after and (many or not before or before[-1] in '.!?…»)"')
        heads = not before and bool(after) and (after[0].isupper() or after[0] in '«"')
        rubric = match[0].isupper() and len(match[0]) > 3 and after[:1].isupper() and before[-1:].isdigit()
        if ends or heads or rubric:
            sheet.blank(match.start(), match.end(), "hashtag")
            sheet.cuts.update(match.span())
            continue
        for place in range(match.start(), match.end()):
            if now[place] in "#_":
                sheet.blank(place, place + 1, "hashtag")


def _bullets(sheet: _Sheet) -> None:
    for match in _BULLET.finditer(sheet.text):
        sheet.blank(match.start(), match.end(), "bullet")
        sheet.cuts.add(match.start())


def _segments(text: str, cuts: set[int]) -> tuple[tuple[int, int], ...]:
    """Stretches between cuts and line ends, trimmed; those without a letter or digit are left out."""
    if "\n" in text:
        cuts = cuts | _line_cuts(text)
    segments = []
    start = 0
    for stop in [*sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]:
        piece = text[start:stop]
        left = len(piece) - len(piece.lstrip())
        right = len(piece.rstrip())
        if right > left and (piece[left].isalnum() or any(char.isalnum() for char in piece)):
            segments.append((start + left, start + right))
        start = stop
    return tuple(segments)


def _line_cuts(text: str) -> set[int]:
    """Line ends that end a sentence: all, except those of a text wrapped to a width."""
    lines = text.split("\n")
    # A text whose lines often go on with a small letter is wrapped; there only a stop or a gap breaks.
    inner = [line.lstrip() for line, before in zip(lines[1:], lines, strict=False) if line.strip() and before.strip()]
    small = sum(1 for line in inner if line[0].islower())
    wrapped = len(inner) >= 2 and small >= 0.4 * len(inner)
    cuts: set[int] = set()
    at = 0
    for line, following in pairwise(lines):
        at += len(line) + 1
        end, begin = line.rstrip(), following.lstrip()
        if not end or not begin or not (begin[0].islower() or (wrapped and end[-1] not in '.!?…:»"')):
            cuts.add(at)
    return cuts


def _unpaired(sheet: _Sheet, now: str, segments: tuple[tuple[int, int], ...]) -> str:
    """Blank the « and » of a segment that have no partner in it: they make the parser run on."""
    if "«" not in now and "»" not in now:
        return now
    lost: list[int] = []
    for start, stop in segments:
        piece = now[start:stop]
        if piece.count("«") == piece.count("»"):
            continue
        open_: list[int] = []
        for offset, char in enumerate(piece):
            if char == "«":
                open_.append(start + offset)
            elif char == "»":
                if open_:
                    open_.pop()
                else:
                    lost.append(start + offset)
        lost.extend(open_)
    for place in lost:
        sheet.blank(place, place + 1, "quote")
    return sheet.now() if lost else now


def _close_up(text: str) -> tuple[str, dict[int, int]]:
    """Close up words around invisible characters (soft hyphens, stress marks), padding after the word.

    The second value gives for each letter that moved where it stood.
    """
    places: dict[int, int] = {}
    if _INVISIBLE.search(text) is None:
        return text, places

    def closed(match: re.Match[str]) -> str:
        kept = [at for at in range(*match.span()) if _INVISIBLE.match(text, at) is None]
        places.update((match.start() + count, at) for count, at in enumerate(kept) if match.start() + count != at)
        return "".join(text[at] for at in kept).ljust(len(match[0]))

    return re.sub(rf"(?:\w|{_INVISIBLE.pattern})+", closed, text), places
