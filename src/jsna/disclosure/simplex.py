"""A linear program solved again and again with another objective: HiGHS, started warm.

`scipy.optimize.linprog` starts from nothing each time. HiGHS as bundled in SciPy keeps its basis,
which makes the thousands of small programs of this package about ten times as fast. SciPy does not
promise that door to stay open: where it is closed, `linprog` is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from jsna.disclosure.clock import Work
from jsna.disclosure.system import Floats, Ints, Matrix

try:
    from scipy.optimize._highspy import _core
except ImportError:  # pragma: no cover - depends on the version of SciPy
    _core = None


#: Ways of the simplex method as HiGHS numbers them.
_DUAL, _PRIMAL = 1, 4


@dataclass(frozen=True, slots=True)
class Optimum:
    """The answer to one program: `point` is feasible, `rows` are multipliers of the equations."""

    status: str  # "optimal", "unbounded", "infeasible" or "failed"
    value: float
    point: Floats
    rows: Floats


class Program(Protocol):
    """max c·x subject to matrix·x = right, low ≤ x ≤ high, with c set at each call."""

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Change the bounds of some columns for good."""

    def maximise(self, columns: Ints, factors: Floats) -> Optimum:
        """Solve with an objective on some columns."""


class Warm:
    """The program on a HiGHS object that keeps its basis, or at least its model (`afresh`)."""

    def __init__(
        self, matrix: Matrix, right: Floats, low: Floats, high: Floats, afresh: bool = False
    ) -> None:
        self.solver: Any = _core._Highs()
        self.afresh = afresh
        self._set(output_flag=False, solver="simplex", threads=1)
        # Dual: the point of the bounds is optimal, but for the few rows it does not fulfil. Where
        # these are many, before any basis is known, presolving is a tenth of the work.
        self._set(simplex_strategy=_DUAL, presolve="off" if afresh else "on")
        by_column = sparse.csc_array(matrix)
        lp = _core.HighsLp()
        lp.num_row_, lp.num_col_ = by_column.shape
        lp.col_cost_ = np.zeros(lp.num_col_)
        lp.col_lower_, lp.col_upper_ = np.asarray(low, float), np.asarray(high, float)
        lp.row_lower_ = lp.row_upper_ = np.asarray(right, float)
        lp.a_matrix_.format_ = _core.MatrixFormat.kColwise
        lp.a_matrix_.start_ = by_column.indptr
        lp.a_matrix_.index_ = by_column.indices
        lp.a_matrix_.value_ = by_column.data
        lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = by_column.shape
        lp.sense_ = _core.ObjSense.kMaximize
        self.solver.passModel(lp)
        self.costed = np.array([], dtype=np.int32)
        self.columns = int(lp.num_col_)

    def _set(self, **options: Any) -> None:
        for option, setting in options.items():
            self.solver.setOptionValue(option, setting)

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Change the bounds of some columns for good."""
        for column, lowest, highest in zip(columns, low, high, strict=True):
            self.solver.changeColBounds(int(column), float(lowest), float(highest))

    def maximise(self, columns: Ints, factors: Floats) -> Optimum:
        """Solve with an objective on some columns."""
        solver, at = self.solver, np.asarray(columns, dtype=np.int32)
        if len(self.costed):
            solver.changeColsCost(len(self.costed), self.costed, np.zeros(len(self.costed)))
        solver.changeColsCost(len(at), at, np.asarray(factors, dtype=float))
        self.costed = at
        if self.afresh:
            solver.clearSolver()
        for _ in range(2):
            solver.run()
            status = solver.getModelStatus()
            if not self.afresh:  # from now on the last point stays feasible
                self._set(simplex_strategy=_PRIMAL, presolve="off")
            Work.simplex(max(solver.getInfo().simplex_iteration_count, 0), self.columns)
            if status == _core.HighsModelStatus.kOptimal:
                found = solver.getSolution()
                point, rows = np.array(found.col_value), np.array(found.row_dual)
                return Optimum("optimal", float(factors @ point[at]), point, rows)
            if status == _core.HighsModelStatus.kUnbounded:
                return _nothing("unbounded", np.inf)
            if self.afresh and status == _core.HighsModelStatus.kInfeasible:
                break
            solver.clearSolver()  # a basis gone bad: once more from nothing
        infeasible = status == _core.HighsModelStatus.kInfeasible
        return _nothing("infeasible" if infeasible else "failed", np.nan)


class Cold:
    """The program on `linprog`, from nothing each time."""

    def __init__(
        self, matrix: Matrix, right: Floats, low: Floats, high: Floats, afresh: bool = False
    ) -> None:
        self.matrix, self.right = sparse.csr_array(matrix), np.asarray(right, float)
        self.bounds = np.column_stack([low, high]).astype(float)

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Change the bounds of some columns for good."""
        self.bounds[columns, 0], self.bounds[columns, 1] = low, high

    def maximise(self, columns: Ints, factors: Floats) -> Optimum:
        """Solve with an objective on some columns."""
        cost = np.zeros(self.matrix.shape[1])
        cost[columns] = -np.asarray(factors, dtype=float)
        equal = {"A_eq": self.matrix, "b_eq": self.right} if self.matrix.shape[0] else {}
        found = linprog(cost, bounds=self.bounds, method="highs", **equal)
        Work.simplex(int(found.nit), len(cost))
        if found.status == 0:
            rows = -found.eqlin.marginals if equal else np.zeros(0)
            return Optimum("optimal", float(-found.fun), np.asarray(found.x), np.asarray(rows))
        if found.status == 3:
            return _nothing("unbounded", np.inf)
        return _nothing("infeasible" if found.status == 2 else "failed", np.nan)


def _nothing(status: str, value: float) -> Optimum:
    empty = np.zeros(0)
    return Optimum(status, value, empty, empty)


def program(
    matrix: Matrix, right: Floats, low: Floats, high: Floats, *, afresh: bool = False
) -> Program:
    """The program, warm where SciPy allows.

    Args:
        matrix, right, low, high: see `Program`.
        afresh: begin each time at the bounds instead of where the last call ended: better where
            that is far from the next answer, and nearly all columns stay at their bounds.
    """
    kind = Cold if _core is None else Warm
    return kind(matrix, right, low, high, afresh)
