"""Disclosure profiles: what a file may say, and what the strictest of several asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.measures.sources import profile_of
from jsna.model.indicators import Indicator
from jsna.model.profiles import Profile
from jsna.model.strictest import in_words, strictest
from jsna.settings import shared
from tests.spec import world

PROFILES = shared.profiles(world.ROOT)
ASKED = (
    "threshold", "rounding", "contributor_width", "protects", "minimum_contributors", "dominance",
)  # fmt: skip


def made(name: str = "made", **fields: Any) -> Profile:
    return Profile(profile=name, title="Made", rule="Made up.", **{"threshold": 5, **fields})


@pytest.mark.parametrize(
    ("name", "threshold", "rounding", "zeros_shown", "minimum"),
    [
        ("default", 5, 1, False, 10),
        ("health", 8, 5, True, 10),
        ("mhsds", 5, 5, False, 10),
        ("opensafely", 8, 5, False, 10),
        ("children_in_need", 6, 1, False, 10),
        ("ons_longitudinal", 10, 1, False, 10),
        ("rounded", 0, 5, False, 10),
        ("official", 0, 1, True, 0),
        ("quality", 0, 1, True, 0),
    ],
)
def test_the_rules_of_the_sources_are_as_published(
    name: str, threshold: int, rounding: int, zeros_shown: bool, minimum: int
) -> None:
    found = PROFILES[name]
    assert (found.threshold, found.rounding, found.zeros_shown) == (
        threshold,
        rounding,
        zeros_shown,
    )
    assert found.minimum_contributors == minimum


def test_what_an_attacker_is_left_with_follows_from_whether_zeros_are_always_shown() -> None:
    hidden, shown = made(threshold=5), made(threshold=5, zeros_shown=True)
    assert (hidden.lowest, hidden.width, hidden.contributor_width) == (0, 4, 2)
    assert (shown.lowest, shown.width, shown.contributor_width) == (1, 3, 1)
    # Where next to nothing is left to an outsider, a contributor may take none of it.
    assert made(threshold=2).contributor_width == made(threshold=2).width == 1
    assert made(threshold=0).contributor_width == 0


def test_only_official_figures_and_counts_of_records_pass_as_they_are() -> None:
    assert {n for n, p in PROFILES.items() if not p.protective} == {"official", "quality"}
    assert {n for n, p in PROFILES.items() if p.rounds_only} == {"rounded"}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a threshold of one": ({"threshold": 1}, "`threshold: 1` hides nothing"),
    "a hidden count that can only be one": (
        {"threshold": 2, "zeros_shown": True},
        "could only be 1",
    ),
    "hiding that a total undoes": ({"secondary": False}, "be worked out from totals"),
    "controlled rounding to nothing": (
        {"rounding_method": "controlled"},
        "needs a `rounding` above 1",
    ),
    "more left to a family than to others": ({"contributor_width": 4.5}, "may be at most 4"),
    "means of fewer than the threshold": ({"minimum_contributors": 4}, "at least the `threshold`"),
    "rounding for nothing": ({"threshold": 0, "rounding": 5}, "says with `protects`"),
    "protection that is there already": (
        {"rounding": 5, "rounding_method": "controlled", "protects": 5},
        "must be above it",
    ),
    "more than rounding can protect": (
        {"threshold": 0, "rounding": 5, "rounding_method": "controlled", "protects": 6},
        "cannot protect counts above 4",
    ),
    "rounding that tells 0 from 3": (
        {"threshold": 0, "rounding": 5, "protects": 5},
        "needs `rounding_method: controlled`",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_profile_that_contradicts_itself_is_refused(name: str) -> None:
    fields, words = FAULTS[name]
    with pytest.raises(ValidationError) as caught:
        made(**fields)
    assert words in str(caught.value)


def written(folder: Path, **changes: Any) -> str:
    """What is told of the default profile with some keys changed."""
    for kind in ("disclosure", "indicators", "codelists"):
        (folder / "config" / kind).mkdir(parents=True)
    source = world.ROOT / "config/disclosure/default.yaml"
    content = {**yaml.safe_load(source.read_text(encoding="utf-8")), **changes}
    file = folder / "config/disclosure/default.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(JsnaError) as caught:
        shared.profiles(folder)
    return str(caught.value)


def test_everything_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    said = written(tmp_path, threshold=1, secondary=False, rounding=0, roundin=5, dominance=120)
    for part in ("'roundin': unknown key", "'rounding': ", "'dominance': "):
        assert part in said
    assert "config/disclosure/default.yaml" in said


def test_several_contradictions_are_told_at_once(tmp_path: Path) -> None:
    said = written(tmp_path, threshold=6, secondary=False, minimum_contributors=3)
    assert "worked out from totals" in said
    assert "at least the `threshold`, 6" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"profile": "strict"}, "must be the file's name 'default'"),
        ({"profile": "default+health"}, "must be small letters, digits, - and _"),
        ({"source": ""}, "says where the rule comes from"),
        ({"threshold": 8}, "does not name the `threshold` (8)"),
        ({"rounding": 10}, "does not name the `rounding` (10)"),
    ],
)
def test_what_is_printed_of_a_profile_is_what_it_does(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in written(tmp_path, **changes)


def test_of_two_profiles_the_stricter_field_holds() -> None:
    both = strictest(["health", "default"], PROFILES)
    assert both.profile == "default+health"
    # Health hides more and rounds; the authority's own may hide zeros, so 0 must stay possible.
    assert (both.threshold, both.rounding, both.zeros_shown) == (8, 5, False)
    assert (both.width, both.contributor_width) == (7, 4)
    for words in ("1 to 7 are hidden", "to the nearest 5", "at least 10 children"):
        assert words in both.rule


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["default"], "default"),
        (["default", "official"], "default"),
        (["official", "default", "mhsds", "quality"], "mhsds"),
        (["default", "health", "official"], "default+health"),
        (["default+health", "ons_longitudinal"], "health+ons_longitudinal"),
        (["opensafely", "health"], "opensafely"),
    ],
)
def test_a_combination_names_those_it_needs(names: list[str], found: str) -> None:
    assert strictest(names, PROFILES).profile == found


def test_rounding_alone_beside_hiding_is_both() -> None:
    both = strictest(["default", "rounded"], PROFILES)
    assert (both.threshold, both.rounding, both.rounding_method) == (5, 5, "controlled")
    # Counts of 1 to 4 are hidden, so rounding has none of them left to protect.
    assert both.protects == 0
    assert "to a multiple of 5 in such a way that totals still add up" in both.rule


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    threshold = draw(st.sampled_from([0, 3, 5, 8, 10]))
    base = draw(st.sampled_from([1, 3, 5, 10]))
    rounds_only = threshold == 0 and base > 1
    protects = draw(st.integers(2, base)) if rounds_only else 0
    controlled = rounds_only or (base > 1 and draw(st.booleans()))
    return made(
        threshold=threshold,
        rounding=base,
        rounding_method="controlled" if controlled else "nearest",
        protects=protects,
        zeros_shown=draw(st.booleans()),
        complements=draw(st.booleans()),
        secondary=draw(st.booleans()) or base == 1,
        minimum_contributors=draw(st.integers(threshold, 20)),
        dominance=draw(st.integers(0, 100)),
        fallback_limit=draw(st.floats(0, 1)),
    )


@given(st.lists(profiles(), min_size=1, max_size=4))
def test_the_strictest_asks_at_least_as_much_as_each(given_: list[Profile]) -> None:
    known = {f"p{i}": p.model_copy(update={"profile": f"p{i}"}) for i, p in enumerate(given_)}
    found = strictest(known, known)
    for one in known.values():
        for field in ASKED:
            # What rounding alone protects counts no more where it is hidden.
            enough = field == "protects" and one.protects <= found.threshold
            assert enough or getattr(found, field) >= getattr(one, field)
        assert found.zeros_shown <= one.zeros_shown
        assert found.complements >= one.complements
        assert found.secondary >= one.secondary
        assert found.fallback_limit <= one.fallback_limit
    assert strictest(reversed(list(known)), known) == found
    # A name stands for the same whoever looks it up, and asks the same again.
    assert strictest([found.profile], known) == found


def test_no_name_and_an_unknown_name_are_refused() -> None:
    config = world.configuration()
    for name in ("", "strict", "default+strict", "default+"):
        with pytest.raises(KeyError):
            config.profile(name)
    with pytest.raises(KeyError):
        strictest([], PROFILES)


def test_what_a_profile_asks_is_said_from_its_fields() -> None:
    assert in_words(PROFILES["official"]) == "Figures are shown as they are."
    said = in_words(made(threshold=2, complements=False, secondary=True))
    assert said.startswith("Counts of 1 are hidden, with every")
    assert "complements" not in said
    assert "Counts are rounded to a multiple of 5" in in_words(PROFILES["rounded"])


def test_a_measure_linked_from_two_sources_is_held_to_both() -> None:
    config = world.configuration(profiles={"exclusions": "health"})
    rate = config.indicators["suspension_rate"]
    assert profile_of(rate, config) == "default+health"
    assert config.profile("default+health").threshold == 8
    rows = {
        name: world.filled(name, pd.DataFrame([{"period": "2023/24", "sex": "M"}] * count))
        for name, count in (("suspension", 7), ("roll", 400))
    }
    total = Indicator.model_validate({**rate.model_dump(), "breakdowns": [], "fallbacks": []})
    found = measure(rows, [total], config)
    assert set(found["profile"]) == {"default+health"}
