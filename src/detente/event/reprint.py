"""Two texts side by side: does one repeat the other, and does an edit change what it says?

The share in common is counted over words and their pairs. The sense is compared sentence by sentence: what is
negated, denied or doubted, opposites, figures and months, who acts and on whom. Where in doubt, two texts are
no reprints: their reports merge all the same, and a reversal that was swallowed could not be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from detente.actor.gazetteer import gazetteer
from detente.event.senses import Senses, senses
from detente.text.signature import plain, stem

NEAR_WORDS = 0.62  # share of the shorter text's words that the other must have
NEAR_PAIRS = 0.42  # and of its pairs of neighbouring words
ALIKE = 0.5  # sentences that share so many words of the shorter say the same, or its reverse
LONGER = 1.8  # a text longer than the other by this factor contains it; below, they repeat each other
FEWEST = 5  # words: shorter texts repeat each other only where they are equal
BESIDE = 25  # words: a sentence so short beside what is repeated may take it back

_SENTENCE = re.compile(r"(?<=[.!?…])[\"»”)]*\s+(?=[\"«“(—–-]*\s*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІÇĞİÖŞÜ\d])|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_NO_ACTOR = frozenset({"attitude", "state_group", "masked", "place", "contested_place"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, its stem, the actor it names, whether it is a name, its kind of value."""

    text: str
    stem: str
    actor: str = ""
    name: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts stand to each other.

    ``kind`` is ``near`` (they repeat each other), ``contains`` (the longer holds the shorter) or ``different``.
    ``share`` is the smaller of the shares of words and of word pairs, 0 to 1. ``reversals`` says which edits
    change the sense; where there are any, the kind is ``different``.
    """

    kind: str
    share: float
    reversals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A text as words, by sentence, with the counts that comparing needs."""

    sentences: tuple[tuple[Word, ...], ...]
    stems: Counter[str]
    pairs: Counter[tuple[str, str]]
    length: int
    names: frozenset[str] = field(default=frozenset())


def compare(one: str, other: str, language: str | None = "ru") -> Comparison:
    """Compare two texts; the same whichever comes first. Texts of fewer than five words are never alike."""
    first, second = sorted((read(one, language), read(other, language)), key=lambda text: text.length)
    if first.length < FEWEST:
        return Comparison("different", 0.0)
    in_words = (first.stems & second.stems).total() / first.length
    if in_words < ALIKE:
        return Comparison("different", 0.0)
    in_pairs = (first.pairs & second.pairs).total() / max(1, first.pairs.total())
    share = min(in_words, in_pairs)
    found = reversals(first, second, senses(language)) if in_pairs > NEAR_PAIRS / 2 else ()
    if found or in_words < NEAR_WORDS or in_pairs < NEAR_PAIRS:
        return Comparison("different", share, found)
    return Comparison("contains" if second.length > LONGER * first.length else "near", share)


@lru_cache(maxsize=1 << 14)
def read(text: str, language: str | None = "ru") -> Read:
    """``text`` read for comparing."""
    words = senses(language)
    cleaned = plain(text)
    actors = _actors(cleaned, language)
    sentences: list[tuple[Word, ...]] = []
    names: set[str] = set()
    for start, stop in _spans(cleaned):
        sentence = []
        for match in _WORD.finditer(cleaned, start, stop):
            written = match.group()
            folded = written.casefold()
            actor = actors.get(match.start(), "")
            named = not actor and written[0].isupper() and not written.isupper() and match.start() not in actors
            if named and sentence:
                names.add(stem(folded))
            value = "figure" if written[0].isdigit() else _value(folded, words)
            sentence.append(Word(folded, stem(folded), actor, named, value))
        if sentence:
            sentences.append(tuple(sentence))
    found = tuple(sentences)
    counts = Counter(word.stem for sentence in found for word in sentence)
    pairs = Counter((a.stem, b.stem) for s in found for a, b in zip(s, s[1:], strict=False))
    return Read(found, counts, pairs, counts.total(), frozenset(names))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _actors(text: str, language: str | None) -> dict[int, str]:
    """Where an actor's name begins, its code; '' at the further words of that name."""
    if not language or not senses(language).negation:
        return {}
    found: dict[int, str] = {}
    for start, stop, entry in gazetteer(language).scan(text):
        if entry.codes and entry.kind not in _NO_ACTOR:
            for match in _WORD.finditer(text, start, stop):
                found[match.start()] = ""
            found[start] = "+".join(entry.codes)
    return found


def _value(word: str, words: Senses) -> str:
    return next((kind for kind, beginnings in words.values if word.startswith(beginnings)), "")


