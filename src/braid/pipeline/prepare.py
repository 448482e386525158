"""Files to clean, split, tokenized data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from braid.config.recipe import Recipe
from braid.data.batch import BatchPlan
from braid.data.encoded import Encoded, EncodedPairs, pad_rows
from braid.data.example import Example
from braid.data.kinds import SEPARATOR
from braid.data.labels import label_text
from braid.data.practice import practice, protected_pair
from braid.data.prepare import PARTS, Prepared, Watch, prepare_data
from braid.pipeline.documents import IndexedDocuments
from braid.storage import atomic_file
from braid.text.languages import guess_language
from braid.text.normalize import normalize, without_breaks
from braid.text.tokenizer import Tokenizer, train_tokenizer

GUESSED_ROWS = 500
"""Rows whose script says what language it is."""

LEARNED_CHARS = 50_000_000
"""Characters from which on subwords are learned from every other row only, or fewer: more change little."""

Weights = dict[str, np.ndarray]
"""A network's weights by name."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Data ready for training.

    Args:
        data: The cleaned and split examples with their report.
        tokenizer: Learned from the training part.
        language: Of the sources; as their script gives it away where the recipe does not say.
        folder: Paths in the recipe are relative to it.
        none_label: The label of texts that belong to no other, or "".
        documents: The index in which answers are looked for, where the recipe names documents and it is made already.
    """

    data: Prepared
    tokenizer: Tokenizer
    language: str = ""
    folder: Path = Path()
    none_label: str = ""
    documents: IndexedDocuments | None = None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels that stand in the training part, in order; not the one that says "none of these"."""
        found = {label for row in self.data.train for label in row.target.split(SEPARATOR)}
        return tuple(sorted(found - {self.none_label}))

    @cached_property
    def is_multilabel(self) -> bool:
        """Whether any text of any part has several labels: parts of the same data are all treated alike."""
        rows = (row for part in PARTS for row in getattr(self.data, part))
        return any(len(set(row.target.split(SEPARATOR)) - {self.none_label}) > 1 for row in rows)

    def pairs(self, split: str, *, max_tokens: int = 0, token_dropout: float = 0.0) -> EncodedPairs:
        """Token ids of ``train``, ``valid`` or ``test``, without examples over ``max_tokens`` on either side."""
        examples: list[Example] = getattr(self.data, split)
        slots = self.tokenizer.slots
        rows = [protected_pair(without_breaks(normalize(row.source)), normalize(row.target), slots) for row in examples]
        if split == "train":
            rows = practice(rows, self.tokenizer)
        source = self.tokenizer.encode_protected([source for source, _ in rows])
        target = self.tokenizer.encode_protected([target for _, target in rows])
        kept = [i for i in range(len(source)) if not max_tokens or max(len(source[i]), len(target[i])) <= max_tokens]
        return EncodedPairs(
            source=[source[i] for i in kept],
            target=[target[i] for i in kept],
            bos_id=self.tokenizer.bos_id,
            pad_id=self.tokenizer.pad_id,
            token_dropout=token_dropout,
            placeholder_ids=self.tokenizer.placeholder_ids,
        )

    def arrays(self, split: str, *, max_tokens: int = 40) -> dict[str, np.ndarray]:
        """The split as three padded int32 arrays, for networks of one's own: ``source``, ``target``, ``labels``.

        ``target`` is the labels shifted right behind bos (teacher forcing); 0 is padding. Examples over
        ``max_tokens`` are left out.
        """
        pairs = self.pairs(split, max_tokens=max_tokens)
        shifted = [np.concatenate([[pairs.bos_id], row[:-1]]) for row in pairs.target]
        rows = {"source": pairs.source, "target": shifted, "labels": pairs.target}
        return {name: pad_rows(values, pairs.pad_id, width=max_tokens)[0] for name, values in rows.items()}

    def batches(
        self, split: str, *, epoch: int = 0, batch_tokens: int = 1024, max_tokens: int = 200
    ) -> Iterator[tuple[tuple[np.ndarray, np.ndarray], np.ndarray, np.ndarray]]:
        """One pass over the split as ``keras.Model.fit`` takes it: ``(source, target), labels, weights``.

        A batch holds texts of about the same length, (B, S) and (B, T) int32; another ``epoch`` brings another
        order. The weights are float32, 1 on real tokens and 0 on padding. Examples over ``max_tokens`` are left out.
        """
        plan = BatchPlan(data=self.pairs(split, max_tokens=max_tokens), batch_tokens=batch_tokens, seed=1)
        for indices in plan.epoch(epoch):
            batch = plan.load(indices)
            # Pairs have all three.
            source, target, mask = (
                cast("np.ndarray", part) for part in (batch.source_ids, batch.target_ids, batch.target_mask)
            )
            yield (source, target), batch.labels, mask.astype("float32")


def prepare(recipe: Recipe, *, folder: Path, output: Path, watch: Watch | None = None) -> Dataset:
    """Read, clean, split and tokenize a recipe's files; unchanged files are not worked on again.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        output: Where the prepared data are kept.
        watch: Told how many bytes of how many are read.

    Raises:
        DataError: A file cannot be read, or too little is left after cleaning.
        ConfigError: A language is missing.
    """
    data = prepare_data(recipe, folder=folder, output=output, watch=watch)
    path = output / "tokenizer.json"
    wanted = {**asdict(recipe.tokenizer), "fingerprint": data.fingerprint}
    stamp = output / "tokenizer.stamp.json"
    if path.exists() and stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
        return _dataset(recipe, data, Tokenizer.load(path), folder)
    tokenizer = learn_tokenizer(recipe, data)
    _write(path, tokenizer.to_json())
    _write(stamp, json.dumps(wanted))
    return _dataset(recipe, data, tokenizer, folder)


def _dataset(recipe: Recipe, data: Prepared, tokenizer: Tokenizer, folder: Path) -> Dataset:
    language, none_label = _language(recipe, data), label_text(recipe.data.none_label)
    return Dataset(data=data, tokenizer=tokenizer, language=language, folder=folder, none_label=none_label)


def learn_tokenizer(recipe: Recipe, data: Prepared) -> Tokenizer:
    """Subwords learned from the training part."""
    has_slots = recipe.task == "translate" and recipe.tokenizer.placeholders
    return train_tokenizer(_texts(recipe, data), vocab_size=recipe.tokenizer.vocab_size, placeholders=has_slots)


def _language(recipe: Recipe, data: Prepared) -> str:
    sample = data.train[:GUESSED_ROWS]
    return recipe.data.source_language or guess_language((row.source or row.target)[:1000] for row in sample)


def _texts(recipe: Recipe, data: Prepared) -> list[str]:
    """Training texts that subwords are learned from; labels are none. Of very many, some from everywhere."""
    texts = {"classify": ("source",), "generate": ("target",), "answer": ("source", "context")}
    names = texts.get(recipe.task, ("source", "target"))
    sides = data.report["sides"]
    step = 1 + sum(sides[side]["characters"] for side in ("source", "target")) // LEARNED_CHARS
    return list(dict.fromkeys(getattr(example, name) for example in data.train[::step] for name in names))


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as file:
        file.write(text.encode("utf-8"))


def token_limits(encoded: Encoded) -> dict[str, Any]:
    """Lengths met in training that a served model must know: the longest source worth giving it whole."""
    source, other = encoded.lengths
    lengths = source if isinstance(encoded, EncodedPairs) else other
    return {"max_source_tokens": int(min(1000, max(32, np.percentile(lengths, 99.5))))}
