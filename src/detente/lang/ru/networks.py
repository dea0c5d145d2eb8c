"""Slovnet's three networks (morphology, syntax, names) side by side over the same sentences.

slovnet runs each of them by itself, over batches padded to one length. They give the same here for less:
all begin with the same word vectors, so a word's part in the first convolutions is computed once for the
three and kept; sentences lie end to end, with a row of zeros between (slovnet's padding is zeros, too).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

_FILES = ("slovnet_morph_news_v1.tar", "slovnet_syntax_news_v1.tar", "slovnet_ner_news_v1.tar")
_KEPT = 8192
"""Words whose part in the first convolutions is kept (9 KB each)."""
_ROWS = 1024
"""Words that go through the networks together: what fits the processor's cache."""
_TAPS = 3


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the networks say of one sentence, by token; a head of -1 is the root, names are BIO tags."""

    pos: list[str]
    feats: list[dict[str, str]]
    heads: list[int]
    rels: list[str]
    names: list[str]


@dataclass(frozen=True, slots=True)
class _Layer:
    """A convolution over three words, ReLU and normalisation; ``weight`` is (channels, 3 * filters)."""

    weight: np.ndarray
    bias: np.ndarray
    scale: np.ndarray
    shift: np.ndarray

    def __call__(self, rows: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        """(words, channels) to (words, filters); rows in ``gaps`` are between sentences, and stay zeros."""
        told = rows @ self.weight
        size = len(self.bias)
        return self.finish(told[:, :size], told[:, size : 2 * size], told[:, 2 * size :], gaps)

    def finish(self, before: np.ndarray, here: np.ndarray, after: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        """Join what each word tells of the next one, of itself and of the last one."""
        found: np.ndarray = here + self.bias
        found[1:] += before[:-1]
        found[:-1] += after[1:]
        np.maximum(found, 0, out=found)
        found *= self.scale
        found += self.shift
        found[gaps] = 0
        return found


class Networks:
    """The three networks of the news models."""

    def __init__(self, folder: Path, navec: Any) -> None:
        """Load from ``folder``; ``navec`` holds the word vectors that they share."""
        from slovnet.const import REL, SHAPE, TAG
        from slovnet.exec.model import NER, Morph, Syntax

        self._vectors = navec.pq
        self._words: dict[str, int] = navec.vocab.word_ids
        morph, (shapes, tags) = _load(folder / _FILES[0], Morph, SHAPE, TAG)
        syntax, (rels,) = _load(folder / _FILES[1], Syntax, REL)
        names, (marks,) = _load(folder / _FILES[2], NER, TAG)
        self._shapes = {shape: number for number, shape in enumerate(shapes)}
        self._tags = [_tag(each) for each in tags]
        self._rels, self._marks = rels, marks
        models = (morph, syntax, names)
        self._layers = [[_layer(each) for each in model.encoder.layers] for model in models]
        self._begin(models)
        self._morph, self._syntax, self._names = morph.head, (syntax.head, syntax.rel), names.head
        self._key = lru_cache(maxsize=100_000)(self._find_key)

    def _begin(self, models: Sequence[Any]) -> None:
        """Cut the first convolutions into what the word gives and what its shape gives, and clear the table."""
        first = [layers[0].weight for layers in self._layers]
        size = self._vectors.dim
        self._by_vector = np.hstack([weight[:size] for weight in first])
        self._by_shape = np.hstack(
            [model.emb.shape.weight.array @ weight[size:] for model, weight in zip(models, first, strict=True)]
        )
        # a row for each word, network and tap; the first word is none: a gap between sentences
        self._table = np.zeros((_KEPT, len(models) * _TAPS, len(self._layers[0][0].bias)), np.float32)
        self._place: dict[int, int] = {}

    def _find_key(self, word: str) -> int:
        """A number for a word as the networks see it: its place in the vocabulary, and its shape."""
        from slovnet.shape import word_shape

        number = self._words.get(word.lower())
        number = self._words["<unk>"] if number is None else number
        return number * len(self._shapes) + self._shapes[word_shape(word)]

    def __call__(self, sentences: Sequence[Sequence[str]]) -> Iterator[Tagged]:
        """Tag and parse sentences of words, none of them empty."""
        batch: list[Sequence[str]] = []
        rows = 0
        for sentence in sentences:
            if batch and rows + len(sentence) > _ROWS:
                yield from self._run(batch)
                batch, rows = [], 0
            batch.append(sentence)
            rows += len(sentence) + 1
        if batch:
            yield from self._run(batch)

    def _run(self, sentences: Sequence[Sequence[str]]) -> Iterator[Tagged]:
        lengths = [len(sentence) for sentence in sentences]
        starts = [start + 1 for start in accumulate((length + 1 for length in lengths), initial=0)][:-1]
        gaps = np.array([start - 1 for start in starts] + [starts[-1] + lengths[-1]])
        words = np.delete(np.arange(gaps[-1] + 1), gaps)
        places = np.zeros(gaps[-1] + 1, np.intp)
        places[words] = self._places([self._key(word) for sentence in sentences for word in sentence])
        morph, syntax, names = (self._encode(number, places, gaps) for number in range(len(self._layers)))
        tags = _linear(self._morph.proj, morph[words]).argmax(axis=1).tolist()
        heads, rels = self._parse(syntax, starts, lengths, gaps, words)
        emitted = _linear(self._names.proj, names)
        marks = _viterbi(emitted, self._names.crf.transitions.array, starts, lengths)
        at = 0
        for length, marked in zip(lengths, marks, strict=True):
            own = slice(at, at + length)
            told = [self._tags[tag] for tag in tags[own]]
            yield Tagged(
                [pos for pos, _ in told],
                [feats.copy() for _, feats in told],
                heads[own],
                [self._rels[rel] for rel in rels[own]],
                [self._marks[mark] for mark in marked],
            )
            at += length

    def _places(self, keys: Sequence[int]) -> list[int]:
        """Where the table has words; new ones are computed."""
        place = self._place
        new = [key for key in dict.fromkeys(keys) if key not in place]
        if len(place) + len(new) >= _KEPT:
            place.clear()
            new = list(dict.fromkeys(keys))
        if new:
            self._compute(new)
        return [place[key] for key in keys]

    def _compute(self, keys: Sequence[int]) -> None:
        # BLAS multiplies a single row by another routine, with other last digits: none goes alone, so that what a
        # word gives does not depend on the words that came before it
        numbers, shapes = np.divmod(np.array(keys if len(keys) > 1 else [*keys, *keys]), len(self._shapes))
        vectors = self._vectors.codes[self._vectors.qdims, self._vectors.indexes[numbers]]
        told = vectors.reshape(len(numbers), -1) @ self._by_vector + self._by_shape[shapes]
        first = len(self._place) + 1
        self._table[first : first + len(keys)] = told[: len(keys)].reshape(len(keys), *self._table.shape[1:])
        self._place.update((key, first + number) for number, key in enumerate(keys))

    def _encode(self, network: int, places: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        """The last hidden layer of a network, (words and gaps, 64)."""
        table = self._table.reshape(-1, self._table.shape[2])
        at = places * self._table.shape[1] + network * _TAPS
        first, *others = self._layers[network]
        rows = first.finish(table.take(at, axis=0), table.take(at + 1, axis=0), table.take(at + 2, axis=0), gaps)
        for layer in others:
            rows = layer(rows, gaps)
        return rows

    def _parse(
        self, rows: np.ndarray, starts: Sequence[int], lengths: Sequence[int], gaps: np.ndarray, words: np.ndarray
    ) -> tuple[list[int], list[int]]:
        """Heads in the sentence, and relations; the gap before a sentence stands for its root."""
        head, rel = self._syntax
        rows[gaps] = head.root.array
        above = _linear(head.head.proj, rows, relu=True) @ head.kernel.array
        below = _linear(head.tail.proj, rows, relu=True)
        found: list[int] = []
        place: list[np.ndarray] = []
        for start, length in zip(starts, lengths, strict=True):
            best = (above[start : start + length] @ below[start - 1 : start + length].T).argmax(axis=1)
            place.append(best + (start - 1))
            found += (best - 1).tolist()
        rows[gaps] = rel.root.array
        governors = _linear(rel.head.proj, rows, relu=True)[np.concatenate(place)]
        dependents = _linear(rel.tail.proj, rows[words], relu=True)
        told = (governors @ rel.kernel.array).reshape(len(words), -1, dependents.shape[1])
        return found, np.matmul(told, dependents[:, :, None])[:, :, 0].argmax(axis=1).tolist()


def _load(path: Path, kind: Any, *vocabularies: str) -> tuple[Any, list[list[str]]]:
    """A network without its word vectors, and some of its vocabularies."""
    from slovnet.exec.pack import Pack

    with Pack(str(path)) as pack:
        pack.load_meta().check_protocol()
        model = pack.load_model(kind)
        model = model.inject_arrays(dict(pack.load_arrays(model.weights)))
        return model, [pack.load_vocab(name).items for name in vocabularies]


def _layer(layer: Any) -> _Layer:
    norm = layer.norm
    filters, channels, taps = layer.conv.weight.array.shape
    scale = norm.weight.array / norm.std.array
    weight = layer.conv.weight.array.transpose(1, 2, 0).reshape(channels, taps * filters)
    return _Layer(np.ascontiguousarray(weight), layer.conv.bias.array, scale, norm.bias.array - norm.mean.array * scale)


def _tag(tag: str) -> tuple[str, dict[str, str]]:
    """Part of speech and features of «NOUN|Case=Nom|Number=Sing»."""
    pos, _, feats = tag.partition("|")
    return pos, dict(each.split("=", 1) for each in feats.split("|")) if feats else {}


def _linear(layer: Any, rows: np.ndarray, relu: bool = False) -> np.ndarray:
    found: np.ndarray = rows @ layer.weight.array
    found += layer.bias.array
    return np.maximum(found, 0, out=found) if relu else found


def _viterbi(
    emitted: np.ndarray, transitions: np.ndarray, starts: Sequence[int], lengths: Sequence[int]
) -> list[list[int]]:
    """The likeliest tags of each sentence by a conditional random field."""
    longest, first, sizes = max(lengths), np.array(starts), np.array(lengths)
    score = emitted[first]
    ways = np.empty((longest, *score.shape), np.intp)
    for step in range(1, longest):
        here = emitted.take(first + step, axis=0, mode="clip")
        joined = score[:, :, None] + transitions + here[:, None]
        ways[step] = joined.argmax(axis=1)
        score = np.where((step < sizes)[:, None], joined.max(axis=1), score)
    best = score.argmax(axis=1)
    tags = np.empty((longest, len(lengths)), np.intp)
    line = np.arange(len(lengths))
    for step in range(longest - 1, -1, -1):
        tags[step] = best
        if step:
            best = np.where(step < sizes, ways[step, line, best], best)
    return [tags[:size, number].tolist() for number, size in enumerate(lengths)]
