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


class FetchError(InputError):
    """An address that does not give its content: refused, closed by robots.txt, too large, too slow, not there.

    ``url`` is the address (of the redirect, where one led there), ``status`` the server's answer, if there was one.
    """

    def __init__(self, message: str, url: str, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class DataError(DetenteError):
    """A lexicon, cue list or table of the package that does not load: file, line, cause."""


class StoreError(DetenteError):
    """A record that cannot be used: locked by another writer, missing, damaged; the path, the cause, what to do."""
