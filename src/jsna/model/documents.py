"""The documents of an edition: each a web page that is printed as a PDF, and read back with it.

Here each is said once: what the stages write, print, read back and publish, what the rules of the
workflow name as outputs, and which chapters stand in which document follow from it. Web pages that
are not printed, one a topic, stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Where a reader begins.
START: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Document:
    """One document.

    Attributes:
        name: of its files, and of its template.
        part: what it is beside the report itself, for its cover and title; empty for the report.
        start: whether its web page is the one a reader begins with.
    """

    name: str
    part: str = ""
    start: bool = False

    @property
    def page(self) -> str:
        """File of the web page."""
        return START if self.start else f"{self.name}.html"

    @property
    def pdf(self) -> str:
        """File of what is printed of it."""
        return f"{self.name}.pdf"


BRIEF: Final = Document("brief", "in brief", start=True)
REPORT: Final = Document("report")
TECHNICAL: Final = Document("technical-report", "technical report")
PLACES: Final = Document("places", "place pages")
#: In the order they are told of.
DOCUMENTS: Final = (BRIEF, REPORT, PLACES, TECHNICAL)
#: File of a PDF -> file of the web page it is printed from.
PRINTED_FROM: Final = {one.pdf: one.page for one in DOCUMENTS}
