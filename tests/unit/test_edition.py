"""Configuration that is wrong: everything is told at once, by file, line and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna.errors import JsnaError
from jsna.model.editions import Delivery
from jsna.settings import loading
from tests.conftest import ROOT

NAME = "test-2025"
AREA = "config/areas/quillshire-west.yaml"
EDITION = f"config/editions/{NAME}.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def change(project: Path, file: str, how: Callable[[dict[str, Any]], object]) -> None:
    content = yaml.safe_load((project / file).read_text(encoding="utf-8"))
    how(content)
    (project / file).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def told(project: Path, name: str = NAME) -> str:
    with pytest.raises(JsnaError) as caught:
        loading.load(name, project)
    return str(caught.value)


def supply(content: dict[str, Any], extract: str) -> dict[str, Any]:
    return next(one for one in content["extracts"] if one["extract"] == extract)


def delivery(content: dict[str, Any], extract: str, number: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = supply(content, extract)["periods"][number]
    return made


EDITIONS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "unknown chapter": (lambda e: e.update(chapters=["exclusion"]), "no such chapter"),
    "no chapters": (lambda e: e.update(chapters=[]), "at least one chapter"),
    "repeated chapter": (lambda e: e.update(chapters=["health"] * 2), "stands 2 times"),
    "profile of nothing": (lambda e: e.update(profiles={"ncpm": "health"}), "no such extract, nor"),
    "profile that is none": (
        lambda e: e.update(profiles={"ncmp": "helth"}),
        "key 'profiles.ncmp': no such disclosure profile; there are",
    ),
    "before itself": (lambda e: e.update(previous=[NAME]), "does not come before itself"),
    "after nothing": (
        lambda e: e.update(previous=["demo-1999"]),
        "key 'previous': no such edition; there are demo-2025",
    ),
    "after one twice": (lambda e: e.update(previous=["demo-2025"] * 2), "stands 2 times"),
    "severity of nothing": (
        lambda e: e.update(severities={"census.upn.lettre": "error"}),
        "no rule of any extract",
    ),
    "two entries of one period": (
        lambda e: supply(e, "sen2")["periods"].append(delivery(e, "sen2")),
        "key 'extracts (sen2, 2025)': there are two entries for this extract and period; keep one",
    ),
    "two entries of one extract": (
        lambda e: e["extracts"].append(
            {**supply(e, "sen2"), "periods": [{**delivery(e, "sen2"), "period": "2024"}]}
        ),
        "key 'extracts (sen2)': has 2 entries; put their periods into the list `periods` of one",
    ),
    "no period at all": (
        lambda e: supply(e, "sen2").update(periods=[]),
        "key 'extracts (sen2).periods': an extract is given for one period or more",
    ),
    "an extract without a list of periods": (
        lambda e: supply(e, "sen2").pop("periods"),
        "key 'extracts (sen2).periods': required key is missing",
    ),
    "what belongs to a period, beside the list": (
        lambda e: supply(e, "sen2").update(as_at="2025-01-16"),
        "key 'extracts (sen2).as_at': belongs to a period; put it into the list `periods`",
    ),
    "an entry without a name": (
        lambda e: e["extracts"][1].pop("extract"),
        "key 'extracts (entry 2).extract': required key is missing",
    ),
    "a period without a name": (
        lambda e: delivery(e, "exclusions", 2).pop("period"),
        "key 'extracts (exclusions, entry 3).period': required key is missing",
    ),
    "a wrong key in a period": (
        lambda e: delivery(e, "exclusions", 1).update(asat="2025-01-31"),
        "key 'extracts (exclusions, 2023/24).asat': unknown key; check its spelling",
    ),
    "a period received without files": (
        lambda e: delivery(e, "exclusions", 1).pop("files"),
        "key 'extracts (exclusions, 2023/24)': a received extract needs `files`",
    ),
    "a period that did not come, without a reason": (
        lambda e: delivery(e, "ncmp", 1).pop("reason"),
        "key 'extracts (ncmp, 2024/25)': an extract not received needs a `reason`",
    ),
    "one file for two periods": (
        lambda e: delivery(e, "school_census", 1).update(
            files=delivery(e, "school_census")["files"]
        ),
        "stands for extracts (school_census, 2023) too",
    ),
    "a year that is none": (lambda e: delivery(e, "sen2").update(period="lately"), "like 2025"),
    "years that do not follow": (
        lambda e: delivery(e, "ncmp").update(period="2023/25"),
        "written like 2024/25",
    ),
    "a year for a school year": (
        lambda e: delivery(e, "ncmp").update(period="2023-24"),
        "written like 2024/25",
    ),
    "a period outside quotation marks": (
        lambda e: delivery(e, "sen2").update(period=2025),
        "key 'extracts (sen2, 2025).period': must be text; put it in quotation marks",
    ),
    "a file elsewhere": (
        lambda e: delivery(e, "areas").update(files={"lsoa": "../other/areas.xlsx"}),
        "is not a file below the edition's folder",
    ),
    "published too early": (lambda e: e.update(published="2024-01-01"), "is before `reference"),
    "as at a day to come": (
        lambda e: delivery(e, "sen2").update(as_at="2035-01-16"),
        "is after the edition is published",
    ),
    "a day that is none": (lambda e: e.update(reference_date="2025-02-31"), "a day that exists"),
    "misspelt source": (
        lambda e: e["releases"].update(ehcp="synthetic_ehcp_2062"),
        "did you mean synthetic_ehcp_2026?",
    ),
}


@pytest.mark.parametrize("name", EDITIONS)
def test_what_is_wrong_with_an_edition_is_told(project: Path, name: str) -> None:
    how, words = EDITIONS[name]
    change(project, EDITION, how)
    assert words in told(project)


AREAS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "wards where districts are said": (
        lambda a: a.update(localities=[{"code": "E05990001", "name": "Eastward"}]),
        "key 'localities (Eastward)': the code of a district begins E07",
    ),
    "the same place twice": (
        lambda a: a["localities"].append({**a["localities"][0], "tile": [9, 9]}),
        "stands 2 times",
    ),
    "two places on one tile": (
        lambda a: [place.update(tile=[0, 0]) for place in a["localities"]],
        "tile [0, 0]",
    ),
    "its own neighbour": (
        lambda a: a["neighbours"][0].update(code=a["code"]),
        "not a neighbour of itself",
    ),
    "a code of no authority": (lambda a: a.update(code="E1000"), "must be the code of an auth"),
    "a county with a unitary's code": (lambda a: a.update(code="E06000921"), "county's code"),
    "a region of no region": (lambda a: a["region"].update(code="E11000001"), "region is E12"),
    "no name": (lambda a: a.update(name=""), "must not be empty"),
}


@pytest.mark.parametrize("name", AREAS)
def test_what_is_wrong_with_an_area_is_told(project: Path, name: str) -> None:
    how, words = AREAS[name]
    change(project, AREA, how)
    assert words in told(project)


def test_a_real_edition_refuses_invented_statistics(project: Path) -> None:
    def real(content: dict[str, Any]) -> None:
        del content["synthetic"], content["synthesis"]

    change(project, EDITION, real)
    assert "this release is invented; only a synthetic edition may use it" in told(project)


def test_everything_wrong_in_every_file_is_told_at_once(project: Path) -> None:
    def spoil(content: dict[str, Any]) -> None:
        content.update(publishd=content.pop("published"), profile="strict", kind="whole")
        content["releases"]["ehcp"] = "none"
        delivery(content, "school_census")["perod"] = "2023"
        # The other periods of the extract are looked at all the same,
        delivery(content, "school_census", 1)["period"] = "2023/24"
        # and so are those of an extract whose permission is wrong.
        supply(content, "areas")["ownr"] = supply(content, "areas").pop("owner")
        delivery(content, "areas")["files"] = {"lsoa": "/areas.xlsx"}
        supply(content, "sen2")["extract"] = "sen3"

    change(project, EDITION, spoil)
    change(project, AREA, lambda area: area.update(kind="shire"))
    (project / "config/codelists/sex.yaml").unlink()
    words = told(project)
    for part in (
        "key 'publishd': unknown key",
        "key 'published': required key is missing",
        "key 'kind': Input should be 'full' or 'open'",
        "key 'profile': no such disclosure profile",
        "key 'releases.ehcp': no such release",
        "key 'extracts (school_census, 2023).perod': unknown key",
        "key 'extracts (school_census, 2023/24).period': a period of this extract is written",
        "key 'extracts (areas).ownr': unknown key",
        "key 'extracts (areas, 2025).files': is not a file below the edition's folder",
        "key 'extracts (sen3).extract': no such extract",
        f"{AREA}, key 'kind': Input should be 'county' or 'unitary'",
        "config/codelists/sex.yaml: this list of codes is missing",
    ):
        assert part in words


@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: delivery(e, "sen2")["files"].update(person=5),
        lambda e: delivery(e, "sen2").update(status="lost"),
        lambda e: supply(e, "ssda903").update(extract="SSDA 903"),
        lambda e: supply(e, "ssda903").update(extract="ssda902"),
    ],
)
def test_one_wrong_thing_about_an_extract_is_told_once(
    project: Path, wrong: Callable[[dict[str, Any]], object]
) -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["profiles"].pop("ssda903")
        wrong(content)

    change(project, EDITION, spoil)
    assert told(project).count("  - ") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is the file empty?"),
        (b"- a\n- b\n", "must hold keys and values"),
        (b"edition: test-2025\ntitle: [1, 2\n", "is not valid YAML"),
        (b"edition: test-2025\nchapters:\n\t- health\n", "line 3: is not valid YAML"),
        (b"chapters:\n\t- health\n", "indent with spaces, not tabs"),
        (b"edition: a\ntitle: caf\xe9\n", "line 2: is not UTF-8 text"),
        (b"edition: a\ntitle: b\nedition: c\n", "line 3: is not valid YAML: the key 'edition'"),
    ],
)
def test_a_file_that_is_no_configuration_is_told(project: Path, content: bytes, words: str) -> None:
    (project / EDITION).write_bytes(content)
    assert words in told(project)


def test_a_file_may_have_a_byte_order_mark_and_windows_line_ends(project: Path) -> None:
    content = (project / EDITION).read_bytes()
    (project / EDITION).write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert loading.load(NAME, project).edition.edition == NAME


def test_a_digest_may_be_written_in_capitals() -> None:
    digest = "0123456789abcdef" * 4
    given = {"a.csv": f"{digest.upper()} "}
    made = Delivery(extract="a", period="2025", files={"t": "a.csv"}, sha256=given)
    assert made.sha256 == {"a.csv": digest}


def test_a_faulty_profile_is_told_once_and_is_there_all_the_same(project: Path) -> None:
    change(project, "config/disclosure/default.yaml", lambda p: p.update(threshold="five"))
    words = told(project)
    assert words.count("  - ") == 1
    assert "config/disclosure/default.yaml, key 'threshold'" in words
    assert "no such disclosure profile" not in words
    assert "default factory" not in words
