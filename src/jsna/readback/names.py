"""What codes are called, from the configuration alone: places, categories and indicators.

Which list of codes names a dimension is what `config/dimensions.yaml` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import pandas as pd
from pydantic import BaseModel

from jsna.model.configuration import Configuration
from jsna.model.schema import TOTAL, dimensions

#: What the median of statistical neighbours is called, in a file and over a column.
_NEIGHBOURS: Final = ("Median of similar areas", "Similar areas (median)")
#: What they come to taken together.
_TOGETHER: Final = "Similar areas together"


class Names:
    """Names of the codes of an edition.

    Args:
        config: the edition and what it stands on.
        frame: its safe measures, for the codes there are.
    """

    def __init__(self, config: Configuration, frame: pd.DataFrame) -> None:
        self._config = config
        self._pairs = frame[["breakdown", "category"]].drop_duplicates()
        self.indicators = {one.id: one.title for one in config.indicators.values()}
        self.places: dict[str, frozenset[str]] = {
            code: frozenset({name}) for code, name in _places(config.area)
        }
        self.places["neighbours"] = frozenset(_NEIGHBOURS)
        self.places["neighbours_together"] = frozenset({_TOGETHER})

    @cached_property
    def categories(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Dimension -> code -> what it may be called."""
        codes: dict[str, set[str]] = {}
        for breakdown, category in self._pairs.itertuples(index=False, name=None):
            if breakdown != TOTAL:
                for name, code in dimensions(breakdown, category).items():
                    codes.setdefault(name, set()).add(code)
        return {name: self._named(name, found) for name, found in sorted(codes.items())}

    def _named(self, dimension: str, codes: Iterable[str]) -> dict[str, frozenset[str]]:
        labels = self._config.codelists.get(self._config.dimension(dimension).codes, {})
        return {
            code: frozenset({labels[code]} if code in labels else _bare(code))
            for code in sorted(codes)
        }

    def category(self, breakdown: str, category: str) -> frozenset[str]:
        """What the category of a row may be called, its dimensions in order."""
        if breakdown == TOTAL:
            return frozenset({"Total"})
        made = {""}
        for name, code in dimensions(breakdown, category).items():
            options = self.categories[name][code]
            made = {f"{a}, {b}" if a else b for a in made for b in options}
        return frozenset(made)


def _bare(code: str) -> set[str]:
    """A code read as words, where no list names it."""
    words = code.replace("_", " ")
    return {code.replace("-", " to "), words[:1].upper() + words[1:]}


def _places(value: Any) -> Iterator[tuple[str, str]]:
    """Code and name of every place in the configuration of an area, and of the area itself."""
    if isinstance(value, tuple):
        for one in value:
            yield from _places(one)
    elif isinstance(value, BaseModel):
        if hasattr(value, "code") and hasattr(value, "name"):
            yield value.code, value.name
        for _, part in value:
            yield from _places(part)
