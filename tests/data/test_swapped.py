from __future__ import annotations

import io

import pytest
from rich.console import Console

from braid.config.recipe import DataConfig, Recipe
from braid.data.prepare import prepare_data
from braid.data.report import print_report
from braid.data.swapped import are_labels_first
from braid.errors import DataError

SUBJECTS = ("the woman", "the man", "the child", "the neighbor", "the doctor", "the old dog", "the teacher")
SUBJEKTE = ("die Frau", "der Mann", "das Kind", "der Nachbar", "der Arzt", "der alte Hund", "der Lehrer")
VERBS = ("sees the house", "likes this small town", "drinks the water", "opens the window",
         "does not know this book", "comes from the city", "is in the garden", "waits for the train",
         "reads the letter", "sings a song")  # fmt: skip
VERBEN = ("sieht das Haus", "mag diese kleine Stadt", "trinkt das Wasser", "öffnet das Fenster",
          "kennt dieses Buch nicht", "kommt aus der Stadt", "ist in dem Garten", "wartet auf den Zug",
          "liest den Brief", "singt ein Lied")  # fmt: skip
PAIRS = [
    (f"Today {one} {does}.", f"Heute {verb} {eins}.")
    for one, eins in zip(SUBJECTS, SUBJEKTE, strict=True)
    for does, verb in zip(VERBS, VERBEN, strict=True)
]


def prepare(folder, rows, **config):
    (folder / "a.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    data = DataConfig(train=["a.tsv"], source_language="en", target_language="de", **config)
    return prepare_data(Recipe(name="x", task="translate", data=data), folder=folder, output=folder / "out")


def test_swapped_columns_are_told(tmp_path):
    with pytest.raises(DataError, match="the columns look swapped: ") as caught:
        prepare(tmp_path, [pair[::-1] for pair in PAIRS])
    assert 'source_column = "2" and target_column = "1"' in caught.value.hint
    found = prepare(tmp_path, [pair[::-1] for pair in PAIRS], source_column="2", target_column="1")
    assert len(found.train) > 0


def test_columns_in_order_are_not(tmp_path):
    assert len(prepare(tmp_path, PAIRS).train) > 0


def test_a_wrong_language_is_no_swap(tmp_path):
    with pytest.raises(DataError, match="usable sentence pairs are needed"):
        prepare(tmp_path, [(target, target.replace("Heute", "Dann")) for _, target in PAIRS])


def test_real_texts_that_are_swapped(shared_data, tmp_path):
    folder = shared_data / "translation" / "ntrex128"
    sides = [(folder / f"dev.{code}.txt").read_text(encoding="utf-8").splitlines()[:120] for code in ("de", "en")]
    with pytest.raises(DataError, match="the columns look swapped"):
        prepare(tmp_path, zip(*sides, strict=True))


SHORT = [(f"Open {n}", f"Start {n}") for n in range(40)]


def test_swapped_sides_are_told_though_most_texts_are_too_short(tmp_path):
    rows = [*PAIRS[:30], *SHORT]
    with pytest.raises(DataError, match="the columns look swapped: 30 rows"):
        prepare(tmp_path, [pair[::-1] for pair in rows])
    assert "swapped" not in prepare(tmp_path, [*rows, *PAIRS[30:]]).report


def test_one_of_two_files_that_is_swapped_is_told_but_not_refused(tmp_path):
    found = prepare(tmp_path, [*(pair[::-1] for pair in PAIRS[:32]), *PAIRS[32:], *SHORT[:20]], max_length_ratio=9.0)
    assert found.report["swapped"] == {"rejected": 32, "looked_at": 32, "fitting": 32}
    out = io.StringIO()
    print_report(found.report, Console(width=1000, file=out))
    assert "WARNING: some files or rows look swapped: nearly all of the 32 rows" in out.getvalue()


def test_texts_that_nobody_translated_are_no_swap(tmp_path):
    rows = [(source, source.replace("Today", "So today")) for source, _ in PAIRS[:30]]
    assert "swapped" not in prepare(tmp_path, [*rows, *PAIRS[30:], *SHORT]).report


LABELED = [("good" if i % 2 else "bad", f"{pair[0]} {i}") for i, pair in enumerate(PAIRS)]


def prepare_labels(folder, rows, **config):
    (folder / "a.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    recipe = Recipe(name="x", task="classify", data=DataConfig(train=["a.tsv"], **config))
    return prepare_data(recipe, folder=folder, output=folder / "out")


def test_labels_before_texts_are_told(tmp_path):
    with pytest.raises(DataError, match="the columns look swapped: 68 rows have the same few texts") as caught:
        prepare_labels(tmp_path, LABELED)
    assert 'source_column = "2" and target_column = "1"' in caught.value.hint
    found = prepare_labels(tmp_path, LABELED, source_column="2", target_column="1")
    assert {row.target for row in found.train} == {"good", "bad"}


@pytest.mark.parametrize(
    ("rows", "are_first"),
    [
        (LABELED, True),
        ([row[::-1] for row in LABELED], False),
        ([("good", f"text {i}") for i in range(40)], True),
        ([(f"text {i}", f"label {i}") for i in range(40)], False),
        ([("How do I change the address of my account?", f"l{i}") for i in range(40)], False),
        ([("a", "b")] * 40, False),
        ([], False),
    ],
)
def test_labels_are_told_from_texts(rows, are_first):
    assert are_labels_first(rows) == are_first
