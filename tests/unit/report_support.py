"""A small made-up edition and its measures, so that the report can be tested by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from jsna import io
from jsna.measures.derived import complete, counted
from jsna.measures.methods import interval
from jsna.model import schema, standings
from jsna.model.chapters import Chapter
from jsna.model.configuration import Configuration
from jsna.model.dimensions import Dimension
from jsna.model.editions import Delivery, Synthesis
from jsna.model.indicators import LOCALITY, Indicator
from jsna.model.releases import Release
from jsna.model.topics import Topic, TopicsFile
from jsna.settings.shared import chapters as declared_chapters
from jsna.settings.shared import codelists, dimensions, indicators, profiles
from jsna.view import words
from jsna.view.rows import Measures, Row
from tests.spec import world
from tests.supplied import supplied

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "reports" / "templates"
CHAPTERS = (
    "population", "prevalence", "ehc_process", "exclusions", "placements",
    "health", "social_care", "data_quality", "linkage", "protection", "methods", "definitions",
    "asked", "making",
)  # fmt: skip
AREA = world.area(
    area="marrowshire",
    name="Marrowshire",
    code="E10000951",
    old_la_code="991",
    region={"code": "E12000098", "name": "Overmere"},
    localities=[
        {"code": f"E070009{n}", "name": name, "tile": [n % 3, n // 3]}
        for n, name in enumerate(("Ablecote", "Brindlow", "Cawthorn Vale", "Dunmarsh"), 61)
    ],
    neighbours_model="Invented for the tests",
    neighbours=[
        {"code": f"E100009{n}", "name": name, "old_la_code": f"9{n}"}
        for n, name in enumerate(("Ferrowshire", "Glenwick", "Harrowby"), 71)
    ],
)
RELEASES = {
    "ehcp": (
        Release(
            dataset="ehcp",
            id="ehcp_2025",
            publisher="Department for Education",
            title="Education, health and care plans",
            release="2025",
            file="ehcp.zip",
            page="https://example.org/ehcp",
            licence="Open Government Licence v3.0",
            published=date(2025, 6, 26),
        ),
    )
}


@cache
def configured() -> tuple[dict[str, Indicator], dict[str, Any], dict[str, Any]]:
    """The project's own indicators, code lists and disclosure profiles."""
    return indicators(ROOT), codelists(ROOT), profiles(ROOT)


@cache
def every_chapter() -> dict[str, Chapter]:
    """The project's own chapters."""
    return declared_chapters(ROOT)


@cache
def every_topic() -> dict[str, Topic]:
    """The project's own topics."""
    content = yaml.safe_load((ROOT / "config/topics.yaml").read_text(encoding="utf-8"))
    return TopicsFile.model_validate(content).topics


@cache
def declared_dimensions() -> dict[str, Dimension]:
    """The project's own dimensions."""
    return dimensions(ROOT)


def configuration(
    *,
    synthetic: bool = True,
    extracts: Sequence[Delivery] = (),
    chapters: Sequence[str] = CHAPTERS,
    indicators: dict[str, Indicator] | None = None,
    title: str = "Marrowshire SEND JSNA 2025",
) -> Configuration:
    """An edition about Marrowshire."""
    edition = world.edition(
        edition="marrow-2025",
        title=title,
        synthetic=synthetic,
        area="marrowshire",
        published=date(2025, 11, 27),
        contact="send@marrowshire.example",
        extracts=supplied(extracts),
        chapters=tuple(chapters),
        synthesis=Synthesis(seed=1, pupils=10, plans=1, lsoas=1) if synthetic else None,
    )
    declared, codelists, profiles = configured()
    return Configuration(
        edition,
        AREA,
        RELEASES,
        profiles,
        declared if indicators is None else indicators,
        codelists,
        dimensions=declared_dimensions(),
        chapters=every_chapter(),
        topics=every_topic(),
    )


