"""Boundaries: the national grid by formula, GeoJSON read and refused, outlines thinned, kept."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from jsna.charts import outline
from jsna.errors import JsnaError
from jsna.io import Paths, read_json
from jsna.model.areas import Ring, Shape
from jsna.releases import boundaries, home, national_grid, outlines, reference
from jsna.releases.run import check_area
from jsna.settings import loading
from tests.conftest import ROOT
from tests.unit.boundaries_support import SEA, SIDE, geojson, squares, written

CODES = [f"E07000{901 + n}" for n in range(12)]
NAME = "test-map-2025"


def degrees(d: int, m: int, s: float) -> float:
    return d + m / 60 + s / 3600


def test_the_worked_example_of_the_projection() -> None:
    """Ordnance Survey's guide, annex C.1: 52°39′27.2531″N, 1°43′4.5177″E of OSGB36."""
    lat, lon = degrees(52, 39, 27.2531), degrees(1, 43, 4.5177)
    found = national_grid.transverse(np.radians([lon]), np.radians([lat]))
    assert np.allclose(found, [[651_409.903, 313_177.270]], atol=0.001)


def test_a_point_of_wgs84_is_where_the_survey_puts_it() -> None:
    """The same water tower by satellite, which the survey's own shift puts at 651409.8, 313177.5.

    The seven parameters are good to five metres.
    """
    lat, lon = degrees(52, 39, 28.8282), degrees(1, 42, 57.8663)
    ((east, north),) = national_grid.project(np.array([lon]), np.array([lat]))
    assert math.hypot(east - 651_409.804, north - 313_177.450) < 5


def borders(shapes: dict[str, Shape]) -> set[tuple[Any, Any]]:
    return {edge for shape in shapes.values() for ring in shape for edge in pairwise(ring)}


def distance(point: tuple[int, int], ring: Ring) -> float:
    (px, py), least = point, math.inf
    for (x, y), (u, v) in pairwise(ring):
        length = (u - x) ** 2 + (v - y) ** 2
        along = ((px - x) * (u - x) + (py - y) * (v - y)) / length if length else 0.0
        along = min(1.0, max(0.0, along))
        least = min(least, math.hypot(x + along * (u - x) - px, y + along * (v - y) - py))
    return least


def test_places_that_touch_still_touch_when_thinned() -> None:
    shapes = squares(CODES)
    thin = outlines.simplified(shapes)
    assert [*thin] == CODES
    count = sum(len(ring) for shape in thin.values() for ring in shape)
    assert 12 * 5 <= count < 0.2 * sum(len(ring) for shape in shapes.values() for ring in shape)
    # Each border within the county is run along both ways, and the whole has one edge around it.
    edges = borders(thin)
    alone = {edge for edge in edges if edge[::-1] not in edges}
    (around,) = outline.together(thin.values())
    assert {*pairwise(around)} == alone
    xs, ys = {x for x, _ in around}, {y for _, y in around}
    assert (min(xs), max(ys)) == (SEA[0], SEA[1] + SIDE) or len(xs) > 2
    # No point strays by more than the width of a line: 0.4 of a 480th of the county's 40 km.
    for code, (ring,) in shapes.items():
        assert max(distance(point, thin[code][0]) for point in ring) <= 40_100 / 480 * 0.4 + 1


def test_where_a_ring_begins_and_which_way_it_runs_changes_nothing() -> None:
    shapes = squares(CODES[:4], 2)
    thin = outlines.simplified(shapes)
    ring = shapes[CODES[0]][0][:-1]
    turned = {**shapes, CODES[0]: ((*ring[37:], *ring[:38]),)}
    assert borders(outlines.simplified(turned)) == borders(thin)
    # A file may have its rings either way round.
    back = geojson({**shapes, CODES[0]: (shapes[CODES[0]][0][::-1],)})
    assert _read(back) == shapes


def test_an_island_too_small_to_see_is_left_out_but_never_a_whole_place() -> None:
    def box(x: int, y: int, side: int) -> Ring:
        return ((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y))

    shapes = {"big": (box(0, 0, 40_000), box(45_000, 0, 100)), "rock": (box(50_000, 0, 100),)}
    thin = outlines.simplified(shapes)
    assert thin == {"big": (box(0, 0, 40_000),), "rock": (box(50_000, 0, 100),)}


