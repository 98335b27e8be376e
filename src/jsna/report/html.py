"""Every document as one self-contained web page: templates filled, styles and fonts inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from jsna.model import scripts
from jsna.model.documents import DOCUMENTS, START
from jsna.report import assemble, fonts, links
from jsna.report.chapters import Chapter
from jsna.report.safe_files import SafeFiles
from jsna.report.sources import Register
from jsna.view import words

_CHAPTER = "chapter.html.j2"
_PAGE: Final = "page.html.j2"
#: Where the fonts stand, until it is known which characters they are for.
_FONTS: Final = "/* fonts */"


def environment(safe_files: SafeFiles) -> Environment:
    """Templates that escape what they print and refuse names nobody gave them."""
    env = Environment(
        loader=FileSystemLoader(safe_files.templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["sentence"] = assemble.sentence
    env.filters["listed"] = words.join
    env.filters["lower_first"] = words.lower_first
    env.filters["upper_first"] = words.upper_first
    return env


def _template(env: Environment, chapter: str) -> Any:
    try:
        return env.get_template(f"chapters/{chapter}.html.j2")
    except TemplateNotFound:
        # Most say what they say by their declaration alone.
        return env.get_template(_CHAPTER)


def render(
    env: Environment, register: Register, shared: dict[str, Any], safe_files: SafeFiles
) -> dict[str, str]:
    """File name -> web page: of every document, and of every topic.

    Args:
        env: from `environment`.
        register: citations of the sources.
        shared: from `assemble.context`.
        safe_files: reads style sheets and fonts.

    Raises:
        JsnaError: a link leads nowhere.
    """
    folder = safe_files.templates / "css"
    styles = {
        "style_css": Markup(safe_files.text(folder / "report.css")),
        "screen_css": Markup(safe_files.text(folder / "screen.css")),
    }
    for file in fonts.FACES.values():
        safe_files.path(safe_files.templates / "fonts" / file)
    bodies = {START: ""}
    report = shared["report"]
    for before, page, after in zip(
        (None, *report.pages), report.pages, (*report.pages[1:], None), strict=False
    ):
        filled = {**shared, **styles, "document": None, "scripts": scripts.LOADED}
        around = {"page": page, "before": before, "after": after, "font_css": _FONTS}
        bodies[page.file] = env.get_template(_PAGE).render({**filled, **around})
    for document in DOCUMENTS:
        own = [chapter for chapter in shared["chapters"] if chapter.document == document.name]
        filled = {**shared, **styles, "document": document, "own": own, "scripts": scripts.LOADED}
        pages = [_chapter(env, chapter, register, filled) for chapter in own]
        plain = env.get_template(f"{document.name}.html.j2")
        bodies[document.page] = plain.render({**filled, "pages": pages, "font_css": _FONTS})
    # In this order: a place that several pages have is led to in the first.
    linked = links.between(bodies)
    # One set of characters for all pages: cutting the fonts down takes longer than all else.
    printed = "".join(linked.values())
    letters = fonts.css(safe_files.templates / "fonts", printed.replace(_FONTS, ""))
    return {name: page.replace(_FONTS, letters, 1) for name, page in linked.items()}


def _chapter(
    env: Environment, chapter: Chapter, register: Register, shared: Mapping[str, Any]
) -> Markup:
    own = {
        "chapter": chapter,
        "declared": register.config.chapters[chapter.id],
        "absent": assemble.absent_lines(chapter, register),
    }
    return Markup(_template(env, chapter.id).render({**shared, **own}))
