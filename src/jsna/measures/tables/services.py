"""Pupils with what health and social care know of them: the January roll, joined by person key.

A table of its own for each service, so that a year whose records never came, or may not be linked,
is a gap and not a year in which nobody was known; `cohort` has the years in which all came.
"""

from __future__ import annotations

from typing import Final

from jsna.measures.tables.columns import GEOGRAPHY, NEED, PLACED, SURE, declared
from jsna.measures.tables.fragments import ACADEMIC_YEAR, MARCH
from jsna.model.tables import AnalysisTable, Column, Implied

#: Columns of a person as health or care has them, with how surely they are linked.
PERSON: Final = "person_key period age age_group sex link"
#: What every table says of the pupil, beside the period.
_PUPIL: Final = f"person_key age_group sex sen_provision primary_need {GEOGRAPHY}"
#: Extracts of services.
SERVICES: Final = ("mental_health", "community", "cin_census", "ssda903")
_TRUE: Final = frozenset({"true"})
#: What a service says of a pupil, which services that makes them known to, and that who is known
#: to one is linked.
_KNOWN: Final = (
    *NEED,
    *(
        implied
        for column, link in (
            ("mh_contact", "mh_link"),
            ("in_need", "need_link"),
            ("looked_after", "care_link"),
        )
        for implied in (Implied(column, link, SURE, _TRUE), Implied(link, column, _TRUE))
    ),
    *(
        Implied(column, "services", frozenset({which, "both"}), _TRUE)
        for column, which in (
            ("mh_contact", "health"),
            ("community", "health"),
            ("in_need", "care"),
        )
    ),
    Implied("protection_plan", "in_need", _TRUE, _TRUE),
    Implied("twelve_months", "looked_after", _TRUE, _TRUE),
)


def rolls(*extracts: str) -> str:
    """SQL of the January rolls within the financial years for which all extracts came."""
    years = " intersect ".join(
        f"select period from service_year where extract = '{extract}'" for extract in extracts
    )
    columns = ", ".join(_PUPIL.split())
    return (
        f"select roll.* from (select {ACADEMIC_YEAR} as period, {columns} from pupil) roll "
        f"semi join ({years}) using (period)"
    )


def roll_table(
    name: str,
    row: str,
    extracts: tuple[str, ...],
    columns: tuple[str | Column, ...],
    needs: tuple[str, ...],
    sql: str,
    *,
    march: bool = False,
) -> AnalysisTable:
    """A table of the January roll with what services say of a pupil.

    Args:
        name, row, needs, sql: of the table, which needs the roll and the years beside.
        extracts: those of the services, all of which have to have come for a year.
        columns: what is said, beside the pupil's own.
        march: it says how things stood on 31 March, and its period is the year of that.
    """
    return AnalysisTable(
        name=name,
        row=row,
        base="attending",
        key=("period", "person_key"),
        columns=declared("person_key period", _PUPIL, *columns),
        dated_by=extracts,
        period="march" if march else "delivery",
        rows_of="pupil",
        implies=_KNOWN,
        known=PLACED,
        needs=("pupil", *needs, "service_year"),
        sql=sql,
    )


def beside_roll(
    name: str,
    row: str,
    extract: str,
    people: str,
    said: dict[Column, str],
    *,
    march: bool = False,
) -> AnalysisTable:
    """The roll of the years of one extract, beside the people it knows.

    Args:
        name, row: of the table.
        extract: of the service.
        people: the view of those it knows, in SQL called `known`.
        said: column -> SQL of what is said of them.
        march: see `roll_table`.
    """
    period = MARCH.format(row="roll") if march else "roll.period"
    columns = ", ".join(f"{sql} as {column.name}" for column, sql in said.items())
    sql = f"""
        select roll.* replace ({period} as period), {columns}
        from ({rolls(extract)}) roll left join {people} known using (person_key, period)
        order by period, person_key
        """
    return roll_table(name, row, (extract,), tuple(said), (people,), sql, march=march)
