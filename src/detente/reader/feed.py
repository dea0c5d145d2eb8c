"""RSS and Atom feeds, from bytes, by feedparser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from detente.model import Document, Reject
from detente.reader.fragment import text_of
from detente.reader.plain import normalise
from detente.reader.published import find_time

_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_MAP = re.compile(r"<(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?")
_MAIL = re.compile(r"^\S+@\S+ \((.+)\)$")  # RSS wants an address before the name
_FULL = ("yandex_full-text", "turbo_content", "full-text", "fulltext")


def looks_like_feed(text: str) -> bool:
    """Whether a text is an RSS or Atom feed, judged by its content."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    return head.startswith("<") and _FEED.search(head) is not None and "<html" not in head[:500].lower()


def looks_like_sitemap(text: str) -> bool:
    """Whether a text is a site map: a list of addresses without texts."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    return head.startswith("<") and _MAP.search(head) is not None


def read_feed(text: str, name: str) -> Iterator[Document | Reject]:
    """The entries of a feed, in order: a document or a reject for each.

    The text is the longest that an entry holds (content, full text for aggregators, summary), or its title
    where it holds no other. ``item`` is the guid, ``outlet`` the domain of the entry's page, ``origin`` the
    feed that it was taken from (RSS ``source``). A feed that is not well-formed is read as far as it goes,
    and a reject tells where it breaks. Never raises.
    """
    import feedparser

    # The declared encoding may be wrong and the text is decoded already: it goes in as UTF-8 and says so.
    body = _DECLARATION.sub("", text, count=1)
    data = body.encode("utf-8", "replace")
    try:
        feed: Any = feedparser.parse(
            io.BytesIO(data), response_headers={"content-type": "application/xml; charset=utf-8"}
        )
    except Exception as error:  # hostile markup fails in many ways inside the library; it costs this input alone
        yield Reject(name, f"a feed that cannot be read ({type(error).__name__}: {error})")
        return
    entries = list(feed.get("entries") or ())
    damage = feed.get("bozo_exception")
    line = getattr(damage, "getLineNumber", lambda: None)()
    closed = len(_CLOSED.findall(text)) if line is not None else len(entries)
    for place, entry in enumerate(entries, 1):
        if place > closed:
            yield Reject(f"{name}#{place}", "an entry that is cut off")
        else:
            yield _read_entry(entry, feed.get("feed") or {}, f"{name}#{place}")
    if damage is not None and line is not None:
        # feedparser puts a declaration of its own on a line before the text.
        line += text[: len(text) - len(body)].count("\n") - 1
        offset = None if "<!DOCTYPE" in text[:2000] else _offset(text, line, damage.getColumnNumber() or 0)
        yield Reject(name, f"the feed is damaged or cut off at line {line}: what could be read has been", offset)
    elif not entries:
        yield Reject(name, "a feed without entries")


def _read_entry(entry: Any, feed: Any, label: str) -> Document | Reject:
    title = " ".join(text_of(_string(entry.get("title"))).split()) or None
    candidates = [_string(each.get("value")) for each in entry.get("content") or () if hasattr(each, "get")]
    candidates += [_string(entry.get(key)) for key in (*_FULL, "summary")]
    texts = [text_of(each) for each in candidates if each]
    text = max(texts, key=len, default="") or title or ""
    if not any(char.isalpha() for char in text):
        return Reject(label, "an entry without text")
    day, moment = find_time(_string(entry.get("published")) or _string(entry.get("updated")))
    url = _address(entry.get("link")) or _address(feed.get("link"))
    source = entry.get("source")
    taken = _string(source.get("title")) or _string(source.get("href")) if hasattr(source, "get") else ""
    return Document(
        text=text,
        title=title,
        published=day,
        source=" ".join(text_of(_string(feed.get("title"))).split()) or None,
        time=moment,
        url=_address(entry.get("link")),
        outlet=domain(url),
        author=_MAIL.sub(r"\1", " ".join(normalise(_string(entry.get("author"))).split())) or None,
        kind="article",
        item=_string(entry.get("id")).strip() or None,
        origin=(" ".join(normalise(taken).split()),) if taken.strip() else (),
    )


def domain(url: str | None) -> str | None:
    """The site of an address in lower case, without ``www.`` and port; None where it has none."""
    if not url:
        return None
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.").rstrip(".") or None if host else None


def _address(value: Any) -> str | None:
    text = _string(value).strip()
    return text if re.match(r"https?://", text, re.IGNORECASE) else None


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    before = "\n".join(lines[: line - 1]) + "\n" if line > 1 else ""
    return len((before + (lines[line - 1][:column] if line <= len(lines) else "")).encode("utf-8", "replace"))
