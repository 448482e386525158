import json

import pytest

from audit_rows import pairs
from braid.config.loading import make_recipe
from braid.pipeline.baselines import baseline_of
from braid.pipeline.prepare import prepare


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


def test_classifiers_have_none_of_these(tmp_path):
    recipe, dataset = dataset_of(
        tmp_path, "classify", "a.csv", "text,label\n" + "".join(f"word {i},{'ab'[i % 2]}\n" for i in range(100))
    )
    assert baseline_of(recipe, dataset) is None
