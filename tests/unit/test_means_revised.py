"""Means published before: a mean and its number give a sum, and two of them that of who came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from jsna.disclosure import revision
from jsna.disclosure.evidence import gather
from jsna.disclosure.limits import LIMITS
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import prove
from jsna.disclosure.revision import RULE
from jsna.errors import JsnaError
from jsna.measures.contributions import contributions
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import full
from tests.unit.test_money import CONFIG, LEAST, costs

WHO = {"table": "placement_cost", "where": "cost is not null"}
SIDE = {**WHO, "count": "cost"}
MEAN = {
    **LEAST, "id": "each", "kind": "mean", "decimals": 2, "numerator": SIDE, "denominator": WHO,
}  # fmt: skip
FIRST = [1000.0] * 12


@pytest.fixture(autouse=True)
def _costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, world.COSTS.name, world.COSTS)


class Publication:
    """What each costs, on average, published after others."""

    def __init__(
        self, west: Sequence[float], *before: Publication, unit: str = "pounds", sum_: bool = False
    ) -> None:
        mean = Indicator.model_validate({**MEAN, "unit": unit})
        every = {"each": mean} | (
            {"spent": Indicator.model_validate({**LEAST, "numerator": SIDE})} if sum_ else {}
        )
        self.config = replace(CONFIG, indicators=every)
        tables = {"placement_cost": costs(("west", "A", west))}
        self.truth = measure(tables, every.values(), self.config)
        self.known = {
            "contributions": contributions(self.truth, tables, self.config),
            "earlier": {f"example-{at}": old.made.ledger for at, old in enumerate(before)},
            "last": before[-1].made.safe if before else None,
        }
        self.made: Protection = protect(self.truth, self.config, **self.known)
        prove(gather(self.made.safe, self.truth, self.config, **self.known))

    @property
    def printed(self) -> tuple[float, float] | str:
        """The mean, and of how many, or "c"."""
        row = self.made.safe.set_index("indicator").loc["each"]
        return "c" if row["status"] == "c" else (row["value"], row["denominator"])

    def refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The attack finds by itself what is printed of whoever came, were it printed anew."""
        anew = self.truth[list(schema.columns())].copy()
        anew[list(LIMITS)] = np.nan
        monkeypatch.setattr(revision, "refused", lambda rows, *_: [""] * len(rows))
        with pytest.raises(JsnaError, match="by what few people or nearly all one of them cost"):
            prove(gather(anew, self.truth, self.config, **self.known | {"last": None}))


@pytest.mark.parametrize(
    ("unit", "came"),
    [
        # 17 at 6,764.71 and 12 at 1,000 pounds: five came and cost 20,600 each.
        ("pounds", [20_600.0] * 5),
        full("weeks", [40.0] * 5),
        # Ten came, of whose 50,900 pounds one cost 50,000.
        full("pounds", [*[100.0] * 9, 50_000.0]),
    ],
)
def test_the_mean_of_few_who_came_is_not_told_by_two_editions(
    monkeypatch: pytest.MonkeyPatch, unit: str, came: list[float]
) -> None:
    first = Publication(FIRST, unit=unit)
    assert first.printed == (1000, 12)
    second = Publication([*FIRST, *came], first, unit=unit)
    # Twelve were printed, and of 17 or 22 a mean of twelve would be far from true.
    assert second.printed == "c"
    assert set(second.made.log["rule"]) == {RULE}
    # Ten who cost about alike are as many as a mean must be of.
    more = Publication([*FIRST, *[1400.0] * 10], first, unit=unit)
    assert more.printed == (pytest.approx(26_000 / 22), 22)
    second.refused(monkeypatch)


def test_a_mean_of_nearly_as_many_stands_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Publication([1000.0] * 60)
    second = Publication([*[1000.0] * 60, 9000.0], first)
    assert second.printed == first.printed
    second.refused(monkeypatch)


def test_what_was_hidden_in_between_is_held_against_all_that_was_printed() -> None:
    first = Publication(FIRST)
    hidden = Publication([1000.0] * 20, first)
    third = Publication([1000.0] * 13, first, hidden)
    assert (hidden.printed, third.printed) == ("c", "c")


def test_a_sum_printed_before_is_known_of_a_mean_declared_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Publication(FIRST, sum_=True)
    first.made = replace(
        first.made, safe=first.made.safe.loc[first.made.safe["indicator"].eq("spent")]
    )
    second = Publication([*FIRST, 9000.0], first)
    assert second.printed == "c"
    second.refused(monkeypatch)
