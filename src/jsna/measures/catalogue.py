"""The analysis tables: what a row is, whom it stands for, which columns it has.

Everything an indicator may count is declared here once. `tables` makes them, the engine checks
declarations against them before it reads a row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from jsna.errors import JsnaError, Problem
from jsna.extracts import permission, registry
from jsna.model.indicators import LOCALITY, Base

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jsna.model.configuration import Configuration

Kind = Literal["string", "integer", "boolean", "number"]

_SQL: Final = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
}


@dataclass(frozen=True, slots=True)
class Implied:
    """Where a column of a row has one of certain codes, another has one of certain others.

    Attributes:
        column: the column that says something …
        of: … of this one …
        are: … whose codes are then among these.
        codes: the codes that say it; any code does where none is given.
    """

    column: str
    of: str
    are: frozenset[str]
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis table.

    Attributes:
        name: name of the table and of its file.
        row: what one row is.
        base: the population its rows stand for.
        columns: column -> kind of value, in order.
        extracts: the extracts it is made of, the one that brings its rows first.
        dated_by: the extracts whose deliveries its periods are those of, if not the first alone:
            the periods all of them came for.
        of_linkage: it says how linking went, over all deliveries of every extract together.
        previous_year: its period is the year before that of the delivery (a January return
            describes the calendar year before it).
        closing: its rows stand on the last day of the delivery's year, 31 March, and its period is
            the year of that March.
        apart: dimensions whose categories are never counted together: children of two ages, say,
            so unlike that a figure of both together says how many there were of each. Every side
            that counts the table holds one of the categories still by its condition.
        rows_of: the table whose rows these are, under other periods, if they are another's.
        implies: what some values of a row say of others, as the recipe makes them. Disclosure
            control takes counts for the same count by it.
        known: column -> mark and its code: a row has a value in the column exactly where the mark
            is so. The mark is another column, or a name in brackets for one that is not there.
            All categories of columns with one mark add up to the same.
    """

    name: str
    row: str
    base: Base
    columns: dict[str, Kind]
    extracts: tuple[str, ...]
    dated_by: tuple[str, ...] = ()
    of_linkage: bool = False
    previous_year: bool = False
    closing: bool = False
    apart: tuple[str, ...] = ()
    rows_of: str = ""
    implies: tuple[Implied, ...] = ()
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def implied(self) -> tuple[Implied, ...]:
        """What `implies` says, and `known`."""
        marks = ((c, mark, code) for c, (mark, code) in self.known.items())
        return (*self.implies, *(Implied(c, mark, frozenset({code})) for c, mark, code in marks))

    def january(self, period: str) -> str:
        """The period as the table whose rows these are has it: the year an academic year ends."""
        return str(int(period[:4]) + 1) if self.rows_of and "/" in period else period

    @property
    def sql_columns(self) -> dict[str, str]:
        """Column -> DuckDB type."""
        return {column: _SQL[kind] for column, kind in self.columns.items()}


def _strings(names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), "string")


