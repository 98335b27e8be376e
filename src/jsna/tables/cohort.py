"""Pupils with all the services that knew them in a year."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import Column, Implied
from jsna.shared.beside_roll import TRUE, beside_roll, is_known

#: Those that all have to be there for a pupil to be known to no service. A child looked after is a
#: child in need, and in that census: asking both would set apart the few of whom one record was
#: linked and not the other, and these few would have to be protected.
KNOWING: Final = {"mental_health": "seen", "community": "referred", "cin_census": "in_need"}
_HEALTH: Final = f"{is_known('seen')} or {is_known('referred')}"
_CARE: Final = is_known("in_need")

TABLES: Final = (
    beside_roll(
        "cohort",
        "a pupil on the January roll, with the services that knew them that year",
        KNOWING,
        {
            Column("mh_contact", "boolean", "Seen by mental health services"): is_known("seen"),
            Column("community", "boolean", "Referred to community health"): is_known("referred"),
            Column("in_need", "boolean", "A child in need on 31 March"): _CARE,
            Column("services"): f"case when ({_HEALTH}) and {_CARE} then 'both' "
            f"when {_HEALTH} then 'health' when {_CARE} then 'care' else 'neither' end",
        },
        implies=tuple(
            Implied(column, "services", frozenset({which, "both"}), TRUE)
            for column, which in (
                ("mh_contact", "health"),
                ("community", "health"),
                ("in_need", "care"),
            )
        ),
    ),
)
