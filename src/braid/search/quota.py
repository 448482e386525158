"""What an output must hold exactly as often as its source: placeholders, and tags that open and close.

While a hypothesis lacks one it cannot end. Where ending is not unlikely, or there is room for no more than what it
lacks, it must say what it lacks. That takes the place of the end, so it is as probable as the end would have been, but
for a discount by which a hypothesis wins that found the right place. A closing tag may only close what was opened last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WOULD_END = float(np.log(0.02))
"""From this probability of ending on, what is missing is said: far below one half, or texts with tags become much
longer than they should be."""

DISCOUNT = 1.0
"""By how much the log-probability of what is missing is less than that of the end in whose place it is said."""

UNLIKELY = -50.0
"""The least log-probability of what must be said; loops that are broken must not forbid it."""


@dataclass(kw_only=True)
class Quota:
    """Counts for each hypothesis; rows are examples B, columns hypotheses K, ids of kept tokens P in a row.

    Args:
        first_id: The first kept token.
        left_BKP: How often each must still be said.
        num_values: Tokens that stand alone; behind them come as many opening as closing ones.
    """

    first_id: int
    left_BKP: np.ndarray
    num_values: int

    def __post_init__(self) -> None:
        batch, width, count = self.left_BKP.shape
        self._num_pairs = (count - self.num_values) // 2
        # The step at which each pair was opened, 0 where it is closed.
        self._opened_BKN = np.zeros((batch, width, self._num_pairs), dtype=np.int32)
        self._step = 0

    def restrict(self, log_probs_BKV: np.ndarray, room_B: np.ndarray, eos_id: int) -> None:
        """Forbid, in place, what would break the quota.

        Args:
            log_probs_BKV: Of each next token.
            room_B: Tokens that may still be said, eos included.
            eos_id: Ends an output.
        """
        missing_BK = self.left_BKP.sum(axis=2)
        kept = slice(self.first_id, self.first_id + self.left_BKP.shape[2])
        allowed_BKP = self._allowed()
        log_probs_BKV[:, :, kept][~allowed_BKP] = -np.inf
        end_BK = log_probs_BKV[:, :, eos_id].copy()
        must_BK = (end_BK >= WOULD_END) | (missing_BK >= room_B[:, None] - 1)
        must_BK &= missing_BK > 0
        log_probs_BKV[:, :, eos_id][missing_BK > 0] = -np.inf
        if must_BK.any():
            least_BK1 = np.maximum(end_BK - DISCOUNT, UNLIKELY)[:, :, None]
            said = np.where(allowed_BKP, np.maximum(log_probs_BKV[:, :, kept], least_BK1), -np.inf)[must_BK]
            log_probs_BKV[must_BK] = -np.inf
            log_probs_BKV[:, :, kept][must_BK] = said

    def _allowed(self) -> np.ndarray:
        """Kept tokens (B, K, P) that may come next."""
        allowed_BKP = self.left_BKP > 0
        if self._num_pairs:
            opening, closing = np.split(allowed_BKP[:, :, self.num_values :], 2, axis=2)
            opening &= self._opened_BKN == 0
            closing &= (self._opened_BKN > 0) & (self._opened_BKN == self._opened_BKN.max(axis=2, keepdims=True))
        return allowed_BKP

    def follow(self, parent_BK: np.ndarray, tokens_BK: np.ndarray) -> None:
        """Count what the new hypotheses say.

        Args:
            parent_BK: The hypothesis that each goes on from.
            tokens_BK: What it says next.
        """
        examples = np.arange(len(parent_BK))[:, None]
        self._step += 1
        said_BKP = tokens_BK[:, :, None] == self.first_id + np.arange(self.left_BKP.shape[2])
        self.left_BKP = self.left_BKP[examples, parent_BK] - said_BKP
        opened, closed = np.split(said_BKP[:, :, self.num_values :], 2, axis=2)
        self._opened_BKN = np.where(opened, self._step, self._opened_BKN[examples, parent_BK] * ~closed)

    def keep(self, rows: np.ndarray) -> None:
        """Leave out examples that are decided."""
        self.left_BKP, self._opened_BKN = self.left_BKP[rows], self._opened_BKN[rows]