def reversals(one: Read, other: Read, words: Senses) -> tuple[str, ...]:
    """What edits change the sense between two texts: each as «kind: what | what», sorted."""
    pairs = _alike(one, other)
    found = {reason for a, b in pairs for reason in sentence_reversals(a, b, one.names | other.names, words)}
    kept = {a for a, _ in pairs}, {b for _, b in pairs}
    for text, paired, against in ((one, kept[0], other), (other, kept[1], one)):
        found |= {f"denial: {word} |" for word in _taken_back(text, paired, against, words)}
    return tuple(sorted(found))


Sentence = tuple[Word, ...]


def _alike(one: Read, other: Read) -> list[tuple[Sentence, Sentence]]:
    """Pairs of sentences that say the same, or its reverse: each sentence with its nearest."""
    bags = [[Counter(word.stem for word in s) for s in text.sentences] for text in (one, other)]
    pairs = {}
    for left, right in ((0, 1), (1, 0)):
        for i, bag in enumerate(bags[left]):
            best = max(((_overlap(bag, b), -abs(i - j), j) for j, b in enumerate(bags[right])), default=None)
            if best is not None and best[0] >= ALIKE:
                a, b = (i, best[2]) if left == 0 else (best[2], i)
                pairs[a, b] = (one.sentences[a], other.sentences[b])
    return [pairs[key] for key in sorted(pairs)]


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    """Share of the shorter sentence's words in the longer, less a little for the difference in length."""
    short, long = sorted((one.total(), other.total()))
    common = (one & other).total()
    if common < 2:
        return 0.0
    return common / short - 0.01 * (1 - short / long)


def _taken_back(text: Read, paired: set[Sentence], against: Read, words: Senses) -> set[str]:
    """Words of denial in a short sentence beside a repeated one that the other text has nowhere."""
    found = set()
    for place, sentence in enumerate(text.sentences):
        if sentence in paired or len(sentence) > BESIDE:
            continue
        beside = text.sentences[max(0, place - 1) : place + 2]
        if any(other in paired for other in beside):
            denials = {w.text for w in sentence if w.text.startswith(words.denial)} if words.denial else set()
            if denials and not any(w.text.startswith(words.denial) for s in against.sentences for w in s):
                found |= denials
    return found


def sentence_reversals(one: Sentence, other: Sentence, names: frozenset[str], words: Senses) -> set[str]:
    """What changes the sense between two sentences that are alike."""
    left, right = Counter(w.stem for w in one), Counter(w.stem for w in other)
    only_left = [w for w in one if w.stem not in right]
    only_right = [w for w in other if w.stem not in left]
    found = _negated(one, other, left, right, words)
    found |= _opposed(only_left, only_right, words)
    found |= _doubted(one, other, words)
    found |= _valued(one, other)
    found |= _parties(one, other, words)
    found |= _renamed(one, other, left, right, names)
    return found


def _negated(one: Sentence, other: Sentence, left: Counter[str], right: Counter[str], words: Senses) -> set[str]:
    found = set()
    turned = [Counter(b.stem for a, b in zip(s, s[1:], strict=False) if a.text in words.negation) for s in (one, other)]
    for word in turned[0].keys() | turned[1].keys():
        counts = (turned[0][word], turned[1][word])
        plain_left, plain_right = left[word] - counts[0], right[word] - counts[1]
        same_total = left[word] == right[word]
        if counts[0] != counts[1] and (same_total or (plain_right > 0 >= plain_left) or (plain_left > 0 >= plain_right)):
            if left[word] and right[word]:
                found.add(f"negation: {word}")
    for a in one:
        for b in other:
            short, long = sorted((a.text, b.text), key=len)
            if len(short) > 4 and long.startswith("не") and "не" in words.negation and stem(long[2:]) == stem(short):
                if not (left[a.stem] and right[a.stem]) and not (left[b.stem] and right[b.stem]):
                    found.add(f"negation: {short}")
    return found


def _opposed(one: list[Word], other: list[Word], words: Senses) -> set[str]:
    found = set()
    for beginnings in words.opposites:
        for plus, minus in (beginnings, beginnings[::-1]):
            a = [w.text for w in one if _begins(w.text, plus)]
            b = [w.text for w in other if _begins(w.text, minus)]
            if a and b:
                found.add(f"opposite: {a[0]} | {b[0]}")
    return found


def _begins(word: str, beginnings: tuple[str, ...]) -> bool:
    """Whether a word begins so; beginnings of up to three letters are whole words."""
    return any(word == b if len(b) <= 3 else word.startswith(b) for b in beginnings)


def _doubted(one: Sentence, other: Sentence, words: Senses) -> set[str]:
    found = set()
    for kind, left, right in (
        ("denial", *({w.text for w in s if words.denial and w.text.startswith(words.denial)} for s in (one, other))),
        ("doubt", *({w.text for w in s if w.text in words.doubt} for s in (one, other))),
    ):
        if bool(left) != bool(right):
            found.add(f"{kind}: {min(left | right)}")
    return found


