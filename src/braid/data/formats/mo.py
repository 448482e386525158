"""Gettext MO catalogs: the compiled form of PO.

The file has no lines; the line of an Example is its place in the file's table, counted from 1, header included.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.message import Message, declared_language, is_reversed, message_examples
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream

_MAX_FILE_BYTES = 2 * MAX_UNIT_BYTES
MAX_MESSAGES = 500_000
_MAGIC = 0x950412DE
_CHARSET = re.compile(rb"charset=\s*([A-Za-z0-9._:-]+)")


def read_mo(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a message, plural forms as in PO; a catalog holds no fuzzy, obsolete or untranslated ones.

    Raises:
        DataError: The file is not MO, is damaged, or declares another language.
    """
    reverse = False
    for message in _messages(stream)[1]:
        if message.is_header:
            reverse = reverse or is_reversed(message, stream, options)
            continue
        yield from message_examples(message, stream.shown, reverse=reverse)


def inspect_mo(stream: Stream) -> FileFacts:
    """The header's language and the first messages."""
    encoding, messages = _messages(stream)
    found = list(islice(messages, 4))
    language = declared_language(found[0]) if found and found[0].is_header else ""
    return FileFacts(
        file=stream.shown,
        format="mo",
        encoding=encoding,
        languages=(language,) if language else (),
        rows=tuple((message.source, message.forms[0]) for message in found if not message.is_header)[:3],
        is_compressed=stream.is_compressed,
    )


def _messages(stream: Stream) -> tuple[str, Iterator[Message]]:
    """The charset and every entry in table order."""
    pairs = _entries(_content(stream), stream)
    header = next((translation for original, translation in pairs if not original), b"")
    declared = _CHARSET.search(header)
    encoding = stream.encoding(declared[1].decode("ascii") if declared else "")
    return encoding, (_message(number, pair, encoding, stream) for number, pair in enumerate(pairs, 1))


def _content(stream: Stream) -> bytes:
    """The whole file, within bounds: its texts are found by their offsets."""
    content = bytearray()
    if stream.head[:4] not in (struct.pack("<I", _MAGIC), struct.pack(">I", _MAGIC)):
        raise stream.fault("an MO file must begin with its magic number, got something else")
    for chunk in stream.chunks():
        content += chunk
        if len(content) > _MAX_FILE_BYTES:
            raise stream.fault(f"an MO file must be smaller than {_MAX_FILE_BYTES >> 20} MiB")
    return bytes(content)


def _entries(content: bytes, stream: Stream) -> list[tuple[bytes, bytes]]:
    """Original and translation of every entry as stored."""
    order = "<" if content[:4] == struct.pack("<I", _MAGIC) else ">"
    try:
        revision, count, *tables = struct.unpack_from(f"{order}4I", content, 4)
        if revision >> 16 > 1:
            raise stream.fault(f"the MO revision must be 0 or 1, got {revision >> 16}")
        if count > MAX_MESSAGES:
            raise stream.fault(f"an MO file must hold at most {MAX_MESSAGES} messages, got {count}")
        originals, translations = (struct.unpack_from(f"{order}{2 * count}I", content, at) for at in tables)
    except (struct.error, OverflowError, MemoryError) as error:
        raise stream.fault("an MO file must be complete, got tables that reach past its end") from error
    if sum(originals[::2]) + sum(translations[::2]) > 2 * len(content):
        raise stream.fault("the texts of an MO file must not overlap, got more text than file")
    entries = []
    for index in range(0, 2 * count, 2):
        spans = [(table[index + 1], table[index + 1] + table[index]) for table in (originals, translations)]
        if any(end > len(content) for _, end in spans):
            raise stream.fault("an MO file must be complete, got a text past its end", line=index // 2 + 1)
        entries.append((content[slice(*spans[0])], content[slice(*spans[1])]))
    return entries


def _message(number: int, pair: tuple[bytes, bytes], encoding: str, stream: Stream) -> Message:
    try:
        original, translation = (part.decode(encoding) for part in pair)
    except UnicodeDecodeError as error:
        raise stream.fault(
            f"the texts must be valid {encoding} as declared, got the byte 0x{error.object[error.start]:02x}",
            line=number,
        ) from error
    message = Message(line=number)
    context, mark, text = original.partition("\x04")
    if mark:
        message.add("msgctxt", context)
    singular, has_plural, plural = (text if mark else original).partition("\0")
    message.add("msgid", singular)
    if has_plural:
        message.add("msgid_plural", plural)
    for index, form in enumerate(translation.split("\0")):
        message.add(f"msgstr[{index}]", form)
    return message
