"""Error estimates and differences, against answers worked out by hand or known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.linkage.cascade import link
from jsna.linkage.quality import differences, hold_out, implausible, standardised, wilson
from tests.unit.linkage_support import accuracy, database, ruleset, standard, table, world


def test_the_hold_out_finds_the_errors_there_are() -> None:
    """Of two registers the truth is known, so the estimate can be held to it."""
    made, db, rules = world(), database(), ruleset().rules
    left, right = (standard(db, n, getattr(made, n)).relation for n in ("school", "health"))
    found = link(db, left, right, rules)
    estimate = hold_out(db, left, right, found.links, rules)
    blind = [standard(db, f"b{n}", getattr(made, n).drop_columns("nhs_number")).relation
             for n in ("school", "health")]  # fmt: skip
    precision, recall, _ = accuracy(db, link(db, *blind, rules, "again").links, made)
    assert estimate.missed.trials > 3000
    assert estimate.missed.low <= 1 - recall <= estimate.missed.high
    assert estimate.false.low <= 1 - precision <= estimate.false.high
    for one in (estimate.missed, estimate.false):
        assert 0 <= one.low <= one.mid <= one.high <= 1


def test_without_a_number_nothing_is_claimed() -> None:
    made, db, rules = world(), database(), ruleset().rules
    left, right = (
        standard(db, n, getattr(made, n).drop_columns("nhs_number")).relation
        for n in ("school", "health")
    )
    estimate = hold_out(db, left, right, link(db, left, right, rules).links, rules)
    assert (estimate.missed.low, estimate.missed.high, estimate.missed.trials) == (0.0, 1.0, 0)


def test_wilson_by_hand() -> None:
    # 1 of 10: (.1 + .19207 ± 1.959964·√(.009 + .0096037)) / 1.384146
    low, high = wilson(0.1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_standardised_differences_by_hand() -> None:
    # .5 and .25: .25 / √((.25 + .1875) / 2) = .25 / .467707
    assert standardised(50, 100, 25, 100) == pytest.approx(0.534522, abs=1e-6)
    assert standardised(0, 0, 3, 5) == 0.0
    assert standardised(5, 5, 5, 5) == 0.0
    db = database(1)
    rows = [{"linked": "true", "fifth": "1"}, {"linked": "true", "fifth": "2"},
            {"linked": "false", "fifth": "1"}, {"linked": "false"}]  # fmt: skip
    db.register("given", table(rows))
    found = differences(
        db, "(SELECT * REPLACE (linked = 'true' AS linked) FROM given)", "linked", ("fifth",)
    )
    # Those of whom nothing is known are a category of their own.
    assert [row[:4] for row in found] == [
        ("fifth", "", 0, 1), ("fifth", "1", 1, 1), ("fifth", "2", 1, 0),
    ]  # fmt: skip


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_standardised_differences_change_sign_with_sides(a: int, b: int, c: int, d: int) -> None:
    one, other = (a, a + b), (c, c + d)
    assert standardised(*one, *other) == pytest.approx(-standardised(*other, *one))


def test_implausible_links_are_counted() -> None:
    base = {"forename": "Annabel", "surname": "Keld", "date_of_birth": "2012-05-14", "sex": "F"}
    left = [base, {**base, "forename": "Priya"}]
    right = [{**base, "date_of_birth": "2004-11-30"}, {**base, "sex": "M", "forename": "Priya"}]
    db = database(1)
    tables = [standard(db, n, table(r)).relation for n, r in (("left", left), ("right", right))]
    db.execute("CREATE TABLE made AS SELECT i AS left_person, i AS right_person FROM range(2) t(i)")
    assert implausible(db, *tables, "made") == {
        "dates of birth": 1, "sexes": 1, "numbers": 0, "two to one": 0,
    }  # fmt: skip
