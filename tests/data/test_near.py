"""Near-duplicates: the same on every machine, as frequent as the curve says, none invented."""

from __future__ import annotations

import gzip
import json
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from braid.data.keys import BATCH_CHARS, batches, text_key
from braid.data.near import EMPTY, NO_KEY, MinHash, near_pairs
from braid.data.shingles import fold, window_hashes
from braid.errors import ConfigError

MINHASH = MinHash()
LONG = "The installer copies all files into the folder that you have chosen before."
NEARLY = "The installer copies all files into the folder that you had chosen before."

texts = st.lists(st.text(max_size=40), max_size=12)
words = st.lists(
    st.sampled_from(["the", "old", "house", "stands", "on", "green", "hills", "我们", "在", "山上"]), max_size=30
)


def exact_pairs(rows: list[str], threshold: float, shingle: int = 4) -> dict[tuple[int, int], float]:
    """All pairs by plain sets of windows of the folded text, through one product of sparse matrices."""
    number: dict[str, int] = {}
    sets = []
    for row in rows:
        columns = "".join(map(chr, fold([row]).codes))
        windows = {columns[place : place + shingle] for place in range(len(columns) - shingle + 1)}
        sets.append([number.setdefault(window, len(number)) for window in windows])
    sizes = np.array([len(found) for found in sets], np.int64)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    members = np.concatenate([np.array(found, np.int64) for found in sets]) if sets else np.zeros(0, np.int64)
    matrix = csr_matrix((np.ones(len(members), np.int64), members, ends), shape=(len(rows), len(number)))
    shared = (matrix @ matrix.T).tocoo()
    similarity = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    chosen = (shared.row < shared.col) & (similarity >= threshold)
    pairs = zip(shared.row[chosen].tolist(), shared.col[chosen].tolist(), strict=True)
    return dict(zip(pairs, similarity[chosen].tolist(), strict=True))


def shares_key(one: str, other: str, minhash: MinHash = MINHASH) -> bool:
    first, second = minhash.band_keys(minhash.signatures([one, other]))
    return bool(((first == second) & (first != NO_KEY)).any())


def test_signatures_are_the_same_everywhere():
    """Computed once and written down: whoever changes them has to tell those who keep them on disk."""
    minhash = MinHash(num_hashes=4, bands=2)
    assert minhash.signatures(["Hello, world! 你好"]).tolist() == [[90728228, 217471306, 11899653, 190382866]]
    assert minhash.band_keys(minhash.signatures(["Hello, world! 你好"])).tolist() == [
        [14982286070757028786, 10836395079031337571]
    ]


@given(texts, st.randoms())
def test_order_does_not_matter(rows, chance):
    order = list(range(len(rows)))
    chance.shuffle(order)
    signatures = MINHASH.signatures(rows)
    assert np.array_equal(MINHASH.signatures([rows[place] for place in order]), signatures[order])


@given(texts)
def test_batches_do_not_matter(rows):
    together = MINHASH.signatures(rows)
    assert all(np.array_equal(MINHASH.signatures([row])[0], found) for row, found in zip(rows, together, strict=True))


def test_batches_of_long_texts():
    chance = random.Random(1)
    rows = [
        "".join(chance.choices("abcdefgh 我你他", k=size)) for size in (BATCH_CHARS + 9, 3, 70_000, 0, BATCH_CHARS, 33)
    ]
    assert [len(batch) for _, batch in batches(rows)] == [1, 4, 1]
    signatures = MINHASH.signatures(rows)
    for row, found in zip(rows, signatures, strict=True):
        assert np.array_equal(MINHASH.signatures([row])[0], found)
    x = (MINHASH.shingles([rows[2]])[0] >> np.uint64(32)).astype(np.uint32)
    assert signatures[2].tolist() == [int((x * factor).min()) for factor in MINHASH._factors]


@given(st.text(max_size=60))
def test_a_text_matches_itself_unless_it_says_too_little(text):
    says_enough = len(fold([text]).codes) >= MINHASH.shingle
    assert shares_key(text, text) is says_enough
    assert MINHASH.similarity(text, text) == float(says_enough)
    assert bool((MINHASH.signatures([text]) == EMPTY).all()) is not says_enough


@given(st.text("abcdefghij 我们", max_size=60), st.text("klmnopqrst 在山", max_size=60))
def test_texts_without_a_common_letter_never_match(one, other):
    assert not shares_key(one, other)
    assert MINHASH.similarity(one, other) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_symmetric(one, other):
    assert MINHASH.similarity(one, other) == MINHASH.similarity(other, one)
    assert 0 <= MINHASH.similarity(one, other) <= 1


