import re
import unicodedata

import pytest

from braid.text import scripts, shapes, units
from braid.text.languages import WITHOUT_SPACES


@pytest.mark.parametrize("char", "中〇𠀀カㄅไລཀမខᦀꀀﾊ々ー")
def test_letters_of_scripts_without_spaces(char):
    assert scripts.is_unspaced(char)
    assert units.units(f"a{char}b") == ["a", char, "b"]
    assert shapes.shapes(char) == "c"


@pytest.mark.parametrize("char", "aя한ا๒၅៥༣。・5 \u0f0b")
def test_other_characters(char):
    assert not scripts.is_unspaced(char)


def test_one_such_letter_in_a_text_is_enough():
    assert scripts.is_unspaced("the letter 中")
    assert not scripts.is_unspaced("")


def test_every_language_without_spaces_has_its_script_here():
    samples = {"bo": "བོད", "ja": "日本", "km": "ខ្មែរ", "lo": "ລາວ", "my": "မြန်", "th": "ไทย", "yue": "粵", "zh": "中"}
    samples |= {"dz": "རྫོང", "wuu": "吴语"}
    assert samples.keys() == WITHOUT_SPACES
    for sample in samples.values():
        assert all(map(scripts.is_unspaced, sample))


def test_the_parts_overlap_nowhere_and_are_in_the_whole():
    parts = [re.compile(f"[{part}]") for part in (scripts.HAN, scripts.KANA, scripts.SOUTHEAST_ASIAN)]
    for code in range(0x31350):
        char = chr(code)
        found = [bool(part.match(char)) for part in parts]
        assert sum(found) <= 1
        if any(found):
            assert scripts.is_unspaced(char)
            assert unicodedata.category(char) != "Nd"
