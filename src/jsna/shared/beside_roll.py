"""Pupils with what health and social care know of them: the January roll, joined by person key.

A table of its own for each service, so that a year whose records never came, or may not be linked,
is a gap and not a year in which nobody was known; `cohort` has the years in which all came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from jsna.model.tables import AnalysisTable, Column, Implied
from jsna.shared.fragments import ACADEMIC_YEAR, MARCH, PLACE, age_group
from jsna.shared.table_columns import GEOGRAPHY, NEED, PLACED, SURE, declared

#: Columns of a person as health or care has them, with how surely they are linked.
PERSON: Final = "person_key period age age_group sex link"
#: What every table says of the pupil, beside the period.
_PUPIL: Final = f"person_key age_group sex sen_provision primary_need {GEOGRAPHY}"
#: Codes of a column that says yes.
TRUE: Final = frozenset({"true"})


def beside_roll(
    name: str,
    row: str,
    people: dict[str, str],
    said: dict[Column, str],
    *,
    march: bool = False,
    came: str = "",
    implies: tuple[Implied, ...] = (),
) -> AnalysisTable:
    """The January rolls of the years for which extracts came, beside the people they know.

    Args:
        name, row: of the table.
        people: extract -> view of the people it knows.
        said: column -> SQL of what is said of them.
        march: it says how things stood on 31 March, and its period is the year of that.
        came: a table that a delivery may lack: its years are those of which it has a row.
        implies: what some of it says of the rest, beside what the queries say by themselves.
    """
    years = " intersect ".join(
        f"select period from delivery where extract = '{extract}'" for extract in people
    )
    if came:
        years += f' intersect select period from "{came}"'
    known = " ".join(f"left join {view} using (person_key, period)" for view in people.values())
    period = MARCH.format(row="roll") if march else "roll.period"
    return AnalysisTable(
        name=name,
        row=row,
        base="attending",
        columns=declared("person_key period", _PUPIL, *said),
        dated_by=tuple(people),
        period="march" if march else "delivery",
        rows_of="pupil",
        implies=(*NEED, *_implied(people, said), *implies),
        known=PLACED,
        sql=f"""
        select roll.* replace ({period} as period),
            {", ".join(f"{sql} as {column.name}" for column, sql in said.items())}
        from (
            select {ACADEMIC_YEAR} as period, {", ".join(_PUPIL.split())} from pupil
        ) roll semi join ({years}) using (period) {known}
        order by period, person_key
        """,
    )


def _implied(people: Mapping[str, str], said: Mapping[Column, str]) -> Iterator[Implied]:
    """Whoever is linked is known, and whoever is known is linked; what else is so is of the known.

    `said` is read for it: whether a view knows a pupil, how surely they are linked, and what it
    says of those it knows.
    """
    for view in people.values():
        known = next((c.name for c, sql in said.items() if sql == is_known(view)), None)
        if known is None:
            continue
        for column, sql in said.items():
            if sql == how_linked(view):
                yield Implied(known, column.name, SURE, TRUE)
                yield Implied(column.name, known, TRUE)
            elif column.type == "boolean" and f"{view}." in sql and column.name != known:
                yield Implied(column.name, known, TRUE, TRUE)


def on_march(name: str, row: str, view: str, *said: Column) -> AnalysisTable:
    """Children the authority works with on 31 March, wherever they live.

    Args:
        name, row: of the table.
        view: view of these children, with `age`, `lsoa_code` and the columns.
        said: what is said of them.
    """
    return AnalysisTable(
        name=name,
        row=row,
        base="responsible",
        columns=declared(PERSON, *said, GEOGRAPHY),
        period="march",
        known=PLACED,
        sql=f"""
        select n.person_key, {MARCH.format(row="n")} as period, n.age,
            {age_group("n.age")} as age_group, n.sex, n.link,
            {", ".join(f"n.{column.name}" for column in said)}, {PLACE}
        from {view} n left join place on place.lsoa_code = n.lsoa_code
        order by n.period, n.person_key
        """,
    )


def is_known(view: str) -> str:
    """SQL of whether a view of people knows the pupil."""
    return f"{view}.person_key is not null"


def how_linked(view: str) -> str:
    """SQL of how surely the record by which a view of people knows the pupil is linked."""
    return f"{view}.link"
