"""Files to three clean parts on disk: read, cleaned, split, reported; nothing dropped in silence."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.config.recipe import DataConfig, Recipe
from braid.data.clean import RULES, clean
from braid.data.example import Example, Reject
from braid.data.formats import read_files
from braid.data.kinds import DataKind, kind_of
from braid.data.report import data_report
from braid.data.split import Splits, split
from braid.data.split_texts import split_texts
from braid.errors import ConfigError, DataError, StorageError
from braid.storage import atomic_file, atomic_folder, make_folder

PARTS = ("train", "valid", "test")
LAYOUT = 2
_LOOSEN = "look at these rows in the files, add data, or loosen the rules under [data]"
_AGAIN = "delete this folder; `braid prepare` makes it again"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Prepared data.

    Args:
        folder: Where they are kept.
        train: Rows to learn from.
        valid: Rows to choose weights by.
        test: Rows for the final score.
        report: See `braid.data.report.data_report`.
        fingerprint: SHA-256 of all rows in order.
    """

    folder: Path
    train: list[Example]
    valid: list[Example]
    test: list[Example]
    report: dict[str, Any]
    fingerprint: str


def prepare_data(recipe: Recipe, *, folder: Path, output: Path, reuse: bool = True) -> Prepared:
    """Clean, split data of a recipe, kept in ``output``.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        output: Gets train.jsonl, valid.jsonl, test.jsonl, rejects.jsonl and report.json, all at once.
        reuse: Take what is there already when files and rules are the same.

    Raises:
        ConfigError: No file, or a language is missing.
        DataError: A file cannot be read, or too little is left.
        StorageError: The disk is full or refuses, or something else than prepared data stands at ``output``.
    """
    config, kind = recipe.data, kind_of(recipe)
    _check(config, kind)
    _check_place(output)
    rows = {part: list(_read(getattr(config, part), config, kind, folder)) for part in PARTS}
    inputs = _inputs(rows, recipe)
    if reuse and (held := _held(output, inputs)) is not None:
        return held
    cleaned: dict[str, list[Example]] = {}
    rejects: list[Reject] = []
    for part in PARTS:
        cleaned[part], wrong = clean(rows[part], config, kind)
        rejects += wrong
        if part != "train" and rows[part] and not cleaned[part]:
            where = f"{len(rows[part])} rows read; {_why(wrong)}"
            hint = _LOOSEN + _kept_rejects(output, rejects)
            raise DataError(f"no usable row is left of data.{part}", where=where, hint=hint)
    read = Counter(row.file if isinstance(row, Example) else row.example.file for part in PARTS for row in rows[part])
    try:
        splits = _split(cleaned, recipe, f"{read.total()} rows read; {_why(rejects)}")
    except DataError as error:
        raise DataError(error.message, where=error.where, hint=error.hint + _kept_rejects(output, rejects)) from None
    parts = {part: getattr(splits, part) for part in PARTS}
    rejects += splits.leaks
    report = data_report(read, rejects, parts, has_labels=kind.has_labels) | {
        "layout": LAYOUT,
        "inputs": inputs,
        "fingerprint": _fingerprint(parts),
    }
    _write(output, parts, rejects, report)
    return Prepared(folder=output, report=report, fingerprint=report["fingerprint"], **parts)


def load_prepared(folder: Path) -> Prepared:
    """Prepared data from disk.

    Raises:
        DataError: A file is missing, altered or damaged.
    """
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        parts = {part: [_example(row) for row in _lines(folder / f"{part}.jsonl")] for part in PARTS}
        whole = report["layout"] == LAYOUT and _fingerprint(parts) == report["fingerprint"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"the prepared data cannot be read: {error}", where=str(folder), hint=_AGAIN) from None
    if not whole:
        raise DataError("the prepared data were altered", where=str(folder), hint=_AGAIN)
    return Prepared(folder=folder, report=report, fingerprint=report["fingerprint"], **parts)


