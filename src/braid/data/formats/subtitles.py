"""Subtitles of one film in two languages (SRT, WebVTT): what is shown at the same time belongs together."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts
from braid.data.formats.keyed import MAX_CHARS, check_entries, check_size, pair_facts
from braid.data.formats.stream import Stream

LEAST_OVERLAP = 0.5
"""Of the shorter of two cues so much is shown together with the other where they belong together."""
MOST_CUES = 3
"""Of one language that make a pair."""

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_SPAN = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_TAG = re.compile(
    r"</?(?:[ibuvcs]|lang|ruby|rt|font|[\d:.]{1,20})(?:[ .][^<>]{0,200})?>|\{\\[^{}]{0,200}\}", re.IGNORECASE
)
_BLOCK = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)\b")
"""What a block of WebVTT that is no cue begins with."""
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,7}|\w{1,32});")


@dataclass(frozen=True)
class Cue:
    """A text shown from one millisecond to another; ``line`` is that of its times."""

    start: int
    end: int
    text: str
    line: int


def read_cues(stream: Stream, strays: list[tuple[int, str]] | None = None) -> Iterator[Cue]:
    """Every cue in file order, its lines joined, without the marks of fonts and places.

    Args:
        stream: The file.
        strays: Gets line and text of what is no cue, such as the rest of one behind a blank line.

    Raises:
        DataError: Something that is neither a cue nor, in WebVTT, a block of its own, where that is not collected; or
            a file of more than 32 MiB or a million lines.
    """
    is_web = False
    span: re.Match[str] | None = None
    rows: list[str] = []  # of the cue or the block that is open
    number = begun = 0
    stream.keep_below(MAX_CHARS)
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        text = line.strip()
        check_size(number, stream)
        is_web = is_web or (number == 1 and text.startswith("WEBVTT"))
        if found := _SPAN.fullmatch(text):
            # Above the times of a cue may stand its number or its name.
            name = rows.pop() if rows and (span is None or rows[-1].isdecimal()) else ""
            if span:
                yield _cue(span, rows, begun)
            elif rows and not (is_web and _BLOCK.match(rows[0])):
                _stray(stream, rows, number - len(rows) - bool(name), strays)
            span, rows, begun = found, [], number
        elif text:
            rows.append(text)
        elif span:
            yield _cue(span, rows, begun)
            span, rows = None, []
        elif rows:
            if not (is_web and _BLOCK.match(rows[0])):
                _stray(stream, rows, number - len(rows), strays)
            rows = []
    if span:
        yield _cue(span, rows, begun)
    elif rows and not (is_web and _BLOCK.match(rows[0])):
        _stray(stream, rows, number - len(rows) + 1, strays)


_WANTED = "a cue must begin with its times, 00:00:01,000 --> 00:00:02,000"


def _stray(stream: Stream, rows: Sequence[str], line: int, strays: list[tuple[int, str]] | None) -> None:
    if strays is None:
        raise stream.fault(f"{_WANTED}, got {rows[0][:60]!r}", line=line)
    strays.append((line, " ".join(rows)))


def _cue(span: re.Match[str], rows: Sequence[str], line: int) -> Cue:
    start, end = _milliseconds(span.groups()[:4]), _milliseconds(span.groups()[4:])
    text = " ".join(_REFERENCE.sub(lambda match: html.unescape(match[0]), _TAG.sub("", row)) for row in rows)
    return Cue(start=start, end=max(start, end), text=" ".join(text.split()), line=line)


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "").ljust(3, "0"))


def read_subtitles(source: Stream, target: Stream) -> Iterator[Example | Reject]:
    """An Example for each group of cues that are shown together, in the order of the first file's.

    Cues of either file without a partner, and groups of more than three cues of one language, are Rejects.

    Cost: O(cues).
    """
    file = f"{source.shown},{target.shown}"
    broken: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], [])
    cues = [_cues(stream, rejects) for stream, rejects in zip((source, target), broken, strict=True)]
    for side, rejects in enumerate(broken):
        for line, text in rejects:
            example = Example(source="" if side else text, target=text if side else "", file=file, line=line)
            yield Reject(example=example, rule="cue", detail=f"{'second' if side else 'first'} file: {_WANTED}")
    for ours, theirs in _groups(*cues):
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


def _cues(stream: Stream, rejects: list[tuple[int, str]]) -> list[Cue]:
    """The cues; those with something behind a blank line that may be of them go to ``rejects``.

    Raises:
        DataError: There is no cue, or too many.
    """
    found: list[Cue] = []
    strays: list[tuple[int, str]] = []
    for cue in read_cues(stream, strays):
        _reject_broken(found, strays, rejects)
        check_entries(len(found) + len(rejects) + 1, stream)
        found.append(cue)
    _reject_broken(found, strays, rejects)
    if rejects and not found:
        line, text = rejects[0]
        raise stream.fault(f"{_WANTED}, got {text[:60]!r}", line=line)
    return found


def _reject_broken(found: list[Cue], strays: list[tuple[int, str]], rejects: list[tuple[int, str]]) -> None:
    """Moves the last cue to ``rejects``, where something strays behind it that may be of it; else that alone.

    What has an arrow was meant for times, so a cue of its own.
    """
    if not strays:
        return
    line, text = strays[0][0], " ".join(text for _, text in strays)
    if found and "-->" not in text:
        broken = found.pop()
        line, text = broken.line, f"{broken.text} {text}"
    rejects.append((line, text[:1000]))
    strays.clear()


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
    return pair_facts(read_subtitles(source, target), source, target, "subtitles")
