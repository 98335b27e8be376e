"""The authorities of England: what each is called, and how one is found by what somebody types.

They are listed, with the source, in `config/authorities.yaml`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

from jsna.errors import JsnaError, Problem
from jsna.model.areas import Place, Tier
from jsna.model.base import AuthorityCode, OldCode, Strict, Words
from jsna.settings import recoded
from jsna.settings.reading import Gatherer

FILE: Final = "config/authorities.yaml"
#: The last two are one authority each, like no other.
Kind: TypeAlias = Literal[
    "county",
    "unitary",
    "metropolitan_district",
    "london_borough",
    "city_corporation",
    "council_of_isles",
]
#: How codes begin -> kind of authority, where the register names no other.
KINDS: Final[Mapping[str, Kind]] = {
    "E06": "unitary",
    "E08": "metropolitan_district",
    "E09": "london_borough",
    "E10": "county",
}
#: What councils put about the name of their place, which tells no authority from another.
_STYLES: Final = frozenset(
    {
        *("council", "county", "city", "borough", "royal", "metropolitan", "district", "unitary"),
        *("authority", "corporation", "the", "of", "cc", "mbc", "mdc", "bc", "lbc", "lb", "rb"),
    }
)
#: A name these leave is a place that is larger than any one authority.
_LARGER: Final = frozenset({"", "london"})
#: How many names are offered where one is not known.
_OFFERED: Final = 5


class Named(Strict):
    """An authority as it is listed.

    Attributes:
        also: other names it goes by, which no authority of England but it has.
        kind: where the code does not say it.
    """

    code: AuthorityCode
    name: Words
    kind: Kind | None = None
    also: tuple[Words, ...] = ()


class Listed(Place):
    """A region with its authorities by their numbers."""

    authorities: dict[OldCode, Named]


class Gone(Strict):
    """An authority that was merged or divided, and the numbers of those its places are in.

    Attributes:
        until: its last day; those its places are in began on the next.
    """

    number: OldCode
    code: AuthorityCode
    name: Words
    until: date
    now: tuple[OldCode, ...]


class AuthoritiesFile(Strict):
    """`authorities.yaml`: every authority there is, and those that are gone."""

    country: Place
    regions: tuple[Listed, ...]
    gone: tuple[Gone, ...] = ()


class Authority(Strict):
    """An authority with its region and country.

    Attributes:
        began: its first day, where it came of others that are gone.
        came_of: their names.
    """

    code: AuthorityCode
    name: Words
    number: OldCode
    kind: Kind
    region: Place
    country: Place
    began: date | None = None
    came_of: tuple[Words, ...] = ()

    @property
    def tier(self) -> Tier:
        """Whether it has districts below it."""
        return "county" if self.kind == "county" else "unitary"

    @property
    def slug(self) -> str:
        """What its editions are called by: small letters and hyphens."""
        return slug(self.name)


class Register:
    """Every authority, to be found by name, slug, code or number.

    Args:
        file: what `authorities.yaml` holds.
    """

    def __init__(self, file: AuthoritiesFile) -> None:
        self._gone = file.gone
        listed = [one for region in file.regions for one in region.authorities.items()]
        self._also = {number: one.also for number, one in listed}
        before = {number: [one for one in file.gone if number in one.now] for number, _ in listed}
        self.by_number: Mapping[str, Authority] = {
            number: Authority(
                code=one.code,
                name=one.name,
                number=number,
                kind=one.kind or KINDS[one.code[:3]],
                region=Place(code=region.code, name=region.name),
                country=file.country,
                began=_next(one.until for one in before[number]),
                came_of=tuple(one.name for one in before[number]),
            )
            for region in file.regions
            for number, one in region.authorities.items()
        }

    def __iter__(self) -> Iterator[Authority]:
        """Every authority, in order of number."""
        return iter(sorted(self.by_number.values(), key=lambda one: one.number))

    @cached_property
    def _by_code(self) -> Mapping[str, Authority]:
        return {code: one for one in self.by_number.values() for code in recoded.every(one.code)}

    @cached_property
    def _by_name(self) -> Mapping[str, Authority]:
        return {
            name: one
            for number, one in self.by_number.items()
            for text in (one.name, *self._also[number])
            for name in _names(text)
        }

    @cached_property
    def _by_place(self) -> Mapping[str, Authority]:
        """Names without what councils put about them, of which each is one authority's alone."""
        every = [(place(name), one) for name, one in self._by_name.items()]
        codes: dict[str, set[str]] = {}
        for name, one in every:
            codes.setdefault(name, set()).add(one.code)
        return {name: one for name, one in every if len(codes[name]) == 1 and name not in _LARGER}

    def of_code(self, code: str) -> Authority | None:
        """The authority that has, or had, a code."""
        return self._by_code.get(code)

    def former(self, code: str) -> Gone | None:
        """The authority that is gone and had a code or number."""
        return next((one for one in self._gone if code in (one.code, one.number)), None)

    def of_slug(self, text: str) -> Authority | None:
        """The authority whose editions are called so."""
        return next((one for one in self.by_number.values() if one.slug == text), None)

    def find(self, text: str) -> Authority:
        """The authority that is meant by its name, slug, present or former code, or number.

        Raises:
            JsnaError: there is none, with those that come near; or it is gone.
        """
        given = " ".join(text.split())
        found = (
            self.by_number.get(given)
            or self._by_code.get(given.upper())
            or self._by_name.get(slug(given))
            or self._by_place.get(place(given))
        )
        if found is not None:
            return found
        raise JsnaError(Problem(FILE, self._why(given), value=given, code="authority.unknown"))

    def _why(self, given: str) -> str:
        for one in self._gone:
            if given.upper() == one.code or given == one.number or place(given) == place(one.name):
                now = " and ".join(self._told(self.by_number[number]) for number in one.now)
                return f"{one.name} was divided or merged; its place is in {now}"
        own = place(given) or slug(given)
        near = [name for name in self._by_name if own and own in name]
        near += difflib.get_close_matches(own, list(self._by_name), n=_OFFERED, cutoff=0.6)
        told = dict.fromkeys(self._told(self._by_name[name]) for name in near)
        nearest = "; ".join([*told][:_OFFERED])
        rule = "no authority of England has this name, code or number"
        return f"{rule}; the nearest: {nearest}" if nearest else rule

    def _told(self, one: Authority) -> str:
        return f"{one.name} ({one.code}, {one.number})"


