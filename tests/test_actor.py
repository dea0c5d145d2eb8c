"""Actors: every table loads and holds together, every way of naming a side gives the right one."""

from __future__ import annotations

import csv
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from detente.actor import tables
from detente.actor.gazetteer import gazetteer
from detente.actor.people import People
from detente.actor.resolver import Entity, Resolver
from detente.actor.words import words
from detente.errors import DataError
from detente.lang.ru.inflect import demonym_forms, name_forms, surname_forms, surname_key
from detente.lang.ru.parser import RussianParser
from detente.model import SECTORS

ROOT = Path(__file__).resolve().parents[1]
ACTOR_DATA = files("detente.actor") / "data"
NAME_DATA = files("detente.lang.ru") / "data"
NAME_TABLES = ("blocs", "capitals", "groups", "masked", "organs", "places", "sectors", "state_groups", "states")

# Text of a mention, and the code that it alone gives.
LINKS = """
Казахстану KAZ|Республикой Казахстан KAZ|РК KAZ|Турцией TUR|Турецкой Республики TUR|Российской Федерацией RUS
России RUS|РФ RUS|США USA|Соединённых Штатах USA|Соединенными Штатами Америки USA|Штатам USA|Америкой USA
Великобританией GBR|Британию GBR|Соединенному королевству GBR|Англии GBR|Туманным Альбионом GBR|Китаю CHN
КНР CHN|Поднебесной CHN|Китайской Народной Республике CHN|КНДР PRK|Северной Корее PRK|Южную Корею KOR
Республики Корея KOR|Белоруссией BLR|Беларуси BLR|Киргизии KGZ|Кыргызстаном KGZ|Киргизстана KGZ|Молдавию MDA
Молдовой MDA|ОАЭ ARE|Объединенных Арабских Эмиратов ARE|Эмиратами ARE|Саудовскую Аравию SAU|КСА SAU|ФРГ DEU
Германией DEU|Нидерландами NLD|Голландии NLD|Филиппинах PHL|Чехией CZE|Боснии и Герцеговины BIH|Шри-Ланкой LKA
Кот-д’Ивуаром CIV|Папуа — Новой Гвинеи PNG|Гвинее-Бисау GNB|Гвинею GIN|Экваториальной Гвинее GNQ|ЮАР ZAF
Южной Африкой ZAF|Южным Суданом SSD|Суданом SDN|Нигером NER|Нигерией NGA|Демократической Республике Конго COD
Северной Македонией MKD|Черногорию MNE|Новой Зеландией NZL|Коста-Рике CRI|Чаду TCD|Ираном IRN|Ираку IRQ
Исламской Республикой Иран IRN|Израилю ISR|Ливаном LBN|Сирийской Арабской Республики SYR|Ватиканом VAT
Люксембургом LUX|Сингапуром SGP|Тунисом TUN|Мьянмой MMR|Вьетнаму VNM|Таиландом THA|Туркменией TKM
Туркменистаном TKM|Узбекистаном UZB|Таджикистану TJK|Монголией MNG|Азербайджаном AZE|Армению ARM|Грузией GEO
Украиной UKR|Латвией LVA|Литвой LTU|Эстонией EST|Польшей POL|Венгрией HUN|Кипром CYP|Мальтой MLT
турецкими TUR|казахстанского KAZ|казахского KAZ|российскую RUS|русским RUS|американские USA|британской GBR
английскими GBR|немецкого DEU|германским DEU|китайскую CHN|южнокорейских KOR|северокорейскому PRK|иранской IRN
персидскими IRN|саудовских SAU|эмиратского ARE|кыргызским KGZ|киргизской KGZ|молдавскому MDA|узбекские UZB
таджикскими TJK|туркменского TKM|азербайджанскую AZE|армянскими ARM|грузинского GEO|украинской UKR|белорусских BLR
польскому POL|литовскими LTU|латвийской LVA|эстонского EST|финских FIN|шведскую SWE|норвежскому NOR|датскими DNK
голландского NLD|бельгийской BEL|французскими FRA|испанской ESP|португальские PRT|итальянского ITA|греческую GRC
чешским CZE|словацкой SVK|венгерского HUN|румынскими ROU|болгарской BGR|сербскому SRB|хорватских HRV|японские JPN
индийскую IND|пакистанскими PAK|афганского AFG|иракской IRQ|сирийским SYR|ливанскую LBN|израильского ISR
египетскими EGY|ливийской LBY|алжирского DZA|марокканские MAR|южноафриканскую ZAF|бразильским BRA|мексиканской MEX
канадского CAN|австралийскими AUS|новозеландскую NZL|вьетнамских VNM|филиппинские PHL|монгольскому MNG
турками TUR|турчанке TUR|турок TUR|россиянам RUS|россиянку RUS|американцев USA|американкой USA|казахстанцы KAZ
казахами KAZ|британцу GBR|англичан GBR|немцами DEU|китаянок CHN|китайцам CHN|поляков POL|полькой POL|чехам CZE
финнов FIN|шведами SWE|датчан DNK|греков GRC|грузин GEO|грузинкам GEO|армянами ARM|азербайджанцу AZE|украинкам UKR
киргизов KGZ|кыргызстанцев KGZ|таджиками TJK|узбечек UZB|туркменам TKM|иранцев IRN|израильтян ISR|египтянами EGY
сирийцам SYR|японцу JPN|французами FRA|итальянку ITA|испанцев ESP|сербам SRB|молдаванами MDA|белорусов BLR
Анкаре TUR|Астаной KAZ|Нур-Султане KAZ|Баку AZE|Москвою RUS|Вашингтону USA|Тегераном IRN|Пхеньяном PRK|Пекину CHN
Эр-Риядом SAU|Тель-Авиву ISR|Брюсселем EU|Ташкенте UZB|Бишкеку KGZ|Душанбе TJK|Ашхабадом TKM|Ереваном ARM
Тбилиси GEO|Кишинёву MDA|Минском BLR|Киеву UKR|Лондоном GBR|Парижу FRA|Берлином DEU|Токио JPN|Дели IND
Кремлю RUS|Белым домом USA|Аккорде KAZ|Елисейскому дворцу FRA|Даунинг-стрит GBR|Банковой UKR|Пентагоном USA
Госдепа USA|Госдумой RUS|Совфеда RUS|Верховной радой UKR|Кнессетом ISR|Бундестагу DEU|Бундесвером DEU|ЦРУ USA
ФСБ RUS|СБУ UKR|Моссаду ISR|КСИР IRN|Еврокомиссией EU|Европарламенту EU|Совбезом ООН UN|МАГАТЭ UN|ЦАХАЛ ISR
Евросоюзом EU|НАТО NATO|Североатлантическому альянсу NATO|ООН UN|ОДКБ CSTO|ЕАЭС EAEU|СНГ CIS|ШОС SCO|ОТГ OTS
Организации тюркских государств OTS|Тюркским советом OTS|ОБСЕ OSCE|Лиге арабских государств ARAB|АСЕАН ASEAN
Африканскому союзу AU|Палестиной PSE|Тайванем TWN|Косово XKX|ДНР PRE:DNR|ЛНР PRE:LNR|Абхазией PRE:ABKHAZIA
Южной Осетией PRE:SOUTH_OSSETIA|Приднестровьем PRE:TRANSNISTRIA|НКР PRE:NKR|Северным Кипром PRE:NORTH_CYPRUS
Газпромом RUS|Роснефти RUS|Росатому RUS|Baykar TUR|ASELSAN TUR|Boeing USA|КазМунайГазом KAZ|Huawei CHN|SOCAR AZE
Нафтогазу UKR|Турецкими авиалиниями TUR|ТАСС RUS|Анадолу TUR|Reuters GBR|Хабар KAZ|CNN USA|Синьхуа CHN
Стамбулу TUR|Алеппо SYR|Манбиджем SYR|Петербургом RUS|Алматы KAZ|Женевой CHE|Гонконгом CHN|Сектору Газа PSE
"""

