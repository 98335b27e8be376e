"""What is known of one file of a folder, and what files may be held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jsna.model.contract import Extract, Table
from jsna.model.layouts import MappingFile, Shape
from jsna.sources import registry


@dataclass(frozen=True, slots=True)
class Looks:
    """What one file looks like.

    Attributes:
        file: it, as it lies in the folder.
        digest: its SHA-256.
        extract, tables: what it is of; none where nothing declared is like it.
        mapping: by which mapping; "" as declared.
        period: its year; "" where nothing tells.
        by: what tells the year.
        beside: what mappings call it that join columns of it -> none of them a table.
        told: what it looks like where it is no table as it is, and what to do.
        rows: of all its tables; 0 of one that was not read.
        days: the first and the last day of its year, where its rows are dated.
        empty: months of its year without one event, where they are many.
        children: those of its children, by forename and surname, whose names stand in some name of
            a file of the folder.
        unread: nothing of what it holds could be read.
    """

    file: Path
    digest: str
    extract: str = ""
    tables: tuple[str, ...] = ()
    mapping: str = ""
    period: str = ""
    by: str = ""
    beside: tuple[str, ...] = ()
    told: str = ""
    rows: int = 0
    days: tuple[date, date] | None = None
    empty: str = ""
    children: frozenset[tuple[str, str]] = frozenset()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may be held to.

    Attributes:
        mappings: of councils' own files, by name.
        told: digest -> what somebody has said a file is, which is not looked at again.
        chosen: extract -> the mapping it is read by, or "" as declared, where somebody has said so.
        words: of the names of files, any of which may be that of a child.
        folder: where the files lie, by whose name none is judged.
    """

    mappings: Mapping[str, MappingFile]
    told: Mapping[str, Looks] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    folder: Path | None = None

    def called(self, file: Path) -> str:
        """A file as it is called from the folder."""
        below = self.folder is not None and file.is_relative_to(self.folder)
        return file.relative_to(self.folder or file).as_posix() if below else file.name

    def shapes(self) -> Iterator[tuple[Extract, Table, str, Shape | None]]:
        """Every table in each shape it may come in; as declared before any mapping."""
        for extract in registry().values():
            for table in extract.tables:
                yield extract, table, "", None
        for name, mapping in sorted(self.mappings.items()):
            extract = registry()[mapping.extract]
            for table in extract.tables:
                if table.name in mapping.tables:
                    yield extract, table, name, mapping.tables[table.name]