def _valued(one: Sentence, other: Sentence) -> set[str]:
    """Figures, months, days of the week that one sentence has where the other has another."""
    found = set()
    for kind in sorted({w.value for w in (*one, *other) if w.value}):
        kinds = {"figure", "number"} if kind in {"figure", "number"} else {kind}
        left, right = _values(one, kinds), _values(other, kinds)
        a, b = left - right, right - left
        if a and b:
            found.add(f"value: {min(a)} | {min(b)}")
        elif not a and not b:
            owned = [_owned(s, kinds) for s in (one, other)]
            turned = [v for v in owned[0] if v in owned[1] and not owned[0][v] & owned[1][v]]
            if len(turned) > 1 and any(owned[0][v] & owned[1][u] for v in turned for u in turned if u != v):
                found.add(f"value: {' | '.join(sorted(turned)[:2])}")
    return found


def _values(sentence: Sentence, kinds: set[str]) -> Counter[str]:
    """The sentence's values; figures at its very beginning are a page's counters, no facts."""
    first = next((i for i, w in enumerate(sentence) if w.value != "figure"), len(sentence))
    return Counter(w.stem if w.value == "figure" else w.text[:6] for w in sentence[first:] if w.value in kinds)


def _owned(sentence: Sentence, kinds: set[str]) -> dict[str, set[str]]:
    owned: dict[str, set[str]] = {}
    for a, b in zip(sentence, sentence[1:], strict=False):
        if a.value in kinds:
            owned.setdefault(a.stem if a.value == "figure" else a.text[:6], set()).add(b.stem)
    return owned


def _parties(one: Sentence, other: Sentence, words: Senses) -> set[str]:
    """Other actors, actors that changed places, or cases."""
    left, right = _named(one, words), _named(other, words)
    a, b = (Counter(code for code, _, _ in side) for side in (left, right))
    if (a - b) and (b - a):
        return {f"party: {min(a - b)} | {min(b - a)}"}
    if a != b:
        return set()
    order_left, order_right = [code for code, _, _ in left], [code for code, _, _ in right]
    forms = [Counter((code, form) for code, form, _ in side) for side in (left, right)]
    recased = {code for code, _ in (forms[0] - forms[1]) + (forms[1] - forms[0])}
    if order_left != order_right:
        moved = {c for c, d in zip(order_left, order_right, strict=True) if c != d}
        said = {code for code, _, speech in (*left, *right) if speech}
        if len(moved) > 1 and (recased or not moved & said):
            return {f"party: {' > '.join(order_left)} | {' > '.join(order_right)}"}
    elif len(recased) > 1 and len(set(order_left)) > 1:
        return {f"party: {' > '.join(order_left)} in other cases"} if _crossed(left, right) else set()
    return set()


Named = list[tuple[str, str, bool]]


def _named(sentence: Sentence, words: Senses) -> Named:
    """Actors in order: code, word, whether a verb of saying stands beside; those joined by «и» in one order."""
    found: list[list[tuple[str, str, bool]]] = []
    last = -9
    for place, word in enumerate(sentence):
        if not word.actor:
            continue
        beside = sentence[max(0, place - 2) : place + 3]
        entry = (word.actor, word.text, any(w.text.startswith(words.speech) for w in beside))
        if place - last == 1 or (place - last == 2 and sentence[place - 1].text in words.join):
            found[-1].append(entry)
        else:
            found.append([entry])
        last = place
    return [entry for run in found for entry in sorted(run)]



def _crossed(left: Named, right: Named) -> bool:
    """Whether two different actors, named by the same words, changed their endings."""
    both = [(a[0], a[1], b[1]) for a, b in zip(left, right, strict=True)]
    return len({code for code, a, b in both if a != b and stem(a) == stem(b)}) > 1


def _renamed(
    one: Sentence, other: Sentence, left: Counter[str], right: Counter[str], names: frozenset[str]
) -> set[str]:
    """A person or thing by another name in the same place."""
    places = [{}, {}]  # type: list[dict[tuple[str, str], str]]
    for side, sentence, against in ((0, one, right), (1, other, left)):
        for i, word in enumerate(sentence):
            if word.name and word.stem in names and word.stem not in against:
                if i:
                    places[side]["after", sentence[i - 1].stem] = word.text
                if i + 1 < len(sentence):
                    places[side]["before", sentence[i + 1].stem] = word.text
    same = sorted(places[0].keys() & places[1].keys())
    return {f"name: {places[0][key]} | {places[1][key]}" for key in same[:1]}
