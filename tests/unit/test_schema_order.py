"""Measure rows stand in the order of their key, however many there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.model import schema
from tests.unit import report_support


@pytest.mark.parametrize("count", [0, 1, 300, 501, 2000])
def test_rows_stand_in_the_order_of_their_key_and_of_equals_the_first_stays_first(
    count: int,
) -> None:
    draw = np.random.default_rng(1)
    words = ["", "A", "Z", "a", "é", "ab", "a b", "10", "9", "2024/25", "\U0001f600", "\uffff"]
    rows = pd.DataFrame({name: draw.choice(words, count) for name in schema.KEY[:-1]})
    rows["note"] = [str(number) for number in range(count)]
    made = schema.conform(rows)
    keys = [*made[[*schema.KEY]].itertuples(index=False, name=None)]
    given = [*rows.assign(**{schema.KEY[-1]: ""})[[*schema.KEY]].itertuples(index=False, name=None)]
    order = sorted(range(count), key=given.__getitem__)
    assert keys == [given[at] for at in order]
    assert made["note"].tolist() == [str(at) for at in order]
    assert made.index.tolist() == [*range(count)]


@pytest.mark.parametrize("count", [2, 300, 501])
def test_a_row_that_is_there_twice_is_refused(count: int) -> None:
    rows = report_support.whole()[1].head(count - 1)
    schema.check(rows, "measures")
    twice = pd.concat([rows, rows.tail(1)], ignore_index=True)
    with pytest.raises(JsnaError, match="measure key occurs more than once"):
        schema.check(twice, "measures")
    # Also where a part of the key is missing.
    missing = twice.assign(category=None)
    with pytest.raises(JsnaError, match="measure key occurs more than once"):
        schema.check(missing, "measures")
