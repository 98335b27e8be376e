"""The `draw` stage: figures from the safe measures into the draft of the report.

Reads `safe/measures.parquet`, `safe/standings.parquet` and configuration only. Writes
`charts/<figure id>.svg` and the same for a narrow screen, `charts/figures.json`, the list the
report is written from, and the receipt of both, and removes figures of earlier runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jsna import io, records
from jsna.charts import place, strip
from jsna.charts.marks import Drawing, narrow_id
from jsna.charts.select import figures
from jsna.model import standings
from jsna.model.configuration import Configuration
from jsna.settings import council


def run(config: Configuration, paths: io.Paths) -> list[str]:
    """Draw every figure of the edition; returns their ids in the order of the report."""
    source = paths.safe / "measures.parquet"
    measures = io.read_measures(source)
    drawings = list(figures(config, measures, council.events(config, paths.root)))
    everyone = standings.check(io.read_parquet(paths.safe / standings.FILE), standings.FILE)
    if (among := strip.draw(config, measures, everyone)) is not None:
        drawings.append(among)
    drawings += place.draw(config, measures)
    folder = io.make_folder(paths.draft / "charts")
    drawn = {folder / name: image for name, image in images(drawings).items()}
    for file, image in drawn.items():
        io.write_text(file, image)
    io.write_json(folder / "figures.json", {"figures": listing(drawings)})
    for stale in sorted(folder.glob("fig-*.svg")):
        if stale not in drawn:
            io.remove(stale)
    io.write_json(paths.draft / records.DRAWN, {"files": records.digests(paths.draft, drawn)})
    return [drawing.id for drawing in drawings]


def images(drawings: Sequence[Drawing]) -> dict[str, str]:
    """Name of a file -> the image in it, of each figure at both widths."""
    return {
        f"{name}.svg": image
        for drawing in drawings
        for name, image in ((drawing.id, drawing.svg), (narrow_id(drawing.id), drawing.narrow))
    }


def listing(drawings: Sequence[Drawing]) -> list[dict[str, Any]]:
    """What the report needs to know of each figure, in order.

    `header` (the first over the row labels) and `rows` are the linked data table: a row is a
    label and its cells, a cell the key of a measure and the field to print, with an empty key
    where the measure table has no such row.
    """
    return [
        {
            "id": drawing.id,
            "indicator": drawing.indicator,
            "chapter": drawing.chapter,
            "type": drawing.type,
            "title": drawing.title,
            "subtitle": drawing.subtitle,
            "alt": drawing.alt,
            "note": drawing.note,
            "sources": list(drawing.sources),
            "keys": list(drawing.keys),
            "file": f"{drawing.id}.svg",
            "narrow": f"{narrow_id(drawing.id)}.svg",
            "header": list(drawing.header),
            "rows": [
                [label, [{"key": cell.key, "field": cell.field} for cell in cells]]
                for label, cells in drawing.rows
            ],
        }
        for drawing in drawings
    ]
