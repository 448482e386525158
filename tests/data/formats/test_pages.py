"""Pages with their translations, and pages as texts."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import gzip
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import alignment, inspect_file, read_files
from braid.data.formats.alignment import Unit, align
from braid.data.kinds import KINDS
from braid.errors import DataError

MARKDOWN = """---
title: {name}
---

# {title} {{#top}}

{first}
{second}

- {one}
- {two}

  * {three}

1. {four}

> {quote}

| {head} | {cell} |
|------|:----:|
| `x` | {number} |

```sh
ls --all
```

{sub}
---
{last}
"""
HTML = """<!DOCTYPE html><html><head><title>{name}</title><style>p {{}}</style></head><body>
<h1 id="top">{title}</h1><p>{first}<br>{second}</p>
<ul><li>{one}</li><li>{two}<ul><li>{three}</li></ul></li></ul><ol><li>{four}</li></ol>
<blockquote>{quote}</blockquote>
<table><tr><th>{head}<th>{cell}<tr><td>x<td>{number}</table>
<pre>ls --all</pre>
<h2>{sub}</h2><div>{last}</div></body></html>"""
ENGLISH = {
    "name": "Lamps", "title": "The lamp", "first": "A lamp gives light.", "second": "It has a switch.",
    "one": "On with the red button", "two": "Off", "three": "Half of the light", "four": "Plug it in",
    "quote": "Let there be light", "head": "Part", "cell": "Price", "number": "12 euros", "sub": "Care",
    "last": "Wipe it **gently**.",
}  # fmt: skip
CHINESE = {
    "name": "灯具", "title": "灯", "first": "灯能照明。", "second": "它有一个开关。", "one": "用红色按钮打开",
    "two": "关", "three": "一半的亮度", "four": "插上电源", "quote": "要有光", "head": "部件", "cell": "价格",
    "number": "12 欧元", "sub": "保养", "last": "请**轻轻**擦拭。",
}  # fmt: skip

BOLD = ("Wipe it <b>gently</b>.", "请<b>轻轻</b>擦拭。")
"""What the marks of Markdown in the last of them are."""


@pytest.fixture(params=["html", "md"])
def page(request):
    return request.param, HTML if request.param == "html" else MARKDOWN


def pairs(rows):
    return [(row.source, row.target) for row in rows if isinstance(row, Example)]


def rejects(rows):
    return [(row.rule, row.example.source, row.example.target) for row in rows if isinstance(row, Reject)]


def test_pages_of_one_structure(page, write, read, tmp_path):
    ending, text = page
    write(f"en/lamp.{ending}", text.format(**ENGLISH))
    write(f"zh/lamp.{ending}.gz", gzip.compress(text.format(**CHINESE).encode()))
    files = f"en/lamp.{ending},zh/lamp.{ending}.gz"
    rows = read(files)
    wanted = [(ENGLISH[key], CHINESE[key]) for key in ENGLISH]
    if ending == "md":  # a line that is not broken on purpose goes on
        first, second = wanted[2:4]
        wanted = [wanted[1], (f"{first[0]} {second[0]}", first[1] + second[1]), *wanted[4:-1], BOLD]
    found = [pair for pair in pairs(rows) if pair[0] != "x"]
    assert found == wanted
    assert {row.file for row in rows if isinstance(row, Example)} == {files}
    code = [source for rule, source, _ in rejects(rows) if rule == "code"]
    assert [text.splitlines()[0] for text in code] == (["ls --all"] if ending == "html" else ["---", "```sh"])
    assert next(row.key for row in rows if isinstance(row, Example) and row.source == "The lamp") == "top"
    lines = text.format(**ENGLISH).split("\n")
    for row in rows:
        example = row if isinstance(row, Example) else row.example
        assert example.source.split("\n")[0].split("<b>")[0][:12].strip() in lines[example.line - 1]
    facts = inspect_file(files, folder=tmp_path)
    assert (facts.format, facts.languages) == ({"md": "markdown"}.get(ending, ending), ("en", "zh"))


def test_pages_that_differ(page, write, read):
    ending, text = page
    shorter = (
        text.replace("{first}", "").replace("{second}", "").replace("- {two}\n", "").replace("<li>{two}<ul>", "<ul>")
    )
    extra = "<p>{extra}</p><h2>" if ending == "html" else "{extra}\n\n{sub}"
    longer = text.replace("<h2>" if ending == "html" else "{sub}", extra)
    write(f"a.{ending}", longer.format(**ENGLISH, extra="This whole paragraph stands here alone, and it is long."))
    write(f"b.{ending}", shorter.format(**CHINESE))
    rows = read(f"a.{ending},b.{ending}")
    right = {(ENGLISH[key], CHINESE[key]) for key in ENGLISH} | {("x", "x"), BOLD}
    assert set(pairs(rows)) <= right
    assert len(pairs(rows)) >= 9
    alone = {source or target for rule, source, target in rejects(rows) if rule == "unaligned"}
    assert "This whole paragraph stands here alone, and it is long." in alone
    assert any("A lamp gives light." in text for text in alone)


def test_tags_and_attributes_of_pages(write, read):
    page = """<title>{title}</title><meta name=description content="{about}"><p>{a} <a href="{code}/x">{b}</a> <code>x()</code>
