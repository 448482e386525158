"""Rules that look across rows."""

import json
import random

import pytest

from braid.config.loading import make_recipe
from braid.data.prepare import prepare_data


def prepared(folder, rows, **config):
    """What is left of rows, and the rejects, of a task that the rows tell: two columns of texts, or labels."""
    (folder / "rows.tsv").write_text("".join(f"{source}\t{target}\n" for source, target in rows), encoding="utf-8")
    table = {"data": {"train": ["rows.tsv"], "source_language": "en", "target_language": "de", "split_near": False}}
    table["data"] |= config.pop("data", {})
    found = prepare_data(make_recipe(table | config), folder=folder, output=folder / "out")
    rejects = [json.loads(line) for line in (folder / "out/rejects.jsonl").read_text("utf-8").splitlines()]
    return found, rejects


USUAL = [(f"a usual text number {i}", f"ein üblicher Text {i}") for i in range(80)]


def test_odd_lengths(tmp_path):
    found, rejects = prepared(tmp_path, [*USUAL, ("short", "much  too long " * 20)])
    assert found.report["rows_kept"] == 80
    assert [(row["rule"], row["line"]) for row in rejects] == [("length_ratio", 81)]
    assert rejects[0]["target"] == "much  too long " * 20  # as it was read
    assert rejects[0]["detail"] == "target to source 17.12, usual here 0.94, 18.2 times apart"
    kept, _ = prepared(tmp_path, [*USUAL, ("short", "much  too long " * 20)], data={"max_length_ratio": 20.0})
    assert kept.report["rows_kept"] == 81


def test_repetitions(tmp_path):
    rows = [("a  b", "c d"), ("a b", "c  d"), *USUAL, ("a b ", "c d")]
    found, rejects = prepared(tmp_path, rows)
    assert found.report["rows_kept"] == 81
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("duplicate", 2, "as rows.tsv, line 1"),
        ("duplicate", 83, "as rows.tsv, line 1"),
    ]
    assert rejects[0]["target"] == "c  d"
    assert rejects[1]["source"] == "a b "


def test_other_labels_of_a_text(tmp_path):
    rows = [(f"text number {i}", "odd" if i % 2 else "even") for i in range(80)]
    found, rejects = prepared(tmp_path, [*rows, ("Text number 3", "even"), ("text number 3", "even")], task="classify")
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("conflict", 82, "odd in rows.tsv, line 4"),
    ]
    assert found.report["labels"] == {"even": 41, "odd": 40}


def test_several_targets_of_a_source(tmp_path):
    rows = [*USUAL, ("a usual text number 3", "ein gewöhnlicher Text 3"), ("a usual text number 3", "noch ein Text 3")]
    found, rejects = prepared(tmp_path, rows)
    assert not rejects
    noted = found.report["noted"]["several_targets"]
    assert noted["rows"] == 3
    assert [(sample["line"], sample["detail"]) for sample in noted["samples"]] == [
        (81, "as rows.tsv, line 4: ein üblicher Text 3"),
        (82, "as rows.tsv, line 4: ein üblicher Text 3"),
    ]
    found, rejects = prepared(tmp_path, rows, data={"several_targets": "first"})
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("several_targets", 81, "another target in rows.tsv, line 4"),
        ("several_targets", 82, "another target in rows.tsv, line 4"),
    ]
    assert found.report["rows_kept"] == 80


def test_near_duplicates(tmp_path):
    words = [f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "pu") for b in ("rat", "sen", "tol", "vim", "zug")]
    texts = [" ".join(random.Random(place).choices(words, k=25)) for place in range(80)]
    rows = [(text, text.upper() + "!") for text in texts]
    near = [
        (f"{texts[5]} indeed", f"{texts[5]} Indeed!"),
        (f"{texts[6]} 7", f"{texts[6]} 7?"),
        (f"{texts[6]} 8", f"{texts[6]} 8?"),
        (f"{texts[6]} 8, too", f"{texts[6]} 8 auch"),  # like the one before, but not like the first that is so near
    ]
    _, rejects = prepared(tmp_path, [*rows, *near])
    assert not rejects
    found, rejects = prepared(tmp_path, [*rows, *near], data={"near_duplicates": "drop"})
    assert {(row["rule"], row["line"]) for row in rejects} == {("near_duplicate", 81), ("near_duplicate", 84)}
    assert [row["detail"].split("% ")[1] for row in rejects] == ["as rows.tsv, line 6", "as rows.tsv, line 83"]
    assert found.report["rows_kept"] == 82


