"""PDFs that take long to draw or become large."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest

from braid.config.recipe import DataConfig
from braid.data.example import Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

pytest.importorskip("pypdf")


def pdf(drawing: bytes, pages: int = 1, form: bytes = b"") -> bytes:
    """A PDF of pages that share one drawing, which may call a form."""
    packed = [zlib.compress(drawing, 9), zlib.compress(form, 9)]
    kids = b" ".join(b"%d 0 R" % (10 + number) for number in range(pages))
    resources = b"<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        4: b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed[0]), packed[0]),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        6: b"<</Subtype/Form/BBox[0 0 9 9]/Resources %s/Length %d/Filter/FlateDecode>>stream\n%s\nendstream"
        % (resources, len(packed[1]), packed[1]),
    }
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources %s>>" % resources
    objects |= {10 + number: page for number in range(pages)}
    content, places = b"%PDF-1.4\n", {}
    for number, body in objects.items():
        places[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        content += b"%d 1\n%010d 00000 n \n" % (number, place)
    return content + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (10 + pages, start)


def rows_of(folder, content):
    (folder / "a.pdf").write_bytes(content)
    return list(read_files(["a.pdf"], KINDS["generate"].options(DataConfig()), folder=folder))


def test_an_ordinary_page(tmp_path):
    (row,) = rows_of(tmp_path, pdf(b"BT /F1 12 Tf (Hello) Tj /X Do ET", form=b"BT /F1 12 Tf ( there) Tj ET"))
    assert "Hello" in row.target
    assert "there" in row.target


ATTACKS = {
    "steps": pdf(b"BT /F1 12 Tf" + b" [(a)]TJ" * 200_000 + b" ET"),
    "forms": pdf(b"BT /F1 12 Tf (a) Tj ET " + b"/X Do " * 1000, form=b"BT /F1 12 Tf" + b" (a) Tj" * 1000 + b" ET"),
    "states": pdf(b"BT /F1 12 Tf (a) Tj ET " + b"q Q " * 100_000),
    "bytes": pdf(b"BT /F1 12 Tf (" + b"a" * 2**24 + b") Tj ET"),
    "bomb": pdf(b" " * 2**28),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_page_that_takes_too_much_is_a_reject(name, tmp_path):
    rows_of(tmp_path, pdf(b"BT /F1 12 Tf (Hello) Tj ET"))
    begun = time.process_time()
    try:
        rows = rows_of(tmp_path, ATTACKS[name])
    except DataError as error:
        assert "no text" in str(error) or "steps" in str(error) or "at least one" in str(error)
    else:
        assert all(isinstance(row, Reject) for row in rows)
    assert time.process_time() - begun < 2
    if name not in ("bytes", "bomb"):
        return
    tracemalloc.start()
    try:
        rows_of(tmp_path, ATTACKS[name])
    except DataError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 100 * 2**20


def test_many_pages_that_share_a_drawing(tmp_path):
    content = pdf(b"BT /F1 12 Tf" + b" (a) Tj" * 8000 + b" ET", pages=20)
    with pytest.raises(DataError, match="must not be drawn in so many steps"):
        rows_of(tmp_path, content)
