"""Sums of money published before: printed anew, standing as they were, or hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import prove
from jsna.disclosure.revision import FAR, NOTE, RULE
from jsna.errors import JsnaError
from jsna.measures.contributions import contributions
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.unit.test_money import CONFIG, LEAST, costs

#: Twelve of 1,000 pounds in either district.
FIRST: tuple[list[float], list[float]] = ([1000.0] * 12, [1000.0] * 12)


@pytest.fixture(autouse=True)
def _costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, world.COSTS.name, world.COSTS)


class Publication:
    """Costs in two districts, published after others."""

    def __init__(
        self, west: Sequence[float], east: Sequence[float], *before: Publication, rounded: int = 1
    ) -> None:
        one = Indicator.model_validate(
            {**LEAST, "breakdowns": [["locality"]], "rounded_to": rounded}
        )
        self.config = replace(CONFIG, indicators={"spent": one})
        tables = {"placement_cost": costs(("west", "A", west), ("east", "A", east))}
        self.truth = measure(tables, [one], self.config)
        self.known = {
            "contributions": contributions(self.truth, tables, self.config),
            "earlier": {f"example-{at}": old.made.ledger for at, old in enumerate(before)},
            "last": before[-1].made.safe if before else None,
        }
        self.made: Protection = protect(self.truth, self.config, **self.known)

    def prove(self, safe: pd.DataFrame | None = None) -> None:
        shown = self.made.safe if safe is None else safe
        prove(gather(shown, self.truth, self.config, **self.known))

    def printed(self) -> dict[str, float | str]:
        """West, east and both: what is printed of each, or "c"."""
        rows = self.made.safe.set_index("area_code")
        return {
            name: "c" if rows.loc[code, "status"] == "c" else rows.loc[code, "numerator"]
            for name, code in (("west", world.WEST), ("east", world.EAST), ("both", world.AREA))
        }


def test_a_small_change_stands_and_a_large_one_of_few_is_hidden() -> None:
    first = Publication(*FIRST)
    assert first.printed() == {"west": 12_000, "east": 12_000, "both": 24_000}
    # One correction of 100 pounds: under a tenth of either sum.
    little = Publication([1100.0, *[1000.0] * 11], FIRST[1], first)
    assert little.printed() == first.printed()
    assert set(little.made.log["rule"]) == {RULE}
    assert little.made.safe["note"].str.contains(NOTE).all()
    little.prove()
    # One of 4,000: 16,000 in the west would be far from the 12,000 that stood there.
    large = Publication([5000.0, *[1000.0] * 11], FIRST[1], first)
    assert large.printed() == {"west": "c", "east": 12_000, "both": "c"}
    assert set(large.made.log["rule"]) == {FAR}
    large.prove()
    # Whoever lets it stand, or prints it anew, is refused.
    stands = large.made.safe.copy()
    stands.loc[:, list(schema.NUMBERS)] = first.made.safe[list(schema.NUMBERS)].to_numpy()
    stands[["status", "reason"]] = ""
    with pytest.raises(JsnaError, match="far from what was measured"):
        large.prove(stands)
    with pytest.raises(JsnaError, match="although a rule of its profile forbids it"):
        large.prove(large.truth[list(schema.columns())])


def test_a_change_of_enough_people_is_printed_anew() -> None:
    first = Publication(*FIRST)
    # Ten more are as many as a row must be of; of nine it could be told what they cost.
    more = Publication([1000.0] * 22, FIRST[1], first)
    assert more.printed() == {"west": 22_000, "east": 12_000, "both": 34_000}
    more.prove()
    nine = Publication([1000.0] * 21, FIRST[1], first)
    assert nine.printed() == {"west": "c", "east": 12_000, "both": "c"}
    nine.prove()
    # What was hidden stays hidden until enough have come since.
    again = Publication([1000.0] * 22, FIRST[1], first, nine)
    assert again.printed() == nine.printed()
    again.prove()
    later = Publication([1000.0] * 31, FIRST[1], first, nine)
    assert later.printed() == {"west": 31_000, "east": 12_000, "both": 43_000}
    later.prove()


def test_a_change_of_which_nearly_all_is_one_persons_is_not_printed() -> None:
    """Ten came: nine cost 100 pounds and one 50,000, of the 50,900 that the two sums differ by."""
    first = Publication(*FIRST)
    came = [*FIRST[0], *[100.0] * 9, 50_000.0]
    second = Publication(came, FIRST[1], first)
    assert second.printed() == {"west": "c", "east": 12_000, "both": "c"}
    assert set(second.made.log["rule"]) == {FAR}
    second.prove()
    # The proof finds it by itself, from both publications.
    anew = second.truth[list(schema.columns())]
    with pytest.raises(JsnaError, match="by what few people or nearly all one of them cost"):
        prove(gather(anew, second.truth, second.config, **second.known | {"last": None}))
    # Nor is it printed where the one who cost so much has left.
    gone = Publication(*FIRST, second_shown := Publication(came, [1000.0] * 12))
    assert second_shown.printed()["west"] == 62_900
    assert gone.printed()["west"] == "c"
    gone.prove()
    # Of ten who cost 1,000, 1,400 and 2,000 no two have nearly all.
    even = Publication([*FIRST[0], *[1000.0] * 5, *[1400.0] * 4, 2000.0], FIRST[1], first)
    assert even.printed() == {"west": 24_600, "east": 12_000, "both": 36_600}
    even.prove()


def test_a_sum_is_held_against_all_that_was_printed_of_it() -> None:
    """24 people, then 33 (hidden), then 23: ten fewer than last time, and one than was printed."""
    first = Publication([1000.0] * 24, FIRST[1])
    hidden = Publication([1000.0] * 33, FIRST[1], first)
    assert (first.printed()["west"], hidden.printed()["west"]) == (24_000, "c")
    third = Publication([1000.0] * 23, FIRST[1], first, hidden)
    assert third.printed()["west"] == "c"
    third.prove()
    fewer = Publication([1000.0] * 14, FIRST[1], first, hidden)
    assert fewer.printed()["west"] == 14_000
    fewer.prove()


def test_a_sum_that_rounds_to_what_was_printed_has_not_changed() -> None:
    first = Publication(*FIRST, rounded=1000)
    again = Publication([1100.0, *[1000.0] * 11], FIRST[1], first, rounded=1000)
    assert again.printed() == first.printed()
    assert not len(again.made.log)
    again.prove()


def test_of_an_earlier_ledger_without_people_nothing_is_printed_anew() -> None:
    first = Publication(*FIRST)
    first.made = replace(first.made, ledger=first.made.ledger.drop(columns="people"))
    more = Publication([1000.0] * 40, FIRST[1], first)
    assert more.printed() == {"west": "c", "east": 12_000, "both": "c"}
    more.prove()


def test_what_is_far_from_what_was_printed_is_hidden_for_whosever_sake() -> None:
    """Of 12,000 pounds in the east 120,000 were left: in the west a correction of few is hidden."""
    first = Publication(*FIRST)
    east = [1000.0] * 120
    second = Publication([1500.0, *[1000.0] * 11], east, first)
    # That the west's sum has changed by 500 pounds would follow from the east's and from both.
    assert second.printed() == {"west": 12_000, "east": "c", "both": 132_500}
    second.prove()
    # Nor may it be said to be what it was.
    safe = second.made.safe.copy()
    mine = safe["area_code"].eq(world.EAST)
    old = first.made.safe.loc[first.made.safe["area_code"].eq(world.EAST)]
    for name in (*schema.NUMBERS, "status", "reason"):
        safe.loc[mine, name] = old[name].to_numpy()
    with pytest.raises(JsnaError, match="far from what was measured"):
        second.prove(safe)
