"""The record: a folder that holds what was added, and what follows from it.

record.json        says that this folder is a record
originals/         the bytes of every input, compressed, by hash
inputs.jsonl       the inputs that are in, with their shards
shards/            what was read out of them, as Parquet
outlets.csv        what people know of outlets
runs.jsonl         the addings, with their sums
record.duckdb      all tables; rebuilt from the above at any time
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import FetchError, InputError, StoreError
from detente.model import Reject
from detente.store import files
from detente.store.lock import writing
from detente.task import Settings

if TYPE_CHECKING:
    from detente.adding import Progress
    from detente.event.correct import CorrectionRow
    from detente.fetch import Fetcher
    from detente.query import Filter, FoundEvent
    from detente.store.journal import Journal

FORMAT = 1
OUTLET_FIELDS = ("outlet", "name", "country", "owner", "kind", "language")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One adding. ``items`` are those of all its inputs, known ones too; the four kinds add up to it.

    ``rows`` are items of datasets. Times are in UTC; ``new`` tells whether anything in the record changed.
    """

    run: int
    started: datetime
    stopped: datetime
    command: str
    code: str
    workers: int
    inputs: int
    known: int
    items: int
    documents: int
    rows: int
    duplicates: int
    rejects: int
    new: bool = True


class Record:
    """A record in a folder, which ``add`` makes if it is not there.

    One process writes at a time; any number may read. All methods raise StoreError where the folder is no record,
    is damaged, or is being written by another process.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.database = self.folder / "record.duckdb"

    # --- writing ------------------------------------------------------------------------------------

    def add(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        published: date | None = None,
        charset: str | None = None,
        columns: Mapping[str, str] | None = None,
        workers: int | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        fetcher: Fetcher | None = None,
    ) -> Run:
        """Add files, folders, archives and what http and https addresses give; returns what became of their items.

        What is in the record already is not read again. ``published`` is the day of publication of what states
        none, ``charset`` a hint for bytes that state none; ``columns`` maps fields (text, published, outlet, ...) to
        the columns of tables. ``workers`` is the number of processes, by default one a core, four at most. An
        address is asked for whenever it is given, by ``fetcher`` or one that keeps to public addresses; where it
        gives nothing, the reason is a reject. Raises InputError for a path that is not there. What was committed
        before an error or a kill is kept, and found by the next adding.
        """
        from detente import adding
        from detente.files import is_address
        from detente.store.journal import Journal
        from detente.store.version import code

        named = [path if isinstance(path, str) and is_address(path) else Path(path) for path in paths]
        if missing := [str(path) for path in named if isinstance(path, Path) and not path.exists()]:
            raise InputError(f"{', '.join(missing)}: no such file or folder; nothing was added")
        workers = workers or min(4, _cores())
        settings = Settings(published, charset, tuple(sorted((columns or {}).items())))
        started = _now()
        self._make()
        with writing(self.folder):
            journal = Journal(self.folder / "inputs.jsonl")
            tally, hashes = adding.add(self.folder, self._inputs(named, fetcher), journal, settings, workers, progress)
            run = Run(
                run=len(self.runs()) + 1, started=started, stopped=started, command=settings.text(), code=code(),
                workers=workers, inputs=tally.inputs, known=tally.known, items=0, documents=0, rows=0,
                duplicates=0, rejects=0,
            )  # fmt: skip
            run = self._settle(journal, run, hashes, workers)
            read = {name for name in hashes if name not in tally.before}
            self._agree(read, tally.items)
            self._log(run)
        return run

    def rebuild(self, workers: int | None = None, progress: Callable[[Progress], None] = lambda _: None) -> int:
        """Make the database anew; inputs that older code had read are read again from the kept bytes.

        Returns the number of inputs read again.
        """
        from detente import adding
        from detente.store.journal import Journal
        from detente.store.shards import Originals, has
        from detente.store.version import code

        self._require()
        workers = workers or min(4, _cores())
        with writing(self.folder):
            journal = Journal(self.folder / "inputs.jsonl")
            originals = Originals(self.folder / "originals")
            stale: dict[str, list[tuple[str, str]]] = {}
            for entry in sorted(journal.entries.values(), key=lambda each: (each.name, each.input)):
                if entry.refused is not None:
                    continue
                if entry.code != code() or not all(has(self.folder / "shards", name) for name in entry.shards):
                    stale.setdefault(entry.settings, []).append((entry.name, entry.input))
            for text, found in sorted(stale.items()):
                for _, name in found:
                    journal.entries[name] = replace(journal.entries[name], code="")
                loaded = ((label, originals.load(name)) for label, name in found)
                adding.add(self.folder, loaded, journal, Settings.parse(text), workers, progress)
            self.database.unlink(missing_ok=True)
            self._settle(journal, None, [], workers)
        return sum(map(len, stale.values()))

    def edit_outlet(self, outlet: str, **fields: str | None) -> None:
        """Say what is known of an outlet: name, country, owner, kind, language. '' takes a word back.

        Raises InputError for another field.
        """
        from detente.store.journal import Journal

        self._require()
        if unknown := sorted(set(fields) - set(OUTLET_FIELDS[1:])):
            raise InputError(f"an outlet has no {', '.join(unknown)}; it has {', '.join(OUTLET_FIELDS[1:])}")
        with writing(self.folder):
            edited = {row["outlet"]: row for row in self._edited()}
            row = edited.setdefault(outlet.lower(), dict.fromkeys(OUTLET_FIELDS) | {"outlet": outlet.lower()})
            row.update({name: value or None for name, value in fields.items() if value is not None})
            target = io.StringIO()
            writer = csv.DictWriter(target, OUTLET_FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(edited[name] for name in sorted(edited))
            files.write(self.folder / "outlets.csv", target.getvalue().encode("utf-8"))
            self._settle(Journal(self.folder / "inputs.jsonl"), None, [], 1)

    def correct(
        self,
        verb: str,
        target: str,
        *,
        who: str,
        why: str,
        field: str = "",
        value: str = "",
        items: Iterable[str] = (),
        time: datetime | None = None,
    ) -> Row:
        """Overrule what was read or merged, for good: the decision is kept and applied on every rebuild.

        See ``event.correct.CorrectionRow`` for the verbs. Returns its row of the table correction, which says
        whether it could be applied. Raises InputError for a decision that makes no sense, or on what is not here.
        """
        from detente.event.correct import correction

        made = correction(
            verb, target, who=who, why=why, field=field, value=value, items=items, time=time or datetime.now(UTC)
        )
        self._require()
        self._present(made)
        return self._overlay([made])[0]

    def import_corrections(self, data: bytes) -> list[Row]:
        """Take over corrections that others made (JSON lines, as in corrections.jsonl); those known are left out.

        Returns their rows of the table correction. Raises InputError with the line that is wrong.
        """
        from detente.event.correct import load

        return self._overlay(load(data))

    def _present(self, made: CorrectionRow) -> None:
        """Raise InputError where what a correction names is not in the record: it would be kept for nothing."""
        from detente.store import database

        events = "SELECT event AS id FROM event WHERE dataset = '' UNION SELECT old AS id FROM redirect"
        kinds = {
            "event": f"SELECT id FROM ({events})",
            "document": "SELECT document AS id FROM document",
            "correction": "SELECT correction AS id FROM correction",
            "report": "SELECT report AS id FROM report",
        }
        target = {"duplicate": "document", "undo": "correction"}.get(made.verb, "event")
        items = "report" if made.verb == "split" else "event"
        for kind, names in ((target, (made.target,)), (items, made.items)):
            if not names:
                continue
            with self._reading() as source:
                found = database.rows(source, f"SELECT id FROM ({kinds[kind]}) WHERE list_contains(?, id)", [[*names]])
            known = {row["id"] for row in found}
            if missing := [name for name in names if name not in known]:
                note = " (rows of datasets cannot be corrected)" if kind == "event" else ""
                raise InputError(f"there is no {kind} {missing[0]} in {self.folder}{note}")

    def _overlay(self, made: list[CorrectionRow]) -> list[Row]:
        from detente.event.correct import dump
        from detente.store.journal import Journal

        self._require()
        with writing(self.folder):
            known = {row.id for row in self.corrections()}
            if new := [row for row in made if row.id not in known]:
                files.append(self.folder / "corrections.jsonl", dump(new))
            self._settle(Journal(self.folder / "inputs.jsonl"), None, [], 1)
        rows = {row["correction"]: row for row in self._rows("SELECT * FROM correction ORDER BY correction")}
        return [rows[row.id] for row in made]

    # --- reading ------------------------------------------------------------------------------------

    def runs(self) -> list[Run]:
        """All addings, oldest first."""
        found = []
        path = self.folder / "runs.jsonl"
        for number, line in enumerate(files.lines(path).splitlines(), 1):
            try:
                row = json.loads(line)
                times = {name: datetime.fromisoformat(row[name]) for name in ("started", "stopped")}
                found.append(Run(**{**row, **times}))
            except (ValueError, TypeError, KeyError):
                raise StoreError(f"{path}:{number} is damaged; remove that line") from None
        return found

    def corrections(self) -> list[CorrectionRow]:
        """What people decided, in the order in which it was written down."""
        from detente.event.correct import load

        self._require()
        path = self.folder / "corrections.jsonl"
        if not path.is_file():
            return []
        try:
            return load(files.lines(path))
        except InputError as error:
            raise StoreError(f"{path}: {error}") from None

    def corrected(self) -> list[Row]:
        """Rows of the table correction, oldest first: what people decided, and what became of it."""
        return self._rows("SELECT * FROM correction ORDER BY time, correction")

    def status(self) -> Row:
        """Rows of every table, the sums over items, bytes on the disk, and whether the database is up to date."""
        from detente.store import database
        from detente.store.journal import Journal
        from detente.store.schema import TABLES
        from detente.store.version import code

        with self._reading() as source:
            sums = database.totals(source)
            counts = {
                table.name: database.rows(source, f'SELECT count(*) AS n FROM "{table.name}"')[0]["n"]
                for table in TABLES
            }
        journal = Journal(self.folder / "inputs.jsonl")
        return {
            "folder": str(self.folder),
            "sums": sums,
            "rows": counts,
            "bytes": sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()),
            "inputs_of_older_code": sum(
                entry.code != code() and entry.refused is None for entry in journal.entries.values()
            ),
            "up_to_date": database.mark(self.database) == self._mark(journal),
        }

    def rejects(self) -> list[Row]:
        """Items that became no document: input (name), position, name, reason, byte."""
        return self._rows(
            "SELECT i.name AS input, r.position, r.name, r.reason, r.byte FROM item AS r JOIN input AS i USING (input) "
            "WHERE outcome = 'reject' ORDER BY i.name, input, r.position"
        )

    def outlets(self) -> list[Row]:
        """Rows of the table outlet, those with most documents first."""
        return self._rows("SELECT * FROM outlet ORDER BY documents DESC, outlet")

    def documents(self) -> list[Row]:
        """Rows of the table document, newest first."""
        return self._rows("SELECT * FROM document ORDER BY published DESC NULLS LAST, document")

    def events(self, wanted: Filter | None = None, *, evidence: bool = False) -> list[FoundEvent]:
        """Events that pass a filter, newest first; with ``evidence`` their sentences and sources."""
        from detente.query import Filter, events

        with self._reading() as source:
            return events(source, wanted or Filter(), evidence)

    def export(self, folder: str | os.PathLike[str], form: str = "parquet") -> list[Path]:
        """Write all tables as ``form`` (parquet or csv) with the codebook and a citation file; returns the paths."""
        from detente import __version__
        from detente.store import database
        from detente.store.export import export

        with self._reading() as source:
            return export(source, Path(folder), form, database.meta(source)["mark"][:16], __version__)

    # --- inside -------------------------------------------------------------------------------------

    def _make(self) -> None:
        """Make the folder a record, if it is none yet and holds nothing else."""
        sign = self.folder / "record.json"
        if sign.is_file():
            self._require()
            return
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise StoreError(f"{self.folder} is no record and not empty; name a new folder with -r")
        self.folder.mkdir(parents=True, exist_ok=True)
        files.write(sign, json.dumps({"detente_record": FORMAT}).encode() + b"\n")

    def _require(self) -> None:
        try:
            found = json.loads((self.folder / "record.json").read_bytes())
            known = found["detente_record"] <= FORMAT
        except FileNotFoundError:
            raise StoreError(f"{self.folder} is no record; 'detente add PATH -r {self.folder}' makes one") from None
        except (ValueError, KeyError, TypeError):
            raise StoreError(f"{self.folder / 'record.json'} is damaged") from None
        if not known:
            raise StoreError(f"{self.folder} was made by a newer version of Detente")

    def _inputs(self, paths: Sequence[Path | str], fetcher: Fetcher | None) -> Iterator[tuple[str, bytes] | Reject]:
        """The inputs under paths and addresses, and what gives none, without what lies in the record itself."""
        from detente.dataset.stream import is_parquet
        from detente.reader import inputs

        own = self.folder.resolve()
        addresses = [path for path in paths if isinstance(path, str)]
        yield from _fetched(addresses, fetcher)
        for path in paths:
            if isinstance(path, str):
                continue
            base = path if path.is_dir() else path.parent
            refused: list[Reject] = []
            for found in chain(inputs(path, reject=refused.append), (None,)):
                several: list[tuple[str, bytes] | Reject] = [*refused]
                if found is not None:
                    several.append(found)
                refused.clear()
                for each in several:
                    name = each.name if isinstance(each, Reject) else each[0]
                    place = base / name.split("!")[0]
                    if place.resolve().is_relative_to(own):
                        continue
                    if isinstance(each, Reject) and place.is_file() and is_parquet(place):
                        each = (name, place.read_bytes())  # no text, but it may be a dataset
                    yield each

    def _settle(self, journal: Journal, run: Run | None, hashes: list[str], workers: int) -> Run:
        """Bring the database up to date if it is not; returns the run with its sums, or the last one."""
        from detente.grouping import group
        from detente.store import database

        past, corrections = self.runs(), self.corrections()
        wanted = self._mark(journal)
        done = run
        if database.mark(self.database) != wanted:

            def runs(source: Any) -> list[Row]:
                nonlocal done
                if run is not None:
                    done = _summed(run, database.totals(source, hashes))
                every = [*past, done] if done is not None else past
                return [asdict(each) for each in every]

            database.build(
                self.database, self.folder / "shards", list(journal.entries.values()), {"outlet": self._edited()},
                lambda read: group(read, corrections), wanted, runs, workers,
            )  # fmt: skip
        elif run is not None:
            with database.opened(self.database) as source:
                done = replace(_summed(run, database.totals(source, hashes)), new=False)
        return done or (past[-1] if past else _NO_RUN)

    def _agree(self, read: set[str], items: int) -> None:
        """The items that the workers counted are those that the tables hold. Raises StoreError where they are not."""
        from detente.store import database

        with database.opened(self.database) as source:
            sums = database.totals(source, sorted(read))
        if sums["items"] != items or items != sum(sums[name] for name in sums if name != "items"):
            raise StoreError(f"{items} items were read, and the record holds {sums}: a fault, please report it")

    def _log(self, run: Run) -> None:
        row = {**asdict(run), "started": run.started.isoformat(), "stopped": run.stopped.isoformat()}
        files.append(self.folder / "runs.jsonl", json.dumps(row).encode("utf-8") + b"\n")

    def _edited(self) -> list[Row]:
        path = self.folder / "outlets.csv"
        if not path.is_file():
            return []
        try:
            found = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        except UnicodeDecodeError:
            raise StoreError(f"{path} is not UTF-8; save it as CSV in UTF-8") from None
        rows: dict[str, Row] = {}
        for number, row in enumerate(found, 2):
            if unknown := [str(name) for name in row if name not in OUTLET_FIELDS]:
                raise StoreError(
                    f"{path}:{number}: no column {unknown[0]!r} here; there are {', '.join(OUTLET_FIELDS)}"
                )
            name = (row.get("outlet") or "").strip().lower()
            if not name or name in rows:
                raise StoreError(f"{path}:{number}: " + (f"{name} stands twice" if name else "the outlet has no name"))
            rows[name] = {field: (row.get(field) or "").strip() or None for field in OUTLET_FIELDS} | {"outlet": name}
        return [rows[name] for name in sorted(rows)]

    def _mark(self, journal: Journal) -> str:
        """A hash of all that the database is made from, and of the code that makes it."""
        from detente.store.database import FORMAT as TABLES
        from detente.store.version import building

        entries = [asdict(entry) for _, entry in sorted(journal.entries.items())]
        corrections = sorted(row.id for row in self.corrections())
        truths = [entries, self._edited(), corrections, building(), TABLES]
        return hashlib.sha256(json.dumps(truths, ensure_ascii=True).encode("ascii")).hexdigest()

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        from detente.store import database

        self._require()
        with database.opened(self.database) as source:
            yield source

    def _rows(self, query: str) -> list[Row]:
        from detente.store import database

        with self._reading() as source:
            return database.rows(source, query)


def _fetched(addresses: Sequence[str], fetcher: Fetcher | None) -> Iterator[tuple[str, bytes] | Reject]:
    """What addresses give, under the addresses that gave it; a failure is a reject with its reason."""
    if not addresses:
        return
    from detente.fetch import Fetcher, cache_folder

    with nullcontext(fetcher) if fetcher is not None else Fetcher(cache_folder()) as source:
        for address in addresses:
            try:
                found = source.fetch(address)
            except FetchError as error:
                yield Reject(address, " ".join(str(error).split()))
            else:
                yield found.final_url, found.bytes


def _summed(run: Run, sums: dict[str, int]) -> Run:
    return replace(
        run, stopped=_now(), items=sums["items"], documents=sums["documents"], rows=sums["rows"],
        duplicates=sums["duplicates"], rejects=sums["rejects"],
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_NO_RUN = Run(0, datetime.min, datetime.min, "", "", 0, 0, 0, 0, 0, 0, 0, 0, False)
