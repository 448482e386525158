"""The model card: what the bundle is, how good it is, and what it is not good for."""

from __future__ import annotations

from typing import Any

from braid.config.recipe import Recipe
from braid.metrics.score import TITLES, format_score
from braid.text.languages import language_name
from braid.version import __version__


def model_card(
    recipe: Recipe,
    kind: str,
    evaluation: dict[str, Any],
    sizes: dict[str, int],
    training: dict[str, Any],
    attribution: str,
) -> str:
    """The card as Markdown, made from what was measured."""
    names = list(evaluation["systems"][0]["scores"])
    titles = [TITLES.get(name, name) for name in names]
    rows = []
    for system in evaluation["systems"]:
        cells = [format_score(name, system["scores"][name]) for name in names]
        rows.append(f"| {' | '.join([system['name'], *cells])} |")
    signatures = ", ".join(f"`{evaluation['systems'][0]['scores'][name]['signature']}`" for name in names)
    layers = {"encoder": recipe.model.encoder, "decoder": recipe.model.decoder}
    used = ", ".join(f"{stack} `{layers[stack]}`" for stack in kind.split("-"))
    return "\n".join(
        [
            f"# {recipe.name}",
            "",
            f"{_about(recipe)} Trained with Braid {__version__} on the owner's data.",
            "",
            f"- network: {used}, {sizes['parameters']:,} weights, {sizes['vocab_size']:,} subwords",
            f"- training: {training['steps']:,} steps, {training['examples_seen']:,} rows seen, "
            f"{training['seconds'] / 60:.1f} minutes, {training['backend']}",
            f"- inference: {recipe.runtime.precision}",
            "",
            f"## Scores on {len(evaluation['examples']):,} held-out texts",
            "",
            f"| {' | '.join(['system', *(f'{title} [95 %]' for title in titles)])} |",
            "|" + "---|" * (len(names) + 1),
            *rows,
            "",
            *evaluation["notes"],
            "",
            f"Signatures: {signatures}.",
            "",
            "## Limits",
            "",
            "The scores hold for texts like the training data. Other domains, longer texts and other styles come out",
            "worse. Read a sample of outputs before people rely on them.",
            *(["", "## Data", "", attribution.strip()] if attribution.strip() else []),
            "",
        ]
    )


def _about(recipe: Recipe) -> str:
    """What the model does, in a sentence."""
    if recipe.task == "translate":
        sides = (recipe.data.source_language, recipe.data.target_language)
        return f"Translates {' → '.join(map(language_name, sides))}."
    return {
        "summarize": "Summarizes texts.",
        "answer": "Answers questions from documents.",
        "classify": "Classifies texts.",
        "generate": "Continues texts.",
    }[recipe.task]
