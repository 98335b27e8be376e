"""Who came since a year before: what followed pupils and the later roll give away together.

The tests subtract by themselves, from the rows that are printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jsna.tables
from jsna.disclosure.attacking.arrivals import Arrivals
from jsna.disclosure.discovery import supposed, worlds
from jsna.disclosure.discovery.search import discover
from jsna.disclosure.evidence import gather
from jsna.disclosure.ledger import equations
from jsna.disclosure.ledger.arrivals import arrivals, unions
from jsna.disclosure.ledger.families import Derived
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures import derive
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.cells import Cell, make
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.tables import catalogue
from jsna.tables.catalogue import CATALOGUE, arrow
from tests.spec import world
from tests.tried import drawn, full
from tests.unit.test_discovery import configuration

TABLE = world.FOLLOWED
STATES = ("N", "K", "E")
#: From, to -> how many of 2024: 118 of them have SEN support a year later.
MOVES = {
    ("N", "N"): 300, ("N", "K"): 30, ("N", "E"): 20, ("N", "gone"): 20,
    ("K", "N"): 20, ("K", "K"): 80, ("K", "E"): 10, ("K", "gone"): 10,
    ("E", "N"): 9, ("E", "K"): 8, ("E", "E"): 60, ("E", "gone"): 9,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, TABLE.name, TABLE)
    monkeypatch.setitem(catalogue._VIEWS, TABLE.name, TABLE)


def indicator(
    name: str, kind: str, table: str, *breakdowns: list[str], where: str = ""
) -> Indicator:
    side = {"table": table, **({"where": where} if where else {})}
    given = {"id": name, "phrase": "pupils", "kind": kind, "numerator": side}
    return Indicator.model_validate({**world.LEAST, **given, "breakdowns": breakdowns}).model_copy(
        update={"chapter": "prevalence"}
    )


BOTH = ["sen_provision", "sen_provision_later"]
FLOW, ROLL = indicator("moves", "flow", TABLE.name, BOTH), indicator(
    "roll", "count", "pupil", ["sen_provision"]
)  # fmt: skip


class Years:
    """Two Januaries of pupils, those of the first followed, and what is printed of them."""

    def __init__(
        self,
        came: Mapping[str, int],
        moves: Mapping[tuple[str, str], int] = MOVES,
        *indicators: Indicator,
        boys: Mapping[str, int] | None = None,
    ) -> None:
        rolls: list[tuple[Any, ...]] = []
        followed: list[tuple[Any, ...]] = []
        for sex, new in (("F", came), *((("M", boys),) if boys is not None else ())):
            for (now, then), many in moves.items():
                for number in range(many):
                    key = f"{sex}{now}{then}{number}"
                    rolls.append(("2024", key, sex, now))
                    followed.append(("2024", key, sex, now, then))
                    if then != "gone":
                        rolls.append(("2025", key, sex, then))
            for then, many in new.items():
                keys = (f"{sex}came{then}{number}" for number in range(many))
                rolls += [("2025", key, sex, then) for key in keys]
        columns = ["period", "person_key", "sex", *BOTH]
        self.tables = {
            "pupil": world.filled("pupil", pd.DataFrame(rolls, columns=columns[:4], dtype=object)),
            TABLE.name: world.filled(
                TABLE.name, pd.DataFrame(followed, columns=columns, dtype=object)
            ),
        }
        self.config = made(*(indicators or (FLOW, ROLL)))
        self.truth = measure(self.tables, self.config.indicators.values(), self.config)

    def safe(self) -> pd.DataFrame:
        return protect(self.truth, self.config).safe

    def prove(self, safe: pd.DataFrame) -> None:
        prove(gather(safe, self.truth, self.config))

    def left(self, safe: pd.DataFrame) -> dict[tuple[str, str], float]:
        """Who came into a state, or left one, wherever the rows shown give it to a pencil."""
        shown = {
            (row["indicator"], row["period"], row["category"]): row["numerator"]
            for row in safe.to_dict("records")
            if row["status"] != "c"
        }
        found = {}
        for state in STATES:
            into = [shown.get(("moves", "2024", f"{now}|{state}")) for now in STATES]
            out = [shown.get(("moves", "2024", f"{state}|{then}")) for then in STATES]
            for name, year, parts in (("came", "2025", into), ("left", "2024", out)):
                counts = [shown.get(("roll", year, state)), *parts]
                if None not in counts:
                    found[name, state] = counts[0] - sum(counts[1:])
        return found


def made(*indicators: Indicator) -> Configuration:
    config = world.with_followed(world.configuration())
    return replace(config, indicators={one.id: one for one in indicators})


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let protection know of no arrivals."""
    monkeypatch.setattr(equations, "unions", lambda *_: {})
    for name in ("arrivals", "beside"):
        monkeypatch.setattr(equations, name, lambda *_: iter(()))


