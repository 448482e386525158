"""Every format: a file comes back byte for byte but for its texts, and any translation is read back as it was given."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import doctest
import json
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data.formats import ReadOptions, tags
from braid.data.formats.android import read_android
from braid.data.formats.apple import read_apple
from braid.data.formats.csv import read_csv
from braid.data.formats.i18n import read_json_texts, read_yaml_texts
from braid.data.formats.jsonl import read_jsonl
from braid.data.formats.po import read_po
from braid.data.formats.properties import read_properties
from braid.data.formats.subtitles import read_cues
from braid.data.formats.tmx import read_tmx
from braid.data.formats.tsv import read_tsv
from braid.data.formats.xliff import read_xliff
from braid.data.localizing import LocalizeOptions, format_name, icu, localize
from braid.data.localizing.contract import Edit
from braid.data.localizing.source import SourceFile, spliced
from braid.errors import DataError
from braid.text.normalize import normalize
from braid.text.placeholders import placeholders
from pretend import Reply

ANDROID = """<?xml version="1.0" encoding="utf-8"?>
<!-- a < b -->
<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2"
    xmlns:tools='t'>

    <string name="a" >Don\\'t <b>stop</b>, &quot;now&quot;\\n &#169; 😀</string><!-- between -->
    <string name='b' translatable="false">  keep  </string>
    <string name="c">
        wrapped
        text  "  quoted  "
    </string>
    <string name="d"><![CDATA[ <b>raw</b> & more ]]></string>
    <string name="e">@string/other</string><string name="f"/>
    <string name="g">Hi <xliff:g id="n" example="3">%1$d</xliff:g>!</string>
    <plurals name="h"><item quantity="one">one %d</item><item quantity="other">%d</item></plurals>
    <string-array name="i"><item>x</item><!-- c --><item>\\u0041 &lt;b></item></string-array>
</resources>
"""
APPLE = '/* Menu "x" = "y"; */\n"a" = "Say \\"hi\\"\\n\\U00e4 😀";\n// note\nkey.b="שלום %@";"c"   =   plain ;\n\n"alone";\n'
PROPERTIES = "# a=b\n! c\na = Hello\\tthere\\\n    goes on\nb:colon\nc space sep\nd\\ e\\:=value \\u00e9 \\\\ \n\nf=\n  g = it''s {0}\n"
JSON = (
    '{\n  "a" : "Hello \\u00e4 \\/ \\n",\t"b": {"c": ["x", 1, null, true, "😀"], "": "e"},\n "k.k": "{{n}} \\"q\\"",\n'
    '  "n": 1.50, "empty": ""\n}\n'
)
ARB = '{"@@locale": "de", "a": "It is {n, plural, =0{no} other{# days}}", "@a": {"description": "d", "type": "text"}}'
YAML = """# head
---
top:
  a: Hello   world  # note
  "b":   "dq \\u00e4 \\" x"
  c: 'it''s'
  d: |-
    line one
      deeper

    last
  e: >
    folded
    text

    more
  f: [one , "two", 'three', {g: h}]
  h: yes
  i: 12
  j: ~
  k: plain goes
    on here
  l: :symbol
  m: 2024-01-01
  n: "%Y-%m-%d"
  o: ""
  p: 😀 שלום
"""
SRT = (
    "1\n00:00:01,000 --> 00:00:02,500 X1:1\n{\\an8}<i>Hello there</i>\nand a second line\n\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\n- Yes.\n- No & <b>never</b>!\n3\n00:00:05,000 --> 00:00:06,000\n\n"
    "4\n00:00:07,000 --> 00:00:08,000\n12 %\n"
)
VTT = (
    "WEBVTT - title\n\nNOTE a\ncomment\n\nSTYLE\n::cue { color: red }\n\nname\n00:01.000 --> 00:02.000 line:0\n"
    "<v Bob>Hi &amp; <c.x>bye</c> &lt;3</v>\n\n00:03.000 --> 00:04.000\n<00:03.500>now\n"
)
HTML = """<!DOCTYPE html>
<html lang='de'><head><meta charset="utf-8"><title> A &amp; B </title><script>if (a<b) x("<p>t</p>")</script>
<style>p > a {}</style></head><body><!-- <p>no</p> -->
<p class=x>Hello <b>big
  world</b>, <a href="u">see <i>this</i></a> &copy;&nbsp;2024<br>line 2</p><img src=x ALT="a cat" title='b'>
