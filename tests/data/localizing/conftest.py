"""Files translated by stand-ins for a model."""

from __future__ import annotations

import pytest

from braid.data.localizing import LocalizeOptions, localize
from pretend import Model, shouted


@pytest.fixture
def shout():
    return Model(shouted)


@pytest.fixture
def same():
    return Model(lambda text: text)


@pytest.fixture
def run(shout):
    """A file in, the file in capitals out, with everything known about it."""

    def run(data, name, answer=None, **options):
        settings = {"target_language": "de", "source_language": "en"} | options
        model = Model(answer) if answer else shout
        raw = data.encode("utf-8") if isinstance(data, str) else data
        return localize(raw, name, model, LocalizeOptions(**settings))

    return run
