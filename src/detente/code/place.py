"""Where an act takes place, and who merely hosts or mediates it."""

from __future__ import annotations

from collections.abc import Iterator

from detente.code.chain import Chain
from detente.code.slots import Sides
from detente.code.tree import Tree
from detente.model import Party, Span


def _places(tree: Tree, index: int, chain: Chain) -> Iterator[int]:
    for anchor in (index, *chain.supports):
        for child in tree.children(anchor, "obl", "nmod", "advmod"):
            if tree.preposition(child) in tree.words.where and tree.case(child) in {"loc", "ins", "gen", ""}:
                yield child


def place_of(text: str, tree: Tree, sides: Sides, index: int, chain: Chain) -> Span | None:
    """Span of the place named with the predicate or its light verbs, or None."""
    named = {i for entity in sides.entities for i in range(entity.start, entity.stop)}
    for child in _places(tree, index, chain):
        if child in named or tree.tokens[child].pos == "PROPN":
            found = sides.at(child)
            if found:
                mention = found[0].mention
                return Span(mention.start, mention.stop, mention.text)
            token = tree.tokens[child]
            return Span(token.start, token.stop, text[token.start : token.stop])
    return None


def hosts(tree: Tree, sides: Sides, index: int, chain: Chain, taken: set[str | None]) -> Iterator[Party]:
    """Third parties that host or mediate: in a place phrase, or «при посредничестве X»."""
    seen = set(taken)
    for child in _places(tree, index, chain):
        for entity in sides.of(child):
            code = entity.mention.actor
            if code and code not in seen:
                seen.add(code)
                mention = entity.mention
                yield Party(code, "host", mention.sector, span=Span(mention.start, mention.stop, mention.text))
    for anchor in (index, *chain.supports):
        for child in tree.children(anchor, "obl", "nmod"):
            if tree.preposition(child) in tree.words.mediation or tree.tokens[child].lemma in tree.words.help:
                for entity in sides.of(child):
                    code = entity.mention.actor
                    if code and code not in seen:
                        seen.add(code)
                        mention = entity.mention
                        span = Span(mention.start, mention.stop, mention.text)
                        yield Party(code, "mediator", mention.sector, span=span)
