"""Classifying, answering, summarizing and generating over HTTP, with stand-ins for the models."""

from __future__ import annotations

import json

import pytest

from braid.errors import ConfigError
from braid.serve.app import create_app
from braid.tasks.contract import Answer, Origin
from braid.tasks.generate import Writing
from chain import generator


class Classifier:
    task, name = "classify", "labels"

    def answers(self, texts):
        labels = (("good", 0.9), ("bad", 0.1))
        return [Answer(text="good" if text else "", score=0.9, source=text, labels=labels) for text in texts]

    def explain(self, text):
        return [(word, 1.5) for word in text.split()]


class Answerer:
    task, name = "answer", "answers"

    def answers(self, questions, contexts=None):
        origin = Origin(file="a.md", line=3, start=10, end=14, title="T", passage="in 1999.")
        found = Answer(text="1999", score=2.0, source="", origin=origin)
        return [found if contexts is None else Answer(text=contexts[0], score=1.0, source=q) for q in questions]


class Summarizer:
    task, name, source_language = "summarize", "short", "en"

    def answers(self, texts):
        return [Answer(text=text[:5], score=0.0, source=text, unsupported=("5",)) for text in texts]


class Generator:
    task, name = "generate", "writer"

    def __init__(self, is_chat=False):
        self.is_chat, self.calls = is_chat, []

    def generate(self, texts, *, detail, **options):
        assert detail
        self.calls.append((list(texts), options))
        return [Answer(text=f"{text}!{options.get('seed', '')}", score=0.0, source=text) for text in texts]

    def stream(self, asked, **options):
        self.calls.append((asked, options))
        limit = options["max_tokens"] or 9
        pieces = [(0, piece, False) for piece in ("Hel", "lo ", "世界")]
        return Writing(iter([*pieces, (0, "", True)][:limit]))


async def post(connect, models, path, body, **settings):
    async with connect(*models, **settings) as client:
        return await client.post(path, json=body)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_classify(connect):
    done = await post(connect, [Classifier()], "/classify", {"q": "so nice", "explain": True})
    assert done.json() == {
        "labels": ["good"],
        "probabilities": {"good": 0.9, "bad": 0.1},
        "words": [{"word": "so", "log_odds": 1.5}, {"word": "nice", "log_odds": 1.5}],
    }
    done = await post(connect, [Classifier()], "/classify", {"q": ["a", ""]})
    assert [row["labels"] for row in done.json()["results"]] == [["good"], []]
    assert done.json()["results"][0]["words"] == []


@pytest.mark.anyio
async def test_answer(connect):
    done = await post(connect, [Answerer()], "/answer", {"q": "when?"})
    assert done.json()["answer"] == "1999"
    assert (done.json()["file"], done.json()["line"], done.json()["passage"]) == ("a.md", 3, "in 1999.")
    done = await post(connect, [Answerer()], "/answer", {"q": "when?", "context": "now"})
    assert done.json() == {"answer": "now", "score": 1.0}


@pytest.mark.anyio
async def test_summarize_and_generate_beside_each_other(connect):
    async with connect(Summarizer(), Generator()) as client:
        assert (await client.post("/summarize", json={"q": "a long text"})).json() == {
            "summary": "a lon", "unsupported": ["5"], "is_complete": True
        }  # fmt: skip
        assert (await client.post("/generate", data={"q": "one", "seed": "4"})).json()["text"] == "one!4"
        listed = (await client.get("/models")).json()
        assert listed["tasks"] == {"summarize": "short", "generate": "writer"}
        assert (await client.post("/classify", json={"q": "x"})).status_code == 404
        page = await client.get("/")
        assert page.status_code == 200
        assert "sha256-" in page.headers["content-security-policy"]


@pytest.mark.anyio
async def test_summaries_of_the_texts_own_sentences(connect):
    text = "The cat sat on the mat. It rained. The cat saw the rain. Nobody came."
    async with connect(Summarizer()) as client:
        done = (await client.post("/summarize", json={"q": text, "method": "extract", "max_sentences": 1})).json()
        assert done == {"summary": "The cat sat on the mat.", "unsupported": [], "is_complete": True}
        done = (await client.post("/summarize", json={"q": [text, ""], "method": "extract"})).json()["results"]
        assert [row["summary"].count(".") for row in done] == [3, 0]
        for body in ({"method": "copy"}, {"method": "extract", "max_sentences": 0}, {"max_sentences": 2}):
            done = await client.post("/summarize", json={"q": text, **body})
            assert done.status_code == 400
            assert "method" in done.json()["error"] or "max_sentences" in done.json()["error"]


