"""What is held out of each fold, and data of which hardly a text has several labels."""

import dataclasses

import numpy as np
import pytest

from backends import once
from braid.errors import CheckpointError
from braid.pipeline.folds import cross_validate, validation_rows
from braid.pipeline.places import places
from braid.pipeline.start import open_recipe
from braid.pipeline.train import TrainOptions
from braid.training.log import Silence

TINY = (
    "task=classify",
    "data.label_separator=|",
    "data.group_column=talk",
    "model.encoder=A",
    "model.model_dim=16",
    "model.ffn_dim=16",
    "model.num_heads=2",
    "tokenizer.vocab_size=300",
    "train.max_tokens=32",
    "train.steps=2",
    "train.validate_steps=2",
)


@pytest.mark.parametrize("sizes", [[1] * 50, [5] * 10, [30, 20], [3, 40, 7]])
def test_validation_takes_whole_groups(sizes):
    groups = [str(group) for group, size in enumerate(sizes) for _ in range(size)]
    taken = validation_rows(groups, 5, np.random.default_rng(1))
    assert 0 < len(taken) <= max(5, min(sizes))
    names = {groups[place] for place in taken}
    assert {place for place, group in enumerate(groups) if group in names} == taken
    assert validation_rows(groups, 5, np.random.default_rng(1)) == taken


def test_one_group_alone_is_parted():
    assert len(validation_rows(["a"] * 50, 5, np.random.default_rng(1))) == 5


@once
@pytest.mark.backend
def test_one_text_of_several_labels_makes_every_fold_multilabel(tmp_path):
    lines = ["text,label,talk"]
    for number in range(120):
        label = "cat" if number % 2 else "dog"
        lines.append(f"the {label} number {number} runs,{'cat|dog' if number == 60 else label},{number // 3}")
    (tmp_path / "a.csv").write_text("\n".join(lines))
    recipe, folder, _ = open_recipe(tmp_path / "a.csv", TINY)
    options = TrainOptions(folder=folder, places=places(recipe, tmp_path / "b"))
    found = cross_validate(recipe, options, Silence(), 2)
    assert found["examples"] == 120
    for system in (*found["systems"], *found["folds"][0], *found["folds"][1]):
        assert {"exact_match", "micro_f1"} <= set(system["scores"])
    assert "|groups:40|" in found["systems"][0]["scores"]["micro_f1"]["signature"]
    assert found["verdict"]
    assert not options.places.folds.exists()


class Ends(Silence):
    """Stops the run after so many steps, as a full disk or Ctrl-C would."""

    def __init__(self, steps):
        self.steps, self.said = steps, []

    def say(self, message):
        self.said.append(message)

    def step(self, *args, **options):
        self.steps -= 1
        if self.steps < 0:
            raise OSError("stopped")


@pytest.mark.backend
def test_what_is_done_outlasts_a_kill(tmp_path):
    lines = ["text,label,talk"]
    lines += [
        f"the {'cat' if number % 2 else 'dog'} number {number} runs,{number % 2},{number}" for number in range(90)
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    settings = (*TINY, "train.steps=6", "train.checkpoint_minutes=0")
    recipe, folder, _ = open_recipe(tmp_path / "a.csv", settings)
    whole = cross_validate(recipe, TrainOptions(folder=folder, places=places(recipe, tmp_path / "whole")), Silence(), 2)
    options = TrainOptions(folder=folder, places=places(recipe, tmp_path / "b"))
    with pytest.raises(OSError, match="stopped"):
        cross_validate(recipe, options, Ends(9), 2)
    assert [path.name for path in options.places.folds.glob("*.json")] == ["fold-1.json"]
    with pytest.raises(CheckpointError, match="an unfinished run"):
        cross_validate(recipe, options, Silence(), 2)
    resuming = dataclasses.replace(options, resume=True)
    with pytest.raises(CheckpointError, match="folds: 2 in the checkpoint, 4 now"):
        cross_validate(recipe, resuming, Silence(), 4)
    log = Ends(3)  # of the second fold no more than is left of it
    found = cross_validate(recipe, resuming, log, 2)
    assert "done before" in log.said
    assert found == whole
    assert not options.places.folds.exists()
    with pytest.raises(CheckpointError, match="nothing to resume"):
        cross_validate(recipe, resuming, Silence(), 2)


@once
@pytest.mark.backend
def test_a_damaged_fold_is_told_and_can_be_thrown_away(tmp_path):
    (tmp_path / "a.csv").write_text("\n".join(["text,label", *(f"word {n} {n % 2},{n % 2}" for n in range(60))]))
    recipe, folder, _ = open_recipe(tmp_path / "a.csv", [one for one in TINY if "group" not in one])
    options = TrainOptions(folder=folder, places=places(recipe, tmp_path / "b"))
    options.places.folds.mkdir(parents=True)
    (options.places.folds / "fold-1.json").write_text("{")
    with pytest.raises(CheckpointError, match="cannot be read"):
        cross_validate(recipe, dataclasses.replace(options, resume=True), Silence(), 2)
    found = cross_validate(recipe, dataclasses.replace(options, restart=True), Silence(), 2)
    assert found["examples"] == 60
