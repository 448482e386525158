"""The parser behind TMX and XLIFF: nothing fetched, nothing expanded, everything bounded."""

from __future__ import annotations

import gzip
import re
import time

import pytest

from braid.errors import DataError

UNIT = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="zh"><seg>灯</seg></tuv></tu>'


def memory(seg: str, prolog: str = "", attributes: str = "") -> str:
    return f'<?xml version="1.0"?>\n{prolog}\n<tmx {attributes}><body>{UNIT.format(seg)}</body></tmx>'


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
        '<!DOCTYPE tmx SYSTEM "http://127.0.0.1:9/tmx11.dtd">',
        '<!DOCTYPE tmx PUBLIC "-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN" "tmx14.dtd" >',
    ],
)
def test_an_external_dtd_is_accepted_and_ignored(doctype, write, read):
    assert read(write("a.tmx", memory("a &amp; b&nbsp;c &foo;", doctype)))[0].source == "a & b\xa0c &foo;"


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))


@pytest.mark.parametrize(
    ("subset", "seg", "attributes"),
    [
        (BOMB, "&l11;", ""),
        (BOMB, "x", 'version="&l11;"'),
        ('<!ENTITY file SYSTEM "file:///etc/passwd">', "&file;", ""),
        ('<!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd"> %remote;', "x", ""),
        ('<!ENTITY harmless "text">', "x", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_declarations_are_refused_at_once(subset, seg, attributes, encoding, write, read):
    file = write("a.tmx", memory(seg, f"<!DOCTYPE tmx [\n{subset}]>", attributes).encode(encoding))
    begin = time.perf_counter()
    with pytest.raises(DataError, match=r'must not declare entities, got a declaration of "\w+" \(a.tmx, line 3\)'):
        read(file)
    assert time.perf_counter() - begin < 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (memory("a")[:-20], r"must be complete, got a file that breaks off \(a.tmx, line 3\)"),
        (memory("a <b"), r"must be well-formed XML, got: not well-formed .* \(a.tmx, line 3\)"),
        (memory("a & b"), r"well-formed XML"),
        (memory("a</seg>"), r"well-formed XML, got: mismatched tag"),
        (memory("a&nbsp;b"), r"well-formed XML, got: undefined entity"),
        ("light\t灯\n", r"must be well-formed XML, got: syntax error \(a.tmx, line 1\)"),
        ("<xliff version='1.2'/>", r"outermost element must be <tmx>, got <xliff> \(a.tmx, line 1\)"),
        (memory("<hi>" * 300 + "</hi>" * 300), "nested less than 200 deep"),
        ('<?xml version="1.0" encoding="klingon"?>\n<tmx/>', 'one that Python knows, got "klingon"'),
    ],
)
def test_broken_xml_is_an_error_with_its_line(text, message, write, read):
    with pytest.raises(DataError, match=message):
        read(write("a.tmx", text))


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "iso-8859-1", "UTF-8"])
def test_the_declaration_names_the_encoding(encoding, write, read):
    text = f'<?xml version="1.0" encoding="{encoding}"?><tmx><body>{UNIT.format("Zürich")}</body></tmx>'
    text = text.replace("灯", "x") if encoding == "iso-8859-1" else text
    assert read(write("a.tmx", text.encode(encoding)))[0].source == "Zürich"


def test_utf_16_needs_no_mark_and_utf_8_may_call_itself_utf_16(write, read):
    text = f'<?xml version="1.0" encoding="utf-16"?><tmx><body>{UNIT.format("Zürich")}</body></tmx>'
    assert read(write("a.tmx", text.encode("utf-16-be")))[0].source == "Zürich"
    assert read(write("b.tmx", text.encode("utf-8")))[0].source == "Zürich"


@pytest.mark.parametrize("name", ["bomb.tmx.gz", "bomb.tsv.gz", "bomb.jsonl.gz", "bomb.po.gz"])
def test_a_gzip_bomb_ends_at_the_size_limit(name, write, read):
    begin = {"bomb.tmx.gz": b"<tmx><tu><tuv lang='en'><seg>", "bomb.po.gz": b'msgid "a"\nmsgstr ""\n'}
    filler = b'"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n' if "po" in name else b"a" * 64
    file = write(name, gzip.compress(begin.get(name, b"") + filler * (24 * 2**20 // len(filler)), compresslevel=1))
    with pytest.raises(DataError, match="16 MiB"):
        read(file)


ATTACKS = {
    "text": (b"a", "syntax error"),
    "comment": (b"<tmx><!-- " + b" a" * 2**23, "smaller than 1 MiB"),
    "attribute": (b'<tmx><tu a="' + b"a" * 2**24, "smaller than 1 MiB"),
    "attributes": (b"<tmx><tu " + b"".join(b'a%d="" ' % n for n in range(10**6)), "smaller than 1 MiB"),
    "attributes of many": (b"<tmx><tu>" + b'<a b="" c="" d="" e=""/>' * 10**5, "fewer than 50000"),
    "children": (b"<tmx><tu>" + b"<note/>" * 2 * 10**6, "fewer than 50000"),
    "texts": (b"<tmx><tu>" + b"a<!---->" * 2 * 10**6, "fewer than 50000"),
    "between units": (b"<tmx>" + b"<note/>" * 2 * 10**6, "fewer than 500000"),
    "blanks": (b" " * 2**24, ""),
    "processing": (b"<?a " + b"a" * 2**24, "smaller than 1 MiB"),
    "doctype": (b"<!DOCTYPE tmx [" + b"<!ELEMENT a (b)>" * 2**20, "smaller than 1 MiB"),
    "cdata": (b"<tmx><tu><![CDATA[" + b"]]" * 2**23, "16 MiB|fewer than 50000"),
}


def test_what_takes_expat_long_or_much_memory_is_refused_soon(write, measured):
    """16 MiB or more of one thing, packed."""
    names = {
        write(f"{place}.tmx.gz", gzip.compress(content, 1)): key
        for place, (key, (content, _)) in enumerate(ATTACKS.items())
    }
    for name, seconds, megabytes, message in measured(list(names)):
        assert re.search(ATTACKS[names[name]][1], message), (names[name], message)
        assert seconds < 1, names[name]
        assert megabytes < 100, names[name]


def test_a_large_unit_is_read(write, read):
    notes = "<note>a</note>" * 10_000
    write("a.tmx", memory("b " * 2**20).replace("<tu>", f"<tu>{notes}"))
    assert len(read("a.tmx")[0].source) == 2**21
