"""Every file of the shared real data is read whole: as many rows come out as its source says it has."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from braid.config.recipe import DataConfig
from braid.data.documents import read_documents
from braid.data.example import Example, Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS

EN_DE, EN_FR, EN_ZH = ({"source_language": "en", "target_language": language} for language in ("de", "fr", "zh"))
SECOND_FIRST = {"source_column": "2", "target_column": "1"}
QUESTION = {"source_column": "context", "target_column": "label"}


@dataclass(frozen=True)
class Read:
    """How an entry is read, and what comes of it where that is not one Example for each row of the manifest.

    Args:
        task: A key of KINDS; ``documents`` for FAQs, ``lines`` for a text that is one Example, counted by lines.
        config: Columns and languages.
        rejects: Rows that are none, by rule.
        rows: Where the manifest, which counts line ends, has another number.
    """

    task: str
    config: Mapping[str, str] = field(default_factory=dict)
    rejects: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0


def each(folder: str, names: str, read: Read) -> dict[str, Read]:
    return {",".join(f"{folder}/{name}" for name in entry.split(",")): read for entry in names.split()}


TABLE = {
    **each("bias/bbq", "Age.jsonl.gz Disability_status.jsonl.gz", Read("classify", QUESTION)),
    **each(
        "bias/cbbq_zh",
        "age.ambiguous.jsonl disability.ambiguous.jsonl disability.disambiguous.jsonl",
        Read("classify", QUESTION),
    ),
    **each(
        "bias/crows_pairs",
        "pairs.jsonl",
        Read("summarize", {"source_column": "sent_more", "target_column": "sent_less"}),
    ),
    **each(
        "bias/mt_geneval",
        "dev.feminine.en_de.en.txt,dev.feminine.en_de.de.txt dev.masculine.en_de.en.txt,dev.masculine.en_de.de.txt",
        Read("translate", EN_DE),
    ),
    **each(
        "bias/mt_geneval",
        "dev.feminine.en_fr.en.txt,dev.feminine.en_fr.fr.txt dev.masculine.en_fr.en.txt,dev.masculine.en_fr.fr.txt",
        Read("translate", EN_FR),
    ),
    **each(
        "bias/winobias",
        "pro_stereotyped_type1.dev.txt,anti_stereotyped_type1.dev.txt "
        "pro_stereotyped_type2.dev.txt,anti_stereotyped_type2.dev.txt",
        Read("translate"),
    ),
    # Lists of words, no rows of any task; the last line of the lists of occupations has no end.
    **each("bias/winobias", "extra_gendered_words.txt generalized_swaps.txt", Read("lines")),
    **each("bias/winobias", "female_occupations.txt male_occupations.txt", Read("lines", rows=20)),
    **each("formats/tmx_omegat", "omegat.en-de.tmx.gz", Read("translate", EN_DE)),
    **each("formats/tmx_omegat", "omegat.en-zh_CN.tmx.gz", Read("translate", EN_ZH)),
    # The one unit of each that is marked state="new" holds English on both sides.
    **each("formats/xliff_msbuild", "Build.Strings.de.xlf", Read("translate", EN_DE, {"untranslated": 1})),
    **each("formats/xliff_msbuild", "Build.Strings.fr.xlf", Read("translate", EN_FR, {"untranslated": 1})),
    **each("formats/xliff_msbuild", "Build.Strings.zh-Hans.xlf", Read("translate", EN_ZH, {"untranslated": 1})),
    **each("lm/chinese_poetry", "songci.jsonl.gz tang.jsonl.gz", Read("generate")),
    **each("lm/inaugural", "inaugural.jsonl.gz", Read("generate")),
    **each("lm/kdconv_chat_zh", "dialogues.jsonl.gz", Read("generate")),
    **each("lm/tinyshakespeare", "input.txt", Read("lines")),
    **each("lm/wikitext2", "valid.txt.gz", Read("lines")),
    **each("lm/zh_novels", "红楼梦.txt.gz 西游记.txt.gz", Read("lines")),
    **each("qa/chatterbot_corpus", "chinese.jsonl german.jsonl", Read("documents")),
    # Turns of nothing, which the corpus has in its conversations.
    **each("qa/chatterbot_corpus", "english.jsonl", Read("documents", rejects={"empty": 32})),
    **each("qa/cmrc2018", "cmrc2018_dev.json.gz", Read("answer")),
    **each("qa/drcd", "DRCD_dev.json.gz", Read("answer")),
    **each("qa/medquad", "faq.jsonl.gz", Read("documents")),
    **each("qa/nq_open", "NQ-open.dev.jsonl", Read("documents")),
    **each("qa/xquad", "xquad.de.json xquad.en.json xquad.zh.json", Read("answer")),
    **each("semantic/asap_sample_zh", "reviews.jsonl", Read("classify", {"target_column": "star"})),
    **each("semantic/banking77", "train.csv.gz test.csv.gz", Read("classify")),
    **each("semantic/cold_zh", "dev.jsonl.gz", Read("classify")),
    **each("semantic/crosswoz_intent_zh", "intent.jsonl.gz", Read("classify")),
    **each("semantic/home_intents", "de.jsonl en.jsonl", Read("classify")),
    **each("semantic/pros_cons", "all.tsv.gz", Read("classify", SECOND_FIRST)),
    **each("semantic/sentence_polarity", "train.tsv.gz valid.tsv.gz test.tsv.gz", Read("classify", SECOND_FIRST)),
    **each("semantic/snips", "train.jsonl.gz test.jsonl", Read("classify")),
    **each("semantic/xed_emotions", "en.jsonl.gz", Read("classify", {"target_column": "emotions"})),
    **each("semantic/xsid", "de.valid.jsonl en.valid.jsonl zh.valid.jsonl", Read("classify")),
    **each("summarisation/crosswoz_goal_zh", "goals.jsonl.gz", Read("summarize")),
    **each("summarisation/csl_title_zh", "abstracts.jsonl.gz", Read("summarize")),
    **each(
        "summarisation/debian_synopsis",
        " ".join(
            f"{code}.{part}.jsonl.gz" for code in ("de", "en", "fr", "zh_CN") for part in ("train", "valid", "test")
        ),
        Read("summarize"),
    ),
    **each("summarisation/scitldr", "train.jsonl.gz valid.jsonl.gz", Read("summarize")),
    **each("translation/bible_kjv_luther1912", "old_testament.en-de.tsv.gz", Read("translate", EN_DE)),
    **each("translation/debian_ddtp", "en-de.tsv.gz", Read("translate", EN_DE)),
    **each("translation/debian_ddtp", "en-fr.tsv.gz", Read("translate", EN_FR)),
    **each("translation/debian_ddtp", "en-zh_CN.tsv.gz", Read("translate", EN_ZH)),
    **each("translation/multi30k", "train.en.gz,train.de.gz val.en.gz,val.de.gz", Read("translate", EN_DE)),
    **each("translation/multi30k", "train.en.gz,train.fr.gz val.en.gz,val.fr.gz", Read("translate", EN_FR)),
    **each("translation/multi30k", "test_2016_flickr.en.gz,test_2016_flickr.de.gz", Read("translate", EN_DE)),
    **each("translation/multi30k", "test_2016_flickr.en.gz,test_2016_flickr.fr.gz", Read("translate", EN_FR)),
    **each("translation/ntrex128", "dev.en.txt,dev.de.txt", Read("translate", EN_DE)),
    **each("translation/ntrex128", "dev.en.txt,dev.fr.txt", Read("translate", EN_FR)),
    **each("translation/ntrex128", "dev.en.txt,dev.zh.txt", Read("translate", EN_ZH)),
    # Which document each line of the other files belongs to.
    **each("translation/ntrex128", "dev.docids.txt", Read("lines")),
    **each("translation/tatoeba_en_zh", "train.tsv.gz valid.tsv.gz test.tsv.gz", Read("translate", EN_ZH)),
    **each("translation/ui_catalogs", "en-de.tsv.gz", Read("translate", EN_DE)),
    **each("translation/ui_catalogs", "en-fr.tsv.gz", Read("translate", EN_FR)),
    **each("translation/ui_catalogs", "en-zh.tsv.gz", Read("translate", EN_ZH)),
}
CROSSWOZ = {"餐馆": 1091, "景点": 1072, "致谢": 514, "酒店": 1023, "其他": 382, "出租": 80, "地铁": 67}
NO_ROWS = {"semantic/banking77/categories.json"}
"""A list of the 77 labels, held against those of the rows below."""


@pytest.fixture(scope="module")
def manifest(shared_data):
    lines = (shared_data / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {path: int(rows) for path, _, rows, _ in (line.split("\t") for line in lines)}


def rows_of(entry: str, read: Read, folder: Path) -> list[object]:
    if read.task == "documents":
        return list(read_documents([entry], folder=folder))
    kind = KINDS["generate" if read.task == "lines" else read.task]
    return list(read_files([entry], kind.options(DataConfig(**read.config)), folder=folder))


def examples_of(entry: str, folder: Path, **config: str) -> list[Example]:
    read = TABLE[entry]
    rows = rows_of(entry, Read(read.task, {**read.config, **config}), folder)
    return [row for row in rows if isinstance(row, Example)]


def test_every_file_is_in_the_table(manifest):
    assert manifest.keys() - NO_ROWS == {path for entry in TABLE for path in entry.split(",")}


@pytest.mark.parametrize("entry", TABLE)
def test_all_rows_are_read(shared_data, manifest, entry):
    read = TABLE[entry]
    rows = rows_of(entry, read, shared_data)
    rejects = Counter(row.rule for row in rows if isinstance(row, Reject))
    assert rejects == read.rejects
    wanted = {read.rows or manifest[path] for path in entry.split(",")}
    if read.task == "lines":
        (text,) = rows
        assert {len(text.target.removesuffix("\n").split("\n"))} == wanted
    else:
        assert {len(rows)} == wanted


@pytest.mark.parametrize(("language", "translated"), [("de", 9526), ("zh_CN", 9345)])
def test_tmx_units_with_two_texts(shared_data, language, translated):
    rows = examples_of(f"formats/tmx_omegat/omegat.en-{language}.tmx.gz", shared_data)
    assert sum(bool(row.source and row.target) and row.source != row.target for row in rows) == translated


@pytest.mark.parametrize(
    ("entry", "articles", "passages", "moved", "unknown"),
    [
        ("cmrc2018/cmrc2018_dev.json.gz", 848, 848, 7, 193),
        ("drcd/DRCD_dev.json.gz", 383, 1000, 0, 0),
        *((f"xquad/xquad.{language}.json", 32, 160, 0, 0) for language in ("de", "en", "zh")),
    ],
)
def test_questions_have_a_place_for_their_answer(shared_data, entry, articles, passages, moved, unknown):
    """Of CMRC's answers 200 are not at their place: 7 stand elsewhere, 193 nowhere; each question has one that does."""
    rows = examples_of(f"qa/{entry}", shared_data)
    assert len({row.group for row in rows}) == articles
    assert len({row.context for row in rows}) == passages
    assert all(row.start >= 0 and row.context.startswith(row.target, row.start) for row in rows)
    given = [
        (answer["text"], answer["answer_start"], paragraph["context"])
        for article in json.loads(content(shared_data / "qa" / entry))["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
        for answer in question["answers"]
    ]
    misplaced = [(text, context) for text, start, context in given if not context.startswith(text, start)]
    assert Counter(text in context for text, context in misplaced) == +Counter({True: moved, False: unknown})


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def labels(entry: str, folder: Path, **config: str) -> Counter[str]:
    return Counter(label for row in examples_of(entry, folder, **config) for label in row.target.split("\n"))


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("semantic/snips/train.jsonl.gz", 7),
        ("semantic/snips/test.jsonl", 7),
        ("semantic/home_intents/en.jsonl", 33),
        ("semantic/home_intents/de.jsonl", 32),
        ("semantic/crosswoz_intent_zh/intent.jsonl.gz", CROSSWOZ),
        ("semantic/cold_zh/dev.jsonl.gz", {"1": 3211, "0": 3220}),
        ("semantic/pros_cons/all.tsv.gz", {"pos": 20450, "neg": 19391}),
        ("semantic/xed_emotions/en.jsonl.gz", 8),
        # The file writes them as fractions: 5.0.
        ("semantic/asap_sample_zh/reviews.jsonl", {"5": 121, "4": 109, "3": 44, "2": 10, "1": 16}),
    ],
)
def test_labels(shared_data, entry, wanted):
    found = labels(entry, shared_data)
    assert found == wanted if isinstance(wanted, dict) else len(found) == wanted


