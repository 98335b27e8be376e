"""Children referred to community health services."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import View

TABLES: Final = (
    View(
        # A child with a referral that was open in the year, whether seen yet or still waiting.
        name="referred",
        sql="""
        select distinct person_key, period from "community.referrals" order by period, person_key
        """,
    ),
)
