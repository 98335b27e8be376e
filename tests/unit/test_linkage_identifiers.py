"""Identifiers made comparable and judged, on values checked by hand."""

from itertools import product
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.errors import JsnaError
from jsna.linkage import numbers
from jsna.linkage.comparisons import COMPARISONS
from jsna.linkage.kinds import Source, carried, usable
from jsna.model.areas import authorities
from jsna.model.contract import Column, Table
from jsna.model.linkage import Names
from jsna.settings.loading import load
from jsna.settings.reading import read
from jsna.shared.identifiers import (
    UPN_LETTERS,
    nhs_number_ok,
    upn_authority_ok,
    upn_letter_ok,
    upn_wellformed,
)
from tests.tried import tried
from tests.unit.linkage_support import database, ruleset, standard, table


def verdict(sql: str) -> str:
    return str(database(1).execute(f"SELECT {sql}").fetchall()[0][0])


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("NULL", "missing"),
        ("'943476591'", "shape"),
        ("'943476591X'", "shape"),
        ("'4444444444'", "repeated"),
        # 943 476 591: 9·10 + 4·9 + 3·8 + 4·7 + 7·6 + 6·5 + 5·4 + 9·3 + 1·2 = 299 = 27·11 + 2,
        # and 11 - 2 = 9; the number is sound but for its range, which is not in use.
        ("'9434765919'", "range"),
        ("'9434765918'", "check"),
        # 400 000 000: 4·10 = 40 = 3·11 + 7, and 11 - 7 = 4.
        ("'4000000004'", "valid"),
        ("'4000000005'", "check"),
        # 500 000 000: 5·10 = 50 = 4·11 + 6, and 11 - 6 = 5; that range is not issued.
        ("'5000000005'", "range"),
    ],
)
def test_nhs_numbers_by_hand(number: str, expected: str) -> None:
    assert verdict(numbers.nhs_number(number, synthetic=False)) == expected


def test_invented_numbers_are_sound_in_synthetic_data_alone() -> None:
    assert verdict(numbers.nhs_number("'9434765919'", synthetic=True)) == "valid"
    assert verdict(numbers.nhs_number("'4000000004'", synthetic=True)) == "range"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("'A950000178301'", "valid"),
        ("'H243278544154'", "valid"),
        ("'B950000178301'", "check"),
        ("'UN1'", "shape"),
        ("NULL", "missing"),
    ],
)
def test_pupil_numbers_by_hand(number: str, expected: str) -> None:
    assert verdict(numbers.upn(number)) == expected


def test_a_pupil_number_of_no_authority_is_told_apart() -> None:
    assert verdict(numbers.upn("'A950000178301'", {"243"})) == "authority"
    assert verdict(numbers.upn("'H243278544154'", {"243"})) == "valid"


# 110 000 000: 1·10 + 1·9 = 19 = 11 + 8 and 10 - 8 = 2.
@pytest.mark.parametrize(
    ("number", "expected"), [("'1100000002'", "valid"), ("'1100000003'", "check")]
)
def test_learner_numbers_by_hand(number: str, expected: str) -> None:
    assert verdict(numbers.uln(number)) == expected


