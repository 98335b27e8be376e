"""Real figures of the open editions, each at its measure key.

Reads `shared/published` beside the repository and fails where it is absent.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jsna.drafting.edition import Wanted, draft
from jsna.errors import JsnaError
from jsna.io import read_parquet
from jsna.measures.derive import derive
from jsna.model import schema
from jsna.releases import lookups, neighbours, official, reference
from jsna.releases.audit import auditor
from jsna.releases.audit.finding import Finding
from jsna.releases.official import published_measures
from jsna.releases.run import check_area, run
from jsna.settings import authorities, recoded
from tests.real.published_support import PUBLISHED, ROOT, at, fetched, read_once

#: In one process: the editions are measured once for all.
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("open-editions")]
__all__ = ["read_once"]

LANCASHIRE, SOUTHEND, ENGLAND = "E10000017", "E06000033", "E92000001"


@pytest.fixture(scope="module")
def lancashire(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return measured("lancashire-open-2025", tmp_path_factory.mktemp("lancashire"))


@pytest.fixture(scope="module")
def southend(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return measured("southend-open-2025", tmp_path_factory.mktemp("southend"))


def measured(name: str, root: Path) -> pd.DataFrame:
    config, paths = fetched(name, root)
    run(config, paths)
    reference = {
        file.stem: read_parquet(file) for file in (paths.restricted / "reference").glob("*.parquet")
    }
    tables = derive({}, config, reference)
    found = read_parquet(paths.restricted / "published.parquet")
    found.attrs = {name: table.num_rows for name, table in tables.items()}
    return found


@pytest.mark.parametrize(
    ("indicator", "period", "category", "value"),
    [
        ("plans", "2025", "total", 12_317),
        ("plans", "2025", "ASD", 4_290),
        ("plans", "2025", "SLCN", 2_592),
        ("plans", "2025", "SEMH", 2_435),
        ("plan_primary_need", "2025", "ASD", 34.8),
        # Including cases where the law allows longer; without them 2023 is 80.2 %.
        ("ehc_plans_20_weeks", "2021", "total", 66.0),
        ("ehc_plans_20_weeks", "2022", "total", 98.6),
        ("ehc_plans_20_weeks", "2023", "total", 80.4),
        ("ehc_plans_20_weeks", "2024", "total", 17.3),
        ("ehc_plans_20_weeks_excluding_exceptions", "2023", "total", 80.2),
        ("pupils_ehc_plan", "2025", "total", 5.5),
        ("pupils_sen_support", "2025", "total", 13.2),
        ("good_level_of_development", "2021/22", "total", 62.1),
        ("good_level_of_development", "2021/22", "E", 2.7),
        ("good_level_of_development", "2021/22", "N", 66.9),
        ("suspension_rate", "2023/24", "total", 9.99705),
        ("ehc_requests", "2024", "total", 3_658),
        ("new_plans", "2024", "total", 1_821),
        ("population_0_17", "2024", "total", 261_392),
    ],
)
def test_figures_of_lancashire(
    lancashire: pd.DataFrame, indicator: str, period: str, category: str, value: float
) -> None:
    """Published to one decimal; here to the counts behind, where the release gives them."""
    found = at(lancashire, indicator, LANCASHIRE, period, category)["value"]
    assert found == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize(
    ("indicator", "period", "value"),
    [("ehc_plans_20_weeks", "2023", 3.8), ("ehc_plans_20_weeks", "2024", 16.1)],
)
def test_figures_of_southend(
    southend: pd.DataFrame, indicator: str, period: str, value: float
) -> None:
    assert round(at(southend, indicator, SOUTHEND, period)["value"], 1) == value


@pytest.mark.parametrize(
    ("indicator", "period", "value"),
    [("plans", "2025", 638_745), ("ehc_plans_20_weeks", "2024", 45.9)],
)
def test_figures_of_england(
    lancashire: pd.DataFrame, southend: pd.DataFrame, indicator: str, period: str, value: float
) -> None:
    for found in (lancashire, southend):
        assert round(at(found, indicator, ENGLAND, period)["value"], 1) == value


def test_burnley_s_good_level_of_development_is_that_column_s_figure(
    lancashire: pd.DataFrame,
) -> None:
    """The file gives Burnley 54.7 % (637 of 1,164) for a good level of development.

    55.9 % (651 of 1,164) stands two columns before, for communication, language and literacy.
    """
    found = at(lancashire, "good_level_of_development", "E07000117", "2021/22")
    assert (found["geography"], round(found["value"], 1)) == ("district", 54.7)
    assert (found["numerator"], found["denominator"]) == (637, 1164)
    language = at(lancashire, "early_language", "E07000117", "2021/22")
    assert (round(language["value"], 1), language["numerator"]) == (55.9, 651)


def test_there_are_760_and_108_small_areas(
    lancashire: pd.DataFrame, southend: pd.DataFrame
) -> None:
    assert (lancashire.attrs["lsoa"], southend.attrs["lsoa"]) == (760, 108)
    fifth = at(southend, "lsoas_most_deprived_fifth", ENGLAND, "2025")
    assert (fifth["denominator"], round(fifth["value"], 3)) == (33_755, 20.0)


def test_settings_add_up_to_the_caseload_every_year_and_never_to_24_098(
    lancashire: pd.DataFrame,
) -> None:
    rows = lancashire[
        (lancashire["indicator"] == "plans_by_setting")
        & (lancashire["breakdown"] == "setting")
        & (lancashire["area_code"] == LANCASHIRE)
    ]
    sums = rows.groupby("period")["numerator"].sum()
    wholes = rows.groupby("period")["denominator"].first()
    assert len(sums) == 7
    assert sums.to_dict() == wholes.to_dict()
    assert sums["2025"] == 12_317


def test_a_percentage_is_that_of_its_published_counts(lancashire: pd.DataFrame) -> None:
    """3,490 of 3,615 are 96.5 per cent; the release prints 96.4."""
    found = at(lancashire, "ehc_decisions_6_weeks", LANCASHIRE, "2024")
    assert round(found["value"], 1) == 96.5
    assert (found["numerator"], found["denominator"]) == (3_490, 3_615)
    assert "From the published counts; the publisher prints 96.4." in found["note"]


def test_every_value_lies_inside_its_limits(
    lancashire: pd.DataFrame, southend: pd.DataFrame
) -> None:
    for found in (lancashire, southend):
        limited = found[found["lower_95"].notna()]
        assert len(limited) > 3_000
        assert limited["value"].between(limited["lower_95"], limited["upper_95"]).all()
        assert limited["value"].between(limited["lower_998"], limited["upper_998"]).all()


def test_what_the_auditor_says_of_lancashire(lancashire: pd.DataFrame) -> None:
    """17.3 % in 20 weeks is true; refusals of 2022 and a need of 0 are in doubt; breaks stand."""
    late = at(lancashire, "ehc_plans_20_weeks", LANCASHIRE, "2024")
    assert (late["status"], late["mark"], late["segment"]) == ("", "jump", "2023")
    assert at(lancashire, "ehc_requests_refused", LANCASHIRE, "2022")["mark"] == "zero"
    other = at(lancashire, "plan_primary_need", LANCASHIRE, "2025", "OTH")
    assert (other["value"], other["mark"]) == (0.0, "zero")
    stays = [at(lancashire, "plans_residential", LANCASHIRE, year) for year in ("2022", "2023")]
    assert [row["segment"] for row in stays] == ["", "2023"]
    wakefield = at(lancashire, "new_plans", "E08000036", "2022")
    assert (wakefield["status"], wakefield["reason"]) == ("x", "audit")
    assert "6,078, is that of the whole region" in wakefield["note"]
    gone = lancashire[lancashire["reason"] == "audit"]
    # Besides, zeros of the tool for years the release lacks: of refusals, and of children with a
    # plan who reached a good level of development.
    assert set(zip(gone["area_code"], gone["period"], gone["source"], strict=True)) == {
        ("E08000036", "2022", "ehcp_2025"),
        ("E06000005", "2016", "lait_2025"), ("E06000005", "2017", "lait_2025"),
        ("E06000005", "2022/23", "lait_2025"), ("E06000019", "2024/25", "lait_2025"),
    }  # fmt: skip


def test_years_the_publisher_did_not_collect_have_its_symbol_and_no_zero(
    lancashire: pd.DataFrame,
) -> None:
    found = at(lancashire, "ehc_decisions_6_weeks", LANCASHIRE, "2021")
    assert found["status"] == "x"
    assert pd.isna(found["value"])


def test_every_comparator_is_there(lancashire: pd.DataFrame) -> None:
    rows = lancashire[
        (lancashire["indicator"] == "ehc_plans_20_weeks")
        & (lancashire["period"] == "2024")
        & (lancashire["breakdown"] == "total")
    ]
    kinds = rows["geography"].value_counts().to_dict()
    assert kinds == {"authority": 11, "national": 1, "region": 1, "neighbours": 2}
    near = rows[(rows["geography"] == "authority") & (rows["area_code"] != LANCASHIRE)]
    by_code = rows.set_index("area_code")["value"]
    assert by_code["neighbours"] == pytest.approx(near["value"].median())
    together = 100 * near["numerator"].sum() / near["denominator"].sum()
    assert by_code["neighbours_together"] == pytest.approx(together)


def test_the_table_obeys_the_schema(lancashire: pd.DataFrame, southend: pd.DataFrame) -> None:
    for found in (lancashire, southend):
        schema.check(schema.conform(found), "published")
        assert len(found) > 5_000


def test_areas_are_configured_as_the_official_look_ups_have_them(tmp_path: Path) -> None:
    for name in ("lancashire-open-2025", "southend-open-2025"):
        config, paths = fetched(name, tmp_path)
        assert check_area(config, paths) == []
    expected = ["925", "351", "332", "884", "841", "808", "384", "891", "929", "359"]
    config, _ = fetched("lancashire-open-2025", tmp_path)
    assert [place.old_la_code for place in config.area.neighbours] == expected


def test_the_register_is_that_of_the_look_up_and_the_model_knows_all_153() -> None:
    """Each has its number, region and name there, under its present code or a former one."""
    regions = lookups.regions(PUBLISHED / "h_lookups_neighbours/dfe_region_la_hierarchy.csv")
    model = neighbours.read(PUBLISHED / "h_lookups_neighbours/lait_sn_may_2025.xlsx")
    every = list(authorities.register(ROOT))
    theirs = {*regions[["authority_code", "old_la_code", "region_code"]].itertuples(index=False)}
    assert {(one.code, one.number, one.region.code) for one in every} <= theirs
    assert {one.number for one in every} == {*model["old_la_code"]}
    known = {code for one in every for code in recoded.every(one.code)}
    assert {*regions["authority_code"]} - known == {
        "E06000028", "E06000029", "E10000001", "E10000004", "E10000006", "E10000009", "E10000021",
    }  # fmt: skip


def test_neighbours_out_of_order_are_refused(tmp_path: Path) -> None:
    config, _ = fetched("southend-open-2025", tmp_path)
    near = [place.model_dump() for place in reversed(config.area.neighbours)]
    path = tmp_path / "config/areas/southend.yaml"
    area = yaml.safe_load(path.read_text(encoding="utf-8")) | {"neighbours": near}
    path.write_text(yaml.safe_dump(area), encoding="utf-8")
    config, paths = fetched("southend-open-2025", tmp_path)
    with pytest.raises(JsnaError, match="closest first: 839, 383, 826"):
        run(config, paths)


@pytest.mark.parametrize(
    ("number", "places", "areas"),
    [("354", 20, 135), ("830", 8, 499)],
)
def test_a_third_authority_works_by_its_number_alone(
    tmp_path: Path, number: str, places: int, areas: int
) -> None:
    """A metropolitan borough (with wards) and another county."""
    write_edition(tmp_path, number)
    found = measured("third-open-2025", tmp_path)
    config, _ = fetched("third-open-2025", tmp_path)
    assert len(config.area.localities) == places
    assert found.attrs["lsoa"] == areas
    home = found[(found["area_code"] == config.area.code) & (found["breakdown"] == "total")]
    latest = home[home["value"].notna()].groupby("indicator")["period"].max()
    assert latest["plans"] == "2025"
    assert latest["ehc_plans_20_weeks"] == "2024"
    assert latest["pupils_ehc_plan"] == "2025"
    assert latest["suspension_rate"] == "2023/24"
    near = found[found["geography"] == "neighbours"]
    assert set(near["indicator"]) >= {"ehc_plans_20_weeks", "pupils_sen_support"}


@pytest.mark.parametrize(
    ("old_code", "indicator", "period", "status"),
    [("204", "ceased_plans", "2023", "x"), ("373", "new_plans", "2022", "x"),
     ("373", "new_plans", "2023", ""), ("370", "new_plans", "2022", "x")],
)  # fmt: skip
def test_false_figures_of_other_authorities_are_not_available(
    third: Callable[[str], tuple[str, pd.DataFrame]],
    old_code: str, indicator: str, period: str, status: str,
) -> None:  # fmt: skip
    """Hackney's missing return of 2023; Sheffield and Barnsley with their region's new plans."""
    code, found = third(old_code)
    row = at(found, indicator, code, period)
    assert (row["status"], pd.isna(row["value"])) == (status, status == "x")


@pytest.fixture(scope="module")
def third(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], tuple[str, pd.DataFrame]]:
    """The code and measures of a third authority by its three-digit code, each measured once."""
    made: dict[str, tuple[str, pd.DataFrame]] = {}

    def measured_of(old_code: str) -> tuple[str, pd.DataFrame]:
        if old_code not in made:
            root = tmp_path_factory.mktemp("third")
            write_edition(root, old_code)
            config, paths = fetched("third-open-2025", root)
            made[old_code] = config.area.code, published_measures(config, paths)
        return made[old_code]

    return measured_of


def test_figures_of_different_indicators_contradict_each_other_nowhere(tmp_path: Path) -> None:
    """Of every authority: the declared relations raise no alarm on the real releases.

    And where a figure is put above what it lies within, it is not used, nor is another blamed.
    """
    config, paths = fetched("lancashire-open-2025", tmp_path)
    releases, problems = official.read(config, paths)
    assert problems == []
    mappings = [*official.mappings(config)]

    def audited() -> list[Finding]:
        return auditor.audited(config, releases, mappings, everywhere=True)

    before = audited()
    assert not [f for f in before if f.kind == "coherence"]
    release = releases["eyfsp_2022", "eyfsp"]
    frame = release.frame.copy()
    rows = (frame["new_la_code"] == SOUTHEND) & frame["characteristic_kind"].eq("Total")
    rows &= frame["gender"].eq("Total") & (frame["geographic_level"] == "Local authority")
    rows &= frame["time_period"].eq("202122")
    assert rows.sum() == 1
    more = frame.loc[rows, "comm_lang_lit_number"].astype("int64") + 1
    frame.loc[rows, "gld_number"] = more.astype("str")
    releases["eyfsp_2022", "eyfsp"] = replace(release, frame=frame)
    wrong = {f for f in audited() if f.effect == "not_available"} - set(before)
    assert {(f.area_code, f.indicator) for f in wrong} == {(SOUTHEND, "good_level_of_development")}


@pytest.mark.parametrize("code", ["E08000016", "E08000038"])
def test_a_recoded_authority_works_under_both_codes(tmp_path: Path, code: str) -> None:
    """Barnsley, which the look-ups have under the code it had until April 2025."""
    write_edition(tmp_path, "370")
    (tmp_path / "config/areas/barnsley.yaml").write_text(f"area: barnsley\ncode: {code}\n", "utf-8")
    config, paths = fetched("third-open-2025", tmp_path)
    assert check_area(config, paths) == []
    places = reference.lsoa_reference(config, paths)
    assert len(places) > 100
    assert set(places["authority_code"]) == {code}
    found = published_measures(config, paths)
    assert at(found, "plans", code, "2025")["value"] > 1_000
    assert at(found, "lsoas_most_deprived_fifth", code, "2025")["denominator"] == len(places)


def write_edition(root: Path, number: str) -> None:
    """The edition of any authority, as the command writes it, called `third-open-2025`."""
    shutil.copytree(ROOT / "config", root / "config")
    made = draft(Wanted(number, 2025, "open", date(2025, 11, 27)), root)
    text = made.text.replace(f"edition: {made.name}", "edition: third-open-2025")
    (root / "config/editions/third-open-2025.yaml").write_text(text, encoding="utf-8")
