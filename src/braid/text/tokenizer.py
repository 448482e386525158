"""Joint subwords with byte fallback: any Unicode text becomes ids and comes back exactly.

Byte-pair encoding on characters (Sennrich et al., 2016), learned on both languages together. A character
outside the vocabulary becomes its UTF-8 bytes, each a token of its own, so that nothing is unknown. A space
belongs to the word that follows it; no visible character stands for it, so none can be confused with it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from braid.errors import BundleError
from braid.text.normalize import normalize

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Backend

SPECIAL_TOKENS = ("<pad>", "<s>", "</s>", "<unk>")
BYTE_TOKENS = tuple(f"<0x{byte:02X}>" for byte in range(256))
MIN_VOCAB_SIZE = len(SPECIAL_TOKENS) + len(BYTE_TOKENS) + 64
MAX_VOCAB_SIZE = 16_000
MIN_COUNT, MIN_COUNT_SHARE = 12, 0.90
"""An automatic vocabulary is the largest of which this share of subwords occurs this often in training."""

# A word with the space before it; one digit; a run of anything else. Linear: every branch eats what it sees.
WORDS = r" ?\p{L}[\p{L}\p{M}]*| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+"
_SPACED_START = re.compile(r"[^\W\d_]", re.UNICODE)


class Tokenizer:
    """Text to ids and back.

    Args:
        backend: A Hugging Face tokenizer laid out as `train_tokenizer` does.
    """

    pad_id, bos_id, eos_id, unk_id = range(4)

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.vocab_size = backend.get_vocab_size(with_added_tokens=True)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, int32, ending with eos; texts are normalized first."""
        batch = self._backend.encode_batch([_lead(normalize(text)) for text in texts], add_special_tokens=False)
        return [np.array([*encoding.ids, self.eos_id], dtype=np.int32) for encoding in batch]

    def encode_lines(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text as it stands, int32, its lines and spaces kept, without eos."""
        batch = self._backend.encode_batch([_lead(text) for text in texts], add_special_tokens=False)
        return [np.array(encoding.ids, dtype=np.int32) for encoding in batch]

    def encode_with_offsets(self, texts: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Ids of each text as it stands, without eos, and (ids, 2) first character of each and the one behind it."""
        leads = [len(_lead(text)) - len(text) for text in texts]
        batch = self._backend.encode_batch([_lead(text) for text in texts], add_special_tokens=False)
        return [
            (
                np.array(encoding.ids, dtype=np.int32),
                np.maximum(np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2) - lead, 0),
            )
            for encoding, lead in zip(batch, leads, strict=True)
        ]

    def decode(self, rows: Iterable[Sequence[int] | np.ndarray]) -> list[str]:
        """Text of each row of ids; special ids are skipped and broken bytes become U+FFFD."""
        kept = [[int(token) for token in row if token >= len(SPECIAL_TOKENS)] for row in rows]
        texts = self._backend.decode_batch(kept, skip_special_tokens=False)
        return [text[1:] if text.startswith(" ") else text for text in texts]

    def spelling(self, token_id: int) -> bytes:
        """The UTF-8 bytes that one id adds to a text, its leading space included; none for special and unknown ids."""
        byte = token_id - len(SPECIAL_TOKENS)
        if byte < len(BYTE_TOKENS):
            return bytes([byte]) if byte >= 0 else b""
        return (self._backend.id_to_token(token_id) or "").encode()

    def tokens(self, text: str) -> list[str]:
        """The subwords of a text, for a person to read."""
        return self._backend.encode(_lead(normalize(text)), add_special_tokens=False).tokens

    def parts(self) -> np.ndarray:
        """Array (V, 2) int32: the two subwords that each subword was merged from, or -1 where it is not merged."""
        model = json.loads(self.to_json())["model"]
        vocab, found = model["vocab"], np.full((self.vocab_size, 2), -1, dtype=np.int32)
        for left, right in reversed(model["merges"]):  # of several ways to a subword the first is the one taken
            found[vocab[left + right]] = vocab[left], vocab[right]
        return found

    def to_json(self) -> str:
        """The content of ``tokenizer.json``, readable by Hugging Face ``tokenizers``."""
        return self._backend.to_str(pretty=False)

    @classmethod
    def from_json(cls, text: str, *, where: str = "tokenizer.json") -> Tokenizer:
        """A tokenizer from the content of ``tokenizer.json``.

        Raises:
            BundleError: The text is not a tokenizer of this layout.
        """
        from tokenizers import Tokenizer as Backend

        try:
            tokenizer = cls(Backend.from_str(text))
        except Exception as error:  # the library raises bare Exception
            raise BundleError(f"the tokenizer cannot be read: {error}", where=where) from error
        expected = [tokenizer._backend.id_to_token(index) for index in range(len(SPECIAL_TOKENS))]
        if tuple(expected) != SPECIAL_TOKENS:
            raise BundleError(f"the first tokens must be {', '.join(SPECIAL_TOKENS)}, got {expected}", where=where)
        return tokenizer

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """A tokenizer from a file."""
        return cls.from_json(path.read_text(encoding="utf-8"), where=str(path))


