"""Which identifiers linkage knows, and which of them a table carries.

Linkage reads a table's declaration and nothing else of it: the kind of each identifier, and the
column that holds the sex. An extract that declares them is linked without an edit here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jsna.errors import JsnaError, Problem
from jsna.model.contract import Table

#: Numbers that name a person, best first. Two people never share one; one person may lack it.
NUMBERS: Final = ("nhs_number", "upn", "uln", "number")
#: What else tells people apart.
TRAITS: Final = (
    *("forename", "surname", "date_of_birth", "sex", "postcode"),
    *("house", "street", "town"),
)
#: Every kind linkage compares. `former_upn` is another UPN of the same person; `local_id` is what a
#: source calls a person itself, and says nothing beyond the source.
KINDS: Final = (*NUMBERS, "former_upn", "local_id", *TRAITS)
#: The code list that marks a column as the sex.
_SEX = "sex"


@dataclass(frozen=True, slots=True)
class Source:
    """A relation of records to be linked.

    Attributes:
        name: what the source is called in every table of results.
        relation: name of a table or view of the database.
        carries: kind of identifier -> column of the relation.
        record: column of whole numbers that tells the records of the source apart.
        person: column of whole numbers, the same for records already known to be of one person;
            by default every record stands for a person.
        authorities: authority numbers a UPN may carry; None: any of the range in use.
        synthetic: only then are NHS numbers of the test range sound, and then no others.
    """

    name: str
    relation: str
    carries: Mapping[str, str] = field(default_factory=dict)
    record: str = "record"
    person: str = ""
    authorities: frozenset[str] | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.carries) - set(KINDS))
        if unknown:
            rule = f"linkage knows no identifier of the kind {', '.join(map(repr, unknown))}"
            raise JsnaError(Problem(self.name, rule, code="link.kind"))


def carried(table: Table) -> dict[str, str]:
    """Kind -> field of every identifier a table carries that can be compared."""
    found: dict[str, str] = {
        kind: name for kind, name in table.identifiers.items() if kind in KINDS
    }
    sexes = [column.field for column in table.columns if column.codes == _SEX]
    return {**found, **({"sex": sexes[0]} if sexes else {})}


def usable(carries: Mapping[str, str]) -> bool:
    """Whether records with these identifiers can be linked to others: a number, or two traits."""
    if any(kind in carries for kind in NUMBERS):
        return True
    return "date_of_birth" in carries and bool({"surname", "forename", "postcode"} & set(carries))
