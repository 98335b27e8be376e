"""Why a figure is hidden: told of made-up figures whose protection was worked out by hand."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna import io
from jsna.disclosure.attacking.attack import known
from jsna.disclosure.evidence import Evidence
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables, printed
from jsna.errors import JsnaError
from jsna.explanation import explain
from jsna.explanation.explain import Choice, report, select
from jsna.explanation.reasons import Reasons, rules_of
from jsna.model import schema
from jsna.model.cells import make
from tests.unit import report_support as made

CONFIG = made.configuration()
PLANS = CONFIG.indicators["plans"]
SHARE = CONFIG.indicators["ehc_plans_20_weeks"]


def explained(
    linked: LinkedTables, rows: list[dict[str, Any]], rules: list[str], **changes: Any
) -> Reasons:
    """Rows hidden by these rules, counts hidden where no row prints them."""
    hidden = np.array([bool(rule) for rule in rules])
    system = replace(linked.system(np.zeros(len(rows), dtype=bool)), **changes)
    frame = pd.DataFrame(rows).reindex(columns=list(schema.COLUMNS))
    knows = known(system, ~printed(linked, hidden))
    fallbacks = pd.DataFrame({"indicator": ["plans"], "breakdown": ["sex"], "used": [""]})
    stands = np.zeros(len(rows), dtype=np.bool_)
    found = Evidence(frame, frame, linked, system, knows, hidden, frame, stands)
    return Reasons(found, rules, fallbacks, CONFIG)


def count(
    linked: LinkedTables, rows: list[dict[str, Any]], box: dict[str, str], number: int, need: str
) -> None:
    """Add plans of these categories, and the row that prints them."""
    cell = make("plan", "rows", {name: frozenset({code}) for name, code in box.items()})
    linked.numerators.append(linked.add(cell, cell.label(), number, threshold=5))
    linked.denominators.append(NONE)
    rows.append(made.measure(PLANS, number, dims={"primary_need": need} if need else {}))


def by_need(
    *, counts: tuple[int, ...] = (20, 3, 7, 10)
) -> tuple[LinkedTables, list[dict[str, Any]]]:
    """A total of 20 plans and its three parts, of which one is small."""
    linked, rows = LinkedTables(), []
    for need, number in zip(("", "MSI", "HI", "ASD"), counts, strict=True):
        count(linked, rows, {"period": "2025"} | ({"need": need} if need else {}), number, need)
    linked.equations.append((0, 1, 2, 3))
    return linked, rows


def text(case: Reasons, choice: Choice | None = None, **options: Any) -> str:
    rows = case.evidence.rows
    chosen = select(rows, choice or Choice(str(rows["indicator"].iloc[0])), CONFIG)
    return " ".join(" ".join(report(chosen, case, CONFIG, **options)).split())


def of_need(category: str | None = None) -> str:
    """What is told of the plans by need, of which MSI is small and HI hidden for its sake."""
    linked, rows = by_need()
    case = explained(linked, rows, ["", "small_count", "sum", ""])
    return text(case, Choice("plans", category=category))


def test_a_small_count_is_primary_and_says_what_is_small() -> None:
    said = of_need("MSI")
    assert "Hidden: 1 of the 1 figures asked about." in said
    assert "Primary: its count, 3, is small (1 to 4 is protected here)." in said
    # 20 less 10 leaves ten for the two that are hidden.
    assert "As published, an outsider knows its count to lie between 0 and 10." in said
    assert "Secondary" not in said


def test_a_secondary_figure_names_what_it_protects_and_the_sum_that_would_betray_it() -> None:
    said = of_need("HI")
    assert "Secondary: it is not small, but shown it would give away a count" in said
    assert "[plan rows: need MSI, period 2025], which is 3: would be known to be 3, exactly" in said
    assert "must stay open from 0 to 4" in said
    assert (
        "From: among plan rows: period 2025, [all] = [need MSI] + [need HI] + [need ASD]." in said
    )
    assert "As published, an outsider knows its count to lie between 0 and 10." in said


def test_what_everybody_knows_already_is_no_reason() -> None:
    """HI is 2 and 5 more; the 2 are told by 9 less 7 whether HI is shown or not."""
    linked, rows = by_need()
    for name, number in (("few", 2), ("others", 5), ("all", 9), ("rest", 7)):
        count(linked, rows, {"need": name}, number, name)
    linked.equations += [(2, 4, 5), (6, 4, 7)]
    rules = ["", "small_count", "sum", "", "small_count", "sum", "", ""]
    said = text(explained(linked, rows, rules), Choice("plans", category="HI"))
    assert "shown it would give away a count" in said
    assert "[plan rows: need MSI, period 2025], which is 3: would be known to be 3" in said
    assert "need few" not in said.split("Secondary")[1].split("From:")[0]


def test_a_total_that_would_narrow_two_small_parts_says_between_what_they_would_lie() -> None:
    # 2 and 1 are hidden with their total of 3: shown, each would lie between 0 and 3, not 0 and 4.
    linked, rows = by_need(counts=(3, 2, 1, 0))
    # As if the total were no small number itself.
    status = np.array([0, 3, 3, 0])
    case = explained(linked, rows, ["sum", "small_count", "small_count", ""], status=status)
    said = text(case, Choice("plans", breakdown="total"))
    assert "shown it would give away 2 counts" in said
    assert (
        "[plan rows: need MSI, period 2025], which is 2: would be known to lie between 0 and 3"
        in said
    )
    assert (
        "[plan rows: need HI, period 2025], which is 1: would be known to lie between 0 and 3"
        in said
    )


def test_few_who_are_not_counted_hide_the_figure_of_those_who_are() -> None:
    linked = LinkedTables()
    whole, part = (
        linked.add(make("new_plan", "rows", {}), label, count, threshold=5)
        for label, count in (("new plans", 20), ("new plans in time", 18))
    )
    rest = linked.add(make("new_plan", "rows", {}), "new plans late", 2, threshold=5, derived=True)
    linked.equations.append((whole, part, rest))
    linked.numerators, linked.denominators = [part], [whole]
    case = explained(linked, [made.measure(SHARE, 18, 20, period="2024")], ["small_complement"])
    said = text(case)
    assert "Primary: those not counted, 2, are few (1 to 4 is protected here)" in said
    assert "[new plans late]" in said
    assert "its count to be 0 or more" in said


def test_a_familys_knowledge_is_told_as_such() -> None:
    linked, rows = by_need(counts=(14, 4, 1, 9))
    # With the total of 14, 5 are left for two: who knows one of them knows more of the other.
    width = np.array([0.0, 5.0, 5.0, 0.0])
    case = explained(linked, rows, ["sum", "small_count", "small_count", ""], contributor=width)
    said = text(case, Choice("plans", breakdown="total"))
    assert "to the family of a child in [plan rows: need" in said


def test_a_rule_of_its_own_is_told_in_words() -> None:
    linked, rows = by_need()
    case = explained(linked, rows, ["", "small_count", "sum", "below_authority"])
    assert "never published below the whole authority" in text(
        case, Choice("plans", category="ASD")
    )


def test_a_figure_hidden_with_another_that_shows_its_count_names_it() -> None:
    linked, rows = by_need(counts=(20, 6, 7, 7))
    # Nothing is small here: only the second row's own rule hides it, and the third shows its count.
    linked.numerators[2] = 1
    case = explained(linked, rows, ["", "dominance", "same_count", ""])
    said = text(case, Choice("plans", category="HI"))
    assert "with figures that show the same counts: plans, January 2025, Marrowshire" in said
    assert "[MSI]: 6" in said
    assert "the choice that was made for all figures together" in said
    rounded = case.evidence.rows.assign(profile="health")
    case = replace(case, evidence=replace(case.evidence, rows=rounded))
    for base, said_so in ((1, False), (2, True), (5, True)):
        profile = CONFIG.profile("health").model_copy(update={"rounding": base})
        config = replace(CONFIG, profiles={**CONFIG.profiles, "health": profile})
        said = text(replace(case, config=config), Choice("plans", category="HI"))
        assert ("as if nothing were rounded" in said) is said_so


def test_the_profile_its_rule_and_the_fallback_stand_at_the_head() -> None:
    said = of_need()
    assert "Profile default: Records about children held by the authority." in said
    assert "Fallback of figures by sex: shown so; no coarser step" in said
    assert "Hidden: 2 of the 4 figures asked about." in said


def test_nothing_hidden_is_said_and_much_is_cut() -> None:
    linked, rows = by_need()
    assert "None of the 4 figures asked about is hidden." in text(explained(linked, rows, [""] * 4))
    many, wide = LinkedTables(), []
    for number in range(20):
        count(many, wide, {"n": str(number)}, 1, f"n{number}")
    case = explained(many, wide, ["small_count"] * 20)
    assert f"and {20 - explain.MOST} more" in text(case)
    assert "more: narrow" not in text(case, everything=True)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice("plan"), "near it: plans"),
        (Choice("pupils_ehc_plan"), "this edition protects no figures of this indicator"),
        (Choice("suspended_pupils_ratio"), "hidden with them; ask about suspended_pupils"),
        (Choice("zzz"), "no such indicator; there are plans"),
        (Choice("plans", period="2031"), "it has 2025"),
        (Choice("plans", area="Marrowshyre"), r"E10000951 \(Marrowshire\)"),
        (Choice("plans", category="MSS"), "HI, MSI"),
        (Choice("plans", breakdown="total", category="HI"), "leave one of them out"),
    ],
)
def test_a_choice_of_nothing_says_what_there_is(choice: Choice, message: str) -> None:
    frame = pd.DataFrame(by_need()[1])
    with pytest.raises(JsnaError, match=message):
        select(frame, choice, CONFIG)


def test_everything_wrong_with_a_choice_is_told_at_once() -> None:
    frame = pd.DataFrame(by_need()[1])
    with pytest.raises(JsnaError) as error:
        select(frame, Choice("plans", period="1999", area="nowhere", category="none"), CONFIG)
    assert [p.where for p in error.value.problems] == ["--period", "--area", "--category"]


def test_a_place_may_be_named_or_coded_and_a_category_be_part_of_a_row() -> None:
    rows = [made.measure(PLANS, 5, dims={"sex": s, "primary_need": "HI"}) for s in ("F", "M")]
    frame = pd.DataFrame(rows)
    assert len(select(frame, Choice("plans", area="marrowshire"), CONFIG)) == 2
    assert len(select(frame, Choice("plans", area="E10000951"), CONFIG)) == 2
    assert len(select(frame, Choice("plans", category="F"), CONFIG)) == 1
    assert len(select(frame, Choice("plans", category="HI|M"), CONFIG)) == 1
    assert len(select(frame, Choice("plans", breakdown="sex, primary_need"), CONFIG)) == 2


def test_the_rule_of_each_row_is_read_from_the_record_by_its_key() -> None:
    rows = pd.DataFrame(by_need()[1]).reindex(columns=list(schema.COLUMNS))
    log = rows.iloc[[2, 1]][list(schema.KEY)].assign(rule=["sum", "small_count"])
    assert rules_of(rows, log) == ["", "small_count", "sum", ""]


def test_an_edition_that_is_not_built_is_told_to_be(tmp_path: Path) -> None:
    options = argparse.Namespace(
        indicator="plans", period=None, area=None, breakdown=None, category=None, all=False
    )
    paths = io.Paths(tmp_path, "marrow-2025")
    with pytest.raises(JsnaError, match="run `jsna build marrow-2025` first") as error:
        list(explain.run(options, CONFIG, paths))
    assert len(error.value.problems) == 5
    assert str(tmp_path) not in error.value.report()
