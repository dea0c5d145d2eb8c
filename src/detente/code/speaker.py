"""Who says so: the attributions of a document, with speaker, cue, content and what stands inside what.

Cues are data (``cues_*.csv`` of a language). Each sentence gives drafts (``speech``); here they are joined
over sentences: «об этом» reaches back, quotations run on to their closing mark, «он добавил» finds its
speaker, and the attribution inside whose content another stands becomes its parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.code.cues import load_cues
from detente.code.quotes import quote_pairs
from detente.code.speech import Draft, Speech
from detente.code.tree import Tree
from detente.lang.base import Parse
from detente.model import Attribution, Span

if TYPE_CHECKING:
    from detente.actor.resolver import Entity

_LOOK_BACK = 4
"""Sentences over which a pronoun finds the speaker that was named before."""
_SPACE = " \t\n\u00a0,;:—–-"
_OUTER_VOICES = frozenset({"outlet", "anonymous"})


def attribute(
    parses: Sequence[Parse], entities: Sequence[Sequence[Entity]], text: str, language: str = "ru"
) -> list[Attribution]:
    """Every attribution of a document, by content and cue.

    Args:
        parses: the document's sentences, offsets into ``text``.
        entities: the resolved mentions of each sentence; may be shorter than ``parses``.
        text: the document's text, or its masked form of the same length.
        language: whose cue tables to use.

    Raises DataError where the cue tables are bad.
    """
    cues = load_cues(language)
    drafts: list[Draft] = []
    for number, parse in enumerate(parses):
        found = entities[number] if number < len(entities) else ()
        drafts += Speech(number, Tree(parse, language), found, cues).find()
    drafts = [*_running_quotes(drafts, parses, text), *_carried_quotes(drafts, parses, text)]
    _resolve(drafts, parses, entities)
    _cut_tails(drafts, text)
    _limit(drafts, parses)
    drafts = _reach_back(drafts, parses, text)
    for draft in drafts:
        if draft.outer is not None:
            draft.content = draft.outer.content
    drafts = [draft for draft in drafts if draft.content[0] < draft.content[1] and _decided(draft)]
    return _finish(drafts, text)


def innermost(attributions: Sequence[Attribution], start: int, stop: int) -> int | None:
    """Index of the innermost attribution whose content covers a span and whose own words do not.

    ``start`` and ``stop`` are document offsets. None where nobody is reported as saying it.
    """
    best: tuple[int, int] | None = None
    found = None
    for index, each in enumerate(attributions):
        if not (each.content.start <= start and stop <= each.content.stop):
            continue
        if _meets(each.cue, start, stop) or (each.speaker is not None and _meets(each.speaker, start, stop)):
            continue
        rank = (each.content.stop - each.content.start, -_depth(attributions, index))
        if best is None or rank < best:
            best, found = rank, index
    return found


def _meets(span: Span, start: int, stop: int) -> bool:
    return span.start < stop and start < span.stop


def _depth(attributions: Sequence[Attribution], index: int) -> int:
    depth, at = 0, attributions[index].parent
    while at is not None and depth <= len(attributions):
        depth, at = depth + 1, attributions[at].parent
    return depth


def _decided(draft: Draft) -> bool:
    """A draft whose dropped subject was not found before says nothing."""
    return not (draft.pending and draft.speaker is None)


# -- quotations over several sentences -----------------------------------------------------------


def _running_quotes(drafts: list[Draft], parses: Sequence[Parse], text: str) -> list[Draft]:
    """Let contents run on to the closing mark, and back to the opening one, in other sentences."""
    if not drafts:
        return drafts
    pairs = quote_pairs(text)
    kept = []
    for draft in drafts:
        parse = parses[draft.sentence]
        if draft.scope == "after":
            following = parses[draft.sentence + 1] if draft.sentence + 1 < len(parses) else None
            if following is None:
                continue
            draft.content, draft.scope = (following.start, following.stop), "quote"
        start, stop = draft.content
        for open_, close in pairs:
            if draft.scope != "before" and start <= open_ < stop < close:
                stop = close
            if draft.scope == "sentence" and open_ < parse.start < close and parse.start <= draft.cue[0]:
                inside = draft.cue[0] < close
                if inside or (
                    draft.tail and close <= draft.phrase[0] and not text[close : draft.phrase[0]].strip(_SPACE)
                ):
                    start, stop = open_, max(stop, close) if inside else stop
        draft.content = (start, stop)
        kept.append(draft)
    return kept


def _carried_quotes(drafts: list[Draft], parses: Sequence[Parse], text: str) -> list[Draft]:
    """A sentence that is one quotation, or goes on with a dash, after a quoted speaker is still theirs."""
    by_sentence = {draft.sentence for draft in drafts}
    made: list[Draft] = []
    last: dict[int, Draft] = {}
    for draft in drafts:
        quoted = draft.scope == "quote" or (draft.scope == "sentence" and _dashed(draft, text))
        if quoted and draft.speaker is not None:
            last[draft.sentence] = draft
    for number in range(1, len(parses)):
        before = last.get(number - 1)
        if before is None or number in by_sentence:
            continue
        body = text[parses[number].start : parses[number].stop].strip()
        closed = body[:1] in '«"“„' and body.rstrip(".!?…")[-1:] in '»"”“' and len(body) > 2
        dash = body[:1] in "—–-" and "\n" not in text[parses[number - 1].stop : parses[number].start]
        if closed or dash:
            lead = len(body) - len(body.lstrip("—–- ")) if dash else 0
            first = text.index(body[lead : lead + 1] or body, parses[number].start + lead)
            span = (first, parses[number].stop)
            carried = Draft(number, before.cue, span, before.kind, "quote", before.phrase, before.speaker, before.head,
                            before.voice, before.hearsay, entity=before.entity)  # fmt: skip
            made.append(carried)
            last[number] = carried
    return made


def _dashed(draft: Draft, text: str) -> bool:
    """Whether a parenthesis follows a dash, the mark of direct speech."""
    return text[max(draft.phrase[0] - 4, 0) : draft.phrase[0]].rstrip()[-1:] in {"—", "–", "-"}


# -- speakers that are named elsewhere -----------------------------------------------------------


def _resolve(drafts: list[Draft], parses: Sequence[Parse], entities: Sequence[Sequence[Entity]]) -> None:
    """Give pronouns and dropped subjects the speaker that was named before."""
    known: list[Draft] = []
    for draft in sorted(drafts, key=lambda each: (each.sentence, each.cue)):
        if draft.pending:
            _antecedent(draft, known, parses, entities)
        if draft.speaker is not None and draft.voice != "pronoun":
            known.append(draft)


def _antecedent(
    draft: Draft, known: list[Draft], parses: Sequence[Parse], entities: Sequence[Sequence[Entity]]
) -> None:
    entity = draft.entity
    mention = entity.mention if entity is not None and entity.mention.kind == "pronoun" else None
    for earlier in reversed(known):
        if earlier.speaker is None or earlier.cue[0] >= draft.cue[0] + 1 or earlier.speaker == draft.speaker:
            continue
        if draft.sentence - earlier.sentence > _LOOK_BACK:
            break
        if mention is not None and earlier.entity is not None and mention.person and earlier.entity.mention.person:
            fits = mention.person == earlier.entity.mention.person
        else:
            fits = _fits(draft.pending, earlier, parses)
        if fits:
            _adopt(draft, earlier)
            return
    if mention is None or not (mention.person or mention.actor):
        return
    for number in range(draft.sentence, max(draft.sentence - _LOOK_BACK, -1), -1):
        for other in reversed(entities[number] if number < len(entities) else ()):
            named = other.mention.kind != "pronoun" and not other.inside
            same = other.mention.person == mention.person if mention.person else other.mention.actor == mention.actor
            speaks = other.mention.person or other.mention.office or draft.pending == "Plur"
            if named and same and speaks and other.mention.stop <= draft.cue[0]:
                tokens = parses[number].tokens
                draft.speaker = (tokens[other.start].start, tokens[other.stop - 1].stop)
                draft.entity, draft.voice = other, "person"
                return


def _fits(pending: str, earlier: Draft, parses: Sequence[Parse]) -> bool:
    """Whether an earlier speaker agrees with a pronoun in gender and number."""
    if earlier.head is None:
        return False
    feats = parses[earlier.sentence].tokens[earlier.head].feats
    if pending == "Plur":
        return feats.get("Number") == "Plur" or earlier.voice in {"organisation", "outlet"}
    if earlier.voice not in {"person", "anonymous"} or feats.get("Number") == "Plur":
        return False
    # an office is masculine by grammar whoever holds it; a name or a dropped subject decides less
    return pending == "Any" or pending == "Fem" or feats.get("Gender", pending) == pending


def _adopt(draft: Draft, earlier: Draft) -> None:
    draft.speaker, draft.entity = earlier.speaker, earlier.entity
    draft.voice, draft.hearsay = earlier.voice, earlier.hearsay


# -- limits and reach ----------------------------------------------------------------------------


def _cut_tails(drafts: list[Draft], text: str) -> None:
    """What stands under a cue ends where a tail («, сообщает ТАСС») begins."""
    for tail in drafts:
        if not tail.tail or tail.outer is not None:
            continue
        for draft in drafts:
            if draft is tail or draft.sentence != tail.sentence or draft.cue[0] >= tail.phrase[0]:
                continue
            if not draft.content[0] < tail.phrase[0] < draft.content[1] + 3:
                continue
            stop = min(draft.content[1], tail.content[1])
            between = text[draft.phrase[1] : tail.phrase[0]].strip(_SPACE)
            if draft.scope == "sentence" and not between and draft.content[0] < draft.phrase[0] < stop:
                # a tail before the tail: «…, заявил X, передаёт Y»
                stop = draft.content[0] + len(text[draft.content[0] : draft.phrase[0]].rstrip(_SPACE))
            draft.content = (draft.content[0], stop)


def _limit(drafts: list[Draft], parses: Sequence[Parse]) -> None:
    """A parenthesis inside a reported clause reaches over that clause only."""
    for draft in drafts:
        if draft.scope not in {"sentence", "particle"} or draft.outer is not None:
            continue
        if draft.tail and draft.voice in _OUTER_VOICES:
            continue
        parse = parses[draft.sentence]
        for clause in drafts:
            if clause is draft or clause.sentence != draft.sentence or clause.outer is not None:
                continue
            start, stop = clause.content
            if clause.scope not in {"clause", "quote"} and not (
                clause.scope == "sentence" and clause.phrase[1] <= start
            ):
                continue
            inside = start <= draft.phrase[0] and draft.phrase[1] <= max(stop, draft.phrase[0])
            if inside and parse.start <= start and clause.cue[1] <= start:
                inner = (max(draft.content[0], start), min(draft.content[1], stop))
                if inner[0] < inner[1]:
                    draft.content = inner


def _reach_back(drafts: list[Draft], parses: Sequence[Parse], text: str) -> list[Draft]:
    """Give «об этом» its content: the paragraph so far, all before it, or the document."""
    backward = sorted((draft for draft in drafts if draft.scope == "before"), key=lambda each: each.cue)
    retold = [draft for draft in backward if draft.voice == "outlet" and draft.outer is None]
    last = len(parses) - 1
    floor = 0
    for draft in backward:
        if draft.outer is not None:
            continue
        number = draft.sentence
        edge = number <= 1 or number == last
        if len(retold) == 1 and draft is retold[0] and (number <= 2 or number == last) and last > 0:
            draft.content = (parses[0].start, parses[last].stop)
        elif number == 0:
            draft.content = (0, 0)
        else:
            first = 0 if edge else _paragraph(number, parses, text)
            first = max(first, min(floor, number - 1))
            draft.content = (parses[first].start, parses[number - 1].stop)
        floor = number
    return drafts


def _paragraph(number: int, parses: Sequence[Parse], text: str) -> int:
    """First sentence of the paragraph that holds what stands before a sentence."""
    first = number - 1
    while first > 0 and "\n" not in text[parses[first - 1].stop : parses[first].start]:
        first -= 1
    return first


# -- joining -------------------------------------------------------------------------------------


def _finish(drafts: list[Draft], text: str) -> list[Attribution]:
    """Order the drafts, find each one's parent and write them out."""
    drafts = sorted(
        drafts,
        key=lambda each: (each.content[0], -each.content[1], each.outer is not None, not _publishes(each), each.cue),
    )
    parents = [_parent(drafts, index) for index in range(len(drafts))]
    result = []
    for index, draft in enumerate(drafts):
        parent = parents[index]
        speaker, entity = draft.speaker, draft.entity
        if draft.scope == "particle" and parent is not None and drafts[parent].sentence == draft.sentence:
            speaker, entity = drafts[parent].speaker, drafts[parent].entity
        result.append(
            Attribution(
                cue=_span(draft.cue, text),
                content=_span(draft.content, text),
                speaker=_span(speaker, text) if speaker is not None else None,
                kind=draft.kind,
                hearsay=draft.hearsay,
                actor=_actor(entity) if draft.voice != "outlet" else None,
                parent=parent,
                voice=draft.voice if speaker is not None else "",
            )
        )
    return result


def _publishes(draft: Draft) -> bool:
    return draft.voice in _OUTER_VOICES or draft.scope == "before"


def _parent(drafts: list[Draft], index: int) -> int | None:
    """The narrowest attribution that holds both a draft's content and its cue."""
    draft = drafts[index]
    if draft.outer is not None:
        return next((at for at, each in enumerate(drafts) if each is draft.outer), None)
    best, found = None, None
    for at, other in enumerate(drafts):
        if at == index or other.outer is draft:
            continue
        start, stop = other.content
        if not (start <= draft.content[0] and draft.content[1] <= stop):
            continue
        if other.content == draft.content and at > index:
            continue
        if not (start <= draft.cue[0] and draft.cue[1] <= stop) and other.sentence == draft.sentence:
            continue
        size = stop - start
        if best is None or size <= best:
            best, found = size, at
    return found


def _actor(entity: Entity | None) -> str | None:
    """The side for which a speaker speaks; media speak for nobody."""
    if entity is None or entity.mention.sector == "media":
        return None
    return entity.mention.actor


def _span(edges: tuple[int, int], text: str) -> Span:
    return Span(edges[0], edges[1], text[edges[0] : edges[1]])