_PLACE: Final = _strings("lsoa_code locality_code imd_decile imd_quintile")
_PUPIL: Final[dict[str, Kind]] = {
    **_strings("person_key period"),
    "age": "integer",
    **_strings(
        "age_group sex ethnicity fsm year_group phase school_urn school_type sen_provision "
        "primary_need"
    ),
    **_PLACE,
}
#: Need is recorded for pupils with SEN only.
_NEED: Final = (Implied("primary_need", "sen_provision", frozenset({"E", "K"})),)
#: Locality and deprivation are those of one small area, so that both are known or neither.
_PLACED: Final = {"locality": ("(place)", "known"), "imd_decile": ("(place)", "known")}
#: What an event tells of the pupil comes from the roll, all of it or nothing.
_ON_ROLL: Final = {
    **_PLACED,
    "(place)": ("(roll)", "known"),
    "sen_provision": ("(roll)", "known"),
    "year_group": ("(roll)", "known"),
}
#: A place lies in or out of the area if it is in the register of schools and no college.
_AT_SCHOOL: Final = (
    Implied(
        "placement",
        "setting",
        frozenset(
            {
                *("mainstream", "resourced_provision", "sen_unit", "special", "ap", "independent"),
                *("non_maintained_special", "independent_special", "other"),
            }
        ),
        frozenset({"in_area", "out_of_area"}),
    ),
)
#: A person as health or care has them, with how surely they are linked.
_PERSON: Final[dict[str, Kind]] = {
    **_strings("person_key period"),
    "age": "integer",
    **_strings("age_group sex link"),
}
#: A pupil on the January roll, as the tables beside health and care have one.
_KNOWN: Final[dict[str, Kind]] = {
    **_strings("person_key period age_group sex sen_provision primary_need"),
    **_PLACE,
}
#: How surely somebody is linked who is linked at all.
_SURE: Final = frozenset({"number", "pass", "model_95", "model_50", "model_05"})
#: What a service says of a pupil, which services that makes them known to, and that who is known
#: to one is linked.
_SERVICES: Final = (
    *_NEED,
    *(
        implied
        for column, link in (
            ("mh_contact", "mh_link"),
            ("in_need", "need_link"),
            ("looked_after", "care_link"),
        )
        for implied in (
            Implied(column, link, _SURE, frozenset({"true"})),
            Implied(link, column, frozenset({"true"})),
        )
    ),
    *(
        Implied(column, "services", frozenset({which, "both"}), frozenset({"true"}))
        for column, which in (
            ("mh_contact", "health"),
            ("community", "health"),
            ("in_need", "care"),
        )
    ),
    Implied("protection_plan", "in_need", frozenset({"true"}), frozenset({"true"})),
    Implied("twelve_months", "looked_after", frozenset({"true"}), frozenset({"true"})),
)
_EVENT: Final[dict[str, Kind]] = {
    **_strings("person_key period sex year_group sen_provision primary_need"),
    **_PLACE,
}
#: Who can be linked at all, and so whoever the tables about linkage are about.
_LINKED: Final = tuple(name for name, extract in registry().items() if extract.person_level)

