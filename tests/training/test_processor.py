import pytest

from braid.training import processor


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_tile\n", True),
        ("Features\t: fp asimd bf16 i8mm\n", True),
        ("flags\t\t: fpu avx2\nmodel name: bf16\n", False),
        ("flags\n", False),
        ("", False),
        (None, False),
    ],
)
def test_what_linux_tells(content, expected, tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(processor, "CPU_INFO", path)
    assert processor.has_bfloat16() is expected
