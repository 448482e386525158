from __future__ import annotations

import struct

import pytest

from braid.data.example import Example
from braid.errors import DataError

HEADER = (b"", b"Language: zh\nContent-Type: text/plain; charset=UTF-8\n")


@pytest.mark.parametrize("order", ["<", ">"])
def test_contexts_and_plurals_in_either_byte_order(order, compile_catalog, write, read):
    entries = [
        HEADER,
        (b"%d file\0%d files", "%d 个\0%d 个们".encode()),
        (b"menu\x04Off", "关".encode()),
    ]
    rows = read(write("a.mo", compile_catalog(entries, order)))
    assert rows == [
        Example(source="%d file", target="%d 个", file="a.mo", line=2),
        Example(source="%d files", target="%d 个们", file="a.mo", line=2),
        Example(source="Off", target="关", file="a.mo", line=3, key="menu"),
    ]


def test_the_header_names_the_charset(compile_catalog, write, read):
    header = (b"", b"Content-Type: text/plain; charset=GBK\n")
    assert read(write("a.mo", compile_catalog([header, (b"light", "灯".encode("gbk"))])))[0].target == "灯"


def test_bytes_outside_the_charset_are_an_error(compile_catalog, write, read):
    with pytest.raises(DataError, match=r"valid utf-8 as declared, got the byte 0xb5 \(a.mo, line 2\)"):
        read(write("a.mo", compile_catalog([HEADER, (b"light", b"\xb5\xc6")])))


@pytest.mark.parametrize("length", [3, 20, 40, 80])
def test_a_truncated_catalog_is_an_error(length, compile_catalog, write, read):
    catalog = compile_catalog([HEADER, (b"light", b"Licht")])
    with pytest.raises(DataError, match="MO file must"):
        read(write("a.mo", catalog[:length]))


@pytest.mark.parametrize("count", [2**32 - 1, 2**20, 7])
def test_a_lying_count_is_refused(count, compile_catalog, write, read):
    catalog = bytearray(compile_catalog([HEADER, (b"light", b"Licht")]))
    catalog[8:12] = struct.pack("<I", count)
    with pytest.raises(DataError, match="MO file must"):
        read(write("a.mo", bytes(catalog)))


def test_overlapping_texts_are_refused(write, read):
    content = bytes(range(1, 255)) * 100
    count = 1000
    tables = struct.pack("<2I", len(content), 28) * (2 * count)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28 + len(content), 28 + len(content), 0, 0)
    with pytest.raises(DataError, match="must not overlap"):
        read(write("a.mo", head + content + tables))


def test_another_language_is_an_error(compile_catalog, write, read):
    with pytest.raises(DataError, match='got "Language: zh"'):
        read(write("a.mo", compile_catalog([HEADER, (b"light", b"Licht")])), target="de")
