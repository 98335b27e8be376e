"""How a date is written, told from its text alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.ingest.dates import Kind, kind_of

FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%Y-%b-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("03/04/2012", "day/month/year"),
        ("3/4/2012", "day/month/year"),
        ("03/04/2012 00:00", "day/month/year"),
        ("2012-04-03", "year-month-day"),
        ("2012-04-03 00:00:00", "year-month-day"),
        ("2022-Sep-28 00:00:00", "year-month's name-day"),
        ("2022-SEP-28", "year-month's name-day"),
        ("12/31/2012", Kind.MONTH_FIRST),
        ("31/02/2012", Kind.IMPOSSIBLE),
        ("29/02/2013", Kind.IMPOSSIBLE),
        ("32/13/2012", Kind.IMPOSSIBLE),
        ("2012-02-30", Kind.IMPOSSIBLE),
        ("2022-Feb-30 00:00:00", Kind.IMPOSSIBLE),
        ("2022-Sop-28 00:00:00", Kind.IMPOSSIBLE),
        ("03.04.2012", Kind.OTHER),
        ("2012/04/03", Kind.OTHER),
        ("last spring", Kind.OTHER),
        ("41002", Kind.OTHER),
    ],
)
def test_kinds(text: str, kind: Kind | str) -> None:
    assert kind_of(text, FORMATS) == kind


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_month_first_is_told_exactly_where_it_can_be(day: date) -> None:
    kind = kind_of(f"{day.month:02d}/{day.day:02d}/{day.year}", FORMATS)
    assert kind == (Kind.MONTH_FIRST if day.day > 12 else "day/month/year")
