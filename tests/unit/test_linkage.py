"""Person keys and what leaves the identified zone, on rows small enough to check by hand."""

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from jsna import io
from jsna.edition import Delivery
from jsna.errors import JsnaError
from jsna.extracts.base import Column, Extract, Table
from jsna.linkage.keys import (
    DEMONSTRATION_KEY,
    key_fingerprint,
    person_key_secret,
    person_keys,
)
from jsna.linkage.link import Linker

DAY = date(2025, 1, 16)

PUPILS = Extract(
    name="roll",
    title="Roll",
    description="",
    period_type="january",
    population_base="attending",
    tables=(
        Table(
            "pupil",
            "",
            (
                Column("UPN", "upn", "string", "", identifier="upn", nullable=True),
                Column("Former", "former_upn", "string", "", identifier="former_upn"),
                Column("Surname", "surname", "string", "", identifier="surname"),
                Column("DoB", "date_of_birth", "date", "", identifier="date_of_birth"),
                Column("PC", "postcode", "string", "", identifier="postcode"),
                Column("LSOA", "lsoa_code", "string", "", personal=True),
                Column("Note", "note", "string", "", personal=True),
                Column("Sex", "sex", "code", ""),
            ),
        ),
    ),
)
CASES = Extract(
    name="cases",
    title="Cases",
    description="",
    period_type="january",
    population_base="maintained",
    tables=(
        Table(
            "child",
            "",
            (
                Column("id", "child_table_id", "string", "", personal=True),
                Column("UPN", "upn", "string", "", identifier="upn", nullable=True),
                Column("DoB", "date_of_birth", "date", "", identifier="date_of_birth"),
                Column("PC", "postcode", "string", "", identifier="postcode"),
            ),
            key=("child_table_id",),
        ),
        Table(
            "need",
            "",
            (
                Column("id", "child_table_id", "string", "", personal=True),
                Column("Need", "need", "code", ""),
            ),
            parent=("child", "child_table_id"),
        ),
    ),
)

ROLL = pd.DataFrame(
    [
        # born 17 January: still 9 on the 16th
        ("A1", None, "Canary-Smith", date(2015, 1, 17), "ZZ1 1AA", "E01900001", "free text", "F"),
        ("B2", "A0", "Canary-Jones", date(2010, 1, 16), "ZZ1 1AB", "E01900002", None, "M"),
        (None, None, "Canary-Brown", date(2020, 5, 5), "ZZ1 1AB", "E01900002", None, "M"),
        (None, None, "Canary-Brown", date(2020, 5, 5), "ZZ1 1AB", "E01900002", None, "M"),
        ("C3", None, "Canary-Green", date(2012, 5, 5), "ZZ9 9ZZ", "E01900001", None, "F"),
        ("D4", None, "Canary-White", date(2012, 5, 5), "zz99zz", "E01900003", None, "F"),
    ],
    columns=[c.field for c in PUPILS.tables[0].columns],
)
CHILD = pd.DataFrame(
    [
        ("1", "A1", date(2015, 1, 17), "ZZ1 1AB"),  # own home, from the roll, not the postcode's
        ("2", "A0", date(2010, 1, 16), "ZZ8 8ZZ"),  # a former UPN leads to the same person
        ("3", None, date(2022, 3, 1), "zz11ab"),  # too young for a UPN; placed by postcode
        ("4", None, date(2022, 3, 1), "ZZ9 9ZZ"),  # the postcode lies in two areas: no place
    ],
    columns=["child_table_id", "upn", "date_of_birth", "postcode"],
)
NEED = pd.DataFrame([("1", "ASD"), ("3", "SLCN")], columns=["child_table_id", "need"])

Linked = Callable[..., dict[str, pd.DataFrame]]


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    def run(shuffle: int | None = None, key: bytes = DEMONSTRATION_KEY) -> dict[str, pd.DataFrame]:
        frames = {"roll.pupil": ROLL, "cases.child": CHILD, "cases.need": NEED}
        out = tmp_path / f"out{shuffle}{len(key)}"
        for name, frame in frames.items():
            rows = frame if shuffle is None else frame.sample(frac=1, random_state=shuffle)
            rows = rows.assign(source_row=range(2, len(rows) + 2))
            extract, table = name.split(".")
            io.write_parquet(tmp_path / "valid" / extract / table / "2025.parquet", rows)
        with duckdb.connect() as connection:
            linker = Linker(connection, key, DAY)
            for extract in (PUPILS, CASES):
                files = {t.name: "x" for t in extract.tables}
                delivery = Delivery(extract=extract.name, period="2025", files=files)
                linker.load(extract, [delivery], tmp_path / "valid")
            linker.link(out)
        return {name: io.read_parquet(out / f"{name}.parquet") for name in frames}

    return run


