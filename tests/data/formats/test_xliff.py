# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from braid.errors import DataError


def version_1(body: str, languages: str = 'source-language="en" target-language="zh-Hans"') -> str:
    namespace = "urn:oasis:names:tc:xliff:document:1.2"
    return f'<xliff xmlns="{namespace}" version="1.2">\n<file {languages}><body>\n{body}\n</body></file></xliff>'


def version_2(body: str, languages: str = 'srcLang="en" trgLang="zh"') -> str:
    namespace = "urn:oasis:names:tc:xliff:document:2.0"
    return f'<xliff xmlns="{namespace}" version="2.0" {languages}>\n<file id="f">\n{body}\n</file></xliff>'


def pairs(rows):
    return [(row.source, row.target) for row in rows]


def test_states_of_version_1(write, read):
    body = "\n".join(
        f'<group><trans-unit id="{n}"><source>s{n}</source>{target}<note/></trans-unit></group>'
        for n, target in enumerate(
            [
                '<target state="translated">t</target>',
                '<target state="new">s1</target>',
                '<target state="needs-translation"/>',
                "<target>t</target>",
                "",
                '<alt-trans><source>other</source><target state="new">u</target></alt-trans>',
            ]
        )
    )
    rows = read(write("a.xlf", version_1(body)))
    assert [row.rule if isinstance(row, Reject) else row.target for row in rows] == [
        "t",
        "untranslated",
        "untranslated",
        "t",
        "",
        "",
    ]
    assert rows[0] == Example(source="s0", target="t", file="a.xlf", line=3, key="0")
    assert rows[1].detail == 'state="new"'
    assert rows[1].example.line == 4


def test_segments_of_version_2(write, read):
    body = """<unit id="u"><notes><note>n</note></notes>
<segment id="1" state="final"><source>One. </source><target>一。</target></segment>
<ignorable><source> </source></ignorable>
<segment id="2" state="initial"><source>Two.</source><target>Two.</target></segment>
<segment><source>Three.</source></segment>
</unit>
<group id="g"><unit id="v"><segment><source>Four</source><target>四</target></segment></unit></group>"""
    rows = read(write("a.xliff", version_2(body)))
    examples = [row.example if isinstance(row, Reject) else row for row in rows]
    assert [(row.source, row.target, row.line, row.key) for row in examples] == [
        ("One. ", "一。", 4, "u/1"),
        ("Two.", "Two.", 6, "u/2"),
        ("Three.", "", 7, "u/3"),
        ("Four", "四", 9, "v"),
    ]
    assert [row.rule for row in rows if isinstance(row, Reject)] == ["untranslated"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('Open <g id="1" ctype="bold">file</g> <x id="NAME" equiv-text="{{n}}"/>', "Open <g>file</g> {x:NAME}"),
        ('<ph id="1">{0}</ph><bx id="2"/>a<ex id="2"/> <mrk mtype="term">b</mrk>', "{0}<bx>a</bx> <mrk>b</mrk>"),
        ('<bx id="2"/>a<bx id="3"/>b<ex id="2"/>c<ex id="3"/>', "<bx>a{bx:3}b</bx>c{ex:3}"),
        ('<bpt id="1">&lt;b></bpt>a<ept id="1">&lt;/b></ept> <it id="3">\\rtf</it>', "<b>a</b> {it:3}"),
        ('<bpt id="1">{0}</bpt>a<ept id="1">%s</ept><it id="3">&lt;/b></it>', "{0}a%s</b>"),
        ('a <ph id="1">%s</ph> <ph id="2">%s</ph> <x id="3"/> <x id="3" ctype="lb"/>', "a %s %s {x:3} {x:3-2}"),
        ('a <mrk mtype="protected" mid="7">Brand</mrk> <x id="a b"/>', "a {mrk:7} {x}"),
        ('<g id="1">a <g id="2">b</g></g><g id="3"/> <c/>', "<g1>a <g2>b</g2></g1>{g:3} <c/>"),
    ],
)
def test_inline_elements_of_version_1(source, text, write, read):
    body = f'<trans-unit id="1"><source>{source}</source><target>{source}.</target></trans-unit>'
    assert pairs(read(write("a.xlf", version_1(body)))) == [(text, text + ".")]


