from types import SimpleNamespace

from audit_rows import pair
from braid.auditing.data_repeats import consistency, leaks, near_duplicates


def test_several_targets():
    rows = [pair(0, "Open", "Öffnen"), pair(1, "open!", "Offen"), pair(2, "Close", "Zu"), pair(3, "Shut", "zu.")]
    found = consistency(rows)
    assert (found["sources"], found["several_targets"], found["rows"], found["several_sources"]) == (3, 1, 2, 1)
    assert found["samples"] == [
        {"file": "pairs.tsv", "line": 1, "source": "Open", "number": 2, "targets": ["Öffnen", "Offen"]}
    ]
    assert consistency([])["sources"] == 0


def test_near_duplicates():
    rows = [pair(number, f"s{number}", "t") for number in range(4)]
    found = near_duplicates(rows, [(0, 1, 0.8), (1, 3, 0.95)])
    assert (found["pairs"], found["rows"]) == (2, 3)
    assert found["samples"][0]["similarity"] == 0.95
    assert found["samples"][0]["other"]["line"] == 4
    assert found["samples"][0]["other"]["compared"] == "s3"


def leak(rule, rows, similarity=1.0):
    match = SimpleNamespace(train=pair(1, "t", "t"), held_out=pair(rows[0], "s", "t"), similarity=similarity)
    return SimpleNamespace(rule=rule, side="source", rows=rows, matches=[match])


def test_each_held_out_row_leaks_once_by_the_first_rule():
    overlaps = [
        leak("stretch", (0, 1, 2, 7)), leak("near", (1, 2), 0.9), leak("exact", (2, 3)), leak("key", (3, 8, 9)),
        leak("group", (9,)),
    ]  # fmt: skip
    found = leaks({"test": SimpleNamespace(num_held_out=10, overlaps=overlaps)})
    assert found["parts"] == {"test": {"rows": 10, "exact": 2, "near": 1, "identifier": 2, "other": 2}}
    assert [(one["rule"], one["held_out"]["line"]) for one in found["samples"]] == [
        ("exact", 3), ("near", 2), ("key", 4), ("group", 10), ("stretch", 1)
    ]  # fmt: skip
