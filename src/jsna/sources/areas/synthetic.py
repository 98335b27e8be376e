"""The small areas of the invented county."""

from __future__ import annotations

from typing import Final

from jsna.synthetic.part import Synthetic
from jsna.synthetic.rows import small_areas

SYNTHETIC: Final = Synthetic(views={"lsoa": small_areas})
