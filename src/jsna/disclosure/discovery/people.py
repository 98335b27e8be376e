"""Whom drawn rows are about, and how surely that is known.

People are drawn in two ways. In the first a person is in the extracts of one school year alone, and
only in such as some table joins: then whatever ties two counts ties them within few rows, and the
counts fall into parts that are looked at one by one. In the second everybody may be anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jsna.disclosure.discovery.draws import Draw
from jsna.shared.table_columns import SURE
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of, of_linkage

if TYPE_CHECKING:
    import pyarrow as pa

#: Share of the rows of a source that are linked to nobody.
ALONE: Final = 0.2


@dataclass(frozen=True, slots=True)
class People:
    """People rows are drawn about.

    Attributes:
        name: of the set of records; no two sets share a person.
        size: how many there are in each part.
        apart: whether each is in one school year, and in extracts that are joined, alone.
        spine: extracts every person of which is one of the edition.
    """

    name: str
    size: int
    apart: bool
    spine: tuple[str, ...]
    _made: dict[str, pa.Array[Any]] = field(default_factory=dict)

    def some(self, extract: str, year: int, size: int, draw: Draw) -> pa.Array[Any]:
        """Person keys of people whom an extract may know in a year; one may come twice."""
        part = f"{joined()[extract]} {year}" if self.apart else "everyone"
        return self.part(part).take(draw.random.integers(0, self.size, size))

    def linked(
        self, extract: str, year: int, size: int, draw: Draw
    ) -> tuple[pa.Array[Any], pa.Array[Any]]:
        """How rows are linked (code list `link`), and the person keys that gives.

        Who is linked to nobody is in no other source.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = self.some(extract, year, size, draw)
        if extract in self.spine:
            return pa.array(["spine"] * size, pa.string()), keys
        ways = pa.array(sorted(SURE), pa.string())
        surety = ways.take(draw.random.integers(0, len(ways), size))
        alone = pa.array(draw.sometimes(size, ALONE))
        own = pc.binary_join_element_wise(keys, pa.scalar(f"of {extract} alone"), " ")
        return pc.if_else(alone, "none", surety), pc.if_else(alone, own, keys)

    def part(self, name: str) -> pa.Array[Any]:
        """Every person of a part."""
        import pyarrow as pa

        if name not in self._made:
            keys = [f"{self.name} {name} {number}" for number in range(self.size)]
            self._made[name] = pa.array(keys, pa.string())
        return self._made[name]


@cache
def joined() -> Mapping[str, str]:
    """Extract -> the first by name of those that tables join it with, be it through others."""
    first = {name: name for name in registry()}
    for table in CATALOGUE.values():
        if of_linkage(table):
            continue
        mine = {first[name] for name in made_of(table) if registry()[name].person_level}
        least = min(mine, default="")
        first = {name: least if at in mine else at for name, at in first.items()}
    return first
