"""Every safe measure as readers know it, from the configuration alone."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from jsna.model.configuration import Configuration
from jsna.model.hierarchies import PLACE_OF
from jsna.model.schema import KEY, TOTAL, dimensions
from jsna.readback.figures import COUNTED, Named
from jsna.readback.names import Names


def named(frame: pd.DataFrame, config: Configuration, names: Names) -> Iterator[Named]:
    """Measures in words.

    Args:
        frame: safe measures of the edition.
        config: its configuration, for what dimensions are called.
        names: what codes are called.
    """
    area = config.area
    home = {area.code, *area.locality_names, *(group.code for group in area.locality_groups)}
    said: dict[tuple[str, str, str], tuple[frozenset[str], str]] = {}
    for *key, source in zip(*(frame[name].tolist() for name in (*KEY[1:], "source")), strict=True):
        indicator, code, geography, period, period_type, breakdown, category, _ = key
        places = names.places.get(code, frozenset({code}))
        groups, split = frozenset[str](), ""
        place = PLACE_OF.get(geography, "") if code in home else ""
        if code in home and (place or breakdown != TOTAL):
            if (found := said.get((place, breakdown, category))) is None:
                found = said[place, breakdown, category] = (
                    frozenset() if breakdown == TOTAL else names.category(breakdown, category),
                    _split(place, breakdown, category, config),
                )
            groups, split = found
            if place:
                groups = frozenset(
                    f"{one}, {group}" if group else one
                    for one in places
                    for group in groups or {""}
                )
        yield Named(
            "~".join(key), names.indicators.get(indicator, indicator), period, period_type,
            breakdown, source.startswith(COUNTED), places, groups, split,
        )  # fmt: skip


def _split(place: str, breakdown: str, category: str, config: Configuration) -> str:
    """What figures are split by: "District and sex"."""
    every = ([place] if place else []) + sorted(dimensions(breakdown, category))
    text = " and ".join(config.dimension(name).words for name in every)
    return text[:1].upper() + text[1:]
