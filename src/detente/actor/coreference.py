"""Who is meant by words that name nobody themselves: pronouns, «страна», «обе стороны», a bare «министр».

Rules, not a model: a mention takes the one antecedent that fits near by, and nobody where several do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from detente.actor.people import People, Person
from detente.actor.side import Member, Side
from detente.actor.tables import actors
from detente.actor.words import Words
from detente.lang.base import Parse, Token
from detente.lang.ru.inflect import surname_key

_FAR = 4  # how many sentences back a bare «министр» or «стороны» may reach
_CLOSE = 1  # how many sentences back a pronoun may reach
_PRONOUNS = frozenset({"он", "она", "они", "его", "ее", "их"})
_NAMING = frozenset(
    {"name", "state_group", "contested", "bloc", "capital", "palace", "office", "organ", "person", "group", "company",
     "party"}
)  # fmt: skip
_REFERRING = frozenset({"PRON", "DET", "NOUN", "PROPN"})
_SPEECH_NOUNS = frozenset({"слово", "мнение", "заявление", "оценка", "убеждение", "данные", "выражение"})
_STATE_FAMILIES = frozenset({"state", "contested"})


@dataclass(frozen=True, slots=True)
class Known:
    """A person whom the text itself has introduced."""

    code: str | None
    name: str | None
    sector: str
    office: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One earlier mention of a side, as later words can take it up."""

    sentence: int
    start: int
    codes: tuple[str, ...]
    kind: str
    sector: str
    gender: str | None
    plural: bool
    subject: bool
    person: bool
    members: tuple[Member, ...]
    office: str | None
    headed: bool = False  # the one before the colon of a headline («Лавров: …»)


