"""Examples in folds that show every label alike and share nothing that a person named."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np

from braid.errors import DataError


def make_folds(labels: Sequence[str], groups: Sequence[str], num_folds: int, *, seed: int) -> list[np.ndarray]:
    """Indices of the examples of each fold; every example is in one.

    Args:
        labels: One of each example, by which folds are stratified.
        groups: Examples of one group stay in one fold.
        num_folds: At least 2.
        seed: Changes which examples meet.

    Raises:
        DataError: There are fewer examples or groups than folds, or no label has as many examples as there are folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    num_groups, commonest = len(set(groups)), max(Counter(labels).values(), default=0)
    if num_groups < num_folds or commonest < num_folds:
        found = f"{len(labels)} examples in {num_groups} groups, of one label {commonest} at most"
        raise DataError(f"{num_folds} folds need as many groups, and examples of one label, got {found}")
    kind = StratifiedKFold if num_groups == len(labels) else StratifiedGroupKFold
    splitter = kind(num_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a rare label is missing in some folds: scores say so
        return [held for _, held in splitter.split(np.zeros(len(labels)), list(labels), list(groups))]
