"""Write the English names of states that datasets use, from the Unicode CLDR by way of Babel.

Run: ``python benchmarks/make_names.py`` after a new Babel. It writes
``src/detente/dataset/data/names_states.csv`` (code, form), which is what the package reads: Babel is needed here only.
Names that CLDR does not have are kept by hand in ``names_own.csv`` beside it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from babel import Locale

SOURCE = Path(__file__).resolve().parents[1] / "src" / "detente"
TARGET = SOURCE / "dataset" / "data" / "names_states.csv"
CONTESTED = {"PSE": "PS", "TWN": "TW", "XKX": "XK", "ESH": "EH"}  # actors of contested.csv that CLDR names


def main() -> None:
    """Write the table and say how many names it has."""
    with (SOURCE / "actor" / "data" / "states.csv").open(encoding="utf-8", newline="") as file:
        alpha2 = {row["code"]: (row["alpha2"], row["name"]) for row in csv.DictReader(file)}
    territories = Locale("en").territories
    found = set()
    for code, (short, name) in alpha2.items():
        found.add((code, name))
        if short in territories:
            found.add((code, territories[short]))
    found.update((code, territories[short]) for code, short in CONTESTED.items())
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "form"))
        writer.writerows(sorted(found))
    print(f"{len(found)} names in {TARGET.name}")


if __name__ == "__main__":
    main()
