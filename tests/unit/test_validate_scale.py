"""Validation of a whole county's census stays cheap."""

import time

import numpy as np
import pandas as pd
import pytest

from jsna.ingest.validate import validate_delivery
from jsna.sources import registry

from .validation_support import GOOD, context

pytestmark = pytest.mark.full

PUPILS = 180_000
#: CPU seconds for one census, on one core of a small machine. Measured: about 0.7.
MOST = 1.8


def test_a_county_census_is_judged_within_its_share_of_the_time() -> None:
    source = np.random.Generator(np.random.PCG64(1))
    row = GOOD["school_census.census"]
    frame = pd.DataFrame({field: [value or None] * PUPILS for field, value in row.items()})
    frame["upn"] = [f"A95{n:010}" for n in range(PUPILS)]
    born = pd.Timestamp("2014-09-01") + pd.to_timedelta(source.integers(0, 365, PUPILS), unit="D")
    frame["date_of_birth"] = born.strftime("%d/%m/%Y")
    frame["sen_provision"] = source.choice(["N", "K", "E", "Z"], PUPILS, p=[0.8, 0.15, 0.04, 0.01])
    frame = frame.astype("str").assign(source_row=np.arange(2, PUPILS + 2))
    extract = registry()["school_census"]
    validate_delivery(extract, {"census": frame.head(10)}, context("school_census"))  # imports
    start = time.process_time()
    judged = validate_delivery(extract, {"census": frame}, context("school_census"))["census"]
    spent = time.process_time() - start
    assert len(judged.quarantined) == int((frame["sen_provision"] == "Z").sum())
    assert len(judged.valid) + len(judged.quarantined) == PUPILS
    assert spent < MOST
