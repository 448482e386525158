"""Classes, spans and copies: the same on Keras and in ONNX Runtime, and blind to padding wherever it stands."""

import numpy as np
import pytest
from keras import ops

from braid.exporting.onnx import export_onnx
from braid.models.weights import get_weights
from braid.runtime.session import DecoderSession, EncoderDecoderSession, EncoderSession
from tiny import VOCAB, arrays, tiny_config, tiny_model
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend


def outputs(model, batch):
    return ops.convert_to_numpy(model({name: ops.convert_to_tensor(value) for name, value in batch.items()}))


def reading(seed=0):
    batch = {name: value for name, value in arrays(seed).items() if name.startswith("source")}
    marks = np.random.default_rng(seed).integers(0, 9, batch["source_ids"].shape).astype("int32")
    marks[:, 0] = 0
    return {**batch, "source_marks": np.where(batch["source_mask"], marks, 0).astype("int32")}


@pytest.mark.parametrize("encoder", ["A", "RRA", "DM"])
@pytest.mark.parametrize("head", ["classes", "spans"])
def test_parity(encoder, head, tmp_path):
    options = {"head": head, "num_classes": 5 if head == "classes" else 0}
    model, batch = tiny_model(encoder, kind="encoder", head_options=options), reading()
    batch = batch if head == "spans" else {k: v for k, v in batch.items() if k != "source_marks"}
    paths = export_onnx(
        tiny_config(encoder), get_weights(model), tmp_path, precision="float32", kind="encoder", head=head
    )
    assert [path.name for path in paths] == ["encoder.onnx"]
    expected = outputs(model, batch)
    found = EncoderSession(tmp_path).scores(*batch.values())
    assert expected.shape == ((3, 5) if head == "classes" else (3, 7, 2))
    real = np.abs(expected) < 1e6
    np.testing.assert_array_equal(real, np.abs(found) < 1e6)
    np.testing.assert_allclose(found[real], expected[real], atol=FLOAT32_PARITY)


@pytest.mark.parametrize("head", ["classes", "spans"])
def test_int8_is_near(head, tmp_path):
    options = {"head": head, "num_classes": 5 if head == "classes" else 0}
    model, batch = tiny_model("A", kind="encoder", head_options=options, model_dim=64), reading()
    batch = batch if head == "spans" else {k: v for k, v in batch.items() if k != "source_marks"}
    config = tiny_config("A", model_dim=64)
    export_onnx(config, get_weights(model), tmp_path, precision="int8", kind="encoder", head=head)
    expected, found = outputs(model, batch), EncoderSession(tmp_path).scores(*batch.values())
    real = np.abs(expected) < 1e6
    assert np.abs(found - expected)[real].max() < 0.15 * np.abs(expected[real]).max()


@pytest.mark.parametrize("place", ["left", "inside", "right"])
@pytest.mark.parametrize("head", ["classes", "spans"])
def test_padding_changes_nothing(place, head):
    options = {"head": head, "num_classes": 4 if head == "classes" else 0}
    model, batch = tiny_model("AR", kind="encoder", head_options=options), reading()
    batch = batch if head == "spans" else {k: v for k, v in batch.items() if k != "source_marks"}
    at = {"left": 0, "inside": 3, "right": 7}[place]
    padded = {name: np.insert(value, [at] * 2, 0, axis=1) for name, value in batch.items()}
    plain, moved = outputs(model, batch), outputs(model, padded)
    if head == "spans":
        moved = np.delete(moved, [at, at + 1], axis=1)
        plain, moved = (np.maximum(scores, -1e6) for scores in (plain, moved))
    np.testing.assert_allclose(moved, plain, atol=FLOAT32_PARITY)


def test_answers_stand_where_they_may():
    model, batch = tiny_model("A", kind="encoder", head_options={"head": "spans"}), reading()
    scores = outputs(model, batch)
    may = ((batch["source_marks"] > 0) | (np.arange(7) == 0)) & batch["source_mask"]
    assert (np.abs(scores[may]) < 100).all()
    assert (scores[~may] < -1e8).all()


