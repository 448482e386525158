"""CoNLL, as treebanks, named entities and xSID write it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import inspect_file, read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

XSID = """# id = 1
# text-en = Is it warm today?
# text = Ist es heute warm?
# intent = weather/find
1\tIst\tweather/find\tO
2\tes\tweather/find\tO
3\theute\tweather/find\tB-datetime
4\twarm\tweather/find\tB-weather/attribute
5\t?\tweather/find\tO

# id: 2
# text: 把灯打开
# intent: light/on
1\t把\tlight/on\tO
2\t灯\tlight/on\tO
3\t打开\tlight/on\tO
"""

TREEBANK = """# newdoc id = letters
# newpar
# sent_id = l-1
# text_en = I go to the house.
1\tVado\tandare\tVERB\t_\t_\t0\troot\t_\t_
2-3\talla\t_\t_\t_\t_\t_\t_\t_\t_
2\ta\ta\tADP\t_\t_\t4\tcase\t_\t_
3\tla\til\tDET\t_\t_\t4\tdet\t_\t_
4\tcasa\tcasa\tNOUN\t_\t_\t1\tobl\t_\tSpaceAfter=No
5\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_

# sent_id = l-2
1\tE\te\tCCONJ\t_\t_\t0\troot\t_\t_
1.1\tnascosto\t_\t_\t_\t_\t_\t_\t_\t_
2\t“\t“\tPUNCT\t_\t_\t1\tpunct\t_\tSpaceAfter=No
3\ttu\ttu\tPRON\t_\t_\t1\tnsubj\t_\tSpaceAfter=No|Lang=it
4\t”\t”\tPUNCT\t_\t_\t1\tpunct\t_\tSpaceAfter=No
5\t?\t?\tPUNCT\t_\t_\t1\tpunct\t_\t_

# newpar
# sent_id = l-3
1\tSì\tsì\tINTJ\t_\t_\t0\troot\t_\t_

