"""A report whose protection fails the attack: none of it gets out, and an analyst is told why."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from jsna import io
from jsna.disclosure.protect import REASON
from jsna.model import schema
from jsna.settings import loading
from tests.conftest import SMALL, Project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project. Times are kept."""
    shutil.copytree(built.root, tmp_path / "project")
    return Project(tmp_path / "project")


def show_what_protects(paths: io.Paths) -> None:
    """Print the figures of an indicator that are hidden for another's sake."""
    safe = io.read_measures(paths.safe / "measures.parquet")
    true = io.read_measures(paths.restricted / "measures.parquet", cells=True)
    log = io.read_parquet(paths.restricted / "protection.parquet")
    keys = list(schema.KEY)
    counted = log.loc[log["kind"].eq("secondary"), "indicator"].value_counts().sort_index()
    # What others are worked out from would be missed there first, and limits of a mean are told by
    # a rule of their own, before anything is attacked.
    declared = loading.load(SMALL, paths.root).indicators.values()
    told_first = [i.derived.of for i in declared if i.derived]
    told_first += [i.id for i in declared if i.kind.amounts]
    counted = counted.drop(told_first, errors="ignore")
    # One with few of them, so that the attack has little to tell, and yet not one alone.
    name = str(counted[counted <= 10].idxmax())
    other = log.loc[log["kind"].eq("secondary") & log["indicator"].eq(name), keys]
    shown = other.merge(true, on=keys, validate="1:1")
    kept = safe.merge(other, on=keys, how="left", indicator="at")["at"].eq("left_only")
    rest = safe.loc[kept.to_numpy(dtype=bool)]
    assert rest["reason"].eq(REASON).any()  # what is small itself stays hidden
    io.write_measures(paths.safe / "measures.parquet", schema.conform(pd.concat([rest, shown])))


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.full
def test_the_previous_report_stays_and_the_reason_is_told(project: Project) -> None:
    paths = io.Paths(project.root, SMALL)
    published, draft = files(paths.reports), files(paths.draft)
    show_what_protects(paths)
    run = project.jsna("build", SMALL, check=False)
    assert run.returncode == 1
    told = run.stdout
    assert "The stage 'prove' stopped" in told
    assert "gives small numbers away" in told
    assert re.search(r"column '\w+(, \w+)*': \[", told)  # which indicators show the cell
    assert " = " in told  # the equations that give it away
    assert "previous report" in told
    assert files(paths.reports) == published
    assert files(paths.draft) == draft
    assert not (paths.safe / "certificate.json").exists()
    # Nothing can be written of measures nobody has certified.
    refused = project.jsna("write", SMALL, check=False)
    assert refused.returncode == 1
    assert "certificate" in refused.stderr
