"""From rows to the page: measured, protected, proved, put into words, drawn, and read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from jsna import io
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.measures.contributions import contributions
from jsna.measures.derived import complete
from jsna.measures.engine import measure
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import filled
from jsna.model.indicators import Indicator
from jsna.readback.result import Readback
from jsna.readback.run import readback
from jsna.settings import shared
from tests.unit import report_support as made
from tests.unit.test_report import written

#: A declaration of an indicator may be no longer than this.
MOST_LINES = 15


@dataclass(frozen=True)
class Walked:
    """What became of some rows.

    Attributes:
        measured: the measures, true and restricted.
        safe: those that are published.
        page: the text of the report, without its tags.
        figures: the charts drawn, as the report lists them.
        read: what reading the draft back found.
    """

    measured: pd.DataFrame
    safe: pd.DataFrame
    page: str
    figures: list[dict[str, Any]]
    read: Readback


def declared(text: str, **changes: Any) -> Indicator:
    """An indicator as a file declares it, in no more lines than a kind may ask for."""
    assert len(text.strip().splitlines()) <= MOST_LINES
    entry = yaml.safe_load(text)
    return Indicator.model_validate({**entry, "comparators": (), "chapter": "health", **changes})


def with_fallbacks(indicator: Indicator) -> Indicator:
    """An indicator with the fallbacks that its dimensions imply, as an edition has it."""
    found = shared.categories(made.ROOT)
    return filled(indicator, found.dimensions, found.sizes)


def configuration(indicators: Iterable[Indicator]) -> Configuration:
    """An edition of these indicators alone, with every dimension and what nests in what."""
    found = shared.categories(made.ROOT)
    named = {one.id: one for one in indicators}
    config = made.configuration(chapters=("health", "methods", "definitions"), indicators=named)
    lists = {name: one.codes for name, one in found.lists.items()}
    return replace(
        config, codelists=lists, dimensions=found.dimensions, hierarchies=found.hierarchies
    )


def walked(
    folder: Path, tables: Mapping[str, pd.DataFrame], indicators: Iterable[Indicator]
) -> Walked:
    """Rows of analysis tables, all the way to the page.

    Raises:
        JsnaError: where any stage would stop the build.
    """
    config = configuration(indicators)
    measured = measure(tables, config.indicators.values(), config)
    behind = contributions(measured, tables, config)
    found = protect(measured, config, contributions=behind)
    prove(gather(found.safe, measured, config, contributions=behind))
    safe = complete(found.safe, config)
    paths = written(folder, config, safe)
    whole = ("report.html", "technical-report.html")
    text = "".join(io.read_text(paths.draft / name) for name in whole)
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    page = " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())
    figures = json.loads((paths.draft / "charts/figures.json").read_text("utf-8"))["figures"]
    return Walked(measured, safe, page, figures, readback(config, paths))