_ALL: Final = (
    Analysis(
        "pupil",
        "a pupil on roll (sole or dual main registration) on census day",
        "attending",
        _PUPIL,
        ("school_census", "areas"),
        implies=_NEED,
        known=_PLACED,
    ),
    Analysis(
        "plan",
        "an EHC plan maintained in January",
        "maintained",
        {
            **_strings("person_key period"),
            "age": "integer",
            **_strings("age_group sex ethnicity primary_need setting placement sector residential"),
            "resident": "boolean",
            **_PLACE,
        },
        ("sen2", "schools", "areas"),
        # Whose place is known is a resident; so is somebody whose home is not known.
        implies=(
            *_AT_SCHOOL,
            Implied("locality", "resident", frozenset({"true"})),
            Implied("imd_decile", "resident", frozenset({"true"})),
        ),
        known=_PLACED,
    ),
    Analysis(
        "request",
        "a request for an EHC needs assessment, by calendar year received",
        "maintained",
        {
            **_strings("person_key period age_group sex outcome"),
            # decided, to assess or not, or not decided though the six weeks are over
            "decision_due": "boolean",
            "within_6_weeks": "boolean",
            **_PLACE,
        },
        ("sen2", "areas"),
        previous_year=True,
        known=_PLACED,
    ),
    Analysis(
        "new_plan",
        "a plan first issued here, by calendar year",
        "maintained",
        {
            **_strings("person_key period age_group sex primary_need"),
            "within_20_weeks": "boolean",
            "exception": "boolean",
            **_PLACE,
        },
        ("sen2", "areas"),
        previous_year=True,
        known=_PLACED,
    ),
    Analysis(
        "ceased_plan",
        "a plan ceased, by calendar year",
        "maintained",
        {**_strings("person_key period age_group sex cease_reason"), **_PLACE},
        ("sen2", "areas"),
        previous_year=True,
        known=_PLACED,
    ),
    Analysis(
        "suspension",
        "a suspension, by academic year",
        "attending",
        {**_EVENT, "headline": "boolean", "reason": "string", "sessions": "integer"},
        ("exclusions", "school_census", "areas"),
        implies=_NEED,
        known=_ON_ROLL,
    ),
    Analysis(
        "permanent_exclusion",
        "a permanent exclusion, by academic year",
        "attending",
        {**_EVENT, "headline": "boolean", "reason": "string", "sessions": "integer"},
        ("exclusions", "school_census", "areas"),
        implies=_NEED,
        known=_ON_ROLL,
    ),
    Analysis(
        "exclusion_reason",
        "a reason given for a suspension or permanent exclusion (up to three each)",
        "attending",
        {**_EVENT, "headline": "boolean", **_strings("category reason")},
        ("exclusions", "school_census", "areas"),
        implies=_NEED,
        known=_ON_ROLL,
    ),
    Analysis(
        "roll",
        "a pupil on the January roll of an academic year",
        "attending",
        {**_PUPIL, "headline": "boolean", "suspended": "boolean"},
        ("school_census", "exclusions", "areas"),
        dated_by=("exclusions",),
        rows_of="pupil",
        implies=_NEED,
        known=_PLACED,
    ),
    Analysis(
        "ncmp",
        "a child measured",
        "resident",
        {
            **_strings("person_key period school_year sex weight_category link"),
            **_strings("sen_provision primary_need"),
            **_PLACE,
        },
        ("ncmp", "school_census", "areas"),
        # Year 6 has about twice the obesity of Reception, and more of its pupils have SEN.
        apart=("school_year",),
        implies=(*_NEED, Implied("sen_provision", "link", _SURE)),
        known=_PLACED,
    ),
    Analysis(
        "mental_health",
        "a child seen by mental health services at least once in a financial year",
        "resident",
        {**_PERSON, **_PLACE},
        ("mental_health", "areas"),
        known=_PLACED,
    ),
    Analysis(
        "child_in_need",
        "a child in need on 31 March whose case the authority holds",
        "responsible",
        {**_PERSON, "protection_plan": "boolean", **_PLACE},
        ("cin_census", "areas"),
        closing=True,
        known=_PLACED,
    ),
    Analysis(
        "looked_after",
        "a child the authority looked after on 31 March",
        "responsible",
        {**_PERSON, "twelve_months": "boolean", **_PLACE},
        ("ssda903", "areas"),
        closing=True,
        known=_PLACED,
    ),
    Analysis(
        "roll_mental_health",
        "a pupil on the January roll, and whether mental health services saw them that year",
        "attending",
        {**_KNOWN, "mh_contact": "boolean", "mh_link": "string"},
        ("school_census", "mental_health", "areas"),
        dated_by=("mental_health",),
        rows_of="pupil",
        implies=_SERVICES,
        known=_PLACED,
    ),
    Analysis(
        "roll_in_need",
        "a pupil on the January roll, and whether they were in need on 31 March",
        "attending",
        {**_KNOWN, "in_need": "boolean", "protection_plan": "boolean", "need_link": "string"},
        ("school_census", "cin_census", "areas"),
        dated_by=("cin_census",),
        closing=True,
        rows_of="pupil",
        implies=_SERVICES,
        known=_PLACED,
    ),
    Analysis(
        "roll_looked_after",
        "a pupil on the January roll, and whether they were looked after on 31 March",
        "attending",
        {**_KNOWN, "looked_after": "boolean", "twelve_months": "boolean", "care_link": "string"},
        ("school_census", "ssda903", "areas"),
        dated_by=("ssda903",),
        closing=True,
        rows_of="pupil",
        implies=_SERVICES,
        known=_PLACED,
    ),
    Analysis(
        "cohort",
        "a pupil on the January roll, with the services that knew them that year",
        "attending",
        {
            **_KNOWN,
            "mh_contact": "boolean",
            "community": "boolean",
            "in_need": "boolean",
            "services": "string",
        },
        ("school_census", "mental_health", "community", "cin_census", "areas"),
        dated_by=("mental_health", "community", "cin_census"),
        rows_of="pupil",
        implies=_SERVICES,
        known=_PLACED,
    ),
    Analysis(
        "population",
        "residents of a small area, of one sex and one year of age",
        "resident",
        {
            **_strings("period sex"),
            "age": "integer",
            "age_group": "string",
            "people": "integer",
            **_PLACE,
        },
        ("population", "areas"),
        known=_PLACED,
    ),
    Analysis(
        "lsoa",
        "a small area (LSOA) of the authority",
        "areas",
        {
            "period": "string",
            "imd_rank": "integer",
            "idaci_rank": "integer",
            "idaci_decile": "string",
            **_PLACE,
        },
        ("areas",),
        known=_PLACED,
    ),
    Analysis(
        "record",
        "a table of a delivery, with the number of its rows",
        "records",
        {
            **_strings("period extract table delivery_period"),
            "rows_received": "integer",
            "rows_valid": "integer",
            "rows_quarantined": "integer",
        },
        (),
    ),
    Analysis(
        "spine_person",
        "a person of the spine that every other source is linked to",
        "sources",
        _strings("person_key period"),
        _LINKED,
        of_linkage=True,
    ),
    Analysis(
        "linked_person",
        "a person as a source has them, of every source but the first of the spine",
        "sources",
        {
            **_strings("person_key period link_source link_pass link_method"),
            "linked": "boolean",
            "implausible": "boolean",
            **_strings("age_group sex ethnicity ethnic_group sen_provision"),
            **_PLACE,
        },
        _LINKED,
        of_linkage=True,
        implies=(Implied("implausible", "linked", frozenset({"true"}), frozenset({"true"})),),
        known={**_PLACED, "link_pass": ("linked", "true")},
    ),
    Analysis(
        "held_out",
        "a true pair, or a link, of those whose link is known another way",
        "sources",
        {
            # answer: by number or by another source; side: pair or link; wrong: missed or false.
            **_strings("person_key period link_source answer side"),
            "wrong": "boolean",
            **_strings("sen_provision"),
            **_PLACE,
        },
        _LINKED,
        of_linkage=True,
        known=_PLACED,
    ),
    Analysis(
        "identifier",
        "what became of one kind of identifier of a source, with the number of its records",
        "records",
        {**_strings("period link_source identifier_kind verdict"), "records": "integer"},
        _LINKED,
        of_linkage=True,
    ),
    Analysis(
        "link_event",
        "something linkage put together, kept apart or left out, with how often",
        "sources",
        {**_strings("period link_source link_event"), "cases": "integer"},
        _LINKED,
        of_linkage=True,
    ),
)
CATALOGUE: Final = {table.name: table for table in _ALL}


