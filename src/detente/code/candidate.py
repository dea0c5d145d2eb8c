"""Candidates: every act that a sentence might report, as numbers that a ranker can weigh.

A candidate is a frame, a type that it may have, and two of the sentence's sides in order (in any order for
an act of both). The rules' verdict on it is one feature among others: what the lexicon's slots name, where
in the tree and by what kind of mention a side stands, what else the sentence tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.code.allegation import OFFICIAL
from detente.code.draft import Draft, codes
from detente.code.frame import Frame
from detente.code.slots import Sides, Slots, wide_slots
from detente.code.tree import Tree
from detente.model import Attribution
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

TYPE_NAMES = sorted(TYPES)
STATUSES = ("occurred", "planned", "conjectured", "denied")
KINDS = (
    "place", "adjective", "name", "state_group", "bloc", "contested", "capital", "palace", "pronoun", "demonym",
    "company", "organisation", "party", "equipment", "group", "organ", "office", "person", "media",
)  # fmt: skip
CASES = ("", "nom", "gen", "dat", "acc", "ins", "loc")
MOST_CODES = 9
"""Sentences that name more sides than this are lists: the rules alone code them."""

_RELATIONS = {
    rel: number
    for number, rel in enumerate(
        (
            "root",
            "conj",
            "nsubj",
            "nsubj:pass",
            "obj",
            "iobj",
            "obl",
            "nmod",
            "xcomp",
            "ccomp",
            "csubj",
            "acl",
            "acl:relcl",
            "advcl",
            "amod",
            "parataxis",
            "appos",
            "flat:name",
        )
    )
}
_OTHER, _SELF = 18, 19
_CLAUSES = frozenset({"ccomp", "acl:relcl", "advcl", "parataxis", "acl", "csubj"})
_PLAIN = ("subj", "obj", "dat", "ins", "gen", "adj", "inf", "clause")
_TENSES = {"Past": 1, "Pres": 2, "Fut": 3}
_MENTION_TYPES = {"PER": 0, "LOC": 1, "ORG": 2}

FRAME_FEATURES = (
    "unmet", "needs", "rank", "copies", "verb", "adj", "weak", "speech", "content", "relation", "future", "conjecture",
    "idle", "suppressed", "topic", "negated", "turned", "status", "supports", "deliberate", "agreed", "receiver",
    "group", "score", "named", "chosen", "kept", "vetoed", "rel", "depth", "attributions", "position", "length",
    "codes", "triggers", "participle", "finite", "tense", "head tense", "top tense", "root tense", "not", "head not",
    "top not", "open", "triggers above", "speech above", "quad above", "type elsewhere", "cues", "alleged",
    "drafts of type",
)  # fmt: skip
TYPE_FEATURES = ("raw", "final", *(f"type {name}" for name in TYPE_NAMES))
PAIR_FEATURES = (
    "pair of rules", "order of rules", "pair kept", "pair otherwise", "drafts", "one phrase", "coordinated", "in order",
    "apart", "symmetric",
)  # fmt: skip
ROLE_FEATURES = (
    "acts by rules", "receives by rules", "actor slot", "recipient slot", "partner slot", "wide actor",
    "wide recipient", "wide partner", "in clause", "slot", "wide slot", "up", "down", "clauses up", "clauses down",
    "way in", "rel", "case", "preposition", "kind", "official", "media", "type", "offset", "between", "order",
    "mentions", "speaks of it", "subject of root", "voice", "subject above", "only place",
)  # fmt: skip
FEATURES = (
    *FRAME_FEATURES, *TYPE_FEATURES, *PAIR_FEATURES,
    *(f"a {name}" for name in ROLE_FEATURES), *(f"b {name}" for name in ROLE_FEATURES),
)  # fmt: skip


_TO_TYPE = len(FRAME_FEATURES) + len(TYPE_FEATURES)
_TO_PAIR = _TO_TYPE + len(PAIR_FEATURES)
_TO_FIRST = _TO_PAIR + len(ROLE_FEATURES)
_NOTHING: set[str] = set()
_ONE_TYPE = {type_: [type_ == name for name in TYPE_NAMES] for type_ in TYPE_NAMES}


@dataclass(slots=True)
class Candidate:
    """One act that the sentence may report: ``first`` does it to ``second``, or both do it (``symmetric``)."""

    frame: Frame
    type: str
    first: str
    second: str
    symmetric: bool


@dataclass(slots=True)
class Candidates:
    """The candidates of a sentence with their features, (candidates, len(FEATURES)), and what was seen by the way."""

    made: list[Candidate]
    rows: np.ndarray
    nearest: dict[tuple[int, str], Entity]
    by_code: dict[str, list[Entity]]


@dataclass(slots=True)
class _Scene:
    """What candidates of one sentence share."""

    tree: Tree
    sides: Sides
    entities: list[Entity]
    by_code: dict[str, list[Entity]]
    order: list[str]
    drafts: Sequence[Draft]
    kept: Sequence[Draft]
    attributions: Sequence[Attribution]
    cues: int
    types_at: dict[int, set[str]]
    ways: dict[int, _Way] = field(default_factory=dict)
    spots: dict[int, _Spot] = field(default_factory=dict)
    stands: dict[tuple[int, str], _Stand] = field(default_factory=dict)
    slots: dict[tuple[object, ...], tuple[_SlotsOf, _SlotsOf]] = field(default_factory=dict)
    beside: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def way(self, index: int) -> _Way:
        """The way up from a token."""
        if index not in self.ways:
            self.ways[index] = _way(self.tree, index)
        return self.ways[index]

    def spot(self, index: int) -> _Spot:
        """What stands around a token."""
        if index not in self.spots:
            self.spots[index] = _spot(self, index)
        return self.spots[index]

    def stand(self, index: int, code: str) -> _Stand:
        """Where a side stands from a predicate."""
        if (index, code) not in self.stands:
            self.stands[index, code] = _stand(self, index, code)
        return self.stands[index, code]


_SlotsOf = dict[str, set[str]]


@dataclass(slots=True)
class _Way:
    """A token and its governors, nearest first, with their places, and how many clauses are left before each."""

    up: list[int]
    place: dict[int, int]
    left: list[int]


@dataclass(slots=True)
class _Spot:
    """What frames at one token share, and those whose governor or top it is."""

    tense: int
    negated: bool
    open: bool
    triggers: int
    quads: set[str]
    speech: bool
    over: int
    speakers: set[str]


@dataclass(slots=True)
class _Stand:
    """The mention of a side nearest to a predicate; its features before and after ``voice``."""

    nearest: Entity
    before: Sequence[float]
    after: Sequence[float]


def candidates(
    tree: Tree,
    sides: Sides,
    found: Sequence[Frame],
    drafts: Sequence[Draft],
    kept: Sequence[Draft],
    attributions: Sequence[Attribution],
    cues: int,
) -> Candidates | None:
    """All candidates of a sentence; None where it names fewer than two sides, or more than ``MOST_CODES``.

    Args:
        found: the frames of the sentence.
        drafts: what the rules make of them; ``kept`` those that they report.
        attributions: whoever speaks in this sentence, or over it.
        cues: how many cues of speech stand in the sentence.
    """
    entities = sides.actors()
    by_code: dict[str, list[Entity]] = {}
    for entity in entities:
        by_code.setdefault(str(entity.mention.actor), []).append(entity)
    if not found or not 2 <= len(by_code) <= MOST_CODES:
        return None
    distinct_frames = _distinct(found)
    types_at: dict[int, set[str]] = {}
    for frame in distinct_frames:
        types_at.setdefault(frame.index, set()).add(frame.draft.type)
    scene = _Scene(tree, sides, entities, by_code, list(by_code), drafts, kept, attributions, cues, types_at)
    pairs_kept = _pairs_kept(kept)
    number = {code: place for place, code in enumerate(scene.order)}
    made: list[Candidate] = []
    nearest: dict[tuple[int, str], Entity] = {}
    # features are told once for all that share them (of act, pair, side), and joined to rows at the end
    acts: list[list[float]] = []
    counts: list[int] = []
    between: list[list[float]] = []
    roles: list[list[float]] = []
    firsts: list[int] = []
    seconds: list[int] = []
    for frame in distinct_frames:
        base = _frame_features(scene, frame)
        inner, wide = _slots_by_code(scene, frame)
        parties = codes(frame.draft.actors), codes(frame.draft.recipients)
        here = len(roles)
        for code in scene.order:
            entity, values = _role(scene, frame, code, parties, inner.get(code, _NOTHING), wide.get(code, _NOTHING))
            roles.append(values)
            nearest[frame.index, code] = entity
        for type_, final in types_of(frame):
            symmetric = bool(frame.entry.partner) and not frame.draft.recipients and (
                type_ == frame.draft.type and frame.draft.chain.turned is None
            )  # fmt: skip
            pairs = _pairs(scene, frame, symmetric)
            acts.append([*base, type_ == frame.entry.type, final, *_ONE_TYPE[type_]])
            counts.append(len(pairs))
            for first, second in pairs:
                made.append(Candidate(frame, type_, first, second, symmetric))
                between.append(
                    _pair_features(scene, frame, type_, final, first, second, symmetric, parties, pairs_kept)
                )
                firsts.append(here + number[first])
                seconds.append(here + number[second])
    if not made:
        return None
    by_side = np.array(roles, dtype=np.float32)
    rows = np.empty((len(made), len(FEATURES)), dtype=np.float32)
    rows[:, :_TO_TYPE] = np.array(acts, dtype=np.float32).repeat(counts, axis=0)
    rows[:, _TO_TYPE:_TO_PAIR] = between
    rows[:, _TO_PAIR:_TO_FIRST] = by_side[firsts]
    rows[:, _TO_FIRST:] = by_side[seconds]
    return Candidates(made, rows, nearest, by_code)


def _distinct(found: Iterable[Frame]) -> list[Frame]:
    """One frame for each predicate and type: the one that the rules chose, else the best fitting."""
    best: dict[tuple[int, str, bool], Frame] = {}
    for frame in found:
        key = (frame.index, frame.draft.type, frame.alleged > 0)
        other = best.get(key)
        if other is None or _fit(frame) < _fit(other):
            best[key] = frame
    return sorted(best.values(), key=lambda frame: (frame.index, frame.rank, frame.alleged))


def _fit(frame: Frame) -> tuple[bool, int, float, int]:
    return frame.vetoed or not frame.named, frame.unmet, -frame.draft.score if frame.named else 0.0, frame.rank


def _pairs_kept(kept: Sequence[Draft]) -> dict[frozenset[str], set[str]]:
    found: dict[frozenset[str], set[str]] = {}
    for draft in kept:
        parties = sorted(codes(draft.actors) | codes(draft.recipients))
        for place, first in enumerate(parties):
            for second in parties[place + 1 :]:
                found.setdefault(frozenset((first, second)), set()).add(draft.type)
    return found


def types_of(frame: Frame) -> list[tuple[str, bool]]:
    """The types that a frame may have: as its chain makes it, and as its entry has it; work may be a promise."""
    draft = frame.draft
    found = [(draft.type, True)]
    if draft.planned_type:
        found.append((draft.planned_type, False))
    elif draft.type != frame.entry.type:
        found.append((frame.entry.type, False))
    if draft.type in {"COOPERATE", "AID"}:
        found.append(("AGREE", False))
    return found


def _pairs(scene: _Scene, frame: Frame, symmetric: bool) -> list[tuple[str, str]]:
    order = scene.order
    if frame.alleged:
        assert frame.speaker is not None
        by = str(frame.speaker.mention.actor)
        return [(by, code) for code in order if code != by]
    if symmetric:
        return [(first, second) for place, first in enumerate(order) for second in order[place + 1 :]]
    return [(first, second) for first in order for second in order if first != second]


def _over(scene: _Scene, index: int) -> list[Attribution]:
    start = scene.tree.tokens[index].start
    return [
        each
        for each in scene.attributions
        if each.content.start <= start < each.content.stop and not each.cue.start <= start < each.cue.stop
    ]


def _tense(tree: Tree, index: int) -> int:
    if index < 0:
        return 0
    if any(tree.tokens[child].feats.get("Tense") == "Fut" for child in tree.children(index, "aux", "aux:pass", "cop")):
        return 3
    return _TENSES.get(tree.tokens[index].feats.get("Tense", ""), 0)


def _negated(tree: Tree, index: int) -> bool:
    return index >= 0 and any(tree.tokens[child].lemma in tree.words.negation for child in tree.children(index))


def _way(tree: Tree, index: int) -> _Way:
    up = [index, *tree.ancestors(index)]
    left = [0]
    for each in up:
        rel = tree.tokens[each].rel
        left.append(left[-1] + (rel in _CLAUSES or (rel == "conj" and tree.is_verbal(each))))
    return _Way(up, {each: number for number, each in enumerate(up)}, left)


def _spot(scene: _Scene, index: int) -> _Spot:
    tree, words = scene.tree, scene.tree.words
    up = scene.way(index).up if index >= 0 else []
    triggers = [each for each in up[1:] if each in scene.types_at]
    below = [tree.tokens[child].lemma for each in up for child in tree.children(each)]
    over = _over(scene, index) if index >= 0 else []
    return _Spot(
        tense=_tense(tree, index),
        negated=_negated(tree, index),
        open=any(lemma in words.conjecture or lemma in words.conditional or lemma in words.irrealis for lemma in below),
        triggers=len(triggers),
        quads={TYPES[name].quad for each in triggers for name in scene.types_at[each]},
        speech=any(tree.tokens[each].lemma in words.speech for each in up[1:]),
        over=len(over),
        speakers={each.actor for each in over if each.actor},
    )


def _frame_features(scene: _Scene, frame: Frame) -> list[float]:
    tree, draft, entry, chain = scene.tree, frame.draft, frame.entry, frame.draft.chain
    token, flags = tree.tokens[frame.index], frame.entry.flags
    spot, up = scene.spot(frame.index), scene.way(frame.index).up
    head, top = scene.spot(token.head), scene.spot(chain.top)
    form = token.feats.get("VerbForm")
    return [
        frame.unmet, len(entry.needs), frame.rank, frame.copies, entry.pos == "VERB", entry.pos == "ADJ",
        "weak" in flags, "speech" in flags, "content" in flags, "relation" in flags,
        "future" in flags, "conjecture" in flags, frame.idle, chain.suppressed, chain.topic, chain.negated,
        chain.turned is not None, STATUSES.index(draft.status), len(chain.supports), chain.deliberate, chain.agreed,
        chain.receiver is not None, frame.group, draft.score if frame.named else 0.0, frame.named,
        any(draft is each for each in scene.drafts), any(draft is each for each in scene.kept), frame.vetoed,
        _RELATIONS.get(token.rel, _OTHER), len(up), spot.over, frame.index / len(tree.tokens),
        len(tree.tokens), len(scene.order), len(scene.types_at), form == "Part", form == "Fin",
        spot.tense, head.tense, top.tense, scene.spot(up[-1]).tense, spot.negated, head.negated, top.negated,
        spot.open, spot.triggers, spot.speech, TYPES[draft.type].quad in spot.quads,
        any(draft.type in types for index, types in scene.types_at.items() if index != frame.index),
        scene.cues, frame.alleged, sum(each.type == draft.type for each in scene.drafts),
    ]  # fmt: skip


def _slots_by_code(scene: _Scene, frame: Frame) -> tuple[_SlotsOf, _SlotsOf]:
    """By code the slots of the frame that name it, its own and the wider ones."""
    if frame.alleged:
        return {}, {}
    slots = frame.draft.slots
    key = (frame.index, *((slot, *words) for slot, words in slots.items()))
    if key not in scene.slots:
        wide = wide_slots(scene.tree, scene.sides, frame.index, slots)
        scene.slots[key] = _named_in(scene, slots), _named_in(scene, wide)
    return scene.slots[key]


def _named_in(scene: _Scene, slots: Slots) -> _SlotsOf:
    found: _SlotsOf = {}
    for slot, words in slots.items():
        for word in words:
            entities = scene.sides.of(word)
            if not entities and slot in {"inf", "clause"}:
                entities = scene.sides.below(word)
            for entity in entities:
                found.setdefault(str(entity.mention.actor), set()).add(slot)
    return found


def _slot_class(tree: Tree, slots: set[str]) -> int:
    """The best known of the slots that name a side; -1 for none."""
    best = -1
    for slot in slots:
        if slot in _PLAIN:
            number = _PLAIN.index(slot)
        elif slot in tree.words.scene or slot == tree.words.ground:
            number = 8
        elif slot in tree.words.giver:
            number = 9
        elif slot in tree.words.joining:
            number = 10
        else:
            number = 11
        best = number if best < 0 else min(best, number)
    return best


def _place(names: Sequence[str], have: set[str]) -> int:
    """3, 2 or 1 by the place of the first wanted slot that a side fills; 0 for none."""
    if have:
        for number, name in enumerate(names):
            if name in have:
                return 3 - min(number, 2)
    return 0


def preposition_class(tree: Tree, index: int) -> int:
    """What a preposition says of its noun's part: 0 for none, else place, goal, topic, owner, company, other."""
    preposition, words = tree.preposition(index), tree.words
    if not preposition:
        return 0
    if preposition in words.where:
        return 1 if tree.case(index) == "loc" else 2
    if preposition in words.topic:
        return 3
    if preposition in words.owner:
        return 4
    return 5 if preposition in words.company else 6


