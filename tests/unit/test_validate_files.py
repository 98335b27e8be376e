"""Whole files and deliveries: duplicates, orphans, wrong years, and when a file is refused."""

from typing import Any

import pandas as pd
import pytest

from jsna.ingest.cross import with_parents
from jsna.ingest.grid import Findings
from jsna.ingest.quality import quality_rows, violation_rows
from jsna.ingest.run import _warn_of_part
from jsna.ingest.stage import Staged
from jsna.ingest.validate import apply_cross, validate_delivery
from jsna.model.contract import Severity
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.supplied import supplied

from .validation_support import (
    GOOD,
    OTHER_UPN,
    UPN,
    codes,
    context,
    judge,
    judge_together,
    rows_of,
    staged,
)

CENSUS = "school_census.census"


def deliver(
    extract: str, severities: dict[str, Severity] | None = None, **tables: list[dict[str, str]]
) -> dict[str, Any]:
    frames = {name: rows_of(f"{extract}.{name}", *rows) for name, rows in tables.items()}
    return validate_delivery(
        registry()[extract], frames, context(extract, severities=severities or {})
    )


def pupils(count: int, **fields: Any) -> pd.DataFrame:
    """Good census rows with pupil numbers of their own."""
    rows = [GOOD[CENSUS] | {"upn": f"A95{n:010}"} | fields for n in range(count)]
    return staged(rows)


def refusals(judged: Any) -> set[str]:
    return {problem.code for problem in judged.problems}


def reasons(judged: Any) -> list[str]:
    """Why each row that is set aside is."""
    found: list[str] = judged.quarantined["reasons"].tolist()
    return found


def census(rows: pd.DataFrame, **contexts: Any) -> Any:
    """Rows of a census judged as its delivery."""
    given = context("school_census", **contexts)
    return validate_delivery(registry()["school_census"], {"census": rows}, given)


def test_of_equal_rows_one_stands() -> None:
    judged = judge(CENSUS, {}, {}, {"upn": OTHER_UPN})
    assert judged.valid["upn"].tolist() == [UPN, OTHER_UPN]
    assert reasons(judged) == ["census.key.duplicate"]


def test_which_of_two_differing_rows_stands_does_not_depend_on_their_order() -> None:
    first, second = {"surname": "Abel"}, {"surname": "Zorn"}
    kept = [judge(CENSUS, *rows).valid["surname"].tolist() for rows in
            ((first, second), (second, first))]  # fmt: skip
    assert kept == [["Abel"], ["Abel"]]


def test_two_children_under_one_number_are_told_apart_from_one_entered_twice() -> None:
    judged = judge(CENSUS, {}, {"surname": "Zorn", "date_of_birth": "04/05/2013"}, {})
    assert len(judged.valid) == 1
    assert sorted(reasons(judged)) == ["census.key.duplicate", "census.key.shared"]
    (shared,) = [one for one in judged.found if one.code == "census.key.shared"]
    assert "two children under one number" in shared.message


def test_two_children_under_one_number_are_told_apart_where_part_of_the_key_is_empty() -> None:
    """Of episodes without a protection plan the key has no date of one."""
    fields = ("cpp_start_date", "cpp_end_date", "abuse_category", "previous_plans")
    plain = dict.fromkeys(fields, "")
    judged = judge("cin_census.episodes", plain, plain | {"date_of_birth": "2016-05-04"}, plain)
    assert len(judged.valid) == 1
    assert sorted(reasons(judged)) == ["episodes.key.duplicate", "episodes.key.shared"]


@pytest.mark.parametrize(("rows", "refused"), [(5, True), (4, False)])
def test_a_short_column_most_of_which_cannot_be_read_refuses_the_file(
    rows: int, refused: bool
) -> None:
    """Twenty dates of twenty were emptied with a warning: no column of a short file could fail."""
    requests = [{"received_date": "02/03/24", "requeststableid": str(n)} for n in range(rows)]
    judged = judge("sen2.requests", *requests)
    assert ("requests.received_date.type" in refusals(judged)) is refused


def test_a_row_with_an_error_never_stands_in_for_a_good_one() -> None:
    judged = judge(CENSUS, {"surname": "Abel", "sex": "?"}, {"surname": "Zorn"})
    assert judged.valid["surname"].tolist() == ["Zorn"]
    assert reasons(judged) == ["census.sex.code"]


def test_children_without_a_number_are_not_each_others_duplicates() -> None:
    assert len(judge(CENSUS, {"upn": ""}, {"upn": ""}).valid) == 2


def test_dual_registration_is_no_duplicate() -> None:
    main = {"enrol_status": "M"}
    subsidiary = {"enrol_status": "S", "school_urn": "900002"}
    assert len(judge(CENSUS, main, subsidiary).valid) == 2


def test_rows_below_a_row_set_aside_go_with_it() -> None:
    tables = {table.name: [{}] for table in registry()["sen2"].tables}
    judged = deliver("sen2", **tables | {"person": [{"date_of_birth": "2031-Jan-01 00:00:00"}]})
    assert {name: len(rows.valid) for name, rows in judged.items()} == dict.fromkeys(tables, 0)
    assert reasons(judged["senneed"]) == ["senneed.activeplans_table_id.orphan"]


