"""Authorities whose open editions have few figures, and why: `config/few_figures.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jsna.model.base import OldCode, Strict, Words
from jsna.settings.reading import Gatherer

FILE: Final = "config/few_figures.yaml"


class FewFile(Strict):
    """Why open editions of some authorities have few figures.

    Attributes:
        few: number of an authority -> why.
    """

    few: dict[OldCode, Words]


def load(gather: Gatherer) -> Mapping[str, str]:
    """Number of an authority -> why it has few figures; empty where no file says any."""
    if not (gather.root / FILE).is_file():
        return {}
    found = gather.load(FILE, FewFile)
    return {} if found is None else found.few
