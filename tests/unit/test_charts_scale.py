"""Scales, label spacing, classes, wrapping and contrast."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.charts import lettering, palette
from jsna.charts.scale import classes, graded, linear, round_step, spread, tight

VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=30)


@given(VALUES)
def test_a_scale_holds_zero_and_every_value(values: list[float]) -> None:
    for scale in (linear(values, 0, 100), tight(values, 0, 100)):
        for value in [0.0, *(v for v in values if math.isfinite(v))]:
            assert -1e-6 <= scale(value) <= 100 + 1e-6
        assert scale.low <= 0 <= scale.high


def test_round_ticks() -> None:
    assert linear([5.8], 0, 100).ticks == (0, 2, 4, 6)
    assert linear([12_317], 0, 100).ticks == (0, 5_000, 10_000, 15_000)
    assert linear([], 0, 100).ticks[-1] == 1
    assert round_step(0.03) == pytest.approx(0.05)
    assert round_step(1.0) == 1.0


@given(st.lists(st.floats(0, 200), min_size=1, max_size=6), st.floats(1, 20))
def test_spread_labels_keep_their_distance_and_order(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, 0, 200)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    for one, other in pairwise(order):
        assert placed[other] - placed[one] >= gap - 1e-6
    assert all(-1e-6 <= place <= 200 + 1e-6 for place in placed)


def test_labels_that_do_not_collide_stay_where_they_are() -> None:
    assert spread([10, 50, 90], 12, 0, 100) == [10, 50, 90]
    # Two that collide part around their middle: 50 and 54 by 12 are 46 and 58.
    assert spread([50, 54], 12, 0, 100) == [46, 58]


@given(VALUES)
def test_classes_keep_order_and_ties(values: list[float]) -> None:
    found = classes(values, 3)
    for (a, i), (b, j) in pairwise(sorted((v, c) for v, c in zip(values, found, strict=True)
                                          if math.isfinite(v))):  # fmt: skip
        assert i <= j
        assert (i == j) if a == b else True
    assert all(0 <= c < 3 if math.isfinite(v) else c == -1
               for v, c in zip(values, found, strict=True))  # fmt: skip


def test_three_classes_of_six() -> None:
    assert classes([1, 2, 3, 4, 5, 6], 3) == [0, 0, 1, 1, 2, 2]
    assert classes([4.0, math.nan], 3) == [2, -1]


def test_widths_agree_with_the_font_itself() -> None:
    from fontTools.ttLib import TTFont

    for weight, file in lettering.FILES.items():
        font = TTFont(lettering.FONTS / file)
        advances, units = font["hmtx"], font["head"].unitsPerEm
        names = font.getBestCmap()
        text = "Ribble Valley 12,317 −5.5%"
        exact = sum(advances[names[ord(c)]][0] for c in text) / units * 9.5
        assert lettering.width(text, 9.5, weight) == pytest.approx(exact, rel=0.005)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=9))
def test_wrapping_loses_nothing_and_keeps_to_its_room(words: list[str]) -> None:
    lines = lettering.wrap(" ".join(words), 9.5, 90)
    assert " ".join(lines).split() == words
    for line in lines:
        assert lettering.width(line, 9.5) <= 90 or " " not in line


def test_wrapping_leaves_no_word_alone() -> None:
    lines = lettering.wrap("SEN support, no specialist assessment of need", 9.5, 170)
    assert lines == ("SEN support, no specialist", "assessment of need")


def test_text_and_marks_stand_out_from_their_ground() -> None:
    on_white = (palette.INK, palette.SOFT, palette.NAVY, palette.DARK, palette.TURQUOISE_TEXT,
                palette.ORANGE_TEXT)  # fmt: skip
    for colour in on_white:
        assert palette.contrast(colour, palette.WHITE) >= palette.TEXT_CONTRAST, colour
    for ground in (*palette.MAP_CLASSES, *palette.HEAT_CLASSES, palette.GREY, palette.NAVY):
        ink = palette.ink_on(ground)
        assert palette.contrast(ink, ground) >= palette.TEXT_CONTRAST, ground
    lines = (palette.NAVY, palette.TURQUOISE, palette.DARK, palette.ORANGE_TEXT, palette.HATCH)
    for colour in lines:
        assert palette.contrast(colour, palette.WHITE) >= palette.MARK_CONTRAST, colour
    for one, other in pairwise(palette.MAP_CLASSES):
        assert palette.contrast(one, other) >= 1.6
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)


@given(st.lists(st.integers(0, 50).map(float), min_size=1, max_size=30), st.integers(2, 6))
def test_grades_rise_with_values_from_the_palest(values: list[float], count: int) -> None:
    found = graded([*values, math.nan], count)
    assert found[-1] == -1
    tones = dict(zip(values, found, strict=False))
    order = [tones[value] for value in sorted(tones)]
    assert order == sorted(order)
    assert order[0] == 0
    assert order[-1] == (count - 1 if len(order) > 1 else 0)
