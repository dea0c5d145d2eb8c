"""Who can speak: whether a noun names a human voice, and the whole phrase that names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.code.cues import Cues
from detente.code.tree import Tree

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

PERSONAL = frozenset({"он", "она", "они", "оно", "кто"})
_PARTS = frozenset(
    {
        "amod", "det", "nummod", "nummod:gov", "nummod:entity", "nmod", "nmod:poss", "flat", "flat:name",
        "flat:foreign", "appos", "compound", "fixed", "conj", "cc", "obl", "iobj", "obj", "advmod",
    }
)  # fmt: skip
_NOMINAL = frozenset({"NOUN", "PROPN", "ADJ", "ADP", "CCONJ", "X", "DET"})
_INNER_PREPOSITIONS = frozenset({"в", "при", "по", "на", "из", "от", "за"})
_BRIDGES = frozenset("«»\"“”„()-–—/№&'")
_NO_VOICE_KINDS = frozenset({"attitude", "adjective", "place"})
_OPENING, _CLOSING = frozenset('«„“"'), frozenset('»”“"')


class Voices:
    """Speakers of one sentence: classes of nouns and spans of noun phrases, in token indices."""

    def __init__(self, tree: Tree, entities: Sequence[Entity], cues: Cues) -> None:
        self.tree = tree
        self.cues = cues
        self.entities = entities
        self._at: dict[int, Entity] = {}
        for entity in entities:
            known = self._at.get(entity.head)
            if known is None or (known.inside and not entity.inside):
                self._at[entity.head] = entity

    def entity(self, index: int) -> Entity | None:
        """The resolved mention whose head is the token, else the outermost one that covers it."""
        found = self._at.get(index)
        if found is not None:
            return found
        return next((each for each in self.entities if each.start <= index < each.stop and not each.inside), None)

    def kind(self, index: int) -> str:
        """Class of a token as a speaker: person, organisation, outlet, anonymous, document, pronoun or ''."""
        token = self.tree.tokens[index]
        if token.pos == "PRON":
            return "pronoun" if token.lemma in PERSONAL else ""
        known = self.cues.speakers.get(token.lemma, "")
        if not known and "-" in token.lemma:
            known = self.cues.speakers.get(token.lemma.rpartition("-")[2], "")
        if known == "never":
            return ""
        entity = self._at.get(index)
        if entity is not None and entity.mention.sector == "media" and known not in {"anonymous", "person"}:
            return "outlet"
        if known:
            return "outlet" if known == "container" else known
        if entity is not None and entity.mention.kind not in _NO_VOICE_KINDS:
            return "person" if entity.mention.person or token.feats.get("Animacy") == "Anim" else "organisation"
        if token.feats.get("Animacy") == "Anim" and token.pos in {"NOUN", "PROPN", "ADJ"}:
            return "person"
        if any(name.start <= index < name.stop and name.type != "LOC" for name in self.tree.parse.names):
            return "organisation"
        if token.pos == "NOUN" and self._bears_name(index):
            return "person"
        if token.pos in {"PROPN", "X"} or (token.text.isupper() and len(token.text) > 1):
            return "organisation"
        if token.pos == "NOUN" and token.text[:1].isupper() and index and self.tree.tokens[index - 1].text in _OPENING:
            return "organisation"
        if token.lemma == "один" and any(self.tree.preposition(each) == "из" for each in self.tree.children(index)):
            return "person"
        if token.pos in {"ADJ", "DET", "NUM"} and token.feats.get("Number") == "Plur" and token.rel.startswith("nsubj"):
            return "anonymous"
        return ""

    def _bears_name(self, index: int) -> bool:
        """Whether a person's name follows an office that no table has («бизнес-омбудсмен Борис Титов»)."""
        people = [name for name in self.tree.parse.names if name.type == "PER"]
        return bool(people) and any(
            name.start <= child < name.stop for child in self.tree.children(index, "appos", "flat") for name in people
        )

    def phrase(self, head: int) -> tuple[int, int]:
        """Token span of the noun phrase that names a speaker: office and name, no clauses, no asides."""
        members = {head}
        self._collect(head, members, head)
        start = stop = head
        tokens = self.tree.tokens
        while start > 0:
            if start - 1 in members:
                start -= 1
            elif start > 1 and tokens[start - 1].text in _BRIDGES and start - 2 in members:
                start -= 2
            else:
                break
        stop = self._rightwards(head, members)
        entity = self.entity(head)
        if entity is not None and entity.start <= head < entity.stop and entity.stop - entity.start <= 15:
            texts = [token.text for token in tokens]
            left = next((at + 1 for at in range(head, entity.start, -1) if texts[at] == ","), entity.start)
            right = next((at for at in range(head, entity.stop) if texts[at] == ","), entity.stop)
            start, stop = min(start, left), max(stop, right)
        stop = self._up_to_name(self._with_name(start, stop, head), head)
        return self._with_quotes(start, stop)

    def _collect(self, index: int, members: set[int], head: int) -> None:
        named = False
        for child in self.tree.parse.children[index]:
            token = self.tree.tokens[child]
            if token.rel == "case" and index != head:
                members.add(child)
            if token.rel not in _PARTS or (token.rel == "cc" and index == head) or self._is_aside(index, child, named):
                continue
            if token.rel == "appos" and token.pos in {"PROPN", "X"}:
                named = True
            members.add(child)
            self._collect(child, members, head)

    def _is_aside(self, index: int, child: int, named: bool) -> bool:
        """Whether a dependent is no part of the name: adverbs, times, asides after a comma."""
        tokens = self.tree.tokens
        token, rel = tokens[child], tokens[child].rel
        preposition = self.tree.preposition(child)
        if rel in {"advmod", "cc"}:
            return rel == "advmod"
        if rel == "conj":
            return (
                token.pos not in {"NOUN", "PROPN", "ADJ", "X", "DET"}
                or self.tree.is_verbal(child)
                or not _agree(tokens[index].feats, token.feats)
            )
        if preposition:
            own = named or (tokens[index].pos == "PROPN" and tokens[index].feats.get("Animacy") == "Anim")
            known = self.cues.speakers.get(token.lemma, "")
            return (
                own or preposition not in _INNER_PREPOSITIONS or known in {"never", "container"} or token.pos == "NUM"
            )
        if rel in {"obl", "iobj", "obj"}:
            return token.feats.get("Case") != "Gen"
        first = min(self.tree.descend(child), default=child)
        after_comma = first > index and tokens[first - 1].text in {",", ":", ";"}
        return after_comma and rel not in {"amod", "flat", "flat:name"}

    def _rightwards(self, head: int, members: set[int]) -> int:
        tokens, at = self.tree.tokens, head
        while at + 1 < len(tokens):
            if at + 1 in members:
                at += 1
            elif tokens[at + 1].pos == "PUNCT" and at + 2 in members and tokens[at + 1].text not in {":", ";"}:
                at += 2
            elif (name := self._name_beyond(at, members)) is not None:
                at = name
            else:
                break
        return at + 1

    def _name_beyond(self, at: int, members: set[int]) -> int | None:
        """The name after a «при ООН» or «в Москве» that the parser hung elsewhere."""
        tokens = self.tree.tokens
        if tokens[at + 1].pos != "ADP" or tokens[at + 1].text.lower() not in _INNER_PREPOSITIONS:
            return None
        for beyond in range(at + 2, min(at + 6, len(tokens))):
            if tokens[beyond].pos not in {"NOUN", "PROPN", "ADJ", "X"}:
                return None
            if beyond in members:
                return beyond if tokens[beyond].pos == "PROPN" else None
        return None

    def _with_name(self, start: int, stop: int, head: int) -> int:
        """A person's name right after the office belongs to it, wherever the parser hung it."""
        tokens = self.tree.tokens
        for name in self.tree.parse.names:
            if name.start <= stop - 1 < name.stop and name.start >= start:
                stop = max(stop, name.stop)
            elif (
                name.start == stop
                and name.type == "PER"
                and tokens[head].pos == "NOUN"
                and _agree(tokens[stop].feats, tokens[head].feats)
            ):
                stop = name.stop
        return stop

    def _up_to_name(self, stop: int, head: int) -> int:
        """End of the name that closes a long office («глава комитета по вопросам обороны … Мак Торнберри»)."""
        tokens, names = self.tree.tokens, self.tree.parse.names
        people = {name.start: name.stop for name in names if name.type == "PER" and name.start > head}
        if not people or self.kind(head) != "person" or any(head <= start < stop for start in people):
            return stop
        nominative = tokens[head].feats.get("Case") == "Nom"
        for at in range(stop, min(stop + 16, len(tokens))):
            if at in people and (tokens[at].head == head or (nominative and tokens[at].feats.get("Case") == "Nom")):
                return people[at]
            fits = tokens[at].pos in _NOMINAL or tokens[at].rel == "amod"
            if not fits and tokens[at].text not in _OPENING | _CLOSING:
                break
        return stop

    def _with_quotes(self, start: int, stop: int) -> tuple[int, int]:
        """Take in the closing mark of a name whose opening mark is inside, drop single marks at the edges."""
        tokens = self.tree.tokens
        depth, bracket = 0, -1
        for index in range(start, stop):
            if tokens[index].text == "(":
                bracket = index
            elif tokens[index].text == ")":
                bracket = -1
        if bracket > start:
            closed = stop < len(tokens) and tokens[stop].text == ")"
            stop = stop + 1 if closed and stop - bracket <= 5 else bracket
        for index in range(start, stop):
            text = tokens[index].text
            if text == '"':
                depth = 1 - depth
            else:
                depth += (text in _OPENING) - (text in _CLOSING)
        if depth > 0 and stop < len(tokens) and tokens[stop].text in _CLOSING:
            stop += 1
        while stop - 1 > start and tokens[stop - 1].text in _OPENING - {'"'}:
            stop -= 1
        return start, stop


def _agree(left: dict[str, str], right: dict[str, str]) -> bool:
    one, other = left.get("Case"), right.get("Case")
    return one is None or other is None or one == other
