from rich.console import Console

from braid.metrics.table import print_scores

SCORE = {"value": 31.24, "low": 29.9, "high": 32.5, "signature": "nrefs:1|tok:zh"}


def test_table_fits_eighty_columns(capsys):
    systems = [{"name": name, "scores": {"bleu": SCORE, "chrf": SCORE}} for name in ("my [b]model", "copy the source")]
    print_scores(systems, ["[a] note"], Console(width=80))
    printed = capsys.readouterr().out
    assert "my [b]model" in printed
    assert "[a] note" in printed
    assert printed.count("31.2 [29.9, 32.5]") == 4
    assert "nrefs:1|tok:zh" in printed
    assert max(map(len, printed.splitlines())) <= 80