@st.composite
def _checked(draw: st.DrawFn) -> str:
    """A number of ten digits whose last is right, of any range."""
    nine = draw(st.text("0123456789", min_size=9, max_size=9))
    check = -sum(int(c) * w for c, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return nine + (str(check) if check < 10 else "X")


digits = st.one_of(_checked(), st.text("0123456789", min_size=10, max_size=10))
#: The numbers a whole edition takes.
AUTHORITIES = authorities(load("test-2025", Path(__file__).parents[2]))


@st.composite
def _pupil(draw: st.DrawFn) -> str:
    """A number of the right shape, often with a right letter and the number of an authority."""
    number = draw(st.one_of(st.sampled_from(sorted(AUTHORITIES)), st.from_regex(r"\A[0-9]{3}\Z")))
    rest = number + draw(st.from_regex(r"\A[0-9]{8}[0-9A-HJ-NP-RT-Z]\Z"))
    total = sum(
        (UPN_LETTERS.index(c) if c.isalpha() else int(c)) * i for i, c in enumerate(rest, 2)
    )
    right = UPN_LETTERS[total % 23]
    return draw(st.one_of(st.just(right), st.sampled_from(UPN_LETTERS))) + rest


pupil = _pupil()


@tried(30)
@given(st.lists(st.one_of(digits, st.text("0123456789X ", max_size=12)), min_size=20, max_size=60))
def test_ingest_and_linkage_judge_nhs_numbers_alike(values: list[str]) -> None:
    db = database(1)
    db.register("given", pd.DataFrame({"i": range(len(values)), "v": values}))
    series = pd.Series(values, dtype="str")
    for synthetic in (False, True):
        sql = numbers.nhs_number("v", synthetic=synthetic)
        rows = db.execute(f"SELECT {sql} FROM given ORDER BY i").fetchall()
        sound = nhs_number_ok(series, synthetic=synthetic).fillna(False)
        assert [row[0] == "valid" for row in rows] == list(sound)


@tried(30)
@given(st.lists(st.one_of(pupil, st.text("ABZ019", max_size=14)), min_size=20, max_size=60))
def test_ingest_and_linkage_judge_pupil_numbers_alike(values: list[str]) -> None:
    db = database(1)
    db.register("given", pd.DataFrame({"i": range(len(values)), "v": values}))
    series = pd.Series(values, dtype="str")
    shaped, letter = upn_wellformed(series).fillna(False), upn_letter_ok(series).fillna(False)
    for known in (None, AUTHORITIES, frozenset[str]()):
        rows = db.execute(f"SELECT {numbers.upn('v', known)} FROM given ORDER BY i").fetchall()
        listed = upn_authority_ok(series, known).fillna(False)
        assert [row[0] != "shape" for row in rows] == list(shaped)
        assert [row[0] in ("valid", "authority") for row in rows] == list(shaped & letter)
        assert [row[0] == "valid" for row in rows] == list(shaped & letter & listed)


ROWS = [
    {"forename": "Mr Seán", "surname": "O'Brien-Smith", "date_of_birth": "2010-02-03",
     "postcode": "zz1 1aa", "sex": "1", "nhs_number": "943 476 5919"},
    {"forename": "Mary Jane", "surname": "SMITH JONES III", "date_of_birth": "20100203",
     "postcode": "ZZ99 3VZ", "sex": "Female", "nhs_number": "9999999999"},
    {"forename": "Baby", "surname": "not known", "date_of_birth": "1900-01-01", "postcode": " ",
     "sex": "U"},
    {"forename": "Jean-Luc", "surname": "Łódź Ørsted", "date_of_birth": "2010-13-45",
     "postcode": "4223", "nhs_number": "943 476 5918"},
]  # fmt: skip


def test_a_standard_record_by_hand() -> None:
    db = database(1)
    made = standard(db, "one", table(ROWS))
    rows = db.execute(
        "SELECT forename, surname, born, turned, postcode, sector, sex, nhs_number, unproved "
        f"FROM {made.relation} ORDER BY record"
    ).fetchall()
    assert rows == [
        ("SEAN", "OBRIENSMITH", "2010-02-03", "2010-03-02", "ZZ11AA", "ZZ11", "M", "9434765919",
         None),
        ("MARYJANE", "SMITHJONES", "2010-02-03", "2010-03-02", None, None, "F", None, None),
        (None, None, None, None, None, None, None, None, None),
        # An impossible day can still be compared; a number that fails its check is kept apart.
        ("JEANLUC", "LODZORSTED", "2010-13-45", "2010-45-13", "4223", None, None, None,
         "9434765918"),
    ]  # fmt: skip
    counted = db.execute(f"SELECT kind, verdict, records FROM {made.verdicts}").fetchall()
    assert [row for row in counted if row[0] == "nhs_number"] == [
        ("nhs_number", "check", 1), ("nhs_number", "missing", 1),
        ("nhs_number", "repeated", 1), ("nhs_number", "valid", 1),
    ]  # fmt: skip
    assert ("forename", "unnamed", 1) in counted
    assert ("surname", "unknown", 1) in counted
    assert ("postcode", "nowhere", 1) in counted
    assert ("date_of_birth", "impossible", 1) in counted


@pytest.mark.parametrize(
    ("born", "nhs", "sex", "kind"),
    [
        (" 2010-02-03 ", "943-476 5919", " M ", pa.string()),
        ("20100203", "943\u00a0476\t5919", "1", pa.string()),
        ("2010/02/03", "943\u2011476\u20115919", "male", pa.string()),
        ("03/02/2010", "9434765919", "M", pa.string()),
        ("3-2-2010", "9434765919", "M", pa.string()),
        (20100203, 9434765919, 1, pa.int64()),
        # Whole numbers in a column with a gap are read as fractions by many programs.
        (20100203.0, 9434765919.0, 1.0, pa.float64()),
    ],
)
def test_dates_numbers_and_sexes_are_read_however_they_are_typed(
    born: object, nhs: object, sex: object, kind: pa.DataType
) -> None:
    given = {"record": pa.array([0, 1], pa.int64())}
    for name, value in (("date_of_birth", born), ("nhs_number", nhs), ("sex", sex)):
        given[name] = pa.array([value, None], kind)
    db = database()
    made = standard(db, "typed", pa.table(given))
    found = db.execute(f"SELECT born, nhs_number, sex FROM {made.relation} ORDER BY record")
    assert found.fetchall() == [("2010-02-03", "9434765919", "M"), (None, None, None)]
    verdicts = db.execute(f"SELECT verdict, sum(records) FROM {made.verdicts} GROUP BY 1")
    assert dict(verdicts.fetchall()) == {"valid": 3, "missing": 3}


def test_names_that_belong_together_share_a_given_name() -> None:
    db = database(1)
    written = ["William", "Bill", "Liam", "Billy-Joe", "Wilhelmina", "Zbigniew"]
    made = standard(db, "one", table([{"forename": name} for name in written]))
    rows = db.execute(f"SELECT names FROM {made.relation} ORDER BY record").fetchall()
    stands = [set(row[0].split("|")) for row in rows]
    for other in stands[1:4]:
        assert stands[0] & other
    assert not stands[0] & stands[4]
    assert stands[5] == {"ZBIGNIEW"}


def test_what_a_declaration_carries_is_all_that_is_read() -> None:
    columns = (
        Column("NHS", "nhs", "string", "", identifier="nhs_number"),
        Column("ChildID", "child", "string", "", identifier="local_id"),
        Column("Gender", "registered", "code", "", codes="sex"),
        Column("Team", "team", "string", ""),
    )
    assert carried(Table("t", "", columns)) == {
        "nhs_number": "nhs", "local_id": "child", "sex": "registered"
    }  # fmt: skip
    assert usable({"nhs_number": "nhs"})
    assert not usable({"date_of_birth": "born"})
    assert usable({"date_of_birth": "born", "surname": "name"})
    with pytest.raises(JsnaError, match="'shoe_size'"):
        Source("t", "t", {"shoe_size": "x"})


def test_a_faulty_list_of_names_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text("titles: [Mr]\nshoes: [A]\nnicknames: {ROBERT: [Bob]}\n", encoding="utf-8")
    with pytest.raises(JsnaError) as caught:
        read(path, Names)
    assert len(caught.value.problems) == 3
    assert isinstance(ruleset().names, Names)


def edits(word: str) -> set[str]:
    """Everything one edit away from a word of A, B and C, and itself."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    too_few = {a + b[1:] for a, b in cuts if b}
    too_many = {a + c + b for a, b in cuts for c in "ABC"}
    other = {a + c + b[1:] for a, b in cuts if b for c in "ABC"}
    turned = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return {word} | too_few | too_many | other | turned


@pytest.mark.parametrize("trait", ["date_of_birth", "postcode"])
def test_one_edit_is_found_wherever_it_is_and_nothing_else_is_taken_for_one(trait: str) -> None:
    words = ["".join(letters) for size in range(6) for letters in product("ABC", repeat=size)]
    [compared] = [one for one in COMPARISONS if one.name == trait]
    [edit] = [level.condition for level in compared.levels if level.name == "one edit"]
    column = {"date_of_birth": "born"}.get(trait, trait)
    db = database(1)
    db.execute("CREATE TABLE words AS SELECT unnest($1::VARCHAR[]) AS word", [words])
    found = db.execute(
        f"SELECT {column}_l, {column}_r FROM (SELECT a.word AS {column}_l, b.word AS {column}_r "
        f"FROM words a, words b) WHERE {edit}"
    ).fetchall()
    assert set(found) == {(one, other) for one in words for other in edits(one) & {*words}}
