"""Android, Apple, Java, JSON and YAML: values replaced in their own escapes."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import json

import pytest
import yaml

from braid.data.localizing import LocalizeOptions, localize
from braid.errors import DataError
from pretend import Model


def to(answer):
    return lambda text: answer


def android(inner, attributes='name="a"'):
    return f"<resources><string {attributes}>{inner}</string></resources>"


@pytest.mark.parametrize(
    ("inner", "sent", "answer", "expected"),
    [
        ("hello", "hello", 'l\'été "x" \\ @', 'l\\\'été \\"x\\" \\\\ @'),
        ("hello", "hello", "@home", "\\@home"),
        ("hello", "hello", "?x", "\\?x"),
        ("hello", "hello", "a  b", 'a"  "b'),
        ("hello", "hello", "a\xa0b", "a\\u00a0b"),
        ("hello", "hello", "a < b & c", "a &lt; b &amp; c"),
        ("\n   hello\n   you\n  ", "hello you", "x", "\n   x\n  "),
        ('"  hello "', "hello", "x", '"  "x" "'),
        ("Don\\'t\\tgo", "Don't\tgo", "x", "x"),
        ("one\\ntwo", "one", "x", "x\\nx"),
        ("<![CDATA[go <b>on</b>]]>", "go <b>on</b>", "x <b>y</b> ]]>", "<![CDATA[x <b>y</b> ]]]]><![CDATA[>]]>"),
        ("go <b>on</b>", "go <b>on</b>", "<b>x</b> y", "<b>x</b> y"),
        ('<font size="1">go</font> on', "<font>go</font> on", "<font>x</font> y", '<font size="1">x</font> y'),
    ],
)
def test_android(inner, sent, answer, expected):
    model = Model(to(answer))
    data = localize(android(inner).encode(), "strings.xml", model, LocalizeOptions(target_language="fr")).data
    assert model.texts[0] == sent
    assert data.decode() == android(expected)


def test_android_leaves_what_is_no_text(run, shout):
    text = (
        '<resources><string name="a" translatable="false">a</string><string name="b">@string/c</string>'
        '<string name="c">42</string><color name="d">red</color><string-array name="e" translatable="false">'
        '<item>x</item></string-array><item type="string" name="f">go</item><item type="id" name="g">no</item></resources>'
    )
    assert run(text, "strings.xml").data.decode() == text.replace(">go<", ">GO<")
    assert shout.texts == ["go"]


def test_android_plurals_without_the_forms_of_a_language_are_told(run):
    text = '<resources><plurals name="a"><item quantity="one">one</item><item quantity="other">%d</item></plurals></resources>'
    assert not run(text.replace("%d", "more"), "strings.xml").review
    result = run(text.replace("%d", "more"), "strings.xml", target_language="pl")
    assert [finding.text for finding in result.review] == ["more"]


def test_apple(run):
    text = '/* c = "d"; */\n"a" = "x \\"y\\"\\n";\nb=plain;\n"only";// end\n'
    done = run(text, "a.strings", lambda text: f'{text} "\\').data.decode()
    assert done == '/* c = "d"; */\n"a" = "x \\"y\\" \\"\\\\\\n";\nb="plain \\"\\\\";\n"only" = "only \\"\\\\";// end\n'


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("a=x", "é 😀 \\", "a=\\u00e9 \\ud83d\\ude00 \\\\"),
        ("# é\na = x", "é 😀", "# é\na = é 😀"),
        ("a = x {0}", "l'{0}", "a = l''{0}"),
        ("a = it''s {0}", "l'{0}", "a = l''{0}"),
        ("a = it's {0}", "l'{0}", "a = l'{0}"),
        ("a = it's", "l'x", "a = l'x"),
        ("a:x\\\n   y\nb x", "q", "a:q\nb q"),
        ("a\\ b\\==x\r\n!c\r\n", "q", "a\\ b\\==q\r\n!c\r\n"),
        ("a=\\ x", "q", "a=\\ q"),
        ("a x\\\\", "q", "a q"),
    ],
)
def test_properties(run, text, answer, expected):
    assert run(text, "a.properties", to(answer), target_language="fr").data.decode() == expected


def test_json_keeps_what_is_no_text(run, shout):
    text = '{"a" :1, "$x": "one", "b": ["two", {"c":"three"}], "@d": "four", "e": false,"a":"five"}'
    assert run(text, "a.json").data.decode() == (
        '{"a" :1, "$x": "ONE", "b": ["TWO", {"c":"THREE"}], "@d": "four", "e": false,"a":"FIVE"}'
    )


def test_json_in_ascii_stays_ascii(run):
    assert run('{"a": "\\u00e9", "b": "x"}', "a.json", to("ö")).data == b'{"a": "\\u00f6", "b": "\\u00f6"}'
    assert run('{"a": "x"}', "a.json", to("ö")).data.decode() == '{"a": "ö"}'


def test_json_whose_entries_are_described(run, shout):
    text = json.dumps({name: {"message": f"say {name}", "description": "for people"} for name in "ab"})
    assert json.loads(run(text, "messages.json").data)["b"] == {"message": "SAY B", "description": "for people"}
    assert shout.texts == ["say a", "say b"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"@@locale": "en", "a": "x", "@a": {"description": "d"}}', '{"@@locale": "zh_CN", "a": "X", "@a": {"description": "d"}}'),
        ('{"en": {"a": "x"}}', '{"zh-CN": {"a": "X"}}'),
        ('{"en-US": {"a": "x"}}', '{"zh-CN": {"a": "X"}}'),
        ('{"fr": {"a": "x"}}', '{"fr": {"a": "X"}}'),
        ('{"en": "x"}', '{"en": "X"}'),
        ('{"en": {"a": "x"}, "b": "y"}', '{"en": {"a": "X"}, "b": "Y"}'),
    ],
)  # fmt: skip
def test_the_language_that_a_file_names_changes(run, before, after):
    assert run(before, "a.arb", target_language="zh-CN").data.decode() == after


def test_the_language_of_rails(run):
    assert run("---\nen:\n  a: x\n", "en.yml").data == b"---\nde:\n  a: X\n"
    assert run('"en": {a: x}\n', "en.yml").data == b'"de": {a: X}\n'
    assert run("no:\n  a: x\n", "no.yml", source_language="no", target_language="no").data == b'"no":\n  a: X\n'


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a: x # note\n", "plain words"),
        ("a: x # note\n", "colon: inside"),
        ("a: x # note\n", "hash # inside"),
        ("a: x # note\n", "yes"),
        ("a: x # note\n", "12"),
        ("a: x # note\n", "- dash"),
        ("a: x # note\n", "null"),
        ("a: [x, 'y', \"z\"] # note\n", "one, two]"),
        ("a: x\n  y\n", "x: y"),
        ("a: 'x' # note\n", "it's"),
        ('a: "x" # note\n', 'say "hi" \\ \u2028 x'),
        ("a: |\n  x\n\n  y\n# note\n", "# no comment"),
        ("a: >-\n  x\n  y\n\n  z\n# note\n", "folded"),
        ("a: |2-\n   x\n# note\n", "indented"),
        ("a: |+\n  x\n\n\nb: 1\n", "kept"),
        ("? a\n: x\n", "word"),
        ("a: !!str 12 x\n", "word: 1"),
    ],
)
def test_yaml_is_read_back_and_comments_stay(run, text, answer):
    before = yaml.safe_load(text)
    done = run(text, "a.yml", to(answer)).data.decode()
    after = yaml.safe_load(done)

    def mapped(value):
        if isinstance(value, list):
            return [mapped(item) for item in value]
        if isinstance(value, str):
            end = value[len(value.rstrip("\n")) :]
            return "\n".join(answer if line.strip() else line for line in value.rstrip("\n").split("\n")) + end
        return value

    expected = {key: mapped(value) for key, value in before.items()}
    if text.startswith("a: |2"):
        expected["a"] = " " + answer
    assert after == expected
    assert ("# note" in done) == ("# note" in text)


def test_yaml_leaves_what_is_no_text(run, shout):
    text = "a: 1\nb: yes\nc: ~\nd: :symbol\ne: 2024-01-01\nf: !ruby x\ng: '%Y-%m-%d'\nh: \"12\"\ni: word\n"
    assert run(text, "a.yml").data.decode() == text.replace("word", "WORD")
    assert shout.texts == ["word"]


@pytest.mark.parametrize(
    ("name", "file", "earlier", "expected"),
    [
        ("a.json", '{"a": "x", "b": {"c": "y"}, "d": "z"}', '{"b": {"c": "ypsilon"}, "a": "x", "q": 1}',
         '{"a": "X", "b": {"c": "ypsilon"}, "d": "Z"}'),
        ("a.yml", "en:\n  a: x\n  b: 'y'\n", "de:\n  b: yp'silon\n", "de:\n  a: X\n  b: 'yp''silon'\n"),
        ("a.properties", "a=x\nb=y\n", "b=\\u00fc\n", "a=X\nb=\\u00fc\n"),
        ("a.strings", '"a" = "x";\n"b";\n', '"b" = "q\\"";', '"a" = "X";\n"b" = "q\\"";\n'),
        ("a.xml", '<resources><string name="a">x</string><plurals name="b"><item quantity="one">y</item></plurals></resources>',
         '<resources><plurals name="b"><item quantity="one">q &amp; <b>r</b></item></plurals></resources>',
         '<resources><string name="a">X</string><plurals name="b"><item quantity="one">q &amp; <b>r</b></item></plurals></resources>'),
    ],
)  # fmt: skip
def test_an_earlier_translation_is_kept(name, file, earlier, expected):
    options = LocalizeOptions(target_language="de", source_language="en")
    result = localize(file.encode(), name, Model(str.upper), options, earlier=earlier.encode())
    assert result.data.decode() == expected
    assert result.num_kept == 1
    assert result.num_texts == result.num_translated + 1


def test_an_earlier_translation_may_be_in_another_encoding():
    xml = '<?xml version="1.0" encoding="{}"?><resources><string name="a">{}</string></resources>'
    options = LocalizeOptions(target_language="de")
    data, earlier = (xml.format(name, text).encode(name) for name, text in (("latin-1", "caf\xe9"), ("utf-8", "中")))
    result = localize(data, "a.xml", Model(str.upper), options, earlier=earlier)
    assert result.num_kept == 1
    assert b"&#20013;" in result.data


def test_an_earlier_translation_that_cannot_be_written_is_made_anew():
    options = LocalizeOptions(target_language="de")
    result = localize(b'{"a": "x"}', "a.json", Model(str.upper), options, earlier=b'{"a": "\\ud83d"}')
    assert (result.num_kept, result.data) == (0, b'{"a": "X"}')


def test_formats_without_keys_keep_no_earlier_translation():
    for name in ("a.html", "a.srt", "a.po"):
        data = b'msgid "a"\nmsgstr ""' if name == "a.po" else b"1\n00:00:01,000 --> 00:00:02,000\nx\n"
        with pytest.raises(DataError, match="leave --update away"):
            localize(data, name, Model(str.upper), LocalizeOptions(target_language="de"), earlier=data)
