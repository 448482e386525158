"""Answers stand in the user's own file exactly where it is said."""

import numpy as np
import pytest

from braid.data.documents import read_documents
from braid.retrieval import build_index
from braid.tasks.answer import Answerer, Reader, Reading, trimmed
from braid.tasks.reading import Pages
from braid.text.tokenizer import train_tokenizer

TEXT = "# Marie\n\nShe left Warsaw.\nMarie was born in Paris in 1900. He was not.\n\n她1900年出生在 巴黎。\n"
QUESTION = "where was Marie born"
TOKENIZER = train_tokenizer([TEXT, QUESTION] * 20, vocab_size=450)


class Pointer:
    """Stands in for the network of a reader: sure of the subwords that hold one stretch of the one passage."""

    def __init__(self, passage, wanted):
        (page,) = Pages(TOKENIZER, 200).of(QUESTION, passage)
        begin = passage.index(wanted)
        ends_behind, begins_before = page.offsets[:, 1] > begin, page.offsets[:, 0] < begin + len(wanted)
        self.places = np.flatnonzero(ends_behind & begins_before & (page.offsets[:, 0] >= 0))

    def scores(self, ids, mask, marks):
        found = np.full((*ids.shape, 2), -9.0)
        found[0, self.places[0], 0] = found[0, self.places[-1], 1] = 9.0
        return found


@pytest.mark.parametrize("wanted", ["Paris", "1900", "Marie", "巴黎", "born in Paris"])
def test_an_answer_is_the_stretch_of_the_file(tmp_path, wanted):
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    (passage,) = read_documents(["a.md"], folder=tmp_path)
    reader = Reader(TOKENIZER, Pointer(passage.text, wanted), max_tokens=200, max_answer_tokens=20)
    index = build_index([passage], tmp_path / "index")
    answerer = Answerer(name="a", language="en", reader=reader, index=index)
    found = answerer.answer(QUESTION, detail=True)
    assert found.text == wanted
    assert TEXT[found.origin.start : found.origin.end] == wanted
    assert TEXT.splitlines()[found.origin.line - 1].count(wanted) == 1
    within = answerer.answer(QUESTION, context=passage.text, detail=True)
    assert passage.text[within.origin.start : within.origin.end] == within.text == wanted


def test_white_space_is_no_answer():
    assert trimmed(Reading(start=1, end=9, score=2.0), "  a b   cd") == Reading(start=2, end=9, score=2.0)
    assert trimmed(Reading(start=0, end=4, score=2.0), " \n\t cd") is None
