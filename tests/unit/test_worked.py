"""What is worked out is worked out again from safe figures, by other arithmetic."""

from __future__ import annotations

import pandas as pd
import pytest

from jsna.measures.derived import complete
from jsna.model.configuration import Configuration
from jsna.readback import printed, worked
from tests.unit import test_changed_by as changes
from tests.unit import test_reconciled as sources
from tests.unit import test_slopes as slopes

ROUNDED = next(n for n, p in slopes.WORLD.profiles.items() if p.rounding == 5)


def problems(frame: pd.DataFrame, config: Configuration) -> list[str]:
    return [str(p) for p in worked.tally(printed.measures(frame, {}), config).problems]


def lines() -> tuple[pd.DataFrame, Configuration]:
    made = slopes.config(
        slopes.declared(breakdowns=[["sex"]]), slopes.relative(breakdowns=[["sex"]])
    )
    uneven = slopes.STEEP | {"5": (700, 10_000)}
    unsure = {g: (x, 50) for g, x in zip("12345", (12, 10, 8, 5, 4), strict=True)}
    every = [slopes.rows(uneven), slopes.rows(slopes.FLAT, "M"), slopes.rows(unsure, "F")]
    return complete(pd.concat(every, ignore_index=True), made), made


def fifths() -> tuple[pd.DataFrame, Configuration]:
    made = slopes.config(slopes.declared())
    groups = {str(n): (240 - 40 * n, 2_000 + n) for n in range(1, 6)}
    rows = slopes.rows(groups, breakdown="imd_quintile")
    fallbacks = [
        {"breakdown": ["imd_decile"], "recodings": [{"collapse": {"imd_decile": "imd_quintile"}}]}
    ]
    base = slopes.Indicator.model_validate({**slopes.BASE.model_dump(), "fallbacks": fallbacks})
    made = slopes.config(slopes.declared(), base=base)
    return complete(rows, made), made


def parts() -> tuple[pd.DataFrame, Configuration]:
    made = changes.config(changes.declared(breakdowns=["change_part", ["change_part", "sex"]]))
    every = [
        changes.BOTH,
        changes.rows(changes.BEFORE, "2023/24", (70, 1_100), rest="F"),
        changes.rows(changes.AFTER | {"U": (3, 30)}, total=(122, 1_060), rest="F"),
    ]
    return complete(pd.concat(every, ignore_index=True), made), made


def near() -> tuple[pd.DataFrame, Configuration]:
    made = changes.config(changes.declared())
    after = changes.rows(changes.AFTER, total=(105, 995), profile=ROUNDED)
    every = [changes.rows(changes.BEFORE, "2023/24", profile=ROUNDED), after]
    return complete(pd.concat(every, ignore_index=True), made), made


def both() -> tuple[pd.DataFrame, Configuration]:
    made = sources.config(sources.declared())
    return complete(sources.BOTH, made), made


@pytest.mark.parametrize(
    ("case", "rows"), [(lines, 6), (fifths, 1), (parts, 6), (near, 3), (both, 3)]
)
def test_every_row_is_what_the_others_give_and_no_other(case: slopes.Any, rows: int) -> None:
    frame, config = case()
    mine = frame["indicator"].str.startswith("made_") & frame["value"].notna()
    assert mine.sum() == rows
    assert problems(frame, config) == []
    for at in frame.index[mine]:
        wrong = frame.copy()
        wrong.loc[at, "value"] += 0.001
        (told,) = problems(wrong, config)
        assert str(frame.loc[at, "indicator"]) in told


@pytest.mark.parametrize("field", ["lower_95", "upper_95"])
def test_limits_of_lines_are_held_to_their_groups(field: str) -> None:
    frame, config = lines()
    for at in frame.index[frame["indicator"].str.startswith("made_") & frame[field].notna()]:
        wrong = frame.copy()
        wrong.loc[at, field] *= 1.01
        assert len(problems(wrong, config)) == 1


def test_a_changed_group_is_found_in_what_stands_on_it() -> None:
    frame, config = parts()
    wrong = frame.copy()
    at = frame["breakdown"].eq("sen_provision") & frame["category"].eq("K")
    wrong.loc[at, "numerator"] += 1
    assert len(problems(wrong, config)) == 2
