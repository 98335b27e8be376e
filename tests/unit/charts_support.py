"""Small hand-made editions for the chart tests: configuration, indicators, measure rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from jsna.charts import lettering
from jsna.charts.marks import Drawing
from jsna.model.areas import Locality, Neighbour
from jsna.model.configuration import Configuration
from jsna.model.dimensions import Dimension
from jsna.model.editions import Synthesis
from jsna.model.indicators import Chart, Indicator
from jsna.model.schema import KEY, canonical, conform
from jsna.settings import shared
from tests.spec import world

ROOT = Path(__file__).resolve().parents[2]
HOME, NATION = "E10000901", "E92000001"
NAMES = (
    "Dravenford", "Gannerby", "Hesketon", "Kestrelholm", "Lorrimere", "Merrowby", "Ostley",
    "Pellmarsh", "Sorrelby", "Tarnbeck", "Vennick", "Wexmoor",
)  # fmt: skip
LONG = "Middleton St George and Long Benton Market Ward"
TILES = ((1, 0), (2, 0), *((x, y) for y in (1, 2) for x in range(4)), (1, 3), (2, 3))
_LISTS: dict[str, Mapping[str, str]] = {}
_DIMENSIONS: dict[str, Dimension] = {}


def configuration(
    names: Sequence[str] = NAMES,
    *,
    synthetic: bool = True,
    tiles: bool = True,
    kind: str = "district",
    neighbours: int = 10,
    indicators: Sequence[Indicator] = (),
    chapters: tuple[str, ...] = ("prevalence",),
) -> Configuration:
    """An edition of an invented area with these localities."""
    prefix = "E07" if kind == "district" else "E05"
    localities = tuple(
        Locality(
            code=f"{prefix}{901 + i:06d}",
            name=name,
            tile=TILES[i] if tiles and i < len(TILES) else None,
        )
        for i, name in enumerate(names)
    )
    peers = ("Brackenshire", "Calderwynshire", "Ambermoor", "Fenrushire", "Corvale",
             "Thrushleyshire", "Oldwyke", "Marnockshire", "Wrenshaw", "Ellowshire")  # fmt: skip
    area = world.area(
        area="quillshire",
        name="Quillshire",
        code=HOME,
        old_la_code="961",
        region={"code": "E12000091", "name": "Wendmark"},
        localities_are=kind,
        localities=localities,
        neighbours=tuple(
            Neighbour(code=f"E10000{902 + i}", name=name, old_la_code=f"{962 + i}")
            for i, name in enumerate(peers[:neighbours])
        ),
    )
    edition = world.edition(
        edition="tiny-2025",
        synthetic=synthetic,
        area="quillshire",
        published=date(2025, 11, 27),
        chapters=chapters,
        synthesis=Synthesis(seed=1, pupils=1, plans=1, lsoas=1) if synthetic else None,
    )
    if not _LISTS:
        _LISTS.update(shared.codelists(ROOT))
        _DIMENSIONS.update(shared.dimensions(ROOT))
    return Configuration(
        edition=edition,
        area=area,
        releases={},
        profiles={},
        indicators={indicator.id: indicator for indicator in indicators},
        codelists=_LISTS,
        dimensions=_DIMENSIONS,
    )


def indicator(*charts: Chart, **changes: Any) -> Indicator:
    """A proportion of pupils with these charts."""
    given: dict[str, Any] = {
        **world.LEAST,
        "id": "pupils_ehc_plan",
        "chapter": "prevalence",
        "title": "Pupils with an EHC plan",
        "phrase": "pupils with an EHC plan",
        "kind": "proportion",
        "breakdowns": [list(c.by) for c in charts if c.by],
        "charts": charts,
    }
    if changes.get("kind") == "share":
        given["over"] = (changes.pop("over", "primary_need"),)
    return Indicator(**{**given, **changes})


def wilson(events: float, of: float, z: float) -> tuple[float, float]:
    """Wilson's limits in per cent, from the formula itself."""
    p, spread = events / of, z * z / of
    centre = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(p * (1 - p) / of + spread / (4 * of))
    return 100 * (centre - half), 100 * (centre + half)


