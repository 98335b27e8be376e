"""The SVG itself: small, tidy, the same every time, many to a page; and the draw stage."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from jsna import io
from jsna.charts import draw
from jsna.charts.select import figures, misdeclared
from jsna.errors import JsnaError
from jsna.model import standings
from jsna.model.configuration import Configuration
from jsna.model.indicators import Chart
from jsna.model.schema import KEY
from jsna.settings import shared
from tests.unit.charts_support import (
    HOME,
    NATION,
    ROOT,
    configuration,
    frame,
    indicator,
    row,
    texts,
)
from tests.unit.test_charts_figures import BARS, GRADIENT, TILES, TREND

CHARTS = (TREND, BARS, TILES, GRADIENT)
DECLARED = indicator(*CHARTS)


def edition() -> Configuration:
    return configuration(indicators=[DECLARED])


def measures() -> io.pd.DataFrame:
    rows = [row(DECLARED, HOME, 4.0 + y / 5, of=60_000, period=str(2020 + y)) for y in range(6)]
    rows += [row(DECLARED, NATION, 4.0 + y / 9, of=9e6, period=str(2020 + y)) for y in range(6)]
    rows += [
        row(DECLARED, code, 3.0 + i / 3) for i, code in enumerate(edition().area.locality_names)
    ]
    rows += [row(DECLARED, HOME, 8.0 - n / 2, by={"imd_decile": str(n)}) for n in range(1, 11)]
    return frame(rows)


def test_nothing_in_the_svg_reaches_out_or_clashes() -> None:
    drawings = list(figures(edition(), measures()))
    assert [d.type for d in drawings] == ["trend", "bars", "map", "gradient"]
    every: list[str] = []
    for drawing in drawings:
        svg = drawing.svg
        assert svg.startswith("<svg ")
        for banned in (
            "<?xml",
            "<!DOCTYPE",
            "<metadata",
            "<style",
            "<defs",
            "xlink",
            "http:",
            "url(",
        ):
            assert banned not in svg.replace("http://www.w3.org/2000/svg", ""), banned
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert all(found.startswith(drawing.id) for found in ids)
        every += ids
    assert len(every) == len(set(every))


def test_the_first_child_is_the_text_alternative() -> None:
    for drawing in figures(edition(), measures()):
        root = ET.fromstring(drawing.svg)
        assert root[0].tag.endswith("title")
        assert root[0].text == drawing.alt
        assert drawing.title in drawing.alt
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == root[0].attrib["id"]


def test_only_the_bundled_typeface_and_text_as_text() -> None:
    for drawing in figures(edition(), measures()):
        families = set(re.findall(r'font-family="([^"]+)"', drawing.svg))
        assert families == {"'Source Sans 3', sans-serif"}
        assert len(texts(drawing.svg)) > 10
        weights = {a.get("font-weight", "400") for _, a in texts(drawing.svg)}
        assert weights <= {"400", "600"}


def test_names_that_would_break_xml_are_escaped() -> None:
    config = configuration(['St Mary & "All" <Saints>', "Øst–Ely"], indicators=[DECLARED])
    rows = [row(DECLARED, code, 5.0) for code in config.area.locality_names]
    drawings = list(figures(config, frame(rows)))
    words = [words for words, _ in texts(drawings[0].svg)]
    assert 'St Mary & "All" <Saints>' in words


_DIGEST = """
import hashlib
from tests.unit import test_charts_svg as t
rows = t.measures().sample(frac=1, random_state={seed})
text = "".join(d.svg + d.title for d in t.figures(t.edition(), rows))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.full
def test_the_same_bytes_whatever_the_machine_says(tmp_path: Path) -> None:
    found = set()
    for seed, zone, locale in (("1", "UTC", "C"), ("99", "Asia/Tokyo", "de_DE.UTF-8")):
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST.format(seed=seed)],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1


def test_the_ratio_names_both_measures() -> None:
    svg = next(d.svg for d in figures(edition(), measures()) if d.type == "gradient")
    (ratio,) = [(w, a) for w, a in texts(svg) if a.get("data-field") == "ratio"]
    # 7.5 over 3.0
    assert ratio[0] == "2.5 times"
    assert ratio[1]["data-measure"].endswith("imd_decile~1~")
    assert ratio[1]["data-over"].endswith("imd_decile~10~")


def test_every_misdeclared_chart_is_named_at_once() -> None:
    wrong = indicator(
        Chart(type="heat", by=("sex",)), Chart(type="map", by=("sex",)), CHARTS[0], CHARTS[0]
    )
    declared = wrong.model_copy(update={"breakdowns": ()})
    rules = [problem.rule for problem in misdeclared({"a": declared}, {})]
    assert len(rules) == 3
    config = replace(edition(), indicators={"a": declared})
    with pytest.raises(JsnaError, match="needs `by` of 2 dimensions") as raised:
        list(figures(config, measures()))
    assert len(raised.value.problems) == 3


def test_the_declared_charts_can_all_be_drawn() -> None:
    indicators = shared.indicators(ROOT)
    assert len(indicators) >= 25
    assert misdeclared(indicators, shared.dimensions(ROOT)) == []


def test_numbers_by_age_groups_of_unequal_width_are_no_chart() -> None:
    plans = shared.indicators(ROOT)["plans"]
    dimensions = shared.dimensions(ROOT)
    assert "age_group" in {name for by in plans.breakdowns for name in by}
    bars = plans.model_copy(update={"charts": (Chart(type="bars", by=("age_group",)),)})
    (problem,) = misdeclared({"plans": bars}, dimensions)
    assert "unequal width" in problem.rule
    rate = shared.indicators(ROOT)["plans_rate_0_25"]
    assert Chart(type="bars", by=("age_group",)) in rate.charts


def test_the_stage_writes_what_the_report_reads(tmp_path: Path) -> None:
    config, paths = edition(), io.Paths(tmp_path, "tiny-2025")
    io.write_measures(paths.safe / "measures.parquet", measures())
    io.write_parquet(paths.safe / standings.FILE, standings.empty())
    folder = paths.draft / "charts"
    io.write_text(folder / "fig-of-an-earlier-run.svg", "<svg/>")
    ids = draw.run(config, paths)
    listed = json.loads((folder / "figures.json").read_text(encoding="utf-8"))["figures"]
    assert [entry["id"] for entry in listed] == ids
    # Nothing else, nor the record of anything else.
    made = [f"{i}{layout}.svg" for i in ids for layout in ("", "--narrow")] + ["figures.json"]
    assert {p.name for p in folder.iterdir()} == {*made, *(f".{name}.sha256" for name in made)}
    keys = {"~".join(map(str, r)) for r in measures()[list(KEY[1:])].itertuples(index=False)}
    for entry in listed:
        assert len(entry["header"]) == 1 + len(entry["rows"][0][1])
        named = {cell["key"] for _, cells in entry["rows"] for cell in cells}
        assert named <= keys
        assert entry["sources"] == ["local:school_census"]
    first = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    draw.run(config, paths)
    assert first == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_the_stage_opens_nothing_outside_the_safe_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, paths = edition(), io.Paths(tmp_path, "tiny-2025")
    io.write_measures(paths.safe / "measures.parquet", measures())
    io.write_parquet(paths.safe / standings.FILE, standings.empty())
    read: list[Path] = []
    whole = io.read_parquet
    monkeypatch.setattr(
        io, "read_parquet", lambda path, *a: (read.append(path), whole(path, *a))[1]
    )
    draw.run(config, paths)
    assert read == [paths.safe / "measures.parquet", paths.safe / standings.FILE]
