"""JSON Schemas of the files of `config/`, made from the models that load them.

Editors complete and check by them: each file names its own in its first line. `jsna render` writes
them.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from jsna.model.areas import AreaFile
from jsna.model.chapters import ChapterFile
from jsna.model.codelists import CodeListFile
from jsna.model.council import ContactsFile, ContextFile, CouncilSources, IdentityFile
from jsna.model.dimensions import DimensionsFile
from jsna.model.editions import Edition
from jsna.model.layouts import MappingFile
from jsna.model.linkage import Learnt, Names, Passes, Settings
from jsna.model.profiles import ProfileFile
from jsna.model.questions import QuestionsFile
from jsna.model.releases import ReleaseFile
from jsna.model.topics import TopicsFile
from jsna.model.workflow import WorkflowSettings
from jsna.settings.authorities import AuthoritiesFile
from jsna.settings.few_figures import FewFile
from jsna.settings.recoded import RecodedFile

#: An entry of a docstring's attributes: its name or names, and its words.
_ATTRIBUTE: Final = re.compile(r"^(\w[\w, ]*): (.*(?:\n[ ]+.*)*)", re.MULTILINE)
#: Where they stand, below the project's folder.
FOLDER: Final = "config/schemas"


class Kind(NamedTuple):
    """A kind of configuration file: its model, and the files below `config/` that are of it."""

    model: type[BaseModel]
    files: str


#: Name of a schema -> the kind of file it is of.
KINDS: Final[Mapping[str, Kind]] = {
    "area": Kind(AreaFile, "areas/*.yaml"),
    "authorities": Kind(AuthoritiesFile, "authorities.yaml"),
    "codelist": Kind(CodeListFile, "codelists/*.yaml"),
    "contacts": Kind(ContactsFile, "editions/*/contacts.yaml"),
    "context": Kind(ContextFile, "editions/*/context.yaml"),
    "dimensions": Kind(DimensionsFile, "dimensions.yaml"),
    "disclosure": Kind(ProfileFile, "disclosure/*.yaml"),
    "edition": Kind(Edition, "editions/*.yaml"),
    "few_figures": Kind(FewFile, "few_figures.yaml"),
    "identity": Kind(IdentityFile, "editions/*/identity.yaml"),
    "indicators": Kind(ChapterFile, "indicators/*.yaml"),
    "linkage": Kind(Settings, "linkage/linkage.yaml"),
    "mapping": Kind(MappingFile, "mappings/*/*.yaml"),
    "model": Kind(Learnt, "linkage/model.yaml"),
    "names": Kind(Names, "linkage/names.yaml"),
    "passes": Kind(Passes, "linkage/passes.yaml"),
    "questions": Kind(QuestionsFile, "questions.yaml"),
    "recoded": Kind(RecodedFile, "recoded.yaml"),
    "release": Kind(ReleaseFile, "releases/*/*.yaml"),
    "sources": Kind(CouncilSources, "editions/*/sources.yaml"),
    "topics": Kind(TopicsFile, "topics.yaml"),
    "workflow": Kind(WorkflowSettings, "config.yaml"),
}


def schemas() -> dict[str, str]:
    """Path below the project's folder -> JSON Schema, of every kind of file."""
    return {f"{FOLDER}/{name}.json": _text(kind.model) for name, kind in KINDS.items()}


def _text(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(mode="validation")
    for one in (schema, *schema.get("$defs", {}).values()):
        _describe(one)
    text = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(text, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _describe(schema: dict[str, Any]) -> None:
    """Give a model's keys what its docstring says of them, and the model the docstring's head."""
    told, _, attributes = schema.get("description", "").partition("\n\nAttributes:\n")
    if told:
        schema["description"] = " ".join(told.split())
    for names, words in _ATTRIBUTE.findall(textwrap.dedent(attributes)):
        for name in names.split(", "):
            if name in schema.get("properties", {}):
                schema["properties"][name]["description"] = " ".join(words.split())


def first_line(file: Path, root: Path) -> str:
    """The line by which a file of `config/` names its schema; "" where it is of no kind."""
    below = file.relative_to(root / "config")
    for name, kind in KINDS.items():
        if below.match(kind.files) and len(below.parts) == len(Path(kind.files).parts):
            up = "../" * (len(below.parts) - 1)
            return f"# yaml-language-server: $schema={up}schemas/{name}.json"
    return ""
