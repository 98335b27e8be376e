"""Which files an edition stands on, and the digest of all of them: its recipe.

Imported while the workflow is parsed, so it must stay light: no pandas here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.model.council import CONTEXT
from jsna.model.editions import TOLD
from jsna.model.indicators import WORDS
from jsna.provenance.fingerprint import fingerprint
from jsna.settings import mappings, reading
from jsna.settings.authorities import FILE as AUTHORITIES
from jsna.settings.councils import files as own_words
from jsna.settings.dimensions import FILE as DIMENSIONS
from jsna.settings.made_lists import PASSES
from jsna.settings.questions import QUESTIONS, TOPICS
from jsna.settings.recoded import FILE as RECODED
from jsna.stages import ASKED, COUNCIL, EVENTS, FOR_READERS, STAGES

INDICATORS: Final = "config/indicators"
#: Folders of configuration every edition stands on. Every release is among it: whether some release
#: gives an indicator decides which areas it is compared with, and one may be laid out like another.
SHARED: Final = ("indicators", "codelists", "disclosure", "releases")


def code(stage: str, root: Path) -> str:
    """Fingerprint of a stage's code and of the locked packages it runs on."""
    return of_code(root, *STAGES[stage].code)


def of_code(root: Path, *modules: str) -> str:
    """Fingerprint of modules, of all they import, and of the locked packages they run on."""
    return f"{fingerprint(*modules)}-{_lock(root)}"


@cache
def _lock(root: Path) -> str:
    lock = root / "requirements.lock"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "unlocked"


def configuration(config: Configuration, root: Path) -> list[str]:
    """Configuration files of an edition, relative to `root`."""
    files = [
        f"config/editions/{config.edition.edition}.yaml",
        *_area(config, root),
        DIMENSIONS,
        *(name for name in (RECODED, QUESTIONS, TOPICS) if (root / name).is_file()),
        *map(mappings.path_of, mappings.named(config.edition)),
        *own_words(config.edition.edition, root),
    ]
    for folder in SHARED:
        found = sorted((root / "config" / folder).rglob("*.yaml"))
        files += [p.relative_to(root).as_posix() for p in found]
    # Passes of linkage are a code list too.
    return files + [PASSES] * (root / PASSES).is_file()


def stated(config: Configuration, root: Path, stage: str = "") -> str:
    """Digest of what the configuration of an edition says, of a stage of what that reads.

    Comments and layout of a file are no part of it, and up to the proof what the edition only tells
    readers is not either.
    """
    unread = STAGES[stage].unread if stage else ()
    read = [file for file in configuration(config, root) if _part(file) not in unread]
    told, asked = FOR_READERS not in unread, not {*ASKED.split()} <= {*unread}
    return _digest({file: _said(config, root, file, told=told, asked=asked) for file in read})


def _part(file: str) -> str:
    """The part of the configuration a file belongs to, as `Stage.unread` names it."""
    _, part, *below = Path(file).parts
    if part == "editions" and len(below) > 1:
        return EVENTS if below[-1] == CONTEXT else COUNCIL
    return part.removesuffix(".yaml")


def linkage_stated(root: Path) -> str:
    """Digest of what the rules of linkage say."""
    return _digest({file: _held(root / file) for file in linkage_rules(root)})


def as_written(config: Configuration, root: Path) -> str:
    """Digest of every byte of the configuration of an edition, as the manifest lists it."""
    files = {*configuration(config, root), *linkage_rules(root)}
    return _digest({f: _of_bytes(root / f) for f in files if (root / f).is_file()})


def _said(config: Configuration, root: Path, file: str, *, told: bool, asked: bool = True) -> str:
    """What a file of configuration says.

    Args:
        config: configuration of the edition.
        root: where the file stands.
        file: of the edition's own, with what it tells readers or not.
        told: that.
        asked: of one of indicators, with the questions they answer or not.
    """
    content = _content(root / file)
    if not told and file == f"config/editions/{config.edition.edition}.yaml":
        content = _less(content, TOLD)
    if not asked and file.startswith(f"{INDICATORS}/") and isinstance(content, dict):
        entries = [_less(one, {"answers"}) for one in content.get("indicators") or ()]
        content = {**content, "indicators": entries}
    return _as_text(content)


def _held(file: Path) -> str:
    """What a YAML file holds, as text; of another file the digest."""
    return _as_text(_content(file))


