"""Who stands behind a cue: the subject of a verb, the owner of a noun, the house in which it is said."""

from __future__ import annotations

from dataclasses import dataclass

from detente.code.cues import Cue, Cues
from detente.code.reach import Reach
from detente.code.tree import Tree
from detente.code.voice import Voices

_CONTAINERS = frozenset({"container", "document"})
_HOUSE_PREPOSITIONS = frozenset({"в", "на"})
# governors under which an infinitive of speech is still said («поспешил заявить»)
_PHASES = frozenset(
    {
        "поспешить", "спешить", "продолжать", "продолжить", "начать", "стать", "решить", "успеть", "предпочесть",
        "дать", "давать",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: the head's token, its class, hearsay, and the gender or number of one to be found before."""

    head: int | None = None
    voice: str = ""
    hearsay: bool = False
    pending: str = ""


class Sources:
    """Finds the speakers of one sentence's cues; ``used`` collects nouns that are spoken for."""

    def __init__(self, tree: Tree, voices: Voices, reach: Reach, cues: Cues, used: set[int]) -> None:
        self.tree = tree
        self.tokens = tree.tokens
        self.voices = voices
        self.reach = reach
        self.cues = cues
        self.used = used

    def named(self, head: int) -> Speaker | None:
        """A speaker from the token that names it, or None where it is nobody who can speak."""
        voice = self.voices.kind(head)
        token = self.tokens[head]
        if not voice:
            return None
        if voice == "pronoun":
            gender = token.feats.get("Number") == "Plur" or token.lemma == "они"
            return Speaker(head, voice, False, "Plur" if gender else token.feats.get("Gender", "Masc"))
        owned = any(self.tokens[child].rel in {"nmod", "appos", "flat"} for child in self.tree.parse.children[head])
        return Speaker(head, voice, token.lemma == "сми" or (voice == "anonymous" and not owned))

    def owner(self, index: int, depth: int = 0) -> Speaker | None:
        """Whose a noun of speech is: its genitive, possessive, or who spread or published it."""
        tree, tokens = self.tree, self.tokens
        children = tree.parse.children[index]
        for child in children:
            token = tokens[child]
            if token.rel == "det" and token.lemma in {"он", "она", "они", "его", "ее", "их"}:
                form = token.text.lower()
                return Speaker(child, "pronoun", False, {"его": "Masc", "ее": "Fem", "её": "Fem"}.get(form, "Plur"))
        for child in children:
            token = tokens[child]
            if token.rel not in {"nmod", "nmod:poss", "obl", "appos", "flat", "iobj"} or child < index:
                continue
            preposition = tree.preposition(child)
            if token.lemma in {"зрение", "пресса"} and tokens[index].lemma == "точка":
                return self.owner(child, depth + 1)
            if preposition == "от" or (not preposition and (tree.case(child) in {"gen", ""} or token.rel == "appos")):
                if token.lemma == "который":
                    child = tree.antecedent(child)
                found = self.named(child)
                if found is not None and found.voice not in _CONTAINERS | {"document"}:
                    return found
                deeper = self.owner(child, depth + 1) if depth < 3 else None
                if deeper is not None:
                    return deeper
                if found is not None and tokens[index].lemma not in {"слово", "сообщение", "заявление"}:
                    return found
        for child in children:
            if tokens[child].rel in {"acl", "amod"} and tokens[child].feats.get("VerbForm") == "Part" and depth < 3:
                for below in tree.children(child, "obl", "iobj", "nmod"):
                    found = self.named(below) if tree.case(below) == "ins" else self.owner(below, depth + 1)
                    if found is not None:
                        return found
        return None

    def bearer(self, index: int) -> Speaker | None:
        """The subject of a light verb owns what it utters («выразил уверенность», «выступил с заявлением»)."""
        head = self.tokens[index].head
        if head < 0 or self.tokens[head].lemma not in self.cues.light or self.tokens[index].rel.startswith("nsubj"):
            return None
        speaker = self.subject(head)
        return speaker if speaker is not None and speaker.head is not None else None

    def subject(self, index: int) -> Speaker | None:
        """The speaker of a personal verb; None where its subject is nobody who can speak."""
        tree, tokens = self.tree, self.tokens
        feats = tokens[index].feats
        if tokens[index].lemma == "понять" and feats.get("VerbForm") == "Inf":
            head = tokens[index].head
            return self.subject(head) if head >= 0 and tokens[head].lemma in {"дать", "давать"} else None
        own = tree.own_subjects(index)
        if own:
            if tokens[own[0]].lemma == "мы" and self.reach.has_as(index):
                return Speaker(hearsay=True)
            nearer = self._nearer(index, own) or self._told(index, own)
            if nearer is None and len(apart := tree.children(index, "nsubj", "nsubj:pass")) > 1:
                # an outlet's name or a rubric before the sentence («ТАСС Премьер напомнил»)
                nearer = self._first(sorted((tree.antecedent(each) for each in apart), key=lambda at: abs(index - at)))
            return nearer if nearer is not None else self._first(own[:2])
        if feats.get("Person") in {"1", "2"}:
            return None
        if feats.get("VerbForm") == "Inf" and (
            tokens[index].head < 0 or tokens[tokens[index].head].lemma not in _PHASES
        ):
            return None
        late = self._late_subject(index) or self._ahead(index) or self._behind(index)
        if late is not None:
            return late
        plural = feats.get("Number") == "Plur" and feats.get("VerbForm", "Fin") == "Fin"
        if plural:
            place = self._institution(index)
            if place is None and tokens[index].rel == "conj":
                place = self._institution(tokens[index].head)
            if place is not None:
                return place
        inherited = self._first(tree.subjects(index))
        if inherited is not None:
            return inherited
        if feats.get("VerbForm") == "Conv":
            return self._beside(index)
        if tree.subjects(index):
            return None
        above = self._above(index)
        if above is not None or feats.get("VerbForm") in {"Inf", "Conv", "Part"}:
            return above
        if plural:
            return Speaker(hearsay=True)
        if feats.get("Gender") in {"Masc", "Fem"} or feats.get("Tense") in {"Pres", "Fut"}:
            return Speaker(pending=feats.get("Gender", "Any"))
        return None

    def _first(self, indices: list[int]) -> Speaker | None:
        return next((found for each in indices if (found := self.named(each)) is not None), None)

    def _beside(self, index: int) -> Speaker | None:
        """The speaker of the verb of speech above a gerund that the parser hung inside what is said."""
        for ancestor in self.tree.ancestors(index):
            if self.tokens[ancestor].lemma in self.cues.verbs:
                found = self._first(self.tree.subjects(ancestor))
                if found is not None:
                    return found
        return self._above(index)

    def _above(self, index: int) -> Speaker | None:
        """The subject of the clause on which a clause without one hangs («прибыл в Анкару, где заявил»)."""
        token = self.tokens[index]
        if token.rel in {"root", "ccomp", "parataxis"} or token.feats.get("VerbForm") == "Inf":
            return None
        for ancestor in self.tree.ancestors(index):
            if self.tree.is_verbal(ancestor):
                found = self._first(self.tree.subjects(ancestor))
                if found is not None:
                    agree = self.tokens[ancestor].feats.get("Number") == token.feats.get("Number", "Sing")
                    return found if agree or token.feats.get("VerbForm") == "Conv" else None
        return None

    def _late_subject(self, index: int) -> Speaker | None:
        """A nominative after the verb that the parser took for an object («передаёт ТАСС»)."""
        for child in self.tree.children(index, "iobj", "obj", "appos", "obl", "flat", "nmod"):
            token = self.tokens[child]
            late = index < child <= index + 4 and not self.tree.preposition(child)
            loose = self.tokens[index].rel == "parataxis" and token.text.isupper() and len(token.text) > 1
            if late and (token.feats.get("Case", "Nom") == "Nom" or loose):
                found = self.named(child)
                if found is not None and found.voice != "pronoun":
                    return found
        return None

    def _told(self, index: int, own: list[int]) -> Speaker | None:
        """«Сообщили БЕЛТА в МИД»: a plural verb with one addressee before the house in which it is said."""
        number = self.tokens[own[0]].feats.get("Number", "Sing")
        if len(own) > 1 or self.tokens[index].feats.get("Number") != "Plur" or number == "Plur":
            return None
        return self._institution(index)

    def _nearer(self, index: int, own: list[int]) -> Speaker | None:
        """A better subject than one far before the verb, which is not right before it or opens a tail."""
        if max(own) >= index - 1:
            return None
        ahead = self._ahead(index)
        if ahead is not None and ahead.head is not None and ahead.head > max(own):
            return ahead if not self.tree.preposition(ahead.head) else None
        return self._behind(index)

    def _ahead(self, index: int) -> Speaker | None:
        """A subject right before the verb that the parser hung on the verb of what is said."""
        tokens, at = self.tokens, index - 1
        while at >= 0 and tokens[at].pos in {"ADV", "PART"}:
            at -= 1
        if at > 1 and tokens[at].text == ")" and tokens[at - 2].text == "(":
            at -= 3
        while at >= 0 and at < tokens[at].head < index:
            at = tokens[at].head
        plural = tokens[index].feats.get("Number") == "Plur"
        while at >= 0 and tokens[at].pos in {"NOUN", "PROPN", "X"}:
            token = tokens[at]
            preposition = self.tree.preposition(at)
            astray = token.rel.startswith("nsubj") and token.head > index
            astray = astray or (token.rel == "parataxis" and token.head == index and token.pos == "PROPN")
            if astray and not preposition:
                return self.named(at)
            if plural and preposition in _HOUSE_PREPOSITIONS and token.head != index:
                return self._house(at)
            if preposition or not 0 <= token.head < at:
                return None
            at = token.head
        return None

    def _behind(self, index: int) -> Speaker | None:
        """The speaker of a tail («, сообщает в пятницу Белый дом») that the parser hung elsewhere."""
        tokens = self.tokens
        if not index or tokens[index - 1].pos != "PUNCT" or tokens[index].feats.get("VerbForm", "Fin") != "Fin":
            return None
        plural = tokens[index].feats.get("Number") == "Plur"
        for at in range(index + 1, min(index + 10, len(tokens))):
            token = tokens[at]
            if token.pos == "SCONJ" or token.text in {",", ":", ";"} or self.tree.is_verbal(at):
                return None
            if token.pos not in {"NOUN", "PROPN", "X"} or index < token.head < at:
                continue
            preposition = self.tree.preposition(at)
            if not preposition and token.feats.get("Case", "Nom") in {"Nom", "Acc"}:
                found = self.named(at)
                if found is not None:
                    return found
            elif plural and preposition in _HOUSE_PREPOSITIONS and token.head != index:
                found = self._house(at)
                if found is not None:
                    return found
        return None

    def _house(self, index: int) -> Speaker | None:
        """An institution in which something is said, from its noun under «в»."""
        known = self.cues.speakers.get(self.tokens[index].lemma)
        if self.tokens[index].pos == "NUM" or known in _CONTAINERS:
            return None
        found = self.named(index)
        return found if found is not None and found.voice not in {"person", "pronoun", "document"} else None

    def _institution(self, index: int) -> Speaker | None:
        """«В МИД заявили», «сообщили в пресс-службе Кремля»: the house speaks for its people."""
        for child in self.tree.children(index, "obl", "nmod", "advmod", "parataxis"):
            token = self.tokens[child]
            if self.tree.preposition(child) not in _HOUSE_PREPOSITIONS:
                continue
            if token.feats.get("Case", "Loc") not in {"Loc", "Acc", "Gen", "Nom"}:
                continue
            found = self._house(child)
            if found is not None:
                return found
        return None

    def container(self, index: int, only_source: bool) -> Speaker | None:
        """Who stands behind «в заявлении МИД», «на сайте ведомства», «из доклада ООН»."""
        for child in [*self.tree.children(index, "obl", "nmod", "advmod"), *self._astray(index)]:
            preposition = self.tree.preposition(child)
            if preposition not in ({"из"} if only_source else {"в", "на", "из", "по"}):
                continue
            known = self.cues.speakers.get(self.tokens[child].lemma, "")
            if known in _CONTAINERS or self.tokens[child].lemma in self.cues.nouns:
                self.used.add(child)
                found = self.owner(child)
                if found is not None:
                    return found
                return Speaker(child, "document") if known == "document" else Speaker()
            found = self.named(child)
            if found is not None and found.voice in {"organisation", "outlet", "anonymous"}:
                return found
        return None

    def _astray(self, index: int) -> list[int]:
        """Nouns right behind a verb that opens a tail («сообщается на сайте») and hang on a word before it."""
        if not index or self.tokens[index - 1].pos != "PUNCT":
            return []
        near = range(index + 1, min(index + 5, len(self.tokens)))
        return [at for at in near if self.tokens[at].pos == "NOUN" and 0 <= self.tokens[at].head < index]

    def impersonal(self, index: int, cue: Cue) -> Speaker | None:
        """Who stands behind a verb that has no speaker as subject («говорится в заявлении МИД»)."""
        if self.tree.children(index, "nsubj", "nsubj:pass"):
            return None  # «база подтверждается на практике» reports nothing
        found = self.container(index, "source" in cue.flags)
        if found is not None:
            return found
        if "source" in cue.flags:
            return None
        for child in self.tree.children(index, "obl"):
            if self.tree.case(child) == "ins" and not self.tree.preposition(child):
                agent = self.named(child)
                if agent is not None:
                    return agent
        return Speaker(hearsay="hearsay" in cue.flags)
