"""What a council says itself: what is let in, how every fault is told, and how it is printed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from jsna.checking import declared
from jsna.drafting import own_words as drafting
from jsna.errors import JsnaError, Problem
from jsna.model import schema
from jsna.model.commentary import SILENT, Commentary, Council, place_name
from jsna.model.configuration import Configuration
from jsna.model.council import IdentityFile, Signature
from jsna.provenance import inputs
from jsna.readback import page as webpage
from jsna.readback import printed
from jsna.readback.allowed import Allowed
from jsna.readback.certificate import Certificate
from jsna.readback.keyed import Keyed
from jsna.readback.result import Tally
from jsna.readback.vocabulary import Vocabulary
from jsna.report.council.words import Words
from jsna.settings import commentary, council, loading
from jsna.settings.own_numbers import personal, unexplained
from jsna.sources import registry
from jsna.stages import STAGES
from jsna.view.rows import Measures

ROOT = Path(__file__).parents[2]
NAME = "test-2025"
CONFIG = loading.load(NAME, ROOT)
HOME = CONFIG.area.code
KNOWN = commentary.Known(
    indicators={"pupils_sen": frozenset({"sex"}), "ehc_plans_20_weeks": frozenset()},
    figures={"new_places": "12 new places (a plan)"},
    areas={"england": "E92000001", "ostley west": "E07000921"},
    home=HOME,
    codes={"sex": frozenset({"F", "M"})},
    hosts=frozenset({"west.example.org"}),
    addresses=frozenset({"https://west.example.org/plan-2024"}),
    titles=("SEND plan 2024 to 2027",),
)


def read(text: str) -> tuple[Commentary, list[Problem]]:
    return commentary.read("how_many", "how_many.md", text, KNOWN)


def wrong(text: str) -> list[str]:
    return [str(one) for one in read(text)[1]]


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "In 2024, plans were late.",
        "Since 2023/24 we write down more (2022).",
        "From January 2023 each request is written down.",
        "The board met on 12 January 2026.",
        "Pupils aged 5 to 16 and young people up to age 25.",
        "Children aged 4 start school.",
        "Many 5-year-olds, and under 5s, wait.",
        "In Year 11 and Years 7 to 9, at key stage 2.",
        "The SEND plan 2024 to 2027 says so.",
        "Between 2019 and 2024, it changed.",
        "The Children and Families Act 2014.",
        "Three in four families waited.",
    ],
)
def test_years_dates_ages_and_titles_pass_in_both_judges(text: str) -> None:
    assert wrong(text) == []
    named = Council(sources=council.CouncilSources.model_validate(
        {"documents": {"plan": {"title": "SEND plan 2024 to 2027"}}}
    ))  # fmt: skip
    allowed = Allowed(Vocabulary(CONFIG, schema.empty(), registry(), (), named))
    assert all(kind for _, kind in allowed.of(text, "council")), allowed.of(text, "council")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("In 2014 children waited.", "2014"),
        ("There were 120 requests.", "120"),
        ("It rose by 12.5% a year.", "12.5"),
        ("It met on 31 February 2025.", "31"),
        ("About 1 in 5 waited.", "1"),
        ("Children aged 40 to 60.", "40"),
        ("The SEND plan 2024 to 2028 says so.", "2028"),
        ("Plans: 1**2** of them.", "12"),
        ("There were &#49;2 of them.", "12"),
        ("There were ½ of them.", "½"),
        ("There were ³ of them.", "³"),
        ("There were ٣٤ of them.", "٣"),
        ("There were １２ of them.", "１"),
        ("We met in room A14.", "14"),
    ],
)
def test_any_other_number_is_refused_with_its_line(text: str, number: str) -> None:
    told = wrong(f"First line.\n\nSecond line\n{text}\n")
    assert any("line 4" in one and f"{number!r}" in one for one in told), told


@settings(max_examples=150, deadline=None)
@given(
    before=st.sampled_from(["there were", "of", "about", "nearly", "plus", "under", "the"]),
    number=st.integers(26, 10**7),
    after=st.sampled_from(["children", "plans", "per cent", "requests of families", "pupils"]),
    how=st.sampled_from(["{}", "**{}**", "*{}*", "{:,}", "{}.5", "{}%", "({})"]),
)
def test_whatever_number_is_typed_before_what_it_counts_is_refused(
    before: str, number: int, after: str, how: str
) -> None:
    typed = how.format(number)
    # A year in brackets says when, whatever comes after.
    if how == "({})" and 1900 <= number <= 2099:
        return
    text = f"We know that {before} {typed} {after} came."
    assert any("a number is typed" in one for one in wrong(text)), text
    plain = text.replace("*", "")
    allowed = Allowed(Vocabulary(CONFIG, schema.empty(), registry()))
    assert any(not kind for _, kind in allowed.of(plain, "council")), plain


def test_a_declared_figure_stands_with_its_source() -> None:
    found, problems = read("We opened {new_places} in all.")
    assert not problems
    pieces = found.parts["says"][0].lines[0]
    assert [one.text for one in pieces] == ["We opened ", "12 new places (a plan)", " in all."]


# -- persons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("UPN", "A123456789012"),
        ("UPN", "T12345678901A"),
        ("NHS number", "999 000 0018"),
        ("NHS number", "9990000018"),
        ("date of birth", "born on 3 May 2015"),
        ("date of birth", "03/05/2015"),
        ("postcode", "ZZ99 3VZ"),
        ("postcode", "zz993vz"),
        ("e-mail address", "someone.else@west.example.org"),
    ],
)
def test_what_looks_like_a_person_is_refused_and_never_shown(what: str, text: str) -> None:
    told = wrong(f"Fine.\n\nA child, {text}, waited.")
    assert any("line 3" in one and what in one for one in told), told
    assert not any(text in one or text.split()[-1] in one for one in told), told


def test_a_person_hidden_by_emphasis_or_entities_is_found_too() -> None:
    for text in ("A12345**6789012** waited.", "A12345678901&#50; waited."):
        told = wrong(text)
        assert any("UPN" in one for one in told), (text, told)
        assert not any("6789" in one for one in told), told


# -- hostile Markdown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<script>alert()</script>", "HTML"),
        ("Hello <b>there</b>.", "HTML"),
        ("<!-- hidden -->", "HTML"),
        ("![a cat](https://west.example.org/cat.png)", "picture"),
        ("[x](http://west.example.org)", "https://"),
        ("[x](javascript:alert())", None),
        ("[x](https://elsewhere.example.com/a)", "hosts"),
        ("[x](https://west.example.org@evil.example.com/a)", "person"),
        ("[x](https://west.example.org/42)", "numbers"),
        ("<https://elsewhere.example.com>", "hosts"),
        ("# Big\n\ntext", "headings are"),
        ("### Small\n\ntext", "headings are"),
        ("## What it means\n\ntext", "no such heading"),
        ("## What to ask\n\n- a\n\n## What to ask\n\n- b", "stands twice"),
        ("| a | b |\n|---|---|\n| c | d |", "table"),
        ("```\ncode\n```", "block of code"),
        ("    indented", "indented"),
        ("Some `code`.", "backticks"),
        ("> said somebody", "quotation"),
        ("1. first\n2. second", "numbered list"),
        ("- a\n  - b", "list within a list"),
        ("***\n", "ruled line"),
        ("a\u202eb", "turns text round"),
        ("a\u200bb", "shows nothing"),
        ("a&#x202e;b", "turns text round"),
        ("a\x00b", "shows nothing"),
        ("{pupils_sen", "brace"),
        ("x" * 50_000, "longer than"),
        ("{pupils_sne}", "did you mean pupils_sen"),
        ("{pupils_sen area=Englnd}", "did you mean england"),
        ("{pupils_sen sex=X}", "no such category"),
        ("{pupils_sen colour=red}", "knows area, period"),
        ("{pupils_sen period=last}", "a period is a year"),
        ("{pupils_sen show=all}", "`show` is one of"),
    ],
)
def test_hostile_or_mistaken_markdown_is_refused(text: str, rule: str | None) -> None:
    told = wrong(text)
    if rule is None:
        # What is no link stays the text it is.
        assert "<a" not in str(Words(Measures(schema.empty(), CONFIG), Council(
            topics={"how_many": read(text)[0]}
        )).of_topic("how_many"))  # fmt: skip
        return
    assert any(rule in one for one in told), told


def test_lists_emphasis_and_links_are_printed_escaped() -> None:
    text = "A *b* & [c](https://west.example.org/plan-2024).\n\n## What to ask\n\n- d\n- **e**\n"
    found, problems = read(text)
    assert not problems
    said = Words(Measures(schema.empty(), CONFIG), Council(topics={"how_many": found}))
    made = said.of_topic("how_many")
    assert made is not None
    link = '<a href="https://west.example.org/plan-2024">c</a>'
    assert made.says == Markup(f"<p>A <em>b</em> &amp; {link}.</p>")
    assert made.ask == Markup("<ul>\n<li>d</li>\n<li><strong>e</strong></li>\n</ul>")
    assert made.draft


# -- measures --------------------------------------------------------------------------------------


def _measure(**given: object) -> dict[str, object]:
    row: dict[str, object] = {
        **dict.fromkeys(schema.COLUMNS, ""),
        **dict.fromkeys(schema.NUMBERS, float("nan")),
        "edition": NAME, "indicator": "pupils_sen", "area_code": HOME, "geography": "authority",
        "period": "2025", "period_type": "january", "breakdown": "total", "category": "total",
        "segment": "all", "unit": "percent", "method": "wilson", "population_base": "pupils",
        "source": "local:school_census",
    }  # fmt: skip
    return row | given


def _view(*rows: dict[str, object]) -> tuple[Measures, pd.DataFrame]:
    frame = pd.DataFrame(list(rows), columns=[*schema.COLUMNS])
    return Measures(frame, CONFIG), frame


ROWS = (
    _measure(period="2024", numerator=150.0, denominator=1000.0, value=15.0),
    _measure(numerator=181.0, denominator=1000.0, value=18.1),
    _measure(area_code="E92000001", geography="country", value=17.25, source="release:sen_census"),
    _measure(area_code="E07000921", geography="district", status="c"),
)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("{pupils_sen}", "18.1%"),
        ("{pupils_sen period=2024}", "15.0%"),
        ("{pupils_sen show=count}", "181"),
        ("{pupils_sen show=of}", "1,000"),
        ("{pupils_sen area=England}", "17.3%"),
    ],
)
def test_a_measure_is_printed_and_read_back(reference: str, text: str) -> None:
    view, frame = _view(*ROWS)
    found, problems = read(f"It is {reference} here.")
    assert not problems
    said = Words(view, Council(topics={"how_many": found})).of_topic("how_many")
    assert said is not None
    assert f">{text}</data>" in said.says
    keyed = Keyed(printed.measures(frame, {"pupils_sen": 1}), Certificate({}))
    tally = Tally("page")
    for block in webpage.read(f'<div class="council">{said.says}</div>').blocks:
        assert block.place == "council"
        for cell in block.cells:
            keyed.judge(cell, block.place, "", tally)
    assert tally.problems == []
    assert sum(tally.counts.values()) == 1
    # One digit else, and read-back holds it.
    broken = str(said.says).replace(f">{text}<", ">99.9%<")
    tally = Tally("page")
    for block in webpage.read(f'<div class="council">{broken}</div>').blocks:
        for cell in block.cells:
            keyed.judge(cell, block.place, "", tally)
    assert "safe/ has" in str(tally.problems[0])


def test_another_area_is_of_the_period_of_the_home_areas_figure() -> None:
    later = _measure(area_code="E92000001", geography="country", period="2026", value=19.0)
    view, _ = _view(*ROWS, later)
    found, _ = read("It is {pupils_sen}, beside {pupils_sen area=England} in England.")
    said = Words(view, Council(topics={"how_many": found})).of_topic("how_many")
    assert said is not None
    assert ">17.3%<" in said.says
    # Where there is none for that period, nothing else is put in its place.
    view, _ = _view(*ROWS[:2], later)
    with pytest.raises(JsnaError, match=r"no such figure for 2025; there are 2026"):
        Words(view, Council(topics={"how_many": found}))


def test_what_is_said_of_a_place_is_one_piece_and_says_that_it_is_a_draft() -> None:
    view, _ = _view(*ROWS)
    found, _ = read("It is {pupils_sen}.\n\n## What to ask\n\n- Why?\n")
    made = Words(view, Council(places={"E07000921": found})).by_place()["E07000921"]
    (place,) = {block.place for block in webpage.read(made).blocks}
    assert place == "council"
    assert "<h4>What the council asks</h4>" in made
    assert "What this means" not in made
    assert "Draft. Nobody has signed these words off." in made


def test_a_hidden_figure_prints_the_marker_and_no_number() -> None:
    view, _ = _view(*ROWS)
    for show in ("value", "count", "of", "lower"):
        found, _ = read(f'In Ostley West it is {{pupils_sen area="Ostley West" show={show}}}.')
        said = Words(view, Council(topics={"how_many": found})).of_topic("how_many")
        assert said is not None
        assert "hidden to protect confidentiality" in said.says
        assert not any(letter.isdigit() for letter in said.says)


def test_figures_that_an_edition_has_not_are_all_told_with_their_lines() -> None:
    view, _ = _view(*ROWS)
    found, _ = read("One {pupils_sen period=1999}.\n\nTwo {ehc_plans_20_weeks}.\n")
    with pytest.raises(JsnaError) as error:
        Words(view, Council(topics={"how_many": found}))
    told = error.value.report()
    assert "how_many.md, line 1" in told
    assert "there are 2024, 2025" in told
    assert "how_many.md, line 3" in told


# -- files -----------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def _folder(project: Path) -> Path:
    return project / "config/editions" / NAME


def _faults(project: Path) -> list[str]:
    return [str(one) for one in council.faults(CONFIG, project)]


@pytest.mark.parametrize("name", ["test-2025", "demo-2025"])
def test_what_is_kept_here_is_in_order(name: str) -> None:
    assert council.faults(loading.load(name, ROOT), ROOT) == []


def test_every_fault_is_told_at_once(project: Path) -> None:
    folder = _folder(project)
    (folder / "commentary/how_may.md").write_text("x\n")
    (folder / "commentary/plans_in_time.md").write_text("There were 12.\n\n# Top\n\n{nothing}\n")
    (folder / "commentary/places/nowhere.md").write_text("x\n")
    (folder / "commentary/how_many.md").write_bytes(b"fine\n\xff\n")
    (folder / "recommendations.yaml").write_text("a: b\n")
    (folder / "contatcs.yaml").write_text("a: b\n")
    (folder / "context.yaml").write_text(
        'events:\n  - {period: "2024", kind: event, short: A, says: "So 14 came", source: s, '
        "measures: [pupils_sne], topics: [how_may]}\n"
    )
    told = "\n".join(_faults(project))
    for said in (
        "how_may.md: the file's name must be that of a topic; did you mean how_many",
        "plans_in_time.md, line 1: a number is typed",
        "plans_in_time.md, line 3: headings are",
        "plans_in_time.md, line 5: no measure or declared figure",
        "nowhere.md: the file's name must be that of a place",
        "how_many.md, line 2: is not UTF-8",
        "recommendations.yaml: this version does not print it yet",
        "contatcs.yaml: nothing reads this",
        "context.yaml, line 2, key 'events.0.says': a number is typed",
        "did you mean pupils_sen",
        "no such topic; did you mean how_many",
    ):
        assert said in told, told


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("forum: {name: A}", "give a `website`"),
        ("forum: {name: A, email: ann.example@west.example.org}", "address of a person"),
        ("forum: {name: A, website: http://a.example.org}", "begins with https://"),
        ("forum: {name: A, telephone: call us}", "telephone number"),
        ("form: {name: A}", "unknown key"),
        (
            "forum: {name: A, says: We help 40 families, telephone: 01632 960 001}",
            "number is typed",
        ),
    ],
)
def test_contacts_are_of_services(project: Path, text: str, rule: str) -> None:
    (_folder(project) / "contacts.yaml").write_text(text + "\n")
    assert any(rule in one and "contacts.yaml, line 1" in one for one in _faults(project))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>a()</script></svg>", "<script>"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>", "onload"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='x'/></svg>", "<image>"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>12 plans</text></svg>", "<text>"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>", "entities"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><rect fill='url(https://a.b/)'/></svg>", "fill"),
        (b"<html/>", "<svg>"),
        (b"not at all", "no SVG"),
        (b"<svg>" + b" " * 300_000, "at most"),
    ],
)
def test_a_logo_is_of_shapes_alone(project: Path, content: bytes, rule: str) -> None:
    (_folder(project) / "logo.svg").write_bytes(content)
    assert any(rule in one and "logo.svg" in one for one in _faults(project)), _faults(project)


def test_a_picture_that_is_no_png_is_refused(project: Path) -> None:
    folder = _folder(project)
    named = (folder / "identity.yaml").read_text().replace("logo.svg", "logo.png")
    (folder / "identity.yaml").write_text(named)
    (folder / "logo.svg").rename(folder / "logo.png")
    assert any("no PNG" in one for one in _faults(project))


def test_without_a_folder_nothing_is_said_and_the_report_is_a_draft(project: Path) -> None:
    shutil.rmtree(_folder(project))
    assert council.load(CONFIG, project) == SILENT
    words = Words(Measures(schema.empty(), CONFIG))
    assert words.draft
    assert words.contacts == []


def test_a_part_that_is_called_a_draft_is_one_whoever_signed_the_rest() -> None:
    signed = Signature(of="all", status="signed", who="The board", day=date(2026, 1, 12))
    both = IdentityFile(sign_off=(signed, Signature(of="how_many")))
    assert both.signature("plans_in_time") == signed
    assert both.signature("how_many") is None
    with pytest.raises(ValueError, match="needs `who`"):
        Signature(of="all", status="signed")


def test_words_make_nothing_anew_that_is_measured(project: Path) -> None:
    before = {verb: inputs.stated(CONFIG, project, verb) for verb in STAGES}
    whole, recipe = inputs.stated(CONFIG, project), inputs.recipe(CONFIG, project)
    (_folder(project) / "commentary/how_many.md").write_text("Other words.\n")
    (_folder(project) / "contacts.yaml").unlink()
    assert {v: inputs.stated(CONFIG, project, v) for v in STAGES if STAGES[v].unread} == {
        verb: said for verb, said in before.items() if STAGES[verb].unread
    }
    assert inputs.stated(CONFIG, project) != whole
    assert inputs.recipe(CONFIG, project) == recipe
    assert inputs.stated(CONFIG, project, "draw") == before["draw"]
    # Charts alone mark events, and no table or number knows of them.
    (_folder(project) / "context.yaml").write_text("events: []\n")
    after = {v: inputs.stated(CONFIG, project, v) for v in STAGES if STAGES[v].unread}
    assert [verb for verb in after if after[verb] != before[verb]] == ["draw"]


def test_a_new_folder_says_nothing_and_is_in_order(project: Path) -> None:
    shutil.rmtree(_folder(project))
    made = drafting.write(NAME, project)
    assert len(made) == 5
    assert _faults(project) == []
    found = council.load(CONFIG, project)
    assert (found.topics, found.contacts, found.logo) == ({}, None, None)
    assert drafting.write(NAME, project) == []


def test_what_the_draft_shows_in_comments_is_in_order_too(project: Path) -> None:
    folder = _folder(project)
    logo = (folder / "logo.svg").read_bytes()
    shutil.rmtree(folder)
    drafting.write(NAME, project)
    for file in folder.glob("*.yaml"):
        lines = file.read_text().splitlines()
        told = [line[2:] for line in lines if line.startswith("# ") and "yaml-language" not in line]
        file.write_text("\n".join(line for line in told if not line.startswith("What ")) + "\n")
    readme = (folder / "README.md").read_text()
    example = "\n".join(line[4:] for line in readme.splitlines() if line.startswith("    "))
    (folder / "commentary").mkdir()
    (folder / "commentary/plans_in_time.md").write_text(example)
    (folder / "logo.svg").write_bytes(logo)
    assert _faults(project) == []


def test_places_are_called_by_their_names() -> None:
    assert place_name("St. Ann's (North)") == "st-ann-s-north"


def test_the_judges_of_text_find_no_number_in_words() -> None:
    assert unexplained("No number here.") == []
    assert personal("Nobody is named here, in 2024.") == []


def test_check_tells_of_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jsna import io

    (_folder(project) / "commentary/how_many.md").write_text("There were 12.\n")
    monkeypatch.setattr(declared, "_worded", lambda *_: [])
    monkeypatch.setattr(declared.tables, "faults", lambda *_: [])
    found = declared.of_configuration(_loaded(project), io.Paths(project, NAME))
    assert any("how_many.md, line 1" in str(one) for one in found)


def _loaded(project: Path) -> Configuration:
    return loading.load(NAME, project)


def test_a_png_logo_is_read_and_printed_with_its_words(project: Path) -> None:
    from io import BytesIO

    from PIL import Image

    from jsna.report.pdfpage import prepare

    folder = _folder(project)
    drawn = BytesIO()
    Image.new("RGBA", (80, 40), (20, 80, 120, 128)).save(drawn, "PNG")
    named = (folder / "identity.yaml").read_text().replace("logo.svg", "logo.png")
    (folder / "identity.yaml").write_text(named)
    (folder / "logo.svg").unlink()
    (folder / "logo.png").write_bytes(drawn.getvalue())
    logo = council.load(CONFIG, project).logo
    assert logo is not None
    page = f'<p><img class="logo" src="{logo.address}" alt="{logo.alternative}"></p>'
    assert webpage.read(page).logos == [logo.address]
    assert webpage.read(page).unreadable == []
    paper, images = prepare(page)
    assert list(images.values()) == [("image/png", drawn.getvalue())]
    assert 'alt="A hill under a rising sun"' in paper
