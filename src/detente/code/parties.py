"""Who does what to whom: the sides of a predicate, by its slots and by the fallbacks of the language.

First the slots of the entry, then what stands a step further off, then the speaker («мы»), the place's
state («в Турции арестовали»), the subject of the governor and the only other side around. Each step
down costs score. An entry flagged ``weak`` takes neither governor nor neighbour; the last resort of all, two
sides alone in the sentence, is open to it too, at the lowest score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.code.allegation import speaker_entity
from detente.code.chain import Chain
from detente.code.draft import LAST_RESORT, Memory, codes
from detente.code.slots import Sides, Slots, fillers, wide_slots
from detente.code.tree import Tree
from detente.lang.lexicon import Entry
from detente.model import Attribution
from detente.ontology.plover import TYPES

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

_PLACES = frozenset({"place"})
FOUND = 0.9
"""Score of sides that the entry's own slots name."""
_MATERIAL_ON_MEDIA = frozenset({"COERCE", "SANCTION", "ASSAULT", "RETREAT", "ACCUSE", "THREATEN"})


def find_sides(
    tree: Tree, sides: Sides, index: int, entry: Entry, slots: Slots, chain: Chain, speaker: Entity | None
) -> tuple[list[Entity], list[Entity], float]:
    """Actors, recipients and score of an entry's frame; two empty lists where it names no two sides.

    A symmetric act has all its parties as actors and no recipients.
    """
    actors, recipients, score = _by_frame(tree, sides, index, entry, slots, chain, speaker)
    if len(actors) + len(recipients) < 2 and not sides.strikes_group(index):
        actors, recipients = _last_resort(tree, sides, entry, slots, chain, speaker)
        score = LAST_RESORT
    return actors, recipients, score


def _last_resort(
    tree: Tree, sides: Sides, entry: Entry, slots: Slots, chain: Chain, speaker: Entity | None
) -> tuple[list[Entity], list[Entity]]:
    """Where the sentence names just two sides, they are the parties of the predicate that it holds."""
    around = _others(tree, sides)
    if len(around) != 2 or _strange_doer(tree, sides, slots):
        return [], []
    if chain.receiver is not None and not sides.resolve(tree.subjects(chain.receiver), deep=True):
        return [], []  # «этот подход подвергается критике»
    first, second = around.values()
    if entry.partner:
        return [first, second], []
    if second.head in tree.conjuncts(first.head):
        return [], []  # «баз в Германии и Ирландии» stand side by side, not against each other
    known = _pick(sides, tree, slots, entry.actor, set(), False)
    target = _pick(sides, tree, slots, entry.recipient, set(), False)
    if known and known[0] in (first, second):
        return known[:1], [second if known[0] is first else first]
    if target and target[0] in (first, second):
        return [second if target[0] is first else first], target[:1]
    if not TYPES[entry.type].cooperative and not TYPES[entry.type].verbal:
        if speaker is None:
            return [], []  # a blow is laid at nobody's door by the mere company of two names
        return ([second], [first]) if speaker is first else ([first], [second])
    return [first], [second]


def _targets(tree: Tree, sides: Sides, index: int, slots: Slots, taken: set[str]) -> list[Entity]:
    """Whom an adjective on the predicate or its object is against."""
    if not sides.targets:
        return []
    return [
        sides.targets[child]
        for word in (index, *slots.get("obj", []), *slots.get("gen", []))
        for child in tree.children(word, "amod")
        if child in sides.targets and sides.targets[child].mention.actor not in taken
    ][:1]


def _others(tree: Tree, sides: Sides) -> dict[str, Entity]:
    """The sides of a sentence that are more than a place, an adjective or a medium, by code."""
    found: dict[str, Entity] = {}
    for entity in sides.actors():
        mention = entity.mention
        if mention.kind in {"place", "adjective"} or mention.sector == "media":
            continue
        if tree.preposition(entity.head) in tree.words.passage and tree.case(entity.head) in {"loc", "acc", "nom"}:
            continue
        found.setdefault(str(mention.actor), entity)
    return found


def _strange_doer(tree: Tree, sides: Sides, slots: Slots) -> bool:
    """Whether the doer is named and is no side («руководство авиакомпании предупредило»)."""
    doers = [word for word in slots.get("subj", []) if tree.tokens[word].pos in {"NOUN", "PROPN"}]
    return bool(doers) and not any(sides.of(word) or sides.below(word) for word in doers)


