"""The invented official release: its figures are counts of the people, in the real layout."""

import io
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jsna.errors import JsnaError
from jsna.generator import official as invented
from jsna.io import Paths
from jsna.releases import ees, standings
from jsna.releases.official import audited_measures
from jsna.settings import loading
from tests.unit.synthetic_support import (
    ONE_WORKER,
    ROOT,
    age,
    audited,
    configuration,
    facts,
    release,
    shown,
)

pytestmark = [pytest.mark.full, ONE_WORKER]


CONFIG = configuration()


def measures() -> pd.DataFrame:
    return audited().measures


def home(indicator: str, period: str, category: str = "total") -> pd.Series:
    """An official figure of the home area."""
    key = [indicator, period, category, "E10000921"]
    rows = measures()
    rows = rows[rows[["indicator", "period", "category", "area_code"]].eq(key).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_registered_file_is_made_and_nothing_else() -> None:
    assert set(release()) == {source.file for source in CONFIG.every_release}
    with zipfile.ZipFile(io.BytesIO(release()["synthetic_ehcp_2025.zip"])) as archive:
        stems = {Path(name).stem for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert stems == {
        "caseload", "newplans", "requests", "assessments", "timeliness_20_week",
        "sen_needs_all_plans", "residential_settings", "ceased_plans",
    }  # fmt: skip


@pytest.mark.full
def test_the_same_facts_give_the_same_bytes_and_another_seed_others() -> None:
    shuffled = {key: rows.sample(frac=1, random_state=1) for key, rows in facts().items()}
    assert invented.release(shuffled, CONFIG) == release()
    assert CONFIG.edition.synthesis is not None
    other = CONFIG.edition.synthesis.model_copy(update={"seed": 7})
    reseeded = replace(CONFIG, edition=CONFIG.edition.model_copy(update={"synthesis": other}))
    name = "synthetic_ncmp.csv"
    assert invented.release(facts(), reseeded)[name] != release()[name]


@pytest.mark.full
def test_a_release_is_added_in_its_file_alone(tmp_path: Path) -> None:
    """An older one of any dataset, under the file name it gives itself; the edition names it."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    folder = tmp_path / "config/releases/sen_census"
    content = yaml.safe_load((folder / "synthetic_sen_census.yaml").read_text(encoding="utf-8"))
    del content["tables"]
    older = {**content, "file": "synthetic_older.csv", "like": "synthetic_sen_census"}
    (folder / "synthetic_sen_census_2024.yaml").write_text(yaml.safe_dump(older), encoding="utf-8")
    file = tmp_path / "config/editions/test-2025.yaml"
    text = file.read_text(encoding="utf-8")
    both = "sen_census: [synthetic_sen_census, synthetic_sen_census_2024]"
    file.write_text(text.replace("sen_census: synthetic_sen_census", both), encoding="utf-8")
    config = loading.load("test-2025", tmp_path)
    made = invented.release(facts(), config)
    assert {name: made[name] for name in release()} == release()
    assert {*made} - {*release()} == {"synthetic_older.csv"}
    newest, before = (
        pd.read_csv(io.BytesIO(made[name]))["time_period"].astype(str)
        for name in ("synthetic_sen_census.csv", "synthetic_older.csv")
    )
    assert (newest.max(), before.max()) == ("202425", "202324")
    assert newest.nunique() == before.nunique()
    # What no records give is told with the release, and what they do give.
    ehcp = config.release("ehcp")
    assert ehcp is not None
    wrong = ehcp.model_copy(update={"file": "plans.csv"})
    with pytest.raises(JsnaError, match=r"ehcp_2025\.yaml.*those on EHC plans in a \.zip"):
        invented.release(facts(), replace(config, releases={"ehcp": (wrong,)}))


def test_pupils_and_plans_are_those_of_the_clean_rows() -> None:
    for year in ("2023", "2024", "2025"):
        census = shown()[f"school_census.census/{year}"]
        roll = census[census["enrol_status"].isin(["C", "M"])]
        found = home("pupils_ehc_plan", year)
        assert found["numerator"] == (roll["sen_provision"] == "E").sum()
        assert found["denominator"] == len(roll)
        assert home("pupils", year)["value"] == len(roll)
    active = shown()["sen2.activeplans/2025"]
    assert home("plans", "2025")["value"] == len(active)
    first = shown()["sen2.senneed/2025"].query("sen_type_rank == 1")
    autism = first["sen_type"].eq("ASD").sum()
    assert home("plan_primary_need", "2025", "ASD")["numerator"] == autism


def test_suspensions_are_all_those_of_the_year_over_the_january_roll() -> None:
    events = shown()["exclusions.exclusions/2023/24"]
    census = shown()["school_census.census/2024"]
    roll = census[census["enrol_status"].isin(["C", "M"])]
    # Of primary, secondary and special schools; everyone suspended, on the roll or not.
    roll = roll[roll["phase"].isin(["primary", "secondary", "all_through", "special"])]
    elsewhere = census.loc[census["phase"].isin(["nursery", "alternative_provision"]), "school_urn"]
    events = events[events["category"].eq("SUSP") & ~events["school_urn"].isin(elsewhere)]
    found = home("suspension_rate", "2023/24")
    assert found["numerator"] == len(events) > 0
    assert found["denominator"] == len(roll) < len(census)
    assert home("suspended_pupils", "2023/24")["numerator"] == events["upn"].nunique()


def test_official_figures_are_made_without_the_code_they_check() -> None:
    program = (
        "import sys, jsna.generator.official\n"
        "print([name for name in sys.modules if name.startswith('jsna.measures')])"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said.strip() == "[]"


def test_ages_are_those_on_the_day_of_the_event() -> None:
    """By the footnotes of the department's release, worked out child by child."""
    people = shown()["sen2.person/2025"].set_index("person_table_id")["date_of_birth"]
    requests = shown()["sen2.requests/2025"].set_index("requests_table_id")
    born = requests["person_table_id"].map(people)
    mine = pd.to_datetime(requests["received_date"]).dt.year == 2024
    days = requests.loc[mine, "received_date"]
    ages = [age(b, d) for b, d in zip(born[mine], days, strict=True)]
    now = [age(b, date(2025, 1, 16)) for b in born[mine]]
    young = sum(years < 5 for years in ages)
    assert young > sum(years < 5 for years in now)
    assert home("ehc_requests", "2024", "0-4")["value"] == young


def test_plans_within_20_weeks_are_counted_from_the_dates() -> None:
    plans = shown()["sen2.namedplan/2025"].merge(
        shown()["sen2.assessment/2025"][["assessment_table_id", "requests_table_id"]]
    )
    plans = plans.merge(shown()["sen2.requests/2025"], on="requests_table_id")
    start, asked = pd.to_datetime(plans["start_date"]), pd.to_datetime(plans["received_date"])
    moved = shown()["sen2.activeplans/2025"].dropna(subset=["transfer_la"])["requests_table_id"]
    mine = (start.dt.year == 2024) & ~plans["requests_table_id"].isin(moved)
    assert mine.sum() < (start.dt.year == 2024).sum()
    days = (start - asked).dt.days[mine]
    found = home("ehc_plans_20_weeks", "2024")
    assert found["denominator"] == days.notna().sum()
    assert found["numerator"] == (days <= 140).sum()
    assert home("new_plans", "2024")["value"] == mine.sum()


def test_settings_add_up_to_the_plans() -> None:
    shares = measures().query("indicator == 'plans_by_setting' and breakdown == 'setting'")
    shares = shares[shares["geography"] != "neighbours"]
    groups = shares.groupby(["area_code", "period"])
    sums = groups.agg(n=("numerator", "sum"), of=("denominator", "first"))
    assert len(sums) > 20
    assert (sums["n"] == sums["of"]).all()


def test_no_invented_figure_contradicts_another() -> None:
    """Of any area and year: neither sums nor what one measure implies of another."""
    assert audited().findings == []
    key = ["area_code", "period", "breakdown", "category", "geography"]
    rows = measures().set_index(key)
    rows = rows[rows.index.get_level_values("geography") != "neighbours"]
    one = rows[rows["indicator"] == "ehc_plans_20_weeks"]
    plain = rows[rows["indicator"] == "ehc_plans_20_weeks_excluding_exceptions"].loc[one.index]
    assert len(one) > 100
    for side in ("numerator", "denominator"):
        assert (plain[side] <= one[side]).all()
    assert (plain["denominator"] < one["denominator"]).any()
    pupils = rows[rows["indicator"] == "suspended_pupils"]["numerator"]
    times = rows[rows["indicator"] == "suspension_rate"]["numerator"].loc[pupils.index]
    assert (pupils.dropna() <= times[pupils.notna()]).all()
    assert (pupils.dropna() > 0.2 * times[pupils.notna()]).mean() > 0.9
    country = one.loc[("E92000001", "2024", "total", "total", "national")]
    assert 20 < country["value"] < 60


def test_weights_of_every_area_add_up_to_the_children_measured() -> None:
    """About 1.5 % are of no healthy and no excess weight: underweight, the publisher's fourth."""
    shares = measures()
    shares = shares[shares["indicator"].str.contains("healthy_weight|excess_weight")]
    shares = shares[shares["area_code"].ne("neighbours")]
    by = shares.assign(year=shares["indicator"].str.partition("weight_")[2])
    both = by.groupby(["area_code", "period", "year"])["value"].agg(["sum", "count"])
    assert len(both) > 50 and both["count"].eq(2).all()
    large = both.loc[~both.index.get_level_values(0).isin([*CONFIG.area.locality_names]), "sum"]
    assert large.between(97, 99.5).all()
    assert both["sum"].le(100.1).all()


def test_comparators_are_all_there_plausible_and_not_the_home_area() -> None:
    sought = "indicator == 'pupils_sen_support' and period == '2025' and breakdown == 'total'"
    latest = measures().query(sought).set_index("area_code")["value"]
    expected = {CONFIG.area.code, CONFIG.area.country.code, CONFIG.area.region.code}
    expected |= {"neighbours", "neighbours_together"}
    expected |= {place.code for place in CONFIG.area.neighbours}
    assert set(latest.index) == expected
    assert latest.between(5, 30).all()
    assert latest.nunique() == len(latest)


def test_the_authorities_of_a_whole_country_add_up_to_it_and_have_places(tmp_path: Path) -> None:
    """With 142 others beside the area and its neighbours."""
    every = 142 + 1 + len(CONFIG.area.neighbours)
    assert CONFIG.edition.synthesis is not None
    whole = CONFIG.edition.synthesis.model_copy(update={"authorities": 142})
    config = replace(CONFIG, edition=CONFIG.edition.model_copy(update={"synthesis": whole}))
    paths = Paths(tmp_path, config.edition.edition)
    paths.published.mkdir(parents=True)
    for name, content in invented.release(facts(), config).items():
        (paths.published / name).write_bytes(content)
    rows = pd.read_csv(paths.published / "synthetic_sen_census.csv", dtype=str)
    mine = rows[rows["geographic_level"].eq("Local authority")]
    assert mine["la_name"].nunique() == mine["new_la_code"].nunique() == every
    assert mine["old_la_code"].nunique() == every
    for _, year in rows.groupby("time_period"):
        country, parts = (
            year.loc[year["geographic_level"].eq(level), ["sen_support", "ehc_plan"]]
            .astype("int64")
            .sum()
            for level in ("National", "Local authority")
        )
        assert country.equals(parts)
    found = audited_measures(config, paths)
    assert found.findings == []
    placed = standings.everyone(config, paths, found.measures)
    assert placed.loc[placed["indicator"].eq("pupils_sen_support"), "of"].eq(every).all()
    assert placed["indicator"].nunique() >= 8
    assert not placed["area_name"].str.contains(r"\d").any()
    # The area that all are made of is not in the middle of all of them.
    own = placed[placed["area_code"].eq(config.area.code)]
    assert own["quarter"].nunique() > 1


def test_every_row_and_every_figure_says_synthetic(tmp_path: Path) -> None:
    rows = measures().query("geography != 'neighbours'")
    assert rows["note"].str.contains("Synth").all()
    for name, content in release().items():
        assert name.startswith("synthetic_")
        (tmp_path / name).write_bytes(content)
        if name.endswith(".csv"):
            frame = ees.read(tmp_path / name, "any").frame
            assert frame["footnote"].str.startswith("Synthetic").all()


def test_protected_counts_come_as_the_publishers_symbol() -> None:
    hidden = measures().query("indicator == 'permanent_exclusion_rate' and status == 'c'")
    assert len(hidden) > 0
    assert hidden["value"].isna().all()
    assert hidden["numerator"].isna().all()
