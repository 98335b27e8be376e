"""Every keyed figure of a published folder, held to the open data beside it.

It needs no configuration: what a number is stands beside it, how it may be printed is worked out
anew (`readback.printed`), and the PDF is held to the web page number for number. Whether a number
without a key, such as a date, may stand where it does only `jsna readback` can tell.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsna.errors import Problem
from jsna.formulas import unguarded
from jsna.model import open_data
from jsna.model.documents import PRINTED_FROM
from jsna.model.hierarchies import PLACE_OF
from jsna.model.schema import COLUMNS, KEY, NUMBERS, TOTAL
from jsna.provenance.digests import DIGITS, open_data_digest
from jsna.readback import align, paper, printed
from jsna.readback import page as webpage
from jsna.readback import parts as workbook_parts
from jsna.readback.blocks import Block
from jsna.readback.certificate import KIND, Certificate
from jsna.readback.figures import COUNTED, Named
from jsna.readback.figures import Figures as Measured
from jsna.readback.keyed import Keyed
from jsna.readback.record import RECORD
from jsna.readback.result import MEASURE, Tally
from jsna.readback.standings import Row, Standings, is_file, rows_of
from jsna.readback.workbook import Workbooks

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Figures:
    """What was read.

    Attributes:
        file: the open data of all measures.
        content: their digest (`digests.open_data_digest`); "" where there are none.
        rows: how many there are.
        hidden: profile -> rows hidden by disclosure control.
        printed: keyed figures of the page, the charts, the PDF and the other open data.
        problems: what differs.
    """

    file: str = ""
    content: str = ""
    rows: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    printed: int = 0
    problems: list[Problem] = field(default_factory=list)


class _Anything:
    """Stands for the types of numbers without a key, of which nothing is known here."""

    def types(self, block: Block) -> list[tuple[str, str]]:
        return []

    def of(self, text: str, place: str) -> list[tuple[str, str]]:
        return []


def figures(
    folder: Path, names: Sequence[str], decimals: Mapping[str, int], certificate: Mapping[str, Any]
) -> Figures:
    """Read every file and hold its figures to the open data of all measures.

    Args:
        folder: the published folder.
        names: files in it that are there.
        decimals: indicator -> decimals it is printed with, as the manifest says.
        certificate: as read; empty where there is none.
    """
    import pandas as pd

    found = Figures()
    tables = {name: _rows(folder / name, name, found) for name in names if name.endswith(".csv")}
    measures = {name: rows for name, rows in tables.items() if rows is not None}
    if not measures:
        rule = "has no open data of the measures that can be read"
        found.problems.append(Problem(folder.name, rule, code="verify.measures"))
        return found
    found.file = max(measures, key=lambda name: (len(measures[name]), name))
    rows = measures.pop(found.file)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    found.rows, found.content = len(rows), open_data_digest(rows, COLUMNS)
    hidden = frame["status"].eq("c") & frame["reason"].eq("disclosure_control")
    found.hidden = Counter(frame.loc[hidden, "profile"].tolist())
    known = printed.measures(frame, decimals)
    tallies = [*_parts(measures, rows)]
    measured = Measured(_named(rows, _home(folder)), known)
    every = Standings(_everyone(folder, names), decimals)
    keyed = Keyed(known, Certificate(certificate), DIGITS, every)
    tallies += _outputs(folder, names, known, keyed, Workbooks(measured, _Anything().of, None))
    for tally in tallies:
        found.problems += tally.problems
        found.printed += tally.counts[MEASURE] + tally.counts[KIND]
    return found


# -- open data ---------------------------------------------------------------------------------


def _rows(file: Path, name: str, found: Figures) -> Rows | None:
    """Rows of a file of measures; None of another file, or one that cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            names = reader.fieldnames or ()
            if not set(open_data.PLAIN) <= set(names):
                return None
            split = [name for name in names if name.startswith(open_data.BY)]
            return [_row(row, split) for row in reader]
    except (OSError, ValueError, TypeError, csv.Error):
        rule = "is no file of open data that can be read"
        found.problems.append(Problem(name, rule, code="verify.measures"))
        return None


def _everyone(folder: Path, names: Sequence[str]) -> list[Row]:
    """Rows of the open data of every authority; none where there are none that can be read."""
    for name in names:
        if name.endswith(".csv"):
            try:
                lines = (folder / name).read_text(encoding="utf-8-sig").splitlines()
                if is_file(next(csv.reader(lines[:1]), [])):
                    return rows_of(lines)
            except (OSError, ValueError, TypeError, csv.Error):
                # What cannot be read vouches for no number that is printed.
                continue
    return []


def _row(row: Mapping[str, str], split: Sequence[str]) -> dict[str, Any]:
    """A measure as the table of measures has it, with the words beside it."""
    made: dict[str, Any] = {
        name: unguarded(row[name])
        for name in (*open_data.PLAIN, *open_data.WORDS)
        if name not in NUMBERS and name in row
    }
    made |= {name: float(row[name] or "nan") for name in NUMBERS}
    groups = open_data.joined({name: unguarded(row[name]) for name in split})
    return {**made, **dict(zip(open_data.SPLIT, groups, strict=True))}