def test_inline_elements_of_version_2(write, read):
    body = """<unit id="u"><originalData><data id="d1">{0}</data><data id="b">&lt;b></data><data id="e">&lt;/b></data>
</originalData><segment>
<source>In <ph id="1" dataRef="d1"/> <pc id="2" dataRefStart="b" dataRefEnd="e">all <mrk id="m">of</mrk></pc></source>
<target><pc id="2" dataRefStart="b">全</pc><ph id="4"/><sc id="5" dataRef="b"/><ec startRef="5"/><cp hex="001A"/>
</target></segment></unit>"""
    found = [("In {0} <b>all of</b>", "<b>全</b>{ph:4}<b2></b2>{cp}\n")]
    assert pairs(read(write("a.xlf", version_2(body)))) == found


@pytest.mark.parametrize(
    ("source", "target", "texts"),
    [
        # What is moved keeps its number.
        ('<g id="1">a</g> <g id="2">b</g>.', '<g id="2">B</g> <g id="1">A</g>.', ("<g1>a</g1> <g2>b</g2>.", "<g2>B</g2> <g1>A</g1>.")),
        ('<g id="1" c="x">a</g> <g id="2">b</g>.', '<g id="2" c="y">B</g> <g id="1">A</g>.', ("<g1>a</g1> <g2>b</g2>.", "<g2>B</g2> <g1>A</g1>.")),
        ('<g id="1">a</g> b', 'B <g id="9">A</g>', ("<g>a</g> b", "B <g>A</g>")),
        ('<g id="1">a</g> <g id="2">b</g>.', '<g id="8">A</g> <g id="9">B</g>.', ("<g1>a</g1> <g2>b</g2>.", "<g1>A</g1> <g2>B</g2>.")),
        ('<g id="1">a</g> <g id="2">b</g>.', 'A <g id="2">B</g>.', ("<g1>a</g1> <g2>b</g2>.", "A <g2>B</g2>.")),
        ('<g id="1">a</g> b', '<g id="1">A</g> <g id="2">B</g> C', ("<g>a</g> b", "<g>A</g> <g2>B</g2> C")),
        ('<x id="1"/> a <x id="2"/>', '<x id="2"/> A <x id="1"/>', ("{x:1} a {x:2}", "{x:2} A {x:1}")),
        # What only one side has goes where the words say the same without it.
        ('a <g id="1">b</g>', "A B", ("a b", "A B")),
        ('a <bpt id="1">{\\b </bpt>b<ept id="1">}</ept><it id="2">\\i</it>', "A B", ("a b", "A B")),
        ("a b", 'A <mrk mtype="term">B</mrk>', ("a b", "A B")),
        ('a <mrk mtype="term">b</mrk> <g id="1">c</g>', 'A B <g id="1">C</g>', ("a b <g>c</g>", "A B <g>C</g>")),
        ('<g id="1"><g id="2">a</g> b</g>', '<g id="2">A</g> B', ("<g2>a</g2> b", "<g2>A</g2> B")),
        ('<g id="1">a</g>', '<g id="1">A</g>', ("<g>a</g>", "<g>A</g>")),
        ('a <mrk mtype="protected">Foo</mrk> b', 'A Foo B', ("a Foo b", "A Foo B")),
        # Values stay, for a row that lacks one is to be rejected.
        ('a <x id="1"/>', "A", ("a {x:1}", "A")),
        ("a", 'A <ph id="1">%s</ph>', ("a", "A %s")),
        ('<g id="1">a</g> b', "", ("<g>a</g> b", "")),
    ],
)  # fmt: skip
def test_tags_of_both_sides_are_named_alike(source, target, texts, write, read):
    body = f'<trans-unit id="1"><source>{source}</source><target>{target}</target></trans-unit>'
    assert pairs(read(write("a.xlf", version_1(body)))) == [texts]
    body = f'<trans-unit id="1"><source>{target}</source><target>{source}</target></trans-unit>'
    rows = read(write("b.xlf", version_1(body, 'source-language="zh" target-language="en"')))
    assert pairs(rows) == [texts]