def _by_frame(
    tree: Tree, sides: Sides, index: int, entry: Entry, slots: Slots, chain: Chain, speaker: Entity | None
) -> tuple[list[Entity], list[Entity], float]:
    if chain.receiver is not None:
        received = tree.subjects(chain.receiver)
        slots["dat"] = received + slots.get("dat", [])
        slots["subj"] = [word for word in slots.get("subj", []) if word not in received]
    wide = wide_slots(tree, sides, index, slots)
    if entry.partner:
        return _symmetric(tree, sides, index, entry, slots, wide, chain, speaker)
    return _directed(tree, sides, index, entry, slots, wide, chain, speaker)


def _symmetric(
    tree: Tree,
    sides: Sides,
    index: int,
    entry: Entry,
    slots: Slots,
    wide: Slots,
    chain: Chain,
    speaker: Entity | None,
) -> tuple[list[Entity], list[Entity], float]:
    score = FOUND
    actors = _together(tree, sides, slots, entry)
    if len(actors) < 2:
        actors += [e for e in _together(tree, sides, wide, entry) if e.mention.actor not in codes(actors)]
    if len(actors) < 2:
        actors += _about_whom(tree, sides, index, chain, actors)
    if len(actors) == 1 and speaker is not None and speaker.mention.actor not in codes(actors):
        actors = [speaker, *actors]
    if _one_group(actors):
        return [], [], score  # «страны Балтии» are one side, not each other's partners
    if len(actors) > 1:
        return actors, [], score
    recipients = _pick(sides, tree, slots, entry.recipient, codes(actors), True) if actors else []
    if actors and not recipients:
        recipients = _pick(sides, tree, wide, entry.recipient, codes(actors), True)
    if recipients:
        return actors, recipients, score
    bare = not actors and not chain.supports and entry.pos == "NOUN"
    if "weak" in entry.flags or bare:
        return [], [], score
    partner = _pick(sides, tree, slots, entry.partner, set(), False)
    if not actors or partner:
        # «после встречи с министрами Нуланд отправилась в Киев»: the traveller met them
        actors += _above(tree, sides, index, codes(actors))
        score -= 0.15
        if len(actors) > 1:
            return actors, [], score
    if actors and entry.type == "CONSULT" and not partner:
        hosts = _hosts(tree, sides, slots, wide, codes(actors))
        if hosts:
            return actors, hosts, score - 0.3
    others = _around(tree, sides, index, chain, codes(actors)) if actors else []
    return actors + others, [], score - 0.25


def _one_group(actors: Sequence[Entity]) -> bool:
    return (
        len(actors) > 1
        and len({(entity.head, entity.mention.kind) for entity in actors}) == 1
        and (actors[0].mention.kind == "state_group")
    )


def _directed(
    tree: Tree,
    sides: Sides,
    index: int,
    entry: Entry,
    slots: Slots,
    wide: Slots,
    chain: Chain,
    speaker: Entity | None,
) -> tuple[list[Entity], list[Entity], float]:
    score = FOUND
    actors = _pick(sides, tree, slots, entry.actor, set(), False)
    if chain.receiver is not None and not actors:
        actors = _pick(sides, tree, slots, tree.words.giver, set(), True)
    wanted = ["dat", *entry.recipient] if chain.receiver is not None else list(entry.recipient)
    recipients = _pick(sides, tree, slots, wanted, codes(actors), True)
    if not actors:
        actors = _pick(sides, tree, wide, [name for name in entry.actor if "+" in name], codes(recipients), False)
    if not recipients:
        recipients = _targets(tree, sides, index, slots, codes(actors))
    if not recipients:
        recipients = _pick(sides, tree, wide, wanted, codes(actors), True)
    if actors and not recipients:
        recipients = _pick(sides, tree, slots, [*wanted, "inf", "clause"], codes(actors), False, deep=True)
        score -= 0.1
    actors, recipients = _own(entry, speaker, actors, recipients)
    if not actors and _doerless(tree, index, chain, slots):
        actors = _pick(sides, tree, slots, tree.words.scene, codes(recipients), True)
    if "weak" in entry.flags:
        return (actors, recipients, score) if actors and recipients else ([], [], score)
    if len(actors) > 1 and not recipients and any(_gives_back(tree, each) for each in chain.supports):
        return actors, [], score
    if not actors and recipients and "obj" not in entry.recipient:
        actors = _pick(sides, tree, slots, ["obj"], codes(recipients), False)
    unnamed = not actors and not recipients and entry.pos == "NOUN"
    if unnamed or (not actors and _strange_doer(tree, sides, slots)):
        return [], [], score
    if not actors:
        far = TYPES[entry.type].cooperative or entry.pos == "VERB"
        actors = _above(tree, sides, index, codes(recipients), far)
        score -= 0.2
    if actors and not recipients:
        recipients = _around(tree, sides, index, chain, codes(actors), far=entry.type != "ASSAULT")
        score -= 0.25
    if not recipients and not entry.recipient:
        return actors, [], score
    return (actors, recipients, score) if recipients else ([], [], score)


