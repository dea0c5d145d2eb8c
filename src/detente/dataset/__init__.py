"""Event datasets to rows of our own: GDELT, ICEWS, POLECAT, any mapped table, and dyad-days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from detente.dataset.gdelt import is_gdelt, read_gdelt
from detente.dataset.row import DatasetEvent, DyadDay
from detente.dataset.stream import Lines, is_parquet
from detente.dataset.table import known_mapping, read_table, split_header
from detente.errors import InputError
from detente.model import Reject

__all__ = ["KINDS", "DatasetEvent", "DyadDay", "kind_of", "read"]

KINDS = ("gdelt", "icews", "polecat", "table", "dyad_days")


def kind_of(data: bytes | Path, name: str = "the input") -> str | None:
    """What dataset an input is, by its content; None where it is none that is known without a mapping.

    Raises InputError for an input that is missing, empty or cannot be unpacked.
    """
    if is_parquet(data):
        return "dyad_days"
    with Lines(data, name) as lines:
        first = lines.peek()
    if is_gdelt(first):
        return "gdelt"
    mapping = known_mapping(split_header(first)[0])
    return mapping[0] if mapping is not None else None


def read(
    data: bytes | Path, name: str, kind: str | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[DatasetEvent | DyadDay | Reject]:
    """The rows of a dataset, in order: an event, a dyad-day or a reject for every row of the input.

    Args:
        data: the bytes of a file, or its path; plain, gzip, a zip of one file, or Parquet (dyad-days).
        name: what errors and rejects call it; a table's events are called after it.
        kind: one of ``KINDS``; None tells it by content.
        columns: for a table, our field to the column's name (``table.FIELDS``), for dyad-days those of
            ``dyads.COLUMNS``; a mapping alone makes a text input a table.

    Raises InputError for an input that cannot be read or is no dataset, and for a mapping that does not fit.
    """
    if kind is not None and kind not in KINDS:
        raise InputError(f"{kind!r} is no kind of dataset: {', '.join(KINDS)}")
    found = kind or ("table" if columns and not is_parquet(data) else kind_of(data, name))
    if found == "dyad_days":
        from detente.dataset.dyads import read_dyad_days

        return read_dyad_days(data, name, dict(columns or {}))
    if found is None:
        raise InputError(
            f"{name} is no dataset that is known by its columns: give 'columns', "
            "the names of its columns for day, actor, recipient and code, text or type"
        )
    return _rows(data, name, found, columns)


def _rows(
    data: bytes | Path, name: str, kind: str, columns: Mapping[str, str] | None
) -> Iterator[DatasetEvent | Reject]:
    with Lines(data, name) as lines:
        if kind == "gdelt":
            yield from read_gdelt(lines, name)
            return
        dataset, mapping = f"table:{name}", dict(columns or {})
        if not mapping:
            known = known_mapping(split_header(lines.peek())[0])
            if known is None or (kind != "table" and known[0] != kind):
                raise InputError(f"{name} has not the columns of {kind}: give 'columns'")
            dataset, mapping = known
        elif kind != "table":
            dataset = kind
        yield from read_table(lines, name, dataset, mapping)
