"""Questions with a text that answers them, in the JSON of SQuAD 1.1 and 2.0; CMRC 2018, DRCD and XQuAD are such files.

Papers: Rajpurkar et al. (2016), SQuAD; Rajpurkar, Jia and Liang (2018), Know what you don't know, for questions
without an answer; Cui et al. (2019), CMRC 2018; Artetxe, Ruder and Yogatama (2020), XQuAD.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.jsonl import json_text
from braid.data.formats.stream import Stream

MAX_JSON_CHARS = 256 * 2**20
_MAX_MISSED = 20
"""Texts written in an unusual way are not found; after so many the lines are left alone, for looking takes time."""

UNKNOWN = -1
"""The start of an answer that is not in the text: good for judging, not for training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about a text.

    Args:
        id: As the file gives it, or "".
        question: What is asked.
        context: The text to look for the answer in.
        answers: Each accepted answer with its offset in ``context``, or `UNKNOWN` where it is not found there.
        is_impossible: True when the text holds no answer.
        group: The article it belongs to, by title, or by its text where there is none: data are split by this.
        file: The path as the user gave it.
        line: 1-based line at which the question stands; 1 where everything is one line.
        num_moved: Answers that were not at the place the file says and were found at another.
    """

    id: str
    question: str
    context: str
    answers: tuple[tuple[str, int], ...]
    is_impossible: bool
    group: str
    file: str
    line: int
    num_moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A text of such a file with the questions about it, still as the file has them.

    Args:
        title: Of the article, or "".
        context: The text.
        group: As for `Question`.
        questions: What stands under ``qas``, each with its line.
        line: 1-based line at which the text stands.
    """

    title: str
    context: str
    group: str
    questions: Sequence[tuple[Any, int]]
    line: int


def questions_of(stream: Stream) -> Iterator[Question | Reject]:
    """Every question of a file, every entry that is none as a Reject, in the file's order.

    An answer that does not stand at its ``answer_start`` is looked for in the whole text, the nearest place counts;
    one that stands nowhere is kept for judging, with the start `UNKNOWN`.

    Raises:
        DataError: The file is not JSON of this kind.
    """
    for paragraph in read_paragraphs(stream):
        if isinstance(paragraph, Reject):
            yield paragraph
        else:
            yield from (_question(entry, paragraph, line, stream.shown) for entry, line in paragraph.questions)


def read_paragraphs(stream: Stream) -> Iterator[Paragraph | Reject]:
    """Every text of a file with its questions, every entry that has none as a Reject.

    Raises:
        DataError: The file is not JSON with a list under ``data``.
    """
    text = stream.whole(stream.encoding(), MAX_JSON_CHARS)
    places = _Places(text)
    for number, article in enumerate(_articles(text, stream)):
        title = article.get("title", "") if isinstance(article, dict) else ""
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list) or not isinstance(title, str):
            row = Example(source=_shown(article), target="", file=stream.shown, line=places.line)
            yield Reject(example=row, rule="json", detail=f"data[{number}] must hold a list under paragraphs")
            continue
        for index, entry in enumerate(paragraphs):
            try:
                yield _paragraph(entry, title, places)
            except (ValueError, TypeError, KeyError) as error:
                row = Example(source=_shown(entry), target="", file=stream.shown, line=places.line)
                detail = f"data[{number}].paragraphs[{index}]: {_reason(error)}"
                yield Reject(example=row, rule="json", detail=detail)


def _articles(text: str, stream: Stream) -> list[Any]:
    hint = 'questions are read from the JSON of SQuAD: {"data": [{"title": …, "paragraphs": […]}]}'
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise stream.fault(f"the file must be JSON, got: {error.msg}", line=error.lineno, hint=hint) from error
    except RecursionError:
        raise stream.fault("the file must be JSON, got some that is nested too deeply", hint=hint) from None
    except ValueError as error:  # a number of thousands of digits
        raise stream.fault(f"the file must be JSON, got: {str(error).partition(';')[0]}", hint=hint) from error
    articles = content.get("data") if isinstance(content, dict) else None
    if not isinstance(articles, list):
        got = ", ".join(list(content)[:10]) if isinstance(content, dict) else type(content).__name__
        raise stream.fault(f"the file must hold a list under data, got {got or 'nothing'}", hint=hint)
    return articles