<pre>  one
  two</pre><p translate="no">keep <b>me</b></p><p>open <b>never closed <code>x < y</code></p>
<textarea placeholder="type here"> t </textarea></body></html>
"""
MARKDOWN = """\ufeff---
title: keep
---
# A *heading* #

Some text wrapped
over **two** lines with `code *x*` and [a link](http://x/(y) "t"), a_b_c.{two_spaces}
hard break\\
next <b>html</b> &amp; ![img](i.png)

- item
  - deeper item
    goes on
1. [x] done
> quote
> on

```
code
```

    code

| a | b \\| c |
|---|:-:|
| `x` | |

Setext
------

[ref]: /url 'Title'
[Ref] and [text][ref] and [not a link] \\*star\\* 5 * 3 https://a.b/c_d_e

[^n]: A note.

<div>
<p>text</p>
</div>
""".replace("{two_spaces}", "  ")
TXT = "\ufeff  indented line\n\n\tline two \r\n   \nlast"

IN_PLACE = {
    "strings.xml": ANDROID,
    "a.strings": APPLE,
    "a.properties": PROPERTIES,
    "a.json": JSON,
    "a.arb": ARB,
    "a.yml": YAML,
    "a.srt": SRT,
    "a.vtt": VTT,
    "a.html": HTML,
    "a.md": MARKDOWN,
    "a.txt": TXT,
}


def variants(name, text):
    crlf = text.replace("\r\n", "\n").replace("\n", "\r\n")
    yield from (text.encode(), crlf.encode())
    if not text.startswith("\ufeff") and name != "a.properties":
        yield from (("\ufeff" + text).encode(), ("\ufeff" + crlf).encode("utf-8"))
        bare = text.replace(' encoding="utf-8"', "")
        yield from (("\ufeff" + bare).encode("utf-16-le"), ("\ufeff" + bare).encode("utf-16-be"))


@pytest.mark.parametrize("name", IN_PLACE)
def test_nothing_changes_where_every_translation_is_its_text(name, same):
    for data in variants(name, IN_PLACE[name]):
        options = LocalizeOptions(target_language="de", source_language="en")
        result = localize(data, name, same, options)
        assert result.data == data
        assert result.num_translated == result.num_texts > 0
        assert not result.left
    assert all(text == text.strip() and "\n" not in text for text in same.texts)


@pytest.mark.parametrize("name", IN_PLACE)
def test_line_ends_marks_and_encodings_survive_a_translation(name, run):
    """Everything but the texts is the same whatever the file's encoding: the results differ in nothing else."""
    plain, crlf, *others = [run(data, name).data for data in variants(name, IN_PLACE[name])]
    assert crlf.replace(b"\r\n", b"\n") == plain.replace(b"\r\n", b"\n")
    assert b"\n" not in crlf.replace(b"\r\n", b"")
    if others:
        marked, _, little, big = others
        assert marked == b"\xef\xbb\xbf" + plain
        bare = plain.decode().replace(' encoding="utf-8"', "")
        assert little.decode("utf-16") == big.decode("utf-16") == bare


def test_what_is_no_text_stays_in_a_translated_file(run):
    done = run(ANDROID, "strings.xml").data.decode()
    for part in ('<string name=\'b\' translatable="false">  keep  </string>', "<!-- a < b -->", "@string/other",
                 '<xliff:g id="n" example="3">%1$d</xliff:g>', "    xmlns:tools='t'>\n"):  # fmt: skip
        assert part in done
    done = run(HTML, "a.html").data.decode()
    for part in ('x("<p>t</p>")', "<!-- <p>no</p> -->", '<p translate="no">keep <b>me</b></p>', "<code>x < y</code>",
                 "ALT=\"A CAT\" title='B'", 'placeholder="TYPE HERE"'):  # fmt: skip
        assert part in done
    done = run(MARKDOWN, "a.md").data.decode()
    for part in ("title: keep", "`code *x*`", '(http://x/(y) "t")', "```\ncode\n```", "    code\n", "[ref]: /url 'Title'",
                 "https://a.b/c_d_e", "|---|:-:|"):  # fmt: skip
        assert part in done


WORDS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp"), include_characters="'\"\\&<>:#-@?=[]|*_`~,;!\xa0"
    ),
    min_size=1,
    max_size=30,
)
TRANSLATIONS = WORDS.map(normalize).filter(lambda text: text and not placeholders(text) and "-->" not in text)
OPTIONS = ReadOptions(source_language="en", target_language="de")
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "hello"\nmsgstr ""\n'
XLIFF = (
    '<xliff version="1.2"><file source-language="en"><body><trans-unit id="1"><source>hello</source></trans-unit>'
    "</body></file></xliff>"
)
TMX = '<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>hello</seg></tuv></tu></body></tmx>'
READ_BACK = {
    "strings.xml": ("<resources><string name='a'>hello</string></resources>", read_android),
    "data.xml": ("<resources><string name='a'><![CDATA[hello]]></string></resources>", read_android),
    "a.strings": ('"a" = "hello";', read_apple),
    "a.properties": ("a = hello", read_properties),
    "é.properties": ("#é\na=hello\nb=x", read_properties),
    "a.json": ('{"a": "hello"}', read_json_texts),
    "ascii.json": ('{"a": "hello", "\\u00e9": 1}', read_json_texts),
    "plain.yml": ("a: hello\nb: 1\n", read_yaml_texts),
    "flow.yml": ("a: {b: [hello]}\n", read_yaml_texts),
    "double.yml": ('a: "hello"\n', read_yaml_texts),
    "single.yml": ("a: 'hello'\n", read_yaml_texts),
    "block.yml": ("a: |-\n  hello\nb: 1\n", read_yaml_texts),
    "folded.yml": ("a:\n  - >-\n   hello\n", read_yaml_texts),
    "a.vtt": ("WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", read_cues),
    "a.po": (PO, lambda stream: read_po(stream, OPTIONS)),
    "a.xlf": (XLIFF, lambda stream: read_xliff(stream, OPTIONS)),
    "a.tmx": (TMX, lambda stream: read_tmx(stream, OPTIONS)),
    "a.csv": ("source,target\nhello,\n", lambda stream: read_csv(stream, OPTIONS)),
    "a.tsv": ("source\ttarget\nhello\t\n", lambda stream: read_tsv(stream, OPTIONS)),
    "a.jsonl": ('{"source": "hello"}\n', lambda stream: read_jsonl(stream, OPTIONS)),
}


