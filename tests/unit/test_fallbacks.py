"""Fallbacks: what the engine adds up, and which recoding is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.disclosure.fallbacks import choose
from jsna.measures.engine import measure
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.areas import Locality, LocalityGroup
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from tests.spec import world
from tests.tried import tried

EVERY = world.configuration()
THIRD = "E07000953"
AREA = EVERY.area.model_copy(
    update={
        "localities": (*EVERY.area.localities, Locality(code=THIRD, name="Third")),
        "locality_groups": (
            LocalityGroup(code="rim", name="Rim", localities=(world.WEST, THIRD)),
            LocalityGroup(code="core", name="Core", localities=(world.EAST,)),
        ),
    }
)


def proportion(*breakdowns: list[str], fallbacks: list[dict[str, Any]]) -> Indicator:
    """Pupils with a plan, with these breakdowns and fallbacks."""
    given: dict[str, Any] = {
        "breakdowns": breakdowns,
        "fallbacks": fallbacks,
        "charts": (),
    }
    return Indicator.model_validate(EVERY.indicators["pupils_ehc_plan"].model_dump() | given)


def configured(*indicators: Indicator, limit: float = 0.25) -> Configuration:
    profile = EVERY.profiles["default"].model_copy(update={"fallback_limit": limit})
    return replace(
        EVERY,
        area=AREA,
        indicators={i.id: i for i in indicators},
        profiles={**EVERY.profiles, "default": profile},
    )


def pupils(counts: dict[tuple[str, str, str], tuple[int, int]], column: str) -> pd.DataFrame:
    """Pupils as (period, category, locality) -> (with a plan, without)."""
    rows = [
        {"period": period, column: category, "locality_code": place, "sen_provision": provision}
        for (period, category, place), counts_ in counts.items()
        for provision, count in zip("EN", counts_, strict=True)
        for _ in range(count)
    ]
    return world.filled("pupil", pd.DataFrame(rows, dtype=object))


def cells(found: pd.DataFrame) -> dict[tuple[str, ...], tuple[float, float]]:
    names = ["geography", "area_code", "period", "breakdown", "category"]
    keys = found[names].itertuples(index=False, name=None)
    return dict(zip(keys, zip(found["numerator"], found["denominator"], strict=True), strict=True))


def test_recodings_are_the_sums_of_what_they_are_made_of() -> None:
    """By hand: two needs of one area of need, in two districts of one group, over three years."""
    fallbacks = [
        {
            "breakdown": ["locality", "primary_need"],
            "recodings": [
                {"collapse": {"primary_need": "need_group"}},
                {"areas": "groups"},
                {"years": 3},
                {"collapse": {"primary_need": "need_group"}, "areas": "groups", "years": 3},
            ],
        }
    ]
    indicator = proportion(["locality", "primary_need"], fallbacks=fallbacks)
    rows = pupils(
        {
            ("2023", "ASD", world.WEST): (1, 9),
            ("2023", "SLCN", world.WEST): (2, 8),
            ("2023", "SLCN", THIRD): (3, 7),
            ("2024", "ASD", world.WEST): (4, 6),
            ("2024", "ASD", world.EAST): (5, 5),
            ("2025", "SLCN", THIRD): (6, 4),
            ("2025", "HI", THIRD): (7, 3),
        },
        "primary_need",
    )
    found = cells(measure({"pupil": rows}, [indicator], configured(indicator)))
    three = "2023 to 2025"
    expected = {
        ("district", world.WEST, "2023", "need_group", "communication"): (3, 20),
        ("locality_group", "rim", "2023", "primary_need", "SLCN"): (5, 20),
        ("district", world.WEST, three, "primary_need", "ASD"): (5, 20),
        ("locality_group", "rim", three, "need_group", "communication"): (16, 50),
        ("locality_group", "core", three, "need_group", "communication"): (5, 10),
        ("locality_group", "rim", three, "need_group", "sensory_physical"): (7, 10),
        ("locality_group", "core", three, "need_group", "sensory_physical"): (0, 0),
    }
    assert {key: found[key] for key in expected} == expected
    # The total has no fallback: it is there by single years alone.
    totals = [key[2] for key in found if key[1] == AREA.code]
    assert sorted(totals) == ["2023", "2024", "2025"]


def test_a_share_of_a_coarser_category_is_of_the_same_whole() -> None:
    """The denominator is the total over needs, and is not added up over them."""
    base = EVERY.indicators["sen_primary_need"].model_dump()
    fallbacks = [
        {
            "breakdown": ["primary_need"],
            "recodings": [{"collapse": {"primary_need": "need_group"}, "years": 3}],
        }
    ]
    given = {
        "breakdowns": [["primary_need"]],
        "charts": (),
        "fallbacks": fallbacks,
    }
    indicator = Indicator.model_validate(base | given)
    rows = pupils(
        {
            ("2023", "ASD", world.WEST): (4, 0),
            ("2024", "SLCN", world.WEST): (3, 0),
            ("2025", "HI", world.WEST): (2, 0),
        },
        "primary_need",
    )
    found = measure({"pupil": rows}, [indicator], configured(indicator))
    top = found.loc[found["category"] == "communication"].iloc[0]
    assert (top["numerator"], top["denominator"], top["period_type"]) == (7, 9, "three_years")
    assert top["value"] == pytest.approx(700 / 9)


def test_two_years_or_an_area_without_groups_have_no_such_recoding() -> None:
    recodings = [{"years": 3}, {"areas": "groups"}]
    indicator = proportion(
        ["locality"], fallbacks=[{"breakdown": ["locality"], "recodings": recodings}]
    )
    rows = pupils({("2024", "ASD", world.WEST): (1, 9), ("2025", "ASD", world.WEST): (1, 9)},
                  "primary_need")  # fmt: skip
    config = replace(configured(indicator), area=EVERY.area)
    found = measure({"pupil": rows}, [indicator], config)
    assert set(found["period_type"]) == {"january"}
    assert set(found["geography"]) == {"authority", "district"}


YEARS = st.sampled_from([str(n) for n in (*range(1, 15), "R", "X")])
PUPIL = st.tuples(st.sampled_from(["2023", "2024", "2025"]), YEARS, st.sampled_from(["E", "N"]))


@given(st.lists(PUPIL, min_size=1, max_size=40))
@tried(25)
def test_a_recoding_counts_as_if_the_rows_had_its_codes(rows: list[tuple[str, str, str]]) -> None:
    fallbacks = [
        {
            "breakdown": ["year_group"],
            "recodings": [
                {"collapse": {"year_group": "key_stage"}},
                {"collapse": {"year_group": "school_stage"}, "years": 3},
            ],
        }
    ]
    indicator = proportion(["year_group"], fallbacks=fallbacks)
    config = configured(indicator)
    frame = pd.DataFrame(rows, columns=["period", "year_group", "sen_provision"], dtype=object)
    found = measure({"pupil": world.filled("pupil", frame)}, [indicator], config)
    for dimension, years in (("key_stage", 1), ("school_stage", 3)):
        upper = {
            code: category
            for category, codes in nesting.members("year_group", dimension, config).items()
            for code in codes
        }
        plain = frame.assign(category=frame["year_group"].map(upper))
        kinds = found["period_type"].eq("three_years" if years == 3 else "january")
        mine = found.loc[kinds & found["breakdown"].eq(dimension)]
        if years == 3 and frame["period"].nunique() < 3:
            assert mine.empty
            continue
        for row in mine.itertuples():
            held = plain["category"].eq(str(row.category)) & plain["period"].isin(
                nesting.years(str(row.period), str(row.period_type))
            )
            assert row.denominator == held.sum()
            assert row.numerator == (held & plain["sen_provision"].eq("E")).sum()


# -- the choice ----------------------------------------------------------------------------------

FALLBACK = [
    {
        "breakdown": ["primary_need"],
        "recodings": [{"collapse": {"primary_need": "need_group"}}, {"years": 3}],
    }
]


def chosen(
    counts: dict[tuple[str, str], tuple[int, int]], limit: float = 0.25
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The choice for pupils as (period, need) -> (with a plan, without)."""
    indicator = proportion(["primary_need"], fallbacks=FALLBACK)
    config = configured(indicator, limit=limit)
    every = {(p, need, world.WEST): pair for (p, need), pair in counts.items()}
    rows = measure({"pupil": pupils(every, "primary_need")}, [indicator], config)
    rows = rows.loc[~(rows["denominator"] == 0)]
    return choose(rows.assign(profile="default", source="local:school_census"), config)