def test_copies_in_both_runtimes(tmp_path):
    """Log-probabilities that generate and copy, step by step, equal those of training, and sum to one."""
    model, batch = tiny_model("A", "S", copy=True), arrays()
    tensors = {name: ops.convert_to_tensor(value) for name, value in batch.items()}
    hidden, generate, shares = model.with_copies(tensors)
    likely = ops.convert_to_numpy(ops.softmax(model.logits(hidden), axis=-1))
    generate, shares = ops.convert_to_numpy(generate), ops.convert_to_numpy(shares)
    expected = generate[..., None] * likely
    for row in range(3):
        for place, token in enumerate(batch["source_ids"][row]):
            expected[row, :, token] += (1 - generate[row]) * shares[row, :, place]
    np.testing.assert_allclose(expected.sum(axis=-1), 1, atol=1e-5)
    assert (shares[1, :, 4:] < 1e-6).all()  # padding is never copied
    export_onnx(tiny_config("A", "S", copy=True), get_weights(model), tmp_path, precision="float32")
    session = EncoderDecoderSession(tmp_path)
    state = session.encode(batch["source_ids"], batch["source_mask"])
    for time in range(5):
        logs, state = session.step(batch["target_ids"][:, time : time + 1], state)
        np.testing.assert_allclose(np.exp(logs[:, 0]), expected[:, time], atol=FLOAT32_PARITY)


@pytest.mark.parametrize("decoder", ["A", "D", "W", "RS"])
def test_language_models_in_both_runtimes(decoder, tmp_path):
    model, batch = tiny_model(decoder=decoder, kind="decoder"), arrays()
    export_onnx(tiny_config(decoder=decoder), get_weights(model), tmp_path, precision="float32", kind="decoder")
    expected = ops.convert_to_numpy(
        model.logits(model({name: ops.convert_to_tensor(batch[name]) for name in ("target_ids", "target_mask")}))
    )
    session = DecoderSession(tmp_path)
    state = session.initial_state(3)
    for time in range(5):
        logits, state = session.step(batch["target_ids"][:, time : time + 1], state)
        np.testing.assert_allclose(logits[:, 0], expected[:, time], atol=FLOAT32_PARITY)


def test_losses_are_what_their_formulas_say():
    from braid.config.recipe import TrainConfig
    from braid.training.objective import mean_loss

    config = TrainConfig(label_smoothing=0.0)

    def loss(model, batch):
        tensors = {name: ops.convert_to_tensor(value) for name, value in batch.items()}
        return float(ops.convert_to_numpy(mean_loss(model, tensors, config, training=False)))

    batch = {k: v for k, v in reading().items() if k != "source_marks"}
    weights = np.array([1.0, 3.0, 0.0], "f4")
    model = tiny_model("A", kind="encoder", head_options={"head": "classes", "num_classes": 4})
    scores = outputs(model, batch).astype("f8")
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    labels = np.array([2, 0, 1], "i4")
    assert loss(model, {**batch, "labels": labels, "weights": weights}) == pytest.approx(
        -(logs[0, 2] + 3 * logs[1, 0]) / 4, abs=1e-5
    )
    model = tiny_model("A", kind="encoder", head_options={"head": "classes", "num_classes": 4})
    scores, several = outputs(model, batch).astype("f8"), np.eye(4, dtype="f4")[labels]
    crossed = (np.log1p(np.exp(scores)) - several * scores).sum(axis=1)
    assert loss(model, {**batch, "labels": several, "weights": weights}) == pytest.approx(
        (crossed[0] + 3 * crossed[1]) / 4, abs=1e-5
    )
    model, batch = tiny_model("A", "S", copy=True), arrays()
    labels = np.where(np.arange(5) < 3, batch["source_ids"][:, :5], 4).astype("i4")
    tensors = {name: ops.convert_to_tensor(value) for name, value in batch.items()}
    hidden, generate, shares = (ops.convert_to_numpy(part) for part in model.with_copies(tensors))
    logits = ops.convert_to_numpy(model.logits(ops.convert_to_tensor(hidden)))
    likely = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    chosen = generate * np.take_along_axis(likely, labels[..., None], 2)[..., 0]
    chosen += (1 - generate) * (shares * (labels[:, :, None] == batch["source_ids"][:, None])).sum(axis=-1)
    assert loss(model, {**batch, "labels": labels}) == pytest.approx(-np.log(chosen).mean(), abs=1e-5)
    assert labels.max() < VOCAB
