"""Subtitles (SRT, WebVTT) written back: the text of each cue replaced, its times and marks kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from braid.data.formats.subtitles import read_cues
from braid.data.formats.tags import Code, Tag, Text, tagged
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile
from braid.text.languages import has_spaces
from braid.text.normalize import display_width

_MARK = re.compile(
    r"<(?P<close>/?)(?P<name>[ibuvcs]|lang|ruby|rt|font|[\d:.]{1,20})(?:[ .][^<>]{0,200})?>|\{\\[^{}]{0,200}\}",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,7}|\w{1,32});")
_WORD = re.compile(r"(?:<[^<>]{0,200}>|[^ ])+")
"""A space inside a mark ends no word."""
_SPEAKER = re.compile(r"\s*[-–—]\s?\S")
_LEAD = re.compile(r"(?:\s|\{\\[^{}]{0,200}\}|<v[ .][^<>]{0,200}>)*+(?:[-–—](?=\s?\S)\s?)?")
"""What stands before the words of a cue: its place, who speaks, a dash."""
MOST_COLUMNS = 42
"""A line of a subtitle is no longer than this if it can be helped: what the guides of broadcasters ask for."""


def draft_subtitles(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every cue; lines in which different people speak are translated one by one.

    Raises:
        DataError: Something that is neither a cue nor, in WebVTT, a block of its own.
    """
    source = SourceFile(data, shown_name)
    cues = list(read_cues(source.stream()))
    is_web = source.text[source.begin :].startswith("WEBVTT")
    units: list[Unit] = []
    for cue, after in zip(cues, [*cues[1:], None], strict=False):
        last = after.line - 1 if after else len(source.lines)
        rows = _rows(source, source.lines[cue.line : last], is_cut_short=after is not None)
        if not rows:
            continue
        if len(rows) > 1 and all(_SPEAKER.match(_MARK.sub("", source.text[start:end])) for start, end in rows):
            groups = [[row] for row in rows]
        else:
            groups = [rows]
        for group in groups:
            units += _units(source, group, options, is_web=is_web)
    return source.draft(units)


def _rows(source: SourceFile, lines: Sequence[tuple[int, int]], *, is_cut_short: bool) -> list[tuple[int, int]]:
    """The lines of a cue without their ends, up to the first blank one."""
    rows: list[tuple[int, int]] = []
    for start, end in lines:
        text = source.text[start:end]
        if not text.strip():
            return rows
        rows.append((start, start + len(text.rstrip("\r\n"))))
    if is_cut_short and rows and source.text[slice(*rows[-1])].strip().isdecimal():
        rows.pop()  # no blank line stands before the number of the next cue
    return rows


def _units(
    source: SourceFile, rows: Sequence[tuple[int, int]], options: LocalizeOptions, *, is_web: bool
) -> Iterator[Unit]:
    is_closed = any("</v>" in source.text[start:end] for start, end in rows)
    if lead := None if is_closed else _LEAD.match(source.text, *rows[0]):
        rows = [(lead.end(), rows[0][1]), *rows[1:]]
    raw = "\n".join(source.text[start:end].strip() for start, end in rows)
    text = _text(raw)
    if any(isinstance(piece, str) and piece.strip() for piece in text):
        span = (rows[0][0], rows[-1][1])
        is_escaped = is_web or _REFERENCE.search(raw) is not None
        write = _write(source, span, len(rows), options.target_language, is_escaped=is_escaped)
        yield Unit(texts=(text,), write=write, line=source.line(rows[0][0]))


def _text(raw: str) -> Text:
    """The lines of a cue as one, its marks as codes."""
    pieces: list[str | Tag] = []
    place = 0
    for match in _MARK.finditer(raw):
        pieces += [_plain(raw[place : match.start()]), _tag(match)]
        place = match.end()
    return tagged([*pieces, _plain(raw[place:])])


def _plain(raw: str) -> str:
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), raw.replace("\n", " "))


def _tag(match: re.Match[str]) -> Tag:
    name = match["name"]
    if name is None or name[0].isdigit() or name[0] in ":.":
        return Tag(match[0], "mark")
    return Tag(match[0], name.lower(), "close" if match["close"] else "open")


def _write(source: SourceFile, span: tuple[int, int], num_rows: int, language: str, *, is_escaped: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        pieces = [
            piece.written if isinstance(piece, Code) else _escaped(piece, is_escaped=is_escaped) for piece in texts[0]
        ]
        rows = _balanced("".join(pieces), num_rows, has_spaces(language))
        yield Edit(*span, source.line_end.join(rows))

    return write


def _escaped(text: str, *, is_escaped: bool) -> str:
    """A text that is no mark; an arrow would make times of its line."""
    text = text.replace("-->", "→").replace("\n", " ")
    return html.escape(text, quote=False) if is_escaped else text


def _balanced(text: str, num_rows: int, is_spaced: bool) -> list[str]:
    """The text in at most so many lines of about the same width; in one where it fits there."""
    if num_rows < 2 or display_width(_MARK.sub("", text)) <= MOST_COLUMNS or not is_spaced:
        return [text]
    words = _WORD.findall(text)
    width = sum(display_width(_MARK.sub("", word)) + 1 for word in words) / num_rows
    rows: list[list[str]] = [[]]
    filled = 0.0
    for word in words:
        size = display_width(_MARK.sub("", word)) + 1
        if rows[-1] and len(rows) < num_rows and filled + size / 2 > width * len(rows):
            rows.append([])
        rows[-1].append(word)
        filled += size
    return [" ".join(row) for row in rows]
