"""The day of publication that a text or a page states of itself; never the day of a change, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

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
_MOMENT = re.compile(
    r"(?<!\d)((?:19|20)\d\d-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)(?!\d)", re.IGNORECASE
)
_MAIL = re.compile(r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d{2}")
_FIRST_SECOND, _LAST_SECOND = 0, 4_102_444_800  # 1970 to 2100
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


def find_time(text: str) -> tuple[date | None, datetime | None]:
    """The day that a string states, as it is where it was published, and the moment in UTC.

    The moment needs a clock and a zone (ISO 8601, RFC 822, seconds since 1970); without them it is None.
    """
    text = text.strip()
    iso = _MOMENT.search(text)
    if iso:
        try:
            local = datetime.fromisoformat(f"{iso[1]}T{iso[2]}{iso[3].upper().replace('Z', '+00:00')}")
            return local.date(), local.astimezone(UTC)
        except (ValueError, OverflowError):
            return find_day(text), None
    if _MAIL.match(text):
        try:
            local = parsedate_to_datetime(text)
            return local.date(), local.astimezone(UTC) if local.tzinfo else None
        except (ValueError, OverflowError, TypeError, IndexError):
            return find_day(text), None
    if re.fullmatch(r"\d{9,10}(?:\d{3})?(?:\.\d+)?", text):
        moment = from_seconds(float(text) / (1000 if len(text.split(".")[0]) > 10 else 1))
        return (moment.date(), moment) if moment else (None, None)
    return find_day(text), None


def from_seconds(seconds: float) -> datetime | None:
    """The moment ``seconds`` after the start of 1970, in UTC; None outside 1970 to 2100."""
    if not _FIRST_SECOND < seconds < _LAST_SECOND:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))


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
