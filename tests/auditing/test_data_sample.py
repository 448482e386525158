import numpy as np

from audit_rows import pair, pairs
from braid.auditing.data_sample import LONGEST, draw, quoted, quoted_row


class Streamed:
    """A part that can be read once from front to back, and not by number."""

    def __init__(self, rows):
        self._rows = rows

    def __len__(self):
        return len(self._rows)

    def __iter__(self):
        return iter(self._rows)


def test_small_parts_are_whole():
    rows = pairs(20)
    assert draw(rows).rows == rows
    assert draw(rows).is_whole


def test_of_large_parts_the_same_rows_are_drawn_in_order_and_read_once():
    rows = pairs(500)
    drawn = draw(Streamed(rows), 100)
    lines = [row.line for row in drawn.rows]
    assert len(lines) == 100 == len(set(lines))
    assert lines == sorted(lines)
    assert not drawn.is_whole
    assert drawn.total == 500
    assert [row.line for row in draw(rows, 100).rows] == lines
    assert [row.line for row in draw(rows, 100, seed=2).rows] != lines
    assert 200 < np.mean(lines) < 300


def test_quotes_fit_a_line():
    assert quoted("a\n b\t c") == "a b c"
    assert len(quoted("x" * 10_000)) == LONGEST
    assert quoted("x" * 10_000)[-1] == "…"
    assert quoted("a\ud800b") == "a?b"
    row = quoted_row(pair(4, "s\ud800", "one\ntwo"))
    assert row == {"file": "pairs.tsv", "line": 5, "source": "s?", "target": "one, two"}
