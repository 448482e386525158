"""Pages of questions and passages, and the best stretch in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.tasks.reading import NUM_MARKS, Pages
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(
    ["where was she born", "She was born in Paris in 1900. He was not.", "她1900年出生在巴黎。他不是。她在哪里出生？"]
    * 20,
    vocab_size=450,
)
CONTEXTS = [
    "She was born in Paris in 1900. He was not.",
    "她1900年出生在巴黎。他不是。",
    "  two\n\n lines 🙂 here",
    "é" * 9,
]


@pytest.mark.parametrize("context", CONTEXTS)
def test_offsets_lead_back_to_the_passage(context):
    (page,) = Pages(TOKENIZER, 200).of("where was she born", context)
    inside = page.offsets[:, 0] >= 0
    covered = "".join(context[begin:end] for begin, end in dict.fromkeys(map(tuple, page.offsets[inside].tolist())))
    assert covered.replace(" ", "") == context.replace(" ", "")
    assert (page.marks[inside] > 0).all()
    assert (page.marks[~inside] == 0).all()
    assert page.marks.max() < NUM_MARKS
    assert page.ids[0] == TOKENIZER.bos_id
    assert page.ids[-1] == TOKENIZER.eos_id


def test_marks_tell_what_the_question_shares():
    context = "He was not. She was born in 1900."
    (page,) = Pages(TOKENIZER, 200).of("When was she born?", context)
    marks = {
        context[b:e].strip(): mark - 1
        for (b, e), mark in zip(page.offsets.tolist(), page.marks.tolist(), strict=True)
        if b >= 0
    }
    matched = {word for word, mark in marks.items() if mark % 2}
    assert "born" in matched and "not" not in matched
    ranks = {word: mark // 2 % 4 for word, mark in marks.items()}
    assert ranks["born"] == 3 > ranks["not"]
    kinds = {word: mark // 8 for word, mark in marks.items()}
    assert kinds["."] == 0 and kinds["born"] == 2
    assert {kinds[word] for word in kinds if word.isdigit()} == {1}


@given(st.integers(0, 300), st.integers(20, 60))
def test_pages_of_long_passages_overlap(words, size):
    context = " ".join(f"w{i % 7}" for i in range(words))
    pages = Pages(TOKENIZER, size).of("where", context)
    assert all(len(page.ids) <= size for page in pages)
    seen = np.zeros(len(context) + 1, bool)
    for page in pages:
        for begin, end in page.offsets.tolist():
            if begin >= 0:
                seen[begin:end] = True
    assert seen[:-1].all() or not context


def test_the_best_span():
    pytest.importorskip("braid.retrieval")
    from braid.tasks.answer import best_span

    (page,) = Pages(TOKENIZER, 200).of("where", "She was born in Paris")
    first = int(np.flatnonzero(page.offsets[:, 0] >= 0)[0])
    scores = np.zeros((len(page.ids), 2))
    scores[first + 1, 0], scores[first + 3, 1] = 5.0, 4.0
    reading = best_span(scores, page, 10)
    assert reading.score == 9.0
    assert (reading.start, reading.end) == (page.offsets[first + 1, 0], page.offsets[first + 3, 1])
    scores[0] = 6.0  # "no answer" is likelier
    assert best_span(scores, page, 10).score == -3.0
    limited = best_span(scores, page, 2)
    assert limited.end - limited.start < reading.end - reading.start
