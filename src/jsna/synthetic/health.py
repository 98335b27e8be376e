"""How health services write their patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from jsna.shared.patients import OLDEST
from jsna.synthetic import written
from jsna.synthetic.course import Course
from jsna.synthetic.draws import Bools, Days, Ints, narrow, stream
from jsna.synthetic.people import text_of
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import World

#: Ethnic groups of schools -> categories of health services.
_ETHNIC = {
    "WBRI": "A", "WIRI": "B", "WIRT": "C", "WROM": "C", "WOTH": "C", "MWBC": "D", "MWBA": "E",
    "MWAS": "F", "MOTH": "G", "AIND": "H", "APKN": "J", "ABAN": "K", "AOTH": "L", "BCRB": "M",
    "BAFR": "N", "BOTH": "P", "CHNE": "R", "OOTH": "S", "REFU": "Z", "NOBT": "99",
}  # fmt: skip
#: States of tracing: found, not yet traced, none wanted, none found.
_STATUS = ("01", "02", "07", "04")
#: First number a provider gives a patient, and share of patients it registered twice.
_FIRST_PATIENT, _TWICE = 1_000_000, 0.01


def patients(source: str, received: str) -> Callable[[Course], dict[str, Quantity]]:
    """What a provider's system says of patients, one row a referral.

    Args:
        source: whose system it is.
        received: name of the day of each referral, before which nobody is written as born.
    """
    return lambda found: _quantities(found.world, found.person, source, found[received])


def _quantities(world: World, person: Ints, source: str, received: Days) -> dict[str, Quantity]:
    as_written = written.quantities(world, person, source)
    people, seed = world.people, world.synthesis.seed

    def given() -> tuple[Ints, Bools]:
        rng = stream(seed, source, "patients")
        order = narrow(rng.permutation(2 * len(people)), np.int32)
        return order, rng.random(len(people)) < _TWICE

    def numbers() -> pa.Array[Any]:
        order, twice = world.kept(f"{source} patients", "", given)
        # Of a patient registered twice either record may take the next referral.
        second = twice[person] & (received.astype(np.int64) % 2 == 1)
        row = person + np.where(second, len(people), 0)
        return pa.array(_FIRST_PATIENT + order[row]).cast(pa.string())

    def status() -> pa.Array[Any]:
        missing = np.asarray(as_written["nhs_number"]().is_null())
        other = stream(seed, source, "status").random(len(people))[person] < 0.03
        return text_of(_STATUS, 2 * missing + other)

    ethnic = [_ETHNIC[code] for code in people.ethnicities]
    return {
        **as_written,
        "date_of_birth": lambda: believable(as_written, people.born[person], received),
        "local_patient_id": numbers,
        "nhs_number_status": status,
        "nhs_ethnic_category": lambda: text_of(ethnic, people.ethnicity[person]),
    }


def believable(as_written: Mapping[str, Quantity], born: Days, received: Days) -> pa.Array[Any]:
    """Dates of birth as written, but for errors the system would not have taken."""
    said = as_written["date_of_birth"]().to_numpy(zero_copy_only=False).astype("datetime64[D]")
    # Nobody is written as born after the referral, or as too old for the service.
    too_old = (received - said).astype(np.int64) >= (OLDEST + 1) * 365
    return pa.array(np.where((said > received) | too_old, born, said), type=pa.date32())
