"""The cascade on rows small enough to judge by hand, and on two invented registers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsna.errors import JsnaError
from jsna.linkage import review
from jsna.linkage.candidates import bands, make_candidates
from jsna.linkage.cascade import LINK, Linked, _absent, link
from jsna.linkage.dedupe import _components, deduplicate
from jsna.linkage.kinds import Source
from jsna.linkage.model import read_model, write_model
from jsna.linkage.passes import read_passes
from jsna.linkage.people import link_sources
from jsna.linkage.resolve import mutual
from jsna.linkage.rest import Rest
from jsna.linkage.ruleset import read_ruleset
from jsna.linkage.scoring import weighed
from jsna.linkage.splinked import _linker
from jsna.linkage.training import trained
from jsna.model.link_passes import LOOKUPS
from tests.tried import cases, tried
from tests.unit.linkage_support import (
    CONFIG,
    KINDS,
    accuracy,
    both,
    database,
    joined,
    ruleset,
    standard,
    table,
    world,
)

ANNA: dict[str, Any] = {
    "forename": "Annabel", "surname": "Thornwick", "date_of_birth": "2012-05-14", "sex": "F",
    "postcode": "ZA1 1AA", "nhs_number": "9434765919",
}  # fmt: skip
OTHERS = [
    {"forename": name, "surname": surname, "date_of_birth": f"20{year}-03-1{i}", "sex": sex,
     "postcode": f"ZB{i + 1} 1AB"}
    for i, (name, surname, year, sex) in enumerate(
        [("Oscar", "Hallow", 10, "M"), ("Priya", "Marsh", 11, "F"), ("Tom", "Reed", 13, "M")]
    )
]  # fmt: skip


def linked(
    left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]]
) -> list[tuple[int, int, str, str]]:
    """Who is linked to whom, how and by which pass; others stand in both sources."""
    rows = joined(left, right, OTHERS).rows(
        "SELECT left_person, right_person, method, pass FROM {links} "
        f"WHERE left_person < {len(left)} OR right_person < {len(right)} ORDER BY ALL"
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def test_a_sound_number_links_where_two_traits_agree() -> None:
    other = {**ANNA, "surname": "Keld", "postcode": "ZC1 1AA"}
    assert linked([ANNA], [other]) == [(0, 0, "number", "NHS number")]


def test_the_guard_refuses_a_number_on_somebody_else() -> None:
    other = {**OTHERS[0], "forename": "Bruno", "surname": "Keld", "date_of_birth": "2009-01-30",
             "nhs_number": ANNA["nhs_number"]}  # fmt: skip
    assert linked([ANNA], [other]) == []


def test_where_little_is_known_all_of_it_must_agree() -> None:
    bare = {"date_of_birth": "2012-05-14", "nhs_number": ANNA["nhs_number"]}
    expected = [(0, 0, "number", "NHS number, little else known")]
    assert linked([ANNA], [bare]) == expected
    assert linked([ANNA], [{**bare, "date_of_birth": "2004-11-02"}]) == []


def test_one_number_on_two_people_is_used_for_neither() -> None:
    brother = {**ANNA, "forename": "Bruno", "sex": "M", "date_of_birth": "2014-02-28"}
    made = joined([ANNA], [ANNA, brother])
    assert made.rows("SELECT right_person, method FROM {links}") == [(0, "pass")]
    assert made.found.steps[0] == ("NHS number", 0, 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "everything"),
        ({"sex": None}, "everything"),
        ({"forename": "Bella"}, "nickname"),
        ({"date_of_birth": "2012-02-03"}, "day and month changed over"),
        ({"forename": "Thornwick", "surname": "Annabel"}, "names changed over"),
        ({"postcode": "ZD4 4AA"}, "model"),
        ({"surname": "Thornwyck", "postcode": "ZD4 4AA"}, "model"),
    ],
)
def test_the_first_pass_that_fits_links(change: dict[str, Any], expected: str) -> None:
    one = {**ANNA, "nhs_number": None}
    if expected == "day and month changed over":
        one["date_of_birth"] = "2012-03-02"
    found = linked([one], [{**one, **change}])
    assert [row[:2] for row in found] == [(0, 0)]
    assert found[0][3] == expected


def test_an_unproved_number_helps_where_name_and_day_agree() -> None:
    one = {**ANNA, "nhs_number": "9434765918"}
    other = {**one, "postcode": "ZD4 4AA"}
    assert linked([one], [other]) == [(0, 0, "pass", "unproved number")]


def test_numbers_that_differ_keep_a_pass_from_linking() -> None:
    # All else agrees, so the model still links them; but no pass takes it for certain.
    found = linked([ANNA], [{**ANNA, "nhs_number": "9876543210"}])
    assert [row[2] for row in found] == ["model"]


def test_twins_are_not_taken_for_each_other() -> None:
    one, twin = ({**ANNA, "nhs_number": None, "forename": name} for name in ("Annabel", "Josie"))
    moved = {**one, "postcode": "ZD4 4AA", "forename": "Annabell"}
    assert linked([one, twin], [moved, twin]) == [
        (0, 0, "model", "model"), (1, 1, "pass", "everything"),
    ]  # fmt: skip


def test_two_equally_good_are_both_dropped_and_listed() -> None:
    """Two of the left: nothing but the order of rows would choose between them."""
    one = {**ANNA, "nhs_number": None}
    made = joined([one, one], [one], OTHERS)
    assert made.rows("SELECT * FROM {links} WHERE right_person = 0") == []
    assert made.rows("SELECT left_person, right_person FROM {ties}") == [(0, 0), (1, 0)]
    listed = review.ties(made.db, *made.sides, made.found).to_pylist()
    assert len(listed) == 2
    assert listed[0]["forename_1"] == listed[0]["forename_2"] == listed[1]["forename_2"]
    assert listed[0]["weight"] == listed[1]["weight"]


def test_records_of_one_source_that_do_not_agree_meet_one_person() -> None:
    one = {**ANNA, "nhs_number": None}
    others = [
        one,
        {**one, "forename": "Annabell"},
        {**one, "surname": "Thornwyck"},
        {**one, "date_of_birth": "2012-05-15"},
    ]
    # A twin and somebody else of the name are not met.
    twin, namesake = {**one, "forename": "Josie"}, {**one, "date_of_birth": "2006-11-02"}
    found = linked([one], [*others, twin, {**namesake, "postcode": "ZD4 4AA"}])
    assert [row[:2] for row in found] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    # Nobody is linked to two people of the left, however many records there are.
    found = linked([one, twin], [*others, twin])
    assert [row[:2] for row in found] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4)]


def test_two_of_one_source_with_numbers_of_their_own_are_not_put_together() -> None:
    one = {**ANNA, "nhs_number": None}
    apart = [{**one, "nhs_number": "9434765919"}, {**one, "nhs_number": "9876543210"}]
    assert linked([one], apart) == []


TRAITS = {
    "forename": ("Annabel", "Bruno"), "surname": ("Thornwick", "Keld"),
    "date_of_birth": ("2012-05-14", "2009-01-30"), "postcode": ("ZA1 1AA", "ZD4 4AA"),
}  # fmt: skip


@pytest.mark.parametrize("most", cases([1, 7, 12, 25, 1000], some=3))
def test_bands_are_years_one_after_the_other_as_far_as_their_records_go(most: int) -> None:
    births = {"": 2, "2009": 9, "2010": 3, "2011": 12, "2013": 1, "2014": 1, "2015": 30, "2016": 4}
    days = [f"{year}-05-14" if year else None for year, n in births.items() for _ in range(n)]
    db = database(1)
    db.register("given_days", pa.table({"born": pa.array(days[::-1], pa.string())}))
    expected: list[tuple[str, str]] = []
    for year in births:
        first = expected[-1][0] if expected else year
        together = sum(n for other, n in births.items() if first <= other <= year)
        if expected and together <= most:
            expected[-1] = first, year
        else:
            expected.append((year, year))
    assert bands(db, "given_days", most) == expected


@pytest.mark.parametrize("agreeing", cases(TRAITS, some=2))
def test_one_agreement_of_several_is_too_little_for_a_number(agreeing: str) -> None:
    """Two children who share a home, say, and by a slip a number, are two."""
    other = {name: values[name != agreeing] for name, values in TRAITS.items()}
    other = {**other, "sex": "M", "nhs_number": ANNA["nhs_number"]}
    assert "number" not in [row[2] for row in linked([ANNA], [other])]
    db = database(1)
    made = deduplicate(db, standard(db, "one", table([ANNA, other])).relation, "one")
    assert (made.people, made.by_number, made.refused) == (2, 0, 1)
    # With one more they are one.
    more = "surname" if agreeing != "surname" else "forename"
    other[more] = TRAITS[more][0]
    assert [row[2] for row in linked([ANNA], [other])] == ["number"]
    made = deduplicate(db, standard(db, "one", table([ANNA, other])).relation, "one")
    assert (made.people, made.by_number, made.refused) == (1, 1, 0)


def test_what_one_source_does_not_have_is_not_compared() -> None:
    """Of no source is a comparison kept that needs a column the other has nothing in."""
    db = database(1)
    full = {**ANNA, "house": "1", "street": "High Street", "town": "Leeds"}
    left = standard(db, "left", table([full])).relation
    for lacking, absent in (
        ("house", {"house"}), ("street", {"street"}), ("sex", {"sex"}),
        ("forename", {"forename"}), ("postcode", {"postcode"}), ("nhs_number", {"number"}),
    ):  # fmt: skip
        right = standard(db, "right", table([{**full, lacking: None}])).relation
        assert _absent(Rest(db, left, right).both, ruleset().rules.model) == absent
        assert _absent(Rest(db, right, left).both, ruleset().rules.model) == absent
    assert _absent(Rest(db, left, left).both, ruleset().rules.model) == set()


def united(edges: set[tuple[int, int]]) -> dict[int, int]:
    """Member -> least member it hangs together with, by union and find."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        leader.setdefault(one, one)
        while leader[one] != one:
            one = leader[one]
        return one

    for one, other in edges:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    return {one: find(one) for one in leader}


