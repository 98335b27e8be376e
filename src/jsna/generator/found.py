"""What each source says of its invented rows, found in its folder."""

from __future__ import annotations

from functools import cache

from jsna.sources import data, parts
from jsna.synthetic import effects
from jsna.synthetic.part import Synthetic


@cache
def declared() -> dict[str, Synthetic]:
    """Source -> what it says of its invented rows, of those that say anything."""
    return {name: part.SYNTHETIC for name, part in parts("synthetic").items()}


def synthetic(source: str) -> Synthetic:
    """What a source says of its invented rows; one that says nothing has the usual."""
    return declared().get(source, Synthetic())


def parameters() -> effects.Effects:
    """The parameters of the world, and of what each source shows of it."""
    return effects.read(effects.FILE, *data("effects.yaml").values())
