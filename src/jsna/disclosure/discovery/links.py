"""Tables about linkage to look for identities in: what linking came to is drawn, not found.

Nothing is misspelt in the invented records, so that linking them says nothing: every record has
every identifier, next to nobody is missed, and two counts of nobody or of one person are the same
by chance. No identity depends on how well anything was linked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.model.configuration import Configuration

if TYPE_CHECKING:
    import pyarrow as pa

#: Shares drawn: linked, looking wrong of these, missed or false of those held out.
LINKED, ODD, WRONG = 0.6, 0.3, 0.5
#: Share of whom a source does not say one thing or another (the unborn have neither age nor sex).
UNTOLD: Final = 0.1
#: Codes of the list `link` of whoever is linked.
SURETIES: Final = ("number", "pass", "model_95", "model_50", "model_05")
#: Share of people a source has twice, not knowing that they are one: so the people of a source are
#: not the children of another table, though in these records they would be.
TWICE: Final = 0.2


def drawn(
    tables: Mapping[str, pa.Table], draw: np.random.Generator, config: Configuration
) -> dict[str, pa.Table]:
    """The tables about linkage among some, and those that say how surely a row is linked.

    Args:
        tables: analysis tables by name.
        draw: draws what linking came to.
        config: has the code lists of that.
    """
    made = {name: _surety(tables[name], draw) for name in sorted(tables)}
    made = {name: rows for name, rows in made.items() if rows is not tables[name]}
    if "linked_person" in tables:
        made["linked_person"] = _people(tables["linked_person"], draw, config)
    if "held_out" in tables:
        held = tables["held_out"]
        held = held.take(_some_twice(held.num_rows, draw))
        held = _untold(held, ("sen_provision",), draw)
        made["held_out"] = _with(held, wrong=draw.random(held.num_rows) < WRONG)
    for name, amount in (("identifier", "records"), ("link_event", "cases")):
        if name in tables:
            made[name] = _amounts(tables[name], amount, draw, config)
    return made


def _surety(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    """The table with the surety of each link drawn; who is linked to nobody stays so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in table.column_names:
        if name == "link" or name.endswith("_link"):
            linked = pc.is_in(table[name], value_set=pa.array([*SURETIES]))
            chosen = pa.array(draw.choice([*SURETIES], table.num_rows))
            surety = pc.if_else(linked, chosen, table[name]).combine_chunks()
            table = _with(table, **{name: surety})
    return table


def _people(table: pa.Table, draw: np.random.Generator, config: Configuration) -> pa.Table:
    table = table.take(_some_twice(table.num_rows, draw))
    table = _untold(table, ("age_group", "sex"), draw)
    size = table.num_rows
    linked = draw.random(size) < LINKED
    method = {p: m for m, parts in config.hierarchies["link_method"].codes.items() for p in parts}
    codes = draw.choice(list(config.codelists["link_pass"]), size)
    groups = list(config.codelists["sen_provision"])
    return _with(
        table,
        linked=linked,
        implausible=linked & (draw.random(size) < ODD),
        link_pass=np.where(linked, codes, None),
        link_method=np.where(linked, np.vectorize(method.get)(codes), None),
        sen_provision=draw.choice(groups, size).astype(object),
    )


def _untold(table: pa.Table, names: Sequence[str], draw: np.random.Generator) -> pa.Table:
    """The table with some cells of some columns empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = {name: pa.array(draw.random(table.num_rows) >= UNTOLD) for name in names}
    kept = {name: pc.if_else(where, table[name], None) for name, where in told.items()}
    return _with(table, **{name: column.combine_chunks() for name, column in kept.items()})


def _some_twice(size: int, draw: np.random.Generator) -> np.ndarray[Any, np.dtype[np.int64]]:
    every = np.arange(size, dtype=np.int64)
    return np.sort(np.concatenate([every, every[draw.random(size) < TWICE]]))


def _amounts(
    table: pa.Table, amount: str, draw: np.random.Generator, config: Configuration
) -> pa.Table:
    """Every combination of the categories there may be, each with an amount of its own."""
    import pandas as pd
    import pyarrow as pa

    period, *names = [name for name in table.column_names if name != amount]
    levels: list[Sequence[str]] = [list(config.codelists[name]) for name in names]
    frame = pd.MultiIndex.from_product(levels, names=names).to_frame(index=False)
    frame.insert(0, period, table[period][0].as_py())
    frame[amount] = draw.integers(1, 100_000, len(frame))
    return pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False)


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    """The table with some columns replaced."""
    import pyarrow as pa

    for name, values in columns.items():
        at = table.column_names.index(name)
        column = values if isinstance(values, pa.Array) else pa.array(values)
        table = table.set_column(at, name, column.cast(table.schema.field(name).type))
    return table
