"""For how much of one child the extract has room."""

from __future__ import annotations

from typing import Final

#: Disabilities: each the return has a code for.
DISABILITIES: Final = 12
