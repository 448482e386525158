"""Rows and audits made by hand."""

from __future__ import annotations

import copy

import numpy as np

from braid.data.example import Example

SOURCE_WORDS = (
    "red", "blue", "cat", "dog", "runs", "sleeps", "big", "small", "house", "tree", "river", "stone", "cloud", "bread",
    "seven", "door",
)  # fmt: skip
TARGET_WORDS = [word.upper()[::-1] for word in SOURCE_WORDS]


def pair(number: int, source: str, target: str, **more) -> Example:
    return Example(source=source, target=target, file="pairs.tsv", line=number + 1, **more)


def pairs(rows: int = 400, seed: int = 1) -> list[Example]:
    """Sources and their words in another alphabet, in another order."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(rows):
        picks = random.integers(0, len(SOURCE_WORDS), random.integers(4, 9)).tolist()
        target = [TARGET_WORDS[pick] for pick in random.permutation(picks).tolist()]
        found.append(pair(number, " ".join(SOURCE_WORDS[pick] for pick in picks), " ".join(target)))
    return found


def labeled(rows: int = 300, seed: int = 1) -> list[Example]:
    """Texts of three topics that are easy to tell apart."""
    random = np.random.default_rng(seed)
    topics = {"food": ["bread", "soup", "apple", "rice", "cheese"], "sport": ["ball", "goal", "team", "match", "race"],
              "music": ["song", "drum", "choir", "piano", "tune"]}  # fmt: skip
    found = []
    for number in range(rows):
        label = list(topics)[number % 3]
        words = random.choice(topics[label], 4).tolist() + random.choice(["the", "a", "with", "for"], 3).tolist()
        found.append(pair(number, " ".join(random.permutation(words).tolist()), label))
    return found


def side(**changes):
    found = {
        "name": "source", "characters": 1000, "lengths": {}, "fertility": 1.2, "terms": None,
        "growth": {"words": 1000, "types": 400, "once": 200, "curve": [[0, 0], [1000, 400]], "exponent": 0.5,
                   "next_doubling": 160},
        "coverage": {"words": 100, "known": 0.99, "known_types": 0.95, "seen_once": 0.01},
        "language": {"declared": "en", "scripts": {"Latin": 1.0}, "texts": 100, "languages": {"en": 1.0},
                     "unclear": 0.0, "other": 0.0, "rows": [], "variant": "", "stray_kana": 0},
        "part_languages": {"train": "en", "test": "en"},
    }  # fmt: skip
    return copy.deepcopy(found) | changes


def audit(task: str = "translate", **changes):
    """An audit in which nothing is wrong."""
    names = {"classify": ["source"], "generate": ["target"], "answer": ["source", "context"]}
    sides = {name: side(name=name) for name in names.get(task, ["source", "target"])}
    found = {
        "kind": "data", "name": "a", "task": task, "languages_declared": ["en", "de"], "problem": "",
        "class_weight": "none", "seed": 1, "sampled": {},
        "data": {"rows_read": 70_000, "rows_kept": 70_000, "files": {"a.tsv": 70_000}, "rejected": {},
                 "splits": {"train": 66_000, "valid": 2000, "test": 2000}},
        "files": [{"file": "a.tsv", "rows": 70_000, "encoding": "utf-8"}],
        "damaged": {"rows": 0, "samples": []},
        "sides": {**sides, "histogram": {"edges": [0, 1, 2], "bars": {"source": [0, 4]}}},
        "licenses": {"notes": [], "columns": [], "licenses": ["CC0-1.0"], "folders": 1},
        "baseline": None, "given": [], "near_duplicates": None, "leakage": None,
    }  # fmt: skip
    if task == "generate":
        found["texts"] = {"bytes": 2_000_000, "repeated_share": 0.0, "samples": []}
    return found | changes


def row(line: int = 1, **more):
    return {"file": "a.tsv", "line": line, "source": "s", "target": "t", **more}
