"""Inputs to committed shards: dealt out in groups, parsed and read by workers, entered in the journal when whole.

A group is some small inputs or one large one, cut by their sizes alone. A worker parses it into parts of a few hundred
items, which it leaves in files; each part becomes a shard. When all shards of a group are committed, its inputs are
entered in the journal in one line. Whatever is killed on the way, the next run deals out the same groups again and
finds what was committed.
"""

from __future__ import annotations

import hashlib
import pickle
import queue
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from detente import importing, shard
from detente.engine import Pool, WorkerDied
from detente.errors import DataError, InputError, StoreError
from detente.model import Document, Reject
from detente.shard import Item
from detente.store import files, shards
from detente.store.journal import Entry, Journal
from detente.store.version import code
from detente.task import Emit, Settings, Source, Task, Where

GROUP_INPUTS, GROUP_BYTES = 64, 4_000_000
PART_ITEMS, PART_CHARACTERS = 256, 1_500_000
_STARTS = 3  # deaths before the first sign after which no worker will do


@dataclass(slots=True)
class Progress:
    """How far an adding has come: inputs found, known before (which: ``before``) and read; items read."""

    inputs: int = 0
    known: int = 0
    read: int = 0
    items: int = 0
    before: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Group:
    sources: tuple[Source, ...]
    parts: dict[int, str] = field(default_factory=dict)
    waiting: int = 1  # tasks that have not ended: the parsing, then a part each


def add(
    folder: Path,
    found: Iterable[tuple[str, bytes] | Reject],
    journal: Journal,
    settings: Settings,
    workers: int,
    progress: Callable[[Progress], None],
) -> tuple[Progress, list[str]]:
    """Commit shards for all inputs of ``found`` that the journal does not hold with this code and these settings.

    What was refused before it became an input is entered with its reason. ``folder`` is the record's; ``progress``
    is called after each step. Returns how far it came, and the hashes of
    all inputs found. Raises StoreError, DataError or OSError, and what ``found`` raises; what was committed by then
    stays.
    """
    staging = folder / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    files.sweep(folder / "shards")
    files.sweep(folder)
    keep = shards.Originals(folder / "originals")
    tally, hashes = Progress(), []
    with Pool(workers) as pool:
        desk = _Desk(folder, journal, settings, pool, tally, progress)
        group: list[Source] = []
        seen: set[str] = set()
        for each in found:
            tally.inputs += 1
            if isinstance(each, Reject):
                hashes.append(_refused(each, journal, settings, tally))
                continue
            name, data = each
            source = Source(keep.keep(data), name, len(data))
            hashes.append(source.input)
            entry = journal.entries.get(source.input)
            current = entry is not None and (entry.code, entry.settings) == (code(), settings.text())
            if current or source.input in seen:
                tally.known += 1
                if current and source.input not in seen:
                    tally.before.add(source.input)
                continue
            seen.add(source.input)
            group.append(source)
            if len(group) >= GROUP_INPUTS or sum(each.size for each in group) >= GROUP_BYTES:
                desk.deal(tuple(group), patience=workers + 1)
                group = []
        if group:
            desk.deal(tuple(group), patience=workers + 1)
        desk.finish()
    shutil.rmtree(staging, ignore_errors=True)
    journal.tidy()
    return tally, hashes


def _refused(found: Reject, journal: Journal, settings: Settings, tally: Progress) -> str:
    """Enter in the journal what gives no input (a link, a picture, a damaged archive); returns what stands for it."""
    name = hashlib.sha256(f"refused\0{found.name}\0{found.reason}".encode("utf-8", "replace")).hexdigest()
    if name in journal.entries:
        tally.known += 1
        tally.before.add(name)
    else:
        journal.append([Entry(name, found.name, 0, code(), settings.text(), (), found.reason)])
        tally.read += 1
        tally.items += 1
    return name


class _Desk:
    """Deals out tasks and takes in what comes back; only the thread that made it touches the journal."""

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        settings: Settings,
        pool: Pool,
        tally: Progress,
        progress: Callable[[Progress], None],
    ) -> None:
        self._folder, self._journal, self._settings = folder, journal, settings
        self._pool, self._tally, self._progress = pool, tally, progress
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._open = 0

    def deal(self, sources: tuple[Source, ...], patience: int) -> None:
        """Have a group read; waits while ``patience`` groups or more are open."""
        while self._open >= patience:
            self._news.get()()
        group = _Group(sources)
        self._open += 1
        self._submit(parse, Task(self._folder, sources, self._settings, code(), PART_ITEMS), group)

    def finish(self) -> None:
        """Wait until every group is in the journal."""
        while self._open:
            self._news.get()()

    def _submit(self, function: Callable[[Task, Emit], None], task: Task, group: _Group) -> None:
        last: list[Where | None] = [None]
        starts: list[int] = [0]

        def hear(part: tuple[str, Any]) -> None:
            kind, value = part
            if kind == "at":
                last[0] = value
            else:
                self._news.put(lambda: self._hear(group, kind, value))

        def again(task: Task, died: WorkerDied) -> Task:
            where, last[0] = last[0], None
            if where is None:
                starts[0] += 1
                if starts[0] >= _STARTS:
                    raise StoreError(f"the reading processes end before they begin ({died.how}); is memory short?")
                return task
            if task.single and task.suspect == where:
                return replace(task, suspect=None, skip=(*task.skip, (where, died.how)))
            return replace(task, single=True, suspect=where if task.single else None)

        future = self._pool.submit(function, task, hear, again)
        future.add_done_callback(lambda ended: self._news.put(lambda: self._ended(group, ended)))

    def _hear(self, group: _Group, kind: str, value: Any) -> None:
        if kind == "part":
            task = Task(self._folder, group.sources, self._settings, code(), PART_ITEMS, part=value)
            if value in group.parts:  # a parsing that was begun again
                return
            group.parts[value] = task.shard
            group.waiting += 1
            self._submit(read, task, group)
        elif kind == "items":
            self._tally.items += value
            self._progress(self._tally)

    def _ended(self, group: _Group, future: Future[None]) -> None:
        future.result()
        group.waiting -= 1
        if group.waiting:
            return
        names = tuple(name for _, name in sorted(group.parts.items()))
        self._journal.append([
            Entry(source.input, source.name, source.size, code(), self._settings.text(), names)
            for source in group.sources
        ])  # fmt: skip
        self._open -= 1
        self._tally.read += len(group.sources)
        self._progress(self._tally)


