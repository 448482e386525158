"""How much each text, and each of its labels, counts in the loss."""

import numpy as np
import pytest
from keras import ops

from braid.config.recipe import TrainConfig
from braid.data.encoded import Batch
from braid.training.objective import batch_arrays, mean_loss
from tiny import arrays, tiny_model
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend
CONFIG = TrainConfig(label_smoothing=0.0)


def network():
    return tiny_model("A", "", kind="encoder", head_options={"head": "classes", "num_classes": 3})


def loss(model, labels, weights, rows=(0, 1, 2)):
    made, rows = arrays(), list(rows)
    source = {name: made[name][rows] for name in ("source_ids", "source_mask")}
    batch = Batch(**source, labels=labels[rows], weights=weights[rows].astype("float32"))
    found = mean_loss(model, batch_arrays(batch), CONFIG, training=False)
    return float(ops.convert_to_numpy(found)), batch.loss_weight


def test_weights_of_classes():
    model, labels = network(), np.array([0, 1, 1], "int32")
    alone = [loss(model, labels, np.ones(3), rows=[row])[0] for row in range(3)]
    weights = np.array([1.5, 0.75, 0.75])
    found, total = loss(model, labels, weights)
    assert found == pytest.approx(np.average(alone, weights=weights), abs=FLOAT32_PARITY)
    assert abs(found - np.mean(alone)) > 1e-3
    assert total == 3


def test_weights_of_each_of_several_labels():
    model, labels = network(), np.array([[1, 0, 0], [0, 0, 1], [0, 1, 1]], "float32")
    plain, count = loss(model, labels, np.ones(3))
    assert loss(model, labels, np.ones((3, 3))) == (pytest.approx(plain, abs=FLOAT32_PARITY), count)
    by_label = [loss(model, labels, np.repeat([np.eye(3)[label]], 3, axis=0))[0] for label in range(3)]
    assert sum(by_label) / 3 == pytest.approx(plain, abs=FLOAT32_PARITY)
    first = np.repeat([[3.0, 0.0, 0.0]], 3, axis=0)
    assert loss(model, labels, first) == (pytest.approx(by_label[0], abs=FLOAT32_PARITY), 3)
