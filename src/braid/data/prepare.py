"""Files to three clean parts on disk: read, cleaned, split, reported; nothing dropped in silence.

Portions of the input become shards, on as many cores as there are, and no rows but those of a small part are ever all
in memory. What must be known of all rows at once, such as which repeat another, is numbers in columns: 92 bytes a row
on disk and 72 more for each side that is compared for nearness.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from braid.config.recipe import DataConfig, Recipe
from braid.data.assigned import check_dates
from braid.data.columns import LEFT_OUT, TEST, TRAIN, VALID
from braid.data.example import Example
from braid.data.formats.read import Tally
from braid.data.held_out import (
    Ledger,
    held_now,
    keys_in,
    keys_of_parts,
    moved,
    open_ledger,
    split_settings,
    wanted_rows,
    write_held_out,
)
from braid.data.jobs import PARTS, Job, Watch, discard_others, discard_small, jobs_of, make_shards
from braid.data.keys import number_of, pair_keys, rest_keys
from braid.data.kinds import DataKind, kind_of
from braid.data.lines import Rows, RowWriter, example_of, line_of, open_rows, reject_line, row_of
from braid.data.near_leaks import leave_out_near_leaks
from braid.data.report import RULE_TITLES, data_report
from braid.data.shard import Shard, checksum, count_row, join_counts, printable
from braid.data.split import LEAST, MIN_ROWS, HeldOut, Wanted, assign_parts, check_size, leave_out_leaks
from braid.data.split_texts import FEW, LEAST_CHARS, behind_held, held_parts, parts_of, split_ends
from braid.data.swapped import check_sides, swapped_rows
from braid.data.table import Table, apply_rules, as_read
from braid.errors import ConfigError, DataError, StorageError
from braid.storage import atomic_file, atomic_folder, make_folder

LAYOUT = 3
RULES = 3
"""What rules that look across rows leave out, and where rows stand: another number makes prepared data anew."""

_LOOSEN = "look at these rows in the files, add data, or loosen the rules under [data]"
_AGAIN = "delete this folder; `braid prepare` makes it again"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Prepared data.

    Args:
        folder: Where they are kept.
        train: Rows to learn from, read from disk as needed.
        valid: Rows to choose weights by.
        test: Rows for the final score.
        report: See `braid.data.report.data_report`.
        fingerprint: SHA-256 of all rows in order.
    """

    folder: Path
    train: Sequence[Example]
    valid: Sequence[Example]
    test: Sequence[Example]
    report: dict[str, Any]
    fingerprint: str


def prepare_data(
    recipe: Recipe, *, folder: Path, output: Path, reuse: bool = True, watch: Watch | None = None
) -> Prepared:
    """Clean, split data of a recipe, kept in ``output``; shards of the work stay beside it, for the next time.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        output: Gets train.jsonl, valid.jsonl, test.jsonl, rejects.jsonl and report.json, all at once.
        reuse: Take what is there already when files and rules are the same.
        watch: Told of the progress.

    Raises:
        ConfigError: No file, or a language is missing.
        DataError: A file cannot be read, or too little is left.
        StorageError: The disk is full or refuses, or something else than prepared data stands at ``output``.
    """
    begun = time.perf_counter()
    config, kind = recipe.data, kind_of(recipe)
    _check(config, kind)
    check_dates(config)
    _check_place(output)
    jobs = jobs_of(recipe, folder=folder, output=output)
    inputs = _inputs(jobs, recipe)
    if reuse and (held := _held(output, inputs)) is not None and _is_remembered(held, folder / config.held_out):
        return held
    ledger = open_ledger(recipe, folder=folder, output=output)
    shards = make_shards(jobs, watch)
    tables = {part: Table(shards[part], kind) for part in PARTS if shards[part]}
    try:
        _check_files(jobs, shards)
        apply_rules(list(tables.values()), config)
        swapped = check_sides(tables["train"], config, kind)
        for part, table in tables.items():
            _check_left(part, table)
        split = _assign(tables, recipe, ledger)
        _check_dated(recipe, tables, split.parts)
    except DataError as error:
        hint = (error.hint or _LOOSEN) + _kept_rejects(output, tables)
        where = error.where or f"{_rows_read(shards)} rows read; {_why(tables)}"
        discard_small(jobs)
        raise DataError(error.message, where=where, hint=hint) from None
    facts = {"inputs": inputs, "split": {**split_settings(recipe), **wanted_rows(recipe)}, "moved": split.moved}
    if swapped:
        facts["swapped"] = swapped
    if config.held_out and not {"valid", "test"} <= set(tables):
        facts["held_out"] = _remember(folder / config.held_out, split.held, recipe)
    _write(output, split, facts | _speed(shards), begun)
    discard_others(jobs)
    return load_prepared(output)


