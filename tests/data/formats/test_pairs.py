"""Resources of programs and subtitles: pairs of files, one for each language."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.data.example import Example, Reject
from braid.data.formats import PAIR_FORMATS, inspect_file
from braid.data.formats.keyed import named_languages
from braid.errors import DataError

ANDROID = """<?xml version="1.0" encoding="utf-8"?>
<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">
    <!-- The first screen -->
    <string name="app_name" translatable="false">Braid</string>
    <string name="hello">{hello}</string>
    <plurals name="files">
        <item quantity="one">%d {one}</item>
        <item quantity="other">%d {other}</item>
    </plurals>
    <string-array name="days"><item>{day}</item></string-array>
</resources>
"""
APPLE = """/* The first screen;
   two lines */
"hello" = "{hello}";
// shown in the list
"files_one" = "%d {one}";
"files_other" = "%d {other}"; days = "{day}";
"""
PROPERTIES = """# The first screen
! another comment
hello={hello}
files.one : %d {one}
files.other   %d \\
              {other}

days = {day}
"""
JSON = """{{
  "@@locale": "xx",
  "hello": "{hello}",
  "@hello": {{"description": "The first screen", "placeholders": {{}}}},
  "files": {{
    "one": "%d {one}",
    "other": "%d {other}"
  }},
  "days": ["{day}"]
}}
"""
YAML = """{language}:
  # The first screen
  hello: "{hello}"
  files:
    one: '%d {one}'
    other: >-
      %d
      {other}
  days:
    - {day}
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
<i>{hello}</i>

2
00:00:03,000 --> 00:00:04,000
%d {one}

3
00:00:04,500 --> 00:00:06,000
%d
{other}

