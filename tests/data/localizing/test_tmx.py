"""TMX: variants of the target language are added."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import gzip
import re

import pytest

from braid.data.localizing import LocalizeOptions, localize
from braid.errors import DataError
from pretend import Model, shouted

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header srclang="en"/><body>\n'


def memory(unit):
    return f"{HEAD}{unit}\n</body></tmx>\n"


@pytest.mark.parametrize(
    ("unit", "added"),
    [
        ('<tu>\n <tuv xml:lang="en-US">\n  <seg>a &amp; b</seg>\n </tuv>@\n</tu>', '\n <tuv xml:lang="de">#\n  <seg>A &amp; B</seg>\n </tuv>'),
        ('<tu><tuv lang="EN"><seg>a</seg></tuv>@</tu>', '<tuv lang="de">#<seg>A</seg></tuv>'),
        ('<tu><tuv lang="en"><seg>a</seg></tuv><tuv lang="fr"><seg>b</seg></tuv>@</tu>', '<tuv lang="de">#<seg>A</seg></tuv>'),
        ('<tu><tuv xml:lang="en"><seg>go <ph x="1">%s</ph></seg></tuv>@</tu>', '<tuv xml:lang="de">#<seg>GO <ph x="1">%s</ph></seg></tuv>'),
        ('<tu><tuv xml:lang="en"><seg>a</seg></tuv><tuv xml:lang="de"><seg>z</seg></tuv>@</tu>', ""),
        ('<tu><tuv xml:lang="en"><seg> </seg></tuv>@</tu>', ""),
    ],
)  # fmt: skip
def test_units(run, unit, added):
    before = memory(unit.replace("@", ""))
    indent = "\n  " if "\n" in unit else ""
    for marks, mark in ((True, f'{indent}<prop type="x-braid">machine</prop>'), (False, "")):
        done = run(before, "a.tmx", marks_review=marks).data.decode()
        assert done == memory(unit.replace("@", added.replace("#", mark)))


def test_an_empty_variant_is_filled_and_another_one_replaced_when_asked(run):
    unit = '<tu><tuv xml:lang="en"><seg>a</seg></tuv><tuv xml:lang="de"><note>n</note><seg{}</tuv></tu>'
    assert run(memory(unit.format("/>")), "a.tmx").data.decode() == memory(unit.format(">A</seg>"))
    assert run(memory(unit.format(">z</seg>")), "a.tmx", overwrite=True).data.decode() == memory(
        unit.format(">A</seg>")
    )


def test_units_without_the_source_language_are_told(run):
    other = '<tu><tuv xml:lang="fr"><seg>a</seg></tuv></tu>'
    result = run(memory(other + '<tu><tuv xml:lang="en"><seg>a</seg></tuv></tu>'), "a.tmx")
    assert [finding.reason for finding in result.left] == ["only in fr"]
    with pytest.raises(DataError, match='texts in "en", got fr'):
        run(memory(other), "a.tmx")


def test_a_real_memory(shared_data):
    """A third language in a real memory: nothing but its variants is new."""
    data = gzip.decompress((shared_data / "formats" / "tmx_omegat" / "omegat.en-de.tmx.gz").read_bytes())
    head = data[: data.index(b"</tu>", 400_000) + 5] + b"</body></tmx>"
    result = localize(head, "a.tmx", Model(shouted), LocalizeOptions(source_language="en", target_language="fr"))
    assert result.num_translated > 1000
    assert not result.left
    assert re.sub(rb'\s*<tuv lang="fr">.*?</tuv>', b"", result.data, flags=re.DOTALL) == head
