"""What validation found, as the frames later stages read: counts, never values of children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from jsna.ingest.convert import TEXT
from jsna.ingest.judge import Validated
from jsna.ingest.places import row_of
from jsna.model.configuration import Configuration
from jsna.sources import permission, registry

VIOLATION_TYPES: Mapping[str, Any] = {
    "extract": TEXT,
    "table": TEXT,
    "period": TEXT,
    "code": TEXT,
    "severity": TEXT,
    "message": TEXT,
    "fields": TEXT,
    "rows": "int64",
    "first_row": "Int64",
    "example": TEXT,
}
QUALITY_TYPES: Mapping[str, Any] = {
    "extract": TEXT,
    "table": TEXT,
    "period": TEXT,
    "file": TEXT,
    "counted_as": TEXT,
    "rows_received": "int64",
    "rows_valid": "int64",
    "rows_quarantined": "int64",
    "warnings": "int64",
    "status": TEXT,
    "owner": TEXT,
    "legal_basis": TEXT,
    "as_at": TEXT,
    "reason": TEXT,
}

Judged = Mapping[tuple[str, str], Mapping[str, Validated]]


def violation_rows(results: Judged) -> pd.DataFrame:
    """One row for each rule broken in each table, sorted by extract, period, table and code.

    `rows` counts the rows that break it, `first_row` is the first of them in the file, `example`
    its cell where that can be shown. A rule that could not be tried has severity `not_run`.
    """
    rows = [
        {
            **asdict(found),
            "extract": key[0],
            "table": name,
            "period": key[1],
            "fields": ", ".join(found.fields),
            "first_row": None if found.first_row is None else row_of(found.first_row),
        }
        for key, tables in results.items()
        for name, judged in tables.items()
        for found in judged.found
    ]
    frame = pd.DataFrame(rows, columns=list(VIOLATION_TYPES)).astype(dict(VIOLATION_TYPES))
    order = ["extract", "period", "table", "code"]
    # A rule tried twice (before and after rows of another table were set aside) is one entry.
    first = {"first_row": "min", "rows": "sum", "example": "first", "message": "first"}
    merged = frame.groupby([*order, "severity", "fields"], as_index=False, sort=True).agg(first)
    return merged[list(VIOLATION_TYPES)].astype(dict(VIOLATION_TYPES))


def quality_rows(results: Judged, config: Configuration) -> pd.DataFrame:
    """One row for each table of each delivery of the edition, received or not.

    `warnings` counts rows times rules: a row two rules warn of counts twice.
    """
    rows = []
    for delivery in config.edition.deliveries:
        tables = results.get((delivery.extract, delivery.period), {})
        for table in registry()[delivery.extract].tables:
            judged = tables.get(table.name)
            warnings = [v.rows for v in judged.found if v.severity == "warning"] if judged else []
            rows.append(
                {
                    "extract": delivery.extract,
                    "table": table.name,
                    "period": delivery.period,
                    "file": delivery.files_of(table.name),
                    "counted_as": table.counted_as,
                    "rows_received": len(judged.staged) if judged else 0,
                    "rows_valid": len(judged.valid) if judged else 0,
                    "rows_quarantined": len(judged.reasons) if judged else 0,
                    "warnings": sum(warnings),
                    "status": delivery.status,
                    "owner": delivery.owner,
                    "legal_basis": delivery.legal_basis,
                    "as_at": delivery.as_at.isoformat() if delivery.as_at else "",
                    "reason": delivery.reason or permission.gap(delivery),
                }
            )
    frame = pd.DataFrame(rows, columns=list(QUALITY_TYPES)).astype(dict(QUALITY_TYPES))
    return frame.sort_values(["extract", "period", "table"], kind="stable", ignore_index=True)
