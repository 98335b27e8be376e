"""Sums that nobody declared are found and named; declared and accidental ones are not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from jsna import io
from jsna.disclosure.discovery import digest, modular, remembered, run, search, supposed, worlds
from jsna.disclosure.discovery.counts import Count
from jsna.disclosure.discovery.declared import declared
from jsna.disclosure.discovery.identities import UNDECLARED, Identity, problems
from jsna.disclosure.discovery.incidence import Incidence, incidence
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.settings import shared
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, arrow
from tests.spec import world

ROOT = Path(__file__).parents[2]
DELIVERIES = [("school_census", year) for year in ("2023", "2024", "2025")]
DELIVERIES += [("exclusions", year) for year in ("2022/23", "2023/24", "2024/25")]
DELIVERIES += [("sen2", "2025")]


# ---- exact linear algebra ----------------------------------------------------------------------


def rank(rows: Sequence[Sequence[int]]) -> int:
    """Rank over the rational numbers, by hand."""
    left = [[Fraction(x) for x in row] for row in rows]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(found, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for i in range(found + 1, len(left)):
            factor = left[i][column] / left[found][column]
            left[i] = [a - factor * b for a, b in zip(left[i], left[found], strict=True)]
        found += 1
    return found


@given(
    st.integers(1, 7).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(-2, 3), min_size=columns, max_size=columns),
            min_size=1,
            max_size=12,
        )
    )
)
def test_dependences_are_as_many_as_rational_arithmetic_finds(rows: list[list[int]]) -> None:
    matrix = np.array(rows, dtype=np.int64)
    basis = modular.null_space(sparse.csc_array(matrix)).toarray()
    assert basis.shape[1] == matrix.shape[1] - rank(rows)
    assert not np.mod(matrix @ basis, modular.PRIME).any()
    assert modular.rank(basis.astype(np.float64)) == basis.shape[1]


def test_wide_matrices_go_by_panels_and_keep_every_dependence() -> None:
    draw = np.random.default_rng(4)
    free = draw.integers(0, 4, (900, 150))
    mixing = draw.integers(-1, 2, (150, 40))
    order = draw.permutation(190)
    matrix = np.hstack([free, free @ mixing])[:, order]
    basis = modular.null_space(sparse.csc_array(matrix)).toarray()
    assert basis.shape == (190, 40)
    assert not np.mod(matrix @ basis, modular.PRIME).any()


def test_columns_with_one_unit_each_are_told_apart() -> None:
    # A thousand counts of one child each: sums of units alone would mix some of them up.
    assert modular.null_space(sparse.csc_array(np.eye(1000, dtype=np.int64))).shape[1] == 0


# ---- made-up records and declarations ----------------------------------------------------------


def indicator(id_: str, **given_: Any) -> Indicator:
    """A count of pupils in January, unless told otherwise."""
    named = {"id": id_, "title": id_, "phrase": id_, "chapter": "prevalence", "kind": "count"}
    return Indicator.model_validate(
        {**world.LEAST, **named, "numerator": {"table": "pupil"}, **given_}
    )


def configuration(*indicators: Indicator) -> Configuration:
    made = world.configuration({i.id: i for i in indicators}, deliveries=DELIVERIES)
    return dataclasses.replace(made, hierarchies=shared.hierarchies(ROOT))


def configuration_of_all() -> Configuration:
    """The project's own indicators and code lists."""
    return dataclasses.replace(world.configuration(), hierarchies=shared.hierarchies(ROOT))


def drawn(table: str, prefix: str, size: int, seed: int, **codes: Sequence[str]) -> pd.DataFrame:
    """Rows of an analysis table, a person each, whose facts are drawn independently."""
    draw = np.random.default_rng(seed)
    facts = {name: draw.choice(list(listed), size) for name, listed in codes.items()}
    people = [f"{prefix}{seed}-{i}" for i in range(size)]
    return world.filled(table, pd.DataFrame({"person_key": people, **facts}))


def pupils(size: int = 600, seed: int = 1, year: str = "2025") -> pd.DataFrame:
    """Pupils of one January."""
    return drawn(
        "pupil", "p", size, seed,
        sen_provision="NKE", sex="FM", year_group="127", age_group=("0-4", "5-10", "11-15"),
        locality_code=(world.WEST, world.EAST), imd_decile="159",
    ).assign(period=year)  # fmt: skip


