"""Inline elements of XLIFF, TMX and Android: what becomes of each, for readers and for files that are written back.

- ``g``, ``pc``, ``b`` and whatever else holds words: a pair of tags, ``<g>…</g>``;
- ``bpt ept``, ``bx ex``, ``sc ec`` with the same number: a pair, too, though each is an element; where one stands alone
  it is a code;
- ``ph x it ut cp`` and what must not be translated (``mrk`` that says so, Android's ``xliff:g``): one code with all it
  holds;
- ``mrk``, ``hi``, ``sm em``: pairs, too; `braid.data.formats.tags.shown_pair` says when they go.

A pair whose native code is a tag is named like that tag (``<b>``, of ``pc`` by XLIFF 2's ``dataRefStart``). A code is
shown as its native code where that is a placeholder (``{0}``, ``%s``), else by name and number: ``{x:2}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from braid.data.formats.tags import Tag, native
from braid.data.formats.xml import Element

_CODES = frozenset({"ph", "bpt", "ept", "it", "ut", "x", "bx", "ex", "sc", "ec", "cp", "sm", "em"})
_STARTS = {"ept": "bpt", "ex": "bx", "ec": "sc", "em": "sm"}
"""By what closes it, what opens a pair of elements without words."""
_HALVES = frozenset(_STARTS) | frozenset(_STARTS.values())
_TAG = re.compile(r"<([A-Za-z][\w.:-]{0,30})(?:\s[^<>]*)?>")
_NUMBER = re.compile(r"[\w.:-]{1,50}", re.ASCII)

IsCode = Callable[[str, Mapping[str, str]], bool]
"""Whether an element of this local name with these attributes is one code with all it holds."""


def is_code(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element of XLIFF or TMX is one code."""
    is_protected = attributes.get("translate") == "no" or attributes.get("mtype") == "protected"
    return name in _CODES or (name == "mrk" and is_protected)


def is_android_code(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element of Android's resources is one code: ``<xliff:g>`` is, which is not to be translated."""
    return name == "g"


def inline_pieces(
    element: Element | None, codes: Mapping[str, str] | None = None, *, opaque: IsCode = is_code
) -> list[str | Tag]:
    """The words and tags of a ``seg``, ``source``, ``target`` or ``string``; none for None.

    Args:
        element: The segment.
        codes: XLIFF 2's original data: native code by id.
        opaque: Which elements are one code.
    """
    pieces: list[str | Tag] = []
    for child in element.children if element else ():
        if isinstance(child, str):
            pieces.append(child)
        elif not child.children or opaque(child.name, child.attributes):
            pieces.append(code_tag(child.name, child.attributes, content=child.text(), codes=codes))
        else:
            pieces.append(open_tag(child.name, child.attributes, codes=codes))
            pieces += inline_pieces(child, codes, opaque=opaque)
            pieces.append(close_tag(child.name))
    return pieces


def open_tag(
    name: str, attributes: Mapping[str, str], *, written: str = "", codes: Mapping[str, str] | None = None
) -> Tag:
    """The tag that begins an element with words in it.

    Args:
        name: The local one.
        attributes: All of them.
        written: As it stands in the file, where it is to be written back.
        codes: As for `inline_pieces`.
    """
    return Tag(
        written,
        _tag_name((codes or {}).get(attributes.get("dataRefStart", ""), "")) or name,
        "open",
        key=name,
        sense=_sense(name, attributes),
        number=_number(attributes),
    )


def close_tag(name: str, written: str = "") -> Tag:
    """The tag that ends such an element."""
    return Tag(written, name, "close", key=name, sense="/")


def code_tag(
    name: str,
    attributes: Mapping[str, str],
    *,
    content: str,
    written: str = "",
    codes: Mapping[str, str] | None = None,
) -> Tag:
    """An element that is one code, or half of a pair of such.

    Args:
        name: The local one.
        attributes: All of them.
        content: The characters within.
        written: As it stands in the file, where it is to be written back.
        codes: As for `inline_pieces`.
    """
    data = content or (codes or {}).get(attributes.get("dataRef", ""), "")
    number = _number(attributes)
    known = native(data)
    token = f"{{{name}:{number}}}" if _NUMBER.fullmatch(number) else f"{{{name}}}" if name in _CODES else ""
    sense = known or _sense(name, attributes, content)
    if name not in _HALVES or (known and not known.startswith("<")):
        words = "" if known or name in _CODES else content
        return Tag(written, name, shown=known or token, sense=sense, number=number, words=words)
    start = _STARTS.get(name, name)
    partner = next((attributes[key] for key in ("startRef", "rid", "i", "id") if key in attributes), "")
    return Tag(
        written,
        _tag_name(data) or name,
        "open" if start == name else "close",
        shown=known or token,
        key=f"{start}:{partner}",
        sense=_sense(name, attributes, content),
        number=number,
    )


def _tag_name(code: str) -> str:
    """The name of the opening tag that native code is; "" of other code."""
    tag = _TAG.fullmatch(code.strip())
    return tag[1] if tag and not code.rstrip().endswith("/>") else ""


def _number(attributes: Mapping[str, str]) -> str:
    return next((attributes[key] for key in ("id", "x", "i", "mid", "startRef", "rid") if key in attributes), "")


def _sense(name: str, attributes: Mapping[str, str], content: str = "") -> str:
    return f"{name} {sorted(attributes.items())} {content}"
