import json
from pathlib import Path
from typing import cast

import pytest

from audit_rows import pairs
from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.prepare import Prepared
from braid.pipeline.baselines import baseline_of
from braid.pipeline.prepare import Dataset, prepare
from braid.pipeline.summarizing import best_lead
from braid.text.tokenizer import Tokenizer


def dataset_of(folder, task, name, text, **data):
    (folder / name).write_text(text, encoding="utf-8")
    recipe = make_recipe({"name": "a", "task": task, "data": {"train": [name], **data}})
    return recipe, prepare(recipe, folder=folder, output=folder / "prepared")


def squad():
    paragraphs = [
        {"context": f"The castle {i} was built by king {i}. It has {i + 5} towers. It fell long ago.",
         "qas": [{"id": str(i), "question": f"Who built castle {i}?",
                  "answers": [{"text": f"king {i}", "answer_start": 24 + len(str(i))}]}]} for i in range(80)
    ]  # fmt: skip
    return json.dumps({"data": [{"title": str(i), "paragraphs": [one]} for i, one in enumerate(paragraphs)]})


TEXTS = {
    "translate": ("a.tsv", "".join(f"{row.source}\t{row.target}\n" for row in pairs(200)), "bleu"),
    "summarize": (
        "a.jsonl",
        "".join(json.dumps({"document": f"Cat {i} sat here. Dog {i} ran off.", "summary": f"Cat {i} sat"}) + "\n"
                for i in range(100)),
        "rougeL",
    ),
    "answer": ("a.json", squad(), "f1"),
    "generate": ("a.txt", "".join(f"The number {i} comes after {i - 1}.\n" for i in range(4000)), "bits_per_byte"),
}  # fmt: skip


@pytest.mark.parametrize("task", TEXTS)
def test_each_task_has_one(tmp_path, task):
    name, text, metric = TEXTS[task]
    languages = {"source_language": "en", "target_language": "de"} if task == "translate" else {}
    recipe, dataset = dataset_of(tmp_path, task, name, text, **languages)
    found = baseline_of(recipe, dataset)
    assert found["metric"] == metric
    assert found["low"] <= found["value"] <= found["high"]
    assert found["rows"] == len(dataset.data.test)


def test_the_lead_is_chosen_on_the_rows_that_an_evaluation_takes(monkeypatch):
    def row(number, sentences):
        text = [f"{word} {number} {word}{number} went home early." for word in ("cat", "dog", "cow")]
        return Example(source=" ".join(text), target=" ".join(text[:sentences]), file="a.jsonl", line=number)

    monkeypatch.setattr("braid.pipeline.summarizing.LEAD_ROWS", 20)
    train = [row(number, 1 if number < 20 else 2) for number in range(90)]
    data = Prepared(folder=Path(), train=train, valid=[], test=train[:5], report={}, fingerprint="")
    found = baseline_of(
        make_recipe({"task": "summarize"}), Dataset(data=data, tokenizer=cast(Tokenizer, None), language="en")
    )
    assert found is not None
    assert found["name"] == f"the text's beginning ({best_lead(train, 'en').name})"
    assert found["name"] == "the text's beginning (first sentence)"
    assert best_lead(train[20:], "en").name != "first sentence"


def test_classifiers_have_none_of_these(tmp_path):
    recipe, dataset = dataset_of(
        tmp_path, "classify", "a.csv", "text,label\n" + "".join(f"word {i},{'ab'[i % 2]}\n" for i in range(100))
    )
    assert baseline_of(recipe, dataset) is None