def _path(scene: _Scene, index: int, head: int) -> tuple[int, int, int, int, int]:
    """Steps up from a predicate and down to a mention, clauses left and entered, and the relation of the way in."""
    way, other = scene.way(index), scene.way(head)
    for down, at in enumerate(other.up):
        if at in way.place:
            up = way.place[at]
            way_in = _RELATIONS.get(scene.tree.tokens[other.up[down - 1]].rel, _OTHER) if down else _SELF
            return up, down, way.left[up], other.left[down], way_in
    return 99, 99, 9, 9, _OTHER


def _stand(scene: _Scene, index: int, code: str) -> _Stand:
    """The mention of a side that is nearest to a predicate in the tree, and where it stands."""
    tree, mentions = scene.tree, scene.by_code[code]
    paths = [(_path(scene, index, entity.head), entity) for entity in mentions]
    (up, down, left, entered, way_in), nearest = paths[0] if len(paths) == 1 else min(
        paths,
        key=lambda each: (
            each[0][0] + each[0][1] + 2 * (each[0][2] + each[0][3]) + 3 * (each[1].mention.kind == "place"),
            each[1].start,
        ),
    )  # fmt: skip
    head, mention = nearest.head, nearest.mention
    low, high = sorted((index, head))
    between = {
        entity.mention.actor for entity in scene.entities if low < entity.head < high and entity.mention.actor != code
    }
    token = tree.tokens[head]
    subject = token.rel in {"nsubj", "nsubj:pass"}
    before = [
        up, down, left, entered, way_in, _RELATIONS.get(token.rel, _OTHER), CASES.index(tree.case(head)),
        preposition_class(tree, head), KINDS.index(mention.kind) if mention.kind in KINDS else -1,
        mention.sector in OFFICIAL, mention.sector == "media", _MENTION_TYPES.get(mention.type, 3), head - index,
        len(between), scene.order.index(code), len(mentions), code in scene.spot(index).speakers,
        subject and token.head >= 0 and tree.tokens[token.head].rel == "root",
    ]  # fmt: skip
    after = [
        up > 0 and way_in in {_RELATIONS["nsubj"], _RELATIONS["nsubj:pass"]},
        len(mentions) == 1 and mention.kind == "place",
    ]
    return _Stand(nearest, before, after)


