"""Curves for TensorBoard: one folder a run, and a refusing disk costs no run."""

import time

import pytest

from braid.training.log import EventFile, Silence

pytestmark = pytest.mark.backend


class Words(Silence):
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def test_a_resumed_run_adds_to_its_folder(tmp_path, monkeypatch):
    for is_new, name in ((True, "1"), (False, "2"), (True, "3")):
        monkeypatch.setattr(time, "strftime", lambda _, name=name: name)
        events = EventFile(tmp_path, Silence(), is_new=is_new)
        events.add(1, loss=2.0)
        events.close()
        time.sleep(1.1)  # files are named by the second
    assert {path.name: len(list(path.iterdir())) for path in tmp_path.iterdir()} == {"1": 2, "3": 1}


def test_a_disk_that_refuses_is_said_once(tmp_path):
    log = Words()
    events = EventFile(tmp_path, log, is_new=True)
    events._writer.close()

    class Refusing:
        def add_event(self, event):
            raise OSError(28, "No space left on device")

        close = add_event

    events._writer = Refusing()
    events.add(1, loss=1.0)
    events.add(2, loss=1.0)
    events.close()
    assert len(log.said) == 1
    assert "No space left" in log.said[0]
