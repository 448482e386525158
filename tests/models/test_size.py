"""Weights are counted as they are built."""

import pytest

from braid.models.size import num_weights
from tiny import VOCAB, tiny_config, tiny_model

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("letter", "ADEGMRSW")
@pytest.mark.parametrize("kind", ["encoder", "decoder", "encoder-decoder"])
def test_every_letter(letter, kind):
    for changes in ({}, {"model_dim": 12, "num_heads": 4, "ffn_dim": 0}):
        model = tiny_model(letter, letter, kind=kind, **changes)
        assert num_weights(tiny_config(letter, letter, **changes), VOCAB, kind=kind) == model.count_params()


def test_options_and_heads():
    changes = {"num_heads": 4, "num_kv_heads": 2, "attention_gate": True, "qk_norm": True, "copy": True}
    model = tiny_model("AW", "WA", **changes)
    assert num_weights(tiny_config("AW", "WA", **changes), VOCAB) == model.count_params()
    for head, classes in (("classes", 7), ("spans", 0)):
        model = tiny_model("RA", kind="encoder", head_options={"head": head, "num_classes": classes})
        counted = num_weights(tiny_config("RA"), VOCAB, kind="encoder", head=head, num_classes=classes)
        assert counted == model.count_params()
