"""The translator around a fake session that spells its source backwards, token by token."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from braid.config.recipe import SearchConfig
from braid.tasks.translate import Translator
from braid.text.normalize import normalize
from braid.text.placeholders import placeholders
from braid.text.tokenizer import train_tokenizer

TEXTS = ["the cat sees a dog", "你好世界", "one two three"] * 20
TOKENIZER, PROTECTING = (train_tokenizer(TEXTS, placeholders=keeps) for keeps in (False, True))


class Echo:
    """Produces each source token again, in order; notes the longest source it was given."""

    def __init__(self, vocab_size=TOKENIZER.vocab_size):
        self.longest, self.vocab_size = 0, vocab_size

    def encode(self, ids, mask):
        self.longest = max(self.longest, ids.shape[1])
        padded = np.where(mask, ids, TOKENIZER.eos_id)
        return {"memory.ids": padded, "memory.mask": mask, "state.place": np.zeros((len(ids), 1, 1), np.int64)}

    def step(self, tokens, state):
        batch, width = tokens.shape
        place = state["state.place"]
        logits = np.zeros((batch, width, self.vocab_size), np.float32)
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
    settings.setdefault("tokenizer", TOKENIZER)
    return Translator(name="echo", source_language="en", **settings)


def keeper(**changes):
    """A translator whose tokenizer has tokens for placeholders."""
    return translator(**{"session": Echo(PROTECTING.vocab_size), "tokenizer": PROTECTING} | changes)


class Forgetful(Echo):
    """As its parent, but leaves out placeholders and says another one."""

    def step(self, tokens, state):
        logits, state = super().step(tokens, state)
        first = PROTECTING.first_placeholder_id
        logits[:, :, first : first + 20] = np.where(logits[:, :, first : first + 20] > 0, 0.0, 20.0)
        return logits, state


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


PARTS = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "{n}",
    "%s",
    " ",
    "cat",
    "。",
    "<ph0>",
    "&copy;",
    "http://x.org/a",
    "\n",
    ".",
    "<br/>",
]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
@example("%s<b><b>cat")
@settings(max_examples=150, deadline=None)
def test_placeholders_come_back(text):
    """An echo gives the text back; a model that forgets every placeholder still gives each as often as it stands."""
    output = keeper(max_source_tokens=400).translate(text)
    assert output.replace(" ", "") == text.replace(" ", "")
    forgetful = keeper(session=Forgetful(PROTECTING.vocab_size), max_source_tokens=400).translate(text)
    assert placeholders(forgetful) == placeholders(text)
    assert forgetful.count("cat") == text.count("cat")


@pytest.mark.parametrize(
    "text",
    [
        "<p>...</p>", "{n}", " <b>{n}</b>  %s ", "<b></b>", "{a}: {b} – {c}.", "http://x.org", "%1", "<a\u200b b=1>",
        "{a  b} {e\u0301}",
    ],
)  # fmt: skip
def test_nothing_but_placeholders_stays_as_it_is(text):
    answer = keeper(session=None).translate(text, detail=True)
    assert (answer.text, answer.source, answer.score, answer.is_complete) == (text, text, 0.0, True)


def test_placeholders_come_back_letter_by_letter():
    """Also where normalization would change them."""
    text = 'the  cat <a  href="e\u0301">sees</a> {{ a\u0301 }}'
    assert keeper().translate(text) == 'the cat <a  href="e\u0301">sees</a> {{ a\u0301 }}'


def test_a_long_text_keeps_its_placeholders():
    """No cut goes through one, though sentences end inside of them."""
    text = " ".join(f'the <a title="cat. dog. {i}">cat</a> sees {{a{i}}} dog number {i}.' for i in range(60))
    session = Echo(PROTECTING.vocab_size)
    assert keeper(session=session).translate(text) == text
    assert session.longest <= 40


def test_messages_keep_their_syntax():
    text = "the {n, plural, one {# cat} other {# dog {x}}}.\n{g, select, a {cat} other {{n}}}"
    answer = keeper(session=Forgetful(PROTECTING.vocab_size)).translate(text, detail=True)
    assert answer.source == text
    assert placeholders(answer.text) == placeholders(text)
    assert answer.text.startswith("{n, plural, one {the")
    assert answer.text.splitlines()[1] == "{g, select, a {cat} other {{n}}}"


@pytest.mark.parametrize(
    ("source", "target_language", "expected"),
    [
        ("the &cat", "en", "the &cat"),
        ("_The cat", "en", "_The cat"),
        ("你好(&H)", "zh", "你好(&H)"),
        ("a & b", "en", "a & b"),
    ],
)
def test_accelerators_go_to_a_letter(source, target_language, expected):
    assert keeper(target_language=target_language).translate(source) == expected


def test_more_placeholders_than_slots_are_spelled():
    text = "cat " + " ".join(f"{{p{i}}}" for i in range(15))
    assert keeper(options=SearchConfig(max_ratio=6.0), max_source_tokens=200).translate(text) == text


def test_without_tokens_for_them_everything_is_text():
    session = Echo()
    text = "the &cat {n, plural, one {# cat} other {# dogs}} {{ a\u0301 }}"
    assert translator(session=session, max_source_tokens=200).translate(text) == normalize(text)
    assert translator(session=session).translate("{n}  {m}") == "{n} {m}"


def test_zero_width_spaces_in_a_source_make_no_difference_and_those_of_the_output_stay():
    with_breaks, without = translator().translate(["បុរស\u200bនោះ", "បុរសនោះ"])
    assert with_breaks == without
    assert TOKENIZER.decode(TOKENIZER.encode(["បុរស\u200bនោះ"])) == ["បុរស\u200bនោះ"]
    tagged = '<a title="ក\u200bខ">cat</a>'
    assert keeper().translate(f"the {tagged} sees") == f"the {tagged} sees"
