"""Pairs of quotation marks in a text, nested ones and those that run over several sentences."""

from __future__ import annotations

import re

_MARK = re.compile('[«»“”„"]|\n')
_PAIRS = {"»": "«", "”": "“„", "“": "„"}
LONGEST = 4000
"""Characters; a pair that is longer is taken for two marks that lost their partners."""


def quote_pairs(text: str) -> list[tuple[int, int]]:
    """(start, stop) of every quotation, marks included, by start; straight marks pair within a line."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for match in _MARK.finditer(text):
        mark, at = match.group(), match.start()
        if mark == "\n":
            stack = [each for each in stack if each[0] != '"']
        elif mark == '"':
            _straight(text, at, stack, pairs)
        elif mark in _PAIRS and any(each[0] in _PAIRS[mark] for each in stack):
            while stack:
                opening, start = stack.pop()
                if opening in _PAIRS[mark]:
                    break
            if at - start <= LONGEST:
                pairs.append((start, at + 1))
        elif mark != "»" and mark != "”":
            stack.append((mark, at))
    return sorted(pairs)


def _straight(text: str, at: int, stack: list[tuple[str, int]], pairs: list[tuple[int, int]]) -> None:
    """Close the open straight mark or open one, by what stands around it.

    Newswire text often sets blanks inside the marks and loses one of a pair, so sides are told by
    punctuation: a mark before a comma closes, one after a full stop and before a capital opens.
    """
    before = text[max(at - 3, 0) : at].rstrip(" \u00a0")[-1:]
    after = text[at + 1 : at + 4].lstrip(" \u00a0")[:1]
    closes = after in {",", ".", ";", ":", ")", "?", "!", "-", "—", "–", ""}
    opens = before in {"", ".", ":", "(", "!", "?"} and after.isupper()
    open_ = stack[-1][1] if stack and stack[-1][0] == '"' else None
    if open_ is not None and not opens:
        stack.pop()
        if at - open_ <= LONGEST:
            pairs.append((open_, at + 1))
    elif not closes:
        if open_ is not None:
            stack.pop()
        stack.append(('"', at))
