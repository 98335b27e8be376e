"""Columns of numbers: what stands before decimals, and whether a per cent is written as one.

Decided on the column: `12,5` has its decimals behind a comma, `1,234` may or may not. Where both
kinds stand in one column, or `45%` beside `0.5`, the file is refused with the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.ingest.cells import at
from jsna.ingest.coded import any_like, is_coded
from jsna.ingest.grid import Findings
from jsna.model.contract import Column

if TYPE_CHECKING:
    import pyarrow as pa

#: A comma that stands before decimals, since thousands have three digits and a digit before them.
_DECIMAL: Final = re.compile(r"[-£ ]*(\d*,\d{1,2}|\d*,\d{4,}|0,\d+|\d{4,},\d+) ?%?")
#: A comma that may stand between thousands, and a point or a second comma that shows it does.
_THOUSANDS: Final = re.compile(r"[-£ ]*[1-9]\d{0,2}(,\d{3})+ ?%?")
_POINT: Final = re.compile(r".*\d,\d{3}(,\d{3}|\.).*|[^,]*\.[^,]*")
#: A number with a comma before decimals, and perhaps points between thousands.
_CONTINENTAL: Final = re.compile(r"[-£ ]*(\d{1,3}(\.\d{3})+|\d*)(,\d+)? ?%?")
#: A number without a sign of per cent that may be a share of one.
_SHARE: Final = re.compile(r"-?(0?\.\d*[1-9]\d*|1(\.0+)?)")


def plain(column: Column, values: pa.Array[Any], rows: Any, findings: Findings) -> pa.Array[Any]:
    """The numbers of a column, none of which can be read two ways, with a point before decimals.

    Args:
        column: the declaration.
        values: its cells, "" as null.
        rows: row number of each.
        findings: where questions and warnings go.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not any_like(values, "[,%]"):
        return values
    encoded = values if is_coded(values) else values.dictionary_encode()
    texts: list[str] = encoded.dictionary.to_pylist()
    indices = np.asarray(pc.fill_null(encoded.indices, -1))

    def where(chosen: Sequence[bool]) -> list[int]:
        return [int(row) for row in rows[np.isin(indices, np.flatnonzero(chosen))]]

    if column.marked:
        _check_shares(column, texts, where, findings)
    if not _comma(column, texts, where, findings):
        return values
    return pa.array([_with_point(text) for text in texts], pa.string()).take(encoded.indices)


def _check_shares(column: Column, texts: Sequence[str], where: Any, findings: Findings) -> None:
    """Some cells in per cent, and others that may be shares of one."""
    shares = where([_SHARE.fullmatch(text) is not None for text in texts])
    if shares and any(text.endswith("%") for text in texts):
        findings.refuse(
            "column.per_cent",
            "some cells are written with % and others are 1 or less without it: is 0.5 a half, "
            "which is 50%, or half of one per cent? Have every cell written with %",
            **at(column, shares),
        )


def _comma(column: Column, texts: Sequence[str], where: Any, findings: Findings) -> bool:
    """Whether decimals stand behind a comma in a column; says how that is known, or asks."""
    decimals = where([_DECIMAL.fullmatch(text) is not None for text in texts])
    if not decimals:
        return False
    thousands = where([_THOUSANDS.fullmatch(text) is not None for text in texts])
    points = any(_POINT.fullmatch(text) for text in texts)
    if not thousands and not points:
        findings.warn(
            "column.decimals",
            "decimals stand behind a comma, and are read so",
            **at(column, decimals),
        )
        return True
    if thousands and not points:
        findings.refuse(
            "column.decimals",
            "a comma stands before decimals in some cells, and before three digits in others: are "
            "those thousands or decimals? Have the numbers written with a point before decimals "
            "and without commas",
            **at(column, decimals),
        )
    return False


def _with_point(text: str) -> str:
    """A number with its decimals behind a point, in a column that has a comma before them."""
    if _CONTINENTAL.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text
