"""Runs that learn, stop, are killed, and go on as if nothing had happened."""

import itertools
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest

from backends import once
from braid.config.recipe import TrainConfig
from braid.data.batch import BatchPlan
from braid.errors import BraidError, CheckpointError
from braid.training import guard, loop
from braid.training.checkpoint import Progress, has_checkpoint, load_latest
from braid.training.log import Silence
from braid.training.loop import Interrupted, Run, Validation, train
from braid.training.step import Limits
from tiny import copy_task, tiny_model

pytestmark = pytest.mark.backend


def falling_spread(weights):
    """A score between 0 and 100 that moves with the weights."""
    return 100 * float(np.exp(-np.abs(weights["output_bias"]).mean()))


def make_run(folder, validate=falling_spread, **settings):
    settings = {
        "patience": 0,
        "batch_tokens": 128,
        "validate_steps": 4,
        "checkpoint_minutes": 0.0,
        "warmup_steps": 2,
        "learning_rate": 6e-3,
    } | settings
    return Run(
        config=TrainConfig(**settings),
        model=tiny_model("A", "S"),
        plan=BatchPlan(data=copy_task(), batch_tokens=settings["batch_tokens"], seed=1, num_shapes=2),
        folder=folder,
        identity={"data": "x"},
        validation=Validation(name="score", score=validate),
        log=Silence(),
    )


@pytest.fixture
def uncompiled():
    """Steps without graphs: for a handful of them, compiling costs more than it saves."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@once
def test_steps_epochs_minutes(tmp_path):
    assert train(make_run(tmp_path / "a", steps=7), resume=False).progress.step == 7
    run = make_run(tmp_path / "b", epochs=2)
    done = train(run, resume=False).progress
    assert done.examples_seen == 400
    assert done.tokens_seen == 2 * run.plan.data.num_tokens
    timed = train(make_run(tmp_path / "c", minutes=0.05), resume=False).progress
    assert timed.step == timed.total_steps > 3


class Words(Silence):
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


@once
def test_minutes_hold_when_the_machine_slows_down(tmp_path):
    calls = []

    def validate(weights):
        calls.append(weights)
        time.sleep(0.0 if len(calls) == 1 else 2.0)  # the first is the measurement
        return 1.0

    log = Words()
    done = train(replace(make_run(tmp_path, validate, minutes=0.2, validate_steps=0), log=log), resume=False).progress
    planned = int(log.said[0].split(" are ")[1].split()[0].replace(",", ""))
    assert done.step == done.total_steps < planned
    assert "the pace has changed" in log.said[1]
    assert 6 < done.seconds < 24


def test_same_seed_same_weights(tmp_path):
    first, second = (train(make_run(tmp_path / name, steps=5), resume=False).weights for name in "ab")
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])


@once
def test_early_stopping_keeps_the_best(tmp_path):
    scores = iter([1.0, 5.0, 4.0, 3.0, 2.0, 9.0])
    seen = []

    def validate(weights):
        seen.append(weights)
        return next(scores)

    done = train(make_run(tmp_path, validate, steps=100, patience=3), resume=False)
    assert done.progress.step == 20
    assert done.progress.best_score == 5.0
    for name, value in done.weights.items():
        np.testing.assert_array_equal(value, seen[1][name])


class StopWhen(Silence):
    def __init__(self, is_so):
        self.is_so = is_so

    def step(self, progress, loss, tokens_per_second):
        if self.is_so(progress):
            os.kill(os.getpid(), signal.SIGINT)


class Spoil(Words):
    """Puts something into the weights that no training can mend."""

    def __init__(self, model, at, value):
        super().__init__()
        self.model, self.at, self.value = model, at, value

    def step(self, progress, loss, tokens_per_second):
        if progress.step == self.at:
            from braid.models.weights import named_variables

            bias = named_variables(self.model)["output_bias"]
            bias.assign(bias + self.value)


@pytest.mark.parametrize("value", [np.nan, np.arange(30, dtype="float32") * 10], ids=["nan", "spike"])
def test_a_run_that_goes_wrong_returns_to_a_checkpoint(tmp_path, value):
    run = make_run(tmp_path, steps=60, checkpoint_minutes=1000.0, validate_steps=60)
    run = replace(run, log=Spoil(run.model, 40, value))
    done = train(run, resume=False)
    assert done.progress.step == 60
    assert done.progress.left_out == guard.PATIENCE
    assert all(np.isfinite(weight).all() for weight in done.weights.values())
    said = run.log.said
    assert [words.split(":")[0] for words in said[:4]] == [f"step {step} left out" for step in (41, 42, 43, 44)]
    assert said[4] == "4 steps left out in a row: back to the weights of step 0"
    assert done.progress.losses == []
    assert done.progress.history[-1]["loss"] < 4


@once
def test_a_stumble_far_below_the_checkpoint_costs_nothing(tmp_path, monkeypatch):
    """Weights that are still better than the checkpoint's are kept, whatever is usual by now."""
    real = guard.limits

    def strict(recent, weight):
        return Limits(loss=1e-3, gradient_norm=1e-3) if len(recent) == 40 else real(recent, weight)

    monkeypatch.setattr(guard, "limits", strict)
    run = make_run(tmp_path, steps=60, checkpoint_minutes=1000.0, validate_steps=60)
    run = replace(run, log=Words())
    done = train(run, resume=False)
    assert (done.progress.left_out, done.progress.returns) == (guard.PATIENCE, 0)
    assert run.log.said[4].startswith("4 steps left out in a row, but still better than at step 0")
    assert done.progress.history[-1]["loss"] < done.progress.history[0]["loss"]


