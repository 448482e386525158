"""A recipe from a look at the files."""

from __future__ import annotations

import pytest

from braid.config.loading import make_recipe
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError
from braid.pipeline.start import Wishes, starting_table

ROWS = [("good" if i % 2 else "bad", f"the text number {i}") for i in range(60)]


def columns(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    table, notes = starting_table("classify", [name], Wishes(), folder=folder)
    return [table["data"].get(f"{side}_column") for side in ("source", "target")], notes


@pytest.mark.parametrize(("name", "sign"), [("a.tsv", "\t"), ("a.csv", ","), ("b.csv", ";")])
def test_labels_before_texts_are_seen(tmp_path, name, sign):
    found, notes = columns(tmp_path, name, "".join(f"{sign.join(row)}\n" for row in ROWS))
    assert found == ["2", "1"]
    assert notes == ["labels in the first column, texts in the second, as the first rows have them"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "".join(f"{text}\t{label}\n" for label, text in ROWS)),
        ("a.tsv", "label\ttext\n" + "".join(f"{label}\t{text}\n" for label, text in ROWS)),
        ("a.jsonl", "".join(f'{{"label": "{label}", "text": "{text}"}}\n' for label, text in ROWS)),
        ("a.csv", "good,one\n" * 3),
        ("a.csv", 'a,"b\n'),
        ("a.csv", ""),
    ],
)
def test_other_tables_are_left_as_they_are(tmp_path, name, text):
    assert columns(tmp_path, name, text) == ([None, None], [])


TEXTS = [f"my order number {i} has not arrived" for i in range(60)]


@pytest.mark.parametrize(
    ("task", "names", "row", "found"),
    [
        ("classify", "Nr,Problem,Category,Status", "{i},{text},{label},open", ["Problem", "Category"]),
        ("summarize", "Nr,Artikel,Kurz", "{i},{text} {text},{text}", ["Artikel", "Kurz"]),
        ("translate", "Nr,Term,Wort", "{i},{text} on,{text}", ["Term", "Wort"]),
        ("generate", "id,story,author", "{i},{text},me", [None, "story"]),
    ],
)
def test_columns_of_unknown_names_are_written(tmp_path, task, names, row, found):
    rows = [row.format(i=i, text=text, label="ab"[i % 2]) for i, text in enumerate(TEXTS)]
    (tmp_path / "a.csv").write_text("\n".join([names, *rows]))
    wishes = Wishes(source_language="en", target_language="de") if task == "translate" else Wishes()
    table, notes = starting_table(task, ["a.c*"], wishes, folder=tmp_path)
    assert [table["data"].get(f"{side}_column") for side in ("source", "target")] == found
    words = " and ".join(
        f'{side}_column = "{name}"' for side, name in zip(("source", "target"), found, strict=True) if name
    )
    assert notes == [f"{words}, by the first rows of a.csv: see that this is so"]
    table["data"] |= {"split_near": False, "check_language": False}
    recipe = make_recipe(table)
    assert len(list(read_files(["a.csv"], KINDS[task].options(recipe.data), folder=tmp_path))) == len(TEXTS)


@pytest.mark.parametrize(
    ("name", "text"),
    [("b.csv", "Nr,Frage,Category\n"), ("b.csv", "Nr,text,label\n"), ("b.csv", ""), ("b.jsonl", '{"Frage": "a"}\n')],
)
def test_tables_that_name_their_columns_otherwise_are_refused(tmp_path, name, text):
    rows = "\n".join(f"{i},{one},{'ab'[i % 2]}" for i, one in enumerate(TEXTS))
    (tmp_path / "a.csv").write_text(f"Nr,Problem,Category\n{rows}\n")
    (tmp_path / name).write_text(text if name == "b.jsonl" else f"{text}{rows}\n")
    with pytest.raises(
        DataError, match=r"all tables must have columns of the same names, got b\.\w+ without .* of a\.csv"
    ):
        starting_table("classify", ["a.csv", name], Wishes(), folder=tmp_path)


def test_objects_with_unknown_keys_are_told(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"Frage": "a", "Fach": "b"}\n' * 5)
    _, notes = starting_table("classify", ["a.jsonl"], Wishes(), folder=tmp_path)
    assert len(notes) == 1
    assert notes[0].startswith(
        "a.jsonl cannot be prepared yet, name its keys as columns in the recipe: it must have a key"
    )


XLIFF = '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">{}</xliff>'
PART = (
    '<file source-language="en" target-language="{}" datatype="plaintext" original="a"><body><trans-unit id="1">'
    "<source>one</source><target>two</target></trans-unit></body></file>"
)


def test_a_file_in_other_languages_is_refused(tmp_path):
    (tmp_path / "a.xlf").write_text(XLIFF.format(PART.format("zh-CN")))
    (tmp_path / "b.xlf").write_text(XLIFF.format(PART.format("de") + PART.format("zh")))
    (tmp_path / "c.xlf").write_text(XLIFF.format(PART.format("")))
    (tmp_path / "d.csv").write_text("en,zh\nlight,灯\n")
    wishes = Wishes(target_language="zh")
    table, _ = starting_table("translate", ["*.xlf", "d.csv"], wishes, folder=tmp_path)
    assert table["data"]["source_language"] == "en"
    (tmp_path / "app.de.xlf").write_text(XLIFF.format(PART.format("de")))
    (tmp_path / "e.csv").write_text("en,de\nlight,Licht\n")
    for files, name in ((["*.xlf"], "app.de.xlf"), (["b.xlf", "e.csv"], "e.csv")):
        with pytest.raises(DataError, match=r"must hold en and zh, got one that declares en, de") as told:
            starting_table("translate", files, Wishes(source_language="en", target_language="zh"), folder=tmp_path)
        assert (told.value.where, told.value.hint.partition(",")[0]) == (name, "leave this file out")
    with pytest.raises(DataError, match="must hold units in both") as told:
        list(read_files(["app.de.xlf"], KINDS["translate"].options(make_recipe(table).data), folder=tmp_path))
    assert told.value.hint.startswith("leave this file out")
