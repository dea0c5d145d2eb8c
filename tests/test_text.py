"""Decoding, masking and language identification."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import DataError, InputError, LanguageError
from detente.text.decode import decode
from detente.text.identify import identify, require_language
from detente.text.mask import mask
from detente.text.rules import rules

GOLDEN = Path(__file__).parent / "golden"
SENTENCE = "Президент Казахстана провёл переговоры с Эрдоганом — обе стороны довольны."
ESCAPES = {"\\n": "\n", "\\u00ad": "\u00ad", "\\u0301": "\u0301"}


def lines(name: str) -> list[str]:
    rows = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row and not row.startswith("# ")]


def plain(text: str) -> str:
    for written, meant in ESCAPES.items():
        text = text.replace(written, meant)
    return text


# --- decoding


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "cp866", "mac-cyrillic"],
)
@pytest.mark.parametrize("text", [SENTENCE, "Встреча в Москве", "ПУТИН ПРИБЫЛ В АНКАРУ", "Иран отозвал посла из Ирака"])
def test_russian_is_decoded_from_every_encoding(encoding: str, text: str) -> None:
    text = text if encoding.startswith("utf") else text.encode(encoding, "ignore").decode(encoding)
    assert decode(text.encode(encoding)).text == text


def test_a_wrong_declaration_is_overruled() -> None:
    page = f'<html><head><meta charset="utf-8"></head><body>{SENTENCE}</body></html>'
    assert decode(page.encode("cp1251")).text == page
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>{SENTENCE}</p>'
    assert decode(page.encode("utf-8")).text == page


def test_a_right_declaration_and_an_unknown_one() -> None:
    page = "<?xml version='1.0' encoding='koi8-r'?><p>яя</p>"
    assert decode(page.encode("koi8-r")).text == page
    assert decode(b'<meta charset="x-nonsense">' + SENTENCE.encode()).text.endswith(SENTENCE)


def test_western_text_is_not_read_as_cyrillic() -> None:
    text = "Le président a déclaré que la visite était très réussie à Genève"
    assert decode(text.encode("cp1252")).text == text


def test_broken_utf8_stays_utf8() -> None:
    decoded = decode((SENTENCE * 3).encode("utf-8")[:-1] + b"\xd0")
    assert decoded.encoding == "utf-8"
    assert decoded.replaced >= 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 abc", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"PK\x03\x04\x14\x00\x00[Content_Types].xml word/document.xml", "Word"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (b"\x7fELF\x02\x01", "program"),
        (b"{\\rtf1\\ansi text}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "Office"),
        (b"SQLite format 3\x00abc", "SQLite"),
        (bytes(range(256)) * 4, "binary"),
        (b"text\x00with\x00\x00nuls\x00and\x01more", "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        decode(data, "page.bin")
    assert "page.bin" in str(caught.value)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_decoding_raises_nothing_but_input_errors(data: bytes) -> None:
    with suppress(InputError):
        assert decode(data).text


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя АБВ,.", min_size=1, max_size=80).filter(lambda t: t.strip()))
@settings(max_examples=80, deadline=None)
def test_utf8_is_always_kept(text: str) -> None:
    assert decode(text.encode("utf-8")).text == text


# --- masking


@pytest.mark.parametrize("case", lines("mask.txt"))
def test_masking_golden_pairs(case: str) -> None:
    text, expected = (plain(part) for part in case.split(" ⇒ "))
    masked = mask(text)
    assert len(masked.text) == len(text)
    assert " ¦ ".join(" ".join(masked.text[a:b].split()) for a, b in masked.segments) == expected


def test_source_tails_are_returned() -> None:
    text = "Баку и Анкара подписали договор.\nИсточник: РИА Новости"
    (tail,) = mask(text).tails
    assert tail.text == "РИА Новости" == text[tail.start : tail.stop]


@pytest.mark.parametrize(
    ("text", "place", "day", "agency"),
    [
        ("МОСКВА, 16 фев — РИА Новости. Россия ввела санкции.", "МОСКВА", "16 фев", "РИА Новости"),
        ("БИШКЕК, 5 августа /Новости-Грузия/. Киргизия отозвала посла.", "БИШКЕК", "5 августа", "Новости-Грузия"),
        ("ЕРЕВАН, 28 января. /ТАСС/. Армения закупит оружие.", "ЕРЕВАН", "28 января", "ТАСС"),
        ("Москва. 10 января. INTERFAX.RU - Россия ввела санкции.", "Москва", "10 января", "INTERFAX.RU"),
        ("АСТАНА. КАЗИНФОРМ - Токаев принял посла.", "АСТАНА", None, "КАЗИНФОРМ"),
        ("ТАСС, 12 марта. Россия ввела санкции.", None, "12 марта", "ТАСС"),
        ("АНКАРА, 12 мая (Reuters) - Турция ввела пошлины.", "АНКАРА", "12 мая", "Reuters"),
    ],
)
def test_datelines_are_returned_in_parts(text: str, place: str | None, day: str | None, agency: str) -> None:
    (line,) = mask(text).datelines
    assert (line.place and line.place.text, line.date and line.date.text) == (place, day)
    assert line.agency is not None
    assert line.agency.text == agency == text[line.agency.start : line.agency.stop]
    assert line.start == 0


def test_time_stamps_are_returned() -> None:
    text = "Азербайджан увеличил поставки газа 3 января 2017 11:22 164 Азербайджан в январе поставил газ."
    (stamp,) = mask(text).stamps
    assert stamp.text.startswith("3 января 2017 11:22")


def test_a_known_title_is_cut_off() -> None:
    title = "Лукашенко принял посла Китая в Минске"
    text = f"{title} Александр Лукашенко встретился с новым послом КНР."
    assert [text[a:b] for a, b in mask(text, title=title).segments] == [title, text[len(title) + 1 :]]
    goes_on = f"{title} и обсудил с ним торговлю."
    assert len(mask(goes_on, title=title).segments) == 1


def test_wrapped_lines_are_no_breaks() -> None:
    text = "Президент Казахстана прибыл\nв Анкару с официальным визитом и провёл\nпереговоры с президентом\nТурции."
    assert len(mask(text).segments) == 1


def test_segments_are_ordered_and_trimmed() -> None:
    for case in lines("mask.txt"):
        masked = mask(plain(case.split(" ⇒ ")[0]))
        before = 0
        for start, stop in masked.segments:
            assert before <= start < stop
            assert masked.text[start:stop].strip()
            before = stop
        assert masked.breaks == tuple(start for start, _ in masked.segments[1:])


ALPHABET = "абвгАБВГ .,:;!?\n\t«»\"()[]*_#@&|—-/©•<>'`~{}0123456789\u00ad\u200b\u0301😀🇰🇿"
PIECES = [
    "Фото: ",
    "© РИА Новости. ",
    "(признан иноагентом)",
    "Источник: ТАСС",
    "МОСКВА, 16 фев — РИА Новости. ",
    "11:22 ",
]


@given(st.lists(st.one_of(st.text(alphabet=ALPHABET, max_size=12), st.sampled_from(PIECES)), max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_masking_keeps_length_and_never_raises(text: str) -> None:
    masked = mask(text)
    assert len(masked.text) == len(text)
    assert all(0 <= start < stop <= len(text) for start, stop in masked.segments)
    assert all(text[tail.start : tail.stop] == tail.text for tail in masked.tails)


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_masking_takes_any_text(text: str) -> None:
    assert len(mask(text).text) == len(text)
    assert len(mask(text, title=text[:30]).text) == len(text)


@pytest.mark.parametrize(
    "text", ["a" * 50_000 + "@", "*" * 20_000, "(запрещ" * 3_000, "12:30 " * 4_000, "МОСКВА, 1 " * 3_000, "«" * 20_000]
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    start = time.perf_counter()
    mask(text)
    assert time.perf_counter() - start < 2.0


def test_mask_rules_are_sorted_and_a_missing_language_is_told() -> None:
    kinds = [entry.kind for entry in rules("ru").noise]
    assert kinds == sorted(kinds)
    with pytest.raises(DataError, match="mask_xx"):
        rules("xx")


# --- language


@pytest.mark.parametrize("case", lines("languages.txt"))
def test_language_golden_pairs(case: str) -> None:
    code, text = case.split("|", 1)
    assert identify(text).language == code


def test_other_languages_are_named_in_the_error() -> None:
    with pytest.raises(LanguageError, match=r"looks Kazakh; Detente reads Russian") as caught:
        require_language("Қазақстан Президенті Түркияға ресми сапармен барды.")
    assert caught.value.language == "kk"
    with pytest.raises(LanguageError):
        require_language("12345 !!!")


def test_plain_russian_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("detente.text.identify._model", refuse)
    assert identify(SENTENCE).language == "ru"
    assert identify("Глава МИД РФ Сергей Лавров прибыл в Анкару на переговоры.").language == "ru"


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_identification_takes_any_text(text: str) -> None:
    assert 0.0 <= identify(text).score <= 1.0


def test_masking_and_identification_are_fast() -> None:
    text = (SENTENCE + " Стороны обсудили торговлю, энергетику и безопасность в регионе. ") * 3
    text = text[:400]
    _spent(text)
    best = min(_spent(text) for _ in range(30))
    # The target is 0.15 ms; the bound leaves room for a busy machine.
    assert best < 0.0005


def _spent(text: str) -> float:
    start = time.perf_counter()
    mask(text)
    identify(text)
    return time.perf_counter() - start