def unsplit_data(recipe: Recipe, *, folder: Path, output: Path) -> tuple[list[Example], dict[str, Any]]:
    """The clean rows of data that cannot be split, all parts together, and their report.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        output: Shards go beside it.

    Raises:
        DataError: A file cannot be read.
    """
    kind = kind_of(recipe)
    jobs = jobs_of(recipe, folder=folder, output=output)
    shards = make_shards(jobs)
    _check_files(jobs, shards)
    tables = [Table(found, kind) for found in shards.values() if found]
    counts: dict[str, dict[str, dict[str, Any]]] = {"rejected": {}, "noted": {}}
    apply_rules(tables, recipe.data)
    for table in tables:
        _count(table, counts)
        for _ in _reject_lines(table, counts["rejected"]):
            pass  # which counts them
    rows = [row for table in tables for row in table.stripped_rows()]
    for table in tables:
        join_counts(counts["noted"], table.noted)
    read = _read_counts([shard for table in tables for shard in table.shards])
    parts = {"train": rows, "valid": [], "test": []}
    report = data_report(read, counts["rejected"], parts, tables, has_labels=kind.has_labels and bool(rows))
    swapped = swapped_rows(tables[0], recipe.data, kind) if tables else {}
    return rows, report | {"noted": counts["noted"], **({"swapped": swapped} if swapped else {})}


def load_prepared(folder: Path) -> Prepared:
    """Prepared data from disk.

    Raises:
        DataError: A file is missing, altered or damaged.
    """
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        is_whole = report["layout"] == LAYOUT and _checksums(folder) == report["sha256"]
        with np.load(folder / "index.npz", allow_pickle=False) as index:
            places = {part: (folder / f"{part}.jsonl", index[part], report["splits"][part]) for part in PARTS}
        parts = {part: open_rows(*place) for part, place in places.items()} if is_whole else {}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"the prepared data cannot be read: {error}", where=str(folder), hint=_AGAIN) from None
    if not is_whole:
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


def _inputs(jobs: Sequence[Job], recipe: Recipe) -> str:
    """A hash of everything the result depends on: the rows as read and the rules."""
    rules = [LAYOUT, RULES, recipe.task, dataclasses.asdict(recipe.data), [(job.part, job.name) for job in jobs]]
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()


def _held(output: Path, inputs: str) -> Prepared | None:
    try:
        held = load_prepared(output)
    except DataError:
        return None
    return held if held.report["inputs"] == inputs else None


def _check_files(jobs: Sequence[Job], shards: dict[str, list[Shard]]) -> None:
    """Raise what is wrong with a file as a whole."""
    for part in PARTS:
        files = [file for job in jobs if job.part == part for file in job.portion.files]
        tallies = {file.name: Tally() for file in files if not file.label}
        for shard in shards[part]:
            for name, facts in shard.facts["files"].items():
                if name in tallies:
                    tallies[name].join(Tally(**facts))
        for name, tally in tallies.items():
            tally.check(name)


def _check_dated(recipe: Recipe, tables: dict[str, Table], parts: _Parts) -> None:
    """Raise that a date after all rows, or a column that never says so, holds nothing out."""
    config, train = recipe.data, tables["train"]
    for part, date in (("valid", config.valid_from), ("test", config.test_from)):
        if config.date_column and date and not parts:
            number = VALID if part == "valid" else TEST
            if not any((assigned == number).any() for _, assigned in train.chunks("assigned")):
                raise DataError(f'data.{part}_from must leave rows for that part, got none from "{date}" on')


def _check_left(part: str, table: Table) -> None:
    if part != "train" and not table.usable.any():
        raise DataError(f"no usable row is left of data.{part}")


def _rows_read(shards: dict[str, list[Shard]]) -> int:
    return sum(_read_counts([shard for found in shards.values() for shard in found]).values())


def _read_counts(shards: Sequence[Shard]) -> Counter[str]:
    """Rows read from each file, rejects included."""
    counts: Counter[str] = Counter()
    for shard in shards:
        counts.update({name: facts["rows"] for name, facts in shard.facts["files"].items()})
    return counts


def _why(tables: dict[str, Table]) -> str:
    counts: Counter[str] = Counter()
    for table in tables.values():
        counts.update(table.reject_counts())
    reasons = ", ".join(f"{count:,} {RULE_TITLES.get(rule, rule)}" for rule, count in counts.most_common())
    return f"not used: {reasons or 'none'}"


_Parts = dict[str, list[Example]]
"""Rows by part, where they were few enough to be held in memory."""