@pytest.mark.parametrize("part", ["train", "test"])
def test_banking_labels_are_the_categories(shared_data, part):
    categories = json.loads((shared_data / "semantic/banking77/categories.json").read_text(encoding="utf-8"))
    assert labels(f"semantic/banking77/{part}.csv.gz", shared_data).keys() == set(categories)


def test_crosswoz_has_several_acts(shared_data):
    found = labels("semantic/crosswoz_intent_zh/intent.jsonl.gz", shared_data, target_column="acts")
    assert found["General-thank"] > 500


def test_dialogues_keep_their_turns(shared_data):
    rows = examples_of("lm/kdconv_chat_zh/dialogues.jsonl.gz", shared_data)
    assert sum(len(json.loads(row.target)) for row in rows) == 9321


def test_all_summaries_are_references(shared_data):
    rows = examples_of("summarisation/scitldr/valid.jsonl.gz", shared_data)
    lines = content(shared_data / "summarisation/scitldr/valid.jsonl.gz").decode().splitlines()
    assert [1 + len(row.references) for row in rows] == [len(json.loads(line)["summaries"]) for line in lines]


def text_of(entry: str, folder: Path) -> str:
    return "".join(row.target for row in examples_of(entry, folder))


@pytest.mark.parametrize(
    ("entry", "characters"),
    [
        ("lm/zh_novels/红楼梦.txt.gz", 849_721),
        ("lm/zh_novels/西游记.txt.gz", 671_002),
        ("lm/chinese_poetry/tang.jsonl.gz", 663_210),
        ("lm/chinese_poetry/songci.jsonl.gz", 438_655),
    ],
)
def test_characters(shared_data, entry, characters):
    """Of the novels with the ends of their lines, CR LF; of poems without those that the reader puts between lines."""
    text = text_of(entry, shared_data)
    assert len(text if "novels" in entry else text.replace("\n", "")) == characters


