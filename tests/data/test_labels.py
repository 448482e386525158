import pytest

from braid.data.labels import indicators
from braid.errors import DataError


def test_indicators():
    found = indicators([("b",), (), ("a", "b"), ("b", "b")], ["a", "b"])
    assert found.astype(int).tolist() == [[0, 1], [0, 0], [1, 1], [0, 1]]
    assert indicators([], ["a", "b"]).shape == (0, 2)


@pytest.mark.parametrize(
    ("given", "labels", "message"),
    [([("c",)], ["a", "b"], "one of the 2 known ones, got 'c'"), ([], ["a", "b", "a"], "got 'a' twice")],
)
def test_names_that_do_not_fit(given, labels, message):
    with pytest.raises(DataError, match=message):
        indicators(given, labels)
