"""The way of one document, and the article that the project began with."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.model import Reading
from detente.text.compose import compose
from detente.wire import gold_form, reading_to_dict

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "article.txt"
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "article.txt"


def rows(reading: Reading) -> list[tuple[str, str, str, str | None, str]]:
    return [
        (
            " ".join(sorted({p.actor for p in r.actors})),
            " ".join(sorted({p.actor for p in r.recipients})),
            r.type,
            r.mode,
            r.status,
        )
        for r in reading.reports
    ]


@pytest.fixture(scope="module")
def seed() -> Reading:
    if not SEED.exists():
        pytest.skip("../shared is missing: the seed article is not read")
    return detente.read(SEED.read_text(encoding="utf-8"), published="2024-10-16")


def test_seed_article_tells_the_visit_and_what_was_done(seed: Reading) -> None:
    found = rows(seed)
    assert ("KAZ", "TUR", "CONSULT", "visit", "occurred") in found
    assert ("KAZ TUR", "", "CONSULT", "meet", "occurred") in found
    visit = next(r for r in seed.reports if r.trigger.text == "прибыл")
    assert (visit.date.start, visit.date.stop, visit.date.precision) == (date(2024, 10, 7), date(2024, 10, 13), "week")
    assert visit.domain == "military"
    assert visit.actors[0].person == "Dauren Kosanov"
    assert any(r.trigger.text == "встреч" and "company" in {p.sector for p in r.actors} for r in seed.reports)
    assert any(r.trigger.text == "посетил" and r.recipients[0].actor == "TUR" for r in seed.reports)
    talks = next(r for r in seed.reports if r.trigger.text == "переговоры")
    assert {p.actor for p in talks.actors} == {"KAZ", "TUR"}
    assert not talks.recipients


def test_seed_article_knows_habits_and_speakers(seed: Reading) -> None:
    drills = next(r for r in seed.reports if r.trigger.text == "учения")
    assert drills.habitual
    assert (drills.type, drills.aspect) == ("COOPERATE", "exercise")
    assert drills.speaker is not None
    assert drills.speaker.text == "СМИ"
    others = [r.speaker.text for r in seed.reports if r is not drills and r.speaker]
    assert others
    assert all("Туранарь" in text for text in others)


def test_seed_article_holds_nothing_false(seed: Reading) -> None:
    """Standing ties, trends, borders, opinion and motives are no events."""
    allowed = {"визит", "прибыл", "встреч", "посетил", "переговоры", "учения", "сотрудничества"}
    assert {r.trigger.text for r in seed.reports} <= allowed
    weighed = [r for r in seed.reports if r.trigger.text == "сотрудничества"]
    assert all((r.status, r.actors[0].actor) == ("conjectured", "KAZ") for r in weighed)


def test_decomposed_letters_read_as_the_letters_that_they_are() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("Министр", "Мини\u0301стр")
    given = unicodedata.normalize("NFD", text)
    assert len(given) > len(text)
    composed, decomposed = (detente.read(each, published="2024-10-17") for each in (text, given))
    assert rows(decomposed) == rows(composed)
    assert decomposed.document.text == given
    spans = [*decomposed.mentions, *(r.trigger for r in decomposed.reports)]
    plain = [*composed.mentions, *(r.trigger for r in composed.reports)]
    for span, twin in zip(spans, plain, strict=True):
        assert given[span.start : span.stop] == span.text
        assert unicodedata.normalize("NFC", span.text) == twin.text
    last = decomposed.sentences[-1]
    assert given[last.start : last.stop].startswith("Впрочем")


@given(st.text(alphabet="аийеёЙк \u0306\u0308\u0301", max_size=30))
def test_composing_keeps_its_places(text: str) -> None:
    composed = compose(text)
    if composed is None:
        assert unicodedata.is_normalized("NFC", text)
        return
    places = composed.places
    assert len(places) == len(composed.text) + 1
    assert list(places) == sorted(set(places))
    assert (places[0], places[-1]) == (0, len(text))
    assert unicodedata.normalize("NFC", text) == composed.text


def test_every_span_slices_back_to_the_text() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    reading = detente.read(text, published="2024-10-17")
    assert len(reading.reports) >= 8
    for mention in reading.mentions:
        assert text[mention.start : mention.stop] == mention.text
    for report in reading.reports:
        for span in (report.trigger, report.speaker, report.place, report.date.span):
            assert span is None or text[span.start : span.stop] == span.text
        for party in (*report.actors, *report.recipients, *report.others):
            assert party.span is None or text[party.span.start : party.span.stop] == party.span.text
    for attribution in reading.attributions:
        assert text[attribution.cue.start : attribution.cue.stop] == attribution.cue.text


def test_the_same_text_gives_the_same_bytes() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    first, second = (json.dumps(reading_to_dict(detente.read(text, "2024-10-17"))) for _ in range(2))
    assert first == second


def test_batches_change_nothing() -> None:
    from detente.model import Document

    texts = ["Турция осудила удар Израиля по Сирии.", EXAMPLE.read_text(encoding="utf-8"), "Погода хорошая."]
    documents = [Document(text, published=date(2024, 10, 17), language="ru") for text in texts]
    together = [reading_to_dict(reading) for reading in detente.read_all(documents)]
    alone = [reading_to_dict(next(detente.read_all([document]))) for document in documents]
    assert together == alone


def test_without_a_day_of_publication_dates_stay_relative() -> None:
    reading = detente.read("Вчера президент Турции посетил Баку.")
    assert reading.reports[0].date.precision == "relative"
    assert reading.reports[0].date.start is None
    assert any("publication" in warning for warning in reading.warnings)


def test_a_source_named_at_the_end_says_so() -> None:
    text = "Турция осудила удар Израиля по Сирии. По словам посла США, Иран посетит министр Китая.\n\nИсточник: ТАСС"
    speakers = {
        report.type: report.speaker.text for report in detente.read(text, "2024-10-17").reports if report.speaker
    }
    assert speakers["ACCUSE"] == "ТАСС"
    assert speakers["CONSULT"] == "посла США"


def test_bad_input_says_what_is_wrong() -> None:
    with pytest.raises(detente.InputError, match="empty"):
        detente.read("  \n ")
    with pytest.raises(detente.InputError, match="2024-13-01"):
        detente.read("Текст на русском языке.", "2024-13-01")
    with pytest.raises(detente.LanguageError, match="Kazakh"):
        detente.read("Қазақстан Республикасының Президенті Түркияға ресми сапармен барды.")


def test_gold_form_is_what_the_scorer_takes() -> None:
    event = gold_form(detente.read("Вчера президент Турции посетил Баку.", "2024-10-17"))[0]
    assert set(event) == {"actors", "recipients", "type", "domain", "status", "source", "trigger", "sure"}
    assert (event["actors"], event["recipients"], event["type"]) == (["TUR"], ["AZE"], "CONSULT")


LETTERS = list('Россия и Турция провели переговоры, «—» \n.()"!?—№0123💥\u200f\ufeff')


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(list('Россия и Турция провели переговоры, «—» \n.()"!?—№0123💥\u200f\ufeff')),
        min_size=1,
    )
)
def test_reading_never_raises_on_any_text(text: str) -> None:
    if text.strip():
        reading = detente.read(text, "2024-10-17", language="ru")
        assert all(text[m.start : m.stop] == m.text for m in reading.mentions)


@pytest.mark.parametrize(
    ("text", "type_", "speaker"),
    [
        # who speaks for a state does its reproach; a promise is told of it
        ("Посол Эстонии Март Саар заявил, что Эстония осуждает действия России в Абхазии.", "ACCUSE", None),
        ("Япония заявила, что продлевает санкции против России.", "SANCTION", None),
        ("Посол Эстонии Март Саар заявил, что Эстония предоставит Грузии помощь.", "AGREE", "Посол Эстонии Март Саар"),
        # what an outlet has from unnamed sources is the outlet's, from a named house the house's
        ("США введут санкции против Ирана, пишет Reuters со ссылкой на источники.", "SANCTION", "Reuters"),
        (
            "Турция нанесла удар по Сирии, передаёт ТАСС со ссылкой на Минобороны Турции.",
            "ASSAULT",
            "Минобороны Турции",
        ),
        # a relative clause is no parenthesis of who says so
        ("Евросоюз продлил санкции против граждан России, которые угрожают порядку.", "SANCTION", None),
        ("США продлили санкции против России, сообщили в пятницу в Белом доме.", "SANCTION", "Белом доме"),
    ],
)
def test_speaker_of_a_report(text: str, type_: str, speaker: str | None) -> None:
    report = next(each for each in detente.read(text, published="2017-03-10").reports if each.type == type_)
    assert (report.speaker.text if report.speaker else None) == speaker


@pytest.mark.parametrize(
    ("text", "type_", "start"),
    [
        # a state's words are dated by the day on which they are said
        ("В среду МИД Эстонии заявил, что Эстония осуждает действия России в Абхазии.", "ACCUSE", "2017-03-08"),
        # a deadline is not the day of the act; nor is the stamp under a headline
        ("Евросоюз продлил санкции против России до 15 сентября 2018 года.", "SANCTION", None),
        ("США ввели санкции против Ирана Сегодня, 14:30", "SANCTION", None),
        ("США ввели санкции против Ирана 10 марта 2017 Власти США объяснили причины.", "SANCTION", None),
    ],
)
def test_date_of_a_report(text: str, type_: str, start: str | None) -> None:
    report = next(each for each in detente.read(text, published="2017-03-10").reports if each.type == type_)
    assert (report.date.start.isoformat() if report.date.start else None) == start
