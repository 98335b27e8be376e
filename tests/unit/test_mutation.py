"""The mutator: what it changes is source that still parses, and every kind of change is found."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import blocks
from tests.mutation.run import PACKAGES, ROOT, draw, judged, name_of
from tests.mutation.sites import all_sites, apply, sites
from tests.mutation.which import Timed, Which

SOURCE = '''
"""Not this, nor WHERE a = 1."""

LIMIT: int = 5


def few(counts: list[int], known: bool = True) -> int:
    """Nor this."""
    total = 0
    for count in counts:
        if 0 < count and count < LIMIT or not known:
            total += count - 1
    total = max(total, 0)
    counts.clear()
    run("SELECT min(a) FROM b WHERE a >= 2 AND c = 1")
    raise ValueError(f"{total + 1}")
'''


def test_each_kind_of_change_is_found_where_it_may_be(tmp_path: Path) -> None:
    file = tmp_path / "few.py"
    file.write_text(SOURCE, encoding="utf-8")
    found = sites(tmp_path, file)
    assert {(site.kind, site.before.split("\n")[0], site.after) for site in found} >= {
        ("constant", "5", "6"),
        ("truth", "True", "False"),
        ("compare", " < ", " <= "),
        ("drop term", "0 < count and count < LIMIT", "(count < LIMIT)"),
        ("drop change", "total += count - 1", "pass"),
        ("arithmetic", "count - 1", "(count + 1)"),
        ("drop assignment", "total = max(total, 0)", "pass"),
        ("name", "max", "min"),
        ("drop call", "counts.clear()", "pass"),
        ("SQL", "min(", "max("),
        ("SQL", "AND", "OR"),
    }
    # The file's own statements, the function, the loop in it and the arm of its condition.
    assert {site.block.split("|")[1]: site.line for site in found} == {
        "": 4,
        "few#0": 15,
        "few#1": 11,
        "few#2": 12,
    }
    # Neither documentation nor what an error says.
    assert all("this" not in site.before for site in found)
    assert not any(site.line == 16 for site in found)
    for site in found:
        changed = apply(SOURCE, site)
        assert changed != SOURCE
        ast.parse(changed)


def test_a_sample_is_the_same_for_a_seed_and_takes_one_place_of_a_function() -> None:
    some = PACKAGES.split()[:2]
    one, again = (draw(7, 40, some) for _ in range(2))
    assert one == again != draw(8, 40, some)
    assert len({site.function for site in one}) == len(one)
    for site in one:
        ast.parse(apply((ROOT / site.file).read_text(encoding="utf-8"), site))


def test_a_marked_source_says_which_blocks_are_run_and_does_what_it_did() -> None:
    source = """
class Sum:
    def of(self, counts, sign):
        "What it is."
        if sign < 0:
            return -self.of(counts, -sign)
        try:
            total = sum(int(count) for count in counts)
        except ValueError:
            total = 0
        match sign:
            case 1:
                return total
            case _:
                return sign * total
"""
    ran: set[str] = set()
    scope: dict[str, Any] = {"__jsna_called__": ran.add}
    exec(compile(blocks.marked(source, "a.py"), "a.py", "exec"), scope)
    assert scope["Sum"].of.__doc__ == "What it is."
    assert not ran
    of = scope["Sum"]().of
    for counts, sign, result, expected in (
        (["1", "2"], 1, 3, {0, 3}),
        (["1", "2"], 2, 6, {0, 4}),
        (["1", "2"], -1, -3, {0, 1, 3}),
        (["1", "b"], 1, 0, {0, 2, 3}),
    ):
        ran.clear()
        assert of(counts, sign) == result
        assert ran == {f"a.py|Sum.of#{number}" for number in expected}


def test_quick_and_narrow_tests_are_run_first_then_narrow_ones_and_no_more_than_enough() -> None:
    quick, narrow = Timed("t::quick", 0.1, 800, ()), Timed("t::narrow", 0.2, 30, ())
    slow, wide = Timed("t::slow", 25.0, 20, ()), Timed("t::wide", 15.0, 900, ())
    far, last = Timed("t::far", 1.0, 10, ("::made",)), Timed("t::last", 14.0, 700, ())
    place = all_sites(ROOT, "linkage")[0]
    of = Which({place.block: [slow, wide, quick, last, far, narrow]}, fixtures={"::made": 4.0})
    of.enough = 45.0
    names = [test.name for test in of.of(place)]
    # 0.2 s of 30 blocks, 5 s of 10 and 0.1 s of 800; then 25 s of 20; then 14 s would be the last.
    assert names == ["t::narrow", "t::far", "t::quick", "t::slow", "t::last"]


@pytest.mark.full
def test_what_is_said_to_change_nothing_is_a_change_that_there_is() -> None:
    nothing = judged()
    files = {function.split("|")[0] for function, _line, _becomes in nothing}
    every = (site for package in PACKAGES.split() for site in all_sites(ROOT, package))
    assert nothing <= {name_of(site) for site in every if site.file in files}
