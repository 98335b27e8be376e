"""Which hidden figures are printed as they were before, of linked tables made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.revision import RULE, stands, tell_rounded, unmoved
from jsna.measures.values import recalculated
from jsna.model import schema
from jsna.model.cells import make
from tests.spec import world

CONFIG = world.configuration()
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


def rounding(base: int, *, controlled: bool = False) -> LinkedTables:
    """28 girls, rounded to a base, of 200 pupils, who are not."""
    made = LinkedTables()
    part, whole = made.add(PART, "girls", 28.0, threshold=5), made.add(WHOLE, "all", 200.0)
    made.rounding[part], made.controlled[part] = base, controlled
    made.numerators, made.denominators = [part], [whole]
    return made


def share(numerator: float, denominator: float) -> pd.DataFrame:
    """A share with its value and limits, as if printed."""
    row = {**last(numerator, denominator).iloc[0], "indicator": "pupils_sen", "breakdown": "total"}
    row |= {"geography": "authority", "method": "proportion"}
    return recalculated(pd.DataFrame([row]), CONFIG.indicators, np.zeros(1, dtype=np.bool_))


@pytest.mark.parametrize(
    ("base", "controlled", "printed", "whole", "same"),
    [
        # To the nearest 5, 28 to 32 print as 30.
        (5, False, 30, 200, True),
        (5, False, 25, 200, False),
        # A multiple is printed, and nothing near one.
        (5, False, 29, 200, False),
        # A row prints the same where both of its counts do.
        (5, False, 30, 201, False),
        # So that sums hold, 28 prints as 25 or as 30.
        (5, True, 25, 200, True),
        (5, True, 35, 200, False),
        # What is not rounded is the same where it has not changed.
        (1, False, 28, 200, True),
        (1, False, 30, 200, False),
    ],
)
def test_a_row_prints_the_same_where_its_counts_still_round_to_what_was_printed(
    base: int, controlled: bool, printed: float, whole: float, same: bool
) -> None:
    made, past = rounding(base, controlled=controlled), share(printed, whole)
    assert unmoved(made, share(28, 200), past, CONFIG).tolist() == [same]
    # One whose limits are worked out otherwise now does not.
    assert not unmoved(made, share(28, 200), past.assign(value=0.0), CONFIG).any()
    assert not unmoved(made, share(28, 200), last(np.nan, np.nan), CONFIG).any()


def test_what_prints_the_same_hidden_or_not_lies_near_what_is_printed() -> None:
    made = rounding(5)
    tell_rounded(made, share(30, 200), np.array([False]))
    assert made.told == [(-np.inf, np.inf)] * 2
    made.tell(0, 27, 30)
    tell_rounded(made, share(30, 200), np.array([True]))
    # 28 to 32, and no more than was known; what is not rounded is no concern of this.
    assert made.told == [(28, 30), (-np.inf, np.inf)]
    made = rounding(5, controlled=True)
    tell_rounded(made, share(25, 200), np.array([True]))
    assert made.told[0] == (21, 29)
    least, most = made.bounds()
    assert (least[0], most[0]) == (21, 29)


@pytest.mark.parametrize(
    ("was", "printed", "stays"),
    [
        # 12 girls were printed as 10, and are 7 now: 7 prints as 5, and may not be printed at all.
        (12.0, 10.0, True),
        # 9 were printed as 10: the change of 2 may not be told either.
        (9.0, 10.0, True),
        # 20 were: 13 fewer may be.
        (20.0, 20.0, False),
        # 7 would print as 5, as 5 did: what is printed may not be a small count, rounded.
        (5.0, 5.0, False),
    ],
)
def test_a_rounded_count_that_has_become_small_stands_where_it_has_hardly_changed(
    was: float, printed: float, stays: bool
) -> None:
    made = LinkedTables()
    cell = made.add(PART, "girls", 7.0, threshold=8)
    before = made.add(PART, "girls (edition first)", was, threshold=8)
    made.rounding = [5, 5]
    made.last, made.before = {cell: before}, {cell: {printed}}
    made.numerators, made.denominators = [cell], [NONE]
    assert stands(made, last(printed, np.nan), ["small_count"]).tolist() == [stays]
