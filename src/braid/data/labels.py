"""Names of labels: how they are written, and as columns of an array."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from braid.errors import DataError

Labels = Sequence[tuple[str, ...]]
"""The labels of each text: one, several or none."""

_WHOLE = re.compile(r"(-?)(0|[1-9][0-9]{0,17})\.0{1,18}")
_TRUTHS = frozenset({"True", "False", "TRUE", "FALSE"})


def label_text(label: str | float | Decimal) -> str:
    """A label as it is written whatever kind of file it comes from, for one may say 5 where another says 5.0.

    A whole number has no fraction, and what is true or false is in lower case, be they numbers or texts. A number that
    is missing (NaN, which tables have in place of empty cells) is no label: "".

    Example:
        >>> [label_text(one) for one in (5.0, "5.0", 3, 1.5, True, "TRUE", float("nan"), "v5.0")]
        ['5', '5', '3', '1.5', 'true', 'true', '', 'v5.0']
    """
    if label != label:
        return ""
    text = str(label)
    if text in _TRUTHS:
        return text.lower()
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return text
    return whole[2] if whole[2] == "0" else whole[1] + whole[2]


def indicators(label_tuples: Labels, labels: Sequence[str]) -> np.ndarray:
    """True where a text has a label, (texts, labels).

    Raises:
        DataError: A text has a label that is not in ``labels``, or ``labels`` has one twice.
    """
    place = {label: index for index, label in enumerate(labels)}
    if len(place) < len(labels):
        twice = next(label for index, label in enumerate(labels) if place[label] != index)
        raise DataError(f"every label must be named once, got {twice!r} twice")
    has_label_BC = np.zeros((len(label_tuples), len(labels)), bool)
    for row, given in enumerate(label_tuples):
        for label in given:
            if label not in place:
                raise DataError(f"every label must be one of the {len(labels)} known ones, got {label!r}")
            has_label_BC[row, place[label]] = True
    return has_label_BC
