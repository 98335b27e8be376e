"""Episodes of need as the children in need census shows them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from jsna.sources.cin_census.room import DISABILITIES as ROOM
from jsna.synthetic.course import (
    Course,
    Draw,
    Values,
    after,
    apart,
    between,
    chance,
    codes,
    column,
    where,
)
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
#: Days after a referral on which a plan begins; shares of enquiries without a conference, and of
#: factors that are a disabled child's disability; which factor that is.
_PLANNED, _NO_CONFERENCE, _OWN_FACTOR = 50, 0.15, 0.5
_FACTOR_OF: Final = {"LD": "5A", "AUT": "5A", "BEH": "4A", "MOB": "6A", "HEAR": "6A", "VIS": "6A"}
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


def _assessed(at: Course) -> Course:
    """A row for each factor of the assessment that every episode begins with."""
    start = at["referral_date"] + 1 + (at.rng.random(len(at)) * 4).astype(np.int64)
    begun = (start <= at.group.last) & (start <= at["closes"])
    of = at.rows(begun)
    of.columns |= {"assessment_start": start[begun], "assessment_review": start[begun] + 10}
    long = 20 + (at.rng.random(len(of)) * 40).astype(np.int64)
    of.columns["assessment_end"] = np.minimum(of["assessment_start"] + long, of["closes"])
    often = 1 + at.rng.poisson(at.world.effects.value("social_care.factors"), len(of))
    found = of.rows(np.repeat(np.arange(len(of)), often))
    found.columns["factor"] = _factor(found)
    return _once(found)


def _factor(at: Course) -> Values:
    """What was found: of a disabled child that, as often as not; each once."""
    drawn = codes("social_care.factor")(at)
    own = disabilities(at.world)[at.person, 0]
    own_codes = np.array([_FACTOR_OF.get(name, "") for name in DISABILITIES])[own]
    same = (own_codes != "") & (at.rng.random(len(at)) < _OWN_FACTOR)
    found = np.where(same, own_codes, drawn)
    return np.where(at["assessment_end"] <= at.group.last, found, "")


def _once(at: Course) -> Course:
    """Each factor of an assessment once."""
    of = np.stack([at["spell"].astype(str), at["factor"]])
    return at.rows(np.sort(np.unique(of, axis=1, return_index=True)[1]))


def _enquired(at: Course) -> Course:
    """The enquiry before each child protection plan, and those that led to none."""
    none = (at["kind"] == IN_NEED) & (at.rng.random(len(at)) < _NO_CONFERENCE)
    plan = at["kind"] == PROTECTED
    begun = np.where(plan, at["start"] - 14, at["referral_date"] + 3)
    found = at.rows(plan | none)
    found.columns["enquiry_start"] = np.maximum(begun, at["referral_date"])[plan | none]
    return found.rows(
        (found["enquiry_start"] <= at.group.last) & (found["enquiry_start"] <= found["closes"])
    )


def _planned(at: Course) -> Course:
    """Plans of children who are in need for longer than an assessment takes."""
    found = at.rows((at["kind"] == IN_NEED) & (at["closes"] > at["referral_date"] + _ASSESSED))
    found.columns["plan_start"] = found["referral_date"] + _PLANNED
    return found.rows(found["plan_start"] <= at.group.last)


def _of_episodes(table: str, history: Callable[[Course], Course], **then: Draw) -> Events:
    return Events(
        source=f"cin_census.{table}",
        who=Open(EPISODES),
        history=history,
        then={"row": row(OWN), **then},
        course=(OWN, table),
        order=("row", "referral_date"),
        shown=Shown(until="closes", back=0),
        says=child,
    )


SYNTHETIC: Final = Synthetic(
    views={
        "episodes": SHOWN,
        "assessments": _of_episodes("assessments", _assessed),
        "section47": _of_episodes(
            "section47",
            _enquired,
            conference_target=after("enquiry_start", between(15, 21)),
            conference_date=where("kind", PROTECTED, column("start")),
            conference_not_needed=lambda at: at["kind"] == IN_NEED,
        ),
        "plans": _of_episodes("plans", _planned, plan_end=column("closes")),
    },
    style=Style(crlf=True),
)
