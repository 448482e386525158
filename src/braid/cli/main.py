"""The command line: verbs, exit codes, and how errors reach a person."""

from __future__ import annotations

import io
import os
import signal
import sys

import typer

from braid.cli import (
    answer,
    audit,
    classify,
    demo,
    evaluate,
    generate,
    init,
    prepare,
    serve,
    summarize,
    train,
    translate,
)
from braid.errors import BraidError

app = typer.Typer(
    name="braid",
    help="Train, judge and serve your own text models from your own files.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (demo, init, prepare, audit, train, evaluate, translate, summarize, answer, classify, generate, serve):
    app.command(name=verb.__name__.rpartition(".")[2])(verb.command)


def _version(wanted: bool) -> None:
    if wanted:
        from braid.version import __version__

        print(f"braid {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Train, judge and serve your own text models from your own files."""
    if debug:
        os.environ["BRAID_DEBUG"] = "1"


def _use_utf8() -> None:
    """Files and pipes get UTF-8 whatever the locale; a terminal that cannot show a character gets its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


class _Stopped(BaseException):
    """Ctrl-C, under a name of ours: typer ends a program on KeyboardInterrupt without a word."""


def _stop(number: int, frame: object) -> None:
    raise _Stopped


def main() -> None:
    """Run the command line; exit 0 ok, 1 the user's to mend, 2 ours, 130 interrupted."""
    _use_utf8()
    signal.signal(signal.SIGINT, _stop)
    try:
        app()
    except SystemExit as ended:  # the parser of the command line ends with 2 where a person mistyped
        sys.exit(1 if ended.code == 2 else ended.code)
    except BraidError as error:
        if os.environ.get("BRAID_DEBUG"):
            raise
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (_Stopped, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        if {"train", "demo"} & set(sys.argv[1:2]):
            print("\nhint: if training had begun, the same command with --resume goes on with it", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # the system's, not ours: a full disk, a folder that may not be read
        if os.environ.get("BRAID_DEBUG"):
            raise
        where = f" ({error.filename})" if error.filename else ""
        print(f"error: the system refused: {error.strerror or error}{where}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("BRAID_DEBUG"):
            raise
        print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print(
            "\nhint: this is a fault in Braid; run again as `braid --debug …` and report what it prints",
            file=sys.stderr,
        )
        sys.exit(2)