@pytest.mark.anyio
async def test_items_with_equal_options_are_worked_on_together(connect):
    model = Generator()
    await post(connect, [model], "/generate", {"q": ["a", "b"], "seed": 1, "stop": ["x"]})
    assert model.calls == [(["a", "b"], {"seed": 1, "stop": ("x",)})]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/classify", {"q": 5}, 400),
        ("/classify", {}, 400),
        ("/classify", {"q": "x" * 101}, 413),
        ("/classify", {"q": ["x"] * 300}, 413),
        ("/generate", {"q": "x", "temperature": -1}, 400),
        ("/generate", {"q": "x", "max_tokens": 10**9}, 400),
        ("/answer", {"q": "x", "context": "y" * 101}, 413),
    ],
)
async def test_faults_are_worded(connect, path, body, status):
    done = await post(connect, [Classifier(), Generator(), Answerer()], path, body, max_chars=100)
    assert done.status_code == status
    assert done.json()["error"]


@pytest.mark.anyio
async def test_keys_are_asked_for_everywhere(connect):
    models = [Classifier(), Generator(is_chat=True)]
    async with connect(*models, api_key="secret") as client:
        for path, body in (
            ("/classify", {"q": "x"}),
            ("/generate", {"q": "x"}),
            ("/v1/completions", {"prompt": "x"}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
        ):
            assert (await client.post(path, json=body)).status_code == 403
            headers = {"Authorization": "Bearer secret"}
            assert (await client.post(path, json=body, headers=headers)).status_code == 200


@pytest.mark.anyio
async def test_completions(connect):
    model = Generator()
    done = await post(connect, [model], "/v1/completions", {"prompt": "Once", "max_tokens": 5, "stop": "x", "seed": 2})
    assert done.json()["choices"][0]["text"] == "Hello 世界"
    assert done.json()["object"] == "text_completion"
    asked, options = model.calls[0]
    assert (asked, options["max_tokens"], options["stop"], options["seed"]) == ("Once", 5, ("x",), 2)
    refused = await post(connect, [model], "/v1/completions", {"prompt": "x", "logit_bias": {}})
    assert refused.status_code == 400
    refused = await post(connect, [model], "/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]})
    assert "not trained on dialogues" in refused.json()["error"]


@pytest.mark.anyio
async def test_chat_streams(connect):
    body = {"messages": [{"role": "user", "content": "hi"}], "stream": True, "model": "any"}
    done = await post(connect, [Generator(is_chat=True)], "/v1/chat/completions", body)
    assert done.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in done.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == "Hello 世界"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    async with connect(Generator()) as client:
        assert (await client.get("/v1/models")).json()["data"][0]["id"] == "writer"


@pytest.mark.anyio
@pytest.mark.parametrize(("max_tokens", "reason"), [(2, "length"), (3, "length"), (9, "stop"), (None, "stop")])
async def test_why_a_text_has_ended(connect, max_tokens, reason):
    turns = [{"role": "user", "content": "hi"}]
    for path, asked in (("/v1/completions", {"prompt": "hi"}), ("/v1/chat/completions", {"messages": turns})):
        body = {**asked, "max_tokens": max_tokens}
        whole = await post(connect, [Generator(is_chat=True)], path, body)
        assert whole.json()["choices"][0]["finish_reason"] == reason
        done = await post(connect, [Generator(is_chat=True)], path, {**body, "stream": True})
        events = [json.loads(line[6:]) for line in done.text.splitlines() if line.startswith("data: {")]
        reasons = [event["choices"][0]["finish_reason"] for event in events]
        assert reasons == [None] * (len(reasons) - 1) + [reason]


@pytest.mark.anyio
@pytest.mark.parametrize("is_streamed", [True, False])
@pytest.mark.parametrize(
    "message", [{"role": "tool", "content": "x"}, {"role": "", "content": "x"}, {"role": "user"}, {"content": "x"}, "x"]
)
async def test_faulty_messages_are_refused_before_anything_is_sent(connect, message, is_streamed):
    body = {"messages": [{"role": "user", "content": "hi"}, message], "stream": is_streamed}
    done = await post(connect, [Generator(is_chat=True)], "/v1/chat/completions", body)
    assert done.status_code == 400
    assert done.json()["error"] == (
        "messages must be a list of messages, each with a role (system, user or assistant) and a text as content"
    )


@pytest.mark.anyio
async def test_repetition_penalty_reaches_the_model(connect):
    for path, body in (("/generate", {"q": "a"}), ("/v1/completions", {"prompt": "a"})):
        model = Generator()
        await post(connect, [model], path, {**body, "repetition_penalty": 1.3})
        assert model.calls[0][1]["repetition_penalty"] == 1.3


@pytest.mark.anyio
async def test_a_client_that_stops_reading_blocks_nobody(connect):
    model = generator("the cat sat")
    stalled = model.stream("the")
    first = next(stalled)
    async with connect(model, timeout_seconds=10) as client:
        done = await client.post("/generate", json={"q": "the"})
        assert (done.status_code, done.json()) == (200, {"text": " cat sat", "is_complete": True})
        done = await client.post("/v1/completions", json={"prompt": "the", "stream": True})
        assert done.text.endswith("data: [DONE]\n\n")
    assert first + "".join(stalled) == " cat sat"


def test_two_for_one_task_are_refused():
    with pytest.raises(ConfigError, match='one model for "classify", got two'):
        create_app([Classifier(), Classifier()])
