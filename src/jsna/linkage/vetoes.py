"""What speaks against a pair however well the rest of it agrees: families, and numbers that differ.

Surname, date of birth and home are what twins share, so that a model which takes traits to agree
independently of each other finds twins next to certain to be one child. Only a forename, a sex or a
sound number tells them apart. A pair whose forenames contradict each other, or cannot be compared,
and a pair with two different sound numbers is therefore never a sure link: it is kept from being
one (a *veto*), or sent to the review band (*held*).

Forenames agree where one may be the other written otherwise: equal, a nickname, changed over with
the surname, cut short or run together, an initial, one edit of the keyboard, another spelling of
the same consonants, or fewer of the same words. They are alike where they share an initial, where
only some of their words agree, or where one edit makes another name in use (Jayden, Hayden). Else
they contradict each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.linkage.passes import missing, reaches

if TYPE_CHECKING:
    import duckdb

#: How far two forenames agree.
_SAME, _AGREE, _ALIKE, _CONTRADICT, _NONE = 4, 3, 2, 1, 0
#: Bearers from which on a name is in use, and the least share of the bearers of another name it
#: may be taken for: mistyped forms of a usual name are rarer.
_BEARERS: Final = 3
_SHARE: Final = 0.01


def make_names(database: duckdb.DuckDBPyConnection, bearers: str, name: str) -> None:
    """Make the table `name` of every forename in use: `forename`, `bearers`, `bones`.

    Args:
        database: holds the tables.
        bearers: relation of `forename` and how many `bearers` it has.
        name: of the table.
    """
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        f"SELECT forename, bearers, {_bones('forename')} AS bones FROM {bearers}"
    )


def judge(
    database: duckdb.DuckDBPyConnection,
    pairs: str,
    sides: tuple[str, str],
    names: str,
    name: str,
) -> None:
    """Make the table `name` of pairs of people there is something against.

    All records of both people are looked at: one pair of records that agree is enough.

    Args:
        database: holds the tables.
        pairs: a relation with `left_person`, `right_person`.
        sides: the standard tables of both.
        names: what `make_names` made.
        name: of the table made: `left_person`, `right_person`, `veto` (why, in words), `out`
            (whether the pair is no link at all).
    """
    if not database.execute(f"SELECT count(*) FROM {pairs}").fetchall()[0][0]:
        # To plan the query below takes longer than to judge a thousand pairs.
        columns = "left_person BIGINT, right_person BIGINT, veto VARCHAR, out BOOLEAN"
        database.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
        return
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        WITH compared AS (
            SELECT p.left_person, p.right_person, max({_forenames()}) AS forenames,
                bool_or({reaches("sex", ("other",))} AND NOT ({missing("sex")})) AND NOT
                    bool_or({reaches("sex", ("same",))}) AS sexes_differ,
                bool_or({_numbers_differ()}) AND NOT bool_or({reaches("number", ("same",))})
                    AS numbers_differ
            FROM {pairs} p JOIN {sides[0]} a ON a.person = p.left_person
            JOIN {sides[1]} b ON b.person = p.right_person
            LEFT JOIN {names} n ON n.forename = a.forename
            LEFT JOIN {names} m ON m.forename = b.forename
            GROUP BY ALL
        )
        SELECT left_person, right_person,
            CASE WHEN numbers_differ THEN 'numbers'
                WHEN sexes_differ THEN 'sex'
                WHEN forenames = {_CONTRADICT} THEN 'forename'
                WHEN forenames = {_ALIKE} THEN 'forename alike' ELSE 'no forename' END AS veto,
            (numbers_differ OR sexes_differ) AND forenames < {_AGREE} AS out
        FROM compared
        WHERE numbers_differ OR forenames < {_AGREE} OR sexes_differ AND forenames < {_SAME}
        """
    )


