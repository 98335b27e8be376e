"""The fictional area's own figures for its invented official release, by the department's rules.

Counted from the clean rows of the invented people, with their dates of birth, by the footnotes of
the department's own releases, and without the validators, the linkage or anything of `measures`, so
that reconciling the engine's figures with the release is a check and not an echo. The release on
EHC plans of 2025 (`data-guidance.txt`): ages of requests are those "on the date the request … was
received", of new plans "when plan started", of ceased plans "on the date the plan ceased", of all
others current ones. Suspensions and exclusions: of state-funded primary, secondary and special
schools; everybody suspended in the year counts, on the January roll or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from jsna.synthetic.official_columns import (
    COLUMN_OF_SETTING,
    COLUMN_OF_TYPE,
    ELSEWHERE,
    MAINSTREAM,
    NEEDS,
    REASONS,
    SETTINGS,
)

if TYPE_CHECKING:
    import duckdb

    from jsna.edition import Configuration

#: Days within which a request is to be decided on.
_DUE = 42


class Home:
    """Counts of one area, from the frames the generator shows as extracts.

    Every method returns whole numbers: an index of ages, sexes or categories, columns of figures.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], config: Configuration) -> None:
        import duckdb

        self.connection: duckdb.DuckDBPyConnection = duckdb.connect()
        self.day = config.edition.reference_date
        self.locality = "ward_code" if config.area.localities_are == "ward" else "district_code"
        self.periods: dict[str, list[str]] = {}
        for key in sorted(frames):
            name, period = key.split("/", 1)
            self.periods.setdefault(name, []).append(period)
            self.connection.register(self._view(name, period), frames[key])

    @staticmethod
    def _view(name: str, period: str) -> str:
        return f"{name}/{period}".replace(".", "_").replace("/", "_")

    def _table(self, name: str, period: str | None = None) -> str:
        return f'"{self._view(name, period or self.periods[name][-1])}"'

    def _sql(self, query: str) -> pd.DataFrame:
        found: pd.DataFrame = self.connection.sql(query).df()
        return found

    def _counted(self, query: str, columns: Sequence[str]) -> pd.DataFrame:
        """`query` gives `row`, `column` and `n`; a table of rows by columns, 0 where none."""
        found = self._sql(f'select "row", "column", sum(n) as n from ({query}) group by all')
        table = found.pivot(index="row", columns="column", values="n")
        wide = table.reindex(columns=list(columns)).fillna(0).astype("int64")
        return wide.sort_index()

    def _age(self, day: str = "") -> str:
        """Whole years on a day (SQL), or on census day."""
        day = day or f"date '{self.day}'"
        return f"date_part('year', age({day}, p.date_of_birth))::integer"

    def _cases(self, codes: Mapping[str, str], column: str) -> str:
        return " ".join(f"when {column} = '{code}' then '{name}'" for code, name in codes.items())

    def _people(self, by: str, day: str = "") -> str:
        return self._age(day) if by == "age" else "p.sex"

    def plans(self, by: str) -> pd.DataFrame:
        """Plans in force by age or sex: columns `SETTINGS`."""
        units = "case when sen_unit then '_senunit' when resourced_provision then"
        query = f"""
            with main as (
                select * from {self._table("sen2.placementdetail")}
                qualify row_number() over (
                    partition by activeplans_table_id order by placement_rank
                ) = 1
            ), college as (
                select ukprn, min(establishment_type) as establishment_type
                from {self._table("schools.school")} where ukprn is not null group by ukprn
            ), typed as (
                select a.*, m.sen_setting, m.sen_unit, m.resourced_provision,
                    coalesce(s.establishment_type, c.establishment_type) as kind
                from {self._table("sen2.activeplans")} a
                    left join main m using (activeplans_table_id)
                    left join {self._table("schools.school")} s using (school_urn)
                    left join college c on c.ukprn = m.ukprn and m.school_urn is null
            ), placed as (
                select *, case {self._cases(COLUMN_OF_TYPE, "kind")}
                    when kind is not null then 'mainstream_la_maintained'
                    {self._cases(COLUMN_OF_SETTING, "sen_setting")}
                    else 'placement_unknown' end as setting
                from typed
            )
            select {self._people(by)} as "row", 1 as n,
                case when setting in {MAINSTREAM!r}
                    then setting || {units} '_resourced_provision' else '' end
                    else setting end as "column"
            from placed
                join {self._table("sen2.requests")} using (requests_table_id)
                join {self._table("sen2.person")} p using (person_table_id)
        """
        return self._counted(query, SETTINGS)

    def needs(self, by: str) -> pd.DataFrame:
        """Plans in force by age or sex: columns `NEEDS`; Down syndrome stands under other needs."""
        query = f"""
            select {self._people(by)} as "row", 1 as n, case
                when sen_type is null or sen_type = 'NSA' then 'need_unknown'
                when sen_type = 'DS' then 'oth' else lower(sen_type) end as "column"
            from {self._table("sen2.activeplans")} a
                left join (
                    select activeplans_table_id, arg_min(sen_type, sen_type_rank) as sen_type
                    from {self._table("sen2.senneed")} group by activeplans_table_id
                ) using (activeplans_table_id)
                join {self._table("sen2.requests")} using (requests_table_id)
                join {self._table("sen2.person")} p using (person_table_id)
        """
        return self._counted(query, NEEDS)

    def residential(self) -> pd.DataFrame:
        """Plans in force by age: columns `Res_3851` and `Res_52`."""
        query = f"""
            select {self._age()} as "row", 1 as n,
                case residential when 'A' then 'Res_3851' when 'B' then 'Res_52' end as "column"
            from {self._table("sen2.activeplans")} a
                left join {self._table("sen2.placementdetail")} d using (activeplans_table_id)
                join {self._table("sen2.requests")} using (requests_table_id)
                join {self._table("sen2.person")} p using (person_table_id)
            where d.placement_rank = 1 and d.residential is not null
        """
        return self._counted(query, ("Res_3851", "Res_52"))

    def requests(self, by: str) -> pd.DataFrame:
        """Requests of the calendar year before, by outcome and whether decided in six weeks."""
        year, decided = self.day.year - 1, "request_outcome in ('Y', 'N')"
        days = "request_outcome_date - received_date"
        names = {
            "requests_decided_to_assess": "request_outcome = 'Y'",
            "requests_decided_not_to_assess": "request_outcome = 'N'",
            "requests_withdrawn": "request_outcome = 'W'",
            "requests_decision_not_made": "request_outcome not in ('Y', 'N', 'W')",
            "request_outcome_six_weeks": f"{decided} and {days} <= {_DUE}",
            # Still open, and late already.
            "request_outcome_over_6_weeks": f"{decided} and {days} > {_DUE} or "
            "request_outcome not in ('Y', 'N', 'W') and "
            f"date '{self.day}' - received_date > {_DUE}",
        }
        columns = " ".join(
            f'union all select "row", \'{name}\' as "column", count(*) as n '
            f'from rows where {condition} group by "row"'
            for name, condition in names.items()
        ).removeprefix("union all ")
        query = f"""
            with rows as (
                select {self._people(by, "received_date")} as "row", r.*
                from {self._table("sen2.requests")} r
                    join {self._table("sen2.person")} p using (person_table_id)
                where year(received_date) = {year} and request_outcome <> 'H'
            ) {columns}
        """
        return self._counted(query, tuple(names))

    def issued(self, by: str) -> pd.DataFrame:
        """Plans issued in the calendar year before: all, within 20 weeks, without exception.

        A plan that another authority issued and the child brought along is not issued here.
        """
        query = f"""
            with rows as (
                select {self._people(by, "start_date")} as "row",
                    start_date - received_date <= 140 as soon,
                    coalesce(week_20_exception, false) as exception
                from {self._table("sen2.namedplan")} n
                    join {self._table("sen2.assessment")} using (assessment_table_id)
                    join {self._table("sen2.requests")} r using (requests_table_id)
                    join {self._table("sen2.person")} p using (person_table_id)
                where year(start_date) = {self.day.year - 1} and requests_table_id not in (
                    select requests_table_id from {self._table("sen2.activeplans")}
                    where transfer_la is not null
                )
            )
            select "row", 'new_ehc_plans' as "column", count(*) as n from rows group by all
            union all select "row", 'plans_issued_den', count(soon) from rows group by all
            union all select "row", 'plans_issued_den_ex', count(*) from rows
                where soon is not null and not exception group by all
            union all select "row", 'plans_issued_within_20_weeks', count(*) from rows
                where soon group by all
            union all select "row", 'plans_issued_20_weeks_ex', count(*) from rows
                where soon and not exception group by all
        """
        return self._counted(
            query,
            (
                "new_ehc_plans", "plans_issued_den", "plans_issued_den_ex",
                "plans_issued_within_20_weeks", "plans_issued_20_weeks_ex",
            ),
        )  # fmt: skip

    def ceased(self) -> pd.DataFrame:
        """Plans that ceased in the calendar year before, by age: a column a reason."""
        query = f"""
            select {self._age("cease_date")} as "row", 1 as n,
                case {self._cases(REASONS, "cease_reason")} else 'not_rec' end as "column"
            from {self._table("sen2.namedplan")} n
                join {self._table("sen2.assessment")} using (assessment_table_id)
                join {self._table("sen2.requests")} using (requests_table_id)
                join {self._table("sen2.person")} p using (person_table_id)
            where year(cease_date) = {self.day.year - 1}
        """
        return self._counted(query, (*REASONS.values(), "not_rec"))

    def pupils(self, period: str, by: str) -> pd.DataFrame:
        """The January roll by sex or primary need: columns N, K and E (their provision)."""
        row = "sex" if by == "sex" else "primary_need"
        query = f"""
            select {row} as "row", sen_provision as "column", count(*) as n
            from {self._table("school_census.census", period)}
            where enrol_status in ('C', 'M') and {row} is not null group by all
        """
        return self._counted(query, ("N", "K", "E"))

    def exclusions(self, year: str) -> pd.DataFrame:
        """An academic year by provision in January ("" if not on the roll)."""
        january = str(int(year[:4]) + 1)
        query = f"""
            with counted as (
                select school_urn from {self._table("schools.school")}
                where establishment_type not in {ELSEWHERE!r}
            ), roll as (
                select upn, sen_provision from {self._table("school_census.census", january)}
                    join counted using (school_urn)
                where enrol_status in ('C', 'M')
            ), events as (
                select coalesce(roll.sen_provision, '') as "row", category, e.upn
                from {self._table("exclusions.exclusions", year)} e
                    join counted using (school_urn) left join roll on roll.upn = e.upn
            )
            select sen_provision as "row", 'headcount' as "column", count(*) as n
            from roll group by all
            union all select "row", case category when 'SUSP' then 'suspension' else 'perm_excl'
                end, count(*) from events group by all
            union all select "row", 'one_plus_susp', count(distinct upn) from events
                where category = 'SUSP' group by all
        """
        return self._counted(query, ("headcount", "suspension", "one_plus_susp", "perm_excl"))

    def reception(self, january: str) -> pd.DataFrame:
        """Pupils in Reception by home locality ("" if outside): columns N, K and E."""
        query = f"""
            select coalesce(l.{self.locality}, '') as "row", sen_provision as "column",
                count(*) as n
            from {self._table("school_census.census", january)} c
                left join {self._table("areas.lsoa")} l using (lsoa_code)
            where enrol_status in ('C', 'M') and year_group = 'R' group by all
        """
        return self._counted(query, ("N", "K", "E"))

    def measured(self, year: str) -> pd.DataFrame:
        """Children measured who live here, by locality and school year: a column a category."""
        query = f"""
            select coalesce(l.{self.locality}, '') || '|' || school_year as "row",
                weight_category as "column", count(*) as n
            from {self._table("ncmp.measurements", year)} m
                left join {self._table("areas.lsoa")} l using (lsoa_code)
            where m.lsoa_code is null or l.lsoa_code is not null group by all
        """
        return self._counted(
            query, ("underweight", "healthy", "overweight", "obese", "severely_obese")
        )
