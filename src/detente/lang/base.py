"""What a language gives to the coder: tokens with Universal Dependencies, and names.

A language is a folder beside this module. Its ``parser.py`` holds a class that follows ``Parser``;
its ``data/`` holds lexicon, cues, names and date words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class Token:
    """One word of a parsed sentence.

    ``start`` and ``stop`` are offsets into the document's text; ``head`` is the index of the governor
    in the same sentence, -1 for the root; ``rel`` a Universal Dependencies relation; ``feats`` its
    morphological features (``{"Case": "Gen"}``); ``lemma`` is lower-cased with ё written as е.
    """

    index: int
    start: int
    stop: int
    text: str
    lemma: str
    pos: str
    feats: dict[str, str]
    head: int
    rel: str


@dataclass(frozen=True, slots=True)
class Name:
    """A span that the parser's name tagger marks: token indices, stop exclusive."""

    start: int
    stop: int
    type: str


@dataclass(slots=True)
class Parse:
    """One sentence with its tokens and names. ``children[i]`` are the dependents of token i, in order."""

    start: int
    stop: int
    tokens: list[Token]
    names: tuple[Name, ...] = ()
    children: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.children:
            self.children = [[] for _ in self.tokens]
            for token in self.tokens:
                if token.head >= 0:
                    self.children[token.head].append(token.index)


class Parser(Protocol):
    """Turns texts into parsed sentences; many texts at once, so that batches fill up."""

    def parse(self, texts: Sequence[str]) -> list[list[Parse]]:
        """Parse every text; the result has one list of sentences for each, in order."""
        ...
