"""Bytes of many documents: each item of an input becomes a document or a reject."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import os
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.model import Document, Reject
from detente.reader import Limits, documents, inputs
from detente.reader.archive import unpack
from detente.reader.channel import read_posts
from detente.reader.telegram import missing, repair
from detente.reader.warc import pieces

GOLDEN = Path(__file__).parent / "golden" / "readers"
INPUTS = sorted(
    path.name for path in GOLDEN.iterdir() if not path.name.endswith(".expected.json") and path.suffix != ".md"
)
COLUMNS = {"table_mapped.tsv": {"text": "body", "published": "when", "outlet": "who"}}


def plain(found: Document | Reject) -> dict[str, Any]:
    """A document or reject as JSON, without what it leaves empty."""
    row = {"is": type(found).__name__.lower(), **dataclasses.asdict(found)}
    for name in ("published", "time"):
        if row.get(name) is not None:
            row[name] = row[name].isoformat()
    return {
        name: value
        for name, value in row.items()
        if value not in (None, "", (), 0) or (name == "offset" and value == 0)
    }


def read(data: bytes, name: str, **options: Any) -> list[Document | Reject]:
    return list(documents(data, name, **options))


@pytest.mark.parametrize("name", INPUTS)
def test_golden_pairs(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.expected.json").read_text(encoding="utf-8"))
    got = [plain(each) for each in read((GOLDEN / name).read_bytes(), name, columns=COLUMNS.get(name))]
    assert json.loads(json.dumps(got)) == expected


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def told(found: list[Document | Reject]) -> list[str | None]:
    """Items of documents, reasons of rejects."""
    return [each.item if isinstance(each, Document) else each.reason for each in found]


# Telegram


def test_what_a_channel_page_shows_beside_the_text() -> None:
    posts = list(read_posts((GOLDEN / "channel.html").read_text(encoding="utf-8"), "channel.html"))
    assert [post.views for post in posts] == [None, 12_500, 982, 1_200_000, None]
    assert [post.album for post in posts] == [(), (), ("3", "4"), (), ()]
    assert [post.edited for post in posts] == [False, False, True, False, False]
    assert [post.reply for post in posts] == [None, None, None, "2", None]


def test_control_characters_are_repaired_and_written_backslashes_are_kept() -> None:
    assert json.loads(repair(r'"a\x0Bb\\x0B\\\x1F\"\n"')) == 'a\x0bb\\x0B\\\x1f"\n'


@given(st.text(max_size=60))
def test_repair_undoes_what_the_exporter_writes(text: str) -> None:
    escapes = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    written = "".join(escapes.get(char) or (f"\\x{ord(char):02X}" if char < " " else char) for char in text)
    assert json.loads(repair(f'"{written}"'), strict=False) == text


@pytest.mark.parametrize("name", ["telegram_chat.json", "telegram_account.json"])
def test_a_cut_export_gives_what_is_whole_and_says_where_it_ends(name: str) -> None:
    data = (GOLDEN / name).read_bytes()
    whole = [plain(each) for each in read(data, name)]
    for cut in range(data.index(b'"messages"') + 14, len(data.rstrip()) - 10, 97):
        *found, last = [plain(each) for each in read(data[:cut], name)]
        assert "cut off" in last["reason"]
        assert last["offset"] <= cut
        assert found == whole[: len(found)]


def export(*messages: tuple[int, str]) -> list[Document | Reject]:
    rows = [{"id": item, "type": "message", "date_unixtime": "1728945000", "text": text} for item, text in messages]
    chat = {"name": "Пример", "type": "private_channel", "id": 5, "messages": rows}
    return read(json.dumps(chat).encode(), "result.json")


def test_messages_deleted_between_exports() -> None:
    old = export((1, "Пример раз."), (2, "Пример два."), (3, "Пример три."), (4, "Пример."), (6, "Пример шесть."))
    new = export((2, "Пример два, исправлен."), (4, ""), (5, "Пример пять."))
    assert [each.item for each in missing(old, new)] == ["3"]
    assert missing(old, read(b"", "empty")) == ()


# Web archives

RECORDS = [piece.data + b"\r\n\r\n" for piece in pieces((GOLDEN / "archive.warc").read_bytes())]
PLAIN = b"".join(RECORDS)
PACKED = [gzip.compress(record, mtime=0) for record in RECORDS]
EXPECTED = [plain(each) for each in read(PLAIN, "archive.warc")]


def without_place(found: list[Document | Reject]) -> list[dict[str, Any]]:
    return [{name: value for name, value in plain(each).items() if name != "offset"} for each in found]


@pytest.mark.parametrize(
    "data", [b"".join(PACKED), gzip.compress(PLAIN), b"".join(PACKED[:5]) + gzip.compress(b"".join(RECORDS[5:]))]
)
def test_archives_packed_otherwise_give_the_same(data: bytes) -> None:
    expected = [{name: value for name, value in row.items() if name != "offset"} for row in EXPECTED]
    assert without_place(read(data, "archive.warc")) == expected


def test_gzip_damage_costs_its_record_and_is_told_with_its_offset() -> None:
    place = 7
    offset = sum(map(len, PACKED[:place]))
    data = bytearray(b"".join(PACKED))
    data[offset + 60 : offset + 90] = b"\x00" * 30
    found = read(bytes(data), "archive.warc")
    damaged = [each for each in found if isinstance(each, Reject) and "gzip data" in each.reason]
    assert [each.offset for each in damaged] == [offset]
    assert [row for row in without_place(found) if row["is"] == "document"][-1]["item"].endswith("9")
    assert len(found) == len(EXPECTED)


def test_a_wrong_length_or_header_costs_its_record() -> None:
    start = PLAIN.index(RECORDS[6])
    for damage in (
        RECORDS[6].replace(b"Content-Length: ", b"Content-Length: 9"),
        RECORDS[6].replace(b"Content-Length: ", b"Content-Length: 1"),
        RECORDS[6].replace(b"Content-Length", b"Content-Width"),
        RECORDS[6].replace(b"WARC/1.1", b"WHAT/1.1"),
        RECORDS[6][:40] + b"\r\n",
    ):
        found = read(PLAIN.replace(RECORDS[6], damage), "archive.warc")
        told_at = [each.offset for each in found if isinstance(each, Reject) and each.name.startswith("archive.warc@")]
        assert told_at == [start]
        assert told(found)[-1] == "cut by the crawler (length)"


@pytest.mark.parametrize("whole", [False, True])
def test_an_archive_that_is_cut_off_says_so(whole: bool) -> None:
    data = gzip.compress(PLAIN, mtime=0) if whole else b"".join(PACKED)
    found = read(data[:-40], "archive.warc")
    assert isinstance(found[-1], Reject)
    assert "cut off" in found[-1].reason
    assert found[-1].offset == (0 if whole else sum(map(len, PACKED[:-1])))
    assert told(found)[: len(EXPECTED) - 2] == told(read(PLAIN, "archive.warc"))[: len(EXPECTED) - 2]
    cut = read(PLAIN[:-40], "archive.warc")[-1]
    assert isinstance(cut, Reject)
    assert (cut.offset, "cut off" in cut.reason) == (PLAIN.index(RECORDS[-1]), True)


# Encodings, tables, archives of files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1251", "koi8-r", "none-such"])
def test_pages_in_any_encoding_under_any_declaration(encoding: str, declared: str) -> None:
    page = (GOLDEN / "page.html").read_text(encoding="utf-8").replace('charset="utf-8"', f'charset="{declared}"')
    found = read(page.encode(encoding, "xmlcharrefreplace"), "page.html", charset=declared)
    assert [plain(each) for each in found] == json.loads((GOLDEN / "page.html.expected.json").read_text("utf-8"))


def test_columns_that_are_not_there_are_named() -> None:
    data = (GOLDEN / "table.csv").read_bytes()
    (found,) = read(data, "t.csv", columns={"text": "Тело"})
    assert isinstance(found, Reject)
    assert "no column 'Тело' for 'text'; the columns are: 'Дата'" in found.reason
    (found,) = read(data, "t.csv", columns={"txt": "Текст"})
    assert isinstance(found, Reject)
    assert "no field 'txt'" in found.reason


def test_offsets_of_rows_lead_to_the_row() -> None:
    for name, encoding in (("table.csv", "cp1251"), ("lines.jsonl", "utf-8")):
        data = (GOLDEN / name).read_bytes()
        lines = data.split(b"\n")
        for each in read(data, name):
            if isinstance(each, Reject) and each.offset is not None:
                line = int(each.name.partition("#")[2])
                assert data[each.offset :].startswith(lines[line - 1]), encoding


def test_day_and_language_asked_for() -> None:
    rows = read((GOLDEN / "lines.jsonl").read_bytes(), "l.jsonl", published=date(2024, 1, 2), supported=("ru",))
    assert [each.published for each in rows if isinstance(each, Document)] == [date(2024, 10, 15), date(2024, 1, 2)]
    assert "looks Kazakh" in rows[1].reason if isinstance(rows[1], Reject) else False


def bundle(kind: str, members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=stream, mode=kind) as archive:
            for name, data in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


TEXT = "Это пример. Казахстан и Турция подписали договор.".encode()


@pytest.mark.parametrize("kind", ["zip", "w:", "w:gz", "w:bz2", "w:xz"])
def test_archives_are_told_by_content_and_read_in_each_other(kind: str) -> None:
    inner = bundle("zip", {"б.txt": TEXT})
    data = bundle(
        kind, {"../../etc/a.txt": TEXT, "c.gz": gzip.compress(TEXT), "d.dat": inner, "e.png": b"\x89PNG\r\n\x1a\n"}
    )
    refused: list[Reject] = []
    found = dict(unpack(data, "x", refused.append))
    assert found == {"x!etc/a.txt": TEXT, "x!c": TEXT, "x!d.dat!б.txt": TEXT}
    assert [(each.name, "PNG" in each.reason) for each in refused] == [("x!e.png", True)]
    assert told(read(data, "x"))[:3] == [None] * 3


def test_folders_are_walked_in_order_without_following_links(tmp_path: Path) -> None:
    write(tmp_path / "in" / "b.txt", TEXT)
    write(tmp_path / "in" / "a" / "c.html", TEXT)
    write(tmp_path / "in" / "w.warc.gz", b"".join(PACKED))
    write(tmp_path / "in" / "photo.dat", b"\xff\xd8\xff\xe0" + b"\x00" * 50)
    write(tmp_path / "in" / ".DS_Store", b"\x00")
    write(tmp_path / "secret.txt", TEXT)
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe")
    refused: list[Reject] = []
    found = [name for name, _ in inputs(tmp_path / "in", reject=refused.append)]
    assert found == ["b.txt", "w.warc.gz", "a/c.html"]
    assert sorted(each.name for each in refused) == [".DS_Store", "link.txt", "loop", "photo.dat", "pipe"]
    with pytest.raises(InputError, match="link to a folder"):
        list(inputs(tmp_path / "in"))
    with pytest.raises(InputError, match="not there"):
        list(inputs(tmp_path / "none"))


def test_bombs_are_refused() -> None:
    limits = Limits(file=1 << 20, total=4 << 20, ratio=20, free=1 << 20)
    for data in (
        gzip.compress(b"a" * (3 << 20)),
        bundle("zip", {f"{place}.txt": b"a" * (1 << 19) for place in range(20)}),
        bundle("zip", {"in.zip": bundle("zip", {"big.txt": b"a" * (3 << 20)})}),
    ):
        refused: list[Reject] = []
        assert sum(len(each) for _, each in unpack(data, "x", refused.append, limits)) <= 4 << 20
        assert any("unpacks to more than" in each.reason for each in refused)


def test_damaged_archives_say_what_is_lost() -> None:
    data = bytearray(bundle("zip", {"a.txt": TEXT, "b.txt": TEXT * 2}))
    data[data.index(b"a.txt") + 10] ^= 0xFF
    first, second = read(bytes(data), "x.zip")
    assert isinstance(first, Reject)
    assert first.name == "x.zip!a.txt"
    assert isinstance(second, Document)
    lines = b"".join(b'{"text": "%s %d"}\n' % (TEXT, place) for place in range(4000))
    *rows, tail = read(gzip.compress(lines)[:-200], "l.jsonl.gz")
    assert len(rows) > 3000
    assert isinstance(tail, Reject)
    assert "cut off" in tail.reason


# Nothing but documents and rejects, whatever the bytes


def damage(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, instead in cuts:
        place = start % (len(data) + 1)
        data = data[:place] + instead + data[place + length :]
    return data


CUTS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 200), st.binary(max_size=8)), min_size=1, max_size=4)


@pytest.mark.parametrize("name", [*INPUTS, "archive.warc.gz", "archive.zip"])
def test_damaged_bytes_raise_nothing(name: str) -> None:
    packed = {"archive.warc.gz": b"".join(PACKED), "archive.zip": bundle("zip", {"a.txt": TEXT, "b": PLAIN})}
    whole = packed.get(name) or (GOLDEN / name).read_bytes()

    @given(CUTS)
    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    def check(cuts: list[tuple[int, int, bytes]]) -> None:
        data = damage(whole, cuts)
        found = read(data, name, columns=COLUMNS.get(name))
        assert found
        assert found == read(data, name, columns=COLUMNS.get(name))
        for each in found:
            text = each.text if isinstance(each, Document) else each.name + each.reason
            assert text.strip()
            text.encode()
            if isinstance(each, Reject) and each.offset is not None and "!" not in each.name:
                assert 0 <= each.offset <= len(data)

    check()


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_raise_nothing(data: bytes) -> None:
    assert read(data, "x")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'<html><body class="tgme_main">' + b'<div data-post="x/1" class="tgme_widget_message_text">' * 3000, "deep"),
        (b'{"type":"private_channel","id":1,"messages":[' + b'{"id":1,"type":"message","text":' * 5000, "cut off"),
        (b'{"a":' * 50_000, "nested too deep"),
        (b"WARC/1.0\r\n" * 2000, "header of a record"),
        (b"<html>" + b"<div>" * 5000, "without article text"),
    ],
)
def test_hostile_nesting_is_told_and_not_pursued(data: bytes, says: str) -> None:
    found = read(data, "x")[-1]
    assert isinstance(found, Reject)
    assert says in found.reason


def test_a_table_with_old_line_ends_is_no_dataset() -> None:
    """Whether an input is a dataset is asked of every file: it must not fail on what is none."""
    from detente.dataset import kind_of

    data = 'date;text\r2024-06-12;"Пример: Турция осудила действия Сирии."\r'.encode()
    assert kind_of(data) is None
    assert [type(each).__name__ for each in documents(data, "old.csv")] == ["Document"]
