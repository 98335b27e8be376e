"""Names of the files that protection and proof leave for each other and for others."""

from __future__ import annotations

from typing import Final

#: Public: what may be said of the protection of an edition.
CERTIFICATE: Final = "certificate.json"
#: Restricted: what an attacker is left with of every protected count.
INTERVALS: Final = "intervals.parquet"
#: Restricted: what protection says of its choice for the certificate.
CHOICE: Final = "protection.json"
