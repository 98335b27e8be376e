"""Small systems for the tests of disclosure control, and a slow attacker to compare with."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from scipy.optimize import linprog

from jsna.disclosure.solving.division import blocks
from jsna.disclosure.system import Flags, Rule, System, system
from jsna.disclosure.tabular.tables import count, dimension, equations, layout


def grid(values: object, rule: Rule, **options: object) -> System:
    """The system of a table of any number of dimensions with all its totals."""
    table = np.asarray(values, dtype=float)
    names = "abcd"[: table.ndim]
    dims = [
        dimension(name, [f"{name}{i}" for i in range(size)])
        for name, size in zip(names, table.shape, strict=True)
    ]
    cells = layout(dims, [list(names)])
    at = np.array(list(itertools.product(*map(range, table.shape))))
    counts = count(cells, at, table.ravel())
    return system(cells.names(), counts, equations(cells), rule, **options)


def divided(values: object, most: int = 15) -> System:
    """A table of two dimensions, divided into blocks of so many cells at most."""
    made = grid(values, Rule(5))
    dims = [
        dimension(name, [f"{name}{i}" for i in range(size)])
        for name, size in zip("ab", np.shape(values), strict=True)
    ]
    return replace(made, blocks=blocks(layout(dims, [["a", "b"]]), most))


def cell(made: System, *codes: str) -> int:
    """The number of a cell by its codes (`T` is the total)."""
    return list(made.names).index(tuple("Total" if code == "T" else code for code in codes))


def hide(made: System, *cells: tuple[str, ...]) -> Flags:
    """Flags of the cells of these codes."""
    flags = np.zeros(made.size, dtype=np.bool_)
    flags[[cell(made, *codes) for codes in cells]] = True
    return flags


def slow_interval(made: System, hidden: Flags, at: int) -> tuple[float, float]:
    """The feasible interval of a cell by SciPy's public solver, with nothing clever."""
    bounds = [
        (made.low[i], None if np.isinf(made.high[i]) else made.high[i])
        if hidden[i]
        else (made.value[i], made.value[i])
        for i in range(made.size)
    ]
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(made.size)
        cost[at] = sign
        zero = np.zeros(made.equations.shape[0])
        found = linprog(cost, A_eq=made.equations, b_eq=zero, bounds=bounds, method="highs-ds")
        ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
    return ends[0], ends[1]


def slow_safe(made: System, hidden: Flags) -> bool:
    """Whether every primary's interval is as wide as its rule asks."""
    for at in np.flatnonzero(made.primary):
        low, high = slow_interval(made, hidden, int(at))
        if np.isnan(made.need_low[at]):
            if high - low < made.need_width[at] - 1e-6:
                return False
        elif low > made.need_low[at] + 1e-6 or high < made.need_high[at] - 1e-6:
            return False
    return True


def slow_optimum(made: System) -> float | None:
    """The least weight of a safe choice, by trying every one in order of weight."""
    free = np.flatnonzero(made.status == 0)
    choices: list[tuple[float, tuple[int, ...]]] = []
    for size in range(len(free) + 1):
        for chosen in itertools.combinations(map(int, free), size):
            choices.append((float(made.weight[list(chosen)].sum()), chosen))
    for weight, chosen in sorted(choices):
        hidden: Flags = made.unseen.copy()
        hidden[list(chosen)] = True
        if slow_safe(made, hidden):
            return weight
    return None
