"""Questions and topics: what is declared, what is wrong with it, and what answers which."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.model.questions import Questions, QuestionsFile, with_indicators
from jsna.provenance import inputs
from jsna.readback.asked import Asked
from jsna.readback.result import Tally
from jsna.report import asked
from jsna.report.opendata import Beside, OpenData
from jsna.report.sources import Register
from jsna.settings import loading
from jsna.settings.questions import QUESTIONS, TOPICS
from jsna.sources import registry
from jsna.stages import STAGES
from jsna.view.answers import answers, tally
from jsna.workbook import make
from tests.unit import report_support as made

ROOT = Path(__file__).parents[2]
DEMO = "demo-2025"
#: Stages that print what is asked, or look at nothing that an edition says.
PRINTING = {"write", "tabulate", "print", "readback", "seal", "verdict"}


@pytest.fixture(scope="module")
def demo() -> Configuration:
    return loading.load(DEMO, ROOT)


# -- what is declared ------------------------------------------------------------------------------


def test_every_sentence_of_the_two_briefs_is_a_question(demo: Configuration) -> None:
    parts = {"S": 15, "L": 35, "R": 21, "D": 5, "E": 5, "J": 1, "T": 2, "N": 1, "V": 1}
    numbers = [f"{letter}{n + 1}" for letter, most in parts.items() for n in range(most)]
    assert [*demo.questions.questions] == numbers
    assert len(numbers) == 86


def test_every_indicator_names_a_question(demo: Configuration) -> None:
    assert {*demo.indicators} == {*demo.questions.answered_by}


def test_every_indicator_about_children_and_every_question_not_about_data_has_a_topic(
    demo: Configuration,
) -> None:
    about = {n for n, one in demo.indicators.items() if demo.chapters[one.chapter].ranked}
    assert about <= {name for topic in demo.topics.values() for name in topic.measures}
    taken = {number for topic in demo.topics.values() for number in topic.questions}
    of_data = {"S11", "S13", "L4", "L5", "L8", "L9", "L10", "L11", "D1", "D4", "D5"}
    assert {*demo.questions.questions} - taken == of_data


def test_what_an_indicator_of_a_topic_answers_is_asked_somewhere(demo: Configuration) -> None:
    for topic in demo.topics.values():
        assert topic.measures or topic.questions, topic.title


# -- what is wrong with it -------------------------------------------------------------------------


def told(folder: Path, **changes: tuple[str, str]) -> list[str]:
    """What loading says where texts of files are replaced."""
    shutil.copytree(ROOT / "config", folder / "config")
    for name, (old, new) in changes.items():
        file = folder / {"questions": QUESTIONS, "topics": TOPICS}.get(
            name, f"config/indicators/{name}.yaml"
        )
        text = file.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(JsnaError) as raised:
        loading.load(DEMO, folder)
    return [str(problem) for problem in raised.value.problems]


def test_all_faults_are_told_at_once_with_their_line_and_the_nearest_name(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        questions=("takes: [placement_spend]", "takes: [placement_spent]"),
        topics=("headline: sen_known_to_all\n", "headline: sen_known_to_al\n"),
        placements=("answers: [independent_places]", "answers: [independant_places]"),
    )
    line = {
        name: text[: text.index(bad)].count("\n") + 1
        for name, bad in (("questions", "placement_spent"), ("topics", "sen_known_to_al\n"))
        for text in [(tmp_path / f"config/{name}.yaml").read_text(encoding="utf-8")]
    }
    spend = f"{QUESTIONS}, line {line['questions']}, key 'questions.L16.takes.0': no such figure; "
    assert any(one.startswith(f"{spend}did you mean placement_spend?") for one in found)
    key = "key 'topics.known_to_services.headline': no such indicator"
    headline = f"{TOPICS}, line {line['topics']}, {key}"
    assert any(one.startswith(f"{headline}; did you mean sen_known_to_all?") for one in found)
    places = [one for one in found if one.startswith("config/indicators/placements.yaml, line ")]
    assert "did you mean independent_places?" in places[0]
    # What nothing takes any more is told too.
    assert any("no question takes this figure" in one for one in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("questions", "asked: southend\n", "asked: sothend\n", "did you mean southend?"),
        ("questions", "by: [imd_decile]", "by: [imd_decil]", "did you mean imd_decile?"),
        ("questions", "told_in: asked", "told_in: asket", "no such chapter; did you mean"),
        ("questions", "  S1:\n", "  s1:\n", "must be a capital letter and a number, as in L12"),
        ("questions", "    asks: Is speech", "    askes: Is speech", "unknown key"),
        ("topics", "questions: [L20]", "questions: [L200]", "no such question"),
        (
            "topics",
            "inequality: [pupils_sen by imd_decile",
            "inequality: [pupils_sen by sen_provision",
            "has no breakdown by it alone; there are imd_decile, locality",
        ),
        ("topics", "inequality: [pupils_sen by", "inequality: [pupils_sen along", "say a measure"),
        ("topics", "places: plans_out_of_area", "places: plans_residential", "by locality"),
        ("topics", "comparison: [plans_rate_0_25", "comparison: [plans", "a larger area has more"),
        ("topics", "related: [early_language]",
         "related: [early_language, early_language]", "stands in this topic before"),
        ("topics", "related: [early_language]",
         "related: [early_language]\n    breaks: [{extract: sen3, starts: x, reason: y}]",
         "no such extract; did you mean sen2?"),
        ("health", "answers: [mental_health_seen,", "answers: [weight_of_sen,",
         "this figure is by sen_provision; no breakdown of it is"),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    found = told(tmp_path, **{name: (old, new)})
    assert any(says in one and ", line " in one for one in found), found


# -- what answers which ----------------------------------------------------------------------------


ASKED: dict[str, Any] = {
    "asked": {"board": {"by": "The board", "when": "2 May 2025", "brief": "A letter"}},
    "figures": {
        "share": {"what": "pupils with a plan", "source": "school census"},
        "by_sex": {"what": "pupils with a plan by sex", "source": "the same", "by": ["sex"]},
        "beside": {"what": "plans beside others", "source": "the same", "compared": True},
        "poor": {"what": "plans by deprivation", "source": "it", "by": ["imd_decile"]},
        "money": {"what": "what 12 places cost", "source": "finance"},
        "limits": {"what": "limitations", "source": "us", "told_in": "methods"},
    },
    "questions": {
        "Q1": {"asks": "How many?", "asked": "board", "takes": ["share", "limits"]},
        "Q2": {"asks": "Of whom?", "asked": "board", "takes": ["share", "by_sex", "poor"]},
        "Q3": {"asks": "More than elsewhere?", "asked": "board", "takes": ["beside"]},
        "Q5": {"asks": "At what cost?", "asked": "board", "takes": ["money"]},
    },
}


def edition(**changes: Any) -> Configuration:
    """Marrowshire with questions, and one indicator that gives four figures."""
    declared, _, _ = made.configured()
    pupils = declared["pupils_ehc_plan"].model_copy(
        update={"answers": ("share", "by_sex", "beside", "poor")}
    )
    others = {n: one.model_copy(update={"answers": ()}) for n, one in declared.items()}
    indicators = {**others, "pupils_ehc_plan": pupils}
    asks: Questions = with_indicators(QuestionsFile.model_validate(ASKED), indicators)
    hierarchies = made.configuration().hierarchies
    config = made.configuration(indicators=indicators, **changes)
    return replace(config, questions=asks, hierarchies=hierarchies)


def rows(config: Configuration, *more: dict[str, Any]) -> list[dict[str, Any]]:
    pupils = config.indicators["pupils_ehc_plan"]
    return [made.measure(pupils, 2_200, 40_000), *more]


def states(config: Configuration, *more: dict[str, Any]) -> dict[str, str]:
    return {one.number: one.state for one in answers(made.view(rows(config, *more), config))}


def test_a_question_is_answered_by_all_its_figures_and_partly_by_some() -> None:
    config = edition()
    pupils = config.indicators["pupils_ehc_plan"]
    hidden = made.measure(pupils, 3, 90, dims={"sex": "F"}, status="c")
    assert states(config, hidden) == {"Q1": "answered", "Q2": "partly", "Q3": "not", "Q5": "not"}
    boys = made.measure(pupils, 1_500, 20_000, dims={"sex": "M"})
    poorest = made.measure(pupils, 340, 4_000, dims={"imd_decile": "1"})
    assert states(config, hidden, boys, poorest)["Q2"] == "answered"


def test_a_figure_of_another_area_answers_nothing_and_a_comparison_needs_the_country() -> None:
    config = edition(chapters=["prevalence"])
    pupils, country = config.indicators["pupils_ehc_plan"], config.area.country.code
    england = made.measure(pupils, 9, 90, area=country, geography="national")
    view = made.view([england], config)
    assert [one.state for one in answers(view)] == ["not"] * 4
    assert states(config, england) == {"Q1": "partly", "Q2": "partly", "Q3": "answered",
                                       "Q5": "not"}  # fmt: skip
    found = answers(view)
    assert [figure.source for figure in found[3].missing] == ["finance"]
    assert tally(found) == {"answered": 0, "partly": 0, "not": 4}


# -- in print --------------------------------------------------------------------------------------


def judged(config: Configuration, frame: Any, text: str) -> Tally:
    found = Tally("data/questions.csv")
    Asked(frame, config).data(text, found)
    return found


def test_the_open_data_say_what_is_missing_and_from_whom_and_are_read_back() -> None:
    config = edition()
    frame = made.frame(rows(config))
    given = answers(made.view(rows(config), config))
    files = asked.files(config, given)
    text = files["synthetic_questions.csv"]
    assert judged(config, frame, text).problems == []
    assert "Q5,At what cost?,The board,2 May 2025,A letter,,Not answered,,," in text
    assert "what 12 places cost (finance)" in text
    assert [*asked.COLUMNS] == text.splitlines()[0].split(",")[1:]
    # They stand in the dictionary of all columns.
    data = OpenData(frame, config)
    beside = {n: Beside(said, asked.COLUMNS, ("question",)) for n, said in files.items()}
    register = Register(config, registry(), frame)
    columns = data.files([], register, (), beside)["synthetic_columns.csv"]
    for name in asked.COLUMNS:
        assert f",synthetic_questions.csv,{name}," in columns
    for wrong, says in (
        (text.replace("Not answered", "Answered", 1), "Q3: by safe/ it says “Not answered”"),
        (text.replace("Partly answered", "Answered"), "Q2: by safe/ it says “Partly answered”"),
        (text.replace("plans by deprivation (it)", ""), "Q2: by safe/"),
        (re.sub("Synthetic,Q5.*\n", "", text), "each once and in order"),
    ):
        problems = judged(config, frame, wrong).problems
        assert any(says in str(problem) for problem in problems), says


def test_a_page_is_asked_for_where_the_chapter_of_the_questions_is_printed() -> None:
    """The open data have them whatever chapters an edition names."""

    def missing(*chapters: str) -> list[str]:
        config = edition(chapters=[*chapters])
        found = Tally("all")
        Asked(made.frame(rows(config)), config).finish(found)
        return [str(problem).rpartition(" has ")[0] for problem in found.problems]

    assert [one.rpartition(": ")[2] for one in missing("prevalence", "asked")] == [
        "no web page", "no file of open data",
    ]  # fmt: skip
    assert [one.rpartition(": ")[2] for one in missing("prevalence")] == ["no file of open data"]


def test_the_table_names_runs_of_questions_and_counts_them() -> None:
    config = edition()
    found = answers(made.view(rows(config), config))
    context = asked.context(config, found, [], {})
    assert context["counted"] == "Of 4 questions: 1 answered, 1 partly, 2 not."
    assert context["asked"] == ["The board, 2 May 2025 (A letter): Q1 to Q3, Q5."]
    assert context["counted"] in [*Asked(made.frame(rows(config)), config).phrases]


def test_the_sheet_of_a_workbook_says_the_same_and_is_read_back() -> None:
    config = edition()
    frame = made.frame(rows(config))
    book = make.made(made.view(rows(config), config), Register(config, registry(), frame))
    (sheet,) = (one for one in book.sheets if one.name == "Questions")
    assert sheet.header[:2] == ("Question", "Asks")

    def problems(table: list[tuple[Any, ...]]) -> list[str]:
        found = Tally("workbook.ods")
        Asked(frame, config).sheet(sheet.header, table, found)
        return [str(problem) for problem in found.problems]

    assert problems([*sheet.rows]) == []
    changed = [tuple("Answered" if "nswered" in str(one) else one for one in r) for r in sheet.rows]
    assert len(problems(changed)) == 3
    assert "each once and in order" in " ".join(problems([*sheet.rows[1:]]))
    assert {len(row) for row in sheet.rows} == {len(sheet.header)}
    assert all(cell for row in sheet.rows for cell in row)


# -- what is made anew -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (QUESTIONS, "asks: Is speech", "asks: Is it so that speech"),
        (TOPICS, "title: Deprivation", "title: Deprived neighbourhoods"),
        ("config/indicators/placements.yaml", "answers: [independent_places]", "answers: []"),
    ],
)
def test_what_is_asked_is_written_anew_and_nothing_is_drawn_or_measured(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    config = loading.load(DEMO, tmp_path)
    stages = {stage for stage in STAGES if stage not in PRINTING}
    before = {stage: inputs.stated(config, tmp_path, stage) for stage in stages}
    whole, recipe = inputs.stated(config, tmp_path), inputs.recipe(config, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    io.write_text(tmp_path / file, text.replace(old, new, 1))
    config = loading.load(DEMO, tmp_path)
    after = {stage: inputs.stated(config, tmp_path, stage) for stage in stages}
    assert {stage for stage in stages if after[stage] != before[stage]} == set()
    assert inputs.recipe(config, tmp_path) == recipe
    assert inputs.stated(config, tmp_path) != whole
    assert inputs.decided(config) == inputs.decided(loading.load(DEMO, ROOT))
