"""Names of labels as columns of an array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.errors import DataError

Labels = Sequence[tuple[str, ...]]
"""The labels of each text: one, several or none."""


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
