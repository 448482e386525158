"""What held-out rows share with training rows: each rule finds what it should, and real files what is really there."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.auditing.leakage import SHOWN, SHOWN_CHARS, Leakage, leakage, leakage_between
from braid.auditing.stretches import SHORT, STRETCH, contained, stretches
from braid.config.recipe import DataConfig
from braid.data.example import Example
from braid.data.kinds import KINDS
from braid.data.near import MinHash
from braid.data.shingles import fold
from braid.errors import DataError

EN_ZH = {"source_language": "en", "target_language": "zh"}
EN_DE = {"source_language": "en", "target_language": "de"}
BOOK = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz", k=2000))


def row(source: str = "", target: str = "", line: int = 1, file: str = "train.tsv", **other: str) -> Example:
    return Example(source=source, target=target, file=file, line=line, **other)


def counts(found: Leakage) -> dict[str, tuple[int, int]]:
    """Held-out and training rows by rule and side."""
    return {f"{one.rule} {one.side}".strip(): (len(one.rows), one.num_train) for one in found.overlaps}


def check(train: list[Example], held_out: list[Example], task: str = "classify", **options: object) -> Leakage:
    return leakage(train, held_out, KINDS[task], **options)


def test_each_rule_and_its_places():
    train = [
        row("Is the shop open?", "a", 1),
        row("is the shop open", "b", 2),
        row("Please tell me where I can find the nearest station.", "a", 3),
        row(BOOK[:400], "a", 4),
    ]
    held_out = [
        row("nothing of the kind", "a", 1, "test.tsv"),
        row("IS THE SHOP OPEN?!", "a", 2, "test.tsv"),
        row("Please tell me where I can find the nearest stations.", "a", 3, "test.tsv"),
        row("zzzzz" + BOOK[100:180] + "qqqqq", "a", 4, "test.tsv"),
        row(BOOK[300:340], "a", 5, "test.tsv"),
        row("is the shop... open?", "b", 6, "test.tsv"),
    ]
    found = check(train, held_out)
    assert counts(found) == {
        "exact source": (2, 2), "near source": (1, 1), "stretch source": (1, 1), "contained source": (1, 1)
    }  # fmt: skip
    assert [one.rows for one in found.overlaps] == [(1, 5), (2,), (3,), (4,)]
    assert found.rows() == [1, 2, 3, 4, 5]
    assert found.rows("near", "contained") == [2, 4]
    assert found.find("exact", "source").share == pytest.approx(2 / 6)
    assert found.find("exact", "target") is None
    stretch = found.find("stretch", "source").matches[0]
    assert (stretch.held_out.line, stretch.train.line, round(stretch.similarity, 3)) == (4, 4, round(80 / 90, 3))
    assert [match.train.line for one in found.overlaps for match in one.matches] == [1, 3, 4, 4]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_portions_of_the_training_rows_do_not_matter(monkeypatch, size):
    train = [
        row(BOOK[:200] + "x", line=1, key="a"),
        row(BOOK[300:400], line=2, group="g"),
        row("Is the shop open?", line=3, key="b"),
        row(BOOK[:200], line=4, key="a"),
        row("IS THE SHOP OPEN", line=5, group="g"),
        row(BOOK[300:320] + "q" + BOOK[600:900], line=6),
    ]
    held_out = [
        row(BOOK[:200], key="a"),  # nearly the first, exactly the fourth
        row("is the shop open", group="g"),
        row(BOOK[310:345]),
        row(BOOK[500:700], key="c"),
        row(BOOK[:202]),
        row("nothing of the kind"),
    ]
    whole = check(train, held_out)
    assert counts(whole) == {
        "exact source": (2, 3), "near source": (1, 1), "stretch source": (1, 1), "contained source": (1, 1),
        "key": (1, 2), "group": (1, 2)
    }  # fmt: skip
    monkeypatch.setattr("braid.auditing.leakage.PORTION_ROWS", size)
    assert check(train, held_out) == whole


@pytest.mark.parametrize(
    ("task", "train", "held_out", "found"),
    [
        ("generate", {"key": "7", "group": "a.txt"}, {"key": "7", "group": "a.txt"}, set()),
        ("translate", {"key": "menu", "file": "a.po"}, {"key": "menu", "file": "b.po"}, set()),
        ("translate", {"key": "u1", "file": "a.tmx"}, {"key": "u1", "file": "a.tmx"}, {"key"}),
        ("classify", {"key": "17", "file": "a.jsonl"}, {"key": "17", "file": "b.jsonl"}, set()),
        ("classify", {"key": "17", "file": "a.jsonl"}, {"key": "17", "file": "a.jsonl"}, {"key"}),
        ("answer", {"key": "56be4db0", "file": "en.json"}, {"key": "56be4db0", "file": "de.json"}, {"key"}),
        ("translate", {"group": "talk 1"}, {"group": "talk 1"}, {"group"}),
    ],
)
def test_identifiers_count_where_they_were_given_to_tell_units_apart(task, train, held_out, found):
    texts = [{"source": text, "target": text.upper(), "line": 1, "file": "x"} for text in ("One text.", "Another one.")]
    ours, theirs = Example(**texts[0] | train), Example(**texts[1] | held_out)
    assert {one.rule for one in leakage([ours], [theirs], KINDS[task]).overlaps} == found


def test_a_key_that_several_units_of_a_file_have_is_none():
    rows = [Example(source=f"text {i} {i * 7}", target=f"ziel {i}", file="a.po", line=i, key="menu") for i in range(3)]
    assert leakage(rows[:2], rows[2:], KINDS["translate"]).overlaps == ()


def test_the_stronger_rule_counts():
    """A text is counted once on a side, however many rules hold."""
    train = [row(BOOK[:300]), row(BOOK[:300] + "qq")]
    found = check(train, [row(BOOK[:300]), row(BOOK[:298])])
    assert counts(found) == {"exact source": (1, 1), "near source": (1, 1)}
    assert found.find("near", "source").matches[0].similarity == pytest.approx(295 / 297)


@pytest.mark.parametrize(
    ("task", "sides"),
    [
        ("translate", {"exact source", "exact target"}),
        ("summarize", {"exact source"}),
        ("classify", {"exact source"}),
        ("generate", {"exact target"}),
        ("answer", {"exact source", "exact context"}),
    ],
)
def test_sides_that_count(task, sides):
    one = row("the same source", "the same target", context="the same context" * (task == "answer"))
    assert counts(check([one], [one], task)).keys() == sides


def test_passages_keys_and_groups():
    passage = "The tower was built in the year 1889 and has been painted nineteen times since then."
    train = [
        row("When was it built?", "1889", 1, context=passage, key="q1", group="Tower"),
        row("How often was it painted?", "nineteen", 2, context=passage, key="q2", group="Tower"),
        row(
            "Who lives there?",
            "nobody",
            3,
            context="Nobody lives on the moon, as far as we know.",
            key="q3",
            group="Moon",
        ),
    ]
    held_out = [
        row("What was it for?", "a fair", 1, context=passage.upper(), key="q9", group="Tower"),
        row("Who lived there?", "nobody", 2, context="Quite another text about the sun.", key="q3"),
    ]
    assert counts(check(train, held_out, "answer")) == {
        "exact context": (1, 2), "key": (1, 1), "group": (1, 2)
    }  # fmt: skip


def test_threshold():
    train, held_out = [row("I wish I were younger")], [row("I wish I were young")]
    similarity = MinHash().similarity(train[0].source, held_out[0].source)
    assert counts(check(train, held_out, threshold=similarity)) == {"near source": (1, 1)}
    assert counts(check(train, held_out, threshold=similarity + 0.01)) == {}


def test_texts_without_letters_are_compared_as_they_stand():
    assert counts(check([row("👍"), row("?")], [row(" 👍 "), row("👎"), row("?!"), row(" ")])) == {
        "exact source": (1, 1)
    }


def test_nothing_to_find():
    for train, held_out in (([], []), ([row("x y z")], []), ([], [row("x y z")]), ([row("")], [row("")])):
        found = check(train, held_out)
        assert (found.overlaps, found.rows()) == ((), [])
        assert found.to_dict()["overlaps"] == []


def test_plain_data_and_sentences():
    train = [row(f"{BOOK[:300]} {place}", line=place) for place in range(9)]
    held_out = [row(f"{BOOK[:300]} {place}\ud800", line=place, file="te\ud800st") for place in range(9)] + [
        row("x")
    ] * 9
    found = check(train, held_out)
    plain = json.loads(json.dumps(found.to_dict()).encode())
    assert (plain["train_rows"], plain["held_out_rows"], plain["leaking_rows"]) == (9, 18, 9)
    (overlap,) = plain["overlaps"]
    assert (overlap["rule"], overlap["side"], overlap["rows"], overlap["share"]) == ("exact", "source", 9, 0.5)
    assert len(overlap["examples"]) == SHOWN
    assert len(overlap["examples"][0]["train"]["text"]) == SHOWN_CHARS
    assert overlap["examples"][0]["held_out"]["file"] == "te?st"
    assert found.overlaps[0].sentence() == (
        "9 held-out rows (50.0 %) have the source of a training row, ignoring case and punctuation"
    )


@pytest.mark.parametrize(
    ("length", "rule"),
    [(STRETCH, "stretch"), (STRETCH - 1, "contained"), (SHORT, "contained"), (SHORT - 1, "")],
)
@pytest.mark.parametrize("place", [0, 1000, 2000])
def test_lengths_of_what_is_shared(length, rule, place):
    begin = min(place, len(BOOK) - length)
    texts = [BOOK[begin : begin + length]]
    assert bool(stretches(texts, [BOOK])) is (rule == "stretch")
    assert bool(contained(texts, [BOOK])) is (rule == "contained")


def test_wide_characters_count_twice():
    poem = "秦川雄帝宅函谷壯皇居綺殿千尋起離宮百雉餘連甍遙接漢飛觀迥凌虛"
    assert stretches([f"{poem[:25]}x"], [poem]) == {0: (50 / 51, 0)}
    assert stretches([f"{poem[:24]}x"], [poem]) == {}
    assert contained([poem[3:18]], ["別的", f"「{poem}」"]) == {0: (1.0, 1)}
    assert contained([poem[3:17]], [poem]) == {}


def test_what_is_contained_ends_with_the_text():
    """A text goes on neither in the next one nor past the end of all."""
    assert contained([BOOK[:40]], [BOOK[:35], BOOK[35:60]]) == {}
    assert contained([BOOK[:40]], [BOOK[60:90], BOOK[:35]]) == {}
    assert stretches([BOOK[:100]], [BOOK[:45], BOOK[45:90]]) == {}
    assert stretches([BOOK[:45], BOOK[45:90]], [BOOK[:100]]) == {}


def test_texts_that_begin_alike_are_all_found():
    texts = [BOOK[:40], BOOK[:44], BOOK[:39] + "!", "Q" + BOOK[:40]]
    assert contained(texts, ["x" + BOOK, BOOK]) == {0: (1.0, 0), 1: (1.0, 0), 2: (1.0, 0)}


def plain_stretches(texts: list[str], others: list[str]) -> dict[int, tuple[float, int]]:
    """The same with Python's own search."""
    columns, known = (["".join(map(chr, fold([text]).codes)) for text in part] for part in (texts, others))
    found = {}
    for number, text in enumerate(columns):
        places = [
            place
            for place in range(len(text) - STRETCH + 1)
            if any(text[place : place + STRETCH] in one for one in known)
        ]
        if places:
            covered = {column for place in places for column in range(place, place + STRETCH)}
            first = text[places[0] : places[0] + STRETCH]
            found[number] = len(covered) / len(text), next(other for other, one in enumerate(known) if first in one)
    return found


