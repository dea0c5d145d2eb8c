"""Which language a text is in: letters and frequent words first, a model only where they leave doubt.

Plain Russian is told by its own letters and words in microseconds; py3langid (Lui and Baldwin 2012,
refreshed) is loaded, in about half a second, only for texts that the tables do not settle.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from detente.errors import DataError, LanguageError

_SAMPLE = 4000
_CYRILLIC = re.compile(r"[Ѐ-ԯ]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0259\u1e00-\u1eff'’ʻʼ]+")
_WORD_OF_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0530-\u1cff\u2d00-\u2d2f\u3040-\u9fff\uac00-\ud7af]+")
_NOISE = re.compile(r"https?://\S+|@\w+|#[A-Za-z]\w*")
_SURE = 0.99


@dataclass(frozen=True, slots=True)
class Identified:
    """The language (ISO 639-1, None where it cannot be told) and how sure it is, 0 to 1."""

    language: str | None
    score: float


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    letters: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Tables:
    cyrillic: tuple[_Language, ...]
    latin: tuple[_Language, ...]
    scripts: tuple[tuple[int, int, tuple[str, ...]], ...]
    russian: _Language
    foreign: re.Pattern[str]
    names: dict[str, str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    source = (resources.files("detente.text") / "data" / "languages.toml").read_text(encoding="utf-8")
    try:
        table = tomllib.loads(source)
        cyrillic = _languages(table["cyrillic"])
        russian = _languages({"ru": table["russian"]})[0]
        scripts = tuple(
            (int(row["first"]), int(row["last"]), tuple(row["languages"].split())) for row in table["script"].values()
        )
        names = dict(table["names"])
        for group in (table["cyrillic"], table["latin"]):
            names.update({code: row["name"] for code, row in group.items()})
    except (tomllib.TOMLDecodeError, KeyError, ValueError, AttributeError) as error:
        raise DataError(f"text/data/languages.toml: {error}") from error
    foreign = frozenset().union(*(language.letters for language in cyrillic)) - russian.letters
    pattern = re.compile(f"[{''.join(sorted(foreign))}]")
    return _Tables(cyrillic, _languages(table["latin"]), scripts, russian, pattern, names)


def _languages(rows: dict[str, Any]) -> tuple[_Language, ...]:
    return tuple(
        _Language(code, frozenset(row["letters"]), frozenset(row["words"].split()))
        for code, row in sorted(rows.items())
    )


def identify(text: str) -> Identified:
    """Say which language a text is in; mixed texts take the language of their prose.

    A Russian text that quotes another language stays Russian. The score is a rule's confidence or the
    model's probability; (None, 0) stands for a text without letters.
    """
    tables = _tables()
    lower = text[:_SAMPLE].lower()
    cyrillic = _CYRILLIC.findall(lower)
    size = sum(map(len, cyrillic))
    if size >= 0.6 * len(lower) and tables.foreign.search(lower) is None:
        # The common case: prose in Cyrillic without a letter of another alphabet.
        share = _hits(cyrillic, tables.russian.words)
        if share >= 0.08 and ("ы" in lower or "э" in lower):
            return Identified("ru", _SURE)
    return _weigh(lower, tables)


def _weigh(lower: str, tables: _Tables) -> Identified:
    lower = _NOISE.sub(" ", lower)
    cyrillic, latin = _CYRILLIC.findall(lower), _LATIN.findall(lower)
    other = _WORD_OF_OTHER_SCRIPT.findall(lower)
    sizes = (sum(map(len, cyrillic)), sum(map(len, latin)), sum(map(len, other)))
    if not any(sizes):
        return Identified(None, 0.0)
    # Names and quotes in Latin letters are many in Russian news, the reverse is rare: a third is enough.
    if sizes[2] > max(sizes[0], sizes[1]):
        return _by_script("".join(other), lower, tables)
    if sizes[0] >= 0.5 * sizes[1] or _hits(cyrillic, tables.russian.words) * len(cyrillic) >= 5:
        return _cyrillic(cyrillic, lower, tables)
    return _latin(latin, lower, tables)


def _hits(words: list[str], known: frozenset[str]) -> float:
    return sum(map(known.__contains__, words)) / len(words) if words else 0.0


def _cyrillic(words: list[str], lower: str, tables: _Tables) -> Identified:
    letters = Counter("".join(words))
    size = letters.total()
    strange = len(tables.foreign.findall(lower)) / size
    own = sum(letters[char] for char in tables.russian.letters) / size
    russian = _hits(words, tables.russian.words)
    rated = sorted(
        ((_rate(language, letters, size, words), language.code) for language in tables.cyrillic), reverse=True
    )
    best, code = rated[0]
    mine = russian + 3 * own - 4 * strange
    odd = sum(1 for word in words if tables.foreign.search(word)) / len(words)
    # A neighbour's letters in a few words are names and quotes; its prose has them in every second word.
    quoted = russian >= 0.1 and (odd < 0.2 if own > 0 else 0 < odd < 0.12)
    if quoted or (strange < 0.01 and own > 0 and russian > 0 and mine >= best):
        return Identified("ru", _confidence(max(mine - best, 0.0), len(words)))
    if strange >= 0.025 and best > mine:
        # Letters of a sister alphabet rule Russian out; near sisters are told apart by their words.
        return Identified(code, _confidence(best - rated[1][0], len(words)))
    if size < 12 and strange == 0:
        return Identified("ru", 0.5)
    if best - mine >= 0.2 and len(words) >= 4:
        return Identified(code, _confidence(best - mine, len(words)))
    guess = _model(lower, (language.code for language in tables.cyrillic), "ru")
    # Names without small words fool the model: to overrule Russian letters it has to be sure.
    if guess.language != "ru" and strange < 0.01 and (size < 40 or guess.score < 0.9 or own > 0.03):
        return Identified("ru", 0.5)
    return guess


def _rate(language: _Language, letters: Counter[str], size: int, words: list[str]) -> float:
    """Share of the language's frequent words, plus its own letters, minus letters that it does not have."""
    strange = sum(count for char, count in letters.items() if char not in _BASIC and char not in language.letters)
    own = sum(letters[char] for char in language.letters) / size
    missing = sum(letters[char] for char in _LACKS.get(language.code, "")) / size
    expected = _EXPECTS.get(language.code, "")
    without = size >= 25 and expected != "" and not any(letters[char] for char in expected)
    return _hits(words, language.words) + 2 * own - 6 * strange / size - 3 * missing - (0.3 if without else 0.0)


