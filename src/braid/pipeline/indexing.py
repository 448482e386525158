"""Documents without a reader: an index in a bundle, scored where the documents are an FAQ."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from braid.bundle.folder import save_bundle
from braid.config.recipe import Recipe
from braid.data.documents import Passage, read_documents
from braid.data.example import Reject
from braid.errors import ConfigError
from braid.metrics.answers import retrieval_scores
from braid.metrics.score import Score
from braid.pipeline.evaluation import details_of, systems_of
from braid.retrieval import Index, build_index
from braid.storage import scratch_folder
from braid.text.languages import guess_language

INDEX = "index"
ASKED = 1000
"""Questions of an FAQ that are asked for its score."""


def read_passages(patterns: Sequence[str], folder: Path) -> tuple[list[Passage], dict[str, Any]]:
    """The passages of documents, and how many there are, of how many files, and what could not be read.

    Raises:
        DataError: Nothing could be read.
    """
    passages, rejects = [], []
    for row in read_documents(patterns, folder=folder):
        (rejects if isinstance(row, Reject) else passages).append(row)
    reasons = Counter(f"{reject.example.file}: {reject.detail}" for reject in rejects)
    files = len({passage.file for passage in passages})
    return passages, {"passages": len(passages), "files": files, "left_out": dict(reasons.most_common(20))}


def index_bundle(recipe: Recipe, *, folder: Path, bundle: Path) -> dict[str, Any]:
    """A bundle that answers with an FAQ's entries, or with the sentence that shares most with the question.

    Args:
        recipe: Its ``data.documents`` are indexed.
        folder: Paths in the recipe are relative to it.
        bundle: Where to put it.

    Returns:
        What training returns.

    Raises:
        ConfigError: The recipe names no documents.
        DataError: They hold nothing.
    """
    if not recipe.data.documents:
        hint = 'name questions to learn from under data.train, or documents = ["handbook/"] under [data]'
        raise ConfigError("there is nothing to answer from", hint=hint)
    begun = time.monotonic()
    passages, told = read_passages(recipe.data.documents, folder)
    language = recipe.data.source_language or guess_language(passage.text for passage in passages[:500])
    found = faq_scores(passages)
    notes = [f"{told['passages']:,} passages of {told['files']:,} files; no reader was trained."]
    notes += [f"left out: {reason}" for reason in told["left_out"]]
    if found:
        notes.append(
            "An entry counts as found when its own question, which is hidden then, finds its answer among all others."
        )
    systems = systems_of({recipe.name: found}) if found else []
    digest = hashlib.sha256()
    for passage in passages:
        digest.update(repr((passage.title, passage.text)).encode("utf-8", "surrogatepass"))

    def fill(draft: Path) -> dict[str, Any]:
        (draft / "runtime").mkdir()
        build_index(passages, draft / "runtime" / INDEX)
        (draft / "card.md").write_text(_card(recipe, notes, found), encoding="utf-8")
        return {
            "name": recipe.name,
            "task": "answer",
            "source_language": language,
            "target_language": "",
            "task_info": {"documents": told},
            "recipe": recipe.to_dict(),
            "sizes": {"parameters": 0, "vocab_size": 0, "max_source_tokens": 1},
            "data_fingerprint": digest.hexdigest(),
            "data": {},
            "training": {},
            "scores": systems,
        }

    save_bundle(bundle, fill)
    evaluation = {"name": recipe.name, "task": "answer", "systems": systems, "examples": [], "notes": notes}
    return {
        "bundle": str(bundle),
        "steps": 0,
        "examples_seen": 0,
        "tokens_seen": 0,
        "seconds": round(time.monotonic() - begun, 1),
        "metrics": systems[0]["scores"] if systems else {},
        "peak_memory_bytes": None,
        **details_of(evaluation),
        "evaluation": evaluation,
    }


def faq_scores(passages: Sequence[Passage]) -> dict[str, Score]:
    """How often a question finds its own answer, first and among five, when only answers are indexed, and how far up.

    {} where there is no FAQ.
    """
    entries = [passage for passage in passages if passage.answer and passage.title]
    if not entries:
        return {}
    hidden = [Passage(text=passage.answer, file=passage.file, line=passage.line) for passage in entries]
    order = np.random.default_rng(1).permutation(len(entries))[:ASKED].tolist()
    ranks = []
    with scratch_folder() as place:
        index = build_index(hidden, place / INDEX)
        for number in order:
            texts = [hit.passage.text for hit in index.search(entries[number].title, 5)]
            ranks.append(next((rank for rank, text in enumerate(texts, 1) if text == entries[number].answer), None))
    return retrieval_scores(ranks, ks=(1, 5), setting=f"question:hidden|entries:{len(entries)}")


def _card(recipe: Recipe, notes: Sequence[str], found: dict[str, Score]) -> str:
    scores = [f"- {name}: {score}, `{score.signature}`" for name, score in found.items()]
    return "\n".join([f"# {recipe.name}", "", "Answers questions from documents.", "", *notes, "", *scores, ""])


def open_index(folder: Path) -> Index:
    """The index of a bundle.

    Raises:
        BundleError: It is damaged.
    """
    return Index.open(folder / "runtime" / INDEX)
