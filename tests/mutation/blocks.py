"""Runs of statements that are run together, by name: what a test runs, without following lines.

A block is what follows the head of a function, or of one arm of an `if`, a loop, a `try` or a
`match` in it. It is named `file|function#number`, the function by its qualified name, so that a
change elsewhere in the file leaves the name as it is. What stands outside every function is the
block `file|`.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

#: What each block calls, first of all, with its name.
_CALLED: Final = "__jsna_called__"
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Names of blocks run since last emptied, and of those run while a module was loaded.
called: set[str] = set()
loading: set[str] = set()


def arms(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements of a compound statement that it may leave out."""
    if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While)):
        yield node.body
        yield node.orelse
    elif isinstance(node, (ast.Try, ast.TryStar)):
        yield from (handler.body for handler in node.handlers)
        yield node.orelse
    elif isinstance(node, ast.Match):
        yield from (case.body for case in node.cases)


class Blocks:
    """The name of every block of a file, by the identity of its list of statements."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file = file
        self.path: list[str] = []
        self.numbers: list[int] = []
        self.names: dict[int, str] = {}
        self.bodies: list[list[ast.stmt]] = []
        self._within(tree)

    def _name(self, body: list[ast.stmt]) -> None:
        if not (body and self.numbers):
            return
        self.names[id(body)] = f"{self.file}|{'.'.join(self.path)}#{self.numbers[-1]}"
        self.numbers[-1] += 1
        self.bodies.append(body)

    def _visit(self, node: ast.AST) -> None:
        """Name the blocks of this node, then those within."""
        within = isinstance(node, (*_FUNCTIONS, ast.ClassDef))
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self.path.append(node.name)
        if isinstance(node, _FUNCTIONS):
            self.numbers.append(0)
            self._name(node.body)
        elif isinstance(node, ast.stmt):
            for body in arms(node):
                self._name(body)
        self._within(node)
        if isinstance(node, _FUNCTIONS):
            self.numbers.pop()
        if within:
            self.path.pop()

    def _within(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
                self._visit(child)


def marked(source: str | bytes, file: str) -> ast.Module:
    """A tree in which each block says its name first; documentation and lines stay as they were."""
    tree = ast.parse(source)
    blocks = Blocks(file, tree)
    for body in blocks.bodies:
        call = ast.Call(
            ast.Name(_CALLED, ast.Load()), [ast.Constant(sys.intern(blocks.names[id(body)]))], []
        )
        said = ast.fix_missing_locations(ast.copy_location(ast.Expr(call), body[0]))
        body.insert(1 if _documents(body[0]) else 0, said)
    return tree


def _documents(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _Loader(SourceFileLoader):
    """Loads a module of the project with its blocks marked, and keeps nothing of it on disk."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        at = path.find(f"{os.sep}src{os.sep}jsna{os.sep}")
        tree = marked(self.get_data(path), Path(path[at + 1 :]).as_posix())
        return compile(tree, path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """What loading runs is run by whoever comes first: it is kept apart."""
        before = set(called)
        called.clear()
        super().exec_module(module)
        loading.update(called)
        called.update(before)


class _Finder(MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.split(".")[0] != "jsna":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


def follow() -> None:
    """From now on, modules of the project are loaded with their blocks marked."""
    if any(name.split(".")[0] == "jsna" for name in sys.modules):
        raise RuntimeError("modules of the project have been loaded before")
    setattr(builtins, _CALLED, called.add)
    sys.meta_path.insert(0, _Finder())
