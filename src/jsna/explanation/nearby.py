"""The attack on the part of an edition around a few counts, as it is or with them printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.attacking.attack import Interval, Known, attack
from jsna.disclosure.evidence import Evidence
from jsna.disclosure.system import TOLERANCE, Flags, Ints, System


@dataclass(slots=True)
class Nearby:
    """Attacks parts of an edition: unknown counts that equations tie together.

    Attributes:
        evidence: what an attacker has.
        unknown: cells of which not everybody knows the count.
    """

    evidence: Evidence
    unknown: Flags = field(init=False)
    _part: Ints = field(init=False)

    def __post_init__(self) -> None:
        knows, system = self.evidence.known, self.evidence.system
        self.unknown = np.asarray(knows.high - knows.low > TOLERANCE)
        self._part = _parts(system, self.unknown)

    def attack(
        self,
        near: Sequence[int],
        judged: Ints | None,
        *,
        off: float | None = None,
        families: bool = False,
        intervals: bool = False,
    ) -> list[Interval]:
        """The attack on the part of the system around some cells.

        Args:
            near: the cells; printed besides those that are, where `off` is given.
            judged: cells to work out; the protected ones if not given.
            off: how far what is printed may be from the truth; None prints nothing more.
            families: also ask what a family can tell that knows its own child.
            intervals: find whole intervals, as far as anybody can tell.
        """
        cells, rows = self._around(near)
        whole, knows = self.evidence.system, self.evidence.known
        low, high = knows.low[cells].copy(), knows.high[cells].copy()
        value = whole.value[cells]
        if off is not None:
            shown = np.isin(cells, list(near))
            low[shown] = np.maximum(low[shown], value[shown] - off)
            high[shown] = np.minimum(high[shown], value[shown] + off)
        named = whole.equation_names
        part = replace(
            whole,
            equations=sparse.csr_array(whole.equations[rows]),
            equation_names=[named[int(i)] for i in rows] if named else (),
        ).restrict(cells)
        if not families:
            part = replace(part, contributor=np.zeros(len(cells)))
        hidden = np.asarray(high - low > TOLERANCE)
        wanted = part.primary if judged is None else np.isin(cells, judged)
        wanted = np.asarray(wanted & hidden)
        if not wanted.any():
            return []
        report = attack(
            part, hidden, Known(low, high), judged=wanted, intervals=intervals, start=value
        )
        return [_renumbered(one, cells, rows) for one in report.intervals]

    def _around(self, near: Sequence[int]) -> tuple[Ints, Ints]:
        """Cells and equations of the parts of the system that some cells are in.

        Equations are whole: cells in them that everybody knows come along.
        """
        equations = self.evidence.system.equations
        same = np.isin(self._part, self._part[list(near)])
        mine = (self.unknown & same) | np.isin(np.arange(len(same)), list(near))
        rows = np.flatnonzero(np.abs(equations) @ mine.astype(float) > 0)
        beside = np.asarray(np.abs(equations[rows]).sum(axis=0)).ravel() > 0
        return np.flatnonzero(beside | mine), rows


def _parts(system: System, unknown: Flags) -> Ints:
    """Number of the part of the system each cell is in: equations tie unknown cells together."""
    size, equations = system.size, system.equations.tocoo()
    kept = unknown[equations.col]
    rows, cells = equations.row[kept] + size, equations.col[kept]
    total = size + equations.shape[0]
    graph = sparse.coo_array((np.ones(len(rows)), (rows, cells)), shape=(total, total))
    return np.asarray(connected_components(graph, directed=False)[1])[:size]


def _renumbered(one: Interval, cells: Ints, rows: Ints) -> Interval:
    """An interval of a part, with the numbers of the whole."""
    return replace(
        one,
        cell=int(cells[one.cell]),
        contributor=int(cells[one.contributor]) if one.contributor >= 0 else -1,
        because=[(int(rows[row]), factor) for row, factor in one.because],
    )
