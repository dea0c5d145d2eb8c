"""Folders and archives (zip, tar, gzip, bzip2, xz) as the inputs that they hold, in memory, never on the disk.

Names inside are labels and no paths: nothing is written under them. Links are not followed, and what unpacks
to more than it may is refused before it fills the memory.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.model import Reject
from detente.reader.warc import looks_like_warc
from detente.text.decode import foreign_kind

_SYSTEM = re.compile(r"(?:^|/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX/.*|\.git/.*)$", re.IGNORECASE)
_UNNAMED = re.compile(r"[\x00-\x1f\x7f]")
_PACKED = re.compile(r"\.(?:gz|bz2|xz)$", re.IGNORECASE)
# What the libraries raise on damaged archives, on methods and versions that they do not know, and on passwords.
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError,
    RuntimeError, LookupError, OverflowError,
)  # fmt: skip
_READ = 1 << 20
_OF_THE_SYSTEM = "a file of the system, not a text"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much inputs may hold, in bytes: one file, all that an archive unpacks to; the depth of archives in
    archives; and how many times its own size an archive may unpack to, once that is more than ``free`` bytes.
    """

    file: int = 1 << 30
    total: int = 8 << 30
    depth: int = 4
    ratio: int = 200
    free: int = 64 << 20


def inputs(
    path: Path, *, reject: Callable[[Reject], None] | None = None, limits: Limits | None = None
) -> Iterator[tuple[str, bytes]]:
    """The inputs under a file, folder or archive: a name and the bytes of each, in the order of names.

    Archives are told by content and unpacked, also inside each other; a WARC file in gzip is an input as it
    is. A name is the path below ``path``, with ``!`` between an archive and what it holds. ``reject`` is
    called for each thing that gives no input (links, devices, media, damaged or oversized archives).
    Raises InputError where ``path`` is not there, and, without ``reject``, at the first such thing.
    """
    limits = limits or Limits()

    def refuse(each: Reject) -> None:
        if reject is None:
            raise InputError(f"{each.name}: {each.reason}")
        reject(each)

    if not path.exists():
        raise InputError(f"{path} is not there: check the path")
    for name, file in _files(path, refuse):
        data = _load(file, name, limits)
        if isinstance(data, Reject):
            refuse(data)
        else:
            yield from unpack(data, name, refuse, limits)


def _files(path: Path, refuse: Callable[[Reject], None]) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    for folder, below, names in os.walk(path, onerror=None):
        below.sort()
        here = Path(folder)
        for name in [each for each in below if (here / each).is_symlink()]:
            refuse(Reject((here / name).relative_to(path).as_posix(), "a link to a folder, which is not followed"))
        for name in sorted(names):
            yield (here / name).relative_to(path).as_posix(), here / name


def _load(file: Path, name: str, limits: Limits) -> bytes | Reject:
    label = _label(name)
    if _SYSTEM.search(name):
        return Reject(label, _OF_THE_SYSTEM)
    try:
        if file.is_symlink() and not _inside(file):
            return Reject(label, "a link that leads out of its folder, which is not followed")
        if not file.is_file():
            return Reject(label, "no regular file")
        if file.stat().st_size > limits.file:
            return Reject(label, f"larger than {limits.file >> 20} MiB: split it")
        with file.open("rb") as stream:
            head = stream.read(1 << 16)
            kind = foreign_kind(head)
            return Reject(label, f"it is {kind}") if kind else head + stream.read()
    except OSError as error:
        return Reject(label, f"cannot be read: {error.strerror or error}")


def _inside(file: Path) -> bool:
    return file.resolve().is_relative_to(file.parent.resolve())


def unpack(
    data: bytes, name: str, refuse: Callable[[Reject], None], limits: Limits | None = None
) -> Iterator[tuple[str, bytes]]:
    """What an input holds: itself, or if it is an archive, each of its members, unpacked in turn."""
    limits = limits or Limits()
    may = min(limits.total, max(limits.free, limits.ratio * len(data)))
    yield from _Unpacker(refuse, limits, may, may).unpack(data, name, 0)


