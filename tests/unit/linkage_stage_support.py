"""Small extracts of invented children, run through the stage that links them, in one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jsna import io
from jsna.linkage import assess, link
from jsna.linkage.ruleset import Ruleset
from jsna.model.configuration import Configuration
from jsna.model.contract import Column, Extract, Table
from jsna.synthetic.identifiers import nhs_numbers, ulns, upns
from tests.spec.world import configuration
from tests.unit.linkage_support import ruleset

#: The extract the others are linked to.
SPINE = "roll"


def upn(number: int) -> str:
    """A sound pupil number of the example area's authority."""
    one = np.array([number])
    authority, establishment = np.array([990]), np.array([4001])
    return str(upns(authority, establishment, np.array([15]), one, np.array([False]))[0])


@cache
def _nhs_numbers() -> list[str]:
    made: list[str] = nhs_numbers(np.random.default_rng(1), 50).to_pylist()
    return made


def nhs(number: int) -> str:
    """A sound NHS number of the range that is never issued; there are 50."""
    return _nhs_numbers()[number]


def uln(number: int) -> str:
    """A sound unique learner number."""
    return str(ulns(number + 1)[number])


def column(name: str, **declared: Any) -> Column:
    """A column called after its field; a kind of identifier if there is one of that name."""
    kinds = ("upn", "former_upn", "nhs_number", "uln", "forename", "surname", "date_of_birth",
             "postcode", "local_id")  # fmt: skip
    given: dict[str, Any] = {"identifier": name} if name in kinds else {}
    type_ = "date" if name == "date_of_birth" else "string"
    if name == "sex":
        type_, given = "code", {"codes": "sex"}
    if name == "lsoa_code":
        given = {"personal": True}
    return Column(name, name, type_, "", **{"nullable": True, **given, **declared})  # type: ignore[arg-type]


def extract(name: str, *tables: Table, **declared: Any) -> Extract:
    """An extract of January, as a new folder below `jsna.sources` would declare it."""
    stated = {"period_type": "january", "population_base": "attending", **declared}
    return Extract(name, name, "", tables=tables, **stated)


def table(name: str, *fields: str | Column, **declared: Any) -> Table:
    """A table of columns named after their fields."""
    columns = tuple(one if isinstance(one, Column) else column(one) for one in fields)
    return Table(name, "", columns, **declared)


