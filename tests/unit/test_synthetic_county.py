"""The demonstration county at its full size."""

from __future__ import annotations

import pytest

from tests.unit.synthetic_support import configuration, frames, roll

pytestmark = pytest.mark.full


def test_sizes_of_the_county() -> None:
    world = frames(configuration("demo-2025"))
    for january in (2023, 2024, 2025):
        assert len(roll(world, january)) == 180_000
    assert len(world["sen2.activeplans/2025"]) == 12_300
    assert len(world["areas.lsoa/2025"]) == 760
    assert world["areas.lsoa/2025"]["district_code"].nunique() == 12
    assert world["areas.lsoa/2025"]["imd_decile"].nunique() == 10
    residents = world["population.syoa/2024"]["people"].sum()
    assert 1_100_000 < residents < 1_500_000
