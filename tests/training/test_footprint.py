import re
from dataclasses import replace

import pytest

from braid.config.recipe import ModelConfig, Recipe, TrainConfig
from braid.errors import ConfigError
from braid.training import footprint
from braid.training.footprint import check_memory, predicted_bytes

SIZES = {"num_weights": 7_000_000, "vocab_size": 8000, "longest": 40}


def test_more_of_anything_needs_more():
    recipe = Recipe()
    least = predicted_bytes(recipe, **SIZES)
    assert 0.5 * 2**30 < least < 2 * 2**30  # measured: 0.8 GiB on TensorFlow, 1.0 on PyTorch
    for larger in (
        replace(recipe, train=TrainConfig(batch_tokens=4096)),
        replace(recipe, model=ModelConfig(encoder="AAAAA")),
        replace(recipe, model=ModelConfig(ffn_dim=2048)),
        replace(recipe, model=ModelConfig(decoder="SD")),
    ):
        assert predicted_bytes(larger, **SIZES) > least
    for name in SIZES:
        assert predicted_bytes(recipe, **{**SIZES, name: 2 * SIZES[name]}) > least


def test_only_the_stacks_of_the_network_count():
    recipe = Recipe(model=ModelConfig(encoder="AAAA", decoder="SS"))
    deeper = {"encoder": replace(recipe, model=ModelConfig(encoder="AAAAA", decoder="SS"))}
    deeper["decoder"] = replace(recipe, model=ModelConfig(encoder="AAAA", decoder="SSS"))
    for kind, head in (("encoder", "classes"), ("decoder", "tokens")):
        sizes = {**SIZES, "kind": kind, "head": head}
        least = predicted_bytes(recipe, **sizes)
        assert least < predicted_bytes(recipe, **SIZES)
        grown = {stack for stack, other in deeper.items() if predicted_bytes(other, **sizes) > least}
        assert grown == {kind}


def test_copies_need_more():
    plain, copying = (Recipe(model=ModelConfig(copy=copy)) for copy in (False, True))
    assert predicted_bytes(copying, **SIZES) > predicted_bytes(plain, **SIZES)


def test_a_run_that_has_begun_keeps_its_batches(monkeypatch):
    recipe = Recipe(train=TrainConfig(batch_tokens=8192))
    free = predicted_bytes(Recipe(train=TrainConfig(batch_tokens=2048)), **SIZES)
    monkeypatch.setattr(footprint, "available_bytes", lambda: free)
    with pytest.raises(ConfigError) as caught:
        check_memory(recipe, **SIZES, resume=True)
    assert caught.value.hint.startswith(
        "end other programs, or begin again with --restart: --set train.batch_tokens=2048"
    )


def test_too_little_memory_is_told_before_the_run(monkeypatch):
    recipe = Recipe(train=TrainConfig(batch_tokens=8192))
    free = predicted_bytes(Recipe(train=TrainConfig(batch_tokens=2048)), **SIZES)
    monkeypatch.setattr(footprint, "available_bytes", lambda: free)
    with pytest.raises(ConfigError, match=r"about \d+\.\d GiB of memory, \d+\.\d GiB are free") as caught:
        check_memory(recipe, **SIZES)
    found = dict(re.findall(r"--set train\.(\w+)=(\d+)", caught.value.hint))
    assert found == {"batch_tokens": "2048", "accumulate": "4"}
    smaller = replace(recipe, train=replace(recipe.train, **{name: int(value) for name, value in found.items()}))
    assert check_memory(smaller, **SIZES) == free


def test_a_network_that_never_fits(monkeypatch):
    for free, hint in ((10_000, "end other programs"), (footprint.FIXED + 10_000, "smaller model.model_dim")):
        monkeypatch.setattr(footprint, "available_bytes", lambda free=free: free)
        with pytest.raises(ConfigError) as caught:
            check_memory(Recipe(), **SIZES)
        assert hint in caught.value.hint


def test_where_nothing_is_known_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(footprint, "available_bytes", lambda: None)
    assert check_memory(Recipe(), **SIZES) > 0


def test_what_the_system_says():
    found = footprint.available_bytes()
    assert found is None or 2**20 < found < 2**50
