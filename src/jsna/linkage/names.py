"""How names are made comparable, and which given names belong together.

The lists stand in `config/linkage/names.yaml`, to be reviewed and extended without code. Names are
made plain in SQL; a distinct spelling is made plain once, however many children bear it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from jsna.linkage.numbers import verdict
from jsna.model.linkage import Names

if TYPE_CHECKING:
    import duckdb

#: Letters that are no plain letter with an accent, and what stands for them.
_LETTERS: Final = (("ß", "ss"), ("Æ", "AE"), ("Œ", "OE"), ("æ", "ae"), ("œ", "oe"))
_ONE_LETTER: Final = ("ØøŁłĐđÐðÞþıİ", "OoLlDdDdTtiI")


def words(column: str) -> str:
    """SQL of a name as its words in capitals, without accents, apostrophes and other marks."""
    text = f"CAST({column} AS VARCHAR)"
    for letter, plain in _LETTERS:
        text = f"replace({text}, '{letter}', '{plain}')"
    text = f"upper(strip_accents(translate({text}, '{_ONE_LETTER[0]}', '{_ONE_LETTER[1]}')))"
    # O'Brien is one word; Smith-Jones and Smith Jones are two.
    joined = f"regexp_replace({text}, '[''’‘`´ʼ.]', '', 'g')"
    return f"trim(regexp_replace({joined}, '[^\\p{{L}}]+', ' ', 'g'))"


def make_forms(database: duckdb.DuckDBPyConnection, raw: str, table: str, names: Names) -> None:
    """Make `table` of every spelling in the relation `raw` (columns `spelt`, `given`).

    Columns: `spelt`; `given` (whether it is a forename); `plain` (the words without a space, null
    where no name is known); `first` (the first word); `words` (a name of several, with spaces);
    `groups` (given names the first word, or the
    whole, may stand for, with | between); `verdict` (`valid`, `missing`, `unknown`, `unnamed`).
    """
    groups = names.groups()
    # As parameters: a table of Arrow would be registered by way of pandas, which takes longer to
    # import than names to make plain.
    database.execute(
        "CREATE OR REPLACE TEMP TABLE _nicknames AS "
        "SELECT unnest($1::VARCHAR[]) AS name, unnest($2::VARCHAR[][]) AS stands",
        [list(groups), list(groups.values())],
    )
    title, suffix = "|".join(names.titles) or "\\b\\B", "|".join(names.suffixes) or "\\b\\B"
    unnamed = f"given AND split_part(said, ' ', 1) IN ({_texts(names.unnamed)})"
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        WITH said AS (
            SELECT spelt, given, regexp_replace(
                regexp_replace({words("spelt")}, '^({title}) (.)', '\\2'), ' ({suffix})$', ''
            ) AS said
            FROM (SELECT DISTINCT spelt, given FROM {raw} WHERE spelt IS NOT NULL)
        ), judged AS (
            SELECT *, CASE
                WHEN said = '' THEN {verdict("missing")}
                WHEN said IN ({_texts(names.unknown)}) THEN {verdict("unknown")}
                WHEN {unnamed} THEN {verdict("unnamed")}
                ELSE {verdict("valid")} END AS verdict
            FROM said
        ), plain AS (
            SELECT spelt, given, verdict,
                CASE WHEN verdict = 'valid' THEN replace(said, ' ', '') END AS plain,
                CASE WHEN verdict = 'valid' THEN split_part(said, ' ', 1) END AS first,
                CASE WHEN verdict = 'valid' AND contains(said, ' ') THEN said END AS words
            FROM judged
        )
        SELECT p.*, CASE WHEN given AND p.plain IS NOT NULL THEN
            array_to_string(list_sort(list_distinct(list_concat(
                coalesce(f.stands, [p.first]), coalesce(w.stands, [p.plain])
            ))), '|') END AS groups
        FROM plain p
        LEFT JOIN _nicknames f ON f.name = p.first
        LEFT JOIN _nicknames w ON w.name = p.plain
        """
    )
    database.execute("DROP TABLE _nicknames")


def _texts(words_: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words_) or "NULL"
