import json
import math
import random
import shutil
import time
from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.data.documents import Passage
from braid.errors import BundleError, DataError, StorageError
from braid.retrieval import Index, Ranking, build_index, writing
from braid.retrieval import index as index_module
from braid.retrieval.segment import ARRAYS, COUNTS
from braid.retrieval.terms import terms
from braid.storage import locked

WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove"]
PLAIN = Ranking(forms=0, similar=0)


def passage(text, **fields):
    return Passage(**{"text": text, "file": "f.txt", "line": 1} | fields)


def texts(hits):
    return [hit.passage.text for hit in hits]


@pytest.fixture
def make(tmp_path):
    """Builds an index of texts or passages in the test's folder."""

    def build(*rows, ranking=None):
        shutil.rmtree(tmp_path / "index", ignore_errors=True)
        build_index([row if isinstance(row, Passage) else passage(row) for row in rows], tmp_path / "index")
        return Index.open(tmp_path / "index", ranking)

    return build


def reference(rows, question, ranking):
    """BM25F over fields and documents as the papers write it, term by term and passage by passage."""
    groups, last = [], None
    for row in rows:
        groups.append(groups[-1] + (not row.group or row.group != last) if groups else 0)
        last = row.group
    text, title = ([Counter(terms(getattr(row, field))) for row in rows] for field in ("text", "title"))
    both = defaultdict(Counter)
    for number, group in enumerate(groups):
        both[group] += text[number] + title[number]

    def norm(counts, all_counts):
        lengths = [one.total() for one in all_counts if one or all_counts is not title]
        return 1 - ranking.b + ranking.b * counts.total() / (sum(lengths) / max(len(lengths), 1) or 1)

    def value(having, total, count):
        idf = math.log(1 + (total - having + 0.5) / (having + 0.5))
        return idf * (ranking.k1 + 1) * count / (ranking.k1 + count)

    own, around = [0.0] * len(rows), [0.0] * len(rows)
    for term, repeats in Counter(terms(question)).items():
        numbers = [number for number in range(len(rows)) if text[number][term] or title[number][term]]
        having = [group for group in both if both[group][term]]
        for number, group in enumerate(groups):
            faq = bool(rows[number].answer)
            count = (ranking.answer if faq else 1) * text[number][term] / norm(text[number], text)
            count += (ranking.question if faq else ranking.title) * title[number][term] / norm(title[number], title)
            own[number] += repeats * value(len(numbers), len(rows), count)
            count = both[group][term] / norm(both[group], list(both.values()))
            around[number] += repeats * value(len(having), len(both), count)
    around = [own[n] if groups.count(groups[n]) == 1 else around[n] for n in range(len(rows))]
    scores = [one + ranking.context * other for one, other in zip(own, around, strict=True)]
    words = set(terms(question))
    return [score if words & (text[i].keys() | title[i].keys()) else 0.0 for i, score in enumerate(scores)]


@st.composite
def collections(draw):
    some = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
    rows = st.builds(
        passage, some, title=some, group=st.sampled_from(["", "a", "b"]), answer=st.sampled_from(["", "", "yes"])
    )
    return draw(st.lists(rows, min_size=1, max_size=8))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=collections(), question=st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_scores_are_bm25f(make, rows, question):
    ranking = Ranking(forms=0, similar=0, title=1.5, context=0.7)
    hits = make(*rows, ranking=ranking).search(question, k=len(rows))
    wanted = sorted((score for score in reference(rows, question, ranking) if score), reverse=True)
    assert [hit.score for hit in hits] == pytest.approx(wanted, rel=1e-4)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def draw_rows(count, seed=1, **fields):
    draw = random.Random(seed)
    words = ["".join(draw.choices("abcdefghij", k=draw.randint(2, 7))) for _ in range(200)] + ["天气", "北京", "大学"]
    return [
        passage(" ".join(draw.choices(words, k=draw.randint(1, 30))), title=draw.choice(words), line=line, **fields)
        for line in range(count)
    ]


@pytest.mark.parametrize("sizes", [[100], [99, 1], [1] * 30 + [70], [40, 30, 20, 5, 1, 1, 1, 1, 1]])
def test_hits_do_not_depend_on_how_passages_came(tmp_path, sizes):
    rows = draw_rows(100)
    whole = build_index(rows, tmp_path / "whole")
    parts = build_index(rows[: sizes[0]], tmp_path / "parts")
    for begin, size in zip([sum(sizes[:i]) for i in range(1, len(sizes))], sizes[1:], strict=True):
        parts.add(rows[begin : begin + size])
    assert len(list((tmp_path / "parts").glob("segment-*"))) <= index_module.MAX_SEGMENTS
    for question in [rows[7].text, "天气 北京大学", "abc"]:
        for opened in (parts, Index.open(tmp_path / "parts")):
            assert opened.search(question, k=200) == whole.search(question, k=200)


