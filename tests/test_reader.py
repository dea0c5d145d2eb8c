"""Bytes of files and pages to documents."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError, LanguageError
from detente.reader import normalise, read_bytes, read_text
from detente.reader.html import looks_like_html, read_html
from detente.reader.published import find_day, line_day, path_day

PAGES = Path(__file__).parent / "golden" / "pages"
BODY = "Президент Казахстана прибыл в Анкару с визитом. Он встретится с президентом Турции."


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_pages_golden_pairs(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    document = read_bytes((PAGES / f"{name}.html").read_bytes(), f"{name}.html")
    day = document.published.isoformat() if document.published else None
    got = {"title": document.title, "published": day, "language": document.language, "source": document.source}
    assert got == {key: expected[key] for key in got}
    assert document.text.startswith(expected["starts"])
    assert document.text.endswith(expected["ends"])
    assert not [part for part in expected["without"] if part in document.text]


def test_the_author_is_read() -> None:
    page = read_html((PAGES / "agency.html").read_text(encoding="utf-8"))
    assert page.author == "Айгуль Серикова"


def test_a_page_in_an_old_encoding_that_declares_another() -> None:
    data = (PAGES / "agency.html").read_text(encoding="utf-8").encode("cp1251", "xmlcharrefreplace")
    assert read_bytes(data).title == "Токаев прибыл в Анкару с визитом"


def test_type_is_told_by_content_not_by_name() -> None:
    html = f"<html><body><article><p>{BODY}</p></article></body></html>"
    assert "<p>" not in read_bytes(html.encode(), "note.txt").text
    assert read_bytes(BODY.encode(), "page.html").text == BODY
    assert not looks_like_html("Если a < b, то <b> — это тег.")


def test_first_line_before_a_gap_is_the_title() -> None:
    document = read_bytes(f"Токаев прибыл в Анкару\r\n\r\n{BODY}".encode())
    assert (document.title, document.text) == ("Токаев прибыл в Анкару", BODY)


@pytest.mark.parametrize(
    "head", ["Это первая фраза.", "• пункт списка", "он сказал", "Первая фраза. Вторая фраза без точки", "Слова:"]
)
def test_prose_is_no_title(head: str) -> None:
    document = read_bytes(f"{head}\n\n{BODY}".encode())
    assert document.title is None
    assert document.text.startswith(head)


@pytest.mark.parametrize(
    "text",
    [
        f"15 октября 2024\n\n{BODY}",
        f"Токаев прибыл в Анкару\n15 октября 2024 года, 11:20\n\n{BODY}",
        f"Токаев прибыл в Анкару\n\nОпубликовано: 15.10.2024\n\n{BODY}",
        f"Дата публикации: 2024-10-15\n{BODY}",
        f"11:20, 15 октября 2024\n{BODY}",
        f"Вторник, 15 октября 2024 г.\n\nТокаев прибыл в Анкару\n\n{BODY}",
    ],
)
def test_a_date_line_at_the_top_is_the_day_of_publication(text: str) -> None:
    document = read_bytes(text.encode())
    assert (document.published, document.text) == (date(2024, 10, 15), BODY)


@pytest.mark.parametrize(
    "text",
    [f"15 октября 2024 года стороны подписали договор.\n{BODY}", f"{BODY}\n{BODY}\n{BODY}\n15 октября 2024", BODY],
)
def test_other_dates_are_not(text: str) -> None:
    assert read_bytes(text.encode()).published is None


def test_given_metadata_wins() -> None:
    data = (PAGES / "agency.html").read_bytes()
    document = read_bytes(data, published=date(2020, 1, 2), title="Заголовок", language="ru")
    assert (document.published, document.title) == (date(2020, 1, 2), "Заголовок")


def test_normal_form() -> None:
    assert normalise("\ufeffКазах\u00adстан\r\nи\u0306  \rа\u0301&nbsp;б") == "Казахстан\nй\nа\u00a0б"


def test_a_string_is_kept_as_it_is() -> None:
    text = f"Заголовок\n\n{BODY}"
    assert read_text(text).text == text
    with pytest.raises(InputError, match="empty"):
        read_text(" ")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b'{"id": 1, "text": "\xd0\x90"}\n', "annotate"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "feed"),
        (b"<html><body><script>var a=1;</script></body></html>", "without article text"),
        (b"\r\n{\\rtf1\\ansi x}", "RTF"),
        (b'<?xml version="1.0"?>\n<FictionBook><body><p>\xd0\x90</p></body></FictionBook>', "FictionBook"),
        (b'<?xml version="1.0"?><office:document xmlns:office="urn:x"><p>x</p></office:document>', "OpenDocument"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="x"?>\n<pkg:package><p>x</p></pkg:package>', "Word"),
        (b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\n<html>", "MHTML"),
        (b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain\n\nx", "e-mail"),
        (b"bplist00\xd1\x01\x02", "Safari web archive"),
    ],
)
def test_unreadable_input_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_bytes(data, "x.dat")
    assert "x.dat" in str(caught.value)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (("[Content_Types].xml", "word/document.xml"), r"Word document \(docx\)"),
        (("mimetype", "META-INF/manifest.xml"), "OpenDocument"),
        (("mimetype", "OEBPS/a.xhtml"), "EPUB"),
    ],
)
def test_office_documents_say_what_they_are_and_what_to_do(parts: tuple[str, ...], says: str) -> None:
    kinds = {"OpenDocument": "application/vnd.oasis.opendocument.text", "EPUB": "application/epub+zip"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts:
            archive.writestr(part, kinds.get(says, "") if part == "mimetype" else "x")
    with pytest.raises(InputError, match=rf"{says}.*save it as plain text or HTML"):
        read_bytes(packed.getvalue(), "x.dat")


def test_another_language_is_refused_by_name() -> None:
    with pytest.raises(LanguageError, match=r"note\.txt looks English; Detente reads Russian so far"):
        read_bytes(b"The president of Kazakhstan arrived in Ankara and met with the minister.", "note.txt")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-10-15T23:30:00+05:00", date(2024, 10, 15)),
        ("15 октября 2024", date(2024, 10, 15)),
        ("15 окт. 2024", date(2024, 10, 15)),
        ("9 мая 2024", date(2024, 5, 9)),
        ("3 марта 2024", date(2024, 3, 3)),
        ("15.10.2024", date(2024, 10, 15)),
        ("20241015T0930", date(2024, 10, 15)),
        ("31 февраля 2024", None),
        ("октябрь 2024", None),
    ],
)
def test_full_dates(text: str, day: date | None) -> None:
    assert find_day(text) == day


def test_dates_of_lines_and_addresses() -> None:
    assert line_day("15 октября 2024 года стороны подписали договор") is None
    assert path_day("https://example.com/politics/2024/10/15/visit.html") == date(2024, 10, 15)
    assert path_day("https://example.com/20241015/visit.html") == date(2024, 10, 15)
    assert path_day("https://example.com/2024/visit") is None


@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet="<>phtml/ абв=\"'!-", max_size=120).map(lambda t: t.encode()))
)
@settings(max_examples=80, deadline=None)
def test_reading_raises_nothing_but_input_errors(data: bytes) -> None:
    with suppress(InputError):
        assert read_bytes(data).text
