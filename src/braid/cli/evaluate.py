"""``braid evaluate``: scores with intervals, baselines beside them, and a report to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from braid.cli.arguments import BeamSize, BundlePath, Format, OutputFormat
from braid.errors import ConfigError


def command(
    bundle: BundlePath,
    data: Annotated[
        list[str] | None, typer.Option("--data", help="Files to score on; the kept test part if left out.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", metavar="BUNDLE", help="A second bundle to compare with.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report here.")] = None,
    beam_size: BeamSize = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Score a bundle on held-out texts."""
    from braid.cli.talk import print_json
    from braid.pipeline.evaluate import evaluate_bundle

    if report is not None:
        _check_outside(report, [bundle, *([compare] if compare else [])])
    evaluation = evaluate_bundle(bundle, data=tuple(data or ()), other=compare, beam_size=beam_size)
    if format == OutputFormat.json:
        print_json(_result(evaluation, bundle))
    else:
        _print(evaluation)
    if report is not None:  # last: a full disk does not cost the scores
        from braid.auditing.report import evaluation_report

        evaluation_report(evaluation, path=report)  # type: ignore[arg-type]
        typer.echo(f"report: {report}", err=True)


def _check_outside(report: Path, bundles: list[Path]) -> None:
    """A bundle stays as it was saved."""
    for bundle in bundles:
        if report.resolve().is_relative_to(bundle.resolve()):
            hint = "write it beside the bundle, such as --report report.html"
            raise ConfigError("a report cannot be written into a bundle", where=str(report), hint=hint)


def _result(evaluation: dict[str, Any], bundle: Path) -> dict[str, Any]:
    result: dict[str, Any] = {
        "task": evaluation["task"],
        "bundle": str(bundle),
        "examples": len(evaluation["examples"]),
        "metrics": evaluation["systems"][0]["scores"],
        "systems": evaluation["systems"],
        "faults": evaluation.get("faults", {}),
        "notes": evaluation["notes"],
    }
    return result | {key: evaluation[key] for key in ("style", "comparison") if key in evaluation}


def _print(evaluation: dict[str, Any]) -> None:
    from braid.cli.talk import console
    from braid.metrics.table import print_scores

    out = console(to_stdout=True)
    out.print(f"{len(evaluation['examples']):,} texts", markup=False)
    print_scores(evaluation["systems"], evaluation["notes"], out)
    for name, row in evaluation.get("comparison", {}).items():
        out.print(
            f"{name}: difference {row['delta']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}], p = {row['p_value']:.3f}",
            markup=False,
        )
