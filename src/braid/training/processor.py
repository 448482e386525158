"""What the processor can do that training may use."""

from __future__ import annotations

from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""Names under which x86 and ARM processors list products of bfloat16."""


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by itself. Linux tells; elsewhere the answer is no."""
    try:
        lines = CPU_INFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    flags = (line.split(":", 1)[1] for line in lines if line.lower().startswith(("flags", "features")) and ":" in line)
    return bool(_FLAGS.intersection(next(flags, "").split()))