pieces = st.lists(st.sampled_from([BOOK[:20], BOOK[20:45], BOOK[45:60], BOOK[60:120], "xyz", "秦川雄帝宅"]), max_size=6)
documents = st.lists(pieces.map("".join), max_size=6)


@settings(max_examples=60)
@given(documents, documents)
def test_stretches_are_those_of_plain_search(texts, others):
    found, wanted = stretches(texts, others), plain_stretches(texts, others)
    assert found.keys() == wanted.keys()
    for number, (share, other) in wanted.items():
        assert found[number] == (pytest.approx(share), other)


@settings(max_examples=60)
@given(documents, documents)
def test_contained_texts_are_those_of_plain_search(texts, others):
    plain, known = (["".join(map(chr, fold([text]).codes)) for text in part] for part in (texts, others))
    wanted = {
        number: (1.0, next(other for other, one in enumerate(known) if text in one))
        for number, text in enumerate(plain)
        if SHORT <= len(text) < STRETCH and any(text in one for one in known)
    }
    assert contained(texts, others) == wanted


@pytest.mark.parametrize("text", ["a" * 10**6, "ab" * 500_000, "中文" * 250_000, "e" + "\u0301" * 10**6])
def test_hostile_lengths_take_linear_time(text):
    begun = time.process_time()
    assert counts(check([row(text), row(text[:-100])], [row(text), row(text[:STRETCH]), row(text[:SHORT])]))
    assert time.process_time() - begun < 10