# Names that contain a state's name, and words of armed groups: no actor.
NOBODY = (
    "Турецким потоком", "Северного потока - 2", "Южному потоку", "Парке Горького", "русского языка",
    "американские горки", "Советскому Союзу", "Минскими соглашениями", "Минским договоренностям",
    "Женевской конвенции", "Астанинского процесса", "нормандском формате", "Мюнхенской конференции",
    "Венскую конвенцию", "Римским статутом", "Латинской Америке", "Персидском заливе", "Черном море",
    "Киевская Русь", "доллара США", "ИГИЛ", "ХАМАС", "Талибан", "хуситы", "Рабочая партия Курдистана", "Крым",
    "Донбасс", "Нагорный Карабах", "протурецкий", "антироссийскими", "пророссийских", "стол", "стороны", "Запад",
)  # fmt: skip

COMPOUNDS = {
    "казахстанско-турецкого": ("KAZ", "TUR"),
    "российско-американские": ("RUS", "USA"),
    "турко-азербайджанская": ("TUR", "AZE"),
    "франко-германским": ("FRA", "DEU"),
    "ирано-иракской": ("IRN", "IRQ"),
    "армяно-азербайджанского": ("ARM", "AZE"),
    "российско-китайско-монгольский": ("RUS", "CHN", "MNG"),
    "англо-саксонский": (),
    "военно-политический": (),
    "индо-тихоокеанский": (),
}


def _links() -> list[tuple[str, str]]:
    cells = [cell.strip() for line in LINKS.strip().splitlines() for cell in line.split("|")]
    return [(cell.rsplit(" ", 1)[0], cell.rsplit(" ", 1)[1]) for cell in cells]


@pytest.mark.parametrize(("text", "code"), _links())
def test_name_in_any_case_gives_its_code(text: str, code: str) -> None:
    assert gazetteer("ru").link(text) == code


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_no_actor_gives_none(text: str) -> None:
    assert gazetteer("ru").link(text) is None


@pytest.mark.parametrize(("text", "codes"), COMPOUNDS.items())
def test_compound_adjective_names_all_its_states(text: str, codes: tuple[str, ...]) -> None:
    assert gazetteer("ru").compound(text) == codes


