"""A CSV file as lines of bytes, for faults to be put into it, of which only those asked for are
read: where each line begins, and what has been changed, is all of a file that is held.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

if TYPE_CHECKING:
    from jsna.synthetic.draws import Ints

#: Bytes read at a time.
_READ: Final = 1 << 24


class Lines:
    """A CSV file, of which a few lines are taken apart and put together again.

    Latin-1 maps every byte to a character and back, so no letter of a name is ever touched.

    Args:
        file: its bytes, every line with its end; it must stay open while lines are asked for.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begins = _begins(file)
        self._changed: dict[int, bytes] = {}
        self._added: list[bytes] = []
        first = self._read(0)
        self.end = b"\r\n" if first.endswith(b"\r\n") else b"\n"
        header = first.removesuffix(self.end).removeprefix(b"\xef\xbb\xbf")
        self.header = next(csv.reader([header.decode("latin-1")]))
        #: Rows as received; those added at the end come after.
        self.rows = len(self._begins) - 2
        self.struck: set[int] = set()

    def cells(self, index: int) -> dict[str, str]:
        """Cells of a line by header; the header itself is line 0."""
        text = self._line(index).decode("latin-1")
        values = next(csv.reader([text], strict=True))
        return dict(zip(self.header, values, strict=True))

    def replace(self, index: int, cells: Mapping[str, str]) -> None:
        """Write a line back."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow([cells[name] for name in self.header])
        line = buffer.getvalue().encode("latin-1")
        if index <= self.rows:
            self._changed[index] = line
        else:
            self._added[index - self.rows - 1] = line

    def repeat(self, index: int) -> int:
        """Add a line again at the end; returns where."""
        self._added.append(self._line(index))
        return self.rows + len(self._added)

    def add(self, cells: Mapping[str, str]) -> int:
        """Add a line at the end; returns where."""
        self._added.append(b"")
        at = self.rows + len(self._added)
        self.replace(at, cells)
        return at

    def content(self) -> Iterator[bytes]:
        """The file as it is now, piece by piece."""
        at = 0
        for index in sorted(self._changed):
            yield from self._between(at, int(self._begins[index]))
            yield self._changed[index] + self.end
            at = int(self._begins[index + 1])
        yield from self._between(at, int(self._begins[-1]))
        for line in self._added:
            yield line + self.end

    def _line(self, index: int) -> bytes:
        if index > self.rows:
            return self._added[index - self.rows - 1]
        changed = self._changed.get(index)
        return self._read(index).removesuffix(self.end) if changed is None else changed

    def _read(self, index: int) -> bytes:
        """A line as received, with its end."""
        begin, end = self._begins[index : index + 2].tolist()
        self._file.seek(begin)
        return self._file.read(end - begin)

    def _between(self, begin: int, end: int) -> Iterator[bytes]:
        self._file.seek(begin)
        for size in [_READ] * ((end - begin) // _READ) + [(end - begin) % _READ]:
            yield self._file.read(size)


def _begins(file: BinaryIO) -> Ints:
    """Where each line begins, and after them where the last one ends."""
    file.seek(0)
    found, read = [np.zeros(1, dtype=np.int64)], 0
    while piece := file.read(_READ):
        found.append(np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == ord("\n")) + read + 1)
        read += len(piece)
    return np.concatenate(found)


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
