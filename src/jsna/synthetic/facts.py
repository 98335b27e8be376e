"""What is true of the invented people, for the invented official figures to be counted from.

Facts are taken from the world itself and not from what it shows as extracts: a fact that is shown
wrongly is then wrong in the local figures alone, and the two no longer agree. Each source has its
own beside what it shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jsna.synthetic.draws import Days, Ints
from jsna.synthetic.people import text_of
from jsna.synthetic.world import World


def of_persons(world: World, person: Ints, *, home: Ints | None = None, **columns: Any) -> pa.Table:
    """Rows of persons with facts beside them; `home` says whose home is theirs, where another's."""
    people, area = world.people, world.places.area
    lsoa = people.lsoa[person if home is None else home]
    inside = lsoa < len(world.places.lsoa)
    of = "ward_code" if area.localities_are == "ward" else "district_code"
    places = world.places.lsoa[of].tolist()
    return pa.table(
        {
            "person": pa.array(person),
            "born": pa.array(people.born[person], type=pa.date32()),
            "sex": text_of(["F", "M"], people.male[person].astype(np.int64)),
            "place": text_of(places, np.where(inside, lsoa, -1)),
            **columns,
        }
    )


def days(values: Days) -> pa.Array[Any]:
    """Days as a column; empty where not a time."""
    return pa.array(values, type=pa.date32())
