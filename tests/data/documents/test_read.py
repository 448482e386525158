import gzip
import sys
import tracemalloc

import pytest

from braid.data.documents import Passage, read_documents
from braid.data.example import Reject
from braid.errors import DataError


def test_folders_are_read_with_all_below(tmp_path):
    for name in ("b.txt", "a/z.md", "a/deep/er/x.html", ".git/config.txt", "a/.hidden.txt"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    (tmp_path / "docs/picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "docs/loop").symlink_to(tmp_path / "docs")
    rows = list(read_documents(["docs"], folder=tmp_path))
    assert [row.file for row in rows if isinstance(row, Passage)] == [
        "docs/b.txt",
        "docs/a/z.md",
        "docs/a/deep/er/x.html",
    ]
    (reject,) = [row for row in rows if isinstance(row, Reject)]
    assert (reject.example.file, reject.rule) == ("docs/picture.png", "format")
    absolute = list(read_documents([str(tmp_path / "docs/a"), "docs/*.txt"], folder=tmp_path))
    assert [row.file for row in absolute] == [
        str(tmp_path / "docs/a/z.md"),
        str(tmp_path / "docs/a/deep/er/x.html"),
        "docs/b.txt",
    ]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "got an empty file"),
        (b"text \xff", "must be valid utf-8, got the byte 0xff"),
        (b"nul \0 here", "must not hold NUL"),
        (b"\x1f\x8b damaged", "gzip"),
        (gzip.compress(b"cut off" * 100)[:-10], "breaks off"),
        (gzip.compress(b"a" * 20_000_000), "a line must be shorter than 16 MiB"),
        (gzip.compress(b"\0" * 20_000_000), "must not hold NUL"),
    ],
)
def test_files_that_cannot_be_read_are_rejects(tmp_path, content, detail):
    (tmp_path / "bad.txt").write_bytes(content)
    (tmp_path / "good.txt").write_text("good")
    *_, reject, good = read_documents(["bad.txt", "good.txt"], folder=tmp_path)
    assert good.text == "good"
    assert (reject.rule, reject.example.file) == ("file", "bad.txt")
    assert detail in reject.detail


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Short lines without a blank one, of which a small file may hold gigabytes."""
    peaks = []
    for size in (2**13, 2**15):
        (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"word word word.\n" * size, 1))
        tracemalloc.start()
        count = sum(len(row.text) for row in read_documents(["bomb.txt.gz"], folder=tmp_path))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count > 16 * size
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("name", ["page.html", "data.json"])
def test_files_that_are_read_whole_have_a_limit(tmp_path, monkeypatch, name):
    monkeypatch.setattr("braid.data.documents.html.MAX_UNIT_BYTES", 2**20)
    monkeypatch.setattr("braid.data.questions.MAX_JSON_CHARS", 2**20)
    (tmp_path / name).write_text("<p>" + "a " * 2**20)
    with pytest.raises(DataError, match="must be smaller than 1 MiB"):
        list(read_documents([name], folder=tmp_path))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("none.txt", "must match at least one file"),
        ("*.md", "must match at least one file"),
        ("a.png", "name must end in one of .txt"),
        ("empty", "must hold some text, got none"),
        ("x" * 5000, "must be one that can be looked up"),
    ],
)
def test_patterns_that_are_of_no_use(tmp_path, pattern, message):
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=message):
        list(read_documents([pattern], folder=tmp_path))


def test_nothing_to_read_says_why(tmp_path):
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n")
    with pytest.raises(DataError, match="must have question and answer, or text, got a, b, c"):
        list(read_documents(["table.csv"], folder=tmp_path))


def pdf(*pages):
    """A small PDF with one line of text a page."""
    streams = [f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else "" for text in pages]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    content, offsets = "%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{item}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    trailer = f"trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return (content + f"xref\n0 {count}\n0000000000 65535 f \n{table}" + trailer).encode()


def test_pdf(read):
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    rows = read("two-pages.pdf", pdf("Hello there.", "", "Third page."))
    assert [row.text for row in rows if isinstance(row, Passage)] == ["Hello there.\n\nThird page."]
    assert (rows[0].title, rows[0].line, rows[0].start) == ("two pages", 1, 0)
    assert [(row.rule, row.example.line) for row in rows[1:]] == [("pdf", 2)]
    with pytest.raises(DataError, match="must be a PDF"):
        read("bad.pdf", b"no pdf at all")


def test_pdf_without_pypdf(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(DataError, match=r"reading PDF needs pypdf.*; python -m pip install"):
        read("a.pdf", pdf("x"))