def _own(
    entry: Entry, speaker: Entity | None, actors: list[Entity], recipients: list[Entity]
) -> tuple[list[Entity], list[Entity]]:
    """The speaker's own part: he does what he promises, decrees or demands, and suffers what he complains of."""
    if speaker is None or speaker.mention.actor in codes(actors) | codes(recipients):
        return actors, recipients
    type_ = TYPES[entry.type]
    material_conflict = not type_.cooperative and not type_.verbal
    if not actors and not material_conflict:
        return [speaker], recipients
    if actors and not recipients and material_conflict:
        return actors, [speaker]
    if recipients and not actors and entry.type == "SANCTION":
        return [speaker], recipients
    return actors, recipients


def _gives_back(tree: Tree, index: int) -> bool:
    return tree.tokens[index].lemma in tree.words.exchange


def _about_whom(tree: Tree, sides: Sides, index: int, chain: Chain, actors: Sequence[Entity]) -> list[Entity]:
    """«Переговоры о выходе Англии из ЕС»: the only two sides below an act of two are its parties."""
    if sides.strikes_group(index):
        return []
    found = {entity.mention.actor: entity for entity in actors}
    for anchor in (index, *chain.supports[:1]):
        for child, _ in tree.depth_within(anchor, 5):
            for entity in sides.at(child):
                mention = entity.mention
                if mention.kind not in {"place", "adjective", "pronoun"} and mention.sector != "media":
                    found.setdefault(mention.actor, entity)
        if len(found) > 1:
            break
    return [entity for entity in found.values() if entity not in actors] if len(found) == 2 else []


def _doerless(tree: Tree, index: int, chain: Chain, slots: Slots) -> bool:
    """«В Турции арестовали россиянина», «в США введены санкции»: no doer, so the place's state acts."""
    if slots.get("subj"):
        return False
    verb = next((each for each in (index, *chain.supports) if tree.is_verbal(each)), None)
    if verb is None:
        return False
    feats = tree.tokens[verb].feats
    return tree.is_passive(verb) or (feats.get("Number") == "Plur" and feats.get("VerbForm") == "Fin")


def voice(tree: Tree, sides: Sides, index: int, slots: Slots, attributions: Sequence[Attribution]) -> Entity | None:
    """The side that speaks: «мы» and «наша страна» are its own, and so is an act that names no doer."""
    subject = slots.get("subj", [])
    if subject and not all(tree.tokens[word].lemma in tree.words.first_person for word in subject):
        return None
    start = tree.tokens[index].start
    for attribution in attributions:
        if attribution.content.start <= start < attribution.content.stop:
            found = speaker_entity(sides, attribution)
            if found is not None and found.mention.sector != "media":
                return found
    return None


def _hosts(tree: Tree, sides: Sides, slots: Slots, wide: Slots, taken: set[str]) -> list[Entity]:
    """The country of the place: «затем последовала встреча в Москве» is a meeting with the hosts."""
    for table in (slots, wide):
        for name in ("в+loc", "в+acc"):
            found = [e for e in sides.resolve(fillers(tree, table, name)) if e.mention.actor not in taken]
            if found:
                return found[:1]
    return []


def _together(tree: Tree, sides: Sides, slots: Slots, entry: Entry) -> list[Entity]:
    """All parties of a symmetric act, each once."""
    found: dict[str, Entity] = {}
    for name in (*entry.actor, *entry.partner, *tree.words.joining):
        for entity in sides.resolve(fillers(tree, slots, name)):
            if entity.mention.kind not in _PLACES and entity.mention.actor:
                found.setdefault(entity.mention.actor, entity)
    return list(found.values())


