"""Which configuration each stage stands on, and what makes it look for sums again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jsna import workflow as flow
from jsna.model.configuration import Configuration
from jsna.provenance import inputs
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


#: Stages that go by what the configuration says, from the first to the proof and after it.
TO_PROOF = (
    *("ingest", "published", "link", "assess", "derive", "measure"),
    *("publications", "protect", "prove"),
)
SHOWN = "draw"


def _changed(project: Path, file: str, old: str, new: str) -> set[str]:
    """Stages for which an edit of a file changes what the configuration says."""
    before = {stage: flow.stated(SMALL, stage) for stage in (*TO_PROOF, SHOWN)}
    edit(project, file, old, new)
    return {stage for stage, said in before.items() if flow.stated(SMALL, stage) != said}


def test_a_profile_is_read_from_measuring_on_and_not_before(project: Path) -> None:
    changed = _changed(
        project, "disclosure/default.yaml", "threshold: 5", "threshold: 5\nminimum_contributors: 12"
    )
    assert {"measure", "protect", "prove", SHOWN} <= changed
    assert not {"ingest", "link", "assess", "derive", "published"} & changed


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"editions/{SMALL}.yaml", "reference_date: 2025-01-16", "reference_date: 2025-01-17"),
        ("codelists/sex.yaml", "codes:\n", "codes:\n  X: Another\n"),
    ],
)
def test_every_stage_stands_on_its_edition_and_code_lists(
    project: Path, file: str, old: str, new: str
) -> None:
    assert _changed(project, file, old, new) == {*TO_PROOF, SHOWN}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"editions/{SMALL}.yaml", "kind: full", "# A note.\nkind:   full"),
        ("codelists/sex.yaml", "codes:\n", "codes: # as the return has them\n"),
        ("indicators/exclusions.yaml", "indicators:\n", "# A note.\nindicators:\n"),
    ],
)
def test_comments_and_layout_make_nothing_anew_but_the_manifest(
    project: Path, file: str, old: str, new: str
) -> None:
    before = inputs.recipe(_config(), project), flow.as_written(SMALL)
    assert _changed(project, file, old, new) == set()
    assert inputs.recipe(_config(), project) == before[0]
    assert flow.as_written(SMALL) != before[1]


def test_what_an_edition_tells_readers_is_nothing_to_the_stages_up_to_the_proof(
    project: Path,
) -> None:
    before = inputs.recipe(_config(), project)
    assert _changed(project, f"editions/{SMALL}.yaml", "title: ", "title: Another ") == {SHOWN}
    assert inputs.recipe(_config(), project) == before


@pytest.mark.parametrize("words", ["title: ", "    title: ", "    phrase: ", "definition: "])
def test_words_of_an_indicator_or_a_chapter_decide_no_number(project: Path, words: str) -> None:
    before = flow.declared(SMALL), flow.decided(SMALL), inputs.recipe(_config(), project)
    edit(project, "indicators/exclusions.yaml", words, f"{words}Rewritten ")
    assert (flow.declared(SMALL), flow.decided(SMALL)) == before[:2]
    # The auditor of releases names it in its notes, as sentences do; they are published.
    named = words == "    phrase: "
    assert (inputs.recipe(_config(), project) != before[2]) is named
    assert _changed(project, "indicators/exclusions.yaml", words, f"{words}Again ") == {SHOWN}


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
    words = ("words: tenth of areas", "words: deprivation tenth")
    assert _changed(project, "dimensions.yaml", *words) == {SHOWN}


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