@tried(40)
@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=14))
@example({(1, 4), (2, 4), (2, 3)})
@example({(0, 9), (9, 1), (1, 8), (8, 2), (2, 7), (7, 3), (3, 6), (6, 4)})
def test_chains_of_records_are_one_person_as_by_union_and_find(
    edges: set[tuple[int, int]],
) -> None:
    db = database(1)
    columns = {
        name: pa.array([edge[i] for edge in sorted(edges)], pa.int64())
        for i, name in enumerate(("one", "other"))
    }
    db.register("given", pa.table(columns))
    db.execute("CREATE TEMP TABLE _edges AS FROM given")
    _components(db)
    assert dict(db.execute("SELECT record, person FROM _components").fetchall()) == united(edges)


def pairs(weights: dict[tuple[int, int], int]) -> set[tuple[int, int, bool]]:
    db = database(1)
    rows = [(a, b, w) for (a, b), w in weights.items()]
    columns = {
        name: pa.array([row[i] for row in rows], pa.int64())
        for i, name in enumerate(("left_person", "right_person", "weight"))
    }
    db.register("given", pa.table(columns))
    return set(
        db.execute(f"SELECT left_person, right_person, tied FROM ({mutual('given')})").fetchall()
    )


def test_resolution_by_hand() -> None:
    assert pairs({(1, 1): 9, (1, 2): 5, (2, 2): 4, (2, 1): 8}) == {(1, 1, False)}
    assert pairs({(1, 1): 9, (1, 2): 9, (2, 2): 9}) == {(1, 1, True), (1, 2, True), (2, 2, True)}
    # The second of two equals likes another better, so the first is alone.
    assert pairs({(1, 1): 7, (1, 2): 7, (2, 2): 9}) == {(1, 1, False), (2, 2, False)}