# --- in the workers ---------------------------------------------------------------------------------


def parse(task: Task, emit: Emit) -> None:
    """The items of a group of inputs, left in files part by part; emits the number of each part."""
    batch: list[Item] = []
    part = characters = 0

    def leave() -> None:
        nonlocal part, characters
        staged = replace(task, part=part)
        if not shards.has(task.folder / "shards", staged.shard):
            whole = staged.staged.with_suffix(".part")
            whole.write_bytes(pickle.dumps(batch))
            whole.replace(staged.staged)
        emit(("part", part))
        batch.clear()
        part, characters = part + 1, 0

    for source in task.sources:
        kind = _dataset(task, source)
        if kind is not None:
            if batch:  # a dataset's parts are its own
                leave()
            for _ in importing.parts(task, source, kind, part, emit):
                emit(("part", part))
                part += 1
            continue
        for item in _items(task, source, emit):
            batch.append(item)
            characters += len(item.found.text) if isinstance(item.found, Document) else 0
            if len(batch) >= task.size or characters >= PART_CHARACTERS:
                leave()
    if batch:
        leave()


def _dataset(task: Task, source: Source) -> str | None:
    """What event dataset an input is, None where it is none. Columns of a text in the settings say that it is none."""
    fields = {field for field, _ in task.settings.columns}
    if "text" in fields or ("parse", source.input, 0) in dict(task.skip):
        return None
    if fields & {"actor", "recipient", "day"}:
        return "table"
    from detente.dataset import kind_of

    try:
        return kind_of(shards.Originals(task.folder / "originals").load(source.input), source.name)
    except InputError:
        return None


def _items(task: Task, source: Source, emit: Emit) -> Iterator[Item]:
    """Every item of an input; whatever ends the reading of it early is its last one, a reject."""
    from detente.reader import documents

    skip = dict(task.skip)
    data = shards.Originals(task.folder / "originals").load(source.input)
    columns, charset = dict(task.settings.columns), task.settings.charset
    stream = documents(data, source.name, columns=columns or None, charset=charset, published=task.settings.published)
    position = 0
    while True:
        where: Where = ("parse", source.input, position)
        found: Document | Reject | None
        if where in skip:
            found, ends = Reject(source.name, f"{_ENDED} ({skip[where]}); {_REST}"), True
        else:
            emit(("at", where))
            found, ends = _next(stream, source.name)
            if found is None and not position:
                found = Reject(source.name, "there is nothing in it")
        if found is not None:
            yield Item(source.input, position, found)
        if ends:
            return
        position += 1


_ENDED = "the process that read it ended"
_REST = "what follows in this input was not read"


def _next(stream: Iterator[Document | Reject], name: str) -> tuple[Document | Reject | None, bool]:
    """The next item, if there is one, and whether it is the last."""
    try:
        return next(stream), False
    except StopIteration:
        return None, True
    except DataError:
        raise
    except InputError as error:
        return Reject(name, " ".join(str(error).split())), True
    except Exception as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Reject(name, f"a fault of Detente, please report it ({told}); {_REST}"), True


def read(task: Task, emit: Emit) -> None:
    """One part of a group, read and committed as a shard; emits the number of its items."""
    from detente.reading import reader

    root, name = task.folder / "shards", task.shard
    if shards.has(root, name):
        emit(("items", sum(shards.manifest(root, name)["inputs"].values())))
        return
    items: list[Item] = pickle.loads(task.staged.read_bytes())
    skip = dict(task.skip)
    for number, item in enumerate(items):
        how = skip.get(("read", item.input, item.position))
        if how is not None and isinstance(item.found, Document):
            label = item.found.item or item.found.url or item.found.title or "a text"
            items[number] = replace(item, found=Reject(label, f"{_ENDED} ({how})"))

    def at(number: int) -> None:
        emit(("at", ("read", items[number].input, items[number].position)))

    reader("ru")  # a worker that ends over the models is no fault of an item
    rows = shard.read(items, single=task.single, announce=at)
    counts = Counter(item.input for item in items)
    about = {
        "code": task.code,
        "settings": task.settings.text(),
        "part": task.part,
        "inputs": {source.input: counts[source.input] for source in task.sources if counts[source.input]},
    }
    shards.write(root, name, rows, about)
    task.staged.unlink(missing_ok=True)
    emit(("items", len(items)))
