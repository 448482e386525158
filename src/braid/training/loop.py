"""The training loop: batches to weights, in a number of steps known at the start, resumable at any of them."""

from __future__ import annotations

import copy
import math
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from braid.config.recipe import TrainConfig
from braid.data.batch import BatchPlan
from braid.data.encoded import Batch
from braid.errors import BraidError
from braid.models.network import Network
from braid.models.weights import named_variables, projection_widths
from braid.training import checkpoint as checkpoints
from braid.training import guard
from braid.training.checkpoint import Checkpoint, Progress
from braid.training.log import EventFile, RunLog
from braid.training.optimizer import Optimizer
from braid.training.schedule import learning_rate
from braid.training.step import Limits, StepFunction, StepResult, make_step

VALIDATIONS = 12
LOG_STEPS = 10
CORRECTED_SHARE = 0.5
"""Of a run in minutes; after that the number of its steps stays as it is."""

WARM_STEPS = 8
"""Steps of a process that say nothing about its pace: graphs are traced and compiled in them."""

SHOWN_STEPS = 50
"""The loss that a person sees is the mean of so many: batches of short and of long rows differ by a lot."""


class Interrupted(BraidError):
    """A person stopped the run; its checkpoint is saved."""

    exit_code = 130


@dataclass(frozen=True, kw_only=True)
class Validation:
    """A score by which the best weights of a run are known.

    Args:
        name: As people write it.
        score: A function of weights by name.
        is_lower_better: Whether small scores are good ones.
    """

    name: str
    score: Callable[[dict[str, np.ndarray]], float]
    is_lower_better: bool = False

    def is_better(self, score: float, other: float) -> bool:
        """Whether the first score is better than the second; not a number is worse than any."""
        if math.isnan(score) or math.isnan(other):
            return not math.isnan(score)
        return score < other if self.is_lower_better else score > other


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a run is made of.

    Args:
        config: The recipe's train section.
        model: The network, with the weights to start from.
        plan: The training data in batches.
        folder: Where checkpoints and event files go.
        identity: What must be the same for a checkpoint to be continued.
        validation: What the validation set says of given weights.
        log: Who hears of it.
    """

    config: TrainConfig
    model: Network
    plan: BatchPlan
    folder: Path
    identity: Mapping[str, Any]
    validation: Validation
    log: RunLog


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The weights of the best validation, what it took to get there, and the name of the validation score."""

    weights: dict[str, np.ndarray]
    progress: Progress
    validation: str


@dataclass(kw_only=True)
class _Session:
    """One process's share of a run: the moving parts around the step function."""

    run: Run
    optimizer: Optimizer
    step: StepFunction
    variables: dict[str, Any]
    events: EventFile
    progress: Progress
    best: dict[str, np.ndarray] = field(default_factory=dict)
    saved_at: float = field(default_factory=time.monotonic)
    stop_signal: int = 0
    steps: int = 0
    has_saved: bool = False
    saved: Progress | None = None


def train(run: Run, *, resume: bool) -> Trained:
    """Train to the last step, or until the validation score stops rising.

    Args:
        run: What to train, on what, and where to keep it.
        resume: Go on from the newest checkpoint in ``run.folder``.

    Raises:
        CheckpointError: ``resume`` without a usable checkpoint.
        Interrupted: SIGINT or SIGTERM came; the state is saved.
        BraidError: Loss or gradient were infinite, not a number or far too high again and again.
    """
    session = _open(run, resume)
    try:
        with _signals(session):
            if not session.progress.total_steps:
                _fix_steps(session)
            _steps(session)
    finally:
        session.events.close()
    weights = session.best or session.optimizer.averaged_weights()
    return Trained(weights=weights, progress=session.progress, validation=run.validation.name)


def _open(run: Run, resume: bool) -> _Session:
    begun = time.monotonic()
    optimizer = Optimizer(run.config, named_variables(run.model), projection_widths(run.model))
    session = _Session(
        run=run,
        optimizer=optimizer,
        step=make_step(run.model, optimizer, run.config),
        variables=checkpoints.state_variables(run.model, optimizer),
        events=EventFile(run.folder / "tensorboard", run.log, is_new=not resume),
        progress=Progress(),
    )
    if resume:
        loaded = checkpoints.load_latest(run.folder / "checkpoints", identity=dict(run.identity))
        checkpoints.restore(session.variables, loaded.arrays)
        session.progress, session.best, session.has_saved = loaded.progress, loaded.best, True
        run.log.say(f"resuming at step {loaded.progress.step:,} of {loaded.progress.total_steps:,}")
    else:
        session.progress.seconds = time.monotonic() - begun
    return session


