"""Classification: texts in, labels with probabilities out; no training framework anywhere.

Two opinions are mixed: the network's, which has read the text in order, and a linear one on words and pieces of words,
which needs little data. log p = (share * network / cooling + (1 - share) * linear) / temperature, normalized. The
network, which is far too sure of itself after many passes, is cooled first; then share and temperature are those that
fit the validation part best.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from braid.data.encoded import pad_rows, similar_lengths
from braid.data.linear import LinearBaseline
from braid.runtime.session import EncoderSession
from braid.tasks.contract import Answer
from braid.text.normalize import normalize
from braid.text.shapes import unit_spans
from braid.text.tokenizer import Tokenizer

BATCH_TOKENS = 8000
MAX_PIECES = 64
"""Pieces of a text whose part in a decision is told."""
NONE = ""
"""What a text gets that belongs to none of the labels."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How scores become labels.

    Args:
        labels: Names of the C classes.
        is_multilabel: Whether a text may have several, or none.
        cooling: The network's scores are divided by it.
        share: Weight of the network's opinion, 0 to 1; the rest is the linear one's.
        temperature: The mixed scores are divided by it.
        threshold: A single label less probable than this becomes "none of these"; 0 never does.
        none_label: How the data name texts that belong to no label, or "".
        thresholds: For each label of several, the probability from which it is given.
    """

    labels: tuple[str, ...]
    is_multilabel: bool = False
    cooling: float = 1.0
    share: float = 1.0
    temperature: float = 1.0
    threshold: float = 0.0
    thresholds: tuple[float, ...] = field(default_factory=tuple)
    none_label: str = ""

    def mixed(self, network_BC: np.ndarray, linear_BC: np.ndarray | None) -> np.ndarray:
        """Scores of both opinions together, before normalization."""
        network_BC = network_BC / self.cooling
        if linear_BC is None:
            return network_BC / self.temperature
        return (self.share * network_BC + (1 - self.share) * linear_BC) / self.temperature

    def probabilities(self, scores_BC: np.ndarray) -> np.ndarray:
        """Of each label by itself, or of all together where only one is right."""
        if self.is_multilabel:
            return 1 / (1 + np.exp(-np.clip(scores_BC, -60, 60)))
        exponentials = np.exp(scores_BC - scores_BC.max(axis=-1, keepdims=True))
        return exponentials / exponentials.sum(axis=-1, keepdims=True)

    def chosen(self, probabilities_C: np.ndarray) -> tuple[str, ...]:
        """The labels given to one text, the likeliest first; none where none is likely enough."""
        order = np.argsort(-probabilities_C, kind="stable")
        if not self.is_multilabel:
            return (self.labels[order[0]],) if probabilities_C[order[0]] >= self.threshold else ()
        limits = self.thresholds or (0.5,) * len(self.labels)
        return tuple(self.labels[i] for i in order if probabilities_C[i] >= limits[i])

    def of_baseline(
        self, *, temperature: float = 1.0, threshold: float = 0.0, thresholds: Sequence[float] = ()
    ) -> Decision:
        """How the linear opinion decides alone about the same labels, with a temperature and thresholds of its own."""
        return replace(
            self, cooling=1.0, share=0.0, temperature=temperature, threshold=threshold, thresholds=tuple(thresholds)
        )


class Classifier:
    """A trained classifier.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        tokenizer: The bundle's tokenizer.
        session: The bundle's graph.
        linear: The linear opinion, where the bundle has one.
        decision: How scores become labels.
        max_tokens: Longer texts are read in parts of this many subwords, whose scores are averaged by length.
    """

    task = "classify"

    def __init__(
        self,
        *,
        name: str,
        language: str,
        tokenizer: Tokenizer,
        session: EncoderSession,
        linear: LinearBaseline | None,
        decision: Decision,
        max_tokens: int,
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, ""
        self.decision, self.linear = decision, linear
        self.baseline = decision.of_baseline()
        """How the linear opinion alone decides; without thresholds until somebody puts others here."""
        self._tokenizer, self._session, self._max_tokens = tokenizer, session, max_tokens
        self._lock = threading.Lock()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.decision.labels

    def classify(self, texts: str | Sequence[str], *, detail: bool = False) -> Any:
        """The label of a text, or of each text of a list, in order; with several labels a text, a tuple of them.

        An empty string, or an empty tuple, says "none of these".

        Args:
            texts: One text or several.
            detail: Return an `Answer` with the probability of every label instead.
        """
        single = isinstance(texts, str)
        answers = self.answers([texts] if single else list(texts))
        results = answers if detail else [self._plain(answer) for answer in answers]
        return results[0] if single else results

    def _plain(self, answer: Answer) -> str | tuple[str, ...]:
        given = tuple(answer.text.split("\n")) if answer.text else ()
        return given if self.decision.is_multilabel else answer.text

    def answers(self, texts: Sequence[str]) -> list[Answer]:
        """One answer a text: its labels joined by line breaks, and the probability of every label."""
        probabilities_BC = self.probabilities(texts)
        found = []
        for text, row in zip(texts, probabilities_BC, strict=True):
            has_content = bool(normalize(text))
            given = self.decision.chosen(row) if has_content else ()
            order = np.argsort(-row, kind="stable")
            labels = tuple((self.labels[i], float(row[i])) for i in order)
            score = float(row.max()) if has_content else 0.0
            found.append(Answer(text="\n".join(given), score=score, source=text, labels=labels))
        return found

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Calibrated probabilities (B, C)."""
        clean = [normalize(text) for text in texts]
        network = self.network_scores(clean)
        linear = self.linear.scores(clean) if self.linear else None
        return self.decision.probabilities(self.decision.mixed(network, linear))

    def baseline_labels(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """The labels that the linear opinion alone gives each text."""
        if self.linear is None:
            raise ValueError("the classifier has no linear opinion")
        scores_BC = self.linear.scores([normalize(text) for text in texts])
        probabilities_BC = self.baseline.probabilities(self.baseline.mixed(np.zeros_like(scores_BC), scores_BC))
        return [self.baseline.chosen(row) for row in probabilities_BC]

    def network_scores(self, texts: Sequence[str]) -> np.ndarray:
        """What the network alone says (B, C), log-probabilities where only one label is right."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        rows, owners = [], []
        for index, ids in enumerate(self._tokenizer.encode(texts)):
            parts = np.array_split(ids, -(-len(ids) // self._max_tokens))
            rows += parts
            owners += [index] * len(parts)
        scores = np.zeros((len(rows), len(self.labels)))
        with self._lock:
            for batch in similar_lengths([len(row) for row in rows], BATCH_TOKENS):
                ids, mask = pad_rows([rows[i] for i in batch], self._tokenizer.pad_id)
                scores[batch] = self._session.scores(ids, mask)
        lengths = np.array([len(row) for row in rows], dtype=float)
        total = np.zeros((len(texts), len(self.labels)))
        np.add.at(total, owners, scores * lengths[:, None])
        total /= np.bincount(owners, lengths, len(texts))[:, None]
        return total if self.decision.is_multilabel else _log_softmax(total)

    def explain(self, text: str) -> list[tuple[str, float]]:
        """The words of a text (characters, where no spaces stand between words) with what they add to the decision.

        The number is by how much the log-odds of the likeliest label fall when the words are taken out (occlusion;
        Zeiler and Fergus, 2014). In order; of a text of more than 64 words, neighbors are taken out together, in 64
        pieces of about as many words each, so that a long text costs no more than 65 readings of it.

        Cost: O(pieces x length of the text).
        """
        pieces = _pieces(unit_spans(text))
        if not pieces:
            return []
        texts = [text, *(text[:begin] + text[end:] for begin, end in pieces)]
        rows = np.clip(self.probabilities(texts), 1e-9, 1 - 1e-9)
        label = int(rows[0].argmax())
        odds = np.log(rows[:, label] / (1 - rows[:, label]))
        return [(text[begin:end], float(odds[0] - odds[i + 1])) for i, (begin, end) in enumerate(pieces)]


def _pieces(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, or neighbors among them joined where they are more than are taken out one by one."""
    if len(spans) <= MAX_PIECES:
        return list(spans)
    borders = np.linspace(0, len(spans), MAX_PIECES + 1).astype(int).tolist()
    return [(spans[first][0], spans[last - 1][1]) for first, last in itertools.pairwise(borders)]


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    peak = scores.max(axis=-1, keepdims=True)
    return scores - peak - np.log(np.exp(scores - peak).sum(axis=-1, keepdims=True))
