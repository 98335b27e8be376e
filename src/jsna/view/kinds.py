"""How each kind of measure is put into words: one entry a kind, for report and charts alike.

They stand apart from the kinds themselves (`model.kinds`), which everything that counts imports:
a sentence reworded makes nothing be counted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from jsna.model.indicators import Indicator


@dataclass(frozen=True, slots=True)
class Said:
    """How figures of a kind are said.

    Attributes:
        noun: what a figure is called inside a sentence, before the indicator's phrase.
        level: the sentence that tells the latest figure.
        single: the same where the figure is one, as phrases are in the plural; `level` where "".
        again: what the figure is called at the start of the next sentence.
        most: what the category with the greatest value is.
        unclear: what is said of a value that may be none, as its interval has it.
    """

    noun: str
    level: str
    again: str = "It"
    most: str = "highest"
    unclear: str = "no clear difference"
    single: str = ""


#: Percentile -> what it is called; in words, as no digit of prose is without its figure.
QUANTILES: Final[Mapping[int, str]] = {
    5: "fifth percentile",
    10: "tenth percentile",
    25: "lower quartile",
    50: "median",
    75: "upper quartile",
    90: "ninetieth percentile",
    95: "ninety-fifth percentile",
}
_SHARE: Final = "In {place}, the share of {phrase} was {value} {when}{counts}."
#: Name of a kind -> how it is said.
SAID: Final[Mapping[str, Said]] = {
    "count": Said(
        noun="the number of",
        level="In {place}, there were {value} {phrase} {when}.",
        again="The number",
        most="most common",
        single="In {place}, the number of {phrase} was {value} {when}.",
    ),
    "proportion": Said(noun="the share of", level=_SHARE),
    "share": Said(noun="the share of", level=_SHARE, most="most common"),
    "transition": Said(noun="the share of", level=_SHARE, most="most common"),
    "flow": Said(
        noun="the number of",
        level="In {place}, what became of {value} {phrase} {when} is known.",
        again="The number",
        most="most common",
        single="In {place}, what became of {value} of the {phrase} {when} is known.",
    ),
    "rate": Said(noun="the rate of", level="In {place}, the rate of {phrase} was {value} {when}."),
    "standardised_rate": Said(
        noun="the standardised rate of",
        level="In {place}, the standardised rate of {phrase} was {value} {when}.",
    ),
    "mean": Said(
        noun="the average for", level="In {place}, the average for {phrase} was {value} {when}."
    ),
    "money": Said(
        noun="the sum of",
        level="In {place}, {phrase} came to {value} {when}.",
        again="The sum",
    ),
    "quantile": Said(
        noun="the {quantile} of",
        level="In {place}, the {quantile} of {phrase} was {value} {when}.",
    ),
    "wait": Said(
        noun="the {quantile} of waits for",
        level="In {place}, the {quantile} of waits for {phrase} was {value} {when}.",
        most="longest",
    ),
    "slope_index": Said(
        noun="the gap by deprivation in",
        level=(
            "In {place}, the gap in {phrase} between the two ends of a straight line from the most "
            "to the least deprived was {value} {when}{counts}."
        ),
        again="The gap",
        unclear="no clear gradient",
    ),
    "relative_index": Said(
        noun="the relative gap by deprivation in",
        level=(
            "In {place}, {phrase} was {value} times as high at the most as at the least deprived "
            "end of a straight line through all groups {when}{counts}."
        ),
        again="This ratio",
        unclear="no clear gradient",
    ),
    "decomposition": Said(
        noun="the change in",
        level="In {place}, {phrase} {when} had changed by {value} since {before}{counts}.",
        again="The change",
        unclear="no clear change",
    ),
    "stock_change": Said(
        noun="the change in",
        level="In {place}, {phrase} {when} had changed by {value} since {before}.",
        again="The change",
    ),
    "reconciliation": Said(
        noun="the difference of two sources in",
        level="In {place}, two sources differ by {value} in {phrase} {when}.",
        again="The difference",
    ),
    "ratio": Said(noun="the share of", level=_SHARE),
    "difference": Said(noun="the share of", level=_SHARE),
}


#: Multiple that sums are rounded to -> how it is said, without a digit.
_NEAREST: Final = {
    10: "ten", 100: "hundred", 1_000: "thousand", 10_000: "ten thousand",
    100_000: "hundred thousand", 1_000_000: "million",
}  # fmt: skip


def said(indicator: Indicator) -> Said:
    """How figures of an indicator are said."""
    words = SAID[indicator.kind.name]
    if indicator.rounded_to > 1:
        to = _NEAREST.get(indicator.rounded_to)
        how = f"rounded to the nearest {to}" if to else "rounded"
        words = replace(words, level=words.level.replace("{value}", f"{{value}}, {how},"))
    if not indicator.kind.of_values:
        return words
    called = QUANTILES[indicator.percentile]
    noun, level = (text.replace("{quantile}", called) for text in (words.noun, words.level))
    return replace(words, noun=noun, level=level)
