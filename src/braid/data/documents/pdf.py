"""PDF: the text that pypdf finds on its pages."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from braid.data.documents.passage import Block, Passage, cut
from braid.data.example import Example, Reject
from braid.data.formats.stream import Stream

MAX_PDF_BYTES = 256 * 2**20
MAX_STREAM_BYTES = 2**24
"""Of what is unpacked at once, the drawing of a page above all."""

MAX_PAGE_STEPS = 30_000
"""Steps of drawing a page, those of pieces that it repeats included; a page full of text takes some thousand."""

_FILE_STEPS = 100_000
_MAX_PAGE_BYTES = 2**21


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
    pages, num_bytes = _open(stream)
    start, steps = 0, _Steps()
    for number in range(1, len(pages) + 1):
        if steps.all > max(_FILE_STEPS, 3 * num_bytes):
            raise stream.fault(f"the pages of a PDF must not be drawn in so many steps, got {steps.all}", line=number)
        try:
            text, fault = _clean(steps.text(pages[number - 1])), "the page holds no text; was it scanned?"
        except Exception as error:  # whatever a damaged file makes pypdf raise
            text, fault = "", f"the page cannot be read: {error}"
        if text:
            text += "\n\n"
            yield Block(text=text, start=start, line=number, title=title)
            start += len(text)
        else:
            row = Example(source="", target="", file=stream.shown, line=number)
            rejects.append(Reject(example=row, rule="pdf", detail=fault))


class _Steps:
    """How many steps drawing the pages has taken."""

    def __init__(self) -> None:
        self.all = self._page = 0

    def text(self, page: Any) -> str:
        """The text of a page.

        Raises:
            ValueError: It takes too many steps.
        """
        with _limited(importlib.import_module("pypdf")):
            contents = page.get_contents()
            if contents is None:
                return ""
            data = contents.get_data()
            if len(data) > _MAX_PAGE_BYTES:
                raise ValueError(f"its drawing is larger than {_MAX_PAGE_BYTES >> 20} MiB")
            if data.count(b"Tj") + data.count(b"TJ") > MAX_PAGE_STEPS:  # taking it apart would take long, too
                raise ValueError(_too_many())
            self._page = 0
            return page.extract_text(visitor_operand_before=self._count)

    def _count(self, *_: object) -> None:
        self.all += 1
        self._page += 1
        if self._page > MAX_PAGE_STEPS:
            raise ValueError(_too_many())


def _too_many() -> str:
    return f"it is drawn in more than {MAX_PAGE_STEPS} steps"


def _clean(text: str) -> str:
    """The text with characters beyond U+FFFF whole: fonts may give them in halves."""
    halves = text.replace("\0", "").encode("utf-16", "surrogatepass")
    return halves.decode("utf-16", "replace").strip()


def _open(stream: Stream) -> tuple[Sequence[Any], int]:
    """pypdf's pages, and the bytes of the file."""
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
        with _limited(pypdf):
            reader = pypdf.PdfReader(io.BytesIO(content))
            is_open = not reader.is_encrypted or reader.decrypt("")
            pages = list(reader.pages) if is_open else []
    except Exception as error:  # whatever a damaged file makes pypdf raise
        raise stream.fault(f"the file must be a PDF, got: {error}") from error
    if not is_open:
        raise stream.fault("a PDF must be readable without a password, got one that asks for it")
    return pages, len(content)


def _limited(pypdf: Any) -> AbstractContextManager[Any]:
    """While it lasts, pypdf unpacks less at once than it would; it has been able to since version 7."""
    if not hasattr(pypdf, "apply_configuration"):
        return nullcontext()
    names = ("zlib", "lzw", "run_length", "array_based_stream")
    return pypdf.apply_configuration(**{f"{name}_maximum_output_length": MAX_STREAM_BYTES for name in names})
