"""Telegram Desktop exports (``result.json``): one chat or a whole account.

The exporter writes control characters as ``\\xNN`` and, in some versions, file names without quotes; both
break the JSON and are repaired. An export that was cut off is read as far as it goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.model import Document, Reject
from detente.reader.plain import normalise
from detente.reader.published import find_day, from_seconds

_CHANNELS = frozenset({"public_channel", "private_channel", "public_supergroup", "private_supergroup"})
_GROUPS = frozenset({"public_supergroup", "private_supergroup", "private_group"})
_PRIVATE = frozenset({"personal_chat", "bot_chat", "replies", "verification_codes"})
_TYPES = "|".join(sorted(_CHANNELS | _GROUPS | _PRIVATE | {"saved_messages"}))
_TYPE = re.compile(rf'"type"\s*:\s*"({_TYPES})"')
_MESSAGES = re.compile(r'"messages"\s*:\s*\[')
_ESCAPE = re.compile(r"\\(\\|x[0-9A-Fa-f]{2})")
_UNQUOTED = re.compile(r'("document_id"\s*:\s*)(?!["\d\s-]|null)([^\n"]+?)(,?)(?=\s*[\r\n])')
_NAME = re.compile(r'"name"\s*:\s*("(?:[^"\\]|\\.)*")')
_ID = re.compile(r'"id"\s*:\s*(-?\d+)')
_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r'\{\s*"id"\s*:\s*-?\d+\s*,\s*"type"\s*:\s*"(?:message|service|unsupported)"')
_DAMAGE = "the export is damaged here: the message cannot be read"
_CUT = "the export is damaged or cut off here: what follows cannot be read"
_PATIENCE = 200  # messages that fail one after the other, before the rest of a chat is given up
_MEDIA = (
    ("photo", "a photo"),
    ("poll", "a poll"),
    ("location_information", "a place on the map"),
    ("contact_information", "a contact"),
    ("file", "a file"),
)


@dataclass(frozen=True, slots=True)
class _Chat:
    """What an export says of a chat. ``outlet`` is Telegram's own id of it (channel1234567890)."""

    name: str | None
    type: str
    id: str
    outlet: str


def looks_like_export(text: str) -> bool:
    """Whether a text is a Telegram Desktop export, whole or damaged, judged by its content."""
    if not text[:200].lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    first = _MESSAGES.search(text)
    return first is not None and _TYPE.search(text, 0, first.start()) is not None


def read_export(text: str, name: str) -> Iterator[Document | Reject]:
    """The messages of an export, in order: a document or a reject for each.

    ``item`` is the message's id, ``outlet`` the id of its chat as Telegram writes it (the export does not
    know handles), ``origin`` whom it was forwarded from, ``published`` the day in UTC (the day on the
    exporter's clock in old exports that give no seconds). An edited message has version 1; where the export
    holds several states of one message, they are numbered by the time of the edit. In an account's export,
    conversations with persons and bots are rejected as private: alone, such a chat is read. Never raises.
    """
    data = _loads(text)
    if data is None:
        data = _loads(repair(text))
    if not isinstance(data, dict):
        yield from _salvage(text, name)
        return
    whole = not isinstance(data.get("messages"), list)
    for chat in _chats(data):
        yield from _versions(_read_chat(chat, chat.get("messages"), name, whole))


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def repair(text: str) -> str:
    """JSON as Telegram Desktop meant it: ``\\xNN`` becomes ``\\u00NN``, bare file names get quotes."""
    text = _ESCAPE.sub(lambda match: match[0] if match[1] == "\\" else "\\u00" + match[1][1:], text)
    return _UNQUOTED.sub(lambda match: match[1] + json.dumps(match[2].strip()) + match[3], text)


