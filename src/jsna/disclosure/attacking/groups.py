"""A reader with a pencil: what a printed standardised rate tells of the groups behind it.

Weights and residents are public. So the rate and the number of events are two equations of the
counts by group, and a count by group that is printed elsewhere is a third. Written from how many
are counted in each group, as `measures.contributions` read it off the tables, and from what the
published rows say they count; of how rates are made or protected it uses nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.measures.contributions import group_numbers
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.measured import Standard


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
    """Rows of rates whose groups leave few beside those of others and printed counts; k rows.

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
    known: dict[str, tuple[float, int]] = {}
    for row in rates:
        cell = rows[schema.NUMERATOR_CELL].iloc[row]
        mine = behind.loc[behind["cell"].eq(cell)].set_index("who")["amount"]
        standard = config.indicators[rows["indicator"].iloc[row]].standard
        assert standard is not None
        for code, text in _texts(cell, standard, config):
            number = group_numbers(config)[standard.by][code]
            known[text] = float(mine.get(number, 0.0)), row
    boxes = {text: _box(text) for text in known}
    for count, column in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        shown = rows.loc[safe[count].notna(), [column, count]].drop_duplicates(column)
        for text, many in shown.itertuples(index=False):
            if text and any(
                _inside(box, _box(text)) or _inside(_box(text), box) for box in boxes.values()
            ):
                known[text] = float(many), -1
    boxes = {text: _box(text) for text in known}
    for whole, (many, by) in known.items():
        levels = defaultdict(list)
        for text, box in boxes.items():
            if text != whole and _inside(box, boxes[whole]):
                levels[frozenset(box)].append(text)
        for level in levels.values():
            parts: list[str] = []
            for text in sorted(level, key=lambda one: sum(map(len, boxes[one].values()))):
                if all(_apart(boxes[text], boxes[part]) for part in parts):
                    parts.append(text)
            used = [row for row in (by, *(known[part][1] for part in parts)) if row >= 0]
            left = many - sum(known[part][0] for part in parts)
            limits = [config.profile(rows["profile"].iloc[row]).threshold for row in used]
            if 0 < left < max(limits, default=0):
                found[used] = True
    return found


def _box(text: str) -> dict[str, frozenset[str]]:
    """What a cell says of each column, with what it is of."""
    table, what, box = json.loads(text)
    of = {"table": frozenset([table]), "what": frozenset([what])}
    return of | {f"column {name}": frozenset(codes) for name, codes in box.items()}


def _inside(part: dict[str, frozenset[str]], whole: dict[str, frozenset[str]]) -> bool:
    """Whether all who are counted in one cell are in the other."""
    return all(column in part and part[column] <= codes for column, codes in whole.items())


def _apart(one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]) -> bool:
    """Whether nobody is counted in both of two cells of the same columns."""
    return any(one[column].isdisjoint(other[column]) for column in one)


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
        for _, text in _texts(rows[schema.NUMERATOR_CELL].iloc[row], standard, config):
            found[row] |= text in hidden - printed
    return found


def _texts(cell: str, standard: Standard, config: Configuration) -> Iterator[tuple[str, str]]:
    """Each group of what a rate counts, and the cell of it as rows have it."""
    table, what, box = json.loads(cell)
    column = nesting.finer(standard.by, config)
    for code in standard.population:
        codes = nesting.codes(standard.by, code, config)
        mine = sorted(codes & set(box[column]) if column in box else codes)
        made = dict(sorted({**box, column: mine}.items()))
        yield code, json.dumps([table, what, made], ensure_ascii=False)


def _rates(safe: pd.DataFrame, config: Configuration) -> Flags:
    """Rows that print a standardised rate, or a limit of one."""
    names = [name for name, one in config.indicators.items() if one.standard]
    numbers = safe[["value", *schema.NUMBERS[3:]]].notna().any(axis=1)
    return np.asarray(safe["indicator"].isin(names) & numbers, dtype=np.bool_)
