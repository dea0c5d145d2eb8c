"""Bytes to text: byte-order marks, declared charsets, UTF-8, UTF-16 and the Cyrillic code pages.

A declaration is a hint, not an authority: pages that declare UTF-8 and are in windows-1251 are common.
Valid UTF-8 wins; else the Cyrillic code pages compete by how Russian their letters look, and a
declaration only tips the scale. The letter shares are rounded per cent of Russian prose: only their
order of size matters here.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from detente.errors import InputError

_DECLARED = re.compile(rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.I)
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPORT = "open it and save it as plain text or HTML"
_UNPACK = "unpack it and read the files inside"
_NO_TEXT = "it holds no text; give the text itself"
# Magic number, offset, whether a NUL must be near (the number alone could open a text), name, advice.
_MAGIC: tuple[tuple[bytes, int, bool, str, str], ...] = (
    (b"%PDF-", 0, False, "a PDF document", "convert it to text first, for example with pdftotext"),
    (b"\x89PNG\r\n\x1a\n", 0, False, "a PNG image", _NO_TEXT),
    (b"\xff\xd8\xff", 0, False, "a JPEG image", _NO_TEXT),
    (b"GIF8", 0, True, "a GIF image", _NO_TEXT),
    (b"RIFF", 0, True, "an image or sound file (RIFF)", _NO_TEXT),
    (b"BM", 0, True, "a BMP image", _NO_TEXT),
    (b"II*\x00", 0, False, "a TIFF image", _NO_TEXT),
    (b"MM\x00*", 0, False, "a TIFF image", _NO_TEXT),
    (b"ftyp", 4, True, "a video or sound file (MP4)", _NO_TEXT),
    (b"ID3", 0, True, "a sound file (MP3)", _NO_TEXT),
    (b"OggS", 0, True, "a sound file (Ogg)", _NO_TEXT),
    (b"\x1aE\xdf\xa3", 0, False, "a video file (Matroska)", _NO_TEXT),
    (b"PK\x03\x04", 0, False, "a ZIP archive", _UNPACK),
    (b"PK\x05\x06", 0, False, "an empty ZIP archive", _UNPACK),
    (b"\x1f\x8b", 0, False, "a gzip archive", _UNPACK),
    (b"BZh", 0, True, "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", 0, False, "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", 0, False, "a Zstandard archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", 0, False, "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", 0, False, "a RAR archive", _UNPACK),
    (b"ustar", 257, True, "a tar archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, False, "an old Microsoft Office document", _EXPORT),
    (b"{\\rtf", 0, False, "a rich-text (RTF) document", _EXPORT),
    (b"AT&TFORM", 0, False, "a DjVu document", "convert it to text first"),
    (b"%!PS", 0, False, "a PostScript document", "convert it to text first"),
    (b"\x7fELF", 0, False, "a program (ELF)", _NO_TEXT),
    (b"MZ", 0, True, "a program (Windows executable)", _NO_TEXT),
    (b"\xca\xfe\xba\xbe", 0, False, "a program (Java class or Mach-O)", _NO_TEXT),
    (b"\xcf\xfa\xed\xfe", 0, False, "a program (Mach-O)", _NO_TEXT),
    (b"\x00asm", 0, False, "a program (WebAssembly)", _NO_TEXT),
    (b"bplist00", 0, False, "a page saved as a Safari web archive", "save the page as HTML"),
    (b"SQLite format 3\x00", 0, False, "an SQLite database", "export its texts as JSON Lines"),
    (b"PAR1", 0, True, "a Parquet table", "export its texts as JSON Lines"),
)
_OFFICE = (
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint file (pptx)"),
    (b"opendocument", "an OpenDocument file"),
    (b"epub", "an EPUB book"),
)
_ARCHIVES = frozenset(
    {"a ZIP archive", "an empty ZIP archive", "a gzip archive", "a bzip2 archive", "an xz archive", "a tar archive"}
)
_PAGES = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "koi8-u", "cp1252")
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_SHARES = (
    "11 8.5 8 7.4 6.7 6.3 5.5 4.7 4.5 4.4 3.5 3.2 3 2.8 2.6 2 1.9 1.7 1.7 1.6 1.6 1.4 1.2 1 .9 .7 .6 .5 .4 .3 .3 .1 .3"
)
_FREQUENCY = dict(zip(_LETTERS, map(float, _SHARES.split()), strict=True))
_UKRAINIAN = dict.fromkeys("іїєґў", 1.5)
_COMMON_PAIRS = (
    "ак ал ам ан ат ва ве ви во го де до ел ен ер ес ет за ие ий ин ия ка ки ко ла ле ли ло ми мо на не"
    " ни но ну ны об ов ог ой ом ор ос от по пр ра ре ри ро ск сс ст та ти то тр ть че"
)
_PAIRS = frozenset(_COMMON_PAIRS.split())
_TYPOGRAPHY = frozenset("«»—–…№“”„’‘ \u00a0•©")
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text, the encoding it was in, and how many undecodable bytes became U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, name: str = "the input", charset: str | None = None) -> Decoded:
    """Decode bytes of unknown encoding.

    ``name`` is what error messages call the input; ``charset`` a declaration from outside (an HTTP
    header), a hint like the one inside the page. Raises InputError for input that is empty, binary
    or undecodable, saying what it looks like and what to do.
    """
    if not data.strip():
        raise InputError(f"{name} is empty: there is no text to read")
    _refuse_magic(data, name)
    decoded = _by_mark(data) or _by_nuls(data)
    if decoded is None:
        _refuse_binary(data, name)
        decoded = _utf8(data) or _single_byte(data, _known(charset) or declared(data))
    if not decoded.text.strip("\ufeff\x00 \t\r\n"):
        raise InputError(f"{name} is empty: there is no text to read")
    _refuse_garbage(decoded, name)
    return decoded


def declared(data: bytes) -> str | None:
    """The charset that an HTML meta element or an XML declaration names, if Python knows it."""
    found = _DECLARED.search(data[:4096])
    return _known(found.group(1).decode("ascii", "replace")) if found else None


def _known(charset: str | None) -> str | None:
    try:
        info = codecs.lookup(charset) if charset else None
    except (LookupError, ValueError):
        return None
    # Codecs such as rot13 and base64 turn no bytes into text.
    return info.name if info is not None and getattr(info, "_is_text_encoding", True) else None


def foreign_kind(data: bytes) -> str | None:
    """What the first bytes of an input mark it as, and what to do, where it is neither a text nor an archive that
    can be read («a PDF document, not text: convert it to text first»); else None.
    """
    found = _magic(data)
    return None if found is None or found[0] in _ARCHIVES else f"{found[0]}, not text: {found[1]}"


def _refuse_magic(data: bytes, name: str) -> None:
    found = _magic(data)
    if found is not None:
        raise InputError(f"{name} is {found[0]}, not text: {found[1]}")


def _magic(data: bytes) -> tuple[str, str] | None:
    near = b"\x00" in data[:1024]
    for magic, offset, needs_nul, what, advice in _MAGIC:
        if data.startswith(magic, offset) and (near or not needs_nul):
            document = _office(data) if magic == b"PK\x03\x04" else None
            return (document, _EXPORT) if document else (what, advice)
    return None


def _office(data: bytes) -> str | None:
    """What kind of document a ZIP archive is, by the parts that all documents of the kind have."""
    ends = (data[:4096], data[-65536:])
    if not any(mark in end for end in ends for mark in (b"[Content_Types].xml", b"mimetype")):
        return None
    return next((document for part, document in _OFFICE if any(part in end for end in ends)), None)


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:65536]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if b"\x00" in sample or controls > max(2, len(sample) // 50):
        raise InputError(f"{name} looks binary ({controls} control bytes in {len(sample)}): give plain text or HTML")


def _refuse_garbage(decoded: Decoded, name: str) -> None:
    sample = decoded.text[:_SAMPLE]
    bad = sample.count("\ufffd") + sum(1 for char in sample if char < " " and char not in "\t\n\r\f\v\x1b")
    if bad > max(3, len(sample) // 20):
        raise InputError(
            f"{name} cannot be decoded ({bad} of its first {len(sample)} characters make no sense as "
            f"{decoded.encoding}): save it as UTF-8"
        )


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    return None


def _by_nuls(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: one byte of each pair is nearly always 0x00 or 0x04 (ASCII, Cyrillic)."""
    sample = data[: 4096 & ~1]
    half = len(sample) // 2
    if half < 2 or len(data) % 2:
        return None
    for encoding, high, low in (("utf-16-le", sample[1::2], sample[0::2]), ("utf-16-be", sample[0::2], sample[1::2])):
        pages = high.count(0) + high.count(4) + high.count(0x20)
        rare = low.count(0) + low.count(4)
        if pages >= 0.9 * half and rare <= 0.2 * half and (high.count(0) or high.count(4) >= 0.6 * half):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                return None
    return None


