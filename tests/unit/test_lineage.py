"""What a count stands on is read from its queries: held against what becomes of it without it.

Invented rows of every table are derived and measured; then again with one field emptied throughout.
Whatever figure changes must have been said to stand on that field.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pyarrow as pa
import pytest

from jsna.extracts import registry
from jsna.measures.beside import touches
from jsna.measures.engine import measure
from jsna.measures.lineage import HOME, Cell, lineages
from jsna.measures.tables import derive, usable
from tests.spec import world
from tests.unit.test_tables import PLACES, linked

EXTRACTS = ("school_census", "schools", "sen2", "exclusions", "cin_census", "ssda903", "ncmp",
            "mental_health", "community")  # fmt: skip
PERIODS = {"school_census": "2025", "schools": "2025", "sen2": "2025", "ncmp": "2024/25"}
CONFIG = world.configuration(
    deliveries=[("areas", "2025"), *((name, PERIODS.get(name, "2024/25")) for name in EXTRACTS)]
)
#: Rows of each table.
ROWS = 150


def tables() -> dict[str, pa.Table]:
    """Rows whose cells are drawn from few values, so that joins meet and conditions hold."""
    draw = random.Random(7)
    made = {"areas.lsoa": PLACES}
    for name in EXTRACTS:
        for table in registry()[name].tables:
            full = f"{name}.{table.name}"
            empty = linked(full, [])
            rows = [
                {column: _value(column, full, n, draw) for column in empty.schema.names}
                for n in range(ROWS)
            ]
            made[full] = linked(full, rows)
    return made


def _value(column: str, table: str, n: int, draw: random.Random) -> object:
    extract, name = table.split(".")
    if column == "period":
        return PERIODS.get(extract, "2024/25")
    if column == "person_key":
        return f"person {draw.randrange(ROWS)}"
    if column == "link":
        return draw.choice(["number", "model_95"])
    if column == HOME:
        return draw.choice(["E01000001", "E01000002", "E01000009", None])
    if column == "age" or column.startswith("age_at_"):
        return draw.randrange(0, 24)
    declared = registry()[extract].table(name).column(column)
    if column.endswith("_table_id"):
        # The row's own, and one of a row above.
        return f"{n if column == f'{name}_table_id' else draw.randrange(ROWS)}"
    if declared.codes:
        return draw.choice(sorted(CONFIG.codelists[declared.codes])[:6])
    return {
        "date": date(2024, 1, 1) + timedelta(days=draw.randrange(366)),
        "integer": draw.randrange(1, 4),
        "number": draw.random(),
        "boolean": draw.random() < 0.5,
    }.get(declared.type, f"{900000 + draw.randrange(9)}")


@cache
def counted() -> dict[str, list[tuple[object, ...]]]:
    return figures(tables())


def figures(of: dict[str, pa.Table]) -> dict[str, list[tuple[object, ...]]]:
    """Indicator -> its counts."""
    made = measure(derive(of, CONFIG), CONFIG.indicators.values(), CONFIG)
    columns = ["period", "area_code", "breakdown", "category", "numerator", "denominator"]
    rows = made[["indicator", *columns]].fillna(-1)
    return {
        str(name): sorted(found[columns].itertuples(index=False, name=None))
        for name, found in rows.groupby("indicator")
    }


def fields() -> Iterator[Cell]:
    """Fields that may be empty."""
    for name in EXTRACTS:
        for table in registry()[name].tables:
            passed = linked(f"{name}.{table.name}", []).schema.names
            for column in table.columns:
                if column.field in passed and (column.nullable or column.on_invalid == "blank"):
                    yield Cell(f"{name}.{table.name}", column.field)


EVERY = sorted(fields())
SAMPLE = random.Random(20250116).sample(EVERY, 2)


def unsaid(cell: Cell) -> set[str]:
    """Indicators that change without a field and are not said to stand on it."""
    given = tables()
    position = given[cell.table].schema.get_field_index(cell.field)
    kind = given[cell.table].schema.field(position)
    given[cell.table] = given[cell.table].set_column(position, kind, pa.nulls(ROWS, kind.type))
    before, after = counted(), figures(given)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    said = {name for name, touch in touches(CONFIG, given).items() if cell in touch.cells}
    return changed - said


@pytest.mark.parametrize("cell", SAMPLE, ids=".".join)
def test_a_figure_that_changes_without_a_field_was_said_to_stand_on_it(cell: Cell) -> None:
    assert not unsaid(cell)


@pytest.mark.full
@pytest.mark.parametrize("cell", EVERY, ids=".".join)
def test_every_field(cell: Cell) -> None:
    assert not unsaid(cell)


def test_what_tables_stand_on() -> None:
    """By hand: what takes a row away, what may, and what a column says."""
    made = lineages(usable(CONFIG, tables()))
    request, plan = made["request"], made["new_plan"]
    receipt = Cell("sen2.requests", "received_date")
    assert receipt in request.rows
    assert receipt not in plan.all
    assert receipt in plan.columns["within_20_weeks"]
    assert Cell("sen2.requests", "request_outcome_date") in request.columns["within_6_weeks"]
    assert Cell("sen2.requests", "request_outcome_date") not in request.all
    # An episode without an end is open: an empty one takes no child away.
    assert Cell("cin_census.episodes", "closure_date") in made["child_in_need"].unsure
    # Ages are of the person, whichever module the row is of.
    assert made["plan"].columns["age_group"] == {Cell("sen2.person", "date_of_birth")}
    assert Cell("school_census.census", HOME) in made["suspension"].columns["locality_code"]
    assert Cell("ncmp.measurements", HOME) in made["ncmp"].unsure


def test_the_invented_rows_are_counted_by_most_indicators() -> None:
    """So that what changes can be seen."""
    assert sum(any(row[-2] not in (0, -1) for row in rows) for rows in counted().values()) > 30
