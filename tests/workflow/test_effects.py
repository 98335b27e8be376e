"""What the data do not show, the prose does not say."""

import re
from collections.abc import Callable

import pytest
import yaml

from jsna.generator.found import parameters
from tests.conftest import SMALL, Project

#: The generator's effects of deprivation on what the report measures; free school meals carry
#: deprivation on to suspensions, and data-entry errors to who can be linked.
DEPRIVATION = tuple(name for name in parameters().parameters if name.endswith(".deprivation"))
#: Counties of a middling size, each built nearly whole.
pytestmark = pytest.mark.full

SYNTHESISE = """
import sys
from pathlib import Path
from jsna import io
from jsna.settings import loading
from jsna.generator import generate
name, *without = sys.argv[1:]
root = Path()
config = loading.load(name, root)
nil = dict.fromkeys(without, 1)
generate.run(config, io.Paths(root, name), lambda text: None, effects=nil, clean=True)
"""
STAGES = (
    *("ingest", "published", "link", "assess", "derive", "measure"),
    *("publications", "protect", "verdict", "prove", "draw", "write"),
)


def report_without(project: Project, *without: str) -> str:
    """Text of the reports of a middling county whose world lacks some effects.

    The report tells one inequality a topic; the technical report has the figures of all.
    """
    file = project.root / f"config/editions/{SMALL}.yaml"
    edition = yaml.safe_load(file.read_text(encoding="utf-8"))
    edition["synthesis"] |= {"pupils": 24_000, "plans": 1_700, "lsoas": 100}
    file.write_text(yaml.safe_dump(edition), encoding="utf-8")
    (project.root / "synthesise.py").write_text(SYNTHESISE, encoding="utf-8")
    project.python("synthesise.py", SMALL, *without)
    for stage in STAGES:
        project.jsna(stage, SMALL)
    draft = project.processed() / "draft"
    return "".join(
        page.read_text(encoding="utf-8")
        for page in (draft / "report.html", draft / "technical-report.html")
    )


def deprivation_claims(html: str) -> list[str]:
    """Sentences that compare the most with the least deprived places."""
    paragraphs = re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", html, re.S)
    text = [re.sub(r"<[^>]+>|\s+", " ", p) for p in paragraphs]
    pattern = r"(?:higher|lower) in the most deprived|than in the least deprived"
    return [p for p in text if re.search(pattern, p) and "no clear difference" not in p.lower()]


@pytest.mark.xdist_group("effects")
def test_an_effect_set_to_zero_disappears_from_the_prose(
    new_project: Callable[..., Project],
) -> None:
    said = deprivation_claims(report_without(new_project()))
    assert any("educational needs" in p or "EHC plan" in p for p in said)
    assert any("suspensions" in p.lower() for p in said)
    assert deprivation_claims(report_without(new_project(), *DEPRIVATION)) == []
