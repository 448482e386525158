"""HTML and Markdown: paragraphs are sent whole, and markup, code and addresses stay."""

from __future__ import annotations

import re

import pytest

from braid.data.localizing import LocalizeOptions, localize
from pretend import Model


@pytest.mark.parametrize(
    ("page", "sent", "expected"),
    [
        ("<p>one <b>two</b> three</p>", ["one <b>two</b> three"], "<p>ONE <b>TWO</b> THREE</p>"),
        ("<p>\n one\n two </p>", ["one two"], "<p>\n ONE TWO </p>"),
        ("<p><b>all</b></p>", ["all"], "<p><b>ALL</b></p>"),
        ("<p><img src=x> one <br> two</p>", ["one", "two"], "<p><img src=x> ONE <br> TWO</p>"),
        ("<p>see <img src=x> it</p>", ["see <img/> it"], "<p>SEE <img src=x> IT</p>"),
        ("<p>run <code>a <b>b</b></code> now</p>", ["run <code/> now"], "<p>RUN <code>a <b>b</b></code> NOW</p>"),
        ("<p>a <i translate=no>x<i>y</i></i> b</p>", ["a <i/> b"], "<p>A <i translate=no>x<i>y</i></i> B</p>"),
        ("<p>one<!-- c -->two</p>", ["one<keep/>two"], "<p>ONE<!-- c -->TWO</p>"),
        ("<!-- c --><p>one</p><!-- d -->", ["one"], "<!-- c --><p>ONE</p><!-- d -->"),
        ("<p>one <b>two</p>", ["one <b/>two"], "<p>ONE <b>TWO</p>"),
        ("<p>one</b> two</p>", ["one</b> two"], None),
        ("<ul><li>a word<li>an end</ul>", ["a word", "an end"], "<ul><li>A WORD<li>AN END</ul>"),
        ("<p>at&amp;t &lt;b&gt; &copy;</p>", ["at&t <b> ©"], "<p>AT&amp;T &lt;b&gt; ©</p>"),
        ("<p>AT&amp;T &copy;</p>", ["AT&T ©"], "<p>AT&amp;T &copy;</p>"),
        ("<pre>one\n  two</pre>", ["one", "two"], "<pre>ONE\n  TWO</pre>"),
        ("<script>one</script><style>two</style>", [], "<script>one</script><style>two</style>"),
        ("<a title=word href=x>go</a>", ["go", "word"], '<a title="WORD" href=x>GO</a>'),
        ("<p>a <img alt='x'> b <i title=y>c</i> <img alt='x'> d", ["a <img/> b <i>c</i> <img/> d", "x", "y"],
         "<p>A <img alt='X'> B <i title=\"Y\">C</i> <img alt='X'> D"),
        ("<img alt='a \"b\"'>", ['a "b"'], "<img alt='A &quot;B&quot;'>"),
        ("<div translate=no><img alt=x>one</div>", [], "<div translate=no><img alt=x>one</div>"),
        ('<meta name="Description" content="one"><meta name="x" content="y">', ["one"],
         '<meta name="Description" content="ONE"><meta name="x" content="y">'),
        ("<html lang=en><p lang=fr>x y", ["x y"], "<html lang=de><p lang=fr>X Y"),
    ],
)  # fmt: skip
def test_html(run, shout, page, sent, expected):
    done = run(page, "a.html").data.decode()
    if expected is not None:
        assert shout.texts == sent
        assert done == expected
    assert re.findall(r"</?\w+", done) == re.findall(r"</?\w+", page)


def test_a_translation_adds_no_markup(run):
    done = run("<p>harmless</p>", "a.html", lambda text: "<script>alert(1)</script>")
    assert b"<script>" not in done.data
    done = run("harmless\n", "a.md", lambda text: "[x](y) *z* `q` &amp; _a_ \\ # b")
    assert done.data == b"\\[x\\](y) \\*z\\* \\`q\\` &amp;amp; \\_a\\_ \\\\ # b\n"


@pytest.mark.parametrize("start", ["# x", "- x", "+ x", "> x", "1. x", "12) x", "=== ", "~~~"])
def test_a_translation_begins_no_block(run, start):
    done = run("harmless\n", "a.md", lambda text: start).data.decode().strip()
    assert done != start.strip()
    assert done.replace("\\", "") == start.strip()


