"""What is found in a published folder by somebody who has nothing else."""

from __future__ import annotations

import csv
import hashlib
import io as streams
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jsna import io
from jsna.cli import main
from jsna.errors import JsnaError
from jsna.model import schema
from jsna.provenance.digests import content_digest
from jsna.provenance.verify import verify

HOME = "E10000001"
#: numerator, denominator, value, status by sex.
ROWS = {"F": (12.0, 40.0, 30.0, ""), "M": (25.0, 60.0, 41.666666666666664, ""),
        "U": (float("nan"), float("nan"), float("nan"), "c")}  # fmt: skip


def frame() -> pd.DataFrame:
    """Three measures, one of them hidden, with a note that a spreadsheet would run."""
    common = {
        "edition": "small-2025", "indicator": "timely", "area_code": HOME, "period": "2024",
        "geography": "authority", "period_type": "calendar_year", "breakdown": "sex",
        "population_base": "maintained", "unit": "percent", "method": "proportion_wilson",
        "profile": "default", "source": "local:sen2", "note": "=1+1 is not run.",
    }  # fmt: skip
    rows = [
        {**common, "category": sex, "numerator": x, "denominator": n, "value": v, "status": s,
         "reason": "disclosure_control" if s else ""}
        for sex, (x, n, v, s) in ROWS.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(schema.COLUMNS)).astype(
        dict.fromkeys(schema.NUMBERS, "float64")
    )


def key(sex: str) -> str:
    return f"timely~{HOME}~authority~2024~calendar_year~sex~{sex}~"


def page() -> str:
    """A figure in a sentence, a table of all, and what is said of protection."""
    cells = "".join(
        f'<td data-measure="{key(sex)}" data-field="value" data-status="{status}">{text}</td>'
        for sex, status, text in (("F", "", "30.0"), ("M", "", "41.7"), ("U", "c", "[c]"))
    )
    return (
        "<html><body><p>Of girls "
        f'<data data-measure="{key("F")}" data-field="value" value="30.0">30.0%</data> were.</p>'
        f"<table><tr>{cells}</tr></table>"
        '<p><data data-certificate="hidden.rows" value="1">1</data> is hidden.</p></body></html>'
    )


def open_data(rows: pd.DataFrame) -> str:
    text = streams.StringIO()
    out = csv.writer(text, lineterminator="\n")
    names = [name for name in schema.COLUMNS if name not in ("breakdown", "category")]
    out.writerow(["indicator_title", *names, "by_sex"])
    for _, row in rows.iterrows():
        given = [row[name] for name in (*names, "category")]
        cells = ["" if v != v else f"{v:.10g}" if isinstance(v, float) else v for v in given]
        out.writerow(["Timely", *(f"'{c}" if c.startswith("=") else c for c in cells)])
    return text.getvalue()


def published(root: Path) -> Path:
    """A folder as `seal` publishes it."""
    folder = root / "small-2025"
    measures = root / "measures.parquet"
    io.write_measures(measures, schema.conform(frame()))
    certificate = {
        "edition": "small-2025",
        "attack": {"exact": 0, "narrow": 0},
        "hidden": {"rows": 1},
        "profiles": {"default": {"rows": 3, "hidden": 1}},
        "published": {"rows": 3, "worked_out": 0},
        "measures_sha256": io.sha256(measures),
    }
    io.write_text(folder / "report.html", page())
    io.write_text(folder / "data/measures.csv", open_data(frame()))
    io.write_text(folder / "data/figures/fig-timely.csv", open_data(frame().iloc[:1]))
    io.write_json(folder / "charts/figures.json", {"figures": [{"keys": [key("F")]}]})
    counts = {"outputs": {"report.html": {"measure": 3}}, "problems": 0, "totals": {"measure": 3}}
    files = [p for p in folder.rglob("*") if p.is_file()]
    digests = {p.relative_to(folder).as_posix(): io.sha256(p) for p in files}
    io.write_json(folder / "readback.json", {**counts, "sha256": digests})
    io.write_json(folder / "certificate.json", certificate)
    manifest = {
        "format": 3,
        "jsna": "0.1.0",
        "edition": "small-2025",
        "decimals": {"timely": 1},
        "readback": counts,
        "outputs": {},
        "safe": {
            "safe/measures.parquet": {
                "sha256": io.sha256(measures), "content": content_digest(measures),
            },
            "safe/certificate.json": {"sha256": io.sha256(folder / "certificate.json")},
        },
    }  # fmt: skip
    io.write_json(folder / "manifest.json", manifest)
    relist(folder)
    return folder