def keys(*identifiers: str) -> list[str]:
    return cast(
        "list[str]", person_keys(DEMONSTRATION_KEY, "upn", pa.array(identifiers)).to_pylist()
    )


def test_one_person_has_one_key_in_every_table_also_by_a_former_upn(linked: Linked) -> None:
    out = linked()
    child = out["cases.child"].set_index("child_table_id")["person_key"]
    assert [child["1"], child["2"]] == keys("A1", "B2")
    need = out["cases.need"].set_index("child_table_id")["person_key"]
    assert need["1"] == child["1"]
    assert need["3"] == child["3"]


def test_rows_without_identifier_each_get_a_key_of_their_own(linked: Linked) -> None:
    roll = linked()["roll.pupil"]
    assert roll["person_key"].notna().all()
    assert roll["person_key"].nunique() == len(ROLL)


def test_age_is_in_whole_years_on_the_day(linked: Linked) -> None:
    child = linked()["cases.child"].set_index("child_table_id")
    assert list(child["age"][["1", "2", "3", "4"]]) == [9, 15, 2, 2]
    need = linked()["cases.need"].set_index("child_table_id")
    assert list(need["age"][["1", "3"]]) == [9, 2]


def test_home_comes_from_the_row_then_the_person_then_an_unambiguous_postcode(
    linked: Linked,
) -> None:
    child = linked()["cases.child"].set_index("child_table_id")["lsoa_code"]
    assert list(child[["1", "2", "3"]]) == ["E01900001", "E01900002", "E01900002"]
    assert pd.isna(child["4"])


def test_no_identifier_and_no_free_text_passes(linked: Linked) -> None:
    forbidden = {"upn", "former_upn", "surname", "date_of_birth", "postcode", "note", "source_row"}
    for frame in linked().values():
        assert not forbidden & set(frame.columns)
        text = frame.to_csv()
        assert "Canary" not in text
        assert "free text" not in text
        assert "ZZ1" not in text


def test_shuffled_rows_give_the_same_table(linked: Linked) -> None:
    straight, shuffled = linked(), linked(shuffle=3)
    for name in straight:
        pd.testing.assert_frame_equal(straight[name], shuffled[name])


def test_another_key_gives_other_person_keys(linked: Linked) -> None:
    one, other = linked(), linked(key=b"x" * 40)
    assert not set(one["roll.pupil"]["person_key"]) & set(other["roll.pupil"]["person_key"])


def test_an_area_table_keeps_its_own_code(tmp_path: Path) -> None:
    column = Column("LSOA", "lsoa_code", "string", "")
    areas = replace(
        PUPILS, name="areas", person_level=False, tables=(Table("lsoa", "", (column,)),)
    )
    rows = pd.DataFrame({"lsoa_code": ["E01900001"], "source_row": [2]})
    io.write_parquet(tmp_path / "valid/areas/lsoa/2025.parquet", rows)
    with duckdb.connect() as connection:
        linker = Linker(connection, DEMONSTRATION_KEY, DAY)
        delivery = Delivery(extract="areas", period="2025", files={"lsoa": "x"})
        linker.load(areas, [delivery], tmp_path / "valid")
        linker.load(
            PUPILS, [Delivery(extract="roll", period="2025", files={"pupil": "x"})], _roll(tmp_path)
        )
        linker.link(tmp_path / "out")
    out = io.read_parquet(tmp_path / "out/areas.lsoa.parquet")
    assert out.to_dict("list") == {"period": ["2025"], "lsoa_code": ["E01900001"]}


def _roll(folder: Path) -> Path:
    rows = ROLL.assign(source_row=range(2, len(ROLL) + 2))
    io.write_parquet(folder / "valid/roll/pupil/2025.parquet", rows)
    return folder / "valid"


def test_a_real_edition_without_a_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSNA_PERSON_KEY", raising=False)
    monkeypatch.delenv("JSNA_PERSON_KEY_FILE", raising=False)
    with pytest.raises(JsnaError, match="no key is set"):
        person_key_secret(synthetic=False, root=tmp_path)


