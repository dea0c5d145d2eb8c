"""Reports to events: order counts for nothing, sources are independent or not, corrections replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.event.build import event_id
from detente.event.correct import correction, dump, in_force, load, undone_duplicates
from detente.event.merge import merge, partition, resolve
from detente.event.rows import Merged, PartyRow, ReportRow

DAY = date(2024, 10, 16)


def report(name: str, **changes: Any) -> ReportRow:
    """A visit of a Turkish minister to Kazakhstan, told on the day, unless the test says otherwise."""
    sides = changes.pop("sides", (("TUR", "actor"), ("KAZ", "recipient")))
    base = ReportRow(
        id=name,
        document=changes.pop("document", f"d-{name}"),
        sentence=0,
        parties=tuple(PartyRow(code, side) for code, side in sides),
        type="CONSULT",
        mode="visit",
        domain="diplomatic",
        status="occurred",
        start=DAY,
        stop=DAY,
        precision="day",
        trigger="посетить",
        published=DAY,
        outlet=f"{name}.example",
    )
    return replace(base, **changes)


def only(reports: list[ReportRow], **given: Any) -> Any:
    merged, _ = merge(reports, **given)
    assert len(merged.events) == 1
    return merged.events[0]


def statuses(*pairs: tuple[str, int]) -> Any:
    rows = [report(f"r{i}", status=s, published=DAY + timedelta(n)) for i, (s, n) in enumerate(pairs)]
    return only(rows)


def test_reports_of_one_act_are_one_event_with_all_its_sources() -> None:
    event = only([report("a"), report("b", published=DAY + timedelta(1)), report("c", mode=None)])
    assert (event.reports, event.outlets, event.sources) == (3, 3, 3)
    assert (event.first, event.last, event.mode) == (DAY, DAY + timedelta(1), "visit")
    assert event.counted


@pytest.mark.parametrize(
    "other",
    [
        {"sides": (("TUR", "actor"), ("RUS", "recipient"))},
        {"sides": (("KAZ", "actor"), ("TUR", "recipient"))},
        {"type": "ACCUSE", "mode": None},
        {"mode": "phone"},
        {"start": DAY + timedelta(5), "stop": DAY + timedelta(5)},
        {"start": DAY.replace(day=1), "stop": DAY.replace(day=31), "precision": "month"},
        {"habitual": True},
        {"start": None, "stop": None, "precision": "none"},
        {"domain": "energy", "trigger": "подписать"},
        {"place": "Анталья", "trigger": "встретиться"},
    ],
)
def test_another_act_is_another_event(other: dict[str, Any]) -> None:
    merged, _ = merge([report("a", place="Астана"), report("b", **other)])
    assert len(merged.events) == 2


def test_a_neighbouring_day_is_the_same_visit_but_not_the_same_attack() -> None:
    later = {"start": DAY + timedelta(1), "stop": DAY + timedelta(1)}
    assert only([report("a"), report("b", **later)]).conflicts == "date"
    attack = {"type": "ASSAULT", "mode": "drone", "domain": "military", "trigger": "удар"}
    merged, _ = merge([report("a", **attack), report("b", **attack, **later)])
    assert len(merged.events) == 2


def test_no_chain_of_neighbouring_days_makes_one_event_of_many() -> None:
    days = [DAY + timedelta(n) for n in range(6)]
    merged, _ = merge([report(f"r{n}", start=day, stop=day) for n, day in enumerate(days)])
    assert all((event.conflicts == "date") == (event.reports > 1) and event.reports < 3 for event in merged.events)


def test_coarse_undated_and_habitual_ones_are_kept_and_not_counted() -> None:
    month = {"start": DAY.replace(day=1), "stop": DAY.replace(day=31), "precision": "month"}
    merged, _ = merge([report("a", **month), report("b", **month), report("c", habitual=True)])
    assert sorted((event.reports, event.counted) for event in merged.events) == [(1, False), (2, False)]


def test_talks_named_from_either_side_are_one_event() -> None:
    both = (("KAZ", "actor"), ("TUR", "actor"))
    merged, _ = merge([report("a", mode="meet", sides=both), report("b", mode="meet")])
    assert [event.reports for event in merged.events] == [2]
    assert {row.actor for row in merged.actors} == {"KAZ", "TUR"}
    assert len(merged.actors) == 2


def test_conflicting_details_stay_with_their_reports() -> None:
    rows = [report("a", place="Астана"), report("b", place="в Астане"), report("c", place="Алматы")]
    merged, _ = merge(rows)
    assert (merged.events[0].place, merged.events[0].conflicts) == ("Астана", "place")
    assert [(row.report, row.differs) for row in merged.reports] == [("a", ""), ("b", ""), ("c", "place")]


def test_status_follows_the_reports_over_time() -> None:
    assert statuses(("planned", -3), ("occurred", 0)).status == "occurred"
    assert statuses(("planned", -3)).status == "planned"
    assert statuses(("conjectured", -3), ("planned", -1)).status == "planned"
    event = statuses(("occurred", 0), ("denied", 1))
    assert (event.status, event.disputed, event.conflicts) == ("occurred", True, "status")
    assert statuses(("occurred", 0), ("denied", 1), ("denied", 2)).status == "denied"
    merged, _ = merge([report("a", status="planned", published=DAY - timedelta(3)), report("b")])
    assert [row.before for row in merged.reports] == ["planned", "occurred"]


def test_a_meeting_called_off_is_cancelled_and_says_by_what() -> None:
    plan = report("a", status="planned", published=DAY - timedelta(9))
    off = report("b", type="REJECT", mode="meet", trigger="отменить", published=DAY - timedelta(4),
                 start=DAY - timedelta(4), stop=DAY - timedelta(4))  # fmt: skip
    merged, _ = merge([plan, off])
    by_type = {event.type: event for event in merged.events}
    assert by_type["CONSULT"].status == "cancelled"
    assert by_type["CONSULT"].ended == by_type["REJECT"].event
    happened = report("c")
    merged, _ = merge([plan, off, happened])
    assert {event.type: event.status for event in merged.events}["CONSULT"] == "occurred"


def test_a_plan_knows_the_act_that_carried_it_out() -> None:
    promise = report("a", type="AGREE", mode=None, status="planned", planned_type="CONSULT", planned_start=DAY,
                     planned_stop=DAY, start=DAY - timedelta(9), stop=DAY - timedelta(9),
                     published=DAY - timedelta(9), trigger="договориться")  # fmt: skip
    merged, _ = merge([promise, report("b")])
    by_type = {event.type: event for event in merged.events}
    assert by_type["AGREE"].fulfilled == by_type["CONSULT"].event


def test_three_channels_retelling_one_agency_are_one_source() -> None:
    assert only([report(n, origin=("@Agency",)) for n in "abc"]).sources == 1
    assert only([report(n, speaker_outlet="agency") for n in "abc"]).sources == 1
    assert only([report(n, owner="Holding") for n in "abc"]).sources == 1
    assert only([report(n, duplicate="g1") for n in "abc"]).sources == 1
    assert only([report("a", outlet="agency"), report("b", origin=("friend", "agency"))]).sources == 1
    assert only([report("a", origin=("x",)), report("b", origin=("y",))], owners={"x": "O", "y": "O"}).sources == 1
    assert only([report("a"), report("b", origin=("x",))]).sources == 2


def test_a_reprint_two_days_later_adds_an_outlet_and_no_event() -> None:
    yesterday = {"start": DAY, "stop": DAY, "published": DAY + timedelta(1)}
    moved = {"start": DAY + timedelta(2), "stop": DAY + timedelta(2), "published": DAY + timedelta(3)}
    event = only([report("a", duplicate="g", **yesterday), report("b", duplicate="g", **moved)])
    assert (event.start, event.outlets, event.sources) == (DAY, 2, 1)
    merged, _ = merge([report("a", **yesterday), report("b", **moved)])
    assert len(merged.events) == 2


def test_an_earlier_report_renames_the_event_and_the_old_id_leads_on() -> None:
    late, early = report("late", published=DAY + timedelta(1)), report("early")
    before, _ = merge([late])
    after, _ = merge([late, early])
    assert before.events[0].event == event_id(late)
    assert after.events[0].event == event_id(early)
    assert resolve(event_id(late), after.redirects) == event_id(early)
    assert resolve("e0", after.redirects) is None


def test_bad_rows_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="no parties"):
        merge([report("a", sides=(("KAZ", "other"),))])
    with pytest.raises(InputError, match="twice"):
        merge([report("a"), report("a", mode="meet")])


SIDES = [(("TUR", "actor"), ("KAZ", "recipient")), (("KAZ", "actor"), ("TUR", "actor")),
         (("KAZ", "actor"), ("TUR", "recipient"))]  # fmt: skip
DATES = st.one_of(
    st.builds(
        lambda n: {"start": DAY + timedelta(n), "stop": DAY + timedelta(n), "precision": "day"}, st.integers(0, 4)
    ),
    st.just({"start": DAY, "stop": DAY + timedelta(3), "precision": "range"}),
    st.just({"start": DAY.replace(day=1), "stop": DAY.replace(day=31), "precision": "month"}),
    st.just({"start": None, "stop": None, "precision": "none"}),
)


@st.composite
def rows(draw: Any) -> list[ReportRow]:
    found = []
    for n in range(draw(st.integers(1, 12))):
        changes = {
            "sides": draw(st.sampled_from(SIDES)),
            "mode": draw(st.sampled_from(["visit", "meet", None])),
            "status": draw(st.sampled_from(["occurred", "planned", "denied", "conjectured"])),
            "domain": draw(st.sampled_from(["diplomatic", "energy", "other"])),
            "place": draw(st.sampled_from([None, "Астана", "Анкара"])),
            "trigger": draw(st.sampled_from(["посетить", "встретиться"])),
            "document": f"d{draw(st.integers(0, 5))}",
            "duplicate": draw(st.sampled_from(["", "", "g1", "g2"])),
            "origin": draw(st.sampled_from([(), ("agency",)])),
            "published": DAY + timedelta(draw(st.integers(-2, 6))),
            "sentence": draw(st.integers(0, 3)),
            **draw(DATES),
        }
        found.append(report(f"r{n}", **changes))
    return found


@settings(max_examples=150, deadline=None)
@given(rows(), st.randoms())
def test_any_order_of_adding_gives_the_same_events(reports: list[ReportRow], random: Any) -> None:
    shuffled = list(reports)
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(reports)
    merged, _ = merge(reports)
    assert sorted(row.report for row in merged.reports) == sorted(row.id for row in reports)
    assert len(merged.redirects) == len(reports)
    known = {event.event for event in merged.events}
    assert {row.event for row in merged.redirects} == known


WHO = {"who": "analyst", "why": "read it again"}
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(rows(), st.data())
def test_corrections_replay_in_any_order_and_after_export(reports: list[ReportRow], data: Any) -> None:
    merged, _ = merge(reports)
    ids = [row.old for row in merged.redirects]
    made = []
    for n in range(data.draw(st.integers(1, 6))):
        verb = data.draw(st.sampled_from(["reject", "recode", "split", "merge", "actor", "duplicate"]))
        target = data.draw(st.sampled_from([row.document for row in reports] if verb == "duplicate" else ids))
        given_: dict[str, Any] = {
            "recode": {"field": "status", "value": "denied"},
            "split": {"items": [data.draw(st.sampled_from(reports)).id]},
            "merge": {"items": [data.draw(st.sampled_from(ids))]},
            "actor": {"field": "TUR", "value": "AZE"},
        }.get(verb, {})
        made.append(correction(verb, target, time=NOON + timedelta(minutes=n), **WHO, **given_))
    if data.draw(st.booleans()):
        made.append(correction("undo", made[0].id, time=NOON + timedelta(hours=1), **WHO))
    result = merge(reports, made)
    order = data.draw(st.permutations(made))
    assert merge(reversed(reports), order) == result
    assert merge(reports, load(dump(order))) == result
    _, outcomes = result
    assert {outcome.correction for outcome in outcomes} == {row.id for row in made}
    assert all(outcome.applied or outcome.reason for outcome in outcomes)


def corrected(reports: list[ReportRow], *made: Any) -> tuple[Merged, Any]:
    return merge(reports, [correction(time=NOON + timedelta(minutes=n), **WHO, **row) for n, row in enumerate(made)])


def test_a_rejection_survives_new_reports_and_a_new_id() -> None:
    late = report("late", published=DAY + timedelta(1))
    merged, outcomes = corrected([late, report("early")], {"verb": "reject", "target": event_id(late)})
    assert merged.events == ()
    assert resolve(event_id(late), merged.redirects) == event_id(report("early"))
    assert outcomes[0].applied


def test_a_person_splits_and_merges_recodes_and_renames() -> None:
    reports = [report("a"), report("b"), report("c", mode="phone")]
    name = event_id(report("a"))
    merged, _ = corrected(reports, {"verb": "split", "target": name, "items": ["b"]})
    assert sorted(event.reports for event in merged.events) == [1, 1, 1]
    merged, _ = corrected(reports, {"verb": "merge", "target": name, "items": [event_id(report("c"))]})
    assert [event.reports for event in merged.events] == [3]
    assert merged.events[0].corrections.startswith("c")
    merged, _ = corrected(reports[:2], {"verb": "recode", "target": name, "field": "type", "value": "AGREE"})
    assert (merged.events[0].type, merged.events[0].mode) == ("AGREE", None)
    merged, _ = corrected(reports[:2], {"verb": "actor", "target": name, "field": "TUR", "value": "AZE"})
    assert {row.actor for row in merged.actors} == {"AZE", "KAZ"}


def test_a_duplicate_undone_is_a_source_of_its_own() -> None:
    reports = [report(n, duplicate="g") for n in "abc"]
    merged, _ = corrected(reports, {"verb": "duplicate", "target": "d-a"})
    assert merged.events[0].sources == 2
    made = correction("duplicate", "d-a", time=NOON, **WHO)
    assert undone_duplicates([made]) == {"d-a"}
    undo = correction("undo", made.id, time=NOON + timedelta(1), **WHO)
    assert undone_duplicates([made, undo]) == frozenset()
    assert [row.verb for row in in_force([undo, made])] == ["undo"]


def test_what_cannot_be_applied_is_told() -> None:
    _, outcomes = corrected(
        [report("a")],
        {"verb": "reject", "target": "e-gone"},
        {"verb": "split", "target": event_id(report("a")), "items": ["a"]},
        {"verb": "actor", "target": event_id(report("a")), "field": "FRA", "value": "DEU"},
        {"verb": "undo", "target": "c-gone"},
    )
    assert [outcome.applied for outcome in outcomes] == [False] * 4
    assert all(outcome.reason for outcome in outcomes)


@pytest.mark.parametrize(
    "given_",
    [
        {"verb": "delete", "target": "e1"},
        {"verb": "reject", "target": " "},
        {"verb": "split", "target": "e1"},
        {"verb": "recode", "target": "e1", "field": "score", "value": "1"},
        {"verb": "recode", "target": "e1", "field": "type", "value": "TALK"},
        {"verb": "recode", "target": "e1", "field": "start", "value": "16.10.2024"},
        {"verb": "actor", "target": "e1"},
    ],
)
def test_a_bad_correction_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        correction(time=NOON, **WHO, **given_)


def test_an_export_changed_by_hand_is_noticed() -> None:
    data = dump([correction("reject", "e1", time=NOON, **WHO)])
    with pytest.raises(InputError, match="changed by hand"):
        load(data.replace(b'"e1"', b'"e2"'))
    with pytest.raises(InputError, match="line 1"):
        load(b"{}\n")


def test_a_partition_names_every_report_once() -> None:
    reports = [report("a"), report("b"), report("c", mode="phone")]
    assert partition(reports) == [("a", "b"), ("c",)]
