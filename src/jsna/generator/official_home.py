"""The fictional area's own figures for its invented official release, by the department's rules.

Counted from what is true of the invented people (see `truth`), with their dates of birth, by the
footnotes of the department's own releases, and without the extracts, the validators, the linkage or
anything of `measures`, so that reconciling the engine's figures with the release is a check and not
an echo. The release on EHC plans of 2025 (`data-guidance.txt`): ages of requests are those "on the
date the request … was received", of new plans "when plan started", of ceased plans "on the date the
plan ceased", of all others current ones. Suspensions and exclusions: of state-funded primary,
secondary and special schools; everybody suspended in the year counts, on the January roll or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from jsna.generator.official_columns import (
    COLUMN_OF_SETTING,
    ELSEWHERE,
    MAINSTREAM,
    REASONS,
    UNITS,
    columns,
)

if TYPE_CHECKING:
    import duckdb

    from jsna.model.configuration import Configuration

#: Days within which a request is to be decided on, and a plan issued.
_DUE, _ISSUED = 42, 140
#: Outcome of a request decided before the period of the return: no request of its year.
_HISTORICAL: Final = "H"


class Home:
    """Counts of one area, from the facts of `truth.facts`.

    Every method returns whole numbers: an index of ages, sexes or categories, columns of figures.
    """

    def __init__(self, facts: Mapping[str, pd.DataFrame], config: Configuration) -> None:
        import duckdb

        self.connection: duckdb.DuckDBPyConnection = duckdb.connect()
        self.day = config.edition.reference_date
        self.columns = columns(self.day.year)
        #: Table -> years or Januaries there are facts of.
        self.periods: dict[str, list[str]] = {}
        for name in sorted(facts):
            table, _, period = name.partition("/")
            self.periods.setdefault(table, []).append(period)
            self.connection.register(name, facts[name])

    def _sql(self, query: str) -> pd.DataFrame:
        found: pd.DataFrame = self.connection.sql(query).df()
        return found

    def _counted(self, query: str, columns: Sequence[str]) -> pd.DataFrame:
        """`query` gives `row`, `column` and `n`; a table of rows by columns, 0 where none."""
        found = self._sql(f'select "row", "column", sum(n) as n from ({query}) group by all')
        table = found.pivot(index="row", columns="column", values="n")
        wide = table.reindex(columns=list(columns)).fillna(0).astype("int64")
        return wide.sort_index()

    def _listed(self, table: str, row: str, columns: Mapping[str, str]) -> pd.DataFrame:
        """Rows of a table counted by `row` under each condition."""
        counts = " union all ".join(
            f"""select {row} as "row", '{name}' as "column", count(*) as n
            from {table} where {condition} group by all"""
            for name, condition in columns.items()
        )
        return self._counted(counts, tuple(columns))

    def _people(self, by: str, day: str = "") -> str:
        """Whole years of age on a day, or on census day; or the sex (SQL)."""
        on = day or f"date '{self.day}'"
        return "sex" if by == "sex" else f"date_part('year', age({on}, born))::integer"

    def plans(self, by: str) -> pd.DataFrame:
        """Plans in force by age or sex: columns by setting."""
        unit = f"case {_cases(UNITS, 'setting')} else '' end"
        query = f"""
            with typed as (
                select *, case {_cases(self.columns.of_type, "school_type")}
                    when school_type is not null then 'mainstream_la_maintained'
                    {_cases(COLUMN_OF_SETTING, "setting")} else 'placement_unknown' end as kind
                from plan where in_force
            )
            select {self._people(by)} as "row", 1 as n,
                kind || case when kind in {MAINSTREAM!r} then {unit} else '' end as "column"
            from typed
        """
        return self._counted(query, self.columns.settings)

    def needs(self, by: str) -> pd.DataFrame:
        """Plans in force by age or sex: columns by need.

        Down syndrome stands under other needs until it has a column of its own.
        """
        rest = "" if "ds" in self.columns.own else "when need = 'DS' then 'oth'"
        query = f"""
            select {self._people(by)} as "row", 1 as n, case
                when need is null or need = 'NSA' then 'need_unknown'
                {rest} else lower(need) end as "column"
            from plan where in_force
        """
        return self._counted(query, self.columns.needs)

    def residential(self) -> pd.DataFrame:
        """Plans in force by age: columns `Res_3851` and `Res_52`."""
        columns = {"Res_3851": "residential = 1", "Res_52": "residential = 2"}
        return self._listed("(from plan where in_force)", self._people("age"), columns)

    def requests(self, by: str) -> pd.DataFrame:
        """Requests of the calendar year before, by outcome and whether decided in six weeks."""
        decided, days = "outcome in ('Y', 'N')", "decided - received"
        mine = f"year(received) = {self.day.year - 1} and outcome <> '{_HISTORICAL}'"
        return self._listed(
            f"(from request where {mine})",
            self._people(by, "received"),
            {
                "requests_decided_to_assess": "outcome = 'Y'",
                "requests_decided_not_to_assess": "outcome = 'N'",
                "requests_withdrawn": "outcome = 'W'",
                "requests_decision_not_made": "outcome not in ('Y', 'N', 'W')",
                "request_outcome_six_weeks": f"{decided} and {days} <= {_DUE}",
                # Still open, and late already.
                "request_outcome_over_6_weeks": f"{decided} and {days} > {_DUE} or "
                "outcome not in ('Y', 'N', 'W') and "
                f"date '{self.day}' - received > {_DUE}",
            },
        )

    def issued(self, by: str) -> pd.DataFrame:
        """Plans issued in the calendar year before: all, within 20 weeks, without exception.

        A plan that another authority issued and the child brought along is not issued here.
        """
        mine = f"year(started) = {self.day.year - 1} and not moved_in"
        soon = f"started - received <= {_ISSUED}"
        return self._listed(
            f"(from plan where {mine})",
            self._people(by, "started"),
            {
                "new_ehc_plans": "true",
                "plans_issued_den": "received is not null",
                "plans_issued_den_ex": "received is not null and not exception",
                "plans_issued_within_20_weeks": soon,
                "plans_issued_20_weeks_ex": f"{soon} and not exception",
            },
        )

    def ceased(self) -> pd.DataFrame:
        """Plans that ceased in the calendar year before, by age: a column a reason."""
        query = f"""
            select {self._people("age", "ceased")} as "row", 1 as n,
                case {_cases(REASONS, "reason")} else 'not_rec' end as "column"
            from plan where year(ceased) = {self.day.year - 1}
        """
        return self._counted(query, (*REASONS.values(), "not_rec"))

    def pupils(self, january: str, by: str) -> pd.DataFrame:
        """The January roll by sex or primary need: columns N, K and E (their provision)."""
        query = f"""
            select {by} as "row", provision as "column", count(*) as n
            from "pupil/{january}" where {by} is not null group by all
        """
        return self._counted(query, ("N", "K", "E"))

    def exclusions(self, year: str) -> pd.DataFrame:
        """An academic year by provision in January ("" if not on the roll)."""
        query = f"""
            with roll as (
                select * from "pupil/{int(year[:4]) + 1}" where school_type not in {ELSEWHERE!r}
            ), events as (
                select coalesce(roll.provision, '') as "row", permanent, e.person
                from "excluded/{year}" e left join roll on roll.person = e.person
                where e.school_type not in {ELSEWHERE!r}
            )
            select provision as "row", 'headcount' as "column", count(*) as n
            from roll group by all
            union all select "row", case when permanent then 'perm_excl' else 'suspension' end,
                count(*) from events group by all
            union all select "row", 'one_plus_susp', count(distinct person) from events
                where not permanent group by all
        """
        return self._counted(query, ("headcount", "suspension", "one_plus_susp", "perm_excl"))

    def reception(self, january: str) -> pd.DataFrame:
        """Pupils in Reception by home locality ("" if outside): columns N, K and E."""
        query = f"""
            select coalesce(place, '') as "row", provision as "column", count(*) as n
            from "pupil/{january}" where year_group = 'R' group by all
        """
        return self._counted(query, ("N", "K", "E"))

    def measured(self, year: str) -> pd.DataFrame:
        """Children measured who live here, by locality and school year: a column a category."""
        query = f"""
            select place || '|' || school_year as "row", weight as "column", count(*) as n
            from "measured/{year}" where place is not null group by all
        """
        return self._counted(
            query, ("underweight", "healthy", "overweight", "obese", "severely_obese")
        )


def _cases(codes: Mapping[str, str], column: str) -> str:
    """SQL: the branches of a `case` by a column's codes."""
    return " ".join(f"when {column} = '{code}' then '{name}'" for code, name in codes.items())
