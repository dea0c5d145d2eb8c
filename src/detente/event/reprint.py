"""Two texts side by side: does one repeat the other, and does an edit change what it says?

The share in common is counted over words and their pairs. The sense is compared sentence by sentence: what is
negated, denied or doubted, opposites, figures and months, who acts and on whom. Where in doubt, two texts are
no reprints: their reports merge all the same, and a reversal that was swallowed could not be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from detente.actor.gazetteer import gazetteer
from detente.event.senses import Senses, beginnings, senses
from detente.text.signature import plain, stem

NEAR_WORDS = 0.62  # share of the shorter text's words that the other must have
NEAR_PAIRS = 0.42  # and of its pairs of neighbouring words
ALIKE = 0.5  # sentences that share so many words of the shorter say the same, or its reverse
SHORT, LONG = 12, 40  # words: between them the shares needed fall
SHORT_WORDS, SHORT_PAIRS = 0.76, 0.6  # what a text of twelve words or fewer needs
SUSPECT = 0.75  # texts that have this much of what is needed are looked through for reversals
RUN = 8  # words in a row that make a run
PIECE = 0.55  # share of the shorter text in such runs that makes a reprint, whatever became of the rest
HELD = 15  # words: a shorter text inside a longer is a phrase, no reprint
BLOCK = 8  # words: a longer stretch put in another's place says something else altogether
LONG_TEXT = 400  # words
LONGER = 1.8  # a text longer than the other by this factor contains it; below, they repeat each other
FEWEST = 5  # words: shorter texts repeat each other only where they are equal
BESIDE = 25  # words: a sentence so short beside what is repeated may take it back

_SENTENCE = re.compile(r"(?<=[.!?…])[\"»”)]*\s+(?=[\"«“(—–-]*\s*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІÇĞİÖŞÜ\d])|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
Key = TypeVar("Key", bound=Hashable)
_KINDS = (frozenset({"figure", "number"}), frozenset({"month"}), frozenset({"weekday"}))
_NO_ACTOR = frozenset({"armed_group", "attitude", "state_group", "masked", "place", "contested_place"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, its stem, the actor that it names or helps to name, its value, its opposites."""

    text: str
    stem: str
    actor: str = ""
    part: str = ""
    name: bool = False
    value: str = ""
    amount: str = ""
    opposites: tuple[int, ...] = ()


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
    pair_count: int
    flat: tuple[str, ...]
    names: frozenset[str] = field(default=frozenset())


def compare(one: str, other: str, language: str | None = "ru") -> Comparison:
    """Compare two texts; the same whichever comes first. Texts of fewer than five words are never alike."""
    first, second = sorted((read(one, language), read(other, language)), key=lambda text: (text.length, text.flat))
    if first.length < FEWEST:
        return Comparison("different", 0.0)
    in_pairs = _common(first.pairs, second.pairs) / max(1, first.pair_count)
    needed_words, needed_pairs = _needed(first.length)
    if in_pairs < SUSPECT * needed_pairs:
        return Comparison("different", in_pairs)
    in_words = _common(first.stems, second.stems) / first.length
    share = min(in_words, in_pairs)
    if in_words < SUSPECT * needed_words:
        return Comparison("different", share)
    blocks = _aligned(first, second)
    found = _reversals(first, second, blocks, senses(language))
    longer = second.length > LONGER * first.length
    if found or (longer and first.length < HELD):
        return Comparison("different", share, found)
    if (in_words < needed_words or in_pairs < needed_pairs) and _in_runs(blocks) < PIECE * first.length:
        return Comparison("different", share)
    return Comparison("contains" if longer else "near", share)


def _needed(length: int) -> tuple[float, float]:
    """Shares of words and of pairs that make a reprint: short texts on one matter share much by chance."""
    short = max(0.0, min(1.0, (LONG - length) / (LONG - SHORT)))
    return NEAR_WORDS + short * (SHORT_WORDS - NEAR_WORDS), NEAR_PAIRS + short * (SHORT_PAIRS - NEAR_PAIRS)


def _aligned(one: Read, other: Read) -> list[tuple[int, int, int]]:
    """Runs of words that both texts have in the same order: where in the one, where in the other, how long."""
    popular = max(one.length, other.length) > LONG_TEXT  # words of every line tell little and cost much
    matcher = SequenceMatcher(None, one.flat, other.flat, autojunk=popular)
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]


def _in_runs(blocks: list[tuple[int, int, int]]) -> int:
    """Words that stand in long runs: all but a changed lead, say."""
    return sum(size for _, _, size in blocks if size >= RUN)


