"""Subtitles of one film in two languages (SRT, WebVTT): what is shown at the same time belongs together."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts
from braid.data.formats.keyed import named_languages
from braid.data.formats.stream import Stream

LEAST_OVERLAP = 0.5
"""Of the shorter of two cues so much is shown together with the other where they belong together."""
MOST_CUES = 3
"""Of one language that make a pair."""

_TIME = r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[,.](\d{1,3})"
_SPAN = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")
_TAG = re.compile(r"</?(?:[ibuvc]|lang|ruby|rt|font|\d)(?:[ .][^<>]{0,200})?>|\{\\[^{}]{0,200}\}", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A text shown from one millisecond to another; ``line`` is that of its times."""

    start: int
    end: int
    text: str
    line: int


def read_cues(stream: Stream) -> Iterator[Cue]:
    """Every cue in file order, its lines joined, without the marks of fonts and places.

    Raises:
        DataError: A block that is neither a cue nor one of WebVTT's own.
    """
    block: list[str] = []
    number = 0
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield from _cue(block, number - len(block), stream)
            block = []
    if block:
        yield from _cue(block, number - len(block) + 1, stream)


def _cue(block: Sequence[str], line: int, stream: Stream) -> Iterator[Cue]:
    found = [(index, match) for index in (0, 1) if index < len(block) and (match := _SPAN.fullmatch(block[index]))]
    if not found:
        if re.match(r"(?:WEBVTT|NOTE|STYLE|REGION)\b", block[0]):
            return
        wanted = "a cue must begin with its times, 00:00:01,000 --> 00:00:02,000"
        raise stream.fault(f"{wanted}, got {block[0][:60]!r}", line=line)
    place, match = found[0]
    start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
    text = " ".join(html.unescape(_TAG.sub("", row)) for row in block[place + 1 :])
    yield Cue(start=start, end=max(start, end), text=" ".join(text.split()), line=line + place)


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "").ljust(3, "0"))


def read_subtitles(source: Stream, target: Stream) -> Iterator[Example | Reject]:
    """An Example for each group of cues that are shown together, in the order of the first file's.

    Cues of either file without a partner, and groups of more than three cues of one language, are Rejects.

    Cost: O(cues).
    """
    file = f"{source.shown},{target.shown}"
    for ours, theirs in _groups(list(read_cues(source)), list(read_cues(target))):
        texts = [" ".join(cue.text for cue in cues) for cues in (ours, theirs)]
        line = (ours or theirs)[0].line
        start = (ours or theirs)[0].start
        key = f"{start // 3_600_000:02}:{start // 60_000 % 60:02}:{start // 1000 % 60:02}.{start % 1000:03}"
        example = Example(source=texts[0], target=texts[1], file=file, line=line, key=key)
        if not ours or not theirs:
            yield Reject(example=example, rule="unmatched", detail="nothing is shown at its time in the other file")
        elif max(len(ours), len(theirs)) > MOST_CUES:
            yield Reject(example=example, rule="unmatched", detail=f"more than {MOST_CUES} cues overlap each other")
        else:
            yield example


def _groups(ours: list[Cue], theirs: list[Cue]) -> Iterator[tuple[list[Cue], list[Cue]]]:
    """Cues in order of time, joined where they are shown together."""
    ours.sort(key=lambda cue: cue.start)
    theirs.sort(key=lambda cue: cue.start)
    left = right = 0
    while left < len(ours) or right < len(theirs):
        if right == len(theirs) or (left < len(ours) and _is_alone(ours[left], theirs[right])):
            yield [ours[left]], []
            left += 1
            continue
        if left == len(ours) or _is_alone(theirs[right], ours[left]):
            yield [], [theirs[right]]
            right += 1
            continue
        if not _are_together(ours[left], theirs[right]):  # they touch, but no more: the earlier one has no partner here
            if ours[left].start <= theirs[right].start:
                yield [ours[left]], []
                left += 1
            else:
                yield [], [theirs[right]]
                right += 1
            continue
        first, second = [ours[left]], [theirs[right]]
        left, right = left + 1, right + 1
        grows = True
        while grows:
            grows = False
            if left < len(ours) and _are_together(ours[left], second[-1]):
                first.append(ours[left])
                left, grows = left + 1, True
            if right < len(theirs) and _are_together(theirs[right], first[-1]):
                second.append(theirs[right])
                right, grows = right + 1, True
        yield first, second


def _is_alone(cue: Cue, other: Cue) -> bool:
    return cue.end <= other.start and not _are_together(cue, other)


def _are_together(one: Cue, other: Cue) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shared >= LEAST_OVERLAP * shorter if shorter else shared >= 0


def inspect_subtitles(source: Stream, target: Stream) -> FileFacts:
    """Languages by the files' names, and the first pairs."""
    rows = [row for row in read_subtitles(source, target) if isinstance(row, Example)][:3]
    return FileFacts(
        file=f"{source.shown},{target.shown}",
        format="subtitles",
        encoding=source.encoding(),
        languages=named_languages([source.shown, target.shown]),
        rows=tuple((row.source, row.target) for row in rows),
        is_compressed=source.is_compressed,
    )
