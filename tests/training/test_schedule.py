import pytest

from braid.config.recipe import TrainConfig
from braid.training.schedule import learning_rate, peak_learning_rate


@pytest.mark.parametrize("schedule", ["cosine", "linear", "wsd"])
def test_up_then_down_to_zero(schedule):
    config = TrainConfig(schedule=schedule, warmup_steps=10, learning_rate=0.5)
    rates = [learning_rate(config, step, 100) for step in range(101)]
    assert rates[0] == pytest.approx(0.05)
    assert max(rates) == rates[10] == 0.5
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0, abs=1e-12)


def test_short_runs_warm_up_for_a_fifth():
    config = TrainConfig(warmup_steps=1000)
    assert learning_rate(config, 20, 100) == config.learning_rate


def test_constant():
    config = TrainConfig(schedule="constant", warmup_steps=0)
    assert {learning_rate(config, step, 9) for step in range(9)} == {config.learning_rate}


def test_warm_up_stable_decay_stays_for_long():
    config = TrainConfig(schedule="wsd", warmup_steps=10, learning_rate=0.5)
    assert {learning_rate(config, step, 100) for step in range(10, 81)} == {0.5}
    assert learning_rate(config, 85, 100) == pytest.approx(0.25)  # a quarter of the way: 1 - sqrt(1/4)


def test_inverse_square_root():
    config = TrainConfig(schedule="inverse_sqrt", warmup_steps=100, learning_rate=0.5)
    assert learning_rate(config, 99, 10_000) == 0.5
    assert learning_rate(config, 399, 10_000) == pytest.approx(0.25)
    assert learning_rate(config, 9_999, 10_000) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("settings", "width", "peak"),
    [
        ({}, 128, 0.006),
        ({}, 256, 0.006),
        ({}, 1024, 0.003),
        ({"optimizer": "adamw"}, 192, 0.0015),
        ({"optimizer": "adamw"}, 512, 0.00075),
        ({"optimizer": "adamw", "learning_rate": 0.01}, 512, 0.01),
    ],
)
def test_peak(settings, width, peak):
    assert peak_learning_rate(TrainConfig(**settings), width) == pytest.approx(peak)
