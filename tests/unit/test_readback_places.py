"""Reading back what stands around numbers: headings, numbering, references, the certificate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jsna import io
from jsna.model.areas import Locality
from jsna.readback import certificate, numbering
from jsna.readback.labels import Labels
from jsna.readback.names import Names
from jsna.readback.page import read
from jsna.readback.result import Tally
from tests.unit import readback_support as small
from tests.unit import report_support as made
from tests.unit.readback_support import BOYS, GIRLS, HOME, POOREST, PUPILS, data, html, judged


def told(folder: Path, body: str) -> list[str]:
    """What is told of a page, in words."""
    return [str(problem) for problem in judged(folder, "report.html", html(body)).problems]


# -- headings --------------------------------------------------------------------------------------

SEXES = (
    "<table><caption>Pupils with an EHC plan (%), Marrowshire, January 2025</caption>"
    "<thead><tr><th>Sex</th><th>Per cent</th><th>95% interval, lower</th></tr></thead><tbody>"
    f"<tr><th>Male</th><td>{data(BOYS, '7.5', '7.5')}</td><td>LOW</td></tr>"
    f"<tr><th>Female</th><td>{data(GIRLS, '3.5000000000000004', '3.5')}</td></tr></tbody></table>"
)
TIMES = (
    "<table><caption>Pupils with an EHC plan, Marrowshire over time</caption>"
    "<tr><th>Period</th><th>Marrowshire</th></tr>"
    f"<tr><th>January 2025</th><td>{data(PUPILS, '5.5', '5.5')}</td></tr></table>"
)
CARD = (
    "<table><caption>Beside England</caption>"
    "<tr><th>Indicator</th><th>Period</th><th>Marrowshire</th></tr>"
    "<tr><th>Pupils with an EHC plan (%)</th><td>January 2025</td>"
    f"<td>{data(PUPILS, '5.5', '5.5')}</td></tr></table>"
)
TENTHS = (
    "<table><caption>Pupils with an EHC plan (%)</caption><tr><th>Group</th><th>Per cent</th></tr>"
    f"<tr><th>Deprivation tenth: 1 (most deprived)</th><td>{data(POOREST, '8.5', '8.5')}</td></tr>"
    "</table>"
)


def low(tmp_path: Path) -> str:
    """The table by sex, with the lower limit of the first row as safe/ has it."""
    frame = small.frame(made.configuration())
    row = frame[frame["category"].eq("M")].iloc[0]
    limit = float(row["lower_95"])
    return SEXES.replace("LOW", data(BOYS, repr(limit), f"{limit:.1f}", "lower_95"))


def test_headings_of_their_own_pass(tmp_path: Path) -> None:
    for body in (low(tmp_path), TIMES, CARD, TENTHS):
        assert told(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "old", "new", "wanted"),
    [
        (SEXES, "<th>Male", "<th>Female", (BOYS, "'Female'")),
        (SEXES, "interval, lower", "interval, upper", (BOYS, "lower_95", "upper")),
        (SEXES, "95% interval, lower", "Number", (BOYS, "lower_95", "'Number'")),
        (SEXES, "January 2025", "January 2024 and January 2025", ("not those of its numbers",)),
        (TIMES, "January 2025", "2024", (PUPILS, "'2024'")),
        (TIMES, "<th>Marrowshire", "<th>England", (PUPILS, "'England'")),
        (
            TIMES,
            "<th>Marrowshire",
            "<th>Similar areas (median)",
            (PUPILS, "'Similar areas (median)'"),
        ),
        (CARD, "Pupils with an EHC plan (%)", "Pupils with SEN (%)", (PUPILS, "Pupils with SEN")),
        (CARD, "<td>January 2025", "<td>2024", (PUPILS, "'2024'")),
        (TENTHS, "1 (most deprived)", "10 (least deprived)", (POOREST, "10 (least deprived)")),
        (TENTHS, "1 (most deprived)", "7", (POOREST, "tenth: 7")),
    ],
)
def test_a_heading_of_another_number_is_named(
    tmp_path: Path, body: str, old: str, new: str, wanted: tuple[str, ...]
) -> None:
    right = low(tmp_path) if body is SEXES else body
    assert old in right
    said = "\n".join(told(tmp_path, right.replace(old, new, 1)))
    assert all(word in said for word in wanted), said


def test_a_heading_of_indicator_and_category_is_held_to_both() -> None:
    config = made.configuration()
    frame = small.frame(config).head(2).assign(breakdown="age_group", category=["5-10", "11-15"])
    judge = Labels(Names(config, frame))
    key = f"ehc_requests_refused~{HOME}~authority~2024~calendar_year~age_group~5-10~"

    def told_of(head: str) -> list[str]:
        body = (
            "<table><caption>In doubt</caption><tr><th>Measure</th><th>Figure</th></tr>"
            f"<tr><th>{head}</th><td>{data(key, '12', '12')}</td></tr></table>"
        )
        tally = Tally("report.html")
        judge.judge(read(html(body)).blocks, tally)
        return [problem.value for problem in tally.problems]

    assert told_of("Requests refused an assessment, 5 to 10") == []
    assert told_of("Requests refused an assessment") == []
    for wrong in ("Requests refused an assessment, 11 to 15", "New EHC plans, 5 to 10"):
        assert told_of(wrong) == [wrong]


def test_what_codes_may_be_called() -> None:
    config = made.configuration()
    names = Names(config, small.frame(config))
    assert names.category("total", "total") == {"Total"}
    assert names.category("sex", "F") == {"Female"}
    assert names.category("imd_decile", "10") == {"10 (least deprived)"}
    assert names.places[HOME] == {"Marrowshire"}
    assert "Median of similar areas" in names.places["neighbours"]
    assert names.indicators["plans"] == "EHC plans maintained by the authority"


# -- numbering and references ----------------------------------------------------------------------

PAGE = (
    '<nav><ol><li><a href="#one">1 Summary</a></li></ol></nav>'
    '<section id="one"><h2>1 Summary</h2><h3>1.1 Pupils</h3>'
    '<figure id="f"><p class="figure-number">Figure 1.1</p></figure>'
    '<figure id="g"><p class="figure-number">Figure 1.2</p></figure>'
    '<p class="source">See <a href="#f">here</a>.</p>'
    "<div><table><caption>Pupils (part 1 of 2)</caption></table></div>"
    "<div><table><caption>Pupils (part 2 of 2)</caption></table></div></section>"
    "<section><h2>2 Scope</h2></section>"
)


def test_numbers_in_turn_pass(tmp_path: Path) -> None:
    assert told(tmp_path, PAGE) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("<h2>2 Scope", "<h2>3 Scope", "'3 Scope'"),
        ("<h3>1.1 ", "<h3>1.2 ", "'1.2 Pupils'"),
        ("Figure 1.2", "Figure 1.3", "'Figure 1.3'"),
        ("Figure 1.2", "Figure 2.1", "'Figure 2.1'"),
        ("part 2 of 2", "part 2 of 3", "do not follow one another"),
        ("part 1 of 2", "part 2 of 2", "do not follow one another"),
        ('"#f">here', '"#nowhere">here', "leads to #nowhere"),
        ('"#one">1 Summary', '"#one">2 Summary', "'2 Summary'"),
    ],
)
def test_a_number_out_of_turn_is_named(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    assert old in PAGE
    assert wanted in "\n".join(told(tmp_path, PAGE.replace(old, new, 1)))


def test_links_between_pages_lead_to_what_they_name() -> None:
    there = read(html('<h2 id="a">1 Methods</h2><p id="b">Words.</p>'))
    for address, text, right in (
        ("technical-report.html#a", "1 Methods", True),
        ("technical-report.html#b", "how", True),
        ("technical-report.html", "the technical report", True),
        ("technical-report.html#a", "2 Methods", False),
        ("technical-report.html#gone", "how", False),
        ("other.html#a", "how", False),
    ):
        here = read(html(f'<p>See <a href="{address}">{text}</a>.</p>'))
        tally = Tally("")
        numbering.between({"report.html": here, "technical-report.html": there}, tally)
        assert bool(tally.problems) != right, address
    below = read(html('<p>See <a href="../technical-report.html#b">how</a>.</p>'))
    tally = Tally("")
    numbering.between({"topics/plans.html": below, "technical-report.html": there}, tally)
    assert not tally.problems


# -- the certificate -------------------------------------------------------------------------------


def proved(path: str, value: str, text: str) -> str:
    """A number of the certificate, as the report prints it."""
    return f'<p>Of <data data-certificate="{path}" value="{value}">{text}</data> figures.</p>'


def test_numbers_of_the_certificate(tmp_path: Path) -> None:
    body = proved("published.rows", "12317", "12,317") + proved("attack.exact", "0", "0")
    tally = judged(tmp_path, "report.html", html(body))
    assert tally.problems == []
    assert tally.counts[certificate.KIND] == 2


@pytest.mark.parametrize(
    ("path", "value", "text", "wanted"),
    [
        ("published.rows", "12317", "12,318", "has 12,317 here (found '12,318')"),
        ("published.rows", "12317", "1,024", "published.rows"),  # another of its numbers
        ("published.rows", "1024", "12,317", "value attribute"),
        ("published.rows", "12317", "12317", "'12317'"),
        ("attack.narrow", "0", "0", "no whole number at attack.narrow"),
        ("attack", "0", "0", "no whole number at attack"),
        ("", "0", "0", "an empty path"),
    ],
)
def test_a_number_the_certificate_has_not_is_named(
    tmp_path: Path, path: str, value: str, text: str, wanted: str
) -> None:
    assert wanted in "\n".join(told(tmp_path, proved(path, value, text)))


def test_a_certificate_of_other_measures_is_named(tmp_path: Path) -> None:
    io.write_bytes(tmp_path / "measures.parquet", b"these")
    digest = io.sha256(tmp_path / "measures.parquet")
    assert certificate.read(tmp_path)[1] == []  # none is no fault here: what it lacks is
    for given, faults in ((digest, 0), ("0" * 64, 1)):
        content = {"measures_sha256": given, "attack": {"exact": 0}}
        (tmp_path / certificate.FILE).write_text(json.dumps(content), encoding="utf-8")
        assert len(certificate.read(tmp_path)[1]) == faults


# -- counts of places ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (
            "Most deprived fifth: 24 wards are clearly higher than Lowe, East, 32 lower",
            [True, True],
        ),
        ("Most deprived fifth: twelve wards are clearly lower than Lowe West, 32 higher", [True]),
        ("one ward is clearly higher than Lowe, 32 lower", [True]),
        ("twelve wards are clearly higher than Lowe, 61 lower", [False]),  # there are sixty
        ("twelve wards are clearly lower than Lowe, 32 lower", [False]),  # one side twice
        ("twelve wards are clearly higher than Lowe, 32 lowered", [False]),
        ("Lowe West, 32 lower", [False]),
        ("twelve pupils are clearly higher than Lowe, 32 lower", [False]),
    ],
)
def test_the_second_count_of_the_same_places_is_known_by_the_first(
    said: str, known: list[bool]
) -> None:
    config = made.configuration()
    wards = tuple(Locality(code=f"E05{n:06}", name=f"Ward {n}") for n in range(60))
    config = replace(config, area=config.area.model_copy(update={"localities": wards}))
    found = small.allowed(config).of(said, "p.figure-title")
    assert [kind == "places counted" for _, kind in found] == known
