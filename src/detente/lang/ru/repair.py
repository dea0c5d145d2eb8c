"""Mends arcs that the parser is known to get wrong, before frames are read.

A root that is a name with a finite verb hung on it as a clause («Соединенные Штаты … поддерживают НАТО»)
is turned round: the verb is the root and the name its subject. Tokens are changed in place.
"""

from __future__ import annotations

from detente.lang.base import Parse, Token

_RELATIVE = frozenset({"который", "кто", "чей", "где", "куда", "когда", "что", "чтобы", "если"})


def repair(parse: Parse) -> bool:
    """Mend one sentence; whether anything was changed (then its children are built anew)."""
    tokens = parse.tokens
    changed = _swap_names(tokens)
    if changed:
        _rebuild(parse)
    if _verb_root(parse):
        _rebuild(parse)
        changed = True
    if _participles(parse):
        _rebuild(parse)
        changed = True
    if _missing_subject(parse):
        _rebuild(parse)
        changed = True
    if _second_subject(parse):
        _rebuild(parse)
        changed = True
    return changed


_AGREE = ("Case", "Number", "Gender")


def _participles(parse: Parse) -> bool:
    """A participle behind a comma belongs to the nearest noun before it with which it agrees."""
    tokens = parse.tokens
    changed = False
    for token in tokens[2:]:
        if token.feats.get("VerbForm") != "Part" or token.feats.get("Variant") == "Short" or "Case" not in token.feats:
            continue
        if tokens[token.index - 1].text != "," or token.rel == "conj":
            continue
        if token.head >= 0 and _agrees(token, tokens[token.head]):
            continue
        for noun in reversed(tokens[max(0, token.index - 9) : token.index - 1]):
            if noun.pos in {"NOUN", "PROPN"} and _agrees(token, noun) and not _above(tokens, token.index, noun.index):
                token.head, token.rel = noun.index, "acl"
                changed = True
                break
    return changed


def _agrees(participle: Token, noun: Token) -> bool:
    if noun.pos not in {"NOUN", "PROPN", "PRON"}:
        return False
    plural = participle.feats.get("Number") == "Plur"
    return all(
        participle.feats.get(name) == noun.feats.get(name) or name not in participle.feats or name not in noun.feats
        for name in (_AGREE[:2] if plural else _AGREE)
    )


def _missing_subject(parse: Parse) -> bool:
    """A noun in the nominative before a finite verb without subject is its subject.

    Names of states look the same in the nominative and the accusative, and the parser takes some for objects.
    """
    tokens = parse.tokens
    for verb in tokens[1:]:
        if verb.pos != "VERB" or verb.feats.get("VerbForm") != "Fin" or verb.feats.get("Person") in {"1", "2"}:
            continue
        if any(tokens[child].rel.startswith(("nsubj", "csubj")) for child in parse.children[verb.index]):
            continue
        if verb.rel in {"conj", "acl:relcl"} or verb.feats.get("Gender") == "Neut":
            continue
        name = _candidate(parse, verb)
        if name is None:
            continue
        if name.head == -1:
            verb.head, verb.rel = -1, "root"
        name.head, name.rel = verb.index, "nsubj"
        return True
    return False


def _candidate(parse: Parse, verb: Token) -> Token | None:
    tokens = parse.tokens
    objects = [child for child in parse.children[verb.index] if tokens[child].rel == "obj"]
    for name in tokens[: verb.index]:
        if name.pos not in {"NOUN", "PROPN"} or name.feats.get("Case") not in {"Nom", "Acc"}:
            continue
        if any(tokens[child].rel == "case" for child in parse.children[name.index]):
            continue
        if verb.feats.get("Number") != name.feats.get("Number") and not name.text.isupper():
            continue
        direct = name.head == verb.index or (name.head == -1 and verb.head == name.index)
        beside = name.index == verb.index - 1 and name.head == -1
        if not (direct or beside) or (beside and _above(tokens, name.index, verb.index) and verb.head != name.index):
            continue
        if name.rel == "obj" and (len(objects) < 2 or name.index != objects[0]) and name.feats.get("Case") != "Nom":
            continue
        if name.rel == "obl" and name.feats.get("Case") == "Acc":
            continue  # «неделю», «год»
        return name
    return None


def _above(tokens: list[Token], name: int, verb: int) -> bool:
    """Whether the verb hangs below the name: then the arc would close a circle."""
    at, steps = tokens[verb].head, 0
    while at >= 0 and steps <= len(tokens):
        if at == name:
            return True
        at, steps = tokens[at].head, steps + 1
    return False


def _second_subject(parse: Parse) -> bool:
    """Of two subjects of an active verb without object the one behind it is the object («бомбила Йемен»)."""
    tokens = parse.tokens
    changed = False
    for verb in tokens:
        if verb.pos != "VERB":
            continue
        below = [tokens[child] for child in parse.children[verb.index]]
        subjects = [token for token in below if token.rel == "nsubj"]
        if len(subjects) == 2 and not any(token.rel == "obj" for token in below):
            first, second = subjects
            behind = second if second.index > verb.index else first
            if behind.index > verb.index and behind.pos in {"NOUN", "PROPN"}:
                behind.rel = "obj"
                changed = True
    return changed


def _rebuild(parse: Parse) -> None:
    parse.children = [[] for _ in parse.tokens]
    for token in parse.tokens:
        if token.head >= 0:
            parse.children[token.head].append(token.index)


def _swap_names(tokens: list[Token]) -> bool:
    """«Соединенные» heading «Штаты» is an adjective of it."""
    changed = False
    for token in tokens:
        if token.head == token.index - 1 and token.text[:1].isupper():
            first = tokens[token.head]
            if first.lemma in {"соединить", "соединенный", "объединить", "объединенный"} and first.text[:1].isupper():
                token.head, token.rel = first.head, first.rel
                first.head, first.rel = token.index, "amod"
                for other in tokens:
                    if other.head == first.index and other.index != token.index:
                        other.head = token.index
                if token.rel == "amod":
                    token.rel = "nsubj"
                changed = True
    return changed


def _verb_root(parse: Parse) -> bool:
    tokens = parse.tokens
    for root in tokens:
        if root.head != -1 or root.pos not in {"NOUN", "PROPN", "ADJ", "X"} or root.feats.get("Variant") == "Short":
            continue
        for child in parse.children[root.index]:
            verb = tokens[child]
            if verb.rel not in {"acl", "acl:relcl"} or verb.feats.get("VerbForm") != "Fin" or child < root.index:
                continue
            if any(tokens[each].lemma in _RELATIVE and each < child for each in parse.children[child]):
                continue
            if any(tokens[each].rel in {"nsubj", "nsubj:pass"} for each in parse.children[child]):
                continue
            verb.head, verb.rel = -1, "root"
            root.head, root.rel = verb.index, "nsubj"
            return True
    return False
