"""Detente reads the news and measures how states align.

``read`` turns one article into dated, sourced reports of events between states; a ``Record`` keeps and merges what
many documents say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import DataError, DetenteError, InputError, LanguageError, StoreError
from detente.model import (
    Attribution,
    Document,
    Interval,
    Mention,
    Party,
    Reading,
    Report,
    Sentence,
    Span,
)

if TYPE_CHECKING:
    from detente.reading import read, read_all
    from detente.record import Record

__version__ = "0.1.0"
__all__ = [
    "Attribution",
    "DataError",
    "DetenteError",
    "Document",
    "InputError",
    "Interval",
    "LanguageError",
    "Mention",
    "Party",
    "Reading",
    "Record",
    "Report",
    "Sentence",
    "Span",
    "StoreError",
    "read",
    "read_all",
]


def __getattr__(name: str) -> object:
    """Load the reader and the record only when they are used: the package itself imports in milliseconds."""
    if name in {"read", "read_all"}:
        from detente import reading

        return getattr(reading, name)
    if name == "Record":
        from detente.record import Record

        return Record
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
