"""The command line: exit codes, messages, JSON, pages, batches; through the runner and as a process."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import detente
from detente.cli import app
from detente.errors import DataError
from detente.model import Document, Interval, Mention, Party, Reading, Report, Sentence, Span
from detente.ontology.plover import TYPES
from detente.wire import SURE, gold_form, report_to_dict

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = ROOT / "examples" / "article.txt"
RUSSIAN = "Министр обороны Казахстана прибыл в Турцию, сообщила пресс-служба ведомства в понедельник."


def fake(document: Document) -> Reading:
    """A reading without any model: one event where «прибыл» stands."""
    text = document.text
    start = text.find("прибыл")
    trigger = Span(start, start + 6, "прибыл")
    report = Report(
        0, (Party("KAZ"),), (Party("TUR"),), "CONSULT", "visit", "military", "contact", "occurred", Interval(),
        trigger, "visit.v1", 0.9,
    )  # fmt: skip
    return Reading(
        document,
        (Sentence(0, 0, len(text)),),
        (Mention(0, min(7, len(text)), text[:7], "LOC", "KAZ"),),
        (report,) if start >= 0 else (),
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings without models, so that these tests are of the command line alone."""

    def read_all(documents: Iterable[Document]) -> Iterator[Reading]:
        for document in list(documents):
            if "СЛОМАЙСЯ" in document.text:
                raise RuntimeError("broken\nhere")
            if "ТАБЛИЦА" in document.text:
                raise DataError("states.csv:3: no such code")
            yield fake(document)

    monkeypatch.setattr("detente.reading.read_all", read_all)
    monkeypatch.setattr("detente.reading.reader", lambda _: None)


def run(*arguments: str | Path, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)


def process(*arguments: str | Path, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **settings.pop("env", {})}
    command = [sys.executable, "-m", "detente.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=env, check=False, timeout=120, **settings)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "статья 1.txt"
    path.write_text(RUSSIAN, encoding="utf-8")
    return path


def lines(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


# --- help and version


def test_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout == f"detente {detente.__version__}\n"


@pytest.mark.parametrize("command", [[], ["read"], ["annotate"], ["types"]])
def test_help_has_examples(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.stdout
    assert "detente " in result.stdout


def test_help_documents_exit_codes() -> None:
    for command in ("read", "annotate"):
        assert "Exit code: 0" in run(command, "--help").stdout


def test_help_says_what_sure_means() -> None:
    assert "sure" in run("annotate", "--help").stdout


def test_help_needs_no_model() -> None:
    code = (
        "import sys, detente.cli; from typer.testing import CliRunner; "
        "CliRunner().invoke(detente.cli.app, ['read', '--help']); "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'slovnet', 'trafilatura', 'detente.reading')))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False, timeout=60).returncode == 0


# --- read


