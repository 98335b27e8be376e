"""Files of the SSDA903 return that nothing is made of, by their headers: each is told by name.

Headers are those of data-to-insight/csc-validator-be-903 (`lac_validator/config.py`, 10ad07c).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WHOSE: Final = ("CHILD", "DOB")

#: What a file holds -> its headers.
UNREAD: Final[Mapping[str, tuple[str, ...]]] = {
    "unaccompanied asylum-seeking children": (*_WHOSE, "DUC"),
    "adoptions (AD1)": (*_WHOSE, "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR"),
    "children placed for adoption": (*_WHOSE, "DATE_PLACED", "DATE_PLACED_CEASED"),
    "earlier permanence": (*_WHOSE, "PREV_PERM", "DATE_PERM"),
    "social workers": (*_WHOSE, "SW_ID", "SW_DECOM", "SW_DEC"),
    "deprivations of liberty": (*_WHOSE, "DOLO_START", "DOLO_END"),
}