def clear(
    database: duckdb.DuckDBPyConnection,
    pairs: str,
    linked: str,
    sides: tuple[str, str],
    names: str,
    name: str,
) -> None:
    """Make the table `name` of held pairs that are one child after all, as the twin is another.

    Where somebody of the same surname, date of birth and home is surely linked to somebody else,
    and has a forename (or sex) that contradicts the one in doubt, it is not the twin who is meant.

    Args:
        pairs: relation of the pairs held for their forenames alone.
        linked: relation of the sure links.
        database, sides, names, name: as of `judge`; the table has `left_person`, `right_person`.
    """
    same = " AND ".join(f"c.{trait} = a.{trait}" for trait in ("surname", "born", "postcode"))
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _twins AS
        SELECT DISTINCT c.person AS left_person, p.right_person, p.left_person AS held
        FROM {pairs} p JOIN {sides[0]} a ON a.person = p.left_person
        JOIN {sides[0]} c ON {same} AND c.person <> a.person
        SEMI JOIN {linked} k ON k.left_person = c.person
        """
    )
    judge(database, "(SELECT left_person, right_person FROM _twins)", sides, names, "_no_twins")
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT held AS left_person, right_person "
        "FROM _twins JOIN _no_twins n USING (left_person, right_person) "
        "WHERE n.veto IN ('forename', 'sex')"
    )


def _numbers_differ() -> str:
    """SQL of whether two records have different sound numbers of one kind.

    A temporary pupil number, which ends in a letter, is replaced by a permanent one in time, and so
    says nothing. Numbers that have no check of their own are left to the model.
    """
    lasting = " AND ".join(f"right({side}.upn, 1) BETWEEN '0' AND '9'" for side in "ab")
    return (
        "coalesce(a.nhs_number <> b.nhs_number, false) OR coalesce(a.uln <> b.uln, false) "
        f"OR coalesce(a.upn <> b.upn AND {lasting}, false)"
    )


def _forenames() -> str:
    """SQL of how far the forenames of two records agree, as a grade."""
    one, other = "a.forename", "b.forename"
    in_use = (
        f"least(n.bearers, m.bearers) >= {_BEARERS} "
        f"AND least(n.bearers, m.bearers) >= {_SHARE} * greatest(n.bearers, m.bearers)"
    )
    respelt = (
        "n.bones = m.bones AND length(n.bones) >= 3 "
        f"AND jaro_winkler_similarity({one}, {other}) >= 0.8"
    )
    alike = f"left({one}, 1) = left({other}, 1) OR jaro_winkler_similarity({one}, {other}) >= 0.8"
    nickname = reaches("forename", ("exact", "nickname"))
    # Surname and forename in each other's place; a forename alone may be like a surname by chance.
    turned = " AND ".join(reaches(name, ("changed over",)) for name in ("forename", "surname"))
    return f"""CASE
        WHEN {missing("forename")} THEN {_NONE}
        WHEN {one} = {other} OR ({turned}) THEN {_SAME}
        WHEN a.words IS NOT NULL OR b.words IS NOT NULL THEN {_by_words(nickname)}
        WHEN {nickname} OR {_cut(one, other)} OR ({respelt}) THEN {_AGREE}
        WHEN {_one_edit(one, other)} THEN
            CASE WHEN {in_use} THEN {_ALIKE} ELSE {_AGREE} END
        WHEN {alike} THEN {_ALIKE} ELSE {_CONTRADICT} END"""


def _by_words(nickname: str) -> str:
    """SQL of the grade where a forename has several words: those of the shorter must be found.

    So `JAMES` agrees with `PETER JAMES`, but `MOHAMMED ALI` is only like `MOHAMMED HASSAN`.
    """
    one, other = (
        f"string_split(coalesce({side}.words, {side}.forename), ' ')" for side in ("a", "b")
    )
    fewer = f"len({one}) <= len({other})"
    short = f"CASE WHEN {fewer} THEN {one} ELSE {other} END"
    long = f"CASE WHEN {fewer} THEN {other} ELSE {one} END"
    found = f"x = y OR {_cut('x', 'y')} OR {_one_edit('x', 'y')}"
    lacking = (
        f"len(list_filter(list_slice({short}, 1 + ({nickname})::INT, 99), "
        f"lambda x: len(list_filter({long}, lambda y: {found})) = 0))"
    )
    run_together = _one_edit("a.forename", "b.forename")
    return (
        f"CASE WHEN {lacking} = 0 OR {run_together} THEN {_AGREE} "
        f"WHEN {nickname} OR {lacking} < len({short}) THEN {_ALIKE} ELSE {_CONTRADICT} END"
    )


def _cut(one: str, other: str) -> str:
    """SQL of whether one name is the beginning of the other: an initial, or three letters."""
    return (
        f"((starts_with({one}, {other}) OR starts_with({other}, {one})) "
        f"AND least(length({one}), length({other})) <> 2)"
    )


def _one_edit(one: str, other: str) -> str:
    """SQL of whether one name is the other mistyped: one edit, or two in a long one."""
    least, most = (f"{end}(length({one}), length({other}))" for end in ("least", "greatest"))
    return (
        f"(({most} >= 3 AND damerau_levenshtein({one}, {other}) <= 1) OR ({least} >= 6 AND "
        f"damerau_levenshtein({one}, {other}) <= 2 "
        f"AND jaro_winkler_similarity({one}, {other}) >= 0.92))"
    )


def _bones(name: str) -> str:
    """SQL of the consonants of a name; a letter doubled counts once."""
    plain = f"replace(replace(replace({name}, 'PH', 'F'), 'CK', 'K'), 'C', 'K')"
    bare = f"regexp_replace({plain}, '[AEIOUYW]+', '', 'g')"
    for letter in "BDFGHJKLMNPQRSTVXZ":
        bare = f"replace({bare}, '{letter}{letter}', '{letter}')"
    return bare
