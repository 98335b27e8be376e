"""The register of the invented county's schools."""

from __future__ import annotations

from typing import Final

import numpy as np

from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.shown import school_quantities
from jsna.synthetic.view import View
from jsna.synthetic.world import World


def _schools(world: World, period: str) -> View:
    count = len(world.schools.frame)
    return View(count, school_quantities(world, np.arange(count)))


SYNTHETIC: Final = Synthetic(views={"school": _schools}, style=Style("cp1252", True, "%d-%m-%Y"))