@settings(max_examples=50)
@given(st.lists(words.map(" ".join), max_size=30), st.sampled_from([0.5, 0.8, 1.0]))
def test_pairs_are_those_of_plain_sets(rows, threshold):
    """Bands of one hash miss next to nothing, so that the pairs can be held against all of them."""
    minhash = MinHash(num_hashes=64, bands=64)
    wanted = exact_pairs(rows, threshold)
    found = {
        (one, other): similarity for one, other, similarity in near_pairs(rows, threshold=threshold, minhash=minhash)
    }
    assert found == pytest.approx(wanted)
    half = len(rows) // 2
    across = near_pairs(rows[:half], rows[half:], threshold=threshold, minhash=minhash)
    assert {(one, other + half) for one, other, _ in across} == {pair for pair in wanted if pair[0] < half <= pair[1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Open the FILE!", "open the file"),
        ("Ｏｐｅｎ the file", "open the file"),
        ("Straße gesperrt", "STRASSE GESPERRT"),
        ("e-mail address", "E mail, address"),
        ("café au lait", "cafe\u0301 au lait"),
        ("打开文件。", "打 开 文 件"),
        ("ｶﾀｶﾅ文字", "カタカナ文字"),
    ],
)
def test_case_punctuation_and_width_do_not_count(one, other):
    assert MINHASH.similarity(one, other) == 1
    assert shares_key(one, other)
    assert near_pairs([one], [other]) == [(0, 0, 1.0)]


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_the_split_takes_for_equal_folds_to_the_same(one, other):
    folded = fold([one, other, one.upper()])
    if text_key(one) == text_key(other) and folded.key(0):
        assert folded.key(0) == folded.key(1)


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        (LONG, NEARLY, True),
        (LONG, LONG.replace("installer", "instaler"), True),
        (LONG, LONG.replace("folder", "drive"), False),
        ("I wish I were young.", "I wish I were younger!", True),
        ("A baby is sleeping in the cradle.", "The baby is sleeping in the cradle.", True),
        ("I like cats very much.", "I like dogs very much.", False),
        ("She has three brothers.", "He has three brothers.", True),
        (
            "安装程序会把所有文件复制到您之前选择的文件夹中，请稍候。",
            "安装程序会把所有文件复制到您之前选的文件夹中，请稍候。",
            True,
        ),
        ("我从来没有去过那个城市。", "他从来没有去过那座城市。", False),
        ("ได้โปรดเปิดไฟล์ที่คุณเลือกไว้ก่อนหน้านี้", "โปรดเปิดไฟล์ที่คุณเลือกไว้ก่อนหน้านี้", True),
    ],
)
def test_short_sentences(one, other, is_near):
    assert bool(near_pairs([one, other])) is is_near


@pytest.mark.parametrize(
    ("one", "other", "kept", "apart", "alike"),
    [
        (LONG + " 3", LONG + " 4", True, False, True),
        (f"{LONG} 3", f"{LONG}, ３ now", True, True, True),
        ("Version 10 of 2024", "Version 27 of 1999", False, False, True),
        (LONG, LONG.upper(), True, True, True),
        (f"1 and 23: {LONG}", f"12 and 3: {LONG}", True, True, True),
        (f"1 and 23: {LONG}", f"2 and 13: {LONG}", True, False, True),
        (f"٣ times: {LONG}", f"3 times: {LONG}", True, False, True),
    ],
)
def test_digits(one, other, kept, apart, alike):
    found = [bool(near_pairs([one, other], minhash=MinHash(digits=digits))) for digits in ("kept", "apart", "alike")]
    assert found == [kept, apart, alike]


def test_digits_apart_are_told_by_order():
    minhash = MinHash(digits="apart")
    rows = [f"{LONG} {numbers}" for numbers in ("1 2", "2 1", "1 1 2", "", "1, 2")]
    assert [pair[:2] for pair in near_pairs(rows, minhash=minhash, threshold=0.5)] == [(0, 4)]


@pytest.mark.parametrize("text", ["", "   ", "?!", "ab", "中", "👍👍👍👍", "\ud800\udc00\ud800"])
def test_texts_that_say_too_little_match_nothing(text):
    assert (MINHASH.signatures([text]) == EMPTY).all()
    assert (MINHASH.band_keys(MINHASH.signatures([text])) == NO_KEY).all()
    assert near_pairs([text, text], [text, LONG]) == []


def test_nothing_at_all():
    assert MINHASH.signatures([]).shape == (0, 126)
    assert MINHASH.band_keys(MINHASH.signatures([])).shape == (0, 18)
    assert near_pairs([]) == near_pairs([], []) == near_pairs([LONG], []) == near_pairs([], [LONG]) == []


def test_pairs_across_with_many_alike_on_both_sides():
    """Counting the first texts of a bucket as one let them pair with each other."""
    rows = [f"{LONG} {letter}" for letter in "abcdefgh"]
    found = near_pairs(rows[:5], rows[5:])
    assert [pair[:2] for pair in found] == [(one, other) for one in range(5) for other in range(3)]


def test_a_bound_on_candidates():
    rows = [f"{LONG} {place}" for place in range(40)]
    assert len(near_pairs(rows)) == 780
    assert 40 <= len(near_pairs(rows, most=1)) < 780


