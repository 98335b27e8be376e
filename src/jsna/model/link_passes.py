"""Which numbers are looked up, in which order, and what the links they make are called.

Apart from the code that looks them up, because the report names them too.
"""

from __future__ import annotations

import re
from typing import Final

#: What is looked up: the name of the pass, the number on the left, the number on the right.
LOOKUPS: Final = (
    ("NHS number", "nhs_number", "nhs_number"),
    ("UPN", "upn", "upn"),
    ("UPN, former on the left", "former_upn", "upn"),
    ("UPN, former on the right", "upn", "former_upn"),
    ("ULN", "uln", "uln"),
    ("other number", "number", "number"),
)
#: Added to the name of the pass where the guard had fewer than two traits to compare.
LITTLE: Final = ", little else known"
#: What links with that addition are called together: how they were made, and how it is shown.
LITTLE_KNOWN: Final = ("number_alone", "A number, little else to compare")

#: What is said of a person -> code lists that mark the column of an extract it is taken from.
TRAITS: Final = {
    "sex": ("sex",),
    "ethnicity": ("ethnicity", "nhs_ethnic_category"),
    "sen_provision": ("sen_provision",),
}


def code_of(name: str) -> str:
    """The code of a pass in tables: `UPN, former on the left` is `upn_former_on_the_left`."""
    if name.endswith(LITTLE):
        return LITTLE_KNOWN[0]
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def code_sql(name: str) -> str:
    """SQL of `code_of` for a column that holds the name of a pass."""
    plain = f"trim(regexp_replace(lower({name}), '[^a-z0-9]+', '_', 'g'), '_')"
    return f"CASE WHEN ends_with({name}, '{LITTLE}') THEN '{LITTLE_KNOWN[0]}' ELSE {plain} END"
