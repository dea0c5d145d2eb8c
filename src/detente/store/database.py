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
from detente.store.schema import (
    BUILT_TABLES,
    DOCUMENT,
    DOCUMENT_TABLES,
    EVENT,
    IMPORT_TABLES,
    ITEM,
    OUTLET,
    TABLES,
    Table,
)

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
        _datasets(database)
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
    source, values = _found(root, names, ITEM)
    database.execute(
        f"CREATE TEMP TABLE every AS SELECT {_names(ITEM, 'found.')}, shard FROM {source} AS found "
        "JOIN current_shards USING (input, shard)",
        values,
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
    for table in DOCUMENT_TABLES:
        source, values = _found(root, names, table)
        database.execute(
            f'INSERT INTO "{table.name}" SELECT {_names(table, "found.")} FROM {source} AS found '
            f"JOIN chosen USING (document, shard) ORDER BY {_keys(table)}",
            values,
        )
    _imports(database, root, names)
    database.unregister("current_shards")
    database.unregister("refused_inputs")


def _keys(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.key)


def _found(root: Path, names: Sequence[str], table: Table) -> tuple[str, list[Any]]:
    """What to select a table's rows of some shards from, each with its shard, and the values of the query."""
    paths = shards.parquet_files(root, names, table.name)
    if not paths:
        return f"(SELECT *, '' AS shard FROM \"{table.name}\" WHERE false)", []
    shard = r"regexp_extract(filename, '([0-9a-f]{32})[/\\][a-z_]+\.parquet$', 1)"
    return f"(SELECT {_names(table)}, {shard} AS shard FROM read_parquet(?, filename = true))", [paths]


def _imports(database: duckdb.DuckDBPyConnection, root: Path, names: Sequence[str]) -> None:
    """Rows of datasets, each once: of equal ones the first place counts; how many there were is kept aside."""
    database.execute("CREATE TEMP TABLE imported (input VARCHAR, found BIGINT)")
    for table in IMPORT_TABLES:
        source, values = _found(root, names, table)
        if not values:
            continue
        database.execute(
            f"CREATE TEMP TABLE rows_read AS SELECT {_names(table, 'found.')} FROM {source} AS found "
            "JOIN current_shards USING (input, shard)",
            values,
        )
        database.execute("INSERT INTO imported SELECT input, count(*) FROM rows_read GROUP BY input")
        database.execute(
            f'INSERT INTO "{table.name}" SELECT {_names(table)} FROM rows_read QUALIFY row_number() OVER '
            f"(PARTITION BY {_keys(table)} ORDER BY input, position) = 1 ORDER BY {_keys(table)}"
        )
        database.execute("DROP TABLE rows_read")


def _datasets(database: duckdb.DuckDBPyConnection) -> None:
    """Countable rows of datasets as events of their own, without reports."""
    name = "'x' || substr(sha256(dataset || chr(31) || source_id), 1, 16)"
    given = {
        "event": name, "dataset": "dataset", "type": "type", "mode": "mode", "domain": "domain", "aspect": "NULL",
        "status": "status", "start": "day", "stop": "day", "precision": "'day'", "habitual": "false",
        "counted": "status = 'occurred'", "disputed": "false", "conflicts": "''", "place": "NULL", "trigger": "code",
        "planned_type": "planned_type", "planned_start": "NULL", "planned_stop": "NULL", "first": "published",
        "last": "published", "reports": "0", "documents": "0", "outlets": "0", "sources": "0", "score": "1.0",
        "fulfilled": "''", "ended": "''", "corrections": "''",
    }  # fmt: skip
    columns = ", ".join(given[column] for column in EVENT.names)
    database.execute(f"INSERT INTO event SELECT {columns} FROM dataset_event WHERE countable ORDER BY 1")
    sides = []
    for side, more in (("actor", "more_actors"), ("recipient", "more_recipients")):
        known = f"{side}_role AS role, {side}_sector AS sector, {side}_person AS person, {side}_office AS office"
        sides += [
            f"SELECT {name} AS event, {side} AS actor, '{side}' AS side, {known} FROM dataset_event "
            f"WHERE countable AND {side} IS NOT NULL",
            f"SELECT {name}, unnest(string_split({more}, ' ')), '{side}', 'party', 'unspecified', NULL, NULL "
            f"FROM dataset_event WHERE countable AND {more} <> ''",
        ]
    database.execute(
        f"INSERT INTO event_actor SELECT event, actor, side, role, min(sector), min(person), min(office), 0 "
        f"FROM ({' UNION ALL '.join(sides)}) GROUP BY event, actor, side, role ORDER BY event, side, actor, role"
    )


_PAIRS = pa.schema([("input", pa.string()), ("shard", pa.string())])


def _inputs(database: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> None:
    counted = {
        row["input"]: row
        for row in rows(
            database,
            "SELECT input, count(*) AS items, count(*) FILTER (outcome = 'document') AS documents, "
            "0 AS rows, count(*) FILTER (outcome = 'duplicate') AS duplicates, "
            "count(*) FILTER (outcome = 'reject') AS rejects FROM item GROUP BY input",
        )
    }
    kept = {
        row["input"]: row["rows"]
        for row in rows(
            database,
            "SELECT input, count(*) AS rows FROM (SELECT input FROM dataset_event UNION ALL "
            "SELECT input FROM dyad_day) GROUP BY input",
        )
    }
    for row in rows(database, "SELECT input, sum(found)::BIGINT AS found FROM imported GROUP BY input"):
        sums = counted.setdefault(row["input"], dict(_NOTHING))
        sums["items"] += row["found"]
        sums["rows"] = kept.get(row["input"], 0)
        sums["duplicates"] += row["found"] - sums["rows"]
    found = [
        {"input": entry.input, "name": entry.name, "size": entry.size, "code": entry.code, "settings": entry.settings}
        | {name: counted.get(entry.input, _NOTHING)[name] for name in _NOTHING}
        for entry in sorted(entries, key=lambda entry: entry.input)
    ]
    _insert(database, "input", found)


_NOTHING = {"items": 0, "documents": 0, "rows": 0, "duplicates": 0, "rejects": 0}


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
    database.execute(f'INSERT INTO "{name}" SELECT {_names(table)} FROM rows_made ORDER BY {_keys(table)}')
    database.unregister("rows_made")


def _check(database: duckdb.DuckDBPyConnection) -> None:
    """Keys are keys, and every item is one of three. Raises StoreError where they are not."""
    for table in TABLES:
        query = f'SELECT count(*) AS rows, count(DISTINCT ({_keys(table)})) AS keys FROM "{table.name}"'
        found = rows(database, query)[0]
        if found["rows"] != found["keys"]:
            raise StoreError(f"the table {table.name} has {found['rows']} rows and {found['keys']} keys: a fault")
    sums = totals(database)
    documents = rows(database, f"SELECT count(*) AS rows FROM {DOCUMENT.name}")[0]["rows"]
    if sums["items"] != sum(sums[name] for name in sums if name != "items") or sums["documents"] != documents:
        raise StoreError(f"items do not add up: {sums}, documents in their table: {documents}: a fault")


def totals(database: duckdb.DuckDBPyConnection, inputs: Sequence[str] | None = None) -> dict[str, int]:
    """Numbers of items, documents, rows, duplicates and rejects in the record, or in some of its inputs."""
    where, values = ("", []) if inputs is None else (" WHERE list_contains(?, input)", [sorted(set(inputs))])
    names = tuple(_NOTHING)
    columns = ", ".join(f'coalesce(sum("{name}"), 0)::BIGINT AS "{name}"' for name in names)
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
