"""Country links and name spans on SlavicNER (Russian), and the resolver's speed.

Run: ``python benchmarks/link.py [--errors]``. The data lie in ``../shared/data`` and are not part of the
project. Errors are shown for even documents only; odd ones are held out.

Country link: the text of a mention that the data links to a state goes into ``Gazetteer.link``; right is
the state's ISO code. A mention counts as adjective or demonym where it is written in lower case
throughout or the data types it PER, else as a name. Name spans: exact span and type of PER, LOC and ORG
against the mentions of the resolver; products and events (PRO, EVT) are left out on both sides.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.actor.gazetteer import Gazetteer, gazetteer
from detente.actor.resolver import Resolver
from detente.actor.tables import actors
from detente.lang.ru.parser import RussianParser

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SLAVICNER = DATA / "slavicner_ru_dev.jsonl.gz"
TYPES = ("PER", "LOC", "ORG")
# Names of states in the data that differ from the English names of the tables.
ALIASES = {
    "Czech-Republic": "CZE", "England": "GBR", "German": "DEU", "Great-Britain": "GBR", "Holland": "NLD",
    "Irish": "IRL", "Italia": "ITA", "Kingdom-of-Bahrain": "BHR", "Republic-of-South-Africa": "ZAF",
    "Republic-of-the-Philippines": "PHL", "Turkey": "TUR", "USA": "USA", "Vatican": "VAT",
}  # fmt: skip

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, answered and wanted items."""

    right: int
    answered: int
    wanted: int

    @property
    def accuracy(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.answered + self.wanted) if self.answered + self.wanted else 0.0


def documents(path: Path = SLAVICNER) -> list[Document]:
    """The annotated documents in file order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def iso(link: str | None) -> str | None:
    """The ISO code of a link such as GPE-Russia; None where it is no state."""
    if not link or not link.startswith("GPE-"):
        return None
    name = link.removeprefix("GPE-")
    states = {actor.name.replace(" ", "-"): actor.code for actor in actors().values() if actor.family == "state"}
    return ALIASES.get(name) or states.get(name)


def is_derived(mention: Document) -> bool:
    """Whether a mention is an adjective or demonym: lower case throughout, or a person for the data."""
    return mention["type"] == "PER" or mention["text"].islower()


def country_link(
    docs: list[Document], table: Gazetteer, errors: Counter[tuple[str, str, str]] | None = None
) -> dict[str, Score]:
    """Accuracy of ``Gazetteer.link`` on gold mentions of states: ``names`` and ``derived``."""
    counts = {"names": [0, 0, 0], "derived": [0, 0, 0]}
    codes: dict[str | None, str | None] = {}
    for document in docs:
        for mention in document["mentions"]:
            link = mention["link"]
            if link not in codes:
                codes[link] = iso(link)
            code = codes[link]
            if code is None:
                continue
            count = counts["derived" if is_derived(mention) else "names"]
            found = table.link(mention["text"])
            count[0] += found == code
            count[1] += found is not None
            count[2] += 1
            if errors is not None and found != code:
                errors[mention["text"], code, str(found)] += 1
    return {key: Score(*count) for key, count in counts.items()}


def spans(
    docs: list[Document], parser: RussianParser, resolver: Resolver, errors: Counter[tuple[str, str, str]] | None = None
) -> dict[str, Score]:
    """Exact span F1 per type and together (``all``), and natasha's own spans (``plain``)."""
    counts: dict[str, list[int]] = {key: [0, 0, 0] for key in (*TYPES, "all", "plain")}
    for first in range(0, len(docs), 16):
        batch = docs[first : first + 16]
        for document, parses in zip(batch, parser.parse([d["text"] for d in batch]), strict=True):
            gold = {(m["start"], m["stop"], m["type"]) for m in document["mentions"] if m["type"] in TYPES}
            found = {
                (e.mention.start, e.mention.stop, str(e.mention.type))
                for sentence in resolver.resolve(parses, document["text"])
                for e in sentence
                if e.mention.type in TYPES
            }
            plain = {(p.tokens[n.start].start, p.tokens[n.stop - 1].stop, n.type) for p in parses for n in p.names}
            _count(counts["all"], found, gold)
            _count(counts["plain"], plain, gold)
            for kind in TYPES:
                _count(counts[kind], {s for s in found if s[2] == kind}, {s for s in gold if s[2] == kind})
            if errors is not None:
                text = document["text"]
                errors.update(("extra", text[a:b], kind) for a, b, kind in found - gold)
                errors.update(("missed", text[a:b], kind) for a, b, kind in gold - found)
    return {key: Score(*count) for key, count in counts.items()}


def _count(count: list[int], found: set[tuple[int, int, str]], gold: set[tuple[int, int, str]]) -> None:
    count[0] += len(found & gold)
    count[1] += len(found)
    count[2] += len(gold)


def speed(docs: list[Document], parser: RussianParser, resolver: Resolver) -> float:
    """Milliseconds of processor time that ``resolve`` takes for one sentence, parsing left out."""
    parsed = [(d["text"], p) for d, p in zip(docs, parser.parse([d["text"] for d in docs]), strict=True)]
    started = time.process_time()
    for text, parses in parsed:
        resolver.resolve(parses, text)
    return 1000 * (time.process_time() - started) / sum(len(parses) for _, parses in parsed)


def main() -> None:
    """Print all figures, for the even and the odd documents apart."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--errors", action="store_true", help="list the errors of the even documents")
    show = arguments.parse_args().errors
    if not SLAVICNER.exists():
        print(f"skipped: {SLAVICNER.name} is missing (../shared/data)")
        return
    docs = documents()
    started = time.perf_counter()
    table, resolver = gazetteer("ru"), Resolver("ru")
    print(f"loading the actor tables: {time.perf_counter() - started:.2f} s")
    parser = RussianParser()
    for half, part in (("even", docs[::2]), ("odd", docs[1::2])):
        errors: Counter[tuple[str, str, str]] = Counter()
        for key, score in country_link(part, table, errors).items():
            print(f"{half}: country link, {key}: {score.accuracy:.3f} of {score.wanted}")
        if show and half == "even":
            _print(errors)
        errors = Counter()
        for key, score in spans(part, parser, resolver, errors).items():
            counts = f"{score.right} right, {score.answered} found, {score.wanted} in gold"
            print(f"{half}: name spans, {key}: F1 {score.f1:.3f} ({counts})")
        if show and half == "even":
            _print(errors)
    print(f"resolve: {speed(docs[1:80:2], parser, resolver):.2f} ms a sentence")


def _print(errors: Counter[tuple[str, str, str]]) -> None:
    for error, count in errors.most_common(150):
        print("   ", count, *error)


if __name__ == "__main__":
    main()
