"""A record as files for others: Parquet or CSV, with the codebook and a citation file. The same record, the same bytes.

In CSV, a text that a spreadsheet would take for a formula (it begins with =, +, - or @, or with a tab or a line
break) gets an apostrophe before it, as OWASP advises; Parquet keeps it as it is.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from detente.errors import StoreError
from detente.store import database, files, shards
from detente.store.schema import TABLES, Table

_FORMULA = r"^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"


def neutral(table: pa.Table) -> pa.Table:
    """The table with every text that begins like a formula behind an apostrophe."""
    for number, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            values = table.column(number)
            risky = pc.match_substring_regex(values, _FORMULA)
            quoted = pc.binary_join_element_wise(pa.scalar("'"), values, pa.scalar(""))
            table = table.set_column(number, column, pc.if_else(risky, quoted, values))
    return table


def to_csv(table: pa.Table) -> bytes:
    """A table as CSV: UTF-8, a header, comma, quotes where needed, empty for no value, formulas neutralised."""
    target = pa.BufferOutputStream()
    pyarrow.csv.write_csv(neutral(table), target)
    return bytes(target.getvalue())


def export(source: duckdb.DuckDBPyConnection, folder: Path, form: str, mark: str, version: str) -> list[Path]:
    """Write every table to ``folder`` as ``form`` (parquet or csv), with the codebook and CITATION.cff.

    ``mark`` names the state of the record and ``version`` that of Detente, for the citation. Files that are there
    under these names are replaced, each in one step. Returns the paths. Raises StoreError for
    another form, OSError where the disk refuses.
    """
    if form not in {"parquet", "csv"}:
        raise StoreError(f"{form!r} is no form of export; choose parquet or csv")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    tables = [table for table in TABLES if table.exported]
    for table in tables:
        keys = ", ".join(f'"{name}"' for name in table.key)
        names = ", ".join(f'"{name}"' for name in table.names)
        query = f'SELECT {names} FROM "{table.name}" ORDER BY {keys}'
        found = database.tables(source, query).cast(shards.arrow_schema(table))
        if form == "csv":
            data = to_csv(found)
        else:
            target = pa.BufferOutputStream()
            pq.write_table(found, target, compression="zstd")
            data = bytes(target.getvalue())
        paths.append(folder / f"{table.name}.{form}")
        files.write(paths[-1], data)
    for name, text in (
        ("codebook.md", codebook_markdown(tables)),
        ("codebook.csv", codebook_csv(tables)),
        ("CITATION.cff", citation(mark, version)),
    ):
        paths.append(folder / name)
        files.write(paths[-1], text.encode("utf-8"))
    return paths


def codebook_csv(tables: list[Table]) -> str:
    """The codebook as CSV: a line a column."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("table", "column", "type", "unit", "key", "empty", "description"))
    for table in tables:
        for column in table.columns:
            writer.writerow((
                table.name, column.name, column.type, column.unit, str(column.name in table.key).lower(),
                str(column.null).lower(), column.description,
            ))  # fmt: skip
    return target.getvalue()


def codebook_markdown(tables: list[Table]) -> str:
    """The codebook for people: a section a table, a line a column."""
    lines = [
        "# Codebook",
        "",
        "Text is UTF-8; a date is a day of the Gregorian calendar; a time is a moment in UTC. In CSV, a text that a",
        "spreadsheet would take for a formula has an apostrophe before it; Parquet has the text as it is.",
    ]
    for table in tables:
        lines += ["", f"## {table.name}", "", f"{table.description} Key: {', '.join(table.key)}.", ""]
        lines += ["| column | type | unit | may be empty | what |", "|---|---|---|---|---|"]
        for column in table.columns:
            cells = (column.name, column.type, column.unit, "yes" if column.null else "", column.description)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def citation(mark: str, version: str) -> str:
    """How to cite the record and the program that made it, in the Citation File Format."""
    return "\n".join((
        "cff-version: 1.2.0",
        "message: Cite this record by its version, and the program that made it.",
        "type: dataset",
        "title: A record of events between states, made with Detente",
        "authors:",
        "  - name: The maker of this record",
        f"version: {json.dumps(mark)}",
        "references:",
        "  - type: software",
        "    title: Detente",
        f"    version: {json.dumps(version)}",
        "    license: MIT",
        "    authors:",
        "      - name: The authors of Detente",
        "",
    ))  # fmt: skip
