"""CAMEO's event codes as PLOVER types and modes, from cameo.csv.

The codes are those of the CAMEO codebook (Schrodt 2012, 1.1b3). ``source`` says where a row's type and mode come
from: ``plover`` is the crosswalk of the PLOVER repository as it stands (Open Event Data Alliance,
CAMEO2PLOVER-2021.txt, CC BY-SA), ``adapted`` departs from it where this project holds another mode or type
(sanctions are SANCTION, a signed agreement AGREE, an accusation ``allege``), ``own`` covers what it leaves out:
root 01, most of which states nothing that PLOVER codes and has no type, root 02, and codes of later codebooks.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from detente.errors import DataError
from detente.model import DOMAINS
from detente.ontology.plover import TYPES

COLUMNS = ("code", "name", "type", "mode", "domain", "planned_type", "source")
SOURCES = frozenset({"plover", "adapted", "own"})
_WORDS = re.compile(r"[a-z0-9]+")
_CODE = re.compile(r"(?:0[1-9]|1\d|20)\d{0,2}$")


@dataclass(frozen=True, slots=True)
class Cameo:
    """One CAMEO code: what PLOVER calls it.

    ``type`` is None where PLOVER has no such event («Make statement»). ``domain`` is given where the code itself
    tells it, ``planned_type`` what an expressed intent (root 03) is an intent to do.
    """

    code: str
    name: str
    type: str | None
    mode: str | None
    domain: str | None
    planned_type: str | None
    source: str

    @property
    def quad(self) -> str:
        """PLOVER's quad class of the type; for a code without a type CAMEO's own (root 01 is verbal cooperation)."""
        return TYPES[self.type].quad if self.type else "verbal cooperation"


@cache
def codes() -> dict[str, Cameo]:
    """Every code of the table, roots («04») included. Raises DataError."""
    found: dict[str, Cameo] = {}
    for line, row in _rows("cameo.csv", COLUMNS):
        where, kind, mode = f"cameo.csv:{line}", row["type"] or None, row["mode"] or None
        if not _CODE.match(row["code"]) or row["code"] in found:
            raise DataError(f"{where}: {row['code']!r} is no CAMEO code or stands twice")
        if kind is not None and kind not in TYPES:
            raise DataError(f"{where}: {kind!r} is no PLOVER type")
        if mode is not None and (kind is None or mode not in TYPES[kind].modes):
            raise DataError(f"{where}: {kind} has no mode {mode!r}")
        if row["domain"] and row["domain"] not in DOMAINS:
            raise DataError(f"{where}: unknown domain {row['domain']!r}")
        if row["planned_type"] and (kind != "AGREE" or row["planned_type"] not in TYPES):
            raise DataError(f"{where}: planned_type is a type, and of an AGREE; found {row['planned_type']!r}")
        if row["source"] not in SOURCES:
            raise DataError(f"{where}: unknown source {row['source']!r}")
        found[row["code"]] = Cameo(
            row["code"], row["name"], kind, mode, row["domain"] or None, row["planned_type"] or None, row["source"]
        )
    return found


@cache
def texts() -> dict[str, str]:
    """CAMEO code by the words of its name, and by the other names that datasets give it. Raises DataError.

    Keys are folded by ``fold``. A root and its own «not specified» code («04», «040») have one name: it
    gives the latter, which is what datasets use.
    """
    found: dict[str, str] = {}
    for code, entry in codes().items():
        found[fold(entry.name)] = code  # sorted, so that 040 overrules 04
    for line, row in _rows("cameo_names.csv", ("code", "name")):
        if row["code"] not in codes():
            raise DataError(f"cameo_names.csv:{line}: no code {row['code']!r}")
        if found.setdefault(fold(row["name"]), row["code"]) != row["code"]:
            raise DataError(f"cameo_names.csv:{line}: {row['name']!r} names two codes")
    return found


def fold(name: str) -> str:
    """The words of an event's name in lower case, «not specified below» left out."""
    return " ".join(_WORDS.findall(name.lower().replace("not specified below", "")))


def find(code: str = "", name: str = "") -> Cameo | None:
    """The entry of a code, or of a name where the code is missing or has lost its leading zero.

    ``code`` may be written as a number («43» for 043, as some ICEWS files have it); where both are given and
    the code alone is ambiguous, the name decides. None where neither is known.
    """
    table = codes()
    named = texts().get(fold(name)) if name else None
    if named is not None and (not code or code.zfill(len(named)) == named):
        return table[named]
    if code in table and (len(code) > 2 or not name):
        return table[code]
    padded = "0" + code
    return table.get(padded) or table.get(code) or (table[named] if named else None)


def _rows(name: str, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    text = (resources.files("detente.ontology") / name).read_text(encoding="utf-8")
    reader = csv.reader(text.splitlines())
    if tuple(next(reader, ())) != columns:
        raise DataError(f"{name}:1: expected the columns {','.join(columns)}")
    found = []
    for row in reader:
        if len(row) != len(columns):
            raise DataError(f"{name}:{reader.line_num}: {len(row)} fields, expected {len(columns)}")
        found.append((reader.line_num, dict(zip(columns, row, strict=True))))
    return found
