"""ONNX Runtime sessions: the only way from a bundle's weights to logits that users meet.

Also how validation during training decodes, so that what is scored is what will be served.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from braid.errors import BundleError

State = dict[str, np.ndarray]


def _open(path: Path, num_threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads or os.cpu_count() or 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads that spin would take the processor from the search between two steps.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's exceptions share no public base
        raise BundleError(f"ONNX Runtime cannot load the graph: {error}", where=str(path)) from error


def _state_shapes(decoder: Any) -> dict[str, tuple[int, ...]]:
    """The decoder's states by name, without batch and hypotheses; a length that grows is a word, and begins at 0."""
    return {
        value.name: tuple(size if isinstance(size, int) else 0 for size in value.shape[2:])
        for value in decoder.get_inputs()
        if value.name.startswith("state.")
    }


class EncoderDecoderSession:
    """An encoder graph and a one-step decoder graph.

    Args:
        folder: Holds ``encoder.onnx`` and ``decoder.onnx``.
        num_threads: Threads within one operator; 0 takes one for each processor.
    """

    def __init__(self, folder: Path, *, num_threads: int = 0) -> None:
        self._encoder = _open(folder / "encoder.onnx", num_threads)
        self._decoder = _open(folder / "decoder.onnx", num_threads)
        self._memory = [output.name for output in self._encoder.get_outputs()]
        self._state_shapes = _state_shapes(self._decoder)
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        asked = {value.name for value in self._decoder.get_inputs()}
        self._has_copies = "memory.source_ids" in asked
        missing = asked - {
            "token_ids",
            "memory.mask",
            "memory.source_ids",
            *self._memory,
            *self._state_shapes,
        }
        if missing:
            raise BundleError(f"the decoder asks for what no encoder gives: {sorted(missing)}", where=str(folder))

    def encode(self, source_ids_BS: np.ndarray, source_mask_BS: np.ndarray) -> State:
        """The decoder's state before the first subword, for one hypothesis of each example.

        Args:
            source_ids_BS: int32 ids, padding on the right.
            source_mask_BS: True on real tokens.
        """
        feeds = {"source_ids": source_ids_BS.astype(np.int32), "source_mask": source_mask_BS}
        state = dict(zip(self._memory, self._encoder.run(self._memory, feeds), strict=True))
        state["memory.mask"] = source_mask_BS
        if self._has_copies:
            state["memory.source_ids"] = source_ids_BS.astype(np.int32)
        batch = len(source_ids_BS)
        return state | {name: np.zeros((batch, 1, *shape), np.float32) for name, shape in self._state_shapes.items()}

    def step(self, token_ids_BK: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Logits (B, K, V) after one more subword, and the new state."""
        results = self._decoder.run(self._outputs, {"token_ids": token_ids_BK.astype(np.int32), **state})
        outputs = dict(zip(self._outputs, results, strict=True))
        logits = outputs.pop("logits")
        memory = {name: value for name, value in state.items() if name.startswith("memory.")}
        return logits, memory | {name.replace("next.", "state.", 1): value for name, value in outputs.items()}


class EncoderSession:
    """An encoder graph whose scores are the answer.

    Args:
        folder: Holds ``encoder.onnx``.
        num_threads: Threads within one operator; 0 takes one for each processor.
    """

    def __init__(self, folder: Path, *, num_threads: int = 0) -> None:
        self._encoder = _open(folder / "encoder.onnx", num_threads)

    def scores(
        self, source_ids_BS: np.ndarray, source_mask_BS: np.ndarray, source_marks_BS: np.ndarray | None = None
    ) -> np.ndarray:
        """Scores of classes (B, C), or of positions to be the first or last of an answer (B, S, 2).

        Args:
            source_ids_BS: Ids, padding on the right.
            source_mask_BS: True on real tokens.
            source_marks_BS: The kind of each position, where the graph tells kinds apart.
        """
        feeds = {"source_ids": source_ids_BS.astype(np.int32), "source_mask": source_mask_BS}
        if source_marks_BS is not None:
            feeds["source_marks"] = source_marks_BS.astype(np.int32)
        return self._encoder.run(["scores"], feeds)[0]


class DecoderSession:
    """A one-step decoder graph that sees no source: a language model.

    Args:
        folder: Holds ``decoder.onnx``.
        num_threads: Threads within one operator; 0 takes one for each processor.
    """

    def __init__(self, folder: Path, *, num_threads: int = 0) -> None:
        self._decoder = _open(folder / "decoder.onnx", num_threads)
        self._state_shapes = _state_shapes(self._decoder)
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        self.has_growing_state = any(0 in shape for shape in self._state_shapes.values())

    def initial_state(self, batch: int) -> State:
        """The state (B, 1, …) before the first subword."""
        return {name: np.zeros((batch, 1, *shape), np.float32) for name, shape in self._state_shapes.items()}

    def step(self, token_ids_BK: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Logits (B, K, V) after one more subword, and the new state."""
        results = self._decoder.run(self._outputs, {"token_ids": token_ids_BK.astype(np.int32), **state})
        outputs = dict(zip(self._outputs, results, strict=True))
        logits = outputs.pop("logits")
        return logits, {name.replace("next.", "state.", 1): value for name, value in outputs.items()}
