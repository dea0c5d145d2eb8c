"""Stories: different texts on the same event, grouped by whom they name, when, and what they say of it.

Texts are vectors of stems weighted by rarity (TF-IDF, Sparck Jones 1972) with names counted double. Two texts
may share a story where they were published within a few days, name an actor or person in common, and their
vectors are close (cosine). Groups grow by average linkage, the closest first. The result depends on the set of
texts alone; weights are whole numbers, so that sums are the same on every machine.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isqrt, log2

from detente.errors import InputError
from detente.event.duplicates import SignedText, group
from detente.event.reprint import read
from detente.model import Document, content_id
from detente.text.signature import signature, signed_text

WINDOW = 3  # days between two texts of one story
CLOSE = 0.34  # cosine at which two texts join
LOOSE = 0.22  # mean cosine at which two groups join
ACT = 3  # weight of a report in common, against a word
NAME = 2
RARE = 80  # texts within the window: a word in more of them makes no pairs; two rarer ones make one
WORDS = 200  # of a text, from its beginning: news says first what it is about


@dataclass(frozen=True, slots=True)
class StoryText:
    """A text as grouping needs it: when it was published, the names and stems in it, and its reports.

    ``names`` are actors' codes and stems of persons' names; ``acts`` name what its reports tell
    («CONSULT KAZ TUR»), where it was coded; ``duplicate`` is its group of reprints ('' for none).
    """

    id: str
    published: date | None
    names: frozenset[str]
    stems: tuple[str, ...]
    acts: frozenset[str] = frozenset()
    duplicate: str = ""


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A document in a story of two or more; ``first`` is the story's first-published document."""

    document: str
    story: str
    first: str
    size: int


def story_text(
    name: str,
    text: str,
    published: date | None = None,
    title: str | None = None,
    language: str | None = "ru",
    acts: Iterable[str] = (),
    duplicate: str = "",
) -> StoryText:
    """A text made ready for grouping. Actors are found by the language's names, persons by their capitals."""
    found = read(f"{title}.\n{text}" if title else text, language)
    words = [word for sentence in found.sentences for word in sentence][:WORDS]
    names = {word.actor for word in words if word.actor}
    names |= {word.stem for word in words if word.name and word.stem in found.names}
    return StoryText(name, published, frozenset(names), tuple(w.stem for w in words), frozenset(acts), duplicate)


def stories(texts: Iterable[StoryText]) -> tuple[StoryRow, ...]:
    """Stories of two and more documents, sorted by story and document.

    Reprints of one text go together as one. Texts without a day are compared with those without one only.
    Raises InputError for an id given twice with different content.
    """
    rows: dict[str, StoryText] = {}
    for row in texts:
        if rows.setdefault(row.id, row) != row:
            raise InputError(f"text {row.id} is given twice with different content")
    together: dict[str, list[StoryText]] = {}
    for row in rows.values():
        together.setdefault(f"g {row.duplicate}" if row.duplicate else f"d {row.id}", []).append(row)
    heads = sorted((min(same, key=_age) for same in together.values()), key=_age)
    followers = {min(same, key=_age).id: same for same in together.values()}
    found = []
    for members in _cluster(heads):
        everyone = [row for i in members for row in followers[heads[i].id]]
        if len(everyone) > 1:
            first = min(everyone, key=_age)
            name = content_id("s", first.id)
            found += [StoryRow(row.id, name, first.id, len(everyone)) for row in everyone]
    return tuple(sorted(found, key=lambda row: (row.story, row.document)))


def _age(row: StoryText) -> tuple[date, str]:
    return (row.published or date.max, row.id)


def _cluster(rows: list[StoryText]) -> list[list[int]]:
    """Average linkage over the pairs that are close, as lists of indices."""
    close = _close(rows)
    of = list(range(len(rows)))
    members = {i: [i] for i in of}
    for (i, j), _ in sorted(close.items(), key=lambda item: (-item[1], item[0])):
        one, other = sorted((of[i], of[j]))
        if one == other or close[i, j] < CLOSE * SCALE:
            continue
        pairs = [(min(a, b), max(a, b)) for a in members[one] for b in members[other]]
        if sum(close.get(pair, 0) for pair in pairs) >= LOOSE * SCALE * len(pairs):
            for k in members[other]:
                of[k] = one
            members[one] += members.pop(other)
    return [members[key] for key in sorted(members)]


