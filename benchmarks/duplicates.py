"""Near duplicates on constructed reprints of real news: recall, precision, and reversals that were merged.

    python benchmarks/duplicates.py [--bases N] [--seed N] [--errors N]

Originals are texts of ``../shared/data/news_ru_2017.jsonl.gz`` that share next to no three words in a row with
one another. From each are made reprints (word edits of 0-15 %, cut tails, changed leads, credits before, both
together, the text inside a longer one) and texts in which one edit reverses the sense (another verb, a negation
in or out, another figure or month, parties swapped or replaced, doubt, a denial before). All go into one pile.
A pair counts as found where both texts are in one group. The edits of a reprint touch no negation, figure, name
or verb; synonyms, opposites and leads are the lists below, made apart from those that the package ships.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

NEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "news_ru_2017.jsonl.gz"
RATES = (0.0, 0.05, 0.10, 0.15)
SHORTEST = 18  # words of an original
KEPT = 15  # words that a cut tail leaves at least

SYNONYMS = {
    "заявил": "сообщил", "сообщил": "рассказал", "отметил": "подчеркнул", "подчеркнул": "указал", "также": "кроме того",
    "сообщает": "передает", "передает": "пишет", "глава": "руководитель", "сообщили": "рассказали", "однако": "но",
    "который": "что", "заявила": "сообщила", "для": "ради", "около": "примерно", "страны": "государства",
    "ранее": "прежде", "чтобы": "дабы", "из-за": "по причине", "власти": "руководство", "словам": "утверждению",
    "СМИ": "пресса", "кроме": "помимо", "связи": "контексте", "очень": "весьма", "во время": "в ходе",
}  # fmt: skip
FILLERS = ["также", "в частности", "в свою очередь", "кстати", "при этом", "как известно", "собственно", "именно"]
PROTECTED = {
    "не", "ни", "нет", "без", "никогда", "нельзя", "якобы", "возможно", "вероятно", "может", "могут", "мог", "могли",
    "могла", "видимо", "предположительно", "до", "после", "против", "больше", "меньше", "более", "менее", "все", "один",
    "ложный", "ложные", "ложных", "мнимый",
    "фальшивый", "фальшивые",
}  # fmt: skip
LEADS = [
    "Подробности стали известны журналистам нашего издания, следите за обновлениями ленты.",
    "Эту новость обсуждают сегодня в редакциях и социальных сетях по всему миру.",
    "О развитии событий читайте в нашем материале, подготовленном дежурной сменой.",
    "Наш корреспондент собрал всё, что говорят об этом источники и эксперты.",
]
CREDITS = ["Лента новостей. ", "Агентство деловых новостей. ", "Читайте в нашем канале. ", "Фото: пресс-служба. "]
DENIALS = [
    "В министерстве опровергли это сообщение. ", "Это сообщение оказалось фейком. ", "Источник назвал это неправдой. ",
]  # fmt: skip
OPPOSITES = {
    "подтвердил": "опроверг", "подтвердили": "опровергли", "подтвердила": "опровергла", "поддержал": "осудил",
    "поддержала": "осудила", "поддержали": "осудили", "ввел": "отменил", "ввели": "отменили", "введет": "отменит",
    "ввести": "отменить", "продлил": "отменил", "продлили": "отменили", "продлить": "отменить", "снять": "ввести",
    "согласился": "отказался", "согласилась": "отказалась", "готов": "отказался", "усилить": "ослабить",
    "увеличить": "сократить", "увеличил": "сократил", "увеличила": "сократила", "одобрил": "отклонил",
    "одобрили": "отклонили", "разрешил": "запретил", "начал": "прекратил", "начала": "прекратила",
    "начали": "прекратили", "принял": "отклонил", "приняли": "отклонили", "открыл": "закрыл", "вырос": "упал",
    "выросла": "упала", "улучшить": "ухудшить", "возобновить": "прекратить", "укрепить": "ослабить",
    "рост": "падение", "увеличение": "сокращение", "снятие": "введение", "снятия": "введения", "отмены": "введения",
    "отмену": "введение", "продление": "отмена", "введение": "отмена", "поддержку": "критику", "союзник": "противник",
}  # fmt: skip
MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
COUNTRIES = ["россия", "турция", "украина", "сирия", "иран", "китай", "германия", "франция", "польша",
             "грузия", "израиль", "армения",
             "азербайджан", "казахстан", "британия", "япония", "белоруссия", "молдавия"]  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A text of the pile: from which original, how made; the original's words that it keeps; where its sense turned."""

    family: int
    kind: str
    text: str
    kept: tuple[int, int] = (0, 1 << 30)
    site: int | None = None


