import dataclasses

import pytest

from braid.config.loading import all_keys, make_recipe
from braid.config.recipe import Recipe
from braid.errors import ConfigError

FIELDS = all_keys()


@pytest.mark.parametrize("key", FIELDS)
def test_default_is_accepted(key):
    field = FIELDS[key]
    default = field.default if field.default is not dataclasses.MISSING else field.default_factory()
    assert field.metadata["constraint"].accepts(default)
    assert field.metadata["doc"]


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, field in FIELDS.items() for value in field.metadata["constraint"].bad_values()],
)
def test_bad_values_are_refused(key, value):
    section, _, name = key.rpartition(".")
    with pytest.raises(ConfigError, match=key.replace(".", r"\.")):
        make_recipe({section: {name: value}} if section else {name: value})


def test_sections_check_themselves():
    from braid.config.recipe import TrainConfig

    with pytest.raises(ConfigError, match=r"train\.batch_tokens"):
        Recipe(train=TrainConfig(batch_tokens=1))
