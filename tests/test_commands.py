"""The commands ``correct`` and ``stories``."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from detente.cli import app
from detente.query import Filter
from detente.record import Record

BY = ("--who", "A. Reader", "--why", "an example")
VISITS = (
    "Министр обороны Казахстана 16 октября 2024 года прибыл в Анкару и встретился с министром обороны Турции.",
    "Президент Азербайджана 3 марта 2024 года посетил Москву, где провел переговоры с президентом России.",
    "Турция 5 мая 2024 года передала Азербайджану два самолета, сообщило министерство обороны.",
)


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, [*words], input=given)


def filled(folder: Path, texts: tuple[str, ...] = VISITS) -> Record:
    """A record of invented items, an outlet and a day each."""
    rows = [
        {"id": f"e{n}", "published": "2024-10-17", "outlet": f"o{n}.example", "title": f"Пример {n}", "text": text}
        for n, text in enumerate(texts)
    ]
    source = folder.parent / f"{folder.name}.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    record = Record(folder)
    record.add([source], workers=1)
    return record


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    monkeypatch.setenv("DETENTE_RECORD", str(tmp_path / "record"))
    monkeypatch.delenv("DETENTE_WHO", raising=False)
    return filled(tmp_path / "record")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A record that no test changes."""
    return filled(tmp_path_factory.mktemp("standing") / "record")


def events(record: Record, *dyad: str) -> list[Any]:
    return record.events(Filter(dyad=(dyad[0], dyad[1])), evidence=True)


def test_an_event_is_rejected_and_comes_back(record: Record) -> None:
    event = events(record, "KAZ", "TUR")[0].row["event"]
    done = run("correct", event, "reject", *BY)
    assert done.exit_code == 0, done.output
    assert not record.events(Filter(event=event))
    record.rebuild(workers=1)
    assert not record.events(Filter(event=event))
    undone = run("correct", done.stdout.strip(), "undo", *BY)
    assert undone.exit_code == 0, undone.output
    assert record.events(Filter(event=event))
    assert [row["applied"] for row in record.corrected()] == [False, True]
    shown = run("correct", "--list")
    assert "undone by a later correction" in " ".join(shown.stdout.split())
    assert len(json.loads(run("correct", "--list", "--json").stdout)) == 2


def test_an_event_is_recoded_and_its_evidence_says_by_whom(record: Record) -> None:
    event = events(record, "KAZ", "TUR")[0].row["event"]
    assert run("correct", event, "recode", "type", "cooperate", *BY).exit_code == 0
    assert run("correct", event, "recode", "mode", "", *BY).exit_code == 0
    row = record.events(Filter(event=event))[0].row
    assert (row["type"], row["mode"]) == ("COOPERATE", None)
    shown = run("events", "--event", event, "--evidence").stdout
    assert "recode type COOPERATE" in shown
    assert "A. Reader: an example" in shown


def test_an_actor_is_put_in_place_of_another_or_of_none(record: Record) -> None:
    event = events(record, "KAZ", "TUR")[0].row["event"]
    done = run("correct", event, "actor", "kaz", "uzb", *BY)
    assert done.exit_code == 0, done.output
    found = record.events(Filter(event=event))[0]
    assert "UZB" in (*found.actors, *found.recipients)
    kept = run("correct", event, "actor", "CHN", *BY)
    assert kept.exit_code == 1
    assert "CHN is no actor" in kept.output


def test_events_are_merged_and_split(record: Record) -> None:
    one, other = (events(record, *dyad)[0] for dyad in (("KAZ", "TUR"), ("AZE", "RUS")))
    names = one.row["event"], other.row["event"]
    done = run("correct", names[0], "merge", names[1], *BY, "--json")
    assert done.exit_code == 0, done.output
    both = json.loads(done.stdout)["event"]
    assert both in names
    whole = record.events(Filter(event=names[1]), evidence=True)[0]
    assert whole.row["event"] == both
    assert {proof.report for proof in whole.evidence} >= {one.evidence[0].report, other.evidence[0].report}
    apart = [proof.report for proof in other.evidence]
    assert run("correct", both, "split", *apart, *BY).exit_code == 0
    assert {proof.report for proof in record.events(Filter(event=names[0]), evidence=True)[0].evidence} == {
        proof.report for proof in one.evidence
    }


def test_a_document_is_no_duplicate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = (
        VISITS[0] + " Стороны обсудили совместные учения, ремонт техники и поставки, говорится в сообщении ведомства."
    )
    monkeypatch.setenv("DETENTE_RECORD", str(tmp_path / "twice"))
    record = filled(tmp_path / "twice", (long, long.replace("совместные учения", "совместные манёвры")))
    documents = [row["document"] for row in record.documents()]
    assert {event.row["sources"] for event in record.events()} == {1}
    assert run("correct", documents[0], "duplicate", *BY).exit_code == 0
    assert max(event.row["sources"] for event in record.events()) == 2