SCALE = 1_000_000


def _close(rows: list[StoryText]) -> dict[tuple[int, int], int]:
    """Cosines (in millionths) of pairs within the window that share a name and a rarer word."""
    vectors = _vectors(rows)
    norms = [isqrt(sum(weight * weight for weight in vector.values())) or 1 for vector in vectors]
    found: dict[tuple[int, int], int] = {}
    recent: dict[str, list[int]] = {}
    for j, row in enumerate(rows):
        met: Counter[int] = Counter()
        for feature in vectors[j]:
            holders = recent.setdefault(feature, [])
            while holders and _days(rows[holders[0]], row) > WINDOW:
                holders.pop(0)
            if len(holders) <= RARE:
                met.update(holders)
            holders.append(j)
        for i, shared in met.items():
            if shared > 1 and not (row.names.isdisjoint(rows[i].names) and row.acts.isdisjoint(rows[i].acts)):
                cosine = _dot(vectors[i], vectors[j]) * SCALE // (norms[i] * norms[j])
                if cosine >= LOOSE * SCALE / 2:
                    found[i, j] = cosine
    return found


def _dot(one: dict[str, int], other: dict[str, int]) -> int:
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[feature] for feature, weight in one.items() if feature in other)


def _days(one: StoryText, other: StoryText) -> int:
    if one.published is None or other.published is None:
        return 0 if one.published == other.published else WINDOW + 1
    return abs((other.published - one.published).days)


def _vectors(rows: list[StoryText]) -> list[dict[str, int]]:
    """Whole-number weights: rarity in bits times 16, double for names, by whole bits of how often."""
    holders: Counter[str] = Counter()
    for row in rows:
        holders.update({*row.stems, *(f"@{act}" for act in row.acts)})
    rarity = {feature: round(16 * log2(1 + len(rows) / count)) for feature, count in holders.items()}
    found = []
    for row in rows:
        often = Counter(row.stems)
        vector = {s: rarity[s] * n.bit_length() * (NAME if s in row.names else 1) for s, n in often.items()}
        vector |= {f"@{act}": ACT * rarity[f"@{act}"] for act in row.acts}
        found.append(vector)
    return found


def group_documents(
    documents: Mapping[str, Document],
) -> tuple[dict[str, str], dict[str, str]]:
    """Stories and duplicate groups of documents by their keys, for files that are in no record.

    Returns two mappings from key to group: stories (of two documents and more), and duplicates.
    """
    texts = {key: signed_text(document.text, document.title) for key, document in documents.items()}
    signed = [
        SignedText(key, signature(document.text, document.title), document.published, document.language or "ru")
        for key, document in documents.items()
    ]
    duplicates = group(signed, texts.__getitem__).groups
    rows = stories(
        story_text(
            key,
            document.text,
            document.published,
            document.title,
            document.language or "ru",
            duplicate=duplicates.get(key, ""),
        )
        for key, document in documents.items()
    )
    return {row.document: row.story for row in rows}, duplicates


def group_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Group texts given as JSON lines: ``text``, and ``id``, ``title``, ``published`` where known.

    Yields a JSON line for each text, in order: its id, ``story`` and ``duplicate`` (null for none) and the size of
    the story; for a bad line its number and ``error``. All lines are read before the first is given.
    """
    from detente.event.lines import parse_line

    known: dict[str, Document] = {}
    answers: list[dict[str, object]] = []
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            key, document = parse_line(raw)
        except InputError as error:
            answers.append({"line": number, "error": " ".join(str(error).split())})
            continue
        unique = str(key)
        while unique in known:  # an id given twice, maybe with a number behind it
            unique += f"#{number}"
        known[unique] = document
        answers.append({"id": key, "key": unique})
    found, duplicates = group_documents(known)
    sizes = Counter(found.values())
    for answer in answers:
        unique = str(answer.pop("key", ""))
        if unique:
            story = found.get(unique)
            answer |= {"story": story, "duplicate": duplicates.get(unique), "size": sizes[story] if story else 1}
        yield json.dumps(answer, ensure_ascii=False).encode("utf-8") + b"\n"