def test_every_name_of_cldr_is_known() -> None:
    babel = pytest.importorskip("babel")
    territories = babel.Locale("ru").territories
    with (ACTOR_DATA / "states.csv").open(encoding="utf-8") as lines:
        states = {row["alpha2"]: row["code"] for row in csv.DictReader(lines) if not row["stop"]}
    wrong = {
        name: found
        for alpha2, code in states.items()
        if (name := territories.get(alpha2)) and (found := gazetteer("ru").link(name)) != code
    }
    assert wrong == {}
    assert len(states) == 194


# ---- tables ----


def test_actor_tables_load_with_valid_rows() -> None:
    found = tables.actors()
    assert sum(actor.family == "state" for actor in found.values()) >= 194
    for actor in found.values():
        assert actor.start is None or actor.stop is None or actor.start <= actor.stop
    for code in ("EU", "NATO", "UN", "CSTO", "EAEU", "CIS", "SCO", "OTS", "OSCE", "ARAB", "AU", "ASEAN"):
        assert found[code].acts
    assert not found["BRICS"].acts
    assert not found["DAESH"].acts
    assert found["SSD"].start == date(2011, 7, 9)


def test_name_forms_load_with_known_codes_and_sectors() -> None:
    found = list(tables.forms("ru"))
    assert len(found) > 4000
    assert {form.sector for form in found} <= set(SECTORS)
    assert {form.code for form in found if form.code} <= set(tables.actors())