@cache
def morph() -> object:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


@cache
def parse(word: str) -> object:
    return morph().parse(word)[0]


def originals(count: int, rng: random.Random) -> tuple[list[str], list[str]]:
    """Texts that share next to nothing, and twice as many others, as far apart, of which two hold each reprint."""
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        pool = [json.loads(line)["text"] for line in lines]
    rng.shuffle(pool)
    seen: set[tuple[str, ...]] = set()
    found = []
    for text in pool:
        words = re.findall(r"\w+", text.lower())
        triples = set(zip(words, words[1:], words[2:], strict=False))
        if len(words) >= SHORTEST and len(triples & seen) < 0.1 * len(triples):
            found.append(" ".join(text.split()))
            seen |= triples
    if len(found) < 3 * count:
        raise SystemExit(f"{len(found)} texts are far enough apart, enough for {len(found) // 3} originals")
    return found[:count], found[count : 3 * count]


def neutral(word: str) -> bool:
    """A word whose form may change without changing the sense: no name, figure, verb or word of the lists."""
    core = word.strip("«»\"',.:;()!?—–-…")
    if not core.isalpha() or core != core.lower() or core in PROTECTED or len(core) < 3 or core in OPPOSITES:
        return False
    return not {"VERB", "INFN", "NUMR", "PRTS", "GRND", "NPRO"} & set(parse(core).tag.grammemes)


def edit(words: list[str], rate: float, rng: random.Random) -> list[str]:
    """``rate`` of the words edited: synonyms, endings, omissions of attributes, words put in."""
    budget = round(rate * len(words))
    places = [i for i, word in enumerate(words) if neutral(word) or word in SYNONYMS]
    rng.shuffle(places)
    chosen = set(places[:budget])
    extra = budget - len(chosen)
    found: list[str] = []
    for i, word in enumerate(words):
        if i not in chosen:
            found.append(word)
            continue
        if word in SYNONYMS:
            found.append(SYNONYMS[word])
            continue
        kind = rng.random()
        attribute = {"ADJF", "ADVB", "PRCL", "PRTF"} & set(parse(word.strip("«»\"',.:;()!?—–-…")).tag.grammemes)
        if attribute and kind < 0.6 and word[-1].isalpha():
            continue
        if kind < 0.8 and len(word) > 4 and word.isalpha():
            found.append(word[:-1] + rng.choice("аеиоуыю"))
        elif not found or found[-1].lower() not in PROTECTED:
            found += [rng.choice(FILLERS), word]
        else:
            found.append(word)
    for _ in range(extra):
        place = rng.randrange(len(found) + 1)
        if not place or found[place - 1].lower() not in PROTECTED:
            found.insert(place, rng.choice(FILLERS))
    return found


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[«\"А-ЯЁ])", text)


def reprints(family: int, text: str, hosts: list[str], rng: random.Random) -> Iterator[Text]:
    words = text.split()
    for rate in RATES[1:]:
        yield Text(family, f"edits {rate:.0%}", " ".join(edit(words, rate, rng)))
    if len(words) > KEPT + 5:
        keep = max(KEPT, round(rng.uniform(0.5, 0.85) * len(words)))
        yield Text(family, "cut tail", " ".join(words[:keep]), (0, keep))
        rate = rng.choice(RATES[1:])
        yield Text(family, "cut and edited", " ".join(edit(words[:keep], rate, rng)), (0, keep))
    parts = sentences(text)
    head = len(parts[0].split())
    if len(parts) > 1 and head <= 0.4 * len(words) and len(words) - head >= KEPT:
        yield Text(family, "changed lead", f"{rng.choice(LEADS)} {' '.join(parts[1:])}", (head, len(words)))
    yield Text(family, "credit before", rng.choice(CREDITS) + text)
    before, after = hosts[2 * family : 2 * family + 2]
    if len(words) >= 20:
        yield Text(family, "inside a longer", f"{before} {text} {after}")


