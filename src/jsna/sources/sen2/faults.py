"""A child entered a second time in SEN2: a new number, and everything under it over again.

The second entry has its own row in every module, as where a child moved back or a case was opened
anew: counted as they stand, two plans of one child. Nothing here knows of validation but the codes
it must answer with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from jsna.synthetic.lines import Again, Lines

if TYPE_CHECKING:
    import numpy as np


#: Module -> the module it hangs on, and the code its second row must be reported under: each is
#: told of, or set aside so that one of the two is counted.
MODULES: Final = {
    "person": ("", "person.person_table_id.twice"),
    "requests": ("person", "requests.person_table_id.twice"),
    "assessment": ("requests", "assessment.requests_table_id.orphan"),
    "namedplan": ("assessment", "namedplan.person_table_id.twice"),
    "plandetail": ("namedplan", "plandetail.namedplan_table_id.orphan"),
    "activeplans": ("requests", "activeplans.person_table_id.twice"),
    "placementdetail": ("activeplans", "placementdetail.activeplans_table_id.orphan"),
    "senneed": ("activeplans", "senneed.activeplans_table_id.orphan"),
}


def _key(module: str) -> str:
    return f"{module}tableid"


def enter_twice(
    files: Mapping[str, Lines], count: int, generator: np.random.Generator
) -> Iterator[tuple[str, int, str, str]]:
    """Enter children with a plan in force a second time.

    Args:
        files: the modules by name, none of whose rows has a fault.
        count: how many children.
        generator: draws them.

    Yields:
        Module, row as the user sees it, column of its number, and code of each row added that is
        told of.

    Raises:
        ValueError: fewer children have one plan in force.
    """
    rows = {name: [one.cells(at + 1) for at in range(one.rows)] for name, one in files.items()}
    below: dict[tuple[str, str], list[int]] = {}
    for name, (parent, _) in MODULES.items():
        for at, cells in enumerate(rows[name]):
            below.setdefault((name, cells[_key(parent)] if parent else ""), []).append(at)
    done = 0
    for at in map(int, generator.permutation(len(rows["person"]))):
        if done == count:
            return
        family = _family(at, rows, below)
        # The first of two alike in order of their text is the one that counts.
        numbers = [rows[name][row][_key(name)] for name, own in family.items() for row in own]
        if any(number.startswith("9") for number in numbers):
            continue
        if not len(family["activeplans"]) == len(family["requests"]) == 1:
            continue
        done += 1
        # A request of an earlier year, which has no date, and its assessment are in no count.
        counted = bool(rows["requests"][family["requests"][0]]["ReceivedDate"])
        for name, members in family.items():
            parent, code = MODULES[name]
            for member in members:
                lines, cells = files[name], dict(rows[name][member])
                lines.struck.add(member + 1)
                for key in filter(None, (_key(name), _key(parent) if parent else "")):
                    cells[key] = f"99{int(cells[key]):08d}"
                row = lines.add(cells) + 1
                if counted or name not in ("requests", "assessment"):
                    yield name, row, _key(name), code
    if done < count:
        raise ValueError(f"sen2: only {done} of {count} children can be entered twice")


def _family(
    at: int, rows: Mapping[str, list[dict[str, str]]], below: Mapping[tuple[str, str], list[int]]
) -> dict[str, list[int]]:
    """Rows of a child by module."""
    found = {"person": [at]}
    for name, (parent, _) in MODULES.items():
        if parent:
            above = [rows[parent][member][_key(parent)] for member in found[parent]]
            found[name] = [row for number in above for row in below.get((name, number), [])]
    return found


#: What the fault `again` does.
AGAIN: Final = Again(tuple(MODULES), enter_twice)
