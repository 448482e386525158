"""Errors, headers, the Host check and the page."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from braid.errors import ConfigError
from braid.serve.app import create_app, page_policy
from braid.serve.settings import ServeSettings


def fetch(connect, translator, method, path, headers=None, **settings):
    async def whole():
        async with connect(translator, **settings) as client:
            return await client.request(method, path, headers=headers or {})

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/translate", 405), ("PUT", "/health", 405), ("GET", "/docs", 404)],
)
def test_http_errors_are_json(connect, translator, method, path, status):
    response = fetch(connect, translator, method, path)
    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert ("allow" in response.headers) == (status == 405)


def test_our_own_mistakes_are_500_in_json(connect, translator, monkeypatch):
    monkeypatch.setattr("braid.serve.dialects.libretranslate.language_name", lambda code: 1 / 0)
    response = fetch(connect, translator, "GET", "/languages")
    assert response.status_code == 500
    assert "zero" not in response.text
    assert list(response.json()) == ["error"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:5000", "127.0.0.1:80", "[::1]:5000", "[::1]"])
def test_names_of_this_machine_are_answered(connect, translator, host):
    allowed = ("localhost", "127.0.0.1", "[::1]")
    assert fetch(connect, translator, "GET", "/health", {"host": host}, allowed_hosts=allowed).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:5000", "evil@localhost", "", "127.0.0.1.nip.io"]
)
def test_foreign_names_are_refused(connect, translator, host):
    allowed = ("localhost", "127.0.0.1", "[::1]")
    for path in ("/health", "/", "/languages"):
        response = fetch(connect, translator, "GET", path, {"host": host}, allowed_hosts=allowed)
        assert response.status_code == 403
        assert "does not answer under the name" in response.json()["error"]


def test_answers_carry_safe_headers_and_allow_no_foreign_site(connect, translator):
    response = fetch(connect, translator, "GET", "/health", {"origin": "https://evil.example"})
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_the_page_stands_alone_and_its_policy_fits(connect, translator):
    response = fetch(connect, translator, "GET", "/")
    page = response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert policy == page_policy(page)
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == page.count("<script") + page.count("<style") == 2
    assert not re.findall(r"\son\w+=|\sstyle=|<script[^>]+>", page)
    assert set(re.findall(r"https?://[^\s'\"]+", page)) <= {"http://www.w3.org/2000/svg"}
    for label in ("aria-live", "aria-labelledby", 'lang="en"', "prefers-color-scheme: dark"):
        assert label in page


@pytest.mark.parametrize("name", ["max_chars", "timeout_seconds", "allowed_hosts", "api_key"])
def test_impossible_settings_are_refused(name):
    impossible: dict[str, Any] = {name: -1}
    with pytest.raises(ConfigError, match=f"serve.{name} must be"):
        ServeSettings(**impossible)


def test_an_app_needs_a_translator():
    with pytest.raises(ConfigError):
        create_app([])
