"""Muon and AdamW against plain NumPy, on the backend at hand."""

import numpy as np
import pytest

from braid.config.recipe import TrainConfig

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("shape", [(8, 8), (16, 24), (8, 40), (40, 8), (24, 16)])
def test_orthogonalize_keeps_directions_and_evens_singular_values(shape):
    from keras import ops

    from braid.training.optimizer import orthogonalize

    matrix = np.random.default_rng(0).normal(size=shape).astype("float32") * 1e-3
    found = ops.convert_to_numpy(orthogonalize(ops.convert_to_tensor(matrix)))
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    after = np.diag(left.T @ found @ right.T)
    big = values > 0.02 * np.linalg.norm(matrix)
    assert np.all(np.abs(after[big] - 1) < 0.6)  # what four polynomials leave
    np.testing.assert_allclose(left.T @ found @ right.T, np.diag(after), atol=2e-3)


def test_zero_gradient_is_no_update():
    from keras import ops

    from braid.training.optimizer import muon_direction

    assert not ops.convert_to_numpy(muon_direction(ops.zeros((4, 12)))).any()


def test_side_by_side_projections_are_orthogonal_each_by_itself():
    from keras import ops

    from braid.training.optimizer import muon_direction

    random = np.random.default_rng(1)
    parts = [random.normal(size=(8, 8)).astype("float32") * size for size in (1.0, 1e-3, 10.0)]
    together = ops.convert_to_numpy(muon_direction(ops.convert_to_tensor(np.concatenate(parts, axis=1)), [8, 8, 8]))
    alone = [ops.convert_to_numpy(muon_direction(ops.convert_to_tensor(part))) for part in parts]
    np.testing.assert_allclose(together, np.concatenate(alone, axis=1), rtol=1e-5, atol=1e-6)
    assert 0.15 < np.sqrt(np.mean(together**2)) < 0.25  # the size of an AdamW update


def reference(weights, gradients, config, muon, learning_rate):
    """The same updates as loops over NumPy arrays in float64."""
    from keras import ops

    from braid.training.optimizer import muon_direction

    weights = {name: value.astype("float64") for name, value in weights.items()}
    first, second = ({name: np.zeros(value.shape) for name, value in weights.items()} for _ in range(2))
    average = {name: value.copy() for name, value in weights.items()}
    for step, group in enumerate(gradients, 1):
        norm = np.sqrt(sum(np.sum(gradient.astype("float64") ** 2) for gradient in group.values()))
        for name, gradient in group.items():
            gradient = gradient * min(1.0, config.gradient_clip / (norm + 1e-6))
            if name in muon:
                first[name] = 0.95 * first[name] + gradient
                ahead = (gradient + 0.95 * first[name]).astype("float32")
                update = ops.convert_to_numpy(muon_direction(ops.convert_to_tensor(ahead)))
            else:
                first[name] = 0.9 * first[name] + 0.1 * gradient
                second[name] = config.beta2 * second[name] + (1 - config.beta2) * gradient**2
                spread = np.sqrt(second[name] / (1 - config.beta2**step)) + 1e-8
                update = first[name] / (1 - 0.9**step) / spread
            if gradient.ndim > 1:
                weights[name] *= 1 - learning_rate * config.weight_decay
            weights[name] = weights[name] - learning_rate * update
            pace = max(1 - config.ema_decay, 9 / (10 + step))
            average[name] += pace * (weights[name] - average[name])
    return weights, average


@pytest.mark.parametrize("kind", ["muon", "adamw"])
@pytest.mark.parametrize("clip", [0.5, 1e6])
def test_equals_numpy(kind, clip):
    import keras
    from keras import ops

    from braid.training.optimizer import Optimizer

    random = np.random.default_rng(2)
    shapes = {"embedding": (12, 8), "inner.kernel": (8, 32), "bias": (8,)}
    weights = {name: random.normal(size=shape).astype("float32") for name, shape in shapes.items()}
    gradients = [{n: random.normal(size=s).astype("float32") for n, s in shapes.items()} for _ in range(4)]
    config = TrainConfig(optimizer=kind, gradient_clip=clip, weight_decay=0.1)
    variables = {name: keras.Variable(value, name=name.replace(".", "_")) for name, value in weights.items()}
    optimizer = Optimizer(config, variables)
    for group in gradients:
        norm = float(np.sqrt(sum((group[name] ** 2).sum() for name in shapes)))
        tensors = [ops.stop_gradient(ops.convert_to_tensor(group[name])) for name in shapes]
        if keras.backend.backend() == "torch":
            import torch

            with torch.no_grad():
                optimizer.apply(tensors, 0.01, norm)
        else:
            optimizer.apply(tensors, 0.01, norm)
    expected, averages = reference(weights, gradients, config, {"inner.kernel"} if kind == "muon" else set(), 0.01)
    for name, variable in variables.items():
        np.testing.assert_allclose(ops.convert_to_numpy(variable), expected[name], rtol=2e-5, atol=2e-6)
        np.testing.assert_allclose(optimizer.averaged_weights()[name], averages[name], rtol=2e-5, atol=2e-6)
    assert set(optimizer.velocity) == ({"embedding", "bias"} if kind == "muon" else set(shapes))


def test_without_averaging_the_weights_themselves_are_given():
    import keras

    from braid.training.optimizer import Optimizer

    variable = keras.Variable(np.ones((2, 2), "float32"), name="kernel")
    optimizer = Optimizer(TrainConfig(ema_decay=0.0), {"kernel": variable})
    weights = optimizer.averaged_weights()
    variable.assign(np.zeros((2, 2)))
    np.testing.assert_array_equal(weights["kernel"], np.ones((2, 2)))  # a copy
    assert not any(name.startswith("average") for name in optimizer.state)
