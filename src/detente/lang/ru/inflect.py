"""Case forms of Russian names, made from their endings alone: no dictionary, so loading stays quick.

The paradigms over-generate (a name gets the endings of every declension its own ending allows); a name
table needs forms that are never missed, and forms that nobody writes do no harm there.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ADJECTIVE = re.compile(r".{2,}(?:[ыио]й|[ая]я|[ое]е|[ыи]е)$")
_ADJECTIVE_NAME = re.compile(r".{2,}(?:[сц]к(?:ий|ой|ая|ое|ие)|[нвтлмджч](?:ый|ая|ое|ые))$")
_HARD = ("ый", "ой", "ого", "ому", "ым", "ом", "ая", "ую", "ою", "ое", "ые", "ых", "ыми")
_SOFT = ("ий", "его", "ему", "им", "ем", "яя", "юю", "ею", "ей", "ее", "ие", "их", "ими")
_VELAR = ("ий", "ой", "ого", "ому", "им", "ом", "ая", "ую", "ою", "ое", "ие", "их", "ими")
_HUSH = ("ий", "его", "ему", "им", "ем", "ая", "ую", "ей", "ею", "ее", "ие", "их", "ими")
_PLURAL = ("ы", "и", "ов", "ев", "ей", "ам", "ям", "ами", "ями", "ах", "ях")
_HYPHEN_FIRST = ("-на-", "-ан-", "-ам-", "-им-", "-у-")


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """Lower case with ё written as е and one kind of apostrophe and dash."""
    return word.lower().replace("ё", "е").replace("’", "'").replace("‑", "-").replace("—", "-").replace("–", "-")


def is_adjective(word: str) -> bool:
    """Whether a dictionary form looks like an adjective («южная», «соединенные»)."""
    return _ADJECTIVE.match(word) is not None


def adjective_forms(word: str) -> set[str]:
    """All case, gender and number forms of an adjective given in any nominative form."""
    stem = word[:-2]
    last = stem[-1:]
    if last in "кгх":
        return {stem + ending for ending in _VELAR}
    if last in "жшчщ":
        return {stem + ending for ending in _HUSH}
    if word.endswith(("ий", "яя", "ее")) and last not in "кгх":
        return {stem + ending for ending in _SOFT + _HARD}
    return {stem + ending for ending in _HARD}


def noun_forms(word: str) -> set[str]:
    """All case forms of a noun or of a name that declines like one."""
    for infix in _HYPHEN_FIRST:
        if infix in word:
            first, rest = word.split(infix, 1)
            return {form + infix + rest for form in noun_forms(first)}
    if "-" in word and word[-1:] in "иоуеюэ":
        first, rest = word.split("-", 1)
        return {word, *(f"{form}-{rest}" for form in noun_forms(first))}
    end, stem = word[-1:], word[:-1]
    if end == "а":
        endings: tuple[str, ...] = ("а", "ы", "и", "е", "у", "ой", "ою", "ей")
    elif end == "я":
        endings = ("я", "и", "е", "ю", "ей", "ею")
    elif end == "ь":
        endings = ("ь", "я", "ю", "ем", "е", "и", "ью", "ей")
    elif end == "й":
        endings = ("й", "я", "ю", "ем", "е", "и")
    elif end in "ыи":
        return {word, stem} | {stem + ending for ending in _PLURAL}
    elif end == "о":
        endings = ("о", "а", "у", "ом", "е")
    elif end == "е" and word.endswith("ье"):
        return {word, stem + "я", stem + "ю", stem + "ем", stem + "и"}
    elif end in "еуюэ":
        return {word}
    elif word.endswith("ец") and len(word) > 3:
        root = word[:-2] + ("й" if word[-3] in "аеиоу" else "")
        return {word, *(root + e for e in ("ца", "цу", "цем", "цом", "це", "цы", "цев", "цам", "цами", "цах"))}
    elif word.endswith("ок") and len(word) > 3:
        endings = ("ок", "ка", "ку", "ком", "ке")
        return {word[:-2] + ending for ending in endings} | {word + e for e in ("а", "у", "ом", "е", "и")}
    else:
        return {word, *(word + e for e in ("а", "у", "ом", "ем", "е", "ы", "и"))}
    return {stem + ending for ending in endings}


def demonym_forms(word: str) -> set[str]:
    """All forms of a demonym given in the singular («турок», «турчанка») or the plural («турки»)."""
    if word.endswith(("ане", "яне")):
        stem = word[:-1]
        return {word, stem, *(stem + e for e in ("ам", "ами", "ах"))}
    if word.endswith("цы"):
        stem = word[:-1]
        return {word, *(stem + e for e in ("ев", "ам", "ами", "ах"))}
    if word.endswith(("ы", "и")):
        stem = word[:-1]
        zero = stem[:-1] + "ок" if stem.endswith("к") else stem
        return {word, stem, zero, *(stem + e for e in ("ов", "ам", "ами", "ах", "ям", "ями", "ях"))}
    if word.endswith("ка"):
        stem = word[:-1]
        zero = word[:-2] + ("ек" if word[-3] in "шжч" else "ок")
        if word[-3] in "йь":
            zero = word[:-3] + "ек"
        return noun_forms(word) | {zero, *(stem + e for e in ("ам", "ами", "ах", "и"))}
    return noun_forms(word)


def name_forms(word: str) -> set[str]:
    """All forms of one word of a name: an adjective («Южная») or a noun («Корея»), by its ending."""
    if _ADJECTIVE_NAME.match(word):
        return adjective_forms(word) | {word}
    if word.endswith(("овы", "евы")):
        return {word, word + "х", word[:-1] + "ым", word[:-1] + "ыми"}
    return noun_forms(word)


def surname_forms(word: str) -> set[str]:
    """All forms of a surname or given name, for either gender; foreign ones may also stay as they are."""
    if word.endswith(("ов", "ев", "ин", "ын")):
        return {word, *(word + e for e in ("а", "у", "ым", "ом", "е", "ы", "ых"))}
    if word.endswith(("ова", "ева", "ина", "ына")):
        return {word, *(word[:-1] + e for e in ("ой", "у", "ы", "е", "ою"))}
    if word.endswith(("ский", "цкий", "ская", "цкая", "ой", "ый", "ая")) and len(word) > 4:
        return adjective_forms(word) | {word}
    return noun_forms(word) | {word}


def surname_key(word: str) -> str:
    """A rough stem under which all case forms of one surname meet («косанова», «косановым»: «косанов»)."""
    word = fold(word)
    for ending in ("ского", "скому", "ским", "ском", "ская", "ской", "скую", "ский"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)] + "ск"
    for ending in ("ого", "ому", "ыми", "ым", "ом", "ем", "ой", "ей", "ою", "ая", "ую", "ых", "ый", "ий", "ью"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word[:-1] if word[-1:] in "аяуюеыиьйо" and len(word) > 3 else word
