"""Prints the size of the code and fails above the hard stops of the house style.

Modules at most 600 lines, functions 80 lines and 7 parameters, classes at most one step below a class of ours.
Command-line verbs may take more parameters: each is an option that people see.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_MODULE, MAX_FUNCTION, MAX_PARAMETERS = 600, 80, 7
SOURCE = Path(__file__).resolve().parents[1] / "src" / "braid"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Totals:
    """What the modules add up to, and what is over budget.

    Args:
        modules: Length of each module in lines, by path.
        functions: Length of each function in lines, by path and name.
        bases: Names of the classes that each class is made from; classes of one name are taken together.
        faults: One line for each thing over budget.
    """

    modules: dict[str, int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    bases: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def num_parameters(function: Function) -> int:
    """How many parameters a caller may give, self and cls left out."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return len(names) - (names[:1] in (["self"], ["cls"])) + len(arguments.kwonlyargs)


def base_names(node: ast.ClassDef) -> Iterator[str]:
    """``Layer`` for each of ``Layer``, ``layers.Layer`` and ``Layer[int]``."""
    for base in node.bases:
        plain = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(plain, ast.Name | ast.Attribute):
            yield plain.id if isinstance(plain, ast.Name) else plain.attr


def measure(path: Path, name: str, totals: Totals) -> None:
    """Add one module to the totals."""
    text = path.read_text(encoding="utf-8")
    totals.modules[name] = len(text.splitlines())
    if totals.modules[name] > MAX_MODULE:
        totals.faults.append(f"{name}: {totals.modules[name]} lines, at most {MAX_MODULE}")
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, ast.ClassDef):
            totals.bases.setdefault(node.name, set()).update(base_names(node))
        elif isinstance(node, Function):
            where = f"{name}:{node.lineno} {node.name}"
            totals.functions[where] = lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION:
                totals.faults.append(f"{where}: {lines} lines, at most {MAX_FUNCTION}")
            if num_parameters(node) > MAX_PARAMETERS and not name.startswith("cli/"):
                totals.faults.append(f"{where}: {num_parameters(node)} parameters, at most {MAX_PARAMETERS}")


def deep_classes(bases: dict[str, set[str]]) -> Iterator[str]:
    """Classes more than one step below a class of the project."""
    for name, parents in sorted(bases.items()):
        for parent in sorted(parents & bases.keys()):
            if above := sorted(bases[parent] & bases.keys() - {parent}):
                yield f"class {name}: inherits from {parent}, which inherits from {above[0]}; depth is at most 1"


def measure_all(source: Path) -> Totals:
    """The totals of all modules below a folder."""
    totals = Totals()
    for path in sorted(source.rglob("*.py")):
        measure(path, path.relative_to(source).as_posix(), totals)
    totals.faults += deep_classes(totals.bases)
    return totals


def main(source: Path = SOURCE) -> int:
    """0 when everything is within the budgets."""
    totals = measure_all(source)
    for kind, sizes in (("modules", totals.modules), ("functions", totals.functions)):
        longest = max(sizes, key=lambda name: sizes[name])
        mean = sum(sizes.values()) / len(sizes)
        print(f"{len(sizes):,} {kind}, {mean:.0f} lines on average, {sizes[longest]} at most ({longest})")
    print(f"{sum(totals.modules.values()):,} lines, {len(totals.bases):,} classes")
    for fault in totals.faults:
        print(f"over budget: {fault}", file=sys.stderr)
    return 1 if totals.faults else 0


if __name__ == "__main__":
    sys.exit(main())
