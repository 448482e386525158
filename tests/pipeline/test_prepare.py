"""Prepared data as token ids."""

import json
from pathlib import Path

import pytest

from braid.auditing.leakage import leakage
from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.kinds import kind_of
from braid.data.prepare import Prepared, prepare_data
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


PLACES = ("garden", "kitchen", "harbor", "library", "station", "theater")


@pytest.mark.parametrize("task", ["translate", "classify", "summarize"])
def test_an_audit_finds_nothing_that_was_to_be_left_out(task, tmp_path):
    lines = []
    for i in range(150):
        text = f"{PLACES[i % 6]} {PLACES[i * 5 % 6]} {'long ' * (i % 5)}{i * 7919 % 1000} row of numbered entries, no. "
        for number in (i, i + 1, i * 31):
            target = PLACES[i % 6] if task == "classify" else f"Ziel {text} ({number * 3})"
            lines.append(f"The place called {text}{number}\t{target}\n")
    (tmp_path / "a.tsv").write_text("".join(lines))
    languages = {"source_language": "en", "target_language": "de"} if task == "translate" else {}
    rules = {"check_language": False, "check_numbers": False, "test_rows": 30, "valid_rows": 30}
    made = make_recipe({"task": task, "data": {"train": ["a.tsv"], **languages, **rules}})
    data = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    assert data.report["rejected"]["near_leak"]["rows"] > 20
    for held_out in (data.valid, data.test):
        found = leakage(data.train, held_out, kind_of(made))
        assert not found.rows("near", "exact")


def test_the_label_of_none_may_be_a_number(tmp_path):
    lines = [json.dumps({"text": f"text {n} {'abc'[n % 3]}", "label": float(n % 3)}) for n in range(200)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    recipe = make_recipe({"task": "classify", "data": {"train": ["a.jsonl"], "none_label": "0.0"}})
    assert prepare(recipe, folder=tmp_path, output=tmp_path / "out").labels == ("1", "2")
