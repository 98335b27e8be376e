"""Drafts of a handful of measures, for the tests of reading back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from jsna import io
from jsna.model.configuration import Configuration
from jsna.readback.allowed import Allowed
from jsna.readback.certificate import Certificate
from jsna.readback.reader import Reader
from jsna.readback.result import Tally
from jsna.readback.vocabulary import Vocabulary
from jsna.sources import registry
from tests.unit import report_support as made

HOME = made.AREA.code
PUPILS = f"pupils_ehc_plan~{HOME}~authority~2025~january~total~total~"
BOYS = f"pupils_ehc_plan~{HOME}~authority~2025~january~sex~M~"
GIRLS = f"pupils_ehc_plan~{HOME}~authority~2025~january~sex~F~"
HIDDEN = f"plans~{HOME}~authority~2025~january~sex~F~"
PLANS = f"plans~{HOME}~authority~2025~january~total~total~"
POOREST = f"pupils_ehc_plan~{HOME}~authority~2025~january~imd_decile~1~"
RICHEST = f"pupils_ehc_plan~{HOME}~authority~2025~january~imd_decile~10~"
#: Part of a certificate.
CERTIFIED = {"published": {"rows": 12_317}, "attack": {"cells": 1_024, "exact": 0}}


def frame(config: Configuration) -> pd.DataFrame:
    """5.5 % of 40,000 pupils, and what it is made of; a hidden count; a value that vanishes."""
    pupils, plans = config.indicators["pupils_ehc_plan"], config.indicators["plans"]
    rows: list[dict[str, Any]] = [
        made.measure(pupils, 2_200, 40_000),
        made.measure(pupils, 1_500, 20_000, dims={"sex": "M"}),
        made.measure(pupils, 700, 20_000, dims={"sex": "F"}),
        made.measure(pupils, 340, 4_000, dims={"imd_decile": "1"}),
        made.measure(pupils, 1, 4_000, dims={"imd_decile": "10"}),
        made.measure(plans, 12_317),
        made.measure(plans, 3, dims={"sex": "F"}, status="c"),
    ]
    return made.frame(rows)


def allowed(config: Configuration | None = None) -> Allowed:
    """The types of numbers of the made-up edition."""
    config = config or made.configuration()
    return Allowed(Vocabulary(config, frame(config), registry()))


def judged(
    folder: Path,
    name: str,
    content: str | bytes,
    page: str = "",
    config: Configuration | None = None,
) -> Tally:
    """What is found in one file of a draft, after a web page where it needs one."""
    config = config or made.configuration()
    reader = Reader(frame(config), config, allowed(config), Certificate(CERTIFIED))
    if page:
        io.write_text(folder / "report.html", page)
        reader.read("report.html", folder / "report.html")
    file = folder / name
    io.write_bytes(file, content if isinstance(content, bytes) else content.encode())
    reader.read(name, file)
    return reader._tallies[-1]


def html(body: str) -> str:
    """A page around a body."""
    return f"<!doctype html><html lang=en><head><title>t</title></head><body>{body}</body></html>"


def data(key: str, value: str, text: str, field: str = "value") -> str:
    """A keyed number."""
    return f'<data value="{value}" data-measure="{key}" data-field="{field}">{text}</data>'


def svg(texts: str, name: str = "fig-plans-trend") -> str:
    """A chart of some texts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" viewBox="0 0 482 165">'
        f'<title id="{name}--title">Line chart</title><g>{texts}</g></svg>'
    )