def _role(
    scene: _Scene, frame: Frame, code: str, parties: tuple[set[str], set[str]], own: set[str], wide: set[str]
) -> tuple[Entity, list[float]]:
    """The mention of a side that is nearest to a frame's predicate, and what part it has there."""
    tree, entry = scene.tree, frame.entry
    stand = scene.stand(frame.index, code)
    return stand.nearest, [
        code in parties[0], code in parties[1],
        _place(entry.actor, own), _place(entry.recipient, own), _place(entry.partner, own),
        _place(entry.actor, wide), _place(entry.recipient, wide), _place(entry.partner, wide),
        "inf" in own or "clause" in own, _slot_class(tree, own), _slot_class(tree, wide),
        *stand.before, frame.speaker is not None and frame.speaker.mention.actor == code, *stand.after,
    ]  # fmt: skip


def _pair_features(
    scene: _Scene,
    frame: Frame,
    type_: str,
    final: bool,
    first: str,
    second: str,
    symmetric: bool,
    parties: tuple[set[str], set[str]],
    pairs_kept: dict[frozenset[str], set[str]],
) -> list[float]:
    actors, recipients = parties
    named = final and frame.named
    here = named and (first in actors or first in recipients) and (second in actors or second in recipients)
    order = 0
    if named and recipients:
        order = (first in actors and second in recipients) - (second in actors and first in recipients)
    kept = pairs_kept.get(frozenset((first, second)), _NOTHING) if pairs_kept else _NOTHING
    return [
        here, order, type_ in kept, len(kept - {type_}), len(scene.kept), *_beside(scene, first, second), symmetric,
    ]  # fmt: skip


def _beside(scene: _Scene, first: str, second: str) -> list[float]:
    """Whether two sides share a phrase, are coordinated, stand in this order, and how far apart."""
    key = (first, second)
    if key not in scene.beside:
        ours, theirs = scene.by_code[first], scene.by_code[second]
        conjuncts = scene.tree.conjuncts
        scene.beside[key] = [
            any(a.head == b.head for a in ours for b in theirs),
            any(b.head in conjuncts(a.head) or a.head in conjuncts(b.head) for a in ours for b in theirs),
            ours[0].start < theirs[0].start,
            abs(ours[0].head - theirs[0].head),
        ]
    return scene.beside[key]