@once
@pytest.mark.parametrize(
    ("loss", "norm", "saved", "is_worse"),
    [
        (0.1, 5.0, [[0.05, 1, 1]], True),
        (0.1, 5.0, [[0.2, 1, 1], [0.1, 1, 1]], False),
        (0.1, 5.0, [], False),
        (4.0, 5.0, [], True),
        (np.nan, 5.0, [], True),
        (0.1, np.inf, [], True),
    ],
)
def test_when_a_checkpoint_is_better(loss, norm, saved, is_worse):
    assert guard.is_worse(loss, norm, saved, 3.9) == is_worse


@once
def test_weights_ruined_in_the_newest_checkpoint(tmp_path):
    """A run that saves after every step has saved the ruined weights, too; it finds the ones before."""
    run = make_run(tmp_path, steps=60, checkpoint_minutes=0.0, validate_steps=60)
    run = replace(run, log=Spoil(run.model, 40, np.nan))
    done = train(run, resume=False)
    assert done.progress.step == 60
    assert done.progress.left_out == 2 * guard.PATIENCE
    assert [words for words in run.log.said if "back to" in words] == [
        f"4 steps left out in a row: back to the weights of step {step}" for step in (40, 39)
    ]
    assert all(np.isfinite(weight).all() for weight in done.weights.values())


@once
def test_stopping_among_steps_left_out_loses_no_good_checkpoint(tmp_path):
    run = make_run(tmp_path, steps=60, checkpoint_minutes=0.0, validate_steps=60)
    spoil, stop = Spoil(run.model, 40, np.nan), StopWhen(lambda progress: progress.step == 42)

    class Both(Silence):
        def step(self, progress, loss, tokens_per_second):
            spoil.step(progress, loss, tokens_per_second)
            stop.step(progress, loss, tokens_per_second)

    with pytest.raises(Interrupted, match="step 42 of 60"):
        train(replace(run, log=Both()), resume=False)
    saved = sorted(path.name for path in (tmp_path / "checkpoints").glob("step-*"))
    assert saved == ["step-000000039", "step-000000040", "step-000000042"]
    again = replace(make_run(tmp_path, steps=60, checkpoint_minutes=0.0, validate_steps=60), log=Words())
    done = train(again, resume=True)
    assert "back to the weights of step 39" in again.log.said[-1]
    assert all(np.isfinite(weight).all() for weight in done.weights.values())


