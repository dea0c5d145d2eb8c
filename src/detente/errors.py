"""One tree of errors: each names the item, the cause and what to do."""

from __future__ import annotations


class DetenteError(Exception):
    """Base of all errors that a user of Detente can meet."""


class InputError(DetenteError):
    """An input that cannot be read: missing, empty, binary, undecodable."""


class LanguageError(InputError):
    """A text in a language that Detente does not read.

    ``language`` is the ISO 639-1 code of what it looks like, or None.
    """

    def __init__(self, message: str, language: str | None = None) -> None:
        super().__init__(message)
        self.language = language


class DataError(DetenteError):
    """A lexicon, cue list or table of the package that does not load: file, line, cause."""


class StoreError(DetenteError):
    """A record that cannot be used: locked by another writer, missing, damaged; the path, the cause, what to do."""
