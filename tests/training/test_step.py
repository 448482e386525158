"""The training step on the backend at hand."""

import numpy as np
import pytest

from braid.config.recipe import TrainConfig
from braid.data.batch import BatchPlan
from braid.models.weights import get_weights, named_variables
from tiny import copy_task, tiny_model

pytestmark = pytest.mark.backend


def test_a_step_depends_on_nothing_but_the_saved_state():
    """A second network with the first one's state takes the same next step: no gradient is left from earlier ones."""
    from braid.training import checkpoint
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    plan = BatchPlan(data=copy_task(40), batch_tokens=100, seed=1, num_shapes=1)
    batches = [plan.load(rows) for rows in plan.epoch(0)[:3]]
    steps, states = [], []
    for _ in range(2):
        model = tiny_model("AA", "SS", dropout=0.2)
        optimizer = Optimizer(TrainConfig(), named_variables(model))
        steps.append(make_step(model, optimizer, TrainConfig()))
        states.append(checkpoint.state_variables(model, optimizer))
    for batch in batches[:2]:
        steps[0]([batch], 0.01, Limits())
    checkpoint.restore(states[1], checkpoint.snapshot(states[0]))
    assert steps[0]([batches[2]], 0.01, Limits()) == steps[1]([batches[2]], 0.01, Limits())
    first, second = (checkpoint.snapshot(state) for state in states)
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name], err_msg=name)


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_steps_lower_the_loss_and_move_every_weight(kind):
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    model = tiny_model("A", "S", dropout=0.0)
    before = get_weights(model)
    config = TrainConfig(optimizer=kind, weight_decay=0.0)
    optimizer = Optimizer(config, named_variables(model))
    step = make_step(model, optimizer, config)
    plan = BatchPlan(data=copy_task(40), batch_tokens=400, seed=1, num_shapes=1)
    batch = plan.load(plan.epoch(0)[0])
    losses = [step([batch], 0.01, Limits()).loss for _ in range(20)]
    assert losses[-1] < 0.8 * losses[0]
    after, averaged = get_weights(model), optimizer.averaged_weights()
    assert all((after[name] != value).any() for name, value in before.items())
    assert all((averaged[name] != value).any() for name, value in after.items())


def test_every_step_drops_other_values():
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    model = tiny_model("A", "S", dropout=0.2)
    step = make_step(model, Optimizer(TrainConfig(), named_variables(model)), TrainConfig())
    plan = BatchPlan(data=copy_task(40), batch_tokens=400, seed=1, num_shapes=1)
    batch = plan.load(plan.epoch(0)[0])
    assert len({step([batch], 0.0, Limits()).loss for _ in range(4)}) == 4


def test_padding_changes_no_loss():
    """The same examples padded to different widths and heights have the same mean loss."""
    import keras

    from braid.training.step import batch_arrays, mean_loss

    model = tiny_model("AA", "SS", dropout=0.0)
    losses = []
    for num_shapes in (0, 1):
        plan = BatchPlan(data=copy_task(7), batch_tokens=800, seed=1, num_shapes=num_shapes)
        (rows,) = plan.epoch(0)
        loss = mean_loss(model, batch_arrays(plan.load(rows)), TrainConfig(), training=False)
        losses.append(keras.ops.convert_to_numpy(loss))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)


def fresh(config, encoder="A", decoder="S", **changes):
    """A network with its step and all variables of the run."""
    from braid.training import checkpoint
    from braid.training.optimizer import Optimizer
    from braid.training.step import make_step

    model = tiny_model(encoder, decoder, **{"dropout": 0.0, **changes})
    optimizer = Optimizer(config, named_variables(model))
    return model, make_step(model, optimizer, config), checkpoint.state_variables(model, optimizer)


def test_several_batches_are_one_large_batch():
    """Their loss, gradient norm and update are those of all their rows together, though rows and tokens differ."""
    from braid.training.step import Limits

    config = TrainConfig(optimizer="adamw", gradient_clip=0.1)
    plan = BatchPlan(data=copy_task(30), batch_tokens=10_000, seed=1, num_shapes=1)
    parts = [plan.load(np.arange(*ends)) for ends in ((0, 4), (4, 21), (21, 30))]
    (model, step, _), (other, other_step, _) = fresh(config), fresh(config)
    several = step(parts, 0.01, Limits())
    whole = other_step([plan.load(np.arange(30))], 0.01, Limits())
    assert several.is_taken
    assert whole.is_taken
    np.testing.assert_allclose([several.loss, several.gradient_norm], [whole.loss, whole.gradient_norm], rtol=1e-5)
    wanted = get_weights(other)
    for name, value in get_weights(model).items():
        np.testing.assert_allclose(value, wanted[name], atol=1e-4, err_msg=name)