def test_a_run_that_stays_wrong_ends_with_words(tmp_path):
    run = make_run(tmp_path, steps=60)
    run.model.output_bias.assign(np.full(30, np.nan, "float32"))
    with pytest.raises(BraidError, match="goes wrong again and again, at last at step 16") as caught:
        train(run, resume=False)
    assert "learning_rate" in caught.value.hint


@once
def test_what_is_usual():
    assert guard.limits([[1.0, 1.0, 9.0]] * (guard.LEAST - 1), 9.0) == Limits()
    recent = [[2.0, 0.5, 80.0], [4.0, 1.5, 120.0]] * 64
    assert guard.limits(recent, 100.0) == guard.limits(recent, 200.0) == Limits(loss=9.0, gradient_norm=4.0)
    assert guard.limits(recent, 25.0) == Limits(loss=15.0, gradient_norm=7.0)  # a quarter of the labels, twice as far
    assert guard.limits([[5.0, 1.0, 9.0]] * guard.LEAST, 9.0) == Limits(loss=7.5, gradient_norm=3.0)
    guard.remember(recent, 3.0, 1.0, 7.0)
    assert len(recent) == guard.REMEMBERED
    assert recent[-1] == [3.0, 1.0, 7.0]


@once
def test_a_lone_long_text_is_learned_in_every_epoch(tmp_path):
    """It makes a batch by itself, with few labels and a gradient unlike the others'."""
    data = copy_task(200)
    random = np.random.default_rng(5)
    long = np.append(random.integers(4, 30, 40), 2).astype("int32")
    data = replace(data, source=[*data.source, long], target=[*data.target, np.append(long[-2::-1], 2)])
    run = make_run(tmp_path, steps=300, validate_steps=300, checkpoint_minutes=1000.0)
    run = replace(run, plan=replace(run.plan, data=data, batch_tokens=45, num_shapes=0))
    assert train(run, resume=False).progress.left_out == 0


def test_a_resumed_run_of_several_batches_a_step_is_the_unbroken_one(tmp_path):
    unbroken = train(make_run(tmp_path / "a", steps=9, accumulate=3), resume=False)
    with pytest.raises(Interrupted, match="step 5 of 9"):
        run = make_run(tmp_path / "b", steps=9, accumulate=3)
        train(replace(run, log=StopWhen(lambda progress: progress.step == 5)), resume=False)
    resumed = train(make_run(tmp_path / "b", steps=9, accumulate=3), resume=True)
    assert resumed.progress.examples_seen == unbroken.progress.examples_seen
    batches = 9 * 3
    plan = make_run(tmp_path / "c").plan
    assert unbroken.progress.epoch == (batches - 1) // len(plan.epoch(0))
    for name, value in unbroken.weights.items():
        np.testing.assert_array_equal(value, resumed.weights[name])


def test_interrupt_saves_and_resume_is_bit_identical(tmp_path):
    unbroken = train(make_run(tmp_path / "a", steps=14), resume=False)
    with pytest.raises(Interrupted, match="step 5 of 14") as caught:
        run = replace(make_run(tmp_path / "b", steps=14), log=StopWhen(lambda progress: progress.step == 5))
        train(run, resume=False)
    assert "--resume" in caught.value.hint
    resumed = train(make_run(tmp_path / "b", steps=14), resume=True)
    assert resumed.progress.tokens_seen == unbroken.progress.tokens_seen
    assert_same_end(tmp_path / "a", tmp_path / "b", steps=14)


def assert_same_end(one, other, steps):
    """The checkpoints after the last step hold the same bits: weights, averages, random state, best weights."""
    ends = [load_latest(folder / "checkpoints", identity={}) for folder in (one, other)]
    assert [end.progress.step for end in ends] == [steps, steps]
    facts = [{**asdict(end.progress), "seconds": 0} for end in ends]
    for fact in facts:
        fact["history"] = [{**row, "seconds": 0} for row in fact["history"]]
    assert facts[0] == facts[1]
    for kind in ("arrays", "best"):
        left, right = (getattr(end, kind) for end in ends)
        assert left.keys() == right.keys()
        for name, value in left.items():
            np.testing.assert_array_equal(value, right[name], err_msg=name)


