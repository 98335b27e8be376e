"""What a council says itself: the files of `config/editions/<edition>/`.

They decide words alone: nothing that is measured, protected or proved depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from jsna.model.base import Id, Lettered, LetteredWords, Name, Printed, PrintedWords, Strict

#: Names of the files, and of the folders beside them.
SOURCES: Final = "sources.yaml"
CONTEXT: Final = "context.yaml"
CONTACTS: Final = "contacts.yaml"
IDENTITY: Final = "identity.yaml"
COMMENTARY: Final = "commentary"
PLACES: Final = "places"
#: What a signature is of that is of everything.
ALL: Final = "all"

_HTTPS: Final = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:/[\w./~%#=&?+-]*)?")
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_TELEPHONE: Final = re.compile(r"(?:\+44 ?|0)\d[\d ]{7,12}\d")
_MAIL: Final = re.compile(r"([a-z0-9.+_-]+)@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_PERIOD: Final = re.compile(r"\d{4}(?:/\d\d)?")
#: Words one of which a mailbox of a service has, and no person is called.
_SERVICE: Final = frozenset({
    "access", "admin", "advice", "carer", "carers", "children", "complaints", "contact", "customer",
    "education", "enquiries", "enquiry", "family", "families", "feedback", "forum", "help", "hello",
    "info", "information", "jsna", "local", "localoffer", "mail", "offer", "office", "parent",
    "parents", "send", "sendiass", "sen", "service", "services", "support", "team", "voice",
})  # fmt: skip


def _https(said: str) -> str:
    if not _HTTPS.fullmatch(said):
        raise ValueError("must be an address that begins with https:// and names its host")
    return said


def _host(said: str) -> str:
    if not _HOST.fullmatch(said):
        raise ValueError("must be the name of a host alone, such as www.example.org")
    return said


def _telephone(said: str) -> str:
    if not _TELEPHONE.fullmatch(said):
        raise ValueError("must be a telephone number, such as 01632 960 001")
    return said


def _mailbox(said: str) -> str:
    found = _MAIL.fullmatch(said)
    if not found:
        raise ValueError("must be an e-mail address in small letters")
    if not _SERVICE & {*re.split(r"[.+_-]", found[1])}:
        raise ValueError("looks like the address of a person; give that of a service or a team")
    return said


def _period(said: str) -> str:
    if not _PERIOD.fullmatch(said):
        raise ValueError("must be a year, or a school or financial year, as in 2024 or 2023/24")
    return said


Address = Annotated[str, AfterValidator(_https)]
Host = Annotated[str, AfterValidator(_host)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
EventPeriod = Annotated[str, AfterValidator(_period)]


def host(address: str) -> str:
    """Which host an address is of; "" of what is none that begins with https://."""
    found = _HTTPS.fullmatch(address)
    return found[1] if found else ""


class Document(Strict):
    """Something published that the council's words name.

    Attributes:
        title: as it is printed; numbers in it pass wherever the whole title stands.
        publisher: who published it.
        address: where it can be read.
    """

    title: PrintedWords
    publisher: Printed = ""
    address: Address | None = None


class DeclaredFigure(Strict):
    """A number that no measure gives, with where it comes from.

    Attributes:
        says: the number with what it counts, as in `120 places`.
        source: a document of this file, or words that say where it comes from.
    """

    says: PrintedWords
    source: PrintedWords

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not re.search(r"[A-Za-z]", self.says):
            raise ValueError("`says` must have the number with what it counts, as in `120 places`")
        return self


class CouncilSources(Strict):
    """What the council's own words stand on, beside the measures.

    Attributes:
        documents: documents that are named, by a short name.
        figures: numbers that no measure gives, by the name that stands in braces for them.
        hosts: hosts that links may lead to, beside those of the documents and contacts.
    """

    documents: dict[Name, Document] = Field(default_factory=dict)
    figures: dict[Id, DeclaredFigure] = Field(default_factory=dict)
    hosts: tuple[Host, ...] = ()


