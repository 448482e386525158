"""Many texts translated at once, each of which may have something to ask when it has seen a reply.

A talk is a generator: it yields texts, is sent one reply for each, and returns what it made of them. All talks about a
file are held together, so that its texts are translated in two or three calls, and each text once.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import islice
from typing import Any, TypeVar

from braid.data.localizing.contract import Reply, Translate

T = TypeVar("T")
Talk = Generator[list[str], list[Reply], T]


def together(talks: Sequence[Talk[T]]) -> Talk[list[T]]:
    """The results of several talks, in order; they ask at the same time."""
    results: list[Any] = [None] * len(talks)
    waiting: dict[int, list[str]] = {}

    def go_on(number: int, replies: list[Reply] | None) -> None:
        try:
            waiting[number] = next(talks[number]) if replies is None else talks[number].send(replies)
        except StopIteration as end:
            results[number] = end.value

    for number in range(len(talks)):
        go_on(number, None)
    while waiting:
        asked = dict(waiting)
        waiting.clear()
        replies = iter((yield [text for texts in asked.values() for text in texts]))
        for number, texts in asked.items():
            go_on(number, list(islice(replies, len(texts))))
    return results


def held(talk: Talk[T], translate: Translate) -> T:
    """The result of a talk whose texts ``translate`` answers; no text is translated twice."""
    known: dict[str, Reply] = {}
    replies: list[Reply] | None = None
    while True:
        try:
            asked = next(talk) if replies is None else talk.send(replies)
        except StopIteration as end:
            return end.value
        new = list(dict.fromkeys(text for text in asked if text not in known))
        known.update(zip(new, translate(new) if new else (), strict=True))
        replies = [known[text] for text in asked]
