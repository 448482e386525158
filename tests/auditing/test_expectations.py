import re

import pytest

from braid.auditing.expectations import MEASURED, expectation
from braid.config.recipe import TASKS


def baseline(metric, value):
    return {"name": "b", "metric": metric, "value": value, "low": value - 1, "high": value + 1, "rows": 1000}


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_measurements_of_one_metric_with_their_source(task):
    found = [row for row in MEASURED if row.task == task]
    assert found
    assert len({row.metric for row in found}) == 1
    assert all(row.source.startswith(("LOG.md", "README.md")) for row in found)


def test_the_figures_stand_where_they_are_said_to_stand():
    from pathlib import Path

    root = Path(__file__).parents[2]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in ("LOG.md", "README.md")}
    for row in MEASURED:
        text, digits = texts[row.source.split(",")[0]], 3 if row.metric == "bits_per_byte" else 1
        for figure in (row.value, row.baseline):
            assert re.search(rf"(?<![\d.,]){re.escape(f'{figure:.{digits}f}')}(?!\d|\.\d)", text), row


def test_gains_are_added_to_the_baseline():
    found = expectation("translate", 20_000, baseline("bleu", 20.0))
    assert found.reach == "within"
    assert (round(found.low, 1), round(found.high, 1)) == (29.8, 48.9)
    assert found.nearest[0].rows == 18_417


def test_far_below_what_was_measured_the_baseline_is_the_lower_end():
    found = expectation("translate", 500, baseline("bleu", 20.0))
    assert found.reach == "below"
    assert found.low == 20
    assert expectation("generate", 1000, baseline("bits_per_byte", 3.0)).high == 3.0


def test_without_a_baseline_only_the_measured_range_is_told():
    found = expectation("classify", 9000, None)
    assert (found.low, found.high) == (78.7, 98.3)
    assert expectation("classify", 10, None).low is None
    assert expectation("classify", 10**6, None).reach == "above"
    assert expectation("classify", 10**6, baseline("macro_f1", 50.0)).low is None


def test_one_measurement_still_makes_a_range_and_no_score_is_above_100():
    found = expectation("answer", 2000, baseline("f1", 30.0))
    assert found.high - found.low == pytest.approx(10.75)  # half of the one gain of 21.5
    assert expectation("classify", 9000, baseline("accuracy", 99.5)).high == 100
    assert expectation("generate", 10**6, baseline("bits_per_byte", 2.0)).low < 2


def test_a_baseline_unlike_all_that_were_met_tells_nothing():
    for value in (95.0, 55.0):
        found = expectation("translate", 20_000, baseline("bleu", value))
        assert (found.reach, found.low, found.baselines) == ("elsewhere", None, (10.9, 36.3))
    assert expectation("translate", 20_000, baseline("bleu", 45.0)).reach == "within"
