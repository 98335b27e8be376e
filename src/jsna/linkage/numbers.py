"""Whether numbers that name a person are sound, in SQL: fast enough for a million records.

The rules are those of `jsna.shared.identifiers`, where their sources are named; a test holds the
two to each other. Every function takes SQL that gives text without spaces and returns SQL that
gives a verdict, `valid` for the only one a number is linked on by itself. `value` is SQL of the
digits as a number: a column, if the text is to be read once and not for every digit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from jsna.shared.identifiers import (
    AUTHORITY_NUMBERS,
    NHS_NUMBERS_INVENTED,
    NHS_NUMBERS_ISSUED,
    UPN_LETTERS,
    UPN_PATTERN,
)

#: Verdict -> what it means, in the order they are tried: of numbers, then of other identifiers.
VERDICTS: Final = {
    "missing": "nothing given",
    "shape": "not written as such a number or postcode",
    "repeated": "ten equal digits",
    "check": "the check digit or letter does not agree",
    "range": "never issued: outside the ranges in use",
    "authority": "carries a number no authority has or had",
    "unknown": "a name or day that stands for one not known",
    "unnamed": "a word for a child without a name yet",
    "impossible": "a day that is in no calendar",
    "nowhere": "a postcode for no fixed or no known address",
    "other": "a sex that is neither F nor M",
    "valid": "sound",
}
#: SQL of the type of a verdict: a byte for each record; text takes longer to write than to find.
_TYPE: Final = f"ENUM({', '.join(map(repr, VERDICTS))})"


def verdict(name: str) -> str:
    """SQL of one of `VERDICTS`."""
    return f"{name!r}::{_TYPE}"


def plain(column: str) -> str:
    """SQL of a number as text without spaces and dashes, in capitals; null where nothing is left.

    Numbers that were read as such (by a spreadsheet, say) are taken too.
    """
    # Spaces and dashes of every kind: what is copied from a page or a sheet often has others.
    text = f"CAST({column} AS VARCHAR)"
    others = f"regexp_replace({text}, '[\\s\\pZ\\p{{Pd}}]', '', 'g')"
    # As many bytes as characters: only ASCII ones, which are found sooner.
    usual = f"translate({text}, ' -\t\n\r\f', '')"
    plain = f"CASE WHEN strlen({text}) = length({text}) THEN {usual} ELSE {others} END"
    # Most are plain as they stand, which is found sooner still.
    return (
        f"CASE WHEN regexp_full_match({text}, '[0-9A-Z]+') THEN {text} "
        f"ELSE nullif(upper({plain}), '') END"
    )


def nhs_number(text: str, *, synthetic: bool, value: str = "") -> str:
    """SQL of the verdict on an NHS number: sound in the ranges of `jsna.shared.identifiers`."""
    value = value or DIGITS["nhs_number"](text)
    total = _weighted(value, 10, range(10, 1, -1))
    check = f"(11 - ({total}) % 11) % 11 <> {value} % 10"
    first = f"{value} // 10000000"
    ranges = NHS_NUMBERS_INVENTED if synthetic else NHS_NUMBERS_ISSUED
    inside = " OR ".join(f"{first} BETWEEN {low} AND {high}" for low, high in ranges)
    return _verdict(
        text,
        ("shape", f"NOT regexp_full_match({text}, '[0-9]{{10}}')"),
        # Ten equal digits are multiples of ten ones.
        ("repeated", f"{value} % 1111111111 = 0"),
        ("check", check),
        ("range", f"NOT ({inside})"),
    )


def upn(text: str, authorities: Collection[str] | None = None, *, value: str = "") -> str:
    """SQL of the verdict on a unique pupil number, permanent or temporary.

    `authorities` are the numbers it may carry (`jsna.model.areas.authorities`); any of the
    range in use where not given.
    """
    digits = value or DIGITS["upn"](text)
    last = f"substr({text}, 13, 1)"
    final = f"coalesce(TRY_CAST({last} AS BIGINT), strpos('{UPN_LETTERS}', {last}) - 1)"
    total = f"{_weighted(digits, 11, range(2, 13))} + {final} * 13"
    letter = f"({total}) % 23 <> strpos('{UPN_LETTERS}', substr({text}, 1, 1)) - 1"
    number = f"substr({text}, 2, 3)"
    low, high = AUTHORITY_NUMBERS
    known = (
        f"{number} BETWEEN '{low}' AND '{high}'"
        if authorities is None
        else f"{number} IN ({', '.join(repr(str(a)) for a in sorted(authorities)) or 'NULL'})"
    )
    return _verdict(
        text,
        ("shape", f"NOT regexp_full_match({text}, '{UPN_PATTERN}')"),
        ("check", letter),
        ("authority", f"NOT coalesce({known}, false)"),
    )


def uln(text: str, value: str = "") -> str:
    """SQL of the verdict on a unique learner number: ten digits, the last 10 - Σ mod 11."""
    value = value or DIGITS["uln"](text)
    total = _weighted(value, 10, range(10, 1, -1))
    return _verdict(
        text,
        ("shape", f"NOT regexp_full_match({text}, '[1-9][0-9]{{9}}')"),
        ("repeated", f"{value} % 1111111111 = 0"),
        ("check", f"({total}) % 11 = 0 OR 10 - ({total}) % 11 <> {value} % 10"),
    )


def number(text: str) -> str:
    """SQL of the verdict on a number that has no check of its own."""
    return _verdict(text)


#: Kind -> SQL of the digits of such a number that are weighed, as one number.
DIGITS: Final[Mapping[str, Callable[[str], str]]] = {
    "nhs_number": lambda text: f"TRY_CAST({text} AS BIGINT)",
    "upn": lambda text: f"TRY_CAST(substr({text}, 2, 11) AS BIGINT)",
    "former_upn": lambda text: f"TRY_CAST(substr({text}, 2, 11) AS BIGINT)",
    "uln": lambda text: f"TRY_CAST({text} AS BIGINT)",
}


def _weighted(value: str, places: int, weights: range) -> str:
    """SQL of the sum of leading digits of a number of so many places times their weights.

    A digit is the number cut off after it, less ten times the number cut off before it; so each of
    these is divided once, with the difference of two weights, and no remainder is taken.
    """
    factors = [
        weight - 10 * after for weight, after in zip(weights, (*weights[1:], 0), strict=True)
    ]
    terms = [
        f"{value} // {10 ** (places - 1 - place)} * ({factor})"
        for place, factor in enumerate(factors)
    ]
    return " + ".join(terms)


def _verdict(text: str, *tests: tuple[str, str]) -> str:
    tried = " ".join(f"WHEN {fails} THEN {verdict(name)}" for name, fails in tests)
    return f"CASE WHEN {text} IS NULL THEN {verdict('missing')} {tried} ELSE {verdict('valid')} END"
