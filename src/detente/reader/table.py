"""Tables of texts: JSON Lines, JSON arrays, CSV and TSV with named or mapped columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from detente.errors import InputError
from detente.model import Document, Reject
from detente.reader.row import ALIASES, match_columns, row_document
from detente.text.decode import Decoded

_DELIMITERS = ",;\t|"
_FIELD = 1 << 28  # characters of one field: an article may be longer than the 131,072 that csv allows
_ROW = 1 << 22  # characters of one row: an unclosed quote would take the rest of the file with it
_WORDS = frozenset(alias for field in ("text", "title") for alias in ALIASES[field])
_KNOWN = frozenset(alias for aliases in ALIASES.values() for alias in aliases)


def looks_like_json(text: str) -> bool:
    """Whether a text is a JSON object, an array of them, or JSON Lines, whole or damaged."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    rest = head[1:].lstrip()
    return (head.startswith("{") and rest[:1] in {'"', "}"}) or (head.startswith("[") and rest[:1] in {"{", "]"})


def read_json(
    data: bytes, decoded: Decoded, name: str, columns: Mapping[str, str] | None = None
) -> Iterator[Document | Reject]:
    """The rows of a JSON array, of one JSON object or of JSON Lines, in order.

    Lines of ``data`` in UTF-8 are decoded one by one, so that a bad byte costs its own line. ``columns`` maps
    fields to keys (see ``row.match_columns``). Never raises.
    """
    text = decoded.text.lstrip("\ufeff")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, list):
        for number, row in enumerate(whole, 1):
            yield _row(row, columns, f"{name}#{number}", None)
        if not whole:
            yield Reject(name, "an empty JSON array")
    elif isinstance(whole, dict):
        yield _row(whole, columns, f"{name}#1", None)
    elif text.lstrip().startswith("["):
        yield Reject(name, "damaged JSON: give the whole array, or JSON Lines, of which each line stands alone")
    else:
        exact = decoded.encoding == "utf-8"
        yield from _lines(data if exact else text.encode("utf-8", "replace"), exact, name, columns)


def _lines(data: bytes, exact: bool, name: str, columns: Mapping[str, str] | None) -> Iterator[Document | Reject]:
    at = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        offset, at = (at if exact else None), at + len(raw) + 1
        if not raw.strip(b"\xef\xbb\xbf \t\r"):
            continue
        label = f"{name}#{number}"
        try:
            row = json.loads(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            yield Reject(label, f"not UTF-8: byte {error.start + 1} of the line", offset)
        except json.JSONDecodeError as error:
            what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
            reason = f"not JSON: {what} at character {error.pos + 1}"
            yield Reject(label, reason, offset)
        except (ValueError, RecursionError):
            yield Reject(label, "not JSON that can be read: a number too long, or nested too deep", offset)
        else:
            yield _row(row, columns, label, offset)


def _row(row: Any, columns: Mapping[str, str] | None, label: str, offset: int | None) -> Document | Reject:
    if not isinstance(row, dict):
        return Reject(label, "not an object: a row needs named values", offset)
    try:
        return row_document(row, match_columns(row, columns))
    except InputError as error:
        return Reject(label, str(error), offset)


def find_delimiter(text: str, columns: Mapping[str, str] | None = None) -> str | None:
    """The delimiter of a table, or None where a text is no table.

    A table has a line of names first. Among these are the mapped columns, or names of a text and of one
    more field; failing that, lines that all have the same three or more cells under short names make one.
    """
    lines = text[:200_000].lstrip("\ufeff").splitlines()[:200]
    if not lines:
        return None
    best: tuple[int, str] | None = None
    for delimiter in _DELIMITERS:
        names = _cells(lines[0], delimiter)
        folded = {" ".join(name.casefold().split()) for name in names}
        if len(names) < 2 and not (columns and len(lines) > 1):
            continue
        mapped = bool(columns) and all(column.casefold() in folded for column in (columns or {}).values())
        known = bool(folded & _WORDS) and len(folded & _KNOWN) >= 2
        if mapped or known or _regular(lines, delimiter, names):
            best = max(best or (0, ""), (len(names), delimiter))
    return best[1] if best else None


def _regular(lines: list[str], delimiter: str, names: list[str]) -> bool:
    short = all(0 < len(name) <= 40 and not name.endswith((".", "!", "?")) for name in names)
    if len(names) < 3 or not short or len(set(names)) < len(names) or len(lines) < 3:
        return False
    return all(len(_cells(line, delimiter)) == len(names) for line in lines[:10] if line.strip())


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def read_csv(
    data: bytes, decoded: Decoded, name: str, delimiter: str, columns: Mapping[str, str] | None = None
) -> Iterator[Document | Reject]:
    """The rows of a CSV or TSV table under its line of names, in order.

    ``columns`` maps fields to column names. A row with a quote that nobody closes is a reject, and reading
    goes on with the next line; so is a row that has more cells than there are names. Never raises.
    """
    rows = _csv_rows(data, decoded, delimiter)
    _, _, header = next(rows, (1, None, "it is empty"))
    if isinstance(header, str):
        yield Reject(name, f"a table whose line of names cannot be read: {header}", 0)
        return
    names = [cell.strip("\ufeff \t") for cell in header]
    try:
        place = match_columns(names, columns)
    except InputError as error:
        yield Reject(name, f"a table, but {error}", 0)
        return
    for line, offset, cells in rows:
        label = f"{name}#{line}"
        if isinstance(cells, str):
            yield Reject(label, cells, offset)
        elif any(cell.strip() for cell in cells[len(names) :]):
            yield Reject(label, f"{len(cells)} cells under {len(names)} names: is a quote missing?", offset)
        else:
            try:
                yield row_document(dict(zip(names, cells, strict=False)), place)
            except InputError as error:
                yield Reject(label, str(error), offset)


def _csv_rows(data: bytes, decoded: Decoded, delimiter: str) -> Iterator[tuple[int, int | None, list[str] | str]]:
    """Line number from 1, offset in bytes and cells of each row; a reason in place of the cells of a broken one."""
    csv.field_size_limit(max(csv.field_size_limit(), _FIELD))
    lines = list(io.StringIO(decoded.text, newline=""))
    # What the text does not account for is the byte-order mark; where bytes were replaced, no place is exact.
    offset = len(data) - len(decoded.text.encode(decoded.encoding, "replace"))
    at = 0
    while at < len(lines):
        reader = csv.reader(_row_lines(lines, at), delimiter=delimiter, strict=True)
        taken: list[str] | str
        try:
            taken, stop = next(reader, []), at + max(1, reader.line_num)
        except csv.Error as error:
            taken, stop = f"a broken row ({error}): is a quote missing or not doubled?", at + 1
        if isinstance(taken, str) or any(cell.strip() for cell in taken):
            yield at + 1, None if decoded.replaced else offset, taken
        offset += len("".join(lines[at:stop]).encode(decoded.encoding, "replace"))
        at = stop


def _row_lines(lines: list[str], at: int) -> Iterator[str]:
    size = 0
    while at < len(lines) and size <= _ROW:
        yield lines[at]
        size += len(lines[at])
        at += 1
