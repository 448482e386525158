"""How summaries and samples are written, as reports tell it."""

import numpy as np
import pytest

from braid.data.ngram import NgramModel
from braid.pipeline import generating, summarizing

SOURCES = ["The cat sat on the mat today.", "Dogs bark at night when it is dark."]


def test_summaries():
    systems = {"model": ["cat on the mat", "dogs bark"], "silent": ["", " "], "marks": [".", "..."]}
    table = summarizing._style_table(summarizing._styles(SOURCES, systems, "en"))
    assert [row[0] for row in table["rows"]] == ["model"]  # of the others nothing can be said
    assert len(table["header"]) == len(table["rows"][0]) == 1 + len(summarizing.STYLE)
    for score in table["rows"][0][1:]:
        assert score["low"] <= score["value"] <= score["high"]
        assert "ci:95" in score["signature"]
    compression = table["rows"][0][1 + list(summarizing.STYLE).index("compression")]
    assert compression["low"] < compression["high"]


def sample(hypothesis, reference):
    return {"hypothesis": hypothesis, "reference": reference}


def test_samples_are_compared_at_one_length():
    said = "to be or not to be, that is the question"
    rows = [sample(said + " to be or not" * 20, said)]
    table = generating._style_table(generating._styles(rows, ["Nothing of the kind."]))
    model, people = table["rows"]
    assert model[1:] == people[1:]  # what is said beyond does not count
    assert len(table["header"]) == len(model)


@pytest.mark.parametrize("trained", [[], ["we read to be or not to be that is the question aloud"]])
def test_copies_are_told_where_training_texts_are_known(trained):
    rows = [sample("to be or not to be that is the question", "whether it is nobler in the mind to suffer")]
    model, people = generating._style_table(generating._styles(rows, trained))["rows"]
    values = tuple(row[3] and row[3]["value"] for row in (model, people))
    assert values == ((100.0, 0.0) if trained else ("", ""))


def test_the_order_is_chosen_by_what_counts():
    """Ids that count follow their neighbor; those that do not are noise, and far more of them."""
    random = np.random.default_rng(1)

    def rows(count):
        found = []
        for _ in range(count):
            noise = random.integers(10, 60, 20)
            pair = random.integers(2, 10)
            found.append(np.concatenate([noise, [pair, (pair * 3) % 8 + 60]]).astype(np.int32))
        return found

    model = NgramModel.fit(rows(300), vocab_size=80, bos_id=0, order=3)
    held = rows(50)
    weights = [np.array([0.0] * 21 + [1.0]) for _ in held]
    order, logs = generating._best_order(model, held, weights)
    assert order >= 2
    assert all(len(row) == 1 for row in logs)
    assert order == max(range(1, 4), key=lambda size: sum(row[-1] for row in model.cut(size).score(held)))
