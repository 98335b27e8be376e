"""The integer solver of scipy (HiGHS), kept from printing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


def milp(*arguments: Any, **options: Any) -> Any:
    """`scipy.optimize.milp`, without the lines HiGHS 1.12 prints though it is told not to."""
    from scipy.optimize import milp as solve

    with _silent():
        return solve(*arguments, **options)


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing reaches standard output, be it from Python or below."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