@pytest.mark.parametrize("name", NAME_TABLES)
def test_name_table_is_sorted_without_duplicates(name: str) -> None:
    with (NAME_DATA / f"names_{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row) for row in csv.reader(lines)][1:]
    assert rows == sorted(rows)
    keys = [row[:2] if name in {"masked", "sectors"} else row[:-1] for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["states", "blocs", "contested", "armed_groups", "state_groups"])
def test_actor_table_is_sorted_without_duplicates(name: str) -> None:
    with (ACTOR_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        codes = [row[0] for row in csv.reader(lines)][1:]
    assert codes == sorted(set(codes))


def test_every_state_has_name_adjective_and_capital_or_says_why() -> None:
    kinds: dict[str, set[str]] = {}
    for form in tables.forms("ru"):
        if form.code:
            kinds.setdefault(form.code, set()).add(form.kind)
    states = [a for a in tables.actors().values() if a.family == "state" and a.stop is None]
    assert [a.code for a in states if "name" not in kinds.get(a.code, set())] == []
    assert {a.code for a in states if "adjective" not in kinds[a.code]} <= {"COG", "KNA", "SLB", "STP", "VCT"}


def test_holders_load_and_name_known_actors() -> None:
    for holder in tables.holders():
        assert holder.code in tables.actors(), holder
        assert holder.stop is None or holder.start <= holder.stop, holder
        assert holder.source


def test_words_load() -> None:
    found = words("ru")
    assert "посол" in found.posted_nouns
    assert found.family["мид"] == "ministry"


@pytest.mark.parametrize(
    "row",
    [
        "KAZ,head_of_state,A B,А,Бэ,,2020-13-01,,http://x",
        "KAZ,head_of_state,A B,А,Бэ,,,,http://x",
        "KAZ,head_of_state,A B,А,Бэ,,2020-01-01,,",
        "KAZ,head_of_state,A B,А,Бэ,2020-01-01,,http://x",
    ],
)
def test_bad_holder_row_names_file_and_line(tmp_path: Path, row: str) -> None:
    head = "code,office,person,given_ru,surname_ru,forms_ru,start,stop,source"
    (tmp_path / "offices_x.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"offices_x\.csv:2"):
        tables.holders(tmp_path)


def test_months_and_years_open_to_their_first_and_last_day() -> None:
    assert tables.day("2020-02", "x") == date(2020, 2, 1)
    assert tables.day("2020-02", "x", last=True) == date(2020, 2, 29)
    assert tables.day("2020", "x", last=True) == date(2020, 12, 31)
    assert tables.day("", "x") is None


# ---- inflection ----


@pytest.mark.parametrize(
    ("word", "form"),
    [("турция", "турцией"), ("израиль", "израиля"), ("китай", "китаем"), ("филиппины", "филиппин"),
     ("соединенное", "соединенному"), ("елисейский", "елисейском"), ("дворец", "дворца"), ("косово", "косову")],
)  # fmt: skip
def test_name_forms_hold_the_case(word: str, form: str) -> None:
    assert form in name_forms(word)


@pytest.mark.parametrize(
    ("word", "form"),
    [("турки", "турок"), ("россияне", "россиян"), ("американка", "американок"), ("немцы", "немцами"),
     ("чешка", "чешек"), ("киргизы", "киргизов")],
)  # fmt: skip
def test_demonym_forms_hold_the_case(word: str, form: str) -> None:
    assert form in demonym_forms(word)


@pytest.mark.parametrize(
    ("word", "form"),
    [("лавров", "лавровым"), ("захарова", "захаровой"), ("зеленский", "зеленскому"), ("эрдоган", "эрдоганом"),
     ("меркель", "меркель"), ("гюлер", "гюлером"), ("порошенко", "порошенко"), ("обама", "обаму")],
)  # fmt: skip
def test_surname_forms_hold_the_case(word: str, form: str) -> None:
    assert form in surname_forms(word)


@pytest.mark.parametrize("form", ["Косанов", "Косанова", "Косанову", "Косановым", "Косанове"])
def test_surname_forms_meet_under_one_key(form: str) -> None:
    assert surname_key(form) == "косанов"


# ---- holders ----

FIXTURE = """code,office,person,given_ru,surname_ru,forms_ru,start,stop,source
CHN,head_of_state,Xi Jinping,,Си Цзиньпин,,2013-03-14,,test
FRA,head_of_state,Emmanuel Macron,Эмманюэль,Макрон,Эммануэль Макрон,2017-05-14,,test
KAZ,defence_minister,Daulet Example,Даулет,Примеров,,2020-01-01,2024-06-01,test
KAZ,head_of_state,Kassym-Jomart Tokayev,Касым-Жомарт,Токаев,,2019-03-20,,test
RUS,foreign_minister,Sergey Lavrov,Сергей,Лавров,,2004-03-09,,test
RUS,head_of_state,Vladimir Putin,Владимир,Путин,,2012-05-07,,test
RUS,spokesperson_foreign,Maria Zakharova,Мария,Захарова,,2015-08-10,,test
RUS,spokesperson_head,Dmitry Peskov,Дмитрий,Песков,,2012-05-22,,test
TUR,defence_minister,Other Example,Яшар,Примеров,,2020-01-01,2024-06-01,test
TUR,foreign_minister,Hakan Fidan,Хакан,Фидан,,2023-06-03,,test
TUR,head_of_state,Recep Tayyip Erdoğan,Реджеп Тайип,Эрдоган,Тайип Эрдоган,2014-08-28,,test
USA,head_of_state,Barack Obama,Барак,Обама,,2009-01-20,2017-01-20,test
USA,head_of_state,Donald Trump,Дональд,Трамп,,2017-01-20,2021-01-20,test
"""


@pytest.fixture(scope="session")
def holders(tmp_path_factory: pytest.TempPathFactory) -> People:
    folder = tmp_path_factory.mktemp("offices")
    (folder / "offices_test.csv").write_text(FIXTURE, encoding="utf-8")
    return People(tables.holders(folder))


@pytest.mark.parametrize(
    ("name", "day", "code", "office"),
    [
        ("Лавровым", date(2020, 1, 1), "RUS", "foreign_minister"),
        ("С. Лаврова", date(2020, 1, 1), "RUS", "foreign_minister"),
        ("Реджепу Тайипу Эрдогану", date(2020, 1, 1), "TUR", "head_of_state"),
        ("Тайипом Эрдоганом", None, "TUR", "head_of_state"),
        ("Си Цзиньпином", date(2020, 1, 1), "CHN", "head_of_state"),
        ("Захаровой", date(2020, 1, 1), "RUS", "spokesperson_foreign"),
        ("Обамы", date(2016, 1, 1), "USA", "head_of_state"),
        ("Обамы", date(2018, 1, 1), "USA", None),
        ("Трампу", date(2016, 12, 1), "USA", None),
        ("Даулета Примерова", date(2022, 1, 1), "KAZ", "defence_minister"),
        ("Эммануэлем Макроном", date(2020, 1, 1), "FRA", "head_of_state"),
    ],
)
def test_holder_is_found_at_the_date(
    holders: People, name: str, day: date | None, code: str, office: str | None
) -> None:
    found = holders.find(name.split(), day)
    assert found is not None
    assert (found.code, found.office) == (code, office)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Примеров", date(2022, 1, 1)),  # two states
        ("Сергея Пескова", date(2020, 1, 1)),  # another given name
        ("Обамы", date(2024, 1, 1)),  # long out of office
        ("Иванов", None),
    ],
)
def test_doubtful_person_is_nobody(holders: People, name: str, day: date | None) -> None:
    assert holders.find(name.split(), day) is None


def test_state_in_the_text_settles_a_shared_surname(holders: People) -> None:
    found = holders.find(["Примеров"], date(2022, 1, 1), code="TUR")
    assert found is not None
    assert (found.name, found.code) == ("Other Example", "TUR")


# ---- resolver ----


@pytest.fixture(scope="session")
def parser() -> RussianParser:
    return RussianParser()


@pytest.fixture(scope="session")
def resolver(holders: People) -> Resolver:
    return Resolver("ru", holders=holders)


@pytest.fixture(scope="session")
def read(parser: RussianParser, resolver: Resolver):  # type: ignore[no-untyped-def]
    def inner(text: str, day: date | None = date(2023, 10, 1), title: str | None = None) -> list[list[Entity]]:
        return resolver.resolve(parser.parse([text])[0], text, day, title)

    return inner


# Text; the phrase to find in it; its codes, sector and kind.
PHRASES = [
    (
        "Министры обороны России и Турции обсудили Сирию.",
        "Министры обороны России и Турции",
        "RUS TUR",
        "military",
        "office",
    ),
    (
        "Президенты Казахстана и Узбекистана подписали договор.",
        "Президенты Казахстана и Узбекистана",
        "KAZ UZB",
        "government",
        "office",
    ),
    (
        "Встретились президенты РФ, Киргизии и Армении.",
        "президенты РФ, Киргизии и Армении",
        "RUS KGZ ARM",
        "government",
        "office",
    ),
    ("Власти США и Великобритании ввели санкции.", "Власти США и Великобритании", "USA GBR", "government", "organ"),
    ("Посол США в Москве Джон Теффт вызван в МИД РФ.", "Посол США в Москве Джон Теффт", "USA", "government", "office"),
    ("Посол США в Москве Джон Теффт вызван в МИД РФ.", "МИД РФ", "RUS", "government", "organ"),
    ("Постпред Китая при ООН выступил с речью.", "Постпред Китая при ООН", "CHN", "government", "office"),
    ("Турецкие военные обстреляли позиции сирийской армии.", "Турецкие военные", "TUR", "military", "group"),
    ("Турецкие военные обстреляли позиции сирийской армии.", "сирийской армии", "SYR", "military", "organ"),
    (
        "Американский истребитель перехватил российский самолёт.",
        "Американский истребитель",
        "USA",
        "military",
        "equipment",
    ),
    (
        "Представители турецких компаний прибыли в Астану.",
        "Представители турецких компаний",
        "TUR",
        "company",
        "office",
    ),
    (
        "Глава Минобороны Казахстана Даурен Косанов прибыл в Анкару.",
        "Глава Минобороны Казахстана Даурен Косанов",
        "KAZ",
        "military",
        "office",
    ),
    (
        "Официальный представитель МИД России Мария Захарова ответила Киеву.",
        "Официальный представитель МИД России Мария Захарова",
        "RUS",
        "government",
        "office",
    ),
    ("Слова главы Пентагона вызвали протест.", "главы Пентагона", "USA", "military", "office"),
    ("Генсек НАТО Йенс Столтенберг посетил Киев.", "Генсек НАТО Йенс Столтенберг", "NATO", "government", "office"),
    (
        "Секретарь Совета безопасности РФ посетил Ташкент.",
        "Секретарь Совета безопасности РФ",
        "RUS",
        "security",
        "office",
    ),
    ("Депутаты Верховной рады одобрили закон.", "Депутаты Верховной рады", "UKR", "legislature", "office"),
    ("Парламент Казахстана ратифицировал договор.", "Парламент Казахстана", "KAZ", "legislature", "organ"),
    ("Граждане Узбекистана задержаны в Стамбуле.", "Граждане Узбекистана", "UZB", "citizens", "group"),
    ("Полиция задержала туристов из России.", "туристов из России", "RUS", "citizens", "group"),
    ("Азербайджанская сторона обвинила соседей.", "Азербайджанская сторона", "AZE", "government", "organ"),
    ("Киргизские пограничники открыли огонь.", "Киргизские пограничники", "KGZ", "security", "group"),
    ("Корабль ВМС Великобритании вошёл в порт.", "Корабль ВМС Великобритании", "GBR", "military", "equipment"),
    ("Корпорация Boeing поставит самолёты.", "Корпорация Boeing", "USA", "company", "organ"),
    ("Верховный суд Пакистана отменил приговор.", "Верховный суд Пакистана", "PAK", "judiciary", "organ"),
    (
        "Американские и российские военные провели учения.",
        "Американские и российские военные",
        "USA RUS",
        "military",
        "group",
    ),
    ("Тегеран обвинил Эр-Рияд во лжи.", "Тегеран", "IRN", "government", "capital"),
    ("Тегеран обвинил Эр-Рияд во лжи.", "Эр-Рияд", "SAU", "government", "capital"),
    ("Кремль отверг обвинения Лондона.", "Лондона", "GBR", "government", "capital"),
    ("Кремль отверг обвинения Лондона.", "Кремль", "RUS", "government", "palace"),
    ("Переговоры между Москвой и Анкарой продолжаются.", "Анкарой", "TUR", "government", "capital"),
    ("В Москве заявили, что ответят на санкции.", "Москве", "RUS", "government", "capital"),
    ("В Вашингтоне считают, что Пекин угрожает Тайваню.", "Вашингтоне", "USA", "government", "capital"),
    ("В Москве прошла встреча министров.", "Москве", "RUS", "government", "place"),
    ("Министр прибыл в Анкару.", "Анкару", "TUR", "government", "place"),
    ("Самолёт вылетел из Парижа.", "Парижа", "FRA", "government", "place"),
    ("Взрыв произошёл у аэропорта Кабула.", "Кабула", "AFG", "government", "place"),
    ("Талибы захватили Кабул.", "Кабул", "AFG", "government", "place"),
    ("Бои идут в районе Манбиджа.", "Манбиджа", "SYR", "unspecified", "place"),
    ("Под Донецком идут бои.", "Донецком", "", "unspecified", "contested_place"),
    ("Боевики ИГИЛ атаковали город.", "ИГИЛ", "", "armed_group", "armed_group"),
    ("Сирийские боевики отступили.", "Сирийские боевики", "", "armed_group", "armed_group"),
    ("Пророссийские активисты вышли на площадь.", "Пророссийские", "RUS", "unspecified", "attitude"),
    ("Экс-президент США Барак Обама прибыл в Берлин.", "Экс-президент США Барак Обама", "", "government", "office"),
    ("Русские не сдаются.", "Русские", "RUS", "citizens", "demonym"),
    ("Совместные российско-турецкие учения завершились.", "российско-турецкие", "RUS TUR", "unspecified", "adjective"),
    (
        "Даурен Косанов, министр обороны Казахстана, прибыл в Анкару.",
        "Даурен Косанов, министр обороны Казахстана",
        "KAZ",
        "military",
        "office",
    ),
    ("Агентство ТАСС сообщило о визите.", "ТАСС", "RUS", "media", "media"),
    ("Абхазия закрыла границу.", "Абхазия", "PRE:ABKHAZIA", "government", "contested"),
]


@pytest.mark.parametrize(("text", "phrase", "codes", "sector", "kind"), PHRASES)
def test_phrase_names_its_side(read, text: str, phrase: str, codes: str, sector: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    found = [entity.mention for entity in read(text)[0] if entity.mention.text == phrase]
    assert [mention.actor for mention in found] == (codes.split() or [None])
    assert {(mention.sector, mention.kind) for mention in found} == {(sector, kind)}
    assert all(text[mention.start : mention.stop] == phrase for mention in found)


# Text; words in its last sentence; the codes that they take up.
REFERENCES = [
    ("Глава Минобороны Казахстана Даурен Косанов прибыл в Анкару. Он посетил заводы.", "Он", "KAZ"),
    ("Глава Минобороны Казахстана Даурен Косанов прибыл в Анкару. Косанов посетил заводы.", "Косанов", "KAZ"),
    ("Захарова заявила о протесте. Она отметила нарушения.", "Она", "RUS"),
    ("Турция ввела пошлины. Она намерена защитить рынок.", "Она", "TUR"),
    ("Казахстан закупил танки. Страна обновляет армию.", "Страна", "KAZ"),
    ("Путин встретился с Эрдоганом. Стороны обсудили поставки.", "Стороны", "RUS TUR"),
    ("Путин встретился с Эрдоганом. Оба лидера остались довольны.", "Оба лидера", "RUS TUR"),
    (
        "Казахстан и Турция расширяют сотрудничество. Учения проводят армии этих двух стран.",
        "армии этих двух стран",
        "KAZ TUR",
    ),
    ("Польша и Литва обратились к ЕС. Они потребовали санкций.", "Они", "POL LTU"),
    ("Турция и Иран договорились. Обе страны довольны.", "Обе страны", "TUR IRN"),
    ("В НАТО заявили об угрозе. Альянс разместит батальоны.", "Альянс", "NATO"),
    ("МИД Турции вызвал посла Нидерландов. Ведомство выразило протест.", "Ведомство", "TUR"),
    ("МИД Турции вызвал посла Нидерландов. Дипломату вручили ноту.", "Дипломату", "NLD"),
    ("Премьер Турции выступил в Анкаре. По словам премьера, рост продолжится.", "премьера", "TUR"),
    (
        "Армения, Россия и Азербайджан подписали заявление. Главы трёх государств провели встречу.",
        "Главы трёх государств",
        "ARM RUS AZE",
    ),
    ("Переговоры Россия-НАТО прошли в Брюсселе.", "Россия-НАТО", "RUS NATO"),
    ("Армения, Россия и Азербайджан подписали заявление. Три страны откроют пути.", "Три страны", "ARM RUS AZE"),
    ("Косанов выступил с речью. Глава Минобороны Казахстана Даурен Косанов прибыл в Анкару.", "Даурен Косанов", "KAZ"),
]


@pytest.mark.parametrize(("text", "phrase", "codes"), REFERENCES)
def test_words_take_up_the_side_before(read, text: str, phrase: str, codes: str) -> None:  # type: ignore[no-untyped-def]
    found = [entity.mention for entity in read(text)[-1] if entity.mention.text == phrase]
    assert [mention.actor for mention in found if mention.actor] == codes.split()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Стороны обсудили поставки.", "Стороны"),
        ("Он приехал вечером.", "Он"),
        ("Россия, Турция и Иран провели встречу. Обе страны довольны.", "Обе страны"),
        ("Путин и Макрон говорили с Эрдоганом о Сирии. Затем он уехал.", "он"),
    ],
)
def test_doubtful_reference_is_nobody(read, text: str, phrase: str) -> None:  # type: ignore[no-untyped-def]
    found = [entity.mention.actor for entity in read(text)[-1] if entity.mention.text == phrase]
    assert [actor for actor in found if actor] == []