def test_two_who_came_are_not_what_is_left_of_a_roll() -> None:
    """120 have SEN support, 8 + 80 + 30 = 118 of them were here before: two came."""
    years = Years({"N": 40, "K": 2, "E": 25})
    counted = years.truth.set_index(["indicator", "period", "category"])["numerator"]
    assert counted["roll", "2025", "K"] == 120
    assert [counted["moves", "2024", f"{now}|K"] for now in STATES] == [30, 80, 8]
    assert years.left(years.truth) == {
        ("came", "N"): 40, ("came", "K"): 2, ("came", "E"): 25,
        ("left", "N"): 20, ("left", "K"): 10, ("left", "E"): 9,
    }  # fmt: skip
    safe = years.safe()
    assert ("came", "K") not in years.left(safe)
    assert safe["status"].eq("c").any()
    years.prove(safe)


@pytest.mark.parametrize("forgotten", [False, True], ids=["neither", "ledger"])
def test_the_proof_finds_who_came_by_itself(
    monkeypatch: pytest.MonkeyPatch, forgotten: bool
) -> None:
    """Were protection bypassed, or did both not know what adds up, the pencil still subtracts."""
    years = Years({"N": 40, "K": 2, "E": 25})
    if forgotten:
        forget(monkeypatch)
        safe = years.safe()
        assert not safe["status"].eq("c").any()
    safe = years.truth[list(schema.columns())]
    with pytest.raises(JsnaError) as caught:
        years.prove(safe)
    found = {problem.code for problem in caught.value.problems}
    assert "prove.remainder" in found and found & {"prove.cell", "prove.shown"}


@pytest.mark.parametrize(
    ("came", "shown"), [full(0, True), full(1, False), (4, False), (10, True)]
)  # fmt: skip
def test_few_who_came_are_protected_and_nobody_or_enough_are_not(came: int, shown: bool) -> None:
    years = Years({"N": 40, "K": came, "E": 25})
    safe = years.safe()
    assert not safe["status"].eq("c").any() if shown else safe["status"].eq("c").any()
    assert years.left(safe).get(("came", "K")) == (came if shown else None)
    years.prove(safe)


def test_who_came_is_told_by_sex_and_by_a_share_as_well() -> None:
    """Everybody takes a pupil's sex to be the same a year later, and shares give their counts."""
    shares = Indicator.model_validate(
        {
            **world.LEAST, "id": "moves", "phrase": "pupils", "kind": "transition",
            "numerator": {"table": TABLE.name}, "over": ["sen_provision_later"],
            "breakdowns": [["sex", *BOTH]],
        }
    ).model_copy(update={"chapter": "prevalence"})  # fmt: skip
    roll = indicator("roll", "count", "pupil", ["sex", "sen_provision"])
    years = Years({"N": 40, "K": 2, "E": 25}, MOVES, shares, roll)

    def left(safe: pd.DataFrame) -> float:
        shown = {
            (row["period"], *sorted(schema.dimensions(row["breakdown"], row["category"]).items())):
            row["numerator"] for row in safe.to_dict("records") if row["status"] != "c"
        }  # fmt: skip
        counts = [shown.get(("2025", ("sen_provision", "K"), ("sex", "F"))), *(
            shown.get(("2024", ("sen_provision", now), ("sen_provision_later", "K"), ("sex", "F")))
            for now in STATES
        )]  # fmt: skip
        return np.nan if None in counts else float(counts[0] - sum(counts[1:]))

    assert left(years.truth) == 2
    safe = years.safe()
    assert left(safe) != 2
    years.prove(safe)


