"""The report as one self-contained web page: templates filled, styles and fonts inside."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from jsna.report import assemble, fonts
from jsna.report.safe_files import SafeFiles
from jsna.report.sources import Register
from jsna.view import words

_CHAPTER = "chapter.html.j2"


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
    return env


def _template(env: Environment, chapter: str) -> Any:
    try:
        return env.get_template(f"chapters/{chapter}.html.j2")
    except TemplateNotFound:
        # Most say what they say by their declaration alone.
        return env.get_template(_CHAPTER)


def render(
    env: Environment, register: Register, shared: dict[str, Any], safe_files: SafeFiles
) -> str:
    """The whole page.

    Args:
        env: from `environment`.
        register: citations of the sources.
        shared: from `assemble.context`.
        safe_files: reads style sheets and fonts.
    """
    pages = []
    for chapter in shared["chapters"]:
        own = {
            "chapter": chapter,
            "declared": register.config.chapters[chapter.id],
            "absent": assemble.absent_lines(chapter, register),
        }
        pages.append(Markup(_template(env, chapter.id).render({**shared, **own})))
    folder = safe_files.templates / "css"
    styles = {
        "style_css": Markup(safe_files.text(folder / "report.css")),
        "screen_css": Markup(safe_files.text(folder / "screen.css")),
    }
    page = env.get_template("report.html.j2")
    filled = {**shared, **styles, "pages": pages}
    plain = page.render({**filled, "font_css": ""})
    for file in fonts.FACES.values():
        safe_files.path(safe_files.templates / "fonts" / file)
    font_css = Markup(fonts.css(safe_files.templates / "fonts", plain))
    return page.render({**filled, "font_css": font_css})
