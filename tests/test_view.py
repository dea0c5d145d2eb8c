"""Views of a reading: words, marks, the terminal and the page, on readings made by hand."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from rich.console import Console

from detente.model import Attribution, Document, Interval, Mention, Party, Reading, Report, Sentence, Span
from detente.ontology.plover import TYPES
from detente.view import words
from detente.view.grid import grouped
from detente.view.marks import Node, marks, tree
from detente.view.page import fragment, page
from detente.view.terminal import show

TEXT = (
    "Министр обороны Казахстана во вторник прибыл в Анкару, сообщила пресс-служба ведомства. "
    "Стороны подписали план сотрудничества на 2025 год.\n\n"
    "По словам посла Турции, весной 2025 года армии двух стран проведут учения. "
    "Канал «Перекрёсток» пишет, что, по данным СМИ, Россия <якобы> & приостановила поставки. "
    "Это скорее красивый жест."
)


def span(words_: str, text: str = TEXT) -> Span:
    start = text.index(words_)
    return Span(start, start + len(words_), words_)


def mention(words_: str, actor: str, kind: str = "name", text: str = TEXT) -> Mention:
    found = span(words_, text)
    return Mention(found.start, found.stop, words_, "LOC", actor, kind=kind)


def party(actor: str, words_: str | None = None, role: str = "party") -> Party:
    return Party(actor, role=role, span=span(words_) if words_ else None)


def report(number: int, trigger: str, actors: tuple[Party, ...], recipients: tuple[Party, ...] = ()) -> Report:
    return Report(
        sentence=number, actors=actors, recipients=recipients, type="CONSULT", mode="visit", domain="military",
        aspect="contact", status="occurred", date=Interval(), trigger=span(trigger), entry="visit.v1", score=0.8,
    )  # fmt: skip


@pytest.fixture
def reading() -> Reading:
    starts = [0, TEXT.index("Стороны"), TEXT.index("По словам"), TEXT.index("Канал"), TEXT.index("Это скорее")]
    stops = [*starts[1:], len(TEXT)]
    tuesday = Interval(date(2024, 10, 15), date(2024, 10, 15), "day", span("во вторник"))
    spring = Interval(date(2025, 3, 1), date(2025, 5, 31), "season", span("весной 2025 года"))
    return Reading(
        document=Document(TEXT, "Проба <b>", date(2024, 10, 17), "ru", "степь.example"),
        sentences=tuple(Sentence(i, a, b) for i, (a, b) in enumerate(zip(starts, stops, strict=True))),
        mentions=(
            mention("Министр обороны Казахстана", "KAZ", "office"),
            mention("Анкару", "TUR", "capital"),
            mention("Стороны", "KAZ", "pronoun"),
            mention("Стороны", "TUR", "pronoun"),
            mention("Турции", "TUR"),
            mention("Россия", "RUS"),
        ),
        reports=(
            replace(
                report(0, "прибыл", (party("KAZ", "Министр обороны Казахстана"),), (party("TUR", "Анкару"),)),
                date=tuesday, speaker=span("пресс-служба ведомства"), attribution=0, place=span("Анкару"),
            ),
            replace(
                report(1, "подписали план", (party("KAZ", "Стороны"), party("TUR", "Стороны"))),
                type="AGREE", mode=None, others=(party("AZE", role="host"),),
            ),
            replace(
                report(2, "учения", (party("KAZ"), party("TUR"))),
                type="AGREE", mode=None, status="planned", planned_type="COOPERATE", planned_date=spring,
                aspect="exercise", speaker=span("посла Турции"), attribution=1, habitual=True,
            ),
            replace(
                report(3, "приостановила поставки", (party("RUS", "Россия"),), (party("KAZ"),)),
                type="SANCTION", mode="discontinue", domain="energy", aspect=None, status="denied", attribution=3,
            ),
        ),
        attributions=(
            Attribution(span("сообщила"), span("Министр обороны Казахстана"), span("пресс-служба ведомства")),
            Attribution(span("По словам"), span("весной 2025 года"), span("посла Турции"), actor="TUR"),
            Attribution(span("пишет"), span("Россия <якобы> & приостановила поставки"), span("Канал «Перекрёсток»")),
            Attribution(
                span("по данным"), span("Россия <якобы> & приостановила поставки"), span("СМИ"),
                "distancing", hearsay=True, parent=2,
            ),
            Attribution(span("скорее"), span("Это скорее красивый жест."), None, "opinion"),
        ),
        warnings=("one thing to know",),
    )  # fmt: skip


@pytest.fixture
def empty() -> Reading:
    text = "В Астане прошёл дождь."
    return Reading(
        Document(text), (Sentence(0, 0, len(text)),), (mention("Астане", "KAZ", "capital", text),),
    )  # fmt: skip


def printed(reading: Reading, width: int = 100, **settings: object) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, **settings)  # type: ignore[arg-type]
    show(console, reading, "a.txt")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


DAY = date.fromisoformat


@pytest.mark.parametrize(
    ("start", "stop", "precision", "expected"),
    [
        ("2024-10-15", "2024-10-15", "day", "15 Oct 2024"),
        ("2024-10-07", "2024-10-13", "week", "7–13 Oct 2024 (week)"),
        ("2024-09-30", "2024-10-06", "week", "30 Sep – 6 Oct 2024 (week)"),
        ("2024-12-30", "2025-01-05", "week", "30 Dec 2024 – 5 Jan 2025 (week)"),
        ("2017-10-16", "2017-10-17", "range", "16–17 Oct 2017"),
        ("2024-02-01", "2024-02-29", "month", "Feb 2024"),
        ("2025-03-01", "2025-05-31", "season", "spring 2025"),
        ("2024-12-01", "2025-02-28", "season", "winter 2024–25"),
        ("2024-06-20", "2024-08-31", "season", "20 Jun – 31 Aug 2024 (season)"),
        ("2024-10-01", "2024-12-31", "quarter", "Q4 2024"),
        ("2024-01-01", "2024-06-30", "half_year", "Jan–Jun 2024 (half-year)"),
        ("2024-01-01", "2024-12-31", "year", "2024"),
        ("2019-01-01", "2020-12-31", "years", "2019–2020"),
        ("2024-01-01", "2024-10-17", "year", "1 Jan – 17 Oct 2024 (year)"),
        ("2024-10-15", "2024-10-15", "range", "15 Oct 2024 (range)"),
        ("2022-02-24", None, "range", "since 24 Feb 2022"),
        (None, "2022-02-24", "range", "until 24 Feb 2022"),
    ],
)
def test_dates_are_told_with_their_grain(start: str | None, stop: str | None, precision: str, expected: str) -> None:
    interval = Interval(DAY(start) if start else None, DAY(stop) if stop else None, precision)  # type: ignore[arg-type]
    assert words.when_words(interval) == expected


def test_dates_that_are_no_days_say_so() -> None:
    assert words.when_words(None) == "no date"
    assert words.when_words(Interval()) == "no date"
    relative = Interval(precision="relative", span=Span(0, 8, "накануне"))
    assert words.when_words(relative) == "«накануне» (day of publication unknown)"


def test_actors_have_english_names() -> None:
    assert words.named("KAZ") == "Kazakhstan (KAZ)"
    assert words.actor_name("PRE:NOWHERE") == "NOWHERE"


def test_rows_tell_direction_and_symmetry(reading: Reading) -> None:
    first, second, third, fourth = words.rows(reading)
    assert (first.number, first.codes) == (1, "KAZ → TUR")
    assert second.codes == "KAZ – TUR"
    assert second.others == "host: Azerbaijan (AZE)"
    assert third.status == "planned, habitual"
    assert third.plan == "planned COOPERATE: spring 2025"
    assert fourth.says == "СМИ ← Канал «Перекрёсток» (hearsay)"
    assert second.says == words.NOBODY


def test_a_loop_of_attributions_ends(reading: Reading) -> None:
    loop = (replace(reading.attributions[0], parent=1), replace(reading.attributions[1], parent=0))
    assert len(words.chain(replace(reading, attributions=loop), 0)) == 2


def flat(node: Node) -> str:
    return "".join(child if isinstance(child, str) else flat(child) for child in node.children)


def test_marks_lose_no_character(reading: Reading) -> None:
    assert flat(tree(reading)) == TEXT


def test_marks_on_the_same_words_are_merged(reading: Reading) -> None:
    both = [mark for mark in marks(reading) if mark.codes == ("KAZ", "TUR")]
    assert [TEXT[mark.start : mark.stop] for mark in both] == ["Стороны"]


def test_an_actor_inside_a_longer_mention_of_it_is_not_marked_twice() -> None:
    text = "Посол Турции и посол прибыли."
    twice = Reading(
        Document(text),
        mentions=(
            mention("Посол Турции", "TUR", "office", text),
            mention("Турции", "TUR", "name", text),
            mention("посол", "KAZ", "office", text),
        ),
    )
    assert "[Посол Турции] и [посол](KAZ) прибыли." in printed(twice)


def test_crossing_marks_are_cut_and_marked_as_pieces() -> None:
    text = "один два три четыре"
    crossing = Reading(
        Document(text),
        mentions=(Mention(0, 8, text[0:8], "LOC", "KAZ"), Mention(5, 12, text[5:12], "LOC", "TUR")),
    )
    root = tree(crossing)
    assert flat(root) == text
    assert page([crossing]).count('tabindex="0"') == 2
    assert "[один [два] три] четыре" in printed(crossing)


def test_marks_outside_the_text_are_left_out() -> None:
    wild = Reading(Document("текст"), mentions=(Mention(3, 99, "?", "LOC", "KAZ"), Mention(4, 2, "?", "LOC", "KAZ")))
    assert marks(wild) == []


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_terminal_keeps_to_its_width(reading: Reading, width: int) -> None:
    for line in printed(reading, width, force_terminal=True, no_color=True).splitlines():
        assert len(re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()) <= width


def test_a_pipe_gets_no_escape_and_no_broken_line(reading: Reading) -> None:
    text = printed(reading)
    assert "\x1b" not in text
    assert "[Министр обороны Казахстана](KAZ) ‹во вторник› *прибыл*¹ в @[Анкару](TUR)," in text
    assert "{посла [Турции]}, ‹весной 2025 года› армии двух стран проведут *учения*³." in text


def test_colour_is_not_the_only_signal(reading: Reading) -> None:
    text = printed(reading, force_terminal=True, color_system="256", no_color=False, width=200)
    assert "\x1b[4;36m" in text
    assert "¹" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "{посла Турции}" in plain


def test_terminal_shows_the_whole_reading(reading: Reading) -> None:
    text = printed(reading)
    for part in (
        "Проба <b>", "степь.example", "published 17 Oct 2024", "5 sentences", "4 events", "Kazakhstan → Türkiye",
        "Sides", "KAZ Kazakhstan", "host: Azerbaijan (AZE)", "planned COOPERATE",
        "SANCTION discontinue", "stops trade, supplies", "opinion", "hearsay", "Note: one thing to know",
    ):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_table_is_low_and_breaks_no_word(reading: Reading, width: int) -> None:
    text = printed(reading, width).partition("Sides")[0]
    table = text.splitlines()[4:]
    assert sum(1 for line in table if line.strip()) <= 3 * len(reading.reports)
    for word in ("ведомства", "Перекрёсток", "CONSULT", "SANCTION", "occurred", "planned"):
        assert word in "\n".join(table)


def test_reports_of_one_act_share_a_line(reading: Reading) -> None:
    first = reading.reports[0]
    other = replace(first, recipients=(party("AZE"),))
    again = replace(first, trigger=span("подписали план"))
    apart = replace(other, trigger=span("учения"), type="AID", mode=None)
    rows = words.rows(replace(reading, reports=(first, other, apart, again)))
    assert [[row.number for row in line] for line in grouped(rows)] == [[1, 2, 4], [3]]
    text = printed(replace(reading, reports=(first, other, apart, again)), 140)
    assert "1, 2, 4" in text
    assert "Kazakhstan → Türkiye, Azerbaijan" in text


def test_symmetric_acts_with_the_same_sides_share_a_line(reading: Reading) -> None:
    one = reading.reports[1]
    other = replace(one, actors=one.actors[::-1], trigger=span("учения"))
    text = printed(replace(reading, reports=(one, other)), 140)
    assert "1, 2" in text
    assert text.partition("Sides")[0].count("Kazakhstan – Türkiye") == 1
    assert "Türkiye – Kazakhstan" not in text


def test_every_type_and_mode_has_a_gloss_of_its_own() -> None:
    glosses = [told for each in TYPES.values() for told in (each.gloss, *each.glosses)]
    assert all(0 < len(told) <= 80 and not told.endswith(".") for told in glosses)
    for each in TYPES.values():
        assert len(set(each.glosses)) == len(each.modes)
    assert TYPES["CONSULT"].meaning("visit") != TYPES["CONSULT"].meaning() == TYPES["CONSULT"].meaning("unheard-of")


def test_acts_are_glossed_on_the_page(reading: Reading) -> None:
    html = page([reading])
    assert 'title="SANCTION discontinue: stops trade, supplies, aid or contact (material conflict)"' in html
    assert "<dt>CONSULT visit</dt><dd>travels to the other, its host</dd>" in html
    assert "<dt>COOPERATE</dt>" in html


def test_no_event_is_said_with_what_was_seen(empty: Reading) -> None:
    for text in (printed(empty), page([empty])):
        assert "No event between two states or blocs was found" in text
        assert "1 sentence read" in text
        assert "Kazakhstan (KAZ) 1" in text
    assert "published unknown" in printed(empty)


def test_a_hostile_text_cannot_steer_the_terminal() -> None:
    text = "злой \x1b[31mтекст\x07 \u202eнаоборот [bold]скобки[/bold]"
    hostile = Reading(Document(text, title="\x1b]0;x\x07"), warnings=("\x1b[2J",))
    shown = printed(hostile)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold]скобки[/bold]" in shown


class Outline(HTMLParser):
    """Collects ids and links of a page and checks that its tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        if tag == "a":
            assert "a" not in self.open
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def test_page_is_well_formed_and_ties_rows_to_words_both_ways(reading: Reading) -> None:
    found = outline(page([reading]))
    assert len(found.ids) == len(set(found.ids))
    for number in range(1, 5):
        assert f"r1-e{number}" in found.ids
        assert f"r1-t{number}" in found.ids
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)


