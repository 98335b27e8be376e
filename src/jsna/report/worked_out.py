"""Sentences about what is worked out from other figures, by its method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jsna.model.indicators import Indicator
from jsna.report import changed_by, ratios, reconciled, slopes
from jsna.report.narrative import Sentence
from jsna.view.rows import Measures

#: Method -> what is worth saying of its breakdowns.
_SENTENCES: Final[Mapping[str, Callable[[Measures, Indicator], list[Sentence]]]] = {
    "ratio_katz": ratios.ratios,
    "ratio_rates": ratios.ratios,
    "standardised_difference": ratios.differences,
    "sii_linear": slopes.sentences,
    "rii_linear": slopes.sentences,
    "kitagawa": changed_by.sentences,
    "two_sources": reconciled.sentences,
    "stock_flows": changed_by.flows,
}


def sentences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """What is worth saying of the breakdowns of an indicator that is worked out."""
    return _SENTENCES[indicator.method](view, indicator)
