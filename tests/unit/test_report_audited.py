"""Official figures that are not used or in doubt, as the chapter on data quality lists them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jsna import io
from jsna.model.configuration import Configuration
from jsna.model.schema import NOT_USED
from jsna.readback.allowed import Allowed
from jsna.readback.certificate import Certificate
from jsna.readback.reader import Reader
from jsna.readback.vocabulary import Vocabulary
from jsna.releases.audit.effect import REASON
from jsna.report import audited
from jsna.report.figures import notes
from jsna.sources import registry
from jsna.view.rows import AUDIT, Measures
from tests.unit import report_support as made
from tests.unit.published_support import knowing

HOME, NEAR, FAR = made.AREA.code, *(p.code for p in made.AREA.neighbours[:2])
WHOLE = "The published figure, 6,078, is that of the whole region (Overmere)."


def rows(config: Configuration) -> list[dict[str, Any]]:
    plans, timely = config.indicators["new_plans"], config.indicators["ehc_plans_20_weeks"]
    needs = config.indicators["plan_primary_need"]
    official = {"source": "ehcp_2025"}
    gone = {**official, "reason": REASON, "note": f"{WHOLE} {NOT_USED} Counted by child."}
    found = [
        made.measure(plans, 0, area=NEAR, period=year, status="x") | gone
        for year in ("2022", "2023")
    ]
    found.append(made.measure(plans, 0, area=FAR, period="2023", status="x") | gone)
    found += [
        made.measure(plans, 900, period="2022") | official,
        made.measure(timely, 315, 1821, period="2024") | official | {"mark": "jump"},
    ]
    found += [
        made.measure(needs, 0, 12_317, period=year, dims={"primary_need": "OTH"})
        | official
        | {"mark": "zero"}
        for year in ("2024", "2025")
    ]
    for area, year in ((FAR, "2022"), (NEAR, "2023"), (NEAR, "2024")):
        found.append(
            made.measure(timely, 20, 400, area=area, period=year) | official | {"mark": "jump"}
        )
    return found


def configured(**review: object) -> Configuration:
    config = made.configuration(synthetic=False)
    given = {"kind": "region_value", "decision": "accept", "indicator": "new_plans",
             "periods": ["2022"], "published": 6078, "reviewed": date(2026, 11, 29),
             "reason": "Rows by sex add up to 955.", **review}  # fmt: skip
    return knowing(config, "ehcp_2025", findings=[given])


def tables(config: Configuration) -> tuple[list[audited.Cells], list[audited.Cells]]:
    view = Measures(made.frame(rows(config)), config)
    shown = set(config.indicators)
    return audited.unused(view, shown), audited.doubted(view, shown)


def test_every_figure_not_used_is_listed_with_its_reason_and_the_review() -> None:
    """The team judged the figure of 2022 alone."""
    assert AUDIT == REASON
    unused, _ = tables(configured())
    release = "Education, health and care plans"
    near = "Ferrowshire"
    title = made.configuration().indicators["new_plans"].title
    assert unused == [
        (title, near, "2022", release, f"{WHOLE} Reviewed: Rows by sex add up to 955."),
        (title, f"{near} and Glenwick", "2023", release, WHOLE),
    ]


@pytest.mark.parametrize(
    "other",
    [{"decision": "reject"}, {"kind": "jump"}, {"areas": [FAR]}, {"category": "ASD"},
     {"table": "caseload"}, {"indicator": "plans"}, {"periods": ["2021"]}],
)  # fmt: skip
def test_a_review_of_something_else_is_not_said(other: dict[str, object]) -> None:
    """Periods of one place with one reason stand together."""
    unused, _ = tables(configured(**other))
    assert [(row[2], row[4]) for row in unused] == [("2022, 2023", WHOLE), ("2023", WHOLE)]


def test_marked_figures_of_the_area_stand_by_themselves_and_others_by_measure() -> None:
    config = configured(
        kind="jump", indicator="ehc_plans_20_weeks", periods=["2024"], areas=[HOME],
        published=None, reason="Confirmed.",
    )  # fmt: skip
    _, doubted = tables(config)
    timely = config.indicators["ehc_plans_20_weeks"].title
    needs = config.indicators["plan_primary_need"].title
    cells = [(row[0], row[1], row[2], row[4]) for row in doubted]
    assert cells == [
        (timely, "Marrowshire", "2024", audited.DOUBTS["jump"] + " Reviewed: Confirmed."),
        *((f"{needs}, Other difficulty or disability", "Marrowshire", f"January {year}",
           audited.DOUBTS["zero"]) for year in (2024, 2025)),
        (timely, "Ferrowshire and Glenwick", "2022, 2023, 2024", audited.DOUBTS["jump"]),
    ]  # fmt: skip
    assert "17.3" in doubted[0][3]
    assert 'data-measure="ehc_plans_20_weeks~' in doubted[0][3]


def test_figures_of_indicators_that_are_not_shown_are_left_out() -> None:
    config = configured()
    view = Measures(made.frame(rows(config)), config)
    assert audited.unused(view, {"plans"}) == []
    assert audited.doubted(view, {"plans"}) == []


def test_every_number_of_the_tables_reads_back(tmp_path: Path) -> None:
    """In the page as it is written: reasons, reviews and periods are known, and nothing else is."""
    from jsna.charts import draw
    from jsna.report import write

    config = configured()
    found = made.frame(rows(config))
    paths = io.Paths(tmp_path, config.edition.edition)
    io.write_measures(paths.safe / "measures.parquet", found)
    proof = made.certificate(config, found, paths.safe / "measures.parquet")
    io.write_json(paths.safe / "certificate.json", proof)
    made.alone(paths)
    draw.run(config, paths)
    write.run(config, paths, templates=made.TEMPLATES)
    page = (paths.draft / "technical-report.html").read_text(encoding="utf-8")
    for words in (
        "Official figures that are not used",
        "6,078",
        "add up to 955",
        "Official figures that are printed and in doubt",
        "What cannot be true, or",
    ):
        assert words in page
    allowed = Allowed(Vocabulary(config, found, registry()))
    reader = Reader(found, config, allowed, Certificate(proof))
    reader.read("technical-report.html", paths.draft / "technical-report.html")
    # Elsewhere the made-up source of this edition has a year that its register lacks.
    tables = ("listing", "Official figures that are not used",
              "Official figures that are printed and in doubt")  # fmt: skip
    assert [p for p in reader._tallies[-1].problems if p.column in tables] == []
    assert sum(p.value == "2025" for p in reader._tallies[-1].problems) == len(
        reader._tallies[-1].problems
    )
    changed = page.replace("6,078", "6,079")
    io.write_text(tmp_path / "changed.html", changed)
    reader.read("report.html", tmp_path / "changed.html")
    (problem, _) = [p for p in reader._tallies[-1].problems if p.column == "listing"]
    assert problem.value == "6,079"


def test_every_note_of_a_data_table_is_said_and_the_auditors_comes_first() -> None:
    """Below a figure there is room for three; in the data tables none is left out."""
    rows: Any = [
        SimpleNamespace(note=f"note {letter}", audited=letter == "e") for letter in "dcbae"
    ]
    every = ["note e", "note a", "note b", "note c", "note d"]
    assert notes(rows) == every
    assert notes([*rows, *rows], 3) == every[:4]
