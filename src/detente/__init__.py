"""Detente reads the news and measures how states align.

``read`` turns one article into dated, sourced reports of events between states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import DataError, DetenteError, InputError, LanguageError
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
    "Report",
    "Sentence",
    "Span",
    "read",
    "read_all",
]


def __getattr__(name: str) -> object:
    """Load the reader only when it is used: the package itself imports in milliseconds."""
    if name in {"read", "read_all"}:
        from detente import reading

        return getattr(reading, name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
