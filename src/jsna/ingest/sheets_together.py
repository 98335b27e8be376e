"""Sheets of one workbook that make up one table: one for each school or term, say.

They are read as one where none is called after the table, their headers agree, and the table has
a key, by which rows that contradict each other are seen. Sheets of several years, and those that
are called old, a copy or the like, are not: nothing but their owner tells which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from jsna.ingest import named_after
from jsna.ingest.grid import Findings, Grid
from jsna.ingest.header import plain
from jsna.ingest.places import place_of, placed
from jsna.model.contract import Table
from jsna.shared import headers

if TYPE_CHECKING:
    import pandas as pd

#: Words of the names of sheets whose rows may not be meant.
_ASIDE: Final = frozenset(
    (
        "archive", "backup", "copy", "draft", "duplicate", "example", "excluded", "ignore", "last",
        "leavers", "old", "previous", "prior", "removed", "sample", "superseded", "template",
        "test",
    )
)  # fmt: skip
_DIGITS: Final = re.compile(r"\d+")
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d|\d\d[-/_ ]\d\d)(?!\d)")


def make_up(titles: Sequence[str], table: Table) -> bool:
    """Whether sheets under the headers of a table may make it up, by what they are called."""
    return (
        len(titles) > 1
        and bool(table.key)
        and not any({*headers.words(title)} & _ASIDE for title in titles)
        and not any(_of_years(one, other) for one, other in combinations(titles, 2))
    )


def _of_years(one: str, other: str) -> bool:
    """Whether two sheets are called alike but for a year."""
    years = all(_YEAR.search(title) for title in (one, other))
    return years and _DIGITS.sub("#", one) == _DIGITS.sub("#", other)


def named(number: int, title: str) -> str:
    """A sheet as messages name it: by its title only where that tells of nobody."""
    plainly = named_after.says_nothing(title) and not named_after.days(title)
    return f"sheet {number} {title!r}" if plainly else f"sheet {number}"


def agree(found: Sequence[Sequence[str]], findings: Findings) -> bool:
    """Whether headers are the same, in whatever order; refuses the file where they are not."""
    first, *rest = [sorted(plain(text) for text in header if plain(text)) for header in found]
    if all(one == first for one in rest) and len({*first}) == len(first):
        return True
    findings.refuse(
        "file.sheets_alike",
        f"{len(found)} sheets have headers of this table, and not the same ones, so it is not "
        "clear that their rows belong together; ask its owner for the same columns in each, or "
        "for all rows in one sheet",
    )
    return False


def joined(grids: Sequence[Grid], findings: Findings) -> Grid | None:
    """The rows of sheets below each other, in the order of columns of the first.

    Each row's number carries its sheet (`jsna.ingest.places`), the first being 1. Columns without
    a header stand last, each of one sheet.
    """
    import numpy as np
    import pyarrow as pa

    if not agree([grid.header for grid in grids], findings):
        return None
    first = grids[0]
    header = [text for text in first.header if plain(text)]
    at = [{plain(text): n for n, text in enumerate(grid.header)} for grid in grids]
    columns = [
        pa.concat_arrays([g.columns[n[plain(text)]] for g, n in zip(grids, at, strict=True)])
        for text in header
    ]
    lengths = [len(grid.rows) for grid in grids]
    for own, grid in enumerate(grids):
        for text, cells in zip(grid.header, grid.columns, strict=True):
            if not plain(text) and cells.null_count < len(cells):
                some = [pa.nulls(many, pa.string()) for many in lengths]
                some[own] = cells
                header.append("")
                columns.append(pa.concat_arrays(some))
    rows = np.concatenate([placed(grid.rows, n) for n, grid in enumerate(grids, 1)])
    told = " and ".join(
        f"{place.removeprefix(f'{findings.where}, ')} ({many:,})"
        for place, many in zip(findings.places[1:], lengths, strict=True)
    )
    findings.warn(
        "file.sheets_together",
        f"the rows of {len(grids)} sheets are read together, {told}; if one of them is not meant, "
        "ask its owner for a workbook without it",
    )
    return replace(first, header=tuple(header), columns=columns, rows=rows)


def once(table: Table, frame: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The rows without those that stand the same on an earlier sheet.

    Rows of different sheets that have one key and differ refuse the file: nothing tells which of
    them is right.
    """
    key = list(table.key)
    place = frame["source_row"].map(place_of)
    there = frame[frame[key[0]].notna()].assign(_sheet=place)
    shared = there[there.groupby(key, dropna=False)["_sheet"].transform("nunique") > 1]
    if not len(shared):
        return frame
    content = [column.field for column in table.columns]
    again = shared.duplicated(content, keep="first")
    several = shared[~again].groupby(key, dropna=False)["_sheet"].transform("nunique")
    against = several.index[several > 1]
    if len(against):
        names = " and ".join(repr(table.column(name).name) for name in key)
        findings.refuse(
            "file.sheets_contradict",
            f"rows of different sheets have the same {names} and differ in other columns; ask its "
            "owner which is right, and for a workbook in which each stands once",
            row=int(frame.loc[against, "source_row"].min()),
            count=len(against),
        )
    # On one sheet a row that stands twice is told as in any file.
    first = shared.groupby(content, dropna=False)["_sheet"].transform("min")
    repeated = shared.index[shared["_sheet"] > first]
    if len(repeated):
        findings.warn(
            "row.sheets_repeat",
            "the row stands on an earlier sheet just so; left out here",
            row=int(frame.loc[repeated, "source_row"].min()),
            count=len(repeated),
        )
    return frame.drop(index=repeated).reset_index(drop=True)
