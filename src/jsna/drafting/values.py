"""Sides of a kind that is of numbers in a column: which column, in which unit, and what has ended.

Nothing is taken for the column because it stands first: where several could be meant, all are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jsna.errors import near
from jsna.ingest.header import names, plain
from jsna.model.contract import Table
from jsna.model.kinds import Kind
from jsna.model.schema import MEASURED, MONEY
from jsna.model.tables import AnalysisTable
from jsna.shared.waits import ENDED, WEEKS
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of

if TYPE_CHECKING:
    from jsna.drafting.entry import Drafter

#: Columns of numbers and yes or no that say something of a row's making alone.
OF_NOTHING: Final = frozenset({"age", "record_number", "headline"})


def both(*parts: str) -> str:
    """SQL of conditions that hold together."""
    return " and ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The sides of an indicator of numbers.

    Attributes:
        drafter: says what is asked for, and keeps what is wrong with it.
        kind, table: of the indicator.
        held: condition that every side has.
    """

    drafter: Drafter
    kind: Kind
    table: AnalysisTable
    held: str

    def sides(self) -> dict[str, Any]:
        """What the entry says of them; what is lacking is refused."""
        table = self._table_of_waits() if self.kind.of_waits else self.table
        if table is None:
            return {}
        numbers = [
            column.name
            for column in table.columns.values()
            if column.type in ("integer", "number") and column.name not in OF_NOTHING
        ]
        if not numbers:
            self.drafter.refuse("--kind", "the table has no number to take it of", str(self.kind))
            return {}
        waits = self.kind.of_waits and WEEKS in numbers
        name = self._named("--of", "the column of the numbers", numbers, WEEKS if waits else "")
        if not name:
            return {}
        rows = {"table": table.name, "where": both(self.held, f"{name} is not null")}
        unit = self._unit(table, name)
        if self.kind.sums:
            return {"numerator": {**rows, "count": name}}
        if self.kind.amounts:
            return {**({"unit": unit} if unit else {}), "numerator": {**rows, "count": name}}
        ended = {"ended": self._ended(table)} if self.kind.of_waits else {}
        return {"unit": unit, "values": name, **ended, "numerator": rows}

    def _named(self, option: str, what: str, known: Sequence[str], usual: str = "") -> str:
        """What an option names, or the only one there is; "" where that is not told."""
        wanted = self.drafter.wanted
        asked = {"--of": wanted.of, "--ended": wanted.ended}[option]
        if asked in known or (not asked and (usual or len(known) == 1)):
            return asked or usual or known[0]
        hint = near(asked, known) if asked else ""
        rule = f"there is no such column{hint}" if asked else f"name {what}"
        self.drafter.refuse(option, f"{rule}; there are {', '.join(known)}", asked)
        return ""

    def _unit(self, table: AnalysisTable, name: str) -> str:
        """The unit asked for, or the one that the column's words name; "" where a mean has none."""
        said = f"{name} {table.columns[name].description}".replace("_", " ").replace(",", " ")
        found = [unit for unit in MEASURED if unit in said.lower().split()]
        asked = self.drafter.wanted.unit
        if asked in MEASURED if asked else len(found) == 1:
            unit = asked or found[0]
            if not self.kind.sums or unit == MONEY:
                return unit
        elif self.kind.amounts and not asked:
            return ""
        if self.kind.sums:
            rule = f"nothing says that {name} is in {MONEY}: say --unit {MONEY} if it is"
        else:
            rule = f"name the unit of {name}, one of {', '.join(MEASURED)}"
        self.drafter.refuse("--unit", rule, asked)
        return ""

    def _ended(self, table: AnalysisTable) -> str:
        """The column that says whether a wait has ended."""
        columns = table.columns.values()
        flags = [c.name for c in columns if c.type == "boolean" and c.name not in OF_NOTHING]
        if not flags:
            rule = "the table has no yes or no that says what ended"
            self.drafter.refuse("--kind", rule, str(self.kind))
            return ""
        what = "the column that says whether a wait has ended"
        return self._named("--ended", what, flags, ENDED if ENDED in flags else "")

    def _table_of_waits(self) -> AnalysisTable | None:
        """The table, or that of the waits between two days of its file."""
        wanted = self.drafter.wanted
        source = next(iter(made_of(self.table)), "")
        file = registry()[source].tables[0] if source else None
        days = _days(file) if file is not None else {}
        if not (wanted.began or wanted.until):
            if WEEKS in self.table.columns or wanted.of:
                return self.table
            rule = "name the days a wait began and ended, or the column of its length with --of"
            self.drafter.refuse("--from, --to", f"{rule}; the file's days: {_listed(days)}")
            return None
        for option, asked in (("--from", wanted.began), ("--to", wanted.until)):
            if plain(asked) not in days:
                self.drafter.refuse(
                    option, f"is no day of the file; there are {_listed(days)}", asked
                )
        if self.drafter.problems or file is None:
            return None
        first, last = days[plain(wanted.began)], days[plain(wanted.until)]
        if file.wait == (first, last) and f"{source}_wait" in CATALOGUE:
            return CATALOGUE[f"{source}_wait"]
        rule = (
            f'no table has these waits yet: add `wait=("{first}", "{last}")` to `one_file` in '
            f"src/jsna/sources/{source}/extract.py (or `waits(EXTRACT, …)` to its tables.py), then "
            f"name --table {source}_wait"
        )
        self.drafter.refuse("--from, --to", rule)
        return None


def _listed(days: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(days.values())) or "none"


def _days(file: Table) -> dict[str, str]:
    """Header, or field, in its plain form -> field of the days of a file."""
    found: dict[str, str] = {}
    for column in file.columns:
        if column.type == "date" and column.identifier is None:
            found |= {plain(name): column.field for name in (*names(column), column.field)}
    return found
