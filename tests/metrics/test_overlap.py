import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import DataError
from braid.metrics.overlap import compression, extractiveness, fragments, novelty, repeats, repetition_rate

LETTERS = st.lists(st.sampled_from("abc"), max_size=20)


def plain_fragments(source: list[str], summary: list[str]) -> list[int]:
    """Grusky et al. (2018), figure 3, word by word."""
    found, i = [], 0
    while i < len(summary):
        longest = 0
        for j in range(len(source)):
            length = 0
            while i + length < len(summary) and j + length < len(source) and summary[i + length] == source[j + length]:
                length += 1
            longest = max(longest, length)
        found += [longest] if longest else []
        i += max(longest, 1)
    return found


@settings(deadline=None)
@given(LETTERS, LETTERS)
def test_fragments_are_those_of_the_paper(source, summary):
    assert fragments(source, [*summary, "new"]) == plain_fragments(source, [*summary, "new"])


def test_coverage_and_density():
    found = extractiveness(["a b c d e"], ["a b x d e f"])
    assert found["coverage"].value == pytest.approx(100 * 4 / 6)
    assert found["density"].value == pytest.approx(8 / 6)
    assert extractiveness(["用词典查词"], ["查词典"])["density"].value == pytest.approx((1 + 4) / 3)


def test_novelty():
    found = novelty(["a b c d", "x"], ["a b d", "y"])
    assert found["novel1"].value == pytest.approx((0 + 100) / 2)
    assert found["novel2"].value == pytest.approx(50)  # b d of a b, b d; the second text has no pair
    assert found["novel3"].value == 100
    assert "novel4" not in found
    assert found["novel2"].signature.startswith("novelty:2|")
    assert "|n:1|" in found["novel2"].signature


def test_compression():
    assert compression(["12345678", "", "1234 "], ["12", "x", " 1"]).value == 25


@pytest.mark.parametrize(
    ("text", "language", "repeated"),
    [
        ("the same three words and the same three words", "en", True),
        ("the same two and the same two", "en", True),
        ("to be or not to be", "en", False),
        ("Good. Bad. Good!", "en", True),
        ("no no no no", "en", True),
        ("数据库的数据库", "zh", False),
        ("机器学习模型和机器学习模型", "zh", True),
        ("", "zh", False),
        ("😀😀😀", "en", False),
    ],
)
def test_repetition(text, language, repeated):
    assert repeats(text, language=language) is repeated


def test_repetition_rate():
    score = repetition_rate(["no no no no", "fine", "well"], language="en")
    assert score.value == pytest.approx(100 / 3)
    assert "3-words" in score.signature
    assert "6-characters" in repetition_rate(["好"], language="zh_CN").signature


@pytest.mark.parametrize("score", [novelty, compression, extractiveness])
def test_pairs_are_needed(score):
    with pytest.raises(DataError):
        score(["a"], [])
    if score is not novelty:
        with pytest.raises(DataError):
            score([], [])


def test_long_and_monotonous_texts():
    assert fragments(["a"] * 100_000, ["a"] * 50_000) == [50_000]
    assert fragments(["a", "b"] * 50_000, ["a", "c"] * 1000) == [1] * 1000
