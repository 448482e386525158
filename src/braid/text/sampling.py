"""Several segmentations of one text: merges of subwords undone at random while training.

A network that meets the same word in different pieces learns what the pieces mean; the paper found that to help most
where data are few.

Paper: Provilkov et al. (2020), BPE-dropout: simple and effective subword regularization. There merges are left out
while a text is segmented; here those that made a subword are undone, from the last one inwards, each with the same
probability, which needs nothing but ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class SubwordSampling:
    """How merges are undone.

    Args:
        parts_V2: The two subwords that each subword was merged from, or -1, as `Tokenizer.parts` gives them.
        rate: Probability with which a merge is undone; the pieces may be undone in turn.
        max_tokens: A text that would come to more subwords keeps its own.
        is_cut: It is cut there instead: for parts of long texts, which end anywhere.
    """

    parts_V2: np.ndarray
    rate: float
    max_tokens: int
    is_cut: bool = False

    def sample(self, rows: Sequence[np.ndarray], random: np.random.Generator) -> list[np.ndarray]:
        """Each row of ids with some subwords in two or more pieces; what the pieces spell is the same.

        Cost: O(subwords) for each round; a subword of n characters can be undone in n - 1 of them at most.
        """
        ids = np.concatenate(rows)
        owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        is_new = np.ones(len(ids), dtype=bool)
        while is_new.any():
            undone = is_new & (self.parts_V2[ids, 0] >= 0) & (random.random(len(ids)) < self.rate)
            counts = 1 + undone
            first = (np.cumsum(counts) - counts)[undone]
            pieces = self.parts_V2[ids[undone]]
            ids, owner, is_new = (np.repeat(values, counts) for values in (ids, owner, undone))
            ids[first], ids[first + 1] = pieces[:, 0], pieces[:, 1]
        sampled = np.split(ids, np.searchsorted(owner, np.arange(1, len(rows))))
        if self.is_cut:
            return [row[: self.max_tokens] for row in sampled]
        return [new if len(new) <= self.max_tokens else row for new, row in zip(sampled, rows, strict=True)]
