"""A drafted source as the modules of its folder, and as the declaration these make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jsna.drafting import text
from jsna.drafting.guess import Guess
from jsna.model.contract import Extract

#: Words that follow from whether rows are about children.
_BESIDE: Final = ", and pupils with whether they are in it"
_ROWS: Final = {True: "child", False: "thing counted"}


@dataclass(frozen=True, slots=True)
class Module:
    """What a drafted source says.

    Attributes:
        name, title, period_type, base, persons: of its extract.
        guesses: its columns, in the order of the file.
        dated: column of days that says which year a file is of.
        key: columns that tell its rows apart.
    """

    name: str
    title: str
    period_type: str
    base: str
    persons: bool
    guesses: tuple[Guess, ...]
    dated: str = ""
    key: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What people call it."""
        words = self.name.replace("_", " ")
        return self.title or f"{words[:1].upper()}{words[1:]}"

    @property
    def row(self) -> str:
        """What one row is, as far as a file can tell."""
        called = self.called[:1].lower() + self.called[1:]
        return f"a record of {called}"

    def extract(self) -> Extract:
        """The declaration its text makes."""
        space: dict[str, Any] = {"__name__": f"jsna.sources.{self.name}.extract"}
        exec(compile(self._extract(), f"{self.name}/extract.py", "exec"), space)
        made: Extract = space["EXTRACT"]
        return made

    def files(self, *, roll: bool) -> dict[str, str]:
        """Name -> text of each file of its folder.

        Args:
            roll: whether pupils are set beside it.
        """
        return {
            "__init__.py": f'"""{self.called}."""\n',
            "extract.py": self._extract(),
            "tables.py": self._tables(roll),
        }

    def _extract(self) -> str:
        calls = [text.column(g.column, g.like) for g in self.guesses if g.column is not None]
        body = [line for call in calls for line in text.wrapped(call)]
        of_table = {
            "name": self.name,
            "description": f"{self.row[:1].upper()}{self.row[1:]}.",
        }
        said = [f"{text.literal(one)}" for one in of_table.values()]
        more = [f"key={text.literal(self.key)}"] if self.key else []
        more += [f"counted_as={text.literal(f'{self.called.lower()} record')}"]
        more += [f"dated_by={text.literal(self.dated)}"] if self.dated else []
        table = f"Table({', '.join([*said, 'COLUMNS', *more])})"
        lines = [
            f'"""{self.called}, as received."""',
            "",
            "from __future__ import annotations",
            "",
            *self._imports(calls),
            "",
            "COLUMNS = (",
            *body,
            ")  # fmt: skip",
            "",
            "EXTRACT = Extract(",
            f"    name={text.literal(self.name)},",
            f"    title={text.literal(self.called)},",
            f"    description={text.literal(f'{self.called}, a row for each {self._counted}.')},",
            f"    period_type={text.literal(self.period_type)},",
            f"    population_base={text.literal(self.base)},",
            f"    tables=({table},),",
            *([] if self.persons else ["    person_level=False,"]),
            ")  # fmt: skip",
        ]
        return "\n".join(_short(lines)) + "\n"

    @property
    def _counted(self) -> str:
        return f"{_ROWS[self.persons]} and event" if self.persons else _ROWS[self.persons]

    def _imports(self, calls: list[str]) -> list[str]:
        said = "\n".join(calls)
        first = ["from dataclasses import replace", ""] if "replace(" in said else []
        names = [name for name in ("columns", "patients", "patterns") if f"{name}." in said]
        contract = ["Column"] if any(call.startswith("Column(") for call in calls) else []
        return [
            *first,
            f"from jsna.model.contract import {', '.join([*contract, 'Extract', 'Table'])}",
            *([f"from jsna.shared import {', '.join(names)}"] if names else []),
        ]

    def _tables(self, roll: bool) -> str:
        row = text.literal(self.row)
        lines = [
            f'"""{self.called}: its rows{_BESIDE if roll else ""}."""',
            "",
            "from __future__ import annotations",
            "",
            f"from jsna.shared.events import {'pupils_in, ' if roll else ''}rows",
            f"from jsna.sources.{self.name}.extract import EXTRACT",
            "",
            "TABLES = (",
            f"    rows(EXTRACT, {row}),",
            *(["    *pupils_in(EXTRACT),"] if roll else []),
            ")  # fmt: skip",
        ]
        return "\n".join(_short(lines)) + "\n"


def _short(lines: list[str]) -> list[str]:
    """Lines of which those that are too long are broken after commas."""
    found = []
    for line in lines:
        if len(line) > text.WIDTH and line.strip().startswith("tables=("):
            call = line.strip().removeprefix("tables=(").removesuffix(",),")
            found += ["    tables=(", *text.wrapped(call, 8), "    ),"]
        else:
            found.append(line)
    return found
