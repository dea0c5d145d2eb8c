"""Everything that one sentence names, before the text around it is consulted."""

from __future__ import annotations

from collections.abc import Sequence

from detente.actor.gazetteer import Gazetteer, Hit
from detente.actor.people import People
from detente.actor.phrase import Phrases
from detente.actor.side import Member, Side, owned, plural
from detente.actor.tables import actors
from detente.actor.words import Words
from detente.lang.base import Name, Parse
from detente.lang.ru.inflect import fold
from detente.model import NameType

_LONE = frozenset({"name", "state_group", "bloc", "demonym", "capital", "palace", "company", "media", "agency", "party",
                   "organ", "place", "contested_place", "armed_group", "adjective", "attitude"})  # fmt: skip
_TYPES: dict[str, NameType] = {
    "name": "LOC", "state_group": "MISC", "capital": "LOC", "place": "LOC", "contested_place": "LOC",
    "contested": "LOC", "demonym": "PER", "bloc": "ORG", "palace": "LOC", "company": "ORG", "agency": "ORG",
    "media": "MISC", "party": "ORG", "organ": "ORG", "armed_group": "ORG", "adjective": "MISC", "attitude": "MISC",
}  # fmt: skip
_NEEDS_NAME = frozenset({"name", "capital", "place", "contested_place", "party", "organ", "media", "agency", "company"})
_QUOTES = "«»\"“”„'"
_DASHES = frozenset("—–-−")