def _utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    # A stray byte or a cut at the end must not turn a whole UTF-8 page into mojibake.
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for char in text[:_SAMPLE] if char > "\x7f" and char != "\ufffd")
    return Decoded(text, "utf-8", broken) if sound >= 20 * broken else None


def _single_byte(data: bytes, hint: str | None) -> Decoded:
    sample = data[:_SAMPLE]
    pages = _PAGES if hint is None or hint in _PAGES else (*_PAGES, hint)
    # On a few letters a declaration is worth more than their frequencies.
    favour = 0.3 + 4 / (1 + sum(byte > 127 for byte in sample))
    best, most = "cp1251", float("-inf")
    for page in pages:
        try:
            text = sample.decode(page, "replace")
        except (UnicodeError, ValueError):
            continue
        score = plausibility(text) + (favour if page == hint else 0.0)
        if score > most:
            best, most = page, score
    text = data.decode(best, "replace")
    return Decoded(text, best, text.count("\ufffd"))


def plausibility(text: str) -> float:
    """How much the characters beyond ASCII look like Russian (or Western) prose: mean of about −5 to 5."""
    total, count = 0.0, 0
    before = " "
    for char in text:
        if char > "\x7f":
            count += 1
            total += _letter_score(char, before)
        elif char.isalpha() and before > "\x7f" and before.isalpha():
            total += 1.0 if before < "\u0250" else -2.0
        before = char
    return total / count if count else 0.0


def _letter_score(char: str, before: str) -> float:
    lower = char.lower()
    weight = _FREQUENCY.get(lower) or _UKRAINIAN.get(lower)
    if weight is None:
        if char in _TYPOGRAPHY:
            # Inside a word these are what a wrong code page makes of letters.
            return -1.0 if before.isalpha() and char in "№©•" else 0.5
        if "\u00c0" <= char <= "\u00ff" and char.isalpha():
            return 0.5 if before.isascii() and before.isalpha() else -2.0
        return -4.0
    score = weight / 4
    if char != lower:
        # Capitals open words; one after a small letter marks a wrong code page.
        score = -3.0 if before.islower() else score - 0.2 if before.isupper() else max(score, 1.0)
    elif before.isupper():
        score += 0.2
    if before.lower() + lower in _PAIRS:
        score += 1.0
    if before.isascii() and before.isalpha():
        score -= 3.0
    return score
