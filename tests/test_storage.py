import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from braid import storage
from braid.errors import StorageError
from braid.storage import atomic_file, atomic_folder, locked, make_folder, recover, scratch_folder, write_arrays


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_replaces_only_when_whole(tmp_path):
    path = tmp_path / "a.txt"
    with atomic_file(path) as file:
        file.write(b"one")
    with pytest.raises(ValueError, match="broken"), atomic_file(path) as file:
        file.write(b"tw")
        raise ValueError("broken")
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["a.txt"]


def test_folder_replaces_only_when_whole(tmp_path):
    path = tmp_path / "deep/folder"
    for content in ("one", "two"):
        with atomic_folder(path) as folder:
            (folder / "a.txt").write_text(content)
    with pytest.raises(ValueError, match="broken"), atomic_folder(path) as folder:
        (folder / "a.txt").write_text("three")
        raise ValueError("broken")
    assert (path / "a.txt").read_text() == "two"
    assert names(path.parent) == ["folder"]


def test_refusal_is_worded(tmp_path):
    (tmp_path / "file").write_text("x")
    message = r"cannot write: .*directory.* \(.*file/below"
    with pytest.raises(StorageError, match=message), atomic_folder(tmp_path / "file/below") as folder:
        (folder / "a").write_text("x")
    for path in ("none/a.txt", "file/below"):
        with pytest.raises(StorageError, match="cannot write"), atomic_file(tmp_path / path) as file:
            file.write(b"x")


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="a file stands where"), atomic_folder(tmp_path / "file"):
        pass
    assert names(tmp_path) == ["file"]


