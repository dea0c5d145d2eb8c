"""Event datasets: rows in their official shapes (invented examples) to events, dyad-days and rejects."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detente.actor.tables import actors
from detente.dataset import KINDS, DatasetEvent, DyadDay, kind_of, read
from detente.dataset.latin import choose, fold, own_holders, people
from detente.dataset.names import names
from detente.dataset.table import ICEWS, POLECAT
from detente.errors import InputError
from detente.model import Reject
from detente.ontology.cameo import codes, find, texts
from detente.ontology.plover import TYPES

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
ON = date(2018, 5, 1)


def gdelt_row(
    number: int = 1, day: str = "20180501", code: str = "043", one: str = "KAZGOV", two: str = "TUR", size: int = 58
) -> str:
    """An invented GDELT line of 57, 58 or 61 columns."""

    def side(actor: str) -> list[str]:
        name = {"TUR": "TURKEY", "KAZGOV": "KAZAKHSTAN", "RUSGOV": "VLADIMIR PUTIN"}.get(actor, actor)
        country = "" if actor.startswith(("IGO", "COP")) or not actor else actor[:3]
        return [actor, name, country, actor[6:] if actor.startswith("IGO") else "", "", "", "", actor[3:6], "", ""]

    head = [str(number), day, "201805", "2018", "2018.33", *side(one), *side(two)]
    head += ["1", code, code[:3], code[:2], "1", "2.8", "6", "2", "5", "1.5"]
    places = ["1", "Kazakhstan", "KZ", "KZ"] + ([""] if size == 61 else []) + ["48", "68", "KZ"]
    row = head + places * 3
    row += ["20180502010000" if size == 61 else "20180502"] + (["https://example.org/a"] if size > 57 else [])
    assert len(row) == size
    return "\t".join(row)


def events(data: bytes | Path, name: str = "example", **options: object) -> list[DatasetEvent]:
    rows = list(read(data, name, **options))  # type: ignore[arg-type]
    assert all(isinstance(row, DatasetEvent) for row in rows), rows
    return rows  # type: ignore[return-value]


class TestCrosswalk:
    def test_every_code_of_the_codebook_is_there(self) -> None:
        # CAMEO codebook 1.1b3 (Schrodt 2012), codes of three and four digits by root; 12 has 1213 and 1214 besides.
        expected = {
            "01": 10, "02": 27, "03": 28, "04": 7, "05": 8, "06": 5, "07": 6, "08": 25, "09": 5, "10": 27, "11": 12,
            "12": 28, "13": 22, "14": 26, "15": 6, "16": 13, "17": 13, "18": 14, "19": 9, "20": 7,
        }  # fmt: skip
        assert Counter(code[:2] for code in codes() if len(code) > 2) == expected
        assert {code for code in codes() if len(code) == 2} == set(expected)

    def test_types_and_modes_are_plovers(self) -> None:
        for entry in codes().values():
            assert entry.type is None or entry.type in TYPES, entry
            assert entry.mode is None or entry.mode in TYPES[entry.type or ""].modes, entry
        assert {entry.type for entry in codes().values() if entry.type} == set(TYPES)

    def test_only_statements_have_no_type(self) -> None:
        assert {entry.code[:2] for entry in codes().values() if entry.type is None} == {"01"}

    def test_a_quad_never_turns_from_cooperation_to_conflict_against_cameo_without_a_note(self) -> None:
        for entry in codes().values():
            cooperative = int(entry.code[:2]) <= 8
            if entry.type and entry.source == "plover":
                assert TYPES[entry.type].cooperative is cooperative, entry

    def test_what_we_hold_against_the_crosswalk(self) -> None:
        assert (codes()["163"].type, codes()["057"].type, codes()["112"].mode) == ("SANCTION", "AGREE", "allege")
        assert {codes()[code].source for code in ("163", "057", "112")} == {"adapted"}

    def test_names_give_the_code_that_datasets_use(self) -> None:
        assert find(name="Consult").code == "040"  # type: ignore[union-attr]
        assert find(name="Threaten non force").code == "131"  # type: ignore[union-attr]
        assert texts()["make statement"] == "010"

    @pytest.mark.parametrize(("code", "name", "found"), [
        ("43", "Host a visit", "043"), ("10", "Make statement", "010"), ("112", "Accuse", "112"), ("311", "", "0311"),
    ])  # fmt: skip
    def test_a_lost_leading_zero_is_found_again(self, code: str, name: str, found: str) -> None:
        assert find(code, name).code == found  # type: ignore[union-attr]

    def test_an_unknown_code_is_none(self) -> None:
        assert find("999") is None
        assert find(name="Dance") is None


class TestNames:
    @pytest.mark.parametrize(("name", "code", "sector"), [
        ("Kazakhstan", "KAZ", "government"),
        ("Turkey", "TUR", "government"),
        ("Türkiye", "TUR", "government"),
        ("Cote d'Ivoire", "CIV", "government"),
        ("Palestinian Territory, Occupied", "PSE", "government"),
        ("Military (Kazakhstan)", "KAZ", "military"),
        ("Citizen (Turkey)", "TUR", "citizens"),
        ("Foreign Affairs (Azerbaijan)", "AZE", "government"),
        ("Other Authorities / Officials (South Korea)", "KOR", "government"),
        ("Rebel Group (Syria)", "SYR", "armed_group"),
        ("NATO", "NATO", "government"),
        ("European Union", "EU", "government"),
        ("UN Security Council", "UN", "government"),
        ("Turkish Armed Forces", "TUR", "military"),
        ("Armed Forces of the Philippines", "PHL", "military"),
        ("Parliament of Georgia", "GEO", "legislature"),
        ("South African Police Service", "ZAF", "security"),
        ("Bharatiya Janata", "IND", "party"),
        ("Republic of South Ossetia", "PRE:SOUTH_OSSETIA", "government"),
        ("Islamic State of Iraq and the Levant", "DAESH", "armed_group"),
        ("Militant (Boko Haram)", "BOKO_HARAM", "armed_group"),
    ])  # fmt: skip
    def test_names_groups_and_organs(self, name: str, code: str, sector: str) -> None:
        found = names().resolve(name, ON)
        assert (found.actor, found.sector) == (code, sector)

    @pytest.mark.parametrize("name", [
        "Unspecified Actor", "Citizen (Africa)", "International", "Africa", "Crimea", "Irish Republican Army",
        "Kosovo Liberation Army", "Central American Parliament", "Latin America", "U.S.–China Army", "", "( )",
        "USS John S. McCain", "Police",
    ])  # fmt: skip
    def test_who_is_nobody(self, name: str) -> None:
        assert names().resolve(name, ON).actor is None

    @pytest.mark.parametrize(("name", "person", "code"), [
        ("Vladimir Putin", "Vladimir Putin", "RUS"),
        ("Recep Tayyip Erdoğan", "Recep Tayyip Erdoğan", "TUR"),
        ("Sergey Kuzhugetovich Shoygu", "Sergei Shoigu", "RUS"),
        ("Dmitry Anatolyevich Medvedev", "Dmitry Medvedev", "RUS"),
        ("Shavkat Mirziyayev", "Shavkat Mirziyoyev", "UZB"),
        ("Abdel Fattah Al-Sisi", "Abdel Fattah el-Sisi", "EGY"),
        ("António Manuel de Oliveira Guterres", "António Guterres", "UN"),
        ("Muhammadu Buhari", "Muhammadu Buhari", "NGA"),
    ])  # fmt: skip
    def test_persons_by_office_and_day(self, name: str, person: str, code: str) -> None:
        found = names().resolve(name, ON)
        assert (found.person, found.actor, found.how) == (person, code, "person")
        assert found.office is not None

    def test_a_person_stands_for_a_state_only_near_the_tenure(self) -> None:
        assert names().resolve("Robert Mugabe", date(2018, 5, 1)).actor == "ZWE"
        assert names().resolve("Robert Mugabe", date(2018, 5, 1)).office is None
        assert names().resolve("Robert Mugabe", date(2024, 5, 1)).actor is None

    @pytest.mark.parametrize("name", ["Vladimir Potanin", "Mahmood Ali", "Nguyen Tan Kim", "Narendra Singh"])
    def test_a_like_name_is_another_person(self, name: str) -> None:
        found = names().resolve(name, ON)
        assert found.person is None or fold(found.person) == fold(name)

    def test_a_son_is_not_his_father(self) -> None:
        assert names().resolve("Hamdan bin Mohammed bin Rashid al Maktoum", date(2022, 5, 1)).person is None

    def test_a_group_that_came_to_govern_is_the_state_from_that_day(self) -> None:
        assert names().resolve("Taliban", date(2018, 5, 1)).actor == "TALIBAN"
        assert names().resolve("Taliban", date(2022, 5, 1)).actor == "AFG"

    def test_our_tables_go_before_the_datasets_country(self) -> None:
        assert names().resolve("NATO", ON, "Belgium").actor == "NATO"
        assert names().resolve("Jane Example", ON, "Belgium").actor == "BEL"

    def test_every_own_holder_is_found_by_the_own_name(self) -> None:
        found = people()
        for holder in own_holders():
            tenure = choose(found.readings(holder.person), holder.start)
            assert tenure is None or tenure.code in actors(), holder
            assert any(holder in reading or holder.person in {h.person for h in reading}
                       for reading in found.readings(holder.person)), holder  # fmt: skip


class TestGdelt:
    @pytest.mark.parametrize(("size", "dataset"), [(57, "gdelt1"), (58, "gdelt1"), (61, "gdelt2")])
    def test_the_official_columns(self, size: int, dataset: str) -> None:
        data = (gdelt_row(size=size) + "\n").encode()
        assert kind_of(data) == "gdelt"
        (row,) = events(data)
        assert (row.dataset, row.source_id, row.day) == (dataset, "1", date(2018, 5, 1))
        assert (row.actor, row.actor_sector, row.actor_role, row.recipient) == ("KAZ", "government", "host", "TUR")
        assert (row.type, row.mode, row.quad, row.status) == ("CONSULT", "visit", "verbal cooperation", "occurred")
        assert (row.mentions, row.sources, row.articles, row.published) == (6, 2, 5, date(2018, 5, 2))
        assert row.url == ("https://example.org/a" if size > 57 else None)
        assert row.countable

    def test_persons_groups_and_old_codes(self) -> None:
        (row,) = events(gdelt_row(one="RUSGOV", two="IGOUNO").encode())
        assert (row.actor, row.actor_person, row.actor_office) == ("RUS", "Vladimir Putin", "head_of_state")
        assert row.recipient == "UN"
        (row,) = events(gdelt_row(one="ROMMIL", two="EURGOV").encode())
        assert (row.actor, row.actor_sector, row.recipient) == ("ROU", "military", None)
        assert not row.countable

    def test_a_side_without_country_stays_with_its_name(self) -> None:
        (row,) = events(gdelt_row(one="COP", two="").encode())
        assert (row.actor, row.actor_name, row.recipient, row.recipient_name) == (None, "COP", None, "")

    def test_a_header_names_the_columns_in_any_order(self) -> None:
        text = "EventCode,SQLDATE,GLOBALEVENTID,Actor1Code,Actor2Code,Actor1CountryCode,Actor2CountryCode\n"
        (row,) = events((text + "112,20180501,7,KAZ,RUSMIL,KAZ,RUS\n").encode())
        assert (row.source_id, row.actor, row.recipient, row.type) == ("7", "KAZ", "RUS", "ACCUSE")

    def test_the_reduced_back_file(self) -> None:
        head = ["Date", "Source", "Target", "CAMEOCode", "NumEvents", "NumArts", "QuadClass", "Goldstein"]
        head += [f"Geo{i}" for i in range(9)]
        line = ["19991103", "KAZGOV", "TURMIL", "043", "3", "12", "1", "2.8", *["1"] * 9]
        (row,) = events(("\t".join(head) + "\n" + "\t".join(line) + "\n").encode())
        assert (row.dataset, row.actor, row.recipient, row.count, row.articles) == (
            "gdelt1_reduced",
            "KAZ",
            "TUR",
            3,
            12,
        )
        assert row.recipient_sector == "military"

    def test_bad_rows_are_rejected_with_their_place(self) -> None:
        good, short = gdelt_row(), "1\t2\t3"
        lines = [good, short, gdelt_row(day="20181350"), gdelt_row(code="---"), good]
        rows = list(read(("\n".join(lines) + "\n").encode(), "x"))
        assert [type(row) for row in rows] == [DatasetEvent, Reject, Reject, Reject, DatasetEvent]
        first = rows[1]
        assert isinstance(first, Reject)
        assert "3 columns" in first.reason
        assert first.offset == len(good) + 1


class TestPacked:
    def test_gzip_zip_and_plain_are_the_same(self, tmp_path: Path) -> None:
        plain = (gdelt_row() + "\n").encode() * 3
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("20180501.export.CSV", plain)
        path = tmp_path / "rows.csv.gz"
        path.write_bytes(gzip.compress(plain))
        assert events(plain) == events(gzip.compress(plain)) == events(packed.getvalue()) == events(path)

    def test_a_cut_archive_gives_what_is_whole_and_says_where_it_ends(self) -> None:
        plain = "".join(gdelt_row(number) + "\n" for number in range(4000)).encode()
        rows = list(read(gzip.compress(plain)[:-2000], "cut.gz"))
        assert isinstance(rows[-1], Reject)
        assert "damage" in rows[-1].reason
        assert all(isinstance(row, DatasetEvent) for row in rows[:-1])
        assert len(rows) > 100

    @pytest.mark.parametrize("data", [b"", gzip.compress(b""), b"\x1f\x8bnonsense", b"PK\x03\x04nonsense"])
    def test_what_cannot_be_read_is_an_error(self, data: bytes) -> None:
        with pytest.raises(InputError):
            list(read(data, "x"))

    def test_several_files_in_one_zip_are_refused(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.csv", "x")
            archive.writestr("b.csv", "y")
        with pytest.raises(InputError, match="2 files"):
            list(read(packed.getvalue(), "x"))


def icews(*rows: dict[str, str]) -> bytes:
    columns = [*dict.fromkeys([*ICEWS.values(), "Intensity", "Story ID", "Country", "Latitude", "Longitude"])]
    lines = ["\t".join(columns)] + ["\t".join(row.get(column, "") for column in columns) for row in rows]
    return ("\n".join(lines) + "\n").encode()


class TestIcews:
    ROW: ClassVar = {
        "Event ID": "20718170", "Event Date": "2018-05-01", "Source Name": "Military (Kazakhstan)",
        "Source Sectors": "Military,Government", "Source Country": "Kazakhstan", "Event Text": "Cooperate militarily",
        "CAMEO Code": "62", "Target Name": 'General "Example" Person', "Target Country": "Turkey",
        "Target Sectors": "Military", "Publisher": "Example News",
    }  # fmt: skip

    def test_the_official_columns(self) -> None:
        data = icews(self.ROW)
        assert kind_of(data) == "icews"
        (row,) = events(data)
        assert (row.dataset, row.source_id, row.code) == ("icews", "20718170", "062")
        assert (row.type, row.domain, row.publisher) == ("COOPERATE", "military", "Example News")
        assert (row.actor, row.actor_sector) == ("KAZ", "military")
        assert (row.recipient, row.recipient_sector) == ("TUR", "military")  # by the dataset's country
        assert row.recipient_name == 'General "Example" Person'

    def test_the_short_form_gets_ids_from_content(self) -> None:
        line = "2018-05-01,Kazakhstan,Make a visit,Turkey\n"
        data = ("date,source_name,event_text,target_name\n" + line + line).encode()
        first, second = events(data)
        assert first.source_id != second.source_id
        assert [row.source_id for row in events(data)] == [first.source_id, second.source_id]
        assert (first.type, first.mode, first.actor, first.recipient) == ("CONSULT", "visit", "KAZ", "TUR")

    def test_a_statement_is_kept_without_a_type(self) -> None:
        (row,) = events(icews({**self.ROW, "Event Text": "Make statement", "CAMEO Code": "10"}))
        assert (row.code, row.type, row.countable) == ("010", None, False)

    def test_intent_says_what_is_planned(self) -> None:
        (row,) = events(icews({**self.ROW, "Event Text": "Express intent to meet or negotiate", "CAMEO Code": "36"}))
        assert (row.type, row.planned_type) == ("AGREE", "CONSULT")

    def test_an_unknown_event_is_rejected(self) -> None:
        (row,) = read(icews({**self.ROW, "Event Text": "Dance", "CAMEO Code": "999"}), "x")
        assert isinstance(row, Reject)
        assert "Dance" in row.reason


class TestPolecat:
    ROW: ClassVar = {
        "Event ID": "ASIA_1", "Event Date": "2021-03-04", "Event Type": "CONSULT", "Event Mode": "third-party",
        "Contexts": "diplomatic; military", "Actor Name": "Kazakhstan", "Actor Country": "Kazakhstan; Turkey",
        "Primary Actor Sector": "GOV", "Recipient Name": "None", "Recipient Country": "RUS",
        "Primary Recipient Sector": "MIL", "Source": "Example Daily", "Publication Date": "2021-03-05",
        "Language": "Russian",
    }  # fmt: skip

    def data(self, **changes: str) -> bytes:
        columns = [*POLECAT.values(), "Quad Code", "Intensity"]
        row = {**self.ROW, **changes}
        return ("\t".join(columns) + "\n" + "\t".join(row.get(c, "") for c in columns) + "\n").encode()

    def test_types_modes_and_several_states(self) -> None:
        assert kind_of(self.data()) == "polecat"
        (row,) = events(self.data())
        assert (row.type, row.mode, row.domain, row.code) == (
            "CONSULT",
            "third_party",
            "diplomatic",
            "CONSULT/third-party",
        )
        assert (row.actor, row.more_actors, row.recipient) == ("KAZ", ("TUR",), "RUS")
        assert row.pairs() == (("KAZ", "RUS"), ("TUR", "RUS"))
        assert (row.recipient_sector, row.language, row.published) == ("military", "russian", date(2021, 3, 5))

    def test_a_mode_that_is_not_ours_is_kept_in_the_code(self) -> None:
        (row,) = events(self.data(**{"Event Type": "ASSAULT", "Event Mode": "cleansing"}))
        assert (row.type, row.mode, row.code) == ("ASSAULT", None, "ASSAULT/cleansing")

    def test_an_unknown_type_is_rejected(self) -> None:
        (row,) = read(self.data(**{"Event Type": "DANCE"}), "x")
        assert isinstance(row, Reject)


class TestTable:
    TEXT = "when;who;whom;what;n\n2019-02-03;KAZ;Türkiye;0312;4\nsoon;KAZ;TUR;0312;1\n"
    COLUMNS: ClassVar = {"day": "when", "actor": "who", "recipient": "whom", "code": "what", "mentions": "n"}

    def test_mapped_columns(self) -> None:
        good, bad = read(self.TEXT.encode(), "mine.csv", columns=self.COLUMNS)
        assert isinstance(good, DatasetEvent)
        assert (good.dataset, good.type, good.planned_type, good.domain) == (
            "table:mine.csv",
            "AGREE",
            "COOPERATE",
            "military",
        )
        assert (good.recipient, good.mentions) == ("TUR", 4)
        assert isinstance(bad, Reject)
        assert "soon" in bad.reason

    def test_a_legacy_encoding_is_read(self) -> None:
        data = "when;who;whom;what;n\n2019-02-03;KAZ;Türkiye;042;4\n".encode("cp1252")
        (row,) = events(data, columns=self.COLUMNS)
        assert row.recipient == "TUR"

    @pytest.mark.parametrize("columns", [
        {"day": "when", "actor": "who", "recipient": "whom"},
        {"day": "nowhere", "actor": "who", "recipient": "whom", "code": "what"},
        {"day": "when", "code": "what", "colour": "who"},
    ])  # fmt: skip
    def test_a_mapping_that_does_not_fit_is_an_error(self, columns: dict[str, str]) -> None:
        with pytest.raises(InputError):
            list(read(self.TEXT.encode(), "x", columns=columns))

    def test_an_unknown_table_asks_for_columns(self) -> None:
        with pytest.raises(InputError, match="columns"):
            list(read(self.TEXT.encode(), "x"))
        with pytest.raises(InputError, match="no kind"):
            list(read(self.TEXT.encode(), "x", kind="novel"))
        assert "gdelt" in KINDS

    def test_quoted_line_breaks_and_huge_fields(self) -> None:
        csv.field_size_limit(131_072)  # the readers of tables, when they have run, raise it for the process
        big = "x" * (csv.field_size_limit() + 10)
        text = 'date,source_name,event_text,target_name\n2018-05-01,"Kazakh\nstan",Consult,Turkey\n'
        text += f"2018-05-01,{big},Consult,Iran\n"
        first, second = read(text.encode(), "x")
        assert isinstance(first, DatasetEvent)
        assert first.actor_name == "Kazakh\nstan"
        assert isinstance(second, Reject)


class TestDyadDays:
    def test_a_net_value_says_what_it_cannot_feed(self) -> None:
        table = pa.table({"day": [20180501, 20180502, 20181399], "a": ["KAZ", "XXX", "KAZ"], "b": ["TUR"] * 3,
                          "w": [4.5, -1.0, 2.0]})  # fmt: skip
        sink = io.BytesIO()
        pq.write_table(table, sink)
        data = sink.getvalue()
        assert kind_of(data) == "dyad_days"
        first, second, third = read(data, "dyads.parquet")
        assert first == DyadDay("gdelt_dyad_days", date(2018, 5, 1), "KAZ", "TUR", "KAZ", "TUR", 4.5)
        assert isinstance(second, DyadDay)
        assert second.first is None
        assert isinstance(third, Reject)
        assert {"type", "domain", "reports"} <= set(DyadDay.LACKS)
        assert "engagement" in DyadDay.CANNOT_FEED

    def test_another_parquet_is_an_error(self) -> None:
        sink = io.BytesIO()
        pq.write_table(pa.table({"x": [1]}), sink)
        with pytest.raises(InputError, match="lacks"):
            list(read(sink.getvalue(), "x"))


@pytest.mark.skipif(not (SHARED / "icews_2018.csv.gz").exists(), reason="../shared/data/icews_2018.csv.gz is missing")
def test_seven_of_ten_icews_rows_resolve_on_both_sides() -> None:
    path, both, rows = SHARED / "icews_2018.csv.gz", 0, 0
    for number, row in enumerate(read(path, path.name)):
        if number == 60_000:
            break
        assert isinstance(row, DatasetEvent)
        rows += 1
        both += row.actor is not None and row.recipient is not None
    assert both / rows > 0.7
