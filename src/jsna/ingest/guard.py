"""Names of an edition's files held to the children in them, before anything names a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.ingest import named_after
from jsna.ingest.kept import Kept
from jsna.model.contract import Table
from jsna.model.editions import Delivery

if TYPE_CHECKING:
    pass

#: Files of so many bytes are read for the names in them also where only headers are asked for: one
#: that is called after a child is about that child.
SMALL: Final = 1_000_000
_TITLE: Final = "Files are called after children, and everything that is kept would name them:"


@dataclass(slots=True)
class Guard:
    """What the rows of an edition's files say of their names.

    Attributes:
        folder: where the files are.
        files: the files of every delivery.
        wrong: file -> whose it is, and what its name holds.
        children: forename and surname of children whose names stand in some name of a file.
    """

    folder: Path
    files: Iterable[str]
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)
    children: set[tuple[str, str]] = field(default_factory=set)
    _whose: dict[str, str] = field(default_factory=dict)
    _asked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._asked = frozenset(word for name in self.files for word in named_after.words(name))

    def saw(self, delivery: Delivery, file: str, table: Table, rows: Kept) -> None:
        """Take note of the rows of a file."""
        told = ("forename", "surname", "date_of_birth")
        frame = rows.frame([c.field for c in table.columns if c.identifier in told])
        whose = f"{delivery.extract}, {delivery.period}"
        self._whose.setdefault(file, whose)
        tables, frames = {table.name: table}, {table.name: frame}
        self.children |= named_after.children(tables, frames, self._asked)
        if named_after.by_its_rows(Path(file), tables, frames):
            self.wrong.setdefault(file, (whose, named_after.BORN))
        elif named_after.by_few(file, tables, frames):
            self.wrong.setdefault(file, (whose, named_after.CALLED))

    def check(self) -> None:
        """Refuse the files that are called after a child.

        Raises:
            JsnaError: telling of each by its source, year, kind and size.
        """
        for file in sorted({*self.files} - self.wrong.keys()):
            if named_after.by_its_names(file, self.children):
                self.wrong[file] = (self._whose.get(file, "a file"), named_after.CALLED)
        if self.wrong:
            problems = [
                Problem(
                    f"{whose}: {named_after.shown(self.folder / file)}", rule, code="file.named"
                )
                for file, (whose, rule) in sorted(self.wrong.items())
            ]
            raise JsnaError(problems, title=_TITLE)
