"""The record: whole shards, resuming, repeating, workers that die, sums, the same bytes out."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.engine import Pool, WorkerDied
from detente.errors import InputError, StoreError
from detente.query import Filter
from detente.record import Record
from detente.store import database, files
from detente.store.journal import Entry, Journal
from detente.store.schema import TABLES
from detente.store.shards import Originals

ROOT = Path(__file__).resolve().parents[1]
STATES = (("Казахстана", "Турцию", "Анкаре"), ("России", "Казахстан", "Астане"), ("Турции", "Азербайджан", "Баку"))
VISITS = ("посетил", "прибыл в")


def example(number: int) -> dict[str, Any]:
    """An invented news item, told apart by its number."""
    who, whom, where = STATES[number % 3]
    verb = "прибыл в" if number % 2 else "посетил"
    return {
        "id": f"e{number}",
        "published": f"2024-{1 + number % 12:02}-{1 + number % 28:02}",
        "outlet": ("primer.example", "obrazec.example")[number % 2],
        "title": f"Пример {number}: визит",
        "text": f"Министр обороны {who} накануне {verb} {whom}, сообщила пресс-служба ведомства. "
        f"В {where} стороны обсудили учения номер {number} и подписали соглашение.",
    }


def lines(numbers: range) -> str:
    return "".join(json.dumps(example(number), ensure_ascii=False) + "\n" for number in numbers)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder as a desk may have it: many items in a file with bad lines, small texts, one in English, one empty."""
    folder = tmp_path / "desk"
    (folder / "texts").mkdir(parents=True)
    bad = '{"text": 5}\nno json\n'
    (folder / "many.jsonl").write_text(lines(range(40)) + bad + lines(range(2)), encoding="utf-8")
    for number in range(100, 106):
        row = example(number)
        (folder / "texts" / f"{number}.txt").write_text(f"{row['title']}\n\n{row['text']}", encoding="utf-8")
    english = "The minister of defence of Kazakhstan arrived in Ankara on Monday and held talks with his colleague."
    (folder / "texts" / "english.txt").write_text(english, encoding="utf-8")
    (folder / "texts" / "empty.txt").write_text("", encoding="utf-8")
    (folder / "texts" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return folder


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of a few items, so that a small record has many."""
    monkeypatch.setattr("detente.adding.GROUP_INPUTS", 3)
    monkeypatch.setattr("detente.adding.PART_ITEMS", 8)


def contents(record: Record) -> dict[str, str]:
    """A hash of every exported table: what has to be equal for records to be equal."""
    with database.opened(record.database) as source:
        found = {}
        for table in TABLES:
            if table.name == "run":
                continue
            keys = ", ".join(f'"{key}"' for key in table.key)
            rows = database.rows(source, f'SELECT * FROM "{table.name}" ORDER BY {keys}')
            found[table.name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"
    return found


def shard_bytes(record: Record) -> dict[str, str]:
    root = record.folder / "shards"
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_every_item_is_a_document_a_duplicate_or_a_reject(desk: Path, tmp_path: Path) -> None:
    record = Record(tmp_path / "record")
    run = record.add([desk], workers=2)
    assert (run.inputs, run.known, run.new) == (10, 0, True)
    assert (run.items, run.documents, run.duplicates, run.rejects) == (53, 46, 2, 5)
    reasons = {row["name"]: row["reason"] for row in record.rejects()}
    assert len(reasons) == 5
    assert any("English" in reason for reason in reasons.values())
    assert any("empty" in reason for reason in reasons.values())
    assert record.status()["sums"] == {
        "items": 53, "documents": 46, "rows": 0, "duplicates": 2, "rejects": 5,
    }  # fmt: skip
    assert record.status()["up_to_date"]
    found = record.events(Filter(dyad=("KAZ", "TUR"), type="CONSULT"), evidence=True)
    assert found
    assert all(event.evidence and event.evidence[0].trigger in event.evidence[0].sentence for event in found)
    days = [event.row["stop"] for event in found if event.row["stop"]]
    assert days == sorted(days, reverse=True)


def test_added_again_changes_nothing(desk: Path, tmp_path: Path) -> None:
    record = Record(tmp_path / "record")
    first = record.add([desk], workers=1)
    before, stamp = contents(record), record.database.stat().st_mtime_ns
    second = record.add([desk, desk / "many.jsonl"], workers=2)
    assert not second.new
    assert second.known == second.inputs == first.inputs + 1
    assert (second.items, second.rejects) == (first.items, first.rejects)
    assert contents(record) == before
    assert record.database.stat().st_mtime_ns == stamp
    assert [run.run for run in record.runs()] == [1, 2]


def test_same_bytes_for_any_number_of_workers_hash_seed_and_order(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, other = (Record(tmp_path / name) for name in ("one", "two", "other"))
    one.add([desk], workers=1)
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    two.add([desk], workers=2)
    assert shard_bytes(one) == shard_bytes(two)
    assert contents(one) == contents(two)
    assert (one.folder / "inputs.jsonl").read_bytes() == (two.folder / "inputs.jsonl").read_bytes()
    texts = sorted((desk / "texts").iterdir(), reverse=True)
    other.add(texts[:4], workers=1)
    other.add([*texts[4:], desk / "many.jsonl"], workers=1)
    same = ("document", "sentence", "mention", "report", "event", "event_actor", "event_report", "duplicate", "pair")
    assert {name: contents(one)[name] for name in same} == {name: contents(other)[name] for name in same}
    for record in (one, two):
        record.export(tmp_path / f"{record.folder.name}-csv", "csv")
        record.export(tmp_path / f"{record.folder.name}-parquet", "parquet")
    for path in (*(tmp_path / "one-csv").iterdir(), *(tmp_path / "one-parquet").iterdir()):
        twin = Path(str(path.parent).replace("one-", "two-")) / path.name
        if path.name != "CITATION.cff":
            assert path.read_bytes() == twin.read_bytes(), path.name


_ADD = """
import sys
from detente import adding
from detente.record import Record
adding.GROUP_INPUTS, adding.PART_ITEMS = 3, 8
Record(sys.argv[1]).add([sys.argv[2]], workers=2)
"""


def start(record: Path, desk: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen([sys.executable, "-c", _ADD, str(record), str(desk)], env=environment)


def killed(desk: Path, tmp_path: Path, rounds: int, seed: int) -> None:
    """Kill an adding at random moments until it gets through; the record is that of an adding left in peace."""
    chance = random.Random(seed)
    whole = Record(tmp_path / "whole")
    began = time.monotonic()
    assert start(whole.folder, desk).wait() == 0
    usual = time.monotonic() - began
    expected = contents(whole)
    kills = 0
    while kills < rounds:
        record = Record(tmp_path / f"killed{kills}")
        while True:
            process = start(record.folder, desk)
            try:
                code = process.wait(timeout=chance.uniform(0.05, 1.1) * usual if kills < rounds else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            else:
                assert code == 0
                break
        assert contents(record) == expected
        shards = {name for name in shard_bytes(record) if not name.startswith(files.TEMPORARY)}
        assert shards == set(shard_bytes(whole))
        assert record.status()["up_to_date"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_and_run_again_is_the_same_record(desk: Path, tmp_path: Path) -> None:
    killed(desk, tmp_path, 4, seed=1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_fifty_times_is_the_same_record(desk: Path, tmp_path: Path) -> None:
    killed(desk, tmp_path, 50, seed=2)


HOSTILE = "УБИЙЦА"


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers whose reading dies over a certain word, as over a fault in a library."""
    package = tmp_path / "hostile"
    package.mkdir()
    (package / "sitecustomize.py").write_text(
        f"""
import os, signal, sys
def trace(reader):
    many = reader.read_many
    def read_many(self, documents):
        if any({HOSTILE!r} in document.text for document in documents):
            os.kill(os.getpid(), signal.SIGSEGV)
        return many(self, documents)
    reader.read_many = read_many
import detente.reading
trace(detente.reading.Reader)
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package), str(ROOT / "src")]))


@pytest.mark.usefixtures("hostile")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSEGV")
def test_an_item_that_ends_a_worker_is_a_reject_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [example(number) for number in range(6)]
    rows[3]["text"] += f" {HOSTILE}."
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    record = Record(tmp_path / "record")
    run = record.add([tmp_path / "some.jsonl"], workers=1)
    assert (run.items, run.documents, run.rejects) == (6, 5, 1)
    reject = record.rejects()[0]
    assert (reject["position"], reject["name"]) == (3, "e3")
    assert "SIGSEGV" in reject["reason"]


def _double(argument: int, emit: Callable[[Any], None]) -> None:
    emit(argument * 2)


def _die(argument: Path, emit: Callable[[Any], None]) -> None:
    if not argument.exists():
        argument.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    emit("lived")


def _hang(argument: float, emit: Callable[[Any], None]) -> None:
    del emit
    time.sleep(argument)


def _fail(argument: str, emit: Callable[[Any], None]) -> None:
    del emit
    raise InputError(argument)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_pool_survives_dead_hung_and_failing_workers(tmp_path: Path) -> None:
    heard: list[Any] = []
    with Pool(1) as pool:
        with pytest.raises(WorkerDied, match="SIGKILL"):
            pool.submit(_die, tmp_path / "first", heard.append).result()
        pool.submit(_die, tmp_path / "second", heard.append, lambda argument, _: argument).result()
        with pytest.raises(InputError, match="told"):
            pool.submit(_fail, "told", heard.append).result()
        pool.submit(_double, 21, heard.append).result()
        processes = pool.processes
    assert heard == ["lived", 42]
    with Pool(1, patience=2) as pool, pytest.raises(WorkerDied, match="no sign"):
        pool.submit(_hang, 60, heard.append).result()
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_one_writer(desk: Path, tmp_path: Path) -> None:
    from detente.store.lock import writing

    record = Record(tmp_path / "record")
    record.add([desk / "texts" / "100.txt"], workers=1)
    with writing(record.folder), pytest.raises(StoreError, match=rf"being written by process {os.getpid()}"):
        record.add([desk / "texts"], workers=1)
    assert record.documents()


def test_rebuild_makes_the_same_and_reads_again_what_older_code_read(desk: Path, tmp_path: Path) -> None:
    record = Record(tmp_path / "record")
    record.add([desk], workers=1)
    before = contents(record)
    record.database.unlink()
    with pytest.raises(StoreError, match="rebuild"):
        record.documents()
    assert record.rebuild() == 0
    assert contents(record) == before
    journal = Journal(record.folder / "inputs.jsonl")
    old = next(entry for entry in journal.entries.values() if entry.name == "many.jsonl")
    journal.append([Entry(old.input, old.name, old.size, "older", old.settings, old.shards)])
    assert record.status()["inputs_of_older_code"] == 1
    assert record.rebuild(workers=1) == 1
    assert contents(record) == before


def test_folder_that_is_no_record_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="no record and not empty"):
        Record(tmp_path).add([tmp_path / "letter.txt"])
    with pytest.raises(StoreError, match="is no record"):
        Record(tmp_path / "nowhere").status()
    with pytest.raises(InputError, match="no such file"):
        Record(tmp_path / "record").add([tmp_path / "missing"])
    assert not (tmp_path / "record").exists()


def test_journal_drops_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "inputs.jsonl"
    entries = [Entry(str(number), "n", 1, "c", "{}", ("s",)) for number in range(3)]
    journal = Journal(path)
    journal.append(entries[:2])
    journal.append(entries[2:])
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    torn = Journal(path)
    assert set(torn.entries) == {"0", "1"}
    torn.append(entries[2:])
    assert path.read_bytes() == whole


def test_originals_are_kept_and_checked(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    name = originals.keep(b"text" * 1000)
    assert originals.load(name) == b"text" * 1000
    assert originals.load(originals.keep(b"")) == b""
    originals.path(name).write_bytes(originals.path(originals.keep(b"other")).read_bytes())
    with pytest.raises(StoreError, match="not what its name says"):
        originals.load(name)


def test_csv_neutralises_formulas_and_parquet_keeps_them(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    rows = [example(0), example(1)]
    rows[0]["title"] = '=HYPERLINK("http://x.example")'
    rows[1]["title"] = "@SUM(1) и встреча"
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    record = Record(tmp_path / "record")
    record.add([tmp_path / "some.jsonl"], workers=1)
    record.export(tmp_path / "csv", "csv")
    record.export(tmp_path / "parquet")
    with (tmp_path / "csv" / "document.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert {row["title"][:2] for row in found} == {"'=", "'@"}
    assert all(row["text"].startswith("'") for row in found)
    kept = pq.read_table(tmp_path / "parquet" / "document.parquet").to_pylist()
    assert {row["title"][0] for row in kept} == {"=", "@"}
    with pytest.raises(StoreError, match="no form"):
        record.export(tmp_path / "other", "xlsx")


def test_exports_are_read_by_what_analysts_use(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(lines(range(4)), encoding="utf-8")
    record = Record(tmp_path / "record")
    record.add([tmp_path / "some.jsonl"], workers=1)
    for form in ("csv", "parquet"):
        record.export(tmp_path / form, form)
    events = len(record.events())
    read = 0
    with suppress(ImportError):
        import pandas

        assert len(pandas.read_csv(tmp_path / "csv" / "event.csv")) == events
        assert len(pandas.read_parquet(tmp_path / "parquet" / "event.parquet")) == events
        read += 1
    with suppress(ImportError):
        import polars

        assert len(polars.read_csv(tmp_path / "csv" / "event.csv")) == events
        assert len(polars.read_parquet(tmp_path / "parquet" / "event.parquet")) == events
        read += 1
    if shutil.which("Rscript"):
        code = f'cat(nrow(read.csv("{tmp_path}/csv/event.csv")), nrow(read.csv("{tmp_path}/csv/document.csv")))'
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [str(events), "4"]
        read += 1
    if not read:
        pytest.skip("none of pandas, polars and R is here")


def test_codebook_describes_every_exported_column(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(lines(range(1)), encoding="utf-8")
    record = Record(tmp_path / "record")
    record.add([tmp_path / "one.jsonl"], workers=1)
    record.export(tmp_path / "out", "csv")
    with (tmp_path / "out" / "codebook.csv").open(encoding="utf-8") as stream:
        described = {(row["table"], row["column"]): row for row in csv.DictReader(stream)}
    for path in (tmp_path / "out").glob("*.csv"):
        if path.name != "codebook.csv":
            with path.open(encoding="utf-8") as stream:
                header = next(csv.reader(stream))
            assert [(path.stem, name) in described for name in header] == [True] * len(header)
    assert all(row["description"].endswith(".") for row in described.values())
    for row in described.values():
        if row["type"] in {"integer", "real"} and not row["unit"]:
            raise AssertionError(f"{row['table']}.{row['column']} has no unit")


def test_outlets_are_counted_and_edited(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(lines(range(5)), encoding="utf-8")
    record = Record(tmp_path / "record")
    record.add([tmp_path / "some.jsonl"], workers=1)
    assert [(row["outlet"], row["documents"]) for row in record.outlets()] == [
        ("primer.example", 3), ("obrazec.example", 2),
    ]  # fmt: skip
    record.edit_outlet("Primer.example", owner="Пример", country="KAZ")
    record.rebuild()
    row = record.outlets()[0]
    assert (row["owner"], row["country"], row["language"]) == ("Пример", "KAZ", "ru")
    with pytest.raises(InputError, match="colour"):
        record.edit_outlet("primer.example", colour="red")
    (record.folder / "outlets.csv").write_text("outlet,owner\nx.example,A\nx.example,B\n", encoding="utf-8")
    with pytest.raises(StoreError, match="stands twice"):
        record.rebuild()


def test_commands_on_a_record(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "record"
    monkeypatch.setenv("DETENTE_RECORD", str(folder))
    runner = CliRunner()
    added = runner.invoke(app, ["add", str(desk), "--workers", "1"])
    assert added.exit_code == 1, added.output
    assert "items: 53 = documents: 46 + duplicates: 2 + rejected: 5" in added.output
    assert "nothing new" in runner.invoke(app, ["add", str(desk / "many.jsonl"), "--workers", "1"]).output
    found = json.loads(runner.invoke(app, ["events", "--actor", "kaz", "--limit", "3", "--json"]).stdout)
    assert len(found) == 3
    assert all("KAZ" in f"{row['actors']} {row['recipients']}" and row["evidence"] for row in found)
    table = runner.invoke(app, ["events", "--dyad", "KAZ", "TUR", "--csv", "--evidence"]).stdout
    rows = list(csv.DictReader(table.splitlines()))
    assert rows
    assert all(row["report_sentence"] for row in rows)
    assert json.loads(runner.invoke(app, ["events", "--until", "1990-01-01", "--json"]).stdout) == []
    day = date(2024, 3, 1)
    later = json.loads(runner.invoke(app, ["events", "--since", str(day), "--json"]).stdout)
    assert later
    assert all(date.fromisoformat(row["stop"]) >= day for row in later)
    shown = runner.invoke(app, ["events", "--outlet", "primer.example", "--speaker", "пресс-служба", "--evidence"])
    assert "пресс-служба" in shown.stdout
    for command in (["status"], ["runs"], ["rejects"], ["outlets"], ["rebuild"], ["export", str(tmp_path / "out")]):
        done = runner.invoke(app, command)
        assert done.exit_code == 0, done.output
    assert runner.invoke(app, ["events", "--since", "2024"]).exit_code == 2
    missing = runner.invoke(app, ["status", "-r", str(tmp_path / "none")])
    assert missing.exit_code == 2
    assert "is no record" in missing.output


def test_datasets_become_events_of_their_own_once(tmp_path: Path) -> None:
    header = "date,source_name,event_text,target_name\n"
    rows = [
        "2018-01-02,Kazakhstan,Make a visit,Turkey",
        "2018-01-03,Turkey,Consult,Azerbaijan",
        "2018-01-04,Nobody Known,Consult,Turkey",
    ]
    (tmp_path / "one.csv").write_text(header + "\n".join(rows) + "\nno date,Turkey,Consult,Russia\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text(header + "\n".join(rows[:2]) + "\n", encoding="utf-8")
    record = Record(tmp_path / "record")
    run = record.add([tmp_path / "one.csv", tmp_path / "two.csv"], workers=2)
    assert (run.items, run.documents, run.rows, run.duplicates, run.rejects) == (6, 0, 3, 2, 1)
    found = record.events(Filter(dyad=("KAZ", "TUR")))
    assert [(each.row["dataset"], each.row["type"], each.actors) for each in found] == [("icews", "CONSULT", ("KAZ",))]
    assert len(record.events()) == 2
    assert not record.add([tmp_path / "two.csv"]).new


def test_people_have_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(lines(range(3)), encoding="utf-8")
    record = Record(tmp_path / "record")
    record.add([tmp_path / "some.jsonl"], workers=1)
    event = record.events(Filter(actor="KAZ"))[0].row["event"]
    done = record.correct("recode", event, who="A. Reader", why="an example", field="domain", value="legal")
    assert (done["applied"], done["event"]) == (True, event)
    (tmp_path / "more.jsonl").write_text(lines(range(3, 6)), encoding="utf-8")
    record.add([tmp_path / "more.jsonl"], workers=1)
    record.rebuild()
    row = record.events(Filter(event=event))[0].row
    assert (row["domain"], row["corrections"]) == ("legal", done["correction"])
    shared = (record.folder / "corrections.jsonl").read_bytes()
    other = Record(tmp_path / "other")
    other.add([tmp_path / "some.jsonl"], workers=1)
    assert [each["applied"] for each in other.import_corrections(shared)] == [True]
    assert other.events(Filter(event=event))[0].row["domain"] == "legal"
    with pytest.raises(InputError, match="no correction"):
        record.correct("doubt", event, who="A. Reader", why="an example")
