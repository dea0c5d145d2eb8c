"""How far a cue reaches in its sentence: clauses, parentheses and headline forms, in token indices."""

from __future__ import annotations

from collections.abc import Container

from detente.code.tree import Tree

_CLAUSES = frozenset({"ccomp", "csubj", "csubj:pass", "parataxis"})
_MARKS = frozenset(
    {
        "что", "чтобы", "будто", "словно", "как", "ли", "когда", "где", "куда", "почему", "зачем", "сколько", "какой",
        "кто", "чей", "который", "насколько",
    }
)  # fmt: skip
_DASHES = frozenset({"—", "–", "-", "―"})
_END = frozenset({".", "!", "?", "…", "...", "?!", "!..", "?..", ";"})
_TRIM = frozenset({",", ";", ":", "—", "–", "-", "―"})
_BREAKS = _TRIM | {"»", '"', "”", "“", "(", ")", "…", "?", "!", "...", "?!", "!..", "?..", "!!!"}
_OPENING = frozenset({"«", '"', "„", "“"})
_CLOSING = frozenset({"»", '"', "”", "“"})
_LIGHT_POS = frozenset({"ADV", "CCONJ", "PART", "SCONJ", "PUNCT"})
_LABELS = frozenset(
    {
        "видео", "фото", "итог", "обзор", "досье", "справка", "тема", "комментарий", "фоторепортаж", "вопрос", "ответ",
        "причина", "цель",
    }
)  # fmt: skip


