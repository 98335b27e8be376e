"""Error estimates, differences and review, against answers worked out by hand or known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.errors import JsnaError
from jsna.linkage.cascade import link
from jsna.linkage.quality import differences, hold_out, implausible, standardised, wilson
from jsna.linkage.review import STRATA, judged, read_judgements, sample, sizes
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


def test_the_review_sample_is_drawn_from_every_stratum_and_repeats() -> None:
    made, db, rules = world(), database(), ruleset().rules
    left, right = (
        standard(db, n, getattr(made, n).drop_columns("nhs_number")).relation
        for n in ("school", "health")
    )
    found = link(db, left, right, rules)
    counts = sizes(db, found)
    drawn = sample(db, left, right, found, 5, seed=3)
    assert drawn.equals(sample(db, left, right, found, 5, seed=3))
    assert not drawn.equals(sample(db, left, right, found, 5, seed=4))
    by_stratum = {s: drawn["stratum"].to_pylist().count(s) for s in STRATA}
    assert by_stratum == {s: min(5, counts[s]) for s in STRATA}
    shown = set(drawn.column_names)
    assert {"forename_1", "forename_2", "judgement"} <= shown
    assert not {"weight", "probability"} & shown


def test_judgements_are_read_or_refused_all_at_once() -> None:
    near, pass_ = "near miss", "link by a pass"
    rows = [{"stratum": near, "judgement": " Yes "}, {"stratum": near, "judgement": ""},
            {"stratum": pass_, "judgement": "?"}]  # fmt: skip
    assert read_judgements(rows, "sample.csv") == [(near, True), (pass_, None)]
    faulty = [{"stratum": "x", "judgement": "yes"}, {"stratum": near, "judgement": "Annabel"}]
    with pytest.raises(JsnaError) as caught:
        read_judgements(faulty, "sample.csv")
    assert [problem.row for problem in caught.value.problems] == [2, 3]
    assert "Annabel" not in caught.value.report()
    with pytest.raises(JsnaError, match="no pair has been judged"):
        read_judgements([{"stratum": near, "judgement": ""}], "sample.csv")


def test_judgements_become_intervals() -> None:
    band, sure = "link, review band", "link, surer"
    said = [(band, False)] * 4 + [(band, True)] * 6 + [(sure, True)] * 10 + [("near miss", None)]
    wrong, missed = judged(said, {band: 100, sure: 900, "near miss": 50})
    # 40 % of a tenth, none of the rest.
    assert wrong.mid == pytest.approx(0.04)
    assert 0 <= wrong.low < 0.04 < wrong.high < 0.4
    assert (wrong.pairs, wrong.unsure, missed.unsure) == (20, 0, 1)
    assert missed.high - missed.low > 0.5
    # Nobody judged a pair: nothing is claimed.
    assert (judged([], {band: 100})[0].low, judged([], {band: 100})[0].high) == (0.0, 1.0)
