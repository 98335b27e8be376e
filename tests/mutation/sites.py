"""Places in the source where one small change makes a fault."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.mutation.blocks import Blocks

_COMPARE: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_ARITHMETIC: Final[dict[type[ast.operator], ast.operator]] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.FloorDiv: ast.Div(),
    ast.BitAnd: ast.BitOr(),
    ast.BitOr: ast.BitAnd(),
}
_NAMES: Final = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
#: What a change in a statement of SQL may be: pattern and what it becomes.
_SQL: Final = (
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bAND\b", "OR"),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bDISTINCT\b", ""),
    (r">=", ">"),
    (r"(?<![<>])= 1\b", "= 2"),
    (r"\bIS NOT NULL\b", "IS NULL"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """One change: `source[start:end]` becomes `after`.

    Attributes:
        file: path below the project's root.
        line: line of the change, from 1.
        block: name of the innermost block around it (`tests.mutation.blocks`).
        kind: what sort of change it is.
        before, after: the text replaced, and what stands there instead.
        start, end: offsets in characters.
    """

    file: str
    line: int
    block: str
    kind: str
    before: str
    after: str
    start: int
    end: int

    @property
    def function(self) -> str:
        """Name of the innermost function around it, with its file; the file's own is empty."""
        return self.block.split("#")[0]

    @property
    def package(self) -> str:
        """The package of the project that it is in."""
        return self.file.split("/")[2]

    @property
    def change(self) -> str:
        """What is changed into what, in one line."""
        return f"{' '.join(self.before.split())} -> {self.after}"


def sites(root: Path, file: Path) -> list[Site]:
    """Every place of one source file, in order."""
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    name = file.relative_to(root).as_posix()
    finder = _Finder(name, source, Blocks(name, tree))
    finder.visit(tree)
    return sorted(finder.found, key=lambda site: (site.start, site.end, site.kind))


class _Finder(ast.NodeVisitor):
    def __init__(self, file: str, source: str, blocks: Blocks) -> None:
        self.file, self.source, self.blocks = file, source, blocks
        self.found: list[Site] = []
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines()
        self.within = [f"{file}|"]
        self.assigned: list[set[str]] = [set()]

    def offset(self, line: int, column: int) -> int:
        """Columns of the syntax tree count bytes."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        start = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return start, self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def add(
        self, node: ast.AST, kind: str, after: str, span: tuple[int, int] | None = None
    ) -> None:
        start, end = span or self.span(node)
        before = self.source[start:end]
        if before == after:
            return
        self.found.append(
            Site(
                self.file,
                self.source.count("\n", 0, start) + 1,
                self.within[-1],
                kind,
                before,
                after,
                start,
                end,
            )
        )

    def generic_visit(self, node: ast.AST) -> None:
        """Everything in a node; statements of a block under its name."""
        for _field, value in ast.iter_fields(node):
            name = self.blocks.names.get(id(value))
            self.within += [name] if name else []
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, ast.AST):
                    self.visit(one)
            if name:
                self.within.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        # How a class is declared (`slots`, `frozen`) is no figure and no safety of its own.
        for statement in node.body:
            self.visit(statement)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within.append(self.blocks.names[id(node.body)])
        self.assigned.append(set())
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self.assigned.pop()
        self.within.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self.add(node.test, "negate", f"not ({ast.unparse(node.test)})")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What an error says is not looked at here."""

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.add(node, "drop call", "pass")
            self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.add(node, "drop change", "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {t.id for t in node.targets if isinstance(t, ast.Name)}
        other = any(not isinstance(t, ast.Name) for t in node.targets)
        if len(self.within) > 1 and (names <= self.assigned[-1] if names else other):
            self.add(node, "drop assignment", "pass")
        self.assigned[-1] |= names
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            span = self.span(left)[1], self.span(right)[0]
            between = self.source[span[0] : span[1]]
            if "(" not in between and ")" not in between and "\n" not in between:
                self.add(node, "compare", f" {_COMPARE[type(operation)]} ", span)
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self.add(node, "and/or", f"({ast.unparse(ast.BoolOp(other, node.values))})")
        for at in range(len(node.values)):
            left = [*node.values[:at], *node.values[at + 1 :]]
            kept = left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
            self.add(node, "drop term", f"({ast.unparse(kept)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = [n for n in (node.left, node.right) if isinstance(n, (ast.JoinedStr, ast.Constant))]
        of_text = any(not isinstance(n, ast.Constant) or isinstance(n.value, str) for n in texts)
        if type(node.op) in _ARITHMETIC and not of_text:
            changed = ast.BinOp(node.left, _ARITHMETIC[type(node.op)], node.right)
            self.add(node, "arithmetic", f"({ast.unparse(changed)})")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
            self.add(node.func, "name", _NAMES[node.func.id])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.add(node, "truth", str(not node.value))
        elif isinstance(node.value, int):
            self.add(node, "constant", str(node.value + 1))
        elif isinstance(node.value, str):
            self._sql(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._sql(node)

    def _sql(self, node: ast.expr) -> None:
        start, end = self.span(node)
        text = self.source[start:end]
        if not re.search(r"\b(SELECT|WHERE|JOIN|CASE|COALESCE)\b", text):
            return
        for pattern, after in _SQL:
            for hit in re.finditer(pattern, text):
                self.add(node, "SQL", after, (start + hit.start(), start + hit.end()))


def apply(source: str, site: Site) -> str:
    """The source with the fault in it."""
    return source[: site.start] + site.after + source[site.end :]


@cache
def all_sites(root: Path, package: str) -> tuple[Site, ...]:
    """Every place in a package of `src/jsna`."""
    files = sorted((root / "src/jsna" / package).rglob("*.py"))
    return tuple(site for file in files for site in sites(root, file))
