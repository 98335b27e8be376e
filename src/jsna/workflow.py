"""What the Snakemake rules need to know: which files and which code each stage stands on.

Imported while the workflow is parsed, so it must stay light: no pandas here. Paths are relative
to the project's folder, in which Snakemake runs.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from jsna import edition as editions
from jsna.configuration.made_lists import PASSES
from jsna.configuration.recoded import FILE as RECODED
from jsna.disclosure.discovery import digest
from jsna.errors import JsnaError
from jsna.provenance import made_with, register
from jsna.provenance.fingerprint import fingerprint

#: Stage (verb) -> modules whose code decides its result.
CODE: dict[str, tuple[str, ...]] = {
    "synthesise": ("jsna.synthetic",),
    "ingest": ("jsna.ingest", "jsna.extracts"),
    "published": ("jsna.published",),
    "link": ("jsna.linkage", "jsna.extracts"),
    "derive": ("jsna.measures.tables",),
    "measure": ("jsna.measures.engine",),
    "publications": ("jsna.provenance.recollect",),
    "protect": ("jsna.disclosure.run",),
    "prove": ("jsna.disclosure.prove",),
    "discover": digest.CODE,
    "draw": ("jsna.charts",),
    "write": ("jsna.report.write",),
    "print": ("jsna.report.pdf",),
    "readback": ("jsna.disclosure.readback", "jsna.extracts"),
    "seal": ("jsna.provenance.seal",),
}

#: Stages whose code decides what the safe measures of an edition are.
_TO_SAFE = ("ingest", "published", "link", "derive", "measure", "protect")
#: Folders of configuration every edition stands on.
_SHARED = ("indicators", "codelists", "disclosure", "audits")
#: Stage -> those of them it does not read.
_UNREAD: dict[str, tuple[str, ...]] = {
    "ingest": ("indicators", "disclosure", "audits"),
    "link": ("indicators", "disclosure", "audits"),
    "derive": ("indicators", "disclosure", "audits"),
    "published": ("disclosure",),
}


def code(stage: str) -> str:
    """Fingerprint of a stage's code and of the locked packages it runs on."""
    return f"{fingerprint(*CODE[stage])}-{_lock()}"


@cache
def _lock() -> str:
    lock = Path("requirements.lock")
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "unlocked"


@cache
def _configured(name: str) -> editions.Configuration:
    return editions.load(name, Path())


def configuration(name: str, stage: str = "") -> list[str]:
    """Configuration files an edition stands on; of a stage those it reads."""
    unread = tuple(f"config/{folder}/" for folder in _UNREAD.get(stage, ()))
    files = configuration_files(_configured(name), Path())
    return [file for file in files if not file.startswith(unread)]


def declared(name: str) -> str:
    """Digest of what decides which counts of an edition are tied: declarations, not their words."""
    return digest.declared(_configured(name), Path())


def configuration_files(config: editions.Configuration, root: Path) -> list[str]:
    """Configuration files of a loaded edition, relative to `root`."""
    name = config.edition.edition
    files = [
        f"config/editions/{name}.yaml",
        f"config/areas/{config.edition.area}.yaml",
        "config/sources.yaml",
        *([RECODED] if (root / RECODED).is_file() else ()),
    ]
    for folder in _SHARED:
        found = sorted((root / "config" / folder).glob("*.yaml"))
        files += [p.relative_to(root).as_posix() for p in found]
    # Passes of linkage are a code list too.
    return files + [PASSES] * (root / PASSES).is_file()


def recipe(name: str) -> str:
    """Digest of all an edition's safe measures are made from but earlier publications.

    Raw extracts, releases, configuration, rules of linkage, the lock and the code of the stages.
    """
    files = {*raw_files(name), *releases(name), *configuration(name), *linkage_rules()}
    digests = {}
    for file in sorted(files):
        if Path(file).is_file():
            with Path(file).open("rb") as handle:
                digests[file] = hashlib.file_digest(handle, "sha256").hexdigest()
    text = json.dumps([digests, stages()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def stages() -> dict[str, str]:
    """Code of every stage up to the safe measures."""
    return {stage: code(stage) for stage in _TO_SAFE}


@cache
def publications(name: str) -> list[str]:
    """Files of the publications an edition is protected beside.

    None where the register cannot be read: the stage that looks them up says why. A publication of
    the edition from these very inputs is none of them, so that publishing makes nothing anew.
    """
    root = Path()
    try:
        # Extracts can be large: they are read only where there is something to compare them with.
        made = recipe(name) if register.entries(root, name) else ""
        found = register.before(root, name, _configured(name).edition.previous, made)
    except JsnaError:
        return []
    files = (register.ENTRY, *register.TABLES)
    return [(entry.folder / file).as_posix() for entry in found for file in files]


def raw_files(name: str) -> list[str]:
    """Raw extracts an edition received, and their list of digests where it is synthetic."""
    config = _configured(name)
    folder = Path("data/raw", name)
    files = {f for delivery in config.edition.received for f in delivery.files.values()}
    if config.edition.synthetic:
        files.add("SHA256SUMS")
    return [(folder / file).as_posix() for file in sorted(files)]


def releases(name: str) -> list[str]:
    """Official releases an edition uses."""
    config = _configured(name)
    folder = Path("data/raw", name, "published")
    return sorted({(folder / source.file).as_posix() for _, source in config.sources.values()})


@cache
def source() -> str:
    """The commit and whether the files are those of it: a report is sealed anew where it is not."""
    return " ".join(filter(None, made_with.source(Path()).values())) or "no checkout"


@cache
def linkage_rules(root: Path = Path()) -> list[str]:
    """The rules of linkage: passes, names, thresholds and the model."""
    return _below(root, "config/linkage/*")


@cache
def templates(root: Path = Path()) -> list[str]:
    """Templates and style sheets of the report."""
    kinds = (".html", ".j2", ".jinja", ".css")
    return [name for name in _below(root, "reports/templates/**/*") if name.endswith(kinds)]


@cache
def fonts(root: Path = Path()) -> list[str]:
    """The bundled font, the only one any output uses."""
    return _below(root, "reports/templates/fonts/*.ttf")


@cache
def rules(root: Path = Path()) -> list[str]:
    """The workflow itself: its rules and the settings it runs with."""
    return _below(root, "Snakefile", "rules/*.smk", "profiles/**/*", "config/config.*")


def _below(root: Path, *patterns: str) -> list[str]:
    """Files below the project's folder, by their path in it."""
    found = {p for pattern in patterns for p in root.glob(pattern) if p.is_file()}
    return sorted(p.relative_to(root).as_posix() for p in found)