def _fix_steps(session: _Session) -> None:
    """Decide once how many steps the run has; minutes are turned into steps by measuring some."""
    run, progress = session.run, session.progress
    if run.config.steps:
        progress.total_steps = run.config.steps
    elif run.config.epochs:
        progress.total_steps = max(1, round(run.config.epochs * len(run.plan.epoch(0)) / run.config.accumulate))
    else:
        _measure(session)
    wanted = run.config.validate_steps or progress.validate_steps or -(-progress.total_steps // VALIDATIONS)
    progress.validate_steps = min(wanted, progress.total_steps)
    _save(session)


def _measure(session: _Session) -> None:
    """Time a few steps and one validation, undo them, and see how many fit into the minutes."""
    run, progress = session.run, session.progress
    budget = run.config.minutes * 60
    before = checkpoints.snapshot(session.variables)
    begun = time.monotonic()
    batches = run.plan.epoch(0)
    times: list[float] = []
    while len(times) < 4 or (sum(times) < min(0.03 * budget, 20.0) and len(times) < len(batches)):
        first = len(times) * run.config.accumulate
        loaded = [run.plan.load(batches[(first + i) % len(batches)]) for i in range(run.config.accumulate)]
        start = time.monotonic()
        session.step(loaded, 1e-6, Limits())
        times.append(time.monotonic() - start)
    start = time.monotonic()
    run.validation.score(session.optimizer.averaged_weights())
    validation_seconds = time.monotonic() - start
    checkpoints.restore(session.variables, before)
    progress.seconds += time.monotonic() - begun
    step_seconds = float(np.mean(times[2:]))
    validations = max(2, min(VALIDATIONS, int(0.1 * budget / validation_seconds)))
    left = budget - progress.seconds - validations * validation_seconds
    progress.pace_from = progress.seconds
    progress.total_steps = max(validations, math.floor(left / step_seconds))
    progress.validate_steps = -(-progress.total_steps // validations)
    run.log.say(
        f"{run.config.minutes:g} minutes are {progress.total_steps:,} steps here "
        f"({step_seconds:.2f} s a step, {validation_seconds:.1f} s a validation)"
    )


def _correct_steps(session: _Session) -> None:
    """After a validation in the first half of the minutes: as many more steps as the rest still allows."""
    run, progress = session.run, session.progress
    budget, planned = run.config.minutes * 60, progress.total_steps
    if progress.step > progress.pace_step:
        pace = (progress.seconds - progress.pace_from) / (progress.step - progress.pace_step)
        progress.total_steps = progress.step + max(1, math.floor((budget - progress.seconds) / pace))
    progress.pace_from, progress.pace_step = progress.seconds, progress.step
    if progress.seconds > CORRECTED_SHARE * budget:
        progress.pace_from = 0.0
    _save(session)
    if abs(progress.total_steps - planned) > 0.05 * planned:
        run.log.say(f"the pace has changed: {progress.total_steps:,} steps instead of {planned:,}")


def _steps(session: _Session) -> None:
    """All remaining steps, with validations and checkpoints between them."""
    progress, config = session.progress, session.run.config
    for batches in _batches(session):
        start = time.monotonic()
        weight = sum(batch.loss_weight for batch in batches)
        rate, limits = learning_rate(config, progress.step, progress.total_steps), guard.limits(progress.recent, weight)
        result = session.step(batches, rate, limits)
        progress.step += 1
        tokens = sum(batch.num_tokens for batch in batches)
        progress.examples_seen += sum(batch.num_examples for batch in batches)
        progress.tokens_seen += tokens
        progress.seconds += time.monotonic() - start
        _judge(session, result, limits, weight)
        _report(session, tokens / (time.monotonic() - start))
        session.steps += 1
        if session.steps == WARM_STEPS and progress.pace_from:
            progress.pace_from, progress.pace_step = progress.seconds, progress.step
        if progress.step % progress.validate_steps == 0 or progress.step == progress.total_steps:
            _validate(session)
            if progress.pace_from and progress.step < progress.total_steps:
                _correct_steps(session)
        if session.stop_signal:
            _save(session)
            raise Interrupted(
                f"stopped at step {progress.step:,} of {progress.total_steps:,}; everything is saved",
                hint="run the same command with --resume to go on",
            )
        if config.patience and progress.worse_validations >= config.patience:
            session.run.log.say(f"{config.patience} validations worse than the best: stopping early")
            break
        is_due = time.monotonic() - session.saved_at >= config.checkpoint_minutes * 60
        if is_due and guard.is_sound(progress):
            _save(session)
    _save(session)  # what follows, scoring and writing the bundle, may still fail


def _batches(session: _Session) -> Iterator[list[Batch]]:
    """Each step's batches, from where the run stands to its last step; keeps the place up to date."""
    progress, plan = session.progress, session.run.plan
    order = plan.epoch(progress.epoch)
    while progress.step < progress.total_steps:
        batches = []
        while len(batches) < session.run.config.accumulate:
            if progress.batch == len(order):
                progress.epoch, progress.batch = progress.epoch + 1, 0
                order = plan.epoch(progress.epoch)
            batches.append(plan.load(order[progress.batch], progress.epoch))
            progress.batch += 1
        yield batches


def _judge(session: _Session, result: StepResult, limits: Limits, weight: float) -> None:
    """Note a step that was taken; go back to a checkpoint after several that were not."""
    progress, run = session.progress, session.run
    if result.is_taken:
        progress.losses.append(result.loss)
        guard.remember(progress.recent, result.loss, result.gradient_norm, weight)
        progress.left_out_in_a_row = 0
        if len(progress.recent) == guard.REMEMBERED:
            progress.returns = 0
        return
    progress.left_out += 1
    progress.left_out_in_a_row += 1
    found = f"loss {result.loss:.4g}, gradient norm {result.gradient_norm:.4g}"
    allowed = f"at most {limits.loss:.4g} and {limits.gradient_norm:.4g} are usual"
    run.log.say(f"step {progress.step:,} left out: {found}; {allowed}")
    if progress.left_out_in_a_row < guard.PATIENCE:
        return
    if progress.returns == guard.RETURNS:
        raise BraidError(
            f"training goes wrong again and again, at last at step {progress.step:,} with {found}",
            hint="try a lower train.learning_rate",
        )
    folder = run.folder / "checkpoints"
    loaded = checkpoints.load_latest(folder, identity=dict(run.identity), back=progress.returns)
    first_loss = progress.history[0]["loss"] if progress.history else result.loss
    is_worse = guard.is_worse(result.loss, result.gradient_norm, loaded.progress.recent, first_loss)
    progress.left_out_in_a_row = 0
    progress.recent.clear()
    told = f"{guard.PATIENCE} steps left out in a row"
    if not is_worse:
        run.log.say(f"{told}, but still better than at step {loaded.progress.step:,}: what is usual is learned anew")
        return
    checkpoints.restore(session.variables, loaded.arrays)
    progress.returns += 1
    run.log.say(f"{told}: back to the weights of step {loaded.progress.step:,}")


def _report(session: _Session, tokens_per_second: float) -> None:
    progress = session.progress
    if not progress.losses:
        return
    session.run.log.step(progress, float(np.mean(progress.losses[-SHOWN_STEPS:])), tokens_per_second)
    if progress.step % LOG_STEPS == 0:
        mean = float(np.mean(progress.losses[-LOG_STEPS:]))
        rate = learning_rate(session.run.config, progress.step - 1, progress.total_steps)
        session.events.add(progress.step, loss=mean, learning_rate=rate, tokens_per_second=tokens_per_second)
        progress.history.append({"step": progress.step, "loss": mean, "seconds": progress.seconds})


def _validate(session: _Session) -> None:
    progress, run = session.progress, session.run
    start = time.monotonic()
    weights = session.optimizer.averaged_weights()
    score = run.validation.score(weights)
    progress.seconds += time.monotonic() - start
    # When every step since the last validation was left out, its loss still stands.
    mean = float(np.mean(progress.losses or [row["loss"] for row in progress.history[-1:]] or [0.0]))
    progress.history.append(
        {"step": progress.step, "loss": mean, "valid_score": score, "seconds": progress.seconds},
    )
    progress.losses.clear()
    session.events.add(progress.step, valid_score=score)
    best = progress.best_score
    if best is None or run.validation.is_better(score, best):
        progress.best_score, progress.worse_validations, session.best = score, 0, weights
    elif run.validation.is_better(best, score):
        progress.worse_validations += 1
    run.log.validation(progress, run.validation.name, score, mean)


def _save(session: _Session) -> None:
    run = session.run
    if session.saved == session.progress:
        return  # the same step, with nothing changed since
    state = Checkpoint(progress=session.progress, arrays=checkpoints.snapshot(session.variables), best=session.best)
    folder = run.folder / "checkpoints"
    # What may be ruined pushes out nothing that a run could return to.
    keep = run.config.keep_checkpoints if guard.is_sound(session.progress) else sys.maxsize
    is_first = not session.has_saved
    for failure in checkpoints.save(folder, state, identity=dict(run.identity), keep=keep, is_first=is_first):
        run.log.say(str(failure))
    session.has_saved, session.saved = True, copy.deepcopy(session.progress)
    session.saved_at = time.monotonic()


@contextmanager
def _signals(session: _Session) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the run after the step under way; a second one ends it at once."""

    def note(number: int, frame: Any) -> None:
        if session.stop_signal:
            raise KeyboardInterrupt
        session.stop_signal = number

    try:
        old = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        yield
        return
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