@tried(60)
@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.integers(0, 9), max_size=25)
)
def test_links_are_one_to_one_and_nobody_has_a_better_free_pair(
    weights: dict[tuple[int, int], int],
) -> None:
    found = pairs(weights)
    kept = [(a, b) for a, b, tied in found if not tied]
    assert len({a for a, _ in kept}) == len({b for _, b in kept}) == len(kept)
    for a, b in kept:
        rivals = [w for pair, w in weights.items() if (pair[0] == a) != (pair[1] == b)]
        assert all(w <= weights[a, b] for w in rivals)


def run(threads: int, shuffle: int | None) -> tuple[pa.Table, Linked]:
    made, db = world(), database(threads)
    tables = []
    for name in ("school", "health"):
        rows = getattr(made, name)
        if shuffle is not None:
            db.register("given", rows)
            rows = db.sql(f"SELECT * FROM given ORDER BY hash(record + {shuffle})").to_arrow_table()
        tables.append(standard(db, name, rows).relation)
    found = link(db, *tables, ruleset().rules)
    return db.sql(f"FROM {found.links}").to_arrow_table(), found


def test_the_links_are_the_same_whatever_the_order_threads_or_run() -> None:
    first, _ = run(2, None)
    assert tuple(first.column_names) == LINK
    for threads, shuffle in ((2, None), (1, 7), (2, 8)):
        other, _ = run(threads, shuffle)
        assert first.equals(other)


