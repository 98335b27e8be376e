"""Boundaries as published: Southend's wards and Lancashire's districts have a shape each.

Held to what the publisher gives beside the shapes: the point of each ward on the national grid.
Reads `shared/published` beside the repository.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from jsna.io import Paths
from jsna.releases import boundaries, fetch, home, national_grid
from jsna.settings import loading
from tests.conftest import ROOT

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
