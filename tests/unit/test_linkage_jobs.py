"""A source is a job: one row more makes one anew, and what comes of it is as of a first run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.linkage import assess, jobs, link
from tests.unit.linkage_stage_support import (
    CHILDREN,
    ROLL,
    SPINE,
    Stage,
    extract,
    nhs,
    of,
    table,
    upn,
)
from tests.unit.linkage_support import ruleset

NAMED = ("forename", "surname", "date_of_birth", "postcode")
PATIENTS = extract("patients", table("seen", "nhs_number", *NAMED, "sex"))
CARE = extract("care", table("child", "upn", *NAMED))
SURVEY = extract("survey", table("answer", "surname", "sex"))
#: What each source holds to begin with, and one row more of it.
ROWS: dict[str, list[dict[str, Any]]] = {
    "roll.pupil": [*CHILDREN[:5]],
    "patients.seen": [of(at, *NAMED, nhs_number=nhs(at)) for at in range(3)],
    "care.child": [of(at, *NAMED, "upn") for at in (1, 4)],
    "survey.answer": [of(0, "surname", sex="F")],
}
MORE: dict[str, dict[str, Any]] = {
    "roll.pupil": CHILDREN[5],
    "patients.seen": of(5, *NAMED, nhs_number=nhs(7)),
    "care.child": of(3, *NAMED, "upn", forename="Dimitri"),
    "survey.answer": of(2, "surname", sex="F"),
}
#: Orders in which a row more of each may come.
ORDERS = (
    ("roll.pupil", "care.child", "patients.seen", "survey.answer"),
    ("survey.answer", "patients.seen", "care.child", "roll.pupil"),
    ("care.child", "roll.pupil", "survey.answer", "patients.seen"),
)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources whose jobs were made anew since the list was last cleared."""
    found: list[str] = []
    keep = jobs.Jobs.keep
    monkeypatch.setattr(
        jobs.Jobs, "keep", lambda self, name, one: (found.append(name), keep(self, name, one))
    )
    return found


def stage(root: Path, patch: pytest.MonkeyPatch, rows: dict[str, list[dict[str, Any]]]) -> Stage:
    begun = Stage(root, patch)
    for declared in (ROLL, PATIENTS, CARE, SURVEY):
        name = f"{declared.name}.{declared.tables[0].name}"
        begun.add(declared, {declared.tables[0].name: rows[name]})
    return begun


def with_more(*sources: str) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [*rows, *([MORE[name]] if name in sources else [])] for name, rows in ROWS.items()
    }


def without_jobs(stage: Stage) -> dict[str, bytes]:
    """What a run wrote, and the pairs it drew."""
    drawn = {name: stage.paths.identified / "linkage" / name for name in ("review.parquet",)}
    return {**stage.written(), **{name: file.read_bytes() for name, file in drawn.items()}}


@pytest.mark.parametrize(
    ("source", "anew"),
    [
        ("patients.seen", ["patients"]),
        pytest.param("care.child", ["care"], marks=pytest.mark.full),
        # Everyone is linked to the spine.
        pytest.param("roll.pupil", [SPINE, "care", "patients"], marks=pytest.mark.full),
        # Nobody can be linked by what it holds.
        pytest.param("survey.answer", [], marks=pytest.mark.full),
    ],
)
def test_one_row_more_makes_its_source_anew_and_what_is_linked_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str], source: str, anew: list[str]
) -> None:
    stage(tmp_path / "one", monkeypatch, ROWS).run()
    assert made == [SPINE, "care", "patients"]
    made.clear()
    again = stage(tmp_path / "one", monkeypatch, with_more(source))
    again.run()
    assert made == anew
    first = stage(tmp_path / "other", monkeypatch, with_more(source))
    first.run()
    assert without_jobs(again) == without_jobs(first)


@pytest.mark.full
def test_rows_may_come_in_any_order_of_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = stage(tmp_path / "all", monkeypatch, with_more(*ROWS))
    everything.run()
    for place, order in enumerate(ORDERS):
        for come in range(len(order) + 1):
            last = stage(tmp_path / str(place), monkeypatch, with_more(*order[:come]))
            last.run()
        assert without_jobs(last) == without_jobs(everything)


