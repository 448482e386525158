"""Keeps the C library from handing large blocks back to the kernel between training steps.

Glibc maps blocks of 32 MB and more afresh for each request and returns them when freed, so that a step
which makes and drops a few such tensors spends much of its time in page faults. Kept blocks are reused.
"""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8


def keep_memory() -> bool:
    """True when the process's allocator now keeps what it frees; False where it is not glibc.

    Call before the training framework starts its threads: one arena serves them all.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    settings = ((_ARENA_MAX, 1), (_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 64 * 2**20))
    results = [library.mallopt(key, value) for key, value in settings]  # all of them, whatever the first says
    return all(result == 1 for result in results)
