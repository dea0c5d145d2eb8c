"""Fit the encoder (``detente.code.encoder``) to coded sentences, with JAX; ``train_ranker.py`` calls this.

One example is a parsed sentence with its sides: for every token the type of act that it tells, for every
ordered pair of sides the types of acts that the first does to the second, and their status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from detente.code import encoder
from detente.code.candidate import CASES, STATUSES, TYPE_NAMES
from detente.model import DOMAINS

WIDTH = 112
LAYERS = 3
HIDDEN = 128
EPOCHS = 27
RATE = 3e-3
DECAY = 1e-2
DROP = 0.35
DROP_WORD = 0.1
PREPOSITIONS = 7
SIZES = ((16, 48), (24, 40), (32, 32), (44, 20), (64, 12), (120, 12))
"""Tokens to which sentences are filled up, and sentences a step."""
PAIRS_EACH = 7
MENTIONS, WAY = 4, 12
Tree = dict[str, Any]
jax.config.update("jax_default_prng_impl", "rbg")  # far faster than the default on a processor


@dataclass(slots=True)
class Example:
    """A sentence with its labels: ``word`` (tokens,), ``pair`` (pairs, types); ``status``, ``domain`` (pairs,)."""

    graph: encoder.Graph
    ids: np.ndarray
    word: np.ndarray
    pair: np.ndarray
    status: np.ndarray
    domain: np.ndarray


def example(seen: encoder.Graph, starts: list[int], gold: list[Any], vocabulary: dict[str, int]) -> Example:
    """Label a sentence by what readers coded: see ``train_ranker._gold`` for the form of ``gold``."""
    word = np.zeros(len(starts), np.int32)
    for place, start in enumerate(starts):
        kinds = [kind for *_, kind, span, _, _ in gold if span and span[0] <= start < span[1]]
        word[place] = 1 + TYPE_NAMES.index(kinds[0]) if kinds else 0
    pair = np.zeros((len(seen.ways), len(TYPE_NAMES)), np.float32)
    status, domain = np.full((2, len(seen.ways)), -1, np.int32)
    for place, (first, second) in enumerate(seen.ways):
        for a, b, both, kind, _, wanted, subject in gold:
            if (a, b) == (first, second) or (both and (b, a) == (first, second)):
                pair[place, TYPE_NAMES.index(kind)] = 1
                status[place] = max(status[place], STATUSES.index(wanted))
                domain[place] = DOMAINS.index(subject)
    ids = np.array([vocabulary.setdefault(lemma, len(vocabulary)) for lemma in seen.lemmas], np.int32)
    return Example(seen, ids, word, pair, status, domain)


def _batch(examples: list[Example], length: int, size: int) -> dict[str, np.ndarray]:
    """Arrays of one step, filled up to ``size`` sentences of ``length`` tokens."""
    most = size * PAIRS_EACH
    whole = {name: np.zeros((size, length), np.int32) for name in
             ("word", "pos", "relation", "case", "preposition", "head", "label")}  # fmt: skip
    real = {name: np.zeros((size, length), np.float32) for name in ("here", "below", "shown")}
    found = {
        **whole, **real, "many": np.ones((size, length), np.float32),
        "features": np.zeros((size, length, encoder.FEATURES), np.float32),
        "of": np.zeros(most, np.int32), "a": np.zeros((most, MENTIONS), np.int32),
        "b": np.zeros((most, MENTIONS), np.int32), "way": np.zeros((most, WAY), np.int32),
        "no way": np.ones(most, np.float32), "does": np.zeros((most, len(TYPE_NAMES)), np.float32),
        "status": np.full(most, -1, np.int32), "domain": np.full(most, -1, np.int32),
        "counts": np.zeros(most, np.float32),
    }  # fmt: skip
    at = 0
    for place, each in enumerate(examples):
        seen, n = each.graph, min(length, len(each.ids))
        head = np.where(seen.head[:n] < n, seen.head[:n], -1)
        for name, values in (
            ("word", each.ids), ("pos", seen.pos), ("relation", seen.relation), ("case", seen.case),
            ("preposition", seen.preposition), ("label", each.word), ("head", np.maximum(head, 0)),
            ("below", head >= 0), ("shown", ~seen.named), ("features", seen.features),
        ):  # fmt: skip
            found[name][place, :n] = values[:n]
        found["here"][place, :n] = 1
        found["many"][place, :n] = np.maximum(1, np.bincount(head[head >= 0], minlength=n))
        for number, (first, second) in enumerate(seen.ways):
            assert at < most, "a sentence has more pairs of sides than a step has room for"
            found["of"][at] = place
            for name, words in (("a", seen.sides[first]), ("b", seen.sides[second]), ("way", seen.ways[first, second])):
                inside = [word for word in words if word < n] or [0]
                room = found[name].shape[1]
                found[name][at] = (inside * room)[:room] if len(inside) < room else inside[:room]
            found["no way"][at] = not seen.ways[first, second]
            found["does"][at], found["counts"][at] = each.pair[number], 1
            found["status"][at], found["domain"][at] = each.status[number], each.domain[number]
            at += 1
    return found


def _batches(examples: list[Example], rng: np.random.Generator | None) -> list[tuple[list[int], dict[str, np.ndarray]]]:
    """The steps of an epoch: which examples, and their arrays."""
    by_size: dict[int, list[int]] = {}
    for number, each in enumerate(examples):
        size = next((k for k, (length, _) in enumerate(SIZES) if len(each.ids) <= length), len(SIZES) - 1)
        by_size.setdefault(size, []).append(number)
    steps = []
    for size, members in sorted(by_size.items()):
        length, most = SIZES[size]
        if rng is not None:
            rng.shuffle(members)
        own: list[int] = []
        pairs = 0
        for number in members:
            more = len(examples[number].graph.ways)
            if own and (len(own) == most or pairs + more > most * PAIRS_EACH):
                steps.append((own, _batch([examples[each] for each in own], length, most)))
                own, pairs = [], 0
            own, pairs = [*own, number], pairs + more
        steps.append((own, _batch([examples[each] for each in own], length, most)))
    return steps


def _start(key: Any, dimensions: int) -> Tree:
    keys = iter(jax.random.split(key, 80))

    def dense(rows: int, columns: int, scale: float = 1.0) -> Any:
        return jax.random.normal(next(keys), (rows, columns)) * np.sqrt(1.5 / rows) * scale

    def table(rows: int, scale: float = 0.3) -> Any:
        return jax.random.normal(next(keys), (rows, WIDTH)) * scale

    relations = len(encoder.RELATIONS) + 1
    layers = [
        {
            "own": dense(WIDTH, WIDTH), "governor": dense(WIDTH, WIDTH), "dependents": dense(WIDTH, WIDTH),
            "before": dense(WIDTH, WIDTH), "after": dense(WIDTH, WIDTH), "bias": jnp.zeros(WIDTH),
            "of_governor": table(relations, 0.1), "of_dependent": table(relations, 0.1),
        }
        for _ in range(LAYERS)
    ]  # fmt: skip
    return {
        "layers": layers, "word": dense(dimensions, WIDTH), "of_pos": table(len(encoder.POS) + 1),
        "of_relation": table(relations), "of_case": table(len(CASES)), "of_preposition": table(PREPOSITIONS),
        "features": dense(encoder.FEATURES, WIDTH, 0.7), "bias": jnp.zeros(WIDTH),
        "tells": dense(WIDTH, len(TYPE_NAMES) + 1), "tells_bias": jnp.zeros(len(TYPE_NAMES) + 1),
        "query": dense(2 * WIDTH, WIDTH), "pair": dense(5 * WIDTH, HIDDEN), "pair_bias": jnp.zeros(HIDDEN),
        "does": dense(HIDDEN, len(TYPE_NAMES), 0.5), "does_bias": jnp.full(len(TYPE_NAMES), -4.0),
        "status": dense(HIDDEN, len(STATUSES)), "status_bias": jnp.zeros(len(STATUSES)),
        "domain": dense(HIDDEN, len(DOMAINS)), "domain_bias": jnp.zeros(len(DOMAINS)),
    }  # fmt: skip


def _forward(weights: Tree, vectors: Any, batch: Tree, key: Any) -> tuple[Any, ...]:
    """Margins of words, pairs, statuses and domains; ``key`` drops numbers out while training."""
    keys = [None] * 12 if key is None else list(jax.random.split(key, 12))

    def drop(place: int, values: Any, rate: float, shape: tuple[int, ...] | None = None) -> Any:
        if keys[place] is None:
            return values
        kept = jax.random.bernoulli(keys[place], 1 - rate, shape or values.shape)
        return values * kept / (1 if shape else 1 - rate)

    here = batch["here"][..., None]
    words = vectors[batch["word"]] * batch["shown"][..., None]
    words = drop(0, words, DROP_WORD, (*words.shape[:2], 1))
    states = drop(2, words, 0.2) @ weights["word"]
    for name in ("pos", "relation", "case", "preposition"):
        states = states + jax.nn.one_hot(batch[name], len(weights[f"of_{name}"])) @ weights[f"of_{name}"]
    states = jax.nn.relu(states + drop(1, batch["features"], 0.1) @ weights["features"] + weights["bias"]) * here
    below = (batch["below"] * batch["here"])[..., None]
    # products with the matrix of governors: scattering is slow on a processor
    of_relation = jax.nn.one_hot(batch["relation"], len(encoder.RELATIONS) + 1)
    governs = jax.nn.one_hot(batch["head"], states.shape[1]) * below
    for number, layer in enumerate(weights["layers"]):
        seen = drop(3 + number, states, DROP)
        above = governs @ seen
        told = seen @ layer["dependents"] + of_relation @ layer["of_dependent"]
        sums = jnp.einsum("bij,bid->bjd", governs, told)
        new = seen @ layer["own"] + layer["bias"] + sums / jnp.sqrt(batch["many"])[..., None]
        new += (above @ layer["governor"] + of_relation @ layer["of_governor"]) * below
        new += jnp.pad(seen[:, :-1], ((0, 0), (1, 0), (0, 0))) @ layer["before"]
        new += jnp.pad(seen[:, 1:], ((0, 0), (0, 1), (0, 0))) @ layer["after"]
        states = (states + jax.nn.relu(new)) * here
        states = states / jnp.sqrt((states**2).mean(-1, keepdims=True) + 1e-3) * here
    states = drop(8, states, DROP)
    tells = states @ weights["tells"] + weights["tells_bias"]
    of = batch["of"]
    first, second, way = (states[of[:, None], batch[name]].max(1) for name in ("a", "b", "way"))
    way = way * (1 - batch["no way"])[:, None]
    joined = jnp.concatenate([first, second], 1)
    own = states[of]
    attention = jnp.einsum("ptd,pd->pt", own, joined @ weights["query"]) / np.sqrt(WIDTH)
    attention = jax.nn.softmax(attention + (batch["here"][of] - 1) * 1e4, 1)
    looked = jnp.einsum("pt,ptd->pd", attention, own)
    whole = (states.sum(1) / jnp.maximum(1, batch["here"].sum(1, keepdims=True)))[of]
    hidden = drop(9, jnp.concatenate([joined, way, looked, whole], 1), 0.2) @ weights["pair"] + weights["pair_bias"]
    hidden = drop(10, jax.nn.relu(hidden), DROP)
    does = hidden @ weights["does"] + weights["does_bias"]
    return tells, does, *(hidden @ weights[name] + weights[f"{name}_bias"] for name in ("status", "domain"))


def _loss(weights: Tree, vectors: Any, batch: Tree, key: Any) -> Any:
    tells, does, *others = _forward(weights, vectors, batch, key)
    of_words = optax.softmax_cross_entropy_with_integer_labels(tells, batch["label"]) * batch["here"]
    of_pairs = optax.sigmoid_binary_cross_entropy(does, batch["does"]) * batch["counts"][:, None]
    total = 0.5 * of_words.sum() + of_pairs.sum()
    for name, margins in zip(("status", "domain"), others, strict=True):
        known = (batch[name] >= 0) * batch["counts"]
        wanted = jnp.maximum(batch[name], 0)
        total += 0.5 * (optax.softmax_cross_entropy_with_integer_labels(margins, wanted) * known).sum()
    return total / batch["here"].shape[0]


def fit(examples: list[Example], vectors: np.ndarray, seed: int = 0) -> Tree:
    """Train an encoder on the examples; ``vectors`` is (words, dimensions), by the examples' ids."""
    rng = np.random.default_rng(seed)
    # two ways to fill the steps, taken in turn; they may differ in length
    ways = [[batch for _, batch in _batches(examples, rng)] for _ in range(2)]
    total = sum(len(ways[epoch % 2]) for epoch in range(EPOCHS))
    rate = optax.warmup_cosine_decay_schedule(0, RATE, total // 12, total, RATE / 50)
    optimiser = optax.chain(optax.clip_by_global_norm(2.0), optax.adamw(rate, weight_decay=DECAY))
    weights = _start(jax.random.PRNGKey(seed), vectors.shape[1])
    state = optimiser.init(weights)
    table = jnp.array(vectors)

    @jax.jit
    def step(weights: Tree, state: Any, batch: Tree, key: Any) -> tuple[Tree, Any]:
        slope = jax.grad(_loss)(weights, table, batch, key)
        change, state = optimiser.update(slope, state, weights)
        return optax.apply_updates(weights, change), state

    key = jax.random.PRNGKey(seed + 1000)
    for epoch in range(EPOCHS):
        steps = ways[epoch % 2]
        for number in rng.permutation(len(steps)):
            key, own = jax.random.split(key)
            weights, state = step(weights, state, steps[number], own)
    return jax.tree.map(np.asarray, weights)


@jax.jit
def _read(weights: Tree, vectors: Any, batch: Tree) -> tuple[Any, ...]:
    tells, does, status, domain = _forward(weights, vectors, batch, None)
    return jax.nn.softmax(tells), jax.nn.sigmoid(does), jax.nn.softmax(status), jax.nn.softmax(domain)


def predict(weights: Tree, examples: list[Example], vectors: np.ndarray) -> list[encoder.Told]:
    """What a trained encoder makes of the examples."""
    found: list[Any] = [None] * len(examples)
    table = jnp.array(vectors)
    for members, batch in _batches(examples, None):
        words, pairs, statuses, domains = (np.asarray(each) for each in _read(weights, table, batch))
        at = 0
        for place, number in enumerate(members):
            seen = examples[number].graph
            told = np.zeros((len(seen.lemmas), len(TYPE_NAMES) + 1), np.float32)
            told[:, 0] = 1
            n = min(len(told), words.shape[1])
            told[:n] = words[place, :n]
            own = slice(at, at + len(seen.ways))
            at += len(seen.ways)
            order = {pair: number for number, pair in enumerate(seen.ways)}
            found[number] = encoder.Told(told, pairs[own], statuses[own], domains[own], order)
    return found


def stored(weights: Tree) -> dict[str, np.ndarray]:
    """The weights as the package reads them, in halves."""
    found = {f"encoder_{name}": values for name, values in weights.items() if name != "layers"}
    for number, layer in enumerate(weights["layers"]):
        found |= {f"encoder_layer_{number}_{name}": values for name, values in layer.items()}
    return {name: np.asarray(values, np.float16) for name, values in found.items()}
