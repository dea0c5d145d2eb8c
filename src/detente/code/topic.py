"""Domain and aspect of an act: what it is about, judged by words near its predicate, its entry and its parties.

Words of a subject stand in ``topics.csv`` of a language with domain, military aspect and weight (1 weak,
2 usual, 3 decisive, 4 a named project that its sentence is about wherever it stands). A hit counts its weight
times its closeness to the predicate: the product of the factors below over the arcs of the tree between the two.
The lexicon entry, the type with its mode and the parties speak as further voices. A domain's score is its loudest
voice, 0.4 of the second and 0.2 of the third, so that many weak words far away do not outvote one near word.
Circumstances («после визита», «в ответ на санкции») and organs that act («спецслужбы обвинили») are heard less; a
blow by sanctions is economic unless an adjective of the word «санкции» says otherwise; a speaker's office decides
only where the speech has no subject. The factors are set by hand on sentences of our own and on hand-coded
development sentences.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from detente.code.tree import Tree
from detente.errors import DataError
from detente.lang.base import Token
from detente.model import ASPECTS, DOMAINS

COLUMNS = ["lemma", "domain", "aspect", "weight"]

# closeness lost by going down to a dependent in a relation
_DOWN = {
    "obj": 0.9, "nsubj:pass": 0.9, "obl": 0.8, "nmod": 0.85, "amod": 0.9, "iobj": 0.8, "xcomp": 0.9, "ccomp": 0.75,
    "csubj": 0.75, "nsubj": 0.55, "conj": 0.75, "advcl": 0.4, "acl": 0.75, "acl:relcl": 0.5, "parataxis": 0.3,
    "appos": 0.7, "flat": 0.9, "flat:name": 0.9, "flat:foreign": 0.9, "compound": 0.9, "nummod": 0.9,
    "nummod:gov": 0.9,
}  # fmt: skip
# and by going up to the governor
_UP = {
    "obj": 0.8, "nsubj": 0.55, "nsubj:pass": 0.8, "obl": 0.7, "nmod": 0.75, "amod": 0.8, "xcomp": 0.85, "ccomp": 0.35,
    "csubj": 0.6, "advcl": 0.45, "acl": 0.7, "acl:relcl": 0.7, "parataxis": 0.3, "conj": 0.7, "iobj": 0.7,
    "appos": 0.6,
}  # fmt: skip
_ELSE = 0.7  # any other relation, either way
_VERBS = frozenset({"VERB", "AUX"})
_VERB_CONJ = 0.35  # coordinated verbs are mostly acts of their own, save what is asked («вернуть и освободить»)
_APART = 0.15  # no way through the tree
_OWN = 1.5  # a phrase of several words that holds the predicate («эмбарго на поставки оружия»)

# what the lexicon entry's domain weighs; only economic entries («поставка») are loose about the subject matter
_ENTRY = {
    "diplomatic": 1.1, "military": 2.4, "economic": 1.6, "energy": 2.4, "legal": 1.8, "culture_education": 2.0,
    "humanitarian": 1.8, "intelligence_cyber": 2.2, "territory": 2.0, "other": 1.5,
}  # fmt: skip
_DEFAULT = ("diplomatic", 1.0)
# speech about a state has a subject nearly always: what remains diplomatic is that with no subject in sight
_SPEECH = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "CONCEDE"})
_SPEECH_DEFAULT = 0.5
_SPEECH_ECONOMIC = 1.2  # «угроза» of measures does not say what about
# what a type says by itself, then what it says in a mode; an entry's own domain silences it where it disagrees
_TYPE = {"ASSAULT": ("military", 3.5), "MOBILIZE": ("military", 3.0), "SANCTION": ("economic", 0.8)}
_MODE = {
    ("SANCTION", "expel"): ("diplomatic", 2.2), ("SANCTION", "withdraw"): ("diplomatic", 2.2),
    ("SANCTION", "convict"): ("legal", 2.4), ("COERCE", "arrest"): ("legal", 2.4),
    ("COERCE", "deport"): ("legal", 2.0), ("COERCE", "cyber"): ("intelligence_cyber", 3.5),
    ("COERCE", "misinformation"): ("intelligence_cyber", 2.4), ("COERCE", "martial_law"): ("military", 1.5),
    ("ACCUSE", "investigate"): ("legal", 1.8), ("RETREAT", "ceasefire"): ("military", 2.4),
    ("RETREAT", "disarm"): ("military", 2.4), ("RETREAT", "withdraw"): ("military", 1.2),
    ("RETREAT", "release"): ("legal", 1.8), ("THREATEN", "violence"): ("military", 1.8),
    ("THREATEN", "territory"): ("territory", 1.8), ("THREATEN", "arrest"): ("legal", 1.8),
    ("THREATEN", "expel"): ("diplomatic", 1.5), ("MOBILIZE", "police"): ("legal", 1.5),
}  # fmt: skip
_SANCTION_WORD = ("санкц", "контрсанкц")
_SANCTIONS = 6.0  # sanctions by name are economic unless their adjective says otherwise
_SANCTIONED = 2  # arcs up from a predicate within which «санкции» are what it does

_SECTOR = {"military": ("military", 1.3), "judiciary": ("legal", 1.2), "company": ("economic", 0.9)}
_OFFICE = {"defence_minister": ("military", 1.3), "chief_of_staff": ("military", 1.3)}

# a subject inside a title («министр энергетики») says what its holder meets or signs for, little else
_CONTENT = 0.6  # what a hit has to weigh for a speech to have a subject
_TITLES = frozenset({
    "агентство", "аналитик", "ведомство", "вице-министр", "глава", "главнокомандующий", "департамент", "депутат",
    "директор", "заместитель", "замминистр", "замминистра", "командующий", "комиссия", "комитет", "министерский",
    "министерство", "министр", "начальник", "председатель", "представитель", "руководитель", "секретарь", "служба",
    "совет", "управление", "штаб", "эксперт",
})  # fmt: skip
_TITLE_NEAR, _TITLE_FAR = 1.1, 0.4
_TITLE_SPEAKS = frozenset({"CONSULT", "AGREE", "COOPERATE", "SUPPORT"})
_PASSED, _PASS = frozenset({"ADJ", "DET"}), 2  # «вывод российских войск» is «вывод войск»
_PLACE = 0.3  # a territory where something takes place («на Курилах») is no subject
_MEANS = 0.4  # nor are the weapons with which something is done
# prepositions of circumstances, which say little of what an act is about; the second lot, of reasons, is what
# speech is about («поблагодарил за помощь») and a mere reason beside a material blow
_CIRCUMSTANCE = {
    "после": 0.35, "до": 0.5, "перед": 0.5, "накануне": 0.4, "во время": 0.4, "несмотря на": 0.4, "вопреки": 0.4,
    "вслед за": 0.4, "спустя": 0.4, "помимо": 0.5, "кроме": 0.5, "вместо": 0.5,
}  # fmt: skip
_REASON = frozenset({"за", "из-за", "в связи", "ввиду", "вследствие", "благодаря"})
_REASONED = frozenset({"SANCTION", "COERCE", "MOBILIZE", "ASSAULT", "PROTEST"})
_REASON_NEAR = 0.35
_BLAMED = frozenset({"REQUEST", "THREATEN"})  # here only «за» is a reason
_ASIDE = {("в", "ответ"): 0.35, ("на", "фон"): 0.4, ("в", "условие"): 0.5, ("в", "отместка"): 0.4}
# organs as the one who acts or is spoken to, not as the subject; parties to talks and treaties do speak
_ORGANS = frozenset({
    "альянс", "армия", "ввс", "вкс", "вмс", "вмф", "военный", "войско", "вс", "всу", "генерал", "генпрокуратура",
    "гру", "гкнб", "инспекция", "командование", "контрразведка", "мвд", "минобороны", "моссад", "нато", "офицер",
    "парламент", "пентагон", "полиция", "прокуратура", "прокурор", "разведка", "разведслужба", "сбу", "свр",
    "солдат", "спецслужба", "суд", "фбр", "флот", "фсб", "цахал", "цру",
})  # fmt: skip
_OBLIQUE = frozenset({"obl", "nmod"})
_ORGAN_NEAR = 0.45
_ORGANS_SPEAK = frozenset({"CONSULT", "AGREE", "COOPERATE", "AID", "SUPPORT"})
_NAMED, _NAMED_NEAR, _NAMED_LOUD = 4, 0.45, 1.3  # a named project is heard from anywhere
_NAMED_FOR = _SPEECH | {"AGREE", "COOPERATE", "CONSULT"}
_AGAIN = 0.6  # the predicate's own noun told again («прекращение поставок… поставки топлива»)
_SITUATION = frozenset({"вопрос", "кризис", "обстановка", "положение", "проблема", "ситуация", "событие", "статус"})
_RECOGNISE = ("призна", "непризна")
_RECOGNITION = 1.3
_VARIED = 0.65  # three subjects this near to the loudest are an agenda, and an agenda is diplomatic

# aspects of the military domain by type and mode; words of a subject speak beside them
_ASPECT = {
    "CONSULT": ("contact", 1.2), "AGREE": ("agreement", 1.2), "ASSAULT": ("operation", 4.0),
    "MOBILIZE": ("other", 1.8), "COERCE": ("operation", 1.2), "RETREAT": ("operation", 1.2),
    "COOPERATE": ("operation", 0.6), "REJECT": ("agreement", 0.6),
}  # fmt: skip
_TREATY = ("договор", "пакт", "подпис", "протокол", "ратифи", "соглас", "соглаш", "меморандум")
_CALLED_OFF = 1.8  # a meeting that is called off is the contact, whatever was to be talked of
_BACKED = ("помо", "поддерж", "содейств")  # promised backing with no subject of its own
_SUPPLY = ("вооруж", "достав", "закуп", "купи", "нака", "переда", "покуп", "поста", "предост", "прода", "произв")
_ENTRY_ASPECT = {"contact": 0.8, "agreement": 0.8, "other": 0.0}  # the rest, being specific, 2.2
_ARMED = frozenset(
    {"MOBILIZE", "ASSAULT", "RETREAT", "THREATEN", "COERCE", "CONCEDE", "COOPERATE"}
)  # weapons are means in these


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of the table: what a word or phrase is about, and how surely (1 to 3, 4 a named project)."""

    domain: str
    aspect: str | None
    weight: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A word or phrase of a subject in a sentence: token span, the token that heads it, and its topic."""

    start: int
    stop: int
    head: int
    topic: Topic
    title: bool


@dataclass(frozen=True, slots=True)
class Found:
    """All hits of one sentence, in order; longer phrases hide the shorter ones in them."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Phrases by first word, longest first, and prefixes (``кибер*``) by their letters.

    ``capital`` holds words that count only where the text writes them with a capital letter, not at the
    sentence's start («Град»), or as an abbreviation («СП»).
    """

    phrases: dict[str, tuple[tuple[tuple[str, ...], Topic], ...]]
    prefixes: dict[str, Topic]
    capital: dict[str, Topic]


def _topic(row: dict[str, str], where: str) -> Topic:
    if row["domain"] not in DOMAINS:
        raise DataError(f"{where}: unknown domain {row['domain']!r}")
    if row["aspect"] and (row["aspect"] not in ASPECTS or row["domain"] != "military"):
        raise DataError(f"{where}: {row['domain']} has no aspect {row['aspect']!r}")
    if row["weight"] not in {"1", "2", "3", "4"}:
        raise DataError(f"{where}: a weight is 1, 2, 3 or 4, not {row['weight']!r}")
    return Topic(row["domain"], row["aspect"] or None, int(row["weight"]))


@cache
def load_topics(language: str) -> Table:
    """The table of subjects of a language. Raises DataError naming file and line of the first bad entry."""
    phrases: dict[str, list[tuple[tuple[str, ...], Topic]]] = {}
    prefixes: dict[str, Topic] = {}
    capital: dict[str, Topic] = {}
    seen: set[str] = set()
    path = resources.files(f"detente.lang.{language}") / "data" / "topics.csv"
    reader = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    for row in reader:
        where = f"topics.csv:{reader.line_num}"
        if None in row or None in row.values() or list(row) != COLUMNS:
            raise DataError(f"{where}: the columns are {', '.join(COLUMNS)}")
        lemma, topic = row["lemma"], _topic(row, where)
        if not lemma or lemma in seen:
            raise DataError(f"{where}: {lemma!r} is empty or stands there twice")
        seen.add(lemma)
        if lemma.endswith("*") and " " not in lemma:
            prefixes[lemma[:-1]] = topic
        elif lemma != lemma.lower():
            capital[lemma.lower()] = topic
        else:
            first, *rest = lemma.split()
            phrases.setdefault(first, []).append((tuple(rest), topic))
    ordered = {first: tuple(sorted(found, key=lambda each: -len(each[0]))) for first, found in phrases.items()}
    return Table(ordered, prefixes, capital)


class Topics:
    """Finds words of a subject in parsed sentences and judges what an act is about."""

    def __init__(self, language: str = "ru") -> None:
        self._table = load_topics(language)
        self._known: dict[str, Topic | None] = {}

    def scan(self, tree: Tree) -> Found:
        """All topic hits of one sentence."""
        tokens = tree.tokens
        words = [token.text.lower().replace("ё", "е") for token in tokens]
        hits: list[Hit] = []
        index = 0
        while index < len(tokens):
            stop, topic = self._longest(tokens, words, index)
            if topic is not None:
                hits.append(_hit(tokens, index, stop, topic))
                hits += self._between(tokens, words, index + 1, stop - 1)
            index = max(stop, index + 1)
        return Found(tuple(hits))

    def _between(self, tokens: list[Token], words: list[str], start: int, stop: int) -> list[Hit]:
        """Hits among the adjectives that a phrase passes over («транзит военных грузов»)."""
        if stop <= start:
            return []
        found = ((at, *self._longest(tokens, words, at)) for at in range(start, stop) if tokens[at].pos in _PASSED)
        return [_hit(tokens, at, end, topic) for at, end, topic in found if topic is not None and end == at + 1]

    def _longest(self, tokens: list[Token], words: list[str], index: int) -> tuple[int, Topic | None]:
        """End and topic of the longest phrase that starts at a token; (0, None) where none does."""
        lemma, word = tokens[index].lemma, words[index]
        best, topic = 0, None
        for first in (lemma, word) if word != lemma else (lemma,):
            for rest, each in self._table.phrases.get(first, ()):
                stop = _follow(tokens, words, index + 1, rest)
                if stop > best:
                    best, topic = stop, each
                if stop:
                    break
        if topic is None:
            topic = self._capital(tokens[index], lemma, word) or self._prefix(_stem(tokens[index], lemma, word))
            best = index + 1 if topic is not None else 0
        return best, topic

    def _capital(self, token: Token, lemma: str, word: str) -> Topic | None:
        topic = self._table.capital.get(lemma) or self._table.capital.get(word)
        if topic is None:
            return None
        text = token.text
        return topic if text[:2].isupper() or (len(text) > 2 and text[0].isupper() and token.index > 0) else None

    def _prefix(self, lemma: str) -> Topic | None:
        if lemma not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            found = [topic for prefix, topic in self._table.prefixes.items() if lemma.startswith(prefix)]
            self._known[lemma] = found[0] if found else None
        return self._known[lemma]

    def judge(
        self,
        tree: Tree,
        found: Found,
        trigger: int,
        type: str,
        mode: str | None,
        entry_domain: str | None,
        entry_aspect: str | None,
        sectors: Sequence[str],
        offices: Sequence[str | None],
        decide: Callable[[dict[str, float], str], str] | None = None,
    ) -> tuple[str, str | None]:
        """Domain of an act and, where it is military, the aspect.

        ``trigger`` is the predicate's token; ``entry_domain`` and ``entry_aspect`` come from its lexicon entry;
        ``sectors`` and ``offices`` are those of its parties. ``decide`` may choose otherwise, given how loud
        each domain speaks and the rules' choice.
        """
        heard = _hear(tree, found, trigger, type)
        scores = self.loudness(tree, found, trigger, type, mode, entry_domain, sectors, offices, heard)
        # ties go to the order of DOMAINS
        domain = max(DOMAINS, key=lambda each: scores.get(each, 0.0))
        if domain != "diplomatic" and _is_agenda(scores, type, entry_domain):
            domain = "diplomatic"
        if decide is not None:
            domain = decide(scores, domain)
        return domain, self.aspect(tree, heard, trigger, type, mode, entry_domain, entry_aspect, domain)

    def loudness(
        self,
        tree: Tree,
        found: Found,
        trigger: int,
        type: str,
        mode: str | None,
        entry_domain: str | None,
        sectors: Sequence[str],
        offices: Sequence[str | None],
        heard: list[tuple[Hit, float]],
    ) -> dict[str, float]:
        """How loud each domain speaks for an act: its priors, its parties and the topics around it."""
        voices = _priors(tree, found, trigger, type, mode, entry_domain)
        # a speaker's office decides only where the speech has no subject
        silent = 1 if type in _SPEECH and len(sectors) > 1 and any(value >= _CONTENT for _, value in heard) else 0
        for sector in dict.fromkeys(sectors[silent:]):
            _say(voices, _SECTOR.get(sector))
        for office in dict.fromkeys(offices[silent:]):
            _say(voices, _OFFICE.get(office or ""))
        for hit, value in heard:
            voices.setdefault(hit.topic.domain, []).append(value)
        return {domain: _loudness(each) for domain, each in voices.items()}

    def aspect(
        self,
        tree: Tree,
        heard: list[tuple[Hit, float]],
        trigger: int,
        type: str,
        mode: str | None,
        entry_domain: str | None,
        entry_aspect: str | None,
        domain: str,
    ) -> str | None:
        """The military aspect of an act; None in every other domain."""
        if domain != "military":
            return None
        return _aspect(tree, heard, tree.tokens[trigger].lemma, type, mode, entry_domain, entry_aspect)


def _stem(token: Token, lemma: str, word: str) -> str:
    """What a prefix is held against: the lemma, or the word of a nominalised participle («осужденных»)."""
    return word if token.pos in {"NOUN", "ADJ"} and lemma.endswith(("ть", "ться", "чь", "ти")) else lemma


def _follow(tokens: list[Token], words: list[str], start: int, rest: tuple[str, ...]) -> int:
    """Where a phrase ends whose first word stands before ``start``, or 0; adjectives between may be passed over."""
    at, passed = start, 0
    for each in rest:
        while at < len(tokens) and not _is(each, tokens[at].lemma, words[at]):
            if tokens[at].pos not in _PASSED or passed == _PASS:
                return 0
            at, passed = at + 1, passed + 1
        if at >= len(tokens):
            return 0
        at += 1
    return at


def _is(each: str, lemma: str, word: str) -> bool:
    """Whether a token is a word of a phrase («поток*» takes «потока-2»)."""
    if each[-1] == "*":
        return lemma.startswith(each[:-1])
    return each in (lemma, word)


def _hit(tokens: list[Token], start: int, stop: int, topic: Topic) -> Hit:
    head = _head(tokens, start, stop)
    return Hit(start, stop, head, topic, _in_title(tokens, head))


def _head(tokens: list[Token], start: int, stop: int) -> int:
    """The token of a span whose governor lies outside it."""
    for index in range(start, stop):
        if not start <= tokens[index].head < stop:
            return index
    return start


def _in_title(tokens: list[Token], head: int) -> bool:
    """Whether a phrase is a title or part of one: «министр обороны», «министр сельского хозяйства»."""
    at, steps = head, 0
    while at >= 0 and steps < 3:
        if tokens[at].lemma in _TITLES:
            return True
        if tokens[at].rel not in {"nmod", "amod", "conj"}:
            return False
        at, steps = tokens[at].head, steps + 1
    return False


def _say(voices: dict[str, list[float]], voice: tuple[str, float] | None) -> None:
    if voice is not None:
        voices.setdefault(voice[0], []).append(voice[1])


def _priors(
    tree: Tree, found: Found, trigger: int, type: str, mode: str | None, entry_domain: str | None
) -> dict[str, list[float]]:
    """What default, entry and type say before any word is read."""
    voices: dict[str, list[float]] = {}
    lemma = tree.tokens[trigger].lemma
    if entry_domain != _DEFAULT[0]:
        _say(voices, (_DEFAULT[0], _SPEECH_DEFAULT) if type in _SPEECH else _DEFAULT)
    own = _MODE.get((type, mode or "")) or _TYPE.get(type)
    if own is not None and (entry_domain is None or entry_domain == own[0] or entry_domain == "diplomatic"):
        _say(voices, own)
    if type == "SANCTION" and _by_sanctions(tree, found, trigger):
        _say(voices, ("economic", _SANCTIONS))
    if type == "SUPPORT" and lemma.startswith(_RECOGNISE):
        _say(voices, ("diplomatic", _RECOGNITION))
    if entry_domain is not None:
        loose = {"diplomatic": _SPEECH_DEFAULT, "economic": _SPEECH_ECONOMIC} if type in _SPEECH else {}
        _say(voices, (entry_domain, loose.get(entry_domain, _ENTRY[entry_domain])))
    return voices


def _by_sanctions(tree: Tree, found: Found, trigger: int) -> bool:
    """Whether the blow is sanctions by name and no adjective of theirs gives another subject."""
    near = [trigger, *tree.children(trigger, "obj", "nsubj", "nsubj:pass", "obl", "nmod")]
    for _, at in zip(range(_SANCTIONED), tree.ancestors(trigger), strict=False):
        near.append(at)
    named = [at for at in near if tree.tokens[at].lemma.startswith(_SANCTION_WORD)]
    if not named:
        return False
    adjectives = {child for at in named for child in tree.children(at, "amod")}
    return not any(hit.head in adjectives and hit.topic.domain != "economic" for hit in found.hits)


def _loudness(values: list[float]) -> float:
    ordered = sorted(values, reverse=True)
    return sum(value * share for value, share in zip(ordered, (1.0, 0.4, 0.2), strict=False))


def _is_agenda(scores: dict[str, float], type: str, entry_domain: str | None) -> bool:
    """Whether talks or a treaty name three subjects or more, none of them the main one."""
    if type not in {"CONSULT", "AGREE"} or entry_domain not in {None, "diplomatic"}:
        return False
    top = max(scores.values())
    return sum(1 for score in scores.values() if score >= _VARIED * top and score > _DEFAULT[1]) >= 3


def _hear(tree: Tree, found: Found, trigger: int, type: str) -> list[tuple[Hit, float]]:
    """Each hit with its weight times its closeness to the predicate."""
    if not found.hits:
        return []
    near = _upward(tree, trigger)
    _again(tree.tokens, trigger, near)
    heard = []
    for hit in found.hits:
        closeness = _closeness(tree, near, hit.head, type)
        if hit.start <= trigger < hit.stop:
            closeness = _OWN if hit.stop - hit.start > 1 else 1.0
        elif hit.title:
            closeness *= _TITLE_NEAR if type in _TITLE_SPEAKS else _TITLE_FAR
        elif hit.topic.domain == "territory" and _is_place(tree, hit.head):
            closeness *= _PLACE
        elif type not in _ORGANS_SPEAK and tree.tokens[hit.head].lemma in _ORGANS:
            closeness *= _ORGAN_NEAR
        elif hit.topic.weight == _NAMED and type in _NAMED_FOR:
            closeness = max(closeness * _NAMED_LOUD, _NAMED_NEAR)
        heard.append((hit, min(hit.topic.weight, 3) * closeness))
    return heard


def _is_place(tree: Tree, index: int) -> bool:
    """Whether a name stands where something takes place, and not in «ситуация в Крыму»."""
    token = tree.tokens[index]
    if token.pos != "PROPN" or tree.case(index) != "loc" or tree.preposition(index) not in {"в", "на"}:
        return False
    return token.head < 0 or tree.tokens[token.head].lemma not in _SITUATION


def _upward(tree: Tree, trigger: int) -> dict[int, float]:
    """Closeness of the predicate itself and of all its governors."""
    tokens = tree.tokens
    near, value, at = {trigger: 1.0}, 1.0, trigger
    while tokens[at].head >= 0:
        token = tokens[at]
        verbal = token.rel == "conj" and token.pos in _VERBS
        value *= _VERB_CONJ if verbal else _UP.get(token.rel, _ELSE)
        if token.rel in _OBLIQUE and at == trigger:
            value *= _CIRCUMSTANCE.get(tree.preposition(at), 1.0)
        at = token.head
        near[at] = value
    return near


def _again(tokens: list[Token], trigger: int, near: dict[int, float]) -> None:
    """Let the noun of the predicate, told again elsewhere, be near with all that hangs on it."""
    if tokens[trigger].pos == "NOUN":
        for token in tokens:
            if token.lemma == tokens[trigger].lemma:
                near.setdefault(token.index, _AGAIN)


def _closeness(tree: Tree, near: dict[int, float], index: int, type: str) -> float:
    """Closeness of a token, kept in ``near`` with all that lie on the way to it."""
    tokens = tree.tokens
    path, at = [], index
    while at >= 0 and at not in near:
        path.append(at)
        at = tokens[at].head
    value = near[at] if at >= 0 else _APART
    for step in reversed(path):
        token = tokens[step]
        if token.head >= 0:
            verbal = token.rel == "conj" and token.pos in _VERBS and token.feats.get("VerbForm") != "Inf"
            value *= _VERB_CONJ if verbal else _DOWN.get(token.rel, _ELSE)
            if token.rel in _OBLIQUE:
                value *= _aside(tree, step, type)
        near[step] = value
    return value


def _aside(tree: Tree, index: int, type: str) -> float:
    """What a noun loses as a circumstance or, beside a material blow or sanctions, as a reason."""
    preposition = tree.preposition(index)
    if not preposition:
        return 1.0
    if preposition in _REASON:
        blow = (
            type in _REASONED
            or (preposition == "за" and type in _BLAMED)
            or tree.tokens[tree.tokens[index].head].lemma.startswith(_SANCTION_WORD)
        )
        return _REASON_NEAR if blow and (preposition != "за" or tree.case(index) == "acc") else 1.0
    return _ASIDE.get((preposition, tree.tokens[index].lemma)) or _CIRCUMSTANCE.get(preposition, 1.0)


def _aspect(
    tree: Tree,
    heard: list[tuple[Hit, float]],
    lemma: str,
    type: str,
    mode: str | None,
    entry_domain: str | None,
    entry_aspect: str | None,
) -> str:
    """The military aspect that type, entry and words speak for."""
    if type == "ASSAULT":
        return "operation"  # whatever it is done with
    voices: dict[str, list[float]] = {"other": [0.5]}
    by_type = _ASPECT.get(type)
    if type == "AGREE" and lemma.startswith(_BACKED):
        by_type = ("other", 0.9)
    elif type == "AGREE" and entry_aspect != "agreement" and not lemma.startswith(_TREATY):
        by_type = None
    elif type == "REJECT" and entry_aspect == "contact":
        by_type = ("contact", _CALLED_OFF)
    _say(voices, by_type)
    if mode == "ceasefire":
        _say(voices, ("operation", 2.0))
    repeated = by_type is not None and entry_aspect == by_type[0]
    if entry_aspect is not None and entry_domain in {None, "military"} and not repeated:
        _say(voices, (entry_aspect, _ENTRY_ASPECT.get(entry_aspect, 2.2)))
    for hit, value in heard:
        aspect = hit.topic.aspect
        if aspect == "contact" and type != "CONSULT":
            continue  # the ministers who sign are not what is signed
        if aspect is not None and aspect != "other":
            voices.setdefault(aspect, []).append(value * _MEANS if _is_means(tree, hit, type) else value)
    scores = {aspect: _loudness(each) for aspect, each in voices.items()}
    return max(ASPECTS, key=lambda each: scores.get(each, 0.0))


def _is_means(tree: Tree, hit: Hit, type: str) -> bool:
    """Whether weapons are what the act is done with: by its type, or in a bare instrumental."""
    if hit.topic.aspect != "arms_industry":
        return False
    head = tree.tokens[hit.head].head
    if any(tree.tokens[at].lemma.startswith(_SUPPLY) for at in (head, *range(hit.start, hit.stop)) if at >= 0):
        return False
    if type == "ACCUSE":
        return hit.stop - hit.start == 1
    return type in _ARMED or (tree.case(hit.head) == "ins" and not tree.preposition(hit.head))