def _lead(text: str) -> str:
    """A space before a text that begins with a letter of a script with spaces, as if it stood inside a sentence."""
    return f" {text}" if text and _SPACED_START.match(text) and ord(text[0]) < 0x2E80 else text


def train_tokenizer(texts: Sequence[str], *, vocab_size: int = 0) -> Tokenizer:
    """A tokenizer learned from normalized training texts of both languages.

    Args:
        texts: Source and target texts of the training rows.
        vocab_size: Subwords in all; 0 takes the largest of which `MIN_COUNT_SHARE` occur `MIN_COUNT` times.

    Paper: Gowda and May (2020), Finding the optimal vocabulary size for neural machine translation: rare
    classes are learned badly, so the rarest must still be frequent enough.
    """
    layout = _learn(texts, vocab_size or MAX_VOCAB_SIZE)
    if not vocab_size:
        layout = _shrink(layout, texts)
    return Tokenizer(_backend(layout))


def _learn(texts: Sequence[str], vocab_size: int) -> dict:
    """The tokenizer's JSON layout after learning merges."""
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as Backend

    backend = Backend(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=False))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), behavior="isolated")
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    # Characters seen once teach nothing: they go by their bytes.
    alphabet = max(256, min(vocab_size // 2, 6000))
    trainer = trainers.BpeTrainer(
        vocab_size=max(vocab_size, MIN_VOCAB_SIZE),
        special_tokens=[*SPECIAL_TOKENS, *BYTE_TOKENS],
        limit_alphabet=alphabet,
        min_frequency=2,
        max_token_length=16,
        show_progress=False,
    )
    backend.train_from_iterator((_lead(text) for text in texts), trainer)
    layout = json.loads(backend.to_str())
    # As added tokens, "<s>" or "<0x0A>" in a user's text would be taken for the token itself.
    layout["added_tokens"] = []
    return layout


def _backend(layout: dict) -> Backend:
    from tokenizers import Tokenizer as Backend

    return Backend.from_str(json.dumps(layout))


def _shrink(layout: dict, texts: Sequence[str]) -> dict:
    """The same merges, cut off (to the nearest 250) where subwords become too rare to be learned."""
    learned = len(layout["model"]["merges"])
    low, high = 0, -(-learned // 250)
    while low < high:
        middle = (low + high + 1) // 2
        if _frequent_share(_first_merges(layout, middle * 250), texts) >= MIN_COUNT_SHARE:
            low = middle
        else:
            high = middle - 1
    return _first_merges(layout, max(low, 1) * 250)


def _first_merges(layout: dict, merges: int) -> dict:
    """The layout with only its first merges; a merge makes the token of the same rank."""
    model = layout["model"]
    base = len(model["vocab"]) - len(model["merges"])
    vocab = {token: index for token, index in model["vocab"].items() if index < base + merges}
    return {**layout, "model": {**model, "vocab": vocab, "merges": model["merges"][:merges]}}


def _frequent_share(layout: dict, texts: Sequence[str]) -> float:
    """Share of merged subwords that occur `MIN_COUNT` times in the texts."""
    num_merges, size = len(layout["model"]["merges"]), len(layout["model"]["vocab"])
    counts = np.zeros(size, dtype=np.int64)
    backend = _backend(layout)
    for start in range(0, len(texts), 10_000):
        lines = [_lead(text) for text in texts[start : start + 10_000]]
        rows = [encoding.ids for encoding in backend.encode_batch(lines, add_special_tokens=False)]
        counts += np.bincount(np.fromiter(itertools.chain.from_iterable(rows), np.int64), minlength=size)
    return float((counts[size - num_merges :] >= MIN_COUNT).mean()) if num_merges else 1.0
