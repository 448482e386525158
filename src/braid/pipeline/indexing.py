"""Documents without a reader: an index in a bundle, scored where the documents are an FAQ."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.bundle.folder import save_bundle
from braid.config.recipe import Recipe
from braid.data.documents import Passage
from braid.errors import ConfigError, DataError
from braid.metrics.score import TITLES, format_score
from braid.pipeline.documents import INDEX, Documents, IndexedDocuments, known_files, left_out, read_passages
from braid.pipeline.evaluation import details_of
from braid.pipeline.faq import SENTENCE_COVER, entries_of, faq_evaluation, faq_limit
from braid.retrieval import build_index
from braid.tasks.answer import Answerer
from braid.text.languages import guess_language

if TYPE_CHECKING:
    from braid.training.log import RunLog


def index_bundle(recipe: Recipe, *, folder: Path, bundle: Path, log: RunLog) -> dict[str, Any]:
    """A bundle that answers with an FAQ's entries, or with the sentence that shares most with the question.

    A bundle of documents that stands there already is replaced in one step by the new one; the files that did not
    change since are not read again.

    Args:
        recipe: Its ``data.documents`` are indexed.
        folder: Paths in the recipe are relative to it.
        bundle: Where to put it.
        log: Hears what was read.

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
    documents = read_passages(recipe.data.documents, folder, known_files(bundle))
    documents.say(log)
    passages, told = documents.passages, documents.told
    language = recipe.data.source_language or guess_language(passage.text for passage in passages[:500])
    notes = [f"{told['passages']:,} passages of {told['files']:,} files; no reader was trained.", *left_out(told)]
    evaluation = faq_evaluation(recipe.name, language, passages, notes)
    save_bundle(bundle, lambda draft: _fill(draft, recipe, documents, evaluation))
    systems = evaluation["systems"]
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


def index_documents(
    patterns: Sequence[str], folder: Path, *, bundle: Path, place: Path, log: RunLog
) -> IndexedDocuments:
    """An index of documents, made before anything is trained: a name that is wrong is said at once.

    Args:
        patterns: Files, globs and folders.
        folder: Where relative names begin.
        bundle: An older bundle that may stand here knows files that did not change.
        place: Where to put the index.
        log: Hears what could not be read.

    Raises:
        DataError: As for `read_passages`.
        StorageError: The disk refuses.
    """
    documents = read_passages(patterns, folder, known_files(bundle))
    documents.say(log)
    index = build_index(documents.passages, place)
    return IndexedDocuments(folder=place, told=documents.told, cover=faq_limit(index, documents.passages))


def evaluate_index(model: Answerer, *, where: str) -> dict[str, Any]:
    """Scores of a bundle without a reader by the FAQ that it holds.

    Args:
        model: What the bundle opens as.
        where: The bundle, for the message.

    Raises:
        DataError: It holds no FAQ.
    """
    passages = [] if model.index is None else list(model.index.passages())
    if not entries_of(passages):
        hint = "name questions with their passages: `braid evaluate BUNDLE --data FILE.json`"
        raise DataError("the documents hold no FAQ by which they could be scored", where=where, hint=hint)
    return faq_evaluation(model.name, model.source_language, passages)


def _fill(draft: Path, recipe: Recipe, documents: Documents, evaluation: dict[str, Any]) -> dict[str, Any]:
    """Write the bundle's files; what only this task knows of ``bundle.json``."""
    from braid.auditing.report import evaluation_report

    (draft / "runtime").mkdir()
    index = build_index(documents.passages, draft / "runtime" / INDEX)
    (draft / "card.md").write_text(_card(recipe, evaluation), encoding="utf-8")
    evaluation_report(evaluation, path=draft / "report.html")  # type: ignore[arg-type]
    limits = {"faq_cover": faq_limit(index, documents.passages), "sentence_cover": SENTENCE_COVER}
    return {
        "name": recipe.name,
        "task": "answer",
        "source_language": evaluation["source_language"],
        "target_language": "",
        "task_info": {"documents": documents.told, **limits},
        "recipe": recipe.to_dict(),
        "sizes": {"parameters": 0, "vocab_size": 0, "max_source_tokens": 1},
        "data_fingerprint": _fingerprint(documents.passages),
        "data": {},
        "training": {},
        "scores": evaluation["systems"],
    }


def _fingerprint(passages: Sequence[Passage]) -> str:
    digest = hashlib.sha256()
    for passage in passages:
        digest.update(repr((passage.title, passage.text)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _card(recipe: Recipe, evaluation: dict[str, Any]) -> str:
    """What the bundle is and how often it finds the right entry."""
    systems = evaluation["systems"]
    names = list(systems[0]["scores"]) if systems else []
    rows = [
        f"| {' | '.join([system['name'], *(format_score(name, system['scores'][name]) for name in names)])} |"
        for system in systems
    ]
    titles = [f"{TITLES.get(name, name)} [95 %]" for name in names]
    table = ["", f"| {' | '.join(['system', *titles])} |", "|" + "---|" * (len(names) + 1), *rows] if systems else []
    signatures = [f"- `{systems[0]['scores'][name]['signature']}`" for name in names]
    about = "Answers questions from documents."
    return "\n".join([f"# {recipe.name}", "", about, *table, "", *evaluation["notes"], "", *signatures, ""])
