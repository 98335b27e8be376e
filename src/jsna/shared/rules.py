"""Rules that several extracts have, made in one place of what differs: fields, words, severity.

Each gives a `Rule` of the code, severity and message it is given; `more` goes to the rule as it is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from jsna.model.contract import Context, Rule, Severity
from jsna.shared.checks import age_on, equal, given, implies, within
from jsna.shared.identifiers import nhs_number_ok, upn_letter_ok
from jsna.shared.periods import window

if TYPE_CHECKING:
    import pandas as pd

_YEAR: Final = "financial_year"

UPN_LETTER: Final = Rule(
    "upn.letter", "warning",
    "the check letter of 'UPN' does not agree with its digits; kept as it is",
    ("upn",), lambda rows, _: upn_letter_ok(rows["upn"]),
)  # fmt: skip
#: Of a return that asks why there is no number.
UPN_OR_WHY: Final = Rule(
    "upn_unknown.absent", "warning", "there is no 'UPN' and no 'UPNunknown' says why",
    ("upn", "upn_unknown"), lambda rows, _: given(rows["upn"]) | given(rows["upn_unknown"]),
)  # fmt: skip
NHS_NUMBER: Final = Rule(
    "nhs_number.check_digit", "warning",
    "'NHSNumber' cannot have been issued (its check digit or its range is wrong)",
    ("nhs_number",),
    lambda rows, context: nhs_number_ok(rows["nhs_number"], synthetic=context.synthetic),
)  # fmt: skip


def in_order(
    code: str, severity: Severity, message: str, earlier: str, later: str, **more: Any
) -> Rule:
    """A day is not before another of the same row."""
    return Rule(
        code, severity, message, (earlier, later),
        lambda rows, _: rows[later] >= rows[earlier], ordered=True, **more,
    )  # fmt: skip


def no_more(
    code: str, severity: Severity, message: str, part: str, whole: str, **more: Any
) -> Rule:
    """A number is not above another of the same row, such as places taken above places."""
    return in_order(code, severity, message, part, whole, **more)


def days_in_order(*fields: str) -> tuple[Rule, ...]:
    """Each of some days is not before the one named before it; where it is, that is told."""
    return tuple(
        in_order(
            f"{later}.before_{earlier}", "warning",
            f"{_called(later)} is before {_called(earlier)}", earlier, later,
        )
        for earlier, later in pairwise(fields)
    )  # fmt: skip


def part_of(part: str, whole: str) -> Rule:
    """A row in which a part is more than its whole is set aside."""
    message = f"{_called(part)} is more than {_called(whole)}"
    return no_more(f"{part}.above_{whole}", "error", message, part, whole)


def _called(field: str) -> str:
    return f"'{field.replace('_', ' ')}'"


def by_end(
    code: str, severity: Severity, message: str, field: str, year: str = _YEAR, **more: Any
) -> Rule:
    """A day is not after the delivery's year."""
    return Rule(
        code, severity, message, (field,),
        lambda rows, context: rows[field] <= window(context.period, year)[1], days="to", **more,
    )  # fmt: skip


def in_year(code: str, message: str, field: str, year: str = _YEAR) -> Rule:
    """A day is one of the delivery's year."""
    return Rule(
        code, "error", message, (field,),
        lambda rows, context: within(rows[field], *window(context.period, year)), days="within",
    )  # fmt: skip


def from_start(code: str, severity: Severity, message: str, field: str, **more: Any) -> Rule:
    """A day is not before the delivery's financial year."""
    return Rule(
        code, severity, message, (field,),
        lambda rows, context: rows[field] >= window(context.period, _YEAR)[0], days="from", **more,
    )  # fmt: skip


def by_reference(code: str, severity: Severity, message: str, field: str, **more: Any) -> Rule:
    """A day is not after the one the delivery describes."""
    return Rule(
        code, severity, message, (field,),
        lambda rows, context: rows[field] <= context.reference_date, days="to", **more,
    )  # fmt: skip


def at_most(years: int, message: str) -> Rule:
    """Nobody is older than that on the day the delivery describes."""
    return Rule(
        "date_of_birth.age", "warning", message, ("date_of_birth",),
        lambda rows, context: age_on(rows["date_of_birth"], context.reference_date) <= years,
    )  # fmt: skip


def pupils_aged(least: int, most: int, *, year: str = "", message: str = "") -> Rule:
    """Pupils are of such ages at the end of a year, or on the day the delivery describes.

    Who is born later than that day is told by a rule of its own.
    """

    def aged(rows: pd.DataFrame, context: Context) -> pd.Series[bool]:
        on = window(context.period, year)[1] if year else context.reference_date
        age = age_on(rows["date_of_birth"], on)
        return (age < 0) | ((age >= least) & (age <= most))

    told = message or f"the pupil is under {least} or over {most} years old"
    return Rule("date_of_birth.age", "warning", told, ("date_of_birth",), aged)


def needs(
    code: str, severity: Severity, message: str, fields: tuple[str, str], if_given: str
) -> Rule:
    """Where one of two fields is filled, so is the other."""
    (other,) = set(fields) - {if_given}
    return Rule(
        code, severity, message, fields,
        lambda rows, _: implies(given(rows[if_given]), given(rows[other])),
    )  # fmt: skip


def of_code(code: str, message: str, coded: str, field: str, *codes: str) -> Rule:
    """A field is filled where another is one of some codes."""
    return Rule(
        code, "warning", message, (coded, field),
        lambda rows, _: implies(equal(rows[coded], *codes), given(rows[field])),
    )  # fmt: skip
