"""The optimizer: Muon for the matrices inside the network, AdamW for everything else, averaged weights beside both.

Muon replaces a matrix's averaged gradient by the nearest matrix with equal singular values, so that every
direction of the matrix learns at the same pace. On small data it needs far fewer steps than AdamW.

Papers: Jordan et al. (2024), Muon: an optimizer for hidden layers in neural networks; Liu et al. (2025), Muon is
scalable for LLM training, equation 4 (the scale that lets both kinds share one learning rate); Amsel et al. (2025),
The Polar Express, algorithm 1 (the polynomials); Loshchilov and Hutter (2019), Decoupled weight decay
regularization; Polyak and Juditsky (1992) for the averaging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from braid.config.recipe import TrainConfig

BETA1 = 0.9
MUON_MOMENTUM = 0.95
EPSILON = 1e-8
NO_MAPS = ("bias", "conv_kernel")
"""How the names of arrays end that map nothing, however many dimensions they have."""
POLYNOMIALS = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
)
"""Best odd polynomials a x + b x^3 + c x^5, one after another, for singular values between 0.001 and 1."""
SAFETY = 1.01
"""The norm is divided by this much more than needed, so that rounding never takes a singular value over 1."""


def orthogonalize(matrix: Any) -> Any:
    """About U V^T of a matrix U S V^T: the same rows and columns of directions, all singular values near 1.

    Args:
        matrix: (n, m).

    Cost: 24 n^3 operations a polynomial for a square; wide and high matrices work on their smaller Gram matrix.
    """
    rows, columns = matrix.shape
    if rows > columns:
        return ops.transpose(orthogonalize(ops.transpose(matrix)))
    matrix = matrix / (SAFETY * ops.sqrt(ops.sum(ops.square(matrix))) + 1e-7)
    if columns < 2 * rows:
        for a, b, c in POLYNOMIALS:
            gram = ops.matmul(matrix, ops.transpose(matrix))
            matrix = a * matrix + ops.matmul(b * gram + c * ops.matmul(gram, gram), matrix)
        return matrix
    gram = ops.matmul(matrix, ops.transpose(matrix))
    product = identity = ops.eye(rows)
    for index, (a, b, c) in enumerate(POLYNOMIALS):
        factor = a * identity + b * gram + c * ops.matmul(gram, gram)
        product = ops.matmul(factor, product) if index else factor
        if index + 1 < len(POLYNOMIALS):
            gram = ops.matmul(factor, ops.matmul(gram, factor))
    return ops.matmul(product, matrix)


def muon_direction(momentum: Any, widths: Sequence[int] = ()) -> Any:
    """The update of a matrix under learning rate 1, of the size that AdamW's would have.

    Args:
        momentum: (n, m).
        widths: Of the maps that stand side by side in it (query, key and value; the gates of a recurrence), each of
            which is made orthogonal by itself.
    """
    rows, columns = momentum.shape
    ends = np.cumsum(widths or [columns])[:-1].tolist()
    pieces = ops.split(momentum, ends, axis=1) if ends else [momentum]
    pieces = [0.2 * max(rows, piece.shape[1]) ** 0.5 * orthogonalize(piece) for piece in pieces]
    return ops.concatenate(pieces, axis=1) if ends else pieces[0]


def global_norm(gradients: Sequence[Any]) -> Any:
    """Length of all gradients taken as one vector."""
    return ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))


class Optimizer:
    """Updates weights from gradients, and keeps what it needs for that in variables that a checkpoint can hold.

    Args:
        config: The recipe's train section.
        variables: The weights by name. With ``config.optimizer = "muon"``, all matrices are Muon's but the
            embeddings and filters of single channels.
        widths: Of the maps that stand side by side in a matrix, by the matrix's name.
    """

    def __init__(
        self,
        config: TrainConfig,
        variables: Mapping[str, keras.Variable],
        widths: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.config, self.variables, self.widths = config, dict(variables), widths or {}
        self.iterations = keras.Variable(0, dtype="int32", trainable=False, name="iterations")
        self.momentum = self._like(self.variables)
        self.velocity = self._like({name: v for name, v in variables.items() if not self._takes_muon(name, v)})
        self.average = self._like(self.variables) if config.ema_decay else {}
        for name, average in self.average.items():
            # By way of a copy: JAX would let both share one buffer, which a step then gives away twice.
            average.assign(np.array(ops.convert_to_numpy(self.variables[name])))

    @property
    def state(self) -> dict[str, keras.Variable]:
        """All variables of the optimizer by name."""
        kinds = {"momentum": self.momentum, "velocity": self.velocity, "average": self.average}
        named = {f"{kind}.{name}": variable for kind, group in kinds.items() for name, variable in group.items()}
        return {"iterations": self.iterations, **named}

    def _like(self, variables: Mapping[str, keras.Variable]) -> dict[str, keras.Variable]:
        return {name: keras.Variable(np.zeros(v.shape, "float32"), trainable=False) for name, v in variables.items()}

    def _takes_muon(self, name: str, variable: keras.Variable) -> bool:
        is_map = len(variable.shape) == 2 and name not in ("embedding", "marks")
        return self.config.optimizer == "muon" and is_map and not name.endswith(NO_MAPS)

    def apply(self, gradients: Sequence[Any], learning_rate: Any, norm: Any) -> None:
        """One update.

        Args:
            gradients: Of every variable, in the order they were given in.
            learning_rate: Scalar.
            norm: The gradients' global norm, which the recipe's limit brings down.
        """
        config = self.config
        step = ops.cast(self.iterations + 1, "float32")
        scale = ops.minimum(1.0, config.gradient_clip / (norm + 1e-6)) if config.gradient_clip else 1.0
        for (name, variable), gradient in zip(self.variables.items(), gradients, strict=True):
            update = self._direction(name, gradient * scale, step)
            decay = config.weight_decay if len(variable.shape) > 1 and not name.endswith(NO_MAPS) else 0.0
            value = variable * (1 - learning_rate * decay) - learning_rate * update
            variable.assign(value)
            if self.average:
                # Young averages forget faster: else the start weights would stay in them for a long time.
                pace = ops.maximum(1 - config.ema_decay, 9.0 / (10.0 + step))
                average = self.average[name]
                average.assign(average + pace * (value - average))
        self.iterations.assign(self.iterations + 1)

    def _direction(self, name: str, gradient: Any, step: Any) -> Any:
        """The update of one variable under learning rate 1; moves its averages on."""
        momentum = self.momentum[name]
        if name not in self.velocity:
            moved = MUON_MOMENTUM * momentum + gradient
            momentum.assign(moved)
            # Nesterov's: one step ahead.
            return muon_direction(gradient + MUON_MOMENTUM * moved, self.widths.get(name, ()))
        beta2, velocity = self.config.beta2, self.velocity[name]
        moved = BETA1 * momentum + (1 - BETA1) * gradient
        squared = beta2 * velocity + (1 - beta2) * ops.square(gradient)
        momentum.assign(moved)
        velocity.assign(squared)
        spread = ops.sqrt(squared / (1 - beta2**step)) + EPSILON
        return moved / (1 - BETA1**step) / spread

    def averaged_weights(self) -> dict[str, np.ndarray]:
        """Copies of the averaged weights by name, or of the plain ones when the recipe averages none."""
        return {
            name: np.array(keras.ops.convert_to_numpy(variable))
            for name, variable in (self.average or self.variables).items()
        }
