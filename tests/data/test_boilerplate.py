from __future__ import annotations

import gzip
import json
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.boilerplate import LineCounts

HEADER = "Acme Ltd. - Handbook of the wonderful machine, page {} of 310"
LICENSE = "This text is available under the terms of a license; additional terms may apply."


def counted(documents, **settings) -> LineCounts:
    counts = LineCounts(**settings)
    for document in documents:
        counts.add(document)
    return counts


def test_headers_and_licenses_go_and_the_rest_stays():
    documents = [f"{HEADER.format(n)}\n\nChapter about {n * 'x'}\n\n{LICENSE}\n" for n in range(40)]
    boilerplate = counted(documents).boilerplate()
    assert boilerplate.lines == {HEADER.format(2): 40, LICENSE: 40}
    text, removed = boilerplate.strip(documents[7])
    assert text == "Chapter about xxxxxxx\n"
    assert removed == [HEADER.format(7), LICENSE]


def test_a_new_page_number_and_other_spaces_and_capitals_are_the_same_line():
    boilerplate = counted([f"{HEADER.format(n)}\nText {n * 'x'}" for n in range(9)]).boilerplate()
    assert boilerplate.strip(f"  {HEADER.format(1234).upper()}\t\r\nText") == ("Text", [HEADER.format(1234).upper()])


def test_refrains_and_answers_stay():
    refrain = "And the wind goes round and round, and the wind comes home again, my dear"
    dialogues = [f"客服：电话是010-{n}。\n用户：好的，谢谢。\n客服：不客气。\n{n * '说'}" for n in range(40)]
    others = [f"{n * 'x'}" for n in range(60)]
    poems = [f"{refrain}\n{n * 'y'}\n" * 50 for n in range(2)]
    counts = counted([*dialogues, *others, *poems])
    assert counts.boilerplate().lines == {}


def test_short_lines_go_only_where_half_of_the_documents_have_them():
    documents = [f"Page {n}\n{n * 'x'}" for n in range(10)]
    assert counted([*documents, *"abcdefghi"]).boilerplate().lines == {"Page 2": 10}
    assert counted([*documents, *"abcdefghijk"]).boilerplate().lines == {}


def test_both_thresholds_must_be_reached():
    counts = counted([LICENSE] * 6 + [f"{n * 'x'}" for n in range(94)])
    assert counts.boilerplate().lines == {LICENSE: 6}
    assert counts.boilerplate(min_documents=7).lines == {}
    assert counts.boilerplate(min_share=0.07).lines == {}


def test_nothing_is_changed_without_boilerplate():
    text = "a\r\n\r\n\r\n b \n"
    assert counted([]).boilerplate().strip(text) == (text, [])
    assert counted([LICENSE] * 9).boilerplate().strip(text) == (text, [])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"a\n\n{LICENSE}\n\nb", "a\n\nb"),
        (f"a\n{LICENSE}\nb", "a\nb"),
        (f"{LICENSE}\n\na", "a"),
        (f"a\n\n{LICENSE}", "a"),
        (f"a\n{LICENSE}\n", "a\n"),
        (LICENSE, ""),
        (f"a\n\n\n{LICENSE}\nb", "a\n\n\nb"),
    ],
)
def test_empty_lines_around_what_went(text, kept):
    assert counted([LICENSE] * 9).boilerplate().strip(text) == (kept, [LICENSE])


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=30), st.integers(2, 8))
def test_counts_are_never_too_high_and_too_low_by_the_error_at_most(documents, max_lines):
    exact = Counter(line for document in documents for line in set(document))
    counts = counted(["\n".join(document) for document in documents], max_lines=max_lines)
    got = {counts._texts[key]: count for key, count in counts._counts.items() if key in counts._texts}
    assert len(counts._counts) <= max_lines
    for line, count in got.items():
        assert exact[line] - counts.error <= count <= exact[line]
    lines = sum(exact.values())
    assert counts.error <= 2 * lines / max_lines


def test_a_frequent_line_is_found_in_little_memory():
    chance = random.Random(1)
    documents = [
        "\n".join([LICENSE, *(f"{chance.random():.17f}x{place * 'x'}" for place in range(30))]) for _ in range(400)
    ]
    letters = str.maketrans("0123456789", "abcdefghij")
    counts = counted([document.translate(letters) for document in documents], max_lines=500)
    assert counts.error > 0
    assert list(counts.boilerplate(min_share=0.5).lines) == [LICENSE]


@pytest.mark.parametrize("text", ["", "\n\n\n", "\ud800\n\ufeff", "a" * 1_000_000, "1." * 500_000, " " * 1_000_000])
def test_odd_texts(text):
    counts = counted([text] * 3)
    counts.boilerplate().strip(text)
    assert counts.num_documents == 3


def test_real_templates_are_found_and_real_speeches_left_whole(shared_data):
    with gzip.open(shared_data / "summarisation/debian_synopsis/en.train.jsonl.gz", "rt", encoding="utf-8") as file:
        packages = [json.loads(line)["document"] for line in file]
    lines = counted(packages).boilerplate().lines
    assert any("Haskell programming language" in line for line in lines)
    with gzip.open(shared_data / "lm/inaugural/inaugural.jsonl.gz", "rt", encoding="utf-8") as file:
        speeches = [json.loads(line)["text"] for line in file]
    assert counted(speeches).boilerplate().lines == {}