def test_as_declared_where_few_counts_are_small() -> None:
    rows, told = chosen({("2025", "ASD"): (20, 20), ("2025", "SLCN"): (0, 30)})
    assert set(rows["breakdown"]) == {"total", "primary_need"}
    assert told[["used", "rows", "withheld", "small"]].values.tolist() == [["", 2, 0, 0.0]]


def test_the_first_recoding_with_few_small_counts_is_taken_for_every_year() -> None:
    """2025 alone has small counts; 2024 is shown by the same recoding, and no finer row is left."""
    rows, told = chosen(
        {
            ("2024", "ASD"): (20, 20),
            ("2024", "SLCN"): (20, 20),
            ("2025", "ASD"): (4, 20),
            ("2025", "SLCN"): (20, 3),
        }
    )
    assert set(rows["breakdown"]) == {"total", "need_group"}
    assert set(rows["period"]) == {"2024", "2025"}
    assert told["used"].tolist() == ["need_group"]
    assert told["withheld"].tolist() == [4]
    assert told["shares"].tolist() == ["primary_need 0.500; need_group 0.000"]


@pytest.mark.parametrize(
    ("pair", "small"),
    [((4, 20), True), ((5, 20), False), ((20, 4), True), ((0, 4), True), ((0, 30), False)],
)
def test_small_is_a_count_a_complement_or_a_denominator(pair: tuple[int, int], small: bool) -> None:
    _, told = chosen({("2025", "ASD"): pair}, limit=1)
    assert told["small"].tolist() == [float(small)]


