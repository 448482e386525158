"""How well a language code that one has fits the one asked for.

Case and ``_`` or ``-`` never matter. "zh" takes zh-CN, zh_Hans and, when nothing simplified is there, zh-TW; "zh-CN"
takes zh-Hans and plain zh, never zh-TW; "en-GB" takes plain en, never en-US. Codes of two letters and of three mean the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from braid.text.languages import canonical

SAME = 4
"""Ranks from here on say that two codes mean the same variety."""

_SCRIPT_OF_REGION = {
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-chs": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-cht": "zh-hant",
}


def _plain(code: str) -> str:
    """The code in lower case with hyphens, of two letters where there is one; a locale's ``.UTF-8`` is cut off and
    ``@latin`` becomes a subtag."""
    name, _, modifier = code.strip().lower().partition("@")
    name = name.partition(".")[0]
    base, *others = (f"{name}-{modifier}" if modifier else name).replace("_", "-").split("-")
    return "-".join([canonical(base), *others])


def same_variant(one: str, other: str) -> bool:
    """True when two codes mean the same variety: zh_CN and zh-Hans, en_gb and en-GB."""
    return language_rank(one, other) >= SAME


def _by_script(plain: str) -> str:
    """Chinese codes reduced to their script, others as they are."""
    for script in ("zh-hans", "zh-hant"):
        if plain == script or plain.startswith(script + "-"):
            return script
    return _SCRIPT_OF_REGION.get(plain, plain)


@lru_cache(maxsize=1024)
def language_rank(wanted: str, found: str) -> int:
    """0 when ``found`` does not fit, else 1 (just) to 5 (equal).

    Example:
        >>> [language_rank("zh", code) for code in ("ZH_cn", "zh-TW", "de")]
        [3, 2, 0]
    """
    want, have = _plain(wanted), _plain(found)
    if not want or not have:
        return 0
    if want == have:
        return 5
    want, have = _by_script(want), _by_script(have)
    if want == have:
        return 4
    if have.startswith(want + "-"):
        return 2 if have == "zh-hant" else 3
    return 1 if want.startswith(have + "-") else 0


def best_languages(wanted: str, found: Sequence[str]) -> list[int]:
    """Positions of the codes that fit best, all of them when several fit equally well; empty when none does."""
    ranks = [language_rank(wanted, code) for code in found]
    highest = max(ranks, default=0)
    return [index for index, rank in enumerate(ranks) if rank == highest > 0]
