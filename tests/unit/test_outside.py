"""What others have published: an edition after another, and official figures.

Each case shows what would have been given away by an edition protected for itself alone. The
outsider's arithmetic is done here, by hand or with a linear program of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.evidence import gather
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.ledger.outside import join_earlier, ratios
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.cells import make
from tests.spec import world
from tests.unit.outsider import Outsider
from tests.unit.protection_support import caseload

CONFIG = world.configuration()
NEEDS = ("ASD", "SLCN", "SEMH", "MLD")
#: As first counted, and a year later: one need has been revised, the small one has not.
FIRST = {"ASD": 40, "SLCN": 12, "SEMH": 30, "MLD": 3}
REVISED = {**FIRST, "SEMH": 11}
YEARS = ("2021/22", "2022/23", "2023/24", "2024/25")


def plans(cells: Mapping[str, int]) -> pd.DataFrame:
    """Measures of the caseload of January 2025 by need."""
    return caseload(cells, CONFIG, ["plans"])


def printed(made: Protection) -> dict[str, float]:
    """Need (or `total`) -> count printed in an edition; hidden ones are not there."""
    rows = made.safe[made.safe["breakdown"].isin(["primary_need", "total"])]
    rows = rows[rows["area_code"].eq(world.AREA) & rows["numerator"].notna()]
    return dict(zip(rows["category"], rows["numerator"], strict=True))


def interval_of_mld(first: Protection, second: Protection) -> tuple[float, float]:
    """What both editions together tell of the small need.

    A need that has not been revised is the same plans in both; SEMH is others in each.
    """
    everything = [*NEEDS, "SEMH revised"]
    outsider = Outsider(len(everything))
    for made, other in ((first, "SEMH revised"), (second, "SEMH")):
        for name, count in printed(made).items():
            inside = [n != other if name == "total" else n.split()[0] == name for n in everything]
            flags = np.array(inside) & (np.array(everything) != other)
            if name == "total" or name in NEEDS:
                outsider.tell(flags, count, count)
    return outsider.interval(np.array([name == "MLD" for name in everything]))


def test_an_edition_after_a_revision_gives_nothing_away_of_the_one_before() -> None:
    before = protect(plans(FIRST), CONFIG)
    assert "SLCN" not in printed(before)
    assert "MLD" not in printed(before)
    # For itself alone the second edition would hide SEMH beside MLD and print SLCN: 85 plans less
    # 40, 30 (from the first) and 12 (from the second) leave 3.
    alone = protect(plans(REVISED), CONFIG)
    assert printed(alone)["SLCN"] == 12
    assert interval_of_mld(before, alone) == pytest.approx((3, 3))
    after = protect(plans(REVISED), CONFIG, earlier={"first": before.ledger})
    low, high = interval_of_mld(before, after)
    assert low <= 1e-6
    assert high >= 4 - 1e-6


def test_the_proof_attacks_both_editions_together() -> None:
    before = protect(plans(FIRST), CONFIG)
    alone = protect(plans(REVISED), CONFIG)
    prove(gather(alone.safe, plans(REVISED), CONFIG))
    with pytest.raises(JsnaError, match=r"primary_need MLD\] is 3"):
        prove(gather(alone.safe, plans(REVISED), CONFIG, earlier={"first": before.ledger}))
    after = protect(plans(REVISED), CONFIG, earlier={"first": before.ledger})
    prove(gather(after.safe, plans(REVISED), CONFIG, earlier={"first": before.ledger}))


def test_what_was_printed_before_is_no_cover_now() -> None:
    """Hiding SLCN now would hide nothing: everyone has it from the edition before."""
    before = protect(plans({"ASD": 40, "SLCN": 12, "SEMH": 30}), CONFIG)
    assert printed(before)["SLCN"] == 12
    # One more need with 3: SLCN (12) would be its cover, had it not been printed.
    after = protect(plans(FIRST), CONFIG, earlier={"first": before.ledger})
    prove(gather(after.safe, plans(FIRST), CONFIG, earlier={"first": before.ledger}))
    outsider = Outsider(len(NEEDS))
    for name, count in {**printed(after), "SLCN": 12}.items():
        outsider.tell(np.array([name in (need, "total") for need in NEEDS]), count, count)
    low, high = outsider.interval(np.array([need == "MLD" for need in NEEDS]))
    assert low <= 1e-6
    assert high >= 4 - 1e-6


def test_a_small_count_printed_by_mistake_before_stays_known_and_is_no_fault_now() -> None:
    measures = plans(FIRST)
    before = protect(measures.assign(profile="default"), CONFIG).ledger
    mine = before["label"].str.endswith("primary_need MLD")
    assert mine.sum() == 1
    before.loc[mine, "shown"] = True
    after = protect(measures, CONFIG, earlier={"first": before})
    ledger = after.ledger.set_index("label")["public"]
    assert ledger["plan rows: period 2025, primary_need MLD"] == "edition first"
    prove(gather(after.safe, measures, CONFIG, earlier={"first": before}))


GIRLS = make("pupil", "rows", {"period": frozenset({"2025"}), "sex": frozenset("F")})


def entry(**changes: object) -> pd.DataFrame:
    """The ledger of an edition that printed 12 girls, and counts that follow from others."""
    told = {
        "cell": GIRLS.text(), "label": "girls", "value": 12.0, "threshold": 5,
        "zeros_shown": False, "contributor": 1.0, "public": "", "shown": True, "printed": 12.0,
        "rounding": 1, "controlled": False, "derived": False, "earlier": False,
    }  # fmt: skip
    return pd.DataFrame([told | changes, told | {"derived": True}, told | {"earlier": True}])


@pytest.mark.parametrize(
    ("changes", "public", "told"),
    [
        ({}, "edition first", (-np.inf, np.inf)),
        ({"shown": False}, "", (-np.inf, np.inf)),
        # Whom it named as public goes on being that; an edition before it is one more edition.
        ({"shown": False, "public": "sen2"}, "sen2", (-np.inf, np.inf)),
        ({"public": "edition older"}, "edition first", (-np.inf, np.inf)),
        # To the nearest ten it may have been 5 to 15; so that sums hold, 1 to 19.
        ({"rounding": 10, "printed": 10.0}, "", (5, 15)),
        ({"rounding": 10, "printed": 10.0, "controlled": True}, "", (1, 19)),
        ({"rounding": 5, "printed": 10.0}, "", (8, 12)),
        ({"rounding": 10, "printed": 10.0, "shown": False}, "", (-np.inf, np.inf)),
    ],
)
def test_what_an_earlier_edition_printed_of_a_count_is_known(
    changes: dict[str, object], public: str, told: tuple[float, float]
) -> None:
    made = LinkedTables()
    cell = made.add(GIRLS, "girls", 12.0)
    assert join_earlier(made, {GIRLS: cell}, "first", entry(**changes)) == {GIRLS: cell}
    assert made.size == 1
    assert (made.public[cell], made.told[cell], made.threshold[cell]) == (public, told, 5)
    assert made.last == {cell: cell}
    shown = changes.get("shown", True)
    assert made.before == ({cell: {changes.get("printed", 12.0)}} if shown else {})


def test_a_count_that_has_changed_is_another_and_editions_narrow_it_together() -> None:
    made = LinkedTables()
    cell = made.add(GIRLS, "girls", 14.0, threshold=5)
    for name, changes in (
        ("first", {"rounding": 10, "printed": 10.0}),
        ("second", {"rounding": 5, "printed": 10.0}),
    ):
        own = join_earlier(made, {GIRLS: cell}, name, entry(**changes))
    before = own[GIRLS]
    assert before != cell
    assert (made.value[before], made.earlier[before], made.contributor[before]) == (12, True, 1)
    assert made.told[before] == (8, 12)
    assert made.told[cell] == (-np.inf, np.inf)
    assert made.before == {cell: {10.0}}
    assert made.last[cell] == before
    # One that is counted no more is a cell of its own, which nobody has now.
    lone = LinkedTables()
    (only,) = join_earlier(lone, {}, "first", entry()).values()
    assert (lone.public[only], lone.last, lone.before) == ("edition first", {}, {})


@pytest.mark.parametrize(
    ("part", "whole", "printed", "decimals"),
    [
        # 37 of 211 are 17.535… %.
        (37, 211, 17.54, 2),
        (37, 211, 17.5, 1),
        (37, 211, 18.0, 0),
        # Of other data: further off than half of its last digit.
        (37, 211, 17.6, None),
        (37, 211, 17.0, None),
        (37, 211, 17.53, None),
        # Beyond three digits nothing is rounded: it must be the very ratio, to half of the third.
        (37, 211, 17.5355, 3),
        (37, 211, 17.5361, None),
        # One of one is everybody, and of nobody there is no ratio.
        (1, 1, 100.0, 0),
        (0, 0, 0.0, None),
    ],
)
def test_an_official_percentage_ties_two_counts_where_it_is_theirs(
    part: int, whole: int, printed: float, decimals: int | None
) -> None:
    made = LinkedTables()
    year = {"period": frozenset({"2025"})}
    all_of, some = (
        make("pupil", "rows", year),
        make("pupil", "rows", {**year, "sex": frozenset("F")}),
    )
    made.numerators = [made.add(some, "some", part), NONE]
    made.denominators = [made.add(all_of, "all", whole), NONE]
    key = dict.fromkeys(schema.KEY, "x") | {"indicator": "pupils_ehc_plan"}
    rows = pd.DataFrame([key, key | {"category": "other"}])
    counted = pd.DataFrame([key | {"category": "counted"}])
    rows = pd.concat([rows, counted], ignore_index=True)
    made.numerators.append(0)
    made.denominators.append(1)
    # The second has no counts here, the third has counts of its own there.
    official = rows.assign(value=printed, numerator=[np.nan, np.nan, 37.0])
    found = list(ratios(made, rows, official, CONFIG))
    expected = [] if decimals is None else [(0, 1, printed, decimals, 100.0)]
    assert [tuple(one) for one in found] == expected


def exclusions(counts: dict[str, int]) -> pd.DataFrame:
    """Measures of permanent exclusions by academic year, of 500 pupils each."""
    events = [
        {"period": year, "sex": "M", "headline": True}
        for year, n in counts.items()
        for _ in range(n)
    ]
    roll = [{"period": year, "sex": "M", "headline": True} for year in counts for _ in range(500)]
    tables = {
        "permanent_exclusion": world.filled(
            "permanent_exclusion", pd.DataFrame(events, dtype=object)
        ),
        "roll": world.filled("roll", pd.DataFrame(roll, dtype=object)),
    }
    config = world.configuration(deliveries=[("exclusions", year) for year in counts])
    return measure(tables, [config.indicators["permanent_exclusion_rate"]], config)


def shown(made: Protection) -> dict[str, float]:
    """Period -> permanent exclusions printed of the whole authority."""
    rows = made.safe[made.safe["breakdown"].eq("total") & made.safe["area_code"].eq(world.AREA)]
    rows = rows[rows["numerator"].notna()]
    return dict(zip(rows["period"], rows["numerator"], strict=True))


def test_years_together_and_a_year_later_some_of_them_alone() -> None:
    """20 in three years; then 8 and 9 in the later two of them: 3 are left for the first."""
    before = protect(exclusions(dict(zip(YEARS[:3], (3, 8, 9), strict=True))), CONFIG)
    assert shown(before) == {"2021/22 to 2023/24": 20}
    later = exclusions(dict(zip(YEARS[1:], (8, 9, 6), strict=True)))
    alone = protect(later, CONFIG)
    assert shown(alone)["2022/23"] + shown(alone)["2023/24"] == 17
    after = protect(later, CONFIG, earlier={"first": before.ledger})
    periods = [*YEARS]
    outsider = Outsider(len(periods))
    for made in (before, after):
        for period, count in shown(made).items():
            first, last = period.split(" to ")[0], period.split(" to ")[-1]
            outsider.tell(np.array([first <= year <= last for year in periods]), count, count)
    low, high = outsider.interval(np.array([year == "2021/22" for year in periods]))
    assert low <= 1e-6
    assert high >= 4 - 1e-6
    prove(gather(after.safe, later, CONFIG, earlier={"first": before.ledger}))
