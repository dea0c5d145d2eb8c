"""The bundled folder: every item becomes a document or a reject with a reason, and reports of one act one event."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from detente import reader
from detente.model import Document, Reject
from detente.query import Filter
from detente.record import Record

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "record"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    made = Record(tmp_path_factory.mktemp("example") / "record")
    made.add([FOLDER], workers=1)
    return made


def test_every_item_is_read_or_rejected_with_a_reason() -> None:
    found: list[Document | Reject] = []
    for given in reader.inputs(FOLDER):
        if isinstance(given, Reject):
            found.append(given)
        else:
            found += reader.documents(given[1], given[0])
    documents = [each for each in found if isinstance(each, Document) and each.language == "ru"]
    messages = len(json.loads((FOLDER / "result.json").read_text(encoding="utf-8"))["messages"])
    items = messages + (FOLDER / "feed.xml").read_text(encoding="utf-8").count("<item>")
    items += len((FOLDER / "svodka.jsonl").read_text(encoding="utf-8").splitlines())
    items += sum(path.is_file() for place in ("pages", "texts") for path in (FOLDER / place).iterdir())
    assert items == 60
    assert len(found) == items + 1  # and the README
    assert len(documents) == items - 2  # the service message, the photo
    assert all(each.reason for each in found if isinstance(each, Reject))
    assert {each.published.year for each in documents if each.published} == set(range(2019, 2026))
    assert all(each.published for each in documents)
    assert any(each.origin for each in documents)
    assert any(each.version for each in documents)


def test_the_record_sums_up_and_adding_again_changes_nothing(record: Record) -> None:
    run = record.runs()[0]
    assert (run.items, run.documents, run.rejects) == (61, 58, 3)
    again = record.add([FOLDER], workers=1)
    assert not again.new


def test_reports_of_one_act_are_one_event(record: Record) -> None:
    def told(**wanted: Any) -> list[tuple[str, int]]:
        return [(found.row["status"], found.row["reports"]) for found in record.events(Filter(**wanted))]

    assert told(dyad=("KAZ", "TUR"), aspect="exercise", status="occurred") == [("occurred", 3)]
    assert told(dyad=("RUS", "KAZ"), domain="energy") == [("denied", 4)]
    day = date(2023, 7, 10)
    assert told(dyad=("TUR", "KAZ"), since=day, until=day) == [("cancelled", 1)]  # announced, then called off
