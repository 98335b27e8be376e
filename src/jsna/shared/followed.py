"""The same persons in two periods: who is in a table, and what becomes of them a year later."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, Followed
from jsna.shared.fragments import YEAR_LATER
from jsna.shared.table_columns import declared

#: What the column of a later state is called by, after the column of the state now.
LATER: Final = "_later"
#: Columns in which everybody takes a person to have the same a year later.
LASTING: Final = ("sex",)


def followed(
    name: str, row: str, of: AnalysisTable, state: str, *, extract: str, kept: str, gone: str
) -> AnalysisTable:
    """The rows of a table in the periods whose next one came too, with a state a year later.

    Each row is one of the other table and counts as it does there (`rows_of`), so that disclosure
    control knows the two counts to be one; and those with a later state are some of the next
    period's rows with that state (`followed`), so that it knows of those who came. A year whose
    next one never came is a gap: nothing is known of what became of anyone. Who is in no later row
    has left; who is in one without the state has no later state, and is in no category of it.

    Args:
        name, row: of the table.
        of: the table, one row a person and period.
        state: its column that may change.
        extract: whose deliveries its periods are those of.
        kept: its columns that are kept beside it, without person and period.
        gone: code of those who are in no row a year later.

    Raises:
        ValueError: the table may have several rows a person and period.
    """
    if of.key != ("period", "person_key"):
        raise ValueError(f"{of.name}: only who has one row a period can be followed")
    columns = ("person_key", "period", *kept.split(), state)
    return AnalysisTable(
        name=name,
        row=row,
        base=of.base,
        columns={
            **{column: of.columns[column] for column in columns},
            **declared(Column(f"{state}{LATER}", description=f"A year later; {gone} of who left")),
        },
        dated_by=(extract,),
        period="followed",
        rows_of=of.rows_of or of.name,
        followed=Followed(
            of.name,
            f"{state}{LATER}",
            state,
            gone,
            tuple(column for column in LASTING if column in columns and column != state),
        ),
        implies=tuple(i for i in of.implies if {i.column, i.of} <= set(columns)),
        # Localities are a dimension whose column is the code of one.
        known={c: mark for c, mark in of.known.items() if {c, f"{c}_code"} & set(columns)},
        sql=f"""
        select {", ".join(f"now.{column}" for column in columns)},
            case when later.person_key is null then '{gone}' else later.{state}
            end as {state}{LATER}
        from {of.name} now
        semi join (select period from delivery where extract = '{extract}') came
            on came.period = {YEAR_LATER.format(row="now")}
        left join {of.name} later on later.person_key = now.person_key
            and later.period = {YEAR_LATER.format(row="now")}
        order by now.period, now.person_key
        """,
    )
