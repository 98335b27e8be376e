"""What a source says of its invented rows: `SYNTHETIC` in its module `synthetic`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jsna.synthetic.formats import Style
from jsna.synthetic.view import View
from jsna.synthetic.world import World

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """How the world is shown as the files of one source.

    Attributes:
        views: table -> its rows in a delivery of a period.
        style: how its CSV files look.
        facts: table of facts -> its rows for a period received, for the invented official release
            (see `synthetic.facts`).
        standing: the same of facts that no period asked for changes, and that are there whether
            any was received or not.
    """

    views: Mapping[str, Callable[[World, str], View]] = field(default_factory=dict)
    style: Style = field(default_factory=Style)
    facts: Mapping[str, Callable[[World, str], pa.Table]] = field(default_factory=dict)
    standing: Mapping[str, Callable[[World], pa.Table]] = field(default_factory=dict)
