"""The picture on the cover: an SVG of shapes alone, or a PNG, of a size a page can carry."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jsna.errors import Problem
from jsna.model.commentary import Logo
from jsna.model.council import LogoFile

#: Bytes, and pixels a side, that a picture may have.
MOST: Final = 200_000
_SIDE: Final = 2_000
_SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES: Final = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc",
    "defs", "clipPath", "linearGradient", "radialGradient", "stop",
})  # fmt: skip
#: Attributes by which a picture would run, or fetch, something.
_ACTIVE: Final = re.compile(r"^on|href$|^style$|^src$", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"url\((?!\s*['\"]?#)|javascript:|data:|@import", re.IGNORECASE)


def load(path: str, file: Path, declared: LogoFile) -> tuple[Logo | None, list[Problem]]:
    """The picture, or everything that is wrong with it.

    Args:
        path: of the file as it is told.
        file: the file.
        declared: what is said of it.
    """
    if not file.is_file() or file.is_symlink():
        rule = "this picture is not there; put it into the edition's folder"
        return None, [Problem(path, rule, code="config.missing")]
    if file.stat().st_size > MOST:
        rule = f"a logo has at most {MOST:,} bytes; save it smaller"
        return None, [Problem(path, rule, value=f"{file.stat().st_size:,}", code="config.logo")]
    content = file.read_bytes()
    svg = file.suffix == ".svg"
    found = list(_svg(content) if svg else _png(content))
    problems = [Problem(path, rule, value=value, code="config.logo") for rule, value in found]
    media = "image/svg+xml" if svg else "image/png"
    return (None if problems else Logo(media, content, declared.alternative)), problems


def _png(content: bytes) -> Iterator[tuple[str, str]]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            wide, high = picture.size
            if max(wide, high) > _SIDE:
                yield f"a logo has at most {_SIDE:,} pixels a side", f"{wide} by {high}"
                return
            if getattr(picture, "is_animated", False):
                yield "a logo does not move; save one picture", ""
            picture.load()
    except Exception:
        # A broken picture fails in many ways, none of which is ours to tell apart.
        yield "is no PNG picture that can be read; save it anew", ""


def _svg(content: bytes) -> Iterator[tuple[str, str]]:
    from lxml import etree

    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        yield "an SVG with a document type or entities is refused; save it as plain SVG", ""
        return
    strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser=strict)
    except etree.XMLSyntaxError:
        yield "is no SVG that can be read; save it as plain SVG", ""
        return
    if root.tag != f"{_SVG}svg":
        yield "is no SVG; its first element must be <svg>", ""
        return
    refused = set()
    for element in root.iter():
        name = element.tag if isinstance(element.tag, str) else ""
        if not name:
            continue  # a comment
        if name.removeprefix(_SVG) not in _SHAPES or not name.startswith(_SVG):
            refused.add(f"<{etree.QName(element).localname}>")
        for key, value in element.attrib.items():
            own = etree.QName(key).localname
            if _ACTIVE.search(own) or _ELSEWHERE.search(value):
                refused.add(own)
    for one in sorted(refused):
        yield "a logo is of shapes alone: no words, styles, scripts, pictures or links", one
