"""The cells of a whole edition: each is exactly what its number counts, and no words decide it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna import io
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.measures import contributions, derived, engine
from jsna.model import schema
from jsna.model.cells import Cell
from jsna.model.configuration import Configuration
from jsna.settings import loading
from jsna.tables.catalogue import CATALOGUE
from jsna.tables.quality import record
from tests.conftest import SMALL, Project
from tests.unit.cells_support import Recount, reworded
from tests.workflow.revised_support import Edition

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("cells")]


@pytest.fixture(scope="module")
def config(built: Project) -> Configuration:
    return loading.load(SMALL, built.root)


@pytest.fixture(scope="module")
def paths(built: Project) -> io.Paths:
    return io.Paths(built.root, SMALL)


@pytest.fixture(scope="module")
def counted(paths: io.Paths) -> pd.DataFrame:
    """The measures that were counted here, with their cells."""
    rows = io.read_measures(paths.restricted / "measures.parquet", cells=True)
    return rows.loc[rows[schema.NUMERATOR_CELL].ne("")].reset_index(drop=True)


def test_every_cell_is_exactly_what_its_number_counts(
    paths: io.Paths, config: Configuration, counted: pd.DataFrame
) -> None:
    files = contributions.tables_of(paths)
    tables = {name: io.read_parquet(file) for name, file in files.items()}
    tables["record"] = record(io.read_parquet(paths.restricted / "quality.parquet"), config)
    recounts: dict[str, Recount] = {}
    wrong: list[str] = []
    seen: dict[tuple[str, str], float] = {}
    for name, *texts, top, bottom in counted[
        ["indicator", *schema.CELLS, "numerator", "denominator"]
    ].itertuples(index=False, name=None):
        indicator = config.indicators[name]
        for side, text, count in zip(
            (indicator.numerator, indicator.denominator), texts, (top, bottom), strict=True
        ):
            assert (side is None) == (text == "") == np.isnan(count)
            if side is None:
                continue
            if side.table not in recounts:
                recounts[side.table] = Recount(CATALOGUE[side.table], tables[side.table], config)
            if (side.table, text) not in seen:
                seen[side.table, text] = recounts[side.table](Cell.read(text))
            if not np.isclose(seen[side.table, text], count, rtol=0, atol=1e-6):
                wrong.append(f"{name}: {Cell.read(text).label()}")
    assert not wrong[:10]
    assert len(seen) > 4_000


# ---- what is worked out -------------------------------------------------------------------------


def _beside(cell: Cell, column: str) -> Cell:
    """A cell without a column and without what that column says of others."""
    marks = {mark for mark, _ in CATALOGUE[cell.table].known.values()}
    return Cell(cell.table, cell.what, tuple(p for p in cell.box if p[0] not in {column, *marks}))


def _pairs(
    own: pd.DataFrame, by: str, against: frozenset[str] | None
) -> Iterator[tuple[Any, list[Any]]]:
    """Each row of an indicator, and those that count the same of the category it is set against."""
    known: dict[tuple[Cell, Cell], list[Any]] = {}
    split = []
    for row in own.itertuples():
        top, bottom = Cell.read(row.numerator_cell), Cell.read(row.denominator_cell)
        codes = bottom.codes(by)
        if codes == against:
            known.setdefault((_beside(top, by), _beside(bottom, by)), []).append(row)
        if codes is not None and codes != against:
            split.append((row, (_beside(top, by), _beside(bottom, by))))
    return ((row, known.get(at, [])) for row, at in split)


def test_what_is_worked_out_is_of_cells_that_differ_in_one_column(
    paths: io.Paths, config: Configuration, counted: pd.DataFrame
) -> None:
    """Ratios to a category, worked out once more from rows that are found by their cells."""
    safe = io.read_measures(paths.safe / "measures.parquet")
    key = [name for name in schema.KEY if name != "indicator"]
    ratios = [i for i in config.indicators.values() if i.kind.name == "ratio"]
    found = 0
    for indicator in ratios:
        assert indicator.derived is not None
        dimension, code = indicator.derived.reference
        mine = safe.loc[safe["indicator"].eq(indicator.id) & safe["value"].notna()]
        shown = safe.loc[safe["indicator"].eq(indicator.derived.of), list(schema.KEY)]
        own = counted.merge(shown, on=list(schema.KEY))
        # Others than those counted here are of figures read off releases.
        mine = mine.merge(own[key], on=key)
        of = {tuple(row[name] for name in key): row["value"] for row in mine.to_dict("records")}
        for row, others in _pairs(own, dimension, frozenset({code})):
            at = tuple(getattr(row, name) for name in key)
            if at not in of:
                continue
            (other,) = others
            expected = row.numerator / row.denominator / (other.numerator / other.denominator)
            assert of.pop(at) == pytest.approx(expected)
            found += 1
        assert not of
    assert found > 5


# ---- no words decide ----------------------------------------------------------------------------


def test_other_words_change_nothing_but_words(
    built: Project, config: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = Edition.read(built.root)
    before = edition.built(built.root)
    other = replace(edition, config=reworded(config))
    monkeypatch.setattr(engine, "_note", lambda *_: "Denominator of 1999.")
    truth, official, money = other.measure()
    made = protect(truth, other.config, official, None, money)
    for one, again in (
        (before.truth, truth),
        (before.made.safe, made.safe),
        (before.made.log, made.log),
        (before.made.ledger, made.ledger),
        (before.made.fallbacks, made.fallbacks),
        (before.money, money),
        (
            derived.derive(before.made.safe, config),
            derived.derive(made.safe, other.config),
        ),
    ):
        pd.testing.assert_frame_equal(
            one.drop(columns="note", errors="ignore"), again.drop(columns="note", errors="ignore")
        )
    proofs = [
        prove(gather(version.made.safe, version.truth, c, version.official, None, version.money))
        for version, c in (
            (before, config),
            (replace(before, truth=truth, made=made), other.config),
        )
    ]
    assert proofs[0].report == proofs[1].report
