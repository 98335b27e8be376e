"""Error estimates, against answers worked out by hand or known."""

from typing import Any

import duckdb

from jsna.linkage.cascade import Rules, link
from jsna.linkage.quality import held_out, mark_implausible, wilson
from tests.unit.linkage_support import accuracy, both, database, ruleset, standard, table, world


def held(
    left: str, right: str, rules: Rules, db: duckdb.DuckDBPyConnection, most: int = 100_000
) -> dict[str, Any]:
    """What was tried by hiding the numbers, and how often it went wrong: of pairs, and of links."""
    held_out(db, left, right, link(db, left, right, rules).links, rules, "held", most)
    query = "SELECT of, count(*), count(*) FILTER (wrong) FROM held GROUP BY of"
    return {of: (tried, wrong) for of, tried, wrong in db.execute(query).fetchall()}


def test_the_hold_out_finds_the_errors_there_are() -> None:
    """Of two registers the truth is known, so the estimate can be held to it."""
    made, db, rules = world(), database(), ruleset().rules
    left, right = both(db, made)
    found = held(left, right, rules, db)
    blind = [standard(db, f"b{n}", getattr(made, n).drop_columns("nhs_number")).relation
             for n in ("school", "health")]  # fmt: skip
    precision, recall, _ = accuracy(db, link(db, *blind, rules, "again").links, made)
    assert found["pair"][0] > 3000
    for (tried, wrong), true in ((found["pair"], 1 - recall), (found["link"], 1 - precision)):
        low, high = wilson(wrong / tried, tried)
        assert 0 <= low <= true <= high <= 1


def test_a_sample_is_judged_as_if_everyone_was() -> None:
    """Who is drawn competes with everyone: each has the answer that looking at all gives."""
    made, db, rules = world(), database(), ruleset().rules
    left, right = both(db, made)
    everyone = held(left, right, rules, db)["pair"][0]
    found = "SELECT of, right_person, wrong FROM held ORDER BY ALL"
    answers = db.execute(found).fetchall()
    drawn = held(left, right, rules, db, most=1500)["pair"][0]
    sample = db.execute(found).fetchall()
    assert 1300 < drawn < 1700 < everyone
    people = {person for (person,) in db.execute("SELECT right_person FROM _looked_at").fetchall()}
    assert sample == [one for one in answers if one[1] in people]
    assert {wrong for _, _, wrong in sample} == {True, False}


def test_without_a_number_nothing_is_claimed() -> None:
    made, db, rules = world(), database(), ruleset().rules
    left, right = both(db, made, "nhs_number")
    assert not held(left, right, rules, db)


def test_wilson_by_hand() -> None:
    # 1 of 10: (.1 + .19207 ± 1.959964·√(.009 + .0096037)) / 1.384146
    low, high = wilson(0.1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_implausible_links_are_counted() -> None:
    base = {"forename": "Annabel", "surname": "Keld", "date_of_birth": "2012-05-14", "sex": "F"}
    left = [base, {**base, "forename": "Priya"}]
    right = [{**base, "date_of_birth": "2004-11-30"}, {**base, "sex": "M", "forename": "Priya"}]
    db = database(1)
    tables = [standard(db, n, table(r)).relation for n, r in (("left", left), ("right", right))]
    db.execute("CREATE TABLE made AS SELECT i AS left_person, i AS right_person FROM range(2) t(i)")
    mark_implausible(db, *tables, "made", "odd")
    marked = "SELECT left_person, c0, c1, c2 FROM odd ORDER BY left_person"
    # The dates of birth of the first, the sexes of the second; and no numbers that differ.
    assert db.execute(marked).fetchall() == [(0, True, False, False), (1, False, True, False)]
