"""A real server on the loopback address, with the clients that people use."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from contextlib import contextmanager

import pytest
from libretranslatepy import LibreTranslateAPI

from braid.errors import BraidError, ConfigError
from braid.serve.run import is_loopback, listen, make_server, serve
from braid.serve.settings import ServeSettings


@contextmanager
def running(*translators, **options):
    """The URL of a server that runs in a thread until the end of the block."""
    server, listener, url = make_server(translators, port=0, **options)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with listener:
        thread.start()
        try:
            for _ in range(500):
                if server.started:
                    break
                time.sleep(0.01)
            yield url
        finally:
            for translator in translators:
                translator.gate.set()
            server.should_exit = True
            thread.join(15)
    assert not thread.is_alive()


def address(url):
    return url.split("/")[2]


def test_libretranslatepy_works_unchanged(make_translator):
    with running(make_translator("en", "zh"), make_translator("zh", "en")) as url:
        client = LibreTranslateAPI(url)
        assert client.translate("Turn on the light", "en", "zh", timeout=10) == "[TURN ON THE LIGHT]"
        assert client.translate("你好，world & 100% 🙂", "zh", "en", timeout=10) == "[你好，WORLD & 100% 🙂]"
        assert client.translate("Good morning", "auto", "zh-Hans", timeout=10) == "[GOOD MORNING]"
        assert client.detect("早上好", timeout=10) == [{"confidence": 100.0, "language": "zh"}]
        assert [entry["code"] for entry in client.languages(timeout=10)] == ["en", "zh"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            client.translate("x", "fr", "zh", timeout=10)
        with refused.value as response:
            assert (response.code, "error" in json.load(response)) == (400, True)


def test_libretranslatepy_with_an_api_key(translator):
    with running(translator, api_key="sesame") as url:
        client = LibreTranslateAPI(url, api_key="sesame")
        assert client.translate("hi", "en", "zh", timeout=10) == "[HI]"
        assert client.detect("hi there", timeout=10)[0]["language"] == "en"
        assert len(client.languages(timeout=10)) == 2
        with pytest.raises(urllib.error.HTTPError) as refused:
            LibreTranslateAPI(url, api_key="guess").translate("hi", "en", "zh", timeout=10)
        with refused.value as response:
            assert response.code == 403


def test_a_client_that_hangs_up_leaves_the_queue(translator):
    def send(text):
        connection = http.client.HTTPConnection(address(url), timeout=10)
        body = json.dumps({"q": text, "source": "en", "target": "zh"})
        connection.request("POST", "/translate", body, {"Content-Type": "application/json"})
        return connection

    with running(translator, settings=ServeSettings(max_batch=1)) as url:
        translator.gate.clear()
        first = send("first")
        assert translator.started.wait(5)
        leaving, staying = send("leaving"), send("staying")
        time.sleep(0.2)
        leaving.close()
        time.sleep(0.2)
        translator.gate.set()
        assert json.load(first.getresponse()) == {"translatedText": "[FIRST]"}
        assert json.load(staying.getresponse()) == {"translatedText": "[STAYING]"}
        first.close()
        staying.close()
    assert translator.batches == [["first"], ["staying"]]


def test_foreign_host_headers_are_refused_on_loopback(translator):
    with running(translator) as url:
        for host, status in (("evil.example", 403), (address(url), 200), ("localhost:1", 200)):
            connection = http.client.HTTPConnection(address(url), timeout=10)
            connection.request("GET", "/languages", headers={"Host": host})
            assert connection.getresponse().status == status
            connection.close()


def test_an_open_address_needs_a_key(translator):
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(ConfigError, match="needs an API key") as refused:
            serve([translator], host=host)
        assert "--api-key" in refused.value.hint


def test_an_open_address_with_a_key_answers_any_name(translator):
    server, listener, url = make_server([translator], host="0.0.0.0", port=0, api_key="sesame")
    with listener:
        assert url == f"http://0.0.0.0:{listener.getsockname()[1]}/"
        assert server.config.proxy_headers is False


def test_loopback_addresses_are_known():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "", "10.0.0.1", "localhost.example.org")))


def test_answers_are_not_held_back_by_the_network(translator):
    with running(translator) as url:
        connection = http.client.HTTPConnection(address(url), timeout=10)
        seconds = []
        for _ in range(15):
            started = time.perf_counter()
            connection.request("GET", "/health")
            connection.getresponse().read()
            seconds.append(time.perf_counter() - started)
        connection.close()
    assert sorted(seconds)[7] < 0.03  # Nagle's algorithm would make it 0.04


def test_a_taken_port_is_said(translator):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BraidError, match=f"port {port} is in use") as refused:
            serve([translator], port=port)
    assert "--port" in refused.value.hint


def test_an_impossible_address_is_said():
    with pytest.raises(ConfigError, match="from 0 to 65535, got 70000"):
        listen("127.0.0.1", 70_000)
    with pytest.raises(BraidError, match='cannot listen on "192'):
        listen("192.0.2.1", 0)


PROGRAM = """
from braid.serve.run import serve
class Upper:
    name, source_language, target_language = "upper", "en", "zh"
    def translate(self, texts, *, detail=False):
        return [text.upper() for text in texts]
serve([Upper()], port=0)
"""


def test_control_c_ends_quietly():
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "Serving upper at http://127.0.0.1:" in line, line + process.stderr.read()
        url = line.split(" at ")[1].split()[0]
        assert LibreTranslateAPI(url).translate("hi", "en", "zh", timeout=10) == "HI"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=15)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out, err) == (0, "", "Stopped.\n")


def test_silent_and_slow_connections_are_closed(translator):
    """Neither silence nor an endless header keeps a place; a request under way and a kept connection do."""
    with running(translator, settings=ServeSettings(read_seconds=0.5)) as url:
        host, port = address(url).split(":")
        silent, slow = (socket.create_connection((host, int(port)), timeout=10) for _ in range(2))
        kept = http.client.HTTPConnection(host, int(port), timeout=10)
        translator.gate.clear()
        body = json.dumps({"q": "hi", "source": "en", "target": "zh"})
        kept.request("POST", "/translate", body, {"Content-Type": "application/json"})
        slow.sendall(b"GET / HTTP/1.1\r\n")
        begun = time.monotonic()
        with silent, slow:
            with contextlib.suppress(OSError):
                while time.monotonic() - begun < 5:
                    slow.sendall(b"a: b\r\n")
                    time.sleep(0.05)
            assert time.monotonic() - begun < 4
            assert silent.recv(100) == b""
        translator.gate.set()
        assert json.load(kept.getresponse()) == {"translatedText": "[HI]"}
        kept.request("GET", "/health")
        assert kept.getresponse().status == 200
        kept.close()


@pytest.mark.parametrize("key", ["schlüssel", "two words", "\n"])
def test_a_key_that_no_header_can_carry_is_refused(key, translator):
    with pytest.raises(ConfigError, match="printable ASCII characters without spaces"):
        make_server([translator], port=0, api_key=key)
