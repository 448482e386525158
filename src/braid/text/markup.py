"""HTML taken apart into the texts to translate and the markup to keep.

The standard library's parser takes six seconds for 20,000 characters of ``<a <a <a``, long enough to stop a
server. The expression here never looks at a character more than a few times: its loops give nothing back
(possessive), and markup that is never closed runs to the end, as in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple

MARKUP = re.compile(
    r"""
      <!--(?:.*?-->|.*)                                                     # a comment
    | <(?P<close>/?)(?P<tag>[a-z][^\s/<>"']*+)(?:"[^"]*+"|'[^']*+'|[^<>"'])*+>  # a tag; quotes may hold > and <
    | <[!?/][^>]*+>?                                                        # anything else a browser ignores
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
NOT_FOR_TRANSLATION = re.compile(r"""\stranslate\s*=\s*["']?no\b|\bnotranslate\b""", re.IGNORECASE)
RAW = frozenset(["script", "style"])
KEPT = frozenset(["code", "kbd", "math", "samp", "svg", "template", "var"])
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Document:
    """A text as pieces: what is translated, and what stands around it and stays.

    Args:
        text: What the client sent.
        is_html: Keep the markup letter by letter and translate the text between tags; else all is text.
    """

    def __init__(self, text: str, *, is_html: bool = False) -> None:
        self._is_html = is_html
        self._pieces: list[str] = []
        self._slots: list[int] = []
        for piece in pieces(text) if is_html else [Piece(text, True)]:
            said = unescape(piece.written) if is_html else piece.written
            if piece.is_text and (core := said.strip()):
                self._add_text(said, core)
            else:
                self._pieces.append(piece.written)

    @property
    def texts(self) -> list[str]:
        """The pieces to translate, in order, without the blanks around them."""
        return [self._pieces[slot] for slot in self._slots]

    def fill(self, outputs: list[str]) -> str:
        """The document with each of `texts` replaced; a translation never adds markup to an HTML document."""
        filled = list(self._pieces)
        for slot, output in zip(self._slots, outputs, strict=True):
            filled[slot] = escape(output, quote=False) if self._is_html else output
        return "".join(filled)

    def _add_text(self, text: str, core: str) -> None:
        """Append something to translate; blanks at both ends stay."""
        start = text.index(core)
        self._slots.append(len(self._pieces) + 1)
        self._pieces += [text[:start], core, text[start + len(core) :]]


class Piece(NamedTuple):
    """A part of an HTML text.

    Args:
        written: As it stands there.
        is_text: It is for translation.
        is_kept: It belongs to an element that stays as it is, its tags included.
        tag: The name of the tag that it is, or "".
        is_close: It is an end tag.
    """

    written: str
    is_text: bool
    is_kept: bool = False
    tag: str = ""
    is_close: bool = False


def pieces(html: str) -> Iterator[Piece]:
    """The pieces of an HTML text in order; joined they are ``html``. A script is one piece with its tag."""
    position = 0
    kept_tag, depth = "", 0
    while found := MARKUP.search(html, position):
        if found.start() > position:
            yield Piece(html[position : found.start()], not depth, bool(depth))
        position = found.end()
        tag, is_close = (found["tag"] or "").lower(), bool(found["close"])
        is_kept = bool(depth)
        if tag in RAW and not is_close:
            ending = re.compile(f"</{tag}", re.IGNORECASE).search(html, position)
            position = ending.start() if ending else len(html)
        elif depth and tag == kept_tag:
            depth += -1 if is_close else 1
        elif not depth and not is_close and tag not in VOID and _is_kept(tag, found[0]):
            kept_tag, depth = tag, 1
            is_kept = True
        yield Piece(html[found.start() : position], False, is_kept, tag, is_close)
    if position < len(html):
        yield Piece(html[position:], not depth, bool(depth))


def _is_kept(tag: str, markup: str) -> bool:
    """True when what the element holds is not for translation."""
    return not markup.endswith("/>") and (tag in KEPT or NOT_FOR_TRANSLATION.search(markup) is not None)