def test_registers_with_numbers_and_without() -> None:
    made = world()
    for numbered, least in ((True, 0.998), (False, 0.995)):
        db = database()
        tables = []
        for name in ("school", "health"):
            rows = getattr(made, name)
            kept = rows.select(["record", *KINDS, *(["nhs_number"] if numbered else [])])
            tables.append(standard(db, name, kept).relation)
        found = link(db, *tables, ruleset().rules)
        precision, _, f1 = accuracy(db, found.links, made)
        assert f1 >= least
        assert precision >= 0.997


def test_bands_of_birth_years_change_nothing() -> None:
    made = world()
    found = []
    for band in (10_000, 250):
        db = database()
        result = link(db, *both(db, made, "nhs_number"), replace(ruleset().rules, band=band))
        keys = "left_person, right_person, method"
        found.append(db.execute(f"SELECT {keys} FROM {result.links} ORDER BY ALL").fetchall())
    same = set(found[0]) & set(found[1])
    # Which wide blocks are affordable hangs on the band, so a few of the least sure may differ.
    assert len(same) >= 0.999 * max(len(found[0]), len(found[1]))


def test_our_weights_are_those_of_splink() -> None:
    made, db, rules = world(), database(), ruleset().rules
    left, right = both(db, made)
    frequencies = {}
    for column in ("forename", "surname"):
        db.execute(
            f"CREATE TABLE often_{column} AS SELECT {column}, count(*) / 9000 AS tf_{column} "
            f"FROM {left} WHERE {column} IS NOT NULL GROUP BY ALL"
        )
        frequencies[column] = f"often_{column}"
    model = {**rules.model, "probability_two_random_records_match": 0.0002}
    weigh = partial(weighed, model=model, frequencies=frequencies)
    make_candidates(db, left, right, weigh, band=10_000, least=0.01)
    ours = {
        (one, other): (weight, chance)
        for one, other, weight, chance in db.execute(
            "SELECT left_record, right_record, weight, probability FROM candidates"
        ).fetchall()
    }
    # Splink looks through the narrow blocks, which the model holds; we through some wide ones too.
    with _linker(db, left, right, model) as linker:
        for column, relation in frequencies.items():
            often = linker._db_api.register(relation)
            linker.table_management.register_term_frequency_lookup(often, column)
        predicted = linker.inference.predict(threshold_match_probability=0.01)
        splinks = db.execute(
            "SELECT record_l, record_r, match_weight, match_probability "
            f"FROM {predicted.physical_name}"
        ).fetchall()
    assert len(splinks) > 3000
    assert {(one, other) for one, other, *_ in splinks} <= set(ours)
    for one, other, weight, chance in splinks:
        assert ours[one, other] == pytest.approx((weight, chance), abs=1e-5)
    rest = set(ours) - {(one, other) for one, other, *_ in splinks}
    assert len(rest) < 0.1 * len(ours)
    assert min(chance for _, chance in ours.values()) >= 0.01