@dataclass
class Stage:
    """An edition of extracts declared and filled by a test.

    Attributes:
        root: the project's folder.
        declared: its extracts.
        rows: `<extract>.<table>` and period -> rows.
    """

    root: Path
    patch: pytest.MonkeyPatch
    declared: dict[str, Extract] = field(default_factory=dict)
    rows: dict[tuple[str, str], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    synthetic: bool = True
    rules: Ruleset = field(default_factory=lambda: replace(ruleset(), spine=(SPINE,)))

    @property
    def paths(self) -> io.Paths:
        return io.Paths(self.root, "example-2025")

    def add(
        self,
        declared: Extract,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        period: str = "2025",
    ) -> Stage:
        """Declare an extract and give it the rows of each of its tables."""
        self.declared[declared.name] = declared
        self.rows.update({(f"{declared.name}.{name}", period): some for name, some in rows.items()})
        return self

    def configuration(self) -> Configuration:
        delivered = sorted({(name.split(".")[0], period) for name, period in self.rows})
        made = configuration({}, deliveries=delivered)
        came: dict[tuple[str, str], dict[str, str]] = {}
        for name, period in self.rows:
            came.setdefault((name.split(".")[0], period), {})[name.split(".")[1]] = "any.csv"
        extracts = tuple(
            supply.model_copy(
                update={
                    "periods": tuple(
                        one.model_copy(update={"files": came[supply.extract, one.period]})
                        for one in supply.periods
                    )
                }
            )
            for supply in made.edition.extracts
        )
        told = {"synthetic": self.synthetic, "extracts": extracts}
        edition = made.edition.model_copy(update=told)
        return replace(made, edition=edition)

    def run(self, shuffle: int | None = None) -> None:
        """Run the stage on the rows given, in their order or another."""
        for (name, period), rows in self.rows.items():
            extract_name, table_name = name.split(".")
            declared = self.declared[extract_name].table(table_name)
            frame = pd.DataFrame(
                {c.field: _typed([r.get(c.field) for r in rows], c) for c in declared.columns}
            )
            if shuffle is not None:
                frame = frame.sample(frac=1, random_state=shuffle)
            frame = frame.assign(source_row=range(2, len(frame) + 2))
            place = self.paths.identified / "valid" / extract_name / table_name
            io.write_parquet(place / io.period_file(period), frame)
        self.patch.setattr(link, "registry", lambda: self.declared)
        link.run(self.configuration(), self.paths, self.rules)

    def linked(self, name: str) -> pd.DataFrame:
        """A linked table, `<extract>.<table>`."""
        return io.read_parquet(self.paths.restricted / "linked" / f"{name}.parquet")

    def outcome(self, name: str) -> pd.DataFrame:
        """A table of `restricted/linkage/`; one is of the stage that assesses the links."""
        if name == "held_out":
            assess.run(self.configuration(), self.paths, self.rules)
        return io.read_parquet(self.paths.restricted / "linkage" / f"{name}.parquet")

    def events(self, source: str) -> dict[str, int]:
        """What was put together, kept apart or left out of a source."""
        found = self.outcome("event").query("source == @source")
        return dict(zip(found["event"], found["cases"], strict=True))

    def verdicts(self, source: str, kind: str) -> dict[str, int]:
        """How many records of a source got each verdict on a kind of identifier."""
        found = self.outcome("identifier").query("source == @source and kind == @kind")
        return dict(zip(found["verdict"], found["records"], strict=True))

    def written(self) -> dict[str, bytes]:
        """Every file of the restricted zone, as bytes."""
        files = sorted(f for f in self.paths.restricted.rglob("*") if f.is_file())
        return {f.relative_to(self.paths.restricted).as_posix(): f.read_bytes() for f in files}


def _typed(values: list[Any], declared: Column) -> pd.Series[Any]:
    """A column as validation leaves it: dates as such, all else as text."""
    kind = pa.date32() if declared.type == "date" else pa.string()
    return pd.Series(values, dtype=pd.ArrowDtype(kind))


#: What a school's roll says of a child.
ROLL = extract(
    SPINE,
    table("pupil", "upn", "former_upn", "forename", "surname", "date_of_birth", "sex", "postcode",
          "lsoa_code", column("note", personal=True), column("ethnicity", codes="ethnicity")),
)  # fmt: skip
#: Children no two of whom are alike in anything but their sex.
CHILDREN: tuple[dict[str, Any], ...] = (
    {"upn": upn(1), "forename": "Amelia", "surname": "Thornbury", "sex": "F",
     "date_of_birth": date(2015, 1, 17), "postcode": "ZZ1 1AA", "lsoa_code": "E01900001"},
    {"upn": upn(2), "forename": "Benedict", "surname": "Okonkwo", "sex": "M",
     "date_of_birth": date(2010, 1, 16), "postcode": "ZZ1 2AB", "lsoa_code": "E01900002"},
    {"upn": upn(3), "forename": "Clementine", "surname": "Vasquez", "sex": "F",
     "date_of_birth": date(2012, 5, 5), "postcode": "ZZ2 1AD", "lsoa_code": "E01900003"},
    {"upn": upn(4), "forename": "Dmitri", "surname": "Featherstone", "sex": "M",
     "date_of_birth": date(2013, 11, 30), "postcode": "ZZ3 4AE", "lsoa_code": "E01900004"},
    {"upn": upn(5), "forename": "Esperanza", "surname": "Quigley", "sex": "F",
     "date_of_birth": date(2016, 8, 9), "postcode": "ZZ4 2AF", "lsoa_code": "E01900005"},
    {"upn": upn(6), "forename": "Fitzgerald", "surname": "Mbeki", "sex": "M",
     "date_of_birth": date(2014, 3, 22), "postcode": "ZZ5 3AG", "lsoa_code": "E01900006"},
)  # fmt: skip


def of(child: int, *fields: str, **other: Any) -> dict[str, Any]:
    """Some of what is known of a child, and what a source says besides or otherwise."""
    return {**{name: CHILDREN[child][name] for name in fields}, **other}
