"""The workbooks: what the guidance asks of them, and that nothing in them goes unread."""

import io
import math
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from jsna.model.configuration import Configuration
from jsna.provenance import verify_figures
from jsna.readback.allowed import Allowed
from jsna.readback.certificate import Certificate
from jsna.readback.figures import Figures, Named
from jsna.readback.printed import Measure
from jsna.readback.reader import Reader
from jsna.readback.result import Tally
from jsna.readback.vocabulary import Vocabulary
from jsna.readback.workbook import sheets
from jsna.report.opendata import OpenData
from jsna.report.sources import Register
from jsna.sources import registry
from jsna.view.rows import Measures
from jsna.workbook import make
from jsna.workbook.run import FORMATS
from tests.unit import readback_support, report_support

NAMES = tuple(FORMATS)


def written(config: Configuration, frame: pd.DataFrame) -> dict[str, bytes]:
    """Both workbooks of some measures."""
    book = make.made(Measures(frame, config), Register(config, registry(), frame))
    return {name: write(book) for name, write in FORMATS.items()}


def measures(config: Configuration) -> pd.DataFrame:
    """A handful of measures: those of the tests of reading back, and England's beside one."""
    pupils = config.indicators["pupils_ehc_plan"]
    more = [
        report_support.measure(
            pupils, 480_000, 9_000_000, area=config.area.country.code, geography="national",
            source="ehcp_2025",
        ),
        report_support.measure(pupils, 0, status="x", period="2024"),
    ]  # fmt: skip
    given = readback_support.frame(config)
    return report_support.frame([*given.to_dict("records"), *more])


@cache
def small() -> tuple[Configuration, pd.DataFrame, dict[str, bytes]]:
    config = report_support.configuration()
    frame = measures(config)
    return config, frame, written(config, frame)


def judged(
    folder: Path, name: str, content: bytes, edition: tuple[Configuration, pd.DataFrame]
) -> Tally:
    """What is found in one workbook."""
    config, frame = edition
    allowed = Allowed(Vocabulary(config, frame, registry()))
    reader = Reader(frame, config, allowed, Certificate(readback_support.CERTIFIED))
    file = folder / name
    file.write_bytes(content)
    reader.read(name, file)
    return reader._tallies[-1]


