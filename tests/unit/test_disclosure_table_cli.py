"""Tables of one's own on the command line."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.system import Rule
from jsna.disclosure.tabular.protection import protect
from jsna.disclosure.tabular.published import attack_tables, outcome
from jsna.disclosure.tabular.reading import Named
from jsna.errors import JsnaError
from tests.unit.tables_support import Tables

DIMS = ("--dims", "district,need")
TREE = {"district": {"North": ["D1", "D2"], "D3": "South", "D4": "South"}}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    generator = np.random.default_rng(7)
    rows = [
        (d, n, int(generator.poisson(8)))
        for d in ("D1", "D2", "D3", "D4")
        for n in ("ASD", "MLD", "SEMH", "SLCN")
    ]
    file = tmp_path / "in.csv"
    pd.DataFrame(rows, columns=["district", "need", "freq"]).to_csv(file, index=False)
    return file


def test_a_table_is_protected_and_withstands(table: Path, tool: Tables) -> None:
    kept = tool.folder / "record.csv"
    assert "the attack worked out none" in tool.protect(table, *DIMS, "--record", kept)
    # What is published says that a cell is hidden, and not for what.
    done = pd.read_csv(tool.out, dtype=str, keep_default_na=False)
    assert list(done.columns) == ["district", "need", "freq"]
    assert len(done) == 5 * 5
    record = pd.read_csv(kept, dtype={"freq": str})
    columns = ["district", "need", "freq", "truth", "suppressed", "primary", "rule"]
    assert list(record.columns) == columns
    assert record[columns[:3]].equals(done)
    assert ((done["freq"] == "c") == record["suppressed"]).all()
    assert (record["primary"] == record["truth"].between(1, 4)).all()
    assert (record["primary"] <= record["suppressed"]).all()
    assert 0 < record["primary"].sum() < record["suppressed"].sum()
    rules = record.groupby(["suppressed", "primary"])["rule"].unique()
    assert rules[True, True] == ["a count from 1 to 4"]
    assert rules[True, False] == ["protects other counts"]
    assert record[~record["suppressed"]]["rule"].isna().all()
    shown = ~record["suppressed"]
    assert (done["freq"][shown].astype(int) == record["truth"][shown]).all()
    assert "0 worked out exactly, 0 narrower" in tool.attack(tool.out, *DIMS)


def test_nobody_who_reads_on_is_no_fault(table: Path, tmp_path: Path) -> None:
    """`… | head -1`: the work is done and its exit code stands, whoever listens."""
    out = tmp_path / "out.csv"
    words = [sys.executable, "-m", "jsna", "protect-table", table, *DIMS]
    listens, says = os.pipe()
    os.close(listens)
    with os.fdopen(says, "w") as nowhere:
        ended = subprocess.run(
            [*map(str, words), "--out", str(out)],
            stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(pd.read_csv(out)) == 5 * 5


def test_a_record_is_for_its_owner_alone(table: Path, tool: Tables) -> None:
    own, open_ = tool.folder / "own", tool.folder / "my open"
    own.mkdir(mode=0o700)
    open_.mkdir()
    open_.chmod(0o750)
    (own / "record.csv").touch(mode=0o644)
    options = (*DIMS, "--record")
    tool.protect(table, *options, own / "record.csv")
    assert (own / "record.csv").stat().st_mode & 0o777 == 0o600
    assert tool.out.stat().st_mode & 0o777 == 0o644
    tool.out.unlink()
    told = tool.protect(table, *options, open_ / "record.csv", ends=1)
    assert "--record: others can open the folder" in told
    assert f"chmod 700 '{open_}'" in told
    assert not tool.out.exists()
    assert not list(open_.iterdir())
    # A folder that others write to, or one in which everything lies, is none to shut.
    open_.chmod(0o1777)
    told = tool.protect(table, *options, open_ / "record.csv", ends=1)
    assert "mkdir -m 700" in told
    assert "chmod" not in told
    # Neither may it take the place of what is published.
    told = tool.protect(table, *options, tool.out, ends=1)
    assert "--record: is a file that is read, or written" in told


def test_a_statement_goes_with_the_table(table: Path, tool: Tables) -> None:
    page = tool.folder / "out.md"
    options = (*DIMS, "--statement", page)
    tool.protect(table, *options)
    done = pd.read_csv(tool.out)
    text = page.read_text()
    assert f"has 25 counts, of which {(done['freq'] == 'c').sum()} are hidden" in text
    assert "every number from 0 to 4 was still possible" in text
    assert "- need: `Total` is `ASD`, `MLD`, `SEMH`, `SLCN`." in text
    assert hashlib.sha256(tool.out.read_bytes()).hexdigest() in text
    tool.protect(table, *options, "--zeros-shown")
    assert "every number from 1 to 4" in page.read_text()
    tool.protect(table, *options, "--round", 5)
    assert "rounded to a multiple of 5" in page.read_text()
    tool.protect(table, *options[:-1], tool.out, ends=1)


def test_a_statement_tells_nothing_that_the_table_does_not(tool: Tables) -> None:
    """Two tables that are published alike have the same statement, whatever was hidden in them."""
    pages, page = [], tool.folder / "out.md"
    for counts in ((3, 6, 9, 9), (4, 5, 8, 10)):
        rows = zip("aabb", "xyxy", counts, strict=True)
        file = tool.file(pd.DataFrame(rows, columns=["d", "n", "freq"]).to_csv(index=False))
        tool.protect(file, "--dims", "d,n", "--statement", page, "--threshold", 7)
        pages.append((tool.out.read_bytes(), page.read_bytes()))
    assert pages[0] == pages[1]


def test_zeros_that_everybody_knows_protect_nothing() -> None:
    """A ward lies in one district: that it has nobody in another is no secret."""
    wards = {"w1": ("D1", 3), "w2": ("D1", 9), "w3": ("D1", 14), "w4": ("D2", 2), "w5": ("D2", 8)}
    rows = [(ward, district, count) for ward, (district, count) in wards.items()]
    table = pd.DataFrame(rows, columns=["ward", "district", "freq"])
    done = protect(table, ["ward", "district"])
    assert "every 'ward' has counts at one 'district' alone" in done.notes[0]
    shown = done.record.set_index(["ward", "district"])
    for ward, (district, count) in wards.items():
        other = {"D1": "D2", "D2": "D1"}[district]
        assert not shown.loc[(ward, other), "suppressed"]
        assert shown.loc[(ward, district), "suppressed"] == shown.loc[(ward, "Total"), "suppressed"]
        assert shown.loc[(ward, district), "suppressed"] or count >= 5
    # So another ward of the same district is hidden beside the small one.
    hidden = shown[shown["suppressed"]].reset_index()
    assert (hidden[hidden["ward"].isin(wards)].groupby("district").size()[["D1", "D2"]] > 1).all()
    # Where one ward has children in both, nothing is settled.
    more = pd.concat([table, pd.DataFrame([("w1", "D2", 6)], columns=table.columns)])
    assert not [note for note in protect(more, ["ward", "district"]).notes if "alone" in note]


def test_a_naive_table_falls(table: Path, tool: Tables) -> None:
    naive, report = tool.folder / "naive.csv", tool.folder / "report.csv"
    done = protect(pd.read_csv(table), ["district", "need"]).record
    done["value"] = done["truth"].where(~done["primary"]).astype("Int64").astype(str)
    done.loc[done["primary"], "value"] = "c"
    done[["district", "need", "value"]].to_csv(naive, index=False)
    assert "from: [" in tool.attack(naive, *DIMS, "--out", report, ends=1)
    found = pd.read_csv(report)
    exact = found[found["outcome"] == "exact"].merge(done, on=["district", "need"])
    assert len(exact)
    assert (exact["low"] == exact["truth"]).all()


def test_a_tree_is_protected_at_every_level(table: Path, tool: Tables) -> None:
    options = (*DIMS, "--hierarchy", tool.file(json.dumps(TREE), "tree.json"), "--threshold", 8)
    tool.protect(table, *options)
    done = pd.read_csv(tool.out)
    assert set(done["district"]) == {"D1", "D2", "D3", "D4", "North", "South", "Total"}
    tool.attack(tool.out, *options)


def test_linked_tables_are_protected_together(tool: Tables) -> None:
    generator = np.random.default_rng(2)
    rows = [
        (f"S{s}", f"N{n}", f"A{a}", int(generator.poisson(1.2)))
        for s in range(8)
        for n in range(4)
        for a in range(3)
    ]
    micro = pd.DataFrame(rows, columns=["school", "need", "age", "freq"])
    dims = ("--dims", "school,need", "--dims", "school,age")
    tool.protect(tool.file(micro.to_csv(index=False)), *dims)
    done = pd.read_csv(tool.out, dtype=str, keep_default_na=False)
    assert not ((done["need"] != "Total") & (done["age"] != "Total")).any()
    tool.attack(tool.out, *dims)
    # The same from two files, of which each has some of the dimensions.
    tables = [
        Named(micro.groupby(["school", other], as_index=False)["freq"].sum(), other)
        for other in ("need", "age")
    ]
    apart = protect(tables, [["school", "need"], ["school", "age"]])
    assert apart.record["suppressed"].tolist() == (done["freq"] == "c").tolist()


def test_rounding_instead(table: Path, tool: Tables) -> None:
    tool.protect(table, *DIMS, "--round", 5)
    done = pd.read_csv(tool.out)
    assert list(done.columns) == ["district", "need", "freq"]
    assert (done["freq"] % 5 == 0).all()
    tool.attack(tool.out, *DIMS, "--rounded", 5)


def test_rows_of_totals_are_taken_and_checked() -> None:
    rows = [("a", "x", 9), ("a", "y", 8), ("a", "Total", 17), ("b", "x", 7)]
    table = pd.DataFrame(rows, columns=["d", "n", "freq"])
    done = protect(table, ["d", "n"]).record
    assert done.set_index(["d", "n"]).loc[("Total", "Total"), "truth"] == 24
    # b has no row for y: that is a zero.
    assert done.set_index(["d", "n"]).loc[("b", "y"), "truth"] == 0
    table.loc[2, "freq"] = 18
    with pytest.raises(JsnaError, match="not the sum of its parts, which is 17"):
        protect(table, ["d", "n"])


def test_official_cells_stay() -> None:
    table = pd.DataFrame({"d": ["a", "b", "c"], "freq": [3, 9, 11]})
    done = protect(table, ["d"], public={("a",): "a release"})
    assert not done.record["suppressed"].any()
    with pytest.raises(JsnaError, match="no such cell"):
        protect(table, ["d"], public={("z",): "a release"})


def test_what_cannot_be_protected_is_told() -> None:
    table = pd.DataFrame({"d": ["a", "b"], "freq": [3, 9]})
    official = {("b",): "a release", ("Total",): "a release"}
    with pytest.raises(JsnaError, match="cannot be protected even if"):
        protect(table, ["d"], public=official)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"district": "place"}, "has no column 'district'"),
        ({"freq": "count"}, "has no column 'freq'"),
    ],
)
def test_missing_columns(table: Path, change: dict[str, str], words: str) -> None:
    frame = pd.read_csv(table).rename(columns=change)
    with pytest.raises(JsnaError, match=words):
        protect(frame, ["district", "need"])


def test_every_problem_of_the_values_is_told_at_once(table: Path, tool: Tables) -> None:
    lines = table.read_text().splitlines()
    lines[2:6] = ["D1,MLD,-3", "D1,SEMH,2.5", "D1,SLCN,c", "D2,ASD,many"]
    wrong = tool.file("\n".join([*lines, "D4,SLCN,4", "Total,Total,"]))
    words = tool.protect(wrong, *DIMS, ends=1)
    for told in (
        "row 3, column 'freq': a count cannot be negative (found '-3')",
        "row 4, column 'freq': a count must be whole (found '2.5')",
        "row 6, column 'freq': is not a number (found 'many')",
        "the value is missing or hidden; give the true count",
        "row 18: these coordinates appear more than once",
    ):
        assert told in words
    assert not tool.out.exists()


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ('{"place": {"D1": "N"}}', "there is no dimension 'place'"),
        ('{"district": {"D9": "N", "D1": "N", "D2": "N", "D3": "N", "D4": "N"}}', "found 'D9'"),
        ('{"district": {"D1": "N"}}', "has no place in the tree"),
        ('{"district": {"D1": "N", "D2": "N", "D3": "N", "D4": "N", "N": "N"}}', "circle"),
        ('{"district": {"Total": "N", "D1": "Total"}}', "the total cannot be part"),
        ('{"district": {"N": ["D1"], "S": ["D1"]}}', "part of both 'N' and 'S'"),
        ('["district"]', "must be like"),
        ('{"district": ', "is not valid JSON"),
    ],
)
def test_trees_that_do_not_fit(table: Path, tool: Tables, tree: str, words: str) -> None:
    shown = tool.protect(table, *DIMS, "--hierarchy", tool.file(tree, "tree.json"), ends=1)
    assert words in shown
    assert "fault of jsna" not in shown


def test_files_that_cannot_be_read(table: Path, tool: Tables) -> None:
    none = tool.folder / "none.csv"
    assert "there is no such file" in tool.attack(none, "--dims", "d", ends=2)
    planet = tool.attack(table, "--dims", "planet", "--value", "freq", ends=2)
    assert "has none of the dimensions" in planet
    assert "name the file" in tool.run("protect-table", table, *DIMS, ends=1)[1]


def test_tables_that_contradict_each_other() -> None:
    one = pd.DataFrame({"d": ["a", "b", "Total"], "value": ["9", "c", "20"]})
    other = pd.DataFrame({"d": ["Total"], "value": ["21"]})
    with pytest.raises(JsnaError, match="print this cell differently"):
        attack_tables([Named(one, "one"), Named(other, "other")], ["d"])
    one.loc[2, "value"] = "5"
    with pytest.raises(JsnaError, match="no values fit"):
        attack_tables([Named(one, "one")], ["d"])


def test_rows_left_out_may_be_zero_or_unknown() -> None:
    rows = [("a", "x", "c"), ("a", "Total", "9"), ("b", "x", "6"), ("b", "y", "5")]
    rows += [
        ("b", "Total", "11"),
        ("Total", "x", "c"),
        ("Total", "y", "c"),
        ("Total", "Total", "20"),
    ]
    table = Named(pd.DataFrame(rows, columns=["d", "n", "value"]))
    zero = attack_tables([table], ["d", "n"]).frame.set_index(["d", "n"])
    assert zero.loc[("a", "x"), "low"] == zero.loc[("a", "x"), "high"] == 9
    unknown = attack_tables([table], ["d", "n"], missing="unknown").frame.set_index(["d", "n"])
    assert unknown.loc[("a", "x"), "outcome"] == "safe"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0, 4, "safe"),
        (0, np.inf, "safe"),
        (3, 3, "exact"),
        (0, 3, "narrow"),
        (1, 4, "narrow"),
        (2, 9, "unsure"),
        (5, 5, "harmless"),
        (0, 0, "harmless"),
    ],
)
def test_outcomes_of_intervals(low: float, high: float, verdict: str) -> None:
    assert outcome(low, high, 5, 0.0) == verdict


def test_rules_reach_the_solver(table: Path) -> None:
    frame = pd.read_csv(table)
    zeros = protect(frame, ["district", "need"], rule=Rule(12, zeros_shown=True))
    assert not zeros.record.loc[zeros.system.value == 0, "suppressed"].any()
    cells = protect(frame, ["district", "need"], rule=Rule(12, weight="cells"))
    value = protect(frame, ["district", "need"], rule=Rule(12))
    assert cells.record["suppressed"].sum() <= value.record["suppressed"].sum()


COMPLETE = """district,need,value
A,x,c
A,y,20
A,Total,23
B,x,12
B,y,30
B,Total,42
Total,x,15
Total,y,50
Total,Total,65
"""
COUNTS = "district,need,freq\nA,x,3\nA,y,20\nB,x,12\nB,y,30\n"


def attacked(text: str, **options: object) -> pd.DataFrame:
    """What the attack makes of a table of district and need."""
    lines = [line.split(",") for line in text.split()]
    table = pd.DataFrame(lines[1:], columns=lines[0])
    found = attack_tables([Named(table)], ["district", "need"], **options)  # type: ignore[arg-type]
    return found.frame.set_index(["district", "need"])


def test_totals_that_are_not_printed_hold_all_the_same() -> None:
    leaves = "district,need,value\nA,x,c\nA,y,20\nB,x,12\nB,y,30\nTotal,Total,65\n"
    found = attacked(leaves)
    assert list(found.index) == [("A", "x")]
    assert found.loc[("A", "x"), ["low", "high", "outcome"]].tolist() == [3, 3, "exact"]
    # Through a tree as well, of which only the top is printed.
    tree = {"district": {"A": "N", "B": "N"}}
    assert attacked(leaves, hierarchies=tree).loc[("A", "x"), "low"] == 3


def test_nothing_ties_leaves_alone(tool: Tables) -> None:
    file = tool.file("district,need,value\nA,x,c\nA,y,20\nB,x,12\nB,y,30\n")
    assert "t.csv: no row has the total code 'Total'" in tool.attack(file, *DIMS, ends=2)
    # A linked table prints a margin, and ties them.
    margin = tool.file("district,value\nA,23\nB,42\n", "m.csv")
    assert "[A / x] is 3" in tool.attack(file, margin, *DIMS, ends=1)


@pytest.mark.parametrize("code", ["total", "TOTAL", "all", "All", "sum"])
@pytest.mark.parametrize("verb", ["attack", "protect"])
def test_totals_under_another_name_are_refused(tool: Tables, code: str, verb: str) -> None:
    file = tool.file(COMPLETE.replace("Total", code).replace(",c\n", ",3\n"))
    options = (file, *DIMS, "--value", "value", "--out", tool.out)
    told = getattr(tool, verb)(*options, ends=2 if verb == "attack" else 1)
    assert f"t.csv, row 4, column 'need': looks like a total; say --total {code} if" in told
    assert not tool.out.exists()
    getattr(tool, verb)(*options, "--total", code)


def test_codes_are_compared_without_blanks_and_in_one_form(tool: Tables) -> None:
    loose = COMPLETE.replace("Total,", " Total ,").replace("A,x", "A ,x")
    tool.attack(tool.file(loose), *DIMS, ends=1)
    rows = pd.DataFrame({"d": ["caf\u00e9", "cafe\u0301", "b\0c"], "freq": [9, 8, 7]})
    with pytest.raises(JsnaError) as told:
        protect(rows, ["d"])
    assert "row 3, column 'd': this code is written in two forms of Unicode" in str(told.value)
    assert "row 4, column 'd': holds a character that is no letter" in str(told.value)


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ('{"district": {"A": "A", "B": "N"}}', "circle: A is part of A"),
        ('{"district": {"A": "B", "B": "A"}}', "circle: A is part of B is part of A"),
        ('{"district": {"A": "N", "B": "N", "P": "Q", "Q": "P"}}', "circle: P is part of Q"),
        ('{"district": {"A": "", "B": "N"}}', "each entry is a code"),
        ('{"district": {"A": null, "B": "N"}}', "each entry is a code"),
        ('{"district": {"N": {"A": 1}}}', "each entry is a code"),
        ('{"district": {"A": "N", "A": "S", "B": "N"}}', "more than once in the same place"),
        ('{"district": {"A": "N", "B": "N", "Z": "N"}}', "not in the table (found 'Z')"),
        ('{"district": {"A": "total", "B": "total"}}', "looks like a total"),
    ],
)
def test_trees_are_refused_by_the_name_of_their_file(tool: Tables, tree: str, words: str) -> None:
    named = tool.file(tree, "tree.json")
    told = tool.protect(tool.file(COUNTS), *DIMS, "--hierarchy", named, ends=1)
    assert "tree.json" in told
    assert words in told
    assert not tool.out.exists()


def test_the_mark_of_small_numbers(tool: Tables) -> None:
    lines = COMPLETE.splitlines()
    marked = [f"{lines[0]},primary", f"{lines[1]},y", *(f"{line},n" for line in lines[2:])]
    said = tool.attack(tool.file("\n".join(marked)), *DIMS, ends=1)
    assert "1 hidden (1 of them small numbers, as the column" in said
    marked[3] = f"{lines[3]},perhaps"
    marked[5] = f"{lines[5]},"
    told = tool.attack(tool.file("\n".join(marked)), *DIMS, ends=2)
    assert "row 4, column 'primary': must be True or False" in told
    assert "row 6, column 'primary': must be True or False" in told


def test_which_cells_are_small_is_knowledge() -> None:
    # 9 is left to x and y of A, and x and y of B: any of them 0 to 9.
    text = "district,need,value,primary\nA,x,c,{}\nA,y,c,{}\nA,Total,9,n\nB,x,c,{}\nB,y,c,{}\n"
    text += "B,Total,9,n\nTotal,x,9,n\nTotal,y,9,n\nTotal,Total,18,n\n"
    plain = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
    assert (attacked(plain)["outcome"] == "safe").all()
    # x of A from 1 to 4 makes y of A from 5 to 8, and neither is safe from 1 to 4 any more.
    found = attacked(text.format("y", "n", "n", "y"))
    assert found.loc[("A", "x"), ["low", "high", "outcome"]].tolist() == [1, 4, "safe"]
    # That y of A is no small number, while 4 is the most it can be, makes it 0: x of A is 4.
    small = text.replace("9", "4").replace("18", "8")
    found = attacked(small.format("y", "n", "n", "y"))
    assert found.loc[("A", "x"), ["low", "high", "outcome"]].tolist() == [4, 4, "exact"]
    assert found.loc[("B", "y"), ["low", "high", "outcome"]].tolist() == [4, 4, "exact"]
    # Without the column nothing of this is known.
    assert attacked(small.replace("{}", "y"))["outcome"].tolist() == ["narrow"] * 4


def test_a_record_that_is_published_gives_everything_away(table: Path, tool: Tables) -> None:
    kept = tool.folder / "record.csv"
    tool.protect(table, *DIMS, "--record", kept)
    record = pd.read_csv(kept, dtype=str).drop(columns="rule")
    found = attack_tables([Named(record)], ["district", "need"]).frame
    both = found.merge(record, on=["district", "need"])
    assert (both["outcome"] == "exact").sum() == (record["primary"] == "True").sum() > 0
    assert (both["low"] == both["truth"].astype(int)).all()
    # What is known of a value cannot be two things.
    record.loc[record["suppressed"] == "False", "truth"] = "77"
    record.loc[0, "suppressed"] = "False"
    record.loc[0, "freq"] = "c"
    with pytest.raises(JsnaError) as told:
        attack_tables([Named(record)], ["district", "need"])
    assert "column 'truth': is not the value printed beside it" in str(told.value)
    assert "row 2, column 'suppressed': says shown, and no value is shown" in str(told.value)


def test_marks_that_differ_are_told(tool: Tables) -> None:
    file = tool.file(COMPLETE.replace("A,y,20", "A,y,*").replace("B,x,12", "B,x,[c]"))
    said = tool.attack(file, *DIMS, ends=1)
    assert "hidden values are marked *, c, all taken to mean the same" in said
    # `low` is no zero.
    loose = "district,need,value\nA,x,low\nA,y,c\nB,x,c\nB,y,c\nTotal,Total,99\n"
    assert attacked(loose).loc[("A", "x"), "low"] == 1
    assert attacked(loose).loc[("A", "y"), "low"] == 0


def test_columns_that_are_not_published_are_told(table: Path, tool: Tables) -> None:
    pd.read_csv(table).assign(note="made up", county="Shire").to_csv(table, index=False)
    assert "columns that are not published: county, note" in tool.protect(table, *DIMS)
    assert "made up" not in tool.out.read_text()


def test_columns_that_are_not_understood_are_refused(tool: Tables) -> None:
    lines = COMPLETE.splitlines()
    more = [f"{lines[0]},share,name", *(f"{line},0.1,x" for line in lines[1:])]
    file = tool.file("\n".join(more))
    left_over = "with --value (left over: 'value', 'share', 'name')"
    assert f"say which column has the values {left_over}" in tool.attack(file, *DIMS, ends=2)
    told = tool.attack(file, *DIMS, "--value", "value", ends=2)
    for column in ("share", "name"):
        assert f"t.csv, column '{column}': what this column tells about the counts is not" in told
    tool.attack(file, *DIMS, "--labels", "share, name", ends=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("d,freq\na,9,1\nb,8\n\nc\n", ["row 2: has 3 fields, and", "row 5: has 1 fields"]),
        ("d,freq,freq\na,9,9\n", ["column 'freq': this heading stands 2 times"]),
        ("d;freq,e\na,b;9\n", ["row 1: may be separated by commas or semicolons"]),
        ("", ["is empty"]),
        ("d,freq\n", ["has no rows"]),
        ('d,freq\na,9\n"b,8\n', ["row 3: cannot be read as CSV from this line on"]),
        (b"d,freq\r\na,9\r\nCaf\x81,8\r\n", ["row 3: this line is neither in UTF-8 nor in"]),
        ("d,freq\na,9\0\n", ["row 2: holds a NUL"]),
        ("d,freq\na,9007199254740993\n", ["row 2, column 'freq': is too large"]),
        (
            "d,freq\n\na,many\nb,few\nc,many\n",
            ["row 3, column 'freq': is not a number (found 'many') [2 rows", "row 4"],
        ),
    ],
)
def test_csv_is_read_strictly(tool: Tables, text: str | bytes, words: list[str]) -> None:
    told = tool.protect(tool.file(text), "--dims", "d", ends=1)
    for word in words:
        assert word in told
    assert "fault of jsna" not in told
    assert not tool.out.exists()


def test_codes_that_programs_read_as_missing_are_codes(tool: Tables) -> None:
    tool.protect(tool.file("d,freq\nNone,9\nnan,8\nNA,7\n"), "--dims", "d")
    assert tool.out.read_text().splitlines() == ["d,freq", "None,9", "nan,8", "NA,7", "Total,24"]


def test_every_problem_of_options_files_and_trees_at_once(tool: Tables) -> None:
    tree = tool.file('{"d": {"a": null}}', "tree.json")
    words_ = "--dims d,d,freq --dims truth --threshold 1 --contributor nan --work -1 --round 1"
    options = (*words_.split(), "--hierarchy", tree, "--out", tool.folder / "no" / "o.csv")
    told = tool.protect(tool.folder, tool.folder / "none.csv", *options, ends=1)
    for words in (
        "--dims: names this dimension twice (found 'd')",
        "--dims: names the column of values; leave it out (found 'freq')",
        "--dims: is a column with a meaning of its own and no dimension; rename it (found 'truth')",
        "--threshold: must be at least 2 (found '1')",
        "--contributor: must be a number of 0 or more (found 'nan')",
        "--work: must be a number of 0 or more (found '-1')",
        "--round: the base must be at least 2 (found '1')",
        "--round: rounds one table; give one file",
        "--out: its folder does not exist",
        "is a folder; give a file",
        "there is no such file",
        "tree.json, column 'd': each entry is a code",
    ):
        assert words in told
    # A wrong option hides nothing of what is wrong with the table.
    bad = tool.file("d,freq\na,-1\n")
    told = tool.protect(bad, "--dims", "d", "--threshold", 0, "--out", bad, ends=1)
    assert "--out: is a file that is read" in told
    assert "a count cannot be negative" in told
    assert bad.read_text() == "d,freq\na,-1\n"


def test_rounding_is_attacked_and_can_be_again(table: Path, tool: Tables) -> None:
    said = tool.protect(table, *DIMS, "--round", 5)
    assert "--rounded 5 --rounding controlled" in said
    again = (tool.out, *DIMS, "--rounded")
    tool.attack(*again, 5, "--rounding", "controlled")
    assert "is not a multiple of 3" in tool.attack(*again, 3, ends=2)
    told = tool.attack(*again, 1, "--threshold", 1, ends=2)
    assert "--rounded: the base must be at least 2" in told
    assert "--threshold: must be at least 2" in told


def test_marks_that_say_a_range_are_used() -> None:
    # Hidden as under 5, and no total: 0 to 4 is left. Its total of 2 narrows it.
    found = attacked(COMPLETE.replace(",c\n", ",<5\n").replace("A,Total,23", "A,Total,c"))
    assert found.loc[("A", "x"), "outcome"] == "exact"
    loose = "district,need,value\nA,x,{}\nA,y,c\nB,x,c\nB,y,c\nTotal,Total,99\n"
    for mark, low, high, verdict in [
        ("<5", 0, 4, "safe"),
        ("1-4", 1, 4, "safe"),
        ("[1\N{EN DASH}4]", 1, 4, "safe"),
        ("<3", 0, 2, "narrow"),
        ("2-4", 2, 4, "narrow"),
    ]:
        got = attacked(loose.format(mark)).loc[("A", "x"), ["low", "high", "outcome"]]
        assert got.tolist() == [low, high, verdict]


@pytest.mark.parametrize("mark", ["..", ":", "-", "z", "[z]"])
def test_marks_that_are_not_known_are_refused(mark: str) -> None:
    with pytest.raises(JsnaError, match="nor a known mark of a hidden value") as told:
        attacked(COMPLETE.replace(",c\n", f",{mark}\n"))
    assert "row 2, column 'value'" in str(told.value)


def test_a_contributor_of_published_tables_is_looked_at() -> None:
    # Each row has 4 to share: the child in one cell leaves 0 to 3 to the other, a width of 3.
    text = "district,need,value\nA,x,c\nA,y,c\nA,Total,4\nB,x,c\nB,y,c\nB,Total,4\n"
    text += "Total,x,4\nTotal,y,4\nTotal,Total,8\n"
    assert not (attacked(text, contributor=3)["outcome"] == "narrow").any()
    assert (attacked(text, contributor=4)["contributor"] != "").any()


def test_a_least_value_alone_does_not_make_a_number_small() -> None:
    # What A lacks of its total is 1 or more, and the total is hidden: any number from there on.
    text = "district,need,value\nA,x,1\nA,y,c\nA,Total,c\nB,x,8\nB,y,9\nB,Total,17\n"
    found = attacked(text).loc[("A", "Total"), ["low", "high", "outcome"]].tolist()
    assert found == [1, np.inf, "unsure"]


def test_the_mark_of_a_total_tells_of_its_parts(tool: Tables) -> None:
    # The total is 1 to 4, so that y, which is no small number, must be 0.
    rows = ["A,x,1,n", "A,y,c,n", "A,Total,c,y", "B,x,8,n", "B,y,9,n", "B,Total,17,n"]
    file = tool.file("\n".join(["district,need,value,primary", *rows]))
    assert "[A / Total] is 1, from:" in tool.attack(file, *DIMS, ends=1)