def test_files(tmp_path):
    (tmp_path / "train.tsv").write_text("Open the file\tÖffne die Datei\nbroken\nClose it\tSchließ es\n")
    (tmp_path / "test.csv").write_text("source,target\nopen the file!,x\nSave it,y\n")
    kind = KINDS["translate"]
    options = kind.options(DataConfig(**EN_DE))
    found = leakage_between(["train.tsv"], ["test.csv"], kind, options=options, folder=tmp_path)
    assert (found.num_train, found.num_held_out, found.num_unread) == (2, 2, 1)
    assert counts(found) == {"exact source": (1, 1)}
    match = found.overlaps[0].matches[0]
    assert (match.train.file, match.train.line, match.held_out.file, match.held_out.line) == (
        "train.tsv",
        1,
        "test.csv",
        2,
    )
    with pytest.raises(DataError, match="at least one file"):
        leakage_between(["train.tsv"], ["none.tsv"], kind, options=options, folder=tmp_path)


def real(shared_data, task: str, train: str, held_out: str, config=None, other=None) -> dict[str, tuple[int, int]]:
    kind = KINDS[task]
    options = kind.options(DataConfig(**(config or {})))
    other = kind.options(DataConfig(**other)) if other else None
    return counts(
        leakage_between([train], [held_out], kind, options=options, held_out_options=other, folder=shared_data)
    )


