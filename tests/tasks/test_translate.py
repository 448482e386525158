"""The translator around a fake session that spells its source backwards, token by token."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.recipe import SearchConfig
from braid.tasks.translate import Translator
from braid.text.normalize import normalize
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["the cat sees a dog", "你好世界", "one two three"] * 20)


class Echo:
    """Produces each source token again, in order; notes the longest source it was given."""

    def __init__(self):
        self.longest = 0

    def encode(self, ids, mask):
        self.longest = max(self.longest, ids.shape[1])
        padded = np.where(mask, ids, TOKENIZER.eos_id)
        return {"memory.ids": padded, "memory.mask": mask, "state.place": np.zeros((len(ids), 1, 1), np.int64)}

    def step(self, tokens, state):
        batch, width = tokens.shape
        place = state["state.place"]
        logits = np.zeros((batch, width, TOKENIZER.vocab_size), np.float32)
        for b in range(batch):
            for k in range(width):
                ids = state["memory.ids"][b]
                logits[b, k, ids[min(place[b, k, 0], len(ids) - 1)]] = 30.0
        return logits, {**state, "state.place": place + 1}


class Loop(Echo):
    """Wants the unknown word first, else the same word without end, else another one."""

    def step(self, tokens, state):
        logits = np.zeros((*tokens.shape, TOKENIZER.vocab_size), np.float32)
        for logit, token_id in zip((30.0, 60.0, 90.0), (*DOG_AND_CAT, TOKENIZER.unk_id), strict=True):
            logits[:, :, token_id] = logit
        return logits, state


DOG_AND_CAT = [int(TOKENIZER.encode([word])[0][0]) for word in (" dog", " cat")]


def translator(**changes):
    settings = {"target_language": "en", "max_source_tokens": 40, "session": Echo()} | changes
    settings.setdefault("options", SearchConfig(beam_size=2))
    return Translator(name="echo", source_language="en", tokenizer=TOKENIZER, **settings)


@pytest.mark.parametrize("max_ratio", [2.0, 3.0])
def test_the_recipe_rules_the_search(max_ratio):
    """Unknown words are never put out, the limit of tokens holds, and loops are broken only if the recipe wants it."""
    source = "the cat sees a dog"
    limit = int(len(TOKENIZER.encode([source])[0]) * max_ratio) + 16
    dog, cat = (TOKENIZER.decode([[token_id]])[0].strip() for token_id in DOG_AND_CAT)
    outputs = {}
    for max_repeats in (0, 3):
        options = SearchConfig(beam_size=1, max_ratio=max_ratio, max_repeats=max_repeats)
        answer = translator(session=Loop(), options=options).translate(source, detail=True)
        assert not answer.is_complete
        outputs[max_repeats] = answer.text
    assert outputs[0].count(cat) == limit
    assert dog not in outputs[0]
    assert dog in outputs[3]
    assert outputs[3].count(cat) + outputs[3].count(dog) == limit


def test_text_and_list():
    echo = translator()
    assert echo.translate("the cat") == "the cat"
    assert echo.translate(["the cat", "", "a dog"]) == ["the cat", "", "a dog"]
    assert echo.translate([]) == []


def test_detail():
    answer = translator().translate("the  cat", detail=True)
    assert (answer.text, answer.source, answer.is_complete) == ("the cat", "the  cat", True)
    assert -0.1 < answer.score <= 0


@given(st.lists(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=30), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_lines_keep_their_order(lines):
    outputs = translator(max_source_tokens=400).translate(lines)
    expected = ["\n".join(normalize(part) for part in line.split("\n")) for line in lines]
    assert outputs == expected


@pytest.mark.parametrize("beam_size", [1, 4])
def test_order_survives_batches(beam_size):
    lines = [f"{'one two ' * (i % 9)}{i}" for i in range(300)]
    assert translator().translate(lines, beam_size=beam_size) == [normalize(line) for line in lines]


def test_long_input_loses_nothing():
    session = Echo()
    text = " ".join(f"the cat sees a dog number {i}." for i in range(200))
    assert translator(session=session).translate(text) == text
    assert session.longest <= 40


def test_long_text_without_sentences():
    chinese = "你好世界" * 300
    assert translator(target_language="zh").translate(chinese) == chinese
    assert translator().translate("cat " * 500).split() == ["cat"] * 500


def test_line_breaks_stay():
    assert translator().translate("the cat\n\n a dog \n") == "the cat\n\na dog\n"


def test_an_endless_line_is_cut_in_time():
    """Without a mark to cut at; the time must not grow with the square of the length."""
    import time

    begun = time.monotonic()
    pieces = translator(max_source_tokens=50)._pieces(0, "the cat sees a dog " * 20_000)
    assert time.monotonic() - begun < 10
    assert all(len(piece.ids) <= 50 for piece in pieces)


def test_equal_sentences_are_searched_once():
    session = Echo()
    searched, encode = [], session.encode
    session.encode = lambda ids, mask: (searched.extend(ids.tolist()), encode(ids, mask))[1]
    texts = ["the cat sees a dog", "one two", "the cat sees a dog", "one two"] * 50
    assert translator(session=session).translate(texts) == texts
    assert len(searched) == 2
