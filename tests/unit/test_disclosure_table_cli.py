"""Tables of one's own on the command line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna import cli
from jsna.disclosure.protection import protect, protect_table
from jsna.disclosure.published import attack_tables, outcome
from jsna.disclosure.reading import Named
from jsna.disclosure.system import Rule
from jsna.errors import JsnaError

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


def run(*words: object) -> int:
    return cli.main([str(word) for word in words])


def test_a_table_is_protected_and_withstands(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    assert run("protect-table", table, "--dims", "district,need", "--out", out, "--truth") == 0
    assert "the attack worked out none" in capsys.readouterr().out
    done = pd.read_csv(out)
    assert list(done.columns) == ["district", "need", "value", "suppressed", "primary", "truth"]
    assert len(done) == 5 * 5
    assert (done["value"].isna() == done["suppressed"]).all()
    assert (done["primary"] == done["truth"].between(1, 4)).all()
    assert (done["primary"] <= done["suppressed"]).all()
    shown = done[~done["suppressed"]]
    assert (shown["value"] == shown["truth"]).all()
    assert run("attack", out, "--dims", "district,need") == 0
    assert "0 worked out exactly, 0 narrower" in capsys.readouterr().out


def test_a_naive_table_falls(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, naive, report = tmp_path / "out.csv", tmp_path / "naive.csv", tmp_path / "report.csv"
    run("protect-table", table, "--dims", "district,need", "--out", out, "--truth")
    done = pd.read_csv(out)
    done["value"] = done["truth"].where(~done["primary"]).astype("Int64").astype(str)
    done.loc[done["primary"], "value"] = "c"
    done[["district", "need", "value"]].to_csv(naive, index=False)
    capsys.readouterr()
    assert run("attack", naive, "--dims", "district,need", "--out", report) == 1
    words = capsys.readouterr().out
    assert "from: [" in words
    found = pd.read_csv(report)
    exact = found[found["outcome"] == "exact"].merge(done, on=["district", "need"])
    assert len(exact)
    assert (exact["low"] == exact["truth"]).all()


def test_a_tree_is_protected_at_every_level(table: Path, tmp_path: Path) -> None:
    tree, out = tmp_path / "tree.json", tmp_path / "out.csv"
    tree.write_text(json.dumps(TREE))
    options = ("--dims", "district,need", "--hierarchy", tree)
    assert run("protect-table", table, *options, "--out", out, "--threshold", 8) == 0
    done = pd.read_csv(out)
    assert set(done["district"]) == {"D1", "D2", "D3", "D4", "North", "South", "Total"}
    assert run("attack", out, *options, "--threshold", 8) == 0


def test_linked_tables_are_protected_together(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    rows = [
        (f"S{s}", f"N{n}", f"A{a}", int(generator.poisson(1.2)))
        for s in range(8)
        for n in range(4)
        for a in range(3)
    ]
    file, out = tmp_path / "micro.csv", tmp_path / "out.csv"
    pd.DataFrame(rows, columns=["school", "need", "age", "freq"]).to_csv(file, index=False)
    dims = ("--dims", "school,need", "--dims", "school,age")
    assert run("protect-table", file, *dims, "--out", out) == 0
    done = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert not ((done["need"] != "Total") & (done["age"] != "Total")).any()
    assert run("attack", out, *dims) == 0
    # The same from two files, of which each has some of the dimensions.
    micro = pd.read_csv(file)
    tables = [
        Named(micro.groupby(["school", other], as_index=False)["freq"].sum(), other)
        for other in ("need", "age")
    ]
    apart = protect(tables, [["school", "need"], ["school", "age"]])
    assert apart.frame["suppressed"].tolist() == (done["suppressed"] == "True").tolist()


def test_rounding_instead(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("protect-table", table, "--dims", "district,need", "--round", 5, "--out", out) == 0
    done = pd.read_csv(out)
    assert (done["value"] % 5 == 0).all()
    assert run("attack", out, "--dims", "district,need", "--rounded", 5) in (0, 1)


def test_rows_of_totals_are_taken_and_checked() -> None:
    rows = [("a", "x", 9), ("a", "y", 8), ("a", "Total", 17), ("b", "x", 7)]
    table = pd.DataFrame(rows, columns=["d", "n", "freq"])
    done = protect_table(table, ["d", "n"], truth=True)
    assert done.set_index(["d", "n"]).loc[("Total", "Total"), "truth"] == 24
    # b has no row for y: that is a zero.
    assert done.set_index(["d", "n"]).loc[("b", "y"), "truth"] == 0
    table.loc[2, "freq"] = 18
    with pytest.raises(JsnaError, match="not the sum of its parts, which is 17"):
        protect_table(table, ["d", "n"])


def test_official_cells_stay() -> None:
    table = pd.DataFrame({"d": ["a", "b", "c"], "freq": [3, 9, 11]})
    done = protect(table, ["d"], public={("a",): "a release"})
    assert not done.frame["suppressed"].any()
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
        protect_table(frame, ["district", "need"])


def test_every_problem_of_the_values_is_told_at_once(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = table.read_text().splitlines()
    lines[2] = "D1,MLD,-3"
    lines[3] = "D1,SEMH,2.5"
    lines[4] = "D1,SLCN,c"
    lines[5] = "D2,ASD,many"
    lines.append("D4,SLCN,4")
    lines.append("Total,Total,")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join(lines))
    out = tmp_path / "out.csv"
    assert run("protect-table", wrong, "--dims", "district,need", "--out", out) == 1
    words = capsys.readouterr().err
    for told in (
        "row 3, column 'freq': a count cannot be negative (found '-3')",
        "row 4, column 'freq': a count must be whole (found '2.5')",
        "row 6, column 'freq': is not a number (found 'many')",
        "the value is missing or hidden; give the true count",
        "row 18: these coordinates appear more than once",
    ):
        assert told in words
    assert not out.exists()


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
def test_trees_that_do_not_fit(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tree: str, words: str
) -> None:
    file, out = tmp_path / "tree.json", tmp_path / "out.csv"
    file.write_text(tree)
    options = ("--dims", "district,need", "--hierarchy", file, "--out", out)
    assert run("protect-table", table, *options) == 1
    shown = capsys.readouterr().err
    assert words in shown
    assert "fault of jsna" not in shown


def test_files_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: Path
) -> None:
    assert run("attack", tmp_path / "none.csv", "--dims", "d") == 2
    assert "there is no such file" in capsys.readouterr().err
    assert run("protect-table", table, "--dims", "district,need") == 1
    assert "name the file" in capsys.readouterr().err
    assert run("attack", table, "--dims", "planet", "--value", "freq") == 2
    assert "has none of the dimensions" in capsys.readouterr().err


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
    assert not zeros.frame.loc[zeros.system.value == 0, "suppressed"].any()
    cells = protect(frame, ["district", "need"], rule=Rule(12, weight="cells"))
    value = protect(frame, ["district", "need"], rule=Rule(12))
    assert cells.frame["suppressed"].sum() <= value.frame["suppressed"].sum()
