"""Open data: every safe measure in one tidy table, and what its columns, codes and indicators mean.

As CSV (UTF-8, comma, LF; text that a spreadsheet would take for a formula is led by an apostrophe)
and as parquet (text as it is), described for programs by CSV on the Web; the figures of each chart
as CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from jsna.formulas import guarded_line
from jsna.model import open_data
from jsna.model.configuration import Configuration
from jsna.model.open_data import BY, CODES, DICTIONARY, FIGURES, MEANINGS, METADATA
from jsna.model.schema import KEY, NUMBERS, STATUS_WORDS
from jsna.provenance.digests import DIGITS
from jsna.report import readme
from jsna.report.figures import Figure
from jsna.report.metadata import Entry
from jsna.report.sources import Register
from jsna.view import words
from jsna.view.rows import KEY_FIELDS

_NOTICE: Final = "Synthetic"


class Beside(NamedTuple):
    """Another table: its content, what its columns mean, and those that identify a row."""

    content: str
    meant: Mapping[str, str]
    key: Sequence[str]

    @property
    def header(self) -> list[str]:
        """Its columns."""
        return next(csv.reader(self.content.splitlines()[:1]))


class OpenData:
    """The files of open data of one edition.

    Args:
        frame: its safe measures.
        config: its configuration.
    """

    def __init__(self, frame: pd.DataFrame, config: Configuration) -> None:
        frame = frame.sort_values(list(KEY), kind="stable")
        self._config = config
        self._synthetic = config.edition.synthetic
        self.prefix = "synthetic_" if self._synthetic else ""
        self._dimensions = open_data.dimensions_of(frame["breakdown"].unique())
        self._keys = ["~".join(key) for key in zip(*_lists(frame, KEY_FIELDS), strict=True)]
        self._columns = self._laid_out(frame)
        self._codes = frame[["breakdown", "category"]].drop_duplicates()

    @property
    def name(self) -> str:
        """Name of the table of all measures, without its ending."""
        return f"{self.prefix}measures"

    def files(
        self,
        entries: Sequence[Entry],
        register: Register,
        charts: Iterable[Figure] = (),
        beside: Mapping[str, Beside] | None = None,
    ) -> dict[str, str]:
        """File name -> content, of all files but the parquet.

        Args:
            entries: what each indicator means.
            register: citations of the sources.
            charts: the figures of the report.
            beside: other tables, by the names of their files.
        """
        everything = self.measures()
        # No cell holds a line break (`guarded_line` sees to it), so a line is a row.
        head, *lines = everything.splitlines(keepends=True)
        by_key = dict(zip(self._keys, lines, strict=True))
        tables = {
            f"{self.name}.csv": everything,
            f"{self.prefix}indicators.csv": self._indicators(entries),
            f"{self.prefix}codes.csv": self._labels(),
            **{name: one.content for name, one in (beside or {}).items()},
        }
        tables[f"{self.prefix}columns.csv"] = self._dictionary(beside or {})
        keys = {name: one.key for name, one in (beside or {}).items()}
        made = {**tables, METADATA: self._metadata(tables, keys)}
        for chart in charts:
            own = [by_key[key] for key in self._keys if key in chart.keys]
            if own:
                made[self.of_figure(chart.id)] = "".join([head, *own])
        described = [*tables, f"{self.name}.parquet", METADATA, f"{FIGURES}/"]
        return made | readme.files(self._config, register, described)

    def of_figure(self, name: str) -> str:
        """Name of the file of a chart's figures."""
        return f"{FIGURES}/{self.prefix}{name}.csv"

    def measures(self) -> str:
        """All measures as CSV text."""
        # Texts made once each, and rows of lists: a frame formats its cells one by one.
        return _csv(self._columns, zip(*(_texts(*c) for c in self._columns.items()), strict=True))

    def table(self) -> pa.Table:
        """All measures as a table: numbers with the digits the CSV has, "" for no text."""
        return pa.table(
            {
                name: pa.array([_kept(v) for v in values], pa.float64())
                if name in NUMBERS
                else pa.array([" ".join(str(v).split()) for v in values], pa.string())
                for name, values in self._columns.items()
            }
        )

    # -- the table of all measures -----------------------------------------------------------------

    def _laid_out(self, frame: pd.DataFrame) -> dict[str, list[Any]]:
        """Column -> its cells, in the order they are published."""
        config = self._config
        titles = {i.id: i.title for i in config.indicators.values()}
        pairs = list(zip(frame["breakdown"].tolist(), frame["category"].tolist(), strict=True))
        split = {pair: open_data.split(*pair) for pair in dict.fromkeys(pairs)}
        labels = {pair: words.breakdown_label(pair[0], pair[1], config) for pair in split}
        areas = {code: words.area_label(code, config) for code in frame["area_code"].unique()}
        made: dict[str, list[Any]] = {}
        for name in open_data.columns(self._dimensions, synthetic=self._synthetic):
            if name == open_data.MARK:
                made[name] = [_NOTICE] * len(frame)
            elif name.startswith(BY):
                made[name] = [split[pair].get(name, "") for pair in pairs]
            elif name == "category_label":
                made[name] = [labels[pair] for pair in pairs]
            elif name == "indicator_title":
                made[name] = [titles.get(one, one) for one in frame["indicator"].tolist()]
            elif name == "area_name":
                made[name] = [areas[one] for one in frame["area_code"].tolist()]
            elif name == "status_meaning":
                made[name] = [STATUS_WORDS[one] for one in frame["status"].tolist()]
            else:
                made[name] = frame[name].tolist()
        return made

    # -- what it means ---------------------------------------------------------------------------

    def _indicators(self, entries: Sequence[Entry]) -> str:
        """A row an indicator, the terms of the annex as columns."""
        terms = list(dict.fromkeys(term for entry in entries for term, _ in entry.parts))
        head = ["indicator", "title", *(term.lower().replace(" ", "_") for term in terms)]
        rows = (
            [entry.id, entry.title, *(dict(entry.parts).get(term, "") for term in terms)]
            for entry in entries
        )
        return self._words(head, rows)

    def _meaning(self, column: str) -> tuple[str, str]:
        if not column.startswith(BY):
            return MEANINGS[column]
        called = words.dimension_words(column.removeprefix(BY), self._config)
        said = "Code of the group: see the file of codes; empty where the row is not split by it"
        return f"By {called}", said

    def _dictionary(self, beside: Mapping[str, Beside]) -> str:
        rows = [[f"{self.name}.csv", name, *self._typed(name)] for name in self._columns]
        for file, one in beside.items():
            marked = {open_data.MARK: MEANINGS[open_data.MARK][1]} if self._synthetic else {}
            rows += [
                [file, name, _title(name), open_data.kind(name), said]
                for name, said in {**marked, **one.meant, **_TITLES}.items()
                if name in one.header
            ]
        return self._words(DICTIONARY, rows)

    def _typed(self, column: str) -> tuple[str, str, str]:
        title, meaning = self._meaning(column)
        return title, open_data.kind(column), meaning

    def _labels(self) -> str:
        """What codes are called: of each dimension those there are, in the order they are shown."""
        found: dict[str, set[str]] = {}
        for breakdown, category in self._codes.itertuples(index=False, name=None):
            for column, code in open_data.split(breakdown, category).items():
                found.setdefault(column, set()).add(code)
        rows = [
            [column, code, words.category_label(column.removeprefix(BY), code, self._config)]
            for column, codes in sorted(found.items())
            for code in words.category_order(column.removeprefix(BY), list(codes), self._config)
        ]
        rows += [["status", code, said] for code, said in STATUS_WORDS.items() if code]
        return self._words(CODES, rows)

    def _words(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        marked = [_NOTICE] if self._synthetic else []
        head = [*([open_data.MARK] * len(marked)), *head]
        return _csv(head, ([guarded_line(cell) for cell in (*marked, *row)] for row in rows))

    def _metadata(self, tables: Mapping[str, str], keys: Mapping[str, Sequence[str]]) -> str:
        """The description for programs: https://www.w3.org/TR/tabular-metadata/."""
        edition = self._config.edition
        described = []
        for file, text in tables.items():
            header = next(csv.reader(text.splitlines()[:1]))
            whole = file == f"{self.name}.csv"
            identify = [c for c in header if c in open_data.IDENTIFY or c.startswith(BY)]
            schema: dict[str, Any] = {
                "columns": [self._column(name, whole=whole) for name in header],
                "primaryKey": identify if whole else [*(keys.get(file) or _key_of(header))],
            }
            described.append({"url": file, "tableSchema": schema})
        content = {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "dc:title": f"{edition.title}{' (synthetic data)' * self._synthetic}: open data",
            "dc:publisher": self._config.area.name,
            "dc:issued": edition.published.isoformat(),
            "dc:license": open_data.LICENCE_ADDRESS,
            "tables": described,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def _column(self, name: str, *, whole: bool) -> dict[str, Any]:
        made: dict[str, Any] = {"name": name, "titles": name, "datatype": "string"}
        if whole:
            title, kind, meaning = self._typed(name)
            made |= {"datatype": kind, "dc:title": title, "dc:description": meaning}
        return made


#: Columns of words that stand in other tables too.
_TITLES: Final = {"indicator_title": MEANINGS["indicator_title"][1]}


def _title(column: str) -> str:
    return (
        MEANINGS[column][0] if column in MEANINGS else words.upper_first(column).replace("_", " ")
    )


def _key_of(header: Sequence[str]) -> list[str]:
    """The columns that identify a row of words, which stand at its head."""
    first = [name for name in header if name != open_data.MARK]
    return first[: 2 if first[0] in (CODES[0], DICTIONARY[0]) else 1]


def _lists(frame: pd.DataFrame, names: Iterable[str]) -> list[list[Any]]:
    return [frame[name].tolist() for name in names]


def _kept(value: float) -> float | None:
    """A number with the digits open data carry; None where there is none."""
    return None if value != value else float(f"{value:.{DIGITS}g}")


def _texts(name: str, values: Sequence[Any]) -> list[str]:
    """The cells of a column as they are written; a number that is not there is nothing."""
    if name in NUMBERS:
        return ["" if value != value else f"{value:.{DIGITS}g}" for value in values]
    unique = {value: guarded_line(str(value)) for value in dict.fromkeys(values)}
    return [unique[value] for value in values]


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
