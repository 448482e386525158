"""A small writer of ONNX graphs: each call adds one node and returns the name of its output."""

from __future__ import annotations

from typing import Any

import numpy as np

OPSET = 17
IR_VERSION = 9


Weights = dict[str, np.ndarray]
"""A network's weights by name."""


class Graph:
    """A graph under construction.

    Args:
        name: The graph's name, with which those of its nodes and constants begin: a loop's body must not repeat
            names of the graph around it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[Any] = []
        self._weights: dict[str, Any] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """The output name (or tuple of names) of a new node."""
        from onnx import helper

        names = [f"{self.name}_{operator}_{len(self._nodes)}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else tuple(names)

    def weight(self, name: str, values: np.ndarray) -> str:
        """The name of a stored array; the same name is stored once."""
        from onnx import numpy_helper

        if name not in self._weights:
            self._weights[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def constant(self, values: Any, dtype: Any = np.int64) -> str:
        """The name of a small stored array."""
        array = np.array(values, dtype=dtype)
        return self.weight(f"{self.name}_constant_{array.dtype}_{array.shape}_{array.tolist()}", array)

    def input(self, name: str, dtype: Any, shape: list[str | int]) -> str:
        """The name of a new graph input; dimensions may be words."""
        self._inputs.append(_value(name, dtype, shape))
        return name

    def output(self, value: str, name: str, dtype: Any, shape: list[str | int]) -> None:
        """Make a value an output of the graph under a name of its own."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(_value(name, dtype, shape))

    def build(self) -> Any:
        """The finished graph."""
        from onnx import helper

        return helper.make_graph(
            self._nodes, self.name, self._inputs, self._outputs, initializer=list(self._weights.values())
        )

    def model(self) -> Any:
        """The finished and checked model."""
        import onnx
        from onnx import helper

        model = helper.make_model(
            self.build(), opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="braid"
        )
        onnx.checker.check_model(model)
        return model

    def linear(self, value: str, name: str, weights: Weights) -> str:
        """value @ kernel + bias of a dense layer."""
        product = self.add("MatMul", value, self.weight(f"{name}.kernel", weights[f"{name}.kernel"]))
        return self.add("Add", product, self.weight(f"{name}.bias", weights[f"{name}.bias"]))

    def norm(self, value: str, name: str, weights: Weights) -> str:
        """Layer normalization over the last axis."""
        parts = [self.weight(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("gamma", "beta")]
        return self.add("LayerNormalization", value, *parts, axis=-1, epsilon=1e-5)

    def over_root(self, value: str, square: str, epsilon: float) -> str:
        """value / sqrt(square + epsilon)."""
        return self.add("Div", value, self.add("Sqrt", self.add("Add", square, self.constant(epsilon, np.float32))))

    def rms_norm(self, value: str, scale: str, weights: Weights, epsilon: float) -> str:
        """Root-mean-square normalization over the last axis, times a vector."""
        square = self.add("ReduceMean", self.add("Mul", value, value), axes=[-1], keepdims=1)
        return self.add("Mul", self.over_root(value, square, epsilon), self.weight(scale, weights[scale]))

    def split(self, value: str, parts: int) -> tuple[str, ...]:
        """Equal parts along the last axis."""
        width = self.add("Shape", value, start=-1)
        part = self.add("Div", width, self.constant([parts]))
        sizes = self.add("Concat", *([part] * parts), axis=0)
        return self.add("Split", value, sizes, outputs=parts, axis=-1)


def _value(name: str, dtype: Any, shape: list[str | int]) -> Any:
    from onnx import helper

    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
