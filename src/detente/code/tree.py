"""Views of a parsed sentence that frames need: subjects, prepositions, coordination, antecedents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.code.grammar import grammar
from detente.lang.base import Parse, Token

CASE = {"Nom": "nom", "Gen": "gen", "Dat": "dat", "Acc": "acc", "Ins": "ins", "Loc": "loc", "Par": "gen"}


class Tree:
    """One sentence's dependency tree with cached look-ups; token indices throughout."""

    def __init__(self, parse: Parse, language: str = "ru") -> None:
        self.parse = parse
        self.words = grammar(language)
        self.tokens: list[Token] = parse.tokens
        self._subjects: dict[int, list[int]] = {}
        self._prepositions: dict[int, str] = {}
        self.slots: dict[int, dict[str, list[int]]] = {}
        self._near: dict[tuple[int, ...], tuple[list[int], frozenset[str]]] = {}

    def children(self, index: int, *rels: str) -> list[int]:
        """Dependents of a token, all or only those in the given relations."""
        found = self.parse.children[index]
        return [child for child in found if self.tokens[child].rel in rels] if rels else found

    def descend(self, index: int) -> Iterator[int]:
        """The token and all below it, depth first."""
        stack = [index]
        while stack:
            at = stack.pop()
            yield at
            stack.extend(reversed(self.parse.children[at]))

    def depth_within(self, index: int, limit: int) -> Iterator[tuple[int, int]]:
        """(token, depth) below a token, breadth first, up to ``limit`` steps."""
        level = [index]
        for depth in range(1, limit + 1):
            level = [child for at in level for child in self.parse.children[at]]
            for child in level:
                yield child, depth

    def near(self, index: int, supports: Sequence[int]) -> tuple[list[int], frozenset[str]]:
        """What stands up to three steps below a predicate or its light verbs, these, and its governor.

        Returns the tokens, and their lemmas and forms.
        """
        key = (index, *supports)
        if key not in self._near:
            found = [child for anchor in key for child, _ in self.depth_within(anchor, 3) if child != index]
            head = self.tokens[index].head
            found += [*supports, *([head] if head >= 0 else [])]
            words = frozenset(
                word for each in found for word in (self.tokens[each].lemma, self.tokens[each].text.lower())
            )
            self._near[key] = found, words
        return self._near[key]

    def ancestors(self, index: int) -> Iterator[int]:
        """The governors of a token, nearest first."""
        at = self.tokens[index].head
        while at >= 0:
            yield at
            at = self.tokens[at].head

    def preposition(self, index: int) -> str:
        """The preposition of a nominal, '' where it has none; «в связи с» is joined by blanks."""
        if index not in self._prepositions:
            self._prepositions[index] = self._find_preposition(index)
        return self._prepositions[index]

    def _find_preposition(self, index: int) -> str:
        words = []
        for child in self.children(index, "case"):
            if child < index and self.tokens[child].text.lower() not in words:
                words.append(self.tokens[child].text.lower())
                fixed = [self.tokens[each].text.lower() for each in self.children(child, "fixed")]
                words += [word for word in fixed if word not in words]
        joined = " ".join(words)
        return self.words.variants.get(joined, joined)

    def conjuncts(self, index: int) -> list[int]:
        """A token and what is coordinated with it below."""
        found = [index]
        for child in self.children(index, "conj"):
            found += self.conjuncts(child)
        return found

    def case(self, index: int) -> str:
        """Case of a token as a slot's suffix: gen, dat, acc, ins, loc, nom or ''."""
        return CASE.get(self.tokens[index].feats.get("Case", ""), "")

    def antecedent(self, index: int) -> int:
        """For «который» in a relative clause the noun that the clause stands on; else the token itself."""
        token = self.tokens[index]
        if token.lemma not in self.words.relative or token.pos not in {"PRON", "DET", "ADJ"}:
            return index
        for ancestor in self.ancestors(index):
            if self.tokens[ancestor].rel in {"acl:relcl", "acl"}:
                return self.tokens[ancestor].head
        return index

    def is_verbal(self, index: int) -> bool:
        """Whether the token is a verb form or a predicate that behaves like one."""
        token = self.tokens[index]
        return token.pos in {"VERB", "AUX"} or token.feats.get("Variant") == "Short"

    def is_passive(self, index: int) -> bool:
        """Whether a verb form is passive (participles, and reflexives with a passive subject)."""
        token = self.tokens[index]
        if any(self.tokens[child].rel == "nsubj:pass" for child in self.parse.children[index]):
            return True
        return token.feats.get("Voice") == "Pass" and (
            token.feats.get("VerbForm") == "Part" or token.feats.get("Variant") == "Short"
        )

    def own_subjects(self, index: int) -> list[int]:
        """Grammatical subjects that hang on the token, coordination expanded, «который» resolved."""
        found = []
        for child in self.children(index, "nsubj", "nsubj:pass"):
            found += [self.antecedent(each) for each in self.conjuncts(child)]
        return found

    def is_attribute(self, index: int) -> bool:
        """Whether a participle modifies a noun («введённые санкции», «компании, занимающиеся…»)."""
        token = self.tokens[index]
        return token.rel in {"acl", "amod"} and token.feats.get("VerbForm") == "Part" and token.head >= 0

    def subjects(self, index: int) -> list[int]:
        """Who does what a verb says: own subject, or the one inherited by coordination and control."""
        if index not in self._subjects:
            self._subjects[index] = []
            self._subjects[index] = self._find_subjects(index)
        return self._subjects[index]

    def _find_subjects(self, index: int) -> list[int]:
        token = self.tokens[index]
        own = self.own_subjects(index)
        if own or token.head < 0:
            return own
        head = token.head
        if self.is_attribute(index):
            return [head]
        if token.rel in {"conj", "parataxis"} and self.is_verbal(head):
            return self.subjects(head) if token.rel == "conj" else []
        infinitive = token.feats.get("VerbForm") == "Inf"
        if token.rel in {"xcomp", "ccomp"} or (infinitive and token.rel in {"advcl", "obl", "obj", "advmod"}):
            if token.rel == "ccomp" and not infinitive:
                # «подтвердил, что имел разговор»: a clause without subject keeps that of the verb of saying
                same = token.feats.get("Number") == "Sing" and token.feats.get("Gender") != "Neut"
                return self.subjects(head) if same and self.is_verbal(head) and not self.is_passive(index) else []
            controlled = self._controller(head) if self.is_verbal(head) else []
            return controlled or self.subjects(head)
        if token.rel in {"acl:relcl", "acl"} and token.feats.get("VerbForm") == "Fin":
            # «прибыл в Баку, где встретился с министром»
            return self._subject_above(head) if token.feats.get("Number") == "Sing" else []
        if token.rel == "advcl" and token.feats.get("VerbForm") == "Conv":
            return self.subjects(head)
        if token.rel == "csubj":
            return [child for child in self.children(head, "iobj", "obl") if self.case(child) == "dat"]
        if infinitive and self.tokens[head].pos in {"NOUN", "PROPN"}:
            return self.owners(head) or self._subject_above(head)
        if infinitive:
            return self.subjects(head)
        return []

    def _controller(self, verb: int) -> list[int]:
        """The object that an infinitive's governor hands it as subject («призвал Анкару вывести…»)."""
        if self.tokens[verb].lemma in self.words.subject_control:
            return []
        for child in self.children(verb, "obj", "iobj", "obl"):
            if self.preposition(child):
                continue
            if self.case(child) in {"dat", "acc", "gen"} and self.tokens[child].pos in {"NOUN", "PROPN", "PRON"}:
                return self.conjuncts(child)
        return []

    def _subject_above(self, noun: int) -> list[int]:
        for ancestor in self.ancestors(noun):
            if self.is_verbal(ancestor):
                return self.subjects(ancestor)
        return []

    def owners(self, noun: int) -> list[int]:
        """Bare genitives and nationality adjectives of a noun: whose it is."""
        found = []
        for child in self.parse.children[noun]:
            rel = self.tokens[child].rel
            if rel in {"nmod", "nmod:poss", "obl"} and not self.preposition(child) and self.case(child) == "gen":
                found += self.conjuncts(child)
            elif rel in {"amod", "det", "appos"}:
                found += self.conjuncts(child) if rel == "amod" else [child]
        return found