def plans(size: int = 900, seed: int = 2) -> pd.DataFrame:
    """Plans in four settings."""
    return drawn(
        "plan", "q", size, seed,
        sex="FM", age_group=("5-10", "11-15"), setting=("mainstream", "special", "fe", "ehe"),
        placement=("in_area", "out_of_area"), residential=("none", "A", "B"),
    ).assign(period="2025")  # fmt: skip


def of_plans(*by: list[str]) -> tuple[Indicator, Indicator]:
    """Plans by setting and sex, and those of children who board, by sex."""
    board = {"table": "plan", "where": "residential in ('A', 'B')"}
    kept: dict[str, Any] = {"population_base": "maintained"}
    return (
        indicator("by_setting", numerator={"table": "plan"}, breakdowns=[*by], **kept),
        indicator("boarding", numerator=board, breakdowns=[["sex"]], **kept),
    )


def look(frames: Mapping[str, pd.DataFrame], *indicators: Indicator) -> search.Discovery:
    tables = {name: arrow(name, rows) for name, rows in frames.items()}
    return search.discover([tables], configuration(*indicators))


def said(found: search.Discovery) -> str:
    return "\n".join(str(problem) for problem in found.problems)


# ---- what is found -----------------------------------------------------------------------------


def test_totals_and_their_categories_are_declared() -> None:
    found = look(
        {"pupil": pupils()},
        indicator("all", breakdowns=[["sex"], ["sex", "year_group"], ["year_group"]]),
        indicator("girls", numerator={"table": "pupil", "where": "sex = 'F'"}),
    )
    assert found.problems == ()
    # 1 total, 2 sexes, 3 years, 6 both; girls are one of the sexes. Free are the 6 alone.
    assert (found.counts - found.zero, found.rank) == (13, 6)


def test_a_condition_that_is_no_category_is_found_out_by_its_parts() -> None:
    young_or_girls = {"table": "pupil", "where": "age_group = '0-4' or sex = 'F'"}
    older_girls = {"table": "pupil", "where": "age_group <> '0-4' and sex = 'F'"}
    young = {"table": "pupil", "where": "age_group = '0-4'"}
    found = look(
        {"pupil": pupils()},
        indicator("young_or_girls", numerator=young_or_girls),
        indicator("older_girls", numerator=older_girls),
        indicator("young", numerator=young),
    )
    assert len(found.found) == 1
    text = said(found)
    assert "young_or_girls numerator [2025] = " in text
    assert "older_girls numerator [2025]" in text
    assert "young numerator [2025]" in text
    assert found.problems[0].code == "discovery.undeclared"


def test_a_dimension_that_follows_from_another_is_found() -> None:
    rows = plans()
    # Whoever is at home or at college is boarding nowhere, and at school everyone boards.
    boards = rows["setting"].isin(["mainstream", "special"])
    rows["residential"] = np.where(boards, "A", "none")
    found = look({"plan": rows}, *of_plans(["setting"], ["setting", "sex"], ["sex"]))
    assert (
        "boarding numerator [2025, sex F] = by_setting numerator [2025, setting mainstream, sex F]"
        " + by_setting numerator [2025, setting special, sex F]"
    ) in said(found)


def test_settings_and_places_that_are_independent_are_not_reported() -> None:
    assert look({"plan": plans()}, *of_plans(["setting"], ["sex"])).problems == ()


def rolls() -> dict[str, pd.DataFrame]:
    january = pupils()
    roll = january.assign(period="2024/25").reindex(columns=list(CATALOGUE["roll"].columns))
    return {"pupil": january, "roll": roll.assign(suspended=np.arange(len(roll)) % 7 == 0)}


ROLL = (
    indicator("pupils", breakdowns=[["sex"]]),
    indicator(
        "suspended",
        kind="proportion",
        unit="percent",
        method="proportion_wilson",
        period_type="academic_year",
        numerator={"table": "roll", "where": "suspended"},
        denominator={"table": "roll"},
        breakdowns=[["sex"]],
    ),
)


def test_a_table_of_another_tables_rows_is_declared_so() -> None:
    assert look(rolls(), *ROLL).problems == ()


def test_a_table_of_another_tables_rows_is_found_where_nobody_says_so(
    forgotten: Callable[..., None],
) -> None:
    forgotten("roll", rows_of="")
    found = look(rolls(), *ROLL)
    assert len(found.found) == 2
    # The totals then follow, so that they are not named as well.
    example = "pupils numerator [2025, sex F] = suspended denominator [2024/25, sex F]"
    assert f"{example} (2 of this kind)" in said(found)


