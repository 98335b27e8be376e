"""The page on protection: every number is the certificate's, and without one nothing is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsna import io, records
from jsna.errors import JsnaError
from jsna.model import standings
from jsna.model.documents import DOCUMENTS, TECHNICAL
from jsna.report import certificate as certificates
from jsna.report import write
from jsna.report.certificate import Certificate
from jsna.report.safe_files import SafeFiles
from tests.unit import report_support as made
from tests.unit.test_report import few, written

_MARK = re.compile(r'<data data-certificate="([^"]*)" value="([^"]*)">([^<]*)</data>')
CONFIG, FRAME = made.whole()


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> io.Paths:
    return written(tmp_path_factory.mktemp("certified"), CONFIG, few(FRAME))


def given(paths: io.Paths) -> Any:
    return io.read_json(paths.safe / certificates.NAME)


def changed(paths: io.Paths, to: Path, **parts: Any) -> io.Paths:
    """The same edition elsewhere, with parts of its certificate saying something else."""
    other = io.Paths(to, paths.edition)
    for name in ("measures.parquet", standings.FILE):
        io.write_bytes(other.safe / name, (paths.safe / name).read_bytes())
    for file in (paths.draft / records.DRAWN, *sorted((paths.draft / "charts").glob("*"))):
        if not file.name.endswith(".sha256"):
            target = other.draft / file.relative_to(paths.draft)
            io.write_bytes(target, file.read_bytes())
    io.write_json(other.safe / certificates.NAME, given(paths) | parts)
    return other


def page(paths: io.Paths) -> str:
    """Every page of the publication, one after the other."""
    write.run(CONFIG, paths, templates=made.TEMPLATES)
    return "".join(io.read_text(paths.draft / one.page) for one in DOCUMENTS)


def section(text: str) -> str:
    part = text[text.index('<div id="confidentiality"') :]
    return part[: part.index("</section>")]


def load(content: dict[str, Any]) -> Certificate:
    return Certificate(certificates._Content.model_validate(content), content)


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


@pytest.fixture
def says(paths: io.Paths, tmp_path: Path) -> Callable[..., str]:
    """The words on protection where parts of the certificate say something else."""
    return lambda **parts: words(section(page(changed(paths, tmp_path, **parts))))


def test_every_marked_number_is_that_of_the_certificate_at_its_place(paths: io.Paths) -> None:
    text = page(paths)
    marks = _MARK.findall(text)
    assert len(marks) >= 15
    for path, value, printed in marks:
        found = given(paths)
        for name in path.split("."):
            found = found[name]
        assert json.loads(value) == found, path
        assert printed == f"{found:,}"


def test_no_number_of_the_page_stands_outside_a_mark_but_those_of_the_rules(
    paths: io.Paths,
) -> None:
    part = section(page(paths))
    for profile in given(paths)["profiles"].values():
        part = part.replace(" ".join(profile["rule"].split()), "")
    assert not re.search(r"\d", words(_MARK.sub("", part)))


def test_the_page_says_what_is_hidden_what_was_attacked_and_what_came_of_it(
    paths: io.Paths,
) -> None:
    told, said = given(paths), words(section(page(paths)))
    assert f"{told['published']['rows']:,} figures" in said
    assert f"{told['hidden']['rows']} of them are hidden by this report" in said
    assert "Of all small numbers, 0 could be worked out exactly and 0 more closely" in said
    assert f"Tried were all {told['attack']['cells']} counts that a reader cannot see" in said
    assert "Counts of 1 to 4 are hidden" in said
    assert "What we do not claim" in said
    assert "no other choice of what to hide" in said
    assert "earlier publications of this report (there are none)" in said


def test_a_choice_not_proved_to_be_the_least_is_not_called_so(says: Callable[..., str]) -> None:
    said = says(optimality={"gap": 0.02}, publications=["a", "b"])
    assert "We checked that no other choice" not in said
    assert "is not proved" in said
    assert "what two earlier publications of this report said" in said
    assert "since it was published before" not in said


def test_figures_given_anew_and_figures_that_stand_are_told(says: Callable[..., str]) -> None:
    said = says(revisions={"revised": 12, "withheld_at_most": 60})
    assert "12 figures that were published before are given anew here" in said
    assert "No more than 60 others have changed and stand as they were published" in said


def test_an_edition_without_small_numbers_says_there_was_nothing_to_find(
    paths: io.Paths, says: Callable[..., str]
) -> None:
    said = says(attack=given(paths)["attack"] | {"cells": 0})
    assert "there was nothing to attack" in said
    assert "could be worked out exactly" not in said


def test_what_no_report_could_hide_is_owned_up_to(
    paths: io.Paths, says: Callable[..., str]
) -> None:
    assert "whatever this report hides" not in words(section(page(paths)))
    said = says(attack=given(paths)["attack"] | {"beyond": 25})
    assert "25 small numbers follow from official figures that others publish" in said
    assert "whatever this report hides. Of all others, 0 could be worked out exactly" in said


def test_steps_of_fallbacks_are_named_in_words(says: Callable[..., str]) -> None:
    fallbacks = [
        {"indicator": "plans", "breakdown": "imd_decile|sex", "used": "imd_quintile|sex"},
        {"indicator": "ceased_plans", "breakdown": "imd_decile|sex", "used": "imd_quintile|sex"},
        {"indicator": "ceased_plans", "breakdown": "sex", "used": "sex, three years together"},
        {"indicator": "plans", "breakdown": "sex", "used": ""},
        {"indicator": "plans", "breakdown": "age_group", "used": "age_stage"},
        {"indicator": "plans", "breakdown": "sex", "used": "total, three years together"},
    ]
    said = says(fallbacks=fallbacks)
    plans, ceased = (CONFIG.indicators[name].title for name in ("plans", "ceased_plans"))
    both = "; ".join(sorted((plans, ceased)))
    change = "By deprivation fifth and sex instead of by deprivation tenth and sex"
    assert f"{change}: {both}." in said
    assert f"In all, three years together, instead of by sex: {plans}." in said
    assert f"By sex, three years together: {ceased}." in said
    assert f"By broad age group instead of by age group: {plans}." in said
    assert said.count("instead of by sex") == 1
    assert "no figures needed it" not in said


ABOUT = "figures about Marrowshire in this chapter and its data files"


@pytest.mark.parametrize(
    ("hidden", "withheld", "expected"),
    [
        (0, 0, ""),
        (
            1,
            0,
            f"1 of the 40 {ABOUT} is not published, because it is a small number of children or "
            "would give one away. It is marked [c].",
        ),
        (
            7,
            0,
            f"7 of the 40 {ABOUT} are not published, because they are small numbers of children "
            "or would give one away. They are marked [c].",
        ),
        (
            0,
            12,
            "12 finer figures are given as figures of larger groups or longer periods instead.",
        ),
    ],
)
def test_the_line_of_a_chapter(hidden: int, withheld: int, expected: str) -> None:
    content = made.certificate(CONFIG, few(FRAME))
    told = {"rows": 40, "hidden": hidden, "withheld": withheld}
    content["hidden"]["by_chapter"] = {"prevalence": told}
    assert words(str(load(content).line("prevalence", "Marrowshire"))) == expected
    assert load(content).line("exclusions", "Marrowshire") == ""


def test_only_chapters_with_something_hidden_have_the_line(paths: io.Paths) -> None:
    text, chapters = page(paths), given(paths)["hidden"]["by_chapter"]
    names = [n for n in CONFIG.edition.chapters if CONFIG.chapters[n].document == TECHNICAL.name]
    for chapter in names:
        start = text.index(f'id="chapter-{chapter.replace("_", "-")}"')
        part = (
            text[start : text.index("<h2", text.index("<h2", start) + 1)]
            if chapter != names[-1]
            else text[start:]
        )
        hidden = chapters.get(chapter, {"hidden": 0})["hidden"]
        assert ('class="withheld"' in part) == (hidden > 0), chapter
    assert any(told["hidden"] for told in chapters.values())


def test_a_number_that_is_not_there_is_not_printed() -> None:
    proved = load(made.certificate(CONFIG, few(FRAME)))
    for path in ("attack.guesses", "edition", "attack", "optimality.gap"):
        with pytest.raises(KeyError):
            proved.number(path)


def test_no_report_is_written_without_a_certificate(paths: io.Paths, tmp_path: Path) -> None:
    other = changed(paths, tmp_path)
    (other.safe / certificates.NAME).unlink()
    with pytest.raises(JsnaError, match=r"certificate\.json.*missing.*jsna build"):
        write.run(CONFIG, other, templates=made.TEMPLATES)
    assert not (other.draft / "report.html").exists()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"edition": "another"}, "is of another edition"),
        ({"measures_sha256": "0" * 64}, "is of other measures"),
        ({"attack": {"exact": 1}}, "attack.cells"),
        ({"published": None}, "published"),
    ],
)
def test_a_certificate_that_does_not_certify_these_measures_is_refused(
    paths: io.Paths, tmp_path: Path, parts: dict[str, Any], message: str
) -> None:
    other = changed(paths, tmp_path, **parts)
    with pytest.raises(JsnaError, match=message):
        certificates.load(SafeFiles(other, made.TEMPLATES), other.safe, other.edition)


def test_everything_wrong_is_told_at_once_and_nothing_exposed_is_printed(
    paths: io.Paths, tmp_path: Path
) -> None:
    attack = given(paths)["attack"] | {"exact": 1, "narrow": 2}
    other = changed(paths, tmp_path, attack=attack, edition="another")
    with pytest.raises(JsnaError) as error:
        certificates.load(SafeFiles(other, made.TEMPLATES), other.safe, other.edition)
    columns = [problem.column for problem in error.value.problems]
    assert columns == ["edition", "attack.exact", "attack.narrow"]


def test_a_certificate_that_is_no_json_is_told_by_its_line(paths: io.Paths, tmp_path: Path) -> None:
    other = changed(paths, tmp_path)
    io.write_text(other.safe / certificates.NAME, '{\n "edition": \n')
    with pytest.raises(JsnaError, match=r"line 3.*not valid JSON"):
        certificates.load(SafeFiles(other, made.TEMPLATES), other.safe, other.edition)


def test_what_the_mark_stands_for_is_said_of_each_kind_of_source(paths: io.Paths) -> None:
    """Of health records zeros are always shown; of others one may be hidden for another's sake."""
    content = given(paths)
    one = next(iter(content["profiles"].values()))
    names = ("default", "health", "official")
    rules = load({**content, "profiles": dict.fromkeys(names, one | {"rows": 1})}).rules(CONFIG)
    (default, health, official) = (mark for _, _, mark in rules)
    assert default == "So [c] may be zero as well."
    assert health.endswith("there [c] is one or more.")
    assert official == ""
