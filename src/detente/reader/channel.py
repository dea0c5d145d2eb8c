"""Saved pages of Telegram channels: ``t.me/s/<channel>`` and embedded posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from detente.model import Document, Reject
from detente.reader.fragment import element_text, tree_of
from detente.reader.plain import normalise
from detente.reader.published import find_time

_PAGE = re.compile(
    r"""class\s*=\s*["'][^"']*\b(?:tgme_page|tgme_page_wrap|tgme_main|tgme_channel_history|tgme_widget_message_wrap"""
    r"""|widget_frame_base|tgme_widget_message)(?=[\s"'])""",
    re.IGNORECASE,
)
_DESKTOP = re.compile(
    r"""class\s*=\s*["']page_wrap["'].{0,6000}?class\s*=\s*["'](?:page_body[ "']|history["'])""", re.S
)
_ADDRESS = re.compile(r"^(?:https?:)?//(?:t\.me|telegram\.me|telegram\.dog)/(?:s/)?([A-Za-z]\w{3,31})(?:[/?#]|$)")
_SINGLE = re.compile(r"/(\d+)\?single")
_EDITED = re.compile(r"\b(?:edited|изменено|ред\.)", re.IGNORECASE)
_VIEWS = re.compile(r"^([\d\s.,]+)([KMКМ]?)$", re.IGNORECASE)
_DEPTH = 400  # Telegram's own pages stay below 30
_MEDIA = (
    ("poll", "a poll"),
    ("video_player", "a video"),
    ("roundvideo_player", "a video"),
    ("photo_wrap", "a photo"),
    ("voice_player", "a voice message"),
    ("document_wrap", "a file"),
    ("sticker_wrap", "a sticker"),
    ("location_wrap", "a place on the map"),
)


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a page: its document (or why there is none) and what else the page shows of it.

    ``views`` is as the page rounds it, None where it shows none; ``album`` holds the ids of all messages
    that the post joins (photos under one caption), ``reply`` the id of the message it answers.
    """

    document: Document | Reject
    views: int | None = None
    album: tuple[str, ...] = ()
    edited: bool = False
    reply: str | None = None


def looks_like_channel(text: str) -> bool:
    """Whether an HTML text is a page of Telegram's site."""
    return _PAGE.search(text) is not None


def looks_like_desktop_page(text: str) -> bool:
    """Whether an HTML text is a Telegram Desktop export in its other form, ``messages.html``."""
    return _DESKTOP.search(text[:20_000]) is not None


def read_channel(text: str, name: str) -> Iterator[Document | Reject]:
    """The posts of a saved page, in its order: the documents of ``read_posts``."""
    for post in read_posts(text, name):
        yield post.document


def read_posts(text: str, name: str) -> Iterator[Post]:
    """The posts of a saved page, in its order.

    ``item`` is the post's number, ``outlet`` the channel's handle, ``origin`` whom it was forwarded from (the
    handle where the page links it, else the name), ``published`` the day in UTC. Quotes of the message that
    a post answers, link previews and captions of buttons are left out. A page that shows no post gives one
    reject that says so. Never raises.
    """
    tree = tree_of(text)
    found = [] if tree is None else _outermost(tree)
    if found is None:
        yield Post(Reject(name, f"no page of Telegram's: elements stand more than {_DEPTH} deep in each other"))
        return
    if not found:
        yield Post(Reject(name, _without_posts(tree)))
    for element in found:
        yield _read_post(element, name)


def _outermost(tree: Any) -> list[Any] | None:
    """The elements of posts; None for a page nested so deeply that searching it would take for ever."""
    from lxml import etree

    found: list[Any] = []
    depth = inside = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEPTH:
            return None
        if element.get("data-post") is not None:
            if event == "start" and not inside:
                found.append(element)
            inside += 1 if event == "start" else -1
    return found


