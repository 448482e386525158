"""Tables and JSON lines: FAQ rows (a question with its answer) or rows that are documents (a text with a title)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from braid.data.documents.passage import Passage, cut
from braid.data.documents.text import paragraphs
from braid.data.example import Example, Reject
from braid.data.formats.columns import Record, fault_rule
from braid.data.formats.csv import csv_records
from braid.data.formats.jsonl import json_object, json_text
from braid.data.formats.parquet import parquet_columns, parquet_rows
from braid.data.formats.stream import Stream
from braid.data.formats.tsv import tsv_records

COLUMNS = {
    "question": ("question", "query", "q", "问题", "問題", "frage"),
    "answer": ("answer", "answers", "response", "reply", "a", "答案", "回答", "antwort"),
    "text": ("text", "content", "body", "passage", "document", "正文", "内容", "內容"),
    "title": ("title", "heading", "标题", "標題", "titel"),
    "group": ("group", "article", "page", "topic"),
}
"""Names under which a row's parts are looked for, in any case; the first that is there counts."""

_SHOWN_CHARS = 1000
_WANTED = "must have question and answer, or text"


def read_csv_rows(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a CSV file."""
    return _table(csv_records(stream), stream, title)


def read_tsv_rows(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a file of tab-separated values."""
    return _table(tsv_records(stream), stream, title)


def read_jsonl_rows(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a file of JSON lines; an answer may be a list, the first of which is given."""
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        row = Example(source=line[:_SHOWN_CHARS], target="", file=stream.shown, line=number)
        try:
            cells = json_object(line) if line.strip() else {}
        except ValueError as error:
            yield Reject(example=row, rule="json", detail=str(error))
        else:
            yield from _passages(cells, row, title)


def read_parquet_rows(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a Parquet file."""
    known = {name for names in COLUMNS.values() for name in names}
    chosen = [name for name in parquet_columns(stream) if name.strip().casefold() in known]
    for number, cells in parquet_rows(stream, chosen):
        shown = " ".join(str(value) for value in cells.values())[:_SHOWN_CHARS]
        yield from _passages(cells, Example(source=shown, target="", file=stream.shown, line=number), title)


def _table(records: Iterable[Record], stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The rows below the header; two columns without one are questions and answers.

    Raises:
        DataError: The header names none of the columns, and there are not two of them.
    """
    header: Sequence[str] = ()
    for record in records:
        shown = "\t".join(record.cells)[:_SHOWN_CHARS]
        row = Example(source=shown, target="", file=stream.shown, line=record.line)
        if record.fault:
            yield Reject(example=row, rule=fault_rule(record), detail=record.fault)
            continue
        if not header and any(record.cells):
            header = record.cells
            if _is_complete(dict.fromkeys(header, "")):
                continue
            if len(header) != 2:
                raise stream.fault(
                    f"the header row {_WANTED}, got {', '.join(header)[:200]}",
                    line=record.line,
                    hint='name two columns "question" and "answer", or one "text"',
                )
            header = ("question", "answer")
        yield from _passages(dict(zip(header, record.cells, strict=False)), row, title)


def _is_complete(row: Mapping[str, Any]) -> bool:
    names = _names(row)
    return {"question", "answer"} <= names.keys() or "text" in names


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """What each part of a row is called in it."""
    present = {name.strip().casefold(): name for name in reversed(list(row))}
    found = {part: next((name for name in names if name in present), None) for part, names in COLUMNS.items()}
    return {part: present[name] for part, name in found.items() if name is not None}


def _passages(cells: Mapping[str, Any], row: Example, title: str) -> Iterator[Passage | Reject]:
    """The passage of an FAQ row, the passages of a document's row, or why there is none."""
    if not any(cells.values()):
        yield Reject(example=row, rule="empty", detail="blank line")
        return
    names = _names(cells)
    if not _is_complete(cells):
        yield Reject(example=row, rule="columns", detail=f"{_WANTED}, got {', '.join(list(cells)[:20])}")
        return
    try:
        parts = {part: _texts(cells[name], name) for part, name in names.items()}
    except ValueError as error:
        yield Reject(example=row, rule="json", detail=str(error))
        return
    is_faq = {"question", "answer"} <= names.keys()
    missing = [names[part] for part in (("question", "answer") if is_faq else ("text",)) if not parts[part]]
    if missing:
        yield Reject(example=row, rule="empty", detail=f"no text in {' and '.join(missing)}")
        return
    group = _first(parts, "group") or f"{row.file}:{row.line}"
    if is_faq:
        answers, question = parts["answer"], _first(parts, "question")
        text = "\n".join(answers)
        yield Passage(text=text, title=question, answer=answers[0], line=row.line, file=row.file, group=group)
        return
    lines = "\n".join(parts["text"]).splitlines(keepends=True)
    for passage in cut(paragraphs(lines, _first(parts, "title") or title), file=row.file, group=group):
        yield replace(passage, line=row.line)


def _first(parts: Mapping[str, list[str]], part: str) -> str:
    return next(iter(parts.get(part, ())), "")


def _texts(value: Any, name: str) -> list[str]:
    """The texts of a cell that are not blank: one, or those of a list.

    Raises:
        ValueError: It is neither a text nor a list of texts.
    """
    if isinstance(value, Mapping) and "text" in value:  # how SQuAD's rows give their answers
        value = value["text"]
    values = value if isinstance(value, list) else [value]
    texts = [str(one) if isinstance(one, int | float) else json_text(one, name) for one in values]
    return [text.strip() for text in texts if text.strip()]