@pytest.mark.parametrize("case", ["loss", "gradient_norm", "infinite", "not a number"])
def test_a_harmful_step_changes_nothing(case):
    from braid.training import checkpoint
    from braid.training.step import Limits

    model, step, state = fresh(TrainConfig(), dropout=0.2)
    plan = BatchPlan(data=copy_task(20), batch_tokens=400, seed=1, num_shapes=1)
    batch = plan.load(plan.epoch(0)[0])
    usual = step([batch], 0.01, Limits())
    assert usual.is_taken
    if case in ("infinite", "not a number"):
        bad = get_weights(model)["output_bias"]
        bad[5] = {"infinite": np.inf, "not a number": np.nan}[case]
        named_variables(model)["output_bias"].assign(bad)
    before = checkpoint.snapshot(state)
    limits = {"loss": Limits(loss=0.9 * usual.loss), "gradient_norm": Limits(gradient_norm=1e-3)}.get(case, Limits())
    result = step([batch], 0.01, limits)
    assert not result.is_taken
    assert np.isfinite(result.loss) == (case in ("loss", "gradient_norm"))
    for name, value in checkpoint.snapshot(state).items():
        if not name.startswith("state."):  # the randomness of dropout goes on
            np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_a_decoder_alone_learns():
    from braid.data.encoded import Batch
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    model = tiny_model(decoder="DRA", kind="decoder", dropout=0.0)
    step = make_step(model, Optimizer(TrainConfig(), named_variables(model)), TrainConfig())
    ids = np.tile(np.arange(4, 24, dtype="int32"), (4, 1))
    batch = Batch(target_ids=ids[:, :-1], target_mask=np.ones((4, 19), bool), labels=ids[:, 1:].copy())
    losses = [step([batch], 0.01, Limits()).loss for _ in range(20)]
    assert losses[-1] < 0.7 * losses[0]


def test_short_and_long_texts_take_windows_either_way():
    """A compiled step meets texts shorter and longer than two windows; its loss is that of the plain call."""
    import keras

    from braid.training.step import Limits, batch_arrays, mean_loss

    config = TrainConfig()
    model, step, _ = fresh(config, encoder="W", decoder="W", window=3)
    plan = BatchPlan(data=copy_task(40, longest=20), batch_tokens=20, seed=1)
    batches = sorted((plan.load(rows) for rows in plan.epoch(0)), key=lambda batch: batch.source_ids.shape[1])
    assert batches[0].source_ids.shape[1] <= 6
    assert batches[-1].source_ids.shape[1] > 12
    for batch in (batches[0], batches[-1]):
        wanted = float(keras.ops.convert_to_numpy(mean_loss(model, batch_arrays(batch), config, training=False)))
        assert step([batch], 1e-3, Limits()).loss == pytest.approx(wanted, rel=1e-4)


def test_mixed_precision_learns_as_well():
    """Products rounded to bfloat16 bring the loss down as far, within a little."""
    from braid.layers.linear import use_precision
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    ends = {}
    for precision in ("float32", "bfloat16"):
        use_precision(precision)
        try:
            config = TrainConfig(batch_tokens=400, precision=precision, label_smoothing=0.0)
            model = tiny_model("A", "S")
            optimizer = Optimizer(config, named_variables(model))
            step = make_step(model, optimizer, config)
            plan = BatchPlan(data=copy_task(40), batch_tokens=400, seed=1, num_shapes=1)
            batches = [plan.load(indices) for indices in plan.epoch(0)]
            losses = [step([batches[i % len(batches)]], 0.01, Limits()).loss for i in range(60)]
        finally:
            use_precision("float32")
        ends[precision] = np.mean(losses[-10:])
        assert ends[precision] < 0.7 * losses[0]
    assert ends["float32"] != ends["bfloat16"]
    assert ends["bfloat16"] < 1.15 * ends["float32"]