class Reach:
    """Spans of one parsed sentence, (start, stop) in token indices, stop exclusive."""

    def __init__(self, tree: Tree, verbs: Container[str] = ()) -> None:
        self.tree = tree
        self.verbs = verbs
        self.tokens = tree.tokens
        self.last = len(self.tokens) - 1
        while self.last > 0 and (self.tokens[self.last].text in _END or not self.tokens[self.last].text.strip(".!?…")):
            self.last -= 1

    def subtree(self, index: int, above: int) -> tuple[int, int]:
        """Extent of a token's subtree to the right of ``above``, without marks at its edges."""
        members = [each for each in self.tree.descend(index) if each > above and self.tokens[each].pos != "PUNCT"]
        if not members:
            return index, index + 1
        return self._stretch(min(members), max(members))

    def _stretch(self, first: int, final: int) -> tuple[int, int]:
        """From a word to a word, with the quotation marks that belong to them."""
        if first > 0 and self.tokens[first - 1].text in _OPENING:
            first -= 1
        stop = min(final, self.last) + 1
        if stop <= self.last and self.tokens[stop].text in _CLOSING:
            inside = [self.tokens[at].text for at in range(first, stop)]
            if any(mark in _OPENING for mark in inside):
                stop += 1
        return self._trim(first, stop)

    def _trim(self, start: int, stop: int) -> tuple[int, int]:
        while start < stop and (self.tokens[start].text in _TRIM or self.tokens[start].text in _END):
            start += 1
        while stop > start and (self.tokens[stop - 1].text in _TRIM or self.tokens[stop - 1].text in _END):
            stop -= 1
        return start, stop

    def phrase(self, index: int) -> tuple[int, int]:
        """The cue with its own dependents, without the clauses that it reports, as a connected run."""
        members = {index}
        for child in self.tree.parse.children[index]:
            rel = self.tokens[child].rel
            clause = rel in _CLAUSES or (rel == "conj" and self.tree.is_verbal(child)) or rel == "acl:relcl"
            if clause or (rel in {"advcl", "acl"} and child < index):
                continue
            members.update(self.tree.descend(child))
        start = stop = index
        while start > 0 and (start - 1 in members) and self.tokens[start - 1].text not in _TRIM:
            start -= 1
        while stop < self.last and self._continues(stop + 1, members):
            stop += 1
        while stop > index and self.tokens[stop].text in _TRIM:
            stop -= 1
        return start, stop + 1

    def tail(self, index: int, phrase: tuple[int, int]) -> tuple[int, int]:
        """A phrase that a verb opens behind a mark, up to the sentence's end if only nominals follow."""
        start, stop = phrase
        opens = start == index and index > 0 and self.tokens[index - 1].text in _BREAKS
        return (start, self.last + 1) if opens and stop <= self.last and self._plain(stop) else phrase

    def _continues(self, at: int, members: set[int]) -> bool:
        if self.tokens[at].pos != "PUNCT":
            return at in members
        return at + 1 in members or self.tokens[at].text in {"»", ")"} or (at + 2 in members and at + 2 <= self.last)

    # -- clauses under the cue --------------------------------------------------------------------

    def clause(self, index: int) -> tuple[int, int] | None:
        """The complement clause of a verb, without its conjunction; None where it has none after it."""
        found = self._clause(index)
        return None if found is None else self._trim(found[0], min(found[1], self._gerund(found[0])))

    def _clause(self, index: int) -> tuple[int, int] | None:
        tree, tokens = self.tree, self.tokens
        said = self._said(index)
        if said is not None:
            return said
        for child in tree.parse.children[index]:
            if child < index and tokens[child].lemma in {"то", "тот"} and tokens[child].pos in {"PRON", "DET"}:
                found = self.below_pointer(child)
                if found is not None and found[1] <= index:
                    return found
            if child < index:
                continue
            token = tokens[child]
            if token.rel in {"ccomp", "csubj", "csubj:pass"}:
                found = self.marked(child, index, _MARKS)
                if found is None and token.feats.get("VerbForm") == "Inf" and not tree.children(child, "aux"):
                    continue
                return found or (self.subtree(child, index) if not self._quoted_apart(index, child) else None)
            if token.rel in {"advcl", "acl", "xcomp", "parataxis", "acl:relcl"}:
                loose = token.rel in {"parataxis", "advcl"}  # «рассматривает шаги, чтобы …» says nothing
                found = self.marked(child, index, {"что", "будто"} if loose else {"что", "будто", "чтобы"})
                if found is not None:
                    return found
            if token.lemma in {"то", "тот"} and token.pos in {"PRON", "DET", "SCONJ"}:
                found = self.below_pointer(child)
                if found is not None:
                    return found
        return self._far_clause(index) or self._next_clause(index)

    def _next_clause(self, index: int) -> tuple[int, int] | None:
        """What «, что» right behind a verb opens, wherever the parser hung it."""
        if index + 3 > self.last or self.tokens[index + 1].text != "," or self.tokens[index + 2].pos != "SCONJ":
            return None
        return self.clause_after(index + 1, index)

    def _said(self, index: int) -> tuple[int, int] | None:
        """What follows «, что» after a verb: all below the verb but what it does besides.

        Found on the surface, because the parser often hangs the conjunction or parts of the clause on
        the verb itself.
        """
        tokens, tree = self.tokens, self.tree
        for at in range(index + 1, self.last):
            token = tokens[at]
            if token.lemma not in {"что", "будто"} or token.pos != "SCONJ" or token.rel != "mark":
                continue
            if token.head != index and any(
                each != index and (tree.is_verbal(each) or tokens[each].lemma in self.verbs)
                for each in self._path(tokens[token.head].head, index)
            ):
                continue
            if index not in self._path(token.head, index):
                continue
            barrier = self.last + 1
            for child in tree.parse.children[index]:
                if child > at and self._besides(child):
                    barrier = min(barrier, min(each for each in tree.descend(child) if each > at))
            final = max((e for e in tree.descend(index) if at < e < barrier and tokens[e].pos != "PUNCT"), default=at)
            return self._stretch(at + 1, final) if final > at else None
        return None

    def _gerund(self, start: int) -> int:
        """Where a gerund of speech cuts off what was said («…, добавив, что …»)."""
        for at in range(start, self.last):
            token = self.tokens[at]
            if token.feats.get("VerbForm") == "Conv" and token.lemma in self.verbs:
                while at > start and self.tokens[at].text != ",":
                    at -= 1
                return at if at > start else self.last + 1
        return self.last + 1

    def _besides(self, child: int) -> bool:
        """Whether a dependent of a verb of speech is another act of its subject or of the teller."""
        token = self.tokens[child]
        if token.rel == "advcl":
            return token.feats.get("VerbForm") == "Conv" and token.lemma in self.verbs
        if token.rel == "parataxis":
            return token.lemma in self.verbs
        if token.rel == "conj":
            own = any(self.tokens[each].rel.startswith("nsubj") for each in self.tree.parse.children[child])
            return not own or token.lemma in self.verbs
        return False

    def _quoted_apart(self, index: int, child: int) -> bool:
        """Whether a dash or a quotation mark parts a verb from an unmarked clause after it."""
        first = min((each for each in self.tree.descend(child) if each > index), default=child)
        between = {self.tokens[at].text for at in range(index, first + 1)}
        return bool(between & _DASHES)

    def _far_clause(self, index: int) -> tuple[int, int] | None:
        """A «что» clause that the parser hung on a noun below the verb («сообщил агентству, что…»)."""
        for child in self.tree.parse.children[index]:
            token = self.tokens[child]
            if child < index or token.pos not in {"NOUN", "PROPN", "PRON", "X", "DET"}:
                continue
            for below in self.tree.descend(child):
                if below > child and self.tokens[below].rel in {"acl", "ccomp", "advcl", "acl:relcl"}:
                    found = self.marked(below, child, {"что", "будто"})
                    nominal = all(
                        not self.tree.is_verbal(each) or each == index
                        for each in self._path(self.tokens[below].head, index)
                    )
                    if found is not None and nominal:
                        return found
        return None

    def _path(self, low: int, high: int) -> list[int]:
        path = [low] if low >= 0 else [high]
        while path[-1] != high and self.tokens[path[-1]].head >= 0:
            path.append(self.tokens[path[-1]].head)
        return path

    def marked(self, root: int, above: int, marks: frozenset[str] | set[str]) -> tuple[int, int] | None:
        """Extent of a clause after its conjunction, if it opens with one of ``marks``."""
        tokens = self.tokens
        members = sorted(each for each in self.tree.descend(root) if each > above)
        for at in members[:4]:
            token = tokens[at]
            if token.lemma in marks and token.pos in {"SCONJ", "ADV", "PRON", "DET", "PART", "ADJ"}:
                if token.lemma in {"что", "чтобы", "будто"} and token.pos in {"SCONJ", "PRON", "ADV"}:
                    if token.pos == "PRON" and token.rel in {"nsubj", "obj", "obl"} and token.lemma != "что":
                        return None
                    start = at + 1
                else:
                    start = at
                final = max((each for each in members if self.tokens[each].pos != "PUNCT"), default=at)
                return self._stretch(start, final) if start <= final else None
            if token.pos not in {"PUNCT", "ADP", "PART"} and token.lemma not in {"то", "тот"}:
                break
        return None

    def below_pointer(self, index: int) -> tuple[int, int] | None:
        """The clause that «о том» points to."""
        for child in self.tree.parse.children[index]:
            if child > index and self.tokens[child].rel in {"acl", "acl:relcl", "ccomp", "advcl", "csubj"}:
                found = self.marked(child, index, _MARKS)
                return found or self.subtree(child, index)
        head = self.tokens[index].head
        for child in self.tree.parse.children[head] if head >= 0 else ():
            if child > index and self.tokens[child].rel in {"acl", "ccomp", "advcl"}:
                found = self.marked(child, index, _MARKS)
                if found is not None:
                    return found
        beyond = index + 2 <= self.last and self.tokens[index + 1].text == ","
        return self.clause_after(index + 1, index) if beyond else None

    def clause_after(self, at: int, cue: int) -> tuple[int, int] | None:
        """A «что» clause that follows at once (at most three words later); ends where its subtree ends."""
        tokens = self.tokens
        for index in range(at, min(at + 14, self.last)):
            if tokens[index].text == "," and tokens[index + 1].lemma in {"что", "будто", "якобы"}:
                root = tokens[index + 1].head
                if root <= index + 1:
                    return self._trim(index + 2, self.last + 1)
                final = max(each for each in self.tree.descend(root) if tokens[each].pos != "PUNCT")
                return self._stretch(index + 2, max(final, index + 2))
            if tokens[index].pos in {"VERB", "AUX"} or (tokens[index].text in _TRIM and index > cue):
                return None
        return None

    # -- parentheses ------------------------------------------------------------------------------

    def around(self, start: int, stop: int) -> tuple[tuple[int, int], bool]:
        """What a parenthesis leaves of the sentence, and whether it stands at the sentence's end."""
        after = [at for at in range(stop, self.last + 1) if self.tokens[at].pos != "PUNCT"]
        if not after:
            return self._trim(0, start), True
        before = [at for at in range(start) if self.tokens[at].pos not in _LIGHT_POS]
        if not before or self.tokens[start].text[:1].isupper():
            # a capital inside the sentence: a headline or rubric without a full stop stands before it
            comma = next((at for at in range(stop, min(stop + 8, self.last)) if self.tokens[at].text in _BREAKS), stop)
            return self._trim(comma, self.last + 1), False
        if self.closes_quote(start) and self.tokens[stop].text not in _OPENING and not self._quote_after(stop):
            return self._trim(0, start), True
        return self._trim(0, self.last + 1), False

    def closes_quote(self, start: int) -> bool:
        """Whether a closing mark stands right before a phrase, but for comma and dash."""
        at = start - 1
        while at > 0 and self.tokens[at].text in _TRIM:
            at -= 1
        return at > 0 and self.tokens[at].text in _CLOSING

    def _quote_after(self, stop: int) -> bool:
        """Whether direct speech goes on after a phrase («…», — сказал он, — «…»)."""
        return any(self.tokens[at].text in _OPENING | _DASHES for at in range(stop, min(stop + 4, self.last)))

    def host(self, index: int) -> tuple[int, int] | None:
        """Extent of the subordinate or conjoined clause into which a parenthesis is put, if it is one."""
        head = self.tokens[index].head
        if head < 0 or self.tokens[head].rel not in {"acl:relcl", "acl", "ccomp", "advcl", "conj"}:
            return None
        if self.tokens[head].rel == "conj" and not any(
            self.tokens[child].rel.startswith("nsubj") for child in self.tree.parse.children[head]
        ):
            return None
        start, stop = self.subtree(head, -1)
        return (start, stop) if start <= index < stop else None

    def has_as(self, index: int) -> bool:
        """Whether the verb stands in a clause that «как» opens («как сообщает X»)."""
        return any(
            self.tokens[child].lemma == "как" and child < index and self.tokens[child].rel in {"mark", "advmod", "cc"}
            for child in self.tree.parse.children[index]
        ) and self._as_opens(index)

    def _as_opens(self, index: int) -> bool:
        before = [child for child in self.tree.parse.children[index] if child < index]
        at = max(child for child in before if self.tokens[child].lemma == "как")
        return at == 0 or self.tokens[at - 1].pos in {"PUNCT", "PART", "CCONJ", "ADV"}

    def about_this(self, index: int) -> int | None:
        """«Об этом» of a verb: its token."""
        for child in self.tree.parse.children[index]:
            token = self.tokens[child]
            if token.lemma in {"это", "этот"} and token.pos in {"PRON", "DET"} and self.tree.preposition(child) == "о":
                return child
        return None

    def relative_about(self, start: int, stop: int) -> bool:
        """Whether a phrase opens with «, о чём»."""
        for at in range(max(start - 2, 0), min(stop, len(self.tokens) - 1)):
            if self.tokens[at].text.lower() in {"о", "об"} and self.tokens[at + 1].text.lower() in {"чем", "чём"}:
                return at > 0
        return False

    def comma_before(self, index: int) -> int:
        """End of what stands before the comma or dash nearest to the left of a token."""
        at = index - 1
        while at > 0 and self.tokens[at].text not in _TRIM:
            at -= 1
        return self._trim(0, at)[1]

    def is_parenthesis(self, index: int, phrase: tuple[int, int], posed: bool) -> bool:
        """Whether a verb's phrase stands beside the clause that it reports, cut off by marks."""
        start, stop = phrase
        tokens = self.tokens
        cut = start == 0 or tokens[start - 1].text in _BREAKS
        if not cut or start == 0:
            return False
        if any(tokens[child].lemma != "как" for child in self.tree.children(index, "mark")):
            return False
        if any(tokens[at].lemma in self.tree.words.relative for at in range(start, index)):
            return False  # «против людей, которые угрожают миру»
        direct = tokens[start - 1].text in _DASHES and start > 1 and tokens[start - 2].text in _BREAKS | {"."}
        if direct:
            return True
        closed = stop > self.last or tokens[stop].text in _BREAKS or self._plain(stop)
        if not posed or not closed or tokens[start - 1].text not in {",", "—", "–", "-", "(", "»", '"', "”", "?", "!"}:
            return False
        if tokens[index].rel == "parataxis" or tokens[index].feats.get("VerbForm") == "Conv":
            return tokens[index].rel == "parataxis"
        own = set(range(start, stop))
        return any(self._predicate(at) and at not in own for at in range(self.last + 1)) and not self._shares_subject(
            index
        )

    def _plain(self, stop: int) -> bool:
        """Whether nothing but nominals follows up to the end: the rest of a speaker's name."""
        rest = range(stop, self.last + 1)
        return not any(self.tree.is_verbal(at) or self.tokens[at].text in _TRIM for at in rest)

    def is_tail(self, index: int) -> bool:
        """Whether a word opens a tail without a further clause («, сказано в заявлении X»)."""
        before = self.tokens[index - 1].text
        return (
            before in _BREAKS
            and before != ":"
            and not any(
                self.tokens[at].text in {";", ":"} or self.tokens[at].pos == "SCONJ"
                for at in range(index, self.last + 1)
            )
        )

    def _predicate(self, at: int) -> bool:
        token = self.tokens[at]
        return self.tree.is_verbal(at) or token.head == -1 or token.rel in {"ccomp", "parataxis"}

    def _shares_subject(self, index: int) -> bool:
        """A conjoined verb without a subject of its own goes on with the clause before."""
        own = any(self.tokens[child].rel.startswith("nsubj") for child in self.tree.parse.children[index])
        return self.tokens[index].rel == "conj" and not own and self.tokens[index].feats.get("Number") != "Plur"

    def colon_after(self, stop: int, index: int) -> int | None:
        """First token after the colon that closes the cue's phrase («Он сказал: …»)."""
        for at in range(index + 1, min(max(stop, index + 1) + 2, len(self.tokens))):
            if self.tokens[at].text == ":":
                return None if self.tokens[at - 1].text[-1].isdigit() else at + 1
            if at >= stop and self.tokens[at].pos != "PUNCT" and at > stop:
                break
        return None

    def next_word(self, index: int) -> int:
        """The next predicate, else the next word; -1 where nothing follows."""
        words = [at for at in range(index + 1, self.last + 1) if self.tokens[at].pos != "PUNCT"]
        return next((at for at in words if self.tree.is_verbal(at)), words[0] if words else -1)

    # -- headline forms ---------------------------------------------------------------------------

    def label(self) -> tuple[int, int] | None:
        """«X: …»: the head of X and the colon."""
        for at, token in enumerate(self.tokens[:14]):
            if token.text == ":":
                if at == 0 or self.last - at < 2:
                    return None
                head = self._top(0, at)
                return (head, at) if head is not None and self.tokens[head].lemma not in _LABELS else None
            if token.text in {",", ".", ";"} or (self.tree.is_verbal(at) and token.feats.get("VerbForm") != "Part"):
                return None
        return None

    def signature(self) -> tuple[int, int] | None:
        """«…, — X» at the end of a sentence: the head of X and the dash."""
        for at in range(self.last - 1, max(self.last - 12, 2), -1):
            token = self.tokens[at]
            if token.text in _DASHES:
                if self.tokens[at - 1].text[-1].isdigit():
                    return None  # «29 - летний»
                if not any(self.tree.is_verbal(before) for before in range(at)) or self._copula(at):
                    return None
                head = self._top(at + 1, self.last + 1)
                if head is None or self.tokens[head].feats.get("Case", "Nom") not in {"Nom", "Gen"}:
                    return None
                if self.tokens[head].feats.get("Case") == "Gen" and not self.tokens[head].text.isupper():
                    return None
                return head, at
            if token.text in {",", ":", ";"} or self.tree.is_verbal(at):
                return None
        return None

    def _copula(self, dash: int) -> bool:
        """Whether the dash stands for «is»: the words after it are the sentence's own predicate."""
        head = self._top(dash + 1, self.last + 1)
        return head is not None and any(
            self.tokens[child].rel.startswith("nsubj") for child in self.tree.children(head)
        )

    def _top(self, start: int, stop: int) -> int | None:
        """The nominal in a stretch whose governor stands outside it."""
        for at in range(start, stop):
            token = self.tokens[at]
            if token.pos in {"NOUN", "PROPN", "X", "ADJ"} and not start <= token.head < stop:
                return at
        return None
