"""Letters of scripts without a bundled font: refused by file, line and the script's name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from jsna import letters
from jsna.errors import JsnaError
from jsna.report import fonts
from jsna.settings import council, loading
from tests.conftest import ROOT

NAME = "test-2025"
CONFIG = loading.load(NAME, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "Tŷ Gŵyr & Llŷn, “Łódź” – Żółć’s, Şişli, Māori, José",
        "Αθήνα",
        "Київ, Москва",
        "w\u0302 of two characters; 5\u00a0%, 1\u2009000, − ≥ … €",
    ],
)
def test_letters_of_the_bundled_scripts_pass(text: str) -> None:
    assert letters.in_lines("a.md", text) == []
    assert letters.on_page("a.html", f"<p>{text}</p>") == []


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("مدرسة", "Arabic script"),
        ("בית ספר", "Hebrew script"),
        ("ਸਕੂਲ", "Gurmukhi script"),
        ("স্কুল", "Bengali script"),
        ("学校", "Chinese, Japanese or Korean script"),
        ("학교", "Korean script"),
        ("\U0001f600", "sign “grinning face” (U+1F600)"),
        ("a\u202eb", "sign “right-to-left override” (U+202E)"),
        ("a\ufe0f", "sign “variation selector-16” (U+FE0F)"),
        ("\ue000", "sign U+E000"),
    ],
)
def test_other_scripts_are_named_with_their_line(text: str, called: str) -> None:
    (told,) = letters.in_lines("a.md", f"Fine.\n\nFine {text} too.\n")
    assert str(told).startswith(f"a.md, line 3: has {called}, of which no font is bundled")
    assert "there are Latin, Greek, Cyrillic" in str(told)
    (told,) = letters.on_page("a.html", f"<style>p</style><p>Fine <b>{text}</b> too.</p>")
    assert str(told).startswith(f"a.html: has {called}, of which") and "in “Fine" in str(told)


def test_a_character_written_as_an_entity_is_found_on_a_page() -> None:
    assert len(letters.on_page("a.html", "<p>&#x5d0;</p>")) == 1


def test_every_line_and_script_is_told_once() -> None:
    told = letters.in_lines("a.md", "אא اا\nא\n")
    assert [(one.row, one.value) for one in told] == [(1, "א"), (1, "ا"), (2, "א")]


def test_what_is_called_bundled_is_what_every_face_has() -> None:
    """The named scripts have their whole alphabets in each face that pages print with."""
    alphabets = "".join(map(chr, (*range(0x3B1, 0x3CA), *range(0x430, 0x450), *range(0xC0, 0x180))))
    held = []
    for file in sorted((ROOT / "reports/templates/fonts").glob("*.ttf")):
        with TTFont(file) as font:
            held.append(frozenset(map(chr, font.getBestCmap())))
    assert len(held) >= len({*fonts.FACES.values()}) > 1
    assert letters.held() == frozenset.intersection(*held) > {*alphabets}
    assert {letters.script(letter) for letter in "aβж"} == {
        f"{name} script" for name in letters.BUNDLED
    }
    told = (ROOT / "docs/council-words.md").read_text(encoding="utf-8")
    assert all(name in told for name in letters.BUNDLED)


def test_a_councils_files_and_the_configuration_are_held_to_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    folder = tmp_path / "config/editions" / NAME
    (folder / "commentary/how_many.md").write_text("Fine.\n\nWe say مرحبا to all.\n")
    (folder / "context.yaml").write_text(
        "# 学校 in a comment is not printed\n"
        'events:\n  - {period: "2024", kind: event, short: A, says: "בית", source: s}\n'
    )
    told = "\n".join(map(str, council.faults(CONFIG, tmp_path)))
    assert "commentary/how_many.md, line 3: has Arabic script" in told
    assert "context.yaml, line 3: has Hebrew script" in told
    assert "Chinese" not in told
    edition = folder.with_suffix(".yaml")
    text = edition.read_text(encoding="utf-8")
    edition.write_text(text.replace("title: ", "title: 学 ", 1), encoding="utf-8")
    with pytest.raises(JsnaError, match=r"test-2025\.yaml, line \d+: has Chinese"):
        loading.load(NAME, tmp_path)
