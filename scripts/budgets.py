"""Prints the size of the code and fails above the hard stops of the house style.

Modules at most 600 lines, functions 80, parameters 7 (command-line verbs are declared by theirs), classes at
most one step below a class of ours.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

MAX_MODULE, MAX_FUNCTION, MAX_PARAMETERS = 600, 80, 7
SOURCE = Path(__file__).resolve().parents[1] / "src" / "braid"


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many parameters a caller may give, self and cls left out."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def function_faults(path: Path, tree: ast.Module) -> list[str]:
    """Functions of a module that are too long or take too much."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            where = f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
            if lines > MAX_FUNCTION:
                found.append(f"{where}: {lines} lines, at most {MAX_FUNCTION}")
            if parameters(node) > MAX_PARAMETERS and path.parent.name != "cli":
                found.append(f"{where}: {parameters(node)} parameters, at most {MAX_PARAMETERS}")
    return found


def depth_faults(bases: dict[str, list[str]]) -> list[str]:
    """Classes more than one step below a class of the project."""
    return [
        f"class {name}: inherits through {base}"
        for name, parents in bases.items()
        for base in parents
        if any(above in bases for above in bases.get(base, []))
    ]


def main() -> int:
    """0 when everything is within the budgets."""
    faults: list[str] = []
    bases: dict[str, list[str]] = {}
    lines = functions = 0
    modules = sorted(SOURCE.rglob("*.py"))
    for path in modules:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        size = text.count("\n")
        lines += size
        functions += sum(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))
        if size > MAX_MODULE:
            faults.append(f"{path.relative_to(SOURCE)}: {size} lines, at most {MAX_MODULE}")
        faults += function_faults(path, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
    faults += depth_faults(bases)
    print(f"{len(modules)} modules, {lines:,} lines, {functions:,} functions, {len(bases)} classes")
    for fault in faults:
        print(f"over budget: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
