import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import BundleError
from braid.text.normalize import normalize
from braid.text.tokenizer import SPECIAL_TOKENS, Tokenizer, train_tokenizer

TEXTS = [
    "Turn on the light in the kitchen",
    "Turn off the light",
    "打开厨房的灯",
    "关闭卧室的灯",
    "The device {name} is unavailable.",
] * 30
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
TOKENIZER = train_tokenizer(TEXTS)


@given(ANY_TEXT)
@settings(max_examples=400)
def test_any_text_comes_back(text):
    assert TOKENIZER.decode(TOKENIZER.encode([text])) == [normalize(text)]


@pytest.mark.parametrize(
    "text",
    ["<s>", "</s> <pad>", "<0x41>", "▁", "a ▁b", "<unk>", "👩‍💻 flag 🇩🇪", "شكرا لك", "\u0300x", "{name} 100%", "ﷺ"],
)
def test_awkward_texts_come_back(text):
    ids = TOKENIZER.encode([text])
    assert TOKENIZER.decode(ids) == [normalize(text)]
    assert set(ids[0][:-1].tolist()).isdisjoint(range(len(SPECIAL_TOKENS)))


def test_ids_end_with_eos():
    for row in TOKENIZER.encode(["", "light"]):
        assert row.dtype == np.int32
        assert row[-1] == TOKENIZER.eos_id
        assert (row[:-1] != TOKENIZER.eos_id).all()


def test_known_words_are_few_tokens():
    assert TOKENIZER.tokens("the light") == [" the", " light"]


def test_json_round_trip():
    again = Tokenizer.from_json(TOKENIZER.to_json())
    assert again.vocab_size == TOKENIZER.vocab_size
    assert again.encode(TEXTS)[3].tolist() == TOKENIZER.encode(TEXTS)[3].tolist()


def test_size_follows_the_data():
    rich = [f"word{chr(97 + i % 26)}{chr(97 + i // 26 % 26)} stands here" for i in range(600)] * 20
    assert train_tokenizer(rich).vocab_size > TOKENIZER.vocab_size
    assert train_tokenizer(TEXTS, vocab_size=340).vocab_size <= 340


def test_broken_file_is_refused():
    with pytest.raises(BundleError, match="cannot be read"):
        Tokenizer.from_json("{")
    layout = json.loads(TOKENIZER.to_json())
    layout["model"]["vocab"]["<wrong>"] = layout["model"]["vocab"].pop("<s>")
    with pytest.raises(BundleError, match="first tokens"):
        Tokenizer.from_json(json.dumps(layout))
