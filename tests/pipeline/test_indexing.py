"""Documents without a reader: scores with a baseline, no answer off the topic, unchanged files read once."""

import hashlib
import json
import os

import numpy as np
import pytest

import braid
from braid.bundle.folder import read_bundle
from braid.data.documents import Passage
from braid.errors import BraidError, DataError
from braid.pipeline import documents as documents_module
from braid.pipeline import faq as faq_module
from braid.pipeline.faq import FAQ_COVER, faq_evaluation, faq_limit
from braid.retrieval import build_index

pytestmark = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="nothing is trained"
)

ENGLISH = [
    ("How do I reset my password?", "Press Forgotten on the first page."),
    ("When will my parcel arrive?", "Within three days."),
    ("How do I return a parcel?", "Send it back within thirty days."),
    ("Which cards do you accept?", "Visa and Mastercard."),
    ("Where is your shop?", "In the main street."),
]
CHINESE = [
    ("如何重置密码？", "在登录页面点击忘记密码。"),
    ("怎么申请退货？", "在订单页面选择退货。"),
    ("什么时候发货？", "付款后三天之内。"),
    ("支持哪些付款方式？", "支付宝和微信支付。"),
    ("门店在哪里？", "在人民路一百号。"),
]


def faq_bundle(folder, entries):
    lines = [json.dumps({"question": question, "answer": answer}, ensure_ascii=False) for question, answer in entries]
    (folder / "faq.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["faq.jsonl"]\n')
    return braid.train(folder / "r.toml", output=folder / "b")


@pytest.mark.parametrize(
    ("entries", "asked", "answer", "off_topic"),
    [
        (ENGLISH, "I forgot my password, how can I reset it?", ENGLISH[0][1], "What is the highest mountain in Peru?"),
        (ENGLISH, "can I return the parcel", ENGLISH[2][1], "Who wrote the play about a king in Scotland?"),
        (CHINESE, "密码忘了，怎么重置密码", CHINESE[0][1], "秘鲁最高的山叫什么名字？"),
        (CHINESE, "我想申请退货", CHINESE[1][1], "今天北京的天气怎么样？"),
    ],
)
def test_entries_answer_paraphrases_and_nothing_else(tmp_path, entries, asked, answer, off_topic):
    faq_bundle(tmp_path, entries)
    model = braid.load(tmp_path / "b")
    assert model.index.search(off_topic, 1)  # it shares words with some entry
    found = model.answer([asked, off_topic], detail=True)
    assert [one.text for one in found] == [answer, ""]
    assert found[1].origin is None
    assert found[0].score > model.limits.faq > found[1].score


def test_sentences_answer_nothing_off_the_topic(tmp_path):
    (tmp_path / "a.md").write_text(
        "# Warranty\n\nThe warranty lasts two years. It covers parts.\n\n# 保修\n\n保修期为两年。包括所有零件。\n",
        encoding="utf-8",
    )
    (tmp_path / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["a.md"]\n')
    braid.train(tmp_path / "r.toml", output=tmp_path / "b")
    asked = [
        "How long does the warranty last?",
        "保修期是多久？",
        "Who is the mayor of the city?",
        "所有行星的名字是什么？",
    ]
    model = braid.load(tmp_path / "b")
    assert all(model.index.search(question, 1) for question in asked)
    assert model.answer(asked) == ["The warranty lasts two years.", "保修期为两年。", "", ""]


def paraphrased(size):
    """Entries of which two always have the same answer and most of their words."""
    entries = []
    for number in range(size):
        topic = f"topic{number:03d}x"
        for words in (f"how does {topic} work today", f"tell me how {topic} can work"):
            entries.append(Passage(text=f"A{number}.", file="f", line=1, title=words, answer=f"A{number}."))
    return entries


def test_the_limit_is_chosen_where_answers_have_several_questions(tmp_path):
    many = paraphrased(60)
    limit = faq_limit(build_index(many, tmp_path / "many"), many)
    assert limit != FAQ_COVER
    assert limit > 0.5  # what pairs share is rare
    few = paraphrased(20)
    assert faq_limit(build_index(few, tmp_path / "few"), few) == FAQ_COVER
    alone = many[::2]
    assert faq_limit(build_index(alone, tmp_path / "alone"), alone) == FAQ_COVER


def test_scores_stand_beside_a_baseline_with_a_verdict(tmp_path):
    result = faq_bundle(tmp_path, ENGLISH + CHINESE)
    evaluation = result["evaluation"]
    assert [system["name"] for system in evaluation["systems"]] == ["b", "cosine of TF-IDF vectors"]
    for system in evaluation["systems"]:
        assert set(system["scores"]) == {"recall@1", "recall@5", "mrr@5"}
        assert all(score["low"] <= score["value"] <= score["high"] for score in system["scores"].values())
    assert "cosine of TF-IDF vectors" in evaluation["notes"][0]
    info = read_bundle(tmp_path / "b")
    assert info.scores == evaluation["systems"]
    assert {"report.html", "card.md"} <= set(info.files)
    html = (tmp_path / "b/report.html").read_text(encoding="utf-8")
    assert "cosine of TF-IDF vectors" in html
    assert CHINESE[0][0] in html
    again = braid.evaluate(tmp_path / "b")
    assert again["systems"] == evaluation["systems"]
    with pytest.raises(BraidError, match="compared on questions with their passages"):
        braid.evaluate(tmp_path / "b", compare=tmp_path / "b")


def test_an_index_that_is_worse_than_its_baseline_says_so(monkeypatch):
    entries = [Passage(text=answer, file="f", line=1, title=asked, answer=answer) for asked, answer in ENGLISH]
    monkeypatch.setattr(faq_module, "_found_by_index", lambda entries, asked: [[] for _ in asked])
    monkeypatch.setattr(faq_module, "_found_by_cosine", lambda entries, asked: [[entries[i].answer] for i in asked])
    found = faq_evaluation("b", "en", entries)
    assert found["notes"][0].startswith('b is worse than "cosine of TF-IDF vectors"')
    assert "train longer" not in found["notes"][0]


def test_documents_that_are_no_faq_have_a_report_and_no_scores(tmp_path):
    (tmp_path / "a.txt").write_text("The sea is wide.")
    (tmp_path / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["a.txt"]\n')
    result = braid.train(tmp_path / "r.toml", output=tmp_path / "b")
    assert result["evaluation"]["systems"] == []
    assert "no reader was trained" in (tmp_path / "b/report.html").read_text(encoding="utf-8")
    with pytest.raises(DataError, match="no FAQ by which they could be scored"):
        braid.evaluate(tmp_path / "b")


@pytest.fixture
def handbook(tmp_path, monkeypatch):
    """A folder of documents with its recipe, and the names of the files that were opened."""
    for name in ("b", "c", "d"):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / f"docs/{name}.md").write_text(f"# Title {name}\n\nThe word of {name} is {name * 5}.\n")
    (tmp_path / "docs/broken.pdf").write_bytes(b"no pdf")
    (tmp_path / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["docs"]\n')
    opened = []
    read = documents_module.read_document
    monkeypatch.setattr(
        documents_module, "read_document", lambda path, shown: opened.append(shown) or read(path, shown)
    )
    return tmp_path, opened


def index_files(bundle):
    return {name: entry.sha256 for name, entry in read_bundle(bundle).files.items() if name.startswith("runtime/")}


def test_unchanged_files_are_not_read_again(handbook):
    folder, opened = handbook
    braid.train(folder / "r.toml", output=folder / "b")
    assert opened == ["docs/b.md", "docs/broken.pdf", "docs/c.md", "docs/d.md"]
    opened.clear()
    (folder / "docs/a.md").write_text("# Title a\n\nThe word of a is aaaaa.\n")
    (folder / "docs/c.md").write_text("# Title c\n\nThe word of c is another.\n")
    (folder / "docs/d.md").unlink()
    braid.train(folder / "r.toml", output=folder / "b")
    assert opened == ["docs/a.md", "docs/broken.pdf", "docs/c.md"]  # what could not be read is tried again
    braid.train(folder / "r.toml", output=folder / "new")
    assert index_files(folder / "b") == index_files(folder / "new")
    old, new = read_bundle(folder / "b"), read_bundle(folder / "new")
    assert old.task_info == new.task_info
    assert old.data_fingerprint == new.data_fingerprint
    for name, entry in old.files.items():
        assert hashlib.sha256((folder / "b" / name).read_bytes()).hexdigest() == entry.sha256
    model = braid.load(folder / "b")
    assert model.answer("What is the word of c?") == "The word of c is another."
    assert model.index.search("ddddd") == []


def test_a_damaged_bundle_is_built_anew(handbook):
    folder, opened = handbook
    braid.train(folder / "r.toml", output=folder / "b")
    before, size = index_files(folder / "b"), len(opened)
    passages = next((folder / "b/runtime/index").glob("*/passages.bin"))
    passages.write_bytes(passages.read_bytes()[::-1])
    braid.train(folder / "r.toml", output=folder / "b")
    assert len(opened) == 2 * size
    assert index_files(folder / "b") == before


def test_a_failure_leaves_the_old_bundle(handbook, monkeypatch):
    folder, _ = handbook
    braid.train(folder / "r.toml", output=folder / "b")
    before = {path: path.read_bytes() for path in (folder / "b").rglob("*") if path.is_file()}
    (folder / "docs/a.md").write_text("# Title a\n")
    from braid.pipeline import indexing

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(indexing, "faq_limit", fail)
    with pytest.raises(BraidError, match="No space left"):
        braid.train(folder / "r.toml", output=folder / "b")
    assert {path: path.read_bytes() for path in (folder / "b").rglob("*") if path.is_file()} == before


def test_a_file_that_two_patterns_name_is_indexed_once(handbook):
    folder, opened = handbook
    (folder / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["docs", "docs/*.md"]\n')
    braid.train(folder / "r.toml", output=folder / "b")
    assert sorted(opened) == sorted(set(opened))
    assert np.all([hit.rank == 1 for hit in braid.load(folder / "b").index.search("ccccc")])
