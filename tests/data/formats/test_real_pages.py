"""Translated pages of others, fetched by `scripts/fetch_real_files.py`: each block as other parsers find it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from braid.data.example import Example, Reject
from real_files import both, read, real_file, real_files, words

HIDDEN = ("script", "style", "code")


class Page(HTMLParser):
    """The words that a page shows, but for those of program code, which stands in texts as a tag."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        self.words += words(data) if not self.hidden else []


def test_html():
    """A translated book of 17 pages: each block has its translation, and each word is in a block."""
    for ours in real_files("debian-faq/share/doc/debian/FAQ/*.en.html"):
        theirs = real_file(f"debian-faq-de/share/doc/debian/FAQ/de/{ours.name.replace('.en.', '.de.')}")
        rows = read(both(ours, theirs))
        assert {row.rule for row in rows if isinstance(row, Reject)} <= {"code"}
        told = [row.example if isinstance(row, Reject) else row for row in rows]
        for side, file in (("source", ours), ("target", theirs)):
            page = Page()
            page.feed(file.read_text(encoding="utf-8"))
            assert len(page.words) > 100
            assert set(page.words) <= {word for row in told for word in words(getattr(row, side))}


def blocks(text: str) -> list[str]:
    """The letters of each block of a Markdown file, as an independent parser finds them."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    found: list[str] = []
    for block in parser.parse(text):
        parts = [""]
        for token in block.children or () if block.type == "inline" else ():
            parts += [""] * (token.type == "hardbreak")
            parts[-1] += token.content if token.type in ("text", "image") else ""
        found += [letters(part) for part in parts if part.strip()]
    return found


def letters(text: str) -> str:
    return re.sub(r"\W", "", re.sub(r"<[^<>]*>", "", text))


@pytest.mark.parametrize("pattern", ["javascripting/problems/*/*.md", "cordova-plugin-dialogs/doc/*/*.md"])
def test_markdown_blocks(pattern):
    """Every file beside itself: the blocks that another parser finds, and no others."""
    files = [file for file in real_files(pattern) if file.read_bytes().strip(b"-#\n ")]
    assert len(files) > 10
    for file in files:
        rows = read(both(file, file))
        wanted = blocks(file.read_text(encoding="utf-8"))
        assert [letters(row.source) for row in rows if isinstance(row, Example)] == wanted, file.name
        assert {row.rule for row in rows if isinstance(row, Reject)} <= {"code"}


def is_code(row: Example | Reject) -> bool:
    return isinstance(row, Reject) and (row.rule == "code" or "(code)" in row.detail)


@pytest.mark.parametrize("language", ["fr", "ko", "pt-br", "ru", "zh-cn"])
def test_markdown(language):
    """Exercises whose translators kept most paragraphs: few blocks stay alone, none comes twice."""
    alone = total = 0
    for theirs in real_files(f"javascripting/problems/*/problem_{language}.md"):
        ours = theirs.with_name("problem.md")
        if not theirs.read_bytes().strip(b"-#\n "):
            continue
        rows = read(both(ours, theirs), target=language)
        told = [row.example if isinstance(row, Reject) else row for row in rows if not is_code(row)]
        for side, file in (("source", ours), ("target", theirs)):
            said = "".join(letters(getattr(row, side)) for row in told)
            assert sorted(said) == sorted("".join(blocks(file.read_text(encoding="utf-8"))))
        alone += sum(isinstance(row, Reject) and not is_code(row) for row in rows)
        total += len(told)
    assert total > 200
    assert alone < 0.08 * total
