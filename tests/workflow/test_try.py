"""`jsna try`: what the build would measure of one indicator, in restricted files alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from jsna import io, trying
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.settings import loading
from tests.conftest import ROOT, SMALL, Project
from tests.workflow.small_world import snapshot

KEY = ["indicator", "area_code", "period", "period_type", "breakdown", "category", "segment"]
#: Shares with few of some kind, a rate, a count, one worked out, and one that is official alone.
SOME = (
    "pupils_sen",
    "permanent_exclusion_rate",
    "plans",
    "pupils_looked_after",
    "suspended_pupils_ratio",
    "early_language",
)
#: Counts of children below this are small in every profile of the edition.
FEWEST = 5


@pytest.fixture
def edition(built: Project, tmp_path: Path) -> tuple[Configuration, io.Paths]:
    """A copy of what the build left on the restricted side."""
    paths = io.Paths(tmp_path, SMALL)
    shutil.copytree(built.processed() / "restricted", paths.restricted)
    return loading.load(SMALL, ROOT), paths


@pytest.mark.parametrize("name", SOME)
def test_it_is_what_the_build_measured_and_no_small_count_is_told(
    edition: tuple[Configuration, io.Paths], built: Project, name: str
) -> None:
    config, paths = edition
    before = snapshot(paths.root)
    told = list(trying.run(name, config, paths))
    folder = paths.restricted / "try" / name
    rows = pd.read_csv(folder / "rows.csv", dtype=dict.fromkeys(KEY, str))
    rows = rows.fillna({"segment": ""}).set_index(KEY)
    # What is worked out from others is only there once they are protected.
    if config.indicators[name].derived is None:
        file = built.processed() / "restricted/measures.parquet"
        measures = io.read_measures(file, cells=True).set_index(KEY)
        same = measures.loc[rows.index]
        assert len(rows) > 20
        assert (rows["value"] - same["value"]).abs().max() < 1e-9
        assert rows["numerator"].fillna(-1).eq(same["numerator"].fillna(-1)).all()
    # Everything it wrote stands in one folder that its owner alone can read.
    after = snapshot(paths.root)
    mine = folder.relative_to(paths.root).as_posix() + "/"
    assert {file: content for file, content in after.items() if not file.startswith(mine)} == before
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert trying.WARNING in page
    assert page.count("<svg") == len(list(folder.glob("fig-*.svg"))) > 0
    assert trying.WARNING in told
    # And the terminal shows no small count.
    counts = [pair for line in told for pair in re.findall(r"\(([\d,]+) of ([\d,]+)\)", line)]
    for few, many in counts:
        part, whole = (int(number.replace(",", "")) for number in (few, many))
        assert min(part, whole - part) >= FEWEST
    if name == "pupils_sen":
        assert counts
        assert any("sentences with, or beside, small numbers" in line for line in told)
    if name == "suspended_pupils_ratio":
        assert not any(re.search(r"\d times", line) for line in told)


def test_a_small_number_of_the_whole_area_is_told_as_that(
    edition: tuple[Configuration, io.Paths],
) -> None:
    config, paths = edition
    one = config.indicators["pupils_sen"]
    rows = trying.tried(one, config, paths).rows
    home = rows["breakdown"].eq("total") & rows["area_code"].eq(config.area.code)
    small = rows.assign(numerator=rows["numerator"].mask(home, 3.0))
    found = trying._small(small, one, config)
    assert ("authority", "total") in found
    assert ("authority", "total") not in trying._small(rows, one, config)


def test_what_is_missing_is_told_with_what_makes_it(tmp_path: Path) -> None:
    config = loading.load(SMALL, ROOT)
    with pytest.raises(JsnaError, match=f"jsna build {SMALL}"):
        list(trying.run("pupils_sen", config, io.Paths(tmp_path, SMALL)))
    with pytest.raises(JsnaError, match="did you mean pupils_sen"):
        list(trying.run("pupil_sen", config, io.Paths(tmp_path, SMALL)))
    assert not any(tmp_path.iterdir())
