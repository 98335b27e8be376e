"""What `jsna check` passes stops no later stage: changes of configuration, measured to read back.

The rows are those of the small edition, before protection, so that a change costs seconds. What is
protected, proved or printed as a PDF is no matter of words.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsna import io
from jsna.charts.draw import images, listing
from jsna.charts.select import figures
from jsna.checking import declared
from jsna.model.configuration import Configuration
from jsna.readback import certificate as printed
from jsna.readback.allowed import Allowed
from jsna.readback.reader import Reader
from jsna.readback.vocabulary import Vocabulary
from jsna.report import certificate, write
from jsna.report.safe_files import SafeFiles
from jsna.sources import registry
from jsna.trying import measured
from tests.conftest import ROOT, SMALL, Project
from tests.workflow.test_check import EDITION, INDICATORS, change, of

pytestmark = pytest.mark.full
Change = tuple[str, Callable[[Any], object]]
PREVALENCE = f"{INDICATORS}/prevalence.yaml"
AREA = "config/areas/quillshire-west.yaml"


def labels(**codes: str) -> Callable[[Any], object]:
    return lambda content: content["codes"].update(codes)


#: Changes that are made together: each alone is right, however odd.
TOGETHER: dict[str, tuple[Change, ...]] = {
    "as it is": (),
    "titles": (
        (PREVALENCE, of("pupils_sen", title="100% of “Pupils” & SEN: 2.5 times, since 2019")),
        (PREVALENCE, of("pupils_sen", phrase="pupils with 2 or more needs by 31 March 2024")),
        (PREVALENCE, of("plans", title="Quillshire West", caveat="In 3% since 1 May 2019")),
        (PREVALENCE, of("plans_rate_0_25", title="Boys", decimals=3)),
    ),
    "names": (
        (AREA, lambda content: content.update(name="Area 51")),
        (AREA, lambda content: content["localities"][0].update(name="District 9")),
        (EDITION, lambda content: content.update(title="SEND 2025 (draft 3)", contact="Room 5")),
        (EDITION, lambda content: [one.update(owner="Team 7") for one in content["extracts"]]),
        ("config/disclosure/default.yaml", lambda content: content.update(title="Rule 5.2, 2019")),
    ),
    "categories": (
        ("config/codelists/sex.yaml", labels(F="Boys and girls", M="Boys and girls")),
        ("config/codelists/sen_provision.yaml", labels(N="Level 1", K="Level 2", E="Level 3")),
    ),
    "charts": (
        (PREVALENCE, of("pupils_sen", comparators=[], decimals=0, charts=[
            {"type": "trend", "subtitle": "Per 100, 2021 to 2025"}, "map locality", "areas",
        ])),
        (PREVALENCE, lambda content: content["indicators"].append({
            "id": "a1", "title": "Boys in Year 7", "phrase": "boys in Year 7 (aged 11 to 12)",
            "definition": "Pupils of the 7th year since 2019", "population": "Pupils aged 11",
            "kind": "count", "numerator": {"table": "pupil", "where": "sex = 'M'"},
            "breakdowns": ["year_group", "ethnicity", ["sen_provision", "sex"]],
            "charts": ["trend", "bars year_group", "bars ethnicity", "heat sen_provision sex"],
        })),
        (PREVALENCE, lambda content: content.update(
            key_numbers=["early_language", "plan_primary_need", "suspended_pupils_ratio"],
        )),
    ),
}  # fmt: skip


@pytest.fixture
def paths(built: Project, tmp_path: Path) -> io.Paths:
    """A copy of the small edition as its build left it."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "reports/templates", tmp_path / "reports/templates")
    # Words about a place stand in a file of its name.
    shutil.rmtree(tmp_path / f"config/editions/{SMALL}/commentary/places", ignore_errors=True)
    shutil.copytree(built.processed(), io.Paths(tmp_path, SMALL).restricted.parent)
    shutil.copytree(built.root / "data/raw", tmp_path / "data/raw")
    return io.Paths(tmp_path, SMALL)


def read_back(config: Configuration, paths: io.Paths) -> list[str]:
    """What readback says of the page, charts and open data of unprotected measures."""
    frame = measured(config, paths)
    charts = paths.draft / "charts"
    io.clear_folder(charts)
    drawings = list(figures(config, frame))
    drawn = images(drawings)
    for file, image in drawn.items():
        io.write_text(charts / file, image)
    io.write_json(charts / "figures.json", {"figures": listing(drawings)})
    safe_files = SafeFiles(paths)
    proved = certificate.load(safe_files, paths.safe, SMALL)
    pages, data = write.compose(frame, config, safe_files, charts, proved, {})
    for name, page in pages.items():
        io.write_text(paths.draft / name, page)
    for name, content in data.items():
        io.write_text(paths.draft / "data" / name, content)
    certified, _ = printed.read(paths.safe)
    allowed = Allowed(Vocabulary(config, frame, registry(), certified.words))
    reader = Reader(frame, config, allowed, certified)
    names = [*pages, *(f"charts/{file}" for file in drawn)]
    for name in (*names, "charts/figures.json", *(f"data/{name}" for name in data)):
        reader.read(name, paths.draft / name)
    return [str(problem) for tally in reader.finish() for problem in tally.problems]


@pytest.mark.parametrize("name", TOGETHER)
def test_what_check_passes_can_be_measured_drawn_written_and_read_back(
    paths: io.Paths, name: str
) -> None:
    for file, how in TOGETHER[name]:
        change(paths.root, file, how)
    config = declared.load(SMALL, paths.root)
    assert declared.problems(config, paths) == []
    assert read_back(config, paths) == []
