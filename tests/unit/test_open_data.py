"""The open data: one tidy table described for people and for programs, on stated terms."""

import csv
import io as text_io
import json
from pathlib import Path

import pytest
from csvw import CSVW
from hypothesis import given
from hypothesis import strategies as st

from jsna import io
from jsna.model import open_data, schema
from jsna.model.configuration import Configuration
from jsna.report.opendata import OpenData
from jsna.report.readme import README, TERMS
from jsna.report.sources import Register
from jsna.sources import registry
from tests.unit import readback_support as small
from tests.unit import report_support as made

CODES = st.text("abcXYZ0123456789-_", min_size=1, max_size=6)
NAMES = st.text("abcdefghij_", min_size=1, max_size=8)


def files(config: Configuration) -> dict[str, str]:
    frame = small.frame(config)
    return OpenData(frame, config).files([], Register(config, registry(), frame))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in files(made.configuration()).items():
        io.write_text(tmp_path / name, content)
    return tmp_path


def problems(folder: Path) -> list[str]:
    """What an independent reader of CSV on the Web finds wrong."""
    read = CSVW(str(folder / open_data.METADATA), validate=True)
    try:
        valid = read.is_valid
    except ValueError as error:
        return [str(error)]
    return [] if valid else [str(found.message) for found in read.warnings]


def table(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text_io.StringIO(content)))


def test_the_description_for_programs_is_true_of_the_files(folder: Path) -> None:
    assert problems(folder) == []
    described = json.loads((folder / open_data.METADATA).read_text(encoding="utf-8"))
    assert {one["url"] for one in described["tables"]} == {
        file.name for file in folder.glob("*.csv")
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [(",2200,40000,", ",many,40000,"), (",F,Female,", ",M,Male,"), ("edition,", "edition,one,")],
)
def test_a_description_that_is_not_true_would_be_found(folder: Path, old: str, new: str) -> None:
    file = folder / "synthetic_measures.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    # A number that is none; a key that two rows have; a column more.
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert problems(folder) != []


def test_a_column_holds_one_fact() -> None:
    content = files(made.configuration())
    rows = table(content["synthetic_measures.csv"])
    assert {"breakdown", "category"}.isdisjoint(rows[0])
    girls = next(row for row in rows if row["by_sex"] == "F" and row["value"])
    assert (girls["by_imd_decile"], girls["category_label"]) == ("", "Female")
    total = next(row for row in rows if row["category_label"] == "Total")
    assert {value for name, value in total.items() if name.startswith("by_")} == {""}


def test_every_column_and_code_is_explained() -> None:
    content = files(made.configuration())
    rows = table(content["synthetic_measures.csv"])
    said = {row["column"]: row for row in table(content["synthetic_columns.csv"])}
    assert {row["file"] for row in said.values()} == {"synthetic_measures.csv"}
    assert list(said) == list(rows[0])
    assert all(row["title"] and row["meaning"] for row in said.values())
    assert said["by_sex"]["title"] == "By sex"
    assert {name for name, row in said.items() if row["type"] == "number"} == {*schema.NUMBERS}
    called = {(row["column"], row["code"]) for row in table(content["synthetic_codes.csv"])}
    used = {
        (name, value)
        for row in rows
        for name, value in row.items()
        if value and (name.startswith("by_") or name == "status")
    }
    assert used <= called


def test_nothing_explains_a_column_that_there_cannot_be() -> None:
    there = {*open_data.PLAIN, *open_data.WORDS, open_data.MARK}
    assert {*open_data.MEANINGS} == there
    every = {open_data.BY + name for name in made.declared_dimensions()}
    assert every.isdisjoint(there)


@given(st.dictionaries(NAMES, CODES, max_size=4))
def test_dimensions_are_told_apart_and_put_together_again(dims: dict[str, str]) -> None:
    breakdown, category = schema.canonical(dims)
    split = open_data.split(breakdown, category)
    assert split == {f"by_{name}": code for name, code in dims.items()}
    assert open_data.joined({**split, "by_zz_other": ""}) == (breakdown, category)


def test_terms_and_marks_stand_beside_the_data() -> None:
    content = files(made.configuration())
    for name in (README, TERMS):
        assert content[name].splitlines()[3].startswith("Synthetic data")
    assert "Education, health and care plans; Department for Education" in content[TERMS]
    assert content[TERMS].count("Open Government Licence v3.0") >= 2
    named = {line.partition(": ")[0] for line in content[README].splitlines()}
    assert {*content} - {README, TERMS} <= named
    assert "synthetic_measures.parquet" in named


def test_a_real_edition_is_not_marked() -> None:
    content = files(made.configuration(synthetic=False))
    assert "measures.csv" in content
    assert not [name for name, text in content.items() if "ynthetic" in name + text]


def test_the_parquet_has_the_same_bytes_and_no_hidden_number(tmp_path: Path) -> None:
    config = made.configuration()
    frame = small.frame(config)
    for at, rows in enumerate((frame, frame.sample(frac=1, random_state=5))):
        io.write_parquet(tmp_path / f"{at}.parquet", OpenData(rows, config).table())
    one, two = ((tmp_path / f"{at}.parquet").read_bytes() for at in (0, 1))
    assert one == two
    read = io.read_parquet(tmp_path / "0.parquet")
    hidden = read[read["status"].eq("c")]
    assert len(hidden) == 1
    assert hidden[list(schema.NUMBERS)].isna().all(axis=None)
