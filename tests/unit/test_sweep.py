"""The sweep over open editions: what fails it, its table, and releases kept by their digest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jsna import cli
from jsna.releases import store
from jsna.settings import authorities
from jsna.sweeping.run import Swept
from jsna.sweeping.table import table, wrong
from tests.conftest import ROOT

EVERY = authorities.register(ROOT)


def swept(number: str, figures: int, **given: object) -> Swept:
    return Swept(EVERY.find(number), figures=figures, seconds=2.0, **given)  # type: ignore[arg-type]


def test_a_fault_and_few_figures_without_a_reason_fail_a_sweep() -> None:
    every = [
        swept("888", 100), swept("882", 100), swept("896", 99), swept("201", 80),
        swept("942", 79, lacking=["eyfsp_2022 has no figures of Cumberland in eyfsp"]),
        swept("420", 3),
        swept("933", 0, stage="readback", faults=["a number of no known type"]),
    ]  # fmt: skip
    # The median of those that came to a report is of 100, 100, 99, 80, 79 and 3: 89.5.
    assert [line.partition(":")[0] for line in wrong(every, {})] == ["Isles of Scilly", "Somerset"]
    why = {"420": "It has one school."}
    (line,) = wrong(every, why)
    assert line == "Somerset: stopped in readback: a number of no known type"
    made = table(every, why, 7.2)
    assert "6 of 7 came to a report" in made
    assert "2.0 for one (2.0 to 2.0), 14 for all, in 7 by the clock" in made
    assert "| Isles of Scilly | 420 | council of isles | 0 | 0 | 3 | 3% | 0 | 2.0 | It has" in made
    assert "- eyfsp_2022 has no figures of Cumberland" in made
    more = [swept("201", 71), *every[:3]]
    assert [*wrong(more, {})] == [
        "City of London: 71 figures, under four fifths of the median of 100; find out why, and "
        "say so in config/few_figures.yaml"
    ]


def test_a_release_is_read_once_by_its_bytes_and_callers_keep_their_own(tmp_path: Path) -> None:
    read: list[str] = []

    def reader(path: Path, column: str) -> pd.DataFrame:
        read.append(path.parent.name)
        return pd.DataFrame({column: path.read_text(encoding="utf-8").split()})

    files = [tmp_path / name / "plans.csv" for name in ("one", "same", "other")]
    for file, text in zip(files, ("1 2", "1 2", "3"), strict=True):
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
    with store.keeping():
        first = store.once(reader, files[0], "plans")
        first["more"] = 0
        first.loc[0, "plans"] = "9"
        assert store.once(reader, files[1], "plans")["plans"].tolist() == ["1", "2"]
        assert list(store.once(reader, files[1], "plans")) == ["plans"]
        assert store.once(reader, files[2], "plans")["plans"].tolist() == ["3"]
        store.once(reader, files[0], "others")
        assert read == ["one", "other", "one"]
        made = [store.kept(("a", key), lambda: [len(read)]) for key in ("x", "x", "y")]
        assert made[0] is made[1]
    # A build keeps nothing.
    store.once(reader, files[1], "plans")
    assert read[-1] == "same"
    assert store.kept(("a", "x"), lambda: 7) == 7


def test_a_sweep_names_the_folder_of_releases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "gone")
    assert cli.main(["sweep", "--root", str(ROOT), "--from", gone]) == 1
    assert "is no folder" in capsys.readouterr().err