def test_a_target_language_that_is_not_declared_is_taken_from_the_options(write, read):
    body = "<trans-unit id='1'><source>a</source><target>b</target></trans-unit>"
    file = write("a.xlf", version_1(body, 'source-language="en"'))
    assert pairs(read(file, target="fr")) == [("a", "b")]
    with pytest.raises(DataError, match=r'in both "de" and "fr", got languages "en" \(a.xlf\)'):
        read(file, source="de", target="fr")


@pytest.mark.parametrize("build", [version_1, version_2])
def test_the_other_direction_and_other_languages(build, write, read):
    unit = "<source>a</source><target>b</target>"
    body = (
        f'<trans-unit id="1">{unit}</trans-unit>' if build is version_1 else f"<unit><segment>{unit}</segment></unit>"
    )
    file = write("a.xlf", build(body))
    assert pairs(read(file, source="zh", target="en-US")) == [("b", "a")]
    with pytest.raises(DataError, match=r'in both "en" and "fr", got languages "en", "zh'):
        read(file, target="fr")


def test_parts_in_other_languages_are_rejects(write, read):
    part = '<file source-language="en" target-language="{}"><trans-unit><source>a</source></trans-unit></file>'
    rows = read(write("a.xlf", f"<xliff>{part.format('zh')}{part.format('de')}</xliff>"))
    assert isinstance(rows[0], Example)
    assert (rows[1].rule, rows[1].detail) == ("language", "declared as en to de")


def test_prefixed_names(write, read):
    text = """<x:xliff xmlns:x="urn:oasis:names:tc:xliff:document:1.2"><x:file source-language="en"><x:body>
<x:trans-unit id="1"><x:source>a</x:source><x:target>b</x:target></x:trans-unit></x:body></x:file></x:xliff>"""
    assert pairs(read(write("a.xlf", text))) == [("a", "b")]


def test_broken_files(write, read):
    with pytest.raises(DataError, match="outermost element must be <xliff>, got <html>"):
        read(write("a.xlf", "<html></html>"))
    with pytest.raises(DataError, match=r"breaks off \(b.xlf, line 4\)"):
        read(write("b.xlf", version_1("<trans-unit id='1'><source>a\n")[:-23]))


MARKED = """<trans-unit id="u"{attributes}><source>One. Two. Three.</source>
<seg-source><g id="1"><mrk mtype="seg" mid="0">One.</mrk> <mrk mtype="seg" mid="1">Two <x id="2"/>.</mrk></g>
<mrk mtype="seg" mid="2">Three.</mrk></seg-source>
<target{state}><g id="1"><mrk mtype="seg" mid="0">一。</mrk>
<mrk mtype="seg" mid="1">二{{x:2}}。</mrk></g></target>{more}
<alt-trans><target><mrk mtype="seg" mid="2">not taken</mrk></target></alt-trans></trans-unit>"""


def marked(attributes="", state="", more=""):
    return version_1(MARKED.format(attributes=attributes, state=state, more=more))


def test_segments_of_version_1(write, read):
    rows = read(write("a.sdlxliff", marked()))
    assert [(row.source, row.target, row.line, row.key) for row in rows] == [
        ("One.", "一。", 4, "u/0"),
        ("Two {x:2}.", "二{x:2}。", 4, "u/1"),
        ("Three.", "", 5, "u/2"),
    ]


def test_a_target_without_segments_is_taken_whole(write, read):
    text = """<trans-unit id="u"><source>One. Two.</source>
<seg-source><mrk mtype="seg" mid="0">One.</mrk> <mrk mtype="seg" mid="1">Two.</mrk></seg-source>
<target>一。<mrk mtype="protected">二</mrk>。</target></trans-unit>"""
    (row,) = read(write("a.xlf", version_1(text)))
    assert (row.source, row.target, row.key) == ("One. Two.", "一。二。", "u")
    (row,) = read(
        write("a.xlf", version_1(text.replace("<target>", "<note>no target</note><!--").replace("</target>", "-->")))
    )
    assert (row.source, row.target) == ("One. Two.", "")


