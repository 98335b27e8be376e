"""What the world shows to a table: its rows, and the quantities its columns may ask for.

A view gives each quantity when a column asks for it. A table whose source says nothing of its rows
gets some all the same: of a share of pupils or residents, or of each school or small area.
"""

from __future__ import annotations

from typing import Final

from jsna.generator.found import synthetic
from jsna.model.contract import Extract, Table
from jsna.synthetic.events import Events
from jsna.synthetic.often import Often
from jsna.synthetic.view import View
from jsna.synthetic.who import Base, pupils, residents, schools, small_areas
from jsna.synthetic.world import World

#: Of how many members there is a row where a source does not say.
_SHARE: Final = 0.1


def of(world: World, extract: Extract, table: Table, period: str) -> View:
    """The view of a table of one period."""
    maker = synthetic(extract.name).views.get(table.name)
    return maker(world, period) if maker is not None else _usual(extract, table)(world, period)


def _usual(extract: Extract, table: Table) -> Events:
    """Rows nobody has declared: no two of one member, so that they have any key."""
    quantities, kind = {column.quantity for column in table.columns}, extract.period_type
    who: Base
    if not extract.person_level:
        who = schools(kind) if "urn" in quantities else small_areas(kind)
        return Events(source=extract.name, who=who)
    who = pupils(period_type=kind) if {"upn", "urn"} & quantities else residents(period_type=kind)
    return Events(source=extract.name, who=who, often=Often(level=_SHARE))
