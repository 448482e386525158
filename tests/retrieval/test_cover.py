"""The cover of a question: between 0 and 1 for every question, high on the topic and low off it."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.data.documents import Passage
from braid.retrieval import build_index, covers
from braid.retrieval.ranking import idf

ENTRIES = [
    ("How do I reset my password?", "Press Forgotten on the first page."),
    ("When will my parcel arrive?", "Within three days."),
    ("How do I return a parcel?", "Send it back within thirty days."),
    ("Which cards do you accept?", "Visa and Mastercard."),
    ("如何重置密码？", "在登录页面点击忘记密码。"),
    ("怎么申请退货？", "在订单页面选择退货。"),
    ("什么时候发货？", "付款后三天之内。"),
]
FAQ = [
    Passage(text=answer, file="faq.jsonl", line=line, title=question, answer=answer)
    for line, (question, answer) in enumerate(ENTRIES, 1)
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return build_index(FAQ, tmp_path_factory.mktemp("cover") / "index")


def test_is_the_share_of_the_weight(tmp_path):
    rows = [Passage(text=text, file="f.txt", line=1) for text in ("amber birch", "amber cedar", "amber delta")]
    index = build_index(rows, tmp_path / "index")
    common, rare = idf(3, 3), idf(3, 1)
    total = common + 2 * rare  # an unknown word weighs as much as a rare one
    found = covers(index, "amber cedar zzyzx", rows)
    assert found == pytest.approx([common / total, (common + rare) / total, common / total])
    entry = Passage(text="no", file="f.txt", line=1, title="amber delta", answer="no")
    back = common / (common + rare)
    assert covers(index, "amber cedar zzyzx", [entry]) == pytest.approx([math.sqrt(common / total * back)])
    assert covers(index, "?!", rows) == [0.0] * 3


def test_an_entry_is_covered_whole_by_its_own_question(index):
    for entry in FAQ:
        assert covers(index, entry.title, [entry]) == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("I have forgotten my password, how can I reset it?", 0),
        ("Do you accept Visa cards?", 3),
        ("return the parcels", 2),
        ("密码忘了怎么重置", 4),
        ("我想申请退货", 5),
    ],
)
def test_paraphrases_are_above_what_is_off_the_topic(index, asked, number):
    assert index.search(asked, 1)[0].passage == FAQ[number]
    off = [
        "What is the highest mountain in Peru?",
        "Who painted it and when?",
        "秘鲁最高的山叫什么名字？",
        "今天天气怎么样",
    ]
    others = [covers(index, question, FAQ) for question in off]
    assert covers(index, asked, [FAQ[number]])[0] > max(map(max, others))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.text(max_size=40) | st.sampled_from([entry.title for entry in FAQ]))
def test_is_a_share(index, asked):
    assert all(0 <= cover <= 1 + 1e-9 for cover in covers(index, asked, FAQ))


def test_all_passages_come_back_in_order(index):
    assert list(index.passages()) == FAQ
    assert index.knows("password")
    assert not index.knows("passwords")
    assert index.alike("passwords")["password"] > 0.75
