"""What the record takes in: paths to inputs, inputs to documents and rejects.

The place where the readers are called from.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.model import Document, Reject


def inputs(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a path, in order of names, with its bytes; gzip is unpacked. Raises InputError, OSError."""
    if path.is_dir():
        for each in sorted(path.iterdir()):
            if not each.name.startswith("."):
                yield from inputs(each)
        return
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError) as error:
            raise InputError(f"{path}: damaged gzip: {error}") from None
    yield str(path), data


def documents(data: bytes, name: str, published: date | None = None) -> Iterator[Document | Reject]:
    """Every item of an input, in order: a document, or a reject with its reason."""
    lines = data.splitlines()
    first = next((line for line in lines if line.strip()), b"")
    if not first.startswith(b"{"):
        from detente.reader import read_bytes

        try:
            yield read_bytes(data, name, published=published)
        except InputError as error:
            yield Reject(name, str(error))
        return
    offset = 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield _line(line, f"{name}:{number}", offset, published)
        offset += len(line) + 1


def _line(line: bytes, name: str, offset: int, published: date | None) -> Document | Reject:
    try:
        row: dict[str, Any] = json.loads(line)
        day = published or (date.fromisoformat(row["published"][:10]) if row.get("published") else None)
        key = row.get("id")
        return Document(
            text=row.get("text") or "",
            title=row.get("title"),
            published=day,
            language=row.get("language"),
            outlet=row.get("outlet"),
            item=None if key is None else str(key),
        )
    except (ValueError, TypeError, AttributeError) as error:
        return Reject(name, f"not a JSON object with text and published: {error}", offset)
