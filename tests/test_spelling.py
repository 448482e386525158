"""The project's own words are spelled as in the United States."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BRITISH = re.compile(
    r"labell(?!edby)|practis|colour|behaviour|favour|neighbour|licence\b|learnt"
    r"|(?:normal|token|summar|organ|recogn|serial|initial|optim|minim|maxim|capital)is(?:e|ing|ation)",
    re.IGNORECASE,
)
NAMES = re.compile("summarisation|styles_colours|Licence: ")
"""Of what others named and tests read."""


@pytest.mark.parametrize("folder", ["src", "docs", "tests", "benchmarks", "changelog.d"])
def test_spelling(folder):
    files = [path for ending in ("py", "md", "toml") for path in sorted((ROOT / folder).rglob(f"*.{ending}"))]
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in BRITISH.finditer(NAMES.sub("", line))
    ]
    assert not found
