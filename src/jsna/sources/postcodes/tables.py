"""No figure is of postcodes: they place homes, and are left behind where they are read."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import View

TABLES: Final[tuple[View, ...]] = ()
