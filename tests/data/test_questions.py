import gzip
import json
from pathlib import Path

import pytest

from braid.data.example import Reject
from braid.data.formats.read import expand
from braid.data.formats.stream import open_stream
from braid.data.questions import UNKNOWN, Question, questions_of
from braid.errors import DataError

CONTEXT = "The Nile is long. The Nile flows north."


def read_questions(patterns, *, folder=Path()):
    for path, shown in [found for pattern in patterns for found in expand(pattern, folder)]:
        with open_stream(path, shown) as stream:
            yield from questions_of(stream)


def squad(*questions, title="Rivers", context=CONTEXT):
    return {"version": "1.1", "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(questions)}]}]}


def qa(*answers, **fields):
    given = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": "q1", "question": "Which river?", "answers": given} | fields


@pytest.fixture
def read(tmp_path):
    def read_content(content, name="q.json"):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return list(read_questions([name], folder=tmp_path))

    return read_content


def test_a_question(read):
    assert read(squad(qa(("Nile", 4), ("Nile", 4), ("north", 33)))) == [
        Question(
            id="q1",
            question="Which river?",
            context=CONTEXT,
            answers=(("Nile", 4), ("north", 33)),
            is_impossible=False,
            group="Rivers",
            file="q.json",
            line=1,
        )
    ]


@pytest.mark.parametrize(
    ("given", "found", "num_moved"),
    [
        (("Nile", 22), ("Nile", 22), 0),
        (("Nile", 21), ("Nile", 22), 1),
        (("Nile", 23), ("Nile", 22), 1),
        (("Nile", 12), ("Nile", 4), 1),
        (("Nile", 14), ("Nile", 22), 1),
        (("Nile", -1), ("Nile", 4), 1),
        (("Nile", 10**9), ("Nile", 22), 1),
        ((" Nile ", 3), ("Nile", 4), 1),
        (("Congo", 4), ("Congo", UNKNOWN), 0),
        (("nile", 4), ("nile", UNKNOWN), 0),
    ],
)
def test_answers_are_looked_for(read, given, found, num_moved):
    (question,) = read(squad(qa(given)))
    assert (question.answers, question.num_moved) == ((found,), num_moved)


def test_questions_without_an_answer(read):
    plausible = {"plausible_answers": [{"text": "Nile", "answer_start": 4}]}
    (question,) = read(squad(qa(is_impossible=True, **plausible)))
    assert question.is_impossible
    assert question.answers == ()
    (question,) = read(squad(qa(("Nile", 4), is_impossible=False)))
    assert not question.is_impossible


def test_groups_are_articles_or_texts(read):
    articles = [("A", CONTEXT), ("A", "Nile"), ("", CONTEXT), ("", CONTEXT), ("", "Nile")]
    rows = [read(squad(qa(("Nile", 4)), title=title, context=context))[0].group for title, context in articles]
    assert rows[0] == rows[1]
    assert rows[2] == rows[3] != rows[4]


@pytest.mark.parametrize("is_ascii", [True, False])
def test_lines(read, is_ascii):
    content = squad(qa(("é", 0)), qa(("é", 0), question="“Où” \\?"), qa(("é", 0)), context="é\n中")
    text = json.dumps(content, ensure_ascii=is_ascii, indent=1)
    assert [row.line for row in read(text)] == [
        number for number, line in enumerate(text.split("\n"), 1) if '"question"' in line
    ]


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        (qa(), "has no answer"),
        (qa(("", 0)), "has no answer"),
        (qa(("x", "0")), "answer_start must be a whole number"),
        (qa(("Nile", 4), question=" "), "the question holds no text"),
        (qa(("Nile", 4), question=3), "must be a string"),
        (qa(("Nile", 4), question="\ud800"), "half of a surrogate pair"),
        (qa(("Nile", 4), is_impossible="no"), "is_impossible must be true or false"),
        ({"id": "x"}, "must have the key 'question'"),
        (qa(answers=[{}]), "must have the key 'text'"),
        (qa(answers=7), ""),
        (qa(answers=["Nile"]), ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_entries_that_are_none_are_rejects(read, entry, detail):
    good, reject = read(squad(qa(("Nile", 4)), entry))
    assert isinstance(good, Question)
    assert isinstance(reject, Reject)
    assert detail in reject.detail
    assert (reject.rule, reject.example.file) == ("json", "q.json")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([3], "data[0] must hold a list"),
        ([{"paragraphs": {}}], "data[0] must hold a list"),
        ([{"title": 3, "paragraphs": []}], "data[0] must hold a list"),
        ([{"paragraphs": [{"qas": []}]}], "data[0].paragraphs[0]: must have the key 'context'"),
        ([{"paragraphs": [{"context": " ", "qas": []}]}], "data[0].paragraphs[0]: the context holds no text"),
        ([{"paragraphs": [{"context": "x", "qas": 3}]}], "data[0].paragraphs[0]: must hold a list under qas"),
        ([{"paragraphs": [None]}], "data[0].paragraphs[0]"),
    ],
)
def test_paragraphs_that_are_none_are_rejects(read, data, place):
    (reject,) = read({"data": data})
    assert place in reject.detail


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"data": [\n  {]}', r"must be JSON, got: .*\(q\.json, line 2\)"),
        ("[" * 200_000, "nested too deeply"),
        ("[]", "must hold a list under data, got list"),
        ('{"questions": []}', "must hold a list under data, got questions"),
        ("", "empty file"),
    ],
)
def test_files_that_are_none_are_refused(read, content, message):
    with pytest.raises(DataError, match=message):
        read(content)


def test_patterns(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(squad(qa(("Nile", 4), id=name))))
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(json.dumps(squad(qa(("Nile", 4)))).encode("utf-8-sig")))
    rows = read_questions(["*.json", str(tmp_path / "c.json.gz")], folder=tmp_path)
    assert [(row.id, row.file) for row in rows] == [
        ("a.json", "a.json"), ("b.json", "b.json"), ("q1", str(tmp_path / "c.json.gz"))
    ]  # fmt: skip
    with pytest.raises(DataError, match="at least one file"):
        list(read_questions(["d.json"], folder=tmp_path))


@pytest.mark.parametrize(
    ("pattern", "questions", "moved", "unknown", "groups"),
    [("cmrc2018/*.gz", 3219, 17, 177, 848), ("drcd/*.gz", 3524, 0, 0, 383), ("xquad/xquad.zh.json", 826, 0, 0, 32)],
)
def test_real_files(shared_data, pattern, questions, moved, unknown, groups):
    rows = list(read_questions([pattern], folder=shared_data / "qa"))
    assert len(rows) == questions
    assert sum(row.num_moved for row in rows) == moved
    assert sum(start == UNKNOWN for row in rows for _, start in row.answers) == unknown
    assert len({row.group for row in rows}) == groups
    for row in rows:
        assert all(start == UNKNOWN or row.context.startswith(text, start) for text, start in row.answers)