def row(
    declared: Indicator,
    area: str,
    value: float | None,
    *,
    of: float = 5000,
    period: str = "2025",
    status: str = "",
    by: Mapping[str, str] | None = None,
    limits: bool = True,
    source: str = "local:school_census",
) -> dict[str, Any]:
    """One measure row; `value` None with a status is a number that is not there."""
    breakdown, category = canonical(dict(by or {}))
    made: dict[str, Any] = {
        "edition": "tiny-2025",
        "indicator": declared.id,
        "area_code": area,
        "geography": {"E05": "ward", "E07": "district", "E92": "national", "nei": "neighbours"}.get(
            area[:3], "authority"
        ),
        "period": period,
        "period_type": declared.period_type,
        "breakdown": breakdown,
        "category": category,
        "population_base": declared.population_base,
        "unit": declared.unit,
        "method": declared.method,
        "status": status,
        "source": source,
    }
    if value is None:
        return made
    made |= {"value": value, "numerator": value * of / 100, "denominator": of}
    if limits and declared.unit == "percent" and 0 <= value <= 100:
        made["lower_95"], made["upper_95"] = wilson(value * of / 100, of, 1.959964)
        made["lower_998"], made["upper_998"] = wilson(value * of / 100, of, 3.090232)
    elif limits and declared.kind.name != "count":
        made["lower_95"], made["upper_95"] = value * 0.9, value * 1.1
        made["lower_998"], made["upper_998"] = value * 0.84, value * 1.16
    return made


def frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows in the measure schema."""
    return conform(pd.DataFrame(list(rows)))


def key_of(measure: Any) -> str:
    """The key of a measure row as figures carry it."""
    return "~".join(str(getattr(measure, column)) for column in KEY[1:])


# -- reading a figure back -----------------------------------------------------------------------


def texts(svg: str) -> list[tuple[str, Mapping[str, str]]]:
    """Every text element: its words, and its attributes with those of the group around it."""
    root = ET.fromstring(svg)
    found = []
    for group in root:
        for element in group:
            if element.tag.endswith("text"):
                found.append((element.text or "", {**group.attrib, **element.attrib}))
    return found


def boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Words and the box each text takes: left, top, right, bottom, in points."""
    found = []
    for words, attributes in texts(svg):
        size = float(attributes["font-size"])
        wide = lettering.width(words, size, int(attributes.get("font-weight", 400)))
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[attributes.get("text-anchor", "start")]
        left, base = float(attributes["x"]) - shift * wide, float(attributes["y"])
        found.append((words, left, base - 0.68 * size, left + wide, base + 0.18 * size))
    return found


def collisions(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that overlap by more than a hair."""
    every = boxes(svg)
    return [
        (one[0], other[0])
        for index, one in enumerate(every)
        for other in every[index + 1 :]
        if min(one[3], other[3]) - max(one[1], other[1]) > 0.6
        and min(one[4], other[4]) - max(one[2], other[2]) > 0.6
    ]


def outside(svg: str) -> list[str]:
    """Texts that leave the figure."""
    _, _, wide, high = map(float, ET.fromstring(svg).attrib["viewBox"].split())
    return [w for w, x, y, right, low in boxes(svg) if x < -0.6 or y < -0.6
            or right > wide + 0.6 or low > high + 0.6]  # fmt: skip


def fits(drawing: Drawing) -> None:
    """That no label collides or leaves the figure, on a page or on a narrow screen."""
    for image, wide in ((drawing.svg, 482.0), (drawing.narrow, 216.0)):
        assert not (found := collisions(image)), found
        assert not (found := outside(image)), found
        assert float(ET.fromstring(image).attrib["viewBox"].split()[2]) == wide
        sizes = [float(attributes["font-size"]) for _, attributes in texts(image)]
        if wide == 216.0 and drawing.type != "heat":  # a number may be too long for its cell
            assert min(sizes, default=9.0) >= 9.0  # twelve pixels
