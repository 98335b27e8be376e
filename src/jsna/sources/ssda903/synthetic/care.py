"""Children in care: their episodes by placement and legal status.

A time in care of a child is that of an episode of need (`social_care`). It is cut into episodes of
care where the child moves or the law they are held under changes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from jsna.synthetic import draws, need
from jsna.synthetic.course import Course, Draw, Values, codes, codes_of, one_of
from jsna.synthetic.draws import YEAR, Bools, Ints
from jsna.synthetic.people import OUTSIDE, RESIDENT
from jsna.synthetic.social_care import EPISODES, LOOKED_AFTER, provision
from jsna.synthetic.spells import Parts, heads

#: Whose random numbers these are.
OWN: Final = "looked after"
_MOVES: Final = ("CARPL", "CREQB", "CREQO", "PLACE", "STAND", "APPRR", "CLOSE", "CHILD", "OTHER")
_KEPT: Final = ("P1", "A3", "A5")
#: Most episodes of one time in care; days each of them lasts at least.
_MOST, _WEEK = 8, 7
#: Legal status of agreed short breaks, which count nowhere.
_SHORT_BREAKS: Final = "V4"


def _cut(at: Course) -> Course:
    """Times in care cut into episodes: `care_start_date`, `until`, and which is `new` or `last`."""
    days = (at["end"] - at["start"]).astype(np.int64)
    often = at.world.effects.values("looked_after.episodes")
    cuts = np.minimum(at.rng.poisson(often["any"] + often["year"] * days / YEAR), _MOST - 1)
    of = np.repeat(np.arange(len(at)), cuts)
    later = (at.rng.random(len(of)) * days[of]).astype(np.int64)
    # No episode shorter than a week, so that none ends before it begins.
    kept = (later > _WEEK) & (later < days[of] - _WEEK)
    start = np.r_[at["start"], (at["start"][of] + later)[kept]]
    of = np.r_[np.arange(len(at)), of[kept]]
    order = np.lexsort((start, of))
    of, start = of[order], start[order]
    apart = _begins(of) | np.r_[True, start[1:] - start[:-1] > _WEEK][: len(of)]
    of, start = of[apart], start[apart]
    found = at.rows(of)
    last = np.r_[of[1:] != of[:-1], True][: len(of)]
    following = np.r_[start[1:], found["end"][-1:]]
    found.columns |= {
        "care_start_date": start, "until": np.where(last, found["end"], following),
        "new": _begins(of), "last": last,
    }  # fmt: skip
    return found


def _begins(of: Ints) -> Bools:
    """Where rows of another begin."""
    found: Bools = heads(of) == np.arange(len(of))
    return found


def _path(at: Course) -> Values:
    """Legal statuses of each time in care; short breaks are for children with a plan."""
    shares = at.world.effects.values("looked_after.path")
    # Drawn for all spells.
    drawn = draws.choose(at.rng, shares, int(at["spell"].max(initial=0)) + 1)[at["spell"]]
    path, plan = np.array([*shares])[drawn], provision(at.world)[at.person] == need.E
    return np.where((path == _SHORT_BREAKS) & ~plan, next(iter(shares)), path)


def _step(at: Course) -> Ints:
    """How often the law has changed so far, were there always a next status."""
    steps = np.cumsum(~at["new"] & (at["drawn"] != "P"))
    found: Ints = steps - steps[heads(at["spell"])]
    return found


def _legal(at: Course) -> Values:
    """Status that so many changes lead to, or the last of the path."""
    found = at["path"].copy()
    for path in np.unique(found):
        here, names = at["path"] == path, np.array(path.split())
        found[here] = names[np.minimum(at["step"][here], len(names) - 1)]
    return found


def _change(at: Course) -> Values:
    """The law changes no further at the end of its path: only the placement does."""
    return np.where(at["step"] > np.char.count(at["path"], " "), "P", at["drawn"])


def _settled(at: Course) -> Ints:
    """The latest row at which the child was placed anew."""
    anew = at["new"] | (at["change"] != "L")
    found: Ints = np.maximum.accumulate(np.where(anew, np.arange(len(at)), 0))
    return found


def _age(table: str, day: str) -> Draw:
    """Row of a table by age on a day; who comes of age then is as old as the last group."""

    def draw(at: Course) -> Ints:
        age = (at[day] - at.born).astype(np.float64) / YEAR
        whole = np.where(age > 17.99, 18, np.floor(age)).astype(np.int64).clip(0)
        return draws.group_of(whole, list(at.world.effects.table(table)))

    return draw


def _placement(at: Course) -> Values:
    drawn = codes_of("looked_after.placement", _age("looked_after.placement", "care_start_date"))(
        at
    )
    return np.where(at["legal_status"] == _SHORT_BREAKS, "K2", drawn)[at["settled"]]


def _provider(at: Course) -> Values:
    """Who provides a placement: parents at home, the authority where it is for adoption."""
    drawn = codes("looked_after.provider")(at)[at["settled"]]
    own = np.where(np.isin(at["placement"], _KEPT), "PR1", drawn)
    return np.where(at["placement"] == "P1", "PR0", own)


def _ended(at: Course) -> Values:
    """Why an episode ended, by the age then: adoption only from a placement for it."""
    drawn = codes_of("looked_after.final", _age("looked_after.final", "until"))(at)
    final = np.where(np.char.startswith(at["placement"], "A"), "E12", drawn)
    return np.where(at["last"], final, "X1")


def _moved(at: Course) -> Values:
    """Why the child moved at the end of an episode; none where it did not."""
    anew = at["settled"] == np.arange(len(at))
    moves = np.r_[anew[1:], False][: len(at)] & ~at["last"]
    return np.where(moves, one_of(_MOVES)(at), "")


def _home(at: Course) -> Ints:
    """People at whose postcodes placements are, some outside the area; at home the child's own."""
    people, count = at.world.people, len(at)
    inside, outside = (np.flatnonzero(people.kind == kind) for kind in (RESIDENT, OUTSIDE))
    near = inside[at.rng.integers(0, len(inside), count)]
    far = outside[at.rng.integers(0, len(outside), count)]
    share = at.world.effects.value("looked_after.outside")
    placed = np.where(at.rng.random(count) < share, far, near)[at["settled"]]
    return np.where(at["placement"] == "P1", at.person, placed)


#: `settled` is the row at which the child was placed, `home` whose postcode the placement
#: has; of all that is known of the episode of need, `start` and `end` are the whole time in care's.
CARE: Final = Parts(
    source=OWN,
    of=EPISODES,
    kind=LOOKED_AFTER,
    history=_cut,
    begins="care_start_date",
    ends="until",
    then={
        "path": _path,
        "drawn": codes("looked_after.change"),
        "step": _step,
        "legal_status": _legal,
        "change": _change,
        "new_episode_reason": lambda at: np.where(at["new"], "S", at["change"]),
        "settled": _settled,
        "placement": _placement,
        "placement_provider": _provider,
        "end_reason": _ended,
        "place_change_reason": _moved,
        "home": _home,
    },
)
