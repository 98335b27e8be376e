"""Social care: what files are read as, one history of a child in all of them, and data-entry
errors.

Everything about the invented county is recomputed from rows.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jsna.generator.found import parameters, synthetic
from jsna.ingest.read import read_table
from jsna.sources import registry
from jsna.synthetic import corruption, world, written
from tests.unit.faults_support import encode
from tests.unit.synthetic_support import ONE_WORKER, frames, middling
from tests.unit.synthetic_support import county as a_county
from tests.unit.validation_support import GOOD, UPN, codes, judge

pytestmark = ONE_WORKER

LAST = date(2025, 3, 31)


# ---- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("written_as", "sex"), [("1", "M"), ("2", "F"), ("M", "M"), ("f", "F")])
def test_sex_is_read_as_the_return_writes_it(written_as: str, sex: str) -> None:
    for name in ("cin_census.episodes", "ssda903.header"):
        judged = judge(name, {"sex": written_as})
        assert judged.valid["sex"].tolist() == [sex]
        assert judged.found == ()


def test_sex_not_recorded_is_no_fault_and_no_sex() -> None:
    judged = judge("cin_census.episodes", {"sex": "0"}, {"sex": "9", "child_id": "2"})
    assert judged.valid["sex"].isna().all()
    assert judged.found == ()
    unknown = judge("cin_census.episodes", {"sex": "7"})
    assert codes(unknown) == {("warning", "episodes.sex.code")}
    assert "1 for M, or 2 for F" in unknown.found[0].message


@pytest.mark.parametrize("reason", ["UN1", "un2", "UN5"])
def test_a_reason_for_a_missing_number_is_never_a_number(reason: str) -> None:
    judged = judge("ssda903.header", {"upn": reason})
    assert judged.valid["upn"].isna().all()
    assert judged.found == ()
    # In the census the reason has a column of its own, and is no number there either.
    census = judge("cin_census.episodes", {"upn": reason, "upn_unknown": "UN1"})
    assert census.valid["upn"].isna().all()
    assert ("warning", "episodes.upn.shape") in codes(census)


def test_files_are_written_in_the_form_they_are_read_in() -> None:
    table = registry()["ssda903"].table("header")
    rows = pa.table(
        {
            "child_id": ["1", "2"],
            "sex": ["F", None],
            "date_of_birth": pa.array([date(2015, 3, 14), date(2020, 2, 29)]),
            "ethnicity": ["WBRI", None],
            "upn": [UPN, None],
            "mother": pa.array([None, 1], pa.int64()),
            "mother_child_birth_date": pa.array([None, None], pa.date32()),
            "surname": ["Quill", "Thorne"],
            "forename": ["Zora", "Ann"],
            "postcode": ["ZZ1 1AA", None],
        }
    )
    content = encode("header.csv", synthetic("ssda903").style, table, rows)
    assert content.splitlines()[1] == f"1,2,14/03/2015,WBRI,{UPN},,,Quill,Zora,ZZ1 1AA".encode()
    assert content.splitlines()[2].startswith(b"2,,29/02/2020,,UN4,1,")
    reading = read_table(content, "header.csv", table)
    assert reading.frame is not None
    changes = [
        {str(field): str(value) for field, value in row.dropna().items()}
        for _, row in reading.frame.iterrows()
    ]
    empty = dict.fromkeys(GOOD["ssda903.header"], "")
    judged = judge("ssda903.header", *(empty | change for change in changes))
    assert judged.valid["sex"].fillna("").tolist() == ["F", ""]
    assert judged.valid["upn"].fillna("").tolist() == [UPN, ""]


def test_episodes_of_one_child_follow_one_another() -> None:
    """Two children; of the first the second episode begins before the first has ended."""
    judged = judge(
        "ssda903.episodes",
        {"child_id": "1", "start_date": "01/05/2024", "end_date": "01/11/2024"},
        {"child_id": "2", "start_date": "01/06/2024", "end_date": "01/11/2024"},
        {"child_id": "1", "start_date": "31/10/2024", "end_date": "", "end_reason": ""},
        # Where one ends the next may begin.
        {"child_id": "2", "start_date": "01/11/2024", "end_date": "", "end_reason": ""},
        # An episode that has not ended lasts into the next.
        {"child_id": "2", "start_date": "01/12/2024", "end_date": "", "end_reason": ""},
    )
    overlap = {entry.code: (entry.rows, entry.first_row) for entry in judged.found}
    assert overlap == {"episodes.end_date.overlap": (2, 2)}
    assert len(judged.valid) == 5


# ---- errors ----------------------------------------------------------------------------------


def test_slips_of_a_date_by_hand() -> None:
    born = np.array(["2015-03-04", "2015-03-04", "2015-03-14", "2015-05-05"], "datetime64[D]")
    out = np.array([0, 0, 5, 1])
    found = corruption.slipped(born, out, np.array([0.1, 0.9, 0.1, 0.1]))
    # Day and month change over; ten days early; no fourteenth month; no change to change over.
    assert found.astype(str).tolist() == ["2015-04-03", "2015-02-22", "2016-03-13", "2015-05-04"]


@cache
def county(**changes: float) -> world.World:
    config = a_county()
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return world.build(config, parameters().overridden(given))


def texts(records: written.Records) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "surname": records.surname().to_pandas(),
            "forename": records.forename().to_pandas(),
            "postcode": records.postcode().to_pandas(),
            "born": records.born(),
            "upn": records.number("upn").to_pandas(),
        }
    )


def test_slips_come_at_their_rates_and_more_often_to_the_poor() -> None:
    made = county()
    people = made.people
    everyone = np.flatnonzero(people.kind == 0)
    found = texts(written.Records(made, everyone, "somewhere"))
    true = pd.DataFrame(
        {
            "surname": people.surname.to_pandas(),
            "postcode": people.postcode.to_pandas(),
            "born": people.born,
        }
    ).iloc[everyone].reset_index(drop=True)  # fmt: skip
    wrong = {name: (found[name] != true[name]).to_numpy() for name in true}
    # Half of the typing errors fall on the surname, beside another surname altogether; of these a
    # few happen to be the child's own.
    assert wrong["surname"].mean() == pytest.approx(0.02 + 0.03 / 2, rel=0.1)
    assert wrong["postcode"].mean() == pytest.approx(0.08, rel=0.05)
    assert wrong["born"].mean() == pytest.approx(0.01, rel=0.1)
    assert found["upn"].isna().mean() == pytest.approx(0.10, rel=0.05)
    depth = people.depth[everyone]
    poor, rich = wrong["postcode"][depth > 0.3].mean(), wrong["postcode"][depth < -0.3].mean()
    assert poor / rich == pytest.approx(3.3, rel=0.15)


def test_a_slope_of_one_is_no_slope() -> None:
    made = county(written__deprivation=1.0)
    everyone = np.flatnonzero(made.people.kind == 0)
    moved = texts(written.Records(made, everyone, "somewhere"))["postcode"].to_numpy() != (
        made.people.postcode.take(pa.array(everyone)).to_pandas().to_numpy()
    )
    depth = made.people.depth[everyone]
    assert moved[depth > 0.3].mean() == pytest.approx(moved[depth < -0.3].mean(), rel=0.15)


def test_a_child_is_written_the_same_in_every_record_of_a_source_and_otherwise_elsewhere() -> None:
    made = county()
    some = np.array([5, 900, 5, 17, 900])
    first = texts(written.Records(made, some, "one"))
    assert first.iloc[0].equals(first.iloc[2])
    many = np.arange(3_000)
    one, other = (texts(written.Records(made, many, source)) for source in ("one", "other"))
    pd.testing.assert_frame_equal(one.iloc[some].reset_index(drop=True), first)
    assert (one["postcode"] != other["postcode"]).mean() > 0.1


def test_no_birth_is_written_after_the_first_event() -> None:
    made = county(written__errors=1.0)
    # Ten-year-olds: the youngest are never written as younger anyway.
    person = np.flatnonzero(made.people.cohort == 10)
    born = made.people.born[person]
    before = born + 3
    found = written.Records(made, person, "one", before).born()
    assert (found != born).mean() > 0.8
    assert (found <= np.maximum(before, born)).all()
    # Left free, some are written as born later than they were.
    assert (written.Records(made, person, "one").born() > born + 3).any()


# ---- one history -----------------------------------------------------------------------------


def yearly(table: str, period: str = "2024/25") -> pd.DataFrame:
    return middling()[f"{table}/{period}"]


def children(day: date = LAST) -> int:
    """Residents under 18, of the ages the world has."""
    residents = middling()["population.syoa/2024"]
    return int(residents.loc[residents["age"] < 18, "people"].sum())


def test_children_in_need_at_31_march_are_as_many_as_published() -> None:
    episodes = yearly("cin_census.episodes")
    open_then = episodes[episodes["closure_date"].isna()]
    assert open_then["child_id"].is_unique
    # England at 31 March 2025: 330 in need, 67 looked after, per 10,000; some 41 with a plan.
    assert 10_000 * len(open_then) / children() == pytest.approx(330, rel=0.1)
    planned = open_then["cpp_start_date"].notna() & open_then["cpp_end_date"].isna()
    assert 10_000 * planned.sum() / children() == pytest.approx(41, rel=0.2)
    care = yearly("ssda903.episodes")
    looked_after = care[care["end_date"].isna() & ~care["legal_status"].isin(["V3", "V4"])]
    assert looked_after["child_id"].is_unique
    assert 10_000 * len(looked_after) / children() == pytest.approx(67, rel=0.15)


def test_every_child_in_care_is_in_need_then() -> None:
    for period in ("2023/24", "2024/25"):
        episodes, care = yearly("cin_census.episodes", period), yearly("ssda903.episodes", period)
        both = care.merge(episodes, on="child_id", suffixes=("_care", ""))
        within = (both["start_date"] >= both["referral_date"]) & (
            both["closure_date"].isna() | (both["start_date"] <= both["closure_date"])
        )
        covered = both[within].drop_duplicates(["child_id", "start_date"])
        assert len(covered) == len(care)
        # Who is still looked after is still in need.
        lasting = covered[covered["end_date"].isna()]
        assert lasting["closure_date"].isna().all()


def test_social_care_writes_a_child_the_same_in_all_its_files() -> None:
    header = yearly("ssda903.header").set_index("child_id")
    assert header.index.is_unique
    episodes = yearly("cin_census.episodes").drop_duplicates("child_id").set_index("child_id")
    same = ["surname", "forename", "postcode", "date_of_birth", "sex", "ethnicity", "upn"]
    # Who is asked about after care alone is in need no longer.
    both = header.index.intersection(episodes.index)
    leavers = set(yearly("ssda903.oc3")["child_id"])
    assert set(header.index) - set(both) <= leavers
    pd.testing.assert_frame_equal(header.loc[both, same], episodes.loc[both, same])
    for name in ("reviews", "oc2", "missing", "oc3"):
        rows = yearly(f"ssda903.{name}")
        assert set(rows["child_id"]) <= set(header.index)
        born = header.loc[rows["child_id"], "date_of_birth"].to_numpy()
        assert (rows["date_of_birth"].to_numpy() == born).all()


def test_a_pupil_in_need_has_the_number_of_the_census() -> None:
    episodes = yearly("cin_census.episodes").dropna(subset=["upn"]).drop_duplicates("upn")
    census = middling()["school_census.census/2025"].drop_duplicates("upn")
    both = episodes.merge(census, on="upn", suffixes=("", "_census"))
    assert len(both) > 0.7 * len(episodes)
    # The same child, some of it written otherwise: more often than in the county, as they are poor.
    surnames = (both["surname"] != both["surname_census"]).mean()
    postcodes = (both["postcode"] != both["postcode_census"]).mean()
    assert 0.02 < surnames < 0.07
    assert 0.07 < postcodes < 0.14
    assert (both["sex"] == both["sex_census"]).all()


def test_children_without_a_number_have_a_reason() -> None:
    for period in ("2023/24", "2024/25"):
        episodes = yearly("cin_census.episodes", period)
        assert (episodes["upn"].isna() == episodes["upn_unknown"].notna()).all()
        born = pd.to_datetime(episodes["date_of_birth"])
        young = born > pd.Timestamp(f"{period[:4]}-09-01") - pd.DateOffset(years=4)
        # A wrong date of birth may make a child look younger than they are.
        assert episodes.loc[young, "upn"].isna().mean() > 0.98


def test_unborn_children_are_in_the_census_before_they_have_a_name() -> None:
    before, after = (yearly("cin_census.episodes", period) for period in ("2023/24", "2024/25"))
    unborn = before[before["date_of_birth"].isna()]
    assert 0 < len(unborn) < 0.03 * len(before)
    assert unborn[["forename", "sex", "upn"]].isna().all(axis=None)
    assert unborn["expected_birth_date"].notna().all()
    assert before.loc[before["date_of_birth"].notna(), "expected_birth_date"].isna().all()
    # Those still known a year later have been born since, within days of what was expected.
    later = unborn.merge(after.dropna(subset=["date_of_birth"]), on="child_id")
    assert len(later) > 0
    days = pd.to_datetime(later["date_of_birth_y"]) - pd.to_datetime(later["expected_birth_date_x"])
    assert days.dt.days.abs().median() <= 10


def test_two_years_tell_one_history() -> None:
    # An episode with two child protection plans has a row for each.
    first, second = (
        yearly("cin_census.episodes", period).drop_duplicates(["child_id", "referral_date"])
        for period in ("2023/24", "2024/25")
    )
    both = first.merge(second, on=["child_id", "referral_date"], suffixes=("", "_later"))
    open_at_end = first[first["closure_date"].isna()]
    # Whatever was open at the end of a year is in the next one's return, unchanged in its origin.
    assert len(both) == len(open_at_end)
    assert both["closure_date"].isna().all()
    for field in ("referral_source", "category_of_need", "disability_1"):
        assert both[field].fillna("").equals(both[f"{field}_later"].fillna(""))
    for rows, end in ((first, date(2024, 3, 31)), (second, LAST)):
        days = rows[["referral_date", "closure_date", "cpp_start_date", "cpp_end_date"]]
        assert days.apply(pd.to_datetime).max().max() <= pd.Timestamp(end)


def test_what_hangs_on_episodes_lies_within_them() -> None:
    episodes = yearly("cin_census.episodes").drop_duplicates(["child_id", "referral_date"])
    key = ["child_id", "referral_date"]
    for table, start in (
        ("assessments", "assessment_start"), ("section47", "enquiry_start"), ("plans", "plan_start")
    ):  # fmt: skip
        rows = yearly(f"cin_census.{table}")
        assert len(rows) > 100
        both = rows.merge(episodes, "left", key)
        closed = both["closure_date"].fillna(LAST)
        assert (both[start] >= both["referral_date"]).all(), table
        assert (both[start] <= closed).all(), table
    found = yearly("cin_census.assessments")
    assert not found.duplicated([*key, "assessment_start", "factor"]).any()
    # What an assessment found is known once it is over.
    assert found.loc[found["assessment_end"].isna(), "factor"].isna().all()


def test_care_is_one_placement_after_another() -> None:
    care = yearly("ssda903.episodes").sort_values(["child_id", "start_date"])
    follows = care["child_id"].eq(care["child_id"].shift(-1)) & care["end_reason"].eq("X1")
    assert (care["end_date"][follows] == care["start_date"].shift(-1)[follows]).all()
    # What ended otherwise ended for good or began anew, which the next one says.
    begun = care["child_id"].eq(care["child_id"].shift()) & ~follows.shift(fill_value=False)
    assert care.loc[begun, "new_episode_reason"].eq("S").all()
    assert care["end_date"].isna().equals(care["end_reason"].isna())


def test_outcomes_are_of_those_looked_after_for_the_year() -> None:
    outcomes = yearly("ssda903.oc2")
    care = yearly("ssda903.episodes")
    lasting = care[care["end_date"].isna() & ~care["legal_status"].isin(["V3", "V4"])]
    assert outcomes["child_id"].is_unique
    assert set(outcomes["child_id"]) <= set(lasting["child_id"])
    # England: some seven in ten of those looked after at 31 March have been for a year.
    assert 0.6 < len(outcomes) / len(lasting) < 0.85


def test_care_leavers_turned_17_to_21_and_had_left_care_by_then() -> None:
    leavers, care = yearly("ssda903.oc3"), yearly("ssda903.episodes")
    born = pd.to_datetime(leavers["date_of_birth"])
    age = LAST.year - born.dt.year - ((born.dt.month * 100 + born.dt.day) > 331)
    # A few birth dates are written wrong.
    assert age.between(17, 21).mean() > 0.97
    assert len(leavers) > 50
    assert leavers["child_id"].is_unique
    still = set(care.loc[care["end_date"].isna(), "child_id"])
    assert len(set(leavers["child_id"]) & still) == 0
    # What is not known of those nobody is in touch with is said to be not known.
    silent = ~leavers["in_touch"].isin(["YES", "NREQ"])
    assert leavers["activity"].eq("0").equals(silent)


def provision(period: str = "2025") -> pd.DataFrame:
    return middling()[f"school_census.census/{period}"][["upn", "sen_provision"]].drop_duplicates(
        "upn"
    )


def shares(rows: pd.DataFrame) -> pd.Series:
    pupils = rows.dropna(subset=["upn"]).drop_duplicates("upn").merge(provision(), on="upn")
    return pupils["sen_provision"].value_counts(normalize=True)


def test_half_of_children_in_need_have_sen() -> None:
    """As published: 21 % on support and 27 % with a plan; in care for a year, 27 % and 30 %."""
    episodes = yearly("cin_census.episodes")
    header = yearly("ssda903.header")
    alone = episodes["cpp_start_date"].isna() & ~episodes["child_id"].isin(header["child_id"])
    in_need = shares(episodes[episodes["closure_date"].isna() & alone])
    assert in_need["K"] == pytest.approx(0.213, abs=0.04)
    assert in_need["E"] == pytest.approx(0.269, abs=0.06)
    year = shares(header[header["child_id"].isin(yearly("ssda903.oc2")["child_id"])])
    assert year["K"] == pytest.approx(0.27, abs=0.08)
    assert year["E"] == pytest.approx(0.30, abs=0.09)


def test_sen_without_effect_leaves_no_trace() -> None:
    made = frames(
        a_county(),
        parameters().without("social_care.sen", "social_care.deprivation"),
    )
    episodes = made["cin_census.episodes/2024/25"]
    census = made["school_census.census/2025"].drop_duplicates("upn")
    in_need = census["upn"].isin(episodes["upn"])
    risk = in_need.groupby(census["sen_provision"]).mean()
    assert risk["K"] / risk["N"] == pytest.approx(1.0, abs=0.2)
    assert risk["E"] / risk["N"] == pytest.approx(1.0, abs=0.3)
    strong = census["upn"].isin(yearly("cin_census.episodes")["upn"])
    assert strong.groupby(census["sen_provision"]).mean()["E"] > 3 * risk["E"] / 2
