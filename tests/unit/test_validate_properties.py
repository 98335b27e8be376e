"""Whatever is in the files: no row is lost, no order matters, nothing personal is said."""

import random
import string

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from jsna.ingest.quality import violation_rows
from jsna.ingest.validate import apply_cross, validate_delivery
from jsna.sources import registry
from tests.tried import tried

from .validation_support import GOOD, OTHER_UPN, PERIODS, context, staged

TABLES = list(GOOD)
JUNK = ["", "?", "1.2E+12", "31/02/2015", "0", "-1", "N", "é", "ZZZZ", "2024-Feb-30 00:00:00",
        "999999999999999999999", OTHER_UPN, "Total"]  # fmt: skip
#: Marks that stand for a child's name, number, birthday and address.
CANARIES = {
    "upn": "K961777777777", "former_upn": "K961777777778", "surname": "Canarysson",
    "forename": "Canarietta", "date_of_birth": "07/07/2077", "postcode": "CN7 7RY",
    "nhs_number": "7777777770", "uln": "7070707077", "person_table_id": "canary-7",
    "lsoa_code": "E0177777",
}  # fmt: skip
slow = tried(15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def rows(draw: st.DrawFn, name: str) -> pd.DataFrame:
    """Good rows in which any cells may be junk, empty, or those of another column."""
    good = GOOD[name]
    cells = st.sampled_from([*JUNK, *good.values()])
    changes = st.dictionaries(st.sampled_from(list(good)), cells, max_size=4)
    return staged([good | draw(changes) for _ in range(draw(st.integers(1, 6)))])


@given(data=st.data())
@tried(120)
def test_rows_in_are_rows_valid_plus_rows_set_aside(data: st.DataObject) -> None:
    add_up(data.draw(st.sampled_from(TABLES)), data)


@pytest.mark.full
@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
@slow
def test_rows_in_of_each_table_are_rows_valid_plus_rows_set_aside(
    name: str, data: st.DataObject
) -> None:
    add_up(name, data)


def add_up(name: str, data: st.DataObject) -> None:
    extract = registry()[name.split(".")[0]]
    frame = data.draw(rows(name))
    tables = {name.split(".")[1]: frame}
    judged = validate_delivery(extract, tables, context(extract.name))[name.split(".")[1]]
    both = [*judged.valid["source_row"], *judged.quarantined["source_row"]]
    assert sorted(both) == frame["source_row"].tolist()
    assert judged.quarantined["reasons"].str.len().gt(0).all()
    # What is set aside is kept as it was received.
    kept = judged.quarantined.set_index("source_row").drop(columns="reasons")
    received = frame.set_index("source_row").loc[kept.index, kept.columns]
    assert kept.fillna("").equals(received.fillna("").astype(kept.dtypes.to_dict()))
    errors = {found.code for found in judged.found if found.severity == "error"}
    assert {code for text in judged.quarantined["reasons"] for code in text.split(";")} == errors


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 6))]
)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    source = random.Random(seed)
    tables = {}
    for table in registry()["sen2"].tables:
        good = GOOD[f"sen2.{table.name}"]
        cells = [*JUNK, *good.values()]
        changed = [
            good | {field: source.choice(cells) for field in source.sample(list(good), k=k)}
            for k in (0, 0, 1, 1, 2, 3)
        ]
        tables[table.name] = staged(changed)
    shuffled = {
        name: frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        for name, frame in tables.items()
    }
    first, second = (
        validate_delivery(registry()["sen2"], found, context("sen2"))
        for found in (tables, shuffled)
    )
    for name in tables:
        one, two = (
            sorted(map(str, judged.valid.drop(columns="source_row").astype(str).values.tolist()))
            for judged in (first[name], second[name])
        )
        assert one == two
        assert {(v.code, v.rows, v.message) for v in first[name].found} == {
            (v.code, v.rows, v.message) for v in second[name].found
        }


def everything_said(results: dict) -> str:
    """All text validation gives out: violations, problems, reasons and how frames print."""
    said = [violation_rows(results).to_csv()]
    for tables in results.values():
        for judged in tables.values():
            said += [str(problem) for problem in judged.problems]
            said += judged.quarantined["reasons"].tolist()
    return "\n".join(said)


@pytest.mark.parametrize("count", [1, 60])
def test_no_message_holds_anything_personal(count: int) -> None:
    results = {}
    for name, good in GOOD.items():
        extract, table = name.split(".")
        if not registry()[extract].person_level:
            continue
        marked = {field: CANARIES[field] for field in good if field in CANARIES}
        # One row with every mark, and one where all cells moved to the column before.
        moved = dict(zip(good, [*list((good | marked).values())[1:], ""], strict=True))
        frame = staged([good | marked, moved] * count)
        tables = results.setdefault((extract, PERIODS[extract]), {})
        tables[table] = frame
    judged = apply_cross(
        {key: validate_delivery(registry()[key[0]], tables, context(key[0]))
         for key, tables in results.items()}
    )  # fmt: skip
    said = everything_said(judged)
    assert said.count("\n") > 30  # there was plenty to say
    for mark in CANARIES.values():
        assert mark.casefold() not in said.casefold()


def test_a_file_of_random_text_is_refused_without_quoting_it() -> None:
    source = random.Random(7)
    for name in TABLES:
        extract, table = name.split(".")
        words = [
            {field: "".join(source.choices(string.ascii_letters, k=9)) for field in GOOD[name]}
            for _ in range(50)
        ]
        judged = validate_delivery(registry()[extract], {table: staged(words)}, context(extract))
        assert judged[table].problems, name
        said = everything_said({(extract, "x"): judged})
        personal = registry()[extract].person_level
        for word in (w for row in words for w in row.values()):
            assert not personal or word not in said
