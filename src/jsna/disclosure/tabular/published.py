"""The attack alone, on tables that are about to be published or have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from jsna.disclosure.attacking.attack import Interval, Known, Report, attack
from jsna.disclosure.system import Flags, Rule, Status, System, system
from jsna.disclosure.tabular.codes import Named
from jsna.disclosure.tabular.knowledge import gap
from jsna.disclosure.tabular.printed import Found, read_printed
from jsna.disclosure.tabular.tables import TOTAL, Hierarchy, Layout, equations

#: How printed values were rounded: each to the nearest, or to either multiple beside it.
Rounding = Literal["nearest", "controlled"]
#: What becomes of a hidden cell under attack; "unsure" is narrow if the cell is a small number.
Outcome = Literal["safe", "exact", "narrow", "unsure", "harmless"]


def outcome(low: float, high: float, threshold: int, lowest: float) -> Outcome:
    """What an interval gives away about a hidden cell of which nothing else is known.

    A value of `threshold` or more is nothing to protect, and neither is a certain zero.
    """
    top = threshold - 1
    if low <= lowest + 1e-6 and high >= top - 1e-6:
        return "safe"
    if low > top + 1e-6 or high < 1 - 1e-6:
        return "harmless"
    if np.floor(high + 1e-4) <= np.ceil(low - 1e-4):
        return "exact"
    return "narrow" if high <= top + 1e-6 else "unsure"


@dataclass(frozen=True, slots=True)
class Attacked:
    """What an outsider makes of published tables.

    Attributes:
        frame: every hidden cell with its least and greatest value, `outcome` and `because`.
        cells: number of cells.
        hidden: number of hidden cells.
        marked: hidden cells that a column `primary` did not rule out; None without that column.
        derived: totals that are not printed and were worked with as unknown.
        notes: what was found to add up, in words.
    """

    frame: pd.DataFrame
    cells: int
    hidden: int
    marked: int | None
    derived: int
    notes: tuple[str, ...] = ()

    def count(self, *outcomes: Outcome) -> int:
        """Number of cells with any of these outcomes."""
        return int(self.frame["outcome"].isin(outcomes).sum())


def attack_tables(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str | None = None,
    threshold: int = 5,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    *,
    total: str | Sequence[str] = TOTAL,
    zeros_shown: bool = False,
    rounded: int = 1,
    rounding: Rounding = "nearest",
    contributor: float = 0.0,
    missing: Literal["zero", "unknown"] = "zero",
    labels: Sequence[str] = (),
) -> Attacked:
    """Work out the hidden cells of published tables from what is printed in them.

    Args:
        tables: frames of published cells; hidden ones have no value or a mark such as `c`. Each has
            some of the dimensions, and stands at the total of the others. What the columns
            `primary`, `suppressed` and `truth` say is known; any other is refused.
        dims: the dimensions.
        value: the column of published values; the only one left over if not named.
        threshold: counts from 1 to `threshold - 1` are what must not be worked out.
        hierarchies: dimension -> (code -> the code it is part of).
        total: the code of totals.
        zeros_shown: zeros are always published, so that a hidden cell is at least 1.
        rounded: printed values are rounded to multiples of this.
        rounding: to the nearest, or (controlled) to either of the two beside the count.
        contributor: width that must be left to others when one contributor subtracts their own
            one; 0 does not look at contributors.
        missing: what a combination without a row is: zero, or not known. A total without a row is
            never zero: it is not printed, and yet the sum of its parts.
        labels: columns that only name codes, and tell nothing of the counts.

    Raises:
        JsnaError: listing everything wrong with the tables, or where no values fit them.
    """
    found = read_printed(
        tables, dims, value, hierarchies, total, missing, rounded, threshold, labels
    )
    cells, printed = found.cells, found.values
    rule = Rule(threshold, zeros_shown=zeros_shown, contributor=contributor)
    unseen = np.isnan(printed.counts)
    hidden = unseen & ~found.derived
    off = rounded // 2 if rounding == "nearest" else rounded - 1
    shown = np.where(unseen, 0.0, printed.counts)
    floor = np.where(hidden & found.given, rule.lowest, 0.0)
    knows = Known(
        np.where(unseen, np.maximum(floor, printed.low), np.maximum(shown - off, 0.0)),
        np.where(unseen, printed.high, shown + off),
    )
    rough = ~unseen & (knows.low < threshold) & (knows.high >= 1) & (knows.high > knows.low)
    made = _system(found, hidden, rough, knows, rule)
    # A range such as 4-4 hides nothing, and is worked out by reading it.
    open_ = (knows.high > knows.low) | hidden
    knows = _without_gap(made, open_, knows, found.large & hidden, threshold)
    report = attack(made, open_, knows, judged=made.primary | rough)
    return Attacked(
        _frame(made, cells, report, rule, found.small),
        cells=int((~found.derived).sum()),
        hidden=int(hidden.sum()),
        marked=int(made.primary.sum()) if found.told else None,
        derived=int(found.derived.sum()),
        notes=found.notes,
    )


def _without_gap(made: System, open_: Flags, knows: Known, large: Flags, threshold: int) -> Known:
    """What is known where hidden cells are said to be no small numbers: 0, or the threshold.

    That is not linear; whichever of the two the rest rules out is learned, as often as it helps.
    """
    while large.any():
        found = attack(made, open_, knows, judged=large, intervals=True).intervals
        least, most = knows.low.copy(), knows.high.copy()
        for one in found:
            least[one.cell], most[one.cell] = one.low, one.high
        zero, above = gap(least, most, large, threshold)
        if not (zero | above).any():
            break
        knows = Known(np.where(above, float(threshold), knows.low), np.where(zero, 0.0, knows.high))
        large = large & ~zero & ~above
    return knows


def _system(found: Found, hidden: Flags, rough: Flags, knows: Known, rule: Rule) -> System:
    """The system of published cells, every judged one with what the rule requires of it."""
    names = found.cells.names()
    size = len(names)
    matrix = equations(found.cells)
    blank = system(names, np.zeros(size), matrix, replace(rule, zeros_shown=False))
    # Of a cell said not to be small there is nothing to work out; where `truth` says that one is
    # small, it is judged whatever else is said.
    known_small = (found.values.low >= 1) & (found.values.high < rule.threshold)
    matter = hidden & (~found.large | known_small)
    top = float(rule.threshold - 1)
    # A mark such as 1-4 says that the count is not zero, and a rounded one how low it can be.
    least = np.maximum(rule.lowest, np.minimum(found.values.low, 1.0))
    least = np.where(rough, np.minimum(knows.low, top), least)
    status = np.where(matter, int(Status.PRIMARY), int(Status.FREE))
    return replace(
        blank,
        status=np.where(found.derived, int(Status.UNPUBLISHED), status),
        low=np.zeros(size),
        need_low=np.where(matter | rough, least, np.nan),
        need_high=np.where(matter | rough, top, np.nan),
        need_width=np.where(matter | rough, top - least, 0.0),
        contributor=np.where(matter, rule.contributor, 0.0),
    )


def _frame(made: System, cells: Layout, report: Report, rule: Rule, marked: Flags) -> pd.DataFrame:
    rows = []
    for found in report.intervals:
        rows.append(
            {
                **{
                    dim.name: dim.codes[code]
                    for dim, code in zip(cells.dimensions, cells.places[found.cell], strict=True)
                },
                # Plus zero: −0 is written as 0.
                "low": round(found.low, 6) + 0.0,
                "high": round(found.high, 6) + 0.0,
                "outcome": _outcome(made, found, rule, bool(marked[found.cell])),
                "contributor": "" if found.contributor < 0 else made.label(found.contributor),
                "because": "; ".join(
                    made.describe(row) for row in dict.fromkeys(row for row, _ in found.because)
                ),
            }
        )
    columns = [*(d.name for d in cells.dimensions), "low", "high", "outcome", "contributor"]
    return pd.DataFrame(rows, columns=[*columns, "because"])


def _outcome(made: System, found: Interval, rule: Rule, marked: bool) -> Outcome:
    if marked or found.contributor >= 0:
        return found.verdict
    return outcome(found.low, found.high, rule.threshold, float(made.need_low[found.cell]))