@pytest.mark.usefixtures("quick")
class TestRead:
    def test_prints_a_reading(self, article: Path) -> None:
        result = run("read", article, "--date", "2024-10-17", "--title", "Проба")
        assert result.exit_code == 0
        for part in ("Проба", "published 17 Oct 2024", "Kazakhstan → Türkiye", "*прибыл*¹", "Where to go next"):
            assert part in result.stdout
        assert "\x1b" not in result.stdout
        assert result.stderr == ""

    def test_unknown_day_is_said(self, article: Path) -> None:
        assert "published unknown" in run("read", article).stdout

    def test_reads_standard_input(self) -> None:
        result = run("read", "-", input=RUSSIAN)
        assert result.exit_code == 0
        assert "standard input" in result.stdout

    def test_one_file_gives_a_json_object_with_its_text(self, article: Path) -> None:
        found = json.loads(run("read", article, "--json", "--date", "2024-10-17").stdout)
        trigger = found["reports"][0]["trigger"]
        assert found["text"][trigger["start"] : trigger["stop"]] == trigger["text"] == "прибыл"
        assert found["published"] == "2024-10-17"
        assert found["file"] == str(article)

    def test_several_files_give_a_json_array(self, article: Path) -> None:
        result = run("read", article, article, "--json")
        assert [row["file"] for row in json.loads(result.stdout)] == [str(article)] * 2

    def test_an_array_stays_an_array_where_one_of_two_is_missing(self, article: Path, tmp_path: Path) -> None:
        result = run("read", article, tmp_path / "no.txt", "--json")
        assert result.exit_code == 2
        assert len(json.loads(result.stdout)) == 1

    def test_html_is_written_to_its_place(self, article: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.html"
        result = run("read", article, "--html", out)
        assert result.exit_code == 0
        assert result.stdout == ""
        assert "1 reading, 1 event" in result.stderr
        assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "статья 1.txt"]

    def test_html_to_standard_output(self, article: Path) -> None:
        assert run("read", article, "--html", "-").stdout.startswith("<!DOCTYPE html>")

    def test_html_never_overwrites_its_input(self, article: Path) -> None:
        result = run("read", article, "--html", article)
        assert result.exit_code == 2
        assert "is the input itself" in result.stderr
        assert article.read_text(encoding="utf-8") == RUSSIAN

    @pytest.mark.parametrize(("out", "reason"), [(".", "is a directory"), ("no/where.html", "does not exist")])
    def test_html_to_an_impossible_place(self, article: Path, tmp_path: Path, out: str, reason: str) -> None:
        result = run("read", article, "--html", tmp_path / out)
        assert result.exit_code == 2
        assert reason in result.stderr

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b" \n\t ", "empty"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
            (b"\x00\x01\x02\x03" * 50, "binary"),
            ("Қазақстан президенті Қасым-Жомарт Тоқаев бүгін үкімет отырысын өткізді.".encode(), "Kazakh"),
            (b"The minister of defence arrived in the capital on Tuesday for talks with his colleague.", "English"),
        ],
    )
    def test_bad_input_is_one_clear_line(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / "bad.bin"
        path.write_bytes(content)
        result = run("read", path)
        assert result.exit_code == 2
        assert result.stderr.startswith("detente: ")
        assert result.stderr.count("\n") == 1
        assert result.stderr.count("bad.bin") == 1
        assert reason in result.stderr
        assert result.stdout == ""

    def test_missing_file_and_directory(self, tmp_path: Path) -> None:
        result = run("read", tmp_path / "no.txt", tmp_path)
        assert result.exit_code == 2
        assert [line.rpartition(": ")[2] for line in result.stderr.splitlines()] == [
            "no such file or directory",
            "is a directory; name the files in it",
        ]

    def test_good_files_are_read_beside_bad_ones(self, article: Path, tmp_path: Path) -> None:
        result = run("read", tmp_path / "no.txt", article)
        assert result.exit_code == 2
        assert "Kazakhstan → Türkiye" in result.stdout
        assert "no such file" in result.stderr
        assert "read 1 of 2 files" in result.stderr

    def test_a_file_that_fails_costs_only_itself(self, article: Path, tmp_path: Path) -> None:
        path = tmp_path / "broken.txt"
        path.write_text("СЛОМАЙСЯ, сказал министр обороны Казахстана и прибыл.", encoding="utf-8")
        result = run("read", path, article)
        assert result.exit_code == 2
        assert "Kazakhstan → Türkiye" in result.stdout
        assert "broken.txt: a fault of Detente" in result.stderr

    def test_a_date_that_overrules_the_file_is_said(self, tmp_path: Path) -> None:
        path = tmp_path / "dated.txt"
        path.write_text(f"17 октября 2024\n\n{RUSSIAN}", encoding="utf-8")
        overruled = run("read", path, "--date", "2024-10-01")
        assert overruled.exit_code == 0
        assert "published 1 Oct 2024" in overruled.stdout
        assert "dated.txt: note: it states 2024-10-17" in overruled.stderr
        assert "2024-10-01 (--date)" in overruled.stderr
        assert run("read", path, "--date", "2024-10-17").stderr == ""

    def test_an_unknown_day_is_asked_for(self, article: Path) -> None:
        assert "--date YYYY-MM-DD" in run("read", article).stdout
        assert "--date YYYY-MM-DD" not in run("read", article, "--date", "2024-10-17").stdout

    def test_json_lines_are_sent_to_annotate(self, tmp_path: Path) -> None:
        result = run("read", lines(tmp_path / "in.jsonl", [{"id": "a", "text": RUSSIAN}]))
        assert result.exit_code == 2
        assert "detente annotate FILE" in result.stderr

    def test_a_private_address_is_refused(self) -> None:
        result = run("read", "https://127.0.0.1/1")
        assert result.exit_code == 2
        assert "no public address" in result.stderr

    @pytest.mark.parametrize("day", ["2024-13-01", "17.10.2024", "20241017", "2024-10-17T10:00", "вчера"])
    def test_a_bad_date_is_refused(self, article: Path, day: str) -> None:
        result = run("read", article, "--date", day)
        assert result.exit_code == 2
        assert "YYYY-MM-DD" in result.stderr

    def test_an_unread_language_is_refused(self, article: Path) -> None:
        result = run("read", article, "--language", "kk")
        assert result.exit_code == 2
        assert "kk" in result.stderr

    def test_no_event_is_said(self, tmp_path: Path) -> None:
        path = tmp_path / "rain.txt"
        path.write_text("В городе весь день шёл сильный дождь, и вечером он не закончился.", encoding="utf-8")
        result = run("read", path)
        assert result.exit_code == 0
        assert "No event between two states or blocs was found (1 sentence read" in result.stdout

    def test_broken_tables_end_in_a_line_not_a_traceback(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("ТАБЛИЦА. Президент провёл переговоры с министром в столице.", encoding="utf-8")
        result = run("read", path)
        assert result.exit_code == 2
        assert result.stderr == "detente: states.csv:3: no such code\n"


# --- annotate


@pytest.mark.usefixtures("quick")
class TestAnnotate:
    def test_lines_come_out_in_order(self, tmp_path: Path) -> None:
        rows = [{"id": f"n{i}", "text": RUSSIAN, "published": "2024-10-17", "extra": [1]} for i in range(150)]
        out = tmp_path / "out.jsonl"
        result = run("annotate", lines(tmp_path / "in.jsonl", rows), out)
        assert result.exit_code == 0
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert [row["id"] for row in found] == [row["id"] for row in rows]
        assert next(iter(found[0])) == "id"
        assert {"language", "sentences", "mentions", "reports", "attributions"} <= set(found[0])
        assert found[0]["published"] == "2024-10-17"
        assert "lines read: 150; readings written: 150; events: 150; lines rejected: 0" in result.stderr

    def test_standard_streams(self) -> None:
        line = json.dumps({"id": 7, "text": RUSSIAN, "date": "2024-10-17T08:00:00Z", "title": "Т", "language": "ru"})
        result = run("annotate", "-", "-", input=f"\ufeff{line}\n\n")
        assert result.exit_code == 0
        found = json.loads(result.stdout)
        assert (found["id"], found["published"], found["title"]) == (7, "2024-10-17", "Т")

    def test_gold_form(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "in.jsonl", [{"id": "a", "text": RUSSIAN}])
        found = json.loads(run("annotate", path, "--gold-form").stdout)
        assert list(found) == ["id", "events"]
        assert found["events"][0]["actors"] == ["KAZ"]

    def test_a_missing_id_is_the_hash_of_the_content(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "in.jsonl", [{"text": RUSSIAN}, {"id": None, "text": RUSSIAN}])
        found = [json.loads(line)["id"] for line in run("annotate", path).stdout.splitlines()]
        assert found[0] == found[1]
        assert found[0].startswith("d")

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"{not json", "not JSON"),
            (b"[1, 2]", "an array, not an object"),
            (b'"text"', "a string, not an object"),
            (b"null", "null, not an object"),
            (b'{"id": "a"}', "no text"),
            (b'{"id": "a", "text": ""}', "empty"),
            (b'{"id": "a", "text": 5}', "'text' is a number"),
            (b'{"id": ["a"], "text": "%s"}' % RUSSIAN.encode(), "'id' is an array"),
            (b'{"id": true, "text": "%s"}' % RUSSIAN.encode(), "'id' is true or false"),
            (b'{"id": "a", "text": "%s", "published": "soon"}' % RUSSIAN.encode(), "not a date"),
            (b'{"id": "a", "text": "%s", "published": 20241017}' % RUSSIAN.encode(), "'published' is a number"),
            (b'{"id": "a", "text": "%s", "title": {}}' % RUSSIAN.encode(), "'title' is an object"),
            (b'{"id": "a", "text": "%s", "language": "en"}' % RUSSIAN.encode(), "English"),
            ('{"id": "a", "text": "Қазақстан президенті бүгін үкімет отырысын өткізді."}'.encode(), "Kazakh"),
            (b'{"id": "a", "text": "\xff\xfe"}', "not UTF-8"),
            (b'{"id": "a", "text": "\\ud800"}', "surrogate"),
            (b"[" * 100_000, "not JSON"),
            (b'{"id": ' + b"9" * 10_000 + b"}", "not JSON"),
            ('{"id": "a", "text": "СЛОМАЙСЯ, сказал министр обороны и прибыл."}'.encode(), "RuntimeError: broken here"),
        ],
    )
    def test_a_bad_line_is_reported_and_the_rest_goes_on(self, tmp_path: Path, line: bytes, reason: str) -> None:
        path = tmp_path / "in.jsonl"
        good = json.dumps({"id": "good", "text": RUSSIAN}).encode()
        path.write_bytes(good + b"\n\n" + line + b"\n" + good)
        result = run("annotate", path)
        assert result.exit_code == 1
        assert len(result.stdout.splitlines()) == 2
        report, summary = result.stderr.splitlines()
        assert report.startswith(f"{path}:3: ")
        assert reason in report
        assert "lines read: 3; readings written: 2; events: 2; lines rejected: 1" in summary

    def test_a_failed_run_leaves_what_was_there(self, tmp_path: Path) -> None:
        out = tmp_path / "out.jsonl"
        out.write_text("before", encoding="utf-8")
        text = "ТАБЛИЦА. Президент провёл переговоры с министром в столице."
        result = run("annotate", lines(tmp_path / "in.jsonl", [{"id": "a", "text": text}]), out)
        assert result.exit_code == 2
        assert "states.csv:3" in result.stderr
        assert out.read_text(encoding="utf-8") == "before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]

    def test_output_is_never_its_input(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "in.jsonl", [{"id": "a", "text": RUSSIAN}])
        (tmp_path / "link.jsonl").symlink_to(path)
        before = path.read_bytes()
        for out in (path, tmp_path / "link.jsonl"):
            assert run("annotate", path, out).exit_code == 2
        assert path.read_bytes() == before

    def test_unusable_input(self, tmp_path: Path) -> None:
        packed = tmp_path / "in.jsonl.gz"
        packed.write_bytes(gzip.compress(b"{}"))
        binary = tmp_path / "binary"
        binary.write_bytes(b"\x00" * 100)
        for path, reason in (
            (tmp_path / "no.jsonl", "no such file"), (tmp_path, "is a directory"), (packed, "gzip"), (binary, "binary"),
        ):  # fmt: skip
            result = run("annotate", path, tmp_path / "out.jsonl")
            assert result.exit_code == 2
            assert reason in result.stderr
            assert result.stderr.count("\n") == 1
            assert not (tmp_path / "out.jsonl").exists()

    def test_what_is_no_json_lines_is_told_once_with_what_reads_it(self, tmp_path: Path) -> None:
        text = tmp_path / "article.txt"
        text.write_text(f"{RUSSIAN}\n" * 30, encoding="utf-8")
        short = tmp_path / "short.html"
        short.write_text(f"<p>{RUSSIAN}</p>", encoding="utf-8")
        pretty = tmp_path / "pretty.json"
        pretty.write_text(json.dumps([{"text": RUSSIAN}], indent=1), encoding="utf-8")
        rich = tmp_path / "a.rtf"
        rich.write_text("{\\rtf1 x}", encoding="utf-8")
        for path, reason in (
            (text, "detente read FILE"), (short, "detente read FILE"), (pretty, "one object a line"), (rich, "RTF"),
        ):  # fmt: skip
            result = run("annotate", path, tmp_path / "out.jsonl")
            assert result.exit_code == 2
            assert reason in result.stderr
            assert result.stderr.count("\n") == 1
            assert not (tmp_path / "out.jsonl").exists()
            assert run("annotate", "-", input=path.read_bytes()).exit_code == 2

    def test_first_lines_that_are_bad_do_not_hide_good_ones(self, tmp_path: Path) -> None:
        path = tmp_path / "in.jsonl"
        path.write_text(f"# texts\n\n{json.dumps({'id': 'a', 'text': RUSSIAN})}\n", encoding="utf-8")
        result = run("annotate", path)
        assert result.exit_code == 1
        assert f"{path}:1: not JSON" in result.stderr
        assert json.loads(result.stdout)["id"] == "a"

    def test_output_keeps_the_mode_of_the_file_it_replaces(self, tmp_path: Path) -> None:
        out = tmp_path / "out.jsonl"
        out.touch(mode=0o640)
        out.chmod(0o640)
        run("annotate", lines(tmp_path / "in.jsonl", [{"id": "a", "text": RUSSIAN}]), out)
        assert out.stat().st_mode & 0o777 == 0o640

    def test_no_lines_give_no_readings(self, tmp_path: Path) -> None:
        path = tmp_path / "in.jsonl"
        path.touch()
        result = run("annotate", path)
        assert result.exit_code == 0
        assert "lines read: 0;" in result.stderr


