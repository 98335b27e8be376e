"""Single cells: what is read from them, and what becomes of those that cannot be used."""

import datetime

import pandas as pd
import pytest

from jsna.ingest.convert import dtype
from jsna.ingest.judge import validate_table
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Column
from jsna.shared.one_file import one_file
from jsna.sources import registry

from .validation_support import codes, context, judge, staged

CENSUS = "school_census.census"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14/03/2015", datetime.date(2015, 3, 14)),
        ("4/3/2015", datetime.date(2015, 3, 4)),  # day first, always
        ("2015-03-14", datetime.date(2015, 3, 14)),
        ("2015-03-14 00:00:00", datetime.date(2015, 3, 14)),
        ("2015-Mar-14 00:00:00", datetime.date(2015, 3, 14)),
        ("29/02/2016", datetime.date(2016, 2, 29)),
    ],
)
def test_dates_are_read_in_every_declared_format(text: str, day: datetime.date) -> None:
    judged = judge(CENSUS, {"date_of_birth": text, "year_group": "X"})
    assert judged.valid["date_of_birth"].tolist() == [day]


@pytest.mark.parametrize(
    "text",
    ["31/02/2015", "29/02/2015", "03/14/2015", "14/13/2015", "42077", "14/03/15",
     "2015-Mrz-14 00:00:00", "14/03/2015 25:00:00", "today", "0000-00-00"],
)  # fmt: skip
def test_other_dates_set_the_row_aside(text: str) -> None:
    judged = judge(CENSUS, {"date_of_birth": text})
    assert codes(judged) == {("error", "census.date_of_birth.type")}
    assert judged.quarantined["date_of_birth"].tolist() == [text]  # as it was received


@pytest.mark.parametrize(
    ("text", "truth"),
    [("1", True), ("true", True), ("TRUE", True), ("Y", True), ("yes", True),
     ("0", False), ("False", False), ("N", False), ("no", False), ("", None)],
)  # fmt: skip
def test_flags_are_read_however_they_are_written(text: str, truth: bool | None) -> None:
    value = judge(CENSUS, {"sen_unit": text}).valid["sen_unit"].iloc[0]
    assert pd.isna(value) if truth is None else value == truth


@pytest.mark.parametrize(
    ("text", "number"), [("4", 4), ("4.0", 4), ("04", 4)],
)  # fmt: skip
def test_whole_numbers_are_read(text: str, number: int) -> None:
    assert judge("exclusions.exclusions", {"sessions": text}).valid["sessions"].tolist() == [number]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, "type") for text in ("1e1", "four", "1,000", "0x4", "+4", "inf", "nan", "٤")),
        *((text, "range") for text in ("-4", "0", "91")),
        ("4.5", "half"),
    ],
)
def test_other_numbers_and_those_out_of_bounds_are_not(text: str, kind: str) -> None:
    judged = judge("exclusions.exclusions", {"sessions": text})
    assert ("warning", f"exclusions.sessions.{kind}") in codes(judged)
    assert judged.valid["sessions"].isna().all()


@pytest.mark.parametrize(
    ("bounds", "text", "kind"),
    [
        ((None, None), "999999999.99", None),
        ((None, None), "1000000000", "size"),
        ((None, None), "-1000000000", "size"),
        # So many digits are no number that there is.
        ((None, None), "9" * 400, "size"),
        ((0, None), "1000000000.5", "size"),
        ((0, None), "-1", "range"),
        # A declaration may allow more, and never so much that it could not be added up.
        ((0, 2e9), "1000000000", None),
        ((0, 1e15), "1000000000000", "size"),
    ],
)
def test_amounts_have_a_plausible_size(
    bounds: tuple[float | None, float | None], text: str, kind: str | None
) -> None:
    low, high = bounds
    cost = Column("Cost", "cost", "number", "Cost.", minimum=low, maximum=high)
    extract = one_file("spending", "Spending.", "financial_year", "maintained", cost)
    (table,) = extract.tables
    rows = staged([{"cost": "12.5"}, {"cost": text}])
    found = validate_table(extract, table, rows, context("areas"))
    assert found.valid["cost"].tolist() == [12.5, *([float(text)] if kind is None else [])]
    assert codes(found) == ({("error", f"spending.cost.{kind}")} if kind else set())
    assert all("'Cost' must be" in one.message for one in found.found)


