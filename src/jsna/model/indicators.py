"""How an indicator is declared: one entry of `config/indicators/<chapter>.yaml`.

The declaration feeds the measure table, the chart, the sentence, the metadata page, disclosure
control (what adds up to what) and reconciliation (the official counterpart).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from jsna.model.base import Id, Printed, Strict, Words
from jsna.model.derivation import Derived, filled, own_faults
from jsna.model.kinds import Declared, Percentile
from jsna.model.measured import Standard, faults
from jsna.model.schema import MONEY

#: The dimension that stands for the area's own localities (districts or wards).
LOCALITY = "locality"
Base = Literal["attending", "resident", "maintained", "responsible", "areas", "records", "sources"]
#: What is never shown for a place smaller than the authority.
Sensitivity = Literal["", "deaths", "register", "inpatient"]
#: Key by which an entry of a file has all that it does not say itself from one above.
LIKE: Final = "like"
#: What an entry says to readers, and how it is drawn: no number depends on it.
WORDS: Final = frozenset((
    "title", "phrase", "among", "definition", "population", "per", "official", "caveat", "caveats",
    "charts", "duty", "answers",
))  # fmt: skip
#: Dimensions whose categories are places.
PLACES = frozenset({LOCALITY, "locality_code", "lsoa_code", "school_urn"})
_SENSITIVE = {
    "deaths": "deaths",
    "register": "counts of children on a register",
    "inpatient": "counts of in-patients",
}
_EXTREMES = frozenset({"minimum", "maximum", "min", "max", "range"})


class Side(Strict):
    """A numerator or denominator: which rows of which analysis table count, and how.

    Attributes:
        table: analysis table, see `jsna.tables`.
        where: SQL condition over its columns.
        count: what is added up: rows, distinct persons, or the sum of a column.
        base: population base, where the condition narrows the table's own.
        period: a denominator may be of the `latest` period no later than the numerator's, such as
            last summer's population for this January's plans.
    """

    table: str
    where: str = "true"
    count: str = "rows"  # "rows", "persons", or the name of a column to sum
    base: Base | None = None
    period: Literal["same", "latest"] = "same"


class Chart(Strict):
    """How an indicator is drawn. Several charts may show one indicator."""

    type: Literal[
        "bars", "areas", "gradient", "trend", "heat", "map", "ratios", "dumbbell", "multiples",
        "pyramid", "slope",
    ]  # fmt: skip
    #: Dimension(s) on the axis; `locality` for bars of localities, none for areas and trends. A
    #: dumbbell by one is of two dates, by two of the two categories of the second, as a pyramid is.
    by: tuple[str, ...] = ()
    #: Statistical subtitle; measure and place and period are filled in where it is empty.
    subtitle: Printed = ""


class Recoding(Strict):
    """A coarser way of showing a breakdown.

    Attributes:
        collapse: dimension of the breakdown -> coarser one, whose code list says of what it is.
        years: this many years together, in every run of years that there is.
        areas: the area's own groups of localities instead of localities.
    """

    collapse: dict[str, str] = Field(default_factory=dict)
    years: Literal[3] | None = None
    areas: Literal["groups"] | None = None

    @model_validator(mode="after")
    def _coarser(self) -> Recoding:
        if not (self.collapse or self.years or self.areas):
            raise ValueError("a recoding needs `collapse`, `years` or `areas`")
        return self


class Fallback(Strict):
    """What to show instead of a breakdown, tried in order, before its figures are hidden.

    Written where it is not what the dimensions imply (`model.fallbacks.implied`).
    """

    #: A set of dimensions as in `breakdowns`; none for the total.
    breakdown: tuple[str, ...]
    #: None where nothing is to be shown instead.
    recodings: tuple[Recoding, ...]


def _chart(given: Any) -> Any:
    """`bars sen_provision` for a type and what it is by."""
    if not isinstance(given, str):
        return given
    kind, *by = given.split()
    return {"type": kind, "by": by}


def _breakdown(given: Any) -> Any:
    """`sex` for a breakdown by one dimension."""
    return (given,) if isinstance(given, str) else given


ChartOf = Annotated[Chart, BeforeValidator(_chart, json_schema_input_type=str | Chart)]
Breakdown = Annotated[
    tuple[str, ...], BeforeValidator(_breakdown, json_schema_input_type=str | tuple[str, ...])
]


class Duty(Strict):
    """A duty in law that a share is the keeping of: each of its cases was to be in it.

    Attributes:
        missed: what those that are not did, after their number: "new plans were issued late".
        kept: what those that are did, after the share: "were in time".
        care: a caution about the duty, as a sentence.
    """

    missed: Words
    kept: Words
    care: Printed = ""


class Caveats(Strict):
    """Cautions that are true of some figures only.

    Attributes:
        local: of figures counted from local records.
        official: of figures a publisher issued, in whichever release.
        beside: where both stand beside each other, of how their definitions differ. Local figures
            are then never compared with published ones, and both are kept of each year.
        differs: the same in a clause of a sentence, after "the published figure, …": "which
            counts pupils of all schools".
    """

    local: Printed = ""
    official: Printed = ""
    beside: Printed = ""
    differs: Printed = ""

    @model_validator(mode="after")
    def _says_both(self) -> Caveats:
        if bool(self.beside) != bool(self.differs):
            raise ValueError(
                "`beside` (how published figures differ from local ones) and `differs` (the same "
                "in a clause, as in `which counts pupils of all schools`) are given together"
            )
        return self


def _as_entry(schema: dict[str, Any]) -> None:
    """The schema of an entry of a file, which may take over all but its id."""
    schema["required"] = ["id"]
    words = "an entry above, from which this one has all that it does not say itself"
    schema["properties"][LIKE] = {"type": "string", "description": words}


class Indicator(Strict):
    """One measured thing.

    Attributes:
        id: name in the measure table.
        title: short name, sentence case.
        short: what the title of a chart calls it where title and finding are too long; no entry
            takes it over from another.
        phrase: how a sentence calls it, such as "pupils with an EHC plan"; the title with a small
            letter where not given.
        among: of a share, whom it is a share of, as in "5.5% of 184,000 pupils".
        definition: numerator over denominator in words, with inclusions and exclusions; what its
            table, condition and kind say, where not given.
        population: who is counted, in words; every row of the table that its condition lets
            through, where not given, if that condition can be put into words.
        population_base: whom the figures stand for, which both sides must have; as the table says.
        kind: what is measured, see `model.kinds`: count, proportion (numerator inside denominator),
            rate (events), share (of a total over one dimension), mean; or worked out from another
            indicator: ratio, difference, slope_index, relative_index.
        unit, multiplier: unit of the value; value = numerator / denominator * multiplier. The unit
            follows from the kind, but for rates, and the multiplier from the unit.
        per: of a rate, whom it is divided by, as in "per 10,000 children aged 0 to 17".
        method: how value and limits are calculated, see `schema.METHODS`; follows from the kind.
        numerator, denominator: local sides; none where only official statistics give it.
        derived: what a ratio or difference is worked out from. The phrase of a ratio of
            percentages follows "as likely to", that of a slope says what changes along it, as in
            "the share of pupils suspended"; population and the like are left out.
        standard: of a standardised rate that is counted here, the population it is standardised to.
        values: of a quantile, the column whose values it is of, one of each row counted.
        ended: of waits, the condition on which a wait counted has ended; the others are of those
            still waiting, as long as is known.
        percentile: which quantile; the median where none is named.
        over: dimensions that split the numerator only; the denominator is the total over them.
            Such an indicator has no row without them: it would say 100 %. Where no breakdowns are
            given, it is broken down by them alone.
        breakdowns: sets of dimensions beside the total; `locality` stands for the area's own.
        fallbacks: coarser ways of showing a breakdown where too many of its counts are small; of
            each breakdown not named here those its dimensions imply.
        official: counterpart used for reconciliation, in words.
        dispersion: of events that one person may have several of, by how many times their variance
            exceeds that of events that befall anyone but once: `total`, and the dimensions whose
            groups' exceeds that of the total. Limits are widened by it; `measures.dispersion` holds
            it against the records.
        sensitivity: deaths, children on a register, or in-patients, which are never shown for a
            place smaller than the authority; "" for anything else.
        comparators: which areas beside the home area are shown; all of them where a release gives
            the indicator, and else none.
        polarity: whether high is good, bad, or neither.
        duty: of a share that the law asks of all its cases; high is then good.
        decimals: decimals printed; follows from the kind.
        rounded_to: of a sum of amounts, the multiple to the nearest of which it is rounded wherever
            it is printed, such as 1000; 1 where it is not.
        caveat: a caution that is true wherever the figures come from.
        caveats: cautions of local figures alone, of official ones alone, and of both together.
        answers: figures of `config/questions.yaml` that it gives, and so the questions it answers.
    """

    model_config = ConfigDict(json_schema_extra=_as_entry)

    id: Id
    chapter: str = ""
    title: Printed
    short: Printed = ""
    phrase: Printed
    among: Printed = ""
    definition: Printed = ""
    population: Printed = ""
    # What is not given follows from the table that is counted: see `settings.indicators`.
    population_base: Base | Literal[""] = ""
    kind: Declared
    # What is not given follows from the kind, see `derivation.filled`.
    unit: str = ""
    multiplier: float = 1.0
    per: Printed = ""
    method: str = ""
    period_type: str = ""
    numerator: Side | None = None
    denominator: Side | None = None
    derived: Derived | None = None
    standard: Standard | None = None
    values: str = ""
    ended: str = ""
    percentile: Percentile = 0
    over: tuple[str, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    official: Printed = ""
    dispersion: Mapping[str, Annotated[float, Field(ge=1)]] = Field(default_factory=dict)
    sensitivity: Sensitivity = ""
    comparators: tuple[Literal["national", "region", "neighbours"], ...] = (
        "national",
        "region",
        "neighbours",
    )
    polarity: Literal["high", "low", "neutral"] = "neutral"
    duty: Duty | None = None
    decimals: int = Field(default=1, ge=0, le=3)
    rounded_to: int = Field(default=1, ge=1)
    charts: tuple[ChartOf, ...] = ()
    caveat: Printed = ""
    caveats: Caveats = Caveats()
    answers: tuple[Id, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _takes_over(cls, given: Any) -> Any:
        return filled(given)

    @field_validator("kind", "method", mode="before")
    @classmethod
    def _no_extremes(cls, given: object) -> object:
        if isinstance(given, str) and given.lower() in _EXTREMES:
            raise ValueError(
                "the least or greatest value is one child's own and is never shown; declare a "
                "mean or a percentile"
            )
        return given

    @field_validator("method")
    @classmethod
    def _possible(cls, method: str, others: ValidationInfo) -> str:
        kind = others.data.get("kind")
        if kind is not None and method not in kind.methods:
            known = " or ".join(kind.methods)
            raise ValueError(f"the method of a {kind} is {known}, not {method}")
        return method

    @model_validator(mode="after")
    def _stays_at_authority(self) -> Indicator:
        if self.sensitivity:
            below = sorted({d for dims in self.breakdowns for d in dims} & PLACES)
            if below:
                raise ValueError(
                    f"{self.id}: {_SENSITIVE[self.sensitivity]} are never shown for places smaller "
                    f"than the authority; leave {', '.join(below)} out of `breakdowns`"
                )
        return self

    @model_validator(mode="after")
    def _sides_fit(self) -> Indicator:
        if wrong := [*own_faults(self), *faults(self)]:
            raise ValueError(f"{self.id}: {'; '.join(wrong)}")
        if self.kind.divides and self.numerator and not self.denominator:
            raise ValueError(f"{self.id}: a {self.kind} needs a denominator")
        if self.rounded_to > 1 and not self.kind.sums:
            raise ValueError(
                f"{self.id}: `rounded_to` is of sums of amounts; a profile rounds counts"
            )
        if not self.unit and not self.derived:
            raise ValueError(f"{self.id}: a {self.kind} says its `unit`, such as per_1000")
        if self.kind.per != bool(self.per) and not self.derived:
            raise ValueError(
                f"{self.id}: a rate, and nothing else, says in `per` whom it is divided by"
            )
        if self.kind.of_one_whole and not self.over:
            raise ValueError(
                f"{self.id}: a {self.kind} needs `over`, the dimension it is a share of"
            )
        if self.kind.moves and (not self.breakdowns or any(len(b) < 2 for b in self.breakdowns)):
            raise ValueError(
                f"{self.id}: every breakdown of a {self.kind}, and there is at least one, has the "
                "state now and after it the later one"
            )
        if any(not set(self.over) <= set(dimensions) for dimensions in self.breakdowns):
            raise ValueError(f"{self.id}: every breakdown must hold the dimensions of `over`")
        return self

    @model_validator(mode="after")
    def _dispersion_is_of_events(self) -> Indicator:
        if self.dispersion and ("total" not in self.dispersion or not self.kind.limits_of_counts):
            raise ValueError(
                f"{self.id}: `dispersion` is of events, as rates and shares count them, and says "
                "that of the `total`"
            )
        return self

    def dispersed(self, dimensions: Iterable[str]) -> float:
        """The dispersion of figures split by some dimensions; 1 where none is declared."""
        total = self.dispersion.get("total", 1.0)
        return max([total, *(self.dispersion.get(name, total) for name in dimensions)])

    @model_validator(mode="after")
    def _duty_is_a_share(self) -> Indicator:
        if self.duty and not (self.kind.inside and self.polarity == "high"):
            raise ValueError(
                f"{self.id}: a `duty` is of a proportion of which high is good, as of plans in time"
            )
        return self

    @property
    def sums_amounts(self) -> bool:
        """Whether its numerator adds up amounts: protected as a magnitude, not as a count."""
        if self.kind.amounts or self.kind.sums:
            return True
        return self.unit == MONEY and not self.kind.of_values

    @property
    def refers_to(self) -> tuple[str, ...]:
        """Other indicators this declaration names."""
        return self.derived.every if self.derived else ()