class SentenceReader:
    """Reads the sides of one sentence from tables, grammar and the tagger's names."""

    def __init__(self, table: Gazetteer, holders: People, words: Words) -> None:
        self.table = table
        self.holders = holders
        self.words = words

    def read(self, parse: Parse) -> list[Side]:
        """All sides of a sentence in order of their first token; inner ones are marked."""
        tokens = parse.tokens
        hits = self.table.match([token.text for token in tokens], [token.lemma for token in tokens])
        names = {index: name for name in parse.names for index in range(name.start, name.stop)}
        hits = [hit for hit in hits if self._stands(hit, parse, names)]
        spans = self._persons(parse, hits)
        phrases = Phrases(parse, hits, spans, self.words, self._chains(parse, hits))
        sides = self._phrases(phrases, hits)
        sides += self._joined(parse, phrases)
        sides += self._lone(parse, phrases, hits)
        sides += self._people(parse, phrases)
        sides += self._names(parse, sides, hits)
        self._appositions(parse, sides)
        _flatten(sides)
        sides.sort(key=lambda side: (side.start, -side.stop))
        return sides

    def _stands(self, hit: Hit, parse: Parse, names: dict[int, Name]) -> bool:
        """Whether a hit is a name here and no common word or person that looks like one."""
        token = parse.tokens[hit.start]
        name = names.get(hit.start)
        entry = hit.entry
        if entry.kind == "state_group":
            return self._whole_group(hit, parse)
        if entry.lower and token.text[:1].islower():
            return self._small(hit, parse)
        if entry.words == ("штаты",) and hit.start == _first(parse) and _modified(parse, hit.start):
            return False
        in_person = name is not None and name.type == "PER" and hit.stop - hit.start == 1
        if name is not None and in_person and entry.kind in _LONE - {"demonym", "adjective"}:
            longer = name.stop - name.start > 1
            if longer or entry.kind in {"place", "company", "media", "agency"}:
                return False
        if hit.stop - hit.start > 1 or entry.upper or not entry.capital or name is not None:
            return True
        if entry.kind in _NEEDS_NAME and hit.start == _first(parse):
            return token.pos == "PROPN"
        return (
            entry.kind not in {"company", "media", "agency", "party"}
            or token.pos in {"PROPN", "X"}
            or _quoted(parse, hit)
        )

    def _whole_group(self, hit: Hit, parse: Parse) -> bool:
        """«страны Балтии» are all of them, but not «одна из стран Балтии» or «другие страны Балтии»."""
        tokens = parse.tokens
        if any(t.lemma in self.words.state_words and not plural(t) for t in tokens[hit.start : hit.stop]):
            return False
        before = [token.lemma for token in tokens[max(0, hit.start - 3) : hit.start]]
        if not before:
            return True
        return before[-1] not in self.words.some_of and not ("из" in before and self.words.some_of & {*before})

    def _small(self, hit: Hit, parse: Parse) -> bool:
        """Whether a name without its capital is meant, as hurried channels write it («житель америки»)."""
        token = parse.tokens[hit.start]
        before = parse.tokens[hit.start - 1] if hit.start else None
        if before is not None and before.pos == "ADJ":
            return False
        up = parse.tokens[token.head] if token.head >= 0 else None
        if hit.entry.kind == "palace":
            head = next((t for t in parse.tokens[hit.start : hit.stop] if t.rel == "nsubj"), None)
            return head is not None and head.head >= 0 and parse.tokens[head.head].lemma in self.words.speech_verbs
        if hit.entry.words == ("штаты",):
            subject = token.rel == "nsubj" and plural(token) and not _modified(parse, hit.start)
            if up is None or up.pos != "VERB" or not subject:
                return False  # «сократили штаты» speaks of staff
            return any(parse.tokens[i].rel in {"obj", "xcomp", "ccomp"} for i in parse.children[up.index])
        return True

    def _chains(self, parse: Parse, hits: list[Hit]) -> dict[int, list[Hit]]:
        """Names that dashes join after a noun that can stand between several («саммит Украина — ЕС»)."""
        found: dict[int, list[Hit]] = {}
        nouns = self.words.joint_bodies | self.words.joint_nouns | self.words.route_nouns
        at = {hit.start: hit for hit in hits if hit.entry.kind in {"name", "bloc", "capital"}}
        for hit in at.values():
            if hit.start == 0 or parse.tokens[hit.start - 1].lemma not in nouns or not _plain(parse, hit):
                continue
            chain = [hit]
            while (stop := chain[-1].stop) + 1 < len(parse.tokens) and parse.tokens[stop].text in _DASHES:
                following = at.get(stop + 1)
                if following is None or not _plain(parse, following):
                    break
                chain.append(following)
            if len({code for part in chain for code in part.entry.codes}) > 1:
                found[hit.start] = chain
        return found

    def _joined(self, parse: Parse, phrases: Phrases) -> list[Side]:
        """The sides of dashes that no body has taken: several actors at one head."""
        sides = []
        for start, chain in phrases.chains.items():
            if start in phrases.used or len(chain) < 2:
                continue
            codes = tuple(dict.fromkeys(code for part in chain for code in part.entry.codes))
            route = parse.tokens[start - 1].lemma in self.words.route_nouns and chain[0].entry.kind == "capital"
            whole = Hit(start, chain[-1].stop, chain[0].entry)
            kind = "place" if route else "name"
            sides.append(Side(start, whole.stop, phrases.head(whole), kind, "MISC", "government", members=owned(codes)))
            for part in chain:
                phrases.used[part.start] = start
                if route:
                    phrases.hosts.add(part.start)
        return sides

    def _persons(self, parse: Parse, hits: list[Hit]) -> dict[int, int]:
        """First token to end of every person's name: the tagger's, and surnames that the tables know."""
        covered = {
            index for hit in hits for index in range(hit.start, hit.stop) if hit.entry.kind in _LONE | {"masked"}
        }
        common = {hit.start for hit in hits if hit.entry.kind.startswith("sector_")}
        spans = {}
        for name in parse.names:
            if name.type == "PER":
                start = name.start
                while start < name.stop and (start in covered or parse.tokens[start].text in _QUOTES):
                    start += 1
                stop = next((i for i in range(start, name.stop) if i in covered), name.stop)
                if stop == start + 1 and start in common and not self.holders.knows(fold(parse.tokens[start].text)):
                    continue
                if stop > start and parse.tokens[start].text[:1].isupper():
                    spans[start] = stop
        within = {index for start, stop in spans.items() for index in range(start, stop)}
        named = {index for name in parse.names for index in range(name.start, name.stop)}
        for token in parse.tokens:
            index = token.index
            if index in within or index in covered or index in named or not token.text[:1].isupper():
                continue
            if token.pos == "PROPN" and len(token.text) > 2 and self.holders.knows(fold(token.text)):
                spans[index] = index + 1
        return spans

    def _phrases(self, phrases: Phrases, hits: list[Hit]) -> list[Side]:
        sides: list[Side] = []
        reached = 0
        for hit in hits:
            entry = hit.entry
            group = entry.kind == "armed_group" and not entry.capital
            if hit.start < reached or not (
                group or entry.kind.startswith("sector_") or entry.kind in {"organ", "official"}
            ):
                continue
            side = phrases.build(hit)
            if side is None:
                continue
            self._settle_persons(phrases.parse, side)
            if not side.codes:
                side.seeks = side.kind != "armed_group" and (
                    side.core in self.words.family or side.core in self.words.home_organs
                )
            if (
                side.codes
                or side.seeks
                or side.refers
                or side.kind == "armed_group"
                or any(m.person for m in side.members)
            ):
                sides.append(side)
                reached = side.stop
        return sides

    def _settle_persons(self, parse: Parse, side: Side) -> None:
        """Name the persons of a phrase, and take their states as owners where the phrase gives none."""
        for member in side.members:
            if member.person is None:
                continue
            written = [token.text for token in parse.tokens[member.person[0] : member.person[1]]]
            member.name = " ".join(written)

    def _lone(self, parse: Parse, phrases: Phrases, hits: list[Hit]) -> list[Side]:
        sides = []
        for hit in hits:
            entry = hit.entry
            if entry.kind == "masked" and entry.sector in _MASKED:
                sides.append(
                    Side(
                        hit.start, hit.stop, phrases.head(hit), "masked", _MASKED[entry.sector], members=[Member(None)]
                    )
                )
                continue
            if entry.kind == "armed_group" and not entry.capital and hit.start not in phrases.used:
                continue
            if entry.kind not in _LONE or (entry.kind == "organ" and hit.start not in phrases.used):
                continue
            head = phrases.head(hit)
            kind, codes = entry.kind, entry.codes
            if (
                kind == "adjective"
                and parse.tokens[head].rel not in {"amod", "acl"}
                and fold(parse.tokens[head].text).startswith("русск")
                and parse.tokens[head].pos in {"NOUN", "ADJ", "PROPN"}
                and _no_noun(parse, head)
            ):
                kind = "demonym"
            if kind in {"capital", "palace"} and self._is_place(parse, hit, head):
                kind = "place"
            if kind == "name" and codes and actors()[codes[0]].family == "contested":
                kind = "contested"
            if hit.start in phrases.hosts and kind in {"name", "capital", "palace"}:
                kind = "place"
            group = codes[0] if kind == "armed_group" and codes else None
            if kind == "armed_group":
                codes = ()
            type_ = _TYPES[kind]
            if kind == "armed_group" and not entry.capital:
                type_ = "MISC"
            side = Side(
                start=hit.start,
                stop=hit.stop,
                head=head,
                kind="media" if kind == "agency" else kind,
                type=type_,
                sector="citizens" if kind == "demonym" else "armed_group" if kind == "armed_group" else entry.sector,
                members=owned(codes),
                inside=hit.start in phrases.used,
                weak=entry.weak,
                core=" ".join(entry.words),
                group=group,
            )
            sides.append(side)
        return sides

    def _is_place(self, parse: Parse, hit: Hit, head: int) -> bool:
        """Whether a capital or palace is where something happens, and not the government that sits there."""
        tokens = parse.tokens
        before = tokens[hit.start - 1] if hit.start else None
        if before is not None and fold(before.text) in self.words.place_prepositions:
            return not self._speaks(parse, head)
        if before is not None and (before.lemma in self.words.city_words or fold(before.text) in self.words.city_words):
            return True
        if before is not None and before.text == "." and hit.start > 1 and fold(tokens[hit.start - 2].text) == "г":
            return True
        up = tokens[head].head
        if up >= 0 and tokens[head].rel in {"obj", "nsubj:pass"} and tokens[up].lemma in self.words.place_verbs:
            return True
        return bool(
            up >= 0
            and tokens[head].rel in {"nmod", "appos", "conj"}
            and tokens[up].lemma in self.words.place_nouns | self.words.city_words
        )

    def _speaks(self, parse: Parse, head: int) -> bool:
        """«в Москве заявили»: a plural verb of speech without a subject."""
        up = parse.tokens[head].head
        if up < 0:
            return False
        verb = parse.tokens[up]
        if verb.pos != "VERB" or verb.lemma not in self.words.speech_verbs or verb.feats.get("Number") != "Plur":
            return False
        if parse.tokens[head].feats.get("Case") == "Acc":
            return False
        return not any(parse.tokens[child].rel.startswith("nsubj") for child in parse.children[up])

    def _people(self, parse: Parse, phrases: Phrases) -> list[Side]:
        found = []
        for start, stop in phrases.spans.items():
            member = Member(None, (start, stop), " ".join(token.text for token in parse.tokens[start:stop]))
            head = next((i for i in range(start, stop) if not start <= parse.tokens[i].head < stop), start)
            found.append(Side(start, stop, head, "person", "PER", members=[member], inside=start in phrases.used))
        return found

    def _names(self, parse: Parse, sides: list[Side], hits: list[Hit]) -> list[Side]:
        """The tagger's places and organisations, where the tables know none or only a part of them."""
        lone = {
            index: hit
            for hit in hits
            if hit.entry.kind in _LONE | {"masked"} and hit.entry.kind != "state_group"
            for index in range(hit.start, hit.stop)
        }
        organs = [side for side in sides if side.type == "ORG" and side.kind in {"organ", "company", "bloc"}]
        found = []
        common = {
            (hit.start, hit.stop) for hit in hits if hit.entry.kind.startswith("sector_") and not hit.entry.proper
        }
        for name in _split(parse):
            start, stop = _trim(parse, name)
            if (start, stop) in common:
                continue
            within = {id(lone[index]): lone[index] for index in range(start, stop) if index in lone}
            parts = list(within.values())
            bare = {i for i in range(start, stop) if i not in lone and parse.tokens[i].text[0].isalpha()}
            if (
                start >= stop
                or (parts and not bare)
                or any(p.entry.kind == "masked" or (p.start <= start and stop <= p.stop) for p in parts)
            ):
                continue
            if name.type == "LOC" and parts:
                continue
            if any(side.start <= start and stop <= side.stop for side in organs if side.codes):
                continue
            wider = next(
                (s for s in organs if s.codes and start <= s.start and s.stop <= stop and s.kind == "organ"), None
            )
            if wider is not None:
                wider.start, wider.stop = start, stop
                continue
            if any(p.start < start or p.stop > stop for p in parts):
                continue
            same = next((s for s in sides if (s.start, s.stop) == (start, stop) and s.kind == "organ"), None)
            if same is not None and name.type == "ORG":
                same.tagged, same.type = True, "ORG"
                continue
            end = self._with_owner(start, stop, sides, lone)
            side = self._tagged(parse, name.type, start, end, parts, sides)
            core = next((h for h in hits if h.start < start and stop <= h.stop and len(h.entry.codes) == 1), None)
            if core is not None:
                side.members, side.sector = owned(core.entry.codes), core.entry.sector
            if end > stop:
                side.members, side.kind, side.sector = owned(lone[stop].entry.codes), "organ", "government"
            found.append(side)
        return found

    def _with_owner(self, start: int, stop: int, sides: list[Side], lone: dict[int, Hit]) -> int:
        """«МИД» inside «глава МИД России» takes its owner along."""
        outer = next((s for s in sides if s.start < start and stop < s.stop and s.type == "MISC"), None)
        owner = lone.get(stop)
        if outer is None or owner is None or owner.start != stop or owner.entry.kind not in {"name", "bloc"}:
            return stop
        return owner.stop

    def _tagged(self, parse: Parse, type_: str, start: int, stop: int, parts: list[Hit], sides: list[Side]) -> Side:
        head = next((i for i in range(start, stop) if not start <= parse.tokens[i].head < stop), start)
        inside = any(side.start <= start and stop <= side.stop and side.kind != "person" for side in sides)
        if type_ == "LOC":
            return Side(start, stop, head, "place", "LOC", members=[Member(None)], inside=inside)
        owner = next((p for p in parts if p.entry.kind in {"company", "media", "agency", "organ", "party"}), None)
        if owner is None:
            owner = next(
                (p for p in parts if p.entry.kind == "adjective" and parse.tokens[p.start].text[:1].isupper()), None
            )
        members = owned(owner.entry.codes) if owner is not None else [Member(None)]
        sector = owner.entry.sector if owner is not None and owner.entry.kind != "adjective" else "organisation"
        for side in sides:
            if start <= side.start and side.stop <= stop and (side.start, side.stop) != (start, stop):
                side.inside = True
        return Side(start, stop, head, "organisation", "ORG", sector, members=members, inside=inside)

    def _appositions(self, parse: Parse, sides: list[Side]) -> None:
        """«Даурен Косанов, министр обороны Казахстана,» makes one side of the two."""
        people = {side.stop: side for side in sides if side.kind == "person" and not side.inside}
        tokens = parse.tokens
        for side in sides:
            if side.kind != "office" or side.inside or side.start < 2 or any(m.person for m in side.members):
                continue
            mark = tokens[side.start - 1].text
            person = people.get(side.start - 1)
            if person is None or mark not in {",", "(", "—", "–", "-"} or not side.codes or side.former:
                continue
            same = tokens[person.head].feats.get("Case") == tokens[side.head].feats.get("Case")
            closed = side.stop < len(tokens) and tokens[side.stop].text in {",", ")", ".", ";", ":"}
            if mark == "(" or (same and closed and mark == ","):
                member = Member(side.codes[0], person.members[0].person, person.members[0].name)
                person.members, person.sector, person.office = [member], side.sector, side.office
                stop = side.stop + (mark == "(" and side.stop < len(tokens) and tokens[side.stop].text == ")")
                person.core, person.stop, person.kind, person.former = side.core, stop, "office", side.former
                person.type = "MISC"
                side.inside = True


