"""Phrases around a sector noun: «глава Минобороны Казахстана Даурен Косанов», «турецкие компании».

A phrase has its noun as the core, nationality adjectives to the left, and to the right a chain of
owners in the genitive, inner phrases, posts («в Москве», «при ООН») and persons.
"""

from __future__ import annotations

from detente.actor.gazetteer import Entry, Hit
from detente.actor.side import Member, Side, genitive, invariable, plural, under
from detente.actor.tables import actors
from detente.actor.words import Words
from detente.lang.base import Parse
from detente.lang.ru.inflect import fold, is_adjective

OWNERS = frozenset(
    {"name", "state_group", "bloc", "capital", "palace", "organ", "company", "media", "agency", "party", "place",
     "contested_place"}
)  # fmt: skip
_REACH = 6  # how many words may stand between a noun and the owner that the parse gives it
_FORMER = frozenset({"бывший", "экс", "прежний", "отставной"})
_PLAIN = frozenset({"NOUN", "ADJ", "PROPN", "DET", "NUM"})
_GENERIC = frozenset({None, "leader"})
_FORCES = frozenset({("группировка",), ("боевая", "группировка")})
_OPENING = frozenset({"«", "„", "“", '"'})
_CLOSING = frozenset({"»", "“", "”", '"'})
_HOSTS = frozenset({"name", "capital", "place"})


