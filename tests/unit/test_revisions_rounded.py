"""Revised editions whose figures are rounded: what prints the same, hidden or not, still tells.

Pupils without SEN (N), with SEN support (K, not rounded) and with a plan (E, rounded to 5), and
pupils with SEN (K and E together, rounded to 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import Proof, prove
from jsna.errors import JsnaError
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from tests.spec import world
from tests.unit import protection_support as support

#: Under 6 of the one are small and nothing is rounded; under 5 of the others, to the nearest 5.
PROFILES = {
    "pupils": "mhsds",
    "pupils_ehc_plan": "mhsds",
    "pupils_sen": "mhsds",
    "pupils_sen_support": "children_in_need",
}


def _headlines() -> Configuration:
    """The four indicators of all pupils together, without breakdowns."""
    config = support.configuration()
    least = {"breakdowns": [], "fallbacks": [], "charts": []}
    made = {
        name: Indicator.model_validate({**config.indicators[name].model_dump(), **least})
        for name in PROFILES
    }
    return replace(config, indicators=made)


CONFIG = _headlines()


@dataclass(frozen=True)
class Published:
    """What was measured and what was published of it."""

    truth: pd.DataFrame
    made: Protection

    def printed(self) -> dict[str, float]:
        """The count of each indicator as it is printed."""
        return dict(zip(self.made.safe["indicator"], self.made.safe["numerator"], strict=True))


def publish(none: int, support_: int, plans: int, *before: Published) -> Published:
    """So many pupils protected beside what was published before."""
    provision = ["N"] * none + ["K"] * support_ + ["E"] * plans
    rows = pd.DataFrame({"period": "2025", "sen_provision": provision, "sex": "F"}, dtype=object)
    truth = support.measured(world.filled("pupil", rows), CONFIG)
    truth["profile"] = truth["indicator"].map(PROFILES).astype("str")
    ledgers = {f"number {at}": one.made.ledger for at, one in enumerate(before)}
    last = before[-1].made.safe if before else None
    return Published(truth, protect(truth, CONFIG, earlier=ledgers, last=last))


def proven(safe: pd.DataFrame, second: Published, first: Published) -> Proof:
    ledgers = {"number 0": first.made.ledger}
    return prove(gather(safe, second.truth, CONFIG, earlier=ledgers, last=first.made.safe))


def test_a_change_behind_rounded_figures_is_protected_as_far_as_these_leave_it() -> None:
    """2 of 900 get support. Plans (28) and SEN (73, then 75) print as 30 and 75, hidden or not.

    So everybody is granted that support now is 73 to 77 less 28 to 32, which is 41 to 49; 45 had
    it. No choice leaves a change of 5 possible, as asked for; none at all remains possible.
    """
    first = publish(900, 45, 28)
    assert first.printed() == {
        "pupils": 975, "pupils_ehc_plan": 30, "pupils_sen": 75, "pupils_sen_support": 45
    }  # fmt: skip
    second = publish(898, 47, 28, first)
    numbers = list(schema.NUMBERS)
    pd.testing.assert_frame_equal(second.made.safe[numbers], first.made.safe[numbers])
    assert not second.made.safe["status"].eq("c").any()
    proof = proven(second.made.safe, second, first)
    system = proof.evidence.system
    asked = {
        (system.label(cell), system.need_low[cell], system.need_high[cell]) for cell in proof.beyond
    }
    assert asked == {("change since number 0 of pupil rows: period 2025, sen_provision K", 0, 4)}


def test_a_small_count_is_not_left_to_a_figure_that_rounding_gives_away_all_the_same() -> None:
    """Of 20 with support 3 are left. Plans print as 30 whether they are hidden or not.

    So to hide them is no protection, and pupils with SEN (33) must not be printed anew. The 50 that
    were printed of them are far from true: they are hidden.
    """
    first = publish(900, 20, 28)
    assert first.printed()["pupils_sen"] == 50
    second = publish(915, 3, 30, first)
    printed = second.printed()
    assert np.isnan(printed["pupils_sen_support"])
    assert np.isnan(printed["pupils_sen"])
    assert printed["pupils_ehc_plan"] == 30
    proof = proven(second.made.safe, second, first)
    assert proof.beyond == ()


def test_the_proof_refuses_what_leans_on_such_a_figure() -> None:
    """33 to 37 with SEN and 28 to 32 plans: 1 to 9 have support, where 0 to 5 is asked."""
    first = publish(900, 20, 28)
    second = publish(915, 3, 30, first)
    safe = second.made.safe.copy()
    mine = safe["indicator"].eq("pupils_sen")
    alone = publish(915, 3, 30).made.safe
    assert alone.loc[mine, "numerator"].tolist() == [35]
    columns = [*schema.NUMBERS, "status", "reason", "note"]
    safe.loc[mine, columns] = alone.loc[mine, columns]
    with pytest.raises(JsnaError, match=r"sen_provision K\] lies between 1 and 9"):
        proven(safe, second, first)