def _common(one: dict[Key, int], other: dict[Key, int]) -> int:
    """Size of the intersection of two bags."""
    if len(one) > len(other):
        one, other = other, one
    return sum(min(count, other[key]) for key, count in one.items() if key in other)


@lru_cache(maxsize=1 << 14)
def read(text: str, language: str | None = "ru") -> Read:
    """``text`` read for comparing."""
    cleaned = plain(text)
    actors = _actors(cleaned, language)
    sentences: list[tuple[Word, ...]] = []
    names: set[str] = set()
    for start, stop in _spans(cleaned):
        sentence: list[Word] = []
        for match in _WORD.finditer(cleaned, start, stop):
            written = match.group()
            folded = written.casefold()
            actor, part = actors.get(match.start(), ("", ""))
            named = not part and written[0].isupper() and not written.isupper()
            if named and sentence:
                names.add(stem(folded))
            value, amount = ("figure", folded) if written[0].isdigit() else _value(folded, language)
            sentence.append(Word(folded, stem(folded), actor, part, named, value, amount, _opposites(folded, language)))
        if sentence:
            sentences.append(tuple(sentence))
    found = tuple(sentences)
    flat = tuple(word.stem for sentence in found for word in sentence)
    counts = Counter(flat)
    pairs = Counter((a.stem, b.stem) for s in found for a, b in pairwise(s))
    return Read(found, counts, pairs, counts.total(), pairs.total(), flat, frozenset(names))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _actors(text: str, language: str | None) -> dict[int, tuple[str, str]]:
    """By where a word begins: the actor named there ('' at the further words of a name), and of whose name it is."""
    if not language or not senses(language).negation:
        return {}
    found: dict[int, tuple[str, str]] = {}
    for start, stop, entry in gazetteer(language).scan(text):
        if entry.codes and entry.kind not in _NO_ACTOR:
            code = "+".join(entry.codes)
            for match in _WORD.finditer(text, start, stop):
                found[match.start()] = ("", code)
            found[start] = (code, code)
    return found


@lru_cache(maxsize=1 << 16)
def _value(word: str, language: str | None) -> tuple[str, str]:
    """The kind of value of a word and its amount, the same in every case and for abbreviations."""
    values = beginnings(language)[1]
    return next((values[word[:n]] for n in range(len(word), 1, -1) if word[:n] in values), ("", ""))


Sentence = tuple[Word, ...]


def _reversals(one: Read, other: Read, blocks: list[tuple[int, int, int]], words: Senses) -> tuple[str, ...]:
    """What edits change the sense between two texts: each as «kind: what | what», sorted."""
    pairs = _alike(one, other, blocks)
    names = one.names | other.names
    found: set[str] = set()
    for i, j in pairs:
        a, b = one.sentences[i], other.sentences[j]
        last = (len(one.sentences) - 1, len(other.sentences) - 1)
        cut = (i == last[0] and len(a) < len(b)) or (j == last[1] and len(b) < len(a))
        found |= sentence_reversals(a, b, names, words, cut)
    for a, b in _gaps(one, other, blocks):
        found |= _between(a, b, names, words)
    # A text inside a longer one brings no sentence of its own; where it does, and denies, it is none.
    against = None if other.length > LONGER * one.length else other
    found |= {f"denial: {word} |" for word in _taken_back(one, {i for i, _ in pairs}, against, words)}
    found |= {f"denial: {word} |" for word in _taken_back(other, {j for _, j in pairs}, one, words)}
    return tuple(sorted(found))


def _gaps(one: Read, other: Read, blocks: list[tuple[int, int, int]]) -> list[tuple[Sentence, Sentence]]:
    """Short stretches that stand in each other's place between runs of common words, across sentences too."""
    flat = [[word for sentence in text.sentences for word in sentence] for text in (one, other)]
    found = []
    for (a, b, size), (c, d, following) in pairwise(blocks):
        left, right = tuple(flat[0][a + size : c]), tuple(flat[1][b + size : d])
        if min(size, following) > 1 and len(left) <= BLOCK and len(right) <= BLOCK:
            found.append((left, right))
    return found


def _between(one: Sentence, other: Sentence, names: frozenset[str], words: Senses) -> set[str]:
    """What changes the sense between two stretches that stand in each other's place."""
    return _replaced(one, other, names) | _added(one, other, words) | _opposed(one, other)


