"""The DuckDB file: rebuilt as a whole from shards and what people added, then renamed into place; and read.

Nothing here is a truth of its own: the file can be removed at any time and made again. SQL sums only integers, and
every table is written in the order of its key, so the same record gives the same rows in the same order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from detente.errors import StoreError
from detente.store import files, shards
from detente.store.journal import Entry
from detente.store.schema import BUILT_TABLES, DOCUMENT, ITEM, OUTLET, SHARD_TABLES, TABLES, Table

FORMAT = 1  # of the tables: a file of another format is built again
_SQL = {
    "text": "VARCHAR", "integer": "BIGINT", "real": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "time": "TIMESTAMP", "bytes": "BLOB",
}  # fmt: skip
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",  # nothing is fetched from anywhere
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
}

Row = dict[str, Any]
Read = Callable[[str], list[Row]]
Made = Mapping[str, Sequence[Row]]


def build(
    path: Path,
    root: Path,
    entries: Sequence[Entry],
    given: Made,
    group: Callable[[Read], Made],
    mark: str,
    runs: Callable[[duckdb.DuckDBPyConnection], Sequence[Row]] = lambda _: (),
    workers: int = 1,
    memory: str = "1GB",
) -> None:
    """Make the database at ``path`` from the shards under ``root`` that ``entries`` name; the old one is replaced.

    ``given`` holds rows of tables that come from elsewhere (outlet, as edited); ``runs`` gives those of the table run
    when the items are counted. ``group`` is called with a
    function from a query to rows and gives the rows of the tables that grouping makes (duplicate, pair, event, ...).
    ``mark`` is kept in the file, to tell later whether it is up to date. Raises StoreError where a shard is missing
    or the sums do not agree.
    """
    temporary = path.with_name(f"{files.TEMPORARY}{path.name}")
    temporary.unlink(missing_ok=True)
    temporary.with_name(f"{temporary.name}.wal").unlink(missing_ok=True)
    config = {**_SETTINGS, "threads": str(workers), "memory_limit": memory, "temp_directory": f"{temporary}.spill"}
    database = duckdb.connect(str(temporary), config=config)
    try:
        database.execute("BEGIN")
        _create(database)
        _load(database, root, entries)
        _inputs(database, entries)
        _insert(database, "run", runs(database))
        _outlets(database, given.get("outlet", ()))

        def read(query: str) -> list[Row]:
            return rows(database, query)

        for name, found in sorted(group(read).items()):
            _insert(database, name, found)
        _check(database)
        database.execute("CREATE TABLE meta (name VARCHAR, value VARCHAR)")
        database.execute("INSERT INTO meta VALUES ('format', ?), ('mark', ?)", [str(FORMAT), mark])
        database.execute("COMMIT")
        database.execute("CHECKPOINT")
    except duckdb.Error as error:
        raise StoreError(f"{path}: the database could not be built: {error}") from error
    finally:
        database.close()
    files.sync(temporary)
    os.replace(temporary, path)
    files.sync(path.parent)


def _create(database: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        columns = ", ".join(
            f'"{column.name}" {_SQL[column.type]}{"" if column.null else " NOT NULL"}' for column in table.columns
        )
        database.execute(f'CREATE TABLE "{table.name}" ({columns})')
        database.execute(f'COMMENT ON TABLE "{table.name}" IS {_quoted(table.description)}')
        for column in table.columns:
            told = column.description + (f" Unit: {column.unit}." if column.unit else "")
            database.execute(f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {_quoted(told)}')


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _names(table: Table, prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in table.names)


def _load(database: duckdb.DuckDBPyConnection, root: Path, entries: Sequence[Entry]) -> None:
    """Rows of the shards, each item once and each document from one shard."""
    names = sorted({name for entry in entries for name in entry.shards})
    for name in names:
        if not shards.has(root, name):
            shards.manifest(root, name)
    pairs = [(entry.input, name) for entry in entries for name in entry.shards]
    current = pa.table({"input": [a for a, _ in pairs], "shard": [b for _, b in pairs]}, schema=_PAIRS)
    database.register("current_shards", current)
    refused = [
        {"input": entry.input, "position": 0, "outcome": "reject", "name": entry.name, "reason": entry.refused}
        for entry in entries
        if entry.refused is not None
    ]
    database.register("refused_inputs", pa.Table.from_pylist(refused, schema=shards.arrow_schema(ITEM)))
    paths = shards.parquet_files(root, names, ITEM.name)
    if not paths:
        database.execute("INSERT INTO item SELECT * FROM refused_inputs ORDER BY input")
        return
    shard = r"regexp_extract(filename, '([0-9a-f]{32})[/\\][a-z_]+\.parquet$', 1)"
    database.execute(
        f"CREATE TEMP TABLE every AS SELECT found.* FROM (SELECT {_names(ITEM)}, {shard} AS shard FROM "
        "read_parquet(?, filename = true)) AS found JOIN current_shards USING (input, shard)",
        [paths],
    )
    # Of a document that stands in several places, the first place by hash counts: in whatever order they were added.
    database.execute(
        "CREATE TEMP TABLE chosen AS SELECT document, arg_min(shard, (input, position)) AS shard, "
        "min((input, position)) AS place FROM every WHERE outcome = 'document' GROUP BY document"
    )
    database.execute(
        """INSERT INTO item SELECT input, position,
        CASE WHEN outcome = 'document' AND (input, position) <> place THEN 'duplicate' ELSE outcome END,
        document, name, reason, byte FROM every LEFT JOIN chosen USING (document)
        UNION ALL SELECT * FROM refused_inputs ORDER BY input, position"""
    )
    for table in SHARD_TABLES:
        paths = shards.parquet_files(root, names, table.name)
        if table is ITEM or not paths:
            continue
        keys = ", ".join(f'"{name}"' for name in table.key)
        database.execute(
            f'INSERT INTO "{table.name}" SELECT {_names(table, "found.")} FROM (SELECT *, {shard} AS shard FROM '
            f"read_parquet(?, filename = true)) AS found JOIN chosen USING (document, shard) ORDER BY {keys}",
            [paths],
        )
    database.unregister("current_shards")
    database.unregister("refused_inputs")


_PAIRS = pa.schema([("input", pa.string()), ("shard", pa.string())])


def _inputs(database: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> None:
    counted = {
        row["input"]: row
        for row in rows(
            database,
            "SELECT input, count(*) AS items, count(*) FILTER (outcome = 'document') AS documents, "
            "count(*) FILTER (outcome = 'duplicate') AS duplicates, count(*) FILTER (outcome = 'reject') AS rejects "
            "FROM item GROUP BY input",
        )
    }
    nothing = {"items": 0, "documents": 0, "duplicates": 0, "rejects": 0}
    found = [
        {"input": entry.input, "name": entry.name, "size": entry.size, "code": entry.code, "settings": entry.settings}
        | {name: counted.get(entry.input, nothing)[name] for name in nothing}
        for entry in sorted(entries, key=lambda entry: entry.input)
    ]
    _insert(database, "input", found)


def _outlets(database: duckdb.DuckDBPyConnection, edited: Sequence[Row]) -> None:
    """Outlets seen in documents or edited by people; what nobody edited is the commonest that documents say."""
    blank = {"documents": 0, "reports": 0, "first": None, "last": None, "name": None, "language": None}
    known = [{**blank, **dict.fromkeys(("country", "owner", "kind")), **row} for row in edited]
    database.register("edited_outlets", pa.Table.from_pylist(known, schema=shards.arrow_schema(OUTLET)))
    database.execute(
        """INSERT INTO outlet
        WITH names AS (SELECT outlet, source AS name, row_number() OVER (PARTITION BY outlet ORDER BY count(*) DESC,
            source) AS place FROM document WHERE outlet IS NOT NULL AND source IS NOT NULL GROUP BY outlet, source),
        languages AS (SELECT outlet, language, row_number() OVER (PARTITION BY outlet ORDER BY count(*) DESC,
            language) AS place FROM document WHERE outlet IS NOT NULL GROUP BY outlet, language),
        counted AS (SELECT outlet, count(*) AS documents, sum(reports)::BIGINT AS reports, min(published) AS first,
            max(published) AS last FROM document WHERE outlet IS NOT NULL GROUP BY outlet)
        SELECT outlet, coalesce(edited.name, names.name), country, owner, kind,
            coalesce(edited.language, languages.language), coalesce(counted.documents, 0),
            coalesce(counted.reports, 0), counted.first, counted.last
        FROM counted FULL JOIN edited_outlets AS edited USING (outlet)
        LEFT JOIN (SELECT * FROM names WHERE place = 1) AS names USING (outlet)
        LEFT JOIN (SELECT * FROM languages WHERE place = 1) AS languages USING (outlet) ORDER BY outlet"""
    )
    database.unregister("edited_outlets")


def _insert(database: duckdb.DuckDBPyConnection, name: str, found: Sequence[Row]) -> None:
    if not found:
        return
    table = next(table for table in BUILT_TABLES if table.name == name)
    database.register("rows_made", pa.Table.from_pylist(list(found), schema=shards.arrow_schema(table)))
    keys = ", ".join(f'"{key}"' for key in table.key)
    database.execute(f'INSERT INTO "{name}" SELECT {_names(table)} FROM rows_made ORDER BY {keys}')
    database.unregister("rows_made")


def _check(database: duckdb.DuckDBPyConnection) -> None:
    """Keys are keys, and every item is one of three. Raises StoreError where they are not."""
    for table in TABLES:
        keys = ", ".join(f'"{key}"' for key in table.key)
        query = f'SELECT count(*) AS rows, count(DISTINCT ({keys})) AS keys FROM "{table.name}"'
        found = rows(database, query)[0]
        if found["rows"] != found["keys"]:
            raise StoreError(f"the table {table.name} has {found['rows']} rows and {found['keys']} keys: a fault")
    sums = totals(database)
    documents = rows(database, f"SELECT count(*) AS rows FROM {DOCUMENT.name}")[0]["rows"]
    if sums["items"] != sums["documents"] + sums["duplicates"] + sums["rejects"] or sums["documents"] != documents:
        raise StoreError(f"items do not add up: {sums}, documents in their table: {documents}: a fault")


def totals(database: duckdb.DuckDBPyConnection, inputs: Sequence[str] | None = None) -> dict[str, int]:
    """Numbers of items, documents, duplicates and rejects in the record, or in some of its inputs."""
    where, values = ("", []) if inputs is None else (" WHERE list_contains(?, input)", [sorted(set(inputs))])
    names = ("items", "documents", "duplicates", "rejects")
    columns = ", ".join(f"coalesce(sum({name}), 0)::BIGINT AS {name}" for name in names)
    return {
        name: int(value) for name, value in rows(database, f"SELECT {columns} FROM input{where}", values)[0].items()
    }


def rows(database: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[Row]:
    """The rows that a query gives, as mappings from column to value."""
    answer = database.execute(query, list(values))
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def tables(database: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> pa.Table:
    """What a query gives as an Arrow table."""
    answer = database.sql(query, params=list(values))
    return answer.to_arrow_table()


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database for reading. Raises StoreError where there is none, or none of this format."""
    if not path.is_file():
        raise StoreError(f"{path.parent} has no database yet: 'detente add' makes it, 'detente rebuild' makes it anew")
    try:
        database = duckdb.connect(str(path), read_only=True, config=_SETTINGS)
    except duckdb.Error as error:
        raise StoreError(f"{path} cannot be opened ({error}); 'detente rebuild' makes it anew") from None
    try:
        if meta(database).get("format") != str(FORMAT):
            raise StoreError(f"{path} was made by another version of Detente; 'detente rebuild' makes it anew")
        yield database
    finally:
        database.close()


def meta(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the file says of itself: ``format`` and ``mark``."""
    with suppress(duckdb.CatalogException):
        return {row["name"]: row["value"] for row in rows(database, "SELECT name, value FROM meta")}
    return {}


def mark(path: Path) -> str | None:
    """The mark with which the database was built, or None where it is missing or of another format."""
    try:
        with opened(path) as database:
            return meta(database).get("mark")
    except StoreError:
        return None
