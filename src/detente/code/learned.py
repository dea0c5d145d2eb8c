"""Learned functions that are read with NumPy alone: logistic regressions and boosted trees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True, slots=True)
class Linear:
    """Logistic regressions: ``weights`` (classes, features), ``bias`` (classes,)."""

    weights: np.ndarray
    bias: np.ndarray

    def softmax(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of exclusive classes, (rows, classes)."""
        values = rows @ self.weights.T + self.bias
        values = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(values / values.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Forest:
    """Boosted trees as flat arrays over nodes; a leaf points to itself. ``roots`` is (classes, trees)."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    roots: np.ndarray
    depth: int

    def margins(self, rows: np.ndarray) -> np.ndarray:
        """Summed leaf values, (rows, classes); ``rows`` are of float32."""
        nodes = self._nodes
        width, trees = rows.shape[1], self.roots.size
        values = np.ascontiguousarray(rows, np.float32).ravel()
        start = (np.arange(len(rows)) * width)[:, None]
        # all roots come first: their features are the same in every row
        at = nodes.below[:trees] + (values.take(start + nodes.feature[:trees]) > nodes.bar[:trees])
        for _ in range(self.depth - 1):
            # no index is out of range: "wrap" spares the look whether it is
            place = nodes.feature.take(at, mode="wrap")
            place += start
            above = values.take(place, mode="wrap") > nodes.bar.take(at, mode="wrap")
            at = nodes.below.take(at, mode="wrap")
            at += above
        return np.asarray(nodes.value.take(at).reshape(len(rows), *self.roots.shape).sum(axis=2))

    @cached_property
    def _nodes(self) -> _Nodes:
        return _beside_each_other(self)


class _Nodes(NamedTuple):
    """A forest's nodes anew, roots first, then siblings side by side: one step is ``below`` or one further."""

    feature: np.ndarray
    bar: np.ndarray
    below: np.ndarray
    value: np.ndarray


def _beside_each_other(forest: Forest) -> _Nodes:
    """Order a forest's nodes for ``margins``; a leaf is its own ``below``, with a bar that no value is above."""
    inner = np.flatnonzero(forest.left != np.arange(len(forest.left)))
    below = forest.roots.size + 2 * np.arange(len(inner))
    order = np.empty(forest.roots.size + 2 * len(inner), np.intp)
    order[: forest.roots.size] = forest.roots.ravel()
    order[below], order[below + 1] = forest.left[inner], forest.right[inner]
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    # the greatest float32 that is not above the threshold parts values of float32 just as the threshold does
    near = forest.threshold.astype(np.float32)
    near = np.where(near > forest.threshold, np.nextafter(near, np.float32(-np.inf)), near)
    bars, steps = np.full(len(order), np.inf, np.float32), np.arange(len(order))
    bars[place[inner]], steps[place[inner]] = near[inner], below
    return _Nodes(forest.feature[order].astype(np.intp), bars, steps, forest.value[order])
