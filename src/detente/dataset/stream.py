"""Bytes of a dataset file to lines: plain, gzip or zip, read as they come, with offsets and limits."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from detente.errors import InputError

LONGEST = 4_000_000  # bytes of one line; a longer one is cut and will not parse
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
PARQUET = b"PAR1"


class Lines:
    """The lines of an input, decoded as UTF-8, or as Windows-1252 where a line is no UTF-8.

    ``offset`` is the place of the last line in the unpacked bytes, ``damage`` why the input ended early, if it did.
    Close it, or use it as a context.
    """

    def __init__(self, data: bytes | Path, name: str) -> None:
        """Open an input. Raises InputError for a missing or empty file and for an archive of several files."""
        self.offset = 0
        self.damage: str | None = None
        self._stack = ExitStack()
        self._next = 0
        try:
            self._stream = self._open(data, name)
            self.first = self._read()
        except (OSError, zipfile.BadZipFile, EOFError, zlib.error) as error:
            self.close()
            raise InputError(f"{name} cannot be read: {error}") from error
        except InputError:
            self.close()
            raise
        if not self.first:
            self.close()
            raise InputError(f"{name} is empty: there are no rows to import")
        self._pending: bytes | None = self.first

    def _open(self, data: bytes | Path, name: str) -> BinaryIO:
        if isinstance(data, Path):
            stream = cast(BinaryIO, self._stack.enter_context(data.open("rb")))
        else:
            stream = io.BytesIO(data)
        magic = stream.read(4)
        stream.seek(0)
        if magic.startswith(_GZIP):
            return cast(BinaryIO, self._stack.enter_context(gzip.open(stream, "rb")))
        if magic == _ZIP:
            archive = self._stack.enter_context(zipfile.ZipFile(stream))
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise InputError(f"{name} holds {len(members)} files: unpack it and give them one by one")
            return cast(BinaryIO, self._stack.enter_context(archive.open(members[0])))
        return stream

    def _read(self) -> bytes:
        return self._stream.readline(LONGEST)

    def __iter__(self) -> Iterator[str]:
        while True:
            line, self._pending = self._pending, None
            if line is None:
                try:
                    line = self._read()
                except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
                    self.offset, self.damage = self._next, f"the packed data end in damage: {error}"
                    return
            if not line:
                return
            self.offset = self._next
            self._next += len(line)
            yield _decode(line)

    def peek(self) -> str:
        """The first line."""
        return _decode(self.first)

    def close(self) -> None:
        """Close what was opened."""
        self._stack.close()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _decode(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    return text.removeprefix("\ufeff")


def is_parquet(data: bytes | Path) -> bool:
    """Whether the input is a Parquet file, by its first bytes."""
    if isinstance(data, Path):
        try:
            with data.open("rb") as file:
                return file.read(4) == PARQUET
        except OSError:
            return False
    return data[:4] == PARQUET
