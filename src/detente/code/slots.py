"""Slots: which words fill a predicate's argument slots, and which sides those words name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from detente.actor.tables import actors
from detente.code.tree import Tree
from detente.lang.lexicon import Condition

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

Slots = dict[str, list[int]]

_BARE = {"gen": "gen", "dat": "dat", "ins": "ins", "acc": "obj"}
# slots whose words may carry what belongs to the predicate
_CARRIERS = ("obj", "gen", "ins")
# kinds of mention that never make a side
_NO_SIDE = frozenset({"attitude", "armed_group", "contested_place"})


@cache
def acting() -> frozenset[str]:
    """Codes that can be a side of an event: states, contested entities, and the codebook's blocs."""
    return frozenset(code for code, actor in actors().items() if actor.acts)


class Sides:
    """The entities of one sentence by token, and the way from a filler to the side that it names."""

    def __init__(self, tree: Tree, entities: Sequence[Entity]) -> None:
        self.tree = tree
        self.entities = [entity for entity in entities if entity.mention.kind not in _NO_SIDE]
        self._cover: dict[int, list[Entity]] = {}
        self._head: dict[int, list[Entity]] = {}
        self._of: dict[int, list[Entity]] = {}
        self._below: dict[int, list[Entity]] = {}
        self._actors: list[Entity] | None = None
        self.wide: dict[tuple[object, ...], Slots] = {}
        allowed = acting()
        for entity in self.entities:
            if entity.inside or entity.mention.actor not in allowed:
                continue
            self._head.setdefault(entity.head, []).append(entity)
            for index in range(entity.start, entity.stop):
                self._cover.setdefault(index, []).append(entity)
        self._joint_bodies()
        # «антироссийские санкции»: the adjective names whom they are against
        self.targets = {
            entity.head: entity
            for entity in entities
            if entity.mention.kind == "attitude"
            and entity.mention.actor in allowed
            and entity.mention.text.lower().startswith(tuple(tree.words.against))
        }
        # what the tables know to be no side closes the way to the names below it
        self.groups = {
            index
            for entity in entities
            if entity.mention.kind == "armed_group"
            for index in range(entity.start, entity.stop)
        }
        self._closed = self.groups | {
            index
            for entity in entities
            if entity.mention.actor is None and not entity.inside and entity.mention.kind in _NO_SIDE
            for index in range(entity.start, entity.stop)
        }

    def _joint_bodies(self) -> None:
        """«Совет Россия — НАТО» names both: an organisation of no one's that holds two names."""
        for outer in self.entities:
            if outer.mention.actor is not None or outer.inside or outer.head in self._head:
                continue
            inner = {
                entity.mention.actor: entity
                for entity in self.entities
                if entity.inside and outer.start <= entity.start < outer.stop and entity.mention.actor in acting()
            }
            if len(inner) > 1:
                self._head[outer.head] = list(inner.values())
                for index in range(outer.start, outer.stop):
                    self._cover.setdefault(index, list(inner.values()))

    def strikes_group(self, index: int) -> bool:
        """Whether an armed group stands below the predicate: then the state around it is no target."""
        return bool(self.groups) and any(child in self.groups for child, _ in self.tree.depth_within(index, 4))

    def actors(self) -> list[Entity]:
        """Every entity of the sentence that is a side, in order."""
        if self._actors is None:
            self._actors = [e for e in self.entities if not e.inside and e.mention.actor in acting()]
        return self._actors

    def at(self, index: int) -> list[Entity]:
        """Entities whose phrase is headed by the token, or covers it."""
        return self._head.get(index) or self._cover.get(index, [])

    def of(self, index: int) -> list[Entity]:
        """The sides that a filler names: itself, else the owner found below it."""
        if index not in self._of:
            self._of[index] = self._find(index)
        return self._of[index]

    def _find(self, index: int, depth: int = 3) -> list[Entity]:
        found = self.at(index)
        if found:
            return self._with_conjuncts(found)
        if index in self._closed:
            return found
        # «обстрел Сирии Израилем»: the agent of a deed owns it before the one who suffers it
        agents = [
            child
            for child, _ in self.tree.depth_within(index, 2)
            if self.tree.tokens[child].rel in {"nmod", "obl"}
            and self.tree.case(child) == "ins"
            and not self.tree.preposition(child)
            and self.at(child)
        ]
        if agents:
            return self.at(agents[0])
        level = [index]
        for _ in range(depth):
            below = [child for at in level for child in self.tree.children(at) if self._owns(child)]
            found = [entity for child in below for entity in self.at(child)]
            if found:
                return found
            level = below
        return []

    def _with_conjuncts(self, found: list[Entity]) -> list[Entity]:
        """«ВКС России и ВВС Турции»: what the parser coordinates with a word inside the phrase."""
        more = list(found)
        for entity in found:
            for index in range(entity.start, entity.stop):
                for child in self.tree.children(index, "conj"):
                    if not entity.start <= child < entity.stop:
                        for other in self.at(child):
                            if other not in more and other.mention.kind != "place":
                                more.append(other)
        return more

    def _owns(self, child: int) -> bool:
        token = self.tree.tokens[child]
        if token.rel in {"amod", "appos", "flat:name", "conj", "flat:foreign", "nummod:gov", "nummod", "parataxis"}:
            return token.feats.get("VerbForm") != "Part"
        return token.rel in {"nmod", "obl"} and self.tree.preposition(child) in {"", *self.tree.words.owner}

    def below(self, index: int) -> list[Entity]:
        """The nearest sides anywhere below a filler, through any phrase but not into another clause."""
        if index not in self._below:
            self._below[index] = self._find_below(index)
        return self._below[index]

    def _find_below(self, index: int, depth: int = 4) -> list[Entity]:
        level = [index]
        for _ in range(depth):
            level = [
                child
                for at in level
                for child in self.tree.children(at)
                if self.tree.tokens[child].rel not in {"acl:relcl", "parataxis", "advcl"} and child not in self._closed
            ]
            found = [entity for child in level for entity in self.at(child)]
            if found:
                return found
        return []

    def resolve(self, fillers: Iterable[int], deep: bool = False) -> list[Entity]:
        """Sides of several fillers, each code once, in order."""
        found: dict[str, Entity] = {}
        for filler in fillers:
            for entity in self.of(filler) or (self.below(filler) if deep else []):
                assert entity.mention.actor is not None
                found.setdefault(entity.mention.actor, entity)
        return list(found.values())


