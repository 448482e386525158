"""Options of generate, over a stand-in for the bundle."""

from typer.testing import CliRunner

from braid.cli.main import app


class Generator:
    def stream(self, prompt, **options):
        self.asked = prompt, options
        return iter(("Hel", "lo"))


def test_options_reach_the_model(monkeypatch):
    model = Generator()
    monkeypatch.setattr("braid.cli.lines.open_for", lambda bundle, task: model)
    options = ["--repetition-penalty", "1.3", "--temperature", "0.5", "--top-k", "4", "--stop", "x"]
    done = CliRunner().invoke(app, ["generate", "bundle", "--prompt", "hi", *options])
    assert (done.stdout, done.exit_code) == ("Hello\n", 0)
    prompt, asked = model.asked
    assert prompt == "hi"
    assert {name: value for name, value in asked.items() if value} == {
        "repetition_penalty": 1.3, "temperature": 0.5, "top_k": 4, "stop": ("x",)
    }  # fmt: skip


def test_a_penalty_out_of_range_is_refused(monkeypatch):
    monkeypatch.setattr("braid.cli.lines.open_for", lambda bundle, task: Generator())
    done = CliRunner().invoke(app, ["generate", "bundle", "--prompt", "hi", "--repetition-penalty", "0"])
    assert done.exit_code != 0
    assert "--repetition-penalty" in done.output
