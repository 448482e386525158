"""Every tolerance of the tests, in one place; none is loosened to pass."""

FLOAT32_PARITY = 1e-4  # logits: NumPy, Keras on each backend, ONNX Runtime
FLOAT64_GRADIENT = 1e-5  # analytic gradients against central differences
