"""Bytes of any input to its documents: the kind is told by content, never by the name."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from detente.errors import InputError
from detente.model import Document, Reject
from detente.reader.archive import unpack
from detente.reader.channel import looks_like_channel, looks_like_desktop_page, read_channel
from detente.reader.feed import domain, looks_like_feed, looks_like_sitemap, read_feed
from detente.reader.html import looks_like_html, read_html
from detente.reader.plain import normalise, read_plain
from detente.reader.table import find_delimiter, looks_like_json, read_csv, read_json
from detente.reader.telegram import looks_like_export, read_export
from detente.reader.warc import looks_like_warc, read_warc
from detente.text.decode import Decoded, decode
from detente.text.identify import identify, language_name

Kind = Literal["telegram", "channel", "desktop_page", "sitemap", "feed", "json", "page", "table", "text"]
_MARK = codecs.BOM_UTF8
_DESKTOP_PAGE = (
    "a Telegram Desktop export as HTML: export the chat again as machine-readable JSON, which keeps edits, "
    "forwards and times"
)


def documents(
    data: bytes,
    name: str,
    *,
    columns: Mapping[str, str] | None = None,
    charset: str | None = None,
    published: date | None = None,
    supported: tuple[str, ...] | None = None,
) -> Iterator[Document | Reject]:
    """The documents of an input, whatever it is, in its order: for each of its items a document or a reject.

    Reads Telegram Desktop exports, saved channel pages, RSS and Atom, HTML pages, WARC, JSON Lines, JSON
    arrays, CSV and TSV, plain text, and archives of these. ``name`` is what rejects call the input.
    ``columns`` maps fields (text, title, published, url, outlet, source, author, item, language, kind,
    origin, version) to the columns of a table. ``charset`` is a hint from outside, ``published`` the day of
    items that state none. Documents carry the language that they look like; with ``supported`` (ISO 639-1),
    those in other languages become rejects that name it. Offsets of rejects are places in the input, or in the
    member of an archive that their name tells before ``#``. Bytes raise nothing: what cannot be read is a
    reject.
    """
    read = _Reader(columns, charset, published, supported)
    yield from read.read(data, name, charset)


def kind_of(text: str, columns: Mapping[str, str] | None = None) -> Kind:
    """What a decoded text is."""
    if looks_like_export(text):
        return "telegram"
    if looks_like_json(text):
        return "json"
    if looks_like_sitemap(text):
        return "sitemap"
    if looks_like_feed(text):
        return "feed"
    if looks_like_html(text):
        return "desktop_page" if looks_like_desktop_page(text) else "channel" if looks_like_channel(text) else "page"
    return "table" if find_delimiter(text, columns) else "text"


@dataclass(frozen=True, slots=True)
class _Reader:
    columns: Mapping[str, str] | None
    charset: str | None
    published: date | None
    supported: tuple[str, ...] | None

    def read(self, data: bytes, name: str, charset: str | None = None) -> Iterator[Document | Reject]:
        refused: list[Reject] = []
        for inner, content in unpack(data, name, refused.append):
            yield from refused
            refused.clear()
            found = (
                read_warc(content, inner, self._text)
                if looks_like_warc(content)
                else self._text(content, inner, charset)
            )
            number = 0
            for number, each in enumerate(found, 1):  # noqa: B007
                yield each if isinstance(each, Document) else _legible(each)
            if not number:
                yield Reject(inner, "it holds no texts")
        yield from refused

    def _text(self, data: bytes, name: str, charset: str | None) -> Iterator[Document | Reject]:
        try:
            decoded = decode(data, name, charset)
        except InputError as error:
            yield Reject(name, _reason(error, name))
            return
        for number, found in enumerate(self._documents(data, decoded, name), 1):
            yield self._finish(found, name, number)

    def _documents(self, data: bytes, decoded: Decoded, name: str) -> Iterator[Document | Reject]:
        text = decoded.text
        kind = kind_of(text, self.columns)
        if kind == "telegram":
            yield from _placed(read_export(text, name), data, decoded)
        elif kind == "channel":
            yield from read_channel(text, name)
        elif kind == "desktop_page":
            yield Reject(name, _DESKTOP_PAGE)
        elif kind == "sitemap":
            yield Reject(name, "a site map, which holds no texts: give the pages that it lists")
        elif kind == "feed":
            yield from _placed(read_feed(text, name), data, decoded)
        elif kind == "json":
            yield from read_json(data, decoded, name, self.columns)
        elif kind == "table":
            yield from read_csv(data, decoded, name, find_delimiter(text, self.columns) or ",", self.columns)
        elif kind == "page":
            yield page_document(text, name)
        else:
            plain = read_plain(text)
            yield Document(plain.text, plain.title, plain.published)

    def _finish(self, found: Document | Reject, name: str, number: int) -> Document | Reject:
        if isinstance(found, Reject):
            return found
        language = found.language or identify(found.text).language
        reason = None
        if language is None:
            reason = "it holds no words"
        elif self.supported is not None and language not in self.supported:
            reason = f"it looks {language_name(language)}, which is not read yet"
        if reason is not None:
            return Reject(f"{name}#{found.outlet}/{found.item}" if found.item else f"{name}#{number}", reason)
        return replace(found, language=language, published=found.published or self.published)


def _legible(each: Reject) -> Reject:
    """A reject that fits on a line and can be written: names and values in it come from the input."""
    name, reason = (" ".join(normalise(text).split())[:500] or "unnamed" for text in (each.name, each.reason))
    return each if (name, reason) == (each.name, each.reason) else replace(each, name=name, reason=reason)


def _placed(found: Iterator[Document | Reject], data: bytes, decoded: Decoded) -> Iterator[Document | Reject]:
    """Offsets in the UTF-8 of the text as offsets in the input; None where those are not the same."""
    mark = len(_MARK) if data.startswith(_MARK) else 0
    sound, behind = decoded.text, ""
    if decoded.replaced:
        sound, _, behind = decoded.text.partition("\ufffd")
    exact = len(sound.encode("utf-8", "replace")) if decoded.encoding == "utf-8" else -1
    for each in found:
        if isinstance(each, Reject) and each.offset is not None:
            offset = each.offset if behind else min(each.offset, exact)
            yield replace(each, offset=offset + mark if 0 <= offset <= exact else None)
        else:
            yield each


def page_document(text: str, name: str) -> Document | Reject:
    """An HTML page as a document: an article where it states its day or author, else a page."""
    try:
        page = read_html(text, name)
    except InputError as error:
        return Reject(name, _reason(error, name))
    return Document(
        text=page.text,
        title=page.title,
        published=page.published,
        source=page.site,
        time=page.time,
        url=page.url,
        outlet=domain(page.url),
        author=page.author,
        kind="article" if page.published or page.author else "page",
    )


def _reason(error: InputError, name: str) -> str:
    """An error without the name that it starts with, which the reject has already."""
    return str(error).removeprefix(name).removeprefix(" is ").strip()
