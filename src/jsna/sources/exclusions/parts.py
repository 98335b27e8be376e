"""Suspensions as the school census has them: two tables of each termly export, put together.

Their rows have no pupil and no school but by the tables they hang on. A year is made up of three
exports, in which an event comes two terms late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.model.parts import About, Parts
from jsna.shared.census_export import SCHOOLS, number, pupils, with_schools

if TYPE_CHECKING:
    import pandas as pd

#: Table of events -> table of the pupils they are of.
_OF: Final = {
    "termlyexclusionsonroll": "pupilonroll",
    "termlyexclusionsoffroll": "pupilnolongeronroll",
}


def _text(
    name: str, field: str, what: str, *aliases: str, required: bool = False, kind: str = "string"
) -> Column:
    return Column(
        name, field, "date" if kind == "date" else "string", what, required=required,
        nullable=True, aliases=aliases,
    )  # fmt: skip


def _events(name: str) -> Table:
    return Table(
        name,
        "One suspension or permanent exclusion.",
        (
            number(f"{_OF[name]}tableid", "pupil_id"),
            _text("Category", "category", "Suspension or exclusion.", required=True),
            _text("Reason1", "reason_1", "First reason.", "Reason", required=True),
            _text("Reason2", "reason_2", "Second reason."),
            _text("Reason3", "reason_3", "Third reason."),
            _text("StartDate", "start_date", "First day.", required=True, kind="date"),
            _text("Sessions", "sessions", "Sessions missed.", "ActualNumberOfSessions"),
            _text("SENprovision", "sen_provision_at_event", "Provision at the event."),
        ),
        may_be_empty=True,
    )


def _put_together(parts: Mapping[str, pd.DataFrame], _: About) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    made = []
    for name, of in _OF.items():
        events = parts.get(name)
        if events is None or of not in parts:
            continue
        who = with_schools(parts[of], parts).drop_duplicates("pupil_id")
        rows = events.merge(who.drop(columns="source_row"), on="pupil_id", how="left")
        made.append(rows.drop(columns=["pupil_id", "census_id"]))
    return {"exclusions": pd.concat(made, ignore_index=True)}


PARTS: Final = Parts(
    (
        *(_events(name) for name in _OF),
        *(pupils(name, f"{name}tableid") for name in _OF.values()),
        SCHOOLS,
    ),
    ("termlyexclusionsoffroll", "pupilnolongeronroll", SCHOOLS.name),
    _put_together,
)
