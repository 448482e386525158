"""A file on disk translated into another one."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

from braid.data.formats.stream import Stream
from braid.data.localizing.contract import Localized, LocalizeOptions, Translate
from braid.data.localizing.localize import MAX_BYTES, format_name, localize, unknown_format
from braid.errors import ConfigError, DataError
from braid.storage import atomic_file


def check_names(file: Path, output: Path | None, *, force: bool = False) -> None:
    """Refuses what cannot work, before a bundle is opened.

    Raises:
        DataError: There is no such ``file``, or its name tells no format.
        ConfigError: That of ``output`` tells another, or it is there already and ``force`` is not given.
    """
    if not format_name(file.name):
        raise unknown_format(str(file))
    if not file.is_file():
        raise DataError("the file to translate must exist and be a file", where=str(file))
    if output is None:
        return
    if format_name(output.name) != format_name(file.name):
        raise ConfigError(
            "the output must be named like a file of the same format",
            where=str(output),
            hint=f"end it in {''.join(file.suffixes[-2:] if file.suffix == '.gz' else file.suffixes[-1:])}",
        )
    if not output.parent.is_dir():
        raise ConfigError("the folder of the output must exist", where=str(output), hint=f"mkdir -p {output.parent}")
    if output.exists() and not force:
        hint = "choose another with --output, replace it with --force, or keep its translations with --update"
        raise ConfigError("a file is here already", where=str(output), hint=hint)


def localize_file(
    file: Path,
    output: Path | None,
    translate: Translate,
    options: LocalizeOptions,
    *,
    force: bool = False,
    update: bool = False,
) -> Localized:
    """What became of a file; it stands in ``output``, whole or not at all.

    Args:
        file: Read, and known by what its name ends with; gzip is unpacked.
        output: Written, as gzip where it is named so; not at all when None. May be the same file with ``force``.
        translate: Gives one reply for each text of a list.
        options: Languages, and what is translated.
        force: Replace an output that is there.
        update: Replace it, but keep what it has translated, as ``earlier`` of `localize`.

    Raises:
        DataError: The file cannot be read or is not what its name says.
        ConfigError: The output is there already, or its name tells another format.
        StorageError: The disk refused.
    """
    check_names(file, output, force=force or update)
    earlier = _read(output) if update and output is not None and output.exists() else b""
    name = str(file)[: -len(".gz")] if file.name.lower().endswith(".gz") else str(file)
    result = localize(_read(file), name, translate, options, earlier=earlier)
    if output is not None:
        data = result.data
        if output.name.lower().endswith(".gz"):
            data = gzip.compress(data, mtime=0)
        with atomic_file(output) as stream:
            stream.write(data)
    return result


def _read(file: Path) -> bytes:
    """The file's bytes, unpacked.

    Raises:
        DataError: It cannot be read, or is larger than 64 MiB.
    """
    try:
        with file.open("rb") as raw:
            data = raw.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror or error}", where=str(file)) from error
    unpacked = bytearray()
    for chunk in Stream(io.BytesIO(data), str(file)).chunks():
        unpacked += chunk
        if len(unpacked) > MAX_BYTES:
            raise DataError(f"a file must be smaller than {MAX_BYTES >> 20} MiB", where=str(file), hint="split it")
    return bytes(unpacked)
