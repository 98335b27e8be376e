"""Rows of one table of an XML, gathered while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.grid import Grid
from jsna.ingest.xml_paths import Path, names, paths
from jsna.model.xml_forms import XmlTable

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that are put together into one array.
BLOCK: Final = 50_000


@dataclass(slots=True)
class Rows:
    """Rows of one table, gathered.

    Attributes:
        columns: header -> the ways to its cells.
        steps: names of the path to the rows.
    """

    table: XmlTable
    columns: dict[str, tuple[Path, ...]]
    steps: tuple[str, ...]
    cells: list[list[str | None]]
    lines: list[int] = field(default_factory=list)
    blocks: list[list[pa.Array[Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, table: XmlTable) -> Rows:
        """None yet."""
        columns = {header: paths(text) for header, text in table.columns.items()}
        return cls(table, columns, names(table.rows), [[] for _ in columns])

    def close(self) -> None:
        """Put the rows gathered into arrays."""
        import pyarrow as pa

        self.blocks.append([pa.array(cells, pa.string()) for cells in self.cells])
        self.cells = [[] for _ in self.columns]

    def grid(self, numbered: bool) -> Grid:
        """The rows as any file's, by the lines they begin on or, `numbered`, counted from 1."""
        import numpy as np
        import pyarrow as pa

        self.close()
        columns = [pa.concat_arrays(parts) for parts in zip(*self.blocks, strict=True)]
        lines = np.array(self.lines, np.int64)
        rows = np.arange(1, len(lines) + 1, dtype=np.int64) if numbered else lines
        return Grid(tuple(self.columns), columns, rows)
