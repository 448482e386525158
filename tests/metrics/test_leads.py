import pytest

from braid.errors import DataError
from braid.metrics.leads import Lead, choose_lead
from braid.metrics.summaries import sentence_rouge
from braid.text.lead import lead


def test_sentences_where_summaries_are_sentences():
    documents = [
        f"Number {i} is a long first sentence of many words. The rest is noise. More of it." for i in range(30)
    ]
    chosen = choose_lead(documents, [[document.split(".")[0]] for document in documents], language="en")
    assert chosen.sentences == 1
    assert chosen.rougeL == 100
    assert chosen.summarize(documents[3]) == "Number 3 is a long first sentence of many words."


def test_words_where_summaries_are_cut():
    documents = [f"one two three four {i} six seven eight nine ten" for i in range(30)]
    chosen = choose_lead(documents, [["one two three four"]] * 30, language="en")
    assert (chosen.max_words, chosen.rougeL) == (4, 100)
    assert chosen.name == "first 4 words"


def test_characters_in_chinese():
    chosen = choose_lead(["甲乙丙丁戊己庚辛"] * 5, [["甲乙丙丁"]] * 5, language="zh")
    assert chosen.name == "first 4 characters"
    assert chosen.summarize("一二三四五六") == "一二三四"


def test_the_best_is_chosen():
    documents = [f"Alpha beta {i} gamma. Delta epsilon {i} zeta. Eta theta. Iota." for i in range(40)]
    summaries = [[f"beta {i} delta epsilon {i}"] for i in range(40)]
    chosen = choose_lead(documents, summaries, language="en")
    for limits in ({"sentences": 1}, {"sentences": 2}, {"max_words": 4}, {"max_words": 8}):
        others = sentence_rouge(
            [lead(document, language="en", **limits) for document in documents], summaries, language="en"
        )
        assert chosen.rougeL >= others["rougeL"].mean()


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (Lead(language="en", sentences=1), "first sentence"),
        (Lead(language="en", sentences=2), "first 2 sentences"),
        (Lead(language="en", sentences=1, max_words=9), "first sentence, 9 words at most"),
    ],
)
def test_names(found, name):
    assert found.name == name


@pytest.mark.parametrize(("documents", "summaries"), [([], []), (["a"], []), (["a"], [[]])])
def test_nothing_to_choose_on(documents, summaries):
    with pytest.raises(DataError):
        choose_lead(documents, summaries, language="en")
