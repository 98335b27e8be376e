"""Mental health contacts, community waits and child measurements: declared, and invented truly."""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.generator.found import parameters
from jsna.linkage.kinds import carried, usable
from jsna.settings import loading, shared
from jsna.sources import registry
from jsna.sources.community.synthetic import REFERRALS as WAITS
from jsna.sources.mental_health.extract import ATTENDED
from jsna.sources.mental_health.synthetic import CONTACTS
from jsna.synthetic import course, health, need, often, waiting, world
from jsna.synthetic.who import residents
from jsna.synthetic.world import World
from tests.unit.synthetic_support import ONE_WORKER, ROOT, middling
from tests.unit.synthetic_support import county as a_county
from tests.unit.test_synthetic_effects import log_ratio
from tests.unit.validation_support import judge

pytestmark = ONE_WORKER

OF_PATIENTS = [("ncmp", "measurements"), ("mental_health", "referrals"), ("community", "referrals")]
YEARS = ("2023/24", "2024/25")
END = {"2023/24": pd.Timestamp(2024, 3, 31), "2024/25": pd.Timestamp(2025, 3, 31)}


@cache
def county() -> World:
    """A county of 40,000 pupils. Shared: do not change."""
    return world.build(a_county(), parameters())


def table(name: str, period: str) -> pd.DataFrame:
    """A clean table of the county, days as timestamps."""
    rows = middling()[f"{name}/{period}"].copy()
    for field in [c for c in rows if str(c).endswith("_date")]:
        rows[field] = pd.to_datetime(rows[field])
    return rows


# ---- what is declared --------------------------------------------------------------------------


@pytest.mark.parametrize(("extract", "name"), OF_PATIENTS)
def test_patients_have_no_pupil_number_and_can_be_linked_by_what_else_is_known(
    extract: str, name: str
) -> None:
    kinds = carried(registry()[extract].table(name))
    assert not {"upn", "former_upn", "uln"} & set(kinds)
    assert {"nhs_number", "forename", "surname", "date_of_birth", "sex", "postcode"} <= set(kinds)
    without_number = {kind: field for kind, field in kinds.items() if kind != "nhs_number"}
    assert usable(without_number)


def test_contacts_carry_no_identifier_of_their_own() -> None:
    assert registry()["mental_health"].table("contacts").identifiers == {}


def test_attended_means_that_the_patient_was_seen() -> None:
    codes = shared.codelists(ROOT)["attend_or_dna"]
    assert set(ATTENDED) <= set(codes)
    unseen = {code for code, label in codes.items() if "not" in label or "ancelled" in label}
    assert unseen == set(codes) - set(ATTENDED)


def test_a_missing_number_is_no_matter_for_validation() -> None:
    for name in ("mental_health.referrals", "community.referrals"):
        judged = judge(name, {"nhs_number": "", "nhs_number_status": "04"})
        assert judged.found == ()
    assert judge("ncmp.measurements", {"nhs_number": ""}).found == ()


