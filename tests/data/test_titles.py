"""Every rule by which a row may be left out has a title for people."""

import ast
from pathlib import Path

import braid
from braid.data.report import RULE_TITLES


def rules() -> set[str]:
    """The rules that readers and cleaning name, as they stand in the code."""
    found = set()
    for path in (Path(braid.__file__).parent / "data").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "rule":
                found |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    return {rule for rule in found if isinstance(rule, str) and rule}


def test_every_rule_has_a_title():
    named = rules()
    assert len(named) > 10
    assert named <= RULE_TITLES.keys(), named - RULE_TITLES.keys()
