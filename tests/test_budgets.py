"""The budgets check finds what it is for; that the code keeps within them is checked by ``scripts/check``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def budgets() -> ModuleType:
    path = Path(__file__).parents[1] / "scripts" / "budgets.py"
    spec = importlib.util.spec_from_file_location("budgets", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["budgets"] = module  # dataclasses look there for the module's names
    spec.loader.exec_module(module)
    return module


def function(name: str, *, lines: int = 2, parameters: str = "") -> str:
    return f"def {name}({parameters}):\n" + "    pass\n" * (lines - 1)


SEVEN = "a, b, c, d, *, e, f, g"

CASES = {
    "module of 600 lines": ({"data/a.py": "x = 1\n" * 600}, []),
    "module of 601 lines": ({"data/a.py": "x = 1\n" * 601}, ["data/a.py: 601 lines"]),
    "function of 80 lines": ({"a.py": function("f", lines=80)}, []),
    "function of 81 lines": ({"a.py": "\n" + function("f", lines=81)}, ["a.py:2 f: 81 lines"]),
    "7 parameters": ({"a.py": function("f", parameters=f"{SEVEN}, **more")}, []),
    "8 parameters": ({"a.py": function("f", parameters=f"{SEVEN}, h")}, ["a.py:1 f: 8 parameters"]),
    "self is none": ({"a.py": "class A:\n    def f(self, a, b, c, d, e, f, g): pass\n"}, []),
    "a verb's options": ({"cli/a.py": function("command", parameters=f"{SEVEN}, h")}, []),
    "depth 1": ({"a.py": "class A(Exception): pass\nclass B(A): pass\n"}, []),
    "depth 2": (
        {"a.py": "class A: pass\n", "b.py": "class B(a.A): pass\n", "c.py": "class C(B[int]): pass\n"},
        ["class C: inherits from B, which inherits from A"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_over_budget(
    case: str, budgets: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, expected = CASES[case]
    for name, text in {"main.py": function("main"), **files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    code = budgets.main(tmp_path)
    faults = capsys.readouterr().err.splitlines()
    assert code == bool(expected)
    assert len(faults) == len(expected)
    assert all(fault.startswith(f"over budget: {start}") for fault, start in zip(faults, expected, strict=True))
