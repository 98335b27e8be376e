"""Files of a delivery from which columns come by a key: addresses kept apart from children, say.

Such a file is no table of the extract: nothing of it is kept but the columns a layout asks for, at
the rows whose key the table has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jsna.ingest.grid import Findings
from jsna.ingest.read import read_table
from jsna.model.contract import Column, Table
from jsna.model.layouts import Origin, Place, Shape

if TYPE_CHECKING:
    import pandas as pd

_KEY, _VALUE = "key", "value"


@dataclass(slots=True)
class BesideFiles:
    """Gives columns of the further files of one delivery.

    Attributes:
        named: what a layout calls a file -> its name as received.
        places: what a layout calls a file -> where in it the columns stand.
        content: gives the bytes of a file; None where it cannot be opened, which has been told.
        findings: of all of them, in the order they were read.
    """

    named: Mapping[str, str]
    places: Mapping[str, Place]
    content: Callable[[str], bytes | None]
    findings: list[Findings] = field(default_factory=list)

    def __call__(self, column: Column, origin: Origin) -> Mapping[str, str | None] | None:
        """Key -> value of a column; None where the file cannot be used, which is told."""
        assert origin.join is not None
        file = self.named.get(origin.join.file)
        content = None if file is None else self.content(file)
        if file is None or content is None:
            return None
        first, *others = origin.headers
        table = Table(
            origin.join.file,
            "A row of a file that columns are joined from.",
            (
                Column(origin.join.there, _KEY, "string", "The key.", nullable=True),
                replace(
                    column, name=first, field=_VALUE, aliases=tuple(others), required=True,
                    nullable=True,
                ),
            ),
        )  # fmt: skip
        shape = Shape(
            **dict(self.places.get(origin.join.file, Place())),
            columns={_VALUE: Origin(header=origin.headers, dates=origin.dates)},
        )
        reading = read_table(content, file, table, shape=shape)
        found = None if reading.frame is None else _by_key(reading.frame, reading.findings, table)
        # What else the file holds is its own affair.
        reading.findings.warnings[:] = [
            one for one in reading.findings.warnings if one.code != "column.unknown"
        ]
        self.findings.append(reading.findings)
        return found


def _by_key(frame: pd.DataFrame, findings: Findings, table: Table) -> dict[str, str | None]:
    """Key -> value, or None where its cell is empty; a key with two values is told and left out."""
    known: Any = frame[[_KEY, _VALUE]].dropna().drop_duplicates()
    twice = known[_KEY].duplicated(keep=False)
    keys = int(known.loc[twice, _KEY].nunique())
    if keys:
        findings.refuse(
            "column.two_values",
            f"{keys:,} keys stand on rows with different values of the column, so that none can "
            "be joined; ask for a file with one row for each",
            column=table.column(_VALUE).name,
            count=keys,
        )
    kept = known[~twice]
    there = dict.fromkeys(frame[_KEY].dropna().drop(known.index[twice]).map(str))
    return there | dict(zip(map(str, kept[_KEY]), map(str, kept[_VALUE]), strict=True))
