"""What counts in training and in scoring, and what a report's samples answer; over stand-ins for the network."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from braid.config.recipe import DataConfig
from braid.data.batch import BatchPlan
from braid.data.example import Example
from braid.data.formats import read_files
from braid.data.formats.texts import MESSAGES
from braid.data.kinds import KINDS
from braid.pipeline import generating
from braid.tasks.dialogue import ChatTemplate
from braid.tasks.generate import Writing
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["user\nassistant\nhello you there", "the cat sat on the mat"] * 30, vocab_size=400)


def dialogue(*contents, roles=("user", "assistant")):
    turns = [{"role": roles[place % len(roles)], "content": content} for place, content in enumerate(contents)]
    return Example(source="", target=json.dumps(turns), context=MESSAGES, file="a.jsonl", line=1)


DOCUMENT = Example(source="", target="the cat sat on the mat. the cat sat.", file="a.jsonl", line=1)
CHAT = dialogue("hello you", "there", "you", "hello there")


def encoded(*rows):
    recipe = SimpleNamespace(train=SimpleNamespace(max_tokens=500))
    dataset = SimpleNamespace(tokenizer=TOKENIZER, data=SimpleNamespace(train=rows))
    return generating.encode(recipe, dataset, "train")


@pytest.mark.parametrize(("num_shapes", "most"), [(0, 0.03), (20, 0.08)])
def test_short_documents_waste_little_without_packing(tmp_path, num_shapes, most):
    """Each document is a row of its own, so that nothing is remembered across borders; what that costs is padding."""
    random = np.random.default_rng(1)
    words = ["the", "cat", "sat", "on", "mat", "hello", "you", "there"]
    texts = [" ".join(random.choice(words, size)) for size in random.integers(20, 60, 2000)]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    rows = list(read_files([str(path)], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    data = encoded(*rows)
    assert len(data) == 2000
    assert {row[0] for row in data.rows} == {TOKENIZER.bos_id}
    plan = BatchPlan(data=data, batch_tokens=2048, seed=1, num_shapes=num_shapes)
    assert 0 < plan.padding_shares()[1] < most


def counted_text(data, row):
    """What the positions that bear a loss spell."""
    batch = data.batch(np.array([row]), lambda *sizes: sizes, np.random.default_rng(1), None)
    return TOKENIZER.decode([batch.labels[0][batch.weights[0] > 0]])[0]


def test_each_row_says_what_counts():
    data = encoded(CHAT, DOCUMENT, dialogue("hello", "you"))
    assert [counted_text(data, row).replace(" ", "") for row in range(3)] == [
        "therehellothere", DOCUMENT.target.replace(" ", ""), "you"
    ]  # fmt: skip
    assert not encoded(DOCUMENT).weights
    assert generating.has_dialogues([DOCUMENT, CHAT])
    assert not generating.has_dialogues([DOCUMENT])


def test_scores_count_what_the_loss_counts():
    rows = [CHAT, DOCUMENT, dialogue("hello", "you")]
    data = encoded(*rows)
    ids, weights, texts = generating.token_rows(TOKENIZER, rows)
    for row, (found, counts) in enumerate(zip(ids, weights, strict=True)):
        np.testing.assert_array_equal(data.rows[row], found)
        np.testing.assert_array_equal(data.weights[row], counts)
    assert texts == ["there\nhello there", DOCUMENT.target, "you"]


class Writer:
    """Answers with what it was asked."""

    tokenizer, name, source_language, template = TOKENIZER, "w", "en", ChatTemplate()

    def __init__(self):
        self.asked = []

    def stream(self, prompt, **options):
        self.asked.append(prompt)
        return Writing(iter([(0, f"answer {len(self.asked)}", True)]))

    def log_probabilities(self, rows):
        return [np.full(len(row) - 1, -1.0) for row in rows]


def test_samples_answer_the_questions_of_held_out_dialogues():
    rows = [
        CHAT,
        dialogue("only a question"),
        DOCUMENT,
        dialogue("be kind", "hello", "you", roles=("system", "user", "assistant")),
    ]
    model = Writer()
    found = generating.evaluate(model, rows)
    assert model.asked == [
        [{"role": "user", "content": "hello you"}],
        [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hello"}],
    ]
    assert [(row["source"], row["reference"], row["hypothesis"]) for row in found["examples"]] == [
        ("hello you", "there", "answer 1"), ("be kind\nhello", "you", "answer 2")
    ]  # fmt: skip


def test_samples_go_on_from_the_beginnings_of_texts():
    text = "the cat sat on the mat. " * 20
    model = Writer()
    found = generating.evaluate(model, [replace(DOCUMENT, target=text)])
    assert model.asked == [text[: generating.PROMPT_CHARS]]
    assert found["examples"][0]["reference"] == text[generating.PROMPT_CHARS :][: generating.REFERENCE_CHARS]