def test_title_stands_before_the_first_sentence(read) -> None:  # type: ignore[no-untyped-def]
    found = read("Стороны подписали договор.", title="Казахстан и Турция договорились о транзите")
    assert [e.mention.actor for e in found[0] if e.mention.text == "Стороны"] == ["KAZ", "TUR"]


def test_inner_names_are_inside_and_share_no_side(read) -> None:  # type: ignore[no-untyped-def]
    found = read("Глава МИД Турции Хакан Фидан прибыл в Баку.")[0]
    outer = [e for e in found if not e.inside]
    assert [e.mention.text for e in outer] == ["Глава МИД Турции Хакан Фидан", "Баку"]
    assert outer[0].mention.person == "Hakan Fidan"
    assert outer[0].mention.office == "foreign_minister"
    inner = {e.mention.text: e.mention.type for e in found if e.inside}
    assert inner["Хакан Фидан"] == "PER"
    assert inner["МИД Турции"] == "ORG"


def test_person_of_a_plural_office_goes_to_its_state(read) -> None:  # type: ignore[no-untyped-def]
    found = read("Президенты России Владимир Путин и Турции Реджеп Тайип Эрдоган договорились.")[0]
    outer = {e.mention.actor: e.mention.person for e in found if not e.inside}
    assert outer == {"RUS": "Vladimir Putin", "TUR": "Recep Tayyip Erdoğan"}


