"""What a worker is asked to do: which inputs, under which settings, and what ended workers before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.store import shards

Emit = Callable[[Any], None]
Where = tuple[str, str, int]  # what a worker is at: parse or read, the input, the position


@dataclass(frozen=True, slots=True)
class Settings:
    """How inputs are read; part of a shard's name.

    ``published`` is the day of publication of items that state none, ``charset`` a hint for inputs that state none,
    ``columns`` pairs of a field and the column of a table that holds it.
    """

    published: date | None = None
    charset: str | None = None
    columns: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """The settings as JSON, equal for equal settings."""
        told = {"published": self.published and str(self.published), "charset": self.charset}
        found = {name: value for name, value in told.items() if value} | (
            {"columns": dict(self.columns)} if self.columns else {}
        )
        return json.dumps(found, ensure_ascii=False, sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> Settings:
        """The settings that ``text`` gave."""
        row = json.loads(text)
        day = date.fromisoformat(row["published"]) if "published" in row else None
        return cls(day, row.get("charset"), tuple(sorted(row.get("columns", {}).items())))


@dataclass(frozen=True, slots=True)
class Source:
    """One input: SHA-256 of its bytes, its name, its size in bytes."""

    input: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a worker on a group, or on one part of it (of ``size`` items at most).

    ``skip`` holds what ended workers before, and how.
    """

    folder: Path
    sources: tuple[Source, ...]
    settings: Settings
    code: str
    size: int
    part: int = -1
    single: bool = False
    suspect: Where | None = None
    skip: tuple[tuple[Where, str], ...] = ()

    @property
    def shard(self) -> str:
        """Name of the shard that this part becomes."""
        return shards.key([source.input for source in self.sources], self.part, self.code, self.settings.text())

    @property
    def staged(self) -> Path:
        """Where the items of this part wait."""
        return self.folder / "staging" / f"{self.shard}.pickle"