def test_the_least_share_where_no_recoding_is_within_the_limit() -> None:
    counts = {("2025", "ASD"): (1, 9), ("2025", "HI"): (20, 20), ("2025", "VI"): (20, 20)}
    rows, told = chosen(counts, limit=0.1)
    assert told["shares"].tolist() == ["primary_need 0.667; need_group 1.000"]
    assert set(rows["breakdown"]) == {"total", "primary_need"}


def test_a_lone_small_figure_takes_another_with_it() -> None:
    """Two small of five stay two; one small of three takes a second: more is lost, not less."""
    counts = {
        ("2025", "ASD"): (1, 30),
        ("2025", "SLCN"): (0, 30),
        ("2025", "HI"): (2, 30),
        ("2025", "VI"): (8, 30),
        ("2025", "SEMH"): (9, 30),
    }
    rows, told = chosen(counts, limit=0.3)
    assert told["shares"].tolist() == ["primary_need 0.400; need_group 0.667"]
    assert set(rows["breakdown"]) == {"total", "primary_need"}


def test_three_years_stand_beside_their_total_where_it_is_declared() -> None:
    fallbacks: list[dict[str, Any]] = [
        {"breakdown": [], "recodings": [{"years": 3}]},
        {"breakdown": ["sex"], "recodings": [{"years": 3}]},
    ]
    indicator = proportion(["sex"], fallbacks=fallbacks)
    config = configured(indicator)
    every = {(year, sex, world.WEST): (3, 40) for year in ("2023", "2024", "2025") for sex in "FM"}
    found = measure({"pupil": pupils(every, "sex")}, [indicator], config)
    rows, told = choose(found.assign(profile="default", source="local:school_census"), config)
    kinds = rows.groupby("breakdown")["period_type"].agg(lambda kinds: sorted(set(kinds)))
    assert kinds["sex"] == ["three_years"]
    assert kinds["total"] == ["january", "three_years"]
    assert dict(zip(told["breakdown"], told["used"], strict=True)) == {
        "total": "",
        "sex": "sex, three years together",
    }


def test_what_needs_no_protection_is_shown_as_declared_and_other_places_are_left_alone() -> None:
    indicator = proportion(["primary_need"], fallbacks=FALLBACK)
    config = configured(indicator)
    counts = {("2025", "ASD", world.WEST): (1, 9), ("2025", "SLCN", world.WEST): (1, 9)}
    found = measure({"pupil": pupils(counts, "primary_need")}, [indicator], config)
    local = found.assign(profile="quality", source="local:school_census")
    other = found.loc[found["breakdown"] == "primary_need"]
    other = other.assign(area_code="E92000001", geography="national", profile="official")
    other[list(schema.CELLS)] = ""  # a publisher's own
    rows, told = choose(schema.conform(pd.concat([local, other]), cells=True), config)
    assert "need_group" not in set(rows["breakdown"])
    assert told["used"].tolist() == [""]
    assert len(rows.loc[rows["area_code"] == "E92000001"]) == len(other)


def test_the_choice_does_not_depend_on_the_order_of_rows() -> None:
    indicator = proportion(["primary_need"], fallbacks=FALLBACK)
    config = configured(indicator)
    counts = {
        (str(year), need, world.WEST): (year % 7, 9)
        for year in (2023, 2024, 2025)
        for need in ("ASD", "SLCN", "HI", "VI")
    }
    found = measure({"pupil": pupils(counts, "primary_need")}, [indicator], config)
    found = found.assign(profile="default", source="local:school_census")
    order = np.random.default_rng(3).permutation(len(found))
    rows, told = choose(found, config)
    mixed, again = choose(found.iloc[order].reset_index(drop=True), config)
    pd.testing.assert_frame_equal(told, again)
    pd.testing.assert_frame_equal(schema.conform(rows), schema.conform(mixed))


def test_a_figure_is_alone_among_those_of_its_year() -> None:
    """One small of three in each of two years: each takes another of its own year with it."""
    counts = {
        (year, need): (1 if need == "ASD" else 20, 30)
        for year in ("2024", "2025")
        for need in ("ASD", "HI", "SEMH")
    }
    _, told = chosen(counts, limit=1)
    # Two of six are small and two more go with them.
    assert told["shares"].tolist()[0].startswith("primary_need 0.667")
