"""What nests in what: code lists that divide others, spans of years, groups of localities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsna.model import hierarchies as nesting
from tests.spec import world

from .test_edition import change, project, told

__all__ = ["project"]

CONFIG = world.configuration()
NEED = "config/codelists/need_group.yaml"
INDICATORS = "config/indicators/exclusions.yaml"
AREA = "config/areas/quillshire-west.yaml"


def test_a_code_list_two_steps_up_is_made_of_the_finest_codes() -> None:
    assert nesting.finer("school_stage", CONFIG) == "year_group"
    assert nesting.codes("school_stage", "years_7_to_11", CONFIG) == {"7", "8", "9", "10", "11"}
    assert nesting.members("key_stage", "school_stage", CONFIG)["years_7_to_11"] == {"ks3", "ks4"}
    assert nesting.members("year_group", "school_stage", CONFIG)["from_year_12"] == {
        "12", "13", "14", "X",
    }  # fmt: skip


def test_what_is_made_of_nothing_finer_is_itself() -> None:
    assert nesting.finer("sex", CONFIG) == "sex"
    assert nesting.codes("sex", "F", CONFIG) == {"F"}


def test_a_fifth_is_two_tenths() -> None:
    assert nesting.codes("imd_quintile", "1", CONFIG) == {"1", "2"}
    assert nesting.codes("imd_quintile", "5", CONFIG) == {"9", "10"}


@pytest.mark.parametrize(
    ("period", "kind", "years"),
    [
        ("2022/23 to 2024/25", "three_years", ("2022/23", "2023/24", "2024/25")),
        ("1998/99 to 2000/01", "three_years", ("1998/99", "1999/00", "2000/01")),
        ("2022 to 2024", "three_years", ("2022", "2023", "2024")),
        ("2024/25", "academic_year", ("2024/25",)),
        ("2025", "january", ("2025",)),
    ],
)
def test_years_of_a_period(period: str, kind: str, years: tuple[str, ...]) -> None:
    assert nesting.years(period, kind) == years
    assert kind != "three_years" or nesting.span(years) == period


def test_years_with_a_gap_between_them_do_not_stand_together() -> None:
    periods = ["2018", "2019", "2020", "2022", "2023", "2024", "2025"]
    assert nesting.runs(periods, 3) == [(0, 1, 2), (3, 4, 5), (4, 5, 6)]
    assert nesting.runs(["2019/20", "2020/21"], 3) == []


def _finer(**codes: list[str]) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["finer"].update(codes)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (lambda c: c.update(of="primary_ned"), "no such code list"),
        (lambda c: c.pop("finer"), "has both `of` and `finer`"),
        (_finer(semh=["SEMH", "ASD"]), "stands 2 times; codes that overlap do not add up"),
        (_finer(semh=["SEMHX"]), "primary_need has no such code"),
        (_finer(communication=["ASD"]), "part of none; the codes must cover all"),
        (_finer(semh=[]), "no code of primary_need is given for it"),
        (_finer(rest=["OTH"]), "stands for a code that is not among `codes`"),
    ],
)
def test_a_code_list_that_does_not_nest_is_refused(
    project: Path, how: Callable[[dict[str, Any]], object], words: str
) -> None:
    change(project, NEED, how)
    said = told(project)
    assert NEED in said
    assert words in said


def test_a_code_list_made_of_itself_is_refused(project: Path) -> None:
    change(project, "config/codelists/key_stage.yaml", lambda c: c.update(of="school_stage"))
    assert "in the end, of itself" in told(project)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([["E07000921"], ["E07000922", "E07000999"]], "the area has no such locality"),
        ([["E07000921"], ["E07000921", "E07000922"]], "stands 2 times"),
        ([["E07000921", "E07000922"]], "one group is the whole area"),
        ([["E07000921"], ["E07000921"]], "Hesketon West is in no group"),
    ],
)
def test_groups_that_do_not_divide_an_area_are_refused(
    project: Path, groups: list[list[str]], words: str
) -> None:
    made = [
        {"code": f"g{n}", "name": f"Group {n}", "localities": codes}
        for n, codes in enumerate(groups)
    ]
    change(project, AREA, lambda content: content.update(locality_groups=made))
    assert words in told(project)


def test_everything_wrong_with_fallbacks_is_told_at_once(project: Path) -> None:
    wrong = [
        {"breakdown": ["ethnicity"], "recodings": [{"years": 3}]},
        {
            "breakdown": ["sex"],
            "recodings": [{"collapse": {"sex": "need_group"}}, {"areas": "groups"}],
        },
        {"breakdown": ["primary_need"], "recodings": [{"years": 3}, {"years": 3}]},
        {"breakdown": ["primary_need"], "recodings": [{"collapse": {"sex": "need_group"}}]},
    ]
    change(project, INDICATORS, lambda c: c["indicators"][0].update(fallbacks=wrong))

    def persons(content: dict[str, Any]) -> None:
        suspended = content["indicators"][1]
        suspended["fallbacks"] = [{"breakdown": ["sex"], "recodings": [{"years": 3}]}]
        suspended["numerator"]["count"] = "persons"

    change(project, INDICATORS, persons)
    pupils = "config/indicators/prevalence.yaml"
    standing = [{"breakdown": ["sex"], "recodings": [{"years": 3}]}]
    change(project, pupils, lambda c: c["indicators"][0].update(fallbacks=standing))
    said = told(project)
    for words in (
        "suspension_rate.fallbacks.1",
        "not broken down by ethnicity; add it to `breakdowns`",
        "the codes of 'sex' do not nest in those of 'need_group'",
        "groups localities, but the breakdown has no `locality`",
        "shows the same as an earlier recoding",
        "there are two fallbacks for this breakdown",
        "collapses 'sex', which the breakdown does not have",
        "suspended_pupils.fallbacks.1.recodings.1",
        "persons counted once do not add up",
        "pupils.fallbacks.1.recodings.1",
        "those there on a day does not add up over years",
    ):
        assert words in said


def test_a_recoding_that_makes_nothing_coarser_is_refused(project: Path) -> None:
    fallbacks = [{"breakdown": ["sex"], "recodings": [{}]}]
    change(project, INDICATORS, lambda c: c["indicators"][0].update(fallbacks=fallbacks))
    assert "a recoding needs `collapse`, `years` or `areas`" in told(project)
