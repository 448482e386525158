"""PDF: the text that pypdf finds on its pages."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Sequence
from typing import Any

from braid.data.documents.passage import Block, Passage, cut
from braid.data.example import Example, Reject
from braid.data.formats.stream import Stream

MAX_PDF_BYTES = 256 * 2**20


def read_pdf(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a PDF; ``line`` is the page, offsets count in the text of all pages.

    Pages without text (scanned ones) and pages that cannot be read are Rejects.

    Raises:
        DataError: pypdf is not installed, or the file is no PDF, encrypted, or larger than 256 MiB.
    """
    rejects: list[Reject] = []
    yield from cut(pdf_pages(stream, title, rejects), file=stream.shown, group=stream.shown)
    yield from rejects


def pdf_pages(stream: Stream, title: str, rejects: list[Reject]) -> Iterator[Block]:
    """The text of each page as a paragraph; pages without one go to ``rejects``.

    Raises:
        DataError: As for `read_pdf`.
    """
    pages = _open(stream)
    start = 0
    for number in range(1, len(pages) + 1):
        try:
            text, fault = _clean(pages[number - 1].extract_text()), "the page holds no text; was it scanned?"
        except Exception as error:  # whatever a damaged file makes pypdf raise
            text, fault = "", f"the page cannot be read: {error}"
        if text:
            text += "\n\n"
            yield Block(text=text, start=start, line=number, title=title)
            start += len(text)
        else:
            row = Example(source="", target="", file=stream.shown, line=number)
            rejects.append(Reject(example=row, rule="pdf", detail=fault))


def _clean(text: str) -> str:
    """The text with characters beyond U+FFFF whole: fonts may give them in halves."""
    halves = text.replace("\0", "").encode("utf-16", "surrogatepass")
    return halves.decode("utf-16", "replace").strip()


def _open(stream: Stream) -> Sequence[Any]:
    """pypdf's pages."""
    try:
        pypdf = importlib.import_module("pypdf")
    except ImportError:
        raise stream.fault(
            "reading PDF needs pypdf, which is not installed", hint='python -m pip install "braid-lm[pdf]"'
        ) from None
    content = bytearray()
    for chunk in stream.chunks():
        content += chunk
        if len(content) > MAX_PDF_BYTES:
            raise stream.fault(f"a PDF must be smaller than {MAX_PDF_BYTES >> 20} MiB")
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        is_open = not reader.is_encrypted or reader.decrypt("")
        pages = list(reader.pages) if is_open else []
    except Exception as error:  # whatever a damaged file makes pypdf raise
        raise stream.fault(f"the file must be a PDF, got: {error}") from error
    if not is_open:
        raise stream.fault("a PDF must be readable without a password, got one that asks for it")
    return pages
