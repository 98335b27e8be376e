"""Canaries: values that stand once in the raw files of an edition, and nowhere outside them.

`plant` puts a child of its own into every file about persons, found by the declarations alone: each
column that may not leave the identified zone gets a value no other row has, of the right shape and
with the right check digits. A second row gets values that cannot be used, so that validation has
something to say of them. What is planted is looked for by `tests.workflow.scan`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from jsna.model.configuration import Configuration
from jsna.model.contract import Column, Extract, Table
from jsna.model.editions import Delivery
from jsna.settings import loading
from jsna.sources import registry
from jsna.synthetic.identifiers import nhs_numbers, ulns, upns
from tests.workflow.raw_files import relist

#: Stands in every name, word and local number that is planted, and in nothing else.
MARK: Final = "zqxcanary"
#: Number of the school that planted UPNs name, and district of planted postcodes.
SCHOOL, DISTRICT = 9797, "ZZ97"
_DATES: Final = frozenset({"date_of_birth", "other_date"})
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Canary:
    """A value planted.

    Attributes:
        file, column: where it stands.
        kind: kind of identifier; `text` for free text about a person.
        value: as it is, dates in ISO form.
        sound: whether it is a value that can be used.
    """

    file: str
    column: str
    kind: str
    value: str
    sound: bool = True


def withheld(table: Table) -> list[Column]:
    """Columns that may not leave the identified zone: identifiers, and free text about a person."""
    joining = {*table.key, *([table.parent[1]] if table.parent else [])}
    return [
        column
        for column in table.columns
        if column.identifier is not None
        or (column.personal and column.type == "string" and column.pattern is None
            and column.field not in joining)
    ]  # fmt: skip


class _Values:
    """Values of each kind that stand in no raw file, each given out once."""

    def __init__(self, authority: str, taken: bytes) -> None:
        self._count = 0
        self._days = {
            day for words in set(re.findall(rb"[0-9A-Za-z]{1,4}[-/][0-9A-Za-z]{2,3}[-/]\d{1,4}",
                                            taken)) if (day := read_day(words.decode()))
        }  # fmt: skip
        self._upns: Iterator[str] = iter(_upns(authority))
        made: list[str] = nhs_numbers(np.random.default_rng(97), 2000).to_pylist()
        self._nhs: Iterator[str] = (n for n in made if n.encode() not in taken)
        self._ulns: Iterator[str] = (
            n for n in reversed(ulns(100_000).to_pylist()) if n.encode() not in taken
        )

    def sound(self, column: Column, near: date) -> str:
        """A value that can be used; dates as near as may be to another, in ISO form."""
        self._count += 1
        kind = column.identifier or "text"
        if kind in ("upn", "former_upn"):
            return next(self._upns)
        if kind == "nhs_number":
            return next(self._nhs)
        if kind == "uln":
            return next(self._ulns)
        if kind == "postcode":
            units = divmod(self._count, len(_LETTERS))
            return f"{DISTRICT} 7{_LETTERS[units[0]]}{_LETTERS[units[1]]}"
        if kind in _DATES:
            return self._day(near).isoformat()
        return f"{MARK}{kind.replace('_', '')}{self._word()}".capitalize()

    def broken(self, column: Column) -> str:
        """A value that cannot be used, or at least looks odd."""
        self._count += 1
        return f"{MARK.upper()}{self._word().upper()}{column.identifier or 'text'}"

    def _word(self) -> str:
        first, second = divmod(self._count, 26)
        return f"{chr(97 + first)}{chr(97 + second)}"

    def _day(self, near: date) -> date:
        """A day nobody was born on and nothing happened on; not the first of a month."""
        for distance in range(1, 4000):
            for day in (near - timedelta(distance), near + timedelta(distance)):
                if day not in self._days and day.day > 12:
                    self._days.add(day)
                    return day
        raise AssertionError("the raw files have no day left")


def _upns(authority: str) -> list[str]:
    serial = np.arange(1, 400)
    rows = np.ones(len(serial), dtype=np.int64)
    none = np.zeros(len(serial), dtype=bool)
    made: list[str] = upns(
        np.array([int(authority)] * len(serial)), rows * SCHOOL, rows * 15, serial, none
    ).to_pylist()
    return made


#: How dates are written in raw files and elsewhere.
FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%b-%d")


def read_day(text: str) -> date | None:
    """A day in one of the forms raw files have."""
    for form in FORMS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def plant(config: Configuration, raw: Path) -> list[Canary]:
    """Plant canaries in every file about persons, and list the digests anew."""
    files = sorted(f for f in raw.iterdir() if f.suffix == ".csv")
    taken = b"\n".join(f.read_bytes() for f in files)
    assert MARK.encode() not in taken.lower(), "canaries have been planted here before"
    values = _Values(config.area.old_la_code, taken)
    planted: list[Canary] = []
    for delivery in config.edition.received:
        extract = registry()[delivery.extract]
        if extract.person_level:
            planted += _plant(extract, delivery, raw, values)
    relist(raw)
    return planted


def _plant(extract: Extract, delivery: Delivery, raw: Path, values: _Values) -> Iterator[Canary]:
    """Plant them in the files of one delivery; numbers of its own stay the same in all of them."""
    # Rows hang on those of tables declared before.
    order = [table.name for table in extract.tables]
    files = sorted(delivery.files.items(), key=lambda one: order.index(one[0]))
    sheets = {name: _Sheet(raw / file) for name, file in files}
    own: dict[str, str] = {}
    for name, sheet in sheets.items():
        table = extract.table(name)
        columns = [column for column in withheld(table) if column.name in sheet.header]
        if not columns or len(sheet.rows) < 3:
            continue
        local = [column.name for column in columns if column.identifier == "local_id"]
        good, bad = sheet.fullest(columns, {*local}, {*own})
        near = next(
            (day for c in columns if c.identifier in _DATES
             if (day := read_day(sheet.get(good, c.name)[:11].strip()))), date(2012, 6, 15),
        )  # fmt: skip
        for column in columns:
            old = sheet.get(good, column.name)
            value = values.sound(column, near)
            if column.identifier == "local_id":
                # The same child in the other files of the delivery.
                value = own.setdefault(old, value) if old else value
            sheet.put(good, column.name, _written(value, column, sheet))
            yield Canary(sheet.file.name, column.name, column.identifier or "text", value)
            if column.identifier != "local_id":
                value = values.broken(column)
                sheet.put(bad, column.name, value)
                yield Canary(
                    sheet.file.name, column.name, column.identifier or "text", value, sound=False
                )
    for name, sheet in sheets.items():
        for column in extract.table(name).columns:
            if column.identifier == "local_id" and column.name in sheet.header:
                sheet.replace(column.name, own)
        sheet.write()


def _written(value: str, column: Column, sheet: _Sheet) -> str:
    """A value as the file writes such values: days in its own form."""
    if column.identifier not in _DATES:
        return value
    used = next((text for row in sheet.rows if (text := row[sheet.header.index(column.name)])), "")
    day = date.fromisoformat(value)
    for form in (*FORMS, "%Y-%b-%d 00:00:00"):
        try:
            datetime.strptime(used, form)
        except ValueError:
            continue
        return day.strftime(form)
    return value


class _Sheet:
    """A CSV file whose other lines stay as they are, byte for byte."""

    def __init__(self, file: Path) -> None:
        self.file = file
        # Latin-1 gives every byte a character, so that none is changed on the way.
        content = file.read_bytes().decode("latin-1")
        self._end = "\r\n" if "\r\n" in content else "\n"
        self._mark = "\xef\xbb\xbf" if content.startswith("\xef\xbb\xbf") else ""
        self._lines = content.removeprefix(self._mark).split(self._end)
        parsed = [next(csv.reader([line]), []) for line in self._lines]
        self.header, self.rows = parsed[0], [row for row in parsed[1:] if row]
        self._changed: set[int] = set()

    def fullest(self, columns: list[Column], local: set[str], known: set[str]) -> tuple[int, int]:
        """Two rows that say most, of those with as many cells as there are columns.

        One of a child that is planted already comes first: that child's row above can be used.
        """
        places = [self.header.index(column.name) for column in columns]
        whole = [n for n, row in enumerate(self.rows) if len(row) == len(self.header)]
        numbers = [self.header.index(name) for name in local]

        def order(row: int) -> tuple[bool, int, int]:
            cells = self.rows[row]
            met = any(cells[place] in known for place in numbers)
            return not met, -sum(bool(cells[place]) for place in places), row

        ordered = sorted(whole, key=order)
        return ordered[0], ordered[1]

    def get(self, row: int, column: str) -> str:
        return self.rows[row][self.header.index(column)]

    def put(self, row: int, column: str, value: str) -> None:
        self.rows[row][self.header.index(column)] = value
        self._changed.add(row)

    def replace(self, column: str, others: dict[str, str]) -> None:
        place = self.header.index(column)
        for number, row in enumerate(self.rows):
            if len(row) > place and row[place] in others:
                self.put(number, column, others[row[place]])

    def write(self) -> None:
        for number in self._changed:
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(self.rows[number])
            self._lines[number + 1] = line.getvalue()
        self.file.write_bytes((self._mark + self._end.join(self._lines)).encode("latin-1"))


#: Beside the folder of the project, so that it is not looked through itself.
_LEDGER: Final = "canaries.json"


def plant_in(root: Path, name: str) -> None:
    """Plant canaries in the raw files of an edition of a project, and note them beside it."""
    planted = plant(loading.load(name, root), root / "data/raw" / name)
    (root.parent / _LEDGER).write_text(json.dumps([asdict(one) for one in planted]))


def planted_in(root: Path) -> list[Canary]:
    """What was planted in a project."""
    return [Canary(**one) for one in json.loads((root.parent / _LEDGER).read_text())]
