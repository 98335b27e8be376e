"""Dimensions, declared in one file: what follows from an entry, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna.model.configuration import Configuration
from jsna.model.dimensions import Dimension, plain
from jsna.model.fallbacks import implied, recodings
from jsna.model.indicators import Recoding
from jsna.readback.names import Names
from jsna.settings import loading, shared
from jsna.settings.reading import Gatherer
from jsna.view import words
from tests.conftest import ROOT
from tests.spec import world

from .test_edition import NAME, change, project, told

__all__ = ["project"]

FILE = "config/dimensions.yaml"
INDICATORS = "config/indicators/exclusions.yaml"
CONFIG = world.configuration()


def declare(**entries: dict[str, Any] | None) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["dimensions"].update(entries)


# -- one file is enough --------------------------------------------------------------------------


@pytest.fixture
def with_one_more(project: Path) -> Configuration:
    """The project with `fsm` as a dimension and a list that groups it; only its file is edited.

    The code list of free school meals is there, as extracts hold it, and so is one of `sector`,
    whose codes are made of those of `setting`.
    """
    entries = {
        "fsm": {"order": "given", "words": "free school meals", "spoken": {"Y": "the poorer"}},
        "placed": {"codes": "setting", "coarser": "", "words": "place", "kind": "place"},
        "setting": {"coarser": "sector", "labels": "names"},
        "sector": {"words": "kind of provider", "order": "given"},
    }
    change(project, FILE, declare(**entries))
    return loading.load(NAME, project)


def test_a_dimension_is_added_in_its_file_alone(with_one_more: Configuration) -> None:
    config = with_one_more
    codes = list(config.codelists["fsm"])
    assert list(words.categories("fsm", config)) == codes
    assert words.category_order("fsm", codes[::-1], config) == codes
    assert words.dimension_words("fsm", config) == "free school meals"
    assert words.prose_label("fsm", "Y", config) == "the poorer"
    assert words.split_words("fsm|sex", config) == "by free school meals and sex"
    assert config.dimension("fsm").order == "given"
    assert config.dimension("sector").many == "kinds of provider"
    # A list of another name is found; labels that are names keep their capital.
    label = config.codelists["setting"]["special"]
    assert words.category_label("placed", "special", config) == label
    assert words.prose_label("setting", "special", config) == label
    assert words.prose_label("placed", "special", config) == words.lower_first(label)


def test_its_coarser_dimension_is_its_fallback(with_one_more: Configuration) -> None:
    share = with_one_more.indicators["plans_by_setting"]
    shown = [s.name for s, _ in recodings(share, ("age_group", "setting"), with_one_more)]
    assert shown == ["age_group|setting", "age_group|sector", "age_stage|sector"]


def test_its_labels_are_those_printed_numbers_are_held_to(with_one_more: Configuration) -> None:
    import pandas as pd

    frame = pd.DataFrame({"breakdown": ["placed"], "category": ["special"]})
    label = with_one_more.codelists["setting"]["special"]
    assert Names(with_one_more, frame).category("placed", "special") == {label}


# -- what is not said follows --------------------------------------------------------------------


def test_what_a_name_implies() -> None:
    made = Dimension.model_validate({"name": "age_at_entry"})
    assert (made.codes, made.words, made.one) == ("age_at_entry", *["age at entry"] * 2)
    assert made.many == "age at entrys"  # which is why a plural may be given
    assert Dimension.model_validate({"name": "x", "one": "kind of x"}).many == "kinds of x"


def test_places_are_called_as_their_area_says() -> None:
    assert CONFIG.dimension("locality").words == "district"
    assert CONFIG.dimension("locality_group").words == "group of districts"
    assert CONFIG.dimension("locality_group").many == "groups of districts"


def test_deprivation_runs_from_the_first_code_to_the_last() -> None:
    assert words.steps("imd_decile", CONFIG) == (10, "tenth")
    titles = [words.title_label("imd_quintile", c, c, CONFIG) for c in ("1", "3", "5")]
    assert titles == ["the most deprived fifth", "deprivation fifth 3", "the least deprived fifth"]


def test_a_label_in_a_sentence_and_in_a_title() -> None:
    def said(dimension: str, code: str) -> tuple[str, str]:
        label = words.category_label(dimension, code, CONFIG)
        return (
            words.prose_label(dimension, code, CONFIG),
            words.title_label(dimension, code, label, CONFIG),
        )

    assert said("age_group", "5-10") == ("ages 5 to 10", "ages 5 to 10")
    assert said("sex", "F") == ("girls and young women", "females")
    assert said("ethnic_group", "asian")[0] == "Asian children"
    assert said("sen_provision", "K") == ("pupils with SEN support", "pupils with SEN support")
    assert said("year_group", "7") == ("Year 7", "Year 7")
    assert said("reason", "BU") == ("“bullying”", "bullying")
    assert said("primary_need", "MLD")[0] == "moderate learning difficulty"


# -- fallbacks -----------------------------------------------------------------------------------

CATEGORIES = shared.load_lists(Gatherer(ROOT))


def offered(indicator: str, *breakdown: str, **changes: object) -> list[str]:
    """What is shown instead of a breakdown: coarser dimensions, groups, years."""
    one = CONFIG.indicators[indicator].model_copy(update=changes)
    found = implied(one, breakdown, CATEGORIES.dimensions, CATEGORIES.sizes)
    return [
        " ".join([*r.collapse.values(), *filter(None, (r.areas, str(r.years or "")))])
        for r in found
    ]


def test_every_step_is_offered_and_events_over_three_years() -> None:
    """By hand, of a rate of events of a school year."""
    of_years = ["key_stage", "school_stage", "school_stage 3"]
    assert offered("suspension_rate", "year_group") == of_years
    assert offered("suspension_rate", "locality") == ["groups", "groups 3"]
    assert offered("suspension_rate", "sex") == []


def test_most_categories_first_and_places_last() -> None:
    """14 needs, 10 tenths of deprivation, 5 age groups: the more there are, the fewer in each."""
    of_two = ["need_group", "need_group age_stage"]
    assert offered("plans", "age_group", "primary_need") == of_two
    of_three = ["imd_quintile", "imd_quintile age_stage", "imd_quintile age_stage groups"]
    assert offered("plans", "locality", "imd_decile", "age_group") == of_three
    assert offered("plans", "imd_decile", "imd_quintile") == []


def test_persons_counted_once_have_none() -> None:
    pupils = CONFIG.indicators["pupils"].numerator
    assert pupils is not None
    once = pupils.model_copy(update={"count": "persons"})
    assert offered("pupils", "imd_decile") == ["imd_quintile"]
    assert offered("pupils", "imd_decile", numerator=once) == []


@pytest.mark.parametrize(
    "indicator",
    ["population_0_25", "lsoas", "good_level_of_development"],  # estimate, areas, official alone
)
def test_what_is_no_count_of_children_here_has_none(indicator: str) -> None:
    assert offered(indicator, "locality", "imd_decile") == []


@pytest.mark.parametrize("indicator", ["pupils", "suspended_pupils", "children_in_need"])
def test_children_who_are_there_for_years_are_not_counted_once_for_each(indicator: str) -> None:
    assert offered(indicator, "imd_decile") == ["imd_quintile"]


def test_no_indicator_writes_what_is_implied() -> None:
    for file in sorted((ROOT / "config/indicators").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")).get("indicators", ()):
            for fallback in entry.get("fallbacks", ()):
                given = tuple(Recoding.model_validate(one) for one in fallback["recodings"])
                assert given != implied(
                    CONFIG.indicators[entry["id"]],
                    fallback["breakdown"],
                    CATEGORIES.dimensions,
                    CATEGORIES.sizes,
                ), (entry["id"], fallback["breakdown"])


def test_what_is_written_stands_be_it_nothing() -> None:
    contacts = CONFIG.indicators["mental_health_contacts"]
    assert [s.name for s, _ in recodings(contacts, ("age_group",), CONFIG)] == ["age_group"]
    weight = CONFIG.indicators["ncmp_obesity_year_6"]
    shown = [s.name for s, _ in recodings(weight, ("sen_provision",), CONFIG)]
    assert shown == ["sen_provision", "sen_status"]


# -- what is wrong -------------------------------------------------------------------------------


def test_everything_wrong_with_dimensions_is_told_at_once(project: Path) -> None:
    change(
        project,
        FILE,
        declare(
            fsm={"codes": "free_meals"},
            sex={"coarser": "gender"},
            setting={"coarser": "need_group"},
            services={"spoken": {"none": "nobody"}, "short": {"all": "all"}},
            locality={"codes": "sex"},
        ),
    )
    change(
        project,
        INDICATORS,
        lambda c: c["indicators"][0].update(breakdowns=[["sex"], ["sexx"], ["sexx", "locality"]]),
    )
    said = told(project)
    for expected in (
        f"{FILE}, key 'dimensions.fsm.codes': no such code list; there are",
        "key 'dimensions.sex.coarser': no such dimension in this file",
        "key 'dimensions.setting.coarser': its code list does not say by `of` that it is made of "
        "setting; those that do: sector, setting_group",
        "key 'dimensions.services.spoken.none': the code list services has no such code",
        "key 'dimensions.services.short.all'",
        "key 'dimensions.locality': stands for places",
        f"{INDICATORS}, key 'suspension_rate.breakdowns': no such dimension in {FILE}; declared",
    ):
        assert expected in said
    assert said.count("suspension_rate.breakdowns") == 1


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"order": "deprivation"}, "in order of deprivation, and no other, has a `step`"),
        ({"order": "age", "step": "year"}, "in order of deprivation, and no other, has a `step`"),
        ({"order": "alphabetical"}, "dimensions.sex.order"),
        ({"wrods": "sex"}, "unknown key; check its spelling"),
        ({"words": ""}, "must not be empty"),
    ],
)
def test_a_faulty_entry_is_told_alone(project: Path, entry: dict[str, Any], expected: str) -> None:
    change(project, FILE, declare(sex=entry))
    said = told(project)
    assert expected in said
    assert said.count("  - ") == 1


def test_a_project_without_the_file_is_told_so(project: Path) -> None:
    (project / FILE).unlink()
    said = told(project)
    assert f"{FILE}: this file does not exist" in said
    assert said.count("  - ") == 1


def test_a_column_with_a_number_in_its_name_is_a_dimension_of_its_own() -> None:
    assert plain("within_six_weeks") == Dimension.model_validate({"name": "within_six_weeks"})
    assert plain("within_6_weeks").decides == ("within_6_weeks", "")