def verb_slots(tree: Tree, verb: int) -> Slots:
    """Fillers of a verb form's slots; a passive's subject is its object and its agent its subject."""
    slots = _dependents(tree, verb)
    subjects = tree.subjects(verb)
    if tree.is_passive(verb):
        slots["obj"] = subjects + slots.get("obj", [])
        agents = [child for child in slots.get("ins", []) if tree.tokens[child].pos in {"NOUN", "PROPN", "PRON"}]
        slots["subj"] = agents + slots.get("со стороны+gen", [])
    else:
        slots["subj"] = subjects
        for child in slots.pop("gen", []):
            slots.setdefault("obj", []).append(child)
    return slots


def noun_slots(tree: Tree, noun: int) -> Slots:
    """Fillers of a deverbal noun's slots."""
    slots = _dependents(tree, noun)
    adjectives = [c for child in tree.children(noun, "amod") for c in tree.conjuncts(child)]
    slots["adj"] = [child for child in adjectives if tree.tokens[child].feats.get("VerbForm") != "Part"]
    slots["adj"] += [child for child in tree.children(noun, "appos", "compound") if child not in slots["adj"]]
    if tree.children(noun, "nsubj"):
        slots["subj"] = tree.own_subjects(noun)
    return slots


def _dependents(tree: Tree, index: int) -> Slots:
    """What hangs on a token by slot; the caller may change it."""
    if index not in tree.slots:
        tree.slots[index] = _find_dependents(tree, index)
    return {slot: words.copy() for slot, words in tree.slots[index].items()}


def _find_dependents(tree: Tree, index: int) -> Slots:
    slots: Slots = {}
    for child in tree.children(index):
        token = tree.tokens[child]
        rel = token.rel
        if rel == "xcomp" and token.pos in {"NOUN", "PROPN"}:
            _add(slots, _oblique_slot(tree, child), tree, child)
        elif rel == "xcomp" or (token.feats.get("VerbForm") == "Inf" and rel in {"obj", "obl", "nmod", "acl", "advcl"}):
            slots.setdefault("inf", []).extend(tree.conjuncts(child))
        elif rel == "ccomp" or (rel in {"acl", "advcl"} and token.feats.get("VerbForm") == "Fin"):
            slots.setdefault("clause", []).append(child)
        elif rel == "obj":
            _add(slots, _object_slot(tree, child), tree, child)
        elif rel in {"obl", "nmod", "iobj", "obl:agent", "advmod", "nummod:gov", "parataxis", "appos"}:
            if rel == "advmod" and token.pos not in {"NOUN", "PROPN"}:
                continue
            _add(slots, _oblique_slot(tree, child), tree, child)
    return slots


def wide_slots(tree: Tree, sides: Sides, index: int, slots: Slots) -> Slots:
    """What stands a step further off, where the parser hangs it on the object or on the governor.

    «поставляет газ Турции» hangs Турции on газ; «координация действий между Россией и Израилем» hangs the
    partners on действий; «поезд из Китая прибыл в Иран» hangs Иран on the verb.
    """
    key = (index, *(tuple(slots.get(name, ())) for name in _CARRIERS))
    if key not in sides.wide:
        sides.wide[key] = _find_wide(tree, sides, index, slots)
    return sides.wide[key]


