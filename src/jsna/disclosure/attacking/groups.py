"""A reader with a pencil: what a printed standardised rate tells of the groups behind it.

Weights and residents are public. So the rate and the number of events are two equations of the
counts by group, and a count by group that is printed elsewhere is a third. Written from how many
are counted in each group, as `measures.contributions` read it off the tables, and from what the
published rows say they count; of how rates are made or protected it uses nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.configuration import Configuration


def tells_few(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    behind: pd.DataFrame | None,
    config: Configuration,
) -> Flags:
    """Rows that print a rate some group of which has few, or nobody knows how many; k rows.

    Args:
        safe: rows as published.
        rows: the true measures of them, with their cells.
        behind: how many are counted in each group, see `measures.contributions`.
        config: declarations and profiles.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    counts: dict[str, list[float]] = defaultdict(list)
    if behind is not None:
        for cell, many in zip(behind["cell"], behind["amount"], strict=True):
            counts[cell].append(many)
    for row in np.flatnonzero(_rates(safe, config)):
        cell, profile = rows[schema.NUMERATOR_CELL].iloc[row], rows["profile"].iloc[row]
        groups = counts[cell] or [rows["numerator"].iloc[row] and 0.5]
        found[row] = any(0 < many < max(config.profile(profile).threshold, 1) for many in groups)
    return found


def leaves_few(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    behind: pd.DataFrame | None,
    config: Configuration,
) -> Flags:
    """Rows of rates that, with rates of parts of them, print of which a group few are left; k rows.

    Args:
        safe: rows as published.
        rows: the true measures of them, with their cells.
        behind: how many are counted in each group, see `measures.contributions`.
        config: declarations and profiles.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    rates = np.flatnonzero(_rates(safe, config)).tolist()
    if behind is None or not rates:
        return found
    many = behind.set_index(["cell", "who"])["amount"].unstack(fill_value=0)
    texts = rows[schema.NUMERATOR_CELL].tolist()
    boxes = {row: json.loads(texts[row]) for row in rates}
    placed = ["indicator", "geography", "breakdown", "period_type"]
    limits = [config.profile(name).threshold for name in rows["profile"]]
    for _, level in rows.loc[rates].groupby(placed, sort=False):
        standard = config.indicators[level["indicator"].iloc[0]].standard
        for whole in rates:
            if config.indicators[rows["indicator"].iloc[whole]].standard != standard:
                continue
            parts = [row for row in level.index if _inside(boxes[row], boxes[whole])]
            if not parts or texts[whole] not in many.index:
                continue
            left = many.loc[texts[whole]].to_numpy(dtype=np.float64)
            left = left - many.reindex([texts[p] for p in parts]).fillna(0).to_numpy().sum(axis=0)
            most = max(limits[row] for row in (whole, *parts))
            found[whole] |= bool(((left > 0.5) & (left < most - 0.5)).any())
    return found


def _inside(part: Any, whole: Any) -> bool:
    """Whether all who are counted in one cell are in the other, and not the other way round."""
    (table, what, box), (other, how, around) = part, whole
    return (
        (table, what) == (other, how)
        and box != around
        and all(
            column in box and set(box[column]) <= set(codes) for column, codes in around.items()
        )
    )


def tells_hidden(safe: pd.DataFrame, rows: pd.DataFrame, config: Configuration) -> Flags:
    """Rows that print a rate of which a count by group is printed as hidden; k rows.

    Args:
        safe: rows as published.
        rows: the true measures of them, with their cells.
        config: declarations.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    rates = np.flatnonzero(_rates(safe, config))
    if not len(rates):
        return found
    hidden, printed = set[str](), set[str]()
    for count, column in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        shown = safe[count].notna()
        hidden |= set(rows.loc[~shown & rows[count].gt(0), column])
        printed |= set(rows.loc[shown, column])
    for row in rates:
        standard = config.indicators[rows["indicator"].iloc[row]].standard
        assert standard is not None
        table, what, box = json.loads(rows[schema.NUMERATOR_CELL].iloc[row])
        column = nesting.finer(standard.by, config)
        for code in standard.population:
            codes = nesting.codes(standard.by, code, config)
            mine = sorted(codes & set(box[column]) if column in box else codes)
            text = _text(table, what, {**box, column: mine})
            found[row] |= text in hidden - printed
    return found


def _text(table: str, what: str, box: dict[str, list[str]]) -> str:
    """A cell as rows have it."""
    return json.dumps([table, what, dict(sorted(box.items()))], ensure_ascii=False)


def _rates(safe: pd.DataFrame, config: Configuration) -> Flags:
    """Rows that print a standardised rate, or a limit of one."""
    names = [name for name, one in config.indicators.items() if one.standard]
    numbers = safe[["value", *schema.NUMBERS[3:]]].notna().any(axis=1)
    return np.asarray(safe["indicator"].isin(names) & numbers, dtype=np.bool_)
