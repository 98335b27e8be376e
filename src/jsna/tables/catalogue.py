"""Analysis tables by name, and what follows from their declarations.

Every table is declared in `jsna.tables`, beside the query that makes it. The engine checks
indicators against these declarations before it reads a row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.model.cells import PERIOD
from jsna.model.hierarchies import later
from jsna.model.indicators import LOCALITY
from jsna.model.tables import AnalysisTable, Followed, Implied
from jsna.sources import permission, registry
from jsna.tables import VIEWS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jsna.model.configuration import Configuration

CATALOGUE: Final = {view.name: view for view in VIEWS if isinstance(view, AnalysisTable)}
_VIEWS: Final = {view.name: view for view in VIEWS}
#: What linkage writes of itself, of all extracts about persons together.
_LINKAGE: Final = "linkage."


def of_linkage(table: AnalysisTable) -> bool:
    """Whether it says how linking went, over all deliveries of every extract together."""
    return any(need.startswith(_LINKAGE) for need in table.needs)


@cache
def made_of(table: AnalysisTable) -> tuple[str, ...]:
    """The extracts a table is made of, the one that brings its rows first."""
    if of_linkage(table):
        return tuple(name for name, extract in registry().items() if extract.person_level)
    return tuple(dict.fromkeys(need.split(".")[0] for need in _received(table.needs)))


def period_type(table: AnalysisTable) -> str:
    """Which kind of period its rows are of: that of the deliveries it is dated by, as it says."""
    if table.period == "year_before":
        return "calendar_year"
    if table.period == "march":
        return "31_march"
    extracts = table.dated_by or made_of(table)
    # What linkage and validation say of themselves is of the edition as a whole.
    if of_linkage(table) or not extracts:
        return "release"
    return registry()[extracts[0]].period_type


@cache
def implied(table: AnalysisTable) -> tuple[Implied, ...]:
    """What values of its rows say of others, as it or another table of the same rows has it."""
    rows = table.rows_of or table.name
    same = (one for one in CATALOGUE.values() if (one.rows_of or one.name) == rows)
    return tuple(dict.fromkeys(said for one in same for said in one.implied))


def single(table: AnalysisTable) -> bool:
    """Whether nobody has two rows of a period, so that persons are rows."""
    return {*table.key} <= {PERIOD, "person_key"}


def followed(rows: str) -> tuple[Followed, ...]:
    """What tables of a table's rows say of the same persons a period later."""
    said = (one.followed for one in CATALOGUE.values() if (one.rows_of or one.name) == rows)
    return tuple(dict.fromkeys(one for one in said if one is not None))


def _received(needs: Collection[str]) -> Iterator[str]:
    """The tables of extracts that some views and tables stand on, in the order they are read."""
    for need in needs:
        if "." in need:
            yield need
        elif need in _VIEWS:
            yield from _received(_VIEWS[need].needs)


def column_of(dimension: str) -> str:
    """The column a dimension is counted by; `locality` stands for the area's own."""
    return "locality_code" if dimension == LOCALITY else dimension


def mentioned(name: str, query: str) -> list[str]:
    """Columns of an analysis table that a query over it mentions; the others need not be read."""
    words = set(re.findall(r"\w+", query.lower()))
    return [column for column in CATALOGUE[name].columns if column in words]


def arrow(
    name: str, rows: pa.Table | pd.DataFrame, only: Collection[str] | None = None
) -> pa.Table:
    """The rows as an Arrow table of exactly the declared columns, in order and of their types.

    Args:
        name: analysis table they belong to.
        rows: its rows; further columns are left out.
        only: the columns wanted; all where not given.

    Raises:
        JsnaError: naming every declared column that is missing; it is a fault of the program.
    """
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "number": pa.float64(),
    }
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)
    columns = CATALOGUE[name].columns
    declared = {c: column.type for c, column in columns.items() if only is None or c in only}
    missing = [column for column in declared if column not in table.column_names]
    if missing:
        rule = f"analysis table lacks the columns {', '.join(missing)}"
        raise JsnaError(Problem(name, rule, code="table.columns"))
    schema = pa.schema([(column, types[kind]) for column, kind in declared.items()])
    return table.select(list(declared)).cast(schema)


def periods(name: str, config: Configuration) -> set[str]:
    """Periods for which the rows of a table were received, even where there were none to receive.

    A year without a permanent exclusion is a zero; a year whose file never came, or whose rows may
    not be linked, is a gap.
    """
    table = CATALOGUE[name]
    if of_linkage(table) or not made_of(table):
        return set()
    given = set.intersection(
        *(
            {d.period for d in permission.linkable(config.edition) if d.extract == extract}
            for extract in table.dated_by or made_of(table)[:1]
        )
    )
    if table.period == "march":
        return {str(int(p[:4]) + 1) for p in given}
    if table.period == "followed":
        return {p for p in given if later(p, 1) in given}
    return {str(int(p) - 1) for p in given} if table.period == "year_before" else given
