"""``braid serve``: bundles behind an HTTP interface that existing clients speak."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    bundles: Annotated[list[Path], typer.Argument(metavar="BUNDLE...", help="One or more bundle folders.")],
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's need --api-key.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = 5000,
    api_key: Annotated[str, typer.Option(envvar="BRAID_API_KEY", help="Key that clients must send.")] = "",
) -> None:
    """Serve models over HTTP, with a page to type in."""
    from braid.pipeline.load import load
    from braid.serve.run import serve

    serve([load(bundle) for bundle in bundles], host=host, port=port, api_key=api_key)