@pytest.mark.parametrize(
    ("text", "sent", "expected"),
    [
        ("# head #\n", ["head"], "# HEAD #\n"),
        ("head\n====\ntext\n", ["head", "text"], "HEAD\n====\nTEXT\n"),
        ("one\ntwo\n\nthree\n", ["one two", "three"], "ONE TWO\n\nTHREE\n"),
        ("one  \ntwo\\\nthree\n", ["one", "two", "three"], "ONE  \nTWO\\\nTHREE\n"),
        ("- one\n> two\n", ["one", "two"], "- ONE\n> TWO\n"),
        ("> one\ntwo\n> three\n", ["one two three"], "> ONE TWO THREE\n"),
        ("> one\n>> two\n", ["one", "two"], "> ONE\n>> TWO\n"),
        ("1. one\n\n    > two\n\n    three\n", ["one", "two", "three"], "1. ONE\n\n    > TWO\n\n    THREE\n"),
        ("one\n\n    > two\n", ["one"], "ONE\n\n    > two\n"),
        ("---\n\n# one\n\ntwo\n\n---\n", ["one", "two"], "---\n\n# ONE\n\nTWO\n\n---\n"),
        ("---\n# one\ntwo\n---\n", ["one", "two"], "---\n# ONE\nTWO\n---\n"),
        ("---\n# a\nkey: b\n---\n\none\n", ["one"], "---\n# a\nkey: b\n---\n\nONE\n"),
        ("*   one\n\n        a b\n\n    two\n", ["one", "two"], "*   ONE\n\n        a b\n\n    TWO\n"),
        ("- one\n\n      a b\n\n    two\n", ["one", "two"], "- ONE\n\n      a b\n\n    TWO\n"),
        ("one<br/>two\n", ["one<br/>two"], "ONE<br/>TWO\n"),
        ("一：*（二）*、三\n", ["一：<i>（二）</i>、三"], "一：*（二）*、三\n"),
        ("一。**二。**三\n", ["一。**二。**三"], "一。**二。**三\n"),
        ("- one\n  two\n* three\n\n      code? no\n", None, None),
        ("1. one\n   - two\n\n     more\n", ["one", "two", "more"], "1. ONE\n   - TWO\n\n     MORE\n"),
        ("- [ ] one\n- [x] two\n", ["one", "two"], "- [ ] ONE\n- [x] TWO\n"),
        ("> one\n> two\n>\n> - three\n", ["one two", "three"], "> ONE TWO\n>\n> - THREE\n"),
        ("text\n\n    code\n\nmore\n", ["text", "more"], "TEXT\n\n    code\n\nMORE\n"),
        ("```py\ncode\n``\n```\nmore\n", ["more"], "```py\ncode\n``\n```\nMORE\n"),
        ("~~~\ncode", [], "~~~\ncode"),
        ("$$\nx\n$$\n", [], "$$\nx\n$$\n"),
        ("---\na: b\n---\nx y\n", ["x y"], "---\na: b\n---\nX Y\n"),
        ("+++\na = 'b'\n+++\nx y\n", ["x y"], "+++\na = 'b'\n+++\nX Y\n"),
        ("x y\n\n---\n\n***\n", ["x y"], "X Y\n\n---\n\n***\n"),
        ("a **b** _c_ ~~d~~ ***e***", ["a <b>b</b> <i>c</i> <s>d</s> <bi>e</bi>"], "A **B** _C_ ~~D~~ ***E***"),
        ("2 * 3 * 4 a_b_c x** y", ["2 * 3 * 4 a_b_c x** y"], "2 * 3 * 4 A_B_C X\\*\\* Y"),
        ("see [a b](http://x/y_(z) \"t\") now", ["see <a>a b</a> now"], "SEE [A B](http://x/y_(z) \"t\") NOW"),
        ("[a](u) and [b](v)", ["<a1>a</a1> and <a2>b</a2>"], "[A](u) AND [B](v)"),
        ("[![alt](i)](u) text", ["<a><img>alt</img></a> text"], "[![ALT](i)](u) TEXT"),
        ("[a][b] [b] [c]\n\n[B]: u", ["<a>a</a> <a>b</a> [c]"], "[A][b] [B][b] \\[C\\]\n\n[B]: u"),
        ("run `a *b*` and ``c ` d`` ok", ["run <code1/> and <code2/> ok"], "RUN `a *b*` AND ``c ` d`` OK"),
        ("lone ` tick", ["lone ` tick"], "LONE \\` TICK"),
        ("at https://a.b/c_d or <http://e.f> :smile: x[^1]", None, None),
        ("a <b>c</b> <br> &lt; &amp;", ["a <b>c</b> <br/> < &"], "A <b>C</b> <br> < &"),
        ("| a | b c |\n|---|:-:|\n| `x|y` d | |\n\ntext\n", None, "| A | B C |\n|---|:-:|\n| `x|y` D | |\n\nTEXT\n"),
        ("a | b\n--|--\nc | d\\|e\n", ["a", "b", "c", "d|e"], "A | B\n--|--\nC | D\\|E\n"),
        ("> | a | b |\n> |---|---|\n> | c | d |\n", ["a", "b", "c", "d"], "> | A | B |\n> |---|---|\n> | C | D |\n"),
        (":::note Title\nsome text\n:::\n", ["some text"], ":::note Title\nSOME TEXT\n:::\n"),
        ("!!! note\n    some text\n", ["some text"], "!!! note\n    SOME TEXT\n"),
        ("> [!NOTE]\n> some text\n", ["some text"], "> [!NOTE]\n> SOME TEXT\n"),
        ("{% include x %}\ntext\n{{< y >}}\n", ["text"], "{% include x %}\nTEXT\n{{< y >}}\n"),
        ("term\n: what it is\n", ["term", "what it is"], "TERM\n: WHAT IT IS\n"),
        ("name: ____ **a** ****b", ["name: ____ <b>a</b> ****b"], None),
        ("# a {#b}\n", ["a"], "# A {#b}\n"),
        ("灯\n灯 b\nc\n", ["灯灯 b c"], "灯灯 B C\n"),
        ("a **b *c", ["a **b *c"], "A \\*\\*B \\*C"),
        ("[^n]: a note\n", ["a note"], "[^n]: A NOTE\n"),
        ("<div>\n<p>one</p>\n</div>\n\ntwo\n", ["one", "two"], "<div>\n<p>ONE</p>\n</div>\n\nTWO\n"),
        ("<!-- a\n\nb -->\nx y\n", ["x y"], "<!-- a\n\nb -->\nX Y\n"),
        ("\\*a\\* b", ["*a* b"], "\\*A\\* B"),
        ("x y\r\nz\r\n\r\n# q\r\n", ["x y z", "q"], "X Y Z\r\n\r\n# Q\r\n"),
    ],
)  # fmt: skip
def test_markdown(run, shout, text, sent, expected):
    done = run(text, "a.md").data.decode()
    if sent is not None:
        assert shout.texts == sent
    if expected is not None:
        assert done == expected


def test_addresses_and_notes_of_markdown_stay(run):
    done = run("at https://a.b/c_d or <http://e.f> :smile: x[^1]", "a.md").data.decode()
    assert done == "AT https://a.b/c_d OR <http://e.f> :smile: X[^1]"


def test_code_in_a_list_stays(run):
    text = "- one\n\n  two\n\n          code\n\nend\n\n    code\n"
    assert run(text, "a.md").data.decode() == text.replace("one", "ONE").replace("two", "TWO").replace("end", "END")


def test_a_lost_link_is_put_back():
    model = Model(lambda text: re.sub("<[^<>]*>", "", text).upper())
    result = localize(b"see [a b](u) now", "a.md", model, LocalizeOptions(target_language="de"))
    assert result.data == b"SEE [A B](u) NOW"
    assert len(result.review) == 1


def test_an_end_without_a_beginning_takes_no_line_breaks():
    from braid.data.formats.html import html_parts

    page = "</pre><p>x</p><textarea>a\n  b</textarea>"
    assert repr("a\n  b")[1:-1] in str(list(html_parts(page)))
