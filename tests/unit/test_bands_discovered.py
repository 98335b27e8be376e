"""Sums between counts by band and others: known where conditions name bands, found where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jsna.model.indicators import Indicator
from tests.spec import world
from tests.unit.discovery_support import known
from tests.unit.test_discovery import indicator, said
from tests.unit.test_discovery_drawn import judged

pytestmark = pytest.mark.full


@pytest.fixture(autouse=True)
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Declares short breaks and their table."""
    with known(monkeypatch, world.BREAKS, world.SHORT_BREAKS):
        yield


def counted(name: str, where: str, **more: Any) -> Indicator:
    return indicator(
        name, numerator={"table": "short_breaks", "where": where},
        population_base="responsible", period_type="financial_year", **more,
    )  # fmt: skip


BY_BAND = counted(
    "break_hours", "hours_band is not null", kind="share", method="proportion_wilson",
    unit="percent", over=["hours_band"], breakdowns=[["hours_band"], ["hours_band", "sex"]],
)  # fmt: skip


def test_sums_over_bands_are_known_where_a_condition_names_them() -> None:
    long = counted("long", "hours_band in ('10-19', '20-39', '40+')", breakdowns=[["sex"]])
    assert said(judged(BY_BAND, long)) == ""


def test_a_condition_on_the_number_itself_is_found_to_be_a_sum_of_bands() -> None:
    text = said(judged(BY_BAND, counted("long", "hours >= 10", breakdowns=[["sex"]])))
    assert "long numerator [2022/23, sex F] = break_hours numerator [2022/23, hours_band 10-19" in (
        text
    )
