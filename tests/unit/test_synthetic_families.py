"""Invented children have kin, and nothing that is counted changes by it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jsna.generator.found import parameters
from jsna.synthetic import world
from jsna.synthetic.families import families
from tests.unit.synthetic_support import configuration


def people(twins: float) -> pd.DataFrame:
    config = configuration("demo-2025", pupils=20_000, plans=1_400, lsoas=90)
    made = world.build(config, parameters().overridden({"people.twins": twins})).people
    return pd.DataFrame(
        {
            "surname": made.surname.to_pandas(),
            "forename": made.forename.to_pandas(),
            "postcode": made.postcode.to_pandas(),
            "born": made.born,
            "cohort": made.cohort,
            "lsoa": made.lsoa,
            "ethnicity": made.ethnicity,
        }
    )


def test_families_share_surname_and_home_and_twins_a_birthday() -> None:
    found = people(0.015)
    home = found.groupby(["surname", "postcode"])
    size = home["born"].transform("size")
    # 45 families in a hundred have one child, so 25 children in a hundred are alone; some more
    # have no kin of a fitting age.
    assert 0.25 < (size == 1).mean() < 0.5
    assert home["lsoa"].nunique().max() == 1
    twins = found[found.duplicated(["surname", "postcode", "born"], keep=False)]
    assert len(twins) / len(found) == pytest.approx(0.015, rel=0.25)
    assert not twins.duplicated(["surname", "postcode", "born", "forename"]).any()
    assert (twins.groupby(["surname", "postcode", "born"])["cohort"].nunique() == 1).all()


def test_without_twins_birthdays_are_left_alone() -> None:
    with_twins, without = people(0.3), people(0.0)
    changed = with_twins["born"] != without["born"]
    assert 0.1 < changed.mean() < 0.16
    for column in ("cohort", "lsoa", "ethnicity", "forename"):
        assert with_twins[column].equals(without[column])
    again = without[without.duplicated(["surname", "postcode", "born"], keep=False)]
    assert len(again) < 0.002 * len(without)


def test_nobody_is_kin_across_areas() -> None:
    lsoa = np.array([1, 1, 2, 2, 1, 2] * 50)
    cohort = np.arange(300) % 8
    born = np.datetime64("2010-01-01") + cohort * 365
    same = np.zeros(300, dtype=np.int64)
    names = pa.array([f"N{n}" for n in range(300)])
    found = families(1, lsoa, same, cohort, born, names, 0.5)
    assert (lsoa[found.head] == lsoa).all()
    assert (found.head[found.head] == found.head).all()
    kin = found.head != np.arange(300)
    assert kin.sum() > 100
    # The second of twins has the first one's birthday, which is of the same cohort.
    assert (found.born == born).all()
