"""``braid generate``: a prompt in, its continuation out as it is written."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from braid.cli.arguments import BundlePath, Format, OutputFormat
from braid.cli.lines import File


def command(
    bundle: BundlePath,
    file: File = None,
    prompt: Annotated[str | None, typer.Option(help="The prompt, in the place of a file.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Subwords to write at most.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=10, help="0 takes the likeliest.")] = None,
    top_k: Annotated[int | None, typer.Option(min=0, help="Draw from so many likeliest; 0 is all.")] = None,
    top_p: Annotated[float | None, typer.Option(min=0, max=1, help="Draw from the likeliest up to this sum.")] = None,
    min_p: Annotated[float | None, typer.Option(min=0, max=1, help="Least share of the likeliest's chance.")] = None,
    repetition_penalty: Annotated[
        float | None, typer.Option(min=0.1, max=10, help="Above 1 weakens what was just said; 1 does not.")
    ] = None,
    stop: Annotated[list[str] | None, typer.Option(help="A string that ends the text; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same text.")] = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Continue a text, or answer a dialogue where the bundle was trained on some."""
    from braid.cli.lines import open_for, read_all

    generator = open_for(bundle, "generate")
    text = prompt if prompt is not None else read_all(file).removesuffix("\n")
    options = {
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "min_p": min_p,
        "repetition_penalty": repetition_penalty,
        "seed": seed,
        "stop": tuple(stop or ()),
    }
    pieces = []
    for piece in generator.stream(text, **options):
        pieces.append(piece)
        if format == OutputFormat.text:
            sys.stdout.write(piece)
            sys.stdout.flush()
    print(json.dumps({"source": text, "text": "".join(pieces)}, ensure_ascii=False) if format != "text" else "")
