"""The ranker: which candidates a sentence reports, learned from coded sentences on top of the rules.

Two parts: what the encoder reads from the words along the tree (``code/encoder.py``), and what that and all
features of a candidate tell together (gradient-boosted trees, after Friedman 2001, trained with LightGBM).
The weights are data of the language, written by ``benchmarks/train_ranker.py``; they are read with NumPy
alone, so that a reading is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.code.candidate import FEATURES, STATUSES, TYPE_NAMES, Candidate, Candidates
from detente.code.draft import Draft, codes
from detente.code.encoder import LAYOUT, Encoder, Layer, Told, Weights, graph
from detente.code.frame import Frame
from detente.code.learned import Forest, Linear
from detente.code.meaning import Meaning, Vectors, domain_row, meaning
from detente.code.tree import Tree
from detente.errors import DataError
from detente.model import DOMAINS, Attribution

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

_SURE = 0.85
LEAD = 0.3
"""By how much (log odds) another status must be likelier than the rules' own to replace it."""
PREFERENCE = 2.5
"""By how much (log odds) another place or direction must be likelier than one that the rules trust."""
TOLD_FEATURES = (
    "word", "word is none", "word against others", "word at most", "any word", "pair", "pair back", "pair at most",
    "pair back at most", "pair against others", "pairs of type", "any pair", "pair of type", "first accused",
    "second accused", "pair at all", *(f"pair {status}" for status in STATUSES),
)  # fmt: skip
ALL_FEATURES = (*FEATURES, *TOLD_FEATURES)
_KIND = {name: number for number, name in enumerate(TYPE_NAMES)}
_ACCUSE = _KIND["ACCUSE"]


class Bars(NamedTuple):
    """Chances from which an act is reported: a pair's first act, its further ones, and first ones the rules trust."""

    first: float
    further: float
    trusted: float


@dataclass(frozen=True, slots=True)
class Model:
    """All weights of a language's ranker, and its bars.

    ``acts`` tells whether a candidate's type and sides are reported, wherever; ``places`` whether just this
    predicate, read just so, reports them; ``statuses`` with what status.
    """

    encoder: Weights
    acts: Forest
    places: Forest
    statuses: Forest
    domains: Linear
    bars: Bars


def _forest(table: dict[str, np.ndarray], name: str) -> Forest:
    parts = {key: table[f"{name}_{key}"] for key in ("feature", "threshold", "left", "right", "value", "roots")}
    return Forest(**parts, depth=int(table[f"{name}_depth"]))


def _encoder(table: dict[str, np.ndarray]) -> Weights:
    """The encoder's weights: stored in halves, read in singles."""
    own = {
        name.removeprefix("encoder_"): value.astype(np.float32)
        for name, value in table.items()
        if name.startswith("encoder_")
    }
    count = 1 + max(int(name.split("_")[1]) for name in own if name.startswith("layer_"))
    layers = tuple(
        Layer(**{field: own.pop(f"layer_{number}_{field}") for field in Layer.__dataclass_fields__})
        for number in range(count)
    )
    return Weights(layers, own)


@cache
def load_model(language: str) -> Model | None:
    """The weights of a language, or None where it has none. Raises DataError where they are of another coder."""
    path = resources.files(f"detente.lang.{language}") / "data" / "ranker.npz"
    if not path.is_file():
        return None
    with np.load(BytesIO(path.read_bytes())) as stored:
        table = {name: stored[name] for name in stored.files}
    fits = tuple(str(table.get("features")).split("\n")) == ALL_FEATURES and str(table.get("layout")) == LAYOUT
    if not fits or "bars" not in table:
        raise DataError(f"ranker.npz of {language} was trained on other features: run benchmarks/train_ranker.py")
    return Model(
        _encoder(table),
        _forest(table, "acts"),
        _forest(table, "places"),
        _forest(table, "statuses"),
        Linear(table["domains_weights"], table["domains_bias"]),
        Bars(*(float(each) for each in table["bars"])),
    )


def told_features(made: Sequence[Candidate], told: Told) -> np.ndarray:
    """What the encoder tells of candidates: (candidates, len(TOLD_FEATURES))."""
    words, pairs, order = told.words, told.pairs, told.order
    at = np.array([each.frame.index for each in made])
    kind = np.array([_KIND[each.type] for each in made])
    there = np.array([order[each.first, each.second] for each in made])
    back = np.array([order[each.second, each.first] for each in made])
    line = np.arange(len(made))
    accused: dict[str, float] = {}
    for (_, code), place in order.items():
        accused[code] = max(accused.get(code, 0.0), float(pairs[place, _ACCUSE]))
    own, forth, other = words[at], pairs[there], pairs[back]
    of_type = pairs.max(axis=0)[kind]
    return np.column_stack(
        [
            own[line, kind + 1], own[:, 0], _lead(own[:, 1:], kind), words[:, 1:].max(axis=0)[kind],
            np.full(len(made), words[:, 1:].max()), forth[line, kind], other[line, kind], forth.max(axis=1),
            other.max(axis=1), _lead(forth, kind), of_type, np.full(len(made), pairs.max()),
            forth[line, kind] / (of_type + 1e-6), [accused[each.first] for each in made],
            [accused[each.second] for each in made], 1 - (1 - np.maximum(forth, other)).prod(axis=1),
            told.statuses[there],
        ]
    ).astype(np.float32)  # fmt: skip


