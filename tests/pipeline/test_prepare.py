"""Prepared data as token ids."""

import json
from pathlib import Path

from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.prepare import Prepared
from braid.pipeline.prepare import Dataset, prepare
from braid.text.tokenizer import train_tokenizer

ROWS = [
    Example(source=source, target=target, file="f.tsv", line=line)
    for line, (source, target) in enumerate(
        [
            ("{n} of <b>{m}</b>", "<b>{m}</b>: {n}"),
            ("&File", "&Datei"),
            *((f"text {i}", f"Text {i}") for i in range(200)),
        ]
    )
]


def dataset(**options):
    texts = [text for row in ROWS for text in (row.source, row.target)]
    data = Prepared(folder=Path(), train=ROWS, valid=ROWS, test=ROWS, report={}, fingerprint="")
    return Dataset(data=data, tokenizer=train_tokenizer(texts, **options))


def test_both_sides_hold_the_same_tokens_of_placeholders():
    tokenizer = (prepared := dataset(placeholders=True)).tokenizer
    first = tokenizer.first_placeholder_id
    kept = range(first, first + tokenizer.slots.total)
    for split in ("train", "valid"):
        pairs = prepared.pairs(split)
        sides = [[[i for i in row if i in kept] for row in side] for side in (pairs.source, pairs.target)]
        assert (sides[0][0], sides[1][0]) == (
            [first, first + 10, first + 1, first + 15],
            [first + 10, first + 1, first + 15, first],
        )
        assert [sorted(row) for row in sides[0]] == [sorted(row) for row in sides[1]]
        assert tokenizer.decode([pairs.source[1], pairs.target[1]]) == ["File", "Datei"]
        practiced = sum(bool(row) for row in sides[0][2:])
        assert 2 < practiced < 30 if split == "train" else practiced == 0


def test_without_their_tokens_texts_stay_as_they_are():
    prepared = dataset()
    pairs = prepared.pairs("train")
    assert prepared.tokenizer.decode(pairs.source) == [row.source for row in ROWS]
    assert prepared.tokenizer.decode(pairs.target) == [row.target for row in ROWS]


def test_the_label_of_none_may_be_a_number(tmp_path):
    lines = [json.dumps({"text": f"text {n} {'abc'[n % 3]}", "label": float(n % 3)}) for n in range(200)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    recipe = make_recipe({"task": "classify", "data": {"train": ["a.jsonl"], "none_label": "0.0"}})
    assert prepare(recipe, folder=tmp_path, output=tmp_path / "out").labels == ("1", "2")
