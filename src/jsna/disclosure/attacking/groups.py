"""A reader with a pencil: what a printed standardised rate tells of the groups behind it.

Weights and residents are public. So the rate and the number of events are two equations of the
counts by group, and a count by group that is printed elsewhere is a third. Written from how many
are counted in each group, as `measures.contributions` read it off the tables, and from what the
published rows say they count; of how rates are made or protected it uses nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.measures.contributions import group_numbers
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.configuration import Configuration

#: What a cell says of each column, with what it is of.
_Box = Mapping[str, frozenset[str]]
#: Cells as rows have them -> how many, and the row of the rate that alone tells it (-1: none).
_Known = dict[str, tuple[float, int]]


def telling(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    behind: pd.DataFrame | None,
    config: Configuration,
) -> Flags:
    """Rows that print a rate which tells too much of a group behind it, shape (k,).

    A group of it has few, or nobody knows how many; or few are left beside the groups of other
    rates and printed counts; or a count of a group is printed as hidden.

    Args:
        safe: rows as published; k rows.
        rows: the true measures of them, with their cells.
        behind: how many are counted in each group, see `measures.contributions`.
        config: declarations and profiles.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    names = [name for name, one in config.indicators.items() if one.standard]
    numbers = safe[["value", *schema.NUMBERS[3:]]].notna().any(axis=1)
    rates = np.flatnonzero(safe["indicator"].isin(names) & numbers).tolist()
    if not rates:
        return found
    counts: dict[str, dict[int, float]] = defaultdict(dict)
    if behind is not None:
        for cell, who, many in behind.itertuples(index=False):
            counts[cell][who] = many
    limits = [config.profile(name).threshold for name in rows["profile"]]
    groups = {row: [*_groups(row, rows, counts, config)] for row in rates}
    hidden = _hidden(safe, rows)
    for row in rates:
        mine = counts[rows[schema.NUMERATOR_CELL].iloc[row]].values()
        every = [*mine] or [rows["numerator"].iloc[row] and 0.5]
        found[row] = any(0 < many < max(limits[row], 1) for many in every)
        found[row] |= any(text in hidden for text, _ in groups[row])
    known = {text: (many, row) for row in rates for text, many in groups[row]}
    for used, left in _left(known | _printed(safe, rows, [*known])):
        if 0 < left < max((limits[row] for row in used), default=0):
            found[used] = True
    return found


def with_told(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    behind: pd.DataFrame | None,
    config: Configuration,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with a row after them for each group that a rate is of, printed where the rate is.

    So the attack has what a rate tells beside all that is counted within a group, or holds one. Of
    a rate whose groups nobody knows, or that is given as of rounded counts, nothing is told.

    Args:
        safe: rows as published; k rows.
        rows: the true measures of them, with their cells.
        behind: how many are counted in each group, see `measures.contributions`.
        config: declarations and profiles.
    """
    names = [name for name, one in config.indicators.items() if one.standard]
    rates = np.flatnonzero(rows["indicator"].isin(names) & rows["value"].notna()).tolist()
    if behind is None or not rates:
        return safe, rows
    mine = set(rows[schema.NUMERATOR_CELL].iloc[rates])
    counts: dict[str, dict[int, float]] = defaultdict(dict)
    for cell, who, many in behind.loc[behind["cell"].isin(mine)].itertuples(index=False):
        counts[cell][who] = many
    every = [
        (row, text, many)
        for row in rates
        if config.profile(rows["profile"].iloc[row]).rounding <= 1
        for text, many in _groups(row, rows, counts, config)
    ]
    if not every:
        return safe, rows
    at, texts, many = map(list, zip(*every, strict=True))
    shown = safe["value"].notna().to_numpy()[at]
    found = []
    for table, told in ((safe, np.where(shown, many, np.nan)), (rows, np.array(many))):
        more = table.iloc[at].copy()
        more[[*schema.NUMBERS]] = np.nan
        more["numerator"], more["category"] = told, texts
        more[["breakdown", "method"]] = "told", ""
        if table is rows:
            more[schema.NUMERATOR_CELL], more[schema.DENOMINATOR_CELL] = texts, ""
        else:
            more["status"] = np.where(shown, "", "c")
        found.append(pd.concat([table, more], ignore_index=True))
    return found[0], found[1]


def _groups(
    row: int, rows: pd.DataFrame, counts: Mapping[str, Mapping[int, float]], config: Configuration
) -> Iterator[tuple[str, float]]:
    """Each group of what a rate counts: its cell as rows have it, and how many are in it."""
    standard = config.indicators[rows["indicator"].iloc[row]].standard
    assert standard is not None
    cell = rows[schema.NUMERATOR_CELL].iloc[row]
    table, what, box = json.loads(cell)
    column, numbers = nesting.finer(standard.by, config), group_numbers(config)[standard.by]
    for code in standard.population:
        codes = nesting.codes(standard.by, code, config)
        mine = sorted(codes & set(box[column]) if column in box else codes)
        made = dict(sorted({**box, column: mine}.items()))
        text = json.dumps([table, what, made], ensure_ascii=False)
        yield text, counts[cell].get(numbers[code], 0.0)


def _hidden(safe: pd.DataFrame, rows: pd.DataFrame) -> set[str]:
    """Cells that some row counts and none prints."""
    hidden, printed = set[str](), set[str]()
    for count, column in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        shown = safe[count].notna()
        hidden |= set(rows.loc[~shown & rows[count].gt(0), column])
        printed |= set(rows.loc[shown, column])
    return hidden - printed


def _printed(safe: pd.DataFrame, rows: pd.DataFrame, groups: list[str]) -> _Known:
    """Counts that some row prints and that hold a group, or are of one."""
    found: _Known = {}
    boxes = [_box(text) for text in groups]
    for count, column in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        shown = rows.loc[safe[count].notna() & rows[column].ne(""), [column, count]]
        for text, many in shown.drop_duplicates(column).itertuples(index=False):
            mine = _box(text)
            if any(_inside(box, mine) or _inside(mine, box) for box in boxes):
                found[text] = float(many), -1
    return found


def _left(known: _Known) -> Iterator[tuple[list[int], float]]:
    """What known parts of a known cell leave of it, and the rows of the rates that tell them."""
    boxes = {text: _box(text) for text in known}
    for whole, (many, by) in known.items():
        levels: dict[frozenset[str], list[str]] = defaultdict(list)
        for text, box in boxes.items():
            if text != whole and _inside(box, boxes[whole]):
                levels[frozenset(box)].append(text)
        for level in levels.values():
            parts: list[str] = []
            for text in sorted(level, key=lambda one: sum(map(len, boxes[one].values()))):
                if all(_apart(boxes[text], boxes[part]) for part in parts):
                    parts.append(text)
            used = [row for row in (by, *(known[part][1] for part in parts)) if row >= 0]
            yield used, many - sum(known[part][0] for part in parts)


def _box(text: str) -> _Box:
    table, what, box = json.loads(text)
    of = {"table": frozenset([table]), "what": frozenset([what])}
    return of | {f"column {name}": frozenset(codes) for name, codes in box.items()}


def _inside(part: _Box, whole: _Box) -> bool:
    """Whether all who are counted in one cell are in the other."""
    return all(column in part and part[column] <= codes for column, codes in whole.items())


def _apart(one: _Box, other: _Box) -> bool:
    """Whether nobody is counted in both of two cells of the same columns."""
    return any(one[column].isdisjoint(other[column]) for column in one)