<img src=i alt="{c}"> {d}<p translate=no>{e}</p><p><b>{e}</b><input placeholder='{d}'>"""
    english = {
        "title": "The lamp",
        "about": "All of it",
        "a": "See",
        "b": "this",
        "c": "A lamp",
        "d": "now",
        "e": "Red",
    }
    chinese = {"title": "灯", "about": "全部", "a": "请看", "b": "这个", "c": "一盏灯", "d": "现在", "e": "红"}
    write("a.html", page.format(**english, code="en"))
    write("b.html", page.format(**chinese, code="zh"))
    rows = read("a.html,b.html")
    assert pairs(rows) == [
        ("The lamp", "灯"), ("All of it", "全部"),
        ("See <a>this</a> <code/> <img/> now", "请看 <a>这个</a> <code/> <img/> 现在"), ("A lamp", "一盏灯"),
        ("<b>Red</b>", "<b>红</b>"), ("now", "现在"),
    ]  # fmt: skip
    assert [row.line for row in rows] == [1, 1, 1, 2, 2, 2]
    write("c.html", page.format(**english, code="en") + "<p>more<script>x")
    assert rejects(read("a.html,c.html"))[-1] == ("html", "<script>", "")
    write("a.md", "See [this](en/x) and `x()`.\n\n<p title='one'>**two**</p>\n")
    write("b.md", "请看[这个](zh/x)和`x()`。\n\n<p title='一'>**二**</p>\n")
    assert pairs(read("a.md,b.md")) == [
        ("See <a>this</a> and <code/>.", "请看<a>这个</a>和<code/>。"), ("one", "一"), ("**two**", "**二**"),
    ]  # fmt: skip


def test_pages_of_two_kinds_are_refused(write, read):
    write("a.md", "a")
    write("b.html", "<p>a")
    with pytest.raises(DataError, match="must be of one kind"):
        read("a.md,b.html")
    with pytest.raises(DataError, match=r"name must end in one of") as caught:
        read("a.md")
    assert "the files of both languages are written as one entry: a,b" in caught.value.hint


def unit(text, kind="p", anchor=""):
    return Unit(text=text, kind=kind, line=1, anchor=anchor)


def test_a_paragraph_that_was_parted():
    source = [
        unit("Start", "h1"),
        unit("a" * 200),
        unit("b" * 100 + " " + "c" * 150),
        unit("d" * 90),
        unit("x" * 30, "li"),
    ]
    target = [
        unit("Anfang", "h1"),
        unit("A" * 210),
        unit("B" * 104),
        unit("C" * 155),
        unit("D" * 95),
        unit("X" * 31, "li"),
    ]
    found = [
        ([one.text[0] for one in first], [one.text[0] for one in second]) for first, second in align(source, target)
    ]
    assert found == [(["S"], ["A"]), (["a"], ["A"]), (["b"], ["B", "C"]), (["d"], ["D"]), (["x"], ["X"])]


def test_attributes_belong_to_attributes():
    source = [unit("Start", "h1"), unit("a lamp", "@alt"), unit("Text of it"), unit("more", "@title")]
    target = [unit("Anfang", "h1"), unit("Text davon"), unit("mehr", "@title")]
    found = [(f[0].text, s[0].text) for f, s in align(source, target) if f and s]
    assert found == [("Start", "Anfang"), ("Text of it", "Text davon"), ("more", "mehr")]


def test_anchors_lead_where_levels_do_not():
    source = [
        unit("One", "h2", "one"),
        unit("aaaa"),
        unit("Extra", "h3", "extra"),
        unit("Two", "h2", "two"),
        unit("bbbb"),
    ]
    target = [unit("Eins", "h2", "one"), unit("AAAA"), unit("Zwei", "h2", "two"), unit("BBBB")]
    found = [(first[0].text, second[0].text) for first, second in align(source, target) if first and second]
    assert found == [("One", "Eins"), ("aaaa", "AAAA"), ("Two", "Zwei"), ("bbbb", "BBBB")]
    numbered = [unit("x", "p", "p1"), unit("y" * 50, "p", "p2"), unit("12", "li")]
    moved = [unit("Y" * 50, "p", "p1"), unit("12", "li", "p2")]
    assert [(f[0].text, s[0].text) for f, s in align(numbered, moved) if f and s] == [
        ("y" * 50, "Y" * 50),
        ("12", "12"),
    ]


def test_every_block_is_in_one_pair():
    chance = random.Random(5)
    for _ in range(100):
        sides = [
            [
                unit("x" * chance.randrange(1, 90), chance.choice(["p", "li", "h2", "code"]))
                for _ in range(chance.randrange(12))
            ]
            for _ in range(2)
        ]
        found = align(*sides)
        assert [[one for pair in found for one in pair[place]] for place in (0, 1)] == sides
        assert all(first or second for first, second in found)


def test_long_pages_take_bounded_time(monkeypatch):
    begun = time.perf_counter()
    source = [unit(f"text {number}") for number in range(400)]
    found = align(source, source[:200] + source[220:])
    assert sum(bool(first and second and first[0] is second[0]) for first, second in found) >= 375
    monkeypatch.setattr(alignment, "MAX_CELLS", 1000)
    endless = [unit("a")] * 5000
    assert not any(first and second for first, second in align(endless, endless[1:]))
    assert time.perf_counter() - begun < 60


def _mutated(rows, chance, rate):
    """Two pages of the rows, parts of which the one or the other lacks, and which blocks belong together."""
    source, target, wanted = [], [], set()
    for place, (first, second) in enumerate(rows):
        kind = "h2" if place % 12 == 0 else "li" if chance.random() < 0.3 else "p"
        case = chance.random() if kind != "h2" else 1.0
        source += [Unit(text=first, kind=kind, line=place)] if case >= rate or case < rate / 2 else []
        target += [Unit(text=second, kind=kind, line=place)] if case >= rate / 2 else []
        wanted |= {place} if case >= rate else set()
    return source, target, wanted


@pytest.mark.parametrize("name", ["debian_ddtp/en-de", "debian_ddtp/en-fr", "debian_ddtp/en-zh_CN"])
def test_real_texts_are_found_again(name, shared_data: Path):
    """One block in ten is missing on either side."""
    with gzip.open(shared_data / "translation" / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [tuple(line.split("\t")[:2]) for line in file][:2000]
    chance = random.Random(3)
    found = right = wanted = 0
    for begin in range(0, 1200, 40):
        source, target, places = _mutated(rows[begin : begin + 40], chance, 0.1)
        both = [(first, second) for first, second in align(source, target) if first and second]
        found += len(both)
        right += sum(len(f) == len(s) == 1 and f[0].line == s[0].line for f, s in both)
        wanted += len(places)
    assert right / found > 0.97
    assert right / wanted > 0.97


@pytest.mark.parametrize("name", ["page.html", "page.htm.gz"])
def test_html_as_a_text(name, write, tmp_path):
    content = HTML.format(**ENGLISH).encode()
    write(name, gzip.compress(content) if name.endswith("gz") else content)
    (row,) = read_files([name], KINDS["generate"].options(DataConfig()), folder=tmp_path)
    assert isinstance(row, Example)
    assert row.target.startswith("Lamps\n\nThe lamp\n\nA lamp gives light.\nIt has a switch.\n\nOn with")
    assert "<" not in row.target
    assert (row.group, row.line) == (name, 1)


def test_what_an_unclosed_script_hides_is_said(write, tmp_path):
    write("a.html", "<p>seen</p><script>hidden")
    rows = list(read_files(["a.html"], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    assert [getattr(row, "target", getattr(row, "rule", "")) for row in rows] == ["seen", "html"]
    write("b.html", "<p> </p>")
    with pytest.raises(DataError, match="no text on the page"):
        list(read_files(["b.html"], KINDS["generate"].options(DataConfig()), folder=tmp_path))


def pdf(*pages: str) -> bytes:
    """A PDF with a line of ASCII on each page."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    font = 3 + 2 * len(pages)
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {4 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    content, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    content += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return (content + f"startxref\n{content.index('xref')}\n%%EOF\n").encode()


def test_pdf_as_a_text(write, tmp_path):
    pytest.importorskip("pypdf")
    write("a.pdf", pdf("The lamp is red.", "", "It gives light."))
    write("b.pdf.gz", gzip.compress(pdf("One page")))
    rows = list(read_files(["a.pdf", "b.pdf.gz"], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    assert [row.target for row in rows if isinstance(row, Example)] == [
        "The lamp is red.\n\nIt gives light.",
        "One page",
    ]
    assert [(row.rule, row.example.line) for row in rows if isinstance(row, Reject)] == [("pdf", 2)]
    write("c.pdf", b"%PDF-1.4 nothing")
    with pytest.raises(DataError, match=r"must be a PDF.*c.pdf"):
        list(read_files(["c.pdf"], KINDS["generate"].options(DataConfig()), folder=tmp_path))


PIECES = {
    "md": [
        *"\\\n\ra灯", "# a", "---", "===", "```", "~~~~", "- ", "* b", "1. ", "> ", "| a | b |", "|--|", "{#x}", "\n\n",
        "    ",
    ],
    "html": [
        *"<a\n灯", "<p>", "</p>", "<h1 id=a>", "</h1>", "<li>", "<td>", "<pre>", "<!--", "-->", "<br>", "&#0;",
        "&#xD800;", "<script>", "<![",
    ],
}  # fmt: skip


def check_pieces(ending, first, second, write, read):
    write(f"a.{ending}", first)
    write(f"b.{ending}", second)
    try:
        rows = read(f"a.{ending},b.{ending}")
    except DataError as error:
        assert f".{ending}" in str(error)
    else:
        for row in rows:
            example = row if isinstance(row, Example) else row.example
            assert example.line > 0
            assert example.source or example.target


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("ending", list(PIECES))
def test_any_pieces_are_read_or_refused(ending, data, write, read):
    texts = [data.draw(st.lists(st.sampled_from(PIECES[ending]), max_size=14).map("".join)) for _ in range(2)]
    check_pieces(ending, *texts, write, read)


@pytest.mark.slow
@settings(deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("ending", list(PIECES))
def test_anything_is_read_or_refused(ending, data, write, read):
    texts = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES[ending]), max_size=60).map("".join))
    check_pieces(ending, data.draw(texts), data.draw(texts), write, read)


@pytest.mark.parametrize("sign", ["#", "-", "`", "|", ">", "\\", "*", " ", "= ", "{#", "\t", "- ", "|-", "- | "])
def test_repeated_signs_take_linear_time(sign, write, read):
    size = 10**5 if sign == "|-" else 10**6  # each of these is a cell
    write("a.md", f"x{sign * size}\n\n{sign * size}\n{sign * size}x\n")
    write("b.md", "other")
    begun = time.process_time()
    read("a.md,b.md")
    assert time.process_time() - begun < 4
