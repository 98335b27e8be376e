"""Open editions of a dozen authorities of unlike kinds come to a report, read back and all."""

from __future__ import annotations

from datetime import date

import pytest

from jsna.settings import authorities, few_figures
from jsna.settings.reading import Gatherer
from jsna.sweeping.run import Swept, Work, sweep
from jsna.sweeping.table import wrong
from tests.real.published_support import PUBLISHED, ROOT

pytestmark = pytest.mark.real
#: Number -> places of its report: districts of the counties, else wards.
DOZEN = {
    "886": 12,  # the largest county
    "330": 69,  # the largest district, and the most wards
    "857": 15,  # the smallest of the others
    "201": 5,  # the City of London: six small areas, most of its wards in none
    "420": 1,  # the Isles of Scilly: one small area
    "942": 46,  # new in 2023, of a county that was divided
    "815": 89,  # a county until 2023, with another code since
    "373": 28,  # another code since 2025
    "896": 45,  # over 40 wards, and a name with "and" and a point of the compass
    "895": 52,
    "839": 33,  # the longest name, with a comma
    "801": 34,  # a comma, and its style behind it
}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Swept]:
    assert PUBLISHED.is_dir(), f"the real official files are not at {PUBLISHED}"
    register = authorities.register(ROOT)
    asked = [register.find(number) for number in DOZEN]
    folder = tmp_path_factory.mktemp("sweep")
    work = Work(ROOT, folder, PUBLISHED, 2025, date(2025, 11, 27))
    made = sweep(asked, work, jobs=2)
    return {one.authority.number: one for one in made}


def test_a_dozen_of_unlike_kinds_come_to_a_report(every: dict[str, Swept]) -> None:
    assert [*wrong([*every.values()], few_figures.load(Gatherer(ROOT)))] == []
    assert {number: one.localities for number, one in every.items()} == DOZEN
    assert all(one.indicators >= 23 for one in every.values())


def test_what_releases_lack_is_said(every: dict[str, Swept]) -> None:
    lacking = {number: len(one.lacking) for number, one in every.items() if one.lacking}
    assert lacking == {"942": 2, "815": 1}
    assert "no residents of North Yorkshire by year of age" in every["815"].lacking[0]
