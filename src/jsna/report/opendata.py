"""Open data: every safe measure and what each indicator means, as files of comma-separated values.

UTF-8 with a byte order mark (so that spreadsheets read accents), comma, LF. Text that a
spreadsheet would take for a formula is led by an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from jsna.formulas import guarded_line
from jsna.model.configuration import Configuration
from jsna.model.schema import COLUMNS, KEY, NUMBERS, STATUS_WORDS
from jsna.report.metadata import Entry
from jsna.view import words

_NOTICE: Final = "Synthetic"


def files(frame: pd.DataFrame, config: Configuration, entries: Sequence[Entry]) -> dict[str, str]:
    """File name -> content: all measures, the indicators, and the measures of each chapter."""
    prefix = "synthetic_" if config.edition.synthetic else ""
    frame = frame.sort_values(list(KEY), kind="stable")
    everything = measures(frame, config)
    # No cell holds a line break (`guarded_line` sees to it), so a line is a row.
    head, *lines = everything.splitlines(keepends=True)
    made = {
        f"{prefix}measures.csv": everything,
        f"{prefix}indicators.csv": dictionary(config, entries),
    }
    by_chapter = {i.id: i.chapter for i in config.indicators.values()}
    chapters = [by_chapter.get(name) for name in frame["indicator"]]
    for name in config.edition.chapters:
        own = [line for line, chapter in zip(lines, chapters, strict=True) if chapter == name]
        if own:
            made[f"{prefix}{name}.csv"] = "".join([head, *own])
    return made


def measures(frame: pd.DataFrame, config: Configuration) -> str:
    """Safe measures as CSV text, tidy: a row a measure, names beside the codes."""
    out = frame.loc[:, list(COLUMNS)].copy()
    titles = {i.id: i.title for i in config.indicators.values()}
    out.insert(2, "indicator_title", out["indicator"].map(titles).fillna(out["indicator"]))
    names = {code: words.area_label(code, config) for code in out["area_code"].unique()}
    out.insert(4, "area_name", out["area_code"].map(names))
    pairs = out[["breakdown", "category"]].drop_duplicates()
    labels = {
        (b, c): words.breakdown_label(b, c, config)
        for b, c in pairs.itertuples(index=False, name=None)
    }
    at = list(out.columns).index("category") + 1
    keys = zip(out["breakdown"], out["category"], strict=True)
    out.insert(at, "category_label", [labels[key] for key in keys])
    out["status_meaning"] = out["status"].map(STATUS_WORDS)
    if config.edition.synthetic:
        out.insert(0, "data", _NOTICE)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(out.columns)
    # Texts made once each, and rows of lists: a frame formats its cells one by one.
    writer.writerows(zip(*(_texts(name, out[name].tolist()) for name in out.columns), strict=True))
    return text.getvalue()


def _texts(name: str, values: Sequence[Any]) -> list[str]:
    """The cells of a column as they are written; a number that is not there is nothing."""
    if name in NUMBERS:
        return ["" if value != value else f"{value:.10g}" for value in values]
    unique = {value: guarded_line(str(value)) for value in dict.fromkeys(values)}
    return [unique[value] for value in values]


def dictionary(config: Configuration, entries: Sequence[Entry]) -> str:
    """What each indicator means, as CSV text: a row an indicator, the annex's terms as columns."""
    terms = list(dict.fromkeys(term for entry in entries for term, _ in entry.parts))
    rows: list[Mapping[str, str]] = []
    for entry in entries:
        row = {"indicator": entry.id, "title": entry.title, **dict(entry.parts)}
        rows.append({"data": _NOTICE, **row} if config.edition.synthetic else row)
    head = (["data"] if config.edition.synthetic else []) + ["indicator", "title", *terms]
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name.lower().replace(" ", "_") for name in head])
    for row in rows:
        writer.writerow([guarded_line(row.get(name, "")) for name in head])
    return text.getvalue()
