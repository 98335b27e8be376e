"""The report as one self-contained web page: templates filled, styles and fonts inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from jsna.report import assemble, fonts
from jsna.report.opener import Opener
from jsna.report.sources import Register
from jsna.view import words

_CHAPTER = "chapter.html.j2"


def environment(opener: Opener) -> Environment:
    """Templates that escape what they print and refuse names nobody gave them."""
    env = Environment(
        loader=FileSystemLoader(opener.templates),
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
        # A chapter that has indicators but no words of its own is still a chapter.
        return env.get_template(_CHAPTER)


def blocks(env: Environment) -> Callable[[str, str], str]:
    """Reads a block of a chapter's template by itself, such as its title."""

    def read(chapter: str, name: str) -> str:
        template = _template(env, chapter)
        block = template.blocks.get(name) or env.get_template(_CHAPTER).blocks[name]
        return "".join(block(template.new_context({"chapter_id": chapter}))).strip()

    return read


def render(env: Environment, register: Register, shared: dict[str, Any], opener: Opener) -> str:
    """The whole page.

    Args:
        env: from `environment`.
        register: citations of the sources.
        shared: from `assemble.context`.
        opener: reads style sheets and fonts.
    """
    pages = []
    for chapter in shared["chapters"]:
        own = {
            "chapter": chapter,
            "chapter_id": chapter.id,
            "absent": assemble.absent_lines(chapter, register),
        }
        pages.append(Markup(_template(env, chapter.id).render({**shared, **own})))
    folder = opener.templates / "css"
    styles = {
        "style_css": Markup(opener.text(folder / "report.css")),
        "screen_css": Markup(opener.text(folder / "screen.css")),
    }
    page = env.get_template("report.html.j2")
    filled = {**shared, **styles, "pages": pages}
    plain = page.render({**filled, "font_css": ""})
    for file in fonts.FACES.values():
        opener.path(opener.templates / "fonts" / file)
    font_css = Markup(fonts.css(opener.templates / "fonts", plain))
    return page.render({**filled, "font_css": font_css})
