"""The whole news file added to a record, against plain natasha on the same texts, in one run; then added again.

    python benchmarks/record.py [--documents N] [--workers N] [--keep DIR]

Plain natasha (see ``speed.py``) reads on one core a sample of the texts as the record holds them (headline and
text), before, between and after, so that drift of the machine hits both alike. The record is made by
``detente add`` as a process, with all that belongs to it: reading, coding, grouping, merging, the database. Peak
memory is the sum of the resident sets of the process and its workers, looked at ten times a second. Processor time
is printed beside the clock's: where other work keeps the cores busy, the clock is hard on the side that uses two.
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
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from speed import NEWS, plain_natasha

SAMPLE = 450  # texts for each of natasha's turns


def texts() -> list[str]:
    """The documents as the record reads them: the headline, then the text."""
    found = []
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            title, text = row["title"] or "", row["text"]
            found.append(text if text.startswith(title) else f"{title}\n\n{text}".strip())
    return found


def resident(root: int) -> int:
    """Bytes resident in a process and all its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                sizes[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * page
            except (OSError, IndexError):
                continue
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    total, open_ones = 0, [root]
    while open_ones:
        process = open_ones.pop()
        total += sizes.get(process, 0)
        open_ones += children.get(process, [])
    return total


def add(paths: list[str], folder: Path, workers: int) -> tuple[float, int, dict[str, object]]:
    """Seconds, peak of resident bytes and the sums of ``detente add`` as a process."""
    command = [
        sys.executable,
        "-m",
        "detente.cli",
        "add",
        *paths,
        "-r",
        str(folder),
        "--workers",
        str(workers),
        "--json",
    ]
    peak = 0
    done = threading.Event()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert process.stdout is not None
    out = process.stdout.read()
    process.wait()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return seconds, peak, json.loads(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=None, help="only the first N")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="leave the record in this folder")
    arguments = parser.parse_args()
    if not NEWS.exists():
        print("skipped: ../shared is missing")
        return 0
    found = texts()[: arguments.documents]
    step = max(1, len(found) // (3 * SAMPLE))
    samples = [found[start :: 3 * step][:SAMPLE] for start in (0, step, 2 * step)]
    natasha = plain_natasha()
    for text in found[:20]:
        natasha(text)
    rates: list[tuple[int, float, float]] = []

    def turn() -> None:
        sample = samples[len(rates)]
        start, used = time.perf_counter(), time.process_time()
        for text in sample:
            natasha(text)
        rates.append((len(sample), time.perf_counter() - start, time.process_time() - used))

    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "record"
        path = NEWS
        if arguments.documents:
            path = Path(scratch) / "news.jsonl"
            with gzip.open(NEWS, "rb") as lines:
                path.write_bytes(b"".join(next(lines) for _ in range(arguments.documents)))
        turn()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        first, peak, sums = add([str(path)], folder, arguments.workers)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        turn()
        again, _, repeated = add([str(path)], folder, arguments.workers)
        turn()
    read, seconds, used = (sum(column) for column in zip(*rates, strict=True))
    items = int(str(sums["items"]))
    print(
        f"items {items} = documents {sums['documents']} + duplicates {sums['duplicates']} + rejects {sums['rejects']}"
    )
    print(f"plain natasha, one core: {read / seconds:.1f} documents a second ({read} texts in three turns)")
    print(f"detente add, {arguments.workers} workers: {first:.1f} s, {items / first:.1f} documents a second")
    print(f"ratio to plain natasha: {items / first / (read / seconds):.2f} (target 1)")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"processor time for a document: natasha {1000 * used / read:.1f} ms, detente add {1000 * spent / items:.1f} ms"
    )
    print(f"peak resident memory of all processes: {peak / 1e9:.2f} GB (target 3)")
    print(f"added again: {again:.2f} s, {first / again:.0f} times faster (target 20), new: {repeated['new']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
