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


def test_each_held_out_row_leaks_once_by_its_most_alike():
    rows = [pair(number, f"s{number}", "t") for number in range(4)]
    found = leaks({"train": rows, "test": rows}, {"test": [(0, 2, 0.85), (1, 2, 1.0), (3, 0, 0.9)]})
    assert found["parts"] == {"test": {"rows": 4, "exact": 1, "near": 1}}
    assert [one["train"]["line"] for one in found["samples"]] == [2, 4]