def column_of(dimension: str) -> str:
    """The column a dimension is counted by; `locality` stands for the area's own."""
    return "locality_code" if dimension == LOCALITY else dimension


def arrow(
    name: str, rows: pa.Table | pd.DataFrame, only: Collection[str] | None = None
) -> pa.Table:
    """The rows as an Arrow table of exactly the declared columns, in order and of their types.

    Args:
        name: analysis table they belong to.
        rows: its rows; further columns are left out.
        only: the columns wanted; all where not given.

    Raises:
        JsnaError: naming every declared column that is missing; it is a fault of the program.
    """
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "number": pa.float64(),
    }
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)
    columns = CATALOGUE[name].columns
    declared = {c: kind for c, kind in columns.items() if only is None or c in only}
    missing = [column for column in declared if column not in table.column_names]
    if missing:
        rule = f"analysis table lacks the columns {', '.join(missing)}"
        raise JsnaError(Problem(name, rule, code="table.columns"))
    schema = pa.schema([(column, types[kind]) for column, kind in declared.items()])
    return table.select(list(declared)).cast(schema)


def periods(name: str, config: Configuration) -> set[str]:
    """Periods for which the rows of a table were received, even where there were none to receive.

    A year without a permanent exclusion is a zero; a year whose file never came, or whose rows may
    not be linked, is a gap.
    """
    table = CATALOGUE[name]
    if not table.extracts or table.of_linkage:
        return set()
    given = set.intersection(
        *(
            {d.period for d in permission.linkable(config.edition) if d.extract == extract}
            for extract in table.dated_by or table.extracts[:1]
        )
    )
    if table.closing:
        return {str(int(p[:4]) + 1) for p in given}
    return {str(int(p) - 1) for p in given} if table.previous_year else given