def _check(config: DataConfig, kind: DataKind) -> None:
    if not config.train:
        raise ConfigError("data.train must name at least one file, got []", hint='data.train = ["pairs.tsv"]')
    for side in ("source", "target") if kind.is_translation else ():
        if not getattr(config, f"{side}_language"):
            example = "en" if side == "source" else "zh"
            hint = f'write {side}_language = "{example}" under [data], or --set data.{side}_language={example}'
            raise ConfigError(f"data.{side}_language must be a language code, got nothing", hint=hint)


def _check_place(output: Path) -> None:
    """Refuses to replace a folder that Braid did not write."""
    if output.is_dir() and not (output / "report.json").is_file() and any(output.iterdir()):
        hint = "choose another folder with --output"
        raise StorageError("what stands here is not prepared data and is not replaced", where=str(output), hint=hint)


def _read(patterns: Sequence[str], config: DataConfig, kind: DataKind, folder: Path) -> Iterable[Example | Reject]:
    return read_files(patterns, kind.options(config), folder=folder) if patterns else []


def _inputs(rows: dict[str, list[Example | Reject]], recipe: Recipe) -> str:
    """A hash of everything the result depends on: the rows as read and the rules."""
    rules = [RULES, recipe.task, dataclasses.asdict(recipe.data)]
    digest = hashlib.sha256(json.dumps(rules, sort_keys=True).encode())
    for part in PARTS:
        for row in rows[part]:
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _held(output: Path, inputs: str) -> Prepared | None:
    try:
        held = load_prepared(output)
    except DataError:
        return None
    return held if held.report["inputs"] == inputs else None


def _why(rejects: Sequence[Reject]) -> str:
    counts = Counter(reject.rule for reject in rejects)
    return "rejected: " + (", ".join(f"{rule}: {count}" for rule, count in counts.most_common()) or "none")


def _split(cleaned: dict[str, list[Example]], recipe: Recipe, where: str) -> Splits:
    config, kind = recipe.data, kind_of(recipe)
    try:
        return (split_texts if kind.reads == "texts" else split)(
            cleaned["train"],
            valid_rows=config.valid_rows,
            test_rows=config.test_rows,
            seed=config.split_seed,
            valid=cleaned["valid"],
            test=cleaned["test"],
            kind=kind,
        )
    except DataError as error:
        raise DataError(error.message, where=where, hint=error.hint or _LOOSEN) from None


def _kept_rejects(output: Path, rejects: Sequence[Reject]) -> str:
    """Where the rejected rows are now, for a hint; nothing where there are none or the disk refuses."""
    if not rejects:
        return ""
    path = output.parent / "rejects.jsonl"
    try:
        make_folder(path.parent)
        with atomic_file(path) as file:
            file.write("".join(map(_reject_line, rejects)).encode("utf-8", "backslashreplace"))
    except StorageError:
        return ""
    return f"; every rejected row and its reason: {path}"


def _reject_line(reject: Reject) -> str:
    row = {"rule": reject.rule, "detail": reject.detail, **_row(reject.example)}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _fingerprint(parts: dict[str, list[Example]]) -> str:
    digest = hashlib.sha256()
    for part in PARTS:
        for example in parts[part]:
            row = [part, example.source, example.target, example.context, example.start, *example.references]
            digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def _write(output: Path, parts: dict[str, list[Example]], rejects: Sequence[Reject], report: dict[str, Any]) -> None:
    with atomic_folder(output) as folder:
        for part in PARTS:
            _write_lines(folder / f"{part}.jsonl", (_row(example) for example in parts[part]))
        _write_text(folder / "rejects.jsonl", map(_reject_line, rejects))
        _write_text(folder / "report.json", [json.dumps(report, ensure_ascii=False, indent=1)])


def _row(example: Example) -> dict[str, Any]:
    """The example without fields that hold their default."""
    defaults = {field.name: field.default for field in dataclasses.fields(Example)}
    return {name: value for name, value in dataclasses.asdict(example).items() if value != defaults[name]}


def _example(row: dict[str, Any]) -> Example:
    return Example(**{**row, "references": tuple(row.get("references", ()))})


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    _write_text(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _write_text(path: Path, texts: Iterable[str]) -> None:
    """JSON as UTF-8; a lone surrogate, which a rejected row may hold, becomes the escape that JSON has for it."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(texts)


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
