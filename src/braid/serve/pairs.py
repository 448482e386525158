"""The language pairs that a server offers, found under any spelling of their codes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from braid.errors import ConfigError, RequestError
from braid.serve.engine import Engine, Translator
from braid.serve.settings import ServeSettings
from braid.text.languages import canonical


class Pairs:
    """One engine for each language pair.

    Codes are compared by their base language, so a model for ``zh_CN`` answers to ``zh``, ``zh-Hans`` or
    ``zh-TW``, whichever name a client knows Chinese by.
    """

    def __init__(self, translators: Sequence[Translator], settings: ServeSettings) -> None:
        if not translators:
            raise ConfigError("the server needs at least one translator, got none")
        self._engines: dict[tuple[str, str], Engine] = {}
        for translator in translators:
            pair = canonical(translator.source_language), canonical(translator.target_language)
            if pair in self._engines:
                names = f"{self._engines[pair].translator.name} and {translator.name}"
                raise ConfigError(
                    f"a server has one model for each language pair, got two for {' → '.join(pair)}: {names}",
                    hint="serve them on different ports",
                )
            self._engines[pair] = Engine(
                translator,
                max_batch=settings.max_batch,
                max_wait_seconds=settings.max_wait_seconds,
                max_queue=settings.max_queue,
            )
        self._drain_seconds = settings.drain_seconds
        self.codes = tuple(dict.fromkeys(code for pair in self._engines for code in pair))

    async def start(self) -> None:
        """Start every engine."""
        for engine in self._engines.values():
            await engine.start()

    async def stop(self) -> None:
        """Drain and stop every engine."""
        await asyncio.gather(*(engine.stop(drain_seconds=self._drain_seconds) for engine in self._engines.values()))

    def targets(self, source: str) -> list[str]:
        """Codes that a served source language can be translated to."""
        return sorted(target for one, target in self._engines if one == source)

    @property
    def first(self) -> tuple[str, str]:
        """The pair of the first translator."""
        return next(iter(self._engines))

    def resolve(self, code: str) -> str:
        """The served code meant by a client's.

        Raises:
            RequestError: No served language goes by that name (400).
        """
        wanted = canonical(code)
        if wanted not in self.codes:
            raise RequestError(f'language "{code}" is not served, only {", ".join(self.codes)}')
        return wanted

    def engine(self, source: str, target: str) -> Engine:
        """The engine for two resolved codes.

        Raises:
            RequestError: There is none (400).
        """
        try:
            return self._engines[source, target]
        except KeyError:
            served = ", ".join(" → ".join(pair) for pair in self._engines)
            raise RequestError(f"{source} → {target} is not served, only {served}") from None