def missing(old: Iterable[Document | Reject], new: Iterable[Document | Reject]) -> tuple[Document, ...]:
    """Messages of an older export that a newer one of the same chats lacks: deleted in between.

    Only messages between the first and the last one of the newer export count, so that an export of a
    shorter time says nothing of what lies outside it.
    """
    seen: dict[str, set[int]] = {}
    for each in new:
        outlet, number = _place(each)
        if outlet and number is not None:
            seen.setdefault(outlet, set()).add(number)
    spans = {outlet: (min(numbers), max(numbers)) for outlet, numbers in seen.items()}
    gone = []
    for each in old:
        outlet, number = _place(each)
        if isinstance(each, Document) and outlet in spans and number is not None and number not in seen[outlet]:
            first, last = spans[outlet]
            if first <= number <= last:
                gone.append(each)
    return tuple(gone)


def _place(each: Document | Reject) -> tuple[str, int | None]:
    """Chat and number of a message; a reject carries them in its name."""
    if isinstance(each, Document):
        outlet, item = each.outlet or "", each.item or ""
    else:
        outlet, _, item = each.name.rpartition("#")[2].rpartition("/")
    return outlet, int(item) if item.isascii() and item.isdigit() else None


def _chats(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(data.get("messages"), list):
        yield data
    for key in ("chats", "left_chats"):
        group = data.get(key)
        listed = group.get("list") if isinstance(group, dict) else None
        for chat in listed if isinstance(listed, list) else ():
            if isinstance(chat, dict):
                yield chat


def _read_chat(data: dict[str, Any], messages: Any, name: str, whole: bool) -> Iterator[tuple[Document | Reject, int]]:
    """The messages of a chat, each with the second of its last edit (0 where it has none)."""
    chat = _chat(data)
    private = whole and chat.type in _PRIVATE
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, Reject):
            yield message, 0
            continue
        if not isinstance(message, dict):
            yield Reject(f"{name}#{chat.outlet}", "a message that is no JSON object"), 0
            continue
        item = message.get("id")
        label = f"{name}#{chat.outlet}/{item}"
        if private:
            reason = "a private conversation, which is nobody's publication: export that chat alone to read it"
            yield Reject(label, reason), 0
            continue
        edited = _seconds(message.get("edited_unixtime"))
        yield _read_message(message, chat, label), int(edited or 0)


def _chat(data: dict[str, Any]) -> _Chat:
    kind = str(data.get("type") or "")
    number = _string(str(data.get("id"))) or "" if data.get("id") is not None else ""
    prefix = "channel" if kind in _CHANNELS else "chat" if kind in _GROUPS else "user"
    return _Chat(_string(data.get("name")), kind, number, prefix + number)


def _read_message(message: dict[str, Any], chat: _Chat, label: str) -> Document | Reject:
    kind = message.get("type")
    if kind == "service":
        return Reject(label, f"a service message ({message.get('action') or 'unnamed'})")
    if kind == "unsupported":
        return Reject(label, "a message that Telegram Desktop could not export: open it in a newer version")
    text = normalise(_text(message.get("text")) or _text(message.get("text_entities")))
    if not text:
        media = next((word for key, word in _MEDIA if message.get(key)), "nothing")
        return Reject(label, f"a message without text, it holds {media}")
    seconds = _seconds(message.get("date_unixtime"))
    time = from_seconds(seconds) if seconds is not None else None
    item = _string(str(message["id"])) if message.get("id") is not None else None
    return Document(
        text=text,
        published=time.date() if time else _day(message.get("date")),
        source=chat.name,
        time=time,
        url=f"https://t.me/c/{chat.id}/{item}" if chat.type in _CHANNELS and item else None,
        outlet=chat.outlet,
        author=_string(message.get("author")) or (_string(message.get("from")) if chat.type in _GROUPS else None),
        kind="post",
        item=item,
        version=1 if message.get("edited") or message.get("edited_unixtime") else 0,
        origin=_origin(message),
    )


def _text(value: Any) -> str:
    """Text given as a string, or as a list of strings and of objects that hold one."""
    if isinstance(value, str):
        return value
    pieces = value if isinstance(value, list) else ()
    return "".join(
        piece if isinstance(piece, str) else str(piece.get("text") or "") if isinstance(piece, dict) else ""
        for piece in pieces
    )


