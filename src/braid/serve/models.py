"""The models that a server offers beside translators: one a task, each behind an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from braid.errors import ConfigError, RequestError
from braid.serve.engine import Engine
from braid.serve.settings import ServeSettings
from braid.tasks.extract import extracted
from braid.text.extract import SENTENCES


@dataclass(frozen=True)
class Item:
    """One text with what a client asked for beside it; as long as its text, so that engines can weigh it.

    Args:
        text: The input.
        options: Names and values; items with equal ones are worked on together.
    """

    text: str
    options: tuple[tuple[str, Any], ...] = field(default_factory=tuple)

    def __len__(self) -> int:
        return len(self.text)


class _Work:
    """A model as an engine sees it."""

    source_language = target_language = ""

    def __init__(self, model: Any) -> None:
        self.name, self._run = model.name, _RUNS[model.task](model)

    def translate(self, items: list[Item], /) -> Sequence[Any]:
        """One result for each item, in order."""
        results: list[Any] = [None] * len(items)
        for options in dict.fromkeys(item.options for item in items):
            places = [place for place, item in enumerate(items) if item.options == options]
            found = self._run([items[place].text for place in places], **dict(options))
            for place, result in zip(places, found, strict=True):
                results[place] = result
        return results


def _classify(model: Any) -> Callable[..., list[Any]]:
    def run(texts: list[str], explain: bool = False) -> list[Any]:
        answers = model.answers(texts)
        return [(answer, model.explain(answer.source) if explain else []) for answer in answers]

    return run


def _answer(model: Any) -> Callable[..., list[Any]]:
    def run(texts: list[str], context: str | None = None) -> list[Any]:
        return model.answers(texts, None if context is None else [context] * len(texts))

    return run


def _summarize(model: Any) -> Callable[..., list[Any]]:
    def run(texts: list[str], method: str = "abstract", max_sentences: int | None = None) -> list[Any]:
        if method == "extract":
            return [extracted(text, max_sentences or SENTENCES, model.source_language) for text in texts]
        if max_sentences:
            raise RequestError('max_sentences has an effect with the method "extract" only')
        return model.answers(texts)

    return run


def _generate(model: Any) -> Callable[..., list[Any]]:
    def run(texts: list[str], **options: Any) -> list[Any]:
        return model.generate(texts, detail=True, **options)

    return run


_RUNS: dict[str, Callable[[Any], Callable[..., list[Any]]]] = {
    "classify": _classify,
    "answer": _answer,
    "summarize": _summarize,
    "generate": _generate,
}


class Models:
    """One engine for each task but translation.

    Raises:
        ConfigError: Two models are for the same task.
    """

    def __init__(self, models: Sequence[Any], settings: ServeSettings) -> None:
        self.by_task: dict[str, Any] = {}
        for model in models:
            if model.task in self.by_task:
                names = f"{self.by_task[model.task].name} and {model.name}"
                hint = "serve them on different ports"
                raise ConfigError(f'a server has one model for "{model.task}", got two: {names}', hint=hint)
            self.by_task[model.task] = model
        self._drain_seconds = settings.drain_seconds
        self._engines = {
            task: Engine(
                _Work(model),
                max_batch=settings.max_batch,
                max_wait_seconds=settings.max_wait_seconds,
                max_queue=settings.max_queue,
            )
            for task, model in self.by_task.items()
        }

    async def start(self) -> None:
        """Start every engine."""
        for engine in self._engines.values():
            await engine.start()

    async def stop(self) -> None:
        """Drain and stop every engine."""
        await asyncio.gather(*(engine.stop(drain_seconds=self._drain_seconds) for engine in self._engines.values()))

    async def run(self, task: str, texts: Sequence[str], **options: Any) -> list[Any]:
        """One result for each text.

        Raises:
            RequestError: No such model is served (404), or it failed.
        """
        if task not in self._engines:
            raise RequestError(f'no model for "{task}" is served here', status=404)
        given = tuple((name, value) for name, value in options.items() if value is not None)
        return await self._engines[task].translate([Item(text, given) for text in texts])
