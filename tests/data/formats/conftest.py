"""Fixtures for the readers: write a small file, read it, compile a small catalog."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files

Read = Callable[..., list[Example | Reject]]
Write = Callable[[str, str | bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes text (UTF-8) or bytes to a file in the test's folder and returns the name."""

    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return name

    return write_file


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads patterns from the test's folder as en → zh unless told otherwise."""

    def read_all(*patterns: str, source: str = "en", target: str = "zh", **columns: str) -> list[Example | Reject]:
        options = ReadOptions(source_language=source, target_language=target, **columns)
        return list(read_files(patterns, options, folder=tmp_path))

    return read_all


@pytest.fixture(scope="session")
def compile_catalog() -> Callable[..., bytes]:
    """Packs (original, translation) byte strings as an MO file of either byte order."""

    def pack(entries: list[tuple[bytes, bytes]], order: str = "<") -> bytes:
        count, texts, tables = len(entries), b"", [b"", b""]
        start = 28 + 16 * count
        for side in (0, 1):
            for entry in entries:
                tables[side] += struct.pack(f"{order}2I", len(entry[side]), start + len(texts))
                texts += entry[side] + b"\0"
        head = struct.pack(f"{order}7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
        return head + tables[0] + tables[1] + texts

    return pack


PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from braid.data.formats import ReadOptions, read_files
from braid.errors import DataError

def peak():  # what getrusage tells on Linux begins with the memory of the process that started this one
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

options = ReadOptions(source_language="en", target_language="zh")
first, *names = sys.argv[1:]
list(read_files([first], options, folder=Path()))
found = []
for name in names:
    before, begun = peak(), time.process_time()
    try:
        rows = sum(1 for _ in read_files([name], options, folder=Path()))
        message = f"{rows} rows"
    except DataError as error:
        message = str(error)
    found.append([name, time.process_time() - begun, peak() - before, message])
print(json.dumps(found))
"""


@pytest.fixture
def measured(tmp_path):
    """Name, seconds of the processor, further megabytes and message for each file, read by a process of its own.

    What reading the first file of a kind needs for itself, libraries above all, is not counted: another is read before.
    """

    def read_apart(names: list[str], first: str = "") -> list[tuple[str, float, float, str]]:
        (tmp_path / "small.tsv").write_text("a\tb\n")
        command = [sys.executable, "-c", PROGRAM, first or "small.tsv", *names]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300)
        return json.loads(done.stdout)

    return read_apart
