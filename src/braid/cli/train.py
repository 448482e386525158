"""``braid train``: a recipe to a bundle."""

from __future__ import annotations

import shlex
from typing import Annotated, Any

import typer

from braid.cli.arguments import Format, Output, OutputFormat, Overrides, RecipePath
from braid.errors import ConfigError


def command(
    recipe: RecipePath,
    overrides: Overrides = None,
    output: Output = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished run.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Throw an unfinished run away.")] = False,
    folds: Annotated[
        int, typer.Option("--folds", min=0, max=100, help="Cross-validate a classifier instead; writes no bundle.")
    ] = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Train, score and save a bundle."""
    from braid.cli.talk import print_json, with_log
    from braid.pipeline.places import own_places
    from braid.pipeline.start import open_recipe
    from braid.pipeline.train import TrainOptions, train_bundle

    opened, folder, notes = open_recipe(recipe, overrides or ())
    where = own_places(opened, output, path=recipe, folder=folder)
    options = TrainOptions(folder=folder, places=where, resume=resume, restart=restart)

    def work(log: Any) -> dict[str, Any]:
        for note in notes:
            log.say(note)
        return cross_validate(opened, options, log, folds) if folds else train_bundle(opened, options, log)

    if folds:
        from braid.pipeline.folds import cross_validate

        if folds == 1:
            raise ConfigError("--folds must be at least 2, got 1")
    result = with_log(work)
    if folds:
        print_json(result) if format == OutputFormat.json else print_folds(result)
        return
    evaluation = result.pop("evaluation")
    if format == OutputFormat.json:
        print_json(result)
    else:
        print_trained(result, evaluation)


def print_trained(result: dict[str, Any], evaluation: dict[str, Any]) -> None:
    """The scores, where the bundle is, and what to do with it."""
    from braid.cli.talk import console
    from braid.metrics.table import print_scores

    out = console(to_stdout=True)
    out.print()
    if evaluation["systems"]:
        print_scores(evaluation["systems"], evaluation["notes"], out)
    for note in evaluation["notes"] if not evaluation["systems"] else ():
        out.print(note, markup=False)
    out.print(f"\nbundle: {result['bundle']}", markup=False)
    print_next(evaluation, result["bundle"])


def print_folds(result: dict[str, Any]) -> None:
    """Scores on all texts, and how far folds are apart."""
    from braid.cli.talk import console
    from braid.metrics.score import TITLES
    from braid.metrics.table import print_scores

    out = console(to_stdout=True)
    out.print(f"\n{result['examples']:,} texts, each by the model that did not see it:", markup=False)
    print_scores(result["systems"], [result["verdict"]], out)
    for name, metrics in result["spread"].items():
        cells = [
            f"{TITLES.get(metric, metric)} {found['mean']:.1f} ± {found['standard_deviation']:.1f}"
            for metric, found in metrics.items()
        ]
        out.print(
            f"{name}, mean and standard deviation of {len(result['folds'])} folds: {', '.join(cells)}", markup=False
        )


_EXAMPLES = {
    "translate": "braid translate {} <<< 'Turn on the light'",
    "summarize": "braid summarize {} article.txt",
    "answer": "braid answer {} 'Where is it written?'",
    "classify": "braid classify {} --explain <<< 'Where is my card?'",
    "generate": "braid generate {} --prompt 'Once'",
}


def print_next(evaluation: dict[str, Any], bundle: str) -> None:
    """The commands to try next, on stderr: all of them work."""
    task, asked = evaluation["task"], ""
    if task == "answer" and evaluation["examples"]:
        asked = shlex.quote(" ".join(evaluation["examples"][0]["source"].split()))
    shown = shlex.quote(bundle)
    example = f"braid answer {shown} {asked}" if asked else _EXAMPLES[task].format(shown)
    scored = [f"  braid evaluate {shown}"] if evaluation["systems"] else []
    for line in ("\nnext:", f"  {example}", *scored, f"  braid serve {shown}"):
        typer.echo(line, err=True)