# newdoc id = notes
# sent_id = n-1
1\tNo\tno\tINTJ\t_\t_\t0\troot\t_\t_
"""


@pytest.fixture
def rows(write, tmp_path):
    def read(content, task="classify", name="a.conll", **config):
        options = KINDS[task].options(DataConfig(**config))
        return list(read_files([write(name, content)], options, folder=tmp_path))

    return read


@pytest.mark.parametrize("content", [XSID, XSID.replace("\n", "\r\n"), "\ufeff\n\n" + XSID.rstrip() + "\n\n\n"])
def test_intents(content, rows):
    found = rows(content)
    begin = content.split("\n").index(next(line for line in content.split("\n") if "id = 1" in line)) + 1
    assert [(row.source, row.target, row.key, row.line) for row in found] == [
        ("Ist es heute warm?", "weather/find", "1", begin),
        ("把灯打开", "light/on", "2", begin + 10),
    ]


def test_other_comments_may_be_asked_for(rows):
    found = rows(XSID, source_column="text-en")
    assert (found[0].source, found[1].rule) == ("Is it warm today?", "columns")
    assert found[1].detail == 'must have the key "text-en", got id, text, intent'
    found = rows(TREEBANK, source_column="text", target_column="sent_id", group_column="newdoc id")
    assert [row.group for row in found] == ["letters", "letters", "letters", "notes"]
    (row,) = rows(TREEBANK.partition("\n\n")[0], "translate", source_column="text", target_column="text_en",
                  source_language="it", target_language="en")  # fmt: skip
    assert (row.source, row.target, row.group) == ("Vado alla casa.", "I go to the house.", "")


def test_documents_with_their_paragraphs(rows):
    found = rows(TREEBANK, "generate")
    assert [(row.target, row.line) for row in found] == [("Vado alla casa. E “tu”?\n\nSì", 1), ("No", 24)]
    assert found[0].group != found[1].group
    assert [row.target for row in rows(XSID, "generate")] == ["Ist es heute warm?", "把灯打开"]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("Hello UH\n, ,\nworld NN\n( -LRB-\nit PRP\n's VBZ\ndone JJ\n) -RRB-\n! .", "Hello, world (it's done)!"),
        ("do\tO\nn't\tO\n#winter\tO", "don't #winter"),
        ("#winter\tO\n#\tO\n7\tO", "#winter # 7"),
        ("打开\tO\n灯\tO\n，\tO\nLED\tO\n灯\tO", "打开灯，LED灯"),
        ("今日\n「\nBraid\n」\nは\n。", "今日「Braid」は。"),
        ("1996 CD\n- :\n97 CD", "1996 - 97"),
        ("0\tzero\n1\tone", "zero one"),
        ("-DOCSTART- -X- O\na b\nc d", "a c"),
        ("# global.columns = ID XPOS FORM MISC\n1\tX\ta\tSpaceAfter=No\n2\tY\tb\t_\n3\tY\tc\t_", "ab c"),
    ],
)
def test_texts_out_of_tokens(tokens, text, rows):
    assert [row.target for row in rows(tokens, "generate")] == [text]


def test_blocks_without_a_text_are_told(rows):
    found = rows("# Licence: free\n\n" + XSID + "\n# text = alone\n\n1\tno\tcomment\n")
    assert [row.rule for row in found if isinstance(row, Reject)] == ["columns"] * 3
    assert len(found) == 5
    with pytest.raises(DataError, match="at least one row must be readable"):
        rows("just\na\ntext\n")


def test_the_longest_sentence(rows, write, read):
    with pytest.raises(DataError, match=r"a sentence must be smaller than 16 MiB"):
        rows("x\ty\n" * 200_000)
    begun = time.perf_counter()
    many = "#" * 10**6 + "\n#" + " " * 10**6 + "\n# newdoc" + " " * 10**6 + "\n" + "." * 10**6 + "\n" + "'" * 10**6
    assert rows(f"{many}\n\n# text = a\n# label = b\n")
    assert time.perf_counter() - begun < 3


def test_facts(write, tmp_path):
    facts = inspect_file(write("a.conllu", XSID), folder=tmp_path)
    assert (facts.format, facts.columns) == ("conll", ("id", "text-en", "text", "intent"))


@pytest.mark.parametrize(("language", "least"), [("zh", 0.99), ("de", 0.99), ("en", 0.98)])
def test_texts_out_of_real_tokens(language, least, shared_data: Path, rows):
    """Sentences are put together as they were written, but for spaces before full stops and beside Chinese characters,
    which many of these texts have. The file is made from the same rows."""
    lines = (shared_data / "semantic" / "xsid" / f"{language}.valid.jsonl").read_text(encoding="utf-8").splitlines()
    values = [json.loads(line) for line in lines]
    with_text = "".join(
        f"# id = {number}\n# text = {value['text']}\n# intent = {value['intent']}\n"
        + "".join(
            f"{place}\t{token}\t{value['intent']}\t{tag}\n"
            for place, (token, tag) in enumerate(zip(value["tokens"], value["tags"], strict=True), 1)
        )
        + "\n"
        for number, value in enumerate(values)
    )
    assert [(row.source, row.target) for row in rows(with_text)] == [
        (value["text"], value["intent"]) for value in values
    ]
    without = "\n".join(line for line in with_text.split("\n") if not line.startswith("# text"))
    pairs = [(row.source, value) for row, value in zip(rows(without), values, strict=True)]
    odd = re.compile("(?<=[一-鿿，]) | (?=[.,?!，。？一-鿿])")
    same = [text == odd.sub("", value["text"]) for text, value in pairs]
    assert sum(same) >= least * len(same)


PIECES = [
    "# text = a",
    "# intent: b",
    "# newdoc",
    "# newpar",
    "#",
    "1\ta\tb",
    "2-3\tc",
    "2\td",
    "1.1\te",
    "灯",
    "\n",
    "\n\n",
    "\t",
    " ",
    "-DOCSTART- x",
    "SpaceAfter=No",
    "# global.columns = MISC FORM ID",
]


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from([*PIECES, "\n", "\n"]), max_size=16), task=st.sampled_from(["classify", "generate"])
)
def test_any_pieces_are_read_or_refused(pieces, task, rows):
    try:
        found = rows("".join(pieces), task)
    except DataError as error:
        assert "a.conll" in str(error)
    else:
        assert all((row if isinstance(row, Example) else row.example).line > 0 for row in found)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from([*PIECES, "\n"]), max_size=60).map("".join)))
def test_anything_is_read_or_refused(content, rows):
    for task in ("classify", "generate"):
        try:
            rows(content, task)
        except DataError as error:
            assert "a.conll" in str(error)