def test_what_is_declared_and_is_not_so_is_named() -> None:
    # The roll of the year is said to be the January's pupils; here somebody left.
    frames = rolls()
    frames["roll"].loc[frames["roll"].index[:5], "person_key"] = [f"new{i}" for i in range(5)]
    found = look(frames, *ROLL)
    assert {problem.code for problem in found.problems} == {"discovery.false"}
    assert "pupils numerator [2025" in said(found)
    assert "suspended denominator [2024/25" in said(found)


def test_what_holds_in_one_set_of_records_alone_is_not_reported() -> None:
    chance, other = pupils(seed=1), pupils(seed=3)
    # In the first set every girl has a plan and nobody else has.
    chance["sen_provision"] = np.where(chance["sex"] == "F", "E", "N")
    declarations = (
        indicator("all", breakdowns=[["sex"]]),
        indicator("plan", numerator={"table": "pupil", "where": "sen_provision = 'E'"}),
    )
    assert "all numerator [2025, sex F] = plan numerator [2025]" in said(
        look({"pupil": chance}, *declarations)
    )
    assert look({"pupil": pd.concat([chance, other])}, *declarations).problems == ()


def test_categories_nobody_is_in_are_left_aside_and_counted() -> None:
    found = look({"pupil": pupils()}, indicator("all", breakdowns=[["year_group"]]))
    shown = 3 * (len(world.configuration().codelists["year_group"]) + 1)  # of three Januaries
    assert found.counts == shown
    assert found.zero == shown - 4  # all but the total and three year groups of one of them


PLACES = (
    indicator("by_place", breakdowns=[["locality"]]),
    indicator("by_decile", breakdowns=[["imd_decile"]]),
)


def with_children_from_outside() -> pd.DataFrame:
    rows = pupils()
    rows.loc[rows.index[:40], ["locality_code", "imd_decile"]] = None
    return rows


def test_columns_that_are_known_together_are_declared_so() -> None:
    assert look({"pupil": with_children_from_outside()}, *PLACES).problems == ()


def test_columns_that_are_known_together_are_found_where_nobody_says_so(
    forgotten: Callable[..., None],
) -> None:
    forgotten("pupil", known={})
    found = look({"pupil": with_children_from_outside()}, *PLACES)
    assert len(found.found) == 1
    for part in (*("imd_decile 1", "imd_decile 5", "imd_decile 9"), f"locality {world.EAST}"):
        assert part in said(found)


# ---- the matrix --------------------------------------------------------------------------------


def test_the_matrix_counts_what_the_engine_counts() -> None:
    frames = {"pupil": pd.concat([pupils(200, seed=i, year=f"202{i}") for i in (3, 4, 5)])}
    shares = indicator(
        "share",
        kind="share",
        unit="percent",
        method="proportion",
        denominator={"table": "pupil", "where": "sex = 'F'"},
        numerator={"table": "pupil", "where": "sex = 'F'"},
        over=["year_group"],
        breakdowns=[["year_group"], ["locality", "year_group"]],
    )
    config = configuration(shares, indicator("all", breakdowns=[["locality"]]))
    tables = {name: arrow(name, rows) for name, rows in frames.items()}
    rows = measure(tables, config.indicators.values(), config)
    found = incidence([tables], rows, config)
    totals = np.asarray(found.matrix.sum(axis=0)).ravel()
    assert (totals[found.numerators] == rows["numerator"]).all()
    whole = found.denominators >= 0
    assert (totals[found.denominators[whole]] == rows.loc[whole, "denominator"]).all()
    assert whole.sum() == rows["denominator"].notna().sum() > 0


def test_a_person_counts_once_where_persons_are_counted() -> None:
    rows = pupils(4)
    rows["person_key"] = ["a", "a", "b", "c"]
    rows["sex"] = "F"
    config = configuration(
        indicator("children", numerator={"table": "pupil", "count": "persons"}),
        indicator("places"),
    )
    tables = {"pupil": arrow("pupil", rows)}
    found = incidence([tables], measure(tables, config.indicators.values(), config), config)
    by_name = {count.indicator: at for at, count in enumerate(found.counts)}
    units = found.matrix.toarray()
    assert sorted(units[:, by_name["children"]]) == [1, 1, 1]
    assert sorted(units[:, by_name["places"]]) == [1, 1, 2]