def test_training_rows_near_to_held_out_ones(tmp_path):
    words = [f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "pu") for b in ("rat", "sen", "tol", "vim", "zug")]
    source = [" ".join(random.Random(place).choices(words, k=25)) for place in range(300)]
    target = [" ".join(random.Random(-1 - place).choices(words, k=25)) for place in range(300)]
    rows = list(zip(source, target, strict=True))
    near = [(f"{text} indeed", " ".join(random.Random(text).choices(words, k=25))) for text in source]
    wanted = {"test_rows": 20, "valid_rows": 20, "split_near": True}
    found, rejects = prepared(tmp_path, [*rows, *near], data=wanted)
    assert {row["rule"] for row in rejects} == {"near_leak"}
    assert 30 < len(rejects) <= 40
    held = [row.source.removesuffix(" indeed") for row in [*found.test, *found.valid]]
    assert not [row for row in found.train if row.source.removesuffix(" indeed") in held]
    assert rejects[0]["detail"].startswith("its source is 9")
    whole, rejects = prepared(tmp_path, [*rows, *near], data=wanted | {"split_near": False})
    assert not rejects
    assert whole.test == found.test


@pytest.mark.parametrize("number", [3, 60])
@pytest.mark.parametrize("task", ["generate", "summarize"])
def test_boilerplate(tmp_path, task, number):
    if task == "summarize" and number == 3:
        number = 70
    footer = "This document is published by the Society of Examples, all rights reserved."
    lines = 60 if number == 3 else 3
    documents = [
        "\n".join(
            [*("".join(random.Random(f"{place} {n}").choices("abcdefgh ", k=1900)) for n in range(lines)), footer]
        )
        for place in range(number)
    ]
    rows = [{"document": text, "summary": f"the text number {place}"} for place, text in enumerate(documents)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    data = {"train": ["a.jsonl"], "max_chars": 100_000, "test_rows": 3, "valid_rows": 3}
    for is_on in (False, True):
        recipe = make_recipe({"task": task, "data": data | {"remove_boilerplate": is_on}})
        found = prepare_data(recipe, folder=tmp_path, output=tmp_path / "out")
        texts = [row.source + row.target for part in (found.train, found.valid, found.test) for row in part]
        # With three documents there are too few to tell.
        assert sum(footer in text for text in texts) == (0 if is_on and number > 3 else number)
        noted = found.report["noted"].get("boilerplate", {"rows": 0})
        assert noted["rows"] == (number if is_on and number > 3 else 0)


HEADERS = (
    "This document is published by the Society of Examples, all rights reserved.",
    "Copies of this page may be handed on by members of the Club of Readers only, page 7.",
)


def documents_of(number, chance=1):
    """Documents that have nothing in common."""
    texts = random.Random(chance)
    return ["\n".join("".join(texts.choices("abcdefgh", k=150)) for _ in range(3)) for _ in range(number)]


def _first_line(text):
    return next(line for line in text.split("\n") if line not in HEADERS)[:40]


def prepared_documents(folder, task, rows, **data):
    """What is left of documents with a summary of each, and the rejects; each part that is given has a file."""
    for part, texts in {"train": rows, **{p: data[p] for p in ("valid", "test") if p in data}}.items():
        lines = [{"document": text, "summary": _first_line(text)} for text in texts]
        (folder / f"{part}.jsonl").write_text("\n".join(map(json.dumps, lines)))
        data[part] = [f"{part}.jsonl"]
    recipe = make_recipe({"task": task, "data": {"remove_boilerplate": True, "max_chars": 100_000, **data}})
    found = prepare_data(recipe, folder=folder, output=folder / "out")
    rejects = [json.loads(line) for line in (folder / "out/rejects.jsonl").read_text("utf-8").splitlines()]
    return found, rejects


@pytest.mark.parametrize("task", ["generate", "summarize"])
def test_documents_that_differ_in_boilerplate_are_repetitions(tmp_path, task):
    texts = documents_of(100)
    rows = [f"{HEADERS[place % 2]}\n{text}" for place, text in enumerate(texts)]
    again = [f"{HEADERS[1]}\n{texts[4]}", f"{texts[5]}\n{HEADERS[0]}", texts[6], rows[7]]
    found, rejects = prepared_documents(tmp_path, task, rows + again, valid_rows=5, test_rows=5)
    assert found.report["rows_kept"] == 100
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("duplicate", 101, "as train.jsonl, line 5, boilerplate aside"),
        ("duplicate", 102, "as train.jsonl, line 6, boilerplate aside"),
        ("duplicate", 103, "as train.jsonl, line 7, boilerplate aside"),
        ("duplicate", 104, "as train.jsonl, line 8"),
    ]
    assert HEADERS[1] in rejects[0]["source"] + rejects[0]["target"]  # as it was read
    side = "target" if task == "generate" else "source"
    assert found.report["sides"][side]["characters"] == sum(map(len, texts))
    assert found.report["noted"]["boilerplate"]["rows"] == 100


