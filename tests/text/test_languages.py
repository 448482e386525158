import pytest

from braid.text.languages import canonical, has_spaces, language_name


@pytest.mark.parametrize("code", ["zh", "zh_CN", "ZH-hans", " zh-Hant-TW "])
def test_canonical(code):
    assert canonical(code) == "zh"


def test_names_and_spaces():
    assert language_name("zh") == language_name("ZH") == "Chinese"
    assert language_name("zh_CN") == "Chinese (zh_CN)"
    assert language_name("tlh") == "tlh"
    assert not any(map(has_spaces, ("zh-Hans", "ja", "th", "lo", "my", "km", "yue")))
    assert all(map(has_spaces, ("en", "ko", "vi", "de_DE")))
