"""``braid audit``: what is in the data, what is wrong with them, and what they will give."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from braid.cli.arguments import Format, OutputFormat, Overrides, RecipePath
from braid.errors import ConfigError, StorageError


def command(
    recipe: RecipePath,
    overrides: Overrides = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where audit.html goes, a folder or a name; beside the prepared data else."
        ),
    ] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", metavar="NAMES", help="Exit with 1 on these warnings, with commas; or on any.")
    ] = "",
    format: Format = OutputFormat.text,
) -> None:
    """Look at the data before a model is trained on them, and say what to expect and what to mend."""
    from braid.auditing.audit_text import print_audit
    from braid.cli.talk import console, print_json
    from braid.pipeline.audit import PAGE, audit, check_auditable
    from braid.pipeline.places import own_places
    from braid.pipeline.start import open_recipe

    names = _names(fail_on)
    check_auditable(recipe)
    opened, folder, notes = open_recipe(recipe, overrides or ())
    talk = console()
    for note in notes:
        talk.print(note, markup=False)
    where = own_places(opened, None, path=recipe, folder=folder)
    found = audit(opened, folder=folder, prepared=where.prepared)
    where.claim()
    path = _page(output, PAGE) if output else where.work / PAGE
    found["page"] = str(path)
    failure = _write(found, path)
    if format == OutputFormat.json:
        print_json(found)
    else:
        print_audit(found, console(to_stdout=True))
    if failure:
        raise failure
    talk.print(f"page: {path}", markup=False)
    _fail(found, names)


def _write(found: dict[str, Any], path: Path) -> StorageError | None:
    """Write the page, before anything is printed: whoever reads that may close the pipe. Why it could not be written
    is told afterwards, so that a full disk does not cost the findings.
    """
    from braid.auditing.audit_page import audit_page

    try:
        audit_page(found, path=path)
    except StorageError as error:
        return error
    return None


def _page(output: Path, name: str) -> Path:
    return output if output.suffix.lower() in (".html", ".htm") else output / name


def _names(fail_on: str) -> set[str]:
    """The warnings that are asked for.

    Raises:
        ConfigError: There is none of that name.
    """
    from braid.auditing.diagnosis import WARNINGS

    names = {name.strip() for name in fail_on.split(",")} - {""}
    for name in sorted(names - {"any", *WARNINGS}):
        raise ConfigError(f'--fail-on takes names of warnings, got "{name}"', hint=f"any, {', '.join(WARNINGS)}")
    return names


def _fail(found: dict[str, Any], names: set[str]) -> None:
    """Exit with 1 when a warning was given that is asked for."""
    given = list(dict.fromkeys(one["name"] for one in found["diagnosis"]["warnings"]))
    failed = given if "any" in names else [name for name in given if name in names]
    if failed:
        typer.echo(f"failed on: {', '.join(failed)}", err=True)
        raise typer.Exit(1)
