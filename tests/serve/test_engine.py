"""Batching, overload, cancelling, failing and stopping of the engine."""

from __future__ import annotations

import asyncio
import logging

import pytest

from braid.errors import RequestError
from braid.serve.engine import Engine


def run(translator, scenario, **limits):
    """The result of a scenario with a started engine, which is stopped afterwards."""

    async def whole():
        engine = Engine(translator, **limits)
        await engine.start()
        try:
            return await asyncio.wait_for(scenario(engine), 10)
        finally:
            translator.gate.set()
            await engine.stop()

    return asyncio.run(whole())


def test_requests_that_arrive_together_share_a_batch(translator):
    async def scenario(engine):
        return await asyncio.gather(*(engine.translate([f"text {n}"]) for n in range(10)))

    outputs = run(translator, scenario, max_wait_seconds=0.2)
    assert outputs == [[f"[TEXT {n}]"] for n in range(10)]
    assert len(translator.batches) == 1


def test_a_full_batch_does_not_wait(translator):
    async def scenario(engine):
        return await asyncio.wait_for(engine.translate(["a", "b"]), 3)

    assert run(translator, scenario, max_batch=2, max_wait_seconds=60) == ["[A]", "[B]"]


def test_a_lone_text_does_not_wait_for_company(translator):
    async def scenario(engine):
        return [await asyncio.wait_for(engine.translate([text]), 3) for text in "ab"]

    assert run(translator, scenario, max_wait_seconds=60) == [["[A]"], ["[B]"]]


def test_what_waits_while_a_batch_runs_is_the_next_batch(translator, wait_until):
    async def scenario(engine):
        translator.gate.clear()
        first = asyncio.create_task(engine.translate(["first"]))
        await wait_until(translator.started.is_set)
        others = [asyncio.create_task(engine.translate([f"n{n}"])) for n in range(5)]
        await wait_until(lambda: engine.num_waiting == 5)
        translator.gate.set()
        return await asyncio.gather(first, *others)

    run(translator, scenario, max_wait_seconds=0)
    assert [len(batch) for batch in translator.batches] == [1, 5]


def test_batches_are_bounded_in_texts_and_characters(translator):
    async def scenario(engine):
        return await engine.translate(["x" * 8, "y" * 8, "z" * 50, "a", "b", "c", "d"])

    outputs = run(translator, scenario, max_batch=3, max_batch_chars=16)
    assert [len(output) for output in outputs] == [10, 10, 52, 3, 3, 3, 3]
    assert [len(batch) for batch in translator.batches] == [2, 1, 3, 1]


def test_no_texts_need_no_batch(translator):
    assert run(translator, lambda engine: engine.translate([])) == []
    assert translator.batches == []


def test_overload_is_refused_and_passes(translator, wait_until):
    async def scenario(engine):
        translator.gate.clear()
        running = asyncio.create_task(engine.translate(["running"]))
        await wait_until(translator.started.is_set)
        waiting = asyncio.create_task(engine.translate(["one", "two", "three"]))
        await wait_until(lambda: engine.num_waiting == 3)
        with pytest.raises(RequestError, match="busy") as refused:
            await engine.translate(["four", "five"])
        translator.gate.set()
        await asyncio.gather(running, waiting)
        return refused.value.status, await engine.translate(["four", "five"])

    assert run(translator, scenario, max_queue=4) == (503, ["[FOUR]", "[FIVE]"])


def test_a_request_larger_than_the_queue_is_served_when_nobody_waits(translator):
    outputs = run(translator, lambda engine: engine.translate([str(n) for n in range(20)]), max_queue=4)
    assert len(outputs) == 20


def test_a_cancelled_request_leaves_the_queue(translator, wait_until):
    async def scenario(engine):
        translator.gate.clear()
        running = asyncio.create_task(engine.translate(["running"]))
        await wait_until(translator.started.is_set)
        leaving = asyncio.create_task(engine.translate(["gone 1", "gone 2"]))
        staying = asyncio.create_task(engine.translate(["stays"]))
        await wait_until(lambda: engine.num_waiting == 3)
        leaving.cancel()
        await wait_until(lambda: engine.num_waiting == 1)
        running.cancel()  # its batch is under way: the thread finishes it and nobody takes the output
        translator.gate.set()
        return await staying

    assert run(translator, scenario) == ["[STAYS]"]
    assert translator.batches == [["running"], ["stays"]]


def test_one_bad_text_fails_alone(translator, caplog):
    async def scenario(engine):
        requests = (engine.translate(texts) for texts in (["good"], ["fine", "poison"], ["well"]))
        return await asyncio.gather(*requests, return_exceptions=True)

    with caplog.at_level(logging.ERROR):
        good, bad, well = run(translator, scenario, max_wait_seconds=0.2)
    assert (good, well) == (["[GOOD]"], ["[WELL]"])
    assert isinstance(bad, RequestError)
    assert bad.status == 500
    assert "secret" not in bad.message
    assert "secret inner reason" in caplog.text
    assert len(translator.batches) == 5  # all together, then the four texts one by one


def test_a_translator_that_loses_a_text_is_caught(translator, caplog):
    translator.translate = lambda texts, detail=False: []
    with pytest.raises(RequestError) as failed:
        run(translator, lambda engine: engine.translate(["lost"]))
    assert failed.value.status == 500
    assert "gave 0 outputs for 1 texts" in caplog.text


def test_stopping_finishes_what_waits_and_refuses_the_rest(translator, wait_until):
    async def scenario(engine):
        translator.gate.clear()
        tasks = [asyncio.create_task(engine.translate([str(n)])) for n in range(3)]
        await wait_until(translator.started.is_set)
        stopping = asyncio.create_task(engine.stop())
        await asyncio.sleep(0)
        with pytest.raises(RequestError, match="shutting down"):
            await engine.translate(["late"])
        translator.gate.set()
        await stopping
        return await asyncio.gather(*tasks)

    assert run(translator, scenario, max_batch=1) == [["[0]"], ["[1]"], ["[2]"]]


def test_stopping_sends_away_what_does_not_finish_in_time(translator, wait_until):
    async def scenario(engine):
        translator.gate.clear()
        tasks = [asyncio.create_task(engine.translate([str(n)])) for n in range(2)]
        await wait_until(translator.started.is_set)
        await engine.stop(drain_seconds=0.05)
        return await asyncio.gather(*tasks, return_exceptions=True)

    outputs = run(translator, scenario, max_batch=1)
    assert [getattr(output, "status", 200) for output in outputs] == [503, 503]


def test_an_engine_starts_again_after_a_stop(translator):
    async def scenario(engine):
        await engine.stop()
        await engine.start()
        return await engine.translate(["again"])

    assert run(translator, scenario) == ["[AGAIN]"]
