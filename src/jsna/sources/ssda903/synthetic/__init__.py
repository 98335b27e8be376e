"""What the return says of a year: children, episodes, reviews, outcomes and times missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.sources.ssda903.synthetic.care import CARE, OWN
from jsna.synthetic import written
from jsna.synthetic.course import (
    NEVER,
    Course,
    Draw,
    Values,
    after,
    between,
    chance,
    codes,
    column,
    one_of,
    where,
)
from jsna.synthetic.draws import YEAR, Bools, Days, Floats, Ints, stream
from jsna.synthetic.events import Events, Shown
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.social_care_child import SOURCE, child, row
from jsna.synthetic.spells import Open, birthday
from jsna.synthetic.view import Quantity

#: Days of care after which reviews are held, then twice a year; so many at most.
_REVIEWS: Final = np.r_[[26, 116], 116 + 182 * np.arange(1, 38)]
_SDQ_REASONS: Final = ("SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5")
#: Ages at which the questionnaire is asked for, and from which children go missing.
_SDQ_FROM, _SDQ_TO, _MISSING_FROM = 4, 16, 10
#: Age from which who leaves care is asked about afterwards, and ages at which they are.
_CARE_LEFT, _LEAVERS = 16, (17, 21)
#: The same people, with those who left care in so many years before.
_EVER: Final = Open(CARE, years=6)
#: Ages of which a column is filled.
_ANY, _ASKED, _OLD = (0, 99), (_SDQ_FROM, _SDQ_TO), (_MISSING_FROM, 99)
_ROW: Final = row(OWN)


# ---- whose rows --------------------------------------------------------------------------------


def _children(at: Course) -> Course:
    """One row a child looked after in the year, or asked about as a care leaver."""
    leavers = np.isin(at.member, _leavers(at).member)
    here = at.rows((at["until"] >= at.group.first) | leavers)
    return here.rows(np.unique(here.member, return_index=True)[1])


def _leavers(at: Course) -> Course:
    """Young people who left care at 16 or later, before their birthday of 17 to 21 in the year."""
    order = np.lexsort((at["care_start_date"], at.member))
    every = at.rows(order)
    found = every.rows(np.r_[every.member[1:] != every.member[:-1], True][: len(every)])
    age = _whole_years(found.born, np.full(len(found), found.group.last))
    left, born = found["until"], found.born
    ended = (left >= birthday(born, _CARE_LEFT)) & (found["legal_status"] != "V4")
    turned = np.array([birthday(born, years) for years in range(_LEAVERS[1] + 1)])
    on = turned[age.clip(0, _LEAVERS[1]), np.arange(len(found))]
    asked = (age >= _LEAVERS[0]) & (age <= _LEAVERS[1]) & (left < on)
    return found.rows(ended & asked & ~np.isin(found["end_reason"], ("E2", "E3")))


def _times(at: Course) -> Course:
    """One row for each time in care, in the order of the children."""
    found = at.rows(np.lexsort((at["care_start_date"], _ROW(at))))
    return found.rows(np.sort(np.unique(found["spell"], return_index=True)[1]))


def _whole_year(at: Course) -> Course:
    """Times in care that last through the year, agreed short breaks apart."""
    through = (at["start"] <= at.group.first) & (at["end"] > at.group.last)
    return _times(at.rows(through & (at["legal_status"] != "V4")))


def _reviewed(at: Course) -> Course:
    """Reviews of the year: after a month and four months of care, then twice a year."""
    times, group = _times(at), at.group
    days = times["start"][:, None] + _REVIEWS[None, :]
    last = np.minimum(times["end"], group.last)[:, None] - 1
    of, which = np.nonzero((days >= group.first) & (days <= last))
    found = times.rows(of)
    found.columns["review_date"] = days[of, which]
    return found


def _missed(at: Course) -> Course:
    """Times in the year that children in care were missing, none before the last one is over."""
    times, group = _times(at), at.group
    begin = np.maximum(times["start"], group.first)
    days = (np.minimum(times["end"], group.last) - begin).astype(np.int64) - 5
    share = at.world.effects.values("looked_after.missing")
    ever = (at.rng.random(len(times)) < share["share"]) & (days > 0)
    ever &= _whole_years(times.born, begin) >= _MISSING_FROM
    often = np.where(ever, 1 + at.rng.poisson(share["more"], len(times)), 0)
    of = np.repeat(np.arange(len(times)), often)
    start = begin[of] + (at.rng.random(len(of)) * days[of]).astype(np.int64)
    order = np.lexsort((start, of))
    of, start = of[order], start[order]
    later = (of[1:] != of[:-1]) | ((start[1:] - start[:-1]).astype(np.int64) > 4)
    apart = np.r_[True, later][: len(of)]
    found = times.rows(of[apart])
    found.columns["missing_start"] = start[apart]
    return found


# ---- what is said of them ----------------------------------------------------------------------


def _whole_years(born: Days, on: Days) -> Ints:
    """Whole years of age, each on its own day."""
    months = [days.astype("datetime64[M]") for days in (on, born)]
    in_month = [days - of for days, of in zip((on, born), months, strict=True)]
    whole = (months[0] - months[1]).astype(np.int64) - (in_month[0] < in_month[1])
    age: Ints = whole // 12
    return age


def _age(day: str = "") -> Draw:
    """Whole years of age as social care has it, on a day or at the end of the year."""

    def draw(at: Course) -> Ints:
        on = at[day] if day else np.full(len(at), at.group.last)
        return _whole_years(written.Records(at.world, at.person, SOURCE, at["first"]).born(), on)

    return draw


def _of_age(ages: tuple[int, int], draw: Draw) -> Draw:
    """Whether, of those of some ages; drawn of all."""
    least, most = ages
    return lambda at: draw(at) & (at["age"] >= least) & (at["age"] <= most)


def _outcome(name: str, ages: tuple[int, int] = _ANY) -> Draw:
    """Whether, in the share of a parameter."""
    return _of_age(ages, chance(f"looked_after.outcomes.{name}"))


def _score(at: Course) -> Floats:
    """Score of the questionnaire, where there is one."""
    score = np.round(at.rng.normal(14.0, 7.0, len(at))).clip(0, 40)
    return np.where(at["scored"], score, np.nan)


def _why_none(at: Course) -> Values:
    """Why there is no score of a child who was to have one."""
    asked: Bools = (at["age"] >= _SDQ_FROM) & (at["age"] <= _SDQ_TO)
    return np.where(asked & ~at["scored"], one_of(_SDQ_REASONS)(at), "")


def _child_born(at: Course) -> Days:
    """Birth of the child of a few girls in care, by the end of the year."""
    people, count = at.world.people, len(at.world.people)
    rng = stream(at.world.synthesis.seed, OWN, "mothers")
    luck, later = rng.random(count)[at.person], rng.integers(0, 700, count)[at.person]
    day = at.born + round(15.5 * YEAR) + later
    mother = ~people.male[at.person] & (luck < at.world.effects.value("looked_after.mother"))
    return np.where(mother & (day <= at.group.last), day, NEVER)


def _reason(at: Course) -> Values:
    """The return has no code for a need not stated, nor for none."""
    return np.where(np.isin(at["category_of_need"], ["N0", "N9"]), "N5", at["category_of_need"])


def _urn(at: Course) -> Values:
    """Ofsted's numbers of homes and schools; none for other placements."""
    homes = np.isin(at["placement"], ("K1", "K2", "R1", "S1"))
    return np.where(homes, np.char.add("SC", (990_000 + at["home"] % 60).astype(str)), "")


