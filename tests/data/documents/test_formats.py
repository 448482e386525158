import gzip
import json

import pytest

from braid.data.documents import Passage
from braid.data.example import Reject

WORDS = "and so on for many a line of text until the end of the day comes near "


def shown(rows):
    """Title and text of passages, rule of rejects."""
    return [row.rule if isinstance(row, Reject) else (row.title, row.text) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_text_in_every_dress(read, encoding, is_compressed):
    text = f"Grüße 😀.\r\n\r\n{WORDS * 12}\r\nEnde.\n"
    content = text.encode(encoding)
    rows = read(
        "my-own_notes.txt.gz" if is_compressed else "my-own_notes.txt",
        gzip.compress(content) if is_compressed else content,
    )
    assert [text[row.start : row.start + len(row.text)] for row in rows] == [row.text for row in rows]
    assert {(row.title, row.group) for row in rows} == {("my own notes", rows[0].file)}
    assert [rows[0].line, rows[-1].line] == [1, 3]


MARKDOWN = f"""---
title: "The manual"
---

Before all.

# Install #

## On Linux

{WORDS * 8}

```
# no heading
---
```
On Windows
----------
Click.

---

| a | b |
|---|---|

Über uns
===
#hash is text
"""


def test_markdown(read):
    rows = read("m.md", MARKDOWN)
    assert [(row.title, row.line, MARKDOWN[row.start : row.start + len(row.text)] == row.text) for row in rows] == [
        ("The manual", 1, True),
        ("On Linux", 7, True),
        ("On Linux", 13, True),
        ("On Windows", 17, True),
        ("Über uns", 26, True),
    ]
    assert rows[1].text.startswith("# Install #\n\n## On Linux\n\nand so on")
    assert "# no heading" in rows[2].text
    assert "| a | b |" in rows[3].text
    assert rows[4].text.endswith("#hash is text")


def test_a_rule_at_the_beginning_is_no_front_matter(read):
    assert shown(read("m.md", "---\n\n# Title\n\ntext")) == [("m", "---"), ("Title", "# Title\n\ntext")]
    assert shown(read("m.md", "# A\n# B\n")) == [("B", "# A\n# B")]
    assert shown(read("m.md", "~~~\n```\n# x\n~~~\n# A\nb")) == [("m", "~~~\n```\n# x\n~~~"), ("A", "# A\nb")]


HTML = """<!DOCTYPE html><html><head><title>My
 page</title><style>p {color: red}</style>
<script>if (a < b) { alert("<p>no</p>") }</script></head>
<body><h1>Hello &amp; <em>welcome</em></h1><p>One<br>two &lt;three&gt; caf&eacute;.
<p>Third   para<b>graph</b>
<table><tr><td>a<td>b</tr><tr><td>c</td></tr></table>
<![if !x]><pre>  code
   more</pre><![endif]><!-- <p>hidden</p> -->
<h2>End</h2><ul><li>x</li><li>y</li></ul></body></html>"""


def test_html(read):
    rows = read("p.html", HTML)
    whole = "My page\n\nHello & welcome\n\nOne\ntwo <three> café.\n\nThird paragraph\n\na b\n\nc\n\ncode\n   more"
    assert shown(rows) == [("Hello & welcome", whole), ("End", "End\n\nx\n\ny")]
    assert [(row.line, row.start) for row in rows] == [(1, 0), (9, len(whole) + 2)]


def test_html_in_other_encodings(read):
    page = '<meta charset="gb2312"><title>页</title><p>中文镕</p>'  # 镕 is in GBK alone
    assert shown(read("p.html", page.encode("gbk"))) == [("页", "页\n\n中文镕")]
    assert shown(read("p.htm", "<p>“x”</p><meta charset=iso-8859-1>".encode("cp1252"))) == [("p", "“x”")]
    assert shown(read("p.html", "<meta charset=utf-8><p>中".encode("utf-16"))) == [("p", "中")]


def test_what_an_unclosed_script_hides_is_said(read):
    rows = read("p.html", "<p>seen</p>\n<script>var x = '<p>unseen</p>'")
    assert shown(rows) == [("p", "seen"), "html"]
    assert rows[1].example.line == 2
    assert shown(read("p.html", "<p>a</p><svg><svg><text>no</text></svg></svg><p>b</p></script>")) == [("p", "a\n\nb")]


@pytest.mark.parametrize(
    "page",
    ["<div>" * 50_000 + "deep", "<a " * 100_000 + "x", "<!--" * 100_000 + "x", "<!-->x" * 100_000, "<![x" * 9 + "x"],
)
def test_hostile_pages(read, page):
    assert any("deep" in row.text or "x" in row.text for row in read("p.html", page))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.csv", "id,Question,Answer\n1,What?,\"A, b\"\n2,Who?,C\n"),
        ("f.csv", "question;answer\nWhat?;A, b\nWho?;C\n"),
        ("f.tsv", "What?\tA, b\nWho?\tC\n"),
        ("f.tsv", "answer\tquestion\nA, b\tWhat?\nC\tWho?\n"),
        ("f.jsonl", '{"question": "What?", "answer": "A, b"}\n{"QUERY": "Who?", "answers": ["C"]}\n'),
        ("f.jsonl", '{"q": "What?", "a": ["A, b"]}\n{"问题": "Who?", "answers": {"text": ["C"]}}\n'),
    ],
)  # fmt: skip
def test_faq_rows(read, name, content):
    rows = read(name, content)
    assert [(row.title, row.text, row.answer) for row in rows] == [("What?", "A, b", "A, b"), ("Who?", "C", "C")]
    assert rows[1].line == content.count("\n")
    assert rows[0].group != rows[1].group


