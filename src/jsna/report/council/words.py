"""What the council says itself, as templates ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.errors import JsnaError
from jsna.model.commentary import PARTS, SILENT, Commentary, Council, Logo
from jsna.model.council import ALL, Contact, Signature
from jsna.report import sources
from jsna.report.council.printing import Printer
from jsna.view.rows import Measures

DRAFT: Final = "Draft"
UNSIGNED: Final = "Nobody has signed these words off."
#: What stands above what it means, what to ask, and where care is needed.
HEADINGS: Final = ("What this means here", "What the council asks", "Care needed here")


@dataclass(frozen=True, slots=True)
class Said:
    """What the council says of one topic or place.

    Attributes:
        says: what stands first.
        means, ask, care: what it means, what to ask, and what to beware of; each may be empty.
        draft: nobody has signed it.
        signed: who did, in words; empty for a draft.
    """

    says: Markup
    means: Markup
    ask: Markup
    care: Markup
    draft: bool
    signed: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A contact as it is printed.

    Attributes:
        what: what it is: `Local Offer`; empty where its name says so.
        contact: the contact.
        telephone: to be printed; numbers in it are told from figures by its first word.
    """

    what: str
    contact: Contact
    telephone: str


class Words:
    """The council's own words of an edition.

    Args:
        view: its safe measures.
        council: what was read.

    Raises:
        JsnaError: measures are named that the edition has not, each with file and line.
    """

    def __init__(self, view: Measures, council: Council = SILENT) -> None:
        self._council = council
        printer = Printer(view)
        self._topics = {name: self._said(printer, one) for name, one in council.topics.items()}
        self._places = {code: self._said(printer, one) for code, one in council.places.items()}
        if printer.problems:
            raise JsnaError(printer.problems, title="The council's own words have problems:")

    # -- commentary ------------------------------------------------------------------------------

    def of_topic(self, topic: str) -> Said | None:
        """What the council says of a topic; None where it says nothing."""
        return self._topics.get(topic)

    def of_place(self, code: str) -> Said | None:
        """What the council says of a place; None where it says nothing."""
        return self._places.get(code)

    def by_place(self) -> dict[str, Markup]:
        """Code of a place -> all that is said of it, as one piece of a page."""
        return {code: _whole(said) for code, said in self._places.items()}

    def events(self, topic: str = "", measures: Iterable[str] = ()) -> list[str]:
        """Events that concern a topic or some measures, as they are printed."""
        named = {*measures}
        return [
            self._council.event(one)
            for one in self._council.context.events
            if topic in one.topics or named & {*one.measures}
        ]

    def _said(self, printer: Printer, found: Commentary) -> Said:
        parts = printer.parts(found)
        signature = self._council.identity.signature(found.name)
        made = {name: parts.get(name, Markup("")) for name in ("says", *PARTS.values())}
        return Said(**made, draft=signature is None, signed=_signed(signature))

    unsigned = UNSIGNED

    # -- contacts --------------------------------------------------------------------------------

    @property
    def contacts(self) -> list[Reached]:
        """Where families get help, in order; none where no file says so."""
        found = self._council.contacts
        return [] if found is None else [*_reached(found.all())]

    @property
    def uncontacted(self) -> tuple[str, ...]:
        """What no contact is given of, though some are."""
        found = self._council.contacts
        return () if found is None else found.missing

    # -- identity --------------------------------------------------------------------------------

    @property
    def partners(self) -> tuple[str, ...]:
        """Who it is made with."""
        return self._council.identity.partners

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote it."""
        return self._council.identity.authors

    @property
    def logo(self) -> Logo | None:
        """The picture on the cover."""
        return self._council.logo

    @property
    def draft(self) -> bool:
        """Nobody has signed the assessment as a whole."""
        return self._council.identity.signature(ALL) is None

    @property
    def signed(self) -> str:
        """Who has, in words; empty for a draft."""
        return _signed(self._council.identity.signature(ALL))

    @property
    def documents(self) -> list[str]:
        """Documents that the council's words stand on, as they are printed."""
        return [self._council.source(name) for name in self._council.sources.documents]


def _whole(said: Said) -> Markup:
    """Everything that is said, with its headings and who signed it."""
    parts = [said.says]
    for heading, part in zip(HEADINGS, (said.means, said.ask, said.care), strict=True):
        parts += [Markup("<h4>{}</h4>").format(heading), part] if part else []
    signed = said.signed or f"{DRAFT}. {UNSIGNED}"
    lines = Markup("\n").join(
        [*filter(None, parts), Markup('<p class="sign">{}</p>').format(signed)]
    )
    return Markup('<div class="council">\n{}\n</div>').format(lines)


def _signed(signature: Signature | None) -> str:
    """`Signed off by the board, for its members, on 12 January 2026.`"""
    if signature is None or signature.day is None:
        return ""
    who = f"{signature.who}, {signature.role}," if signature.role else signature.who
    return f"Signed off by {who} on {sources.day(signature.day)}."


def _reached(found: Iterable[tuple[str, Contact]]) -> Iterator[Reached]:
    for what, one in found:
        telephone = f"Telephone {one.telephone}" if one.telephone else ""
        yield Reached("" if what == one.name else what, one, telephone)
