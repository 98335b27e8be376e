"""Limits that would tell more than the sums beside them: those of means beside a hidden one.

The limits of a mean give the squares of its values added up. Squares of a whole less those of all
its shown parts are those of the hidden parts together, and bound their sums where values are much
alike, however uncertain the sums are kept. No equation of the linked tables has squares in it. So
of rows that add up with a hidden one none has limits: without those of its fellows, nothing of it
follows from the limits of what they add up to.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.model import schema
from jsna.model.configuration import Configuration

LIMITS: Final = schema.NUMBERS[3:]
#: What the rows of one breakdown of one period have in common.
_TOGETHER: Final = ["indicator", "geography", "breakdown", "period", "period_type"]


def of_squares(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Rows whose limits give squares added up, shape (k,)."""
    means = [name for name, one in config.indicators.items() if one.kind.amounts]
    return np.asarray(rows["indicator"].isin(means).to_numpy(dtype=np.bool_))


def withheld(rows: pd.DataFrame, past: pd.DataFrame, hidden: Flags, config: Configuration) -> Flags:
    """Rows whose limits may not be printed, k rows.

    Limits that were printed before tell nothing new; those that were withheld then stay withheld,
    as what was hidden then would follow from them still.

    Args:
        rows: true measures.
        past: what was last printed of them, see `revision.align`.
        hidden: rows that are not printed, or are printed as before and not as measured.
        config: declarations.
    """
    names = list(LIMITS)
    together = rows[_TOGETHER].assign(hidden=hidden).groupby(_TOGETHER)["hidden"]
    beside: Flags = np.asarray(together.transform("any"), dtype=np.bool_)
    close: Flags = np.isclose(rows[names], past[names], rtol=1e-9, atol=1e-12)
    known: Flags = np.all(close, axis=1)
    told = past[["value", *names]].notna().to_numpy(dtype=np.bool_)
    kept = told[:, 0] & ~told[:, 1:].any(axis=1)
    asked = (beside & ~known) | kept
    return np.asarray(asked & of_squares(rows, config) & ~hidden)
