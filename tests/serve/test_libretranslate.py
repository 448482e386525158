"""The LibreTranslate dialect, in process."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from braid.text.languages import language_name

PAIR = {"source": "en", "target": "zh"}


def ask(connect, translator, *requests, **settings):
    """The responses to some requests, sent one after the other."""

    async def whole():
        async with connect(translator, **settings) as client:
            return [await client.request(*args, **kwargs) for args, kwargs in requests]

    return asyncio.run(whole())


def post(path, **kwargs):
    return ("POST", path), kwargs


def get(path, **kwargs):
    return ("GET", path), kwargs


def one(connect, translator, request, **settings):
    return ask(connect, translator, request, **settings)[0]


BODIES = [
    {"json": {"q": "你好 hello", **PAIR}},
    {"data": {"q": "你好 hello", **PAIR}},
    {"files": {key: (None, value) for key, value in {"q": "你好 hello", **PAIR}.items()}},
    # curl -d "q=你好 hello": a form in UTF-8 that is not percent-encoded
    {
        "content": "q=你好 hello&source=en&target=zh".encode(),
        "headers": {"content-type": "application/x-www-form-urlencoded"},
    },
]


@pytest.mark.parametrize("body", BODIES, ids=["json", "urlencoded", "multipart", "raw-utf8"])
def test_every_kind_of_body_is_understood(connect, translator, body):
    response = one(connect, translator, post("/translate", **body))
    assert (response.status_code, response.json()) == (200, {"translatedText": "[你好 HELLO]"})
    assert response.headers["content-type"] == "application/json"


def test_a_list_gives_a_list_in_order(connect, translator):
    texts = ["one", "", "  ", "two", "one"]
    response = one(connect, translator, post("/translate", json={"q": texts, **PAIR}))
    assert response.json() == {"translatedText": ["[ONE]", "", "  ", "[TWO]", "[ONE]"]}
    repeated = one(connect, translator, post("/translate", data={"q": ["a", "b"], **PAIR}))
    assert repeated.json() == {"translatedText": ["[A]", "[B]"]}
    empty = one(connect, translator, post("/translate", json={"q": [], **PAIR}))
    assert empty.json() == {"translatedText": []}


def test_blank_text_passes_through_untranslated(connect, translator):
    for body in ({"json": {"q": " \n", **PAIR}}, {"data": {"q": "", **PAIR}}):
        assert one(connect, translator, post("/translate", **body)).status_code == 200
    assert translator.batches == []


@pytest.mark.parametrize("text", ["👩‍👩‍👧 family", "مرحبا hello", "שלום\u200f", "\u0000nul", "a\u0301", "𠮷野家"])
def test_any_unicode_comes_back_whole(connect, translator, text):
    response = one(connect, translator, post("/translate", json={"q": text, **PAIR}))
    assert response.json()["translatedText"] == f"[{text.upper()}]"


def test_half_a_surrogate_pair_is_refused(connect, translator):
    content = b'{"q": "\\ud83d", "source": "en", "target": "zh"}'
    request = post("/translate", content=content, headers={"content-type": "application/json"})
    response = one(connect, translator, request)
    assert response.status_code == 400
    assert response.json()["error"]


def test_lines_of_a_form_end_as_everywhere_else(connect, translator):
    one(connect, translator, post("/translate", data={"q": "a\r\nb", **PAIR}))
    assert translator.batches == [["a\nb"]]


def test_automatic_source_is_detected_for_each_text(connect, translator):
    body = {"q": "Turn on the light", "source": "auto", "target": "zh-Hans"}
    single, several, html = ask(
        connect,
        translator,
        post("/translate", json=body),
        post("/translate", json={**body, "q": ["Hello there", "已经是中文了"]}),
        post("/translate", json={**body, "q": "<p lang=zh>good <b>morning</b></p>", "format": "html"}),
    )
    assert single.json() == {
        "translatedText": "[TURN ON THE LIGHT]",
        "detectedLanguage": {"confidence": 100.0, "language": "en"},
    }
    assert several.json()["translatedText"] == ["[HELLO THERE]", "已经是中文了"]
    assert [found["language"] for found in several.json()["detectedLanguage"]] == ["en", "zh"]
    assert html.json()["detectedLanguage"]["language"] == "en"


def test_html_keeps_tags_and_gains_none(connect, translator):
    translator.translate = lambda texts, detail=False: ["<img src=x onerror=alert(1)>" for _ in texts]
    body = {"q": "<p class='a'>hi</p><script>x()</script>", "format": "html", **PAIR}
    response = one(connect, translator, post("/translate", json=body))
    expected = "<p class='a'>&lt;img src=x onerror=alert(1)&gt;</p><script>x()</script>"
    assert response.json() == {"translatedText": expected}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_source_equal_to_target_changes_nothing(connect, translator):
    response = one(connect, translator, post("/translate", json={"q": "hi", "source": "en", "target": "en-US"}))
    assert response.json() == {"translatedText": "hi"}


def test_nulls_and_unknown_fields_are_taken_and_alternatives_are_none(connect, translator):
    body = {"q": "hi", **PAIR, "format": None, "api_key": None, "secret": "x", "alternatives": 3}
    response = one(connect, translator, post("/translate", json=body))
    assert response.json() == {"translatedText": "[HI]", "alternatives": []}


BAD = [
    ({}, "q is missing; it must be a string or a list of strings; source is missing"),
    ({"q": 3, **PAIR}, "q must be a string or a list of strings"),
    ({"q": ["a", 1], **PAIR}, "q must be a string or a list of strings"),
    ({"q": 10**400, **PAIR}, "q must be a string"),
    ({"q": None, **PAIR}, "q must be a string or a list of strings"),
    ({"q": "a", "source": "", "target": "zh"}, 'source must be a language code or "auto"'),
    ({"q": "a", "source": "en", "target": ["zh"]}, "target must be a language code"),
    ({"q": "a", "source": "fr", "target": "zh"}, 'language "fr" is not served, only en, zh'),
    ({"q": "a", "source": "zh", "target": "en"}, "zh → en is not served, only en → zh"),
    ({"q": "a", "source": "en", "target": "auto"}, 'language "auto" is not served'),
    ({"q": "a", **PAIR, "format": "pdf"}, 'format must be "text" or "html"'),
    ({"q": "a", **PAIR, "alternatives": -1}, "alternatives must be a whole number from 0 to 100"),
    ([], "it must be an object"),
    ("text", "it must be an object"),
]


@pytest.mark.parametrize(("body", "message"), BAD)
def test_bad_bodies_are_explained(connect, translator, body, message):
    response = one(connect, translator, post("/translate", json=body))
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert message in response.json()["error"]
    assert translator.batches == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"q": ' * 50_000, b"9" * 9999])
def test_bad_json_is_400(connect, translator, content):
    request = post("/translate", content=content, headers={"content-type": "application/json; charset=utf-8"})
    response = one(connect, translator, request)
    assert response.status_code == 400
    assert "the body is not what this address takes" in response.json()["error"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/x-www-form-urlencoded", b"q=%ff&source=en&target=zh"),
        ("application/x-www-form-urlencoded", b"q=\xc4\xe3&source=en&target=zh"),
        ("application/x-www-form-urlencoded", b"a&" * 2000),
        ("multipart/form-data", b"no boundary named"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="q"; filename="f"\r\n\r\na\r\n--x--',
        ),
    ],
)
def test_bad_forms_are_400(connect, translator, kind, content):
    response = one(connect, translator, post("/translate", content=content, headers={"content-type": kind}))
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_other_content_types_are_415(connect, translator, kind):
    response = one(connect, translator, post("/translate", content=b"hello", headers={"content-type": kind}))
    assert response.status_code == 415
    assert "application/json" in response.json()["error"]


def test_limits_are_413(connect, translator):
    limits = {"max_chars": 50, "max_items": 3, "max_body_bytes": 1024}

    async def chunks():
        for _ in range(100):
            yield b"x" * 100

    json_type = {"content-type": "application/json"}
    long, many, announced, chunked, fits = ask(
        connect,
        translator,
        post("/translate", json={"q": ["你" * 25, "你" * 26], **PAIR}),
        post("/translate", json={"q": [""] * 4, **PAIR}),
        post("/translate", content=b" " * 1025, headers=json_type),
        post("/translate", content=chunks(), headers=json_type),
        post("/translate", json={"q": "你" * 50, **PAIR}),
        **limits,
    )
    assert [response.status_code for response in (long, many, announced, chunked)] == [413] * 4
    assert "at most 50 characters a request, got 51" in long.json()["error"]
    assert "at most 3 texts a request, got 4" in many.json()["error"]
    assert "larger than 1024 bytes" in announced.json()["error"] == chunked.json()["error"]
    assert fits.status_code == 200


def test_a_slow_body_is_408(connect, translator):
    async def drip():
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    request = post("/translate", content=drip(), headers={"content-type": "application/json"})
    assert one(connect, translator, request, read_seconds=0.05).status_code == 408


def test_the_api_key_is_asked_for_and_taken_in_two_places(connect, translator):
    body = {"q": "hi", **PAIR}
    requests = [
        post("/translate", json=body),
        post("/translate", json={**body, "api_key": "sésame"}),
        post("/translate", json={**body, "api_key": "sesame"}),
        post("/translate", data={**body, "api_key": "sesame"}),
        post("/translate", json=body, headers={"authorization": "Bearer open"}),
        post("/detect", json={"q": "hi"}),
        get("/languages"),
        get("/health"),
    ]
    responses = ask(connect, translator, *requests, api_key="sesame")
    assert [response.status_code for response in responses] == [403, 403, 200, 200, 403, 403, 200, 200]
    assert "API key" in responses[0].json()["error"]
    bearer = post("/translate", json=body, headers={"authorization": "bearer open"})
    assert one(connect, translator, bearer, api_key="open").status_code == 200


def test_the_other_addresses(connect, translator):
    detect, form, languages, health, settings, schema = ask(
        connect,
        translator,
        post("/detect", json={"q": "你好吗"}),
        post("/detect", data={"q": "good morning"}),
        get("/languages"),
        get("/health"),
        get("/frontend/settings"),
        get("/openapi.json"),
    )
    assert detect.json() == [{"confidence": 100.0, "language": "zh"}]
    assert form.json()[0]["language"] == "en"
    assert languages.json() == [
        {"code": "en", "name": language_name("en"), "targets": ["zh"]},
        {"code": "zh", "name": language_name("zh"), "targets": []},
    ]
    assert health.json() == {"status": "ok"}
    assert settings.json()["keyRequired"] is False
    assert settings.json()["language"]["target"]["code"] == "zh"
    paths = schema.json()["paths"]
    assert set(paths) == {"/translate", "/detect", "/languages", "/frontend/settings", "/health"}
    assert "q" in json.dumps(paths["/translate"]["post"]["requestBody"])


def test_a_full_server_says_503_and_recovers(connect, translator, wait_until):
    async def whole():
        async with connect(translator, max_queue=2, max_batch=1) as client:
            translator.gate.clear()
            bodies = [{"q": f"text {n}", **PAIR} for n in range(12)]
            tasks = [asyncio.create_task(client.post("/translate", json=bodies[0]))]
            await wait_until(translator.started.is_set)
            tasks += [asyncio.create_task(client.post("/translate", json=body)) for body in bodies[1:]]
            await wait_until(lambda: sum(task.done() for task in tasks) == 9)
            health = await client.get("/health")
            translator.gate.set()
            responses = await asyncio.gather(*tasks)
            return responses, health, await client.post("/translate", json=bodies[0])

    responses, health, after = asyncio.run(whole())
    codes = sorted(response.status_code for response in responses)
    assert codes == [200] * 3 + [503] * 9
    refused = next(response for response in responses if response.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0
    assert "busy" in refused.json()["error"]
    assert health.status_code == after.status_code == 200


def test_a_slow_answer_is_504_and_leaves_the_queue(connect, translator, wait_until):
    async def whole():
        async with connect(translator, timeout_seconds=0.1, max_batch=1) as client:
            translator.gate.clear()
            body = {"q": ["one", "two", "three"], **PAIR}
            slow = await client.post("/translate", json=body)
            translator.gate.set()
            await client.post("/translate", json={**body, "q": "next"})
            return slow

    slow = asyncio.run(whole())
    assert slow.status_code == 504
    assert translator.batches == [["one"], ["next"]]


def test_a_failing_translator_is_500_without_its_secrets(connect, translator, caplog):
    response = one(connect, translator, post("/translate", json={"q": "poison", **PAIR}))
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "secret inner reason" in caplog.text


def test_a_variety_is_translated_to_another(connect, make_translator):
    between = make_translator("zh-CN", "zh-TW")
    body = {"q": "简体 text", "source": "zh-CN", "target": "zh-TW"}
    texts = [
        one(connect, between, post("/translate", json={**body, **change})).json()["translatedText"]
        for change in ({}, {"source": "auto"}, {"target": "zh-Hans"})
    ]
    assert texts == ["[简体 TEXT]", "[简体 TEXT]", "简体 text"]


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "latin-1", "no-such"])
def test_forms_in_other_encodings_are_refused_before_they_are_decoded(charset, connect, translator):
    content = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + b"a-" + b"9" * 500_000 + b"\r\n--x--\r\n"
    kind = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    begun = time.monotonic()
    response = one(connect, translator, post("/translate", content=content, headers=kind))
    assert (response.status_code, response.json()["error"]) == (415, f'a form must be in UTF-8, got "{charset}"')
    assert time.monotonic() - begun < 2