def test_nothing_changed_makes_nothing_and_a_rule_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    one = stage(tmp_path, monkeypatch, ROWS)
    one.run()
    before = without_jobs(one)
    made.clear()
    one.run()
    assert made == []
    assert without_jobs(one) == before
    monkeypatch.setattr(jobs, "_code", lambda: "other code")
    one.run()
    assert made == [SPINE, "care", "patients"]


@pytest.mark.full
def test_what_is_kept_and_damaged_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    one = stage(tmp_path, monkeypatch, ROWS)
    one.run()
    before = without_jobs(one)
    made.clear()
    file = one.paths.identified / link.KEPT / "care" / "links.parquet"
    file.write_bytes(file.read_bytes()[:-9] + b"\0" * 9)
    spilt = io.make_folder(one.paths.identified / "linkage" / "spill") / "left.tmp"
    spilt.write_bytes(b"of a run that was killed")
    one.run()
    assert made == ["care"]
    assert without_jobs(one) == before
    assert not spilt.parent.exists()


def test_a_source_that_may_no_longer_be_linked_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(tmp_path, monkeypatch, ROWS).run()
    fewer = Stage(tmp_path, monkeypatch).add(ROLL, {"pupil": ROWS["roll.pupil"]})
    fewer.run()
    kept = fewer.paths.identified / link.KEPT
    assert [place.name for place in kept.iterdir()] == [SPINE]


def test_assessing_stands_on_what_was_linked_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = stage(tmp_path, monkeypatch, ROWS)
    one.run()
    # By number: two children of `care`, whom it finds without too.
    found = (
        one.outcome("held_out").groupby(["source", "answer", "of"])["wrong"].agg(["size", "sum"])
    )
    assert found.loc[("care", "number", "pair")].tolist() == [2, 0]
    kept = one.paths.identified / link.KEPT / "care"
    what = "data/processed/example-2025/identified/linkage/kept/care"
    for name, number in (("job.json", 0), ("links.parquet", 9)):
        whole = (kept / name).read_bytes()
        (kept / name).write_bytes(whole[:number] + bytes([whole[number] ^ 1]) + whole[number + 1 :])
        assert refused(one) == (f"{what}/{name}", "storage.damaged", "jsna build example-2025")
        (kept / name).write_bytes(whole)
    keys = one.paths.identified / link.JOBS
    io.write_json(keys, {**io.read_json(keys), "care": "of other rules"})
    assert refused(one) == (f"{what}/job.json", "linkage.kept", "jsna link <edition>")
    io.clear_folder(kept)
    assert refused(one) == (f"{what}/job.json", "storage.damaged", "jsna build example-2025")
    assert upn(1) not in (one.paths.restricted / "assess.json").read_text(encoding="utf-8")


def refused(stage: Stage) -> tuple[str, str, str]:
    """The file assessing is refused for, the code of the rule, and what is to be run."""
    with pytest.raises(JsnaError) as error:
        assess.run(stage.configuration(), stage.paths, stage.rules)
    (problem,) = error.value.problems
    return problem.where, problem.code, problem.rule.split("run: ")[1].removesuffix(" --force")


def test_a_source_of_the_spine_is_not_looked_for_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child known by the number, surname and an initial alone cannot be found without it."""
    plans = extract("plans", table("person", "upn", *NAMED))
    other = {"forename": "Charlotte", "date_of_birth": date(2009, 2, 3), "postcode": "ZZ9 9ZZ"}
    moved = of(2, "surname", "upn", **other)
    one = Stage(tmp_path, monkeypatch, rules=replace(ruleset(), spine=(SPINE, "plans")))
    one.add(ROLL, {"pupil": CHILDREN}).add(plans, {"person": [of(0, *NAMED, "upn"), moved]})
    one.run()
    assert set(one.linked("plans.person")["link"]) == {"number"}
    pairs = one.outcome("held_out").query("of == 'pair'")
    assert sorted(pairs["wrong"]) == [False, True]