def test_snips_repeats_21_texts(shared_data):
    """Its source says: 21 training texts also occur in the test, ignoring case and punctuation."""
    assert real(shared_data, "classify", "semantic/snips/train.jsonl.gz", "semantic/snips/test.jsonl") == {
        "exact source": (19, 21), "near source": (11, 12), "contained source": (2, 2)
    }  # fmt: skip


@pytest.mark.parametrize(("language", "stretched"), [("de", 19), ("zh", 2)])
def test_xquad_asks_the_same_in_each_language(shared_data, language, stretched):
    """The same questions by identifier, the same articles by title; of the passages themselves a few lists of names."""
    assert real(shared_data, "answer", "qa/xquad/xquad.en.json", f"qa/xquad/xquad.{language}.json") == {
        "stretch context": (stretched, stretched), "key": (826, 826), "group": (826, 826)
    }  # fmt: skip


@pytest.mark.parametrize("language", ["de", "zh"])
def test_xsid_is_parallel(shared_data, language):
    file = f"semantic/xsid/{language}.valid.jsonl"
    assert real(shared_data, "classify", "semantic/xsid/en.valid.jsonl", file, {}, {"source_column": "text_en"}) == {
        "exact source": (300, 300)
    }


def test_half_of_xsid_is_snips(shared_data):
    assert real(shared_data, "classify", "semantic/snips/train.jsonl.gz", "semantic/xsid/en.valid.jsonl") == {
        "exact source": (150, 159), "near source": (1, 1)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        ("qa/drcd/DRCD_dev.json.gz", "qa/cmrc2018/cmrc2018_dev.json.gz"),
        ("qa/drcd/DRCD_dev.json.gz", "qa/xquad/xquad.zh.json"),
        ("qa/cmrc2018/cmrc2018_dev.json.gz", "qa/xquad/xquad.zh.json"),
    ],
)
def test_chinese_questions_share_nothing(shared_data, train, held_out):
    assert real(shared_data, "answer", train, held_out) == {}


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        (
            "val",
            {
                "exact source": (1, 1), "near source": (1, 1), "stretch source": (1, 1), "contained source": (1, 1),
                "exact target": (1, 1), "contained target": (2, 2),
            },
        ),
        (
            "test_2016_flickr",
            {"near source": (1, 1), "contained source": (2, 2), "near target": (1, 1), "contained target": (2, 2)},
        ),
    ],
)  # fmt: skip
def test_captions(shared_data, part, wanted):
    train, held_out = (
        ",".join(f"translation/multi30k/{name}.{language}.gz" for language in ("en", "de")) for name in ("train", part)
    )
    assert real(shared_data, "translate", train, held_out, EN_DE) == wanted


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("valid", {"near source": (10, 13), "near target": (2, 2)}),
        ("test", {"near source": (11, 11), "near target": (7, 4)}),
    ],
)
def test_tatoeba_shares_no_sentence(shared_data, part, wanted):
    folder = "translation/tatoeba_en_zh"
    assert real(shared_data, "translate", f"{folder}/train.tsv.gz", f"{folder}/{part}.tsv.gz", EN_ZH) == wanted


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", {"near source": (12, 12), "stretch source": (153, 146)}),
        ("de", {"near source": (1, 1), "stretch source": (23, 22)}),
        ("zh_CN", {}),
    ],
)
def test_packages_share_sentences_but_no_description(shared_data, language, wanted):
    file = f"summarisation/debian_synopsis/{language}"
    assert real(shared_data, "summarize", f"{file}.train.jsonl.gz", f"{file}.test.jsonl.gz") == wanted