def test_masked_names_are_no_sides(read) -> None:  # type: ignore[no-untyped-def]
    for text in ("Строительство «Турецкого потока» продолжается.", "Минские соглашения не выполняются."):
        assert [e.mention.actor for e in read(text)[0] if e.mention.actor] == []


def test_resolving_twice_gives_the_same(read) -> None:  # type: ignore[no-untyped-def]
    text = "Путин встретился с Эрдоганом. Стороны обсудили поставки."
    assert read(text) == read(text)


# Text; the phrase to find in it; its codes, sector and kind; whether it is a part of a larger one.
CLASSES = [
    ("Группировка НАТО у границы выросла вдвое.", "Группировка НАТО", "NATO", "military", "organ", False),
    ("Группировка войск Ирана заняла высоту.", "Группировка войск Ирана", "IRN", "military", "organ", False),
    ("Турецкая группировка в Ливии усилена.", "Турецкая группировка", "TUR", "military", "organ", False),
    ("Ливийские группировки сложили оружие.", "Ливийские группировки", "", "armed_group", "armed_group", False),
    ("Режим Евросоюза для беженцев изменён.", "Евросоюза", "EU", "government", "bloc", False),
    ("Посольство в Турции прекратило приём.", "Турции", "TUR", "government", "place", False),
    ("Посольство в Турции прекратило приём.", "Посольство", "", "government", "organ", False),
    ("Норвегия отозвала посла в Израиле.", "Израиле", "ISR", "government", "place", False),
    ("Посольство Чехии в Турции закрыто.", "Турции", "TUR", "government", "place", True),
    ("Посольство Чехии в Турции закрыто.", "Посольство Чехии в Турции", "CZE", "government", "organ", False),
    ("Соратник президента Турции посетил Катар.", "Соратник президента Турции", "TUR", "party", "group", False),
    ("Сторонники Эрдогана вышли на площадь.", "Сторонники Эрдогана", "TUR", "citizens", "group", False),
    ("Совет Япония — НАТО соберётся летом.", "Совет Япония — НАТО", "JPN NATO", "organisation", "organ", False),
    ("Саммит Индия — ЕС прошёл в Дели.", "Индия — ЕС", "IND EU", "government", "name", False),
    ("Прошла встреча в формате Иран-Ирак-Сирия.", "Иран-Ирак-Сирия", "IRN IRQ SYR", "government", "name", False),
    ("Поезд Вена — Прага отменён.", "Вена — Прага", "AUT CZE", "government", "place", False),
    ("Страны Балтии закрыли порты.", "Страны Балтии", "EST LVA LTU", "government", "state_group", False),
    ("Лидеры стран Балтии осудили решение.", "Лидеры стран Балтии", "EST LVA LTU", "government", "office", False),
    ("Бенилюкс поддержал план.", "Бенилюкс", "BEL NLD LUX", "government", "state_group", False),
    ("Вишеградская четвёрка против.", "Вишеградская четвёрка", "CZE HUN POL SVK", "government", "state_group", False),
    ("Страны Закавказья ведут спор.", "Страны Закавказья", "ARM AZE GEO", "government", "state_group", False),
    ("Обе Кореи ведут переговоры.", "Обе Кореи", "PRK KOR", "government", "state_group", False),
    ("Северная и Южная Корея договорились.", "Северная и Южная Корея", "PRK KOR", "government", "state_group", False),
    ("Одна из стран Балтии против.", "Балтии", "", "unspecified", "place", False),
    ("Задержан житель америки.", "житель америки", "USA", "citizens", "group", False),
    ("Вчера штаты ввели пошлины.", "штаты", "USA", "government", "name", False),
    ("Вчера белый дом осудил теракт.", "белый дом", "USA", "government", "palace", False),
    ("Польша продлила антикитайские меры.", "антикитайские", "CHN", "unspecified", "attitude", False),
    ("Проамериканский курс отвергнут.", "Проамериканский", "USA", "unspecified", "attitude", False),
    ("Прозападный курс отвергнут.", "Прозападный", "", "unspecified", "attitude", False),
    ("Пресс-секретарь Путина ответил.", "Пресс-секретарь Путина", "RUS", "government", "office", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "phrase", "codes", "sector", "kind", "inside"), CLASSES)
