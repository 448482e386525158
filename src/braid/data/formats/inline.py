"""The text of a segment with inline elements of TMX and XLIFF; what becomes of each is decided here.

- text in ``hi``, ``g``, ``pc``, ``mrk`` and unknown elements: kept, the element itself leaves nothing;
- ``ph`` with native code: the code is kept, since placeholders such as {0} live there;
- ``ph`` without code, and ``x``: a visible token of name and id, {ph:1} or {x:1}, the same on both sides;
- ``bpt ept it ut``: the code is kept where a reader of plain text would meet it, that is where it is made of tags or
  placeholders (<b>, {0}, %s, &nbsp;), and dropped otherwise (RTF and the like);
- ``sub`` (a text within a code) goes with its code; XLIFF 2's ``dataRef`` gives ``ph``, ``pc``, ``sc`` and ``ec``
  their native code;
- ``bx ex sc ec cp`` and the like without code: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from braid.data.formats.xml import Element

_VISIBLE_CODE = re.compile(r"(?:</?[A-Za-z][^<>]*>|\{\{?[^{}\\]*\}?\}|%[\w().$-]+|&#?\w+;|\s)+")
_PLACEHOLDERS = frozenset({"ph", "x"})
_CODES = frozenset({"bpt", "ept", "it", "ut"})


def inline_text(element: Element | None, codes: Mapping[str, str] | None = None) -> str:
    """The plain text of a ``seg``, ``source`` or ``target``; "" for None.

    Args:
        element: The segment.
        codes: XLIFF 2's original data: native code by id.
    """
    if element is None:
        return ""
    return "".join(child if isinstance(child, str) else _element_text(child, codes or {}) for child in element.children)


def _element_text(element: Element, codes: Mapping[str, str]) -> str:
    name = element.name
    if name in _PLACEHOLDERS:
        identity = element.attribute("id", "x")
        token = f"{{{name}:{identity}}}" if identity else f"{{{name}}}"
        return element.text() or codes.get(element.attribute("dataRef"), "") or token
    if name in _CODES:
        return _visible(element.text())
    begin, end = (_visible(codes.get(element.attribute(key), "")) for key in ("dataRefStart", "dataRefEnd"))
    return begin + _visible(codes.get(element.attribute("dataRef"), "")) + inline_text(element, codes) + end


def _visible(code: str) -> str:
    return code if _VISIBLE_CODE.fullmatch(code) else ""
