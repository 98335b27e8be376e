"""What is published: cells, and the linear equations that everyone knows hold between them.

This is the only thing the solver and the attack share. A system knows nothing of tables; they are
turned into one by `tabular.tables`, and anything else published can be added by hand.

The model and its words (nominal table `a` with `M a = 0`, attacker's bounds, protection levels) are
those of Fischetti and Salazar-González, "Solving the cell suppression problem on tabular data with
linear constraints", Management Science 47 (2001), 1008–1027.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from jsna.errors import JsnaError, Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
#: `scipy.sparse.csr_array`, which has no type stubs.
Matrix = Any

#: How much information is lost by hiding a cell: its value, one, or the logarithm of its value.
Weight = Literal["value", "cells", "log"]

#: Largest amount by which an equation may fail through floating point alone.
TOLERANCE = 1e-6


class Status(IntEnum):
    """What may be done with a cell."""

    #: May be hidden so that another cell is protected.
    FREE = 0
    #: Must stay visible.
    SHOWN = 1
    #: Official and unsuppressed elsewhere: visible, known to everyone and exempt.
    PUBLIC = 2
    #: Hidden and protected.
    PRIMARY = 3
    #: Not published at all, but tied to what is: hidden, and not protected for its own sake.
    UNPUBLISHED = 4
    #: Unpublished and no count of people: what an inequality leaves over.
    SLACK = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """How small numbers are protected.

    Attributes:
        threshold: counts from 1 to `threshold - 1` are primary cells; 0 or 1 means none are.
        zeros_shown: zeros are never hidden, so everyone knows that a hidden count is at least 1.
        sliding: protect the width of the feasible interval (`threshold - 1`) wherever it lies,
            rather than the interval from 0 (from 1 where zeros are shown) to `threshold - 1`.
        weight: the information lost by hiding a cell.
        contributor: width that must be left to every primary when a contributor subtracts their
            own one from one cell; 0 does not look at contributors.
    """

    threshold: int
    zeros_shown: bool = False
    sliding: bool = False
    weight: Weight = "value"
    contributor: float = 0.0

    @property
    def lowest(self) -> float:
        """The least a hidden count can be, as everyone knows."""
        return 1.0 if self.zeros_shown else 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """Cells that can be protected among themselves, for systems too large to solve at once."""

    cells: Ints
    #: Cells decided before this block whose hidden ones it may lean on.
    context: Ints


@dataclass(frozen=True, slots=True)
class System:
    """Cells published together, with `equations @ value == 0`.

    Attributes:
        names: what each cell is called; for tables its coordinates.
        value: true values, shape (n,).
        equations: sparse matrix, shape (m, n); by convention −1 at a total and 1 at its parts.
        status: a `Status` for each cell.
        weight: information lost by hiding each cell; 0 for primaries.
        low: least value of each cell as everyone knows without reading it.
        high: greatest value of each cell as everyone knows without reading it.
        need_low: the feasible interval of a primary must reach down to this.
        need_high: the feasible interval of a primary must reach up to this.
        need_width: the feasible interval of a primary must be at least this wide.
        contributor: width left to each primary when a contributor subtracts their own one from
            one other cell; 0 does not look at contributors. One number stands for every primary.
        equation_names: what each equation is called; made from the cells where empty.
        blocks: a division of the cells for large systems, in the order they are to be solved.
    """

    names: Sequence[Hashable]
    value: Floats
    equations: Matrix
    status: Ints
    weight: Floats
    low: Floats
    high: Floats
    need_low: Floats
    need_high: Floats
    need_width: Floats
    contributor: Floats = field(default_factory=lambda: np.zeros(1))
    equation_names: Sequence[str] = ()
    blocks: tuple[Block, ...] = field(default=())

    def __post_init__(self) -> None:
        width = np.asarray(self.contributor, dtype=np.float64)
        if width.shape != self.value.shape:
            width = np.where(self.primary, width.item(), 0.0)
            object.__setattr__(self, "contributor", width)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.value)

    @property
    def primary(self) -> Flags:
        """Cells hidden for their own sake."""
        return np.asarray(self.status == Status.PRIMARY)

    @property
    def unseen(self) -> Flags:
        """Cells hidden whatever else is: primaries, and those that are not published at all."""
        return np.asarray(self.status >= Status.PRIMARY)

    def restrict(self, cells: Ints) -> System:
        """The system in which every other cell is known: what holds in it holds in the whole."""
        rows = self.equations.tocsc()[:, cells].tocsr()
        keep = np.flatnonzero(np.diff(rows.indptr))
        named = self.equation_names
        return replace(
            self,
            names=[self.names[i] for i in cells],
            value=self.value[cells],
            equations=sparse.csr_array(rows[keep]),
            status=self.status[cells],
            weight=self.weight[cells],
            low=self.low[cells],
            high=self.high[cells],
            need_low=self.need_low[cells],
            need_high=self.need_high[cells],
            need_width=self.need_width[cells],
            contributor=self.contributor[cells],
            equation_names=[named[int(i)] for i in keep] if named else (),
            blocks=(),
        )

    def label(self, cell: int) -> str:
        """A cell's name in words."""
        name = self.names[cell]
        return " / ".join(map(str, name)) if isinstance(name, tuple) else str(name)

    def describe(self, equation: int, most: int = 4) -> str:
        """An equation in words: its name, or `total = part + part + …`."""
        if self.equation_names:
            return self.equation_names[equation]
        start, end = self.equations.indptr[equation : equation + 2]
        cells, factors = self.equations.indices[start:end], self.equations.data[start:end]
        totals = [self._term(c, -f) for c, f in zip(cells, factors, strict=True) if f < 0]
        parts = [self._term(c, f) for c, f in zip(cells, factors, strict=True) if f > 0]
        more = f" + … ({len(parts)} cells)" if len(parts) > most else ""
        return f"{' + '.join(totals) or '0'} = {' + '.join(parts[:most]) or '0'}{more}"

    def _term(self, cell: int, factor: float) -> str:
        times = "" if factor == 1 else f"{factor:g} × "
        return f"{times}[{self.label(cell)}]"


