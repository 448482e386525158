"""Which framework Keras runs on."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

from braid.errors import BackendError

BACKENDS = ("tensorflow", "torch", "jax")


def choose_backend() -> str:
    """The name of the training framework, settled before Keras is imported for the first time.

    ``KERAS_BACKEND`` decides where it is set; otherwise the first installed of TensorFlow, PyTorch and JAX.

    Raises:
        BackendError: None is installed, or the one asked for is not.
    """
    installed = [name for name in BACKENDS if importlib.util.find_spec(name) is not None]
    wanted = os.environ.get("KERAS_BACKEND", "")
    if wanted and wanted not in BACKENDS:
        raise BackendError(f'KERAS_BACKEND must be one of {", ".join(BACKENDS)}, got "{wanted}"')
    backend = wanted or next(iter(installed), "")
    if backend not in installed or importlib.util.find_spec("keras") is None:
        what = (
            f"{wanted} is not installed" if wanted else "training needs TensorFlow, PyTorch or JAX; none is installed"
        )
        hint = f'python -m pip install "braid-lm[{wanted or "tensorflow"}]"'
        raise BackendError(what, hint=hint)
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if backend == "tensorflow":
        _import_quietly(backend)
    return backend


def _import_quietly(name: str) -> None:
    """Import a module whose native code writes to stderr about graphics cards that nobody asked for."""
    sys.stderr.flush()
    kept, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        importlib.import_module(name)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