def test_records_of_one_source_are_put_together_and_kept_apart() -> None:
    number, other = "9434765919", "9876543210"
    sean = {"forename": "Sean", "surname": "Dell", "date_of_birth": "2010-02-03", "sex": "M",
            "postcode": "ZA1 1AA", "nhs_number": number}  # fmt: skip
    amy = {"forename": "Amy", "surname": "Brook", "date_of_birth": "2012-02-03", "sex": "F",
           "postcode": "ZA2 1AA"}  # fmt: skip
    rows = [
        sean,
        {**sean, "postcode": "ZA1 9AA"},
        {**sean, "postcode": "ZA1 9AA", "surname": "Dells"},
        # Another child under the same number: kept apart, and counted.
        {**amy, "forename": "Maria", "surname": "Keld", "nhs_number": number},
        amy,
        {**amy, "sex": None},
        # All else agrees, but the numbers differ.
        {**amy, "nhs_number": other},
        {**amy, "nhs_number": "9000000009"},
    ]
    db = database(1)
    made = deduplicate(db, standard(db, "one", table(rows)).relation, "one")
    found = db.execute(f"SELECT person FROM {made.relation} ORDER BY record").fetchall()
    people = [row[0] for row in found]
    assert people[:4] == [0, 0, 0, 3]
    assert people[4] == people[5]
    assert made.refused == 3


def test_a_child_in_several_rows_without_postcode_or_number_is_one_person() -> None:
    """A list of events, as of exclusions: else its rows compete for one child of the spine."""
    listed = {key: ANNA[key] for key in ("forename", "surname", "date_of_birth", "sex")}
    namesake = {**listed, "forename": "Tom", "sex": "M"}
    events = [
        *([listed] * 3),
        {**listed, "surname": "Orme"},
        # Two children of one name and birthday, and a row that may be of either.
        {**namesake, "nhs_number": "9434765919"},
        {**namesake, "nhs_number": "9876543210"},
        namesake,
        # A date that fills a place.
        *([{**listed, "forename": "Sam", "date_of_birth": "2012-01-01"}] * 61),
    ]
    db = database(1)
    made = deduplicate(db, standard(db, "events", table(events)).relation, "events")
    found = db.execute(f"SELECT person FROM {made.relation} ORDER BY record").fetchall()
    assert [person for (person,) in found] == [0, 0, 0, *range(3, len(events))]
    assert made.by_traits == 3


