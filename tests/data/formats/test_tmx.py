from __future__ import annotations

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from braid.errors import DataError


def memory(*units: str) -> str:
    return '<tmx version="1.4">\n<header srclang="en"/><body>\n' + "\n".join(units) + "\n</body></tmx>"


def unit(*variants: tuple[str, str], attribute: str = "xml:lang", identity: str = "") -> str:
    inner = "".join(f'<tuv {attribute}="{code}"><seg>{text}</seg></tuv>' for code, text in variants)
    return f"<tu tuid='{identity}'><note>n</note>{inner}</tu>"


@pytest.mark.parametrize("attribute", ["lang", "xml:lang"])
def test_both_language_attributes_and_the_unit_id(attribute, write, read):
    text = memory(unit(("EN-US", "light"), ("ZH_cn", "灯"), attribute=attribute, identity="k1"))
    assert read(write("a.tmx", text)) == [Example(source="light", target="灯", file="a.tmx", line=3, key="k1")]


def test_alternatives_are_examples_of_their_own(write, read):
    text = memory(unit(("en", "light"), ("zh", "灯"), ("zh", "光"), ("zh-TW", "燈"), ("de", "Licht")))
    assert [(row.source, row.target) for row in read(write("a.tmx", text))] == [("light", "灯"), ("light", "光")]
    assert [row.target for row in read("a.tmx", target="zh-Hant")] == ["燈"]
    assert [(row.source, row.target) for row in read("a.tmx", source="zh-TW", target="de")] == [("燈", "Licht")]


def test_units_without_one_of_the_languages_are_rejects(write, read):
    text = memory(unit(("en", "light"), ("zh", "灯")), unit(("en", "off"), ("de", "aus")), "<tu/>")
    rows = read(write("a.tmx", text))
    assert isinstance(rows[0], Example)
    assert rows[1] == Reject(
        example=Example(source="off", target="", file="a.tmx", line=4),
        rule="language",
        detail="the unit has only en, de",
    )
    assert (rows[2].rule, rows[2].example.line) == ("language", 5)


def test_a_memory_of_other_languages_is_an_error_that_names_them(write, read):
    file = write("a.tmx", memory(unit(("en", "light"), ("zh", "灯"))))
    with pytest.raises(DataError, match=r'in both "en" and "fr", got languages "en", "zh" \(a.tmx\)') as caught:
        read(file, target="fr")
    assert "data.target_language" in caught.value.hint


@pytest.mark.parametrize(
    ("seg", "text"),
    [
        ("Click <bpt i='1'>&lt;b></bpt>OK<ept i='1'>&lt;/b></ept>", "Click <b>OK</b>"),
        ("Click <bpt i='1'>{\\b </bpt>OK<ept i='1'>}</ept>", "Click <bpt>OK</bpt>"),
        ("<bpt i='1'>&lt;b></bpt>a<ept i='1'/> <bpt i='2'>&lt;b></bpt>b<ept i='2'/>.", "<b1>a</b1> <b2>b</b2>."),
        ("Copy <ph x='1'>{0}</ph> of <ph x='2'/>", "Copy {0} of {ph:2}"),
        ("Copy <ph>\\fs24 %s</ph>", "Copy {ph}"),
        ("a<it pos='begin'>&lt;i></it>b<ut>\\cf1</ut>c<hi type='x'>d<hi>e</hi></hi>f",
         "a<i>b{ut}c<hi1>d<hi2>e</hi2></hi1>f"),
        ("<ph>&lt;img alt='<sub>a lamp</sub>'></ph> on", "<img alt='a lamp'> on"),
        ("a<!-- no -->b<?pi no?>c<![CDATA[<d>]]>", "abc<d>"),
        ("  two\nlines &#x4E2D; ", "  two\nlines 中 "),
        ("", ""),
    ],
)  # fmt: skip
def test_inline_elements(seg, text, write, read):
    rows = read(write("a.tmx", memory(unit(("en", seg), ("zh", seg)))))
    assert [(row.source, row.target) for row in rows] == [(text, text)]


def test_lines_are_exact_beyond_65535(write, read):
    blank = "\n" * 70_000
    rows = read(write("a.tmx", memory(unit(("en", "a"), ("zh", "b")), blank, unit(("en", "c"), ("zh", "d")))))
    assert [row.line for row in rows] == [3, 70_005]


def test_many_units_across_chunk_borders(write, read):
    units = [unit(("en", f"text {number} {'x' * (number % 97)}"), ("zh", f"文 {number}")) for number in range(3000)]
    rows = read(write("a.tmx", memory(*units)))
    assert [(row.target, row.line) for row in rows] == [(f"文 {number}", number + 3) for number in range(3000)]


VERSIONS = {
    "1.1": """<?xml version="1.0"?>
<!DOCTYPE tmx SYSTEM "tmx11.dtd">
<tmx version="1.1"><header srclang="EN-US" segtype="sentence" o-tmf="x" adminlang="EN-US" datatype="plaintext"/>
<body><tu tuid="1"><note>n</note><prop type="file">f</prop>
<tuv lang="EN-US" creationdate="20200101T000000Z"><prop type="x">p</prop><seg>Open <ut>{\\b</ut>file</seg></tuv>
<tuv lang="ZH-CN"><note lang="EN">of the variant</note><seg>打开文件</seg></tuv></tu></body></tmx>""",
    "1.4b": """<?xml version="1.0"?>
<!DOCTYPE tmx PUBLIC "-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN" "tmx14.dtd">
<tmx version="1.4"><header srclang="*all*" segtype="block" o-tmf="x" adminlang="en" datatype="html"><note>n</note>
<ude name="u" base="x"><map unicode="#xF8FF" code="#xF0"/></ude></header>
<body><tu tuid="1" srclang="de"><tuv xml:lang="de"><seg>Datei öffnen</seg></tuv>
<tuv xml:lang="en-US" lang="fr">
<seg>Open <bpt i="1" x="1" type="rtf">{\\b<sub>no</sub></bpt>file<ept i="1">}</ept></seg></tuv>
<tuv xml:lang="zh-CN"><seg>打开<hi type="t">文件</hi></seg></tuv>
<tuv><seg>of no language</seg></tuv></tu></body></tmx>""",
}


@pytest.mark.parametrize("version", list(VERSIONS))
def test_versions_with_all_they_may_hold(version, write, read):
    (row,) = read(write("a.tmx", VERSIONS[version]))
    assert (row.source, row.target, row.key) == ("Open file", "打开文件", "1")
    assert row.line == (4 if version == "1.1" else 5)


def test_facts(write, tmp_path):
    text = memory(unit(("zh-CN", "灯"), ("en", "light")), unit(("de", "Licht")))
    facts = inspect_file(write("a.tmx", text), folder=tmp_path)
    assert facts.languages == ("en", "zh-CN", "de")
    assert facts.rows == (("light", "灯", ""), ("", "", "Licht"))


def test_a_unit_of_endless_variants_is_a_reject(write, read):
    many = unit(*[("en", f"word {i}") for i in range(500)], *[("zh", f"字{i}") for i in range(500)])
    rows = read(write("a.tmx", memory(unit(("en", "light"), ("zh", "灯")), many)))
    assert (len(rows), rows[1].rule) == (2, "variants")
    assert rows[1].detail == "must have at most 100 pairs of variants, got 250,000"
