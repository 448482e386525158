"""Keras and ONNX Runtime compute the same logits."""

import numpy as np
import pytest
from keras import ops

from backends import once
from braid.exporting.onnx import export_onnx
from braid.models.weights import get_weights
from braid.runtime.session import EncoderDecoderSession
from tiny import arrays, tiny_config, tiny_model
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend


def runtime_logits(session, batch):
    state, rows = session.encode(batch["source_ids"], batch["source_mask"]), []
    for time in range(batch["target_ids"].shape[1]):
        logits, state = session.step(batch["target_ids"][:, time : time + 1], state)
        rows.append(logits[:, 0])
    return np.stack(rows, axis=1)


@pytest.mark.parametrize(
    ("encoder", "decoder"),
    [
        ("A", "S"),
        ("MSA", "SM"),
        ("MM", "MM"),
        ("EG", "EG"),
        ("GE", "GE"),
        ("RAR", "RS"),
        ("S", "R"),
        ("DA", "DS"),
        ("WA", "AW"),
    ],
)
def test_parity(encoder, decoder, tmp_path):
    model, batch = tiny_model(encoder, decoder), arrays()
    export_onnx(tiny_config(encoder, decoder), get_weights(model), tmp_path, precision="float32")
    expected = ops.convert_to_numpy(model.logits(model({k: ops.convert_to_tensor(v) for k, v in batch.items()})))
    found = runtime_logits(EncoderDecoderSession(tmp_path), batch)
    np.testing.assert_allclose(found, expected, atol=FLOAT32_PARITY)
    assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize(
    "changes",
    [
        {"positions": "rotary"},
        {"positions": "none", "qk_norm": True},
        {"num_heads": 4, "num_kv_heads": 2, "attention_gate": True, "window": 3},
        {
            "num_heads": 16,
            "num_kv_heads": 1,
            "positions": "rotary",
            "qk_norm": True,
            "attention_gate": True,
            "window": 1,
        },
    ],
)
def test_parity_of_every_kind_of_attention(changes, tmp_path):
    model, batch = tiny_model("AW", "WA", **changes), arrays()
    export_onnx(tiny_config("AW", "WA", **changes), get_weights(model), tmp_path, precision="float32")
    expected = ops.convert_to_numpy(model.logits(model({k: ops.convert_to_tensor(v) for k, v in batch.items()})))
    found = runtime_logits(EncoderDecoderSession(tmp_path), batch)
    np.testing.assert_allclose(found, expected, atol=FLOAT32_PARITY)


@once
@pytest.mark.parametrize("positions", ["sine", "rotary", "none"])
def test_any_pattern_makes_valid_graphs(positions, tmp_path):
    """Nodes and constants of a loop's body never repeat those of the graph around it, whatever stands before it."""
    from itertools import product

    for encoder in ("".join(letters) for letters in product("ADEGMRSW", repeat=2)):
        changes = {"positions": positions, "ffn_dim": 0}
        model = tiny_model(encoder, encoder[::-1], **changes)
        paths = export_onnx(
            tiny_config(encoder, encoder[::-1], **changes), get_weights(model), tmp_path, precision="float32"
        )
        assert len(paths) == 2


def test_hypotheses_share_a_source(tmp_path):
    model, batch = tiny_model("A", "SM"), arrays()
    export_onnx(tiny_config("A", "SM"), get_weights(model), tmp_path, precision="float32")
    session = EncoderDecoderSession(tmp_path)
    state = session.encode(batch["source_ids"], batch["source_mask"])
    wide = {name: value if name.startswith("memory.") else np.repeat(value, 4, axis=1) for name, value in state.items()}
    tokens = batch["target_ids"][:, :4]
    together, _ = session.step(tokens, wide)
    for k in range(4):
        alone, _ = session.step(tokens[:, k : k + 1], state)
        np.testing.assert_allclose(together[:, k : k + 1], alone, atol=FLOAT32_PARITY)


@pytest.mark.parametrize(
    ("encoder", "decoder"), [("A", "S"), ("M", "G"), ("E", "E"), ("R", "R"), ("D", "D"), ("W", "AW")]
)
def test_int8_is_smaller_and_near(encoder, decoder, tmp_path):
    config = tiny_config(encoder, decoder, model_dim=64, ffn_dim=256)
    model, batch = tiny_model(encoder, decoder, model_dim=64, ffn_dim=256), arrays()
    sizes = {}
    for precision in ("float32", "int8"):
        (tmp_path / precision).mkdir()
        paths = export_onnx(config, get_weights(model), tmp_path / precision, precision=precision)
        sizes[precision] = paths[1].stat().st_size
    assert sorted(path.name for path in (tmp_path / "int8").iterdir()) == ["decoder.onnx", "encoder.onnx"]
    assert sizes["int8"] < 0.5 * sizes["float32"]
    both = [runtime_logits(EncoderDecoderSession(tmp_path / name), batch) for name in sizes]
    assert 0 < np.abs(both[0] - both[1]).max() < 0.1 * np.abs(both[0]).max()
