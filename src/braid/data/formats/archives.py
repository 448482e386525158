"""Archives given for data files: told by their first bytes or by their names, and never unpacked."""

from __future__ import annotations

from braid.data.formats.stream import Stream
from braid.errors import DataError

ENDINGS = (
    ".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".7z", ".rar", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".cab",
    ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".epub",
)  # fmt: skip
"""What the names of archives end with, office documents among them, which are ZIP archives of other files."""

_OFFICE = ENDINGS[ENDINGS.index(".docx") :]
_BEGINNINGS = {
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"PK\x07\x08": "ZIP",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x1f\x8b": "gzip within gzip",
}
_TAR = (b"ustar\x00", b"ustar ")
_HINT = "unpack it and name the files in it; of archives, only a single file packed by gzip is read as it is"


def refuse_archive_name(shown: str) -> None:
    """Nothing, of a name that ends like one of a data file.

    Raises:
        DataError: It ends like that of an archive or an office document.
    """
    name = shown.lower().removesuffix(".gz")
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    if ending in _OFFICE:
        raise DataError(
            f"a data file must hold texts as they are, got an office document ({ending})",
            where=shown,
            hint="save it as text, CSV or TSV",
        )
    if ending:
        raise DataError(f"a data file must not be an archive, got {ending}", where=shown, hint=_HINT)


def refuse_archive(stream: Stream) -> None:
    """Nothing, of a file that does not begin like an archive.

    Raises:
        DataError: It does.
    """
    head = stream.head
    kind = next((kind for begin, kind in _BEGINNINGS.items() if head.startswith(begin)), "")
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        kind = "bzip2"
    if head[257:263] in _TAR:
        kind = "tar"
    if kind:
        raise stream.fault(f"a data file must not be an archive, got {kind}", hint=_HINT)
