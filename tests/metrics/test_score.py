import pytest

from braid.metrics.score import verdict


def system(name, bleu, chrf):
    scores = {
        metric: {"value": value, "low": value - 2, "high": value + 2, "signature": ""}
        for metric, value in (("bleu", bleu), ("chrf", chrf))
    }
    return {"name": name, "scores": scores}


BASELINES = [system("copy", 5, 20), system("memory", 36, 30)]


@pytest.mark.parametrize(
    ("bleu", "chrf", "words"),
    [
        (41, 35, "m is clearly better than every baseline: no intervals overlap."),
        (39, 35, 'm is not clearly better than "memory" in BLEU (39.0 against 36.0): the intervals overlap.'),
        (41, 29, 'm is worse than "memory" in chrF (29.0 against 30.0). Do not use it'),
        (30, 29, 'm is worse than "memory" in BLEU (30.0 against 36.0) and than "memory" in chrF (29.0'),
    ],
)
def test_verdict(bleu, chrf, words):
    assert verdict([system("m", bleu, chrf), *BASELINES]).startswith(words)
