"""A CSV file as lines of bytes, for faults to be put into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class Lines:
    """A CSV file as lines of bytes, of which a few are taken apart and put together again.

    Latin-1 maps every byte to a character and back, so no letter of a name is ever touched.
    """

    def __init__(self, content: bytes) -> None:
        self.end = b"\r\n" if b"\r\n" in content else b"\n"
        self.lines = content.removesuffix(self.end).split(self.end)
        header = self.lines[0].removeprefix(b"\xef\xbb\xbf")
        self.header = next(csv.reader([header.decode("latin-1")]))
        #: Rows as received; those added at the end come after.
        self.rows = len(self.lines) - 1
        self.struck: set[int] = set()

    def cells(self, index: int) -> dict[str, str]:
        """Cells of a line by header."""
        text = self.lines[index].decode("latin-1")
        values = next(csv.reader([text], strict=True))
        return dict(zip(self.header, values, strict=True))

    def replace(self, index: int, cells: Mapping[str, str]) -> None:
        """Write a line back."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow([cells[name] for name in self.header])
        self.lines[index] = buffer.getvalue().encode("latin-1")

    def repeat(self, index: int) -> int:
        """Add a line again at the end; returns where."""
        self.lines.append(self.lines[index])
        return len(self.lines) - 1

    def add(self, cells: Mapping[str, str]) -> int:
        """Add a line at the end; returns where."""
        self.lines.append(b"")
        self.replace(len(self.lines) - 1, cells)
        return len(self.lines) - 1

    def content(self) -> bytes:
        """The file."""
        return self.end.join(self.lines) + self.end


@dataclass(frozen=True, slots=True)
class Again:
    """How a source enters a child a second time, with everything that hangs on it.

    Attributes:
        tables: those that get rows.
        enter: the files by table, how many children, and what draws them -> table, row as the user
            sees it, column, and code it must be reported under, of each row added.
    """

    tables: tuple[str, ...]
    enter: Callable[
        [Mapping[str, Lines], int, np.random.Generator], Iterator[tuple[str, int, str, str]]
    ]
