"""Bytes of inputs to documents: one article (``read_bytes``) or all that an input holds (``documents``)."""

from __future__ import annotations

import json
import re
from datetime import date

from detente.errors import InputError
from detente.model import Document
from detente.reader.archive import Limits, inputs
from detente.reader.html import looks_like_html, read_html
from detente.reader.plain import normalise, read_plain
from detente.reader.route import documents
from detente.text.decode import decode
from detente.text.identify import require_language

__all__ = ["Limits", "documents", "inputs", "normalise", "read_bytes", "read_text"]

_DOCUMENTS = (
    (re.compile(r"^\{\\rtf"), "a rich-text (RTF) document"),
    (re.compile(r"^(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<FictionBook\b", re.DOTALL), "a FictionBook"),
    (re.compile(r"^<\?xml[^>]*>\s*<office:document\b"), "an OpenDocument file"),
    (re.compile(r"^<\?xml.{0,300}?<(?:pkg:package|w:wordDocument)\b", re.DOTALL), "a Word document (XML)"),
    (
        re.compile(r"^(?=.*^Content-Type: multipart/related)[\w-]+: .*^MIME-Version: ", re.DOTALL | re.M | re.I),
        "a page saved as one MHTML file",
    ),
    (
        re.compile(
            r"^(?:From|Return-Path|Received|Delivered-To|Subject|Date|MIME-Version): .*^MIME-Version: ",
            re.DOTALL | re.M | re.I,
        ),
        "an e-mail",
    ),
)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.IGNORECASE)


def read_bytes(
    data: bytes,
    name: str = "the input",
    *,
    published: date | None = None,
    title: str | None = None,
    language: str | None = None,
    charset: str | None = None,
    supported: tuple[str, ...] = ("ru",),
) -> Document:
    """Turn the bytes of a file, page or stream into a document.

    ``name`` is what errors call the input. ``published``, ``title`` and ``language`` (ISO 639-1) overrule
    what the input states; a given language is not checked against the text. ``charset`` is a hint from
    outside. Raises InputError for empty, binary, undecodable or articleless input, LanguageError for a
    text in a language that is not in ``supported``; each names the input.
    """
    text = decode(data, name, charset).text
    _refuse_documents(text, name)
    if looks_like_html(text):
        page = read_html(text, name)
        document = Document(page.text, page.title, page.published, page.language, page.site)
    else:
        _refuse_structured(text, name)
        plain = read_plain(text)
        document = Document(plain.text, plain.title, plain.published)
    return _finish(document, name, published, title, language, supported)


def read_text(
    text: str,
    name: str = "the text",
    *,
    published: date | None = None,
    title: str | None = None,
    language: str | None = None,
    supported: tuple[str, ...] = ("ru",),
) -> Document:
    """A document from a string as it is: no title or date is taken out of it, so offsets are the caller's.

    Arguments and errors as in ``read_bytes``.
    """
    if not text.strip():
        raise InputError(f"{name} is empty: there is no text to read")
    return _finish(Document(text), name, published, title, language, supported)


def _finish(
    document: Document,
    name: str,
    published: date | None,
    title: str | None,
    language: str | None,
    supported: tuple[str, ...],
) -> Document:
    found = language or require_language(document.text, name, supported).language
    return Document(
        text=document.text,
        title=title if title is not None else document.title,
        published=published or document.published,
        language=found,
        source=document.source,
    )


def _refuse_documents(text: str, name: str) -> None:
    """Documents of office programs, books, mails and saved pages that are text but not the text of an article."""
    head = text[:2000].lstrip("\ufeff \t\r\n")
    for opening, what in _DOCUMENTS:
        if opening.search(head):
            raise InputError(f"{name} is {what}: open it and save it as plain text or HTML")


def _refuse_structured(text: str, name: str) -> None:
    """Feeds and JSON are text, but not prose: say what reads them."""
    head = text[:2000].lstrip("\ufeff \t\r\n")
    if head.startswith("<") and _FEED.search(head):
        raise InputError(f"{name} is a feed or a site map, not an article: give the pages that it lists")
    if head.startswith(("{", "[")):
        first = text.strip().split("\n", 1)[0]
        for candidate in (first, text):
            try:
                data = json.loads(candidate)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict) or (isinstance(data, list) and data and isinstance(data[0], dict)):
                raise InputError(
                    f"{name} is JSON, not an article: where each line is an object with 'text', "
                    "'detente annotate FILE' reads them all"
                )
