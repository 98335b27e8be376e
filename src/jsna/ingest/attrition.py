"""What leaves a count in validation, or changes it: rows set aside, repeated ones, cells emptied.

Counted where it happens, by delivery, table and field, from what was received and what stands. How
a cell came to be emptied (by its own shape, or a rule that reads several) makes no difference.
Which indicators it touches follows from the queries that count them: see `measures.beside`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jsna.ingest.convert import TEXT
from jsna.ingest.judge import Validated
from jsna.model.configuration import Configuration
from jsna.model.contract import REPEATED, Column
from jsna.sources import permission, registry

#: A row that breaks a rule, and is in no count.
SET_ASIDE: Final = "set_aside"
#: A row of somebody, or something, entered more than once: it is counted once.
REPEATS: Final = "repeats"
#: A cell that could not be used; the row stays.
EMPTIED: Final = "emptied"
#: A row of which dates contradict each other: both stay, and what lies between is not counted.
APART: Final = "apart"

TYPES: Mapping[str, Any] = {
    "extract": TEXT,
    "table": TEXT,
    "period": TEXT,
    "kind": TEXT,
    "field": TEXT,
    "rows": "int64",
    "received": "int64",
}

Judged = Mapping[tuple[str, str], Mapping[str, Validated]]


def attrition(results: Judged, config: Configuration) -> pd.DataFrame:
    """One row for each table of each delivery that is counted, kind, and field of emptied cells.

    In the place of a field stands the code of the rule where dates contradict each other.

    Args:
        results: every delivery, judged.
        config: says which of them may be linked, and so are counted.

    Returns:
        columns of `TYPES`: how many `rows` of those `received` it is; one with `rows` 0 and no
        kind for each table, which says how many rows there are where nothing left.
    """
    counted = {(d.extract, d.period) for d in permission.linkable(config.edition)}
    rows = [
        (key[0], name, key[1], kind, field, count, len(tables[name].staged))
        for key, tables in sorted(results.items())
        if key in counted
        for name, found in sorted(_of_delivery(key[0], tables).items())
        for kind, field, count in (("", "", 0), *found)
    ]
    return pd.DataFrame(rows, columns=list(TYPES)).astype(dict(TYPES))


def _of_delivery(
    extract: str, tables: Mapping[str, Validated]
) -> dict[str, list[tuple[str, str, int]]]:
    """Table -> kind, field and number of rows of all that left or changed a count."""
    repeated: dict[str, pd.DataFrame] = {}
    found = {}
    for table in registry()[extract].tables:
        if table.name not in tables:
            continue
        judged = tables[table.name]
        repeats = _repeats(extract, judged, repeated)
        repeated[table.name] = judged.quarantined.loc[repeats]
        kinds = ((SET_ASIDE, int((~repeats).sum())), (REPEATS, int(repeats.sum())))
        found[table.name] = [(kind, "", count) for kind, count in kinds if count]
        found[table.name] += [*_emptied(judged), *_apart(extract, judged)]
    return found


def _repeats(
    extract: str, judged: Validated, above: Mapping[str, pd.DataFrame]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of the rows set aside repeat another: themselves, or as part of a row that does."""
    table = judged.table
    again = _again(extract, table.name)
    reasons = [set(text.split(";")) for text in judged.reasons]
    own = np.array([found <= again for found in reasons], dtype=np.bool_)
    if table.parent is None or table.parent[0] not in above:
        return own
    parent, name = table.parent
    orphans = np.array([found == {f"{table.name}.{name}.orphan"} for found in reasons], np.bool_)
    cells = judged.quarantined[name]
    below = cells.isin(above[parent][name].dropna()).to_numpy(dtype=np.bool_)
    answer: np.ndarray[Any, np.dtype[np.bool_]] = own | (orphans & below)
    return answer


def _emptied(judged: Validated) -> Iterator[tuple[str, str, int]]:
    """Cells that said something and say nothing now, of rows that stand."""
    stand = judged.valid.index.to_numpy(dtype=np.int64)
    for column in judged.table.columns:
        empty = judged.valid[column.field].isna().to_numpy()
        if empty.any():
            given = judged.staged.columns[column.field].take(pa.array(stand[empty]))
            if count := _given(given, column):
                yield EMPTIED, column.field, count


def _apart(extract: str, judged: Validated) -> Iterator[tuple[str, str, int]]:
    """Rules broken by rows that stand, of which what lies between two fields is not counted."""
    for rule in registry()[extract].cross_rules:
        if rule.apart and rule.table == judged.table.name:
            code = f"{rule.table}.{rule.code}"
            stay = (v.rows for v in judged.found if v.code == code and v.severity == "warning")
            if count := sum(stay):
                yield APART, rule.code, count


def _again(extract: str, table: str) -> set[str]:
    """Codes of the rules that find what was entered more than once."""
    rules = registry()[extract].cross_rules
    codes = (rule.code for rule in rules if rule.table == table and rule.again)
    return {f"{table}.{code}" for code in (REPEATED, *codes)}


def _given(cells: pa.Array[Any], column: Column) -> int:
    """How many cells say something: not those that say there is no value."""
    says = cells.drop_null().cast(pa.string())
    none = pc.is_in(pc.utf8_upper(says), value_set=pa.array(column.absent, pa.string()))
    return len(says) - (pc.sum(none).as_py() or 0)