def _above(tree: Tree, sides: Sides, index: int, taken: set[str], far: bool = True) -> list[Entity]:
    """The subject of the nearest governor that has one: who speaks, decides or travels there.

    An act of conflict is not laid at the door of one who only speaks of it (``far`` is false).
    """
    for ancestor in tree.ancestors(index):
        if not tree.is_verbal(ancestor):
            continue
        if not far and tree.tokens[ancestor].lemma in tree.words.speech:
            return []
        found = [
            entity
            for entity in sides.resolve(tree.subjects(ancestor))
            if entity.mention.actor not in taken and entity.mention.kind not in _PLACES
            and entity.mention.sector != "media"
        ]  # fmt: skip
        if found or not far:
            return found
    return []


def _around(tree: Tree, sides: Sides, index: int, chain: Chain, taken: set[str], far: bool = True) -> list[Entity]:
    """The other side where no slot names it: below the predicate, else (``far``) the only other one around."""
    if sides.strikes_group(index):
        return []  # «удары по боевикам в Сирии» are none on Syria
    anchors = [index, *chain.supports]
    for anchor in anchors:
        for child, depth in tree.depth_within(anchor, 4):
            found = [
                entity
                for entity in sides.at(child)
                if entity.mention.actor not in taken and not _venue(tree, entity)
                and entity.mention.sector != "media" and (depth == 1 or entity.mention.kind != "adjective")
            ]  # fmt: skip
            if found:
                return found[:1]
    if not far:
        return []
    rest = [entity for code, entity in _others(tree, sides).items() if code not in taken]
    return rest if len(rest) == 1 else []


def _venue(tree: Tree, entity: Entity) -> bool:
    """A place that is only where things happen; «шлёт в Астану» names a goal."""
    if entity.mention.kind not in _PLACES:
        return False
    return (
        entity.mention.sector != "government" or tree.preposition(entity.head) != "в" or tree.case(entity.head) == "loc"
    )


def turn(
    tree: Tree, sides: Sides, chain: Chain, actors: list[Entity], recipients: list[Entity]
) -> tuple[list[Entity], list[Entity]]:
    """Who ends, cancels or refuses is the actor of the turned act; the others receive it."""
    assert chain.turner is not None
    head = chain.turner
    words = tree.subjects(head) if tree.is_verbal(head) else tree.owners(head)
    doers = [entity for entity in sides.resolve(words) if entity.mention.kind not in _PLACES]
    if not doers:
        return actors, recipients
    taken = codes(doers)
    return doers, [entity for entity in (*actors, *recipients) if entity.mention.actor not in taken]


def legal(actors: list[Entity], recipients: list[Entity], type_: str) -> tuple[list[Entity], list[Entity]]:
    """Media speak and seldom act; nobody acts on itself."""
    actors = [entity for entity in actors if entity.mention.sector != "media"]
    if type_ not in _MATERIAL_ON_MEDIA:
        recipients = [entity for entity in recipients if entity.mention.sector != "media"]
    taken = codes(actors)
    return actors, [entity for entity in recipients if entity.mention.actor not in taken]


def remembered(
    tree: Tree, sides: Sides, slots: Slots, entry: Entry, memory: Memory, sentence: int
) -> tuple[list[Entity], list[Entity]]:
    """«Также он посетил военные объекты», «в завершение визита состоялись переговоры с министром»."""
    names = (*entry.actor, *entry.partner) if entry.partner else entry.actor
    found = _pick(sides, tree, slots, names, set(), False)
    if len(found) != 1:
        return [], []
    other = memory.other(sentence, found[0].mention.actor)
    if other is None:
        return [], []
    return ([*found, other], []) if entry.partner else (found, [other])


def _pick(
    sides: Sides, tree: Tree, slots: Slots, names: Sequence[str], taken: set[str], place: bool, deep: bool = False
) -> list[Entity]:
    """Sides of the first slot that names one not yet taken; ``deep`` looks through any phrase below it."""
    for name in names:
        words = fillers(tree, slots, name)
        if name.endswith("+loc") and not deep:
            # «в ЦРУ обвинили»: a place acts only if it is a side itself, not by what stands below it
            words = [word for word in words if sides.at(word)] if name in tree.words.scene else words
        found = [
            entity
            for entity in sides.resolve(words, deep)
            if entity.mention.actor not in taken and (place or entity.mention.kind not in _PLACES)
        ]
        if found:
            return found
    return []
