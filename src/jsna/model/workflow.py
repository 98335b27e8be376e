"""What Snakemake itself is told: `config/config.yaml`."""

from __future__ import annotations

from jsna.model.base import Name, Strict


class WorkflowSettings(Strict):
    """Settings of the workflow.

    Attributes:
        edition: name of a file in `config/editions/`, built where no other is named.
    """

    edition: Name