def weights(value: Floats, weight: Weight) -> Floats:
    """Information lost by hiding each cell; zeros cost least, and never nothing."""
    if weight == "cells":
        return np.ones(len(value))
    if weight == "log":
        return np.log1p(value) + 0.01
    zeros = int((value < 1).sum())
    return np.asarray(np.where(value < 1, 0.1 / (zeros + 1), value))


def system(
    names: Sequence[Hashable],
    value: npt.ArrayLike,
    equations: Matrix,
    rule: Rule,
    *,
    shown: npt.ArrayLike | None = None,
    public: npt.ArrayLike | None = None,
    equation_names: Sequence[str] = (),
    blocks: tuple[Block, ...] = (),
) -> System:
    """The system of counts published under a rule.

    Args:
        names: what each cell is called.
        value: true counts.
        equations: sparse matrix with one row per equation; a row times `value` must be 0.
        rule: how small numbers are protected.
        shown: flags of cells that must stay visible.
        public: flags of cells that are official and unsuppressed elsewhere.
        equation_names: what each equation is called.
        blocks: a division of the cells for large systems.

    Raises:
        JsnaError: where counts are not whole and non-negative, equations do not hold, or a cell
            that must stay visible is a small number.
    """
    counts = np.asarray(value, dtype=np.float64)
    matrix = sparse.csr_array(equations, dtype=np.float64)
    matrix.sum_duplicates()
    exempt = _flags(public, counts)
    must = _flags(shown, counts)
    if rule.zeros_shown:
        must = must | (counts == 0)
    small = (counts >= 1) & (counts < rule.threshold) & ~exempt
    status = np.full(len(counts), int(Status.FREE), dtype=np.int64)
    status[must], status[exempt], status[small] = Status.SHOWN, Status.PUBLIC, Status.PRIMARY
    lost = weights(counts, rule.weight)
    lost[small] = 0.0
    top, bottom = max(float(rule.threshold - 1), 0.0), rule.lowest
    nothing = np.full(len(counts), np.nan)
    made = System(
        names=names,
        value=counts,
        equations=matrix,
        status=status,
        weight=lost,
        low=np.minimum(bottom, counts),
        high=np.full(len(counts), np.inf),
        need_low=nothing if rule.sliding else np.where(small, bottom, np.nan),
        need_high=nothing if rule.sliding else np.where(small, top, np.nan),
        need_width=np.where(small, top - bottom, 0.0),
        contributor=np.where(small, rule.contributor, 0.0),
        equation_names=equation_names,
        blocks=blocks,
    )
    _check(made, must & small)
    return made


def _flags(given: npt.ArrayLike | None, counts: Floats) -> Flags:
    if given is None:
        return np.zeros(len(counts), dtype=np.bool_)
    return np.asarray(given, dtype=np.bool_)


def _check(made: System, conflict: Flags) -> None:
    problems = [
        Problem("table", f"the cell {made.label(int(i))!r} must stay visible but is a small number")
        for i in np.flatnonzero(conflict)
    ]
    wrong = ~(made.value >= 0) | (made.value != np.floor(made.value))
    problems += [
        Problem("table", f"the cell {made.label(int(i))!r} is not a count", code="disclosure.count")
        for i in np.flatnonzero(wrong)
    ]
    if not problems and made.equations.shape[0]:
        off = np.abs(made.equations @ made.value) > TOLERANCE
        problems += [
            Problem("table", f"does not add up: {made.describe(int(i))}", code="disclosure.adds_up")
            for i in np.flatnonzero(off)
        ]
    if problems:
        raise JsnaError(problems, title="The cells cannot be protected:")
