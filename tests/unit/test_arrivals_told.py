"""Who came into a state that no row of the later roll is of: what rows tell by subtraction.

Of 604 on the roll 120 have SEN support, 118 of whom had moved into it: two came. No row says 120.
"""

from __future__ import annotations

import pandas as pd
import pytest

from jsna.disclosure.attacking.regions import known_groups
from jsna.errors import JsnaError
from jsna.model.indicators import Indicator
from jsna.tables import catalogue
from jsna.tables.catalogue import CATALOGUE
from tests.unit.test_arrivals import MOVES, TABLE, Years, forget, indicator, printed

INTO = indicator("into", "count", TABLE.name, where="sen_provision_later = 'K'")
ALL = indicator("roll", "count", "pupil")


def some(name: str, codes: str) -> Indicator:
    within = ", ".join(f"'{code}'" for code in codes)
    return indicator(name, "count", "pupil", where=f"sen_provision in ({within})")


#: What is printed beside all on the roll -> its count, and the sign with which 120 follow.
ROLLS = {
    "the others": {"NE": (484, -1), "": (604, 1)},
    "each of the others": {"N": (369, -1), "E": (115, -1), "": (604, 1)},
    "rows that overlap": {"NK": (489, 1), "KE": (235, 1), "NKE": (604, -1)},
}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, TABLE.name, TABLE)
    monkeypatch.setitem(catalogue._VIEWS, TABLE.name, TABLE)


@pytest.mark.parametrize("case", ROLLS)
def test_two_who_came_are_not_what_a_roll_and_others_leave(
    monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    counts = [some(f"roll_{codes.lower()}", codes) for codes in ROLLS[case] if codes]
    years = Years({"N": 40, "K": 2, "E": 25}, MOVES, INTO, ALL, *counts)

    def came(rows: pd.DataFrame) -> float | None:
        shown = printed(rows)
        left = -shown.get(("into", "2024", "total"), float("nan"))
        for codes, (_, sign) in ROLLS[case].items():
            name = f"roll_{codes.lower()}" if codes else "roll"
            left += sign * shown.get((name, "2025", "total"), float("nan"))
        return None if left != left else left

    told = printed(years.truth)
    for codes, (many, _) in ROLLS[case].items():
        assert told[f"roll_{codes.lower()}" if codes else "roll", "2025", "total"] == many
    assert came(years.truth) == 2
    safe = years.safe()
    assert came(safe) is None
    years.prove(safe)
    with monkeypatch.context() as forgotten:
        forget(forgotten)
        bare = years.safe()
    assert came(bare) == 2
    with pytest.raises(JsnaError) as caught:
        years.prove(bare)
    assert "prove.remainder" in {problem.code for problem in caught.value.problems}
    # Of five nothing has to be kept, and all is shown.
    more = Years({"N": 40, "K": 5, "E": 25}, MOVES, INTO, ALL, *counts)
    assert came(more.safe()) == 5
    more.prove(more.safe())


def test_groups_follow_from_counts_by_adding_and_taking_away() -> None:
    def of(**box: str) -> dict[str, frozenset[str]]:
        return {column: frozenset(codes) for column, codes in box.items()}

    girls = of(sex="F")
    counts = [of(need="NKE"), of(need="NK"), of(need="KE"), {**girls, **of(need="KE")}]
    wanted = [
        of(need="K"),
        {**of(sex="M"), **of(need="KE")},
        of(need="X"),
        {**girls, **of(need="N")},
    ]
    found = sorted(
        (inside, sorted(added), taken) for added, taken, inside in known_groups(counts, wanted)
    )
    # K is in two of the first three; boys with K or E are all with either, less the girls; what is
    # in no count is in none that follows.
    assert found == [([0], [1, 2], [0]), ([1], [2], [3]), ([3], [0], [2])]
    assert [*known_groups([], [girls])] == []
