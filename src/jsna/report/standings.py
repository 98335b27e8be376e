"""What the report prints of the home area's place among all authorities, and its open data."""

from __future__ import annotations

import csv
import io
from typing import Final

import pandas as pd
from markupsafe import Markup

from jsna.formulas import guarded_line
from jsna.io import Paths, read_parquet
from jsna.model import open_data
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.schema import NUMBERS
from jsna.model.standings import COLUMNS, FILE, PLACES, check
from jsna.report.narrative import say
from jsna.report.safe_files import SafeFiles
from jsna.view import words
from jsna.view.rows import Row
from jsna.view.standings import Placed, Rank, best_first, quarter_words, unsure

#: Name of the file of open data.
NAME: Final = "all_authorities.csv"
#: Column -> what it holds.
MEANINGS: Final = {
    **{name: open_data.MEANINGS[name][1] for name in COLUMNS if name in open_data.MEANINGS},
    "of": "How many authorities have a figure of the period",
    "above": "How many of them have a higher one",
    "below": "How many of them have a lower one",
    "surely_above": "How many surely have a higher one; a negative number where nobody can tell",
    "surely_below": "How many surely have a lower one; a negative number where nobody can tell",
    "quarter": "The quarter of all it lies in, counted from the highest",
}


def load(safe_files: SafeFiles, paths: Paths) -> pd.DataFrame:
    """The safe table of standings.

    Raises:
        JsnaError: it is missing, or breaks its contract.
    """
    return check(read_parquet(safe_files.path(paths.safe / FILE)), f"safe/{FILE}")


def files(frame: pd.DataFrame | None, config: Configuration) -> dict[str, str]:
    """File name -> content: every authority's figures; nothing where there are none."""
    if frame is None or frame.empty:
        return {}
    out = frame.loc[:, list(COLUMNS)].copy()
    titles = {one.id: one.title for one in config.indicators.values()}
    out.insert(2, "indicator_title", out["indicator"].map(titles))
    if config.edition.synthetic:
        out.insert(0, "data", "Synthetic")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(out.columns)
    for row in out.itertuples(index=False, name=None):
        writer.writerow([_cell(name, one) for name, one in zip(out.columns, row, strict=True)])
    prefix = "synthetic_" if config.edition.synthetic else ""
    return {f"{prefix}{NAME}": text.getvalue()}


def _cell(name: str, one: object) -> str:
    if name in NUMBERS:
        value = float(str(one))
        return "" if value != value else f"{value:.10g}"
    return str(one) if name in PLACES else guarded_line(str(one))


def number(one: Placed, field: str, text: str) -> Markup:
    """A number of the table, with its key."""
    return Markup('<span data-measure="{}" data-field="{}">{}</span>').format(one.key, field, text)


def sentence(one: Placed, indicator: Indicator, *, why: bool = True) -> Markup:
    """`It ranked 131st of 153 authorities, best first (125th to 139th, allowing for chance), …`.

    No quarter is named where chance alone could put it anywhere in half of them. From the end that
    tables and charts count from, so that a place has one number.
    """
    found = best_first(one, indicator)
    place = _ordinal(one, f"rank_{found.end}", found.place)
    first = "highest" if indicator.polarity == "neutral" else "best"
    text = say("It ranked {}{} of {} authorities, {} first", "joint " * one.tied, place,
               number(one, "of", f"{one.of}"), first)  # fmt: skip
    if _anywhere(one, found):
        limits = _limits(one, found)
        return text + say(", and chance alone could put it anywhere from {} to {}", *limits)
    if one.sure and found.first != found.last:
        text += say(" ({} to {}, allowing for chance)", *_limits(one, found))
    reason = unsure(one) if why else ""
    tail = say(", in the {}", quarter_words(one, indicator))
    return text + tail + (f" ({reason})" if reason else "")


def same(one: Placed, row: Row) -> bool:
    """Whether a place is that of a figure: of its period, and the publisher's own."""
    return (one.period, one.period_type, one.segment) == (
        row.period, row.period_type, row.segment
    ) and not row.local  # fmt: skip


def _anywhere(one: Placed, found: Rank) -> bool:
    """Whether the places it may have are half of all, or more."""
    return one.sure and 2 * (found.last - found.first) >= one.of


def _limits(one: Placed, found: Rank) -> tuple[Markup, Markup]:
    first = _ordinal(one, f"first_{found.end}", found.first)
    return first, _ordinal(one, f"last_{found.end}", found.last)


def _ordinal(one: Placed, field: str, place: int) -> Markup:
    return number(one, field, nth(place))


def nth(place: int) -> str:
    """`1st`, `22nd`, `113th`."""
    tail = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{tail}"


def cells(one: Placed, indicator: Indicator) -> tuple[Markup, Markup, str]:
    """`131 of 153`, `125 to 139`, `worst quarter`: rank from the end that is good."""
    found = best_first(one, indicator)
    place = say(
        "{} of {}", number(one, f"rank_{found.end}", f"{found.place}"),
        number(one, "of", f"{one.of}"),
    )  # fmt: skip
    between = Markup("not known")
    if one.sure:
        between = number(one, f"first_{found.end}", f"{found.first}")
        if found.last != found.first:
            last = number(one, f"last_{found.end}", f"{found.last}")
            between = say("{} to {}", between, last)
    return place, between, words.upper_first(quarter_words(one, indicator))
