"""The reference tables of disclosure control: other tools' results are to be reached or beaten."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.attacking.attack import attack
from jsna.disclosure.tabular.protection import Protected, protect
from jsna.disclosure.tabular.published import attack_tables
from jsna.disclosure.tabular.reading import Named

pytestmark = pytest.mark.real
SHARED = Path(os.environ.get("JSNA_SHARED", Path(__file__).parents[3] / "shared"))
TABLES = SHARED / "reference-values/disclosure"

#: Table, its dimensions, greatest value of secondary cells (count and value found by others'
#: optimum), and what the attack makes of hiding primaries alone (exact, exact or narrow).
KNOWN = [
    ("t1_13x12_micro.csv", [["district", "need"]], 35, 11, (4, 4)),
    ("t9_48x12x2_micro.csv", [["district", "need", "sex"]], 404, 950, (160, 209)),
]


def protected(file: str, dims: list[list[str]]) -> Protected:
    return protect(pd.read_csv(TABLES / file), dims)


@pytest.mark.parametrize(("file", "dims", "primaries", "value", "naive"), KNOWN)
def test_reference_tables(
    file: str, dims: list[list[str]], primaries: int, value: float, naive: tuple[int, int]
) -> None:
    done = protected(file, dims)
    made, hidden = done.system, done.solution.hidden
    assert made.primary.sum() == primaries
    assert made.value[hidden & ~made.primary].sum() <= value
    assert done.solution.gap == 0
    assert attack(made, hidden, intervals=True).narrow == 0
    alone = attack(made, made.primary)
    assert (alone.exact, alone.narrow) == naive


def test_the_larger_table_takes_three_seconds() -> None:
    table = pd.read_csv(TABLES / "t9_48x12x2_micro.csv")
    started = time.process_time()
    protect(table, ["district", "need", "sex"])
    assert time.process_time() - started < 3


def test_linked_tables_protected_apart_give_three_cells_away() -> None:
    # `truth` and `primary` are the reference's own working; the attack takes every column it is
    # given for published, and what is given away by values alone is asked here.
    apart = [
        Named(
            pd.read_csv(TABLES / f"t10_linked_separate_unsafe_{other}.csv").drop(
                columns=["truth", "primary"]
            ),
            other,
        )
        for other in ("need", "age")
    ]
    for table, other in zip(apart, ("need", "age"), strict=True):
        assert attack_tables([table], ["school", other]).count("exact", "narrow") == 0
    joined = attack_tables(apart, ["school", "need", "age"])
    assert joined.count("exact") == 3
    done = protected("t10_linked_micro.csv", [["school", "need"], ["school", "age"]])
    assert attack(done.system, done.solution.hidden, intervals=True).narrow == 0
    assert done.solution.gap == 0


def test_the_whole_cube_of_the_linked_table() -> None:
    done = protected("t10_linked_micro.csv", [["school", "need", "age"]])
    assert not np.isnan(done.solution.gap)
    assert attack(done.system, done.solution.hidden, intervals=True).narrow == 0
