"""The chain of governors above a predicate: what they make of its status and its type.

Operators («планирует», «отменил», «может», «потребовал») stand in a table of the language; what each
kind does stands here. The way goes from the predicate outward, so the outermost word has the last say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.code.grammar import Grammar
from detente.code.slots import Sides, holds, noun_slots, verb_slots
from detente.code.tree import Tree
from detente.lang.lexicon import Lexicon, Operator
from detente.ontology.plover import TYPES

# what becomes of a type when the act is ended, cancelled, refused or put off
CANCEL = {
    "CONSULT": ("REJECT", "meet"), "AGREE": ("REJECT", None), "COOPERATE": ("SANCTION", "discontinue"),
    "AID": ("SANCTION", "discontinue"), "SANCTION": ("RETREAT", "access"), "COERCE": ("RETREAT", "access"),
    "SUPPORT": ("REJECT", None), "ASSAULT": ("RETREAT", "ceasefire"), "MOBILIZE": ("RETREAT", "withdraw"),
    "CONCEDE": ("REJECT", "yield"),
}  # fmt: skip
END = CANCEL | {"AGREE": ("SANCTION", "discontinue")}
REFUSE = {
    "CONSULT": ("REJECT", "meet"), "AGREE": ("REJECT", None), "COOPERATE": ("REJECT", "change"),
    "AID": ("REJECT", "assist"), "SUPPORT": ("REJECT", "change"), "CONCEDE": ("REJECT", "yield"),
    "RETREAT": ("REJECT", "yield"), "SANCTION": ("CONCEDE", None), "COERCE": ("CONCEDE", None),
    "ASSAULT": ("CONCEDE", None), "MOBILIZE": ("CONCEDE", None), "THREATEN": ("CONCEDE", None),
    "REQUEST": ("REJECT", "change"),
}  # fmt: skip
POSTPONE = {
    "CONSULT": ("REJECT", "meet"),
    "AGREE": ("REJECT", None),
    "COOPERATE": ("REJECT", None),
    "AID": ("REJECT", "assist"),
}

SUPPORTS = frozenset(
    {"perform", "happen", "begin", "receive", "plan", "agree", "offer", "intend", "consider", "manage"}
)


@dataclass(slots=True)
class Chain:
    """What the governors say of a predicate: status, turned type, and where its subject stands."""

    status: str = "occurred"
    negated: bool = False
    suppressed: bool = False
    habitual: bool = False
    turned: tuple[str, str | None] | None = None
    turner: int | None = None
    supports: list[int] = field(default_factory=list)
    receiver: int | None = None
    deliberate: bool = False
    agreed: bool = False
    one_sided: int | None = None
    refused: bool = False
    topic: bool = False
    top: int = -1


# where an operator without slots of its own finds what it governs; «в разговоре пообещал» is none of these
_GOVERNED = frozenset({"obj", "gen", "inf", "clause", "ins", "dat", "subj", "к+dat", "на+acc", "о+loc"})


class Climber:
    """Climbs from predicates to the root of one sentence."""

    def __init__(self, tree: Tree, sides: Sides, lexicon: Lexicon, words: Grammar) -> None:
        self.tree = tree
        self.sides = sides
        self.lexicon = lexicon
        self.words = words

    def climb(self, index: int, type_: str) -> Chain:
        """The chain above a predicate of a type."""
        tree = self.tree
        chain = Chain(top=index)
        self._local(index, chain, own=True)
        at = index
        foreign = False
        for _ in range(24):
            head = tree.tokens[at].head
            if head < 0:
                break
            rel = tree.tokens[at].rel
            if rel == "conj":
                same_verb = tree.is_verbal(at) and tree.tokens[at].feats.get("VerbForm") == "Fin"
                if not same_verb and tree.is_verbal(head) and at == index:
                    self._shared(head, chain)
                at = head
                continue
            if rel in {"acl:relcl", "parataxis", "appos"} or tree.is_attribute(at):
                break
            if tree.tokens[at].feats.get("VerbForm") == "Conv" and rel == "advcl":
                break  # «расширив санкции, хочет …»: the converb's act is done, whatever is wanted
            self._condition(at, chain)
            slot = self._slot(at)
            operator = self._match(head, slot)
            if operator is not None and foreign:
                self._apply_outside(operator, head, chain)
                at = head
                continue
            if operator is not None:
                before = chain.deliberate
                self._apply(operator, head, chain, type_)
                if slot == "subj":
                    chain.deliberate = before  # «сотрудничество должно…»: nobody plans it
                self._local(head, chain, own=operator.kind in SUPPORTS)
                if operator.kind == "speak":
                    self._dismissed(head, "", chain)
                at = head
                chain.top = at
                continue
            if self._content(head, slot):
                chain.suppressed = True
                break
            self._dismissed(head, slot, chain)
            if slot in {"clause", "inf"} or rel in {"ccomp", "xcomp", "csubj", "advcl", "acl"}:
                if tree.tokens[at].rel == "advcl":
                    break
                if slot == "inf":
                    self._local(head, chain, own=False)
                at = head
                continue
            if rel == "nmod" and tree.tokens[head].pos in {"NOUN", "PROPN", "PRON"} and not chain.supports:
                # «в контексте переговоров», «вопрос поставок»: the container says nothing of the status
                at = head
                continue
            if at == index and slot.partition("+")[0] in self.words.topic:
                chain.topic = True
            if not tree.is_verbal(head):
                break
            foreign, at = True, head
        return chain

    def _apply_outside(self, operator: Operator, head: int, chain: Chain) -> None:
        """What a governor beyond an unknown verb still says: asked for, doubted, denied, yet to come."""
        if operator.kind in {"ask", "accuse", "discuss"}:
            chain.suppressed = True
        elif operator.kind in {"consider", "suspect"}:
            chain.status = "conjectured"
        elif operator.kind in {"plan", "offer"} and chain.status == "occurred":
            chain.status = "denied" if self.is_negated(head) else "planned"

    def _dismissed(self, head: int, slot: str, chain: Chain) -> None:
        """«решения не принималось», «сообщения … не соответствуют действительности», «назвали выдумкой»."""
        tree = self.tree
        if not tree.is_verbal(head):
            return
        passive = tree.is_passive(head) or tree.tokens[head].feats.get("Voice") in {"Pass", "Mid"}
        if slot in {"obj", "subj", "gen"} and passive and not tree.children(head, "obj") and self.is_negated(head):
            chain.status = "denied"
        if any(tree.tokens[child].lemma in self.words.fiction for child in tree.children(head)):
            chain.status = "denied"

    def _shared(self, head: int, chain: Chain) -> None:
        """A conjoined infinitive shares the auxiliary of the first one."""
        for child in self.tree.children(head, "aux", "cop"):
            if self.tree.tokens[child].feats.get("Tense") == "Fut":
                chain.status = "planned"

    def _slot(self, at: int) -> str:
        tree = self.tree
        token = tree.tokens[at]
        if token.feats.get("VerbForm") == "Inf":
            return "inf"
        if token.rel in {"ccomp", "acl", "advcl", "csubj"} and tree.is_verbal(at):
            return "clause"
        if token.rel in {"nsubj", "csubj"}:
            return "subj"
        if token.rel == "nsubj:pass":
            return "obj"
        preposition = tree.preposition(at)
        if preposition:
            return f"{preposition}+{tree.case(at)}"
        if token.rel == "obj":
            return "obj"
        return {"gen": "gen", "dat": "dat", "ins": "ins", "acc": "obj"}.get(tree.case(at), "obj")

    def _match(self, head: int, slot: str) -> Operator | None:
        token = self.tree.tokens[head]
        found = self.lexicon.operator(token.lemma, token.pos)
        preposition = slot.partition("+")[0] if "+" in slot else None
        for operator in found:
            slots = operator.slots
            if slot in slots or (not slots and slot in _GOVERNED):
                return operator
            if preposition and any(each.startswith(preposition + "+") for each in slots):
                return operator
            if slot == "gen" and "obj" in slots and token.pos in {"VERB", "AUX"}:
                return operator
            if slot == "subj" and "obj" in slots and self.tree.is_passive(head):
                return operator
            if slot == "obj" and "subj" in slots and self.tree.is_passive(head):
                return operator
        return None

    def _content(self, head: int, slot: str) -> bool:
        """Whether the governor is a predicate whose complement is content, not an act beside it."""
        token = self.tree.tokens[head]
        if slot == "subj":
            return False
        for entry in self.lexicon.find(token.lemma, token.pos):
            if "content" in entry.flags:
                slots = verb_slots(self.tree, head) if entry.pos != "NOUN" else noun_slots(self.tree, head)
                if all(holds(self.tree, self.sides, head, slots, condition) for condition in entry.needs):
                    return True
        return False

    def _condition(self, at: int, chain: Chain) -> None:
        """«в случае введения», «без поставок», «вместо визита»."""
        if any(self.tree.tokens[child].lemma in self.words.purpose for child in self.tree.children(at, "mark")):
            if chain.status == "occurred":
                chain.status = "planned"
            chain.deliberate = True
        preposition = self.tree.preposition(at)
        if preposition in self.words.case_of:
            chain.status = "conjectured"
        elif preposition in self.words.without:
            chain.suppressed = True

    def _apply(self, operator: Operator, head: int, chain: Chain, type_: str) -> None:
        kind = operator.kind
        tree = self.tree
        negated = self.is_negated(head)
        type_ = chain.turned[0] if chain.turned else type_
        cooperative = TYPES[type_].cooperative
        if kind in SUPPORTS and tree.tokens[head].lemma not in self.words.waiting:
            chain.supports.append(head)
        if kind == "receive":
            chain.receiver = head
        elif kind in {"plan", "offer"}:
            chain.status = "denied" if negated else "planned"
            chain.refused = negated
            chain.deliberate = True
            chain.one_sided = head
        elif kind == "intend":
            chain.status = "conjectured" if not cooperative else chain.status
        elif kind == "agree":
            if cooperative and type_ != "CONSULT":
                chain.agreed = True
                chain.status = "denied" if negated else "occurred"
                if tree.tokens[head].lemma not in self.words.mutual:
                    chain.one_sided = head
        elif kind == "threaten":
            if not cooperative:
                chain.turned, chain.turner = ("THREATEN", None), head
                chain.status = "occurred"
            else:
                chain.suppressed = True
        elif kind in {"ask", "accuse", "discuss"}:
            chain.suppressed = True
        elif kind in {"cancel", "end", "refuse", "postpone"}:
            table = {"cancel": CANCEL, "end": END, "refuse": REFUSE, "postpone": POSTPONE}[kind]
            if type_ in table:
                chain.turned, chain.turner = table[type_], head
                chain.status = "denied" if negated else "occurred"
            elif kind == "postpone":
                chain.status = "planned"
            else:
                chain.suppressed = True
        elif kind == "consider":
            passive_noun = tree.tokens[head].lemma not in self.words.possible
            excluded = tree.tokens[head].lemma in {"исключать", "исключить"}
            if (negated and not excluded) or (excluded and not negated):
                chain.status = "denied"
            else:
                chain.status = "conjectured"
                chain.deliberate = chain.deliberate or (passive_noun and not excluded)
        elif kind == "suspect":
            chain.status = "conjectured"
        elif kind in {"deny", "fail"}:
            chain.status = "denied"
        elif kind == "habit":
            chain.habitual = True
        elif kind == "manage":
            if negated:
                chain.status = "denied"
        elif kind == "hint":
            if cooperative:
                chain.status = "conjectured"
            else:
                chain.turned, chain.turner = ("THREATEN", None), head
                chain.status = "occurred"
        elif kind == "break":
            if type_ == "RETREAT":
                chain.turned, chain.turner = ("ASSAULT", None), head
            else:
                chain.suppressed = True

    def is_negated(self, index: int) -> bool:
        """Whether a particle of negation stands with the word."""
        for child in self.tree.children(index):
            token = self.tree.tokens[child]
            if token.lemma in self.words.negation and token.rel in {"advmod", "det", "cc", "discourse"}:
                after = self.tree.tokens[child + 1].lemma if child + 1 < len(self.tree.tokens) else ""
                if after not in {"только", "просто", "столько", "менее", "раз"}:
                    return True
            if token.lemma == "нет" and token.rel in {"cop", "advmod"}:
                return True
        return False

    def _local(self, index: int, chain: Chain, own: bool) -> None:
        """Cues in the clause of a word: negation, tense, mood, modal words, habit."""
        tree, words = self.tree, self.words
        token = tree.tokens[index]
        if not tree.is_verbal(index):
            self._modifiers(index, chain)
            return
        if own and self.is_negated(index):
            if chain.status == "occurred" or index == chain.top:
                chain.negated = not chain.supports
                chain.refused = self.is_future(index)
                chain.status = "denied"
        elif own and chain.status == "occurred" and self.is_future(index):
            chain.status = "planned"
        for child in tree.children(index):
            each = tree.tokens[child]
            text = each.text.lower()
            if (
                (each.text in words.irrealis and each.rel in {"aux", "advmod", "discourse", "mark"})
                or (text in words.conjecture and each.rel in {"advmod", "parataxis", "discourse", "obl", "mark"})
                or (text in words.conditional and each.rel in {"mark", "advmod", "cc"})
            ):
                chain.status = "conjectured"
            elif text in words.habit and each.rel in {"advmod", "obl"}:
                chain.habitual = True
        if token.feats.get("Mood") == "Imp":
            chain.suppressed = True
        if token.feats.get("Mood") == "Cnd":
            chain.status = "conjectured"
        if token.lemma in words.prescriptive and not own:
            chain.suppressed = True

    def _modifiers(self, noun: int, chain: Chain) -> None:
        for child in self.tree.children(noun, "amod", "det", "acl"):
            token = self.tree.tokens[child]
            for operator in self.lexicon.operator(token.lemma, "ADJ"):
                if "noun" not in operator.slots:
                    continue
                if operator.kind == "habit":
                    chain.habitual = True
                elif operator.kind == "plan" and chain.status == "occurred":
                    chain.status = "planned"
                elif operator.kind == "consider":
                    chain.status = "conjectured"
                elif operator.kind == "ask":
                    chain.suppressed = True

    def is_future(self, index: int) -> bool:
        """Whether a verb form is future, by itself or by its auxiliary."""
        tree = self.tree
        if tree.tokens[index].feats.get("Tense") == "Fut":
            return True
        return any(
            tree.tokens[child].feats.get("Tense") == "Fut" and tree.tokens[child].lemma == "быть"
            for child in tree.children(index, "aux", "aux:pass", "cop")
        )
