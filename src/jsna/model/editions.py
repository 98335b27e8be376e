"""An edition: what was delivered for it, and which official releases it uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from jsna.model.base import Name, Printed, PrintedWords, Sha256, Strict

if TYPE_CHECKING:
    from jsna.model.contract import Table

#: What must be recorded of an extract about persons before its rows are linked -> how it is told.
PERMISSION: Final[Mapping[str, str]] = {
    "owner": "owner",
    "legal_basis": "legal basis",
    "assessment": "data-protection assessment",
    "opt_out": "handling of opt-outs",
}
#: Words that hold a place and record nothing; in small letters, without marks at their ends.
_PLACE_HOLDERS: Final = frozenset(
    {"", "tbc", "tba", "tbd", "to be confirmed", "to be decided", "to do", "to follow", "todo",
     "not known", "not recorded", "not stated", "not yet known", "pending", "unknown"}
)  # fmt: skip
#: Words `jsna link` takes for something other than an edition (`jsna.linkage.review_cli`).
_WORDS: Final = frozenset({"train", "review"})
#: What an edition tells readers and in which order: nothing up to the proof depends on it.
TOLD: Final = frozenset({"title", "contact", "chapters"})


def _left_empty(given: object) -> object:
    """`assessment:` with nothing behind it says that none is recorded."""
    return "" if given is None else given


class _Permission(Strict):
    """What allows the rows of an extract to be used."""

    owner: str = ""
    legal_basis: str = ""
    assessment: str = ""
    opt_out: str = ""

    _empty = field_validator(*PERMISSION, mode="before")(_left_empty)


class _Received(Strict):
    """What came of an extract for one period, or the statement that nothing did."""

    period: str
    status: Literal["received", "not received"] = "received"
    #: Table of the extract -> file below `data/raw/<edition>/`; one workbook may hold several.
    files: dict[str, str] = Field(default_factory=dict)
    #: File -> SHA-256; may be left out only in a synthetic edition, whose generator lists them.
    sha256: dict[str, Sha256] = Field(default_factory=dict)
    #: What the mapping calls a further file -> the file, from which columns are joined by a key.
    beside: dict[str, str] = Field(default_factory=dict)
    as_at: date | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _received_or_not(self) -> Self:
        if self.status == "received" and not self.files:
            raise ValueError("a received extract needs `files`")
        if self.status == "not received" and not self.reason:
            raise ValueError("an extract not received needs a `reason`, printed in the report")
        return self


class SuppliedPeriod(_Received):
    """An extract as it was received for one period, or the statement that it was not.

    `owner`, `legal_basis`, `assessment`, `opt_out` and `mapping` are those of the extract unless
    given here; an empty one means that for this period none is recorded, or needed.
    """

    owner: str | None = None
    legal_basis: str | None = None
    assessment: str | None = None
    opt_out: str | None = None
    mapping: str | None = None

    # One that is left out stays None, as defaults are not validated.
    _empty = field_validator(*PERMISSION, mode="before")(_left_empty)


class Delivery(_Received, _Permission):
    """One extract as it was received for one period, with the permission that holds for it.

    Whether its rows may be linked, `sources.permission` says.
    """

    extract: Name
    mapping: str = ""

    @property
    def every_file(self) -> tuple[str, ...]:
        """The files of its tables, as often as each is one's, and those joined to them."""
        return (*self.files.values(), *self.beside.values())

    def brought(self, table: Table) -> bool:
        """Whether it came with a table: one that is not optional came, perhaps in parts."""
        return not table.optional or table.name in self.files

    def files_of(self, table: str) -> str:
        """The file of a table, as it is told; all of them where it is put together of several."""
        return self.files.get(table) or ", ".join(dict.fromkeys(self.files.values()))

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is not recorded of it, as it is told, in the order of `PERMISSION`."""
        return tuple(
            told for name, told in PERMISSION.items() if not _recorded(str(getattr(self, name)))
        )

    @property
    def unrecorded(self) -> str:
        """`no legal basis or data-protection assessment is recorded`; "" where all of it is."""
        *before, last = self.lacks or ("",)
        named = f"{', '.join(before)} or {last}" if before else last
        return f"no {named} is recorded" if named else ""


class Supply(_Permission):
    """An extract in an edition: the permission under which it is supplied, and for which periods.

    An empty `owner`, `legal_basis`, `assessment` (the reference of the data-protection impact
    assessment) or `opt_out` (what was done for people who said no) is no error: the rows are
    checked, and go no further where they are about persons (`sources.permission`).
    """

    extract: Name
    #: `<council>/<source>` of `config/mappings/`, where its files are in a shape of their own.
    mapping: str = ""
    periods: tuple[SuppliedPeriod, ...]

    @field_validator("periods")
    @classmethod
    def _some(cls, periods: tuple[SuppliedPeriod, ...]) -> tuple[SuppliedPeriod, ...]:
        if not periods:
            raise ValueError("an extract is given for one period or more")
        return periods

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """One for each period."""
        shared = {name: getattr(self, name) for name in (*PERMISSION, "mapping")}
        return tuple(
            Delivery(extract=self.extract, **shared | period.model_dump(exclude_none=True))
            for period in self.periods
        )


def _recorded(text: str) -> bool:
    """Whether a field says anything."""
    return " ".join(text.lower().split()).strip(" .?!-–—/_<>[]()") not in _PLACE_HOLDERS


class Synthesis(Strict):
    """Size of a synthetic edition; effects and fault rates sit in the generator's own file.

    Attributes:
        seed: of all that is left to chance.
        pupils: on the roll.
        plans: EHC plans maintained.
        lsoas: small areas.
        authorities: others in the invented releases, beside the area and its neighbours, which
            together are then the whole country; none, and there is no place among all.
    """

    seed: int
    pupils: int = Field(gt=0)
    plans: int = Field(gt=0)
    lsoas: int = Field(gt=0)
    authorities: int = Field(default=0, ge=0, le=142)


class Edition(Strict):
    """One published JSNA."""

    edition: Name
    title: PrintedWords
    kind: Literal["full", "open"]
    synthetic: bool = False
    area: Name
    #: The day of the school census and SEN2 return the edition stands on.
    reference_date: date
    #: Printed on the report, and the source of every timestamp in its files.
    published: date
    contact: Printed = ""
    profile: Name = "default"
    #: Extract or dataset -> disclosure profile, where it differs from `profile`.
    profiles: dict[str, Name] = Field(default_factory=dict)
    #: Official dataset -> release of it, or several: of two that give one figure the first stands.
    releases: dict[Name, Name | tuple[Name, ...]] = Field(default_factory=dict)
    #: Editions published before, whose figures readers have; their ledgers are kept.
    previous: tuple[Name, ...] = ()
    extracts: tuple[Supply, ...] = ()
    #: Code of a validation rule (`census.upn.letter`) -> severity, where not the declared one.
    severities: dict[str, Literal["error", "warning"]] = Field(default_factory=dict)
    #: Chapters of the report in their order, where it is not to have all it has figures for.
    chapters: tuple[Name, ...] = ()
    synthesis: Synthesis | None = None

    @field_validator("edition")
    @classmethod
    def _no_word_of_the_command_line(cls, name: str) -> str:
        if name in _WORDS:
            raise ValueError(f"'jsna link {name}' means something else; call the edition otherwise")
        return name

    @model_validator(mode="after")
    def _kind_fits(self) -> Edition:
        if self.kind == "open" and self.extracts:
            raise ValueError("an open edition has no local extracts; make it `kind: full`")
        if self.synthetic != (self.synthesis is not None):
            raise ValueError("`synthesis` is given exactly where `synthetic: true`")
        return self

    def releases_of(self, dataset: str) -> tuple[str, ...]:
        """The releases of a dataset that it stands on."""
        named = self.releases.get(dataset, ())
        return (named,) if isinstance(named, str) else named

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Each extract for each of its periods, in the order of the file."""
        return tuple(delivery for supply in self.extracts for delivery in supply.deliveries)

    @property
    def received(self) -> tuple[Delivery, ...]:
        """Deliveries that arrived: what is checked, and what the generator makes."""
        return tuple(d for d in self.deliveries if d.status == "received")
