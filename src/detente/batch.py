"""Many texts as JSON lines: a line to a document, documents to readings batch by batch, a reading to a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from detente.errors import DataError, InputError
from detente.model import Document, Reading

BATCH = 64  # texts read at once: enough to fill the parser's batches
HEAD = 20  # lines with text among which JSON Lines show an object
BATCH_CHARACTERS = 400_000  # and a bound on the memory that long texts take

Reject = Callable[[int, str], None]


@dataclass(slots=True)
class Tally:
    """What became of the lines so far; blank lines do not count. ``position`` is in bytes."""

    lines: int = 0
    written: int = 0
    rejected: int = 0
    events: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One good line: its number, the id that its output carries, and the document."""

    line: int
    id: str | int
    document: Document


def annotate(stream: Iterable[bytes], reject: Reject, tally: Tally, gold_form: bool = False) -> Iterator[bytes]:
    """One line of JSON for each good line of ``stream``, in order.

    ``reject`` is called with the number of a bad line and the reason; ``tally`` is kept up to date.
    ``gold_form`` gives id and events only. Raises DataError where the package's own tables do not load.
    """

    def count(line: int, reason: str) -> None:
        tally.rejected += 1
        reject(line, reason)

    for batch in _batches(stream, count, tally):
        for item, reading in read(batch, count):
            tally.written += 1
            tally.events += len(reading.reports)
            yield dump(item.id, reading, gold_form)


def json_lines(stream: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The lines of ``stream``, once an object has been seen among the first of them.

    Raises InputError for an input that holds none there, which is no JSON Lines, and says what reads it.
    """
    held: list[bytes] = []
    lines = iter(stream)
    seen = 0
    for raw in lines:
        held.append(raw)
        line = raw.removeprefix(b"\xef\xbb\xbf").strip()
        seen += bool(line)
        if line in {b"{", b"["} or line.startswith(b"[{"):
            raise InputError(
                f"{name}: this is JSON, but not one object a line; write it so first, for example with jq -c '.[]' "
                "for an array"
            )
        if line.startswith(b"{") and not line.startswith(b"{\\rtf"):
            break
        if seen == HEAD:
            raise _no_lines(held, name)
    else:
        if seen:
            raise _no_lines(held, name)
    yield from held
    yield from lines


def _no_lines(held: list[bytes], name: str) -> InputError:
    from detente.text.decode import decode

    decode(b"".join(held), name)  # says what it is, if it is no text at all
    return InputError(
        f"{name}: these are no JSON Lines: none of its first lines is an object; a single article or page is read "
        "with 'detente read FILE'"
    )


def _batches(stream: Iterable[bytes], reject: Reject, tally: Tally) -> Iterator[list[Item]]:
    batch: list[Item] = []
    characters = 0
    for number, raw in enumerate(stream, 1):
        tally.position += len(raw)
        if not raw.strip():
            continue
        tally.lines += 1
        try:
            batch.append(parse(number, raw))
        except InputError as error:
            reject(number, _one_line(error))
            continue
        characters += len(batch[-1].document.text)
        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def parse(number: int, raw: bytes) -> Item:
    """Line ``number`` as a document with its id. Raises InputError with what is wrong with it."""
    from detente.reading import make_document

    row = _object(raw)
    text = row.get("text")
    if text is None:
        raise InputError("no text: each line needs the field 'text'")
    if not isinstance(text, str):
        raise InputError(f"'text' is {_kind(text)}, not a string")
    if not text.strip() and row.get("title"):
        raise InputError("the text is empty; a title alone is not read: put it into 'text' if it tells an event")
    published = row.get("published")
    fields = {
        "published": row.get("date") if published is None else published,
        "title": row.get("title"),
        "language": row.get("language"),
    }
    for field, value in fields.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"'{field}' is {_kind(value)}, not a string")
    source = row.get("source")
    document = make_document(
        text,
        fields["published"] or None,
        title=fields["title"],
        language=fields["language"] or None,
        source=source if isinstance(source, str) else None,
    )
    key = row.get("id")
    if key is not None and (not isinstance(key, str | int) or isinstance(key, bool)):
        raise InputError(f"'id' is {_kind(key)}, not a string or a whole number")
    return Item(number, document.id if key is None else key, document)


def dump(key: str | int, reading: Reading, gold_form: bool = False) -> bytes:
    """A reading as one line of JSON in UTF-8, its line end included."""
    from detente import wire

    body = {"events": wire.gold_form(reading)} if gold_form else wire.reading_to_dict(reading)
    return json.dumps({"id": key, **body}, ensure_ascii=False).encode("utf-8") + b"\n"


def _object(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(raw.decode("utf-8-sig"))
        json.dumps(row, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte {error.start + 1} of the line") from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} at character {error.pos + 1}") from None
    except UnicodeEncodeError:
        raise InputError("half a character (a lone surrogate) in a string") from None
    except (ValueError, RecursionError):
        raise InputError("not JSON that can be read: a number too long, or nested too deep") from None
    if not isinstance(row, dict):
        raise InputError(f"{_kind(row)}, not an object")
    return row


def _kind(value: object) -> str:
    names = {str: "a string", bool: "true or false", list: "an array", dict: "an object", type(None): "null"}
    return names.get(type(value), "a number")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def read(batch: list[Item], reject: Reject) -> Iterator[tuple[Item, Reading]]:
    """Readings of a batch; where it fails as a whole, of each text alone, so that a bad text costs one line."""
    from detente.reading import read_all, reader

    reader(batch[0].document.language or "ru")  # a reader that does not load is no fault of a line
    try:
        readings = list(read_all(item.document for item in batch))
    except DataError:
        raise
    except Exception:
        for item in batch:
            try:
                reading = next(read_all([item.document]))
            except InputError as error:
                reject(item.line, _one_line(error))
            except Exception as error:  # a fault of ours: told with its line, and the run goes on
                reason = f"a fault of Detente, please report it ({type(error).__name__}: {_one_line(error)})"
                reject(item.line, reason)
            else:
                yield item, reading
        return
    yield from zip(batch, readings, strict=True)
