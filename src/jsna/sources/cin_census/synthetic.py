"""Episodes of need as the children in need census shows them."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.shared.periods import window
from jsna.synthetic import draws
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.social_care import IN_NEED, PROTECTED, Cases, cases
from jsna.synthetic.social_care_child import DISABILITIES, child_quantities, disabilities, needs
from jsna.synthetic.view import Quantity, View, day, flag
from jsna.synthetic.world import World

#: Days an episode closed after assessment lasts at most.
_ASSESSED: Final = 90
#: Share of ended plans with room after them for a second in the same episode, and days between.
_SECOND_PLAN, _BETWEEN = 0.1, 60


def episodes_view(world: World, period: str) -> View:
    """Episodes open in a financial year, with what was known at its end."""
    found, seed, effects = cases(world), world.synthesis.seed, world.effects
    first, last = (np.datetime64(d) for d in window(period, "financial_year"))
    chosen = np.flatnonzero((found.referral <= last) & (found.closure >= first))
    numbered = stream(seed, "social care", "rows").permutation(len(world.people))
    chosen = chosen[np.lexsort((found.referral[chosen], numbered[found.person[chosen]]))]
    chosen, start, end = _with_second_plans(found, chosen, last, seed)
    person, kind = found.person[chosen], found.kind[chosen]
    rng = partial(stream, seed, "social care")
    codes = list(effects.table("social_care.reason")["disabled"])
    sources, reasons, abuse = (
        effects.values(f"social_care.{name}") for name in ("source", "closure", "abuse")
    )
    # Drawn for all episodes, so that a delivery changes none of them.
    by = draws.choose(rng("source"), sources, len(found))[chosen]
    why = draws.choose(rng("closure"), reasons, len(found))[chosen]
    # Only what ended soon was closed after assessment.
    long = (kind != IN_NEED) | (found.closure[chosen] - found.referral[chosen] > _ASSESSED)
    after = np.isin(why, [list(reasons).index(code) for code in ("RC8", "RC9")])
    why = np.where(long & after, list(reasons).index("RC7"), why)
    why = np.where(found.of_age[chosen], list(reasons).index("RC6"), why)
    category = draws.choose(rng("abuse"), abuse, len(found))[chosen]
    disability = disabilities(world)[person]
    closed = found.closure[chosen] <= last
    previous = found.before[chosen] + (start != found.start[chosen])
    planned = (kind == PROTECTED) & (start <= last)
    ended = planned & (end <= last)
    quantities = {
        **child_quantities(world, person, found.first[chosen], last),
        "referral_date": day(found.referral[chosen]),
        "referral_source": lambda: text_of(list(sources), by),
        "referral_nfa": flag(np.zeros(len(chosen), dtype=bool)),
        "category_of_need": lambda: text_of(codes, needs(world)[chosen]),
        "closure_date": _until(found.closure[chosen], closed),
        "closure_reason": lambda: text_of(list(reasons), np.where(closed, why, -1)),
        "initial_conference_date": _until(start, planned),
        "cpp_start_date": _until(start, planned),
        "cpp_end_date": _until(end, ended),
        "abuse_category": lambda: text_of(list(abuse), np.where(planned, category, -1)),
        "previous_plans": lambda: pa.array(previous, mask=~planned),
    }
    for number in range(disability.shape[1]):
        quantities[f"disability_{number + 1}"] = partial(
            text_of, list(DISABILITIES), disability[:, number]
        )
    return View(len(chosen), quantities)


def _with_second_plans(
    found: Cases, chosen: Ints, last: np.datetime64, seed: int
) -> tuple[Ints, Days, Days]:
    """Rows of episodes, of which some have a second child protection plan in a row of its own.

    Returns:
        the episode of each row, and the days its plan began and ended.
    """
    luck = stream(seed, "social care", "second plan").random(len(found))[chosen]
    start, end = found.start[chosen], found.end[chosen]
    room = (found.kind[chosen] == PROTECTED) & (
        end + 2 * _BETWEEN <= np.minimum(found.closure[chosen], last)
    )
    second = np.flatnonzero(room & (luck < _SECOND_PLAN))
    at = np.r_[np.arange(len(chosen)), second]
    order = np.argsort(at, kind="stable")
    later = (np.arange(len(at)) >= len(chosen))[order]
    at = at[order]
    return (
        chosen[at],
        np.where(later, end[at] + _BETWEEN, start[at]),
        # Still in force when the episode closes, if it does.
        np.where(later, found.closure[chosen][at], end[at]),
    )


def _until(days: Days, known: Bools) -> Quantity:
    """Days, empty where they are not known."""
    return day(np.where(known, days, np.datetime64("NaT", "D")))


SYNTHETIC: Final = Synthetic(views={"episodes": episodes_view}, style=Style(crlf=True))
