"""Generation over a stand-in for the network, whose next id depends on the one before alone."""

import numpy as np
import pytest

from braid.config.recipe import SearchConfig
from braid.errors import RequestError
from braid.tasks.generate import Generator, _begins, turn_ids
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


def generator(text, **options):
    ids = TOKENIZER.encode_lines([text])[0].tolist()
    order = dict(zip([TOKENIZER.bos_id, *ids], [*ids, TOKENIZER.eos_id], strict=True))
    return Generator(
        name="g",
        language="",
        tokenizer=TOKENIZER,
        session=Chain(order),
        options=SearchConfig(temperature=0.0, **options),
        window=4,
    )


def test_it_goes_on_from_a_prompt():
    model = generator("the cat sat")
    assert model.generate("") == "the cat sat"
    assert model.generate(["the", "", "the cat"]) == [" cat sat", "the cat sat", " sat"]
    assert "".join(model.stream("the")) == " cat sat"
    answer = model.generate("the", detail=True)
    assert (answer.text, answer.is_complete, answer.source) == (" cat sat", True, "the")


def test_it_stops():
    model = generator("the cat sat")
    assert model.generate("", stop=("cat",)) == "the "
    short = model.generate("", max_tokens=1, detail=True)
    assert not short.is_complete
    assert "the cat sat".startswith(short.text)


def test_same_seed_same_text():
    model = generator("the cat sat")
    texts = [model.generate(["", "the"], temperature=3.0, seed=seed, max_tokens=20) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert model.generate("", temperature=3.0, seed=1, max_tokens=20) == texts[0][0]


def test_probabilities_of_rows():
    model = generator("the cat sat on the mat")
    rows = [np.array([1, *range(10, 10 + length)]) for length in (0, 1, 3, 4, 5, 9, 30)]
    logs = model.log_probabilities(rows)
    assert [len(row) for row in logs] == [len(row) - 1 for row in rows]
    assert all((row < 0).all() for row in logs if len(row))
    alone = [model.log_probabilities([row])[0] for row in rows]
    for one, other in zip(logs, alone, strict=True):
        np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("length", range(40))
def test_windows_cover_every_place_once(length):
    window, covered = 6, []
    for begin in _begins(length, window):
        skip = window // 2 if begin else 0
        covered += range(begin + skip, min(begin + window, length))
    assert covered == list(range(length))


def test_dialogues():
    model = generator("hello")
    head, body = turn_ids(TOKENIZER, "user", "hello")
    assert TOKENIZER.decode([head])[0] == "user\n"
    assert body[-1] == TOKENIZER.eos_id
    model.chat([{"role": "user", "content": "hello"}])
    assert len(model._session.calls) >= len(head) + len(body)
    for wrong in ({"role": "robot", "content": "x"}, {"role": "user"}):
        with pytest.raises(RequestError, match="must have a role"):
            model.chat([wrong])
