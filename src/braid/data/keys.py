"""What rows have in common with others, as numbers: rows of any length are compared by 64 bits."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from braid.data.example import Example

Sides = tuple[str, ...]
"""What rows may not share across parts: source, target, group."""

NUM_KEYS = 3
"""Keys of a row at most: both sides and its group."""


class _Letters(dict[int, int | None]):
    """For `str.translate`: keeps letters, marks and digits (a vowel of Thai or Hindi may be a mark), drops the rest."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" else None
        return self[code]


_LETTERS = _Letters()


def text_key(text: str) -> str:
    """What two texts share when they differ only in case, spaces and punctuation; symbols alone stay as they are."""
    return text.casefold().translate(_LETTERS) or text


def number_of(text: str) -> int:
    """64 bits of the text's BLAKE2b hash, never 0."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1


def row_keys(example: Example, sides: Sides) -> list[int]:
    """The keys of a row, `NUM_KEYS` in number, each in its side's place and 0 where there is none; one is not 0.

    Args:
        example: The row.
        sides: By which rows are joined, besides the group that a person named.
    """
    texts = [side[0] + text_key(getattr(example, side)) if getattr(example, side) else "" for side in sides]
    if "group" not in sides:
        texts.append(f"g{example.group}" if example.group else "")
    if not any(texts):
        texts[0] = f"t{example.target}"
    return [number_of(text) if text else 0 for text in texts] + [0] * (NUM_KEYS - len(texts))


def pair_key(row: Example) -> int:
    """What rows have in common that repeat each other."""
    return number_of(f"{row.source}\0{row.target}\0{row.context}")


def rest_key(row: Example) -> int:
    """A number for the answer's place and further references; 0 where there are none."""
    return number_of(repr((row.start, row.references))) if row.start >= 0 or row.references else 0


def key_names(sides: Sides) -> list[str]:
    """What the keys of `row_keys` are of, place by place."""
    return [*sides, *(["group"] if "group" not in sides else [])]


def mixed(keys: np.ndarray, seed: int) -> np.ndarray:
    """The keys as other evenly spread numbers, which the seed changes."""
    return mix(keys ^ np.uint64(number_of(f"seed {seed}")))


def mix(values: np.ndarray) -> np.ndarray:
    """Each 64-bit number as another one, all of whose bits depend on all of its bits; one to one.

    Paper: Steele, Lea and Flood (2014), the finalizer of SplitMix64: the same on every machine and in every run.
    """
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def keys_of(rows: Sequence[Example], sides: Sides) -> np.ndarray:
    """The keys of rows as an array (`NUM_KEYS`, N) of uint64."""
    found = [row_keys(row, sides) for row in rows]
    return np.array(found, np.uint64).reshape(len(found), NUM_KEYS).T.copy()
