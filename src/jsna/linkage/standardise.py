"""Identifiers made comparable: one row per record of a source, in columns every source has.

What a source does not carry is empty. A number that is not sound is kept apart from those that
are: it is never linked on by itself. The verdicts are counted for the quality report.

Columns of a standard table: `record`, `person` (whole numbers), `forename`, `surname` (capitals,
words run together), `names` (given names the forename may stand for, with | between), `words` (a
forename of several, with spaces between them; else null), `born` (ISO
text, so that impossible days can still be compared), `turned` (the same with day and month changed
over), `postcode`, `sector`, `sex` (F M), `house`, `street`, `town`, then `nhs_number`, `upn`,
`former_upn`, `uln`, `number`, sound ones only; `local_id`, which means something within the
source alone; `unproved`: an NHS number or UPN of the right shape
that is not sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jsna.linkage import numbers
from jsna.linkage.comparisons import TURNED
from jsna.linkage.kinds import KINDS, Source
from jsna.linkage.names import make_forms
from jsna.linkage.numbers import verdict
from jsna.model.linkage import Names

if TYPE_CHECKING:
    import duckdb

_POSTCODE = "[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}"
#: Postcodes the health service writes for no fixed or no known address.
_NOWHERE = "ZZ99[0-9][A-Z]{2}"
#: Days written otherwise than ISO, by what stands first.
_YEAR_FIRST: Final = "[0-9]{4}/[0-9]{2}/[0-9]{2}"
_DAY_FIRST: Final = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"
#: Days written where the day is not known.
_NO_DAY = ("1900-01-01", "1901-01-01", "1800-01-01", "9999-12-31")
#: Parts of an address that can be compared.
ADDRESS: Final = ("house", "street", "town")
#: Kinds of which every record gets a verdict.
JUDGED: Final = (
    *("nhs_number", "upn", "former_upn", "uln"),
    *("forename", "surname", "date_of_birth", "sex", "postcode"),
)
_SEXES: Final = {"F": ("F", "FEMALE", "2", "GIRL"), "M": ("M", "MALE", "1", "BOY")}


@dataclass(frozen=True, slots=True)
class Standard:
    """A source made comparable.

    Attributes:
        source: what it was made from.
        relation: the standard table.
        verdicts: the table of counts: `source`, `kind`, `verdict`, `records`.
    """

    source: Source
    relation: str
    verdicts: str

    def drop(self, database: duckdb.DuckDBPyConnection) -> None:
        """Let go of the standard table: whoever has put its records together has their own."""
        database.execute(f'DROP VIEW {self.relation}; DROP TABLE "held {self.source.name}"')


#: Columns of a standard table, after `record` and `person`.
COLUMNS: Final = (
    *(
        "forename",
        "surname",
        "names",
        "words",
        "born",
        "turned",
        "postcode",
        "sector",
        "sex",
        *ADDRESS,
    ),
    *("nhs_number", "upn", "former_upn", "uln", "number", "local_id", "unproved"),
)


def standardise(database: duckdb.DuckDBPyConnection, source: Source, names: Names) -> Standard:
    """Make the standard table of a source, `standard <name>`, and its verdicts.

    What the source does not carry is not stored: the standard table is a view over what is, in
    which the rest is empty.
    """
    given, held, verdicts = source, f'"held {source.name}"', f'"verdicts {source.name}"'
    source = _without_fractions(database, source)
    _make_name_forms(database, source, names)
    _make_postcode_forms(database, source)
    kept = _kept(source)
    query = _query(source, kept, dated=_is_dated(database, source))
    database.execute(f"CREATE OR REPLACE TEMP TABLE {held} AS {query}")
    columns = {**dict.fromkeys(COLUMNS, "NULL::VARCHAR"), **{name: name for name in kept}}
    if "born" in kept:
        columns["turned"] = TURNED.format("born")
    shown = ", ".join(f"{sql} AS {name}" for name, sql in columns.items() if name in COLUMNS)
    view = f'"standard {source.name}"'
    database.execute(
        f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT record, person, {shown} FROM {held}"
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE {verdicts} AS {_verdicts(source, held)}")
    return Standard(given, view, verdicts)


def _without_fractions(database: duckdb.DuckDBPyConnection, source: Source) -> Source:
    """The source with whole numbers where columns were read as fractions.

    A column of numbers with a gap in it becomes one of fractions in many programs, and a number or
    a date then reads `4000000004.0`.
    """
    columns = sorted(set(source.carries.values()))
    if not columns:
        return source
    shown = ", ".join(f"s.{column}" for column in columns)
    described = database.execute(f"DESCRIBE SELECT {shown} FROM {source.relation} s").fetchall()
    mended = [
        f"CASE WHEN isfinite(CAST(s.{column} AS DOUBLE)) "
        f"THEN regexp_replace(CAST(s.{column} AS VARCHAR), '[.]0+$', '') END AS {column}"
        for column, (_, kind, *_) in zip(columns, described, strict=True)
        if str(kind).startswith(("DOUBLE", "FLOAT", "DECIMAL"))
    ]
    if not mended:
        return source
    view = f'"whole {source.name}"'
    database.execute(
        f"CREATE OR REPLACE TEMP VIEW {view} AS "
        f"SELECT * REPLACE ({', '.join(mended)}) FROM {source.relation} s"
    )
    return replace(source, relation=view)


def _is_dated(database: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Whether the date of birth of a source is a column of dates."""
    column = source.carries.get("date_of_birth")
    if not column:
        return False
    rows = database.execute(f"DESCRIBE SELECT {column} FROM {source.relation}").fetchall()
    return str(rows[0][1]) == "DATE"


