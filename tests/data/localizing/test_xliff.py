"""XLIFF: targets are filled in, the rest of the file stays."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import re

import pytest

from braid.data.formats import ReadOptions
from braid.data.formats.xliff import read_xliff
from braid.data.localizing import LocalizeOptions, localize
from braid.data.localizing.source import SourceFile
from braid.errors import DataError
from pretend import Model, shouted

TARGET = re.compile(rb"\s*<target[^>]*?(?:/>|>.*?</target>)", re.DOTALL)


def first(body, attributes='source-language="en"'):
    return f'<?xml version="1.0"?>\n<xliff version="1.2">\n <file {attributes} original="x"><body>\n{body}\n </body></file>\n</xliff>\n'


def second(body, attributes='srcLang="en" trgLang="de"'):
    return f'<xliff version="2.0" {attributes}><file id="f"><unit id="1">{body}</unit></file></xliff>'


REVIEW = 'state="needs-review-translation"'


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("<source>a</source>", f"<source>a</source><target {REVIEW}>A</target>"),
        ("\n   <source>a</source>\n  ", f"\n   <source>a</source>\n   <target {REVIEW}>A</target>\n  "),
        ("<source>a</source><target/>", f"<source>a</source><target {REVIEW}>A</target>"),
        ("<source>a</source><target  xml:lang='de' ></target >", f"<source>a</source><target  xml:lang='de' {REVIEW} >A</target>"),
        ("<source>a</source><target state='new'>x</target>", "<source>a</source><target state='needs-review-translation'>A</target>"),
        ("<source>a &amp; &lt;b></source>", f"<source>a &amp; &lt;b></source><target {REVIEW}>A &amp; &lt;b&gt;</target>"),
        ("<source><![CDATA[a < b]]></source>", f"<source><![CDATA[a < b]]></source><target {REVIEW}>A &lt; B</target>"),
        ("<source> a <x id='1'/></source>", f"<source> a <x id='1'/></source><target {REVIEW}> A <x id='1'/></target>"),
        ("<source>a<!-- c -->b</source>", f"<source>a<!-- c -->b</source><target {REVIEW}>A<!-- c -->B</target>"),
        (
            '<source>go <bpt id="1">&lt;b></bpt>on<ept id="1">&lt;/b></ept> <ph id="2">{0}<sub>x</sub></ph></source>',
            '<source>go <bpt id="1">&lt;b></bpt>on<ept id="1">&lt;/b></ept> <ph id="2">{0}<sub>x</sub></ph></source>'
            f'<target {REVIEW}>GO <bpt id="1">&lt;b></bpt>ON<ept id="1">&lt;/b></ept> <ph id="2">{{0}}<sub>x</sub></ph></target>',
        ),
        (
            '<source>keep <mrk mtype="protected">Brand Name</mrk> so</source>',
            '<source>keep <mrk mtype="protected">Brand Name</mrk> so</source>'
            f'<target {REVIEW}>KEEP <mrk mtype="protected">Brand Name</mrk> SO</target>',
        ),
        (
            '<source>A. B.</source><seg-source><mrk mtype="seg" mid="1">a</mrk> <mrk mid="2" mtype="seg">b <g id="1">c</g></mrk></seg-source><note>n</note>',
            '<source>A. B.</source><seg-source><mrk mtype="seg" mid="1">a</mrk> <mrk mid="2" mtype="seg">b <g id="1">c</g></mrk></seg-source>'
            f'<target {REVIEW}><mrk mtype="seg" mid="1">A</mrk> <mrk mid="2" mtype="seg">B <g id="1">C</g></mrk></target><note>n</note>',
        ),
        (
            "<source>a</source><alt-trans><source>a</source><target>z</target></alt-trans>",
            f"<source>a</source><target {REVIEW}>A</target><alt-trans><source>a</source><target>z</target></alt-trans>",
        ),
        ("<source>  </source>", "<source>  </source>"),
        ("<source>a</source><target>b</target>", "<source>a</source><target>b</target>"),
    ],
)  # fmt: skip
def test_units_of_version_1(run, unit, expected):
    before = first(f'<trans-unit id="1">{unit}</trans-unit>', 'source-language="en" target-language="de"')
    assert run(before, "a.xlf").data.decode() == before.replace(unit, expected)


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (
            "<segment><source>a</source></segment>",
            '<segment state="translated" subState="braid:machine"><source>a</source><target>A</target></segment>',
        ),
        (
            '<segment id="s" state="initial" subState="x:y"><source>a</source><target>z</target></segment>',
            '<segment id="s" state="translated" subState="braid:machine"><source>a</source><target>A</target></segment>',
        ),
        (
            '<originalData><data id="d">%s</data></originalData><segment><source>a <ph id="1" dataRef="d"/></source></segment>'
            "<ignorable><source> </source></ignorable>",
            '<originalData><data id="d">%s</data></originalData><segment state="translated" subState="braid:machine">'
            '<source>a <ph id="1" dataRef="d"/></source><target>A <ph id="1" dataRef="d"/></target></segment>'
            "<ignorable><source> </source></ignorable>",
        ),
        ('<segment state="final"><source>a</source><target>b</target></segment>',) * 2,
    ],
)
def test_segments_of_version_2(run, segment, expected):
    assert run(second(segment), "a.xliff").data.decode() == second(expected)


def test_a_segment_whose_codes_were_lost_says_so(run):
    result = run(second('<segment><source>a <ph id="1"/> b</source></segment>'), "a.xlf", lambda text: text[:1].upper())
    assert (
        b'subState="braid:needs-review"><source>a <ph id="1"/> b</source><target>A <ph id="1"/> B</target>'
        in result.data
    )
    assert len(result.review) == 1


def test_the_target_language_is_declared(run):
    unit = "<trans-unit id='1'><source>a</source></trans-unit>"
    assert b'<file source-language="en" original="x" target-language="de">' in run(first(unit), "a.xlf").data
    assert (
        b'<xliff version="2.0" srcLang="en" trgLang="de">'
        in run(second("<segment><source>a</source></segment>", 'srcLang="en"'), "a.xlf").data
    )


def test_what_is_not_to_be_translated_stays(run):
    body = (
        '<trans-unit id="1" translate="no"><source>a</source></trans-unit>'
        '<group translate="no"><trans-unit id="2"><source>b</source></trans-unit>'
        '<trans-unit id="3" translate="yes"><source>c</source></trans-unit></group>'
    )
    result = run(first(body), "a.xlf")
    assert result.num_texts == 1
    assert result.data.count(b"<target") == 1


def test_states_and_approval(run):
    body = (
        '<trans-unit id="1" approved="yes"><source>a</source><target state="final" state-qualifier="exact-match">x</target></trans-unit>'
        '<trans-unit id="2"><source>b</source><target state="needs-review-translation">y</target></trans-unit>'
    )
    assert run(first(body), "a.xlf").num_kept == 2
    redone = run(first(body), "a.xlf", redo_unreviewed=True)
    assert (redone.num_kept, redone.num_translated) == (1, 1)
    done = run(first(body), "a.xlf", overwrite=True, marks_review=False).data.decode()
    assert '<trans-unit id="1" approved="no">' in done
    assert '<target state="translated" state-qualifier="mt-suggestion">A</target>' in done


def test_prefixes_of_namespaces_are_kept(run):
    text = (
        '<x:xliff version="1.2" xmlns:x="urn:oasis:names:tc:xliff:document:1.2"><x:file source-language="en"><x:body>'
        "<x:trans-unit id='1'><x:source>a</x:source></x:trans-unit></x:body></x:file></x:xliff>"
    )
    assert f"</x:source><x:target {REVIEW}>A</x:target>" in run(text, "a.xlf").data.decode()


def test_other_languages_are_refused_or_told(run):
    with pytest.raises(DataError, match='"en" to "de", got "en" to "fr"'):
        run(
            first("<trans-unit id='1'><source>a</source></trans-unit>", 'source-language="en" target-language="fr"'),
            "a.xlf",
        )
    unit = "<file source-language='en' target-language='{}'><trans-unit id='1'><source>a</source></trans-unit></file>"
    result = run(f'<xliff version="1.2">{unit.format("de-AT")}{unit.format("fr")}</xliff>', "a.xlf")
    assert (result.num_translated, result.left[0].reason) == (1, "declared as en to fr")
    assert "target-language='fr'><trans-unit id='1'><source>a</source></trans-unit>" in result.data.decode()


@pytest.mark.parametrize("language", ["de", "fr", "zh-Hans"])
def test_real_files(shared_data, language):
    """Without its targets a real file gets them all and is otherwise the same; those that are there already stay."""
    name = f"Build.Strings.{language}.xlf"
    data = (shared_data / "formats" / "xliff_msbuild" / name).read_bytes()
    options = ReadOptions(source_language="en", target_language=language)
    known = {}
    for row in read_xliff(SourceFile(data, name).stream(), options):
        example = getattr(row, "example", row)
        known[example.source] = example.target
    settings = LocalizeOptions(source_language="en", target_language=language, overwrite=True)
    model = Model(lambda text: text)
    model_of_lines = {a: b for s, t in known.items() if s.count("\n") == t.count("\n")
                      for a, b in zip(map(str.strip, s.split("\n")), map(str.strip, t.split("\n")), strict=True)}  # fmt: skip
    model.answer = lambda text: model_of_lines.get(text, text)
    again = localize(data, name, model, settings)
    assert again.num_translated == 621
    same = sum(a == b for a, b in zip(data.split(b"<trans-unit"), again.data.split(b"<trans-unit"), strict=True))
    assert same > 600
    bare = TARGET.sub(b"", data)
    full = localize(bare, name, Model(shouted), LocalizeOptions(source_language="en", target_language=language))
    assert full.num_translated == 621
    assert not full.review
    assert not full.left
    assert TARGET.sub(b"", full.data) == bare
    read = list(read_xliff(SourceFile(full.data, name).stream(), options))
    assert len(read) == 621
    examples = [getattr(row, "example", row) for row in read]  # rejects: a person has to look at them first
    assert all(row.target == shouted(row.source) for row in examples)
