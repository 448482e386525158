"""The work of preparing data as jobs, one a portion of the input, for as many processes as there are cores."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from braid.config.recipe import Recipe
from braid.data.formats.read import DataFile, find_files
from braid.data.kinds import kind_of
from braid.data.portions import PORTION_BYTES, Portion, portions
from braid.data.shard import Shard, Work, checksum, find_shard, make_shard
from braid.data.unpacked import FOLDER, discard_unpacked
from braid.errors import ConfigError, DataError
from braid.storage import make_folder

PARTS = ("train", "valid", "test")

WATCH_SECONDS = 0.5
"""Time after which a process sees at the latest that its parent was killed."""

Watch = Callable[[int, int], None]
"""Told how many bytes of how many are done."""


@dataclass(frozen=True)
class Job:
    """A portion to be made into a shard.

    Args:
        part: The recipe's key under which its files stand: train, valid or test.
        portion: What to read.
        work: How, and where the shard goes.
    """

    part: str
    portion: Portion
    work: Work

    @cached_property
    def name(self) -> str:
        """The shard's, by the hash of everything it depends on; the portion is read for it."""
        return self.work.name_of(self.portion)

    def run(self) -> Shard:
        """The shard: the one that is there already, or a new one."""
        return make_shard(self.portion, self.work, self.name)


def jobs_of(recipe: Recipe, *, folder: Path, output: Path, passed: dict[str, str] | None = None) -> list[Job]:
    """All there is to do, in the order of the rows; every pattern is looked up before the first file is opened.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        output: Where the prepared data will be; shards go beside it.
        passed: Gets what globs and folders hold and is left out, and why.

    Raises:
        ConfigError: The file of held-out rows is named as data.
        DataError: A file cannot be found or read.
    """
    shards, lexicon = output.with_name(f"{output.name}.shards"), _lexicon(recipe, folder)
    work = Work(config=recipe.data, task=recipe.task, folder=shards, base=folder, lexicon=lexicon)
    options = kind_of(recipe).options(recipe.data)
    names = {part: getattr(recipe.data, part) for part in PARTS}
    found = {
        part: find_files(patterns, options, folder=folder, passed=passed)
        for part, patterns in names.items()
        if patterns
    }
    ledger = folder / recipe.data.held_out
    for part, files in found.items() if recipe.data.held_out and ledger.is_file() else ():
        _check_ledger(part, files, ledger)
    return [Job(part, portion, work) for part, files in found.items() for portion in portions(files, options, shards)]


def _check_ledger(part: str, files: Sequence[DataFile], ledger: Path) -> None:
    """Refuses the recipe's file of held-out rows, which is there, as data."""
    for file in files:
        for path, shown in zip(file.paths, file.shown, strict=True):
            if path.samefile(ledger):
                raise ConfigError(
                    f"data.{part} must not name the file that is data.held_out, which `braid prepare` writes, got both",
                    where=shown,
                    hint="take it out of the files; a glob does not stand for it",
                )


def _lexicon(recipe: Recipe, folder: Path) -> str:
    """SHA-256 of the recipe's lexicon, or ""."""
    try:
        return checksum(folder / recipe.data.lexicon) if recipe.data.lexicon else ""
    except OSError as error:
        message = f"data.lexicon must be a file that can be read, got: {error.strerror or error}"
        raise DataError(message, where=recipe.data.lexicon) from error


def make_shards(jobs: Sequence[Job], watch: Watch | None = None) -> dict[str, list[Shard]]:
    """The shard of every job, by part; those that are missing are made on all cores where there is much to do.

    Raises:
        DataError: A file is not what it claims to be.
        StorageError: The disk refuses.
    """
    from joblib import Parallel, cpu_count, delayed

    make_folder(jobs[0].work.folder)
    by_name = {job.name: job for job in jobs}  # files that stand there twice are read once
    found = {name: find_shard(job.work, name) for name, job in by_name.items()}
    missing = [by_name[name] for name, shard in found.items() if shard is None]
    total, done = sum(job.portion.num_bytes for job in missing), 0
    num_workers = min(cpu_count(), len(missing)) if total > 2 * PORTION_BYTES else 1
    if num_workers > 1:
        # These processes do not run the caller's script again: a person's own may have no guard against that.
        made = Parallel(n_jobs=num_workers, return_as="generator")(delayed(_run)(job, os.getpid()) for job in missing)
    else:
        made = (job.run() for job in missing)
    unpacked = Counter(job.portion.unpacked for job in missing)
    for job, shard in zip(missing, made, strict=True):
        found[job.name] = shard
        unpacked[job.portion.unpacked] -= 1
        if job.portion.unpacked is not None and not unpacked[job.portion.unpacked]:
            job.portion.unpacked.discard()
        done += job.portion.num_bytes
        if watch is not None:
            watch(done, total)
    by_part: dict[str, list[Shard]] = {part: [] for part in PARTS}
    for job in jobs:
        if (shard := found[job.name]) is not None:
            by_part[job.part].append(shard)
    return by_part


def _run(job: Job, parent: int) -> Shard:
    """The job's shard, made in a process that ends with its parent."""
    _watch_parent(parent)
    return job.run()


@cache
def _watch_parent(parent: int) -> None:
    """End this process when its parent is gone: a parent that is killed cannot tell.

    Where systems do not give orphans another parent (Windows), it goes on with what is in its queue.
    """
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)  # another thread cannot be stopped; a shard that is half made is in a folder of no name


def logs_of(jobs: Sequence[Job], tasks: int) -> Path:
    """A folder for the log of making these jobs' shards in so many tasks: a new one where anything has changed.

    It stands among the shards and goes with them, so that no log says that shards are there which are not.
    """
    digest = hashlib.sha256("\n".join([str(tasks), *(job.name for job in jobs)]).encode()).hexdigest()
    return jobs[0].work.folder / f"log-{digest[:32]}"


def discard_others(jobs: Sequence[Job]) -> None:
    """Remove the shards that lie beside those of these jobs: earlier data and rules made them."""
    folder = jobs[0].work.folder
    discard_unpacked(folder, {job.portion.unpacked.memo for job in jobs if job.portion.unpacked is not None})
    names = {job.name for job in jobs} | {FOLDER}
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)


def discard_small(jobs: Sequence[Job]) -> None:
    """Remove shards that are soon made again, with folders that are empty then."""
    if sum(job.portion.num_bytes for job in jobs) > PORTION_BYTES:
        return
    folder = jobs[0].work.folder
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
