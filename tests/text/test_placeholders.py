"""What is a placeholder, and what is wrong with a translation's."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.formats import ReadOptions, read_files
from braid.text.normalize import normalize
from braid.text.placeholders import _PATTERN, differ, find_placeholders, pairs_of_tags, placeholders


def found_in(text):
    return [one.text for one in find_placeholders(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%ss and %dMB, %.2f of %02d", ["%s", "%d", "%.2f", "%02d"]),
        ("%(count)d %(x).2f %1$s %2$@ %lld %5.1f", ["%(count)d", "%(x).2f", "%1$s", "%2$@", "%lld", "%5.1f"]),
        ("共%d个，%s。", ["%d", "%s"]),
        ("%I64d of %qu, %jd %td, %1!s! and %2!02d!", ["%I64d", "%qu", "%jd", "%td", "%1!s!", "%2!02d!"]),
        (
            "{{{html}}} {x[0]!r:>10} {user[name].id} {0:.2f}",
            ["{{{html}}}", "{x[0]!r:>10}", "{user[name].id}", "{0:.2f}"],
        ),
        (
            "<%= name %> and <%- x -%>, [[count]] [[ user.name ]]",
            ["<%= name %>", "<%- x -%>", "[[count]]", "[[ user.name ]]"],
        ),
        ("@:common.ok @:(a.b) is", ["@:common.ok", "@:(a.b)"]),
        ("{name} {0} {} {{ x }} ${x} %{name}", ["{name}", "{0}", "{}", "{{ x }}", "${x}", "%{name}"]),
        ("#{id} %({0}) is", ["{id}", "{0}"]),
        ("{n, number} {d, date, long} {x:.2f} {x!r}", ["{n, number}", "{d, date, long}", "{x:.2f}", "{x!r}"]),
        ("%username% $t(common.ok)", ["%username%", "$t(common.ok)"]),
        ("%1 of %L2, %n items; 共%1个", ["%1", "%L2", "%n", "%1"]),
        ('<g id="1">a</g> <x id="2"/> <br /> <0>b</0>', ['<g id="1">', "</g>", '<x id="2"/>', "<br />", "<0>", "</0>"]),
        ("Hello :name, :count items; 你好:name。", [":name", ":count", ":name"]),
        ("&lt;b&gt; &#8226; &copy; &#x2022;", ["&lt;", "&gt;", "&#8226;", "&copy;", "&#x2022;"]),
        ("see https://a.org/x_(y)?z=1. (http://b.org/)", ["https://a.org/x_(y)?z=1", "http://b.org/"]),
        ("https://{host}:80/", ["{host}"]),
        ("写信给me@x.org。", ["me@x.org"]),
        ("in /usr/share/doc. ~/.x ~/a/b C:\\Users\\me", ["/usr/share/doc", "~/a/b", "C:\\Users\\me"]),
        ("run --dry-run or --x", ["--dry-run", "--x"]),
        ("one\\nTwo\\t", ["\\n", "\\t"]),
        ("{n, plural, one {# file} other {{name}}}", ["{name}"]),
    ],
)
def test_placeholders_are_found(text, expected):
    assert found_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "100% sure, 50%discount, CPU %free, 5 %, %% %",
        "see [1] and [2], [[Main Page|the first page]], a@: b, 5%q, @: x, 10% !s!",
        "a < b > c, x<y, <selector, name> <3",
        "Terms &amp; Conditions&nbsp;&hellip; AT&T &File",
        "12:30:45, ratio 3:name, a::b, std::vector, :-) :D :smile: key: value, f(x):name, [:port]",
        "and/or, km/h, 1/2, n/a, 24/7",
        "- -- --- a--b --X",
        '{# files}, {a|b}, { "a": 1 }, {\n}',
        "C:\\ \\\\n \\nabla \\text",
        "$100 $t #1 %(x) is",
    ],
)
def test_other_texts_have_none(text):
    assert found_in(text) == []


def test_strict_ones_are_counted():
    counts = placeholders("{ n } of {n}, <b>%s</b> http://x.org :name %1 &copy;")
    assert counts == {"{n}": 2, "<b>": 1, "</b>": 1, "%s": 1}


@pytest.mark.parametrize(
    ("source", "target", "detail"),
    [
        ("{a} b", "b {a}", ""),
        ("{ a }", "{a}", ""),
        ("{a} %s", "{b} %s", "only in the source: {a}; only in the target: {b}"),
        ("{a} {a}", "{a}", "only in the source: {a}"),
        ("a", "a <b>", "only in the target: <b>"),
        ("<b>a</b> <i>b</i>", "<b>a <i>b</b></i>", "tags cross in the target: </i>"),
        ("use <path> or <b>", "nimm <Pfad> oder <b>", ""),
        ("<b>a", "a", "only in the source: <b>"),
        ("<link1>a</link1> <menu>b</menu>", "a b", "only in the source: </link1> </menu> <link1> <menu>"),
        ("<b>a</b>", "</b>a<b>", "tags cross in the target: </b>"),
        ("<b>a <i>b</b></i>", "<b>a <i>b</b></i>", ""),
        ("a<br>b", "a<br>b", ""),
        ("&File", "文件", ""),
        ("File", "&Datei", ""),
        ("Hi :name", "Hallo :name", ""),
        ("Hi :name", "Hallo", "only in the source: :name"),
        ("Mode", "模式:auto", ""),
        ("%1 off", "off", "only in the source: %1"),
        ("50% off", "%5 off", ""),
        ("see http://a.org/en", "siehe http://a.org/de", ""),
        ("{n, plural, one {# file} other {# files}}", "{n, plural, other {# 个文件}}", ""),
        (
            "{n, plural, one {a {x}} other {{x} b}}",
            "{n, plural, one {a} few {b} other {c}}",
            "only in the source: {x}",
        ),
        ("{n, plural, one {a} other {b}}", "a", "only in the source: {n,plural}"),
        (
            "{n, select, a {x} other {y}}",
            "{n, plural, one {x} other {y}}",
            "only in the source: {n,select}; only in the target: {n,plural}",
        ),
    ],
)
def test_what_differs(source, target, detail):
    assert differ(source, target) == detail


@given(st.text(alphabet=st.sampled_from("<>/abi={}%s1$:&;n, \\-@.")))
def test_they_stand_in_order_where_they_say(text):
    end = 0
    for one in find_placeholders(text):
        assert end <= one.start < one.end
        assert text[one.start : one.end] == one.text
        end = one.end
    assert differ(text, text) == ""


def test_pairs_of_tags():
    text = "<a><b></b><br/><br></a></c><c>"
    assert pairs_of_tags(text, find_placeholders(text)) == [(0, 5), (1, 2)]


ENDLESS = [
    "[[",
    "{a[",
    "{a:",
    "<%",
    "%1!",
    "@:(",
    "@:a.",
    "{{{",
    "{",
    "{{",
    "%(",
    "<a",
    "%1$",
    "{a",
    "<",
    "${",
    "<a b",
    "<a =",
    "%0",
    "a",
    "1",
    ":a",
    "::",
    "/a",
    "a/",
    "~",
    "-",
]
ENDLESS += [
    "--a",
    "&",
    "&a",
    "&#1",
    "http://",
    "http://.",
    "a@",
    "a@a.",
    "\\",
    "C:\\",
    "{a, plural,",
    "{a, plural, x {",
    "}",
    "'{",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_linear_time(text):
    long_text = text * (100_000 // len(text))
    begun = time.process_time()
    placeholders(long_text)
    placeholders(long_text + "}" * len(long_text))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(("name", "most"), [("ui_catalogs/en-de.tsv.gz", 3), ("ui_catalogs/en-zh.tsv.gz", 1)])
def test_few_false_alarms_on_real_data(shared_data, name, most):
    """The rows of these catalogs have equal placeholders: what is reported is wrong, but for signs set apart."""
    options = ReadOptions(source_language="en", target_language=name[13:15])
    rows = list(read_files([name], options, folder=shared_data / "translation"))
    assert sum(bool(differ(normalize(row.source), normalize(row.target))) for row in rows) <= most


PIECES = "< > </b> <b> { {x} $ ${a} % %s %n %1 : :name & &copy; ~/ /usr/bin -- --all - a b 1 \\n \\ . = é 中"


@given(st.lists(st.sampled_from(PIECES.split())))
def test_a_search_at_signs_finds_what_a_search_everywhere_finds(pieces):
    text = "".join(pieces)
    assert [one.text for one in find_placeholders(text)] == [match[0] for match in _PATTERN.finditer(text)]
    spaced = " ".join(pieces)
    assert [one.text for one in find_placeholders(spaced)] == [match[0] for match in _PATTERN.finditer(spaced)]
