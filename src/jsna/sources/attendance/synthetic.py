"""Sessions that pupils of the January roll could have attended in each term, and missed."""

from __future__ import annotations

from typing import Final

import numpy as np

from jsna.synthetic.course import Course, codes
from jsna.synthetic.events import Events
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.who import pupils

#: Term -> sessions in it.
_SESSIONS: Final = {"AUT": 140, "SPR": 118, "SUM": 56, "HT2": 66}
#: Sessions missed at which a pupil has a second reason, for a quarter of them.
_TWO_REASONS: Final = 4
#: No pupil on a roll misses more of a term than this.
_MOST: Final = 0.95


def _terms(at: Course) -> Course:
    """A row for each reason of each term, and for each term without any."""
    effects, pupil = at.world.effects, len(at)
    ratio = effects.values("attendance.sen")
    level = np.array([1.0, ratio["K"], ratio["E"]])[at.group.provision[at.member]]
    mean = effects.value("attendance.missed") * level / max(level.mean(), 1e-12)
    # Some pupils miss much in every term: what they miss is a share of their own.
    shape = effects.value("attendance.frailty")
    share = (at.rng.gamma(shape, 1 / shape, pupil) * mean).clip(0, _MOST)
    found = at.rows(np.repeat(np.arange(pupil), len(_SESSIONS)))
    possible = np.tile([*_SESSIONS.values()], pupil)
    missed = at.rng.binomial(possible, np.repeat(share, len(_SESSIONS)))
    second = np.where(missed >= _TWO_REASONS, missed // 4, 0)
    found.columns = {
        "attendance_term": np.tile([*_SESSIONS], pupil), "sessions_possible": possible,
    }  # fmt: skip
    first_reason, other = (codes("attendance.reason")(found) for _ in range(2))
    second = np.where(first_reason == other, 0, second)
    found.columns |= {
        "attendance_reason": np.where(missed > 0, first_reason, ""),
        "attendance_sessions": np.where(missed > 0, missed - second, np.nan),
    }
    both = np.flatnonzero(second > 0)
    every = found.rows(np.r_[np.arange(len(found)), both])
    every.columns["attendance_reason"][len(found) :] = other[both]
    every.columns["attendance_sessions"][len(found) :] = second[both]
    return every


ATTENDED: Final = Events(
    source="attendance",
    who=pupils(),
    history=_terms,
    order=("school", "person", "attendance_term", "attendance_reason"),
)

SYNTHETIC: Final = Synthetic(views={"attendance": ATTENDED}, style=Style("utf-8-sig", True))