EITHER = "sen_provision_later in ('K', 'E')"


def into(counted: Mapping[Any, float], *, split: bool) -> list[float]:
    """Who came with K or E: both rows of the later roll, less those followed into either."""
    roll = [counted.get(("roll", "2025", state)) for state in ("K", "E")]
    moved = [counted.get(("into", "2024", now)) for now in (STATES if split else ("total",))]
    every = [*roll, *moved]
    return [] if None in every else [sum(roll) - sum(moved)]  # type: ignore[arg-type]


def printed(rows: pd.DataFrame) -> dict[Any, float]:
    shown = rows if "status" not in rows else rows.loc[rows["status"].ne("c")]
    return shown.set_index(["indicator", "period", "category"])["numerator"].to_dict()


def found_where_nothing_is_hidden(years: Years, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protection that knows of no arrivals hides nothing, and the attack finds them by itself."""
    with monkeypatch.context() as forgotten:
        forget(forgotten)
        bare = years.safe()
    assert not bare["status"].eq("c").any()
    with pytest.raises(JsnaError) as caught:
        years.prove(bare)
    assert "prove.remainder" in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("split", [False, True], ids=["one row", "by where they were"])
def test_several_rows_may_be_the_roll_together(
    monkeypatch: pytest.MonkeyPatch, split: bool
) -> None:
    """30 + 20 + 80 + 10 + 8 + 60 = 208 moved into K or E; 119 + 92 = 211 have one: three came."""
    moves = indicator(
        "into", "count", TABLE.name, *([["sen_provision"]] if split else []), where=EITHER
    )
    years = Years({"N": 40, "K": 1, "E": 2}, MOVES, moves, ROLL)
    counted = printed(years.truth)
    assert [counted["roll", "2025", state] for state in ("K", "E")] == [119, 92]
    assert counted["into", "2024", "total"] == 208
    assert into(counted, split=split) == [3]
    safe = years.safe()
    assert into(printed(safe), split=split) == [] and into(printed(safe), split=False) == []
    years.prove(safe)
    found_where_nothing_is_hidden(years, monkeypatch)


@pytest.mark.parametrize(("came", "shown"), [full(0, True), (4, False), (5, True)])
def test_few_on_several_rows_are_protected_and_nobody_or_enough_are_not(
    came: int, shown: bool
) -> None:
    years = Years(
        {"N": 40, "K": came}, MOVES, indicator("into", "count", TABLE.name, where=EITHER), ROLL
    )
    safe = years.safe()
    assert into(printed(safe), split=False) == ([came] if shown else [])
    years.prove(safe)


#: Girls with SEN support and everyone with a plan; girls who went into either, boys into a plan.
SPLIT = {
    "girls": ("pupil", "sex = 'F' and sen_provision = 'K'", 119),
    "plans": ("pupil", "sen_provision = 'E'", 182),
    "girls_into": (TABLE.name, "sex = 'F' and sen_provision_later in ('K', 'E')", 208),
    "boys_into": (TABLE.name, "sex = 'M' and sen_provision_later = 'E'", 90),
}


def test_rows_that_are_split_by_two_columns_are_the_roll_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """119 girls and 182 plans hold 208 girls and 90 boys who were here: 301 - 298 = 3 came."""
    counted = [indicator(name, "count", t, where=where) for name, (t, where, _) in SPLIT.items()]
    years = Years({"N": 40, "K": 1, "E": 1}, MOVES, *counted, boys={"N": 40, "E": 1})
    keys = [
        (name, "2025" if table == "pupil" else "2024", "total")
        for name, (table, *_) in SPLIT.items()
    ]
    shown = printed(years.truth)
    assert [shown[key] for key in keys] == [many for *_, many in SPLIT.values()]
    safe = years.safe()
    assert not {*keys} <= printed(safe).keys()
    years.prove(safe)
    found_where_nothing_is_hidden(years, monkeypatch)
    # Of five nothing has to be kept, and all is shown.
    more = Years({"N": 40, "K": 3, "E": 1}, MOVES, *counted, boys={"N": 40, "E": 1})
    assert not more.safe()["status"].eq("c").any()


def test_those_who_are_not_gone_are_beside_all_who_are_there() -> None:
    """Those of no state that is counted may be gone: they are not on the later roll."""
    stayed = indicator("stayed", "count", TABLE.name, where="sen_provision_later <> 'gone'")
    years = Years({"N": 3}, MOVES, stayed, ROLL)
    counted = printed(years.truth)
    assert counted["roll", "2025", "total"] - counted["stayed", "2024", "total"] == 3
    shown = printed(years.safe())
    assert not {("roll", "2025", "total"), ("stayed", "2024", "total")} <= {*shown}
    years.prove(years.safe())


def test_a_reader_takes_rows_and_moves_that_overlap_together() -> None:
    """50 + 60 + 8 on the roll, 70 + 45 moved there: three came, though no row holds either move."""
    moves = indicator("moves", "count", TABLE.name, ["sen_provision_later"])
    rows = Years({}, MOVES, moves, ROLL).truth
    rows = rows.loc[rows["breakdown"].ne("total")].set_index(["indicator", "period", "category"])
    counts = [
        (("moves", "2024", "N"), pupils("2024", sen_provision_later="N K"), 70),
        (("moves", "2024", "E"), pupils("2024", sen_provision_later="E X"), 45),
        (("roll", "2025", "N"), pupils("2025", sen_provision="N"), 50),
        (("roll", "2025", "K"), pupils("2025", sen_provision="K E"), 60),
        (("roll", "2025", "E"), pupils("2025", sen_provision="X"), 8),
    ]
    for key, cell, many in counts:
        rows.loc[key, ["numerator", "numerator_cell"]] = many, cell.text()
    rows = rows.loc[[key for key, *_ in counts]].reset_index()
    reader = Arrivals(rows, made(moves, ROLL))
    told = [
        ([one.value for one in rolls], [one.value for one in parts])
        for rolls, parts in reader.leaves({*rows.index})
    ]
    assert told == [([50, 60, 8], [70, 45])]
    assert not [*reader.leaves({*rows.index} - {4})] and not [*reader.leaves({*rows.index} - {1})]


@pytest.mark.parametrize("seed", drawn(6, 1))
def test_drawn_moves_are_protected_and_proven(seed: int) -> None:
    draw = np.random.default_rng(seed)
    pairs = itertools.product(STATES, (*STATES, "gone"))
    many = dict(zip(pairs, draw.integers(0, 40, 12).tolist(), strict=True))
    came = dict(zip(STATES, draw.integers(0, 12, 3).tolist(), strict=True))
    years = Years(came, many)
    safe = years.safe()
    assert all(left == 0 or left >= 5 for left in years.left(safe).values()), years.left(safe)
    years.prove(safe)


def sums(*cells: tuple[Cell, float]) -> Iterator[tuple[Cell, list[Cell], float]]:
    """Each later count, those followed into it, and who came."""
    numbers = {cell: at for at, (cell, _) in enumerate(cells)}
    for whole, parts in arrivals(numbers, [value for _, value in cells]):
        came = sum(part.value for part in parts if isinstance(part, Derived))
        yield cells[whole][0], [cells[p][0] for p in parts if isinstance(p, int)], came


def pupils(period: str, **box: str) -> Cell:
    codes = {column: frozenset(code.split()) for column, code in box.items()}
    return make("pupil", "rows", {"period": frozenset({period}), **codes})


def test_who_is_followed_is_within_whatever_later_count_holds_them() -> None:
    now_k, now_n = (pupils("2024", sen_provision=one, sen_provision_later="K") for one in "KN")
    girls = pupils("2024", sex="F", sen_provision_later="K")
    gone = pupils("2024", sen_provision="K", sen_provision_later="gone")
    support, sen, every = (
        pupils("2025", sen_provision="K"),
        pupils("2025", sen_provision="K E"),
        pupils("2025"),
    )
    here = pupils("2025", sen_provision="K", locality=world.WEST)
    boys, later = pupils("2025", sex="M", sen_provision="K"), pupils("2026", sen_provision="K")
    found = list(
        sums(
            (now_k, 80), (now_n, 30), (girls, 50), (gone, 9), (support, 112), (sen, 150),
            (every, 1000), (here, 40), (boys, 60), (later, 120),
        )
    )  # fmt: skip
    assert found == [
        (support, [now_k, now_n], 2), (support, [girls], 62),
        (sen, [now_k, now_n], 40), (sen, [girls], 100),
        (every, [now_k, now_n], 890), (every, [girls], 950),
    ]  # fmt: skip


def test_counts_are_put_together_where_no_one_holds_those_followed() -> None:
    """Of a roll in rows that share nobody, with the fewest rows that hold a move or several."""
    roll = {pupils("2025", sen_provision=one): many for one, many in (("N", 50), ("K E", 60))}
    other = pupils("2025", sen_provision="X")
    moved = {pupils("2024", sen_provision_later=o): n for o, n in (("N K", 70), ("E X", 45))}
    every, some = (pupils("2025", sen_provision=codes) for codes in ("N K E X", "N K E"))
    last = pupils("2025", sen_provision="K E X")
    counts = {**roll, other: 8.0, **moved}
    assert unions(counts) == {every: 118, some: 110, last: 68}
    both = {**counts, **unions(counts)}
    (n, ke), (nk, ex) = roll, moved
    assert {(whole, frozenset(parts), came) for whole, parts, came in sums(*both.items())} == {
        (every, frozenset({n, ke, other}), 0), (every, frozenset({nk, ex}), 3),
        (some, frozenset({n, ke}), 0), (some, frozenset({nk}), 40),
        (last, frozenset({ke, other}), 0), (last, frozenset({ex}), 23),
    }  # fmt: skip
    # What one count holds needs no other, and what no counts hold has none.
    assert unions({n: 50.0, ke: 60.0, pupils("2024", sen_provision_later="K"): 30.0}) == {}
    assert unions({n: 50.0, ke: 60.0, ex: 30.0}) == {}


def test_those_who_have_not_lasted_say_nothing() -> None:
    """A girl of a year before is recorded as a boy: more girls were followed than there are."""
    girls, then = pupils("2024", sex="F", sen_provision_later="K"), pupils("2025", sex="F")
    assert list(sums((girls, 51), (then, 50))) == []


def test_it_is_held_in_drawn_records_that_who_is_followed_is_there() -> None:
    years = Years({"N": 40, "K": 2, "E": 25})
    records = {name: arrow(name, rows) for name, rows in years.tables.items()}
    assert discover([records], years.config).problems == ()
    gone = years.tables["pupil"]
    wrong = gone.loc[~(gone["period"].eq("2025") & gone["person_key"].eq("FNK0"))]
    (problem,) = discover([{**records, "pupil": arrow("pupil", wrong)}], years.config).problems
    assert "(`followed`) is wrong" in problem.rule and "moves numerator [2024" in problem.rule


@pytest.mark.full
def test_the_table_made_of_drawn_extracts_bears_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the query of the operator itself, with moves and rolls between which nothing else ties."""
    views = (*jsna.tables.VIEWS, TABLE)
    monkeypatch.setattr(jsna.tables, "VIEWS", views)
    monkeypatch.setattr(derive, "VIEWS", views)
    monkeypatch.setattr(worlds, "FIRST", 600)
    monkeypatch.setattr(worlds, "SECOND", 300)
    config = supposed.configuration(world.with_followed(configuration(FLOW, ROLL)))
    drawing = worlds.Drawing(config)
    assert discover(drawing.first(), config, drawing.further()).problems == ()
