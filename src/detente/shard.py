"""A shard of items to flat rows: the pure middle of the way, the function that an engine maps.

No database, no network, no clock. The rows of a document depend on the document alone, so the same documents give
the same rows however they are dealt out to shards, workers and machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from detente.errors import DataError, LanguageError
from detente.model import Attribution, Document, Party, Reading, Reject, Report, Span, content_id
from detente.text.signature import signature

FORMAT = 1  # raised whenever rows change their meaning: older shards are then read anew from the kept bytes
BATCH = 64
BATCH_CHARACTERS = 400_000

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Announce = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an input: the hash of the input, its place in it from 0, and what the reader made of it."""

    input: str
    position: int
    found: Document | Reject


def read(items: Sequence[Item], *, single: bool = False, announce: Announce | None = None) -> Rows:
    """Rows of eight tables (item, document, sentence, mention, attribution, report, report_actor, signature).

    Each row is a mapping from the columns that ``store.schema`` describes. Every item gives one row of ``item``; a
    text that cannot be read, or in a language that is not, becomes a reject with its reason. The same document twice
    is read once. ``single`` reads text by text instead of in batches, with the same rows; ``announce`` is called
    with the index of an item before a batch that begins with it is read. Raises DataError where the package's own
    tables do not load.
    """
    rows: Rows = {name: [] for name in _TABLES}
    settled: list[Item] = [replace(item, found=_accept(item.found)) for item in items]
    first: dict[str, int] = {}
    for number, item in enumerate(settled):
        if isinstance(item.found, Document):
            first.setdefault(item.found.id, number)
    # The same words of the same day are read once, whoever published them: a reading depends on nothing else.
    likes: dict[tuple[object, ...], list[int]] = {}
    for number in sorted(first.values()):
        likes.setdefault(_read_of(_document(settled[number].found)), []).append(number)
    leaders = {numbers[0]: numbers for numbers in likes.values()}
    known: dict[int, Reading | Reject] = {}
    for batch in _batches(settled, sorted(leaders), 1 if single else BATCH):
        if announce is not None:
            announce(batch[0])
        for leader, reading in zip(batch, _readings([settled[n].found for n in batch]), strict=True):
            known.update(dict.fromkeys(leaders[leader], reading))
    failed: dict[str, Reject] = {}
    for number, reading in sorted(known.items()):
        document = _document(settled[number].found)
        if isinstance(reading, Reject):
            failed[document.id] = replace(reading, name=_name(document))
        else:
            _add(rows, replace(reading, document=document))
    for item in settled:
        found = item.found
        if isinstance(found, Document):
            found = failed.get(found.id, found)
        rows["item"].append(_item(item, found))
    return rows


_TABLES = ("item", "document", "sentence", "mention", "attribution", "report", "report_actor", "signature")


def _accept(found: Document | Reject) -> Document | Reject:
    """The document with its headline above the text and its language, or why it cannot be read."""
    from detente.reading import make_document

    if isinstance(found, Reject):
        return replace(found, name=_whole(found.name), reason=_whole(found.reason))
    text = found.text
    if found.title and not text.startswith(found.title):
        text = f"{found.title}\n\n{text}" if text.strip() else found.title
    name = _name(found)
    if not text.strip():
        return Reject(name, "no text")
    try:
        text.encode("utf-8")
        language = make_document(text, language=found.language).language
    except LanguageError as error:
        return Reject(name, _one_line(error))
    except UnicodeEncodeError:
        return Reject(name, "half a character (a lone surrogate) in the text")
    told: dict[str, Any] = {field: _whole(value) for field in _TOLD if (value := getattr(found, field)) is not None}
    return replace(found, text=text, language=language, origin=tuple(map(_whole, found.origin)), **told)


_TOLD = ("title", "source", "url", "outlet", "author", "item")


