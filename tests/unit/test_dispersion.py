"""Events one person may have several of: how much they vary, and what is declared of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError

from jsna import io
from jsna.errors import JsnaError
from jsna.measures import dispersion
from jsna.measures.methods import rate_byar
from jsna.measures.values import calculate, dispersions
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE, arrow
from tests.spec import world
from tests.unit import report_support as made

INDICATORS = made.configured()[0]
RATE = INDICATORS["suspension_rate"]
REASONS = INDICATORS["suspension_reasons"]


def written(folder: Path, times: dict[str, list[int]]) -> Path:
    """A table of suspensions: of each SEN provision how often each pupil was suspended."""
    rows = [
        {"person_key": f"{provision}{pupil}", "period": "2023/24", "sen_provision": provision,
         "headline": True, "record_number": n + 1}
        for provision, counts in times.items()
        for pupil, count in enumerate(counts)
        for n in range(count)
    ]  # fmt: skip
    file = folder / "suspension.parquet"
    frame = pd.DataFrame(rows).reindex(columns=list(CATALOGUE["suspension"].columns))
    table: pa.Table = arrow("suspension", frame)
    io.write_parquet(file, table)
    return file


def test_variance_over_number_is_that_of_the_persons_behind_them(tmp_path: Path) -> None:
    """400 pupils of 1 and 200 of 4 have 1,200 events, and squares of 400 + 3,200: three times."""
    times = {"K": [1] * 400 + [4] * 200, "N": [1] * 1_500}
    file = written(tmp_path, times)
    assert RATE.numerator is not None
    assert dispersion.largest(RATE.numerator, file, "sen_provision") == pytest.approx(3.0)
    assert dispersion.largest(RATE.numerator, file, "") == pytest.approx(5_100 / 2_700)


def test_small_groups_are_not_looked_at(tmp_path: Path) -> None:
    """One pupil's number would be read off the ratio; and of few it is mostly chance."""
    file = written(tmp_path, {"E": [60] * 20, "N": [1] * 1_500})
    assert RATE.numerator is not None
    assert dispersion.largest(RATE.numerator, file, "sen_provision") == 1.0


def test_records_that_vary_more_than_declared_stop_the_build(tmp_path: Path) -> None:
    few = RATE.model_copy(update={"dispersion": {"total": 2.0}})
    file = written(tmp_path, {"K": [1] * 400 + [4] * 200, "N": [1] * 1_500})
    with pytest.raises(JsnaError) as raised:
        dispersion.check({"suspension": file}, [few])
    [problem] = raised.value.problems
    assert problem.code == "indicator.dispersion"
    assert problem.column == "suspension_rate.dispersion"
    assert "declare sen_provision: 3" in problem.rule
    dispersion.check({"suspension": file}, [RATE])


def test_events_of_which_nothing_is_declared_must_befall_anyone_but_once(tmp_path: Path) -> None:
    none = RATE.model_copy(update={"dispersion": {}})
    dispersion.check({"suspension": written(tmp_path, {"N": [1] * 1_500})}, [none])
    repeated = written(tmp_path, {"N": [1] * 1_000 + [3] * 200})
    with pytest.raises(JsnaError, match="declare total: 2"):
        dispersion.check({"suspension": repeated}, [none])


def test_shares_of_events_are_of_all_the_persons_behind_the_whole() -> None:
    side = dispersion.events(REASONS)
    assert side == REASONS.denominator
    # Of a roll, where each pupil is once; of sources, where each person is in several.
    assert dispersion.events(INDICATORS["suspended_pupils"]) is None
    assert dispersion.events(INDICATORS["linkage_rate"]) is None
    assert dispersion.events(INDICATORS["plans"]) is None


def test_a_row_has_the_dispersion_of_what_it_is_split_by() -> None:
    rows = pd.DataFrame(
        [
            ("suspension_rate", "total", "authority"),
            ("suspension_rate", "total", "district"),
            ("suspension_rate", "sen_provision", "authority"),
            ("suspension_rate", "imd_decile|sen_provision", "authority"),
            ("plans", "sen_provision", "authority"),
        ],
        columns=["indicator", "breakdown", "geography"],
    )
    assert dispersions(rows, INDICATORS).tolist() == [8, 8, 11, 11, 1]


def test_limits_are_those_of_as_many_single_events_as_they_are_worth() -> None:
    """800 events at eight times the variance reach as far, over the rate, as 100 single ones."""
    frame = pd.DataFrame({"indicator": ["a"], "method": ["rate_byar"], "numerator": [800.0],
                          "denominator": [10_000.0]})  # fmt: skip
    calculate(frame, np.array([100.0]), dispersion=np.array([8.0]))
    single = rate_byar([100.0], [1_250.0], multiplier=100)
    assert frame["value"].iloc[0] == 8.0
    assert frame["lower_95"].iloc[0] == pytest.approx(single.lower[0])
    assert frame["upper_95"].iloc[0] == pytest.approx(single.upper[0])


@pytest.mark.parametrize("given", [{"sen_provision": 3.0}, {"total": 0.5}])
def test_a_dispersion_says_that_of_the_total_and_none_is_below_one(given: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Indicator(**{**world.LEAST, "kind": "proportion", "dispersion": given})