def relist(folder: Path) -> None:
    """Have the manifest name the files as they now are, as a careful forger would."""
    manifest = io.read_json(folder / "manifest.json")
    manifest["outputs"] = {
        p.relative_to(folder).as_posix(): {"sha256": io.sha256(p), "bytes": p.stat().st_size}
        for p in folder.rglob("*")
        if p.is_file() and p.name != "manifest.json"
    }
    io.write_json(folder / "manifest.json", manifest)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return published(tmp_path)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder: Path) -> dict[str, set[str]]:
    """Code -> files it was found in."""
    told: dict[str, set[str]] = {}
    for problem in verify(folder).problems:
        told.setdefault(problem.code, set()).add(problem.where)
    return told


def test_a_whole_folder_is_told_to_be_whole(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "small-2025: 6 files are those the manifest names" in told
    # Three in the table and one in the sentence have a value; one of the certificate; three of
    # the file of one chapter.
    assert "3 rows" in told
    assert hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() in told
    assert "does not tell who wrote the manifest" in told


def test_the_folder_may_lie_anywhere_and_nothing_else_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "somebody's desk"
    folder.rename(elsewhere)
    monkeypatch.chdir(elsewhere)
    assert main(["verify", "."]) == 0


TAMPERED: Mapping[str, tuple[Callable[[Path], Any], dict[str, str]]] = {
    "a digit of the page": (
        lambda at: edit(at / "report.html", ">41.7<", ">14.7<"),
        {"verify.changed": "report.html", "readback.value": "report.html"},
    ),
    "a digit of the open data": (
        lambda at: edit(at / "data/measures.csv", ",25,", ",26,"),
        {"verify.changed": "data/measures.csv", "verify.measures": "data/measures.csv"},
    ),
    "the open data of a chart": (
        lambda at: edit(at / "data/figures/fig-timely.csv", ",12,", ",13,"),
        {
            "verify.changed": "data/figures/fig-timely.csv",
            "readback.data": "data/figures/fig-timely.csv",
        },
    ),
    "the certificate": (
        lambda at: edit(at / "certificate.json", '"rows": 1', '"rows": 0'),
        {"verify.changed": "certificate.json"},
    ),
    "a file taken out": (
        lambda at: (at / "data/figures/fig-timely.csv").unlink(),
        {"verify.missing": "data/figures/fig-timely.csv"},
    ),
    "a file put in": (
        lambda at: (at / "data/more.csv").write_text("a,b\n"),
        {"verify.extra": "data/more.csv"},
    ),
    "a hidden file put in": (
        lambda at: (at / ".hidden").write_text("x"),
        {"verify.extra": ".hidden"},
    ),
    "an empty folder put in": (lambda at: (at / "more").mkdir(), {"verify.extra": "more"}),
    "a link instead of a file": (
        lambda at: (
            (at / "report.html").rename(at.parent / "x")
            and (at / "report.html").symlink_to(at.parent / "x")
        ),
        {"verify.missing": "report.html"},
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_was_changed_is_named_and_ends_with_one(
    folder: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper, expected = TAMPERED[case]
    tamper(folder)
    told = found(folder)
    assert {code: where for code, where in expected.items() if where not in told[code]} == {}
    assert main(["verify", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "is not what its manifest says" in said
    assert all(where in said for where in expected.values())


#: Changes after which the forger writes new digests into the manifest, but not all that depends.
FORGED: Mapping[str, tuple[Callable[[Path], Any], dict[str, str]]] = {
    "the page": (
        lambda at: edit(at / "report.html", ">41.7<", ">14.7<"),
        {"readback.value": "report.html", "verify.readback": "report.html"},
    ),
    "a value attribute": (
        lambda at: edit(at / "report.html", 'value="30.0"', 'value="31.0"'),
        {"readback.attribute": "report.html"},
    ),
    "a key": (
        lambda at: edit(at / "report.html", "~sex~F~", "~sex~X~"),
        {"readback.key": "report.html"},
    ),
    "a figure without its key": (
        lambda at: edit(at / "report.html", f' data-measure="{key("M")}"', ""),
        {"readback.count": "report.html"},
    ),
    "a hidden figure shown": (
        lambda at: edit(at / "report.html", ">[c]<", ">7.0<"),
        {"readback.value": "report.html"},
    ),
    "the open data": (
        lambda at: edit(at / "data/measures.csv", ",25,", ",26,"),
        {"verify.measures": "data/measures.csv"},
    ),
    "a row of the open data taken out": (
        lambda at: edit(
            at / "data/measures.csv", (at / "data/measures.csv").read_text().splitlines(True)[3], ""
        ),
        {"verify.measures": "data/measures.csv", "verify.certificate": "certificate.json"},
    ),
    "the certificate": (
        lambda at: edit(at / "certificate.json", '"rows": 1', '"rows": 0'),
        {"verify.certificate": "certificate.json", "readback.certificate": "report.html"},
    ),
    "the certificate of other measures": (
        lambda at: edit(
            at / "certificate.json", io.read_json(at / "certificate.json")["measures_sha256"],
            "0" * 64,
        ),
        {"verify.certificate": "certificate.json"},
    ),
    "an attack that succeeded": (
        lambda at: edit(at / "certificate.json", '"exact": 0', '"exact": 2'),
        {"verify.attack": "certificate.json"},
    ),
    "a chart of another measure": (
        lambda at: edit(at / "charts/figures.json", "~sex~F~", "~sex~X~"),
        {"readback.key": "charts/figures.json"},
    ),
    "the record of the reading back": (
        lambda at: edit(at / "readback.json", '"measure": 3', '"measure": 4'),
        {"verify.readback": "readback.json"},
    ),
    "no page at all": (
        lambda at: (at / "report.html").write_bytes(b"\xff\xfe\x00"),
        {"readback.unreadable": "report.html"},
    ),
    "no open data at all": (
        lambda at: [file.write_text("a\n1\n") for file in at.glob("data/**/*.csv")],
        {"verify.measures": "data"},
    ),
    "text for a number": (
        lambda at: edit(at / "data/measures.csv", ",25,", ",many,"),
        {"verify.measures": "data/measures.csv"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_new_digests_in_the_manifest_do_not_hide_what_does_not_agree(
    folder: Path, case: str
) -> None:
    tamper, expected = FORGED[case]
    tamper(folder)
    relist(folder)
    told = found(folder)
    assert {
        code: where for code, where in expected.items() if where not in told.get(code, ())
    } == {}


def test_all_findings_are_told_at_once(folder: Path) -> None:
    edit(folder / "report.html", ">41.7<", ">14.7<")
    edit(folder / "data/measures.csv", ",12,", ",13,")
    (folder / "more.txt").touch()
    (folder / "certificate.json").unlink()
    assert {"verify.changed", "verify.extra", "verify.missing", "readback.value"} <= set(
        found(folder)
    )


MANIFESTS: Mapping[str, tuple[str, str]] = {
    "": ("verify.manifest", "can be read"),
    "[]": ("verify.format", "another format"),
    '{"format": 1, "jsna": "0.0.9"}': ("verify.format", "version 0.0.9"),
    '{"format": 3}': ("verify.manifest", "no part 'outputs'"),
    '{"format": 3, "edition": "a", "outputs": {"a": 1}, "safe": {}, "decimals": {}, '
    '"readback": {}}': ("verify.manifest", "no digest of a"),
}  # fmt: skip


@pytest.mark.parametrize("content", MANIFESTS)
def test_a_manifest_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)
    with pytest.raises(JsnaError) as caught:
        verify(folder)
    code, words = MANIFESTS[content]
    assert code in {problem.code for problem in caught.value.problems}
    assert words in caught.value.report()


def test_no_folder_and_no_manifest_are_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match="no such folder"):
        verify(tmp_path / "none")
    (folder / "manifest.json").unlink()
    with pytest.raises(JsnaError, match="there is no manifest"):
        verify(folder)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "data/../../secret.csv", "..\\x"])
def test_no_file_outside_the_folder_is_read(folder: Path, name: str) -> None:
    (folder.parent / "secret.csv").write_text("numerator\n1\n")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["outputs"][name] = {"sha256": "0" * 64, "bytes": 1}
    io.write_json(folder / "manifest.json", manifest)
    assert found(folder)["verify.outside"] == {"manifest.json"}
