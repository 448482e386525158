"""Files whose first row names columns, in words that nobody told."""

from __future__ import annotations

import pytest

from braid.config.recipe import DataConfig
from braid.data.example import Example
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

TICKETS = [f"my order number {number} has not arrived yet" for number in range(12)]
QUEUES = ["billing", "shipping", "returns"]


def write(folder, header, rows, separator=","):
    lines = [separator.join(row) for row in ([header] if header else []) + rows]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(folder, task="classify", **config):
    return list(read_files(["a.csv"], KINDS[task].options(DataConfig(**config)), folder=folder))


NUMBERED = [[str(n), text, QUEUES[n % 3]] for n, text in enumerate(TICKETS)]
KEYED = [[f"T-{n}x", text, QUEUES[n % 3]] for n, text in enumerate(TICKETS)]
PLAIN = [row[1:] for row in NUMBERED]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (["id", "subject", "queue"], NUMBERED),
        (["id", "subject", "queue"], KEYED),
        (["nr", "subject", "queue"], NUMBERED),
        (["subject", "queue"], PLAIN),
        (["内容", "类别"], PLAIN),
        (["text", "queue"], PLAIN),
        (["queue", "text"], [row[::-1] for row in PLAIN]),
    ],
)
def test_unknown_names_are_refused_with_advice(header, rows, tmp_path):
    write(tmp_path, header, rows)
    with pytest.raises(DataError, match=r"got a first row of names: .* \(a\.csv, line 1\)") as caught:
        read(tmp_path)
    assert all(f'"{name}"' in caught.value.message for name in header)
    source, target = (
        next(name for name in header if name in "subject text 内容"),
        next(name for name in header if name in "queue 类别"),
    )
    assert f'source_column = "{source}" and target_column = "{target}"' in caught.value.hint
    found = read(tmp_path, source_column=source, target_column=target)
    assert [(row.source, row.target) for row in found] == [tuple(row[-2:]) for row in NUMBERED]


def test_with_numbers_the_first_row_is_data(tmp_path):
    write(tmp_path, ["hello", "greeting"], PLAIN)
    with pytest.raises(DataError, match="a first row of names"):
        read(tmp_path)
    assert len(read(tmp_path, source_column="1", target_column="2")) == 1 + len(PLAIN)


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN,
        [["hello", "billing"], *PLAIN],  # its label stands below again
        [["Hello.", "greeting"], *PLAIN],
        [["1", "hello", "greeting"], *NUMBERED],
        [["yes", "positive"], ["no", "negative"], ["good", "fine"], ["bad", "poor"], ["ok", "so"]],
        [["id", "subject"], ["1", "x"]],  # too few to tell
    ],
)
def test_files_without_a_header_are_read_as_before(rows, tmp_path):
    write(tmp_path, None, rows)
    found = read(tmp_path)
    assert len(found) == len(rows)
    assert all(isinstance(row, Example) for row in found)


def test_pairs_and_texts_of_other_names(tmp_path):
    write(tmp_path, ["n", "original", "rendering"], [[str(n), "light", "灯"] for n in range(9)])
    with pytest.raises(DataError, match="a first row of names"):
        read(tmp_path, "translate", source_language="en", target_language="zh")
    write(tmp_path, ["n", "tale"], [[str(n), "Once there was"] for n in range(9)])
    with pytest.raises(DataError, match="a first row of names") as caught:
        read(tmp_path, "generate")
    assert 'target_column = "tale"' in caught.value.hint
    write(tmp_path, None, [["light", "灯"], ["lamp", "灯具"], ["sun", "日"], ["moon", "月"]] * 3)
    assert len(read(tmp_path, "translate", source_language="en", target_language="zh")) == 12


CATEGORIES = ["Access", "Billing", "Hardware"]
EXPORT = [[f"T-{n}", "de", text, CATEGORIES[n % 3], "open" if n % 2 else "closed"] for n, text in enumerate(TICKETS)]


@pytest.mark.parametrize(
    ("text", "label", "source", "target"),
    [
        ("Problem", "Category", "Problem", "Category"),  # one side is known
        ("Text", "Fach", "Text", "Fach"),
        ("Problem", "Fach", "Problem", "Fach"),  # a status has fewer values, the language one
    ],
)
def test_advice_honors_the_names_that_are_known(tmp_path, text, label, source, target):
    write(tmp_path, ["Ticket ID", "Language", text, label, "Status"], EXPORT)
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert f'write source_column = "{source}" and target_column = "{target}" under' in caught.value.hint


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["Ticket ID", "Source", "Description", "Category", "Status"], 2),
        (["Body", "Language", "Text", "Category", "Status"], 2),
        (["Title", "Subject", "body", "label", "Status"], 2),
    ],
)
def test_columns_of_tickets_are_known(tmp_path, names, text):
    write(tmp_path, names, EXPORT)
    assert [(row.source, row.target) for row in read(tmp_path)] == [(row[text], row[3]) for row in EXPORT]