def _alike(one: Read, other: Read, blocks: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Sentences that stand in each other's place and say the same, or its reverse: by index."""
    of = [[i for i, s in enumerate(text.sentences) for _ in s] for text in (one, other)]
    single = len(one.sentences) == len(other.sentences) == 1
    shared: Counter[tuple[int, int]] = Counter()
    for a, b, size in blocks:
        if size > 1 or single:
            shared.update((of[0][a + k], of[1][b + k]) for k in range(size))
    best_left: dict[int, tuple[int, int]] = {}
    best_right: dict[int, tuple[int, int]] = {}
    for (i, j), count in sorted(shared.items()):
        best_left[i] = max(best_left.get(i, (0, 0)), (count, -j))
        best_right[j] = max(best_right.get(j, (0, 0)), (count, -i))
    found = []
    for (i, j), count in sorted(shared.items()):
        shorter = min(len(one.sentences[i]), len(other.sentences[j]))
        mutual = best_left[i][1] == -j or best_right[j][1] == -i
        if mutual and count >= ALIKE * shorter:
            found.append((i, j))
    return found


def _taken_back(text: Read, paired: set[int], against: Read | None, words: Senses) -> set[str]:
    """Words of denial in a short sentence beside a repeated one, more of them than the other text has."""
    found = set()
    for place, sentence in enumerate(text.sentences):
        if place in paired or len(sentence) > BESIDE or not words.denial or paired.isdisjoint({place - 1, place + 1}):
            continue
        denials = {w for w in sentence if w.text.startswith(words.denial)}
        found |= {w.text for w in denials if against is None or text.stems[w.stem] > against.stems[w.stem]}
    return found


def sentence_reversals(
    one: Sentence, other: Sentence, names: frozenset[str], words: Senses, cut: bool = False
) -> set[str]:
    """What changes the sense between two sentences that are alike; ``cut`` says that the shorter is broken off."""
    left, right = Counter(w.stem for w in one), Counter(w.stem for w in other)
    found = _negated(one, other, left, right, words)
    found |= _moved(one, other, words) | _turned(one, other)
    if [w.stem for w in one] != [w.stem for w in other]:
        for a, b, tail in _blocks(one, other, cut):
            if cut and tail and not (a and b):
                continue
            if cut and tail:  # of what the longer goes on to say, only what stands in the other's place counts
                a, b = a[: len(b) + 1], b[: len(a) + 1]
            if not tail or len(a) + len(b) <= BLOCK:
                found |= _denied(a, b, words)
            if len(a) <= BLOCK and len(b) <= BLOCK:
                found |= _between(a, b, names, words)
    return found


def _blocks(one: Sentence, other: Sentence, cut: bool) -> list[tuple[Sentence, Sentence, bool]]:
    """Stretches that stand in each other's place, one maybe empty, and whether they end the sentence."""
    matcher = SequenceMatcher(None, [w.stem for w in one], [w.stem for w in other], autojunk=False)
    codes = matcher.get_opcodes()
    # Where a text breaks off, a single word in common before its end may be met by chance further on.
    if cut and len(codes) > 2 and codes[-1][0] != "equal" and codes[-2][2] - codes[-2][1] == 1:
        _, a, _, c, _ = codes[-3]
        if codes[-3][0] != "equal":
            codes[-3:] = [("replace", a, len(one), c, len(other))]
    found = [(a, b, c, d) for kind, a, b, c, d in codes if kind != "equal"]
    return [(one[a:b], other[c:d], b == len(one) and d == len(other)) for a, b, c, d in found]


def _replaced(one: Sentence, other: Sentence, names: frozenset[str]) -> set[str]:
    """Another actor, another figure, month or day of the week, another name in the same place."""
    if not one or not other:
        return set()
    sides: list[tuple[str, set[str], set[str]]] = [
        ("party", {w.part for w in one if w.part}, {w.part for w in other if w.part}),
        ("name", _names(one, names), _names(other, names)),
        *(("value", _values(one, kinds), _values(other, kinds)) for kinds in _KINDS),
    ]
    found = set()
    if len(one) <= 2 and len(other) <= 2 and (sides[0][1] or sides[1][1]) and (sides[0][2] or sides[1][2]):
        proper = [min(w.text for w in s if w.part or w.name) for s in (one, other)]
        if not sides[0][1] & sides[0][2]:
            found.add(f"name: {proper[0]} | {proper[1]}")
    for kind, left, right in sides:
        if left - right and right - left:
            found.add(f"{kind}: {min(left - right)} | {min(right - left)}")
    return found


def _names(sentence: Sentence, names: frozenset[str]) -> set[str]:
    return {w.text for w in sentence if w.name and w.stem in names}


def _values(sentence: Sentence, kinds: frozenset[str]) -> set[str]:
    return {w.amount for w in sentence if w.value in kinds}


def _added(one: Sentence, other: Sentence, words: Senses) -> set[str]:
    """A word of doubt or a negation put in or taken out, with little else."""
    if len(one) > BLOCK // 2 or len(other) > BLOCK // 2:
        return set()
    found = set()
    for kind, of in (("doubt", words.doubt), ("negation", words.negation)):
        left, right = ({w.text for w in s if w.text in of} for s in (one, other))
        if bool(left) != bool(right):
            found.add(f"{kind}: {min(left | right)}")
    return found


def _denied(one: Sentence, other: Sentence, words: Senses) -> set[str]:
    left, right = ({w.text for w in s if words.denial and w.text.startswith(words.denial)} for s in (one, other))
    return {f"denial: {min(left | right)}"} if bool(left) != bool(right) else set()


def _turned(one: Sentence, other: Sentence) -> set[str]:
    """Two values that changed places: «5 танков и 7 пушек», «7 танков и 5 пушек»."""
    for kinds in _KINDS:
        owned = [_owned(s, kinds) for s in (one, other)]
        turned = sorted(v for v in owned[0] if v in owned[1] and not owned[0][v] & owned[1][v])
        if any(owned[0][v] & owned[1][u] and owned[0][u] & owned[1][v] for v in turned for u in turned if v < u):
            return {f"value: {' | '.join(turned[:2])}"}
    return set()


def _negated(one: Sentence, other: Sentence, left: Counter[str], right: Counter[str], words: Senses) -> set[str]:
    turned = [Counter(b.stem for a, b in pairwise(s) if a.text in words.negation) for s in (one, other)]
    gained: tuple[set[str], set[str]] = (set(), set())  # what the first, the second alone negates
    for word in turned[0].keys() | turned[1].keys():
        counts = (turned[0][word], turned[1][word])
        plain_left, plain_right = left[word] - counts[0], right[word] - counts[1]
        one_sided = plain_right > 0 >= plain_left or plain_left > 0 >= plain_right
        if counts[0] != counts[1] and left[word] and right[word] and (one_sided or left[word] == right[word]):
            gained[counts[1] > counts[0]].add(word)
    # An attribute left out lets «not» stand before another word; as many negations then turn the same.
    moved = turned[0].total() == turned[1].total() and not (gained[0] and gained[1])
    found = set() if moved else {f"negation: {word}" for word in gained[0] | gained[1]}
    if "не" in words.negation:
        for mine, theirs, those in ((one, left, right), (other, right, left)):
            for w in mine:
                rest = stem(w.text[2:]) if len(w.text) > 6 and w.text.startswith("не") else ""
                if rest and rest in those and rest not in theirs and w.stem not in those:
                    found.add(f"negation: {w.text}")
    return found


def _opposed(one: Sentence, other: Sentence) -> set[str]:
    """Opposites in each other's place."""
    sides = [{mark: word.text for word in s for mark in word.opposites} for s in (one, other)]
    return {f"opposite: {sides[0][m]} | {sides[1][m ^ 1]}" for m in sorted(sides[0]) if m ^ 1 in sides[1]}


@lru_cache(maxsize=1 << 16)
def _opposites(word: str, language: str | None) -> tuple[int, ...]:
    """The sides of opposites on which a word stands: 2n and 2n + 1 are opposed."""
    sides = beginnings(language)[0]
    keys = [f"{word} ", *(word[:n] for n in range(4, len(word) + 1))]
    return tuple(sorted({side for key in keys for side in sides.get(key, ())}))


def _owned(sentence: Sentence, kinds: frozenset[str]) -> dict[str, set[str]]:
    owned: dict[str, set[str]] = {}
    for a, b in pairwise(sentence):
        if a.value in kinds:
            owned.setdefault(a.amount, set()).add(b.stem)
    return owned


def _moved(one: Sentence, other: Sentence, words: Senses) -> set[str]:
    """The same actors in each other's places, or cases."""
    left, right = _named(one, words), _named(other, words)
    a, b = (Counter(code for code, _, _ in side) for side in (left, right))
    if len(a) < 2 or a != b:
        return set()
    order_left, order_right = [code for code, _, _ in left], [code for code, _, _ in right]
    forms = [Counter((code, form) for code, form, _ in side) for side in (left, right)]
    recased = {code for code, _ in (forms[0] - forms[1]) + (forms[1] - forms[0])}
    if order_left != order_right and [w.actor for w in one if w.actor] != [w.actor for w in other if w.actor]:
        moved = {c for c, d in zip(order_left, order_right, strict=True) if c != d}
        said = {code for code, _, speech in (*left, *right) if speech}
        if len(moved) > 1 and (recased or not moved & said):
            return {f"party: {' > '.join(order_left)} | {' > '.join(order_right)}"}
    elif order_left == order_right and len(recased) > 1 and len(set(order_left)) > 1:
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
