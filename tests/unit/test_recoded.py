"""An authority whose code changed is found under either code, in official files and local rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jsna.releases import areas
from jsna.releases.audit.cells import Places
from jsna.releases.run import _check_region
from jsna.settings import recoded
from jsna.sources.areas.tables import PLACES
from tests.unit.published_support import (
    AREA,
    EAST,
    HOME,
    NATION,
    configuration,
    csv_text,
    indicator,
    mapped,
    read,
)
from tests.unit.test_tables import CONFIG

BARNSLEY = ("E08000016", "E08000038")


@pytest.mark.parametrize(("ours", "theirs"), [BARNSLEY, BARNSLEY[::-1]])
def test_a_file_that_has_the_other_code_alone_is_read(
    tmp_path: Path, ours: str, theirs: str
) -> None:
    area = AREA.model_copy(update={"code": ours, "old_la_code": "370"})
    row = {**HOME, "new_la_code": theirs, "old_la_code": "", "plans": "7"}
    release = read(tmp_path, [{**NATION, "plans": "90"}, row])
    found = areas.located(release.frame, area)
    assert found.loc[found["geography"] == "authority", "area_code"].tolist() == [ours]
    assert areas.absent(release.frame, area, "release.csv") == []


def test_an_authority_elsewhere_goes_by_its_present_code_whichever_file_is_read_last(
    tmp_path: Path,
) -> None:
    years = (("2021", BARNSLEY[0]), ("2025", BARNSLEY[1]), ("2016", BARNSLEY[0]))
    rows = [{**EAST, "old_la_code": "370", "new_la_code": code, "time_period": year, "plans": "1"}
            for year, code in years]  # fmt: skip
    frames = [read(tmp_path, some).frame for some in (rows[:2], rows[2:])]
    places = Places(frames, AREA)
    assert places.authority("370", BARNSLEY[0]) == places.authority("370", "") == BARNSLEY[1]
    # What it is known as depends on no order, so that editions share what is worked out of it.
    assert Places(frames[::-1], AREA).known_as == places.known_as


def test_a_neighbour_under_both_codes_in_one_period_is_read_once(tmp_path: Path) -> None:
    east = AREA.neighbours[0].model_copy(update={"code": "E08000039", "old_la_code": "373"})
    area = AREA.model_copy(update={"neighbours": (east,)})
    rows = [
        {**EAST, "new_la_code": code, "old_la_code": "373", "plans": plans}
        for code, plans in (("E08000019", "5"), ("E08000039", "6"))
    ]
    found = areas.located(read(tmp_path, [{**HOME, "plans": "1"}, *rows]).frame, area)
    assert found.loc[found["area_code"] == "E08000039", "plans"].tolist() == ["6"]


def test_a_district_is_found_under_an_earlier_code(tmp_path: Path) -> None:
    place = AREA.localities[0].model_copy(update={"code": "E07000242"})
    area = AREA.model_copy(update={"localities": (place,)})
    row = {**HOME, "geographic_level": "Local authority district", "lad_code": "E07000097"}
    found = areas.located(
        read(tmp_path, [{**HOME, "plans": "1"}, {**row, "plans": "3"}]).frame, area
    )
    assert found.loc[found["geography"] == "district", "area_code"].tolist() == ["E07000242"]


def test_local_small_areas_belong_to_the_authority_under_either_code() -> None:
    area = CONFIG.area.model_copy(
        update={"code": "E08000038", "other_codes": recoded.every("E08000038")[1:]}
    )
    assert "in ('E08000038', 'E08000016')" in PLACES[0].query(replace(CONFIG, area=area))


def test_places_that_were_merged_or_divided_are_no_other_place() -> None:
    for gone in ("E10000021", "E10000006", "E10000009", "E06000028", "E06000029"):
        assert recoded.every(gone) == (gone,)
    for change in recoded.RECODED:
        assert recoded.latest(change.former) == change.code
        assert set(recoded.every(change.former)) == {change.former, change.code}


def test_an_unchanged_place_is_as_before(tmp_path: Path) -> None:
    given = {"plans": "200", "timely": "34", "timely_pc": "17.0"}
    assert mapped(read(tmp_path, [{**HOME, **given}]), indicator()).iloc[0]["value"] == 17.0
    assert csv_text([HOME])


#: The look-up of regions, with a neighbour under the code it had before.
REGIONS = [
    ("E10000951", "951", "E12000095"),
    ("E06000951", "952", "E12000095"),
    ("E06000999", "999", "E12000096"),
]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        # Elsewhere another number is nobody's concern.
        ({2: ("E06000999", "998", "E12000096")}, []),
        ({0: ("E10000951", "950", "E12000095")}, [("old_la_code", "951", "the old code 950")]),
        ({1: ("E06000950", "952", "E12000095")}, [("old_la_code", "952", "the old code none")]),
        ({0: ("E10000951", "951", "E12000096")}, [("region", "E12000095", "region E12000096")]),
    ],
)
def test_the_look_up_of_regions_confirms_numbers_and_region(
    changes: dict[int, tuple[str, str, str]], found: list[tuple[str, str, str]]
) -> None:
    rows = [changes.get(n, row) for n, row in enumerate(REGIONS)]
    columns = ["authority_code", "old_la_code", "region_code"]
    config = configuration({})
    near = tuple(n for n in config.area.neighbours if n.code == "E06000951")
    config = replace(config, area=config.area.model_copy(update={"neighbours": near}))
    problems = _check_region(config, pd.DataFrame(rows, columns=columns))
    assert [(p.column, p.value) for p in problems] == [(c, v) for c, v, _ in found]
    assert all(words in p.rule for p, (_, _, words) in zip(problems, found, strict=True))


def test_the_look_up_of_regions_may_have_the_code_of_before() -> None:
    """Barnsley as an area of the look-up's year, under the code it has had since."""
    area = AREA.model_copy(update={"code": BARNSLEY[1], "old_la_code": "370", "neighbours": ()})
    config = replace(configuration({}), area=area)
    look_up = pd.DataFrame(
        [(BARNSLEY[0], "370", AREA.region.code)],
        columns=["authority_code", "old_la_code", "region_code"],
    )
    assert _check_region(config, look_up) == []
