"""``braid translate``: lines in, lines out."""

from __future__ import annotations

from braid.cli.arguments import BeamSize, BundlePath, Format, OutputFormat
from braid.cli.lines import File


def command(bundle: BundlePath, file: File = None, beam_size: BeamSize = 0, format: Format = OutputFormat.text) -> None:
    """Translate lines; order and blank lines are kept."""
    from braid.cli.lines import answer_lines, json_row, open_for

    translator = open_for(bundle, "translate")

    def show(answer: object) -> str:
        if format == OutputFormat.json:
            return json_row(answer, "source", "text", "score", "is_complete")
        return answer.text  # type: ignore[attr-defined]

    answer_lines(file, lambda lines: translator.translate(lines, detail=True, beam_size=beam_size), show)
