"""Stand-ins for a model, and files of every format with what is hard about them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from braid.data.localizing import LocalizeOptions, localize


@dataclass(frozen=True)
class Reply:
    text: str
    is_complete: bool = True


PROTECTED = re.compile(r"<[^<>]*>|\{[^{}]*\}|%[\w$]+|#")


def shouted(text):
    """Everything but placeholders and tags in capitals."""
    kept = PROTECTED.findall(text)
    return "".join(a + b for a, b in zip([part.upper() for part in PROTECTED.split(text)], [*kept, ""], strict=True))


class Model:
    """Translates with a function and remembers what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def __call__(self, texts):
        self.asked.append(list(texts))
        assert len(set(texts)) == len(texts)
        return [Reply(self.answer(text)) for text in texts]

    @property
    def texts(self):
        return [text for texts in self.asked for text in texts]


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