@pytest.mark.parametrize(
    ("place", "content", "mode", "words"),
    [
        ("out/key", b"k" * 31, 0o600, "has 31 bytes"),
        ("out/key", b"k" * 32, 0o644, "others can read"),
        ("project/key", b"k" * 32, 0o600, "inside the project"),
    ],
)
def test_a_key_that_is_short_open_or_inside_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    content: bytes,
    mode: int,
    words: str,
) -> None:
    file = tmp_path / place
    file.parent.mkdir()
    file.write_bytes(content)
    file.chmod(mode)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(file))
    with pytest.raises(JsnaError, match=words):
        person_key_secret(synthetic=False, root=tmp_path / "project")


def test_a_good_key_file_is_taken_and_named_by_a_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"k" * 32 + b"\n")
    file.chmod(stat.S_IRUSR)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(file))
    key = person_key_secret(synthetic=False, root=tmp_path / "project")
    assert key == b"k" * 32
    assert len(key_fingerprint(key)) == 16
    assert key_fingerprint(key) != key_fingerprint(DEMONSTRATION_KEY)


@pytest.mark.parametrize("ending", [b"\n", b" ", b"\t\r\n"])
def test_no_byte_of_a_random_key_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: bytes
) -> None:
    file = tmp_path / "key"
    random = bytes(range(200, 200 + 32 - len(ending))) + ending
    file.write_bytes(random)
    file.chmod(stat.S_IRUSR)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(file))
    assert person_key_secret(synthetic=False, root=tmp_path / "project") == random


def test_an_edition_without_a_person_is_linked(tmp_path: Path) -> None:
    column = Column("URN", "school_urn", "string", "")
    schools = replace(
        PUPILS, name="schools", person_level=False, tables=(Table("school", "", (column,)),)
    )
    rows = pd.DataFrame({"school_urn": ["900001"], "source_row": [2]})
    io.write_parquet(tmp_path / "valid/schools/school/2025.parquet", rows)
    with duckdb.connect() as connection:
        linker = Linker(connection, DEMONSTRATION_KEY, DAY)
        delivery = Delivery(extract="schools", period="2025", files={"school": "x"})
        linker.load(schools, [delivery], tmp_path / "valid")
        assert linker.link(tmp_path / "out") == {"schools.school": {"rows": 1}}


def _census(folder: Path, **years: list[tuple[str, str | None]]) -> pd.DataFrame:
    """Rolls of several years, given as pairs of UPN and former UPN, linked."""
    deliveries = []
    for period, pairs in ((year.removeprefix("y"), pairs) for year, pairs in years.items()):
        rows = ROLL.iloc[[0] * len(pairs)].reset_index(drop=True)
        rows = rows.assign(
            upn=[upn for upn, _ in pairs],
            former_upn=[former for _, former in pairs],
            source_row=range(2, len(pairs) + 2),
        )
        io.write_parquet(folder / f"valid/roll/pupil/{period}.parquet", rows)
        deliveries.append(Delivery(extract="roll", period=period, files={"pupil": "x"}))
    with duckdb.connect() as connection:
        linker = Linker(connection, DEMONSTRATION_KEY, DAY)
        linker.load(PUPILS, deliveries, folder / "valid")
        linker.link(folder / "out")
    return io.read_parquet(folder / "out/roll.pupil.parquet")


def test_a_former_number_leads_to_the_person_in_earlier_years(tmp_path: Path) -> None:
    pupils = _census(tmp_path, y2024=[("A1", None)], y2025=[("B2", "A1")])
    assert pupils["person_key"].nunique() == 1


def test_a_former_number_that_somebody_still_has_leads_nowhere(tmp_path: Path) -> None:
    pupils = _census(tmp_path, y2025=[("A1", None), ("B2", "A1")])
    assert pupils["person_key"].nunique() == 2


def test_ages_are_counted_to_the_day_of_the_period_where_none_is_stated(tmp_path: Path) -> None:
    # Born 17 January 2015; the census days are the third Thursdays of January.
    pupils = _census(tmp_path, y2023=[("A1", None)], y2025=[("A1", None)])
    assert list(pupils["age"]) == [8, 9]


def test_a_person_key_is_the_stated_hmac() -> None:
    # printf 'v1|jsna|upn:A950000178301' | openssl dgst -sha256 -hmac "$(printf 'k%.0s' {1..32})"
    import hashlib
    import hmac

    expected = hmac.new(b"k" * 32, b"v1|jsna|upn:A950000178301", hashlib.sha256).hexdigest()[:32]
    got = person_keys(b"k" * 32, "upn", pa.array(["A950000178301", None, "A950000178301"]))
    assert got.to_pylist() == [expected, None, expected]
