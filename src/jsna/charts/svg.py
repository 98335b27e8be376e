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
    alike: tuple[str, ET.Element] | None = None
    for element, group in _leaves(source, ""):
        style = _presentation(element)
        look = f"{_name(element)} {sorted(style.items())}"
        if alike is None or alike[0] != look:
            alike = look, ET.SubElement(root, "g", style)
        if _name(element) == "path":
            ET.SubElement(alike[1], "path", {"d": _outline(element.get("d", ""))})
        else:
            _text(alike[1], element, by_id.get(group))
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


def _outline(d: str) -> str:
    """Path data in short: relative lines between points of two decimals, boxes as h and v."""
    out: list[str] = []
    at = start = (0, 0)
    last = ""
    tokens = iter(d.split())
    for command in tokens:
        if command in "zZ":
            out.append("z")
            at, last = start, ""
            continue
        count = {"M": 1, "L": 1, "Q": 2, "C": 3}[command]
        points = [(_hundredths(next(tokens)), _hundredths(next(tokens))) for _ in range(count)]
        shift = [(x - at[0], y - at[1]) for x, y in points]
        letter, numbers = command.lower(), [n for pair in shift for n in pair]
        if command == "M":
            start, letter = points[0], "m" if out else "M"
        elif command == "L" and not numbers[1]:
            letter, numbers = "h", numbers[:1]
        elif command == "L" and not numbers[0]:
            letter, numbers = "v", numbers[1:]
        text = " ".join(map(_plain, numbers)).replace(" -", "-")
        join = "" if letter != last else ("" if text.startswith("-") else " ")
        out.append((letter if letter != last or command == "M" else join) + text)
        at, last = points[-1], letter
    return "".join(out)


def _hundredths(text: str) -> int:
    return round(float(text) * 100)


def _plain(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def _text(parent: ET.Element, element: ET.Element, label: Label | None) -> None:
    attributes = {name: _short(element.get(name, "")) for name in ("x", "y")}
    if label is not None:
        attributes |= {"data-measure": label.measure}
        if label.field != "value":
            attributes["data-field"] = label.field
        if label.over:
            attributes["data-over"] = label.over
    ET.SubElement(parent, "text", attributes).text = element.text


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
