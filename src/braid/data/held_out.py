"""What is held out, remembered: in the folder of the prepared data, and in a file of hashes beside the recipe.

A row is known by a hash of its texts. One that was held out once is remembered also while it is not among the data, so
that it is held out again when it comes back; it is forgotten only when it goes to training.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from braid.config.recipe import Recipe
from braid.data.columns import TEST, TRAIN, VALID, Marked
from braid.data.example import Example
from braid.data.formats.own import LEDGER_TITLE
from braid.data.keys import pair_keys
from braid.data.kinds import kind_of
from braid.data.split import HeldOut, stand_in
from braid.errors import ConfigError, DataError
from braid.storage import atomic_file, make_folder

_LINE = re.compile(r"(test|valid) ([0-9a-f]{16})")
_NUMBERS = {"train": TRAIN, "valid": VALID, "test": TEST}
_NOTHING = np.zeros(0, np.uint64)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What was held out before.

    Args:
        before: What stays held out.
        latest: What the data prepared last hold out, under whatever settings.
    """

    before: HeldOut
    latest: HeldOut


def split_settings(recipe: Recipe) -> dict[str, Any]:
    """What a split depends on beside the rows: while it stays the same, what is held out stays so, too."""
    config = recipe.data
    return {
        "seed": config.split_seed,
        "joined_by": list(kind_of(recipe).joined_by),
        "columns": [config.group_column, config.split_column, config.date_column, config.valid_from, config.test_from],
    }


def wanted_rows(recipe: Recipe) -> dict[str, int]:
    """How many rows are to be split off for each part; 0 where files are given."""
    config = recipe.data
    return {
        "valid_rows": 0 if config.valid else config.valid_rows,
        "test_rows": 0 if config.test else config.test_rows,
    }


def open_ledger(recipe: Recipe, *, folder: Path, output: Path) -> Ledger:
    """What was held out when the same data, or other ones, were prepared before.

    Args:
        recipe: Its ``data.held_out`` goes before what the prepared data say.
        folder: Paths in the recipe are relative to it.
        output: The prepared data.

    Raises:
        ConfigError: The file belongs to other settings, or was not written by Braid.
        DataError: It cannot be read.
    """
    latest, settings = _latest(output)
    path = folder / recipe.data.held_out
    if recipe.data.held_out and path.exists():
        return Ledger(before=read_held_out(path, split_settings(recipe)), latest=latest)
    is_same = settings == split_settings(recipe)
    return Ledger(before=latest if is_same else HeldOut(), latest=latest)


def _latest(output: Path) -> tuple[HeldOut, dict[str, Any]]:
    """What prepared data hold out, and the settings they were split by."""
    try:
        settings = json.loads((output / "report.json").read_text(encoding="utf-8"))["split"]
        rows = {name: int(settings.pop(name)) for name in ("valid_rows", "test_rows")}
        with np.load(output / "index.npz", allow_pickle=False) as index:
            return HeldOut(valid=index["held_valid"], test=index["held_test"], **rows), settings
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return HeldOut(), {}


def read_held_out(path: Path, settings: dict[str, Any]) -> HeldOut:
    """The rows that a file names.

    Args:
        path: As `write_held_out` wrote it.
        settings: What it must have been written under, see `split_settings`.

    Raises:
        ConfigError: It was written under others, or by something else.
        DataError: It cannot be read, or a line is damaged.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        facts = json.loads(lines[1].removeprefix("#")) if lines[:1] == [LEDGER_TITLE] else None
        rows = {name: int(facts.pop(name)) for name in ("valid_rows", "test_rows")} if facts else {}
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise DataError(f"data.held_out cannot be read: {error}", where=str(path)) from None
    if facts is None:
        message = "data.held_out must name a file that `braid prepare` wrote, or none that is there yet"
        raise ConfigError(message, where=str(path))
    for name, value in settings.items():
        if facts.get(name) != value:
            message = f"the split must have the {name} {json.dumps(facts.get(name))} of data.held_out, got "
            hint = "take that back; or delete the file for a new split, after which old scores cannot be compared"
            raise ConfigError(message + json.dumps(value), where=str(path), hint=hint)
    found: dict[str, list[int]] = {"test": [], "valid": []}
    for number, line in enumerate(lines[2:], 3):
        match = _LINE.fullmatch(line)
        if line and match is None:
            message = f'must be test or valid and 16 hexadecimal digits, got "{line[:40]}"'
            raise DataError(message, where=f"{path}, line {number}")
        if match is not None:
            found[match[1]].append(int(match[2], 16))
    keys = {part: np.unique(np.array(values, np.uint64)) for part, values in found.items()}
    return HeldOut(valid=np.setdiff1d(keys["valid"], keys["test"]), test=keys["test"], **rows)


def write_held_out(path: Path, held: HeldOut, settings: dict[str, Any]) -> int:
    """Name rows in a file, which is left alone where it says the same; returns how many it did not name before.

    Raises:
        StorageError: The disk refuses.
    """
    facts = {**settings, "valid_rows": held.valid_rows, "test_rows": held.test_rows}
    lines = [LEDGER_TITLE, f"# {json.dumps(facts, ensure_ascii=False)}"]
    for part in ("test", "valid"):
        lines += [f"{part} {key:016x}" for key in getattr(held, part).tolist()]
    known: list[str] = []
    if path.exists():
        known = path.read_text(encoding="utf-8-sig").splitlines()
        if known == lines:
            return 0
    make_folder(path.parent)
    with atomic_file(path) as file:
        file.write(("\n".join(lines) + "\n").encode())
    return len({line for line in lines if line[0] != "#"} - set(known))


def held_now(before: HeldOut, placed: dict[str, np.ndarray], wanted: dict[str, int], behind: np.ndarray) -> HeldOut:
    """What is held out from now on: what is so now, and what was before and is not among the data.

    Args:
        before: What was.
        placed: The keys of the rows by part.
        wanted: See `wanted_rows`.
        behind: The keys of rows that are held out now without being remembered.
    """
    found = {}
    for part in ("valid", "test"):
        elsewhere = np.concatenate([keys for name, keys in placed.items() if name != part])
        absent = np.setdiff1d(getattr(before, part), elsewhere)
        found[part] = np.union1d(absent, np.setdiff1d(placed[part], behind))
    return HeldOut(valid=found["valid"], test=found["test"], **wanted)


def moved(ledger: Ledger, placed: dict[str, np.ndarray]) -> dict[str, int]:
    """How many rows that were held out before are in another part now, by both parts.

    Args:
        ledger: From before.
        placed: The keys of the rows by part.
    """
    found = {}
    for old in ("test", "valid"):
        keys = np.union1d(getattr(ledger.before, old), getattr(ledger.latest, old))
        for new in ("train", "test", "valid"):
            if new != old and (rows := int(stand_in(placed[new], keys).sum())):
                found[f"{old} to {new}"] = rows
    return found


def keys_in(table: Marked) -> dict[str, np.ndarray]:
    """The keys of a table's rows by part, sorted."""
    found: dict[str, list[np.ndarray]] = {name: [_NOTHING] for name in _NUMBERS}
    for states, pairs in table.chunks("pair"):
        for name, number in _NUMBERS.items():
            found[name].append(pairs[states == number])
    return {name: np.sort(np.concatenate(keys)) for name, keys in found.items()}


def keys_of_parts(parts: dict[str, Sequence[Example]]) -> dict[str, np.ndarray]:
    """The keys of rows by part, sorted."""
    return {name: np.sort(pair_keys(rows)) for name, rows in parts.items()}
