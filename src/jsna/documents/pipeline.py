"""The stages of the pipeline, for readers."""

from __future__ import annotations

from jsna.documents.markdown import code, table
from jsna.stages import STAGES, Stage


def stages() -> str:
    """Every stage with its module and zones, in the order of the pipeline."""
    head = ("stage", "what it is doing", "module", "zones it may read", "zones it may write")
    return table(head, (_row(stage) for stage in STAGES.values()))


def _row(stage: Stage) -> tuple[str, ...]:
    zones = [code(*sorted(names), without="none") for names in (stage.reads, stage.writes)]
    told = zones if stage.confined else ["any", "any"]
    return (code(stage.verb), stage.does, code(stage.module), *told)
