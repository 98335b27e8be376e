"""Spells over years: one after another, at the ages and as often as declared, shown while open."""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import cache

import numpy as np

from jsna.synthetic.course import Course, after, apart, codes, column, exponential
from jsna.synthetic.draws import stream
from jsna.synthetic.effects import Effects, Parameter
from jsna.synthetic.events import Events, Shown
from jsna.synthetic.people import RESIDENT
from jsna.synthetic.spells import Open, Parts, Spells, heads
from jsna.synthetic.who import residents
from jsna.synthetic.world import World
from tests.unit.synthetic_support import ONE_WORKER, people

pytestmark = ONE_WORKER

SPELLS = Spells(
    source="x", who=residents(), kinds="kind", level="x.starts", by="x", at_age="x.at_age",
    years=10, unborn=0, grown=18, begins="from", ends="to", apart=5,
    then={"days": exponential(200.0), "to": after("from", column("days"))},
)  # fmt: skip
SHOWN = Events(
    source="y",
    who=Open(SPELLS, also={"code": apart(codes({"p": 0.3, "q": 0.7}), "x", "code")}),
    then={"closed": column("to")},
    order=("person", "from"),
    shown=Shown(until="to", back=0, told={"code": "closed"}),
)


@cache
def town() -> World:
    """The test edition's people, with two kinds of spells; `b` never begins before the age of 9."""
    told = {
        "x.starts": {"a": 0.1, "b": 0.2},
        "x.at_age": {"a": {"0-8": 1.0, "9-17": 1.0}, "b": {"0-8": 0.0, "9-17": 2.0}},
    }
    made = copy(people())
    more = {name: Parameter(assumption=value) for name, value in told.items()}
    made.effects = Effects({**made.effects.parameters, **more})
    made._kept = {}
    return made


@cache
def spells() -> Course:
    return SPELLS.happened(town())


def test_spells_of_a_person_follow_one_another() -> None:
    found = spells()
    line = [*zip(found.person.tolist(), found["from"].tolist(), found["to"].tolist(), strict=True)]
    assert len(line) > 1000
    assert found["spell"].tolist() == [*range(len(line))]
    firsts = found["first"].tolist()
    for at, (person, begins, _) in enumerate(line):
        before = [one for one in line[max(at - 30, 0) : at] if one[0] == person]
        assert all((begins - ends).days > 5 for _, _, ends in before)
        first = before[0][1] if before else begins
        assert firsts[at] == first
    assert [one[:2] for one in line] == sorted(one[:2] for one in line)


def test_spells_begin_as_often_and_at_the_ages_declared() -> None:
    found, made = spells(), town()
    age = (found["from"] - found.born).astype(int) / 365.25
    assert age.min() >= 0 and age.max() < 18.01
    assert (found["from"] >= np.datetime64("2015-03-31")).all()
    assert (found["from"] < np.datetime64("2025-03-31")).all()
    assert age[found["kind"] == "b"].min() > 8.9
    # Those of a child rarely overlap at these rates: nearly as many as declared are left.
    births = made.people.born[made.people.kind == RESIDENT].tolist()
    years = {"a": 0.0, "b": 0.0}
    for born in births:
        for kind, youngest in (("a", 0), ("b", 9)):
            begin = max(born.toordinal() + youngest * 365.25, date(2015, 3, 31).toordinal())
            end = min(born.toordinal() + 18 * 365.25, date(2025, 3, 31).toordinal())
            years[kind] += max(end - begin, 0) / 365.25
    for kind, rate in (("a", 0.1), ("b", 0.4)):
        expected = rate * years[kind]
        assert 0.7 * expected < (found["kind"] == kind).sum() < 1.02 * expected


def test_a_delivery_shows_what_was_open_as_it_was_known() -> None:
    every, made = spells(), town()
    code = codes({"p": 0.3, "q": 0.7})(
        Course(made, every.group, stream(made.synthesis.seed, "x", "code"), every.member)
    )
    for year in (2023, 2024):
        first, last = np.datetime64(f"{year}-04-01"), np.datetime64(f"{year + 1}-03-31")
        period = f"{year}/{year - 1999}"
        known = SHOWN(made, period).quantities
        here = np.flatnonzero((every["from"] <= last) & (every["to"] >= first))
        assert known["spell"]().to_pylist() == here.tolist()
        ends = [day if day <= last else None for day in every["to"][here]]
        assert known["closed"]().to_pylist() == [
            None if day is None else day.item() for day in ends
        ]
        # A code nobody knew before the end; of every spell the same in any delivery.
        assert known["code"]().to_pylist() == [
            None if day is None else str(one) for day, one in zip(ends, code[here], strict=True)
        ]


def in_two(at: Course) -> Course:
    """Each spell cut in half."""
    found = at.rows(np.repeat(np.arange(len(at)), 2))
    second = np.arange(len(found)) % 2 == 1
    middle = found["from"] + (found["to"] - found["from"]) // 2
    found.columns |= {
        "begins": np.where(second, middle, found["from"]),
        "ends": np.where(second, found["to"], middle),
    }
    return found


def test_parts_of_one_kind_are_shown_while_they_last() -> None:
    parts = Parts(
        source="z", of=SPELLS, kind="b", history=in_two, begins="begins", ends="ends",
        then={"code": codes({"p": 0.5, "q": 0.5})},
    )  # fmt: skip
    every, whole = parts.happened(town()), spells()
    assert every["spell"].tolist() == np.repeat(whole["spell"][whole["kind"] == "b"], 2).tolist()
    assert {*every["code"].tolist()} == {"p", "q"}
    # What a source makes of spells changes none of them.
    assert "begins" not in whole.columns and parts.happened(town()) is every
    shown = Open(parts).begun(town(), "2023/24")
    here = (every["begins"] <= np.datetime64("2024-03-31")) & (
        every["ends"] >= np.datetime64("2023-04-01")
    )
    assert shown["begins"].tolist() == every["begins"][here].tolist()
    assert 0 < here.sum() < len(here)


def test_the_first_row_of_each_run_by_hand() -> None:
    assert heads(np.array([7, 7, 3, 7, 7, 7])).tolist() == [0, 0, 2, 3, 3, 3]
    assert heads(np.array([], dtype=int)).tolist() == []
