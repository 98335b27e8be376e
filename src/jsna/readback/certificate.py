"""The certificate of the proof: numbers printed from it, by their path in it.

`attack.exact` is the number `exact` of the part `attack`. A report may say nothing of how it is
protected that the certificate does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jsna import io
from jsna.readback.blocks import Cell
from jsna.readback.printed import digits
from jsna.readback.result import Tally

#: The certificate, in the safe zone.
FILE: Final = "certificate.json"
#: What a number of it is counted as.
KIND: Final = "certificate"


class Certificate:
    """What a certificate says.

    Args:
        content: as read; empty where there is none.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._numbers = {
            path: value
            for path, value in leaves(content)
            if isinstance(value, int) and not isinstance(value, bool)
        }

    @property
    def words(self) -> list[str]:
        """What was tried before hiding, as the report may say it."""
        fallbacks = self._content.get("fallbacks", [])
        return [one["used"] for one in fallbacks if isinstance(one.get("used"), str)]

    def cell(self, cell: Cell, place: str, tally: Tally) -> None:
        """Judge a printed number of the certificate."""
        tally.counts[KIND] += 1
        value = self._numbers.get(cell.key)
        if value is None:
            rule = f"the certificate has no whole number at {cell.key or 'an empty path'}"
            tally.wrong(rule, place=place, printed=cell.text, code="certificate")
            return
        if cell.text != digits(value, 0):
            rule = f"{cell.key}: the certificate has {digits(value, 0)} here"
            tally.wrong(rule, place=place, printed=cell.text, code="certificate")
        if cell.value != str(value):
            rule = f"{cell.key}: its value attribute is not that of the certificate"
            tally.wrong(rule, place=place, printed=cell.value or "", code="certificate")


def read(safe: Path) -> tuple[Certificate, list[Tally]]:
    """The certificate of a safe zone, empty where there is none; and what is wrong with it.

    Args:
        safe: folder of the safe zone; its measures must be those the certificate is of.
    """
    file = safe / FILE
    if not file.is_file():
        return Certificate({}), []
    content = io.read_json(file)
    tally = Tally(f"safe/{FILE}")
    if content.get("measures_sha256") != io.sha256(safe / "measures.parquet"):
        rule = "is of other measures than those in safe/; run the prove stage again"
        tally.wrong(rule, place="measures_sha256", code="certificate")
    return Certificate(content), [tally] if tally.problems else []


def leaves(content: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of every value in parts of parts; what stands in a list has no path."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from leaves(value, f"{place}.{name}" if place else str(name))
    elif not isinstance(content, list):
        yield place, content
