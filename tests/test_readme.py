"""What the READMEs say can be done: commands parse, both languages and CI run the same ones, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import dropwhile, pairwise
from pathlib import Path

import pytest
import typer

from braid.cli.main import app
from braid.config.loading import all_keys, builtin_recipe

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = [path.relative_to(ROOT).as_posix() for pattern in ("*.md", "docs/*.md") for path in ROOT.glob(pattern)]
INSTALL = ["python", "-m", "pip", "install"]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def simple_commands(script: str) -> Iterator[list[str]]:
    """The words of each command of a shell script, without what is redirected, assigned or commented."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        words: list[str] = []
        is_redirected = False
        for word in [*lexer, ";"]:
            is_operator = not word.strip("();<>|&")
            if is_operator and word[0] in "<>":
                is_redirected = True
            elif is_operator:
                yield from [words] if words else []
                words = []
            elif is_redirected:
                is_redirected = False
            elif words or not re.fullmatch(r"\w+=.*", word):
                words.append(word)


def fault(words: list[str]) -> str:
    """What is wrong with a ``braid`` command, or "" when the command line would take it."""
    group = typer.main.get_command(app)
    try:
        group.make_context("braid", words[1:])
        name, *rest = dropwhile(lambda word: word.startswith("-"), words[1:])
        group.commands[name].make_context(name, rest)  # type: ignore[attr-defined]
    except typer.Exit:  # --help and --version have said their part
        return ""
    except Exception as error:  # the parser's own kinds differ between versions
        return f"{shlex.join(words)}: {error!r}"
    keys = [value.partition("=")[0] for flag, value in pairwise(words) if flag == "--set"]
    unknown = [key for key in keys if key not in all_keys()]
    return f"{shlex.join(words)}: no such recipe key: {unknown[0]}" if unknown else ""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def readme_commands(name: str) -> list[list[str]]:
    return [words for block in blocks(read(name), "bash") for words in simple_commands(block)]


def test_a_script_falls_apart_into_its_commands():
    script = """A=1 pip install ".[x]" && braid demo  # why
        braid translate b/ <<< "Turn it on" > out
        braid a \\
          --b | c"""
    assert list(simple_commands(script)) == [
        ["pip", "install", ".[x]"], ["braid", "demo"], ["braid", "translate", "b/"], ["braid", "a", "--b"], ["c"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "call",
    [
        "braid",
        "braid dance",
        "braid --dance train recipe.toml",
        "braid train",
        "braid train recipe.toml --resumee",
        "braid serve bundle --port many",
        "braid train recipe.toml --set train.minuts=3",
        "braid evaluate one two",
    ],
)
def test_a_wrong_command_is_found(call: str):
    assert fault(shlex.split(call))


def test_both_languages_have_the_same_commands():
    english, chinese = map(readme_commands, READMES)
    assert english == chinese


def test_the_first_commands_install_show_and_test():
    assert readme_commands(READMES[0])[:4] == [
        [*INSTALL, ".[tensorflow]"], ["braid", "demo"], [*INSTALL, ".[test]"], ["pytest"]
    ]  # fmt: skip


def test_ci_runs_the_commands_that_install_and_test():
    promised = [words for words in readme_commands(READMES[0]) if words == ["pytest"] or words[:4] == INSTALL]
    ran = list(simple_commands(re.sub(r"\$\(.*?\)|\$\{.*?\}", "", read(".ci/run"))))
    assert promised
    assert [words for words in promised if words not in ran] == []


@pytest.mark.parametrize("name", READMES)
def test_every_braid_command_parses(name: str):
    inline = [words for call in re.findall(r"`(braid [^`]+)`", read(name)) for words in simple_commands(call)]
    calls = [words for words in [*readme_commands(name), *inline] if words[0] == "braid"]
    assert len(calls) > 6
    assert [found for found in map(fault, calls) if found] == []


@pytest.mark.parametrize("name", READMES)
def test_every_recipe_named_comes_with_braid(name: str):
    named = re.findall(r"--recipe (\w+)", read(name))
    assert named
    assert all(builtin_recipe(recipe) for recipe in named)


@pytest.mark.parametrize("name", READMES)
def test_extras_that_are_named_exist(name: str):
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    named = set(re.findall(r'"\.\[(\w+)\]"', read(name)))
    assert {"tensorflow", "jax", "torch", "test"} <= named <= set(extras)


def slugs(text: str) -> set[str]:
    """The names by which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str):
    text = read(name)
    for link in re.findall(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"", text):
        target, _, anchor = (link[0] or link[1]).partition("#")
        if re.match(r"\w+:", target):
            continue
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), f"{name} links to {target}"
        if anchor and path.suffix == ".md":
            assert anchor in slugs(path.read_text(encoding="utf-8")), f"{name} links to {target}#{anchor}"
