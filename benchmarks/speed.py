"""Speed and memory of the whole reading against plain natasha on the same text, one core, one run.

    python benchmarks/speed.py [--documents N]

Plain natasha means what its documentation shows: segment, morphology, syntax and names of one text
after another (through slovnet's own calls, as natasha makes them). Both sides read the texts of
``../shared/data/news_ru_2017.jsonl.gz`` in turn, in blocks, so that drift of the machine hits both alike.
Peak memory is that of a process that only reads. The start is timed from the shell prompt.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared"
NEWS = SHARED / "data" / "news_ru_2017.jsonl.gz"
ARTICLE = SHARED / "seed" / "article.txt"


def texts(limit: int) -> list[tuple[str, str]]:
    """(text, day) of the first ``limit`` documents that have one."""
    found = []
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["text"].strip():
                found.append((row["text"], row["published"]))
            if len(found) == limit:
                break
    return found


def plain_natasha() -> Callable[[str], Any]:
    """natasha's Segmenter, NewsMorphTagger, NewsSyntaxParser and NewsNERTagger on one text."""
    from navec import Navec
    from razdel import sentenize, tokenize
    from slovnet import NER, Morph, Syntax

    from detente.lang.ru.parser import weights

    data = weights()
    navec = Navec.load(str(next((data / "emb").glob("*.tar"))))
    morph = Morph.load(str(data / "model" / "slovnet_morph_news_v1.tar")).navec(navec)
    syntax = Syntax.load(str(data / "model" / "slovnet_syntax_news_v1.tar")).navec(navec)
    ner = NER.load(str(data / "model" / "slovnet_ner_news_v1.tar")).navec(navec)

    def read(text: str) -> None:
        sentences = [part.text for part in sentenize(text)]
        words = [[token.text for token in tokenize(sentence)] for sentence in sentences]
        list(morph.map(words))
        list(syntax.map(words))
        ner(text)

    return read


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--memory", action="store_true", help="only read, and print the peak (used by the main run)")
    arguments = parser.parse_args()
    if not NEWS.exists():
        print("skipped: ../shared is missing")
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from datetime import date

    from detente.model import Document
    from detente.reading import read_all, reader

    found = texts(arguments.documents)
    documents = [Document(text, published=date.fromisoformat(day), language="ru") for text, day in found]
    if arguments.memory:
        sentences = sum(len(reading.sentences) for reading in read_all(documents))
        print(sentences, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return 0
    natasha = plain_natasha()
    reader("ru")
    list(read_all(documents[:20]))
    for text, _ in found[:20]:
        natasha(text)
    ours = theirs = 0.0
    ratios = []
    sentences = 0
    for first in range(0, len(found), 200):
        start = time.perf_counter()
        for text, _ in found[first : first + 200]:
            natasha(text)
        middle = time.perf_counter()
        sentences += sum(len(reading.sentences) for reading in read_all(documents[first : first + 200]))
        end = time.perf_counter()
        theirs, ours = theirs + middle - start, ours + end - middle
        ratios.append((middle - start) / (end - middle))
    print(f"{len(found)} documents, {sentences} sentences, one core")
    print(f"plain natasha {theirs:.1f} s, Detente {ours:.1f} s ({sentences / ours:.0f} sentences a second)")
    print(f"speed ratio (natasha's time / ours): {theirs / ours:.2f}, by block median {median(ratios):.2f}")
    command = [sys.executable, __file__, "--memory", "--documents", str(arguments.documents)]
    peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[1])
    print(f"peak RSS of reading: {peak / 1024:.0f} MB")
    if ARTICLE.exists():
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "detente.cli", "read", str(ARTICLE), "--date", "2024-10-15"],
                capture_output=True, check=True,
            )  # fmt: skip
            times.append(time.perf_counter() - start)
        print(f"from the prompt to the reading of the seed article: median {median(times):.2f} s of 5")
    return 0


if __name__ == "__main__":
    sys.exit(main())
