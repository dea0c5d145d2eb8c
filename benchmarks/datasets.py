"""Event datasets: how many rows import and resolve, and how fast.

Run: ``python benchmarks/datasets.py [--rows 1000000] [--errors]``. The real files lie in ``../shared/data`` and are
not part of the project; what is missing is skipped. ICEWS: a row resolves on both sides where actor and recipient are
codes of our tables; the steps add names, then groups in parentheses, organs and organisations, then persons by office
and day. GDELT: rows of 58 columns from a seeded generator, written to a temporary file and read by one process on one
core.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from detente.dataset import DatasetEvent, DyadDay, read
from detente.dataset.names import names
from detente.model import Reject
from detente.ontology.cameo import codes

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ICEWS = DATA / "icews_2018.csv.gz"
DYADS = DATA / "gdelt_dyad_days_2018_2024.parquet"
STEPS = (
    ("names", frozenset({"name", "place"})),
    ("and groups in parentheses", frozenset({"name", "place", "group"})),
    (
        "and organs, parties, companies, media",
        frozenset({"name", "place", "group", "organisation", "institution"}),
    ),
    ("and persons by office and day", frozenset({"name", "place", "group", "organisation", "institution", "person"})),
)
COUNTRIES = ("RUS", "USA", "KAZ", "TUR", "CHN", "DEU", "AZE", "IRN", "UKR", "GBR", "FRA", "IND", "PAK", "ISR", "SYR",
             "ROM", "EUR", "AFR", "JPN", "UZB")  # fmt: skip
PEOPLE = {"RUS": "VLADIMIR PUTIN", "TUR": "RECEP TAYYIP ERDOGAN", "USA": "DONALD TRUMP", "DEU": "ANGELA MERKEL"}
ROLES = ("", "", "GOV", "MIL", "LEG", "BUS", "COP", "OPP", "CVL", "MED")


def gdelt_rows(count: int, seed: int = 1) -> Iterator[str]:
    """Lines in the shape of GDELT 1.0 event files: invented, a third with a side that has no country."""
    draw = random.Random(seed)
    events = sorted(code for code in codes() if len(code) > 2)
    quads = {"verbal cooperation": "1", "material cooperation": "2", "verbal conflict": "3", "material conflict": "4"}
    for number in range(count):
        day = f"2018{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        row = [str(900_000_000 + number), day, day[:6], "2018", "2018.5"]
        for _ in range(2):
            country = draw.choice(COUNTRIES) if draw.random() < 0.85 else ""
            role = draw.choice(ROLES)
            name = PEOPLE.get(country, country) if draw.random() < 0.1 else country or "POLICE"
            row += [country + role, name, country, "", "", "", "", role, "", ""]
        code = draw.choice(events)
        mentions = str(draw.randint(1, 40))
        row += ["1", code, code[:3], code[:2], quads[codes()[code].quad], "0.0", mentions, "1", mentions, "-1.5"]
        row += ["1", "Kazakhstan", "KZ", "KZ", "48", "68", "KZ"] * 3
        row += [day, f"https://example.org/{draw.randint(1, count)}.html"]
        yield "\t".join(row)


def import_figures(path: Path) -> None:
    """Read a file in this process and print rows, seconds and peak memory."""
    started, worked = time.perf_counter(), time.process_time()
    tally = Counter(type(row).__name__ for row in read(path, path.name))
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = sum(tally.values())
    print(f"  {total:,} rows ({dict(tally)}) in {seconds:.1f} s ({worked:.1f} s of one core); peak {peak:.0f} MB")


def resolution(path: Path, errors: bool) -> dict[str, float]:
    """Print how many ICEWS rows resolve on both sides, step by step; the share of each step by its name."""
    table = names()
    both: Counter[str] = Counter()
    tally: Counter[str] = Counter()
    unresolved: Counter[str] = Counter()
    for row in read(path, path.name):
        tally[type(row).__name__] += 1
        if not isinstance(row, DatasetEvent):
            continue
        tally["typed"] += row.type is not None
        tally["countable"] += row.countable
        how = [table.resolve(name, row.day).how for name in (row.actor_name, row.recipient_name)]
        for step, allowed in STEPS:
            both[step] += all(found in allowed for found in how)
        unresolved.update(n for n, c in ((row.actor_name, row.actor), (row.recipient_name, row.recipient)) if c is None)
    rows = tally["DatasetEvent"]
    print(f"ICEWS 2018: {rows:,} events, {tally['Reject']} rejects; {tally['typed']:,} with a PLOVER type, "
          f"{tally['countable']:,} of them between two actors of our tables")  # fmt: skip
    for step, _ in STEPS:
        print(f"  both sides resolved, {step}: {both[step] / rows:.1%}")
    if errors:
        print("  not resolved:", ", ".join(f"{name} {count}" for name, count in unresolved.most_common(60)))
    return {step: both[step] / rows for step, _ in STEPS}


def dyad_days(path: Path) -> None:
    """Print how many dyad-days resolve and what they cannot feed."""
    tally: Counter[str] = Counter()
    for row in read(path, path.name):
        if isinstance(row, DyadDay):
            tally["rows"] += 1
            tally["both"] += row.first is not None and row.second is not None
        elif isinstance(row, Reject):
            tally["rejects"] += 1
    share = tally["both"] / tally["rows"]
    print(f"Dyad-days 2018–2024: {tally['rows']:,} rows, {tally['rejects']} rejects; {share:.1%} resolve on both sides")
    print(f"  they cannot feed {', '.join(DyadDay.CANNOT_FEED)}")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="synthetic GDELT rows")
    parser.add_argument("--errors", action="store_true", help="list the ICEWS names that resolve to nobody")
    parser.add_argument("--import-file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.import_file:
        import_figures(arguments.import_file)
        return
    if ICEWS.exists():
        resolution(ICEWS, arguments.errors)
    else:
        print(f"skipped: {ICEWS.name} is missing (../shared/data)")
    if DYADS.exists():
        dyad_days(DYADS)
    else:
        print(f"skipped: {DYADS.name} is missing (../shared/data)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.export.CSV"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in gdelt_rows(arguments.rows))
        print(f"GDELT-shaped, synthetic, {path.stat().st_size / 1e6:.0f} MB:", flush=True)
        subprocess.run([sys.executable, __file__, "--import-file", str(path)], check=True)


if __name__ == "__main__":
    main()