def _make_name_forms(database: duckdb.DuckDBPyConnection, source: Source, names: Names) -> None:
    """`_names`: every spelling of a name of the source, made plain once."""
    spelt = [
        f"SELECT CAST({source.carries[kind]} AS VARCHAR) AS spelt, {kind == 'forename'} AS given "
        f"FROM {source.relation}"
        for kind in ("forename", "surname")
        if kind in source.carries
    ] or ["SELECT NULL::VARCHAR AS spelt, false AS given"]
    make_forms(database, f"({' UNION ALL '.join(spelt)})", "_names", names)


def _make_postcode_forms(database: duckdb.DuckDBPyConnection, source: Source) -> None:
    """`_postcodes`: every spelling of a postcode of the source, made plain once."""
    column = source.carries.get("postcode")
    spelt = f"SELECT CAST({column} AS VARCHAR) FROM {source.relation}" if column else "SELECT NULL"
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _postcodes AS
        WITH plain AS (
            SELECT spelt, nullif(regexp_replace(upper(spelt), '[^A-Z0-9]', '', 'g'), '') AS plain
            FROM (SELECT DISTINCT spelt FROM ({spelt}) t(spelt) WHERE spelt IS NOT NULL)
        ), judged AS (
            SELECT *, CASE
                WHEN plain IS NULL THEN {verdict("missing")}
                WHEN regexp_full_match(plain, '{_NOWHERE}') THEN {verdict("nowhere")}
                WHEN regexp_full_match(plain, '{_POSTCODE}') THEN {verdict("valid")}
                ELSE {verdict("shape")} END AS verdict
            FROM plain
        )
        SELECT spelt, verdict,
            CASE WHEN verdict <> 'nowhere' THEN plain END AS postcode,
            CASE WHEN verdict = 'valid' THEN left(plain, -2) END AS sector
        FROM judged
        """
    )


def _query(source: Source, kept: Mapping[str, str], *, dated: bool) -> str:
    """SQL of what is held of a source: what is given, then the verdicts, then what is sound.

    `dated`: the date of birth is read as a date already, and need not be looked at as text.
    """
    given = ", ".join(f"{sql} AS {name}" for name, sql in _given(source, dated=dated).items())
    verdicts = "".join(f", {sql} AS {kind}_verdict" for kind, sql in _tests(source).items())
    values = "".join(
        f", {digits(f'given_{kind}')} AS digits_{kind}"
        for kind, digits in numbers.DIGITS.items()
        if kind in source.carries
    )
    return f"""
        WITH given AS (
            SELECT {given} FROM {source.relation} s {" ".join(_joins(source))}
        ), valued AS (SELECT *{values} FROM given),
        judged AS (SELECT *{verdicts} FROM valued)
        SELECT record, person{"".join(f", {sql} AS {name}" for name, sql in kept.items())}
        FROM judged
    """


def _kept(source: Source) -> dict[str, str]:
    """Column -> SQL of what is held of a source, the verdicts after what can be compared."""
    has = source.carries
    kept: dict[str, str] = {}
    for kind in ("forename", "surname", "sex", "postcode", *ADDRESS, "number", "local_id"):
        if kind in has:
            kept[kind] = f"given_{kind}"
    if "forename" in has:
        kept["names"], kept["words"] = "names", "words"
    if "postcode" in has:
        kept["sector"] = "sector"
    if "date_of_birth" in has:
        kept["born"] = "CASE WHEN date_of_birth_verdict <> 'unknown' THEN born END"
    for kind in ("nhs_number", "upn", "former_upn", "uln"):
        if kind in has:
            kept[kind] = f"CASE WHEN {kind}_verdict = 'valid' THEN given_{kind} END"
    unproved = [
        f"CASE WHEN {kind}_verdict IN ('check', 'authority', 'range') THEN given_{kind} END"
        for kind in ("nhs_number", "upn")
        if kind in has
    ]
    if unproved:
        kept["unproved"] = f"coalesce({', '.join((*unproved, 'NULL'))})"
    return {**kept, **{f"{kind}_verdict": f"{kind}_verdict" for kind in JUDGED if kind in has}}


def _given(source: Source, *, dated: bool) -> dict[str, str]:
    """Column -> SQL of what a source gives, made plain."""
    has = {kind: f"s.{column}" for kind, column in source.carries.items()}
    given = {
        "record": f"CAST(s.{source.record} AS BIGINT)",
        "person": f"CAST(s.{source.person or source.record} AS BIGINT)",
    }
    for kind, forms, column in (("forename", "f", "plain"), ("surname", "n", "plain"),
                                ("postcode", "p", "postcode")):  # fmt: skip
        if kind in has:
            given[f"given_{kind}"] = f"{forms}.{column}"
            given[f"{kind}_verdict"] = f"coalesce({forms}.verdict, {verdict('missing')})"
    if "forename" in has:
        given["names"], given["words"] = "f.groups", "f.words"
    if "postcode" in has:
        given["sector"] = "p.sector"
    if "date_of_birth" in has:
        given["born"] = _day(has["date_of_birth"], dated=dated)
    if "sex" in has:
        given["given_sex"] = _sex(has["sex"])
        given["sex_verdict"] = _sex_verdict(has["sex"])
    for kind in ADDRESS:
        if kind in has:
            given[f"given_{kind}"] = _address(has[kind])
    for kind in ("nhs_number", "upn", "former_upn", "uln", "number", "local_id"):
        if kind in has:
            given[f"given_{kind}"] = numbers.plain(has[kind])
    return given


def _tests(source: Source) -> dict[str, str]:
    """Kind -> SQL of the verdict, of the kinds that are not judged by their spelling alone."""
    synthetic, authorities = source.synthetic, source.authorities
    tests = {"date_of_birth": _day_verdict("born")}
    for kind in ("upn", "former_upn"):
        tests[kind] = numbers.upn(f"given_{kind}", authorities, value=f"digits_{kind}")
    tests["nhs_number"] = numbers.nhs_number(
        "given_nhs_number", synthetic=synthetic, value="digits_nhs_number"
    )
    tests["uln"] = numbers.uln("given_uln", "digits_uln")
    return {kind: sql for kind, sql in tests.items() if kind in source.carries}


def _joins(source: Source) -> list[str]:
    """What brings the plain form of every spelling to the records."""
    return [
        f"LEFT JOIN {forms} {alias} ON {alias}.spelt = CAST(s.{source.carries[kind]} AS VARCHAR)"
        + extra
        for kind, forms, alias, extra in (
            ("forename", "_names", "f", " AND f.given"),
            ("surname", "_names", "n", " AND NOT n.given"),
            ("postcode", "_postcodes", "p", ""),
        )
        if kind in source.carries
    ]


def _day(column: str, *, dated: bool) -> str:
    """SQL of a day as ISO text, from a date, ISO text, eight digits or day/month/year; else null.

    Where the year does not stand first, the day does, as in English returns.
    """
    if dated:
        return f"CAST({column} AS VARCHAR)"
    text = f"trim(CAST({column} AS VARCHAR), ' \t\u00a0')"
    day, month = (f"lpad(regexp_extract({text}, '{_DAY_FIRST}', {i}), 2, '0')" for i in (1, 2))
    return (
        f"CASE WHEN {text} SIMILAR TO '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*' THEN left({text}, 10) "
        f"WHEN regexp_full_match({text}, '[0-9]{{8}}') "
        f"THEN left({text}, 4) || '-' || substr({text}, 5, 2) || '-' || right({text}, 2) "
        f"WHEN regexp_full_match({text}, '{_YEAR_FIRST}') THEN replace({text}, '/', '-') "
        f"WHEN regexp_full_match({text}, '{_DAY_FIRST}') "
        f"THEN regexp_extract({text}, '{_DAY_FIRST}', 3) || '-' || {month} || '-' || {day} END"
    )


def _day_verdict(born: str) -> str:
    unknown = ", ".join(f"'{day}'" for day in _NO_DAY)
    return (
        f"CASE WHEN {born} IS NULL THEN {verdict('missing')} "
        f"WHEN {born} IN ({unknown}) THEN {verdict('unknown')} "
        f"WHEN TRY_CAST({born} AS DATE) IS NULL THEN {verdict('impossible')} "
        f"ELSE {verdict('valid')} END"
    )


def _sex(column: str) -> str:
    """SQL of F or M; another or no sex tells nobody apart."""
    text = f"upper(trim(CAST({column} AS VARCHAR)))"
    tests = " ".join(f"WHEN {text} IN {written} THEN '{sex}'" for sex, written in _SEXES.items())
    return f"CASE {tests} END"


def _sex_verdict(column: str) -> str:
    return (
        f"CASE WHEN nullif(trim(CAST({column} AS VARCHAR)), '') IS NULL THEN {verdict('missing')} "
        f"WHEN {_sex(column)} IS NULL THEN {verdict('other')} ELSE {verdict('valid')} END"
    )


def _address(column: str) -> str:
    """SQL of a part of an address in capitals, without marks and spaces."""
    text = f"upper(strip_accents(CAST({column} AS VARCHAR)))"
    return f"nullif(regexp_replace({text}, '[^A-Z0-9]+', '', 'g'), '')"


def _verdicts(source: Source, table: str) -> str:
    """SQL of how often each verdict was given: `source, kind, verdict, records`."""
    judged = [kind for kind in KINDS if kind in source.carries and kind in JUDGED]
    counts = [
        f"SELECT '{kind}' AS kind, CAST({kind}_verdict AS VARCHAR) AS verdict, records FROM "
        f"(SELECT {kind}_verdict, count(*) AS records FROM {table} GROUP BY ALL)"
        for kind in judged
    ] or ["SELECT NULL AS kind, NULL AS verdict, 0 AS records WHERE false"]
    name = source.name.replace("'", "''")
    return (
        f"SELECT '{name}' AS source, * FROM ({' UNION ALL '.join(counts)}) ORDER BY kind, verdict"
    )
