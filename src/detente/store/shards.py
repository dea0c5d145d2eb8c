"""Shards as folders of Parquet files with a manifest, and the original bytes of inputs, compressed, by hash.

A shard's folder is written under a temporary name, brought to the disk and renamed, so it is there whole or not at
all. Its name is a hash of what went in (the inputs and the part of them), the code and the settings: a rerun finds it
and skips the work. The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from detente.errors import StoreError
from detente.store import files
from detente.store.schema import SHARD_TABLES, Table

MANIFEST = "manifest.json"
_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "bytes": pa.binary(),
}


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow form of a table; each column carries its description and unit."""
    return pa.schema([
        pa.field(
            column.name,
            _TYPES[column.type],
            nullable=column.null,
            metadata={"description": column.description, **({"unit": column.unit} if column.unit else {})},
        )
        for column in table.columns
    ])  # fmt: skip


def key(inputs: Sequence[str], part: int, code: str, settings: str) -> str:
    """Name of a shard: 32 hex digits over its inputs (hashes), the part of the input, the code and the settings."""
    parts = json.dumps([list(inputs), part, code, settings], ensure_ascii=False)
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:32]


def write(root: Path, name: str, rows: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Commit a shard under ``root``; ``about`` goes into its manifest with the row counts.

    ``rows`` holds for each table mappings from column to value, or an Arrow table of its schema. A shard of that name
    that is there already is left as it is. Raises OSError where the disk refuses.
    """
    path = root / name
    if (path / MANIFEST).is_file():
        return
    with files.folder(path) as temporary:
        sizes = {}
        for table in SHARD_TABLES:
            found = rows.get(table.name, ())
            sizes[table.name] = len(found)
            if found:
                known = isinstance(found, pa.Table)
                columns = found if known else pa.Table.from_pylist(list(found), schema=arrow_schema(table))
                pq.write_table(columns, temporary / f"{table.name}.parquet", compression="zstd")
        manifest = {**about, "rows": sizes}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")


def has(root: Path, name: str) -> bool:
    """Whether that shard was committed."""
    return (root / name / MANIFEST).is_file()


def manifest(root: Path, name: str) -> dict[str, Any]:
    """What a shard says of itself. Raises StoreError where it is missing or damaged."""
    path = root / name / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"the shard {path.parent} is missing; add its inputs again, or run 'detente rebuild'"
        ) from None
    except ValueError:
        raise StoreError(f"{path} is damaged; remove that folder and run 'detente rebuild'") from None
    if not isinstance(found, dict):
        raise StoreError(f"{path} is damaged; remove that folder and run 'detente rebuild'")
    return found


def parquet_files(root: Path, names: Sequence[str], table: str) -> list[str]:
    """Paths of one table's files in the given shards, those without rows left out."""
    paths = (root / name / f"{table}.parquet" for name in sorted(names))
    return [str(path) for path in paths if path.is_file()]


class Originals:
    """The bytes of every input, each once, under the SHA-256 of the bytes, compressed by Zstandard."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Where the bytes of that hash lie or would lie."""
        return self.root / name[:2] / f"{name}.zst"

    def keep(self, data: bytes) -> str:
        """Keep some bytes; returns their hash. Raises OSError where the disk refuses."""
        name = hashlib.sha256(data).hexdigest()
        path = self.path(name)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            sink = pa.BufferOutputStream()
            with pa.CompressedOutputStream(sink, "zstd") as stream:
                stream.write(data)
            files.write(path, sink.getvalue().to_pybytes())
        return name

    def load(self, name: str) -> bytes:
        """The bytes of that hash. Raises StoreError where they are missing or changed."""
        path = self.path(name)
        try:
            with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, "zstd") as stream:
                data = bytes(stream.read())
        except FileNotFoundError:
            raise StoreError(f"{path} is missing: the original bytes are gone; add the input again") from None
        except OSError as error:
            raise StoreError(f"{path} is damaged ({error}); remove it and add the input again") from None
        if hashlib.sha256(data).hexdigest() != name:
            raise StoreError(f"{path} is damaged: it is not what its name says; remove it and add the input again")
        return data