def test_codes_are_read_in_any_case_and_with_a_lost_zero() -> None:
    judged = judge(CENSUS, {"sen_provision": "k", "primary_need": "slcn"})
    assert judged.found == ()
    assert judged.valid[["sen_provision", "primary_need"]].values.tolist() == [["K", "SLCN"]]
    assert judge("schools.school", {"establishment_type": "1"}).valid[
        "establishment_type"
    ].tolist() == ["01"]


@pytest.mark.parametrize(
    ("field", "text", "severity", "kind"),
    [
        ("sex", "X", "error", "code"),
        ("sex", "", "error", "missing"),
        ("ethnicity", "WXYZ", "warning", "code"),
        ("ethnicity", "", "warning", "missing"),
        ("fsm", "perhaps", "warning", "code"),
        ("phase", "16+", "warning", "code"),
        ("school_type", "trust", "warning", "code"),
        ("year_group", "40", "warning", "code"),
        ("sen_provision", "S", "error", "code"),
        ("surname", "", "error", "missing"),
        ("school_urn", "90001", "error", "shape"),
        ("primary_need", "ADHD", "warning", "code"),
        ("postcode", "not known", "warning", "shape"),
        ("lsoa_code", "E0190001", "warning", "shape"),
        ("sen_unit", "perhaps", "warning", "type"),
        ("former_upn", "UN1", "warning", "shape"),
        ("upn", "9.5E+11", "warning", "shape"),
        ("upn", "", "warning", "missing"),
    ],
)
def test_mandatory_cells_cost_the_row_and_others_are_emptied(
    field: str, text: str, severity: str, kind: str
) -> None:
    judged = judge(CENSUS, {field: text})
    assert (severity, f"census.{field}.{kind}") in codes(judged)
    assert len(judged.quarantined) == (severity == "error")
    if severity == "warning":
        assert judged.valid[field].isna().all()


def test_a_broken_pupil_number_never_costs_a_child_their_place() -> None:
    broken = [{"upn": text} for text in ("", "?", "UN1", "1.2E+12", "a9500001783012345")]
    judged = judge(CENSUS, *broken)
    assert len(judged.valid) == len(broken)
    assert judged.valid["upn"].isna().all()  # and is never used to link


def test_children_under_five_and_over_sixteen_without_a_number_are_no_fault() -> None:
    young = {"upn": "", "upn_unknown": "UN1", "date_of_birth": "2021-Mar-14 00:00:00"}
    old = {"upn": "", "upn_unknown": "UN2", "date_of_birth": "2003-Mar-14 00:00:00"}
    judged = judge("sen2.person", young | {"person_table_id": "1"}, old | {"person_table_id": "2"})
    assert judged.found == ()
    assert len(judged.valid) == 2


def test_identifiers_are_written_one_way() -> None:
    judged = judge(CENSUS, {"upn": "a95 0000178301", "postcode": "zz11aa"})
    assert judged.valid[["upn", "postcode"]].values.tolist() == [["A950000178301", "ZZ1 1AA"]]
    assert judge("ncmp.measurements", {"nhs_number": "999 000 0018"}).valid[
        "nhs_number"
    ].tolist() == ["9990000018"]


def test_the_edition_may_make_a_warning_an_error() -> None:
    strict = {"census.upn.letter": "error", "census.postcode.shape": "error"}
    rows = ({"upn": "B950000178301"}, {"upn": "H243278544154", "postcode": "?"})
    judged = judge(CENSUS, *rows, severities=strict)
    assert judged.quarantined["reasons"].tolist() == [
        "census.postcode.shape", "census.upn.letter",
    ][::-1]  # fmt: skip
    assert len(judge(CENSUS, *rows).valid) == 2


def test_valid_columns_have_the_types_of_the_contract() -> None:
    for name in ("school_census.census", "exclusions.exclusions", "ncmp.measurements"):
        extract, table = name.split(".")
        judged = judge(name)
        for column in registry()[extract].table(table).columns:
            assert judged.valid[column.field].dtype == dtype(column), column.field
        assert judged.valid["source_row"].dtype == "int64"
        assert list(judged.valid)[:-1] == [c.field for c in judged.table.columns]


def test_a_column_that_may_be_absent_is_empty_and_another_is_an_error() -> None:
    extract = registry()["school_census"]
    rows = staged([{"upn": "A950000178301"}])
    judged = validate_delivery(extract, {"census": rows}, context("school_census"))["census"]
    found = codes(judged)
    assert ("error", "census.sex.missing") in found
    assert not any("language" in code or "former_upn" in code for _, code in found)
    assert judged.problems  # nothing is left to report on
