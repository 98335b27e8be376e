"""Who is left of two sources once a step of the cascade has linked some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.linkage.comparisons import TURNED
from jsna.linkage.splinked import COLUMNS

if TYPE_CHECKING:
    import duckdb

#: Columns of a standard table beside `person` and `record`.
_COLUMNS: Final = COLUMNS.split(", ")[1:]


class Rest:
    """The people of both sources nobody is linked to yet.

    Held are the columns in which a source has anything; the rest is empty in a view over them.

    Attributes:
        left, right: standard tables of them.
        filled: columns in which any record of a side has a value.
        both: those in which one of both sides has.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
        self.database = database
        self.left, self.right = left, right
        self.filled = {"left": _filled(database, left), "right": _filled(database, right)}
        self.both = self.filled["left"] & self.filled["right"]

    @property
    def sides(self) -> tuple[str, str]:
        """Both tables."""
        return self.left, self.right

    def has(self, side: str, column: str) -> bool:
        """Whether anyone who is left has a value in a column."""
        if column not in self.filled[side]:
            return False
        query = f"SELECT 1 FROM {getattr(self, side)} WHERE {column} IS NOT NULL LIMIT 1"
        return bool(self.database.execute(query).fetchall())

    def shrink(self, made: int) -> None:
        """Leave out who is linked by now, where the last step linked anyone."""
        if not made:
            return
        for side, filled in self.filled.items():
            held, view = f"_held_{side}", f"_rest_{side}"
            if getattr(self, side) == view:
                self.database.execute(
                    f"DELETE FROM {held} t USING found f WHERE f.{side}_person = t.person"
                )
                continue
            columns = ["person", "record", *(c for c in _COLUMNS if c in filled and c != "turned")]
            self.database.execute(
                f"CREATE OR REPLACE TEMP TABLE {held} AS SELECT {', '.join(columns)} "
                f"FROM {getattr(self, side)} t ANTI JOIN found f ON f.{side}_person = t.person"
            )
            shown = {name: name if name in columns else "NULL::VARCHAR" for name in _COLUMNS}
            shown["turned"] = TURNED.format(shown["born"])
            rest = ", ".join(f"{sql} AS {name}" for name, sql in shown.items())
            self.database.execute(
                f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT person, record, {rest} FROM {held}"
            )
            setattr(self, side, view)


def _filled(database: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """Columns of a standard table in which any record has a value."""
    counts = ", ".join(f"count({column})" for column in _COLUMNS)
    row = database.execute(f"SELECT {counts} FROM {table}").fetchall()[0]
    return frozenset(column for column, count in zip(_COLUMNS, row, strict=True) if count)
