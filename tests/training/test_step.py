"""The training step on the backend at hand."""

import pytest

from braid.config.recipe import TrainConfig
from braid.data.batch import BatchPlan
from braid.models.weights import get_weights, named_variables
from tiny import copy_task, tiny_model

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_steps_lower_the_loss_and_move_every_weight(kind):
    from braid.training.optimizer import Optimizer
    from braid.training.step import make_step

    model = tiny_model("A", "S", dropout=0.0)
    before = get_weights(model)
    optimizer = Optimizer(TrainConfig(optimizer=kind), named_variables(model))
    step = make_step(model, optimizer, 0.1)
    plan = BatchPlan(pairs=copy_task(40), batch_tokens=400, seed=1, length_multiple=16)
    batch = plan.load(plan.epoch(0)[0])
    losses = [step(batch, 0.01) for _ in range(20)]
    assert losses[-1] < 0.8 * losses[0]
    after, averaged = get_weights(model), optimizer.averaged_weights()
    assert all((after[name] != value).any() for name, value in before.items())
    assert all((averaged[name] != value).any() for name, value in after.items())
