from dataclasses import replace

import numpy as np
import pytest

from audit_rows import labeled, pair
from braid.auditing.labels_audit import MIN_CHANCE, MIN_TIMES, mislabeled_rows
from braid.data.formats import ReadOptions, read_files
from braid.data.kinds import KINDS


def test_turned_labels_are_found():
    rows = labeled(600)
    turned = {30 * place: replace(rows[30 * place], target="sport") for place in range(1, 16)}  # all food before
    found = mislabeled_rows([turned.get(place, row) for place, row in enumerate(rows)])
    assert found["is_usable"]
    assert found["accuracy"]["low"] < found["accuracy"]["value"] < found["accuracy"]["high"]
    lines = {one["line"] - 1 for one in found["suspects"]}
    assert len(lines & set(turned)) >= 9
    assert len(lines - set(turned)) <= 2
    first = found["suspects"][0]
    assert (first["given"], first["likely"]) == ("sport", "food")
    assert first["reasons"][0].startswith("called sport (")
    assert found["confusions"][0] == {"given": "sport", "likely": "food", "rows": found["confusions"][0]["rows"]}


def test_right_labels_are_left_alone():
    found = mislabeled_rows(labeled(300))
    assert found["flagged"] == 0
    assert found["suspects"] == []


def test_several_labels_a_text():
    rows = labeled(600)
    both = [
        replace(one, source=f"{one.source} {other.source}", target="\n".join(sorted({one.target, other.target})))
        for one, other in zip(rows[::2], rows[1::2], strict=True)
    ]
    both += [replace(row, line=1000 + row.line) for row in rows[:150]]
    wrong = {both[place].line: place for place in range(0, 200, 20)}
    for place in wrong.values():
        both[place] = replace(both[place], target="music" if "music" not in both[place].target else "sport")
    found = mislabeled_rows(both)
    assert found["judged"] == found["labels"] == 3
    lines = {one["line"] for one in found["suspects"]}
    assert len(lines & set(wrong)) >= 8
    assert len(lines - set(wrong)) <= 3
    assert any("which is" in one["reasons"][0] for one in found["suspects"])


def test_the_label_of_none_makes_texts_without_a_label():
    rows = labeled(300)
    rows = [replace(row, target="none") if row.target == "food" else row for row in rows]
    assert mislabeled_rows(rows, "none")["labels"] == 2
    assert "accuracy" in mislabeled_rows(rows)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "0 label"),
        (labeled(300)[::3], "1 label"),
        (labeled(6), "folds"),
        ([pair(i, row.source, "ab"[i * i % 7 % 2]) for i, row in enumerate(labeled(300))], "right for only"),
    ],
)
def test_where_nothing_can_be_told(rows, reason):
    found = mislabeled_rows(rows)
    assert not found["is_usable"]
    assert reason in found["reason"]


def test_texts_of_one_group_are_judged_without_each_other():
    """A text that stands there twice must not vouch for its own wrong label."""
    rows = labeled(300)
    copies = [pair(1000 + i, "zebra yak xylophone", "music", group="g") for i in range(6)]
    found = mislabeled_rows([*(replace(row, group=str(i)) for i, row in enumerate(rows)), *copies])
    assert found["rows"] == 306


def test_a_model_that_is_less_accurate_still_ranks_all_that_is_counted():
    """There is no accuracy at which nearly all is suddenly left out."""
    rows = labeled(900)
    random = np.random.default_rng(2)
    wrong = {int(place) for place in random.choice(900, 225, replace=False)}
    others = {"food": "sport", "sport": "music", "music": "food"}
    found = mislabeled_rows(
        [replace(row, target=others[row.target]) if i in wrong else row for i, row in enumerate(rows)]
    )
    assert found["accuracy"]["value"] < 80
    assert abs(found["estimated"] - 225) < 40
    assert found["flagged"] > 0.04 * 900
    low, high = found["precision"]
    assert 0 < low < high <= 1


def test_labels_with_few_texts_are_not_judged():
    rows = labeled(300)
    few = [pair(900 + i, f"a rare {word} with the tune song", "rare") for i, word in enumerate(("bolt", "nut", "nail"))]
    found = mislabeled_rows([*rows, *few])
    assert found["too_few"] == ["rare"]
    assert all(one["given"] != "rare" != one["likely"] for one in found["suspects"])


def test_what_is_flagged_is_likely_and_many_times_likelier():
    rows = labeled(600)
    turned = {30 * place: replace(rows[30 * place], target="sport") for place in range(1, 16)}
    found = mislabeled_rows([turned.get(place, row) for place, row in enumerate(rows)])
    assert found["suspects"]
    for one in found["suspects"]:
        assert one["p_likely"] >= MIN_CHANCE
        assert one["p_likely"] > MIN_TIMES * one["p_given"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("banking77/train.csv.gz", 0.9, 0.75), ("snips/train.jsonl.gz", 0.9, 0.75),
     ("crosswoz_intent_zh/intent.jsonl.gz", 0.55, 0.8)],
)  # fmt: skip
def test_real_labels(shared_data, monkeypatch, name, precision, recall):
    """One label in twenty is replaced by lot."""
    monkeypatch.setattr("braid.auditing.labels_audit.LISTED", 10**6)
    kind = KINDS["classify"]
    options = ReadOptions(
        source_language="", target_language="", source_roles=kind.source_roles, target_roles=kind.target_roles,
        separator="\n",
    )  # fmt: skip
    rows = list(read_files([name], options, folder=shared_data / "semantic"))
    random = np.random.default_rng(0)
    names = sorted({row.target for row in rows})
    wrong = {}
    for place in random.choice(len(rows), len(rows) // 20, replace=False).tolist():
        others = [label for label in names if label != rows[place].target]
        wrong[rows[place].line] = rows[place] = replace(rows[place], target=str(random.choice(others)))
    flagged = [one["line"] for one in mislabeled_rows(rows)["suspects"]]
    assert len(set(wrong) & set(flagged)) >= precision * len(flagged)
    assert len(set(wrong) & set(flagged)) >= recall * len(wrong)