def test_states_of_segments_as_trados_keeps_them(write, read):
    states = '<s:seg-defs><s:seg id="0" conf="Translated"/><s:seg id="1" conf="Draft"/></s:seg-defs>'
    rows = read(write("a.sdlxliff", marked(more=states)))
    assert [getattr(row, "rule", "") for row in rows] == ["", "fuzzy", ""]
    assert rows[1].detail == 'conf="Draft"'


@pytest.mark.parametrize(
    ("unit", "target", "rule"),
    [
        ("", ' state="final"', ""),
        ("", ' state="needs-adaptation"', ""),
        ("", ' state="needs-l10n"', "untranslated"),
        ("", ' state="needs-review-translation"', "fuzzy"),
        ("", ' state="needs-review-l10n"', "fuzzy"),
        (' approved="no"', "", ""),
        (' approved="yes"', ' state="new"', "untranslated"),
        ("", ' state-qualifier="exact-match"', ""),
        ("", ' state-qualifier="leveraged-mt"', "fuzzy"),
        (' approved="no"', ' state-qualifier="fuzzy-match"', "fuzzy"),
        (' approved="yes"', ' state-qualifier="leveraged-mt"', ""),
        ("", ' state="translated" state-qualifier="mt-suggestion"', ""),
        (' translate="no"', "", "untranslatable"),
        (' translate="yes"', "", ""),
    ],
)
def test_what_a_unit_says_about_itself(unit, target, rule, write, read):
    body = f'<trans-unit id="1"{unit}><source>a</source><target{target}>b</target></trans-unit>'
    (row,) = read(write("a.xlf", version_1(body)))
    assert getattr(row, "rule", "") == rule
    if rule:
        assert row.detail.strip() in f"{unit} {target}"


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.2"])
def test_version_2_in_its_editions(version, write, read):
    unit = "<unit id='{}' {}><segment id='s'><source>a</source><target>b</target></segment>{}</unit>"
    yes = unit.format(3, "translate='yes'", "")
    matches = "<mtc:matches><mtc:match ref='#s'><source>a</source><target>not taken</target></mtc:match></mtc:matches>"
    text = (
        version_2(
            unit.format(1, "", matches)
            + f"<group id='g' translate='no'>{unit.format(2, '', '')}{yes}</group>"
            + "<unit id='4'><segment><source>a</source><target order='2'>c</target></segment>"
            "<segment state='translated'><source>d</source>"
            "<target order='1'><sm id='m'/>e<em startRef='m'/></target></segment></unit>"
        )
        .replace('version="2.0"', f'version="{version}"')
        .replace("document:2.0", f"document:{version}")
    )
    rows = read(write("a.xlf", text))
    examples = [row.example if isinstance(row, Reject) else row for row in rows]
    assert pairs(examples) == [("a", "b"), ("a", "b"), ("a", "b"), ("a", "c"), ("d", "e")]
    assert [getattr(row, "rule", "") for row in rows] == ["", "untranslatable", "", "", ""]


def test_languages_of_single_texts(write, read):
    unit = '<trans-unit id="1"><source xml:lang="en-US">a</source><target xml:lang="{}">b</target></trans-unit>'
    body = unit.format("zh-CN") + unit.format("de")
    rows = read(write("a.xlf", version_1(body, 'source-language="x-none"')))
    assert pairs(rows[:1]) == [("a", "b")]
    assert (rows[1].rule, rows[1].detail) == ("language", "declared as en-US to de")


def test_facts(write, tmp_path):
    body = "<unit><segment><source>a</source><target>b</target></segment></unit>"
    facts = inspect_file(write("a.xlf", version_2(body)), folder=tmp_path)
    assert (facts.languages, facts.rows) == (("en", "zh"), (("a", "b"),))
