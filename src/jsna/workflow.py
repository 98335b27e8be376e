"""What the Snakemake rules need to know: which files and which code each stage stands on.

Imported while the workflow is parsed, so it must stay light: no pandas here. Paths are relative
to the project's folder, in which Snakemake runs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from jsna.disclosure.discovery import digest
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.model.documents import DOCUMENTS
from jsna.provenance import inputs, made_with, register
from jsna.settings import loading
from jsna.stages import STAGES

_ROOT: Final = Path()
#: What a stage is told of its rule: where none of it has changed, what it made stands.
_STANDING: Final = "--given {params:q} --from {input:q} --to {output:q} "


def message(stage: str) -> str:
    """What a stage is doing, in words for whoever waits."""
    return STAGES[stage].does


def command(stage: str) -> str:
    """The shell command of a rule. One that looks about freely always does: see `standing`."""
    told = _STANDING if STAGES[stage].confined else ""
    return f"python -m jsna {stage} {{wildcards.edition}} {told}2> {{log}}"


def code(stage: str) -> str:
    """Fingerprint of a stage's code and of the locked packages it runs on."""
    return inputs.code(stage, _ROOT)


@cache
def _configured(name: str) -> Configuration:
    return loading.load(name, _ROOT)


def stated(name: str, stage: str = "") -> str:
    """Digest of what the configuration says that an edition stands on; of a stage, that it reads.

    A file that says the same in other words of its comments makes nothing anew.
    """
    return inputs.stated(_configured(name), _ROOT, stage)


def as_written(name: str) -> str:
    """Digest of the configuration as the manifest lists it, comments and all."""
    return inputs.as_written(_configured(name), _ROOT)


def decided(name: str) -> str:
    """Digest of what numbers depend on of dimensions and indicators of an edition, not of words."""
    return inputs.decided(_configured(name))


def audited(name: str) -> str:
    """Digest of `decided` with what the auditor of releases says of indicators in words."""
    return inputs.audited(_configured(name))


def declared(name: str) -> str:
    """Digest of what decides which counts of an edition are tied: declarations, not their words."""
    return digest.declared(_configured(name), _ROOT)


def stages() -> dict[str, str]:
    """Code of every stage up to the safe measures."""
    return inputs.to_safe(_ROOT)


@cache
def publications(name: str) -> list[str]:
    """Files of the publications an edition is protected beside.

    None where the register cannot be read: the stage that looks them up says why. A publication of
    the edition from these very inputs is none of them, so that publishing makes nothing anew.
    """
    config = _configured(name)
    try:
        # Extracts can be large: they are read only where there is something to compare them with.
        made = inputs.recipe(config, _ROOT) if register.entries(_ROOT, name) else ""
        found = register.before(_ROOT, name, config.edition.previous, made)
    except JsnaError:
        return []
    return [(entry.folder / file).as_posix() for entry in found for file in entry.files]


def raw_files(name: str) -> list[str]:
    """Raw extracts an edition received, and their list of digests where it is synthetic."""
    return inputs.raw_files(_configured(name))


def releases(name: str) -> list[str]:
    """Official releases an edition uses."""
    return inputs.releases(_configured(name))


@cache
def source() -> str:
    """The commit and whether the files are those of it: a report is sealed anew where it is not."""
    return " ".join(filter(None, made_with.source(_ROOT).values())) or "no checkout"


@cache
def linkage_rules() -> str:
    """Digest of what the rules of linkage say: passes, names, thresholds and the model."""
    return inputs.linkage_stated(_ROOT)


def documents(file: str) -> list[str]:
    """Files of the draft: the `page` or the `pdf` of every document."""
    return [f"data/processed/{{edition}}/draft/{getattr(one, file)}" for one in DOCUMENTS]


def templates() -> list[str]:
    """Templates and style sheets of the report."""
    return inputs.templates(_ROOT)


def fonts() -> list[str]:
    """The bundled font, the only one any output uses."""
    return inputs.fonts(_ROOT)