def test_faq_rows_with_several_answers_and_a_group(read):
    row = {"question": "What?", "answer": ["one", "", "two"], "article": "page 7"}
    (passage,) = read("f.jsonl", json.dumps(row))
    assert passage == Passage(text="one\ntwo", answer="one", title="What?", file="f.jsonl", line=1, group="page 7")


def test_rows_that_are_documents(read):
    rows = read("d.jsonl", json.dumps({"title": "T", "text": f"{WORDS * 15}"}) + '\n{"content": "short"}')
    assert [(row.title, row.line, row.group) for row in rows] == [
        ("T", 1, "d.jsonl:1"), ("T", 1, "d.jsonl:1"), ("d", 2, "d.jsonl:2")
    ]  # fmt: skip
    assert (WORDS * 15)[rows[1].start :].startswith(rows[1].text)
    assert shown(read("d.csv", "text,title\nshort,T\n")) == [("T", "short")]


@pytest.mark.parametrize(
    ("name", "line", "rule"),
    [
        ("f.jsonl", "", "empty"),
        ("f.jsonl", "{}", "empty"),
        ("f.jsonl", '{"question": "x", "answer": ""}', "empty"),
        ("f.jsonl", '{"question": "x", "answer": []}', "empty"),
        ("f.jsonl", '{"question": "x"}', "columns"),
        ("f.jsonl", '{"question": "x", "answer": [{}]}', "json"),
        ("f.jsonl", r'{"question": "x", "answer": "\ud800"}', "json"),
        ("f.jsonl", "{", "json"),
        ("f.jsonl", "[" * 100_000, "json"),
        ("f.csv", "x", "columns"),
        ("f.csv", "x,", "empty"),
        ("f.csv", ",", "empty"),
        ("f.csv", '"x', "quotes"),
    ],
)
def test_rows_that_cannot_be_used_are_told(read, name, line, rule):
    first = '{"question": "What?", "answer": "A"}' if name == "f.jsonl" else "question,answer\nWhat?,A"
    rows = read(name, f"{first}\n{line}\n")
    assert shown(rows) == [("What?", "A"), rule]
    assert rows[1].example.line == first.count("\n") + 2
    assert rows[1].detail


def test_squad(read):
    text = {
        "data": [
            {
                "title": "Rivers",
                "paragraphs": [{"context": f"{WORDS * 12}", "qas": []}, {"context": "Short.", "qas": []}, {}],
            }
        ]
    }
    rows = read("s.json", json.dumps(text, indent=1))
    assert [(row.title, row.group) for row in rows[:-1]] == [("Rivers", "Rivers")] * 3
    assert rows[2].text == "Short."
    assert [row.line for row in rows[:3]] == [7, 7, 11]
    assert rows[-1].rule == "json"
