"""What the world shows to a table: its rows, and the quantities its columns may ask for.

A view gives each quantity when a column asks for it. A table whose source says nothing of its rows
gets some all the same: pupils for records about children, small areas for others.
"""

from __future__ import annotations

from jsna.generator.found import synthetic
from jsna.model.contract import Extract, Table
from jsna.synthetic import rows
from jsna.synthetic.view import View
from jsna.synthetic.world import World


def of(world: World, extract: Extract, table: Table, period: str) -> View:
    """The view of a table in a delivery of a period."""
    maker = synthetic(extract.name).views.get(table.name)
    if maker is not None:
        return maker(world, period)
    if extract.person_level:
        return rows.roll(world, str(world.reference.year))
    return rows.small_areas(world, period)
