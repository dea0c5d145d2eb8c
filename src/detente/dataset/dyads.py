"""Dyad-days: a Parquet table with one net value for a pair of countries on a day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from detente.dataset.common import Days
from detente.dataset.names import names
from detente.dataset.row import DyadDay
from detente.errors import InputError
from detente.model import Reject

COLUMNS = {"day": "day", "first": "a", "second": "b", "value": "w"}
_ROWS = 65_536


def read_dyad_days(
    data: bytes | Path, name: str, columns: dict[str, str] | None = None, dataset: str = "gdelt_dyad_days"
) -> Iterator[DyadDay | Reject]:
    """The rows of a table of dyad-days, in order.

    Args:
        data: the Parquet file.
        name: what errors and rejects call it.
        columns: the columns of ``day`` (yyyymmdd as number or text, or a date), ``first``, ``second`` (country
            codes or names) and ``value``; default ``day``, ``a``, ``b`` and ``w``.
        dataset: what its rows are called.

    Raises InputError for a file that is no Parquet or lacks the columns.
    """
    wanted = {**COLUMNS, **(columns or {})}
    try:
        table = pq.ParquetFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        lacking = sorted(set(wanted.values()) - set(table.schema_arrow.names))
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{name} is no readable Parquet file: {error}") from error
    if lacking:
        raise InputError(f"{name} is no table of dyad-days: it lacks the columns {', '.join(lacking)}")
    days, codes, known = Days(), names(), dict[str, str | None]()
    row = 0
    needed = [wanted[field] for field in ("day", "first", "second", "value")]
    for batch in table.iter_batches(batch_size=_ROWS, columns=needed):
        for when, first, second, value in zip(*(batch.column(c).to_pylist() for c in needed), strict=True):
            row += 1
            day = days(str(when))
            if day is None or value is None or value != value or not first or not second:
                yield Reject(name, f"row {row}: a dyad-day needs a date, two sides and a value")
                continue
            for side in (first, second):
                if side not in known:
                    known[side] = codes.country(side)
            yield DyadDay(dataset, day, known[first], known[second], first, second, float(value))