# --- types


def test_types_are_told_in_plain_words() -> None:
    result = run("types")
    assert result.exit_code == 0
    for name, each in TYPES.items():
        assert name in result.stdout
        for mode in each.modes:
            assert mode.replace("_", " ") in result.stdout
    assert "travels to the other, its host" in result.stdout


def test_some_types_as_json() -> None:
    found = json.loads(run("types", "consult", "AID", "--json").stdout)
    assert [each["type"] for each in found] == ["CONSULT", "AID"]
    assert found[0]["modes"]["phone"] == "talks by telephone or video"
    result = run("types", "MEETING")
    assert result.exit_code == 2
    assert "CONSULT" in result.stderr


# --- as a process, with the models


def test_the_example_has_its_events() -> None:
    result = process("read", ARTICLE, "--date", "2024-10-17", "--json")
    assert result.returncode == 0, result.stderr.decode()
    found = json.loads(result.stdout)
    assert len(found["reports"]) >= 5
    text = found["text"]
    for report in found["reports"]:
        trigger = report["trigger"]
        assert text[trigger["start"] : trigger["stop"]] == trigger["text"]


def test_the_example_on_a_narrow_screen() -> None:
    result = process("read", ARTICLE, env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert result.returncode == 0, result.stderr.decode()
    text = result.stdout.decode()
    assert "\x1b" not in text
    assert "KAZ" in text
    table = text.partition("Marks:")[0].splitlines()
    assert all(len(line.rstrip()) <= 80 for line in table[3:])


def test_annotate_as_a_process(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.jsonl", [{"id": "a", "text": RUSSIAN, "published": "2024-10-17"}, {"id": "b"}])
    result = process("annotate", path, tmp_path / "out.jsonl")
    assert result.returncode == 1, result.stderr.decode()
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["id"] == "a"
    assert result.stdout == b""


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.jsonl", [{"id": i, "text": RUSSIAN} for i in range(2)])
    reader, writer = os.pipe()
    os.close(reader)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for arguments in (["annotate", str(path)], ["read", str(ARTICLE)], ["read", str(ARTICLE), "--json"]):
        command = [sys.executable, "-m", "detente.cli", *arguments]
        result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=env, check=False, timeout=120)
        assert b"Traceback" not in result.stderr
        assert b"Exception" not in result.stderr
        assert result.returncode == 141
    os.close(writer)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        for arguments in (["read", str(ARTICLE)], ["read", str(ARTICLE), "--json"]):
            command = [sys.executable, "-m", "detente.cli", *arguments]
            env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, check=False, timeout=120)
            assert result.returncode == 2
            assert result.stderr == b"detente: standard output: no space left on device\n"


def test_ctrl_c_ends_in_130_without_a_traceback(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "detente.cli", "annotate", "-", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as running:
        deadline = time.monotonic() + 30
        while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)  # the file beside OUT appears when the command is at work
        running.send_signal(signal.SIGINT)
        running.wait(timeout=30)
        assert running.stderr is not None
        assert running.stderr.read() == b"detente: interrupted\n"
    assert running.returncode == 130
    assert list(tmp_path.iterdir()) == []


# --- the documents


def test_every_field_of_the_output_is_described() -> None:
    text = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    reading = detente.read(RUSSIAN, published="2024-10-17")
    assert reading.attributions
    assert reading.mentions
    found = reading.to_dict()
    report = report_to_dict(reading.reports[0])
    names = {*found, *report, *gold_form(reading)[0]}
    for rows in (found["mentions"], found["attributions"], report["actors"]):
        names |= set(rows[0])  # type: ignore[index]
    assert {name for name in names if f"`{name}`" not in text} == set()
    assert f"`score` is {SURE:.1g} or more".replace("0.", ".") in text


def test_readme_tells_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"detente {command.callback.__name__}" in text