@pytest.mark.parametrize(
    ("name", "change", "emptied"),
    [
        ("mental_health.referrals", {"service_discharge_date": "02/06/2024"},
         "service_discharge_date"),
        ("community.referrals", {"service_discharge_date": "02/06/2024"},
         "service_discharge_date"),
        ("community.referrals", {"first_contact_date": "01/04/2025", "wait_end_reason": ""},
         "first_contact_date"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_true_is_emptied_and_the_child_kept(
    name: str, change: dict[str, str], emptied: str
) -> None:
    judged = judge(name, change)
    assert len(judged.valid) == 1
    assert judged.valid[emptied].isna().all()


def refusals(name: str, field: str, *days: tuple[str, int], **also: str) -> set[str]:
    """Why a file is refused in which so many rows have each day."""
    key = registry()[name.split(".")[0]].table(name.split(".")[1]).key[0]
    every = [day for day, rows in days for _ in range(rows)]
    rows = [{field: day, key: str(number), **also} for number, day in enumerate(every)]
    return {problem.code for problem in judge(name, *rows).problems}


def test_the_file_of_another_year_is_refused() -> None:
    own, before, after = "03/06/2024", "04/06/2023", "05/06/2025"
    name, field = "mental_health.contacts", "care_contact_date"
    assert refusals(name, field, (own, 3), (before, 2)) == set()
    assert refusals(name, field, (own, 2), (before, 3)) == {"contacts.wrong_period"}
    name, field = "mental_health.referrals", "referral_received_date"
    late = {"referrals.referral_received_date.future"}
    assert refusals(name, field, (own, 2), (after, 3)) == late
    # Old referrals still open are in every year's file; closed ones only in their own year's.
    assert refusals(name, field, (before, 5)) == set()
    closed = {"referrals.service_discharge_date.period"}
    assert refusals(name, field, (before, 5), service_discharge_date="31/03/2024") == closed


def test_a_file_of_long_waits_is_not_taken_for_another_year_s() -> None:
    own, before = "03/06/2024", "04/06/2023"
    name, field = "community.referrals", "referral_received_date"
    assert refusals(name, field, (own, 3), (before, 7)) == set()
    assert refusals(name, field, (own, 2), (before, 8)) == {"referrals.wrong_period"}


def test_every_delivery_says_who_may_use_it_for_what() -> None:
    for delivery in loading.load("demo-2025", ROOT).edition.received:
        if delivery.extract in {extract for extract, _ in OF_PATIENTS}:
            assert delivery.owner
            assert delivery.legal_basis
            assert delivery.assessment
            assert delivery.opt_out
            assert delivery.as_at
            assert all(file.startswith("synthetic_") for file in delivery.files.values())


# ---- how chances and waits are drawn -----------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(0.2, 5.0), st.booleans()), min_size=1, max_size=40
    )
)
def test_ratios_move_chances_within_a_group_and_not_its_mean(
    people: list[tuple[int, float, bool]],
) -> None:
    group, ratios, of = (np.array(column) for column in zip(*people, strict=True))
    level = np.array([0.001, 0.002, 0.004])
    found = often.chances(level[group], ratios, group, of)
    for number in set(group[of]):
        here = (group == number) & of
        assert found[here].mean() == pytest.approx(level[number])
        assert found[here] / found[here][0] == pytest.approx(ratios[here] / ratios[here][0])


@given(st.dates(date(1999, 1, 1), date(2035, 12, 31)))
def test_weekends_are_put_off_to_the_next_working_day(day: date) -> None:
    found = course.working(np.array([np.datetime64(day)]))[0]
    assert found == np.busday_offset(np.datetime64(day), 0, roll="forward")


def test_waits_follow_from_a_waiting_list_worked_out_by_hand() -> None:
    # Ten a week come. Those who wait in the second and third week are five of each: half are seen
    # about the end of the first, from half a week to one and a half, and the others at the end.
    found = waiting.waited(np.random.default_rng(1), {"1": 10, "3": 10}, 200_000)
    for weeks, share in ((0.5, 0.0), (1.0, 0.25), (1.5, 0.5), (2.5, 0.5), (2.75, 0.75), (3.0, 1.0)):
        assert (found <= weeks).mean() == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize("service", ["speech_and_language", "physiotherapy", "paediatrics"])
def test_a_steady_waiting_list_is_the_published_one_again(service: str) -> None:
    bands = parameters().table("community.waiting")[service]
    rng = np.random.default_rng(2)
    waited = waiting.waited(rng, bands, 400_000)
    # Referred on any day of the last two years and a bit, and still waiting.
    since = rng.random(len(waited)) * 110
    found = since[waited > since]
    for weeks, near in ((18, 0.02), (52, 0.035)):
        published = sum(n for end, n in bands.items() if float(end) > weeks) / sum(bands.values())
        assert (found > weeks).mean() == pytest.approx(published, abs=near)


# ---- what is invented is true ------------------------------------------------------------------


def test_a_referral_is_the_same_in_every_delivery_that_has_it() -> None:
    fields = ["local_patient_id", "nhs_number", "nhs_number_status", "surname", "forename",
              "date_of_birth", "sex", "postcode", "lsoa_code", "ethnic_category",
              "referral_received_date", "referral_source"]  # fmt: skip
    for name in ("mental_health.referrals", "community.referrals"):
        one, two = (table(name, year).set_index("service_request_id") for year in YEARS)
        both = one.index.intersection(two.index)
        assert len(both) > 300
        assert one.loc[both, fields].equals(two.loc[both, fields])
        # What the later delivery knows beside, the earlier could not know.
        ends = [c for c in ("first_contact_date", "service_discharge_date") if c in one]
        for end in ends:
            known = one.loc[both, end].notna()
            assert (one.loc[both, end] == two.loc[both, end])[known].all()
            assert (two.loc[both, end][~known].dropna() > END["2023/24"]).all()


def test_contacts_lie_in_the_year_and_in_their_referral() -> None:
    for period in YEARS:
        rows = table("mental_health.contacts", period).merge(
            table("mental_health.referrals", period), on="service_request_id", how="left",
            validate="many_to_one",
        )  # fmt: skip
        day = rows["care_contact_date"]
        assert rows["referral_received_date"].notna().all()
        assert (day >= rows["referral_received_date"]).all()
        assert (day <= rows["service_discharge_date"].fillna(END[period])).all()
        assert (day > END[period] - pd.DateOffset(years=1)).all()
        assert (day.dt.day_of_week < 5).all()
        assert not rows["care_contact_id"].duplicated().any()


def test_nobody_waits_and_is_seen() -> None:
    for period in YEARS:
        rows = table("community.referrals", period)
        waiting = rows["wait_end_reason"].isna()
        ends = rows[["first_contact_date", "service_discharge_date"]]
        assert ends[waiting].isna().all(axis=None)
        assert (ends.max().dropna() <= END[period]).all()
        assert (rows["first_contact_date"].notna() == rows["wait_end_reason"].eq("seen")).all()
        unseen = ~waiting & ~rows["wait_end_reason"].eq("seen")
        assert rows.loc[unseen, "service_discharge_date"].notna().all()
        # Those who came before the year were waiting when it began.
        begun = END[period] - pd.DateOffset(years=1)
        old = rows[rows["referral_received_date"] <= begun]
        ended = old["first_contact_date"].fillna(old["service_discharge_date"])
        assert (ended.dropna() > begun).all()


def test_numbers_are_missing_as_often_as_stated_and_tracing_says_so() -> None:
    stated = parameters().values("written.errors")["missing"]
    for name in ("mental_health.referrals", "community.referrals"):
        rows = table(name, "2024/25")
        missing = rows["nhs_number"].isna()
        assert missing.mean() == pytest.approx(stated, abs=0.025)
        assert (rows["nhs_number_status"].isin(["04", "07"]) == missing).all()


def test_each_service_writes_a_child_in_its_own_way() -> None:
    # By number, the same child stands in both systems; their names, homes and dates mostly agree.
    one, two = (
        table(name, "2024/25").dropna(subset="nhs_number").drop_duplicates("nhs_number")
        for name in ("mental_health.referrals", "community.referrals")
    )
    both = one.merge(two, on="nhs_number", suffixes=("", "_2"))
    assert len(both) > 100
    for field, least in (("date_of_birth", 0.94), ("surname", 0.86), ("postcode", 0.76)):
        same = (both[field] == both[f"{field}_2"]).mean()
        assert least < same < 1.0, field
    assert both["sex"].equals(both["sex_2"].rename("sex"))


def test_a_slip_the_system_would_not_take_is_not_written() -> None:
    born = np.array(["2024-05-30", "1999-06-30", "2010-01-02"], dtype="datetime64[D]")
    said = np.array(["2024-06-09", "1998-06-05", "2010-02-01"], dtype="datetime64[D]")
    received = np.full(3, np.datetime64("2024-06-04"))
    found = health.believable({"date_of_birth": lambda: pa.array(said)}, born, received)
    assert found.to_pylist() == [date(2024, 5, 30), date(1999, 6, 30), date(2010, 2, 1)]


# ---- effects are there, and nil is nil ---------------------------------------------------------


def seen(made: World, period: str = "2024/25") -> np.ndarray:
    """Who of everyone attended a contact among those that follow referrals of a year."""
    every = CONTACTS.happened(made, period)
    found = np.zeros(len(made.people), dtype=bool)
    found[every.person[np.isin(every["attend_or_dna"], ATTENDED)]] = True
    return found


def nil(*names: str) -> World:
    """The county with some effects set to 1: the same people, of the same needs."""
    made = copy(county())
    made.effects, made._kept = made.effects.without(*names), {}
    return made


def share(made: World, of: np.ndarray) -> float:
    year = residents()(made, "2024/25")
    return float(seen(made)[of & year.here].mean())


def test_boys_in_childhood_and_girls_in_their_teens_are_seen_more_often() -> None:
    made = county()
    age = made.people.age(date(2025, 3, 31))
    for low, high, more_boys in ((5, 10, True), (12, 17, False)):
        of = (age >= low) & (age <= high)
        boys, girls = share(made, of & made.people.male), share(made, of & ~made.people.male)
        assert (boys > 1.15 * girls) if more_boys else (girls > 1.15 * boys)


def test_contacts_by_deprivation() -> None:
    def slope(made: World) -> tuple[float, float]:
        year = residents()(made, "2024/25")
        areas = len(made.places.lsoa)
        at, who = made.people.lsoa, seen(made) & year.here
        cases = np.bincount(at[who], minlength=areas)[:areas].astype(float)
        risk = np.bincount(at[year.here], minlength=areas)[:areas].astype(float)
        return log_ratio(cases, risk, made.places.depth[:areas])

    there, error = slope(county())
    assert there > 4 * error
    # Need follows deprivation too, so both have to go.
    left, error = slope(nil("mental_health.deprivation", "mental_health.need"))
    assert abs(left) < 3 * error


def test_contacts_by_need() -> None:
    def ratio(made: World, code: str) -> float:
        """Seen with a need, to what those without any of the same age and sex would come to."""
        found = expected = 0.0
        for period in ("2022/23", *YEARS):
            year = residents()(made, period)
            of = year.here & (year.age >= 5) & (year.age <= 17)
            group = year.age.clip(0) * 2 + made.people.male
            was, none = seen(made, period), of & (year.provision == need.N)
            rate = np.bincount(group[none], was[none]) / np.maximum(np.bincount(group[none]), 1)
            has = of & (year.provision != need.N)
            has &= made.need.primary == need.NEEDS.index(code)
            found, expected = found + was[has].sum(), expected + rate[group[has]].sum()
        return float(found / expected)

    made, without = county(), nil("mental_health.need", "mental_health.deprivation")
    stated = made.effects.values("mental_health.need")
    for code in ("SEMH", "ASD", "MLD"):
        assert ratio(made, code) == pytest.approx(stated["any"] * stated[code], rel=0.2)
        assert ratio(without, code) == pytest.approx(1.0, abs=0.2)


def test_speech_and_language_referrals_by_need() -> None:
    def ratio(made: World) -> float:
        year = residents()(made, "2024/25")
        found = WAITS.happened(made, "2024/25")
        who = np.zeros(len(made.people), dtype=bool)
        who[found.person[found["community_service"] == "speech_and_language"]] = True
        of = year.here & (year.age >= 5) & (year.age <= 10)
        has = (year.provision != need.N) & (made.need.primary == need.NEEDS.index("SLCN"))
        return float(who[of & has].mean() / who[of & (year.provision == need.N)].mean())

    assert ratio(county()) > 4
    # Younger children and boys have this need and this service more often, whatever the effect.
    assert ratio(nil("community.need", "community.boys_to_girls", "community.deprivation")) < 1.6


def test_referrals_and_waiting_lists_are_as_many_as_published() -> None:
    rows = table("community.referrals", "2024/25")
    children = int((residents()(county(), "2024/25").age < 18).sum())
    waiting = rows[rows["wait_end_reason"].isna()].groupby("service_type").size()
    # Children waiting in England in October 2023, by its residents under 18.
    for service, number in (("speech_and_language", 67_790), ("paediatrics", 83_253)):
        assert waiting[service] / children == pytest.approx(number / 12_059_476, rel=0.3)
