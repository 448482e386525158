"""What a reader's bundle does around its reader: documents first, thresholds, scores with and without the passage."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest

from braid.data.documents import Passage
from braid.data.example import Example
from braid.errors import DataError
from braid.pipeline import answering, train
from braid.pipeline.answering import evaluate, mismatched
from braid.pipeline.places import places_of
from braid.pipeline.start import open_recipe
from braid.pipeline.train import TrainOptions, train_bundle
from braid.retrieval import build_index
from braid.tasks.answer import Answerer, Limits, Reading

pytestmark = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="nothing is trained"
)

NAMES = ["Ann", "Bob", "Cho", "Dee", "Eve", "Fay", "Gus", "Hal"]
ROWS = [
    Example(
        source=f"Where does {name} live?",
        target=f"Town{number}",
        file="q.json",
        line=1,
        group=name,
        context=f"{name} was a painter. {name} does live in Town{number} today.",
        start=len(f"{name} was a painter. {name} does live in "),
    )
    for number, name in enumerate(NAMES)
]


class Keen:
    """Stands in for a reader: finds the town of any passage, surer where the question's name is in it."""

    def read(self, pairs):
        found = []
        for question, text in pairs:
            start = text.index("Town")
            score = 4.0 if question.split()[2] in text else -1.0
            found.append(Reading(start=start, end=start + 5, score=score))
        return found


class Heard:
    """A log that remembers."""

    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def questions(folder):
    articles = [
        {
            "title": row.group,
            "paragraphs": [
                {
                    "context": row.context,
                    "qas": [{"question": row.source, "answers": [{"text": row.target, "answer_start": row.start}]}],
                }
            ],
        }
        for row in ROWS
    ]
    (folder / "q.json").write_text(json.dumps({"data": articles}))


def run(folder, monkeypatch, documents):
    """Train with these documents as far as the data; what was said, and what came first."""
    questions(folder)
    (folder / "r.toml").write_text(
        f'name = "b"\ntask = "answer"\n[data]\ntrain = ["q.json"]\ndocuments = {json.dumps(documents)}\n'
    )
    recipe, place, _ = open_recipe(folder / "r.toml")
    log, given = Heard(), []

    class Stop(Exception):
        pass

    def stop(recipe, options, dataset, log):
        given.append(dataset)
        raise Stop

    data = SimpleNamespace(report={})
    monkeypatch.setattr(train, "prepare", lambda recipe, **_: answering.Dataset(data=data, tokenizer=None))
    monkeypatch.setattr(train, "train_dataset", stop)
    with pytest.raises(Stop):
        train_bundle(recipe, TrainOptions(folder=place, places=places_of(folder / "b")), log)
    return log.said, given[0]


def test_documents_that_do_not_exist_are_found_out_first(tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"none\.md"):
        run(tmp_path, monkeypatch, ["none.md"])
    with pytest.raises(DataError, match="nofolder"):
        run(tmp_path, monkeypatch, ["nofolder/"])


def test_documents_are_read_before_training_and_faults_are_said(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# A\n\nThe word is alpha.\n")
    (tmp_path / "docs/b.pdf").write_bytes(b"no pdf")
    said, dataset = run(tmp_path, monkeypatch, ["docs"])
    assert any("left out: docs/b.pdf" in line for line in said)
    monkeypatch.setattr(answering, "read_passages", None)  # they are not read twice
    told, cover = answering._write_index(open_recipe(tmp_path / "r.toml")[0], dataset, tmp_path / "index")
    assert told["passages"] == 1
    assert 0 < cover < 1
    assert (tmp_path / "index/index.json").is_file()


def test_questions_are_matched_with_passages_of_other_articles():
    pairs = mismatched(ROWS)
    assert [question for question, _ in pairs] == [row.source for row in ROWS]
    for (_, text), row in zip(pairs, ROWS, strict=True):
        assert text != row.context
        assert row.target not in text
    assert mismatched(ROWS[:1]) == []


def test_a_threshold_is_found_where_every_question_has_an_answer(tmp_path):
    threshold = answering._threshold(Keen(), ROWS)
    assert -1.0 < threshold <= 4.0
    index = build_index([Passage(text=row.context, file="q.json", line=1) for row in ROWS], tmp_path / "index")
    model = Answerer(name="b", language="en", reader=Keen(), index=index, limits=Limits(answer=threshold))
    assert model.answer("Where does Cho live?") == "Town2"
    assert model.answer("Where does Zoe live?") == ""
    assert model.answer("Where does Zoe live?", context=ROWS[0].context) == ""
    assert answering._threshold(Keen(), ROWS[:1]) is None  # there is no other article


@pytest.fixture
def evaluation(tmp_path):
    rows = [Passage(text=row.context, file="q.json", line=1, group=row.group) for row in ROWS]
    index = build_index(rows, tmp_path / "index")
    return evaluate(Answerer(name="b", language="en", reader=Keen(), index=index), ROWS)


def test_index_and_reader_are_scored_as_a_system(evaluation):
    names = [system["name"] for system in evaluation["systems"]]
    assert names[0] == "b"
    assert names[1:3] == list(answering.BASELINES)
    assert names[3] == "index + b"
    assert names[4:] == [f"index + {name}" for name in answering.BASELINES]
    for system in evaluation["systems"]:
        assert {"exact_match", "f1"} <= set(system["scores"])
        assert all(score["low"] <= score["value"] <= score["high"] for score in system["scores"].values())
    assert evaluation["systems"][3]["scores"]["exact_match"]["value"] == 100
    # The verdict on reading does not take the system without the passage for a baseline.
    assert "index +" not in evaluation["notes"][0]
    assert any(note.startswith("Without the passage") and "index + b" in note for note in evaluation["notes"])


def test_finding_has_scores_with_intervals(evaluation):
    assert set(evaluation["retrieval"]) == {"recall@1", "recall@5", "recall@10", "mrr@10"}
    for score in evaluation["retrieval"].values():
        assert score["low"] <= score["value"] <= score["high"]
        assert score["signature"]
    (table,) = evaluation["tables"]
    assert len(table["rows"]) == 4
    assert all("[" in row[1] for row in table["rows"])
    assert any("recall@5" in note and "[" in note for note in evaluation["notes"])


def test_other_documents_have_no_retrieval_scores(tmp_path):
    index = build_index([Passage(text="Town9 is far.", file="a.txt", line=1)], tmp_path / "index")
    found = evaluate(Answerer(name="b", language="en", reader=Keen(), index=index), ROWS)
    assert "retrieval" not in found
    assert found["systems"][3]["name"] == "index + b"
    assert np.isfinite(found["systems"][3]["scores"]["f1"]["value"])
