"""Joint subwords with byte fallback: any Unicode text becomes ids and comes back exactly.

Byte-pair encoding on characters (Sennrich et al., 2016), learned on both languages together. A character
outside the vocabulary becomes its UTF-8 bytes, each a token of its own, so that nothing is unknown. A space
belongs to the word that follows it; no visible character stands for it, so none can be confused with it.

Placeholders and tags of a protected text are one token each, by their slot. Like all special tokens they are never
read out of a text: a user's "<ph0>" is spelled as any other text.
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
from braid.text.normalize import normalize, without_controls
from braid.text.protected import NO_SLOTS, SLOTS, Protected, Slots, protect

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Backend

SPECIAL_TOKENS = ("<pad>", "<s>", "</s>", "<unk>")
BYTE_TOKENS = tuple(f"<0x{byte:02X}>" for byte in range(256))
PLACEHOLDER_TOKENS = (
    *(f"<ph{number}>" for number in range(SLOTS.values)),
    *(f"<tag{number}>" for number in range(SLOTS.pairs)),
    *(f"</tag{number}>" for number in range(SLOTS.pairs)),
)
"""Tokens of the slots, in the slots' order, directly behind the bytes of a tokenizer that has them."""
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

    Attributes:
        slots: How many placeholders of a text have tokens of their own; none in a tokenizer made without them.
    """

    pad_id, bos_id, eos_id, unk_id = range(4)
    first_placeholder_id = len(SPECIAL_TOKENS) + len(BYTE_TOKENS)

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.vocab_size = backend.get_vocab_size(with_added_tokens=True)
        first = self.first_placeholder_id
        found = [backend.id_to_token(first + slot) for slot in range(SLOTS.total)]
        self.slots: Slots = SLOTS if tuple(found) == PLACEHOLDER_TOKENS else NO_SLOTS

    @property
    def placeholder_ids(self) -> range:
        """The tokens of the slots."""
        return range(self.first_placeholder_id, self.first_placeholder_id + self.slots.total)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, int32, ending with eos; texts are normalized first."""
        batch = self._backend.encode_batch([_lead(normalize(text)) for text in texts], add_special_tokens=False)
        return [np.array([*encoding.ids, self.eos_id], dtype=np.int32) for encoding in batch]

    def encode_lines(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text as it stands, int32, its lines and spaces kept, without eos."""
        batch = self._backend.encode_batch([_lead(text) for text in texts], add_special_tokens=False)
        return [np.array(encoding.ids, dtype=np.int32) for encoding in batch]

    def encode_protected(self, texts: Sequence[Protected]) -> list[np.ndarray]:
        """Ids of each protected text, int32, a token for each slot, ending with eos; texts are normalized already.

        A space before an opening tag stands behind it, so that the word there is spelled as it is without the tag.
        """
        rows = [self._segments(text.pieces) for text in texts]
        segments = [one for row in rows for one in row if isinstance(one, str)]
        encoded = iter(self._backend.encode_batch(segments, add_special_tokens=False))
        return [
            np.fromiter(
                itertools.chain.from_iterable(
                    next(encoded).ids if isinstance(one, str) else [self.first_placeholder_id + one]
                    for one in [*row, self.eos_id - self.first_placeholder_id]
                ),
                dtype=np.int32,
            )
            for row in rows
        ]

    def _segments(self, pieces: Sequence[str | int]) -> list[str | int]:
        """The pieces with their spaces where they are encoded."""
        row: list[str | int] = []
        for one in pieces:
            start = self._first_opening(row)
            before = row[start - 1] if start else ""
            if isinstance(one, str) and not start:
                one = _lead(one)
            elif isinstance(one, str) and start < len(row) and isinstance(before, str) and before.endswith(" "):
                row[start - 1], one = before[:-1], f" {one}"
            row.append(one)
        return [one for one in row if one != ""]

    def _spaced(self, pieces: list[str | int]) -> list[str | int]:
        """The pieces with their spaces where a reader expects them."""
        row: list[str | int] = []
        for one in pieces:
            start = self._first_opening(row)
            if isinstance(one, str) and one.startswith(" "):
                one = one[1:]
                row.insert(start, " " if start else "")
            row.append(one)
        return row

    def _first_opening(self, row: list[str | int]) -> int:
        """The place of the first of the opening tags that the row ends with, or its length."""
        start = len(row)
        while start and isinstance(slot := row[start - 1], int) and self.slots.is_opening(slot):
            start -= 1
        return start

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
        texts = self._spelled([[int(token) for token in row if not self._is_special(int(token))] for row in rows])
        return [text.removeprefix(" ") for text in texts]

    def decode_protected(self, rows: Iterable[Sequence[int] | np.ndarray], sources: Sequence[Protected]) -> list[str]:
        """Text of each row of ids, with what its source has in the slots."""
        rows_of_pieces = [self._split([int(token) for token in row]) for row in rows]
        spelled = iter(self._spelled([one for row in rows_of_pieces for one in row if isinstance(one, list)]))
        texts = []
        for row, source in zip(rows_of_pieces, sources, strict=True):
            # a control character that goes later must not be what keeps a placeholder and a word apart
            pieces = [without_controls(next(spelled)) if isinstance(one, list) else one for one in row]
            texts.append(source.restore_readable(self._spaced(pieces)))
        return texts

    def _split(self, ids: list[int]) -> list[list[int] | int]:
        """Runs of ids of text, and the slots between them."""
        pieces: list[list[int] | int] = []
        for token in ids:
            slot = token - self.first_placeholder_id
            if 0 <= slot < self.slots.total:
                pieces.append(slot)
            elif token >= len(SPECIAL_TOKENS):
                run = pieces[-1] if pieces else 0
                if isinstance(run, int):
                    pieces.append(run := [])
                run.append(token)
        return pieces

    def _spelled(self, rows: list[list[int]]) -> list[str]:
        return self._backend.decode_batch(rows, skip_special_tokens=False)

    def _is_special(self, token_id: int) -> bool:
        slot = token_id - self.first_placeholder_id
        return token_id < len(SPECIAL_TOKENS) or 0 <= slot < self.slots.total

    def spelling(self, token_id: int) -> bytes:
        """The UTF-8 bytes that one id adds to a text, its leading space included; none for special and unknown ids."""
        byte = token_id - len(SPECIAL_TOKENS)
        if self._is_special(token_id):
            return b""
        if byte < len(BYTE_TOKENS):
            return bytes([byte])
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


def train_tokenizer(texts: Sequence[str], *, vocab_size: int = 0, placeholders: bool = False) -> Tokenizer:
    """A tokenizer learned from normalized training texts of both languages.

    Args:
        texts: Source and target texts of the training rows.
        vocab_size: Subwords in all; 0 takes the largest of which `MIN_COUNT_SHARE` occur `MIN_COUNT` times.
        placeholders: Give the slots of protected texts a token each, and learn no subwords from placeholders.

    Paper: Gowda and May (2020), Finding the optimal vocabulary size for neural machine translation: rare
    classes are learned badly, so the rarest must still be frequent enough.
    """
    if placeholders:
        texts = [piece for text in texts for piece in protect(text).pieces if isinstance(piece, str)]
    layout = _learn(texts, vocab_size or MAX_VOCAB_SIZE, PLACEHOLDER_TOKENS if placeholders else ())
    if not vocab_size:
        layout = _shrink(layout, texts)
    return Tokenizer(_backend(layout))


def _learn(texts: Sequence[str], vocab_size: int, placeholder_tokens: Sequence[str]) -> dict:
    """The tokenizer's JSON layout after learning merges."""
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as Backend

    backend = Backend(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=False))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), behavior="isolated")
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    # Characters seen once teach nothing: they go by their bytes.
    alphabet = max(256, min(vocab_size // 2, 6000))
    trainer = trainers.BpeTrainer(
        vocab_size=max(vocab_size, MIN_VOCAB_SIZE + len(placeholder_tokens)),
        special_tokens=[*SPECIAL_TOKENS, *BYTE_TOKENS, *placeholder_tokens],
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
