"""What the READMEs say can be done: every command parses, both languages say the same, links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from braid.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
READMES = ["README.md", "README.zh-CN.md"]


def commands(name):
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_both_languages_have_the_same_commands():
    assert commands(READMES[0]) == commands(READMES[1])
    assert commands(READMES[0])[0] == 'python -m pip install ".[tensorflow]" && braid demo'
    assert commands(READMES[0])[1] == 'python -m pip install ".[test]" && pytest'


@pytest.mark.parametrize("name", READMES)
def test_every_braid_command_parses(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = commands(name) + re.findall(r"`(braid [^`]+)`", text)
    calls = [
        part.split("<<<")[0].strip() for line in lines for part in line.split("&&") if part.strip().startswith("braid ")
    ]
    assert len(calls) > 6
    group = typer.main.get_command(app)
    for call in calls:
        verb, *arguments = shlex.split(call)[1:]
        command = group.commands[verb]  # type: ignore[attr-defined]
        context = command.make_context(verb, list(arguments), resilient_parsing=False)
        assert context.command is command


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "docs/decisions.md", "LOG.md"])
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        assert target.startswith("http") or ((ROOT / name).parent / target).exists(), target


def test_extras_named_in_the_readme_exist():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = set(re.findall(r"\"\.\[(\w+)\]\"", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"tensorflow", "test", "torch", "jax"} == named
    assert named <= set(extras)
