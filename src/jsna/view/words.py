"""How numbers, periods, places and categories are written, in prose, tables and charts alike.

Every function is pure. Rounding is half away from zero on the decimal digits a reader sees, so
that 17.25 prints as 17.3 and a figure never depends on its binary representation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.hierarchies import LOCALITY_GROUP
from jsna.model.indicators import LOCALITY
from jsna.model.schema import JOIN, MEASURED, STATUS_WORDS, TOTAL, dimensions

#: Shorthand printed in a table cell instead of a number, explained beneath every such table.
SYMBOLS: Final = {"z": "[z]", "x": "[x]", "c": "[c]", "low": "[low]", "u": "[u]"}

UNIT_SUFFIX: Final = {
    "count": "",
    "percent": "%",
    "per_100": " per 100",
    "per_1000": " per 1,000",
    "per_10000": " per 10,000",
    "ratio": "",
    "mean": "",
    "percentage_points": " percentage points",
    "standard_deviations": "",
    **{unit: f" {unit}" for unit in MEASURED},
}
UNIT_WORDS: Final = {
    "count": "number",
    "percent": "per cent",
    "per_100": "rate per 100",
    "per_1000": "rate per 1,000",
    "per_10000": "rate per 10,000",
    "ratio": "ratio",
    "mean": "average",
    "percentage_points": "percentage points",
    "standard_deviations": "standardised difference",
    **{unit: unit for unit in MEASURED},
}

#: What follows the name of an area over its published figures, where local ones stand beside them.
PUBLISHED: Final = ", published"
#: Words that keep their capital wherever they stand.
_PROPER: Final = ("Down", "England", "English", "National")
_ONES: Final = (  # noqa: SIM905 - a list of words reads better than twenty quoted strings
    "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()


def rounded(value: float, decimals: int = 0) -> Decimal:
    """`value` rounded half away from zero on its decimal digits.

    Raises:
        ValueError: where there is no number; a missing value is never printed as one.
    """
    if value is None or not math.isfinite(value):
        raise ValueError("no number to print; a missing value is written in words")
    # Twelve significant digits: 0.1 + 0.2 reads as 0.3, and sums in another order read the same.
    step = Decimal(1).scaleb(-decimals)
    result = Decimal(format(value, ".12g")).quantize(step, rounding=ROUND_HALF_UP)
    return result if result else abs(result)


def number(value: float, decimals: int = 0) -> str:
    """`12,317` or `5.5`, with thousands separators and a true minus sign."""
    return f"{rounded(value, decimals):,f}".replace("-", "−")


def percent(value: float, decimals: int = 1) -> str:
    """`5.5%`, of a value already in per cent."""
    return number(value, decimals) + "%"


def rate(value: float, unit: str, decimals: int = 1) -> str:
    """`5.2 per 100`, for the rate units of the measure schema."""
    return number(value, decimals) + UNIT_SUFFIX[unit]


def value_text(value: float, unit: str, decimals: int, *, suffix: bool = True) -> str:
    """A value with its unit: a count without decimals, a percentage, a rate.

    What is not zero is never printed as zero: `less than 0.1%`.
    """
    if unit == "count":
        return number(value, 0)
    before, text = "", number(value, decimals)
    if vanishes(value, decimals):
        before, text = "less than ", least(decimals)
    return before + text + (after(text, unit) if suffix else "")


def after(text: str, unit: str) -> str:
    """What follows a printed number in a unit: "%", " days", " day" after 1 and −1."""
    one = text.removeprefix("−") == "1" and unit in MEASURED
    return UNIT_SUFFIX[unit].removesuffix("s") if one else UNIT_SUFFIX[unit]


def least(decimals: int) -> str:
    """The least number above zero that is printed: `0.1` of one decimal."""
    return f"{Decimal(1).scaleb(-decimals):f}"


def vanishes(value: float, decimals: int) -> bool:
    """Whether a value above zero would print as zero."""
    return value > 0 and not rounded(value, decimals)


def cell_text(value: float, status: str, unit: str, decimals: int) -> str:
    """What a table cell prints: the number without its unit, or the shorthand for why not."""
    if value is None or not math.isfinite(value):
        return SYMBOLS.get(status, "[x]")
    decimals = 0 if unit == "count" else decimals
    if not status and vanishes(value, decimals):
        status = "low"
    text = number(value, decimals)
    return f"{text} {SYMBOLS[status]}" if status in ("low", "u") else text


def status_words(status: str) -> str:
    """Why there is no number, in words."""
    return STATUS_WORDS.get(status, "") or "not available"


def symbol_note(statuses: Sequence[str]) -> str:
    """The shorthand used among `statuses`, explained: `[c] hidden to protect confidentiality`."""
    used = [s for s in SYMBOLS if s in set(statuses)]
    return "; ".join(f"{SYMBOLS[s]} {STATUS_WORDS[s]}" for s in used)


def small(count: int) -> str:
    """A count in words up to twenty, in digits beyond."""
    return _ONES[count] if 0 <= count < len(_ONES) else f"{count:,}"


def ordinal(rank: int) -> str:
    """`` for 1, `second`, `third`, …, `21st`: as in "the second highest"."""
    words = ("", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
    if 1 <= rank <= len(words):
        return words[rank - 1]
    tail = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{tail}"


def plural(count: float, one: str, many: str = "") -> str:
    """The word that goes with a printed count: "1 plan", "2 plans"."""
    return one if rounded(count) == 1 else many or one + "s"


def join(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; with semicolons where an item has a comma of its own."""
    if len(words) < 2:
        return "".join(words)
    if len(words) > 2 and any("," in word for word in words):
        return f"{'; '.join(words[:-1])}; {last} {words[-1]}"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def upper_first(text: str) -> str:
    """The text with its first letter capital, the others as they are."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text with its first letter small, unless the first word is an acronym or a name."""
    first = text.split(" ", 1)[0]
    name = first in _PROPER or first[1:] != first[1:].lower()
    return text if name else text[:1].lower() + text[1:]