# ---- what the declarations imply ---------------------------------------------------------------


def four_counts(matrix: list[list[int]]) -> Incidence:
    counts = [
        Count(indicator(f"c{i}").numerator, ("2025",), (), f"c{i}", "numerator")  # type: ignore[arg-type]
        for i in range(4)
    ]
    none = np.full(4, -1, dtype=np.int64)
    return Incidence(counts, sparse.csc_array(np.array(matrix)), np.arange(4), none)


#: Total, part, total, part: both pairs leave the same two units over.
TWO_PAIRS = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1]]


def test_an_unknown_of_one_equation_says_nothing() -> None:
    found = declared(four_counts(TWO_PAIRS), [0, 1, 2, 3], [-1] * 4, [{0: -1, 1: 1, 9: 1}])
    assert (found.equations, found.false) == ([], [])


def test_two_equations_with_one_unknown_say_something_together() -> None:
    equations = [{0: -1, 1: 1, 9: 1}, {2: -1, 3: 1, 9: 1}]
    found = declared(four_counts(TWO_PAIRS), [0, 1, 2, 3], [-1] * 4, equations)
    assert len(found.equations) == 1
    assert set(found.equations[0]) == {0, 1, 2, 3}
    assert found.false == []


def test_two_equations_with_one_unknown_that_are_wrong_together_are_caught() -> None:
    changed = [*TWO_PAIRS, [1, 0, 0, 0]]
    equations = [{0: -1, 1: 1, 9: 1}, {2: -1, 3: 1, 9: 1}]
    found = declared(four_counts(changed), [0, 1, 2, 3], [-1] * 4, equations)
    assert len(found.false) == 1


def test_rows_of_one_cell_are_the_same_count() -> None:
    found = declared(four_counts([[1, 1, 0, 0], [0, 0, 1, 1]]), [5, 5, 6, 7], [-1] * 4, [])
    assert [set(row) for row in found.equations] == [{0, 1}]


def test_many_identities_of_one_kind_are_one_problem() -> None:
    counts = [
        Count(indicator("a").numerator, (year,), (), name, "numerator")  # type: ignore[arg-type]
        for year in ("2024", "2025")
        for name in ("a", "b")
    ]
    twice = [Identity({0: 1, 1: -1}), Identity({2: 1, 3: -1})]
    found = problems(twice, counts, np.array([9, 7, 80, 80]), UNDECLARED)
    assert len(found) == 1
    assert "b numerator [2024] = a numerator [2024] (2 of this kind)" in found[0].rule
    assert "its rarest count is 7 of the drawn records" in found[0].rule


# ---- the stage ---------------------------------------------------------------------------------


def test_the_supposed_edition_receives_every_extract_whatever_the_edition_did() -> None:
    config = supposed.configuration(world.configuration())
    received = {delivery.extract for delivery in config.edition.received}
    assert received == set(registry())
    assert {d.period for d in config.edition.received if d.extract == "exclusions"} == {
        *("2022/23", "2023/24", "2024/25")
    }
    assert config.indicators == world.configuration().indicators


def test_an_open_edition_has_nothing_to_discover(tmp_path: Path) -> None:
    config = world.configuration()
    opened = config.edition.model_copy(update={"kind": "open", "extracts": ()})
    paths = io.Paths(tmp_path, "example-2025")
    run.run(dataclasses.replace(config, edition=opened), paths)
    written = json.loads((paths.restricted / "discovery.json").read_text(encoding="utf-8"))
    assert written["looked"] is False
    assert "open edition" in written["reason"]


def test_the_stage_stops_and_writes_nothing_where_something_is_found(
    tmp_path: Path, two_tables: None, forgotten: Callable[..., None]
) -> None:
    config = configuration(*ROLL)
    paths = io.Paths(tmp_path, "example-2025")
    run.run(config, paths)
    target = paths.restricted / "discovery.json"
    assert json.loads(target.read_text(encoding="utf-8"))["undeclared"] == 0
    target.unlink()
    forgotten("roll", rows_of="")
    with pytest.raises(JsnaError, match="has not been told of") as caught:
        run.run(config, paths)
    assert "pupils numerator [2025, sex F] = suspended denominator [2024/25" in str(caught.value)
    assert not target.exists()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has the catalogue say something else of a table."""

    def forget(table: str, **said: Any) -> None:
        monkeypatch.setitem(CATALOGUE, table, dataclasses.replace(CATALOGUE[table], **said))

    return forget


@pytest.fixture
def two_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two made-up tables in the place of drawn ones."""
    tables = {name: arrow(name, rows) for name, rows in rolls().items()}
    monkeypatch.setattr(supposed, "configuration", lambda given_: given_)
    monkeypatch.setattr(worlds.Drawing, "first", lambda _: [tables])
    monkeypatch.setattr(worlds.Drawing, "further", lambda _: iter(()))