@pytest.mark.parametrize("name", READ_BACK)
@settings(max_examples=50, deadline=None)
@given(translation=TRANSLATIONS)
def test_any_translation_is_read_back(name, translation):
    text, read = READ_BACK[name]
    options = LocalizeOptions(target_language="de", source_language="en", marks_review=False)
    result = localize(text.encode(), name, lambda texts: [Reply(translation) for _ in texts], options)
    assert (result.num_translated, result.left) == (2 if name[0] == "é" else 1, ())
    rows = list(read(SourceFile(result.data, name).stream()))
    said = rows[0].target if hasattr(rows[0], "target") else rows[0].text
    assert normalize(said) == translation


@given(
    st.text(max_size=20), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.text(max_size=3)), max_size=4)
)
def test_splicing(text, pieces):
    edits, place, expected = [], 0, ""
    for gap, length, new in pieces:
        start = min(place + gap, len(text))
        end = min(start + length, len(text))
        edits.append(Edit(start, end, new))
        expected += text[place:start] + new
        place = end
    assert spliced(text, edits) == expected + text[place:]


def test_equal_texts_are_translated_once(run, shout):
    result = run('{"a": "one", "b": ["one", "two", "one"]}', "a.json")
    assert shout.asked == [["one", "two"]]
    assert result.num_translated == 4


