"""Text that a spreadsheet would take for a formula, in every kind of file that is written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsna.disclosure.tabular.outputs import write_table
from jsna.formulas import guarded, guarded_line, is_formula, unguarded
from jsna.linkage import review_sheet
from jsna.report import opendata

#: As attackers write them: plain, after what is not seen, full-width, as a sum, by a command.
FORMULAS = (
    "=1+1", "+SUM(A1)", "-cmd", "@x", "=HYPERLINK(\"http://x\")", " =1", "\t=1", "\r=1", "\n=1",
    "\u00a0=1", "\u200b=1", "\ufeff@SUM(A1)", "\u202e-cmd", "\uff1d1+1", "\uff0bx", "\uff0dx",
    "\uff20x", "-1+1", "-2+3+cmd|' /C calc'!A0", "+7%x", "-", "=", "\tplain", "\rplain", "'=1",
    "''=1", "' =1", "-5;=1",
)  # fmt: skip
HARMLESS = (
    "", "Total", "a=b", "-5", "+7%", "-1,234.5", "Needs @ home", "5-10", "'",
    "'tis", "12,317", "St Anne's", "\u2013 5",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_may_be_taken_for_a_formula_is_led_by_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text
    assert not is_formula(guarded(text))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_words_stay_what_they_are(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.text(alphabet="'=+-@ \t\n\u200b1a%", max_size=8))
@example("'=1")
@example("''")
def test_every_text_comes_back_and_none_is_a_formula(text: str) -> None:
    """A property: guarding loses nothing, and no two texts are written alike."""
    assert unguarded(guarded(text)) == text
    assert not is_formula(guarded(text))
    line = guarded_line(text)
    assert not is_formula(line)
    assert "\n" not in line
    assert "\t" not in line


def test_a_line_end_inside_a_label_begins_no_row(tmp_path: Path) -> None:
    frame = pd.DataFrame({"area": ["north\r=1+1", "south\n=1+1"], "freq": [3, 4]})
    write_table(frame, "--out", str(tmp_path / "t.csv"))
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows == [["area", "freq"], ["north\r=1+1", "3"], ["south\n=1+1", "4"]]


def starts(cells: list[str]) -> list[str]:
    return [cell for cell in cells if is_formula(cell)]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_file_that_is_written_holds_a_formula(text: str, tmp_path: Path) -> None:
    """A table protected, as CSV and as a workbook; open data; and a sheet to review links."""
    frame = pd.DataFrame({f"{text}head": [text, "plain"], "freq": [3, 4]})
    write_table(frame, "--out", str(tmp_path / "t.csv"))
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert starts([cell for row in rows for cell in row]) == []
    assert [unguarded(cell) for cell in rows[1][:1]] == [text]
    if "\u200b" not in text:  # openpyxl writes what XML can hold
        write_table(frame, "--out", str(tmp_path / "t.xlsx"))
        sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
        assert sheet is not None
        assert sheet["A2"].data_type == "s"
        assert sheet["A2"].quotePrefix == is_formula(text)
    written = opendata._csv(["title"], [[guarded_line(text)]])
    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert starts(cells) == []
    pair = {"pair": "1", "source": "s", "forename_1": text, "forename_2": "plain"}
    cells = [c for row in csv.reader(io.StringIO(review_sheet.sheet([pair]))) for c in row]
    assert len(cells) > 6
    assert starts(cells) == []
