"""The model card: what the bundle is, how good it is, and what it is not good for."""

from __future__ import annotations

from typing import Any

from braid.config.recipe import Recipe
from braid.text.languages import language_name
from braid.version import __version__


def model_card(
    recipe: Recipe, evaluation: dict[str, Any], sizes: dict[str, int], training: dict[str, Any], attribution: str
) -> str:
    """The card as Markdown, made from what was measured."""
    languages = f"{language_name(recipe.data.source_language)} → {language_name(recipe.data.target_language)}"
    rows = []
    for system in evaluation["systems"]:
        bleu, chrf = (system["scores"][name] for name in ("bleu", "chrf"))
        cells = [f"{score['value']:.1f} [{score['low']:.1f}, {score['high']:.1f}]" for score in (bleu, chrf)]
        rows.append(f"| {system['name']} | {cells[0]} | {cells[1]} |")
    signatures = evaluation["systems"][0]["scores"]
    return "\n".join(
        [
            f"# {recipe.name}",
            "",
            f"Translates {languages}. Trained with Braid {__version__} on the owner's data.",
            "",
            f"- network: encoder `{recipe.model.encoder}`, decoder `{recipe.model.decoder}`, "
            f"{sizes['parameters']:,} weights, {sizes['vocab_size']:,} subwords",
            f"- training: {training['steps']:,} steps, {training['examples_seen']:,} sentence pairs seen, "
            f"{training['seconds'] / 60:.1f} minutes, {training['backend']}",
            f"- inference: {recipe.runtime.precision}, beam of {recipe.search.beam_size}",
            "",
            f"## Scores on {len(evaluation['examples']):,} held-out texts",
            "",
            "| system | BLEU [95 %] | chrF [95 %] |",
            "|---|---|---|",
            *rows,
            "",
            *evaluation["notes"],
            "",
            f"Signatures: `{signatures['bleu']['signature']}`, `{signatures['chrf']['signature']}`.",
            "",
            "## Limits",
            "",
            "The scores hold for texts like the training data. Other domains, longer texts and other styles of the",
            "same languages come out worse. Read a sample of outputs before people rely on them.",
            *(["", "## Data", "", attribution.strip()] if attribution.strip() else []),
            "",
        ]
    )