def _find_wide(tree: Tree, sides: Sides, index: int, slots: Slots) -> Slots:
    wide: Slots = {}
    level = [word for name in _CARRIERS for word in slots.get(name, []) if not sides.at(word)]
    for _ in range(2):
        below: list[int] = []
        for word in level:
            for slot, words in _dependents(tree, word).items():
                if "+" in slot or slot in {"dat", "ins"}:
                    wide.setdefault(slot, []).extend(words)
                elif slot in {"gen", "obj"}:
                    below += [each for each in words if not sides.at(each)]
                    wide.setdefault("dat", []).extend(each for each in words if sides.at(each))
        level = below
    token = tree.tokens[index]
    if token.pos in {"NOUN", "PROPN"} and token.head >= 0 and tree.is_verbal(token.head):
        for slot, words in verb_slots(tree, token.head).items():
            if "+" in slot or slot == "dat":
                wide.setdefault(slot, []).extend(word for word in words if word != index)
    return wide


def _object_slot(tree: Tree, child: int) -> str:
    preposition = tree.preposition(child)
    if preposition:
        return f"{preposition}+{tree.case(child) or 'acc'}"
    case = tree.case(child)
    return case if case in {"dat", "ins"} else "obj"


def _oblique_slot(tree: Tree, child: int) -> str:
    preposition = tree.preposition(child)
    if preposition:
        case = tree.case(child)
        return f"{preposition}+{'acc' if case in {'nom', ''} else case}"
    return _BARE.get(tree.case(child), "")


def _add(slots: Slots, slot: str, tree: Tree, child: int) -> None:
    if not slot:
        return
    preposition, plus, _ = slot.partition("+")
    compound = tree.words.compound.get(f"{preposition} {tree.tokens[child].lemma}") if plus else None
    if compound:
        slot = compound + "+gen"
        fillers = [
            each
            for below in tree.children(child, "nmod", "obl", "amod", "det")
            for each in tree.conjuncts(below)
            if tree.tokens[below].rel != "det" or tree.tokens[below].feats.get("Case") == "Gen"
        ]
    else:
        words = tree.conjuncts(child)
        if slot == "gen" and any(tree.case(each) == "dat" for each in words):
            slot = "dat"  # «посвятили встречу Сирии и Ираку»: one plain form tells the case of all
        fillers = [tree.antecedent(each) for each in words]
    slots.setdefault(slot, []).extend(fillers)


def fillers(tree: Tree, slots: Slots, slot: str) -> list[int]:
    """Words in a slot; cases that the tagger confuses on indeclinable names count for each other."""
    found = list(slots.get(slot, []))
    if slot in tree.words.scene:
        found += slots.get(tree.words.ground, [])
    preposition, plus, case = slot.rpartition("+")
    if not plus:
        return found
    for other, words in slots.items():
        before, sign, after = other.rpartition("+")
        if not sign or before != preposition or after == case:
            continue
        if preposition in tree.words.one_case or " " in preposition:
            found += words
        else:
            found += [word for word in words if _indeclinable(tree, word)]
    return found


def _indeclinable(tree: Tree, index: int) -> bool:
    token = tree.tokens[index]
    return (token.text.isupper() and len(token.text) > 1) or token.lemma in tree.words.indeclinable


def holds(
    tree: Tree, sides: Sides, index: int, slots: Slots, condition: Condition, supports: Sequence[int] = ()
) -> bool:
    """Whether a predicate's frame meets one condition of an entry; light verbs above it count as its own."""
    if condition.slot == "number":
        return (tree.tokens[index].feats.get("Number") in condition.words) == condition.wanted
    if condition.slot == "has":
        near, words = tree.near(index, supports)
        if not words.isdisjoint(condition.words):
            return condition.wanted
        if not condition.marks and not condition.phrases:
            return not condition.wanted
        return any(_is(tree, sides, word, condition) for word in near) == condition.wanted
    found = fillers(tree, slots, condition.slot)
    return any(_matches(tree, sides, word, condition) for word in found) == condition.wanted


def _is(tree: Tree, sides: Sides, index: int, condition: Condition) -> bool:
    token = tree.tokens[index]
    if token.lemma in condition.words or token.text.lower() in condition.words:
        return True
    marked = condition.marks
    if marked:
        for entity in sides.at(index):
            kind = entity.mention.type
            if "@actor" in marked or ("@person" in marked and (kind == "PER" or entity.mention.office)):
                return True
            if "@org" in marked and (kind == "ORG" or entity.mention.sector in {"company", "organisation"}):
                return True
    return any(_phrase(tree, index, phrase) for phrase in condition.phrases)


def _phrase(tree: Tree, index: int, phrase: Sequence[str]) -> bool:
    """Whether a word of the phrase stands at the token and the others right beside it."""
    tokens = tree.tokens
    for place, word in enumerate(phrase):
        first = index - place
        if word in {tokens[index].lemma, tokens[index].text.lower()} and first >= 0:
            run = tokens[first : first + len(phrase)]
            if len(run) == len(phrase) and all(
                each in {token.lemma, token.text.lower()} for each, token in zip(phrase, run, strict=True)
            ):
                return True
    return False


def _matches(tree: Tree, sides: Sides, index: int, condition: Condition) -> bool:
    """A filler, or a head noun's direct genitive («серию ударов»), is one of the words."""
    if _is(tree, sides, index, condition):
        return True
    return any(
        _is(tree, sides, child, condition)
        for child in tree.children(index, "nmod", "amod", "flat", "appos")
        if not tree.preposition(child)
    )
