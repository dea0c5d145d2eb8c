"""Web archives (WARC 1.0 and 1.1): plain, gzip by record, whole-file gzip.

The bounds of records are found here rather than by FastWARC's iterator, which ends a cut record without a
word and trusts a wrong Content-Length: completeness is checked, damage is told with its offset, and reading
goes on behind it where the format allows (plain, and gzip by record; a whole-file gzip ends where it breaks).
FastWARC (Bevendorff 2018) reads the records and their HTTP messages.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from detente.model import Document, Reject
from detente.reader.feed import domain

LIMIT = 1 << 30  # bytes that one gzip member may unpack to
_CHUNK = 1 << 16
_HEAD = 1 << 16
_GZIP = b"\x1f\x8b\x08"
_START = re.compile(rb"(?:(?<=\n)|\A)WARC/[01]\.\d+\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TEXTLESS = re.compile(r"image|video|audio|font|text/(?:css|javascript|dns)|application/(?:x-)?(?:javascript|font)")
_WITHOUT_CONTENT = frozenset({"warcinfo", "request", "metadata"})
_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})

Read = Callable[[bytes, str, str | None], Iterator[Document | Reject]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A record's bytes, or what is wrong where one should be; ``offset`` is its place in the file, in bytes.

    ``inside`` is the place in the unpacked data where a gzip member holds several records. ``doubtful``
    marks records of a member whose checksum fails: only a digest of their own can vouch for them.
    """

    offset: int
    data: bytes = b""
    damage: str | None = None
    inside: int = 0
    doubtful: bool = False


def looks_like_warc(data: bytes) -> bool:
    """Whether bytes are a WARC file, plain or in gzip."""
    return _START.match(data) is not None or (data.startswith(_GZIP) and _starts_record(data, 0))


def read_warc(data: bytes, name: str, read: Read) -> Iterator[Document | Reject]:
    """The documents of a web archive, in order; ``read`` turns the bytes of a payload into documents.

    ``item`` is the WARC-Record-ID of a page or text and ``url`` its address; posts and feed entries keep
    their own. Responses without a text (images, redirects, errors), revisits and segments are rejects, and so
    is what is damaged: cut short, of a wrong length, or not matching its own digest. Records that carry
    no content (warcinfo, request, metadata) are no items. Days of the crawl are no days of publication.
    Never raises.
    """
    for piece in pieces(data):
        where = f" (at byte {piece.inside} of the unpacked data)" if piece.inside else ""
        if piece.damage is not None:
            yield Reject(f"{name}@{piece.offset}", piece.damage + where, piece.offset)
        else:
            yield from _read_record(piece, name, read)


def pieces(data: bytes) -> Iterator[Piece]:
    """The records of a file and its damaged places, in order."""
    if not data.startswith(_GZIP):
        yield from _records(data, lambda at: (at, 0), broken=False)
        return
    at = 0
    while at < len(data):
        if not data.startswith(_GZIP, at):
            following = _next_member(data, at)
            if data[at:following].strip(b"\x00\r\n "):
                yield Piece(at, damage=f"{following - at} bytes that are neither gzip nor a record")
            at = following
            continue
        content, stop, damage = _unpack(data, at)
        if damage is None:
            yield from _records(content, _place(at), broken=False)
            at = stop
            continue
        found = list(_records(content, _place(at), broken=True))
        doubtful = damage.startswith("the checksum")
        yield from (replace(each, doubtful=doubtful) for each in found)
        following = _next_member(data, at + 1)
        rest = "" if following < len(data) else "; what follows cannot be reached"
        yield Piece(at, damage=f"{damage}{rest}", inside=len(content) if found else 0)
        at = following


def _place(start: int) -> Callable[[int], tuple[int, int]]:
    return lambda at: (start, at)


def _unpack(data: bytes, at: int) -> tuple[bytes, int, str | None]:
    """One gzip member: its content, where it ends, and what is wrong with it."""
    unpacker = zlib.decompressobj(31)
    view = memoryview(data)
    found: list[bytes] = []
    size = 0
    while not unpacker.eof:
        chunk = unpacker.unconsumed_tail or view[at : at + _CHUNK]
        if not unpacker.unconsumed_tail:
            if not chunk:
                return b"".join(found), at, "the gzip data is cut off"
            at += len(chunk)
        try:
            found.append(unpacker.decompress(chunk, 1 << 20))
        except zlib.error as error:
            checksum = "incorrect data check" in str(error) or "incorrect length check" in str(error)
            what = "the checksum of the gzip data does not match" if checksum else "the gzip data is damaged"
            return b"".join(found), at, what
        size += len(found[-1])
        if size > LIMIT:
            return b"".join(found), at, f"a gzip member unpacks to more than {LIMIT >> 20} MiB, the rest is left out"
    return b"".join(found), at - len(unpacker.unused_data), None


def _next_member(data: bytes, at: int) -> int:
    """Where the next gzip member that holds a record starts, from ``at`` on; the end where there is none."""
    while (at := data.find(_GZIP, at)) >= 0:
        if _starts_record(data, at):
            return at
        at += 1
    return len(data)


def _starts_record(data: bytes, at: int) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data[at : at + 4096], 16).startswith(b"WARC/")
    except zlib.error:
        return False