def test_page_asks_nothing_from_outside(reading: Reading) -> None:
    html = page([reading])
    found = outline(html)
    assert not found.tags & {"script", "img", "link", "iframe", "object", "embed"}
    assert not re.search(r"https?://|url\(|@import|\bon\w+=", html)


def test_page_escapes_everything_that_comes_from_the_text() -> None:
    text = '<script>alert(1)</script> &amp; "кавычки" $title \x00 \ud800'
    evil = Reading(
        Document(text, "<img src=x>", None, 'r"u', "<i>"),
        (Sentence(0, 0, len(text)),),
        (Mention(0, 8, "<script>", "LOC", '"><b>', person="<u>"),),
        warnings=("<s>",),
    )
    html = page([evil])
    for tag in ("<script", "<img", "<i>", "<u>", "<s>", "<b>", "\x00"):
        assert tag not in html
    assert "$title" in html
    html.encode("utf-8")
    outline(html)


def test_page_with_several_readings_has_contents(reading: Reading, empty: Reading) -> None:
    found = outline(page([reading, empty, reading]))
    assert {"#r1", "#r2", "#r3"} <= set(found.links)
    assert len(found.ids) == len(set(found.ids))


def test_two_events_with_one_trigger_share_its_mark(reading: Reading) -> None:
    twice = replace(reading, reports=(reading.reports[0], reading.reports[0]))
    found = outline(page([twice]))
    assert {"r1-t1", "r1-t2"} <= set(found.ids)
    assert "прибыл*¹·²" in printed(twice)


def test_notebook_form_is_the_fragment(reading: Reading) -> None:
    html = reading._repr_html_()
    assert html == fragment(reading)
    assert html.startswith("<style>")
    outline(html)


def test_notebook_styles_stay_inside_the_fragment(reading: Reading) -> None:
    style = fragment(reading).partition("</style>")[0].removeprefix("<style>")
    selectors = re.findall(r"^\s*([^@{}\n]*[^@{}\n\s,])\s*\{", style, re.MULTILINE)
    assert selectors
    assert all(".detente" in selector for selector in selectors)
