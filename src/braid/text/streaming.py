"""Text while it is being written: ids become text as soon as it is certain, up to a stop string."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Sequence

from braid.errors import ConfigError
from braid.text.tokenizer import Tokenizer


class TextStream:
    """Turns ids that arrive one after the other into increments of text.

    Held back is only what may still change: the first bytes of a character, and an end of the text that may become a
    stop string. The increments together, `finish` included, are the text of all ids, cut before the stop string that
    is complete first (the longest one where several end at one place), however the text is divided into ids. It is
    the text of `Tokenizer.decode` but for bytes that are no UTF-8: U+FFFD stands for them alone here, there for valid
    characters beside them too.

    Args:
        tokenizer: The bundle's tokenizer.
        stop_strings: Each ends the text and is not shown.
        is_continuation: The text goes on from a prompt, so a space at its very beginning is shown.

    Raises:
        ConfigError: A stop string is empty.
    """

    def __init__(
        self, tokenizer: Tokenizer, stop_strings: Sequence[str] = (), *, is_continuation: bool = False
    ) -> None:
        if not all(stop_strings):
            raise ConfigError("a stop string must have at least one character, got an empty one")
        self.stopped_by: str | None = None
        self._tokenizer = tokenizer
        self._stops = {unicodedata.normalize("NFC", text): text for text in stop_strings}  # as models write
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._drops_space = not is_continuation
        self._held = ""

    @property
    def is_stopped(self) -> bool:
        """True once a stop string has stood in the text."""
        return self.stopped_by is not None

    def push(self, token_ids: Iterable[int]) -> str:
        """The text that has become certain with these ids; nothing after a stop string."""
        spelled = b"".join(self._tokenizer.spelling(int(token)) for token in token_ids)
        return self._advance(self._decoder.decode(spelled))

    def finish(self) -> str:
        """What was held back, for there is no more to come."""
        text = self._advance(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return text

    def _advance(self, new: str) -> str:
        """The part of the held and the new text that is certain."""
        if self.is_stopped or not new:
            return ""
        if self._drops_space:
            new, self._drops_space = new.removeprefix(" "), False
        text = self._held + new
        found = [(start + len(stop), start, stop) for stop in self._stops if (start := text.find(stop)) >= 0]
        if found:
            _, end, stop = min(found)
            self.stopped_by, self._held = self._stops[stop], ""
            return text[:end]
        certain = len(text) - max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[certain:]
        return text[:certain]


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of the text with which the stop string begins."""
    lengths = range(min(len(text), len(stop) - 1), 0, -1)
    return next((length for length in lengths if text.endswith(stop[:length])), 0)