def _records(data: bytes, place: Callable[[int], tuple[int, int]], broken: bool) -> Iterator[Piece]:
    """Records of unpacked data. In ``broken`` data, an unfinished record at the end is not told again."""

    def piece(at: int, stop: int = 0, damage: str | None = None) -> Piece:
        offset, inside = place(at)
        return Piece(offset, data[at:stop] if stop else b"", damage, inside)

    at = 0
    while (at := _skip_breaks(data, at)) < len(data):
        stop, damage = _bounds(data, at)
        if damage is None:
            yield piece(at, stop)
            at = stop
            continue
        following = _START.search(data, at + 1)
        if following is None and broken:
            return
        yield piece(at, damage=damage)
        if following is None:
            return
        at = following.start()


def _skip_breaks(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in b"\r\n":
        at += 1
    return at


def _bounds(data: bytes, at: int) -> tuple[int, str | None]:
    """Where the record at ``at`` ends, and what is wrong with it."""
    if _START.match(data, at) is None:
        return 0, "no record starts here: the file is damaged"
    following = data.find(b"\nWARC/", at + 1, at + _HEAD)
    head = _HEAD_END.search(data, at, following if following >= 0 else at + _HEAD)
    if head is None:
        return 0, "the header of a record is cut off or too long"
    length = _LENGTH.search(data, at, head.end())
    if length is None:
        return 0, "a record without Content-Length: its end is unknown"
    stop = head.end() + int(length[1])
    if stop > len(data):
        return 0, f"a record is cut off: {len(data) - head.end()} of {int(length[1])} bytes are there"
    after = _skip_breaks(data, stop)
    # A record that ends as it should is sound, whatever stands behind it.
    ended = data.startswith(b"\r\n\r\n", stop) or after == len(data) or _START.match(data, after) is not None
    if not ended:
        return 0, "the Content-Length of a record is wrong, or the data behind it is damaged"
    return stop, None


def _read_record(piece: Piece, name: str, read: Read) -> Iterator[Document | Reject]:
    from fastwarc.warc import WarcRecord

    try:
        record: Any = WarcRecord.from_reader(io.BytesIO(piece.data))
        header: dict[str, str] = {key.lower(): value for key, value in record.headers.to_tuples()}
    except (OSError, ValueError, RuntimeError) as error:
        yield Reject(f"{name}@{piece.offset}", f"a record that cannot be read ({error})", piece.offset)
        return
    kind = header.get("warc-type", "").lower()
    if kind in _WITHOUT_CONTENT:
        return
    item = header.get("warc-record-id", "").strip().strip("<>").removeprefix("urn:uuid:") or None
    url = header.get("warc-target-uri", "").strip().strip("<>") or None
    label = f"{name}#{url or item or piece.offset}"

    def reject(reason: str) -> Reject:
        return Reject(label, reason, piece.offset)

    reason = _unfit(piece, kind, header)
    if reason is not None:
        yield reject(reason)
        return
    body, media, charset = _block(piece.data), header.get("content-type", ""), None
    if kind == "response":
        try:
            record.parse_http(auto_decode="all")
            body = record.reader.read()
            status, media, charset = record.http_headers.status_code, record.http_content_type, record.http_charset
        except (OSError, ValueError, RuntimeError, AttributeError) as error:
            yield reject(f"its HTTP message cannot be read ({error})")
            return
        if status is not None and not 200 <= status < 300:
            yield reject(f"no page: the site answered HTTP {status}")
            return
    if _TEXTLESS.match((media or "").lower()):
        yield reject(f"holds no text: {(media or '').split(';')[0].strip()}")
        return
    if not body.strip():
        yield reject("an empty answer")
        return
    for found in read(body, label, charset):
        if isinstance(found, Reject):
            yield replace(found, offset=piece.offset)
        elif found.kind == "post" or (found.item and found.url):
            yield found
        else:
            yield replace(found, item=item, url=_better(found.url, url), outlet=domain(url) or found.outlet)


def _unfit(piece: Piece, kind: str, header: dict[str, str]) -> str | None:
    """Why a record, as it stands in the archive, gives no document; None where it may."""
    verified = _verify(piece.data, header.get("warc-block-digest"))
    if verified is False:
        return "damaged: its bytes do not match its digest"
    if piece.doubtful and verified is None:
        return "in damaged gzip data, and no digest of its own vouches for it"
    if kind == "revisit":
        return f"a revisit: it repeats {header.get('warc-refers-to-target-uri') or 'an earlier record'}"
    if kind == "continuation" or header.get("warc-segment-number"):
        return "a segment of a record that is split over files: join them first"
    if kind not in {"response", "resource", "conversion"}:
        return f"a record of a kind that is not read ({kind or 'none'})"
    if header.get("warc-truncated"):
        return f"cut by the crawler ({header['warc-truncated']})"
    return None


def _verify(record: bytes, stated: str | None) -> bool | None:
    """Whether a record's block matches its stated digest (base 32 or 16); None where that cannot be told."""
    algorithm, _, value = (stated or "").strip().partition(":")
    if algorithm.lower().replace("-", "") not in _ALGORITHMS or not value:
        return None
    found = hashlib.new(algorithm.lower().replace("-", ""), _block(record)).digest()
    value = value.strip()
    return value.lower() == found.hex() or value.upper().rstrip("=") == base64.b32encode(found).decode().rstrip("=")


def _block(record: bytes) -> bytes:
    head = _HEAD_END.search(record)
    return record[head.end() :] if head else b""


def _better(stated: str | None, target: str | None) -> str | None:
    """The canonical address that a page states, if it is of the same site and no home page; else the crawled one."""
    if not target or not stated or domain(stated) is None or domain(stated) != domain(target):
        return target or stated
    return stated if urlsplit(stated).path.strip("/") else target
