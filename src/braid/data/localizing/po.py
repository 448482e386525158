"""Gettext PO written back: translations are filled in and marked fuzzy, comments and order stay.

A template (POT) becomes a catalog: its header gets language, charset and plural forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from braid.data.formats.message import Message, declared_language
from braid.data.formats.po import messages, po_encoding
from braid.data.formats.tags import Text
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.plurals import plural_formula
from braid.data.localizing.source import SourceFile
from braid.text.matching import language_rank
from braid.text.normalize import display_width
from braid.text.placeholders import placeholders

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)\b")
_NUM_PLURALS = re.compile(r"nplurals\s*=\s*(\d{1,2})")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
_COLUMNS = 79
SEVERAL_FORMS = "the language has more plural forms than the text: all but the first are the same"


@dataclass
class _Entry:
    """Where an entry stands.

    Args:
        line: Of its first keyword.
        begin: Of that line; where a line of flags can be put.
        flags: Begin and end of the line of flags, if there is one.
        previous: Begin of the first line that tells an earlier text (``#|``).
        strings: Begin and end of all its ``msgstr`` lines.
        is_wrapped: A string of its goes on in the middle of a line of text.
    """

    line: int = 0
    begin: int = -1
    flags: tuple[int, int] | None = None
    previous: int = -1
    strings: tuple[int, int] = (-1, -1)
    is_wrapped: bool = False


@dataclass
class _Catalog:
    """The messages of a file with their places, and what the header says."""

    source: SourceFile
    options: LocalizeOptions
    pairs: list[tuple[Message, _Entry]] = field(default_factory=list)
    num_plurals: int = 2


def draft_po(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every message without a translation, with fuzzy ones where these are wanted.

    Raises:
        DataError: A line is no PO syntax, or the header declares another language.
    """
    source = SourceFile(data, shown_name, po_encoding)
    catalog = _Catalog(source, options)
    entries = {entry.line: entry for entry in _entries(source)}
    catalog.pairs = [(message, entries[message.line]) for message in messages(source.stream())]
    edits = []
    header = next((pair for pair in catalog.pairs if pair[0].is_header), None)
    if header:
        edits = list(_header_edits(catalog, *header))
    units, num_kept = [], 0
    for message, entry in catalog.pairs:
        if message.is_header or message.is_obsolete or not message.source.strip():
            continue
        is_redone = options.overwrite or (options.redo_unreviewed and message.is_fuzzy)
        if all(message.forms) and not is_redone:
            num_kept += 1
        else:
            units.append(_unit(catalog, message, entry))
    return source.draft(units, edits=edits, num_kept=num_kept)


def _entries(source: SourceFile) -> Iterator[_Entry]:
    """The places of all entries, obsolete ones included; the syntax has been checked."""
    entry, keyword = _Entry(), ""
    for number, (start, end) in enumerate(source.lines, 1):
        line = source.text[start:end].strip()
        is_obsolete = line.startswith("#~") and not line.startswith("#~|")
        said = line[2:].lstrip() if is_obsolete else line
        found = _KEYWORD.match(said)
        if keyword == "msgstr" and (said.startswith(("#", "domain")) or (found and found[1] in ("msgctxt", "msgid"))):
            yield entry
            entry, keyword = _Entry(), ""
        if said.startswith(("#", "domain")):
            if said[1:2] == "," and entry.flags is None:
                entry.flags = (start, end)
            elif said[1:2] == "|" and entry.previous < 0:
                entry.previous = start
        elif said:
            keyword = found[1] if found else keyword
            if entry.begin < 0:
                entry.begin, entry.line = start, number
            if keyword == "msgstr":
                first = entry.strings[0] if entry.strings[0] >= 0 else start
                entry.strings = (first, start + len(source.text[start:end].rstrip("\r\n")))
            elif not found and not _ends_line(source.text, start):
                entry.is_wrapped = True
    if keyword == "msgstr":
        yield entry


def _ends_line(text: str, place: int) -> bool:
    """True when the line before a place ends a line of the message, or says nothing."""
    before = text[max(0, place - 200) : place].rstrip()
    return before.endswith(('\\n"', ' ""'))


def _header_edits(catalog: _Catalog, header: Message, entry: _Entry) -> Iterator[Edit]:
    """The header with language, charset and plural forms where these are missing.

    Raises:
        DataError: It declares another language.
    """
    source, options = catalog.source, catalog.options
    language = declared_language(header)
    wanted = options.target_language
    if language and not language_rank(wanted, language) and not language_rank(language, wanted):
        raise source.fault(
            f'the catalog must be a translation into "{wanted}", got "Language: {language}" in its header',
            line=header.line,
            hint="take a bundle for that language, or correct the header",
        )
    text = header.forms[0]
    has_plurals = any("msgid_plural" in message.pieces for message, _ in catalog.pairs)
    is_template = bool(re.search(r"^Content-Type:.*charset=CHARSET", text, re.MULTILINE)) or not language
    changed = text.replace("charset=CHARSET", "charset=UTF-8")
    if not language:
        changed = _with_field(changed, "Language", wanted.replace("-", "_"))
    found = _NUM_PLURALS.search(text)
    formula = plural_formula(wanted)
    if not found and has_plurals and formula:
        changed = _with_field(changed, "Plural-Forms", formula)
        found = _NUM_PLURALS.search(formula)
    forms = max((len(message.forms) for message, _ in catalog.pairs if "msgid_plural" in message.pieces), default=2)
    catalog.num_plurals = max(1, int(found[1])) if found else forms
    if changed != text:
        yield Edit(*entry.strings, _string("msgstr", changed, source, wrap=False))
    if header.is_fuzzy and is_template and entry.flags:
        yield _flags_edit(source, entry, add=False)


def _with_field(header: str, name: str, value: str) -> str:
    """A header with a field set, at its own place or at the end."""
    pattern = re.compile(rf"^{name}:.*$", re.MULTILINE)
    line = f"{name}: {value}"
    if pattern.search(header):
        return pattern.sub(lambda _: line, header, count=1)
    return header + "\n" * (bool(header) and not header.endswith("\n")) + line + "\n"


def _unit(catalog: _Catalog, message: Message, entry: _Entry) -> Unit:
    texts = [message.source]
    doubt = ""
    if "msgid_plural" in message.pieces:
        texts = _plural_texts(message, catalog.num_plurals)
        doubt = SEVERAL_FORMS if catalog.num_plurals > 2 else ""
    write = _write(catalog, message, entry)
    return Unit(texts=tuple((text,) for text in texts), write=write, line=message.line, doubt=doubt, is_in_place=False)


def _plural_texts(message: Message, num_plurals: int) -> list[str]:
    """What is translated for the forms: the plural alone where there is one form, or where the first is for more
    numbers than one and the singular does not say the number."""
    singular, plural = message.source, message.text("msgid_plural")
    is_for_one_only = placeholders(singular) != placeholders(plural)
    if num_plurals == 1 or (num_plurals > 2 and is_for_one_only):
        return [plural]
    return [singular, plural]


def _write(catalog: _Catalog, message: Message, entry: _Entry) -> Write:
    source = catalog.source

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        said = [str(text[0]) if text else "" for text in texts]
        if "msgid_plural" in message.pieces:
            forms = [said[0], *[said[-1]] * (catalog.num_plurals - 1)]
            strings = [(f"msgstr[{number}]", form) for number, form in enumerate(forms)]
        else:
            forms, strings = said, [("msgstr", said[0])]
        if forms != message.forms:
            written = [_string(keyword, form, source, wrap=entry.is_wrapped) for keyword, form in strings]
            yield Edit(*entry.strings, source.line_end.join(written))
        elif not is_doubtful:
            return
        is_marked = is_doubtful or catalog.options.marks_review
        if is_marked != message.is_fuzzy:
            yield _flags_edit(source, entry, add=is_marked)

    return write


def _flags_edit(source: SourceFile, entry: _Entry, *, add: bool) -> Edit:
    """The entry's flags with or without ``fuzzy``; a line without any other flag goes."""
    if entry.flags is None:
        place = entry.previous if entry.previous >= 0 else entry.begin
        return Edit(place, place, f"#, fuzzy{source.line_end}")
    start, end = entry.flags
    line = source.text[start:end]
    if add:
        return Edit(start, end, line.replace("#,", "#, fuzzy,", 1))
    names = [name.strip() for name in line.strip().removeprefix("#,").split(",")]
    rest = ", ".join(name for name in names if name != "fuzzy")
    return Edit(start, end, f"#, {rest}{source.line_end}" if rest else "")


def _string(keyword: str, text: str, source: SourceFile, *, wrap: bool) -> str:
    """A keyword with its string: on one line, or line by line where the text has several or is wrapped."""
    lines = [line for line in re.split(r"(?<=\n)", text) if line]
    parts = [part for line in lines for part in (_wrapped(line) if wrap else [line])]
    is_short = len(parts) <= 1 and (not wrap or display_width(keyword + text) + 3 < _COLUMNS)
    quoted = [f'"{_escaped(part)}"' for part in parts] or ['""']
    return f"{keyword} {quoted[0]}" if is_short else source.line_end.join([f'{keyword} ""', *quoted])


def _wrapped(line: str) -> Iterator[str]:
    """A line in parts that end in spaces and fit between the quotation marks."""
    part = ""
    for word in re.findall(r" *[^ ]+ *|[^ ]+| +", line):
        if part and display_width(_escaped(part + word)) > _COLUMNS - 2:
            yield part
            part = ""
        part += word
    if part:
        yield part


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text).replace("\n", "\\n")