def test_words_and_tokens(shared_data):
    speeches = examples_of("lm/inaugural/inaugural.jsonl.gz", shared_data)
    assert sum(len(speech.target.split()) for speech in speeches) == 138_096
    assert len(text_of("lm/wikitext2/valid.txt.gz", shared_data).split()) == 213_886
    play = text_of("lm/tinyshakespeare/input.txt", shared_data)
    assert (len(play), sum(char in " \n" for char in play)) == (1_115_394, 209_892)


def test_aspects_of_reviews(shared_data):
    lines = content(shared_data / "semantic/asap_sample_zh/reviews.jsonl").decode().splitlines()
    given = Counter(str(polarity) for line in lines for polarity in json.loads(line)["aspects"].values())
    assert given.keys() == {"1", "0", "-1"}


def test_types_of_stereotypes(shared_data):
    rows = examples_of("bias/crows_pairs/pairs.jsonl", shared_data, group_column="bias_type")
    assert Counter(row.group for row in rows) == {
        "race-color": 300, "socioeconomic": 101, "gender": 159, "disability": 41, "nationality": 102,
        "physical-appearance": 32, "religion": 63, "age": 53, "sexual-orientation": 51,
    }  # fmt: skip


def test_slots_and_repeats_of_snips(shared_data):
    rows = {part: examples_of(f"semantic/snips/{part}", shared_data) for part in ("train.jsonl.gz", "test.jsonl")}
    slots = {
        slot["slot"]
        for part in rows
        for line in content(shared_data / "semantic/snips" / part).decode().splitlines()
        for slot in json.loads(line)["slots"]
    }
    assert len(slots) == 39
    train, test = (
        [re.sub(r"[\W_]+", "", row.source.lower()) for row in rows[part]] for part in ("train.jsonl.gz", "test.jsonl")
    )
    assert sum(text in set(test) for text in train) == 21


def test_intents_of_xsid(shared_data):
    """The source speaks of 16 intents of all parts; of this part's rows none has the sixteenth."""
    found = [labels(f"semantic/xsid/{code}.valid.jsonl", shared_data) for code in ("de", "en", "zh")]
    assert [len(one) for one in found] == [15, 15, 15]
    assert found[0] == found[1] == found[2]


def test_documents_of_ntrex(shared_data):
    assert len(set(text_of("translation/ntrex128/dev.docids.txt", shared_data).split())) == 30


@pytest.mark.parametrize(("language", "sentences"), [("zh", 7856), ("de", 8307), ("fr", 5609)])
def test_full_sentences_of_interfaces(shared_data, language, sentences):
    rows = examples_of(f"translation/ui_catalogs/en-{language}.tsv.gz", shared_data)
    full = [row for row in rows if len(row.source.split()) >= 5 and row.source.rstrip('"”)').endswith((".", "!", "?"))]
    assert len(full) == sentences
