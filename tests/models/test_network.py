"""The whole network against itself: one step at a time, padded, and with a changed future."""

import json
from pathlib import Path

import numpy as np
import pytest
from keras import ops

from braid.errors import BundleError
from braid.models.weights import get_weights, named_variables, set_weights
from braid.storage import write_arrays
from tiny import arrays, tiny_model
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend
LETTERS = "ADEGMRSW"
PATTERNS = [("A", "S"), ("MSA", "SM"), ("MM", "MM"), ("GE", "EG"), ("R", "SR"), ("D", "DS"), ("W", "AW")]


def logits(model, batch):
    return ops.convert_to_numpy(model.logits(model({name: ops.convert_to_tensor(v) for name, v in batch.items()})))


@pytest.mark.parametrize(("encoder", "decoder"), PATTERNS)
def test_steps_equal_the_whole(encoder, decoder):
    model, batch = tiny_model(encoder, decoder), arrays()
    whole = logits(model, batch)
    mask = ops.convert_to_tensor(batch["source_mask"])
    memories = model.memories(model.encode(ops.convert_to_tensor(batch["source_ids"]), mask))
    states = model.initial_state(len(whole))
    for time in range(whole.shape[1]):
        step, states = model.step(ops.convert_to_tensor(batch["target_ids"][:, time]), states, memories, mask)
        np.testing.assert_allclose(ops.convert_to_numpy(step), whole[:, time], atol=FLOAT32_PARITY)


@pytest.mark.parametrize(("encoder", "decoder"), PATTERNS)
def test_padding_changes_nothing(encoder, decoder):
    model, batch = tiny_model(encoder, decoder), arrays()
    padded = {
        name: np.pad(value, ((0, 0), (0, 3)), constant_values=False if name.endswith("mask") else 9)
        for name, value in batch.items()
    }
    time = batch["target_ids"].shape[1]
    np.testing.assert_allclose(logits(model, padded)[:, :time], logits(model, batch), atol=FLOAT32_PARITY)


@pytest.mark.parametrize(("encoder", "decoder"), PATTERNS)
@pytest.mark.parametrize("at", [0, 2])
def test_padding_before_and_inside_a_source_changes_nothing(encoder, decoder, at):
    model, batch = tiny_model(encoder, decoder), arrays()
    sources = {name: np.insert(batch[name], [at] * 3, 0, axis=1) for name in ("source_ids", "source_mask")}
    np.testing.assert_allclose(logits(model, {**batch, **sources}), logits(model, batch), atol=FLOAT32_PARITY)


@pytest.mark.parametrize(("encoder", "decoder"), PATTERNS)
def test_the_future_changes_nothing(encoder, decoder):
    model, batch = tiny_model(encoder, decoder), arrays()
    changed = {**batch, "target_ids": batch["target_ids"].copy()}
    changed["target_ids"][:, 3:] = 7
    np.testing.assert_allclose(logits(model, changed)[:, :3], logits(model, batch)[:, :3], atol=1e-6)


def test_weights_by_name_move_between_networks():
    model, other = tiny_model("AM", "SM"), tiny_model("AM", "SM", seed=9)
    weights = get_weights(model)
    assert "encoder.0.mixer.query_key_value.kernel" in weights
    assert "decoder.1.mixer.recurrent_kernel" in weights
    assert len(weights) == len(model.trainable_variables) == len({id(v) for v in named_variables(model).values()})
    assert not np.allclose(logits(model, arrays()), logits(other, arrays()))
    set_weights(other, weights)
    np.testing.assert_array_equal(logits(model, arrays()), logits(other, arrays()))


@pytest.mark.parametrize(("encoder", "decoder"), PATTERNS)
def test_weights_outlast_a_file(encoder, decoder, tmp_path):
    from safetensors.numpy import load_file

    model, other = tiny_model(encoder, decoder), tiny_model(encoder, decoder, seed=9)
    write_arrays(tmp_path / "weights.safetensors", get_weights(model))
    assert not np.allclose(logits(model, arrays()), logits(other, arrays()))
    set_weights(other, load_file(tmp_path / "weights.safetensors"))
    np.testing.assert_array_equal(logits(model, arrays()), logits(other, arrays()))


def test_the_same_weights_give_the_same_logits_on_every_backend():
    """Every letter in both stacks, with weights that NumPy draws, against logits that TensorFlow gave once."""
    options = {"num_heads": 4, "num_kv_heads": 2, "qk_norm": True, "attention_gate": True, "window": 3}
    model = tiny_model(LETTERS, LETTERS, **options)
    random = np.random.default_rng(11)
    drawn = {
        name: random.normal(0, 0.4, value.shape).astype("f4") for name, value in sorted(get_weights(model).items())
    }
    set_weights(model, drawn)
    wanted = np.array(json.loads((Path(__file__).parent / "logits.json").read_text()))
    np.testing.assert_allclose(logits(model, arrays()), wanted, atol=FLOAT32_PARITY)


def test_every_misfit_is_listed():
    weights = get_weights(tiny_model("A", "S"))
    del weights["embedding"]
    weights["new"] = np.zeros(1)
    weights["output_bias"] = np.zeros(3)
    with pytest.raises(BundleError) as caught:
        set_weights(tiny_model("A", "S"), weights)
    for words in ("embedding is missing", "new is not part", r"output_bias must be of shape"):
        assert words in str(caught.value)


def test_same_seed_same_weights():
    first, second = (get_weights(tiny_model("A", "S", seed=4)) for _ in range(2))
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])


@pytest.mark.parametrize("pattern", [*LETTERS, "DDDA", "RRW"])
def test_a_decoder_alone_reads_step_by_step(pattern):
    model, batch = tiny_model(decoder=pattern, kind="decoder"), arrays()
    whole, states = logits(model, batch), model.initial_state(3)
    for time in range(whole.shape[1]):
        step, states = model.step(ops.convert_to_tensor(batch["target_ids"][:, time]), states)
        np.testing.assert_allclose(ops.convert_to_numpy(step), whole[:, time], atol=FLOAT32_PARITY)
    changed = {**batch, "target_ids": batch["target_ids"].copy()}
    changed["target_ids"][:, 3:] = 7
    np.testing.assert_allclose(logits(model, changed)[:, :3], whole[:, :3], atol=1e-6)


@pytest.mark.parametrize("pattern", [*LETTERS, "RRA"])
def test_an_encoder_alone_ignores_padding(pattern):
    model, batch = tiny_model(pattern, kind="encoder", window=3), arrays()
    assert "output_bias" not in get_weights(model)
    encoded = ops.convert_to_numpy(model({name: ops.convert_to_tensor(value) for name, value in batch.items()}))
    assert encoded.shape == (3, 7, 16)
    alone = {name: ops.convert_to_tensor(batch[name][1:2, :4]) for name in ("source_ids", "source_mask")}
    np.testing.assert_allclose(ops.convert_to_numpy(model(alone))[0], encoded[1, :4], atol=FLOAT32_PARITY)
    shuffled = {**alone, "source_ids": ops.flip(alone["source_ids"], axis=1)}
    assert np.abs(ops.convert_to_numpy(model(alone))[0] - ops.convert_to_numpy(model(shuffled))[0]).max() > 0.01
