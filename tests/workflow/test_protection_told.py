"""What a built edition tells of its protection: to an analyst, in the report, in the manifest."""

from __future__ import annotations

import re

import pytest

from jsna import io
from jsna.model.documents import DOCUMENTS
from tests.conftest import SMALL, Project

#: Shown in so many kinds of counts that both primary and secondary figures are among the hidden.
INDICATORS = ("plans_by_setting", pytest.param("plan_primary_need", marks=pytest.mark.full))


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_hidden_figure_has_its_reason(built: Project, indicator: str) -> None:
    log = io.read_parquet(built.processed() / "restricted/protection.parquet")
    mine = log[log["indicator"].eq(indicator)]
    said = " ".join(built.jsna("explain-suppression", SMALL, indicator, "--all").stdout.split())
    assert f"Hidden: {len(mine):,} of the" in said
    parts = re.split(r" (?=\d+\. (?:January )?\d{4})", said)[1:]
    assert len(parts) == len(mine)
    # Whatever is no small number itself protects one that is named, or shows the same count.
    for part in parts:
        assert re.search(r"- (Primary|Secondary|Hidden|Shown by itself)\b", part), part
    primary = sum("- Primary" in part for part in parts)
    assert primary == mine["kind"].eq("primary").sum()


def test_what_is_asked_about_wrongly_ends_with_what_there_is(built: Project) -> None:
    run = built.jsna("explain-suppression", SMALL, "plan_by_setting", check=False)
    assert run.returncode == 1
    assert "plans_by_setting" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_certificate_of_the_measures_is_published_and_named(built: Project) -> None:
    manifest = io.read_json(built.report() / "manifest.json")
    certificate = io.read_json(built.report() / "certificate.json")
    named = manifest["outputs"]["certificate.json"]["sha256"]
    assert named == manifest["safe"]["safe/certificate.json"]["sha256"]
    assert named == io.sha256(built.processed() / "safe/certificate.json")
    assert certificate["attack"]["exact"] == certificate["attack"]["narrow"] == 0
    measures = manifest["safe"]["safe/measures.parquet"]
    assert certificate["measures_sha256"] == measures["sha256"]
    assert set(manifest["safe"]) == {
        f"safe/{name}"
        for name in ("measures.parquet", "certificate.json", "attrition.json", "standings.parquet")
    }


def test_the_report_says_how_much_is_hidden_and_the_certificate_agrees(built: Project) -> None:
    page = "".join(io.read_text(built.report() / one.page) for one in DOCUMENTS)
    certificate = io.read_json(built.processed() / "safe/certificate.json")
    marked = dict(re.findall(r'data-certificate="([^"]+)" value="(\d+)"', page))
    assert int(marked["hidden.rows"]) == certificate["hidden"]["rows"] > 0
    for chapter, told in certificate["hidden"]["by_chapter"].items():
        if told["hidden"]:
            assert int(marked[f"hidden.by_chapter.{chapter}.hidden"]) == told["hidden"]


def test_records_without_an_assessment_are_checked_told_of_and_not_linked(built: Project) -> None:
    why = "no data-protection assessment is recorded"
    unknown = io.read_text(built.report() / "report.html")
    unknown = unknown[unknown.index('id="unknown"') :]
    quality = io.read_text(built.report() / "technical-report.html")
    said = f"for 2023/24 was received but not linked: {why}."
    assert said in unknown
    assert said in quality
    assert f"<td>2023/24</td><td>received but not linked: {why}</td>" in quality
    manifest = io.read_json(built.report() / "manifest.json")
    assert manifest["not_linked"] == {"community 2023/24": why}
    # Its rows were checked, and are as they were left: of none is there anything further on.
    paths = io.Paths(built.root, SMALL)
    checked = io.read_parquet(paths.identified / "valid/community/referrals/2023-24.parquet")
    assert len(checked) > 10
    linked = io.read_parquet(paths.restricted / "linked/community.referrals.parquet")
    assert set(linked["period"]) == {"2024/25"}
    records = io.read_parquet(paths.restricted / "quality.parquet")
    told = records[records["extract"].eq("community") & records["period"].eq("2023/24")]
    assert told["rows_valid"].tolist() == [len(checked)]
    assert told["reason"].tolist() == [f"received but not linked: {why}"]
