"""HTML keeps its tags, and a translation never adds any."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.markup import Document, pieces


def shout(html: str) -> str:
    document = Document(html, is_html=True)
    return document.fill([text.upper() for text in document.texts])


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain", "PLAIN"),
        ("<p>one <b>two</b> three</p>", "<p>ONE <b>TWO</b> THREE</p>"),
        ("<a href=\"x>y\" title='q'>go</a>", "<a href=\"x>y\" title='q'>GO</a>"),
        ("a &amp; b &lt;i&gt; AT&T", "A &amp; B &lt;I&gt; AT&amp;T"),
        ("x<br>y<img src=z alt=w/>", "X<br>Y<img src=z alt=w/>"),
        ("<script>if (a<b) run('x')</script>t", "<script>if (a<b) run('x')</script>T"),
        ("<style>p > a {}</style><!-- note -->t", "<style>p > a {}</style><!-- note -->T"),
        ("<code>a &amp; b</code> c", "<code>a &amp; b</code> C"),
        ("<p translate=no>a<p>b</p></p>c", "<p translate=no>a<p>b</p></p>C"),
        ('<i class="x notranslate">a</i>b', '<i class="x notranslate">a</i>B'),
        ("<!doctype html><title>a</title>", "<!doctype html><title>A</title>"),
        ("<b>unclosed", "<b>UNCLOSED"),
        ("<B Class=x>Case</B >", "<B Class=x>CASE</B >"),
        ("&nbsp;x &mdash; y", "\xa0X — Y"),
        ("a <!-- open", "A <!-- open"),
        ("a <script>open", "A <script>open"),
        ("<svg><text>a</text></svg>b", "<svg><text>a</text></svg>B"),
        ("<br translate=no>a", "<br translate=no>A"),
        ("<SCRIPT>a</ScRiPt>b", "<SCRIPT>a</ScRiPt>B"),
        ("1 < 2", "1 &lt; 2"),
        ("", ""),
        ("  <p>\n </p>", "  <p>\n </p>"),
    ],
)
def test_tags_stay_and_texts_change(html, expected):
    assert shout(html) == expected


def test_a_translation_cannot_add_markup():
    document = Document("<p>harmless</p>", is_html=True)
    assert document.fill(["<script>alert(1)</script>"]) == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_escaped_markup_stays_escaped():
    assert shout("&lt;script&gt;x&lt;/script&gt;") == "&lt;SCRIPT&gt;X&lt;/SCRIPT&gt;"


@given(st.text())
def test_plain_text_is_one_piece_with_its_blanks(text):
    document = Document(text)
    assert len(document.texts) == bool(text.strip())
    assert document.fill(document.texts) == text


@given(st.text(alphabet="<>/!-&;=\"' abp[]?"))
def test_any_html_is_taken_apart_without_loss(html):
    assert "".join(piece.written for piece in pieces(html)) == html
    once = Document(html, is_html=True)
    assert all(text == text.strip() and text for text in once.texts)
    markup = [piece.written for piece in pieces(html) if not piece.is_text]
    filled = once.fill(["<b>&" for _ in once.texts])
    assert [piece.written for piece in pieces(filled) if not piece.is_text] == markup


HOSTILE = ["<", "<a ", "<!--", "</", "<![CDATA[", "<?", "&", "&am", "<a '", '<a b="', "<a b='\"", "<b translate=no "]
HOSTILE += ["<script>", "<p translate=no>", "<b>a</b>"]


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_html_costs_little(part):
    started = time.perf_counter()
    shout(part * (20_000 // len(part)))
    assert time.perf_counter() - started < 0.5
