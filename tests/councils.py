"""Two invented councils: the files of an edition written out in shapes of their own, with mappings.

Written apart from what reads them. Headers, codes and dates are other than declared: a code stands
for another declared one, so that reading a file as declared would give other numbers.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from jsna.ingest.dates import Written, read
from jsna.model.configuration import Configuration
from jsna.model.contract import Column, Table
from tests.books import book, book_bytes

#: Workbooks are slow to write: only of so few rows.
FEW = 700


@dataclass(frozen=True)
class Council:
    """How a council's systems write files.

    Attributes:
        name: folder of its mappings.
        header: what a declared header becomes.
        empty: what stands in a cell without a value.
        day: how a day is written, by `strftime`.
        order: what the mapping says of dates.
        titles: lines above the header.
        row_header: whether the mapping says where the header stands.
        books: whether small tables are sheets of a workbook.
        homes: whether the small area of a home is in a file of its own.
    """

    name: str
    header: str
    empty: str
    day: str
    order: str
    titles: int
    row_header: bool
    books: bool
    homes: bool


#: Text with titles and totals, days after months.
QUILL = Council("quill", "Q_{}", "NULL", "%m/%d/%Y", "month first", 2, False, False, False)
#: Workbooks of several sheets, years of two digits, homes apart.
VEX = Council("vex", "Vex {} held", "-", "%d.%m.%y", "day first", 3, True, True, True)


def rewrite(council: Council, config: Configuration, raw: Path, to: Path) -> list[dict[str, Any]]:
    """Write every file of an edition in a council's shape, and its mappings below `to`.

    Args:
        council: whose shape.
        config: the edition as the files were declared.
        raw: its folder of raw files.
        to: a project, whose `config/mappings` and folder of raw files are written.

    Returns:
        the entries of the edition for what was written: extract -> periods.
    """
    from jsna.sources import registry

    folder = to / "data/raw" / config.edition.edition
    folder.mkdir(parents=True, exist_ok=True)
    mappings: dict[str, dict[str, Any]] = {}
    entries = []
    for delivery in config.edition.received:
        files, digests, beside = {}, {}, {}
        for table in registry()[delivery.extract].tables:
            name = delivery.files[table.name]
            made = _Made(council, config, table, _cells(raw / name))
            shape = mappings.setdefault(delivery.extract, {}).setdefault(table.name, made.shape)
            assert shape == made.shape
            name, content = made.file(Path(name).stem)
            if made.homes:
                beside["homes"] = f"homes {Path(name).stem}.csv"
                (folder / beside["homes"]).write_bytes(made.homes)
                digests[beside["homes"]] = hashlib.sha256(made.homes).hexdigest()
            (folder / name).write_bytes(content)
            files[table.name] = name
            digests[name] = hashlib.sha256(content).hexdigest()
        entry = {"extract": delivery.extract, "period": delivery.period, "files": files,
                 "sha256": digests, "beside": beside,
                 "mapping": f"{council.name}/{delivery.extract}"}  # fmt: skip
        entries.append(entry)
    for extract, tables in mappings.items():
        file = to / f"config/mappings/{council.name}/{extract}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        content = {"extract": extract, "tables": tables}
        if any("join" in str(table) for table in tables.values()):
            content["beside"] = {"homes": {"header_row": 2}}
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return entries


def _cells(file: Path) -> pd.DataFrame:
    """A file as declared, as text under its headers."""
    if file.suffix == ".parquet":
        return pd.read_parquet(file).astype(str)
    content = file.read_bytes()
    if file.suffix == ".xlsx":
        return pd.read_excel(BytesIO(content), dtype=str, keep_default_na=False)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)


class _Made:
    """One table in a council's shape."""

    def __init__(
        self, council: Council, config: Configuration, table: Table, frame: pd.DataFrame
    ) -> None:
        self.council, self.config, self.table, self.frame = council, config, table, frame
        self.columns: dict[str, Any] = {}
        self.homes = b""
        self._rename()

    def _rename(self) -> None:
        council, names = self.council, {}
        by_header = {header.strip(): column for column in self.table.columns
                     for header in (column.name, *column.aliases)}  # fmt: skip
        for header in self.frame:
            column = by_header.get(header.strip())
            if column is None:
                continue
            other = council.header.format(header.strip())
            origin: dict[str, Any] = {"header": other}
            values = self.frame[header].str.strip()
            if column.type == "date":
                self.frame[header] = [self._day(text) for text in values]
            elif codes := self._codes(column):
                spelt = {text.casefold(): said for said, texts in codes.items() for text in texts}
                self.frame[header] = [spelt.get(text.casefold(), text) for text in values]
                origin["codes"] = {said: texts[0] for said, texts in codes.items()}
            names[header] = other
            self.columns[column.field] = origin if len(origin) > 1 else other
        self.frame = self.frame.rename(columns=names).replace("", council.empty)
        if council.homes and "lsoa_code" in self.columns:
            self._part()

    def _part(self) -> None:
        """Homes in a file of their own, by a number of each row."""
        home = self.columns["lsoa_code"]
        self.frame.insert(0, "Line", [f"L{n}" for n in range(len(self.frame))])
        apart = self.frame[["Line", home]].rename(columns={"Line": "Of line"}).iloc[::-1]
        self.homes = ("Homes of the list\n" + apart.to_csv(index=False)).encode()
        self.frame = self.frame.drop(columns=[home])
        self.columns["lsoa_code"] = {
            "header": home,
            "join": {"file": "homes", "key": "Line", "their_key": "Of line"},
        }

    def _day(self, text: str) -> str:
        found = read(text)
        if not isinstance(found, Written):
            # No date as declared must not become one here.
            return f"?{text}" if text else text
        if "%y" in self.council.day and not date(1970, 1, 1) <= found.day < date(2070, 1, 1):
            return found.day.strftime(self.council.day.replace("%y", "%Y"))
        return found.day.strftime(self.council.day)

    def _codes(self, column: Column) -> dict[str, list[str]]:
        """The council's code -> what the declared file writes for it, the declared code first."""
        if column.type == "boolean":
            # The other way round than declared.
            return {"0": ["true", "t", "yes", "y", "1"], "1": ["false", "f", "no", "n", "0"]}
        if column.codes is None:
            return {}
        own = list(self.config.codelists[column.codes])
        turned = dict(zip(own, [*own[1:], own[0]], strict=True))
        found = {turned[code]: [code] for code in own}
        taken = {code.casefold() for code in own}
        more = [(text, code) for text, code in column.spellings]
        more += [(code.lstrip("0"), code) for code in own if code.isdigit()]
        for text, code in more:
            if text.casefold() not in taken:
                found[turned[code]].append(text)
                taken.add(text.casefold())
        for text in self.config.rolls.get(column.codes, {}):
            if text.casefold() not in taken:
                found[text] = [text]
                taken.add(text.casefold())
        return found

    @property
    def shape(self) -> dict[str, Any]:
        """What the mapping says of the table."""
        council = self.council
        said: dict[str, Any] = {"empty": [council.empty], "dates": council.order}
        if council.books:
            said["sheet"] = "Returned"
        if council.row_header:
            said["header_row"] = council.titles + 1
        return {**said, "columns": self.columns}

    def file(self, stem: str) -> tuple[str, bytes]:
        """Name and content."""
        council, rows = self.council, self.frame.to_numpy().tolist()
        header = [str(name) for name in self.frame.columns]
        titles = [[f"{stem} of the council"], *[[""]] * (council.titles - 1)]
        last = ["Total", str(len(rows))]
        lines: Sequence[Sequence[str]] = [*titles, header, *rows, last]
        width = len(header)
        padded = [[*line, *[""] * (width - len(line))] for line in lines]
        if council.books and len(rows) <= FEW:
            made = book([["Read me first"]], "Notes", Returned=padded, Codes=[["a", "b"]])
            return f"{stem}.xlsx", book_bytes(made)
        text = StringIO(newline="")
        csv.writer(text).writerows(padded)
        return f"{stem}.csv", text.getvalue().encode()
