"""Documents that repeat one another: equal ones, near duplicates, reprints inside longer texts.

Candidates come from signatures (MinHash in bands, keys in common); each is then compared word by word. Groups
are the same whatever the order of the documents. Two texts of which one reverses the other are never in one
group, also not through a third.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.errors import InputError
from detente.event.reprint import Comparison, compare
from detente.model import content_id
from detente.text.signature import VERSION, Signature, keys_of, minhash_of

BANDS = 16  # of four values: .99 of the pairs that share 70 % of their shingles meet in one
ROW = 4
COMMON = 60  # a key in more texts than this is a phrase of the trade and makes no pairs
STAR = 8  # in a bucket with more texts, each is paired with its first and its neighbours only
FEWEST = 0.1  # share of the shorter text's keys that a pair worth comparing has
LINKED = 0.5  # share of those pairs that must be alike: a chain of small steps makes no group
CROSS = 10  # members of each group that are compared when two groups join

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SignedText:
    """A document as grouping needs it: its id, signature, day of publication and language."""

    id: str
    signature: Signature
    published: date | None = None
    language: str | None = "ru"


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A document in a group of two or more. ``kind``: original (published first), exact, near or contained."""

    document: str
    group: str
    kind: str
    original: str
    share: float


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two documents that were compared and found alike: ``kind`` exact, near, contains or reversed.

    In a ``contains`` pair ``one`` is the longer text; else the ids are sorted. ``reversals`` says what an edit
    changed («opposite: подтвердил | опроверг»), joined by semicolons.
    """

    one: str
    other: str
    kind: str
    share: float
    reversals: str = ""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All groups of two and more, and all pairs found alike, both sorted."""

    documents: tuple[DuplicateRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)  # document -> group, for those in one


def group(documents: Iterable[SignedText], text_of: Callable[[str], str], undone: Collection[str] = ()) -> Duplicates:
    """Group documents that repeat one another.

    ``text_of`` gives the signed text of an id (``signature.signed_text``); it is called for candidates only.
    ``undone`` are documents that a person declared to repeat nothing. A text that holds reprints of several
    groups (a digest) joins none of them. Raises InputError for an id given twice with different signatures, or
    for signatures of another version.
    """
    rows = _rows(documents)
    free = [row for row in rows if row.id not in undone and row.signature.words]
    exact: dict[tuple[str, str | None], list[SignedText]] = {}
    for row in free:
        exact.setdefault((row.signature.digest, row.language), []).append(row)
    heads = sorted((min(same, key=_age) for same in exact.values()), key=lambda row: row.id)
    links = _Links(heads, text_of)
    for i, j in candidates(heads):
        links.compare(i, j)
    links.contain()
    pairs = list(links.found.values())
    followers: dict[str, list[SignedText]] = {}
    for same in exact.values():
        head = min(same, key=_age)
        followers[head.id] = [row for row in same if row is not head]
        pairs += [PairRow(min(head.id, row.id), max(head.id, row.id), "exact", 1.0) for row in followers[head.id]]
    found = [row for members in links.groups() for row in _describe(members, followers, links)]
    ordered = sorted(found, key=lambda row: (row.group, row.document))
    return Duplicates(
        tuple(ordered),
        tuple(sorted(pairs, key=lambda row: (row.one, row.other))),
        {row.document: row.group for row in ordered},
    )


def _rows(documents: Iterable[SignedText]) -> list[SignedText]:
    rows: dict[str, SignedText] = {}
    for row in documents:
        if row.signature.version != VERSION:
            raise InputError(
                f"{row.id}: its signature has version {row.signature.version}, this is {VERSION}: sign it anew"
            )
        if rows.setdefault(row.id, row).signature != row.signature:
            raise InputError(f"{row.id}: given twice with different signatures")
    return [rows[key] for key in sorted(rows)]


def _age(row: SignedText) -> tuple[date, str]:
    return (row.published or date.max, row.id)


def _describe(
    members: list[SignedText], followers: dict[str, list[SignedText]], links: _Links
) -> Iterator[DuplicateRow]:
    everyone = [row for head in members for row in (head, *followers[head.id])]
    if len(everyone) < 2:
        return
    first = min(everyone, key=_age)
    name = content_id("g", first.id)
    for head in members:
        near = [pair for key in links.beside.get(head.id, ()) if (pair := links.found[key]).kind != "reversed"]
        best = max((pair.share for pair in near), default=1.0)
        contained = bool(near) and all(pair.kind == "contains" for pair in near)
        for row in (head, *followers[head.id]):
            if row is first:
                kind, share = "original", 1.0
            elif row.signature.digest == first.signature.digest:
                kind, share = "exact", 1.0
            else:
                kind, share = ("contained" if contained else "near"), best
            yield DuplicateRow(row.id, name, kind, first.id, round(share, 4))