def test_phrase_of_a_hard_class(  # type: ignore[no-untyped-def]
    read, text: str, phrase: str, codes: str, sector: str, kind: str, inside: bool
) -> None:
    found = [entity for entity in read(text)[0] if entity.mention.text == phrase and entity.mention.kind == kind]
    assert [entity.mention.actor for entity in found] == (codes.split() or [None])
    assert {(entity.mention.sector, entity.inside) for entity in found} == {(sector, inside)}
    assert len({entity.head for entity in found}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Введён безвизовый режим.",
        "Режим прекращения огня нарушен.",
        "Режим тишины соблюдается.",
        "За год штаты сократили вдвое.",
        "На холме стоял белый дом.",
        "Штаты компании сокращены.",
    ],
)
def test_common_words_name_no_side(read, text: str) -> None:  # type: ignore[no-untyped-def]
    assert [entity.mention.actor for entity in read(text)[0] if entity.mention.actor] == []


def test_owner_of_a_man_is_not_the_man(read) -> None:  # type: ignore[no-untyped-def]
    found = read("Пресс-секретарь Путина Дмитрий Песков ответил.")[0]
    outer = [(e.mention.actor, e.mention.person) for e in found if not e.inside]
    assert outer == [("RUS", "Dmitry Peskov")]
    found = read("Соратник Путина ответил.")[0]
    assert [(e.mention.actor, e.mention.person) for e in found if not e.inside] == [("RUS", None)]


