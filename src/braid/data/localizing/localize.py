"""A file of any of the formats in, the same file in another language out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from braid.data.formats.tags import Text, shown
from braid.data.localizing.android import draft_android
from braid.data.localizing.apple import draft_apple
from braid.data.localizing.asking import Outcome, text_talk
from braid.data.localizing.contract import Draft, Edit, Finding, Localized, LocalizeOptions, Translate, Unit
from braid.data.localizing.conversation import Talk, held, together
from braid.data.localizing.html import draft_html
from braid.data.localizing.json import draft_json
from braid.data.localizing.jsonl import draft_jsonl
from braid.data.localizing.lines import draft_lines
from braid.data.localizing.markdown import draft_markdown
from braid.data.localizing.parquet import draft_parquet
from braid.data.localizing.po import draft_po
from braid.data.localizing.properties import draft_properties
from braid.data.localizing.subtitles import draft_subtitles
from braid.data.localizing.tables import draft_csv, draft_tsv
from braid.data.localizing.tmx import draft_tmx
from braid.data.localizing.xliff import draft_xliff
from braid.data.localizing.yaml import draft_yaml
from braid.errors import DataError

MAX_BYTES = 64 * 2**20
"""Of a file: it is held in memory with all its texts."""


@dataclass(frozen=True)
class WrittenFormat:
    """A file format that is written back: the names its files end with, and how they are taken apart."""

    suffixes: tuple[str, ...]
    draft: Callable[[bytes, str, LocalizeOptions], Draft]


WRITTEN_FORMATS: dict[str, WrittenFormat] = {
    "po": WrittenFormat((".po", ".pot"), draft_po),
    "xliff": WrittenFormat((".xlf", ".xliff"), draft_xliff),
    "tmx": WrittenFormat((".tmx",), draft_tmx),
    "android": WrittenFormat((".xml",), draft_android),
    "apple": WrittenFormat((".strings",), draft_apple),
    "properties": WrittenFormat((".properties",), draft_properties),
    "json texts": WrittenFormat((".json", ".arb"), draft_json),
    "yaml texts": WrittenFormat((".yml", ".yaml"), draft_yaml),
    "subtitles": WrittenFormat((".srt", ".vtt"), draft_subtitles),
    "html": WrittenFormat((".html", ".htm", ".xhtml"), draft_html),
    "markdown": WrittenFormat((".md", ".markdown"), draft_markdown),
    "csv": WrittenFormat((".csv",), draft_csv),
    "tsv": WrittenFormat((".tsv", ".tab"), draft_tsv),
    "jsonl": WrittenFormat((".jsonl", ".ndjson"), draft_jsonl),
    "parquet": WrittenFormat((".parquet",), draft_parquet),
    "txt": WrittenFormat((".txt", ".text"), draft_lines),
}
"""Every format's name and how it is known and read; each but Parquet may be followed by ``.gz``."""


def format_name(name: str) -> str:
    """The format that a file's name tells, a key of `WRITTEN_FORMATS`; "" of any other."""
    plain = name.lower().removesuffix(".gz")
    return next((key for key, form in WRITTEN_FORMATS.items() if plain.endswith(form.suffixes)), "")


def localize(
    data: bytes, name: str, translate: Translate, options: LocalizeOptions, *, earlier: bytes = b""
) -> Localized:
    """The file in another language: its texts translated and everything else byte for byte as it was.

    Args:
        data: The file, not compressed.
        name: Its name: what it ends with tells the format.
        translate: Gives one reply for each text of a list; called once, and again for texts whose placeholders it lost.
        options: Languages, and what is translated.
        earlier: The same file as it was translated before: where an entry of the same key differs from its text
            there, that is its translation. For formats that hold one language a file and have keys.

    Raises:
        DataError: The name tells no format, the file is larger than 64 MiB or not what its name says.

    Example:
        >>> from types import SimpleNamespace as Reply
        >>> def shout(texts): return [Reply(text=text.upper(), is_complete=True) for text in texts]
        >>> localize(b'greeting = hello {0}', "app.properties", shout, LocalizeOptions(target_language="de")).data
        b'greeting = HELLO {0}'
    """
    form = WRITTEN_FORMATS.get(format_name(name))
    if form is None:
        raise unknown_format(name)
    if len(data) > MAX_BYTES:
        raise DataError(
            f"a file must be smaller than {MAX_BYTES >> 20} MiB, got {len(data) >> 20}", where=name, hint="split it"
        )
    draft = form.draft(data, name, options)
    if earlier:
        _keep(draft, _known(form, earlier, name, options))
    talks = [_unit_talk(unit, options.target_language) for unit in draft.units]
    results = held(together(talks), translate)
    return _localized(draft, results)


