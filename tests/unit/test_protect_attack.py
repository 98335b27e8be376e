"""Protected measures of random pupils, attacked by an outsider who knows every kind of pupil.

The outsider (`tests.unit.outsider`) has nothing of disclosure control: what each indicator counts
is written out in `protection_support`, kind of pupil by kind of pupil, and linear programs find
whatever follows from the printed numbers, by any number of steps.
"""

from __future__ import annotations

import pytest

from jsna.disclosure.protect import protect
from tests.unit import protection_support as small

CONFIG = small.configuration()
#: Pupils, seed, share of them with no known place. In the first, fifths and tenths of the same
#: pupils stand side by side; in the second a tenth with nobody in it has rows in wide tables alone;
#: in the third the few without a place are fewer still among boys with SEN.
WORLDS = [(60, 0, 0.0), (120, 1, 0.0), (150, 22, 0.02), (100, 2, 0.1), (400, 3, 0.05)]


@pytest.mark.parametrize(
    ("number", "seed", "nowhere"),
    [*WORLDS[:3], *(pytest.param(*one, marks=pytest.mark.full) for one in WORLDS[3:])],
)
def test_no_small_count_follows_from_what_is_printed(
    number: int, seed: int, nowhere: float
) -> None:
    measures = small.measured(small.pupils(number, seed, nowhere), CONFIG)
    safe = protect(measures, CONFIG).safe
    attacked, failed = small.attack(measures, safe)
    assert attacked > 3
    assert not failed


def test_the_outsider_solves_what_is_hidden_naively() -> None:
    """Only small counts hidden, with every sum around them printed: most can be worked out."""
    measures = small.measured(small.pupils(150, 2), CONFIG)
    naive = protect(measures, CONFIG).safe
    naive = naive.drop(columns=["numerator", "denominator"]).merge(
        measures[[*small.KEY, "numerator", "denominator"]], on=small.KEY
    )
    for column in ("numerator", "denominator"):
        naive[column] = naive[column].mask(naive["numerator"].between(1, 4))
    attacked, failed = small.attack(measures, naive)
    assert len(failed) > attacked / 2