def _read(content: Any, named: str = "LAD25CD", folder: Path | None = None) -> dict[str, Shape]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(dir=folder) as made:
        file = Path(made) / "b.geojson"
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        return boundaries.read(file, named)


def test_degrees_and_holes_are_read() -> None:
    outer = [[0.6, 51.5], [0.7, 51.5], [0.7, 51.6], [0.6, 51.6], [0.6, 51.5]]
    hole = [[0.64, 51.54], [0.66, 51.54], [0.66, 51.56], [0.64, 51.56], [0.64, 51.54]]
    content = geojson({"E07000901": ()}, crs=None)
    content["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [outer, hole]}
    (shape,) = _read(content).values()
    areas = [outlines.twice_area(ring) / 2 for ring in shape]
    # A hundredth of a degree here is 694 m by 1,113 m.
    assert areas[0] == pytest.approx(100 * 694 * 1113, rel=0.01)
    assert areas[1] == pytest.approx(-4 * 694 * 1113, rel=0.01)


def change(do: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    content = geojson(squares(CODES[:2], wavers=0))
    do(content)
    return content


def geometry(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["features"][0]["geometry"]
    return found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "is not GeoJSON in UTF-8 that can be read"),
        ("[]", 'has no "FeatureCollection"'),
        (change(lambda c: c.update(features=[])), "has no feature"),
        (change(lambda c: c.update(crs={"properties": {"name": "EPSG:3857"}})), "WGS84"),
        (change(lambda c: c.pop("crs")), "are no degrees of longitude and latitude"),
        (change(lambda c: c["features"][1]["properties"].update(LAD25CD=CODES[0])), "already"),
        (change(lambda c: c["features"][0]["properties"].pop("LAD25CD")), "'LAD25CD'; it has FID"),
        (change(lambda c: geometry(c).update(type="Point")), "is Point, and no polygon"),
        (change(lambda c: c["features"][0].update(geometry=None)), "is none, and no polygon"),
        (change(lambda c: geometry(c)["coordinates"][0][0].pop()), "not closed"),
        (change(lambda c: geometry(c).update(coordinates=[[7]])), "no lists of points"),
        (change(lambda c: geometry(c).update(coordinates=[[[[1, 1]] * 5]])), "has no area"),
        (
            change(lambda c: geometry(c).update(
                coordinates=[[[[-9, 9], [9, 9], [9, 99], [-9, 9]]]])),
            "outside Great Britain",
        ),
        (
            change(lambda c: c["features"][0]["properties"].update(
                LONG=0.6468, LAT=51.5565, BNG_E=583_583, BNG_N=287_494)),
            "point in degrees is not its point on the grid",
        ),
        (
            change(lambda c: c["features"][0]["properties"].update(
                LONG=0.646845, LAT=51.55646, BNG_E=583_583, BNG_N=187_494)),
            "lies outside its shape",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_boundaries_is_refused(content: Any, said: str) -> None:
    with pytest.raises(JsnaError, match=said):
        _read(content)


def test_all_that_is_wrong_is_told_at_once_and_no_more_than_can_be_read() -> None:
    content = geojson(squares(CODES))
    for feature in content["features"][:9]:
        feature["geometry"] = None
    with pytest.raises(JsnaError) as caught:
        _read(content)
    told = [problem.rule for problem in caught.value.problems]
    assert [rule.split(":")[0] for rule in told[:5]] == [f"feature {n}" for n in range(1, 6)]
    assert told[5:] == ["and 4 more like these"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The synthetic county of the tests, with an invented release of boundaries."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    edition = yaml.safe_load((ROOT / "config/editions/test-2025.yaml").read_text("utf-8"))
    edition["edition"] = NAME
    edition["releases"]["boundaries"] = "synthetic_squares"
    _write(tmp_path, f"config/editions/{NAME}.yaml", edition)
    entry = {
        "publisher": "Invented by this project", "title": "Synthetic boundaries",
        "release": "Synthetic 2025", "file": "squares.geojson", "licence": "MIT",
        "synthetic": True, "codes": "LAD25CD",
    }  # fmt: skip
    _write(tmp_path, "config/releases/boundaries/synthetic_squares.yaml", entry)
    return tmp_path


def _write(root: Path, name: str, content: Any) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def give(root: Path, shapes: dict[str, Shape]) -> None:
    file = Paths(root, NAME).published / "squares.geojson"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(written(shapes))


def test_shapes_of_an_edition_are_kept_with_what_they_stand_on(project: Path) -> None:
    before = loading.load(NAME, project)
    assert before.area.unsettled
    (problem,) = check_area(before, Paths(project, NAME))
    assert "have not been found in" in problem.rule
    assert not home.settle(NAME, project)  # the file is not there
    codes = [*before.area.locality_names]
    give(project, squares([*codes, "E07000999"]))
    assert home.settle(NAME, project)
    kept = read_json(Paths(project, NAME).area)
    assert kept["shapes_from"] == "synthetic_squares"
    assert [*kept["shapes"]] == sorted(codes)
    config = loading.load(NAME, project)
    assert not config.area.unsettled
    assert config.area.without_shape == ()
    assert config.area.shapes == outlines.simplified(squares(codes))
    assert reference.lacking(config, {}) == []


def test_a_place_without_a_shape_is_a_stated_gap(project: Path) -> None:
    area = loading.load(NAME, project).area
    first, *rest = area.localities
    give(project, squares([place.code for place in rest]))
    assert home.settle(NAME, project)
    (said,) = reference.lacking(loading.load(NAME, project), {})
    assert said == f"synthetic_squares has no shape of {first.name}, so no map is drawn"
    give(project, squares(["E07000999"]))
    home.settle(NAME, project)
    (said,) = reference.lacking(loading.load(NAME, project), {})
    assert f"has no shape of any district of {area.name}" in said


def test_a_release_of_boundaries_names_the_property_of_its_codes(project: Path) -> None:
    path = project / "config/releases/boundaries/synthetic_squares.yaml"
    path.write_text(path.read_text("utf-8").replace("codes: LAD25CD\n", ""), encoding="utf-8")
    with pytest.raises(JsnaError, match="property of a feature that holds a place's code"):
        loading.load(NAME, project)


def topology(**changes: Any) -> dict[str, Any]:
    """Two squares of a hundredth of a degree that share one piece of border, and an island."""
    content: dict[str, Any] = {
        "type": "Topology",
        "transform": {"scale": [0.01, 0.01], "translate": [0.6, 51.5]},
        # The border between, up; around the first from its top; around the second from its foot.
        "arcs": [
            [[1, 0], [0, 1]],
            [[1, 1], [-1, 0], [0, -1], [1, 0]],
            [[1, 0], [1, 0], [0, 1], [-1, 0]],
            [[5, 5], [1, 0], [0, 1], [-1, -1]],
        ],
        "objects": {
            "lad": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "properties": {"areacd": CODES[0]}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "properties": {"areacd": CODES[1]},
                     "arcs": [[[2, ~0]], [[3]]]},
                ],
            }
        },
    }  # fmt: skip
    return {**content, **changes}


def test_neighbours_of_a_topology_share_their_border() -> None:
    shapes = _read(topology(), "areacd")
    assert [len(shapes[code]) for code in CODES[:2]] == [1, 2]
    # A hundredth of a degree here is 694 m by 1,113 m; the island is half of that.
    areas = [sum(outlines.twice_area(ring) / 2 for ring in shapes[code]) for code in CODES[:2]]
    assert areas == [pytest.approx(694 * 1113, rel=0.01), pytest.approx(1.5 * 694 * 1113, rel=0.01)]
    first, second = ({*pairwise(shapes[code][0])} for code in CODES[:2])
    assert len(first & {(b, a) for a, b in second}) == 1
    # The same without steps, as points.
    arcs = [[[0.61, 51.5], [0.61, 51.51]], [[0.61, 51.51], [0.6, 51.51], [0.6, 51.5], [0.61, 51.5]]]
    plain = topology(arcs=arcs)
    del plain["transform"], plain["objects"]["lad"]["geometries"][1]
    assert _read(plain, "areacd") == {CODES[0]: shapes[CODES[0]]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (topology(arcs=[[[0, 0], [1, 1]]]), "its arcs cannot be put together"),
        (topology(arcs=None), "its arcs cannot be put together"),
        (topology(transform={"scale": [1]}), "its arcs cannot be put together"),
        (topology(objects={}), "must have one object, the places"),
        (topology(objects={"a": {}, "b": {}}), "must have one object, the places"),
        (topology(transform={"scale": [1, 1], "translate": [0.6, 51.5]}), "outside Great Britain"),
    ],
)
def test_what_is_no_topology_of_places_is_refused(content: Any, said: str) -> None:
    with pytest.raises(JsnaError, match=said):
        _read(content, "areacd")