@pytest.fixture
def looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_tables: None) -> list[str]:
    """The editions looked at, in a project of locked packages with two made-up tables."""
    really, looked = search.look, list[str]()

    def look_(config: Configuration, root: Path) -> dict[str, object]:
        looked.append(config.edition.edition)
        return really(config, root)

    monkeypatch.setattr(search, "look", look_)
    (tmp_path / "requirements.lock").write_text("numpy==1", encoding="utf-8")
    return looked


def named(name: str, *indicators: Indicator) -> Configuration:
    config = configuration(*indicators)
    return dataclasses.replace(config, edition=config.edition.model_copy(update={"edition": name}))


def discovered(root: Path, config: Configuration) -> bytes:
    """What the stage writes for an edition."""
    paths = io.Paths(root, config.edition.edition)
    run.run(config, paths)
    return (paths.restricted / "discovery.json").read_bytes()


def test_what_was_found_once_serves_every_edition_that_declares_the_same(
    tmp_path: Path, looks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    config = named("one-2025", *ROLL)
    first = discovered(tmp_path, config)
    assert "jsna discover one-2025" in capsys.readouterr().err
    other = config.edition.model_copy(update={"edition": "two-2025"})
    assert discovered(tmp_path, dataclasses.replace(config, edition=other)) == first
    assert looks == ["one-2025"]
    assert "looked through before" in capsys.readouterr().err


def test_other_declarations_packages_or_code_are_looked_at_anew(
    tmp_path: Path, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    discovered(tmp_path, named("one-2025", *ROLL))
    discovered(tmp_path, named("two-2025", ROLL[0]))
    (tmp_path / "requirements.lock").write_text("numpy==2", encoding="utf-8")
    discovered(tmp_path, named("three-2025", *ROLL))
    warned = {"census.upn.letter": "error"}
    stricter = named("four-2025", *ROLL)
    edition = stricter.edition.model_copy(update={"severities": warned})
    discovered(tmp_path, dataclasses.replace(stricter, edition=edition))
    monkeypatch.setattr("jsna.provenance.fingerprint.fingerprint", lambda *_: "other code")
    discovered(tmp_path, named("five-2025", *ROLL))
    assert looks == ["one-2025", "two-2025", "three-2025", "four-2025", "five-2025"]
    # A package that nothing of it runs on is another matter, and so are digests of wheels.
    lock = "numpy==2 \\\n    --hash=sha256:0\nweasyprint==1"
    (tmp_path / "requirements.lock").write_text(lock, encoding="utf-8")
    discovered(tmp_path, named("six-2025", *ROLL))
    assert len(looks) == 5


def test_a_damaged_result_is_not_gone_by(tmp_path: Path, looks: list[str]) -> None:
    config = named("one-2025", *ROLL)
    right = discovered(tmp_path, config)
    place = remembered.place(tmp_path, digest.digest(config, tmp_path))
    assert place is not None
    assert {**io.read_json(place), "verdict": place.stem} == json.loads(right)
    for number, content in enumerate(("", "[]", '{"looked": true}', '{"looked": true, "undecl')):
        place.write_text(content, encoding="utf-8")
        assert discovered(tmp_path, config) == right, content
        assert looks == ["one-2025"] * (2 + number), content


def test_where_packages_are_not_locked_every_edition_is_looked_at(
    tmp_path: Path, looks: list[str]
) -> None:
    (tmp_path / "requirements.lock").unlink()
    for name in ("one-2025", "two-2025"):
        assert json.loads(discovered(tmp_path, named(name, *ROLL)))["verdict"] is None
    assert looks == ["one-2025", "two-2025"]


def test_what_stops_the_build_is_found_again_and_again(
    tmp_path: Path, looks: list[str], forgotten: Callable[..., None]
) -> None:
    forgotten("roll", rows_of="")
    for name in ("one-2025", "two-2025"):
        with pytest.raises(JsnaError, match="has not been told of"):
            discovered(tmp_path, named(name, *ROLL))
    assert looks == ["one-2025", "two-2025"]