#: Period type -> how a period of it is written, and how a sentence says when, if not so.
_PERIODS: Final = {"january": "January {}", "31_march": "31 March {}", "mid_year": "mid-{}"}
_WHEN: Final = {
    "academic_year": "in the {} school year", "financial_year": "in the {} financial year",
    "31_march": "on {}", "three_years": "over {}",
}  # fmt: skip


def period_label(period: str, period_type: str) -> str:
    """`January 2025`, `31 March 2025`, `2024/25`, `mid-2024`: for axes, headings and tables."""
    return _PERIODS.get(period_type, "{}").format(period)


def period_words(period: str, period_type: str) -> str:
    """When, as a sentence says it: "in January 2025", "in the 2023/24 school year"."""
    said = _WHEN.get(period_type, "in {}")
    return said.format(period_label(period, period_type))


def area_label(area_code: str, config: Configuration) -> str:
    """Name of a place: home area, locality, neighbour, region, country, or their median."""
    return _area_names(config).get(area_code, area_code)


def area_phrase(area_code: str, config: Configuration) -> str:
    """Name of a place inside a sentence: the median of neighbours is "similar areas"."""
    if area_code == "neighbours":
        return "similar areas"
    name = area_label(area_code, config)
    compass = name.startswith(("North ", "South ", "East ", "West "))
    return f"the {name}" if area_code == config.area.region.code and compass else name


def _area_names(config: Configuration) -> Mapping[str, str]:
    area = config.area
    names = {place.code: place.name for place in (*area.localities, *area.neighbours)}
    names[area.region.code] = area.region.name
    names[area.country.code] = area.country.name
    names[area.code] = area.name
    names |= {group.code: group.name for group in area.locality_groups}
    names["neighbours"] = "Median of similar areas"
    names["neighbours_together"] = "Similar areas together"
    return names


