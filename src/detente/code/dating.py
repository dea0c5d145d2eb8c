"""Which of a sentence's dates is the act's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.code.chain import Chain
from detente.code.tree import Tree
from detente.model import Interval

if TYPE_CHECKING:
    from detente.text.dates import DateMention

_CLAUSE = frozenset({"ccomp", "advcl", "acl", "acl:relcl", "parataxis", "csubj"})


def when(
    tree: Tree,
    index: int,
    chain: Chain,
    dates: Sequence[DateMention],
    published: date | None,
    future: bool,
) -> tuple[Interval, bool]:
    """Interval of the act at a token, and whether a date word says that it is habitual.

    The date hangs on the predicate, on one of its light verbs, or on a verb of its clause; a date at
    the head of the sentence reaches over conjoined verbs. Timestamps date the publication, not the act.
    """
    usable = [each for each in dates if not each.timestamp and each.role != "attribute"]
    if not future:  # «продлил до сентября» was done before
        usable = [each for each in usable if each.role != "until"]
    if not usable:
        return Interval(), False
    path = _path(tree, index, chain)
    best: tuple[int, int, DateMention] | None = None
    habitual = False
    for mention in usable:
        rank = _rank(tree, mention, path)
        if rank is None:
            continue
        if mention.habitual:
            habitual = True
            continue
        key = (rank, abs(mention.start - tree.tokens[index].start))
        if best is None or key < best[:2]:
            best = (*key, mention)
    if best is None:
        return Interval(), habitual
    mention = best[2]
    interval = mention.resolve(published, future=True).interval if future else mention.interval
    return interval, habitual


def _path(tree: Tree, index: int, chain: Chain) -> list[int]:
    """The predicate, its light verbs and governors, up to and with the verb of its clause and its first conjunct."""
    path = [index]
    at = index
    while True:
        head = tree.tokens[at].head
        if head < 0:
            break
        rel = tree.tokens[at].rel
        verb = tree.is_verbal(at) and tree.tokens[at].feats.get("VerbForm") in {"Fin", None}
        if rel in _CLAUSE and (verb or tree.is_attribute(at)):
            break
        path.append(head)
        at = head
    return path + [each for each in chain.supports if each not in path]


def _period_of_content(tree: Tree, mention: DateMention, first: int) -> bool:
    """«План на 2025 год» says for when the plan is, not when it was signed."""
    if mention.interval.precision not in {"year", "years", "half_year", "quarter"}:
        return False
    before = tree.tokens[first - 1].text.lower() if first else ""
    return before in tree.words.period or tree.tokens[first].text.lower() in tree.words.period


def _rank(tree: Tree, mention: DateMention, path: Sequence[int]) -> int | None:
    inside = [t.index for t in tree.tokens if t.start < mention.stop and mention.start < t.stop]
    if not inside or _period_of_content(tree, mention, inside[0]):
        return None
    members = set(inside)
    tops = [i for i in inside if tree.tokens[i].head not in members]
    best: int | None = None
    for top in tops:
        at, steps = top, 0
        while at >= 0 and steps < 4:
            if at in path and at not in members:
                rank = path.index(at) + 3 * max(0, steps - 1)
                best = rank if best is None else min(best, rank)
                break
            if tree.tokens[at].rel in _CLAUSE and tree.is_verbal(at):
                break
            at, steps = tree.tokens[at].head, steps + 1
    return best