def test_corrections_go_from_one_record_to_another(record: Record, tmp_path: Path) -> None:
    event = events(record, "KAZ", "TUR")[0].row["event"]
    run("correct", event, "recode", "domain", "legal", *BY)
    out = tmp_path / "ours.jsonl"
    assert run("correct", "--export", str(out)).exit_code == 0
    assert run("correct", "--export", "-").stdout.encode() == out.read_bytes()
    other = filled(tmp_path / "other")
    for new in (1, 0):
        taken = run("correct", "--import", str(out), "-r", str(other.folder))
        assert taken.exit_code == 0, taken.output
        assert f"corrections read: 1; new: {new}; applied: 1" in taken.output
    assert other.events(Filter(event=event))[0].row["domain"] == "legal"
    assert other.corrections() == record.corrections()
    changed = out.read_text(encoding="utf-8").replace("legal", "military")
    refused = run("correct", "--import", "-", "-r", str(other.folder), given=changed)
    assert refused.exit_code == 2
    assert "line 1" in refused.output
    elsewhere = filled(tmp_path / "elsewhere", VISITS[1:2])
    kept = run("correct", "--import", str(out), "-r", str(elsewhere.folder))
    assert kept.exit_code == 1
    assert "kept but not applied" in kept.output
    assert len(elsewhere.corrections()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say one thing"),
        (("--list", "--export", "-"), "say one thing"),
        (("EVENT",), "no verb"),
        (("EVENT", "doubt", *BY), "no correction"),
        (("EVENT", "recode", "domain", *BY), "recode FIELD VALUE"),
        (("EVENT", "recode", "domain", "magic", *BY), "no domain"),
        (("EVENT", "recode", "colour", "red", *BY), "cannot be recoded"),
        (("EVENT", "reject", "more", *BY), "EVENT reject"),
        (("EVENT", "split", *BY), "split REPORT"),
        (("EVENT", "reject", "--who", "A. Reader"), "who decides it and why"),
        (("EVENT", "reject", *BY), "no event EVENT"),
        (("EVENT", "merge", "missing", *BY), "no event missing"),
        (("EVENT", "split", "missing", *BY), "no report missing"),
        (("missing", "duplicate", *BY), "no document missing"),
        (("missing", "undo", *BY), "no correction missing"),
        (("--import", "missing.jsonl"), "no such file"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_kept(standing: Record, words: tuple[str, ...], told: str) -> None:
    event = events(standing, "KAZ", "TUR")[0].row["event"]
    there = len(words) > 1 and words[-1] == BY[-1] and told != "no event EVENT"
    said = [event if word == "EVENT" and there else word for word in words]
    done = run("correct", *said, "-r", str(standing.folder))
    assert done.exit_code == 2, done.output
    assert told in " ".join(done.output.replace("│", " ").split())
    assert not standing.corrections()


def test_correct_needs_a_record(tmp_path: Path) -> None:
    for words in (("--list",), ("--export", "-"), ("x", "reject", *BY)):
        done = run("correct", *words, "-r", str(tmp_path / "none"))
        assert done.exit_code == 2
        assert "is no record" in done.output
    assert not (tmp_path / "none").exists()


TEXTS = {
    "v1": VISITS[0],
    "v2": VISITS[0],
    "t1": "Турция 5 мая 2024 года передала Азербайджану два самолета, сообщило министерство обороны.",
}


def test_stories_groups_a_file_of_texts(tmp_path: Path) -> None:
    rows = [{"id": key, "text": text, "published": "2024-10-17"} for key, text in TEXTS.items()]
    good = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(good, encoding="utf-8")
    done = run("stories", str(source), str(out))
    assert done.exit_code == 0, done.output
    assert "texts: 3; stories of two or more: 1; groups of duplicates: 1; lines rejected: 0" in done.output
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in found] == ["v1", "v2", "t1"]
    assert found[0]["duplicate"] == found[1]["duplicate"] is not None
    assert found[0]["story"] == found[1]["story"] is not None
    assert (found[2]["duplicate"], found[2]["story"], found[2]["size"]) == (None, None, 1)
    piped = run("stories", "-", given=good)
    assert piped.stdout == out.read_text(encoding="utf-8")


def test_stories_goes_on_past_bad_lines_and_refuses_what_is_no_lines(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Пример"}\nno json\n\n{"text": "a", "published": "soon"}\n', encoding="utf-8")
    done = run("stories", str(source))
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 1
    assert f"{source}:2: not JSON" in done.stderr
    assert f"{source}:4: 'soon' is no date" in done.stderr
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    refused = run("stories", str(packed))
    assert refused.exit_code == 2
    assert "detente stories -" in refused.output
    assert run("stories", str(source), str(source)).exit_code == 2
    assert run("stories", str(tmp_path / "missing.jsonl")).exit_code == 2
