"""Where an authority stands among all: places, how sure they are, their contract and words."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jsna import io
from jsna.charts import strip
from jsna.disclosure import standings as passing
from jsna.errors import JsnaError
from jsna.measures.methods import judging, ranking
from jsna.model import schema, standings
from jsna.model.chapters import Chapter
from jsna.readback.blocks import Cell
from jsna.readback.result import Tally
from jsna.readback.standings import Standings as Held
from jsna.releases import official
from jsna.releases import standings as among
from jsna.report import standings as said
from jsna.view.standings import Standings, best_first, called, quarter_words, unsure
from tests.unit.charts_support import fits
from tests.unit.published_support import (
    AREA,
    HOME,
    NATION,
    configuration,
    csv_text,
    indicator,
    source,
)


def bounds(values: list[float], reach: float = math.nan) -> judging.Bounds:
    """Figures with limits so far to both sides at 95 %, and as much further at 99.8 %."""
    value = np.array(values)
    far = reach * judging.LEVELS[1] / judging.LEVELS[0]
    return judging.Bounds(value, value - reach, value + reach, value - far, value + far)


def test_areas_are_placed_and_those_with_one_figure_share_a_place() -> None:
    found = ranking.places(bounds([10.0, 30.0, 20.0, 20.0]))
    assert found.above.tolist() == [3, 0, 1, 1]
    assert found.below.tolist() == [0, 3, 1, 1]
    # 30 | 20 20 | 10: the two lie in the middle of places two and three.
    assert ranking.quarter(found.above, found.below).tolist() == [4, 1, 3, 3]
    assert found.surely_above.tolist() == [-1, -1, -1, -1]


def test_only_what_is_surely_apart_narrows_a_place() -> None:
    # Limits of 1.96 are a standard error of 1, so a difference has one of the root of two: 4.0
    # apart is a deviate of 2.83, p 0.0047 (below .05 / 3); 2.0 apart one of 1.41, p 0.157.
    found = ranking.places(bounds([10.0, 12.0, 14.0, 16.0], 1.96))
    assert found.surely_above.tolist() == [2, 1, 0, 0]
    assert found.surely_below.tolist() == [0, 0, 1, 2]


def test_differences_are_told_one_after_the_other_until_one_fails() -> None:
    # Of three at 5 %: the least is held to .05 / 3, the next to .05 / 2, the last to .05.
    assert ranking.held(np.array([0.04, 0.016, 0.02])).tolist() == [True, True, True]
    assert ranking.held(np.array([0.04, 0.016, 0.03])).tolist() == [False, True, False]
    assert ranking.held(np.array([0.04, 0.017, 0.02])).tolist() == [False, False, False]
    assert ranking.held(np.array([math.nan, 0.001])).tolist() == [False, True]


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=12),
    st.floats(0.01, 20),
)
def test_a_place_lies_between_those_it_surely_has(values: list[float], reach: float) -> None:
    found = ranking.places(bounds(values, reach))
    assert (found.surely_above <= found.above).all()
    assert (found.surely_below <= found.below).all()
    assert (found.above + found.below < len(values)).all()


# -- from releases ---------------------------------------------------------------------------------


def authority(number: int, timely: int, **changes: str) -> dict[str, str]:
    """A row of an invented authority: so many of 100 plans in time."""
    return {
        "geographic_level": "Local authority",
        "new_la_code": f"E06001{number:03d}",
        "old_la_code": f"{number:03d}",
        "la_name": f"Place {number}",
        "plans": "100",
        "timely": str(timely),
        "timely_pc": str(timely),
        **changes,
    }


def own(timely: int, **changes: str) -> dict[str, str]:
    """A row of the home area."""
    counts = {"plans": "100", "timely": str(timely), "timely_pc": str(timely)}
    return {**HOME, **counts, **changes}


def table(tmp_path: Path, rows: list[dict[str, str]], **declared: object) -> pd.DataFrame:
    """The standings of the invented area from one release."""
    paths = io.Paths(tmp_path, "norland-open")
    paths.published.mkdir(parents=True, exist_ok=True)
    (paths.published / "plans.csv").write_text(csv_text(rows), encoding="utf-8-sig", newline="")
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator(**declared)])
    measures = official.published_measures(config, paths)
    return among.everyone(config, paths, measures)


#: A hundred and ten others, each with another figure from 1 to 55 in time, two of each.
MANY = [authority(n, 1 + n % 55) for n in range(100, 210)]
COUNTRY = {**NATION, "plans": "11000", "timely": "3000", "timely_pc": "27.3"}


def test_the_home_area_is_placed_among_all_authorities(tmp_path: Path) -> None:
    found = table(tmp_path, [own(50), COUNTRY, *MANY])
    home = found[found["area_code"].eq(AREA.code)].iloc[0]
    # Higher are two each of 51 to 55; as high two, lower two each of 1 to 49.
    assert (home["of"], home["above"], home["below"], home["quarter"]) == (111, 10, 98, 1)
    assert home["surely_above"] == 0
    # 50 of 100 has limits 40.4 to 59.6; how many are surely lower is theirs to say.
    assert 40 < home["surely_below"] < 60
    assert len(found) == 111
    assert (home["value"], home["source"], home["area_name"]) == (50.0, "plans_1", "Norland")


def test_the_latest_period_of_the_home_area_is_taken(tmp_path: Path) -> None:
    later = [{**row, "time_period": "2025"} for row in MANY]
    found = table(tmp_path, [own(50), *MANY, *later])
    assert set(found["period"]) == {"2024"}


def test_few_authorities_are_not_all_of_them(tmp_path: Path) -> None:
    assert table(tmp_path, [own(50), *MANY[:50]]).empty


def test_an_authority_under_two_codes_is_counted_once(tmp_path: Path) -> None:
    twice = authority(100, 90, new_la_code="E06009100", old_la_code="100")
    found = table(tmp_path, [own(50), *MANY, twice])
    assert len(found) == 111
    assert not found["area_code"].duplicated().any()


def test_what_a_divided_authority_became_stands_for_it(tmp_path: Path) -> None:
    """Of a register that knows it: where its parts have figures it is none of them."""
    names = {n: f"Place {chr(65 + n % 26)}{chr(65 + n // 26 % 26)}" for n in range(100, 210)}
    listed = {f"{n}": {"code": f"E06001{n:03d}", "name": names[n]} for n in range(101, 210)}
    listed["951"] = {"code": AREA.code, "name": AREA.name}
    register = {
        "country": {"code": "E92000001", "name": "England"},
        "regions": [{"code": "E12000095", "name": "The Marches", "authorities": listed}],
        "gone": [
            {
                "number": "100",
                "code": "E06001100",
                "name": "Old Place",
                "until": "2023-03-31",
                "now": ["101"],
            }
        ],
    }
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "authorities.yaml").write_text(yaml.safe_dump(register))
    found = table(tmp_path, [own(50), *MANY, authority(999, 3)])
    assert len(found) == 110
    assert not {"E06001100", "E06001999"} & set(found["area_code"])
    # Before it was divided its parts have no figure, and it stands itself.
    alone = [row for row in MANY if row["old_la_code"] != "101"]
    before = table(tmp_path, [own(50), *alone])
    assert "Old Place" in set(before["area_name"])


def test_without_counts_nobody_can_say_how_sure_a_place_is(tmp_path: Path) -> None:
    bare = {"plans": "x", "timely": "x"}
    rows = [{**row, **bare} for row in (own(50), *MANY)]
    found = table(tmp_path, rows)
    assert set(found["surely_above"]) == {-1}
    assert len(found) == 111


# -- contract --------------------------------------------------------------------------------------


@pytest.fixture
def frame(tmp_path: Path) -> pd.DataFrame:
    return table(tmp_path, [own(50), COUNTRY, *MANY], polarity="high")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"source": "local:sen2"}, "of no official release"),
        ({"source": "another_1"}, "of no official release"),
        ({"of": 110}, "not as many authorities"),
        ({"above": 111}, "more authorities above and below"),
        ({"surely_above": 100}, "more authorities surely above"),
        ({"quarter": 5}, "a place that no authority can have"),
        ({"value": math.nan}, "an authority without a figure"),
        ({"area_code": "E06001105"}, "stands twice"),
        ({"unit": "sheep"}, "must be one of"),
    ],
)
def test_what_breaks_the_contract_is_refused(
    frame: pd.DataFrame, change: dict[str, object], told: str
) -> None:
    wrong = frame.copy()
    for name, value in change.items():
        wrong.loc[0, name] = value
    with pytest.raises(JsnaError, match=told):
        standings.check(wrong, "standings", {"plans_1"})


def test_it_is_passed_on_as_it_is_and_held_to_what_it_was(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    paths = io.Paths(tmp_path, "norland-open")
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    io.write_parquet(paths.restricted / standings.FILE, frame)
    passing.pass_on(config, paths)
    passing.verify(config, paths)
    assert io.read_parquet(paths.safe / standings.FILE).equals(frame)
    io.write_parquet(paths.safe / standings.FILE, frame.assign(value=frame["value"] + 1))
    with pytest.raises(JsnaError, match="is not what the releases give"):
        passing.verify(config, paths)
    io.write_parquet(paths.restricted / standings.FILE, frame.assign(source="local:sen2"))
    with pytest.raises(JsnaError, match="of no official release"):
        passing.pass_on(config, paths)


@pytest.mark.parametrize(
    "name",
    ["Ely", "Southend-on-Sea", "Bournemouth, Christchurch and Poole", "Newbiggin-by-the-Sea"],
)
def test_whatever_an_authority_is_called_the_ends_of_its_strips_can_be_read(
    frame: pd.DataFrame, name: str
) -> None:
    declared = [
        indicator(id=one, title=one, polarity="neutral") for one in ("timely", "second", "third")
    ]
    config = configuration({"plans": source("plans", "plans.csv")}, declared)
    chapter = declared[0].chapter
    config = replace(
        config,
        area=config.area.model_copy(update={"name": name}),
        edition=config.edition.model_copy(update={"chapters": (chapter,)}),
        chapters={chapter: Chapter(title="Plans")},
    )
    every = pd.concat([frame.assign(indicator=one.id) for one in declared], ignore_index=True)
    drawn = strip.draw(config, schema.empty(), every)
    assert drawn is not None
    fits(drawn)


# -- words, and numbers read back ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("polarity", "place", "quarter"),
    [
        ("high", 11, "best quarter"),
        ("low", 99, "worst quarter"),
        ("neutral", 11, "highest quarter"),
    ],
)
def test_the_good_end_is_first(
    frame: pd.DataFrame, polarity: str, place: int, quarter: str
) -> None:
    declared = indicator(polarity=polarity)
    config = configuration({"plans": source("plans", "plans.csv")}, [declared])
    home = Standings(frame, config).home("timely")
    assert home is not None
    assert best_first(home, declared).place == place
    assert quarter_words(home, declared) == quarter


def test_the_sentence_says_the_place_and_how_sure_it_is(frame: pd.DataFrame) -> None:
    declared = indicator(polarity="high")
    config = configuration({"plans": source("plans", "plans.csv")}, [declared])
    home = Standings(frame, config).home("timely")
    assert home is not None
    text = said.sentence(replace(home, surely_above=4, surely_below=90), declared).striptags()
    assert text == (
        "It ranked joint 11th of 111 authorities, best first (5th to 21st, allowing for chance), "
        "in the best quarter"
    )
    assert unsure(home) == ""


@pytest.mark.parametrize(("surely_below", "named"), [(55, True), (54, False)])
def test_no_quarter_is_named_of_a_place_that_may_be_in_any_half(
    frame: pd.DataFrame, surely_below: int, named: bool
) -> None:
    """Of 111, 55 places apart are fewer than half; 56 are not."""
    declared = indicator(polarity="high")
    config = configuration({"plans": source("plans", "plans.csv")}, [declared])
    home = Standings(frame, config).home("timely")
    assert home is not None
    placed = replace(home, surely_above=0, surely_below=surely_below)
    text = said.sentence(placed, declared).striptags()
    assert (", in the best quarter" in text) is named
    if not named:
        assert text == (
            "It ranked joint 11th of 111 authorities, best first, and chance alone could put it "
            "anywhere from 1st to 57th"
        )


@pytest.mark.parametrize("polarity", ["high", "low", "neutral"])
def test_a_sentence_and_a_table_give_a_place_one_number(frame: pd.DataFrame, polarity: str) -> None:
    declared = indicator(polarity=polarity)
    config = configuration({"plans": source("plans", "plans.csv")}, [declared])
    home = Standings(frame, config).home("timely")
    assert home is not None
    place = said.cells(home, declared)[0].striptags()
    number, of = place.split(" of ")
    told = said.sentence(home, declared).striptags()
    assert f"{said.nth(int(number))} of {of} authorities" in told
    assert ("highest first" if polarity == "neutral" else "best first") in told


def test_of_a_census_it_is_said_that_there_is_no_chance_in_it(frame: pd.DataFrame) -> None:
    bare = frame.assign(surely_above=-1, surely_below=-1)
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    events = Standings(bare, config).home("timely")
    pupils = Standings(
        bare.assign(population_base="attending", period_type="january"), config
    ).home("timely")
    assert events is not None
    assert pupils is not None
    assert "nobody can say how sure" in unsure(events)
    assert unsure(pupils).startswith("all pupils were counted, so no chance is in the order")


@pytest.mark.parametrize(("n", "text"), [(1, "1st"), (12, "12th"), (22, "22nd"), (113, "113th")])
def test_places_are_written_as_people_do(n: int, text: str) -> None:
    assert said.nth(n) == text


def test_names_lose_what_councils_put_behind_them() -> None:
    assert called("Westmere, County of") == "Westmere"
    assert called("Bourne, Church and Pool") == "Bourne, Church and Pool"


def test_printed_places_are_held_to_the_safe_table(frame: pd.DataFrame) -> None:
    held = Held.of(frame, {"timely": 1})
    row = frame[frame["area_code"].eq(AREA.code)].iloc[0]
    key = standings.key_of(row.to_dict())
    assert key in held

    def ways(field: str) -> tuple[str, ...]:
        return held.accepted(Cell(key, field), "span")

    assert ways("rank_highest") == ("11", "11th")
    assert ways("rank_lowest") == ("99", "99th")
    assert ways("of") == ("111",)
    assert ways("first_highest")[0] == "1"
    assert ways("last_highest")[0] == f"{111 - row['surely_below']}"
    assert ways("rank_sideways") == ()
    assert "50.0%" in ways("value")


def test_the_open_data_are_held_to_the_safe_table(frame: pd.DataFrame) -> None:
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    (text,) = said.files(frame, config).values()
    lines = text.splitlines()
    held = Held.of(frame, {"timely": 1})

    def problems(changed: list[str]) -> list[str]:
        tally = Tally("all_authorities.csv")
        held.judge(changed, changed[0].split(","), tally)
        return [problem.code for problem in tally.problems]

    assert problems(lines) == []
    assert problems([*lines[:5], lines[5].replace("100,", "101,"), *lines[6:]]) != []
    assert problems(lines[:-1]) == ["readback.missing"]
