"""Episodes of need as the children in need census shows them."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from jsna.sources.cin_census.rules import DISABILITIES as ROOM
from jsna.synthetic.course import Course, Values, apart, chance, codes, column, where
from jsna.synthetic.draws import Ints
from jsna.synthetic.events import Events, Shown
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.social_care import DISABILITIES, EPISODES, IN_NEED, OWN, PROTECTED, disabilities
from jsna.synthetic.social_care_child import child, row
from jsna.synthetic.spells import Open
from jsna.synthetic.view import Quantity

#: Days an episode closed after assessment lasts at most.
_ASSESSED: Final = 90
#: Share of ended plans with room after them for a second in the same episode, and days between.
_SECOND_PLAN, _BETWEEN = 0.1, 60


def _second_plans(at: Course) -> Course:
    """Of some episodes a second row, with a second child protection plan."""
    room = (at["kind"] == PROTECTED) & at["again"]
    room &= at["end"] + 2 * _BETWEEN <= np.minimum(at["closes"], at.group.last)
    second = np.flatnonzero(room)
    found = at.rows(np.r_[np.arange(len(at)), second])
    later = np.arange(len(found)) >= len(at)
    found.columns |= {
        "start": np.where(later, found["end"] + _BETWEEN, found["start"]),
        # Still in force when the episode closes, if it does.
        "end": np.where(later, found["closes"], found["end"]),
        "previous_plans": found["previous_plans"] + later,
    }
    return found


def _why_closed(at: Course) -> Values:
    """Why an episode ended: only what ended soon was closed after assessment."""
    lasted = (at["closes"] - at["referral_date"]).astype(np.int64)
    long = (at["kind"] != IN_NEED) | (lasted > _ASSESSED)
    why = np.where(
        long & np.isin(at["closure_reason"], ["RC8", "RC9"]), "RC7", at["closure_reason"]
    )
    return np.where(at["of_age"], "RC6", why)


def _says(at: Course) -> dict[str, Quantity]:
    recorded: Ints = disabilities(at.world)[at.person]
    none = np.full(len(at), -1)
    columns = [*recorded.T, *[none] * (ROOM - recorded.shape[1])]
    return child(at) | {
        f"disability_{number}": partial(text_of, DISABILITIES, column)
        for number, column in enumerate(columns, 1)
    }


SHOWN: Final = Events(
    source="cin_census",
    who=Open(
        EPISODES,
        also={
            "referral_source": apart(codes("social_care.source"), OWN, "source"),
            "closure_reason": apart(codes("social_care.closure"), OWN, "closure"),
            "abuse_category": apart(codes("social_care.abuse"), OWN, "abuse"),
            "again": apart(chance(_SECOND_PLAN), OWN, "second plan"),
        },
    ),
    history=_second_plans,
    then={
        "row": row(OWN),
        "referral_nfa": lambda at: np.zeros(len(at), dtype=bool),
        "closure_date": column("closes"),
        "closure_reason": _why_closed,
        "initial_conference_date": where("kind", PROTECTED, column("start")),
        "cpp_start_date": where("kind", PROTECTED, column("start")),
        "cpp_end_date": where("kind", PROTECTED, column("end")),
        "abuse_category": where("kind", PROTECTED, column("abuse_category")),
        "previous_plans": where("kind", PROTECTED, column("previous_plans")),
    },
    order=("row", "referral_date"),
    shown=Shown(
        until="closes",
        back=0,
        told={
            "closure_reason": "closure_date", "abuse_category": "cpp_start_date",
            "previous_plans": "cpp_start_date",
        },
    ),
    says=_says,
)  # fmt: skip

SYNTHETIC: Final = Synthetic(views={"episodes": SHOWN}, style=Style(crlf=True))
