"""What ties cells together besides the totals of tables: known totals, and ratios.

Each function returns a system with cells and equations added; the cells that were there keep their
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from jsna.disclosure.system import Status, System


def with_cell(
    system: System,
    name: Hashable,
    value: float,
    parts: Mapping[int, float],
    status: Status = Status.PUBLIC,
) -> System:
    """A system with one more cell, `value = Σ factor · part`.

    With the default status this is an official total, one of an earlier edition, or any other
    figure that everyone knows; with `UNPUBLISHED` it is a quantity that only ties others together.

    Raises:
        ValueError: where the value is not that of its parts.
    """
    made = sum(factor * float(system.value[cell]) for cell, factor in parts.items())
    if not math.isclose(made, value, abs_tol=1e-6):
        raise ValueError(f"{name!r} is {value:g} but its parts come to {made:g}")
    size = system.size
    row = np.zeros(len(parts) + 1)
    row[:-1], row[-1] = list(parts.values()), -1.0
    at = (np.zeros(len(row), dtype=int), [*parts, size])
    wider = sparse.csr_array(
        (system.equations.data, system.equations.indices, system.equations.indptr),
        shape=(system.equations.shape[0], size + 1),
    )
    line = sparse.csr_array((row, at), shape=(1, size + 1))
    names = system.equation_names
    return replace(
        system,
        names=[*system.names, name],
        value=np.append(system.value, value),
        equations=sparse.csr_array(sparse.vstack([wider, line])),
        status=np.append(system.status, int(status)),
        weight=np.append(system.weight, 0.0),
        low=np.append(system.low, min(0.0, value)),
        high=np.append(system.high, np.inf),
        need_low=np.append(system.need_low, np.nan),
        need_high=np.append(system.need_high, np.nan),
        need_width=np.append(system.need_width, 0.0),
        contributor=np.append(system.contributor, 0.0),
        equation_names=[*names, f"{name}"] if names else (),
    )


def with_ratio(
    system: System,
    numerator: int,
    denominator: int,
    printed: float,
    decimals: int,
    per: float = 100,
) -> System:
    """A system in which everyone reads a ratio of two cells at its printed precision.

    `printed ± half a unit` of `per · numerator / denominator` is two linear inequalities, written
    as equations with what is left over in cells that are not published. They hold whether or not
    the denominator is hidden.
    """
    half = 0.5 * 10.0**-decimals
    name = f"{system.label(numerator)} per {per:g} {system.label(denominator)}"
    top, bottom = float(system.value[numerator]), float(system.value[denominator])
    least, most = (printed - half) / per, (printed + half) / per
    over = with_cell(
        system,
        f"{name}, above the least",
        top - least * bottom,
        {numerator: 1.0, denominator: -least},
        Status.SLACK,
    )
    return with_cell(
        over,
        f"{name}, below the most",
        most * bottom - top,
        {numerator: -1.0, denominator: most},
        Status.SLACK,
    )
