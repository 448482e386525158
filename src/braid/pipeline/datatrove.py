"""Braid's preparation as a step of a datatrove pipeline, so that its executors share the work among processes or
machines (local, Slurm, Ray).

    from datatrove.executor import LocalPipelineExecutor
    from braid.pipeline.datatrove import MakeShards

    if __name__ == "__main__":  # the executor's processes import this file again
        step = MakeShards("recipe.toml")
        LocalPipelineExecutor(pipeline=[step], tasks=8, workers=2, logging_dir=step.logging_dir(8)).run()

Each task makes the shards of its share of the input; afterwards `braid prepare recipe.toml` finds them made and does
what must be done over all rows at once. Tasks that fail or are killed are run again by the executor's own means, and
find their finished shards. All machines must see the same files under the same paths.

An executor passes over tasks that its log says are done, whatever has changed since. So every change of files or rules
needs a new log, as `MakeShards.logging_dir` gives one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datatrove.pipeline.base import PipelineStep

from braid.data.jobs import Job, jobs_of, logs_of
from braid.pipeline.places import own_places
from braid.pipeline.start import open_recipe


class MakeShards(PipelineStep):
    """Reads and cleans every ``world_size``-th portion of a recipe's files.

    Args:
        recipe: A TOML recipe, or a data file.
        output: The bundle's folder; the recipe's name when left out.
        overrides: ``key=value`` changes to the recipe.
    """

    name = "Braid shards"
    type = "READER"

    def __init__(self, recipe: str, output: str = "", overrides: Sequence[str] = ()) -> None:
        super().__init__()
        self.recipe = recipe
        self.output = output
        self.overrides = tuple(overrides)

    def logging_dir(self, tasks: int) -> str:
        """The folder for an executor's log of this work: another one as soon as files, rules or tasks are others.

        It stands among the shards, and `braid prepare` removes it when it has taken them.

        Args:
            tasks: As many as the executor is given.

        Raises:
            BraidError: The recipe or a file cannot be read.

        Cost: All files are read once, for their checksums.
        """
        return str(logs_of(self._jobs(), tasks))

    def _jobs(self) -> list[Job]:
        recipe, folder, _ = open_recipe(Path(self.recipe), self.overrides)
        output = Path(self.output) if self.output else None
        where = own_places(recipe, output, path=Path(self.recipe), folder=folder)
        return jobs_of(recipe, folder=folder, output=where.prepared)

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        """Make this task's shards; what comes in is passed on.

        Args:
            data: Documents of the step before, if there is one.
            rank: This task's number.
            world_size: The number of tasks.
        """
        for job in self._jobs()[rank::world_size]:
            with self.track_time():
                shard = job.run()
            self.stat_update("bytes", value=job.portion.num_bytes)
            self.stat_update("kept", value=shard.num_rows)
            rejected = sum(found["rows"] for found in shard.facts["rejected"].values())
            self.stat_update("rejected", value=rejected)
        yield from data or ()
