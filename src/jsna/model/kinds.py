"""Kinds of measure: what follows from an indicator being a count, a proportion, a rate, a mean …

The list is closed: every kind there is stands here, once, and nothing else in the code asks which
kind an indicator is of. What differs between kinds is an attribute named by what it decides, and
whoever has to decide asks for it, as in `indicator.kind.adds_up`. How a kind is put into words is
in `view.kinds`, so that rewording a sentence changes nothing that is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from jsna.model.schema import MULTIPLIERS

#: The method of an indicator that is never counted here, and shown as its publisher issued it.
PUBLISHED: Final = "published"
#: The percentiles there may be, and the one that is meant where none is named.
Percentile = Literal[0, 5, 10, 25, 50, 75, 90, 95]
MEDIAN: Final = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """What an indicator of a kind is, for everything that has to decide by it.

    Attributes:
        name: as declarations write it.
        methods: how value and limits may be calculated, the usual way first.
        unit: unit of the value where the indicator names none; "" where it has to, and of what is
            worked out where it is that of a difference of two figures it is worked out from.
        decimals: decimals printed where the indicator says nothing of them.
        divides: the value is numerator / denominator * multiplier, and a denominator is needed.
            Otherwise there is no denominator.
        per: whom it is divided by is said in `per`, as in "per 10,000 children aged 0 to 17".
        standardised: it is what the two counts would give if those divided by were made up as the
            standard population is, and not their quotient.
        inside: the numerator is a part of the denominator. So are those not counted, who may be
            few; a value above the whole is impossible; and percentages of one denominator add up.
        adds_up: values add up over categories, places and the events of several years.
        of_one_whole: the categories of `over` are shares of one whole, the only figures there are:
            a total would say 100 %.
        compared: figures of areas of any size may be set beside each other. A larger area has more
            of everything that is counted.
        chance: what tells by how much a value varies by chance: its limits, or that a count of
            independent events varies by about its square root; none where no chance stands behind
            it, as two sources count the same people.
        amounts: the numerator adds up amounts, not persons or events. Disclosure control then
            keeps the sum uncertain as a magnitude, and the persons behind it are the denominator,
            who must be the fewest contributors its profile allows.
        sums: the value is a sum of amounts with no denominator, such as pounds. It is protected as
            a magnitude, by who is behind it and behind what it leaves over of other sums.
        of_values: it is worked out from the values in a column, one of each row counted, which do
            not add up: of a coarser category it is worked out anew from all of them. The numerator
            is how many there are, and all that disclosure control has to protect.
        of_waits: the values are lengths of waits, of which some have not ended; which is said in
            `ended`.
        limits_of_counts: method by which limits follow from a published numerator and denominator
            alone; "" where they do not.
        no_difference: value that says groups are alike, of what sets them beside each other: 1 of a
            ratio, 0 of a difference. None of anything else.
        worked_out: how it is worked out from published rows of another indicator, after
            protection, see `derivation`: each category of a breakdown beside another (`pairs`),
            a line along the categories of a dimension (`along`), what a change since an earlier
            period comes of (`change`), one source beside another (`beside`), or a change in how
            many there are by who joined and left (`flows`). "" of what is counted.
        parts: the dimension of the parts that add up to its value.
        followed: how it went over the years is told.
        moves: it says what became of those in each category: every breakdown has the state now,
            and after it the later one.
        matters: size from which on a difference is usually said to matter.
    """

    name: str
    methods: tuple[str, ...]
    unit: str
    decimals: int = 1
    divides: bool = True
    per: bool = False
    standardised: bool = False
    inside: bool = False
    adds_up: bool = False
    of_one_whole: bool = False
    compared: bool = True
    chance: Literal["limits", "square_root", "none"] = "limits"
    amounts: bool = False
    sums: bool = False
    of_values: bool = False
    of_waits: bool = False
    limits_of_counts: str = ""
    no_difference: float | None = None
    worked_out: Literal["", "pairs", "along", "change", "beside", "flows"] = ""
    parts: str = ""
    followed: bool = True
    moves: bool = False
    matters: float | None = None

    def __str__(self) -> str:
        """The name, as messages write it."""
        return self.name

    @property
    def derived(self) -> bool:
        """Whether it is worked out from published rows of another indicator, and never counted."""
        return bool(self.worked_out)

    @property
    def is_count(self) -> bool:
        """Whether the value is the numerator, and an official figure is read as the count it is."""
        return not self.divides and not self.of_values

    @property
    def categories_are_parts(self) -> bool:
        """Whether categories are parts of a whole, of which the largest is told, not the highest.

        What is said of a rate of each category, such as a gap between them, says nothing of parts.
        """
        return self.adds_up or self.of_one_whole


_OF_A_WHOLE: Final = ("proportion_wilson", "proportion", PUBLISHED)
_EVERY: Final = (
    Kind(
        "count", ("count", PUBLISHED), "count",
        decimals=0, divides=False, adds_up=True, compared=False, chance="square_root",
    ),
    Kind("proportion", _OF_A_WHOLE, "percent", inside=True, limits_of_counts="proportion_wilson"),
    Kind(
        "share", _OF_A_WHOLE, "percent",
        inside=True, of_one_whole=True, limits_of_counts="proportion_wilson",
    ),
    Kind("rate", ("rate_byar", PUBLISHED), "", per=True, limits_of_counts="rate_byar"),
    Kind("standardised_rate", ("dsr_dobson", PUBLISHED), "", per=True, standardised=True),
    Kind("mean", ("mean_t", PUBLISHED), "mean", amounts=True),
    Kind("quantile", ("quantile", PUBLISHED), "", decimals=0, divides=False, of_values=True),
    Kind(
        "wait", ("kaplan_meier", PUBLISHED), "days",
        decimals=0, divides=False, of_values=True, of_waits=True,
    ),
    Kind(
        "money", ("sum", PUBLISHED), "pounds",
        decimals=0, divides=False, adds_up=True, compared=False, sums=True,
    ),
    Kind(
        "transition", _OF_A_WHOLE, "percent",
        inside=True, of_one_whole=True, limits_of_counts="proportion_wilson", moves=True,
    ),
    Kind(
        "flow", ("count", PUBLISHED), "count",
        decimals=0, divides=False, adds_up=True, compared=False, chance="square_root", moves=True,
    ),
    Kind(
        "ratio", ("ratio_katz", "ratio_rates"), "ratio", no_difference=1.0, worked_out="pairs",
    ),
    # Usually said to matter from a tenth on (Austin, Communications in Statistics 38).
    Kind(
        "difference", ("standardised_difference",), "standard_deviations",
        decimals=2, no_difference=0.0, worked_out="pairs", matters=0.1,
    ),
    Kind("slope_index", ("sii_linear",), "", no_difference=0.0, worked_out="along"),
    Kind("relative_index", ("rii_linear",), "ratio", no_difference=1.0, worked_out="along"),
    Kind(
        "decomposition", ("kitagawa",), "",
        no_difference=0.0, worked_out="change", parts="change_part", followed=False,
    ),
    Kind(
        "reconciliation", ("two_sources",), "",
        compared=False, chance="none", no_difference=0.0, worked_out="beside", followed=False,
    ),
    Kind(
        "stock_change", ("stock_flows",), "count", decimals=0, compared=False, chance="none",
        no_difference=0.0, worked_out="flows", parts="flow_part", followed=False,
    ),
)  # fmt: skip
#: Every kind by its name.
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _EVERY}


def _read(given: object) -> Kind:
    if isinstance(given, Kind):
        return given
    if not isinstance(given, str) or given not in KINDS:
        raise ValueError(f"must be one of {', '.join(KINDS)}")
    return KINDS[given]


#: A kind in a declaration: written and rendered by its name.
Declared = Annotated[
    Kind,
    PlainValidator(_read),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "enum": list(KINDS)}),
]


def implied(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry of an indicator file need not say, as it follows from its kind.

    Args:
        given: the entry as written. What is neither counted nor derived is as published; the unit,
            given or implied, gives the multiplier.
    """
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        return {}
    unit = given.get("unit", kind.unit)
    # What is measured of one child is in its unit already.
    times = 1.0 if kind.of_values or not isinstance(unit, str) else MULTIPLIERS.get(unit, 1.0)
    shown = not given.get("numerator") and not kind.derived
    whole = _denominator(kind, given.get("numerator"))
    parts = {"breakdowns": (given["over"],)} if kind.of_one_whole and given.get("over") else {}
    middle = {"percentile": MEDIAN} if kind.of_values else {}
    return {
        **whole,
        **parts,
        **middle,
        "method": PUBLISHED if shown else kind.methods[0],
        "unit": unit,
        "multiplier": times,
        "decimals": kind.decimals,
    }


def _denominator(kind: Kind, numerator: Any) -> dict[str, Any]:
    """The denominator that follows from a numerator, if there is one."""
    if kind.of_one_whole and numerator:
        return {"denominator": numerator}  # a share is of all that is counted
    if kind.amounts and isinstance(numerator, Mapping):
        # Amounts are added up of rows, and divided by how many these are.
        return {"denominator": {key: one for key, one in numerator.items() if key != "count"}}
    return {}