def _paragraph(entry: Any, title: str, places: _Places) -> Paragraph:
    context, questions = json_text(entry["context"], "context"), entry["qas"]
    if not context.strip():
        raise ValueError("the context holds no text")
    if not isinstance(questions, list):
        raise ValueError("must hold a list under qas")
    line, lines = places.find(context, [one.get("question") if isinstance(one, dict) else None for one in questions])
    pairs = list(zip(questions, lines, strict=True))
    group = title.strip() or hashlib.blake2b(context.encode(), digest_size=8).hexdigest()
    return Paragraph(title=title, context=context, group=group, questions=pairs, line=line)


def _question(entry: Any, paragraph: Paragraph, line: int, file: str) -> Question | Reject:
    """The question that an entry under ``qas`` is, or what is wrong with it."""
    try:
        question = json_text(entry["question"], "question").strip()
        given = [_answer(answer, paragraph.context) for answer in entry.get("answers") or ()]
        is_impossible = entry.get("is_impossible", False)
        if not question:
            raise ValueError("the question holds no text")
        if not isinstance(is_impossible, bool):
            raise ValueError(f"is_impossible must be true or false, got {is_impossible!r}")
        answers = tuple(dict.fromkeys((text, start) for text, start, _ in given if text))
        if not answers and not is_impossible:
            raise ValueError("has no answer and is not marked is_impossible")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        row = Example(source=_shown(entry), target="", file=file, line=line)
        return Reject(example=row, rule="json", detail=_reason(error))
    return Question(
        id=str(entry.get("id", "")),
        question=question,
        context=paragraph.context,
        answers=() if is_impossible else answers,
        is_impossible=is_impossible,
        group=paragraph.group,
        file=file,
        line=line,
        num_moved=sum(is_moved for *_, is_moved in given),
    )


def _answer(answer: Any, context: str) -> tuple[str, int, bool]:
    """The text of an answer, its place in the context, and whether that is another than the file says."""
    text, start = json_text(answer["text"], "text").strip(), answer.get("answer_start", UNKNOWN)
    if not isinstance(start, int):
        raise ValueError(f"answer_start must be a whole number, got {start!r}")
    if not text or (start >= 0 and context.startswith(text, start)):
        return text, start, False
    before, after = context.rfind(text, 0, max(start, 0) + len(text)), context.find(text, max(start, 0))
    found = [place for place in (before, after) if place >= 0]
    return text, min(found, key=lambda place: abs(place - start), default=UNKNOWN), bool(found)


def _reason(error: Exception) -> str:
    return f"must have the key {error}" if isinstance(error, KeyError) else str(error)


def _shown(entry: Any) -> str:
    """The entry as JSON, cut."""
    return json.dumps(entry, ensure_ascii=True)[:1000]


class _Places:
    """Finds the lines of texts in the JSON that they were read from, in order.

    Args:
        text: The file.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._position = self._num_missed = 0

    @property
    def line(self) -> int:
        """The line of what was found last."""
        return self._line(self._position)

    def find(self, context: str, questions: Sequence[Any]) -> tuple[int, list[int]]:
        """The lines of a text and of the questions about it, which may stand before it."""
        place = self._seek(context, self._position)
        position, lines = self._position, []
        for question in questions:
            position = max(position, self._seek(question, position))
            lines.append(self._line(position))
        line = self._line(max(place, self._position))
        self._position = max(place, position)
        return line, lines

    def _seek(self, text: Any, begin: int) -> int:
        if not self._breaks or not isinstance(text, str) or self._num_missed > _MAX_MISSED:
            return -1
        for is_ascii in (False, True):
            place = self._text.find(json.dumps(text, ensure_ascii=is_ascii), begin)
            if place >= 0:
                return place + 1
        self._num_missed += 1
        return -1

    def _line(self, position: int) -> int:
        return bisect.bisect_left(self._breaks, position) + 1
