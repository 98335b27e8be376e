"""Row numbers of the SEN2 return, and where its children are placed."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from jsna.sources.sen2.synthetic.cases import cases, export_of
from jsna.synthetic.course import Course, Draw, Values
from jsna.synthetic.draws import Bools, Ints, stream
from jsna.synthetic.people import text_of
from jsna.synthetic.placement import SETTING_CODES, SETTINGS
from jsna.synthetic.view import Quantity

_NOT_RECORDED: Final = SETTINGS.index("not_recorded")


def number(module: str, of: str = "") -> Draw:
    """Row identifiers of a module, as text: of its own rows, or of those at positions of a column.

    They begin at 1 in every module, in an order of its own, so that a join of one module's numbers
    to another's finds somebody, and somebody else.
    """

    def draw(at: Course) -> Values:
        exported = export_of(at.world)
        rows = {
            "person": exported.persons,
            "requests": cases(at.world).person,
            "assessment": exported.assessed,
            "namedplan": exported.named,
            "activeplans": exported.active,
        }
        positions = at[of] if of else np.arange(len(at))
        count = len(rows[module]) if module in rows else len(positions)
        given = stream(at.world.synthesis.seed, "export", module).permutation(count) + 1
        text: Values = given[positions].astype(str)
        return text

    return draw


def placed(prefix: str) -> Draw:
    """Where a child is placed, a code of the return; empty where it is in a school or college.

    A second placement (rank 2) is always an arrangement of the authority's beside the first.
    """

    def draw(at: Course) -> Values:
        codes = np.array([SETTING_CODES.get(setting, "") for setting in SETTINGS])
        first = codes[at.world.placements.setting[at["plan"]]]
        return np.where(at[f"{prefix}_rank"] == 1, first, "OLA")

    return draw


def _school(at: Course, prefix: str) -> tuple[Ints, Bools]:
    """Establishment of each, -1 where there is none, and whether it is a college."""
    first = at[f"{prefix}_rank"] == 1
    school = np.where(first, at.world.placements.school[at["plan"]], -1)
    college = at.world.schools.frame["college"].to_numpy()[school.clip(0)] & (school >= 0)
    return school, college


def provider(at: Course, prefix: str) -> dict[str, Quantity]:
    """Numbers of schools and colleges, and of schools whether it is in a unit of theirs."""
    school, college = _school(at, prefix)
    frame, setting = at.world.schools.frame, at.world.placements.setting[at["plan"]]
    in_school = (school >= 0) & ~college

    def unit(name: str) -> Quantity:
        first = at[f"{prefix}_rank"] == 1
        return lambda: pa.array(first & (setting == SETTINGS.index(name)), mask=~in_school)

    return {
        f"{prefix}_urn": lambda: text_of(list(frame["urn"]), np.where(college, -1, school)),
        f"{prefix}_ukprn": lambda: text_of(
            frame["ukprn"].fillna("").tolist(), np.where(college, school, -1)
        ),
        f"{prefix}_sen_unit": unit("sen_unit"),
        f"{prefix}_resourced_provision": unit("resourced_provision"),
    }


def recorded(at: Course) -> Bools:
    """Whether a place is recorded of each plan."""
    known: Bools = at.world.placements.setting[at["plan"]] != _NOT_RECORDED
    return known


def residential(at: Course) -> Values:
    """Code of a residential place; empty where it is none, as in the return."""
    return np.array(["", "A", "B"])[at.world.placements.residential[at["plan"]]]
