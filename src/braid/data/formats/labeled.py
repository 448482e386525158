"""Text files in one folder for each label: ``reviews/positive/1.txt`` is one text with the label "positive"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.lookup import check_links
from braid.data.formats.own import WRITTEN, without_own
from braid.data.formats.stream import MAX_UNIT_BYTES, open_stream
from braid.data.formats.texts import SUFFIXES, is_text_file
from braid.errors import DataError


@dataclass(frozen=True, kw_only=True)
class LabeledFile:
    """A file below a label's folder.

    Args:
        path: Where it is.
        shown: As a person would write it.
        label: The folder's name.
    """

    path: Path
    shown: str
    label: str


def labeled_files(folder: Path, shown: str, passed: dict[str, str] | None = None) -> list[LabeledFile]:
    """The files below each label's folder, sorted; those that a dot before their name hides are left alone.

    Args:
        folder: Holds one folder for each label, which may hold others.
        shown: Its name as a person gave it.
        passed: Gets the names of files and folders that Braid wrote itself, which are left out.

    Raises:
        DataError: There is no folder for a label with a text file in it, or a link leads nowhere.
    """
    places = {path: path.relative_to(folder).parts for path in sorted(folder.rglob("*"))}
    places = {path: parts for path, parts in places.items() if not any(part.startswith(".") for part in parts)}
    check_links((path, str(Path(shown, *parts))) for path, parts in places.items())
    files, own = without_own((path for path, parts in places.items() if len(parts) > 1 and path.is_file()), folder)
    if passed is not None:
        passed.update({str(Path(shown) / path.relative_to(folder)): WRITTEN for path in own})
    found = [LabeledFile(path=path, shown=str(Path(shown, *places[path])), label=places[path][0]) for path in files]
    if not any(is_text_file(file.shown) for file in found):
        raise DataError(
            "a folder of labeled texts must hold one folder for each label with text files in it, got none",
            where=shown,
            hint=f"such as {Path(shown) / 'positive' / '1.txt'}, or name files of another format",
        )
    return found


def read_labeled(file: LabeledFile) -> Example | Reject:
    """The file as one Example; an empty one, or one that is no text file, as a Reject.

    Raises:
        DataError: It cannot be read.
    """
    nothing = Example(source="", target=file.label, file=file.shown, line=1)
    if not is_text_file(file.shown):
        return Reject(example=nothing, rule="format", detail=f"its name must end in {' '.join(SUFFIXES)}")
    if not file.path.stat().st_size:
        return Reject(example=nothing, rule="empty", detail="an empty file")
    with open_stream(file.path, file.shown) as stream:
        text = stream.whole(stream.encoding(), MAX_UNIT_BYTES)
    return Example(source=text, target=file.label, file=file.shown, line=1)