def test_links_stay_links(tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "link"
    try:
        link.symlink_to(tmp_path / "disk")
    except OSError:
        pytest.skip("this account may not make symbolic links")
    with atomic_folder(link) as folder:
        (folder / "a.txt").write_text("x")
    assert link.is_symlink()
    assert (tmp_path / "disk/a.txt").read_text() == "x"
    assert names(tmp_path) == ["disk", "link"]


def test_interrupt_between_the_renames_brings_the_old_back(tmp_path, monkeypatch):
    path = tmp_path / "folder"
    with atomic_folder(path) as folder:
        (folder / "a.txt").write_text("old")
    rename, renames = Path.rename, []

    def interrupted(self, target):
        renames.append(target)
        if len(renames) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_folder(path) as folder:
        (folder / "a.txt").write_text("new")
    assert (path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["folder"]


def test_full_disk(tmp_path, monkeypatch):
    path = tmp_path / "folder"
    with atomic_folder(path) as folder:
        (folder / "a.txt").write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"), atomic_folder(path) as folder:
        (folder / "a.txt").write_text("new")
    assert (path / "a.txt").read_text() == "old"


def killed_while_writing(path, where):
    """A process that kills itself inside `atomic_folder`: before the renames, or between the two."""
    code = f"""
import os, signal
from pathlib import Path
from braid.storage import atomic_folder
rename = Path.rename
def die(self, target):
    rename(self, target)
    os.kill(os.getpid(), signal.SIGKILL)
with atomic_folder(Path({str(path)!r})) as folder:
    (folder / "a.txt").write_text("new")
    if {where!r} == "between":
        Path.rename = die
    else:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("where", ["before", "between"])
def test_what_a_killed_process_left_is_cleared_and_nothing_is_lost(tmp_path, where):
    path = tmp_path / "folder"
    with atomic_folder(path) as folder:
        (folder / "a.txt").write_text("old")
    killed_while_writing(path, where)
    assert len(names(tmp_path)) == 2
    assert path.exists() == (where == "before")
    recover(tmp_path, "other")
    assert len(names(tmp_path)) == 2
    recover(tmp_path)
    assert (path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["folder"]


def test_what_an_earlier_process_of_the_same_number_left(tmp_path, monkeypatch):
    """The first process of a container has the number 1 each time."""
    left = tmp_path / f".folder.{storage._machine()}-{os.getpid()}-00000000.old"
    left.mkdir()
    recover(tmp_path)
    assert names(tmp_path) == [left.name]
    monkeypatch.setattr(storage, "STARTED", storage.STARTED + 3600)
    recover(tmp_path)
    assert names(tmp_path) == ["folder"]


def test_what_another_machine_left(tmp_path, monkeypatch):
    left = tmp_path / ".folder.00000000-1-00000000.old"
    left.mkdir()
    recover(tmp_path)
    assert names(tmp_path) == [left.name]
    monkeypatch.setattr(storage, "ABANDONED_SECONDS", -1.0)
    recover(tmp_path)
    assert names(tmp_path) == ["folder"]
    (tmp_path / "folder").rename(left)
    monkeypatch.undo()
    recover(tmp_path, is_alone=True)
    assert names(tmp_path) == ["folder"]


def test_what_a_living_process_writes_stays(tmp_path):
    with atomic_folder(tmp_path / "folder") as folder:
        (folder / "a.txt").write_text("x")
        recover(tmp_path)
        with atomic_folder(tmp_path / "folder") as other:
            (other / "a.txt").write_text("y")
        assert folder.exists()
    (tmp_path / ".folder.00000000-1-00000000.tmp").mkdir()  # of another machine
    recover(tmp_path)
    assert (tmp_path / "folder/a.txt").read_text() == "x"
    assert len(names(tmp_path)) == 2


def test_arrays_come_back_however_they_lie_in_memory(tmp_path):
    whole = np.arange(24.0).reshape(4, 6)
    arrays = {
        "plain": whole,
        "columns": np.asfortranarray(whole),
        "turned": whole.T,
        "cut": whole[::2, 1:4],
        "one": whole[0, 0],
    }
    write_arrays(tmp_path / "a.safetensors", arrays)
    found = load_file(tmp_path / "a.safetensors")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name, strict=True)


def test_arrays_on_a_full_disk(tmp_path):
    """A file size limit stands in for the full disk: the system itself refuses the write."""
    code = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from braid import storage
from braid.errors import StorageError
from braid.storage import atomic_folder, write_arrays
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with atomic_folder(Path(sys.argv[1])) as folder:
        write_arrays(folder / "a.safetensors", {"a": np.zeros(100_000)})
except StorageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a")], capture_output=True, text=True, check=False
    )
    assert "too large; more than 10,000 bytes are needed" in done.stdout, done.stderr
    assert names(tmp_path) == []


@pytest.mark.parametrize("kind", [atomic_file, atomic_folder, scratch_folder])
def test_a_full_disk_is_told_with_path_and_bytes(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    arguments = () if kind is scratch_folder else (tmp_path / "new",)
    with pytest.raises(StorageError) as caught, kind(*arguments) as place:
        if kind is atomic_file:
            place.write(b"x" * 1234)
            place.flush()
        else:
            (place / "a.txt").write_bytes(b"x" * 1234)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(tmp_path) in str(caught.value)
    assert "more than 1,234 bytes are needed" in str(caught.value)
    assert names(tmp_path) == []


def test_a_lock_is_held_once_and_ends_with_its_process(tmp_path):
    lock = tmp_path / "work/lock"
    code = (
        "import time; from pathlib import Path; from braid.storage import locked\n"
        f"with locked(Path({str(lock)!r}), ''): print(1, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout.readline()
    with pytest.raises(StorageError, match="another run works here"), locked(lock, "another run works here"):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(lock, "another run works here"):
        (lock.parent / "data").write_text("x")
    assert "data" in names(lock.parent)


def test_a_lock_in_an_empty_folder_leaves_none(tmp_path):
    with locked(tmp_path / "work/lock", "busy"):
        assert (tmp_path / "work").is_dir()
    assert names(tmp_path) == []


def test_refused_folders_are_worded(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(StorageError, match="cannot write"):
            make_folder(path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(StorageError, match=r"cannot write: No such file .*gone"), scratch_folder():
        pass


@pytest.mark.parametrize("name", ["中" * 83, "x" * 250])
def test_the_longest_names_that_a_disk_allows(tmp_path, name):
    path = tmp_path / name
    for content in ("one", "two"):
        with atomic_folder(path) as folder:
            (folder / "a").write_text(content)
    assert names(tmp_path) == [name]
    assert (path / "a").read_text() == "two"
    aside = storage._temporary(path, "old")
    path.rename(aside.with_name(re.sub(r"-\d+-", "-999999999-", aside.name)))
    storage.recover(tmp_path, name)
    assert names(tmp_path) == [name]
