"""The language pairs that a server offers, found under any spelling of their codes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from braid.errors import ConfigError, RequestError
from braid.serve.engine import Engine, Translator
from braid.serve.settings import ServeSettings
from braid.text.languages import base_code, canonical
from braid.text.matching import best_languages, same_variant


class Pairs:
    """One engine for each language pair.

    Languages go by their base codes, so a model for ``zh_CN`` answers to ``zh``, ``zh-Hans`` or ``zh-TW``,
    whichever name a client knows Chinese by; where varieties of one language must be told apart, as for a model
    from ``zh-CN`` to ``zh-TW``, they keep their full codes.
    """

    def __init__(self, translators: Sequence[Translator], settings: ServeSettings) -> None:
        if not translators:
            raise ConfigError("the server needs at least one translator, got none")
        self._engines: dict[tuple[str, str], Engine] = {}
        for translator, pair in zip(translators, _served_pairs(translators), strict=True):
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
            RequestError: No served language goes by that name, or several do (400).
        """
        fitting = [self.codes[place] for place in best_languages(code, self.codes)]
        fitting = fitting or [served for served in self.codes if canonical(served) == canonical(code)]
        if len(fitting) > 1:
            raise RequestError(f'language "{code}" may be {" or ".join(fitting)} here; name one of them')
        if not fitting:
            raise RequestError(f'language "{code}" is not served, only {", ".join(self.codes)}')
        return fitting[0]

    def has(self, source: str, target: str) -> bool:
        """True when a model translates between two resolved codes."""
        return (source, target) in self._engines

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


def _served_pairs(translators: Sequence[Translator]) -> list[tuple[str, str]]:
    """The codes of each translator's languages: base codes, but full ones where those would say too little."""
    languages = [(one.source_language, one.target_language) for one in translators]
    bases = [(canonical(source), canonical(target)) for source, target in languages]
    unclear = {source for source, target in bases if source == target}
    pairs = _coded(languages, unclear)
    for side in (1, 0):  # two models from en to pt-BR and pt-PT differ in their targets alone
        unclear |= {base[side] for base, pair in zip(bases, pairs, strict=True) if pairs.count(pair) > 1}
        pairs = _coded(languages, unclear)
    return pairs


def _coded(languages: Sequence[tuple[str, str]], unclear: set[str]) -> list[tuple[str, str]]:
    """Pairs by base codes; of languages in ``unclear`` with several varieties by the first full code of each."""
    varieties: list[str] = []
    for language in (language for pair in languages for language in pair):
        if canonical(language) in unclear and not any(same_variant(language, one) for one in varieties):
            varieties.append(language.strip().replace("_", "-"))

    def code(language: str) -> str:
        known = [one for one in varieties if canonical(one) == canonical(language)]
        if len(known) > 1:
            return next(one for one in known if same_variant(one, language))
        return next(base_code(one) for pair in languages for one in pair if canonical(one) == canonical(language))

    return [(code(source), code(target)) for source, target in languages]