def _read_post(element: Any, name: str) -> Post:
    handle, _, item = str(element.get("data-post")).strip().partition("/")
    handle = handle.lower()
    label = f"{name}#{handle}/{item}"
    album = tuple(
        dict.fromkeys(
            match[1]
            for link in _classed(element, "tgme_widget_message_grouped_wrap", "//a/@href")
            if (match := _SINGLE.search(link))
        )
    )
    reply = next(iter(_classed(element, "tgme_widget_message_reply", "/@href")), "")
    edited = any(_EDITED.search(each.text_content()) for each in _classed(element, "tgme_widget_message_meta"))
    return Post(
        document=_document(element, label, handle, item, edited),
        views=_views(_first_text(element, "tgme_widget_message_views")),
        album=album,
        edited=edited,
        reply=reply.rstrip("/").rpartition("/")[2].partition("?")[0] or None,
    )


def _document(element: Any, label: str, handle: str, item: str, edited: bool) -> Document | Reject:
    text = _body(element)
    if "service_message" in (element.get("class") or "").split() or _classed(element, "service_message"):
        return Reject(label, f"a service message ({text or 'unnamed'})")
    if not text:
        media = next((word for key, word in _MEDIA if _classed(element, f"tgme_widget_message_{key}")), "nothing")
        return Reject(label, f"a post without text, it holds {media}")
    day, moment = find_time(next(iter(element.xpath(f".//time[@datetime][not({_IN_QUOTE})]/@datetime")[::-1]), ""))
    return Document(
        text=text,
        published=moment.date() if moment else day,
        source=_first_text(element, "tgme_widget_message_owner_name"),
        time=moment,
        url=f"https://t.me/{handle}/{item}",
        outlet=handle,
        author=_first_text(element, "tgme_widget_message_from_author"),
        kind="post",
        item=item,
        version=1 if edited else 0,
        origin=_origin(element),
    )


def _body(element: Any) -> str:
    """The text of the post itself: the outermost text blocks outside quotes and previews."""
    blocks = element.xpath(
        f".//*[{_has('js-message_text')} or {_has('tgme_widget_message_text')}][not({_IN_QUOTE})]"
        f"[not(ancestor::*[{_has('js-message_text')} or {_has('tgme_widget_message_text')}])]"
    )
    return "\n\n".join(filter(None, map(element_text, blocks)))


def _origin(element: Any) -> tuple[str, ...]:
    for each in _classed(element, "tgme_widget_message_forwarded_from_name"):
        address = _ADDRESS.match(each.get("href") or "")
        name = " ".join(normalise(each.text_content()).split())
        if address or name:
            return (address[1].lower() if address else name,)
    return ("unknown",) if _classed(element, "tgme_widget_message_forwarded_from") else ()


def _views(text: str | None) -> int | None:
    match = _VIEWS.match(text or "")
    if match is None:
        return None
    digits = re.sub(r"\s", "", match[1]).replace(",", ".")
    scale = {"": 1, "k": 1_000, "к": 1_000, "m": 1_000_000, "м": 1_000_000}[match[2].lower()]
    try:
        return round(float(digits) * scale)
    except ValueError:
        return None


def _has(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


_IN_QUOTE = f"ancestor::*[{_has('tgme_widget_message_reply')} or {_has('tgme_widget_message_link_preview')}]"


def _classed(element: Any, name: str, path: str = "") -> list[Any]:
    return list(element.xpath(f".//*[{_has(name)}][not({_IN_QUOTE})]{path}"))


def _first_text(element: Any, name: str) -> str | None:
    found = _classed(element, name)
    return " ".join(normalise(found[0].text_content()).split()) or None if found else None


def _without_posts(tree: Any) -> str:
    def on_page(name: str) -> bool:
        return tree is not None and bool(tree.xpath(f"//*[{_has(name)}]"))

    if on_page("tme_no_messages_found"):
        return "a Telegram page that found no posts"
    if on_page("err_message") or on_page("tgme_widget_message_error"):
        return "a Telegram page that says the post does not exist"
    if on_page("tgme_channel_history") or on_page("tgme_channel_info"):
        return "a channel page without posts: the channel is empty or shows none on the web"
    return (
        "a Telegram page without preview: the channel or post is not shown on the web; save the page "
        "t.me/s/CHANNEL if it opens, or export the channel from Telegram Desktop as JSON"
    )
