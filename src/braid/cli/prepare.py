"""``braid prepare``: cleaned, split data and a report about them."""

from __future__ import annotations

from braid.cli.arguments import Format, Output, OutputFormat, Overrides, RecipePath


def command(
    recipe: RecipePath, overrides: Overrides = None, output: Output = None, format: Format = OutputFormat.text
) -> None:
    """Clean and split the data, and report what was found."""
    from braid.cli.talk import ByteBar, console, print_json
    from braid.data.report import print_report
    from braid.pipeline.places import own_places
    from braid.pipeline.prepare import prepare
    from braid.pipeline.start import open_recipe

    opened, folder, notes = open_recipe(recipe, overrides or ())
    talk = console()
    for note in notes:
        talk.print(note, markup=False)
    kept = own_places(opened, output, path=recipe, folder=folder)
    where = kept.prepared
    with ByteBar("read") as bar:
        dataset = prepare(opened, folder=folder, output=where, watch=bar.move)
    kept.claim()
    report = {**dataset.data.report, "vocab_size": dataset.tokenizer.vocab_size, "folder": str(where)}
    if format == OutputFormat.json:
        print_json(report)
        return
    out = console(to_stdout=True)
    print_report(dataset.data.report, out)
    out.print(f"{dataset.tokenizer.vocab_size:,} subwords; everything is in {where}", markup=False)
