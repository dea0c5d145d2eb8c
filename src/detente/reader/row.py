"""A row of named values (JSON object, table line) to a document: which column is which, and what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from detente.errors import InputError
from detente.model import Document
from detente.reader.feed import domain
from detente.reader.fragment import text_of
from detente.reader.plain import normalise
from detente.reader.published import find_time, from_seconds

# Names under which a field is found where nobody says which column holds it; the first that is there counts.
ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "full_text", "fulltext", "article", "message", "post", "текст", "сообщение"),
    "title": ("title", "headline", "head", "заголовок", "название"),
    "published": (
        "published", "published_at", "publish_date", "publication_date", "pubdate", "date", "datetime", "timestamp",
        "created_at", "time", "дата", "дата публикации", "время",
    ),
    "url": ("url", "link", "href", "permalink", "ссылка", "адрес"),
    "outlet": ("outlet", "domain", "site", "channel", "handle", "сайт", "канал"),
    "source": ("source", "publisher", "media", "source_name", "источник", "сми"),
    "author": ("author", "byline", "автор"),
    "item": ("item", "id", "guid", "uid", "номер"),
    "language": ("language", "lang", "язык"),
    "kind": ("kind",),
    "origin": ("origin", "via", "forwarded_from"),
    "version": ("version",),
}  # fmt: skip
_KINDS = frozenset({"article", "post", "page", "text"})


def match_columns(names: Iterable[str], columns: Mapping[str, str] | None) -> dict[str, str]:
    """Which column holds which field: as ``columns`` says (field to column), else by the usual names.

    Raises InputError where ``columns`` names an unknown field or a column that is not there, or where no
    column is known to hold the text.
    """
    present = [name for name in names if isinstance(name, str)]
    folded: dict[str, str] = {}
    for name in present:
        folded.setdefault(_fold(name), name)
    found: dict[str, str] = {}
    for field, column in (columns or {}).items():
        if field not in ALIASES:
            raise InputError(f"no field {field!r} to map a column to; the fields are: {', '.join(ALIASES)}")
        if column not in present and _fold(column) not in folded:
            raise InputError(f"no column {column!r} for {field!r}; the columns are: {_list(present)}")
        found[field] = column if column in present else folded[_fold(column)]
    taken = set(found.values())
    for field, aliases in ALIASES.items():
        if field not in found:
            column = next((folded[alias] for alias in aliases if alias in folded and folded[alias] not in taken), "")
            if column:
                found[field] = column
    if "text" not in found:
        raise InputError(f"no column is known to hold the text; say which: the columns are {_list(present)}")
    return found


def row_document(row: Mapping[str, Any], place: Mapping[str, str]) -> Document:
    """A row as a document; ``place`` tells the column of each field.

    Text may hold HTML. Raises InputError where there is no text, or a value is none of its kind (a day of
    publication that is no date).
    """
    text = row.get(place["text"])
    if not isinstance(text, str):
        raise InputError(f"'{place['text']}' is {'missing' if text is None else 'not a string'}")
    body = text_of(text)
    title = _string(row, place, "title")
    if not any(char.isalpha() for char in body):
        if title is None:
            raise InputError("no text")
        body = title
    day, moment = _published(row, place)
    url = _string(row, place, "url")
    outlet = _string(row, place, "outlet")
    kind = (_string(row, place, "kind") or "").lower()
    return Document(
        text=body,
        title=title,
        published=day,
        language=_language(_string(row, place, "language")),
        source=_string(row, place, "source"),
        time=moment,
        url=url,
        outlet=(domain(outlet) or outlet.lower().removeprefix("www.").lstrip("@")) if outlet else domain(url),
        author=_string(row, place, "author"),
        kind=kind if kind in _KINDS else "article" if title else "text",
        item=_string(row, place, "item"),
        version=_version(row, place),
        origin=_origin(row.get(place["origin"])) if "origin" in place else (),
    )


def _published(row: Mapping[str, Any], place: Mapping[str, str]) -> tuple[date | None, Any]:
    value = row.get(place["published"]) if "published" in place else None
    if value is None or value == "" or isinstance(value, bool):
        return None, None
    if isinstance(value, int | float):
        moment = from_seconds(value / 1000 if abs(value) >= 1e11 else value)
        day, moment = (moment.date(), moment) if moment else (None, None)
        if day is None and re.fullmatch(r"(?:19|20)\d{6}", str(value)):
            day = find_time(str(value))[0]
    else:
        day, moment = find_time(value) if isinstance(value, str) else (None, None)
    if day is None and str(value).strip():
        raise InputError(f"'{place['published']}' is no date: {str(value)[:40]!r}; write it as YYYY-MM-DD")
    return day, moment


def _string(row: Mapping[str, Any], place: Mapping[str, str], field: str) -> str | None:
    value = row.get(place[field]) if field in place else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return " ".join(normalise(value).split()) or None if isinstance(value, str) else None


def _language(value: str | None) -> str | None:
    """A code of two letters («ru», «ru-RU»); any other name of a language is left to the text to tell."""
    code = (value or "").lower().replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _version(row: Mapping[str, Any], place: Mapping[str, str]) -> int:
    value = _string(row, place, "version") or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 9):
        raise InputError(f"'{place['version']}' is no whole number: {value[:40]!r}")
    return int(value)


def _origin(value: Any) -> tuple[str, ...]:
    """Names given as a list, or as a string with ``|`` between them, nearest first."""
    names = value.split("|") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(" ".join(normalise(name).split()) for name in names if isinstance(name, str) and name.strip())


def _fold(name: str) -> str:
    return " ".join(name.strip("\ufeff \t").casefold().split())


def _list(names: list[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "") if names else "(none)"
