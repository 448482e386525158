"""Requests from many connections, translated together.

A model handles thirty-two short texts in little more time than one. The engine therefore keeps one queue
of texts, fills a batch with what is waiting, and has a single worker thread translate it while the event
loop goes on accepting requests. Whatever waits while a batch runs is the next batch.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from braid.errors import RequestError

log = logging.getLogger(__name__)


class Translator(Protocol):
    """What the server needs of a translator; it is never called from two threads at a time."""

    @property
    def name(self) -> str:
        """The bundle's name."""
        ...

    @property
    def source_language(self) -> str:
        """Language code of the input."""
        ...

    @property
    def target_language(self) -> str:
        """Language code of the output."""
        ...

    def translate(self, texts: list[Any], /) -> Sequence[Any]:
        """One output for each text, in order."""
        ...


class _Job:
    """One caller's texts and the future that it awaits."""

    def __init__(self, texts: list[Any]) -> None:
        self.texts = texts
        self.outputs: list[Any] = [""] * len(texts)
        self.missing = len(texts)
        self.done: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    def settle(self, index: int, output: Any) -> None:
        if self.done.done():
            return
        if isinstance(output, Exception):
            self.done.set_exception(output)
            return
        self.outputs[index] = output
        self.missing -= 1
        if not self.missing:
            self.done.set_result(self.outputs)


class Engine:
    """A queue in front of one translator.

    Args:
        translator: What turns texts into texts.
        max_batch: Most texts translated together.
        max_batch_chars: Most characters translated together; a longer text goes alone. Without this bound a
            few long documents in one batch would hold up everybody behind them.
        max_wait_seconds: How long an unfilled batch waits for more while several texts are coming in.
        max_queue: Most texts waiting; whoever comes then gets status 503.

    Example:
        >>> class Upper:
        ...     name, source_language, target_language = "upper", "en", "en-upper"
        ...     def translate(self, texts):
        ...         return [text.upper() for text in texts]
        >>> async def shout():
        ...     engine = Engine(Upper())
        ...     await engine.start()
        ...     try:
        ...         return await engine.translate(["hello"])
        ...     finally:
        ...         await engine.stop()
        >>> asyncio.run(shout())
        ['HELLO']
    """

    def __init__(
        self,
        translator: Translator,
        *,
        max_batch: int = 64,
        max_batch_chars: int = 20_000,
        max_wait_seconds: float = 0.005,
        max_queue: int = 1024,
    ) -> None:
        self.translator = translator
        self.max_batch = max_batch
        self.max_batch_chars = max_batch_chars
        self.max_wait_seconds = max_wait_seconds
        self.max_queue = max_queue
        self._queue: deque[tuple[_Job, int]] = deque()
        self._running: list[tuple[_Job, int]] = []
        self._worker: asyncio.Task[None] | None = None
        self._num_last = 0
        self._closing = False

    async def start(self) -> None:
        """Take requests from now on."""
        self._closing = False
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"translate-{self.translator.name}")
        self._worker = asyncio.create_task(self._work())

    async def stop(self, *, drain_seconds: float = 10.0) -> None:
        """Take no more requests, finish the waiting ones, and send away those that do not finish in time."""
        if self._worker is None:
            return
        self._closing = True
        self._arrived.set()
        self._full.set()
        _, late = await asyncio.wait({self._worker}, timeout=drain_seconds)
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        for job, index in [*self._running, *self._queue]:
            job.settle(index, RequestError("the server is shutting down", status=503))
        self._queue.clear()
        self._thread.shutdown(wait=not late, cancel_futures=True)
        self._worker = None

    @property
    def num_waiting(self) -> int:
        """Texts in the queue, those being translated right now not counted."""
        return len(self._queue)

    async def translate(self, texts: list[Any]) -> list[Any]:
        """One output for each text; a caller that is cancelled leaves the queue.

        Raises:
            RequestError: The queue is full or the server is stopping (503), or the translator failed (500).
        """
        if not texts:
            return []
        if self._closing or self._worker is None:
            raise RequestError("the server is shutting down", status=503)
        # A request larger than the whole queue is let in when nobody waits: else it could never be served.
        if self._queue and len(self._queue) + len(texts) > self.max_queue:
            raise RequestError(f"the server is busy: {len(self._queue)} texts are waiting, try again soon", status=503)
        job = _Job(texts)
        self._queue.extend((job, index) for index in range(len(texts)))
        self._arrived.set()
        if len(self._queue) >= self.max_batch:
            self._full.set()
        try:
            return await job.done
        finally:
            if job.missing:
                self._queue = deque(entry for entry in self._queue if entry[0] is not job)

    async def _work(self) -> None:
        """Translate batch after batch until told to stop and nothing is left."""
        loop = asyncio.get_running_loop()
        while not self._closing or self._queue:
            await self._arrived.wait()
            await self._wait_for_company()
            self._running = self._take()
            if self._running:
                texts = [job.texts[index] for job, index in self._running]
                outputs = await loop.run_in_executor(self._thread, self._outputs, texts)
                for (job, index), output in zip(self._running, outputs, strict=True):
                    job.settle(index, output)
                self._running = []
            if not self._queue and not self._closing:
                self._arrived.clear()

    async def _wait_for_company(self) -> None:
        """Return when a batch is full or has waited long enough; a lone user is not made to wait at all."""
        is_alone = len(self._queue) == 1 and self._num_last <= 1
        if is_alone or self._closing or len(self._queue) >= self.max_batch:
            return
        self._full.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.max_wait_seconds):
                await self._full.wait()

    def _take(self) -> list[tuple[_Job, int]]:
        """The next batch, taken off the queue."""
        batch: list[tuple[_Job, int]] = []
        chars = 0
        while self._queue and len(batch) < self.max_batch:
            job, index = self._queue[0]
            chars += len(job.texts[index])
            if batch and chars > self.max_batch_chars:
                break
            batch.append(self._queue.popleft())
        self._num_last = len(batch)
        return batch

    def _outputs(self, texts: list[Any]) -> Sequence[Any]:
        """One output or exception for each text; runs in the worker thread.

        A batch that fails is tried again text by text, so that one bad text does not fail its neighbors.
        """
        try:
            outputs = list(self.translator.translate(texts))
            if len(outputs) != len(texts):
                raise RuntimeError(f"{self.translator.name} gave {len(outputs)} outputs for {len(texts)} texts")
            return outputs
        except Exception as error:
            if len(texts) > 1:
                return [self._outputs([text])[0] for text in texts]
            if isinstance(error, RequestError):
                return [error]
            log.exception("%s failed on a text of %d characters", self.translator.name, len(texts[0]))
            return [RequestError("the text could not be translated; the server's log says why", status=500)]
