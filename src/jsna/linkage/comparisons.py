"""How two records are compared: each trait in levels, from full agreement to none.

Declared once. The Splink model is built from this table, and holds the conditions it was trained
with, so that scoring reads the model alone. Conditions see the columns of two standard records
with `_l` and `_r`. `m` and `u` (how often a level is reached by records of one person, and of
two) are where training starts, and stay where the data say nothing about a level.

Levels follow the measured recommendation: names exactly (rare names counting more), by nickname and
by Jaro-Winkler .92 and .80; dates with day and month changed over, one edit (Damerau), or two of
three parts; postcodes whole, one edit, or sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jsna.linkage.blocks import BLOCKS
from jsna.linkage.kinds import NUMBERS

#: SQL of a day as ISO text with day and month changed over.
TURNED: Final = "left({0}, 5) || right({0}, 2) || substr({0}, 5, 3)"
#: A name is not taken to be rarer than this, however few bear it in small data.
RAREST: Final = 0.00005


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement.

    Attributes:
        name: as it is told.
        condition: SQL; the first level whose condition holds is the pair's. The last has none.
        m, u: probabilities to start from.
        rare: column whose rarer values count for more.
    """

    name: str
    condition: str
    m: float
    u: float
    rare: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A trait and its levels, best first; `missing` says when there is nothing to compare."""

    name: str
    missing: str
    levels: tuple[Level, ...]


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _alike(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _common(column: str) -> str:
    return f"list_has_any(string_split({column}_l, '|'), string_split({column}_r, '|'))"


def _crossed(one: str, other: str) -> str:
    return f"jaro_winkler_similarity({one}, {other}) >= 0.92"


def _one_edit(column: str) -> str:
    """One letter other, too many, too few, or two changed over.

    Then the last letters are the same, or the edit is in the last two places and all before them is
    the same: where neither holds, which is nearly always, the costly function is not called.
    """
    one, other = f"{column}_l", f"{column}_r"
    but_two = " = ".join(f"left({name}, greatest(length({one}) - 2, 0))" for name in (one, other))
    return (
        f"(right({one}, 1) = right({other}, 1) OR {but_two}) "
        f"AND damerau_levenshtein({one}, {other}) <= 1"
    )


#: Equal under any sound number of a kind; a former UPN is as good as a present one.
_SAME = (
    "nhs_number_l = nhs_number_r OR upn_l = upn_r OR uln_l = uln_r OR number_l = number_r "
    "OR upn_l = former_upn_r OR former_upn_l = upn_r"
)
_NO_NUMBERS = " AND ".join(f"({_missing(kind)})" for kind in NUMBERS)

COMPARISONS: Final = (
    Comparison(
        "forename", _missing("forename"),
        (
            Level("exact", "forename_l = forename_r", 0.90, 0.005, rare="forename"),
            Level("nickname", _common("names"), 0.04, 0.005),
            Level("close", _alike("forename", 0.92), 0.02, 0.003),
            Level("changed over", _crossed("forename_l", "surname_r"), 0.005, 0.0005),
            Level("similar", _alike("forename", 0.8), 0.015, 0.01),
            Level("initial", "left(forename_l, 1) = left(forename_r, 1)", 0.01, 0.08),
            Level("other", "", 0.01, 0.8965),
        ),
    ),
    Comparison(
        "surname", _missing("surname"),
        (
            Level("exact", "surname_l = surname_r", 0.92, 0.003, rare="surname"),
            Level("close", _alike("surname", 0.92), 0.03, 0.002),
            Level("changed over", _crossed("surname_l", "forename_r"), 0.005, 0.0005),
            Level(
                "part",
                "least(length(surname_l), length(surname_r)) >= 4 AND ("
                "starts_with(surname_l, surname_r) OR starts_with(surname_r, surname_l) "
                "OR ends_with(surname_l, surname_r) OR ends_with(surname_r, surname_l))",
                0.005, 0.001,
            ),
            Level("similar", _alike("surname", 0.8), 0.015, 0.006),
            Level("other", "", 0.025, 0.9875),
        ),
    ),
    Comparison(
        "date_of_birth", _missing("born"),
        (
            Level("exact", "born_l = born_r", 0.975, 0.0002),
            Level("changed over", f"born_l = {TURNED.format('born_r')}", 0.005, 0.0001),
            Level("one edit", _one_edit("born"), 0.01, 0.0035),
            Level(
                "two parts",
                "(left(born_l, 4) = left(born_r, 4))::INT + (right(born_l, 2) = right(born_r, 2))"
                "::INT + (substr(born_l, 6, 2) = substr(born_r, 6, 2))::INT >= 2",
                0.005, 0.008,
            ),
            Level("other", "", 0.005, 0.9882),
        ),
    ),
    Comparison(
        "postcode", _missing("postcode"),
        (
            Level("exact", "postcode_l = postcode_r", 0.90, 0.0002),
            Level("sector", "sector_l = sector_r", 0.02, 0.005),
            Level("one edit", _one_edit("postcode"), 0.01, 0.0008),
            Level("other", "", 0.07, 0.994),
        ),
    ),
    Comparison(
        "sex", _missing("sex"),
        (Level("same", "sex_l = sex_r", 0.995, 0.5), Level("other", "", 0.005, 0.5)),
    ),
    Comparison(
        "number", _NO_NUMBERS,
        (Level("same", _SAME, 0.99, 0.00001), Level("other", "", 0.01, 0.99999)),
    ),
    Comparison(
        "house", _missing("house"),
        (Level("exact", "house_l = house_r", 0.85, 0.02), Level("other", "", 0.15, 0.98)),
    ),
    Comparison(
        "street", _missing("street"),
        (
            Level("exact", "street_l = street_r", 0.75, 0.001),
            Level("close", _alike("street", 0.9), 0.13, 0.003),
            Level("other", "", 0.12, 0.996),
        ),
    ),
    Comparison(
        "town", _missing("town"),
        (
            Level("exact", "town_l = town_r", 0.8, 0.005),
            Level("close", _alike("town", 0.9), 0.1, 0.003),
            Level("other", "", 0.1, 0.992),
        ),
    ),
)  # fmt: skip

#: Where training looks for records of one person: those that share a sound number, of which enough
#: must be; else two blocks between which every trait is free to differ.
NUMBER_BLOCKS: Final = {kind: f"l.{kind} = r.{kind}" for kind in NUMBERS}
TRAIT_BLOCKS: Final = (
    "l.born = r.born AND l.postcode = r.postcode",
    "l.forename = r.forename AND l.surname = r.surname",
)


def settings() -> dict[str, Any]:
    """The Splink settings the table above stands for, untrained."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "record",
        "linker_uid": "jsna",
        "probability_two_random_records_match": 1e-5,
        "em_convergence": 0.0001,
        "max_iterations": 25,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [_comparison(comparison) for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": block.rule()} for block in BLOCKS if not block.wide
        ],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    missing = {
        "sql_condition": comparison.missing,
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [missing, *(_level(level) for level in comparison.levels)],
    }


def _level(level: Level) -> dict[str, Any]:
    rare = {
        "tf_adjustment_column": level.rare,
        "tf_adjustment_weight": 1.0,
        "tf_minimum_u_value": RAREST,
    }
    return {
        "sql_condition": level.condition or "ELSE",
        "label_for_charts": level.name,
        "m_probability": level.m,
        "u_probability": level.u,
        **(rare if level.rare else {}),
    }