def _parts(measures: Mapping[str, Rows], whole: Rows) -> list[Tally]:
    """Files of a chart, whose rows are among those of the whole."""
    known = {_key(row): _line(row) for row in whole}
    tallies = []
    for name, rows in sorted(measures.items()):
        tally = Tally(name)
        for number, row in enumerate(rows, 2):
            if known.get(_key(row)) == _line(row):
                tally.counts[MEASURE] += sum(row[column] == row[column] for column in NUMBERS)
            else:
                rule = f"{'~'.join(_key(row)[1:])}: not so in the open data of all measures"
                tally.wrong(rule, row=number, code="data")
        tallies.append(tally)
    return tallies


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


def _line(row: Mapping[str, Any]) -> str:
    return open_data_digest([row], COLUMNS)


def _home(folder: Path) -> str:
    """Name of the area the open data are about, as their description for programs has it."""
    try:
        text = (folder / "data" / open_data.METADATA).read_text(encoding="utf-8")
        return str(json.loads(text)["dc:publisher"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _named(rows: Rows, home: str) -> Iterator[Named]:
    """Measures in words, as the open data have them; what splits them is not known in words."""
    for row in rows:
        place = row["geography"] in PLACE_OF
        group = "" if row["breakdown"] == TOTAL else str(row.get("category_label", ""))
        area = str(row.get("area_name", ""))
        label = ", ".join(filter(None, (area * place, group)))
        own = place or area == home
        yield Named(
            "~".join(_key(row)[1:]), str(row.get("indicator_title", "")), row["period"],
            row["period_type"], row["breakdown"], row["source"].startswith(COUNTED),
            frozenset({area}), frozenset({label} if own and label else ()), None,
        )  # fmt: skip


# -- page, charts, paper -----------------------------------------------------------------------


def _outputs(
    folder: Path,
    names: Sequence[str],
    known: Mapping[str, printed.Measure],
    keyed: Keyed,
    workbooks: Workbooks,
) -> list[Tally]:
    recorded = _counts(folder / RECORD)
    pages: dict[str, webpage.Page] = {}
    tallies = []
    # Web pages first: charts and PDFs are held to them.
    for name in sorted(names, key=lambda name: (not name.endswith(".html"), name)):
        file, tally = folder / name, Tally(name)
        try:
            if name.endswith((".html", ".svg")):
                own = webpage.read(file.read_text(encoding="utf-8"))
                _keyed(own, keyed, tally)
                if name.endswith(".html"):
                    pages[name] = own
                else:
                    _same_charts(own, pages, tally)
            elif name.endswith((*workbook_parts.PARTS,)):
                workbooks.read(file, tally)
            elif name.endswith(".pdf"):
                _paper(file, pages.get(PRINTED_FROM.get(name, "")), tally)
                tallies.append(tally)
                continue
            elif name.endswith("figures.json"):
                _list(json.loads(file.read_text(encoding="utf-8")), known, tally)
                tallies.append(tally)
                continue
            else:
                continue
        except Exception as error:
            # A file somebody changed may be anything at all.
            tally.wrong(f"cannot be read ({type(error).__name__})", code="unreadable")
        wanted = recorded.get(name, {}).get(MEASURE, 0)
        if tally.counts[MEASURE] != wanted:
            rule = f"has {tally.counts[MEASURE]:,} figures of measures; {wanted:,} were read back"
            tally.wrong(rule, code="count")
        tallies.append(tally)
    return tallies


def _counts(record: Path) -> Mapping[str, Mapping[str, int]]:
    """File -> type of number -> how many were read back before publication."""
    try:
        outputs = json.loads(record.read_text(encoding="utf-8"))["outputs"]
        return {name: dict(counts) for name, counts in outputs.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _keyed(page: webpage.Page, keyed: Keyed, tally: Tally) -> None:
    for block in page.blocks:
        for cell in block.cells:
            keyed.judge(cell, block.place, f"{block.figure} {block.place}".strip(), tally)


def _same_charts(own: webpage.Page, pages: Mapping[str, webpage.Page], tally: Tally) -> None:
    for name, chart in own.charts.items():
        for at, page in pages.items():
            if page.charts.get(name, chart) != chart:
                tally.wrong(f"differs from the chart of this name in {at}", code="chart")


def _paper(file: Path, page: webpage.Page | None, tally: Tally) -> None:
    if page is None:
        tally.wrong("no web page is known that this was printed from", code="unreadable")
        return
    anything: Any = _Anything()
    found = paper.read(file.read_bytes())
    align.compare(found, align.expected(page.blocks, anything, found), tally)
    align.around(found, align.heads(page.blocks), anything, tally)


def _list(content: Any, known: Mapping[str, printed.Measure], tally: Tally) -> None:
    """The list of charts names the measures each shows."""
    if isinstance(content, dict):
        for name, value in content.items():
            values = value if isinstance(value, list) else [value]
            if name in ("key", "keys"):
                for key in values:
                    if key and key not in known:
                        tally.wrong(f"no measure has the key {key}", code="key")
            else:
                _list(value, known, tally)
    elif isinstance(content, list):
        for one in content:
            _list(one, known, tally)