@pytest.mark.parametrize(
    ("day", "code", "kind"),
    [
        (date(2021, 8, 14), None, "armed_group"),
        (date(2021, 8, 15), "AFG", "organ"),
        (date(2024, 5, 1), "AFG", "organ"),
        (None, None, "armed_group"),
    ],
)
@pytest.mark.parametrize("phrase", ["Талибы", "Талибан", "Правительство талибов", "Представители движения «Талибан»"])
def test_group_is_the_government_from_its_day_on(  # type: ignore[no-untyped-def]
    read, phrase: str, day: date | None, code: str | None, kind: str
) -> None:
    found = [e.mention for e in read(f"{phrase} отвергли предложение.", day)[0] if e.mention.text == phrase]
    assert [(mention.actor, mention.kind) for mention in found] == [(code, kind)]


def test_another_movement_is_no_government(read) -> None:  # type: ignore[no-untyped-def]
    found = read("Пакистанские талибы напали на пост.", date(2023, 1, 1))[0]
    assert [e.mention.actor for e in found if e.mention.actor] == []


@pytest.mark.parametrize(
    ("text", "word", "code"),
    [
        ("Турция ввела пошлины. Парламент одобрил их.", "Парламент", "TUR"),
        ("Президент Чили выступил с речью. Верховный суд отменил приговор.", "Верховный суд", "CHL"),
        ("Норвегия усилила меры. Полиция задержала троих.", "Полиция", "NOR"),
        ("Норвегия усилила меры. Полиция задержала в Берлине троих.", "Полиция", None),
        ("Турция и Иран подписали договор. Парламент одобрил его.", "Парламент", None),
        ("В Норвегии прошли выборы. Полиция задержала троих.", "Полиция", None),
        ("Агентство ТАСС сообщило подробности. Полиция задержала троих.", "Полиция", None),
        ("Парламент одобрил закон.", "Парламент", None),
    ],
)
def test_bare_organ_belongs_to_the_only_state(read, text: str, word: str, code: str | None) -> None:  # type: ignore[no-untyped-def]
    found = [e.mention.actor for e in read(text)[-1] if e.mention.text == word and e.mention.actor]
    assert found == ([code] if code else [])


def test_every_date_of_an_actor_has_a_source() -> None:
    for actor in tables.actors().values():
        if actor.start or actor.stop or actor.since:
            assert actor.source.startswith("http"), actor
    assert tables.actors()["TALIBAN"].governs == "AFG"


def test_state_groups_are_closed_lists_of_states() -> None:
    for code, members in tables.state_groups().items():
        assert len(set(members)) == len(members) > 1, code
        assert {tables.actors()[member].family for member in members} == {"state"}
    assert tables.state_groups()["BALTIC"] == ("EST", "LVA", "LTU")


# ---- figures ----


@pytest.fixture(scope="session")
def benchmark_link():  # type: ignore[no-untyped-def]
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import link

    if not link.SLAVICNER.exists():
        pytest.skip("../shared/data/slavicner_ru_dev.jsonl.gz is missing")
    return link


def test_country_links_hold_their_accuracy(benchmark_link) -> None:  # type: ignore[no-untyped-def]
    found = benchmark_link.country_link(benchmark_link.documents(), gazetteer("ru"))
    assert found["names"].accuracy >= 0.97
    assert found["derived"].accuracy >= 0.93


def test_name_spans_hold_their_f1(benchmark_link, parser: RussianParser) -> None:  # type: ignore[no-untyped-def]
    docs = benchmark_link.documents()[1::12]  # odd documents: their errors were never looked at
    found = benchmark_link.spans(docs, parser, Resolver("ru"))
    assert found["all"].f1 >= 0.80
    assert found["all"].f1 >= found["plain"].f1