def _lead(chances: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """By how much (log odds) each row's own type is likelier than the likeliest other."""
    line = np.arange(len(chances))
    own = chances[line, kind]
    others = chances.copy()
    others[line, kind] = 0
    return np.asarray(np.log(own + 1e-5) - np.log(others.max(axis=1) + 1e-5))


class Ranker:
    """Weighs the candidates of one sentence at a time."""

    def __init__(self, model: Model, vectors: Vectors) -> None:
        self.model = model
        self.vectors = vectors
        self._encoder = Encoder(model.encoder, vectors)
        self._last: Meaning | None = None
        self._told: tuple[Tree, Told] | None = None

    def meaning(self, tree: Tree, entities: Sequence[Entity]) -> Meaning:
        """The vectors of a sentence's words; those of the last sentence are kept."""
        if self._last is None or self._last.tree is not tree:
            self._last = meaning(tree, entities, self.vectors)
        return self._last

    def choose(
        self,
        tree: Tree,
        found: Sequence[Frame],
        drafts: Sequence[Draft],
        kept: Sequence[Draft],
        seen: Candidates,
        over: Sequence[Attribution],
    ) -> list[Draft]:
        """The drafts that the sentence reports, each with its probability as score.

        ``over`` are the attributions that stand in the sentence or reach over it.
        """
        told = self._encoder.read(graph(tree, seen.by_code, found, drafts, kept, over))
        self._told = tree, told
        rows = np.hstack([seen.rows, told_features(seen.made, told)])
        chance = 1 / (1 + np.exp(-self.model.acts.margins(rows)[:, 0]))
        sure = trusted(rows)
        chosen = select(seen.made, chance, sure, self.model.bars)
        if not chosen:
            return []
        places = self.model.places
        chance, chosen = settle(
            seen.made, chance, lambda some: places.margins(rows[some])[:, 0] + PREFERENCE * sure[some], chosen
        )
        by_rule = np.array([STATUSES.index(seen.made[number].frame.draft.status) for number in chosen])
        statuses = judge_status(self.model.statuses.margins(rows[chosen]), by_rule)
        drafted = _drafts(
            seen, [(number, float(chance[number]), STATUSES[s]) for number, s in zip(chosen, statuses, strict=True)]
        )
        return [*drafted, *_beside(drafted, kept)]

    def domain(self, seen: Meaning, draft: Draft, scores: dict[str, float], by_rule: str) -> str:
        """The domain of a draft: see ``domain_row``."""
        told = self._told[1] if self._told is not None and self._told[0] is seen.tree else None
        row = domain_row(seen, draft, scores, by_rule, told_domains(draft, told))
        return DOMAINS[int(self.model.domains.softmax(row[None])[0].argmax())]


def told_domains(draft: Draft, told: Told | None) -> np.ndarray:
    """The chances that the encoder gives to a draft's domains, over all pairs of its sides: (domains,)."""
    first = codes(draft.actors)
    second = codes(draft.recipients) or first
    places = [told.order[pair] for pair in product(first, second) if pair in told.order] if told else []
    if told is None or not places:
        return np.zeros(len(DOMAINS), np.float32)
    return np.asarray(told.domains[sorted(places)].mean(axis=0), np.float32)


def trusted(rows: np.ndarray) -> np.ndarray:
    """Candidates that the rules report just so, from slots of their own, by an entry that is no weak one: (rows,)."""
    kept, pair, weak, score, order, symmetric = (
        rows[:, FEATURES.index(name)]
        for name in ("kept", "pair of rules", "weak", "score", "order of rules", "symmetric")
    )
    both = (order > 0) | (symmetric > 0)
    return np.asarray((kept > 0) & (pair > 0) & both & (weak == 0) & (score >= _SURE))


def select(made: Sequence[Candidate], chance: np.ndarray, sure: np.ndarray, bars: Bars) -> list[int]:
    """The candidates to report, best first: one for each pair and type, a pair's second type only if likelier."""
    chosen: list[int] = []
    types: dict[frozenset[str], set[str]] = {}
    # the rules' word counts for a pair and type whichever way round they have it
    known = {(frozenset((made[at].first, made[at].second)), made[at].type) for at in np.flatnonzero(sure).tolist()}
    for number in np.argsort(-chance, kind="stable"):
        each = made[number]
        if chance[number] < min(bars):
            break
        pair = frozenset((each.first, each.second))
        have = types.setdefault(pair, set())
        bar = bars.further if have else bars.trusted if (pair, each.type) in known else bars.first
        if each.type in have or chance[number] < bar or each.frame.idle:
            continue
        have.add(each.type)
        chosen.append(int(number))
    return chosen


def judge_status(margins: np.ndarray, by_rule: np.ndarray, lead: float = LEAD) -> np.ndarray:
    """The likeliest status of each act where it leads the rules' own by ``lead`` (log odds), else the rules'.

    What the rules deny or doubt rests on a word that says so: it gives way to three times that lead only.
    """
    best = margins.argmax(axis=1)
    line = np.arange(len(margins))
    wanted = np.where(by_rule >= STATUSES.index("conjectured"), 3 * lead, lead)
    return np.where(margins[line, best] - margins[line, by_rule] > wanted, best, by_rule)


def settle(
    made: Sequence[Candidate], chance: np.ndarray, place: Callable[[list[int]], np.ndarray], chosen: Sequence[int]
) -> tuple[np.ndarray, list[int]]:
    """For each chosen act the predicate and the direction that ``place`` (margins) likes best, at the act's chance."""
    settled, chance = [], chance.copy()
    for number in chosen:
        pair = {made[number].first, made[number].second}
        same = [
            other
            for other, each in enumerate(made)
            if each.type == made[number].type and {each.first, each.second} == pair and not each.frame.idle
        ]
        best = same[int(place(same).argmax())] if len(same) > 1 else number
        chance[best] = chance[number]
        settled.append(best)
    return chance, settled


def _drafts(seen: Candidates, chosen: Sequence[tuple[int, float, str]]) -> list[Draft]:
    """Join the chosen pairs of a frame into drafts: all parties of an act of both, all recipients of an actor."""
    groups: dict[tuple[int, str, str, str], list[tuple[Candidate, float]]] = {}
    for number, chance, status in chosen:
        each = seen.made[number]
        key = (id(each.frame), each.type, status, "" if each.symmetric else each.first)
        groups.setdefault(key, []).append((each, chance))
    found = []
    for (_, type_, status, _), members in groups.items():
        frame = members[0][0].frame
        if members[0][0].symmetric:
            for parties in _cliques([(each.first, each.second) for each, _ in members], frame):
                found.append(_draft(seen, frame, type_, status, parties, [], max(score for _, score in members)))
        else:
            recipients = [each.second for each, _ in members]
            found.append(
                _draft(
                    seen, frame, type_, status, [members[0][0].first], recipients, max(score for _, score in members)
                )
            )
    return sorted(_same_recipients(found), key=lambda draft: draft.index)


def _cliques(pairs: Sequence[tuple[str, str]], frame: Frame) -> list[list[str]]:
    """Parties of an act of all: those whom the rules join, else only those of whom each pair was chosen."""
    joined = {frozenset(pair) for pair in pairs}
    by_rule = codes(frame.draft.actors)
    found: list[list[str]] = []
    for first, second in pairs:
        for party in found:
            for new, old in ((first, second), (second, first)):
                if old in party and new not in party:
                    rest = [each for each in party if frozenset((new, each)) not in joined]
                    if not rest or {new, *party} <= by_rule:
                        party.append(new)
        if not any({first, second} <= set(party) for party in found):
            found.append([first, second])
    return found


def _beside(found: Sequence[Draft], kept: Sequence[Draft]) -> list[Draft]:
    """The rules' drafts that tell a chosen act in another mode: «прибыл в Анкару и провёл переговоры»."""
    told = {(draft.type, frozenset(codes(draft.actors) | codes(draft.recipients))) for draft in found}
    modes = {(draft.index, draft.type) for draft in found} | {(draft.type, draft.mode) for draft in found}
    more = []
    for draft in kept:
        if (draft.index, draft.type) in modes or (draft.type, draft.mode) in modes or draft.mode is None:
            continue
        if (draft.type, frozenset(codes(draft.actors) | codes(draft.recipients))) in told:
            more.append(draft)
    return more


def _draft(
    seen: Candidates, frame: Frame, type_: str, status: str, actors: list[str], recipients: list[str], score: float
) -> Draft:
    draft = frame.draft
    named = {str(entity.mention.actor): entity for entity in (*draft.actors, *draft.recipients)}

    def entities(parties: list[str]) -> list[Entity]:
        return [named.get(code) or seen.nearest[frame.index, code] for code in parties]

    planned = draft.planned_type
    if type_ == draft.type:
        mode = draft.mode
    else:
        mode = frame.entry.mode if type_ == frame.entry.type else None
        planned = draft.type if type_ == "AGREE" else None
    return Draft(
        frame.index, frame.entry, type_, mode, status,  # type: ignore[arg-type]
        entities(actors), entities(recipients), draft.chain, draft.slots, score, planned,
    )  # fmt: skip


def _same_recipients(drafts: list[Draft]) -> list[Draft]:
    """«США и ЕС ввели санкции против России»: actors with the same recipients act together."""
    found: list[Draft] = []
    for draft in drafts:
        twin = next(
            (
                other
                for other in found
                if (other.index, other.entry, other.type, other.status) == (
                    draft.index, draft.entry, draft.type, draft.status
                )
                and draft.recipients
                and codes(other.recipients) == codes(draft.recipients)
                and not codes(draft.actors) & codes(other.actors)
            ),
            None,
        )  # fmt: skip
        if twin is None:
            found.append(draft)
        else:
            twin.actors += draft.actors
            twin.score = max(twin.score, draft.score)
    return found
