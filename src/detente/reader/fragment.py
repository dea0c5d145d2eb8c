"""Pieces of HTML (a feed's entry, a post) to text, line breaks kept; and pages to trees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from detente.reader.plain import normalise

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_UNSEEN = frozenset({"head", "iframe", "noscript", "script", "style", "template", "title"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_GAPS = re.compile(r"\n{3,}")
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:[a-zA-Z]{2,8}|#\d{2,6});")


def tree_of(text: str) -> Any:
    """The lxml tree of a page, or None where nothing of it parses."""
    from lxml import etree, html

    # As bytes: lxml refuses a string with an encoding declaration, which is wrong by now in any case.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def text_of(markup: str) -> str:
    """The text of a piece of HTML; a string without markup is only brought to normal form."""
    if _TAG.search(markup) is None:
        return normalise(markup)
    tree = tree_of(markup)
    return "" if tree is None else element_text(tree)


def element_text(root: Any, skip: Callable[[Any], bool] | None = None) -> str:
    """The text of an element in normal form: ``<br>`` and block elements break lines, other space collapses.

    Elements for which ``skip`` is true are left out with all that they hold.
    """
    from lxml import etree

    pieces: list[str] = []
    hidden = set()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if element.tag in _UNSEEN or (skip is not None and skip(element)):
                hidden.add(element)
                walk.skip_subtree()
                continue
            if element.tag == "br":
                pieces.append("\n")
            elif element.tag in _BLOCKS:
                _break(pieces)
            _add(pieces, element.text, _kept(element))
            continue
        if event == "end" and element.tag in _BLOCKS and element not in hidden:
            _break(pieces)
        if element is not root:
            _add(pieces, element.tail, _kept(element.getparent()))
    text = normalise("".join(pieces))
    return _GAPS.sub("\n\n", "\n".join(line.lstrip(" ") for line in text.split("\n"))).strip()


def _kept(element: Any) -> bool:
    """Whether space stays as it is, as in ``<pre>``."""
    return element is not None and element.tag == "pre"


def _add(pieces: list[str], text: str | None, kept: bool) -> None:
    if not text:
        return
    if not kept:
        text = _SPACE.sub(" ", text)
        if text.startswith(" ") and pieces and pieces[-1].endswith(("\n", " ")):
            text = text[1:]
    if text:
        pieces.append(text)


def _break(pieces: list[str]) -> None:
    if pieces and not pieces[-1].endswith("\n"):
        pieces.append("\n")
