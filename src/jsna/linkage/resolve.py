"""One-to-one resolution: each person of one source is linked to at most one of the other.

A pair is a link where each is the other's best by weight. Where two pairs are equally good, neither
is linked, and both are listed: nothing but the order of rows would choose between them.
"""

from __future__ import annotations

#: What makes a candidate, beside its two people.
CANDIDATE = "left_person, right_person, left_record, right_record, weight, probability"


def best_records(candidates: str) -> str:
    """SQL of the best pair of records for each pair of people (people may have several records)."""
    return f"""
        SELECT {CANDIDATE} FROM {candidates}
        QUALIFY row_number() OVER (
            PARTITION BY left_person, right_person
            ORDER BY weight DESC, left_record, right_record
        ) = 1
    """


def mutual(candidates: str) -> str:
    """SQL of the pairs that are the best of both their people, with `tied` where not alone.

    Args:
        candidates: one row for each pair of people, with a `weight`.
    """
    return f"""
        WITH ranked AS (
            SELECT *, max(weight) OVER (PARTITION BY left_person) AS best_left,
                max(weight) OVER (PARTITION BY right_person) AS best_right
            FROM {candidates}
        ), top AS (
            SELECT * EXCLUDE (best_left, best_right) FROM ranked
            WHERE weight = best_left AND weight = best_right
        )
        SELECT *, count(*) OVER (PARTITION BY left_person) > 1
            OR count(*) OVER (PARTITION BY right_person) > 1 AS tied
        FROM top
    """