def _placed(at: Course) -> dict[str, Quantity]:
    said, people = child(at), at.world.people
    postcode = partial(people.postcode.take, pa.array(at["home"]))
    return said | {"home_postcode": said["postcode"], "placement_postcode": postcode}


# ---- the files ---------------------------------------------------------------------------------


def _of_times(name: str, history: Callable[[Course], Course], then: dict[str, Draw]) -> Events:
    """Rows of times in care, drawn anew in every year."""
    return Events(
        source=f"ssda903.{name}", who=Open(CARE), history=history, then=then, course=(OWN, name),
        says=child,
    )  # fmt: skip


HEADER: Final = Events(
    source="ssda903.header",
    who=_EVER,
    history=_children,
    then={
        "row": _ROW,
        "mother_child_birth_date": _child_born,
        "mother": lambda at: np.where(np.isnat(at["mother_child_birth_date"]), np.nan, 1.0),
    },
    order=("row",),
    says=child,
)
EPISODES: Final = Events(
    source="ssda903.episodes",
    who=Open(CARE),
    then={
        "row": _ROW,
        "category_of_need": _reason,
        "care_end_date": column("until"),
        "placement_urn": _urn,
    },
    order=("row", "care_start_date"),
    shown=Shown(
        until="until",
        back=0,
        told={"end_reason": "care_end_date", "place_change_reason": "care_end_date"},
    ),
    says=_placed,
)
REVIEWS: Final = _of_times(
    "reviews",
    _reviewed,
    {
        "age": _age("review_date"),
        "drawn": codes("looked_after.review"),
        "review_code": lambda at: np.where(at["age"] < _SDQ_FROM, "PN0", at["drawn"]),
    },
)
OUTCOMES: Final = _of_times(
    "outcomes",
    _whole_year,
    {
        "age": _age(),
        "scored": _outcome("sdq", _ASKED),
        "sdq_score": _score,
        "sdq_reason": _why_none,
        "substance_misuse": _outcome("substance", _OLD),
        "helped": chance("looked_after.outcomes.helped"),
        "convicted": _outcome("convicted", _OLD),
        "immunisations": _outcome("immunisations"),
        "teeth_check": _outcome("teeth"),
        "health_assessment": _outcome("assessment"),
        "intervention_received": lambda at: at["substance_misuse"] & at["helped"],
        "intervention_offered": lambda at: at["substance_misuse"] & ~at["helped"],
        "checked": chance("looked_after.outcomes.check"),
        # Development is checked of those under five; of others nothing is said.
        "health_check": lambda at: np.where(
            at["age"] <= _SDQ_FROM, at["checked"].astype(float), np.nan
        ),
    },
)
MISSING: Final = _of_times(
    "missing",
    _missed,
    {
        "missing_end": after("missing_start", between(0, 3)),
        "missing_kind": codes("looked_after.missing_kind"),
    },
)

LEAVERS: Final = Events(
    source="ssda903.oc3",
    who=_EVER,
    history=_leavers,
    then={
        "row": _ROW,
        "in_touch": codes("looked_after.in_touch"),
        "reached": lambda at: np.isin(at["in_touch"], ("YES", "NREQ")),
        "activity": where("reached", True, codes("looked_after.activity"), "0"),
        "accommodation": where("reached", True, codes("looked_after.accommodation"), "0"),
    },
    course=(OWN, "oc3"),
    order=("row",),
    says=child,
)

SYNTHETIC: Final = Synthetic(
    views={
        "header": HEADER,
        "episodes": EPISODES,
        "reviews": REVIEWS,
        "oc2": OUTCOMES,
        "missing": MISSING,
        "oc3": LEAVERS,
    },
    style=Style("cp1252", True, "%d/%m/%Y"),
)