def test_parts_forced_by_memory_give_the_same_bytes(tmp_path, monkeypatch):
    rows = [*draw_rows(40, group="a"), *draw_rows(40, seed=2, group="b"), passage("", group="b"), passage("😀")]
    build_index(rows, tmp_path / "one")
    monkeypatch.setattr(writing, "MAX_TOKENS", 150)
    monkeypatch.setattr(writing, "_BLOCK", 60)
    build_index(rows, tmp_path / "many")
    for name in ("header.json", *(f"{name}.bin" for name in ARRAYS)):
        one, many = (next((tmp_path / folder).glob(f"*/{name}")).read_bytes() for folder in ("one", "many"))
        assert one == many, name
    assert sorted(path.name for path in (tmp_path / "many").iterdir()) == ["index.json", "segment-000001"]


@given(
    st.lists(
        st.builds(
            Passage,
            text=st.text(st.characters()),
            file=st.text(),
            line=st.integers(1, 10**9),
            start=st.integers(0, 10**9),
            title=st.text(),
            answer=st.text(),
            group=st.text(),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_passages_come_back_as_they_were(make, rows):
    index = make(*rows)
    assert [index._parts[0].segment.passage(number) for number in range(len(rows))] == rows


def test_nothing_to_find(make):
    empty = make()
    assert empty.num_passages == 0
    assert empty.search("anything") == []
    index = make("the amber room", "", "😀")
    assert [index.search(question) for question in ("", "?!", "birch", "😀")] == [[], [], [], []]
    assert texts(index.search("amber", k=1)) == ["the amber room"]
    assert index.search("amber", k=0) == []
    empty = make()
    empty.add([passage("amber")])
    assert texts(empty.search("amber")) == ["amber"]
    empty.add([])
    assert len(list(empty.folder.glob("segment-*"))) == 1


def test_ties_go_to_the_first(make):
    index = make(*[passage("amber", line=line) for line in range(50)])
    assert [hit.passage.line for hit in index.search("amber", k=5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("diabtes", "what diabetes is"),
        ("Krankenversicherungskarte", "die Krankenversicherung zahlt"),
        ("treatments", "the treatment of it"),
        ("北京天气怎么样", "北京的天气很好"),
        ("CAFÉ", "a cafe in town"),
    ],
)
def test_words_need_not_be_the_same(make, question, best):
    index = make("the injection", "what diabetes is", "die Krankenversicherung zahlt", "the treatment of it",
                 "北京的天气很好", "南京大学", "a cafe in town", "1987")  # fmt: skip
    assert texts(index.search(question))[0] == best


def test_numbers_and_other_words_are_not_taken_for_one_another(make):
    index = make("in 1987 an infection")
    assert index.search("1988") == []
    assert index.search("inject") == []


def test_a_title_and_a_question_weigh_more_than_a_text(make):
    filler = "birch cedar delta ember"
    rows = [passage(f"amber {filler}", title=filler), passage(f"fjord {filler}", title=f"amber {filler}")]
    assert [hit.passage.text[:5] for hit in make(*rows, ranking=Ranking(title=2)).search("amber")] == ["fjord", "amber"]
    faq = [passage(row.text, title=row.title, answer=row.text) for row in rows]
    assert [hit.passage.text[:5] for hit in make(*faq).search("amber")] == ["fjord", "amber"]


def test_the_same_question_comes_first(make):
    topics, kinds = ("gout", "iron deficiency", "iron"), ("What is", "What causes", "What are the treatments for", "Is")
    rows = [
        passage(f"{topic} {kind} is treated. " * (1 + number), title=f"{kind} {topic}?", answer="yes", group=topic)
        for number, kind in enumerate(kinds)
        for topic in topics
    ]
    index = make(*rows)
    for row in rows:
        assert index.search(row.title)[0].passage.title == row.title


def test_a_section_is_found_by_what_its_document_is_about(make):
    def page(name, topic):
        return [passage(f"{topic} is rare", group=name), passage("rest and a diet help", group=name)]

    index = make(*page("a", "gout"), *page("b", "scurvy"), *page("c", "measles"))
    assert [hit.passage.group for hit in index.search("does a diet help against scurvy")][:2] == ["b", "b"]
    assert index.search("diet scurvy")[0].passage.group == "b"
    assert make(*page("a", "gout")).search("gout")[0].passage.text == "gout is rare"


def test_enormous_questions_are_cut(make):
    index = make("amber room", *WORDS)
    begun = time.process_time()
    hits = index.search("amber " + " ".join(f"x{number}yzwv" for number in range(300_000)))
    assert texts(hits)[:1] == ["amber"]
    assert time.process_time() - begun < 10


def test_term_weight(make):
    index = make("amber", "amber birch", "cedar")
    assert index.term_weight("birch") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert index.term_weight("birch") > index.term_weight("amber") > 0
    assert index.term_weight("delta") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_what_was_open_goes_on_while_others_add(tmp_path):
    first = build_index([passage("amber 0")], tmp_path / "index")
    other = Index.open(tmp_path / "index")
    for number in range(1, 12):
        other.add([passage(f"amber {number}")])
    assert len(other.search("amber", k=20)) == 12
    assert texts(first.search("amber", k=20)) == ["amber 0"]


def test_only_one_adds_at_a_time(make):
    index = make("amber")
    with locked(index.folder / "lock", "busy"), pytest.raises(StorageError, match="somebody else is adding"):
        index.add([passage("birch")])
    assert texts(index.search("amber birch")) == ["amber"]


def test_a_failure_leaves_the_index_as_it_was(make):
    def failing():
        yield passage("birch")
        raise DataError("broken")

    index = make("amber")
    before = (index.folder / "index.json").read_bytes()
    with pytest.raises(DataError, match="broken"):
        index.add(failing())
    with pytest.raises(DataError, match="broken"):
        build_index(failing(), index.folder)
    assert (index.folder / "index.json").read_bytes() == before
    assert texts(Index.open(index.folder).search("amber birch")) == ["amber"]
    (index.folder / "segment-000009").mkdir()  # what a killed process leaves
    index.add([passage("birch")])
    assert sorted(path.name for path in index.folder.glob("seg*")) == ["segment-000001", "segment-000002"]
    assert len(index.search("amber birch")) == 2


def test_nothing_else_is_replaced(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/mine.txt").write_text("x")
    for place in (tmp_path / "letters", tmp_path / "letters/mine.txt"):
        with pytest.raises(StorageError, match="is no index and is not replaced"):
            build_index([passage("amber")], place)
    assert (tmp_path / "letters/mine.txt").read_text() == "x"
    with pytest.raises(BundleError, match="there is no index here"):
        Index.open(tmp_path / "letters")


def header(counts):
    return json.dumps({"format": 1, "counts": counts})


@pytest.mark.parametrize("name", [f"{name}.bin" for name in ARRAYS])
@pytest.mark.parametrize("change", ["missing", "shorter", "longer"])
def test_files_of_another_size_are_refused(make, name, change):
    index = make("the amber room is made of amber and gold", "birches")
    file = index.folder / "segment-000001" / name
    content = file.read_bytes()
    file.unlink()
    if change != "missing":
        file.write_bytes(content[:-1] if change == "shorter" else content + b"\0")
    with pytest.raises(BundleError, match=name):
        Index.open(index.folder)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2}',
        header({}),
        "[" * 50_000,
        "{" + " " * 10**6 + "}",
        header(["passages"]),
        header(dict.fromkeys(COUNTS, 0)),
    ],
)
def test_headers_that_are_none_are_refused(make, content):
    index = make("amber")
    (index.folder / "segment-000001/header.json").write_text(content)
    with pytest.raises(BundleError, match=r"header\.json"):
        Index.open(index.folder)


@pytest.mark.parametrize("value", [10**12, -1, 1.5, True, "1", None])
def test_headers_with_other_numbers_are_refused_before_anything_is_made(make, value):
    index = make("amber")
    file = index.folder / "segment-000001/header.json"
    content = json.loads(file.read_text())
    for name in content["counts"]:
        file.write_text(header(content["counts"] | {name: value}))
        with pytest.raises(BundleError, match=r"segment-000001"):
            Index.open(index.folder)


@pytest.mark.parametrize("names", [["../etc"], ["segment-000002"], [1], "segment-000001", None, [["x"]]])
def test_names_that_are_none_are_refused(make, names):
    index = make("amber")
    (index.folder / "index.json").write_text(json.dumps({"format": 1, "segments": names, "next": 2}))
    with pytest.raises(BundleError, match=r"index\.json"):
        Index.open(index.folder)


@pytest.mark.parametrize("name", ARRAYS)
def test_damage_inside_is_said_where_it_is(make, name):
    """Random bytes of the right number: found out, or harmless, but never another exception."""
    rows = draw_rows(30)
    draw = random.Random(3)
    num_refused = 0
    for _ in range(8):
        index = make(*rows)
        file = index.folder / f"segment-000001/{name}.bin"
        content = bytearray(file.read_bytes())
        for _ in range(8):
            content[draw.randrange(len(content))] = draw.randrange(256)
        file.write_bytes(content)
        try:
            opened = Index.open(index.folder)
            for row in rows:
                opened.search(row.text)
                opened.search(" ".join(f"{word}x" for word in row.text.split()))
            for row in rows[:9]:
                opened.add([row])
        except BundleError as error:
            num_refused += 1
            assert str(index.folder) in error.where
    if name in ("posting_passages", "posting_ends", "groups", "passages", "passage_ends"):
        assert num_refused


def test_quick_enough(tmp_path):
    rows = draw_rows(20_000)
    begun = time.process_time()
    index = build_index(rows, tmp_path / "index")
    assert time.process_time() - begun < 20
    begun = time.process_time()
    for row in rows[:100]:
        index.search(" ".join(row.text.split()[:10]))
    assert time.process_time() - begun < 5