def test_orphans_are_looked_for_again_after_rules_across_modules() -> None:
    tables = {table.name: [{}] for table in registry()["sen2"].tables}
    early = {"namedplan": [{"start_date": "2023-Jan-01 00:00:00"}]}
    judged = deliver("sen2", {"namedplan.start_date.before_request": "error"}, **tables | early)
    assert reasons(judged["namedplan"]) == ["namedplan.start_date.before_request"]
    assert reasons(judged["plandetail"]) == ["plandetail.namedplan_table_id.orphan"]
    assert len(judged["activeplans"].valid) == 1  # the child stays in the caseload


def test_a_row_is_counted_once_however_often_orphans_are_looked_for() -> None:
    judged = deliver("sen2", person=[{}], requests=[{"person_table_id": "9"}, {}])
    again = with_parents(registry()["sen2"], judged)
    assert len(again["requests"].quarantined) == len(judged["requests"].quarantined) == 1
    assert again["requests"].found == judged["requests"].found


def test_a_plan_open_again_after_it_ceased_is_in_force() -> None:
    over = {"cease_date": "2024-Dec-01 00:00:00", "cease_reason": "9"}
    again = {"namedplan_table_id": "42", "start_date": "2024-Dec-10 00:00:00"}
    judged = judge_together({"sen2.namedplan": [over, again]})
    assert codes(judged["sen2.activeplans"]) == set()


def test_rules_that_need_a_file_not_received_say_so_and_find_nothing() -> None:
    judged = judge_together(
        {"exclusions.exclusions": [{"upn": OTHER_UPN}]}, leave_out=["school_census"]
    )["exclusions.exclusions"]
    assert {found.severity for found in judged.found} == {"not_run"}
    assert all(
        "school_census.census not received, not readable or not linked" in found.message
        and found.rows == 0
        for found in judged.found
    )
    assert len(judged.valid) == 1


def test_rows_that_may_not_be_linked_are_looked_up_nowhere() -> None:
    pupils_, exclusions, schools = (
        ("school_census", "2025"), ("exclusions", "2024/25"), ("schools", "2025")
    )  # fmt: skip
    results = {
        pupils_: deliver("school_census", census=[{"school_urn": "900009"}]),
        exclusions: deliver("exclusions", exclusions=[{"upn": OTHER_UPN}]),
        schools: deliver("schools", school=[{}]),
    }
    nowhere = "exclusions.upn.not_on_roll"
    tried = (set(), "warning"), ({pupils_}, "not_run"), ({exclusions}, "not_run")
    for unlinked, severity in tried:
        judged = apply_cross(results, unlinked)
        found = {v.code: v.severity for v in judged[exclusions]["exclusions"].found}
        assert found[nowhere] == severity
        # The register of schools is about nobody.
        assert ("warning", "census.school_urn.unknown") in codes(judged[pupils_]["census"])


def test_a_pupil_excluded_in_one_year_may_be_on_the_roll_of_another() -> None:
    results = {
        ("school_census", "2024"): census(rows_of(CENSUS), period="2024"),
        ("school_census", "2025"): census(rows_of(CENSUS, {"upn": OTHER_UPN})),
        ("exclusions", "2024/25"): deliver("exclusions", exclusions=[{}, {"upn": OTHER_UPN}]),
    }
    judged = apply_cross(results)["exclusions", "2024/25"]["exclusions"]
    assert codes(judged) == set()


@pytest.mark.parametrize(
    ("name", "period"),
    [("exclusions.exclusions", "2023/24"), ("ncmp.measurements", "2024/25"),
     ("school_census.census", "2024"), ("school_census.census", "2026"),
     ("population.syoa", "2023"), ("sen2.requests", "2026")],
)  # fmt: skip
def test_a_file_of_another_year_is_refused(name: str, period: str) -> None:
    judged = judge(name, {}, {}, period=period)
    assert judged.problems, name
    assert all("2015" not in str(problem) for problem in judged.problems)


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        # The first and the last day of the school year are of it.
        (["01/09/2024"] * 3, False),
        (["31/08/2025"] * 3, False),
        (["31/08/2024"] * 3, True),
        (["01/09/2025"] * 3, True),
        # Half of them are enough, and less are not.
        (["31/08/2024", "01/09/2024"], False),
        (["31/08/2024", "31/08/2024", "01/09/2024"], True),
    ],
)
def test_a_file_is_of_a_year_if_half_of_its_days_are(days: list[str], refused: bool) -> None:
    rows = [{"start_date": day, "upn": f"A95{n:010}"} for n, day in enumerate(days)]
    judged = judge("exclusions.exclusions", *rows, period="2024/25")
    assert ("exclusions.wrong_period" in refusals(judged)) is refused