def _content(file: Path) -> Any:
    return reading.held(file) if file.suffix == ".yaml" else _of_bytes(file)


def _less(content: Any, keys: Collection[str]) -> Any:
    """A part of a file without some of its keys."""
    if not isinstance(content, dict):
        return content
    return {key: part for key, part in content.items() if key not in keys}


def _as_text(content: Any) -> str:
    # In the order it stands in: that of categories decides how they are shown.
    return content if isinstance(content, str) else json.dumps(content, default=str)


def _of_bytes(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _area(config: Configuration, root: Path) -> list[str]:
    """What says where an edition is about: its area's file, or what was derived and from where."""
    derived = Paths(root, config.edition.edition).area
    files = [root / f"config/areas/{config.edition.area}.yaml", root / AUTHORITIES, derived]
    # An area that is declared whole has nothing derived, and is in no register.
    named = files if derived.is_file() else files[:1]
    return [file.relative_to(root).as_posix() for file in named if file.is_file()]


def raw_files(config: Configuration) -> list[str]:
    """Raw extracts an edition received, and their list of digests where it is synthetic."""
    folder = Path("data/raw", config.edition.edition)
    files = {f for delivery in config.edition.received for f in delivery.every_file}
    if config.edition.synthetic:
        files.add("SHA256SUMS")
    return [(folder / file).as_posix() for file in sorted(files)]


def releases(config: Configuration) -> list[str]:
    """Official releases an edition uses."""
    folder = Path("data/raw", config.edition.edition, "published")
    return sorted({(folder / source.file).as_posix() for source in config.every_release})


def decided(config: Configuration) -> str:
    """Digest of what numbers depend on of dimensions and indicators, of which words are no part."""
    asked = {
        name: one.model_dump(mode="json", exclude=set(WORDS))
        for name, one in config.indicators.items()
    }
    split = {name: one.decides for name, one in config.dimensions.items()}
    return _digest([split, asked])


def audited(config: Configuration) -> str:
    """Digest of `decided` with what the auditor of releases goes by, and says in its notes.

    It names the indicators whose figures contradict each other, as sentences do, and no other.
    """
    terms = {term.indicator for relation in config.relations for term in relation.terms}
    named = {name: config.indicators[name].phrase for name in sorted(terms)}
    relations = [relation.model_dump(mode="json") for relation in config.relations]
    return _digest([decided(config), named, relations])


def _digest(stated: object) -> str:
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


def recipe(config: Configuration, root: Path) -> str:
    """Digest of all an edition's safe measures are made from but earlier publications.

    Raw extracts, releases, configuration, rules of linkage, the lock and the code of the stages.
    """
    own = (*raw_files(config), *releases(config), *configuration(config, root))
    digests: dict[str, object] = {INDICATORS: audited(config)}
    words = {DIMENSIONS, QUESTIONS, TOPICS, *own_words(config.edition.edition, root)}
    for file in sorted({*own, *linkage_rules(root)} - words):
        if (root / file).is_file() and not file.startswith(f"{INDICATORS}/"):
            digests[file] = _said(config, root, file, told=False)
    return _digest([digests, to_safe(root)])


def to_safe(root: Path) -> dict[str, str]:
    """Code of every stage up to the safe measures."""
    return {verb: code(verb, root) for verb, stage in STAGES.items() if stage.to_safe}


@cache
def linkage_rules(root: Path) -> list[str]:
    """The rules of linkage: passes, names, thresholds and the model."""
    return _below(root, "config/linkage/*")


@cache
def templates(root: Path) -> list[str]:
    """Templates, style sheets and scripts of the report."""
    kinds = (".html", ".j2", ".jinja", ".css", ".js", ".txt")
    return [name for name in _below(root, "reports/templates/**/*") if name.endswith(kinds)]


@cache
def fonts(root: Path) -> list[str]:
    """The bundled font, the only one any output uses."""
    return _below(root, "reports/templates/fonts/*.ttf")


@cache
def rules(root: Path) -> list[str]:
    """The workflow itself: its rules and the settings it runs with."""
    return _below(root, "Snakefile", "rules/*.smk", "profiles/**/*", "config/config.*")


def _below(root: Path, *patterns: str) -> list[str]:
    """Files below the project's folder, by their path in it."""
    found = {p for pattern in patterns for p in root.glob(pattern) if p.is_file()}
    return sorted(p.relative_to(root).as_posix() for p in found)
