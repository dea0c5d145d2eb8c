"""A side under construction: what a phrase names, before the text around it has settled whom it means."""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.lang.base import Parse, Token
from detente.model import NameType

_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
INVARIABLE = "иоуэеюйъ"


@dataclass(slots=True)
class Member:
    """One owner of a phrase and the person named for it; «министры России и Турции» has two."""

    code: str | None
    person: tuple[int, int] | None = None  # token indices of the person's name
    name: str | None = None  # the person as the tables or the text call him
    office: str | None = None
    owns: bool = False  # the person is no side himself but whose man it is («соратник Путина»)


@dataclass(slots=True)
class Side:
    """A phrase of one sentence that names a side: token indices (stop exclusive) and what is known of it."""

    start: int
    stop: int
    head: int
    kind: str
    type: NameType
    sector: str = "unspecified"
    office: str | None = None
    members: list[Member] = field(default_factory=list)
    inside: bool = False
    core: str = ""  # the sector noun's dictionary form, by which the text takes it up again
    seeks: bool = False  # owner not in the phrase: look for it in the text
    former: bool = False
    weak: bool = False
    tagged: bool = False  # the name tagger marks just this span as an organisation
    group: str | None = None  # the armed group that the phrase names
    refers: str = ""  # "state", "pair" or "three" where the owner is «страны», «двух», «трех стран»

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the members that have one, in order, each once."""
        return tuple(dict.fromkeys(member.code for member in self.members if member.code))


def owned(codes: tuple[str, ...]) -> list[Member]:
    """One member for each code, or a single one without."""
    return [Member(code) for code in codes] or [Member(None)]


def genitive(token: Token) -> bool:
    """Whether a word can stand as the owner after a noun: genitive, or a word that shows no case."""
    case = token.feats.get("Case")
    if token.text.endswith(("ией", "ьей")):
        return False
    if case in {"Gen", None} or (case in {"Dat", "Loc", "Acc"} and token.text[-1:] in "иы"):
        return True
    return invariable(token)


def invariable(token: Token) -> bool:
    """Whether a word is an abbreviation or a name that has one form for all cases."""
    return token.text[-2:].isupper() or (token.pos == "PROPN" and token.text[-1:] in INVARIABLE) or token.text[:1] < "А"


def plural(token: Token) -> bool:
    """Whether a word is a plural: by the tagger, or by an ending that its lemma has in the plural only."""
    if token.feats.get("Number") == "Plur":
        return True
    last, text = token.lemma[-1:], token.text.lower()
    if text == token.lemma or len(text) < 4:
        return False
    if token.lemma.endswith("тель"):
        return text.endswith(("ели", "елей", "елям", "елями", "елях"))
    return last in _CONSONANTS and text.endswith(("ы", "и", "ов", "ам", "ами", "ах"))


def under(parse: Parse, index: int, top: int, low: int) -> bool:
    """Whether token ``index`` hangs below ``top`` through tokens that stand at or after ``low``."""
    at = index
    for _ in range(6):
        if at == top:
            return True
        at = parse.tokens[at].head
        if at < 0 or (at != top and at < low):
            return False
    return False
