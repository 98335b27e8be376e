"""What linking came to, drawn: tables about linkage itself, which no extract declares.

No identity depends on how well anything was linked. Columns are those of `linkage.outcomes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.disclosure.discovery.draws import Draw
from jsna.disclosure.discovery.people import People
from jsna.sources import registry

if TYPE_CHECKING:
    import pyarrow as pa

#: Ages that people have, in years.
_AGES: Final = 26
#: School year whose people answers are known of.
_YEAR: Final = 0
#: Amounts are below this.
_MOST: Final = 100_000


def drawn(draw: Draw, people: People) -> dict[str, pa.Table]:
    """The tables `linkage.…` that analysis tables are made of."""
    return {
        "linkage.member": _members(draw, people),
        "linkage.held_out": _held_out(draw, people),
        "linkage.identifier": _amounts(
            draw, "records", source="link_source", kind="identifier_kind", verdict="verdict"
        ),
        "linkage.event": _amounts(draw, "cases", source="link_source", event="link_event"),
    }


def _members(draw: Draw, people: People) -> pa.Table:
    """A row a person of a source: of the spine or not, linked or not, and by which pass."""
    import pyarrow as pa

    parts = [_of_source(source, draw, people) for source in draw.config.codelists["link_source"]]
    return pa.concat_tables(parts)


def _of_source(source: str, draw: Draw, people: People) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    spine = source.split(".")[0]
    of_spine = spine in people.spine
    first = spine in people.spine[:1]
    everyone = people.part("of linkage")
    there = draw.sometimes(len(everyone), 0.5)
    # A person of the spine is one of its first source, or was added by a later one.
    mine = np.arange(len(everyone)) % 2 == (0 if first else 1)
    keys = everyone.filter(pa.array(there & mine if of_spine else there))
    size = len(keys)
    passes, ways = _ways(draw)
    chosen = draw.random.integers(0, len(passes), size)
    linked = pa.array(np.zeros(size, dtype=bool) if first else draw.sometimes(size, 0.7))
    link = pc.if_else(linked, ways.take(chosen), "spine" if of_spine else "none")
    codes = {name: _codes(draw, name, size) for name in ("sex", "ethnicity", "sen_provision")}
    return pa.table(
        {
            "source": pa.array([source] * size, pa.string()),
            "person_key": keys,
            "compared": pa.array([not first] * size, pa.bool_()),
            "link": link,
            "pass": passes.take(chosen),
            "implausible": pa.array(draw.sometimes(size, 0.3)),
            "age": _some(draw, pa.array(draw.random.integers(0, _AGES, size))),
            **codes,
            "lsoa_code": draw.homes(size),
        }
    )


def _ways(draw: Draw) -> tuple[pa.Array[Any], pa.Array[Any]]:
    """Every pass, and what a link made by it is called in the code list `link`."""
    import pyarrow as pa

    methods = draw.config.hierarchies["link_method"].codes
    of = {code: method for method, codes in methods.items() for code in codes}
    passes = sorted(of)
    # Links by the model are called by how sure they are, which is their pass.
    called = [code if of[code] == "model" else of[code] for code in passes]
    return pa.array(passes, pa.string()), pa.array(called, pa.string())


def _held_out(draw: Draw, people: People) -> pa.Table:
    """True pairs and links, of which it is known another way whether they are right."""
    import pyarrow as pa

    size = 2 * draw.size
    sources = list(draw.config.codelists["link_source"])
    texts = {"source": sources, "answer": ["number", "source"], "of": ["pair", "link"]}
    first = min(registry())
    for name, extract in registry().items():
        first = name if extract.person_level and name in people.spine[:1] else first
    return pa.table(
        {
            **{
                name: pa.array(codes, pa.string()).take(draw.random.integers(0, len(codes), size))
                for name, codes in texts.items()
            },
            "wrong": pa.array(draw.sometimes(size, 0.5)),
            "person_key": people.some(first, _YEAR, size, draw),
        }
    )


def _amounts(draw: Draw, amount: str, **columns: str) -> pa.Table:
    """Every combination of codes, each with an amount of its own."""
    import pyarrow as pa

    listed = [list(draw.config.codelists[name]) for name in columns.values()]
    rows = list(product(*listed))
    made: Mapping[str, Any] = {
        name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(columns)
    }
    return pa.table({**made, amount: pa.array(draw.random.integers(1, _MOST, len(rows)))})


def _codes(draw: Draw, name: str, size: int) -> pa.Array[Any]:
    import pyarrow as pa

    codes = pa.array(list(draw.config.codelists[name]), pa.string())
    return _some(draw, codes.take(draw.random.integers(0, len(codes), size)))


def _some(draw: Draw, values: pa.Array[Any]) -> pa.Array[Any]:
    """Values of which some are not told."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = pa.array(draw.sometimes(len(values), 0.9))
    return pc.if_else(told, values, pa.scalar(None, values.type))