def test_the_wrong_year_is_named_with_what_to_do() -> None:
    (problem,) = [p for p in judge("exclusions.exclusions", period="2023/24").problems
                  if p.code == "exclusions.wrong_period"]  # fmt: skip
    assert "01/09/2023 to 31/08/2024" in problem.rule
    assert "check which file stands for '2023/24'" in problem.rule
    assert problem.column == "StartDate"


def test_events_of_a_term_alone_are_told_as_a_part_of_the_year() -> None:
    # A row on each of 24 days from 1 September, and one day in each of the other months or none.
    term = [{"start_date": f"{day:02d}/09/2024"} for day in range(1, 25)]
    rest = [{"start_date": f"03/{n % 12 + 1:02d}/{2024 + n // 12}"} for n in range(9, 18)]
    for changes, told in ((term, "October 2024 to August 2025"), (term + rest, "")):
        judged = judge("exclusions.exclusions", *changes)
        given = Delivery(extract="exclusions", period="2024/25", files={"exclusions": "e.csv"})
        entry = Staged(given, "exclusions", judged.staged, Findings("e.csv"))
        _warn_of_part([entry], {("exclusions", "2024/25"): {"exclusions": judged}})
        assert [one.code for one in entry.findings.warnings] == ["file.part_of_year"] * bool(told)
        assert all(f"from {told}:" in one.rule for one in entry.findings.warnings)


def test_a_few_dates_of_another_year_are_only_set_aside() -> None:
    rows = [{"upn": f"A95{n:010}"} for n in range(40)] + [{"start_date": "03/10/2019"}]
    judged = judge("exclusions.exclusions", *rows)
    assert judged.problems == ()
    assert len(judged.quarantined) == 1


def test_a_return_of_the_year_after_is_refused_for_its_future_dates() -> None:
    rows = [{"namedplan_table_id": f"{n}", "start_date": "2025-Jun-01 00:00:00"} for n in range(30)]
    tables = {"requests": [{}], "person": [{}], "namedplan": rows}
    assert refusals(deliver("sen2", **tables)["namedplan"]) == {"namedplan.too_many"}


@pytest.mark.parametrize(("bad", "of", "refused"), [(20, 400, False), (21, 400, True),
                                                    (25, 500, False), (26, 500, True)])  # fmt: skip
def test_a_file_is_refused_where_more_than_a_twentieth_is_set_aside(
    bad: int, of: int, refused: bool
) -> None:
    frame = pupils(of)
    frame.loc[: bad - 1, "surname"] = None
    judged = census(frame)["census"]
    assert len(judged.quarantined) == bad
    assert ("census.too_many" in refusals(judged)) == refused


def test_codes_of_another_list_refuse_the_file_rather_than_empty_a_column() -> None:
    (problem,) = census(pupils(100, primary_need="AUT"))["census"].problems
    assert problem.code == "census.primary_need.code"
    assert problem.column == "SENtype1"
    assert "100 of 100 cells are not" in problem.rule


def test_an_empty_file_is_refused_unless_it_may_be() -> None:
    judged = deliver("sen2", person=[{}], requests=[{}])
    assert judged["requests"].problems == ()
    empty = {name: rows_of(f"sen2.{name}").iloc[:0] for name in ("requests", "assessment")}
    judged = validate_delivery(registry()["sen2"], empty, context("sen2"))
    assert refusals(judged["requests"]) == {"requests.empty"}
    assert refusals(judged["assessment"]) == set()
    assert len(judged["requests"].valid) == 0


def test_violations_are_one_sorted_row_a_rule() -> None:
    judged = judge(CENSUS, {"sex": "?"}, {"sex": "!", "upn": OTHER_UPN})
    frame = violation_rows({("school_census", "2025"): {"census": judged}})
    assert frame[["code", "severity", "rows", "first_row", "fields"]].values.tolist() == [
        ["census.sex.code", "error", 2, 2, "sex"]
    ]
    assert violation_rows({}).empty


NOT_LINKED = (
    "received but not linked: no data-protection assessment or handling of opt-outs is recorded"
)


def test_quality_has_a_row_for_every_table_of_every_delivery() -> None:
    from jsna.model.configuration import Configuration
    from jsna.model.editions import Delivery, Edition

    edition = Edition.model_construct(
        extracts=supplied((
            Delivery(extract="school_census", period="2025", files={"census": "c.csv"},
                     owner="Schools", legal_basis="s. 537A", as_at="2025-01-16"),
            Delivery(extract="ncmp", period="2023/24", status="not received", reason="late"),
        ))
    )  # fmt: skip
    config = Configuration.__new__(Configuration)
    object.__setattr__(config, "edition", edition)
    judged = judge(CENSUS, {"sex": "?"}, {"postcode": "?"})
    rows = quality_rows({("school_census", "2025"): {"census": judged}}, config)
    assert rows[["extract", "table", "rows_received", "rows_valid", "rows_quarantined",
                 "warnings", "status", "reason", "as_at"]].values.tolist() == [
        ["ncmp", "measurements", 0, 0, 0, 0, "not received", "late", ""],
        ["school_census", "census", 2, 1, 1, 1, "received", NOT_LINKED, "2025-01-16"],
    ]  # fmt: skip
