"""What figures are broken down by: sex, age group, primary need; declared once each.

`config/dimensions.yaml` says of each which code list its categories are of, in which order they
stand, what to show instead where they are too small, and how they are called. No code spells the
name of one. Places are dimensions too, whose words follow from what the area's localities are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from jsna.model.base import Lettered, LetteredWords, Name, Strict, implied
from jsna.model.hierarchies import LOCALITY_GROUP
from jsna.model.indicators import LOCALITY


class Dimension(Strict):
    """One dimension: what its categories are, and how they are called.

    Attributes:
        name: key in the file; column of analysis tables, and part of a breakdown.
        codes: code list of its categories; the one of its name where not given.
        coarser: the dimension shown instead where counts are small, unless an indicator says
            otherwise; its code list says by `of` and `finer` which codes are which.
        order: how categories stand: by their values, or as the code list has them, be it for no
            other reason (`given`) or as they run along something: bands of a `number`, `age` in
            years, `school` years, or `deprivation`, whose first code is the most deprived.
        step: of deprivation, what one of its categories is: "tenth".
        words: after "by", and over a column: "primary need".
        one: what one of its categories is, where that is not `words`: "kind of SEN provision".
        plural: what they are, where a sentence may say so: "the most common primary needs".
        kind: what the most common of them is: "the most common area of need"; without, it is the
            largest group.
        largest: whether that one is said to be the largest, not the most common.
        labels: how a label of the code list stands in a sentence: with a small letter, as a name
            with its capital, or quoted, as it is a sentence itself.
        spoken: code -> what a sentence says instead of the label: "pupils with SEN support".
        short: code -> what the title of a chart says instead of that.
    """

    model_config = implied("name", "codes", "words", "one")

    name: Name
    codes: Name
    coarser: str = ""
    order: Literal["value", "given", "number", "age", "school", "deprivation"] = "value"
    step: Lettered = ""
    words: LetteredWords
    one: LetteredWords
    plural: Lettered = ""
    kind: Lettered = ""
    largest: bool = False
    labels: Literal["plain", "names", "sentences"] = "plain"
    spoken: Mapping[str, LetteredWords] = Field(default_factory=dict)
    short: Mapping[str, LetteredWords] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_its_name(cls, given: Any) -> Any:
        """Fills what follows from the name."""
        if not isinstance(given, dict) or not isinstance(given.get("name"), str):
            return given
        made = {"codes": given["name"], "words": given["name"].replace("_", " "), **given}
        return {"one": made["words"] or made["name"], **made}

    @model_validator(mode="after")
    def _steps_of_deprivation(self) -> Dimension:
        if (self.order == "deprivation") != bool(self.step):
            raise ValueError("a dimension in order of deprivation, and no other, has a `step`")
        return self

    @property
    def many(self) -> str:
        """What its categories are: "districts", "kinds of setting"."""
        kind, of, whole = self.one.partition(" of ")
        return self.plural or f"{kind}s{of}{whole}"

    @property
    def decides(self) -> tuple[str, str]:
        """What numbers depend on: its code list and its coarser dimension; words are no part."""
        return self.codes, self.coarser


class DimensionsFile(Strict):
    """`config/dimensions.yaml`: dimensions by name."""

    dimensions: Annotated[dict[str, Dimension], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        """Gives each entry the name it stands under."""
        entries = given.get("dimensions") if isinstance(given, dict) else None
        if not isinstance(entries, dict):
            return given
        named = {
            name: {**entry, "name": name} if isinstance(entry, dict) else entry
            for name, entry in entries.items()
        }
        return {**given, "dimensions": named}


@cache
def plain(name: str) -> Dimension:
    """A dimension of which no more is known than its name, such as a column of a table.

    Nothing prints its words, so a number in a column's name, as in `within_6_weeks`, is no fault.
    """
    words = name.replace("_", " ")
    return Dimension.model_construct(name=name, codes=name, words=words, one=words)


@cache
def of_places(name: str, localities_are: str) -> Dimension:
    """A dimension of places, called after what the localities of the area are."""
    words = f"group of {localities_are}s" if name == LOCALITY_GROUP else localities_are
    coarser = LOCALITY_GROUP if name == LOCALITY else ""
    how = {"words": words, "coarser": coarser, "largest": True, "labels": "names"}
    return Dimension.model_validate({"name": name, **how})
