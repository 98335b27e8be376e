"""What the catalogue says of columns is what the queries make, of rows drawn for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jsna.disclosure.discovery import supposed, worlds
from jsna.model.tables import Implied
from jsna.settings import shared
from jsna.tables.catalogue import CATALOGUE, column_of
from tests.spec import world

# What is built once for the module is built by one worker.
pytestmark = pytest.mark.xdist_group("implied")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    config = dataclasses.replace(world.configuration(), hierarchies=shared.hierarchies(ROOT))
    drawing = worlds.Drawing(supposed.configuration(config), supposed.spine(ROOT), filled=False)
    made = drawing.tables(2_500)
    return {name: table.to_pandas() for name, table in made.items()}


def marks() -> dict[tuple[str, str], list[str]]:
    """Table and mark -> the columns that have a value exactly where the mark is so."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, table in CATALOGUE.items():
        for column, (mark, _) in table.known.items():
            found.setdefault((name, mark), []).append(column)
    return found


def known(rows: pd.DataFrame, name: str, column: str) -> pd.Series[bool]:
    """Where a column has a value; of a mark, where one of the columns it stands for has."""
    if not column.startswith("("):
        return rows[column_of(column)].notna()
    inner = marks()[name, column][0]
    return known(rows, name, inner)


@pytest.mark.parametrize(("name", "mark"), sorted(marks()))
def test_columns_of_one_mark_have_a_value_in_the_same_rows(
    tables: dict[str, pd.DataFrame], name: str, mark: str
) -> None:
    rows = tables[name]
    own = [c for c in marks()[name, mark] if not c.startswith("(")]
    where = [known(rows, name, column) for column in own]
    assert all(one.equals(where[0]) for one in where)
    if not mark.startswith("("):
        code = CATALOGUE[name].known[own[0]][1]
        assert where[0].equals(rows[mark].astype(str).str.lower() == code)
    for inner in set(marks()[name, mark]) - set(own):
        # A mark within a mark, as a known place is one of a pupil on the roll.
        assert (where[0] | ~known(rows, name, inner)).all()


def test_some_pupils_have_a_known_place_and_some_have_none(
    tables: dict[str, pd.DataFrame],
) -> None:
    assert tables["pupil"]["locality_code"].isna().any()
    assert tables["pupil"]["locality_code"].notna().any()


@pytest.mark.parametrize("name", sorted(name for name, t in CATALOGUE.items() if t.implies))
def test_what_one_column_implies_of_another_is_so(
    tables: dict[str, pd.DataFrame], name: str
) -> None:
    for implied in CATALOGUE[name].implies:
        rows = tables[_with_both(name, implied)]
        said = spelt(rows[column_of(implied.column)])
        about = said.isin(implied.codes) if implied.codes else said.notna()
        assert about.any()
        assert set(spelt(rows[column_of(implied.of)])[about]) <= implied.are


def spelt(column: pd.Series[Any]) -> pd.Series[Any]:
    """Values as the catalogue spells them: `true` and `false` for marks."""
    return column.map({True: "true", False: "false"}) if column.dtype == bool else column


def _with_both(name: str, implied: Implied) -> str:
    """The table itself, or one of the same rows that has both columns."""
    rows = CATALOGUE[name].rows_of
    alike = [name, *(n for n, t in CATALOGUE.items() if rows and t.rows_of == rows)]
    wanted = {column_of(implied.column), column_of(implied.of)}
    return next(n for n in alike if wanted <= set(CATALOGUE[n].columns))


def test_rows_of_another_table_are_its_rows(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in CATALOGUE.items():
        if not table.rows_of:
            continue
        own, other = tables[name], tables[table.rows_of]
        shared = [c for c in own.columns if c in other.columns and c != "period"]
        moved = own.assign(period=own["period"].map(table.january))[["period", *shared]]
        years = other["period"].isin(moved["period"])
        keys = ["period", "person_key"]
        left = moved.sort_values(keys).reset_index(drop=True)
        right = other.loc[years, ["period", *shared]].sort_values(keys).reset_index(drop=True)
        assert len(left) > 0
        pd.testing.assert_frame_equal(left, right)


def test_a_code_list_made_of_another_says_what_the_recipe_makes(
    tables: dict[str, pd.DataFrame],
) -> None:
    tested = set()
    hierarchies = shared.hierarchies(ROOT)
    for name, table in CATALOGUE.items():
        for dimension, hierarchy in hierarchies.items():
            if {dimension, hierarchy.of} <= set(table.columns):
                pairs = tables[name][[dimension, hierarchy.of]].dropna().drop_duplicates()
                for coarse, fine in pairs.itertuples(index=False):
                    assert fine in hierarchy.codes[coarse], (name, coarse, fine)
                tested.add((dimension, hierarchy.of))
    assert ("sector", "setting") in tested
    assert ("imd_quintile", "imd_decile") in tested