@once
def test_the_steps_of_minutes_outlast_stops(tmp_path, monkeypatch):
    """Stopped before its number of steps is corrected and after, a run ends where its checkpoint says."""
    # A clock that moves on by itself whenever it is looked at: compiling takes longer than these minutes.
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=itertools.count(0, 0.05).__next__))

    def stopped_when(is_so, resume=True):
        run = replace(make_run(tmp_path, minutes=0.2, validate_steps=0), log=StopWhen(is_so))
        with pytest.raises(Interrupted):
            train(run, resume=resume)
        return load_latest(tmp_path / "checkpoints", identity={}).progress

    planned = stopped_when(lambda progress: progress.step == 2, resume=False)
    assert planned.pace_from > 0
    corrected = stopped_when(lambda progress: progress.step == planned.validate_steps + 1)
    assert corrected.pace_step == corrected.validate_steps == planned.validate_steps
    resumed = train(make_run(tmp_path, minutes=0.2, validate_steps=0), resume=True).progress
    assert resumed.step == resumed.total_steps
    assert resumed.pace_step >= corrected.pace_step


@once
@pytest.mark.parametrize(("early", "late"), [(1.85, 1.2), (1.2, 1.85), (1.0, 1.0), (3.0, 0.5)])
def test_minutes_are_used_whatever_the_pace_becomes(early, late, monkeypatch):
    """A machine in numbers: the first 98 steps take ``early`` seconds each, all others ``late``."""
    saved = []
    monkeypatch.setattr(loop, "_save", lambda session: saved.append(session.progress.total_steps))
    progress = Progress(total_steps=round(1800 / early), validate_steps=98, seconds=20.0, pace_from=20.0)
    session = SimpleNamespace(run=SimpleNamespace(config=TrainConfig(minutes=30), log=Silence()), progress=progress)
    while progress.step < progress.total_steps:
        progress.step += 1
        progress.seconds += early if progress.step <= 98 else late
        if progress.step % 98 == 0 and progress.pace_from and progress.step < progress.total_steps:
            loop._correct_steps(session)
    assert 28.5 * 60 < progress.seconds < 30.1 * 60
    assert saved[-1] == progress.total_steps
    assert progress.pace_from == 0


@once
@pytest.mark.parametrize("is_lower_better", [True, False])
def test_a_score_that_is_no_number_is_never_the_best(tmp_path, is_lower_better, uncompiled):
    scores = iter([np.nan, 2.0, np.nan, 2.0])
    validation = Validation(name="score", score=lambda weights: next(scores), is_lower_better=is_lower_better)
    run = replace(make_run(tmp_path, steps=8, validate_steps=2), validation=validation)
    assert train(run, resume=False).progress.best_score == 2.0


@once
def test_a_step_is_saved_once(tmp_path, monkeypatch, uncompiled):
    saved = []
    save = loop.checkpoints.save
    monkeypatch.setattr(
        loop.checkpoints, "save", lambda *args, **options: saved.append(args[1].progress.step) or save(*args, **options)
    )
    train(make_run(tmp_path, steps=3, checkpoint_minutes=0.0), resume=False)
    assert saved == [0, 1, 2, 3]


@once
def test_another_run_is_refused(tmp_path, uncompiled):
    train(make_run(tmp_path, steps=3), resume=False)
    assert has_checkpoint(tmp_path / "checkpoints")
    with pytest.raises(CheckpointError, match="data: 'x' in the checkpoint, 'y' now"):
        train(replace(make_run(tmp_path, steps=3), identity={"data": "y"}), resume=True)
    with pytest.raises(CheckpointError, match="nothing to resume"):
        train(make_run(tmp_path / "none", steps=3), resume=True)