def candidates(rows: Sequence[SignedText]) -> list[tuple[int, int]]:
    """Index pairs (i < j) of rows worth comparing, those most alike first."""
    if len(rows) < 2:
        return []
    keys = [keys_of(row.signature) for row in rows]
    sizes = np.array([len(found) for found in keys], dtype=np.int64)
    owners = np.repeat(np.arange(len(rows), dtype=np.int64), sizes)
    codes, common = _sharing(np.concatenate(keys).astype(np.int64), owners, len(rows))
    i, j = codes // len(rows), codes % len(rows)
    least = np.minimum(sizes[i], sizes[j])
    keep = (common >= FEWEST * least) & ((common > 1) | (least <= 6))
    shares = {int(code): int(1000 * c / s) for code, c, s in zip(codes[keep], common[keep], least[keep], strict=True)}
    for code in _banded(rows).tolist():
        if code not in shares:
            a, b = divmod(code, len(rows))
            met = len(np.intersect1d(keys[a], keys[b], assume_unique=True))
            shares[code] = int(1000 * met / max(1, min(len(keys[a]), len(keys[b]))))
    ordered = sorted(shares, key=lambda code: (-shares[code], code))
    found = (divmod(code, len(rows)) for code in ordered)
    return [(a, b) for a, b in found if rows[a].language == rows[b].language]


def _sharing(keys: I64, owners: I64, count: int) -> tuple[I64, I64]:
    """Codes (i * count + j) of pairs that share a key held by no more than COMMON texts, and how many they share."""
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    found: list[I64] = []
    for size in range(2, COMMON + 1):
        at = starts[lengths == size]
        if len(at):
            block = owners[at[:, None] + np.arange(size)]
            a, b = np.triu_indices(size, 1)
            found.append((block[:, a] * count + block[:, b]).ravel())
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    codes, common = np.unique(np.concatenate(found), return_counts=True)
    return codes, common.astype(np.int64)


def _banded(rows: Sequence[SignedText]) -> I64:
    """Codes of pairs whose MinHash agrees on a whole band."""
    sketches = np.stack([minhash_of(row.signature) for row in rows])
    found: list[I64] = []
    for band in range(BANDS):
        part = np.ascontiguousarray(sketches[:, band * ROW : (band + 1) * ROW]).view(np.dtype((np.void, 4 * ROW)))
        _, names = np.unique(part.ravel(), return_inverse=True)
        order = np.argsort(names, kind="stable")
        bounds = np.flatnonzero(np.diff(names[order])) + 1
        for bucket in np.split(order, bounds):
            size = len(bucket)
            if size < 2:
                continue
            a, b = np.triu_indices(size, 1)
            if size > STAR:
                near = (b - a < STAR // 2) | (a == 0)
                a, b = a[near], b[near]
            found.append(bucket[a] * len(rows) + bucket[b])
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


class _Links:
    """Groups while they grow: who is with whom, who may never be, and what was compared."""

    def __init__(self, rows: list[SignedText], text_of: Callable[[str], str]) -> None:
        self.rows = rows
        self.text_of = text_of
        self.found: dict[tuple[int, int], PairRow] = {}
        self.beside: dict[str, list[tuple[int, int]]] = {}
        self._seen: dict[tuple[int, int], Comparison] = {}
        self._contains: dict[int, list[tuple[int, tuple[int, int]]]] = {}
        self._of = list(range(len(rows)))
        self._members = {i: [i] for i in range(len(rows))}

    def groups(self) -> list[list[SignedText]]:
        return [[self.rows[i] for i in sorted(members)] for _, members in sorted(self._members.items())]

    def compare(self, i: int, j: int) -> None:
        """Compare two rows, note what is found, and join their groups where nothing stands against it."""
        if self._of[i] == self._of[j]:
            return
        met = self._met(i, j)
        if met.kind == "near":
            self._join(i, j)
        elif met.kind == "contains":
            longer = i if self.rows[i].signature.words >= self.rows[j].signature.words else j
            self._contains.setdefault(longer, []).append((i + j - longer, (min(i, j), max(i, j))))

    def contain(self) -> None:
        """Join a longer text to what it holds, where all of that is one group; a digest of several stays alone."""
        for longer, held in sorted(
            self._contains.items(), key=lambda item: (self.rows[item[0]].signature.words, item[0])
        ):
            groups = {self._of[shorter] for shorter, _ in held} - {self._of[longer]}
            if len(groups) == 1:
                self._join(longer, min(shorter for shorter, _ in held if self._of[shorter] in groups))

    def _join(self, i: int, j: int) -> None:
        a, b = sorted((self._of[i], self._of[j]))
        if a == b:
            return
        alike = compared = 0
        for one in self._members[a][:CROSS]:
            for other in self._members[b][:CROSS]:
                met = self._met(one, other)
                if met.reversals:
                    return
                compared += 1
                alike += met.kind != "different"
        if alike < LINKED * compared:
            return
        if any(self._parted(one, other) for one in self._members[a] for other in self._members[b]):
            return
        for member in self._members[b]:
            self._of[member] = a
        self._members[a] = sorted(self._members[a] + self._members.pop(b))

    def _parted(self, i: int, j: int) -> bool:
        met = self._seen.get((min(i, j), max(i, j)))
        return met is not None and bool(met.reversals)

    def _met(self, i: int, j: int) -> Comparison:
        key = (min(i, j), max(i, j))
        if key not in self._seen:
            one, other = self.rows[key[0]], self.rows[key[1]]
            met = compare(self.text_of(one.id), self.text_of(other.id), one.language)
            self._seen[key] = met
            if met.kind != "different" or met.reversals:
                longer_first = met.kind == "contains" and other.signature.words > one.signature.words
                a, b = (other.id, one.id) if longer_first else (one.id, other.id)
                kind = "reversed" if met.reversals else met.kind
                self.found[key] = PairRow(a, b, kind, round(met.share, 4), "; ".join(met.reversals))
                for row in (one, other):
                    self.beside.setdefault(row.id, []).append(key)
        return self._seen[key]
