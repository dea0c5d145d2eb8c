"""The day of publication that a text or a page states of itself; never the day of a change, never a guess."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_NAMES = (
    r"январ[яь]|янв|феврал[яь]|фев|марта?|мар|апрел[яь]|апр|ма[йя]|июн[яь]|июл[яь]|августа?|авг|сентябр[яь]|сент?"
    r"|октябр[яь]|окт|ноябр[яь]|ноя|декабр[яь]|дек"
)
_CLOCK = r"(?:[\s,|в—–-]*\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*\(?(?:мск|МСК|по московскому времени)\)?)?"
_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})\s+({_NAMES})\.?,?\s+((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:T\d|$)")
_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=[/_.-]|$)")
_LABEL = r"(?:(?:Опубликовано|Дата(?:\s+публикации)?|Размещено|Добавлено|Published|Время\s+публикации)\s*:?\s*)"
_DAY = r"(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)"
_LINE = re.compile(
    rf"^\W{{0,3}}{_LABEL}?(?:{_DAY},?\s+)?(?:\d{{1,2}}:\d{{2}}[\s,|—–-]+)?"
    rf"(?P<date>\d{{1,2}}\s+(?:{_NAMES})\.?,?\s+(?:19|20)\d\d|\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
    rf"(?:\s*(?:года|г\.?))?,?(?:\s+{_DAY})?{_CLOCK}\W{{0,3}}$",
    re.IGNORECASE,
)


def find_day(text: str) -> date | None:
    """The first full date (day, month and year) in a short string, or None. An impossible date is None."""
    iso = _ISO.search(text)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    words = _WORDS.search(text)
    if words:
        stem = words[2].lower()
        month = next(place for place, name in enumerate(_MONTHS, 1) if stem.startswith(name))
        return _day(int(words[3]), month, int(words[1]))
    numbers = _NUMBERS.search(text)
    if numbers:
        return _day(int(numbers[3]), int(numbers[2]), int(numbers[1]))
    compact = _COMPACT.match(text.strip())
    return _day(int(compact[1]), int(compact[2]), int(compact[3])) if compact else None


def line_day(line: str) -> date | None:
    """The day that a line of its own states («15 октября 2024», «Опубликовано: 15.10.2024, 11:20»)."""
    if not 8 <= len(line.strip()) <= 70:
        return None
    match = _LINE.match(line.strip())
    return find_day(match["date"]) if match else None


def path_day(url: str) -> date | None:
    """The day in an address (/2024/10/15/, /20241015/), or None."""
    match = _PATH.search(url)
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
