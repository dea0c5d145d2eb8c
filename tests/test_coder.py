"""What the coder makes of the constructions of Russian: one sentence of our own for each."""

from __future__ import annotations

from datetime import date

import pytest

from detente.model import Document, Reading, Report
from detente.reading import Reader, read, reader

DAY = date(2024, 10, 16)  # a Wednesday

# sentence, actors, recipients (empty: symmetric), type, status
CASES = [
    # verbs: active, passive, participles, converbs, relative clauses
    ("Турция осудила обстрел Сирии Израилем.", "TUR", "ISR", "ACCUSE", "occurred"),
    ("Посол Польши был вызван в МИД России.", "RUS", "POL", "ACCUSE", "occurred"),
    ("Сирия подверглась ударам Израиля.", "ISR", "SYR", "ASSAULT", "occurred"),
    ("Санкции, введённые Евросоюзом против Беларуси, вступили в силу.", "EU", "BLR", "SANCTION", "occurred"),
    ("Осудив действия Ирана, Франция замолчала.", "FRA", "IRN", "ACCUSE", "occurred"),
    ("Президент Узбекистана, который посетил Баку, доволен поездкой.", "UZB", "AZE", "CONSULT", "occurred"),
    # nouns and light verbs
    ("Глава МИД Китая нанёс визит в Ташкент.", "CHN", "UZB", "CONSULT", "occurred"),
    ("Состоялись переговоры Армении с Грузией.", "ARM GEO", "", "CONSULT", "occurred"),
    ("Россия и Индия провели совместные учения.", "IND RUS", "", "COOPERATE", "occurred"),
    ("Канада оказала помощь Украине.", "CAN", "UKR", "AID", "occurred"),
    ("Киев получил помощь от Литвы.", "LTU", "UKR", "AID", "occurred"),
    ("Турецко-азербайджанские учения начались в понедельник.", "AZE TUR", "", "COOPERATE", "occurred"),
    ("Польша приступила к поставкам танков Украине.", "POL", "UKR", "*", "occurred"),
    ("Серия встреч президента Сербии с канцлером Германии завершилась.", "DEU SRB", "", "CONSULT", "occurred"),
    # coordination: two acts, several parties
    ("Россия осудила действия США и поблагодарила Китай.", "RUS", "USA", "ACCUSE", "occurred"),
    ("Россия осудила действия США и поблагодарила Китай.", "RUS", "CHN", "SUPPORT", "occurred"),
    ("Президенты Турции, Ирана и России встретились в Сочи.", "IRN RUS TUR", "", "CONSULT", "occurred"),
    ("Франция и Германия потребовали от Ирана вернуться к переговорам.", "DEU FRA", "IRN", "REQUEST", "occurred"),
    # control and infinitives
    ("Казахстан пообещал поставить Таджикистану зерно.", "KAZ", "TJK", "AGREE", "planned"),
    ("Вашингтон призвал Анкару вывести войска из Сирии.", "USA", "TUR", "REQUEST", "occurred"),
    ("Венгрия отказалась поддержать санкции против России.", "HUN", "*", "REJECT", "occurred"),
    # status
    ("Президент Казахстана в ноябре посетит Анкару.", "KAZ", "TUR", "CONSULT", "planned"),
    ("Япония планирует поставить Филиппинам катера.", "JPN", "PHL", "AGREE", "planned"),
    ("Иран не поставлял ракеты России.", "IRN", "RUS", "*", "denied"),
    ("Кремль опроверг поставки оружия Ливии.", "RUS", "LBY", "*", "denied"),
    ("США могут ввести санкции против Грузии.", "USA", "GEO", "SANCTION", "conjectured"),
    ("Если Турция закроет границу с Арменией, торговля встанет.", "TUR", "ARM", "*", "conjectured"),
    ("Встреча президентов России и Украины не состоялась.", "RUS UKR", "", "CONSULT", "denied"),
    ("Якобы Турция передала Азербайджану истребители.", "TUR", "AZE", "*", "conjectured"),
    # ended, cancelled, refused, put off
    ("Германия отменила визит министра в Турцию.", "DEU", "TUR", "REJECT", "occurred"),
    ("Россия прекратила поставки газа Польше.", "RUS", "POL", "SANCTION", "occurred"),
    ("США сняли санкции с Узбекистана.", "USA", "UZB", "RETREAT", "occurred"),
    ("Армения приостановила участие в ОДКБ.", "ARM", "CSTO", "SANCTION", "occurred"),
    # all quads, a few of each
    ("Азербайджан обвинил Армению в обстреле.", "AZE", "ARM", "ACCUSE", "occurred"),
    ("Токаев поздравил Эрдогана с праздником.", "KAZ", "TUR", "SUPPORT", "occurred"),
    ("Литва выслала двух дипломатов Беларуси.", "LTU", "BLR", "SANCTION", "occurred"),
    ("Китай пригрозил Литве ответными мерами.", "CHN", "LTU", "THREATEN", "occurred"),
    ("Израиль нанёс удар по Сирии.", "ISR", "SYR", "ASSAULT", "occurred"),
    ("В Турции арестовали гражданина Ирана.", "TUR", "IRN", "COERCE", "occurred"),
    ("Казахстан и Узбекистан подписали соглашение о границе.", "KAZ UZB", "", "AGREE", "occurred"),
    ("Россия стянула войска к границе с Украиной.", "RUS", "UKR", "MOBILIZE", "occurred"),
    ("Жители Сербии вышли на протест против НАТО.", "SRB", "NATO", "PROTEST", "occurred"),
]

