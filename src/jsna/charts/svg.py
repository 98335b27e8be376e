"""Tidying of the SVG matplotlib writes, so that many can stand in one HTML page.

Metadata, style sheet and wrappers go; ids start with the figure's; text that prints a measure
carries the measure's key; numbers keep two decimals. What is left is paths and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from jsna.charts.lettering import FAMILY

NAMESPACE: Final = "http://www.w3.org/2000/svg"
_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_TIGHT: Final = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Label:
    """Text that prints a measure: its id in the figure, the key, the field printed."""

    identity: str
    measure: str
    field: str = "value"
    over: str = ""


def tidy(raw: str, figure_id: str, alt: str, labels: Iterable[Label]) -> str:
    """A self-contained `<svg>` element without prolog, named by a direct-child `<title>`.

    Args:
        raw: what matplotlib wrote.
        figure_id: start of every id.
        alt: text alternative.
        labels: texts that print measures, by the ids they were drawn with.
    """
    by_id = {label.identity: label for label in labels}
    source = ET.fromstring(raw)
    root = ET.Element(
        "svg",
        {
            "xmlns": NAMESPACE,
            "id": figure_id,
            "viewBox": source.get("viewBox", ""),
            "width": source.get("width", ""),
            "height": source.get("height", ""),
            "role": "img",
            "aria-labelledby": f"{figure_id}--title",
            "font-family": f"'{FAMILY}', sans-serif",
            "stroke-linejoin": "round",
        },
    )
    title = ET.SubElement(root, "title", {"id": f"{figure_id}--title"})
    title.text = alt
    for element, group in _leaves(source, ""):
        if _name(element) == "path":
            _path(root, element)
        elif _name(element) == "text":
            _text(root, element, figure_id, by_id.get(group))
    return ET.tostring(root, encoding="unicode") + "\n"


def _leaves(element: ET.Element, group: str) -> Sequence[tuple[ET.Element, str]]:
    """Paths and texts in drawing order, each with the id of the group around it."""
    found: list[tuple[ET.Element, str]] = []
    for child in element:
        if _name(child) == "g":
            found.extend(_leaves(child, child.get("id", "")))
        elif _name(child) in ("path", "text"):
            found.append((child, group))
    return found


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _path(root: ET.Element, element: ET.Element) -> None:
    d = _TIGHT.sub(" ", element.get("d", "")).strip()
    ET.SubElement(root, "path", {"d": _short(d), **_presentation(element)})


def _text(root: ET.Element, element: ET.Element, figure_id: str, label: Label | None) -> None:
    kept = {name: _short(element.get(name, "")) for name in ("x", "y")}
    attributes = kept | _presentation(element)
    if label is not None:
        attributes |= {"id": f"{figure_id}--{label.identity}", "data-measure": label.measure}
        if label.field != "value":
            attributes["data-field"] = label.field
        if label.over:
            attributes["data-over"] = label.over
    ET.SubElement(root, "text", attributes).text = element.text


def _presentation(element: ET.Element) -> dict[str, str]:
    """The style as presentation attributes, which no other style sheet has to allow."""
    style = {
        name.strip(): value.strip()
        for name, _, value in (part.partition(":") for part in element.get("style", "").split(";"))
        if name.strip()
    }
    for name in ("font-family", "stroke-linejoin"):
        style.pop(name, None)
    if "font-size" in style:
        style["font-size"] = style["font-size"].removesuffix("px")
    return {name: _short(value) for name, value in style.items()}


def _short(text: str) -> str:
    """Numbers to two decimals, which is a seventieth of a millimetre's tenth: invisible."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
