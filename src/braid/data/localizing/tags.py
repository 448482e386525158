"""Tags around and between words, as pairs of codes with short names that a translation can bring back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from braid.data.localizing.contract import Code, Text, merged
from braid.text.placeholders import placeholders

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it stands in a file.

    Args:
        written: The whole of it.
        name: ``b`` of ``<b class="x">``.
        kind: ``open``, ``close``, or ``""`` for one that stands alone.
        shown: What it is known by, where that is not its name; of one that stands alone only.
    """

    written: str
    name: str
    kind: str = ""
    shown: str = ""


def tagged(pieces: Iterable[str | Tag]) -> Text:
    """The text in which each tag is a code.

    A pair is shown as ``<b>`` and ``</b>``, several that differ as ``<b1>``, ``<b2>``; what has no partner as
    ``<b/>``. No two codes that differ are shown alike.

    Example:
        >>> text = tagged(["Go ", Tag("<b>", "b", "open"), "on", Tag("</b>", "b", "close"), Tag("<br>", "br")])
        >>> "".join(piece if isinstance(piece, str) else piece.shown for piece in text)
        'Go <b>on</b><br/>'
    """
    listed = [piece for piece in pieces if piece != ""]
    partners = _partners(listed)
    numbers: dict[str, dict[tuple[str, ...], int]] = {}
    for place, piece in enumerate(listed):
        if isinstance(piece, Tag):
            base, identity = _identity(listed, partners, place)
            known = numbers.setdefault(base, {})
            known.setdefault(identity, len(known) + 1)
    text: list[str | Code] = []
    for place, piece in enumerate(listed):
        if isinstance(piece, str):
            text.append(piece)
            continue
        base, identity = _identity(listed, partners, place)
        number = str(numbers[base][identity]) if len(numbers[base]) > 1 else ""
        is_pair = place in partners
        token = _shown(base, number, piece, is_pair=is_pair)
        first = partners[place][0] if is_pair else -1
        text.append(Code(piece.written, token, first + 1, is_pair and first == place))
    return merged(text)


def native(code: str) -> str:
    """The code itself where it is short and a placeholder, by which a model knows it; else ""."""
    compact = code.replace(" ", "")
    return code if 0 < len(code) <= _LONGEST_SHOWN and dict(placeholders(code)) == {compact: 1} else ""


def _partners(pieces: Sequence[str | Tag]) -> dict[int, tuple[int, int]]:
    """For each tag of a pair the places of its two tags; pairs do not overlap."""
    found: dict[int, tuple[int, int]] = {}
    waiting: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Tag) or not piece.kind:
            continue
        if piece.kind == "open":
            waiting.append((piece.name, place))
            counts[piece.name] = counts.get(piece.name, 0) + 1
        elif counts.get(piece.name):
            while True:  # what was opened and never closed stands alone
                name, begin = waiting.pop()
                counts[name] -= 1
                if name == piece.name:
                    break
            found[begin] = found[place] = (begin, place)
    return found


def _identity(
    pieces: Sequence[str | Tag], partners: dict[int, tuple[int, int]], place: int
) -> tuple[str, tuple[str, ...]]:
    """Under which name a tag is shown, and what tells it from others of that name."""
    tags = [piece for at in partners.get(place, (place,)) if isinstance(piece := pieces[at], Tag)]
    base = tags[0].name if len(tags) > 1 else tags[0].shown or f"{tags[0].name}/"
    return base, tuple(tag.written for tag in tags)


def _shown(base: str, number: str, tag: Tag, *, is_pair: bool) -> str:
    if is_pair:
        return f"<{'/' if tag.kind == 'close' else ''}{base}{number}>"
    if not tag.shown:
        return f"<{tag.name}{number}/>"
    return tag.shown if number in ("", "1") else f"{{{tag.shown.strip('{}')}-{number}}}"