def measure(
    indicator: Indicator,
    numerator: float,
    denominator: float = math.nan,
    *,
    area: str = AREA.code,
    geography: str = "authority",
    period: str = "2025",
    dims: dict[str, str] | None = None,
    status: str = "",
    source: str = "local:sen2",
) -> dict[str, Any]:
    """One measure row with its limits; a status that hides leaves no number in it."""
    breakdown, category = schema.canonical(dims or {})
    row: dict[str, Any] = {
        "edition": "marrow-2025",
        "indicator": indicator.id,
        "area_code": area,
        "geography": geography,
        "period": period,
        "period_type": indicator.period_type,
        "breakdown": breakdown,
        "category": category,
        "population_base": indicator.population_base,
        "unit": indicator.unit,
        "method": indicator.method,
        "status": status,
        "reason": "disclosure_control" if status == "c" else "",
        "profile": "default",
        "source": source,
        "note": "",
    }
    if status in ("c", "x", "z"):
        return row
    if indicator.unit == "count":
        return {**row, "numerator": numerator, "value": numerator}
    if indicator.method == "proportion":  # a complete count, no chance behind it
        value = numerator / denominator * indicator.multiplier
        return {**row, "numerator": numerator, "denominator": denominator, "value": value}
    method = "proportion_wilson" if indicator.method == "published" else indicator.method
    # Values that are as far from their mean as that is from nought.
    spread = {"standard_deviation": [numerator / denominator]} if method == "mean_t" else {}
    found = interval(method, [numerator], [denominator], indicator.multiplier, **spread)  # type: ignore[arg-type]
    limits = {k: float(getattr(found, k)[0]) for k in ("value", *schema.NUMBERS[3:])}
    return {**row, "numerator": numerator, "denominator": denominator, **limits}


def frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a checked measure table."""
    return schema.check(schema.conform(pd.DataFrame(list(rows))), "made up")


def view(rows: Iterable[dict[str, Any]], config: Configuration | None = None) -> Measures:
    """Rows as the report reads them."""
    return Measures(frame(rows), config or configuration())


def first(rows: Measures, indicator: str) -> Row:
    """The first row of an indicator."""
    return rows.rows(indicator)[0]


def periods(indicator: Indicator, count: int = 4) -> list[str]:
    """Periods an indicator might have, the latest last."""
    if indicator.period_type in ("academic_year", "financial_year", "three_years"):
        return [f"20{y}/{y + 1}" for y in range(25 - count, 25)]
    last = 24 if indicator.period_type in ("calendar_year", "mid_year") else 25
    return [f"20{y}" for y in range(last - count + 1, last + 1)]


def whole_edition(config: Configuration, seed: int = 7) -> pd.DataFrame:
    """Plausible measures for every declared indicator, breakdown and comparator, a few hidden."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for indicator in (i for i in config.indicators.values() if not i.derived):
        base = float(rng.uniform(0.03, 0.3))
        for index, period in enumerate(periods(indicator)):
            share = base * (0.85 + 0.05 * index)
            rows += _areas(indicator, config, period, share, rng)
        for dims in indicator.breakdowns:
            rows += _breakdown(indicator, config, dims, periods(indicator)[-1], base, rng)
    return complete(frame(rows), config)


def _areas(
    indicator: Indicator, config: Configuration, period: str, share: float, rng: np.random.Generator
) -> list[dict[str, Any]]:
    area = config.area
    places = [(area.code, "authority", 40_000)]
    if indicator.kind.name == "share":
        return []
    if indicator.comparators:
        places += [
            (area.country.code, "national", 8_000_000),
            (area.region.code, "region", 900_000),
            ("neighbours", "neighbours", 60_000),
            *((p.code, "authority", 60_000) for p in area.neighbours),
        ]
    made = []
    for code, geography, size in places:
        x = round(size * share * float(rng.uniform(0.9, 1.1)))
        row = measure(indicator, x, size, area=code, geography=geography, period=period)
        if code == "neighbours":
            row |= {k: math.nan for k in schema.NUMBERS if k != "value"}
            row["method"] = "median_of_areas"
        made.append(row)
    return made


