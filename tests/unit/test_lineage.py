"""What a count stands on is read from its queries: held against what becomes of it without it.

Invented rows of every table are derived and measured; then again with every cell emptied on which
an indicator is not said to stand. Its figures must be the same.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

import pyarrow as pa
import pytest

from jsna.measures.attrition import touches
from jsna.measures.derive import derive, usable
from jsna.measures.engine import measure
from jsna.measures.lineage import HOME, Cell, Cells, lineages
from jsna.sources import registry
from tests.spec import world
from tests.unit.test_tables import PLACES, linked

EXTRACTS = ("school_census", "schools", "sen2", "exclusions", "cin_census", "ssda903", "ncmp",
            "mental_health", "community")  # fmt: skip
PERIODS = {"school_census": "2025", "schools": "2025", "sen2": "2025", "ncmp": "2024/25"}
CONFIG = world.configuration(
    deliveries=[("areas", "2025"), *((name, PERIODS.get(name, "2024/25")) for name in EXTRACTS)]
)
#: Rows of each table.
ROWS = 200


@cache
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
    if declared.nullable and draw.random() < 0.3:
        return None
    if declared.codes:
        return draw.choice(sorted(CONFIG.codelists[declared.codes])[:6])
    return {
        "date": date(2022, 6, 1) + timedelta(days=draw.randrange(1000)),
        "integer": draw.randrange(1, 4),
        "number": draw.random(),
        "boolean": draw.random() < 0.5,
    }.get(declared.type, f"{900000 + draw.randrange(9)}")


@cache
def whole() -> dict[str, pa.Table]:
    """The analysis tables of all rows."""
    return derive(tables(), CONFIG)


def figures(of: dict[str, pa.Table], indicator: str) -> list[tuple[object, ...]]:
    """The counts of an indicator in some analysis tables."""
    made = measure(of, [CONFIG.indicators[indicator]], CONFIG)
    columns = ["period", "area_code", "breakdown", "category", "numerator", "denominator"]
    return sorted(made[columns].fillna(-1).itertuples(index=False, name=None))


def only(touched: Cells) -> dict[str, pa.Table]:
    """The rows, of which every cell that may be empty is, but for those named."""
    made = {}
    for name, rows in tables().items():
        extract, table = name.split(".")
        declared = registry()[extract].table(table)
        empty = [c.field for c in declared.columns if c.nullable or c.on_invalid == "blank"]
        gone = {field for field in empty if Cell(name, field) not in touched} - {HOME}
        if registry()[extract].person_level:
            gone |= set() if Cell(name, HOME) in touched else {HOME}
            if not any(cell.field == "date_of_birth" for cell in touched):
                gone |= {"age", *(c.age_field for c in declared.columns if c.aged)}
        for field in sorted(gone & set(rows.schema.names)):
            place = rows.schema.get_field_index(field)
            kind = rows.schema.field(place)
            rows = rows.set_column(place, kind, pa.nulls(len(rows), kind.type))
        made[name] = rows
    return made


TOUCHES = touches(CONFIG, tables())
COUNTED = sorted(name for name in TOUCHES if CONFIG.indicators[name].numerator is not None)
SAMPLE = random.Random(2025).sample(COUNTED, 2)


def unchanged(indicator: str) -> None:
    before = figures(whole(), indicator)
    # So that what changes could be seen.
    assert any(row[-2:] not in ((0, 0), (0, -1)) for row in before)
    assert figures(derive(only(TOUCHES[indicator].cells), CONFIG), indicator) == before


@pytest.mark.parametrize("indicator", ["ehc_plans_20_weeks", *SAMPLE])
def test_a_count_needs_no_cell_but_those_it_is_said_to_stand_on(indicator: str) -> None:
    unchanged(indicator)


@pytest.mark.full
@pytest.mark.parametrize("indicator", COUNTED)
def test_no_count_needs_any_other(indicator: str) -> None:
    unchanged(indicator)


@pytest.mark.parametrize("cell", [Cell("sen2.requests", "received_date")], ids=".".join)
def test_a_count_that_is_said_to_stand_on_a_cell_changes_without_it(cell: Cell) -> None:
    touched = {name for name in COUNTED if cell in TOUCHES[name].cells}
    every = frozenset().union(*(touch.cells for touch in TOUCHES.values()))
    without = derive(only(every - {cell}), CONFIG)
    assert touched
    for name in touched:
        assert figures(without, name) != figures(whole(), name), name


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
