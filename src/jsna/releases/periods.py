"""Times as publishers write them, made into the periods of the measure table.

Explore Education Statistics writes 2024 or 202425. The Local Authority Interactive Tool has 65
spellings, among them 2023/24, 2024-25, "2025 (prov)", 2013/14-15/16, 2014-16 and a bare 0.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_QUALIFIER: Final = re.compile(r"\s*\(([^)]*)\)\s*$")
_YEAR: Final = re.compile(r"(20\d\d|19\d\d)")
_JOINED: Final = re.compile(r"((?:19|20)\d\d)(\d\d)")
_SPAN: Final = re.compile(r"((?:19|20)\d\d)[/-](\d\d|(?:19|20)\d\d)")
_SPAN_OF_SPANS: Final = re.compile(r"((?:19|20)\d\d)/(\d\d)-(?:(?:19|20)?\d\d)/(\d\d)")
#: What the brackets after a year mean, for the note.
QUALIFIERS: Final = {
    "prov": "Provisional.",
    "provisional": "Provisional.",
    "rev": "Revised by the publisher.",
    "revised": "Revised by the publisher.",
    "final": "",
    "ot": "Outturn.",
}


class Time(NamedTuple):
    """First and last year of a published time, and what its brackets say (lower case)."""

    first: int
    last: int
    qualifier: str


def _last(first: int, text: str) -> int:
    if len(text) == 4:
        return int(text)
    last = first // 100 * 100 + int(text)
    return last + 100 if text == "00" and last < first else last


def parse(text: str) -> Time | None:
    """The years a published time spans, or None where it is not a time."""
    found = _QUALIFIER.search(text)
    qualifier = found.group(1).strip().lower() if found else ""
    bare = _QUALIFIER.sub("", text).strip().removesuffix(".0")
    if match := _YEAR.fullmatch(bare):
        return Time(int(bare), int(bare), qualifier)
    if match := _SPAN_OF_SPANS.fullmatch(bare):
        first = int(match.group(1))
        return Time(first, _last(first, match.group(3)), qualifier)
    if match := (_JOINED.fullmatch(bare) or _SPAN.fullmatch(bare)):
        first = int(match.group(1))
        last = _last(first, match.group(2))
        return Time(first, last, qualifier) if last > first else None
    return None


def period(text: str, period_type: str) -> str | None:
    """The measure table's period of a published time, or None where the two do not fit.

    A school year written 202425 or 2024/25 stands for January 2025 where `period_type` is
    `january`, and a financial year for 31 March 2025 where it is `31_march`. A single year for an
    academic or financial year is the year it ended in, which is how the Local Authority Interactive
    Tool writes them.
    """
    time = parse(text)
    if time is None:
        return None
    years = time.last - time.first
    if period_type in ("academic_year", "financial_year"):
        if years > 1:
            return None
        return f"{time.last - 1}/{time.last % 100:02d}"
    if period_type == "three_years":
        return f"{time.first}-{time.last % 100:02d}" if years in (2, 3) else None
    if period_type in ("january", "31_march") and years <= 1:
        return str(time.last)
    return str(time.last) if years == 0 else None


def year(release: str) -> str:
    """The year a release of reference data is of, from its description ("Mid-2020")."""
    found = re.findall(r"\b(?:19|20)\d\d\b", release)
    if not found:
        raise ValueError(f"no year in {release!r}")
    return str(found[-1])
