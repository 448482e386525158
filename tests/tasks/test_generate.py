"""Generation over a stand-in for the network."""

import threading

import numpy as np
import pytest

from braid.errors import ConfigError, RequestError
from braid.tasks.dialogue import ChatTemplate
from braid.tasks.generate import MAX_PROMPT_TOKENS, _begins
from chain import TOKENIZER, generator


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


def test_a_stream_that_nobody_reads_blocks_nobody():
    model = generator("the cat sat")
    stalled, done = model.stream("the"), []
    first = next(stalled)
    other = threading.Thread(target=lambda: done.append(model.generate("the")), daemon=True)
    other.start()
    other.join(10)
    assert done == [" cat sat"]
    model.log_probabilities([np.arange(1, 9)])
    assert first + "".join(stalled) == " cat sat"


def test_streams_take_turns():
    model = generator("the cat sat on the mat")
    alone = "".join(model.stream("the", temperature=3.0, seed=5, max_tokens=12))
    streams = [model.stream("the", temperature=3.0, seed=5, max_tokens=12) for _ in range(3)]
    texts = ["", "", ""]
    while any(pieces := [next(stream, "") for stream in streams]):
        texts = [text + piece for text, piece in zip(texts, pieces, strict=True)]
    assert texts == [alone] * 3


def test_a_stream_says_whether_its_text_ended():
    model = generator("the cat sat")
    for options, is_complete in (({}, True), ({"max_tokens": 1}, False), ({"stop": ("cat",)}, True)):
        stream = model.stream("", **options)
        list(stream)
        assert stream.is_complete is is_complete


def test_faults_are_raised_before_the_first_piece():
    model = generator("the cat sat")
    with pytest.raises(RequestError, match=r'message 2 must have a role .*, got "tool"'):
        model.stream([{"role": "user", "content": "x"}, {"role": "tool", "content": "x"}])
    with pytest.raises(ConfigError, match="temperature"):
        model.stream("the", temperature=-1.0)


def test_of_a_long_prompt_the_end_is_read():
    model = generator("the cat sat")
    assert model.generate("mat " * MAX_PROMPT_TOKENS + "the") == " cat sat"
    assert len(model._session.calls) < MAX_PROMPT_TOKENS + 10


def test_dialogues():
    model, template = generator("hello"), ChatTemplate()
    head, body = template.turn_ids(TOKENIZER, "user", "hello")
    assert TOKENIZER.decode([head])[0] == "user\n"
    assert body[-1] == TOKENIZER.eos_id
    model.chat([{"role": "user", "content": "hello"}])
    assert len(model._session.calls) >= len(head) + len(body)
    for wrong in ({"role": "robot", "content": "x"}, {"role": "user"}):
        with pytest.raises(RequestError, match="must have a role"):
            model.chat([wrong])


def read_ids(model, ask):
    """All ids that the network is given while it answers."""
    seen, step = [], model._session.step

    def spy(tokens, state):
        seen.extend(tokens[:, 0].tolist())
        return step(tokens, state)

    model._session.step = spy
    ask(model)
    return seen


def test_a_prompt_to_a_chat_model_is_a_turn_of_the_user():
    turn = [{"role": "user", "content": "the dog"}]
    for template in (ChatTemplate(), ChatTemplate(head="[{role}] ")):
        expected = read_ids(generator("hello", template), lambda model: model.chat(turn, max_tokens=3))
        assert expected[: 1 + len(template.turn_ids(TOKENIZER, "user", "")[0])] == [
            TOKENIZER.bos_id, *template.turn_ids(TOKENIZER, "user", "")[0]
        ]  # fmt: skip
        for ask in (
            lambda model: model.generate("the dog", max_tokens=3),
            lambda model: model.generate(["the dog"], max_tokens=3),
            lambda model: list(model.stream("the dog", max_tokens=3)),
        ):
            assert read_ids(generator("hello", template), ask) == expected
    assert generator("hello", ChatTemplate()).is_chat
    assert not generator("hello").is_chat
