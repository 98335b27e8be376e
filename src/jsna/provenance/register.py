"""The register of publications: every version that was ever published, with what it told.

`data/publications/<edition>/<number>/` holds one publication: its safe measures, its ledger, the
recodings it took, and `entry.json`, which names them by digest. `seal` appends and nothing changes
or removes an entry: what has been published stays known to everybody. Entries are inputs of the
publications after them, so each says which ones it was itself protected beside; rebuilding it reads
those again and no others.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    import pandas as pd

#: Version of the shape of an entry. Every version ever written is read for ever after.
FORMAT: Final = 2
#: The entry itself, and the tables it names by digest.
ENTRY: Final = "entry.json"
LEDGER, MEASURES, FALLBACKS = "ledger.parquet", "measures.parquet", "fallbacks.parquet"
TABLES: Final = (LEDGER, MEASURES, FALLBACKS)
#: Format of an entry -> table -> its file, where that was called otherwise; the same of columns.
_FORMER_FILES: Final[Mapping[int, Mapping[str, str]]] = {1: {FALLBACKS: "ladders.parquet"}, 2: {}}
_FORMER_COLUMNS: Final[Mapping[int, Mapping[str, str]]] = {1: {"region": "cell"}, FORMAT: {}}
#: In the restricted zone: what was looked up for an edition.
FILE: Final = "publications.json"
#: The recipe of an edition, in its restricted zone. Nothing but its publication stands on it.
RECIPE: Final = "recipe.json"
_FIELDS: Final = {"format", "edition", "number", "published", "recipe", "outputs", "tables", "used"}
_BACK: Final = "put the whole folder back from the archive of publications"


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A publication by its edition and number, with the digest of its `entry.json`."""

    edition: str
    number: int
    sha256: str

    @property
    def text(self) -> str:
        """Edition and number, as its folder is named."""
        return f"{self.edition}/{self.number:04d}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication.

    Attributes:
        folder: where its files are.
        name: edition, number and digest.
        format: version of the shape of the entry.
        published: the date the edition gives, ISO 8601.
        recipe: digest of all it was made from but other publications; the same inputs of the same
            code have the same.
        outputs: digest of the files that were published.
        tables: name of each table -> its SHA-256.
        used: publications it was protected beside.
    """

    folder: Path
    name: Name
    format: int
    published: str
    recipe: str
    outputs: str
    tables: Mapping[str, str]
    used: tuple[Name, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The entry's own file and its tables, as they are called in its folder."""
        return (ENTRY, *(_FORMER_FILES[self.format].get(name, name) for name in TABLES))

    def read(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table of the entry, its columns called as in the present format.

        Raises:
            JsnaError: it is missing or is not what it was.
        """
        found = io.read_parquet(self.table(name), columns)
        return found.rename(columns=dict(_FORMER_COLUMNS[self.format]))

    def table(self, name: str) -> Path:
        """A table of the entry, which is as it was when it was published.

        Raises:
            JsnaError: it is missing or is not what it was.
        """
        file = self.folder / _FORMER_FILES[self.format].get(name, name)
        if not file.is_file():
            raise _problem(file, f"this table of a publication is missing; {_BACK}")
        if io.sha256(file) != self.tables[name]:
            raise _problem(file, f"is not the table that was registered; {_BACK}")
        return file


def folder(root: Path, edition: str) -> Path:
    """Where the publications of an edition are registered."""
    return root / "data" / "publications" / edition


def entries(root: Path, edition: str) -> list[Entry]:
    """The registered publications of an edition, oldest first.

    Raises:
        JsnaError: naming every entry that cannot be read.
    """
    found: list[Entry] = []
    problems: list[Problem] = []
    for place in sorted(p for p in folder(root, edition).glob("*") if p.name.isdecimal()):
        try:
            found.append(read(place))
        except JsnaError as error:
            problems += error.problems
    if problems:
        raise JsnaError(problems)
    return sorted(found, key=lambda entry: entry.name.number)


def read(place: Path) -> Entry:
    """One entry by its folder.

    Raises:
        JsnaError: it is damaged, or of a format this version does not know.
    """
    file = place / ENTRY
    if not file.is_file():
        raise _problem(file, f"this publication has no {ENTRY}; {_BACK}")
    text = file.read_bytes()
    try:
        given = json.loads(text)
        written = given["format"]
        if written not in _FORMER_FILES:
            rule = f"is of format {written}, and this jsna reads formats up to {FORMAT}; update it"
            raise _problem(file, rule)
        called = {_FORMER_FILES[written].get(table, table): table for table in TABLES}
        if set(given) != _FIELDS or set(given["tables"]) != set(called):
            raise KeyError
        name = Name(given["edition"], int(given["number"]), hashlib.sha256(text).hexdigest())
        used = tuple(Name(one["edition"], one["number"], one["sha256"]) for one in given["used"])
        made = Entry(
            place,
            name,
            written,
            str(given["published"]),
            str(given["recipe"]),
            str(given["outputs"]),
            {called[key]: str(value) for key, value in given["tables"].items()},
            used,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _problem(file, f"is damaged; {_BACK}") from error
    if (place.parent.name, place.name) != (name.edition, f"{name.number:04d}"):
        raise _problem(file, f"is of publication {name.text} and lies in another's folder; {_BACK}")
    return made


def find(root: Path, wanted: Sequence[Name]) -> list[Entry]:
    """Entries by name.

    Raises:
        JsnaError: naming every one that is not there, or is not the one that was named.
    """
    found: list[Entry] = []
    problems: list[Problem] = []
    for name in wanted:
        place = folder(root, name.edition) / f"{name.number:04d}"
        if not place.is_dir():
            rule = f"this publication is needed and is not in the register; {_BACK}"
            problems += _problem(place, rule).problems
            continue
        try:
            entry = read(place)
        except JsnaError as error:
            problems += error.problems
            continue
        if entry.name != name:
            rule = f"is not the publication this edition was protected beside; {_BACK}"
            problems += _problem(place / ENTRY, rule).problems
        found.append(entry)
    if problems:
        raise JsnaError(problems)
    return found


def before(root: Path, edition: str, previous: Sequence[str], recipe: str) -> list[Entry]:
    """The publications an edition is to be protected beside, oldest first.

    An edition that has been published from the very same inputs reads what it read then. Any other
    reads all its own publications and those of the editions it names, and what these in turn were
    protected beside.

    Args:
        root: the project's folder.
        edition: its name.
        previous: editions it names as earlier ones.
        recipe: digest of its inputs, see `Entry`; "" for one that was never published.

    Raises:
        JsnaError: an entry is damaged or missing, or an edition named was never published.
    """
    own = entries(root, edition)
    same = next((entry for entry in own if recipe and entry.recipe == recipe), None)
    if same is not None:
        return find(root, same.used)
    found = {entry.name: entry for entry in own}
    missing = []
    for name in previous:
        theirs = entries(root, name)
        found |= {entry.name: entry for entry in theirs}
        if not theirs:
            missing.append(name)
    if missing:
        rule = (
            "no publication of this earlier edition is in the register; put its folder "
            "data/publications/<edition> back from the archive"
        )
        raise JsnaError(
            Problem(
                "config/editions", rule, column="previous", value=name, code="previous.register"
            )
            for name in missing
        )
    waiting = list(found.values())
    while waiting:
        more = [name for entry in waiting for name in entry.used if name not in found]
        waiting = find(root, sorted(set(more)))
        found |= {entry.name: entry for entry in waiting}
    return sorted(found.values(), key=lambda entry: (entry.published, entry.name))


def looked_up(paths: io.Paths, previous: Sequence[str]) -> list[Entry]:
    """The publications an edition is protected beside, as they were looked up.

    Args:
        paths: the edition's folders.
        previous: the editions it names as earlier ones.

    Raises:
        JsnaError: they have not been looked up for these editions; or one is not what it was.
    """
    file = paths.restricted / FILE
    given = io.read_json(file) if file.is_file() else {}
    if given.get("previous") != list(previous):
        rule = (
            "earlier publications have not been looked up for this edition as it is configured; "
            f"run: jsna publications {paths.edition}"
        )
        raise JsnaError(Problem(f"restricted/{FILE}", rule, code="register"))
    used = [Name(one["edition"], one["number"], one["sha256"]) for one in given["used"]]
    return find(paths.root, used)


def append(
    root: Path,
    edition: str,
    published: str,
    recipe: str,
    outputs: Mapping[str, str],
    tables: Mapping[str, Path],
    used: Sequence[Name],
) -> Entry:
    """Register a publication, unless the very same is registered.

    Args:
        root: the project's folder.
        edition: its name.
        published: the date it gives.
        recipe: digest of its inputs.
        outputs: published file -> its SHA-256.
        tables: file of each of `TABLES`.
        used: publications it was protected beside.

    Returns:
        The entry, new or as it was.

    Raises:
        JsnaError: another publication of the same inputs told something else: the two were not
            protected beside each other.
    """
    digest = hashlib.sha256(_json(dict(outputs))).hexdigest()
    digests = {name: io.sha256(file) for name, file in tables.items()}
    own = entries(root, edition)
    for entry in own:
        if (entry.outputs, entry.tables) == (digest, digests):
            return entry
        if entry.recipe == recipe and entry.tables != digests:
            rule = (
                f"publication {entry.name.text} was made from the very same inputs and says "
                "something else; nothing is published. Build it where that one was built"
            )
            raise _problem(entry.folder / ENTRY, rule)
    number = own[-1].name.number + 1 if own else 1
    place = folder(root, edition) / f"{number:04d}"
    made: dict[str, Any] = {
        "format": FORMAT,
        "edition": edition,
        "number": number,
        "published": published,
        "recipe": recipe,
        "outputs": digest,
        "tables": digests,
        "used": [asdict(one) for one in sorted(used)],
    }
    # Whole or not at all: a folder with a number is an entry.
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    (root / "data").mkdir(parents=True, exist_ok=True)
    for part in (place.parent.parent, place.parent, new):
        part.mkdir(mode=0o700, exist_ok=True)
    for name, file in tables.items():
        _write(new / name, file.read_bytes())
    _write(new / ENTRY, _json(made))
    new.rename(place)
    return read(place)


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _problem(file: Path, rule: str) -> JsnaError:
    below = file.parts[file.parts.index("publications") :] if "publications" in file.parts else ()
    where = "/".join(("data", *below)) if below else file.name
    return JsnaError(Problem(where, rule, code="register"))
