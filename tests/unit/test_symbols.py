"""Symbols in place of numbers: one for all that is hidden, and low only where it is true."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from jsna.measures.values import mark_low
from jsna.model.schema import NUMBERS
from jsna.report import opendata
from tests.unit import report_support as made


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [
        # Printed with one decimal: 0.04 reads 0.0 and is not zero.
        (0.04, "", "low"),
        (0.05, "", ""),
        (0.0, "", ""),
        # 1 of 3,000 was low; rounded to 0 it is a 0 like any other, or it would tell of the one.
        (0.0, "low", ""),
        # 4 of 6,000 rounded to 5 is 0.08 and no longer low.
        (0.08, "low", ""),
        (0.04, "low", "low"),
        (np.nan, "c", "c"),
        (np.nan, "low", ""),
        (0.04, "u", "u"),
    ],
)
def test_low_follows_the_value_that_is_shown(value: float, before: str, after: str) -> None:
    frame = pd.DataFrame({"value": [value], "status": pd.Series([before], dtype="str")})
    mark_low(frame, np.array([1]))
    assert frame["status"].tolist() == [after]


def test_data_files_tell_why_a_cell_is_empty_by_its_symbol_and_never_by_a_number() -> None:
    config = made.configuration()
    plans = config.indicators["pupils_ehc_plan"]
    rows = [
        made.measure(plans, 30, 900, period=f"20{year}", status=status)
        for year, status in ((21, ""), (22, "c"), (23, "x"), (24, "z"))
    ]
    written = opendata.OpenData(made.frame(rows), config).measures()
    read = pd.read_csv(StringIO(written), dtype="str", keep_default_na=False).set_index("period")
    assert read["status"].to_dict() == {"2021": "", "2022": "c", "2023": "x", "2024": "z"}
    empty = read.loc[["2022", "2023", "2024"], list(NUMBERS)]
    assert empty.eq("").all(axis=None)
    assert read.loc["2021", ["numerator", "denominator"]].tolist() == ["30", "900"]
    # Why it is hidden stays on the restricted side: one reason, whichever rule it was.
    assert set(read.loc[read["status"].eq("c"), "reason"]) == {"disclosure_control"}