def test_every_record_is_somebody_and_the_spine_is_of_its_own_sources() -> None:
    """Three sources: the spine of two, a third that joins nobody new to it."""
    stray = {**OTHERS[2], "forename": "Wilf", "surname": "Orme", "date_of_birth": "2015-09-09"}
    sources = {
        "census": [ANNA, OTHERS[0]],
        "plans": [{**ANNA, "postcode": "ZD1 1AA"}, OTHERS[1]],
        "clinic": [OTHERS[1], {**OTHERS[0], "postcode": "ZD2 2AA"}, stray],
    }
    db = database(1)
    listed = []
    for name, rows in sources.items():
        given_rows = table(rows)
        db.register(name, given_rows)
        carries = {c: c for c in given_rows.column_names if c != "record"}
        listed.append(Source(name, name, carries, synthetic=True))
    rules = ruleset()
    made = link_sources(db, listed, ("census", "absent", "plans"), rules.rules, rules.names)
    people = {
        (source, record): person
        for source, record, person in db.execute(
            f"SELECT source, record, person FROM {made.people}"
        ).fetchall()
    }
    assert len(people) == 7
    assert people["census", 0] == people["plans", 0]
    assert people["plans", 1] == people["clinic", 0]
    assert people["census", 1] == people["clinic", 1]
    assert len(set(people.values())) == 4
    spine = db.execute(f"SELECT count(DISTINCT person), count(*) FROM {made.spine}").fetchall()
    assert spine == [(3, 4)]


def test_no_usable_identifier_links_nobody() -> None:
    bare = [{"sex": "F"}, {"sex": "M"}]
    assert joined(bare, bare).rows("SELECT count(*) FROM {links}") == [(0,)]


def test_lookups_are_over_columns_of_a_standard_table() -> None:
    db = database(1)
    made = standard(db, "one", table([ANNA]))
    columns = {row[0] for row in db.execute(f"DESCRIBE {made.relation}").fetchall()}
    assert {c for _, *pair in LOOKUPS for c in pair} <= columns


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("passes: [{name: a, why: b, agree: [shoes]}]", "Input should be 'forename'"),
        ("passes: [{name: a, why: b, agree: [born], levels: {sex: [nearly]}}]", "no such level"),
        ("passes: [{name: a, why: b, agree: [born], levels: {shoes: [same]}}]", "no such comp"),
        ("passes: [{name: a, agree: [born], colour: red}]", "unknown key"),
        ("passes: 3", "valid tuple"),
        ("passes: [{name: a, why: b, agree: [born]}, 3]", "must hold keys and values"),
        ("passes: [{name: a, why: b, agree: [born]}, {name: a, why: b, agree: [born]}]", "same"),
    ],
)
def test_faulty_passes_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "passes.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JsnaError, match=words):
        read_passes(path)


def test_a_model_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    with pytest.raises(JsnaError, match="train one"):
        read_model(path)
    model = read_model(CONFIG / "model.yaml")
    model["comparisons"][0]["comparison_levels"][1]["m_probability"] = 1.7
    del model["comparisons"][1]
    write_model(path, model)
    with pytest.raises(JsnaError) as caught:
        read_model(path)
    assert len(caught.value.problems) == 2


def test_all_faults_of_the_rules_are_told_at_once(tmp_path: Path) -> None:
    for name in ("names.yaml", "passes.yaml"):
        (tmp_path / name).write_text((CONFIG / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "linkage.yaml").write_text("least: 2\nbands: 3\n", encoding="utf-8")
    with pytest.raises(JsnaError) as caught:
        read_ruleset(tmp_path)
    told = caught.value.report()
    assert "the linkage model is missing" in told
    assert "'bands'" in told
    assert "key 'least': must be at most 1" in told


@pytest.mark.full
def test_the_committed_model_is_what_training_gives() -> None:
    assert trained(CONFIG) == read_model(CONFIG / "model.yaml")


def test_the_level_vector_by_hand() -> None:
    """A digit for each comparison: 0 nothing to compare, 1 nothing agrees, then upwards."""
    one = {**ANNA, "nhs_number": None, "sex": None}
    other = {**one, "forename": "Bella", "postcode": "ZA1 1AB"}
    made = joined([one], [other], OTHERS)
    rows = made.rows("SELECT levels FROM {links} WHERE left_person = 0")
    # Forename by nickname (6th of 7), surname exact (6th of 6), date exact (5th of 5), postcode of
    # the same sector (3rd of 4); no sex, number or address.
    assert rows == [("665300000",)]
