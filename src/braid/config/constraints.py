"""Constraint objects: each one checks a value, words its own error and makes bad values for tests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Constraint(Protocol):
    """What a recipe field may hold."""

    def accepts(self, value: Any) -> bool:
        """True when ``value`` is allowed."""
        ...

    def words(self) -> str:
        """What must hold, to stand after "must be"."""
        ...

    def bad_values(self) -> Iterable[Any]:
        """Values that must be refused, for the automatic test."""
        ...

    def parse(self, text: str) -> Any:
        """The value meant by a ``--set key=text``; the text itself when it means none."""
        ...


def _number(text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text


@dataclass(frozen=True)
class IntRange:
    """A whole number within closed bounds."""

    low: int
    high: int

    def accepts(self, value: Any) -> bool:
        return type(value) is int and self.low <= value <= self.high

    def words(self) -> str:
        return f"an int from {self.low} to {self.high}"

    def bad_values(self) -> Iterable[Any]:
        return [self.low - 1, self.high + 1, "4k", 1.5, None, True]

    def parse(self, text: str) -> Any:
        return _number(text, int)


@dataclass(frozen=True)
class FloatRange:
    """A finite number within closed bounds; whole numbers are welcome."""

    low: float
    high: float

    def accepts(self, value: Any) -> bool:
        return type(value) in (int, float) and self.low <= value <= self.high

    def words(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"

    def bad_values(self) -> Iterable[Any]:
        return [self.low - 1, self.high + 1, float("nan"), "much", None, True]

    def parse(self, text: str) -> Any:
        return _number(text, float)


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    choices: Sequence[str]

    def accepts(self, value: Any) -> bool:
        return type(value) is str and value in self.choices

    def words(self) -> str:
        return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)

    def bad_values(self) -> Iterable[Any]:
        return ["no-such-choice", 1, None]

    def parse(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class LayerPattern:
    """A string of layer letters; its length is the depth."""

    letters: str
    max_layers: int = 48

    def accepts(self, value: Any) -> bool:
        return type(value) is str and 1 <= len(value) <= self.max_layers and set(value) <= set(self.letters)

    def words(self) -> str:
        return f"1 to {self.max_layers} of the letters {', '.join(self.letters)}"

    def bad_values(self) -> Iterable[Any]:
        return ["", "?", "AX", 4, None, self.letters[0] * (self.max_layers + 1)]

    def parse(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def accepts(self, value: Any) -> bool:
        return type(value) is bool

    def words(self) -> str:
        return "true or false"

    def bad_values(self) -> Iterable[Any]:
        return [1, "yes", None]

    def parse(self, text: str) -> Any:
        return {"true": True, "false": False}.get(text.lower(), text)


def _is_writable(text: str, *, is_ascii: bool = False) -> bool:
    """True when a file can hold the text and a terminal show it; ``is_ascii``: and an HTTP header carry it."""
    if is_ascii:
        return all("!" <= char <= "~" for char in text)
    return not any((char < " " and char != "\t") or "\ud800" <= char <= "\udfff" for char in text)


@dataclass(frozen=True)
class Text:
    """A string, perhaps empty, without control characters and halves of surrogate pairs."""

    allow_empty: bool = True
    max_chars: int = 4096
    is_ascii: bool = False

    def accepts(self, value: Any) -> bool:
        if type(value) is not str or len(value) > self.max_chars:
            return False
        return (self.allow_empty or bool(value.strip())) and _is_writable(value, is_ascii=self.is_ascii)

    def words(self) -> str:
        kind = "printable ASCII characters without spaces" if self.is_ascii else "printable characters"
        return f"{'a' if self.allow_empty else 'a non-empty'} string of at most {self.max_chars} {kind}"

    def bad_values(self) -> Iterable[Any]:
        bad = [1, None, "a\0b", "\udcff", "x" * (self.max_chars + 1)]
        return bad + ([] if self.allow_empty else [" "]) + (["schlüssel", "a b"] if self.is_ascii else [])

    def parse(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class TextList:
    """A list of non-empty strings; a lone string stands for a list of one."""

    def accepts(self, value: Any) -> bool:
        return isinstance(value, list | tuple) and all(
            type(item) is str and item.strip() and _is_writable(item) for item in value
        )

    def words(self) -> str:
        return "a list of non-empty strings of printable characters"

    def bad_values(self) -> Iterable[Any]:
        return [1, None, [""], [1], {"a": "b"}, ["a\0b"], ["\udcff.tsv"]]

    def parse(self, text: str) -> Any:
        """Entries between commas, or a list as TOML writes it, whose entries may hold commas."""
        if text.lstrip().startswith("["):
            try:
                return tomllib.loads(f"list = {text}")["list"]
            except tomllib.TOMLDecodeError:
                return text
        return [part.strip() for part in text.split(",") if part.strip()]
