"""PLOVER's event types with their modes and quad classes, from plover.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class EventType:
    """One of the sixteen types: its modes and its quad class."""

    name: str
    quad: str
    modes: tuple[str, ...]

    @property
    def cooperative(self) -> bool:
        """Whether the type is cooperation, verbal or material."""
        return self.quad.endswith("cooperation")

    @property
    def verbal(self) -> bool:
        """Whether the type is verbal, cooperation or conflict."""
        return self.quad.startswith("verbal")


def _load() -> dict[str, EventType]:
    text = (resources.files("detente.ontology") / "plover.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {name: EventType(name, row["quad"], tuple(row["modes"])) for name, row in table.items()}


TYPES = _load()