def dimension_words(dimension: str, config: Configuration) -> str:
    """What a dimension is called after "by": "primary need", "district"."""
    return config.dimension(dimension).words


def deprived(dimension: str, config: Configuration) -> bool:
    """Whether the categories run from the most to the least deprived small areas."""
    return config.dimension(dimension).order == "deprivation"


def steps(dimension: str, config: Configuration) -> tuple[int, str]:
    """How many groups of deprivation there are in the country, and what one is: 10, "tenth"."""
    return len(categories(dimension, config)), config.dimension(dimension).step


def categories(dimension: str, config: Configuration) -> Mapping[str, str]:
    """Category -> label of a dimension, in display order; empty where none is configured."""
    if dimension == LOCALITY:
        return config.area.locality_names
    if dimension == LOCALITY_GROUP:
        return {group.code: group.name for group in config.area.locality_groups}
    return config.codelists.get(config.dimension(dimension).codes, {})


def category_label(dimension: str, code: str, config: Configuration) -> str:
    """Name of one category, the code itself (underscores as spaces) where none is configured."""
    if dimension == TOTAL:
        return "Total"
    named = categories(dimension, config).get(code)
    if named is not None:
        return named
    if config.dimension(dimension).order == "age":
        return code.replace("-", " to ")
    return upper_first(code.replace("_", " "))


def prose_label(dimension: str, code: str, config: Configuration) -> str:
    """Name of one category inside a sentence: small first letter, unless it is a name."""
    declared = config.dimension(dimension)
    if code in declared.spoken:
        return declared.spoken[code]
    label = category_label(dimension, code, config)
    if declared.order == "age":
        return f"ages {label}"
    if declared.labels == "sentences":
        return f"“{lower_first(label)}”"
    return label if declared.labels == "names" else lower_first(label)


def title_label(dimension: str, code: str, label: str, config: Configuration) -> str:
    """Name of one category in the title of a chart: "ages 5 to 10", "the most deprived tenth".

    Args:
        label: what the chart calls it.
    """
    declared = config.dimension(dimension)
    if (said := declared.short.get(code) or declared.spoken.get(code)) is not None:
        return said
    if declared.order == "deprivation":
        last, step = steps(dimension, config)
        end = {"1": "most", str(last): "least"}.get(code)
        return f"the {end} deprived {step}" if end else f"deprivation {step} {code}"
    label = label if declared.labels == "names" else lower_first(label)
    return f"ages {label}" if declared.order == "age" and label[:1].isdigit() else label


def breakdown_label(breakdown: str, category: str, config: Configuration) -> str:
    """Every category of a row named, joined with commas; "Total" for the total."""
    if breakdown == TOTAL:
        return "Total"
    parts = dimensions(breakdown, category)
    return ", ".join(category_label(name, code, config) for name, code in parts.items())


def category_order(dimension: str, codes: Sequence[str], config: Configuration) -> list[str]:
    """The codes in display order: as configured, then as natural sorting has them."""
    known = list(categories(dimension, config))
    place = {code: index for index, code in enumerate(known)}

    def key(code: str) -> tuple[int, float, str]:
        head = code.split("-")[0]
        ahead = float(head) if head.isdigit() else math.inf
        return (place.get(code, len(known)), ahead, code)

    return sorted(set(codes), key=key)


def split_words(shape: str, config: Configuration) -> str:
    """What figures are split by, in words: "by year group and sex, three years together".

    Args:
        shape: dimensions joined by "|", and what is said of years after a comma.
        config: names of dimensions.
    """
    names, _, years = shape.partition(", ")
    named = [dimension_words(name, config) for name in names.split(JOIN)]
    said = "in all" if names == TOTAL else f"by {join(named)}"
    return f"{said}, {years}" if years else said
