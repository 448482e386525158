"""Documents of several kinds as passages, and pages that mean harm."""

import time

import pytest

from braid.data.documents import Passage, read_documents
from braid.data.example import Reject
from braid.errors import DataError


def test_a_text_file_is_cut_where_paragraphs_end(read):
    text = "\n\n".join(f"Paragraph {i}. " + "word " * 40 for i in range(30))
    rows = read("a.txt", text)
    assert all(isinstance(row, Passage) and len(row.text) <= 700 for row in rows)
    assert all(text[row.start : row.start + len(row.text)] == row.text for row in rows)
    assert all(any(f"Paragraph {i}." in row.text for row in rows) for i in range(30))


def test_headings_are_titles(read):
    rows = read("a.md", "# One\n\nFirst text.\n\n# Two\n\nSecond text.\n")
    assert [(row.title, row.line) for row in rows if "text" in row.text] == [("One", 1), ("Two", 5)]


def test_pages(read):
    head = "<html><head><title>T</title><script>bad()</script></head>"
    rows = read("a.html", f"{head}<body><h1>H</h1><p>Some <b>text</b>.</p></body></html>")
    assert rows[0].title == "H"
    assert "Some text." in rows[0].text
    assert all("bad" not in row.text for row in rows)


@pytest.mark.parametrize("mark", ["<!--", "<![if ", "<div>", "<a href='", "&#x", "<p"])
def test_pages_that_mean_harm_are_read_in_time(read, mark):
    begun = time.monotonic()
    try:
        rows = read("a.html", mark * 50_000 + " words at the end")
    except DataError:
        rows = []
    assert time.monotonic() - begun < 20
    assert len(rows) < 100_000


def test_an_faq(read):
    rows = read("a.csv", 'question,answer\nWhat?,"That, there."\n,nothing\n')
    assert (rows[0].title, rows[0].answer, rows[0].line) == ("What?", "That, there.", 2)
    assert isinstance(rows[1], Reject)


def test_folders_keep_what_cannot_be_read_as_rejects(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Some words.")
    (folder / "b.xyz").write_text("unknown")
    (folder / ".hidden.txt").write_text("hidden")
    rows = list(read_documents(["docs"], folder=tmp_path))
    assert [type(row).__name__ for row in rows] == ["Passage", "Reject"]
    with pytest.raises(DataError):
        list(read_documents(["docs/b.xyz"], folder=tmp_path))
    with pytest.raises(DataError):
        list(read_documents(["none"], folder=tmp_path))
