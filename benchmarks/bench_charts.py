"""CPU seconds of drawing a county's figures, on made-up measures.

Run `python benchmarks/bench_charts.py [edition]`: with an edition, its own safe measures are drawn.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

STARTED = time.process_time()
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def county() -> tuple[object, object]:
    """A county of twelve districts and 36 figures of every type, with comparators and years."""
    from tests.unit import charts_support as made

    from jsna.model.indicators import Chart

    needs = ["ASD", "SLCN", "SEMH", "MLD", "SPLD", "SLD", "PMLD", "PD", "HI", "VI", "MSI", "OTH"]
    charts = [
        Chart(type="trend"),
        Chart(type="areas"),
        Chart(type="bars", by=("locality",)),
        Chart(type="map", by=("locality",)),
        Chart(type="gradient", by=("imd_decile",)),
        Chart(type="heat", by=("primary_need", "locality")),
    ]
    declared = [made.indicator(*charts, id=f"indicator_{n}") for n in range(6)]
    config = made.configuration(indicators=declared)
    places = list(config.area.locality_names)
    peers = [place.code for place in config.area.neighbours]
    rows = []
    for index, one in enumerate(declared):
        for year in range(2016, 2026):
            for area in (made.HOME, made.NATION, "neighbours", *peers):
                value = 3 + (year - 2015) / 5 + len(area) / 9 + index
                rows.append(made.row(one, area, value, of=150_000, period=str(year)))
        for n, area in enumerate(places):
            rows.append(made.row(one, area, 3.0 + n / 3, of=15_000))
            for m, need in enumerate(needs):
                rows.append(made.row(one, area, 1.0 + (n * m) % 9, by={"primary_need": need}))
        for n in range(1, 11):
            rows.append(made.row(one, made.HOME, 9.0 - n / 2, by={"imd_decile": str(n)}))
    return config, made.frame(rows)


def edition(name: str) -> tuple[object, object]:
    """Configuration and safe measures of an edition already built as far as `protect`."""
    from jsna import io
    from jsna.settings import loading

    paths = io.Paths(ROOT, name)
    return loading.load(name, ROOT), io.read_parquet(paths.safe / "measures.parquet")


def main() -> None:
    config, measures = edition(sys.argv[1]) if len(sys.argv) > 1 else county()
    from jsna.charts.select import figures

    before = time.process_time()
    drawings = list(figures(config, measures))  # type: ignore[arg-type]
    spent = time.process_time() - before
    largest = max(len(drawing.svg.encode()) for drawing in drawings)
    print(f"{len(measures):,} measures, {len(drawings)} figures")  # type: ignore[arg-type]
    print(f"before drawing  {before - STARTED:6.2f} CPU s (imports, data)")
    print(f"drawing         {spent:6.2f} CPU s, {1000 * spent / len(drawings):.0f} ms a figure")
    print(f"largest figure  {largest / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
