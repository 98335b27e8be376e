"""Numbers in words that a council wrote: the types that pass, and the phrases that hold others.

Known here from the rule itself, not from `jsna.settings.own_numbers`, which judges the files: what
one lets through by a slip, the other stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from jsna.model.commentary import Council

#: Place of everything that stands in an element of this class.
PLACE: Final = "council"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH: Final = "|".join(_MONTHS)
_YEAR: Final = r"(?:19|20)\d{2}(?:/\d{2})?"
_NUMBERED: Final = r"(?:2[0-5]|1\d|\d)"
_ENDS: Final = r"(?=[.,;:)!?]|$|\s[a-z(])"
#: (name, pattern) of each type; `ownday` is a day that must exist.
TYPES: Final = (
    ("council: date", rf"\b(?P<ownday>\d{{1,2}} (?:{_MONTH}) (?:19|20)\d{{2}})\b"),
    ("council: year", rf"\b(?:{_MONTH}) (?:19|20)\d{{2}}\b"),
    (
        "council: year",
        rf"(?:(?<=\()|(?<=[Mm]id-)|\b(?:[Ii]n|[Ss]ince|[Ff]rom|[Uu]ntil|[Bb]y|[Bb]efore|[Aa]fter|"
        r"[Dd]uring|[Bb]etween|[Oo]f|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter|[Ee]arly|[Ll]ate|Act|"
        rf"Regulations) ){_YEAR}(?:(?: to | and |[–-]){_YEAR})?"
        r"(?=[.,;:)!?]|$| \(| (?:to|and|was|were|is|are|had|has|when|the|this|we|it|they|because|"
        r"after|but|than|onwards|(?:school|financial|academic) year)\b)",
    ),
    (
        "council: age",
        rf"\b[Aa]ge[ds]?(?: (?:of|under|over|up to))? {_NUMBERED}"
        rf"(?:(?: to | and | or |[–-]){_NUMBERED})?{_ENDS}",
    ),
    ("council: age", rf"\b{_NUMBERED}(?: to {_NUMBERED})?[- ]years?[- ]olds?\b"),
    ("council: age", rf"\b[Uu]nder {_NUMBERED}s\b"),
    (
        "council: school year",
        rf"\bYears? (?:1[0-4]|\d)(?: (?:to|and) (?:1[0-4]|\d))?{_ENDS}",
    ),
    (
        "council: key stage",
        rf"\b[Kk]ey [Ss]tages? [1-5](?: (?:to|and) [1-5])?{_ENDS}",
    ),
)


def real(written: str) -> bool:
    """Whether there is such a day."""
    found = re.fullmatch(r"(\d+) (\w+) (\d+)", written)
    if found is None:
        return False
    try:
        date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return False
    return True


def phrases(council: Council) -> Iterator[tuple[str, str]]:
    """(kind, phrase) of words with numbers in them that files declare; each must stand whole."""
    for document in council.sources.documents.values():
        yield "council: document", document.title
        if document.publisher:
            yield "council: document", f"{document.title}, {document.publisher}"
        if document.address:
            yield "address", document.address
    for name in council.sources.figures:
        yield "council: declared figure", council.figure(name)
    for event in council.context.events:
        yield "council: event", council.event(event)
        yield "council: event", event.marked
    for _, contact in council.contacts.all() if council.contacts else ():
        yield "council: contact", contact.name
        yield "council: contact", contact.hours
        if contact.telephone:
            yield "council: contact", f"Telephone {contact.telephone}"
        for address in (contact.website, contact.email):
            yield "address", address or ""
        if contact.email:
            yield "address", f"mailto:{contact.email}"


def days(council: Council) -> Iterator[date]:
    """Days on which something was signed."""
    yield from (one.day for one in council.identity.sign_off if one.day is not None)
