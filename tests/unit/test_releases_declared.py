"""A release of official statistics is one file: what it says, what is wrong in it, two of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.generator import generate
from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.model.releases import ReleaseFile
from jsna.provenance import inputs
from jsna.releases import ees, labels, official
from jsna.settings import loading
from tests.conftest import ROOT
from tests.unit.published_support import NATION, csv_text
from tests.unit.test_edition import change, project, told

__all__ = ["project"]

OPEN = "test-open-2026"
PLANS = "config/releases/ehcp/ehcp_2025.yaml"
NEWER = "config/releases/ehcp/synthetic_ehcp_2026.yaml"
EDITION = f"config/editions/{OPEN}.yaml"
HOME = "E10000921"


def table(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda release: release["tables"][name]


requests, caseload = table("requests"), table("caseload")
WRONG: dict[str, tuple[str, Callable[[dict[str, Any]], object], str]] = {
    "an indicator that is none": (
        PLANS,
        lambda r: requests(r)["figures"].update(ehc_request={"value": "n"}),
        "tables.requests.figures.ehc_request': no such indicator; did you mean ehc_requests?",
    ),
    "what is worked out": (
        PLANS,
        lambda r: requests(r)["figures"].update(suspended_pupils_ratio={"value": "n"}),
        "is worked out from another indicator, and never read",
    ),
    "no column at all": (
        PLANS,
        lambda r: requests(r)["figures"].update(ehc_requests={"denominator": "n"}),
        "needs a `value` or a `numerator`",
    ),
    "a split that is none": (
        PLANS,
        lambda r: requests(r)["figures"]["ehc_requests"].update(by=["age"]),
        "no such split; there are age_group, sex, total (found 'age')",
    ),
    "a split without its column": (
        PLANS,
        lambda r: requests(r)["splits"]["sex"].pop("column"),
        "tables.requests.splits.sex': needs `column`",
    ),
    "a category that is none": (
        PLANS,
        lambda r: requests(r)["splits"]["sex"]["labels"].update(Female="G"),
        "no category of sex; there are F, M",
    ),
    "a column of a category that is none": (
        PLANS,
        lambda r: caseload(r)["wide"]["settings"]["columns"].update(academy="n"),
        "no category of setting; there are",
    ),
    "codes without a name of their columns": (
        PLANS,
        lambda r: caseload(r)["wide"]["settings"].update(codes=["special"]),
        "`codes` and `named`, with {} for the code, stand together",
    ),
    "like nothing": (NEWER, lambda r: r.update(like="ehcp_2024"), "is no other release of ehcp"),
    "like itself": (
        NEWER,
        lambda r: r.update(like="synthetic_ehcp_2026"),
        "is no other release of ehcp; there are ehcp_2025, synthetic_ehcp_2025",
    ),
    "a table of which nothing is said": (
        NEWER,
        lambda r: r["tables"].update(appeals={}),
        "tables.appeals.period_type': required key is missing",
    ),
    "an unknown release": (
        EDITION,
        lambda e: e["releases"].update(ehcp="synthetic_ehcp_2062"),
        "no such release in config/releases/; did you mean synthetic_ehcp_2026?",
    ),
    "a release of another dataset": (
        EDITION,
        lambda e: e["releases"].update(ehcp=["synthetic_ncmp"]),
        "this release is of dataset 'ncmp_release'",
    ),
    "two look-ups": (
        EDITION,
        lambda e: e["releases"].update(authority_lookup=["authority_2023", "lsoa_2011"]),
        "only a dataset with tables of figures can have several releases",
    ),
    "one twice": (
        EDITION,
        lambda e: e["releases"].update(ehcp=["synthetic_ehcp_2026"] * 2),
        "stands 2 times; once is meant",
    ),
    "an unknown key": (PLANS, lambda r: r.update(tabels={}), "unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_release_is_told_by_file_and_key(project: Path, what: str) -> None:
    file, how, words = WRONG[what]
    change(project, file, how)
    said = told(project, OPEN)
    assert words in said
    assert file in said


def test_a_name_stands_for_one_release(project: Path) -> None:
    copy = project / "config/releases/lait/ehcp_2025.yaml"
    shutil.copyfile(project / PLANS, copy)
    assert "there is a release of this name already, config/releases/ehcp/" in told(project, OPEN)


def test_an_indicator_that_nothing_gives_is_told(project: Path) -> None:
    def forget(release: dict[str, Any]) -> None:
        del release["tables"]["eyfsp"]["figures"]["early_language"]

    for file in (project / "config/releases/eyfsp").glob("*.yaml"):
        change(project, file.relative_to(project).as_posix(), forget)
    assert "early_language': neither a local numerator nor a release that gives it" in told(
        project, OPEN
    )


def test_the_tables_of_a_release_laid_out_like_another_are_its_own_where_it_gives_them() -> None:
    releases = {r.id: r for r in loading.load(OPEN, ROOT).releases["ehcp"]}
    newer, older = releases["synthetic_ehcp_2026"], releases["synthetic_ehcp_2025"]
    assert newer.tables["requests"] == older.tables["requests"]
    special = newer.tables["caseload"].wide["settings"].columns["special"]
    assert special == "special_la_maintained + special_academy + special_free_school"
    # What single columns are laid over is there; a caution of the other's figures is not.
    mine, theirs = newer.tables["sen_needs_all_plans"], older.tables["sen_needs_all_plans"]
    assert (mine.splits, mine.figures) == (theirs.splits, theirs.figures)
    counts, before = (table.wide["counts_by_need"].columns for table in (mine, theirs))
    assert counts == before | {"DS": "number_ds"}
    assert theirs.caveat
    assert not mine.caveat
    assert newer.declared_in == NEWER
    # The file it is laid out like is among what an edition stands on, whichever it names itself.
    assert {NEWER, PLANS} <= {*inputs.configuration(loading.load(OPEN, ROOT), ROOT)}
    assert not newer.findings  # what is known of another issue is not known of this one


def test_where_an_indicator_is_read_follows_from_splits_and_columns() -> None:
    """By hand: one entry of the file, and the two mappings it stands for."""
    given = {
        "publisher": "p", "title": "t", "release": "r", "file": "f", "licence": "l",
        "tables": {"plans": {
            "period_type": "january",
            "splits": {
                "total": {"rows": {"topic": "All"}},
                "sex": {"rows": {"topic": "Sex"}, "column": "label", "labels": {"Girls": "F"}},
            },
            "wide": {"needs": {"of": "primary_need", "columns": {"ASD": "asd + ds"}}},
            "figures": {
                "timely": {"numerator": "n", "denominator": "d", "rows": {"phase": "all"}},
                "by_need": {"numerator": "needs", "denominator": "d", "by": ["total"]},
            },
        }},
    }  # fmt: skip
    release = loading.load(OPEN, ROOT).releases["ehcp"][0]
    made = release.model_copy(update=dict(ReleaseFile.model_validate(given)))
    total, by_sex = made.mappings("timely")
    assert (total.select, total.dimensions) == ({"topic": "All", "phase": "all"}, {})
    assert (by_sex.select, by_sex.dimensions) == (
        {"topic": "Sex", "phase": "all"},
        {"sex": "label"},
    )
    assert by_sex.categories == {"sex": {"Girls": "F"}}
    (by_need,) = made.mappings("by_need")
    assert (by_need.numerator, by_need.denominator) == (None, "d")
    assert by_need.category_columns["primary_need"]["ASD"].numerator == "asd + ds"


def test_a_label_that_no_row_has_is_told_with_what_there_is(tmp_path: Path) -> None:
    rows = [{**NATION, "label": label, "plans": "1"} for label in ("Girls", "Boys")]
    (tmp_path / "release.csv").write_text(csv_text(rows), encoding="utf-8")
    frame = ees.read(tmp_path / "release.csv", "release").frame
    release = loading.load(OPEN, ROOT).releases["ehcp"][0]
    mapping = next(m for m in release.mappings("plans") if m.dimensions)
    asked = mapping.model_copy(
        update={"select": {}, "dimensions": {"sex": "label"},
                "categories": {"sex": {"Girl": "F", "Boys": "M"}}}
    )  # fmt: skip
    (problem,) = labels.unused(frame, asked, "release.csv")
    assert (problem.column, problem.value) == ("label", "Girl")
    assert "not asked for: 'Girls'" in problem.rule
    # A table in which nobody is of a category has no row of it, and no other entry.
    fewer = frame[frame["label"] == "Boys"]
    assert labels.unused(fewer, asked, "release.csv") == []


@cache
def invented(folder: Path) -> tuple[Configuration, pd.DataFrame]:
    """The open edition of 2026 on its two releases, read."""
    config, paths = loading.load(OPEN, ROOT), Paths(folder, OPEN)
    generate.run(config, paths, lambda line: None)
    return config, official.published_measures(config, paths)


def figures(measures: pd.DataFrame, indicator: str, category: str = "total") -> pd.DataFrame:
    rows = measures[
        (measures["indicator"] == indicator)
        & (measures["area_code"] == HOME)
        & (measures["category"] == category)
    ]
    return rows.set_index("period")


@pytest.mark.full
@pytest.mark.xdist_group("releases of 2026")
def test_two_releases_of_one_dataset_make_a_trend(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The newer stands where both give a year; a year it no longer gives is of the older."""
    _, measures = invented(tmp_path_factory.getbasetemp() / "invented")
    plans = figures(measures, "plans")
    assert plans.index.tolist() == [str(year) for year in range(2019, 2027)]
    assert plans["source"].tolist() == ["synthetic_ehcp_2025", *["synthetic_ehcp_2026"] * 7]
    assert plans["value"].is_monotonic_increasing
    # What the layout of 2026 splits is the same whole in both years.
    special = figures(measures, "plans_by_setting", "special")
    assert {"2019", "2026"} <= set(special.index)
    assert special["value"].between(20, 30).all()


@pytest.mark.full
@pytest.mark.xdist_group("releases of 2026")
def test_the_layout_of_2026_gives_a_need_that_of_2025_had_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    _, measures = invented(tmp_path_factory.getbasetemp() / "invented")
    down = figures(measures, "plan_primary_need", "DS")
    assert down.index.tolist() == ["2026"]
    assert down["source"].tolist() == ["synthetic_ehcp_2026"]
    other = figures(measures, "plan_primary_need", "OTH")
    assert {"2025", "2026"} <= set(other.index)


@pytest.mark.full
@pytest.mark.xdist_group("releases of 2026")
def test_a_release_that_is_read_by_another_layout_is_refused_with_its_columns(
    tmp_path_factory: pytest.TempPathFactory, project: Path
) -> None:
    """Had the file of 2026 been laid out as that of 2025."""
    invented(tmp_path_factory.getbasetemp() / "invented")
    change(project, NEWER, lambda release: release.pop("tables"))
    paths = Paths(tmp_path_factory.getbasetemp() / "invented", OPEN)
    with pytest.raises(JsnaError, match="special_academy_free"):
        official.published_measures(loading.load(OPEN, project), paths)
