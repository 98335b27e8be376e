"""A child never leaves a count for a code that need not be given."""

from __future__ import annotations

from collections import Counter

import pytest

from jsna.model.codelists import CodeList
from jsna.settings.checks import of_codelist
from jsna.settings.shared import codelists, rolls
from jsna.sources import registry
from tests.unit.fault_support import cells, census_file, received
from tests.unit.validation_support import GOOD, ROOT, codes, judge

#: Columns of codes that need not be given, of every extract that has a good row here.
OPTIONAL = [
    (f"{extract.name}.{table.name}", column.field)
    for extract in registry().values()
    for table in extract.tables
    for column in table.columns
    if column.codes is not None and column.nullable and f"{extract.name}.{table.name}" in GOOD
]


def test_extended_ethnic_codes_count_as_their_main_group() -> None:
    content = census_file("census-ethnicity-extended")
    main = {"WENG": "WBRI", "WSCO": "WBRI", "AMPK": "APKN", "BNGN": "BAFR", "ACHN": "CHNE"}
    given = cells(content)["Ethnicity"]
    judged, findings = received("school_census", {"census": content})
    census = judged["census"]
    assert not findings["census"].problems
    assert not census.problems
    assert len(census.valid) == 40
    found = Counter(census.valid["ethnicity"])
    assert found == Counter(main.get(code, code) for code in given)
    assert sum(found.values()) == 40
    assert not [v for v in census.found if v.code.startswith("census.ethnicity")]


#: Main code of the department's table of approved extended codes -> the extended ones.
PUBLISHED = {
    "WBRI": "WCOR WENG WNIR WSCO WWEL WOWB",
    "WOTH": "WALB WBOS WCRO WGRE WGRK WGRC WITA WKOS WPOR WSER WTUR WTUK WTUC WEUR WEEU WWEU WOTW",
    "WROM": "WROG WROR WROO",
    "MWAS": "MWAP MWAI MWAO",
    "MOTH": "MAOE MABL MACH MBOE MBCH MCOE MWOE MWCH MOTM",
    "APKN": "AMPK AKPA AOPK",
    "AOTH": "AAFR AKAO ANEP ASNL ASLT ASRO AOTA",
    "BAFR": "BANN BCON BGHA BNGN BSLN BSOM BSUD BAOF",
    "BOTH": "BEUR BNAM BOTB",
    "CHNE": "CHKC CMAL CSNG CTWN COCH",
    "OOTH": "OAFG OARA OEGY OFIL OIRN OIRQ OJPN OKOR OKRD OLAM OLEB OLIB OMAL OMRC OPOL OTHA OVIE "
    "OYEM OOEG",
}


def test_extended_ethnic_codes_are_those_the_department_publishes() -> None:
    published = {code: main for main, codes in PUBLISHED.items() for code in codes.split()}
    elsewhere = {
        "ACHN": "CHNE", "ABRI": "AOTH", "AWEL": "AOTH", "BBRI": "BOTH", "BWEL": "BOTH",
        "ORAB": "OOTH", "NONE": "NOBT", "UNCL": "NOBT",
    }  # fmt: skip
    assert rolls(ROOT)["ethnicity"] == {**published, **elsewhere}


def test_every_optional_code_leads_to_a_code_of_its_list() -> None:
    lists, found = codelists(ROOT), rolls(ROOT)
    assert len(found["ethnicity"]) > 60
    for name, optional in found.items():
        assert not set(optional) & set(lists[name])
        assert set(optional.values()) <= set(lists[name])


def test_an_optional_code_that_leads_nowhere_is_found() -> None:
    made = CodeList(
        codelist="colour", title="Colour", source="Made up", version="1",
        codes={"R": "Red", "B": "Blue"}, rolls_up={"P": "R", "B": "R", "G": "Y"},
    )  # fmt: skip
    assert [key for key, _, _ in of_codelist(made, {"colour": made})] == [
        "rolls_up.B", "rolls_up.G",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "field"), OPTIONAL)
def test_an_unknown_optional_code_is_emptied_and_counted_and_the_row_stays(
    name: str, field: str
) -> None:
    judged = judge(name, {field: "?!"})
    table = name.split(".")[1]
    assert ("warning", f"{table}.{field}.code") in codes(judged)
    assert len(judged.valid) == 1
    assert judged.valid[field].isna().all()


@pytest.mark.parametrize(
    ("name", "field"),
    [("school_census.census", field)
     for field in ("ethnicity", "fsm", "phase", "school_type", "year_group")]
    + [("sen2.senneed", "sen_type_rank"), ("sen2.placementdetail", "placement_rank")],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "77"])
def test_what_only_describes_a_child_never_costs_their_place(
    name: str, field: str, text: str
) -> None:
    judged = judge(name, {field: text})
    assert [(v.severity, v.rows) for v in judged.found if v.fields == (field,)] == [("warning", 1)]
    assert len(judged.valid) == 1
