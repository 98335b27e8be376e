"""Code fingerprints: what a rule's result depends on beside its files.

Snakemake does not notice that an imported module was edited. Every rule therefore carries the
fingerprint of the modules it runs as a parameter, and reruns when it changes.
"""

from __future__ import annotations

import ast
import atexit
import hashlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).resolve().parents[2]
_PACKAGE = "jsna"
#: Fields of a statement that hold statements, or what holds them (handlers, cases).
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@cache
def fingerprint(*modules: str) -> str:
    """Hash of the syntax trees of `modules` and of every jsna module they import.

    Comments, layout and docstrings do not count. A package stands for all its modules, and
    imports inside functions count, so that late imports are seen too. Of the sources, what a module
    finds by a name of theirs counts, and nothing else of them: editing how invented rows look makes
    no stage rerun that only reads what was received.

    Args:
        modules: dotted names, such as "jsna.measures".

    Returns:
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256()
    for file in sorted(_reach(modules)):
        digest.update(str(file.relative_to(_SOURCE).as_posix()).encode())
        digest.update(_read(file)[1].encode() if file.suffix == ".py" else file.read_bytes())
    return digest.hexdigest()


def _reach(modules: tuple[str, ...]) -> set[Path]:
    seen: set[Path] = set()
    waiting = [file for module in modules for file in _files(module)]
    if not waiting:
        raise ValueError(f"no such module: {', '.join(modules)}")
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        if file.suffix == ".py":
            waiting += _read(file)[0]
    return seen


def _files(module: str, *, whole: bool = True) -> Iterator[Path]:
    """Files of a module; of a package all of them (and its data), or its `__init__` alone."""
    path = _SOURCE.joinpath(*module.split("."))
    if path.is_dir():
        if whole:
            yield from (p for p in path.rglob("*") if p.suffix in (".py", ".yaml", ".sql"))
        elif (path / "__init__.py").is_file():
            yield path / "__init__.py"
    elif path.with_suffix(".py").is_file():
        yield path.with_suffix(".py")
        # Importing a module runs the packages it stands in.
        for parent in path.parents:
            if parent == _SOURCE:
                break
            yield parent / "__init__.py"


@cache
def _imported(name: str) -> tuple[Path, ...]:
    """Files of a module or package that is imported, none where it is a name inside of one."""
    return tuple(_files(name, whole=False))


#: A call that finds a module or file of every source by its name (`jsna.sources`).
_PARTS = re.compile(r"""\b(?:parts|data)\("([\w.]+)"\)""")


def _parts(text: str) -> Iterator[Path]:
    """Files of what a module finds in the folders of the sources, by being there."""
    for part in _PARTS.findall(text):
        for folder in sorted(_SOURCE.joinpath(_PACKAGE, "sources").iterdir()):
            file = folder / part
            yield from [file] if file.is_file() else _files(_module(file))


def _module(place: Path) -> str:
    """Dotted name of a module or package."""
    return ".".join(place.relative_to(_SOURCE).parts)


@cache
def _read(file: Path) -> tuple[frozenset[Path], str]:
    """The files of the jsna modules a module imports, and the digest of its syntax tree."""
    text = file.read_text(encoding="utf-8")
    name = hashlib.sha256(text.encode()).hexdigest()
    met = _kept()
    if name not in met:
        met[name] = _parsed(text)
        _NEW.add(name)
    _USED.add(name)
    imports, tree = met[name]
    found = {name for one in imports for name in _named(*one, file)}
    ours = (name for name in found if name.split(".")[0] == _PACKAGE)
    files = {file for name in ours for file in _imported(name)}
    return frozenset(files.union(_parts(text))), tree


#: What a module imports (dots before a name, name, what of it), and the digest of its syntax tree.
_Parsed = tuple[list[tuple[int, str, str]], str]
#: Texts parsed by this process, and all it met, by their digests.
_NEW: set[str] = set()
_USED: set[str] = set()


def _parsed(text: str) -> _Parsed:
    """What a text of a module comes to.

    Each is parsed once and its tree let go at once: keeping them all costs more time, in the
    garbage collector, than everything else here.
    """
    tree = ast.parse(text)
    found: set[tuple[int, str, str]] = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            found.update((0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update((node.level, node.module or "", alias.name) for alias in node.names)
    _drop_docstrings(tree)
    return sorted(found), hashlib.sha256(_written(tree).encode()).hexdigest()


def _place() -> Path:
    """The file beside Python's own compiled code in which what texts come to is kept."""
    compiled = Path(importlib.util.cache_from_source(__file__))
    # What is kept is what this very module makes of a text.
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    return compiled.with_suffix(f".{own}.json")


@cache
def _kept() -> dict[str, _Parsed]:
    """What earlier processes parsed, by the digest of the text; none where that cannot be read."""
    with suppress(OSError, ValueError):
        read = json.loads(_place().read_text(encoding="utf-8"))
        return {name: ([tuple(one) for one in imports], tree) for name, (imports, tree) in read}
    return {}


@atexit.register
def _keep() -> None:
    """Keep what was parsed, where compiled code is kept too: a text is parsed once, not each run.

    Texts that this process did not meet are let go, but for a process that read only a part.
    """
    if not _NEW or sys.dont_write_bytecode:
        return
    met = _kept()
    kept = sorted(_USED if len(met) > 2 * len(_USED) else met)
    written = json.dumps([[name, met[name]] for name in kept], separators=(",", ":"))
    place = _place()
    # As it can be made again, nothing is lost where it cannot be written.
    with suppress(OSError):
        part = place.with_suffix(f".{os.getpid()}")
        part.write_text(written, encoding="utf-8")
        part.replace(place)
        for old in place.parent.glob(f"{Path(__file__).stem}.*.json"):
            if old != place:
                old.unlink(missing_ok=True)


def _written(tree: ast.AST) -> str:
    """A syntax tree as text, the same in every version of Python this runs on.

    Python 3.12 gave definitions a field that is empty in code for 3.11, and 3.13 leaves empty
    fields out unless they are asked for.
    """
    empty: dict[str, Any] = {"show_empty": True} if sys.version_info >= (3, 13) else {}
    return ast.dump(tree, **empty).replace(", type_params=[]", "")


def _named(dots: int, module: str, part: str, file: Path) -> Iterator[str]:
    """Full names of the module that an import names, and of a part of it that may be one."""
    base = module
    if dots:
        package = file.relative_to(_SOURCE).with_suffix("").parts
        up = dots - (file.name == "__init__.py")
        base = ".".join([*package[: len(package) - up], *filter(None, [module])])
    yield base
    if part:
        yield f"{base}.{part}"


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node: imports are never inside an expression."""
    for name in _BLOCKS:
        for child in getattr(node, name, ()):
            yield child
            yield from _statements(child)


def _drop_docstrings(node: ast.AST) -> None:
    """Take out the docstrings of a module, its classes and its functions."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body:
        return
    first = body[0]
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        del body[0]
    for child in body:
        _drop_docstrings(child)
