"""Draw evaluation sentences by seed from the news file, as ids, offsets and hashes without the text.

    python benchmarks/draw.py --seed 2017 --regional 40 --other 80 [--exclude FILE] > set.jsonl

A sentence is drawn from the texts of ``news_ru_2017.jsonl.gz`` after razdel's segmentation; the
regional stratum names Central Asia, the South Caucasus or Turkey. Near-identical texts (same first
60 characters of a sentence) are drawn once.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from razdel import sentenize

SHARED = Path(__file__).resolve().parents[2] / "shared"
NEWS = SHARED / "data" / "news_ru_2017.jsonl.gz"
REGION = re.compile(
    r"казах|узбек|кирг|кырг|таджик|туркмен|азербайдж|армени|армян|грузи|турц|турец|эрдоган"
    r"|астан|ташкент|бишкек|душанбе|ашхабад|баку|ереван|тбилиси|анкар|назарбаев|алиев|саргсян",
    re.IGNORECASE,
)


def digest(text: str) -> str:
    """Hash that ties a stored offset to the sentence it was drawn from."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def sentences() -> Iterator[tuple[dict[str, str], int, int, str]]:
    """Yield (document, start, stop, sentence) for every sentence of 40 to 420 characters."""
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            for part in sentenize(document["text"]):
                if 40 <= len(part.text) <= 420:
                    yield document, part.start, part.stop, part.text


def draw(seed: int, regional: int, other: int, exclude: set[str]) -> list[dict[str, object]]:
    """Rows of the drawn sentences, shuffled by ``seed``; ``exclude`` holds hashes not to draw."""
    pools: dict[bool, list[tuple[dict[str, str], int, int, str]]] = {True: [], False: []}
    seen: set[str] = set()
    for item in sentences():
        head = item[3][:60].lower()
        if head in seen or digest(item[3]) in exclude:
            continue
        seen.add(head)
        pools[bool(REGION.search(item[3]))].append(item)
    chance = random.Random(seed)
    drawn = chance.sample(pools[True], regional) + chance.sample(pools[False], other)
    chance.shuffle(drawn)
    return [
        {
            "id": f"n{index:03d}",
            "document": document["id"],
            "start": start,
            "stop": stop,
            "sha256": digest(text),
            "date": document["published"],
            "regional": bool(REGION.search(text)),
        }
        for index, (document, start, stop, text) in enumerate(drawn)
    ]


def with_text(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Join the text back to stored rows; a row whose hash no longer matches raises ValueError.

    A row's ``file`` names the data file that holds its document; without it that is the news file.
    """
    texts: dict[tuple[str, str], str] = {}
    for file in {str(row.get("file", NEWS.name)) for row in rows}:
        wanted = {str(row["document"]) for row in rows if str(row.get("file", NEWS.name)) == file}
        with gzip.open(NEWS.parent / file, "rt", encoding="utf-8") as lines:
            for line in lines:
                document = json.loads(line)
                if document["id"] in wanted:
                    texts[file, document["id"]] = document["text"]
    joined = []
    for row in rows:
        whole = texts[str(row.get("file", NEWS.name)), str(row["document"])]
        text = whole[int(str(row["start"])) : int(str(row["stop"]))]
        if digest(text) != row["sha256"]:
            raise ValueError(f"{row['id']}: the text at its offsets is not the one that was drawn")
        joined.append({**row, "text": text})
    return joined


def main() -> int:
    """Print the drawn rows; ``--text`` joins the text for a reader who codes them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--regional", type=int, default=40)
    parser.add_argument("--other", type=int, default=80)
    parser.add_argument("--exclude", type=Path, action="append", default=[])
    parser.add_argument("--text", action="store_true", help="include the text (never commit that)")
    arguments = parser.parse_args()
    exclude = {json.loads(line)["sha256"] for path in arguments.exclude for line in path.open(encoding="utf-8")}
    rows = draw(arguments.seed, arguments.regional, arguments.other, exclude)
    for row in with_text(rows) if arguments.text else rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
