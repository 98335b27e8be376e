"""The mutator: what it changes is source that still parses, and every kind of change is found."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutation.run import PACKAGES, ROOT, draw
from tests.mutation.sites import apply, sites

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
    # Neither documentation nor what an error says.
    assert all("this" not in site.before for site in found)
    assert not any(site.line == 16 for site in found)
    for site in found:
        changed = apply(SOURCE, site)
        assert changed != SOURCE
        ast.parse(changed)


def test_a_sample_is_the_same_for_a_seed_and_takes_one_place_of_a_function() -> None:
    one, again = (draw(7, 40, PACKAGES.split()) for _ in range(2))
    assert one == again != draw(8, 40, PACKAGES.split())
    assert len({(site.file, site.function) for site in one}) == len(one)
    for site in one:
        ast.parse(apply((ROOT / site.file).read_text(encoding="utf-8"), site))
