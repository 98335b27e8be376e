"""How large a file may be, and how long a download may take, before it is refused.

A damaged or malicious file of a few kilobytes can unpack to more than any machine holds. The limits
are far above what a return or a release needs; who needs more sets a variable of the environment.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from jsna.errors import JsnaError, Problem

Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit and the variable that sets it.

    Attributes:
        variable: name of the variable of the environment.
        default: where it is not set.
        unit: of the number, in words.
    """

    variable: str
    default: float
    unit: str

    @property
    def value(self) -> float:
        """The limit in force.

        Raises:
            JsnaError: the variable holds no number above 0.
        """
        text = os.environ.get(self.variable)
        if text is None:
            return self.default
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            rule = f"must be a number of {self.unit} above 0"
            raise JsnaError(Problem(self.variable, rule, value=text, code="limit.number"))
        return value

    def __str__(self) -> str:
        return (
            f"{self.value:,.12g} {self.unit} (set {self.variable} to another number, if you are "
            "sure that the file is right)"
        )


#: Of a file that is read, and of what a packed one holds.
FILE: Final = Limit("JSNA_LIMIT_FILE_MB", 1_000, "megabytes")
#: Of what the workbook of a table of one's own holds, which is read twice and as a whole.
TABLE: Final = Limit("JSNA_LIMIT_TABLE_MB", 400, "megabytes")
#: Cells of a sheet, empty ones between others included, or values of a parquet file.
CELLS: Final = Limit("JSNA_LIMIT_CELLS", 20_000_000, "cells")
DOWNLOAD: Final = Limit("JSNA_LIMIT_DOWNLOAD_MB", 1_000, "megabytes")
DOWNLOAD_TIME: Final = Limit("JSNA_LIMIT_DOWNLOAD_MINUTES", 30, "minutes")
MEGABYTE: Final = 1_000_000


class TooLargeError(Exception):
    """Something is above a limit; says which, and how the limit is set."""


def check_size(size: int, limit: Limit = FILE, *, unpacked: bool = False) -> None:
    """Refuse a file, or what a packed one says it holds, of more bytes than the limit.

    Raises:
        TooLargeError: it has.
    """
    if size > limit.value * MEGABYTE:
        does = "unpacks to" if unpacked else "has"
        raise TooLargeError(
            f"the file {does} {size / MEGABYTE:,.0f} megabytes, more than the limit of {limit}"
        )


def read(path: Path) -> bytes:
    """The bytes of a file, of which no more is read than it had at first: it may be growing.

    Raises:
        TooLargeError: it has more than the limit.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        check_size(size)
        return file.read(size)


def check_workbook(file: Path | IO[bytes], limit: Limit = FILE) -> None:
    """Refuse a workbook, or other zip file, that says it unpacks to more than the limit.

    Nothing is unpacked; and no reader unpacks more of a part than the file says. What is no zip
    file is left to its reader.

    Raises:
        TooLargeError: it does.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return
    check_size(size, limit, unpacked=True)


def check_cells(cells: int) -> None:
    """Refuse a table of more cells than the limit.

    Raises:
        TooLargeError: it has.
    """
    if cells > CELLS.value:
        raise TooLargeError(f"the table has {cells:,} cells or more, above the limit of {CELLS}")


def bounded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a sheet, until there are more cells than the limit.

    A sheet of one cell far down or to the right is read as all that lie before it.

    Raises:
        TooLargeError: there are.
    """
    most, cells = CELLS.value, 0
    for row in rows:
        cells += len(row) or 1
        if cells > most:
            check_cells(cells)
        yield row


def gunzipped(content: bytes) -> bytes:
    """What a gzip file holds, of which no more is unpacked than the limit.

    Raises:
        TooLargeError: it holds more.
        OSError, EOFError, zlib.error: it is damaged, or is none.
    """
    most = int(FILE.value * MEGABYTE)
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        found = packed.read(most + 1)
    if len(found) > most:
        check_size(len(found), unpacked=True)
    return found