@dataclass(frozen=True, kw_only=True)
class _Split:
    """Rows with their parts, what is held out from now on, how many rows changed their part, and what is held out
    beyond what is asked for."""

    tables: dict[str, Table]
    kind: DataKind
    parts: _Parts
    before: HeldOut
    held: HeldOut
    moved: dict[str, int]
    held_more: dict[str, dict[str, int]]


def _assign(tables: dict[str, Table], recipe: Recipe, ledger: Ledger) -> _Split:
    """Give each row its part."""
    kind, train, before = kind_of(recipe), tables["train"], ledger.before
    is_named = any((assigned >= 0).any() for _, assigned in train.chunks("assigned"))
    is_few = kind.reads == "texts" and int(train.usable.sum()) < FEW
    wanted = Wanted(
        valid_rows=recipe.data.valid_rows,
        test_rows=recipe.data.test_rows,
        seed=recipe.data.split_seed,
        before=before,
        least=1 if is_few else MIN_ROWS,
    )
    parts, behind, more = {}, np.zeros(0, np.uint64), {}
    if is_few and not is_named:
        parts, behind = _assign_ends(tables, wanted)
        placed = keys_of_parts({name: [] if name in tables and name != "train" else parts[name] for name in PARTS})
    else:
        more = assign_parts(train, tables.get("valid"), tables.get("test"), wanted, kind.row)
        if recipe.data.split_near:
            leave_out_near_leaks(train, list(tables.values()))
            check_size(train, kind.row, min(LEAST, wanted.least))
        if is_few:
            _check_chars(train)
        placed = keys_in(train)
    held = held_now(before, placed, wanted_rows(recipe), behind)
    changed = moved(ledger, placed)
    return _Split(tables=tables, kind=kind, parts=parts, before=before, held=held, moved=changed, held_more=more)


def _assign_ends(tables: dict[str, Table], wanted: Wanted) -> tuple[_Parts, np.ndarray]:
    """The ends of few documents and their rests, and the keys of those ends that are not to be remembered."""
    train = tables["train"]
    for part, number in (("valid", VALID), ("test", TEST)):
        if part in tables:
            tables[part].state[tables[part].usable] = number
    leave_out_leaks(list(tables.values()), train)
    documents = {part: [*table.stripped_rows()] for part, table in tables.items()}
    own = documents.pop("train")
    return split_ends(own, documents, wanted), behind_held(own, wanted.before)


def _check_chars(train: Table) -> None:
    """Raise that few documents hold too little text to learn from."""
    found = sum(int(chars[state == TRAIN].sum()) for state, chars in train.chunks("target_chars"))
    if found < LEAST_CHARS * LEAST // MIN_ROWS:
        message = (
            f"about {LEAST_CHARS * LEAST // MIN_ROWS:,} characters of text to learn from are needed, got {found:,}"
        )
        raise DataError(message)


def _is_remembered(prepared: Prepared, path: Path) -> bool:
    """Whether a file still names the rows that prepared data hold out."""
    named = prepared.report.get("held_out")
    try:
        return named is None or checksum(path) == named["sha256"]
    except OSError:
        return False


def _remember(path: Path, held: HeldOut, recipe: Recipe) -> dict[str, Any]:
    """Name what is held out in a file; facts about it for the report."""
    added = write_held_out(path, held, split_settings(recipe))
    rows = len(held.valid) + len(held.test)
    return {"file": printable(recipe.data.held_out), "rows": rows, "added": added, "sha256": checksum(path)}


def _speed(shards: dict[str, list[Shard]]) -> dict[str, Any]:
    """How much was read just now, and how long that took all processes together."""
    made = [shard for found in shards.values() for shard in found if shard.is_new]
    return {
        "bytes_read": sum(shard.facts["bytes"] for shard in made),
        "reading_seconds": round(sum(shard.facts["seconds"] for shard in made), 3),
    }


def _kept_rejects(output: Path, tables: dict[str, Table]) -> str:
    """Where the rejected rows are now, for a hint; nothing where there are none or the disk refuses."""
    if not any(sum(table.reject_counts().values()) for table in tables.values()):
        return ""
    path = output.parent / "rejects.jsonl"
    try:
        make_folder(path.parent)
        with atomic_file(path) as file:
            for table in tables.values():
                for line in _reject_lines(table, {}):
                    file.write(line)
    except StorageError:
        return ""
    return f"; every rejected row and its reason: {path}"


