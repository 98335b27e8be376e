"""Each way a configuration can be wrong that a later stage would stop for: `jsna check` says it.

Every case is the small edition with one thing broken. It must be refused before a row is read,
naming the file, the entry and the rule; unbroken, it passes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna import io
from jsna.checking import declared
from jsna.errors import JsnaError, Problem
from jsna.records import sha256
from jsna.releases import ees
from jsna.releases.release import OfficialTable
from tests.conftest import ROOT, SMALL, Project

# Rows and releases are read once by one worker.
pytestmark = pytest.mark.xdist_group("check")

INDICATORS = "config/indicators"
EDITION = f"config/editions/{SMALL}.yaml"
RELEASE = "config/releases/ehcp/ehcp_2025.yaml"
Break = Callable[[Any], object]


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Path:
    """The small edition, whose configuration and raw files may be changed."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "reports/templates", tmp_path / "reports/templates")
    shutil.copytree(built.root / "data/raw", tmp_path / "data/raw")
    return tmp_path


@pytest.fixture(autouse=True)
def once(queries_tried_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cases have in common is done once: rows for a configuration, and a table of a file.

    Most break words or indicators, of which neither the rows that queries are tried on nor what a
    release holds knows anything.
    """
    read = ees.read

    def table(file: Path, name: str) -> OfficialTable:
        key = sha256(file), name
        if key not in _READ:
            _READ[key] = read(file, name)
        return _READ[key]

    monkeypatch.setattr(ees, "read", table)


_READ: dict[tuple[str, str], OfficialTable] = {}


def found(root: Path) -> list[Problem]:
    """Everything `jsna check` refuses."""
    try:
        config = declared.load(SMALL, root)
    except JsnaError as error:
        return list(error.problems)
    return declared.problems(config, io.Paths(root, SMALL))


def change(root: Path, file: str, how: Break) -> None:
    content = yaml.safe_load((root / file).read_text(encoding="utf-8"))
    how(content)
    (root / file).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def entry(content: dict[str, Any], name: str) -> dict[str, Any]:
    made: dict[str, Any] = next(one for one in content["indicators"] if one["id"] == name)
    return made


def of(name: str, **given: Any) -> Break:
    """Put keys into an indicator; a key with two underscores stands in a side."""

    def how(content: dict[str, Any]) -> None:
        one = entry(content, name)
        for key, value in given.items():
            *path, last = key.split("__")
            inside = one
            for part in path:
                inside = inside[part]
            inside[last] = value

    return how


def added(chart: str) -> Break:
    return lambda content: entry(content, "pupils_ehc_plan")["charts"].append(chart)


#: File, what is broken in it, and what must be told: key and rule.
CASES: dict[str, tuple[str, Break, str, str]] = {
    "no such table": (
        "prevalence", of("pupils_sen", numerator__table="pupils"),
        "pupils_sen.numerator.table", "no analysis table 'pupils'",
    ),
    "no such column": (
        "prevalence", of("pupils_sen", numerator__where="sen_need = 'K'"),
        "pupils_sen.numerator.where", "is no condition on table 'pupil'",
    ),
    "no condition": (
        "prevalence", of("pupils_sen", numerator__where="sen_provision = = 'K'"),
        "pupils_sen.numerator.where", "is no condition on table 'pupil'",
    ),
    "a period in a condition": (
        "prevalence", of("pupils_sen", numerator__where="sen_provision = 'K' and period > '2'"),
        "pupils_sen.numerator.where", "names a period",
    ),
    "a code its list has not": (
        "prevalence", of("pupils_sen", numerator__where="sen_provision in ('K', 'EHCP')"),
        "pupils_sen.numerator.where", "asks for sen_provision = 'EHCP'",
    ),
    "a breakdown its table has not": (
        "prevalence", of("pupils_sen", breakdowns=["setting"], charts=[]),
        "pupils_sen.breakdowns", "has no dimension 'setting'",
    ),
    "another population": (
        "prevalence", of("pupils_sen", denominator={"table": "population", "count": "people"}),
        "pupils_sen.denominator.base", "a ratio across population bases",
    ),
    "a sum of what persons have": (
        "prevalence", of("plans", numerator__count="age"),
        "plans.numerator.count", "it would not be protected",
    ),
    "a mean of what some have not": (
        "prevalence",
        lambda c: c["indicators"].append({
            "id": "mean_age", "title": "Mean age", "phrase": "age", "definition": "Mean age",
            "population": "Plans", "kind": "mean", "numerator": {"table": "plan", "count": "age"},
            "denominator": {"table": "plan"},
        }),
        "mean_age.numerator.where", "leave them out, as in `age is not null`",
    ),
    "a unit that is none, of an official figure": (
        "prevalence", of("early_language", unit="per_hundred"),
        "early_language.unit", "must be one of",
    ),
    "a rate without its whole": (
        "exclusions", lambda c: entry(c, "suspension_rate").pop("denominator"),
        "indicators (suspension_rate", "needs a denominator",
    ),
    "a category to compare with that is none": (
        "exclusions", of("suspended_pupils_ratio", derived__against={"sen_provision": "X"}),
        "suspended_pupils_ratio.derived.against", "no such category of sen_provision",
    ),
    "a category that its coarser dimension has not": (
        "exclusions",
        of("suspended_pupils", fallbacks=[{
            "breakdown": ["sen_provision"],
            "recodings": [{"collapse": {"sen_provision": "sen_status"}}],
        }]),
        "suspended_pupils_ratio.derived.against", "no such category of sen_status",
    ),
    "a chart of too few dimensions": (
        "prevalence", added("heat sex"), "pupils_ehc_plan.charts", "needs `by` of 2 dimensions",
    ),
    "a gradient of what has no order": (
        "prevalence", added("gradient sex"), "pupils_ehc_plan.charts",
        "from the most to the least deprived",
    ),
    "a chart of no breakdown": (
        "prevalence", added("bars services"), "pupils_ehc_plan.charts",
        "is not broken down this way",
    ),
    "a number in the title of a chapter": (
        "prevalence", lambda c: c.update(title="Prevalence in 3 groups"), "title",
        "write other numbers in letters",
    ),
    "layout in a title": (
        "prevalence", of("plans", title="**Plans** maintained"), "indicators (plans).title",
        "marks of layout",
    ),
    "a title that is a number alone": (
        "prevalence", of("plans", title="2024"), "plans.title", "name it in words",
    ),
    "an extract that is none": (
        "prevalence", lambda c: c.update(fed_by=["census"]), "fed_by", "no such extract",
    ),
}  # fmt: skip
#: The same of other files.
OTHERS: dict[str, tuple[str, Break, str, str]] = {
    "a number in the words of a dimension": (
        "config/dimensions.yaml", lambda c: c["dimensions"]["sex"].update(words="2 sexes"),
        "dimensions.sex.words", "write other numbers in letters",
    ),
    "a label that is a number alone": (
        "config/codelists/sex.yaml", lambda c: c["codes"].update(F="2"), "codes.F",
        "name it in words",
    ),
    "a chapter that others link to": (
        EDITION, lambda c: c.update(chapters=["prevalence"]), "chapters",
        "other chapters link to it",
    ),
    "a level of linkage that is none": (
        "config/linkage/passes.yaml", lambda c: c["passes"][0]["levels"].update(sex=["alike"]),
        "passes (everything).levels", "no such level of sex",
    ),
    "a label of a release that matches nothing": (
        RELEASE, lambda c: _renamed(_first_labels(c), "Aged 5..10", "Aged 5 to 10"), "",
        "Aged 5 to 10",
    ),
    "a column a release has not": (
        RELEASE, lambda c: _first_figure(c).update(value="no_such_column"), "", "no_such_column",
    ),
    "a file that is not there": (
        EDITION, lambda c: _census(c).update(files={"census": "census.csv"}), "",
        "not in the edition's folder",
    ),
    "an earlier edition never published": (
        EDITION, lambda c: c.update(previous=["demo-2025"]), "previous", "is in the register",
    ),
}  # fmt: skip


def _first_labels(content: Any) -> dict[str, str]:
    tables = content["tables"].values()
    made: dict[str, str] = next(
        split["labels"]
        for table in tables
        for split in table.get("splits", {}).values()
        if split.get("labels")
    )
    return made


def _renamed(labels: dict[str, str], name: str, other: str) -> None:
    labels[other] = labels.pop(name)


def _first_figure(content: Any) -> dict[str, Any]:
    table = next(iter(content["tables"].values()))
    name, figure = next(iter(table["figures"].items()))
    table["figures"][name] = figure[0] if isinstance(figure, list) else figure
    made: dict[str, Any] = table["figures"][name]
    return made


def _census(content: Any) -> dict[str, Any]:
    supply = next(one for one in content["extracts"] if one["extract"] == "school_census")
    made: dict[str, Any] = supply["periods"][-1]
    return made


#: Of `OTHERS`, what stops nothing else from being looked at: all of it is told at once.
TOGETHER = (
    "a label that is a number alone", "a chapter that others link to",
    "a label of a release that matches nothing", "a column a release has not",
    "a file that is not there", "an earlier edition never published",
)  # fmt: skip


def judge(problems: list[Problem], file: str, key: str, rule: str) -> None:
    said = "\n".join(map(str, problems))
    hits = [one for one in problems if rule in str(one) and key in (one.column or one.where)]
    assert hits, said or "nothing was refused"
    if key:
        assert hits[0].where == file
    assert "Traceback" not in said


def test_what_is_right_passes(project: Path) -> None:
    assert found(project) == []


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_an_indicator_that_would_stop_a_later_stage_is_refused(project: Path, case: str) -> None:
    chapter, how, key, rule = CASES[case]
    file = f"{INDICATORS}/{chapter}.yaml"
    change(project, file, how)
    judge(found(project), file, key, rule)


def judge_other(problems: list[Problem], case: str) -> None:
    file, _, key, rule = OTHERS[case]
    judge(problems, "config/editions" if key == "previous" else file, key, rule)


@pytest.mark.parametrize(
    "case",
    [pytest.param(one, marks=[pytest.mark.full] if one in TOGETHER else []) for one in OTHERS],
)
def test_what_else_would_stop_a_later_stage_is_refused(project: Path, case: str) -> None:
    file, how, _, _ = OTHERS[case]
    change(project, file, how)
    judge_other(found(project), case)


def rename_a_header(project: Path) -> str:
    """In a file of an extract, which is named."""
    file = project / "data/raw" / SMALL / "synthetic_ncmp_2023-24.csv"
    first, rest = file.read_text(encoding="utf-8").split("\n", 1)
    file.write_text(first.replace(first.split(",")[3], "Another") + "\n" + rest, encoding="utf-8")
    return file.name


def judge_header(problems: list[Problem], name: str) -> None:
    codes = {problem.code for problem in problems if problem.where == name}
    assert codes >= {"column.missing", "file.digest"}


@pytest.mark.full
def test_a_header_that_was_renamed_is_refused(project: Path) -> None:
    name = rename_a_header(project)
    judge_header(found(project), name)


def test_all_of_it_at_once_is_told(project: Path) -> None:
    for case in TOGETHER:
        change(project, OTHERS[case][0], OTHERS[case][1])
    name = rename_a_header(project)
    problems = found(project)
    for case in TOGETHER:
        judge_other(problems, case)
    judge_header(problems, name)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("<p>There are 12 places.</p>", "write other numbers in letters"),
        ("{% if %}", "is no template"),
    ],
)
def test_a_template_that_would_stop_a_later_stage_is_refused(
    project: Path, words: str, rule: str
) -> None:
    name = "reports/templates/chapters/linkage.html.j2"
    text = (project / name).read_text(encoding="utf-8")
    (project / name).write_text(f"{text}\n{words}\n", encoding="utf-8")
    (problem,) = found(project)
    assert problem.where == name
    assert problem.row == text.count("\n") + 2
    assert rule in problem.rule


def test_what_is_wrong_in_several_files_is_told_at_once(project: Path) -> None:
    for case in ("a code its list has not", "a chart of too few dimensions"):
        change(project, f"{INDICATORS}/{CASES[case][0]}.yaml", CASES[case][1])
    change(project, EDITION, lambda c: c.update(profile="defualt"))
    rules = " ".join(problem.rule for problem in found(project))
    assert "EHCP" in rules
    assert "2 dimensions" in rules
    assert "no such disclosure profile" in rules


def test_a_chapter_that_cannot_be_read_is_not_told_again_of_those_that_name_it(
    project: Path,
) -> None:
    change(project, f"{INDICATORS}/prevalence.yaml", lambda c: c.update(title="Part 2"))
    (problem,) = found(project)
    assert problem.column == "title"
