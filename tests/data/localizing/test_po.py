"""PO catalogs and templates filled in."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from braid.data.localizing import LocalizeOptions, localize
from braid.data.localizing.plurals import missing_forms, plural_formula
from braid.errors import DataError
from braid.text.languages import NAMES
from pretend import Model, shouted

HEADER = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"{}"\n\n'
BODY = """# translator
#. note
#: a.c:3
#, c-format
#| msgid "Helo"
msgid "Hello %s"
msgstr ""

#, c-format, fuzzy, no-wrap
msgctxt "menu"
msgid "Open"
msgstr "Auf"

# spacing   and  comment kept
msgid   "done"
msgstr   "fertig"

msgid ""
"A long text that is wrapped by the tools of its translators at the usual "
"width of \\"lines\\"\\n"
"\\tsecond line\\n"
msgstr ""

#~ msgid "old"
#~ msgstr ""
"""
PLURAL = '\nmsgid "One file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n'
TEMPLATE = """# SOME DESCRIPTIVE TITLE.
#, fuzzy
msgid ""
msgstr ""
"Project-Id-Version: x\\n"
"Language: \\n"
"Content-Type: text/plain; charset=CHARSET\\n"
"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"

msgid "Hello"
msgstr ""
"""


def filled(run, body, language="", forms="", **options):
    return run(HEADER.format(language, forms) + body, "a.po", **options).data.decode()


def test_only_what_is_missing_is_filled_in_and_marked(run):
    before = HEADER.format("", "") + BODY
    result = run(before, "a.po")
    changed = [
        ('UTF-8\\n"\n""\n', 'UTF-8\\n"\n'),
        ('"Language: \\n"', '"Language: de\\n"'),
        ("#, c-format\n#|", "#, fuzzy, c-format\n#|"),
        ('msgid "Hello %s"\nmsgstr ""', 'msgid "Hello %s"\nmsgstr "HELLO %s"'),
        ('msgid ""\n"A long', '#, fuzzy\nmsgid ""\n"A long'),
        (
            'second line\\n"\nmsgstr ""',
            'second line\\n"\nmsgstr ""\n"A LONG TEXT THAT IS WRAPPED BY THE TOOLS OF ITS TRANSLATORS AT THE USUAL "\n'
            '"WIDTH OF \\"LINES\\"\\n"\n"\\tSECOND LINE\\n"',
        ),
    ]
    expected = before
    for old, new in changed:
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert result.data.decode() == expected
    assert (result.num_texts, result.num_translated, result.num_kept) == (4, 2, 2)
    assert not result.review


def test_without_marks(run):
    done = filled(run, BODY, "de", marks_review=False)
    assert "#, c-format\n#| msgid" in done
    assert done.count("fuzzy") == 1


def test_a_doubtful_entry_is_marked_always(run):
    done = run(HEADER.format("de", "") + BODY, "a.po", lambda text: text.replace("%s", ""), marks_review=False)
    assert '#, fuzzy, c-format\n#| msgid "Helo"\nmsgid "Hello %s"\nmsgstr "Hello %s"' in done.data.decode()
    assert [finding.line for finding in done.review] == [12]


def test_fuzzy_entries_are_translated_anew_when_asked(run):
    done = filled(run, BODY, "de", redo_unreviewed=True)
    assert '#, c-format, fuzzy, no-wrap\nmsgctxt "menu"\nmsgid "Open"\nmsgstr "OPEN"' in done
    assert 'msgstr   "fertig"' in done
    done = filled(run, BODY, "de", redo_unreviewed=True, marks_review=False)
    assert '#, c-format, no-wrap\nmsgctxt "menu"\nmsgid "Open"\nmsgstr "OPEN"' in done


def test_everything_is_translated_anew_when_asked(run):
    done = filled(run, BODY, "de", overwrite=True)
    assert '#, fuzzy\nmsgid   "done"\nmsgstr "DONE"' in done


def test_a_translation_that_is_there_already_is_not_touched(run):
    known = {"Hello %s": "", "Open": "Auf", "done": "fertig"}
    text = HEADER.format("de", "") + "\n".join(
        f'msgid "{source}"\nmsgstr "{target}"\n' for source, target in known.items() if target
    )
    assert run(text, "a.po", known.get, overwrite=True).data.decode() == text


@pytest.mark.parametrize(
    ("language", "forms", "expected", "is_doubtful"),
    [
        ("de", "", ["ONE FILE", "%d FILES"], False),
        ("zh_CN", "", ["%d FILES"], False),
        ("ru", "", ["%d FILES"] * 3, True),
        ("xx", "", ["ONE FILE", "%d FILES"], False),
        ("de", "Plural-Forms: nplurals=1; plural=0;\\n", ["%d FILES"], False),
        ("fr", "Plural-Forms: nplurals=4; plural=n%4;\\n", ["%d FILES"] * 4, True),
    ],
)
def test_plural_forms(run, language, forms, expected, is_doubtful):
    result = run(HEADER.format(language, forms) + PLURAL, "a.po", target_language=language)
    done = result.data.decode()
    assert re.findall(r'msgstr\[\d\] "(.*)"', done) == expected
    assert re.findall(r"msgstr\[(\d)\]", done) == [str(number) for number in range(len(expected))]
    assert bool(result.review) == is_doubtful
    assert ("Plural-Forms" in done) == (language != "xx")


def test_the_first_of_several_forms_says_its_number(run):
    body = '\nmsgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\n'
    done = filled(run, body, "pl", target_language="pl")
    assert re.findall(r'msgstr\[\d\] "(.*)"', done) == ["%d FILE", "%d FILES", "%d FILES"]


def test_a_template_becomes_a_catalog(run):
    done = run(TEMPLATE, "a.pot", target_language="pt-BR").data.decode()
    assert done == TEMPLATE.replace("#, fuzzy\n", "").replace("Language: ", "Language: pt_BR").replace(
        "CHARSET", "UTF-8"
    ).replace('msgid "Hello"\nmsgstr ""', '#, fuzzy\nmsgid "Hello"\nmsgstr "HELLO"')


def test_a_template_with_plurals_gets_their_formula(run):
    done = run(TEMPLATE + PLURAL, "a.pot", target_language="pt-BR").data.decode()
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in done


def test_a_catalog_without_a_header_has_none_afterwards(run):
    assert run('msgid "a"\nmsgstr ""', "a.po").data == b'#, fuzzy\nmsgid "a"\nmsgstr "A"'


def test_another_language_is_refused(run):
    with pytest.raises(DataError, match='"Language: fr"'):
        filled(run, BODY, "fr")
    assert filled(run, BODY, "de_AT")


def test_crlf_and_a_mark_survive(run):
    text = "\ufeff" + (HEADER.format("", "") + BODY).replace("\n", "\r\n")
    done = run(text, "a.po").data.decode()
    assert done[1:].replace("\r\n", "\n") == filled(run, BODY)
    assert "\n" not in done.replace("\r\n", "")


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
@pytest.mark.parametrize("language", ["de", "ru", "zh", "ar"])
def test_gettext_accepts_it(tmp_path, language):
    fields = ("Project-Id-Version: x", "PO-Revision-Date: 2024-01-01 00:00+0000", "Last-Translator: x <x@y.z>",
              "Language-Team: x <x@y.z>", "MIME-Version: 1.0", "Content-Transfer-Encoding: 8bit")  # fmt: skip
    header = HEADER.format("", "\\n".join(fields) + "\\n")
    body = (BODY + PLURAL).replace("#, c-format, fuzzy, no-wrap\n", "")
    options = LocalizeOptions(target_language=language, marks_review=False)
    file = tmp_path / "a.po"
    file.write_bytes(localize((header + body).encode(), "a.po", Model(shouted), options).data)
    done = subprocess.run(["msgfmt", "-c", "-o", tmp_path / "a.mo", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_gettext_knows_the_formulas(tmp_path):
    """Every formula is one that gettext can evaluate, with as many forms as it says."""
    formulas = {language: formula for language in NAMES if (formula := plural_formula(language))}
    assert len(formulas) > 60
    for language, formula in formulas.items():
        number = int(re.match(r"nplurals=(\d);", formula)[1])
        forms = "".join(f'msgstr[{n}] "x"\n' for n in range(number))
        file = tmp_path / "a.po"
        file.write_text(
            HEADER.format(language, f"Plural-Forms: {formula}\\n") + f'msgid "a"\nmsgid_plural "b"\n{forms}'
        )
        done = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_forms_that_are_missing():
    assert not missing_forms({"one", "other"}, "de")
    assert missing_forms({"one", "other"}, "pl_PL").endswith("few, many")
    assert not missing_forms({"one", "few", "many", "other"}, "pl")
