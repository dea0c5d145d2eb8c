"""A document's signature: what grouping needs to find its reprints without looking at every pair of texts.

Words are folded and cut to their stem-like beginnings, so that an ending changed by an editor changes nothing.
Their runs of three (shingles) are hashed; MinHash (Broder 1997) over them finds texts that are alike as wholes,
winnowed keys (Schleimer, Wilkerson, Aiken 2003) find one text inside another. Everything is integer
arithmetic of fixed width: the same text gives the same bytes on every machine and in every version of NumPy.
Rensa, which computes MinHash faster, was tried: its sketches changed with its versions, and those kept in
shards must not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

VERSION = 1  # of the bytes below: signatures of different versions are never compared
PERMUTATIONS = 64
SHINGLE = 3  # words
WHOLE = 96  # a text of so many shingles or fewer keeps them all as keys
WINDOW = 4  # a longer one the least of every four: a shared run of six words always shares a key
STEM = 5  # letters
SHORT = 12  # a text of fewer words is signed together with its title

_CLOCK = re.compile(r"\b[0-2]?\d\s?:\s?[0-5]\d(?:\s?:\s?[0-5]\d)?\b")
_NOISE = re.compile(r"https?://\S+|www\.\S+|[#@]\w+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_FOLD = str.maketrans({"ё": "е", "Ё": "Е", "\u0301": None, "\u00ad": None})

U64 = NDArray[np.uint64]
U32 = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands for a text when it is compared.

    ``digest`` is equal for texts that differ in case, blanks, marks, clock times and links only. ``minhash`` is
    64 little-endian uint32, ``keys`` the sorted distinct fingerprints as little-endian uint32 (both empty for a
    text without words). ``words`` counts the words signed.
    """

    digest: str
    minhash: bytes
    keys: bytes
    words: int
    version: int = VERSION


def plain(text: str) -> str:
    """``text`` without links, handles, hashtags, clock times, stress marks and soft hyphens; offsets change."""
    return _CLOCK.sub(" ", _NOISE.sub(" ", text.translate(_FOLD)))


def words(text: str) -> list[str]:
    """The words and figures of ``text`` in order, folded."""
    return _WORD.findall(plain(text).casefold())


def stem(word: str) -> str:
    """A folded word cut to five letters; figures stay whole."""
    return word[:STEM] if word[0].isalpha() else word


def signature(text: str, title: str | None = None) -> Signature:
    """Sign a text (its title too where it has fewer than twelve words).

    About .1 ms for a short news item. Raises nothing: a text without words gets an empty signature.
    """
    signed = words(signed_text(text, title))
    if not signed:
        return Signature(_digest(()), b"", b"", 0)
    shingles = _shingles(np.fromiter((_hash(stem(word)) for word in signed), dtype=np.uint64, count=len(signed)))
    sketch, keys = _minhash(np.unique(shingles)), _keys(shingles)
    return Signature(_digest(signed), sketch.astype("<u4").tobytes(), keys.astype("<u4").tobytes(), len(signed))


def signed_text(text: str, title: str | None = None) -> str:
    """What is signed and compared: the text, after its title where it is short and does not begin with it."""
    if title and len(body := words(text)) < SHORT:
        head = words(title)
        return text if body[: len(head)] == head else f"{title}.\n{text}"
    return text


def similarity(one: Signature, other: Signature) -> float:
    """Estimated share of shingles in common (Jaccard), 0 to 1; the standard error is about .06 at .5."""
    if not one.minhash or not other.minhash:
        return 0.0
    return float(np.mean(minhash_of(one) == minhash_of(other)))


def minhash_of(signature: Signature) -> U32:
    """The 64 values of a signature's MinHash, as uint32."""
    return np.frombuffer(signature.minhash, dtype="<u4").astype(np.uint32)


def keys_of(signature: Signature) -> U32:
    """The sorted fingerprints of a signature, as uint32."""
    return np.frombuffer(signature.keys, dtype="<u4").astype(np.uint32)


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    data = word.encode("utf-8", "surrogatepass")
    return crc32(data) | crc32(data, 0x9E3779B9) << 32


def _mix(values: U64) -> U64:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _shingles(words: U64) -> U64:
    size = min(SHINGLE, len(words))
    count = len(words) - size + 1
    total = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        total = _mix(total ^ words[place : place + count])
    return total


def _minhash(shingles: U64) -> U32:
    multipliers, addends = _permutations()
    products = shingles[:, None] * multipliers[None, :] + addends[None, :]
    sketch: U32 = (products >> np.uint64(32)).min(axis=0).astype(np.uint32)
    return sketch


def _keys(shingles: U64) -> U32:
    if len(shingles) > WHOLE:
        windows = np.lib.stride_tricks.sliding_window_view(shingles, WINDOW)
        shingles = windows.min(axis=1)
    return np.unique((shingles >> np.uint64(32)).astype(np.uint32))


@lru_cache(maxsize=1)
def _permutations() -> tuple[U64, U64]:
    """Odd multipliers and addends of 64 multiply-shift hashes (Dietzfelbinger et al. 1997)."""
    seeds = np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    values = _mix(seeds)
    return values[:PERMUTATIONS] | np.uint64(1), values[PERMUTATIONS:]