class Phrases:
    """Builds the phrases of one sentence.

    ``spans`` gives the person names by their first token, ``chains`` the names that dashes join.
    """

    def __init__(
        self, parse: Parse, hits: list[Hit], spans: dict[int, int], words: Words, chains: dict[int, list[Hit]]
    ) -> None:
        self.parse = parse
        self.tokens = parse.tokens
        self.words = words
        self.spans = spans
        self.at = {hit.start: hit for hit in hits}
        self.ending = {hit.stop: hit for hit in hits}
        self.chains = chains
        self.hosts: set[int] = set()  # first tokens of the places where somebody is posted
        self.used: dict[int, int] = {}  # first token of a hit or person inside a phrase -> the phrase's core

    def build(self, hit: Hit, persons: bool = True) -> Side | None:
        """The phrase around a sector noun or organ, or None where it names no side."""
        entry = hit.entry
        head = self.head(hit)
        if not self._is_core(entry, head):
            return None
        organ = entry.kind == "organ"
        side = Side(
            start=hit.start,
            stop=hit.stop,
            head=head,
            kind="office" if entry.kind == "official" else entry.kind.removeprefix("sector_"),
            type="ORG" if organ or entry.proper else "MISC",
            sector=entry.sector,
            office=entry.office,
            core=" ".join(entry.words),
        )
        side.former = entry.words[0].startswith("экс-")
        self._left(side, hit)
        if side.core in self.words.joint_bodies and hit.stop in self.chains:
            self._joint(side, hit, self.chains[hit.stop])
        else:
            self._right(side, hit, persons)
        if side.core == "режим" and any(actors()[code].family == "bloc" for code in side.codes):
            self.used = {at: core for at, core in self.used.items() if core != hit.start}
            return None
        if entry.codes and not side.codes:
            named = [member for member in side.members if member.person]
            for member in named:
                member.code = entry.codes[0]
            side.members = named or [Member(code) for code in entry.codes]
        if entry.kind == "armed_group":
            side.group = entry.codes[0]
        if entry.words in _FORCES and self._own_troops(side, hit):
            side.kind, side.sector = "organ", "military"
        elif entry.sector == "armed_group" or side.group is not None:
            named = [Member(None, member.person) for member in side.members if member.person]
            side.kind, side.sector, side.office = "armed_group", "armed_group", None
            side.members = named if side.group and entry.kind != "armed_group" else []
        if not side.members:
            side.members = [Member(None)]
        return side

    def _joint(self, side: Side, hit: Hit, chain: list[Hit]) -> None:
        """«Совет Россия — НАТО»: a body of those whom the dashes join."""
        for part in chain:
            self._own(side, hit, part)
        side.stop, side.type = chain[-1].stop, "ORG"

    def _own_troops(self, side: Side, hit: Hit) -> bool:
        """Whether «группировка» is a part of somebody's army: a bloc's, a state's by name, or one abroad."""
        if any(actors()[code].family == "bloc" for code in side.codes):
            return True
        if not side.codes or plural(self.tokens[side.head]):
            return False
        if any(found.entry.kind == "name" and hit.stop <= at < side.stop for at, found in self.at.items()):
            return True
        abroad = self.at.get(side.stop + 1)
        return (
            abroad is not None
            and fold(self.tokens[side.stop].text) in {"в", "на"}
            and abroad.entry.kind in _HOSTS
            and not set(abroad.entry.codes) & set(side.codes)
        )

    def head(self, hit: Hit) -> int:
        """The token of a hit to which the rest of the sentence attaches."""
        for index in range(hit.start, hit.stop):
            up = self.tokens[index].head
            if not hit.start <= up < hit.stop and self.tokens[index].pos not in {"PUNCT", "ADP"}:
                return index
        return hit.start

    def _is_core(self, entry: Entry, head: int) -> bool:
        token = self.tokens[head]
        if not entry.kind.startswith("sector_"):
            return True
        adjective = token.pos not in {"NOUN", "PROPN"} and is_adjective(token.lemma)
        if adjective and (token.pos != "ADJ" or token.rel in {"amod", "conj", "acl"}):
            return False
        if entry.words == ("политик",) and token.feats.get("Gender") == "Fem":
            return False
        if entry.words[-1:] == ("власть",) and not plural(token):
            return False
        if entry.words == ("сила",) and not plural(token):
            return False
        previous = self.tokens[head - 1] if head else None
        return not (
            entry.kind == "sector_office" and previous is not None and previous.lemma == "в" and plural(token)
            and token.feats.get("Case") in {"Acc", "Nom"}
        )  # fmt: skip

    def _left(self, side: Side, hit: Hit) -> None:
        at = hit.start
        found: list[Member] = []
        while at > 0:
            adjective = self.ending.get(at)
            token = self.tokens[at - 1]
            if adjective is not None and adjective.entry.kind in {"adjective", "attitude"}:
                if adjective.entry.kind == "adjective":
                    found[:0] = [Member(code) for code in adjective.entry.codes]
                    side.start = adjective.start
                    self._use(adjective, hit)
                at = adjective.start
            elif (
                token.pos in {"ADJ", "NUM"}
                or token.lemma in self.words.both_words
                or (token.pos == "DET" and token.lemma != "наш")
            ):
                if token.lemma in _FORMER:
                    side.former = True
                if token.lemma in {"оба", "обе"} and not found:
                    side.refers, side.start = "pair", at - 1
                at -= 1
            elif token.lemma in {"и", ","} and found and at > 1 and self._adjective_before(at - 1):
                at -= 1
            elif token.text == "-" and at > 1 and fold(self.tokens[at - 2].text) == "экс":
                side.former = True
                break
            else:
                break
        side.members.extend(found)

    def _adjective_before(self, at: int) -> bool:
        hit = self.ending.get(at)
        return hit is not None and hit.entry.kind == "adjective"

    def _right(self, side: Side, hit: Hit, persons: bool) -> None:
        tokens, size = self.tokens, len(self.tokens)
        many = plural(tokens[side.head])
        at = hit.stop
        while at < size:
            token = tokens[at]
            found = self.at.get(at)
            if persons and at in self.spans and (found is None or found.entry.kind not in OWNERS):
                if not self._person(side, hit, at, many):
                    break
                at = self.spans[at]
            elif (step := self._group(side, hit, at)) > at:
                at = step
            elif found is not None and found.entry.kind in OWNERS:
                if not self._owns(side, found):
                    break
                self._own(side, hit, found)
                at = found.stop
            elif (found is not None and (step := self._inner(side, hit, found)) > at) or (
                not side.codes and (step := self._refers(side, at)) > at
            ):
                at = step
            elif token.text == "(":
                step = self._bracket(side, hit, at)
                if step == at:
                    break
                at = step
                continue
            elif token.lemma in {"и", ",", "или"} and at + 1 < size and self._goes_on(side, at, many):
                at += 1
                continue
            elif token.pos == "ADP" and (step := self._post(side, hit, at)) > at:
                at = step
            elif (step := self._ahead(side, at, persons)) > at:
                at = step
                continue
            else:
                break
            side.stop = at

    def _group(self, side: Side, hit: Hit, at: int) -> int:
        """The index after an armed group that owns the phrase («представители движения «Талибан»»), or ``at``."""
        quoted = self.tokens[at].text in _OPENING
        found = self.at.get(at + quoted)
        if found is None or found.entry.kind != "armed_group" or side.codes or side.kind == "equipment":
            return at
        if not (quoted or genitive(self.tokens[found.start])):
            return at
        self._use(found, hit)
        side.group = found.entry.codes[0]
        closed = quoted and found.stop < len(self.tokens) and self.tokens[found.stop].text in _CLOSING
        return found.stop + closed

    def _owns(self, side: Side, found: Hit) -> bool:
        token = self.tokens[found.start if found.entry.kind != "name" else self.head(found)]
        if not genitive(token):
            return False
        return not (side.kind in {"equipment"} and found.entry.kind == "place")

    def _own(self, side: Side, hit: Hit, found: Hit) -> None:
        self._use(found, hit)
        entry = found.entry
        if (
            entry.kind in {"company", "media", "agency", "party", "organ"}
            and side.office in _GENERIC
            and side.kind != "organ"
        ):
            side.sector = entry.sector
            side.office = None if side.office == "leader" else side.office
        elif entry.kind in {"media", "agency"} or (
            entry.kind == "organ" and side.kind == "organ" and entry.sector != "government"
        ):
            side.sector = entry.sector
        elif entry.kind == "place" and side.office in {"head_of_state", "head_of_government", "leader"}:
            side.office = None
        elif (
            entry.kind in {"name", "bloc"} and side.office == "leader" and side.core in {"лидер", "глава", "правитель"}
        ):
            side.office = "head_of_state" if entry.kind == "name" else None
        for code in entry.codes:
            if code not in side.codes:
                side.members.append(Member(code))

    def _refers(self, side: Side, at: int) -> int:
        """«страны», «этих двух стран» as the owner: the index after it, or ``at``."""
        index = at
        while index < len(self.tokens) and index - at < 3 and self.tokens[index].pos in {"DET", "NUM"}:
            index += 1
        if index >= len(self.tokens):
            return at
        token = self.tokens[index]
        if token.lemma not in self.words.state_words or not genitive(token) or self.at.get(index) is not None:
            return at
        if any(self.tokens[i].lemma in {"наш", "свой", "другой", "иной", "многий", "весь"} for i in range(at, index)):
            return at
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following is not None and (index + 1 in self.at) and genitive(following):
            return at
        three = any(self.tokens[i].lemma == "три" for i in range(at, index))
        counted = three or any(self.tokens[i].lemma in self.words.both_words | {"этот"} for i in range(at, index))
        if plural(token) and not counted:
            return at
        side.refers = "three" if three else "pair" if plural(token) else "state"
        return index + 1

    def _inner(self, side: Side, hit: Hit, found: Hit) -> int:
        """A phrase in the genitive inside this one; the index after it, or the hit's start where it is none."""
        entry = found.entry
        if entry.kind == "adjective":
            at = found.stop
            while at < len(self.tokens) and self.tokens[at].pos == "ADJ":
                at += 1
            noun = self.tokens[at] if at < len(self.tokens) else None
            if noun is None or noun.pos not in {"NOUN", "PROPN"} or not genitive(noun):
                return found.start
            for code in entry.codes:
                side.members.append(Member(code))
            self._use(found, hit)
            core = self.at.get(at)
            if core is None:
                return at + 1
            return self._take(side, hit, core) or core.stop
        if not entry.kind.startswith("sector_") or not genitive(self.tokens[self.head(found)]):
            return found.start
        return self._take(side, hit, found)

    def _take(self, side: Side, hit: Hit, core: Hit) -> int:
        inner = self.build(core, persons=False) if core.entry.kind.startswith("sector_") else None
        if inner is None:
            return core.start if core.entry.kind.startswith("sector_") else 0
        self._use(core, hit)
        side.group = side.group or inner.group
        for member in inner.members:
            if member.code and member.code not in side.codes:
                side.members.append(member)
        if inner.sector == "military" and (side.kind == "equipment" or side.core.endswith("делегация")):
            side.sector = "military"
        if side.kind == "office" and side.office in _GENERIC and inner.kind in {"organ", "company"}:
            side.sector = inner.sector
            side.office = None if side.office == "leader" else side.office
        elif side.kind == "office" and side.office in _GENERIC and inner.sector in {"legislature", "military", "party"}:
            side.sector = inner.sector
        return inner.stop

    def _person(self, side: Side, hit: Hit, at: int, many: bool) -> bool:
        stop = self.spans[at]
        free = [member for member in side.members if member.person is None]
        taken = [member for member in side.members if member.person is not None and not member.owns]
        case = self.tokens[side.head].feats.get("Case")
        if not side.members and case in {"Nom", "Dat", "Ins", "Loc"}:
            first, last = self.tokens[at], self.tokens[stop - 1]
            if "Gen" in {first.feats.get("Case"), last.feats.get("Case")}:
                side.members.append(Member(None, (at, stop), owns=True))
                self.used[at] = hit.start
                return True
        if taken and not many:
            return False
        if free:
            target = free[0]
        else:
            target = Member(None)
            side.members.append(target)
        target.person = (at, stop)
        self.used[at] = hit.start
        return True

    def _bracket(self, side: Side, hit: Hit, at: int) -> int:
        close = next((i for i in range(at + 1, min(at + 7, len(self.tokens))) if self.tokens[i].text == ")"), None)
        if close is None:
            return at
        inside = self.at.get(at + 1)
        if inside is not None and inside.stop == close and inside.entry.kind in {"name", "bloc"}:
            self._own(side, hit, inside)
            side.stop = close + 1
            return close + 1
        goes_on = close + 1 < len(self.tokens) and (close + 1 in self.spans or close + 1 in self.at)
        return close + 1 if goes_on else at

    def _goes_on(self, side: Side, at: int, many: bool) -> bool:
        """Whether after «и» or a comma the phrase names a further owner or person."""
        following = at + 1
        found = self.at.get(following)
        if found is not None and found.entry.kind in {"name", "bloc"} and side.codes:
            owner = self.tokens[self.head(found)]
            shown = invariable(self.tokens[found.start]) or owner.feats.get("Case") in {"Gen", None}
            return many and shown and genitive(owner) and self.tokens[at].lemma != "или"
        persons = [member for member in side.members if member.person]
        return many and bool(persons) and following in self.spans and following not in self.at

    def _post(self, side: Side, hit: Hit, at: int) -> int:
        """«в Москве», «при ООН», «по Сирии» after an envoy: the index after it, or ``at``."""
        token = self.tokens[at]
        lemma = fold(token.text)
        noun = self.tokens[side.head].lemma
        if (
            lemma == "из"
            and side.kind in {"group", "organ"}
            and side.sector in {"citizens", "company", "media", "military"}
        ):
            found = self.at.get(at + 1)
            if found is not None and found.entry.kind == "name" and not side.codes:
                self._own(side, hit, found)
                return found.stop
            return at
        if noun not in self.words.posted_nouns or lemma not in {"по", "в", "во", "на", "при"}:
            return at
        if lemma != "по" and noun in self.words.posted_only_by:
            return at
        stop = at + 1
        while stop < len(self.tokens) and stop - at < _REACH:
            found = self.at.get(stop)
            if found is not None and found.entry.kind in OWNERS | {"masked"}:
                before = self.ending.get(stop)
                if before is not None and before.entry.kind == "sector_organ" and genitive(self.tokens[stop]):
                    self._own(side, hit, found)  # «посол по особым поручениям МИД РФ»
                if lemma in {"в", "во", "на"} and found.entry.kind in _HOSTS:
                    self.hosts.add(found.start)
                    if not side.codes:  # the host stands for itself
                        return found.stop if found.stop in self.spans else at
                self._use(found, hit)
                return found.stop
            token = self.tokens[stop]
            if stop in self.spans:
                return stop if lemma == "по" and stop > at + 1 else at
            if token.pos not in _PLAIN and token.lemma != "и":
                break
            stop += 1
        if lemma == "по" and noun in self.words.posted_nouns and stop > at + 1:
            return stop if stop < len(self.tokens) and stop in self.spans else at
        return at

    def _ahead(self, side: Side, at: int, persons: bool) -> int:
        """The next owner or person that belongs here beyond a few plain words, or ``at``."""
        for index in range(at, min(at + _REACH, len(self.tokens))):
            token = self.tokens[index]
            if index > at:
                found = self.at.get(index)
                if found is not None and found.entry.kind in OWNERS | {"adjective"}:
                    reached = genitive(token) and under(self.parse, index, side.head, at)
                    return index if reached and token.pos != "ADJ" and not side.codes else at
                if index in self.spans:
                    return index if persons and side.kind == "office" and self._plain_run(at, index, side) else at
            if token.pos not in _PLAIN and token.lemma != "и":
                return at
            if token.pos in {"NOUN", "PROPN"} and not genitive(token):
                return at
        return at

    def _plain_run(self, at: int, index: int, side: Side) -> bool:
        return all(under(self.parse, i, side.head, at) for i in range(at, index))

    def _use(self, found: Hit, hit: Hit) -> None:
        self.used[found.start] = hit.start
