from __future__ import annotations

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from braid.errors import DataError

HEADER = 'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
CATALOG = """# A translator's remark
#. extracted
#: ui.c:12
#| msgid "Turn on the lights"
msgctxt "menu"
msgid "Turn on "
"the light\\n"
msgstr "打开"
"灯\\n"
#, c-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d 个文件"
msgstr[1] "%d 个文件们"
#, fuzzy, c-format
msgid "Off"
msgstr "开"

msgid "New"
msgstr ""
#~ msgid "Old \\"one\\""
#~ msgstr "旧"
#~ msgid "Older"
#~ msgstr "更旧"
"""


def test_messages_plurals_fuzzy_obsolete_and_untranslated(write, read):
    def row(source: str, target: str, line: int, key: str = "") -> Example:
        return Example(source=source, target=target, file="a.po", line=line + 5, key=key)

    rows = read(write("a.po", HEADER + CATALOG))
    assert rows == [
        row("Turn on the light\n", "打开灯\n", 5, "menu"),
        row("%d file", "%d 个文件", 11),
        row("%d files", "%d 个文件们", 11),
        Reject(example=row("Off", "开", 16), rule="fuzzy", detail="marked fuzzy in the catalog"),
        row("New", "", 19),
        Reject(example=row('Old "one"', "旧", 21), rule="obsolete", detail="marked obsolete in the catalog"),
        Reject(example=row("Older", "更旧", 23), rule="obsolete", detail="marked obsolete in the catalog"),
    ]


def test_the_header_names_the_charset(write, read, tmp_path):
    text = (HEADER + 'msgid "light"\nmsgstr "灯"\n').replace("UTF-8", "GB18030")
    file = write("a.po", text.encode("gb18030"))
    assert read(file)[0].target == "灯"
    facts = inspect_file(file, folder=tmp_path)
    assert (facts.encoding, facts.languages, facts.rows) == ("gb18030", ("zh_CN",), (("light", "灯"),))


@pytest.mark.parametrize("charset", ["NONSENSE", "zlib", "utf-7", "undefined", "unicode_escape"])
def test_a_charset_that_does_not_exist_is_an_error(charset, write, read):
    with pytest.raises(DataError, match=f'must be one that Python knows, got "{charset}"'):
        read(write("a.po", HEADER.replace("UTF-8", charset) + CATALOG))


def test_a_template_and_a_catalog_without_header_are_read(write, read):
    assert read(write("a.pot", HEADER.replace("UTF-8", "CHARSET") + 'msgid "a"\nmsgstr ""\n'))[0].source == "a"
    assert read(write("c.po", HEADER.replace("UTF-8", "UTF-16") + 'msgid "a"\nmsgstr "灯"\n'))[0].target == "灯"
    assert read(write("b.po", '\n\nmsgid "a"\nmsgstr "b"'))[0].line == 3


def test_escapes(write, read):
    file = write("a.po", r'msgid "\t\\n \"q\" \a\x41\102 \q\8"' + '\nmsgstr "b"\n')
    assert read(file)[0].source == '\t\\n "q" \aAB \\q\\8'


def test_a_catalog_into_the_source_language_is_read_the_other_way_round(write, read):
    rows = read(write("a.po", HEADER + 'msgid "light"\nmsgstr "灯"\n'), source="zh", target="en")
    assert [(row.source, row.target) for row in rows] == [("灯", "light")]


def test_another_language_is_an_error(write, read):
    with pytest.raises(DataError, match=r'into "de" .* got "Language: zh_CN" in its header \(a.po, line 1\)'):
        read(write("a.po", HEADER + CATALOG), target="de")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('msgid "a"\nmsgstr "unclosed\n', r"got 'msgstr \"unclosed' \(a.po, line 2\)"),
        ('msgid "a"\nmsgstr "b"c"\n', r"line 2\)"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', r"in this order, got msgid after msgid \(a.po, line 2\)"),
        ('msgstr "b"\n', r"got msgstr first \(a.po, line 1\)"),
        ('"text"\n', r"got a string first \(a.po, line 1\)"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c"\n', r"msgid must be followed by a msgstr, got the end .*line 4\)"),
        ("Dear all,\n", r"a PO line must be a comment, .* got 'Dear all,' \(a.po, line 1\)"),
    ],
)
def test_broken_syntax_is_an_error_with_its_line(text, message, write, read):
    with pytest.raises(DataError, match=message):
        read(write("a.po", text))


HEADERS = [
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-2\\n"\n',
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=ISO-8859-2\\n"\n',
    'msgid ""\nmsgstr "Language: zh\\nContent-Type: text/plain; charset=ISO-8859-2\\n"\n',
    'msgid ""\nmsgstr "Content-Type: text/plain; " "charset=ISO-8859-2\\n"\n',
    '# charset=utf-8\n\nmsgid "" ""\nmsgstr ""\n"Content-Type: text/plain; "\n"charset=ISO-8859-2\\n"\n',
]


@pytest.mark.parametrize("header", HEADERS)
def test_the_charset_is_found_however_the_header_is_broken_into_strings(header, write, read):
    write("a.po", f'{header}\nmsgid "x"\nmsgstr "Zażółć gęślą jaźń"\n'.encode("iso8859-2"))
    assert [row.target for row in read("a.po")] == ["Zażółć gęślą jaźń"]
    write("b.po", f'{header}\nmsgid "x"\nmsgstr "y"\n'.replace("ISO-8859-2", "KLINGON"))
    with pytest.raises(DataError, match='one that Python knows, got "KLINGON"'):
        read("b.po")


def test_a_charset_in_a_message_declares_nothing(write, read):
    write("a.po", 'msgid "Content-Type: x; charset=KLINGON"\nmsgstr "ż"\n')
    assert read("a.po")[0].target == "ż"


def test_several_strings_on_a_line_and_a_domain(write, read):
    write("a.po", 'domain "x"\nmsgid "a" "b"\nmsgstr"c"  "d\\"" "e"\ndomain "y"\nmsgid "f"\nmsgstr "g"\n')
    assert [(row.source, row.target, row.line) for row in read("a.po")] == [("ab", 'cd"e', 2), ("f", "g", 5)]


@pytest.mark.parametrize("line", ['msgid "a" b', 'msgid "a""', "domain", 'domain "a', 'msgid a "b"'])
def test_what_is_no_string_is_refused(line, write, read):
    with pytest.raises(DataError, match="a PO line must be"):
        read(write("a.po", f'{line}\nmsgstr "b"\n'))
