"""Boundaries as published: Southend's wards and Lancashire's districts have a shape each.

Held to what the publisher gives beside the shapes: the point of each ward on the national grid.
Reads `shared/published` beside the repository.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from jsna.charts import outline
from jsna.io import Paths
from jsna.releases import boundaries, fetch, home, lookups, national_grid, outlines
from jsna.settings import authorities, loading, recoded
from tests.conftest import ROOT
from tests.unit.charts_support import fits
from tests.unit.test_charts_maps import mapped_as

pytestmark = pytest.mark.real

PUBLISHED = Path(__file__).parents[3] / "shared" / "published"
WARDS = PUBLISHED / "f_boundaries/ward_E06000033.geojson"


def test_wards_lie_where_their_publisher_puts_them() -> None:
    features = json.loads(WARDS.read_text("utf-8"))["features"]
    given = [feature["properties"] for feature in features]
    found = national_grid.project(*(np.array([one[k] for one in given]) for k in ("LONG", "LAT")))
    expected = np.array([[one["BNG_E"], one["BNG_N"]] for one in given])
    assert np.abs(found - expected).max() < 5
    assert len(boundaries.read(WARDS, "WD25CD")) == 17


@pytest.mark.parametrize(
    ("name", "places"), [("southend-open-2025", 17), ("lancashire-open-2025", 12)]
)
def test_every_place_of_an_open_edition_has_a_shape(name: str, places: int, tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    paths = Paths(tmp_path, name)
    fetch.fetch(loading.load(name, tmp_path), paths, PUBLISHED, progress=lambda _: None)
    assert home.settle(name, tmp_path)
    area = loading.load(name, tmp_path).area
    assert (len(area.shapes), area.without_shape) == (places, ())


DISTRICTS = PUBLISHED / "f_boundaries/geogLA2022EW.topojson"
#: Hectares of land (Standard Area Measurements of the Office for National Statistics), and every
#: district that lies against it on the Ordnance Survey's map.
KNOWN = {
    "E07000178": (4_560, {"E07000177", "E07000179", "E07000180"}),  # Oxford
    "E07000148": (3_902, {"E07000144", "E07000149"}),  # Norwich
}  # fmt: skip


@pytest.mark.parametrize("code", KNOWN)
def test_a_district_is_as_large_as_its_publisher_says_and_lies_among_its_neighbours(
    code: str,
) -> None:
    shapes = boundaries.read(DISTRICTS, "areacd")
    hectares, beside = KNOWN[code]
    own = outline.polygon(shapes[code])
    assert own.area / 10_000 == pytest.approx(hectares, rel=0.04)  # generalised
    every = {other: outline.polygon(shape) for other, shape in shapes.items()}
    assert {o for o, place in every.items() if o != code and own.intersects(place)} == beside


def test_every_authority_has_a_map_of_districts_or_none_that_lacks_a_place() -> None:
    """The districts of each county of the look-up are all in the file; others are named so."""
    listed = authorities.register(ROOT)
    release = yaml.safe_load((ROOT / "config/releases/boundaries/districts_2022.yaml").read_text())
    upper = lookups.authorities(PUBLISHED / "b_lookups/geographr_lookup_ltla23_utla23.csv")
    shapes = {*boundaries.read(DISTRICTS, "areacd")}
    with_districts = set()
    for one in listed.by_number.values():
        own = {*upper.loc[upper["authority_code"].isin(recoded.every(one.code)), "district_code"]}
        if one.tier != "county":
            continue
        with_districts.add(one.code)
        assert own and all({*recoded.every(code)} & shapes for code in own), one.name
    assert (len(listed.by_number), len(with_districts)) == (153, 21)
    assert {*release["covers"]} == with_districts


def test_a_map_of_each_county_is_small_and_none_of_its_labels_collide() -> None:
    upper = lookups.authorities(PUBLISHED / "b_lookups/geographr_lookup_ltla23_utla23.csv")
    features = json.loads(DISTRICTS.read_text("utf-8"))["objects"]["lad"]["geometries"]
    names = {one["properties"]["areacd"]: one["properties"]["areanm"] for one in features}
    every = boundaries.read(DISTRICTS, "areacd")
    for county, rows in upper.groupby("authority_code"):
        if not str(county).startswith("E10"):
            continue
        codes = [*rows["district_code"]]
        # Real outlines under invented numbers are drawn here only, and kept nowhere.
        drawn = mapped_as(outlines.simplified({code: every[code] for code in codes}), names)
        assert drawn.alt.startswith("Map of ")
        fits(drawn)
        assert max(len(drawn.svg), len(drawn.narrow)) < 60_000, county
