"""Token ids of a source to those of a target, many at a time: what every task with an encoder and a decoder shares."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from braid.config.recipe import SearchConfig
from braid.data.encoded import pad_rows, similar_lengths
from braid.runtime.session import EncoderDecoderSession
from braid.search.beam import Hypothesis, SearchOptions, repeats_itself, search_several
from braid.search.quota import Quota
from braid.text.tokenizer import Tokenizer

BATCH_TOKENS = 6000
"""Source tokens times hypotheses in one decoder batch, padding included."""


class Rewriter:
    """Searches outputs for rows of ids; called from one thread at a time.

    Tokens of placeholders stand in an output exactly as often as in its row.

    Args:
        tokenizer: The bundle's tokenizer.
        session: The bundle's graphs.
        options: The recipe's search section.
    """

    def __init__(self, tokenizer: Tokenizer, session: EncoderDecoderSession, options: SearchConfig) -> None:
        self._tokenizer, self._session, self._options = tokenizer, session, options
        self._lock = threading.Lock()

    def outputs(self, rows: Sequence[np.ndarray], beam_size: int = 0) -> list[Hypothesis]:
        """The best output found for each row, in order; arguments as for `several`."""
        return [found[0] for found in self.several(rows, 1, beam_size)]

    def several(self, rows: Sequence[np.ndarray], count: int, beam_size: int = 0) -> list[list[Hypothesis]]:
        """The best outputs met for each row, best first, at least one; rows that are equal are searched once.

        Args:
            rows: Ids, each ending with eos.
            count: How many at most for each.
            beam_size: Hypotheses kept while searching; 0 takes the recipe's number.
        """
        beam_size = beam_size or self._options.beam_size
        keys = [row.tobytes() for row in rows]
        different = dict(zip(keys, rows, strict=True))
        found: dict[bytes, list[Hypothesis]] = {}
        names, distinct = list(different), list(different.values())
        with self._lock:
            for batch in similar_lengths([len(row) for row in distinct], BATCH_TOKENS // beam_size):
                outputs = self._search([distinct[i] for i in batch], beam_size, count)
                found |= {names[index]: hypotheses for index, hypotheses in zip(batch, outputs, strict=True)}
        return [found[key] for key in keys]

    def _search(self, rows: list[np.ndarray], beam_size: int, count: int) -> list[list[Hypothesis]]:
        ids, mask = pad_rows(rows, self._tokenizer.pad_id)
        counts = self._placeholders(rows)
        limits = np.array([int(len(row) * self._options.max_ratio) + 16 for row in rows]) + counts.sum(axis=1)
        first = self._tokenizer.first_placeholder_id
        unused = range(first, first + (0 if counts.any() else counts.shape[1]))
        options = SearchOptions(
            beam_size=beam_size,
            length_penalty=self._options.length_penalty,
            bos_id=self._tokenizer.bos_id,
            eos_id=self._tokenizer.eos_id,
            banned_ids=(self._tokenizer.pad_id, self._tokenizer.bos_id, self._tokenizer.unk_id, *unused),
            max_repeats=self._options.max_repeats,
        )
        may_loop = np.array([repeats_itself(row, max(2, options.max_repeats)) for row in rows])
        quota = None
        if counts.any():
            quota = Quota(first_id=first, left_BKP=counts[:, None], num_values=self._tokenizer.slots.values)
        state = self._session.encode(ids, mask)
        return search_several(self._session, state, limits, options, may_loop, count, quota)

    def _placeholders(self, rows: list[np.ndarray]) -> np.ndarray:
        """How often each placeholder's token stands in each row: (rows, slots)."""
        slots = np.arange(self._tokenizer.slots.total) + self._tokenizer.first_placeholder_id
        return np.array([(row[:, None] == slots).sum(axis=0) for row in rows]).reshape(len(rows), len(slots))
