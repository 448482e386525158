"""What the server allows: one frozen dataclass, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from braid.config.constraints import FloatRange, IntRange, Text, TextList
from braid.config.fields import check, setting


@dataclass(frozen=True, kw_only=True)
class ServeSettings:
    """Limits and permissions of one server; everything a client can exhaust has a bound."""

    api_key: str = setting("", Text(max_chars=512, is_ascii=True), "clients must send this key; empty asks for none")
    allowed_hosts: tuple[str, ...] = setting((), TextList(), "Host headers answered; empty answers any")
    max_body_bytes: int = setting(1_048_576, IntRange(1_024, 1 << 30), "largest request body", unit="bytes")
    max_chars: int = setting(20_000, IntRange(1, 10_000_000), "most text in one request", unit="characters")
    max_items: int = setting(256, IntRange(1, 100_000), "most texts in one request")
    timeout_seconds: float = setting(60.0, FloatRange(0.01, 86_400.0), "longest wait for an answer", unit="s")
    read_seconds: float = setting(10.0, FloatRange(0.01, 3_600.0), "longest wait for a request's body", unit="s")
    drain_seconds: float = setting(10.0, FloatRange(0.0, 3_600.0), "time given to open requests at the end", unit="s")
    max_batch: int = setting(64, IntRange(1, 4_096), "most texts translated together")
    max_wait_seconds: float = setting(0.005, FloatRange(0.0, 10.0), "longest wait for a batch to fill", unit="s")
    max_queue: int = setting(1_024, IntRange(1, 1_000_000), "most texts waiting before clients are sent away")

    def __post_init__(self) -> None:
        check(self, "serve")
