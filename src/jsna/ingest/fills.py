"""Columns that files do not have, filled from other tables of the edition (`jsna.model.fills`).

Done between reading and judging: what is filled is judged as if the file had held it. A column is
filled where the file has not got it, never a cell that its owner left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from jsna.ingest.grid import Findings
from jsna.ingest.kept import Kept
from jsna.ingest.put_together import as_iso
from jsna.ingest.stage import Staged
from jsna.model.contract import Table
from jsna.model.editions import Delivery
from jsna.model.fills import Fill
from jsna.sources import registry

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]


def fill(staged: Sequence[Staged], day: Callable[[Delivery], date], authority: str) -> list[Staged]:
    """Every table with the columns that others give it; what cannot be filled is a problem.

    Args:
        staged: everything read for an edition.
        day: the day a delivery is counted on.
        authority: three-digit number of the edition's authority.
    """
    everything: dict[str, list[Kept]] = {}
    for entry in sorted(staged, key=lambda one: one.delivery.period):
        if entry.rows is not None:
            name = f"{entry.delivery.extract}.{entry.table}"
            for of in (name, _own(entry.delivery, entry.table)):
                everything.setdefault(of, []).append(entry.rows)
    filled = [_filled(one, everything, day(one.delivery), authority) for one in staged]
    return [_left_behind(entry) for entry in filled]


def _own(delivery: Delivery, table: str) -> str:
    """A table of the same delivery."""
    return f"{delivery.extract}/{delivery.period}.{table}"


def _table(name: str) -> Table:
    extract, table = name.split(".", 1)
    return registry()[extract].table(table)


def _filled(
    entry: Staged,
    everything: Mapping[str, list[Kept]],
    day: date,
    authority: str,
) -> Staged:
    if entry.rows is None:
        return entry
    table = registry()[entry.delivery.extract].table(entry.table)
    rows = entry.rows
    for one in table.fills:
        wanted = [field for field in one.fields if not rows.filled(field)]
        # What may be left out is not asked for where the edition has nothing to fill it from.
        needed = [field for field in wanted if table.column(field).required]
        parts = everything.get(one.of if "." in one.of else _own(entry.delivery, one.of))
        of = _table(one.of if "." in one.of else f"{entry.delivery.extract}.{one.of}")
        if wanted and parts is None and needed:
            _report_none(one, needed, table, entry.findings)
        if not wanted or parts is None:
            continue
        frame = rows.frame()
        keys = one.key(frame, authority)
        found = _by_key(one, [as_iso(of.helping, part.frame()) for part in parts], day)
        if not needed and found[wanted].isna().all(axis=None):
            continue
        rows = Kept.of(frame.assign(**{f: _looked_up(keys, found[f]) for f in wanted}))
        _tell(one, wanted, table, keys, found, entry.findings)
    return replace(entry, rows=rows)


def _by_key(one: Fill, parts: Sequence[pd.DataFrame], day: date) -> pd.DataFrame:
    """The fields by key, as last received; a key that stands for two rows has none."""
    import pandas as pd

    found = []
    for part in parts:
        ready = one.ready(part, day).dropna(subset=["key"]).drop_duplicates()
        found.append(ready[~ready["key"].duplicated(keep=False)])
    return pd.concat(found).drop_duplicates("key", keep="last").set_index("key")


def _looked_up(keys: pd.Series[str], found: pd.Series[str]) -> Any:
    from jsna.ingest.convert import TEXT

    return keys.map(found).astype(TEXT)


def _named(wanted: Sequence[str], table: Table) -> str:
    return " and ".join(repr(table.column(field).name) for field in wanted)


def _report_none(one: Fill, needed: Sequence[str], table: Table, findings: Findings) -> None:
    findings.refuse(
        "column.missing",
        f"the file has no {_named(needed, table)}, and {one.said}, which would give it, is not "
        "among the extracts of the edition: add it, or ask for the file with the column",
    )


def _tell(
    one: Fill,
    wanted: Sequence[str],
    table: Table,
    keys: pd.Series[str],
    found: pd.DataFrame,
    findings: Findings,
) -> None:
    lost = int((keys.notna() & ~keys.isin(found.index)).sum())
    findings.remark(f"{_named(wanted, table)} from {one.said}")
    if lost:
        rule = f"are not in {one.said}, or twice, so that {_named(wanted, table)} is empty there"
        findings.warn("column.unfilled", f"{lost:,} rows {rule}", count=lost)


def _left_behind(entry: Staged) -> Staged:
    """A look-up that has done its work, without its rows."""
    table = registry()[entry.delivery.extract].table(entry.table)
    if not table.used_up or entry.rows is None:
        return entry
    entry.findings.remark(f"{len(entry.rows):,} rows were read to look up by; none is kept")
    return replace(entry, rows=Kept.of(entry.rows.frame().iloc[:0]))
