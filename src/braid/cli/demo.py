"""``braid demo``: real data to a trained, scored model in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from braid.errors import ConfigError

SAMPLES = 10
SHOWN_CHARS = 240


def command(
    task: Annotated[
        str, typer.Argument(metavar="[TASK]", help="translate, classify, answer, summarize or generate.")
    ] = "translate",
    language: Annotated[str, typer.Option(help="Translate English to zh, de or fr.")] = "zh",
    minutes: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Training time; 10 for translate, 3 for the others.")
    ] = None,
    data: Annotated[str, typer.Option(help="A file of your own to use instead.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The bundle's folder.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished demo.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Throw an unfinished demo away.")] = False,
) -> None:
    """Fetch real data, train, score and show."""
    from braid.cli.talk import with_log
    from braid.config.loading import builtin_recipe, make_recipe
    from braid.data.demo import LANGUAGES, cache_folder, demo_notice, fetch_demo
    from braid.data.demo_tasks import TASK_DEMOS, fetch_task_demo
    from braid.pipeline.places import places
    from braid.pipeline.train import TrainOptions, train_bundle

    if task != "translate" and task not in TASK_DEMOS:
        raise ConfigError(f'the demo must be of translate, {", ".join(TASK_DEMOS)}, got "{task}"')
    if language not in LANGUAGES:
        raise ConfigError(f'--language must be one of {", ".join(LANGUAGES)}, got "{language}"')

    def translation(log: Any) -> Any:
        log.say(_ABOUT)
        file = data or str(fetch_demo(language, cache=cache_folder(), progress=log.say))
        languages = {"source_language": "en", "target_language": language}
        table = {"name": f"demo-en-{language}", "data": {"train": [file], **languages}}
        return make_recipe(builtin_recipe("demo") | table, [f"train.minutes={minutes or 10}"])

    def other(log: Any) -> Any:
        log.say(TASK_DEMOS[task].about)
        file = data or str(fetch_task_demo(task, cache=cache_folder(), progress=log.say))
        is_read = task == "answer" and not file.lower().removesuffix(".gz").endswith(".json")
        part = "documents" if is_read else "train"  # questions with passages teach a reader
        table = {"name": f"demo-{task}", "task": task, "data": {part: [file]}}
        return make_recipe(table, [f"train.minutes={minutes or 3}"])

    def work(log: Any) -> dict[str, Any]:
        recipe = (translation if task == "translate" else other)(log)
        notice = demo_notice(language) if task == "translate" else TASK_DEMOS[task].notice
        options = TrainOptions(
            folder=Path(),
            places=places(recipe, output),
            resume=resume,
            restart=restart,
            attribution="" if data else notice,
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
    rows = evaluation["examples"]
    if rows:
        out.print(f"\n{len(rows):,} held-out texts, none of them seen in training:", markup=False)
    if evaluation["systems"]:
        print_scores(evaluation["systems"], evaluation["notes"], out)
    if rows:
        out.print(f"\n{min(SAMPLES, len(rows))} of them, not chosen:", markup=False)
    for row in rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES]:
        shown = (" ".join(row[name].split())[:SHOWN_CHARS] for name in ("source", "hypothesis", "reference"))
        out.print("\n  {}\n  → {}\n  = {}".format(*shown), markup=False)
    folder = Path(result["bundle"])
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    report = f", report: {folder / 'report.html'}" if (folder / "report.html").exists() else ""
    out.print(f"\nbundle: {folder} ({size / 2**20:.0f} MiB){report}", markup=False)
    if not own and evaluation["task"] == "translate":
        out.print("The domain is short interface text; scores on other texts would be far lower.", markup=False)
    print_next(evaluation, result["bundle"])
