"""Plain text: normal form, a title line and a date line at the top."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from detente.reader.published import line_day

_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
# Soft hyphens, zero-width and direction marks, controls and stress marks split words and carry no meaning.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]|(?<=[а-яёА-ЯЁ])\u0301"
)
_HALVES = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(
    r"&(?:nbsp|quot|laquo|raquo|mdash|ndash|hellip|amp|apos|bdquo|ldquo|rdquo|thinsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)
_TITLE_END = re.compile(r"[.…;:,!]\"?$")
_MARKDOWN = re.compile(r"^#{1,3}\s+|^\*\*(?=.*\*\*$)|(?<=.)\*\*$")
_BULLET = re.compile(r"^(?:[•\-–—*]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Plain:
    """The body of a text and what its first lines state: title and day of publication."""

    text: str
    title: str | None = None
    published: date | None = None


def normalise(text: str) -> str:
    """Text in the form in which it becomes ``Document.text``: NFC, line feeds, no invisible characters.

    Offsets are fixed only after this. Entities left over from HTML («&nbsp;») are replaced.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = _BREAKS.sub("\n", text)
    # Half a character (a lone surrogate, which JSON can hold) cannot be written in any encoding.
    text = _HALVES.sub("\ufffd", text)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def read_plain(text: str) -> Plain:
    """Split a text into title, day of publication and body.

    A first line without a final stop, followed by a blank line (or by a date line), is a title. A line
    that holds nothing but a full date, within the first lines, is the day of publication.
    """
    lines = normalise(text).split("\n")
    published, lines = _take_date(lines)
    title, rest = _take_title(lines, dated=published is not None)
    if published is None:
        published, rest = _take_date(rest)
    body = "\n".join(rest).strip()
    return Plain(body, title, published) if body else Plain("\n".join(lines).strip(), None, published)


def _take_date(lines: list[str]) -> tuple[date | None, list[str]]:
    """The date line among the first two lines with text, and the lines without it."""
    seen = 0
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        day = line_day(line)
        if day is not None:
            # The gap that the date line filled still parts title and body.
            return day, [*lines[:place], *([""] if place else []), *lines[place + 1 :]]
        seen += 1
        if seen == 2:
            break
    return None, lines


def _take_title(lines: list[str], dated: bool) -> tuple[str | None, list[str]]:
    lines = lines[next((place for place, line in enumerate(lines) if line.strip()), 0) :]
    if len(lines) < 3 or lines[1].strip():
        return None, lines
    first = lines[0].strip()
    rest = lines[2:]
    plain = _MARKDOWN.sub("", first).strip()
    fits = 3 <= len(plain) <= 200 and any(char.isalpha() for char in plain) and not plain[0].islower()
    prose = ". " in plain[:-1] and not first.startswith("#")
    if not fits or prose or _TITLE_END.search(plain) or _BULLET.match(plain):
        return None, lines
    return (plain, rest) if sum(map(len, rest)) >= 20 or dated else (None, lines)
