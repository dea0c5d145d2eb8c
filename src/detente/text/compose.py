"""Letters written as a letter and a combining mark (NFD: «и» + breve), composed for coding, with their offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with its letters composed; ``places[i]`` is where character ``i`` begins in the text as given.

    The last place is the length of the text as given, so that a span ``start:stop`` of the composed text is
    ``places[start]:places[stop]`` of it.
    """

    text: str
    places: Sequence[int]


def compose(text: str) -> Composed | None:
    """The text with letters and their marks composed (NFC); None where it needs nothing.

    macOS writes file contents and names so; to the lexicon «и» with a breve is no «й».
    """
    if unicodedata.is_normalized("NFC", text):
        return None
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for match in _CLUSTER.finditer(text):
        start, stop = match.span()
        letters = unicodedata.normalize("NFC", match[0])
        pieces += (text[at:start], letters)
        places += range(at, start)
        # Marks that have no letter of their own stay behind it, as they stood at its end.
        places += (start, *range(stop - len(letters) + 1, stop))
        at = stop
    pieces.append(text[at:])
    places += range(at, len(text) + 1)
    return Composed("".join(pieces), places)
