"""Two sources of the same thing: their difference, what is said of it, and what stops it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna.charts.select import figures
from jsna.measures.derived import complete, derive, verify
from jsna.measures.ingredients import ABSENT, HIDDEN, ROUNDED
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.derivation import taken_over
from jsna.model.indicators import Indicator
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.changes import headline
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit.readback_support import html as page
from tests.unit.test_slopes import _problems, loaded, plain

WORLD = world.configuration()


def counted(name: str, title: str) -> Indicator:
    given = {
        **world.LEAST, "id": name, "title": title, "kind": "count", "decimals": 0,
        "numerator": {"table": "plan"}, "breakdowns": ["sex"],
    }  # fmt: skip
    return Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})


CENSUS, REGISTER = counted("in_census", "The census"), counted("in_register", "The register")


def declared(**changes: Any) -> Indicator:
    given = {
        "id": "made_both",
        "title": "Plans in two sources",
        "phrase": "the number of children with a plan",
        "definition": "One less the other.",
        "kind": "reconciliation",
        "derived": {"of": "in_census", "beside": "in_register"},
        "breakdowns": ["sex"],
    } | changes
    made = Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})
    return taken_over(made, CENSUS)


def config(*indicators: Indicator) -> Configuration:
    made = world.configuration({i.id: i for i in (CENSUS, REGISTER, *indicators)})
    return replace(made, edition=made.edition.model_copy(update={"chapters": ("exclusions",)}))


def rows(name: str, period: str = "2025", **cells: float) -> pd.DataFrame:
    made = [
        {
            "edition": "example-2025", "indicator": name, "area_code": world.AREA,
            "geography": "authority", "period": period, "period_type": "january",
            "breakdown": "total" if code == "total" else "sex", "category": code,
            "population_base": "attending", "numerator": x, "value": x, "unit": "count",
            "method": "count", "profile": "default", "source": f"local:{name}",
        }
        for code, x in cells.items()
    ]  # fmt: skip
    return schema.conform(pd.DataFrame(made))


BOTH = pd.concat(
    [
        rows("in_census", total=2_450, F=950, M=1_500),
        rows("in_register", total=2_500, F=890, M=1_610),
    ],
    ignore_index=True,
)


def by_category(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    return {str(row["category"]): row for _, row in frame.iterrows()}


def test_a_difference_is_the_one_less_the_other_and_has_no_limits() -> None:
    found = by_category(derive(BOTH, config(declared())))
    assert {code: row["value"] for code, row in found.items()} == {"total": -50, "F": 60, "M": -110}
    for row in found.values():
        assert np.isnan(row["lower_95"])
        assert (row["unit"], row["source"]) == ("count", "local:in_census+local:in_register")
    assert verify(complete(BOTH, config(declared())), config(declared())) == 3


@pytest.mark.parametrize("name", ["in_census", "in_register"])
@pytest.mark.parametrize(("status", "reason"), [("c", HIDDEN), ("x", ABSENT)])
def test_what_one_source_hides_the_difference_hides(name: str, status: str, reason: str) -> None:
    hidden = BOTH.copy()
    where = hidden["indicator"].eq(name) & hidden["category"].eq("F")
    hidden.loc[where, list(schema.NUMBERS)] = np.nan
    hidden.loc[where, "status"] = status
    found = by_category(derive(hidden, config(declared())))
    assert (found["F"]["status"], found["F"]["reason"]) == (status, reason)
    assert found["total"]["value"] == -50


def test_what_one_source_does_not_have_is_not_compared() -> None:
    one = pd.concat([BOTH, rows("in_census", "2024", total=2_300)])
    assert set(derive(one, config(declared()))["period"]) == {"2025"}


def test_rounded_counts_and_other_ways_of_counting_go_with_it() -> None:
    name = next(n for n, p in WORLD.profiles.items() if p.rounding == 5)
    second = BOTH["indicator"].eq("in_register")
    near = BOTH.assign(
        profile=np.where(second, name, "default"), segment=np.where(second, "2020", "")
    )
    found = derive(near, config(declared()))
    assert set(found["note"]) == {ROUNDED}
    assert set(found["segment"]) == {"2020"}


ENTRY = """
  - id: made
    title: Made
    phrase: suspensions
    definition: One less the other.
    kind: reconciliation
    derived: {of: suspension_rate, beside: permanent_exclusion_rate}
    breakdowns: [sex]
"""


def test_seven_lines_set_two_sources_beside_each_other(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, ENTRY)
    assert "made." not in problems
    assert found["made"].refers_to == ("suspension_rate", "permanent_exclusion_rate")
    assert (found["made"].unit, found["made"].per) == ("per_100", "pupils")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", beside: permanent_exclusion_rate", "", "names in `beside` another indicator"),
        ("beside: permanent_exclusion_rate", "beside: nobody", "refers to no such indicator"),
        ("beside: permanent_exclusion_rate", "beside: suspended_pupils", "has another unit than"),
        ("beside: permanent", "along: sex, beside: permanent", "is all there is to say"),
        ("[sex]", "[ethnicity]", "permanent_exclusion_rate is not broken down by ethnicity"),
    ],
)
def test_faults_of_a_declaration_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in ENTRY
    assert told in loaded(tmp_path, ENTRY.replace(old, new))[1]


def said(view: Measures, indicator: Indicator) -> list[str]:
    own = view.config.indicators[indicator.id]
    return [s.text for s in (*headline(view, own), *breakdown_sentences(view, own))]


def test_both_figures_are_said_and_nothing_is_claimed(tmp_path: Path) -> None:
    one = declared(charts=["bars sex"])
    made = config(one)
    earlier = pd.concat(
        [rows("in_census", "2024", total=2_000), rows("in_register", "2024", total=2_400)]
    )
    safe = complete(pd.concat([BOTH, earlier], ignore_index=True), made)
    texts = said(Measures(safe, made), one)
    assert [plain(text) for text in texts] == [
        "In Example, two sources differ by −50 in the number of children with a plan in January "
        "2025.",
        "“The census” gives 2,450 and “The register” 2,500; the first is 98.0% of the second.",
        "By sex, they differ most for boys and young men (−110).",
    ]
    (drawing,) = figures(made, safe)
    assert drawing.title == "Plans in two sources: by sex"
    files = {
        f"{drawing.id}.svg": drawing.svg,
        "report.html": page("".join(map("<p>{}</p>".format, texts))),
    }
    assert _problems(safe, made, files, tmp_path) == []
    for old, new in ((">98.0%<", ">97.9%<"), (">−50<", ">50<"), (">2,500<", ">2,501<")):
        wrong = files | {"report.html": files["report.html"].replace(old, new, 1)}
        assert len(_problems(safe, made, wrong, tmp_path)) == 1


def test_a_hidden_figure_is_no_figure_and_equal_sources_differ_nowhere() -> None:
    one = declared()
    alike = pd.concat(
        [rows("in_census", total=100, F=50, M=50), rows("in_register", total=0, F=0, M=0)]
    )
    texts = [plain(t) for t in said(Measures(complete(alike, config(one)), config(one)), one)]
    assert texts[1:] == ["“The census” gives 100 and “The register” 0."]
    hidden = BOTH.copy()
    hidden.loc[hidden["category"].eq("total"), list(schema.NUMBERS)] = np.nan
    hidden.loc[hidden["category"].eq("total"), "status"] = "c"
    text = " ".join(said(Measures(complete(hidden, config(one)), config(one)), one))
    assert "hidden to protect confidentiality" in text
    assert not re.search("gives", text)
