"""Notes about licenses found beside the data: in files of their folders, and in columns of the data files themselves.

Only names and words are recognized. Whether a license fits the use is for a person to judge.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from braid.auditing.data_sample import quoted
from braid.data.formats import inspect_file
from braid.errors import BraidError

MOST_FOLDERS, MOST_ENTRIES, MOST_NOTES = 20, 5000, 40
"""Folders looked into, names looked at in each, and files read in all."""
READ_BYTES = 1 << 16
QUOTED = 120
"""Characters of a line."""
_NAMES = re.compile(
    r"(?:(?:un)?licen[cs]es?|copying|copyright|notices?|readme|source|sources|attribution|credits|authors|citation|"
    r"datasheet|dataset[_-]?card)(?:[._-].{0,40})?",
    re.IGNORECASE,
)
_COLUMNS = re.compile(
    r"(?:data)?(?:licen[cs]e|copyright|attribution|credit|source|origin|provenance|url|package)s?", re.I
)

_SPDX: tuple[tuple[str, str], ...] = (
    (r"\bCC0\b|\bCC[ -]Zero\b|publicdomain/zero/1\.0", "CC0-1.0"),
    (r"public domain|gemeinfrei|domaine public|公有领域", "public domain"),
    (r"\bCC[ -]BY[ -]NC[ -]SA\b|by-nc-sa|Attribution-?NonCommercial-?ShareAlike", "CC-BY-NC-SA"),
    (r"\bCC[ -]BY[ -]NC[ -]ND\b|by-nc-nd", "CC-BY-NC-ND"),
    (r"\bCC[ -]BY[ -]NC\b(?![ -](?:SA|ND))|licenses/by-nc/", "CC-BY-NC"),
    (r"\bCC[ -]BY[ -]ND\b|licenses/by-nd/", "CC-BY-ND"),
    (r"\bCC[ -]BY[ -]SA\b|licenses/by-sa/|Attribution-?ShareAlike", "CC-BY-SA"),
    (r"\bCC[ -]BY\b(?![ -](?:NC|ND|SA))|licenses/by/|Creative Commons Attribution(?!-)", "CC-BY"),
    (r"Apache(?:-| License,? )(?:Version )?2\.0|Apache-2", "Apache-2.0"),
    (r"\bMIT License\b|\bMIT\b(?= |$|[,.;)])", "MIT"),
    (r"BSD[ -]3[ -]Clause|\bBSD-3\b|3-Clause BSD", "BSD-3-Clause"),
    (r"BSD[ -]2[ -]Clause|2-Clause BSD", "BSD-2-Clause"),
    (r"\bAGPL|Affero General Public", "AGPL"),
    (r"\bLGPL|Lesser General Public", "LGPL"),
    (r"\bGPL[ -]?v?3|GPL-3|General Public License\D{0,20}3", "GPL-3.0"),
    (r"\bGPL[ -]?v?2|GPL-2|General Public License\D{0,20}2", "GPL-2.0"),
    (r"\bMPL[ -]?2|Mozilla Public License", "MPL-2.0"),
    (r"\bODbL\b|Open Database License", "ODbL-1.0"),
    (r"\bODC-By\b|Open Data Commons Attribution", "ODC-By-1.0"),
    (r"non-?commercial|research (?:use|purposes) only|nicht ?kommerziell|非商业", "non-commercial or research only"),
    (r"all rights reserved|alle Rechte vorbehalten|tous droits réservés|版权所有", "all rights reserved"),
)
_LICENSES = [(re.compile(pattern, re.IGNORECASE), name) for pattern, name in _SPDX]
_LICENSE = re.compile(r"(?:un)?licen[cs]e|lizenz|许可", re.IGNORECASE)
"""How a line begins that is about the license."""
_VERSION = re.compile(r"(?<![\d.])([1-4]\.0)(?![\d])")
RESTRICTED = frozenset({"non-commercial or research only", "all rights reserved"})
"""What is found that forbids some uses, beside all names with NC or ND in them."""


def license_names(text: str) -> list[str]:
    """The licenses a text names, by their SPDX identifiers where they have one.

    Example:
        >>> license_names("Texts under CC BY-SA 4.0, code under the MIT License.")
        ['CC-BY-SA-4.0', 'MIT']
    """
    found = []
    for pattern, name in _LICENSES:
        if match := pattern.search(text):
            version = _VERSION.search(text, match.start(), match.end() + 25) if name.startswith("CC-") else None
            found.append(f"{name}-{version[1]}" if version else name)
    return found


def is_restricted(name: str) -> bool:
    """Whether a license of this name forbids some uses."""
    return name in RESTRICTED or "-NC" in name or "-ND" in name


def license_notes(files: Sequence[str], *, folder: Path) -> dict[str, Any]:
    """What stands beside the data files about their license.

    Args:
        files: As the recipe names them or the data report shows them; ``a,b`` are two.
        folder: They are relative to it.

    Returns:
        ``notes``, each with ``file``, the ``licenses`` named there and the ``line`` quoted (the first about a license
        that names one, else the first that does, else the first of all); ``columns`` of data files that hold such
        notes, each with ``file``, ``column``, ``licenses`` and ``line``; ``licenses``, all names; and ``folders``, how
        many were looked into.
    """
    paths = [folder / Path(part.strip()).expanduser() for file in files for part in file.split(",")]
    folders = list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))[:MOST_FOLDERS]
    found = itertools.islice((note for place in folders for note in _candidates(place)), MOST_NOTES)
    notes = [note for path in found if (note := _note(path))]
    columns = [column for file in files[:MOST_NOTES] for column in _columns(file, folder)]
    names = dict.fromkeys(name for row in (*notes, *columns) for name in row["licenses"])
    return {"notes": notes, "columns": columns, "licenses": list(names), "folders": len(folders)}


def _candidates(folder: Path) -> list[Path]:
    """Files of a folder that are named like notes."""
    try:
        entries = list(itertools.islice(folder.iterdir(), MOST_ENTRIES))
        return sorted(path for path in entries if _NAMES.fullmatch(path.name) and path.is_file())
    except OSError:
        return []


def _note(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            text = file.read(READ_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    if "\0" in text:
        return None
    lines = [line.strip(" #*=-\t\r") for line in text.split("\n")]
    lines = [line for line in lines if line]
    named = sorted((line for line in lines if license_names(line)), key=lambda line: not _LICENSE.match(line))
    telling = _around(named[0]) if named else ""
    names = license_names(text)
    if not lines or (not names and re.match(r"(?i)sources?\.(?!md|txt|rst)", path.name)):
        return None
    return {"file": quoted(str(path)), "licenses": names, "line": quoted(telling or lines[0])}


def _around(line: str) -> str:
    """A line, or of a long one what stands around the first license it names."""
    first = min((match.start() for pattern, _ in _LICENSES if (match := pattern.search(line))), default=0)
    begin = max(0, first - QUOTED // 2)
    return line if len(line) <= QUOTED else f"{'…' if begin else ''}{line[begin : begin + QUOTED]}…"


def _columns(file: str, folder: Path) -> list[dict[str, Any]]:
    """Columns of a data file that tell where rows come from or under which license."""
    try:
        facts = inspect_file(file, folder=folder)
    except (BraidError, OSError, ValueError):
        return []
    found = []
    names = facts.columns or tuple(str(place + 1) for place in range(max(map(len, facts.rows), default=0)))
    for place, name in enumerate(names):
        cells = [row[place] for row in facts.rows if place < len(row)]
        licenses = sorted({license for cell in cells for license in license_names(cell)} if place > 1 else set())
        if licenses or (facts.columns and _COLUMNS.fullmatch(name)):
            shown = quoted(cells[0]) if cells else ""
            found.append({"file": quoted(file), "column": quoted(name), "licenses": licenses, "line": shown})
    return found
