"""Headlines glued to the sentence that follows: where one line holds both without a stop between."""

from __future__ import annotations

import re

from detente.text.rules import Rules

_SENTENCE_END = re.compile(r"[.!?…](?=\s+[«\"А-ЯЁA-Z]|\s*$)|\n")
_WORD = re.compile(r"[А-ЯЁа-яёA-Za-z][\w-]*")
_SHOUT = re.compile(r"(?:\b[А-ЯЁ]{2,}[А-ЯЁ ,«»\"—–-]*\s){1}(?=[А-ЯЁ](?:[а-яё]|\s[а-яё]))")
_ADJECTIVE = re.compile(r"(?:ский|ская|ские|ское|нный|нные)$")
_LONG = re.compile(r"\w{4,}")
_LOUD = re.compile(r"[А-ЯЁ]{3}[А-ЯЁ ,«»\"—–-]{15}")
_STEM = 5
_REACH = 400


def breaks(text: str, title: str | None, rule: Rules) -> set[int]:
    """Offsets at which a headline ends and its sentence begins.

    A known title and an opening that stands twice are cut off; so is an opening whose words come
    again right after a capital that no punctuation explains; so are words in capitals.
    """
    cuts = _titled(text, title) if title and len(title) >= 15 else set()
    cuts |= _doubled(text)
    return cuts | (set() if cuts else _repeated(text, rule)) | _shouted(text)


def opens(text: str, match: re.Match[str]) -> bool:
    """Whether a capitalised function word in mid-sentence opens a sentence (not within words in capitals)."""
    before = text[max(0, match.start() - 20) : match.start()].rsplit(None, 1)
    word = text[match.end() : match.end() + 24].split(None, 2)
    return not (before and before[-1].isupper() and len(word) > 1 and word[1].isupper())


def _goes_on(text: str, at: int) -> bool:
    after = text[at : at + 10].lstrip()
    return not after or after[0].islower() or after[0] in ".,;:!?…—–-)»"


def _titled(text: str, title: str) -> set[int]:
    cuts: set[int] = set()
    at = text.find(title, 0, _REACH + len(title))
    while at >= 0:
        stop = at + len(title)
        if not _goes_on(text, stop):
            cuts.update((at, stop))
        elif at and cuts:
            cuts.add(at)
        at = text.find(title, stop, stop + _REACH)
    return cuts


def _doubled(text: str) -> set[int]:
    """The text's first three words standing again within its first lines: headline and copy of it."""
    words = text[:80].split(None, 3)
    if len(words) < 4 or text[0].isspace():
        return set()
    opening = text[: text.find(words[2], len(words[0]) + len(words[1])) + len(words[2])]
    if len(opening) < 12:
        return set()
    at = text.find(opening, len(opening), _REACH)
    if at <= 0 or not text[at - 1].isspace() or text[:at].rstrip()[-1:] in {",", "«", '"', "(", "—", "–", "-", ":"}:
        return set()
    return {at}


def _repeated(text: str, rule: Rules) -> set[int]:
    end = _SENTENCE_END.search(text, 0, _REACH)
    stop = end.start() if end else min(len(text), _REACH)
    # Most texts end here: nothing in the first sentence comes twice.
    heads = [word[:_STEM] for word in _LONG.findall(text[:stop].lower())]
    if len(heads) - len(set(heads)) < 2:
        return set()
    words = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text, 0, stop)]
    stems = [word[:_STEM].lower() if len(word) >= 4 else "" for _, _, word in words]
    head: set[str] = set(stems[:4]) - {""}
    best, most = -1, 0.0
    for place in range(4, len(words) - 3):
        begin, _, word = words[place]
        goes_on = (
            text[: words[place - 1][0]].rstrip()[-1:] == "," and len(words[place - 1][2]) < _STEM
        )  # «, что Россия»
        free = not goes_on and text[words[place - 1][1] : begin].strip(' »"') == ""
        if word[0].isupper() and not word.isupper() and free:
            needed, share = _proof(words, stems, place, rule)
            common = len(head & {stem for stem in stems[place : place + 18] if stem})
            if needed and common >= needed and common >= share * len(head) and common / len(head) > most:
                best, most = begin, common / len(head)
        if stems[place]:
            head.add(stems[place])
    return {best} if best >= 0 else set()


def _proof(words: list[tuple[int, int, str]], stems: list[str], place: int, rule: Rules) -> tuple[int, float]:
    """How many words (and what share) of the headline must come again for a sentence to open at a word.

    Nought where nothing but a name begins there, which may as well belong to the headline.
    """
    word, before, following = words[place][2], words[place - 1][2], words[place + 1][2]
    if stems[place] and word == words[0][2]:
        return 2, 0.4
    if word.lower() in rule.offices or (_ADJECTIVE.search(word) and following[0].islower()):
        # Capitals that running text does not give these words in mid-sentence are half the proof.
        return 2, 0.3
    person = following[0].isupper() and stems[place + 1] in stems[:place] and stems[place] not in stems[:place]
    if person and stems[place + 1] and before.islower() and before not in rule.offices and len(before) > 3:
        return 3, 0.5
    return 0, 1.0


def _shouted(text: str) -> set[int]:
    """The end of a run of at least four words in capitals, before a sentence in small letters."""
    cuts: set[int] = set()
    if _LOUD.search(text) is None or text[:400].isupper():
        return cuts
    for match in _SHOUT.finditer(text):
        run = [word for word in _WORD.findall(match[0]) if len(word) > 1]
        if len(run) >= 4 and sum(map(len, run)) >= 20:
            cuts.add(match.end())
    return cuts
