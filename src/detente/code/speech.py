"""Attributions of one sentence: cues with their speaker and the stretch that they reach over.

Found here are drafts in document offsets; ``speaker`` joins them over sentences. A draft's ``scope``
says how its content was found: ``clause`` under the cue, ``sentence`` around a parenthesis, ``before``
for what stood in earlier sentences, ``after`` where it runs on past the sentence's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detente.code.cues import Cue, Cues
from detente.code.reach import Reach
from detente.code.source import Sources, Speaker
from detente.code.tree import Tree
from detente.code.voice import Voices
from detente.model import CueKind

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

# «приводит слова X», «передаёт заявление X»: X says it
_QUOTED = frozenset({"слово", "заявление", "цитата", "высказывание", "комментарий", "ответ"})
_CITING = frozenset({"ссылка", "ссылаться"})
_HOUSES = frozenset({"organisation", "outlet", "anonymous", "person"})
# what a headline's label names when it is a topic, not a voice
_NO_LABEL = frozenset({"name", "place", "contested_place", "demonym", "adjective", "bloc"})


@dataclass(slots=True)
class Draft:
    """An attribution in the making; spans are (start, stop) in document offsets."""

    sentence: int
    cue: tuple[int, int]
    content: tuple[int, int]
    kind: CueKind
    scope: str
    phrase: tuple[int, int]
    speaker: tuple[int, int] | None = None
    head: int | None = None
    voice: str = ""
    hearsay: bool = False
    tail: bool = False
    pending: str = ""
    outer: Draft | None = None
    entity: Entity | None = None


class Speech:
    """Finds the drafts of one sentence."""

    def __init__(self, number: int, tree: Tree, entities: Sequence[Entity], cues: Cues) -> None:
        self.number = number
        self.tree = tree
        self.tokens = tree.tokens
        self.cues = cues
        self.voices = Voices(tree, entities, cues)
        self.reach = Reach(tree, cues.verbs)
        self.used: set[int] = set()
        self.who = Sources(tree, self.voices, self.reach, cues, self.used)
        self.drafts: list[Draft] = []

    def find(self) -> list[Draft]:
        """All drafts of the sentence; those of prepositions and phrases first, since they use words up."""
        for index, words, phrase in self._phrases():
            self._phrase(index, words, phrase)
        for token in self.tokens:
            if token.pos == "NOUN" or token.lemma in {"согласно", "ссылаться"}:
                self._preposition(token.index)
        for token in self.tokens:
            if token.index in self.used:
                continue
            verb = self.cues.verbs.get(token.lemma)
            if verb is None and token.pos == "ADJ" and token.feats.get("Variant") == "Short":
                verb = self.cues.adjectives.get(token.lemma)
            if verb is not None:
                self._verb(token.index, verb)
        for token in self.tokens:
            if token.pos == "NOUN" and token.index not in self.used and token.lemma in self.cues.nouns:
                self._noun(token.index, self.cues.nouns[token.lemma])
            elif token.lemma in self.cues.particles:
                self._particle(token.index, self.cues.particles[token.lemma])
        self._headline()
        return self.drafts

    # -- building ---------------------------------------------------------------------------------

    def _chars(self, start: int, stop: int) -> tuple[int, int]:
        return self.tokens[start].start, self.tokens[stop - 1].stop

    def _add(
        self,
        words: tuple[int, int],
        content: tuple[int, int],
        cue: CueKind,
        scope: str,
        speaker: Speaker,
        phrase: tuple[int, int] | None = None,
        tail: bool = False,
        outer: Draft | None = None,
    ) -> Draft | None:
        if content[0] >= content[1] and scope != "before":
            return None
        if scope == "sentence" and outer is None and sum(t.pos != "PUNCT" for t in self.tokens[slice(*content)]) < 2:
            return None
        span = None
        if speaker.head is not None:
            span = self._chars(*self.voices.phrase(speaker.head))
        draft = Draft(
            sentence=self.number,
            cue=self._chars(*words),
            content=self._chars(*content) if content[0] < content[1] else (0, 0),
            kind=cue,
            scope=scope,
            phrase=self._chars(*(phrase or words)),
            speaker=span,
            head=speaker.head,
            voice=speaker.voice,
            hearsay=speaker.hearsay,
            tail=tail,
            pending=speaker.pending,
            outer=outer,
            entity=self.voices.entity(speaker.head) if speaker.head is not None else None,
        )
        self.drafts.append(draft)
        return draft

    # -- phrases: «стало известно», «ходят слухи» ---------------------------------------------------

    def _phrases(self) -> Iterator[tuple[int, tuple[str, ...], Cue]]:
        for token in self.tokens:
            for words, cue in self.cues.phrases.get(token.text.lower(), ()):
                stop = token.index + len(words)
                if (
                    token.index not in self.used
                    and tuple(t.text.lower() for t in self.tokens[token.index : stop]) == words
                ):
                    self.used.update(range(token.index, stop))
                    yield token.index, words, cue
                    break

    def _phrase(self, index: int, words: tuple[str, ...], cue: Cue) -> None:
        stop = index + len(words)
        speaker = Speaker(hearsay="hearsay" in cue.flags)
        for at in range(index, stop):
            found = self.who.container(at, "source" in cue.flags)
            if found is not None:
                speaker = found
        if index and self.tokens[index - 1].lemma == "не":
            return
        span = (index, stop)
        clause = self.reach.clause_after(stop, index)
        if clause is not None:
            self._add(span, clause, cue.kind, "clause", speaker)
        elif any(self.reach.about_this(at) is not None for at in range(index, stop)):
            self._add(span, (0, 0), cue.kind, "before", speaker)
        elif index and self.tokens[index - 1].lemma == "как":
            self._rest(span, (index - 1, self.reach.phrase(stop - 1)[1]), cue.kind, speaker)
        elif self.reach.relative_about(index, stop):
            self._add(span, (0, self.reach.comma_before(index)), cue.kind, "sentence", speaker, tail=True)
        elif index > 1 and self.reach.is_tail(index):
            self._rest(span, (index, self.reach.last + 1), cue.kind, speaker)

    def _rest(
        self,
        words: tuple[int, int],
        phrase: tuple[int, int],
        kind: CueKind,
        speaker: Speaker,
        outer: Draft | None = None,
    ) -> Draft | None:
        """A parenthesis: the content is what is left of the sentence on its one side, or all of it."""
        content, tail = self.reach.around(*phrase)
        inserted = not tail and content[0] < phrase[0]
        host = self.reach.host(words[1] - 1) if inserted else None
        content = host or content
        return self._add(words, content, kind, "sentence", speaker, phrase, tail, outer)

    # -- prepositions: «по словам X», «со ссылкой на X» ---------------------------------------------

    def _preposition(self, index: int) -> None:
        token, tree = self.tokens[index], self.tree
        if token.lemma in _CITING:
            return
        preposition = tree.preposition(index)
        if not preposition:
            return
        if preposition.startswith("судя"):
            preposition = "судя по"
        cue = self.cues.prepositions.get((preposition, token.lemma))
        if cue is None:
            if preposition == "согласно" and self.voices.kind(index) in _HOUSES:
                speaker = self.who.named(index)
                if speaker is not None:
                    first = min(tree.children(index, "case"), default=index)
                    self._rest((first, first + 1), (first, self.reach.phrase(index)[1]), "report", speaker)
            return
        first = min([child for child in tree.children(index, "case") if child < index], default=index)
        speaker = self.who.owner(index)
        if speaker is None:
            if "hearsay" not in cue.flags and preposition != "согласно":
                return
            if token.lemma not in {"слух", "сплетня", "молва", "источник"} and not self._vague(index):
                return
            speaker = Speaker(hearsay="hearsay" in cue.flags)
        if (preposition, token.lemma) == ("с", "точка") and not any(
            self.tokens[child].lemma == "зрение" for child in tree.children(index)
        ):
            return
        phrase = self.reach.phrase(index)
        self.used.update(range(first, index + 1))
        kind = cue.kind
        self._rest((first, index + 1), (min(first, phrase[0]), phrase[1]), kind, speaker)

    def _vague(self, index: int) -> bool:
        """Whether «данные», «информация» stand alone or with words that name no owner."""
        found = [self.tokens[child] for child in self.tree.parse.children[index]]
        return not any(t.rel == "nmod" and t.pos == "NUM" for t in found)

    # -- verbs --------------------------------------------------------------------------------------

    def _verb(self, index: int, cue: Cue) -> None:
        tree, token = self.tree, self.tokens[index]
        feats = token.feats
        if feats.get("Mood") == "Imp" or (feats.get("VerbForm") == "Part" and tree.is_passive(index)):
            return
        negated = any(self.tokens[child].lemma == "не" for child in tree.children(index) if index - child in {1, 2})
        kind: CueKind | None = cue.negated if negated else cue.kind
        if kind is None or (not negated and "negated" in cue.flags):
            return
        if token.lemma == "понять" and feats.get("VerbForm") == "Inf":
            kind = "report"  # «дал понять» says, it does not know
        speaker = self.who.impersonal(index, cue) if "impersonal" in cue.flags else self.who.subject(index)
        if speaker is None:
            return
        words = (index, index + 1)
        outer = self._verb_content(index, cue, kind, speaker, words)
        if outer is not None:
            for child in tree.children(index, "obj") if "cites" in cue.flags else ():
                said = self.who.named(child)
                if said is not None and said.voice in _HOUSES:
                    self._inner(child, outer, said)
                    return
            self._cited(index, outer)

    def _verb_content(
        self, index: int, cue: Cue, kind: CueKind, speaker: Speaker, words: tuple[int, int]
    ) -> Draft | None:
        reach, tokens = self.reach, self.tokens
        content = cue.content
        phrase = reach.tail(index, reach.phrase(index))
        if "quote" in content:
            colon = reach.colon_after(phrase[1], index)
            if colon is not None:
                scope = "after" if colon > reach.last else "clause"
                stop = reach.last + 1
                if scope == "after":
                    return self._add(words, (len(tokens) - 1, len(tokens)), kind, scope, speaker)
                return self._add(words, (colon, stop), kind, "quote", speaker)
        if "quote" in content and reach.has_as(index):
            start = min(child for child in reach.tree.children(index) if tokens[child].lemma == "как")
            if start < index:
                found = reach.clause(index) if tokens[index].rel not in {"parataxis", "advcl"} else None
                if found is None:
                    return self._rest(words, (min(start, phrase[0]), phrase[1]), kind, speaker)
        if "clause" in content:
            found = reach.clause(index)
            if found is not None:
                return self._add(words, found, kind, "clause", speaker, phrase)
        if speaker.pending and speaker.head is None:
            return None
        about = reach.about_this(index)
        if about is not None and "clause" in content:
            if reach.is_parenthesis(index, phrase, True):
                return self._rest(words, phrase, kind, speaker)
            if phrase[0] > 2 and tokens[phrase[0]].text[:1].isupper():
                # a headline glued to «Об этом сообщил X» without a full stop
                return self._add(words, (0, phrase[0]), kind, "sentence", speaker, phrase, True)
            return self._add(words, (0, 0), kind, "before", speaker, phrase)
        if "quote" in content and reach.relative_about(phrase[0], phrase[1]):
            return self._add(words, (0, reach.comma_before(index)), kind, "sentence", speaker, phrase, True)
        if "quote" in content and reach.is_parenthesis(index, phrase, self._posed(index, speaker)):
            return self._rest(words, phrase, kind, speaker)
        topic = self._topic(index, content)
        if topic is not None and (speaker.head is not None or speaker.hearsay):
            if topic[0] == topic[1]:
                return self._add(words, (0, 0), kind, "before", speaker, phrase)
            return self._add(words, topic, kind, "clause", speaker, phrase)
        return None

    def _posed(self, index: int, speaker: Speaker) -> bool:
        """Whether the verb stands before its speaker, as in a tail («сообщает ТАСС»), or has none."""
        if speaker.head is None or speaker.head > index:
            return True
        return self.tree.preposition(speaker.head) != "" or self.tokens[index].rel == "parataxis"

    def _topic(self, index: int, content: frozenset[str]) -> tuple[int, int] | None:
        """The nominal that is spoken of («сообщил о визите», «опроверг сообщения»); empty for «это»."""
        tree = self.tree
        for child in tree.parse.children[index]:
            token = self.tokens[child]
            preposition = tree.preposition(child)
            slot = f"{preposition}+{tree.case(child)}" if preposition else ""
            if preposition == "о":
                slot = "о+loc"
            if preposition and preposition != "о" and child < index:
                continue
            direct = "obj" in content and token.rel in {"obj", "nsubj:pass"} and not preposition
            if not direct and slot not in content:
                continue
            if token.lemma == "это" and token.pos == "PRON":
                return (0, 0)
            if token.pos in {"NOUN", "PROPN", "VERB", "X"}:
                start, stop = self.reach.subtree(child, index if child > index else -1)
                if preposition and start < child:
                    start = max([start, *(case + 1 for case in tree.children(child, "case") if case < child)])
                return start, stop
        return None

    def _cited(self, index: int, outer: Draft) -> None:
        """«Сообщает X со ссылкой на Y»: Y says so, and X reports that."""
        start, stop = self.reach.phrase(index)
        for child in range(start, stop):
            lemma = self.tokens[child].lemma
            if lemma in _QUOTED and self.tokens[child].head == index and outer.scope == "sentence":
                owner = self.who.owner(child)
                if owner is not None and owner.head != outer.head:
                    self._inner(child, outer, owner)
                    return
            if lemma not in _CITING:
                continue
            self.used.add(child)
            for below in self.tree.parse.children[child]:
                if self.tree.preposition(below) != "на":
                    continue
                speaker = self.who.named(below) or self.who.owner(below)
                if speaker is None:
                    continue
                if speaker.voice == "document":
                    speaker = self.who.owner(below) or speaker
                self._inner(child, outer, self._unnamed(speaker))
                return

    def _unnamed(self, speaker: Speaker) -> Speaker:
        """Sources and «officials» behind an outlet name nobody: what they say is the outlet's hearsay."""
        head = speaker.head
        if head is None:
            return speaker
        token = self.tokens[head]
        some = speaker.voice == "person" and token.feats.get("Number") == "Plur" and token.pos == "NOUN"
        return replace(speaker, hearsay=True) if some or speaker.voice in {"anonymous", "document"} else speaker

    def _inner(self, index: int, outer: Draft, speaker: Speaker) -> None:
        """A source behind a source, with the same content."""
        self.used.add(index)
        draft = self._add((index, index + 1), (0, 1), "report", "cited", speaker, outer=outer, tail=outer.tail)
        if draft is not None:
            draft.content, draft.phrase, draft.scope = outer.content, outer.phrase, outer.scope

    # -- nouns --------------------------------------------------------------------------------------

    def _noun(self, index: int, cue: Cue) -> None:
        topic = self._noun_content(index, cue)
        if topic is None:
            return
        speaker = self.who.owner(index) or self.who.bearer(index)
        if speaker is None:
            governor = self.tokens[index].head
            under = governor >= 0 and self.tokens[governor].lemma in self.cues.verbs
            if "hearsay" not in cue.flags or under:
                return
            speaker = Speaker(hearsay=True)
        if not any(draft.content == self._chars(*topic) for draft in self.drafts):
            self._add((index, index + 1), topic, cue.kind, "clause", speaker)

    def _noun_content(self, index: int, cue: Cue) -> tuple[int, int] | None:
        tree = self.tree
        for child in tree.parse.children[index]:
            if child < index:
                continue
            token = self.tokens[child]
            if token.rel in {"acl", "ccomp", "advcl", "acl:relcl"} and "clause" in cue.content:
                found = self.reach.marked(child, index, {"что", "чтобы", "будто", "якобы"})
                if found is not None:
                    return found
            preposition = tree.preposition(child)
            if preposition and token.lemma in {"то", "тот"} and "clause" in cue.content:
                return self.reach.below_pointer(child)
            slot = "о+loc" if preposition == "о" else f"{preposition}+{tree.case(child)}"
            if preposition and slot in cue.content:
                start, stop = self.reach.subtree(child, index)
                return max([start, *(case + 1 for case in tree.children(child, "case") if case < child)]), stop
        return None

    # -- particles and headline forms ---------------------------------------------------------------

    def _particle(self, index: int, cue: Cue) -> None:
        head = self.tokens[index].head
        if head < 0:
            head = self.reach.next_word(index)
        if head < 0:
            return
        content = self.reach.subtree(head, -1)
        inside = content[0] <= index < content[1]
        self._add((index, index + 1), content if inside else (index + 1, self.reach.last + 1), cue.kind, "particle",
                  Speaker(hearsay="hearsay" in cue.flags))  # fmt: skip

    def _headline(self) -> None:
        """«X: …» and «… — X», the forms of headlines."""
        label = self.reach.label()
        if label is not None and not any(draft.cue[0] < self.tokens[label[1]].stop for draft in self.drafts):
            speaker = self._headline_speaker(label[0])
            if speaker is not None:
                self._add((label[1], label[1] + 1), (label[1] + 1, self.reach.last + 1), "report", "quote", speaker)
        signed = self.reach.signature()
        if signed is not None and not any(draft.tail for draft in self.drafts):
            speaker = self._headline_speaker(signed[0])
            vague = speaker is not None and speaker.voice == "person" and self.tokens[signed[1] - 1].text != ","
            known = self.voices.entity(signed[0]) is not None or self.tokens[signed[0]].pos == "PROPN"
            known = known or self.tokens[signed[0]].lemma in self.cues.speakers
            if speaker is not None and (known or not vague):
                stop = self.reach.comma_before(signed[1] + 1)
                self._add((signed[1], signed[1] + 1), (0, stop), "report", "sentence", speaker, tail=True,
                          phrase=(signed[1], self.reach.last + 1))  # fmt: skip

    def _headline_speaker(self, head: int) -> Speaker | None:
        speaker = self.who.named(head)
        if speaker is None or speaker.voice in {"pronoun", "document"}:
            return None
        entity = self.voices.entity(head)
        if entity is not None and entity.mention.kind in _NO_LABEL:
            return speaker if entity.mention.type == "PER" or entity.mention.person else None
        covering = [name for name in self.tree.parse.names if name.start <= head < name.stop]
        if entity is None and any(name.type == "LOC" for name in covering):
            return None
        token = self.tokens[head]
        if entity is None and not covering and speaker.voice == "organisation" and token.pos == "PROPN":
            return speaker if token.text.isupper() or not token.text.isalpha() or token.pos == "X" else None
        return speaker
