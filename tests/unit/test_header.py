"""Which line of a file is its header: by exact names, and where they are few by similar ones."""

from __future__ import annotations

import pytest

from jsna.ingest.header import Located, locate, names
from jsna.sources import registry

TABLE = next(t for t in registry()["cin_census"].tables if t.name == "episodes")
#: One name of each required column, an even number, and one of a column that may be left out.
NEEDED = [names(column)[0] for column in TABLE.columns if column.required]
OTHER = next(names(column)[0] for column in TABLE.columns if not column.required)
HALF = len(NEEDED) // 2
UNLIKE = [f"{n}{n}{n}" for n in range(len(NEEDED))]


def wrong(name: str) -> str:
    """A name mistyped."""
    return name[:-1] + "q"


def test_half_of_the_required_columns_are_enough() -> None:
    assert locate([["title"], NEEDED], TABLE) == Located(1, len(NEEDED), True)
    assert len(NEEDED) == 2 * HALF
    half = NEEDED[:HALF] + UNLIKE[HALF:]
    assert locate([["title"], half], TABLE) == Located(1, HALF, True)
    fewer = NEEDED[: HALF - 1] + UNLIKE[HALF - 1 :]
    assert locate([["title"], fewer], TABLE) == Located(1, HALF - 1, False)


def test_of_equal_lines_the_first_and_of_others_the_fullest_is_the_header() -> None:
    assert locate([NEEDED, NEEDED], TABLE).index == 0
    assert locate([NEEDED[:-1], NEEDED, NEEDED[1:]], TABLE).index == 1
    # A column that is not required counts among those matched.
    assert locate([NEEDED, [*NEEDED, OTHER]], TABLE) == Located(1, len(NEEDED) + 1, True)


@pytest.mark.parametrize("like", [HALF, len(NEEDED)])
def test_similar_names_are_looked_for_where_exact_ones_are_too_few(like: int) -> None:
    near = [wrong(name) for name in NEEDED[:like]] + UNLIKE[like:]
    assert locate([["title"], near, near], TABLE) == Located(1, like, True)
    # Exact names that are enough come first, though more similar ones stand elsewhere.
    half = NEEDED[:HALF] + UNLIKE[HALF:]
    assert locate([near, half], TABLE) == Located(1, HALF, True)


def test_too_few_similar_names_are_no_header() -> None:
    near = [wrong(name) for name in NEEDED[: HALF - 1]] + UNLIKE[HALF - 1 :]
    assert not locate([near], TABLE).enough