@once
def test_damaged_checkpoint_is_worded(tmp_path, uncompiled):
    train(make_run(tmp_path, steps=3), resume=False)
    newest = sorted((tmp_path / "checkpoints").iterdir())[-1]
    (newest / "state.safetensors").write_bytes(b"rubbish")
    with pytest.raises(CheckpointError, match="cannot be read") as caught:
        train(make_run(tmp_path, steps=3), resume=True)
    assert "delete this folder" in caught.value.hint


@once
def test_old_checkpoints_go(tmp_path, uncompiled):
    train(make_run(tmp_path, steps=6, keep_checkpoints=2), resume=False)
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2


CHILD = """
import sys; sys.path[:0] = {path!r}
from pathlib import Path
from test_loop import make_run
from braid.training.checkpoint import has_checkpoint
from braid.training.loop import train
folder = Path({folder!r})
train(make_run(folder, steps=30), resume=has_checkpoint(folder / "checkpoints"))
"""


def newest_step(folder):
    return max((int(path.name.split("-")[1]) for path in folder.glob("checkpoints/step-*")), default=-1)


def run_and_kill(folder, steps):
    """Start a run in a process of its own; kill it once its newest checkpoint is some steps further."""
    here = os.path.dirname(__file__)
    code = CHILD.format(path=[here, os.path.dirname(here)], folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    begun, wanted = time.monotonic(), newest_step(folder) + steps
    while newest_step(folder) < wanted and process.poll() is None and time.monotonic() - begun < 200:
        time.sleep(0.001)
    time.sleep(np.random.default_rng().uniform(0, 0.01))
    process.kill()
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors
    assert newest_step(folder) >= wanted


def test_sigkill_and_resume_is_bit_identical(tmp_path):
    """Three processes, of which two are killed, end where one does."""
    random = np.random.default_rng()
    (tmp_path / "b").mkdir()
    train(make_run(tmp_path / "a", steps=30), resume=False)
    for _ in range(2):
        run_and_kill(tmp_path / "b", steps=int(random.integers(2, 8)))
    train(make_run(tmp_path / "b", steps=30), resume=True)
    assert_same_end(tmp_path / "a", tmp_path / "b", steps=30)


@pytest.mark.parametrize(
    ("task", "steps"),
    [("copy", 400), pytest.param("reverse", 1000, marks=once), pytest.param("sort", 1000, marks=once)],
)
def test_learns(task, steps, tmp_path):
    """Gates with a new random seed each run: the network must solve them, not remember an answer."""
    change = {"copy": lambda row: row, "reverse": lambda row: row[::-1], "sort": np.sort}[task]
    seed = int.from_bytes(os.urandom(3), "big")
    plan = BatchPlan(data=copy_task(20_000, seed, change), batch_tokens=1024, seed=seed, num_shapes=2)
    config = TrainConfig(
        steps=steps, batch_tokens=1024, validate_steps=steps, learning_rate=0.01, warmup_steps=50,
        checkpoint_minutes=9.0, label_smoothing=0.0, ema_decay=0.98,
    )  # fmt: skip
    model = tiny_model("MA", "S", model_dim=64, ffn_dim=128, dropout=0.0)
    validation = Validation(name="none", score=lambda _: 1.0)
    run = Run(config=config, model=model, plan=plan, folder=tmp_path, identity={}, validation=validation, log=Silence())
    weights = train(run, resume=False).weights
    right = accuracy(weights, model.config, copy_task(200, seed + 1, change), tmp_path)
    assert right >= 0.95, f"seed {seed}"


def accuracy(weights, config, pairs, folder):
    from braid.data.encoded import pad_rows
    from braid.exporting.onnx import export_onnx
    from braid.runtime.session import EncoderDecoderSession
    from braid.search.beam import SearchOptions, search

    export_onnx(config, weights, folder, precision="float32")
    session = EncoderDecoderSession(folder)
    state = session.encode(*pad_rows(pairs.source, 0))
    options = SearchOptions(beam_size=1, length_penalty=1.0, bos_id=1, eos_id=2)
    found = search(session, state, np.full(len(pairs), 12), options)
    return np.mean([found[i].token_ids == pairs.target[i][:-1].tolist() for i in range(len(pairs))])