4
00:00:07,000 --> 00:00:09,000
{{\\an8}}{day}
"""
ENGLISH = {"hello": "Hello", "one": "file", "other": "files", "day": "Monday", "language": "en"}
CHINESE = {"hello": "你好", "one": "个文件", "other": "个文件们", "day": "星期一", "language": "zh-CN"}
WANTED = [("Hello", "你好"), ("%d file", "%d 个文件"), ("%d files", "%d 个文件们"), ("Monday", "星期一")]

FILES = {
    "android": ("values/strings.xml", "values-zh-rCN/strings.xml", ANDROID, [5, 7, 8, 10]),
    "apple": ("en.lproj/Localizable.strings", "zh-Hans.lproj/Localizable.strings", APPLE, [3, 5, 6, 6]),
    "properties": ("messages_en.properties", "messages_zh_CN.properties", PROPERTIES, [3, 4, 5, 8]),
    "json texts": ("locales/en.json", "locales/zh-CN.json", JSON, [3, 6, 7, 9]),
    "yaml texts": ("en.yml", "zh-CN.yml", YAML, [3, 5, 6, 10]),
    "subtitles": ("film.en.srt", "film.zh.srt", SRT, [2, 6, 10, 15]),
}


def filled(name, text):
    texts = []
    for values in (ENGLISH, CHINESE):
        content = text.replace("{language}", values["language"]) if name == "yaml texts" else text
        if name in ("json texts", "subtitles"):
            texts.append(content.format(**values))
            continue
        for key, value in values.items():
            content = content.replace("{" + key + "}", value)
        texts.append(content)
    return texts


@pytest.fixture(params=list(FILES))
def pair(request, write):
    source, target, text, lines = FILES[request.param]
    ours, theirs = filled(request.param, text)
    write(source, ours)
    write(target, theirs)
    return request.param, f"{source},{target}", lines


def examples(rows):
    return [row for row in rows if isinstance(row, Example)]


def test_every_pair_format_is_here():
    assert {*FILES, "html", "markdown"} == set(PAIR_FORMATS)  # those two have tests of their own


def test_texts_and_lines(pair, read):
    _, files, lines = pair
    found = examples(read(files))
    assert [(row.source, row.target) for row in found] == WANTED
    assert [row.line for row in found] == lines
    assert all(row.file == files and row.key for row in found)


def test_what_the_files_say(pair, tmp_path):
    name, files, _ = pair
    facts = inspect_file(files, folder=tmp_path)
    assert facts.format == name
    assert facts.rows[:3] == tuple(WANTED[:3])
    expected = {"android": (), "apple": ("en", "zh-Hans"), "subtitles": ("en", "zh")}
    assert facts.languages == expected.get(name, ("en", "zh-CN"))


@pytest.mark.parametrize("damage", [b"\xff\xfe\xff", b"\0", b"{{{{", b"<resources>", b'"a" = ', b"a: &x [*x]", b"[1]"])
def test_damaged_files_are_told(pair, damage, write, read):
    """Never a traceback; properties take nearly anything for keys."""
    name, files, _ = pair
    write(files.split(",")[1], damage)
    if name == "properties" and b"\0" not in damage:
        assert len([row for row in read(files) if isinstance(row, Example)]) == len(WANTED)
        return
    with pytest.raises(DataError) as caught:
        read(files)
    assert files.split(",")[1] in str(caught.value)


def test_android_says_what_is_not_translated(write, read):
    write("a/strings.xml", ANDROID)
    write("b/strings.xml", "<resources><string name='hello'>Hallo</string><string name='gone'>Weg</string></resources>")
    rows = read("a/strings.xml,b/strings.xml")
    rejects = {row.rule: row.example for row in rows if isinstance(row, Reject)}
    assert set(rejects) == {"untranslatable", "unmatched"}
    assert rejects["untranslatable"].source == "Braid"
    assert rejects["unmatched"].target == "Weg"
    assert [row.target for row in examples(rows)] == ["Hallo", "", "", ""]


def test_android_names_that_one_side_alone_protects_are_words(write, read):
    text = '<resources xmlns:xliff="u"><string name="a">{}</string><string name="b">@string/a</string></resources>'
    write("a/s.xml", text.format('Open <xliff:g id="app">Lamp</xliff:g> (<xliff:g id="n">%d</xliff:g>)'))
    write("b/s.xml", text.format("Lamp öffnen (%d)"))
    row, reference = read("a/s.xml,b/s.xml")
    assert (row.source, row.target) == ("Open Lamp (%d)", "Lamp öffnen (%d)")
    assert reference.rule == "untranslatable"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"It\'s", "It's"),
        ('"  kept  "', "  kept  "),
        ("a\n     b", "a b"),
        (r"\u00e9t\u00e9 \ud83d\ude00", "été 😀"),
        (r"line\nbreak", "line\nbreak"),
        (r"\@none \?yes", "@none ?yes"),
        ("<b>bold</b> %1$s", "<b>bold</b> %1$s"),
        ('<xliff:g id="n" example="3">%d</xliff:g> left', "%d left"),
        ('go to <xliff:g id="app">A Brand</xliff:g><br/>now', "go to {g:app}<br/>now"),
        ("<![CDATA[<b>&]]>", "<b>&"),
    ],
)
def test_android_texts(written, meant, write, read):
    text = f'<resources xmlns:xliff="u"><string name="a">{written}</string></resources>'
    for name in ("a/s.xml", "b/s.xml"):
        write(name, text)
    (row,) = read("a/s.xml,b/s.xml")
    assert (row.source, row.target) == (meant, meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\"b", 'a"b'),
        (r"a\nb", "a\nb"),
        (r"caf\U00e9", "café"),
        (r"\Ud83d\Ude00", "😀"),
        (r"\\n", r"\n"),
        (r"\101", "A"),
        ("a\nb", "a\nb"),
    ],
)
def test_apple_texts(written, meant, write, read):
    content = f'\ufeff"k" = "{written}";\n'.encode("utf-16-le")
    for name in ("a.strings", "b.strings"):
        write(name, content)
    (row,) = read("a.strings,b.strings")
    assert row.source == meant


@pytest.mark.parametrize(
    ("written", "key", "meant"),
    [
        (r"a = caf\u00e9", "a", "café"),
        ("a = café", "a", "café"),
        (r"a\ b\=c = d", "a b=c", "d"),
        ("a", "a", ""),
        (r"a:\tb", "a", "\tb"),
        ("a b c", "a", "b c"),
        (r"a=\ud83d\ude00", "a", "😀"),
        (r"a = \\", "a", "\\"),
        ("a=1\u20282", "a", "1\u20282"),
        ("名\u3000前=x", "名\u3000前", "x"),
    ],
)
def test_properties_texts(written, key, meant, write, read):
    for name in ("a.properties", "b.properties"):
        write(name, written.encode())
    (row,) = read("a.properties,b.properties")
    assert (row.key, row.source) == (key, meant)
    if written == "a = café":
        write("a.properties", written.encode("latin-1"))
        assert read("a.properties,b.properties")[0].source == "café"


def test_json_keeps_odd_keys_and_values_apart(write, read):
    ours = {"a.b": "x", 'q"': {"": "y", "n": None, "t": True, "f": 1.5, "l": [[], ["z"]], "e": {}}}
    write("en.json", json.dumps(ours, indent=1))
    write("de.json", json.dumps(ours))
    rows = read("en.json,de.json")
    assert [(row.key, row.source) for row in rows] == [
        ("a.b", "x"), ('q".', "y"), ('q".n', ""), ('q".t', "true"), ('q".f', "1.5"), ('q".l.1.0', "z"),
    ]  # fmt: skip


def test_yaml_texts(write, read):
    write("en.yml", "a: 'it''s'\nb: |\n  two\n  lines\nc: ~\nd: yes\n? e\n: {f: [g, h]}\n")
    write("de.yml", "a: es\n")
    rows = read("en.yml,de.yml")
    assert [(row.key, row.source) for row in rows] == [
        ("a", "it's"), ("b", "two\nlines\n"), ("c", ""), ("d", "yes"), ("e.f.0", "g"), ("e.f.1", "h"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("json", "[1]", "must hold an object"),
        ("json", '{"a": }', "must be JSON"),
        ("json", '{"a":' * 100 + "1" + "}" * 100, "nested less than 50"),
        ("yml", "a: &x b\nc: *x\n", "anchors or aliases"),
        ("yml", "- a\n", "must hold a mapping"),
        ("yml", "a: 1\n---\nb: 2\n", "one document"),
        ("yml", "%TAG !n! x\n---\na: 1\n", "must not declare tags"),
        ("yml", "a: 1\nb: \x07\n", r"de\.yml|en\.yml, line 2"),
        ("json", '{"' + "k" * 2000 + '": "a"}', "key must be shorter"),
        ("json", '{"a":"' + '\\"' * 100_000, "must be JSON"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nA\n\nNOTE well\n", "must begin with its times"),
        ("yml", "a: [b\n", "must be YAML"),
        ("yml", "? [a]\n: b\n", "key must be a text"),
        ("yml", "".join(f"{' ' * depth}a:\n" for depth in range(80)), "nested less than 50"),
        ("strings", '"a" "b";', '"key" = "value"'),
        ("strings", '{ "a" = "b";', "got the end"),
        ("strings", "{", "got the end"),
        ("strings", '"a" = "b"; }', "got }"),
        ("srt", "1\nHello\n", "must begin with its times"),
        ("xml", "<a/>", "outermost element must be <resources>"),
        ("xml", '<!DOCTYPE r [<!ENTITY a "b">]><resources/>', "must not declare entities"),
    ],
)
def test_other_files_are_refused(name, content, message, write, read):
    write(f"en.{name}", content)
    write(f"de.{name}", content)
    with pytest.raises(DataError, match=message):
        read(f"en.{name},de.{name}")


def test_keys_that_come_twice(write, read):
    write("en.properties", "a=1\na=2\nb=3")
    write("de.properties", "a=eins\nb=drei\nb=vier")
    rows = read("en.properties,de.properties")
    assert [(row.source, row.target) for row in examples(rows)] == [("1", "eins"), ("3", "drei")]
    assert [row.rule for row in rows if isinstance(row, Reject)] == ["repeated_key", "repeated_key"]


def cue(start, end, text):
    times = [f"00:{at // 60:02}:{at % 60:02}.000" for at in (start, end)]
    return f"{times[0]} --> {times[1]} align:start\n{text}\n\n"


def test_cues_shown_together(write, read):
    write(
        "en.vtt",
        "WEBVTT\n\nNOTE made by hand\n\n" + cue(1, 5, "One two.") + cue(6, 8, "Three.") + cue(20, 22, "Alone."),
    )
    write("de.vtt", "WEBVTT\n\n" + cue(1, 3, "Eins") + cue(3, 5, "zwei.") + cue(6, 8, "Drei.") + cue(40, 42, "Übrig."))
    rows = read("en.vtt,de.vtt")
    assert [(row.source, row.target) for row in examples(rows)] == [("One two.", "Eins zwei."), ("Three.", "Drei.")]
    assert [(row.example.source, row.example.target) for row in rows if isinstance(row, Reject)] == [
        ("Alone.", ""),
        ("", "Übrig."),
    ]


def test_cues_that_all_overlap_are_no_pair(write, read):
    write("en.srt", cue(1, 30, "A long title."))
    write("de.srt", "".join(cue(at, at + 2, f"Zeile {at}") for at in range(1, 20, 3)))
    (row,) = read("en.srt,de.srt")
    assert (row.rule, row.example.source) == ("unmatched", "A long title.")


@pytest.mark.parametrize(
    ("files", "languages"),
    [
        (("values/strings.xml", "values-de/strings.xml"), ()),
        (("values-pt-rBR/s.xml", "values-de/s.xml"), ("pt-BR", "de")),
        (("a/en/app.json", "a/zh-Hans/app.json"), ("en", "zh-Hans")),
        (("app.en.json", "app.fr.json"), ("en", "fr")),
        (("en.json", "en.json"), ()),
        (("first.json", "second.json"), ()),
        (("en.yml.gz", "de_AT.yml.gz"), ("en", "de-AT")),
        (("app_en.arb", "app_de.arb"), ("en", "de")),
        (("my_en.json", "my_de.json"), ("en", "de")),
        (("ui-en.json", "ui-pt-br.json"), ("en", "pt-br")),
        (("app_en_US.arb", "app_zh_Hant_TW.arb"), ("en-US", "zh-Hant-TW")),
        (("my-app/s.json", "is-app/s.json"), ()),
        (("values-de-land/s.xml", "values-fr/s.xml"), ()),
    ],
)
def test_languages_by_name(files, languages):
    assert named_languages(files) == languages


def test_long_and_repetitive_files_take_linear_time(write, read):
    begun = time.perf_counter()
    size = 300_000
    for name, content in {
        "properties": "a = " + "k" * size + "\\\\" * size,
        "strings": '"k" = "' + '\\"' * size + '";' + "/* " * size + "*/",
        "srt": cue(1, 2, "<i" * size + "&#" + "1" * size + ";"),
        "json": '{"a": "' + "\\n" * size + '", "n": ' + "1" * size + "}" + " " * size,
        "yml": "a: " + "b " * size,
        "xml": "<resources><string name='a'>" + "\\'" * size + " " * size + '"' + "a" * size + '"</string></resources>',
    }.items():
        write(f"a.{name}", content)
        write(f"b.{name}", content)
        assert read(f"a.{name},b.{name}")
    assert time.perf_counter() - begun < 30


def test_what_only_the_second_file_marks(write, read):
    write("a/s.xml", "<resources><string name='x'>Braid</string></resources>")
    write("b/s.xml", "<resources><string name='x' translatable='false'>Zopf</string></resources>")
    (row,) = read("a/s.xml,b/s.xml")
    assert (row.rule, row.example.source, row.example.target) == ("untranslatable", "Braid", "Zopf")


def test_arrays_and_items_of_android(write, read):
    text = "<resources><array name='q'><item>text</item></array><item type='string' name='z'>hi</item></resources>"
    write("a/s.xml", text)
    write("b/s.xml", text)
    assert [(row.key, row.source) for row in read("a/s.xml,b/s.xml")] == [("q.0", "text"), ("z", "hi")]


def test_at_signs_in_json(write, read):
    write("en.json", '{"@@locale": "en", "@title": "Hello", "a": {"@b": "World"}, "@a": {"description": "d"}}')
    write("de.json", "{}")
    assert [row.source for row in read("en.json,de.json")] == ["Hello", "World"]


def test_other_roots_are_no_languages(write, read):
    write("a.properties", "errors.a=Hello")
    write("b.properties", "labels.a=Tschuess")
    assert [row.target for row in examples(read("a.properties,b.properties"))] == [""]


def test_files_of_two_kinds_are_refused(write, read):
    write("en.json", "{}")
    write("de.yml", "a: b")
    with pytest.raises(DataError, match="must be of one kind"):
        read("en.json,de.yml")


def test_comments_in_files_with_old_line_ends(write, read):
    for name in ("a.strings", "b.strings"):
        write(name, '// c\r"k" = "v";\r')
    assert [row.source for row in read("a.strings,b.strings")] == ["v"]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB\n", ["A", "B"]),
        ("00:01.000-->00:02.000\nA\nB 7\n", ["A B 7"]),
        ("WEBVTT\nKind: captions\n\nintro\n00:01.000 --> 00:02.000\nHi<00:00:01.500><c> there</c>\n", ["Hi there"]),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE a\nb\n\n00:01.000 --> 00:02.000\n&lt;A&gt; &amp;\n", ["<A> &"]),
        (
            "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n<b>A</b>\r\n\r\n\r\n2\r\n00:00:03,5 --> 00:00:04,000\r\n\r\n",
            ["A", ""],
        ),
    ],
)
def test_cues(content, texts, write, read):
    for name in ("en.srt", "de.srt"):
        write(name, content)
    assert [row.source for row in read("en.srt,de.srt")] == texts


PIECES = {
    "android": [
        "<resources>",
        "</resources>",
        "<string name='a'>",
        "</string>",
        "<item>",
        "\\u00",
        '"',
        "&amp;",
        "<![CDATA[",
    ],
    "apple": ['"', '"a"', " = ", ";", "/*", "*/", "//", "\\", "\\U12", "\n", "a"],
    "properties": ["a", "=", ":", "\\", "\\u12", "\n", "\r", "#", " ", "ü"],
    "json texts": ["{", "}", "[", "]", ",", ":", '"', '"a"', "1", "null", "\\u", " ", "\n", "-", "1e999"],
    "yaml texts": ["a", ": ", "- ", "\n", "  ", "&x ", "*x", "|", "'", '"', "{", "}", "---", "?", "!t ", "\t"],
    "subtitles": [
        "1\n",
        "00:00:01,000 --> 00:00:02,000\n",
        "\n",
        "WEBVTT",
        "<i>",
        "&#9;",
        "&#99999999;",
        "NOTE",
        "{\\a",
        "a",
    ],
}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", list(PIECES))
def test_any_pieces_are_read_or_refused(name, data, write, read):
    suffix = PAIR_FORMATS[name][0]
    pieces = st.lists(st.sampled_from([*PIECES[name], "\ufeff", "\u2028", "\x85"]), max_size=14)
    for language in ("en", "de"):
        write(f"{language}{suffix}", "".join(data.draw(pieces)))
    try:
        rows = read(f"en{suffix},de{suffix}")
    except DataError as error:
        assert suffix in str(error)
    else:
        for row in rows:
            example = row if isinstance(row, Example) else row.example
            assert example.line > 0
            assert isinstance(example.source + example.target, str)


def test_a_blank_line_inside_a_cue_costs_that_cue(write, read):
    cues = "1\n00:00:01,000 --> 00:00:02,000\n{}\n\n2\n00:00:03,000 --> 00:00:04,000\n{}\n\n"
    cues += "3\n00:00:05,000 --> 00:00:06,000\n{}\n"
    write("en.srt", cues.format("a", "b\n\nmore\nyet\n\nagain", "c"))
    write("zh.srt", cues.format("x", "y", "z"))
    rows = read("en.srt,zh.srt")
    broken, *others = rows
    assert (broken.rule, broken.example.line, broken.example.source) == ("cue", 6, "b more yet again")
    assert [(row.source, row.target) for row in others if isinstance(row, Example)] == [("a", "x"), ("c", "z")]
    assert [row.rule for row in others if isinstance(row, Reject)] == ["unmatched"]
    write("de.srt", "stray\n\n" + cues.format("x", "y", "z\n\nend"))
    found = [
        (row.rule, row.example.line, row.example.target) for row in read("zh.srt,de.srt") if isinstance(row, Reject)
    ]
    assert found[:2] == [("cue", 1, "stray"), ("cue", 12, "z end")]
    with pytest.raises(DataError, match="a cue must begin with its times"):
        read("zh.srt,x.srt") if write("x.srt", "no\n\ncue\n") else None


def test_a_cue_with_broken_times_costs_itself_alone(write, read):
    cues = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 --> 00:00:04:000\nb\n\n"
    cues += "3\n00:00:05,000 --> 00:00:06,000\nc\n"
    write("en.srt", cues)
    write("zh.srt", cues.replace("04:0", "04,0"))
    broken, *others = read("en.srt,zh.srt")
    assert (broken.rule, broken.example.line) == ("cue", 5)
    assert broken.example.source.split() == ["2", "00:00:03,000", "-->", "00:00:04:000", "b"]
    assert [(row.source, row.target) for row in others if isinstance(row, Example)] == [("a", "a"), ("c", "c")]


def test_times_of_one_digit(write, read):
    """As services of meetings write them."""
    write("en.vtt", "WEBVTT\n\n0:0:0.0 --> 0:0:3.540\na\n\nx/1-0\n0:1:5.2 --> 1:2:7.950\nb\n")
    rows = read("en.vtt,en.vtt")
    assert [(row.source, row.key) for row in rows] == [("a", "00:00:00.000"), ("b", "00:01:05.200")]
