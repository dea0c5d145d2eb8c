"""Signatures, reprints, texts that reverse one another, stories."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import DataError, InputError
from detente.event.duplicates import Duplicates, SignedText, group
from detente.event.reprint import compare
from detente.event.senses import _compile, senses
from detente.event.stories import group_lines, stories, story_text
from detente.text.signature import signature, signed_text, similarity

# Invented examples.
NEWS = (
    "Министр обороны Казахстана подтвердил во вторник, что Анкара поставит Астане 15 беспилотников. "
    "Соглашение подписали в октябре после переговоров в столице Турции. "
    "Россия обвинила Турцию в нарушении договоренностей, сообщил представитель ведомства Сергей Петров."
)
OTHER = (
    "Парламент Армении ратифицировал договор о торговле с Грузией. Документ снимает пошлины на вино и фрукты, "
    "а таможенные службы соседей получат общую базу данных до конца года."
)
ROOT = Path(__file__).resolve().parents[1]


def grouped(texts: dict[str, str], **given_: Any) -> Duplicates:
    rows = [SignedText(key, signature(text), date(2024, 10, 16)) for key, text in texts.items()]
    return group(rows, texts.__getitem__, **given_)


def test_a_signature_is_the_same_everywhere() -> None:
    found = signature(NEWS)
    assert found.digest == signature(NEWS.upper().replace(" ", "\n")).digest
    assert (len(found.minhash), found.words) == (256, 32)
    code = f"from detente.text.signature import signature; print(signature({NEWS!r}).minhash.hex())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert other.stdout.strip() == found.minhash.hex()
    # Signatures are kept in shards: a change of these bytes needs a new VERSION.
    assert signature("Пример текста для подписи").minhash[:8].hex() == "689d190fe4ce3eb7"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_signed_and_compared(text: str) -> None:
    found = signature(text)
    assert signature(text) == found
    assert len(found.minhash) in {0, 256}
    assert compare(text, NEWS) == compare(NEWS, text)


def test_similarity_is_that_of_the_shingles() -> None:
    assert similarity(signature(NEWS), signature(NEWS)) == 1.0
    assert similarity(signature(NEWS), signature(OTHER)) < 0.1
    assert similarity(signature(""), signature("")) == 0.0


def test_a_short_text_is_signed_with_its_title() -> None:
    assert signed_text("Подробности позже.", "Визит отменен") == "Визит отменен.\nПодробности позже."
    assert signed_text("Визит отменен. Подробности позже.", "Визит отменен") == "Визит отменен. Подробности позже."
    assert signed_text(NEWS, "Поставки") == NEWS


@pytest.mark.parametrize(
    "copy",
    [
        NEWS.replace("во вторник, ", "").replace("сообщил", "рассказал"),
        NEWS.replace("Анкара", "Турция").replace("Россия", "РФ"),
        NEWS[: NEWS.index(" Россия")],
        "Подробности сделки стали известны нашему изданию. " + NEWS[NEWS.index("Соглашение") :],
        "Лента новостей 10:45. " + NEWS,
        NEWS.replace("сообщил представитель ведомства Сергей Петров", "заявил Сергей Петров"),
    ],
)
def test_a_reprint_is_found(copy: str) -> None:
    assert compare(NEWS, copy).kind == "near"
    assert len(set(grouped({"a": NEWS, "b": copy, "c": OTHER}).groups.values())) == 1


@pytest.mark.parametrize(
    ("turned", "kind"),
    [
        (NEWS.replace("подтвердил", "опроверг"), "opposite"),
        (NEWS.replace("поставит", "не поставит"), "negation"),
        (NEWS.replace("15", "50"), "value"),
        (NEWS.replace("в октябре", "в марте"), "value"),
        (NEWS.replace("во вторник", "в пятницу"), "value"),
        (NEWS.replace("Россия обвинила Турцию", "Турция обвинила Россию"), "party"),
        (NEWS.replace("Россия обвинила Турцию", "Россию обвинила Турция"), "party"),
        (NEWS.replace("Министр обороны Казахстана", "Министр обороны Узбекистана"), "party"),
        (NEWS.replace("поставит", "может поставить"), "doubt"),
        ("В Астане назвали это сообщение фейком. " + NEWS, "denial"),
        (NEWS + " Позднее в ведомстве это опровергли.", "denial"),
    ],
)
def test_an_edit_that_turns_the_sense_makes_no_reprint(turned: str, kind: str) -> None:
    met = compare(NEWS, turned)
    assert met.kind == "different"
    assert any(reason.startswith(kind) for reason in met.reversals)
    found = grouped({"a": NEWS, "b": turned})
    assert not found.groups
    assert [pair.kind for pair in found.pairs] == ["reversed"]


def test_a_third_text_brings_no_reversed_ones_together() -> None:
    turned = NEWS.replace("обвинила Турцию", "поддержала Турцию")
    tail = NEWS[: NEWS.index(" Россия")]
    found = grouped({"a": NEWS, "b": turned, "tail": tail})
    assert found.groups.get("a") != found.groups.get("b")
    assert "tail" in found.groups


def test_a_text_inside_a_longer_one_joins_it_but_a_digest_joins_none() -> None:
    around = "Евросоюз обсудит бюджет на будущий год. Комиссия внесла предложения о рыболовстве и дорогах. "
    long = around + OTHER + " Синоптики ждут дождей на юге страны, дороги размыло в трех областях края."
    found = grouped({"a": OTHER, "long": long})
    assert {row.document: row.kind for row in found.documents} == {"a": "original", "long": "contained"}
    digest = NEWS + " " + OTHER
    found = grouped({"a": NEWS, "b": NEWS + " Фото", "c": OTHER, "d": OTHER + " Фото", "digest": digest * 1})
    assert found.groups["a"] == found.groups["b"] != found.groups["c"] == found.groups["d"]


def test_groups_do_not_depend_on_the_order_and_a_person_may_undo_them() -> None:
    texts = {"a": NEWS, "b": NEWS.upper(), "c": "Фото. " + NEWS, "d": OTHER, "e": OTHER.replace("вино", "мёд")}
    found = grouped(texts)
    assert grouped(dict(reversed(texts.items()))) == found
    assert [(row.document, row.kind) for row in found.documents if row.group == found.groups["a"]] == [
        ("a", "original"), ("b", "exact"), ("c", "near"),
    ]  # fmt: skip
    assert "c" not in grouped(texts, undone={"c"}).groups


def test_signatures_of_another_version_are_refused() -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match="sign it anew"):
        group([SignedText("a", replace(signature(NEWS), version=0))], {}.__getitem__)


def test_sense_words_load_and_are_checked() -> None:
    words = senses("ru")
    assert "не" in words.negation
    assert len(words.opposites) > 30
    for one, other in words.opposites:
        assert not set(one) & set(other)
    assert senses("xx").negation == frozenset()
    with pytest.raises(DataError, match="missing"):
        _compile({"negation": []}, "senses.toml")
    tables: dict[str, Any] = {key: [] for key in ("negation", "denial", "doubt", "speech", "join")}
    with pytest.raises(DataError, match="lower-case"):
        _compile({**tables, "negation": ["Не"], "values": {}, "opposites": {"pairs": []}}, "senses.toml")
    with pytest.raises(DataError, match="sides"):
        _compile({**tables, "values": {}, "opposites": {"pairs": [["за"]]}}, "senses.toml")


# Three invented texts on one visit, two on another matter, dated 2024.
DAY = date(2024, 10, 16)
VISIT = {
    "v1": "Президент Турции прибыл с визитом в Астану, где обсудит с казахстанским коллегой оборонные проекты.",
    "v2": "В столице Казахстана встретили турецкого лидера: на повестке визита оборонные проекты и беспилотники.",
    "v3": "Визит турецкого президента в Астану: стороны обсудят беспилотники, оборонные проекты и торговлю.",
}
TALKS = {
    "t1": "Армения и Грузия договорились об отмене пошлин на вино, сообщили в правительстве в Ереване.",
    "t2": "Ереван и Тбилиси отменят пошлины на вино: правительства Армении и Грузии договорились о торговле.",
}


def storied(days: dict[str, int]) -> dict[str, str]:
    texts = [story_text(k, t, DAY + timedelta(days.get(k, 0))) for k, t in {**VISIT, **TALKS}.items()]
    rows = stories(texts)
    assert stories(reversed(texts)) == rows
    return {row.document: row.story for row in rows}


def test_different_texts_on_one_event_are_a_story() -> None:
    found = storied({})
    assert len({found[key] for key in VISIT}) == 1
    assert found["t1"] == found["t2"] != found["v1"]


def test_the_same_words_weeks_later_are_another_story() -> None:
    found = storied({"v2": 20, "v3": 20, "t2": 20})
    assert found.get("v1") is None
    assert found["v2"] == found["v3"]
    assert "t1" not in found


def test_a_file_of_texts_is_grouped_line_by_line() -> None:
    rows = [{"id": key, "text": text, "published": "2024-10-16"} for key, text in {**VISIT, **TALKS}.items()]
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    out = [json.loads(line) for line in group_lines([*lines, b"{}", b" ", b'{"text": "a", "published": "soon"}'])]
    assert [row.get("id") for row in out] == ["v1", "v2", "v3", "t1", "t2", None, None]
    assert out[0]["story"] == out[2]["story"] != out[3]["story"]
    assert out[0]["size"] == 3
    assert [row["line"] for row in out[5:]] == [6, 8]


def test_the_targets_are_met_on_constructed_reprints(capsys: pytest.CaptureFixture[str]) -> None:
    if not (ROOT.parent / "shared" / "data" / "news_ru_2017.jsonl.gz").exists():
        pytest.skip("../shared is missing: constructed reprints are not measured")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import duplicates as benchmark

    figures = benchmark.measure(60, 11)
    capsys.readouterr()
    assert figures["recall"] >= 0.95
    assert figures["precision"] >= 0.98
    assert figures["reversed"] == 0
