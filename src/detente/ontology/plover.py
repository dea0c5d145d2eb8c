"""PLOVER's event types with their modes, quad classes and plain glosses, from plover.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class EventType:
    """One of the sixteen types: its modes, its quad class, and what it and each mode mean in plain words."""

    name: str
    quad: str
    modes: tuple[str, ...]
    gloss: str = ""
    glosses: tuple[str, ...] = ()

    @property
    def cooperative(self) -> bool:
        """Whether the type is cooperation, verbal or material."""
        return self.quad.endswith("cooperation")

    @property
    def verbal(self) -> bool:
        """Whether the type is verbal, cooperation or conflict."""
        return self.quad.startswith("verbal")

    def meaning(self, mode: str | None = None) -> str:
        """What the type, or one of its modes, means: what the first side does to the second."""
        return self.glosses[self.modes.index(mode)] if mode in self.modes else self.gloss

    def meanings(self) -> tuple[tuple[str, str], ...]:
        """Each mode with its meaning."""
        return tuple(zip(self.modes, self.glosses, strict=True))


def _load() -> dict[str, EventType]:
    text = (resources.files("detente.ontology") / "plover.toml").read_text(encoding="utf-8")
    return {
        name: EventType(name, row["quad"], tuple(row["modes"]), row["gloss"], tuple(row["modes"].values()))
        for name, row in tomllib.loads(text).items()
    }


TYPES = _load()
