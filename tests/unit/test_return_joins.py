"""SEN2 in the layout of the COLLECT export: what hangs on what, and what shows that it does not."""

from __future__ import annotations

import pandas as pd
import pytest

from jsna.ingest.cross import Tables
from jsna.ingest.grid import Findings
from jsna.sources import registry
from tests.unit.fault_support import MODULES, cells, received, sen2_files, written

FAULT = "sen2-namedplan-parent"
SEN2 = registry()["sen2"]
#: Module -> (header of the number of its parent, module it names).
PARENTS = {
    table.name: (table.column(table.parent[1]).name, table.parent[0])
    for table in SEN2.tables
    if table.parent is not None
}


def true_files() -> dict[str, bytes]:
    """The folder with the header COLLECT gives the plan's parent."""
    files = sen2_files(FAULT)
    header, rest = files["namedplan"].split(b"\n", 1)
    header = header.replace(b"requeststableid", b"assessmenttableid")
    return files | {"namedplan": header + b"\n" + rest}


def refusals(judged: Tables, findings: dict[str, Findings]) -> set[str]:
    found = {p.code for one in findings.values() for p in one.problems}
    return found | {p.code for one in judged.values() for p in one.problems}


def said(judged: Tables, findings: dict[str, Findings]) -> list[str]:
    rules = [p.rule for one in findings.values() for p in (*one.problems, *one.warnings)]
    return rules + [p.rule for one in judged.values() for p in one.problems]


def test_the_layout_of_the_export_is_read_and_every_plan_is_its_own_childs() -> None:
    judged, findings = received("sen2", true_files())
    assert refusals(judged, findings) == set()
    assert not [w for one in findings.values() for w in one.warnings]
    assert {name: len(rows.valid) for name, rows in judged.items()} == {
        "person": 40, "requests": 40, "assessment": 40, "namedplan": 20, "plandetail": 20,
        "activeplans": 40, "placementdetail": 40, "senneed": 40,
    }  # fmt: skip
    plans = (
        judged["namedplan"].valid[["assessment_table_id", "start_date"]]
        .merge(judged["assessment"].valid[["assessment_table_id", "requests_table_id"]])
        .merge(judged["requests"].valid[["requests_table_id", "person_table_id", "received_date"]])
        .merge(judged["person"].valid[["person_table_id", "sex"]])
    )  # fmt: skip
    # Those of the folder are plans of girls, each issued 60 to 61 days after its own request.
    assert set(plans["sex"]) == {"F"}
    days = pd.to_datetime(plans["start_date"]) - pd.to_datetime(plans["received_date"])
    assert days.dt.days.between(59, 62).all()


def test_a_plan_without_its_parents_number_is_refused_and_no_key_is_offered_for_it() -> None:
    _, findings = received("sen2", sen2_files(FAULT))
    assert [p.column for p in findings["namedplan"].problems] == ["assessmenttableid"]
    assert "no other column can stand for it" in findings["namedplan"].problems[0].rule


@pytest.mark.parametrize("module", MODULES)
def test_no_message_offers_one_key_for_another(module: str) -> None:
    """Whatever key of the return stands in the place of another."""
    rows = cells(true_files()[module])
    keys = [f"{name}tableid" for name in MODULES]
    for mine in [name for name in rows.columns if name.endswith("tableid")]:
        for other in (*keys, "tableid", f"{mine}_1", "my id", "NativeId2"):
            if other in rows.columns:
                continue
            # The others say nothing of this one's header.
            renamed = {module: written(rows.rename(columns={mine: other}))}
            judged, findings = received("sen2", renamed)
            for text in said(judged, findings):
                assert "rename it" not in text
                assert "has a name like it" not in text
            needed = [c.name for c in SEN2.table(module).columns if c.required]
            assert bool(findings[module].problems) == (mine in needed)


def shifted(values: pd.Series) -> list[str]:
    """The same numbers, each in another's place."""
    return [*values[7:], *values[:7]]


@pytest.mark.parametrize("module", ["assessment", "namedplan"])
def test_rows_that_hang_on_other_childrens_are_found_by_what_they_say(module: str) -> None:
    files = true_files()
    rows = cells(files[module])
    column = PARENTS[module][0]
    moved = rows.assign(**{column: shifted(rows[column])})
    judged, findings = received("sen2", files | {module: written(moved)})
    assert refusals(judged, findings)
    assert any("hang on other children's" in text for text in said(judged, findings))


def test_plans_hung_on_the_numbers_of_requests_are_found() -> None:
    """The header is right and the numbers are those of the other parent."""
    files = true_files()
    plans, assessed = cells(files["namedplan"]), cells(files["assessment"])
    request = assessed.set_index("assessmenttableid")["requeststableid"]
    plans["assessmenttableid"] = request[plans["assessmenttableid"]].to_list()
    judged, findings = received("sen2", files | {"namedplan": written(plans)})
    assert {code for code in refusals(judged, findings) if code.startswith("namedplan.")} or (
        "activeplans.requests_table_id.not_issued" in refusals(judged, findings)
    )


def test_one_plan_on_another_childs_assessment_is_warned_of_and_stays() -> None:
    files = true_files()
    plans = cells(files["namedplan"])
    plans.loc[0, "assessmenttableid"] = plans.loc[10, "assessmenttableid"]
    judged, findings = received("sen2", files | {"namedplan": written(plans)})
    assert refusals(judged, findings) == set()
    codes = {v.code for v in judged["namedplan"].found}
    assert codes == {
        "namedplan.start_date.before_request", "namedplan.start_date.before_assessment",
    }  # fmt: skip
    assert {v.code for v in judged["activeplans"].found} == {
        "activeplans.requests_table_id.not_issued"
    }
    assert len(judged["namedplan"].valid) == 20


def test_modules_in_each_others_place_are_named_for_what_they_are() -> None:
    files = true_files()
    for one in MODULES:
        for other in MODULES:
            if one == other:
                continue
            _, findings = received("sen2", {one: files[other]})
            found = {p.code: p.rule for p in findings[one].problems}
            assert "file.other_table" in found, (one, other)
            assert f"the table {other!r} of SEN2" in found["file.other_table"]
            assert not any("has a name like it" in rule for rule in found.values())


def test_a_module_delivered_twice_in_one_file_is_refused() -> None:
    files = true_files()
    body = files["person"].split(b"\n", 1)[1]
    judged, _ = received("sen2", files | {"person": files["person"] + body})
    assert "person.too_many" in {p.code for p in judged["person"].problems}