# sentences that hold no event between states
NONE = [
    "Сборная Казахстана обыграла Турцию со счётом 2:1.",
    "Россия граничит с Казахстаном на протяжении семи тысяч километров.",
    "Население Турции больше населения Ирана.",
    "Отношения России и США ухудшились.",
    "В Анкаре и Баку ожидаются дожди.",
    "Он родился в Германии и вырос в Польше.",
    "Турция для Азербайджана — больше чем сосед.",
    "Товарооборот России и Китая вырос на пять процентов.",
    "Сотрудничество Казахстана с Турцией крепнет год от года.",
    "Эксперты сравнили экономики Индии и Китая.",
]


def coded(text: str) -> Reading:
    return reader("ru").read(Document(text, published=DAY, language="ru"))


def sides(report: Report) -> tuple[str, str]:
    actors = " ".join(sorted({party.actor for party in report.actors}))
    return actors, " ".join(sorted({party.actor for party in report.recipients}))


def tells(reading: Reading, actors: str, recipients: str, type_: str, status: str) -> bool:
    found = [(*sides(report), report.type, report.status) for report in reading.reports]
    return any(a == actors and recipients in {r, "*"} and type_ in {t, "*"} and s == status for a, r, t, s in found)


@pytest.fixture(scope="module")
def rules() -> Reader:
    return Reader("ru", ranks=False)


@pytest.mark.parametrize(("text", "actors", "recipients", "type_", "status"), CASES)
def test_construction(rules: Reader, text: str, actors: str, recipients: str, type_: str, status: str) -> None:
    reading = rules.read(Document(text, published=DAY, language="ru"))
    assert tells(reading, actors, recipients, type_, status), reading.reports


def test_the_ranker_keeps_the_constructions() -> None:
    lost = [text for text, *wanted in CASES if not tells(coded(text), *wanted)]
    assert len(lost) <= len(CASES) // 12, lost


@pytest.mark.parametrize("text", NONE)
def test_no_event(text: str) -> None:
    assert coded(text).reports == ()


def test_a_report_shows_why() -> None:
    text = "Вчера министр обороны Турции прибыл в Баку с визитом, сообщает агентство «Хабар»."
    report = coded(text).reports[0]
    assert text[report.trigger.start : report.trigger.stop] == report.trigger.text
    assert report.entry.endswith("CONSULT:visit")
    assert 0 < report.score <= 1
    assert report.actors[0].office == "defence_minister"
    assert report.domain == "military"
    assert report.aspect == "contact"
    assert report.recipients[0].role == "host"
    assert (report.date.start, report.date.precision) == (date(2024, 10, 15), "day")
    assert report.speaker is not None
    assert "Хабар" in report.speaker.text


def test_a_venue_is_no_party() -> None:
    report = coded("Делегации Украины и России встретились в Стамбуле.").reports[0]
    assert sides(report) == ("RUS UKR", "")
    assert [(party.actor, party.role) for party in report.others] == [("TUR", "host")]
    assert report.place is not None


def test_a_regular_practice_is_habitual() -> None:
    report = coded("Россия и Индия ежегодно проводят совместные учения.").reports[0]
    assert report.habitual


def test_what_is_promised_keeps_its_type_and_date() -> None:
    report = coded("Армии Казахстана и Турции весной 2025 года проведут совместные учения.").reports[0]
    assert (report.type, report.status, report.planned_type) == ("AGREE", "planned", "COOPERATE")
    assert report.planned_date is not None
    assert report.planned_date.start == date(2025, 3, 1)


def test_a_visit_is_remembered_in_the_next_sentences() -> None:
    text = (
        "Министр обороны Казахстана прибыл в Анкару. Он осмотрел военные заводы. "
        "В конце визита состоялись переговоры с министром обороны Турции."
    )
    talks = coded(text).reports[-1]
    assert sides(talks) == ("KAZ TUR", "")


def test_strikes_on_armed_groups_are_none_between_states() -> None:
    assert coded("ВВС Турции нанесли удары по позициям боевиков ИГ в Сирии.").reports == ()
    joint = coded("Россия и Турция нанесли совместные удары по боевикам ИГ.").reports
    assert {(sides(report), report.type) for report in joint} == {(("RUS TUR", ""), "COOPERATE")}


def test_spans_slice_the_text_as_given_where_masking_closed_a_word_up() -> None:
    text = "Министр обороны Казах\u00adстана на прошлой неделе посе\u00adтил #Турцию\u200b, сообщает ТАСС."
    reading = read(text, "2024-10-17", language="ru")
    (report,) = reading.reports
    assert report.trigger.text == "посе\u00adтил"
    spans = [*reading.mentions, report.trigger, *(party.span for party in (*report.actors, *report.recipients))]
    assert all(span is not None and text[span.start : span.stop] == span.text for span in spans)


@pytest.mark.parametrize("char", ["\ud800", "\U0001869f", "\ue000", "\x00"])
def test_no_character_stops_a_reading(char: str) -> None:
    text = f"Министр обороны Казахстана посетил Турцию. Это {char} знак."
    assert read(text, language="ru").reports
