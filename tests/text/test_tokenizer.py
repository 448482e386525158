import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import BundleError
from braid.text.normalize import normalize
from braid.text.protected import NO_SLOTS, SLOTS, Protected, protect
from braid.text.tokenizer import PLACEHOLDER_TOKENS, SPECIAL_TOKENS, Tokenizer, train_tokenizer

TEXTS = [
    "Turn on the light in the kitchen",
    "Turn off the light",
    "打开厨房的灯",
    "关闭卧室的灯",
    "The device {name} is unavailable.",
] * 30
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
TOKENIZER = train_tokenizer(TEXTS)
PROTECTING = train_tokenizer(TEXTS, placeholders=True)


@given(ANY_TEXT)
@settings(max_examples=400)
def test_any_text_comes_back(text):
    for tokenizer in (TOKENIZER, PROTECTING):
        assert tokenizer.decode(tokenizer.encode([text])) == [normalize(text)]


PARTS = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<br/>",
    "{n}",
    "%s",
    " ",
    "light",
    " kitchen",
    "灯",
    ".",
    "<ph0>",
    "<tag0>",
    "👩‍💻",
    "MB",
]


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join) | ANY_TEXT)
@settings(max_examples=400)
def test_any_protected_text_comes_back(text):
    """Spaces directly behind an opening tag come back before it."""
    text = normalize(text)
    for tokenizer in (TOKENIZER, PROTECTING):
        source = protect(text, tokenizer.slots)
        ids = tokenizer.encode_protected([source])
        (found,) = tokenizer.decode_protected(ids, [source])
        assert found.replace(" ", "") == text.replace(" ", "")
        if "> " not in text:
            assert found == text


@given(st.lists(st.one_of(st.integers(0, SLOTS.total - 1), st.sampled_from(["a", " light", "灯 "])), max_size=12))
def test_slots_are_single_tokens(pieces):
    source = Protected(pieces=tuple(pieces), originals=dict.fromkeys(range(SLOTS.total), "x"))
    (ids,) = PROTECTING.encode_protected([source])
    slots = [piece for piece in pieces if isinstance(piece, int)]
    assert [i - PROTECTING.first_placeholder_id for i in ids[:-1] if i in PLACEHOLDER_IDS] == slots
    assert ids[-1] == PROTECTING.eos_id


PLACEHOLDER_IDS = range(PROTECTING.first_placeholder_id, PROTECTING.first_placeholder_id + SLOTS.total)


def test_words_behind_tags_are_spelled_as_without_them():
    plain = PROTECTING.encode(["the light in the kitchen"])[0].tolist()
    for text in ("the <b>light</b> in the kitchen", "<b><i>the</i> light</b> in <b>the <i>kitchen</i></b>"):
        ids = PROTECTING.encode_protected([protect(text)])[0].tolist()
        assert [token for token in ids if token not in PLACEHOLDER_IDS] == plain
        assert PROTECTING.decode_protected([ids], [protect(text)]) == [text]


def test_tokens_of_placeholders_are_never_read_out_of_a_text():
    for token in PLACEHOLDER_TOKENS:
        ids = PROTECTING.encode([f"a {token}"])[0].tolist()
        assert not set(ids) & set(PLACEHOLDER_IDS)
    assert PROTECTING.spelling(PLACEHOLDER_IDS[0]) == b""
    assert PROTECTING.decode([[*PLACEHOLDER_IDS]]) == [""]


def test_slots_are_found_in_the_file():
    again = Tokenizer.from_json(PROTECTING.to_json())
    assert (again.slots, TOKENIZER.slots) == (SLOTS, NO_SLOTS)
    assert Tokenizer.from_json(TOKENIZER.to_json()).slots == NO_SLOTS
    assert json.loads(PROTECTING.to_json())["added_tokens"] == []


def test_no_subwords_are_learned_from_placeholders():
    texts = ["The device {unavailable_name} is here.", "<b>Das</b> Gerät %(unavailable)s"] * 100
    for keeps in (False, True):
        tokens = train_tokenizer(texts, placeholders=keeps).tokens("{unavailable_name}")
        assert ("unavailable" in tokens) is not keeps


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