@dataclass(slots=True)
class Memory:
    """What one text has said so far. One instance serves one document."""

    holders: People
    words: Words
    published: date | None
    seen: list[Seen] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    families: dict[str, tuple[int, Side, bool]] = field(default_factory=dict)
    abroad: set[str] = field(default_factory=set)  # states in which the sentence at hand takes place

    def recall(self, number: int, parse: Parse, sides: list[Side]) -> list[Side]:
        """Settle the sides of sentence ``number`` in their order; gives the sides that pronouns add."""
        added = self._pronouns(parse, sides)
        self.abroad = {
            code for side in sides if side.kind == "place" or _within(parse, side.start) for code in side.codes
        }
        for side in sorted([*sides, *added], key=lambda side: (side.start, -side.stop)):
            if side.kind == "attitude":
                continue  # «антироссийский» names a target, not one who acts
            if side.kind == "pronoun":
                self._pronoun(number, parse, side)
            else:
                self._settle(number, parse, side)
            self._note(number, parse, side)
        self._share(sides)
        return [side for side in added if side.codes]

    def note_title(self, codes: Iterable[str]) -> None:
        """Let the title's sides stand before the first sentence."""
        for place, code in enumerate(codes):
            self.seen.append(
                Seen(-1, place, (code,), "name", "government", None, False, False, False, (Member(code),), None)
            )

    def introduce(self, parse: Parse, sides: list[Side]) -> None:
        """Learn whom a sentence introduces with name and office, so that earlier headlines know them too."""
        for side in sides:
            for member in side.members:
                if member.person is None or side.former or side.kind not in {"office", "group"}:
                    continue
                code = member.code
                if code is None or member.owns or (member.person[1] - member.person[0] < 2):
                    continue
                written = [token.text for token in parse.tokens[member.person[0] : member.person[1]]]
                found = self.holders.find(written, self.published, code, side.office)
                known = Known(
                    code, found.name if found else member.name, side.sector, (found and found.office) or side.office
                )
                self.known.setdefault(surname_key(written[-1]), known)

    def _settle(self, number: int, parse: Parse, side: Side) -> None:
        for member in side.members:
            if member.person is not None:
                self._person(parse, side, member)
        if side.refers and not side.codes:
            size = {"pair": 2, "three": 3}.get(side.refers, 1)
            codes = self._several(number, side.start, size) if size > 1 else self._state(number, side.start, False)
            side.members = [Member(code) for code in codes] + [m for m in side.members if m.person and codes == ()]
            if len(codes) == 1:
                side.members = [Member(codes[0])]
        elif side.seeks and not side.codes and not side.refers:
            self._take_up(number, side)
            if not side.codes and side.core in self.words.home_organs:
                self._at_home(side)
        if side.group is not None:
            self._rule(side)
        if any(member.owns for member in side.members):
            _release(side)
        if side.former:
            for member in side.members:
                member.code = None
        if side.weak and not any(side.codes[0] in seen.codes for seen in self.seen):
            side.members = [Member(None)]
        if not side.members:
            side.members = [Member(None)]

    def _rule(self, side: Side) -> None:
        """An armed group that had become a government by the day of the text."""
        group = actors()[side.group or ""]
        if group.governs and group.since and self.published and self.published >= group.since:
            side.kind, side.sector = "organ", "government"
            side.members = [Member(group.governs, m.person, m.name, m.office) for m in side.members]

    def _at_home(self, side: Side) -> None:
        """A bare «парламент» is that of the only state of which the text has spoken, if that state acts in it."""
        told = [seen for seen in self.seen if seen.sector != "media"]
        codes = {code for seen in told for code in seen.codes}
        if len(codes) != 1 or actors()[min(codes)].family not in _STATE_FAMILIES:
            return
        acting = [s for s in told if (s.subject or s.person) and s.kind in _NAMING and s.sector != "company"]
        if not acting or any(member.person for member in side.members):
            return
        if side.core in self.words.local_organs and self.abroad - codes:
            return
        side.members, side.kind = [Member(min(codes))], "pronoun"

    def _person(self, parse: Parse, side: Side, member: Member) -> None:
        assert member.person is not None
        written = [token.text for token in parse.tokens[member.person[0] : member.person[1]]]
        key = surname_key(written[-1])
        known = self.known.get(key)
        if member.code is None and known is not None:
            member.code, member.name, member.office = known.code, known.name, known.office
            if side.kind == "person":
                side.sector = known.sector
                side.office = known.office
            return
        found: Person | None = self.holders.find(written, self.published, member.code, side.office)
        if found is None:
            return
        member.name, member.office = found.name, found.office
        if member.code is None:
            member.code = found.code
        if side.kind == "person":
            side.sector = _sector(found.office)
            side.office = found.office

    def _take_up(self, number: int, side: Side) -> None:
        """A bare «министр» is the last minister that the text named."""
        family = self.words.family.get(side.core)
        last = self.families.get(family or "")
        if last is None or number - last[0] > _FAR or len(last[1].codes) != 1:
            return
        if any(member.person for member in side.members):
            return
        earlier = last[1]
        side.members = [Member(earlier.codes[0], None, m.name, m.office) for m in earlier.members if m.code][:1]
        side.office = side.office or earlier.office
        if earlier.sector != "unspecified":
            side.sector = earlier.sector
        side.kind = "pronoun"

    def _note(self, number: int, parse: Parse, side: Side) -> None:
        token = parse.tokens[side.head]
        for member in side.members:
            if member.person is not None and member.code is not None and not member.owns:
                last = parse.tokens[member.person[1] - 1].text
                self.known[surname_key(last)] = Known(
                    member.code, member.name, side.sector, member.office or side.office
                )
        subject = token.rel.startswith("nsubj")
        family = self.words.family.get(side.core)
        if family and side.codes:
            self._remember(family, number, side, subject)
        if (
            side.kind in {"office", "person", "pronoun"}
            and side.codes
            and any(m.person or m.name for m in side.members)
        ):
            office_family = {"minister": "minister", "foreign_minister": "minister", "defence_minister": "minister",
                             "head_of_state": "head", "head_of_government": "premier", "ambassador": "ambassador",
                             "spokesperson_foreign": "official", "spokesperson_head": "official"}  # fmt: skip
            named = office_family.get(side.office or "")
            if named:
                self._remember(named, number, side, subject)
            if named in {"head", "premier", "minister"}:
                self._remember("politician", number, side, subject)
        if not side.codes:
            return
        self.seen.append(
            Seen(
                sentence=number,
                start=side.start,
                codes=side.codes,
                kind=side.kind,
                sector=side.sector,
                gender=_gender(parse, side),
                plural=token.feats.get("Number") == "Plur" or len(side.codes) > 1,
                subject=_subject(parse, side.head) and not side.inside,
                person=side.kind in {"person", "office"}
                or (side.kind == "pronoun" and any(m.name for m in side.members)),
                members=tuple(side.members),
                office=side.office,
                headed=any(token.text == ":" for token in parse.tokens[side.stop : side.stop + 4]),
            )
        )

    def _remember(self, family: str, number: int, side: Side, subject: bool) -> None:
        """Keep the last of its family; within one sentence the subject goes before the rest."""
        last = self.families.get(family)
        if last is None or last[0] < number or subject or not last[2]:
            self.families[family] = (number, side, subject)

    def _share(self, sides: list[Side]) -> None:
        """Give persons inside a phrase what the phrase has learnt about them."""
        told = {
            member.person: (member, side)
            for side in sides
            if side.kind != "person"
            for member in side.members
            if member.person is not None and not member.owns
        }
        for side in sides:
            if side.kind == "person" and side.inside and side.members[0].person in told:
                member, outer = told[side.members[0].person]
                side.members = [Member(member.code, member.person, member.name, member.office)]
                side.sector, side.office, side.former = outer.sector, outer.office, outer.former

    def _pronouns(self, parse: Parse, sides: list[Side]) -> list[Side]:
        taken = {
            index
            for side in sides
            if side.codes or side.kind != "organisation" or side.stop - side.start > 1
            for index in range(side.start, side.stop)
        }
        added = []
        for token in parse.tokens:
            if token.pos not in _REFERRING or token.index in taken:
                continue
            core = self._pronoun_core(parse, token)
            if core:
                start = token.index
                while start > 0 and start - 1 not in taken and self._joins(parse.tokens[start - 1]):
                    start -= 1
                added.append(Side(start, token.index + 1, token.index, "pronoun", "MISC", core=core, members=[]))
        return added

    def _joins(self, token: Token) -> bool:
        return token.lemma in self.words.both_words or token.lemma == "этот" or token.pos == "NUM"

    def _pronoun_core(self, parse: Parse, token: Token) -> str:
        """What a word takes up: he, she, they, state, pair, alliance; empty for none."""
        lemma = token.lemma
        if lemma in _PRONOUNS:
            if token.pos not in {"PRON", "DET"}:
                return ""
            form = token.text.lower()
            if form == "их" and token.rel == "obj":
                return ""
            if lemma == "они" or (form in {"их", "ими", "ним", "них", "им"} and token.feats.get("Number") == "Plur"):
                return "they"
            if form in {"ее", "её", "ей", "ней", "нее", "неё", "нею", "ею", "она"}:
                return "she"
            if form == "их":
                return "they" if token.rel in {"det", "nmod"} or token.pos == "DET" else ""
            return "he"
        if token.pos not in {"NOUN", "PROPN"}:
            return ""
        many = token.feats.get("Number") == "Plur"
        children = [parse.tokens[i] for i in parse.children[token.index]]
        before = [parse.tokens[i] for i in range(max(0, token.index - 3), token.index) if self._joins(parse.tokens[i])]
        counted = any(t.lemma in self.words.both_words for t in before)
        pointed = any(t.lemma == "этот" for t in before)
        three = any(t.lemma == "три" for t in before)
        bare = not any(
            t.rel in {"nmod", "amod", "appos", "det", "acl", "acl:relcl"} and t not in before for t in children
        )
        if lemma in self.words.side_words and (many or counted or three):
            if three:
                return "three"
            if counted or (pointed and lemma in self.words.state_words) or (lemma == "сторона" and many and bare):
                return "pair"
            if lemma != "страна" or not (bare and token.rel == "nsubj"):
                return ""
        initial = token.index == 0 or not parse.tokens[token.index - 1].text[-1].isalnum()
        if lemma == "страна" and many and bare and token.rel == "nsubj":
            return "pair"
        if lemma in self.words.state_words and not many and (token.text.islower() or initial):
            if token.feats.get("Case") == "Ins" and not self._after_preposition(parse, token):
                return ""  # «стала державой» says what something is
            if pointed:
                return "this_state"
            return "state" if bare else ""
        if lemma == "альянс" and bare:
            return "alliance"
        if lemma == "организация" and bare:
            return "organisation"
        return ""

    def _after_preposition(self, parse: Parse, token: Token) -> bool:
        return any(parse.tokens[i].pos == "ADP" for i in parse.children[token.index])

    def _pronoun(self, number: int, parse: Parse, side: Side) -> None:
        core = side.core
        if core in {"pair", "three"}:
            size = 3 if core == "three" else 2
            side.members = [Member(code) for code in self._several(number, side.start, size)]
        elif core in {"state", "this_state"}:
            side.members = [Member(code) for code in self._state(number, side.start, core == "this_state")]
        elif core in {"alliance", "organisation"}:
            side.members = [Member(code) for code in self._bloc(number, core, parse.tokens[side.head])]
        elif core == "they":
            codes = self._they(number, side.start)
            token = parse.tokens[side.head]
            if not (token.rel.startswith("nsubj") or token.rel in {"det", "nmod"}) and len(codes) != 2:
                codes = ()  # «из них», «им»: too often things
            side.members = [Member(code) for code in codes]
        else:
            self._he(number, parse, side, "Fem" if core == "she" else "Masc")
        if side.members and side.sector == "unspecified":
            side.sector = "government"

    def _near(self, number: int, reach: int) -> list[Seen]:
        return [seen for seen in self.seen if number - reach <= seen.sentence <= number]

    def _he(self, number: int, parse: Parse, side: Side, gender: str) -> None:
        token = parse.tokens[side.head]
        governor = parse.tokens[token.head].lemma if token.head >= 0 else ""
        if not token.rel.startswith("nsubj") and governor not in _SPEECH_NOUNS:
            self._his(number, side, gender)
            return
        fitting = [
            seen
            for seen in self._near(number, _CLOSE)
            if len(seen.codes) == 1 and not seen.plural and seen.gender == gender
            and (seen.person or (seen.subject and seen.kind in {"name", "contested", "capital"}))
        ]  # fmt: skip
        if governor in _SPEECH_NOUNS:
            fitting = [s for s in fitting if s.person and s.sentence < number]
            headed = [s for s in fitting if s.headed]
            fitting = headed[:1] or fitting
        tiers = (
            [s for s in fitting if s.sentence == number and s.subject],
            [s for s in fitting if s.sentence < number and s.subject],
            [s for s in fitting if s.person],
        )
        for tier in tiers:
            if not tier:
                continue
            if len({s.codes for s in tier}) == 1:
                last = tier[-1]
                side.members = [Member(last.codes[0], None, last.members[0].name, last.office)]
                side.sector, side.office = last.sector, last.office
            return

    def _his(self, number: int, side: Side, gender: str) -> None:
        """«его визит», «ей предложили»: the only fitting side of this sentence, else the last one's subject."""
        fitting = [
            seen
            for seen in self._near(number, _CLOSE)
            if len(seen.codes) == 1
            and not seen.plural
            and seen.gender == gender
            and (seen.person or seen.kind in {"name", "contested", "capital", "organ"})
        ]
        here = [s for s in fitting if s.sentence == number and s.start < side.start]
        found = here or [s for s in fitting if s.sentence < number and s.subject]
        if found and len({s.codes for s in found}) == 1:
            last = found[-1]
            side.members = [Member(last.codes[0], None, last.members[0].name, last.office)]
            side.sector, side.office = last.sector, last.office

    def _they(self, number: int, start: int) -> tuple[str, ...]:
        near = [s for s in self._near(number, _CLOSE) if s.kind in _NAMING | {"pronoun", "demonym"}]
        for sentence in (number, number - 1):
            here = [s for s in near if s.sentence == sentence and (sentence < number or s.start < start)]
            groups = {s.codes for s in here if s.plural and s.subject}
            if len(groups) == 1:
                return groups.pop()
            together = tuple(dict.fromkeys(c for s in here if s.subject and not s.plural for c in s.codes))
            if len(together) > 1 and not groups:
                return together
            codes = tuple(dict.fromkeys(code for s in here for code in s.codes))
            if len(codes) == 2 and not any(s.plural and len(s.codes) == 1 for s in here):
                return codes
            if here and sentence == number and len(codes) > 2:
                return ()
        return ()

    def _several(self, number: int, start: int, size: int) -> tuple[str, ...]:
        """The two or three states that the text speaks of just here."""
        for family in (_STATE_FAMILIES, _STATE_FAMILIES | {"bloc"}):
            codes: tuple[str, ...] = ()
            for back in range(0, _FAR + 1):
                here = [
                    code
                    for seen in self.seen
                    if seen.sentence == number - back and (back or seen.start < start)
                    for code in seen.codes
                    if actors()[code].family in family
                ]
                together = tuple(dict.fromkeys([*codes, *here]))
                if len(together) == size:
                    return together
                if len(together) > size:
                    break
                codes = together
            whole = tuple(dict.fromkeys(c for s in self.seen for c in s.codes if actors()[c].family in family))
            if len(whole) == size:
                return whole
        return ()

    def _state(self, number: int, start: int, pointed: bool) -> tuple[str, ...]:
        """The state that «страна» takes up: for «эта страна» the last one named, else the only one near."""
        near = [
            seen for seen in self._near(number, 2)
            if (seen.sentence < number or seen.start < start)
            and len(seen.codes) == 1 and actors()[seen.codes[0]].family in _STATE_FAMILIES
        ]  # fmt: skip
        if not near:
            return ()
        if pointed:
            return near[-1].codes
        for sentence in (number, number - 1, number - 2):
            codes = {seen.codes for seen in near if seen.sentence == sentence}
            if len(codes) == 1:
                return codes.pop()
            subjects = {seen.codes for seen in near if seen.sentence == sentence and seen.subject}
            if len(subjects) == 1 and sentence == number:
                return subjects.pop()
            if codes:
                return ()
        return ()

    def _bloc(self, number: int, core: str, token: Token) -> tuple[str, ...]:
        blocs = [code for seen in self.seen for code in seen.codes if actors()[code].family == "bloc"]
        if core == "alliance":
            if token.text[:1].isupper() and token.index > 0:
                return ("NATO",)
            return ("NATO",) if "NATO" in blocs else ()
        near = {c for s in self._near(number, _CLOSE) for c in s.codes if actors()[c].family == "bloc"}
        return (near.pop(),) if len(near) == 1 else ()


def _release(side: Side) -> None:
    """Keep of «соратник Путина» the state and the man himself, not Putin."""
    code = next((member.code for member in side.members if member.owns), None)
    others = [member for member in side.members if not member.owns]
    for member in others:
        member.code = member.code or code
    side.members = others or [Member(code)]


def _within(parse: Parse, start: int) -> bool:
    return start > 0 and parse.tokens[start - 1].text.lower() in {"в", "во", "на", "из"}


def _subject(parse: Parse, head: int) -> bool:
    """Whether a token is a subject, or joined to one by «и»."""
    at = head
    for _ in range(4):
        token = parse.tokens[at]
        if token.rel.startswith("nsubj"):
            return True
        if token.rel != "conj" or token.head < 0:
            return False
        at = token.head
    return False


def _gender(parse: Parse, side: Side) -> str | None:
    for member in side.members:
        if member.person is not None:
            return parse.tokens[member.person[0]].feats.get("Gender")
    return parse.tokens[side.head].feats.get("Gender")


def _sector(office: str | None) -> str:
    if office in {"defence_minister", "chief_of_staff"}:
        return "military"
    if office == "speaker_parliament":
        return "legislature"
    return "security" if office == "security_council_secretary" else "government"
