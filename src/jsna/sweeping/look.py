"""What a draft looks like where nobody looks: empty charts and sentences, words over the edge.

Read-back holds numbers to their measures. It cannot tell a chart that shows nothing, a sentence
that lost its subject, a name that runs over the page, or a place that is nowhere. These can be
told from the draft in a tenth of a second, without printing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

import pandas as pd

from jsna import io
from jsna.charts import lettering
from jsna.model.areas import Area
from jsna.model.configuration import Configuration
from jsna.model.documents import DOCUMENTS
from jsna.model.schema import KEY
from jsna.readback import page

#: Points by which a label may stand over the edge: kerning is left out of its width.
_NEAR: Final = 1.5
#: Width of the text of a page, and of the number of a page with the room before it, in points
#: (`reports/templates/css/print.css`: 210 mm less two margins of 20 mm).
_PAGE: Final = 170 / 25.4 * 72
_NUMBER: Final = 24.0
#: Type size of what stands over and under every page, and of the title on the cover.
_RUNNING: Final = 8.6
_COVER: Final = 34.0
#: Width of the cover's title: 210 mm less 26 mm on each side.
_ACROSS: Final = 158 / 25.4 * 72
#: What stands in a text where a word is missing.
_LOST: Final = re.compile(
    r"\bNone\b(?! (?:are|has|have|is|of|was|were)\b)|\b(?:nan|NaN|NaT|undefined)\b|"
    r"\{\w*\}|\(\s*\)|,\s*[,.;]|\s[,;](?=\s)"
)
#: Elements that say something, or should not be there.
_EMPTY: Final = re.compile(r"<(p|li|h[1-6]|caption|title|figcaption)(?:\s[^>]*)?>\s*</\1>")
_RUNS: Final = re.compile(
    r'<header class="(?:cover|masthead)"[^>]* data-report="([^"]*)" data-foot="([^"]*)"'
)
#: What runs along at the head: a chapter's title, or the name of a topic and not its finding.
_HEADS: Final = re.compile(
    r'<section class="chapter[^>]*>\s*<h2[^>]*>([^<]*)</h2>|<p class="topic-name">([^<]*)</p>'
)


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen.

    Attributes:
        faults: in words.
        charts: how many there are.
    """

    faults: tuple[str, ...]
    charts: int


def look(config: Configuration, paths: io.Paths) -> Looks:
    """Look at the draft of an edition.

    Args:
        config: of the edition.
        paths: its folders; `safe/` and `draft/` are read.
    """
    folder = paths.draft / "charts"
    listed: Sequence[Mapping[str, Any]] = io.read_json(folder / "figures.json")["figures"]
    frame = io.read_measures(paths.safe / "measures.parquet")
    pages = [io.read_text(paths.draft / document.page) for document in DOCUMENTS]
    told = _keys(frame[frame["value"].notna()])
    faults = [
        *(
            fault
            for one in listed
            for layout in ("file", "narrow")
            for fault in chart(one, io.read_text(folder / one[layout]), told)
        ),
        *(fault for page in pages for find in (sentences, running) for fault in find(page)),
        *places(config.area, listed, frame, "".join(pages)),
    ]
    return Looks(tuple(faults), len(listed))


def _keys(frame: pd.DataFrame) -> frozenset[str]:
    """Keys of measures as charts name them: of one edition, which is not said again."""
    return frozenset(
        map("~".join, zip(*(frame[name].astype(str) for name in KEY[1:]), strict=True))
    )


def chart(listed: Mapping[str, Any], svg: str, told: frozenset[str]) -> Iterator[str]:
    """What is wrong with a chart.

    Args:
        listed: its entry in the list of charts.
        svg: the image.
        told: keys of the measures that have a value.
    """
    name = listed["id"]
    for part in ("title", "subtitle", "alt"):
        if not listed[part].strip():
            yield f"{name} has no {part}"
    if not told.intersection(listed["keys"]):
        yield f"{name} shows no figure"
    image = ET.fromstring(svg)
    width, height = map(float, image.get("viewBox", "0 0 0 0").split()[2:])
    texts = [*_texts(image)]
    if not texts:
        yield f"{name} has no label"
    for words, left, right, y in texts:
        if left < -_NEAR or right > width + _NEAR or not 0 <= y <= height + _NEAR:
            yield f"{name}: {words!r} stands over its edge"


def _texts(image: ET.Element) -> Iterator[tuple[str, float, float, float]]:
    """Each label with where it begins and ends, and its baseline."""
    for group in image.iter():
        for text in group:
            if not text.tag.endswith("}text"):
                continue
            words = text.text or ""
            style = {**group.attrib, **text.attrib}
            size = float(style.get("font-size", 0) or 0)
            room = lettering.width(words, size, 600 if style.get("font-weight") == "600" else 400)
            anchor = {"middle": 0.5, "end": 1.0}.get(style.get("text-anchor", ""), 0.0)
            left = float(style.get("x", 0)) - anchor * room
            yield words, left, left + room, float(style.get("y", 0))


def sentences(html: str) -> Iterator[str]:
    """Texts that lost a word, and elements that say nothing."""
    for found in _EMPTY.finditer(html):
        before = " ".join(re.sub(r"<[^>]*>", " ", html[: found.start()][-200:]).split())
        yield f"an empty <{found[1]}> behind {before[-60:]!r}"
    for block in page.read(html).blocks:
        if (lost := _LOST.search(block.text)) is not None:
            near = block.text[max(0, lost.start() - 40) : lost.end() + 20]
            yield f"{block.place}: {near!r} lacks a word"


def running(html: str) -> Iterator[str]:
    """Titles that run over the page, or into each other, and a cover with a word too long."""
    found = _RUNS.search(html)
    report, foot = map(_plain, found.groups()) if found else ("", "")
    if not report or not foot:
        yield "the page has no name or no foot to run along"
    left = _PAGE - lettering.width(report, _RUNNING, 600)
    for head in (_plain(one or other) for one, other in _HEADS.findall(html)):
        if lettering.width(head, _RUNNING) + _NUMBER > left:
            yield f"{head!r} and {report!r} run into each other over a page"
    if lettering.width(foot, _RUNNING) + _NUMBER > _PAGE:
        yield f"{foot!r} runs into the number of a page"
    title = re.search(r'<header class="cover".*?<h1>(.*?)</h1>', html, re.DOTALL)
    for word in _plain(re.sub(r"<[^>]*>", "", title[1])).split() if title else ():
        if lettering.width(word, _COVER, 600) > _ACROSS:
            yield f"{word!r} is wider than the cover"


def _plain(text: str) -> str:
    from html import unescape

    return " ".join(unescape(text).split())


def places(
    area: Area, listed: Iterable[Mapping[str, Any]], frame: pd.DataFrame, html: str
) -> Iterator[str]:
    """Places that have figures and stand nowhere, and maps that lack one."""
    there = set(frame.loc[frame["value"].notna(), "area_code"])
    names = {one.code: one.name for one in area.localities if one.code in there}
    if not names:
        yield f"none of its {len(area.localities)} places has a figure"
    text = _plain(html)
    for name in sorted(names.values()):
        if name not in text:
            yield f"{name} has figures and is not named"
    for one in listed:
        shown = {label for label, _ in one["rows"]}
        if one["type"] == "map" and (lack := sorted({*names.values()} - shown)):
            yield f"{one['id']}: the map lacks {', '.join(lack)}"