# Letters that every Cyrillic alphabet of the region may use, those that some of them lack, and those
# of which no sentence of the language does without all.
_BASIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
_LACKS = {
    "be": "иъщ",
    "bg": "ыэё",
    "mk": "ыэёйщъьюя",
    "sr": "ыэёйщъьюя",
    "tg": "ыщц",
    "uk": "ыэёъ",
    "uz": "ыщ",
}
_EXPECTS = {"ba": "әҡ", "be": "ў", "bg": "ъщ", "kk": "қәғі", "mk": "ј", "sr": "ј", "tt": "ә", "uk": "і"}


def _latin(words: list[str], lower: str, tables: _Tables) -> Identified:
    letters = Counter("".join(words))
    size = letters.total()
    rated = sorted(
        (
            (_hits(words, row.words) + 2 * sum(letters[char] for char in row.letters) / size, row.code)
            for row in tables.latin
        ),
        reverse=True,
    )
    (best, code), (second, _) = rated[0], rated[1]
    if len(words) >= 5 and best >= 0.15 and best - second >= 0.08:
        return Identified(code, _confidence(best - second, len(words)))
    return _model(lower, (row.code for row in tables.latin), "ru")


def _by_script(other: str, lower: str, tables: _Tables) -> Identified:
    counts = Counter(
        {codes: sum(first <= ord(char) <= last for char in other) for first, last, codes in tables.scripts}
    )
    # Japanese mixes kana with Chinese characters: any fair share of kana decides.
    if counts[("ja",)] >= 0.1 * len(other):
        return Identified("ja", _SURE)
    codes, count = counts.most_common(1)[0]
    if not count:
        return Identified(None, 0.0)
    return Identified(codes[0], _SURE) if len(codes) == 1 else _model(lower, codes)


def _confidence(margin: float, words: int) -> float:
    return round(min(_SURE, 0.5 + 1.5 * margin + min(words, 40) / 200), 3)


def _model(text: str, *languages: str | Iterable[str]) -> Identified:
    allowed = sorted({code for item in languages for code in ([item] if isinstance(item, str) else item)})
    code, score = _identifier(tuple(allowed)).classify(text)
    return Identified(str(code), round(float(score), 3))


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in languages if code in identifier.nb_classes])
    return identifier


def language_name(code: str | None) -> str:
    """English name of a language code, for messages; the code itself where it is not in the tables."""
    return "an unknown language" if code is None else _tables().names.get(code, code)


def require_language(text: str, name: str = "this text", supported: tuple[str, ...] = ("ru",)) -> Identified:
    """Identify a text and raise LanguageError, naming the language, where it is none of ``supported``."""
    found = identify(text)
    if found.language in supported:
        return found
    reads = " and ".join(language_name(code) for code in supported)
    if found.language is None:
        raise LanguageError(f"{name} holds no words: Detente needs prose to read")
    raise LanguageError(
        f"{name} looks {language_name(found.language)}; Detente reads {reads} so far", language=found.language
    )