def _whole(text: str) -> str:
    """A string that UTF-8 can hold: halves of characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_of(document: Document) -> tuple[object, ...]:
    return document.title, document.text, document.published, document.language


def _name(document: Document) -> str:
    """What rejects call a document."""
    return _whole(document.item or document.url or document.title or "a text")


def _document(found: Document | Reject) -> Document:
    if isinstance(found, Reject):
        raise TypeError("a rejected item has no document")
    return found


def _batches(items: Sequence[Item], numbers: Sequence[int], size: int) -> Iterator[list[int]]:
    """Numbers of the items to be read, in batches of one language and of bounded length."""
    batch: list[int] = []
    characters = 0
    for number in numbers:
        document = _document(items[number].found)
        other = batch and _document(items[batch[0]].found).language != document.language
        if batch and (other or len(batch) >= size or characters >= BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(number)
        characters += len(document.text)
    if batch:
        yield batch


def _readings(found: Sequence[Document | Reject]) -> list[Reading | Reject]:
    """Readings of a batch; where it fails as a whole, of each text alone, so that a bad text costs itself only."""
    from detente.reading import reader

    documents = [_document(each) for each in found]
    many = reader(documents[0].language or "ru").read_many
    try:
        return list(many(documents))
    except DataError:
        raise
    except Exception as error:
        if len(documents) == 1:  # a fault of ours: told with its item, and the run goes on
            told = f"{type(error).__name__}: {_one_line(error)}"
            return [Reject(_name(documents[0]), f"a fault of Detente, please report it ({told})")]
    return [reading for document in documents for reading in _readings([document])]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _item(item: Item, found: Document | Reject) -> Row:
    row: Row = {
        "input": item.input, "position": item.position, "outcome": "document", "document": None, "name": None,
        "reason": None, "byte": None,
    }  # fmt: skip
    if isinstance(found, Reject):
        return row | {"outcome": "reject", "name": found.name, "reason": found.reason, "byte": found.offset}
    return row | {"document": found.id}


def _add(rows: Rows, reading: Reading) -> None:
    """The rows of one reading."""
    document = reading.document
    key = document.id
    rows["document"].append(_document_row(reading, key))
    signed = signature(document.text, document.title)
    rows["signature"].append({
        "document": key, "digest": signed.digest, "minhash": signed.minhash, "keys": signed.keys,
        "words": signed.words, "version": signed.version,
    })  # fmt: skip
    for sentence in reading.sentences:
        rows["sentence"].append({
            "document": key, "sentence": sentence.index, "start": sentence.start, "stop": sentence.stop,
            "text": document.text[sentence.start : sentence.stop],
        })  # fmt: skip
    for number, mention in enumerate(reading.mentions):
        rows["mention"].append({
            "document": key, "mention": number, "start": mention.start, "stop": mention.stop, "text": mention.text,
            "type": mention.type, "kind": mention.kind, "actor": mention.actor, "sector": mention.sector,
            "person": mention.person, "office": mention.office,
        })  # fmt: skip
    for number, attribution in enumerate(reading.attributions):
        rows["attribution"].append(_attribution_row(key, number, attribution))
    seen: dict[str, int] = {}
    for report in reading.reports:
        name = _report_id(key, report, seen)
        rows["report"].append(_report_row(name, key, report))
        for position, (side, party) in enumerate(_parties(report)):
            rows["report_actor"].append({
                "report": name, "position": position, "document": key, "side": side, "actor": party.actor,
                "role": party.role, "sector": party.sector, "person": party.person, "office": party.office,
                **_span("", party.span, "text"),
            })  # fmt: skip


def _document_row(reading: Reading, key: str) -> Row:
    document = reading.document
    return {
        "document": key, "title": document.title, "text": document.text, "published": document.published,
        "time": _moment(document.time), "language": document.language,
        "outlet": document.outlet, "source": document.source, "author": document.author, "url": document.url,
        "kind": document.kind, "own_id": document.item, "version": document.version,
        "origin": " < ".join(document.origin) or None, "characters": len(document.text),
        "sentences": len(reading.sentences), "reports": len(reading.reports),
    }  # fmt: skip


def _moment(time: datetime | None) -> datetime | None:
    """A moment in UTC without its zone; one without a zone is in UTC already."""
    return time.astimezone(UTC).replace(tzinfo=None) if time is not None and time.tzinfo else time


def _span(prefix: str, span: Span | None, text: str) -> Row:
    if span is None:
        return {text: None, f"{prefix}start": None, f"{prefix}stop": None}
    return {text: span.text, f"{prefix}start": span.start, f"{prefix}stop": span.stop}


def _attribution_row(key: str, number: int, attribution: Attribution) -> Row:
    return {
        "document": key, "attribution": number, "kind": attribution.kind, "hearsay": attribution.hearsay,
        "voice": attribution.voice, **_span("speaker_", attribution.speaker, "speaker"),
        **_span("cue_", attribution.cue, "cue"), "content_start": attribution.content.start,
        "content_stop": attribution.content.stop, "actor": attribution.actor, "parent": attribution.parent,
    }  # fmt: skip


def _parties(report: Report) -> Iterator[tuple[str, Party]]:
    for side, parties in (("actor", report.actors), ("recipient", report.recipients), ("other", report.others)):
        for party in parties:
            yield side, party


def _report_id(document: str, report: Report, seen: dict[str, int]) -> str:
    """Stable under a change of status, date or domain, so that what people decided about it still applies."""
    actors = ",".join(sorted({party.actor for party in report.actors}))
    recipients = ",".join(sorted({party.actor for party in report.recipients}))
    parts = (document, str(report.trigger.start), str(report.trigger.stop), report.type, actors, recipients)
    base = content_id("r", *parts)
    seen[base] = seen.get(base, -1) + 1
    return content_id("r", *parts, str(seen[base])) if seen[base] else base


def _report_row(name: str, document: str, report: Report) -> Row:
    planned = report.planned_date
    return {
        "report": name, "document": document, "sentence": report.sentence, "type": report.type, "mode": report.mode,
        "domain": report.domain, "aspect": report.aspect, "status": report.status, "habitual": report.habitual,
        "start": report.date.start, "stop": report.date.stop, "precision": report.date.precision,
        "planned_type": report.planned_type, "planned_start": planned.start if planned else None,
        "planned_stop": planned.stop if planned else None, "planned_precision": planned.precision if planned else None,
        "place": report.place.text if report.place else None,
        "speaker": report.speaker.text if report.speaker else None, "attribution": report.attribution,
        **_span("trigger_", report.trigger, "trigger"), "entry": report.entry, "score": round(report.score, 4),
    }  # fmt: skip


def counts(rows: Mapping[str, Sequence[Row]]) -> dict[str, int]:
    """Number of rows of each table."""
    return {name: len(rows[name]) for name in sorted(rows)}
