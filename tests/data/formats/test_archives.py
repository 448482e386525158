"""Archives given for data files."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import time
import zipfile

import pytest

from braid.data.formats import archives
from braid.data.formats.archives import ENDINGS
from braid.errors import DataError


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.tsv", "x\ty\n" * 10**6)
    return held.getvalue()


def tarred() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        entry = tarfile.TarInfo("a.tsv")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"x\ty\n"))
    return held.getvalue()


CONTENTS = {
    "ZIP": zipped(),
    "tar": tarred(),
    "bzip2": bz2.compress(b"x\ty\n"),
    "xz": lzma.compress(b"x\ty\n"),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "RAR": b"Rar!\x1a\x07\x01\0",
    "Zstandard": b"\x28\xb5\x2f\xfd\0",
    "gzip within gzip": gzip.compress(gzip.compress(b"x\ty\n")),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("more", ["", ".gz"])
def test_their_names_are_refused(ending, more, write, read):
    name = write(f"pairs{ending}{more}", CONTENTS["ZIP"])
    message = "got an office document" if ending in archives._OFFICE else "must not be an archive, got"
    with pytest.raises(DataError, match=message) as caught:
        read(name)
    assert name in str(caught.value)
    write(f"other{ending}", "x")
    with pytest.raises(DataError, match=message):
        read(f"{name},other{ending}")


@pytest.mark.parametrize("kind", list(CONTENTS))
@pytest.mark.parametrize("name", ["a.tsv", "a.jsonl", "a.tmx", "a.db", "a.parquet", "a.conll"])
def test_their_contents_are_refused(kind, name, write, read):
    begun = time.perf_counter()
    with pytest.raises(DataError, match=f"must not be an archive, got {kind}") as caught:
        read(write(name, CONTENTS[kind]))
    assert "unpack it" in caught.value.hint
    assert time.perf_counter() - begun < 1


def test_packed_archives_and_pairs(write, read):
    with pytest.raises(DataError, match="got tar"):
        read(write("a.tsv.gz", gzip.compress(CONTENTS["tar"])))
    write("a.en", "x")
    write("a.zh", CONTENTS["ZIP"])
    with pytest.raises(DataError, match=r"got ZIP \(a.zh\)"):
        read("a.en,a.zh")


def test_texts_that_begin_alike_are_read(write, read):
    assert [row.source for row in read(write("a.tsv", "PK\ta\nBZh91\tb\nRar!\tc\n"))] == ["PK", "BZh91", "Rar!"]
