"""Which configuration each stage stands on, and what makes it look for sums again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jsna import workflow as flow
from jsna.model.configuration import Configuration
from jsna.provenance import inputs
from jsna.stages import STAGES
from tests.conftest import ROOT, SMALL


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    flow._configured.cache_clear()
    yield tmp_path
    flow._configured.cache_clear()


def edit(project: Path, file: str, old: str, new: str) -> None:
    path = project / "config" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    flow._configured.cache_clear()


def _config() -> Configuration:
    return flow._configured(SMALL)


def test_a_profile_is_read_from_measuring_on_and_not_before(project: Path) -> None:
    profile = "config/disclosure/default.yaml"
    readers = [stage for stage in STAGES if profile in flow.configuration(SMALL, stage)]
    assert {"measure", "protect", "prove"} <= set(readers)
    assert not {"ingest", "link", "assess", "derive", "published"} & set(readers)


def test_every_stage_stands_on_its_edition_and_code_lists(project: Path) -> None:
    expected = {f"config/editions/{SMALL}.yaml", "config/codelists/sex.yaml"}
    assert all(expected <= set(flow.configuration(SMALL, stage)) for stage in STAGES)


@pytest.mark.parametrize(
    "words", ["title: ", "    title: ", "    phrase: ", "definition: ", "intro:\n  - "]
)
def test_words_of_an_indicator_or_a_chapter_decide_no_number(project: Path, words: str) -> None:
    before = flow.declared(SMALL), flow.decided(SMALL), inputs.recipe(_config(), project)
    edit(project, "indicators/exclusions.yaml", words, f"{words}Rewritten ")
    assert (flow.declared(SMALL), flow.decided(SMALL)) == before[:2]
    # The auditor of releases names an indicator in its notes, which are published.
    named = words.startswith("    ")
    assert (inputs.recipe(_config(), project) != before[2]) is named
    for stage in ("published", "measure", "publications", "protect", "prove"):
        assert not [f for f in flow.configuration(SMALL, stage) if "indicators/" in f]
    assert "config/indicators/exclusions.yaml" in flow.configuration(SMALL, "write")


def test_what_an_indicator_counts_decides_numbers(project: Path) -> None:
    before = flow.decided(SMALL), flow.audited(SMALL), inputs.recipe(_config(), project)
    edit(project, "indicators/exclusions.yaml", "year_group, sex]", "year_group]")
    after = flow.decided(SMALL), flow.audited(SMALL), inputs.recipe(_config(), project)
    assert all(a != b for a, b in zip(after, before, strict=True))


def test_words_of_a_dimension_decide_nothing_up_to_the_proof(project: Path) -> None:
    before = flow.declared(SMALL), flow.decided(SMALL), inputs.recipe(_config(), project)
    edit(project, "dimensions.yaml", "words: deprivation tenth", "words: tenth of areas")
    assert (flow.declared(SMALL), flow.decided(SMALL)) == before[:2]
    assert inputs.recipe(_config(), project) == before[2]
    # Which files `verdict` is made anew for is told by what is `declared`.
    for stage in {*STAGES} - {"verdict", "draw", "write", "print", "readback", "seal"}:
        assert "config/dimensions.yaml" not in flow.configuration(SMALL, stage)
    assert "config/dimensions.yaml" in flow.configuration(SMALL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("coarser: need_group", "coarser: ''"),
        ("codes: exclusion_category", "codes: exclusion_reason"),
    ],
)
def test_what_a_dimension_is_does(project: Path, old: str, new: str) -> None:
    before = flow.declared(SMALL), flow.decided(SMALL), inputs.recipe(_config(), project)
    edit(project, "dimensions.yaml", old, new)
    after = flow.declared(SMALL), flow.decided(SMALL), inputs.recipe(_config(), project)
    assert all(a != b for a, b in zip(after, before, strict=True))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("indicators/exclusions.yaml", "year_group, sex]", "year_group]"),
        ("codelists/sex.yaml", "codes:\n", "codes:\n  X: Another\n"),
        ("disclosure/default.yaml", "threshold: 5", "threshold: 5\nminimum_contributors: 12"),
    ],
)
def test_what_counts_are_made_of_does(project: Path, file: str, old: str, new: str) -> None:
    before = flow.declared(SMALL)
    edit(project, file, old, new)
    assert flow.declared(SMALL) != before