def test_a_file_without_texts_asks_nothing(run, shout):
    result = run('{"a": 1, "b": "42", "c": "{x}"}', "a.json")
    assert result.data == b'{"a": 1, "b": "42", "c": "{x}"}'
    assert not shout.asked


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.mo", b"x", "run msgfmt"),
        ("a.docx", b"x", "must end in one of .po"),
        ("a.json", b"[1]", "hint: write an array of rows as JSON lines"),
        ("a.strings", b"bplist00\xd1\x01\x02QaQx\x08", "plutil -convert"),
        ("a.strings", b'<?xml version="1.0"?><plist version="1.0"><dict/></plist>', "plutil -convert"),
        ("a.strings", b'{ "a" = "b"; ', "got the end"),
        ("a.json", b"{", "must be JSON"),
        ("a.xml", b"<a/>", "must be <resources>"),
        ("a.xml", b"<resources><string>", "breaks off"),
        ("a.xml", b'<!DOCTYPE r [<!ENTITY x "y">]><resources/>', "must not declare entities"),
        ("a.strings", b"what is this", '"key" = "value"'),
        ("a.po", b"hello", "a PO line must be"),
        ("a.srt", b"hello\n", "must begin with its times"),
        ("a.csv", b"a,b\n1,2\n", "column of the texts must be known"),
        ("a.csv", b'source\n"never closed\n', "must be closed"),
        ("a.yml", b"a: &x 1\nb: *x\n", "hint: write out what each alias"),
        ("a.txt", b"\xff\xfe\xff", "must be valid"),
        ("a.txt", b"caf\xe9", "must be valid utf-8"),
        ("a.txt", b"", "empty file"),
        ("a.parquet", b"PAR1", "whole and undamaged"),
        ("a.html", b'<meta charset="iso-2022-jp">\x1b$B\x1b(B', "written in one way only"),
        ("a.html", b'<meta charset="klingon">', "one that Python knows"),
    ],
)
def test_what_is_no_such_file_is_refused(run, name, data, message):
    with pytest.raises(DataError, match=r"(?s)") as error:
        run(data, name)
    assert message in str(error.value)


def test_a_large_file_is_refused(run):
    with pytest.raises(DataError, match="smaller than 64 MiB"):
        run(b" " * (64 * 2**20 + 1), "a.txt")


def test_a_translation_that_the_encoding_lacks_is_left_or_written_as_a_reference(run):
    def chinese(text):
        return "中文"

    po = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=ISO-8859-1\\n"\n\nmsgid "caf\xe9"\nmsgstr ""\n'
    result = run(po.encode("latin-1"), "a.po", chinese, target_language="zh")
    assert 'msgid "caf\xe9"\nmsgstr ""' in result.data.decode("latin-1")
    assert "cannot be written in iso8859-1" in result.left[0].reason
    xml = '<?xml version="1.0" encoding="iso-8859-1"?><resources><string name="a">caf\xe9</string></resources>'
    assert b">&#20013;&#25991;<" in run(xml.encode("latin-1"), "a.xml", chinese).data
    assert run("a=caf\xe9".encode("latin-1"), "a.properties", chinese).data == b"a=\\u4e2d\\u6587"
    page = '<meta charset="windows-1252"><p>caf\xe9'
    assert run(page.encode("cp1252"), "a.html", chinese).data.endswith(b"<p>&#20013;&#25991;")