@pytest.mark.parametrize("task", ["generate", "summarize"])
def test_boilerplate_hides_no_leak(tmp_path, task):
    texts = documents_of(100)
    train = [f"{HEADERS[0]}\n{text}" for text in texts]
    # Too few held-out documents to tell by themselves what is boilerplate in them.
    held = {"valid": documents_of(2, 2), "test": [f"{HEADERS[0]}\n{documents_of(1, 3)[0]}", texts[8]]}
    found, rejects = prepared_documents(tmp_path, task, train, **held)
    assert [(row["rule"], row["line"]) for row in rejects] == [("leak", 9)]
    assert len(found.train) == 99
    kept = [row.source + row.target for row in [*found.train, *found.valid, *found.test]]
    assert not any(HEADERS[0] in text for text in kept)


def test_boilerplate_hides_no_nearness(tmp_path):
    texts = documents_of(100)
    train = [f"{HEADERS[0]}\n{HEADERS[1]}\n{text}" for text in texts]
    near = [f"{texts[3]} abc", f"{texts[4]} abc"]
    held = {"valid": documents_of(2, 2), "test": near}
    for split_near, wanted in ((True, [("near_leak", 4), ("near_leak", 5)]), (False, [])):
        _, rejects = prepared_documents(tmp_path, "summarize", train, split_near=split_near, **held)
        assert [(row["rule"], row["line"]) for row in rejects] == wanted
    rows = [*train, *near]
    _, rejects = prepared_documents(tmp_path, "summarize", rows, near_duplicates="drop", valid_rows=5, test_rows=5)
    assert [(row["rule"], row["line"]) for row in rejects] == [("near_duplicate", 101), ("near_duplicate", 102)]


def test_what_was_held_out_stays_so_when_other_lines_become_boilerplate(tmp_path):
    texts = documents_of(100)
    rows = [f"{HEADERS[0]}\n{text}" for text in texts[:50]] + [f"{text}\n{HEADERS[1]}" for text in texts[50:54]]
    first, _ = prepared_documents(tmp_path, "summarize", rows + texts[54:90], valid_rows=5, test_rows=5)
    rows += [f"{text}\n{HEADERS[1]}" for text in texts[90:]]
    more, _ = prepared_documents(tmp_path, "summarize", rows[:54] + texts[54:90] + rows[54:], valid_rows=5, test_rows=5)
    assert not {row.target for row in [*first.valid, *first.test]} & {row.target for row in more.train}
    assert {row.target for row in first.test} <= {row.target for row in more.test}


def test_what_was_held_out_stays_so_under_another_header(tmp_path):
    texts = documents_of(100)
    rows = [f"{HEADERS[0]}\n{text}" for text in texts]
    first, _ = prepared_documents(tmp_path, "summarize", rows, valid_rows=5, test_rows=5)
    others = [f"{HEADERS[1]}\n{text}" for text in [*texts, *documents_of(300, 2)]]  # which might be held out as well
    more, rejects = prepared_documents(tmp_path, "summarize", others + rows, valid_rows=5, test_rows=5)
    assert len(rejects) == 100
    for part in ("valid", "test"):
        assert {row.target for row in getattr(first, part)} == {row.target for row in getattr(more, part)}


@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_shards_do_not_matter(tmp_path, monkeypatch, size):
    rows = [(f"text {i % 2000}", f"Text {i % 2000 // 2}" * (30 if i % 400 == 7 else 1)) for i in range(2400)]
    whole, rejects = prepared(tmp_path, rows, data={"check_numbers": False})
    monkeypatch.setattr("braid.data.portions.PORTION_BYTES", 4000)
    monkeypatch.setattr("braid.data.columns.PARTITION_ROWS", size * 40)
    parts, others = prepared(tmp_path, rows, data={"check_numbers": False})
    assert (parts.train, parts.valid, parts.test) == (whole.train, whole.valid, whole.test)
    assert sorted(others, key=str) == sorted(rejects, key=str)
    free = {"seconds", "reading_seconds", "bytes_read", "inputs"}
    assert {k: v for k, v in parts.report.items() if k not in free} == {
        k: v for k, v in whole.report.items() if k not in free
    }
