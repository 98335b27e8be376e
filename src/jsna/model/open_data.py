"""What the open data are: columns of the table of all measures, each with what it means.

The table is tidy: a row a measure, a column a dimension. A dimension's column is called after it
with `by_` before it (`by_sex`): there are columns and dimensions of one name (`reason`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from jsna.model.schema import COLUMNS, JOIN, KEY, NUMBERS, TOTAL, dimensions
from jsna.model.standings import PLACES

#: Before the name of a dimension in that of its column.
BY: Final = "by_"
#: Columns of the measure table whose place the columns of dimensions take.
SPLIT: Final = ("breakdown", "category")
#: Columns of the measure table as they are.
PLAIN: Final = tuple(name for name in COLUMNS if name not in SPLIT)
#: What marks each row of a synthetic edition, in a column of its own.
MARK: Final = "data"
#: Columns of words -> the column they stand behind; those of categories behind the dimensions.
WORDS: Final[Mapping[str, str]] = {
    "indicator_title": "indicator",
    "area_name": "area_code",
    "category_label": "",
    "status_meaning": "mark",
}
#: Folder of the files of figures, whose rows are some of those of all measures.
FIGURES: Final = "figures"
#: The description of the files for programs (CSV on the Web).
METADATA: Final = "csv-metadata.json"
#: Heads of the dictionaries.
DICTIONARY: Final = ("file", "column", "title", "type", "meaning")
CODES: Final = ("column", "code", "label")
LICENCE: Final = "Open Government Licence v3.0"
LICENCE_ADDRESS: Final = (
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)
#: Column -> title, and what it holds.
MEANINGS: Final[Mapping[str, tuple[str, str]]] = {
    "data": ("Kind of data", "Says that a figure is invented"),
    "edition": ("Edition", "The publication the row belongs to"),
    "indicator": ("Indicator", "Code of what is measured: see the file of indicators"),
    "indicator_title": ("Title of the indicator", "What is measured, in words"),
    "area_code": ("Area", "Code of the place, as the Office for National Statistics gives it"),
    "area_name": ("Name of the area", "Name of the place"),
    "geography": ("Kind of area", "Such as national, region, authority, district or ward"),
    "period": ("Period", "When: a year, a school or financial year, or several"),
    "period_type": ("Kind of period", "Such as a day in January, or an academic year"),
    "category_label": ("Group", "The group in words; Total where it is everybody"),
    "segment": (
        "Way of counting",
        "Rows of two ways are not to be compared: local where figures are counted otherwise than "
        "published ones, else the first period counted as this one was",
    ),
    "population_base": ("Whom it stands for", "Such as attending a school, or resident"),
    "numerator": ("Number", "How many; empty where it is hidden or was not published"),
    "denominator": ("Out of", "Of how many; empty where it is hidden or was not published"),
    "value": ("Value", "The figure, in its unit; empty where the status says why"),
    "unit": ("Unit", "What the value is in, such as percent or per_1000"),
    "lower_95": ("Lower limit", "Lower end of the 95% confidence interval"),
    "upper_95": ("Upper limit", "Upper end of the 95% confidence interval"),
    "lower_998": ("Lower stricter limit", "Lower end of the 99.8% confidence interval"),
    "upper_998": ("Upper stricter limit", "Upper end of the 99.8% confidence interval"),
    "method": ("Method", "How value and limits are worked out: see the file of indicators"),
    "status": ("Status", "Why there is no value, or how it is to be taken; empty where it stands"),
    "reason": ("Reason", "Why a value is hidden or not used, such as disclosure_control"),
    "profile": ("Rules of protection", "Name of the disclosure rules the row is protected by"),
    "source": ("Source", "Code of the release or extract; several are joined by plus signs"),
    "note": ("Note", "What its publisher, or the program, says of the figure"),
    "mark": ("Doubt", "Why a published figure is in doubt though it stands: zero, jump, doubt"),
    "status_meaning": ("Status in words", "What the status means"),
}


def columns(names: Iterable[str], *, synthetic: bool) -> tuple[str, ...]:
    """The columns of the table of all measures.

    Args:
        names: dimensions there are.
        synthetic: whether rows are marked.
    """
    behind = {after: name for name, after in WORDS.items() if after}
    made = [MARK] if synthetic else []
    for column in PLAIN:
        if column == "segment":
            made += [*(BY + name for name in sorted(set(names))), "category_label"]
        made.append(column)
        if column in behind:
            made.append(behind[column])
    return tuple(made)


def dimensions_of(breakdowns: Iterable[str]) -> list[str]:
    """Every dimension some breakdowns split by."""
    return sorted({name for one in breakdowns if one != TOTAL for name in one.split(JOIN)})


def split(breakdown: str, category: str) -> dict[str, str]:
    """Column of a dimension -> category, of one row."""
    return {BY + name: code for name, code in dimensions(breakdown, category).items()}


def joined(codes: Mapping[str, str]) -> tuple[str, str]:
    """The reverse: breakdown and category of a row, from its columns of dimensions.

    Args:
        codes: column -> category, "" where the row is not split by it.
    """
    found = sorted((name.removeprefix(BY), code) for name, code in codes.items() if code)
    if not found:
        return TOTAL, TOTAL
    return JOIN.join(name for name, _ in found), JOIN.join(code for _, code in found)


def kind(column: str) -> str:
    """The type of a column, as CSV on the Web calls it."""
    return "number" if column in NUMBERS or column in PLACES else "string"


#: Columns that together identify a row, beside those of dimensions.
IDENTIFY: Final = tuple(name for name in KEY if name not in SPLIT)
