import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_rows import pairs
from braid.auditing import word_links
from braid.auditing.word_links import BACKGROUND, NULL, ROUNDS, WordLinks, link_words, tokens_of


def plain_counts(sources, targets, target_share, rounds):
    """Model 1 by loops: c(f, e), and what each pair added to it in the last round."""
    links = {(f, e) for source, target in zip(sources, targets, strict=True) for f in source for e in target}
    probability, counts, own = dict.fromkeys(links, 1.0), {}, []
    for number in range(rounds):
        counts, own = dict.fromkeys(links, 0.0), []
        for source, target in zip(sources, targets, strict=True):
            added = {}
            for e in target:
                total = sum(probability[f, e] for f in source) + (NULL * target_share[e] if number else 0)
                added |= {(f, e): probability[f, e] / total for f in source}
            for link, value in added.items():
                counts[link] += value
            own.append(added)
        totals = {}
        for (f, _), value in counts.items():
            totals[f] = totals.get(f, 0) + value
        probability = {(f, e): value / totals[f] for (f, e), value in counts.items()}
    return counts, own


def plain_nats(sources, targets, row):
    """The mean of the first direction for one pair, without what it taught."""
    number = {}
    for target in targets:
        for e in target:
            number[e] = number.get(e, 0) + 1
    share = {e: value / sum(number.values()) for e, value in number.items()}
    counts, own = plain_counts(sources, targets, share, ROUNDS)
    nats = []
    for e in targets[row]:
        if number[e] < 2:
            continue
        total = 0.0
        for f in sources[row]:
            left = {link: value - own[row].get(link, 0) for link, value in counts.items() if link[0] == f}
            if sum(left.values()) > 1e-3:
                total += max(left[f, e], 0) / sum(left.values())
        nats.append(np.log(BACKGROUND + (1 - BACKGROUND) * total / len(sources[row]) / share[e]))
    return np.mean(nats) if nats else 0.0


TEXT = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_as_by_loops(rows):
    sources, targets = [list(one) for one, _ in rows], [list(other) for _, other in rows]
    every = np.arange(len(rows))
    found = WordLinks.fit(tokens_of(sources), tokens_of(targets)).evidence(every, every)[:, 0]
    wanted = [plain_nats(sources, targets, row) for row in range(len(rows))]
    assert found == pytest.approx(wanted, abs=2e-3)  # probabilities are float32 between rounds


def test_a_pair_does_not_speak_for_itself():
    """A word seen in one pair alone says nothing; one that others back does."""
    sources = [["a", "x"], *[["a"], ["b"]] * 10]
    targets = [["A", "Y"], *[["A"], ["B"]] * 10]
    links = WordLinks.fit(tokens_of(sources), tokens_of(targets))
    own, swapped = links.evidence(np.array([1, 1]), np.array([1, 2]))
    assert own[0] > 0.4 > 0 > swapped[0]
    assert own[1] == own[4] == 0 or own[1] == 1


def test_blocks_and_drawn_rows_change_little(monkeypatch):
    rows = pairs(300)
    sides = [tokens_of([link_words(getattr(row, side)) for row in rows]) for side in ("source", "target")]
    every = np.arange(300)
    whole = WordLinks.fit(*sides).evidence(every, every)
    monkeypatch.setattr(word_links, "BLOCK_LINKS", 500)
    assert WordLinks.fit(*sides).evidence(every, every) == pytest.approx(whole)
    monkeypatch.setattr(word_links, "MOST_LINKS", 5000)
    some = WordLinks.fit(*sides)
    assert 50 < some.is_learned.sum() < 250
    assert np.corrcoef(some.evidence(every, every)[:, 0], whole[:, 0])[0, 1] > 0.8


def test_words():
    assert link_words("Handelsregister Handelsregisters") == ["handel"]
    assert link_words("使用Python") == ["使", "用", "python", "使用"]
    assert link_words("") == []
    assert len(link_words("a b c d e f " * 10_000 + "用" * 100_000)) <= word_links.MOST_WORDS


def test_empty_texts():
    nothing = tokens_of([[], []])
    assert WordLinks.fit(nothing, nothing).evidence(np.arange(2), np.arange(2)).tolist() == [[0.0] * 6] * 2
    half = WordLinks.fit(tokens_of([["a"], []]), tokens_of([[], ["b"]]))
    assert np.isfinite(half.evidence(np.arange(2), np.arange(2))).all()
