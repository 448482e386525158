from dataclasses import replace

import numpy as np
import pytest

from audit_rows import pair, pairs
from braid.auditing.pairs_audit import misaligned_pairs
from braid.data.formats import ReadOptions, read_files


def test_shifted_rows_are_found_and_where_they_belong():
    rows = pairs(600)
    shifted = [*rows[:200], *(replace(rows[i], target=rows[i - 1].target) for i in range(200, 220)), *rows[220:]]
    found = misaligned_pairs(shifted)
    assert found["is_usable"]
    assert found["auc"] > 0.9
    flagged = [one["line"] for one in found["suspects"] if one["is_flagged"]]
    assert sum(201 <= line <= 220 for line in flagged) >= 0.8 * len(flagged)
    assert sum(201 <= line <= 220 for line in flagged) >= 12
    fits = [
        one for one in found["suspects"] if f"the target of line {one['line'] + 1} fits this source" in one["reasons"]
    ]
    assert len(fits) >= 10


def test_reasons_name_lengths_and_numbers():
    rows = pairs(400)
    rows[50] = replace(rows[50], source="red 12 blue", target="DER " * 40 + "17")
    found = misaligned_pairs(rows)
    reasons = next(one["reasons"] for one in found["suspects"] if one["line"] == 51)
    assert any("times off what is usual here" in reason for reason in reasons)
    assert "numbers differ: 12 / 17" in reasons


def test_the_order_of_rows_does_not_matter_and_runs_are_alike():
    rows = pairs(300)
    found = misaligned_pairs(rows)
    assert misaligned_pairs(rows[::-1]) == found


def test_sides_that_have_nothing_in_common_are_not_judged():
    random = np.random.default_rng(1)
    rows = [pair(i, f"a{random.integers(50)} b", f"c{random.integers(50)} d") for i in range(400)]
    found = misaligned_pairs(rows)
    assert not found["is_usable"]
    assert found["suspects"] == []


@pytest.mark.parametrize("rows", [[], pairs(50)])
def test_too_few(rows):
    assert misaligned_pairs(rows) == {"rows": len(rows), "is_usable": False}


def test_odd_texts():
    rows = pairs(250) + [pair(300 + i, text, text) for i, text in enumerate(["…", "\ud800", "x" * 100_000, "0" * 5000])]
    assert misaligned_pairs(rows)["rows"] == 254
    same = [pair(i, "a", "b") for i in range(300)]
    assert not misaligned_pairs(same)["is_usable"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target", "shift", "precision", "recall"),
    [
        ("bible_kjv_luther1912/old_testament.en-de.tsv.gz", "de", True, 0.9, 0.7),
        ("bible_kjv_luther1912/old_testament.en-de.tsv.gz", "de", False, 0.9, 0.8),
        ("tatoeba_en_zh/train.tsv.gz", "zh", False, 0.9, 0.8),
        ("ui_catalogs/en-zh.tsv.gz", "zh", True, 0.95, 0.7),
        ("debian_ddtp/en-de.tsv.gz", "de", True, 0.95, 0.7),
    ],
)
def test_real_pairs(shared_data, monkeypatch, name, target, shift, precision, recall):
    """One pair in twenty is mixed up; most of those that are flagged are such, and most such are flagged."""
    monkeypatch.setattr("braid.auditing.pairs_audit.LISTED", 10**6)
    options = ReadOptions(source_language="en", target_language=target)
    rows = list(read_files([name], options, folder=shared_data / "translation"))
    random = np.random.default_rng(0)
    order = np.arange(len(rows))
    if shift:
        for begin in random.choice(len(rows) // 20, len(rows) // 200, replace=False) * 20:
            order[begin : begin + 10] = np.roll(order[begin : begin + 10], 1)
    else:
        chosen = np.sort(random.choice(len(rows), len(rows) // 20, replace=False))
        order[chosen] = np.roll(chosen, 1)
    mixed = [replace(row, target=rows[other].target) for row, other in zip(rows, order.tolist(), strict=True)]
    wrong = {row.line for row, changed in zip(rows, mixed, strict=True) if row.target != changed.target}
    flagged = [one["line"] for one in misaligned_pairs(mixed)["suspects"] if one["is_flagged"]]
    assert len(wrong & set(flagged)) >= precision * len(flagged)
    assert len(wrong & set(flagged)) >= recall * len(wrong)


@pytest.mark.slow
def test_verses_that_are_counted_otherwise(shared_data):
    """Two Bibles count the end of 1 Kings 22 differently, and one has no text for some verses."""
    name = "bible_kjv_luther1912/old_testament.en-de.tsv.gz"
    options = ReadOptions(source_language="en", target_language="de")
    rows = list(read_files([name], options, folder=shared_data / "translation"))
    found = misaligned_pairs(rows)
    assert 10 <= found["estimated"] <= 60
    first = [one["line"] for one in found["suspects"][:20]]
    verses = [place for place, row in enumerate(rows, 1) if row.target == "N/A"]
    assert set(verses) & set(first)
    assert sum(9520 <= line <= 9540 for line in first) >= 6
