"""The facts of every source together, for the invented official figures to be counted from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from jsna.generator.found import declared

if TYPE_CHECKING:
    import pandas as pd

    from jsna.model.configuration import Configuration
    from jsna.synthetic.world import World


def facts(world: World, config: Configuration) -> Mapping[str, pd.DataFrame]:
    """Tables of facts.

    Args:
        world: the invented county.
        config: of the edition: which years were received.

    Returns:
        Table -> rows, every one of a `person` with `born`, `sex` and `place` (the locality, null
        where the home lies outside): `request`, of requests of the return; `plan`, of plans in
        force or ceased in its year; and for each January or year received `pupil/…`, of the roll,
        `excluded/…`, of suspensions and permanent exclusions, and `measured/…`.
    """
    import pandas as pd

    parts = declared()
    made = {name: of(world) for part in parts.values() for name, of in part.standing.items()}
    for extract, period in sorted({(d.extract, d.period) for d in config.edition.received}):
        if extract in parts:
            for name, of_period in parts[extract].facts.items():
                made[f"{name}/{period}"] = of_period(world, period)
    # Arrow's types, in which a day is a day and nothing is a missing value.
    kinds = {kind: pd.ArrowDtype(kind) for kind in (pa.date32(), pa.bool_(), pa.int64())}
    mapper = {pa.string(): pd.StringDtype(na_value=float("nan")), **kinds}
    return {name: table.to_pandas(types_mapper=mapper.get) for name, table in made.items()}
