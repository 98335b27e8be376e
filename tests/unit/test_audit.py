"""The release auditor on made-up releases: what adds up, what does not, and who is to blame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.audits import Break, Known, Review
from jsna.model.configuration import Configuration
from jsna.releases import official
from jsna.releases.audit import effect, report
from jsna.releases.audit.finding import Finding
from jsna.releases.audit.told import told as told_lines
from tests.tried import cases, tried
from tests.unit.published_support import (
    Declared,
    configuration,
    csv_text,
    every_finding,
    indicator,
    knowing,
    of_plans,
    paths,
    source,
)

MARCHES, COAST, ENGLAND = "E12000095", "E12000096", "E92000001"
HOME, EAST, WEST, FAR, SEA = "E10000951", "E06000951", "E06000952", "E06000999", "E06000998"
#: Authority -> three-digit code and region.
WHERE = {
    HOME: ("951", MARCHES), EAST: ("952", MARCHES), WEST: ("953", MARCHES),
    FAR: ("999", COAST), SEA: ("998", COAST),
}  # fmt: skip
COLUMNS = {"dataset": "plans", "table": "release", "period_type": "calendar_year"}
FIRST = {**COLUMNS, "value": "plans"}


def plans(**changes: object) -> Declared:
    """A count by sex."""
    mappings = [
        {**COLUMNS, "value": "plans", "select": {"breakdown_topic": "All"}},
        {
            **COLUMNS, "value": "plans", "select": {"breakdown_topic": "Sex"},
            "dimensions": {"sex": "breakdown"}, "categories": {"sex": {"Girls": "F", "Boys": "M"}},
        },
    ]  # fmt: skip
    given = {"id": "plans", "kind": "count", "unit": "count", "method": "count"}
    return indicator(**{**given, "published": mappings, **changes})


def row(area: str, year: str, **cells: str) -> dict[str, str]:
    """A row about an authority, region or the country."""
    place = {"geographic_level": "National"}
    if area.startswith("E12"):
        names = {MARCHES: "The Marches", COAST: "The Coast"}
        place = {"geographic_level": "Regional", "region_code": area, "region_name": names[area]}
    elif area in WHERE:
        old, region = WHERE[area]
        place = {"geographic_level": "Local authority", "new_la_code": area, "old_la_code": old,
                 "region_code": region}  # fmt: skip
    return {"breakdown_topic": "All", "breakdown": "All", **place, "time_period": year, **cells}


def release(
    girls: Mapping[str, int], boys: Mapping[str, int], year: str = "2024"
) -> list[dict[str, str]]:
    """Plans of every authority by sex, with totals, regions and the country added up."""
    counts = {area: (girls[area], boys[area]) for area in WHERE}
    for region in (MARCHES, COAST):
        inside = [counts[a] for a, (_, r) in WHERE.items() if r == region]
        counts[region] = (sum(g for g, _ in inside), sum(b for _, b in inside))
    regions = [counts[r] for r in (MARCHES, COAST)]
    counts[ENGLAND] = (sum(g for g, _ in regions), sum(b for _, b in regions))
    rows = []
    for area, (g, b) in counts.items():
        rows.append(row(area, year, plans=str(g + b)))
        for label, n in (("Girls", g), ("Boys", b)):
            rows.append(row(area, year, breakdown_topic="Sex", breakdown=label, plans=str(n)))
    return rows


GIRLS = {HOME: 342, EAST: 120, WEST: 90, FAR: 210, SEA: 55}
BOYS = {HOME: 613, EAST: 250, WEST: 160, FAR: 400, SEA: 95}


def changed(
    rows: Sequence[dict[str, str]], area: str, value: str, breakdown: str = "All"
) -> list[dict[str, str]]:
    """The rows with another figure in one cell."""
    code = {"E92": "geographic_level", "E12": "region_code"}.get(area[:3], "new_la_code")
    at = "National" if area == ENGLAND else area
    level = {"E92": "National", "E12": "Regional"}.get(area[:3], "Local authority")
    return [
        {**r, "plans": value}
        if r.get(code) == at and r["geographic_level"] == level and r["breakdown"] == breakdown
        else r
        for r in rows
    ]


def found(
    tmp_path: Path, rows: Sequence[Mapping[str, str]], declared: Declared, **audit: object
) -> list[Finding]:
    """What the auditor finds about every area of a release."""
    return every_finding(tmp_path, rows, audited(declared, **audit))


def audited(declared: Declared, **audit: object) -> Configuration:
    return knowing(of_plans(declared), "plans_1", **audit)


def told(findings: Sequence[Finding]) -> set[tuple[str, str, str, str]]:
    return {(f.area_code, f.category, f.kind, f.effect) for f in findings}


def test_a_release_that_adds_up_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, release(GIRLS, BOYS), plans()) == []


def test_the_regions_total_given_for_its_authorities_is_not_used_and_their_parts_are(
    tmp_path: Path,
) -> None:
    """As in new plans of 2022: 15 authorities with 6,078, whose rows by sex say otherwise."""
    rows = release(GIRLS, BOYS)
    for area in (HOME, EAST, WEST):
        rows = changed(rows, area, "1575")
    findings = found(tmp_path, rows, plans())
    assert told(findings) == {
        (area, "total", "region_value", "not_available") for area in (HOME, EAST, WEST)
    }
    assert findings[0].published == 1575
    assert findings[0].reason == (
        "The published figure, 1,575, is that of the whole region (The Marches), given for 3 "
        "authorities."
    )


@pytest.mark.parametrize(
    ("area", "breakdown", "category"),
    cases([
        (HOME, "All", "total"), (FAR, "All", "total"), (HOME, "Girls", "F"), (SEA, "Boys", "M"),
        (MARCHES, "All", "total"), (ENGLAND, "All", "total"), (COAST, "Girls", "F"),
    ], some=3),
)  # fmt: skip
@pytest.mark.parametrize("value", cases(["9999", "1234567"], some=1))
def test_one_wrong_figure_is_found_and_no_other_is_blamed(
    tmp_path: Path, area: str, breakdown: str, category: str, value: str
) -> None:
    findings = found(tmp_path, changed(release(GIRLS, BOYS), area, value, breakdown), plans())
    assert {(f.area_code, f.category) for f in findings} == {(area, category)}
    assert {f.effect for f in findings} == {"not_available"}


@given(
    area=st.sampled_from(sorted(WHERE)),
    add=st.integers(20, 100_000),
    counts=st.lists(st.integers(30, 4_000), min_size=10, max_size=10),
)
@tried(25)
def test_whatever_total_is_too_large_it_alone_is_not_used(
    tmp_path_factory: pytest.TempPathFactory, area: str, add: int, counts: list[int]
) -> None:
    """A property: a total above its parts breaks its region's sum too, and bears the blame."""
    areas = sorted(WHERE)
    girls, boys = dict(zip(areas, counts, strict=False)), dict(zip(areas, counts[5:], strict=False))
    whole = girls[area] + boys[area]
    size = str(whole + max(add, whole // 5 + whole))
    rows = changed(release(girls, boys), area, size)
    findings = found(tmp_path_factory.mktemp("one"), rows, plans())
    wrong = {(f.area_code, f.category) for f in findings if f.effect == "not_available"}
    assert (area, "total") in wrong
    assert wrong <= {(area, "total")}


def test_counts_rounded_by_their_publisher_raise_no_alarm(tmp_path: Path) -> None:
    rows = [{**r, "plans": str(round(int(r["plans"]) / 10) * 10)} for r in release(GIRLS, BOYS)]
    assert found(tmp_path, rows, plans(), rounding=10) == []


@pytest.mark.parametrize("symbol", cases(["c", "low", "x", "~"], some=2))
def test_a_figure_withheld_opens_its_sums_and_condemns_nothing(tmp_path: Path, symbol: str) -> None:
    rows = changed(release(GIRLS, BOYS), WEST, symbol, "Girls")
    assert found(tmp_path, rows, plans()) == []


def test_authorities_that_are_not_all_there_need_not_add_up_to_their_region(
    tmp_path: Path,
) -> None:
    rows = [r for r in release(GIRLS, BOYS) if r.get("new_la_code") not in (EAST, SEA)]
    assert found(tmp_path, rows, plans()) == []


def test_an_authority_under_two_codes_is_counted_once(tmp_path: Path) -> None:
    """As Barnsley and Sheffield in 2025: both codes beside each other in one release."""
    rows = release(GIRLS, BOYS)
    older = [{**r, "new_la_code": "E06000900"} for r in rows if r.get("new_la_code") == EAST]
    assert found(tmp_path, [*rows, *older], plans()) == []


def shares(**changes: object) -> Declared:
    """A share with counts."""
    mapping = {**COLUMNS, "value": "timely_pc", "numerator": "timely", "denominator": "plans"}
    return indicator(**{"published": [mapping], **changes})


def share(area: str, year: str, part: int, whole: int, percent: str = "") -> dict[str, str]:
    given = percent or f"{100 * part / whole:.1f}"
    return row(area, year, timely=str(part), plans=str(whole), timely_pc=given)


def kinds(findings: Sequence[Finding], area: str = HOME) -> set[tuple[str, str]]:
    return {(f.period, f.kind) for f in findings if f.area_code == area}


def test_a_zero_where_the_countrys_share_gives_many_is_marked_and_stays(tmp_path: Path) -> None:
    rows = [share(ENGLAND, "2024", 4400, 20000), share(HOME, "2024", 0, 972),
            share(EAST, "2024", 0, 12)]  # fmt: skip
    findings = found(tmp_path, rows, shares())
    assert told(findings) == {(HOME, "total", "zero", "mark")}
    assert findings[0].reason == (
        "None is recorded of 972, where the country's share would give about 214."
    )


def test_a_change_of_several_times_is_marked_unless_the_country_made_it_too(
    tmp_path: Path,
) -> None:
    calm = [share(ENGLAND, "2023", 5000, 10000), share(ENGLAND, "2024", 4600, 10000)]
    fell = [share(HOME, "2023", 804, 1000), share(HOME, "2024", 173, 1000)]
    assert kinds(found(tmp_path, calm + fell, shares())) == {("2024", "jump")}
    same = [share(ENGLAND, "2023", 8040, 10000), share(ENGLAND, "2024", 1730, 10000)]
    assert kinds(found(tmp_path, same + fell, shares())) == set()
    few = [share(HOME, "2023", 4, 6), share(HOME, "2024", 1, 6)]
    assert kinds(found(tmp_path, calm + few, shares())) == set()


def test_shares_above_their_whole_or_not_of_their_counts_are_not_used(tmp_path: Path) -> None:
    rows = [share(ENGLAND, "2024", 50, 100), share(HOME, "2024", 130, 100),
            share(EAST, "2024", 20, 100, "62.0"), share(WEST, "2024", 20, 100, "20.4")]  # fmt: skip
    assert told(found(tmp_path, rows, shares())) == {
        (HOME, "total", "impossible", "not_available"),
        (EAST, "total", "counts", "not_available"),
    }


def test_a_zero_in_a_row_that_says_not_available_is_a_missing_return(tmp_path: Path) -> None:
    rows = [share(ENGLAND, "2024", 500, 1000),
            row(HOME, "2024", timely="0", plans="x", timely_pc="x")]  # fmt: skip
    findings = found(tmp_path, rows, shares())
    assert told(findings) == {(HOME, "total", "missing_return", "not_available")}


# -- what follows ----------------------------------------------------------------------------------


def write(tmp_path: Path, name: str, rows: Sequence[Mapping[str, str]]) -> None:
    (paths(tmp_path).published / name).write_text(csv_text(rows), encoding="utf-8", newline="")


def measured(tmp_path: Path, config: Configuration) -> pd.DataFrame:
    """What an edition takes from the releases that were written."""
    return official.published_measures(config, paths(tmp_path))


def from_two(*published: object, **more: object) -> Configuration:
    """Plans that a first source gives, and another where the first does not."""
    sources = {"plans": source("plans", "release.csv"), "more": source("more", "more.csv")}
    return configuration(
        sources, [plans(published=[*published, {**FIRST, **more, "dataset": "more"}])]
    )


def one(measures: pd.DataFrame, area: str = HOME, period: str = "2024") -> pd.Series:
    rows = measures[
        (measures["area_code"] == area)
        & (measures["period"] == period)
        & (measures["breakdown"] == "total")
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_what_contradicts_itself_is_not_available_and_says_why(tmp_path: Path) -> None:
    write(tmp_path, "release.csv", changed(release(GIRLS, BOYS), HOME, "1575"))
    measures = measured(tmp_path, audited(plans()))
    home = one(measures)
    assert (home["status"], home["reason"], home["mark"]) == ("x", "audit", "")
    assert pd.isna(home["value"])
    assert home["note"].endswith("is that of the whole region (The Marches). It is not used.")
    assert one(measures, EAST)["value"] == 370


def test_a_rejected_finding_leaves_the_figure_and_another_figure_is_judged_anew(
    tmp_path: Path,
) -> None:
    write(tmp_path, "release.csv", changed(release(GIRLS, BOYS), HOME, "1575"))
    review = {"kind": "region_value", "decision": "reject", "published": 1575,
              "reason": "Confirmed by the council.", "reviewed": date(2026, 11, 29)}  # fmt: skip
    config = audited(plans(), findings=[review])
    assert one(measured(tmp_path, config))["value"] == 1575
    other = audited(plans(), findings=[{**review, "published": 1600}])
    measures, findings, _ = official.audited_measures(other, paths(tmp_path))
    assert one(measures)["status"] == "x"
    assert [f.review for f in findings if f.kind == "region_value"] == [""]


def test_a_marked_figure_stands_and_a_break_begins_a_segment(tmp_path: Path) -> None:
    years = [share(area, year, part, 1000) for year, part in (("2022", 950), ("2023", 804))
             for area in (ENGLAND, HOME)]  # fmt: skip
    write(tmp_path, "release.csv", [*years, share(ENGLAND, "2024", 800, 1000),
                                    share(HOME, "2024", 173, 1000)])  # fmt: skip
    broke = {
        "tables": ["release"],
        "starts": "2023",
        "reason": "Counted anew.",
        "label": "anew",
        "guidance": "g",
    }
    config = audited(shares(), breaks=[broke])
    measures = measured(tmp_path, config)
    home = one(measures)
    assert (home["value"], home["mark"], home["segment"]) == (17.3, "jump", "2023")
    assert [one(measures, HOME, y)["segment"] for y in ("2022", "2023")] == ["", "2023"]
    assert "Counted anew." in one(measures, HOME, "2023")["note"]
    assert "Counted anew." not in home["note"]


@pytest.mark.parametrize("gap", ["absent", "x"])
def test_a_second_source_never_fills_a_gap_with_zero(tmp_path: Path, gap: str) -> None:
    """As with Hackney's plans that ceased in 2023: no row at the department, 0 in its tool."""
    main = [row(ENGLAND, "2024", plans="900"), row(EAST, "2024", plans="30")]
    main.append(row(HOME, "2025", plans="40"))
    write(tmp_path, "release.csv", main + [row(HOME, "2024", plans="x")] * (gap == "x"))
    write(tmp_path, "more.csv", [row(ENGLAND, "2024", plans="900"), row(EAST, "2024", plans="31"),
                                 row(HOME, "2024", plans="0"), row(WEST, "2024", plans="12"),
                                 row(HOME, "2023", plans="0"),
                                 row(HOME, "2022", plans="3")])  # fmt: skip
    measures = measured(tmp_path, from_two(FIRST))
    home = one(measures)
    assert (home["status"], home["source"]) == ("x", "plans_1" if gap == "x" else "more_1")
    assert pd.isna(home["value"])
    assert one(measures, WEST)["value"] == 12
    # Nor a year the first source lacks altogether: nothing tells what that zero stands for.
    before = one(measures, HOME, "2023")
    assert (before["status"], pd.isna(before["value"])) == ("x", True)
    assert "has no figure for this period. It is not used." in before["note"]
    assert one(measures, HOME, "2022")["value"] == 3


def test_a_zero_stands_where_no_earlier_source_gives_the_indicator(tmp_path: Path) -> None:
    """Two tables of one source are one source, and a source that is alone fills no gap."""
    write(tmp_path, "release.csv", [row(HOME, "2024", plans="40", older="1"),
                                    row(HOME, "2023", plans="x", older="0")])  # fmt: skip
    measures = measured(tmp_path, audited(plans(published=[FIRST, {**FIRST, "value": "older"}])))
    assert one(measures, HOME, "2023")["value"] == 0
    assert one(measures, HOME, "2023")["status"] == ""


def test_what_was_withdrawn_is_not_brought_back_by_another_source(tmp_path: Path) -> None:
    write(tmp_path, "release.csv", changed(release(GIRLS, BOYS), HOME, "1575"))
    write(tmp_path, "more.csv", [row(HOME, "2024", plans="1575")])
    config = from_two(*plans().published, select={"breakdown_topic": "All"})
    assert one(measured(tmp_path, config))["status"] == "x"


def test_a_zero_the_team_knows_to_be_true_fills_the_gap(tmp_path: Path) -> None:
    write(tmp_path, "release.csv", [row(HOME, "2024", plans="40")])
    write(tmp_path, "more.csv", [row(HOME, "2023", plans="0")])
    config = from_two(FIRST)
    (gap,) = official.audited_measures(config, paths(tmp_path)).findings
    assert (gap.kind, gap.source, gap.table, gap.period) == (
        "zero_for_gap", "more_1", "release", "2023",
    )  # fmt: skip
    review = Review(kind="zero_for_gap", decision="reject", reviewed=date(2026, 11, 29),
                    reason="None was made that year.", published=0)  # fmt: skip
    known = knowing(config, "more_1", findings=[review.model_dump()])
    measures, (judged,), _ = official.audited_measures(known, paths(tmp_path))
    assert (judged.review, judged.effect) == ("reject", "none")
    assert one(measures, HOME, "2023")["value"] == 0


def test_what_the_team_declares_not_to_be_true_is_not_used(tmp_path: Path) -> None:
    """A figure that adds up, which the council knows to be wrong."""
    write(tmp_path, "release.csv", release(GIRLS, BOYS))
    review = {"kind": "declared", "decision": "accept", "areas": [HOME], "category": "total",
              "reason": "The council sent the return again.", "published": 955,
              "reviewed": date(2026, 11, 29)}  # fmt: skip
    measures, (declared,), _ = official.audited_measures(
        audited(plans(), findings=[review]), paths(tmp_path)
    )
    assert (declared.kind, declared.effect, declared.review) == (
        "declared", "not_available", "accept",
    )  # fmt: skip
    home = one(measures)
    assert (home["status"], home["reason"]) == ("x", "audit")
    assert home["note"].startswith("The council sent the return again. It is not used.")
    assert one(measures, EAST)["value"] == 370
    other = audited(plans(), findings=[{**review, "published": 950}])
    assert one(measured(tmp_path, other))["value"] == 955


def test_new_findings_are_written_as_reviews_to_fill_in(tmp_path: Path) -> None:
    import yaml

    rows = release(GIRLS, BOYS)
    for area in (HOME, EAST):
        rows = changed(rows, area, "1575")
    findings = found(tmp_path, rows, plans())
    report.write(tmp_path, findings)
    lines = json.loads((tmp_path / report.SUMMARY).read_text(encoding="utf-8"))
    assert lines == report.summary(findings)
    assert lines[0].startswith("plans_1: 2 figures not used")
    text = (tmp_path / report.NEW).read_text(encoding="utf-8")
    (entry,) = yaml.safe_load(text)["plans_1"]
    assert entry["areas"] == [EAST, HOME]
    assert entry["published"] == 1575
    filled = Review.model_validate({**entry, "decision": "accept", "reviewed": "2026-11-29"})
    judged = found(tmp_path, rows, plans(), findings=[filled.model_dump()])
    assert {f.review for f in judged} == {"accept"}
    assert report.summary(judged) == [
        "plans_1: 2 figures not used, 0 marked, 0 kept after review (region value 2); 0 not yet "
        "reviewed"
    ]


def test_a_break_of_one_indicator_leaves_the_others_of_its_table(tmp_path: Path) -> None:
    rows = pd.DataFrame({"indicator": ["a", "b"], "period": ["2023", "2023"], "note": ["", ""]})
    broke = Break(indicators=("a",), starts="2023", reason="r", label="l", guidance="g")
    assert effect.segmented(rows, "t", Known(breaks=(broke,)))["segment"].tolist() == ["2023", ""]


# -- in `jsna check` -------------------------------------------------------------------------------


def test_check_names_what_is_not_used_counts_what_is_marked_and_leaves_the_rest(
    tmp_path: Path,
) -> None:
    """Only what somebody can act on: reviewed findings are counted in one word."""
    rows = changed(changed(release(GIRLS, BOYS), HOME, "1575"), EAST, "1575")
    rows += [row(HOME, "2023", plans="60"), row(EAST, "2023", plans="370")]
    write(tmp_path, "release.csv", rows)
    config = audited(plans())
    assert told_lines(config, paths(tmp_path)) == [
        "Official releases: compared; 2 findings to review",
        "    plans_1, config/releases/plans/plans_1.yaml",
        "        not used: Timely plans, 2024, Eastmere, Norland. The published figure, 1,575, is "
        "that of the whole region (The Marches), given for 2 authorities.",
        "    Figures not used are printed as not available, with the reason; marked ones are "
        "printed, and no change to them is headlined. `build` writes every finding to "
        "data/processed/norland-open/restricted/audit.yaml, ready to accept or reject.",
    ]
    review = {"kind": "region_value", "decision": "accept", "reason": "It is so.",
              "reviewed": date(2026, 11, 29)}  # fmt: skip
    known = audited(plans(), findings=[review])
    assert told_lines(known, paths(tmp_path)) == [
        "Official releases: compared; nothing to review; 2 reviewed before"
    ]


def test_check_counts_marks_by_what_they_are(tmp_path: Path) -> None:
    years = [share(area, year, part, 1000) for year, part in (("2022", 950), ("2023", 804))
             for area in (ENGLAND, HOME, EAST)]  # fmt: skip
    write(tmp_path, "release.csv", [*years, share(ENGLAND, "2024", 800, 1000),
                                    share(HOME, "2024", 173, 1000),
                                    share(EAST, "2024", 0, 900)])  # fmt: skip
    said = told_lines(audited(shares()), paths(tmp_path))
    assert said[2:4] == [
        "        marked, sudden changes: 1",
        "        marked, zeros that may stand for none received: 1",
    ]


def test_check_says_which_releases_are_not_here(tmp_path: Path) -> None:
    said = told_lines(audited(plans()), paths(tmp_path))
    assert "not compared, since 1 of 1 are not here" in said[0]
    assert "release.csv has not been fetched" in said[1]
