"""``braid demo``: real data to a trained, scored translator in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from braid.errors import ConfigError

SAMPLES = 10


def command(
    language: Annotated[str, typer.Option(help="Translate English to zh, de or fr.")] = "zh",
    minutes: Annotated[float, typer.Option(min=0.1, max=1000, help="Training time.")] = 10.0,
    data: Annotated[str, typer.Option(help="A file of sentence pairs to use instead of the download.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The bundle's folder.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished demo.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Throw an unfinished demo away.")] = False,
) -> None:
    """Fetch real data, train, score and translate."""
    from braid.cli.talk import with_log
    from braid.config.loading import builtin_recipe, make_recipe
    from braid.data.demo import LANGUAGES, cache_folder, demo_notice, fetch_demo
    from braid.pipeline.places import places
    from braid.pipeline.train import TrainOptions, train_bundle

    if language not in LANGUAGES:
        raise ConfigError(f'--language must be one of {", ".join(LANGUAGES)}, got "{language}"')

    def work(log: Any) -> dict[str, Any]:
        log.say(_ABOUT)
        file = data or str(fetch_demo(language, cache=cache_folder(), progress=log.say))
        recipe = make_recipe(
            builtin_recipe("demo")
            | {
                "name": f"demo-en-{language}",
                "data": {"train": [file], "source_language": "en", "target_language": language},
            },
            [f"train.minutes={minutes}"],
        )
        options = TrainOptions(
            folder=Path(),
            places=places(recipe, output),
            resume=resume,
            restart=restart,
            attribution="" if data else demo_notice(language),
        )
        return train_bundle(recipe, options, log)

    _show(with_log(work), own=bool(data))


_ABOUT = (
    "Braid's demo trains a translator of short interface texts (buttons, labels, settings, messages), English to "
    "another language, from the catalogs of openly licensed software. It will be good at such texts and bad at news "
    "or novels."
)


def _show(result: dict[str, Any], *, own: bool) -> None:
    from braid.cli.talk import console
    from braid.cli.train import print_next
    from braid.metrics.table import print_scores

    out = console(to_stdout=True)
    evaluation = result["evaluation"]
    out.print(f"\n{len(evaluation['examples']):,} held-out texts, none of them seen in training:", markup=False)
    print_scores(evaluation["systems"], evaluation["notes"], out)
    out.print("\nten of them, not chosen:", markup=False)
    rows = evaluation["examples"]
    for row in rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES]:
        out.print(f"\n  {row['source']}\n  → {row['hypothesis']}\n  = {row['reference']}", markup=False)
    folder = Path(result["bundle"])
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    out.print(f"\nbundle: {folder} ({size / 2**20:.0f} MiB), report: {folder / 'report.html'}", markup=False)
    if not own:
        out.print("The domain is short interface text; scores on other texts would be far lower.", markup=False)
    print_next(evaluation["task"], result["bundle"])
