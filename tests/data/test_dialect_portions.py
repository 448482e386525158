"""Large files whose records or lines cannot be told apart by bytes are read as a whole."""

from __future__ import annotations

import dataclasses

import pytest

from braid.data import portions as module
from braid.data.formats.contract import ReadOptions
from braid.data.formats.read import find_files, raw_rows

EN_DE = ReadOptions(source_language="en", target_language="de")
ROWS = "".join(f"'text {n}, line','Text {n}, Zeile'\n" for n in range(3000))


@pytest.mark.parametrize(
    ("name", "text", "pieces"),
    [
        ("single.csv", ROWS, 1),
        ("spaces.csv", ROWS.replace("'", '"').replace('","', '", "'), 1),
        ("mac.csv", ROWS.replace("'", '"').replace("\n", "\r"), 1),
        ("mac.tsv", ROWS.replace("','", "\t").replace("\n", "\r"), 1),
        ("comment.csv", "# made, by hand\n# it, is\nsource,target\n" + ROWS.replace("'", '"'), 4),
        ("pipe.csv", ROWS.replace("'", '"').replace('","', '"|"'), 3),
    ],
)
def test_pieces_give_the_rows_of_the_whole(name, text, pieces, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 2**15)
    (tmp_path / name).write_bytes(text.encode())
    files = find_files([name], EN_DE, folder=tmp_path)
    found = list(module.portions(files, EN_DE))
    rows = [row for portion in found for row in portion.rows(EN_DE)]
    assert len(found) == pieces
    assert rows == list(raw_rows(files[0], EN_DE))
    assert len([row for row in rows if getattr(row, "source", "")]) == 3000


def test_parallel_files_with_other_ends_of_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 2**14)
    lines = [f"line {n}" for n in range(3000)]
    (tmp_path / "a.en").write_bytes("\r".join(lines).encode())
    (tmp_path / "a.de").write_bytes("\n".join(lines).encode())
    files = find_files(["a.en,a.de"], EN_DE, folder=tmp_path)
    rows = [row for portion in module.portions(files, EN_DE) for row in portion.rows(EN_DE)]
    assert [(row.source, row.target, row.line) for row in map(dataclasses.replace, rows)] == [
        (line, line, number) for number, line in enumerate(lines, 1)
    ]