class Event(Strict):
    """Something that happened, and that readers of some figures must know.

    Attributes:
        period: in which year, or school or financial year, as the measures write it.
        kind: of what kind it was.
        short: words a chart has room for.
        says: a sentence for the report.
        source: a document of `sources.yaml`, or words that say where it comes from.
        measures: indicators it concerns.
        topics: topics it concerns.
    """

    period: EventPeriod
    kind: Literal["inspection", "reform", "recording", "event"]
    short: Annotated[LetteredWords, Field(max_length=40)]
    says: PrintedWords
    source: PrintedWords
    measures: tuple[Id, ...] = ()
    topics: tuple[Name, ...] = ()

    @property
    def marked(self) -> str:
        """What a chart says over its year."""
        return f"{self.period}: {self.short}"

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not (self.measures or self.topics):
            raise ValueError("name the `measures` or the `topics` it concerns")
        return self


class ContextFile(Strict):
    """Events: inspections, reforms, and changes of what the council records.

    Attributes:
        events: in the order they are told.
    """

    events: tuple[Event, ...] = ()


class Contact(Strict):
    """Where somebody gets help.

    Attributes:
        name: of the service.
        says: what it is for, in a sentence.
        website: its address.
        telephone: its number.
        email: of the service; never of one person.
        hours: when somebody answers.
    """

    name: PrintedWords
    says: Printed = ""
    website: Address | None = None
    telephone: Telephone | None = None
    email: Mailbox | None = None
    hours: Printed = ""

    @model_validator(mode="after")
    def _reached(self) -> Self:
        if not (self.website or self.telephone or self.email):
            raise ValueError("give a `website`, a `telephone` or an `email`")
        return self


#: Key of a contact -> what it is, for readers.
KINDS: Final[Mapping[str, str]] = {
    "local_offer": "Local Offer",
    "sendiass": "Information, advice and support (SENDIASS)",
    "forum": "Parent carer forum",
    "complaints": "Complaints and disagreements",
}


class ContactsFile(Strict):
    """Where families get help.

    Attributes:
        local_offer: the council's Local Offer.
        sendiass: the service for information, advice and support.
        forum: the parent carer forum.
        complaints: whom to complain to, or to ask to settle a disagreement.
        others: further services.
    """

    local_offer: Contact | None = None
    sendiass: Contact | None = None
    forum: Contact | None = None
    complaints: Contact | None = None
    others: tuple[Contact, ...] = ()

    def all(self) -> Iterator[tuple[str, Contact]]:
        """What each is, and the contact; in the order they are printed."""
        for key, what in KINDS.items():
            found: Contact | None = getattr(self, key)
            if found is not None:
                yield what, found
        yield from (("", one) for one in self.others)

    @property
    def missing(self) -> tuple[str, ...]:
        """What no contact is given of."""
        return tuple(what for key, what in KINDS.items() if getattr(self, key) is None)


class LogoFile(Strict):
    """A picture on the cover.

    Attributes:
        file: an SVG or PNG file in the edition's folder.
        alternative: what it shows, for whoever cannot see it.
    """

    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*\.(?:svg|png)$")]
    alternative: LetteredWords


class Signature(Strict):
    """Who stands by something.

    Attributes:
        of: `all`, or the name of a file of commentary.
        status: whether it is signed.
        who: name of who signs, or of the board that does.
        role: as what.
        day: on which it was signed.
    """

    of: Name
    status: Literal["draft", "signed"] = "draft"
    who: Lettered = ""
    role: Lettered = ""
    day: date | None = None

    @model_validator(mode="after")
    def _by_somebody(self) -> Self:
        if self.status == "signed" and not (self.who and self.day):
            raise ValueError("what is signed needs `who` signed it and the `day`")
        return self


class IdentityFile(Strict):
    """Whose assessment it is.

    Attributes:
        partners: who it is made with.
        authors: who wrote it: teams, or staff who agreed to be named.
        logo: a picture on the cover.
        sign_off: who stands by it, as a whole and by its parts.
    """

    partners: tuple[LetteredWords, ...] = ()
    authors: tuple[LetteredWords, ...] = ()
    logo: LogoFile | None = None
    sign_off: tuple[Signature, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [one.of for one in self.sign_off]
        if twice := next((one for one in named if named.count(one) > 1), ""):
            raise ValueError(f"`sign_off` has {twice!r} twice; keep one")
        return self

    def signature(self, of: str) -> Signature | None:
        """Who signed a part, or the whole it is of; None where nobody did."""
        signed = {one.of: one for one in self.sign_off if one.status == "signed"}
        own = next((one for one in self.sign_off if one.of == of), None)
        # A part that is said to be a draft is one, whoever signed the rest.
        return signed.get(ALL) if own is None else signed.get(of)