def inflected(word: str, like: str) -> str:
    """The country ``word`` in the case of the form ``like``."""
    changed = parse(word).inflect({parse(like).tag.case}) if parse(like).tag.case else None
    return (changed.word if changed else word).capitalize()


def country(word: str) -> str | None:
    core = word.strip("«»\"',.:;()")
    if not core[:1].isupper():
        return None
    normal = parse(core.lower()).normal_form
    return normal if normal in COUNTRIES else None


def put(words: list[str], place: int, new: str) -> list[str]:
    """``words`` with another one at ``place``, its marks and capital kept."""
    core = words[place].strip("«»\"',.:;()!?")
    changed = new if core[:1].islower() or not core else new[:1].upper() + new[1:]
    return [*words[:place], words[place].replace(core, changed), *words[place + 1 :]]


def reversed_texts(family: int, text: str, rng: random.Random) -> Iterator[Text]:
    words = text.split()
    cores = [word.strip("«»\"',.:;()!?").lower() for word in words]
    makers: dict[str, list[tuple[int, list[str]]]] = {}
    named = [(i, code) for i, word in enumerate(words) if (code := country(word))]
    for i, core in enumerate(cores):
        if core in OPPOSITES:
            makers.setdefault("another verb", []).append((i, put(words, i, OPPOSITES[core])))
        if core == "не" and i + 1 < len(words) and not {"никогда", "никто", "ничего", "ни"} & set(cores):
            makers.setdefault("negation out", []).append((i, words[:i] + words[i + 1 :]))
        finite = core.isalpha() and parse(core).tag.POS == "VERB" and (not i or cores[i - 1] not in PROTECTED)
        if finite and words[i].islower():
            makers.setdefault("negation in", []).append((i, [*words[:i], "не", *words[i:]]))
            makers.setdefault("doubt in", []).append((i, [*words[:i], "якобы", *words[i:]]))
        following = cores[i + 1] if i + 1 < len(words) else ""
        if core.isdigit() and 1 < len(core) < 4 and len(following) > 3 and following.isalpha() and i > 2:
            makers.setdefault("another figure", []).append((i, put(words, i, str(int(core) + rng.randint(3, 60)))))
        if core in MONTHS:
            makers.setdefault("another month", []).append((i, put(words, i, MONTHS[(MONTHS.index(core) + 5) % 12])))
    for i, code in named:
        other = rng.choice([c for c in COUNTRIES if c != code and c not in {n for _, n in named}])
        makers.setdefault("another party", []).append((i, put(words, i, inflected(other, cores[i]))))
    for (i, one), (j, other) in pairwise(named):
        verb = any(c.isalpha() and parse(c).tag.POS == "VERB" for c in cores[i + 1 : j])
        if one != other and verb and not any(word[-1] in ".!?" for word in words[i:j]):
            swapped = put(put(words, i, inflected(other, cores[i])), j, inflected(one, cores[j]))
            makers.setdefault("parties swapped", []).append((i, swapped))
    for kind, made in sorted(makers.items()):
        site, changed = rng.choice(made)
        yield Text(family, kind, " ".join(changed), site=site)
    yield Text(family, "denial before", rng.choice(DENIALS) + text, site=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--errors", type=int, default=0, help="show so many wrong pairs of each kind")
    arguments = parser.parse_args()
    if not NEWS.exists():
        print("skipped: ../shared is missing")
        return 0
    figures = measure(arguments.bases, arguments.seed, arguments.errors)
    good = figures["recall"] >= 0.95 and figures["precision"] >= 0.98 and not figures["reversed"]
    whole_file()
    return 0 if good else 1


def measure(count: int, seed: int, errors: int = 0) -> dict[str, float]:
    """Recall, precision and merged reversals over ``count`` originals; prints them by kind."""
    from detente.event.duplicates import SignedText, group
    from detente.event.reprint import compare
    from detente.text.signature import signature

    rng = random.Random(seed)
    bases, hosts = originals(count, rng)
    pile: list[Text] = []
    for family, text in enumerate(bases):
        pile.append(Text(family, "original", text))
        pile += reprints(family, text, hosts, rng)
        pile += reversed_texts(family, text, rng)
    texts = {f"d{i:06}": made.text for i, made in enumerate(pile)}
    start = time.perf_counter()
    signed = [SignedText(key, signature(text)) for key, text in texts.items()]
    middle = time.perf_counter()
    groups = group(signed, texts.__getitem__).groups
    end = time.perf_counter()
    keys = list(texts)
    asked, found, wrong = Counter[str](), Counter[str](), Counter[str]()
    turned, merged = Counter[str](), Counter[str]()
    shown: list[str] = []
    families: dict[int, list[int]] = {}
    for i, made in enumerate(pile):
        families.setdefault(made.family, []).append(i)
    for members in families.values():
        for i, j in combinations(members, 2):
            one, other = pile[i], pile[j]
            together = keys[i] in groups and groups[keys[i]] == groups.get(keys[j])
            sites = [made for made in (one, other) if made.site is not None]
            if len(sites) == 2:
                continue
            if sites:
                plain = one if sites[0] is other else other
                if plain.kept[0] <= (sites[0].site or 0) < plain.kept[1] - 1:  # what is turned is there too
                    turned[sites[0].kind] += 1
                    merged[sites[0].kind] += together
                    if together and merged[sites[0].kind] <= errors:
                        shown.append(f"MERGED {sites[0].kind} / {plain.kind}\n  {plain.text}\n  {sites[0].text}")
                continue
            kind = other.kind if one.kind == "original" else "two reprints"
            length = len(pile[members[0]].text.split())
            spans = [(made.kept[0], min(made.kept[1], length)) for made in (one, other)]
            common = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
            if common < 0.6 * min(stop - first for first, stop in spans):
                continue  # two parts of one text that hardly meet repeat it, not each other
            asked[kind] += 1
            found[kind] += together
            if not together and asked[kind] - found[kind] <= errors:
                met = compare(one.text, other.text)
                shown.append(f"MISSED {kind}: {one.kind} / {other.kind}: {met}\n  {one.text}\n  {other.text}")
    by_group: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        if key in groups:
            by_group.setdefault(groups[key], []).append(i)
    for members in by_group.values():
        for i, j in combinations(members, 2):
            if pile[i].family != pile[j].family:
                wrong["across"] += 1
                if wrong["across"] <= errors:
                    shown.append(f"WRONG {pile[i].kind} / {pile[j].kind}\n  {pile[i].text}\n  {pile[j].text}")
    print("\n".join(shown))
    print(
        f"{len(bases)} originals, {len(pile)} texts; signed in {middle - start:.1f} s, grouped in {end - middle:.1f} s"
    )
    for kind in sorted(asked):
        print(f"  {kind:18} {found[kind]:6} of {asked[kind]:6} found  {found[kind] / asked[kind]:.4f}")
    for kind in sorted(turned):
        print(f"  {kind:18} {merged[kind]:6} of {turned[kind]:6} merged though reversed")
    true, false, reversals = found.total(), wrong.total(), merged.total()
    recall, precision = true / asked.total(), true / max(1, true + false + reversals)
    alone = sum(found[kind] for kind in asked if kind != "two reprints")
    print(f"recall {recall:.4f} (with the original alone {alone / (asked.total() - asked['two reprints']):.4f})")
    print(f"precision {precision:.4f}; pairs of different originals merged: {false}; reversals merged: {reversals}")
    return {"recall": recall, "precision": precision, "reversed": float(reversals)}


def whole_file() -> None:
    """Speed and memory on the whole file as it is."""
    from detente.event.duplicates import SignedText, group
    from detente.text.signature import signature, signed_text

    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = {row["id"]: signed_text(row["text"], row["title"]) for row in rows}
    start = time.perf_counter()
    signed = [SignedText(row["id"], signature(row["text"], row["title"])) for row in rows]
    middle = time.perf_counter()
    found = group(signed, texts.__getitem__)
    end = time.perf_counter()
    kinds = Counter(row.kind for row in found.documents)
    print(f"whole file: {len(rows)} texts signed in {middle - start:.1f} s, grouped in {end - middle:.1f} s")
    print(f"  groups {kinds['original']}, exact {kinds['exact']}, near {kinds['near']}, contained {kinds['contained']}")
    print(f"  peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