def _reject_lines(table: Table, counted: dict[str, dict[str, Any]]) -> Iterator[bytes]:
    """Every row of a table that is not used, those that broke a rule of their own first; counts the others."""
    for shard in table.shards:
        with (shard.path / "rejects.jsonl").open("rb") as file:
            yield from file
    for number, (state, line, changed) in enumerate(table.rows()):
        if state >= LEFT_OUT:
            reject = table.reject(number, as_read(example_of(json.loads(line)), changed))
            count_row(counted, reject.rule, reject.example, reject.detail)
            yield reject_line(reject)


def _write(output: Path, split: _Split, facts: dict[str, Any], begun: float) -> None:
    """Parts, rejects and report, all at once."""
    tables = list(split.tables.values())
    with atomic_folder(output) as folder:
        counts: dict[str, dict[str, dict[str, Any]]] = {"rejected": {}, "noted": {}}
        with (folder / "rejects.jsonl").open("wb") as file:
            for table in tables:
                _count(table, counts)
                file.writelines(_reject_lines(table, counts["rejected"]))
        ends = hashlib.sha256()
        with ExitStack() as stack:
            writers = {part: stack.enter_context(RowWriter(folder / f"{part}.jsonl")) for part in PARTS}
            for part, line in _part_lines(split, ends):
                writers[part].write(line)
        offsets: dict[str, Any] = {part: np.array(writer.offsets, np.int64) for part, writer in writers.items()}
        held: dict[str, Any] = {f"held_{part}": getattr(split.held, part) for part in ("valid", "test")}
        np.savez(folder / "index.npz", **offsets, **held)
        rows = {part: Rows(folder / f"{part}.jsonl", offsets[part], writers[part].num_rows) for part in PARTS}
        read = _read_counts([shard for table in tables for shard in table.shards])
        report = data_report(read, counts["rejected"], rows, tables, has_labels=split.kind.has_labels)
        for table in tables:
            join_counts(counts["noted"], table.noted)
        report["noted"] = dict(sorted(counts["noted"].items(), key=lambda item: -item[1]["rows"]))
        report["reads"] = split.kind.reads
        report["documents_kept"] = report["rows_kept"]
        if split.kind.reads == "texts":
            report["pieces"] = sum(report["splits"].values())
        report["held_more"] = split.held_more
        report |= {"layout": LAYOUT, "fingerprint": _fingerprint(tables, split.parts, ends.hexdigest()), **facts}
        report["sha256"] = _checksums(folder)
        report["seconds"] = round(time.perf_counter() - begun, 3)
        (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def _count(table: Table, counts: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Add what rules for single rows left out or noted, as the shards counted it."""
    for shard in table.shards:
        for name, found in counts.items():
            join_counts(found, shard.facts[name])


def _part_lines(split: _Split, ends: Any) -> Iterator[tuple[str, bytes]]:
    """Each row in use with its part; documents in parts of their own, of which those held out go into a digest."""
    kind = split.kind
    if split.parts:
        yield from ((part, line_of(row_of(row))) for part in PARTS for row in split.parts[part])
        return
    for table in split.tables.values():
        for state, line, changed in table.rows():
            if state >= LEFT_OUT:
                continue
            if kind.reads != "texts" and table.boilerplate is None:
                yield PARTS[state], line
                continue
            example = table.stripped(example_of(json.loads(line)), changed)
            cut = parts_of(example) if kind.reads == "texts" else [example]
            held = held_parts(cut, split.before) if kind.reads == "texts" and state == TRAIN else []
            for number, row in enumerate(cut):
                if row.target.strip():
                    part = held[number] if held and held[number] else PARTS[state]
                    if held:
                        ends.update(f"{part} {number_of(row.target)}\n".encode())
                    yield part, line_of(row_of(row))


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the parts' files."""
    return {part: checksum(folder / f"{part}.jsonl") for part in PARTS}


def _fingerprint(tables: Sequence[Table], parts: _Parts, ends: str) -> str:
    """SHA-256 of all texts in order, whatever the files are called that they stand in.

    Args:
        tables: All rows.
        parts: Those of few documents.
        ends: A digest of documents of which only some parts are held out.
    """
    digests = {part: hashlib.sha256() for part in PARTS}
    for part, rows in parts.items():
        digests[part].update(np.stack([pair_keys(rows), rest_keys(rows)], 1).astype("<u8").tobytes())
    for table in tables if not parts else ():
        for state, pairs, rest in table.chunks("pair", "rest"):
            for number, part in enumerate(PARTS):
                digests[part].update(np.stack([pairs, rest], 1)[state == number].astype("<u8").tobytes())
    found = [digests[part].hexdigest() for part in PARTS]
    found += [json.dumps(table.boilerplate.lines) for table in tables if table.boilerplate is not None]
    found += [ends] if ends != hashlib.sha256().hexdigest() else []
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()
