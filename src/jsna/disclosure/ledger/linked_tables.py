"""One system for everything an edition publishes: every count behind it, and what adds up to what.

Everything printed (tables, charts, sentences, data files) is made from rows of measures, and every
number of a row from its numerator and denominator. The linked tables hold each of these counts
once, whichever rows show it, together with the counts that can be had by subtraction, and the
equations between them. The solver and the attack are given the same linked tables and nothing else
in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from jsna.disclosure.additions import with_ratio
from jsna.disclosure.ledger.amounts import Amounts
from jsna.disclosure.system import Flags, Floats, Ints, Status, System
from jsna.model.cells import Cell

#: Stands for a row that has no such side.
NONE: Final = -1
#: How much is lost by hiding a count, in words for the certificate.
WEIGHT: Final = "printed rows lost, times the natural logarithm of one more than the count"
#: Least weight of a count that may be hidden: nothing is hidden for nothing.
_LEAST: Final = 0.01


class Ratio(NamedTuple):
    """An official percentage or rate of two cells, read by everybody at its printed precision."""

    numerator: int
    denominator: int
    printed: float
    decimals: int
    per: float


@dataclass(slots=True)
class LinkedTables:
    """Counts of an edition and the equations between them; n cells, m equations, k rows.

    Attributes:
        cells: what each cell counts; for a derived cell the cell it is a rest of.
        labels: each cell in words.
        value: true counts, shape (n,).
        threshold: counts from 1 to this less 1 are protected; 0 where none are.
        zeros_shown: zeros of the cell are always printed.
        contributor: width left to the cell under the attack of one contributor.
        derived: cells nobody prints, which follow from others.
        earlier: cells of an earlier edition whose count has been revised since.
        magnitude: percentage of the value that an interval must leave on either side where the
            cell is a sum of amounts (a mean's, or money) and not a count; 0 for counts.
        exposed: of a cell that few stand behind, or nearly all of it one, as nobody prints it: how
            uncertain it must stay on either side.
        rounding: base the cell is rounded to wherever it is printed; 1 where it is not.
        controlled: whether it is rounded so that sums still hold.
        protects: counts below this must stay uncertain through rounding alone; 0 for none.
        public: source of a cell that is official and unsuppressed, or printed before; "" if not.
        signed: changes between two publications, which may be less than 0 for all anybody knows.
        told: between what everybody knows a cell to lie whatever is hidden now, from what an
            earlier publication printed rounded, and from what is printed rounded as it was before.
        before: of a cell, the counts earlier publications printed of the same cell.
        revised: cells that have changed by a small number since an earlier publication.
        blurred: derived cells that follow from a count that is rounded wherever it is printed.
        amounts: what is known of sums of money.
        last: of a cell, the cell that it was when its count was last published or hidden; itself if
            it has not changed.
        numerators, denominators: cell of each row, or NONE, shape (k,).
        equations: total and parts of each equation, as numbers of cells.
        ratios: official ratios of cells, which tie a numerator to its denominator.
    """

    cells: list[Cell] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    threshold: list[int] = field(default_factory=list)
    zeros_shown: list[bool] = field(default_factory=list)
    contributor: list[float] = field(default_factory=list)
    derived: list[bool] = field(default_factory=list)
    earlier: list[bool] = field(default_factory=list)
    magnitude: list[float] = field(default_factory=list)
    rounding: list[int] = field(default_factory=list)
    controlled: list[bool] = field(default_factory=list)
    protects: list[int] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    told: list[tuple[float, float]] = field(default_factory=list)
    before: dict[int, set[float]] = field(default_factory=dict)
    revised: set[int] = field(default_factory=set)
    amounts: Amounts = field(default_factory=Amounts)
    last: dict[int, int] = field(default_factory=dict)
    blurred: set[int] = field(default_factory=set)
    exposed: dict[int, float] = field(default_factory=dict)
    _of: dict[Cell, list[int]] = field(default_factory=dict)
    numerators: list[int] = field(default_factory=list)
    denominators: list[int] = field(default_factory=list)
    equations: list[tuple[int, ...]] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.value)

    def add(
        self,
        cell: Cell,
        label: str,
        value: float,
        *,
        threshold: int = 0,
        zeros_shown: bool = False,
        contributor: float = 0.0,
        derived: bool = False,
        earlier: bool = False,
        signed: bool = False,
    ) -> int:
        """A new cell; returns its number."""
        self.cells.append(cell)
        if not derived:
            self.index(cell, self.size)
        self.labels.append(label)
        self.value.append(value)
        self.threshold.append(threshold)
        self.zeros_shown.append(zeros_shown)
        self.contributor.append(contributor)
        self.derived.append(derived)
        self.earlier.append(earlier)
        self.magnitude.append(0.0)
        self.rounding.append(1)
        self.controlled.append(False)
        self.protects.append(0)
        self.public.append("")
        self.signed.append(signed)
        self.told.append((-np.inf, np.inf))
        return self.size - 1

    def tell(self, cell: int, low: float, high: float) -> None:
        """Note between what everybody knows a cell to lie, besides what is known of it already."""
        least, most = self.told[cell]
        self.told[cell] = max(least, low), min(most, high)

    def rounds(self, cells: Iterable[int]) -> bool:
        """Whether any of some cells is only ever known as rounded."""
        return any(self.rounding[cell] > 1 or cell in self.blurred for cell in cells)

    def enough(self, old: int, cell: int) -> bool:
        """Whether two counts differ by so much that their difference may be published.

        Of sums of money see `Amounts.apart`.
        """
        change = abs(self.value[cell] - self.value[old])
        if self.amounts.fewest.get(cell, 0) > 0:
            return self.amounts.apart(old, cell, change)
        limit = max(self.threshold[old], self.threshold[cell])
        return 0 < limit <= change

    def anew(self, cell: int) -> bool:
        """Whether a count differs enough from what it was last; a sum from all printed before."""
        before = self.amounts.printed.get(cell, ())
        return cell in self.last and all(
            self.enough(old, cell) for old in (self.last[cell], *before)
        )

    def index(self, cell: Cell, number: int) -> None:
        """Note that a cell is the count of a cell, and no rest of it."""
        self._of.setdefault(cell, []).append(number)

    def of(self, cell: Cell) -> list[int]:
        """Cells that count a cell, one for each count it was published with."""
        return self._of.get(cell, [])

    def matrix(self) -> sparse.csr_array:
        """The equations as a matrix: −1 at a total, 1 at its parts; shape (m, n)."""
        lengths = [len(equation) for equation in self.equations]
        rows = np.repeat(np.arange(len(lengths)), lengths)
        cells = np.array([cell for equation in self.equations for cell in equation], dtype=np.int64)
        factors = np.ones(len(cells))
        factors[np.cumsum([0, *lengths[:-1]]).astype(np.int64)[: len(lengths)]] = -1.0
        made = sparse.csr_array((factors, (rows, cells)), shape=(len(lengths), self.size))
        made.sum_duplicates()
        return made

    def small(self) -> Flags:
        """Cells whose count is small and not public."""
        value, limit = (
            np.array(self.value, dtype=np.float64),
            np.array(self.threshold, dtype=np.int64),
        )
        exempt = np.array([bool(source) for source in self.public], dtype=np.bool_)
        return np.asarray((value > 0) & (value < limit) & ~exempt)

    def bounds(self) -> tuple[Floats, Floats]:
        """Least and greatest value of each cell as everybody knows without this edition.

        Counts are 0 or more, and 1 or more where zeros are always printed; a change may be
        anything. What an earlier publication printed rounded lies near it.
        """
        value = np.array(self.value, dtype=np.float64)
        zeros = np.array(self.zeros_shown, dtype=np.bool_) & ~np.array(self.derived, dtype=np.bool_)
        least = np.where(zeros & (value >= 1), 1.0, 0.0)
        least[np.array(self.signed, dtype=np.bool_)] = -np.inf
        told = np.array(self.told, dtype=np.float64).reshape(-1, 2)
        return np.maximum(least, told[:, 0]), told[:, 1].copy()

    def moves(self) -> Floats:
        """How far rounding may have moved each cell, as everybody knows."""
        base = np.array(self.rounding, dtype=np.float64)
        # A sum of amounts is no whole number.
        half = np.where(np.array(self.magnitude) > 0, base / 2, base // 2)
        half = np.where(base > 1, half, 0.0)
        return np.where(np.array(self.controlled, dtype=np.bool_), base - 1, half)

    def uncertain(self) -> Flags:
        """Cells that are printed and must stay uncertain through rounding alone."""
        value, limit = np.array(self.value, dtype=np.float64), np.array(self.protects)
        exempt = np.array([bool(source) for source in self.public], dtype=np.bool_)
        return np.asarray((value > 0) & (value < limit) & ~exempt & ~self.small())

    def weights(self, refused: Flags) -> Floats:
        """Information lost by hiding each cell; 0 for those not printed."""
        rows = np.zeros(self.size)
        for side in (self.numerators, self.denominators):
            cells = np.array(side, dtype=np.int64)
            np.add.at(rows, cells[(cells != NONE) & ~refused], 1.0)
        return np.asarray(rows * np.log1p(self.value) + _LEAST * (rows > 0))

    def system(self, refused: Flags) -> System:
        """The linked tables as a system to be protected and attacked.

        Args:
            refused: rows not printed whatever happens, by a rule of their own, shape (k,).

        Returns:
            A system of the n cells, and after them two for each ratio.
        """
        value, small = np.array(self.value, dtype=np.float64), self.small()
        amount, refused_amount = self._amounts(refused)
        zeros, derived = (
            np.array(self.zeros_shown, dtype=np.bool_),
            np.array(self.derived, dtype=np.bool_),
        )
        weight = self.weights(refused)
        status = np.full(self.size, int(Status.FREE), dtype=np.int64)
        # What no row prints any more is not known, however harmless it is.
        status[derived | np.array(self.earlier, dtype=np.bool_) | (weight == 0)] = (
            Status.UNPUBLISHED
        )
        status[zeros & (value == 0) & ~derived] = Status.SHOWN
        status[np.array([bool(source) for source in self.public], dtype=np.bool_)] = Status.PUBLIC
        status[small | refused_amount] = Status.PRIMARY
        weight[status != Status.FREE] = 0.0
        least, most = self.bounds()
        top = np.array(self.threshold, dtype=np.int64) - 1.0
        bottom = np.where(zeros, 1.0, 0.0)
        # Of nothing no less can be asked.
        under = np.maximum(value - amount, least)
        made = System(
            names=self.labels,
            value=value,
            equations=self.matrix(),
            status=status,
            weight=weight,
            low=least,
            high=most,
            need_low=np.where(small, bottom, np.where(refused_amount, under, np.nan)),
            need_high=np.where(small, top, np.where(refused_amount, value + amount, np.nan)),
            need_width=np.where(
                small, top - bottom, np.where(refused_amount, value + amount - under, 0.0)
            ),
            contributor=np.where(small, self.contributor, 0.0),
        )
        for ratio in self.ratios:
            made = with_ratio(made, *ratio)
        return made

    def _amounts(self, refused: Flags) -> tuple[Floats, Flags]:
        """How uncertain sums of amounts must stay, and which a reader would otherwise be given.

        That is what a refused row would have printed, and what is exposed by what others print.
        """
        share = np.array(self.magnitude, dtype=np.float64)
        own = np.zeros(self.size, dtype=np.bool_)
        cells = np.array(self.numerators, dtype=np.int64)
        own[cells[(cells != NONE) & refused]] = True
        value = np.array(self.value, dtype=np.float64)
        amount, own = value * share / 100, own & (share > 0) & (value > 0)
        for cell, width in self.exposed.items():
            amount[cell], own[cell] = width, True
        return amount, np.asarray(own)


def ledger(made: LinkedTables, shown: Flags, rounded: Floats | None = None) -> pd.DataFrame:
    """The linked tables as a table for later publications and auditors (restricted).

    Args:
        made: the linked tables.
        shown: cells that are printed, shape (n,).
        rounded: what each cell is printed as; its value if not given.

    Returns:
        One row per cell: cell (JSON), label, value, threshold, zeros_shown, contributor, derived,
        earlier, public, shown, printed (NaN where it is not), rounding, controlled, and of sums of
        money people (how many have a part) and largest (of the parts); NaN of others.
    """
    value = np.array(made.value, dtype=np.float64)
    return pd.DataFrame(
        {
            "cell": [cell.text() for cell in made.cells],
            "label": made.labels,
            "value": value,
            "threshold": np.array(made.threshold, dtype=np.int64),
            "zeros_shown": np.array(made.zeros_shown, dtype=np.bool_),
            "contributor": np.array(made.contributor, dtype=np.float64),
            "derived": np.array(made.derived, dtype=np.bool_),
            "earlier": np.array(made.earlier, dtype=np.bool_),
            "public": made.public,
            "shown": shown,
            "printed": np.where(shown, value if rounded is None else rounded, np.nan),
            "rounding": np.array(made.rounding, dtype=np.int64),
            "controlled": np.array(made.controlled, dtype=np.bool_),
            "people": [made.amounts.people.get(cell, np.nan) for cell in range(made.size)],
            "largest": [made.amounts.largest.get(cell, np.nan) for cell in range(made.size)],
        }
    )


def printed(made: LinkedTables, hidden_rows: Flags) -> Flags:
    """Cells that some row still prints: its numerator and its denominator are both there."""
    shown = np.zeros(made.size, dtype=np.bool_)
    for side in (made.numerators, made.denominators):
        cells: Ints = np.array(side, dtype=np.int64)
        shown[cells[(cells != NONE) & ~hidden_rows]] = True
    return shown