def rewritten(content: bytes, change: Callable[[str, str], str], **added: str) -> bytes:
    """A workbook some of whose parts say something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(out, "w") as new:
        for name in book.namelist():
            new.writestr(name, change(name, book.read(name).decode()))
        for name, text in added.items():
            new.writestr(name, text)
    return out.getvalue()


def rows_of(folder: Path, name: str, sheet: str) -> list[dict[str, object]]:
    """The table of a sheet, by its headings."""
    file = folder / name
    file.write_bytes(small()[2][name])
    rows = sheets(file)[sheet]
    top = next(at for at, row in enumerate(rows) if all(cell != "" for cell in row))
    return [dict(zip(map(str, rows[top]), row, strict=True)) for row in rows[top + 1 :]]


@pytest.mark.parametrize("name", NAMES)
def test_figures_stand_as_numbers_beside_what_they_are_of(name: str, tmp_path: Path) -> None:
    table = rows_of(tmp_path, name, "2a_over_time")
    title = small()[0].indicators["pupils_ehc_plan"].title
    earlier, latest = (row for row in table if row["Indicator"] == title)
    assert (earlier["Period"], latest["Period"]) == ("January 2024", "January 2025")
    # 2,200 of 40,000 pupils are 5.5 %, and 480,000 of 9,000,000 are 5.333 %.
    assert latest["Marrowshire"] == 5.5
    assert latest["Marrowshire: number"] == 2200
    assert latest["Marrowshire: out of"] == 40000
    assert latest["England"] == 5.3
    # Nobody published a figure of the year before: the symbol says so, and no number stands there.
    assert earlier["Marrowshire"] == "[x]"
    assert earlier["England"] == "[x]"


@pytest.mark.parametrize("name", NAMES)
def test_a_hidden_figure_has_a_symbol_in_every_cell(name: str, tmp_path: Path) -> None:
    table = rows_of(tmp_path, name, "2b_by_group")
    title = small()[0].indicators["plans"].title
    (hidden,) = (row for row in table if row["Indicator"] == title)
    shown = ("Value", "Lower 95% limit", "Upper 95% limit", "Number", "Out of")
    assert {hidden[head] for head in shown} == {"[c]"}


@pytest.mark.parametrize("name", NAMES)
def test_what_rounds_to_nothing_is_not_printed_as_nothing(name: str, tmp_path: Path) -> None:
    table = rows_of(tmp_path, name, "2b_by_group")
    (richest,) = (row for row in table if str(row["Group"]).startswith("10"))
    # 1 of 4,000 is 0.025 %.
    assert richest["Value"] == "[low]"
    assert richest["Number"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_sheets_are_laid_out_as_the_guidance_asks(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(small()[2][name])
    book = sheets(file)
    assert list(book)[:5] == ["Cover", "Contents", "Notes", "Indicators", "Sources"]
    listed = [row[0] for row in book["Contents"][3:]]
    assert listed == list(book)[2:]
    for sheet, rows in book.items():
        assert rows[0][0] != "", f"{sheet} begins in its first cell"
        assert all(row[0] != "" for row in rows), f"{sheet} has no empty row"
        assert "ynthetic" in " ".join(map(str, (row[0] for row in book["Cover"])))
        if sheet != "Cover":
            top = next(at for at, row in enumerate(rows) if all(cell != "" for cell in row))
            assert [cell for row in rows[top:] for cell in row if cell == ""] == []
            assert len({*rows[top]}) == len(rows[top])
    shorthand = {row[0] for row in book["Notes"]}
    assert {"[c]", "[x]", "[z]", "[low]", "[u]"} <= shorthand


def test_both_workbooks_say_the_same(tmp_path: Path) -> None:
    both = []
    for name in NAMES:
        (tmp_path / name).write_bytes(small()[2][name])
        both.append(sheets(tmp_path / name))
    assert both[0] == both[1]


def test_tables_are_marked_as_such() -> None:
    _, _, books = small()
    with zipfile.ZipFile(io.BytesIO(books["workbook.xlsx"])) as book:
        names = book.namelist()
        marked = [name for name in names if name.startswith("xl/tables/")]
        worksheets = [name for name in names if name.startswith("xl/worksheets/sheet")]
        # Every worksheet but the cover has one table.
        assert len(marked) == len(worksheets) - 1
        assert all("<autoFilter" not in book.read(name).decode() for name in marked)
    with zipfile.ZipFile(io.BytesIO(books["workbook.ods"])) as book:
        content = book.read("content.xml").decode()
    assert content.count("<table:database-range ") == content.count("<table:table ") - 1
    assert content.count("<table:table-header-rows") == content.count("<table:table ") - 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_measures_give_the_same_bytes(name: str) -> None:
    config, frame, books = small()
    again = written(config, frame.sample(frac=1, random_state=3))
    assert again[name] == books[name]
    with zipfile.ZipFile(io.BytesIO(again[name])) as book:
        assert {one.date_time for one in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        said = b"".join(book.read(one) for one in book.namelist())
    # The only day in it is that of publication.
    assert b"2025-11-27T00:00:00" in said
    assert b"2026" not in said.replace(b"xlsx/2026", b"")


@pytest.mark.parametrize("name", NAMES)
def test_an_edition_without_a_figure_has_no_empty_table(name: str, tmp_path: Path) -> None:
    config, frame, _ = small()
    none = frame.iloc[:0]
    books = written(config, none)
    assert judged(tmp_path, name, books[name], (config, none)).problems == []
    there = sheets(tmp_path / name)
    assert "Notes" in there
    assert "Indicators" not in there


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_held_to_its_measure(name: str, tmp_path: Path) -> None:
    config, frame, books = small()
    tally = judged(tmp_path, name, books[name], (config, frame))
    assert tally.problems == []
    # Of five measures with a value, their counts and limits; of the national one the value alone.
    shown = frame[frame["value"].notna() & frame["geography"].ne("national")]
    fields = shown[["value", "lower_95", "upper_95", "numerator", "denominator"]]
    low = 1  # the value that rounds to nothing
    assert tally.counts["measure"] == int(fields.notna().sum().sum()) - low + 1


def _cell(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def _in(part: str, old: str, new: str) -> Callable[[str, str], str]:
    """Says something else in one part, at the first place."""

    def change(name: str, text: str) -> str:
        return _cell(text, old, new) if name == part else text

    return change


SPANNED = "table:number-columns-spanned"
SPOILED: dict[str, tuple[str, Callable[[str, str], str], dict[str, str], str]] = {
    "a number of a cell": (
        "workbook.ods",
        _in("content.xml", 'office:value="5.5"><text:p>5.5<', 'office:value="5.6"><text:p>5.6<'),
        {},
        "safe/ has 5.5 here",
    ),
    "a number that is shown otherwise": (
        "workbook.ods",
        _in("content.xml", "<text:p>5.5<", "<text:p>5.6<"),
        {},
        "shows something else than its cells hold",
    ),
    "the period of a row": (
        "workbook.ods",
        lambda name, text: text.replace("January 2025", "January 2024"),
        {},
        "safe/ has",
    ),
    "a merged cell": (
        "workbook.ods",
        _in("content.xml", "<table:table-cell ", f'<table:table-cell {SPANNED}="2" '),
        {},
        "hides, merges or works something out",
    ),
    "an annotation": (
        "workbook.ods",
        _in("content.xml", "</text:p></table:table-cell>",
            "</text:p><office:annotation><text:p>3</text:p></office:annotation></table:table-cell>"),
        {},
        "needs no <annotation>",
    ),
    "a hidden column": (
        "workbook.xlsx",
        _in("xl/worksheets/sheet6.xml", "<col ", '<col hidden="1" '),
        {},
        "hides, merges or works something out",
    ),
    "a comment": (
        "workbook.xlsx",
        lambda name, text: text,
        {"xl/comments1.xml": "<comments><t>3</t></comments>"},
        "needs no part of this name",
    ),
    "a text no cell shows": (
        "workbook.xlsx",
        _in("xl/sharedStrings.xml", "</sst>", "<si><t>three girls</t></si></sst>"),
        {},
        "a text is kept that no cell shows",
    ),
    "a format that says a number": (
        "workbook.xlsx",
        _in("xl/styles.xml", 'formatCode="#,##0.0"', 'formatCode="&quot;3 of&quot; #,##0.0"'),
        {},
        "shown with something beside it",
    ),
    "a number in the properties": (
        "workbook.xlsx",
        _in("docProps/core.xml", "<dc:subject>", "<dc:subject>37 girls "),
        {},
        "no type of number is known",
    ),
    "a formula": (
        "workbook.xlsx",
        _in("xl/worksheets/sheet6.xml", "<v>", "<f>1+1</f><v>"),
        {},
        "needs no <f>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
def test_what_would_tell_something_else_is_found(what: str, tmp_path: Path) -> None:
    name, change, added, said = SPOILED[what]
    config, frame, books = small()
    tally = judged(tmp_path, name, rewritten(books[name], change, **added), (config, frame))
    assert said in " | ".join(str(problem) for problem in tally.problems)


def published(folder: Path, books: dict[str, bytes]) -> list[str]:
    """What somebody finds who has the published folder alone, but for how many were read back."""
    config, frame, _ = small()
    made = OpenData(frame, config).files([], Register(config, registry(), frame))
    for name, content in made.items():
        to = folder / "data" / name
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(content, encoding="utf-8")
    for name, book in books.items():
        (folder / name).write_bytes(book)
    names = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
    decimals = {one.id: one.decimals for one in config.indicators.values()}
    found = verify_figures.figures(folder, sorted(names), decimals, {})
    return [str(problem) for problem in found.problems if "were read back" not in str(problem)]


def test_whoever_has_the_folder_alone_can_verify_the_workbooks(tmp_path: Path) -> None:
    _, _, books = small()
    assert published(tmp_path / "one", books) == []
    name, change, added, said = SPOILED["a number of a cell"]
    spoiled = books | {name: rewritten(books[name], change, **added)}
    told = published(tmp_path / "two", spoiled)
    assert any(name in one and said in one for one in told)


def test_workbooks_that_differ_are_told(tmp_path: Path) -> None:
    config, frame, books = small()
    allowed = Allowed(Vocabulary(config, frame, registry()))
    reader = Reader(frame, config, allowed, Certificate(readback_support.CERTIFIED))

    def change(name: str, text: str) -> str:
        return text.replace("Contact<", "Contacts<") if name == "xl/sharedStrings.xml" else text

    books = books | {"workbook.xlsx": rewritten(books["workbook.xlsx"], change)}
    for name in NAMES:
        (tmp_path / name).write_bytes(books[name])
        reader.read(name, tmp_path / name)
    (problem,) = reader._tallies[-1].problems
    assert "differs from the same of workbook.ods" in str(problem)


def test_a_local_and_a_published_figure_are_told_apart() -> None:
    def one(local: bool, value: float) -> tuple[Named, Measure]:
        places = frozenset({"Marrowshire"})
        named = Named(
            str(local), "Plans", "2025", "january", "total", local, places, frozenset(), ""
        )
        return named, Measure((value, *[math.nan] * 6), "count", "", 0)

    pairs = [one(True, 3_000.0), one(False, 3_100.0)]
    figures = Figures([n for n, _ in pairs], {n.key: m for n, m in pairs})
    own = figures.of_place("Plans", "January 2025", "Marrowshire")
    published = figures.of_place("Plans", "January 2025", "Marrowshire, published")
    assert own == [pairs[0][1]]
    assert published == [pairs[1][1]]


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_every_measure_of_a_whole_edition_is_read_back(name: str, tmp_path: Path) -> None:
    config, frame = report_support.whole()
    view = Measures(frame, config)
    tally = judged(tmp_path, name, written(config, frame)[name], (config, frame))
    assert tally.problems == []
    chapters = {*config.edition.chapters}
    indicators = [one for one in config.indicators.values() if one.chapter in chapters]
    groups = sum(len(view.breakdown(one.id, dims)) for one in indicators for dims in one.breakdowns)
    # A value, two limits and two counts of each row of groups at least.
    assert tally.counts["measure"] + tally.counts["measure without a number"] > 5 * groups
