"""Which hidden figures are printed as they were before, of linked tables made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.revision import RULE, stands
from jsna.model import schema
from jsna.model.cells import make

WHOLE = make("pupil", "rows", {"period": frozenset("5")})
PART = make("pupil", "rows", {"period": frozenset("5"), "sex": frozenset("F")})


def linked(*, little: bool, before: tuple[float, ...] = (12.0,)) -> LinkedTables:
    """9 girls of 200 pupils now; what counts of girls have been printed before."""
    made = LinkedTables()
    part, whole = made.add(PART, "girls", 9.0, threshold=5), made.add(WHOLE, "all", 200.0)
    made.before = {part: set(before), whole: {200.0}}
    made.revised = {part} if little else set()
    made.numerators, made.denominators = [part], [whole]
    return made


def last(numerator: float, denominator: float) -> pd.DataFrame:
    """What was printed of the row; nothing where both are missing."""
    numbers = dict.fromkeys(schema.NUMBERS, np.nan)
    return pd.DataFrame([{**numbers, "numerator": numerator, "denominator": denominator}])


@pytest.mark.parametrize(
    ("little", "rule", "stays"),
    [
        # The change of the girls is small, whatever hides them now.
        (True, "small", True),
        (True, "sum", True),
        # It is not: what is hidden for its own sake is hidden, and what hides another stands.
        (False, "small", False),
        (False, "sum", True),
        (False, RULE, True),
        # What is shown is not printed as before.
        (True, "", False),
    ],
)
def test_a_hidden_figure_stands_where_it_is_near_what_was_printed(
    little: bool, rule: str, stays: bool
) -> None:
    assert stands(linked(little=little), last(12.0, 200.0), [rule]).tolist() == [stays]


def test_only_what_was_printed_of_these_very_counts_stands() -> None:
    """A row of the same key whose counts were of something else is no earlier figure of these."""
    for rule in ("small", "sum", RULE):
        assert not stands(linked(little=True), last(np.nan, np.nan), [rule]).any()
        assert not stands(linked(little=True), last(13.0, 200.0), [rule]).any()
        assert not stands(linked(little=True), last(12.0, 190.0), [rule]).any()
        assert not stands(linked(little=True, before=()), last(12.0, 200.0), [rule]).any()
        # Of several earlier publications any will do.
        assert stands(linked(little=True, before=(11.0, 12.0)), last(12.0, 200.0), [rule]).all()
    made = linked(little=True)
    made.denominators = [NONE]
    assert stands(made, last(12.0, np.nan), ["small"]).all()
