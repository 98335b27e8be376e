"""The council's own words as they were read and checked, ready to be printed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from jsna.model.council import (
    ContactsFile,
    ContextFile,
    CouncilSources,
    Event,
    IdentityFile,
)

#: Heading in a file -> the part of the commentary beneath it; what stands before any is `says`.
PARTS: Final[Mapping[str, str]] = {
    "What this means": "means",
    "What to ask": "ask",
    "Care needed": "care",
}
#: What of a measure may be shown -> the field of the measure table.
SHOWN: Final[Mapping[str, str]] = {
    "value": "value",
    "count": "numerator",
    "of": "denominator",
    "lower": "lower_95",
    "upper": "upper_95",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A measure named in braces: `{pupils_sen period=2024 area=England}`.

    Attributes:
        written: as it stands in the file, with its braces.
        line: of the file.
        indicator: the measure.
        area: code of the area; that of the edition where none is named.
        period: as the measure table writes it; the latest there is where empty.
        dims: dimension -> category.
        show: which number of it.
    """

    written: str
    line: int
    indicator: str
    area: str
    period: str = ""
    dims: tuple[tuple[str, str], ...] = ()
    show: str = "value"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: text, a measure, or the beginning or end of a link or of emphasis.

    Attributes:
        kind: which.
        text: of text; of a link the address; of a declared figure what it says.
        reference: of a measure.
    """

    kind: Literal["text", "measure", "figure", "link", "/link", "em", "/em", "strong", "/strong"]
    text: str = ""
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or the items of a list."""

    kind: Literal["paragraph", "list"]
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Commentary:
    """A file of commentary.

    Attributes:
        name: of the file without its ending: a topic, or a place as `place_name` writes it.
        path: of the file, from the project's folder.
        parts: part -> its passages; see `PARTS`.
    """

    name: str
    path: str
    parts: Mapping[str, tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture on the cover.

    Attributes:
        media: its media type.
        content: its bytes.
        alternative: what it shows.
    """

    media: str
    content: bytes
    alternative: str

    @property
    def address(self) -> str:
        """The picture as the page holds it."""
        return f"data:{self.media};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Council:
    """Everything the council says itself in one edition.

    Attributes:
        topics: commentary by topic.
        places: commentary by code of the place.
        sources: documents and declared figures.
        context: events.
        contacts: where families get help; None where no file says so.
        identity: partners, authors and sign-off.
        logo: picture on the cover.
    """

    topics: Mapping[str, Commentary] = field(default_factory=dict)
    places: Mapping[str, Commentary] = field(default_factory=dict)
    sources: CouncilSources = field(default_factory=CouncilSources)
    context: ContextFile = field(default_factory=ContextFile)
    contacts: ContactsFile | None = None
    identity: IdentityFile = field(default_factory=IdentityFile)
    logo: Logo | None = None

    def source(self, named: str) -> str:
        """A source as it is printed: the title of a document, or the words that were given."""
        document = self.sources.documents.get(named)
        if document is None:
            return named
        return f"{document.title}, {document.publisher}" if document.publisher else document.title

    def figure(self, name: str) -> str:
        """A declared figure as it is printed: `120 places (Sufficiency plan, the council)`."""
        one = self.sources.figures[name]
        return f"{one.says} ({self.source(one.source)})"

    def event(self, one: Event) -> str:
        """An event as it is printed: `2023/24: … (source)`."""
        says = one.says.rstrip(".")
        return f"{one.period}: {says} ({self.source(one.source)})."


#: An edition whose council says nothing.
SILENT: Final = Council()


def place_name(name: str) -> str:
    """What a file about a place is called: `North Quillshire` gives `north-quillshire`."""
    kept = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return "-".join(kept.split())
