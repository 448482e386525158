"""A generator over a stand-in for the network, whose next id depends on the one before alone."""

from __future__ import annotations

import numpy as np

from braid.config.recipe import SearchConfig
from braid.tasks.generate import Generator
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["the cat sat on the mat\nthe dog ran", "user\nassistant\nhello"] * 30, vocab_size=400)


class Chain:
    """A bigram model: likeliest is the id after, in a fixed cycle; keeps how many steps it took in its state."""

    has_growing_state = False

    def __init__(self, order):
        self.order, self.calls = order, []

    def initial_state(self, batch):
        return {"state.count": np.zeros((batch, 1, 1), np.float32)}

    def step(self, tokens, state):
        self.calls.append(tokens.shape[0])
        logits = np.zeros((*tokens.shape, TOKENIZER.vocab_size), np.float32)
        for row, (token,) in enumerate(tokens.tolist()):
            logits[row, 0, self.order.get(token, TOKENIZER.eos_id)] = 9.0
        return logits, {"state.count": state["state.count"] + 1}


def generator(text, template=None, **options):
    ids = TOKENIZER.encode_lines([text])[0].tolist()
    order = dict(zip([TOKENIZER.bos_id, *ids], [*ids, TOKENIZER.eos_id], strict=True))
    return Generator(
        name="g",
        language="",
        tokenizer=TOKENIZER,
        session=Chain(order),
        options=SearchConfig(temperature=0.0, **options),
        window=4,
        template=template,
    )
