"""Files that other tools could not read, each with others of its kind (`tests/faults`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jsna import io
from jsna.ingest.judge import Validated
from jsna.linkage import link
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of
from tests.spec import world
from tests.unit.fault_support import FAULTS, cells, census_file, received, sen2_files, written
from tests.unit.linkage_stage_support import Stage
from tests.unit.linkage_support import ruleset

NCMP = (FAULTS / "ncmp-national-extract-layout/ncmp.csv").read_bytes()


def read(extract: str, table: str, rows: pd.DataFrame) -> Validated:
    """One table, of which no file is refused and no row set aside."""
    judged, findings = received(extract, {table: written(rows)})
    assert not findings[table].problems
    assert not judged[table].problems
    assert len(judged[table].reasons) == 0
    assert len(judged[table].valid) == len(rows)
    return judged[table]


def test_official_codes_of_phase_and_type_are_read() -> None:
    found = read("school_census", "census", cells(census_file("census-official-phase-and-type")))
    pairs = Counter(zip(found.valid["phase"], found.valid["school_type"], strict=True))
    assert pairs == {
        ("primary", "maintained"): 14, ("secondary", "academy"): 13, ("special", "academy"): 13,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("phases", "meant"),
    [
        (("PS", "ps", " PS ", "Primary", "MP", "Middle deemed primary"), "primary"),
        (("SS", "ss", "Secondary", "MS", "middle deemed secondary"), "secondary"),
        (("SP", "Sp", "Special"), "special"),
        (("NS", "Nursery"), "nursery"),
        (("AT", "All-through", "ALL-THROUGH"), "all_through"),
        (("PR", "alternative_provision"), "alternative_provision"),
        (("16 plus",), "post_16"),
    ],
)
def test_phases_are_read_however_they_are_written(phases: tuple[str, ...], meant: str) -> None:
    rows = cells(census_file("census-official-phase-and-type"))
    rows["Phase"] = [phases[at % len(phases)] for at in range(len(rows))]
    assert set(read("school_census", "census", rows).valid["phase"]) == {meant}


@pytest.mark.parametrize(
    ("types", "meant"),
    [
        (("01", "1", "1.0", " 02", "3", "05", "07", "12"), "maintained"),
        (("49", "50", "51", "52.0", "53", "54", "55"), "academy"),
        (("08", "8", "8.0"), "non_maintained"),
        (("10", "11", "10.0"), "independent"),
    ],
)
def test_types_are_read_however_a_program_wrote_them(types: tuple[str, ...], meant: str) -> None:
    rows = cells(census_file("census-official-phase-and-type"))
    rows["SchoolType"] = [types[at % len(types)] for at in range(len(rows))]
    assert set(read("school_census", "census", rows).valid["school_type"]) == {meant}


def test_a_phase_of_no_list_is_told_and_not_counted_as_another() -> None:
    rows = cells(census_file("census-official-phase-and-type"))
    rows.loc[3, "Phase"] = "XX"
    found = read("school_census", "census", rows)
    assert found.valid.loc[found.valid["phase"].isna(), "source_row"].tolist() == [5]
    told = [(one.rows, one.first_row) for one in found.found if one.code == "census.phase.code"]
    assert told == [(1, 5)]


def test_the_national_extract_is_read_as_exported() -> None:
    found = read("ncmp", "measurements", cells(NCMP)).valid
    assert Counter(found["weight_category"]) == {
        "healthy": 10, "obese": 10, "overweight": 10, "underweight": 10,
    }  # fmt: skip
    assert Counter(found["sex"]) == {"M": 20, "F": 20}
    assert (
        found[["nhs_number", "surname", "postcode", "lsoa_code", "school_urn"]].notna().all().all()
    )


def test_the_order_of_its_columns_says_nothing() -> None:
    rows = cells(NCMP)
    one = read("ncmp", "measurements", rows).valid
    for other in (rows[rows.columns[::-1]], rows[sorted(rows.columns)]):
        pd.testing.assert_frame_equal(read("ncmp", "measurements", other).valid, one)


@pytest.mark.parametrize(
    "headers",
    [
        {"PupilLowerSuperOutputArea2011": "PupilLowerSuperOutputArea2021"},
        {"BmiPopulationCategory": "PopulationBMIcategory", "SchoolUrn": "DoH_URN"},
        {
            "DateOfMeasurement": "MeasurementDate",
            "SchoolYear": "NCYear",
            "PupilPostcode": "Postcode",
        },
        {"GenderCode": "Gender", "BmiPScore": "BMIPScore", "NhsNumber": "NHS Number"},
        {name: name.upper() for name in cells(NCMP).columns},
    ],
)
def test_headers_of_other_years_are_read(headers: dict[str, str]) -> None:
    rows = cells(NCMP)
    assert {*headers} <= {*rows.columns}
    one = read("ncmp", "measurements", rows).valid
    found = read("ncmp", "measurements", rows.rename(columns=headers)).valid
    pd.testing.assert_frame_equal(found, one)


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        (("Healthy weight", "healthy", "HEALTHY WEIGHT"), "healthy"),
        (("Very overweight", "Obese", "Living with obesity", "Obesity"), "obese"),
        (("Severely obese", "Living with severe obesity", "Severe obesity"), "severely_obese"),
        (("Overweight", "overweight "), "overweight"),
        (("Underweight", "UNDERWEIGHT"), "underweight"),
    ],
)
def test_categories_are_read_however_they_are_written(
    written_as: tuple[str, ...], meant: str
) -> None:
    rows = cells(NCMP)
    rows["BmiPopulationCategory"] = [written_as[at % len(written_as)] for at in range(len(rows))]
    assert set(read("ncmp", "measurements", rows).valid["weight_category"]) == {meant}


def test_a_return_without_a_register_of_schools_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty plans, and nothing else in the edition: `edition-sen2-without-schools`."""
    sen2 = registry()["sen2"]
    files = sen2_files("sen2-namedplan-parent")
    header, rest = files["namedplan"].split(b"\n", 1)
    files["namedplan"] = header.replace(b"requeststableid", b"assessmenttableid") + b"\n" + rest
    judged, findings = received("sen2", files)
    assert not [problem for one in findings.values() for problem in one.problems]
    stage = Stage(tmp_path, monkeypatch, rules=replace(ruleset(), spine=("sen2",)))
    stage.add(sen2, {name: [] for name in judged})
    for name, one in judged.items():
        place = stage.paths.identified / "valid/sen2" / name / io.period_file("2025")
        io.write_parquet(place, one.valid.reset_index(drop=True))
    link.run(stage.configuration(), stage.paths, stage.rules)
    config = replace(stage.configuration(), indicators=world.configuration().indicators)
    given = {
        f"sen2.{name}": io.read_table(stage.paths.restricted / f"linked/sen2.{name}.parquet")
        for name in judged
    }
    made = derive(given, config, invented=True)
    assert {made_of(CATALOGUE[name])[0] for name in made} == {"sen2"}
    found = measure(made, config.indicators.values(), config)
    plans = found[(found["indicator"] == "plans") & (found["breakdown"] == "total")]
    assert plans["numerator"].sum() == 40
