"""Words that readers of the report do not use: found wherever they are read, and nowhere else."""

from __future__ import annotations

import pytest

from jsna.report.topics import plain

AVOID = {"nought": "0", "small area": "neighbourhood", "SEN children": "children with SEN"}


@pytest.mark.parametrize(
    "page",
    [
        "<p>Nought of them.</p>",
        "<p>In each small <strong>area</strong>.</p>",
        "<svg><title>By small area</title></svg>",
        "<td>sen children</td>",
    ],
)
def test_a_word_is_found_wherever_a_reader_meets_it(page: str) -> None:
    (found,) = plain.faults("report.html", page, AVOID)
    assert found.code == "report.word"


@pytest.mark.parametrize(
    "page",
    [
        "<p>Noughts</p>",
        "<p>A small</p><p>area</p>",
        "<style>.nought { top: 0 }</style>",
        '<p class="small area">Ten.</p>',
        '<ol class="notes"><li>Small area estimates.</li></ol>',
    ],
)
def test_what_is_no_such_word_is_left_alone(page: str) -> None:
    assert plain.faults("report.html", page, AVOID) == []


def test_a_word_of_the_council_is_told_and_stops_nothing() -> None:
    page = '<p>Plain.</p><div class="council"><p>By small area.</p></div>'
    assert plain.faults("report.html", page, AVOID) == []
    (warned,) = plain.own_words(page, AVOID)
    assert "neighbourhood" in warned


def test_what_is_said_of_it_names_the_word_and_the_sentence() -> None:
    (found,) = plain.faults("report.html", "<p>Of these, nought were late.</p>", AVOID)
    assert "“nought” is no word of its readers; say 0" in str(found)
    assert "Of these, nought were late." in str(found)
