"""The demo's data: pairs out of wheels that a pretended pip delivers, and what is said when it does not."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from braid.data import demo
from braid.data.example import Example
from braid.data.formats import ReadOptions, read_files
from braid.errors import BraidError, ConfigError, DownloadError, StorageError

Json = dict[str, object]
PREFIX = "homeassistant/components"


def catalog_mo(messages: dict[str, str], language: str) -> bytes:
    """A compiled gettext catalog."""
    header = f"Content-Type: text/plain; charset=UTF-8\nLanguage: {language}\n"
    entries = [(key.encode(), text.encode()) for key, text in sorted({"": header, **messages}.items())]
    count = len(entries)
    table, texts, offset = [], b"", 28 + 16 * count
    for side in (0, 1):
        for entry in entries:
            table += [len(entry[side]), offset + len(texts)]
            texts += entry[side] + b"\0"
    return struct.pack(f"<7I{4 * count}I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0, *table) + texts


def wheel_bytes(path: Path, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.read_bytes()


class Pip:
    """Stands in for ``pip download``: puts the wheel asked for into the folder asked for."""

    def __init__(self, wheels: dict[str, bytes]) -> None:
        self.wheels = wheels
        self.calls: list[list[str]] = []
        self.failure: Callable[[], tuple[int, str]] = lambda: (0, "")

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert command[:4] == [sys.executable, "-m", "pip", "download"]
        assert {"--no-deps", "--only-binary=:all:"} <= set(command), "nothing is built or installed"
        self.calls.append(command)
        code, error = self.failure()
        if not code:
            name = command[-1].partition("==")[0]
            folder = Path(command[command.index("--dest") + 1])
            (folder / f"{name.replace('-', '_')}-1-py3-none-any.whl").write_bytes(self.wheels[name])
        return subprocess.CompletedProcess(command, code, stdout="", stderr=error)


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pip:
    """A pretended pip with two small wheels, whose hashes are the pinned ones."""

    def component(name: str, english: Json, chinese: Json) -> dict[str, bytes]:
        files = {"en": english, "zh-Hans": chinese}
        folder = f"{PREFIX}/{name}/translations"
        return {f"{folder}/{code}.json": json.dumps(texts).encode() for code, texts in files.items()}

    home = wheel_bytes(
        tmp_path / "home",
        {
            **component(
                "lamp",
                {
                    "title": "Lamp",
                    "on": {"text": "Turn on the light", "only_english": "This one is missing"},
                    "reference": "[%key:common::state::on_and_off%]",
                    "wrapped": "Turn  off\nthe\tlight",
                    "number": 3,
                    "blank": "Nothing to see here",
                },
                {
                    "title": "灯",
                    "on": {"text": "打开灯", "only_chinese": "没有英文"},
                    "reference": "[%key:common::state::on_and_off%]",
                    "wrapped": "关\n灯",
                    "number": 3,
                    "blank": " ",
                },
            ),
            f"{PREFIX}/alone/translations/en.json": json.dumps({"title": "No translation at all"}).encode(),
            f"{PREFIX}/../../evil/translations/en.json": b"not even JSON",
            f"{PREFIX}/../../evil/translations/zh-Hans.json": b"not even JSON",
        },
    )
    pack = wheel_bytes(
        tmp_path / "pack",
        {
            "pack/one.mo": catalog_mo({"Save the file now": "立即保存文件", "Turn on the light": "打开灯"}, "zh_CN"),
            "pack/empty.mo": catalog_mo({}, "zh_CN"),
            "../../escape.mo": catalog_mo({"Close all the files": "关闭所有文件"}, "zh_CN"),
        },
    )
    pinned = {
        wheel.requirement: dataclasses.replace(wheel, sha256=hashlib.sha256(content).hexdigest())
        for wheel, content in ((demo.HOME_ASSISTANT, home), (demo.LANGUAGES["zh"].pack, pack))
    }
    monkeypatch.setattr(demo, "HOME_ASSISTANT", pinned[demo.HOME_ASSISTANT.requirement])
    chinese = demo.LANGUAGES["zh"]
    chinese = dataclasses.replace(chinese, pack=pinned[chinese.pack.requirement])
    monkeypatch.setattr(demo, "LANGUAGES", {**demo.LANGUAGES, "zh": chinese})
    pretended = Pip({"homeassistant": home, "jupyterlab-language-pack-zh-CN": pack})
    monkeypatch.setattr(subprocess, "run", pretended)
    return pretended


def silent(text: str) -> None:
    del text


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_pairs_come_out_of_both_wheels_each_once_with_its_origin(pip: Pip, tmp_path: Path) -> None:
    path = demo.fetch_demo("zh", cache=tmp_path / "new" / "cache", progress=silent)
    home, pack = "homeassistant==2026.11.0", "jupyterlab-language-pack-zh-CN==4.5.post3"
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "en\tzh\torigin"
    assert sorted(lines[1:]) == sorted(
        [
            f"Turn on the light\t打开灯\t{home}",
            f"Turn off the light\t关 灯\t{home}",
            f"Save the file now\t立即保存文件\t{pack}",
            f"Close all the files\t关闭所有文件\t{pack}",
        ]
    )
    assert files_below(tmp_path / "new") == [f"cache/{path.name}"], "nothing else is left or written beside it"


def test_the_file_is_read_as_any_tsv_with_language_names_as_its_header(pip: Pip, tmp_path: Path) -> None:
    path = demo.fetch_demo("zh", cache=tmp_path, progress=silent)
    options = ReadOptions(source_language="en", target_language="zh")
    rows = list(read_files([str(path)], options, folder=Path()))
    assert all(isinstance(row, Example) for row in rows)
    assert ("Turn on the light", "打开灯") in {(row.source, row.target) for row in rows if isinstance(row, Example)}


def test_a_second_call_takes_the_cached_file(pip: Pip, tmp_path: Path) -> None:
    first = demo.fetch_demo("zh", cache=tmp_path, progress=silent)
    num_calls = len(pip.calls)
    pip.failure = lambda: (1, "ERROR: no network")
    said: list[str] = []
    assert demo.fetch_demo("zh", cache=tmp_path, progress=said.append) == first
    assert len(pip.calls) == num_calls == 2
    assert said == [f"data: {first} (downloaded before)"]


def test_the_home_assistant_wheel_is_asked_for_as_its_python_wants(pip: Pip, tmp_path: Path) -> None:
    demo.fetch_demo("zh", cache=tmp_path, progress=silent)
    command = pip.calls[0]
    assert command[command.index("--python-version") + 1] == "3.14.2"
    assert "--python-version" not in pip.calls[1]


def test_another_wheel_than_the_pinned_one_is_refused(pip: Pip, tmp_path: Path) -> None:
    pip.wheels["homeassistant"] += b"!"
    with pytest.raises(DownloadError, match="must have the SHA-256") as caught:
        demo.fetch_demo("zh", cache=tmp_path / "cache", progress=silent)
    assert demo.HOME_ASSISTANT.sha256 in caught.value.message
    assert hashlib.sha256(pip.wheels["homeassistant"]).hexdigest() in caught.value.message
    assert files_below(tmp_path / "cache") == []


def test_an_oversized_member_is_refused(pip: Pip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "MAX_MEMBER_BYTES", 10)
    with pytest.raises(DownloadError, match="larger than 10 bytes"):
        demo.fetch_demo("zh", cache=tmp_path / "cache", progress=silent)
    assert files_below(tmp_path / "cache") == []


def test_without_network_the_message_names_command_reason_and_way_out(pip: Pip, tmp_path: Path) -> None:
    pip.failure = lambda: (1, "WARNING: Retrying\nERROR: No matching distribution found for homeassistant==2026.11.0\n")
    with pytest.raises(DownloadError) as caught:
        demo.fetch_demo("zh", cache=tmp_path / "cache", progress=silent)
    message = str(caught.value)
    assert "got: ERROR: No matching distribution found for homeassistant==2026.11.0" in message
    assert "Retrying" not in message
    assert " ".join(pip.calls[0]) in message, "the very command, to be tried by hand"
    assert "braid demo --data FILE" in caught.value.hint
    assert files_below(tmp_path / "cache") == []


def test_the_second_wheel_failing_leaves_no_half_written_file(pip: Pip, tmp_path: Path) -> None:
    pip.failure = lambda: (0, "") if len(pip.calls) == 1 else (1, "ERROR: connection reset")
    with pytest.raises(DownloadError, match="connection reset"):
        demo.fetch_demo("zh", cache=tmp_path / "cache", progress=silent)
    assert files_below(tmp_path / "cache") == []


def test_an_environment_without_pip_is_told_how_to_get_it(pip: Pip, tmp_path: Path) -> None:
    pip.failure = lambda: (1, f"{sys.executable}: No module named pip\n")
    with pytest.raises(DownloadError, match="No module named pip") as caught:
        demo.fetch_demo("zh", cache=tmp_path, progress=silent)
    assert "python -m ensurepip" in caught.value.hint
    assert "--data FILE" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (subprocess.TimeoutExpired("pip", 1), "nothing after 30 minutes"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
    ],
)
def test_a_command_that_cannot_run_is_a_download_error(pip: Pip, tmp_path: Path, error: Exception, said: str) -> None:
    def fail() -> tuple[int, str]:
        raise error

    pip.failure = fail
    with pytest.raises(DownloadError, match=said):
        demo.fetch_demo("zh", cache=tmp_path, progress=silent)


def test_a_silent_failure_still_has_a_reason(pip: Pip, tmp_path: Path) -> None:
    pip.failure = lambda: (7, " \n")
    with pytest.raises(DownloadError, match="exit code 7"):
        demo.fetch_demo("zh", cache=tmp_path, progress=silent)


def test_a_cache_that_cannot_be_made_is_known_before_thedownload_wheel(pip: Pip, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot make the cache folder"):
        demo.fetch_demo("zh", cache=tmp_path / "file" / "cache", progress=silent)
    assert pip.calls == []


@pytest.mark.parametrize(
    "call", [lambda: demo.demo_notice("xx"), lambda: demo.fetch_demo("xx", cache=Path(), progress=silent)]
)
def test_an_unknown_language_is_worded(call: Callable[[], object]) -> None:
    with pytest.raises(ConfigError, match='zh, de, fr, got "xx"'):
        call()


@pytest.mark.parametrize("language", sorted(demo.LANGUAGES))
def test_the_notice_names_both_packages_with_version_and_license(language: str) -> None:
    notice = demo.demo_notice(language)
    assert "Home Assistant 2026.11.0" in notice
    assert "Apache-2.0" in notice
    assert "4.5.post3" in notice
    assert "BSD-3-Clause" in notice


@pytest.mark.parametrize(
    ("platform", "variable", "end"),
    [
        ("linux", "XDG_CACHE_HOME", "given/braid"),
        ("linux", "", ".cache/braid"),
        ("win32", "LOCALAPPDATA", "given/braid"),
        ("win32", "", "AppData/Local/braid"),
        ("darwin", "", "Library/Caches/braid"),
    ],
)
def test_the_cache_is_where_the_platform_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, end: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "given"))
    assert demo.cache_folder() == tmp_path / end


@pytest.mark.network
@pytest.mark.parametrize(("language", "num_rows"), [("zh", 18_000), ("de", 24_000), ("fr", 21_000)])
def test_the_real_wheels_hold_what_the_demo_needs(tmp_path: Path, language: str, num_rows: int) -> None:
    try:
        path = demo.fetch_demo(language, cache=tmp_path, progress=silent)
    except BraidError as error:
        pytest.fail(str(error))
    rows = [line.split("\t") for line in path.read_text("utf-8").split("\n")[1:-1]]
    assert {len(row) for row in rows} == {3}
    assert len(rows) >= num_rows
    assert len({row[2] for row in rows}) == 2, "both packages gave something"
    assert len({(source, target) for source, target, _ in rows}) == len(rows)