_MASKED: dict[str, NameType] = {"PER": "PER", "LOC": "LOC", "ORG": "ORG"}


def _split(parse: Parse) -> list[Name]:
    """The tagger's names that are no persons, cut at brackets: «Рабочая партия Курдистана (РПК)» is two."""
    found = []
    for name in parse.names:
        if name.type == "PER":
            continue
        start = name.start
        for index in range(name.start, name.stop):
            if parse.tokens[index].text in "()":
                if index > start:
                    found.append(Name(start, index, name.type))
                start = index + 1
        if start < name.stop:
            found.append(Name(start, name.stop, name.type))
    return found


def _trim(parse: Parse, name: Name) -> tuple[int, int]:
    """A tagged span without quotes at its ends that do not belong together."""
    start, stop = name.start, name.stop
    while start < stop and parse.tokens[start].text in _QUOTES:
        start += 1
    inner = sum(parse.tokens[i].text in _QUOTES for i in range(start, stop))
    while stop > start and parse.tokens[stop - 1].text in _QUOTES and (inner % 2 or stop - start == 1):
        stop -= 1
        inner -= 1
    return start, stop


def _flatten(sides: list[Side]) -> None:
    """A name inside an organisation's name is no name of its own: it keeps its actor and turns MISC."""
    outer = [side for side in sides if side.type == "ORG" and side.stop - side.start > 1]
    inner = []
    for side in sides:
        size = side.stop - side.start
        within = (
            wide.stop - wide.start > size and wide.start <= side.start and side.stop <= wide.stop
            for wide in outer
            if wide.codes or wide.kind == "organisation"
        )
        if side.type in {"LOC", "ORG"} and any(within):
            inner.append(side)
    for side in inner:
        side.type = "MISC"
    for side in sides:
        if side.kind == "organ" and side.type == "ORG" and not side.codes and not side.tagged:
            side.type = "MISC"


def _first(parse: Parse) -> int:
    """The first word of a sentence, past quotes and dashes."""
    return next((token.index for token in parse.tokens if token.text[:1].isalnum()), 0)


def _modified(parse: Parse, index: int) -> bool:
    """Whether other words than marks hang on a word."""
    return any(parse.tokens[child].pos != "PUNCT" for child in parse.children[index])


def _plain(parse: Parse, hit: Hit) -> bool:
    """Whether a name stands as in a dictionary: in the nominative, or without any case."""
    words = [fold(token.text) for token in parse.tokens[hit.start : hit.stop]]
    return " ".join(words) == " ".join(hit.entry.words)


def _quoted(parse: Parse, hit: Hit) -> bool:
    return hit.start > 0 and parse.tokens[hit.start - 1].text in _QUOTES


def _no_noun(parse: Parse, head: int) -> bool:
    following: Sequence[object] = parse.tokens[head + 1 : head + 2]
    return not following or parse.tokens[head + 1].pos not in {"NOUN", "PROPN", "ADJ"}
