"""A child entered a second time in SEN2: a new number, and everything under it over again.

The second entry has its own row in every module, as where a child moved back or a case was opened
anew: counted as they stand, two plans of one child. Nothing here knows of validation but the codes
it must answer with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from jsna.synthetic.lines import Again, Lines

Numbers: TypeAlias = npt.NDArray[np.int64]
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
    numbers = {name: _numbers(name, one) for name, one in files.items()}
    # The rows of each module in the order of whose they are, so that those of one are found.
    order = {name: np.argsort(of[:, 1], kind="stable") for name, of in numbers.items()}
    done = 0
    for at in map(int, generator.permutation(files["person"].rows)):
        if done == count:
            return
        family = _family(at, numbers, order)
        rows = {
            name: [files[name].cells(row + 1) for row in members]
            for name, members in family.items()
        }
        # The first of two alike in order of their text is the one that counts.
        if any(row[_key(name)].startswith("9") for name, own in rows.items() for row in own):
            continue
        if not len(family["activeplans"]) == len(family["requests"]) == 1:
            continue
        done += 1
        # A request of an earlier year, which has no date, and its assessment are in no count.
        counted = bool(rows["requests"][0]["ReceivedDate"])
        for name, members in family.items():
            parent, code = MODULES[name]
            for member, cells in zip(members, rows[name], strict=True):
                lines = files[name]
                lines.struck.add(member + 1)
                for key in filter(None, (_key(name), _key(parent) if parent else "")):
                    cells[key] = f"99{int(cells[key]):08d}"
                row = lines.add(cells) + 1
                if counted or name not in ("requests", "assessment"):
                    yield name, row, _key(name), code
    if done < count:
        raise ValueError(f"sen2: only {done} of {count} children can be entered twice")


def _numbers(module: str, lines: Lines) -> Numbers:
    """Number of each row of a module, and of the row it hangs on (0 in `person`)."""
    parent, _ = MODULES[module]
    found = np.zeros((lines.rows, 2), dtype=np.int64)
    for at in range(lines.rows):
        cells = lines.cells(at + 1)
        found[at] = int(cells[_key(module)]), int(cells[_key(parent)]) if parent else 0
    return found


def _family(
    at: int, numbers: Mapping[str, Numbers], order: Mapping[str, Numbers]
) -> dict[str, list[int]]:
    """Rows of a child by module."""
    found = {"person": [at]}
    for name, (parent, _) in MODULES.items():
        if parent:
            whose, rows = numbers[name][:, 1], order[name]
            ends = [
                np.searchsorted(whose, numbers[parent][member, 0], side=side, sorter=rows)
                for member in found[parent]
                for side in ("left", "right")
            ]
            found[name] = [
                row
                for begin, end in zip(ends[::2], ends[1::2], strict=True)
                for row in rows[begin:end].tolist()
            ]
    return found


#: What the fault `again` does.
AGAIN: Final = Again(tuple(MODULES), enter_twice)
