"""Invented rows of a source that declares which day comes first, or what is a part of what."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from jsna.model.contract import Column, Extract, Rule, Table
from jsna.shared import rules
from jsna.synthetic.fill import fill
from jsna.synthetic.view import View

ROWS, YEAR = 4_000, "2024/25"
REFERRED = Column("Referred", "referred", "date", "Referred.")
SEEN = Column("Seen", "seen", "date", "Seen.", nullable=True)
LEFT = Column("Left", "left_on", "date", "Left.", nullable=True)
PLACES = Column("Places", "places", "integer", "Places.", minimum=1, maximum=40)
TAKEN = Column("Taken", "taken", "integer", "Places taken.", minimum=0, maximum=50)
SPENT = Column("Spent", "spent", "number", "Spent.", minimum=0, maximum=10)
COST = Column("Cost", "cost", "number", "Cost.", minimum=0, maximum=9)
BORN = Column("Born", "born", "date", "Born.", quantity="date_of_birth")
#: The later of three days is asked about first, so that what is mended for one breaks another.
ORDER = (
    rules.in_order("left_on.before_seen", "error", "left before seen", "seen", "left_on"),
    rules.in_order("seen.before_referred", "error", "seen before", "referred", "seen"),
    rules.in_order("referred.before_born", "error", "referred before born", "born", "referred"),
    rules.no_more("taken.above_places", "error", "more taken than there are", "taken", "places"),
    rules.no_more("spent.above_cost", "warning", "more spent than it costs", "spent", "cost"),
)


def drawn(*asked: Rule, **known: pa.Array) -> pa.Table:
    columns = (BORN, REFERRED, SEEN, LEFT, PLACES, TAKEN, SPENT, COST)
    table = Table("visits", "A visit.", columns, rules=asked)
    extract = Extract("visits", "Visits", "Visits.", "financial_year", "resident", (table,))
    view = View(ROWS, {name: lambda values=values: values for name, values in known.items()})
    return fill(extract, table, view, YEAR, {}, 5)


def born() -> pa.Array:
    days = np.datetime64("2015-01-01") + np.arange(ROWS) % 3_700
    return pa.array(days, pa.date32())


def test_rows_keep_the_order_their_rules_ask_for() -> None:
    before, after = drawn(date_of_birth=born()), drawn(*ORDER, date_of_birth=born())
    frame = after.to_pandas()
    for rule in ORDER:
        lower, upper = (frame[name] for name in rule.fields)
        both = lower.notna() & upper.notna()
        assert both.sum() > 1_000
        assert (lower[both] <= upper[both]).all(), rule.code
        # And they are not put on one value: the days and numbers differ as before.
        assert (lower[both] < upper[both]).mean() > 0.9, rule.code
    assert after["born"] == before["born"]
    for column in ("referred", "seen", "left_on"):
        days = frame[column].dropna()
        assert days.min() >= date(2024, 4, 1) and days.max() <= date(2025, 3, 31)
        assert after[column].null_count == before[column].null_count
    assert frame["taken"].between(0, 40).all() and frame["spent"].between(0, 9).all()
    assert after["places"] == before["places"], "what may not be the greater gives way"


def test_what_the_world_shows_stands_and_the_other_gives_way() -> None:
    seen = pa.array([date(2024, 4, 1 + at % 20) for at in range(ROWS)], pa.date32())
    made = drawn(ORDER[1], seen=seen, date_of_birth=born())
    assert made["seen"].combine_chunks() == seen
    referred = made["referred"].to_pandas()
    assert (referred <= seen.to_pandas()).all()
    assert referred.min() == date(2024, 4, 1)


def test_no_rule_changes_what_it_does_not_ask_about() -> None:
    plain, asked = drawn(date_of_birth=born()), drawn(ORDER[3], date_of_birth=born())
    changed = [name for name in plain.column_names if plain[name] != asked[name]]
    assert changed == ["taken"]


def test_rules_of_drafts_are_made_of_the_names_of_fields() -> None:
    days = rules.days_in_order("born", "referred", "seen")
    part = rules.part_of("taken", "places")
    assert [(rule.code, rule.severity, rule.fields) for rule in (*days, part)] == [
        ("referred.before_born", "warning", ("born", "referred")),
        ("seen.before_referred", "warning", ("referred", "seen")),
        ("taken.above_places", "error", ("taken", "places")),
    ]
    assert part.message == "'taken' is more than 'places'"
    assert days[1].message == "'seen' is before 'referred'"
    frame = pd.DataFrame({"taken": [3, 4, 5], "places": [4, 4, 4]})
    assert [*part.check(frame, None)] == [True, True, False]  # type: ignore[arg-type]