def _next(last: Iterable[date]) -> date | None:
    """The day after the latest of some days."""
    days = [*last]
    return max(days) + timedelta(days=1) if days else None


def slug(text: str) -> str:
    """Small letters without accents, digits, and hyphens for all between them."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("'", ""))
    letters = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def place(text: str) -> str:
    """A slug without what councils put about it: `avonby` of `Royal Borough of Avonby Council`."""
    words = slug(text).replace("london-borough", "borough").split("-")
    return "-".join(word for word in words if word not in _STYLES)


def _names(name: str) -> Iterator[str]:
    """Slugs of what people call an authority: `Avonby, City of`, `City of Avonby` and `Avonby`."""
    yield slug(name)
    head, comma, style = name.partition(", ")
    if comma and style.endswith(" of"):
        yield slug(head)
        yield slug(f"{style} {head}")


def register(root: Path) -> Register:
    """The register of a project.

    Raises:
        JsnaError: the file is missing or wrong.
    """
    gather = Gatherer(root)
    found = load(gather)
    if found is None:
        raise JsnaError(gather.problems)
    return found


def load(gather: Gatherer) -> Register | None:
    """The register, or None and the problems kept; empty in a project that has no such file."""
    if not (gather.root / FILE).is_file():
        return None
    file = gather.load(FILE, AuthoritiesFile)
    return None if file is None else Register(file)