def _breakdown(
    indicator: Indicator,
    config: Configuration,
    dims: Sequence[str],
    period: str,
    base: float,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    codes = {d: list(words.categories(d, config)) or ["one", "two", "three"] for d in dims}
    groups: list[dict[str, str]] = [{}]
    for name, options in codes.items():
        groups = [{**group, name: code} for group in groups for code in options[:14]]
    weights = rng.dirichlet(np.full(len(groups), 4.0))
    made = []
    for group, weight in zip(groups, weights, strict=True):
        steep = 1.6 - 0.12 * int(group["imd_decile"]) if "imd_decile" in group else 1.0
        size = 40_000 / (1 if indicator.kind.name == "share" else len(groups))
        share = float(weight) if indicator.kind.name == "share" else base * steep
        x = round(size * min(share, 0.95) * float(rng.uniform(0.85, 1.15)))
        rest = {k: v for k, v in group.items() if k != LOCALITY}
        made.append(
            measure(
                indicator,
                x,
                round(size),
                area=group.get(LOCALITY, config.area.code),
                geography=config.area.localities_are if LOCALITY in group else "authority",
                period=period,
                dims=rest,
                status="c" if rng.uniform() < 0.04 else "",
            )
        )
    return made


def alone(paths: io.Paths) -> None:
    """An edition of which nobody knows where it stands among all authorities."""
    io.write_parquet(paths.safe / standings.FILE, standings.empty())


def certificate(
    config: Configuration, rows: pd.DataFrame, measures: Path | None = None, **changes: Any
) -> dict[str, Any]:
    """A certificate of such measures, as the proof would write it.

    Args:
        config: the edition.
        rows: its safe measures.
        measures: their file, whose digest is certified.
        changes: parts that are to say something else.
    """
    worked_out, rows = len(rows), counted(rows, config)
    worked_out -= len(rows)
    hidden = rows["status"].eq("c")
    chapter = rows["indicator"].map(lambda name: config.indicators[name].chapter)
    content: dict[str, Any] = {
        "edition": config.edition.edition,
        "profiles": {
            str(name): {
                **config.profiles[str(name)].model_dump(include={"title", "rule", "threshold"}),
                "rows": len(group),
                "hidden": int(hidden[group.index].sum()),
            }
            for name, group in rows.groupby("profile")
        },
        "published": {
            "rows": len(rows),
            "numbers": int(rows[list(schema.NUMBERS)].notna().sum().sum()),
            "quantities": 4_321,
            "derived": 765,
            "equations": 2_468,
            "worked_out": worked_out,
        },
        "hidden": {
            "rows": int(hidden.sum()),
            "by_chapter": {
                str(name): {
                    "rows": len(group),
                    "hidden": int(hidden[group.index].sum()),
                    "withheld": 0,
                }
                for name, group in rows.groupby(chapter)
            },
        },
        "fallbacks": [],
        "attack": {
            "cells": int(hidden.sum()),
            "exact": 0,
            "narrow": 0,
            "contributors": 57,
            "programs": 135,
            "public": 31,
        },
        "optimality": {"weight": "value", "gap": 0.0},
        "revisions": {"revised": 0, "withheld_at_most": 0},
        "publications": [],
        "previous": [],
        "measures_sha256": io.sha256(measures) if measures else "",
    }
    return content | changes


@cache
def whole() -> tuple[Configuration, pd.DataFrame]:
    """The made-up edition with an extract that came and one that did not, and its measures."""
    config = configuration(
        extracts=[
            Delivery(
                extract="sen2",
                period="2025",
                files={"person": "person.csv"},
                as_at=date(2025, 1, 16),
                owner="Marrowshire SEND team",
                legal_basis="Education Act 1996, section 537A",
                assessment="DPIA-2025-01",
                opt_out="No opt-out applies to statutory returns",
            ),
            Delivery(
                extract="ncmp",
                period="2023/24",
                status="not received",
                reason="the provider could not supply the file in time",
            ),
        ]
    )
    return config, whole_edition(config)