def test_java_reads_what_is_no_utf8_as_latin1(run):
    """Though its bytes alone would say Windows' page, which has other signs in some of their places."""
    texts = ["Dernière étape terminée", "Réglages de la fenêtre", "Fermer le modèle édité", "Créer à côté", "Déjà là"]
    lines = "".join(f"key{number}={text}\n" for number, text in enumerate(texts))
    found = run(lines.encode("latin-1"), "a.properties", lambda text: f"“{text}” €")
    assert found.num_translated == len(texts)
    assert found.data.isascii()
    assert b"key0=\\u201c" in found.data and b"\\u20ac" in found.data


def test_a_translation_of_another_kind_is_not_hidden_behind_a_second_one(run):
    for held in ('{"x": 1}', '["x"]'):
        line = f'{{"source": "a", "target": {held}}}\n'
        found = run(line, "a.jsonl", overwrite=True)
        assert found.data.decode() == line
        assert "got a list or an object" in found.left[0].reason


def test_lone_surrogates_of_a_model_are_not_written(run):
    result = run('{"a": "x"}', "a.json", lambda text: "\ud83d")
    assert result.left
    assert json.loads(result.data) == {"a": "x"}


HOSTILE = {
    "a.po": ['msgid "', "#, fuzzy\n", '"', "msgstr[0] ", "\\"],
    "a.xlf": ["<xliff>", "<", "&amp;", "<g "],
    "a.xml": ["<resources>", "<string>", "\\", '"', "<![CDATA["],
    "a.strings": ["/*", '"', "\\", '"a"=', "a "],
    "a.properties": ["\\", "a ", "\\u", "=", "\\\n"],
    "a.json": ['"', "{", "[", "\\", ","],
    "a.srt": ["<", "00:00:01,000 --> ", "<i ", "{\\", "\n"],
    "a.md": ["`", "[", "](", "*", "_", "<a ", "<!--", "|", "- ", "> ", "\\", "#", "![", "`a", " ", ":", "**a", "[^", "~", "$$\n",
             "    x\n", "|-", "<div>\n\n", "a\n", "http://", "](("],
    "a.html": ["<", "<a ", "<!--", "<b>", "<p>", "&", "<script>", "<a b='", "<p translate=no>", "<b>x", "<pre>"],
    "a.csv": ['"', ",", 'source\n"', "a,", '""'],
    "a.tsv": ["\t", "source\t", "\n"],
    "a.jsonl": ["{", '"', "[", "{}\n"],
    "a.txt": [" ", "\r", "\n", "%", "{", "<", "'", "%1", "{n, plural, other {", "{a", "</"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "part"), [(name, part) for name, parts in HOSTILE.items() for part in parts])
def test_hostile_files_cost_little(name, part, same):
    data = (part * (30_000 // len(part))).encode()
    begun = time.perf_counter()
    try:
        result = localize(data, name, same, LocalizeOptions(target_language="de"))
    except DataError:
        pass
    else:
        assert result.data == data or format_name(name) in ("csv", "tsv", "jsonl")
    assert time.perf_counter() - begun < 3


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.srt", "a.json", "a.yml", "strings.xml", "a.properties", "a.txt"])
@settings(max_examples=50, deadline=None)
@given(text=st.text(alphabet="ab1 \n\r\t<>/!-&;=\"'\\[](){}*_`~#|:.,%@?", max_size=60))
def test_odd_files_come_back_or_are_refused(name, text):
    """Identity on whatever a reader takes."""
    try:
        options = LocalizeOptions(target_language="de", source_language="en")
        result = localize(text.encode(), name, lambda texts: [Reply(one) for one in texts], options)
    except DataError:
        return
    assert result.data == text.encode()


@pytest.mark.parametrize("module", [icu, sys.modules[localize.__module__], tags])
def test_examples_in_docstrings(module):
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


@pytest.mark.parametrize("mark", ["", "\ufeff", "// note\n"])
def test_strings_in_braces_are_written_back_in_them(run, mark):
    data = (mark + '/* a */ {\n  "a" = "x";\n  b = "y";\n} // end\n').encode()
    assert run(data, "a.strings").data == data.replace(b'"x"', b'"X"').replace(b'"y"', b'"Y"')