def test_thousands_that_are_all_alike_take_no_longer():
    rows = [f"{LONG} Then came row {place}." for place in range(2000)]
    begun = time.process_time()
    assert 2000 <= len(near_pairs(rows, most=16)) <= 16 * 18 * 2000
    assert time.process_time() - begun < 8


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "e" + "\u0301" * 10**6, "中" * 10**6, " " * 10**6, "ab " * 333_333, "\u1161" * 10**6]
)
def test_hostile_lengths_take_linear_time(text):
    begun = time.process_time()
    MINHASH.signatures([text])
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 50])
def test_windows_are_hashed_by_what_they_hold(size):
    """Equal windows have equal numbers, others have others, wherever they stand."""
    codes = np.frombuffer("".join(random.Random(size).choices("abc", k=3000)).encode("utf-32-le"), "<u4")
    windows = [codes[place : place + size].tobytes() for place in range(len(codes) - size + 1)]
    hashes = window_hashes(codes, size).tolist()
    assert len(hashes) == len(windows)
    assert len(set(zip(windows, hashes, strict=True))) == len(set(windows)) == len(set(hashes))
    assert len(window_hashes(codes[: size - 1], size)) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_hashes": 0}, "num_hashes must be from 1 to 1024, got 0"),
        ({"num_hashes": 10, "bands": 3}, "bands must divide num_hashes"),
        ({"num_hashes": 10, "bands": 20}, "bands must divide num_hashes"),
        ({"bands": 0}, "bands must divide num_hashes"),
        ({"shingle": 0}, "shingle must be from 1 to 1000 columns, got 0"),
        ({"digits": "none"}, 'digits must be "kept", "apart" or "alike", got "none"'),
    ],
)
def test_impossible_settings(options, message):
    with pytest.raises(ConfigError, match=message):
        MinHash(**options)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5, float("nan")])
def test_impossible_thresholds(threshold):
    with pytest.raises(ConfigError, match="threshold must be above 0 and at most 1"):
        near_pairs([LONG], threshold=threshold)


@pytest.mark.parametrize(("similarity", "minhash"), [(0.5, MinHash()), (0.7, MinHash()), (0.8, MinHash(bands=14))])
def test_the_curve_holds(similarity, minhash):
    """Of pairs of just that similarity as many become candidates as stated, within three standard deviations."""
    chance, num_pairs, size = random.Random(7), 2000, 300
    num_shared = round(2 * size * similarity / (1 + similarity))
    x = np.array([chance.getrandbits(32) for _ in range(num_pairs * (2 * size - num_shared))], np.uint32)
    sets = x.reshape(num_pairs, -1)
    counts = np.full(num_pairs, size)
    one, other = sets[:, :size], sets[:, -size:]
    keys = [minhash.band_keys(minhash._minima(np.ascontiguousarray(side).ravel(), counts)) for side in (one, other)]
    share = (keys[0] == keys[1]).any(axis=1).mean()
    wanted = minhash.candidate_share(num_shared / (2 * size - num_shared))
    assert abs(share - wanted) < 3 * (wanted * (1 - wanted) / num_pairs) ** 0.5 + 1e-3


def column(path, number, limit):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t")[number] for line, _ in zip(file, range(limit), strict=False)]


@pytest.mark.parametrize(
    ("name", "number", "pairs", "missed"),
    [
        ("ui_catalogs/en-de.tsv.gz", 0, 30, 1),
        ("ui_catalogs/en-zh.tsv.gz", 1, 15, 0),
        ("tatoeba_en_zh/train.tsv.gz", 0, 42, 0),
        ("tatoeba_en_zh/train.tsv.gz", 1, 107, 0),
        ("debian_ddtp/en-de.tsv.gz", 0, 178, 0),
    ],
)
def test_real_near_duplicates(shared_data, name, number, pairs, missed):
    """Against all pairs by plain sets: nothing is invented, next to nothing is missed."""
    rows = column(shared_data / "translation" / name, number, 4000)
    wanted = exact_pairs(rows, 0.8)
    found = {pair[:2] for pair in near_pairs(rows)}
    assert found <= wanted.keys()
    assert (len(wanted), len(wanted) - len(found)) == (pairs, missed)


def test_real_answers(shared_data):
    with gzip.open(shared_data / "qa/medquad/faq.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line)["answer"] for line, _ in zip(file, range(1000), strict=False)]
    wanted = exact_pairs(rows, 0.8)
    found = {pair[:2] for pair in near_pairs(rows)}
    assert found <= wanted.keys()
    assert (len(wanted), len(wanted) - len(found)) == (108, 0)


@pytest.mark.parametrize("digits", ["kept", "apart", "alike"])
def test_a_signature_does_not_depend_on_what_else_is_hashed(digits):
    minhash = MinHash(digits=digits)
    texts = ["a sentence without any number in it", "page 3 of 10", ""]
    alone = [minhash.signatures([text])[0] for text in texts]
    np.testing.assert_array_equal(minhash.signatures(texts), alone)
    for text, together in zip(texts, minhash.sets(texts), strict=True):
        np.testing.assert_array_equal(together, minhash.sets([text])[0])
