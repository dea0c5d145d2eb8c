"""HTML pages: main text by trafilatura (Barbaresi 2021), and what the page states of itself."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from detente.errors import InputError
from detente.reader.plain import normalise
from detente.reader.published import find_time, line_day, path_day

# What a library for markup may raise on hostile bytes; none of it may end a run.
FAULTS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
Stated = tuple[date | None, datetime | None]
_NOTHING: Stated = (None, None)

_OPENING = re.compile(r"<!doctype\s+html|<html[\s>]|<(?:head|body|article|main)[\s>]", re.IGNORECASE)
_ELEMENT = re.compile(r"</(?:p|div|h[1-6]|article|section|span|a|title|li|td|body)\s*>", re.IGNORECASE)
_META_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "mediator_published_time", "date.published", "pubdate", "publishdate", "publish-date", "publish_date",
    "publication_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "citation_publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "dc.date", "date", "article.published", "analyticsattributes.articledate",
)  # fmt: skip
_DATED = re.compile(
    r"(?:^|[\s_-])(?:date|time|datetime|published|pubdate|posted|article-?info|article__info|topic-info)", re.I
)
_UNDATED = re.compile(
    r"modif|updat|footer|copyright|comment|related|sidebar|recommend|expire|archive|calendar|event", re.I
)
_CHANGED = re.compile(r"обновл|измен|updated|modified|©|copyright", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+(?:[|•»:—–-]|::)\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """An article page: main text and its metadata, None where the page does not state it.

    ``time`` is the moment of publication in UTC where the page gives a clock and a zone; ``url`` is the
    canonical address.
    """

    text: str
    title: str | None = None
    published: date | None = None
    author: str | None = None
    site: str | None = None
    language: str | None = None
    url: str | None = None
    time: datetime | None = None


def looks_like_html(text: str) -> bool:
    """Whether a text is an HTML page or fragment, judged by its content."""
    head = text[:4096].lstrip("\ufeff \t\r\n")
    if not head.startswith("<") and _OPENING.search(head) is None:
        return False
    return _OPENING.search(head) is not None or len(_ELEMENT.findall(text[:20_000])) >= 2


def read_html(source: str, name: str = "the page") -> Page:
    """Extract the article of a page.

    Raises InputError where the page holds no article text (a video page, a page drawn by scripts).
    """
    from lxml import etree
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata
    from trafilatura.utils import load_html

    _hush()
    tree = load_html(source)
    if tree is None:
        raise InputError(f"{name} is HTML that does not parse: save the page again, or give its text")
    try:
        # A fixed last day keeps the result free of the clock; the dates found here are not used.
        meta = extract_metadata(
            tree, date_config={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
        )
        found: Any = bare_extraction(source, include_comments=False, include_tables=True, with_metadata=False)
    except (*FAULTS, etree.LxmlError) as error:
        raise InputError(f"{name} is HTML that cannot be read ({error}): give its text") from error
    text = normalise(getattr(found, "text", None) or "") or normalise(_paragraphs(tree))
    if not any(char.isalpha() for char in text):
        raise InputError(f"{name} is an HTML page without article text: save the full page, or give its text")
    site = meta.sitename or meta.hostname
    title = _title(tree, meta.title, site)
    day, moment = published(tree, meta.url)
    return Page(
        text=_body(text, title),
        title=title,
        published=day,
        author=meta.author,
        site=site,
        language=_language(tree),
        url=meta.url,
        time=moment,
    )


def _hush() -> None:
    """Keep the libraries' complaints about bad pages off the screen: the error says what there is to say."""
    for name in ("trafilatura", "htmldate"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def published(tree: Any, url: str | None = None) -> Stated:
    """The day of publication that a page states, and the moment in UTC, by falling strength of evidence.

    JSON-LD ``datePublished``, meta elements, ``itemprop``, ``<time datetime>``, elements whose class says
    date, then the address. Days of change, of comments and of the footer do not count.
    """
    for find in (_json_day, _meta_day, _itemprop_day, _time_day, _class_day):
        stated: Stated = find(tree)
        if stated[0] is not None:
            return stated
    return (path_day(url) if url else None), None


def _json_day(tree: Any) -> Stated:
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        text = script.text_content()
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            # Broken JSON-LD is common; the one field is still legible.
            match = re.search(r'"datePublished"\s*:\s*"([^"]+)"', text)
            stated = find_time(match[1]) if match else _NOTHING
            if stated[0] is not None:
                return stated
            continue
        for value in _values(data, "datePublished"):
            stated = find_time(value)
            if stated[0] is not None:
                return stated
    return _NOTHING


def _values(data: Any, key: str, depth: int = 0) -> Iterator[str]:
    if depth > 8:
        return
    if isinstance(data, dict):
        if isinstance(data.get(key), str):
            yield data[key]
        for name, value in data.items():
            # A comment or a related page has a day of its own.
            if name not in {"comment", "comments", "relatedLink", "hasPart", "isPartOf", "itemListElement"}:
                yield from _values(value, key, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, key, depth + 1)


def _meta_day(tree: Any) -> Stated:
    stated: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        if name and meta.get("content"):
            stated.setdefault(name, meta.get("content"))
    for name in _META_NAMES:
        found = find_time(stated[name]) if name in stated else _NOTHING
        if found[0] is not None:
            return found
    return _NOTHING


def _itemprop_day(tree: Any) -> Stated:
    for element in tree.xpath('//*[@itemprop="datePublished"]'):
        if element.tag == "meta" or not _apart(element):
            stated = find_time(element.get("content") or element.get("datetime") or element.text_content())
            if stated[0] is not None:
                return stated
    return _NOTHING


def _time_day(tree: Any) -> Stated:
    for path in ("//article//time", "//main//time", "//header//time", "//time"):
        for element in tree.xpath(path):
            own = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
            if _apart(element) or _UNDATED.search(own) or _CHANGED.search(_around(element)):
                continue
            stated = find_time(element.get("datetime") or "")
            if stated[0] is None:
                stated = find_time(element.text_content()[:80])
            if stated[0] is not None:
                return stated
    return _NOTHING


def _class_day(tree: Any) -> Stated:
    for element in tree.xpath("//body//*[self::div or self::span or self::p or self::a or self::li][@class or @id]"):
        label = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not _DATED.search(label) or _UNDATED.search(label) or _apart(element):
            continue
        text = " ".join(element.text_content().split())
        if len(text) <= 60 and not _CHANGED.search(text):
            day = line_day(text)
            stated = (day, None) if day is not None else find_time(text)
            if stated[0] is not None:
                return stated
    return _NOTHING


def _apart(element: Any) -> bool:
    """Whether an element stands in a footer, a side column, a comment or a list of other pages."""
    for parent in element.iterancestors():
        if parent.tag in {"footer", "aside", "nav"}:
            return True
        label = f"{parent.get('class') or ''} {parent.get('id') or ''}"
        if parent.tag not in {"body", "html"} and _UNDATED.search(label):
            return True
    return False


def _around(element: Any) -> str:
    before = element.getprevious()
    told = (before.tail or before.text_content()[-30:]) if before is not None and isinstance(before.tag, str) else ""
    parent = element.getparent()
    return f"{told} {(parent.text or '')[-30:] if parent is not None else ''}"


def _language(tree: Any) -> str | None:
    root = tree.getroottree().getroot()
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    code = str(declared).replace("_", "-").split("-")[0].strip().lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() else None


def _title(tree: Any, found: str | None, site: str | None) -> str | None:
    """The headline: the only h1 of the page, else what trafilatura found, without the site's name."""
    heads = [" ".join(head.text_content().split()) for head in tree.iter("h1") if not _apart(head)]
    heads = [head for head in heads if len(head) >= 10]
    title = heads[0] if len(heads) == 1 else found
    if not title:
        return None
    title = " ".join(normalise(title).split())
    pieces = _SUFFIX.split(title)
    last = pieces[-1].lower()
    named = bool(site) and last in str(site).lower()
    if len(pieces) > 1 and (named or re.fullmatch(r"[\w.-]+\.\w{2,4}", last)):
        title = title[: title.lower().rfind(last)].rstrip(" |•»:—–-")
    return title or None


def _body(text: str, title: str | None) -> str:
    """The text without first lines that only repeat the title or the day of publication."""
    for _ in range(2):
        first, _, rest = text.partition("\n")
        same = title is not None and " ".join(first.lstrip("# ").split()).casefold() == title.casefold()
        if not rest.strip() or not (same or line_day(first)):
            break
        text = rest.strip()
    return text


def _paragraphs(tree: Any) -> str:
    """Plain fallback for pages too short for the extractor: the text of paragraphs, else of the body."""
    texts = [" ".join(item.text_content().split()) for item in tree.iter("p") if not _apart(item)]
    if any(texts):
        return "\n".join(filter(None, texts))
    for junk in tree.xpath("//script|//style|//nav|//footer|//header|//form|//noscript"):
        junk.drop_tree()
    body = tree.find(".//body")
    lines = (body if body is not None else tree).text_content().splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