def _known(form: WrittenFormat, earlier: bytes, name: str, options: LocalizeOptions) -> dict[str, tuple[Text, ...]]:
    """What an earlier output says, by key.

    Raises:
        DataError: The format has no keys, or the output is damaged.
    """
    units = form.draft(earlier, f"the earlier translation of {name}", options).units
    if any(not unit.key for unit in units):
        raise DataError(
            "translations are kept from files of keys and texts, such as strings.xml, JSON and .properties",
            where=name,
            hint="leave --update away; PO, XLIFF, TMX and tables keep the translations that stand in them",
        )
    return {unit.key: unit.texts for unit in reversed(units)}


def _keep(draft: Draft, known: dict[str, tuple[Text, ...]]) -> None:
    """Take what is known out of what is to be translated."""
    units, draft.units = draft.units, []
    for unit in units:
        texts = known.get(unit.key, unit.texts)
        made = [] if texts == unit.texts else list(unit.write(texts, False))
        if made and _can_be_written(made, draft.encoding):
            draft.edits += made
            draft.num_kept += 1
        else:
            draft.units.append(unit)


def unknown_format(name: str) -> DataError:
    """The error for a name that tells no format."""
    known = " ".join(suffix for form in WRITTEN_FORMATS.values() for suffix in form.suffixes)
    hint = "rename it as its format wants, or leave --output away to translate it line by line"
    if name.lower().removesuffix(".gz").endswith((".mo", ".gmo")):
        hint = "MO is made from PO: translate the .po file and run msgfmt"
    return DataError(f"the name of a file to write back must end in one of {known}", where=name, hint=hint)


def _unit_talk(unit: Unit, language: str) -> Talk[list[Outcome]]:
    return (yield from together([text_talk(text, language) for text in unit.texts]))


def _localized(draft: Draft, results: list[list[Outcome]]) -> Localized:
    edits = list(draft.edits)
    review: list[Finding] = []
    left = list(draft.left)
    num_translated = 0
    for unit, outcomes in zip(draft.units, results, strict=True):
        said = " / ".join(shown(text) for text in unit.texts)
        reason = next((one.reason for one in outcomes if one.reason), unit.doubt)
        texts = [outcome.text for outcome in outcomes if outcome.text is not None]
        made = _edits(unit, texts, bool(reason)) if len(texts) == len(outcomes) else []
        if len(texts) < len(outcomes):
            left.append(Finding(line=unit.line, text=said, reason=next(o.reason for o in outcomes if o.text is None)))
        elif not _can_be_written(made, draft.encoding):
            reason = f"its translation cannot be written in {draft.encoding}: save the file as UTF-8"
            left.append(Finding(line=unit.line, text=said, reason=reason))
        else:
            num_translated += 1
            edits += made
            review += [Finding(line=unit.line, text=said, reason=reason)] if reason else []
    num_texts = num_translated + draft.num_kept + len(left)
    return Localized(
        data=draft.build(edits),
        num_texts=num_texts,
        num_translated=num_translated,
        num_kept=draft.num_kept,
        review=tuple(review),
        left=tuple(sorted(left, key=lambda finding: finding.line)),
    )


def _edits(unit: Unit, texts: list[Text], is_doubtful: bool) -> list[Edit]:
    if unit.is_in_place and tuple(texts) == unit.texts:
        return []
    return list(unit.write(texts, is_doubtful))


def _can_be_written(edits: list[Edit], encoding: str) -> bool:
    try:
        for edit in edits:
            edit.text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
