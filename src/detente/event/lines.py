"""One line of JSON to a document, without the reader of its language."""

from __future__ import annotations

import json
from datetime import date

from detente.errors import InputError
from detente.model import Document


def parse_line(raw: bytes) -> tuple[str | int, Document]:
    """The id (the document's own where none is given) and the document of a line. Raises InputError with its fault."""
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte {error.start + 1} of the line") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError("no text: each line needs an object with the field 'text'")
    for field in ("title", "language"):
        if row.get(field) is not None and not isinstance(row[field], str):
            raise InputError(f"'{field}' is not a string")
    day = row.get("published") or row.get("date")
    try:
        published = date.fromisoformat(str(day)[:10]) if day else None
    except ValueError:
        raise InputError(f"'{day}' is no date; write it as YYYY-MM-DD") from None
    document = Document(row["text"], row.get("title"), published, row.get("language"))
    key = row.get("id")
    if key is not None and (not isinstance(key, str | int) or isinstance(key, bool)):
        raise InputError("'id' is not a string or a whole number")
    return (document.id if key is None else key), document
