"""What is trained on is what the same file asks a model for, tags and all; and what comes back is put back exactly."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import gzip
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.formats import ReadOptions
from braid.data.formats.android import read_android
from braid.data.formats.keyed import read_keyed
from braid.data.formats.pages import html_units, markdown_units, read_pages
from braid.data.formats.properties import read_properties
from braid.data.formats.tags import shown
from braid.data.formats.tmx import read_tmx
from braid.data.formats.xliff import read_xliff
from braid.data.localizing import WRITTEN_FORMATS, LocalizeOptions, format_name, localize
from braid.data.localizing.source import SourceFile
from braid.data.prepare import prepare_data
from braid.errors import DataError
from braid.text.placeholders import find_placeholders
from braid.text.protected import protect
from pretend import Model

OPTIONS = ReadOptions(source_language="en", target_language="de")
PAIRED = {
    "xml": lambda one, two: read_keyed(one, two, read_android),
    "properties": lambda one, two: read_keyed(one, two, read_properties),
    "html": lambda one, two: read_pages(one, two, html_units),
    "md": lambda one, two: read_pages(one, two, markdown_units),
}
WHOLE = {"xlf": read_xliff, "tmx": read_tmx}


def trained(data, name, language="de"):
    """The sources that a file gives for training; of a format with one language a file, beside itself."""
    ending = name.rpartition(".")[2]
    streams = [SourceFile(data, name).stream() for _ in range(2)]
    if ending in PAIRED:
        rows = list(PAIRED[ending](*streams))
        assert all(row.source == row.target for row in rows if isinstance(row, Example))
        return [row.source for row in rows if isinstance(row, Example)]
    rows = WHOLE[ending](streams[0], ReadOptions(source_language="en", target_language=language))
    return [getattr(row, "example", row).source for row in rows]


def asked(data, name, language="de"):
    """The texts of a file that are to be translated, as they are shown to a model."""
    options = LocalizeOptions(source_language="en", target_language=language, overwrite=True)
    draft = WRITTEN_FORMATS[format_name(name)].draft(data, name, options)
    return [shown(text) for unit in draft.units for text in unit.texts]


def xliff_1(text):
    unit = f"<trans-unit id='1'><source>{text}</source><target>{text}</target></trans-unit>"
    return f'<xliff version="1.2"><file source-language="en" target-language="de"><body>{unit}</body></file></xliff>'


def xliff_2(text):
    data = '<originalData><data id="d">%s</data><data id="b">&lt;b></data><data id="r">{\\b </data></originalData>'
    unit = f"<unit id='1'>{data}<segment><source>{text}</source><target>{text}</target></segment></unit>"
    return f'<xliff version="2.0" srcLang="en" trgLang="de"><file id="f">{unit}</file></xliff>'


def memory(text):
    variants = "".join(f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>' for code in ("en", "de"))
    return f'<tmx version="1.4"><header/><body><tu>{variants}</tu></body></tmx>'


def android(text):
    return f"<resources xmlns:xliff='u'><string name='a'>{text}</string></resources>"


FILES = [
    ("a.xlf", xliff_1('Click <g id="1">here</g> to <x id="2"/> go <bx id="3"/>bold<ex id="3"/>'),
     ["Click <g>here</g> to {x:2} go <bx>bold</bx>"]),
    ("a.xlf", xliff_1('A <bpt id="1">&lt;b&gt;</bpt>b<ept id="1">&lt;/b&gt;</ept> <ph id="3">{0}</ph> <it id="4">\\b </it>x'),
     ["A <b>b</b> {0} {it:4}x"]),
    ("a.xlf", xliff_1('Press <mrk mtype="term">Enter</mrk> on <mrk translate="no" mid="k">Foo</mrk>'),
     ["Press <mrk>Enter</mrk> on {mrk:k}"]),
    ("a.xlf", xliff_1('<x:g xmlns:x="u" id="1">a</x:g><![CDATA[ < ]]>&amp;<g id="2"></g><g id=\'3\'>b</g>'),
     ["<g1>a</g1> < &{g:2}<g2>b</g2>"]),
    ("a.xlf", xliff_2('Go <pc id="1" dataRefStart="b">on</pc><cp hex="001A"/> <ph id="2" dataRef="d"/> <sc id="3" dataRef="r"/>x<ec startRef="3"/>'),
     ["Go <b>on</b>{cp} %s <sc>x</sc>"]),
    ("a.xlf", xliff_2('<pc id="1">a</pc> <sm id="4"/>b<em startRef="4"/> <pc id="2">c</pc>'),
     ["<pc1>a</pc1> <sm>b</sm> <pc2>c</pc2>"]),
    ("a.tmx", memory('<bpt i="1">{\\b </bpt>a<ept i="1">}</ept> <hi>b</hi> <ph x="1">&lt;br/></ph><ut>\\c</ut>'),
     ["<bpt>a</bpt> <hi>b</hi> <br/>{ut}"]),
    ("strings.xml", android('Hello <b>big</b> <xliff:g id="n">%1$d</xliff:g> <xliff:g id="app">Lamp</xliff:g> <a href="x">it\\\'s</a><br/>'),
     ["Hello <b>big</b> %1$d {g:app} <a>it's</a><br/>"]),
    ("strings.xml", android(' "a  b" <i>c</i>\n  d \\n <![CDATA[<u>]]> '), ["a  b <i>c</i> d \n <u>"]),
    ("strings.xml", android("@string/b"), []),
    ("a.properties", "a = it''s {0}\nb=it''s\nc=don't {0}\n", ["it's {0}", "it''s", "don't {0}"]),
    ("a.html", '<title>T</title><p>a <b>b</b> <a href="u" title="c">d</a><br>e<!-- f --> g <code>h</code> i<p translate=no>j</p>'
     '<ul><li>k<ul><li>l</ul></ul><img alt="m"><textarea placeholder=n>o</textarea>',
     ["T", "a <b>b</b> <a>d</a>", "c", "e<keep/> g <code/> i", "k", "l", "m", "n", "o"]),
    ("a.md", "# A *b* #\n\nc [d](u) `e`\nf\n\n- g\n  1. h\n\n| i | j |\n|---|---|\n| **k** | |\n\nl\n===\n\n<p title='m'>n</p>\n\n    code\n",
     ["A <i>b</i>", "c <a>d</a> <code/> f", "g", "h", "i", "j", "<b>k</b>", "l", "n", "m"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "texts"), FILES)
def test_training_shows_what_is_asked(name, text, texts):
    data = text.encode()
    if name == "a.md":
        assert sorted(trained(data, name)) == sorted(texts) == sorted(asked(data, name))
    else:
        assert trained(data, name) == texts == asked(data, name)
    for shown_text in texts:  # every tag is a token
        tags = re.findall(r"</?[a-z]+\d?/?>|\{[a-z]+:\w+\}", shown_text)
        found = [one.text for one in find_placeholders(shown_text)]
        assert not tags or set(tags) <= set(found) | {"<u>"}
        assert protect(shown_text).restore() == shown_text


@pytest.mark.parametrize(
    ("name", "language"),
    [("xliff_msbuild/Build.Strings.de.xlf", "de"), ("xliff_msbuild/Build.Strings.zh-Hans.xlf", "zh-Hans"), ("tmx_omegat/omegat.en-de.tmx.gz", "de")],
)  # fmt: skip
def test_real_files_show_what_is_asked(name, language, shared_data):
    data = (shared_data / "formats" / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    plain = name.removesuffix(".gz")
    found = trained(data, plain, language)
    assert len(found) > 600
    assert [text for text in found if text.strip()] == asked(data, plain, language)


PIECES = {
    "xlf": ['<g id="1">', "</g>", '<g id="2">', '<x id="1"/>', '<bx id="3"/>', '<ex id="3"/>', '<ph id="4">%s</ph>', "a", " b", "&lt;",
            '<bpt id="5">&lt;i></bpt>', '<ept id="5"/>', '<mrk mtype="term">', "</mrk>", "<g id='1' />", '<it id="6"><sub>c</sub></it>'],
    "xml": ["<b>", "</b>", "<xliff:g id='x'>n</xliff:g>", "a", "  b", "\\n", "\\'", "<i/>", '<a href="x">', "</a>", "\n", "%d", "&amp;"],
    "html": ["<p>", "</p>", "<b>", "</b>", "<a title=x>", "</a>", "a", " b ", "<br>", "<img alt=y>", "<code>", "</code>", "&amp;", "<li>", "<!--c-->",
             "<h1 id=q>", "</h1>", "\n", "<i translate=no>", "</i>", "<td>"],
    "md": ["# ", "a", " b", "*", "**", "`", "[", "](u)", "\n", "\n\n", "- ", "1. ", "> ", "| ", "|-|\n", "<b>", "</b>", "<p>", "    ", "===", "---",
           "\\", "  \n", "{#x}", "~~~"],
}  # fmt: skip
WRAP = {"xlf": xliff_1, "xml": android, "html": str, "md": str}


@pytest.mark.parametrize("ending", list(PIECES))
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_any_text_is_shown_alike(ending, data):
    """Of files that are not broken; what is broken both refuse."""
    pieces = data.draw(st.lists(st.sampled_from(PIECES[ending]), max_size=14))
    text = WRAP[ending]("".join(pieces)).encode() or b"\n"
    try:
        found = [one for one in trained(text, f"a.{ending}") if one.strip()]
    except DataError:
        with pytest.raises(DataError):
            asked(text, f"a.{ending}")
    else:
        assert sorted(found) == sorted(one for one in asked(text, f"a.{ending}") if one.strip())


@pytest.mark.parametrize("build", [xliff_1, xliff_2, memory])
def test_what_is_moved_is_written_back_exactly(build):
    first, second = '<g id="1" ctype="x">a</g>', "<g\tid='2'>b</g >"
    text = build(f"{first} and {second}").replace("<target>", "<!-- <target>").replace("</target>", "</target> -->")
    text = text.replace('<tuv xml:lang="de">', '<!-- <tuv xml:lang="de">').replace("</tuv></tu>", "</tuv> --></tu>")
    model = Model(lambda asked: "<g2>B</g2> und <g1>A</g1>")
    name = "a.tmx" if build is memory else "a.xlf"
    options = LocalizeOptions(source_language="en", target_language="de")
    done = localize(text.encode(), name, model, options)
    assert model.texts == ["<g1>a</g1> and <g2>b</g2>"]
    assert not done.review
    assert f"{second} und {first}".replace(">b<", ">B<").replace(">a<", ">A<") in done.data.decode()


def prepared(folder, train):
    recipe = make_recipe({"data": {"train": train, "source_language": "en", "target_language": "de"}})
    done = prepare_data(recipe, folder=folder, output=folder / "out")
    return {row.source: row.target for part in ("train", "valid", "test") for row in getattr(done, part)}, done.report


WORDS = [
    "red",
    "green",
    "blue",
    "white",
    "black",
    "brown",
    "pink",
    "gray",
    "gold",
    "old",
    "new",
    "big",
    "small",
    "long",
    "short",
    "warm",
    "cold",
    "dry",
    "wet",
    "soft",
]


@pytest.mark.parametrize("ending", ["1.xlf", "2.xlf", "tmx", "xml", "html", "md"])
def test_prepared_rows_show_what_is_asked(ending, tmp_path):
    """From the file through `prepare_data` to the rows, beside what the source file asks a model for."""
    texts = [
        (f"the {one} lamp and the {two} door", f"die Lampe {one} und die Tür {two}")
        for one in WORDS
        for two in WORDS[:5]
        if one != two
    ]
    shape = {
        "1.xlf": ('<g id="1">{}</g> <x id="2"/> <g id="3">now</g>', '<g id="3">jetzt</g> <x id="2"/> <g id="1">{}</g>'),
        "2.xlf": ('<pc id="1">{}</pc> <ph id="2"/> <pc id="3">now</pc>', '<pc id="3">jetzt</pc> <ph id="2"/> <pc id="1">{}</pc>'),
        "tmx": ('<bpt i="1" x="1">\\b</bpt>{}<ept i="1"/> <ph x="2"/> <hi x="3">now</hi>', '<hi x="3">jetzt</hi> <ph x="2"/> <bpt i="4" x="1">\\b</bpt>{}<ept i="4"/>'),
        "xml": ('<b>{}</b> <xliff:g id="n">%d</xliff:g> <i>now</i>', '<i>jetzt</i> <xliff:g id="n">%d</xliff:g> <b>{}</b>'),
        "html": ('<p>{} <a href="en">here</a> <b>now</b>', '<p><b>jetzt</b> {} <a href="de">hier</a>'),
        "md": ("{} [here](en) **now**\n\n", "**jetzt** {} [hier](de)\n\n"),
    }[ending]  # fmt: skip
    rows = [[side.format(text) for side, text in zip(shape, pair, strict=True)] for pair in texts]
    files = {}
    if ending in ("1.xlf", "2.xlf"):
        first = ending == "1.xlf"
        form = "<trans-unit id='{}'>{}</trans-unit>" if first else "<unit id='{}'><segment>{}</segment></unit>"
        body = "".join(form.format(n, f"<source>{a}</source><target>{b}</target>") for n, (a, b) in enumerate(rows))
        whole = xliff_1("") if first else xliff_2("")
        files["a.xlf"] = re.sub("<(trans-unit|unit) .*</(trans-unit|unit)>", lambda _: body, whole)
    elif ending == "tmx":
        units = "".join(
            f"<tu><tuv xml:lang='en'><seg>{a}</seg></tuv><tuv xml:lang='de'><seg>{b}</seg></tuv></tu>" for a, b in rows
        )
        files["a.tmx"] = f'<tmx version="1.4"><header/><body>{units}</body></tmx>'
    else:
        for side, folder in enumerate(("en", "de")):
            texts = [row[side] for row in rows]
            strings = "".join(f"<string name='k{n}'>{text}</string>" for n, text in enumerate(texts))
            files[f"{folder}/a.{ending}"] = (
                f"<resources xmlns:xliff='u'>{strings}</resources>" if ending == "xml" else "".join(texts)
            )
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found, report = prepared(tmp_path, [",".join(files)])
    assert set(report["rejected"]) <= {"near_leak"}  # the texts are much alike
    assert len(found) > 80
    assert set(found) <= set(asked(next(iter(files.values())).encode(), next(iter(files))))
    for source, target in found.items():
        ours, theirs = protect(source), protect(target)
        assert sorted(piece for piece in ours.pieces if isinstance(piece, int)) == sorted(
            piece for piece in protect(target, source=ours).pieces if isinstance(piece, int)
        )
        assert len(ours.originals) == len(theirs.originals) == (4 if ending in ("html", "md") else 5)
