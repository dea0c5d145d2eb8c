"""Rows of event datasets to shards: read and committed by the worker that parses them, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

import pyarrow as pa

from detente.dataset import read
from detente.dataset.row import DatasetEvent, DyadDay
from detente.errors import DataError, InputError
from detente.model import Reject
from detente.store import shards
from detente.store.schema import DATASET_EVENT, DYAD_DAY, Table
from detente.task import Source, Task

PART_ROWS = 100_000
SIGN = 5_000  # rows after which a worker tells that it lives
Found = DatasetEvent | DyadDay | Reject

_JOINED = ("more_actors", "more_recipients")
_EVENT = tuple(field.name for field in fields(DatasetEvent) if field.name not in _JOINED)
_DAY = tuple(field.name for field in fields(DyadDay))
_FAULT = "what follows in this input was not read"


def parts(task: Task, source: Source, kind: str, first: int, emit: Callable[[Any], None]) -> Iterator[int]:
    """Commit the rows of a dataset as shards numbered from ``first``; yields the number of items of each.

    Like a text's reader, it ends with a reject where the rest cannot be read. A part that was committed before is
    left as it is.
    """
    skip = dict(task.skip)
    data = shards.Originals(task.folder / "originals").load(source.input)
    stream = _guarded(lambda: read(data, source.name, kind, dict(task.settings.columns) or None), source.name)
    batch: list[Found] = []
    position = 0
    where = ("parse", source.input, 0)
    while True:
        if task.single or position % SIGN == 0:
            where = ("parse", source.input, position)
            emit(("at", where))
        if where in skip:
            how = f"the process that read it ended ({skip[where]}); {_FAULT}"
            found: Found | None = Reject(source.name, how)
            stream = iter(())
        else:
            found = next(stream, None)
        if found is not None:
            batch.append(found)
            position += 1
        if batch and (found is None or len(batch) >= PART_ROWS or where in skip):
            _commit(replace(task, part=first), source, position - len(batch), batch)
            yield len(batch)
            first += 1
            batch = []
        if found is None or where in skip:
            return


def _guarded(start: Callable[[], Iterator[Found]], name: str) -> Iterator[Found]:
    try:
        yield from start()
    except DataError:
        raise
    except InputError as error:
        yield Reject(name, f"{' '.join(str(error).split())}; {_FAULT}")
    except Exception as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        yield Reject(name, f"a fault of Detente, please report it ({told}); {_FAULT}")


def _commit(task: Task, source: Source, start: int, batch: list[Found]) -> None:
    root = task.folder / "shards"
    if shards.has(root, task.shard):
        return
    numbered = list(enumerate(batch, start))
    events = [(number, row) for number, row in numbered if isinstance(row, DatasetEvent)]
    days = [(number, row) for number, row in numbered if isinstance(row, DyadDay)]
    rejects = [
        {
            "input": source.input, "position": number, "outcome": "reject", "document": None, "name": row.name,
            "reason": row.reason, "byte": row.offset,
        }
        for number, row in numbered
        if isinstance(row, Reject)
    ]  # fmt: skip
    found = {
        "item": rejects,
        DATASET_EVENT.name: _table(DATASET_EVENT, source.input, events, _EVENT),
        DYAD_DAY.name: _table(DYAD_DAY, source.input, days, _DAY),
    }
    about = {
        "code": task.code, "settings": task.settings.text(), "part": task.part, "inputs": {source.input: len(batch)},
    }  # fmt: skip
    shards.write(root, task.shard, found, about)


def _table(table: Table, name: str, rows: list[tuple[int, Any]], taken: tuple[str, ...]) -> pa.Table:
    """Numbered rows as an Arrow table of the schema."""
    if not rows:
        return pa.Table.from_pylist([], schema=shards.arrow_schema(table))
    found = [row for _, row in rows]
    columns: dict[str, Any] = dict(zip(taken, zip(*map(attrgetter(*taken), found), strict=True), strict=True))
    columns["input"] = [name] * len(found)
    columns["position"] = [number for number, _ in rows]
    if table is DATASET_EVENT:
        columns["countable"] = [row.countable for row in found]
        for more in _JOINED:
            columns[more] = [" ".join(getattr(row, more)) for row in found]
    schema = shards.arrow_schema(table)
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