@dataclass(slots=True)
class _Unpacker:
    """One input on its way: how many bytes all that it holds may unpack to, and how many of them are left."""

    refuse: Callable[[Reject], None]
    limits: Limits
    may: int
    left: int

    def unpack(self, data: bytes, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
        kind = _kind(data)
        if kind is None or looks_like_warc(data):
            yield _label(name), data
        elif depth >= self.limits.depth:
            self.refuse(Reject(_label(name), f"archives in archives, more than {self.limits.depth} deep"))
        else:
            walk = {"zip": self._zip, "tar": self._tar}.get(kind, self._single)
            for inner, content in walk(data, name):
                foreign = foreign_kind(content)
                if foreign:
                    self.refuse(Reject(_label(inner), f"it is {foreign}"))
                else:
                    yield from self.unpack(content, inner, depth + 1)

    def _zip(self, data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            self.refuse(Reject(_label(name), f"a damaged ZIP archive ({error})"))
            return
        with archive:
            for member in archive.infolist():
                inner = f"{name}!{_member_name(member)}"
                if member.is_dir() or self._refused(inner):
                    continue
                if member.flag_bits & 1:
                    self.refuse(Reject(_label(inner), "it is encrypted: unpack it with its password"))
                    continue
                try:
                    stream = archive.open(member)
                except _DAMAGE as error:
                    self.refuse(Reject(_label(inner), f"cannot be unpacked ({error})"))
                    continue
                content, damage = self._read(stream)
                if damage:
                    self.refuse(Reject(_label(inner), damage))
                elif content is not None:
                    yield inner, content

    def _tar(self, data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errorlevel=2) as archive:
                for member in archive:
                    inner = f"{name}!{member.name}"
                    if member.isdir() or self._refused(inner):
                        continue
                    stream = archive.extractfile(member) if member.isreg() else None
                    if stream is None:
                        self.refuse(Reject(_label(inner), "a link or device, which is not followed"))
                        continue
                    content, damage = self._read(stream)
                    if damage or (content is not None and len(content) < member.size):
                        self.refuse(Reject(_label(inner), damage or "it is cut off"))
                    elif content is not None:
                        yield inner, content
        except _DAMAGE as error:
            self.refuse(Reject(_label(name), f"a damaged tar archive, the rest of it is lost ({error})"))

    def _single(self, data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
        """gzip, bzip2, xz: one file, of which what comes before a cut is read."""
        opened: dict[str | None, Callable[[io.BytesIO], io.BufferedIOBase]] = {
            "gzip": lambda packed: gzip.GzipFile(fileobj=packed),
            "bzip2": bz2.BZ2File,
            "xz": lzma.LZMAFile,
        }
        inner = _PACKED.sub("", name)
        content, damage = self._read(opened[_kind(data)](io.BytesIO(data)))
        if content:
            yield inner, content
        if damage:
            self.refuse(Reject(_label(name), damage))

    def _read(self, stream: Any) -> tuple[bytes | None, str | None]:
        """The content of a member, and what is wrong with it; content beside damage is what precedes a cut."""
        found: list[bytes] = []
        allowed = min(self.limits.file, self.left)
        before = self.left
        try:
            with stream:
                # read1, since read loses what it has when it meets a cut.
                while self.left > 0 and (piece := stream.read1(_READ)):
                    found.append(piece)
                    self.left -= len(piece)
                    if before - self.left > allowed:
                        break
        except EOFError:
            return b"".join(found), "the archive is cut off: what comes before the cut is read"
        except _DAMAGE as error:
            return None, f"it is damaged ({error})"
        if self.left <= 0:
            return None, f"its archive unpacks to more than {self.may >> 20} MiB: left out"
        if before - self.left > allowed:
            return None, f"it unpacks to more than {allowed >> 20} MiB: left out"
        return b"".join(found), None

    def _refused(self, name: str) -> bool:
        if _SYSTEM.search(name.replace("!", "/")):
            self.refuse(Reject(_label(name), _OF_THE_SYSTEM))
            return True
        return False


def _kind(data: bytes) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    if data.startswith(b"\x1f\x8b"):
        return "gzip"
    if data.startswith(b"BZh") and data[4:10] in {b"1AY&SY", b"\x17rE8P\x90"}:
        return "bzip2"
    if data.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    return "tar" if data.startswith(b"ustar", 257) else None


def _member_name(member: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are in the code page of the packing machine: in our region, 866."""
    name = member.filename
    if member.flag_bits & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("cp866")
    except UnicodeError:
        return name


def _label(name: str) -> str:
    """A name to show: no control characters, no climbing, nothing absolute."""
    parts = [
        "/".join(step for step in piece.replace("\\", "/").split("/") if step not in {"", ".", ".."})
        for piece in _UNNAMED.sub("", name).split("!")
    ]
    return "!".join(part or "unnamed" for part in parts).encode("utf-8", "replace").decode("utf-8")
