import gzip
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import DataError
from braid.metrics.faithfulness import faithfulness, unsupported
from braid.text.extract import extract


def marked(source: str, summary: str, language: str = "en") -> list[tuple[str, str]]:
    spans = unsupported(source, summary, language=language)
    assert all(summary[span.start : span.end] == span.text for span in spans)
    return [(span.text, span.kind) for span in spans]


@pytest.mark.parametrize(
    ("language", "source", "summary"),
    [
        ("en", "It grew by 1,234.5 units.", "Growth: 1234.5"),
        ("de", "Es wuchs um 1.234,5 Einheiten.", "Wachstum: 1234,5"),
        ("en", "3,482,113 people", "about 3.5 million people"),
        ("en", "an accuracy of 97.34 %", "97.3 percent accuracy"),
        ("en", "five models and twenty-one tests", "5 models, 21 tests"),
        ("en", "uses SHA256 and Python3", "a 256 bit hash for Python 3"),
        ("en", "$5 million", "5 million dollars"),
        ("en", "in 5 minutes", "a 5-minute job"),
        ("en", "OpenSSL is open-source.", "Uses Open SSL"),
        ("en", "based on GTK", "a GTK's port of GTKs"),
        ("en", "a graphical user interface", "with a GUI"),
        ("en", "reinforcement learning agents", "agents of RL"),
        ("en", "an RDP session", "server for the Remote Desktop Protocol"),
        ("en", "accelerates jsonb columns", "uses JSON"),
        ("en", "the kernel and linux", "for Linux"),
        ("en", "postal codes of “small towns”", 'about a "small town"'),
        ("de", "Berlins Mauer, die Bank und der Chef der Deutschen Bank", "Berlin: Chef der Deutschen Bank"),
        ("ru", "Встреча в Москве с Ивановым", "Был в Москва Иванов"),
        ("zh", "共有三百五十万元", "共350万元"),
        ("zh", "百分之三十的人用ｐｙｔｈｏｎ", "30%的人用 Python"),
        ("zh", "二〇一九年，《红楼梦》出版", "2019年《红楼梦》"),
        ("en", "cafe\u0301 Zoe\u0308", "in Zoë"),
        ("en", "", ""),
    ],
)
def test_what_the_source_has(language, source, summary):
    assert marked(source, summary, language) == []


@pytest.mark.parametrize(
    ("language", "source", "summary", "spans"),
    [
        ("en", "It grew by 12 %.", "It grew by 13 %.", [("13 %", "number")]),
        ("en", "in 5 minutes", "in 5 hours", [("5 hours", "number")]),
        ("en", "born in 1987", "born in 1990", [("1990", "number")]),
        ("en", "two of them", "three of them", [("three", "number")]),
        ("en", "the minister said", "the minister Ann Lee said", [("Ann Lee", "name")]),
        ("en", "built on libfoo2", "built on libfoo3", [("libfoo3", "name")]),
        ("en", "translation of islands", "made for SLA", [("SLA", "name")]),
        ("en", "a market in May", "a talk with Mark", [("Mark", "name")]),
        ("en", "see http://a.org", "see http://b.org/x", [("http://b.org/x", "name")]),
        ("de", "Der Chef der Bank sprach.", "Der Chef der Deutschen Bank sprach mit SAP.",
         [("Deutschen", "name"), ("SAP", "name")]),
        ("zh", "图书馆有三百本书", "《红楼梦》等四百本书，用 Python",
         [("红楼梦", "title"), ("四百", "number"), ("Python", "name")]),
        ("fr", "Il a 12 500 amis", "Il a 12 600 amis", [("12 600", "number")]),
        ("ru", "Встреча в Москве", "Встреча в Лондоне", [("Лондоне", "name")]),
    ],
)  # fmt: skip
def test_what_the_source_lacks(language, source, summary, spans):
    assert marked(source, summary, language) == spans


def test_nothing_that_differs_only_in_meaning_is_marked():
    assert marked("The dam broke.", "The dam held for all of a very long winter.") == []


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("Ab1 .,-\"'《》三百万%$")),
    st.sampled_from(["en", "de", "zh", "ru"]),
)
def test_a_text_supports_itself(text, language):
    assert unsupported(text, text, language=language) == []


def test_scores():
    sources, summaries = ["12 dogs", "9 cats in Rome", "a bird"], ["13 dogs of Bob", "9 cats", "a bird"]
    found = faithfulness(sources, summaries, language="en", examples=1)
    assert found["rate"].value == pytest.approx(100 / 3)
    assert found["rate"].low < found["rate"].value < found["rate"].high
    assert (found["summaries"], found["marked"], found["spans"]) == (3, 1, 2)
    assert found["kinds"] == {"number": 1, "name": 1, "title": 0}
    assert found["examples"][0]["row"] == 0
    assert [span["text"] for span in found["examples"][0]["spans"]] == ["13", "Bob"]
    json.dumps({**found, "rate": found["rate"].to_dict()})


@pytest.mark.parametrize(("sources", "summaries"), [([], []), (["a"], [])])
def test_nothing_to_check(sources, summaries):
    with pytest.raises(DataError):
        faithfulness(sources, summaries, language="en")


def test_linear_time():
    begun = time.process_time()
    unsupported("word 12 Name. " * 20_000, "Another NAME9 and 13 " * 5, language="en")
    unsupported("A 1", "Aa Bb Cc 1 " * 8_000, language="en")
    assert time.process_time() - begun < 30


def test_what_is_taken_from_real_texts_is_never_marked(shared_data):
    folder = shared_data / "summarisation" / "debian_synopsis"
    for language in ("en", "de", "fr", "zh_CN"):
        with gzip.open(folder / f"{language}.valid.jsonl.gz", "rt", encoding="utf-8") as file:
            documents = [json.loads(line)["document"] for line in file][:200]
        extracts = [extract(document, language=language).text for document in documents]
        assert faithfulness(documents, extracts, language=language)["marked"] == 0