def _origin(message: dict[str, Any]) -> tuple[str, ...]:
    """From where a message was saved, and from whom it was forwarded there."""
    found = [_string(message.get("saved_from"))]
    if "forwarded_from" in message or "forwarded_from_id" in message:
        # The name is null where the account is gone.
        found.append(_string(message.get("forwarded_from")) or _string(message.get("forwarded_from_id")) or "unknown")
    return tuple(dict.fromkeys(each for each in found if each))


def _string(value: Any) -> str | None:
    return " ".join(normalise(value).split()) or None if isinstance(value, str) else None


def _seconds(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


def _day(value: Any) -> date | None:
    return find_day(value) if isinstance(value, str) else None


def _versions(found: Iterable[tuple[Document | Reject, int]]) -> Iterator[Document | Reject]:
    """Number the states of a message that is given several times, by the time of the edit."""
    rows = list(found)
    states: dict[str, list[int]] = {}
    for place, (each, _) in enumerate(rows):
        if isinstance(each, Document) and each.item is not None:
            states.setdefault(each.item, []).append(place)
    version: dict[int, int] = {}
    for places in states.values():
        if len(places) > 1:
            for count, place in enumerate(sorted(places, key=lambda place: (rows[place][1], place))):
                version[place] = count
    for place, (each, _) in enumerate(rows):
        yield replace(each, version=version[place]) if isinstance(each, Document) and place in version else each


def _salvage(text: str, name: str) -> Iterator[Document | Reject]:
    """The messages of a damaged export that can still be read, and where it is damaged, in bytes."""
    starts = list(_MESSAGES.finditer(text))
    whole = '"chats"' in text[: starts[0].start()]
    before = 0
    told: set[str] = set()
    place = _Place(text)
    for start, after in zip(starts, [*(match.start() for match in starts[1:]), len(text)], strict=True):
        head = repair(text[before : start.start()])
        chat = {"name": _last(_NAME, head), "type": _last(_TYPE, head), "id": _last(_ID, head)}
        rows = list(_messages(text, start.end(), after, f"{name}#{_chat(chat).outlet}", place))
        yield from _versions(_read_chat(chat, rows, name, whole))
        told |= {row.reason for row in rows if isinstance(row, Reject)}
        before = start.end()
    if not told or (_CUT not in told and not text.rstrip().endswith("}")):
        yield Reject(name, _CUT, place.bytes(len(text)))


def _messages(text: str, at: int, stop: int, label: str, place: _Place) -> Iterator[Any]:
    """Message by message from ``at``; a reject for each that cannot be read, then on with the next one."""
    decoder = json.JSONDecoder(strict=False)
    failed = 0
    while (gap := _GAP.match(text, at)) is not None:
        at = gap.end()
        if at >= stop:
            if stop == len(text):
                yield Reject(label, _CUT, place.bytes(at))
            return
        if text[at] == "]":
            return
        try:
            message, at = decoder.raw_decode(text, at)
            yield message
            failed = 0
            continue
        except (ValueError, RecursionError):
            failed += 1
            following = _NEXT.search(text, at + 1, stop) if failed < _PATIENCE else None
        end = following.start() if following else stop
        mended = repair(text[at:end])
        try:
            message, done = decoder.raw_decode(mended)
        except (ValueError, RecursionError):
            yield Reject(label, _DAMAGE if following else _CUT, place.bytes(at))
        else:
            yield message
            failed = 0
            rest = mended[done:].lstrip(", \t\r\n")
            if following is None and not rest.startswith("]"):
                yield Reject(label, _CUT, place.bytes(end))
        if following is None:
            return
        at = end


@dataclass(slots=True)
class _Place:
    """Places of a text in bytes, asked for in rising order, so that each stretch is measured once."""

    text: str
    at: int = 0
    count: int = 0

    def bytes(self, place: int) -> int:
        if place < self.at:
            return len(self.text[:place].encode("utf-8", "replace"))
        self.count += len(self.text[self.at : place].encode("utf-8", "replace"))
        self.at = place
        return self.count


def _last(pattern: re.Pattern[str], text: str) -> Any:
    found = pattern.findall(text)
    if not found:
        return None
    try:
        return json.loads(found[-1], strict=False) if found[-1].startswith('"') else found[-1]
    except ValueError:
        return None
