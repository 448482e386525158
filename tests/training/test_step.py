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
    from braid.training.step import make_step

    plan = BatchPlan(pairs=copy_task(40), batch_tokens=100, seed=1, length_multiple=16)
    batches = [plan.load(rows) for rows in plan.epoch(0)[:3]]
    steps, states = [], []
    for _ in range(2):
        model = tiny_model("AA", "SS", dropout=0.2)
        optimizer = Optimizer(TrainConfig(), named_variables(model))
        steps.append(make_step(model, optimizer, 0.1))
        states.append(checkpoint.state_variables(model, optimizer))
    for batch in batches[:2]:
        steps[0](batch, 0.01)
    checkpoint.restore(states[1], checkpoint.snapshot(states[0]))
    assert steps[0](batches[2], 0.01) == steps[1](batches[2], 0.01)
    first, second = (checkpoint.snapshot(state) for state in states)
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name], err_msg=name)


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_steps_lower_the_loss_and_move_every_weight(kind):
    from braid.training.optimizer import Optimizer
    from braid.training.step import make_step

    model = tiny_model("A", "S", dropout=0.0)
    before = get_weights(model)
    optimizer = Optimizer(TrainConfig(optimizer=kind, weight_decay=0.0), named_variables(model))
    step = make_step(model, optimizer, 0.1)
    plan = BatchPlan(pairs=copy_task(40), batch_tokens=400, seed=1, length_multiple=16)
    batch = plan.load(plan.epoch(0)[0])
    losses = [step(batch, 0.01) for _ in range(20)]
    assert losses[-1] < 0.8 * losses[0]
    after, averaged = get_weights(model), optimizer.averaged_weights()
    assert all((after[name] != value).any() for name, value in before.items())
    assert all((averaged[name] != value).any() for name, value in after.items())


def test_every_step_drops_other_values():
    from braid.training.optimizer import Optimizer
    from braid.training.step import make_step

    model = tiny_model("A", "S", dropout=0.2)
    step = make_step(model, Optimizer(TrainConfig(), named_variables(model)), 0.1)
    plan = BatchPlan(pairs=copy_task(40), batch_tokens=400, seed=1, length_multiple=16)
    batch = plan.load(plan.epoch(0)[0])
    assert len({step(batch, 0.0) for _ in range(4)}) == 4


def test_padding_changes_no_loss():
    """The same examples padded to different widths and heights have the same mean loss."""
    import keras

    from braid.training.step import batch_arrays, mean_loss

    model = tiny_model("AA", "SS", dropout=0.0)
    losses = []
    for multiple in (1, 16):
        plan = BatchPlan(pairs=copy_task(7), batch_tokens=800, seed=1, length_multiple=multiple)
        (rows,) = plan.epoch(0)
        loss = mean_loss(model, batch_arrays(plan.load(rows)), 0.1, training=False)
        losses.append(keras.ops.convert_to_numpy(loss))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
