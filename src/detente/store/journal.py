"""The list of inputs that are in the record, one JSON object a line, appended as their shards are committed.

A line stands for inputs that were committed together. A line that a kill tore off is dropped; the last line on an
input holds. At the end of an adding the list is written anew in order, so that it does not tell who came first.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detente.errors import StoreError
from detente.store import files


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: SHA-256 of its bytes, name, size in bytes, the code and settings that read it, its shards.

    What was refused before it became an input has the reason in ``refused``, no bytes and no shards.
    """

    input: str
    name: str
    size: int
    code: str
    settings: str
    shards: tuple[str, ...]
    refused: str | None = None


class Journal:
    """The inputs of a record, by hash. One process writes; ``entries`` is what is committed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        for line in self._lines():
            for entry in line:
                self.entries[entry.input] = entry

    def _lines(self) -> list[list[Entry]]:
        found = []
        for number, line in enumerate(files.lines(self.path).splitlines(), 1):
            try:
                found.append([Entry(**{**row, "shards": tuple(row["shards"])}) for row in json.loads(line)])
            except (ValueError, TypeError, KeyError):
                raise StoreError(
                    f"{self.path}:{number} is damaged; remove that line, and add again what it names"
                ) from None
        return found

    def append(self, entries: list[Entry]) -> None:
        """Commit some inputs together, on the disk when this returns. Raises OSError where the disk refuses."""
        files.append(self.path, _line(entries))
        self.entries.update({entry.input: entry for entry in entries})

    def tidy(self) -> None:
        """Write the list anew, a line an input, in order of their hashes."""
        lines = b"".join(_line([entry]) for _, entry in sorted(self.entries.items()))
        if not self.path.is_file() or self.path.read_bytes() != lines:
            files.write(self.path, lines)


def _line(entries: list[Entry]) -> bytes:
    rows: list[dict[str, Any]] = [asdict(entry) for entry in entries]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass") + b"\n"
